"""What a renewal of the course used and measured, told by its kernels line by line.

Each line is JSON: {"model": name} for a training that was kept or brought back, and
{"measured": {"name": name, "value": value}} for a number that was compared.
"""

import json
from pathlib import Path

from course_utils import files

MEASURED = Path(__file__).resolve().parent.parent / "exercises" / "measured.json"
DIGITS = 6


def read(told: Path) -> tuple[set[str], dict[str, float]]:
    """Return the names of the models used and the numbers measured, by name.

    told: the file of lines; where there is none, nothing was told. Of a number that was measured
    twice the last counts.
    """
    models, numbers = set(), {}
    for line in told.read_text(encoding="utf-8").splitlines() if told.exists() else []:
        entry = json.loads(line)
        if "model" in entry:
            models.add(entry["model"])
        else:
            numbers[entry["measured"]["name"]] = entry["measured"]["value"]
    return models, numbers


def remove_others(models: set[str], folder: Path) -> list[str]:
    """Remove the checkpoints in `folder` that are not among the models used; return their names.

    Where no model was used, nothing is removed.
    """
    there = sorted(folder.glob("*.npz"))
    others = [place for place in there if models and place.stem not in models]
    for place in others:
        place.unlink()
    return [place.stem for place in others]


def keep_numbers(numbers: dict[str, float], path: Path) -> None:
    """Put numbers into the file of the course's own; those of other names stay."""
    old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    _write(old | numbers, path)


def forget_others(numbers: dict[str, float], path: Path) -> None:
    """Drop the course's numbers whose names were not measured; without any, nothing is dropped."""
    if numbers:
        _write(numbers, path)


def _write(numbers: dict[str, float], path: Path) -> None:
    rounded = {
        name: round(value, DIGITS) if isinstance(value, float) else value
        for name, value in sorted(numbers.items())
    }
    with files.replacing(path) as beside:
        beside.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")
