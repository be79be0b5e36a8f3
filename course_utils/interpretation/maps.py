"""What stands in a network's filters, and what they find in an image."""

from course_utils.interpretation.layers import (
    check_images,
    convolutions,
    find_layer,
    find_map_layer,
)
from course_utils.keras_inside.cut import cut

import keras
import numpy as np
from numpy.typing import ArrayLike

BATCH = 64  # images that go through the network at a time


def filter_weights(model: keras.Model, layer: str | keras.Layer) -> np.ndarray:
    """Return the weights of a convolution as small images.

    Shape (filters, kernel height, kernel width, channels of the layer's input); for a depthwise
    convolution, whose filters see one channel each, the last size is 1.
    Raises ValueError for a layer that is not a convolution.

    >>> inputs = keras.Input((8, 8, 1))
    >>> conv = keras.layers.Conv2D(4, 3, activation="relu", name="conv")
    >>> model = keras.Sequential([inputs, conv, keras.layers.Flatten(), keras.layers.Dense(2)])
    >>> filter_weights(model, "conv").shape
    (4, 3, 3, 1)
    """
    name, found = find_layer(model, layer)
    kernel = np.asarray(getattr(found, "kernel", np.zeros(0)))
    if kernel.ndim != 4:
        raise ValueError(
            f"{name!r} is a {type(found).__name__} layer, not a convolution: "
            f"choose one of {', '.join(convolutions(model)) or '(this model has none)'}."
        )
    kind = type(found).__name__
    if "Depthwise" in kind:
        kernel = kernel.reshape(*kernel.shape[:2], 1, -1)
    if "Transpose" in kind:
        kernel = np.swapaxes(kernel, 2, 3)
    return np.moveaxis(kernel, -1, 0)


def feature_maps(
    model: keras.Model,
    images: ArrayLike,
    layers: str | keras.Layer | list[str | keras.Layer] | None = None,
) -> dict[str, np.ndarray]:
    """Return what layers make of images, all of them in one pass through the network.

    images: (N, height, width, channels), as the model takes them; layers: a name, a layer or a
    list of them (default: all convolutions; any layer may be named).
    Returns {layer name: output}, for a convolution of shape (N, height, width, filters).

    >>> inputs = keras.Input((8, 8, 1))
    >>> conv = keras.layers.Conv2D(4, 3, activation="relu", name="conv")
    >>> model = keras.Sequential([inputs, conv, keras.layers.Flatten(), keras.layers.Dense(2)])
    >>> {name: maps.shape for name, maps in feature_maps(model, np.zeros((5, 8, 8, 1))).items()}
    {'conv': (5, 6, 6, 4)}
    """
    names, network = _cut_at(model, layers, find_layer)
    images = check_images(model, images)
    batches = [_call(network, batch) for batch in _in_batches(images)]
    return dict(zip(names, map(np.concatenate, zip(*batches, strict=True)), strict=True))


def dead_filters(
    model: keras.Model,
    images: ArrayLike,
    layers: str | keras.Layer | list[str | keras.Layer] | None = None,
) -> dict[str, np.ndarray]:
    """Return the numbers of the filters that respond to none of the images.

    A filter responds where its value is above zero. Default layers: those that end in a ReLU,
    since only there an unmoved filter gives nothing but zeros. Arguments as in `feature_maps`.
    Returns {layer name: array of filter numbers}.

    >>> inputs = keras.Input((8, 8, 1))
    >>> conv = keras.layers.Conv2D(4, 3, activation="relu", name="conv")
    >>> model = keras.Sequential([inputs, conv, keras.layers.Flatten(), keras.layers.Dense(2)])
    >>> dead_filters(model, np.zeros((5, 8, 8, 1)))  # nothing responds to black
    {'conv': array([0, 1, 2, 3])}
    """
    if layers is None:
        layers = _layers_with_relu(model)
    names, network = _cut_at(model, layers, find_map_layer)
    strongest = None
    for batch in _in_batches(check_images(model, images)):
        found = [maps.max(axis=(0, 1, 2)) for maps in _call(network, batch)]
        strongest = found if strongest is None else list(map(np.maximum, strongest, found))
    return {name: np.flatnonzero(s <= 0) for name, s in zip(names, strongest, strict=True)}


def _cut_at(model, layers, find):
    """Return names, and the model that leads to these layers."""
    if layers is None:
        layers = convolutions(model)
    layers = list(layers) if isinstance(layers, (list, tuple)) else [layers]
    if not layers:
        raise ValueError(f"The model {model.name!r} has no convolution: name the layers to show.")
    found = dict(find(model, layer) for layer in layers)
    return list(found), cut(model, list(found.values()))


def _layers_with_relu(model) -> list[str]:
    from course_utils.interpretation.layers import layers_of

    def ends_in_relu(layer):
        kind = type(layer).__name__
        activation = getattr(getattr(layer, "activation", None), "__name__", "")
        return len(layer.output.shape) == 4 and ("ReLU" in kind or activation.startswith("relu"))

    found = [name for name, layer in layers_of(model).items() if ends_in_relu(layer)]
    if not found:
        raise ValueError(f"No maps of {model.name!r} end in a ReLU: say which layers to look at.")
    return found


def _in_batches(images):
    return (images[start : start + BATCH] for start in range(0, len(images), BATCH))


def _call(network, batch) -> list[np.ndarray]:
    outputs = network(batch, training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return [np.asarray(output) for output in outputs]
