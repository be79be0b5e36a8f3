"""Sphinx: how the book is set, as EPUB and as the one page that becomes the PDF file."""

from typing import Any

from course_utils import __version__

project = "Convolutional networks: a course companion"
author = "The course's authors"
version = release = __version__
language = "en"
extensions = ["myst_nb"]
exclude_patterns = ["_extra"]
myst_heading_anchors = 4

nb_execution_mode = "off"
nb_mime_priority_overrides = [("*", "text/html", 1)]
nb_ipywidgets_js = {}

html_theme = "basic"
html_title = project
html_extra_path = ["_extra"]
html_css_files = ["book.css"]
html_static_path = ["book.css"]
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False

epub_basename = "convolutional_networks"
epub_title = project
epub_copyright = "MIT licence"
epub_show_urls = "no"
epub_tocdepth = 2
epub_use_index = False
epub_css_files = ["book.css"]


def setup(app: Any) -> None:
    """Leave out MyST-NB's style sheet, which is for websites and in no EPUB."""

    def leave_out(app, name, template, context, doctree):
        sheets = context.get("css_files", ())
        context["css_files"] = [sheet for sheet in sheets if "mystnb" not in str(sheet)]

    app.connect("html-page-context", leave_out, priority=900)
