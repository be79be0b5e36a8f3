"""The website, opened from a folder with the network off."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import zipfile
from itertools import pairwise
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from lab import AXE, NOTEBOOKS, ROOT, Shown

LIMIT = 1_000_000  # bytes of a page beyond its figures
# Letters in pictures, drawings and players, which have pages of their own.
FIGURES = """() => {
    const all = selector => [...document.querySelectorAll(`article ${selector}`)];
    return [...all("img[src^='data:']").map(img => img.src),
        ...all("svg").map(svg => svg.outerHTML),
        ...all("iframe").map(frame => frame.srcdoc)].reduce((sum, text) => sum + text.length, 0);
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the website, which takes less than a minute."""
    if importlib.util.find_spec("myst_nb") is None:
        pytest.skip("Sphinx is not installed: sh tools/setup site")
    folder = tmp_path_factory.mktemp("made") / "site"
    code = "import sys, pathlib; from course_utils.publishing import site; "
    code += "site.write(site.read_committed(), pathlib.Path(sys.argv[1]))"
    before = os.times()
    subprocess.run([sys.executable, "-c", code, folder], check=True, cwd=ROOT)
    after = os.times()  # of the processor, so that a busy machine counts no more
    spent = after.children_user + after.children_system
    assert spent - before.children_user - before.children_system < 60
    return folder


def pages_of(site):
    """All pages but the slides, which have tests of their own."""
    return [page for page in sorted(site.rglob("*.html")) if page.parent.name != "slides"]


@pytest.fixture
def opened(site, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    shown = Shown(context, site.as_uri())
    shown.told = []
    shown.page.on("console", lambda message: shown.told.append(message.text))
    yield shown
    context.close()


def test_the_start_page_leads_to_every_notebook(site, opened):
    opened.page.goto(f"{site.as_uri()}/index.html")
    links = opened.page.locator("article a").evaluate_all("all => all.map(a => a.href)")
    for path in NOTEBOOKS:
        assert any(link.endswith(f"/{path.stem}.html") for link in links), path.stem
        download = site / "notebooks" / path.name
        assert any(link == download.as_uri() for link in links)
        assert '"output_type"' not in download.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_page_is_whole_and_alive(site, opened, path):
    place = site / f"{path.stem}.html"
    opened.page.goto(place.as_uri())
    opened.page.wait_for_function("() => !document.querySelector('.explorer-here > p')")
    stored = ROOT / "data/explorers" / f"{path.stem}.json"
    explorers = json.loads(stored.read_text(encoding="utf-8")) if stored.exists() else {}
    assert opened.page.locator(".explorer").count() == len(explorers)
    for name in opened.page.locator(".explorer").evaluate_all("all => all.map(e => e.className)"):
        assert opened.words("." + name.split()[1])
    headings = opened.page.locator("article :is(h1, h2, h3, h4, h5)").evaluate_all(
        "all => all.map(heading => Number(heading.tagName[1]))"
    )
    assert headings[0] == 1 and max(b - a for a, b in pairwise(headings)) <= 1
    text = "\n".join(opened.page.locator("article :is(p, li, td)").all_inner_texts())
    assert not re.search(r"\$[^$\n]+\$", text), "a formula that is not set"
    assert opened.problems == [] and opened.told == []


def test_every_page_is_light_and_asks_for_nothing(site, opened):
    for place in pages_of(site):
        opened.page.goto(place.as_uri())
        assert place.stat().st_size - opened.page.evaluate(FIGURES) < LIMIT, place
        assert opened.problems == [] and opened.told == [], place


def test_every_link_leads_somewhere(site):
    """Addresses elsewhere are tried by Sphinx in CI, where there is a network."""
    parsed = {path: BeautifulSoup(path.read_bytes(), "html.parser") for path in pages_of(site)}
    named = {path: {tag["id"] for tag in page.find_all(id=True)} for path, page in parsed.items()}
    lost = set()
    for path, page in parsed.items():
        for link in page.find_all("a", href=True):
            address, _, fragment = unquote(link["href"]).partition("#")
            if re.match(r"\w+:", address):
                continue
            target = (path.parent / address).resolve() if address else path
            is_there = fragment in named[target] | {""} if target in named else target.is_file()
            if not is_there:
                lost.add(f"{path.name}: {link['href']}")
    assert not lost


def test_the_epub_is_well_formed_and_whole(site):
    with zipfile.ZipFile(site / "downloads/convolutional_networks.epub") as epub:
        names = set(epub.namelist())
        pages = [name for name in names if name.endswith(".xhtml")]
        assert {f"{path.stem}.xhtml" for path in NOTEBOOKS} <= set(pages)
        for page in pages:
            parsed = ElementTree.fromstring(epub.read(page))
            pictures = parsed.iter("{http://www.w3.org/1999/xhtml}img")
            assert {picture.attrib["src"] for picture in pictures} <= names, page


def test_the_pdf_is_tagged_and_has_an_outline(site):
    if not (pdf := site / "downloads/convolutional_networks.pdf").exists():
        pytest.skip("there is no Chromium to print with")
    content = pdf.read_bytes()
    assert all(word in content for word in (b"/StructTreeRoot", b"/Outlines", b"/Lang (en"))
    assert len(re.findall(rb"/Type /Page\b", content)) > 100


def test_each_term_of_the_glossary_leads_to_its_section(site, opened):
    opened.page.goto(f"{site.as_uri()}/glossary.html")
    assert opened.page.locator("dl.glossary dt").count() > 50
    opened.page.locator("dl.glossary dd", has_text="slides over an image").locator("a").click()
    opened.page.wait_for_url("**/02_convnets.html#a-convolution-by-hand")
    opened.page.wait_for_function(
        """() => {
            const { y } = document.getElementById("a-convolution-by-hand").getBoundingClientRect();
            return document.readyState === "complete" && y >= 0 && y < innerHeight / 2;
        }"""
    )


def test_a_section_leads_to_its_terms(site, opened):
    opened.page.goto(f"{site.as_uri()}/02_convnets.html#a-convolution-by-hand")
    opened.page.locator(".terms a", has_text="kernel").first.click()
    opened.page.wait_for_url("**/glossary.html#term-kernel")


def test_a_solution_is_opened_by_keyboard(site, opened):
    opened.page.goto(f"{site.as_uri()}/02_convnets.html")
    fold = opened.page.locator("details.solution").first
    assert not fold.locator("ol li").first.is_visible()
    fold.locator("summary").press("Enter")
    assert fold.locator("ol li").first.is_visible()
    assert fold.get_by_text("Solution", exact=True).is_visible()


def test_a_digit_is_drawn_on_the_start_page(site, opened):
    opened.page.goto(f"{site.as_uri()}/index.html")
    canvas = opened.page.locator(".explorer-canvas")
    box = canvas.bounding_box()
    top, bottom = box["y"] + 0.15 * box["height"], box["y"] + 0.85 * box["height"]
    opened.page.mouse.move(box["x"] + box["width"] / 2, top)
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + box["width"] / 2, bottom, steps=20)
    opened.page.mouse.up()
    answers = opened.page.locator(".explorer-draw-digit .explorer-bars")
    assert answers.evaluate_all("all => all.map(bars => bars.dataset.answer)") == ["1", "1"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(site, opened, axe, theme):
    for place in pages_of(site):
        opened.page.goto(place.as_uri())
        opened.page.evaluate("theme => { document.body.dataset.theme = theme; }", theme)
        opened.page.evaluate(axe.read_text(encoding="utf-8"))
        passes, violations = opened.page.evaluate(AXE)
        assert violations == [] and passes > 5, place.stem


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_window(site, opened, width):
    opened.page.set_viewport_size({"width": width, "height": 900})
    for place in pages_of(site):
        opened.page.goto(place.as_uri())
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, place.stem


def test_words_are_found(site, opened):
    opened.page.goto(f"{site.as_uri()}/search.html")
    opened.page.get_by_label("A word, such as").fill("dilation")
    opened.page.get_by_label("A word, such as").press("Enter")
    opened.page.wait_for_selector("#search-results li a")
    links = opened.page.locator("#search-results li a").all_text_contents()
    assert any("dilation" in link for link in links) and "Glossary" in "".join(links)
    assert opened.problems == []
