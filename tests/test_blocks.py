"""Blocks of steps: each sample once an epoch, in a new order, with the losses of Keras' own fit."""

import gc

from course_utils import blocks, training
from course_utils.blocks import in_blocks

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

random = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def full_profile(monkeypatch, data_folder):
    monkeypatch.setenv("COURSE_PROFILE", "full")


class Diary(layers.Layer):
    """Passes its input on and writes down which numbers came by, in the order of training."""

    def __init__(self, places):
        super().__init__()
        self.pages = self.add_weight(shape=(places,), initializer="zeros", trainable=False)
        self.line = self.add_weight(shape=(), dtype="int32", initializer="zeros", trainable=False)
        self.supports_jit = False

    def call(self, inputs, training=False):
        if training:
            count = tf.shape(inputs)[0]
            lines = self.line + tf.range(count)
            self.pages.assign(
                tf.tensor_scatter_nd_update(self.pages.value, lines[:, None], inputs[:, 0])
            )
            self.line.assign_add(count)
        return inputs

    def compute_output_shape(self, shape):
        return shape


def diary_of(samples, batch_size, epochs=1, compiled=None, **options):
    """Train on the numbers 0, 1, 2, … and return those that each epoch has seen, in order."""
    model = keras.Sequential([keras.Input((1,)), Diary(samples * epochs), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.0), "mse", **(compiled or {}))
    x = np.arange(samples, dtype="float32")[:, None]
    training.fit(model, x, x, batch_size=batch_size, epochs=epochs, **options)
    steps = -(-samples // batch_size)
    assert int(model.optimizer.iterations) == steps * epochs
    return model.layers[0].pages.numpy().reshape(epochs, samples)


@pytest.mark.parametrize(
    "samples, batch_size",
    [(7, 32), (32, 32), (33, 32), (200, 2), (201, 2), (202, 2), (1, 1), (403, 4)],
)
def test_every_sample_is_seen_once_in_each_epoch(samples, batch_size):
    for epoch in diary_of(samples, batch_size, epochs=2):
        np.testing.assert_array_equal(np.sort(epoch), np.arange(samples))


def test_steps_that_were_grouped_by_hand_are_all_made():
    grouped = {"steps_per_execution": 4}
    for epoch in diary_of(403, 2, epochs=2, compiled=grouped):
        np.testing.assert_array_equal(np.sort(epoch), np.arange(403))


def test_of_large_images_a_block_has_fewer_steps(monkeypatch):
    monkeypatch.setattr(blocks, "VALUES", 36 * 20 * 3)
    seen = Calls()
    history = training.fit(make(), X, Y, epochs=1, batch_size=20, callbacks=[seen])
    assert seen.count == 3 and len(history.epoch) == 1  # 11 batches and a half, four in a block


class Calls(keras.callbacks.Callback):
    count = 0

    def on_train_batch_end(self, batch, logs=None):
        self.count += 1


def test_each_epoch_has_an_order_of_its_own_and_a_seed_repeats_them():
    orders = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        orders.append(diary_of(300, 10, epochs=2))
    assert (orders[0] == orders[1]).all()
    assert (orders[0] != orders[2]).any()
    assert (orders[0][0] != orders[0][1]).any()


def test_without_shuffling_the_order_is_that_of_the_arrays():
    for epoch in diary_of(45, 10, epochs=2, shuffle=False):
        np.testing.assert_array_equal(epoch, np.arange(45))


def make(kind="dense", optimizer="rmsprop"):
    keras.utils.set_random_seed(5)
    inside = {
        "dense": [layers.Flatten(), layers.Dropout(0.3)],
        "batch norm": [layers.Flatten(), layers.BatchNormalization()],
        "convolution": [layers.Conv2D(3, 3), layers.GlobalMaxPooling2D()],
        "not for XLA": [layers.RandomRotation(0.1, seed=2), layers.Flatten()],
    }
    model = keras.Sequential([keras.Input((6, 6, 1)), *inside[kind], layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


X = random.random((230, 6, 6, 1))
Y = random.integers(0, 3, 230)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "uint8"])
@pytest.mark.parametrize("kind", ["batch norm", "convolution"])
def test_losses_are_those_of_keras_for_every_type_of_number(kind, dtype):
    x = (X * 4).astype(dtype)
    ours, plain = make(kind), make(kind)
    options = dict(epochs=3, batch_size=20, shuffle=False)
    found = training.fit(ours, x, Y, **options).history
    wanted = plain.fit(x, Y, verbose=0, **options).history
    for name in wanted:
        np.testing.assert_allclose(found[name], wanted[name], rtol=2e-4, atol=1e-5)
    for one, other in zip(ours.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("kind", ["dense", "not for XLA"])
def test_layers_that_draw_random_numbers_draw_new_ones_in_each_step(kind):
    model = make(kind, keras.optimizers.SGD(0.0))  # it learns nothing: only the draws differ
    losses = training.fit(model, X, Y, epochs=4, batch_size=23, shuffle=False).history["loss"]
    assert len(set(np.round(losses, 6))) == 4


def test_the_arrays_do_not_stay_in_memory():
    x = random.random((229, 6, 6, 1)).astype("float32")
    training.fit(make(), x, Y[:229], epochs=1, batch_size=20)
    gc.collect()
    tensors = [value for value in gc.get_objects() if isinstance(value, tf.Tensor)]
    kept = [value for value in tensors if hasattr(value, "numpy")]  # those that hold numbers
    assert not [value for value in kept if value.shape == x.shape]


class WithoutInput(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = layers.Dense(4, "relu")
        self.outer = layers.Dense(1)

    def call(self, inputs):
        return self.outer(self.inner(inputs))


@pytest.mark.parametrize(
    "build",
    [WithoutInput, lambda: keras.Sequential([layers.Dense(4, "relu"), layers.Dense(1)])],
)
def test_a_model_without_an_input_layer_trains_as_in_keras(build):
    def make_it():
        keras.utils.set_random_seed(1)
        model = build()
        model.compile("rmsprop", "mse", metrics=["mae"])
        return model

    x, options = X.reshape(230, -1), dict(epochs=2, batch_size=20, shuffle=False)
    found = training.fit(make_it(), x, Y, **options).history
    wanted = make_it().fit(x, Y, verbose=0, **options).history
    for name in wanted:
        np.testing.assert_allclose(found[name], wanted[name], rtol=2e-4)


class OwnStep(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((self(x)[:, 0] - tf.cast(y, "float32")) ** 2)
        gradients = tape.gradient(error, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return {"error": error}


@pytest.mark.parametrize("as_dataset", [False, True])
def test_a_train_step_of_ones_own_is_left_to_keras(as_dataset):
    keras.utils.set_random_seed(1)
    inputs = keras.Input((36,))
    model = OwnStep(inputs, layers.Dense(1)(inputs))
    model.compile("sgd")
    data = (X.reshape(230, -1).astype("float32"), Y)
    if as_dataset:
        data = (tf.data.Dataset.from_tensor_slices(data).batch(20),)
    history = training.fit(model, *data, epochs=3).history
    assert list(history) == ["error"] and len(history["error"]) == 3


def test_what_xla_does_not_know_is_trained_without_it():
    def halve(values):
        halved = tf.numpy_function(lambda array: array / np.float32(2), [values], tf.float32)
        return tf.ensure_shape(halved, values.shape)

    model = keras.Sequential([keras.Input((36,)), layers.Lambda(halve), layers.Dense(1)])
    model.compile("sgd", "mse")
    assert len(training.fit(model, X.reshape(230, -1), Y, epochs=1).epoch) == 1


def test_a_schedule_counts_steps_not_blocks():
    model = make(optimizer=keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 24)))
    training.fit(model, X, Y, epochs=2, batch_size=20)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.0, abs=1e-6)


def test_frozen_layers_stay_as_they_are():
    model = make("convolution")
    model.layers[0].trainable = False
    model.compile("adam", model.loss)
    before = model.layers[0].get_weights()
    training.fit(model, X, Y, epochs=1, batch_size=20)
    for one, other in zip(before, model.layers[0].get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_labels_that_are_missing_get_one_plain_sentence():
    with pytest.raises(ValueError, match="230 samples and 9 labels"):
        training.fit(make(), X, Y[:9])
    with pytest.raises(ValueError, match="no samples"):
        training.fit(make(), X[:0], Y[:0])
    with pytest.raises(ValueError, match="give validation_data instead"):
        training.fit(make(), tf.data.Dataset.range(3), validation_split=0.1)


def test_after_a_failure_the_model_is_as_keras_compiled_it():
    model = make()
    before = model.steps_per_execution, model.jit_compile
    with pytest.raises(RuntimeError), in_blocks(model, X, Y, 20):
        raise RuntimeError
    assert (model.steps_per_execution, model.jit_compile) == before
    assert model.train_function is None
    assert len(model.fit(X, Y, verbose=0).epoch) == 1
