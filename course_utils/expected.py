"""A reader's numbers beside the course's and the lectures', and what may be expected of them.

`compare` says where a number stands. In a reader's kernel it never raises: whoever has changed the
network, the data or the epochs is told so, and gets no verdict. In the tests (`COURSE_STRICT=1`) a
number outside its band is an error. Bands and lectures stand in `expected.toml`, the numbers of
the course's own run in `measured.json`, which `make full` writes.
"""

import json
import math
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

from course_utils import checkpoints, datasets, settings
from course_utils.reader import tables

_runs: dict[str, list[tuple[str, str, str]]] = {}  # by name: value, course's, verdict of each run


def compare(name: str, value: float) -> None:
    """Print `value` beside the course's and the lecture's, and a verdict.

    name: an entry of `expected.toml`, as "dense_mnist.test_accuracy".
    Raises ValueError for an unknown name and, in the tests alone, AssertionError for a value
    outside its band.
    """
    entry = _entry(name)
    inside, verdict = _judge(entry, value)
    shown = _show(entry, value)
    course, lecture = _course(name, entry, value), _lecture(entry)
    runs = _runs.setdefault(name, [])
    if (shown, course, verdict) not in runs[-1:]:
        runs.append((shown, course, verdict))
    if "data" in entry:  # the others are the same for everybody
        settings.note_use(measured={"name": name, "value": float(value)})
    beside = f"the course {course}, " if course else ""
    print(f"{entry['title']}: yours {shown}, {beside}{lecture} -> {verdict}")
    if settings.strict() and not inside:
        raise AssertionError(
            f"{entry['title']} is {float(value):.6g}, {verdict}: the code or the data above differ "
            "from the course's, or the band in expected.toml is wrong."
        )


def _judge(entry: dict, value: float) -> tuple[bool, str]:
    """Return whether the value is inside its band, and the verdict in words."""
    changed = "" if settings.strict() else _changed(entry)
    if changed:
        return False, f"no verdict, since your {changed} not the course's"
    band = _band(entry)
    if band is None:
        return True, "no verdict, since so little data proves nothing"
    low, high = band
    inside = low <= value <= high
    if inside:
        return True, "as expected"
    if low == high:
        return False, f"not the same: expected {_show(entry, low)}"
    if math.isnan(value):
        return False, "not a number"
    side = "below" if value < low else "above"
    return False, f"{side} {_show(entry, low)} to {_show(entry, high)}"


def _changed(entry: dict) -> str:
    """Return in words what the reader changed in the data and trainings the entry rests on."""
    words = dict.fromkeys(
        word for name in _as_list(entry, "training") for word in checkpoints.changes(name)
    )
    if not all(datasets.is_loaded(name) for name in _as_list(entry, "data")):
        words["data"] = None
    if not words:
        return ""
    return f"{' and '.join(words)} {'is' if len(words) == 1 and 'model' in words else 'are'}"


def _as_list(entry: dict, key: str) -> list[str]:
    found = entry.get(key, [])
    return [found] if isinstance(found, str) else found


def _show(entry: dict, value: float) -> str:
    if entry.get("percent"):
        return f"{value:.1%}"
    return f"{value:,.6g}" if value % 1 else f"{value:,}"


def _course(name: str, entry: dict, value: float) -> str:
    """Return the number of the course's own run; where there is nothing to measure, none."""
    if "data" not in entry:
        return ""
    measured = value if settings.used_file() else _measured().get(name)  # this is the course's run
    return "" if measured is None else _show(entry, measured)


def _lecture(entry: dict) -> str:
    says = _show(entry, entry["lecture"]) if "lecture" in entry else entry["says"]
    return f"lecture {entry['source']}: {says}"


class Table:
    """All numbers compared so far beside the course's and the lecture's, run by run."""

    HEAD = ("what", "yours", "the course", "lecture", "verdict")

    def __init__(self, rows: Iterable[tables.Row]):
        self.rows = list(rows)

    def _repr_html_(self) -> str:
        return tables.to_html(self.HEAD, self.rows)

    def __repr__(self) -> str:
        return tables.to_text(self.HEAD, self.rows)


def table() -> Table:
    """Return your numbers beside the course's: a row for each, and one more for each other run."""
    rows = []
    for name, runs in _runs.items():
        entry = _entry(name)
        for number, (shown, course, verdict) in enumerate(runs, start=1):
            title = entry["title"] if number == 1 else f"{entry['title']}, run {number}"
            rows.append((title, shown, course, _lecture(entry), verdict))
    return Table(rows)


@cache
def _entries() -> dict:
    return tomllib.loads(_read("expected.toml"))


@cache
def _measured() -> dict:
    """Return the numbers of the course's own run in the full profile, on the real data."""
    return json.loads(_read("exercises/measured.json"))


def _read(name: str) -> str:
    return resources.files("course_utils").joinpath(name).read_text(encoding="utf-8")


def _entry(name: str) -> dict:
    group, _, key = name.partition(".")
    entry = _entries().get(group, {}).get(key)
    if entry is None:
        known = [f"{g}.{k}" for g, entries in _entries().items() for k in entries]
        raise ValueError(f"{name!r} is not in expected.toml; there are {', '.join(known)}.")
    return entry


def _band(entry: dict) -> tuple[float, float] | None:
    """Return the band for the running profile and data, or None where nothing can be expected.

    An exact entry has the lecture's value.
    """
    if "data" not in entry:
        return entry["lecture"], entry["lecture"]
    used = _as_list(entry, "data")
    if absent := [name for name in used if not datasets.is_loaded(name)]:
        raise ValueError(f"{absent[0]!r} has not been loaded yet: call datasets.load first.")
    real = all(datasets.source(name) == "real" for name in used)
    source = "real" if real else "standin"
    # The demo profile shows the trainings of the full one.
    profile = "quick" if settings.profile().name == "quick" else "full"
    band = entry.get(f"{profile}_{source}")
    return None if band is None else tuple(band)
