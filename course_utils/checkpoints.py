"""Keep trained weights with their history, and know whether they fit a model, data and settings."""

import hashlib
import json
import os
import shutil
import uuid
import zipfile
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path

from course_utils import settings

import numpy as np

RECORD, WEIGHTS = "record.json", "weights.npz"


@dataclass
class Record:
    """What a checkpoint was made with, and how the training went.

    model, data: fingerprints; settings: what `fit` was asked for; trained: ISO date;
    amount: how much it was trained on, in words.
    """

    model: str
    data: str
    settings: dict
    trained: str = ""
    amount: str = ""
    best_epoch: int = 0
    history: dict = field(default_factory=dict)

    def differences(self, other: "Record") -> list[str]:
        """Return in words what differs between this record's run and the other's."""
        found = [name for name in ("model", "data") if getattr(self, name) != getattr(other, name)]
        for key in sorted({*self.settings, *other.settings}):
            mine, theirs = self.settings.get(key), other.settings.get(key)
            if mine != theirs:
                found.append(f"{key} ({theirs} there, {mine} here)")
        return found


def folder(name: str) -> Path:
    """Return the folder of the checkpoint `name` in the first data folder that has one."""
    shared = settings.data_dir() / "checkpoints" / name
    return shared if (shared / RECORD).exists() else _own_folder(name)


def _own_folder(name: str) -> Path:
    return settings.writable_dir() / "checkpoints" / name


def read(name: str) -> Record | None:
    """Return the record of the checkpoint `name`, or None where there is none.

    Raises OSError if it is there but cannot be read.
    """
    path = folder(name) / RECORD
    if not path.exists():
        return None
    try:
        return Record(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as problem:
        raise _damaged(path.parent) from problem


def _damaged(place: Path) -> OSError:
    return OSError(f"The checkpoint {place} is damaged: move that folder away and run again.")


def write(name: str, weights, best_weights, record: Record) -> None:
    """Save the last weights, the best weights and the record: all of them, or none."""
    target = _own_folder(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{name}.{uuid.uuid4().hex}")
    temporary.mkdir()  # with the usual permissions: a class may share the folder
    try:
        arrays = {f"last_{place}": value for place, value in enumerate(weights)}
        arrays |= {f"best_{place}": value for place, value in enumerate(best_weights or [])}
        np.savez_compressed(temporary / WEIGHTS, **arrays)
        (temporary / RECORD).write_text(json.dumps(asdict(record), indent=1), encoding="utf-8")
        if target.exists():
            shutil.rmtree(target)
        os.replace(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def read_weights(name: str) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return the last and the best weights of a checkpoint (equal where none others were kept).

    Raises OSError if the file is damaged.
    """
    place = folder(name)
    try:
        with np.load(place / WEIGHTS, allow_pickle=False) as file:
            kept = {
                kind: [
                    file[f"{kind}_{number}"]
                    for number in range(len(file.files))
                    if f"{kind}_{number}" in file.files
                ]
                for kind in ("last", "best")
            }
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as problem:
        raise _damaged(place) from problem
    return kept["last"], kept["best"] or kept["last"]


def fingerprint_model(model) -> str:
    """Return a short hash of the architecture, the loss and the optimiser; names do not count."""
    parts = [
        (type(layer).__name__, _without_names(layer.get_config()))
        for layer in model._flatten_layers(include_self=False)
    ]
    compiled = _without_names(model.get_compile_config() or {})
    shapes = [tuple(weight.shape) for weight in model.weights]
    return _hash(repr((parts, shapes, compiled.get("optimizer"), compiled.get("loss"))))


def fingerprint_data(*data) -> str:
    """Return a short hash of shapes, types and a sample of the values of what `fit` takes.

    A `tf.data.Dataset` is known by its length and its element types only, a `PyDataset` by its
    class and its length.
    """
    return _hash(repr([_describe(part) for part in data if part is not None]))


def _describe(data):
    if isinstance(data, (list, tuple)):
        return [_describe(part) for part in data]
    if hasattr(data, "element_spec"):
        return int(data.cardinality()), str(data.element_spec)
    if hasattr(data, "__array__"):
        array = np.asarray(data)
        rows = array[:: max(1, len(array) // 200)]
        return array.shape, str(array.dtype), _hash(np.ascontiguousarray(rows))
    return type(data).__name__, len(data)


def _without_names(config):
    """Drop names from a nested configuration: they count the layers made in a session."""
    if isinstance(config, dict):
        drop = {"name", "registered_name", "keras_history", "build_config"}
        return {key: _without_names(value) for key, value in config.items() if key not in drop}
    if isinstance(config, (list, tuple)):
        return [_without_names(value) for value in config]
    return config


def _hash(data) -> str:
    data = data.encode() if isinstance(data, str) else data
    return hashlib.sha256(data).hexdigest()[:16]
