"""The course's notebooks as files: which there are, what they are called, how one is saved."""

import copy
import re
from pathlib import Path

from course_utils import files, settings

import nbformat
from nbformat import NotebookNode

FOLDER = settings.notebooks_dir()

_HEADING = re.compile(r"(#+) ")


def find(folder: Path = FOLDER) -> list[Path]:
    """Return the numbered notebooks in order."""
    return sorted(Path(folder).glob("[0-9][0-9]_*.ipynb"))


def choose(names: tuple[str, ...] = ()) -> list[Path]:
    """Return the notebooks whose file names begin so, as "01"; none means all of them.

    Raises ValueError for a name with which none begins.

    >>> [path.stem for path in choose(("01",))]
    ['01_dense_mnist']
    """
    paths = find()
    for name in names:
        if not any(path.name.startswith(name) for path in paths):
            there = ", ".join(path.stem for path in paths)
            raise ValueError(f"No notebook begins with {name!r}; there are {there}.")
    return [path for path in paths if not names or path.name.startswith(names)]


def save(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook whole or not at all; the file's permissions stay."""
    with files.replacing(path) as beside:
        nbformat.write(notebook, beside)


def title_of(notebook: NotebookNode) -> str:
    """Return the text of a notebook's first heading."""
    return notebook.cells[0].source.split("\n")[0].lstrip("# ").strip()


def promise_of(notebook: NotebookNode) -> str:
    """Return the one-sentence promise below a notebook's title, without its markup."""
    paragraphs = notebook.cells[0].source.split("\n\n")
    return re.sub(r"[*_`]", "", paragraphs[1]).replace("\n", " ") if len(paragraphs) > 1 else ""


def is_note(cell: NotebookNode) -> bool:
    """Tell whether a cell is a note for the instructor."""
    return cell.metadata.get("slideshow", {}).get("slide_type") == "notes"


def without_deeper(notebook: NotebookNode) -> NotebookNode:
    """Return a copy without the sections that are marked as deeper, which are optional.

    A section is marked by `"deeper": true` in the metadata of the cell that begins with its
    heading; it ends before the next heading of the same level or of a higher one.
    """
    notebook, kept, deeper = copy.deepcopy(notebook), [], None
    for cell in notebook.cells:
        heading = cell.cell_type == "markdown" and _HEADING.match(cell.source)
        if heading and (deeper is None or len(heading[1]) <= deeper):
            deeper = len(heading[1]) if cell.metadata.get("deeper") else None
        if deeper is None:
            kept.append(cell)
    notebook.cells = kept
    return notebook
