"""Many small images of one size on a sheet: weights, feature maps, patterns."""

from collections.abc import Sequence

from course_utils.plotting import raster
from course_utils.plotting.alt import MEANINGS, describe_looks
from course_utils.plotting.images import DIVERGING, SEQUENTIAL
from course_utils.plotting.picture import STYLE, Picture, new_axes, new_picture, wrap

import matplotlib
import numpy as np
from numpy.typing import ArrayLike

SIDE, GAP = 30, 2  # pixels: smaller images are enlarged to SIDE, by whole numbers; GAP between them


def show_tiles(
    images: Sequence[ArrayLike] | np.ndarray,
    row_labels: Sequence[str] | None = None,
    *,
    title: str = "",
    columns: int = 16,
    width: float = 9.2,
    colormap: str = SEQUENTIAL,
    shared_scale: bool = False,
    alt: str = "",
) -> Picture:
    """Draw images of one size close together; much quicker than `show_images` for dozens.

    images: sequence of (H, W), (H, W, 1) or (H, W, 3) arrays; colour from 0 to 1. row_labels: one
    text for each row, or fewer, for as many rows each; width: of the sheet in inches. Each image
    uses the whole colour map (white is zero in "RdBu_r"), or all the same with `shared_scale`.

    >>> print(show_tiles(np.zeros((6, 4, 4)), title="Filters", columns=3).alt)
    Filters...6 images of 4 by 4 pixels in 2 rows...
    """
    images = raster.to_colours([raster.to_image(image) for image in images])
    if not images or len({image.shape for image in images}) > 1:
        shapes = ", ".join(sorted({str(image.shape) for image in images})) or "none"
        raise ValueError(f"A sheet takes images of one shape; there are {shapes}.")
    rows = -(-len(images) // columns)
    stack = np.stack(images)
    sheet, step = _lay_out(raster.scale(stack, colormap, shared_scale), rows, columns)
    label_width = 0.9 if row_labels else 0.05
    tall = (width - label_width) * sheet.shape[0] / sheet.shape[1] + (0.45 if title else 0.1)
    figure = new_picture(width, tall, title)
    ax = new_axes(figure)[0, 0]
    low = -1 if colormap == DIVERGING else 0
    colours = matplotlib.colormaps[colormap].with_extremes(bad="white")
    ax.imshow(sheet, cmap=colours, vmin=low, vmax=1, interpolation="nearest")
    ax.set_xticks([])
    _label_rows(ax, list(row_labels or []), rows, step)
    height, breadth = images[0].shape[:2]
    meaning = MEANINGS.get(colormap, "") if images[0].ndim == 2 else ""
    words = f"A sheet of {len(images)} images of {height} by {breadth} pixels in {rows} row"
    words += "s" * (rows > 1) + (f" ({meaning})" if meaning else "")
    labels = f", labelled {', '.join(row_labels)}" if row_labels else ""
    shared = raster.limits(stack, colormap) if shared_scale else None
    looks = describe_looks(images, colormap, shared)
    figure.alt = alt or f"{title}: {words}{labels}. {looks}".removeprefix(": ")
    return figure


def _lay_out(images, rows, columns):
    """Return all images in one array, NaN (or white) between them, and a row's height in it."""
    images = raster.enlarge(images, max(1, SIDE // max(images.shape[1:3])))
    white = np.nan if images.ndim == 3 else 255 if images.dtype == np.uint8 else 1.0
    return raster.tile(images, columns, GAP, white), images.shape[1] + GAP


def _label_rows(ax, labels, rows, step):
    """Write each label beside the middle of its rows."""
    each = rows / max(len(labels), 1)
    places = [(number + 0.5) * each * step for number in range(len(labels))]
    with matplotlib.rc_context(STYLE):
        ax.set_yticks(places, [wrap(label, 18) for label in labels])
    ax.tick_params(length=0, labelsize=9.5)
    ax.spines[:].set_visible(False)
