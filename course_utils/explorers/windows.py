"""What the explorers of convolution and pooling share: a window that slides over a picture."""

from typing import Any

from course_utils.convolution.checks import Padding, by
from course_utils.convolution.windows import Windows
from course_utils.explorers import drawing
from course_utils.explorers.base import Explorer, Panel, checkbox, dropdown, slider
from course_utils.plotting import raster

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

ROOM_FOR_NUMBERS = 28  # pixels of the screen that a pixel needs for its number
STEP_CONTROLS = ("row", "column", "play")
TIMES = " x "  # between the numbers of a shape


class WindowExplorer(Explorer):
    """A picture, a window on it, and the places of the window one by one."""

    outside = "0"  # written where padding is

    def __init__(
        self,
        image: ArrayLike | dict[str, ArrayLike],
        controls: dict[str, ipywidgets.Widget],
        panels: dict[str, Panel],
    ):
        self._pictures, self._encoded = drawing.to_pictures(image), {}
        names = list(self._pictures)
        choice = {"picture": dropdown("Picture", names)} if len(names) > 1 else {}
        steps = {
            "steps": checkbox("Step by step", width="150px"),
            "row": slider("Row", 0, 0, 1, width="230px"),
            "column": slider("Column", 0, 0, 1, width="230px"),
            "play": ipywidgets.Play(min=0, max=1, interval=600, show_repeat=False),
        }
        super().__init__(choice | controls | steps, panels)

    @property
    def image(self) -> np.ndarray:
        """The picture chosen, (H, W)."""
        choice = self.controls.get("picture")
        name = next(iter(self._pictures)) if choice is None else choice.value
        return self._pictures[name]

    def react(self, control: ipywidgets.Widget) -> None:
        if control is self.controls["play"]:
            columns = self.controls["column"].max + 1
            row, column = divmod(control.value, columns)
            self.controls["row"].value, self.controls["column"].value = row, column

    def place(self, output: tuple[int, int]) -> tuple[int, int] | None:
        """Return (row, column) of the step to show in an output of that shape, or None."""
        steps = self.controls["steps"].value
        for name in STEP_CONTROLS:
            self.controls[name].layout.display = None if steps else "none"
        if not steps:
            return None
        for name, places in zip(("row", "column"), output, strict=False):
            self.controls[name].max = places - 1
        row, column = self.controls["row"].value, self.controls["column"].value
        self.controls["play"].max = output[0] * output[1] - 1
        self.controls["play"].value = row * output[1] + column
        return row, column

    def show_input(self, windows: Windows, place: tuple[int, int] | None, scale: float) -> None:
        """Show the picture with its zeros, and the window at a place, if any."""
        image = self.image
        low, high = raster.usual_limits(image)
        if id(image) not in self._encoded:
            self._encoded[id(image)] = drawing.encode(image, low, high)
        margins, page = margins_of(windows), page_of(image, windows)
        padded = ", padded" if any(margins) else ""
        overlay = ""
        if scale >= ROOM_FOR_NUMBERS:
            dark = raster.to_levels(image, low, high) < 128
            overlay += drawing.cell_numbers(image, dark, page, margins, self.outside)
        if place is not None:
            overlay += _frames(windows.cells(place), page)
        self.panels["input"].show(
            title=f"Input: {by(image.shape, TIMES)}{padded}",
            picture=self._encoded[id(image)],
            alt=f"The input, {by(image.shape, TIMES)} pixels{drawing.list_rows(image)}.",
            size=list(image.shape),
            margins=list(margins),
            scale=scale,
            overlay=overlay,
        )

    def show_output(
        self,
        name: str,
        output: np.ndarray,
        place: tuple[int, int] | None,
        scale: float,
        look: tuple[float, float, str | None],
        **traits: Any,
    ) -> None:
        """Show an output up to the place reached; `look` is (low, high, colors)."""
        low, high, colors = look
        overlay = ""
        if scale >= ROOM_FOR_NUMBERS:
            levels = raster.to_levels(output, low, high)
            dark = (levels < 50) | (levels > 205) if colors else levels < 128
            overlay += drawing.cell_numbers(output, dark, output.shape)
        if place is not None:
            overlay += _cover_rest(place, output.shape)
            overlay += drawing.frame(*place, 1, 1, output.shape)
        self.panels[name].show(
            picture=drawing.encode(output, low, high, colors),
            size=list(output.shape),
            scale=scale,
            overlay=overlay,
            **traits,
        )


def _frames(cells, page):
    """Frame the window, and each of its pixels where they do not touch."""
    rows, columns = cells
    outer = rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    frames = drawing.frame(*outer, page)
    if (outer[2], outer[3]) != (len(rows), len(columns)) and len(rows) * len(columns) <= 49:
        inner = [drawing.frame(i, j, 1, 1, page, "cell") for i in rows for j in columns]
        frames += "".join(inner)
    return frames


def _cover_rest(place, shape):
    """Cover the values that come after a place in reading order."""
    row, column = place
    right = drawing.frame(row, column + 1, 1, shape[1] - column - 1, shape, "cover")
    below = drawing.frame(row + 1, 0, shape[0] - row - 1, shape[1], shape, "cover")
    return right + below


def margins_of(windows: Windows) -> tuple[int, int, int, int]:
    """Return the zeros (top, bottom, left, right) that the padding puts around a picture."""
    return windows.pads[0] + windows.pads[1]


def page_of(image: np.ndarray, windows: Windows) -> tuple[int, int]:
    """Return the rows and columns of a picture with its zeros."""
    return tuple(n + sum(zeros) for n, zeros in zip(image.shape, windows.pads, strict=True))


def describe_sizes(shape: tuple[int, int], windows: Windows, padding: Padding) -> list[str]:
    """Return the formula of the output's size with its numbers, one line an axis if they differ."""
    axes = zip(
        *(shape, windows.window, windows.output, windows.stride, windows.dilation, windows.pads),
        strict=True,
    )
    lines = [_formula(padding, *numbers) for numbers in axes]
    if lines[0] == lines[1]:
        return ["Rows and columns: " + lines[0]]
    return ["Rows: " + lines[0], "Columns: " + lines[1]]


def _formula(padding, size, side, places, stride, dilation, pads):
    if padding == "same":
        before, after = pads
        return (
            f"\N{LEFT CEILING}{size} / {stride}\N{RIGHT CEILING} = {places}, "
            f"padded by {before} before and {after} after"
        )
    minus, times = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}"
    reach = f"{side}" if dilation == 1 else f"(({side} {minus} 1) {times} {dilation} + 1)"
    zeros = f" + 2 {times} {padding}" if padding != "valid" else ""
    fraction = f"({size}{zeros} {minus} {reach}) / {stride}"
    return f"\N{LEFT FLOOR}{fraction}\N{RIGHT FLOOR} + 1 = {places}"
