"""The house as `course_utils/__init__.py` describes it: every room is named, none looks upwards."""

import ast
import re
from pathlib import Path

import course_utils

PACKAGE = Path(course_utils.__file__).parent
ROOMS = re.findall(r"^    (\w+) +\S", course_utils.__doc__, re.M)


def rooms_imported_by(path):
    """Return the rooms of the package that a module imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("course_utils.")}


def room_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_every_room_is_named_once_in_the_account_of_the_package():
    there = {room_of(path) for path in PACKAGE.rglob("*.py")} - {"__init__"}
    assert sorted(ROOMS) == sorted(there)


def test_a_room_imports_only_from_those_named_before_it():
    upwards = {
        f"{path.relative_to(PACKAGE)} imports {room}"
        for path in PACKAGE.rglob("*.py")
        for room in rooms_imported_by(path) - {room_of(path), "__version__"}
        if ROOMS.index(room) > ROOMS.index(room_of(path))
    }
    assert not upwards


def test_there_is_no_second_account():
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (PACKAGE.parent / name).read_text(encoding="utf-8")
        assert not re.search(r"`\w+`(?:, `\w+`)* -> `\w+`", text), name
