"""What a matplotlib figure shows, in words for readers who do not see it.

All words are computed from what is drawn. Numbers are rounded to three digits, and how images look
is said coarsely (dark or bright, in which ninth), so that tiny differences change no word.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from course_utils.plotting import raster

import matplotlib
import numpy as np
from matplotlib import collections, container, dates, patches, ticker
from matplotlib.category import StrCategoryFormatter
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_PANELS, MOST_ITEMS, MOST_CAPTIONS = 12, 10, 64
LEGIBLE = 16  # rows and columns of an image whose numbers are read out
SMALL = 96  # pixels along each side that are enough to say what an image looks like
GREY_MAPS = ("gray", "grey", "binary", "Greys", "gist_gray", "gist_yarg", "bone")
MEANINGS = {
    "cividis": "blue low, yellow high",
    "viridis": "violet low, yellow high",
    "plasma": "violet low, yellow high",
    "magma": "black low, pale yellow high",
    "inferno": "black low, pale yellow high",
    "hot": "black low, white high",
    "jet": "blue low, red high",
    "turbo": "blue low, red high",
    "RdBu_r": "red above zero, blue below",
    "RdBu": "blue above zero, red below",
    "bwr": "red above zero, blue below",
    "seismic": "red above zero, blue below",
    "coolwarm": "red above zero, blue below",
}
HUES = ((15, "red"), (45, "orange"), (70, "yellow"), (165, "green"), (200, "turquoise"),
        (255, "blue"), (290, "violet"), (340, "pink"), (360, "red"))  # fmt: skip


def describe(figure: "Figure") -> str:
    """Return what a figure shows: titles, axes, values of lines and bars, how images look."""
    title = _clean(figure.get_suptitle())
    panels = [ax for ax in figure.axes if _is_used(ax)]
    if len(panels) > 1 and all(map(_holds_one_image, panels)):
        return _describe_gallery(panels, title)
    words = [_sentence(title)]
    if len(panels) == 1:
        words += _describe_axes(panels[0])
    elif panels:
        words += [f"{len(panels)} panels."]
        for number, ax in enumerate(panels[:MOST_PANELS], 1):
            words += [f"Panel {number}:", *_describe_axes(ax)]
        if len(panels) > MOST_PANELS:
            words += [f"{len(panels) - MOST_PANELS} more panels are like these."]
    said = " ".join(filter(None, words))
    said = " ".join(filter(None, [said, *_describe_rest(figure, said)]))
    return said or "A figure without data."


def describe_line(
    label: str,
    values: ArrayLike,
    x: ArrayLike,
    show: Callable[[float], str] | None = None,
    show_x: Callable[[Any], str] | None = None,
) -> str:
    """Return a line's ends and turns: "loss: from 0.9 at 1 to 0.3 at 3 and highest 1 at 2."

    show, show_x: functions that write a value, and a place on the axis, as text.
    """
    show, show_x = show or show_number, show_x or show_number
    values, x = np.asarray(values, dtype=float), np.asarray(x)
    name = f"{label}: " if label else ""
    there = np.isfinite(values)
    missing = f", {(~there).sum()} of {len(values)} values missing" if not there.all() else ""
    values, x = values[there], x[there]
    if len(values) == 0:
        return f"{name}no values{missing}."

    def point(place):
        return f"{show(values[place])} at {show_x(x[place])}"

    if len(values) == 1:
        return f"{name}{point(0)}{missing}."
    turns = [
        f"{word} {point(place)}"
        for word, place in (("highest", np.argmax(values)), ("lowest", np.argmin(values)))
        if place not in (0, len(values) - 1) and values.max() > values.min()
    ]
    ends = f"from {point(0)} to {point(-1)}"
    return f"{name}{join_words([ends, *turns])}{missing}."


def describe_images(
    images: Sequence[np.ndarray],
    captions: Sequence[str] = (),
    title: str = "",
    colormap: str = "gray",
    limits: tuple[float, float] | None = None,
) -> str:
    """Return what images are (number, kind, size, captions) and how they look.

    images: (H, W), drawn with a colour map, or (H, W, 3) arrays; limits: (low, high) for all of
    them, or None where each uses the whole colour map.
    """
    plain = "grey-level" if colormap.removesuffix("_r") in GREY_MAPS else "false-colour"
    kinds = {"colour" if image.ndim == 3 else plain for image in images}
    meaning = MEANINGS.get(colormap, "") if plain in kinds else ""
    shapes = {image.shape[:2] for image in images}
    size = f", {' by '.join(map(str, shapes.pop()))} pixels" if len(shapes) == 1 else ""
    count = "One" if len(images) == 1 else str(len(images))
    words = f"{count} {' and '.join(sorted(kinds))} image{'s' * (len(images) > 1)}{size}"
    words += f" ({meaning})." if meaning else "."
    if captions := [text for text in captions if text]:
        shown = [_clean(text.replace("\n", ", ")) for text in captions[:MOST_CAPTIONS]]
        more = f"; and {len(captions) - MOST_CAPTIONS} more" * (len(captions) > MOST_CAPTIONS)
        words += f" Captions: {'; '.join(shown)}{more}."
    words += f" {describe_looks(images, colormap, limits)}"
    return f"{title}: {words}" if title else words


def describe_looks(
    images: Sequence[np.ndarray], colormap: str = "gray", limits: tuple[float, float] | None = None
) -> str:
    """Return one sentence: which images are dark or bright, where, and where they differ.

    It begins with "Seen:" and holds no full stop but its last.
    """
    images = [raster.shrink(np.ma.filled(np.ma.asarray(image), np.nan), SMALL) for image in images]
    if colormap in raster.DIVERGING:
        shades = [_to_signed(image, limits) for image in images if image.ndim == 2]
        looks = [_look_signed(shade, colormap) for shade in shades]
    else:
        shades, looks = [], []
    if not looks or len(looks) < len(images):
        shades = [_to_seen(image, colormap, limits) for image in images]
        looks = [_look(shade, image) for shade, image in zip(shades, images, strict=True)]
    return f"Seen: {'; '.join(filter(None, [_count(looks), _compare(shades)]))}."


def show_number(value: float) -> str:
    """Return a number on an axis: 0.0282727 as 0.0283, and 20000 as it is."""
    value = float(value) + 0.0  # no minus zero
    return f"{value:g}" if abs(value) >= 100 else f"{value:.3g}"


def join_words(words: Iterable) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    words = [str(word) for word in words]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# ---------------------------------------------------------------------------- how images look


def _to_seen(image, colormap, limits) -> np.ndarray:
    """Return an image as it is seen, (H, W, 3) from 0 to 1; what has no value is white."""
    if image.ndim == 3:
        seen = image[..., :3] / 255 if image.dtype.kind in "iu" else image[..., :3]
        return np.clip(np.nan_to_num(seen.astype(float), nan=1.0), 0, 1)
    image = np.where(np.isfinite(image), image, np.nan).astype(float)
    colours = matplotlib.colormaps[colormap].with_extremes(bad="white")
    if np.isnan(image).all():
        return np.ones((*image.shape, 3))
    low, high = limits or raster.limits(image[~np.isnan(image)])
    shares = np.clip((image - low) / ((high - low) or 1.0), 0, 1)
    return colours(np.ma.masked_invalid(shares))[..., :3]


def _to_signed(image, limits) -> np.ndarray:
    """Return an image from -1 to 1 around zero."""
    image = np.nan_to_num(image.astype(float), posinf=0, neginf=0)
    most = max(map(abs, limits)) if limits else np.abs(image).max()
    return np.clip(image / (most or 1.0), -1, 1)


def _look(seen, image) -> str:
    """Return "dark, bright in the centre", or for a colour image "mostly green, bright all over".

    seen: the image as it is drawn.
    """
    light = raster.thirds(_to_light(seen))
    mean, low, high = light.mean(), light.min(), light.max()
    tone = "dark" if mean < 0.35 else "bright" if mean > 0.65 else "medium bright"
    if high - low < 0.12:
        words = f"{tone} all over"
    elif tone == "bright":
        words = f"{tone}, dark {_where((low + high) / 2 - light)}"
    else:
        words = f"{tone}, {'bright' if tone == 'dark' else 'brightest'} "
        words += _where(light - (low + high) / 2)
    colour = _name_colour(seen) if image.ndim == 3 else ""
    return f"mostly {colour}, {words}" if colour else words


def _look_signed(values, colormap) -> str:
    """Return where an image around zero is red and where it is blue."""
    above, below = ("blue", "red") if colormap == "RdBu" else ("red", "blue")
    if colormap.endswith("_r") and colormap != "RdBu_r":
        above, below = below, above
    words = []
    for name, part in ((above, np.clip(values, 0, None)), (below, np.clip(-values, 0, None))):
        nine = raster.thirds(part)
        if nine.max() < 0.08:
            continue
        even = nine.max() - nine.min() < 0.12
        words.append(f"{name} {'all over' if even else _where(nine - nine.max() / 2)}")
    return " and ".join(words) or "nearly white"


def _to_light(seen) -> np.ndarray:
    return seen @ np.array([0.2126, 0.7152, 0.0722])


def _where(weights) -> str:
    """Return where the positive ones of 3 x 3 weights lie: "in the centre", "at the top left"."""
    weights = np.clip(weights, 0, None)
    places = np.array([-1.0, 0.0, 1.0])
    total = weights.sum() or 1.0
    x, y = (weights.sum(axis=0) @ places) / total, (weights.sum(axis=1) @ places) / total
    side = "left" if x < -0.3 else "right" if x > 0.3 else ""
    height = "top" if y < -0.3 else "bottom" if y > 0.3 else ""
    if side and height:
        return f"at the {height} {side}"
    if side:
        return f"on the {side}"
    if height:
        return f"at the {height}"
    if weights[1, 1] < weights.max() / 2:
        return "around the centre"
    if min(weights[1, 0], weights[1, 2]) > 0 and not weights[[0, 2]].any():
        return "across the middle"
    if min(weights[0, 1], weights[2, 1]) > 0 and not weights[:, [0, 2]].any():
        return "down the middle"
    return "in the centre"


def _name_colour(seen) -> str:
    """Return the colour of most pixels, or "" where they are grey or of many colours."""
    high, low = seen.max(axis=2), seen.min(axis=2)
    chroma = high - low
    red, green, blue = np.moveaxis(seen, 2, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        hue = np.where(
            high == red,
            (green - blue) / chroma % 6,
            np.where(high == green, (blue - red) / chroma + 2, (red - green) / chroma + 4),
        )
    coloured = chroma > 0.15
    if coloured.mean() < 0.4:
        return ""
    ends = [end for end, _ in HUES]
    names = np.array([name for _, name in HUES])[np.searchsorted(ends, 60 * hue[coloured])]
    names = np.where((names == "orange") & (high[coloured] < 0.65), "brown", names)
    name, count = Counter(names.tolist()).most_common(1)[0]
    return name if count > 0.4 * coloured.size else ""


def _count(looks) -> str:
    """Say how images look: each of a few, or how many of them look alike."""
    if len(looks) == 1:
        return looks[0]
    counts = Counter(looks).most_common()
    if len(counts) == 1:
        return f"all are {looks[0]}"
    if len(looks) <= 4:
        return "; ".join(f"image {number} is {look}" for number, look in enumerate(looks, 1))
    said = [f"{count} {'is' if count == 1 else 'are'} {look}" for look, count in counts[:3]]
    rest = sum(count for _, count in counts[3:])
    return "; ".join(said + [f"{rest} look{'s' * (rest == 1)} different again"] * (rest > 0))


def _compare(shades) -> str:
    """Say how far images of one size differ, and where most."""
    if len(shades) < 2 or len({shade.shape for shade in shades}) > 1:
        return ""
    spread = np.std(shades, axis=0)
    nine = raster.thirds(spread if spread.ndim == 2 else spread.mean(axis=2))
    if nine.max() < 0.02:
        return "they look alike"
    if nine.max() < 0.06:
        return "they differ little"
    if nine.min() > 0.6 * nine.max():
        return "they differ all over"
    return f"they differ most {_where(nine - (nine.min() + nine.max()) / 2)}"


# --------------------------------------------------------------------------------- one panel


def _is_used(ax) -> bool:
    return ax.get_visible() and ax.get_label() != "<colorbar>" and bool(ax.has_data() or ax.texts)


def _holds_one_image(ax) -> bool:
    return len(ax.images) == 1 and not (ax.lines or ax.collections or ax.patches or ax.texts)


def _describe_gallery(panels, title) -> str:
    images = [ax.images[0] for ax in panels]
    maps = {image.get_cmap().name for image in images if image.get_array().ndim == 2}
    captions = [_title(ax) for ax in panels]
    if len(maps) > 1 or not maps <= set(matplotlib.colormaps):
        parts = [" ".join(_describe_axes(ax)) for ax in panels[:MOST_PANELS]]
        return " ".join(filter(None, [_sentence(title), f"{len(panels)} images.", *parts]))
    scales = {image.get_clim() for image in images}
    arrays = [image.get_array() for image in images]
    scale = scales.pop() if len(scales) == 1 else None
    return describe_images(arrays, captions, title, maps.pop() if maps else "gray", scale)


def _describe_axes(ax) -> list[str]:
    """Return the sentences about one panel."""
    head = _sentence(_title(ax))
    if ax.name == "3d":
        return [head, f"Three-dimensional chart{_axes_words(ax)}."]
    bars = [c for c in ax.containers if isinstance(c, container.BarContainer) and c.patches]
    errors = [c for c in ax.containers if isinstance(c, container.ErrorbarContainer)]
    lines = [line for line in ax.lines if line.get_visible() and len(line.get_xdata())]
    shown = [c for c in ax.collections if c.get_visible()]
    points = [c for c in shown if isinstance(c, collections.PathCollection)]
    meshes = [c for c in shown if isinstance(c, collections.QuadMesh)]
    words = [head, *_describe_pixels(ax, [*ax.images, *meshes])]
    said = [_describe_bars(ax, bar, len(bars) == 1) for bar in bars]
    if kind := _kind(ax, bars, lines, points):
        one = len(bars) == 1 and said[0]
        words.append(f"{kind}{_axes_words(ax, bars)}{f': {said.pop()}' if one else '.'}")
    words += _some(said, "groups of bars")
    words += _describe_lines(ax, lines, errors)
    words += _some([_describe_points(ax, group) for group in points], "groups of points")
    rest = [c for c in shown if c not in points and c not in meshes]
    words += _some([_describe_area(ax, area) for area in rest if not _is_error(area, errors)])
    words += _describe_shapes(ax, bars)
    return words + _describe_texts(ax, bars)


def _kind(ax, bars, lines, points) -> str:
    if bars:
        return "Histogram" if all(_is_histogram(ax, bar) for bar in bars) else "Bar chart"
    data = [line for line in lines if _is_data(ax, line)]
    if data and any(line.get_linestyle() not in ("None", " ", "") for line in data):
        return "Line chart"
    return "Scatter chart" if points or data else ""


def _axes_words(ax, bars=()) -> str:
    """Return " of accuracy against epoch", as far as the axes have labels."""
    x, y = _clean(ax.get_xlabel()), _clean(ax.get_ylabel())
    if bars and all(_is_histogram(ax, bar) for bar in bars):
        return f" of {x}" if x else ""
    if bars and not (x and y):
        return f" of {y or x}" if x or y else ""
    if bars:
        return f" of {y}"
    if x and y:
        return f" of {y} against {x}"
    return f" of {y}" if y else f" against {x}" if x else ""


def _describe_lines(ax, lines, errors) -> list[str]:
    names = {c.lines[0]: str(c.get_label()) for c in errors if c.lines[0] is not None}
    parts = {cap for c in errors for cap in c.lines[1]}
    lines = [line for line in lines if line not in parts]
    data = [line for line in lines if _is_data(ax, line)]
    guides = [_describe_guide(ax, line) for line in lines if line not in data][:MOST_ITEMS]
    guides += ["With error bars."] * bool(errors)
    if len(data) > 5 and not any(_label(line) or line in names for line in data):
        return [_describe_many(ax, data), *guides]
    show, show_x = _writer(ax.yaxis), _writer(ax.xaxis)
    words = []
    for number, line in enumerate(data, 1):
        label = _label(line) or _clean(names.get(line, "").removeprefix("_"))
        if not label and len(data) > 1:
            label = f"line {number}"
        x, y = (np.ma.filled(np.ma.asarray(a, dtype=float), np.nan) for a in line.get_data(False))
        x, y = np.broadcast_arrays(np.ravel(x), np.ravel(y))
        kept = np.isfinite(x)
        words.append(_capital(describe_line(label, y[kept], x[kept], show, show_x)))
    return _some(words, "lines") + guides


def _describe_many(ax, lines) -> str:
    """Say between which values lie lines that have no names, such as those of a box plot."""
    ends = [f"{len(lines)} lines"]
    for axis, get in ((ax.xaxis, "get_xdata"), (ax.yaxis, "get_ydata")):
        values = np.concatenate([np.ravel(getattr(line, get)(orig=False)) for line in lines])
        values = np.ma.filled(np.ma.masked_invalid(np.asarray(values, dtype=float)), np.nan)
        if np.isfinite(values).any():
            show = _writer(axis)
            letter = axis.axis_name
            ends.append(f"{letter} from {show(np.nanmin(values))} to {show(np.nanmax(values))}")
    return f"{', '.join(ends)}."


def _is_data(ax, line) -> bool:
    """Tell whether a line goes through data, unlike those of `axhline`, `axvline` and `axline`."""
    in_data = line.get_transform().contains_branch_seperately(ax.transData)
    return all(in_data) and type(line).__name__ != "AxLine"


def _describe_guide(ax, line) -> str:
    in_x, in_y = line.get_transform().contains_branch_seperately(ax.transData)
    label = f", {_label(line)}" if _label(line) else ""
    if in_y and not in_x:
        height = _writer(ax.yaxis)(np.ravel(line.get_ydata(orig=False))[0])
        return f"A horizontal line at {height}{label}."
    if in_x and not in_y:
        place = _writer(ax.xaxis)(np.ravel(line.get_xdata(orig=False))[0])
        return f"A vertical line at {place}{label}."
    return f"A straight line{label}."


def _describe_bars(ax, bars, alone) -> str:
    upright = bars.orientation != "horizontal"
    names = _writer(ax.xaxis if upright else ax.yaxis)
    show = _writer(ax.yaxis if upright else ax.xaxis, "{:,.4g}".format)
    label = "" if alone else _label(bars) or _label(bars.patches[0])
    boxes = [_box(patch, upright) for patch in bars.patches]
    head = f"{label}: " if label else ""
    if _is_histogram(ax, bars):
        return head + _describe_histogram(boxes, names)
    pairs = [f"{names(start + width / 2)} {show(size)}" for start, width, size in boxes]
    if len(pairs) > 2 * MOST_ITEMS:
        sizes = np.nan_to_num([size for _, _, size in boxes])
        said = f"highest {pairs[np.argmax(sizes)]}, lowest {pairs[np.argmin(sizes)]}"
        return f"{head}{len(pairs)} bars, {said}."
    return f"{head}{', '.join(pairs)}."


def _describe_histogram(boxes, show) -> str:
    sizes = np.array([size for _, _, size in boxes], dtype=float)
    sizes = np.clip(np.where(np.isfinite(sizes), sizes, 0), 0, None)
    first, last = boxes[0][0], boxes[-1][0] + boxes[-1][1]
    words = f"{len(boxes)} bins from {show(first)} to {show(last)}"
    if not sizes.sum() > 0:
        return f"{words}, all empty."
    start, width, _ = boxes[np.argmax(sizes)]
    middle = boxes[np.searchsorted(np.cumsum(sizes), sizes.sum() / 2)]
    return (
        f"{words}; the fullest from {show(start)} to {show(start + width)} holds "
        f"{sizes.max() / sizes.sum():.0%}; half of all lie below {show(middle[0] + middle[1])}."
    )


def _is_histogram(ax, bars) -> bool:
    """Tell whether bars touch each other along an axis of numbers."""
    upright = bars.orientation != "horizontal"
    formatter = (ax.xaxis if upright else ax.yaxis).get_major_formatter()
    if len(bars.patches) < 4 or isinstance(formatter, NAMING):
        return False
    starts, widths, _ = np.array([_box(patch, upright) for patch in bars.patches], dtype=float).T
    if not np.isfinite([starts, widths]).all():
        return False
    return bool(np.allclose(starts[:-1] + widths[:-1], starts[1:], atol=1e-6 * abs(widths).max()))


def _box(patch, upright) -> tuple:
    """Return where a bar starts, how wide it is, and its value."""
    if upright:
        return patch.get_x(), patch.get_width(), patch.get_y() + patch.get_height()
    return patch.get_y(), patch.get_height(), patch.get_x() + patch.get_width()


def _describe_points(ax, points) -> str:
    places = np.ma.filled(np.ma.asarray(points.get_offsets(), dtype=float), np.nan)
    places = places.reshape(-1, 2)
    places = places[np.isfinite(places).all(axis=1)]
    name = f"{_label(points)}: " if _label(points) else ""
    count = f"{len(places)} point{'s' * (len(places) != 1)}"
    if len(places) == 0:
        return _capital(f"{name}no points.")
    axes = []
    for axis, values, letter in ((ax.xaxis, places[:, 0], "x"), (ax.yaxis, places[:, 1], "y")):
        show = _writer(axis)
        called = _clean(axis.get_label().get_text()) or letter
        low, high = show(values.min()), show(values.max())
        axes.append(f"{called} {low}" if low == high else f"{called} from {low} to {high}")
    return _capital(f"{name}{count}, {', '.join(axes)}{_trend(places)}.")


def _trend(places) -> str:
    x, y = places.T
    if len(places) < 5 or not (np.std(x) > 0 and np.std(y) > 0):
        return ""
    together = np.corrcoef(x, y)[0, 1]
    if abs(together) < 0.7:
        return ""
    return ", rising together" if together > 0 else ", one falling as the other rises"


def _describe_area(ax, area) -> str:
    """Name what else is drawn: a shaded band, lines, arrows."""
    kinds = {
        "LineCollection": "lines",
        "QuadContourSet": "contours",
        "TriContourSet": "contours",
        "Quiver": "arrows",
    }
    label = f", {_label(area)}" if _label(area) else ""
    kind = kinds.get(type(area).__name__)
    if kind:
        return f"Also {kind}{label}."
    return f"A shaded area{label}." if isinstance(area, collections.PolyCollection) else ""


def _is_error(area, errors) -> bool:
    return any(area in c.lines[2] for c in errors)


def _describe_shapes(ax, bars) -> list[str]:
    """Return the shares of a pie, outlines of step charts, and how many other shapes there are."""
    drawn = {patch for bar in bars for patch in bar.patches}
    shapes = [p for p in ax.patches if p not in drawn and p.get_visible()]
    words = []
    pie = [p for p in shapes if isinstance(p, patches.Wedge)]
    if pie:
        shares = [
            f"{_label(p) or f'part {n}'} {(p.theta2 - p.theta1) / 360:.0%}"
            for n, p in enumerate(pie, 1)
        ]
        words.append(f"Pie chart: {', '.join(shares)}.")
    steps = [p for p in shapes if isinstance(p, patches.StepPatch)]
    for step in steps[:MOST_ITEMS]:
        values, edges, _ = step.get_data()
        name = f"{_label(step)}: " if _label(step) else ""
        boxes = list(zip(edges[:-1], np.diff(edges), values, strict=True))
        words.append(name + _describe_histogram(boxes, _writer(ax.xaxis)))
    outlines = [p for p in shapes if type(p) is patches.Polygon and len(p.get_xy()) > 4]
    words += _some([_describe_outline(ax, shape) for shape in outlines], "outlines")
    rest = [p for p in shapes if p not in pie and p not in steps and p not in outlines]
    if rest:
        labels = list(dict.fromkeys(filter(None, map(_label, rest))))
        named = f": {', '.join(labels[:MOST_ITEMS])}" if labels else ""
        frames = all(isinstance(p, patches.Rectangle) and not p.get_fill() for p in rest)
        word = "frame" if frames else "shape"
        words.append(f"{len(rest)} {word}{'s' * (len(rest) > 1)} drawn{named}.")
    return words


def _describe_outline(ax, shape) -> str:
    """Say how far an outline reaches, such as that of a histogram drawn in steps."""
    corners = np.asarray(shape.get_xy(), dtype=float)
    corners = corners[np.isfinite(corners).all(axis=1)]
    label = f", {_label(shape)}," if _label(shape) else ""
    if len(corners) == 0:
        return ""
    show, show_x = _writer(ax.yaxis), _writer(ax.xaxis)
    x, y = corners.T
    top = f"highest {show(y.max())} at {show_x(x[np.argmax(y)])}"
    return f"An outline{label} from {show_x(x.min())} to {show_x(x.max())}, {top}."


def _describe_pixels(ax, images) -> list[str]:
    """Say what the images of a panel are; read out the numbers written on a small one."""
    words = []
    for image in images[:MOST_ITEMS]:
        array = image.get_array()
        name = image.get_cmap().name
        if array is None or array.size == 0 or array.ndim not in (2, 3):
            continue
        known = name if name in matplotlib.colormaps else "gray"
        if np.ma.asarray(array).mask.all() and array.ndim == 2:
            words.append("An image without values.")
            continue
        limits = image.get_clim() if array.ndim == 2 else None
        limits = None if limits is None or None in limits else limits
        words.append(describe_images([array], (), "", known, limits))
        numbers = {
            (round(text.get_position()[1]), round(text.get_position()[0])): _clean(text.get_text())
            for text in ax.texts
            if all(isinstance(n, (int, float, np.number)) for n in text.get_position())
        }
        rows, columns = array.shape[:2]
        if max(rows, columns) <= LEGIBLE and len(numbers) == rows * columns > 1:
            lines = [
                " ".join(numbers.get((r, c), "?") for c in range(columns)) for r in range(rows)
            ]
            words.append(f"Written on it, row by row: {'; '.join(lines)}.")
    return words


def _describe_texts(ax, bars) -> list[str]:
    """Return the words written in a panel; numbers beside bars and on pixels are said already."""
    texts = [_clean(text.get_text()) for text in ax.texts if text.get_visible()]
    named = {_label(patch) for patch in ax.patches}
    texts = [text for text in texts if any(map(str.isalpha, text)) and text not in named]
    if not texts or (ax.images and len(texts) > LEGIBLE):
        return []
    more = f" and {len(texts) - MOST_ITEMS} more" * (len(texts) > MOST_ITEMS)
    return [f"Words on it: {'; '.join(texts[:MOST_ITEMS])}{more}."]


def _describe_rest(figure, said) -> list[str]:
    """Return what stands outside the panels: legends whose words were not said, and texts."""
    legends = [*figure.legends, *(ax.get_legend() for ax in figure.axes if ax.get_legend())]
    texts = [_clean(text.get_text()) for legend in legends for text in legend.get_texts()]
    new = [text for text in dict.fromkeys(texts) if text and text not in said]
    words = [f"Legend: {', '.join(new[: 2 * MOST_ITEMS])}."] if new else []
    own = [_clean(text.get_text()) for text in figure.texts]
    if (title := _clean(figure.get_suptitle())) in own:
        own.remove(title)  # it is said first
    return words + [_sentence(text) for text in own[:MOST_ITEMS] if text and text not in said]


# ------------------------------------------------------------------------------------- words

NAMING = (
    ticker.FixedFormatter,
    ticker.FuncFormatter,
    StrCategoryFormatter,
)  # formatters that write names
DATES = (dates.DateFormatter, dates.AutoDateFormatter, dates.ConciseDateFormatter)


def _writer(axis, usual=None):
    """Return the function that writes a value as the axis does: a number, a share, a name."""
    formatter = axis.get_major_formatter()
    if isinstance(formatter, NAMING):
        places = axis.get_majorticklocs()
        names = dict(zip(np.round(places, 6), formatter.format_ticks(places), strict=True))
        usual = usual or show_number
        return lambda value: _clean(names.get(round(float(value), 6), "")) or usual(value)
    if isinstance(formatter, ticker.PercentFormatter):
        return lambda value: f"{value / formatter.xmax:.1%}"
    if isinstance(formatter, ticker.StrMethodFormatter) and "%}" in formatter.fmt:
        return "{:.1%}".format
    if isinstance(formatter, DATES):
        return lambda value: f"{dates.num2date(value):%Y-%m-%d}"
    return usual or show_number


def _title(ax) -> str:
    titles = [ax.get_title(loc) for loc in ("left", "center", "right")]
    return " ".join(filter(None, titles))


def _label(artist) -> str:
    """Return an artist's label, or "" where matplotlib gave it one of its own."""
    label = str(artist.get_label() or "")
    return "" if label.startswith("_") else _clean(label)


# As in Markdown: a formula has no space inside its dollars, and "$5 and $6" is none.
_FORMULA = re.compile(r"(?<!\\)\$(?=[^\s$])([^$]*[^\s$\\])\$(?!\d)")


def _clean(text: str) -> str:
    """Return a text in one line, its formulas without their signs."""
    text = _FORMULA.sub(lambda found: found[1].replace("\\", ""), str(text))
    return " ".join(text.replace("\\$", "$").split())


def _sentence(text: str) -> str:
    text = _clean(text)
    return f"{text}." if text and text[-1] not in ".?!:" else text


def _capital(text: str) -> str:
    """Return a text with a capital letter, if it begins with one of our own words."""
    first = text.split(" ")[0]
    return text[0].upper() + text[1:] if first in ("from", "no") else text


def _some(words, name="parts") -> list[str]:
    words = [word for word in words if word]
    if len(words) <= MOST_ITEMS:
        return words
    return [*words[:MOST_ITEMS], f"And {len(words) - MOST_ITEMS} more {name}."]
