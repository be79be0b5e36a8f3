"""The instructor's page: all questions with their tasks, hints, solutions and typical mistakes."""

import re
from pathlib import Path

from course_utils import exercises
from course_utils.exercises.kinds import Open
from course_utils.exercises.kinds.question import sentence, source_of
from course_utils.publishing import notebooks, pages

import nbformat

_TASK = re.compile(r"####? Your turn · [^\n]*\n+(.*)", re.DOTALL)


def write_exercises(path: Path = pages.PAGES / "exercises.html") -> Path:
    """Write the page of all questions as one HTML file, and return where it lies."""
    modules = exercises.modules()
    counts = {module: len(exercises.questions_of(module)) for module in modules}
    intro = (
        "# Exercises: solutions and typical mistakes\n\n"
        f"For instructors: {sum(counts.values())} questions of {len(modules)} notebooks. "
        "Each typical mistake is shown with the message that a student gets."
    )
    texts = [intro]
    for module in modules:
        texts += _describe_module(module)
    cells = [nbformat.v4.new_markdown_cell(text) for text in texts]
    pages.write_page(nbformat.v4.new_notebook(cells=cells), path)
    return path


def _describe_module(module: str) -> list[str]:
    """Return Markdown: a heading for the notebook, then one text for each question."""
    path = notebooks.FOLDER / f"{module.removeprefix('nb')}.ipynb"
    heading, tasks = module, {}
    if path.exists():
        heading, tasks = _read_notebook(path)
    texts = [f"## {heading}"]
    for name, question in exercises.questions_of(module).items():
        texts.append(_describe_question(name, question, tasks.get(name, "")))
    return texts


def _read_notebook(path: Path) -> tuple[str, dict[str, str]]:
    """Return a notebook's title, and the task that stands above each question's cell."""
    notebook, tasks = nbformat.read(path, as_version=4), {}
    for above, cell in zip(notebook.cells, notebook.cells[1:], strict=False):
        asked = re.search(r"^(q\d+)\.check\(", cell.source, re.M)
        if asked and (task := _TASK.match(above.source)):
            tasks[asked[1]] = task[1]
    return notebooks.title_of(notebook), tasks


def _describe_question(name: str, question, task: str) -> str:
    """Return one question as Markdown."""
    kind = type(question).__name__.lower() + ", to predict" * question.predict
    hints = "\n".join(f"1. {hint}" for hint in question.hints)
    mistakes = "\n".join(_describe_mistake(question, *mistake) for mistake in question.mistakes)
    if isinstance(question, Open):
        solution = f"For example: {question.sample}"
    else:
        solution = f"```python\n{question.source}\n```"
    return (
        f"### {name} · {question.title}\n\n*{kind}*\n\n{task}\n\n"
        f"**Hints**\n\n{hints}\n\n**Solution**\n\n{solution}\n\n{question.why}\n\n"
        f"**Typical mistakes**\n\n{mistakes}"
    )


def _describe_mistake(question, wrong, message: str, *_) -> str:
    """Return a typical mistake and its message as a list item; code is set below it."""
    message = sentence(message)
    if not callable(wrong):
        return f"- `{wrong}`: {message}"
    code = "\n".join(f"  {line}" for line in source_of(wrong).split("\n"))
    return f"- {message}\n\n  ```python\n{code}\n  ```\n"
