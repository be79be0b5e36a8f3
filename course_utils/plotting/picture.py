"""A matplotlib figure that carries its alt text and shows it wherever the notebook is read."""

import base64
import html
import io

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart with every common kind of colour vision.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, BLACK)
LINE_STYLES = ("-", "--", "-.", ":", "-", "--", "-.")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

PIXELS_PER_INCH = 96  # on the reader's screen
SHARPNESS = 1.6  # pixels in the file for each pixel on the screen
COLOURS, GREYS = 128, 48  # of a picture's palette, beside white

STYLE = {
    "font.size": 10.5,
    "axes.titlesize": 10.5,
    "figure.titlesize": 12.5,
    "figure.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.color": "#DDDDDD",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
}


class Picture(Figure):
    """A matplotlib `Figure` with `alt`, the words for readers who do not see it."""

    alt = ""

    def to_png(self) -> bytes:
        """Return the picture as a PNG file of at most 177 colours, which halves its size."""
        from PIL import Image

        drawn, packed = io.BytesIO(), io.BytesIO()
        with matplotlib.rc_context(STYLE):
            self.savefig(drawn, format="png", dpi=PIXELS_PER_INCH * SHARPNESS)
        _reduce_colours(Image.open(drawn).convert("RGB")).save(
            packed, format="png", compress_level=8
        )
        return packed.getvalue()

    def to_html(self) -> str:
        """Return an `<img>` element with the picture inside and its alt text."""
        width = round(self.get_size_inches()[0] * PIXELS_PER_INCH)
        data = base64.b64encode(self.to_png()).decode("ascii")
        return (
            f'<img src="data:image/png;base64,{data}" alt="{html.escape(self.alt)}" '
            f'width="{width}" style="max-width:100%;height:auto">'
        )

    def _ipython_display_(self):
        from IPython.display import display

        display({"text/html": self.to_html(), "text/plain": self.alt}, raw=True)


def _reduce_colours(image):
    """Return an RGB image of PIL with a palette: white, greys, and colours that fit the image.

    The colours are those of an octree, which heeds how far apart colours are and not how many
    pixels they have, so that what is small (a line of a legend) keeps its own. An octree has few
    greys, though, and gives white a tinge where there is much that is nearly white.
    """
    from PIL import Image

    octree = image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE).getpalette()
    colours = np.reshape(octree, (-1, 3))
    greys = np.linspace(0, 247, GREYS).round().astype(int)[:, np.newaxis].repeat(3, axis=1)
    colours = np.concatenate([colours[colours.min(axis=1) < 248], greys])
    palette = Image.new("P", (1, 1))
    palette.putpalette([255, 255, 255, *colours.ravel().tolist()])
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def new_picture(width: float, height: float, title: str = "", alt: str = "") -> Picture:
    """Return an empty picture of `width` x `height` inches with the course's style."""
    with matplotlib.rc_context(STYLE):
        figure = Picture(figsize=(width, height), layout="constrained", facecolor="white")
        FigureCanvasAgg(figure)
        if title:
            figure.suptitle(title)
    figure.alt = alt
    return figure


def new_axes(figure: Picture, rows: int = 1, columns: int = 1, **options) -> np.ndarray:
    """Return a (rows, columns) array of axes in the course's style; options as in `subplots`."""
    with matplotlib.rc_context(STYLE):
        return figure.subplots(rows, columns, squeeze=False, **options)


def join_words(words) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    words = [str(word) for word in words]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
