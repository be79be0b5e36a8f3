"""The arithmetic of convolutional networks in NumPy: windows, sizes, receptive field, kernels.

Everything works on one picture, (rows, columns) or (rows, columns, channels), and follows the
conventions of Keras: windows slide from the top left, "same" padding is TensorFlow's. Sizes follow
V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016); receptive
fields follow A. Araujo, W. Norris and J. Sim, "Computing Receptive Fields of Convolutional Neural
Networks", Distill (2019).
"""

import difflib
import math
import operator
from typing import NamedTuple

import numpy as np

# ---------------------------------------------------------------------------------------------
# Convolution
# ---------------------------------------------------------------------------------------------


def convolve(image, kernel, stride=1, padding="valid", dilation=1):
    """Slide a kernel over an image; at each place, sum the products of kernel and pixels.

    This is what a convolutional layer computes (without bias and activation). Strictly
    speaking it is a cross-correlation: the kernel is not flipped. For the convolution of signal
    processing, flip it first: ``convolve(image, kernel[::-1, ::-1])``.

    Parameters
    ----------
    image : array (H, W) or (H, W, C)
        An (H, W) image counts as one channel.
    kernel : array (kh, kw), (kh, kw, C) or (kh, kw, C, F)
        (kh, kw) is applied to each channel on its own; (kh, kw, C) sums over the channels;
        (kh, kw, C, F) does so once for each of F filters, as the weights of a ``Conv2D`` layer.
    stride, dilation : int or (rows, columns)
        Distance between neighbouring windows, and between neighbouring pixels of one window.
        As in Keras, only one of the two may be above 1.
    padding : "valid", "same" or int
        No zeros around the image; as many as keep its size at stride 1 (see `padding_amount`);
        or that many on every side.

    Returns
    -------
    array (H', W'), (H', W', C) for a (kh, kw) kernel on channels, or (H', W', F) for F filters
        Of the image's float type (float32 or float64). An integer image takes the kernel's type;
        integers with integers give exact int64.

    Raises
    ------
    TypeError, ValueError
        In one sentence, with the shapes in it.
    """
    image, kernel = _check_numbers(image, "image"), _check_numbers(kernel, "kernel")
    image = _match_channels(image, kernel)
    over = f" of a kernel of {_by(kernel.shape)} on an image of {_by(image.shape)}"
    stride, dilation = _pair(stride, "The stride" + over), _pair(dilation, "The dilation" + over)
    if max(stride) > 1 and max(dilation) > 1:
        raise ValueError(
            f"The stride{over} is {_by(stride)} and its dilation {_by(dilation)}: as Keras forbids "
            f"both above 1, set one of them to 1."
        )
    image, kernel = _same_type(image, kernel)
    output, pads = _plan(image.shape, kernel.shape, stride, padding, dilation)
    return _sum_of_products(_pad(image, pads), kernel, stride, dilation, output)


def convolve_loops(image, kernel):
    """Convolve by the definition: one Python loop over rows, one over columns.

    The same as ``convolve(image, kernel)`` with stride 1 and no padding, and far slower: made to be
    read, and to check the fast one against.

    Parameters
    ----------
    image, kernel : arrays (H, W) and (kh, kw), or (H, W, C) and (kh, kw, C)

    Returns
    -------
    array (H - kh + 1, W - kw + 1)
    """
    image, kernel = _check_numbers(image, "image"), _check_numbers(kernel, "kernel")
    if kernel.ndim != image.ndim:
        raise ValueError(
            f"convolve_loops needs an image and a kernel with equally many axes, found an image of "
            f"{_by(image.shape)} and a kernel of {_by(kernel.shape)}; convolve takes both."
        )
    image, kernel = _same_type(_match_channels(image, kernel), kernel)
    height, width = kernel.shape[:2]
    rows = output_size(image.shape[0], height)
    columns = output_size(image.shape[1], width)
    result = np.zeros((rows, columns), image.dtype)
    for row in range(rows):
        for column in range(columns):
            patch = image[row : row + height, column : column + width]
            result[row, column] = np.sum(patch * kernel)
    return result


def _sum_of_products(image, kernel, stride, dilation, output):
    """Convolve a padded image: a band of rows at a time, so that the sums stay in the cache."""
    values_per_cell = image.shape[2:] if kernel.ndim == 2 else kernel.shape[3:]
    result = np.zeros(output + values_per_cell, image.dtype)
    rows = max(1, 2**18 // result[0].nbytes)
    for top in range(0, output[0], rows):
        band = result[top : top + rows]
        _add_products(image[top * stride[0] :], kernel, stride, dilation, band)
    return result


def _add_products(image, kernel, stride, dilation, result):
    """Add, for each weight of the kernel, the pixels it meets times that weight."""
    # A weight is a number, or C weights (or C x F) that sum over the channels: a matrix product.
    multiply = np.multiply if kernel.ndim == 2 else np.matmul
    product = np.empty_like(result)
    for place, pixels in _shifted_views(image, kernel.shape, stride, dilation, result.shape):
        multiply(pixels, kernel[place], out=product)
        result += product


def _shifted_views(image, window, stride, dilation, output):
    """Yield, for each place (i, j) in the window, the pixels that it meets on its way."""
    for i, j in np.ndindex(*window[:2]):
        top, left = i * dilation[0], j * dilation[1]
        rows = slice(top, top + (output[0] - 1) * stride[0] + 1, stride[0])
        columns = slice(left, left + (output[1] - 1) * stride[1] + 1, stride[1])
        yield (i, j), image[rows, columns]


# ---------------------------------------------------------------------------------------------
# Pooling
# ---------------------------------------------------------------------------------------------


def pool(image, size=2, stride=None, mode="max", padding="valid"):
    """Reduce each window of an image to its maximum or its average, channel by channel.

    Parameters
    ----------
    image : array (H, W) or (H, W, C)
    size : int or (rows, columns)
    stride : int or (rows, columns), default `size`
        The default makes the windows tile the image.
    mode : "max" or "average"
    padding : "valid", "same" or int (smaller than the window)
        As in Keras, padded cells never count: they cannot win, and an average leaves them out.

    Returns
    -------
    array (H', W') or (H', W', C)
        "max" keeps the image's type; "average" is float64 for integers, else the float type.
    """
    image = _check_image(image)
    over = f" of windows on an image of {_by(image.shape)}"
    size = _pair(size, "The size" + over)
    stride = size if stride is None else _pair(stride, "The stride" + over)
    _check_mode(mode)
    output, pads = _plan(image.shape, size, stride, padding, (1, 1))
    if padding != "same" and pads[0][0] >= min(size):
        raise ValueError(
            f"A padding of {padding} would leave windows of {_by(size)} without a pixel of the "
            f"image of {_by(image.shape)}; take a padding smaller than the window."
        )
    reduce = _window_maximum if mode == "max" else _window_average
    return reduce(image, size, stride, output, pads)


def global_pool(image, mode="average"):
    """Reduce each channel of an image to one number, its average or its maximum.

    (H, W, C) gives (C,), as ``GlobalAveragePooling2D`` does; (H, W) gives one number.
    """
    image = _check_image(image)
    _check_mode(mode)
    if mode == "max":
        return image.max(axis=(0, 1))
    return image.mean(axis=(0, 1), dtype=np.float64).astype(_float_type(image))[()]


def _window_maximum(image, size, stride, output, pads):
    # The lowest pixel is as good as minus infinity: each window has a pixel at least as high.
    padded = _pad(image, pads, image.min())
    result = None
    for _, pixels in _shifted_views(padded, size, stride, (1, 1), output):
        result = pixels.copy() if result is None else np.maximum(result, pixels, out=result)
    return result


def _window_average(image, size, stride, output, pads):
    total = np.zeros(output + image.shape[2:], _float_type(image))
    for _, pixels in _shifted_views(_pad(image, pads), size, stride, (1, 1), output):
        total += pixels
    count = np.zeros(output, total.dtype)
    inside = _pad(np.ones(image.shape[:2], total.dtype), pads)
    for _, pixels in _shifted_views(inside, size, stride, (1, 1), output):
        count += pixels
    return total / count.reshape(output + (1,) * (image.ndim - 2))


# ---------------------------------------------------------------------------------------------
# Sizes and costs
# ---------------------------------------------------------------------------------------------


def output_size(size, kernel, stride=1, padding="valid", dilation=1):
    """Count the places of a window along one axis: the size of the output.

    With e = (kernel - 1) * dilation + 1 pixels from the window's first to its last::

        "valid"     floor((size - e) / stride) + 1
        "same"      ceil(size / stride)
        int p       floor((size + 2 p - e) / stride) + 1

    All arguments are whole numbers of pixels along that axis. ValueError when no window fits.
    """
    size, kernel, stride, dilation = _check_axis(size, kernel, stride, dilation)
    places = _count_places(size, kernel, stride, padding, dilation)
    if places < 1:
        dilated = f" dilated by {dilation}" if dilation > 1 else ""
        raise ValueError(
            f"A kernel of {kernel}{dilated} does not fit into a size of {size} with padding "
            f'{padding!r}; take a smaller kernel, a larger image or padding "same".'
        )
    return places


def padding_amount(size, kernel, stride=1, dilation=1):
    """Count the zeros that "same" padding puts before and after the pixels of one axis.

    TensorFlow's rule: as many as ``ceil(size / stride)`` windows need. An odd number puts the
    extra zero after, at the bottom or right; PyTorch pads both sides alike instead.

    Returns
    -------
    (before, after) : two ints
    """
    size, kernel, stride, dilation = _check_axis(size, kernel, stride, dilation)
    last_window = (math.ceil(size / stride) - 1) * stride
    total = max(last_window + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def parameter_count(kernel, channels_in, filters, bias=True):
    """Count the weights of a convolutional layer: (kh * kw * channels_in + 1) * filters.

    `kernel` is an int or (rows, columns); without bias there is no + 1.
    """
    weights = math.prod(_pair(kernel, "kernel")) * _whole(channels_in, "channels_in")
    return (weights + bool(bias)) * _whole(filters, "filters")


def multiplications(kernel, channels_in, filters, output):
    """Count the multiplications of a convolutional layer for one image.

    `output` is the size of its map, an int or (rows, columns): each of its values, for each filter,
    is a sum of kh * kw * channels_in products.
    """
    places = math.prod(_pair(output, "output"))
    return places * parameter_count(kernel, channels_in, filters, bias=False)


def activation_bytes(shape, dtype="float32"):
    """Count the bytes that an array of this shape takes, such as a layer's maps (H, W, C)."""
    sizes = shape if isinstance(shape, (tuple, list)) else (shape,)
    if None in sizes:
        raise ValueError(f"The shape {tuple(sizes)} has an open axis (None); leave the batch out.")
    try:
        bytes_each = np.dtype(dtype).itemsize
    except TypeError:
        raise ValueError(f'There is no type {dtype!r}; take "float32" or "uint8".') from None
    return math.prod(_whole(size, "shape") for size in sizes) * bytes_each


def _plan(image_shape, window, stride, padding, dilation):
    """Output size and padding of an image: (rows, columns), ((top, bottom), (left, right))."""
    axes = list(zip(image_shape[:2], window[:2], stride, (padding,) * 2, dilation, strict=True))
    output = tuple(_count_places(*axis) for axis in axes)
    if min(output) < 1:
        dilated = f" dilated by {_by(dilation)}" if max(dilation) > 1 else ""
        raise ValueError(
            f"A window of {_by(window)}{dilated} does not fit into an image of "
            f"{_by(image_shape)} with padding {padding!r}; take a smaller window, a larger image "
            f'or padding "same".'
        )
    return output, tuple(_pads_of_axis(*axis) for axis in axes)


def _count_places(size, kernel, stride, padding, dilation):
    """Places of a window along one axis; below 1 where it does not fit."""
    padded = size + sum(_pads_of_axis(size, kernel, stride, padding, dilation))
    return (padded - (kernel - 1) * dilation - 1) // stride + 1


def _pads_of_axis(size, kernel, stride, padding, dilation):
    if isinstance(padding, str) and padding == "valid":
        return 0, 0
    if isinstance(padding, str) and padding == "same":
        return padding_amount(size, kernel, stride, dilation)
    try:
        amount = _whole(padding, "padding", least=0)
    except (TypeError, ValueError):
        raise ValueError(
            f'padding must be "valid", "same" or a whole number of at least 0, found {padding!r}.'
        ) from None
    return amount, amount


def _pad(image, pads, value=0):
    if not any(map(any, pads)):
        return image
    return np.pad(image, pads + ((0, 0),) * (image.ndim - 2), constant_values=value)


# ---------------------------------------------------------------------------------------------
# Receptive field
# ---------------------------------------------------------------------------------------------


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
    size: tuple | None
    jump: tuple | None
    start: tuple | None
    output: tuple | None

    @property
    def centre(self):
        """Middle of what cell (0, 0) sees, in pixels: x.5 lies between two."""
        if self.start is None or self.size is None:
            return None
        return tuple(first + (n - 1) / 2 for first, n in zip(self.start, self.size, strict=True))


class _Step(NamedTuple):
    """What a layer does to a map; `padding` is a word, a number, or (before, after) per axis."""

    name: str
    kernel: tuple = (1, 1)
    stride: tuple = (1, 1)
    padding: object = "valid"
    dilation: tuple = (1, 1)
    whole_map: bool = False


def receptive_field(model_or_layers, input_size=None):
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
    """
    pixels = None if input_size is None else _pair(input_size, "input_size")
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
        return _pads_of_axis(1, kernel, 1, step.padding, dilation)[0], None
    before, _ = _pads_of_axis(pixels, kernel, stride, step.padding, dilation)
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
        kernel=_pair(layer["kernel"], "kernel"),
        stride=_pair(layer.get("stride", 1), "stride"),
        padding=layer.get("padding", "valid"),
        dilation=_pair(layer.get("dilation", 1), "dilation"),
    )
    _pads_of_axis(1, 1, 1, step.padding, 1)  # Refuses a padding that is none.
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
    chain = []
    tensor = model.outputs[0]
    while True:
        # Keras keeps on each symbolic tensor which layer made it, and from what.
        layer, call, _ = tensor._keras_history
        sources = layer._inbound_nodes[call].input_tensors
        if not sources:  # The input itself.
            return chain[::-1]
        if len(sources) > 1:
            raise ValueError(
                f'receptive_field follows one chain of layers, and "{layer.name}" joins '
                f"{len(sources)} branches; describe one branch as a list of dicts, or cut the "
                f"model before it: keras.Model(model.input, layer.output)."
            )
        chain.append((layer, sources[0].shape, tensor.shape))
        tensor = sources[0]


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
    dilation = _pair(getattr(layer, "dilation_rate", 1), "dilation")
    return _Step(layer.name, kernel, _pair(layer.strides, "stride"), layer.padding, dilation)


def _input_size(model, given):
    shape = tuple(model.inputs[0].shape)
    if len(shape) not in (3, 4):
        raise ValueError(
            f"receptive_field needs pictures as input, (batch, height, width, channels); "
            f'"{model.name}" takes {shape}.'
        )
    known = shape[1:3]
    if given and any(n not in (None, g) for n, g in zip(known, given, strict=True)):
        raise ValueError(f'"{model.name}" takes pictures of {_by(known)}, not {_by(given)}.')
    return given or (None if None in known else known)


# ---------------------------------------------------------------------------------------------
# Kernels
# ---------------------------------------------------------------------------------------------


class _Kernels(dict):
    """Classical 3x3 kernels by name: ``kernels["sobel_x"]``; ``list(kernels)`` names them all.

    Edges are named after the way they run, x and y after the way brightness changes: `sobel_x` and
    `prewitt_x` take differences along x and so respond to *vertical* edges, as `vertical_edges`
    does; `sobel_y`, `prewitt_y` and `horizontal_edges` respond to horizontal ones. A positive
    response means brighter to the right, or below. `diagonal_edges` run from the top left to the
    bottom right, `antidiagonal_edges` from the bottom left to the top right (positive: brighter
    below). From the plain difference to Prewitt to Sobel, more neighbours along the edge are
    averaged. Blurs sum to 1, edges and the Laplacian to 0. Arrays are read-only: copy to change.
    """

    def __init__(self, kernels):
        super().__init__({name: np.array(rows) for name, rows in kernels.items()})
        for kernel in self.values():
            kernel.flags.writeable = False

    def __missing__(self, name):
        close = difflib.get_close_matches(str(name), self)
        advice = f"close to it: {', '.join(close)}" if close else f"there are {', '.join(self)}"
        raise ValueError(f"There is no kernel {name!r}; {advice}.")


kernels = _Kernels(
    {
        "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
        "horizontal_edges": [[0, -1, 0], [0, 0, 0], [0, 1, 0]],
        "vertical_edges": [[0, 0, 0], [-1, 0, 1], [0, 0, 0]],
        "diagonal_edges": [[0, 0, -1], [0, 0, 0], [1, 0, 0]],
        "antidiagonal_edges": [[-1, 0, 0], [0, 0, 0], [0, 0, 1]],
        "prewitt_x": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
        "prewitt_y": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
        "sobel_x": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
        "sobel_y": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
        "laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
        "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
        "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
        "blur": np.full((3, 3), 1 / 9),
        "gaussian_blur": np.outer([1, 2, 1], [1, 2, 1]) / 16,
    }
)


def gabor_bank(frequencies=(0.2, 0.35), orientations=4, sigma=2.0):
    """Make a bank of Gabor kernels: waves of each frequency and orientation under a Gaussian.

    Parameters
    ----------
    frequencies : sequence of float
        Waves per pixel, above 0 and up to 0.5.
    orientations : int
        Directions of the wave, evenly over 180 degrees from 0 on. At 0 the wave runs along the
        rows, and the kernel responds to vertical stripes; at 90 degrees to horizontal ones.
    sigma : float
        Standard deviation of the Gaussian, in pixels. Kernels reach three of them.

    Returns
    -------
    array (k, k, 1, F), float64
        Ready for `convolve` on an (H, W) image. All orientations of the first frequency come
        first. Real parts of ``skimage.filters.gabor_kernel``, with zeros around the smaller ones.
        Slow waves under a narrow Gaussian do not sum to 0, so they respond to plain brightness too.
    """
    from skimage.filters import gabor_kernel

    _check_positive(sigma, "sigma")
    frequencies = np.atleast_1d(_check_numbers(frequencies, "list of frequencies"))
    for frequency in frequencies:
        _check_positive(float(frequency), "frequency", most=0.5)
    angles = np.arange(_whole(orientations, "orientations")) * np.pi / orientations
    waves = [
        gabor_kernel(frequency, angle, sigma_x=sigma, sigma_y=sigma).real
        for frequency in frequencies
        for angle in angles
    ]
    size = max(max(wave.shape) for wave in waves)
    margins = [[((size - n) // 2,) * 2 for n in wave.shape] for wave in waves]
    return np.stack([np.pad(w, m) for w, m in zip(waves, margins, strict=True)], -1)[:, :, None]


def haar_bank(size=6):
    """Make the five Haar-like features as kernels of +1 and -1 that fill a square window.

    Parameters
    ----------
    size : int
        Pixels of the window, a multiple of 6 (so that halves and thirds are whole pixels).

    Returns
    -------
    array (size, size, 1, 5), int64
        Two halves side by side and above each other, three thirds likewise, four quarters: types
        2-x, 2-y, 3-x, 3-y and 4 of ``skimage.feature.haar_like_feature``, with its signs: a half
        that is brighter at the right or below is positive.
    """
    from skimage.feature import haar_like_feature_coord

    if _whole(size, "size") % 6:
        raise ValueError(f"size must be a multiple of 6, found {size}.")
    bank = np.zeros((size, size, 1, 5), np.int64)
    for n, kind in enumerate(["type-2-x", "type-2-y", "type-3-x", "type-3-y", "type-4"]):
        features, _ = haar_like_feature_coord(size, size, kind)
        for sign, (first, last) in zip((-1, 1, -1, 1), _largest(features, size), strict=False):
            bank[first[0] : last[0] + 1, first[1] : last[1] + 1, 0, n] = sign
    return bank


def _largest(features, size):
    """The feature whose rectangles fill the whole window."""

    def area(rectangle):
        (top, left), (bottom, right) = rectangle
        return (bottom - top + 1) * (right - left + 1)

    return next(feature for feature in features if sum(map(area, feature)) == size * size)


# ---------------------------------------------------------------------------------------------
# Checks: one plain sentence each
# ---------------------------------------------------------------------------------------------


def _by(shape):
    """(28, 28, 3) as "28x28x3"."""
    return "x".join(str(n) for n in shape)


def _whole(value, name, least=1):
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be a whole number of at least {least}, found {value!r}.")
    if number < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, found {value!r}.")
    return number


def _pair(value, name, least=1):
    """An int or a pair as (rows, columns)."""
    if not isinstance(value, (tuple, list)):
        return (_whole(value, name, least),) * 2
    if len(value) != 2:
        raise ValueError(f"{name} must be one number or two (rows, columns), found {value!r}.")
    return _whole(value[0], name, least), _whole(value[1], name, least)


def _check_axis(size, kernel, stride, dilation):
    return (
        _whole(size, "size"),
        _whole(kernel, "kernel"),
        _whole(stride, "stride"),
        _whole(dilation, "dilation"),
    )


def _check_mode(mode):
    if mode not in ("max", "average"):
        raise ValueError(f'mode must be "max" or "average", found {mode!r}.')


def _check_positive(value, name, most=math.inf):
    if not isinstance(value, (int, float, np.number)) or not 0 < value <= most:
        limit = "" if most == math.inf else f" and up to {most}"
        raise ValueError(f"{name} must be a number above 0{limit}, found {value!r}.")


def _check_numbers(values, name):
    """An array of finite real numbers, or one sentence."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"The {name} has rows of different lengths.") from None
    if array.dtype.kind not in "buif":
        raise TypeError(
            f"The {name} must hold real numbers, found {array.dtype} values in the shape "
            f"{array.shape}."
        )
    if array.size == 0:
        raise ValueError(f"The {name} is empty: its shape is {array.shape}.")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        place = tuple(int(n) for n in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"The {name} of {_by(array.shape)} holds {array[place]} at {place}; sums with it mean "
            f"nothing, so replace it first."
        )
    return array


def _check_image(image):
    image = _check_numbers(image, "image")
    if image.ndim == 4:
        raise ValueError(
            f"Give one image at a time, image[0]: found a batch of shape {image.shape}."
        )
    if image.ndim not in (2, 3):
        raise ValueError(f"An image has the shape (H, W) or (H, W, C), found {image.shape}.")
    return image


def _match_channels(image, kernel):
    """Check that kernel and image belong together; give an (H, W) image its channel if needed."""
    image = _check_image(image)
    if kernel.ndim not in (2, 3, 4):
        raise ValueError(
            f"A kernel has the shape (kh, kw), (kh, kw, C) or (kh, kw, C, F), found {kernel.shape}."
        )
    if kernel.ndim == 2:
        return image
    channels = image.shape[2] if image.ndim == 3 else 1
    if kernel.shape[2] != channels:
        raise ValueError(
            f"The channels must agree: the kernel of {_by(kernel.shape)} has {kernel.shape[2]}, "
            f"the image of {_by(image.shape)} has {channels}."
        )
    return image.reshape(image.shape[:2] + (channels,))


def _float_type(array):
    """float32 for half and single precision, else float64."""
    return np.float32 if array.dtype.kind == "f" and array.itemsize <= 4 else np.float64


def _same_type(image, kernel):
    """Bring both to the type of the result."""
    if image.dtype.kind == "f":
        dtype = _float_type(image)
    elif kernel.dtype.kind == "f":
        dtype = _float_type(kernel)
    else:
        dtype = np.int64
        largest = max(abs(float(image.max())), abs(float(image.min())))
        if largest * np.abs(kernel.astype(float)).sum() >= 2.0**62:
            raise ValueError(
                f"Sums over the kernel of {_by(kernel.shape)} and the image of {_by(image.shape)} "
                f"could leave the range of int64; convert the image to floats."
            )
    return image.astype(dtype, copy=False), kernel.astype(dtype, copy=False)
