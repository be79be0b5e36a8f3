"""Plain words to the reader of a notebook, set apart from the output of the code."""

import html
import sys
from typing import TextIO

COLOURS = {"right": "#009E73", "compared": "#009E73", "wrong": "#D55E00", "": "#0072B2"}


def notice(text: str) -> None:
    """Show one short paragraph beside the output: a framed note, or a line on a terminal."""
    show_note(text, role="note")


def show_note(text: str, state: str = "", role: str = "status") -> None:
    """Show a text in a frame, whose colour only repeats what it says; on a terminal, print it.

    state: "right", "wrong", "compared", or "" for none; role: of ARIA, "status" is read out.
    """
    if not in_notebook():
        write_line(text)
        return
    from IPython.display import display

    style = f"border-left:4px solid {COLOURS.get(state, COLOURS[''])};padding:.3em .8em;"
    style += "margin:.3em 0;white-space:pre-wrap"
    note = f'<div role="{role}" style="{style}">{html.escape(text)}</div>'
    display({"text/html": note, "text/plain": text}, raw=True)


def write_line(text: str, stream: TextIO | None = None, end: str = "\n") -> None:
    """Print a text; letters that the stream's encoding lacks are written as codes, \\xe9 for é.

    stream: standard output where none is given.
    """
    stream = sys.stdout if stream is None else stream
    encoding = getattr(stream, "encoding", None) or "utf-8"
    shown = text.encode(encoding, "backslashreplace").decode(encoding)
    print(shown, end=end, file=stream, flush=True)


def in_notebook() -> bool:
    """Tell whether a notebook front end shows what this process displays."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")
