"""A question whose answer is a shape."""

from collections.abc import Iterable
from typing import Any

from course_utils.exercises.kinds.question import Question, Verdict
from course_utils.exercises.kinds.reading import AXES, as_shape


class Shape(Question):
    """The shape of an array or of a layer's output, as a tuple of whole numbers.

    With three axes it is taken for that of an image or a feature map, with four for that of a
    batch of them; of other shapes the messages name no axes.
    """

    def __init__(self, title: str, *, right: Iterable[int], **others: Any):
        others.setdefault("solution", f"answer = {tuple(right)!r}")
        super().__init__(title, **others)
        self.right = tuple(right)

    def _judge(self, answer):
        found, problem = as_shape(answer, len(self.right))
        if problem:
            return Verdict("wrong", problem)
        if found == self.right:
            return self._right(f"{found}.")
        return self._wrong(found, self._tell_apart(found))

    def _same(self, answer, wrong):
        return answer == tuple(wrong)

    def _tell_apart(self, found: tuple) -> str:
        axes = len(self.right)
        if axes <= 3 and found[1:] == self.right:
            return f"{found} has a first axis for the batch; give the shape of one sample."
        if sorted(found, key=str) == sorted(self.right, key=str):
            order = f": {', '.join(AXES[axes])}" if axes in AXES else ""
            return f"{found} has the right numbers in another order{order}."
        if len(found) != axes:
            return self._tell_length(found)
        differ = [i for i in range(axes) if found[i] != self.right[i]]
        if axes in AXES:
            return f"{found}: look at the {' and the '.join(AXES[axes][i] for i in differ)} again."
        first = differ[0]
        return f"{found}: the first that is not right is number {first + 1}, {found[first]}."

    def _tell_length(self, found: tuple) -> str:
        axes = len(self.right)
        if axes in AXES:
            return f"{found}: number of axes {len(found)}; the right answer has {axes}."
        return f"{found}: {len(found)} numbers; the right answer has {axes}."
