"""What an explorer takes as a picture."""

from course_utils.convolution.checks import by, numbers
from course_utils.explorers.tensors import Packed, pack
from course_utils.plotting import raster

import numpy as np
from numpy.typing import ArrayLike

LARGEST = 512  # pixels of a picture that an explorer works on
LARGEST_TO_AUGMENT = 160
LARGEST_CUBE, MOST_FILTERS = 12, 4


def to_brightness(image: ArrayLike, name: str = "image") -> np.ndarray:
    """Return a picture as (H, W) numbers; colours are weighed as the eye does (Rec. 709).

    Integers stay integers, so that a small table of numbers keeps its numbers. A side above 512
    pixels is reduced by a whole factor. ValueError or TypeError for what is no picture.
    """
    pixels = np.asarray(image)
    if pixels.dtype == bool:
        pixels = pixels.astype(int)
    if not np.issubdtype(pixels.dtype, np.number) or np.iscomplexobj(pixels):
        raise TypeError(f"The {name} must hold numbers, found {pixels.dtype}.")
    if pixels.ndim == 3 and pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    if pixels.ndim == 3 and pixels.shape[-1] in (3, 4):
        pixels = pixels[..., :3] @ np.array([0.2126, 0.7152, 0.0722])
    if pixels.ndim != 2 or pixels.size == 0:
        shape = by(np.shape(image))
        raise ValueError(
            f"The {name} must have shape (rows, columns) or (rows, columns, 3), found {shape}."
        )
    if not np.isfinite(pixels).all():
        raise ValueError(f"The {name} has missing or infinite pixels; replace them first.")
    return raster.shrink(pixels, LARGEST)


def pack_pictures(image: ArrayLike | dict[str, ArrayLike]) -> dict[str, Packed]:
    """Return pictures by name, each (H, W, 1): the one picture given, or each of a dict.

    >>> list(pack_pictures({"one": [[0, 1]]})), pack_pictures([[0, 1]])["picture"]["shape"]
    (['one'], [1, 2, 1])
    """
    if not isinstance(image, dict):
        return {"picture": _pack(to_brightness(image))}
    if not image:
        raise ValueError("The dict of pictures is empty: give at least one.")
    return {
        str(name): _pack(to_brightness(pixels, f'image "{name}"')) for name, pixels in image.items()
    }


def _pack(pixels):
    """Half precision is enough for what is looked at; small tables keep their numbers."""
    is_small = pixels.size <= 4096 or np.abs(pixels).max() > 2048
    return pack(pixels[..., None], "float32" if is_small else "float16")


def to_levels(image: ArrayLike) -> np.ndarray:
    """Return a picture as uint8 (H, W, 1 or 3), at most 160 pixels along each side."""
    pixels = np.asarray(image)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    if pixels.ndim != 3 or pixels.shape[-1] not in (1, 3, 4) or not pixels.size:
        shape = by(np.shape(image))
        raise ValueError(
            f"The image must have shape (rows, columns) or (rows, columns, channels), "
            f"found {shape}."
        )
    if not np.isfinite(pixels).all():
        raise ValueError("The image has missing or infinite pixels; replace them first.")
    pixels = raster.shrink(pixels[..., :3], LARGEST_TO_AUGMENT)
    return raster.to_levels(pixels, *raster.usual_limits(pixels))


def check_cube(image: ArrayLike, kernel: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return a small picture (H, W, 3) and filters (kh, kw, 3, F) that fit it, or ValueError.

    >>> [part.shape for part in check_cube(np.ones((5, 5, 3)), np.ones((3, 3, 3, 2)))]
    [(5, 5, 3), (3, 3, 3, 2)]
    """
    image, kernel = numbers(image, "image"), numbers(kernel, "kernel")
    if image.ndim != 3 or image.shape[2] != 3 or not 1 <= max(image.shape[:2]) <= LARGEST_CUBE:
        raise ValueError(
            f"The image must have shape (rows, columns, 3), up to {LARGEST_CUBE} x {LARGEST_CUBE}, "
            f"found {by(image.shape)}."
        )
    fits = kernel.ndim == 4 and kernel.shape[2] == 3 and 1 <= kernel.shape[3] <= MOST_FILTERS
    if not fits or kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError(
            f"The kernel must have shape (rows, columns, 3, filters), with up to {MOST_FILTERS} "
            f"filters and no larger than the image of {by(image.shape)}, found {by(kernel.shape)}."
        )
    return image, kernel
