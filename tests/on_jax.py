"""What runs on JAX: some of the notebooks, and a training in several processes; run by name, or by
`make jax`:

    COURSE_STRICT=1 COURSE_PROFILE=quick COURSE_DATA=standin pytest tests/on_jax.py

JAX draws other numbers at random, so what a notebook compares may lie outside its band,
which rests on runs with TensorFlow, by a third of the band's width. A cell that needs TensorFlow,
or what such a cell has made, has the tag `tensorflow`; the first of them says so in a sentence.
"""

import json
import os
from pathlib import Path

from course_utils import datasets, expected, processes
from course_utils.publishing import notebooks, run, used

import nbformat
import numpy as np
import pytest

ON_JAX = ("01", "03", "09")
NEEDS_TENSORFLOW = "tensorflow"  # the tag
MISSING = ("NameError", "KeyError")  # what a later cell says
SENTENCE = "needs Keras on TensorFlow, and it runs on jax here"


@pytest.mark.parametrize("path", notebooks.choose(ON_JAX), ids=lambda path: path.stem)
def test_a_notebook_runs_on_jax(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if needs_tensorflow(cell):
            cell.metadata.tags.append("raises-exception")
    changed = tmp_path / path.name
    nbformat.write(notebook, changed)
    told = tmp_path / "used.jsonl"
    on_jax = {"KERAS_BACKEND": "jax", "COURSE_STRICT": "0", "COURSE_USED": str(told)}
    done = run.execute(changed, **on_jax)  # raises where a cell without the tag fails
    assert outside(used.read(told)[1]) == {}
    said = [output for cell in filter(needs_tensorflow, done.cells) for output in cell.outputs]
    errors = [output for output in said if output.output_type == "error"]
    assert bool(errors) == any(map(needs_tensorflow, done.cells))
    assert not errors or SENTENCE in errors[0].evalue
    assert all(e.ename in MISSING or SENTENCE in e.evalue for e in errors), errors


def outside(measured):
    """Return the numbers that are too far outside their bands, and these, by name."""
    found = {}
    for name, value in measured.items():
        low, high = expected._entry(name).get("quick_standin", (-np.inf, np.inf))
        more = (high - low) / 3
        if not low - more <= value <= high + more:
            found[name] = value, (low, high)
    return found


def needs_tensorflow(cell) -> bool:
    return NEEDS_TENSORFLOW in cell.metadata.get("tags", [])


# ---- The training script of notebook 10, in several processes


@pytest.fixture(scope="module")
def train(tmp_path_factory):
    """Write the training script of notebook 10, and digits for it; return its path."""
    folder = tmp_path_factory.mktemp("together")
    notebook = nbformat.read(notebooks.choose(("10",))[0], as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.startswith("%%writefile"):
            head, text = cell.source.split("\n", 1)
            with open(folder / Path(head.split()[-1]).name, "a", encoding="utf-8") as file:
                file.write(text + "\n")
    images, labels = datasets.load_arrays("mnist")[0]
    np.savez(folder / "digits.npz", images=images[:1280], labels=labels[:1280])
    return folder / "train.py"


@pytest.fixture(scope="module")
def alone(train):
    return json.loads(processes.run(train)[0])


@pytest.mark.parametrize("count, devices", [(2, 1), (4, 1), (1, 2)])
def test_losses_and_weights_are_those_of_one_process_with_one_device(train, alone, count, devices):
    said = [json.loads(line) for line in processes.run(train, count, JAX_NUM_CPU_DEVICES=devices)]
    np.testing.assert_allclose(said[0]["loss"], alone["loss"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(said[0]["weights"], alone["weights"], rtol=0, atol=1e-4)
    assert all(each["loss"] == said[0]["loss"] for each in said)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_killed_and_started_again_it_ends_with_the_weights_of_an_undisturbed_run(
    train, alone, capsys
):
    assert processes.run(train, 2, DIES=2)[1] == ""
    assert "Process 1 of 2 was killed. The other one" in capsys.readouterr().out
    resumed = json.loads(processes.run(train, 2, RESUME=1)[0])
    assert len(resumed["loss"]) == len(alone["loss"]) - 2
    np.testing.assert_allclose(resumed["weights"], alone["weights"], rtol=0, atol=1e-4)
