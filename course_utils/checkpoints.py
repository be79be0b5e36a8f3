"""Keep trained weights with their history, and know whether they fit a model, data and settings."""

import hashlib
import json
import os
import shutil
import uuid
import warnings
import zipfile
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path

from course_utils import settings

import numpy as np
from filelock import FileLock

RECORD, WEIGHTS = "record.json", "weights.npz"
WIRING = ("keras_history", "input_layers", "output_layers")  # name layers in a configuration


@dataclass
class Record:
    """What a checkpoint was made with, and how the training went.

    model, data: fingerprints; sample: one number for each array of decimals in the data;
    settings: what `fit` was asked for; trained: ISO date; amount: how much it was trained on,
    in words; data_sets: titles of the data sets that were loaded then.
    """

    model: str
    data: str
    settings: dict
    sample: list = field(default_factory=list)
    trained: str = ""
    amount: str = ""
    data_sets: list = field(default_factory=list)
    best_epoch: int = 0
    history: dict = field(default_factory=dict)

    def differences(self, other: "Record") -> list[str]:
        """Return in words what differs between this record's run and the other's."""
        found = ["model"] if self.model != other.model else []
        if self.data != other.data or not _are_close(self.sample, other.sample):
            found.append("data")
        for key in sorted({*self.settings, *other.settings}):
            mine, theirs = self.settings.get(key), other.settings.get(key)
            if mine != theirs:
                found.append(f"{key} ({theirs} there, {mine} here)")
        return found


def find(name: str) -> list[Path]:
    """Return the folders that hold a checkpoint `name`: first the course's, then one's own."""
    places = [folder / name for folder in settings.checkpoint_dirs()]
    return [place for place in places if (place / RECORD).exists()]


def read(place: Path) -> Record:
    """Return the record of the checkpoint in the folder `place`.

    Raises OSError if it cannot be read.
    """
    try:
        return Record(**json.loads((place / RECORD).read_text(encoding="utf-8")))
    except (ValueError, TypeError) as problem:
        raise _damaged(place) from problem


def _damaged(place: Path) -> OSError:
    return OSError(f"The checkpoint {place} is damaged: move that folder away and run again.")


def write(name: str, weights, best_weights, record: Record) -> Path:
    """Save the last weights, the best weights and the record: all of them, or none.

    best_weights: None where the last are the best. Returns the checkpoint's folder.
    """
    target = settings.own_checkpoints_dir() / name
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{name}.{uuid.uuid4().hex}")
    older = temporary.with_name(f"{temporary.name}.older")
    temporary.mkdir()  # with the usual permissions: a class may share the folder
    try:
        arrays = {f"last_{place}": _pack(value) for place, value in enumerate(weights)}
        arrays |= {f"best_{place}": _pack(value) for place, value in enumerate(best_weights or [])}
        np.savez_compressed(temporary / WEIGHTS, **arrays)
        (temporary / RECORD).write_text(json.dumps(asdict(record), indent=1), encoding="utf-8")
        with FileLock(target.parent / ".lock"):
            if target.exists():
                os.replace(target, older)
            try:
                os.replace(temporary, target)
            except OSError:
                if older.exists():
                    os.replace(older, target)
                raise
        shutil.rmtree(older, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def _pack(value: np.ndarray) -> np.ndarray:
    """Keep 11 of 24 binary digits: half the size, and accuracies stay within 0.1 %."""
    if value.dtype != np.float32 or np.abs(value).max(initial=0) > np.finfo(np.float16).max:
        return value
    return value.astype(np.float16)


def _unpack(value: np.ndarray) -> np.ndarray:
    return value.astype(np.float32) if value.dtype == np.float16 else value


def read_weights(place: Path) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return the last and the best weights of a checkpoint (equal where none others were kept).

    Raises OSError if the file is damaged.
    """
    try:
        with np.load(place / WEIGHTS, allow_pickle=False) as file:
            kept = {
                kind: [
                    _unpack(file[f"{kind}_{number}"])
                    for number in range(len(file.files))
                    if f"{kind}_{number}" in file.files
                ]
                for kind in ("last", "best")
            }
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as problem:
        raise _damaged(place) from problem
    return kept["last"], kept["best"] or kept["last"]


def fingerprint_model(model) -> str:
    """Return a short hash of layers, wiring, loss and optimiser; names do not count.

    Of a layer that does not say how it was made (no `get_config`) only the class counts.
    """
    shapes = [tuple(weight.shape) for weight in model.weights]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns of functions without a name
        try:
            config = _without_names(model.get_config())
        except NotImplementedError:
            config = [type(layer).__name__ for layer in model._flatten_layers()]
        compiled = _without_names(model.get_compile_config() or {})
    parts = type(model).__name__, config, shapes
    return _hash(repr((parts, compiled.get("optimizer"), compiled.get("loss"))))


def fingerprint_data(*data) -> str:
    """Return a short hash of shapes, types and a sample of the integers of what `fit` takes.

    A `tf.data.Dataset` is known by its length and its element types only, a `PyDataset` by its
    class and its length, an array of decimals by `sample_data`.
    """
    return _hash(repr([_describe(part) for part in _parts(data)]))


def sample_data(*data) -> list[float]:
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


def _parts(data) -> list:
    """Return what lists and tuples hold, one after the other, without None."""
    parts = []
    for part in data:
        if isinstance(part, (list, tuple)):
            parts += _parts(part)
        elif part is not None:
            parts.append(part)
    return parts


def _some_rows(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array[:: max(1, len(array) // 50)])


def _describe(part):
    if hasattr(part, "element_spec"):
        return int(part.cardinality()), str(part.element_spec)
    if hasattr(part, "__array__"):
        array = np.asarray(part)
        known = "" if array.dtype.kind == "f" else _hash(_some_rows(array))
        return array.shape, str(array.dtype), known
    return type(part).__name__, len(part)


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


def _hash(data) -> str:
    data = data.encode() if isinstance(data, str) else data
    return hashlib.sha256(data).hexdigest()[:16]
