"""The convolution explorer."""

import re

from course_utils.convolution import convolve, kernels
from course_utils.convolution.checks import by
from course_utils.convolution.windows import slide
from course_utils.explorers import drawing
from course_utils.explorers.base import WIDTH, Panel, dropdown, slider
from course_utils.explorers.windows import (
    STEP_CONTROLS,
    TIMES,
    WindowExplorer,
    describe_sizes,
    page_of,
)
from course_utils.plotting import raster

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

OWN = "your own numbers"
LARGEST_KERNEL = 15
LARGEST_TABLE = 5  # larger kernels are drawn, not written
PADDINGS = [("valid", "valid"), ("same", "same"), ("1", 1), ("2", 2), ("3", 3)]


class ConvolutionExplorer(WindowExplorer):
    """A picture, a kernel and what they give, as a whole or step by step.

    Controls: picture (where there are several), kernel, numbers, stride, padding, dilation,
    steps, row, column, play. Panels: input, output, kernel, products.
    """

    name = "convolution"
    rows = (("stride", "padding", "dilation"), ("steps", *STEP_CONTROLS))

    def __init__(self, image: ArrayLike | dict[str, ArrayLike]):
        numbers = ipywidgets.Textarea(
            value=write_kernel(kernels["sobel_x"]),
            description="Numbers",
            rows=3,
            layout=ipywidgets.Layout(width=WIDTH),
        )
        controls = {
            "kernel": dropdown("Kernel", [*kernels, OWN], "sobel_x"),
            "numbers": numbers,
            "stride": slider("Stride", 1, 1, 5),
            "padding": dropdown("Padding", PADDINGS),
            "dilation": slider("Dilation", 1, 1, 4),
        }
        panels = {name: Panel() for name in ("input", "output", "kernel", "products")}
        super().__init__(image, controls, panels)

    def react(self, control: ipywidgets.Widget) -> None:
        if control is self.controls["kernel"] and control.value != OWN:
            self.controls["numbers"].value = write_kernel(kernels[control.value])
        elif control is self.controls["numbers"]:
            self.controls["kernel"].value = _name_of(control.value)
        super().react(control)

    def draw(self) -> str:
        image, values = self.image, self.values()
        kernel = read_kernel(values["numbers"])
        options = {name: values[name] for name in ("stride", "padding", "dilation")}
        output = convolve(image, kernel, **options)
        windows = slide(image.shape, kernel.shape, **options)
        scale = drawing.scale_of(page_of(image, windows), output.shape)
        look, legend = _look(image, kernel, output)
        place, size = self.place(output.shape), by(output.shape, TIMES)
        self.show_output(
            "output",
            output,
            place,
            scale,
            look,
            title=f"Output: {size}",
            alt=f"The output, {size} values{drawing.list_rows(output)}. {legend}",
        )
        self.show_input(windows, place, scale)
        self._show_kernel(kernel)
        words = [*describe_sizes(image.shape, windows, options["padding"]), legend]
        if place is not None:
            words.insert(0, f"Row {place[0]}, column {place[1]} of the output.")
        self._show_products(image, kernel, windows, place)
        return "\n".join(words)

    def _show_kernel(self, kernel):
        title = f"Kernel: {by(kernel.shape, TIMES)}"
        if max(kernel.shape) <= LARGEST_TABLE:
            texts = [[drawing.number(weight) for weight in line] for line in kernel]
            html = drawing.table(texts, drawing.signed_fills(kernel), title)
            self.panels["kernel"].show(title=title, picture=b"", html=html)
            return
        most = np.abs(kernel).max()
        self.panels["kernel"].show(
            title=title,
            picture=drawing.encode(kernel, -most, most, "RdBu_r"),
            alt=f"The kernel, {by(kernel.shape, TIMES)} numbers up to {most:g}.",
            size=list(kernel.shape),
            scale=drawing.scale_of(kernel.shape, side=160),
            html="",
        )

    def _show_products(self, image, kernel, windows, place):
        """Show pixel times weight for each pixel of the window, and their sum."""
        if place is None:
            self.panels["products"].show(title="", html="")
            return
        pixels, _ = windows.pixels(image, place)
        products = pixels * kernel
        title = f"Sum of {kernel.size} products: {drawing.number(products.sum())}"
        html = ""
        if max(kernel.shape) <= LARGEST_TABLE:
            texts = [
                [f"{drawing.number(pixel)} × {drawing.number(weight)}" for pixel, weight in line]
                for line in np.stack([pixels, kernel], axis=-1)
            ]
            html = drawing.table(texts, drawing.signed_fills(products), title)
        self.panels["products"].show(title=title, html=html)


def _look(image, kernel, output):
    """Return (low, high, colors) to show an output with, and what they mean."""
    total = float(kernel.sum())
    keeps_brightness = abs(total - 1) < 1e-6 or (kernel.min() >= 0 and total > 0)
    if keeps_brightness and image.min() >= 0:
        high = raster.usual_limits(image)[1] * total or 1.0
        return (0.0, high, None), f"Black is 0 or less, white is {high:.3g} or more."
    # The strongest hundredth would leave all others pale.
    share = 99 if output.size > 1000 else 100
    most = float(np.percentile(np.abs(output), share)) or 1.0
    return (-most, most, "RdBu_r"), (
        f"Blue is negative, white is 0, red is positive; full colour is {most:.3g} or more."
    )


def read_kernel(text: str) -> np.ndarray:
    """Return typed rows of numbers as an array: "0 1 0; 1 -4 1; 0 1 0", or one row a line.

    Numbers stand apart by spaces or commas; a fraction such as 1/9 will do. In a row whose numbers
    stand apart by spaces, "0,5" is 0.5, as it is written in many languages. ValueError says which
    row or number is wrong.

    >>> read_kernel("0,5 0 0,5").tolist(), read_kernel("1,0,-1").tolist()
    ([[0.5, 0.0, 0.5]], [[1, 0, -1]])
    """
    lines = [line for line in text.replace(";", "\n").splitlines() if line.strip()]
    if not lines:
        raise ValueError("There are no numbers yet: type rows of numbers, such as 0 1 0.")
    rows = [_read_row(line, place) for place, line in enumerate(lines, start=1)]
    for place, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise ValueError(
                f"Row {place} has {_count(row)} and row 1 has {_count(rows[0])}: "
                f"give each row equally many."
            )
    if max(len(rows), len(rows[0])) > LARGEST_KERNEL:
        raise ValueError(
            f"This kernel is {len(rows)} x {len(rows[0])}; "
            f"type at most {LARGEST_KERNEL} rows of {LARGEST_KERNEL} numbers."
        )
    kernel = np.array(rows)
    return kernel.astype(int) if (kernel % 1 == 0).all() else kernel


def _read_row(line, place):
    """Return the numbers of a row; see `read_kernel` for commas."""
    words = re.split(r"\s*,\s+|\s+,\s*|\s+", line.strip().strip(","))
    if len(words) > 1:
        return [_read_number(_with_point(word), place) for word in words]
    if words[0].count(",") == 1:
        raise ValueError(
            f'"{words[0]}" in row {place} may be one number or two: type '
            f"{words[0].replace(',', '.')} or {words[0].replace(',', ' ')}."
        )
    return [_read_number(word, place) for word in words[0].split(",")]


def _with_point(word):
    return word.replace(",", ".") if word.count(",") == 1 else word


def _read_number(word, place):
    above, slash, below = word.replace("\N{MINUS SIGN}", "-").partition("/")
    try:
        value = float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        value = np.nan
    if not abs(value) <= 1e6:
        raise ValueError(
            f'"{word}" in row {place} is no number up to a million: type such as 2, -0.5 or 1/9.'
        )
    return value


def write_kernel(kernel: np.ndarray) -> str:
    """Return a kernel as text that `read_kernel` understands; ninths and sixteenths as such."""
    return "\n".join(" ".join(_write_number(weight) for weight in line) for line in kernel)


def _write_number(weight):
    for below in (1, 9, 16):
        if abs(weight * below - round(weight * below)) < 1e-9:
            return f"{round(weight * below)}" + (f"/{below}" if below > 1 else "")
    return f"{weight:.4g}"


def _name_of(text):
    """Return the name of the kernel that these numbers are, or `OWN`."""
    return next((name for name in kernels if write_kernel(kernels[name]) == text), OWN)


def _count(row):
    return f"{len(row)} number" + ("s" if len(row) != 1 else "")
