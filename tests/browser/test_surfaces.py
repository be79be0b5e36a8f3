"""Every explorer, used in JupyterLab (whose kernel has ended), on a page and in the slides."""

import re

from course_utils import detection
from course_utils.convolution import convolve, kernels, pool

import numpy as np
import pytest
from explored import CUBE, FILTERS, SMILEY, make_scene
from lab import AXE
from scipy import ndimage

EXPLORERS = ("convolution", "pooling", "augmentation", "threshold", "draw_digit", "feature_maps")
EXPLORERS += ("classify_photo", "cube", "receptive_field", "boxes")
FASTEST = {}
SET_THEME = """theme => {
    const { dataset, style } = document.documentElement;
    dataset.theme = document.body.dataset.theme = theme;
    document.body.style.background = style.background = theme === "dark" ? "#1a1a1a" : "#fff";
}"""
THERE_AND_BACK = (["ArrowRight"] * 3 + ["ArrowLeft"] * 3) * 3


def control(explorer, name):
    return f"{explorer} .control-{name} :is(input, select, textarea)"


def panel(explorer, name):
    return f"{explorer} .panel-{name} canvas"


def alt(surface, explorer, name):
    return surface.page.locator(panel(explorer, name)).get_attribute("aria-label")


def fill(surface, explorer, name, value):
    surface.page.locator(control(explorer, name)).fill(str(value))


def press(surface, picture, across, down):
    """Press a picture at a share of its width and of its height."""
    surface.page.locator(picture).scroll_into_view_if_needed()
    box = surface.page.locator(picture).bounding_box()
    surface.page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])


def choose(surface, explorer, name, value):
    surface.page.locator(control(explorer, name)).select_option(value)


def read_rows(text):
    """Return the numbers of a small picture from its alt text."""
    numbers = re.search(r": ([^.:]*(?:\.\d+[^.:]*)*)\.", text)[1].replace("\u2212", "-")
    return np.array([[float(n) for n in row.split()] for row in numbers.split(";")])


def time_keys(surface, name, control, watched, keys, **options):
    """Note the median of key press to picture; on a page for the table of the README."""
    shown = name if surface.name == "page" else f"{name}, {surface.name}"
    FASTEST[name] = min(surface.time_keys(shown, control, watched, keys, **options))


def test_a_convolution_of_the_lectures_smiley(surface):
    explorer = surface.find("convolution")
    choose(surface, explorer, "picture", "smiley")
    assert "158" not in surface.words(explorer)
    np.testing.assert_array_equal(read_rows(alt(surface, explorer, "input")), SMILEY)
    for padding in ("valid", "same"):
        choose(surface, explorer, "padding", padding)
        wanted = convolve(SMILEY, kernels["sobel_x"], padding=padding)
        np.testing.assert_array_equal(read_rows(alt(surface, explorer, "output")), wanted)
        shown = surface.picture(panel(explorer, "output")).astype(int)
        assert (np.sign(shown[..., 0] - shown[..., 2]) == np.sign(wanted))[wanted != 0].all()
    choose(surface, explorer, "padding", "valid")


def test_a_step_shows_the_products_of_its_window(surface):
    explorer = surface.find("convolution")
    choose(surface, explorer, "picture", "smiley")
    choose(surface, explorer, "padding", "same")
    surface.page.locator(control(explorer, "steps")).check()
    fill(surface, explorer, "row", 3)
    fill(surface, explorer, "column", 4)
    total = int(convolve(SMILEY, kernels["sobel_x"], padding="same")[3, 4])
    title = surface.page.locator(f"{explorer} .panel-products figcaption").text_content()
    assert title == f"Sum of 9 products: {total}".replace("-", "\u2212")
    cells = surface.page.locator(f"{explorer} .panel-products td").all_text_contents()
    assert cells == "0 × −1|0 × 0|0 × 1|0 × −2|1 × 0|0 × 2|1 × −1|0 × 0|0 × 1".split("|")
    assert surface.words(explorer).startswith("Row 3, column 4 of the output.")
    surface.page.locator(control(explorer, "steps")).uncheck()
    choose(surface, explorer, "padding", "valid")


def test_the_player_walks_in_reading_order(surface):
    explorer = surface.find("convolution")
    choose(surface, explorer, "picture", "smiley")
    surface.page.locator(control(explorer, "steps")).check()
    fill(surface, explorer, "row", 0)
    fill(surface, explorer, "column", 2)
    surface.page.click(f"{explorer} .control-play")
    surface.wait_for_words(explorer, "Row 1, column 0")
    surface.page.click(f"{explorer} .control-play")
    surface.page.locator(control(explorer, "steps")).uncheck()


WRONG = {
    "": "There are no numbers yet: type rows of numbers, such as 0 1 0.",
    "1 2\n3": "Row 2 has 1 number and row 1 has 2 numbers: give each row equally many.",
    "1 x": '"x" in row 1 is no number up to a million: type such as 2, -0.5 or 1/9.',
    "1 1/0": '"1/0" in row 1 is no number up to a million: type such as 2, -0.5 or 1/9.',
    "1e999": '"1e999" in row 1 is no number up to a million: type such as 2, -0.5 or 1/9.',
    "1,2,1 0,1,0": '"1,2,1" in row 1 is no number up to a million: type such as 2, -0.5 or 1/9.',
    "0,5": '"0,5" in row 1 may be one number or two: type 0.5 or 0 5.',
    "1 " * 16: "This kernel is 1 x 16; type at most 15 rows of 15 numbers.",
    "1 2 3 4 5 6 7": "A window of 1x7 does not fit into an image of 5x5 with padding valid; take a "
    "smaller window, a larger image or padding same.",
}


def test_wrong_numbers_get_one_sentence_and_the_picture_stays(surface):
    explorer = surface.find("convolution")
    choose(surface, explorer, "picture", "smiley")
    before = alt(surface, explorer, "output")
    for typed, sentence in WRONG.items():
        fill(surface, explorer, "numbers", typed)
        assert surface.words(explorer) == sentence
        assert alt(surface, explorer, "output") == before
        assert surface.page.locator(f"{explorer} .explorer-problem").count() == 1
    choose(surface, explorer, "kernel", "sobel_x")
    assert surface.page.locator(f"{explorer} .explorer-problem").count() == 0


@pytest.mark.fault("decimal commas in a kernel")
def test_kernels_are_read_as_they_are_written_anywhere(surface):
    explorer = surface.find("convolution")
    choose(surface, explorer, "picture", "smiley")
    for typed, kernel in {
        "0,5 0 0,5": [[0.5, 0, 0.5]],
        "0,25 0,25\n0,25 -0,25": [[0.25, 0.25], [0.25, -0.25]],
        "0,5, 0, 1/2": [[0.5, 0, 0.5]],
        "1,0,-1; 2,0,-2": [[1, 0, -1], [2, 0, -2]],
        "1 ,0 ,-1,": [[1, 0, -1]],
    }.items():
        fill(surface, explorer, "numbers", typed)
        wanted = convolve(SMILEY.astype(float), kernel)
        np.testing.assert_array_equal(read_rows(alt(surface, explorer, "output")), wanted)
    names = {}
    for name in kernels:
        choose(surface, explorer, "kernel", name)
        names[name] = surface.page.locator(control(explorer, "numbers")).input_value()
    fill(surface, explorer, "numbers", "1 2 3")
    assert surface.page.locator(control(explorer, "kernel")).input_value() == "your own numbers"
    fill(surface, explorer, "numbers", names["sobel_y"])
    assert surface.page.locator(control(explorer, "kernel")).input_value() == "sobel_y"
    choose(surface, explorer, "kernel", "sobel_x")


def test_sizes_follow_the_formula(surface):
    explorer = surface.find("convolution")
    choose(surface, explorer, "picture", "photo")
    assert surface.words(explorer).startswith("Rows and columns: ⌊(160 − 3) / 1⌋ + 1 = 158\n")
    choose(surface, explorer, "padding", "1")
    fill(surface, explorer, "stride", 2)
    assert "⌊(160 + 2 × 1 − 3) / 2⌋ + 1 = 80" in surface.words(explorer)
    choose(surface, explorer, "padding", "same")
    assert "⌈160 / 2⌉ = 80, padded by 0 before and 1 after" in surface.words(explorer)
    fill(surface, explorer, "dilation", 2)
    assert "as Keras forbids both above 1" in surface.words(explorer)
    fill(surface, explorer, "stride", 1)
    choose(surface, explorer, "padding", "valid")
    assert "⌊(160 − ((3 − 1) × 2 + 1)) / 1⌋ + 1 = 156" in surface.words(explorer)
    fill(surface, explorer, "dilation", 1)


def test_a_photo_is_convolved_while_a_key_is_pressed(surface):
    explorer = surface.find("convolution")
    choose(surface, explorer, "picture", "photo")
    time_keys(
        surface,
        "convolution",
        control(explorer, "stride"),
        panel(explorer, "output"),
        THERE_AND_BACK,
    )
    assert surface.picture(panel(explorer, "output")).shape[:2] == (158, 158)


def test_pooling(surface):
    explorer = surface.find("pooling")
    choose(surface, explorer, "picture", "smiley")
    np.testing.assert_array_equal(read_rows(alt(surface, explorer, "maximum")), pool(SMILEY))
    choose(surface, explorer, "padding", "same")
    wanted = pool(SMILEY, mode="average", padding="same")
    np.testing.assert_array_equal(read_rows(alt(surface, explorer, "average")), wanted)
    assert surface.words(explorer).endswith("9 of 25 values: 36.0%.")
    choose(surface, explorer, "padding", "valid")
    choose(surface, explorer, "picture", "photo")
    image = surface.picture(panel(explorer, "input")).astype(float)
    fill(surface, explorer, "size", 3)
    for name, mode in (("maximum", "max"), ("average", "average")):
        found = surface.picture(panel(explorer, name))
        np.testing.assert_allclose(found, pool(image, 3, mode=mode), atol=1.01)
    fill(surface, explorer, "stride", 2)
    assert not surface.page.locator(control(explorer, "tiles")).is_checked()
    surface.page.locator(control(explorer, "tiles")).check()
    assert surface.page.locator(control(explorer, "stride")).input_value() == "3"
    fill(surface, explorer, "size", 2)
    time_keys(
        surface, "pooling", control(explorer, "size"), panel(explorer, "average"), THERE_AND_BACK
    )


def test_augmentation(surface):
    explorer = surface.find("augmentation")
    variants = panel(explorer, "variants")
    time_keys(surface, "augmentation", control(explorer, "rotation"), variants, THERE_AND_BACK)
    for name in ("rotation", "width_shift", "height_shift", "shear", "zoom"):
        fill(surface, explorer, name, 0)
    surface.page.locator(control(explorer, "horizontal_flip")).uncheck()
    original = surface.picture(panel(explorer, "original")).astype(int)
    rows, columns = original.shape[:2]
    still = surface.picture(variants).astype(int)
    nine = [
        still[
            i * (rows + 4) : i * (rows + 4) + rows, j * (columns + 4) : j * (columns + 4) + columns
        ]
        for i in range(3)
        for j in range(3)
    ]
    assert all(np.abs(variant - original).max() <= 1 for variant in nine)
    surface.page.locator(control(explorer, "horizontal_flip")).check()
    flipped = surface.picture(variants)[:rows]
    assert np.abs(flipped.astype(int) - still[:rows]).max() > 20
    fill(surface, explorer, "rotation", 90)
    turned = surface.picture(variants)
    fill(surface, explorer, "rotation", 30)
    fill(surface, explorer, "rotation", 90)  # the random numbers stay while a slider moves
    assert np.array_equal(surface.picture(variants), turned)
    surface.page.click(f"{explorer} .control-another")
    assert not np.array_equal(surface.picture(variants), turned)
    assert "rotation up to 90°" in surface.words(explorer).lower()


def test_threshold(surface):
    explorer = surface.find("threshold")
    slider = control(explorer, "threshold")
    for key, sentence in (("Home", "Sensitivity 100.0%"), ("End", "Specificity 100.0%")):
        surface.page.locator(slider).focus()
        surface.page.keyboard.press(key)
        assert sentence in surface.words(explorer)
    fill(surface, explorer, "threshold", 0.5)
    counts = surface.page.locator(f"{explorer} .panel-matrix b").all_text_contents()
    assert sum(map(int, counts)) == 300
    assert f": {counts[0]} of " in surface.words(explorer)
    label = surface.page.locator(f"{explorer} .panel-histogram svg").get_attribute("aria-label")
    assert "the threshold is 0.50" in label
    watched = f"{explorer} .panel-histogram"
    time_keys(surface, "threshold", slider, watched, ["ArrowLeft"] * 9, attribute=None)


@pytest.mark.fault("a positive class of another name")
def test_the_classes_of_a_threshold_have_names_of_their_own(surface):
    """Also names with tags in them, which are shown as text."""
    explorer = surface.find("threshold")
    assert " dog & <b>wolf</b> are found" in surface.words(explorer)
    heads = surface.page.locator(f"{explorer} th").all_text_contents()
    assert "is dog & <b>wolf</b>" in heads and "says cat" in heads
    assert surface.page.locator(f"{explorer} th b").count() == 0


def test_the_cube_adds_the_partial_sums_of_three_channels(surface):
    explorer = surface.find("cube")
    wanted = convolve(CUBE, FILTERS)
    for n in (0, 1):
        np.testing.assert_array_equal(
            read_rows(alt(surface, explorer, f"filter_{n + 1}")), wanted[..., n]
        )
    choose(surface, explorer, "filter", "1")
    fill(surface, explorer, "row", 2)
    fill(surface, explorer, "column", 1)
    sums = (CUBE[2:5, 1:4] * FILTERS[..., 1]).sum(axis=(0, 1))
    listed = ", ".join(
        f"{name} {n}" for name, n in zip(("red", "green", "blue"), sums, strict=True)
    )
    sentence = f"Filter 2 at row 2, column 1: {listed}; together {sums.sum()}."
    assert surface.words(explorer).startswith(sentence.replace("-", "\u2212"))
    press(surface, panel(explorer, "filter_1"), 3.5 / 4, 0.5 / 4)
    assert surface.words(explorer).startswith("Filter 1 at row 0, column 3: ")


def test_a_receptive_field_grows_down_to_the_picture(surface):
    explorer = surface.find("receptive_field")
    words = surface.words(explorer)
    assert " sees 18 x 18 pixels of the picture: rows 4 to 21, columns 4 to 21." in words
    layers = surface.page.locator(f"{explorer} .control-layer option").all_text_contents()
    assert len(layers) == 5
    for place, side in zip("12345", (3, 4, 8, 10, 18), strict=True):
        choose(surface, explorer, "layer", place)
        assert f" sees {side} x {side} pixels" in surface.words(explorer)
    choose(surface, explorer, "layer", "1")
    press(surface, panel(explorer, "layer_1"), 0.01, 0.01)
    assert "rows 0 to 2, columns 0 to 2." in surface.words(explorer)


@pytest.mark.parametrize("confidence, overlap", [(0, 0.3), (0.4, 0.15), (0, 1), (1, 0.3)])
@pytest.mark.parametrize("number", [0, 1])
def test_boxes_are_those_that_two_thresholds_leave(surface, number, confidence, overlap):
    explorer = surface.find("boxes")
    choose(surface, explorer, "picture", str(number))
    fill(surface, explorer, "confidence", confidence)
    fill(surface, explorer, "overlap", overlap)
    _, _, (boxes, scores), objects = make_scene(number)
    truth = detection.boxes_of(objects)
    above = scores >= confidence
    kept = detection.suppress(boxes[above], scores[above], overlap)
    boxes, left = boxes[above][kept], scores[above][kept]
    hits = detection.find_hits(boxes, left, truth)
    precision = detection.average_precision(hits, left, len(truth))
    words = surface.words(explorer)
    assert f" for 9 objects: {sum(hits)} hit, {sum(~hits)} false, {9 - sum(hits)} missed; " in words
    assert f" {above.sum() - len(kept)} suppressed, {40 - above.sum()} below the" in words
    assert f"average precision {100 * precision:.1f}%." in words
    for kind, count in (
        *(("hit", sum(hits)), ("false", sum(~hits)), ("missed", 9 - sum(hits))),
        *(("gone", above.sum() - len(kept)), ("chosen", 1)),
    ):
        drawn = f"{explorer} .panel-picture .explorer-overlay .{kind}"
        assert surface.page.locator(drawn).count() == count, kind


def test_an_object_is_chosen_where_it_is_pressed_or_with_keys(surface):
    explorer = surface.find("boxes")
    choose(surface, explorer, "picture", "0")
    fill(surface, explorer, "confidence", 0)
    fill(surface, explorer, "overlap", 0.3)
    _, _, (boxes, scores), objects = make_scene(0)
    truth = detection.boxes_of(objects)
    kept = detection.suppress(boxes, scores, 0.3)
    shares = detection.iou(boxes, boxes)
    for number in (1, 5, 9):
        row, column = np.argwhere(objects == number)[40]
        press(surface, panel(explorer, "mask"), (column + 0.5) / 60, (row + 0.5) / 60)
        assert surface.page.locator(control(explorer, "object")).input_value() == str(number)
        by_mouse = surface.words(explorer)
        surface.page.locator(control(explorer, "object")).focus()
        surface.page.keyboard.press("ArrowLeft" if number == 9 else "ArrowRight")
        assert surface.words(explorer) != by_mouse
        surface.page.keyboard.press("ArrowRight" if number == 9 else "ArrowLeft")
        assert surface.words(explorer) == by_mouse
        fits = detection.iou(boxes[kept], truth[[number - 1]])[:, 0]
        hit = kept[detection.find_hits(boxes[kept], scores[kept], truth)]
        mine = [k for k in hit if detection.iou(boxes[[k]], truth).argmax() == number - 1]
        if not mine:
            assert f"Object {number} is missed: " in by_mouse and f"{fits.max():.2f}" in by_mouse
            continue
        best = mine[0]
        fit = detection.iou(boxes[[best]], truth[[number - 1]])[0, 0]
        sentence = f"Object {number}: a box with confidence {scores[best]:.2f}, IoU {fit:.2f} with"
        assert sentence in by_mouse
        place = list(kept).index(best)
        better = shares[kept[:place]] > 0.3
        gone = (shares[best] > 0.3) & ~better.any(axis=0) & (np.arange(40) != best)
        drawn = f"{explorer} .panel-picture .explorer-overlay .mine"
        assert surface.page.locator(drawn).count() == gone.sum()
    watched = panel(explorer, "picture")
    time_keys(surface, "boxes", control(explorer, "confidence"), watched, THERE_AND_BACK)


def test_a_mask_is_outlined_and_compared(surface):
    explorer = surface.find("boxes")
    choose(surface, explorer, "picture", "0")
    _, probabilities, _, objects = make_scene(0)
    title = surface.page.locator(f"{explorer} .panel-mask figcaption")
    for level in (0.3, 0.5, 0.99):
        fill(surface, explorer, "mask", level)
        mask = np.rint(255 * probabilities) >= 255 * level
        assert title.text_content() == (
            f"Mask above {level:.2f}: Dice {detection.dice(mask, objects > 0):.2f}"
        )
        edge = mask & ~ndimage.binary_erosion(mask)
        shown = surface.picture(panel(explorer, "mask"))
        assert ((shown == (213, 94, 0)).all(axis=-1) == edge).all()
    fill(surface, explorer, "mask", 0.5)


def draw(surface, explorer, points):
    """Draw a line through points, in pixels of the drawing, with the mouse."""
    box = surface.page.locator(f"{explorer} .explorer-canvas").bounding_box()
    mouse = surface.page.mouse
    for number, (x, y) in enumerate(points):
        place = box["x"] + x / 28 * box["width"], box["y"] + y / 28 * box["height"]
        mouse.move(*place, steps=12)
        if number == 0:
            mouse.down()
    mouse.up()


def ink(surface, explorer):
    """Return what is drawn, (28, 28)."""
    return surface.picture(f"{explorer} .explorer-canvas").astype(int)


def test_a_drawn_seven_is_read(surface):
    explorer = surface.find("draw_digit")
    surface.page.click(f"{explorer} .control-clear")
    assert surface.words(explorer).startswith("Draw a digit")
    draw(surface, explorer, ((8, 7), (20, 7), (13, 22)))
    assert "Convnet: 7, with " in surface.words(explorer)
    for name in ("dense", "convnet"):
        bars = f"{explorer} .panel-{name} .explorer-bars"
        shares = surface.page.locator(bars).inner_text().split("\n")[1::2]
        assert 98 <= sum(int(share.removesuffix(" %")) for share in shares) <= 102
    assert surface.page.locator(bars).get_attribute("data-answer") == "7"
    titles = surface.page.locator(f"{explorer} figcaption").all_text_contents()
    assert "Convolution 2: 64 maps of 11 x 11" in titles
    shapes = [surface.picture(panel(explorer, f"maps_{n}")).shape[:2] for n in (1, 2, 3)]
    assert shapes == [(107, 215), (47, 191), (15, 127)]


@pytest.mark.parametrize(
    "name, moved", [("left", (0, -2)), ("right", (0, 2)), ("up", (-2, 0)), ("down", (2, 0))]
)
def test_shifts_move_by_two_pixels(surface, name, moved):
    explorer = surface.find("draw_digit")
    surface.page.click(f"{explorer} .control-clear")
    draw(surface, explorer, ((10, 8), (16, 20)))
    before = ink(surface, explorer)
    surface.page.click(f"{explorer} .control-{name}")
    assert np.array_equal(ink(surface, explorer), np.roll(before, moved, axis=(0, 1)))


def test_a_drawing_is_turned_and_thickened(surface):
    explorer = surface.find("draw_digit")
    surface.page.click(f"{explorer} .control-clear")
    draw(surface, explorer, ((14, 6), (14, 22)))
    upright = ink(surface, explorer)
    surface.page.click(f"{explorer} .control-rotate_left")
    top, bottom = ink(surface, explorer)[:14].sum(0), ink(surface, explorer)[14:].sum(0)
    assert np.average(range(28), weights=top) < np.average(range(28), weights=bottom) - 1
    surface.page.click(f"{explorer} .control-rotate_right")
    assert np.abs(ink(surface, explorer) - upright).mean() < 12
    before = ink(surface, explorer)
    surface.page.click(f"{explorer} .control-thicken")
    assert (ink(surface, explorer) >= before).all() and ink(surface, explorer).sum() > before.sum()


def test_a_digit_is_drawn_with_keys(surface):
    explorer = surface.find("draw_digit")
    surface.page.click(f"{explorer} .control-clear")
    canvas = f"{explorer} .explorer-canvas"
    surface.page.locator(canvas).focus()
    surface.page.keyboard.press("Space")  # the pen is down: each arrow key draws
    maps = panel(explorer, "maps_1")
    keys = ["ArrowDown"] * 9 + ["ArrowRight"] * 9
    time_keys(surface, "draw a digit", canvas, maps, keys)
    assert ink(surface, explorer)[12].max() == 255


def test_the_strongest_feature_map(surface):
    explorer = surface.find("feature_maps")
    layers = surface.page.locator(f"{explorer} .control-layer option").all_text_contents()
    assert len(layers) == 5
    for place, count in ((0, 32), (2, 64)):
        choose(surface, explorer, "layer", layers[place])
        strongest = []
        for number in range(count):
            fill(surface, explorer, "filter", number)
            words = surface.words(explorer)
            reached, yellow = (
                re.search(r" to ([\d.]+);", words)[1],
                re.search(r"Yellow is ([\d.]+), ", words)[1],
            )
            strongest += [number] if reached == yellow else []
        assert len(strongest) >= 1, "no map reaches the strongest answer"
        fill(surface, explorer, "filter", strongest[0])
        shown = surface.picture(panel(explorer, "map"))
        assert (np.abs(shown.astype(int) - (254, 232, 56)) <= 2).all(axis=-1).any()  # yellow
    key = control(explorer, "picture")
    time_keys(surface, "feature maps", key, panel(explorer, "map"), THERE_AND_BACK)


def test_a_map_is_chosen_where_it_is_pressed(surface):
    explorer = surface.find("feature_maps")
    layers = surface.page.locator(f"{explorer} .control-layer option").all_text_contents()
    choose(surface, explorer, "layer", layers[0])
    press(surface, panel(explorer, "maps"), 2.5 / 8, 1.5 / 4)
    assert surface.page.locator(control(explorer, "filter")).input_value() == "10"


@pytest.mark.fault("a file that is no photo, chosen in an explorer")
def test_a_photo_is_classified(surface, tmp_path):
    from skimage import data, io

    explorer = surface.find("classify_photo")
    io.imsave(tmp_path / "chelsea.png", data.chelsea(), check_contrast=False)
    upload = surface.page.locator(f"{explorer} .control-upload input")
    upload.set_input_files(tmp_path / "chelsea.png")
    surface.wait_for_words(explorer, " says: ")
    assert re.search(r"\bcat\b|tabby", surface.words(explorer), re.I)
    assert surface.page.locator(f"{explorer} .control-label option").count() == 5
    before = surface.picture(panel(explorer, "heat"))
    assert before.shape == (96, 96, 3)
    if surface.name == "slides":  # what has grown is fitted to its slide
        surface.page.wait_for_function(
            "selector => document.querySelector(selector).getBoundingClientRect().bottom < 900",
            arg=explorer,
        )
    label = control(explorer, "label")
    heat = panel(explorer, "heat")
    time_keys(surface, "classify a photo", label, heat, ["ArrowDown"] * 4 + ["ArrowUp"] * 4)
    (tmp_path / "notes.txt").write_text("no picture")
    upload.set_input_files(tmp_path / "notes.txt")
    surface.wait_for_words(explorer, "notes.txt is not a picture that this browser can show")
    assert np.array_equal(surface.picture(panel(explorer, "heat")), before)


def test_every_control_can_be_reached_and_has_a_name(surface):
    """Buttons have text, the others a label; the focus is seen."""
    for name in EXPLORERS:
        explorer = surface.find(name)
        unnamed = surface.page.locator(f"{explorer} :is(input, select, textarea)").evaluate_all(
            "all => all.filter(input => !input.labels[0]?.textContent.trim()).length"
        )
        assert unnamed == 0
        assert surface.page.locator(f"{explorer} [role=status]").count() == 1
        first = surface.page.locator(f"{explorer} :is(input, select, canvas[tabindex])").first
        first.focus()
        surface.page.keyboard.press("Shift")
        style = first.evaluate("input => getComputedStyle(input).outlineStyle")
        assert style == "solid"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_an_explorer(surface, axe, theme):
    for name in EXPLORERS:
        explorer = surface.find(name)
        surface.page.evaluate(SET_THEME, theme)
        if not surface.page.evaluate("() => Boolean(window.axe)"):
            surface.page.evaluate(axe.read_text(encoding="utf-8"))
        passes, violations = surface.page.evaluate(AXE, explorer)
        surface.page.evaluate(SET_THEME, "light")
        assert violations == [] and passes > 5, name


def test_nothing_is_asked_for_and_nothing_is_told_in_the_console(surface):
    assert surface.problems == []


@pytest.mark.fault("a browser without scripts")
def test_where_scripts_are_off_words_stand_in_an_explorers_place(browser, explored):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{explored.as_uri()}/site/explored.html")
    words = page.locator(".explorer-here p").all_text_contents()
    assert len(words) == len(EXPLORERS)
    assert words[0].startswith("Explorer: convolution. It needs JavaScript, which is switched off")
    context.close()


def test_the_answers_come_in_time(surface):
    """From key press to painted picture; a busy machine makes a median longer, not the shortest."""
    limits = dict.fromkeys(("convolution", "pooling", "augmentation", "threshold", "boxes"), 16)
    limits |= {"draw a digit": 33, "feature maps": 33, "classify a photo": 200}
    slow = {name: FASTEST[name] for name in limits if FASTEST[name] > limits[name]}
    assert not slow, surface.name
