"""A question's title, options and reasons stand in its notebook and in its module, word by word."""

import json
import re
from pathlib import Path

from course_utils import exercises

import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
TITLE = re.compile(r"####? Your turn · (.*)")
OPTION = re.compile(r'^- `"(\w)"` (.*)$', re.M)
REASON = re.compile(r"^(\d)\. (.*)$", re.M)
PREDICT = "**Predict.**"


def tasks(module: str) -> dict[str, str]:
    """Return the text above each question's cell in the notebook of a module."""
    cells = json.loads((FOLDER / f"{module.removeprefix('nb')}.ipynb").read_text("utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    found = {}
    for above, source in zip(texts, texts[1:], strict=False):
        if asked := re.search(r"^(q\d+)\.check\(", source, re.M):
            found[asked[1]] = above
    return found


def differences(question, text: str) -> list[str]:
    """Return a line for each piece of text that notebook and module do not have alike."""
    there = {"title": TITLE.search(text)[1], "to predict": PREDICT in text}
    here = {"title": question.title, "to predict": question.predict}
    if hasattr(question, "options"):
        there |= {f"option {letter}": words for letter, words in OPTION.findall(text)}
        there |= {f"reason {number}": words for number, words in REASON.findall(text)}
        here |= {f"option {letter}": words for letter, words in question.options.items()}
        here |= {f"reason {number}": words for number, words in question.reasons.items()}
    return [
        f"{part}: the notebook has {there.get(part)!r}, the module {here.get(part)!r}"
        for part in sorted({*there, *here})
        if there.get(part) != here.get(part)
    ]


@pytest.mark.parametrize("module", exercises.modules())
def test_notebook_and_module_ask_in_the_same_words(module):
    texts, lines = tasks(module), []
    for name, question in exercises.questions_of(module).items():
        lines += [f"{name}, {line}" for line in differences(question, texts[name])]
    hint = f'options as - `"a"` text, reasons as 1. text, predict=True as {PREDICT}'
    assert not lines, "\n".join([f"{module} and its notebook differ ({hint}):", *lines])


def test_a_drift_is_told():
    question = exercises.questions_of("nb01_dense_mnist")["q1"]
    text = tasks("nb01_dense_mnist")["q1"]
    assert differences(question, text) == []
    drifted = text.replace("upside down", "on its head").replace("2. it walks", "2. this walks")
    assert differences(question, drifted.replace(PREDICT, "Predict:")) == [
        "option a: the notebook has 'the photograph on its head', the module 'the photograph "
        "upside down'",
        "reason 2: the notebook has 'this walks the columns backwards', the module 'it walks the "
        "columns backwards'",
        "to predict: the notebook has False, the module True",
    ]


# Where each question is taught

HEADING = re.compile(r"^#{2,4} (?!Your turn)(.*)$", re.M)


def sections_above(module: str) -> dict[str, list[str]]:
    """Return for each question the headings that stand above its cell, the nearest last."""
    cells = json.loads((FOLDER / f"{module.removeprefix('nb')}.ipynb").read_text("utf-8"))["cells"]
    headings, found = [], {}
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            headings += HEADING.findall(source)
        elif asked := re.search(r"^(q\d+)\.check\(", source, re.M):
            found[asked[1]] = list(headings)
    return found


@pytest.mark.parametrize("module", exercises.modules())
def test_a_question_names_a_section_above_it_that_teaches_it(module):
    above = sections_above(module)
    lines = [
        f"{name}: there is no section {question.taught!r}; near it stands {above[name][-1]!r}"
        for name, question in exercises.questions_of(module).items()
        if question.taught not in above[name]
    ]
    assert not lines, "\n".join([f"{module} (taught=...):", *lines])


def test_no_question_is_lost():
    """A course that grows shorter in notebooks keeps its questions; each has all that helps."""
    questions = [
        question
        for module in exercises.modules()
        for question in exercises.questions_of(module).values()
    ]
    assert len(questions) >= 81
    for question in questions:
        assert len(question.hints) >= 2 and all(question.hints), question.title
        assert len(question.mistakes) >= 2 and question.source, question.title
