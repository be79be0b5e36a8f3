"""A player for the steps of a window: one HTML element that needs no network.

It is an `<iframe>` with its whole page inside, so that its script and style touch nothing else in
the notebook. A front end that lets no frame or script run (a notebook that is not trusted, a
browser without scripts) shows the filmstrip instead.
"""

import html
import json
import re
from importlib import resources

from course_utils.plotting.picture import Picture

CELL, GAP = 38, 46  # pixels of the screen


class Player:
    """The animation of `Steps`, with the buttons Back, Play and Step; shown in a notebook."""

    def __init__(self, title: str, data: dict, filmstrip: Picture):
        self.title, self.data, self.filmstrip = title, data, filmstrip

    def to_html(self) -> str:
        """Return the `<iframe>` element, with the filmstrip for readers that show none."""
        width, height = self._size()
        image = self.filmstrip.to_html()
        # Where frames are taken away, what stands between the tags is left.
        size = f"max-width:{max(width, 720) + 32}px;height:{height + 178}px"
        return (
            f'<iframe title="{html.escape(self.title)}" srcdoc="{html.escape(self._page(image))}" '
            f'style="width:100%;{size};border:0">{image}</iframe>'
        )

    def _ipython_display_(self):
        from IPython.display import display

        display({"text/html": self.to_html(), "text/plain": self.filmstrip.alt}, raw=True)

    def _size(self) -> tuple[int, int]:
        """Return width and height of the drawing in pixels."""
        rows, columns = len(self.data["texts"]), len(self.data["texts"][0])
        shapes = [(rows, columns), self.data["window"], self.data["output"]]
        width = sum(shape[1] for shape in shapes[::2]) * CELL + shapes[1][1] * 1.35 * CELL
        tallest = max(rows, shapes[1][0] * 1.35, shapes[2][0])
        return round(width) + 2 * GAP + 8, round(tallest * CELL) + 8

    def _page(self, image: str) -> str:
        width, height = self._size()
        data = json.dumps(self.data, separators=(",", ":"), ensure_ascii=False)
        values = {
            "TITLE": html.escape(self.title),
            "WIDTH": str(width),
            "HEIGHT": str(height),
            "LAST": str(len(self.data["steps"]) - 1),
            "CELL": str(CELL),
            "GAP": str(GAP),
            "FILMSTRIP": image,
            "DATA": data.replace("<", "\\u003c"),  # no tag in it ends the script
        }
        page = resources.files("course_utils.plotting").joinpath("player.html")
        text = page.read_text(encoding="utf-8")
        # At once, so that a title may hold such a name itself.
        return re.sub(r"@([A-Z]+)@", lambda found: values[found[1]], text)
