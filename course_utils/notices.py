"""Plain words to the reader of a notebook, set apart from the output of the code."""

import html
import sys


def notice(text: str) -> None:
    """Show one short paragraph: a framed note in a notebook, a line on a terminal."""
    if in_notebook():
        from IPython.display import display

        style = "border-left:4px solid #0072B2;padding:.3em .8em;margin:.3em 0"
        note = f'<div role="note" style="{style}">{html.escape(text)}</div>'
        display({"text/html": note, "text/plain": text}, raw=True)
    else:
        print(text)


def in_notebook() -> bool:
    """Tell whether a notebook front end shows what this process displays."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")
