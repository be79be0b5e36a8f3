"""Sphinx: how the course's website is set. No font, script or formula comes from elsewhere."""

project = "Convolutional networks: a course companion"
extensions = ["myst_nb"]
myst_enable_extensions = ["colon_fence"]
suppress_warnings = ["myst.xref_missing", "misc.highlighting_failure"]

nb_execution_mode = "off"  # the committed outputs are what is shown
nb_mime_priority_overrides = [("html", "text/html", 1)]
nb_ipywidgets_js = {}

html_theme = "furo"
html_title = "Convolutional networks"
html_static_path = ["_static"]
html_extra_path = ["_extra"]
html_css_files = ["explorers.css", "course.css"]
html_js_files = [("explorers.js", {"defer": "defer"}), "course.js"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False
html_show_search_summary = False  # it would load every page, which a disk forbids
html_theme_options = {
    "light_css_variables": {"font-stack": "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"},
}
