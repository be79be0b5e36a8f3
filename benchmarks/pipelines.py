"""`pipelines.batches` beside lecture 003's loop, on 2,500 malaria cells at 100x100.

Run as `python benchmarks/pipelines.py`. Each contender works in a process of its own, in turns;
the medians of the rounds are compared, since machines are noisy. The first epoch includes all
set-up, and ends when each cell has come by in a batch of 32, in random order. For later epochs
the pipeline is held against the same loop: without a cache it is what each epoch costs. The loop
has one, its arrays of float32; memory is what each process needed at its peak beyond what it had
after its imports. Where there are no real cells, the stand-in is read.
"""

import json
import resource
import subprocess
import sys
import time

from course_utils import datasets, pipelines

import numpy as np
import tensorflow_datasets as tfds
from skimage.transform import resize

CELLS, SIZE, ROUNDS = 2500, (100, 100), 3


def load_as_the_lecture():
    """Lecture 003's loop: one cell at a time into a list, then into an array."""
    images, labels = [], []
    for example in tfds.as_numpy(datasets.load("malaria", split="train")):
        images.append(resize(example["image"], SIZE).astype(np.float32))
        labels.append(example["label"])
        if len(images) == CELLS:
            break
    return np.array(images), np.array(labels)


def load_with_pipeline():
    cells = datasets.load(
        "malaria",
        split=f"train[:{CELLS}]",
        as_supervised=True,
        decoders={"image": tfds.decode.SkipDecoding()},
    )
    return pipelines.batches(cells, image_size=SIZE, shuffle=True, seed=0)


def run_epoch(batches):
    return sum(len(labels) for _, labels in batches)


def measure_lecture():
    start = time.perf_counter()
    images, labels = load_as_the_lecture()
    assert images.shape == (CELLS, *SIZE, 3)
    order = np.random.default_rng(0).permutation(CELLS)
    batches = [order[first : first + 32] for first in range(0, CELLS, 32)]
    assert run_epoch((images[batch], labels[batch]) for batch in batches) == CELLS
    return {"first epoch": time.perf_counter() - start}


def measure_pipeline():
    start = time.perf_counter()
    batches = load_with_pipeline()
    assert run_epoch(batches) == CELLS
    seconds = {"first epoch": time.perf_counter() - start}
    later = []
    for _ in range(5):
        start = time.perf_counter()
        run_epoch(batches)
        later.append(time.perf_counter() - start)
    return seconds | {"later epochs": np.median(later)}


CONTENDERS = {"lecture": measure_lecture, "pipeline": measure_pipeline}


def peak_memory():
    """The most memory this process has had, in MB (Linux counts in KB, macOS in bytes)."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def measure_here(name):
    """Measure one contender in this process and print the result for the parent."""
    before = peak_memory()
    found = CONTENDERS[name]()
    print(json.dumps(found | {"memory": peak_memory() - before}))


def measure_in_process(name):
    command = [sys.executable, __file__, name]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(printed.splitlines()[-1])


def main():
    datasets.load("malaria", split="train")  # a stand-in is made here, outside the times
    print(f"{datasets.title('malaria')}, {CELLS:,} at {SIZE[0]}x{SIZE[1]}, {ROUNDS} rounds")
    rounds = [{name: measure_in_process(name) for name in CONTENDERS} for _ in range(ROUNDS)]
    lecture = {key: median(rounds, "lecture", key) for key in ("first epoch", "memory")}
    print(f"{'':14}{'lecture':>12}{'pipeline':>12}{'ratio':>9}")
    for key in ("first epoch", "later epochs"):
        pipeline = median(rounds, "pipeline", key)
        ratio = np.median([r["lecture"]["first epoch"] / r["pipeline"][key] for r in rounds])
        print(f"{key:14}{lecture['first epoch']:10.2f} s{pipeline:10.2f} s{ratio:8.1f}x")
    memory = median(rounds, "pipeline", "memory")
    print(f"{'peak memory':14}{lecture['memory']:9.0f} MB{memory:9.0f} MB", end="")
    print(f"{lecture['memory'] / memory:8.1f}x")


def median(rounds, name, key):
    return np.median([found[name][key] for found in rounds])


if __name__ == "__main__":
    measure_here(sys.argv[1]) if len(sys.argv) > 1 else main()
