"""The course as a website: nothing is fetched, and the folder may be opened from a disk.

Sphinx with MyST-NB makes the pages (`sh tools/setup site` installs them); formulas are MathML, and
the explorers are alive.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from course_utils import settings
from course_utils.explorers.bundle import join_modules, read_static
from course_utils.publishing import (
    book,
    glossary,
    instructors,
    live,
    merge,
    minutes,
    notebooks,
    questions,
    reference,
    run,
    slides,
)
from course_utils.publishing.formulas import with_mathml
from course_utils.publishing.render import TEMPLATES, render

import nbformat
from nbformat import NotebookNode

SITE = settings.build_dir() / "site"
FRESH = settings.build_dir() / "course"  # the same with the outputs of a run
Books = dict[str, NotebookNode]  # by the names of their files, with outputs
FIRST = "draw-digit"  # the explorer of the start page


def read_committed() -> Books:
    """Return all notebooks as they are committed, with what their explorers start with."""
    return {
        path.stem: live.restore(nbformat.read(path, as_version=4), path.stem)
        for path in notebooks.choose()
    }


def run_fresh(names: tuple[str, ...] = ()) -> Books:
    """Return all notebooks; those whose file names begin so (none: all) are run, and say so."""
    check_sphinx()
    books = read_committed()
    for path in notebooks.choose(names):
        books[path.stem] = run.execute(path)
        print(f"{path.name}: was run")
    return books


def check_sphinx() -> None:
    """Raise RuntimeError where Sphinx is not installed."""
    if importlib.util.find_spec("myst_nb") is None:
        raise RuntimeError(
            "The website needs Sphinx, MyST-NB and Furo: run `sh tools/setup site` once, or "
            "`pip install sphinx myst-nb furo`."
        )


def write(books: Books, folder: Path = SITE, tested: str = "") -> None:
    """Write the website whole or not at all; what was in the folder goes.

    tested: the day of a run of all tests that passed, for the start page; "" for none.

    Raises RuntimeError where Sphinx is not there or warns.
    """
    check_sphinx()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".site-") as temporary:
        source, made = Path(temporary) / "source", Path(temporary) / "made"
        has_slides = write_slides(books, source / "_extra/slides")
        write_source(books, source, tested, has_slides)
        build(source, made, "html")
        book.write(books, made / "downloads", Path(temporary), build)
        if folder.exists():
            os.replace(folder, Path(temporary) / "old")
        os.replace(made, folder)
    print(f"Open {os.path.relpath(folder / 'index.html')} in a browser.")


def check_links(books: Books) -> None:
    """Try every link to elsewhere. Raises RuntimeError that names those that lead nowhere."""
    check_sphinx()
    with tempfile.TemporaryDirectory() as temporary:
        write_source(books, Path(temporary) / "source")
        build(Path(temporary) / "source", Path(temporary) / "tried", "linkcheck")
    print("Every link leads somewhere.")


def build(source: Path, folder: Path, builder: str) -> None:
    """Let Sphinx write pages. Raises RuntimeError with its words if it warns."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", builder]
    command += ["-d", source.parent / f"trees-{builder}", source, folder]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"Sphinx is not content:\n{result.stderr.strip()}")


def write_slides(books: Books, folder: Path) -> bool:
    """Write the slides into a folder; return False, and say why, where reveal.js cannot be had."""
    try:
        slides.fetch_reveal(slides.SLIDES / "reveal")
    except RuntimeError as problem:
        print(f"The website has no slides. {problem}")
        return False
    shutil.copytree(slides.SLIDES / "reveal", folder / "reveal")
    for name, notebook in books.items():
        (folder / f"{name}.html").write_text(slides.to_html(notebook), encoding="utf-8")
    return True


def write_source(books: Books, folder: Path, tested: str = "", has_slides: bool = False) -> None:
    """Write what Sphinx reads: pages as notebooks and Markdown, scripts and styles."""
    for name in ("_static", "_extra/notebooks"):
        (folder / name).mkdir(parents=True)
    terms = glossary.read(books)
    for name, notebook in books.items():
        notebooks.save(merge.strip(notebook), folder / f"_extra/notebooks/{name}.ipynb")
        taught = [term for term in terms if term.notebook == name]
        notebooks.save(to_page(notebook, name, taught), folder / f"{name}.ipynb")
    entries = [_entry(name, notebook) for name, notebook in books.items()]
    start = {"first": find_first(books), "address": read_address(), "tested": tested}
    start |= {"book": book.names(), "has_slides": has_slides}
    pages = {
        "index": render("site/index.md.j2", entries=entries, **start),
        "glossary": render("site/glossary.md.j2", terms=terms),
    }
    for name, page in pages.items():
        (folder / f"{name}.md").write_text(page, encoding="utf-8")
    instructors.write(books, folder)
    reference.write(books, folder)
    _write_static(folder)


def _write_static(folder):
    shutil.copy(TEMPLATES / "site/conf.py", folder)
    shutil.copytree(TEMPLATES / "site/theme", folder / "theme")
    for name in ("course.css", "course.js"):
        shutil.copy(TEMPLATES / "site" / name, folder / "_static")
    styles, script = read_static("explorers.css"), join_modules() + "modules.widget.showAll();"
    (folder / "_static/explorers.css").write_text(styles, encoding="utf-8")
    (folder / "_static/explorers.js").write_text(f"(() => {{\n{script}\n}})();\n", encoding="utf-8")


def to_page(notebook: NotebookNode, name: str, terms: Sequence[glossary.Term] = ()) -> NotebookNode:
    """Return a notebook as Sphinx reads it: MathML, explorers, folded solutions, terms taught."""
    page = live.to_html(with_mathml(notebook))
    page.cells = list(questions.with_solutions(page, name))
    page.cells = list(glossary.with_terms(page.cells, terms))
    for cell in page.cells:
        cell.metadata = {}
    return page


def read_address() -> str:
    """Return the address of the repository, "" where none is known."""
    if settings.checkout() is None:
        return ""
    text = (settings.checkout() / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"].get("urls", {}).get("Repository", "")


def find_first(books: Books) -> str:
    """Return the explorer of the start page as HTML, "" where no notebook has it."""
    outputs = [data for book in books.values() for _, data in live.outputs_of(book)]
    found = [data[live.EXPLORER] for data in outputs if live.EXPLORER in data]
    return next((live.place(explorer) for explorer in found if explorer["name"] == FIRST), "")


def _entry(name, notebook):
    outputs = [data for _, data in live.outputs_of(notebook)]
    made = [data[live.EXPLORER]["name"] for data in outputs if live.EXPLORER in data]
    return {
        "name": name,
        "title": notebooks.title_of(notebook),
        "promise": notebooks.promise_of(notebook),
        "minutes": minutes.stated(notebook),
        "explorers": [explorer.replace("-", " ") for explorer in made],
    }
