"""Answers that were tried, some ten of each kind of question: what the check says of each."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from asking import QUESTIONS

RIGHT, WRONG, OPEN = "right", "wrong", "unanswered"


pytestmark = pytest.mark.usefixtures("without_a_child")


def hold(place, answer, state, words):
    verdict = QUESTIONS[place].judge(answer)
    assert (verdict.state, words in verdict.text) == (state, True), verdict
    assert "Traceback" not in verdict.text and len(verdict.text) < 700


@pytest.mark.parametrize(
    ("place", "answer", "state", "words"),
    [
        ("01 q3", 784 * np.log(256) / np.log(10), RIGHT, ""),
        ("01 q3", "10**1888", WRONG, "without quotes"),
        ("01 q3", 10**1888, WRONG, "far too large"),
        ("01 q5", np.floor(99_990 / 795), RIGHT, ""),
        ("01 q5", 99_990 / 795, WRONG, "round down"),
        ("01 q6", 2.3, RIGHT, ""),
        ("01 q6", Decimal("2.3026"), RIGHT, ""),
        ("01 q6", np.float16(2.3), RIGHT, ""),
        ("01 q6", float("inf"), WRONG, "was something divided by 0?"),
        ("01 q6", np.log, WRONG, "the function log: to get its value call it"),
        ("01 q7", -(-60_000 // 128), RIGHT, ""),
        ("01 q7", np.ceil(60_000 / 128), RIGHT, ""),
        ("01 q7", range(469), WRONG, "a number is asked for"),
        ("01 q7", {469}, WRONG, "a number is asked for"),
        ("01 q7", None, WRONG, "found None"),
        ("01 q7", [], WRONG, "found []"),
        ("02 q6", "36,928", WRONG, "without quotes"),
        ("02 q6", (36, 928), WRONG, "a comma separates two things"),
        ("02 q6", 36.928, WRONG, "too small"),
        ("03 q2", 27.75, WRONG, "write a share, between 0 and 1"),
        ("03 q2", 0.28, RIGHT, ""),
        ("03 q3", Fraction(8, 9), RIGHT, ""),
        ("03 q7", (5, True), RIGHT, ""),
        ("03 q7", (5, "yes"), RIGHT, ""),
        ("03 q7", (5, False), WRONG, ""),
        ("03 q3", 0.89, RIGHT, ""),
        ("03 q3", (0, 89), WRONG, "a point before decimals"),
        ("04 q3", 1 - Fraction(1, 4), RIGHT, ""),
        ("04 q3", 75, WRONG, "in per cent"),
        ("04 q3", -0.75, WRONG, "look at the sign"),
        ("05 q2", 11.46, RIGHT, ""),
        ("05 q2", np.array([[11.459]]), RIGHT, ""),
        ("05 q5", 0.11, WRONG, "too small"),
        ("05 q5", 1 / 9, RIGHT, ""),
        ("07 q1", 25.6 * 4, RIGHT, ""),
        ("08 q2", np.int8(18), RIGHT, ""),
        ("08 q2", [18, 18], RIGHT, ""),
        ("08 q2", 18.5, WRONG, "too large"),
        ("09 q2", 0.94, RIGHT, ""),
        ("09 q2", 94, WRONG, "in per cent"),
        ("09 q7", 9 * 32 + 33 * 64, RIGHT, ""),
    ],
)
def test_numbers(place, answer, state, words):
    hold(place, answer, state, words)


@pytest.mark.parametrize(
    ("place", "answer", "state", "words"),
    [
        ("01 q2", np.stack([np.zeros((512, 512, 3), "uint8")] * 32).shape, RIGHT, ""),
        ("01 q2", (32.0, 512, 512, 3), RIGHT, ""),
        ("01 q2", [np.int64(32), 512, 512, 3], RIGHT, ""),
        ("01 q2", ("32", 512, 512, 3), WRONG, "sizes are whole numbers; found '32'"),
        ("01 q2", (None, 512, 512, 3), WRONG, "look at the batch again"),
        ("01 q2", (32, 512, 512), WRONG, "the three channels of each pixel are missing"),
        ("01 q2", (32, 512, 512, 4), WRONG, "look at the channels again"),
        ("01 q2", (31, 512, 511, 3), WRONG, "look at the batch and the width again"),
        ("01 q2", "(32, 512, 512, 3)", WRONG, "a tuple is asked for, as (batch, height"),
        ("01 q2", {"batch": 32}, WRONG, "a tuple is asked for"),
        ("01 q2", (), WRONG, "the right answer has 4"),
        ("01 q2", 25_165_824, WRONG, "the right answer has 4"),
        ("01 q2", np.zeros((2, 4)), WRONG, "pass the shape, not the array"),
        ("01 q2", (32, 512, 512, True), WRONG, "sizes are whole numbers; found True"),
        ("01 q2", (32, 512, float("nan"), 3), WRONG, "sizes are whole numbers; found nan"),
        ("01 q2", [1] * 10_000, WRONG, "a shape has few numbers"),
        ("01 q2", (-32, 512, 512, 3), WRONG, "look at the batch again"),
        ("03 q5", [13, 13, 9, 4, 2, 1], RIGHT, ""),
        ("03 q5", np.array([13, 13, 9, 4, 2, 1.0]), RIGHT, ""),
        ("03 q5", (13, 13, 9, 4, 2), WRONG, "5 numbers; the right answer has 6"),
        ("03 q5", (13, 13, 9, 4.5, 2, 1), WRONG, "sizes are whole numbers; found 4.5"),
        ("03 q5", 13, WRONG, "1 numbers"),
        ("07 q2", (1, 224, 224, 3), RIGHT, ""),
        ("07 q2", (224, 224), WRONG, "axes"),
        ("07 q2", (1, 192, 192, 3), WRONG, "look at the height and the width again"),
    ],
)
def test_shapes(place, answer, state, words):
    hold(place, answer, state, words)


@pytest.mark.parametrize(
    ("place", "answer", "state", "words"),
    [
        ("01 q1", ("c", 3), RIGHT, ""),
        ("01 q1", "c because 3", WRONG, "none of the options"),
        ("01 q1", "C / 3", RIGHT, ""),
        ("01 q1", {"c", 3}, WRONG, "none of the options"),
        ("01 q1", ("c",), WRONG, "give the letter and the number of the reason"),
        ("01 q1", ("c", 1), WRONG, "the rows are the first axis"),
        ("01 q1", ("c", 2), WRONG, "reason 2 does not explain it"),
        ("01 q1", ("c", 3.5), WRONG, "none of the options"),
        ("01 q1", ("c", 33), WRONG, "no reason of this list: 1, 2, 3"),
        ("01 q1", ("c", True), WRONG, "none of the options"),
        ("01 q1", (3, 3), WRONG, "none of the options: a, b, c (in quotes)"),
        ("01 q1", ("c", ...), OPEN, ""),
        ("01 q1", ("c", 3, 3), WRONG, "no reason"),
        ("01 q1", ("the photograph with red and blue exchanged", 3), WRONG, "none of the options"),
        ("01 q10", ("a", 2), RIGHT, ""),
        ("01 q10", ("c", 2), WRONG, "it is the same for all"),
        ("02 q1", "b", RIGHT, ""),
        ("02 q1", b"b", WRONG, "none of the options"),
        ("02 q1", "b or d", WRONG, "none of the options"),
        ("02 q1", 2, WRONG, "none of the options"),
        ("02 q1", "", WRONG, "none of the options"),
        ("02 q1", "e", WRONG, "'e' is none of the options: a, b, c, d"),
        ("02 q1", np.str_("b"), RIGHT, ""),
        ("02 q1", ["b"], RIGHT, ""),
        ("02 q1", None, WRONG, "None is none of the options"),
        ("02 q1", "ß", WRONG, "none of the options"),
        ("04 q9", "b - 2", RIGHT, ""),
        ("04 q9", ("a", 2), WRONG, "look at the curves"),
    ],
)
def test_choices(place, answer, state, words):
    hold(place, answer, state, words)


@pytest.mark.parametrize(
    ("place", "answer", "met", "state", "words"),
    [
        ("01 q9", "Both curves fall, the one for down faster.", None, "written", "Does yours have"),
        ("01 q9", "Both curves fall, the one for down faster.", [2], "compared", "1 of 3 points"),
        ("01 q9", "Both curves fall, the one for down faster.", [1, 2, 3], "compared", "all 3"),
        ("01 q9", "Both curves fall, the one for down faster.", (3, 1), "compared", "2 of 3"),
        ("01 q9", "Both curves fall, the one for down faster.", [1, 1], "compared", "1 of 3"),
        ("01 q9", "Both curves fall, the one for down faster.", True, "written", "found met=True"),
        ("01 q9", "Both curves fall, the one for down faster.", "all", "written", "met='all'"),
        ("01 q9", "Both curves fall, the one for down faster.", [0], "written", "are 1 to 3"),
        ("01 q9", "Both curves fall, the one for down faster.", [1.0], "written", "in a list"),
        ("01 q9", "Both curves fall, the one for down faster.", range(1, 4), "compared", "all 3"),
        ("01 q9", "Faster.", None, WRONG, "1 words of at least 4"),
        ("01 q9", "", None, WRONG, "0 words of at least 4"),
        ("01 q9", ["Both", "curves", "fall"], None, WRONG, "write words in quotes"),
        ("01 q9", 0.52, None, WRONG, "write words in quotes; found 0.52"),
        ("01 q9", b"both curves fall faster", None, WRONG, "write words in quotes"),
        ("01 q9", ..., [1], OPEN, ""),
        ("08 q7", "Ich würde die heißeste Stelle abdecken.", [1], "compared", "1 of 3"),
        ("05 q7", "在不同的 任务 中 翻转 是 错 的", None, "written", "Does yours have"),
    ],
)
def test_open_answers(place, answer, met, state, words):
    verdict = QUESTIONS[place].judge(answer, met)
    assert (verdict.state, words in verdict.text) == (state, True), verdict


# ---- Functions


def unroll_by_loop(images):
    return [[value / 255 for row in image for value in row] for image in images.tolist()]


def unroll_in_place(images):
    images = images.reshape(len(images), -1).astype("float64")
    images /= 255
    return images


def unroll_lazily(images):
    return (image.ravel() / 255 for image in images)


def unroll_and_print(images):
    print(images.shape)
    images.reshape(len(images), -1) / 255


def unroll_in_bytes(images):
    images = images.reshape(len(images), -1)
    images //= 255
    return images


def unroll_transposed(images):
    return images.transpose(0, 2, 1).reshape(len(images), -1) / 255


def unroll_only_bytes(images):
    assert images.dtype == "uint8", "these are no bytes"
    return images.reshape(len(images), -1) / 255


def places_by_counting(n, k, s, padding):
    if padding == "same":
        return len(range(0, n, s))
    return len(range(0, n - k + 1, s))


def places_as_float(n, k, s, padding):
    return float(places_by_counting(n, k, s, padding))


def places_in_a_list(n, k, s, padding):
    return [places_by_counting(n, k, s, padding)]


def places_in_words(n, k, s, padding):
    return f"{places_by_counting(n, k, s, padding)} places"


def places_of_one_word(n, k, s, padding):
    return n // s if padding != "valid" else (n - k) // s + 1


class Chance:
    """A student who likes classes."""

    def __call__(self, sensitivity, specificity, infected):
        right = sensitivity * infected
        return right / (right + (1 - specificity) * (1 - infected))

    def of(self, sensitivity, specificity, infected):
        return self(sensitivity, specificity, infected)


def pool_recursively(image):
    if image.shape[0] < 2:
        return np.zeros((0, image.shape[1] // 2))
    pairs = np.maximum(image[0], image[1])[: image.shape[1] // 2 * 2]
    return np.vstack([pairs.reshape(-1, 2).max(axis=1), pool_recursively(image[2:])])


def mirror_by_take(images, coins):
    columns = np.arange(images.shape[2])
    return np.stack([i[:, columns[::-1] if c else columns] for i, c in zip(images, coins)])  # noqa: B905


@pytest.mark.parametrize(
    ("place", "function", "state", "words"),
    [
        ("01 q4", unroll_by_loop, RIGHT, ""),
        ("01 q4", unroll_in_place, RIGHT, ""),
        ("01 q4", unroll_lazily, WRONG, "returns an object of type generator; an array of shape"),
        ("01 q4", unroll_and_print, WRONG, "returns None. Is there a return?"),
        ("01 q4", unroll_in_bytes, WRONG, "every grey becomes 0"),
        ("01 q4", unroll_transposed, WRONG, "the shape is right, but at"),
        ("01 q4", unroll_only_bytes, WRONG, "AssertionError: these are no bytes"),
        ("01 q4", unroll_by_loop(np.ones((1, 2, 2))), WRONG, "pass the function itself"),
        ("01 q4", "unroll", WRONG, "pass the function itself"),
        ("01 q4", lambda: 1, WRONG, "raised TypeError"),
        ("03 q6", places_by_counting, RIGHT, ""),
        ("03 q6", places_as_float, RIGHT, ""),
        ("03 q6", places_in_a_list, WRONG, "the shape is 1; asked for is a single number"),
        ("03 q6", places_in_words, WRONG, "returns '26 places'; a number is asked for"),
        ("03 q6", places_of_one_word, WRONG, '"same" rounds up'),
        ("04 q1", pool_recursively, RIGHT, ""),
        ("05 q3", mirror_by_take, RIGHT, ""),
        ("06 q5", Chance(), RIGHT, ""),
        ("06 q5", Chance().of, RIGHT, ""),
        ("06 q5", Chance, WRONG, "pass the function itself"),
        ("06 q5", lambda *three: Chance()(*three) * 100, WRONG, "too large"),
        ("06 q5", lambda *three: np.float32(Chance()(*three)), RIGHT, ""),
        ("06 q5", lambda *three: Decimal(Chance()(*three)), RIGHT, ""),
        ("06 q5", lambda *three: complex(Chance()(*three)), WRONG, "a number is asked for"),
        ("09 q3", np.vectorize(lambda k: 1 - 2 / k), RIGHT, ""),
        ("09 q3", lambda k: round(1 - 2 / k, 4), WRONG, "rounded"),
        ("09 q6", lambda *four: np.float64(0), WRONG, "too small"),
    ],
)
def test_functions(place, function, state, words):
    hold(place, function, state, words)


def test_a_number_of_a_function_has_no_more_digits_than_one_would_write():
    verdict = QUESTIONS["06 q5"].judge(lambda *three: 0.123456789012345)
    assert "0.1235" in verdict.text and "0.12345" not in verdict.text


# ---- Models


@pytest.fixture(scope="module")
def keras():
    import course_utils.keras_inside.start  # noqa: F401

    import keras

    return keras


def strided(keras, *settings, top="softmax", shape=(28, 28, 1), convolution="Conv2D", **options):
    """Return a network of convolutions (filters, stride), Flatten and Dense."""
    layers = keras.layers
    kind = getattr(layers, convolution)
    options.setdefault("activation", "relu")
    parts = [kind(n, 3, strides=stride, **options) for n, stride in settings]
    parts += [layers.Flatten(), layers.Dense(10, activation=top)]
    return keras.Sequential([keras.Input(shape), *parts])


SETTINGS = (16, 2), (32, 2), (32, 1)


def frozen(keras):
    model = strided(keras, *SETTINGS)
    model.trainable = False
    return model


def with_names(keras):
    inputs = keras.Input((28, 28, 1), name="digit")
    return keras.Model(inputs, strided(keras, *SETTINGS)(inputs), name="my_own")


def compiled(keras):
    model = strided(keras, *SETTINGS)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["acc"])
    return model


def copied(keras):
    return keras.models.clone_model(strided(keras, *SETTINGS))


def with_batch_size(keras):
    inputs = keras.Input(batch_shape=(None, 28, 28, 1))
    return keras.Sequential([inputs, *strided(keras, *SETTINGS).layers])


def scores_with_softmax(keras):
    model = strided(keras, *SETTINGS)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def two_inputs(keras):
    first, second = keras.Input((28, 28, 1)), keras.Input((28, 28, 1))
    return keras.Model([first, second], strided(keras, *SETTINGS)(first + second))


def two_outputs(keras):
    inputs = keras.Input((28, 28, 1))
    outputs = strided(keras, *SETTINGS)(inputs)
    return keras.Model(inputs, [outputs, outputs])


def history(keras):
    return keras.callbacks.History()


MODELS = [
    (lambda keras: strided(keras, *SETTINGS), RIGHT, ""),
    (with_names, RIGHT, ""),
    (compiled, RIGHT, ""),
    (copied, RIGHT, ""),
    (frozen, RIGHT, ""),
    (with_batch_size, RIGHT, ""),
    (lambda keras: strided(keras, *SETTINGS, kernel_initializer="zeros"), RIGHT, ""),
    (lambda keras: strided(keras, *SETTINGS, dtype="float64"), RIGHT, ""),
    (scores_with_softmax, WRONG, "takes raw scores (from_logits=True), and the last layer"),
    (lambda keras: strided(keras, *SETTINGS, top="sigmoid"), WRONG, "activation sigmoid"),
    (lambda keras: strided(keras, *SETTINGS, use_bias=False), WRONG, "is there a bias too few?"),
    (lambda keras: strided(keras, *SETTINGS, convolution="SeparableConv2D"), WRONG, "Separable"),
    (lambda keras: strided(keras, (16, 2), (32, 2)), WRONG, "Flatten where the question asks"),
    (lambda keras: strided(keras, *SETTINGS, shape=(32, 32, 1)), WRONG, "input has shape (32"),
    (two_inputs, WRONG, "the model has 2 inputs"),
    (two_outputs, WRONG, "returns a list of 2"),
    (history, WRONG, "this is the history of a training"),
    (lambda keras: keras.Sequential, WRONG, "make a model of it: Sequential()"),
    (lambda keras: keras.Sequential(), WRONG, "begin it with keras.Input"),
    (lambda keras: keras.Input((28, 28, 1)), WRONG, "a Keras model is asked for"),
    (lambda keras: strided(keras, *SETTINGS).summary, WRONG, "found the function summary"),
    (lambda keras: strided(keras, *SETTINGS).layers, WRONG, "these are layers"),
    (lambda keras: "strided", WRONG, "a Keras model is asked for; found 'strided'"),
]


@pytest.mark.parametrize(("make", "state", "words"), MODELS)
def test_models(make, state, words, keras):
    hold("03 q11", make(keras), state, words)


def block(keras, *, first=None, second=None, side=None, join="add", last="relu"):
    """Return the residual block of notebook 9, with other layers in places."""
    layers = keras.layers
    inputs = keras.Input((14, 14, 16))
    x = (first or layers.Conv2D(32, 3, 2, padding="same", activation="relu"))(inputs)
    x = (second or layers.Conv2D(32, 3, padding="same"))(x)
    shortcut = (side or layers.Conv2D(32, 1, 2))(inputs)
    return keras.Model(inputs, layers.Activation(last)(getattr(layers, join)([x, shortcut])))


def pooled_side(keras):
    layers = keras.layers
    parts = [keras.Input((14, 14, 16)), layers.AveragePooling2D(2), layers.Conv2D(32, 1)]
    return keras.Sequential(parts)


def head(keras, *parts, loss=None):
    model = keras.Sequential([keras.Input((7, 7, 256)), *parts])
    if loss:
        model.compile("adam", loss)
    return model


DESIGNS = [
    ("09 q4", lambda k, ls: block(k), RIGHT, ""),
    ("09 q4", lambda k, ls: block(k, join="multiply"), WRONG, "nothing is added"),
    ("09 q4", lambda k, ls: block(k, join="concatenate"), WRONG, "64 channels"),
    ("09 q4", lambda k, ls: block(k, join="average"), WRONG, "nothing is added"),
    ("09 q4", lambda k, ls: block(k, last="tanh"), WRONG, "after the addition comes a ReLU"),
    ("09 q4", lambda k, ls: block(k, side=ls.Conv2D(32, 1, 2, padding="same")), RIGHT, ""),
    ("09 q4", lambda k, ls: block(k, side=ls.Conv2D(32, 3, 2, padding="same")), WRONG, "1x1"),
    ("09 q4", lambda k, ls: block(k, side=ls.Conv2D(32, 1, 2, use_bias=False)), WRONG, "bias"),
    ("09 q4", lambda k, ls: block(k, second=ls.Conv2D(32, 3, padding="same", name="b")), RIGHT, ""),
    ("09 q4", lambda k, ls: block(k, side=pooled_side(k)), WRONG, "not how they are joined"),
    (
        "07 q6",
        lambda k, ls: head(k, ls.GlobalAveragePooling2D(), ls.Dense(3, "softmax")),
        RIGHT,
        "",
    ),
    ("07 q6", lambda k, ls: head(k, ls.GlobalMaxPooling2D(), ls.Dense(3, "softmax")), RIGHT, ""),
    ("07 q6", lambda k, ls: head(k, ls.AveragePooling2D(7), ls.Dense(3, "softmax")), WRONG, "(3,)"),
    ("07 q6", lambda k, ls: head(k, ls.Dense(3, "softmax")), WRONG, "the output has shape"),
    ("07 q6", lambda k, ls: head(k, ls.GlobalAveragePooling2D(), ls.Dense(4)), WRONG, "shape (4,)"),
    ("07 q6", lambda k, ls: head(k, ls.GlobalAveragePooling2D(), ls.Dense(3)), WRONG, "raw scores"),
    ("07 q6", lambda k, ls: head(k, ls.Flatten(), ls.Dense(3, "softmax")), WRONG, "Average first"),
    (
        "07 q6",
        lambda k, ls: head(k, ls.GlobalAveragePooling2D(), ls.Dense(8), ls.Dense(3, "softmax")),
        WRONG,
        "1,000 are allowed",
    ),
    (
        "07 q6",
        lambda k, ls: head(
            k,
            ls.GlobalAveragePooling2D(),
            ls.Dense(3),
            loss=k.losses.SparseCategoricalCrossentropy(from_logits=True),
        ),
        RIGHT,
        "",
    ),
    ("07 q6", lambda k, ls: ls.Dense(3), WRONG, "a Keras model is asked for"),
]


@pytest.mark.parametrize(("place", "make", "state", "words"), DESIGNS)
def test_designs(place, make, state, words, keras):
    hold(place, make(keras, keras.layers), state, words)


SPARSE = "sparse_categorical_crossentropy"


def tiny(keras, *parts, loss=SPARSE, optimizer="adam", top="softmax"):
    layers = keras.layers
    body = parts or [
        layers.Conv2D(8, 3, strides=2, activation="relu"),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(3),
        layers.Flatten(),
    ]
    top = layers.Dense(10, activation=top)
    model = keras.Sequential([keras.Input((28, 28, 1)), *body, top])
    if loss:
        model.compile(optimizer, loss)
    return model


def of_own_loss(keras):
    def loss(labels, outputs):
        return keras.losses.sparse_categorical_crossentropy(labels, outputs)

    return tiny(keras, loss=loss, optimizer=keras.optimizers.Adam(0.01))


def of_loss_that_spins(keras):
    def loss(labels, outputs):
        while True:
            pass

    return tiny(keras, loss=loss)


TRAINED = [
    (of_own_loss, RIGHT, "accuracy"),
    (lambda keras: tiny(keras, loss=None), WRONG, "not compiled yet: call model.compile"),
    (lambda keras: tiny(keras, loss="binary_crossentropy"), WRONG, "it cannot be trained"),
    (lambda keras: tiny(keras, loss="categorical_crossentropy"), WRONG, "labels are whole numbers"),
    (lambda keras: tiny(keras, top=None), WRONG, "hands over raw scores"),
    (lambda keras: tiny(keras, keras.layers.Flatten()), WRONG, "5,500 are allowed"),
    (lambda keras: tiny(keras, keras.layers.GlobalMaxPooling2D()), WRONG, "no convolution"),
    (of_loss_that_spins, WRONG, "too long"),
    (lambda keras: strided(keras, (8, 2), (8, 2)), WRONG, "not compiled yet"),
    (lambda keras: tiny(keras).fit, WRONG, "a Keras model is asked for"),
    (lambda keras: keras.Sequential, WRONG, "make a model of it"),
]


@pytest.mark.parametrize(("make", "state", "words"), TRAINED)
def test_models_that_the_check_trains(make, state, words, keras, monkeypatch):
    if words == "too long":
        monkeypatch.setattr(QUESTIONS["02 q11"], "seconds", 1.0)
    hold("02 q11", make(keras), state, words)
