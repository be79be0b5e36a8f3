"""Boxes and short texts, collected once and drawn by matplotlib (sharp) or by PIL (quick)."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.plotting.picture import Picture, new_picture

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

PIXELS_PER_INCH = 110  # of an image made by PIL


class Drawing:
    """Boxes and texts on a page of `width` x `height` inches; y grows downwards."""

    def __init__(self, width: float, height: float):
        self.width, self.height = width, height
        self._boxes, self._texts = [], []

    def add_box(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        fill: str | None = None,
        edge: str = "#999999",
        line: float = 0.7,
    ) -> None:
        """Add a rectangle; sizes in inches, the line in points."""
        self._boxes.append((left, top, width, height, fill, edge, line))

    def add_text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 10.0,
        color: str = "#000000",
        bold: bool = False,
    ) -> None:
        """Add a text, centred on (x, y); its size in points."""
        if text:
            self._texts.append((x, y, text, size, color, bold))

    def add_grid(
        self,
        left: float,
        top: float,
        cell: float,
        texts: Sequence[Sequence[str]],
        fills: Sequence[Sequence[str]],
    ) -> None:
        """Add a grid of cells; `texts` and `fills` are (rows, columns), `cell` is in inches."""
        texts = np.array(texts, dtype=object)
        widest = max(map(_width, texts.flat), default=0) or 1
        size = min(11, 72 * cell * min(0.5, 0.8 / widest))
        for (row, column), text in np.ndenumerate(texts):
            x, y = left + column * cell, top + row * cell
            self.add_box(x, y, cell, cell, fills[row][column])
            self.add_text(x + cell / 2, y + cell / 2, text, size)

    def to_picture(self, title: str = "") -> Picture:
        """Return the drawing as a matplotlib figure."""
        from matplotlib.patches import Rectangle

        picture = new_picture(self.width, self.height, title)
        picture.set_layout_engine("none")
        ax = picture.add_axes((0, 0, 1, 1), xlim=(0, self.width), ylim=(self.height, 0))
        ax.set_axis_off()
        for left, top, width, height, fill, edge, line in self._boxes:
            ax.add_patch(Rectangle((left, top), width, height, fc=fill or "none", ec=edge, lw=line))
        for x, y, text, size, color, bold in self._texts:
            weight = "bold" if bold else "normal"
            ax.text(x, y, text, size=size, color=color, weight=weight, ha="center", va="center")
        return picture

    def to_image(self) -> "Image.Image":
        """Return the drawing as a PIL image."""
        from PIL import Image, ImageDraw

        scale = PIXELS_PER_INCH
        image = Image.new("RGB", (round(self.width * scale), round(self.height * scale)), "white")
        pen = ImageDraw.Draw(image)
        for left, top, width, height, fill, edge, line in self._boxes:
            corners = [round(n * scale) for n in (left, top, left + width, top + height)]
            pen.rectangle(corners, fill, edge, max(1, round(line * scale / 72)))
        for x, y, text, size, color, bold in self._texts:
            font = _load_font(round(size * scale / 72), bold)
            pen.text((x * scale, y * scale), text, color, font, anchor="mm", align="center")
        return image


def _width(text) -> float:
    """Return about how wide a text is, as a share of its size; digits are 0.64, brackets 0.39."""
    return sum({"×": 0.84, "(": 0.39, ")": 0.39, "-": 0.36, ".": 0.32}.get(c, 0.64) for c in text)


@cache
def _load_font(pixels: int, bold: bool):
    """Load the font that matplotlib brings along."""
    import matplotlib
    from PIL import ImageFont

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(matplotlib.get_data_path(), "fonts", "ttf", name), pixels)
