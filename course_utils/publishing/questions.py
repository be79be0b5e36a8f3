"""The questions of a notebook as Markdown: task, hints, solution, typical mistakes."""

import re
from collections.abc import Iterator

from course_utils import exercises
from course_utils.exercises.kinds import Open, Question
from course_utils.exercises.kinds.question import sentence, source_of

from nbformat import NotebookNode

CHECK = re.compile(r"^(q\d+)\.check\(", re.MULTILINE)
_TASK = re.compile(r"####? Your turn · [^\n]*\n+(.*)", re.DOTALL)


def of_notebook(name: str) -> dict[str, Question]:
    """Return the questions of a notebook, by its file's name; {} where it has none.

    >>> list(of_notebook("05_augmentation"))
    ['q1', 'q2', 'q3', 'q4', 'q5', 'q6', 'q7']
    """
    module = f"nb{name}"
    return exercises.questions_of(module) if module in exercises.modules() else {}


def find_tasks(notebook: NotebookNode) -> dict[str, str]:
    """Return by the question's name the task that stands above its cell."""
    tasks = {}
    for above, cell in zip(notebook.cells, notebook.cells[1:], strict=False):
        asked = cell.cell_type == "code" and CHECK.search(cell.source)
        if asked and (task := _TASK.match(above.source)):
            tasks[asked[1]] = task[1]
    return tasks


def describe(name: str, question: Question, task: str) -> str:
    """Return a question with all that an instructor wants to know of it."""
    kind = type(question).__name__.lower() + ", to predict" * question.predict
    mistakes = "\n".join(_describe_mistake(question, *mistake) for mistake in question.mistakes)
    return (
        f"### {name} · {question.title}\n\n*{kind}*\n\n{task}\n\n{solve(question)}\n\n"
        f"**Typical mistakes**\n\n{mistakes}"
    )


def solve(question: Question) -> str:
    """Return hints, solution and reason."""
    hints = "\n".join(f"1. {hint}" for hint in question.hints)
    if isinstance(question, Open):
        solution = f"For example: {question.sample}"
    else:
        solution = f"```python\n{question.source}\n```"
    return f"**Hints**\n\n{hints}\n\n**Solution**\n\n{solution}\n\n{question.why}"


def fold(question: Question) -> str:
    """Return hints, solution and reason behind a line that is to be opened."""
    return (
        '<details class="solution"><summary>Hints and solution</summary>\n\n'
        f"{solve(question)}\n\n</details>"
    )


def with_solutions(notebook: NotebookNode, name: str) -> Iterator[NotebookNode]:
    """Yield a notebook's cells, with a folded solution in place of each question's output."""
    from nbformat.v4 import new_markdown_cell

    asked = of_notebook(name)
    for cell in notebook.cells:
        found = CHECK.search(cell.source) if cell.cell_type == "code" else None
        if found and found[1] in asked:
            yield NotebookNode({**cell, "outputs": []})
            yield new_markdown_cell(fold(asked[found[1]]))
        else:
            yield cell


def _describe_mistake(question, wrong, message: str, *_) -> str:
    """Return a typical mistake and its message as a list item; code is set below it."""
    message = sentence(message)
    if not callable(wrong):
        return f"- `{wrong}`: {message}"
    code = "\n".join(f"  {line}" for line in source_of(wrong).split("\n"))
    return f"- {message}\n\n  ```python\n{code}\n  ```\n"
