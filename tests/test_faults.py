"""`FAULTS.md` and the tests with a mark `fault` list the same faults, each once."""

import ast
import re
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "FAULTS.md"


def marked(path):
    """Yield the names in `@pytest.mark.fault("…")` above the tests of a file."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        for mark in getattr(node, "decorator_list", ()):
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                assert node.name.startswith("test_"), node.name
                yield mark.args[0].value


def listed():
    """Return the names in the list, and whether each is told to be a drill."""
    lines = re.findall(r"^- \*\*(.+?)\*\*: (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [(name, told.endswith("(*drill*)")) for name, told in lines]


def test_the_list_of_faults_and_the_tests_are_equal():
    paths = [*TESTS.glob("test_*.py"), *TESTS.glob("browser/test_*.py")]
    quick = [(name, False) for path in paths for name in marked(path)]
    drills = [(name, True) for name in marked(TESTS / "drills.py")]
    assert Counter(listed()) == Counter(quick + drills)
    assert max(Counter(name for name, _ in listed()).values()) == 1


def test_every_drill_has_the_name_of_its_fault():
    tree = ast.parse((TESTS / "drills.py").read_text(encoding="utf-8"))
    tests = [node for node in tree.body if getattr(node, "name", "").startswith("test_")]
    assert len(tests) == len(list(marked(TESTS / "drills.py"))) > 10
