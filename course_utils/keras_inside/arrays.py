"""Whole arrays for `fit`, `evaluate` and `predict`: one copy in memory, where there were three."""

from typing import Any

import numpy as np

LEAST = 2**20  # bytes; a smaller array is left to TensorFlow
ALIGNMENT = 64  # bytes: at a multiple of these a tensor's values begin


def to_tensor(array: np.ndarray) -> Any:
    """Return an array as a tensor, with its values in one copy that the system gets back.

    TensorFlow itself copies an array twice while it makes a tensor of it, and its allocator keeps
    the room of the larger one to the end of the process. An array that is small, or not of
    numbers, is returned as it is.
    """
    if array.nbytes < LEAST or array.dtype.kind not in "fiu" or not array.dtype.isnative:
        return array
    import tensorflow as tf

    room = np.empty(array.nbytes + ALIGNMENT, dtype="uint8")
    start = -room.ctypes.data % ALIGNMENT
    copy = room[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    np.copyto(copy, array)
    return tf.experimental.dlpack.from_dlpack(copy.__dlpack__())


def copy_once() -> None:
    """Let Keras hand arrays to TensorFlow by `to_tensor`."""
    from keras.src.trainers.data_adapters import array_slicing

    array_slicing.NumpySliceable.convert_to_tf_dataset_compatible = staticmethod(to_tensor)
