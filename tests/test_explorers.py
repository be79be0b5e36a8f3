"""Explorers without a browser: change a control, and look at the picture, the table, the words."""

import io
import re
import subprocess
import sys

from course_utils import explorers
from course_utils.convolution import convolve, kernels, pool
from course_utils.explorers.convolutions import read_kernel, write_kernel

import keras
import numpy as np
import pytest
from PIL import Image

SMILEY = np.array(
    [
        [0, 1, 0, 1, 0],
        [0, 1, 0, 1, 0],
        [0, 0, 0, 0, 0],
        [1, 0, 0, 0, 1],
        [0, 1, 1, 1, 0],
    ]
)
RAMP = np.linspace(0, 1, 40 * 30).reshape(40, 30)


def picture(explorer, panel):
    """The picture in a panel as an array, after the browser's eyes: sizes must agree."""
    traits = explorer.panels[panel]
    pixels = np.asarray(Image.open(io.BytesIO(traits.picture)))
    assert list(pixels.shape[:2]) == traits.size
    assert traits.alt and traits.title and traits.scale > 0
    return pixels


def change(explorer, **values):
    """Set controls one after the other, as a reader does."""
    for name, value in values.items():
        explorer.controls[name].value = value
    return explorer


# ---------------------------------------------------------------------------------------------
# What all share
# ---------------------------------------------------------------------------------------------


def test_importing_the_explorers_starts_nothing_heavy():
    code = (
        "import sys; import course_utils.explorers; "
        "print([n for n in ('ipywidgets', 'anywidget', 'tensorflow', 'numpy') if n in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_convolution_and_pooling_work_without_tensorflow():
    code = (
        "import sys, numpy as np; from course_utils import explorers; "
        "explorers.convolution(np.eye(9)); explorers.pooling(np.eye(9)); "
        "print('tensorflow' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_what_stands_without_a_kernel_is_short_and_never_changes():
    first, second = explorers.convolution(SMILEY), explorers.convolution(RAMP)
    assert first._repr_mimebundle_()["text/plain"] == repr(second)
    assert repr(first) == "Explorer: convolution (run this cell to use it)"


def test_every_control_has_a_label_and_a_class():
    for explorer in (explorers.convolution(RAMP), explorers.pooling(RAMP)):
        assert f"explorer-{explorer.name}" in explorer._dom_classes
        for name, control in explorer.controls.items():
            assert f"control-{name}" in control._dom_classes
            assert name == "play" or control.description
        for name, panel in explorer.panels.items():
            assert f"panel-{name}" in panel._dom_classes


# ---------------------------------------------------------------------------------------------
# Convolution
# ---------------------------------------------------------------------------------------------


def test_the_output_is_what_convolve_gives():
    explorer = change(explorers.convolution(RAMP), kernel="blur", padding="same")
    expected = np.rint(255 * convolve(RAMP, kernels["blur"], padding="same"))
    assert np.abs(picture(explorer, "output").astype(int) - expected).max() <= 1


@pytest.mark.parametrize(
    "values, size",
    [
        ({}, (38, 28)),
        ({"padding": "same"}, (40, 30)),
        ({"padding": 2}, (42, 32)),
        ({"stride": 2}, (19, 14)),
        ({"stride": 3, "padding": "same"}, (14, 10)),
        ({"dilation": 4}, (32, 22)),
        ({"numbers": "1 2 3 4"}, (40, 27)),
    ],
)
def test_sizes_follow_the_formula(values, size):
    explorer = change(explorers.convolution(RAMP), **values)
    assert picture(explorer, "output").shape == size
    assert explorer.panels["output"].title == f"Output: {size[0]} x {size[1]}"
    for places in size:
        assert f"= {places}" in explorer.status.text


def test_the_formula_is_written_with_its_numbers():
    explorer = change(explorers.convolution(np.eye(28)), padding=1, stride=2)
    assert explorer.status.text.startswith("Rows and columns: ⌊(28 + 2 × 1 − 3) / 2⌋ + 1 = 14\n")
    change(explorer, stride=1, padding="valid", dilation=2)
    assert "⌊(28 − ((3 − 1) × 2 + 1)) / 1⌋ + 1 = 24" in explorer.status.text
    change(explorer, dilation=1, stride=2, padding="same")
    assert "⌈28 / 2⌉ = 14, padded by 0 before and 1 after" in explorer.status.text


def test_negative_values_are_blue_zero_white_and_positive_red():
    explorer = change(explorers.convolution(SMILEY), padding="same")
    response = convolve(SMILEY, kernels["sobel_x"], padding="same")
    shown = Image.open(io.BytesIO(explorer.panels["output"].picture)).convert("RGB")
    red, green, blue = np.moveaxis(np.asarray(shown).astype(int), -1, 0)
    assert (blue > red)[response < 0].all() and (red > blue)[response > 0].all()
    assert np.abs(red - blue)[response == 0].max() < 5 and green[response == 0].min() > 240


def test_a_kernel_that_keeps_the_brightness_gives_a_grey_picture():
    explorer = change(explorers.convolution(RAMP), kernel="sharpen")
    assert "Black is 0 or less, white is 1 or more." in explorer.status.text
    change(explorer, numbers="1 1 1")
    assert "white is 3 or more" in explorer.status.text
    change(explorer, numbers="0 0 0")
    assert not explorer.status.problem and "Blue is negative" in explorer.status.text


def test_a_name_fills_the_numbers_and_numbers_find_their_name():
    explorer = change(explorers.convolution(RAMP), kernel="laplacian")
    assert explorer.controls["numbers"].value == "0 1 0\n1 -4 1\n0 1 0"
    change(explorer, numbers="0 1 0\n1 -4 1\n0 1 1")
    assert explorer.controls["kernel"].value == "your own numbers"
    change(explorer, numbers=write_kernel(kernels["sobel_y"]))
    assert explorer.controls["kernel"].value == "sobel_y"


@pytest.mark.parametrize("name", list(kernels))
def test_kernels_survive_being_written_and_read(name):
    np.testing.assert_allclose(read_kernel(write_kernel(kernels[name])), kernels[name])


@pytest.mark.fault("decimal commas in a kernel")
@pytest.mark.parametrize(
    ("typed", "kernel"),
    [
        ("0,5 0 0,5", [[0.5, 0, 0.5]]),
        ("0,11 0,11\n0,11 -0,11", [[0.11, 0.11], [0.11, -0.11]]),
        ("0,5, 0, 1/2", [[0.5, 0, 0.5]]),
        ("1,0,-1; 2,0,-2", [[1, 0, -1], [2, 0, -2]]),
        ("1, 0 , -1", [[1, 0, -1]]),
        ("1 ,0 ,-1,", [[1, 0, -1]]),
    ],
)
def test_decimal_commas_and_commas_between_numbers(typed, kernel):
    np.testing.assert_allclose(read_kernel(typed), kernel)


@pytest.mark.parametrize("typed", ["0,5", "-0,5\n0,5", "1,5"])
def test_a_comma_that_may_mean_either_is_asked_about(typed):
    first = typed.splitlines()[0]
    with pytest.raises(ValueError, match=f'"{first}" in row 1 may be one number or two: type'):
        read_kernel(typed)


def test_three_decimals_without_spaces_are_no_kernel():
    with pytest.raises(ValueError, match='"1,2,1" in row 1 is no number'):
        read_kernel("1,2,1 0,1,0")


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("", "There are no numbers yet: type rows of numbers, such as 0 1 0."),
        ("1 2\n3", "Row 2 has 1 number and row 1 has 2 numbers: give each row equally many."),
        ("1 x", '"x" in row 1 is no number up to a million: type such as 2, -0.5 or 1/9.'),
        ("1 1/0", '"1/0" in row 1 is no number'),
        ("nan", '"nan" in row 1 is no number'),
        ("1e999999999", '"1e999999999" in row 1 is no number'),
        ("1 " * 16, "This kernel is 1 x 16; type at most 15 rows of 15 numbers."),
        ("1 2 3 4 5 6 7", "A window of 1x7 does not fit into an image of 5x5"),
    ],
)
def test_wrong_numbers_get_one_sentence_and_the_picture_stays(typed, sentence):
    explorer = explorers.convolution(SMILEY)
    before = explorer.panels["output"].picture
    change(explorer, numbers=typed)
    assert explorer.status.problem and sentence in explorer.status.text
    assert "\n" not in explorer.status.text
    assert explorer.panels["output"].picture == before
    change(explorer, numbers="1 1; 1 1")
    assert not explorer.status.problem and explorer.panels["output"].picture != before


def test_stride_and_dilation_together_are_refused_as_keras_does():
    explorer = change(explorers.convolution(RAMP), stride=2, dilation=2)
    assert explorer.status.problem and "Keras forbids both above 1" in explorer.status.text


def test_a_step_shows_the_products_of_its_window():
    explorer = change(explorers.convolution(SMILEY), padding="same", steps=True, row=3, column=4)
    total = convolve(SMILEY, kernels["sobel_x"], padding="same")[3, 4]
    assert explorer.panels["products"].title == f"Sum of 9 products: {total}".replace("-", "−")
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", explorer.panels["products"].html)
    assert cells == ["0 × −1", "0 × 0", "0 × 1", "0 × −2", "1 × 0", "0 × 2", "1 × −1"] + [
        "0 × 0",
        "0 × 1",
    ]
    assert explorer.status.text.startswith("Row 3, column 4 of the output.")


def test_the_player_walks_in_reading_order_and_stays_inside():
    explorer = change(explorers.convolution(SMILEY), steps=True)
    assert explorer.controls["play"].max == 8
    change(explorer, play=5)
    assert (explorer.controls["row"].value, explorer.controls["column"].value) == (1, 2)
    change(explorer, stride=2)  # four places are left
    assert (explorer.controls["row"].value, explorer.controls["column"].value) == (1, 1)
    assert explorer.controls["play"].max == 3


def test_step_controls_appear_only_with_the_steps():
    explorer = explorers.convolution(SMILEY)
    assert explorer.controls["row"].layout.display == "none"
    change(explorer, steps=True)
    assert explorer.controls["row"].layout.display is None


def test_small_pictures_are_told_number_by_number():
    explorer = explorers.pooling(SMILEY)
    assert explorer.panels["maximum"].alt.endswith("2 x 2 values: 1 1; 1 0.")
    assert explorer.panels["input"].alt.endswith("1 0 0 0 1; 0 1 1 1 0.")
    assert ":" not in explorers.pooling(RAMP).panels["input"].alt


def test_a_dict_of_pictures_gives_a_list_to_choose_from():
    explorer = explorers.convolution({"smiley": SMILEY, "ramp": RAMP})
    assert explorer.panels["input"].title == "Input: 5 x 5"
    change(explorer, picture="ramp")
    assert explorer.panels["input"].title == "Input: 40 x 30"


@pytest.mark.parametrize(
    "image, size",
    [
        (np.ones((2000, 1000)), (500, 250)),
        (np.ones((30, 20, 3)), (30, 20)),
        (np.ones((30, 20, 1), bool), (30, 20)),
        (np.full((30, 20), 7, np.uint8), (30, 20)),
    ],
)
def test_pictures_of_many_kinds_are_taken(image, size):
    assert picture(explorers.convolution(image), "input").shape == size


@pytest.mark.parametrize(
    "image, kind, sentence",
    [
        (np.ones(5), ValueError, "must have shape"),
        (np.ones((0, 3)), ValueError, "must have shape"),
        (np.array([["a"]]), TypeError, "must hold numbers"),
        (np.full((3, 3), np.nan), ValueError, "missing or infinite pixels"),
        ({}, ValueError, "give at least one"),
    ],
)
def test_what_is_no_picture_is_refused(image, kind, sentence):
    with pytest.raises(kind, match=sentence):
        explorers.convolution(image)


# ---------------------------------------------------------------------------------------------
# Pooling
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("mode", ["maximum", "average"])
def test_pooled_pictures_are_what_pool_gives(mode, padding):
    explorer = change(explorers.pooling(RAMP), size=3, padding=padding)
    expected = pool(RAMP, 3, mode=mode[:3].replace("ave", "average"), padding=padding)
    assert np.abs(picture(explorer, mode) - 255 * expected).max() <= 0.51


def test_the_stride_follows_the_window_until_it_is_moved():
    explorer = change(explorers.pooling(RAMP), size=4)
    assert explorer.controls["stride"].value == 4
    change(explorer, stride=2)
    assert not explorer.controls["tiles"].value
    assert "⌊(40 − 4) / 2⌋ + 1 = 19" in explorer.status.text
    change(explorer, tiles=True)
    assert explorer.controls["stride"].value == 4


def test_a_window_lists_its_numbers_and_leaves_out_the_padding():
    numbers = np.arange(9).reshape(3, 3)
    explorer = change(explorers.pooling(numbers), padding="same", steps=True, row=1, column=1)
    html = explorer.panels["window"].html
    assert re.findall(r"<td[^>]*>([^<]*)</td>", html) == ["8", "–", "–", "–"]
    assert "maximum 8, average 8" in html
    assert explorer.panels["input"].overlay.count(">–</span>") == 16 - 9
    assert explorer.status.text.endswith("4 of 9 values: 44.4%.")


# ---------------------------------------------------------------------------------------------
# Augmentation
# ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def augmentation():
    return explorers.augmentation((255 * RAMP).astype(np.uint8))


STILL = {
    **dict.fromkeys(("rotation", "width_shift", "height_shift", "shear", "zoom"), 0),
    **dict.fromkeys(("horizontal_flip", "vertical_flip"), False),
}


def nine(explorer):
    page = picture(explorer, "variants")
    return [page[44 * i : 44 * i + 40, 34 * j : 34 * j + 30] for i in range(3) for j in range(3)]


def test_without_transforms_the_nine_are_the_picture(augmentation):
    change(augmentation, **STILL)
    original = picture(augmentation, "original")
    assert all(np.array_equal(variant, original) for variant in nine(augmentation))


def test_each_slider_changes_the_nine_and_another_nine_are_others(augmentation):
    change(augmentation, **STILL)
    for name, value in (("rotation", 90), ("width_shift", 0.3), ("height_shift", 0.3)):
        before = augmentation.panels["variants"].picture
        change(augmentation, **{name: value})
        assert augmentation.panels["variants"].picture != before, name
    shown = augmentation.panels["variants"].picture
    augmentation.controls["another"].click()
    assert augmentation.panels["variants"].picture != shown


def test_the_random_numbers_stay_while_sliders_move(augmentation):
    change(augmentation, **STILL)
    change(augmentation, rotation=60)
    before = augmentation.panels["variants"].picture
    change(augmentation, rotation=90)
    assert augmentation.panels["variants"].picture != before
    change(augmentation, rotation=60)
    assert augmentation.panels["variants"].picture == before


def test_flips_are_half_of_the_nine(augmentation):
    change(augmentation, **STILL)
    change(augmentation, horizontal_flip=True)
    original = picture(augmentation, "original")
    kinds = [
        np.array_equal(variant, original) - np.array_equal(variant, original[:, ::-1])
        for variant in nine(augmentation)
    ]
    assert set(kinds) == {1, -1}
    assert "flipped left and right" in augmentation.status.text


def test_an_image_without_rows_and_columns_is_refused():
    with pytest.raises(ValueError, match="must have shape"):
        explorers.augmentation(np.ones(7))


# ---------------------------------------------------------------------------------------------
# Feature maps
# ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def convnet():
    from course_utils import models

    return models.convnet_mnist()


@pytest.fixture(scope="module")
def digits():
    return np.random.default_rng(0).random((4, 28, 28, 1), np.float32)


@pytest.fixture(scope="module")
def maps_explorer(convnet, digits):
    return explorers.feature_maps(convnet, digits)


def test_maps_are_those_of_the_network(maps_explorer, convnet, digits):
    from course_utils import interpretation

    found = interpretation.feature_maps(convnet, digits)
    names = maps_explorer.controls["layer"].options
    for number, name, chosen in ((2, names[0], 31), (3, names[2], 5)):
        change(maps_explorer, picture=number, layer=name, filter=chosen)
        maps = found[name][number]
        one = maps[..., chosen]
        expected = one * 255 / maps.max()
        assert np.abs(picture(maps_explorer, "map") - expected).max() <= 0.6
        assert f"goes from {one.min():.3g} to {one.max():.3g}" in maps_explorer.status.text


def test_the_filter_stays_within_its_layer(maps_explorer):
    names = maps_explorer.controls["layer"].options
    change(maps_explorer, layer=names[2], filter=63)
    change(maps_explorer, layer=names[0])
    assert maps_explorer.controls["filter"].value == 31
    assert picture(maps_explorer, "maps").shape == (4 * 27 - 1, 8 * 27 - 1)


def test_layers_of_a_model_inside_the_model_are_offered(digits):
    from course_utils import models

    import keras
    from keras import layers

    base = models.convolutional_base()
    head = [layers.Flatten(), layers.Dense(10)]
    whole = keras.Sequential([keras.Input((28, 28, 1)), base, *head])
    offered = explorers.feature_maps(whole, digits).controls["layer"].options
    assert len(offered) == 5 and base.name not in offered


def test_a_network_without_maps_and_images_of_another_size_are_refused(convnet, digits):
    import keras
    from keras import layers

    flat = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(2)])
    with pytest.raises(ValueError, match="no layer that makes feature maps"):
        explorers.feature_maps(flat, digits)
    with pytest.raises(ValueError, match="images have the shape"):
        explorers.feature_maps(convnet, digits[:, :20])


# ---------------------------------------------------------------------------------------------
# Draw a digit
# ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def digit_explorer(convnet):
    from course_utils import models

    return explorers.draw_digit(models.dense_mnist(), convnet)


@pytest.fixture
def drawing(digit_explorer):
    one = np.zeros((28, 28), np.uint8)
    one[6:22, 12:15] = 255
    digit_explorer.show(one)
    return digit_explorer


def drawn(explorer):
    return explorer.controls["canvas"].pixels


def test_both_networks_answer_what_they_say_to_the_drawing(drawing, convnet):
    probabilities = np.asarray(convnet(drawn(drawing)[None, ..., None]))[0]
    best = probabilities.argmax()
    html = drawing.panels["convnet"].html
    assert f'data-answer="{best}"' in html
    shares = [float(n) for n in re.findall(r"width:([0-9.]+)%", html)]
    np.testing.assert_allclose(shares, 100 * probabilities, atol=0.06)
    assert f"Convnet: {best}, with {100 * probabilities[best]:.0f} %." in drawing.status.text
    assert re.search(r'data-answer="\d"', drawing.panels["dense"].html)


def test_the_maps_of_each_convolution_are_shown(drawing):
    shapes = [picture(drawing, f"maps_{place}").shape for place in (1, 2, 3)]
    assert shapes == [(107, 215), (47, 191), (15, 127)]


def test_an_empty_canvas_has_no_answer(drawing):
    drawing.controls["clear"].click()
    assert not drawn(drawing).any()
    assert 'data-answer=""' in drawing.panels["dense"].html
    assert drawing.status.text.startswith("Draw a digit")


@pytest.mark.parametrize(
    "name, moved", [("left", (0, -2)), ("right", (0, 2)), ("up", (-2, 0)), ("down", (2, 0))]
)
def test_shifts_move_by_two_pixels(drawing, name, moved):
    before = drawn(drawing)
    drawing.controls[name].click()
    assert np.array_equal(drawn(drawing), np.roll(before, moved, axis=(0, 1)))


def test_what_is_shifted_out_does_not_come_in_again(drawing):
    for _ in range(14):
        drawing.controls["right"].click()
    assert not drawn(drawing).any()


def test_rotations_go_both_ways_and_thickening_adds_pixels(drawing):
    upright = drawn(drawing)
    drawing.controls["rotate_left"].click()
    top, bottom = drawn(drawing)[:14], drawn(drawing)[14:]
    columns = np.arange(28)
    assert np.average(columns, weights=top.sum(0)) < np.average(columns, weights=bottom.sum(0))
    drawing.show(upright)
    drawing.controls["thicken"].click()
    assert (drawn(drawing) >= upright).all()
    assert np.count_nonzero(drawn(drawing)) == 18 * 3 + 2 * 16


def test_strokes_of_the_browser_are_answered_and_not_sent_back(drawing):
    canvas = drawing.controls["canvas"]
    before, words = canvas.redrawn, drawing.status.text
    canvas.set_state({"value": memoryview(bytes(range(196)) * 4)})
    assert drawn(drawing)[0, 1] == pytest.approx(1 / 255) and drawing.status.text != words
    assert canvas.redrawn == before
    drawing.controls["clear"].click()
    assert canvas.redrawn == before + 1


def test_a_digit_of_another_size_and_networks_of_other_classes_are_refused(drawing, convnet):
    with pytest.raises(ValueError, match="28 x 28 pixels, found"):
        drawing.show(np.zeros(784))
    import keras
    from keras import layers

    two = keras.Sequential([keras.Input((784,)), layers.Dense(2)])
    with pytest.raises(ValueError, match="must give ten probabilities"):
        explorers.draw_digit(two, convnet)


# ---------------------------------------------------------------------------------------------
# Classify a photo
# ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def network():
    from course_utils import applications

    return applications.load("MobileNet")  # the course's own backbone under the tests' policy


@pytest.fixture(scope="module")
def photo():
    from skimage import data

    return data.chelsea()


@pytest.fixture(scope="module")
def photo_explorer(network):
    return explorers.classify_photo(network)


def test_the_five_labels_are_those_of_classify(photo_explorer, network, photo):
    from course_utils import applications

    photo_explorer.show(photo)
    for label, probability in applications.classify(network, photo, 5):
        assert f"{label} {100 * probability:.0f} %" in photo_explorer.status.text
    assert picture(photo_explorer, "photo").shape == (96, 96, 3)


def test_the_heat_map_is_that_of_grad_cam(photo_explorer, network, photo):
    from course_utils import applications, interpretation

    photo_explorer.show(photo)
    third = photo_explorer.controls["label"].options[2][1]
    change(photo_explorer, label=third)
    pixels = applications.photos.crop_and_resize(photo, (96, 96))
    image = applications.preprocess(network, pixels[None])[0]
    expected = interpretation.overlay(pixels, interpretation.grad_cam(network, image, third))
    shown = picture(photo_explorer, "heat") / 255
    assert np.abs(shown - expected).mean() < 0.01  # but for what the JPEG rounds


def test_an_uploaded_file_is_classified_and_a_wrong_one_is_refused(photo_explorer, photo):
    file = io.BytesIO()
    Image.fromarray(photo).save(file, "jpeg")
    photo_explorer.controls["upload"].receive("chelsea.jpg", file.getvalue())
    assert not photo_explorer.status.problem
    shown = photo_explorer.panels["photo"].picture
    wrong = {
        "is not an image that can be read: give a JPEG or PNG.": b"no picture",
        "is damaged or cut short: give a whole image.": file.getvalue()[:3000],
        "came empty: a picture above 8 MB that this browser cannot show is to be made a JPEG.": b"",
    }
    for says, content in wrong.items():
        photo_explorer.controls["upload"].receive("notes.txt", content)
        assert photo_explorer.status.text == f"notes.txt {says}" and photo_explorer.status.problem
        assert photo_explorer.panels["photo"].picture == shown


# ---------------------------------------------------------------------------------------------
# Threshold
# ---------------------------------------------------------------------------------------------

RNG = np.random.default_rng(1)
LABELS = RNG.integers(0, 2, 300)
PROBABILITIES = np.round(0.6 * RNG.random(300) + 0.4 * LABELS, 2)


@pytest.mark.parametrize("value", [0.0, 0.25, 0.5, 0.77, 1.0])
def test_counts_and_rates_agree_with_scikit_learn(value):
    from sklearn import metrics

    explorer = change(explorers.threshold(LABELS, PROBABILITIES), threshold=value)
    (tn, fp), (fn, tp) = metrics.confusion_matrix(LABELS, PROBABILITIES >= value)
    assert list(explorer.counts.values()) == [tp, fn, fp, tn]
    numbers = re.findall(r"<b[^>]*>(\d+)</b>", explorer.panels["matrix"].html)
    assert numbers == [str(n) for n in (tp, fn, fp, tn)]
    words = explorer.status.text
    assert f"Sensitivity {metrics.recall_score(LABELS, PROBABILITIES >= value):.1%}:" in words
    specificity = metrics.recall_score(LABELS, PROBABILITIES >= value, pos_label=0)
    assert f"Specificity {specificity:.1%}:" in words


def test_the_curve_agrees_with_scikit_learn():
    from sklearn import metrics

    explorer = explorers.threshold(LABELS, PROBABILITIES)
    x, y, _ = metrics.roc_curve(LABELS, PROBABILITIES, drop_intermediate=False)
    np.testing.assert_allclose(explorer._curve, np.column_stack([x, y]))


def test_the_line_and_the_dot_move_with_the_threshold():
    explorer = explorers.threshold(LABELS, PROBABILITIES)
    before = {name: explorer.panels[name].html for name in explorer.panels}
    change(explorer, threshold=0.8)
    assert all(explorer.panels[name].html != html for name, html in before.items())
    assert "the threshold is 0.80" in explorer.panels["histogram"].html


@pytest.mark.parametrize(
    "labels, probabilities, sentence",
    [
        ([0, 1, 1], [0.1, 0.2], "3 labels and 2 probabilities"),
        ([1, 1], [0.1, 0.2], "both must occur; found 1"),
        ([0, 2], [0.1, 0.2], "found 0, 2"),
        ([0, 1], [0.1, 1.2], "found 0.1 to 1.2"),
        ([0, 1], [0.1, np.nan], "between 0 and 1"),
    ],
)
def test_labels_and_probabilities_are_checked(labels, probabilities, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        explorers.threshold(labels, probabilities)


@pytest.mark.fault("a positive class of another name")
def test_the_classes_of_a_threshold_have_names_of_their_own():
    labels, probabilities = [0, 0, 1, 1, 1], [0.2, 0.6, 0.7, 0.4, 0.9]
    explorer = explorers.threshold(labels, probabilities, ["cat", "dog & <b>wolf</b>"])
    assert "2 of 3 dog & <b>wolf</b> are found, 1 are missed" in explorer.status.text
    assert "1 of 2 cat are cleared" in explorer.status.text
    shown = "".join(explorer.panels[name].html for name in explorer.panels)
    assert "<b>wolf" not in shown and "infected" not in shown
    assert "is dog &amp; &lt;b&gt;wolf" in shown and "says cat" in shown
    for wrong in ("dog", ["cat"], ["cat", ""], ["a", "b", "c"]):
        with pytest.raises(ValueError, match="give the names of labels 0 and 1"):
            explorers.threshold(labels, probabilities, wrong)


@pytest.mark.parametrize(
    "explore",
    [
        explorers.convolution,
        explorers.pooling,
        explorers.augmentation,
        lambda pixels: explorers.draw_digit(*digit_networks()).show(pixels),
        lambda pixels: explorers.feature_maps(digit_networks()[1], pixels[..., None]),
    ],
)
def test_pixels_that_are_no_numbers_are_told(explore):
    pixels = np.zeros((28, 28))
    pixels[3, 4] = np.nan
    with pytest.raises(ValueError, match="infinite"):
        explore(pixels)


def digit_networks():
    dense = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10)])
    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Flatten()(keras.layers.Conv2D(2, 3)(inputs))
    return dense, keras.Model(inputs, keras.layers.Dense(10)(x))
