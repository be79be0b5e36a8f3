"""A question whose answer is one certain network, however it is written."""

from collections.abc import Callable
from typing import Any

from course_utils.exercises.kinds import networks, structure
from course_utils.exercises.kinds.question import Question, Verdict


class Model(Question):
    """A model to build: right is what computes the same as the solution's model.

    Where it does not, the message names the first layer that differs.
    """

    task = "build the model in the cell above and run it again."
    seconds = 4.0

    def __init__(self, title: str, **others: Any):
        super().__init__(title, **others)
        self._asked = None

    def _prepare(self, answer):
        self._asked = self._asked or self.right_answer()

    def right_answer(self) -> Any:
        networks.start_keras()
        return self._run(self.source, networks.keras_names())

    def _judge(self, answer):
        if problem := networks.problem_of_kind(answer):
            return Verdict("wrong", problem)
        asked, shape = self._asked, self._asked.input_shape[1:]
        if problem := networks.problem_of(answer, shape):
            return Verdict("wrong", problem)
        if networks.same(answer, asked, shape):
            return self._right(f"{answer.count_params():,} parameters.")
        return self._wrong(answer, _difference(answer, asked))

    def _same(self, answer, wrong):
        return networks.same(answer, wrong(), answer.input_shape[1:])

    def example(self, wrong: Callable[[], Any]) -> Any:
        networks.start_keras()
        return wrong()


def _difference(model, asked) -> str:
    """Return a sentence about the first difference that can be told."""
    if getattr(model, "inputs", None):
        there = structure.layers_of(asked)
        if difference := structure.first_difference(structure.layers_of(model), there):
            return difference
    here, there = model.count_params(), asked.count_params()
    if here == there:
        return "the parameters are as many as asked for, but it computes something else."
    more = "more" if here > there else "fewer"
    hint = ": is there a bias too few?" if 0 < there - here < 1000 else "."
    return f"there are {here:,} parameters, {more} than the network asked for has{hint}"
