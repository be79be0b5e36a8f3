"""The pooling explorer."""

from course_utils.convolution import pool
from course_utils.convolution.checks import by
from course_utils.convolution.windows import slide
from course_utils.explorers import drawing
from course_utils.explorers.base import Panel, checkbox, dropdown, slider
from course_utils.explorers.windows import (
    STEP_CONTROLS,
    TIMES,
    WindowExplorer,
    describe_sizes,
    page_of,
)
from course_utils.plotting import raster

import ipywidgets
from numpy.typing import ArrayLike


class PoolingExplorer(WindowExplorer):
    """A picture, and what max and average pooling leave of it.

    Controls: picture (where there are several), size, tiles (stride = window), stride, padding,
    steps, row, column, play. Panels: input, maximum, average, window.
    """

    name = "pooling"
    outside = "\N{EN DASH}"  # it never counts
    rows = (("stride", "padding"), ("steps", *STEP_CONTROLS))

    def __init__(self, image: ArrayLike | dict[str, ArrayLike]):
        controls = {
            "size": slider("Window", 2, 1, 8),
            "tiles": checkbox("Stride as the window", True),
            "stride": slider("Stride", 2, 1, 8),
            "padding": dropdown("Padding", ["valid", "same"]),
        }
        panels = {name: Panel() for name in ("input", "maximum", "average", "window")}
        super().__init__(image, controls, panels)

    def react(self, control: ipywidgets.Widget) -> None:
        controls = self.controls
        if control is controls["stride"]:
            controls["tiles"].value = controls["stride"].value == controls["size"].value
        elif controls["tiles"].value:
            controls["stride"].value = controls["size"].value
        super().react(control)

    def draw(self) -> str:
        image, values = self.image, self.values()
        window, stride, padding = values["size"], values["stride"], values["padding"]
        outputs = {
            "maximum": pool(image, window, stride, "max", padding),
            "average": pool(image, window, stride, "average", padding),
        }
        shape = outputs["maximum"].shape
        size = by(shape, TIMES)
        windows = slide(image.shape, window, stride, padding)
        scale, place = drawing.scale_of(page_of(image, windows)), self.place(shape)
        for name, output in outputs.items():
            title = f"{name.capitalize()}: {size}"
            look = (*raster.usual_limits(image), None)
            alt = f"The {name} of each window, {size} values{drawing.list_rows(output)}."
            self.show_output(name, output, place, scale, look, title=title, alt=alt)
        self.show_input(windows, place, scale)
        self._show_window(image, windows, place)
        kept = shape[0] * shape[1] / image.size
        words = describe_sizes(image.shape, windows, padding)
        return "\n".join([*words, f"{shape[0] * shape[1]:,} of {image.size:,} values: {kept:.1%}."])

    def _show_window(self, image, windows, place):
        """Show the numbers in the window, their maximum and their average."""
        if place is None:
            self.panels["window"].show(title="", html="")
            return
        pixels, inside = windows.pixels(image, place)
        values = pixels[inside]
        title = f"Row {place[0]}, column {place[1]} of the output"
        texts = [
            [drawing.number(p) if i else "\N{EN DASH}" for p, i in zip(*lines, strict=True)]
            for lines in zip(pixels, inside, strict=True)
        ]
        fills = [
            ["#FFDD99" if i and p == values.max() else "#fff" for p, i in zip(*lines, strict=True)]
            for lines in zip(pixels, inside, strict=True)
        ]
        numbers = drawing.table(texts, fills, title)
        largest, mean = drawing.number(values.max()), drawing.number(values.mean())
        html = f"{numbers}<div>maximum {largest}, average {mean}</div>"
        self.panels["window"].show(title=title, html=html)
