"""A matplotlib figure as an image with its alt text, wherever the notebook is read."""

import base64
import html
import io
import textwrap
import warnings
from functools import cache
from typing import Any

from course_utils.plotting import alt as alt_text

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

# Okabe and Ito's palette: told apart with every common kind of colour vision.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, BLACK)
LINE_STYLES = ("-", "--", "-.", ":", "-", "--", "-.")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

PIXELS_PER_INCH = 96  # on the reader's screen
SHARPNESS = 1.6  # pixels in the file for each pixel on the screen
MOST_PIXELS = 2400  # of the file's longer side
COLOURS, GREYS = 128, 126  # of a chart's palette, beside white
PHOTOGRAPH = 6_000  # colours and more: a chart with smooth letters has half as many
QUALITY = 78  # of a photograph's file: what a notebook of 1.5 MB has room for
EDGE = 6  # pixels of white around a picture, which is a white card on a dark page

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
    """A matplotlib `Figure` in the course's style; `alt` is for readers who do not see it."""

    _alt = ""

    @property
    def alt(self) -> str:
        """The words that were set, or else those computed from what the figure shows."""
        return self._alt or alt_text.describe(self)

    @alt.setter
    def alt(self, words: str) -> None:
        self._alt = words

    def to_png(self) -> bytes:
        """Return the picture as a PNG file, with all its colours."""
        packed = io.BytesIO()
        _render(self).save(packed, format="png", compress_level=8)
        return packed.getvalue()

    def to_html(self) -> str:
        """Return an `<img>` element with the picture inside and its alt text."""
        return to_html(self)


def words_of(figure: Figure) -> str:
    """Return the alt text of any figure: its own `alt`, or what is computed from it."""
    return getattr(figure, "alt", "") or alt_text.describe(figure)


def to_html(figure: Figure) -> str:
    """Return an `<img>` element with any matplotlib figure inside and its alt text."""
    image = _render(figure)
    kind, content = _pack(image)
    data = base64.b64encode(content).decode("ascii")
    width = round(image.width / SHARPNESS) + 2 * EDGE
    return (
        f'<img src="data:image/{kind};base64,{data}" alt="{html.escape(words_of(figure))}" '
        f'width="{width}" style="max-width:100%;height:auto;box-sizing:border-box;'
        f'padding:{EDGE}px;background:#fff">'
    )


def _render(figure: Figure):
    """Return a figure as an RGB image of PIL, `SHARPNESS` pixels for each pixel of the screen."""
    from PIL import Image

    own = isinstance(figure, Picture)
    if own:  # what is written on it is no formula
        for text in figure.findobj(Text):
            text.set_parse_math(False)
    # Cut to what is drawn, so that nothing is cut off and no empty strip is left. A figure of
    # one's own is as large as in Jupyter, with its dpi.
    usual = matplotlib.rcParamsDefault["figure.dpi"]
    zoom = SHARPNESS if own else SHARPNESS * figure.get_dpi() / usual
    zoom = min(zoom, MOST_PIXELS / (PIXELS_PER_INCH * max(figure.get_size_inches())))
    drawn = io.BytesIO()
    with matplotlib.rc_context(STYLE if own else {}), warnings.catch_warnings():
        # A letter that no font here has is drawn as a box; the alt text holds it.
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        figure.savefig(
            drawn,
            format="png",
            dpi=PIXELS_PER_INCH * zoom,
            bbox_inches="tight",
            pad_inches=0.05 if own else None,
        )
    image = Image.open(drawn).convert("RGBA")
    page = Image.new("RGBA", image.size, "white")
    page.alpha_composite(image)
    return page.convert("RGB")


def _pack(image) -> tuple[str, bytes]:
    """Return the kind and the bytes of a small file.

    Photographs, known by their many colours, become a WebP (half of a JPEG as good), all else a
    PNG: greys as they are, a chart with a palette.
    """
    packed = io.BytesIO()
    pixels = np.asarray(image).astype(np.uint32)
    red, green, blue = np.moveaxis(pixels, 2, 0)
    if (red == green).all() and (green == blue).all():
        image.convert("L").save(packed, format="png", compress_level=8)
    elif np.unique(red << 16 | green << 8 | blue).size > PHOTOGRAPH:
        image.save(packed, format="webp", quality=QUALITY, method=6)
        return "webp", packed.getvalue()
    else:
        _reduce_colours(image).save(packed, format="png", compress_level=8)
    return "png", packed.getvalue()


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
    with matplotlib.rc_context({**STYLE, "font.family": _fonts()}):
        figure = Picture(figsize=(width, height), layout="constrained", facecolor="white")
        FigureCanvasAgg(figure)
        if title:
            figure.suptitle(wrap(title, 10.5 * max(width, 1.3)))
    figure.alt = alt
    return figure


def new_axes(figure: Picture, rows: int = 1, columns: int = 1, **options: Any) -> np.ndarray:
    """Return a (rows, columns) array of axes in the course's style; options as in `subplots`."""
    with matplotlib.rc_context({**STYLE, "font.family": _fonts()}):
        return figure.subplots(rows, columns, squeeze=False, **options)


def wrap(text: str, width: float, lines: int = 4) -> str:
    """Break a text into lines of at most `width` characters; what exceeds `lines` is cut off."""
    own = str(text).split("\n")
    broken = [
        part
        for line in own
        for part in textwrap.wrap(line, max(3, int(width)), break_on_hyphens=False) or [""]
    ]
    if len(broken) > lines:
        broken = [*broken[: lines - 1], broken[lines - 1][: max(3, int(width)) - 1] + "…"]
    return "\n".join(broken)


@cache
def _fonts() -> list[str]:
    """Return matplotlib's own font, and one of this machine with Chinese letters, if it has one."""
    from matplotlib.font_manager import fontManager

    there = {font.name for font in fontManager.ttflist}
    known = ("Noto Sans CJK SC", "Noto Sans CJK JP", "PingFang SC", "Hiragino Sans GB",
             "Microsoft YaHei", "WenQuanYi Zen Hei")  # fmt: skip
    return ["DejaVu Sans", *[name for name in known if name in there][:1]]
