"""Texts from the templates of this room."""

import re
from importlib import resources
from pathlib import Path

TEMPLATES = Path(str(resources.files("course_utils.publishing") / "templates"))


def render(template: str, **values: object) -> str:
    """Return a template filled with values; in HTML they are escaped."""
    from jinja2 import Environment, FileSystemLoader

    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=".html." in template,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["slug"] = to_slug
    return templates.get_template(template).render(**values)


def to_slug(heading: str) -> str:
    """Return what a page of Sphinx calls a heading in its address.

    >>> to_slug("Why not simply deeper?")
    'why-not-simply-deeper'
    """
    return re.sub(r"[^\w -]", "", heading.lower().strip()).replace(" ", "-")
