"""Folders of pictures laid out <label>/*.jpg or <split>/<label>/*.jpg: the one reader of them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course_utils.datasets.photographs import is_picture
from course_utils.reader.notices import notice

SPLITS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "val", "valid"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}  # names of folders, in small letters
# Left by macOS, Windows and network disks, beside names with a dot.
_JUNK = ("__macosx", "@eadir", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r")

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
    split = SPLITS.get(folder.name.lower(), "train")
    by_label = {} if _read_siblings(folder) else _read_labels(folder)
    if folder.name.lower() in SPLITS and class_names is None:
        class_names = _names_of(_read_siblings(folder.parent, tell=False))
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
    "val" and "valid" are "validation", "Training" is "train"), with one numbering of labels; {}
    where there are no pictures in such a layout. Raises ValueError as `read_folder` does, and for
    two folders of one split.
    """
    siblings = _read_siblings(folder)
    if not siblings:
        by_label = _read_labels(folder)
        return {"train": _number(folder, by_label, sorted(by_label), "train")} if by_label else {}
    class_names = _names_of(siblings)
    parts = [
        _number(place, by_label, class_names, SPLITS[place.name.lower()])
        for place, by_label in siblings.items()
    ]
    return {part.split: part for part in parts}


def is_laid_out(folder: Path) -> bool:
    """Tell whether there is a picture in a folder in a folder: quick, where there are many."""
    return any(any(_pictures_in(child)) for child in _visible(folder) if child.is_dir())


def _read_siblings(folder: Path, tell: bool = True) -> dict[Path, dict[str, list[Path]]]:
    """Return the folders of splits in `folder` that hold labels, and what these hold.

    tell: whether to name, in a notice, the folders beside them.
    """
    places = [child for child in _visible(folder) if child.is_dir()]
    places = sorted(
        (child for child in places if child.name.lower() in SPLITS),
        key=lambda child: list(SPLITS).index(child.name.lower()),
    )
    found = {place: _read_labels(place) for place in places}
    found = {place: by_label for place, by_label in found.items() if by_label}
    splits = {}
    for place in found:
        other = splits.setdefault(SPLITS[place.name.lower()], place)
        if other != place:
            raise ValueError(
                f"{folder} holds {other.name} and {place.name}, which are one split: put their "
                "pictures together, or move one of them away."
            )
    if found and tell:
        for place in set(places) - set(found):
            _say_what_is_left_out(place, {}, [], _loose(place))
        others = [child for child in _visible(folder) if child.is_dir() and child not in places]
        others = {child.name: "no split" for child in others if any(_pictures_in(child))}
        _say_what_is_left_out(folder, others, [], [])
    return found


def _names_of(siblings: dict[Path, dict[str, list[Path]]]) -> list[str]:
    return sorted({label for by_label in siblings.values() for label in by_label})


def _read_labels(folder: Path) -> dict[str, list[Path]]:
    """Return {label: files}, without what is no label: a copy of the others, loose pictures."""
    children = [child for child in _visible(folder) if child.is_dir()]
    files = {child.name: sorted(_walk(child)) for child in children}
    pictures = {name: [file for file in some if is_picture(file)] for name, some in files.items()}
    found = {name: some for name, some in pictures.items() if some}
    nested = {name: _folders_below(folder / name, some) for name, some in found.items()}
    nested = {name: below for name, below in nested.items() if below}
    if len(found) == 1 and any(len(below) > 1 for below in nested.values()):
        (name,) = found
        raise ValueError(
            f"{folder} holds one folder, {name}, whose folders are {', '.join(nested[name])}: "
            f"give {folder / name}, or move its folders up."
        )
    copies = [name for name, below in nested.items() if set(below) <= set(found) - {name}]
    if found:
        left_out = dict.fromkeys(copies, "its folders have the names of the labels beside it")
        left_out |= {
            name: "no pictures in it" for name in files if files[name] and name not in found
        }
        others = [file for name in found for file in set(files[name]) - set(found[name])]
        others = [file.relative_to(folder).as_posix() for file in sorted(others)]
        _say_what_is_left_out(folder, left_out, others, _loose(folder))
    return {name: some for name, some in found.items() if name not in copies}


def _loose(folder: Path) -> list[str]:
    """Return the names of the pictures that lie in a folder itself."""
    return [file.name for file in _visible(folder) if file.is_file() and is_picture(file)]


def _folders_below(place: Path, files: list[Path]) -> list[str]:
    """Return the folders in `place` that hold its pictures, or [] if one lies in it directly."""
    parts = [file.relative_to(place).parts for file in files]
    return sorted({first for first, *_ in parts}) if all(len(part) > 1 for part in parts) else []


def _say_what_is_left_out(
    folder: Path, folders: dict[str, str], no_pictures: list[str], loose: list[str]
) -> None:
    """Name in a notice, once, what is not used, and why.

    folders: {name: reason}; no_pictures, loose: files in the folder of a label, and in none.
    """
    said = [f"{name} ({reason})" for name, reason in folders.items()]
    said += [f"{_and_more(loose)} (not in the folder of a label)"] if loose else []
    said += [f"{_and_more(no_pictures)} (no picture)"] if no_pictures else []
    text = f"Left out of {folder.name}: {'; '.join(said)}."
    if said and (key := f"{folder} {text}") not in _noticed:
        _noticed.add(key)
        notice(os.fsencode(text).decode("utf-8", "replace"))


def _and_more(names: list[str]) -> str:
    return names[0] + (f" and {len(names) - 1:,} more" if len(names) > 1 else "")


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
    """Yield the files below a folder, without hidden ones and litter; links are followed."""

    def stop(problem: OSError):
        raise problem

    seen = set()
    for place, children, files in os.walk(folder, onerror=stop, followlinks=True):
        if (real := os.path.realpath(place)) in seen:  # a link that leads back
            children.clear()
            continue
        seen.add(real)
        children[:] = [child for child in children if _is_visible(child)]
        yield from (Path(place, name) for name in files if _is_visible(name))


def _pictures_in(folder: Path) -> Iterator[Path]:
    return (file for file in _walk(folder) if is_picture(file))


def _visible(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if _is_visible(child.name))


def _is_visible(name: str) -> bool:
    return not name.startswith(".") and name.lower() not in _JUNK
