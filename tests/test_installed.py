"""The course installed from its wheel, outside the project; all notebooks: `make installed`."""

import re

import pytest
from wheel import ROOT, Installed


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    return Installed(tmp_path_factory.mktemp("installed"))


def test_the_wheel_holds_what_a_notebook_needs(installed):
    names = set(installed.names)
    inside = "course_utils/shipped"
    for path in [*ROOT.glob("notebooks/[0-9]*.ipynb")]:
        assert f"{inside}/notebooks/{path.name}" in names
    for path in ROOT.glob("data/checkpoints/*.*"):
        assert f"{inside}/checkpoints/{path.name}" in names
    suffixes = {".py", ".toml", ".json", ".npz", ".js", ".css", ".html", ".j2"}
    here = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "course_utils").rglob("*")
        if path.suffix in suffixes
    }
    assert here <= names
    assert not [name for name in names if re.search(r"tests?/|__pycache__|saved", name)]


def test_its_copies_and_its_data_lie_with_the_student(installed):
    said = installed.python("-m", "course_utils", "start")
    cache = installed.home / "cache" / "course_utils"
    count = len([*ROOT.glob("notebooks/[0-9]*.ipynb")])
    assert f"Your notebooks are in my_notebooks ({count} new copies)" in said
    assert f"Data goes to {cache}; COURSE_DATA_DIR names another" in said
    assert len(list((installed.home / "my_notebooks").glob("0*.ipynb"))) == 9
    assert "up to date" in installed.python("-m", "course_utils", "update")
    assert f"data folder: {cache}" in installed.python("-m", "course_utils", "doctor")


def test_the_first_notebook_runs(installed):
    before = {path: path.stat().st_mtime_ns for path in installed.site.rglob("*.*")}
    installed.python("-m", "course_utils", "start", "mine")
    first = installed.home / "mine" / "01_dense_mnist.ipynb"
    assert "done" in installed.run([first], COURSE_DATA="standin")
    after = {path: path.stat().st_mtime_ns for path in installed.site.rglob("*.*")}
    written = [path for path in after if before.get(path) != after[path]]
    assert [path for path in written if path.suffix != ".pyc"] == []
