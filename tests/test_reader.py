"""Progress, notices and tables: what is shown in a notebook, in a terminal and in a file."""

import html.parser
import io
import types

from course_utils.reader import notices, progress, tables
from course_utils.reader.progress import Progress

import IPython.display
import pytest


@pytest.fixture
def clock(monkeypatch):
    """A clock that only moves when told to: each call of `update` comes a second later."""

    class Clock:
        now, tick = 100.0, 1.0

        def monotonic(self):
            self.now += self.tick
            return self.now

    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


@pytest.fixture
def notebook(monkeypatch):
    """What a notebook's front end gets, as a list of bundles by media type."""
    shown = []

    class Handle:
        def update(self, bundle, raw):
            assert raw
            shown.append(bundle)

    def display(bundle, raw, display_id=False):
        assert raw
        shown.append(bundle)
        return Handle() if display_id else None

    monkeypatch.setattr(IPython.display, "display", display)
    for module in (notices, progress):
        monkeypatch.setattr(module, "in_notebook", lambda: True)
    return shown


@pytest.fixture
def terminal(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    monkeypatch.setattr(progress, "sys", types.SimpleNamespace(stderr=screen))
    return screen


class Attributes(html.parser.HTMLParser):
    """The attributes of the first element of each kind, unescaped."""

    def __init__(self, text):
        super().__init__()
        self.found = {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.setdefault(tag, dict(attributes))


# ---- Into a file --------------------------------------------------------------------------------


def test_a_file_gets_only_the_closing_line(clock, capsys):
    bar = Progress(10, "Training")
    for done in range(10):
        bar.update(done, "loss 1.0")
    bar.close("10 of 10 epochs")
    assert capsys.readouterr() == ("10 of 10 epochs\n", "")


def test_without_closing_words_a_file_gets_nothing(clock, capsys):
    bar = Progress(10, "Downloading")
    bar.update(5)
    bar.close()
    assert capsys.readouterr() == ("", "")


# ---- In a terminal ------------------------------------------------------------------------------


def test_a_terminal_shows_one_line_that_is_rewritten(clock, terminal):
    bar = Progress(4, "Training")
    bar.update(1, "loss 0.5")
    bar.update(4)
    lines = terminal.getvalue().split("\r")[1:]
    assert lines[0].startswith("Training [=====               ]  25% loss 0.5")
    assert lines[1].startswith("Training [====================] 100%")
    assert "\n" not in terminal.getvalue()


@pytest.mark.fault("a terminal of 40 or 80 columns")
@pytest.mark.parametrize("columns, width", [(40, 39), (80, 79), (300, 100)])
def test_a_terminal_is_left_clean(clock, terminal, capsys, monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", str(columns))
    bar = Progress(4, "Training")
    bar.update(2, "x" * 200)
    bar.close("done")
    drawn, cleared, rest = terminal.getvalue().split("\r")[1:]
    assert len(drawn) == width and cleared == " " * width and rest == ""
    assert capsys.readouterr().out == "done\n"


def test_calls_in_quick_succession_are_skipped(clock, terminal):
    bar = Progress(1000, "Training")
    clock.tick = Progress.SECONDS_BETWEEN_UPDATES / 10
    for done in range(1000):
        bar.update(done)
    assert 80 < terminal.getvalue().count("\r") < 120


def test_more_than_all_is_shown_as_all(clock, terminal):
    Progress(4, "Training").update(9)
    assert "100%" in terminal.getvalue()


def test_a_job_of_unknown_length_can_be_shown(clock, terminal):
    Progress(0, "Training").update(0)
    assert "0%" in terminal.getvalue()


# ---- In a notebook ------------------------------------------------------------------------------


def test_a_notebook_shows_a_bar_that_screen_readers_announce(clock, notebook):
    Progress(4, "Training").update(1, "loss < 2 & falling")
    bundle = notebook[-1]
    assert bundle["text/plain"] == "Training: 25% loss < 2 & falling"
    attributes = Attributes(bundle["text/html"]).found["progress"]
    assert attributes["aria-label"] == bundle["text/plain"]
    assert float(attributes["value"]) == 0.25 and attributes["max"] == "1"


def test_a_notebook_keeps_only_the_closing_words(clock, notebook, capsys):
    bar = Progress(4, "Training")
    bar.update(1)
    bar.close("4 of 4 epochs")
    assert notebook[-1] == {"text/plain": "4 of 4 epochs"}
    assert capsys.readouterr() == ("", "")


def test_a_notebook_is_not_flooded(clock, notebook):
    bar = Progress(1000, "Training")
    clock.tick = Progress.SECONDS_BETWEEN_UPDATES / 10
    for done in range(1000):
        bar.update(done)
    assert 80 < len(notebook) < 120


# ---- Notices ------------------------------------------------------------------------------------


def test_a_notice_is_a_line_outside_a_notebook(capsys):
    notices.notice("You see a stand-in.")
    assert capsys.readouterr().out == "You see a stand-in.\n"


@pytest.mark.fault("tags in a notice")
def test_a_notice_in_a_notebook_is_a_note_with_escaped_words(notebook, capsys):
    notices.notice("Set <this> & that.")
    (bundle,) = notebook
    assert bundle["text/plain"] == "Set <this> & that."
    assert Attributes(bundle["text/html"]).found["div"]["role"] == "note"
    assert "Set &lt;this&gt; &amp; that." in bundle["text/html"]
    assert capsys.readouterr().out == ""


def test_a_test_run_is_not_a_notebook():
    assert not notices.in_notebook()


# ---- Tables


def test_a_table_is_text_without_markup():
    page = tables.to_html(("what", "yours"), [("a < b & c", "1")], "My <b>runs</b>")
    assert '<td style="text-align:left">a &lt; b &amp; c</td>' in page
    assert "<caption>My &lt;b&gt;runs&lt;/b&gt;</caption>" in page
    assert page.count('<th scope="col"') == 2
    assert "<caption>" not in tables.to_html(("what",), [])
    assert tables.to_text(("what", "yours"), [("a", "1")]) == "what | yours\na | 1"


def test_the_frame_of_a_note_repeats_its_state(notebook):
    notices.show_note("Not yet: <x>", "wrong")
    assert notebook[0]["text/plain"] == "Not yet: <x>"
    assert "#D55E00" in notebook[0]["text/html"] and "&lt;x&gt;" in notebook[0]["text/html"]


@pytest.mark.fault("letters that an output lacks")
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_letters_that_an_output_lacks_are_shown_as_codes(encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    notices.write_line("Übung 字", stream)
    stream.seek(0)
    assert stream.read() == ("\\xdcbung \\u5b57\n" if encoding == "ascii" else "Übung \\u5b57\n")
