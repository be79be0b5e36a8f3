"""Where a window goes: the one rule for padding, the places of the window, the pixels it meets."""

import math
from typing import NamedTuple

from course_utils.convolution import checks
from course_utils.convolution.checks import Padding, Pair, by

import numpy as np


def output_size(
    size: int, kernel: int, stride: int = 1, padding: Padding = "valid", dilation: int = 1
) -> int:
    """Count the places of a window along one axis: the size of the output.

    With e = (kernel - 1) * dilation + 1 pixels from the window's first to its last::

        "valid"     floor((size - e) / stride) + 1
        "same"      ceil(size / stride)
        int p       floor((size + 2 p - e) / stride) + 1

    All arguments are whole numbers of pixels along that axis. ValueError when no window fits.

    >>> output_size(28, 3), output_size(28, 3, padding="same"), output_size(28, 2, stride=2)
    (26, 28, 14)
    """
    axis = _check_axis(size, kernel, stride, dilation)
    places = _count_places(*axis[:3], padding, axis[3])
    if places < 1:
        dilated = f" dilated by {dilation}" if dilation > 1 else ""
        raise ValueError(
            f"A kernel of {kernel}{dilated} does not fit into a size of {size} with padding "
            f'{padding!r}; take a smaller kernel, a larger image or padding "same".'
        )
    return places


def padding_amount(size: int, kernel: int, stride: int = 1, dilation: int = 1) -> tuple[int, int]:
    """Count the zeros that "same" padding puts before and after the pixels of one axis.

    TensorFlow's rule: as many as ``ceil(size / stride)`` windows need. An odd number puts the
    extra zero after, at the bottom or right; PyTorch pads both sides alike instead. All arguments
    are whole numbers of pixels, at least 1; TypeError or ValueError otherwise.

    >>> padding_amount(28, 5)
    (2, 2)
    >>> padding_amount(28, 3, stride=2)
    (0, 1)
    """
    size, kernel, stride, dilation = _check_axis(size, kernel, stride, dilation)
    last_window = (math.ceil(size / stride) - 1) * stride
    total = max(last_window + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def pads_of_axis(
    size: int, kernel: int, stride: int, padding: Padding, dilation: int
) -> tuple[int, int]:
    """Count the zeros before and after the pixels of one axis, for any padding.

    ValueError for a padding that is none.

    >>> pads_of_axis(28, 3, 2, "same", 1), pads_of_axis(28, 3, 2, 1, 1)
    ((0, 1), (1, 1))
    """
    if isinstance(padding, str) and padding == "valid":
        return 0, 0
    if isinstance(padding, str) and padding == "same":
        return padding_amount(size, kernel, stride, dilation)
    try:
        amount = checks.whole(padding, "padding", least=0)
    except (TypeError, ValueError):
        raise ValueError(
            f'padding must be "valid", "same" or a whole number of at least 0, found {padding!r}.'
        ) from None
    return amount, amount


class Windows(NamedTuple):
    """The places of a window on an image; each pair is (rows, columns).

    Attributes
    ----------
    window : (int, int)
        Pixels that it meets at each place.
    stride, dilation : (int, int)
        Pixels between neighbouring places, and between neighbouring pixels of one window.
    pads : ((int, int), (int, int))
        Zeros around the image: (top, bottom), (left, right).
    output : (int, int)
        Number of places.
    """

    window: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    pads: tuple[tuple[int, int], tuple[int, int]]
    output: tuple[int, int]

    def cells(self, place: tuple[int, int]) -> tuple[list[int], list[int]]:
        """Return the rows and the columns that the window meets at a place, counted with the zeros.

        >>> slide((5, 5), 3, padding="same").cells((0, 1))
        ([0, 1, 2], [1, 2, 3])
        """
        rows, columns = (
            [place[axis] * self.stride[axis] + n * self.dilation[axis] for n in range(side)]
            for axis, side in enumerate(self.window)
        )
        return rows, columns

    def pixels(self, image: np.ndarray, place: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """Return what the window meets at a place of an image (H, W), and what of it is image.

        Two arrays of the window's shape: the pixels, with 0 for padding, and whether each is a
        pixel of the image.

        >>> image = np.array([[1, 2], [3, 4]])
        >>> pixels, inside = slide(image.shape, 2, padding="same").pixels(image, (0, 1))
        >>> pixels.tolist(), inside.tolist()
        ([[2, 0], [4, 0]], [[True, False], [True, False]])
        """
        cells = self.cells(place)
        indices = [np.array(cells[axis]) - self.pads[axis][0] for axis in (0, 1)]
        rows, columns = (
            (index >= 0) & (index < n) for index, n in zip(indices, image.shape, strict=True)
        )
        inside = rows[:, None] & columns
        nearest = [index.clip(0, n - 1) for index, n in zip(indices, image.shape, strict=True)]
        return np.where(inside, image[np.ix_(*nearest)], 0), inside


def slide(
    shape: tuple[int, ...],
    window: Pair,
    stride: Pair = 1,
    padding: Padding = "valid",
    dilation: Pair = 1,
) -> Windows:
    """Slide a window over an image of a shape (H, W) or (H, W, C); return its places.

    TypeError or ValueError for numbers that are none, and ValueError when no window fits.

    >>> windows = slide((28, 28), 3, stride=2, padding="same")
    >>> windows.output, windows.pads
    ((14, 14), ((0, 1), (0, 1)))
    """
    window, stride = checks.pair(window, "window"), checks.pair(stride, "stride")
    dilation = checks.pair(dilation, "dilation")
    axes = list(zip(shape[:2], window, stride, (padding,) * 2, dilation, strict=True))
    output = tuple(_count_places(*axis) for axis in axes)
    if min(output) < 1:
        dilated = f" dilated by {by(dilation)}" if max(dilation) > 1 else ""
        raise ValueError(
            f"A window of {by(window)}{dilated} does not fit into an image of {by(shape)} with "
            f"padding {padding!r}; take a smaller window, a larger image or padding "
            f'"same".'
        )
    return Windows(window, stride, dilation, tuple(pads_of_axis(*axis) for axis in axes), output)


def _count_places(size, kernel, stride, padding, dilation):
    """Places of a window along one axis; below 1 where it does not fit."""
    padded = size + sum(pads_of_axis(size, kernel, stride, padding, dilation))
    return (padded - (kernel - 1) * dilation - 1) // stride + 1


def _check_axis(size, kernel, stride, dilation):
    names = ("size", "kernel", "stride", "dilation")
    values = (size, kernel, stride, dilation)
    return [checks.whole(value, name) for name, value in zip(names, values, strict=True)]
