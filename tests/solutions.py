"""Each notebook once more, with all its questions solved; a few minutes, so it is run by name:

COURSE_PROFILE=quick COURSE_DATA=standin pytest tests/solutions.py
"""

import re

from course_utils import exercises
from course_utils.publishing import notebooks, run

import nbformat
import pytest

NOTEBOOKS = notebooks.find()
CHECK = re.compile(r"^(q\d+)\.check\(\w+\)$", re.M)
ALL_SOLVED = """
from course_utils import exercises

open_questions = [row for row in exercises.summary().rows if row[2] not in ("solved", "answered")]
assert not open_questions, open_questions
"""


def fill_in_solutions(notebook, questions) -> int:
    """Put each question's solution above its check, and return how many there were."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [(cell, match) for cell in cells if (match := CHECK.search(cell.source))]
    for cell, match in found:
        cell.source = f"{questions[match[1]].source}\n{match[0]}"
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
