"""What is computed at each place of a window: convolution and pooling."""

from typing import Literal

from course_utils.convolution import checks
from course_utils.convolution.checks import Padding, Pair, by
from course_utils.convolution.windows import output_size, slide

import numpy as np
from numpy.typing import ArrayLike

Mode = Literal["max", "average"]


def convolve(
    image: ArrayLike,
    kernel: ArrayLike,
    stride: Pair = 1,
    padding: Padding = "valid",
    dilation: Pair = 1,
) -> np.ndarray:
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

    Examples
    --------
    >>> image = [[0, 0, 1], [0, 0, 1], [0, 0, 1]]
    >>> convolve(image, [[-1, 1]])  # brighter to the right
    array([[0, 1],
           [0, 1],
           [0, 1]])
    >>> convolve(np.zeros((28, 28, 1)), np.zeros((3, 3, 1, 32)), padding="same").shape
    (28, 28, 32)
    """
    image, kernel = checks.numbers(image, "image"), checks.numbers(kernel, "kernel")
    image = _match_channels(image, kernel)
    over = f" of a kernel of {by(kernel.shape)} on an image of {by(image.shape)}"
    stride = checks.pair(stride, "The stride" + over)
    dilation = checks.pair(dilation, "The dilation" + over)
    if max(stride) > 1 and max(dilation) > 1:
        raise ValueError(
            f"The stride{over} is {by(stride)} and its dilation {by(dilation)}: as Keras forbids "
            f"both above 1, set one of them to 1."
        )
    image, kernel = _same_type(image, kernel)
    windows = slide(image.shape, kernel.shape[:2], stride, padding, dilation)
    return _sum_of_products(_pad(image, windows.pads), kernel, windows)


def convolve_loops(image: ArrayLike, kernel: ArrayLike) -> np.ndarray:
    """Convolve by the definition: one Python loop over rows, one over columns.

    The same as ``convolve(image, kernel)`` with stride 1 and no padding, and far slower: made to be
    read, and to check the fast one against.

    Parameters
    ----------
    image, kernel : arrays (H, W) and (kh, kw), or (H, W, C) and (kh, kw, C)

    Returns
    -------
    array (H - kh + 1, W - kw + 1)

    Raises
    ------
    TypeError, ValueError
        As `convolve`, and for an image and a kernel with different numbers of axes.

    Examples
    --------
    >>> convolve_loops([[1, 2, 3], [4, 5, 6]], [[1, 1], [1, 1]])
    array([[12, 16]])
    """
    image, kernel = checks.numbers(image, "image"), checks.numbers(kernel, "kernel")
    if kernel.ndim != image.ndim:
        raise ValueError(
            f"convolve_loops needs an image and a kernel with equally many axes, found an image of "
            f"{by(image.shape)} and a kernel of {by(kernel.shape)}; convolve takes both."
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


def _sum_of_products(image, kernel, windows):
    """Convolve a padded image: a band of rows at a time, so that the sums stay in the cache."""
    values_per_cell = image.shape[2:] if kernel.ndim == 2 else kernel.shape[3:]
    result = np.zeros(windows.output + values_per_cell, image.dtype)
    rows = max(1, 2**18 // result[0].nbytes)
    for top in range(0, len(result), rows):
        band = result[top : top + rows]
        _add_products(image[top * windows.stride[0] :], kernel, windows, band)
    return result


def _add_products(image, kernel, windows, result):
    """Add, for each weight of the kernel, the pixels it meets times that weight."""
    # A weight is a number, or C weights (or C x F) that sum over the channels: a matrix product.
    multiply = np.multiply if kernel.ndim == 2 else np.matmul
    product = np.empty_like(result)
    for place, pixels in _shifted_views(image, windows, result.shape[:2]):
        multiply(pixels, kernel[place], out=product)
        result += product


def _shifted_views(image, windows, output):
    """Yield, for each place (i, j) in the window, the pixels that it meets on its way."""
    stride = windows.stride
    for i, j in np.ndindex(*windows.window):
        top, left = i * windows.dilation[0], j * windows.dilation[1]
        rows = slice(top, top + (output[0] - 1) * stride[0] + 1, stride[0])
        columns = slice(left, left + (output[1] - 1) * stride[1] + 1, stride[1])
        yield (i, j), image[rows, columns]


def pool(
    image: ArrayLike,
    size: Pair = 2,
    stride: Pair | None = None,
    mode: Mode = "max",
    padding: Padding = "valid",
) -> np.ndarray:
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

    Raises
    ------
    TypeError, ValueError
        In one sentence, with the shapes in it.

    Examples
    --------
    >>> image = [[1, 2, 0, 0], [3, 4, 0, 8]]
    >>> pool(image), pool(image, mode="average")
    (array([[4, 8]]), array([[2.5, 2. ]]))
    """
    image = checks.image(image)
    over = f" of windows on an image of {by(image.shape)}"
    size = checks.pair(size, "The size" + over)
    stride = size if stride is None else checks.pair(stride, "The stride" + over)
    _check_mode(mode)
    windows = slide(image.shape, size, stride, padding)
    if padding != "same" and windows.pads[0][0] >= min(size):
        raise ValueError(
            f"A padding of {padding} would leave windows of {by(size)} without a pixel of the "
            f"image of {by(image.shape)}; take a padding smaller than the window."
        )
    reduce = _window_maximum if mode == "max" else _window_average
    return reduce(image, windows)


def global_pool(image: ArrayLike, mode: Mode = "average") -> np.ndarray | np.number:
    """Reduce each channel of an image to one number, its average or its maximum.

    (H, W, C) gives (C,), as ``GlobalAveragePooling2D`` does; (H, W) gives one number. TypeError or
    ValueError for what is no image, and for another mode than "average" and "max".

    >>> global_pool(np.arange(8).reshape(2, 2, 2))
    array([3., 4.])
    """
    image = checks.image(image)
    _check_mode(mode)
    if mode == "max":
        return image.max(axis=(0, 1))
    return image.mean(axis=(0, 1), dtype=np.float64).astype(_float_type(image))[()]


def _window_maximum(image, windows):
    # The lowest pixel is as good as minus infinity: each window has a pixel at least as high.
    padded = _pad(image, windows.pads, image.min())
    result = None
    for _, pixels in _shifted_views(padded, windows, windows.output):
        result = pixels.copy() if result is None else np.maximum(result, pixels, out=result)
    return result


def _window_average(image, windows):
    output, pads = windows.output, windows.pads
    total = np.zeros(output + image.shape[2:], _float_type(image))
    for _, pixels in _shifted_views(_pad(image, pads), windows, output):
        total += pixels
    count = np.zeros(output, total.dtype)
    inside = _pad(np.ones(image.shape[:2], total.dtype), pads)
    for _, pixels in _shifted_views(inside, windows, output):
        count += pixels
    return total / count.reshape(output + (1,) * (image.ndim - 2))


def _pad(image, pads, value=0):
    if not any(map(any, pads)):
        return image
    return np.pad(image, pads + ((0, 0),) * (image.ndim - 2), constant_values=value)


def _check_mode(mode):
    if mode not in ("max", "average"):
        raise ValueError(f'mode must be "max" or "average", found {mode!r}.')


def _match_channels(image, kernel):
    """Check that kernel and image belong together; give an (H, W) image its channel if needed."""
    image = checks.image(image)
    if kernel.ndim not in (2, 3, 4):
        raise ValueError(
            f"A kernel has the shape (kh, kw), (kh, kw, C) or (kh, kw, C, F), found {kernel.shape}."
        )
    if kernel.ndim == 2:
        return image
    channels = image.shape[2] if image.ndim == 3 else 1
    if kernel.shape[2] != channels:
        raise ValueError(
            f"The channels must agree: the kernel of {by(kernel.shape)} has {kernel.shape[2]}, "
            f"the image of {by(image.shape)} has {channels}."
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
                f"Sums over the kernel of {by(kernel.shape)} and the image of {by(image.shape)} "
                f"could leave the range of int64; convert the image to floats."
            )
    return image.astype(dtype, copy=False), kernel.astype(dtype, copy=False)
