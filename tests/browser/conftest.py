"""The course in a real JupyterLab and a real browser, with the network off: `make rehearse`.

These tests run only when they are asked for by their folder: `pytest tests/browser`. They use the
data that `COURSE_DATA_DIR` names when pytest starts; where there is none, the stand-ins.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile

import pytest
from lab import NOTEBOOKS, RESULTS, ROOT, Lab, Shown, write_results


def pytest_ignore_collect(collection_path, config):
    """Leave the browser out of a plain `pytest`."""
    return None if any("browser" in argument for argument in config.args) else True


def pytest_terminal_summary(terminalreporter):
    if RESULTS["notebooks"] or RESULTS["key_to_picture_ms"]:
        terminalreporter.write_line(write_results(ROOT / "build"))


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium or Chrome; without one the tests are skipped."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    from course_utils.publishing.slides import find_browser

    path = find_browser()
    if path is None:
        pytest.skip("there is no Chromium or Chrome on this machine")
    no_sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(
            executable_path=path, args=["--disable-background-networking", *no_sandbox]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A JupyterLab on copies of the notebooks, in the demo profile."""
    with Lab(NOTEBOOKS, tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture(scope="module")
def notebook(request, browser, lab):
    """A notebook after *Restart Kernel and Run All Cells*; the test names it by its path."""
    with lab.open(browser, request.param) as opened:
        opened.restart_and_run_all()
        yield opened


@pytest.fixture(scope="session")
def explored(tmp_path_factory):
    """A folder with a notebook of explorers, its page and its slides."""
    from course_utils.publishing import slides

    folder = tmp_path_factory.mktemp("explored")
    try:
        slides.fetch_reveal(ROOT / "build/slides/reveal")
        (folder / "reveal").symlink_to(ROOT / "build/slides/reveal")
    except RuntimeError as problem:
        print(f"The slides are not looked at: {problem}")
    command = [sys.executable, ROOT / "tests/browser/explored.py", folder]
    places = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": places})
    return folder


AXE = "axe-core@4.14.1"
AXE_SHA512 = (
    "1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b73"
    "4f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5"
)


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The script of axe, which names what is not accessible; npm fetches it once."""
    folder, npm = ROOT / "build/axe", shutil.which("npm")
    if not (folder / "axe.min.js").exists():
        fetched = tmp_path_factory.mktemp("axe")
        command = [npm or "npm", "pack", AXE, "--silent", "--pack-destination", fetched]
        if npm is None or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("axe could not be fetched by npm")
        [archive] = fetched.glob("*.tgz")
        assert hashlib.sha512(archive.read_bytes()).hexdigest() == AXE_SHA512
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as content:
            script = content.extractfile("package/axe.min.js").read()
        (folder / "axe.min.js").write_bytes(script)
    return folder / "axe.min.js"


class Slides(Shown):
    """Slides in the browser: an explorer is brought to view by turning to its slide."""

    def find(self, name):
        selector = f".explorer-{name.replace('_', '-')}"
        self.page.locator(selector).evaluate(
            """shown => {
                const { h, v } = Reveal.getIndices(shown.closest("section"));
                Reveal.slide(h, v);
            }"""
        )
        return selector


PLACES = {"page": "site/explored.html", "slides": "slides.html"}


@pytest.fixture(scope="module", params=[*PLACES, "lab"])
def surface(request, browser, explored, tmp_path_factory):
    """A page, slides, or JupyterLab with explorers, without a network and without a kernel."""
    name = request.param
    if name == "lab":
        with Lab([explored / "explored.ipynb"], tmp_path_factory.mktemp("explored_lab")) as lab:
            with lab.open(browser, explored / "explored.ipynb") as opened:
                opened.name = name
                opened.restart_and_run_all()
                RESULTS["notebooks"].pop("explored")
                for kernel in lab.ask("GET", "api/kernels"):
                    lab.ask("DELETE", f"api/kernels/{kernel['id']}")
                yield opened
        return
    if name == "slides" and not (explored / "reveal").exists():
        pytest.skip("reveal.js could not be fetched")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = (Slides if name == "slides" else Shown)(context, explored.as_uri())
    opened.name = name
    opened.page.goto(f"{explored.as_uri()}/{PLACES[name]}")
    if name == "slides":
        opened.page.wait_for_function("() => window.Reveal && Reveal.isReady()")
    yield opened
    context.close()
