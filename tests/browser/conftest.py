"""The course in a real JupyterLab and a real browser, with the network off: `make rehearse`.

These tests run only when they are asked for by their folder: `pytest tests/browser`. They use the
data that `COURSE_DATA_DIR` names when pytest starts; where there is none, the stand-ins.
"""

import os

import pytest
from lab import NOTEBOOKS, RESULTS, ROOT, Lab, write_results


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
