"""Keras' wrappers for scikit-learn: there when somebody asks, and not before."""

import importlib
import sys
from typing import Any

SOURCE = "keras.src.wrappers"


def import_when_asked() -> None:
    """Import the classes of `keras.wrappers` at their first use, and with them scikit-learn.

    Keras imports both at its start; where scikit-learn was not to be had then, its classes refuse
    to work for good. So they are forgotten here.
    """
    import keras.wrappers

    names = [name for name in vars(keras.wrappers) if name.startswith("SKLearn")]
    for name in names:
        delattr(keras.wrappers, name)
    for module in [name for name in sys.modules if f"{name}.".startswith(f"{SOURCE}.")]:
        del sys.modules[module]

    def get(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module 'keras.wrappers' has no attribute {name!r}")
        return getattr(importlib.import_module(SOURCE), name)

    keras.wrappers.__getattr__ = get
