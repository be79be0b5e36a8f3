"""A Keras model drawn as boxes and arrows: layers, sizes of the maps, parameters, branches."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.keras_inside.graph import calls
from course_utils.plotting.alt import join_words
from course_utils.plotting.picture import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    Picture,
    new_picture,
)

import numpy as np

if TYPE_CHECKING:
    import keras

MOST_BOXES, COLUMNS = 60, 7  # boxes in a picture, and side by side
WIDTH, HEIGHT, TEXT = 1.22, 1.3, 0.6  # of a box, and of its three lines of text; inches
GAP, LANE_GAP, ROW_GAP, ARCH = 0.3, 0.16, 0.42, 0.34  # between boxes, lanes and rows; over boxes
MARGIN, HEAD = 0.12, 0.62
GREY, LINE = "#777777", "#555555"

NAMES = {
    "Add": "add",
    "BatchNormalization": "batch norm",
    "Concatenate": "concatenate",
    "Dense": "dense",
    "Divide": "divide",
    "Flatten": "flatten",
    "GetItem": "part",
    "GlobalAveragePooling2D": "global average",
    "GlobalMaxPooling2D": "global max",
    "InputLayer": "input",
    "Multiply": "multiply",
    "ReLU": "relu",
    "Relu": "relu",
    "Softmax": "softmax",
    "Subtract": "subtract",
    "TrueDivide": "divide",
}
IDLE = ("Dropout", "SpatialDropout", "GaussianNoise", "GaussianDropout", "Random")


@dataclass
class Box:
    """One layer, or several equal ones in a row; `column` and `lane` are its place."""

    name: str
    kind: str
    shape: tuple
    parameters: int
    sources: list
    repeats: int = 1
    column: int = 0
    lane: float = 0.0

    @property
    def title(self) -> str:
        return f"{self.repeats} × {self.name}" if self.repeats > 1 else self.name

    @property
    def size(self) -> str:
        return "×".join(f"{n:,}" if n else "?" for n in self.shape) or "1"

    @property
    def color(self) -> str:
        if "Depthwise" in self.kind:
            return SKY
        colors = {"Conv": BLUE, "Pool": ORANGE, "Dense": GREEN, "Add": PURPLE, "Concat": PURPLE}
        return next((color for word, color in colors.items() if word in self.kind), GREY)


def show_architecture(model: "keras.Model", *, title: str = "") -> Picture:
    """Draw a Keras model from left to right, in rows where it is long.

    Each box names a layer, the size of its output (height, width, channels) and its parameters;
    "/2" is stride 2. Equal layers in a row share a box with the sum of their parameters; a model
    inside the model is one box; layers that do nothing when the model predicts are left out.
    title: the model's name where none is given.
    Raises ValueError for a model without a known input or with more than 60 boxes.

    >>> import course_utils.keras_inside.start
    >>> import keras
    >>> layers = [keras.Input((4,)), keras.layers.Dense(2, activation="softmax")]
    >>> print(show_architecture(keras.Sequential(layers, name="small")).alt)
    small. Diagram of a network with 10 parameters. 1: input, 4. 2: dense, 2, 10 parameters.
    """
    boxes = _boxes(model)
    if len(boxes) > MOST_BOXES:
        raise ValueError(
            f'A diagram holds {MOST_BOXES} boxes, "{model.name}" needs {len(boxes)}: draw a part, '
            f"as keras.Model(model.inputs, layer.output)."
        )
    _place(boxes)
    rows = _rows(boxes)
    title = title or model.name
    total = f"{sum(box.parameters for box in boxes):,} parameters"
    picture = _draw(boxes, rows, title, total)
    picture.alt = f"{title}. Diagram of a network with {total}. {_describe(boxes)}"
    return picture


# ------------------------------------------------------------------------------- what to draw


def _boxes(model) -> list[Box]:
    """Return the boxes in the order of computation; `sources` are places in the list."""
    boxes, place, counted = [], {}, set()  # place: of each call's box
    steps = calls(model)
    users = [sum(n in step.sources for step in steps) for n in range(len(steps))]
    for number, (layer, sources, _, outputs) in enumerate(steps):
        kind = type(layer).__name__
        if kind.startswith(IDLE) and sources:
            place[number] = place[sources[0]]
            users[sources[0]] = users[number]
            continue
        parameters = 0 if id(layer) in counted else _parameters(layer)
        counted.add(id(layer))
        came = [place[source] for source in sources]
        box = Box(_name(layer, kind), _kind(layer), outputs[0][1:], parameters, came)
        if _repeats(box, boxes, users, sources):
            boxes[-1].repeats += 1
            boxes[-1].parameters += parameters
        else:
            boxes.append(box)
        place[number] = len(boxes) - 1
    return boxes


def _parameters(layer) -> int:
    """Count the parameters of a layer; an operation, as in `a + b`, has none."""
    return layer.count_params() if hasattr(layer, "count_params") else 0


def _repeats(box, boxes, users, sources) -> bool:
    """Tell whether this box only repeats the last one, and nothing else hangs on that one."""
    if len(sources) != 1 or box.sources != [len(boxes) - 1] or users[sources[0]] != 1:
        return False
    last = boxes[-1]
    return (box.name, box.kind, box.shape) == (last.name, last.kind, last.shape)


def _kind(layer) -> str:
    """Return the class and the activation: layers with another one are not equal."""
    activation = getattr(getattr(layer, "activation", None), "__name__", "")
    return f"{type(layer).__name__} {activation}"


def _name(layer, kind: str) -> str:
    if hasattr(layer, "layers"):
        return layer.name
    if kind == "Activation":
        return layer.activation.__name__
    if kind in NAMES:
        return NAMES[kind]
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if window is None:
        return layer.name if len(kind) > 16 else kind
    words = {"Depthwise": "depthwise", "Separable": "separable", "Max": "max pool",
             "Average": "avg pool", "Conv": "conv"}  # fmt: skip
    word = next((words[part] for part in words if kind.startswith(part)), kind)
    usual = tuple(window) if "Pool" in kind else (1,) * len(window)
    strides = tuple(np.broadcast_to(layer.strides, len(window)))
    stride = "" if strides == usual else f" /{strides[0]}"
    return f"{word} {'×'.join(map(str, window))}{stride}"


# -------------------------------------------------------------------------------- where to draw


def _place(boxes) -> None:
    """Set each box's column, its longest way from the input, and its lane: one for each branch."""
    for box in boxes:
        box.column = max((boxes[s].column + 1 for s in box.sources), default=0)
    branches = [
        [n for n, box in enumerate(boxes) if set(box.sources) == {number}]
        for number in range(len(boxes))
    ]
    widths = [1] * len(boxes)  # in lanes
    for number in reversed(range(len(boxes))):
        widths[number] = max(1, sum(widths[n] for n in branches[number]))
    roots = [n for n, box in enumerate(boxes) if not box.sources]
    _spread(boxes, roots, widths, 0.0)
    for number, box in enumerate(boxes):
        if len(set(box.sources)) > 1:
            box.lane = float(np.mean([boxes[s].lane for s in set(box.sources)]))
        _spread(boxes, branches[number], widths, box.lane)


def _spread(boxes, numbers, widths, middle) -> None:
    """Put boxes below each other around a lane, each with room for what follows it."""
    lane = middle - sum(widths[n] for n in numbers) / 2
    for number in numbers:
        boxes[number].lane = lane + widths[number] / 2
        lane += widths[number]


def _rows(boxes) -> list[range]:
    """Cut the columns into rows of about equal length where only one arrow crosses the cut."""
    last = max(box.column for box in boxes)
    arrows = [(boxes[s].column, box.column) for box in boxes for s in set(box.sources)]
    cuts = [c for c in range(last) if sum(a <= c < b for a, b in arrows) == 1]
    wanted = math.ceil((last + 1) / math.ceil((last + 1) / COLUMNS))
    rows, start = [], 0
    while last - start >= wanted:
        inside = [c for c in cuts if start <= c < start + wanted]
        after = [c for c in cuts if c >= start + wanted]
        if not inside and not after:
            break
        end = inside[-1] if inside else after[0]
        rows.append(range(start, end + 1))
        start = end + 1
    return [*rows, range(start, last + 1)]


class _Page:
    """Where boxes lie on the page, in inches; y grows downwards."""

    def __init__(self, boxes, rows):
        self.rows, self.turns, self._middles = rows, [], []
        y = HEAD
        for row in rows:
            here = [box for box in boxes if box.column in row]
            low, high = (pick(box.lane for box in here) for pick in (min, max))
            arched = any(_arched(boxes, box, s) for box in here for s in box.sources)
            self.turns.append(y - ROW_GAP / 2)
            y += ARCH * arched
            self._middles.append(y + HEIGHT / 2 - low * (HEIGHT + LANE_GAP))
            y += (high - low) * (HEIGHT + LANE_GAP) + HEIGHT + ROW_GAP
        self.height = y - ROW_GAP + MARGIN
        longest = max(map(len, rows))
        self.width = longest * (WIDTH + GAP) - GAP + 2 * MARGIN + 0.2 * (len(rows) > 1)

    def row(self, box) -> int:
        return next(n for n, row in enumerate(self.rows) if box.column in row)

    def corner(self, box) -> tuple[float, float]:
        """Return the left and the top of a box."""
        row = self.row(box)
        left = MARGIN + (box.column - self.rows[row].start) * (WIDTH + GAP)
        left += 0.1 * (len(self.rows) > 1)
        return left, self._middles[row] + box.lane * (HEIGHT + LANE_GAP) - HEIGHT / 2


def _arched(boxes, box, source) -> bool:
    """Tell whether the straight way from a source is blocked by another box."""
    start = boxes[source]
    between = range(start.column + 1, box.column)
    return any(b.column in between and abs(b.lane - start.lane) < 0.9 for b in boxes)


# ------------------------------------------------------------------------------------- drawing


def _draw(boxes, rows, title, total) -> Picture:
    page = _Page(boxes, rows)
    width = max(page.width, 0.115 * len(title) + 0.3)
    picture = new_picture(width, page.height)
    picture.set_layout_engine("none")
    ax = picture.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(page.height, 0))
    ax.set_axis_off()
    ax.text(MARGIN, 0.2, title, size=13, weight="bold", va="center")
    key = "each box: layer, size of its output, parameters"
    ax.text(MARGIN, 0.43, f"{total} · {key}", size=9, color=LINE, va="center")
    largest = max((box.shape[0] or 1 for box in boxes if len(box.shape) == 3), default=1)
    for box in boxes:
        _draw_box(ax, box, *page.corner(box), largest)
        for source in dict.fromkeys(box.sources):
            _draw_arrow(ax, _way(boxes, page, source, box))
    return picture


def _draw_box(ax, box, left, top, largest) -> None:
    """Draw the frame, the pile of maps and the three lines of a box."""
    from matplotlib.patches import FancyBboxPatch

    style = "round,pad=0,rounding_size=0.09"
    ax.add_patch(
        FancyBboxPatch(
            (left, top),
            WIDTH,
            HEIGHT,
            style,
            fc=_tint(box.color, 0.14),
            ec=box.color,
            lw=1.4,
            zorder=2,
        )  # fmt: skip
    )
    _draw_maps(ax, box, left + WIDTH / 2, top + (HEIGHT - TEXT) / 2 + 0.04, largest)
    lines = [(box.title, "bold", 9.5, BLACK), (box.size, "normal", 9.5, BLACK)]
    lines.append((f"{box.parameters:,}" if box.parameters else "–", "normal", 8.5, LINE))
    for number, (text, weight, size, color) in enumerate(lines):
        size = min(size, (WIDTH - 0.1) * 72 / (0.63 * len(text)))
        y = top + HEIGHT - TEXT + 0.1 + 0.185 * number
        ax.text(left + WIDTH / 2, y, text, size=size, weight=weight, color=color, ha="center",
                va="center", zorder=3)  # fmt: skip


def _draw_maps(ax, box, x, y, largest) -> None:
    """Draw the output: a block as high as its maps and as deep as its channels, or a thin bar."""
    from matplotlib.patches import Polygon

    if len(box.shape) == 3:
        side = max(0.05, 0.42 * math.sqrt((box.shape[0] or largest) / largest))
        depth = 0.03 * math.log2(1 + (box.shape[2] or 1))
        wide = side
    else:
        side, wide, depth = 0.09 + 0.035 * math.log2((1, *box.shape)[-1] or 1), 0.06, 0.03
    left, top = x - (wide + depth) / 2, y - (side - depth * 0.5) / 2
    right, bottom, lift = left + wide, top + side, depth * 0.5
    front = [(left, top), (right, top), (right, bottom), (left, bottom)]
    roof = [(left, top), (left + depth, top - lift), (right + depth, top - lift), (right, top)]
    flank = [(right, top), (right + depth, top - lift), (right + depth, bottom - lift)]
    flank.append((right, bottom))
    for corners, strength in ((front, 0.55), (roof, 0.3), (flank, 0.85)):
        ax.add_patch(Polygon(corners, fc=_tint(box.color, strength), ec="white", lw=0.6, zorder=3))


def _way(boxes, page, source, box) -> list:
    """Return the corners of an arrow from one box to another."""
    start = boxes[source]
    x0, y0 = (a + b for a, b in zip(page.corner(start), (WIDTH, HEIGHT / 2), strict=True))
    x1, y1 = (a + b for a, b in zip(page.corner(box), (0, HEIGHT / 2), strict=True))
    if page.row(start) != page.row(box):  # around, to the next row
        turn = page.turns[page.row(box)]
        return [(x0, y0), (x0 + 0.12, y0), (x0 + 0.12, turn), (x1 - 0.14, turn), (x1 - 0.14, y1),
                (x1, y1)]  # fmt: skip
    if _arched(boxes, box, source):  # over the boxes between
        x0, x1 = x0 - WIDTH / 2, x1 + WIDTH / 2
        y0, y1 = y0 - HEIGHT / 2, y1 - HEIGHT / 2
        roof = min(y0, y1) - ARCH * 0.65
        return [(x0, y0), (x0, roof), (x1, roof), (x1, y1)]
    if y0 == y1:
        return [(x0, y0), (x1, y1)]
    bend = x1 - GAP * 0.55
    return [(x0, y0), (bend, y0), (bend, y1), (x1, y1)]


def _draw_arrow(ax, points) -> None:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    ax.add_patch(
        FancyArrowPatch(
            path=Path(points),
            arrowstyle="-|>",
            mutation_scale=10,
            lw=1.3,
            color=LINE,
            joinstyle="round",
            shrinkA=0,
            shrinkB=0,
            zorder=1.5,
        )  # fmt: skip
    )


def _tint(color: str, strength: float) -> tuple:
    """Mix a colour with white."""
    from matplotlib.colors import to_rgb

    return tuple(1 - strength * (1 - part) for part in to_rgb(color))


# ---------------------------------------------------------------------------------------- words


def _describe(boxes) -> str:
    """Say what each box is; where an arrow does not come from the box before, say from where."""
    sentences = []
    for number, box in enumerate(boxes):
        parts = [f"{number + 1}: {box.title}"]
        if box.sources and sorted(set(box.sources)) != [number - 1]:
            parts.append(f"of {join_words(s + 1 for s in sorted(set(box.sources)))}")
        count = f", {box.parameters:,} parameters" if box.parameters else ""
        sentences.append(f"{' '.join(parts)}, {box.size}{count}.")
    return " ".join(sentences)
