"""A real JupyterHub on this machine, and students who work through a notebook on it."""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from course_utils import exercises
from course_utils.exercises.kinds import Open

import nbformat
import psutil
import websocket

ROOT = Path(__file__).resolve().parent.parent.parent
PROXY = "configurable-http-proxy@5.3.0"
MINUTES = 60  # the longest that a class may take
DATA = os.environ.get("COURSE_DATA_DIR", "")
TOO_MANY = 429  # at once, says HTTP
FIRST = "my_notebooks/01_dense_mnist.ipynb"


def find_proxy():
    """Return the command of the proxy, which npm fetches once; raise RuntimeError without one."""
    folder = ROOT / "build" / "proxy"
    command = (
        folder / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    )
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise RuntimeError("JupyterHub's proxy needs Node.js and npm.")
    if not command.exists():
        folder.mkdir(parents=True, exist_ok=True)
        words = [npm, "install", "--no-fund", "--no-audit", "--prefix", str(folder), PROXY]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"npm could not fetch {PROXY}: {done.stderr.strip()[-300:]}")
    return [node, str(command)]


def free_ports(number):
    """Return ports of this machine that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def is_superuser():
    return hasattr(os, "geteuid") and os.geteuid() == 0


def check_that_it_can_run():
    """Raise RuntimeError, with the reason, where a hub for a class cannot be run."""
    if os.name == "nt":
        raise RuntimeError("JupyterHub does not run on Windows.")
    if is_superuser() and subprocess.run(["unshare", "--mount", "true"]).returncode:
        raise RuntimeError("This superuser may not make a folder read-only.")
    find_proxy()


class Hub:
    """JupyterHub with the configuration that the course ships, on a data folder that is read-only.

    environment: variables for the students' servers.
    """

    def __init__(self, folder, data, environment):
        self.folder, self.data, self.token = folder, data, secrets.token_hex(16)
        self.homes = folder / "homes"
        self.homes.mkdir()
        ports = free_ports(3)
        self.url = f"http://127.0.0.1:{ports[1]}"
        self._settings = {
            "config": str(ROOT / "classroom" / "jupyterhub_config.py"),
            "homes": str(self.homes),
            "folder": str(folder),
            "environment": environment,
            "ports": ports,
            "proxy": find_proxy(),
            "token": self.token,
        }
        self._log = open(folder / "hub.log", "w")

    def __enter__(self):
        own = [str(Path(sys.executable).parent), os.environ["PATH"]]
        variables = os.environ | {
            "COURSE_HUB": json.dumps(self._settings),
            "COURSE_DATA_DIR": str(self.data),
            "PATH": os.pathsep.join(own),
            "PYTHONPATH": str(ROOT),
        }
        config = str(Path(__file__).with_name("loopback_config.py"))
        command = [sys.executable, "-m", "jupyterhub", "-f", config]
        self._process = subprocess.Popen(
            [*self._read_only(), *command],
            env=variables,
            cwd=self.folder,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.wait_for(lambda: self.ask("GET", "/hub/health", plain=True) is not None, "the hub")
        return self

    def __exit__(self, *error):
        everyone = self._everyone()
        self._process.terminate()
        _, left = psutil.wait_procs(everyone, timeout=30)
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._log.close()

    def _read_only(self):
        """Return the words before a command for which the data folder is read-only.

        Rights do not bind the superuser; a mount that only this hub sees does.
        """
        if not is_superuser():
            for path in [self.data, *self.data.rglob("*")]:
                path.chmod(path.stat().st_mode & ~0o222)
            return []
        mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", mount, str(self.data)]

    def ask(self, method, path, body=None, plain=False):
        """Ask the hub or a student's server; return its answer, None where it gives none."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=120) as answer:
            text = answer.read()
        return text if plain else json.loads(text or b"null")

    def wait_for(self, is_there, what):
        """Ask again and again until it is there; the log is told where the hub has ended."""
        pause, end = threading.Event(), time.monotonic() + 60 * MINUTES
        while time.monotonic() < end and self._process.poll() is None:
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                if is_there():
                    return
            pause.wait(0.5)
        raise RuntimeError(f"{what} did not start:\n{self.log()[-3000:]}")

    def log(self):
        return (self.folder / "hub.log").read_text(errors="replace")

    def _everyone(self):
        """Return the hub's process and all below it."""
        try:
            hub = psutil.Process(self._process.pid)
            return [hub, *hub.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def memory(self):
        """Return the bytes that all its processes take, what they share counted once."""
        total = 0
        for process in self._everyone():
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
        return total


class Student:
    """Someone who logs in, opens her copy of the first notebook and answers all its questions."""

    def __init__(self, hub, name):
        self.hub, self.name, self.problems, self.seconds = hub, name, [], {}

    def work(self):
        """Do it all; what went wrong is in `problems`."""
        try:
            start = time.monotonic()
            self._log_in()
            self.seconds["server"] = time.monotonic() - start
            self._run()
            self.seconds["all"] = time.monotonic() - start
        except Exception as problem:  # told with her name by the test
            self.problems.append(f"{type(problem).__name__}: {problem}")

    def _log_in(self):
        place = f"/hub/api/users/{self.name}"
        self.hub.ask("POST", place)
        self.hub.wait_for(lambda: self._is_let_in(place), f"the server of {self.name}")
        self.hub.wait_for(lambda: self._is_ready(place), f"the server of {self.name}")

    def _is_let_in(self, place):
        """Ask for a server; the hub sends away who comes while it starts as many as it may."""
        try:
            self.hub.ask("POST", f"{place}/server")
        except urllib.error.HTTPError as refused:
            if refused.code == TOO_MANY:
                return False
            self.problems.append(f"no server: {refused}")
        return True

    def _is_ready(self, place):
        server = self.hub.ask("GET", place)["servers"].get("")
        return bool(server and server["ready"])

    def _run(self):
        mine = f"/user/{self.name}/api"
        content = self.hub.ask("GET", f"{mine}/contents/{FIRST}")["content"]
        notebook = nbformat.from_dict(content)
        assert not any(cell.get("outputs") for cell in notebook.cells), "her copy shows outputs"
        session = {"path": FIRST, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        kernel = self.hub.ask("POST", f"{mine}/sessions", session)["kernel"]["id"]
        address = f"{self.hub.url}{mine}/kernels/{kernel}/channels".replace("http", "ws", 1)
        line = websocket.create_connection(
            address, header=[f"Authorization: token {self.hub.token}"], timeout=60 * MINUTES
        )
        with contextlib.closing(line):
            for source in sources(notebook):
                self._execute(line, source)
        self.hub.ask("DELETE", f"{mine}/kernels/{kernel}")  # she shuts it down and leaves

    def _execute(self, line, source):
        """Run a cell and wait until it is done; keep what it raised."""
        header = {"msg_id": secrets.token_hex(8), "msg_type": "execute_request", "version": "5.3"}
        header |= {"username": self.name, "session": self.name, "date": "2026-01-01T00:00:00Z"}
        content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "channel": "shell"}
        line.send(json.dumps(message | {"content": content, "buffers": []}))
        while True:
            text = line.recv()
            if isinstance(text, bytes):  # with the picture of a widget
                continue
            answer = json.loads(text)
            if answer["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            if answer["msg_type"] == "error":
                found = answer["content"]
                self.problems.append(f"{found['ename']}: {found['evalue']} in {source[:60]!r}")
            if answer["msg_type"] == "execute_reply":
                return


def sources(notebook):
    """Yield what a student runs: the cells, with each question answered; at the end she submits."""
    questions = exercises.questions_of("nb01_dense_mnist")
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        name = next((q for q in questions if f"{q}.check(" in cell.source), None)
        if name is None:
            yield cell.source
            continue
        question = questions[name]
        call = next(row for row in cell.source.splitlines() if row.startswith(f"{name}.check("))
        yield f"{cell.source}\n{question.source}\n{call}"
        if isinstance(question, Open):
            yield f"{call[:-1]}, met=[1])"
    yield "exercises.submit()"
