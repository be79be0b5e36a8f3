"""The terms of the field, each with the section that teaches it: `templates/site/glossary.toml`."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from course_utils.publishing.render import TEMPLATES

from nbformat import NotebookNode

_HEADING = re.compile(r"#+ (.*)")


@dataclass(frozen=True)
class Term:
    """A term, what it means, and where it is taught: the notebook's name and the heading."""

    name: str
    says: str
    notebook: str
    section: str
    word: str  # by which the section calls it


def read(books: dict[str, NotebookNode]) -> list[Term]:
    """Return in order the terms that these notebooks teach.

    Raises ValueError if one of the notebooks has no section of that heading.
    """
    terms = []
    text = (TEMPLATES / "site/glossary.toml").read_text(encoding="utf-8")
    for name, entry in tomllib.loads(text).items():
        number, section = entry["taught"].split(" · ", 1)
        for notebook in [book for book in books if book.startswith(f"{number}_")]:
            if section not in sections_of(books[notebook]):
                raise ValueError(
                    f"The glossary says of {name!r} that {notebook} teaches it in {section!r}, and "
                    "there is no such section: write its heading word by word."
                )
            terms.append(Term(name, entry["says"], notebook, section, entry.get("word", name)))
    return sorted(terms, key=lambda term: term.name.casefold())


def sections_of(notebook: NotebookNode) -> dict[str, str]:
    """Return by its heading the text of each section, up to the next heading of any level."""
    sections, heading = {}, ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (begins := _HEADING.match(cell.source)):
            heading = begins[1]
        sections[heading] = sections.get(heading, "") + cell.source + "\n"
    return sections


def with_terms(cells: list[NotebookNode], terms: list[Term]) -> Iterator[NotebookNode]:
    """Yield cells; below the heading of a section, a line with the terms that it teaches."""
    for cell in cells:
        begins = cell.cell_type == "markdown" and _HEADING.match(cell.source)
        taught = [term.name for term in terms if begins and term.section == begins[1]]
        if taught:
            names = ", ".join(f"{{term}}`{name}`" for name in taught)
            line = f":::{{container}} terms\nIn the glossary: {names}\n:::"
            heading, _, text = cell.source.partition("\n")
            cell = NotebookNode({**cell, "source": f"{heading}\n\n{line}\n{text}"})
        yield cell
