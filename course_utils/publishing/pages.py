"""Notebooks as pages: one HTML file each that needs no network, and an index.

Figures are inside, formulas are MathML.
"""

import copy
import os
import re
from importlib import resources
from pathlib import Path

from course_utils import files, settings
from course_utils.publishing import live, notebooks, run

from nbformat import NotebookNode

PAGES = settings.build_dir() / "course"
TEMPLATES = Path(str(resources.files("course_utils.publishing") / "templates"))

_FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$(?!\s)([^$\n]+?)(?<!\s)\$", re.DOTALL)
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def write(names: tuple[str, ...] = (), folder: Path = PAGES) -> None:
    """Run notebooks and write a page for each, and an index.

    names: beginnings of file names, as "01"; none means all.
    """
    entries = []
    for path in notebooks.choose(names):
        notebook = run.execute(path)
        page = folder / f"{path.stem}.html"
        write_page(notebook, page)
        entries.append((page.name, notebooks.title_of(notebook), notebooks.promise_of(notebook)))
        print(f"{path.name}: page written")
    write_index(entries, folder / "index.html")


def write_page(notebook: NotebookNode, path: Path) -> None:
    """Write an executed notebook as one HTML file that needs no network."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        mathjax_url="",
    )
    body, _ = exporter.from_notebook_node(
        live.to_html(with_mathml(notebook)),
        resources={"metadata": {"name": notebooks.title_of(notebook)}},
    )
    write_text(live.enliven(re.sub(r'<script src="[^"]*"></script>', "", body)), path)


def write_text(text: str, path: Path) -> None:
    """Write a file whole or not at all; its folder is made where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with files.replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")


def with_mathml(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a notebook with the formulas of its prose as MathML."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = formulas_to_mathml(cell.source)
    return notebook


def formulas_to_mathml(text: str) -> str:
    """Return Markdown with its LaTeX formulas as MathML, which browsers show by themselves.

    Raises ValueError, naming it, for a formula that is not complete.
    """
    parts = _CODE.split(text)
    parts[::2] = [_FORMULA.sub(_to_mathml, part) for part in parts[::2]]
    return "".join(parts)


def _to_mathml(match: re.Match) -> str:
    from latex2mathml.converter import convert

    try:
        if match[1]:
            return convert(match[1].strip(), display="block")
        return convert(match[2])
    except Exception as problem:  # a kind for each fault, without words
        raise ValueError(
            f"The formula {match[0]} cannot be set ({type(problem).__name__}): "
            "a bracket, a script or an end may be missing."
        ) from problem


def write_index(entries: list[tuple[str, str, str]], path: Path) -> None:
    """Write the list of pages and say where it lies: (file name, title, promise) for each."""
    from jinja2 import Environment, FileSystemLoader

    templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    write_text(templates.get_template("index.html.j2").render(entries=entries) + "\n", path)
    print(f"Open {os.path.relpath(path)} in a browser.")
