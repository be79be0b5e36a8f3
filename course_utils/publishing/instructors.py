"""The instructors' pages of the website, from notebooks, questions and README."""

import re
from pathlib import Path

from course_utils import settings
from course_utils.datasets.catalogue import TITLES
from course_utils.publishing import minutes, notebooks, questions
from course_utils.publishing.render import render

from nbformat import NotebookNode

MEASURED = ("In the lecture hall", "A class on one server")  # sections of the README
_NOTE = re.compile(r"</?details>|<summary>.*?</summary>")
_HEADING = re.compile(r"#+ (.*)")


def write(books: dict[str, NotebookNode], folder: Path) -> None:
    """Write the page for instructors, and one for each notebook, as Sphinx reads them."""
    entries = [_entry(name, notebook) for name, notebook in books.items()]
    page = render("site/instructors.md.j2", entries=entries, measured=read_measured())
    (folder / "instructors.md").write_text(page, encoding="utf-8")
    (folder / "instructors").mkdir()
    for entry in entries:
        page = render("site/instructor.md.j2", **entry)
        (folder / f"instructors/{entry['name']}.md").write_text(page, encoding="utf-8")


def _entry(name, notebook):
    asked, tasks = questions.of_notebook(name), questions.find_tasks(notebook)
    return {
        "name": name,
        "title": notebooks.title_of(notebook),
        "stated": minutes.stated(notebook),
        "minutes": minutes.count(notebook),
        "needs": find_needs(notebook),
        "notes": find_notes(notebook),
        "predicted": [question.title for question in asked.values() if question.predict],
        "questions": [questions.describe(n, q, tasks.get(n, "")) for n, q in asked.items()],
    }


def find_needs(notebook: NotebookNode) -> list[str]:
    """Return the data sets, and the network, that a notebook names in its code."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    networks = ["weights of MobileNet"] if "applications.load(" in code else []
    return [name for name in TITLES if f'"{name}"' in code] + networks


def find_notes(notebook: NotebookNode) -> list[tuple[str, str]]:
    """Return (the heading above it, its text) of each note for the instructor."""
    found, heading = [], notebooks.title_of(notebook)
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        if notebooks.is_note(cell):
            found.append((heading, _NOTE.sub("", cell.source).strip()))
        elif begins := _HEADING.match(cell.source):
            heading = begins[1]
    return found


def read_measured() -> list[str]:
    """Return the README's sections of what was measured; of an installed course there is none."""
    if settings.checkout() is None:
        return []
    readme = (settings.checkout() / "README.md").read_text(encoding="utf-8")
    found = [re.search(rf"### {title}\n.*?(?=\n##)", readme, re.DOTALL) for title in MEASURED]
    return [re.sub(r"\[(.*?)\]\(classroom/.*?\)", r"\1", section[0]) for section in found]
