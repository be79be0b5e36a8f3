"""A question without one right answer: the student compares her words with a sample."""

from course_utils.exercises.kinds.question import Question, Verdict, sentence
from course_utils.exercises.kinds.words import describe

LEAST = 4  # words


class Open(Question):
    """Some words of the student's own, which nobody but she can judge.

    `check(answer)` shows a sample answer, two or three criteria, and what is often written and
    does not hold; `check(answer, met=[1, 3])` keeps which criteria her answer meets.
    """

    task = "write a sentence or two in quotes instead of the ... and run the cell again."

    def __init__(self, title: str, *, sample: str, criteria, **others):
        others.setdefault("solution", f"answer = {sample!r}")
        super().__init__(title, **others)
        self.sample, self.criteria = sample, list(criteria)
        self._met = 0

    def check(self, answer=..., met=None) -> None:
        """Show what to compare the answer with; `met` lists the criteria that it meets."""
        verdict = self.judge(answer, met)
        if verdict.state == "compared":
            self._met = len(_points(met))
        self._tell(verdict)

    def judge(self, answer, met=None) -> Verdict:
        return self._protected(lambda answer: self._compare(answer, met), answer)

    def progress(self) -> str:
        points = f": {self._met} of {len(self.criteria)} points"
        return super().progress() + points * (self.state == "compared")

    def solution_text(self) -> str:
        return "\n".join(part for part in (f"For example: {self.sample}", self.why) if part)

    def _compare(self, answer, met) -> Verdict:
        if not isinstance(answer, str):
            return Verdict("wrong", f"write words in quotes; found {describe(answer)}.")
        words = len(answer.split())
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
        if not missing:
            return Verdict("compared", f"all {len(known)} points.")
        texts = "; ".join(self.criteria[number - 1] for number in missing)
        return Verdict(
            "compared",
            f"{len(points)} of {len(known)} points. Rewrite your answer so that it also {texts}.",
        )


def _points(met) -> set[int] | None:
    """Return the numbers of the points that are met; None where they cannot be read."""
    if isinstance(met, int) and not isinstance(met, bool):
        return {met}
    if isinstance(met, list | tuple | set | range) and all(type(one) is int for one in met):
        return set(met)
    return None
