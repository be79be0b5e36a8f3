"""The kinds of questions; each has `check(answer)`, `hint()` and `solution()`.

Seven kinds, by example. Each question has a `title`, `hints` (weak to strong) and `mistakes`: pairs
of a typical wrong answer and the message that it gets. A third item, a function of the answer that
returns True or False, recognises more answers than this one (for a Function it gets the outcomes,
("value", output) or ("raised", message), one for each input). `why` explains the right answer after
it was found, and in the solution. `predict=True` marks what is asked before the cell is run.

    q1 = Number(
        "Steps of an epoch",
        right=469,                       # within=0.5 would accept 468.5 to 469.5
        unit="steps",
        hints=["Divide.", "A last, smaller batch is a step, too."],
        why="60,000 / 128 = 468.75, rounded up.",
        mistakes=[(468, "the last, smaller batch counts, too"),
                  (60_000, "that is the number of images: each step takes 128 of them")],
    )
    q2 = Shape(
        "The map of a convolution",
        right=(28, 28, 32),
        hints=["…", "…"],
        mistakes=[((26, 26, 32), "26x26: that is 'valid' padding; the question asks for 'same'")],
    )
    q3 = Choice(                         # answer = "b", or with reasons answer = ("b", 2)
        "Which kernel",
        options={"a": "sobel_x", "b": "sobel_y", "c": "blur"},
        reasons={1: "its weights sum to one", 2: "it compares what lies above and below"},
        right=("b", 2),
        hints=["…", "…"],
        mistakes=[("a", "sobel_x compares left and right"),      # whatever the reason
                  (("b", 1), "they sum to zero")],
    )
    q4 = Open(                           # answer = "some words of your own"
        "Look at the mistakes",
        sample="Many are badly written; some are plain to us.",
        least=5,                         # words
        hints=["…", "…"],
        mistakes=[("They are all too dark to read.", "look again: …",
                   lambda text: "dark" in text)],
    )
    q5 = Function(                       # the solution's outputs are the right ones
        "Shift an image down",
        solution="def shift_down(images, pixels):\n    …",
        inputs=[(images, 1), (images, 3)],           # tuples of arguments, told in messages
        hidden={"no shift at all": (images, 0)},     # only their description is told
        keeps_inputs=True,                           # the arrays that come in must stay as they are
        hints=["…", "…"],
        mistakes=[("def shift_down(images, pixels):\n    return np.roll(images, pixels, axis=1)",
                   "what leaves the image below comes back at the top")],
    )
    q6 = Model(                          # the same layers as the solution's model, names apart
        "A convnet",
        solution="model = keras.Sequential([…])",
        hints=["…", "…"],
        mistakes=[("model = keras.Sequential([…])", "…")],
    )
    q6 = Model(                          # free: any layers that meet the demands
        "At most 20,000 parameters",
        solution="model = …",
        free=True,                       # input and output shape still count
        at_most=20_000,
        must=[(lambda model: …, "what to say if this is False")],
        …
    )
    q7 = Result(                         # answer: a number, or the History of training.fit
        "Reach 97 %",
        metric="val_accuracy",           # best value of the history
        at_least=0.97,
        quick=0.85,                      # what the quick profile asks for instead
        solution="history = training.fit(…)",
        hints=["…", "…"],
        mistakes=[(0.1, "this is guessing: …", lambda value: value < 0.15)],
    )
    q7 = Result(                         # answer: a compiled model, which the check trains
        "A small net that learns",
        data=load_some,                  # returns ((x, y), (x_test, y_test)), some 1,000 samples
        epochs=3, metric="accuracy", at_least=0.8, at_most_parameters=10_000,
        solution="model = …",
        mistakes=[("model = …", "…", lambda model: …)],
        …
    )

`solution` is Python text that defines what is checked (`answer = 469` is made up where it is
missing); in a notebook it takes the place of all that stands above `q1.check(`. Text of functions
and models may use `np`, `keras`, `layers` and the names in `given={"smiley": smiley}`.

An answer of `...` is no error. Whatever is passed, `check` raises nothing: it says what it found.
"""

import ast
import copy
import math
import random
import warnings
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass

from course_utils.exercises import structure
from course_utils.exercises.limits import TookTooLong, run_limited
from course_utils.exercises.words import describe, say, sizes

import numpy as np

STARTS = {
    "right": "Right",
    "noted": "Noted",
    "wrong": "Not yet",
    "unanswered": "Not answered yet",
}


@dataclass(frozen=True)
class Verdict:
    """What a check found: state is "right", "noted", "wrong" or "unanswered"."""

    state: str
    text: str


class Question:
    """What all kinds share; a kind says in `_judge` whether an answer is right, and what is not."""

    task = "replace the ... by your answer and run the cell again."

    def __init__(
        self, title, *, hints, solution="", mistakes=(), why="", given=None, predict=False
    ):
        self.title, self.hints, self.why = title, list(hints), why
        self.source = solution
        self.mistakes = [tuple(mistake) for mistake in mistakes]
        self.given, self.predict = given or {}, predict
        self.state, self._hints_shown = "unanswered", 0

    def check(self, answer=...) -> None:
        """Say whether the answer is right and, if not, what is likely wrong; raises nothing."""
        verdict = self.judge(answer)
        self.state = verdict.state
        say(f"{STARTS[verdict.state]} · {self.title}: {verdict.text}", verdict.state)

    def hint(self) -> None:
        """Show a hint; each call shows a stronger one."""
        self._hints_shown = min(self._hints_shown + 1, len(self.hints))
        number = self._hints_shown
        last = " There are no more; solution() shows it." * (number == len(self.hints))
        say(f"Hint {number} of {len(self.hints)} · {self.hints[number - 1]}{last}")

    def solution(self) -> None:
        """Show the right answer, and why it is right."""
        say(f"Solution · {self.title}\n{self.solution_text()}")

    def solution_text(self) -> str:
        """Return the solution as code, and the reason below it."""
        return "\n".join(part for part in (self.source.strip("\n"), self.why) if part)

    def judge(self, answer) -> Verdict:
        """Return the verdict without showing or remembering it; raises nothing."""
        if _is_blank(answer):
            return Verdict("unanswered", self.task)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the verdict says what is wrong
                return self._judge(answer)
        except TookTooLong:
            return Verdict("wrong", "this takes too long. Is there a loop that never ends?")
        except Exception as problem:
            found = f"{type(answer).__name__} ({type(problem).__name__}: {_first_line(problem)})"
            return Verdict("wrong", f"this answer could not be read: {found}.")

    def _judge(self, answer) -> Verdict:
        raise NotImplementedError

    def _right(self, found: str) -> Verdict:
        return Verdict("right", f"{found} {self.why}".strip())

    def _wrong(self, answer, otherwise: str) -> Verdict:
        """Return the message of the typical mistake that the answer is, or else the general one."""
        for wrong, message, *recognise in self.mistakes:
            if recognise[0](answer) if recognise else self._same(answer, wrong):
                end = "" if message.endswith("?") else "."
                return Verdict("wrong", message.rstrip(".") + end)
        return Verdict("wrong", otherwise)

    def _same(self, answer, wrong) -> bool:
        return answer == wrong

    def example(self, wrong):
        """Return a typical wrong answer as a student would pass it."""
        return wrong

    def right_answer(self):
        """Return what the solution defines."""
        return self.run(self.source)

    def run(self, source: str):
        """Run Python text and return what its last assignment or `def` defines."""
        names = {"np": np, **self.given}
        if "keras" in source or "layers" in source:
            from course_utils import settings

            settings.start_tensorflow()
            import keras

            names |= {"keras": keras, "layers": keras.layers}
        with _random_numbers_kept():
            exec(source, names)
        return names[_last_name(source)]


class Number(Question):
    """A number; `within` is how far an answer may lie off, `unit` what is counted."""

    def __init__(self, title, *, right, within=0, unit="", **others):
        others.setdefault("solution", f"answer = {right!r}")
        super().__init__(title, **others)
        self.right, self.within, self.unit = right, within, unit

    def _judge(self, answer):
        value, problem = _as_number(answer)
        if problem:
            return Verdict("wrong", problem)
        found = f"{describe(value)} {self.unit}".strip()
        if abs(value - self.right) <= self.within + 1e-9 * abs(self.right):
            return self._right(f"{found}.")
        return self._wrong(value, self._tell(value, found))

    def _same(self, answer, wrong):
        return abs(answer - wrong) <= max(self.within, 1e-9 * abs(wrong))

    def _tell(self, value, found: str) -> str:
        if 0 < abs(self.right) <= 1 and abs(value - 100 * self.right) <= 100 * self.within + 1e-6:
            return f"{found} is right in per cent; write a share, between 0 and 1."
        if abs(value + self.right) <= self.within:
            return f"{found}: look at the sign."
        where = "too large" if value > self.right else "too small"
        return f"{found} is {where}. A call of hint() helps."


AXES = {3: ("height", "width", "channels"), 4: ("batch", "height", "width", "channels")}


class Shape(Question):
    """The shape of an array or of a layer's output, as a tuple of whole numbers.

    With three axes it is taken for that of an image or a feature map, with four for that of a
    batch of them; of other shapes the messages name no axes.
    """

    def __init__(self, title, *, right, **others):
        others.setdefault("solution", f"answer = {tuple(right)!r}")
        super().__init__(title, **others)
        self.right = tuple(right)

    def _judge(self, answer):
        found, problem = _as_shape(answer, len(self.right))
        if problem:
            return Verdict("wrong", problem)
        if found == self.right:
            return self._right(f"{found}.")
        return self._wrong(found, self._tell(found))

    def _same(self, answer, wrong):
        return answer == tuple(wrong)

    def _tell(self, found: tuple) -> str:
        axes = len(self.right)
        if axes <= 3 and found[1:] == self.right:
            return f"{found} has a first axis for the batch; give the shape of one sample."
        if sorted(found, key=str) == sorted(self.right, key=str):
            order = f": {', '.join(AXES[axes])}" if axes in AXES else ""
            return f"{found} has the right numbers in another order{order}."
        if len(found) != axes:
            return self._tell_length(found)
        differ = [i for i in range(axes) if found[i] != self.right[i]]
        names = AXES.get(axes) or [f"axis {i}" for i in range(axes)]
        return f"{found}: look at the {' and the '.join(names[i] for i in differ)} again."

    def _tell_length(self, found: tuple) -> str:
        axes = len(self.right)
        if axes in AXES:
            return f"{found}: number of axes {len(found)}; the right answer has {axes}."
        return f"{found}: {len(found)} numbers; the right answer has {axes}."


class Choice(Question):
    """One option of several; where `reasons` are given, together with the number of the reason."""

    def __init__(self, title, *, options, right, reasons=None, **others):
        others.setdefault("solution", f"answer = {right!r}")
        super().__init__(title, **others)
        self.options, self.right, self.reasons = options, right, reasons or {}

    def _judge(self, answer):
        chosen, problem = self._read(answer)
        if problem:
            return Verdict("wrong", problem)
        if chosen == self.right:
            letter = chosen[0] if self.reasons else chosen
            return self._right(f"{letter}) {self.options[letter]}.")
        return self._wrong(chosen, self._tell(chosen))

    def _read(self, answer):
        """Return the answer in the form of `right`, or a sentence about its form."""
        letters = ", ".join(self.options)
        if self.reasons:
            if not isinstance(answer, tuple | list) or len(answer) != 2:
                form = f'answer = "{letters[0]}", 1'
                return None, f"give the letter and the number of the reason, as in {form}."
            letter, reason = answer
            if isinstance(reason, str) and reason.strip().isdecimal():
                reason = int(reason)
            if reason not in list(self.reasons):
                numbers = ", ".join(map(str, self.reasons))
                return None, f"{describe(reason)} is no reason of this list: {numbers}."
        else:
            letter, reason = answer, None
        letter = letter.strip().lower() if isinstance(letter, str) else letter
        if letter not in list(self.options):
            return None, f"{describe(letter)} is none of the options: {letters} (in quotes)."
        return ((letter, reason) if self.reasons else letter), ""

    def _same(self, answer, wrong):
        return answer == wrong or (self.reasons and isinstance(wrong, str) and answer[0] == wrong)

    def example(self, wrong):
        if self.reasons and isinstance(wrong, str):
            return wrong, next(iter(self.reasons))
        return wrong

    def _tell(self, chosen) -> str:
        if self.reasons and chosen[0] == self.right[0]:
            return f"{chosen[0]} is the right choice, but reason {chosen[1]} does not explain it."
        letter = chosen[0] if self.reasons else chosen
        return f"{letter}) {self.options[letter]}: no. A call of hint() helps."


class Open(Question):
    """A question without one right answer: some words, set beside a sample answer.

    `least` is the number of words from which on an answer counts as one.
    """

    task = "write a sentence or two in quotes instead of the ... and run the cell again."

    def __init__(self, title, *, sample, least=4, **others):
        others.setdefault("solution", f"answer = {sample!r}")
        super().__init__(title, **others)
        self.sample, self.least = sample, least

    def _judge(self, answer):
        if not isinstance(answer, str):
            return Verdict("wrong", f"write words in quotes; found {describe(answer)}.")
        words = len(answer.split())
        if words < self.least:
            return Verdict("wrong", f"say a little more: {words} words of at least {self.least}.")
        verdict = self._wrong(answer, "")
        if verdict.text:
            return verdict
        compare = "there is more than one good answer. Compare yours with this one:"
        return Verdict("noted", f"{compare} {self.sample} {self.why}".rstrip())

    def _same(self, answer, wrong):
        return answer.split() == wrong.split()

    def solution_text(self) -> str:
        return "\n".join(part for part in (f"For example: {self.sample}", self.why) if part)


class Function(Question):
    """A function to write: its outputs are compared with those of the solution's function.

    inputs: tuples of arguments, which messages may tell; hidden: the same by description.
    `seconds` limits the time of all calls together. `within` is the tolerance of floats.
    keeps_inputs: whether a function that changes its arguments is wrong for that alone.
    """

    task = "write the body of the function and run the cell again."

    def __init__(
        self,
        title,
        *,
        inputs,
        hidden=None,
        seconds=3.0,
        within=1e-6,
        keeps_inputs=False,
        **others,
    ):
        super().__init__(title, **others)
        self.seconds, self.within, self.keeps_inputs = seconds, within, keeps_inputs
        self.cases = [(None, tuple(arguments)) for arguments in inputs]
        self.cases += [(name, tuple(arguments)) for name, arguments in (hidden or {}).items()]

    def _judge(self, answer):
        if isinstance(answer, type) or not callable(answer):
            found = f"found {describe(answer)}"
            return Verdict("wrong", f"pass the function itself, without calling it; {found}.")
        if _is_stub(answer):
            return Verdict("unanswered", self.task)
        asked = self._outcomes(self.right_answer())
        found, seen = [], []
        try:
            with redirect_stdout(_Silence()):  # a loop that prints would flood the page
                run_limited(lambda: self._try(answer, asked, found, seen), self.seconds)
        except TookTooLong:
            where = self._where(min(len(seen), len(self.cases) - 1))
            stopped = f"stopped after {self.seconds:g} seconds, {where}."
            return Verdict("wrong", f"{stopped} Is there a loop that never ends?")
        return self._compare(found, asked, seen)

    def _compare(self, found, asked, seen) -> Verdict:
        """Return the verdict on the outcomes, of which `seen` says whether each is right."""
        if found == [("blank", None)]:
            return Verdict("unanswered", self.task)
        if all(seen):
            return self._right(f"all {len(self.cases)} inputs give the right output.")
        first = seen.index(False)
        otherwise = f"{self._where(first)}, {self._tell(found[first], asked[first])}"
        return self._wrong(found, otherwise)

    def _try(self, function, asked, found, seen):
        """Call the function with each input; note what came, and whether it is right."""
        for (_, arguments), right in zip(self.cases, asked, strict=True):
            outcome = self._outcome(function, arguments)
            if not found and outcome[0] == "value" and _is_blank(outcome[1]):
                found.append(("blank", None))
                return
            found.append(outcome)
            seen.append(_agree(outcome, right, self.within))

    def _outcomes(self, function) -> list[tuple]:
        return [self._outcome(function, arguments) for _, arguments in self.cases]

    def _outcome(self, function, arguments) -> tuple:
        """Call the function with copies; return what `_call` does, or ("changed", "")."""
        copies = copy.deepcopy(arguments)
        outcome = _call(function, copies)
        if not self.keeps_inputs or outcome[0] == "raised" or outcome[1] is None:
            return outcome
        kept = zip(copies, arguments, strict=True)
        same = all(_agree(("value", now), ("value", before), 0) for now, before in kept)
        return outcome if same else ("changed", "")

    def _same(self, found, wrong):
        outcomes = self._outcomes(self.run(wrong))
        return all(_agree(a, b, self.within) for a, b in zip(found, outcomes, strict=True))

    def example(self, wrong):
        return self.run(wrong)

    def _where(self, number: int) -> str:
        description, arguments = self.cases[number]
        if description:
            return f"for a hidden input ({description})"
        return f"for {', '.join(describe(argument) for argument in arguments)}"

    def _tell(self, outcome, right) -> str:
        kind, value = outcome
        if kind == "raised":
            return f"the function raised {value}."
        if kind == "changed":
            return "the function changes the array that comes in; work on a copy: array.copy()."
        if value is None:
            return "the function returns None. Is there a return?"
        array, wanted = _as_array(value), _as_array(right[1])
        if array is None or wanted is None:
            return f"the function returns {describe(value)}; asked for is {describe(right[1])}."
        return self._tell_arrays(array, wanted)

    def _tell_arrays(self, array, wanted) -> str:
        if array.shape != wanted.shape:
            return f"the shape is {sizes(array.shape)}; asked for is {sizes(wanted.shape)}."
        if array.dtype.kind == "f" and np.isnan(array).any() and not np.isnan(wanted).any():
            return "there is NaN among the values: 0 divided by 0, or the logarithm of less than 0?"
        place = tuple(int(i) for i in np.argwhere(~_close(array, wanted, self.within))[0])
        here, there = describe(array[place]), describe(wanted[place])
        if array.size == 1:
            return f"the function returns {here}; asked for is {there}."
        return f"the shape is right, but at {describe(place)} stands {here}; asked for is {there}."


class Model(Question):
    """A model to build: the solution's layers one by one, or (`free`) its shapes and demands.

    at_most: parameters; must: pairs of a function of the model and what to say if it is not True.
    """

    task = "build the model in the cell above and run it again."

    def __init__(self, title, *, free=False, at_most=None, must=(), **others):
        super().__init__(title, **others)
        self.free, self.at_most, self.must = free, at_most, list(must)

    def _judge(self, answer):
        if problem := _not_a_model(answer):
            return Verdict("wrong", problem)
        asked = self.right_answer()
        difference = self._compare(answer, asked)
        if difference:
            return self._wrong(answer, difference)
        return self._right(f"{answer.count_params():,} parameters.")

    def _compare(self, model, asked) -> str:
        """Return a sentence about the first demand that the model does not meet, or ""."""
        return self._compare_shapes(model, asked) or (
            self._compare_demands(model) if self.free else self._compare_layers(model, asked)
        )

    def _compare_shapes(self, model, asked) -> str:
        for name in ("input", "output") if self.free else ("input",):
            here, there = (getattr(m, f"{name}_shape")[1:] for m in (model, asked))
            if here != there:
                return f"the {name} has shape {here}; the question asks for {there}."
        return ""

    def _compare_demands(self, model) -> str:
        if self.at_most and model.count_params() > self.at_most:
            return f"{model.count_params():,} parameters; {self.at_most:,} are allowed."
        return next((message for demand, message in self.must if not demand(model)), "")

    def _compare_layers(self, model, asked) -> str:
        here, there = structure.layers_of(model), structure.layers_of(asked)
        difference = structure.first_difference(here, there)
        if difference or model.count_params() == asked.count_params():
            return difference
        counts = f"{model.count_params():,} parameters instead of {asked.count_params():,}"
        return f"the layers look right, but there are {counts}: is there a bias too few?"

    def _same(self, answer, wrong):
        other = self.run(wrong)
        same_input = answer.input_shape == other.input_shape
        return same_input and structure.layers_of(answer) == structure.layers_of(other)

    def example(self, wrong):
        return self.run(wrong)


class Result(Question):
    """A training result to reach: a number, the History of a training, or a model to train.

    metric: what is read from a History (its best value) or evaluated; at_least, at_most: the band;
    quick: `at_least` in the quick profile. With `data`, a function that returns ((x, y), (x, y)),
    the check trains a fresh copy of the model for `epochs`, at most 20 seconds, and evaluates it.
    """

    SECONDS = 20

    def __init__(
        self,
        title,
        *,
        metric="accuracy",
        at_least=-math.inf,
        at_most=math.inf,
        quick=None,
        data=None,
        epochs=3,
        at_most_parameters=None,
        **others,
    ):
        super().__init__(title, **others)
        self.metric, self.at_least, self.at_most, self.quick = metric, at_least, at_most, quick
        self.data, self.epochs = data, epochs
        self.at_most_parameters = at_most_parameters

    def band(self) -> tuple[float, float]:
        """Return the band of the running profile."""
        from course_utils import settings

        quick = self.quick is not None and settings.profile().name == "quick"
        return (self.quick if quick else self.at_least), self.at_most

    def _judge(self, answer):
        if self.data:
            return self._judge_model(answer)
        history = getattr(answer, "history", None)
        if isinstance(history, dict):
            if not history.get(self.metric):
                kept = ", ".join(history) or "nothing: was it trained?"
                return Verdict("wrong", f"the history has no {self.metric}; it has {kept}.")
            answer = (min if "loss" in self.metric else max)(history[self.metric])
        elif hasattr(answer, "get_weights"):
            return Verdict("wrong", "pass the history that training.fit returns, not the model.")
        value, problem = _as_number(answer)
        return Verdict("wrong", problem) if problem else self._judge_value(value, value)

    def _judge_value(self, value, answer):
        low, high = self.band()
        found = f"{self.metric.replace('val_', 'validation ')} {value:.3f}"
        if low <= value <= high:
            return self._right(f"{found}.")
        side = f"at least {low:g}" if value < low else f"at most {high:g}"
        return self._wrong(answer, f"{found}; {side} is asked for.")

    def _same(self, answer, wrong):
        return not self.data and abs(answer - wrong) < 1e-9

    def _judge_model(self, model):
        if problem := _not_a_model(model):
            return Verdict("wrong", problem)
        verdict = self._wrong(model, "")
        if verdict.text:
            return verdict
        limit, count = self.at_most_parameters, model.count_params()
        if limit and count > limit:
            return Verdict("wrong", f"{count:,} parameters; {limit:,} are allowed.")
        if not model.compiled:
            return Verdict("wrong", "the model is not compiled yet: call model.compile(…) first.")
        values = _train_copy(model, self.data, self.epochs, self.SECONDS)
        if self.metric not in values:
            return Verdict("wrong", f"compile the model with metrics=[{self.metric!r}].")
        return self._judge_value(values[self.metric], model)

    def example(self, wrong):
        return self.run(wrong) if self.data else wrong

    def right_answer(self):
        if self.data:
            return super().right_answer()
        low, high = self.band()  # what the notebook would have reached
        return low if high == math.inf else high if low == -math.inf else (low + high) / 2


class _Silence:
    """A stream that keeps nothing."""

    def write(self, text):
        return len(text)

    def flush(self):
        pass


@contextmanager
def _random_numbers_kept(seed=None):
    """Leave the notebook's random numbers as if nothing had been drawn here."""
    state = random.getstate()  # Keras draws the seeds of its weights from here
    if seed is not None:
        random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


def _last_name(source: str) -> str:
    """Return the name that the last assignment or `def` at the top of a Python text defines."""
    names = []
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef):
            names.append(statement.name)
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            names.append(statement.targets[0].id)
    return names[-1]


def _is_blank(answer) -> bool:
    """Tell whether nothing was answered: `...`, or a list with one of them left."""
    if isinstance(answer, tuple | list):
        return any(item is ... for item in answer)
    return answer is ...


def _is_stub(function) -> bool:
    """Tell whether the body of a function is nothing but `...`, perhaps below a docstring."""

    def bare(): ...

    def documented():
        """Do something."""
        ...

    code = getattr(function, "__code__", None)
    if code is None:
        return False
    kinds = {bare.__code__.co_code: (None,), documented.__code__.co_code: (function.__doc__, None)}
    return kinds.get(code.co_code) == code.co_consts


def _first_line(problem) -> str:
    text = str(problem).strip().split("\n")[0]
    return text if len(text) <= 120 else text[:117] + "..."


def _as_number(answer):
    """Return (number, "") or (None, what is wrong with it)."""
    if isinstance(answer, str):
        return None, f"{describe(answer)} is text; write the number without quotes."
    if isinstance(answer, bool | np.bool_ | complex):
        return None, f"a number is asked for; found {describe(answer)}."
    if isinstance(answer, int | float | np.number):
        value = answer
    elif getattr(answer, "shape", None) == ():  # an array or tensor that holds one number
        value = np.asarray(answer).item()
    else:
        return None, f"a number is asked for; found {describe(answer)}."
    try:
        size = abs(float(value))
    except OverflowError:
        return None, f"this is far too large: {describe(value)}."
    if math.isnan(size):
        return None, "found NaN, not a number: 0 divided by 0, or a value never computed?"
    if math.isinf(size):
        return None, "found infinity: was something divided by 0?"
    return value, ""


def _as_shape(answer, axes):
    """Return (tuple, "") or (None, what is wrong with it)."""
    if hasattr(answer, "shape"):
        return None, "pass the shape, not the array or tensor: x.shape."
    if isinstance(answer, int | np.integer) and not isinstance(answer, bool):
        answer = (answer,)
    if not isinstance(answer, tuple | list):
        if type(answer).__name__ != "TensorShape":
            form = f", as ({', '.join(AXES[axes])})" if axes in AXES else ""
            return None, f"a tuple is asked for{form}; found {describe(answer)}."
    sizes_found = tuple(answer)
    for size in sizes_found:
        whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
        if not whole and size is not None:
            return None, f"sizes are whole numbers; found {describe(size)}."
    return tuple(None if size is None else int(size) for size in sizes_found), ""


def _call(function, arguments):
    """Return ("value", output) or ("raised", kind and message)."""
    try:
        with np.errstate(all="ignore"):  # a NaN is told in the verdict
            return "value", function(*arguments)
    except (Exception, SystemExit, GeneratorExit) as problem:
        return "raised", f"{type(problem).__name__}: {_first_line(problem)}"


def _as_array(value):
    """Return numbers, and lists or tensors of them, as an array; None for anything else."""
    if isinstance(value, str | bytes | dict | set) or value is None:
        return None
    try:
        array = np.asarray(value)
    except Exception:
        return None
    return array if array.dtype.kind in "biuf" else None


def _close(a, b, within):
    return np.isclose(a, b, rtol=within, atol=within, equal_nan=True)


def _agree(outcome, right, within) -> bool:
    """Tell whether two calls came to the same: the same exception, or equal values."""
    if "raised" in (outcome[0], right[0]):
        return outcome[0] == right[0] and outcome[1].split(":")[0] == right[1].split(":")[0]
    array, wanted = _as_array(outcome[1]), _as_array(right[1])
    if array is None or wanted is None:
        return type(outcome[1]) is type(right[1]) and bool(outcome[1] == right[1])
    return array.shape == wanted.shape and bool(_close(array, wanted, within).all())


def _not_a_model(answer) -> str:
    """Return "" for a Keras model that is built, else what to do."""
    from course_utils import settings

    settings.start_tensorflow()
    import keras

    if isinstance(answer, list | tuple):
        return "these are layers; put them into keras.Sequential([…])."
    if not isinstance(answer, keras.Model):
        return f"a Keras model is asked for; found {describe(answer)}."
    if not answer.built:
        return "the model does not know its input yet: begin it with keras.Input(…)."
    return ""


def _train_copy(model, data, epochs, seconds) -> dict:
    """Train a fresh copy of a compiled model; return its loss and metrics on the test data."""
    from course_utils.progress import Progress

    import keras

    (x, y), test = data()
    bar = Progress(epochs, "Training your model")
    try:
        with _random_numbers_kept(seed=0):
            twin = keras.models.clone_model(model)
            twin.compile_from_config(model.get_compile_config())
            twin.fit(x, y, epochs=epochs, verbose=0, callbacks=[_watch(bar, seconds)])
            return twin.evaluate(*test, verbose=0, return_dict=True)
    finally:
        bar.close()


def _watch(bar, seconds):
    """Return a callback that shows the progress and ends the training after `seconds`."""
    import time

    import keras

    class Watch(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self._end, self._epoch = time.monotonic() + seconds, 0

        def on_epoch_begin(self, epoch, logs=None):
            self._epoch = epoch

        def on_train_batch_end(self, batch, logs=None):
            bar.update(self._epoch + (batch + 1) / self.params["steps"])
            if time.monotonic() > self._end:
                self.model.stop_training = True

    return Watch()
