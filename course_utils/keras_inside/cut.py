"""The part of a model that leads to some of its layers, as a model of its own."""

import math
from collections.abc import Iterable

import course_utils.keras_inside.start
from course_utils.keras_inside.ends import undo_activation
from course_utils.keras_inside.graph import is_model

import keras
from keras import layers


def cut(
    model: keras.Model, wanted: Iterable[keras.Operation], *, logits: bool = False
) -> keras.Model:
    """Return a model from the input of `model` to the outputs of the layers `wanted`.

    wanted: layers or operations, as objects. The result shares all weights, has nothing behind
    those layers, and nested models are unfolded in it. With `logits`, there is one output more:
    the (only) output of the whole model without the softmax or sigmoid at its end. Of a layer
    that is called several times, the last call counts.

    >>> model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.Flatten()])
    >>> cut(model, model.layers[:1]).output_shape
    (None, 6, 6, 2)
    """
    inputs = keras.Input(batch_shape=model.inputs[0].shape, dtype=float_type(model))
    found, names = {}, set()

    def call(layer, *args, **options):
        if is_model(layer):
            output = _unfold(layer, args[0], call)
        else:
            once = layer if layer.name not in names else _Alias(layer)
            output = once(*args, **options)
        names.add(layer.name)
        found[id(layer)] = output
        return output

    whole = _unfold(model, inputs, call)
    outputs = [found[id(layer)] for layer in wanted]
    return keras.Model(inputs, outputs + [undo_activation(whole)] if logits else outputs)


def resize_input(
    network: keras.Model, size: tuple[int | None, int | None]
) -> tuple[keras.Model, int | None]:
    """Return what `cut` returned for images of another (height, width); None stands for any.

    The second value is how many numbers the network makes of one image, in all its layers; None
    where the size is not known. Raises ValueError where a layer takes no other size.

    >>> model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3)])
    >>> larger, values = resize_input(cut(model, model.layers), (10, 10))
    >>> larger.output_shape, values
    ((None, 8, 8, 2), 128)
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
            "leave out octaves and another size, or choose an earlier layer."
        ) from problem
    values = None if None in size else sum(math.prod(output.shape[1:]) for output in made)
    return keras.Model(inputs, outputs), values


def float_type(model: keras.Model) -> str:
    """Return the type images are computed in: float32, or float64 for a model in float64."""
    return "float64" if model.outputs[0].dtype == "float64" else "float32"


def _unfold(model, inputs, call):
    """Call `call(layer, ...)` for each layer of a model, in its order; return the output(s)."""
    # A layer may be called twice; an end of its own tells which result is an output.
    ends = [layers.Identity() for _ in model.outputs]
    results = [end(output) for end, output in zip(ends, model.outputs, strict=True)]
    made = {}

    def step(layer, *args, **options):
        if layer not in ends:
            return call(layer, *args, **options)
        made[layer] = args[0]
        return args[0]

    keras.models.clone_model(
        keras.Model(model.inputs, results),
        input_tensors=keras.tree.flatten(inputs),
        clone_function=lambda layer: layer,
        call_function=step,
    )
    outputs = [made[end] for end in ends]
    return outputs if len(outputs) > 1 else outputs[0]


class _Alias(keras.Layer):
    """Calls a layer whose name another layer of the unfolded model has already."""

    def __init__(self, layer):
        super().__init__()
        self.stands_for = layer

    def call(self, *args, **options):
        return self.stands_for(*args, **options)
