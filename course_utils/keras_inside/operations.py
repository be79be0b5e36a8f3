"""Turns away TensorFlow's operations, in a child of the process that has started it.

A forked child has none of TensorFlow's threads: an operation that counts on them waits for ever.
"""

from collections.abc import Callable
from typing import Any

# Every operation that Python asks for, eager or within a `tf.function`, goes through one of them.
ENTRANCES = ("TFE_Py_Execute", "TFE_Py_ExecuteCancelable", "TFE_Py_FastPathExecute")


def turn_away(instead: Callable[[], Any]) -> None:
    """Let each operation from now on call `instead()` in place of its own work.

    There is no way back: call it in a process that ends soon. Reading a tensor's values
    (`np.asarray(tensor)`) is no operation.
    """
    from tensorflow.python import pywrap_tfe

    for name in ENTRANCES:
        setattr(pywrap_tfe, name, lambda *arguments, **settings: instead())
