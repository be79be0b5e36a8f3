"""What all tests share: no network, no real data, and folders that vanish afterwards.

The environment is set before a test module is imported, and inherited by the workers of
pytest-xdist, so that a stand-in is prepared once in a session. No test writes into the project's
data folder or the home folder.
"""

import http.server
import os
import shutil
import signal
import tempfile
import threading
import urllib.parse
from pathlib import Path

import pytest


def pytest_configure(config):
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell does that with `make test &`
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(config, "workerinput"):
        return  # a worker of pytest-xdist has inherited the environment
    base = Path(tempfile.mkdtemp(prefix="course-tests-"))
    config.course_test_folder = base
    home = {name: base / "home" for name in ("HOME", "USERPROFILE", "LOCALAPPDATA")}
    folders = {
        "COURSE_DATA_DIR": base / "data",
        "KERAS_HOME": base / "keras",
        "XDG_CACHE_HOME": base / "cache",
        **home,
    }
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    os.environ.update({name: str(folder) for name, folder in folders.items()})
    os.environ.update(COURSE_DATA="standin", COURSE_PROFILE="quick", NO_PROXY="127.0.0.1")
    os.environ.update(no_proxy="127.0.0.1")
    for name in ("TFDS_DATA_DIR", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        os.environ.pop(name, None)


def pytest_unconfigure(config):
    if hasattr(config, "course_test_folder"):
        shutil.rmtree(config.course_test_folder, ignore_errors=True)


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    """An empty data folder, with an empty user's cache beside it, for one test."""
    from course_utils import settings

    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras_home"))
    monkeypatch.setattr(settings, "user_cache_dir", lambda: tmp_path / "cache")
    return folder


@pytest.fixture
def refuse_writes(monkeypatch):
    """Make a folder read-only, also for the superuser, who ignores permission bits."""
    from course_utils import settings

    writable = settings._is_writable

    def refuse(*folders):
        monkeypatch.setattr(
            settings, "_is_writable", lambda folder: folder not in folders and writable(folder)
        )

    return refuse


@pytest.fixture
def without_a_child(monkeypatch):
    """Answers run in this process, which is quicker; test_exercise_limits.py has the child."""
    from course_utils.exercises.kinds import limits

    monkeypatch.setattr(limits, "FORKS", False)


class _Handler(http.server.BaseHTTPRequestHandler):
    """Sends `answers[path]`: bytes, or a function that gets this handler and does the rest."""

    def do_GET(self):
        path = urllib.parse.urlparse(self.path).path
        self.server.asked.append(self.path)
        answer = self.server.answers.get(path)
        if answer is None:
            self.send_error(404)
        elif callable(answer):
            answer(self)
        else:
            self.send_body(answer, len(answer))

    def send_body(self, body, announced):
        self.send_response(200)
        self.send_header("Content-Length", str(announced))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    """A web server on this machine; `answers` maps paths to what is sent, `asked` lists paths."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.asked = {}, []

    def handle_error(self, request, client_address):
        """Say nothing: a reader that hangs up is no fault of a server."""

    def url(self, path):
        return f"http://127.0.0.1:{self.server_port}{path}"


@pytest.fixture
def server(monkeypatch):
    """A `Server` that runs for one test; what fails there is tried again at once."""
    monkeypatch.setattr("course_utils.datasets.download.PAUSES", (0, 0, 0))
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()
