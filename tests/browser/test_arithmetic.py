"""What the page computes, beside NumPy's and Keras' answers, in a real browser."""

from course_utils import augmentation, detection, interpretation, models
from course_utils.convolution import convolve, pool
from course_utils.explorers import networks
from course_utils.explorers.bundle import join_modules
from course_utils.explorers.tensors import lighten, pack, to_text
from course_utils.interpretation.outputs import to_probabilities

import keras
import numpy as np
import pytest
from keras import layers
from scipy import ndimage
from sklearn import metrics

CLOSE = 1e-4
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def page(browser):
    opened = browser.new_page()
    share = "Object.assign(window, ...Object.values(modules)); window.isReady = true;"
    opened.set_content("<main></main>")
    opened.add_script_tag(content=join_modules() + share, type="module")
    opened.wait_for_function("window.isReady")
    yield opened
    opened.close()


@pytest.fixture
def ask(page):
    """Call JavaScript with arrays (as base64) and options; return its tensor as an array."""

    def ask(code, *arguments):
        found = page.evaluate(
            f"([{', '.join('abcd'[: len(arguments)])}]) => {{ const t = ({code});"
            "return t.data ? [t.shape, Array.from(t.data)] : t; }",
            to_text([pack(x) if isinstance(x, np.ndarray) else x for x in arguments]),
        )
        is_tensor = isinstance(found, list) and len(found) == 2
        return np.reshape(found[1], found[0]) if is_tensor else found

    return ask


def numbers(*shape):
    return RNG.normal(size=shape).astype("float32")


@pytest.mark.parametrize("kind, rows", [("Dense", 400), ("Convolution", 400), ("Dense", 31)])
def test_weights_of_a_few_bits_are_read(ask, kind, rows):
    weights = numbers(rows, 179)
    kernel = lighten({"kind": kind, "kernel": pack(weights, "float16")})["kernel"]
    assert kernel["kind"] == "levels" and len(kernel["bytes"]) * 8 - rows * 179 * kernel["bits"] < 8
    step = np.abs(weights).max(axis=0) / (2 ** (kernel["bits"] - 1) - 1)
    assert (np.abs(ask("unpack(a)", kernel) - weights) < 0.51 * step + 1e-3).all()


@pytest.mark.parametrize("seed", range(12))
def test_convolutions_of_random_shapes(ask, seed):
    rng = np.random.default_rng(seed)
    rows, columns, channels, filters = rng.integers((8, 8, 1, 1), (20, 20, 5, 5))
    height, width = rng.integers(1, 5, 2)
    step = int(rng.integers(1, 4))
    which = {"stride": step} if rng.random() < 0.6 else {"dilation": min(step, 2)}
    padding = ["valid", "same", 1, 2][rng.integers(4)]
    image, kernel = numbers(rows, columns, channels), numbers(height, width, channels, filters)
    options = {name: [n, n] for name, n in which.items()} | {"padding": padding}
    found = ask("convolve(unpack(a), unpack(b), c)", image, kernel, options)
    expected = convolve(image, kernel, padding=padding, **which)
    np.testing.assert_allclose(found, expected, atol=CLOSE)


@pytest.mark.parametrize("mode", ["max", "average"])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("size, stride", [(2, 2), (3, 2), (3, 3), (2, 3), (5, 1)])
def test_pooling(ask, mode, padding, size, stride):
    image = numbers(11, 9, 3)
    options = {"mode": mode, "stride": [stride] * 2, "padding": padding}
    found = ask("pool(unpack(a), b, c)", image, [size] * 2, options)
    np.testing.assert_allclose(found, pool(image, size, stride, mode, padding), atol=CLOSE)


@pytest.mark.parametrize("fill", augmentation.FILL_MODES)
def test_warps(ask, fill):
    image = numbers(24, 31, 3)
    change = {"theta": 33.0, "tx": 4.5, "ty": -7.0, "shear": 12.0, "zx": 0.7, "zy": 1.4}
    flips = {"flip_horizontal": True, "flip_vertical": False}
    matrix = augmentation.affine_matrices(24, 31, **change, **flips)
    expected = augmentation.warp(image, matrix, fill)
    code = "warp(unpack(a), affineMatrix([24, 31], b), c)"
    found = ask(code, image, change | {"flipHorizontal": True}, fill)
    assert (np.abs(found - expected) > 1e-3).mean() < 0.005  # at an edge rounding decides


def test_rates_and_the_curve_agree_with_scikit_learn(ask):
    labels = RNG.integers(0, 2, 300)
    probabilities = np.round(0.6 * RNG.random(300) + 0.4 * labels, 2)
    arguments = labels.astype(bool).tolist(), probabilities.tolist()
    for threshold in (0.0, 0.25, 0.5, 0.77, 1.0):
        counts = ask("countAnswers(a, b, c)", *arguments, threshold)
        says = probabilities >= threshold
        (tn, fp), (fn, tp) = metrics.confusion_matrix(labels, says)
        assert list(counts.values()) == [tp, fn, fp, tn]
        rates = ask("ratesOf(a)", counts)
        assert rates["sensitivity"] == pytest.approx(metrics.recall_score(labels, says))
        assert rates["accuracy"] == pytest.approx(metrics.accuracy_score(labels, says))
    x, y, _ = metrics.roc_curve(labels, probabilities, drop_intermediate=False)
    np.testing.assert_allclose(ask("rocCurve(a, b)", *arguments), np.column_stack([x, y]))


# ---- boxes and masks


def random_boxes(rng, count, side=30):
    """Boxes with whole corners, some of them alike, some without an area."""
    corners = np.sort(rng.integers(0, side, (count, 2, 2)), axis=1).reshape(-1, 4)
    return corners[rng.integers(0, max(count, 1), count)]


@pytest.mark.parametrize("seed", range(20))
def test_boxes_overlap_are_suppressed_and_hit_as_in_numpy(ask, seed):
    rng = np.random.default_rng(seed)
    boxes, truth = random_boxes(rng, int(rng.integers(0, 40))), random_boxes(rng, seed % 7)
    scores = np.round(rng.random(len(boxes)), 1)  # many are equal
    threshold = float(rng.choice([0, 0.1, 1 / 3, 0.5, 0.7, 1]))
    asked = boxes.tolist(), scores.tolist(), truth.tolist(), threshold
    shares = ask("a.map(box => c.map(other => iou(box, other)))", *asked)
    overlaps = detection.iou(boxes, truth)
    assert shares == overlaps.tolist()  # to the last bit: else a threshold may decide otherwise
    found = ask("suppress(a, b, d)", *asked)
    kept = detection.suppress(boxes, scores, threshold)
    assert found["kept"] == kept.tolist()
    among = detection.iou(boxes, boxes)
    first = [next((k for k in kept if among[k, n] > threshold), -1) for n in range(len(boxes))]
    assert found["by"] == [-1 if n in kept else int(k) for n, k in enumerate(first)]
    hits = ask("findHits(a, b, c, 0.5)", *asked)
    expected = detection.find_hits(boxes, scores, truth)
    assert (np.array(hits) >= 0).tolist() == expected.tolist()
    assert all(overlaps[n, hit] == overlaps[n].max() for n, hit in enumerate(hits) if hit >= 0)
    if len(truth):
        precision = ask("averagePrecision(a, b, c)", expected.tolist(), scores.tolist(), len(truth))
        wanted = detection.average_precision(expected, scores, len(truth))
        assert precision == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_masks_agree_and_are_outlined_as_in_numpy(ask, seed):
    rng = np.random.default_rng(seed)
    mask, truth = rng.random((2, 9, 11)) < rng.random((2, 1, 1))
    found = ask("dice(a, b)", mask.ravel().astype(int).tolist(), truth.ravel().tolist())
    assert found == pytest.approx(detection.dice(mask, truth))
    edge = ask("outline(a, [9, 11])", mask.ravel().astype(int).tolist())
    inner = ndimage.binary_erosion(mask)
    np.testing.assert_array_equal(np.reshape(edge, mask.shape), mask & ~inner)
    objects, _ = ndimage.label(mask)
    boxes = ask("boxesOf(a, 11)", objects.ravel().tolist())
    assert boxes == detection.boxes_of(objects).tolist()


# ---- networks


def answers_of(ask, model, image):
    """Return what the page makes of an image: all outputs by name, and the probabilities."""
    network = networks.describe(model, "float32")
    names = list(network["places"])
    code = """(() => {
        const network = readNetwork(a), outputs = forward(network, unpack(b));
        const last = outputs.at(-1);
        return { maps: Object.values(network.places).map(p => Array.from(outputs[p].data)),
                 probabilities: Array.from(probabilities(network, last)) };
    })()"""
    found = ask(code, network, image)
    return dict(zip(names, found["maps"], strict=True)), found["probabilities"]


def shaken(model):
    """Give a model weights that are not those of its start, so that each one counts."""
    for weights in model.weights:
        values = RNG.normal(size=weights.shape) * 0.2
        weights.assign(np.abs(values) + 0.5 if "variance" in weights.path else values)
    return model


def check(ask, model, image):
    _, found = answers_of(ask, model, image)
    expected = to_probabilities(model, model(image[None], training=False))[0]
    np.testing.assert_allclose(found, expected, atol=CLOSE)


EVERY = [
    lambda x: layers.Conv2D(4, 3, strides=2, padding="same", activation="silu")(x),
    lambda x: layers.Conv2D(4, (2, 3), dilation_rate=2, use_bias=False)(x),
    lambda x: layers.Conv2D(4, 3, groups=2, activation="gelu")(x),
    lambda x: layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", strides=2)(x),
    lambda x: layers.SeparableConv2D(5, 3, depth_multiplier=2, activation="relu6")(x),
    lambda x: layers.MaxPooling2D(3, 2, padding="same")(x),
    lambda x: layers.AveragePooling2D((2, 3), padding="same")(x),
    lambda x: layers.BatchNormalization()(x),
    lambda x: layers.BatchNormalization(center=False, scale=False)(x),
    lambda x: layers.ReLU(max_value=1, negative_slope=0.1, threshold=0.2)(x),
    lambda x: layers.LeakyReLU(0.2)(x),
    lambda x: layers.ZeroPadding2D(((0, 1), (2, 3)))(x),
    lambda x: layers.Rescaling(2, offset=-0.5)(x),
    lambda x: layers.Add()([x, layers.Conv2D(4, 1)(x)]),
    lambda x: layers.Multiply()([x, layers.GlobalAveragePooling2D(keepdims=True)(x)]),
    lambda x: layers.Average()([x, layers.Conv2D(4, 1)(x), x]),
    lambda x: layers.Concatenate()([x, layers.Conv2D(3, 1)(x), x]),
    lambda x: layers.Dropout(0.5)(layers.RandomFlip()(x)),
    *[
        lambda x, name=name: layers.Activation(name)(x)
        for name in networks.ACTIVATIONS
        if name != "softmax"
    ],
]
HEADS = [
    lambda x: layers.Dense(3, activation="softmax")(layers.Flatten()(x)),
    lambda x: layers.Dense(3)(layers.GlobalAveragePooling2D()(x)),
    lambda x: layers.Dense(1, activation="sigmoid")(layers.GlobalMaxPooling2D()(x)),
    lambda x: layers.Softmax()(layers.Reshape((9 * 8 * 4,))(x)),
    lambda x: keras.ops.softmax(layers.Dense(3)(layers.Flatten()(x))),
]


@pytest.mark.parametrize("layer", range(len(EVERY)))
def test_each_kind_of_layer(ask, layer):
    inputs = keras.Input((9, 8, 4))
    model = keras.Model(inputs, HEADS[0](EVERY[layer](inputs)))
    check(ask, shaken(model), numbers(9, 8, 4))


@pytest.mark.fault("scores in the digit explorer")
@pytest.mark.parametrize("head", range(len(HEADS)))
def test_each_kind_of_end(ask, head):
    inputs = keras.Input((9, 8, 4))
    check(ask, shaken(keras.Model(inputs, HEADS[head](inputs))), numbers(9, 8, 4))


COURSE = [
    *(models.dense_mnist, models.convnet_mnist, models.convnet_without_pooling),
    *(models.convnet_dense_head, models.convnet_global_average, models.malaria_lecture),
    *(models.malaria_small, models.lenet5, models.cats_vs_dogs, models.cats_vs_dogs_regularised),
]


@pytest.mark.parametrize("build", COURSE, ids=lambda build: build.__name__)
def test_models_of_the_course(ask, build):
    model = build()
    check(ask, model, RNG.random(model.input_shape[1:], np.float32))


def test_a_mobile_net_and_the_courses_own_backbone(ask):
    from course_utils.applications import backbone

    mobile = keras.applications.MobileNet(
        alpha=0.25, weights=None, input_shape=(64, 64, 3), classes=20
    )
    for model in (mobile, backbone.build()):
        check(ask, model, RNG.random((*model.input_shape[1:3], 3), np.float32))


def test_maps_of_every_layer_have_their_names(ask):
    inner = keras.Sequential([keras.Input((9, 9, 1)), layers.Conv2D(3, 3, activation="relu")])
    model = keras.Sequential(
        [keras.Input((9, 9, 1)), inner, layers.MaxPooling2D(), layers.Flatten(), layers.Dense(2)]
    )
    image = RNG.random((9, 9, 1), np.float32)
    found, _ = answers_of(ask, model, image)
    names = [model.layers[0].layers[0].name, model.layers[1].name]
    expected = interpretation.feature_maps(model, image, names)
    for name, maps in expected.items():
        np.testing.assert_allclose(found[name], np.ravel(maps), atol=CLOSE)


HEATS = [
    *HEADS[:3],
    lambda x: layers.Dense(3)(layers.Dense(5, activation="tanh")(layers.Flatten()(x))),
    lambda x: layers.Dense(3)(layers.Flatten()(layers.MaxPooling2D()(x))),
    lambda x: layers.Dense(3)(layers.Flatten()(layers.AveragePooling2D(3, 2, "same")(x))),
]


@pytest.mark.parametrize("head", range(len(HEATS)))
@pytest.mark.parametrize("class_index", [0, 1])
def test_heat_maps_are_those_of_grad_cam(ask, head, class_index):
    inputs = keras.Input((12, 10, 2))
    maps = layers.Conv2D(4, 3, activation="relu")(inputs)
    maps = layers.Add()([maps, layers.Conv2D(4, 3, padding="same")(maps)])
    model = shaken(keras.Model(inputs, HEATS[head](layers.Dropout(0.5)(maps))))
    image = numbers(12, 10, 2)
    network = networks.with_grad_cam(model, "float32")
    code = "(n => gradCam(n, forward(n, unpack(b)), c))(readNetwork(a))"
    heat = ask(code, network, image, class_index)[..., 0]
    np.testing.assert_allclose(heat, interpretation.grad_cam(model, image, class_index), atol=CLOSE)


@pytest.mark.fault("a layer that an explorer's page does not know")
@pytest.mark.parametrize(
    "layer, sentence",
    [
        (lambda: layers.Conv2DTranspose(3, 3), "does not know the layer 'odd' (Conv2DTranspose)"),
        (lambda: layers.Lambda(lambda x: x), "does not know the layer 'odd' (Lambda)"),
        (lambda: layers.Concatenate(axis=1), "does not know the layer 'odd' (Concatenate)"),
        (lambda: layers.Conv2D(3, 3, activation="mish"), "does not know the activation 'mish'"),
    ],
)
def test_a_layer_that_the_page_does_not_know_is_named(layer, sentence):
    made, inputs = layer(), keras.Input((9, 9, 1))
    made.name = "odd"
    joins = isinstance(made, layers.Concatenate)
    model = keras.Model(inputs, made([inputs, inputs] if joins else inputs))
    with pytest.raises(ValueError) as problem:
        networks.describe(model)
    assert sentence in str(problem.value) and "\n" not in str(problem.value)
