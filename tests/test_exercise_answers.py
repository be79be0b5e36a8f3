"""Answers as students give them, in any type, in any equal form, or wrong; and their verdicts."""

from decimal import Decimal
from fractions import Fraction

from course_utils import exercises
from course_utils.exercises.kinds import Choice, Design, Function, Number, Open, Shape

import numpy as np
import pytest
from asking import QUESTIONS

pytestmark = pytest.mark.usefixtures("without_a_child")


def all_of(kind):
    return [
        pytest.param(one, id=f"{module}-{name}")
        for module in exercises.modules()
        for name, one in exercises.questions_of(module).items()
        if type(one) is kind
    ]


# Open answers are compared, and nobody judges their words


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        ("01 q9", "The general form stays the same but the accuracy decreases more quickly."),
        ("01 q9", "It is the same curve."),
        ("01 q9", "It improves when shifted down."),
        ("02 q5", "sobel_y: at the hem trousers give two short bars, a dress one long one"),
        ("03 q12", "The strided one as encoder, then transposed convolutions, as in U-Net."),
        ("04 q6", "blah blah blah blah"),
        ("05 q7", "6 and 9; an X-ray of the heart"),
        ("06 q6", "0.5 because it is the default of all networks"),
        ("06 q6", "At 0.5 the specificity is only 97 %, so I go up to 0.99"),
        ("07 q8", "Dogs seen by a thermal camera, because the colours mean heat."),
        ("08 q7", "Zero out the hottest region and see whether the probability falls"),
        ("09 q5", "Yes, try 40 layers, deeper is always better."),
    ],
)
def test_words_are_compared_by_the_student(place, answer):
    one = QUESTIONS[place]
    assert one.judge(answer).state == "written"
    assert one.judge(answer, met=[]).state == "compared"
    everything = range(1, len(one.criteria) + 1)
    assert f"all {len(one.criteria)} points" in one.judge(answer, met=everything).text


@pytest.mark.parametrize("one", all_of(Open))
def test_an_open_question_has_points_that_its_sample_can_be_held_to(one):
    assert 2 <= len(one.criteria) <= 3
    assert all(text[0].islower() and not text.endswith(".") for text in one.criteria)


# The right value in any type


def forms_of(value):
    """Yield a number as a student may hold it."""
    yield from (value, float(value), np.float64(value), np.array(value), np.array([value]))
    yield from ([value], (value,), [[value]], Fraction(value), Decimal(value))
    import keras

    yield keras.ops.convert_to_tensor([float(value)], dtype="float64")
    yield keras.ops.convert_to_tensor(float(value), dtype="float64")
    if value == int(value):
        yield from (int(value), np.int64(value), np.uint32(value))


@pytest.mark.parametrize("one", all_of(Number))
def test_a_number_is_right_in_any_type(one):
    for form in forms_of(one.right):
        assert one.judge(form).state == "right", repr(form)
    for form in forms_of(1.5 * one.right + 1):
        assert one.judge(form).state == "wrong", repr(form)


@pytest.mark.parametrize("one", all_of(Shape))
def test_a_shape_is_right_in_any_type(one):
    import tensorflow as tf

    right = one.right
    floats, integers = np.array(right, "float64"), np.array(right)
    for form in (right, list(right), integers, floats, list(floats), list(integers)):
        assert one.judge(form).state == "right", repr(form)
    assert one.judge(tf.TensorShape(right)).state == "right"
    assert one.judge(tf.constant(right)).state == "right"
    assert one.judge(np.array(right) + 0.5).state == "wrong"
    assert one.judge(np.zeros(right[:2] + (1,) * 2)).state == "wrong"


@pytest.mark.parametrize("one", all_of(Choice))
def test_a_letter_is_read_however_it_is_written(one):
    letter, reason = one.right if one.reasons else (one.right, None)
    forms = [letter, f"{letter})", f"({letter.upper()})", f" {letter}. ", [letter], (letter,)]
    if reason:
        forms = [(form, reason) for form in forms[:4]] + [(letter, float(reason))]
        forms += [(letter, str(reason)), (letter, f"{reason})"), (letter, np.int64(reason))]
        forms += [f"{letter}, {reason}", f"{letter}{reason}", f"{letter.upper()}) {reason}"]
        forms += [(reason, letter), [letter, reason], f"{reason} {letter}"]
    for form in forms:
        assert one.judge(form).state == "right", repr(form)
    wrong = next(other for other in one.options if other != letter)
    assert one.judge(f"{wrong}{reason or ''}").state == "wrong"
    assert one.judge(f"{letter}{letter}{reason or ''}").state == "wrong"


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        ("01 q7", (469, 128)),
        ("03 q1", (576, 28)),
        ("03 q1", (24, 24)),
        ("03 q9", (13, 13)),
        ("04 q2", (0.5, 8)),
        ("04 q5", ((22, 22, 128), 619_530)),
        ("04 q5", [np.array([22, 22, 128]), 619_530]),
        ("08 q2", (18, 18)),
    ],
)
def test_both_parts_of_what_is_asked_are_right(place, answer):
    assert QUESTIONS[place].judge(answer).state == "right"
    first, last = answer
    assert QUESTIONS[place].judge((first, last + 1)).state == "wrong"


# Slips of typing are named


@pytest.mark.parametrize(
    ("place", "answer", "words"),
    [
        ("02 q6", (57, 664), "a comma separates two things"),
        ("04 q3", (0, 75), "a point before decimals"),
        ("03 q2", (0, 2775), "a point before decimals"),
        ("03 q2", "0,2775", "with a point for the comma"),
        ("01 q7", "469", "without quotes"),
        ("01 q7", len, "call it, with brackets"),
        ("01 q7", np.array([1.0]).sum, "call it, with brackets"),
        ("01 q3", float("nan"), "NaN"),
        ("01 q3", 256**784, "now take the logarithm to base 10"),
        ("03 q5", (14, 14, 10, 5, 3, 2), "the first that is not right is number 1, 14"),
        ("02 q7", "b", "8, 4, and a window of 5 x 5"),
        ("02 q7", "a", "8, ..."),
    ],
)
def test_a_slip_is_named(place, answer, words):
    verdict = QUESTIONS[place].judge(answer)
    assert verdict.state == "wrong" and words in verdict.text, verdict


@pytest.mark.parametrize("one", all_of(Number))
def test_a_number_that_is_wrong_does_not_tell_the_right_one(one):
    if abs(one.right) < 100:
        return
    told = {f"{one.right:,.0f}", f"{one.right:.0f}", f"{one.right:.6g}"}
    for answer in (one.right + 7, one.right * 3, 1, 1e9, "?", None):
        assert not any(number in one.judge(answer).text for number in told)


# Functions are what they compute


def rounded_chance(sensitivity, specificity, infected):
    right = sensitivity * infected
    return round(right / (right + (1 - specificity) * (1 - infected)), 2)


def rounded_rates(matrix):
    return [round(value, 3) for value in (matrix[0] / matrix[0].sum())[:1]] + [
        round(matrix[1, 1] / matrix[1].sum(), 3)
    ]


@pytest.mark.parametrize(
    ("place", "function", "words"),
    [
        ("06 q5", rounded_chance, "rounded"),
        ("06 q3", rounded_rates, "rounded"),
        ("03 q6", lambda n, k, s, p: -(-n // s) if p == "same" else round((n - k) / s) + 1, "//"),
        ("07 q3", lambda images: 2 * images / 255 - 1, "in uint8"),
        ("06 q2", lambda spots, sick, train, test, number: 0.946, "which is too"),
        ("06 q2", lambda spots, sick, train, test, number: 1.0, "too large"),
    ],
)
def test_a_function_that_is_nearly_right_is_wrong(place, function, words):
    verdict = QUESTIONS[place].judge(function)
    assert verdict.state == "wrong" and words in verdict.text, verdict
    assert not any(digits in verdict.text for digits in ("0.161", "0.729", "0.8067"))


def confused_by_counter(labels, predicted):
    from collections import Counter

    pairs = zip(labels.tolist(), predicted.tolist(), strict=True)
    return Counter((a, b) for a, b in pairs if a != b).most_common(1)[0][0]


def confused_by_matrix(labels, predicted):
    counts = np.zeros((10, 10))
    np.add.at(counts, (labels, predicted), 1)
    np.fill_diagonal(counts, 0)
    return np.unravel_index(counts.argmax(), counts.shape)


def slide_by_views(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel)


def pool_by_reshape(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    return image[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2).max(axis=(1, 3))


def slide_by_keras(image, kernel):
    import keras

    pixels = np.asarray(image, "float32")[None, :, :, None]
    weights = np.asarray(kernel, "float32")[:, :, None, None]
    return keras.ops.conv(pixels, weights, padding="valid")[0, :, :, 0]


def rates_of_lists(matrix):
    (found, missed), (false, healthy) = matrix.tolist()
    return [Fraction(found, found + missed), Fraction(healthy, false + healthy)]


@pytest.mark.parametrize(
    ("place", "function"),
    [
        ("01 q4", lambda images: np.stack([image.ravel() for image in images]) / 255.0),
        ("01 q8", confused_by_counter),
        ("01 q8", confused_by_matrix),
        ("02 q2", slide_by_views),
        ("02 q2", slide_by_keras),
        ("03 q6", lambda n, k, s, p: int(np.ceil(n / s if p == "same" else (n - k + 1) / s))),
        ("04 q1", pool_by_reshape),
        ("05 q3", lambda i, c: np.where(c[:, None, None, None], np.flip(i, axis=2), i)),
        ("06 q3", lambda matrix: np.diag(matrix) / matrix.sum(axis=1)),
        ("06 q3", rates_of_lists),
        ("06 q5", lambda a, b, c: 1 / (1 + (1 - b) * (1 - c) / (a * c))),
        ("07 q3", lambda images: (images.astype("float32") - 127.5) / 127.5),
        ("08 q3", lambda maps: np.mean(np.all(maps == 0, axis=(0, 1)))),
        ("08 q4", lambda x, g: x + g / (1e-5 + np.linalg.norm(g) / np.sqrt(g.size))),
        ("08 q6", lambda m, g: np.clip(np.einsum("ijk,k->ij", m, g.mean((0, 1))), 0, None)),
        ("09 q3", lambda k: Fraction(k - 2, k)),
        ("09 q6", lambda k, c, n, s: s * s * c * (k * k + n)),
    ],
)
def test_a_function_written_in_another_way_is_right(place, function):
    verdict = QUESTIONS[place].judge(function)
    assert verdict.state == "right", verdict


@pytest.mark.parametrize("one", all_of(Function))
def test_what_is_almost_the_solution_is_wrong(one):
    right = one.right_answer()

    def larger(*arguments):
        return np.asarray(right(*arguments)) * 1.01 + 0.01

    def one_axis_more(*arguments):
        return np.asarray(right(*arguments))[None]

    def once_right(*arguments, memory=[]):  # noqa: B006
        memory.append(1)
        return right(*arguments) if len(memory) == 1 else None

    for wrong in (larger, one_axis_more, once_right, lambda *arguments: right):
        assert one.judge(wrong).state == "wrong"


def test_without_keras_means_without_keras():
    import keras
    from keras.applications import mobilenet
    from keras.applications.mobilenet import preprocess_input

    def prepare_by_module(images):
        return mobilenet.preprocess_input(np.array(images, "float64"))

    def prepare_by_name(images):
        return preprocess_input(np.array(images, "float64"))

    def prepare_by_layer(images):
        return keras.layers.Rescaling(1 / 127.5, -1)(images)

    def prepare_by_import(images):
        import keras

        return keras.ops.divide(np.asarray(images, "float32"), 127.5) - 1

    for function in (prepare_by_module, prepare_by_name, prepare_by_layer, prepare_by_import):
        verdict = QUESTIONS["07 q3"].judge(function)
        assert verdict.state == "wrong" and "without keras" in verdict.text, function


# Models are what they compute


@pytest.fixture(scope="module")
def keras():
    import course_utils.keras_inside.start  # noqa: F401

    import keras

    return keras


def sequential(keras, *parts, shape=(28, 28, 1)):
    return keras.Sequential([keras.Input(shape), *parts])


def convolutions(layers, *settings, activation="relu"):
    return [layers.Conv2D(n, 3, stride, activation=activation) for n, stride in settings]


def test_padding_by_a_layer_is_padding(keras):
    layers, parts = keras.layers, []
    for filters in (32, 64, 128):
        parts += [layers.ZeroPadding2D(1), layers.Conv2D(filters, 3), layers.ReLU()]
        parts += [layers.MaxPooling2D()]
    parts = [*parts[:-1], layers.Reshape((-1,)), layers.Dense(10), layers.Softmax()]
    assert QUESTIONS["02 q9"].judge(sequential(keras, *parts)).state == "right"


@pytest.mark.parametrize("how", ["reshape", "layer", "tensorflow", "lambda", "scores"])
def test_strided_network_in_another_form(keras, how):
    import tensorflow as tf

    layers = keras.layers
    activation = {"layer": layers.ReLU(), "tensorflow": tf.nn.relu}.get(how, "relu")
    body = convolutions(layers, (32, 2), (64, 2), (128, 1), activation=activation)
    flat = layers.Reshape((-1,)) if how == "reshape" else layers.Flatten()
    top = [layers.Dense(10, activation=tf.nn.softmax if how == "tensorflow" else "softmax")]
    if how == "lambda":
        top = [layers.Dense(10), layers.Lambda(lambda x: keras.ops.softmax(x))]
    if how == "scores":
        top = [layers.Dense(10)]
    model = sequential(keras, *body, flat, *top)
    if how == "scores":
        assert "softmax" in QUESTIONS["02 q8"].judge(model).text
        model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    before = model.get_weights()
    verdict = QUESTIONS["02 q8"].judge(model)
    assert verdict.state == "right", verdict
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_the_average_of_each_map_may_be_an_operation(keras):
    layers = keras.layers
    inputs = keras.Input((28, 28, 1))
    x = layers.MaxPooling2D()(layers.Conv2D(32, 3, activation="relu")(inputs))
    x = layers.MaxPooling2D()(layers.Conv2D(64, 3, activation="relu")(x))
    x = keras.ops.mean(layers.Conv2D(64, 3, activation="relu")(x), axis=(1, 2))
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    assert QUESTIONS["04 q7"].judge(model).state == "right"


@pytest.mark.parametrize("built", [True, False])
def test_a_class_of_the_students_own_is_a_model(keras, built):
    class Strided(keras.Model):
        def __init__(self, last):
            super().__init__()
            self.parts = convolutions(keras.layers, (16, 2), (32, 2), (32, last))
            self.flat = keras.layers.Flatten()
            self.top = keras.layers.Dense(10, activation="softmax")

        def call(self, inputs):
            for part in self.parts:
                inputs = part(inputs)
            return self.top(self.flat(inputs))

    right, wrong = Strided(1), Strided(2)
    if built:
        right(np.zeros((1, 28, 28, 1)))
    assert QUESTIONS["03 q11"].judge(right).state == "right"
    verdict = QUESTIONS["03 q11"].judge(wrong)
    assert verdict.state == "wrong" and "attribute" not in verdict.text, verdict
    assert "make a model of it" in QUESTIONS["03 q11"].judge(Strided).text


def test_what_shows_in_training_only_counts_too(keras):
    layers = keras.layers
    body = convolutions(layers, (16, 2), (32, 2), (32, 1))
    top = [layers.Flatten(), layers.Dropout(0.5), layers.Dense(10, activation="softmax")]
    verdict = QUESTIONS["03 q11"].judge(sequential(keras, *body, *top))
    assert verdict.state == "wrong" and "Dropout" in verdict.text


def test_order_of_normalisation_and_activation_counts(keras):
    layers, parts = keras.layers, []
    for filters in (16, 32, 32, 48, 64):
        parts += [layers.Conv2D(filters, 3, padding="same", use_bias=False)]
        parts += [layers.ReLU(), layers.BatchNormalization(), layers.MaxPooling2D(2)]
    top = [layers.GlobalAveragePooling2D(), layers.Dense(1, activation="sigmoid")]
    assert QUESTIONS["06 q4"].judge(sequential(keras, *parts, *top, shape=(64, 64, 3))).state == (
        "wrong"
    )


def test_a_head_with_scores_needs_a_loss_that_takes_them(keras):
    layers = keras.layers
    head = sequential(keras, layers.GlobalAveragePooling2D(), layers.Dense(3), shape=(7, 7, 256))
    assert "raw scores" in QUESTIONS["07 q6"].judge(head).text
    head.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
    assert QUESTIONS["07 q6"].judge(head).state == "right"


def test_a_residual_block_may_be_written_with_a_plus(keras):
    layers = keras.layers
    inputs = keras.Input((14, 14, 16))
    side = layers.Conv2D(32, 1, strides=2, padding="same")(inputs)
    x = layers.Activation("relu")(layers.Conv2D(32, 3, strides=2, padding="same")(inputs))
    x = layers.Conv2D(32, 3, padding="same")(x)
    model = keras.Model(inputs, layers.ReLU()(side + x))
    assert QUESTIONS["09 q4"].judge(model).state == "right"


def tiny(keras, *parts, loss="sparse_categorical_crossentropy", last="softmax", **options):
    layers = keras.layers
    model = sequential(keras, *parts, layers.Dense(10, activation=last))
    model.compile(optimizer="adam", loss=loss, **options)
    return model


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (lambda layers: [layers.AveragePooling2D(4), layers.Flatten(), layers.Dense(60)], "no con"),
        (lambda layers: [layers.Conv2D(4, 5, 4), layers.Flatten()], "the convolutions are linear"),
        (
            lambda layers: [layers.Conv2D(4, 5, 4), layers.Flatten(), layers.Dense(9, "relu")],
            "the convolutions are linear",
        ),
        (
            lambda layers: [layers.Conv2D(2, 3, 3), layers.AveragePooling2D(3), layers.Flatten()],
            "the convolutions are linear",
        ),
    ],
)
def test_a_tiny_convnet_has_a_convolution_that_is_not_linear(keras, parts, words):
    verdict = QUESTIONS["02 q11"].judge(tiny(keras, *parts(keras.layers)))
    assert verdict.state == "wrong" and words in verdict.text, verdict


@pytest.mark.parametrize("form", ["mse", "no loss", "lambda", "acc", "scores"])
def test_a_tiny_convnet_in_other_forms(keras, form):
    layers = keras.layers
    parts = [layers.Conv2D(8, 3), layers.LeakyReLU(), layers.MaxPooling2D(2)]
    parts += [layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(2)]
    if form == "lambda":
        parts += [layers.Lambda(lambda x: x * 2)]
    parts += [layers.Flatten()]
    options = {
        "mse": {"loss": "mse"},
        "no loss": {"loss": None},
        "acc": {"metrics": ["acc"]},
        "scores": {
            "last": None,
            "loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        },
    }.get(form, {})
    verdict = QUESTIONS["02 q11"].judge(tiny(keras, *parts, **options))
    right = form in ("lambda", "acc", "scores")
    assert verdict.state == ("right" if right else "wrong"), verdict
    assert right or "it cannot be trained" in verdict.text


@pytest.mark.parametrize("one", all_of(Design))
def test_the_demands_of_a_design_are_met_by_its_solution(one, keras):
    assert one.must
    assert all(demand(one.right_answer()) for demand, *_ in one.must)
    assert not any(demand(wrong()) for demand, _, wrong in one.must)


def test_a_class_may_make_its_layers_in_another_order_than_it_calls_them(keras):
    class Backwards(keras.Model):
        def __init__(self):
            super().__init__()
            self.top = keras.layers.Dense(10, activation="softmax")
            self.flat = keras.layers.Flatten()
            self.parts = convolutions(keras.layers, (16, 2), (32, 2), (32, 1))

        def call(self, inputs):
            for part in self.parts:
                inputs = part(inputs)
            return self.top(self.flat(inputs))

    assert QUESTIONS["03 q11"].judge(Backwards()).state == "right"
