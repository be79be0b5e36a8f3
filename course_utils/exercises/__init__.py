"""Exercises that answer at once: one module per notebook, each question with three calls.

`q1.check(answer)` says whether an answer is right and, if not, what is likely wrong; `q1.hint()`
helps, more with each call; `q1.solution()` tells. `summary()` shows which questions are right,
compared or open, and which to redo.
The kinds of questions are explained in `course_utils.exercises.kinds`.
"""

import importlib
import sys
from pathlib import Path

from course_utils.exercises.kinds import Question
from course_utils.reader import tables

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
    for module in modules():
        if f"{__name__}.{module}" in sys.modules:
            for name, question in questions_of(module).items():
                rows.append((name, question.title, question.progress()))
    return Summary(rows)
