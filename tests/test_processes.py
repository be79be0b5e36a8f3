"""One script in several processes: they learn who they are, are watched over, and can be kept.

That the training script of notebook 10 gives the same in 1, 2 and 4 processes, also after a kill,
its own strict run shows; `tests/on_jax.py` tries it apart from it.
"""

import os
import time

from course_utils import processes, settings

import numpy as np
import pytest

WHO = "import os; print('I am', os.environ['RANK'], 'of', os.environ['PROCESSES'])"


@pytest.fixture
def script(tmp_path):
    """Return a function that writes a script and returns its path."""

    def write(text, name="script.py"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def test_each_process_knows_its_number(script):
    assert processes.run(script(WHO), 3) == ["I am 0 of 3", "I am 1 of 3", "I am 2 of 3"]


def test_only_the_last_line_counts_and_not_the_librarys(script):
    text = "print('first'); print('last'); print(); print('[Gloo] Rank 0 is connected to 1')"
    assert processes.run(script(text)) == ["last"]
    assert processes.run(script("pass")) == [""]


def test_variables_and_the_scripts_folder(script, tmp_path):
    text = "import os; print(os.environ['EPOCHS'], os.path.exists('script.py'))"
    assert processes.run(script(text), EPOCHS=3) == ["3 True"]


def test_xla_compiles_quickly_unless_told_otherwise(script, monkeypatch):
    text = script("import os; print(os.environ['XLA_FLAGS'])")
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    assert processes.run(text) == [processes.COMPILE_QUICKLY]
    monkeypatch.setenv("XLA_FLAGS", "--xla_dump_to=there")
    assert processes.run(text) == ["--xla_dump_to=there"]


def test_an_address_is_free():
    host, port = processes.free_address().split(":")
    assert host == "127.0.0.1" and 0 < int(port) < 65536
    assert len(set(processes.free_addresses(8))) == 8


@pytest.mark.fault("one of several processes is killed")
def test_a_killed_process_ends_the_others_with_a_sentence(script, capsys):
    text = (
        "import os, time\nprint('begun', flush=True)\n"
        "os.kill(os.getpid(), 9) if os.environ['RANK'] == '1' else time.sleep(600)"
    )
    begin = time.monotonic()
    assert processes.run(script(text), 3) == ["begun"] * 3
    assert time.monotonic() - begin < 60
    said = capsys.readouterr().out
    assert "Process 1 of 3 was killed. The other 2, which would have waited for it," in said


def test_an_error_is_told_in_its_own_words(script, capsys):
    processes.run(script("import sys\nsys.exit('no digits here')"), 1)
    said = capsys.readouterr().out
    assert said.strip() == (
        "Process 0 of 1 ended with an error (no digits here). Start them again."
    )


def test_an_interrupt_leaves_no_process_behind(script, tmp_path, monkeypatch):
    text = (
        "import os, time\nopen(f\"{os.environ['RANK']}.pid\", 'w').write(str(os.getpid()))\n"
        "time.sleep(600)"
    )

    def press_stop(started):
        while len(found := [p for p in tmp_path.glob("*.pid") if p.read_text()]) < 2:
            time.sleep(0.05)
        pids.extend(int(place.read_text()) for place in found)
        raise KeyboardInterrupt

    pids = []
    monkeypatch.setattr(processes, "_watch", press_stop)
    with pytest.raises(KeyboardInterrupt):
        processes.run(script(text), 2)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize("count", [0, -1, 1.5, "2", None])
def test_a_number_of_processes_that_is_none(script, count):
    with pytest.raises(ValueError, match="give a whole number from 1"):
        processes.run(script(WHO), count)


def test_a_script_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no script train.py: run the cells above"):
        processes.run(tmp_path / "train.py")


# ---- Kept for the demo profile


@pytest.fixture
def renewal(tmp_path_factory, monkeypatch):
    """Let a run be kept as in a renewal of the course, in a folder of its own."""
    folder = tmp_path_factory.mktemp("kept")
    monkeypatch.setattr(settings, "shipped_checkpoints_dir", lambda: folder)
    monkeypatch.setattr(settings, "own_checkpoints_dir", lambda: folder)
    return folder


def test_in_the_demo_profile_a_kept_run_is_not_started(script, renewal, monkeypatch, capsys):
    counting = "open('runs', 'a').write('x'); print('three losses')"
    place = script(counting)
    processes.run(place, 1, EPOCHS=3)
    monkeypatch.setenv("COURSE_PROFILE", "demo")
    assert processes.run(place, 1, EPOCHS=3) == ["three losses"]
    assert (place.parent / "runs").read_text() == "x"
    assert "1 process of script.py: not started" in capsys.readouterr().out


def test_a_renewal_leaves_what_was_made_of_the_same(script, renewal):
    place = script("import time; print(time.perf_counter())")
    processes.run(place)
    kept = (renewal / "run_script_1.json").read_bytes()
    processes.run(place)
    assert (renewal / "run_script_1.json").read_bytes() == kept


@pytest.mark.parametrize("change", ["script", "data", "variables", "damaged"])
def test_another_run_is_started(script, renewal, monkeypatch, change):
    place = script("import os; print('old', os.environ.get('EPOCHS'))")
    processes.run(place)
    monkeypatch.setenv("COURSE_PROFILE", "demo")
    more = {}
    if change == "script":
        place = script("print('new')")
    elif change == "data":
        np.savez(place.parent / "digits.npz", images=np.zeros(3))
    elif change == "variables":
        more = {"EPOCHS": 5}
    else:
        (renewal / "run_script_1.json").write_text("{")
    monkeypatch.setattr(processes, "_start_and_watch", lambda *run: (["started"], ""))
    assert processes.run(place, **more) == ["started"]


def test_a_student_keeps_nothing(script, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CHECKPOINTS", str(tmp_path / "own"))
    processes.run(script(WHO))
    assert not (tmp_path / "own").exists()
