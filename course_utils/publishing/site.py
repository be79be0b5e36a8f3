"""The course as a website, from the committed outputs: nothing is run, nothing is fetched.

Sphinx with MyST-NB makes the pages (`sh tools/setup site` installs them); formulas are MathML, the
explorers are alive, and the folder may be opened from a disk.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from course_utils import settings
from course_utils.explorers.bundle import join_modules, read_static
from course_utils.publishing import live, merge, minutes, notebooks, pages

import nbformat
from nbformat import NotebookNode

SITE = settings.build_dir() / "site"
TEMPLATES = pages.TEMPLATES / "site"


def write(folder: Path = SITE) -> None:
    """Write the website into a folder. Raises RuntimeError where Sphinx is not there or warns."""
    if importlib.util.find_spec("myst_nb") is None:
        raise RuntimeError("The website needs Sphinx and MyST-NB: run `sh tools/setup site` once.")
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary)
        write_source(source)
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
        result = subprocess.run(
            [*command, "-d", source / "_doctrees", source, folder], capture_output=True, text=True
        )
    if result.returncode:
        raise RuntimeError(f"Sphinx is not content:\n{result.stderr.strip()[-3000:]}")
    print(f"Open {os.path.relpath(folder / 'index.html')} in a browser.")


def write_source(folder: Path) -> None:
    """Write what Sphinx reads: a page for each notebook, a start page, scripts and styles."""
    from jinja2 import Environment, FileSystemLoader

    entries = []
    for name in ("_static", "_extra/notebooks"):
        (folder / name).mkdir(parents=True)
    for path in notebooks.choose():
        notebook = live.restore(nbformat.read(path, as_version=4), path.stem)
        entries.append(_entry(notebook, path.stem))
        notebooks.save(merge.strip(notebook), folder / "_extra/notebooks" / path.name)
        notebooks.save(to_page(notebook), folder / path.name)
    templates = Environment(loader=FileSystemLoader(TEMPLATES), trim_blocks=True)
    index = templates.get_template("index.md.j2").render(entries=entries)
    (folder / "index.md").write_text(index, encoding="utf-8")
    shutil.copy(TEMPLATES / "conf.py", folder)
    for name in ("course.css", "course.js"):
        shutil.copy(TEMPLATES / name, folder / "_static")
    styles, script = read_static("explorers.css"), join_modules() + "modules.widget.showAll();"
    (folder / "_static/explorers.css").write_text(styles, encoding="utf-8")
    (folder / "_static/explorers.js").write_text(f"(() => {{\n{script}\n}})();\n", encoding="utf-8")


def to_page(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook as Sphinx reads it: formulas as MathML, a place for each explorer."""
    page = live.to_html(pages.with_mathml(notebook))
    for cell in page.cells:
        cell.metadata = {}
    return page


def _entry(notebook, name):
    outputs = [data for _, data in live.outputs_of(notebook)]
    made = [data[live.EXPLORER]["name"] for data in outputs if live.EXPLORER in data]
    return {
        "name": name,
        "title": notebooks.title_of(notebook),
        "promise": notebooks.promise_of(notebook),
        "minutes": minutes.stated(notebook),
        "explorers": [explorer.replace("-", " ") for explorer in made],
    }
