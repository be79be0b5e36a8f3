"""Pictures as image files in memory, and small tables as HTML: quick enough for each key press.

Grey and palette pictures are BMP files, which are exact and made in half a millisecond; PIL needs
twenty times as long to pack the same pixels as PNG. Photographs in colour are JPEG files.
"""

import functools
import html
import io
from collections.abc import Collection, Sequence

from course_utils.convolution.checks import by
from course_utils.plotting import raster

import numpy as np
from numpy.typing import ArrayLike

SIDE = 256  # pixels of the screen for the longer side of a picture
LARGEST = 512  # pixels of a picture that an explorer works on
ON_PAPER = ", white paper"  # the last of 256 colours is the white between pictures on a page
MAPS = "cividis" + ON_PAPER


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


def to_pictures(image: ArrayLike | dict[str, ArrayLike]) -> dict[str, np.ndarray]:
    """Return pictures by name, each (H, W): the one picture given, or each of a dict."""
    if not isinstance(image, dict):
        return {"picture": to_brightness(image)}
    if not image:
        raise ValueError("The dict of pictures is empty: give at least one.")
    return {str(name): to_brightness(pixels, f'image "{name}"') for name, pixels in image.items()}


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


def number(value: float) -> str:
    """Return a number in few characters, with a true minus sign."""
    text = f"{value:.3g}" if value % 1 else f"{value:.0f}"
    return text.replace("-", "\N{MINUS SIGN}") if text != "-0" else "0"


def list_rows(pixels: np.ndarray, most: int = 100) -> str:
    """Return the numbers of a small picture for its alt text, ": 1 0; 0 1"; "" for larger ones."""
    if pixels.size > most:
        return ""
    return ": " + "; ".join(" ".join(number(value) for value in line) for line in pixels)


def frame(
    top: int, left: int, rows: int, columns: int, page: tuple[int, int], kind: str = "frame"
) -> str:
    """Return the HTML of a frame around pixels of a page of (rows, columns)."""
    return f'<span class="{kind}" style="{_place(top, left, rows, columns, page)}"></span>'


def cell_numbers(
    pixels: np.ndarray,
    dark: np.ndarray,
    page: tuple[int, int],
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    outside: str = "0",
    size: int = 15,
) -> str:
    """Return the HTML of a number on each pixel, white where `dark`, and `outside` on the rest."""
    top, _, left, _ = margins
    spans = []
    for row, column in np.ndindex(*page):
        place = row - top, column - left
        inside = all(0 <= n < length for n, length in zip(place, pixels.shape, strict=True))
        color = "#fff" if inside and dark[place] else "#111"
        text = number(pixels[place]) if inside else outside
        style = f"{_place(row, column, 1, 1, page)};color:{color};font-size:{size}px"
        spans.append(f'<span style="{style}">{text}</span>')
    return "".join(spans)


def _place(top, left, rows, columns, page):
    height, width = page
    return (
        f"top:{100 * top / height:.4f}%;left:{100 * left / width:.4f}%;"
        f"height:{100 * rows / height:.4f}%;width:{100 * columns / width:.4f}%"
    )


def table(
    texts: Sequence[Sequence], fills: Sequence[Sequence[str]] | None = None, caption: str = ""
) -> str:
    """Return rows of texts as an HTML table; `fills` are colours, `caption` is for the ear."""
    lines = []
    for row, line in enumerate(texts):
        cells = []
        for column, text in enumerate(line):
            style = f' style="background:{fills[row][column]}"' if fills is not None else ""
            cells.append(f"<td{style}>{html.escape(str(text))}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    name = html.escape(caption)
    return f'<table class="explorer-table" aria-label="{name}">{"".join(lines)}</table>'


def signed_fills(weights: np.ndarray) -> list[list[str]]:
    """Return a pale colour for each number: blue below 0, white at 0, red above."""
    colors = np.frombuffer(palette("RdBu_r"), np.uint8).reshape(256, 3)
    most = np.abs(weights).max() or 1
    # The middle of the palette, where black text can be read.
    levels = raster.to_levels(weights, -1.9 * most, 1.9 * most)
    return [[f"rgb({r},{g},{b})" for r, g, b in line] for line in colors[levels].tolist()]


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
