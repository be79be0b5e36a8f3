"""The page of a class's answers in a browser: hostile files run nothing, all is easy to read."""

import json

from course_utils.exercises import answers
from course_utils.publishing import collect

import pytest
from lab import AXE

MODULE = "nb01_dense_mnist"
HOSTILE = (
    "<script>document.title='hacked'</script>",
    "<img src=x onerror=\"document.title='hacked'\">",
    "</td></table></main><svg onload=\"document.title='hacked'\">",
    "</title><script>document.title='hacked'</script><title>",
    '" onmouseover="document.title=\'hacked\'" autofocus onfocus="document.title=\'hacked\'" x="',
    "javascript:document.title='hacked'",
    "{{ cycler.__init__.__globals__.os.getcwd() }}",
    "<iframe srcdoc=\"<script>parent.document.title='hacked'</script>\"></iframe>",
    "<link rel=stylesheet href=http://127.0.0.1:9/a.css><meta http-equiv=refresh content=0>",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of a page of files that try everything."""
    folder = tmp_path_factory.mktemp("answers")
    for number, text in enumerate(HOSTILE):
        entry = {"session": text, "answer": text, "state": "wrong", "message": text}
        content = {
            "format": answers.FORMAT,
            "pseudonym": text[:40],
            "answers": {MODULE: {f"q{number + 1}": [entry, entry]}, text: {text: [entry]}},
        }
        (folder / f"{number}.json").write_text(json.dumps(content), encoding="utf-8")
    (folder / "<img src=x onerror=document.title='hacked'>.json").write_text("{")
    page, found = collect.write(folder)
    assert len(found.students) == len(HOSTILE) and len(found.refused) == 1
    return page.as_uri()


@pytest.fixture
def opened(browser, address):
    """The page, what it asked for, and what it complained about."""
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.asked, page.said = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("dialog", lambda dialog: (page.said.append("a dialog"), dialog.dismiss()))
    page.goto(address)
    yield page
    page.close()


def test_hostile_files_run_nothing_and_ask_for_nothing(opened, address):
    for element in opened.query_selector_all("th, td, li, summary"):
        element.dispatch_event("mouseover")
    opened.keyboard.press("Tab")
    assert opened.title() == "Answers of a class"
    assert opened.asked == [address] and opened.said == []
    assert opened.query_selector_all("script, img, svg, iframe, link, [onload], [onfocus]") == []
    shown = opened.text_content("main")
    assert all(text in shown for text in HOSTILE)


def test_headings_and_tables_can_be_read_aloud(opened):
    levels = opened.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => h.tagName)")
    assert levels[0] == "H1" and set(levels[1:]) == {"H2"}
    heads = opened.query_selector_all("th")
    assert heads and all(th.get_attribute("scope") in ("col", "row") for th in heads)
    assert len(opened.query_selector_all("table > caption")) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_light_and_dark(opened, axe, scheme):
    opened.emulate_media(color_scheme=scheme)
    opened.evaluate(axe.read_text(encoding="utf-8"))
    passes, violations = opened.evaluate(AXE)
    assert violations == [] and passes > 5


def test_a_narrow_window_scrolls_the_tables_alone(opened):
    opened.set_viewport_size({"width": 360, "height": 700})
    assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
