"""What the comparison of the notebooks' outputs sees, and what it lets through."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import v4
from nbval_words import words_of

TESTS = Path(__file__).parent

PICTURE = '<img src="data:image/png;base64,AAAA" alt="Two curves.">'
SHOW = "from IPython.display import display\ndisplay({data!r}, raw=True)"


def printed(text):
    return [v4.new_output("stream", name="stdout", text=text)]


def shown(**data):
    data = {name.replace("_", "/"): content for name, content in data.items()}
    return [v4.new_output("display_data", data)]


def display(**data):
    return SHOW.format(data={name.replace("_", "/"): content for name, content in data.items()})


PROGRESS = """
handle = display({"text/plain": "0 of 5"}, raw=True, display_id=True)
handle.update({"text/plain": "5 of 5 epochs: loss 0.25"}, raw=True)
empty = display({"text/plain": ""}, raw=True, display_id=True)
"""
NOTE = {"text_html": "<div>You see", "text_plain": "You see dots, a stand-in for MNIST (auto)."}
BOTH = {"text_html": PICTURE, "text_plain": "Two curves."}

# What a cell does now, what was committed, and its tags.
SAME = {
    "a number in masked words": ("print('loss 0.25 in 1,234 s')", printed("loss 3e-05 in 2 s\n")),
    "no output at all": ("x = 1", []),
    "a progress line": (PROGRESS, shown(text_plain="5 of 5 epochs: loss 0.5")),
    "a note about stand-ins": (display(**NOTE) + "\nprint(1)", printed("2\n")),
    "another picture": (display(image_png="AAAA"), shown(image_png="BBBB")),
    "a figure with other numbers": (
        display(text_html=PICTURE.replace("Two", "2"), text_plain="2 curves."),
        shown(text_html=PICTURE.replace("Two", "3"), text_plain="3 curves."),
    ),
}
DIFFERENT = {
    "a changed word": ("print('gain 0.25')", printed("loss 0.25\n")),
    "a missing line": ("print('loss 1')", printed("loss 1\nat epoch 2\n")),
    "a line too many": ("print('loss 1\\nat epoch 2')", printed("loss 1\n")),
    "a changed label": (
        display(text_html=PICTURE.replace("curves", "bars"), text_plain="Two bars."),
        shown(**BOTH),
    ),
    "a missing figure": ("x = 1", shown(**BOTH)),
    "a missing picture": (display(text_plain="A"), shown(text_plain="A", image_png="AAAA")),
    "a figure too many": (display(**BOTH) + "\n" + display(**BOTH), shown(**BOTH)),
    "another progress line": (PROGRESS, shown(text_plain="5 of 5 epochs: accuracy 0.5")),
    "an exception": ("1 / 0", printed("1\n")),
    "a warning": ("import sys\nprint(1)\nprint('beware', file=sys.stderr)", printed("1\n")),
    "a table's head": (
        display(text_html="<th>loss</th><td>1</td>", text_plain="t"),
        shown(text_html="<th>error</th><td>1</td>", text_plain="t"),
    ),
    "a table's cell": (
        display(text_html="<td>1</td>", text_plain="t"),
        shown(text_html="<td>1</td><td>2</td>", text_plain="t"),
    ),
}
EXACT = {"a number": ("print('loss 0.25')", printed("loss 0.5\n"))}
VARIES = {"other words": ("print('cat')", printed("dog\n"))}
NAMES = {"ignored": "nbval-ignore-output", "varies": "words-vary"}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Run one notebook with a cell for each case; return each cell's outcome and what was said."""
    path = tmp_path_factory.mktemp("nbval") / "made_up.ipynb"
    names, cells = [], []
    groups = [(SAME, ["ignored"]), (DIFFERENT, ["ignored"]), (EXACT, [])]
    for cases, tags in [*groups, (VARIES, ["ignored", "varies"])]:
        for name, (source, outputs) in cases.items():
            names.append(name)
            metadata = {"tags": [NAMES[tag] for tag in tags]}
            cells.append(
                v4.new_code_cell(source, outputs=outputs, metadata=metadata, execution_count=1)
            )
    nbformat.write(v4.new_notebook(cells=cells), path)
    command = [sys.executable, "-m", "pytest", "-rA", "--color=no", "-p", "nbval_words"]
    options = ["--nbval", "--nbval-current-env", "--rootdir", str(path.parent), str(path)]
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    result = subprocess.run(
        command + options,
        cwd=path.parent,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )
    found = re.findall(r"^(PASSED|FAILED) \S+::Cell (\d+)", result.stdout, re.M)
    assert len(found) == len(names), result.stdout + result.stderr
    return {names[int(cell)]: outcome for outcome, cell in found}, result.stdout


@pytest.mark.parametrize("name", [*SAME, *VARIES])
def test_let_through(outcomes, name):
    assert outcomes[0][name] == "PASSED"


@pytest.mark.parametrize("name", [*DIFFERENT, *EXACT])
def test_seen(outcomes, name):
    assert outcomes[0][name] == "FAILED"


def test_it_is_counted(outcomes):
    words = len(SAME) + len(DIFFERENT)
    said = f"Outputs of cells compared: to the letter 1, by words {words}, not at all 1"
    assert said in outcomes[1]


@pytest.mark.parametrize(
    "one, other",
    [
        ("accuracy 97.6%", "accuracy 8 %"),
        ("1,234,567 values", "3\u202f456 values"),
        ("loss -1.5e-07", "loss \u22122"),
        ("[0.1 0.25]", "[1. 2.\n 3.]"),
        ("digits: 1; 0; 4.", "digits: 7."),
        ("worst: 8 read as 7, 9% sure; 6 read as 5, 8% sure.", "worst: 1 read as 2, 3% sure."),
        ("ten (MNIST): 3", "ten (scikit-learn's digits, a stand-in for MNIST): 3"),
        ("ten (MNIST): 3", "ten (scikit-learn&#x27;s digits, a stand-in for MNIST): 3"),
        ("10 to train on (Cats and dogs)", "8 to train on (cats and dogs)"),
        ("from 1 at 1 to 2 at 5.", "from 1 at 1 to 2 at 5, highest 3 at 2 and lowest 0 at 4."),
        ("30 bars, highest cat 3.5, lowest dog 1.", "25 bars, highest dog 4, lowest owl 2."),
        ("VGG16 | 3 | 12", "VGG16 | 3 | \u2013"),
        ("3.5 s  |", "12.5 s |"),
        ("a map of 28x28", "a map of 7x7x64"),
    ],
)
def test_the_same_words(one, other):
    assert words_of(one) == words_of(other)


@pytest.mark.parametrize(
    "one, other",
    [
        ("VGG16: 3", "VGG19: 3"),
        ("digits: 1; 0", "digits: one; zero"),
        ("loss: 3", "loss:"),
        ("a 3\nb 4", "a 3 b 4"),
        ("Fashion-MNIST", "MNIST"),
        ("top-5 accuracy", "top accuracy"),
        ("cat 3; dog 4", "cat 3; cat 4"),
        ("3 at the top", "3 at the bottom"),
    ],
)
def test_other_words(one, other):
    assert words_of(one) != words_of(other)


def test_few_cells_are_let_off():
    """Where a network names what it sees, the names vary with the network."""
    let_off = {}
    for path in sorted((TESTS.parent / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        tags = [cell["metadata"].get("tags", []) for cell in cells]
        let_off[path.stem] = sum("words-vary" in each for each in tags)
    print(let_off)
    assert sum(let_off.values()) <= 8, let_off


def test_how_images_look_is_not_compared():
    seen = "4 images. Captions: a; b. Seen: 3 are dark, bright at the top; they differ little."
    assert words_of(seen) == words_of("4 images. Captions: a; b.")
