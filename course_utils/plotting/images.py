"""Pictures of images: one, a grid of them, or the numbers of a patch on top of its pixels."""

import textwrap

from course_utils.plotting.picture import Picture, new_axes, new_picture

import numpy as np

GRAY, DIVERGING, SEQUENTIAL = "gray", "RdBu_r", "cividis"
COLOUR_MAPS = {  # what an image without colours of its own is called, and what its colours mean
    GRAY: ("grey-level", ""),
    DIVERGING: ("false-colour", "red above zero, blue below"),
    SEQUENTIAL: ("false-colour", "blue low, yellow high"),
}
MAX_PIXELS = 360  # an image is drawn with at most this many pixels a side


def show_images(
    images,
    titles=None,
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
    """
    images = [_to_2d_or_rgb(image) for image in images]
    if not images:
        raise ValueError("There is no image to show: the sequence is empty.")
    titles = _as_titles(titles, len(images))
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    tallest = max(image.shape[0] / image.shape[1] for image in images)
    lines = max(text.count("\n") + 1 for text in titles) if titles else 0
    height = rows * (size * tallest + 0.19 * lines + 0.05) + (0.42 if title else 0.05)
    figure = new_picture(columns * size + 0.1, height, _wrap(title, columns * size))
    axes = new_axes(figure, rows, columns)
    limits = _limits(np.concatenate([i.ravel() for i in images]), colormap)
    for place, ax in enumerate(axes.flat):
        ax.set_axis_off()
        if place < len(images):
            scale = limits if shared_scale else _limits(images[place], colormap)
            draw_image(ax, images[place], colormap, scale)
            if titles:
                ax.set_title(titles[place], fontsize=9, pad=2)
    figure.alt = alt or _describe(images, titles, title, colormap)
    return figure


def show_image(image, *, title: str = "", size: float = 3.2, alt: str = "", **options) -> Picture:
    """Draw one image; the options are those of `show_images`."""
    return show_images([image], title=title, columns=1, size=size, alt=alt, **options)


def show_numbers(
    patches, titles=None, *, title: str = "", size: float = 2.6, colormap: str = GRAY, alt: str = ""
) -> Picture:
    """Draw small matrices as pixels with the value written on each.

    patches: sequence of (H, W) arrays, at most 16 x 16.
    """
    patches = [np.asarray(patch) for patch in patches]
    if any(patch.ndim != 2 or max(patch.shape) > 16 for patch in patches):
        shapes = ", ".join(str(patch.shape) for patch in patches)
        raise ValueError(f"Numbers are legible up to 16 x 16; the patches have shape {shapes}.")
    titles = _as_titles(titles, len(patches))
    width = size * len(patches)
    height = size + (0.35 if title else 0) + (0.3 if titles else 0)
    figure = new_picture(width, height, _wrap(title, width))
    axes = new_axes(figure, 1, len(patches))[0]
    for place, (ax, patch) in enumerate(zip(axes, patches, strict=True)):
        draw_numbers(ax, patch, colormap, font_size=min(11, 62 * size / 2.6 / max(patch.shape)))
        if titles:
            ax.set_title(titles[place])
    figure.alt = alt or _describe_numbers(patches, titles, title)
    return figure


def draw_image(ax, image, colormap: str = GRAY, limits=None) -> None:
    """Draw an (H, W) or (H, W, 3) image into axes, without ticks."""
    image = _to_2d_or_rgb(image)
    image = _shrink(image)
    low, high = limits or _limits(image, colormap)
    ax.imshow(image, cmap=colormap, vmin=low, vmax=high, interpolation="nearest")
    ax.set_xticks([])
    ax.set_yticks([])


def _shrink(image) -> np.ndarray:
    """Average blocks of pixels until there are at most `MAX_PIXELS` a side; keeps notebooks small.

    What is left over at the right and bottom, less than a block, is cut off.
    """
    step = -(-max(image.shape[:2]) // MAX_PIXELS)
    if step == 1:
        return image
    steps = [min(step, side) for side in image.shape[:2]]
    rows, columns = (side // size for side, size in zip(image.shape, steps, strict=False))
    cut = image[: rows * steps[0], : columns * steps[1]]
    blocks = cut.reshape(rows, steps[0], columns, steps[1], *image.shape[2:])
    mean = blocks.mean(axis=(1, 3))
    return mean.round().astype(image.dtype) if image.dtype.kind in "ui" else mean


def draw_numbers(ax, patch, colormap: str = GRAY, font_size: float = 10) -> None:
    """Draw an (H, W) matrix as pixels with values on them, dark on light or light on dark."""
    low, high = _limits(patch, colormap)
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


def _to_2d_or_rgb(image) -> np.ndarray:
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    if image.ndim == 2 or (image.ndim == 3 and image.shape[-1] in (3, 4)):
        return image
    raise ValueError(f"An image has shape (H, W), (H, W, 1) or (H, W, 3); this has {image.shape}.")


def _limits(values: np.ndarray, colormap: str) -> tuple[float, float]:
    """Return the values drawn with the ends of the colour map: around zero where it diverges."""
    low, high = float(np.min(values)), float(np.max(values))
    if colormap == DIVERGING:
        high = max(abs(low), abs(high)) or 1.0
        return -high, high
    return low, high if high > low else low + 1.0


def _wrap(title: str, width: float) -> str:
    """Break a title into lines that fit `width` inches (about 9 bold characters an inch)."""
    return "\n".join(textwrap.wrap(title, max(12, int(width * 9.5)))) if title else ""


def _as_titles(titles, count: int) -> list[str]:
    titles = [] if titles is None else [str(text) for text in titles]
    if titles and len(titles) != count:
        raise ValueError(f"Each image needs one title: {count} images and {len(titles)} titles.")
    return titles


def _describe(images, titles, title, colormap) -> str:
    plain, colours = COLOUR_MAPS.get(colormap, ("false-colour", ""))
    kinds = {"colour" if image.ndim == 3 else plain for image in images}
    colours = f" ({colours})" if colours and plain in kinds else ""
    shapes = {image.shape[:2] for image in images}
    size = f", {' by '.join(map(str, shapes.pop()))} pixels" if len(shapes) == 1 else ""
    count = "One" if len(images) == 1 else str(len(images))
    kinds = " and ".join(sorted(kinds))
    words = f"{count} {kinds} image{'s' * (len(images) > 1)}{size}{colours}."
    if titles:
        words += f" Captions: {'; '.join(text.replace(chr(10), ', ') for text in titles)}."
    return f"{title}: {words}" if title else words


def _describe_numbers(patches, titles, title) -> str:
    parts = []
    for place, patch in enumerate(patches):
        name = titles[place] if titles else f"{patch.shape[0]} by {patch.shape[1]}"
        rows = "; ".join(" ".join(f"{value:.4g}" for value in row) for row in patch)
        parts.append(f"{name}: {rows}")
    return ". ".join(([title] if title else []) + parts) + "."
