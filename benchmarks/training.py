"""Keras with its own switches against Keras as it comes, on the networks of notebooks 1 and 2.

    python benchmarks/training.py

Both train on the same digits, from the same random numbers, for as many epochs as in the notebooks;
rounds alternate, and the ratio of the median seconds is printed with both test accuracies: once for
the whole training, and once for its epochs after the first, which also prepares and compiles. MNIST
is used where it can be had, else its stand-in; accuracies are then those of a much smaller set.
"""

import os
import statistics
import time

os.environ.setdefault("COURSE_PROFILE", "full")

from course_utils import datasets, models

import keras
import numpy as np

ROUNDS = 3
EPOCHS = 5


def main():
    (x_train, y_train), (x_test, y_test) = datasets.load_arrays("mnist")
    print(f"{datasets.title('mnist')}, {len(x_train):,} training images, {ROUNDS} rounds")
    scaled = (x_train / np.float32(255), x_test / np.float32(255))
    labels = (y_train, y_test)
    compare(
        "dense 784-512-10, batch 128",
        models.dense_mnist,
        [x.reshape(len(x), -1) for x in scaled],
        labels,
        128,
        steps_per_execution=50,
        jit_compile=True,
    )
    compare(
        "convnet 32-64-128, batch 64",
        models.convnet_mnist,
        [x[..., np.newaxis] for x in scaled],
        labels,
        64,
        steps_per_execution=10,
    )


class Clock(keras.callbacks.Callback):
    """Notes when each epoch ends."""

    def __init__(self):
        super().__init__()
        self.ends = []

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append(time.perf_counter())


def compare(title, make, x, y, batch_size, **switches):
    """Print seconds, accuracies and the ratio of Keras as it comes to Keras with `switches`."""
    named = ", ".join(f"{name}={value}" for name, value in switches.items())
    ways = {"as it comes": {}, named: switches}
    whole, later, accuracy = ({way: [] for way in ways} for _ in range(3))
    for round in range(ROUNDS):
        for way in list(ways) if round % 2 == 0 else reversed(ways):
            keras.utils.set_random_seed(round)
            model = make()
            model.compile(
                "rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"], **ways[way]
            )
            clock = Clock()
            start = time.perf_counter()
            model.fit(
                x[0], y[0], batch_size=batch_size, epochs=EPOCHS, verbose=0, callbacks=[clock]
            )
            whole[way].append(time.perf_counter() - start)
            later[way].append((clock.ends[-1] - clock.ends[0]) / (EPOCHS - 1))
            accuracy[way].append(model.evaluate(x[1], y[1], verbose=0)[1])
    print(f"{title}, {EPOCHS} epochs")
    for way in ways:
        median, right = statistics.median(whole[way]), statistics.mean(accuracy[way])
        print(f"  {median:7.1f} s   test accuracy {right:.2%}   {way}")
    for what, seconds in (("whole training", whole), ("epochs after the first", later)):
        plain, switched = seconds.values()
        each = ", ".join(f"{a / b:.2f}" for a, b in zip(plain, switched, strict=True))
        ratio = statistics.median(plain) / statistics.median(switched)
        print(f"  as it comes / with switches, {what}: {ratio:.2f}x (round by round: {each})")


if __name__ == "__main__":
    main()
