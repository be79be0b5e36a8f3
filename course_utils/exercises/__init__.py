"""Exercises that answer at once: one module per notebook, each question with three calls.

`q1.check(answer)` says whether an answer is right and, if not, what is likely wrong; `q1.hint()`
helps, more with each call; `q1.solution()` tells. `summary()` shows which questions are right,
compared or open, and which to redo; `submit()` writes them to a file that a student may hand in.
The kinds of questions are explained in `course_utils.exercises.kinds`.
"""

import importlib
import sys
from pathlib import Path

from course_utils.exercises.kinds import Question
from course_utils.reader import tables
from course_utils.reader.notices import show_note

DONE = ("right", "compared")


def modules() -> list[str]:
    """Return the names of the exercise modules, in the order of the notebooks."""
    return sorted(path.stem for path in Path(__file__).parent.glob("nb[0-9][0-9]_*.py"))


def questions_of(module: str) -> dict[str, Question]:
    """Return the questions of a module by name: {"q1": …, "q2": …}, in order.

    >>> questions_of("nb01_dense_mnist")["q7"].title
    'Steps of an epoch'
    """
    found = vars(importlib.import_module(f"{__name__}.{module}"))
    names = [name for name in found if name[0] == "q" and name[1:].isdigit()]
    return {name: found[name] for name in sorted(names, key=lambda name: int(name[1:]))}


class Summary:
    """How far each question is; shown as a table in a notebook.

    rows: name, title and state of each question. `todo` lists those that are not done yet.

    >>> Summary([("q1", "Steps", "right"), ("q2", "Shape", "not yet right")])
    1 of 2 questions answered: 1 right. To redo: q2.
    q1 | Steps | right
    q2 | Shape | not yet right
    """

    HEAD = ("question", "about", "state")

    def __init__(self, rows: list[tuple[str, str, str]]):
        self.rows = rows
        self.todo = [name for name, _, state in rows if not state.startswith(DONE)]
        self.text = self._count()

    def _count(self) -> str:
        """Return in a line what is right, compared and open, and what to redo."""
        by_state = {"right": [], "compared": [], "to be compared": [], "not yet right": []}
        for name, _, state in self.rows:
            by_state.setdefault(state.split(":")[0], []).append(name)
        right, compared = len(by_state["right"]), len(by_state["compared"])
        text = f"{right + compared} of {len(self.rows)} questions answered"
        done = [f"{n} {word}" for n, word in ((right, "right"), (compared, "compared")) if n]
        text += f": {', '.join(done)}" if done else ""
        if redo := by_state["not yet right"]:
            text += f". To redo: {', '.join(redo)}"
        if halfway := by_state["to be compared"]:
            text += f". To be compared: {', '.join(halfway)}"
        return f"{text}." if len(self.todo) < len(self.rows) or ". " in text else text

    def _repr_html_(self) -> str:
        return tables.to_html(self.HEAD, self.rows, self.text)

    def __repr__(self) -> str:
        return tables.to_text([self.text], self.rows)


def summary() -> Summary:
    """Return a table of all questions of this notebook: right, compared, not yet right, open."""
    rows = []
    for questions in _at_hand().values():
        for name, question in questions.items():
            rows.append((name, question.title, question.progress()))
    return Summary(rows)


def submit() -> None:
    """Write what was answered in this notebook to a file of the student's own, and say where.

    The file, `answers_<pseudonym>.json` in the notebook's folder, takes up all notebooks. It holds
    answers, verdicts and tries, no name and no time. Nothing is sent: who wants to hand
    it in does so herself. `python -m course_utils collect` reads the files of a class.
    Raises OSError where the folder cannot be written.
    """
    from course_utils.exercises import answers

    tried = {
        module: {name: question.tries for name, question in questions.items() if question.tries}
        for module, questions in _at_hand().items()
    }
    if not any(tried.values()):
        show_note("Nothing was written: no question of this notebook has been answered yet.")
        return
    path, count = answers.keep(tried, Path())
    show_note(
        f"Your answers to {count} {'question' if count == 1 else 'questions'} are in {path.name}, "
        "beside this notebook: answers, verdicts and tries, under a pseudonym. Nothing was sent. "
        "Hand the file in if you were asked for it, or remove it."
    )


def _at_hand() -> dict[str, dict[str, Question]]:
    """Return the questions of each module that this kernel has imported."""
    imported = [module for module in modules() if f"{__name__}.{module}" in sys.modules]
    return {module: questions_of(module) for module in imported}
