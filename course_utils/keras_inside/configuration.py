"""What Keras is told before it starts, by `KERAS_BACKEND` and by its file `keras.json`."""

import json
import os
from pathlib import Path

BACKENDS = ("tensorflow", "jax")  # the course's own; and what some of its notebooks run on, too
NEEDED = {"backend": BACKENDS[0], "image_data_format": "channels_last", "floatx": "float32"}


def find_file() -> Path:
    """Return the path of `keras.json`, where Keras looks for it; the file need not be there."""
    home = os.environ.get("KERAS_HOME")
    if not home:
        base = os.path.expanduser("~")
        is_usable = os.path.isabs(base) and os.access(base, os.W_OK)
        home = os.path.join(base if is_usable else "/tmp", ".keras")  # as Keras does
    return Path(os.path.expanduser(home)) / "keras.json"


def find_backend() -> str:
    """Return what Keras runs on: TensorFlow, unless KERAS_BACKEND asks for JAX.

    >>> find_backend()
    'tensorflow'
    """
    wanted = os.environ.get("KERAS_BACKEND")
    return wanted if wanted in BACKENDS else BACKENDS[0]


def find_differences() -> list[str]:
    """Return a sentence for each setting that the course does not heed, and what to do about it.

    >>> find_differences()  # nothing was set
    []
    """
    found, wanted = [], os.environ.get("KERAS_BACKEND")
    if wanted and wanted not in BACKENDS:
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
        if name == "backend" and wanted in BACKENDS:
            continue  # the variable counts more than the file, for Keras, too
        if there.get(name, value) != value:
            found.append(
                f"{file} sets {name} to {there[name]!r}, and the course needs {value!r}: it starts "
                "Keras with that all the same; change the file if nothing else needs it."
            )
    return found
