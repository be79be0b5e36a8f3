"""What Python hands over to the explorers; `browser/test_surfaces.py` looks at what they do."""

import re
import subprocess
import sys

from course_utils import explorers
from course_utils.convolution import kernels
from course_utils.explorers import bundle, tensors

import keras
import numpy as np
import pytest
from lecture import SMILEY

RAMP = np.linspace(0, 1, 40 * 30).reshape(40, 30)


def read(packed):
    """The numbers that the page reads."""
    kind = {"float64": "<f8", "float32": "<f4", "float16": "<f2", "uint8": "u1", "int8": "i1"}
    return np.frombuffer(packed["bytes"], kind[packed["kind"]]).reshape(packed["shape"])


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


def test_five_of_them_work_without_tensorflow():
    code = (
        "import sys, numpy as np; from course_utils import explorers; "
        "explorers.convolution(np.eye(9)); explorers.pooling(np.eye(9)); "
        "explorers.augmentation(np.eye(9)); explorers.threshold([0, 1], [0.1, 0.9]); "
        "explorers.boxes([np.eye(9)], [np.eye(9)], [([], [])], [np.eye(9, dtype=int)]); "
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


@pytest.mark.parametrize(
    "kind, rows, bits", [("Dense", 784, 6), ("Convolution", 784, 8), ("Dense", 40, 11)]
)
def test_large_kernels_take_few_bits_and_are_close(kind, rows, bits):
    weights = np.random.default_rng(0).normal(size=(rows, 200)) * np.arange(1, 201)
    light = tensors.lighten([{"kind": kind, "kernel": tensors.pack(weights, "float16")}])
    kernel = light[0]["kernel"]
    assert len(kernel["bytes"]) * 8 == weights.size * bits
    read_bits = np.unpackbits(np.frombuffer(kernel["bytes"], "uint8")).reshape(-1, bits)
    levels = (read_bits @ 2 ** np.arange(bits)[::-1]).reshape(weights.shape) - 2 ** (bits - 1) + 1
    step = np.abs(weights).max(axis=0) / (2 ** (bits - 1) - 1)
    found = levels * read(kernel["scales"])
    assert (np.abs(found - weights) <= 0.51 * step + 1e-3 * np.abs(weights)).all()


def test_small_kernels_keep_half_precision():
    small = {"kind": "Dense", "kernel": tensors.pack(np.ones((40, 100)), "float16")}
    assert tensors.lighten(small) == small


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
# Feature maps, drawn digits, photos
# ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def convnet():
    from course_utils import models

    return models.convnet_mnist()


@pytest.fixture(scope="module")
def digits():
    return np.random.default_rng(0).integers(0, 256, (4, 28, 28, 1)) / np.float32(255)


def test_pictures_of_bytes_come_back_as_they_were(convnet, digits):
    data = explorers.feature_maps(convnet, digits).data
    assert data["limits"] == [0, 1]
    np.testing.assert_allclose(read(data["images"]) / 255, digits, atol=1e-7)
    weights = [layer["kernel"] for layer in data["network"]["layers"] if "kernel" in layer]
    kernels_of = [w for w in convnet.get_weights() if w.ndim > 1]
    for packed, kernel in zip(weights, kernels_of, strict=True):
        np.testing.assert_allclose(read(packed), kernel, atol=1e-4)


def test_of_large_images_fewer_are_offered():
    inputs = keras.Input((200, 200, 3))
    model = keras.Model(inputs, keras.layers.Conv2D(1, 3)(inputs))
    data = explorers.feature_maps(model, np.zeros((9, 200, 200, 3), np.float32)).data
    assert data["images"]["shape"] == [5, 200, 200, 3]


def test_layers_of_a_model_inside_the_model_are_offered(digits):
    from course_utils import models

    base = models.convolutional_base()
    head = [keras.layers.Flatten(), keras.layers.Dense(10)]
    whole = keras.Sequential([keras.Input((28, 28, 1)), base, *head])
    offered = explorers.feature_maps(whole, digits).data["layers"]
    assert len(offered) == 5 and base.name not in offered


def test_a_network_without_maps_and_images_of_another_size_are_refused(convnet, digits):
    flat = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(2)]
    )
    with pytest.raises(ValueError, match="no layer that makes feature maps"):
        explorers.feature_maps(flat, digits)
    with pytest.raises(ValueError, match="images have the shape"):
        explorers.feature_maps(convnet, digits[:, :20])


def test_networks_of_other_classes_or_pixels_are_refused(convnet):
    for shape, units, sentence in (
        ((784,), 2, "must give ten probabilities"),
        ((100,), 10, "must take 28 x 28 pixels"),
    ):
        other = keras.Sequential([keras.Input(shape), keras.layers.Dense(units)])
        with pytest.raises(ValueError, match=sentence):
            explorers.draw_digit(other, convnet)


def test_a_network_that_no_page_can_hold_is_refused(digits):
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(40_000, 28)])
    with pytest.raises(ValueError, match="has 31,400,000 weights, and a page computes"):
        explorers.feature_maps(model, digits)


def test_photos_are_prepared_as_the_network_wants_them():
    from course_utils import applications

    network = applications.load("MobileNet")  # the course's own backbone under the tests' policy
    data = explorers.classify_photo(network).data
    offset, matrix = map(np.array, data["prepare"])
    photo = np.random.default_rng(0).integers(0, 256, (1, 96, 96, 3)).astype("uint8")
    expected = applications.preprocess(network, photo)
    np.testing.assert_allclose(photo @ matrix + offset, expected, atol=1e-5)
    assert data["size"] == [96, 96] and len(data["labels"]) == network.output_shape[1]
    assert data["network"]["layers"][data["network"]["maps"]]["title"] == "conv_pw_13_relu"


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


# ---------------------------------------------------------------------------------------------
# Boxes
# ---------------------------------------------------------------------------------------------


def one_scene(**change):
    """Arguments for one picture with two objects and three boxes; `change` replaces a part."""
    objects = np.zeros((20, 30), int)
    objects[2:8, 3:9], objects[10:15, 20:26] = 1, 2
    boxes = np.array([(2, 3, 8, 9), (3, 3, 9, 9), (0, 0, 5, 5)])
    scene = {
        "images": [np.random.default_rng(0).random((20, 30, 3))],
        "maps": [(objects > 0) / np.float32(1.25)],
        "found": [(boxes, [1.0000001, 0.75, 0.1])],
        "truth": [objects],
    }
    return scene | change


def test_boxes_and_scores_are_handed_over_exactly():
    scene = one_scene()
    [data] = explorers.boxes(**scene).data["pictures"]
    assert np.array_equal(read(data["boxes"]), scene["found"][0][0])
    assert read(data["scores"]).tolist() == [1, 0.75, 0.1]  # what rounding left above 1 is 1
    assert np.array_equal(read(data["objects"]), scene["truth"][0])
    np.testing.assert_allclose(read(data["map"])[..., 0] / 255, scene["maps"][0], atol=1 / 500)
    np.testing.assert_allclose(read(data["image"]) / 255, scene["images"][0], atol=1 / 250)


def test_a_picture_without_a_box_is_shown():
    [data] = explorers.boxes(**one_scene(found=[([], [])])).data["pictures"]
    assert (data["boxes"]["shape"], data["scores"]["shape"]) == ([0, 4], [0])


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"maps": []}, "There are 1 images, 0 maps, 1 pairs of boxes and scores, and 1 maps of"),
        ({"images": [np.ones((300, 20))]}, "Picture 1 has 300x20 pixels: give one of up to 256"),
        ({"images": [np.ones(3)]}, "An image has shape"),
        ({"images": [np.full((20, 30), np.nan)]}, "are NaN or infinite"),
        ({"maps": [np.ones((30, 20))]}, "has 20x30 pixels and its map of probabilities 30x20"),
        ({"maps": [np.full((20, 30), 1.5)]}, "Picture 1 has probabilities from 1.5 to 1.5"),
        ({"maps": [np.full((20, 30), np.nan)]}, "Picture 1 has probabilities from nan to nan"),
        ({"truth": [np.zeros((20, 30), int)]}, "Picture 1 has 0 true objects"),
        ({"truth": [np.zeros((20, 30))]}, "a map (rows, columns) of whole numbers"),
        ({"found": [([(0, 0, 1, 1)], [])]}, "has 1 boxes and scores of shape (0,)"),
        ({"found": [([(0, 0, 1, 1)],)]}, "needs a pair, boxes (N, 4) and scores (N,), and got 1"),
        ({"found": [([(0, 0, 1, 1)], [7])]}, "Picture 1 has scores from 7 to 7"),
        ({"found": [([(5, 0, 1, 1)], [0.7])]}, "Box 0 is [5.0, 0.0, 1.0, 1.0]"),
    ],
)
def test_what_boxes_cannot_show_is_told(change, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        explorers.boxes(**one_scene(**change))


@pytest.mark.parametrize(
    "image, kernel, sentence",
    [
        (np.ones((5, 5)), np.ones((3, 3, 3, 2)), "The image must have shape (rows, columns, 3)"),
        (np.ones((40, 5, 3)), np.ones((3, 3, 3, 2)), "up to 12 x 12, found 40x5x3."),
        (np.ones((5, 5, 3)), np.ones((3, 3)), "The kernel must have shape"),
        (np.ones((5, 5, 3)), np.ones((6, 3, 3, 2)), "no larger than the image of 5x5x3"),
        (np.ones((5, 5, 3)), np.ones((3, 3, 3, 9)), "with up to 4 filters"),
    ],
)
def test_a_cube_is_small_and_has_three_channels(image, kernel, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        explorers.cube(image, kernel)


def test_a_receptive_field_needs_layers_in_a_row():
    layers = keras.layers
    inputs = keras.Input((9, 9, 1))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(2, 3, 2, "same")(inputs)))
    one = keras.Model(inputs, layers.Flatten()(layers.MaxPooling2D(2)(x)))
    found = explorers.receptive_field(one, np.zeros((9, 9, 1))).data["layers"]
    assert [(layer["window"], layer["stride"], layer["padding"]) for layer in found] == [
        ([3, 3], [2, 2], "same"),
        ([2, 2], [2, 2], "valid"),
    ]
    branches = keras.Model(inputs, layers.Add()([x, layers.Conv2D(2, 1)(x)]))
    for model, sentence in (
        (branches, "do not follow one another"),
        (keras.Model(inputs, layers.Flatten()(inputs)), "has no convolution or pooling"),
    ):
        with pytest.raises(ValueError, match=sentence):
            explorers.receptive_field(model, np.zeros((9, 9, 1)))


@pytest.mark.parametrize(
    "explore",
    [
        explorers.convolution,
        explorers.pooling,
        explorers.augmentation,
        lambda pixels: explorers.feature_maps(small_convnet(), pixels[..., None]),
    ],
)
def test_pixels_that_are_no_numbers_are_told(explore):
    pixels = np.zeros((28, 28))
    pixels[3, 4] = np.nan
    with pytest.raises(ValueError, match="infinite"):
        explore(pixels)


def small_convnet():
    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Flatten()(keras.layers.Conv2D(2, 3)(inputs))
    return keras.Model(inputs, keras.layers.Dense(10)(x))
