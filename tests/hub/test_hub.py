"""A class on a real JupyterHub: `make hub` with two students, `make hub STUDENTS=30` with thirty.

The hub has the configuration that the course ships. All share one read-only data folder: a copy of
what `COURSE_DATA_DIR` names when pytest starts, else the stand-ins, prepared before.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from course_utils import exercises, settings
from course_utils.exercises import answers
from course_utils.publishing import collect, notebooks

import pytest
from hub import DATA, ROOT, Hub, Student, check_that_it_can_run

PROFILE = "demo"
STUDENTS = int(os.environ.get("STUDENTS", "2"))


def prepare(folder):
    """Return a data folder with the digits, as an instructor prepares it, and the policy for it."""
    real = Path(DATA) / "tfds" / "mnist"
    if DATA and real.is_dir():
        shutil.copytree(real, folder / "tfds" / "mnist")
        return "real"
    code = "from course_utils import datasets; datasets.load('mnist', split='train')"
    variables = os.environ | {"COURSE_DATA_DIR": str(folder), "COURSE_DATA": "standin"}
    subprocess.run([sys.executable, "-c", code], env=variables, cwd=ROOT, check=True)
    return "standin"


def listing(folder):
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Class:
    """What a class did: the students, the hub's folder, and what it took."""

    def __init__(self, folder):
        data = folder / "data"
        data.mkdir()
        policy = prepare(data)
        self.data, self.before = data, listing(data)
        environment = {"COURSE_DATA": policy, "COURSE_PROFILE": PROFILE, "COURSE_STRICT": "0"}
        with Hub(folder, data, environment) as hub:
            self.homes = hub.homes
            self.students = [Student(hub, f"student{n:02}") for n in range(1, STUDENTS + 1)]
            threads = [threading.Thread(target=one.work) for one in self.students]
            start, self.peak = time.monotonic(), 0
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(2)
                    self.peak = max(self.peak, hub.memory())
            self.seconds = time.monotonic() - start
            self.log = hub.log()
        self._keep(policy)

    def _keep(self, policy):
        """Write what it took to build/hub.json."""
        all_of_them = [one.seconds.get("all", 0) for one in self.students]
        taken = {
            "students": STUDENTS,
            "profile": PROFILE,
            "data": policy,
            "seconds": round(self.seconds),
            "median of a student": round(statistics.median(all_of_them)),
            "memory in GB": round(self.peak / 2**30, 2),
            "GB a student": round(self.peak / 2**30 / STUDENTS, 2),
        }
        settings.build_dir().mkdir(exist_ok=True)
        text = json.dumps(taken, indent=1)
        (settings.build_dir() / "hub.json").write_text(text + "\n")
        print(f"\n{text}")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    pytest.importorskip("jupyterhub", reason="JupyterHub is not installed: sh tools/setup hub")
    try:
        check_that_it_can_run()
    except RuntimeError as problem:
        pytest.skip(str(problem))
    return Class(tmp_path_factory.mktemp("hub"))


def test_nobody_fails(course):
    assert {one.name: one.problems for one in course.students if one.problems} == {}


def test_all_copies_and_answers_lie_in_their_homes(course, tmp_path):
    for student in course.students:
        home = course.homes / student.name / "my_notebooks"
        assert len(notebooks.find(home)) == len(notebooks.find())
        (file,) = home.glob("answers_*.json")
        shutil.copy(file, tmp_path)
        _, tries = answers.read(file)
        assert len(tries["nb01_dense_mnist"]) == len(exercises.questions_of("nb01_dense_mnist"))
    _, found = collect.write(tmp_path)
    assert len(found.students) == STUDENTS and not found.refused
    rows = collect.summarise(found, "nb01_dense_mnist")
    assert [row.name for row in rows if row.solved < STUDENTS] == []


def test_nobody_writes_into_the_shared_data(course):
    assert listing(course.data) == course.before and course.before


def test_the_hub_complains_of_nothing(course):
    assert not [line for line in course.log.splitlines() if line.startswith("[E ")]
