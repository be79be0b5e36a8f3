"""Sphinx: how the course's website is set. No font, script or formula comes from elsewhere."""

from typing import Any

from course_utils.publishing.reference import to_rst

project = "Convolutional networks: a course companion"
extensions = ["myst_nb", "sphinx.ext.autodoc"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
exclude_patterns = ["theme"]

nb_execution_mode = "off"  # the committed outputs are what is shown
nb_mime_priority_overrides = [("html", "text/html", 1)]
nb_ipywidgets_js = {}

default_role = "code"
add_module_names = False
toc_object_entries = False  # the heading above each function is in the list already
autodoc_typehints = "none"  # the text says shapes and units

linkcheck_anchors = False  # many pages make theirs by script
linkcheck_timeout, linkcheck_retries = 20, 2

html_theme = "furo"
html_title = "Convolutional networks"
templates_path = ["theme"]
html_static_path = ["_static"]
html_extra_path = ["_extra"]
html_css_files = ["explorers.css", "course.css"]
html_js_files = [("explorers.js", {"defer": "defer"}), "course.js"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False
html_domain_indices = False
html_show_search_summary = False  # it would load every page, which a disk forbids
html_theme_options = {
    "light_css_variables": {
        "font-stack": "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif",
        "color-brand-primary": "#005a8f",
        "color-brand-content": "#005a8f",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7cc4f0",
        "color-brand-content": "#7cc4f0",
    },
}


def setup(app: Any) -> None:
    """Let docstrings be read as they are written here, and headings of the menu have a level."""

    def read(app, what, name, thing, options, lines):
        lines[:] = to_rst(lines)

    def level(app, name, template, context, doctree):
        menu = context.get("furo_navigation_tree", "")
        context["furo_navigation_tree"] = menu.replace(
            'role="heading"', 'role="heading" aria-level="2"'
        )

    app.connect("autodoc-process-docstring", read)
    app.connect("html-page-context", level, priority=900)  # after the theme's own
