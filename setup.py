"""What pyproject.toml cannot say: a wheel also takes notebooks, checkpoints and explorers along.

They lie beside the package in the project and become `course_utils/shipped` in a wheel, where
`course_utils.settings` finds them.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = {
    "notebooks": "notebooks/[0-9][0-9]_*.ipynb",
    "checkpoints": "data/checkpoints/*.*",
    "explorers": "data/explorers/*.json",
}


class BuildWithNotebooks(build_py):
    """Build the package, and put what it ships into it, unless it stays in the project."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        shipped = Path(self.build_lib, "course_utils", "shipped")
        shutil.rmtree(shipped, ignore_errors=True)  # of an earlier build
        for name, pattern in SHIPPED.items():
            (shipped / name).mkdir(parents=True)
            for path in sorted(Path(__file__).parent.glob(pattern)):
                shutil.copy(path, shipped / name)


setup(cmdclass={"build_py": BuildWithNotebooks})
