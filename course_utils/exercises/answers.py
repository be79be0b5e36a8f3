"""The file of a student's answers: written by her notebooks, read when a class's are collected.

    {"format": "course answers 1", "pseudonym": "3f9a61c2",
     "answers": {"nb01_dense_mnist": {"q7": [{"session": "81d2", "answer": "468",
                                             "state": "wrong", "message": "the last, …"}]}}}

Each try is noted once, in its order; a session is a run of a kernel. Who reads such a file reads
what anybody may have written: `read` takes nothing that is not of this form.
"""

import json
import os
import re
import secrets
import stat
from dataclasses import asdict
from pathlib import Path

from course_utils import files
from course_utils.exercises.kinds.question import Question, Try

from filelock import FileLock

FORMAT = "course answers 1"
LARGEST = 4 << 20  # bytes of a file: all questions with as many tries as are kept take less
LETTERS = 1000  # of an answer or a message
STATES = ("right", "compared", "written", "wrong")
SESSION = secrets.token_hex(2)

Tries = dict[str, dict[str, list[Try]]]  # by module and question: {"nb01_…": {"q7": […]}}

_PSEUDONYM = re.compile(r"\S.{0,39}")


class Unusable(ValueError):
    """A file that holds no answers that can be counted; the text says why."""


def keep(tried: Tries, folder: Path) -> tuple[Path, int]:
    """Add what was tried in this kernel to the student's file; return it and its questions' number.

    It is the one in the folder already, with its pseudonym; else a new one with a pseudonym
    drawn by lot. Kept twice, a try is noted once. A file that cannot be read is left as it is.
    """
    with FileLock(folder / ".answers.lock"):
        path, pseudonym, noted = _find(folder)
        for module, questions in tried.items():
            for name, tries in questions.items():
                before = noted.setdefault(module, {}).get(name, [])
                others = [entry for entry in before if entry["session"] != SESSION]
                now = [{"session": SESSION, **_short(one)} for one in tries]
                noted[module][name] = _without_repeats(others + now)[-Question.TRIES :]
        with files.replacing(path) as beside:
            content = {"format": FORMAT, "pseudonym": pseudonym, "answers": noted}
            beside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return path, sum(map(len, noted.values()))


def _find(folder: Path) -> tuple[Path, str, dict]:
    """Return the student's file, her pseudonym and what is noted."""
    for path in sorted(folder.glob("answers_*.json")):
        try:
            content = _parse(path)
            return path, content["pseudonym"], content["answers"]
        except (OSError, Unusable):  # another one is begun beside it
            continue
    pseudonym = secrets.token_hex(4)
    return folder / f"answers_{pseudonym}.json", pseudonym, {}


def _short(one: Try) -> dict[str, str]:
    return {name: text[:LETTERS] for name, text in asdict(one).items()}


def _without_repeats(entries: list[dict]) -> list[dict]:
    """Leave out what was run again with the same answer, as after a restart; the last counts."""
    following = [*entries[1:], None]
    return [
        entry
        for entry, after in zip(entries, following, strict=True)
        if after is None or entry["answer"] != after["answer"]
    ]


def read(path: Path) -> tuple[str, Tries]:
    """Return the pseudonym and the tries of a file that somebody has handed in.

    Letters that cannot be shown, or turn the direction of what is written, become "�".
    Raises Unusable, with the reason, for whatever is not a file of answers, OSError where it
    cannot be read.
    """
    content = _parse(path)
    tries = {
        module: {
            name: [
                Try(*(plain(entry[key]) for key in ("answer", "state", "message"))) for entry in log
            ]
            for name, log in questions.items()
        }
        for module, questions in content["answers"].items()
    }
    return plain(content["pseudonym"]), tries


def plain(text: str) -> str:
    """Return a text of which every letter can be shown; of white space there are blanks and lines.

    >>> plain("a\\tb\\x1b[31m\\u202e")
    'a b�[31m�'
    """
    text = text.replace("\r\n", "\n").replace("\t", " ")
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in text)


def _parse(path: Path) -> dict:
    """Return what a file holds, once all of it is as it must be."""
    kind = os.lstat(path)
    if not stat.S_ISREG(kind.st_mode):
        raise Unusable("it is a link, a pipe or a device, and no file")
    if kind.st_size > LARGEST:
        raise Unusable(f"it has {kind.st_size:,} bytes; answers take at most {LARGEST:,}")
    try:
        with open(path, "rb") as file:
            content = json.loads(file.read(LARGEST + 1))
    except (ValueError, RecursionError):
        raise Unusable("it is damaged, or not JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Unusable("it is no file of answers of this course")
    pseudonym, answers = content.get("pseudonym"), content.get("answers")
    if not (isinstance(pseudonym, str) and _PSEUDONYM.fullmatch(pseudonym)):
        raise Unusable("its pseudonym is no text of 1 to 40 letters")
    if not (isinstance(answers, dict) and all(map(_is_of_a_notebook, answers.values()))):
        raise Unusable("its answers are not written as `exercises.submit` writes them")
    return content


def _is_of_a_notebook(questions: object) -> bool:
    if not isinstance(questions, dict):
        return False
    return all(
        isinstance(log, list) and len(log) <= Question.TRIES and all(map(_is_a_try, log))
        for log in questions.values()
    )


def _is_a_try(entry: object) -> bool:
    keys = ("session", "answer", "state", "message")
    if not isinstance(entry, dict) or sorted(entry) != sorted(keys):
        return False
    is_text = all(isinstance(text, str) and len(text) <= LETTERS for text in entry.values())
    return is_text and entry["state"] in STATES
