"""The documented functions: for each room that a notebook's cell imports, a page for Sphinx."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import course_utils
from course_utils.publishing.render import render

from nbformat import NotebookNode

_ROOM = re.compile(r"^    (\w+) +(\S.*)", re.MULTILINE)
_PARAMETER = re.compile(r"^(\w+(?:, \w+)*) : (?=\S)")
_HEADING = re.compile(r"^(\w[\w ]*)\n-+$", re.MULTILINE)
LINE = 100  # letters


def write(books: dict[str, NotebookNode], folder: Path) -> None:
    """Write an overview, and a page for each room, as Sphinx reads them."""
    used = rooms_of(books.values())
    rooms = {name: says for name, says in _ROOM.findall(course_utils.__doc__) if name in used}
    (folder / "reference").mkdir()
    page = render("site/reference.md.j2", rooms=rooms)
    (folder / "reference.md").write_text(page, encoding="utf-8")
    for name in rooms:
        module = importlib.import_module(f"course_utils.{name}")
        page = render("site/room.rst.j2", name=name, members=members_of(module))
        (folder / f"reference/{name}.rst").write_text(page, encoding="utf-8")


def rooms_of(books: Iterable[NotebookNode]) -> set[str]:
    """Return the rooms of the package that code of these notebooks imports."""
    code = [cell.source for book in books for cell in book.cells if cell.cell_type == "code"]
    trees = [ast.parse(source) for source in code if not source.startswith(("%", "!"))]
    names = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("course_utils.")}


def members_of(module: ModuleType) -> list[tuple[str, str]]:
    """Return (Sphinx's directive, name) of what a room shows.

    >>> members_of(importlib.import_module("course_utils.pipelines"))
    [('function', 'batches'), ('function', 'splits')]
    """
    own = [name for name, value in vars(module).items() if _is_own(module, name, value)]
    names = sorted(getattr(module, "__all__", own), key=str.casefold)
    return [(kind, name) for name in names if (kind := _kind_of(getattr(module, name)))]


def _is_own(module, name, value):
    return not name.startswith("_") and getattr(value, "__module__", "") == module.__name__


def _kind_of(value):
    kinds = {"class": inspect.isclass, "function": inspect.isfunction}
    return next((kind for kind, fits in kinds.items() if fits(value)), None)


def to_rst(lines: list[str]) -> list[str]:
    """Return a docstring as Sphinx reads it: its parameters become a list, its headings rubrics.

    >>> to_rst(["image : (H, W)", "    Of any size."])
    ['``image``', '    (H, W)', '', '    Of any size.']
    """
    rows = _HEADING.sub(r".. rubric:: \1\n", "\n".join(lines)).split("\n")
    done = []
    for line, below in zip(rows, [*rows[1:], ""], strict=True):
        parameter = _PARAMETER.match(line)
        done += [f"``{parameter[1]}``", f"    {line[parameter.end() :]}"] if parameter else [line]
        if parameter and below.startswith("    ") and _is_full(line, below):
            done.append("")
    return done


def _is_full(line, below):
    """Tell whether a line was ended though the first word below would have had room in it."""
    return len(f"    {line} {below.split()[0]}") <= LINE
