"""Arrays of pixels: their kinds and ranges, made smaller or larger, and laid side by side."""

import numpy as np
from numpy.typing import ArrayLike

DIVERGING = ("RdBu", "RdBu_r", "bwr", "bwr_r", "seismic", "seismic_r", "coolwarm", "coolwarm_r")


def to_image(image: ArrayLike) -> np.ndarray:
    """Return an image as (H, W), (H, W, 3) or (H, W, 4); ValueError for other shapes and for NaN.

    bool becomes 0 and 1. The range of the values stays as it is.
    """
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    if image.size == 0 or not (image.ndim == 2 or (image.ndim == 3 and image.shape[-1] in (3, 4))):
        raise ValueError(
            f"An image has shape (H, W), (H, W, 1) or (H, W, 3); this has {image.shape}."
        )
    if image.dtype == bool:
        return image.astype("uint8")
    if image.dtype.kind not in "iuf":
        raise ValueError(f"An image holds numbers; this holds values of the type {image.dtype}.")
    missing = image.size - np.isfinite(image).sum()
    if missing:
        raise ValueError(
            f"{missing:,} of the {image.size:,} values of an image are NaN or infinite and have no "
            "colour: find out where they come from, or replace them with np.nan_to_num."
        )
    return image


def to_colours(images: list[np.ndarray]) -> list[np.ndarray]:
    """Return colour images as matplotlib wants them: floats from 0 to 1, or uint8.

    The range is recognised over all images together: numbers from 0 to 255 become uint8, numbers
    from -1 to 1 are moved, and what only just leaves 0 to 1 is cut off. (H, W) images stay.
    ValueError for other ranges.
    """
    colour = [image for image in images if image.ndim == 3]
    if not colour or all(image.dtype == np.uint8 for image in colour):
        return list(images)
    numbers = [image for image in colour if image.dtype != np.uint8]
    low, high = min(float(i.min()) for i in numbers), max(float(i.max()) for i in numbers)
    whole = all(image.dtype.kind in "iu" for image in numbers)
    if low < -1.1 or high > 255.5 or (low < -0.25 and high > 1.5):
        raise ValueError(
            f"Colours go from 0 to 1, from -1 to 1 or from 0 to 255; these go from {low:.3g} to "
            f"{high:.3g}: undo what prepared them for a network first."
        )
    if high > 2 or whole:
        return [to_levels(image, 0, 255) if image.ndim == 3 else image for image in images]
    shift, factor = (1.0, 0.5) if low < -0.25 else (0.0, 1.0)
    return [
        np.clip((image + shift) * factor, 0, 1)
        if image.ndim == 3 and image.dtype != np.uint8
        else image
        for image in images
    ]


def limits(values: ArrayLike, colormap: str = "") -> tuple[float, float]:
    """Return the values drawn with the ends of the colour map: around zero where it diverges."""
    low, high = float(np.min(values)), float(np.max(values))
    if colormap in DIVERGING:
        high = max(abs(low), abs(high)) or 1.0
        return -high, high
    return low, high if high > low else low + 1.0


def usual_limits(values: ArrayLike) -> tuple[float, float]:
    """Return the values that are drawn black and white: 0 to 1, 0 to 255, or what occurs."""
    low, high = float(np.min(values)), float(np.max(values))
    if low >= 0 and high <= 1:
        return 0.0, 1.0
    if low >= 0 and 16 < high <= 255:
        return 0.0, 255.0
    return low, high


def scale(images: ArrayLike, colormap: str = "", shared: bool = False) -> np.ndarray:
    """Bring images (N, H, W) to 0 to 1, or to -1 to 1 around zero where the colour map diverges.

    Each uses the whole range, or all the same one with `shared`. (N, H, W, 3) stay as they are.
    """
    images = np.asarray(images)
    if images.ndim == 4:
        return images
    axes = None if shared else (1, 2)
    images = images.astype("float32")
    if colormap in DIVERGING:
        return images / np.maximum(np.abs(images).max(axis=axes, keepdims=True), 1e-9)
    images = images - images.min(axis=axes, keepdims=True)
    return images / np.maximum(images.max(axis=axes, keepdims=True), 1e-9)


def to_levels(values: ArrayLike, low: float, high: float) -> np.ndarray:
    """Return values as uint8: `low` becomes 0, `high` 255."""
    values = np.asarray(values)
    if values.dtype == np.uint8 and (low, high) == (0, 255):
        return values
    factor = 255 / (high - low) if high > low else 0.0
    levels = np.multiply(values, factor, dtype=np.float32)
    levels += 0.5 - low * factor
    return np.clip(levels, 0, 255, out=levels).astype(np.uint8)


def shrink(image: np.ndarray, largest: int) -> np.ndarray:
    """Average blocks of pixels until no side is above `largest`; integers stay integers.

    What is left over at the right and bottom, less than a block, is cut off.
    """
    step = -(-max(image.shape[:2]) // largest)
    if step <= 1:
        return image
    steps = [min(step, side) for side in image.shape[:2]]
    rows, columns = (side // size for side, size in zip(image.shape, steps, strict=False))
    cut = image[: rows * steps[0], : columns * steps[1]]
    blocks = cut.reshape(rows, steps[0], columns, steps[1], *image.shape[2:])
    mean = blocks.mean(axis=(1, 3))
    return mean.round().astype(image.dtype) if image.dtype.kind in "ui" else mean


def enlarge(images: ArrayLike, factor: int) -> np.ndarray:
    """Return images (N, H, W) or (N, H, W, 3) with each pixel as a square of `factor` pixels."""
    return np.asarray(images).repeat(factor, axis=1).repeat(factor, axis=2)


def tile(images: ArrayLike, columns: int, gap: int = 1, fill: float = 255) -> np.ndarray:
    """Return (N, H, W) or (N, H, W, 3) images side by side, `columns` to a row.

    gap: pixels between them; fill: the value there, and where the last row has no image.
    """
    images = np.asarray(images)
    count, height, width = images.shape[:3]
    rows = -(-count // columns)
    shape = (rows * (height + gap) - gap, columns * (width + gap) - gap, *images.shape[3:])
    page = np.full(shape, fill, images.dtype)
    for place, pixels in enumerate(images):
        top, left = tile_place(place, columns, (height, width), gap)
        page[top : top + height, left : left + width] = pixels
    return page


def tile_place(place: int, columns: int, shape: tuple, gap: int = 1) -> tuple[int, int]:
    """Return the top left pixel of an image on the page of `tile`."""
    row, column = divmod(place, columns)
    return row * (shape[0] + gap), column * (shape[1] + gap)


def thirds(image: np.ndarray) -> np.ndarray:
    """Return the mean of each ninth of an (H, W) or (H, W, 3) image as (3, 3) or (3, 3, 3)."""
    for axis in (0, 1):
        if image.shape[axis] < 3:
            image = image.repeat(3, axis=axis)
    return np.array(
        [
            [part.mean(axis=(0, 1)) for part in np.array_split(row, 3, axis=1)]
            for row in np.array_split(image, 3, axis=0)
        ]
    )
