"""Pictures of pretrained networks: what they see on a photo, and what they cost."""

from collections.abc import Sequence
from typing import Any

from course_utils.plotting.images import draw_image
from course_utils.plotting.picture import (
    BLUE,
    ORANGE,
    SKY,
    Picture,
    new_axes,
    new_picture,
    wrap,
)

import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import ArrayLike


def show_classification(
    photo: ArrayLike,
    guesses: Sequence[tuple[str, float]],
    *,
    title: str,
    caption: str = "",
    more: Sequence[tuple[ArrayLike, Sequence[tuple[str, float]], str]] = (),
) -> Picture:
    """Draw a photo beside the probabilities that a network gives its best labels.

    photo: (H, W) or (H, W, 3) array; guesses: [(label, probability), ...], the best one first,
    as `applications.classify` returns them; caption: a few words above the photo. `more` holds
    further (photo, guesses, caption) triples, drawn below.

    >>> guesses = [("cat", 0.9), ("dog", 0.1)]
    >>> show_classification(np.zeros((8, 8, 3)), guesses, title="A pet").alt
    'A pet. The photo: cat 90%, dog 10%.'
    """
    rows = [(photo, guesses, caption), *more]
    figure = new_picture(7.2, 2.2 * len(rows) + 0.5, title)
    axes = new_axes(figure, len(rows), 2)
    for (image, labels, words), (left, right) in zip(rows, axes, strict=True):
        draw_image(left, np.asarray(image))
        left.set_axis_off()
        left.set_title(wrap(words, 34))
        _draw_guesses(right, labels)
    axes[-1, 1].set_xlabel("probability")
    figure.alt = f"{title}. " + " ".join(
        f"{words or 'The photo'}: "
        + ", ".join(f"{label} {share:.0%}" for label, share in labels)
        + "."
        for _, labels, words in rows
    )
    return figure


def _draw_guesses(ax, guesses) -> None:
    labels, shares = zip(*guesses, strict=True)
    places = np.arange(len(labels))
    bars = ax.barh(places, shares, color=[ORANGE] + [BLUE] * (len(labels) - 1), height=0.65)
    ax.bar_label(bars, [f"{share:.0%}" for share in shares], padding=3, fontsize=8.5)
    ax.set_yticks(places, [wrap(label, 24) for label in labels])
    ax.invert_yaxis()
    ax.set_xlim(0, 1.12)
    ax.set_xticks([0, 0.5, 1])
    ax.xaxis.set_major_formatter("{x:.0%}")


LANDMARKS = {"MobileNet(alpha=0.25)", "MobileNetV2", "ResNet50", "VGG16", "ConvNeXtXLarge"}


def show_networks(networks: Sequence[Any], *, title: str) -> Picture:
    """Draw the top-1 accuracy of networks against their size and against their time.

    networks: rows with name, size (MB), top1 (0 to 1) and milliseconds (or None), as
    `applications.table` returns them.

    >>> from course_utils.applications.comparison import published
    >>> print(show_networks(published()[:3], title="Three networks").alt)
    Three networks. Two scatter charts of top-1 accuracy. 3 networks against their size: from
    Xception 88 MB, 79.0% to VGG19 549 MB, 71.3%; ...
    """
    timed = [network for network in networks if network.milliseconds]
    figure = new_picture(9.4, 3.9, title)
    by_size, by_time = new_axes(figure, 1, 2)[0]
    by_time.sharey(by_size)
    _draw_points(by_size, networks, "size", LANDMARKS)
    by_size.set_xlabel("size in MB")
    by_size.set_ylabel("top-1 accuracy on ImageNet")
    _draw_points(by_time, timed, "milliseconds", {network.name for network in timed})
    by_time.set_xlabel("milliseconds per image, this machine")
    by_time.set_ylabel("top-1 accuracy on ImageNet")
    figure.alt = (
        f"{title}. Two scatter charts of top-1 accuracy. {len(networks)} networks against their "
        f"size: {_extremes(networks, 'size', 'MB')} {len(timed)} against their time: "
        + _extremes(timed, "milliseconds", "ms")
    )
    return figure


def _draw_points(ax, networks, what, names) -> None:
    for marked in (False, True):
        points = [n for n in networks if (n.name in names) == marked]
        x, y = [getattr(n, what) for n in points], [n.top1 for n in points]
        ax.plot(x, y, "o", color=BLUE if marked else SKY, alpha=1 if marked else 0.6)
    ax.set_xscale("log")
    ax.margins(x=0.16, y=0.1)
    ax.xaxis.set_major_locator(LogLocator(subs=(1,) if what == "size" else (1, 2, 5)))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_major_formatter("{x:.0%}")
    ax.grid(True, color="#DDDDDD")
    _write_names(ax, networks, what, names)


def _write_names(ax, networks, what, names) -> None:
    """Write names beside their points, where they cover no other name and no other point."""
    ax.figure.canvas.draw()
    places = [ax.transData.transform((getattr(n, what), n.top1)) for n in networks]
    taken = [_box(*place, 8, 8, "center") for place in places]
    dot = ax.figure.dpi / 72
    for network, (x, y) in zip(networks, places, strict=True):
        if network.name not in names:
            continue
        spots = [
            (side, _box(x + shift, y + rise * dot, 5 * len(network.name) * dot, 10 * dot, side))
            for rise in (9, -9, 0, 18, -18)
            for side, shift in (("left", 4 * dot), ("right", -4 * dot))
        ]
        side, box = min(
            (spot for spot in spots if spot[1][2] < ax.bbox.x1),
            key=lambda spot: sum(_overlap(spot[1], other) for other in taken),
        )
        taken.append(box)
        at = ax.transData.inverted().transform(
            (box[0] if side == "left" else box[2], (box[1] + box[3]) / 2)
        )
        text = network.name.replace("alpha=", "α=")
        ax.text(*at, text, fontsize=8, ha=side, va="center")


def _box(x, y, width, height, side):
    """Return (left, bottom, right, top) of a text at x, y; `side` is its horizontal alignment."""
    left = x - {"left": 0, "center": 0.5, "right": 1}[side] * width
    return left, y - height / 2, left + width, y + height / 2


def _overlap(a, b) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _extremes(networks, what, unit) -> str:
    if not networks:
        return "none."
    ends = [pick(networks, key=lambda row: getattr(row, what)) for pick in (min, max)]
    best = max(networks, key=lambda row: row.top1)
    said = [f"{row.name} {getattr(row, what):,.0f} {unit}, {row.top1:.1%}" for row in ends]
    return f"from {' to '.join(said)}; the most accurate is {best.name} with {best.top1:.1%}."
