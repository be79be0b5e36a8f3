"""Read the files of `keras.datasets`, and turn a TFDS builder into the same arrays."""

import gzip
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.datasets.catalogue import ARRAY_SUMS

import numpy as np

if TYPE_CHECKING:
    import tensorflow_datasets as tfds

Arrays = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


# What NumPy, gzip and zipfile raise for files that are no such files, or claim a size of terabytes.
FAULTS = (OSError, ValueError, LookupError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error)


def read_files(paths: list[Path]) -> Arrays:
    """Read `mnist.npz`, or the four IDX files (train labels, train images, test labels, images).

    Returns ((x_train, y_train), (x_test, y_test)): uint8 images (N, 28, 28), uint8 labels (N,).
    Raises OSError, naming the file, if one is damaged.
    """
    if len(paths) == 1:
        return _read_npz(paths[0])
    y_train, x_train, y_test, x_test = (_read_idx(path) for path in paths)
    return (x_train, y_train), (x_test, y_test)


def _read_npz(path: Path) -> Arrays:
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            x_train, y_train, x_test, y_test = (
                file[key] for key in ("x_train", "y_train", "x_test", "y_test")
            )
    except FAULTS as problem:
        raise _damaged(path, problem) from problem
    return (x_train, y_train), (x_test, y_test)


def _read_idx(path: Path) -> np.ndarray:
    """Read one gzipped IDX file: two zero bytes, type 8 (uint8), rank, sizes, then the values."""
    try:
        with gzip.open(path, "rb") as file:
            data = file.read()
        rank = data[3]
        shape = np.frombuffer(data, ">i4", count=rank, offset=4)
        values = bytearray(data)  # unlike bytes, gives an array that can be written to
        return np.frombuffer(values, np.uint8, offset=4 + 4 * rank).reshape(shape)
    except FAULTS as problem:
        raise _damaged(path, problem) from problem


def is_genuine(name: str, arrays: Arrays) -> bool:
    """Tell whether these are the values of the data set `name`, and not those of another file."""
    found = tuple(zlib.crc32(np.ascontiguousarray(part)) for pair in arrays for part in pair)
    return found == ARRAY_SUMS[name]


def _damaged(path: Path, problem: Exception) -> OSError:
    if isinstance(problem, PermissionError):
        return PermissionError(
            f"The file {path} cannot be read: ask its owner for `chmod a+r`, or set "
            "COURSE_DATA_DIR to another folder."
        )
    return OSError(f"The file {path} is damaged ({problem}): move it away and load again.")


def from_builder(builder: "tfds.core.DatasetBuilder") -> Arrays:
    """Return the splits "train" and "test" of a builder of 28x28 images as uint8 arrays."""
    import tensorflow_datasets as tfds

    def read(split):
        examples = tfds.as_numpy(builder.as_dataset(split, batch_size=-1, as_supervised=True))
        images, labels = examples
        return images[..., 0], labels.astype(np.uint8)

    return read("train"), read("test")
