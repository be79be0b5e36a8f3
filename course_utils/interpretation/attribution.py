"""Which part of an image made the network decide as it did: Grad-CAM and occlusion."""

from collections.abc import Callable, Sequence

import course_utils.keras_inside.start
from course_utils.interpretation.layers import check_model, find_map_layer, last_maps, to_batch
from course_utils.interpretation.outputs import (
    check_outputs,
    check_scores,
    pick_classes,
    spread_classes,
    to_probabilities,
)
from course_utils.keras_inside.cut import cut

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

BATCH = 64  # images that go through the network at a time
COVERED = 16  # of one image covered in places: a call of a model keeps the maps of all its layers


def grad_cam(
    model: keras.Model,
    image: ArrayLike,
    class_index: int | Sequence[int] | None = None,
    layer: str | int | keras.Operation | None = None,
) -> np.ndarray:
    """Return a heat map of the places that speak for a class (Selvaraju et al., 2017).

    The feature maps of `layer` are added up, each weighted by the mean gradient of the class'
    score (before softmax or sigmoid) with respect to it; what is below zero is cut off.

    image: (height, width, channels), as the model takes it, or a batch of such images, which is
    much quicker than one after the other; class_index: a number for all images, or one for each;
    default the class that the model predicts, for each image its own; a model with a single
    output has the classes 0 and 1; layer: its name, its place in `model.layers` or itself, default
    the last with feature maps larger than one value, before pooling and after an addition.
    Returns (height, width), enlarged to the image's size, float32 from 0 to 1 at the strongest
    place; all zero where nothing speaks for the class. For a batch (N, height, width), each map
    on its own scale. Raises ValueError or TypeError for what does not fit, in one sentence.

    >>> inputs = keras.Input((8, 8, 1))
    >>> conv = keras.layers.Conv2D(4, 3, activation="relu", name="conv")
    >>> model = keras.Sequential([inputs, conv, keras.layers.Flatten(), keras.layers.Dense(2)])
    >>> grad_cam(model, np.ones((8, 8, 1)), class_index=0).shape
    (8, 8)
    """
    check_model(model)
    check_outputs(model)
    found = last_maps(model) if layer is None else find_map_layer(model, layer)[1]
    images, is_one = to_batch(model, image)
    network = cut(model, [found], logits=True)
    classes = spread_classes(class_index, len(images))
    heats = []
    for start in range(0, len(images), BATCH):
        place = slice(start, start + BATCH)

        def add_scores(logits, wanted=classes[place]):
            check_scores(model, logits)
            return _add_scores(logits, pick_classes(logits, wanted))

        heats.append(scale_heat(_heats(network, tf.constant(images[place]), add_scores)[0]))
    return heats[0][0] if is_one else np.concatenate(heats)


def heat_for_class(
    network: keras.Model, images: tf.Tensor, pick_score: Callable[[tf.Tensor], tf.Tensor]
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return what Grad-CAM needs of one image: the heat, (height, width), and all logits.

    network: gives feature maps and logits, as `cut(model, [layer], logits=True)`; images: tensor
    (1, height, width, channels); pick_score: takes the logits, returns the score of the class.
    """
    heats, logits = _heats(network, images, pick_score)
    return heats[0], logits


def _heats(network, images, pick_score):
    """Return the heat of each image, (N, height, width), and all logits.

    pick_score returns the sum of the scores of the images' classes; an image's gradient depends
    on its own score alone.
    """
    with tf.GradientTape() as tape:
        tape.watch(images)
        maps, logits = network(images, training=False)
        score = pick_score(logits)
    gradient = tape.gradient(score, maps)
    if gradient is None:
        raise ValueError(
            "The model's output does not depend on the chosen layer: choose one that leads to it."
        )
    gradient = tf.cast(gradient, images.dtype)
    weights = tf.reduce_mean(gradient, axis=(1, 2), keepdims=True)
    heat = tf.reduce_sum(weights * tf.cast(maps, images.dtype), axis=-1, keepdims=True)
    return tf.image.resize(tf.nn.relu(heat), tf.shape(images)[1:3])[..., 0], logits


def scale_heat(heat: ArrayLike) -> np.ndarray:
    """Return heat maps as float32, each 1 at its strongest place, or 0 everywhere."""
    heat = np.asarray(heat)
    strongest = heat.max(axis=(-2, -1), keepdims=True)
    return (heat / np.where(strongest > 0, strongest, 1)).astype("float32")


def occlusion_map(
    model: keras.Model,
    image: ArrayLike,
    class_index: int | Sequence[int] | None = None,
    window: int | None = None,
    stride: int | None = None,
) -> np.ndarray:
    """Return how much the probability of a class falls when a part of the image is covered.

    A square of `window` pixels (default: a quarter of the shorter side) in the image's mean
    colour moves over it in steps of `stride` pixels (default: a quarter of the window).
    image, class_index: as in `grad_cam`. Zeiler and Fergus (2014).
    Returns (height, width), float32: the mean fall over all squares that cover a pixel; negative
    where covering helps the class. For a batch (N, height, width).

    >>> inputs = keras.Input((8, 8, 1))
    >>> conv = keras.layers.Conv2D(4, 3, activation="relu", name="conv")
    >>> model = keras.Sequential([inputs, conv, keras.layers.Flatten(), keras.layers.Dense(2)])
    >>> occlusion_map(model, np.ones((8, 8, 1)), class_index=0, window=4).shape
    (8, 8)
    """
    check_model(model)
    check_outputs(model)
    images, is_one = to_batch(model, image)
    classes = spread_classes(class_index, len(images))
    window = max(1, min(images.shape[1:3]) // 4) if window is None else window
    stride = max(1, window // 4) if stride is None else stride
    network = keras.Model(model.inputs[0], model.outputs[0], name=model.name)  # no dictionaries
    maps = [_falls(network, *pair, window, stride) for pair in zip(images, classes, strict=True)]
    return maps[0] if is_one else np.stack(maps)


def _falls(model, image, class_index, window, stride):
    """Return the map of one image, (height, width)."""
    corners = [
        (top, left)
        for top in _starts(image.shape[0], window, stride)
        for left in _starts(image.shape[1], window, stride)
    ]
    before = to_probabilities(model, model(image[np.newaxis], training=False))
    (number,) = pick_classes(before, [class_index])
    falls, count = np.zeros((2, *image.shape[:2]))
    for start in range(0, len(corners), COVERED):
        some = corners[start : start + COVERED]
        covered = np.repeat(image[np.newaxis], len(some), axis=0)
        for picture, (top, left) in zip(covered, some, strict=True):
            picture[top : top + window, left : left + window] = image.mean(axis=(0, 1))
        after = to_probabilities(model, model(covered, training=False))[:, number]
        for value, (top, left) in zip(after, some, strict=True):
            place = slice(top, top + window), slice(left, left + window)
            falls[place] += before[0, number] - value
            count[place] += 1
    return (falls / count).astype("float32")


def overlay(image: ArrayLike, heat: ArrayLike, strength: float = 0.7) -> np.ndarray:
    """Return a heat map painted over an image, which stays grey where the map is cold.

    image: (height, width), or (height, width, channels) of 1 or 3 channels, stretched to its own
    range; heat: (height, width), where values below 0 count as 0; strength: how much of the image
    the hottest colour covers. Returns (height, width, 3), from 0 to 1.

    >>> overlay(np.zeros((8, 8, 1)), heat=np.eye(8)).shape
    (8, 8, 3)
    """
    from matplotlib import colormaps

    image, heat = np.asarray(image, dtype="float32"), np.clip(heat, 0, None)
    image = image[..., np.newaxis] if image.ndim == 2 else image
    if image.ndim != 3 or image.shape[-1] not in (1, 3):
        raise ValueError(
            f"image has the shape {image.shape}: give one image, (height, width) or "
            "(height, width, 3)."
        )
    if not (np.isfinite(image).all() and np.isfinite(heat).all()):
        raise ValueError("image or heat holds values that are not numbers (NaN or infinite).")
    if image.shape[:2] != heat.shape:
        raise ValueError(
            f"image has the shape {image.shape} and heat {heat.shape}: their heights and widths "
            "must be the same."
        )
    low, high = image.min(), image.max()
    grey = np.mean((image - low) / ((high - low) or 1.0), axis=-1, keepdims=True)
    hot = heat / (heat.max() or 1.0)
    colour, share = colormaps["inferno"](hot)[..., :3], strength * hot[..., np.newaxis]
    return ((1 - share) * grey + share * colour).astype("float32")


def _add_scores(logits, classes):
    """Return the sum of the scores of the images' classes; of one output, class 0 has its negative.

    classes: (N,) numbers.
    """
    if logits.shape[1] == 1:
        logits = tf.concat([-logits, logits], axis=1)
    return tf.reduce_sum(logits * tf.one_hot(classes, logits.shape[1], dtype=logits.dtype))


def _starts(side, window, stride):
    """Return where a window begins along a side, so that every pixel is covered."""
    if not 0 < window <= side:
        raise ValueError(f"window is {window}: give a size from 1 to {side} pixels.")
    if not 0 < stride <= window:
        raise ValueError(f"stride is {stride}: give 1 to {window} pixels, the window's size.")
    return sorted({*range(0, side - window, stride), side - window})
