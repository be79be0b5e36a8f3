"""A window sliding over a small image, step by step: as a filmstrip, a player and a GIF file.

`convolution_steps` and `pooling_steps` return `Steps`. Shown in a notebook it is a filmstrip, a
picture of a few steps; `player()` plays all of them with buttons, `save_gif(path)` is for slides.
"""

import io
import itertools
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from course_utils import files
from course_utils.convolution import convolve, pool
from course_utils.convolution.checks import Padding, Pair, by
from course_utils.convolution.operations import Mode
from course_utils.convolution.windows import slide
from course_utils.plotting.drawing import Drawing
from course_utils.plotting.picture import VERMILION, Picture
from course_utils.plotting.player import Player

import numpy as np
from numpy.typing import ArrayLike

MAX_SIZE, MAX_PADDED = 8, 12  # pixels along a side in which numbers stay legible
WINDOW_FILL, PADDING_FILL, EMPTY_FILL = "#FFDD99", "#E8E8E8", "#FFFFFF"
COVERED_FILL = "#EADFCB"  # of padding under the window: grey still, for it is no pixel
LEFT = 1.5  # inches for what the rows of a filmstrip are called
DARKEST = np.array([140, 190, 225])  # fill of the highest value; the lowest is white


class Step(NamedTuple):
    """One place of the window.

    Attributes
    ----------
    place : (int, int)
        Row and column in the output.
    cells : tuple of (int, int)
        Row and column, in the padded image, of each pixel that the window meets.
    parts : tuple of str
        What each cell contributes: a product as "2×1", or a pixel; "" for a cell that does not
        count.
    value : int or float
        The output at `place`.
    text : str
        The arithmetic: "row 0, column 1: 1×0 + 2×1 = 2".
    """

    place: tuple
    cells: tuple
    parts: tuple
    value: float
    text: str


class Steps:
    """All steps of a window over a small image; index it or loop over it for each `Step`.

    Attributes
    ----------
    title : str
    output : array (H', W')
        What `convolve` or `pool` returns for the same arguments.
    """

    def __init__(
        self,
        title: str,
        steps: list[Step],
        image: tuple[list, list],
        window: tuple[int, int],
        output: np.ndarray,
        word: str,
        kernel: np.ndarray | None = None,
    ):
        self.title, self.output = title, output
        self._steps, self._window, self._word, self._kernel = steps, window, word, kernel
        self._texts, self._fills = image  # of the padded image, row by row

    def __len__(self):
        return len(self._steps)

    def __getitem__(self, number):
        return self._steps[number]

    def filmstrip(self, chosen: Sequence[int] | None = None) -> Picture:
        """Draw a few steps side by side: the image, the window's content, the output so far.

        chosen: one to five numbers of steps, from 0; by default the first two, the first of the
        next row (where there is room), and the last.
        """
        numbers = self._choose(chosen)
        drawing, title = self._draw_filmstrip(numbers)
        picture = drawing.to_picture(title)
        said = " ".join(f"Step {number + 1}: {self[number].text}." for number in numbers)
        picture.alt = f"{self.title}, {len(numbers)} of {len(self)} steps. {said}"
        return picture

    def player(self) -> Player:
        """Return the animation with its buttons; as the last line of a cell it is shown."""
        return Player(self.title, self._as_data(), self.filmstrip())

    def save_gif(self, path: str | Path, seconds: float = 1.0) -> Path:
        """Write all steps as a GIF file, `seconds` for each, that plays in a loop; return its path.

        The file is written whole or not at all.
        """
        if not isinstance(seconds, (int, float)) or not 0.05 <= seconds <= 60:
            raise ValueError(f"seconds must be a number from 0.05 to 60, found {seconds!r}.")
        path = Path(path)
        if path.suffix.lower() != ".gif":
            raise ValueError(f'A GIF file ends in ".gif", found {path.name!r}.')
        if not path.parent.is_dir():
            raise FileNotFoundError(f"There is no folder {path.parent}; create it first.")
        with files.replacing(path) as beside:
            beside.write_bytes(self._as_gif(seconds))
        return path

    def _ipython_display_(self):
        from IPython.display import display

        display(self.filmstrip())

    def _choose(self, chosen) -> list[int]:
        last = len(self) - 1
        if chosen is None:
            next_row = min(self.output.shape[1], last)
            wide = max(np.shape(self._texts)) > MAX_SIZE  # three fit, then
            return sorted({0, min(1, last), 0 if wide else next_row, last})
        numbers = list(chosen)
        if not 1 <= len(numbers) <= 5 or not all(number in range(last + 1) for number in numbers):
            raise ValueError(
                f"A filmstrip shows one to five steps with numbers from 0 to {last}, "
                f"found {chosen!r}."
            )
        return numbers

    def _draw_filmstrip(self, numbers) -> tuple[Drawing, str]:
        """Draw each step as a column: image, window, output. Return the title in lines, too."""
        image, window, output = np.shape(self._texts), self._window, self.output.shape
        side = 2.0 if len(numbers) > 3 else 2.5
        cell, large = min(0.34, side / max(image)), min(0.44, side / max(window))
        width = max(image[1] * cell, output[1] * cell, window[1] * large, 1.3) + 0.3
        whole = LEFT + width * len(numbers)
        title = textwrap.fill(self.title, int(9 * whole))
        tops = [0.75 + 0.2 * title.count("\n")]
        tops.append(tops[0] + image[0] * cell + 0.16)
        tops.append(tops[1] + window[0] * large + 0.45)
        drawing = Drawing(whole, tops[2] + output[0] * cell + 0.1)
        heights = image[0] * cell, window[0] * large, output[0] * cell
        self._draw_names(drawing, tops, heights, cell)
        for place, number in enumerate(numbers):
            middle = LEFT + (place + 0.5) * width
            spots = list(zip([middle] * 3, tops, (cell, large, cell), strict=True))
            self._draw_step(drawing, number, spots)
            drawing.add_text(middle, tops[0] - 0.14, f"step {number + 1} of {len(self)}")
            label = f"{self._word} = {_show(self[number].value)}"
            drawing.add_text(middle, tops[2] - 0.24, label, color=VERMILION)
        return drawing, title

    def _draw_names(self, drawing, tops, heights, cell) -> None:
        """Write left of each row what it is; draw the kernel beside the products."""
        middle, (image, window, output) = LEFT / 2, heights
        padded = any(PADDING_FILL in row for row in self._fills)
        drawing.add_text(middle, tops[0] + image / 2, "image" + "\n(padding: grey)" * padded)
        drawing.add_text(middle, tops[2] + output / 2, "output")
        if self._kernel is None:
            drawing.add_text(middle, tops[1] + window / 2, "window")
            return
        rows, columns = self._window
        small = min(cell, (LEFT - 0.3) / columns, (window - 0.2) / rows)
        top = tops[1] + (window - rows * small) / 2 + 0.09
        drawing.add_text(middle, top - 0.12, "kernel")
        texts = np.vectorize(_show, otypes=[object])(self._kernel)
        fills = np.full(self._window, EMPTY_FILL)
        _draw_grid(drawing, (middle, top, small), texts, fills)

    def _draw_frame(self, number) -> Drawing:
        """Draw a step for a slide: the three grids in a row, the arithmetic below."""
        drawing = Drawing(8.8, 4.6)
        drawing.add_text(4.4, 0.3, self.title, 13, bold=True)
        shapes = (np.shape(self._texts), self._window, self.output.shape)
        spots = []
        for place, shape in enumerate(shapes):
            cell = min(0.5, 2.75 / max(shape))
            spots.append(((place + 0.5) * 8.8 / 3, 2.2 - shape[0] * cell / 2, cell))
        self._draw_step(drawing, number, spots)
        drawing.add_text(4.4, 4.1, textwrap.fill(self[number].text, 100), 11)
        return drawing

    def _draw_step(self, drawing, number, spots) -> None:
        """Draw image, window and output of one step; a spot is (middle, top, cell) in inches."""
        step = self[number]
        fills, covered = [list(row) for row in self._fills], self._covered()
        for row, column in step.cells:
            fills[row][column] = covered[row][column]
        _draw_grid(drawing, spots[0], self._texts, fills, (step.cells[0], step.cells[-1]))
        parts = np.reshape(np.array(step.parts, dtype=object), self._window)
        inside = np.reshape([covered[row][column] for row, column in step.cells], self._window)
        _draw_grid(drawing, spots[1], parts, inside)
        texts, fills = np.full((2, *self.output.shape), "", dtype=object)
        fills[:] = EMPTY_FILL
        shades = _shades(self.output)
        for done in self._steps[: number + 1]:
            texts[done.place], fills[done.place] = _show(done.value), shades[done.place]
        _draw_grid(drawing, spots[2], texts, fills, (step.place, step.place))

    def _covered(self) -> list:
        """Return the colour of each cell of the padded image under the window."""
        return np.where(np.equal(self._fills, PADDING_FILL), COVERED_FILL, WINDOW_FILL).tolist()

    def _as_gif(self, seconds) -> bytes:
        images = [self._draw_frame(number).to_image() for number in range(len(self))]
        palette = images[-1].quantize(64)  # the last step has all colours
        frames = [image.quantize(palette=palette, dither=0) for image in images]
        # The last step stays longer: the output is complete.
        times = [round(1000 * seconds)] * (len(frames) - 1) + [round(2500 * seconds)]
        buffer = io.BytesIO()
        frames[0].save(
            buffer, "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0
        )
        return buffer.getvalue()

    def _as_data(self) -> dict:
        """Return all that the player shows, as lists, numbers and texts."""
        return {
            "title": self.title,
            "word": self._word,
            "texts": self._texts,
            "fills": self._fills,
            "covered": self._covered(),
            "window": list(self._window),
            "output": list(self.output.shape),
            "shades": _shades(self.output).tolist(),
            "steps": [step._asdict() | {"value": _show(step.value)} for step in self],
        }


def convolution_steps(
    image: ArrayLike,
    kernel: ArrayLike,
    stride: Pair = 1,
    padding: Padding = "valid",
    dilation: Pair = 1,
) -> Steps:
    """Return the steps of `convolve` with the same arguments.

    image, kernel: (H, W) and (kh, kw), at most 8 x 8. ValueError for larger ones, and for what
    `convolve` refuses.

    >>> convolution_steps([[1, 2], [3, 4]], [[1, 0]])[1].text
    'row 1, column 0: 3×1 + 4×0 = 3'
    """
    image, kernel = _check_small(image, "image"), _check_small(kernel, "kernel")
    output = convolve(image, kernel, stride, padding, dilation)
    windows = slide(image.shape, kernel.shape, stride, padding, dilation)
    _check_padded(image.shape, windows.pads)
    steps = []
    for place in np.ndindex(output.shape):
        pixels, _ = windows.pixels(image, place)
        parts = [
            f"{_bracket(pixel)}×{_bracket(weight)}"
            for pixel, weight in zip(pixels.flat, kernel.flat, strict=True)
        ]
        text = f"{_words(place)}: {' + '.join(parts)} = {_show(output[place])}"
        cells = tuple(itertools.product(*windows.cells(place)))
        steps.append(Step(place, cells, tuple(parts), output[place].item(), text))
    title = f"Convolution of {by(image.shape)} with a kernel of {by(kernel.shape)}"
    title += _describe(windows, (1, 1), padding)
    shown = _padded(image, windows.pads, "0")
    return Steps(title, steps, shown, kernel.shape, output, "sum", kernel)


def pooling_steps(
    image: ArrayLike,
    size: Pair = 2,
    stride: Pair | None = None,
    mode: Mode = "max",
    padding: Padding = "valid",
) -> Steps:
    """Return the steps of `pool` with the same arguments.

    image: (H, W), at most 8 x 8. ValueError for a larger one, and for what `pool` refuses.

    >>> pooling_steps([[1, 2], [3, 4]])[0].text
    'row 0, column 0: max(1, 2, 3, 4) = 4'
    """
    image = _check_small(image, "image")
    output = pool(image, size, stride, mode, padding)
    windows = slide(image.shape, size, size if stride is None else stride, padding)
    _check_padded(image.shape, windows.pads)
    steps = []
    for place in np.ndindex(output.shape):
        pixels, inside = windows.pixels(image, place)
        parts = [
            _bracket(pixel) if is_pixel else ""
            for pixel, is_pixel in zip(pixels.flat, inside.flat, strict=True)
        ]
        counted = [part for part in parts if part]  # padded cells never count
        sums = f"max({', '.join(counted)})"
        if mode == "average":
            sums = f"({' + '.join(counted)}) / {len(counted)}"
        text = f"{_words(place)}: {sums} = {_show(output[place])}"
        cells = tuple(itertools.product(*windows.cells(place)))
        steps.append(Step(place, cells, tuple(parts), output[place].item(), text))
    name = {"max": "Max", "average": "Average"}[mode]
    title = f"{name} pooling of {by(image.shape)} by windows of {by(windows.window)}"
    title += _describe(windows, windows.window, padding)
    return Steps(title, steps, _padded(image, windows.pads, ""), windows.window, output, mode)


def _check_small(values, name) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim != 2 or max(array.shape) > MAX_SIZE:
        raise ValueError(
            f"Steps are drawn with legible numbers for an {name} of one channel, (rows, columns), "
            f"up to {MAX_SIZE}x{MAX_SIZE}; found the shape {array.shape}."
        )
    return array


def _check_padded(shape, pads) -> None:
    largest = max(size + sum(zeros) for size, zeros in zip(shape, pads, strict=True))
    if largest > MAX_PADDED:
        raise ValueError(
            f"Steps are drawn with legible numbers up to {MAX_PADDED}x{MAX_PADDED} with the "
            f"padding; the image of {shape} would have {largest} on one side."
        )


def _padded(image, pads, text) -> tuple[list, list]:
    """Return texts and fills of the padded image, row by row."""
    numbers = np.vectorize(_show, otypes=[object])(image)
    texts = np.pad(numbers, pads, constant_values=text)
    return texts.tolist(), np.pad(_shades(image), pads, constant_values=PADDING_FILL).tolist()


def _shades(values) -> np.ndarray:
    """Return a light colour for each value: white for the lowest, blue for the highest."""
    values = np.asarray(values, dtype=float)
    span = values.max() - values.min()
    shares = (values - values.min()) / span if span else np.zeros(values.shape)

    def shade(share):
        return "#" + "".join(f"{round(255 - share * (255 - end)):02X}" for end in DARKEST)

    return np.vectorize(shade, otypes=[object])(shares)


def _show(value) -> str:
    if isinstance(value, (float, np.floating)):
        return f"{value + 0.0:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(int(value))


def _bracket(value) -> str:
    return f"({_show(value)})" if value < 0 else _show(value)


def _words(place) -> str:
    return f"row {place[0]}, column {place[1]}"


def _describe(windows, usual_stride, padding) -> str:
    words = ""
    for name, usual in (("stride", usual_stride), ("dilation", (1, 1))):
        rows, columns = value = getattr(windows, name)
        if value != usual:
            words += f", {name} {rows}" if rows == columns else f", {name} {rows}x{columns}"
    return words if padding == "valid" else f'{words}, padding "{padding}"'


def _draw_grid(drawing, spot, texts, fills, framed=None) -> None:
    """Draw a grid at its spot, and a frame around the cells from the first to the last framed."""
    middle, top, cell = spot
    left = middle - np.shape(texts)[1] * cell / 2
    drawing.add_grid(left, top, cell, texts, fills)
    if framed:
        (row, column), (last_row, last_column) = framed
        width, height = (last_column - column + 1) * cell, (last_row - row + 1) * cell
        drawing.add_box(
            left + column * cell, top + row * cell, width, height, edge=VERMILION, line=2.6
        )
