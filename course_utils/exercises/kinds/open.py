"""A question without one right answer: the student compares her words with a sample."""

from collections.abc import Iterable
from typing import Any

from course_utils.exercises.kinds.question import Question, Verdict, sentence
from course_utils.exercises.kinds.words import describe

LEAST = 4  # words


class Open(Question):
    """Some words of the student's own, which nobody but she can judge.

    `check(answer)` shows a sample answer, two or three criteria, and what is often written and
    does not hold; `check(answer, met=[1, 3])` keeps which criteria her answer meets.
    """

    task = "write a sentence or two in quotes instead of the ... and run the cell again."

    def __init__(self, title: str, *, sample: str, criteria: Iterable[str], **others: Any):
        others.setdefault("solution", f"answer = {sample!r}")
        super().__init__(title, **others)
        self.sample, self.criteria = sample, list(criteria)
        self._points = ""

    def check(self, answer: Any = ..., met: Any = None) -> None:
        """Show what to compare the answer with; `met` lists the criteria that it meets."""
        verdict = self.judge(answer, met)
        self._points = verdict.points
        self._tell(answer, verdict)

    def judge(self, answer: Any, met: Any = None) -> Verdict:
        return self._protected(self._compare, answer, met)

    def progress(self) -> str:
        points = f": {self._points}" if self._points else ""
        return super().progress() + points

    def solution_text(self) -> str:
        return "\n".join(part for part in (f"For example: {self.sample}", self.why) if part)

    def _compare(self, answer, met) -> Verdict:
        if not isinstance(answer, str):
            return Verdict("wrong", f"write words in quotes; found {describe(answer)}.")
        words = len(answer[:10_000].split())
        if words < LEAST:
            return Verdict("wrong", f"say a little more: {words} words of at least {LEAST}.")
        if met is None:
            return Verdict("written", self._comparison())
        return self._count(met)

    def _comparison(self) -> str:
        """Return the sample, the criteria, and what is often written and does not hold."""
        points = [f"  {number}. {text}" for number, text in enumerate(self.criteria, start=1)]
        doubts = [f"  “{wrong}” But {sentence(message)}" for wrong, message, *_ in self.mistakes]
        return "\n".join(
            [
                "there is more than one good answer. One is:",
                f"  {self.sample} {self.why}".rstrip(),
                "Does yours have these points?",
                *points,
                "Often written, and it does not hold:",
                *doubts,
                "Say which points it has, as in check(answer, met=[1, 2]); met=[] if none.",
            ]
        )

    def _count(self, met) -> Verdict:
        points, known = _points(met), set(range(1, len(self.criteria) + 1))
        if points is None or not points <= known:
            found = f"the points are 1 to {len(known)}; found met={describe(met)}"
            return Verdict("written", f"{found}. Write them in a list, as in met=[1, 2].")
        missing = sorted(known - points)
        counted = f"{len(points)} of {len(known)} points"
        if not missing:
            return Verdict("compared", f"all {len(known)} points.", counted)
        texts = "; ".join(self.criteria[number - 1] for number in missing)
        rest = f"Rewrite your answer so that it also {texts}."
        return Verdict("compared", f"{counted}. {rest}", counted)


def _points(met) -> set[int] | None:
    """Return the numbers of the points that are met; None where they cannot be read."""
    if isinstance(met, int) and not isinstance(met, bool):
        return {met}
    if isinstance(met, list | tuple | set | range) and all(type(one) is int for one in met):
        return set(met)
    return None
