"""Every notebook, restarted and run in JupyterLab with the network off; every explorer, used."""

import re

from course_utils.convolution import convolve, kernels, pool

import numpy as np
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


@shown("convolution")
def test_convolution(notebook):
    explorer = notebook.show("convolution")
    image = notebook.picture(panel(explorer, "input")) / 255
    for stride, key in ((2, "ArrowRight"), (1, "ArrowLeft")):
        notebook.press(handle(explorer, "stride"), key, panel(explorer, "output"))
        wanted = convolve(image, kernels["sobel_x"], stride=stride)
        found = notebook.picture(panel(explorer, "output")).astype(float)
        assert found.shape[:2] == wanted.shape
        redness = found[..., 0] - found[..., 2]  # red is positive, blue is negative
        strong = np.abs(wanted) > 0.1
        assert strong.mean() > 0.05
        assert (np.sign(redness) == np.sign(wanted))[strong].all()
    notebook.time_keys(
        "convolution", handle(explorer, "stride"), panel(explorer, "output"), THERE_AND_BACK
    )


@shown("pooling")
def test_pooling(notebook):
    explorer = notebook.show("pooling")
    image = notebook.picture(panel(explorer, "input")).astype(float)
    notebook.press(handle(explorer, "size"), "ArrowRight", panel(explorer, "average"))
    for name, mode, tolerance in (("maximum", "max", 0), ("average", "average", 1.01)):
        found = notebook.picture(panel(explorer, name))
        np.testing.assert_allclose(found, pool(image, 3, mode=mode), atol=tolerance)
    notebook.time_keys(
        "pooling", handle(explorer, "size"), panel(explorer, "average"), THERE_AND_BACK
    )


@shown("augmentation")
def test_augmentation(notebook):
    explorer = notebook.show("augmentation")
    variants = panel(explorer, "variants")
    notebook.time_keys("augmentation", handle(explorer, "rotation"), variants, THERE_AND_BACK)
    for control in ("rotation", "width_shift", "height_shift", "shear", "zoom"):
        notebook.press(handle(explorer, control), "Home", variants)
    notebook.press(f"{explorer} .control-horizontal_flip input", "Space", variants)
    original = notebook.picture(panel(explorer, "original")).astype(float)
    found = notebook.picture(variants)[: original.shape[0], : original.shape[1]]
    assert np.abs(found - original).mean() < 4  # without a transform a variant is the original
    before = notebook.picture(variants)
    notebook.press(handle(explorer, "rotation"), "End", variants)
    assert np.abs(notebook.picture(variants).astype(float) - before).mean() > 4


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


@shown("threshold")
def test_threshold(notebook):
    explorer = notebook.show("threshold")
    for key, sentence in (("Home", "Sensitivity 100.0%"), ("End", "Specificity 100.0%")):
        notebook.page.locator(handle(explorer, "threshold")).focus()
        notebook.page.keyboard.press(key)
        wait_for_words(notebook, explorer, sentence)
    notebook.time_keys(
        "threshold",
        handle(explorer, "threshold"),
        f"{explorer} .panel-histogram",
        ["ArrowLeft"] * 9,
        attribute=None,
    )
