"""A student's notebook and a new version of the course's become one, cell by cell.

A cell is known by its id. What she changed, added or answered stays; what she left alone is
renewed; where both changed a cell, hers stays and the course's text is shown below it.
"""

import copy
import difflib
import uuid
from dataclasses import dataclass

from nbformat import NotebookNode, v4

SHOWN = "-course"  # the end of the id of a cell that shows the course's text below hers
WORDS = "**The course has changed this cell, and so have you.** Yours is above; the course's now:"


@dataclass
class Merged:
    """A merged notebook, and how many cells were renewed, are new, or were changed by both."""

    notebook: NotebookNode
    renewed: int = 0
    new: int = 0
    both: int = 0


def strip(notebook: NotebookNode) -> NotebookNode:
    """Return a copy without outputs and execution counts, as a student begins with it."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata.pop("widgets", None)
    return notebook


def merge(base: NotebookNode, hers: NotebookNode, new: NotebookNode) -> Merged:
    """Return a student's notebook with what the course changed from `base` to `new`.

    base: the version that she began with or last updated to. None of the three is changed. Her
    outputs stay where the text of their cell stays; a renewed cell has none.

    >>> first = v4.new_notebook(cells=[v4.new_code_cell("answer = ...", id="q1")])
    >>> answered = v4.new_notebook(cells=[v4.new_code_cell("answer = 42", id="q1")])
    >>> merged = merge(first, answered, first).notebook
    >>> merged.cells[0].source
    'answer = 42'
    """
    base, hers, new = copy.deepcopy(base), copy.deepcopy(hers), strip(new)
    base_cells = {cell.id: cell for cell in _with_ids(base.cells, base.cells)}
    new_cells = {cell.id: cell for cell in _with_ids(new.cells, base.cells)}
    her_cells = {cell.id: cell for cell in _with_ids(hers.cells, base.cells)}
    result = Merged(hers)
    kept = {}
    for name, cell in her_cells.items():
        kept[name] = _merge_cell(base_cells.get(name), cell, new_cells.get(name), result)
    for name in [*her_cells, *new_cells]:
        if name not in her_cells and name not in base_cells:
            kept[name] = [new_cells[name]]
            result.new += 1
    _drop_what_is_settled(base_cells, her_cells, kept)
    order = _order([*base_cells], [*her_cells], [name for name in new_cells if name in kept])
    hers.cells = [cell for name in order for cell in kept[name]]
    hers.nbformat, hers.nbformat_minor = (
        4,
        max(hers.nbformat_minor, 5),
    )  # from 4.5 on cells have ids
    return result


def _merge_cell(base, hers, new, result: Merged) -> list[NotebookNode]:
    """Return what becomes of one of her cells: itself, a new version, both, or nothing."""
    if base is None and new is None:
        return [hers]  # her own
    if new is None:
        return [] if _same(hers, base) else [hers]
    if base is not None and _same(new, base) or _same(hers, new):
        _take_over(hers, new)
        return [hers]
    if base is not None and _same(hers, base):
        result.renewed += 1
        return [new]
    result.both += 1
    return [hers, _show(new)]


def _drop_what_is_settled(base, hers, kept) -> None:
    """Remove what an earlier update has shown below her cells, where it is shown anew or needless.

    What she has written into such a cell stays.
    """
    for name in [name for name in hers if name.endswith(SHOWN)]:
        origin = next((known for known in base if _shown_id(known) == name), None)
        if origin is None or name in base:
            continue
        as_shown = _text(hers[name]) == _text(_show(base[origin]))
        cells = kept.get(origin, [])
        if as_shown and (len(cells) != 1 or _same(cells[0], base[origin])):
            kept[name] = []
        elif len(cells) == 2:
            hers[name].id = uuid.uuid4().hex[:8]


def _same(one: NotebookNode, other: NotebookNode) -> bool:
    return one.cell_type == other.cell_type and _text(one) == _text(other)


def _text(cell: NotebookNode) -> str:
    return cell.source.strip()


def _take_over(hers: NotebookNode, new: NotebookNode) -> None:
    """Give her cell the course's metadata, such as where a slide begins; hers beside it stay."""
    hers.metadata = NotebookNode({**hers.metadata, **new.metadata})


def _show(new: NotebookNode) -> NotebookNode:
    """Return a cell that shows the course's new text, to be read and not to be run."""
    fence = "```"
    while fence in new.source:
        fence += "`"
    language = "python" if new.cell_type == "code" else "markdown"
    shown = v4.new_markdown_cell(f"{WORDS}\n\n{fence}{language}\n{new.source}\n{fence}")
    shown.id = _shown_id(new.id)
    shown.metadata = NotebookNode(slideshow={"slide_type": "skip"})
    return shown


def _shown_id(name: str) -> str:
    return name[: 64 - len(SHOWN)] + SHOWN  # an id has 64 characters at most


def _with_ids(cells: list[NotebookNode], base: list[NotebookNode]) -> list[NotebookNode]:
    """Return the cells, each with an id of its own.

    Some front ends drop ids, or give one twice: such a cell has the id of the cell of the base
    with the same text, or with the most similar one, else a new one.
    """
    taken: set[str] = set()
    lost = []
    for cell in cells:
        name = cell.get("id")
        if not name or name in taken:
            lost.append(cell)
            cell.pop("id", None)
        else:
            taken.add(name)
    free = {cell.id: cell for cell in base if cell.get("id") and cell.id not in taken}
    for cell in lost:
        name = _find_twin(cell, free) or uuid.uuid4().hex[:8]
        free.pop(name, None)
        cell.id = name
    return cells


def _find_twin(cell: NotebookNode, free: dict[str, NotebookNode]) -> str | None:
    """Return the id of the free cell that this one was, by its text: equal, or alike at least."""
    for name, other in free.items():
        if _same(cell, other):
            return name
    others = {_text(other): name for name, other in free.items()}
    alike = difflib.get_close_matches(_text(cell), others, n=1, cutoff=0.8)
    return others[alike[0]] if alike else None


def _order(base: list[str], hers: list[str], new: list[str]) -> list[str]:
    """Return all ids in order: the course's, or hers where she has moved cells.

    What one of the two has alone stands behind what it stood behind there.
    """
    common = [name for name in base if name in hers]
    moved = [name for name in hers if name in base] != common
    first, second = (hers, new) if moved else (new, hers)
    order, there = list(first), set(first)
    before = None
    for name in second:
        if name not in there:
            order.insert(order.index(before) + 1 if before is not None else 0, name)
            there.add(name)
        before = name
    return order
