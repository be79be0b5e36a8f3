"""Find layers at any depth of a model, and check what it is to be shown."""

import difflib
from collections.abc import Sequence
from numbers import Integral

import course_utils.keras_inside.start
from course_utils.keras_inside.cut import float_type
from course_utils.keras_inside.graph import is_model, walk

import keras
import numpy as np
from keras import layers
from numpy.typing import ArrayLike

CONVOLUTIONS = (
    layers.Conv2D,
    layers.DepthwiseConv2D,
    layers.SeparableConv2D,
    layers.Conv2DTranspose,
)


def convolutions(model: keras.Model) -> list[str]:
    """Return the names of all convolutional layers, in the order in which they are called.

    >>> model = keras.applications.MobileNet(weights=None, alpha=0.25)
    >>> convolutions(model)[:3]
    ['conv1', 'conv_dw_1', 'conv_pw_1']
    """
    found = layers_of(model)
    return [name for name, layer in found.items() if isinstance(layer, CONVOLUTIONS)]


def layers_of(model: keras.Model) -> dict:
    """Return all layers by name, those of nested models before the model that holds them.

    Where two layers have the same name, the second is called "model/layer".
    """
    check_model(model)
    found = {}
    for layer, holder in walk(model):
        if not is_model(holder):
            continue  # a class of its own, which is called as a whole
        if isinstance(layer, keras.Layer) and not isinstance(layer, layers.InputLayer):
            name = layer.name
            found[f"{holder.name}/{name}" if name in found else name] = layer
    return found


def find_layer(model: keras.Model, layer: str | keras.Layer) -> tuple[str, keras.Layer]:
    """Return name and layer object for a name or an object.

    Raises ValueError where the model has no such layer; it lists the names that come close.
    """
    found = layers_of(model)
    if isinstance(layer, layers.InputLayer):
        raise ValueError(f"{layer.name!r} is the input itself: choose a layer behind it.")
    if isinstance(layer, keras.Layer):
        for name, candidate in found.items():
            if candidate is layer:
                return name, layer
        raise ValueError(f"The layer {layer.name!r} is not part of the model {model.name!r}.")
    if layer in found:
        return layer, found[layer]
    close = difflib.get_close_matches(str(layer), found, n=4) or convolutions(model)[:6]
    raise ValueError(
        f"The model {model.name!r} has no layer {layer!r}: "
        f"perhaps {' or '.join(map(repr, close or list(found)[:6]))}?"
    )


def find_map_layer(model: keras.Model, layer: str | keras.Layer) -> tuple[str, keras.Layer]:
    """Return name and object of a layer that makes feature maps (N, height, width, channels).

    Raises ValueError where its output has another shape; it lists the convolutions.
    """
    name, found = find_layer(model, layer)
    if len(found.output.shape) != 4:
        raise ValueError(
            f"{name!r} is a {type(found).__name__} layer without feature maps; its output has the "
            f"shape {tuple(found.output.shape)}: choose a convolution, such as "
            f"{', '.join(convolutions(model)[:6]) or '(this model has none)'}."
        )
    return name, found


def check_model(model: keras.Model) -> None:
    """Raise TypeError or ValueError unless this is a built model with one image as its input."""
    if not isinstance(model, keras.Model):
        raise TypeError(f"model is a {type(model).__name__}: give a Keras model.")
    if not is_model(model):
        raise ValueError(
            f"The model {model.name!r} has not been built, so its shapes are unknown: begin it "
            "with keras.Input(...), or call it once on an image."
            if isinstance(model, keras.Sequential)
            else f"The model {model.name!r} is a class of its own, whose layers cannot be looked "
            "into: give a Sequential or a functional model."
        )
    shape = model.inputs[0].shape
    if len(model.inputs) != 1 or len(shape) != 4:
        raise ValueError(
            f"The model {model.name!r} takes inputs of shape "
            f"{', '.join(str(tuple(i.shape)) for i in model.inputs)}: these functions look into "
            "models that take one batch of images, (N, height, width, channels)."
        )


def check_images(model: keras.Model, images: ArrayLike) -> np.ndarray:
    """Return images as a float array; ValueError unless the shape is what the model takes."""
    images = np.asarray(images)
    expected = tuple(model.inputs[0].shape)
    fits = images.ndim == 4 and all(
        size in (None, found) for size, found in zip(expected[1:], images.shape[1:], strict=True)
    )
    if not fits:
        text = ", ".join("any" if size is None else str(size) for size in expected[1:])
        hint = " (for one image: image[None])" if images.ndim == 3 else ""
        raise ValueError(f"images have the shape {images.shape}, not (N, {text}){hint}.")
    if images.dtype.kind not in "biuf":
        raise ValueError(f"images are of type {images.dtype}: give numbers.")
    if not len(images):
        raise ValueError("There is no image: the array is empty.")
    return images.astype(float_type(model))


def check_image(model: keras.Model, image: ArrayLike) -> np.ndarray:
    """Return one image (height, width, channels) as a batch of one."""
    image = np.asarray(image)
    if image.ndim != 3:
        raise ValueError(
            f"image has the shape {image.shape}: give one image, (height, width, channels)."
        )
    return check_images(model, image[None])


def check_filters(filters: int | Sequence[int] | None, count: int, name: str) -> np.ndarray:
    """Return filter numbers as an array; ValueError where the layer has no such filter."""
    if filters is None:
        return np.arange(count)
    numbers = [filters] if isinstance(filters, Integral) else list(filters)
    wrong = [n for n in numbers if not isinstance(n, Integral) or not 0 <= n < count]
    if wrong or not numbers:
        raise ValueError(
            f"{name!r} has the filters 0 to {count - 1}; asked for "
            f"{', '.join(map(str, wrong)) or 'none'}."
        )
    return np.array(numbers, dtype="int32")
