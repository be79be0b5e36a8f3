"""What a convolutional layer costs: parameters, multiplications, bytes."""

import math

from course_utils.convolution import checks
from course_utils.convolution.checks import Pair

import numpy as np
from numpy.typing import DTypeLike


def parameter_count(kernel: Pair, channels_in: int, filters: int, bias: bool = True) -> int:
    """Count the weights of a convolutional layer: (kh * kw * channels_in + 1) * filters.

    kernel: pixels, an int or (rows, columns). Without bias there is no + 1. TypeError or
    ValueError for numbers that are none.

    >>> parameter_count(3, channels_in=3, filters=100)
    2800
    """
    weights = math.prod(checks.pair(kernel, "kernel")) * checks.whole(channels_in, "channels_in")
    return (weights + bool(bias)) * checks.whole(filters, "filters")


def multiplications(kernel: Pair, channels_in: int, filters: int, output: Pair) -> int:
    """Count the multiplications of a convolutional layer for one image.

    output: the size of its map, an int or (rows, columns): each of its values, for each filter,
    is a sum of kh * kw * channels_in products. So each weight is used once at each place.
    TypeError or ValueError for numbers that are none.

    >>> multiplications(3, channels_in=3, filters=100, output=100)
    27000000
    """
    places = math.prod(checks.pair(output, "output"))
    return places * parameter_count(kernel, channels_in, filters, bias=False)


def activation_bytes(shape: int | tuple[int, ...], dtype: DTypeLike = "float32") -> int:
    """Count the bytes that an array of this shape takes, such as a layer's maps (H, W, C).

    ValueError for a shape with an open axis (None), and for an unknown type.

    >>> activation_bytes((100, 100, 100))
    4000000
    """
    sizes = shape if isinstance(shape, (tuple, list)) else (shape,)
    if None in sizes:
        raise ValueError(f"The shape {tuple(sizes)} has an open axis (None); leave the batch out.")
    try:
        bytes_each = np.dtype(dtype).itemsize
    except TypeError:
        raise ValueError(f'There is no type {dtype!r}; take "float32" or "uint8".') from None
    return math.prod(checks.whole(size, "shape") for size in sizes) * bytes_each
