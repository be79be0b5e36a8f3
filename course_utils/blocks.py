"""Many steps in one call: how `training.fit` trains a network faster than Keras' own `fit` does.

`model.fit` calls a compiled function for every batch, while a pipeline in other threads cuts the
next ones out of the arrays. For a small network that is most of the work. Here a call makes a
whole block of steps: the arrays lie in memory as tensors, and the loop over batches, with the
cutting, is part of the compiled function. Each step is still the model's own `train_step`.
`benchmarks/training.py` shows what it saves.
"""

import math
from contextlib import contextmanager

from course_utils import settings

import numpy as np

settings.start_tensorflow()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

STEPS = 100  # in a block of small inputs
VALUES = 10_000_000  # of its inputs: of large images a block has fewer steps, so that it ends soon
STEPS_OF_A_DATASET = 20


@contextmanager
def in_blocks(model, x, y, batch_size=None, shuffle=True):
    """Yield the arguments for `model.fit` with which it trains block by block.

    x, y: arrays with the samples along their first axis, or a `tf.data.Dataset` of batches and
    None. Afterwards `evaluate` and `predict` run as Keras compiles them. A model that is
    compiled with `run_eagerly=True` or has a `train_step` of its own, and data of other kinds,
    are left to Keras.
    """
    before = model.steps_per_execution, model.jit_compile
    arguments = {"x": x, "y": y, "batch_size": batch_size, "shuffle": shuffle}
    of_keras = type(model).train_step is keras.Model.train_step and not model.run_eagerly
    blocks = None
    if hasattr(x, "__array__") and hasattr(y, "__array__") and of_keras:
        blocks = _Blocks(model, x, y, batch_size or 32, shuffle)
        _set_execution(model, 1, before[1])  # Keras is to call for each block
        model.train_function = blocks.train
        arguments = {"x": blocks.starts(), "shuffle": False}
    elif of_keras:
        _set_execution(model, STEPS_OF_A_DATASET, _is_faster_with_xla(model))
    try:
        yield arguments
    finally:
        _set_execution(model, *before)
        if blocks:
            blocks.x = blocks.y = None  # not only when the search for garbage comes by


def _is_faster_with_xla(model) -> bool:
    """Tell whether XLA should compile the steps.

    It makes a dense network faster and a convolution slower. On a GPU it would need parts of
    CUDA that not every machine has. What a layer of one's own calls, it may not know.
    """
    layers = list(model._flatten_layers(include_self=False))
    has_convolution = any("Conv" in type(layer).__name__ for layer in layers)
    can = all(layer.supports_jit and _is_of_keras(layer) for layer in layers)
    return can and not has_convolution and not tf.config.list_physical_devices("GPU")


def _is_of_keras(layer) -> bool:
    return type(layer).__module__.startswith("keras.") and not isinstance(
        layer, keras.layers.Lambda
    )


def _set_execution(model, steps: int, jit_compile) -> None:
    """Set the steps of one compiled call; functions traced for another number must go."""
    model.steps_per_execution, model.jit_compile = steps, jit_compile
    model.train_function = model.test_function = model.predict_function = None


class _Blocks:
    """Trains on arrays: each call of `train` makes the steps of one block."""

    def __init__(self, model, x, y, batch_size, shuffle):
        if len(x) != len(y):
            raise ValueError(
                f"There are {len(x):,} samples and {len(y):,} labels: give one label a sample."
            )
        if not len(x):
            raise ValueError("There are no samples to train on: give at least one.")
        self.model, self.x, self.y = model, _as_tensor(x), _as_tensor(y)
        self.batch_size, self.shuffle = batch_size, shuffle
        self.block = min(STEPS, 1 + VALUES // (batch_size * math.prod(self.x.shape[1:])))
        self.full_batches, self.left_over = divmod(len(x), batch_size)
        self.order = tf.range(len(x))
        model.test_step((self.x[:1], self.y[:1]))  # so that model and metrics have their variables
        model.optimizer.build(model.trainable_variables)
        compiled = _is_faster_with_xla(model)
        self._steps = tf.function(self._make_steps, autograph=False, jit_compile=compiled)
        self._last_step = tf.function(self._make_step, autograph=False)

    def starts(self) -> tf.data.Dataset:
        """Return the number of the first batch of each block, the "data" of an epoch."""
        options = tf.data.Options()
        options.autotune.enabled = False  # ending its thread can take 0.3 s, epoch by epoch
        starts = tf.data.Dataset.range(0, max(self.full_batches, 1), self.block)
        return starts.with_options(options)

    def train(self, iterator) -> dict:
        """Make the steps of the next block, as Keras' own `train_function` makes one."""
        first = int(next(iterator))
        if first == 0 and self.shuffle:
            self.order = tf.random.shuffle(self.order)
        last = min(first + self.block, self.full_batches)
        if first < last:
            logs = self._steps(self.x, self.y, self.order, tf.constant(first), tf.constant(last))
        if last == self.full_batches and self.left_over:
            logs = self._last_step(self.x, self.y, self.order[-self.left_over :])
        return logs

    # The arrays are arguments: what a function captures stays in memory as long as TensorFlow.

    def _make_steps(self, x, y, order, first, last):
        def step(number):
            rows = tf.slice(order, [number * self.batch_size], [self.batch_size])
            self._make_step(x, y, rows)
            return (number + 1,)

        tf.while_loop(lambda number: number < last, step, [first], parallel_iterations=1)
        return self.model.get_metrics_result()

    def _make_step(self, x, y, rows):
        return self.model.train_step((tf.gather(x, rows), tf.gather(y, rows)))


def _as_tensor(values) -> tf.Tensor:
    """Return an array as a tensor; decimals have the precision that Keras computes with."""
    values = np.asarray(values)
    decimal = np.issubdtype(values.dtype, np.floating)
    return tf.convert_to_tensor(values, keras.config.floatx() if decimal else None)
