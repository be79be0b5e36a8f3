"""What the course needs of the private parts of Keras and TensorFlow: one test for each fact.

If a new release moves such a part, a test here fails and names it.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

from course_utils.keras_inside.start import without_stderr

import pytest

PACKAGE = Path(__file__).parent.parent / "course_utils"

# ---- start --------------------------------------------------------------------------------------


def run(code):
    """Run code in a Python of its own; standard error and output come back as one text."""
    streams = dict(stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return subprocess.run([sys.executable, "-c", code], **streams, check=False)


def test_tensorflow_starts_and_trains_without_a_word():
    code = """
import course_utils.keras_inside.start
import keras, numpy as np
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse", jit_compile=True)
model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
"""
    done = run(code)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_room_and_what_reads_a_model_do_not_start_tensorflow():
    code = "import sys, course_utils.keras_inside; print('tensorflow' in sys.modules)"
    assert run(code).stdout == "False\n"


@pytest.mark.parametrize("before", ["enable", "disable"])
def test_starting_tensorflow_leaves_the_search_for_garbage_as_it_was(before):
    code = f"""
import gc
gc.{before}()
import course_utils.keras_inside.start
print(gc.isenabled(), gc.get_freeze_count() > 100_000)
"""
    assert run(code).stdout == f"{before == 'enable'} True\n"


def test_standard_error_works_again_after_the_start(capfd):
    with without_stderr():
        os.write(2, b"lost")
    os.write(2, b"kept")
    assert capfd.readouterr().err == "kept"


def test_standard_error_works_again_after_a_failed_start(capfd):
    with pytest.raises(ImportError), without_stderr():
        raise ImportError("no such library")
    os.write(2, b"kept")
    assert capfd.readouterr().err == "kept"


START = "course_utils.keras_inside.start"
LOUD = {"keras", "tensorflow", "tensorflow_datasets"}
BY_A_CALL = ("training.py", "blocks.py")  # their turn is still to come


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(PACKAGE.rglob("*.py")) if path.name not in BY_A_CALL],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_a_module_that_imports_keras_starts_it_quietly_before(path):
    started = False
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Import):
            names = [name.name for name in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            names = [statement.module]
        else:
            continue
        started |= START in names
        assert started or LOUD.isdisjoint(name.split(".")[0] for name in names)
