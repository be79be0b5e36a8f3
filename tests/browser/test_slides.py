"""Slides in a browser: nothing is cut off, nothing overlaps, nothing comes from elsewhere."""

import re

from course_utils.publishing import live, slides

import nbformat
import pytest
from lab import NOTEBOOKS, ROOT

# Names each element that sticks out of its slide, and each slide whose blocks overlap.
FAULTS = """() => [...document.querySelectorAll(".slides section section")].flatMap((slide, n) => {
    const page = slide.getBoundingClientRect(), faults = [];
    const tell = (what, element) => faults.push(
        `slide ${n + 1}: ${what}: ${element.tagName} ${element.textContent.slice(0, 60)}`);
    for (const element of slide.querySelectorAll(".block, .block *")) {
        const box = element.getBoundingClientRect();
        if (!box.width || !box.height || element.closest("math, svg")) continue;
        if (box.bottom > page.top + 720.5 || box.right > page.right + 0.5) tell("cut off", element);
    }
    const blocks = [...slide.querySelectorAll(".block")].map(b => [b, b.getBoundingClientRect()]);
    blocks.slice(1).forEach(([block, box], before) => {
        if (box.top < blocks[before][1].bottom - 1) tell("overlaps", block);
    });
    return faults;
})"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with reveal.js, which npm must be able to fetch once."""
    found = tmp_path_factory.mktemp("slides")
    try:
        slides.fetch_reveal(ROOT / "build/slides/reveal")
    except RuntimeError as problem:
        pytest.skip(str(problem))
    (found / "reveal").symlink_to(ROOT / "build/slides/reveal")
    return found


def each_notebook():
    return pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture
def page(path, folder, browser):
    """Write the slides of a notebook and return (its page in the browser, its address)."""
    file = folder / f"{path.stem}.html"
    file.write_text(
        slides.to_html(live.restore(nbformat.read(path, as_version=4), path.stem)), encoding="utf-8"
    )
    opened = browser.new_page(viewport={"width": 1280, "height": 720})
    opened.problems = []
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    opened.on("console", lambda m: m.type == "error" and opened.problems.append(m.text))
    opened.route(re.compile("^https?:"), lambda route: route.abort())
    yield opened, file.as_uri()
    opened.close()


@each_notebook()
def test_nothing_is_cut_off_or_overlaps(page):
    opened, address = page
    opened.goto(f"{address}?print-pdf")
    opened.wait_for_selector("body.printing")
    assert opened.evaluate(FAULTS) == []
    zooms = opened.evaluate("[...document.querySelectorAll('.fitted')].map(b => +b.style.zoom)")
    assert min(zooms) >= 0.45, "a block is so tall that nobody can read it at the back"


@each_notebook()
def test_the_slides_can_be_walked_through(page):
    opened, address = page
    opened.goto(address)
    opened.wait_for_function("() => window.Reveal && Reveal.isReady()")
    count = opened.evaluate("Reveal.getTotalSlides()")
    seen = set()
    for _ in range(count):
        seen.add(opened.evaluate("JSON.stringify(Reveal.getIndices())"))
        opened.evaluate("Reveal.next()")
    assert count > 10 and len(seen) >= count / 2
    assert opened.problems == []


def test_the_pdf_file_has_a_page_for_each_slide(folder, browser):
    file = folder / "printed.html"
    file.write_text(slides.to_html(nbformat.read(NOTEBOOKS[0], as_version=4)), encoding="utf-8")
    pdf = slides.print_pdf(slides.find_browser(), file).read_bytes()
    opened = browser.new_page()
    opened.goto(f"{file.as_uri()}?print-pdf")
    wanted = opened.evaluate("document.querySelectorAll('.slides > section > section').length")
    opened.close()
    assert len(re.findall(rb"/Type /Page\b(?!s)", pdf)) == wanted
