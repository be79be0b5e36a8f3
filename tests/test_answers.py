"""Answers that students hand in: written by their notebooks, collected into a page and a table."""

import csv
import json
import os
import random
import time

from course_utils import exercises
from course_utils.__main__ import main
from course_utils.exercises import answers
from course_utils.exercises.answers import Unusable
from course_utils.exercises.kinds import Number, Open
from course_utils.exercises.kinds.question import Question, Try, sentence
from course_utils.publishing import collect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MODULE = "nb01_dense_mnist"
MARKUP = "<script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\">"
FORMULA = '=HYPERLINK("http://127.0.0.1/?"&A1)'


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """A notebook with two questions, in a folder of its own."""
    questions = {
        "q7": Number("Steps", right=469, hints=["Divide."], mistakes=[(468, "the last counts")]),
        "q9": Open("Look", sample="Many are badly written.", criteria=["a", "b"], hints=["Look."]),
    }
    monkeypatch.setattr(exercises, "_at_hand", lambda: {MODULE: questions})
    monkeypatch.setattr(answers, "SESSION", "one")
    monkeypatch.chdir(tmp_path)
    return questions


def only_file(folder):
    (path,) = folder.glob("answers_*.json")
    return path


# ---- Written --------------------------------------------------------------------------------


def test_nothing_is_written_before_it_is_asked_for(asked, tmp_path, capsys):
    exercises.submit()
    assert "Nothing was written" in capsys.readouterr().out
    asked["q7"].check(...)
    asked["q7"].check(468)
    assert list(tmp_path.iterdir()) == []


def test_a_file_holds_answers_verdicts_and_tries_and_nothing_else(asked, tmp_path, capsys):
    asked["q7"].check(468)
    asked["q7"].check(469)
    asked["q9"].check("They are badly written, all of them.")
    asked["q9"].check("They are badly written, all of them.", met=[1])
    exercises.submit()
    assert "answers to 2 questions are in answers_" in capsys.readouterr().out
    content = json.loads(only_file(tmp_path).read_text(encoding="utf-8"))
    assert sorted(content) == ["answers", "format", "pseudonym"]
    assert only_file(tmp_path).name == f"answers_{content['pseudonym']}.json"
    pseudonym, tries = answers.read(only_file(tmp_path))
    assert tries == {
        MODULE: {
            "q7": [Try("468", "wrong", "the last counts."), Try("469", "right")],
            "q9": [Try("They are badly written, all of them.", "compared", "1 of 2 points")],
        }
    }


def test_what_is_run_again_is_no_further_try_and_a_new_kernel_adds_its_own(
    asked, tmp_path, monkeypatch
):
    asked["q7"].check(468)
    exercises.submit()
    asked["q7"].check(468)
    exercises.submit()
    monkeypatch.setattr(answers, "SESSION", "two")
    asked["q7"].tries = []  # as after a restart
    asked["q7"].check(468)
    asked["q7"].check(469)
    exercises.submit()
    _, tries = answers.read(only_file(tmp_path))
    assert [one.answer for one in tries[MODULE]["q7"]] == ["468", "469"]


def test_another_notebook_goes_into_the_same_file(asked, tmp_path):
    asked["q7"].check(468)
    exercises.submit()
    answers.keep({"nb02_convnets": {"q1": [Try("b", "right")]}}, tmp_path)
    _, tries = answers.read(only_file(tmp_path))
    assert sorted(tries) == [MODULE, "nb02_convnets"]


def test_a_damaged_file_stays_as_it_is_and_another_is_begun(asked, tmp_path):
    (tmp_path / "answers_00.json").write_text("{")
    asked["q7"].check(468)
    exercises.submit()
    assert (tmp_path / "answers_00.json").read_text() == "{"
    assert len(list(tmp_path.glob("answers_*.json"))) == 2


class Loud:
    """Whatever is asked of it is an error."""

    def __getattr__(self, name):
        raise KeyboardInterrupt(name)

    __repr__ = __str__ = __len__ = __iter__ = __getattr__


def test_functions_are_kept_as_their_source_and_other_objects_as_their_type(asked):
    question = asked["q7"]
    for answer in (only_file, Loud(), "x" * 5000, lambda: 1, print):
        question.check(answer)
    kept = [one.answer for one in question.tries]
    assert kept[0].startswith("def only_file(folder):\n    (path,) =")
    assert kept[1] == "an object of type Loud"
    assert kept[2] == "x" * 5000 and "lambda: 1" in kept[3] and "builtin" in kept[4]


def test_the_last_tries_are_kept_and_long_answers_are_cut(asked, tmp_path):
    for number in range(1000, 1100):
        asked["q7"].check(number)
    asked["q9"].check("word " * 5000)
    exercises.submit()
    _, tries = answers.read(only_file(tmp_path))
    assert [one.answer for one in tries[MODULE]["q7"]][-1] == "1,099"
    assert len(tries[MODULE]["q7"]) == Question.TRIES
    assert len(tries[MODULE]["q9"][0].answer) == answers.LETTERS


# ---- Collected ------------------------------------------------------------------------------


def hand_in(folder, pseudonym, tries, name=None):
    """Write a file as a student hands it in; tries: {module: {question: [Try, …]}}."""
    content = {
        "format": answers.FORMAT,
        "pseudonym": pseudonym,
        "answers": {
            module: {
                question: [{"session": "s", **vars(one)} for one in log]
                for question, log in of_one.items()
            }
            for module, of_one in tries.items()
        },
    }
    path = folder / (name or f"answers_{pseudonym}.json")
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def a_way(question, luck):
    """Return how a student gets on with a question: wrong tries, perhaps a right one."""
    wrong = [Try(str(one[0])[:99], "wrong", sentence(one[1])) for one in question.mistakes[:2]]
    log = [luck.choice(wrong) for _ in range(luck.randrange(4))] if wrong else []
    return log + [Try("as in the solution", "right")] * (luck.random() < 0.8)


def a_class(folder, students):
    luck = random.Random(1)
    for number in range(students):
        tries = {
            module: {
                name: log
                for name, question in exercises.questions_of(module).items()
                if (log := a_way(question, luck))
            }
            for module in exercises.modules()
        }
        hand_in(folder, f"{number:08x}", tries)


def test_two_hundred_files_take_seconds(tmp_path):
    a_class(tmp_path, 200)
    start = time.perf_counter()
    page, found = collect.write(tmp_path)
    assert time.perf_counter() - start < 10
    assert len(found.students) == 200 and not found.refused and not found.notes
    text = page.read_text(encoding="utf-8")
    assert text.count("<tr>") > 200 + 80
    with open(tmp_path / collect.TABLE, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["pseudonym"] for row in rows}) == 200
    assert len(rows) == sum(len(one) for t in found.students.values() for one in t.values())


def test_a_page_says_who_solved_what_and_who_is_stuck_and_why(tmp_path, capsys):
    wrong = Try("468", "wrong", "The last, smaller batch counts, too.")
    other = Try("1", "wrong", "1 steps is too small.")
    right = Try("469", "right")
    hand_in(tmp_path, "anna", {MODULE: {"q7": [wrong, right], "q2": [wrong]}})
    hand_in(tmp_path, "bert", {MODULE: {"q7": [wrong, wrong, wrong]}})
    hand_in(tmp_path, "cleo", {MODULE: {"q7": [other, other, other]}})
    assert main(["collect", str(tmp_path)]) == 0
    assert "Answers of 3 students: open" in capsys.readouterr().out
    found = collect.gather(tmp_path)
    rows = {row.name: row for row in collect.summarise(found, MODULE)}
    row = rows["q7"]
    assert (row.tried, row.solved, row.tries) == (3, 1, 3)
    assert row.stuck == ["bert", "cleo"] and rows["q2"].stuck == []
    assert (row.mistake, row.made_by, row.example) == (wrong.message, 2, "468")
    assert (rows["q1"].tried, rows["q1"].mistake) == (0, "")
    students = collect.summarise_students(found)
    assert [(s.name, s.solved, s.tries, s.stuck) for s in students] == [
        ("bert", {MODULE: 0}, 3, {MODULE: ["q7"]}),
        ("cleo", {MODULE: 0}, 3, {MODULE: ["q7"]}),
        ("anna", {MODULE: 1}, 3, {}),
    ]
    # a second time, nothing of the first is taken for a file that was handed in
    assert main(["collect", str(tmp_path)]) == 0
    assert capsys.readouterr().err == ""


def test_of_two_files_of_one_pseudonym_the_one_with_more_tries_counts(tmp_path):
    one, two = [Try("1", "wrong", "No.")], [Try("1", "wrong", "No."), Try("469", "right")]
    hand_in(tmp_path, "anna", {MODULE: {"q7": one}}, "a.json")
    hand_in(tmp_path, "anna", {MODULE: {"q7": two}}, "b.json")
    hand_in(tmp_path, "anna", {MODULE: {"q7": one}}, "c.json")
    found = collect.gather(tmp_path)
    assert found.students == {"anna": {MODULE: {"q7": two}}}
    assert found.notes == [
        "a.json and b.json have one pseudonym: the one with more tries counts.",
        "b.json and c.json have one pseudonym: the one with more tries counts.",
    ]


def test_questions_of_another_version_are_left_out_and_named(tmp_path):
    right = [Try("469", "right")]
    hand_in(tmp_path, "anna", {MODULE: {"q7": right, "q99": right}, "nb77_x": {"q1": right}})
    found = collect.gather(tmp_path)
    assert found.students == {"anna": {MODULE: {"q7": right}}}
    assert found.notes == [
        "answers_anna.json: 2 questions are not of this version of the course; left out."
    ]


# ---- Broken, foreign, huge, hostile ---------------------------------------------------------

GOOD = {
    "format": answers.FORMAT,
    "pseudonym": "anna",
    "answers": {MODULE: {"q7": [{"session": "s", "answer": "1", "state": "wrong", "message": ""}]}},
}


def changed(**changes):
    entry = GOOD["answers"][MODULE]["q7"][0] | changes
    return GOOD | {"answers": {MODULE: {"q7": [entry]}}}


BAD = {
    "nothing": "",
    "half": json.dumps(GOOD)[:-20],
    "not JSON": "PK\x03\x04",
    "a list": "[]",
    "deep": "[" * 200_000,
    "a number of many digits": "1" * 10_000,
    "a notebook": '{"cells": [], "nbformat": 4}',
    "another format": json.dumps(GOOD | {"format": "course answers 9"}),
    "no pseudonym": json.dumps(GOOD | {"pseudonym": None}),
    "a long pseudonym": json.dumps(GOOD | {"pseudonym": "a" * 41}),
    "a blank pseudonym": json.dumps(GOOD | {"pseudonym": " "}),
    "answers that are a list": json.dumps(GOOD | {"answers": []}),
    "a log that is a text": json.dumps(GOOD | {"answers": {MODULE: {"q7": "right"}}}),
    "too many tries": json.dumps(GOOD | {"answers": {MODULE: {"q7": [1] * 13}}}),
    "a state that is none": json.dumps(changed(state="<b>right</b>")),
    "a long answer": json.dumps(changed(answer="x" * 1001)),
    "an answer that is a list": json.dumps(changed(answer=["1"])),
    "a key too many": json.dumps(changed(grade="A")),
}


@pytest.mark.fault("a broken, foreign, huge or hostile file among the answers of a class")
def test_what_is_no_file_of_answers_is_refused_by_name_and_the_others_count(tmp_path, capsys):
    hand_in(tmp_path, "anna", {MODULE: {"q7": [Try("469", "right")]}})
    for name, content in BAD.items():
        (tmp_path / f"{name}.json").write_text(content, encoding="utf-8")
    (tmp_path / "huge.json").write_bytes(b" " * (answers.LARGEST + 1))
    (tmp_path / "latin.json").write_bytes("é".encode("latin-1"))
    expected = {f"{name}.json" for name in BAD} | {"huge.json", "latin.json"}
    if os.name != "nt":
        (tmp_path / "link.json").symlink_to("/dev/zero")
        os.mkfifo(tmp_path / "pipe.json")
        (tmp_path / "a\nb\x1b[31m.json").write_text("")
        expected |= {"link.json", "pipe.json", "a\nb�[31m.json"}
    assert main(["collect", str(tmp_path)]) == 0
    found = collect.gather(tmp_path)
    assert {name for name, _ in found.refused} == expected
    assert list(found.students) == ["anna"]
    complaint = capsys.readouterr().err
    assert "refused: huge.json: it has 4,194,305 bytes; answers take at most" in complaint
    assert "\x1b" not in complaint


def test_a_folder_without_answers_is_told_in_a_sentence(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("x")
    assert main(["collect", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"No file in {tmp_path} holds answers: exercises.submit() writes them.\n"
        "- notes.txt: it is damaged, or not JSON\n"
    )
    assert main(["collect", str(tmp_path / "none")]) == 1
    assert "There is no folder" in capsys.readouterr().err


def test_markup_stays_text_and_the_page_allows_no_script(tmp_path):
    hand_in(tmp_path, MARKUP[:40], {MODULE: {"q7": [Try(MARKUP, "wrong", MARKUP)] * 2}}, "a.json")
    (tmp_path / "<img src=x onerror=alert(1)>.json").write_text("{")
    page, _ = collect.write(tmp_path)
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text and "<img" not in text and "&lt;script&gt;" in text
    assert "default-src 'none'" in text


def read_as_any_spreadsheet_would(text):
    """Yield the cells of a table, whichever sign a spreadsheet takes to part them."""
    for sign in ",;\t":
        for row in csv.reader(text.splitlines(), delimiter=sign):
            yield from row


def is_formula(cell):
    cell = cell.lstrip(' "\u00a0')
    return cell[:1] in tuple("=+-@＝＋－＠") and not collect._NUMBER.fullmatch(cell)


@settings(deadline=None)
@given(st.lists(st.text(alphabet="=+-@;,\t\n\r\"' a1＝", max_size=12), min_size=3, max_size=3))
def test_no_text_becomes_a_formula_in_a_spreadsheet(texts):
    name, answer, message = (answers.plain(text) for text in texts)
    found = collect.Class({name: {MODULE: {"q7": [Try(answer, "wrong", message)]}}})
    table = collect.to_csv(found)
    assert not [cell for cell in read_as_any_spreadsheet_would(table) if is_formula(cell)]


def test_a_formula_would_be_seen():
    assert is_formula(FORMULA) and is_formula("  @x") and not is_formula("'=1+1")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)


@settings(deadline=None)
@given(content=JSON, where=st.sampled_from(["all", "pseudonym", "answers", MODULE, "q7", "entry"]))
def test_junk_is_either_refused_or_shown(content, where, tmp_path_factory):
    """Junk at any place of a file: `read` refuses it, or the page and the table can be made."""
    good = json.loads(json.dumps(GOOD))
    of_one = good["answers"][MODULE]
    if where in ("pseudonym", "answers"):
        good[where] = content
    elif where == MODULE:
        good["answers"][MODULE] = content
    elif where == "q7":
        of_one["q7"] = content
    elif where == "entry":
        of_one["q7"][0]["answer"] = content
    path = tmp_path_factory.getbasetemp() / "junk.json"
    path.write_text(json.dumps(content if where == "all" else good), encoding="utf-8")
    try:
        pseudonym, tries = answers.read(path)
    except Unusable as problem:
        assert str(problem)
        return
    found = collect.Class({pseudonym: collect._known(tries)})
    collect.to_html(found).encode("utf-8")
    collect.to_csv(found).encode("utf-8")
