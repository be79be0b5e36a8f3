"""Running the notebooks: which, with what settings, and what a renewal keeps and removes."""

import ast
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

from course_utils import publishing, settings
from course_utils.__main__ import main
from course_utils.publishing import notebooks, run, used

import nbformat
import pytest
from nbformat import v4

PACKAGE = Path(publishing.__file__).parent.parent
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Write a notebook of one cell and return its path; the course has no other."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr(notebooks, "find", lambda: sorted(folder.glob("*.ipynb")))
    monkeypatch.setattr(run, "RENEWED", tmp_path / "renewed")

    def write(source, name="01_tiny", metadata=KERNEL):
        path = folder / f"{name}.ipynb"
        cells = [v4.new_markdown_cell("# 1 · Tiny\n\nA *promise*."), v4.new_code_cell(source)]
        notebooks.save(v4.new_notebook(cells=cells, metadata=metadata), path)
        return path

    return write


@pytest.fixture
def renewal(tmp_path, monkeypatch):
    """Full profile, real data, and a folder of checkpoints and a file of numbers to renew."""
    monkeypatch.setenv("COURSE_PROFILE", "full")
    monkeypatch.setenv("COURSE_DATA", "real")
    monkeypatch.setattr(settings, "shipped_checkpoints_dir", lambda: tmp_path / "checkpoints")
    monkeypatch.setattr(used, "MEASURED", tmp_path / "measured.json")
    for name in ("of_this_run", "of_another_year"):
        (tmp_path / "checkpoints").mkdir(exist_ok=True)
        (tmp_path / "checkpoints" / f"{name}.npz").touch()
    used.keep_numbers({"a.old": 1.0, "b.kept": 2}, used.MEASURED)
    return tmp_path


def telling(*entries):
    """Return a cell that tells the renewal what a training or a comparison would tell it."""
    lines = "".join(f"{json.dumps(entry)}\n" for entry in entries)
    return f"import os\nwith open(os.environ['COURSE_USED'], 'a') as f:\n    f.write({lines!r})"


def left(folder):
    return {place.stem for place in (folder / "checkpoints").iterdir()}


def numbers(folder):
    return json.loads((folder / "measured.json").read_text())


MODEL = {"model": "of_this_run"}
NUMBER = {"measured": {"name": "b.new", "value": 0.12345678}}


# ---- choosing and running -----------------------------------------------------------------------


def test_notebooks_are_chosen_by_the_beginning_of_their_names():
    assert [path.name[:2] for path in notebooks.choose(("02", "01"))] == ["01", "02"]
    assert notebooks.choose() == notebooks.find()
    with pytest.raises(ValueError, match="begins with '77'; there are 01_"):
        notebooks.choose(("01", "77"))


def test_a_notebook_runs_with_the_settings_given(tiny):
    path = tiny("import os\nprint(os.environ['COURSE_CHECKPOINTS'])")
    notebook = run.execute(path, COURSE_CHECKPOINTS="here")
    assert notebook.cells[1].outputs[0].text == "here\n"


@pytest.mark.fault("a notebook saved with another kernel")
def test_a_notebook_saved_with_another_kernel_runs_on_this_python(tiny):
    other = {"kernelspec": {"name": "conda-of-somebody", "display_name": "Hers"}}
    notebook = run.execute(tiny("import sys\nprint(sys.executable)", metadata=other))
    assert os.path.samefile(notebook.cells[1].outputs[0].text.strip(), sys.executable)
    assert notebook.metadata["kernelspec"]["name"] == "python3"


@pytest.mark.fault("a kernel `python3` of another environment")
def test_a_kernel_of_another_environment_by_the_same_name_is_passed_over(
    tiny, tmp_path, monkeypatch
):
    place = tmp_path / "jupyter/kernels/python3"
    place.mkdir(parents=True)
    argv = [sys.executable, "-c", "raise SystemExit('another environment')"]
    (place / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Hers"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    assert run.execute(tiny("print('here')")).cells[1].outputs[0].text == "here\n"


def test_what_is_printed_in_a_row_is_one_output(tiny):
    slowly = "import time\nfor n in 'ab':\n    print(n, flush=True)\n    time.sleep(0.3)\n"
    notebook = run.execute(tiny(f"{slowly}display(1)\n{slowly}"))
    printed = [o.get("text") for o in notebook.cells[1].outputs]
    assert printed == ["a\nb\n", None, "a\nb\n"]


@pytest.mark.fault("a cell that fails")
def test_a_cell_that_fails_is_named(tiny):
    with pytest.raises(RuntimeError, match=r"01_tiny.ipynb stopped at ZeroDivisionError"):
        run.execute(tiny("1 / 0"))


@pytest.mark.fault("Ctrl-C while a notebook runs")
@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to no single process")
def test_ctrl_c_ends_the_kernel_and_says_one_sentence(tiny, tmp_path):
    path = tiny(
        "import os, pathlib, time\n"
        f"pathlib.Path({str(tmp_path / 'kernel')!r}).write_text(str(os.getpid()))\n"
        "time.sleep(600)"
    )
    program = (
        "from pathlib import Path\nfrom course_utils.publishing import notebooks\n"
        f"notebooks.find = lambda: [Path({str(path)!r})]\n"
        "from course_utils.__main__ import main\nraise SystemExit(main(['run', '--in-place']))"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as running:
        pid = wait_for_number(tmp_path / "kernel")
        running.send_signal(signal.SIGINT)
        said, complaint = running.communicate(timeout=60)
    assert (said, complaint.strip()) == ("", "Stopped; what was finished before is kept.")
    assert running.returncode == 130
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def wait_for_number(path):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.05)
    raise TimeoutError(path)


# ---- renewing -----------------------------------------------------------------------------------


@pytest.mark.fault("a private notebook (0600) in `make full`")
def test_outputs_are_renewed_and_permissions_stay(tiny, capsys):
    path = tiny("6 * 7")
    path.chmod(0o600)
    assert main(["run", "--in-place", "01"]) == 0
    assert nbformat.read(path, 4).cells[1].outputs[0].data["text/plain"] == "42"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 or os.name == "nt"
    assert capsys.readouterr().out == "01_tiny.ipynb: outputs renewed\n"


@pytest.mark.fault("a notebook saved while `make full` runs it")
def test_a_notebook_that_is_edited_while_it_runs_stays_as_it_was_saved(tiny, renewal, capsys):
    path = tiny("...")
    text = path.read_text()
    edit = f"from pathlib import Path\nPath('01_tiny.ipynb').write_text({text!r} + ' ')\n"
    path = tiny(edit + telling(MODEL, NUMBER))
    assert main(["run", "--in-place"]) == 1
    assert path.read_text() == text + " "
    assert nbformat.read(renewal / "renewed/01_tiny.ipynb", 4).cells[1].execution_count == 1
    assert "01_tiny.ipynb changed while running and stays" in capsys.readouterr().err
    assert left(renewal) == {"of_this_run", "of_another_year"}
    assert numbers(renewal) == {"a.old": 1.0, "b.kept": 2}


def test_a_full_renewal_removes_what_no_notebook_used(tiny, renewal, capsys):
    tiny(telling(MODEL), "01_tiny")
    tiny(telling(NUMBER, {"measured": {"name": "a.count", "value": 407050}}), "02_tiny")
    assert main(["run", "--in-place"]) == 0
    assert left(renewal) == {"of_this_run"}
    assert numbers(renewal) == {"a.count": 407050, "b.new": 0.123457}
    assert list(numbers(renewal)) == ["a.count", "b.new"]
    assert "no notebook used were removed: of_another_year\n" in capsys.readouterr().out


@pytest.mark.fault("a clock that is an hour back in `make full`")
def test_what_was_written_when_does_not_matter(tiny, renewal):
    """A clock that was put back makes a new checkpoint look old."""
    os.utime(renewal / "checkpoints/of_this_run.npz", times=(0, 0))
    tiny(telling(MODEL))
    assert main(["run", "--in-place"]) == 0
    assert left(renewal) == {"of_this_run"}


def test_a_renewal_of_one_notebook_removes_nothing(tiny, renewal):
    tiny(telling(MODEL, NUMBER))
    tiny("1", "02_tiny")
    assert main(["run", "--in-place", "01"]) == 0
    assert left(renewal) == {"of_this_run", "of_another_year"}
    assert numbers(renewal) == {"a.old": 1.0, "b.kept": 2, "b.new": 0.123457}


@pytest.mark.fault("a `make full` of which nothing is known")
def test_where_nothing_is_told_nothing_is_removed(tiny, renewal):
    tiny("1")
    assert main(["run", "--in-place"]) == 0
    assert left(renewal) == {"of_this_run", "of_another_year"}
    assert numbers(renewal) == {"a.old": 1.0, "b.kept": 2}


@pytest.mark.parametrize("profile, data", [("quick", "real"), ("full", "auto")])
def test_only_a_full_run_on_real_data_ships(tiny, renewal, monkeypatch, profile, data):
    monkeypatch.setenv("COURSE_PROFILE", profile)
    monkeypatch.setenv("COURSE_DATA", data)
    path = tiny("import os\nprint({'COURSE_USED', 'COURSE_CHECKPOINTS'} & {*os.environ})")
    assert main(["run", "--in-place"]) == 0
    assert nbformat.read(path, 4).cells[1].outputs[0].text == "set()\n"
    assert left(renewal) == {"of_this_run", "of_another_year"}


def test_checkpoints_go_to_the_project_in_a_renewal(tiny, renewal):
    path = tiny("import os\nprint(os.environ['COURSE_CHECKPOINTS'])")
    assert main(["run", "--in-place"]) == 0
    shown = nbformat.read(path, 4).cells[1].outputs[0].text.strip()
    assert Path(shown) == settings.shipped_checkpoints_dir()


def test_the_courses_checkpoints_lie_in_the_project():
    assert settings.shipped_checkpoints_dir() == settings.checkout() / "data" / "checkpoints"


# ---- sections that are deeper, and who may import this room -------------------------------------


def test_a_deeper_section_ends_before_the_next_heading_of_its_level():
    def cell(text, **metadata):
        return v4.new_markdown_cell(text, metadata=metadata)

    cells = [cell("# 1"), cell("## A"), cell("## B, deeper", deeper=True), cell("prose")]
    cells += [v4.new_code_cell("# no heading"), cell("### part of B"), cell("## C"), cell("end")]
    shortened = notebooks.without_deeper(v4.new_notebook(cells=cells))
    assert [c.source for c in shortened.cells] == ["# 1", "## A", "## C", "end"]


def imported_by(source):
    """Return the names of modules that Python code imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{a.name}" for a in node.names}
    return names


def test_nothing_that_a_cell_imports_imports_what_publishes():
    sources = {
        path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
    }
    for path in notebooks.find():
        cells = nbformat.read(path, 4).cells
        code = [c.source for c in cells if c.cell_type == "code" and not c.source.startswith("%%")]
        sources[path.name] = "\n".join(code)
    importing = {
        name.split("/")[0]
        for name, source in sources.items()
        if any("publishing" in module for module in imported_by(source))
    }
    assert importing == {"__main__.py", "publishing"}
