"""The numbers a reader may expect, with their lecture and their band.

`compare` prints a value beside the lecture's and raises if it lies outside the band of the
running profile and data source; the bands stand in `expected.toml`, with their lecture.
"""

import html
import tomllib
from functools import cache
from importlib import resources

from course_utils import datasets, settings

_compared: dict[str, tuple[str, str, str, str]] = {}


def compare(name: str, value: float) -> None:
    """Print `value`, the lecture's value, the band and the verdict.

    name: an entry of `expected.toml`, as "dense_mnist.test_accuracy".
    Raises AssertionError if the value lies outside the band, ValueError for an unknown name.
    """
    entry = _entry(name)
    low, high = _band(entry, value)
    inside = low <= value <= high
    show = "{:.1%}" if entry.get("percent") else "{:,}"
    band = show.format(low) if low == high else f"{show.format(low)} to {show.format(high)}"
    lecture = show.format(entry["lecture"]) if "lecture" in entry else entry["says"]
    verdict = "as expected" if inside else "outside"
    _compared[name] = (
        entry["title"],
        show.format(value),
        f"{lecture} ({entry['source']})",
        f"{band}: {verdict}",
    )
    print(f"{entry['title']}: {show.format(value)}")
    print(f"  lecture {entry['source']}: {lecture}")
    print(f"  expected here: {band} -> {verdict}")
    if not inside:
        exact = f"{value:.3%}" if entry.get("percent") else f"{value:,}"
        raise AssertionError(
            f"{entry['title']} is {exact}, outside {band}. Run the notebook again "
            "from the top; if it stays so, the code or the data above differ from the course's."
        )


class Table:
    """All numbers compared so far, beside the lecture's; shown as a table in a notebook."""

    HEAD = ("what", "here", "lecture", "expected")

    def __init__(self, rows):
        self.rows = list(rows)

    def _repr_html_(self) -> str:
        def line(cells, tag):
            return "".join(
                f'<{tag} style="text-align:left">{html.escape(cell)}</{tag}>' for cell in cells
            )

        body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in self.rows)
        return f"<table><tr>{line(self.HEAD, 'th')}</tr>{body}</table>"

    def __repr__(self) -> str:
        return "\n".join(" | ".join(row) for row in [self.HEAD, *self.rows])


def table() -> Table:
    """Return a table of all values that this session compared."""
    return Table(_compared.values())


@cache
def _entries() -> dict:
    text = resources.files("course_utils").joinpath("expected.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _entry(name: str) -> dict:
    group, _, key = name.partition(".")
    entry = _entries().get(group, {}).get(key)
    if entry is None:
        known = [f"{g}.{k}" for g, entries in _entries().items() for k in entries]
        raise ValueError(f"{name!r} is not in expected.toml; there are {', '.join(known)}.")
    return entry


def _band(entry: dict, value: float) -> tuple[float, float]:
    """Return the band for the running profile and data: an exact entry has the lecture's value."""
    if "data" not in entry:
        return entry["lecture"], entry["lecture"]
    used = entry["data"] if isinstance(entry["data"], list) else [entry["data"]]
    source = "real" if all(datasets.source(name) == "real" for name in used) else "standin"
    # The demo profile shows checkpoints of full trainings; where none fits, it trains briefly.
    profiles = {"full": ["full"], "quick": ["quick"], "demo": ["full", "quick"]}
    bands = [tuple(entry[f"{name}_{source}"]) for name in profiles[settings.profile().name]]
    return next((band for band in bands if band[0] <= value <= band[1]), bands[0])
