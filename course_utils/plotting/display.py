"""Every matplotlib figure of a notebook is shown with its alt text, the course's and one's own."""

from functools import cache
from weakref import WeakKeyDictionary

from course_utils.plotting.picture import PALETTE, to_html, words_of

import matplotlib
from matplotlib.figure import Figure


def install() -> None:
    """Make this session's front end show figures by `show`, and set the course's colours.

    Done when `course_utils.plotting` is imported; outside of IPython only the colours are set.
    """
    matplotlib.rcParams["image.cmap"] = "cividis"
    matplotlib.rcParams["axes.prop_cycle"] = matplotlib.cycler(color=PALETTE)
    from IPython import get_ipython

    if shell := get_ipython():
        _install_in(shell)


@cache
def _install_in(shell) -> None:
    """Take the place of the inline backend's PNG in `plt.show()`, `display` and values of cells."""
    viewer = Viewer()
    shell.display_formatter.ipython_display_formatter.for_type(Figure, viewer.show)
    shell.events.register("pre_execute", viewer.begin)
    # Before the inline backend's own, which shows what a cell has left open.
    shell.events.callbacks["post_execute"].insert(0, viewer.end)


class Viewer:
    """Shows figures as `<img alt="…">`; what a cell has shown already, it does not show again."""

    def __init__(self):
        self._shown, self._ended = WeakKeyDictionary(), False

    def begin(self) -> None:
        """Note that a cell begins."""
        self._shown.clear()
        self._ended = False

    def end(self) -> None:
        """Note that a cell's code has run: what follows shows the figures that are still open."""
        self._ended = True

    def show(self, figure: Figure) -> None:
        """Show a figure as an HTML image with its alt text, and the alt text as plain text."""
        from IPython.display import display

        bundle = {"text/html": to_html(figure), "text/plain": words_of(figure)}
        if not (self._ended and self._shown.get(figure) == bundle):
            display(bundle, raw=True)
        self._shown[figure] = bundle
