"""Faults that need processes of their own, and time; run by name, or with `make drills`:

    pytest tests/drills.py

The drills that are quick stand in the tests of the rooms. `FAULTS.md` lists all of them.
"""

import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from course_utils.publishing import notebooks

import history
import pytest

ROOT = Path(__file__).resolve().parent.parent
MINUTES = 5  # the longest that a child may take
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other signals and rights")


@pytest.fixture
def environment(tmp_path):
    """The environment of a student who has nothing yet: no data, no network, no settings."""
    home, data = tmp_path / "home", tmp_path / "data"
    home.mkdir()
    data.mkdir()
    drop = ("COURSE_CHECKPOINTS", "TFDS_DATA_DIR", "KERAS_BACKEND", "COURSE_USED", "COURSE_STRICT")
    kept = {key: value for key, value in os.environ.items() if key not in drop}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "KERAS_HOME": str(home / ".keras"),
        "COURSE_DATA_DIR": str(data),
        "COURSE_DATA": "standin",
        "COURSE_PROFILE": "full",
    }


@pytest.fixture
def start(environment, tmp_path):
    """Start Python text in a process and a group of its own; all end with the test."""
    started = []

    def start(code, *prefix, cwd=tmp_path, **changes):
        process = subprocess.Popen(
            [*prefix, sys.executable, "-c", code],
            env={key: v for key, v in (environment | changes).items() if v is not None},
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        kill(process)


@pytest.fixture
def run(start):
    """Run Python text to its end; return exit status and all that it said."""

    def run(*arguments, **options):
        process = start(*arguments, **options)
        said, _ = process.communicate(timeout=60 * MINUTES)
        return process.returncode, said

    return run


def kill(process):
    """End a process and its children as a lack of memory does: at once, without a word to them."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def wait_for(condition, process):
    """Wait until a condition holds; fail where the process ends before, or it takes too long."""
    end = time.monotonic() + 60 * MINUTES
    while not (found := condition()):
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)
    return found


def files_in(folder):
    return sorted(p.relative_to(folder).as_posix() for p in Path(folder).rglob("*") if p.is_file())


# ---- kill -9 ------------------------------------------------------------------------------------

TRAIN = """
import keras, numpy as np
from course_utils import training
keras.utils.set_random_seed(1)
training.Keep.SECONDS_BETWEEN_SAVES = 0
x = np.random.rand(4000, 28, 28).astype("float32"); y = np.random.randint(0, 10, 4000)
layers = [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense({units}, "relu")]
model = keras.Sequential([*layers, keras.layers.Dense(10, "softmax")], name="net")
model.compile("adam", "sparse_categorical_crossentropy")
tell = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, flush=True))
history = model.fit(x, y, epochs={epochs}, verbose=0, callbacks=[training.Keep(), tell])
print("EPOCHS", len(history.history["loss"]))
"""


@posix
@pytest.mark.fault("kill -9 in a long training")
def test_a_training_killed_in_a_late_epoch_loses_at_most_a_little(start, run, tmp_path):
    code = TRAIN.format(units=64, epochs=40)
    process = start(code)
    for line in process.stdout:
        if line.strip() == "30":
            break
    kill(process)
    status, said = run(code)
    assert (status, "EPOCHS 40" in said) == (0, True), said
    went_on = said.split("was cut off after ")[1].split(" of 40 epochs")[0]
    assert (
        20 <= int(went_on) <= 32
    )  # of a training as quick as this, a save may be a few epochs old
    assert len(list((tmp_path / "data/trained").iterdir())) == 1


class Slow(http.server.BaseHTTPRequestHandler):
    """Sends a file of 20 MB from any byte on, in pieces, as slowly as the server says."""

    BODY = bytes(range(256)) * (80 << 10)

    def do_GET(self):
        wanted = self.headers.get("Range")
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        self.server.begun.append(begin)
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(self.BODY) - begin))
        self.end_headers()
        try:
            for place in range(begin, len(self.BODY), 1 << 20):
                self.wfile.write(self.BODY[place : place + (1 << 20)])
                self.server.pause.wait(0.1)
        except OSError:
            pass  # the reader was killed

    def log_message(self, *args):
        pass


FETCH = """
import hashlib
from pathlib import Path
from course_utils.datasets.download import RemoteFile, fetch
print("FETCHED", fetch(RemoteFile(["{url}"], {size}, "{sha256}"), Path("{folder}")))
"""


@posix
@pytest.mark.fault("kill -9 in a download, three times")
def test_a_download_killed_three_times_goes_on_and_leaves_nothing(start, run, tmp_path):
    import hashlib

    folder = tmp_path / "downloads"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        server.begun, server.pause = [], threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code = FETCH.format(
            url=f"http://127.0.0.1:{server.server_port}/data.bin",
            size=len(Slow.BODY),
            sha256=hashlib.sha256(Slow.BODY).hexdigest(),
            folder=folder,
        )
        part = folder / ".data.bin.part"
        for size in (2, 4, 6):
            process = start(code)
            wait_for(lambda size=size: part.exists() and part.stat().st_size > size << 20, process)
            kill(process)
        server.pause.set()
        status, said = run(code)
        server.shutdown()
    assert status == 0 and "FETCHED" in said, said
    assert files_in(folder) == ["data.bin"]
    assert server.begun == sorted(server.begun) and server.begun[-1] > 6 << 20


LOAD = """
from course_utils import datasets
data = datasets.load("malaria", split="train")
print("COUNT", sum(1 for _ in data))
"""


@posix
@pytest.mark.fault("kill -9 while a data set is prepared")
def test_a_preparation_killed_at_any_moment_is_done_again_and_tidied_up(start, run, tmp_path):
    data = tmp_path / "data"
    for wait in (0.0, 0.5, 1.5):
        process = start(LOAD)
        wait_for(lambda: list(data.rglob("incomplete.*")), process)
        threading.Event().wait(wait)
        kill(process)
    status, said = run(LOAD)
    assert status == 0 and "COUNT 2500" in said, said
    assert not list(data.rglob("incomplete.*"))


@posix
@pytest.mark.fault("the process that holds the lock is killed")
def test_where_the_one_that_prepares_is_killed_another_takes_over(start, tmp_path):
    processes = [start(LOAD) for _ in range(3)]
    wait_for(lambda: list((tmp_path / "data").rglob("incomplete.*")), processes[0])
    kill(processes[0])
    for process in processes[1:]:
        said, _ = process.communicate(timeout=60 * MINUTES)
        assert "COUNT 2500" in said, said


@pytest.mark.fault("ten processes prepare one data set at once")
def test_ten_at_once_prepare_a_data_set_once(start, tmp_path):
    for process in [start(LOAD) for _ in range(10)]:
        said, _ = process.communicate(timeout=120 * MINUTES)
        assert "COUNT 2500" in said, said
    versions = list((tmp_path / "data/tfds/malaria_standin").iterdir())
    assert [version.name for version in versions] == ["1.0.0"]


# ---- make full ----------------------------------------------------------------------------------

RENEW = """
import pathlib, sys
from course_utils.__main__ import main
from course_utils.publishing import notebooks
notebooks.find = lambda: [pathlib.Path({notebook!r})]
sys.exit(main(["run", "--in-place", "01"]))
"""


@pytest.fixture
def notebook(tmp_path):
    """A notebook whose one cell says who runs it, and then waits long."""
    path = tmp_path / "01_small.ipynb"
    told = tmp_path / "kernel"
    source = (
        "import os, pathlib, threading\n"
        f"pathlib.Path({str(told)!r}).write_text(str(os.getpid()))\n"
        "threading.Event().wait(600)"
    )
    cell = {"cell_type": "code", "id": "one", "metadata": {}, "outputs": []}
    cell |= {"execution_count": None, "source": source}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [cell]}
    path.write_text(json.dumps(whole))
    return path


def find_kernel(path, process):
    told = path.parent / "kernel"
    return int(wait_for(lambda: told.exists() and told.read_text(), process))


def is_there(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


@posix
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="it looks for processes in /proc")
@pytest.mark.fault("kill -9 of `make full`: its kernel")
def test_the_kernel_of_a_killed_renewal_ends_and_the_notebook_stays(start, notebook):
    before = notebook.read_bytes()
    process = start(RENEW.format(notebook=str(notebook)))
    kernel = find_kernel(notebook, process)
    process.kill()  # the process alone, and not its kernel
    process.wait()
    end = time.monotonic() + 30
    while is_there(kernel) and time.monotonic() < end:
        time.sleep(0.1)
    assert not is_there(kernel) and notebook.read_bytes() == before


@posix
@pytest.mark.fault("Ctrl-C in `make full`")
def test_ctrl_c_in_a_renewal_is_one_sentence(start, notebook):
    before = notebook.read_bytes()
    process = start(RENEW.format(notebook=str(notebook)))
    find_kernel(notebook, process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all in the foreground
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.strip() == "Stopped; what was finished before is kept."
    assert notebook.read_bytes() == before


# ---- Surroundings -------------------------------------------------------------------------------

USE = """
from course_utils import datasets, pipelines, plotting, training
from course_utils.exercises.nb01_dense_mnist import q2
import keras
(x, y), _ = datasets.load_arrays("mnist")
model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10)])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x[:500] / 255, y[:500], epochs=1, verbose=0, callbacks=[training.Keep("mnist")])
plotting.show_image(x[0], title="\\u00e4 \\u00b7 \\u2026 \\u5b57")
q2.check(3), q2.hint(), q2.check(...)
print("FINE", datasets.source("mnist"))
"""

SETTINGS = {
    "COURSE_PROFILE=banana": {"COURSE_PROFILE": "banana"},
    "COURSE_DATA=yes": {"COURSE_DATA": "yes"},
    "COURSE_DATA_DIR=/dev/null": {"COURSE_DATA_DIR": "/dev/null"},
    "COURSE_DATA_DIR=~nobodyatall/x": {"COURSE_DATA_DIR": "~nobodyatall/x"},
    "COURSE_DATA_DIR of 5,000 letters": {"COURSE_DATA_DIR": "x" * 5000},
    "COURSE_DATA_DIR=gs://bucket": {"COURSE_DATA_DIR": "gs://bucket/x"},
    "COURSE_CHECKPOINTS=/dev/null/x": {"COURSE_CHECKPOINTS": "/dev/null/x"},
    "KERAS_HOME=/dev/null": {"KERAS_HOME": "/dev/null"},
    "TFDS_DATA_DIR=/dev/null": {"TFDS_DATA_DIR": "/dev/null"},
    "XDG_CACHE_HOME relative": {"XDG_CACHE_HOME": "cache"},
    "KERAS_BACKEND=torch": {"KERAS_BACKEND": "torch"},
}


@posix
@pytest.mark.fault("nonsense in a variable")
@pytest.mark.parametrize("name", SETTINGS)
def test_nonsense_in_a_variable_works_or_is_one_sentence(run, name):
    status, said = run(USE, **SETTINGS[name])
    last = said.strip().splitlines()[-1]
    assert status == 0 and last.startswith("FINE") or last.startswith("ValueError: COURSE_"), said


LETTERS = {
    "LC_ALL=C": {"LC_ALL": "C"},
    "ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "PYTHONIOENCODING=ascii": {"PYTHONIOENCODING": "ascii"},
    "PYTHONIOENCODING=cp1252": {"PYTHONIOENCODING": "cp1252"},
    "LC_ALL=tr_TR.UTF-8": {"LC_ALL": "tr_TR.UTF-8"},
}


@pytest.mark.fault("a narrow locale or code page")
@pytest.mark.parametrize("name", LETTERS)
def test_a_narrow_locale_stops_nothing(run, name):
    status, said = run(USE, **LETTERS[name])
    assert status == 0 and "FINE" in said, said


@pytest.mark.fault("spaces and umlauts in all paths")
def test_spaces_and_umlauts_in_all_paths(run, tmp_path):
    root = tmp_path / "Mein Kurs · Übung (1)"
    for name in ("course_utils", "notebooks"):
        shutil.copytree(
            ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
        )
    places = {"COURSE_DATA_DIR": "Daten für uns", "HOME": "Heim É", "XDG_CACHE_HOME": "Heim É/c"}
    changes = {variable: str(root / name) for variable, name in places.items()}
    status, said = run(USE, PYTHONPATH=str(root), cwd=root, **changes)
    assert status == 0 and "FINE" in said, said


@posix
@pytest.mark.fault("a umask of 077 or 002")
@pytest.mark.parametrize("mask", [0o077, 0o002])
def test_files_get_the_permissions_that_the_umask_says(run, tmp_path, mask):
    status, said = run(f"import os; os.umask({mask}){USE}")
    assert status == 0 and "FINE" in said, said
    wrong = [
        path
        for path in (tmp_path / "data").rglob("*")
        if path.stat().st_mode & 0o777 != (0o777 if path.is_dir() else 0o666) & ~mask
    ]
    assert not [path for path in wrong if not path.name.endswith(".lock")]


@posix
@pytest.mark.skipif(not shutil.which("setpriv"), reason="it takes another user's number")
@pytest.mark.fault("a user id without a name, and no home")
@pytest.mark.parametrize("home", [None, "/", "/nonexistent"])
def test_a_user_without_a_name_and_a_home_can_work(run, tmp_path, home):
    if os.getuid() != 0 or not reachable(Path(sys.executable)):
        pytest.skip("only the superuser may take another number, and all must reach Python")
    for folder in (tmp_path, *tmp_path.parents[:2], tmp_path / "data"):
        folder.chmod(0o777)
    prefix = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"]
    changes = {"XDG_CACHE_HOME": None, "KERAS_HOME": None, "HOME": home}
    status, said = run(USE, *prefix, **changes)
    assert status == 0 and "FINE" in said, said
    assert not (tmp_path / "~").exists()


def reachable(path):
    """Tell whether any user may come to a file, and to that which it links to."""
    real = path.resolve()
    return all(p.stat().st_mode & 0o001 for p in (*path.absolute().parents, *real.parents, real))


# ---- Networks -----------------------------------------------------------------------------------

MUTE = """
import socket, time
look_up, begun = socket.getaddrinfo, time.monotonic()
here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", {port}))]
socket.getaddrinfo = lambda host, *a, **k: look_up(host, *a, **k) if host[0].isdigit() else here
from course_utils import datasets
datasets.load("malaria", split="train")
print("SECONDS", time.monotonic() - begun)
"""


@pytest.mark.fault("a network that takes connections and says nothing")
def test_a_mute_network_gives_a_stand_in_with_a_word_within_two_minutes(run):
    import socket

    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        status, said = run(MUTE.format(port=server.getsockname()[1]), COURSE_DATA="auto")
    assert status == 0 and "stand-in for the malaria images" in said, said
    assert float(said.split("SECONDS ")[1]) < 120


# ---- Two checkouts ------------------------------------------------------------------------------


@pytest.mark.fault("a brief training beside a long one of the same name")
def test_a_brief_training_never_takes_the_place_of_a_long_one(run, tmp_path):
    long, trained = TRAIN.format(units=64, epochs=12), tmp_path / "data/trained"
    assert run(long)[0] == 0
    (first,) = trained.iterdir()
    before = first.read_bytes()
    for units, epochs, profile in ((32, 12, "demo"), (64, 1, "full")):
        status, said = run(TRAIN.format(units=units, epochs=epochs), COURSE_PROFILE=profile)
        assert status == 0, said
    assert len(list(trained.iterdir())) == 3 and first.read_bytes() == before
    status, said = run(long, COURSE_PROFILE="demo")
    assert "Loaded instead of trained: net" in said and "for 12 epochs" in said


# ---- Copies -------------------------------------------------------------------------------------


@pytest.mark.fault("an update from any older version to any newer")
@pytest.mark.parametrize("name", [path.name for path in notebooks.find()])
def test_over_every_pair_of_versions_nothing_is_lost_invalid_or_stale(name):
    history.check_every_pair(name)
