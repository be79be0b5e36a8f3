"""What a network's filters find in images."""

import course_utils.keras_inside.start
from course_utils.convolution import receptive_field
from course_utils.interpretation.layers import (
    check_filters,
    convolutions,
    find_layer,
    find_map_layer,
    to_batch,
)
from course_utils.keras_inside.cut import cut

import keras
import numpy as np
from numpy.typing import ArrayLike

BATCH = 64  # images that go through the network at a time

Layer = str | int | keras.Operation  # a name, a place in `model.layers`, or the layer itself


def feature_maps(
    model: keras.Model,
    images: ArrayLike,
    layers: Layer | list[Layer] | None = None,
) -> dict[str, np.ndarray]:
    """Return what layers make of images, all of them in one pass through the network.

    images: (N, height, width, channels), as the model takes them, or one of them; layers: a name,
    a place in `model.layers`, a layer or a list of these (default: all convolutions; any layer may
    be named).
    Returns {layer name: output}, for a convolution of shape (N, height, width, filters), and of
    one image without the N.

    >>> inputs = keras.Input((8, 8, 1))
    >>> conv = keras.layers.Conv2D(4, 3, activation="relu", name="conv")
    >>> model = keras.Sequential([inputs, conv, keras.layers.Flatten(), keras.layers.Dense(2)])
    >>> {name: maps.shape for name, maps in feature_maps(model, np.zeros((5, 8, 8, 1))).items()}
    {'conv': (5, 6, 6, 4)}
    """
    names, network = _cut_at(model, layers)
    images, is_one = to_batch(model, images)
    batches = [_call(network, batch) for batch in _in_batches(images)]
    outputs = map(np.concatenate, zip(*batches, strict=True))
    return {n: o[0] if is_one else o for n, o in zip(names, outputs, strict=True)}


def strongest_pieces(
    model: keras.Model,
    layer: Layer,
    number: int,
    images: ArrayLike,
    count: int = 12,
) -> list[np.ndarray]:
    """Cut out of images the pieces that excite a filter most, the most exciting first.

    number: of the filter; images: (N, height, width, channels), or one of them. Of each of the
    `count` images to which the filter responds most strongly, the piece is what its strongest
    value sees: its receptive field, without what lies in the padding. The model's layers form a
    chain.
    Returns arrays (rows, columns, channels), smaller at a border of the image.
    Raises ValueError for a layer without feature maps, and for a filter that it has not.

    >>> conv = keras.layers.Conv2D(2, 3, name="conv")
    >>> model = keras.Sequential([keras.Input((8, 8, 1)), conv])
    >>> images = np.random.default_rng(1).uniform(size=(5, 8, 8, 1))
    >>> [piece.shape for piece in strongest_pieces(model, "conv", 0, images, count=2)]
    [(3, 3, 1), (3, 3, 1)]
    """
    name, found = find_map_layer(model, layer)
    check_filters([number], found.output.shape[-1], name)
    field = next(field for field in receptive_field(model) if field.name == found.name)
    images = np.asarray(images)
    images = images[np.newaxis] if images.ndim == 3 else images
    values = feature_maps(model, images, found)[name][..., number]
    pieces = []
    for index in values.max(axis=(1, 2)).argsort()[::-1][:count]:
        place = np.unravel_index(values[index].argmax(), values[index].shape)
        first = [s + p * jump for s, p, jump in zip(field.start, place, field.jump, strict=True)]
        rows, columns = (
            slice(max(start, 0), start + side)
            for start, side in zip(first, field.size, strict=True)
        )
        pieces.append(images[index][rows, columns])
    return pieces


def _cut_at(model, layers):
    """Return names, and the model that leads to these layers."""
    if layers is None:
        layers = convolutions(model)
    layers = list(layers) if isinstance(layers, (list, tuple)) else [layers]
    if not layers:
        raise ValueError(f"The model {model.name!r} has no convolution: name the layers to show.")
    found = dict(find_layer(model, layer) for layer in layers)
    return list(found), cut(model, list(found.values()))


def _in_batches(images):
    return (images[start : start + BATCH] for start in range(0, len(images), BATCH))


def _call(network, batch) -> list[np.ndarray]:
    outputs = network(batch, training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return [np.asarray(output) for output in outputs]
