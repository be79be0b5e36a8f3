"""Every notebook, restarted and run in JupyterLab with the network off; every explorer, used."""

import re

import pytest
from lab import NOTEBOOKS, RESULTS

EXPLORERS = {
    "convolution",
    "pooling",
    "augmentation",
    "feature_maps",
    "draw_digit",
    "classify_photo",
    "threshold",
    "boxes",
}
CALLS = {
    path: set(re.findall(r"explorers\.(\w+)\(", path.read_text(encoding="utf-8")))
    for path in NOTEBOOKS
}


def all_notebooks():
    return pytest.mark.parametrize("notebook", NOTEBOOKS, indirect=True, ids=lambda p: p.stem)


def test_each_explorer_is_shown_in_a_notebook():
    assert set().union(*CALLS.values()) >= EXPLORERS


@all_notebooks()
def test_runs_from_the_top_without_an_error(notebook):
    errors = [(cell, output["ename"]) for cell, output in notebook.outputs("error")]
    assert errors == []
    warnings = [(c, o["text"]) for c, o in notebook.outputs("stream") if o["name"] == "stderr"]
    assert warnings == []


@all_notebooks()
def test_needs_no_network_and_leaves_no_error_in_the_console(notebook):
    assert notebook.problems == []


@all_notebooks()
def test_trains_nothing_that_a_checkpoint_holds(notebook):
    """On the real data every named model has a checkpoint that fits; the notice says so else."""
    shown = " ".join(
        "".join(output["data"].get("text/plain", ""))
        for _, output in notebook.outputs("display_data")
    )
    late = re.findall(r"[^.]*it trains now[^.]*\.", shown)
    if RESULTS["data"] == "real data":
        assert late == []


@all_notebooks()
def test_its_explorers_are_alive(notebook):
    """What each of them answers is asserted in `test_surfaces.py`."""
    for name in CALLS[notebook.path]:
        assert notebook.words(notebook.show(name))
