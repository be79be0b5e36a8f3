"""Gradient ascent in the image: what a filter looks for, and what a network dreams into a photo.

The method is that of Simonyan et al. (2014) for patterns and of Mordvintsev et al. (2015) for
DeepDream, in the form of Chollet's *Deep Learning with Python*.
"""

import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from numbers import Integral

import course_utils.keras_inside.start
from course_utils.checkpoints import fingerprint_model
from course_utils.interpretation.layers import check_filters, check_model, find_map_layer, to_batch
from course_utils.keras_inside.backend import need_tensorflow
from course_utils.keras_inside.cut import cut, float_type, resize_input
from course_utils.reader.progress import Progress

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

CHUNK_BYTES = 64 * 2**20  # of feature maps held at a time; more filters go one chunk after another
CHUNK = 32  # filters at most in a chunk: as quick as all at once, and the progress bar moves
BLOCK = 10  # steps between two updates of the progress bar
OCTAVE = 1.4  # each octave is larger than the one before by this factor
LONG = 4000  # filters x steps x octaves from which on a bar is shown

_compiled = weakref.WeakKeyDictionary()  # model: {what was asked for: (climb, chunk)}


def filter_patterns(
    model: keras.Model,
    layer: str | int | keras.Operation,
    filters: int | Sequence[int] | None = None,
    *,
    steps: int = 40,
    step_size: float = 1.0,
    octaves: int = 1,
    regularisation: float = 0.0,
    size: tuple[int, int] | None = None,
    seed: int = 0,
) -> np.ndarray:
    """Return for each filter an image to which it responds strongly, by gradient ascent.

    Each filter starts from the same noise (uniform, 0 to 1), takes `steps` steps along the
    gradient of its mean response, divided by its root mean square, and is not clipped.

    Parameters
    ----------
    layer : name, place in `model.layers`, or layer with feature maps; filters : their numbers
        (default: all).
    steps, step_size : steps in each octave; step_size is how far a pixel moves in a step on
        (quadratic) average, in the units of the model's input.
    octaves : the ascent begins at a small size and is repeated at sizes larger by 1.4 each.
    regularisation : share of the mean of 3x3 pixels that is mixed in after each step, 0 to 1;
        0.1 to 0.3 keeps the patterns of a network for photographs from turning into fine noise.
    size : (height, width) in pixels, default the model's own.
    seed : of the noise. The pattern of a filter does not depend on which others are asked for.

    Returns
    -------
    Array (filters, height, width, channels), float32 (float64 for a model in float64).

    Notes
    -----
    All filters are one batch in one compiled step, on the model cut at the layer, in chunks of
    32, or of fewer where the chunk's feature maps would take more than 64 MiB; the gradients
    take about twice that much more.

    Examples
    --------
    >>> inputs = keras.Input((8, 8, 1))
    >>> conv = keras.layers.Conv2D(4, 3, activation="relu", name="conv")
    >>> model = keras.Sequential([inputs, conv, keras.layers.Flatten(), keras.layers.Dense(2)])
    >>> filter_patterns(model, "conv", [0, 3], steps=5).shape
    (2, 8, 8, 1)
    """
    need_tensorflow("filter_patterns")
    name, found = find_map_layer(model, layer)
    filters = check_filters(filters, found.output.shape[-1], name)
    sizes = _sizes(_check_size(model, size), octaves)
    climb, chunk = _filter_climb(model, found, sizes, step_size, regularisation)
    noise = np.random.default_rng(seed).uniform(size=(1, *sizes[0], model.inputs[0].shape[-1]))
    bar = _Bar(len(filters) * steps * octaves, f"Patterns of {name}")
    patterns = []
    for start in range(0, len(filters), chunk):
        some = tf.constant(filters[start : start + chunk], tf.int32)
        images = tf.repeat(tf.constant(noise, float_type(model)), len(some), axis=0)
        for octave_size in sizes:
            images = _resize(images, octave_size)
            with _sized(octave_size):
                for block in _blocks(steps):
                    images = _check_values(climb(images, some, block))
                    bar.advance(block * len(some))
        patterns.append(images.numpy())
    bar.close()
    return np.concatenate(patterns)


def deep_dream(
    model: keras.Model,
    photo: ArrayLike,
    layer_weights: dict[str | int | keras.Operation, float],
    octaves: int = 3,
    *,
    steps: int = 20,
    step_size: float = 0.01,
    seed: int = 0,
) -> np.ndarray:
    """Return the photo, changed so that the layers find more of whatever they find in it.

    photo: (height, width, channels) of any size, as the model takes it, or a batch of photos, which
    are dreamt one after the other; layer_weights: {layer: weight} of the mean squares that are
    raised. Each octave, from small to large, takes `steps` steps; in each, the image moves by
    `step_size` of the photo's range of values (a quadratic average). What the small octaves lack
    in detail is put back from the photo.

    Returns an array of the photo's shape, within the photo's range of values.

    >>> inputs = keras.Input((8, 8, 1))
    >>> conv = keras.layers.Conv2D(4, 3, activation="relu", name="conv")
    >>> model = keras.Sequential([inputs, conv, keras.layers.Flatten(), keras.layers.Dense(2)])
    >>> deep_dream(model, np.eye(8)[:, :, None], {"conv": 1.0}, octaves=1, steps=2).shape
    (8, 8, 1)
    """
    need_tensorflow("deep_dream")
    check_model(model)
    if not isinstance(layer_weights, dict) or not layer_weights:
        raise ValueError('layer_weights is a dictionary such as {"conv2d_2": 1.0}, not empty.')
    found = [find_map_layer(model, layer)[1] for layer in layer_weights]
    network, _ = resize_input(cut(model, found), (None, None))
    photos, is_one = to_batch(network, photo)
    sizes = _sizes(photos.shape[1:3], octaves)
    bar = _Bar(steps * octaves * len(photos), "Dreaming", long=True)
    weights, blocks = list(layer_weights.values()), _blocks(steps)
    dreams = [
        _dream(network, weights, photo[np.newaxis], sizes, blocks, step_size, seed, bar)
        for photo in photos
    ]
    bar.close()
    return dreams[0] if is_one else np.stack(dreams)


def _dream(network, weights, photo, sizes, blocks, step_size, seed, bar):
    """Return one photo, (1, height, width, channels), as a dream (height, width, channels)."""
    photo = tf.constant(photo, network.inputs[0].dtype)
    low, high = float(np.min(photo)), float(np.max(photo))
    climb = _compile_dream_climb(network, weights, step_size * (high - low), (low, high))
    image = shrunk = _resize(photo, sizes[0])
    for number, size in enumerate(sizes):
        original = _resize(photo, size)
        image = _resize(image, size) + original - _resize(shrunk, size)
        shrunk = original
        with _sized(size):
            for block in blocks:
                image = _check_values(climb(image, block, (seed, number)))
                bar.advance(block)
    return image.numpy()[0]


@contextmanager
def _sized(size: tuple[int, int]) -> Iterator[None]:
    """Say it plainly where a network takes no images of this (height, width)."""
    try:
        yield
    except (tf.errors.InvalidArgumentError, FloatingPointError) as problem:
        raise ValueError(
            f"The network takes no images of {size[0]} x {size[1]} pixels, to which octaves or "
            "size lead: ask for fewer octaves, or for another size."
        ) from problem


def _check_values(images):
    if not np.isfinite(images).all():  # the mean of a map without values is none
        raise FloatingPointError("values that are not numbers")
    return images


def _filter_climb(model, layer, sizes, *rules):
    """Return the compiled climb to a layer, and how many images it may take at a time.

    They are kept as long as the model and its layers' settings stay as they are (the weights may
    change), since compiling takes as long as climbing.
    """
    kept = _compiled.setdefault(model, {})
    key = (id(layer), tuple(sizes), rules, fingerprint_model(model))
    if key not in kept:
        network, values = resize_input(cut(model, [layer]), sizes[-1])
        if len(sizes) > 1:
            network, _ = resize_input(network, (None, None))
        item = 8 if float_type(model) == "float64" else 4
        kept[key] = _compile_filter_climb(network, *rules), _chunk_size(values * item)
    return kept[key]


def _compile_filter_climb(network, step_size, regularisation):
    """Return a function that takes steps for (images, filters), one filter for each image."""
    any_images = tf.TensorSpec(network.inputs[0].shape, network.inputs[0].dtype)
    numbers = tf.TensorSpec([None], tf.int32)

    # Traced once for all sizes. A loop inside would cost more to compile than it saves.
    @tf.function(input_signature=[any_images, numbers], autograph=False)
    def step(images, filters):
        own = tf.one_hot(filters, network.outputs[0].shape[-1], dtype=images.dtype)
        with tf.GradientTape() as tape:
            tape.watch(images)
            maps = tf.cast(network(images, training=False), images.dtype)
            response = tf.reduce_sum(tf.reduce_mean(maps, axis=(1, 2)) * own)
        images += step_size * _normalise(tape.gradient(response, images))
        if regularisation:
            images += regularisation * (tf.nn.avg_pool2d(images, 3, 1, "SAME") - images)
        return images

    def climb(images, filters, steps):
        for _ in range(steps):
            images = step(images, filters)
        return images

    return climb


def _compile_dream_climb(network, weights, step_size, limits):
    """Return a function that takes steps for one image; it is shifted in each step.

    The shift, random and undone afterwards, keeps the grid of the strides out of the picture.
    """
    any_image = tf.TensorSpec(network.inputs[0].shape, network.inputs[0].dtype)

    @tf.function(input_signature=[any_image, tf.TensorSpec([2], tf.int32)], autograph=False)
    def step(image, seed):  # traced once for all octaves
        shift = tf.random.stateless_uniform([2], seed, -16, 17, tf.int32)
        image = tf.roll(image, shift, axis=(1, 2))
        with tf.GradientTape() as tape:
            tape.watch(image)
            outputs = tf.nest.flatten(network(image, training=False))
            squares = [tf.reduce_mean(tf.cast(maps, image.dtype) ** 2) for maps in outputs]
            response = sum(w * square for w, square in zip(weights, squares, strict=True))
        image += step_size * _normalise(tape.gradient(response, image))
        return tf.roll(tf.clip_by_value(image, *limits), -shift, axis=(1, 2))

    def climb(image, steps, seed):
        for number in range(steps):
            image = step(image, tf.constant([seed[0] + number, seed[1]], tf.int32))
        return image

    return climb


def _normalise(gradient):
    """Divide by the root mean square of each image by itself; filters must not mix."""
    mean_square = tf.reduce_mean(gradient**2, axis=(1, 2, 3), keepdims=True)
    return gradient / (tf.sqrt(mean_square) + 1e-5)


def _chunk_size(bytes_each: int) -> int:
    """Return how many images fit into `CHUNK_BYTES` of feature maps, from 1 to `CHUNK`."""
    return min(max(CHUNK_BYTES // bytes_each, 1), CHUNK)


def _sizes(size, octaves) -> list[tuple[int, int]]:
    """Return the sizes of the octaves, the smallest first."""
    if not isinstance(octaves, Integral) or octaves < 1:
        raise ValueError(f"octaves is {octaves}: give a whole number from 1 on.")
    return [
        tuple(max(1, round(side / OCTAVE**power)) for side in size)
        for power in reversed(range(octaves))
    ]


def _resize(images, size):
    if tuple(images.shape[1:3]) == tuple(size):
        return tf.convert_to_tensor(images)
    return tf.cast(tf.image.resize(images, size, "bicubic"), images.dtype)


def _blocks(steps):
    """Return the steps in portions of `BLOCK`."""
    if steps < 0:
        raise ValueError(f"steps is {steps}: give a whole number from 0 on.")
    full, rest = divmod(steps, BLOCK)
    return [BLOCK] * full + [rest] * (rest > 0)


def _check_size(model, size) -> tuple[int, int]:
    own = tuple(model.inputs[0].shape[1:3])
    if size is None and None in own:
        raise ValueError(
            f"The model {model.name!r} takes images of any size: say size=(height, width)."
        )
    return tuple(size or own)


class _Bar:
    """A progress bar for long work; short work shows none."""

    def __init__(self, total, label, long=False):
        self._bar = Progress(total, label) if long or total >= LONG else None
        self._done = 0

    def advance(self, steps):
        self._done += steps
        if self._bar:
            self._bar.update(self._done)

    def close(self):
        if self._bar:
            self._bar.close()
