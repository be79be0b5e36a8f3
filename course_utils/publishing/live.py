"""Explorers in pages and slides: what they start with, and the script that runs them.

While a notebook runs, Jupyter notes what each widget starts with. Here it is kept for a page
(`keep`) or beside the notebook, in `data/explorers` (`store`, `restore`), and put into the page.
"""

import base64
import copy
import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course_utils import files, settings
from course_utils.explorers.bundle import join_modules, read_static
from course_utils.explorers.tensors import lighten, to_text

from nbformat import NotebookNode

STORED = settings.explorers_dir()
VIEW = "application/vnd.jupyter.widget-view+json"
EXPLORER = "application/vnd.course-explorer+json"
WIDGETS = "application/vnd.jupyter.widget-state+json"


def keep(notebook: NotebookNode) -> None:
    """Give each output that is an explorer what it starts with, from the notebook's metadata."""
    models = notebook.metadata.pop("widgets", {}).get(WIDGETS, {}).get("state", {})
    for _, data in outputs_of(notebook):
        model = models.get(data.get(VIEW, {}).get("model_id"), {"state": {}})
        if {"name", "data", "_esm"} <= set(model["state"]):
            for buffer in model.get("buffers", ()):
                _put(model["state"], buffer["path"], base64.b64decode(buffer["data"]))
            state = {name: model["state"][name] for name in ("name", "data")}
            data[EXPLORER] = to_text(lighten(state))


def _put(values, path, value):
    *steps, last = path
    for step in steps:
        values = values[step]
    values[last] = value


def store(notebook: NotebookNode, name: str, folder: Path = STORED) -> None:
    """Take what explorers start with out of a notebook into a file of its own."""
    found = {cell.id: data.pop(EXPLORER) for cell, data in outputs_of(notebook) if EXPLORER in data}
    path = folder / f"{name}.json"
    if not found:
        path.unlink(missing_ok=True)
        return
    folder.mkdir(parents=True, exist_ok=True)
    with files.replacing(path) as beside:
        beside.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def restore(notebook: NotebookNode, name: str, folder: Path = STORED) -> NotebookNode:
    """Give a notebook's explorers back what they start with, where it was stored; return it."""
    path = folder / f"{name}.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for cell, data in outputs_of(notebook):
        if cell.id in found and data.get("text/plain", "").startswith("Explorer: "):
            data[EXPLORER] = found[cell.id]
    return notebook


def to_html(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a notebook with a place in the page for each explorer."""
    notebook = copy.deepcopy(notebook)
    for _, data in outputs_of(notebook):
        if explorer := data.pop(EXPLORER, None):
            data["text/html"] = place(explorer)
    return notebook


def place(explorer: dict[str, Any]) -> str:
    """Return the place of an explorer as HTML; without scripts its words stand there."""
    name = html.escape(explorer["name"].replace("-", " "))
    words = f"Explorer: {name}. It needs JavaScript, which is switched off in this browser."
    start = json.dumps(explorer, separators=(",", ":")).replace("<", "\\u003c")  # no tag in it
    return (
        f'<div class="explorer-here"><p>{words}</p>'
        f'<script type="application/json">{start}</script></div>'
    )


def enliven(page: str) -> str:
    """Return a page with the style and the script that all its explorers share."""
    if 'class="explorer-here"' not in page:
        return page
    style = f"<style>{read_static('explorers.css')}</style>\n"
    script = f'<script type="module">{join_modules()}modules.widget.showAll();</script>\n'
    head, body, rest = page.rpartition("</body>")
    return head + style + script + body + rest


def outputs_of(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, NotebookNode]]:
    """Yield (cell, what it showed by kind) for each output that shows something."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if "data" in output:
                yield cell, output.data
