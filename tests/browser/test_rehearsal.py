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
}
CALLS = {
    path: set(re.findall(r"explorers\.(\w+)\(", path.read_text(encoding="utf-8")))
    for path in NOTEBOOKS
}
THERE_AND_BACK = (["ArrowRight"] * 3 + ["ArrowLeft"] * 3) * 3


def all_notebooks():
    return pytest.mark.parametrize("notebook", NOTEBOOKS, indirect=True, ids=lambda p: p.stem)


def shown(name):
    """Run a test in the first notebook that shows the explorer `name`."""
    paths = [path for path, calls in CALLS.items() if name in calls][:1]
    return pytest.mark.parametrize("notebook", paths, indirect=True, ids=lambda p: p.stem)


def handle(explorer, control):
    return f"{explorer} .control-{control} .noUi-handle"


def panel(explorer, name):
    return f"{explorer} .panel-{name} .explorer-picture"


def words(notebook, explorer):
    return notebook.page.locator(f"{explorer} .explorer-status").text_content()


def wait_for_words(notebook, explorer, text):
    notebook.page.wait_for_function(
        "([selector, text]) => document.querySelector(selector).textContent.includes(text)",
        arg=[f"{explorer} .explorer-status", text],
    )


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


@shown("feature_maps")
def test_feature_maps(notebook):
    explorer = notebook.show("feature_maps")
    title = notebook.page.locator(f"{explorer} .panel-map figcaption")
    before = words(notebook, explorer)
    notebook.press(handle(explorer, "filter"), "ArrowRight", panel(explorer, "map"))
    rows, columns = notebook.picture(panel(explorer, "map")).shape[:2]
    assert re.match(rf"Filter 1 of .*: {rows} x {columns}$", title.text_content())
    assert words(notebook, explorer) != before
    notebook.time_keys(
        "feature maps", handle(explorer, "picture"), panel(explorer, "map"), THERE_AND_BACK
    )


@shown("draw_digit")
def test_draw_a_seven(notebook):
    explorer = notebook.show("draw_digit")
    box = notebook.page.locator(f"{explorer} .explorer-canvas").bounding_box()
    mouse = notebook.page.mouse
    for number, (x, y) in enumerate(((8, 7), (20, 7), (13, 22))):
        mouse.move(box["x"] + x / 28 * box["width"], box["y"] + y / 28 * box["height"], steps=12)
        if number == 0:
            mouse.down()
    mouse.up()
    wait_for_words(notebook, explorer, "Convnet: 7")
    assert "7" in notebook.page.locator(f"{explorer} .panel-convnet .best").first.text_content()
    notebook.page.click(f"{explorer} .control-clear")
    wait_for_words(notebook, explorer, "Draw a digit")
    notebook.page.locator(f"{explorer} .explorer-canvas").focus()
    notebook.page.keyboard.press("Space")  # the pen is down: each arrow key draws
    wait_for_words(notebook, explorer, "Convnet: ")
    canvas, maps = f"{explorer} .explorer-canvas", panel(explorer, "maps_1")
    notebook.time_keys("draw a digit", canvas, maps, ["ArrowDown"] * 9 + ["ArrowRight"] * 9)


@shown("classify_photo")
def test_classify_a_photo(notebook, tmp_path):
    from skimage import data, io

    explorer = notebook.show("classify_photo")
    io.imsave(tmp_path / "chelsea.png", data.chelsea(), check_contrast=False)
    with notebook.page.expect_file_chooser() as chooser:
        notebook.page.click(f"{explorer} .control-upload")
    chooser.value.set_files(tmp_path / "chelsea.png")
    wait_for_words(notebook, explorer, " says: ")
    assert re.search(r"\bcat\b|tabby", words(notebook, explorer), re.I)
    assert notebook.picture(panel(explorer, "heat")).ndim == 3
    notebook.time_keys(
        "classify a photo",
        f"{explorer} .control-label select",
        panel(explorer, "heat"),
        ["ArrowDown"] * 4 + ["ArrowUp"] * 4,
    )


@all_notebooks()
def test_its_explorers_are_alive(notebook):
    """What each of them answers is asserted in `test_explorers.py`."""
    for name in CALLS[notebook.path] - {"draw_digit", "feature_maps", "classify_photo"}:
        assert notebook.words(notebook.show(name))
