"""Folders of pictures laid out <label>/*.jpg or <split>/<label>/*.jpg: the one reader of them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course_utils.reader.notices import notice

# What is taken for a picture. Pillow lacks HEIC: such a file is named as one that cannot be read.
SUFFIXES = frozenset(
    ".jpg .jpeg .jpe .jfif .png .gif .bmp .webp .tif .tiff .avif .heic .heif".split()
)
SPLITS = {"train": "train", "test": "test"} | dict.fromkeys(
    ("validation", "val", "valid"), "validation"
)
_JUNK = ("__MACOSX", "@eaDir")  # left by macOS and by network disks, beside names with a dot

_noticed: set[str] = set()


@dataclass(frozen=True)
class Pictures:
    """The pictures of one folder of labels, or of one split.

    folder: holds the folders of the labels; files: full paths, each class in the order of the
    names, and the classes in turn, so that any stretch of them holds all in like shares; labels:
    one number a file, its place in `class_names`; split: "train", "test" or "validation".
    """

    folder: Path
    files: list[Path]
    labels: list[int]
    class_names: list[str]
    split: str

    @property
    def names(self) -> list[str]:
        """Return the files as a person reads them: "cat/1.jpg"."""
        relative = [file.relative_to(self.folder).as_posix() for file in self.files]
        return [os.fsencode(name).decode("utf-8", "replace") for name in relative]

    def pick(self, positions: slice) -> "Pictures":
        """Return some of the pictures."""
        some = self.files[positions], self.labels[positions]
        return Pictures(self.folder, *some, self.class_names, self.split)


def read_folder(folder: Path, class_names: list[str] | None = None) -> Pictures:
    """Read a folder laid out <label>/*.jpg; what is below a label is read at any depth.

    class_names: the names of the labels 0, 1, ...; by default the names of the folders that hold
    pictures, in alphabetical order. A folder "validation" beside a folder "train" (or another
    split) has its labels numbered as they are in all splits together.

    Raises FileNotFoundError for a folder that is not there, ValueError for one without pictures,
    with another layout, or with a class that is not in `class_names`.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}: give one laid out <label>/*.jpg.")
    split = SPLITS.get(folder.name, "train")
    by_label = {} if _read_siblings(folder) else _read_labels(folder)
    if folder.name in SPLITS and class_names is None:
        class_names = _names_of(_read_siblings(folder.parent))
    if not by_label:
        children = ", ".join(child.name for child in _visible(folder) if child.is_dir())
        raise ValueError(
            f"{folder} holds no pictures laid out <label>/*.jpg; its folders are "
            f"{children or 'none'}: give the folder just above the labels."
        )
    class_names = class_names or sorted(by_label)
    if unknown := sorted(set(by_label) - set(class_names)):
        raise ValueError(
            f"{folder} has a folder {unknown[0]}, which is none of the classes "
            f"{', '.join(class_names)}: add it to class_names, or move it away."
        )
    return _number(folder, by_label, list(class_names), split)


def read_splits(folder: Path) -> dict[str, Pictures]:
    """Read a folder laid out <split>/<label>/*.jpg, or <label>/*.jpg, which is all "train".

    Returns {"train": ..., "validation": ..., "test": ...} of those that are there (the folders
    "val" and "valid" are "validation"), with one numbering of labels; {} where there are no
    pictures in such a layout. Raises ValueError as `read_folder` does.
    """
    siblings = _read_siblings(folder)
    if not siblings:
        by_label = _read_labels(folder)
        return {"train": _number(folder, by_label, sorted(by_label), "train")} if by_label else {}
    class_names = _names_of(siblings)
    parts = [
        _number(place, by_label, class_names, SPLITS[place.name])
        for place, by_label in siblings.items()
    ]
    return {part.split: part for part in parts}


def is_laid_out(folder: Path) -> bool:
    """Tell whether there is a picture in a folder in a folder: quick, where there are many."""
    return any(
        file.suffix.lower() in SUFFIXES
        for child in _visible(folder)
        if child.is_dir()
        for file in _walk(child)
    )


def _read_siblings(folder: Path) -> dict[Path, dict[str, list[Path]]]:
    """Return the folders of splits in `folder` that hold labels, and what these hold."""
    places = [folder / name for name in SPLITS if (folder / name).is_dir()]
    found = {place: _read_labels(place) for place in places}
    return {place: by_label for place, by_label in found.items() if by_label}


def _names_of(siblings: dict[Path, dict[str, list[Path]]]) -> list[str]:
    return sorted({label for by_label in siblings.values() for label in by_label})


def _read_labels(folder: Path) -> dict[str, list[Path]]:
    """Return {label: files}, without what is no label: a copy of the others, loose pictures."""
    children = [child for child in _visible(folder) if child.is_dir()]
    found = {child.name: files for child in children if (files := sorted(_walk(child)))}
    nested = {name: _folders_below(folder / name, files) for name, files in found.items()}
    nested = {name: below for name, below in nested.items() if below}
    if len(found) == 1 and any(len(below) > 1 for below in nested.values()):
        (name,) = found
        raise ValueError(
            f"{folder} holds one folder, {name}, whose folders are {', '.join(nested[name])}: "
            f"give {folder / name}, or move its folders up."
        )
    copies = [name for name, below in nested.items() if set(below) <= set(found) - {name}]
    loose = [child for child in _visible(folder) if _is_picture(child) and not child.is_dir()]
    _say_what_is_left_out(folder, copies, loose if found else [])
    return {name: files for name, files in found.items() if name not in copies}


def _folders_below(place: Path, files: list[Path]) -> list[str]:
    """Return the folders in `place` that hold its pictures, or [] if one lies in it directly."""
    parts = [file.relative_to(place).parts for file in files]
    return sorted({first for first, *_ in parts}) if all(len(part) > 1 for part in parts) else []


def _say_what_is_left_out(folder: Path, copies: list[str], loose: list[Path]) -> None:
    said = []
    if copies:
        said.append(f"{', '.join(copies)} (its folders have the names of the labels beside it)")
    if loose:
        more = f" and {len(loose) - 1:,} more" if len(loose) > 1 else ""
        said.append(f"{loose[0].name}{more} (not in the folder of a label)")
    text = f"Left out of {folder.name}: {'; '.join(said)}."
    if said and (key := f"{folder} {text}") not in _noticed:
        _noticed.add(key)
        notice(text)


def _number(
    folder: Path, by_label: dict[str, list[Path]], class_names: list[str], split: str
) -> Pictures:
    """Number the labels, and take the classes in turn, the larger more often."""
    places = []
    for name, files in by_label.items():
        label = class_names.index(name)
        places += [((rank + 0.5) / len(files), label, file) for rank, file in enumerate(files)]
    places.sort()
    files, labels = [place[2] for place in places], [place[1] for place in places]
    return Pictures(folder, files, labels, class_names, split)


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the picture files below a folder, without hidden ones."""

    def stop(problem: OSError):
        raise problem

    for place, children, files in os.walk(folder, onerror=stop):
        children[:] = [child for child in children if _is_visible(child)]
        for name in files:
            if _is_visible(name) and _is_picture(file := Path(place, name)):
                yield file


def _visible(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if _is_visible(child.name))


def _is_visible(name: str) -> bool:
    return not name.startswith(".") and name not in _JUNK


def _is_picture(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES
