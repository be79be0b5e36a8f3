"""Each notebook once more for each change that a curious reader might make; run by name:

    COURSE_PROFILE=quick COURSE_DATA=standin pytest tests/experiments.py

`tests/experiments/` lists the changes: what "Going further" suggests, and other natural ones. A
changed notebook runs to its end in a reader's kernel: nothing of the course raises.
"""

import tomllib
from pathlib import Path

from course_utils.publishing import notebooks, run

import nbformat
import pytest

FOLDER = Path(__file__).with_suffix("")
EXPERIMENTS = [
    pytest.param(path, experiment["change"], id=f"{path.stem}: {experiment['name']}")
    for path in notebooks.find()
    if (FOLDER / f"{path.stem}.toml").exists()
    for experiment in tomllib.loads((FOLDER / f"{path.stem}.toml").read_text("utf-8"))["experiment"]
]


def make_change(notebook, change: dict[str, str]) -> None:
    """Replace a text in the cell that a change names; it must stand there."""
    (cell,) = (cell for cell in notebook.cells if cell.id == change["cell"])
    assert change["old"] in cell.source, f"{change['cell']} has no {change['old']!r} (any more)"
    cell.source = cell.source.replace(change["old"], change["new"])


@pytest.mark.parametrize("path, changes", EXPERIMENTS)
def test_a_changed_notebook_runs_to_its_end(path, changes, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    for change in changes:
        make_change(notebook, change)
    changed = tmp_path / path.name
    nbformat.write(notebook, changed)
    run.execute(changed, COURSE_STRICT="0")  # raises, naming the cell, where one fails


def test_each_notebook_has_at_least_three_experiments():
    for path in notebooks.find():
        count = sum(parameters.values[0] == path for parameters in EXPERIMENTS)
        assert count >= 3, path.name
