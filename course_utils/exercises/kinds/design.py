"""A question whose answer is any model that meets some demands."""

from collections.abc import Callable, Iterable
from typing import Any

from course_utils.exercises.kinds import networks
from course_utils.exercises.kinds.model import Model
from course_utils.exercises.kinds.question import Mistake, Verdict, sentence

# What a model must meet, what to say if it does not, and a function that returns one of those.
Demand = tuple[Callable[[Any], bool], str, Callable[[], Any]]


class Design(Model):
    """A model of the solution's input and output shape that meets the demands.

    at_most: parameters; must: triples of a function of the model, what to say if it is not True,
    and a function that returns a model for which it is not.
    """

    def __init__(
        self,
        title: str,
        *,
        at_most: int | None = None,
        must: Iterable[Demand] = (),
        mistakes: Iterable[Mistake] = (),
        **others: Any,
    ):
        must = list(must)
        unmet = [(wrong, message) for _, message, wrong in must]
        super().__init__(title, mistakes=[*mistakes, *unmet], **others)
        self.at_most, self.must = at_most, must

    def _judge(self, answer):
        if problem := networks.problem_of_kind(answer):
            return Verdict("wrong", problem)
        asked = self._asked
        if problem := networks.problem_of(answer, asked.input_shape[1:]):
            return Verdict("wrong", problem)
        if problem := self._unmet(answer, asked):
            return self._wrong(answer, problem)
        return self._right(f"{answer.count_params():,} parameters.")

    def _unmet(self, model, asked) -> str:
        """Return a sentence about the first demand that the model does not meet, or ""."""
        here, there = (networks.output_shape(one, asked.input_shape[1:]) for one in (model, asked))
        if here != there:
            return f"the output has shape {here}; the question asks for {there}."
        if self.at_most and model.count_params() > self.at_most:
            return f"{model.count_params():,} parameters; {self.at_most:,} are allowed."
        return next((sentence(text) for demand, text, _ in self.must if not demand(model)), "")

    def _same(self, answer, wrong):
        other = wrong()
        shape = other.input_shape[1:]
        return not networks.problem_of(answer, shape) and networks.same(answer, other, shape)
