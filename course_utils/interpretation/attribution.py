"""Which part of an image made the network decide as it did: Grad-CAM and occlusion."""

from collections.abc import Callable
from functools import partial

import course_utils.keras_inside.start
from course_utils.interpretation.layers import (
    check_image,
    check_images,
    check_model,
    find_map_layer,
    layers_of,
)
from course_utils.keras_inside.cut import cut

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

BATCH = 64  # images that go through the network at a time


def grad_cam(
    model: keras.Model,
    image: ArrayLike,
    class_index: int | None = None,
    layer: str | keras.Layer | None = None,
) -> np.ndarray:
    """Return a heat map of the places that speak for a class (Selvaraju et al., 2017).

    The feature maps of `layer` are added up, each weighted by the mean gradient of the class'
    score (before softmax or sigmoid) with respect to it; what is below zero is cut off.

    image: (height, width, channels), as the model takes it, or a batch of such images, which is
    much quicker than one after the other; class_index: default the class that the model predicts,
    for each image its own; a model with a single sigmoid output has the classes 0 and 1;
    layer: default the last one with feature maps larger than one value.
    Returns (height, width), enlarged to the image's size, float32 from 0 to 1 at the strongest
    place; all zero where nothing speaks for the class. For a batch (N, height, width), each map
    on its own scale.

    >>> inputs = keras.Input((8, 8, 1))
    >>> conv = keras.layers.Conv2D(4, 3, activation="relu", name="conv")
    >>> model = keras.Sequential([inputs, conv, keras.layers.Flatten(), keras.layers.Dense(2)])
    >>> grad_cam(model, np.ones((8, 8, 1)), class_index=0).shape
    (8, 8)
    """
    check_model(model)
    found = last_maps(model) if layer is None else find_map_layer(model, layer)[1]
    images = check_images(model, image) if np.ndim(image) == 4 else check_image(model, image)
    network = cut(model, [found], logits=True)
    heats = [
        scale_heat(_heats(network, tf.constant(some), partial(_add_scores, classes=class_index))[0])
        for some in np.split(images, range(BATCH, len(images), BATCH))
    ]
    return np.concatenate(heats) if np.ndim(image) == 4 else heats[0][0]


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
    gradient = tf.cast(tape.gradient(score, maps), images.dtype)
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
    class_index: int | None = None,
    window: int | None = None,
    stride: int | None = None,
) -> np.ndarray:
    """Return how much the probability of a class falls when a part of the image is covered.

    A square of `window` pixels (default: a quarter of the shorter side) in the image's mean
    colour moves over it in steps of `stride` pixels (default: a quarter of the window).
    image, class_index: as in `grad_cam`. Zeiler and Fergus (2014).
    Returns (height, width), float32: the mean fall over all squares that cover a pixel; negative
    where covering helps the class.

    >>> inputs = keras.Input((8, 8, 1))
    >>> conv = keras.layers.Conv2D(4, 3, activation="relu", name="conv")
    >>> model = keras.Sequential([inputs, conv, keras.layers.Flatten(), keras.layers.Dense(2)])
    >>> occlusion_map(model, np.ones((8, 8, 1)), class_index=0, window=4).shape
    (8, 8)
    """
    check_model(model)
    image = check_image(model, image)[0]
    window = max(1, min(image.shape[:2]) // 4) if window is None else window
    stride = max(1, window // 4) if stride is None else stride
    corners = [
        (top, left)
        for top in _starts(image.shape[0], window, stride)
        for left in _starts(image.shape[1], window, stride)
    ]
    before, class_index = _probability(model, image[None], class_index)
    falls, count = np.zeros((2, *image.shape[:2]))
    for start in range(0, len(corners), BATCH):
        some = corners[start : start + BATCH]
        covered = np.repeat(image[None], len(some), axis=0)
        for picture, (top, left) in zip(covered, some, strict=True):
            picture[top : top + window, left : left + window] = image.mean(axis=(0, 1))
        after, _ = _probability(model, covered, class_index)
        for value, (top, left) in zip(after, some, strict=True):
            place = slice(top, top + window), slice(left, left + window)
            falls[place] += before[0] - value
            count[place] += 1
    return (falls / count).astype("float32")


def overlay(image: ArrayLike, heat: ArrayLike, strength: float = 0.7) -> np.ndarray:
    """Return a heat map painted over an image, which stays grey where the map is cold.

    image: (height, width, channels) of 1 or 3 channels, stretched to its own range; heat:
    (height, width), where values below 0 count as 0; strength: how much of the image the hottest
    colour covers. Returns (height, width, 3), from 0 to 1.

    >>> overlay(np.zeros((8, 8, 1)), heat=np.eye(8)).shape
    (8, 8, 3)
    """
    from matplotlib import colormaps

    image, heat = np.asarray(image, dtype="float32"), np.clip(heat, 0, None)
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


def last_maps(model: keras.Model) -> keras.Layer:
    """Return the last layer whose maps hold more than one value."""
    for layer in reversed(layers_of(model).values()):
        shape = layer.output.shape
        if len(shape) == 4 and shape[1:3] != (1, 1):
            return layer
    raise ValueError(f"The model {model.name!r} makes no feature maps, so there is no Grad-CAM.")


def _add_scores(logits, classes):
    """Return the sum of the scores of a class; for a single output, class 0 has the negative score.

    classes: a number for all images, or None for the predicted class of each.
    """
    if logits.shape.rank != 2:
        raise ValueError(f"The model's output has the shape {logits.shape}, not (N, classes).")
    if logits.shape[1] == 1:
        logits = tf.concat([-logits, logits], axis=1)
    if classes is None:
        classes = np.argmax(logits, axis=1)
    else:
        _check_class(classes, logits.shape[1])
    return tf.reduce_sum(logits * tf.one_hot(classes, logits.shape[1], dtype=logits.dtype))


def _probability(model, images, class_index):
    """Return the probability of a class for each image, and the class (default: predicted)."""
    outputs = np.asarray(model(images, training=False))
    if outputs.ndim != 2:
        raise ValueError(f"The model's output has the shape {outputs.shape}, not (N, classes).")
    if outputs.shape[1] == 1:
        outputs = np.hstack([1 - outputs, outputs])
    if class_index is None:
        class_index = int(np.argmax(outputs[0]))
    _check_class(class_index, outputs.shape[1])
    return outputs[:, class_index], class_index


def _check_class(class_index, outputs):
    count = max(outputs, 2)
    if not 0 <= class_index < count:
        raise ValueError(
            f"class_index is {class_index}: the model has the classes 0 to {count - 1}."
        )


def _starts(side, window, stride):
    """Return where a window begins along a side, so that every pixel is covered."""
    if not 0 < window <= side:
        raise ValueError(f"window is {window}: give a size from 1 to {side} pixels.")
    if not 0 < stride <= window:
        raise ValueError(f"stride is {stride}: give 1 to {window} pixels, the window's size.")
    return sorted({*range(0, side - window, stride), side - window})
