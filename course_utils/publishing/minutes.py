"""How many minutes a notebook asks of a reader, by a rule that is stated here and in CONTRIBUTING.

Sections that are marked as deeper, and the notes for the instructor, are not counted.
"""

import ast
import re
from dataclasses import dataclass

from course_utils.publishing import notebooks

import nbformat
from nbformat import NotebookNode

WORDS = 150  # of prose with formulas, read in a minute
LINES = 12  # of code, read in a minute
LOOKS = 4  # outputs looked at in a minute
TRAINING = 1  # minutes until a training is over and its course understood
EXERCISE = 3  # minutes for a question, hints and thinking included
MOST = 90

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_LINK = re.compile(r"(?<=\])\([^)]*\)|https?://\S+")
_CHECK = re.compile(r"^q\d+\.check\(", re.M)
_STATED = re.compile(r"About (\d+) minutes")


@dataclass(frozen=True)
class Minutes:
    """What of a notebook's minutes goes where."""

    prose: float
    code: float
    trainings: float
    exercises: float

    @property
    def total(self) -> int:
        """All of them, rounded to 5."""
        exact = self.prose + self.code + self.trainings + self.exercises
        return max(5, 5 * round(exact / 5))


def count(notebook: NotebookNode) -> Minutes:
    """Return the minutes that a notebook asks for.

    Code is a cell's lines and one look at its output; each call of a method `fit` is a training;
    a cell with a question's `check` is an exercise, whatever it holds.
    """
    cells = notebooks.without_deeper(notebook).cells
    prose = [c.source for c in cells if c.cell_type == "markdown" and not notebooks.is_note(c)]
    code = [c.source for c in cells if c.cell_type == "code"]
    plain = [source for source in code if not _CHECK.search(source)]
    lines = sum(len(_lines(source)) for source in plain)
    return Minutes(
        prose=sum(len(_WORD.findall(_LINK.sub("", text))) for text in prose) / WORDS,
        code=lines / LINES + len(plain) / LOOKS,
        trainings=sum(map(_trainings, plain)) * TRAINING,
        exercises=(len(code) - len(plain)) * EXERCISE,
    )


def stated(notebook: NotebookNode) -> int:
    """Return the minutes that a notebook's first cell states; ValueError if it states none."""
    found = _STATED.search(notebook.cells[0].source)
    if not found:
        raise ValueError(
            f'The first cell of "{notebooks.title_of(notebook)}" does not say how long it takes: '
            'write "About 60 minutes".'
        )
    return int(found[1])


def show() -> None:
    """Print for each notebook what its minutes are made of, and what it states."""
    print(f"{'':32}prose  code  trainings  exercises  minutes  stated")
    for path in notebooks.find():
        notebook = nbformat.read(path, as_version=4)
        parts = count(notebook)
        print(
            f"{path.stem:<32}{parts.prose:5.0f}{parts.code:6.0f}{parts.trainings:11.0f}"
            f"{parts.exercises:11.0f}{parts.total:9}{stated(notebook):8}"
        )


def _lines(source: str) -> list[str]:
    return [line for line in source.splitlines() if line.strip()]


def _trainings(source: str) -> int:
    """Return how often code calls a method `fit`; a cell that is written to a file calls none."""
    if source.startswith("%%"):
        return 0
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return sum(isinstance(call.func, ast.Attribute) and call.func.attr == "fit" for call in calls)
