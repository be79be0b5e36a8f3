"""Find and check copies of a data set that are already on disk."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils import settings
from course_utils.datasets.folders import is_laid_out, read_splits

if TYPE_CHECKING:
    import tensorflow_datasets as tfds

READ = os.R_OK | os.X_OK
MOST_BYTES_READ = 2 << 30

_checked: dict[Path, tuple[int, int]] = {}  # files read whole: {path: (size, time of change)}

# What the data folder holds beside folders of pictures.
NO_PICTURES = ("tfds", "keras", "checkpoints", "trained")


def find_builder(
    name: str | Path, folders: list[Path], version: str | None = None
) -> "tfds.core.DatasetBuilder | None":
    """Return a TFDS builder that reads a prepared copy of `name`, or None.

    Looks for TFDS' own layout (`<folder>/<name>/<version>`, newest version first), then for
    pictures laid out `<data folder>/<name>/<split>/<label>/*.jpg` or `.../<label>/*.jpg`.
    name: also the path of such a folder, wherever it is. version: that version and no other.
    Raises OSError if a copy is there but damaged, FileNotFoundError or ValueError for a path
    that cannot be used.
    """
    if is_path(name):
        return _open_path(Path(name).expanduser())
    for place in _prepared_versions(name, folders):
        if version in (None, place.name):
            _check_shards(place)
            return _open_prepared(place)
    pictures = settings.data_dir() / name
    parts = read_splits(pictures) if pictures.is_dir() and name not in NO_PICTURES else {}
    return _build(pictures, parts) if parts else None


def is_path(name: str | Path) -> bool:
    """Tell whether this is the path of a folder ("~/pets", "./pets"), not a data set's name."""
    text = str(name)
    return isinstance(name, Path) or text.startswith((".", "~")) or Path(text).is_absolute()


def _open_path(folder: Path):
    """Return the builder of a folder of pictures; say what is wrong with one that is none."""
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}: check its name.")
    if parts := read_splits(folder):
        return _build(folder, parts)
    raise ValueError(
        f"{folder} holds no pictures laid out <label>/*.jpg or <split>/<label>/*.jpg: "
        "put the pictures of each label into a folder of its own."
    )


def _build(folder: Path, parts: dict):
    from course_utils.datasets.picture_folder import PictureFolder

    return PictureFolder(folder, parts)


def find_names(folders: list[Path]) -> set[str]:
    """Return the names of all data sets with a prepared copy."""
    tfds_names = {info.parent.parent.name for f in folders for info in f.glob("*/*/" + INFO)}
    pictures = {
        child.name
        for child in _folders_in(settings.data_dir())
        if child.name not in NO_PICTURES and is_laid_out(child)
    }
    return tfds_names | pictures


INFO = "dataset_info.json"


def _prepared_versions(name: str, folders: list[Path]) -> list[Path]:
    """Return the folders of all versions; raise OSError for one that lacks its info or our rights.

    To search a folder without the right to is to find nothing there, without an error.
    """
    for folder in folders:
        for place, right in ((folder.parent, os.X_OK), (folder, READ), (folder / name, READ)):
            if os.path.isdir(place) and not os.access(place, right):
                raise PermissionError(
                    f"The folder {place} cannot be read: ask its owner for `chmod -R a+rX`, or "
                    "set COURSE_DATA_DIR to another folder."
                )
    places = [folder / name for folder in folders]
    for shard in (shard for place in places for shard in place.glob("[0-9]*/*.tfrecord*")):
        if not (shard.parent / INFO).exists():
            raise _damaged(shard.parent, f"its {INFO} is missing")
    found = [info.parent for place in places for info in place.glob("*/" + INFO)]
    return sorted(found, key=lambda path: (_version(path), -folders.index(path.parents[1])))[::-1]


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else -1 for part in path.name.split("."))


def _folders_in(folder: Path) -> list[Path]:
    return [child for child in folder.iterdir() if child.is_dir()] if folder.is_dir() else []


def _check_shards(version: Path) -> None:
    """Hold the files of a prepared copy against the sizes that its own info states.

    A TFRecord file has 16 bytes around each example; a file cut short is found here, in one
    sentence, rather than in the middle of an epoch.
    """
    name, splits, file_format = _read_info(version)
    if file_format != "tfrecord":
        return
    for split in splits:
        examples = sum(map(int, split.get("shardLengths", [])))
        expected = int(split.get("numBytes", 0)) + 16 * examples
        files = sorted(version.glob(f"{name}-{split['name']}.tfrecord-*"))
        found = sum(file.stat().st_size for file in files)
        if found != expected:
            fault = f"split {split['name']!r} has {found:,} bytes instead of {expected:,}"
            raise _damaged(version, fault)
        for file in files:
            _check_sums(file)


def _check_sums(file: Path) -> None:
    """Read a TFRecord file once in a session: each record has a sum, so a wrong byte is found.

    That takes a tenth of a second for MNIST; files beyond `MOST_BYTES_READ` are let be.
    """
    import course_utils.keras_inside.start

    import tensorflow as tf

    if not os.access(file, os.R_OK):
        raise PermissionError(f"The file {file} cannot be read: ask its owner for `chmod a+r`.")
    state = file.stat()
    known = state.st_size, state.st_mtime_ns
    if _checked.get(file) == known or state.st_size > MOST_BYTES_READ:
        return
    try:
        for _ in tf.data.TFRecordDataset(str(file)).batch(64):
            pass
    except tf.errors.DataLossError as problem:
        raise _damaged(file.parent, f"{file.name} has a wrong byte") from problem
    _checked[file] = known


def _open_prepared(version: Path):
    import course_utils.keras_inside.start

    import tensorflow_datasets as tfds

    try:
        return tfds.builder_from_directory(version)
    except Exception as problem:  # each fault of a description has a kind of its own
        raise _damaged(version, "its features.json is missing or cannot be read") from problem


def _damaged(version: Path, fault: str) -> OSError:
    return OSError(
        f"The prepared copy {version} is damaged: {fault}; move that folder away and load again."
    )


def _read_info(version: Path) -> tuple[str, list[dict], str]:
    """Return name, splits and file format of a prepared copy, as its info states them."""
    try:
        info = json.loads((version / INFO).read_text(encoding="utf-8"))
        return info["name"], info["splits"], info.get("fileFormat", "tfrecord")
    except (ValueError, KeyError, TypeError) as problem:
        raise _damaged(version, f"its {INFO} cannot be read") from problem
