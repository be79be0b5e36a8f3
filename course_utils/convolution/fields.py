"""How much of the picture one value of a layer sees: the receptive field."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from course_utils.convolution import checks
from course_utils.convolution.checks import Pair, by
from course_utils.convolution.windows import output_size, pads_of_axis
from course_utils.keras_inside.graph import calls

if TYPE_CHECKING:
    import keras


class ReceptiveField(NamedTuple):
    """What one cell of a layer's output sees of the input; each pair is (rows, columns).

    Attributes
    ----------
    name : str
        The layer's name.
    size : (int, int) or None
        Pixels from the first to the last that a cell sees. Padding counts as pixels here.
    jump : (int, int) or None
        Pixels between what neighbouring cells see. None once the map is gone (`Flatten`, …).
    start : (int, int) or None
        First pixel that cell (0, 0) sees; negative in the padding. Cell (i, j) starts at
        ``start + (i, j) * jump``.
    output : (int, int) or None
        Size of the layer's map, where it is known.

    None for `size` or `start` where it depends on the size of an input that was left open.
    """

    name: str
    size: tuple[int, int] | None
    jump: tuple[int, int] | None
    start: tuple[int, int] | None
    output: tuple[int, int] | None

    @property
    def centre(self) -> tuple[float, float] | None:
        """Middle of what cell (0, 0) sees, in pixels: x.5 lies between two.

        >>> ReceptiveField("conv", size=(3, 3), jump=(1, 1), start=(-1, -1), output=None).centre
        (0.0, 0.0)
        """
        if self.start is None or self.size is None:
            return None
        return tuple(first + (n - 1) / 2 for first, n in zip(self.start, self.size, strict=True))


class _Step(NamedTuple):
    """What a layer does to a map; `padding` is a word, a number, or (before, after) per axis."""

    name: str
    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: str | int | tuple = "valid"
    dilation: tuple[int, int] = (1, 1)
    whole_map: bool = False


def receptive_field(
    model_or_layers: "keras.Model | Sequence[dict]", input_size: Pair | None = None
) -> list[ReceptiveField]:
    """Follow the window that one output cell has on the input, layer by layer.

    A window of n pixels, dilated by d, grows the field by (n - 1) * d times the product of the
    strides before it; its own stride multiplies the jump. Layers that treat each pixel alone (ReLU,
    dropout, batch normalisation) change nothing. `Flatten`, `Dense` and global pooling see whatever
    part of the picture their map covers; pixels cut off by strides stay unseen.

    Parameters
    ----------
    model_or_layers : a built Keras model whose layers form a chain, or a list of dicts
        ``{"kernel": 3, "stride": 1, "padding": "valid", "dilation": 1, "name": "conv"}``; all but
        `kernel` may be left out. Pooling is a window like any other.
    input_size : int or (rows, columns), optional
        Size of the picture, for a list, or for a model that leaves it open.

    Returns
    -------
    list of ReceptiveField, one for each layer

    Raises
    ------
    ValueError
        For a branching model, a layer whose effect is not known, or a map that runs out of pixels.

    Examples
    --------
    >>> fields = receptive_field([{"kernel": 3}, {"kernel": 2, "stride": 2}, {"kernel": 3}])
    >>> [field.size for field in fields]
    [(3, 3), (4, 4), (8, 8)]
    """
    pixels = None if input_size is None else checks.pair(input_size, "input_size")
    if isinstance(model_or_layers, (list, tuple)):
        steps = [_step_of_dict(layer, n) for n, layer in enumerate(model_or_layers, start=1)]
    else:
        steps = _steps_of_model(model_or_layers)
        pixels = _input_size(model_or_layers, pixels)
    field = ReceptiveField("input", (1, 1), (1, 1), (0, 0), pixels)
    fields = []
    for step in steps:
        field = _see_whole_map(field, step, pixels) if step.whole_map else _grow(field, step)
        fields.append(field)
    return fields


def _grow(field, step):
    if field.jump is None:  # After Flatten, every cell sees the same.
        return field._replace(name=step.name)
    axes = [_grow_axis(field, step, axis) for axis in (0, 1)]
    size, jump, start, output = zip(*axes, strict=True)
    start = None if None in start else start
    output = None if None in output else output
    return ReceptiveField(step.name, size, jump, start, output)


def _grow_axis(field, step, axis):
    """Size, jump, start and output of one axis after a step."""
    size, jump = field.size[axis], field.jump[axis]
    start = field.start and field.start[axis]
    pixels = field.output and field.output[axis]
    kernel, stride, dilation = step.kernel[axis], step.stride[axis], step.dilation[axis]
    before, output = _slide(step, pixels, kernel, stride, dilation, axis)
    if start is not None:
        start = None if before is None else start - before * jump
    return size + (kernel - 1) * dilation * jump, jump * stride, start, output


def _slide(step, pixels, kernel, stride, dilation, axis):
    """Zeros before the first pixel, and places of the window; None where `pixels` decides it."""
    if isinstance(step.padding, tuple):  # ZeroPadding2D
        before, after = step.padding[axis]
        return before, pixels and pixels + before + after
    if pixels is None:
        if step.padding == "same" and stride > 1:
            return None, None
        # At stride 1 the padding is the same for every size.
        return pads_of_axis(1, kernel, 1, step.padding, dilation)[0], None
    before, _ = pads_of_axis(pixels, kernel, stride, step.padding, dilation)
    try:
        return before, output_size(pixels, kernel, stride, step.padding, dilation)
    except ValueError as error:
        raise ValueError(f'The map runs out of pixels at layer "{step.name}": {error}') from None


def _see_whole_map(field, step, pixels):
    if field.jump is None:
        return field._replace(name=step.name)
    if field.output is None:
        return ReceptiveField(step.name, None, None, None, None)
    size, start = [], []
    for axis in (0, 1):
        first = max(field.start[axis], 0)
        reach = (field.output[axis] - 1) * field.jump[axis] + field.size[axis]
        last = min(field.start[axis] + reach, pixels[axis])
        start.append(first)
        size.append(last - first)
    return ReceptiveField(step.name, tuple(size), None, tuple(start), None)


def _step_of_dict(layer, number):
    known = ("kernel", "stride", "padding", "dilation", "name")
    if not isinstance(layer, dict) or "kernel" not in layer or set(layer) - set(known):
        raise ValueError(
            f"Layer {number} must be a dict with kernel and, at will, {', '.join(known[1:])}; "
            f"found {layer!r}."
        )
    step = _Step(
        name=str(layer.get("name", f"layer {number}")),
        kernel=checks.pair(layer["kernel"], "kernel"),
        stride=checks.pair(layer.get("stride", 1), "stride"),
        padding=layer.get("padding", "valid"),
        dilation=checks.pair(layer.get("dilation", 1), "dilation"),
    )
    pads_of_axis(1, 1, 1, step.padding, 1)  # Refuses a padding that is none.
    return step


# Keras layers and operations, by class name, that treat each pixel alone (at inference).
_PIXELWISE = (
    *("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Identity"),
    *("Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "AlphaDropout"),
    *("BatchNormalization", "Normalization", "Rescaling", "ActivityRegularization"),
    *("Relu", "Relu6", "Sigmoid", "Tanh", "Silu", "Gelu"),
    *("Add", "Subtract", "Multiply", "Divide", "TrueDivide"),
)
_WINDOWED = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D")


def _steps_of_model(model):
    steps = []
    for operation, before, after in _chain(model):
        if hasattr(operation, "layers"):  # A model in the model.
            steps += _steps_of_model(operation)
        else:
            steps.append(_step_of_layer(operation, before, after))
    return steps


def _chain(model):
    """The layers of a Keras model from input to output, each with the shapes before and after."""
    if not getattr(model, "inputs", None) or not getattr(model, "outputs", None):
        raise ValueError(
            f"receptive_field needs a Keras model that knows its input, or a list of dicts; found "
            f"{type(model).__name__}. A Sequential model knows it with keras.Input(shape) in front."
        )
    if len(model.inputs) > 1 or len(model.outputs) > 1:
        raise ValueError(
            f'receptive_field follows one chain of layers; "{model.name}" has {len(model.inputs)} '
            f"inputs and {len(model.outputs)} outputs."
        )
    chain = [call for call in calls(model) if call.sources]  # all but the input
    for call in chain:
        if len(call.sources) > 1:
            raise ValueError(
                f'receptive_field follows one chain of layers, and "{call.layer.name}" joins '
                f"{len(call.sources)} branches; describe one branch as a list of dicts, or cut the "
                f"model before it: keras.Model(model.input, layer.output)."
            )
    return [(call.layer, call.inputs[0], call.outputs[0]) for call in chain]


def _step_of_layer(layer, before, after):
    kind, name = type(layer).__name__, layer.name
    if kind in _WINDOWED:
        return _window_of_layer(layer)
    if kind == "ZeroPadding2D":
        return _Step(name, padding=tuple(map(tuple, layer.padding)))
    if kind.startswith("Global") or (kind in ("Flatten", "Reshape", "Dense") and len(after) == 2):
        return _Step(name, whole_map=True)
    # On a map, Dense is a 1x1 convolution; Reshape may add the axis of channels; layers named
    # Random… augment, and do nothing at inference.
    may_keep = kind in ("Dense", "Reshape") or kind.startswith("Random")
    keeps = may_keep and len(after) == 4 and before[1:3] == after[1:3]
    if kind in _PIXELWISE or keeps:
        return _Step(name)
    raise ValueError(
        f'receptive_field does not know what the layer "{name}" ({kind}) does to a map; describe '
        f"the layers as a list of dicts instead."
    )


def _window_of_layer(layer):
    if layer.data_format == "channels_first":
        raise ValueError(
            f'receptive_field reads maps with channels last; layer "{layer.name}" has them first.'
        )
    kernel = tuple(getattr(layer, "kernel_size", None) or layer.pool_size)
    dilation = checks.pair(getattr(layer, "dilation_rate", 1), "dilation")
    return _Step(layer.name, kernel, checks.pair(layer.strides, "stride"), layer.padding, dilation)


def _input_size(model, given):
    shape = tuple(model.inputs[0].shape)
    if len(shape) not in (3, 4):
        raise ValueError(
            f"receptive_field needs pictures as input, (batch, height, width, channels); "
            f'"{model.name}" takes {shape}.'
        )
    known = shape[1:3]
    if given and any(n not in (None, g) for n, g in zip(known, given, strict=True)):
        raise ValueError(f'"{model.name}" takes pictures of {by(known)}, not {by(given)}.')
    return given or (None if None in known else known)
