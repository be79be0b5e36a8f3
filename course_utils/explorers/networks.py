"""Networks that answer quickly: one compiled call for the probabilities and all feature maps."""

from collections.abc import Callable

import course_utils.keras_inside.start
from course_utils.interpretation.attribution import heat_for_class, scale_heat
from course_utils.interpretation.layers import last_maps, layers_of, shape_of
from course_utils.interpretation.outputs import check_outputs
from course_utils.keras_inside.cut import cut
from course_utils.keras_inside.graph import is_model, made_by

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike


def map_layers(model: keras.Model) -> dict[str, keras.Operation]:
    """Return the layers that make feature maps, (N, rows, columns, channels), by name.

    Raises TypeError or ValueError for what is no such model, or has no such layer.
    """
    found = {
        name: layer
        for name, layer in layers_of(model).items()
        if len(shape_of(layer)) == 4 and not is_model(layer)
    }
    if not found:
        raise ValueError(
            f"The model {model.name!r} has no layer that makes feature maps: take a network with "
            "convolutions."
        )
    return found


def with_maps(model: keras.Model) -> keras.Model:
    """Return a model that gives a list: the output of each of `map_layers`, then its own."""
    return cut(model, [*map_layers(model).values(), made_by(model.outputs[0])])


def compile_call(function: Callable) -> Callable[[ArrayLike], list[tf.Tensor]]:
    """Return a function of a batch, compiled once for its shape; it returns tensors."""
    compiled = tf.function(function, reduce_retracing=True, autograph=False)
    return lambda batch: compiled(tf.constant(batch, tf.float32))


def compile_grad_cam(
    model: keras.Model,
) -> Callable[[ArrayLike, int], tuple[np.ndarray, np.ndarray]]:
    """Return `interpretation.grad_cam` for one image after the other of a model, compiled once.

    The function takes a batch of one and the number of a class, and returns the heat map, (H, W)
    from 0 to 1, and the scores of all classes before the softmax.
    """
    check_outputs(model)
    network = cut(model, [last_maps(model)], logits=True)

    @tf.function(reduce_retracing=True, autograph=False)
    def compute(images, class_index):
        return heat_for_class(network, images, lambda logits: logits[0, class_index])

    def call(images, class_index):
        heat, logits = compute(tf.constant(images, tf.float32), tf.constant(class_index))
        return scale_heat(heat), logits[0].numpy()

    return call
