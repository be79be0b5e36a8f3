"""Find layers at any depth of a model, and build the part of the model that leads to them."""

import difflib
import math
from numbers import Integral

import course_utils.keras_inside.start

import keras
import numpy as np
from keras import layers

CONVOLUTIONS = (
    layers.Conv2D,
    layers.DepthwiseConv2D,
    layers.SeparableConv2D,
    layers.Conv2DTranspose,
)


def convolutions(model) -> list[str]:
    """Return the names of all convolutional layers, in the order in which they are called."""
    found = layers_of(model)
    return [name for name, layer in found.items() if isinstance(layer, CONVOLUTIONS)]


def layers_of(model) -> dict:
    """Return all layers by name, those of nested models before the model that holds them.

    Where two layers have the same name, the second is called "model/layer".
    """
    check_model(model)
    found = {}

    def collect(part):
        for layer in part.layers:
            if is_model(layer):
                collect(layer)
            if not isinstance(layer, layers.InputLayer):
                name = layer.name
                found[f"{part.name}/{name}" if name in found else name] = layer

    collect(model)
    return found


def find_layer(model, layer) -> tuple[str, keras.Layer]:
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


def find_map_layer(model, layer) -> tuple[str, keras.Layer]:
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


def cut(model, wanted, *, logits=False) -> keras.Model:
    """Return a model from the input of `model` to the outputs of the layers `wanted`.

    wanted: layer objects. The result shares all weights, has nothing behind those layers, and
    nested models are unfolded in it. With `logits`, there is one output more: the output of the
    whole model without its last activation (softmax or sigmoid).
    """
    inputs = keras.Input(batch_shape=model.inputs[0].shape, dtype=float_type(model))
    found, names = {}, set()
    last = _last_layer(model) if logits else None

    def call(layer, *args, **options):
        if is_model(layer):
            output = _unfold(layer, args[0], call)
        elif layer is last:
            output = _call_without_activation(layer, args[0])
        else:
            once = layer if layer.name not in names else _Alias(layer)
            output = once(*args, **options)
        names.add(layer.name)
        found[id(layer)] = output
        return output

    end = _unfold(model, inputs, call)
    outputs = [found[id(layer)] for layer in wanted] + ([end] if logits else [])
    return keras.Model(inputs, outputs)


def resize_input(network, size) -> tuple[keras.Model, int | None]:
    """Return what `cut` returned for images of another (height, width); None stands for any.

    The second value is how many numbers the network makes of one image, in all its layers.
    """
    shape, made = network.inputs[0].shape, []
    inputs = keras.Input((*size, shape[-1]), dtype=network.inputs[0].dtype)

    def call(layer, *args, **options):
        made.append(layer(*args, **options))
        return made[-1]

    try:
        outputs = _unfold(network, inputs, call)
    except (ValueError, TypeError) as problem:
        raise ValueError(
            f"A layer before the chosen one takes images of {shape[1]} x {shape[2]} pixels only: "
            "leave out octaves and size."
        ) from problem
    values = None if None in size else sum(math.prod(output.shape[1:]) for output in made)
    return keras.Model(inputs, outputs), values


def float_type(model) -> str:
    """Return the type images are computed in: float32, or float64 for a model in float64."""
    return "float64" if model.outputs[0].dtype == "float64" else "float32"


def check_model(model) -> None:
    """Raise TypeError or ValueError unless this is a built model with one image as its input."""
    if not isinstance(model, keras.Model):
        raise TypeError(f"model is a {type(model).__name__}: give a Keras model.")
    if not is_model(model):
        raise ValueError(
            f"The model {model.name!r} is a class of its own, whose layers cannot be looked into: "
            "give a Sequential or a functional model."
        )
    if not getattr(model, "inputs", None):
        raise ValueError(
            f"The model {model.name!r} has not been built, so its shapes are unknown: begin it "
            "with keras.Input(...), or call it once on an image."
        )
    shape = model.inputs[0].shape
    if len(model.inputs) != 1 or len(shape) != 4:
        raise ValueError(
            f"The model {model.name!r} takes inputs of shape "
            f"{', '.join(str(tuple(i.shape)) for i in model.inputs)}: these functions look into "
            "models that take one batch of images, (N, height, width, channels)."
        )


def check_images(model, images) -> np.ndarray:
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


def check_image(model, image) -> np.ndarray:
    """Return one image (height, width, channels) as a batch of one."""
    image = np.asarray(image)
    if image.ndim != 3:
        raise ValueError(
            f"image has the shape {image.shape}: give one image, (height, width, channels)."
        )
    return check_images(model, image[None])


def check_filters(filters, count: int, name: str) -> np.ndarray:
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


def is_model(layer) -> bool:
    """Tell whether this is a Sequential or functional model."""
    return isinstance(layer, keras.Sequential) or (
        isinstance(layer, keras.Model) and hasattr(layer, "operations")
    )


def _unfold(model, inputs, call):
    """Call `call(layer, ...)` for each layer of a model, in its order; return the output(s)."""
    made = {}

    def remember(layer, *args, **options):
        made[id(layer)] = call(layer, *args, **options)
        return made[id(layer)]

    plain = keras.Model(model.inputs, model.outputs)  # a Sequential as a functional model
    keras.models.clone_model(
        plain, input_tensors=[inputs], clone_function=lambda layer: layer, call_function=remember
    )
    outputs = [made[id(output._keras_history.operation)] for output in plain.outputs]
    return outputs if len(outputs) > 1 else outputs[0]


def _last_layer(model):
    layer = model.outputs[0]._keras_history.operation
    return _last_layer(layer) if is_model(layer) else layer


class _Alias(keras.Layer):
    """Calls a layer whose name another layer of the unfolded model has already."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def call(self, *args, **options):
        return self.layer(*args, **options)


def _call_without_activation(layer, inputs):
    """Call a layer, without the softmax or sigmoid at its end."""
    if isinstance(layer, layers.Softmax):
        return inputs
    config = layer.get_config()
    if config.get("activation") in (None, "linear"):
        return layer(inputs)
    twin = type(layer).from_config(config | {"activation": "linear"})
    output = twin(inputs)
    twin.set_weights(layer.get_weights())
    return output
