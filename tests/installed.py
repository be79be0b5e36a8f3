"""All notebooks of the course installed from its wheel, in the demo profile; `make installed`.

The data is what `COURSE_DATA_DIR` names when pytest starts, the stand-ins where there is none.
"""

import os

DATA = os.environ.get("COURSE_DATA_DIR", "")  # before the tests of the package move it

import pytest  # noqa: E402
from wheel import ROOT, Installed  # noqa: E402

NAMES = [path.name for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    installed = Installed(tmp_path_factory.mktemp("installed"))
    installed.python("-m", "course_utils", "start")
    return installed


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs(installed, name):
    where = {"COURSE_DATA_DIR": DATA} if DATA else {"COURSE_DATA": "standin"}
    assert "done" in installed.run([installed.home / "my_notebooks" / name], **where)
