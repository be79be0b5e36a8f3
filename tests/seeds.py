"""What the bands of `expected.toml` rest on: the notebooks run from several random numbers.

    python tests/seeds.py quick standin             # four runs of each notebook, all of them
    python tests/seeds.py quick real --only 03 05   # these alone
    python tests/seeds.py --bands                   # write the bands

The numbers that were compared go to `tests/seeds.json`, for each profile and data. A band is as
wide as three times their spread: from the lowest less the spread to the highest plus it. Where a
band would take up half of what a share can be, it could hardly fail, so there is none.
"""

import argparse
import json
import re
import tempfile
from pathlib import Path

from course_utils import expected, files, settings
from course_utils.publishing import notebooks, run, used

import nbformat

SEEDS = Path(__file__).with_suffix(".json")
BANDS = Path(expected.__file__).with_name("expected.toml")
RUNS = 4
LEAST = 0.01  # a spread below it is luck: a few hundred samples tell a percentage no better
WIDEST = 0.5

OTHER_NUMBERS = """\
import course_utils.keras_inside.start
import keras
_as_written = keras.utils.set_random_seed
keras.utils.set_random_seed = lambda seed: _as_written(seed + {offset})
"""


def measure(path: Path, offset: int, **environment: str) -> dict[str, float]:
    """Return the numbers that a notebook compares when `offset` is added to each of its seeds."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(OTHER_NUMBERS.format(offset=offset)))
    with tempfile.TemporaryDirectory() as folder:
        told, changed = Path(folder) / "used.jsonl", Path(folder) / path.name
        nbformat.write(notebook, changed)
        run.execute(changed, COURSE_USED=str(told), COURSE_CHECKPOINTS=folder, **environment)
        return used.read(told)[1]


def measure_all(profile: str, data: str, names: tuple[str, ...]) -> None:
    """Run the notebooks `RUNS` times and keep the numbers of each as soon as it is done."""
    environment = {"COURSE_PROFILE": profile, "COURSE_DATA": data, "COURSE_STRICT": "0"}
    for path in notebooks.choose(names):
        runs = [measure(path, 100 * number, **environment) for number in range(RUNS)]
        known = read()
        group = known.setdefault(f"{profile}_{data}", {})
        group |= {name: [round(one[name], used.DIGITS) for one in runs] for name in runs[0]}
        known[f"{profile}_{data}"] = dict(sorted(group.items()))
        lines = json.dumps(known, indent=1)
        lines = re.sub(r"\[([^\][]*)\]", lambda found: f"[{' '.join(found[1].split())}]", lines)
        with files.replacing(SEEDS) as beside:
            beside.write_text(lines + "\n", encoding="utf-8")
        print(f"{path.stem}: {len(runs[0])} numbers", flush=True)


def read() -> dict[str, dict[str, list[float]]]:
    """Return the numbers of each run, by profile and data, then by the entry's name."""
    return json.loads(SEEDS.read_text(encoding="utf-8")) if SEEDS.exists() else {}


def band_of(values: list[float], percent: bool) -> tuple[float, float] | None:
    """Return the band that rests on values, or None where it could hardly fail.

    A share that never left 0 to 100 % does not leave it in its band either.
    """
    spread = max(max(values) - min(values), LEAST if percent else LEAST * max(map(abs, values)))
    low, high = min(values) - spread, max(values) + spread
    if percent:
        low = max(low, 0.0) if min(values) >= 0 else low
        high = min(high, 1.0)
        if high - low > WIDEST:
            return None
    return round(low, 3), round(high, 3)


def write_bands() -> None:
    """Write into `expected.toml` the bands of each profile and data for which runs are known."""
    text = BANDS.read_text(encoding="utf-8")
    for band, group in read().items():
        for name, values in group.items():
            text = _set_band(text, name, band, band_of(values, _is_share(name)))
    with files.replacing(BANDS) as beside:
        beside.write_text(text, encoding="utf-8")


def _is_share(name: str) -> bool:
    return bool(expected._entry(name).get("percent"))


def _set_band(text: str, name: str, band: str, ends: tuple[float, float] | None) -> str:
    """Return the file's text with an entry's band set, or without it."""
    start = text.index(f"\n[{name}]\n") + 1
    end = text.find("\n\n[", start)
    entry = text[start : end if end >= 0 else len(text)]
    kept = [line for line in entry.rstrip().split("\n") if not line.startswith(f"{band} = ")]
    if ends:
        kept.append(f"{band} = [{ends[0]:g}, {ends[1]:g}]")
    order = ("full_real", "full_standin", "quick_real", "quick_standin")
    kept.sort(
        key=lambda line: 1 + order.index(line.split(" = ")[0]) if line.startswith(order) else 0
    )
    return text[:start] + "\n".join(kept) + text[start + len(entry.rstrip()) :]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("profile", nargs="?", choices=("quick", "full"))
    parser.add_argument("data", nargs="?", choices=("standin", "real"))
    parser.add_argument("--only", nargs="+", default=(), help="beginnings of file names, as 01")
    parser.add_argument("--bands", action="store_true", help="write the bands into expected.toml")
    options = parser.parse_args()
    if options.profile and options.data:
        measure_all(options.profile, options.data, tuple(options.only))
    if options.bands:
        write_bands()


if __name__ == "__main__":
    settings.profile()  # a setting that is misspelt is told before the first run
    main()
