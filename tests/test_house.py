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


def is_a_students(path):
    """Tell whether a module holds answers as a student types them, right and wrong, untyped."""
    return room_of(path) == "exercises" and re.match(r"nb\d\d_", path.name)


def public_functions(tree):
    """Yield (name, function, its parameters) of what a module shows: functions and methods."""
    for node in tree.body:
        is_class = isinstance(node, ast.ClassDef)
        if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name.startswith("_"):
            continue
        for function in node.body if is_class else [node]:
            if not isinstance(function, ast.FunctionDef):
                continue
            if function.name.startswith("_") and function.name != "__init__":
                continue
            args = function.args
            named = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
            yield function.name, function, [argument for argument in named if argument]


def untyped(tree):
    """Yield what lacks a type: "name: parameter", or "name: what it returns"."""
    for name, function, parameters in public_functions(tree):
        for parameter in parameters:
            if parameter.annotation is None and parameter.arg not in ("self", "cls"):
                yield f"{name}: {parameter.arg}"
        if function.returns is None and name != "__init__":
            yield f"{name}: what it returns"


def test_public_functions_say_what_they_take_and_return():
    found = [
        f"{path.relative_to(PACKAGE)}, {what}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not is_a_students(path)
        for what in untyped(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found, "\n".join(found)


def test_a_missing_type_is_seen():
    tree = ast.parse("class Kernel:\n    def flip(self, axis=0): ...\n\ndef _own(x): ...")
    assert list(untyped(tree)) == ["flip: axis", "flip: what it returns"]
