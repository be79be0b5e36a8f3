"""What Keras is told before it starts, by `KERAS_BACKEND` and by its file `keras.json`."""

import json
import os
from pathlib import Path

NEEDED = {"backend": "tensorflow", "image_data_format": "channels_last", "floatx": "float32"}


def find_file() -> Path:
    """Return the path of `keras.json`, where Keras looks for it; the file need not be there."""
    home = os.environ.get("KERAS_HOME")
    if not home:
        base = os.path.expanduser("~")
        is_usable = os.path.isabs(base) and os.access(base, os.W_OK)
        home = os.path.join(base if is_usable else "/tmp", ".keras")  # as Keras does
    return Path(os.path.expanduser(home)) / "keras.json"


def find_differences() -> list[str]:
    """Return a sentence for each setting that the course does not heed, and what to do about it.

    >>> find_differences()  # nothing was set
    []
    """
    found, wanted = [], os.environ.get("KERAS_BACKEND")
    if wanted not in (None, "", NEEDED["backend"]):
        found.append(
            f"KERAS_BACKEND is {wanted!r}, and the course runs on TensorFlow: it starts Keras with "
            "TensorFlow all the same; unset the variable if nothing else needs it."
        )
    file = find_file()
    try:
        there = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return found
    except (OSError, ValueError):
        there = None
    if not isinstance(there, dict):
        return [*found, f"{file} cannot be read as settings: correct it or remove it."]
    for name, value in NEEDED.items():
        if there.get(name, value) != value:
            found.append(
                f"{file} sets {name} to {there[name]!r}, and the course needs {value!r}: it starts "
                "Keras with that all the same; change the file if nothing else needs it."
            )
    return found
