"""Running the notebooks: which, with what settings, and where checkpoints go."""

import os
import time

from course_utils import course, settings

import pytest
from nbformat import v4


@pytest.fixture
def tiny(tmp_path):
    """Write a notebook of one cell and return its path."""

    def write(source):
        path = tmp_path / "01_tiny.ipynb"
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        cells = [v4.new_markdown_cell("# 1 · Tiny\n\nA *promise*."), v4.new_code_cell(source)]
        course.save(v4.new_notebook(cells=cells, metadata=kernel), path)
        return path

    return write


def test_notebooks_are_chosen_by_the_beginning_of_their_names():
    assert [path.name[:2] for path in course.choose(("02", "01"))] == ["01", "02"]
    assert course.choose() == course.find_notebooks()
    with pytest.raises(ValueError, match="begins with 77 or 78"):
        course.choose(("77", "78"))


def test_a_notebook_runs_with_the_settings_given(tiny):
    path = tiny("import os\nprint(os.environ['COURSE_CHECKPOINTS'])")
    notebook = course.execute(path, COURSE_CHECKPOINTS="here")
    assert notebook.cells[1].outputs[0].text == "here\n"


def test_what_is_printed_in_a_row_is_one_output(tiny):
    slowly = "import time\nfor n in 'ab':\n    print(n, flush=True)\n    time.sleep(0.3)\n"
    notebook = course.execute(tiny(f"{slowly}display(1)\n{slowly}"))
    printed = [o.get("text") for o in notebook.cells[1].outputs]
    assert printed == ["a\nb\n", None, "a\nb\n"]


def test_a_cell_that_fails_is_named(tiny):
    with pytest.raises(RuntimeError, match=r"01_tiny.ipynb stopped at ZeroDivisionError"):
        course.execute(tiny("1 / 0"))


@pytest.mark.parametrize(
    "profile, data, ships",
    [("full", "real", True), ("quick", "real", False), ("full", "auto", False)],
)
@pytest.mark.parametrize("in_place", [True, False])
def test_only_a_full_run_in_place_on_real_data_renews_the_courses_checkpoints(
    monkeypatch, tmp_path, tiny, profile, data, ships, in_place
):
    monkeypatch.setenv("COURSE_PROFILE", profile)
    monkeypatch.setenv("COURSE_DATA", data)
    monkeypatch.setattr(course, "PAGES", tmp_path / "pages")
    monkeypatch.setattr(settings, "shipped_checkpoints_dir", lambda: tmp_path / "checkpoints")
    for name, age in (("of_another_year", 9e6), ("of_this_run", -60)):
        (tmp_path / "checkpoints" / name).mkdir(parents=True)
        (tmp_path / "checkpoints" / name / "record.json").write_text("{}")
        os.utime(tmp_path / "checkpoints" / name / "record.json", times=(0, time.time() - age))
    path, seen = tiny("1"), []
    monkeypatch.setattr(course, "choose", lambda names: [path])

    def execute(path, **environment):
        seen.append(environment)
        return course_notebook(path)

    monkeypatch.setattr(course, "execute", execute)
    course.run(in_place=in_place)
    wanted = {"COURSE_CHECKPOINTS": str(settings.shipped_checkpoints_dir())}
    assert seen == [wanted if ships and in_place else {}]
    left = {path.name for path in (tmp_path / "checkpoints").iterdir()}
    assert ("of_another_year" in left) != (ships and in_place)
    assert "of_this_run" in left


def course_notebook(path):
    import nbformat

    return nbformat.read(path, as_version=4)


def test_the_courses_checkpoints_lie_in_the_project():
    place = settings.shipped_checkpoints_dir()
    assert place == course.NOTEBOOKS.parent / "data" / "checkpoints"
