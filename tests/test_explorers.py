"""What Python hands over to the explorers; `browser/test_surfaces.py` looks at what they do."""

import io
import re
import subprocess
import sys

from course_utils import explorers
from course_utils.convolution import kernels
from course_utils.explorers import bundle, tensors

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


def read(packed):
    """The numbers that the page reads."""
    kind = {"float64": "<f8", "float32": "<f4", "float16": "<f2", "uint8": "u1", "int8": "i1"}
    return np.frombuffer(packed["bytes"], kind[packed["kind"]]).reshape(packed["shape"])


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


def test_four_of_them_work_without_tensorflow():
    code = (
        "import sys, numpy as np; from course_utils import explorers; "
        "explorers.convolution(np.eye(9)); explorers.pooling(np.eye(9)); "
        "explorers.augmentation(np.eye(9)); explorers.threshold([0, 1], [0.1, 0.9]); "
        "print('tensorflow' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_what_stands_where_nothing_runs_is_short_and_never_changes():
    first, second = explorers.convolution(SMILEY), explorers.convolution(RAMP)
    data, _ = first._repr_mimebundle_()
    assert data["text/plain"] == repr(second)
    assert repr(first) == "Explorer: convolution (run this cell to use it)"


def test_a_module_stands_after_those_it_imports():
    for place, name in enumerate(bundle.MODULES):
        assert set(bundle.imports_of(name)) <= set(bundle.MODULES[:place]), name


def test_the_joined_modules_import_nothing_and_end_no_script():
    text = bundle.join_modules()
    assert not re.search(r"^\s*(import|export)\b", text, re.M)
    assert "</" not in text and "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_eight_bits_a_weight_are_close_to_half_precision():
    weights = np.random.default_rng(0).normal(size=(3, 3, 4, 8)) * np.arange(1, 9)
    layers = [
        {"kind": kind, "kernel": tensors.pack(weights, "float16"), "bias": tensors.pack([1.0])}
        for kind in ("Convolution", "DepthwiseConvolution")
    ]
    small = tensors.to_eight_bits({"layers": layers, "pictures": tensors.pack(RAMP, "float16")})
    for layer, axes in zip(small["layers"], ((0, 1, 2), (0, 1)), strict=True):
        assert layer["kernel"]["kind"] == "int8" and layer["bias"]["kind"] == "float32"
        scales = read(layer["kernel"]["scales"])
        found = read(layer["kernel"]) * scales
        step = np.abs(weights).max(axis=axes) / 127
        assert (np.abs(found - weights) <= 0.51 * step + 1e-2 * np.abs(weights)).all()
    assert small["pictures"]["kind"] == "float16"


# ---------------------------------------------------------------------------------------------
# Convolution and pooling
# ---------------------------------------------------------------------------------------------


def test_small_tables_keep_their_numbers_and_photos_half_of_their_digits():
    numbers = np.array([[0, 255], [100_000, -3]])
    assert np.array_equal(
        read(explorers.pooling(numbers).data["pictures"]["picture"])[..., 0], numbers
    )
    photo = np.random.default_rng(0).random((100, 100))
    packed = explorers.pooling(photo).data["pictures"]["picture"]
    assert packed["kind"] == "float16"
    np.testing.assert_allclose(read(packed)[..., 0], photo, atol=3e-4)


def test_a_dict_of_pictures_and_all_kernels_are_handed_over():
    data = explorers.convolution({"smiley": SMILEY, "ramp": RAMP}).data
    assert {name: packed["shape"] for name, packed in data["pictures"].items()} == {
        "smiley": [5, 5, 1],
        "ramp": [40, 30, 1],
    }
    assert list(data["kernels"]) == list(kernels)
    for name, packed in data["kernels"].items():
        np.testing.assert_allclose(read(packed), kernels[name], atol=1e-6)


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
    assert explorers.convolution(image).data["pictures"]["picture"]["shape"] == [*size, 1]


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
# Augmentation
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "image, shape",
    [(RAMP, [40, 30, 1]), (np.ones((320, 480, 3), np.uint8), [106, 160, 3])],
)
def test_a_picture_to_augment_comes_as_bytes(image, shape):
    packed = explorers.augmentation(image).data["picture"]
    assert (packed["shape"], packed["kind"]) == (shape, "uint8")
    assert read(packed).max() == 255  # what is white


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


def test_labels_and_probabilities_are_handed_over_exactly():
    probabilities = np.random.default_rng(0).random(50)
    data = explorers.threshold([0, 1] * 25, probabilities[:, None]).data
    assert np.array_equal(read(data["probabilities"]), probabilities)
    assert read(data["labels"]).tolist() == [0, 1] * 25
    assert data["names"] == ["uninfected", "infected"]


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


@pytest.mark.parametrize("wrong", ["dog", ["cat"], ["cat", ""], ["a", "b", "c"]])
def test_two_names_are_needed(wrong):
    with pytest.raises(ValueError, match="give the names of labels 0 and 1"):
        explorers.threshold([0, 1], [0.1, 0.9], wrong)


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
