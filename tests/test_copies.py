"""A student's own copies: begun without outputs, brought up to date, nothing of hers is lost."""

import copy
import subprocess

from course_utils import __main__ as commands
from course_utils.publishing import copies, merge, notebooks

import history
import nbformat
import pytest
from history import texts
from nbformat import v4


def book(*cells):
    """Return a notebook of (id, text) pairs; text that begins with # is Markdown."""
    made = [
        (v4.new_markdown_cell if text.startswith("#") else v4.new_code_cell)(text, id=name)
        for name, text in cells
    ]
    return v4.new_notebook(cells=made)


FIRST = book(("title", "# One"), ("load", "x = 1"), ("q1", "answer = ..."), ("end", "# End"))


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of one notebook, which may be changed; and a folder for the copies."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr(notebooks, "FOLDER", folder)
    monkeypatch.setattr(notebooks.find, "__defaults__", (folder,))

    def publish(notebook, name="01_one.ipynb"):
        for old in folder.glob("01_*"):
            old.unlink()
        nbformat.write(notebook, folder / name)

    publish(FIRST)
    return publish


def write(path, notebook):
    nbformat.write(notebook, path)


# ---- The copies ------------------------------------------------------------------------------


def test_a_copy_has_no_outputs_and_a_second_start_changes_nothing(course, tmp_path):
    shown = copy.deepcopy(FIRST)
    shown.cells[1].outputs = [v4.new_output("stream", text="469")]
    shown.cells[1].execution_count = 1
    course(shown)
    mine = tmp_path / "mine"
    assert copies.start(mine) == ["01_one.ipynb"]
    hers = nbformat.read(mine / "01_one.ipynb", as_version=4)
    assert not hers.cells[1].outputs and hers.cells[1].execution_count is None
    hers.cells[2].source = "answer = 42"
    write(mine / "01_one.ipynb", hers)
    assert copies.start(mine) == []
    assert "answer = 42" in texts(nbformat.read(mine / "01_one.ipynb", as_version=4))


def test_git_does_not_look_into_the_copies(course, tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    copies.start(tmp_path / "mine")
    seen = subprocess.run(
        ["git", "-C", tmp_path, "status", "--porcelain", "mine"], capture_output=True, text=True
    )
    assert seen.stdout == ""


def test_an_update_keeps_the_answer_and_renews_the_rest_and_can_be_undone(course, tmp_path):
    mine = tmp_path / "mine"
    copies.start(mine)
    hers = nbformat.read(mine / "01_one.ipynb", as_version=4)
    hers.cells[2].source = "answer = 42"
    write(mine / "01_one.ipynb", hers)
    course(book(("title", "# Uno"), ("load", "x = 2"), ("q1", "answer = ..."), ("end", "# End")))
    assert copies.find_behind(mine) == ["01_one.ipynb"]
    assert copies.update(mine) == ["01_one.ipynb: cells 2 renewed"]
    now = texts(nbformat.read(mine / "01_one.ipynb", as_version=4))
    assert now == ["# Uno", "x = 2", "answer = 42", "# End"]
    assert copies.find_behind(mine) == []
    assert copies.update(mine) == ["01_one.ipynb: up to date"]
    # undone, and done again
    course(book(("title", "# Drei"), ("q1", "answer = ...")))
    copies.update(mine)
    for expected in (now, ["# Drei", "answer = 42"], now):
        assert copies.undo(mine) == ["01_one.ipynb"]
        assert texts(nbformat.read(mine / "01_one.ipynb", as_version=4)) == expected


def test_a_renamed_notebook_stays_one(course, tmp_path):
    mine = tmp_path / "mine"
    copies.start(mine)
    course(FIRST, "01_first.ipynb")
    copies.update(mine)
    assert [path.name for path in notebooks.find(mine)] == ["01_first.ipynb"]
    assert copies.start(mine) == []


def test_a_removed_copy_stays_away_until_a_fresh_one_is_asked_for(course, tmp_path):
    mine = tmp_path / "mine"
    copies.start(mine)
    (mine / "01_one.ipynb").unlink()
    assert copies.update(mine) == []
    assert copies.update(mine, fresh=("01",)) == ["01_one.ipynb: a new copy"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"cells": 3}', "\x00", '{"nbformat": 4}'])
def test_what_is_no_notebook_is_left_alone_and_named(course, tmp_path, content):
    mine = tmp_path / "mine"
    copies.start(mine)
    (mine / "01_one.ipynb").write_text(content)
    course(book(("title", "# Uno")))
    assert copies.update(mine) == [
        "01_one.ipynb: left alone, since it is not a notebook (any more)"
    ]
    assert (mine / "01_one.ipynb").read_text() == content


def test_the_commands_say_what_they_did(course, tmp_path, capsys):
    mine = str(tmp_path / "mine")
    assert commands.main(["update", mine]) == 1
    assert "python -m course_utils start" in capsys.readouterr().err
    assert commands.main(["start", mine]) == 0
    assert "1 new copy" in capsys.readouterr().out
    course(book(("title", "# Uno")))
    assert commands.main(["start", mine]) == 0
    assert "newer versions of 01" in capsys.readouterr().out
    assert commands.main(["update", mine]) == 0
    assert commands.main(["update", mine, "--undo"]) == 0
    assert commands.main(["update", mine, "--fresh", "07"]) == 1
    assert "No notebook begins with '07'" in capsys.readouterr().err


# ---- Cell by cell ----------------------------------------------------------------------------

NEXT = book(
    ("title", "# One"), ("load", "x = 2"), ("q1", "answer = ...  # a number"), ("end", "# Fin")
)


def test_where_both_changed_a_cell_both_are_shown_once():
    hers = copy.deepcopy(FIRST)
    hers.cells[2].source = "answer = 42"
    once = merge.merge(FIRST, hers, NEXT)
    assert (once.renewed, once.both) == (2, 1)
    title, load, q1, shown, end = once.notebook.cells
    assert q1.source == "answer = 42"
    assert shown.cell_type == "markdown" and "answer = ...  # a number" in shown.source
    # the same version again changes nothing; another one shows its own text in place of the old
    assert texts(merge.merge(NEXT, once.notebook, NEXT).notebook) == texts(once.notebook)
    other = copy.deepcopy(NEXT)
    other.cells[2].source = "answer = ...  # two numbers"
    twice = merge.merge(NEXT, once.notebook, other).notebook
    assert [t for t in texts(twice) if "number" in t] == [twice.cells[3].source]
    assert "two numbers" in twice.cells[3].source
    # what she wrote below the shown text stays
    once.notebook.cells[3].source += "\n\nI keep mine."
    kept = merge.merge(NEXT, once.notebook, other).notebook
    assert sum("I keep mine." in t for t in texts(kept)) == 1
    assert len({cell.id for cell in kept.cells}) == len(kept.cells) == 6


def test_who_takes_the_courses_text_is_shown_it_no_longer():
    hers = copy.deepcopy(FIRST)
    hers.cells[2].source = "answer = 42"
    merged = merge.merge(FIRST, hers, NEXT).notebook
    merged.cells[2].source = NEXT.cells[2].source
    assert texts(merge.merge(NEXT, merged, NEXT).notebook) == texts(NEXT)


def test_outputs_stay_where_the_text_stays_and_go_where_it_is_renewed():
    hers = copy.deepcopy(FIRST)
    for cell in hers.cells[1:3]:
        cell.outputs = [v4.new_output("stream", text=cell.source)]
    hers.cells[2].source = "answer = 42"
    merged = merge.merge(FIRST, hers, NEXT).notebook
    assert not merged.cells[1].outputs
    assert merged.cells[2].outputs


def test_cells_of_her_own_and_moved_ones_keep_their_places():
    hers = copy.deepcopy(FIRST)
    hers.cells.insert(2, v4.new_code_cell("print(x)", id="mine"))
    new = book(("title", "# One"), ("new", "y = 3"), *[(c.id, c.source) for c in FIRST.cells[1:]])
    assert texts(merge.merge(FIRST, hers, new).notebook) == [
        *("# One", "y = 3", "x = 1", "print(x)", "answer = ...", "# End")
    ]
    moved = book(*[(FIRST.cells[k].id, FIRST.cells[k].source) for k in (0, 2, 1, 3)])
    assert texts(merge.merge(FIRST, moved, new).notebook) == [
        *("# One", "y = 3", "answer = ...", "x = 1", "# End")
    ]


def test_a_deleted_cell_stays_deleted_on_both_sides_but_a_changed_one_stays():
    hers = copy.deepcopy(FIRST)
    del hers.cells[3]
    hers.cells[1].source = "x = 7"
    new = book(("title", "# One"), ("q1", "answer = ..."), ("end", "# Fin"))
    assert texts(merge.merge(FIRST, hers, new).notebook) == ["# One", "x = 7", "answer = ..."]


def test_cells_that_lost_their_ids_are_known_by_their_text():
    hers = copy.deepcopy(FIRST)
    for cell in hers.cells:
        del cell["id"]
    hers.cells[2].source = "answer = ..2"
    hers.nbformat_minor = 4
    merged = merge.merge(FIRST, hers, NEXT).notebook
    assert [cell.id for cell in merged.cells] == ["title", "load", "q1", "q1-course", "end"]
    assert merged.nbformat_minor == 5


# ---- Versions in the history -----------------------------------------------------------------


@pytest.mark.parametrize("name", [path.name for path in notebooks.find()])
def test_from_every_version_to_the_newest_nothing_is_lost_invalid_or_stale(name):
    history.check_to_the_newest(name)  # from each to each: among the drills
