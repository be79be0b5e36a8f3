"""Simulated students over the versions that notebooks have had in the repository's history."""

import copy
import json
import random
import shutil
import subprocess
import warnings

from course_utils import settings
from course_utils.publishing import merge

import nbformat
import pytest
from nbformat import v4


def texts(notebook):
    return [cell.source for cell in notebook.cells]


def git(*words):
    return subprocess.run(
        ["git", "-C", str(settings.checkout()), *words], capture_output=True, check=True
    ).stdout


def versions_of(name):
    """Return all versions of a notebook in the repository's history, the oldest first."""
    if not shutil.which("git") or not (settings.checkout() / ".git").exists():
        pytest.skip("there is no history here")
    found = []
    for commit in git("log", "--reverse", "--format=%h", "--", f"notebooks/{name}").split():
        try:
            text = git("show", f"{commit.decode()}:notebooks/{name}")
        except subprocess.CalledProcessError:  # the commit that removed it
            continue
        notebook = merge.strip(nbformat.reader.reads(text.decode()))
        if not found or texts(notebook) != texts(found[-1]):
            found.append(notebook)
    return found


def study(notebook, rng):
    """Return a student's notebook: answers, changed code, own, deleted and moved cells, outputs."""
    hers, wrote = copy.deepcopy(notebook), []
    for cell in hers.cells:
        if cell.cell_type == "code":
            cell.execution_count = rng.randint(1, 99)
            cell.outputs = [v4.new_output("stream", text=f"of {cell.source}")]
    for number in range(rng.randint(0, 12)):
        place, kind = rng.randrange(len(hers.cells)), rng.randrange(6)
        text = f"# mine {number}" if rng.random() < 0.3 else f"mine_{number} = {rng.random()}"
        if kind == 0:
            hers.cells.insert(place, v4.new_code_cell(text))
            wrote.append(text)
        elif kind == 1:
            hers.cells.insert(place, hers.cells.pop(rng.randrange(len(hers.cells))))
        elif kind == 2 and not any(word in hers.cells[place].source for word in wrote):
            del hers.cells[place]
        elif kind == 3:
            hers.cells[place].metadata["vscode"] = {"languageId": "python"}
        else:
            hers.cells[place].source += f"\n{text}"
            wrote.append(text)
    if rng.random() < 0.1:
        for cell in hers.cells:
            cell.pop("id", None)
        hers.nbformat_minor = 4
    return hers, wrote


def check_pair(old, new, rng):
    """Bring what a student made of one version to another: hers is kept, the whole is valid."""
    hers, wrote = study(old, rng)
    merged = merge.merge(old, hers, new).notebook
    now = texts(merged)
    assert all(any(text in cell for cell in now) for text in wrote)
    ids = [cell.id for cell in merged.cells]
    assert len(set(ids)) == len(ids)
    olds = {c.get("id"): c.source.strip() for c in old.cells}
    news = {c.get("id"): c.source.strip() for c in new.cells}
    for cell in merged.cells:
        text = cell.source.strip()
        if cell.get("outputs"):
            assert "of " in cell.outputs[0].text
            left_alone = cell.outputs[0].text.strip() == f"of {text}"
            assert left_alone or any(word in text for word in wrote)
        if cell.id in olds and text == olds[cell.id]:
            assert news.get(cell.id) == text, "she left it alone, the course changed it"
    with warnings.catch_warnings(action="error"):
        nbformat.validate(json.loads(json.dumps(merged)))


def check_to_the_newest(name):
    """Bring a student's copy of every version of a notebook to the newest one."""
    versions = versions_of(name)
    assert versions
    rng = random.Random(name)
    for old in versions:
        check_pair(old, versions[-1], rng)


def check_every_pair(name):
    """Bring a student's copy of every version of a notebook to every later one."""
    versions = versions_of(name)
    assert versions
    rng = random.Random(name)
    for place, old in enumerate(versions):
        for new in versions[place:]:
            check_pair(old, new, rng)
