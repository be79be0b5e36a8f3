"""How much memory each notebook's kernel takes, on Linux: run it by `make memory`.

    python tests/memory.py          # all notebooks
    python tests/memory.py 03 05    # these alone

It runs them in the profile and on the data that the environment names (`make memory`: the demo
profile, as on a server for a class), keeps what it measured in `tests/memory.json`, and ends with
status 1 where a notebook takes more than its bound. A kernel's own memory is what no other has; the
libraries' files, half a GB, all kernels on a machine share.
"""

import json
import sys
import tempfile
from pathlib import Path

from course_utils import files, settings
from course_utils.publishing import notebooks, run

import nbformat

KEPT = Path(__file__).with_suffix(".json")
KB = 2**20  # in a GB
MOST = {"01": 1.0, "02": 1.0, "03": 1.0, "04": 1.0}  # GB of a kernel's own memory at its peak
MOST_OF_OTHERS = 1.5
NOISE = 0.05  # GB by which two measurements differ
OWN_SERVER = 0.1  # GB of a student's own server on a hub, beside her kernel
CLASSES = (10, 30, 100)
WATCH = """
import threading as _threading, time as _time

def _look():
    with open("/proc/self/status") as status:
        found = dict(line.split(":", 1) for line in status)
    return [int(found[name].split()[0]) for name in ("VmHWM", "RssAnon", "RssFile")]

def _watch():
    peak = 0
    while True:
        peak_now, _, shared = _look()
        if peak_now > peak:
            peak = peak_now
            _own.append(peak - shared)
        _time.sleep(0.02)

_own, _imports = [], _look()
_threading.Thread(target=_watch, daemon=True).start()
"""
TELL = "print(*_imports[1:], max(_own))"  # kB: its own and the files' after the imports, its peak


def measure(path: Path) -> dict[str, float]:
    """Return the GB of a notebook's kernel: its own after the imports and at the peak; the shared.

    A thread in the kernel looks, whenever the peak of all rises, how much of it are files.
    """
    notebook = nbformat.read(path, as_version=4)
    first = next(n for n, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    notebook.cells.insert(first + 1, nbformat.v4.new_code_cell(WATCH))
    notebook.cells.append(nbformat.v4.new_code_cell(TELL))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, path.name)
        nbformat.write(notebook, place)
        done = run.execute(place)
    imports, shared, peak = [int(kb) / KB for kb in done.cells[-1].outputs[0].text.split()]
    taken = {"imports": imports, "peak": peak, "shared": shared}
    return {name: round(value, 2) for name, value in taken.items()}


def bound(name: str) -> float:
    """Return how many GB a notebook may take at its peak, give or take NOISE."""
    return MOST.get(name[:2], MOST_OF_OTHERS)


def read() -> dict:
    """Return what was measured: {profile: {notebook: {"imports": …, "peak": …, "shared": …}}}."""
    return json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}


def make_table(kept: dict) -> str:
    """Return what was measured in the demo profile as a table for the README."""
    rows = [
        f"| {name} | {taken['imports']:.1f} | {taken['peak']:.1f} | {bound(name):.1f} | "
        + " | ".join(f"{count * (taken['peak'] + OWN_SERVER):.0f}" for count in CLASSES)
        + " |"
        for name, taken in sorted(kept["demo"].items())
    ]
    classes = " | ".join(f"{count} students" for count in CLASSES)
    head = f"| notebook | after the imports | peak | at most | {classes} |"
    return "\n".join([head, "|---|---|---|---|" + "---|" * len(CLASSES), *rows])


def main(names: list[str]) -> int:
    """Measure notebooks, keep and print what they take; return 1 where one takes too much."""
    profile, too_much = settings.profile().name, []
    for path in notebooks.choose(tuple(names)):
        taken = measure(path)
        known = read()
        known.setdefault(profile, {})[path.stem] = taken
        with files.replacing(KEPT) as beside:
            beside.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(path.stem, *(f"{when} {value:.2f} GB" for when, value in taken.items()), flush=True)
        if taken["peak"] > bound(path.stem) + NOISE:
            too_much.append(f"{path.stem}: {taken['peak']:.2f} GB, {bound(path.stem)} are allowed")
    print("\n".join(too_much))
    return bool(too_much)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
