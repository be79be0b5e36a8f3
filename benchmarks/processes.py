"""One training in 1, 2 and 4 processes of this machine: seconds per epoch, bytes moved, predicted.

    python benchmarks/processes.py

All processes share this machine's cores, so nothing is gained: what is seen is what sending costs.
The prediction is that of notebook 10, but with the computing not shared out, as the cores are the
same: the seconds of one process, and for each step the bytes of a ring over the speed of the line
and twice (processes - 1) messages. Speed and message are measured in the same run, by sums of one
number and of 16 MB. The bytes are those that pass the machine's loopback, all processes together
and whatever else talks there, as the median of the epochs; a ring moves 2 (processes - 1) times
the gradient in each step.

The bytes come out as predicted. The seconds of a small network do not: the prediction knows one sum
a step, while each array of weights is summed by itself, and a process that waits has no core.
"""

import json
import os
import statistics
import time

STEPS, BATCH, EPOCHS = 10, 128, 6
LARGE = 4_000_000  # numbers, 16 MB
COUNTS = (1, 2, 4)


def main():
    from course_utils import processes

    print(f"{os.cpu_count()} cores, {STEPS} steps of {BATCH} images an epoch, {EPOCHS - 1} epochs")
    for name in ("dense 784-512-10", "convnet 32-64-128"):
        found = {}
        for count in COUNTS:
            said = processes.run(__file__, count, NETWORK=name)
            found[count] = [json.loads(line) for line in said]
        report(name, {count: each[0] for count, each in found.items()})


def report(name, found):
    """Print what each number of processes took, beside what was predicted."""
    gradient = 4 * found[1]["parameters"]
    alone = statistics.median(found[1]["seconds"])
    print(f"{name}, {gradient / 1e6:.2f} MB of gradients")
    for count, run in found.items():
        seconds = statistics.median(run["seconds"])
        message, cable = measure_line(run, count)
        ring = 2 * (count - 1) * gradient  # of all processes, in a step
        predicted = alone + STEPS * (ring / count / cable + 2 * (count - 1) * message)
        line = f"  {count} process{'es' if count > 1 else '  '}"
        line += f" {1000 * seconds:6.0f} ms an epoch (predicted {1000 * predicted:.0f})"
        line += f", {seconds / alone:.1f}x one"
        moved = run["moved"] and f"{statistics.median(run['moved']) / 1e6:.1f} MB"
        line += f"; moved {moved or 'not measured'} (predicted {STEPS * ring / 1e6:.1f} MB)"
        print(line)


def measure_line(run, count):
    """Return the seconds of a message and the bytes a second of the line, from two sums."""
    if count == 1:
        return 0.0, float("inf")
    small, large = (statistics.median(run["sums"][key]) for key in ("small", "large"))
    sent = 2 * (count - 1) / count * 4 * LARGE
    return small / (2 * (count - 1)), sent / max(large - small, 1e-9)


# ---- In each process


def work():
    """Train one network, as one of several processes, and print what was measured."""
    os.environ["KERAS_BACKEND"] = "jax"
    import jax

    rank, processes = int(os.environ["RANK"]), int(os.environ["PROCESSES"])
    if processes > 1:
        jax.config.update("jax_cpu_collectives_implementation", "gloo")
        jax.distributed.initialize(os.environ["ADDRESS"], processes, rank)

    import keras
    import numpy as np

    each = BATCH // processes
    draw = np.random.default_rng(rank)
    images = draw.random((STEPS, each, 28, 28, 1), np.float32)
    labels = draw.integers(0, 10, (STEPS, each))

    class Share(keras.utils.PyDataset):
        def __len__(self):
            return STEPS

        def __getitem__(self, step):
            return images[step], labels[step]

    ends, bytes_so_far = [], []

    class Clock(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            ends.append(time.perf_counter())
            bytes_so_far.append(read_loopback())

    sums = time_sums(jax, np, processes) if processes > 1 else {}
    keras.utils.set_random_seed(10)
    if processes > 1:
        everyone = keras.distribution.DataParallel(auto_shard_dataset=False)
        keras.distribution.set_distribution(everyone)
    model = build(keras)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(Share(), epochs=EPOCHS, shuffle=False, verbose=0, callbacks=[Clock()])
    moved = np.diff(bytes_so_far).tolist() if None not in bytes_so_far else []
    seconds = np.diff(ends).tolist()  # without the first epoch, which compiles
    said = {"parameters": model.count_params(), "seconds": seconds, "moved": moved, "sums": sums}
    print(json.dumps(said))


def build(keras):
    """Return the network that NETWORK names."""
    layers = keras.layers
    if os.environ["NETWORK"].startswith("dense"):
        between = [layers.Flatten(), layers.Dense(512, activation="relu")]
    else:
        sizes = (32, 64, 128)
        between = [layers.Conv2D(size, 3, activation="relu") for size in sizes]
        between = [between[0], layers.MaxPooling2D(), between[1], layers.MaxPooling2D(), between[2]]
        between.append(layers.Flatten())
    outputs = layers.Dense(10, activation="softmax")
    return keras.Sequential([keras.Input((28, 28, 1)), *between, outputs])


def time_sums(jax, np, processes):
    """Return the seconds that sums of one number and of many take, over all processes."""
    mesh = jax.make_mesh((processes,), ("all",))
    parts = jax.NamedSharding(mesh, jax.P("all"))
    add = jax.jit(lambda x: x.sum(axis=0), out_shardings=jax.NamedSharding(mesh, jax.P()))
    taken = {}
    for name, size in (("small", 1), ("large", LARGE)):
        mine = np.ones((1, size), np.float32)
        array = jax.make_array_from_process_local_data(parts, mine)
        add(array).block_until_ready()  # compiles
        taken[name] = []
        for _ in range(7):
            start = time.perf_counter()
            add(array).block_until_ready()
            taken[name].append(time.perf_counter() - start)
    return taken


def read_loopback():
    """Return the bytes sent so far over this machine's own line, or None where it is not told."""
    import psutil

    lines = psutil.net_io_counters(pernic=True)
    name = next((name for name in ("lo", "lo0") if name in lines), None)
    return lines[name].bytes_sent if name else None


if __name__ == "__main__":
    work() if "RANK" in os.environ else main()
