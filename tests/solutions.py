"""Each notebook once more, with all its questions solved; a few minutes, so it is run by name:

COURSE_PROFILE=quick COURSE_DATA=standin pytest tests/solutions.py
"""

import re

from course_utils import exercises
from course_utils.exercises.kinds import Open
from course_utils.publishing import notebooks, run

import nbformat
import pytest

NOTEBOOKS = notebooks.find()
CHECK = re.compile(r"^(q\d+)\.check\(\w+\)$", re.M)
ALL_SOLVED = """
from course_utils import exercises

assert not exercises.summary().todo, exercises.summary()
"""


def fill_in_solutions(notebook, questions) -> int:
    """Put each question's solution above its check, and return how many there were."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [(cell, match) for cell in cells if (match := CHECK.search(cell.source))]
    for cell, match in found:
        question, call = questions[match[1]], match[0]
        if isinstance(question, Open):  # ticked as the student would
            call += f"\n{call[:-1]}, met=[1])"
        cell.source = f"{question.source}\n{call}"
    return len(found)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_solutions_are_right_in_their_notebook(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    questions = exercises.questions_of(f"nb{path.stem}")
    assert fill_in_solutions(notebook, questions) == len(questions)
    notebook.cells.append(nbformat.v4.new_code_cell(ALL_SOLVED))
    solved = tmp_path / path.name
    nbformat.write(notebook, solved)
    run.execute(solved)  # raises, naming the cell, where one fails
