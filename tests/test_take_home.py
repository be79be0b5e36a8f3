"""The program that notebook 1 gives its readers to take home: plain Keras, and it runs."""

import json
import re
from pathlib import Path

import keras
import numpy as np

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "01_dense_mnist.ipynb"


def listing():
    """Return the program below the heading "To take home"."""
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    (text,) = [s for s in map("".join, (c["source"] for c in cells)) if "## To take home" in s]
    return re.search(r"```python\n(.*?)```", text, re.S)[1]


def test_the_program_to_take_home_trains_the_network_of_the_lecture(monkeypatch, capsys):
    rng = np.random.default_rng(1)

    def load_data():
        return tuple(
            (rng.integers(0, 256, (n, 28, 28)).astype("uint8"), rng.integers(0, 10, n))
            for n in (256, 32)
        )

    monkeypatch.setattr(keras.datasets.mnist, "load_data", load_data)
    names = {}
    exec(listing(), names)
    assert names["model"].count_params() == 407_050
    assert names["model"].optimizer.iterations == 5 * 2
    assert "accuracy" in capsys.readouterr().out


def test_the_program_to_take_home_is_short_and_needs_keras_alone():
    lines = [line for line in listing().splitlines() if line]
    assert len(lines) < 15  # what lecture 002 promises
    assert "course_utils" not in listing()
