"""Receptive fields drawn over an image: how much of it one value of each layer sees."""

from course_utils.convolution.checks import by
from course_utils.plotting.alt import join_words
from course_utils.plotting.images import draw_image
from course_utils.plotting.picture import PALETTE, Picture, new_axes, new_picture, wrap

import numpy as np
from numpy.typing import ArrayLike


def show_receptive_fields(
    image: ArrayLike, stacks: dict, *, title: str, size: float = 2.1
) -> Picture:
    """Draw, for each stack of layers, the fields around its middle value as frames over the image.

    image: (H, W), (H, W, 1) or (H, W, 3); stacks: {label: fields}, the fields a list of what
    `receptive_field` returns for this image's size, at most seven, each with a map; size: inches
    a side. Frames are cut at the border of the image.

    >>> from course_utils.convolution import receptive_field
    >>> fields = receptive_field([{"kernel": 3}, {"kernel": 3}], input_size=8)
    >>> show_receptive_fields(np.eye(8), {"twice 3x3": fields}, title="Fields").alt
    'Fields. twice 3x3: 3 x 3 and 5 x 5 pixels by layer.'
    """
    for label, fields in stacks.items():
        if not 1 <= len(fields) <= len(PALETTE) or any(f.jump is None for f in fields):
            raise ValueError(
                f"The stack {label!r} needs one to {len(PALETTE)} receptive fields of layers with "
                f"a map, found {len(fields)} ({', '.join(f.name for f in fields)})."
            )
    longest = max(len(fields) for fields in stacks.values())
    height, width = size * np.shape(image)[0] / np.shape(image)[1], size * len(stacks) + 0.1
    columns = min(longest, max(1, int(width)))  # of the legend
    height += 1.05 + 0.22 * -(-longest // columns)
    picture = new_picture(width, height, title)
    for ax, (label, fields) in zip(
        new_axes(picture, 1, len(stacks))[0], stacks.items(), strict=True
    ):
        draw_image(ax, image)
        ax.spines[:].set_visible(False)
        target = _find_centre(fields[-1], [n // 2 for n in fields[-1].output])
        for color, field in zip(PALETTE, fields, strict=False):
            _draw_frame(ax, field, target, color, np.shape(image))
        ax.set_title(f"{wrap(label, 11 * size)}:\n{by(fields[-1].size, ' x ')} pixels")
    handles = [_new_frame((0, 0), 1, 1, color) for color in PALETTE[:longest]]
    names = [f"layer {number}" for number in range(1, longest + 1)]
    picture.legend(
        handles,
        names,
        loc="outside lower center",
        ncols=columns,
        frameon=False,
        fontsize=9.5,
        handlelength=1.3,
        columnspacing=1.2,
    )
    picture.alt = f"{title}. " + " ".join(
        f"{label}: {join_words(by(field.size, ' x ') for field in fields)} pixels by layer."
        for label, fields in stacks.items()
    )
    return picture


def _find_centre(field, place) -> list[float]:
    """Return the middle of what the value at `place` sees."""
    return [c + n * jump for c, n, jump in zip(field.centre, place, field.jump, strict=True)]


def _draw_frame(ax, field, target, color, shape) -> None:
    """Frame what the layer's value nearest to the target pixel sees of the image."""
    corners = []
    for axis in (0, 1):
        place = round((target[axis] - field.centre[axis]) / field.jump[axis])
        first = field.start[axis] + place * field.jump[axis]
        last = first + field.size[axis]
        corners.append((max(first, 0) - 0.5, min(last, shape[axis]) - 0.5))
    (top, bottom), (left, right) = corners
    # White below all colours makes a frame stand out from any photograph.
    for colour, more in (("white", {"linewidth": 3.6}), (color, {"zorder": 2})):
        ax.add_patch(_new_frame((left, top), right - left, bottom - top, colour, **more))


def _new_frame(corner, width, height, color, linewidth=2.2, zorder=1):
    from matplotlib.patches import Rectangle

    return Rectangle(
        corner, width, height, fill=False, ec=color, linewidth=linewidth, zorder=zorder
    )
