"""Filter patterns in one batch, against the textbook's loop and tf-keras-vis.

    python benchmarks/interpretation.py

All 64 filters of the second layer of the MNIST convnet 32-64-64, 40 steps of gradient ascent on
28x28 pixels. The textbook's eager loop, one filter after another, is timed on 4 filters and its
time multiplied by 16; the other contenders do all 64. Rounds alternate, and medians are compared.
tf-keras-vis is no dependency of the project: where it is not installed, its rows are left out. It
is called on the same batch of 64, as it comes (it shifts and turns the images a little before each
step, and regularises them) and without these extras; its optimiser is its own in both.
The first round, in which `filter_patterns` compiles its loop, is told apart.
"""

import importlib.util
import statistics
import time

from course_utils import interpretation, models

import keras
import numpy as np
import tensorflow as tf

ROUNDS, STEPS, TIMED = 5, 40, 4


def main():
    keras.utils.set_random_seed(0)
    model = models.convnet_dense_head()
    layer = model.layers[3]
    contenders = {
        "textbook's eager loop": lambda: textbook(model, layer, range(TIMED)),
        "tf-keras-vis, as it comes": lambda: tf_keras_vis(model, layer),
        "tf-keras-vis, bare": lambda: tf_keras_vis(
            model, layer, input_modifiers=[], regularizers=[]
        ),
        "filter_patterns": lambda: interpretation.filter_patterns(model, layer, steps=STEPS),
    }
    if importlib.util.find_spec("tf_keras_vis") is None:
        contenders = {name: run for name, run in contenders.items() if "vis" not in name}
        print("tf-keras-vis is not installed, so its rows are left out.")
    scale = {"textbook's eager loop": 64 / TIMED}
    seconds, first_round = {name: [] for name in contenders}, {}
    for number in range(ROUNDS + 1):
        for name, run in contenders.items():
            start = time.perf_counter()
            run()
            taken = (time.perf_counter() - start) * scale.get(name, 1)
            if number:
                seconds[name].append(taken)
            else:
                first_round[name] = taken
    report(seconds, first_round)
    check_equal()


def textbook(model, layer, filters, noise=None, steps=STEPS):
    """Return patterns as lecture 001 makes them: one filter, one step after another."""
    network = keras.Model(model.input, layer.output)
    if noise is None:
        noise = np.random.default_rng(0).uniform(size=(1, 28, 28, 1)).astype("float32")
    patterns = []
    for number in filters:
        image = tf.constant(noise)
        for _ in range(steps):
            with tf.GradientTape() as tape:
                tape.watch(image)
                loss = tf.reduce_mean(network(image)[:, :, :, number])
            gradient = tape.gradient(loss, image)
            image += gradient / (tf.sqrt(tf.reduce_mean(tf.square(gradient))) + 1e-5)
        patterns.append(image.numpy()[0])
    return np.stack(patterns)


def tf_keras_vis(model, layer, **extras):
    """Return patterns of all filters from tf-keras-vis, given the model cut at the layer."""
    from tf_keras_vis.activation_maximization import ActivationMaximization
    from tf_keras_vis.utils.scores import CategoricalScore

    network = keras.Model(model.inputs, layer.output)
    noise = np.random.default_rng(0).uniform(size=(1, 28, 28, 1)).astype("float32")
    count = layer.output.shape[-1]
    return ActivationMaximization(network, clone=False)(
        CategoricalScore(list(range(count))),
        seed_input=np.repeat(noise, count, axis=0),
        input_range=(None, None),
        steps=STEPS,
        **extras,
    )


def report(seconds, first_round):
    ours = seconds["filter_patterns"]
    print(f"64 filters, {STEPS} steps, {ROUNDS} rounds")
    for name, values in seconds.items():
        ratio = statistics.median(values) / statistics.median(ours)
        each = ", ".join(f"{a / b:.0f}" for a, b in zip(values, ours, strict=True))
        median = statistics.median(values)
        print(f"  {name:26}{median:8.2f} s {ratio:6.1f}x (round by round: {each})")
        print(f"  {'':26}{first_round[name]:8.2f} s in the first round")


def check_equal():
    """Compare with the textbook's loop for the same noise in double precision."""
    keras.config.set_dtype_policy("float64")
    keras.config.set_floatx("float64")
    keras.utils.set_random_seed(0)
    model = models.convnet_dense_head()
    noise = np.random.default_rng(0).uniform(size=(1, 28, 28, 1))
    expected = textbook(model, model.layers[3], range(8), noise)
    patterns = interpretation.filter_patterns(model, model.layers[3], range(8), steps=STEPS)
    print(f"float64, same noise: largest difference {np.abs(patterns - expected).max():.1e}")


if __name__ == "__main__":
    main()
