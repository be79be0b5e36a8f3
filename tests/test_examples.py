"""The examples in docstrings (`>>>`) give what they say, in every module of the package."""

import doctest
import importlib
import io
import pkgutil
from pathlib import Path

import course_utils

import pytest

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def modules_with_examples():
    """Return the names of the modules whose text has an example; none is imported for that."""
    found = pkgutil.walk_packages(course_utils.__path__, "course_utils.", onerror=lambda _: None)
    return sorted(module.name for module in found if ">>> " in read_source(module))


def read_source(module):
    return Path(module.module_finder.find_spec(module.name).origin).read_text(encoding="utf-8")


class Checker(doctest.OutputChecker):
    """Lets an example be silent of the notice of a stand-in, which the first to load it gets."""

    def check_output(self, want, got, optionflags):
        if "You see " not in want:
            got = "".join(line for line in got.splitlines(True) if not line.startswith("You see "))
        return super().check_output(want, got, optionflags)


def run_examples(module):
    """Run the examples of a module; return how many there are, and what went wrong."""
    report = io.StringIO()
    runner = doctest.DocTestRunner(Checker(), verbose=False, optionflags=FLAGS)
    for example in doctest.DocTestFinder(exclude_empty=True).find(module):
        runner.run(example, out=report.write)
    return runner.tries, report.getvalue()


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_give_what_they_say(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # an example may write a file
    tried, failures = run_examples(importlib.import_module(name))
    assert tried, f"{name} has examples where no docstring of its own is"
    assert not failures, failures


def test_a_wrong_example_is_seen():
    wrong = type(course_utils)("wrong", "Say what one and one is.\n\n>>> 1 + 1\n3\n")
    tried, failures = run_examples(wrong)
    assert tried == 1
    assert "Expected:\n    3\nGot:\n    2" in failures
