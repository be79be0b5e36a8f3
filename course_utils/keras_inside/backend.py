"""What needs TensorFlow, and says so in a sentence where Keras runs on JAX."""

import functools
from typing import Any

MEND = "unset KERAS_BACKEND and restart the kernel."


def need_tensorflow(what: str) -> None:
    """Raise RuntimeError, naming `what` cannot be done, where Keras does not run on TensorFlow.

    >>> need_tensorflow("Grad-CAM")  # it does
    """
    import keras

    if keras.backend.backend() != "tensorflow":
        here = keras.backend.backend()
        raise RuntimeError(f"{what} needs Keras on TensorFlow, and it runs on {here} here: {MEND}")


def explain_tapes() -> None:
    """Let a gradient tape that has recorded nothing say why, instead of returning None.

    For a process in which Keras runs on JAX: a tape sees TensorFlow's operations alone.
    """
    import tensorflow as tf

    original = tf.GradientTape.gradient

    @functools.wraps(original)
    def gradient(tape: Any, target: Any, sources: Any, *more: Any, **options: Any) -> Any:
        if all(map(tf.is_tensor, tf.nest.flatten([target, sources]))):
            found = original(tape, target, sources, *more, **options)
            if any(part is not None for part in tf.nest.flatten(found)):
                return found
        need_tensorflow("A gradient tape over a network")

    tf.GradientTape.gradient = gradient
