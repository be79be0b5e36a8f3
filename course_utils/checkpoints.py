"""Keep trained weights with their history, and know whether they fit a model, data and settings.

A checkpoint is one file, `<model>.npz`: the weights and, as JSON, the record of the training. Of a
long training that is not done yet one is kept now and then, with the state of its optimiser.
"""

import contextlib
import hashlib
import json
import os
import re
import typing
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from course_utils import settings
from course_utils.files import replacing
from course_utils.keras_inside.fitting import describe_layers

import numpy as np

RECORD = "record"
WIRING = ("keras_history", "input_layers", "output_layers")  # name layers in a configuration
UNKNOWN = "unknown"  # the fingerprint of data that cannot be told from other data
UNFINISHED = ".unfinished.npz"

_changes: dict[str, list[str]] = {}  # by model: how its last training differs from the course's


class DamagedError(OSError):
    """A checkpoint that cannot be read."""


@dataclass
class Record:
    """What a checkpoint was made with, and how the training went.

    model, data: fingerprints; sample: one number for each array of decimals in the data;
    frozen: one number for the weights that are not trained, such as those of a pretrained base;
    settings: what `fit` was asked for; trained: ISO date;
    amount: how much it was trained on, in words; data_sets: titles of the data sets in it;
    steps: how many the optimiser had made in the end; history: as Keras returns it;
    best_epoch: that of the best weights, where these were kept, too.
    """

    model: str
    data: str
    settings: dict
    sample: list = field(default_factory=list)
    frozen: float = 0.0
    trained: str = ""
    amount: str = ""
    data_sets: list = field(default_factory=list)
    steps: int = 0
    best_epoch: int | None = None
    history: dict = field(default_factory=dict)

    def differences(self, other: "Record") -> list[str]:
        """Return in words what differs between this record's run and the other's."""
        found = ["model"] if self.model != other.model else []
        same = self.data == other.data != UNKNOWN and _are_close(self.sample, other.sample)
        found += [] if same else ["data"]
        if abs(self.frozen - other.frozen) > 0.05:  # half precision moves it by a tenth of that
            found.append("weights to start from")
        for key in sorted({*self.settings, *other.settings}):
            mine, theirs = self.settings.get(key), other.settings.get(key)
            if mine != theirs:
                found.append(f"{key} ({theirs} there, {mine} here)")
        return found


def find(name: str) -> list[Path]:
    """Return the checkpoints `name`: first the course's, then one's own, the newest first.

    Those of trainings that were cut off come last.
    """
    course, *own = settings.checkpoint_dirs()
    places, unfinished = [course / f"{name}.npz"], []
    for folder in own:
        mine = [folder / f"{name}.npz", *folder.glob(f"{name}-????????.npz")]
        places += sorted((place for place in mine if place.exists()), key=_age, reverse=True)
        unfinished += sorted(folder.glob(f"{name}-*{UNFINISHED}"), key=_age, reverse=True)
    return [place for place in dict.fromkeys(places + unfinished) if place.exists()]


def _age(place: Path) -> float:
    return place.stat().st_mtime


def read(place: Path) -> Record:
    """Return the record of the checkpoint `place`. Raises DamagedError if it cannot be read."""
    with _reading(place) as file:
        found = json.loads(str(file[RECORD]))
        kinds = typing.get_type_hints(Record)  # a newer course may have more
        record = Record(**{key: value for key, value in found.items() if key in kinds})
        for key, kind in kinds.items():
            if not isinstance(getattr(record, key), (int, float) if kind is float else kind):
                raise TypeError(f"{key} is no {kind}")
        lengths = {len(values) for values in record.history.values()}
        if len(lengths) != 1 or not all(lengths) or "loss" not in record.history:
            raise ValueError("a history without epochs")
        if record.best_epoch is not None and not 0 <= record.best_epoch < max(lengths):
            raise ValueError("a best epoch that is none of them")
        if not all(isinstance(v, (int, float)) for vs in record.history.values() for v in vs):
            raise TypeError("a history of other things than numbers")
        return record


@contextlib.contextmanager
def _reading(place: Path) -> Iterator[Any]:
    """Give the arrays of a file; whatever a damaged one makes others raise is one sentence."""
    try:
        with open(place, "rb") as raw, np.load(raw, allow_pickle=False) as arrays:
            yield arrays
    except PermissionError as problem:
        raise DamagedError(
            f"The checkpoint {place} cannot be read: its permissions forbid it."
        ) from problem
    except Exception as problem:  # each fault has a kind of its own
        raise DamagedError(
            f"The checkpoint {place} is damaged: move it away and train again."
        ) from problem


def write(name: str, weights: list, best_weights: list | None, record: Record) -> Path | None:
    """Save the last weights, the best weights and the record: all of them, or nothing.

    best_weights: None where none were kept apart. Another training of a model of the same name
    has a file of its own. A checkpoint of the course whose training gave the same as before is
    left as it is. Returns the file. Raises OSError if it cannot be written.
    """
    folder = settings.own_checkpoints_dir()
    is_course = folder == settings.shipped_checkpoints_dir()
    mark = _mark(record, sorted(record.history))
    target = folder / (f"{name}.npz" if is_course else f"{name}-{mark}.npz")
    if is_course and _is_same_again(target, record):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {f"last_{place}": _pack(value) for place, value in enumerate(weights)}
    arrays |= {f"best_{place}": _pack(value) for place, value in enumerate(best_weights or [])}
    with replacing(target) as beside:
        np.savez_compressed(beside, **arrays, **{RECORD: json.dumps(asdict(record))})
    return target


def _mark(record: Record, *more: Any) -> str:
    """Return eight characters that tell this recipe and data from others."""
    recipe = record.model, record.data, record.sample, sorted(record.settings.items())
    return _hash(repr((*recipe, *more)))[:8]


def place_unfinished(name: str, record: Record, start: list[np.ndarray]) -> Path | None:
    """Return the file for the epochs of a training that is not done yet.

    start: the trainable weights that it begins with: from another start it is another training.
    None in a renewal of the course, which begins anew. Raises OSError if nothing can be written.
    """
    folder = settings.own_checkpoints_dir()
    if folder == settings.shipped_checkpoints_dir():
        return None
    begin = hashlib.sha256(b"".join(np.ascontiguousarray(value).tobytes() for value in start))
    return folder / f"{name}-{_mark(record)}-{begin.hexdigest()[:8]}{UNFINISHED}"


def write_unfinished(
    place: Path, weights: list, best_weights: list | None, optimizer: list, record: Record
) -> None:
    """Save the weights and the state of the optimiser as they are. Raises OSError."""
    place.parent.mkdir(parents=True, exist_ok=True)
    kinds = {"last": weights, "best": best_weights or [], "optimizer": optimizer}
    arrays = {
        f"{kind}_{n}": value for kind, values in kinds.items() for n, value in enumerate(values)
    }
    with replacing(place) as beside:  # not compressed, which would take ten times as long
        np.savez(beside, **arrays, **{RECORD: json.dumps(asdict(record))})


def read_unfinished(place: Path) -> tuple[Record, list[np.ndarray], list[np.ndarray]]:
    """Return record, weights and state of the optimiser. Raises DamagedError."""
    record = read(place)
    with _reading(place) as file:
        weights, optimizer = (_read_arrays(file, kind) for kind in ("last", "optimizer"))
    return record, weights, optimizer


def remove_unfinished(place: Path) -> None:
    """Remove the unfinished trainings of the same recipe: one of them is done."""
    recipe = place.name.removesuffix(UNFINISHED)[:-8]
    for other in place.parent.glob(f"{recipe}*{UNFINISHED}"):
        other.unlink(missing_ok=True)


def _is_same_again(place: Path, record: Record) -> bool:
    """Tell whether the checkpoint `place` is of the same training with the same outcome."""
    if not place.exists():
        return False
    try:
        found = read(place)
    except DamagedError:
        return False
    pairs = [(record.history[name], found.history.get(name)) for name in record.history]
    return not record.differences(found) and all(
        mine and theirs and len(mine) == len(theirs) and np.allclose(mine, theirs, atol=2e-3)
        for mine, theirs in pairs
    )


def _pack(value: np.ndarray) -> np.ndarray:
    """Keep 11 of 24 binary digits: half the size, and accuracies stay within 0.1 %."""
    if value.dtype != np.float32 or np.abs(value).max(initial=0) > np.finfo(np.float16).max:
        return value
    return value.astype(np.float16)


def _unpack(value: np.ndarray) -> np.ndarray:
    return value.astype(np.float32) if value.dtype == np.float16 else value


def read_weights(place: Path) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return the last and the best weights of a checkpoint (equal where none others were kept).

    Raises DamagedError if the file cannot be read or holds a number that is none.
    """
    with _reading(place) as file:
        last, best = (_read_arrays(file, kind) for kind in ("last", "best"))
    return last, best or last


def _read_arrays(file: Any, kind: str) -> list[np.ndarray]:
    names = [f"{kind}_{number}" for number in range(len(file.files))]
    values = [_unpack(file[name]) for name in names if name in file.files]
    if not all(np.isfinite(value).all() for value in values):
        raise ValueError("weights that are not finite")
    return values


def note_changes(name: str, record: Record, ignore_data: bool = False) -> None:
    """Remember how a training differs from the course's training of the same name.

    ignore_data: where a stand-in is shown, or fewer samples, other data are no change.
    """
    place = settings.shipped_checkpoints_dir() / f"{name}.npz"
    try:
        there = is_name(name) and place.exists()
        found = record.differences(read(place)) if there else ["model"]
    except DamagedError:
        found = []
    words = [words.split(" ")[0] for words in found]
    _changes[name] = [word for word in words if not (ignore_data and word == "data")]


def changes(name: str) -> list[str]:
    """Return what differs between the last training of `name` here and the course's.

    ["model"] where nothing of that name was trained in this session.
    """
    return _changes.get(name, ["model"])


def fingerprint_model(model: Any) -> str:
    """Return a short hash of layers, wiring, loss and optimiser; names do not count.

    Of a layer that does not say how it was made (no `get_config`) only the class counts.
    """
    shapes = [tuple(weight.shape) for weight in model.weights]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns of functions without a name
        try:
            config = _without_names(model.get_config())
        except NotImplementedError:
            config = describe_layers(model)
        compiled = _without_names(model.get_compile_config() or {})
    parts = type(model).__name__, config, shapes
    return _hash(repr((parts, compiled.get("optimizer"), compiled.get("loss"))))


def fingerprint_data(*data: Any) -> str:
    """Return a short hash of shapes, types, whole numbers and labels of what `fit` takes.

    A `tf.data.Dataset` is known by its `recipe`, which `pipelines.batches` writes, or by the files
    that `image_dataset_from_directory` names; an array of decimals by `sample_data`. Other data
    (generators) cannot be told apart, and the fingerprint is then "unknown".
    """
    described = [_describe(part) for part in _parts(data)]
    return UNKNOWN if None in described else _hash(repr(described))


def sample_data(*data: Any) -> list[float]:
    """Return one number for each array of decimals of what `fit` takes.

    It is a sum over some 50 rows, each value with a weight of its own: other values change it,
    while the last digits, in which processors differ, do not.
    """
    arrays = [np.asarray(part) for part in _parts(data) if hasattr(part, "__array__")]
    return [_weigh(_some_rows(array)) for array in arrays if array.dtype.kind == "f"]


def _weigh(rows: np.ndarray) -> float:
    values = np.nan_to_num(rows.astype("float64").ravel())
    weights = np.resize(np.cos(np.arange(1009) ** 2 % 1009), values.size)  # squares repeat
    return round(float(values @ weights / (np.linalg.norm(values) or 1.0)), 6)


def _are_close(some: list, others: list) -> bool:
    return len(some) == len(others) and np.allclose(some, others, rtol=0, atol=1e-4)


def _parts(data: Any) -> list:
    """Return what lists, tuples and dictionaries hold, one after the other, without None."""
    parts = []
    for part in data:
        if isinstance(part, dict):
            parts += [repr(sorted(part)), *_parts(part[key] for key in sorted(part))]
        elif isinstance(part, (list, tuple)):
            parts += _parts(part)
        elif part is not None:
            parts.append(part)
    return parts


def _some_rows(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array[:: max(1, len(array) // 50)] if array.ndim else array)


def _describe(part: Any) -> Any:
    """Return what a part of the data is known by, or None where nothing tells it apart."""
    if isinstance(part, str):
        return part
    if hasattr(part, "element_spec"):
        recipe = getattr(part, "recipe", None) or _file_names(part)
        return recipe and (recipe, int(part.cardinality()), str(part.element_spec))
    if hasattr(part, "__array__"):
        array = np.asarray(part)
        whole = array if array.size <= 1_000_000 else _some_rows(array)  # all labels count
        known = "" if array.dtype.kind == "f" else _hash(np.ascontiguousarray(whole))
        return array.shape, str(array.dtype), known
    return None


def _file_names(dataset: Any) -> str | None:
    """Return a hash of the files of `image_dataset_from_directory`: label, name and size."""
    paths = getattr(dataset, "file_paths", None)
    known = [(*Path(path).parts[-2:], os.path.getsize(path)) for path in paths or ()]
    return _hash(repr(sorted(known))) if known else None


def _without_names(config, places=None):
    """Drop names from a nested configuration: they count the layers made in a session.

    places: the number of each layer in the model around it; where the wiring names a layer, its
    number takes the place of the name. Entries that are None are dropped, too: a newer Keras may
    have more settings.
    """
    if isinstance(config, dict):
        drop = {"name", "registered_name", "build_config"}
        inner = config.get("layers") if isinstance(config.get("layers"), list) else ()
        names = [(layer.get("config") or {}).get("name") for layer in inner]
        places = {name: place for place, name in enumerate(names)} or places
        return {
            key: _number(value, places or {}) if key in WIRING else _without_names(value, places)
            for key, value in config.items()
            if key not in drop and value is not None
        }
    if isinstance(config, (list, tuple)):
        return [_without_names(value, places) for value in config]
    return config


def _number(value, places: dict):
    """Put numbers in the place of the names of layers."""
    if isinstance(value, (list, tuple)):
        return [_number(part, places) for part in value]
    return places.get(value, value) if isinstance(value, str) else value


def is_name(name: str) -> bool:
    """Tell whether a model's name was given by its author and can be that of a file.

    Keras itself gives names as sequential_1, functional, model_2.
    """
    by_keras = re.fullmatch(r"(sequential|functional|model)(_\d+)?", name)
    is_plain = re.fullmatch(r"\w[\w.-]*", name) and len(name.encode()) <= 100
    return not by_keras and bool(is_plain)


def _hash(data) -> str:
    data = data.encode() if isinstance(data, str) else data
    return hashlib.sha256(data).hexdigest()[:16]
