"""Build the course's wheel and install it beside the packages of this Python, without a network."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "course_utils")
BUILD = "from setuptools import build_meta; print(build_meta.build_wheel('.'))"
RUN = """
import sys
from pathlib import Path
from course_utils.publishing import run
for path in map(Path, sys.argv[1:]):
    run.execute(path)
    print(path.name, "done")
"""


def build(folder):
    """Build a wheel from a copy of the project in a folder; return its path."""
    project = folder / "project"
    shutil.copytree(ROOT / "data/checkpoints", project / "data/checkpoints")
    shutil.copytree(
        ROOT / "notebooks", project / "notebooks", ignore=shutil.ignore_patterns("saved")
    )
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, project / part)
    built = subprocess.run(
        [sys.executable, "-c", BUILD], cwd=project, capture_output=True, text=True, check=True
    )
    return project / built.stdout.split()[-1]


class Installed:
    """The course as it was installed from its wheel, for a student with a home of her own."""

    def __init__(self, folder):
        self.wheel = build(folder)
        self.site, self.home = folder / "site", folder / "home"
        self.home.mkdir()
        with zipfile.ZipFile(self.wheel) as archive:
            self.names = archive.namelist()
            archive.extractall(self.site)
        kept = {key: v for key, v in os.environ.items() if not key.startswith("COURSE_")}
        self.environment = kept | {
            "PYTHONPATH": str(self.site),
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "LOCALAPPDATA": str(self.home / "local"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "COURSE_PROFILE": "demo",
            "COURSE_STRICT": "0",
        }

    def python(self, *arguments, **environment):
        """Run Python in the student's home; return what it says."""
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.home,
            env=self.environment | environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, notebooks, **environment):
        """Run notebooks from the top, each in a kernel of its own."""
        return self.python("-c", RUN, *notebooks, **environment)
