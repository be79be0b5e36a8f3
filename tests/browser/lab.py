"""Start JupyterLab as a student would, open a notebook, press keys, and take the time."""

import base64
import io
import json
import os
import platform
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from statistics import median

from course_utils.datasets import prepared

import nbformat
import numpy as np

ROOT = Path(__file__).parent.parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
# Read on import, before the tests of the package move the data folder away.
DATA = os.environ.get("COURSE_DATA_DIR") or str(ROOT / "data")

RESULTS = {"data": "stand-ins", "notebooks": {}, "key_to_picture_ms": {}}
TOKEN = "rehearsal"
SLOW = 5  # seconds for which a hall waits gladly
PAUSE = 150  # ms before a key is pressed: the answer to the last one is over by then
# JupyterLab's own words when a kernel is restarted; they say nothing about the course.
HARMLESS = ("Could not restore the debugger state",)
USER_SETTINGS = {
    # No question about news on the first start; the time of each cell is kept.
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"recordTiming": True},
}

CELLS = """() => jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === "code")
    .map(cell => ({
        source: cell.model.sharedModel.source,
        count: cell.model.executionCount,
        busy: cell.model.executionState === "running",
        outputs: cell.model.outputs.toJSON(),
        timing: cell.model.getMetadata("execution") || {},
    }))"""

IS_DONE = f"""() => {{
    const cells = ({CELLS})();
    const failed = cells.some(cell => cell.outputs.some(o => o.output_type === "error"));
    return failed || cells.every(cell => cell.count && !cell.busy);
}}"""

# From the key press to the frame after the new picture (or the new words) was loaded.
WATCH = """([selector, attribute]) => {
    const target = document.querySelector(selector);
    window.keyToPicture = new Promise(done => {
        let start = null;
        const options = { capture: true, once: true };
        document.addEventListener("keydown", event => { start = event.timeStamp; }, options);
        const observer = new MutationObserver(() => {
            if (start === null) return;
            observer.disconnect();
            requestAnimationFrame(() => done(performance.now() - start));
        });
        const what = attribute ? { attributeFilter: [attribute] } : { childList: true };
        observer.observe(target, { ...what, subtree: !attribute, characterData: !attribute });
        setTimeout(() => done(null), 60000);  // a busy machine is slow, not wrong
    });
}"""

# What axe finds in a part of a page: how many rules passed, and what is not accessible.
AXE = """async part => {
    const levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
    const found = await axe.run(part ?? document, { runOnly: levels, preload: false });
    return [found.passes.length, found.violations.flatMap(
        ({ id, nodes }) => nodes.map(node => `${id}: ${node.html.slice(0, 200)}`))];
}"""

READ_PICTURE = """async shown => {
    const toText = bytes => btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
    if (!shown.getContext)
        return [null, toText(new Uint8Array(await (await fetch(shown.src)).arrayBuffer()))];
    const { width, height } = shown;
    const pixels = shown.getContext("2d").getImageData(0, 0, width, height).data;
    return [[height, width, 4], toText(pixels)];
}"""


class Lab:
    """A JupyterLab server on this machine, in the demo profile and without a network."""

    def __init__(self, notebooks, folder):
        self.folder, self.port = folder, _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = open(folder / "lab.log", "w")
        (folder / "notebooks").mkdir()
        for path in notebooks:
            _copy_without_outputs(path, folder / "notebooks" / path.name)
        for name, values in USER_SETTINGS.items():
            place = folder / f"settings/@jupyterlab/{name}.jupyterlab-settings"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(json.dumps(values))

    def __enter__(self):
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": self.port,
            "ServerApp.port_retries": 0,
            "ServerApp.open_browser": False,
            "ServerApp.allow_root": True,
            "ServerApp.root_dir": self.folder / "notebooks",
            "IdentityProvider.token": TOKEN,
            "LabApp.user_settings_dir": self.folder / "settings",
            "LabApp.workspaces_dir": self.folder / "workspaces",
            "LabApp.expose_app_in_browser": True,
        }
        command = [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in options.items())]
        self._process = subprocess.Popen(
            command, env=self._environment(), stdout=self._log, stderr=subprocess.STDOUT
        )
        self._wait()
        return self

    def __exit__(self, *error):
        self._process.terminate()
        self._process.wait(timeout=30)
        self._log.close()

    def _environment(self):
        """Return the variables of a class without a network, with the course's checkpoints only."""
        real = _has_real_data(Path(DATA))
        RESULTS["data"] = "real data" if real else "stand-ins"
        variables = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")  # nobody
        variables["no_proxy"] = "127.0.0.1,localhost"
        variables |= {name.upper(): value for name, value in variables.items()}
        variables |= {
            "COURSE_PROFILE": "demo",
            "COURSE_DATA": "real" if real else "standin",
            "COURSE_DATA_DIR": DATA if real else str(self.folder / "data"),
            "COURSE_CHECKPOINTS": str(self.folder / "trained"),
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "IPYTHONDIR": str(self.folder / "ipython"),
        }
        return os.environ | variables

    def _wait(self):
        for _ in range(600):
            if self._process.poll() is not None:
                break
            try:
                return self.ask("GET", "api/status")
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"JupyterLab did not start:\n{(self.folder / 'lab.log').read_text()}")

    def ask(self, method, path):
        """Ask the server's API; return its answer, or None where it says nothing."""
        request = urllib.request.Request(f"{self.url}/{path}?token={TOKEN}", method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return json.loads(answer.read() or "null")

    @contextmanager
    def open(self, browser, path):
        """Open a notebook on a page of its own; its kernel ends with it."""
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        try:
            opened = Opened(context, self, path)
            yield opened
        finally:
            context.close()
            for kernel in self.ask("GET", "api/kernels"):
                self.ask("DELETE", f"api/kernels/{kernel['id']}")


class Shown:
    """A page in the browser that shows explorers.

    problems: errors of its console and requests that would have left this machine.
    """

    def __init__(self, context, own):
        """own: the beginning of the addresses that the page may ask for."""
        self.problems = []
        self.page = context.new_page()
        self.page.set_default_timeout(180_000)  # a busy machine is slow, not wrong
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.problems.append(f"page: {error}"))
        context.route(lambda url: not url.startswith((own, "data:", "blob:")), self._refuse)

    def _note_console(self, message):
        if message.type == "error" and not message.text.startswith(HARMLESS):
            self.problems.append(f"console: {message.text[:500]}")

    def _refuse(self, route):
        self.problems.append(f"a request left this machine: {route.request.url}")
        route.abort()

    def find(self, name):
        """Bring the explorer of that name (as the function's) to view; return its selector."""
        selector = f".explorer-{name.replace('_', '-')}"
        self.page.wait_for_selector(selector, state="attached")
        self.page.locator(selector).scroll_into_view_if_needed()
        return selector

    def wait_for_words(self, explorer, text):
        """Wait until the words below an explorer hold a text."""
        self.page.locator(f"{explorer} .explorer-status", has_text=text).wait_for()

    def words(self, explorer):
        """Return the words below an explorer."""
        return self.page.locator(f"{explorer} .explorer-status").text_content()

    def picture(self, selector):
        """Return the pixels of an `<img>` or `<canvas>` as uint8, (H, W) or (H, W, 3)."""
        from PIL import Image

        shape, text = self.page.locator(selector).evaluate(READ_PICTURE)
        content = base64.b64decode(text)
        if shape:
            pixels = np.frombuffer(content, np.uint8).reshape(shape)[..., :3]
        else:
            pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
        return pixels[..., 0] if (pixels == pixels[..., :1]).all() else pixels

    def press(self, handle, key, watched, attribute="data-version"):
        """Press a key on a control; return the ms until the watched element showed the answer."""
        self.page.locator(handle).focus()
        self.page.evaluate(WATCH, [watched, attribute])
        self.page.wait_for_timeout(PAUSE)
        self.page.keyboard.press(key)
        return self.page.evaluate("() => window.keyToPicture")

    def time_keys(self, name, handle, watched, keys, attribute="data-version"):
        """Press each key, keep the median time to the new picture under `name`, return all."""
        times = [self.press(handle, key, watched, attribute) for key in keys]
        assert None not in times, f"{name}: {times.count(None)} key presses had no answer"
        RESULTS["key_to_picture_ms"][name] = round(median(times))
        return times


class Opened(Shown):
    """A notebook in JupyterLab."""

    def __init__(self, context, lab, path):
        super().__init__(context, lab.url)
        self.path = path
        self.page.goto(f"{lab.url}/lab/tree/{path.name}?token={TOKEN}&reset")
        self.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.content?.model")
        self._wait_until_idle()

    def _wait_until_idle(self):
        state = "jupyterapp.shell.currentWidget.sessionContext.kernelDisplayStatus"
        self.page.wait_for_function(f"() => {state} === 'idle'")

    def restart_and_run_all(self, limit=600):
        """Restart the kernel and run all cells, as after a crash; keep the seconds it takes."""
        self.page.click('.lm-MenuBar-item:has-text("Run")')
        self.page.click('li.lm-Menu-item[data-command="runmenu:restart-and-run-all"]')
        start = time.perf_counter()
        self.page.click(".jp-Dialog button.jp-mod-accept")
        self.page.wait_for_function("() => !document.querySelector('.jp-Dialog')")
        self.page.wait_for_function(IS_DONE, polling=200, timeout=1000 * limit)
        self._wait_until_idle()
        self.seconds = time.perf_counter() - start
        self.cells = self.page.evaluate(CELLS)
        RESULTS["notebooks"][self.path.stem] = self._times()

    def _times(self):
        """Return seconds: for all, for the first cell, which imports, and for each slow one."""
        imports, *others = [
            (_seconds(cell["timing"]), cell["source"].splitlines()[0]) for cell in self.cells
        ]
        return {
            "all": round(self.seconds, 1),
            "imports": round(imports[0], 1),
            "longest": round(max(others)[0], 1),
            "slow_cells": {line: round(taken, 1) for taken, line in others if taken > SLOW},
        }

    def outputs(self, kind):
        """Return (first line of the cell, output) for all outputs of a kind."""
        return [
            (cell["source"].splitlines()[0], output)
            for cell in self.cells
            for output in cell["outputs"]
            if output["output_type"] == kind
        ]

    def show(self, name):
        """Scroll to the explorer of that name (as the function's) and return its selector."""
        place = self.page.evaluate(
            """call => jupyterapp.shell.currentWidget.content.widgets
                .findIndex(cell => cell.model.type === "code"
                                   && cell.model.sharedModel.source.includes(call))""",
            f"explorers.{name}(",
        )
        self.page.evaluate(
            "place => jupyterapp.shell.currentWidget.content.scrollToItem(place, 'start')", place
        )
        return self.find(name)


def write_results(folder):
    """Write build/rehearsal.json and return the results as tables in Markdown."""
    RESULTS["date"] = date.today().isoformat()
    RESULTS["machine"] = f"{os.cpu_count()} cores, {platform.system()}"
    folder.mkdir(exist_ok=True)
    (folder / "rehearsal.json").write_text(json.dumps(RESULTS, indent=1) + "\n")
    lines = [
        "",
        f"Demo profile, {RESULTS['data']}, {RESULTS['machine']}, {RESULTS['date']}; seconds:",
        "",
        "| notebook | restart and run all | imports | longest other cell |",
        "|---|---|---|---|",
    ]
    for name, found in sorted(RESULTS["notebooks"].items()):
        lines.append(f"| {name} | {found['all']} | {found['imports']} | {found['longest']} |")
    lines += ["", "| explorer | key press to new picture, median |", "|---|---|"]
    lines += [f"| {name} | {found} ms |" for name, found in RESULTS["key_to_picture_ms"].items()]
    return "\n".join(lines)


def _has_real_data(folder):
    names = prepared.find_names([folder / "tfds"])
    is_prepared = any(not name.endswith("_standin") for name in names)
    return is_prepared or (folder / "keras/datasets").exists()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _copy_without_outputs(path, target):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, target)


def _seconds(timing):
    """Return how long a cell ran, from what JupyterLab recorded."""
    start, end = timing.get("iopub.execute_input"), timing.get("shell.execute_reply")
    if not start or not end:
        return 0.0
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
