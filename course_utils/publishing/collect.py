"""What a class has answered: the files that students handed in become a page and a table.

Both are written into the folder of the files, so that who removes it removes all. Nothing of what
a file holds is trusted: see `exercises.answers.read`; the page escapes it, and runs no script.
"""

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from course_utils import exercises, files
from course_utils.exercises.answers import Tries, Unusable, plain, read
from course_utils.exercises.kinds import Question
from course_utils.publishing.render import render

PAGE, TABLE = "overview.html", "overview.csv"
MOST_FILES = 10_000
STUCK = Question.patience  # wrong tries, and none right after them
WORDS = {"right": "right", "compared": "compared", "written": "to be compared", "wrong": "wrong"}
COLUMNS = ("pseudonym", "notebook", "question", "about", "state", "tries", "answer", "message")

_FORMULA = re.compile(r"""(^|[;,\t\n])([\s"']*)(?=[=+\-@＝＋－＠])""")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass
class Class:
    """What was handed in: tries by pseudonym, what was refused, and what else is to be said."""

    students: dict[str, Tries] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)  # name of a file, and why
    notes: list[str] = field(default_factory=list)


@dataclass
class QuestionRow:
    """A question as a class met it. `stuck`: those whose last tries are wrong, two or more."""

    name: str
    title: str
    tried: int
    solved: int
    tries: float
    stuck: list[str]
    mistake: str = ""
    made_by: int = 0
    example: str = ""


@dataclass
class StudentRow:
    """A student's way: solved questions by notebook, all her tries, where she is stuck."""

    name: str
    solved: dict[str, int]
    tries: int
    stuck: dict[str, list[str]]


def write(folder: Path) -> tuple[Path, Class]:
    """Read all files below a folder; write the page and the table into it.

    Returns the page's path and what was found. Raises FileNotFoundError where there is no such
    folder, ValueError where no file in it holds answers.
    """
    found = gather(folder)
    page = folder / PAGE
    files.write_text(to_html(found), page)
    with files.replacing(folder / TABLE) as beside:
        beside.write_text(to_csv(found), encoding="utf-8-sig")  # as spreadsheets expect it
    return page, found


def gather(folder: Path) -> Class:
    """Return what the files below a folder hold, each either read or refused with its reason."""
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}: name the one with the files.")
    found, names = Class(), {}
    for path in _files(folder):
        name = plain(str(path.relative_to(folder)))
        try:
            pseudonym, tries = read(path)
        except Unusable as problem:
            found.refused.append((name, str(problem)))
            continue
        except OSError as problem:
            found.refused.append((name, f"it cannot be read ({problem.strerror})"))
            continue
        known = _known(tries)
        if left_out := _count(tries) - _count(known):
            found.notes.append(
                f"{name}: {left_out} questions are not of this version of the course; left out."
            )
        if pseudonym in names:
            found.notes.append(
                f"{names[pseudonym]} and {name} have one pseudonym: the one with more tries counts."
            )
            if _count_tries(known) <= _count_tries(found.students[pseudonym]):
                continue
        found.students[pseudonym], names[pseudonym] = known, name
    if not found.students:
        reasons = "".join(f"\n- {name}: {why}" for name, why in found.refused[:20])
        raise ValueError(
            f"No file in {folder} holds answers: exercises.submit() writes them.{reasons}"
        )
    return found


def _files(folder: Path) -> Iterator[Path]:
    """Yield what lies below a folder, in order, but hidden files and what was written by us."""
    number = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] != ".")
        for name in sorted(names):
            path = Path(place, name)
            if name[0] == "." or path in (folder / PAGE, folder / TABLE):
                continue
            number += 1
            if number > MOST_FILES:
                raise ValueError(f"{folder} has more than {MOST_FILES:,} files: name another one.")
            yield path


def _known(tries: Tries) -> Tries:
    """Return the tries at questions that this version of the course has."""
    questions = {module: exercises.questions_of(module) for module in exercises.modules()}
    return {
        module: {name: log for name, log in of_one.items() if name in questions[module] and log}
        for module, of_one in tries.items()
        if module in questions
    }


def _count(tries: Tries) -> int:
    return sum(1 for questions in tries.values() for log in questions.values() if log)


def _count_tries(tries: Tries) -> int:
    return sum(len(log) for questions in tries.values() for log in questions.values())


def _is_solved(log: list) -> bool:
    return log[-1].state in exercises.DONE


def _is_stuck(log: list) -> bool:
    return len(log) >= STUCK and all(one.state == "wrong" for one in log[-STUCK:])


def summarise(found: Class, module: str) -> list[QuestionRow]:
    """Return a row for each question of a notebook, the ones that nobody tried included."""
    rows = []
    for name, question in exercises.questions_of(module).items():
        logs = {
            student: tries[module][name]
            for student, tries in found.students.items()
            if name in tries.get(module, {})
        }
        row = QuestionRow(
            name,
            question.title,
            tried=len(logs),
            solved=sum(map(_is_solved, logs.values())),
            tries=median(map(len, logs.values())) if logs else 0,
            stuck=sorted(student for student, log in logs.items() if _is_stuck(log)),
        )
        mistakes = Counter()
        for log in logs.values():  # a student counts once, however often she makes it
            mistakes.update({one.message for one in log if one.state == "wrong"})
        if mistakes:
            row.mistake, row.made_by = min(mistakes.items(), key=lambda pair: (-pair[1], pair[0]))
            answers = Counter(
                one.answer for log in logs.values() for one in log if one.message == row.mistake
            )
            row.example = min(answers.items(), key=lambda pair: (-pair[1], pair[0]))[0]
        rows.append(row)
    return rows


def summarise_students(found: Class) -> list[StudentRow]:
    """Return a row for each student, those who are stuck most often first."""
    rows = []
    for student, tries in found.students.items():
        solved, stuck = Counter(), {}
        for module, of_one in sorted(tries.items()):
            solved[module] += sum(map(_is_solved, of_one.values()))
            in_order = [name for name in exercises.questions_of(module) if name in of_one]
            if names := [name for name in in_order if _is_stuck(of_one[name])]:
                stuck[module] = names
        rows.append(StudentRow(student, dict(solved), _count_tries(tries), stuck))
    return sorted(rows, key=lambda row: (-sum(map(len, row.stuck.values())), row.name))


def to_html(found: Class) -> str:
    """Return the page: by question, by student, what was refused."""
    answered = {module for tries in found.students.values() for module in tries}
    modules = [module for module in exercises.modules() if module in answered]
    return render(
        "overview.html.j2",
        found=found,
        notebooks={module: summarise(found, module) for module in modules},
        students=summarise_students(found),
        of={module: len(exercises.questions_of(module)) for module in modules},
        most=Question.TRIES,
    )


def to_csv(found: Class) -> str:
    """Return the table: a line for each student and question, harmless in a spreadsheet."""
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow(COLUMNS)
    questions = {module: exercises.questions_of(module) for module in exercises.modules()}
    for student, tries in sorted(found.students.items()):
        for module, of_one in sorted(tries.items()):
            for name in [name for name in questions[module] if name in of_one]:
                last, title = of_one[name][-1], questions[module][name].title
                state, count = WORDS[last.state], len(of_one[name])
                row = (student, module[2:], name, title, state, count, last.answer, last.message)
                table.writerow(harmless(str(cell)) for cell in row)
    return text.getvalue()


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, wherever it parts the cells.

    >>> harmless("=1+1"), harmless("a;=1+1"), harmless("-5")
    ("'=1+1", "a;'=1+1", '-5')
    """
    return text if _NUMBER.fullmatch(text) else _FORMULA.sub(r"\1\2'", text)
