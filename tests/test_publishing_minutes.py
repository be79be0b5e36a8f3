"""A notebook's minutes: the rule, and that the notebooks and the README state what it gives."""

import re

from course_utils import settings
from course_utils.__main__ import main
from course_utils.publishing import minutes, notebooks

import nbformat
import pytest
from nbformat import v4


def prose(text, **metadata):
    return v4.new_markdown_cell(text, metadata=metadata)


def of(*cells):
    return minutes.count(v4.new_notebook(cells=list(cells)))


def test_prose_is_counted_by_its_words():
    text = "A *word* isn't three: see [this page](https://a.example/not-read), 3 + 4. " * 25
    assert of(prose(text)).prose == pytest.approx(7 * 25 / minutes.WORDS)


def test_code_is_counted_by_lines_and_a_look():
    counted = of(v4.new_code_cell("x = 1\n\ny = 2"), v4.new_code_cell("x + y"))
    assert counted.code == pytest.approx(3 / minutes.LINES + 2 / minutes.LOOKS)


def test_trainings_are_calls_of_fit():
    source = "# model.fit(x)\nfit = 1\nmodel.fit(x, y)\nhistory = build().fit(x)"
    assert of(v4.new_code_cell(source)).trainings == 2 * minutes.TRAINING


def test_an_exercise_takes_its_time_whatever_it_holds():
    counted = of(v4.new_code_cell("q1_answer = ...\nmodel.fit(x)\nq1.check(q1_answer)"))
    assert (counted.exercises, counted.code, counted.trainings) == (minutes.EXERCISE, 0, 0)


def test_notes_and_deeper_sections_are_not_counted():
    note = prose("For the instructor", slideshow={"slide_type": "notes"})
    deeper = [prose("## Proofs, deeper", deeper=True), v4.new_code_cell("model.fit(x)")]
    assert of(note, *deeper) == minutes.Minutes(0, 0, 0, 0)


@pytest.mark.parametrize("exact, total", [(0.1, 5), (52.4, 50), (52.6, 55)])
def test_the_sum_is_rounded_to_5(exact, total):
    assert minutes.Minutes(exact - 0.1, 0.1, 0, 0).total == total


def test_a_notebook_without_minutes_is_told():
    with pytest.raises(ValueError, match='"Tiny" does not say how long it takes'):
        minutes.stated(v4.new_notebook(cells=[prose("# Tiny")]))


def test_the_command_shows_every_notebook(capsys):
    assert main(["minutes"]) == 0
    shown = [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]]
    assert shown == [path.stem for path in notebooks.find()]


@pytest.mark.parametrize("path", notebooks.find(), ids=lambda path: path.stem)
def test_a_notebook_states_the_minutes_that_it_asks_for(path):
    notebook = nbformat.read(path, as_version=4)
    assert minutes.stated(notebook) == minutes.count(notebook).total


@pytest.mark.parametrize("path", notebooks.find(), ids=lambda path: path.stem)
def test_no_notebook_asks_for_more_than_90_minutes_without_its_deeper_sections(path):
    assert minutes.count(nbformat.read(path, as_version=4)).total <= minutes.MOST


def test_the_readme_states_the_same_minutes():
    text = (settings.checkout() / "README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"\(notebooks/(\w+)\.ipynb\) \| (\d+) \|", text))
    counted = {
        path.stem: str(minutes.count(nbformat.read(path, as_version=4)).total)
        for path in notebooks.find()
    }
    assert listed == counted
