"""Kernels to convolve with: edges and blurs by name, Gabor waves, Haar-like features."""

import difflib
from collections.abc import Sequence

from course_utils.convolution import checks

import numpy as np
from numpy.typing import ArrayLike


class _Kernels(dict):
    """Classical 3x3 kernels by name: ``kernels["sobel_x"]``; ``list(kernels)`` names them all.

    Edges are named after the way they run, x and y after the way brightness changes: `sobel_x` and
    `prewitt_x` take differences along x and so respond to *vertical* edges, as `vertical_edges`
    does; `sobel_y`, `prewitt_y` and `horizontal_edges` respond to horizontal ones. A positive
    response means brighter to the right, or below. `diagonal_edges` run from the top left to the
    bottom right, `antidiagonal_edges` from the bottom left to the top right (positive: brighter
    below). From the plain difference to Prewitt to Sobel, more neighbours along the edge are
    averaged. Blurs sum to 1, edges and the Laplacian to 0. Arrays are read-only: copy to change.
    ValueError for a name that is not there.

    >>> kernels["sobel_x"]
    array([[-1,  0,  1],
           [-2,  0,  2],
           [-1,  0,  1]])
    """

    def __init__(self, kernels: dict[str, ArrayLike]):
        super().__init__({name: np.array(rows) for name, rows in kernels.items()})
        for kernel in self.values():
            kernel.flags.writeable = False

    def __missing__(self, name: str) -> np.ndarray:
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


def gabor_bank(
    frequencies: float | Sequence[float] = (0.2, 0.35), orientations: int = 4, sigma: float = 2.0
) -> np.ndarray:
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

    Raises
    ------
    TypeError, ValueError
        For frequencies, orientations or a sigma that are none.

    Examples
    --------
    >>> gabor_bank(frequencies=(0.2, 0.35), orientations=4).shape
    (13, 13, 1, 8)
    """
    from skimage.filters import gabor_kernel

    checks.positive(sigma, "sigma")
    frequencies = np.atleast_1d(checks.numbers(frequencies, "list of frequencies"))
    for frequency in frequencies:
        checks.positive(float(frequency), "frequency", most=0.5)
    angles = np.arange(checks.whole(orientations, "orientations")) * np.pi / orientations
    waves = [
        gabor_kernel(frequency, angle, sigma_x=sigma, sigma_y=sigma).real
        for frequency in frequencies
        for angle in angles
    ]
    size = max(max(wave.shape) for wave in waves)
    margins = [[((size - n) // 2,) * 2 for n in wave.shape] for wave in waves]
    return np.stack([np.pad(w, m) for w, m in zip(waves, margins, strict=True)], -1)[:, :, None]


def haar_bank(size: int = 6) -> np.ndarray:
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

    Raises
    ------
    TypeError, ValueError
        For a size that is no multiple of 6.

    Examples
    --------
    >>> haar_bank(6)[0, :, 0, 0]  # the first row of the first kernel
    array([-1, -1, -1,  1,  1,  1])
    """
    from skimage.feature import haar_like_feature_coord

    if checks.whole(size, "size") % 6:
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
