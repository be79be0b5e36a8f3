"""Training as the notebooks do it, against plain `model.fit` on NumPy arrays.

    python benchmarks/training.py

Both train the networks of notebooks 1 and 2 on the same digits, for as many epochs as there;
rounds alternate, and the ratio of the median seconds is printed with both test accuracies. MNIST
is used where it can be had, else its stand-in; accuracies are then those of a much smaller set.
"""

import os
import statistics
import time

os.environ.setdefault("COURSE_PROFILE", "full")

from course_utils import datasets, models, training

import keras
import numpy as np

ROUNDS = 5


def main():
    (x_train, y_train), (x_test, y_test) = datasets.load_arrays("mnist")
    print(f"{datasets.title('mnist')}, {len(x_train):,} training images, {ROUNDS} rounds")
    scaled = (x_train / np.float32(255), x_test / np.float32(255))
    vectors = [x.reshape(len(x), -1) for x in scaled]
    images = [x[..., None] for x in scaled]
    compare(
        "dense 784-512-10, batch 128, 5 epochs",
        models.dense_mnist,
        vectors,
        y_train,
        y_test,
        128,
        5,
    )
    compare(
        "convnet 32-64-128, batch 64, 5 epochs",
        models.convnet_mnist,
        images,
        y_train,
        y_test,
        64,
        5,
    )


def compare(title, make, x, y_train, y_test, batch_size, epochs):
    """Print seconds, accuracies and the ratio of plain `fit` to the course's `fit`."""

    def plain(model):
        model.fit(x[0], y_train, batch_size=batch_size, epochs=epochs, verbose=0)

    def ours(model):
        training.fit(model, x[0], y_train, batch_size=batch_size, epochs=epochs)

    seconds, accuracy = {plain: [], ours: []}, {plain: [], ours: []}
    for round in range(ROUNDS):
        for fit in (plain, ours) if round % 2 == 0 else (ours, plain):
            keras.utils.set_random_seed(round)
            named = make()
            model = keras.Model(named.inputs, named.outputs)  # without a name: no checkpoint
            model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
            start = time.perf_counter()
            fit(model)
            seconds[fit].append(time.perf_counter() - start)
            accuracy[fit].append(model.evaluate(x[1], y_test, verbose=0)[1])
    print(title)
    for name, fit in (("plain fit(numpy)", plain), ("training.fit", ours)):
        median, right = statistics.median(seconds[fit]), statistics.mean(accuracy[fit])
        print(f"  {name:18} {median:7.1f} s   test accuracy {right:.2%}")
    ratio = statistics.median(seconds[plain]) / statistics.median(seconds[ours])
    each = ", ".join(f"{a / b:.2f}" for a, b in zip(seconds[plain], seconds[ours], strict=True))
    print(f"  plain / ours: {ratio:.2f}x (round by round: {each})")


if __name__ == "__main__":
    main()
