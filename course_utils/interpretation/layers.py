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


def layers_of(model: keras.Model) -> dict[str, keras.Operation]:
    """Return all layers by name, those of nested models before the model that holds them.

    Operations, such as the addition in `a + b`, are among them. Where two layers have the same
    name, the second is called "model/layer".
    """
    check_model(model)
    found = {}
    for layer, holder in walk(model):
        if not is_model(holder):
            continue  # a class of its own, which is called as a whole
        if isinstance(layer, keras.Operation) and not isinstance(layer, layers.InputLayer):
            name = layer.name
            found[f"{holder.name}/{name}" if name in found else name] = layer
    return found


def shape_of(layer: keras.Operation) -> tuple[int | None, ...]:
    """Return the shape of a layer's output, () where it gives several tensors."""
    return tuple(getattr(layer.output, "shape", ()))


def find_layer(
    model: keras.Model, layer: str | int | keras.Operation
) -> tuple[str, keras.Operation]:
    """Return name and layer object for a name (at any depth), a place in `model.layers`, or object.

    Raises ValueError where the model has no such layer; it lists the names that come close.
    """
    found = layers_of(model)
    if isinstance(layer, Integral):
        layer = _at(model, layer)
    if isinstance(layer, layers.InputLayer):
        raise ValueError(f"{layer.name!r} is the input itself: choose a layer behind it.")
    if isinstance(layer, keras.Operation):
        for name, candidate in found.items():
            if candidate is layer:
                return name, layer
        raise ValueError(f"The layer {layer.name!r} is not part of the model {model.name!r}.")
    if isinstance(layer, str) and layer in found:
        return layer, found[layer]
    close = difflib.get_close_matches(str(layer), found, n=4) or convolutions(model)[:6]
    raise ValueError(
        f"The model {model.name!r} has no layer {layer!r}: "
        f"perhaps {' or '.join(map(repr, close or list(found)[:6]))}?"
    )


def _at(model, place: int):
    try:
        return model.layers[place]
    except IndexError:
        raise ValueError(
            f"{model.name} has {len(model.layers)} layers, so there is no layer {place}."
        ) from None


def find_map_layer(
    model: keras.Model, layer: str | int | keras.Operation
) -> tuple[str, keras.Operation]:
    """Return name and object of a layer that makes feature maps (N, height, width, channels).

    Raises ValueError where its output has another shape; it lists the convolutions.
    """
    name, found = find_layer(model, layer)
    if len(shape_of(found)) != 4:
        raise ValueError(
            f"{name!r} is a {type(found).__name__} layer without feature maps; its output has the "
            f"shape {shape_of(found)}: choose a convolution, such as "
            f"{', '.join(convolutions(model)[:6]) or '(this model has none)'}."
        )
    return name, found


def last_maps(model: keras.Model) -> keras.Operation:
    """Return the layer whose maps a classifier decides by: the last, but before pooling.

    It is the sum where branches are added, the ReLU where one follows a convolution; pooling,
    dropout and maps of one value come behind it. ValueError where nothing that is learnt makes
    such maps.
    """
    maps = [layer for layer in layers_of(model).values() if len(shape_of(layer)) == 4]
    learnt = [place for place, layer in enumerate(maps) if _learns(layer)]
    for layer in reversed(maps[learnt[0] :] if learnt else []):
        kind = type(layer).__name__
        behind = "Pool" in kind or "Dropout" in kind or kind == "Identity"
        if shape_of(layer)[1:3] != (1, 1) and not behind and not is_model(layer):
            return layer
    raise ValueError(f"The model {model.name!r} makes no feature maps, so there is no Grad-CAM.")


def _learns(layer) -> bool:
    """Tell whether a layer has weights, beyond the mean and spread of its input."""
    return bool(getattr(layer, "weights", ())) and not isinstance(layer, layers.Normalization)


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
    for layer, _ in walk(model):
        if isinstance(layer, CONVOLUTIONS) and layer.data_format == "channels_first":
            raise ValueError(
                f"The layer {layer.name!r} takes channels first, and here images and maps have "
                "them last: build the model after "
                'keras.config.set_image_data_format("channels_last").'
            )


def to_batch(model: keras.Model, images: ArrayLike) -> tuple[np.ndarray, bool]:
    """Return images as a batch of floats, and whether it was one image alone.

    images: one (height, width, channels), or a batch (N, height, width, channels), as the model
    takes them. Raises ValueError for other shapes, for no image at all, and for values that are
    no numbers.
    """
    images = np.asarray(images)
    is_one = images.ndim == 3
    batch = images[np.newaxis] if is_one else images
    expected = tuple(model.inputs[0].shape)[1:]
    fits = batch.ndim == 4 and all(
        size in (None, found) for size, found in zip(expected, batch.shape[1:], strict=True)
    )
    if not fits:
        text = ", ".join("any" if size is None else str(size) for size in expected)
        raise ValueError(
            f"images have the shape {images.shape}, and the model {model.name!r} takes ({text}), "
            f"or a batch of such, (N, {text}){_hint(batch.shape, expected)}."
        )
    if images.dtype.kind not in "biuf":
        raise ValueError(f"images are of type {images.dtype}: give numbers.")
    if not len(batch):
        raise ValueError("There is no image: the array is empty.")
    missing = images.size - np.isfinite(images).sum()
    if missing:
        raise ValueError(
            f"{missing:,} of the {images.size:,} values of images are NaN or infinite: find out "
            "where they come from."
        )
    return batch.astype(float_type(model)), is_one


def _hint(found, expected) -> str:
    """Say how images of another shape are made to fit, where that is simple."""
    if len(found) == 2 and expected[-1] == 1:
        return ": add the axis of channels by image[..., None]"
    if len(found) == 4 and found[-1] == 1 and expected[-1] == 3:
        return ": np.repeat(images, 3, axis=-1) makes three channels of a grey one"
    if len(found) == 4 and found[-1] == expected[-1] and None not in expected:
        return f": keras.ops.image.resize(images, ({expected[0]}, {expected[1]})) makes them fit"
    return ""


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
