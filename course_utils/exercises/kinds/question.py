"""What all kinds of questions share: check, hint and solution."""

import ast
import inspect
import random
import textwrap
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from course_utils.exercises.kinds import limits
from course_utils.exercises.kinds.limits import BroughtDown, Clock, TookTooLong
from course_utils.exercises.kinds.words import as_written, describe
from course_utils.reader.notices import show_note

import numpy as np

# A typical wrong answer, its message, and perhaps a function that recognises more answers.
Mistake = tuple[Any, str] | tuple[Any, str, Callable[[Any], bool]]

STARTS = {
    "right": "Right",
    "written": "Compare",
    "compared": "Compared",
    "wrong": "Not yet",
    "unanswered": "Not answered yet",
}
PROGRESS = {
    "right": "right",
    "written": "to be compared",
    "compared": "compared",
    "wrong": "not yet right",
    "unanswered": "open",
}
STILL_RUNS = " It still runs beside the notebook: restart the kernel to end it."
BROUGHT_DOWN = (
    "this ended Python itself, and would have ended the kernel: does it leave the process, or call "
    "itself without end?"
)


@dataclass(frozen=True)
class Verdict:
    """What a check found: its state is a key of STARTS; `points` says how many of an open one."""

    state: str
    text: str
    points: str = ""


@dataclass(frozen=True)
class Try:
    """An answer that was checked: as it was written, its state, and what is wrong with it.

    Of an answer that the student has compared herself, `message` says how many points it has.
    """

    answer: str
    state: str
    message: str = ""


class Question:
    """A kind says in `_judge` whether an answer is right, and if not what is likely wrong.

    solution: Python text as it is typed in the notebook, or a function, whose source it then is.
    tries: what was tried in this kernel, the last TRIES of them; only `exercises.submit` keeps it.
    taught: the heading of the section in the notebook that teaches it.
    """

    task = "replace the ... by your answer and run the cell again."
    seconds = 2.5  # after which an answer is stopped
    TRIES = 12
    patience = 2  # wrong tries, after which a message says where it is taught

    def __init__(
        self,
        title: str,
        *,
        hints: Iterable[str],
        solution: str | Callable,
        mistakes: Iterable[Mistake] = (),
        why: str = "",
        taught: str = "",
        predict: bool = False,
    ):
        self.title, self.hints, self.why = title, list(hints), why
        self._solution, self.predict, self.taught = solution, predict, taught
        self.mistakes = [tuple(mistake) for mistake in mistakes]
        self.state, self._hints_shown, self._wrong_tries = "unanswered", 0, 0
        self.tries: list[Try] = []

    def check(self, answer: Any = ...) -> None:
        """Say whether the answer is right and, if not, what is likely wrong; raises nothing."""
        self._tell(answer, self.judge(answer))

    def hint(self) -> None:
        """Show a hint; each call shows a stronger one."""
        self._hints_shown = min(self._hints_shown + 1, len(self.hints))
        number = self._hints_shown
        last = " There are no more; solution() shows it." * (number == len(self.hints))
        show_note(f"Hint {number} of {len(self.hints)} · {self.hints[number - 1]}{last}")

    def solution(self) -> None:
        """Show the right answer, and why it is right."""
        show_note(f"Solution · {self.title}\n{self.solution_text()}")

    def solution_text(self) -> str:
        """Return the solution as code, and the reason below it."""
        return "\n".join(part for part in (self.source, self.why) if part)

    def progress(self) -> str:
        """Return in a few words how far this question is: right, open, …"""
        return PROGRESS[self.state]

    @property
    def source(self) -> str:
        """The solution as Python text."""
        return source_of(self._solution)

    def judge(self, answer: Any) -> Verdict:
        """Return the verdict without showing or remembering it; raises nothing."""
        return self._protected(self._judge, answer)

    def _protected(self, judge: Callable[..., Verdict], *answers: Any) -> Verdict:
        """Return `judge(*answers)`; where it fails or takes too long, a verdict that says so."""
        if is_blank(answers[0]):
            return Verdict("unanswered", self.task)

        def work() -> Verdict:
            try:
                return judge(*answers)
            except TookTooLong:
                raise
            except BaseException as problem:  # an answer may raise whatever it likes
                found = f"{describe(answers[0])} ({type(problem).__name__})"
                return Verdict("wrong", f"this answer could not be read: {found}.")

        with warnings.catch_warnings(), limits.quietly():
            warnings.simplefilter("ignore")  # the verdict says what is wrong
            self._prepare(answers[0])
            if limits.is_plain(answers):
                return work()
            try:
                self._clock = Clock(self.seconds)
                return limits.run_apart(work, self._clock)
            except TookTooLong as stopped:
                return Verdict("wrong", self._tell_stopped() + STILL_RUNS * stopped.left_behind)
            except BroughtDown:
                return Verdict("wrong", BROUGHT_DOWN)

    def _prepare(self, answer: Any) -> None:
        """Load what a check needs, before its time is taken."""

    def _tell_stopped(self) -> str:
        return "this takes too long. Is there a loop that never ends?"

    def _judge(self, answer) -> Verdict:
        raise NotImplementedError

    def _tell(self, answer: Any, verdict: Verdict) -> None:
        self.state = verdict.state
        self._remember(answer, verdict)
        self._wrong_tries += verdict.state == "wrong"
        where = ""
        if verdict.state == "wrong" and self._wrong_tries >= self.patience and self.taught:
            where = f" It is taught in the section “{self.taught}”."
        show_note(f"{STARTS[verdict.state]} · {self.title}: {verdict.text}{where}", verdict.state)

    def _remember(self, answer: Any, verdict: Verdict) -> None:
        if verdict.state == "unanswered":
            return
        message = verdict.text if verdict.state == "wrong" else verdict.points
        now = Try(as_written(answer), verdict.state, message)
        if self.tries and self.tries[-1].answer == now.answer:  # a cell that is run again
            self.tries.pop()
        self.tries = [*self.tries[1 - self.TRIES :], now]

    def _right(self, found: str) -> Verdict:
        return Verdict("right", f"{found} {self.why}".strip())

    def _wrong(self, answer, otherwise: str) -> Verdict:
        """Return the message of the typical mistake that the answer is, or else the general one."""
        for wrong, message, *recognise in self.mistakes:
            if recognise[0](answer) if recognise else self._same(answer, wrong):
                return Verdict("wrong", sentence(message))
        return Verdict("wrong", otherwise)

    def _same(self, answer, wrong) -> bool:
        """Tell whether an answer is this typical mistake."""
        return answer == wrong

    def example(self, wrong: Any) -> Any:
        """Return a typical wrong answer as a student would pass it."""
        return wrong

    def right_answer(self) -> Any:
        """Return what the solution defines."""
        return self._run(self.source, {"np": np})

    def _run(self, source: str, names: dict):
        """Run Python text, which may use these names; return what it defines last."""
        with random_numbers_kept():
            exec(source, names)
        return names[_last_name(source)]


def sentence(message: str) -> str:
    """Return a message with an end: a full stop where it has none."""
    return message if message[-1] in ".?!…" else f"{message}."


def source_of(code: str | Callable) -> str:
    """Return Python text as it is, and a function or a lambda's line as text."""
    text = code if isinstance(code, str) else inspect.getsource(code)
    return textwrap.dedent(text).strip("\n")


def is_blank(answer: Any) -> bool:
    """Tell whether nothing was answered: `...`, or a list with one of them left."""
    if type(answer) in (tuple, list):
        return any(item is ... for item in answer[:20])
    return answer is ...


@contextmanager
def random_numbers_kept(seed: int | None = None) -> Iterator[None]:
    """Leave the notebook's random numbers as if nothing had been drawn here."""
    state = random.getstate()  # Keras draws the seeds of its weights from here
    if seed is not None:
        random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


def _last_name(source: str) -> str:
    """Return the name that the last assignment at the top of a Python text defines."""
    assigned = [statement for statement in ast.parse(source).body if hasattr(statement, "targets")]
    names = [one.targets[0].id for one in assigned if isinstance(one.targets[0], ast.Name)]
    return names[-1]
