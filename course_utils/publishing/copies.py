"""A student's own copies of the notebooks: begun, brought up to date, and brought back.

    my_notebooks/
        01_dense_mnist.ipynb    hers, without outputs in the beginning
        .course/base/           the version of each that hers comes from
        .course/before/         her notebooks as they were before the last update

`notebooks/` stays the book: nobody writes there, so a newer version of the course can come in.
"""

import copy
import shutil
import warnings
from pathlib import Path

from course_utils import files
from course_utils.publishing import merge, notebooks

import nbformat
from nbformat import NotebookNode

FOLDER = Path("my_notebooks")


def start(folder: Path = FOLDER) -> list[str]:
    """Make copies without outputs of the notebooks that the folder lacks; return their names.

    What is there stays as it is. Raises OSError where the folder cannot be written.
    """
    _keep_out_of_git(folder)
    begun = []
    for path in notebooks.find():
        if not _find(folder, path):
            _begin(path, folder)
            begun.append(path.name)
    return begun


def find_behind(folder: Path = FOLDER) -> list[str]:
    """Return the names of the notebooks of which the course has another version by now."""
    behind = []
    for path in notebooks.find():
        base = _find(_base(folder), path)
        now = merge.strip(nbformat.read(path, as_version=4))
        if base and [c.source for c in nbformat.read(base, as_version=4).cells] != [
            c.source for c in now.cells
        ]:
            behind.append(path.name)
    return behind


def update(folder: Path = FOLDER, fresh: tuple[str, ...] = ()) -> list[str]:
    """Bring the course's present version into a student's copies; return a sentence for each.

    Her answers, changes and own cells stay (`merge.merge`). Before anything is written, her
    notebooks are put aside, so that `undo` brings them back. A copy that is no notebook, or
    that she has removed, is left alone.
    fresh: beginnings of names, as "03", of which she gets a new copy instead.

    Raises FileNotFoundError where there are no copies, ValueError for a name that is none.
    """
    if not _base(folder).is_dir():
        raise FileNotFoundError(
            f"There are no copies of the course in {folder}: "
            "make them with python -m course_utils start, or name their folder."
        )
    anew = {path.name for path in notebooks.choose(fresh)} if fresh else set()
    _put_aside(folder)
    said = []
    for path in notebooks.find():
        hers = _find(folder, path)
        if path.name in anew or (not hers and not _find(_base(folder), path)):
            _begin(path, folder)
            if hers and hers.name != path.name:
                hers.unlink()
            said.append(f"{path.name}: a new copy")
        elif hers and not anew:
            said.append(_update_one(path, hers, folder))
    return said


def undo(folder: Path = FOLDER) -> list[str]:
    """Bring back the notebooks as they were before the last update; return their names.

    Undone twice, the update is there again: nothing is lost.
    Raises FileNotFoundError where there is nothing to bring back.
    """
    before, aside = _hidden(folder) / "before", _hidden(folder) / "aside"
    if not before.is_dir():
        raise FileNotFoundError(f"No update of the copies in {folder} can be undone.")
    before.rename(aside)
    _put_aside(folder)
    for path in notebooks.find(folder):
        path.unlink()
    shutil.rmtree(_base(folder))
    (aside / "base").rename(_base(folder))
    back = notebooks.find(aside)
    for path in back:
        shutil.copy2(path, folder / path.name)
    shutil.rmtree(aside)
    return [path.name for path in back]


def _update_one(path: Path, hers: Path, folder: Path) -> str:
    mine, problem = _read(hers)
    if mine is None:
        return f"{hers.name}: left alone, since {problem}"
    base_path = _find(_base(folder), path)
    base = _read(base_path)[0] if base_path else None
    new = nbformat.read(path, as_version=4)
    merged = merge.merge(base or NotebookNode(cells=[]), mine, new)
    notebooks.save(merged.notebook, folder / path.name)
    if hers.name != path.name:  # the course has renamed it, and other notebooks point to it
        hers.unlink()
    _write_base(new, path.name, folder)
    if base_path and base_path.name != path.name:
        base_path.unlink()
    counts = {
        "renewed": merged.renewed,
        "new": merged.new,
        "changed by you and the course": merged.both,
    }
    words = [f"{count} {what}" for what, count in counts.items() if count]
    return f"{path.name}: " + (f"cells {', '.join(words)}" if words else "up to date")


def _read(path: Path) -> tuple[NotebookNode | None, str]:
    """Return a notebook, or None and what is wrong with it."""
    try:
        notebook = nbformat.reader.reads(path.read_text(encoding="utf-8"))
        if notebook.nbformat != 4:
            notebook = nbformat.convert(notebook, 4)
        with warnings.catch_warnings(action="ignore"):  # ids that are missing: `merge` finds them
            nbformat.validate(copy.deepcopy(notebook))
    except OSError as problem:
        return None, f"it cannot be read ({problem})"
    except Exception:  # nbformat has many ways to say so
        return None, "it is not a notebook (any more)"
    return notebook, ""


def _begin(path: Path, folder: Path) -> None:
    new = nbformat.read(path, as_version=4)
    notebooks.save(merge.strip(new), folder / path.name)
    _write_base(new, path.name, folder)


def _write_base(new: NotebookNode, name: str, folder: Path) -> None:
    _base(folder).mkdir(parents=True, exist_ok=True)
    notebooks.save(merge.strip(new), _base(folder) / name)


def _find(folder: Path, path: Path) -> Path | None:
    """Return the file in a folder that is this notebook, under its name or an earlier one."""
    if (folder / path.name).exists():
        return folder / path.name
    return next(iter(sorted(Path(folder).glob(f"{path.name[:3]}*.ipynb"))), None)


def _put_aside(folder: Path) -> None:
    """Copy her notebooks and where they come from, whole or not at all."""
    before, partly = _hidden(folder) / "before", _hidden(folder) / "partly"
    shutil.rmtree(partly, ignore_errors=True)
    shutil.copytree(_base(folder), partly / "base")
    for path in notebooks.find(folder):
        shutil.copy2(path, partly / path.name)
    shutil.rmtree(before, ignore_errors=True)
    partly.rename(before)


def _keep_out_of_git(folder: Path) -> None:
    """Make the folder one that git does not look into, wherever it lies."""
    _base(folder).mkdir(parents=True, exist_ok=True)
    place = Path(folder) / ".gitignore"
    if not place.exists():
        with files.replacing(place) as beside:
            beside.write_text("*\n", encoding="utf-8")


def _hidden(folder: Path) -> Path:
    return Path(folder) / ".course"


def _base(folder: Path) -> Path:
    return _hidden(folder) / "base"
