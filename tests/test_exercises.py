"""Every question of every notebook, with its typical mistakes; and the kinds of questions."""

import html
import subprocess
import sys
import time

from course_utils import exercises
from course_utils.exercises.limits import TookTooLong, run_limited
from course_utils.exercises.questions import (
    Choice,
    Function,
    Model,
    Number,
    Open,
    Result,
    Shape,
)
from course_utils.exercises.words import describe

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

HINTS = ["Think.", "Think again."]
QUESTIONS = [
    pytest.param(question, id=f"{module}-{name}")
    for module in exercises.modules()
    for name, question in exercises.questions_of(module).items()
]


@pytest.fixture(params=QUESTIONS)
def question(request):
    return request.param


# Every question of the course


def test_solution_is_right(question):
    verdict = question.judge(question.right_answer())
    assert verdict.state == ("noted" if isinstance(question, Open) else "right"), verdict.text


def test_every_typical_mistake_gets_its_message(question):
    assert len(question.mistakes) >= 2
    assert len({message for _, message, *_ in question.mistakes}) == len(question.mistakes)
    for wrong, message, *_ in question.mistakes:
        verdict = question.judge(question.example(wrong))
        assert verdict.state == "wrong"
        assert message.rstrip(".") in verdict.text


def test_has_hints_a_solution_and_a_way_to_stay_open(question):
    assert len(question.hints) >= 2 and all(question.hints)
    assert len(question.solution_text()) > 5
    assert question.judge(...).state == "unanswered"


class Nasty:
    """Raises at whatever is asked of it."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __eq__(self, other):
        raise RuntimeError("no comparison")

    __hash__ = None
    __len__ = __iter__ = __float__ = __bool__ = __str__ = __repr__ = __eq__


STRANGE = [
    None,
    True,
    "",
    "yes",
    float("nan"),
    float("-inf"),
    10**5000,
    1j,
    [],
    {},
    (None, None),
    ("a", 1),
    ["a", "b", [1]],
    np.zeros((3, 0)),
    np.zeros((1000, 1000)),
    np.array(["a"], dtype=object),
    print,
    int,
    lambda: 1 / 0,
    lambda *arguments: 1 / 0,
    lambda *arguments: arguments,
    lambda *arguments: float("nan"),
    lambda *arguments: np.zeros((2000, 2000)),
    lambda *arguments: sys.exit(1),
    lambda *arguments: (i for i in iter(int, 1)),
    lambda *arguments: Nasty(),
    Nasty(),
    object(),
]


def test_nothing_that_is_passed_raises_out_of_check(question):
    state = question.state
    for strange in STRANGE:
        verdict = question.judge(strange)
        assert verdict.state in ("right", "wrong", "unanswered")
        assert verdict.text and len(verdict.text) < 700
    assert question.state == state


@pytest.mark.parametrize("module", exercises.modules())
def test_module_has_five_questions_one_open_and_one_to_predict(module):
    questions = exercises.questions_of(module)
    assert list(questions) == [f"q{number}" for number in range(1, len(questions) + 1)]
    assert len(questions) >= 5
    assert any(isinstance(question, Open) for question in questions.values())
    assert any(question.predict for question in questions.values())
    assert len({question.title for question in questions.values()}) == len(questions)


# The kinds


def number(**others):
    mistakes = [(468, "the last, smaller batch is a step, too")]
    return Number("Steps", right=469, unit="steps", hints=HINTS, mistakes=mistakes, **others)


@pytest.mark.parametrize("answer", [469, 469.0, np.int64(469), np.float32(469), np.array(469)])
def test_number_in_any_type_is_right(answer):
    assert number().judge(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (468, "the last, smaller batch is a step, too"),
        (400, "too small"),
        (-469, "sign"),
        ("469", "without quotes"),
        (True, "found True"),
        (float("nan"), "NaN"),
        (float("inf"), "infinity"),
        (10**5000, "too large"),
        ([469], "found [469]"),
    ],
    ids=describe,
)
def test_number_says_what_was_found(answer, message):
    verdict = number().judge(answer)
    assert verdict.state == "wrong"
    assert message in verdict.text


def test_number_knows_a_share_from_per_cent_and_a_tolerance():
    share = Number("Share", right=0.75, within=0.01, hints=HINTS)
    assert share.judge(0.755).state == "right"
    assert share.judge(0.77).state == "wrong"
    assert "between 0 and 1" in share.judge(75).text


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((26, 26, 32), "that is 'valid' padding"),
        ((None, 28, 28, 32), "batch"),
        ((32, 28, 28), "another order"),
        ((28, 28), "axes"),
        ((28, 29, 32), "width"),
        (np.zeros((28, 28, 32)), "x.shape"),
        ("28, 28, 32", "a tuple is asked for"),
        ((28.0, 28, 32), "whole numbers"),
    ],
)
def test_shape_says_what_was_found(answer, message):
    mistakes = [((26, 26, 32), "26x26: that is 'valid' padding; the question asks for 'same'")]
    question = Shape("Map", right=(28, 28, 32), hints=HINTS, mistakes=mistakes)
    assert question.judge([28, 28, 32]).state == "right"
    assert message in question.judge(answer).text


def test_choice_takes_the_letter_with_its_reason():
    question = Choice(
        "Which",
        options={"a": "this", "b": "that"},
        reasons={1: "so", 2: "thus"},
        right=("b", 2),
        hints=HINTS,
        mistakes=[("a", "not this one")],
    )
    assert question.judge(("B ", 2)).state == "right"
    assert "reason 1 does not explain" in question.judge(("b", 1)).text
    assert "not this one" in question.judge(("a", 2)).text
    assert "none of the options: a, b" in question.judge(("c", 2)).text
    assert "no reason" in question.judge(("b", 3)).text
    assert "number of the reason" in question.judge("b").text
    assert question.judge((..., ...)).state == "unanswered"


def test_open_question_shows_a_sample_and_wants_some_words():
    mistakes = [("all is too dark here", "look again", lambda text: "dark" in text)]
    question = Open("Look", sample="Some are badly written.", hints=HINTS, mistakes=mistakes)
    verdict = question.judge("Several look like other digits")
    assert verdict.state == "noted" and "Some are badly written." in verdict.text
    assert "2 words of at least 4" in question.judge("quite dark").text
    assert "look again" in question.judge("they are all dark").text
    assert "in quotes" in question.judge(7).text


SHIFT = """
def shift_down(image, pixels):
    shifted = np.zeros_like(image)
    shifted[pixels:] = image[: len(image) - pixels]
    return shifted
"""


def function():
    image = np.arange(1, 10).reshape(3, 3)
    wraps = "def shift_down(image, pixels):\n    return np.roll(image, pixels, axis=0)"
    return Function(
        "Shift down",
        solution=SHIFT,
        inputs=[(image, 1)],
        hidden={"no shift at all": (image, 0)},
        seconds=0.3,
        hints=HINTS,
        mistakes=[(wraps, "what leaves below comes back at the top")],
    )


def endless(image, pixels):
    while True:
        pass


def endless_and_stubborn(image, pixels):
    while True:
        try:
            time.sleep(0.001)
        except Exception:
            continue


def no_return(image, pixels):
    image[pixels:] = 0


def right_but_not_hidden(image, pixels):
    shifted = np.zeros_like(image)
    shifted[pixels:] = image[:-pixels]
    return shifted


def changes_its_input(image, pixels):
    image[pixels:] = image[: len(image) - pixels].copy()
    image[:pixels] = 0
    return image


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda image, pixels: np.roll(image, pixels, axis=0), "comes back at the top"),
        (no_return, "Is there a return?"),
        (lambda image, pixels: 1 / 0, "raised ZeroDivisionError: division by zero"),
        (lambda image, pixels: sys.exit(), "raised SystemExit"),
        (lambda image: image, "raised TypeError"),
        (lambda image, pixels: image * np.nan, "NaN"),
        (lambda image, pixels: np.zeros((500, 500)), "the shape is 500x500; asked for is 3x3"),
        (lambda image, pixels: 10**5000, "more than 15 digits"),
        (lambda image, pixels: "shifted", "returns 'shifted'"),
        (lambda image, pixels: image, "at (0, 0) stands 1; asked for is 0"),
        (right_but_not_hidden, "for a hidden input (no shift at all)"),
        (endless, "stopped after 0.3 seconds"),
        (endless_and_stubborn, "a loop that never ends"),
        (7, "pass the function itself"),
    ],
)
def test_function_says_what_was_found(answer, message):
    verdict = function().judge(answer)
    assert verdict.state == "wrong"
    assert message in verdict.text


def test_function_may_return_lists_and_change_its_own_copy():
    right = function().right_answer()
    assert function().judge(lambda image, pixels: right(image, pixels).tolist()).state == "right"
    assert function().judge(changes_its_input).state == "right"


def test_empty_body_counts_as_unanswered():
    def empty(image, pixels): ...

    def documented(image, pixels):
        """Shift an image."""
        ...

    for answer in (empty, documented, lambda image, pixels: ...):
        assert function().judge(answer).state == "unanswered"
    assert function().judge(lambda image, pixels: 0).state == "wrong"


def test_time_limit_ends_the_thread_and_hands_over_what_was_raised():
    import threading

    before = threading.active_count()
    for work in (lambda: endless(0, 0), lambda: endless_and_stubborn(0, 0)):
        with pytest.raises(TookTooLong):
            run_limited(work, 0.1)
    assert threading.active_count() == before
    with pytest.raises(KeyError):
        run_limited(lambda: {}["missing"], 1)
    assert run_limited(lambda: 42, 1) == 42


def test_endless_loop_that_prints_ends_quietly(capsys):
    def prints(image, pixels):
        while True:
            print("still here")

    assert "stopped after 0.3 seconds" in function().judge(prints).text
    assert capsys.readouterr().out == ""


def test_endless_loop_leaves_a_kernel_usable():
    import nbformat
    from nbclient import NotebookClient

    ask = """
from course_utils.exercises.questions import Function
solution = "def f(x):\\n    return x"
question = Function("Wait", solution=solution, inputs=[(1,)], seconds=0.5, hints=[])
def forever(x):
    while True:
        x = x
question.check(forever)
"""
    cells = [nbformat.v4.new_code_cell(source) for source in (ask, "1 + 1")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=60).execute()
    shown = notebook.cells[0].outputs[0]["data"]
    assert shown["text/plain"].startswith("Not yet · Wait: stopped after 0.5 seconds")
    assert 'role="status"' in shown["text/html"] and "Not yet · Wait" in shown["text/html"]
    assert notebook.cells[1].outputs[0]["data"]["text/plain"] == "2"


CONVNET = """
model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dense(10),
    ]
)
"""


def model():
    deeper = CONVNET.replace("layers.Flatten()", "layers.MaxPooling2D(), layers.Flatten()")
    mistakes = [(deeper, "there is no pooling in this one")]
    return Model("A convnet", solution=CONVNET, hints=HINTS, mistakes=mistakes)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (', padding="same"', "", "gives 26x26x8: that is 'valid' padding; the question asks for"),
        ("8, 3", "16, 3", "filters 16; the question asks for 8"),
        ("8, 3", "8, 5", "kernel 5; the question asks for 3"),
        ("3, ", "3, strides=2, ", "stride 2"),
        ('"relu"', '"tanh"', "activation tanh"),
        ("Flatten()", "MaxPooling2D(), layers.Flatten()", "there is no pooling in this one"),
        ("Dense(10)", "Dense(10), layers.Dense(10)", "Dense is one too many"),
        ("        layers.Dense(10),\n", "", "there are 2 layers, the question asks for 3"),
        ("keras.Input((28, 28, 1)),", "", "begin it with keras.Input"),
        ("28, 28, 1", "28, 28, 3", "the input has shape (28, 28, 3)"),
        ("Dense(10)", "Dense(10, use_bias=False)", "is there a bias too few?"),
    ],
)
def test_model_says_what_differs(old, new, message):
    question = model()
    verdict = question.judge(question.run(CONVNET.replace(old, new)))
    assert verdict.state == "wrong"
    assert message in verdict.text


def test_model_is_compared_apart_from_names_and_style():
    import keras
    from keras import layers

    inputs = keras.Input((28, 28, 1), name="picture")
    x = layers.Conv2D(8, (3, 3), padding="same", name="eyes")(inputs)
    x = layers.Flatten()(layers.ReLU()(x))
    functional = keras.Model(inputs, layers.Dense(10)(x), name="mine")
    assert model().judge(functional).state == "right"
    inner = keras.Sequential(model().right_answer().layers[:2])
    nested = keras.Sequential([keras.Input((28, 28, 1)), inner, layers.Dense(10)])
    assert model().judge(nested).state == "right"
    assert "keras.Sequential([" in model().judge([layers.Dense(10)]).text


def test_free_model_meets_demands():
    question = Model(
        "Small",
        solution=CONVNET.replace("Conv2D(8", "Conv2D(2"),
        free=True,
        at_most=20_000,
        must=[(lambda model: len(model.layers) > 1, "one layer is not enough")],
        hints=HINTS,
    )
    assert question.judge(question.right_answer()).state == "right"
    assert "20,000 are allowed" in question.judge(question.run(CONVNET)).text
    flat = "model = keras.Sequential([keras.Input((28, 28, 1)), layers.Reshape((784,))])"
    assert "output has shape (784,)" in question.judge(question.run(flat)).text
    ten = "[keras.Input((28, 28, 1)), keras.Sequential([layers.Flatten(), layers.Dense(10)])]"
    assert "one layer is not" in question.judge(question.run(f"m = keras.Sequential({ten})")).text


def test_result_reads_a_number_or_the_best_value_of_a_history():
    import keras

    question = Result("Reach it", metric="val_accuracy", at_least=0.9, hints=HINTS)
    history = keras.callbacks.History()
    assert "was it trained?" in question.judge(history).text
    history.history = {"val_accuracy": [0.5, 0.95, 0.93]}
    assert question.judge(history).state == "right"
    assert question.judge(0.9).state == "right"
    assert "validation accuracy 0.890; at least 0.9 is asked for" in question.judge(0.89).text
    history.history = {"accuracy": [0.95]}
    assert "no val_accuracy; it has accuracy" in question.judge(history).text


def test_result_asks_for_less_in_the_quick_profile(monkeypatch):
    question = Result("Reach it", at_least=0.9, quick=0.6, hints=HINTS)
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    assert question.judge(0.7).state == "right"
    monkeypatch.setenv("COURSE_PROFILE", "full")
    assert question.judge(0.7).state == "wrong"


def bright_or_dark():
    """Return images of 4x4 and whether they are bright: easy to learn."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 300)
    images = rng.random((300, 4, 4)).astype("float32") * 0.5 + 0.5 * labels[:, None, None]
    return (images[:200], labels[:200]), (images[200:], labels[200:])


def test_result_trains_a_copy_of_a_model():
    import random

    question = Result(
        "Learn",
        data=bright_or_dark,
        epochs=20,
        at_least=0.8,
        at_most_parameters=100,
        hints=HINTS,
        solution="""
model = keras.Sequential(
    [keras.Input((4, 4)), layers.Flatten(), layers.Dense(1, activation="sigmoid")]
)
model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
""",
        mistakes=[("model = None", "no model", lambda model: len(model.layers) == 1)],
    )
    model = question.right_answer()
    before, state = model.get_weights(), random.getstate()
    assert question.judge(model).state == "right"
    assert random.getstate() == state
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    large = question.run(question.source.replace("Dense(1,", "Dense(100,"))
    assert "100 are allowed" in question.judge(large).text
    model.compiled = False
    assert "not compiled" in question.judge(model).text


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.complex_numbers(),
        lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_value_is_judged_and_described(value):
    for question in (number(), function(), model()):
        assert question.judge(value).state in ("right", "wrong")
    assert len(describe(value)) < 120


# What a student sees


def test_check_prints_the_same_plain_words_every_time(capsys):
    question = number(why="60,000 / 128 = 468.75, rounded up.")
    for answer in (..., 468, 469):
        question.check(answer)
    out = capsys.readouterr().out.splitlines()
    assert out == [
        "Not answered yet · Steps: replace the ... by your answer and run the cell again.",
        "Not yet · Steps: the last, smaller batch is a step, too.",
        "Right · Steps: 469 steps. 60,000 / 128 = 468.75, rounded up.",
    ]
    assert question.state == "right"


def test_hints_get_stronger_and_the_last_one_stays(capsys):
    question = number()
    for _ in range(3):
        question.hint()
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "Hint 1 of 2 · Think."
    assert out[1] == out[2] == "Hint 2 of 2 · Think again. There are no more; solution() shows it."
    question.solution()
    assert "answer = 469" in capsys.readouterr().out


def test_summary_names_what_is_solved():
    rows = [("q1", "Steps", "solved"), ("q2", "<Shape>", "open")]
    summary = exercises.Summary(rows)
    assert repr(summary).splitlines() == [
        "1 of 2 questions answered",
        "q1 | Steps | solved",
        "q2 | <Shape> | open",
    ]
    assert "&lt;Shape&gt;" in summary._repr_html_()


def test_importing_exercises_starts_no_tensorflow():
    code = (
        "import sys\nfrom course_utils import exercises\n"
        "[exercises.questions_of(module) for module in exercises.modules()]\n"
        "assert not {'tensorflow', 'keras', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_instructors_page_has_every_question_with_its_solution(tmp_path):
    from course_utils import report

    page = report.write_exercises(tmp_path / "exercises.html").read_text(encoding="utf-8")
    for module in exercises.modules():
        for name, question in exercises.questions_of(module).items():
            assert f"{name} · {html.escape(question.title, quote=False)}" in page
    assert page.count("Typical mistakes</strong>") == len(QUESTIONS)
    assert 'src="http' not in page


# Answers in another form, and messages that fit


@pytest.mark.parametrize("layer", ['Activation("relu")', "ReLU()"])
def test_an_activation_after_batch_normalisation_may_be_either_layer(layer):
    blocks = CONVNET.replace(', activation="relu"),', "), layers.BatchNormalization(), {},")
    question = Model("Normalised", solution=blocks.format("layers.ReLU()"), hints=HINTS)
    assert question.judge(question.run(blocks.format(f"layers.{layer}"))).state == "right"
    wrong = question.judge(question.run(blocks.format('layers.Activation("tanh")')))
    assert "layer 3 (Activation) has activation tanh; the question asks for relu" in wrong.text


def test_a_flatten_that_finds_nothing_to_flatten_does_not_count():
    averaged = CONVNET.replace("Flatten()", "GlobalAveragePooling2D()")
    question = Model("Averaged", solution=averaged, hints=HINTS)
    with_flatten = averaged.replace("2D(),", "2D(), layers.Flatten(),")
    assert question.judge(question.run(with_flatten)).state == "right"
    assert "Flatten where the question asks for Glob" in question.judge(question.run(CONVNET)).text


@pytest.mark.parametrize("answer", [("b", "2"), ("B", 2), (" b", " 2 "), ["b", 2], ("b", 2.0)])
def test_choice_takes_the_reason_as_a_digit_in_quotes_too(answer):
    options, reasons = {"a": "this", "b": "that"}, {1: "so", 2: "thus"}
    question = Choice("Which", options=options, reasons=reasons, right=("b", 2), hints=HINTS)
    assert question.judge(answer).state == "right"
    for strange in ("3", "two", "", "\u00b2", "9" * 5000, None, [2]):
        assert question.judge(("b", strange)).state == "wrong"


@pytest.mark.parametrize(
    ("right", "answer", "found", "not_found"),
    [
        ((13, 13, 9, 4, 2, 1), (28, 13, 13, 9, 4, 2, 1), "7 numbers", "batch"),
        ((13, 13, 9, 4, 2, 1), (13, 13, 9, 4, 1, 2), "another order.", "height"),
        ((13, 13, 9, 4, 2, 1), "13", "a tuple is asked for;", "height"),
        ((32, 512, 512, 3), (3, 32, 512, 512), "order: batch, height, width, channels", "axes"),
        ((32, 512, 512, 3), (32, 512, 512, 1), "look at the channels again", "axis"),
        ((32, 512, 512, 3), (1, 32, 512, 512, 3), "the right answer has 4", "one sample"),
        ((28, 28), (1, 28, 28), "give the shape of one sample", "channels"),
        ((10,), (None, 10), "give the shape of one sample", "channels"),
    ],
)
def test_shape_names_axes_only_where_they_have_names(right, answer, found, not_found):
    text = Shape("Shape", right=right, hints=HINTS).judge(answer).text
    assert found in text and not_found not in text


def test_a_message_that_asks_ends_as_a_question():
    mistakes = [(2, "which of them is left?"), (3, "one too many."), (4, "and so on ...")]
    question = Number("Left", right=1, hints=HINTS, mistakes=mistakes)
    assert question.judge(2).text == "which of them is left?"
    assert question.judge(3).text == "one too many."


def test_function_that_changes_what_comes_in_is_told_where_that_matters():
    image = np.arange(1, 10).reshape(3, 3)
    options = {"solution": SHIFT, "inputs": [(image, 1)], "hints": HINTS}
    strict, lenient = (Function("Shift", keeps_inputs=keeps, **options) for keeps in (True, False))
    assert "work on a copy" in strict.judge(changes_its_input).text
    assert lenient.judge(changes_its_input).state == "right"
    assert strict.judge(strict.right_answer()).state == "right"
    assert "Is there a return?" in strict.judge(no_return).text
    assert image.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


def test_functions_of_students_and_stored_mistakes_warn_nobody(recwarn):
    question = Function(
        "Ratio",
        solution="def ratio(a, b):\n    return a / b if b else 0.0",
        inputs=[(np.float64(0), np.float64(0)), (np.float64(1), np.float64(2))],
        hints=HINTS,
        mistakes=[("def ratio(a, b):\n    return b / a", "the wrong way round")],
    )
    assert "NaN" in question.judge(lambda a, b: a / b).text
    assert "the wrong way round" in question.judge(lambda a, b: b / a).text
    assert not recwarn.list


# Good answers in a reader's own words

OWN_WORDS = {
    ("nb01_dense_mnist", "q9"): [
        "The curve is not exactly the same: digits are taller than wide.",
        "The two curves are not identical, since digits are taller.",
        "It need not be equal, digits are taller than wide.",
        "It falls faster, because digits are taller. Nothing guarantees the same curve.",
    ],
    ("nb02_convnets", "q5"): [
        "Sobel_x finds the two edges of the gap; sobel_y only sees the waistband.",
        "The first one (sobel x) sees the gap between the legs, sobel_y does not",
    ],
    ("nb03_padding_and_strides", "q12"): [
        "The third one: without pooling and strides its map stays large, so an answer per pixel",
        "Network 3, because no stride shrinks its map",
    ],
    ("nb04_pooling", "q6"): [
        "Stop without pooling after 2 epochs, where the val loss is lowest; 60000 digits instead "
        "of 10000 narrow the gap",
        "Stop once the training loss still falls but the loss on the held-out digits rises; more "
        "digits help",
        "At the minimum of val_loss each, even if the training loss goes on falling",
    ],
    ("nb04_pooling", "q11"): [
        "(a) global average pooling suits telling whether there is a cat; (b) finding where the "
        "cat is; (c) each pixel of a road",
        "where the position does not matter, global pooling is fine; (b) in which half is it; (c) "
        "find the road",
        "(a) cat or not (b) which quarter. Never pool for segmentation; each pixel counts",
        "Global pooling is not good for finding the place of a tumour, but for cat or dog it is",
    ],
    ("nb05_augmentation", "q7"): [
        "Reading text: a mirror image is wrong, since letters never come mirrored; small shifts "
        "are safe",
        "A mirrored page of text, which none of us can read; a small zoom is safe",
        "Street signs from few images: a mirrored arrow points the other way; brightness is safe",
    ],
    ("nb06_malaria", "q6"): [
        "A high one, well above 0.5, say 0.95, since a patient has 1,000 cells and one is enough",
        "High, so that at most 0.5 % of the healthy cells raise an alarm for the nurse to look at",
        "I would not watch the accuracy but the specificity, and choose a high threshold",
    ],
    ("nb07_pretrained_applications", "q8"): [
        "X-ray images, because ImageNet consists of dogs, cats and cars and so on",
        "Radar images, since the texture is the same everywhere on them",
        "Dogs drawn by children, for there is no fur in a drawing",
    ],
    ("nb08_filter_visualisation", "q7"): [
        "Black out the parasite and compare the accuracy before and after",
        "Cut out the parasite and see whether the probability falls",
        "Swap the spot for a piece of a healthy cell and ask the network again",
        "Inpaint it with the colour around it; if the accuracy falls, the spot counted",
    ],
    ("nb09_architectures", "q5"): [
        "The trouble is not too few parameters: the twin has as many",
        "It is not that the net will overfit, it trains badly",
    ],
}


@pytest.mark.parametrize(
    ("module", "name", "answer"),
    [(*place, answer) for place, answers in OWN_WORDS.items() for answer in answers],
)
def test_a_good_answer_in_own_words_is_taken(module, name, answer):
    assert exercises.questions_of(module)[name].judge(answer).state == "noted"
