"""Exercises that answer at once: one module per notebook, each question with three calls.

`q1.check(answer)` says whether an answer is right and, if not, what is likely wrong; `q1.hint()`
helps, more with each call; `q1.solution()` tells. `summary()` shows which questions are solved.
The kinds of questions are explained in `course_utils.exercises.kinds`.
"""

import importlib
import sys
from pathlib import Path

from course_utils.reader import tables

DONE = ("solved", "compared")


def modules() -> list[str]:
    """Return the names of the exercise modules, in the order of the notebooks."""
    return sorted(path.stem for path in Path(__file__).parent.glob("nb[0-9][0-9]_*.py"))


def questions_of(module: str) -> dict:
    """Return the questions of a module by name: {"q1": …, "q2": …}, in order."""
    found = vars(importlib.import_module(f"{__name__}.{module}"))
    names = [name for name in found if name[0] == "q" and name[1:].isdigit()]
    return {name: found[name] for name in sorted(names, key=lambda name: int(name[1:]))}


class Summary:
    """Which questions are solved; shown as a table in a notebook."""

    HEAD = ("question", "about", "state")

    def __init__(self, rows: list[tuple[str, str, str]]):
        self.rows = rows
        self.todo = [name for name, _, state in rows if not state.startswith(DONE)]
        self.text = f"{len(rows) - len(self.todo)} of {len(rows)} questions answered"

    def _repr_html_(self) -> str:
        return tables.to_html(self.HEAD, self.rows, self.text)

    def __repr__(self) -> str:
        return tables.to_text([self.text], self.rows)


def summary() -> Summary:
    """Return a table of all questions of this notebook: solved, compared, not yet right, open."""
    rows = []
    for module in modules():
        if f"{__name__}.{module}" in sys.modules:
            for name, question in questions_of(module).items():
                rows.append((name, question.title, question.progress()))
    return Summary(rows)
