"""A question whose answer is a number."""

from collections.abc import Iterable
from typing import Any

from course_utils.exercises.kinds.question import Question, Verdict
from course_utils.exercises.kinds.reading import LARGEST, as_array, as_number
from course_utils.exercises.kinds.words import describe


class Number(Question):
    """A number; `within` is how far an answer may lie off, `unit` what is counted.

    also: other ways to write the right answer, such as a pair with the rest of what is asked.
    """

    def __init__(
        self,
        title: str,
        *,
        right: float,
        within: float = 0,
        unit: str = "",
        also: Iterable[tuple] = (),
        **others: Any,
    ):
        others.setdefault("solution", f"answer = {right!r}")
        super().__init__(title, **others)
        self.right, self.within, self.unit = right, within, unit
        self.also = [_flat(form) for form in also]

    def _judge(self, answer):
        if self.also and _flat(answer) in self.also:
            return self._right(f"{describe(answer)}.")
        value, problem = as_number(answer)
        if problem:
            return Verdict("wrong", problem)
        if isinstance(value, int) and abs(value) > LARGEST:
            return self._wrong(value, f"this is far too large: {describe(value)}.")
        found = f"{describe(value)} {self.unit}".strip()
        if abs(value - self.right) <= self.within + 1e-9 * abs(self.right):
            return self._right(f"{found}.")
        return self._wrong(value, self._tell_apart(value, found))

    def _same(self, answer, wrong):
        if abs(wrong) > LARGEST or abs(answer) > LARGEST:
            return answer == wrong
        return abs(answer - wrong) <= max(self.within, 1e-9 * abs(wrong))

    def _tell_apart(self, value, found: str) -> str:
        if 0 < abs(self.right) <= 1 and abs(value - 100 * self.right) <= 100 * self.within + 1e-6:
            return f"{found} is right in per cent; write a share, between 0 and 1."
        if abs(value + self.right) <= self.within:
            return f"{found}: look at the sign."
        where = "too large" if value > self.right else "too small"
        return f"{found} is {where}. A call of hint() helps."


def _flat(answer) -> tuple:
    """Return nested tuples, lists and arrays of numbers as one flat tuple."""
    if isinstance(answer, tuple | list):
        return tuple(number for part in answer for number in _flat(part))
    array = as_array(answer)
    return (answer,) if array is None else tuple(array.reshape(-1).tolist()[:20])
