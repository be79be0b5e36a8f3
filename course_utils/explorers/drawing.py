"""Pictures as image files in memory, and small tables as HTML: quick enough for each key press.

Grey and palette pictures are BMP files, which are exact and made in half a millisecond; PIL needs
twenty times as long to pack the same pixels as PNG. Photographs in colour are JPEG files.
"""

import functools
import html
import io
from collections.abc import Collection, Sequence

from course_utils.plotting import raster

import numpy as np
from numpy.typing import ArrayLike

SIDE = 256  # pixels of the screen for the longer side of a picture
ON_PAPER = ", white paper"  # the last of 256 colours is the white between pictures on a page
MAPS = "cividis" + ON_PAPER


def encode(values: ArrayLike, low: float, high: float, colors: str | None = None) -> bytes:
    """Return values as the bytes of an image file: (H, W) exact, (H, W, 3) as a JPEG.

    `low` is black and `high` white; or the first and the last of `colors`, a colour map of
    matplotlib, or `MAPS`.
    """
    from PIL import Image

    image = Image.fromarray(raster.to_levels(values, low, high))
    file = io.BytesIO()
    if image.mode == "RGB":
        image.save(file, format="jpeg", quality=90, subsampling=0)
        return file.getvalue()
    if colors is not None:
        image = image.copy()
        image.putpalette(palette(colors))
    image.save(file, format="bmp")
    return file.getvalue()


@functools.cache
def palette(name: str) -> bytes:
    """Return the 256 colours of one of matplotlib's colour maps as bytes."""
    from matplotlib import colormaps

    colors = colormaps[name.removesuffix(ON_PAPER)](np.arange(256), bytes=True)[:, :3]
    if name.endswith(ON_PAPER):
        colors[255] = 255
    return colors.tobytes()


def scale_of(*shapes: tuple[int, ...], side: int = SIDE) -> float:
    """Return how much pictures of these (rows, columns) are enlarged, all alike.

    Where a pixel becomes a square that the eye can see, all squares are of one size.
    """
    scale = side / max(max(shape[:2]) for shape in shapes)
    return float(int(scale)) if scale >= 4 else scale


def tile_maps(maps: ArrayLike, columns: int, high: float) -> np.ndarray:
    """Return the maps (H, W, N) of a layer as one page for `MAPS`, from 0 to `high`."""
    levels = raster.to_levels(np.moveaxis(maps, -1, 0), 0, high * 255 / 254)
    return raster.tile(levels, columns, fill=255)


# ---------------------------------------------------------------------------------------------
# HTML
# ---------------------------------------------------------------------------------------------


def frame(
    top: int, left: int, rows: int, columns: int, page: tuple[int, int], kind: str = "frame"
) -> str:
    """Return the HTML of a frame around pixels of a page of (rows, columns)."""
    return f'<span class="{kind}" style="{_place(top, left, rows, columns, page)}"></span>'


def _place(top, left, rows, columns, page):
    height, width = page
    return (
        f"top:{100 * top / height:.4f}%;left:{100 * left / width:.4f}%;"
        f"height:{100 * rows / height:.4f}%;width:{100 * columns / width:.4f}%"
    )


def bars(values: Collection[float], names: Sequence, best: int | None = None) -> str:
    """Return shares from 0 to 1 as a bar and a percentage each; `best` stands out.

    The element carries the best's name as ``data-answer``.
    """
    lines = []
    for place, (value, name) in enumerate(zip(values, names, strict=True)):
        kind = ' class="best"' if place == best else ""
        lines.append(
            f"<span{kind}>{html.escape(str(name))}</span>"
            f'<span class="track{" best" if place == best else ""}"><span class="bar" '
            f'style="display:block;width:{100 * value:.1f}%"></span></span>'
            f"<span{kind}>{percent(value)}</span>"
        )
    answer = "" if best is None else html.escape(str(names[best]))
    return f'<div class="explorer-bars" data-answer="{answer}">{"".join(lines)}</div>'


def percent(value: float) -> str:
    """Return a share from 0 to 1 as whole per cent."""
    return f"{100 * value:.0f} %"
