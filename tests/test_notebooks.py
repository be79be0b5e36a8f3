"""What every committed notebook promises its readers; their cells are run by nbval."""

import ast
import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

from course_utils import exercises

import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
IMAGE = re.compile(r"<img [^>]*>")
CHECK = re.compile(r"^(q\d+)\.check\((\w+)\)$", re.M)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return json.loads(request.param.read_text(encoding="utf-8"))


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def prose(notebook):
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    return "\n\n".join("".join(cell["source"]) for cell in cells)


def lines_of(cell):
    return [line for line in "".join(cell["source"]).splitlines() if line.strip()]


def texts_of(cell):
    """Return all text that a cell's outputs show."""
    texts = []
    for output in cell["outputs"]:
        texts.append("".join(output.get("text", "")))
        for kind, content in output.get("data", {}).items():
            if kind.startswith("text/"):
                texts.append("".join(content))
    return texts


def test_there_are_notebooks_numbered_in_order():
    numbers = [int(path.stem[:2]) for path in NOTEBOOKS]
    assert numbers == list(range(1, len(numbers) + 1))


def test_skeleton(notebook):
    text = prose(notebook)
    first = "".join(notebook["cells"][0]["source"])
    assert re.match(r"# \d+ · ", first)
    assert "**You will learn**" in first
    assert 3 <= len(re.findall(r"^- ", first, re.M)) <= 5
    assert re.search(r"About \d+ minutes · accompanies lectures? 00\d", first)
    for heading in ("## What you should see", "## Key points", "## Going further"):
        assert heading in text
    assert "**Predict.**" in text
    assert len(re.findall(r"^####? Your turn · ", text, re.M)) >= 5
    assert "For the instructor" in text


def test_a_deeper_section_says_so_to_readers_and_to_the_slides(notebook):
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        heading = re.match(r"#+ (.*)", text) if cell["cell_type"] == "markdown" else None
        says = bool(heading and re.search(r"^deeper\b|\bdeeper\)?$", heading[1], re.I))
        assert says == bool(cell["metadata"].get("deeper")), text[:80]


def headings(notebook):
    """Return the levels of all headings in order; a comment in a listing is none."""
    text = re.sub(r"^```.*?^```", "", prose(notebook), flags=re.M | re.S)
    return [len(marks) for marks in re.findall(r"^(#+) ", text, re.M)]


def test_no_heading_jumps_over_a_level(notebook):
    levels = headings(notebook)
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_code_is_short(notebook):
    lengths = [len(lines_of(cell)) for cell in code_cells(notebook)]
    assert statistics.median(lengths) <= 6
    assert max(lengths) <= 25


def test_every_cell_has_slide_metadata_and_a_stable_id(notebook):
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    kinds = {"slide", "subslide", "fragment", "skip", "notes", "-"}
    for cell in notebook["cells"]:
        assert cell["metadata"]["slideshow"]["slide_type"] in kinds


def test_was_run_from_the_top_without_error_or_warning(notebook):
    counts = [cell["execution_count"] for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    for cell in code_cells(notebook):
        for output in cell["outputs"]:
            assert output["output_type"] != "error"
            assert output.get("name") != "stderr", output
        for text in texts_of(cell):
            assert not re.search(r"warning|traceback", text, re.I), text[:200]


def test_shows_the_real_data(notebook):
    for cell in code_cells(notebook):
        assert not any("stand-in" in text for text in texts_of(cell)), "".join(cell["source"])


def test_every_figure_has_alt_text(notebook):
    images = [
        tag for cell in code_cells(notebook) for t in texts_of(cell) for tag in IMAGE.findall(t)
    ]
    assert images
    for tag in images:
        alt = re.search(r'alt="([^"]*)"', tag)
        assert alt and len(alt[1]) > 20, tag[-200:]
    for cell in code_cells(notebook):
        for output in cell["outputs"]:
            kinds = output.get("data", {})
            assert not any(kind.startswith("image/") for kind in kinds), "a figure without alt text"


def test_names_no_path_of_a_machine(notebook):
    text = json.dumps(notebook)
    assert not re.search(r"/(home|root|Users|tmp)/|[A-Z]:\\\\", text)


def test_every_question_has_its_task_its_blank_and_its_check(notebook, request):
    module = f"nb{request.node.callspec.id}"
    asked = []
    for before, cell in zip(notebook["cells"], notebook["cells"][1:], strict=False):
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and (found := CHECK.search(source)):
            name, answer = found.groups()
            asked.append(name)
            assert re.match("####? Your turn · ", "".join(before["source"])), name
            assert "..." in source[: found.start()], name
            assert source[found.end() :] == f"\n# {name}.hint()\n# {name}.solution()"
            assert any(text.startswith("Not answered yet") for text in texts_of(cell)), name
            defined = defined_names(source)
            assert answer in defined
            later = notebook["cells"][notebook["cells"].index(cell) + 1 :]
            assert not (defined - {"answer"}) & names_from_elsewhere(later), name
    assert asked == list(exercises.questions_of(module))
    assert any("exercises.summary()" in "".join(c["source"]) for c in code_cells(notebook))


def defined_names(source):
    """Return the names that a cell leaves behind."""
    tree = ast.parse(source)
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    targets = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign)]
    return names | {target.id for target in targets if isinstance(target, ast.Name)}


def names_from_elsewhere(cells):
    """Return the names that cells without a question read and do not set themselves."""
    names = set()
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and not re.match("%%", source) and not CHECK.search(source):
            nodes = list(ast.walk(ast.parse(source)))
            found = [node for node in nodes if isinstance(node, ast.Name)]
            own = {node.id for node in found if isinstance(node.ctx, ast.Store)}
            own |= {node.arg for node in nodes if isinstance(node, ast.arg)}
            names |= {node.id for node in found} - own
    return names


def test_outputs_that_depend_on_data_are_checked_in_code(notebook):
    """What nbval does not compare is covered by ranges somewhere in the notebook."""
    ignored = [
        c for c in code_cells(notebook) if "nbval-ignore-output" in c["metadata"].get("tags", [])
    ]
    assert len(ignored) < len(code_cells(notebook)) * 0.7
    compared = [c for c in ignored if re.search(r"expected\.compare|assert ", "".join(c["source"]))]
    assert compared


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_small(path):
    assert path.stat().st_size < 1_500_000


def test_settings_are_never_visible_in_a_cell(notebook):
    for cell in code_cells(notebook):
        assert "COURSE_" not in "".join(cell["source"])


def misspelled(sources):
    """Return what codespell finds in the sources of cells; outputs are not read."""
    command = [sys.executable, "-m", "codespell_lib", "-"]
    result = subprocess.run(command, input="\n\n".join(sources), capture_output=True, text=True)
    assert not result.stderr, result.stderr
    return result.stdout


def test_is_spelled_rightly(notebook):
    assert not misspelled("".join(cell["source"]) for cell in notebook["cells"])


def test_a_wrong_spelling_is_found():
    wrong = "t" + "eh"  # so that it does not stand in this file
    assert f"{wrong} ==> the" in misspelled(["print(1)", f"## Before\n\nOver {wrong} image."])
