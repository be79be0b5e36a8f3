"""All notebooks of the course installed from its wheel, in the demo profile; `make installed`."""

import pytest
from wheel import ROOT, Installed

NAMES = [path.name for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    installed = Installed(tmp_path_factory.mktemp("installed"))
    installed.python("-m", "course_utils", "start")
    return installed


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs(installed, name):
    mine = installed.home / "my_notebooks" / name
    assert "done" in installed.run([mine], COURSE_DATA="standin")
