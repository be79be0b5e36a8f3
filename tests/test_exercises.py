"""Every question of every notebook, with its typical mistakes; and the kinds of questions."""

import os
import subprocess
import sys
import time

from course_utils import exercises
from course_utils.exercises.kinds import (
    Choice,
    Design,
    Function,
    Model,
    Number,
    Open,
    Shape,
    Trained,
)
from course_utils.exercises.kinds.limits import Clock, TookTooLong, run_limited
from course_utils.exercises.kinds.question import sentence
from course_utils.exercises.kinds.words import describe

import numpy as np
import pytest
from asking import QUESTIONS, Resisting
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HINTS = ["Think.", "Think again."]


pytestmark = pytest.mark.usefixtures("without_a_child")


@pytest.fixture(params=QUESTIONS.values(), ids=QUESTIONS)
def question(request):
    return request.param


# Every question of the course


def test_solution_is_right(question):
    verdict = question.judge(question.right_answer())
    assert verdict.state == ("written" if isinstance(question, Open) else "right"), verdict.text


def test_every_typical_mistake_gets_its_message(question):
    assert len(question.mistakes) >= 2
    assert len({message for _, message, *_ in question.mistakes}) == len(question.mistakes)
    for wrong, message, *_ in question.mistakes:
        verdict = question.judge(question.example(wrong))
        assert verdict.state == ("written" if isinstance(question, Open) else "wrong")
        assert sentence(message) in verdict.text


def test_has_hints_a_solution_and_a_way_to_stay_open(question):
    assert len(question.hints) >= 2 and all(question.hints)
    assert len(question.solution_text()) > 5
    assert question.judge(...).state == "unanswered"


def test_no_message_tells_the_answer(question):
    if isinstance(question, Number) and abs(question.right) >= 100:
        told = {f"{question.right:,.0f}", f"{question.right:.0f}"}
        assert not any(words in text for _, text, *_ in question.mistakes for words in told)
    if isinstance(question, Choice):
        assert not any(question.options == text for _, text, *_ in question.mistakes)


def processor_seconds():
    """Return what this process and its children have taken of the processor."""
    return sum(os.times()[:4])


def test_a_check_takes_no_time(question, monkeypatch):
    """The processor's time, at best of ten, since others may be at work; models take longer."""
    if isinstance(question, Model):
        return
    monkeypatch.undo()  # with the child
    answers = [question.right_answer(), *(question.example(one[0]) for one in question.mistakes)]
    question.judge(answers[0])  # the first one loads what the solution needs
    for answer in answers:
        for _ in range(10):
            start = processor_seconds()
            question.judge(answer)
            took = processor_seconds() - start
            if took < 0.2:
                break
        assert took < 0.2


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
    lambda *arguments: Resisting(),
    Resisting(),
    object(),
]


def test_nothing_that_is_passed_raises_out_of_check(question):
    """Without a child, as on Windows; what only a child ends is in test_exercise_limits.py."""
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
        ([469, 470], "found [469, 470]"),
        (len, "the function len: to get its value call it, with brackets"),
        ((60, 469), "a comma separates two things"),
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
        ((28.5, 28, 32), "whole numbers"),
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


def test_open_question_is_judged_by_nobody_but_the_student():
    mistakes = [("All is too dark here.", "look again")]
    criteria = ["name what several share", "give a reason"]
    question = Open(
        "Look", sample="Some are bad.", criteria=criteria, hints=HINTS, mistakes=mistakes
    )
    assert question.progress() == "open"
    verdict = question.judge("Several look like other digits")
    assert verdict.state == "written"
    for words in ("Some are bad.", "1. name what several share", "All is too dark", "met=[1, 2]"):
        assert words in verdict.text
    assert "2 words of at least 4" in question.judge("quite dark").text
    assert "in quotes" in question.judge(7).text
    question.check("Several look like other digits")
    assert question.progress() == "to be compared"
    assert question.judge(..., met=[1]).state == "unanswered"


@pytest.mark.parametrize(
    ("met", "state", "text"),
    [
        ([1, 2], "compared", "all 2 points"),
        ((2, 1), "compared", "all 2 points"),
        (2, "compared", "1 of 2 points. Rewrite your answer so that it also name what"),
        ([], "compared", "0 of 2 points"),
        ([3], "written", "the points are 1 to 2; found met=[3]"),
        ("1", "written", "found met='1'"),
        ([[1]], "written", "in a list"),
    ],
)
def test_open_question_keeps_the_points_that_the_student_ticks(met, state, text):
    criteria = ["name what several share", "give a reason"]
    question = Open("Look", sample="Some are bad.", criteria=criteria, hints=HINTS)
    verdict = question.judge("Several look like other digits", met)
    assert (verdict.state, text in verdict.text) == (state, True), verdict
    question.check("Several look like other digits", met=met)
    assert question.progress().startswith("compared:") == (state == "compared")


def shift_down(image, pixels):
    shifted = np.zeros_like(image)
    shifted[pixels:] = image[: len(image) - pixels]
    return shifted


def shift_round(image, pixels):
    return np.roll(image, pixels, axis=0)


def function():
    image = np.arange(1, 10).reshape(3, 3)
    question = Function(
        "Shift down",
        solution=shift_down,
        inputs=[(image, 1)],
        hidden={"no shift at all": (image, 0)},
        hints=HINTS,
        mistakes=[(shift_round, "what leaves below comes back at the top")],
    )
    question.seconds = 0.3
    return question


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
        (lambda image, pixels: sys.exit(), "leaves Python"),
        (lambda image: image, "raised TypeError"),
        (lambda image, pixels: image * np.nan, "NaN"),
        (lambda image, pixels: np.zeros((500, 500)), "the shape is 500x500; asked for is 3x3"),
        (lambda image, pixels: 10**5000, "more than 15 digits"),
        (lambda image, pixels: "shifted", "returns 'shifted'; an array of shape 3x3 is asked for"),
        (lambda image, pixels: image, "at (0, 0) stands 1, which is too large"),
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
    lists = function().judge(lambda image, pixels: shift_down(image, pixels).tolist())
    assert lists.state == "right"
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
            run_limited(work, Clock(0.1))
    assert threading.active_count() == before
    with pytest.raises(KeyError):
        run_limited(lambda: {}["missing"], Clock(1))
    assert run_limited(lambda: 42, Clock(1)) == 42


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
from course_utils.exercises.kinds import Function
question = Function("Wait", solution=abs, inputs=[(1,)], hints=[])
question.seconds = 0.5
def forever(x):
    while True:
        x = x
question.check(forever)
"""
    ask_in_c = "question.check(lambda x: sum(range(10**15)))"
    cells = [nbformat.v4.new_code_cell(source) for source in (ask, ask_in_c, "1 + 1")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=60).execute()
    for cell in notebook.cells[:2]:
        (output,) = cell.outputs
        shown = output["data"]
        assert shown["text/plain"].startswith("Not yet · Wait: stopped after 0.5 seconds")
        assert 'role="status"' in shown["text/html"] and "Not yet · Wait" in shown["text/html"]
    assert notebook.cells[2].outputs[0]["data"]["text/plain"] == "2"


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
    mistakes = [(lambda: built(deeper), "there is no pooling in this one")]
    return Model("A convnet", solution=CONVNET, hints=HINTS, mistakes=mistakes)


def built(source):
    """Return the model that a text defines."""
    return Model("Any", solution=source, hints=HINTS).right_answer()


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
    verdict = question.judge(built(CONVNET.replace(old, new)))
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


def test_design_meets_demands():
    few = (lambda model: len(model.layers) > 1, "one layer is not enough", lambda: None)
    solution = CONVNET.replace("Conv2D(8", "Conv2D(2")
    question = Design("Small", solution=solution, at_most=20_000, must=[few], hints=HINTS)
    question.mistakes.clear()
    assert question.judge(question.right_answer()).state == "right"
    assert "20,000 are allowed" in question.judge(built(CONVNET)).text
    flat = "model = keras.Sequential([keras.Input((28, 28, 1)), layers.Reshape((784,))])"
    assert "output has shape (784,)" in question.judge(built(flat)).text
    ten = "[keras.Input((28, 28, 1)), keras.Sequential([layers.Flatten(), layers.Dense(10)])]"
    assert "one layer is not" in question.judge(built(f"m = keras.Sequential({ten})")).text


def bright_or_dark():
    """Return images of 4x4 and whether they are bright: easy to learn."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 300)
    images = rng.random((300, 4, 4)).astype("float32") * 0.5 + 0.5 * labels[:, None, None]
    return (images[:200], labels[:200]), (images[200:], labels[200:])


BRIGHT = """
model = keras.Sequential(
    [keras.Input((4, 4)), layers.Flatten(), layers.Dense(1, activation="sigmoid")]
)
model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
"""


def bright():
    return Trained(
        "Learn",
        data=bright_or_dark,
        epochs=20,
        at_least=0.8,
        at_most=100,
        hints=HINTS,
        solution=BRIGHT,
    )


def test_trained_trains_a_copy():
    import random

    question = bright()
    model = question.right_answer()
    before, state = model.get_weights(), random.getstate()
    assert question.judge(model).state == "right"
    assert random.getstate() == state
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    large = BRIGHT.replace("layers.Flatten()", "layers.Flatten(), layers.Dense(100)")
    assert "100 are allowed" in question.judge(built(large)).text
    model.compiled = False
    assert "not compiled" in question.judge(model).text


@pytest.mark.parametrize(
    ("old", "new", "state", "text"),
    [
        ('"binary_crossentropy"', '"mse"', "right", "accuracy"),
        ('"binary_crossentropy"', '"binary_crossentropy", metrics=["acc"]', "right", "accuracy"),
        ('"binary_crossentropy"', '"categorical_hinge_"', "wrong", "it cannot be trained"),
        ('"binary_crossentropy"', 'lambda y, p: "no"', "wrong", "it cannot be trained"),
        ("Adam(0.05)", "Adam(1e-9)", "wrong", "at least 0.8 is asked for"),
        (
            "layers.Flatten()",
            'layers.Lambda(lambda x: x * float("nan")), layers.Flatten()',
            "wrong",
            "NaN, which is no number: is the learning rate too large?",
        ),
        (
            'layers.Dense(1, activation="sigmoid")',
            'layers.Lambda(lambda x: x * 2), layers.Dense(1, activation="sigmoid")',
            "right",
            "accuracy",
        ),
    ],
)
def test_trained_takes_any_loss_and_metric_that_work(old, new, state, text):
    verdict = bright().judge(built(BRIGHT.replace(old, new)))
    assert (verdict.state, text in verdict.text) == (state, True), verdict


def test_trained_takes_scores_with_their_loss():
    scores = BRIGHT.replace(', activation="sigmoid"', "")
    with_loss = scores.replace(
        '"binary_crossentropy"', "keras.losses.BinaryCrossentropy(from_logits=True)"
    )
    assert bright().judge(built(with_loss)).state == "right"


def test_trained_takes_a_class_of_the_students_own():
    import keras

    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.flat, self.top = keras.layers.Flatten(), keras.layers.Dense(1, "sigmoid")

        def call(self, inputs):
            return self.top(self.flat(inputs))

    model = Mine()
    model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
    model(np.zeros((1, 4, 4)))
    before = model.get_weights()
    assert bright().judge(model).state == "right"
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the same for all examples
)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.complex_numbers(),
        lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_value_is_judged_and_described(value):
    for question in (number(), function(), model()):
        assert question.judge(value).state in ("right", "wrong", "unanswered")
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


def test_after_two_wrong_tries_the_message_says_where_it_is_taught(capsys):
    question = number(taught="Train")
    for answer in (468, ..., 470, 467, 469, 466):
        question.check(answer)
    told = [line.endswith("It is taught in the section “Train”.") for line in text_of(capsys)]
    assert told == [False, False, True, True, False, True]


def text_of(capsys):
    return capsys.readouterr().out.splitlines()


def test_hints_get_stronger_and_the_last_one_stays(capsys):
    question = number()
    for _ in range(3):
        question.hint()
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "Hint 1 of 2 · Think."
    assert out[1] == out[2] == "Hint 2 of 2 · Think again. There are no more; solution() shows it."
    question.solution()
    assert "answer = 469" in capsys.readouterr().out


def test_summary_names_what_is_right_compared_and_to_redo():
    rows = [
        ("q1", "Steps", "right"),
        ("q2", "<Shape>", "open"),
        ("q3", "Words", "compared: 1 of 2 points"),
        ("q4", "Sizes", "not yet right"),
        ("q5", "Reasons", "to be compared"),
    ]
    summary = exercises.Summary(rows)
    assert repr(summary).splitlines() == [
        "2 of 5 questions answered: 1 right, 1 compared. To redo: q4. To be compared: q5.",
        *(" | ".join(row) for row in rows),
    ]
    assert summary.todo == ["q2", "q4", "q5"]
    page = summary._repr_html_()
    assert "&lt;Shape&gt;" in page and page.count('scope="col"') == 3
    assert exercises.Summary([("q1", "Steps", "open")]).text == "0 of 1 questions answered"


def test_importing_exercises_starts_no_tensorflow():
    code = (
        "import sys\nfrom course_utils import exercises\n"
        "[exercises.questions_of(module) for module in exercises.modules()]\n"
        "assert not {'tensorflow', 'keras', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


# Answers in another form, and messages that fit


@pytest.mark.parametrize("layer", ['Activation("relu")', "ReLU()"])
def test_an_activation_after_batch_normalisation_may_be_either_layer(layer):
    blocks = CONVNET.replace(', activation="relu"),', "), layers.BatchNormalization(), {},")
    question = Model("Normalised", solution=blocks.format("layers.ReLU()"), hints=HINTS)
    assert question.judge(built(blocks.format(f"layers.{layer}"))).state == "right"
    wrong = question.judge(built(blocks.format('layers.Activation("tanh")')))
    assert "layer 3 (Activation) has activation tanh; the question asks for relu" in wrong.text


def test_a_flatten_that_finds_nothing_to_flatten_does_not_count():
    averaged = CONVNET.replace("Flatten()", "GlobalAveragePooling2D()")
    question = Model("Averaged", solution=averaged, hints=HINTS)
    with_flatten = averaged.replace("2D(),", "2D(), layers.Flatten(),")
    assert question.judge(built(with_flatten)).state == "right"
    assert "Flatten where the question asks for Glob" in question.judge(built(CONVNET)).text


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
        (
            (13, 13, 9, 4, 2, 1),
            (14, 14, 10, 5, 3, 2),
            "first that is not right is number 1",
            "axis",
        ),
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
    mistakes = [(2, "which of them is left?"), (3, "one too many"), (4, "and so on ...")]
    question = Number("Left", right=1, hints=HINTS, mistakes=mistakes)
    assert question.judge(2).text == "which of them is left?"
    assert question.judge(3).text == "one too many."
    assert question.judge(4).text == "and so on ..."


def test_function_that_changes_what_comes_in_is_told_where_that_matters():
    image = np.arange(1, 10).reshape(3, 3)
    options = {"solution": shift_down, "inputs": [(image, 1)], "hints": HINTS}
    strict, lenient = (Function("Shift", keeps_inputs=keeps, **options) for keeps in (True, False))
    assert "work on a copy" in strict.judge(changes_its_input).text
    assert lenient.judge(changes_its_input).state == "right"
    assert strict.judge(strict.right_answer()).state == "right"
    assert "Is there a return?" in strict.judge(no_return).text
    assert image.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


def test_functions_of_students_and_typical_mistakes_warn_nobody(recwarn):
    def ratio(a, b):
        return a / b if b else 0.0

    def the_wrong_way_round(a, b):
        return b / a

    question = Function(
        "Ratio",
        solution=ratio,
        inputs=[(np.float64(0), np.float64(0)), (np.float64(1), np.float64(2))],
        hints=HINTS,
        mistakes=[(the_wrong_way_round, "the wrong way round")],
    )
    assert "NaN" in question.judge(lambda a, b: a / b).text
    assert "the wrong way round" in question.judge(lambda a, b: b / a).text
    assert not recwarn.list
