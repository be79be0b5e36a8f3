"""What the arithmetic takes and what it refuses: one plain sentence each."""

import math
import operator
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

Pair = int | tuple[int, int]  # one number for both axes, or (rows, columns)
Padding = Literal["valid", "same"] | int


def by(shape: Sequence[int], times: str = "x") -> str:
    """Write a shape with a sign between its numbers.

    >>> by((28, 28, 3)), by((28, 28), times=" x ")
    ('28x28x3', '28 x 28')
    """
    return times.join(str(n) for n in shape)


def whole(value: Any, name: str, least: int = 1) -> int:
    """Return a whole number as an int. TypeError for what is none, ValueError if it is too small.

    >>> whole(np.int64(3), "stride")
    3
    >>> whole(0, "stride")
    Traceback (most recent call last):
    ValueError: stride must be a whole number of at least 1, found 0.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be a whole number of at least {least}, found {value!r}.")
    if number < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, found {value!r}.")
    return number


def pair(value: Any, name: str) -> tuple[int, int]:
    """Return one whole number, or two, as (rows, columns). TypeError or ValueError otherwise.

    >>> pair(2, "stride"), pair([1, 3], "stride")
    ((2, 2), (1, 3))
    """
    if not isinstance(value, (tuple, list)):
        return (whole(value, name),) * 2
    if len(value) != 2:
        raise ValueError(f"{name} must be one number or two (rows, columns), found {value!r}.")
    return whole(value[0], name), whole(value[1], name)


def positive(value: Any, name: str, most: float = math.inf) -> float:
    """Return a number above 0 and up to `most`. ValueError otherwise.

    >>> positive(0.2, "frequency", most=0.5)
    0.2
    """
    if not isinstance(value, (int, float, np.number)) or not 0 < value <= most:
        limit = "" if most == math.inf else f" and up to {most}"
        raise ValueError(f"{name} must be a number above 0{limit}, found {value!r}.")
    return value


def numbers(values: ArrayLike, name: str) -> np.ndarray:
    """Return an array of finite real numbers, of any shape. TypeError or ValueError otherwise.

    >>> numbers([[1, 2], [3, 4]], "image").shape
    (2, 2)
    """
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
            f"The {name} of {by(array.shape)} holds {array[place]} at {place}; sums with it mean "
            f"nothing, so replace it first."
        )
    return array


def image(values: ArrayLike) -> np.ndarray:
    """Return one image, (H, W) or (H, W, C), of finite real numbers. ValueError otherwise.

    >>> image(np.zeros((1, 28, 28, 1)))
    Traceback (most recent call last):
    ValueError: Give one image at a time, image[0]: found a batch of shape (1, 28, 28, 1).
    """
    array = numbers(values, "image")
    if array.ndim == 4:
        raise ValueError(
            f"Give one image at a time, image[0]: found a batch of shape {array.shape}."
        )
    if array.ndim not in (2, 3):
        raise ValueError(f"An image has the shape (H, W) or (H, W, C), found {array.shape}.")
    return array
