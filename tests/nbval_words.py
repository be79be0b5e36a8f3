"""A plugin for pytest: nbval compares every output of a notebook, at least by its words.

A cell without a tag must give what was committed, to the letter. In a cell with the tag
`nbval-ignore-output` numbers depend on data or time: its words are compared, with the numbers
masked, and so are all its lines, figures and tables. Only a cell with the tag `words-vary`, too,
may say something else each time. A picture is not compared by its pixels, but it must be there.
"""

import html
import re
from collections import Counter

from course_utils.datasets.catalogue import STANDIN_TITLES, TITLES

import nbformat
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

WORDS_VARY = "words-vary"
HOW = ("to the letter", "by words", "not at all")

_PICTURE = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=\s]+")
_NUMBER = re.compile(
    r"(?<!\w)[-+\u2212]?"  # "3-5" is two numbers, "top-5" a word and a number
    r"(?>\d+(?:[,\u2009\u202f\u00a0]\d{3})*(?:\.\d+)?|\.\d+)"  # 1,234.5 with each kind of comma
    r"(?:[x\u00d7]\d+)*"  # 28x28
    r"(?>e[-+]?\d+)?(?:[\u2009\u202f\u00a0 ]?%)?"
    r"|\b(?:nan|inf)\b|(?<=[>|\s])–(?=[<|\s]|$)",  # a dash in a table: no number
    re.MULTILINE,
)
# In this order; # stands for a number.
_RULES = [
    (_PICTURE, "PICTURE"),
    # The table at the end repeats lines that are compared above; which there are depends on data.
    (re.compile(r"<table>.*>as expected<.*</table>"), "TABLE"),
    (re.compile(r"^what \| yours .*\| as expected.*", re.DOTALL), "TABLE"),
    # Whether a number is inside its band, the cell itself has told by raising or not.
    (re.compile(r"-> (?:as expected|no verdict, [^\n]*)"), "-> VERDICT"),
    (re.compile(r"\. Seen: [^.]*\."), "."),  # how an image looks: other data, other looks
    (_NUMBER, "#"),
    (re.compile(r"\b(?:real|stand-in) (?=weights)"), ""),
    # a curve that turns, or not
    (
        re.compile(r"(?:,| and) (?:highest|lowest) # at [^.,;<]*?(?= and (?:high|low)est|[.,;<])"),
        "",
    ),
    (re.compile(r"(?<=# bars, )highest [^.;]*, lowest [^.;]*"), "highest and lowest"),
    (re.compile(r"\[[\s#,.\[\]]*#[\s#,.\[\]]*\]"), "[#]"),  # an array
    (re.compile(r"#(?:[ ,;/x]+#)+"), "#"),  # numbers in a row
    (re.compile(r"(?<=[:;,] )([^:;,\n]*#[^:;,\n]*)(?:[;,] \1)+(?=[;,.\n<]|$)"), r"\1"),  # captions
    (re.compile(r"[ \t]+"), " "),
]


def words_of(text: str) -> str:
    """Return a text without its numbers, and with data sets by one name, real or stand-in."""
    text = html.unescape(text)
    for name, title in TITLES.items():
        for variant in (STANDIN_TITLES[name], STANDIN_TITLES[name].split("a stand-in for ")[1]):
            text = re.sub(re.escape(variant), title, text, flags=re.IGNORECASE)
    for pattern, mask in _RULES:
        text = pattern.sub(mask, text)
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def is_about_standins(output) -> bool:
    """Tell whether an output is the note that names a stand-in; on the real data there is none."""
    text = output.get("data", {}).get("text/plain", "")
    return text.startswith("You see") and "a stand-in for" in text


def prepare(outputs, masked: bool) -> list:
    """Return outputs as they are compared: pictures by their presence, and words alone if masked.

    Displays that were emptied at the end are left out, as they are in a committed notebook.
    """
    prepared = []
    for output in map(dict, outputs):
        data = dict(output.get("data", {}))
        if data == {"text/plain": ""} or (masked and is_about_standins(output)):
            continue
        for kind, content in data.items():
            if kind.startswith("image/"):
                data[kind] = "PICTURE"
            elif masked and isinstance(content, str):
                data[kind] = words_of(content)
        if data:
            output["data"] = data
        for key in ("text", "evalue"):
            if masked and key in output:
                output[key] = words_of(output[key])
        prepared.append(nbformat.from_dict(output))
    return prepared


class Cell(IPyNbCell):
    """A cell whose outputs are compared to the letter, by their words, or (`words-vary`) not."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        tags = self.cell.metadata.get("tags", [])
        self.masked = not self.options["check"]
        self.options["check"] = WORDS_VARY not in tags
        how = HOW[2] if not self.options["check"] else HOW[1] if self.masked else HOW[0]
        self.user_properties.append(("compared", how))

    def runtest(self):
        self.parent.changes = Changes()
        super().runtest()

    def compare_outputs(self, test, ref, skip_compare=None):
        """Tell whether the outputs are as committed; nbval keeps the difference for its report."""
        skip = [key for key in self.parent.skip_compare if not key.startswith("image/")]
        test = self.parent.changes.apply_to(test)
        return super().compare_outputs(
            prepare(test, self.masked), prepare(ref, self.masked), tuple(skip)
        )


class Changes:
    """What a cell's displays became after they were shown, which nbval does not follow."""

    def __init__(self):
        self.shown, self.latest = [], {}

    def note(self, message) -> None:
        """Look at a message of the kernel that concerns a display."""
        kind, content = message["msg_type"], message["content"]
        display_id = content.get("transient", {}).get("display_id")
        if kind in ("display_data", "execute_result"):
            self.shown.append(display_id)
        elif kind == "update_display_data":
            self.latest[display_id] = content["data"]

    def apply_to(self, outputs) -> list:
        """Return the outputs as they are when the cell has ended."""
        shown, ended = iter(self.shown), []
        for output in outputs:
            if "data" in output and (display_id := next(shown)) in self.latest:
                output = nbformat.from_dict({**output, "data": self.latest[display_id]})
            ended.append(output)
        return ended


class Notebook(IPyNbFile):
    """A notebook whose cells are `Cell`."""

    def collect(self):
        """Yield the cells that nbval finds."""
        for cell in super().collect():
            yield Cell.from_parent(
                self, name=cell.name, cell_num=cell.cell_num, cell=cell.cell, options=cell.options
            )

    def get_kernel_message(self, timeout=None, stream="iopub"):
        """Return the kernel's next message, after a look at it."""
        message = super().get_kernel_message(timeout, stream)
        self.changes.note(message)
        return message


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    """Put `Notebook` in the place of nbval's own class."""
    found = yield
    return [
        Notebook.from_parent(parent, path=file_path) if isinstance(each, IPyNbFile) else each
        for each in found
    ]


def pytest_terminal_summary(terminalreporter):
    """Say how many cells were compared, and how."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    called = [report for report in reports if getattr(report, "when", "") == "call"]
    counts = Counter(dict(report.user_properties).get("compared") for report in called)
    if sum(counts[how] for how in HOW):
        terminalreporter.write_line(
            "Outputs of cells compared: " + ", ".join(f"{how} {counts[how]}" for how in HOW)
        )
