"""Pictures of images: one, a grid of them, or the numbers of a patch on top of its pixels."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from course_utils.plotting import raster
from course_utils.plotting.alt import describe_images
from course_utils.plotting.picture import Picture, new_axes, new_picture, wrap

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GRAY, DIVERGING, SEQUENTIAL = "gray", "RdBu_r", "cividis"
MAX_PIXELS = 360  # an image is drawn with at most this many pixels along a side


def show_images(
    images: Sequence[ArrayLike] | np.ndarray,
    titles: Sequence[str] | None = None,
    *,
    title: str = "",
    columns: int = 8,
    size: float = 1.1,
    colormap: str = GRAY,
    shared_scale: bool = False,
    alt: str = "",
) -> Picture:
    """Draw images in a grid.

    images: sequence of (H, W), (H, W, 1) or (H, W, 3) arrays; titles: one string each;
    size: inches a side. Each image uses the whole colour map, unless `shared_scale` gives all the
    same scale. The colour map "RdBu_r" puts white at zero, blue below and red above.

    >>> print(show_images(np.zeros((2, 4, 4)), ["left", "right"], title="Two").alt)
    Two...4 by 4 pixels...left; right...
    """
    images = raster.to_colours([raster.to_image(image) for image in images])
    if not images:
        raise ValueError("There is no image to show: the sequence is empty.")
    titles = _as_titles(titles, len(images))
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    tallest = max(image.shape[0] / image.shape[1] for image in images)
    captions = [wrap(text, 14 * size) for text in titles]
    lines = max((text.count("\n") + 1 for text in captions), default=0)
    width = columns * size + 0.1
    height = rows * (size * tallest + 0.16 * lines + 0.05)
    height += 0.22 * len(title) / (10.5 * max(width, 1.3)) + 0.4 if title else 0.05
    figure = new_picture(width, height, title)
    axes = new_axes(figure, rows, columns)
    limits = raster.limits(np.concatenate([i.ravel() for i in images]), colormap)
    for place, ax in enumerate(axes.flat):
        ax.set_axis_off()
        ax.set_visible(place < len(images))
        if place < len(images):
            scale = limits if shared_scale else raster.limits(images[place], colormap)
            draw_image(ax, images[place], colormap, scale)
            if titles:
                ax.set_title(captions[place], fontsize=9, pad=2)
    shared = limits if shared_scale else None
    figure.alt = alt or describe_images(images, titles, title, colormap, shared)
    return figure


def show_image(
    image: ArrayLike, *, title: str = "", size: float = 3.2, alt: str = "", **options: Any
) -> Picture:
    """Draw one image; the options are those of `show_images`.

    >>> print(show_image(np.eye(4), title="A diagonal").alt)
    A diagonal...4 by 4 pixels...
    """
    return show_images([image], title=title, columns=1, size=size, alt=alt, **options)


def show_numbers(
    patches: Sequence[ArrayLike],
    titles: Sequence[str] | None = None,
    *,
    title: str = "",
    size: float = 2.6,
    colormap: str = GRAY,
    alt: str = "",
) -> Picture:
    """Draw small matrices as pixels with the value written on each.

    patches: sequence of (H, W) arrays, at most 16 x 16.

    >>> show_numbers([[[1, 2], [3, 4]]], title="A patch").alt
    'A patch. 2 by 2: 1 2; 3 4.'
    """
    patches = [np.asarray(patch) for patch in patches]
    if any(patch.ndim != 2 or max(patch.shape) > 16 for patch in patches):
        shapes = ", ".join(str(patch.shape) for patch in patches)
        raise ValueError(f"Numbers are legible up to 16 x 16; the patches have shape {shapes}.")
    titles = _as_titles(titles, len(patches))
    width = size * len(patches)
    height = size + (0.35 if title else 0) + (0.3 if titles else 0)
    figure = new_picture(width, height, title)
    axes = new_axes(figure, 1, len(patches))[0]
    for place, (ax, patch) in enumerate(zip(axes, patches, strict=True)):
        draw_numbers(ax, patch, colormap, font_size=min(11, 62 * size / 2.6 / max(patch.shape)))
        if titles:
            ax.set_title(wrap(titles[place], 11 * size))
    figure.alt = alt or _describe_numbers(patches, titles, title)
    return figure


def draw_image(
    ax: "Axes", image: ArrayLike, colormap: str = GRAY, limits: tuple[float, float] | None = None
) -> None:
    """Draw an (H, W) or (H, W, 3) image into axes, without ticks."""
    (image,) = raster.to_colours([raster.to_image(image)])
    low, high = limits or raster.limits(image, colormap)
    image = raster.shrink(image, MAX_PIXELS)
    ax.imshow(image, cmap=colormap, vmin=low, vmax=high, interpolation="nearest")
    ax.set_xticks([])
    ax.set_yticks([])


def draw_numbers(
    ax: "Axes", patch: np.ndarray, colormap: str = GRAY, font_size: float = 10
) -> None:
    """Draw an (H, W) matrix as pixels with values on them, dark on light or light on dark."""
    low, high = raster.limits(patch, colormap)
    drawn = ax.imshow(patch, cmap=colormap, vmin=low, vmax=high)
    for (row, column), value in np.ndenumerate(patch):
        red, green, blue, _ = drawn.cmap(drawn.norm(value))
        ink = "black" if 0.3 * red + 0.59 * green + 0.11 * blue > 0.5 else "white"
        text = f"{value:.2g}" if isinstance(value, np.floating) else str(value)
        ax.text(column, row, text, ha="center", va="center", color=ink, fontsize=font_size)
    ax.spines[:].set_visible(True)
    ax.spines[:].set_color("#888888")
    ax.set_xticks([])
    ax.set_yticks([])


def _as_titles(titles, count: int) -> list[str]:
    titles = [] if titles is None else [str(text) for text in titles]
    if titles and len(titles) != count:
        raise ValueError(f"Each image needs one title: {count} images and {len(titles)} titles.")
    return titles


def _describe_numbers(patches, titles, title) -> str:
    parts = []
    for place, patch in enumerate(patches):
        name = titles[place] if titles else f"{patch.shape[0]} by {patch.shape[1]}"
        rows = "; ".join(" ".join(f"{value:.4g}" for value in row) for row in patch)
        parts.append(f"{name}: {rows}")
    return ". ".join(([title] if title else []) + parts) + "."
