"""A question whose answer is a function that the student writes."""

import copy
import inspect
import mmap
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from course_utils.exercises.kinds.limits import TookTooLong
from course_utils.exercises.kinds.question import Question, Verdict, is_blank, sentence
from course_utils.exercises.kinds.reading import as_array, close
from course_utils.exercises.kinds.words import describe, first_line, sizes

import numpy as np


class Function(Question):
    """A function to write: its outputs are compared with those of the solution's function.

    inputs: tuples of arguments, which messages may tell; hidden: the same by description.
    within: the tolerance of floats.
    keeps_inputs: whether a function that changes its arguments is wrong for that alone.
    without: a package that the function must not lean on.
    A mistake's third item gets the outcomes, one an input: ("value", output), ("raised", problem).
    """

    task = "write the body of the function and run the cell again."

    def __init__(
        self,
        title: str,
        *,
        inputs: Iterable[tuple],
        hidden: Mapping[str, tuple] | None = None,
        within: float = 1e-5,
        keeps_inputs: bool = False,
        without: str = "",
        **others: Any,
    ):
        super().__init__(title, **others)
        self.within, self.keeps_inputs, self.without = within, keeps_inputs, without
        self._known = {}
        self._place = mmap.mmap(-1, 1)  # number of the input at work, also of a child's work
        self.cases = [(None, tuple(arguments)) for arguments in inputs]
        self.cases += [(name, tuple(arguments)) for name, arguments in (hidden or {}).items()]

    def right_answer(self) -> Callable:
        return self._solution

    def _prepare(self, answer):
        self._place[0] = 0
        for function in (self._solution, *(wrong for wrong, *_ in self.mistakes)):
            self._outcomes(function)

    def _judge(self, answer):
        if isinstance(answer, type) or not callable(answer):
            found = f"found {describe(answer)}"
            return Verdict("wrong", f"pass the function itself, without calling it; {found}.")
        if _is_stub(answer):
            return Verdict("unanswered", self.task)
        asked = self._outcomes(self._solution)
        found = self._try(answer)
        if found[0][0] == "value" and is_blank(found[0][1]):
            return Verdict("unanswered", self.task)
        seen = [_agree(here, there, self.within) for here, there in zip(found, asked, strict=True)]
        if not all(seen):
            first = seen.index(False)
            otherwise = f"{self._where(first)}, {self._tell_apart(found[first], asked[first])}"
            return self._wrong(found, otherwise)
        if self.without and _leans_on(answer, self.without):
            rest = f"the question asks for one without {self.without}"
            return Verdict("wrong", f"what comes out is right, but {rest}.")
        return self._right(f"all {len(self.cases)} inputs give the right output.")

    def _tell_stopped(self) -> str:
        where = self._where(self._place[0])
        return f"stopped after {self.seconds:g} seconds, {where}. Is there a loop that never ends?"

    def _try(self, function) -> list[tuple]:
        """Return the outcome of the function for each input; the first alone where it is `...`."""
        found = []
        for number, (_, arguments) in enumerate(self.cases):
            self._place[0] = number
            found.append(self._outcome(function, arguments))
            if found[0][0] == "value" and is_blank(found[0][1]):
                break
        return found

    def _outcomes(self, function) -> list[tuple]:
        """Return what a function of the course makes of each input; worked out once."""
        if function not in self._known:
            outcomes = [self._outcome(function, arguments) for _, arguments in self.cases]
            self._known[function] = outcomes
        return self._known[function]

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
        outcomes = self._outcomes(wrong)
        return all(_agree(a, b, self.within) for a, b in zip(found, outcomes, strict=True))

    def _where(self, number: int) -> str:
        description, arguments = self.cases[number]
        if description:
            return f"for a hidden input ({description})"
        return f"for {', '.join(describe(argument) for argument in arguments)}"

    def _tell_apart(self, outcome, right) -> str:
        kind, value = outcome
        if kind == "raised":
            return _tell_raised(value)
        if kind == "changed":
            return "the function changes the array that comes in; work on a copy: array.copy()."
        if value is None:
            return "the function returns None. Is there a return?"
        array, wanted = as_array(value), as_array(right[1])
        if array is None or wanted is None:
            return f"the function returns {describe(value)}; {_kind(wanted)} is asked for."
        return _tell_arrays(array, wanted, self.within)


RAISED = {
    "RecursionError": "the function calls itself without an end.",
    "MemoryError": "the function asks for far more memory than this takes.",
    "SystemExit": "the function leaves Python; let it return its result.",
    "KeyboardInterrupt": "the function stops itself; let it return its result.",
    "BdbQuit": "the function stops for a debugger; take breakpoint() out for the check.",
}


def _tell_raised(problem: tuple[str, str]) -> str:
    kind, message = problem
    return RAISED.get(kind) or sentence(f"the function raised {kind}: {message}".rstrip(": "))


def _kind(wanted) -> str:
    if wanted is None:
        return "something else"
    return "a number" if wanted.ndim == 0 else f"an array of shape {sizes(wanted.shape)}"


def _tell_arrays(array, wanted, within: float) -> str:
    """Say where two arrays differ, and in which direction; what is right is not told."""
    if array.shape != wanted.shape:
        return f"the shape is {sizes(array.shape)}; asked for is {sizes(wanted.shape)}."
    if array.dtype.kind == "f" and np.isnan(array).any() and not np.isnan(wanted).any():
        return "there is NaN among the values: 0 divided by 0, or the logarithm of less than 0?"
    if _is_rounded(array, wanted, within):
        return "the function returns rounded numbers. Return them as they are."
    place = tuple(int(i) for i in np.argwhere(~close(array, wanted, within))[0])
    side = "large" if array[place] > wanted[place] else "small"
    here = f"{describe(array[place])}, which is too {side}"
    if array.size == 1:
        return f"the function returns {here}."
    return f"the shape is right, but at {describe(place)} stands {here}."


def _is_rounded(array, wanted, within: float) -> bool:
    """Tell whether all values are the right ones, rounded to one to five digits."""
    places = range(1, 6)
    return wanted.dtype.kind == "f" and any(
        close(array, np.round(wanted, digits), within).all() for digits in places
    )


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


def _call(function, arguments) -> tuple:
    """Return ("value", output) or ("raised", (kind, first line of the message))."""
    try:
        with np.errstate(all="ignore"):  # a NaN is told in the verdict
            return "value", function(*arguments)
    except TookTooLong:
        raise
    except BaseException as problem:  # whatever a student's function may raise
        return "raised", (type(problem).__name__, first_line(problem))


def _agree(outcome, right, within: float) -> bool:
    """Tell whether two calls came to the same: the same exception, or equal values."""
    if "raised" in (outcome[0], right[0]):
        return outcome[0] == right[0] and outcome[1][0] == right[1][0]
    array, wanted = as_array(outcome[1]), as_array(right[1])
    if array is None or wanted is None:
        return type(outcome[1]) is type(right[1]) and bool(outcome[1] == right[1])
    if array.size == wanted.size == 0:  # an empty list has lost its other axes
        return True
    return array.shape == wanted.shape and bool(close(array, wanted, within).all())


def _leans_on(function, package: str) -> bool:
    """Tell whether a function is of a package, or something that its code names is."""
    used = [function]
    if code := getattr(function, "__code__", None):
        names = inspect.getclosurevars(function)
        used += [*names.globals.values(), *names.nonlocals.values()]
        if package in code.co_names:  # imported inside the function
            return True
    homes = [
        one.__name__ if isinstance(one, types.ModuleType) else getattr(one, "__module__", None)
        for one in used
    ]
    return any(str(home).split(".")[0] == package for home in homes)
