"""A small table, as HTML for a notebook and as lines for a terminal."""

import html
from collections.abc import Iterable, Sequence

Row = Sequence[str]


def to_html(head: Row, rows: Iterable[Row], caption: str = "") -> str:
    """Return the HTML of a table; what it holds is text and no markup."""

    def line(cells, tag, attributes=""):
        start = f'<{tag}{attributes} style="text-align:left">'
        return "".join(f"{start}{html.escape(cell)}</{tag}>" for cell in cells)

    first = line(head, "th", ' scope="col"')
    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    title = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<tr>{first}</tr>{body}</table>"


def to_text(head: Row, rows: Iterable[Row]) -> str:
    """Return a table as lines, its cells parted by bars."""
    return "\n".join(" | ".join(row) for row in [head, *rows])
