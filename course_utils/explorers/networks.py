"""A Keras model as a list of layers that the page can compute: `static/layers.js` has their kinds.

Bias, activation and batch normalization become layers of their own, a separable convolution the
two that it is made of, so that the page needs to know few kinds.
"""

from collections.abc import Iterator
from typing import Any

import course_utils.keras_inside.start
from course_utils.explorers.tensors import Packed, pack
from course_utils.interpretation.layers import last_maps, layers_of
from course_utils.keras_inside.ends import SCORES, SIGMOID, SOFTMAX, read_end
from course_utils.keras_inside.graph import calls, is_model

import keras
import numpy as np
from keras import layers

MOST_WEIGHTS = 30_000_000
ACTIVATIONS = (
    *("linear", "relu", "relu6", "leaky_relu", "elu", "selu", "silu", "gelu", "sigmoid"),
    *("hard_sigmoid", "hard_silu", "tanh", "softplus", "softsign", "exponential", "softmax"),
)
MERGES = ("Add", "Average", "Subtract", "Multiply", "Maximum", "Minimum")

Entry = dict[str, Any]


def describe(model: keras.Model, kind: str = "float16") -> dict[str, Any]:
    """Return what the page needs to compute a model: its layers, and what its end gives.

    kind : of the numbers that stand for the weights, "float16" or "float32".

    ``layers`` are dicts with their ``kind``, ``title`` (the layer's name) and ``sources`` (which
    of those before them go in); ``places`` says which of them gives the output of a layer;
    ``end`` is "probabilities" or "scores"; ``scores`` the place before a softmax or sigmoid.

    Raises ValueError in one sentence for a layer that the page does not know, and for a model
    with more weights than a page can hold.
    """
    if model.count_params() > MOST_WEIGHTS:
        raise ValueError(
            f"The model {model.name!r} has {model.count_params():,} weights, and a page computes "
            f"networks of up to {MOST_WEIGHTS:,}: take a smaller one, such as MobileNet."
        )
    entries, places = [], {}
    output = _add(model, None, entries, places, kind)
    end = read_end(model.outputs[0])
    scores = output
    if end.kind in (SOFTMAX, SIGMOID):
        while entries[scores]["kind"] in ("Identity", "Reshape"):
            scores = entries[scores]["sources"][0]
        if entries[scores]["kind"] == "Activation":
            scores = entries[scores]["sources"][0]
    return {
        "name": model.name,
        "input": list(model.inputs[0].shape[1:]),
        "layers": entries,
        "places": places,
        "scores": scores,
        "end": "scores" if end.kind == SCORES else "probabilities",
    }


def with_grad_cam(model: keras.Model, kind: str = "float16") -> dict[str, Any]:
    """Return `describe(model)` and, as ``maps``, the place of the maps that Grad-CAM weighs."""
    network = describe(model, kind)
    return network | {"maps": network["places"][_name_of(last_maps(model), model)]}


def _name_of(wanted, model):
    return next(name for name, layer in layers_of(model).items() if layer is wanted)


def _add(model, source, entries: list[Entry], places: dict[str, int], kind: str) -> int:
    """Add the layers of a model behind the entry `source`; return the place of its output."""
    numbers = []  # of the entries that give the outputs of the calls
    for call in calls(model):
        sources = [numbers[place] for place in call.sources]
        if is_model(call.layer):
            numbers.append(_add(call.layer, sources[0], entries, places, kind))
            continue
        if isinstance(call.layer, layers.InputLayer):
            numbers.append(_begin(entries, source))
            continue
        for entry in _entries(call, kind):
            entries.append({"title": call.layer.name, "sources": sources, **entry})
            sources = [len(entries) - 1]
        name = call.layer.name
        places[f"{model.name}/{name}" if name in places else name] = sources[0]
        numbers.append(sources[0])
    return numbers[-1]


def _begin(entries, source):
    if source is not None:
        return source
    entries.append({"kind": "Input", "title": "input", "sources": []})
    return 0


def _entries(call, kind: str) -> Iterator[Entry]:
    """Yield what a layer is for the page; ValueError where the page does not know it."""
    layer, name = call.layer, type(call.layer).__name__
    is_known = name in KINDS and _is_of_keras(layer) and _fits(call, name)
    if not is_known and not _is_idle(layer):
        raise ValueError(
            f"The page does not know the layer {layer.name!r} ({name}), so it cannot compute "
            "the network: it knows convolutions, pooling, dense layers, batch normalization, "
            "activations, padding, sums and concatenation."
        )
    yield from KINDS[name](layer, call, kind) if is_known else [{"kind": "Identity"}]


def _is_of_keras(layer) -> bool:
    return type(layer).__module__.split(".")[0] == "keras"


def _fits(call, name) -> bool:
    """Tell whether the page computes this call of a layer of a known kind, too."""
    last = len(call.outputs[0]) - 1
    over_channels = getattr(call.layer, "axis", -1) in (-1, last, [-1], [last], (-1,), (last,))
    if not over_channels or getattr(call.layer, "data_format", "") == "channels_first":
        return False
    if name not in MERGES:
        return name == "Concatenate" or len(call.sources) == 1
    channels = call.outputs[0][-1:]  # a smaller input has one number for each of them
    sizes = [shape[1:] for shape in call.inputs]
    return len(call.sources) > 1 and all(
        size == call.outputs[0][1:] or size in (channels, (1, 1, *channels)) for size in sizes
    )


def _is_idle(layer) -> bool:
    """Tell whether a layer changes nothing but in training."""
    kind = type(layer).__name__
    random = kind.startswith("Random") and (_is_of_keras(layer) or kind == "RandomAffine")
    idle = ("Identity", "GaussianNoise", "ActivityRegularization")
    return random or (_is_of_keras(layer) and ("Dropout" in kind or kind in idle))


def _convolution(layer, call, kind):
    kernel, *bias = layer.get_weights()
    yield _windows(layer) | {
        "kind": "Convolution",
        "groups": layer.groups,
        "kernel": pack(kernel, kind),
        **_bias(bias),
    }
    yield from _activation(layer)


def _depthwise(layer, call, kind):
    kernel, *bias = layer.get_weights()
    yield _windows(layer) | {
        "kind": "DepthwiseConvolution",
        "kernel": pack(kernel, kind),
        **_bias(bias),
    }
    yield from _activation(layer)


def _separable(layer, call, kind):
    depthwise, pointwise, *bias = layer.get_weights()
    yield _windows(layer) | {"kind": "DepthwiseConvolution", "kernel": pack(depthwise, kind)}
    yield {"kind": "Convolution", "kernel": pack(pointwise, kind), **_bias(bias)}
    yield from _activation(layer)


def _dense(layer, call, kind):
    kernel, *bias = layer.get_weights()
    yield {"kind": "Dense", "kernel": pack(kernel, kind), **_bias(bias)}
    yield from _activation(layer)


def _windows(layer) -> Entry:
    return {
        "stride": list(layer.strides),
        "padding": layer.padding,
        "dilation": list(layer.dilation_rate),
    }


def _bias(bias) -> dict[str, Packed]:
    return {"bias": pack(bias[0])} if bias else {}


def _activation(layer, call=None, kind=None):
    function = layer.activation
    name = getattr(function, "__name__", "")
    if name not in ACTIVATIONS:
        raise ValueError(
            f"The page does not know the activation {name or function!r} of the layer "
            f"{layer.name!r}: it knows {', '.join(ACTIVATIONS)}."
        )
    if name != "linear" or isinstance(layer, layers.Activation):
        yield {"kind": "Activation", "name": name}


def _pooling(mode):
    def pooling(layer, call, kind):
        yield {
            "kind": "Pooling",
            "mode": mode,
            "size": list(layer.pool_size),
            "stride": list(layer.strides),
            "padding": layer.padding,
        }

    return pooling


def _global_pooling(mode):
    def pooling(layer, call, kind):
        channels = call.inputs[0][-1]
        shape = [1, 1, channels] if layer.keepdims else [channels]
        yield {"kind": "GlobalPooling", "mode": mode, "shape": shape}

    return pooling


def _normalization(layer, call, kind):
    """Batch normalization is a number to multiply with and one to add, for each channel."""
    mean, variance = _numbers(layer.moving_mean), _numbers(layer.moving_variance)
    gamma = _numbers(layer.gamma) if layer.scale else 1.0
    beta = _numbers(layer.beta) if layer.center else 0.0
    factor = gamma / np.sqrt(variance + layer.epsilon)
    yield _scale(factor, beta - mean * factor)


def _input_normalization(layer, call, kind):
    mean, variance = _numbers(layer.mean), _numbers(layer.variance)
    factor = 1 / np.maximum(np.sqrt(variance), keras.config.epsilon())
    yield _scale(factor, -mean * factor)


def _numbers(weights):
    return np.ravel(keras.ops.convert_to_numpy(weights)).astype(float)


def _rescaling(layer, call, kind):
    yield _scale(np.ravel(layer.scale), np.ravel(layer.offset))


def _scale(factor, shift) -> Entry:
    return {"kind": "Scale", "factor": pack(factor), "shift": pack(shift)}


def _relu(layer, call, kind):
    high = {} if layer.max_value is None else {"high": float(layer.max_value)}
    slope, low = float(layer.negative_slope), float(layer.threshold)
    yield {"kind": "Activation", "name": "rectifier", "slope": slope, "low": low, **high}


def _leaky_relu(layer, call, kind):
    slope = float(layer.negative_slope)
    yield {"kind": "Activation", "name": "rectifier", "slope": slope}


def _padding(layer, call, kind):
    rows, columns = layer.padding
    yield {"kind": "Padding", "rows": list(rows), "columns": list(columns)}


def _reshape(layer, call, kind):
    shape = [int(n) for n in call.outputs[0][1:] if n is not None]
    yield {"kind": "Reshape", "shape": shape if len(shape) == len(call.outputs[0]) - 1 else None}


def _named(kind_of_page, name=None):
    def entries(layer, call, kind):
        yield {"kind": kind_of_page} | ({"name": name} if name else {})

    return entries


KINDS = {
    "Conv2D": _convolution,
    "DepthwiseConv2D": _depthwise,
    "SeparableConv2D": _separable,
    "Dense": _dense,
    "MaxPooling2D": _pooling("max"),
    "AveragePooling2D": _pooling("average"),
    "GlobalMaxPooling2D": _global_pooling("max"),
    "GlobalAveragePooling2D": _global_pooling("average"),
    "BatchNormalization": _normalization,
    "Normalization": _input_normalization,
    "Rescaling": _rescaling,
    "Activation": _activation,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "Softmax": _named("Activation", "softmax"),
    "ZeroPadding2D": _padding,
    "Flatten": _reshape,
    "Reshape": _reshape,
    "Concatenate": _named("Concatenate"),
    **{name: _named("Merge", name) for name in MERGES},
}
