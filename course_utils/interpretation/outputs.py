"""What the outputs of a classifier mean: the one rule for probabilities, scores and classes.

A model may end in a softmax, in a sigmoid (one output for two classes, or one for each of several
labels), or in neither, as one that was trained with `from_logits=True`. Whoever shows or compares
outputs asks here.
"""

from collections.abc import Sequence
from numbers import Integral

import course_utils.keras_inside.start
from course_utils.keras_inside.ends import SCORES, SIGMOID, SOFTMAX, UNKNOWN, read_end
from course_utils.keras_inside.graph import made_by

import keras
import numpy as np
from numpy.typing import ArrayLike


def check_outputs(model: keras.Model) -> None:
    """Raise ValueError unless the model gives one row of values for each image.

    The sentence names the outputs, and the way to a part of the model with one of them.
    """
    if len(model.outputs) != 1:
        names = " and ".join(made_by(output).name for output in model.outputs)
        raise ValueError(
            f"The model {model.name!r} has {len(model.outputs)} outputs, {names}: give the part "
            "with one of them, such as keras.Model(model.inputs, model.outputs[0])."
        )
    shape = tuple(model.outputs[0].shape)
    if len(shape) != 2:
        raise ValueError(f"The model's output has the shape {shape}, not (N, classes).")
    if shape[1] == 1 and read_end(model.outputs[0]).kind == SOFTMAX:
        raise ValueError(
            f"The model {model.name!r} ends in a softmax over one value, which is always 1: "
            "give it a sigmoid there, or an output for each class."
        )


def to_probabilities(model: keras.Model, outputs: ArrayLike) -> np.ndarray:
    """Return the probability of each class from what a model gave.

    outputs: (N, classes), as `model` gives them (also in a dictionary or a list, where that is how
    it gives its one output): probabilities as they are; scores go through a softmax. One value
    alone, a sigmoid's or its score, is that of class 1. Where the model's end does not tell (a
    layer or function of one's own), rows that are probabilities are taken for such.
    Returns (N, classes), from 0 to 1; of one output (N, 2).

    Raises ValueError where it cannot be told, or where an output is not a number.

    >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    >>> to_probabilities(model, [[0, 0, np.log(2)]])
    array([[0.25, 0.25, 0.5 ]])
    """
    outputs = next(iter(outputs.values())) if isinstance(outputs, dict) else outputs
    outputs = np.asarray(outputs)
    outputs = outputs[0] if outputs.ndim == 3 else outputs
    if outputs.dtype.kind != "f" or outputs.dtype.itemsize < 4:
        outputs = outputs.astype("float32" if outputs.dtype.kind == "f" else "float64")
    _check_numbers(model, outputs)
    kind, layer = read_end(model.outputs[0])
    if kind == UNKNOWN:
        kind = _guess(outputs)
        if kind == UNKNOWN:
            raise ValueError(_cannot_tell(model, layer))
    if kind == SCORES and outputs.shape[1] > 1:
        powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)
    if kind == SCORES:
        # of a large negative score, exp(-score) would be too large a number
        outputs = np.exp(-np.logaddexp(0, -outputs))
    return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs


def check_scores(model: keras.Model, scores: ArrayLike) -> None:
    """Raise ValueError where scores, from `cut(…, logits=True)`, are not such or not numbers.

    Where a layer of one's own makes probabilities, its softmax cannot be taken away, and gradients
    through it are another matter.
    """
    scores = np.asarray(scores)
    _check_numbers(model, scores)
    kind, layer = read_end(model.outputs[0])
    if kind == UNKNOWN and _guess(scores) != SCORES:
        raise ValueError(_cannot_tell(model, layer))


def spread_classes(class_index: int | Sequence[int] | None, images: int) -> list[int | None]:
    """Return the number of a class for each image; None stands for the predicted one.

    class_index: one for all images, or one for each. TypeError or ValueError for anything else.

    >>> spread_classes(3, images=2), spread_classes(None, images=2)
    ([3, 3], [None, None])
    """
    for_all = class_index is None or np.ndim(class_index) == 0
    numbers = [class_index] * images if for_all else list(class_index)
    if any(isinstance(n, bool) or not isinstance(n, Integral | None) for n in numbers):
        raise TypeError(
            f"class_index is {class_index!r}: give the number of a class, such as 0, or one for "
            "each image."
        )
    if len(numbers) != images:
        raise ValueError(
            f"class_index has {len(numbers)} numbers, and there are {images} images: give one for "
            "each, or one for all."
        )
    return numbers


def pick_classes(scores: ArrayLike, numbers: Sequence[int | None]) -> np.ndarray:
    """Return the number of a class for each image: those given, or that of the highest score.

    scores: (N, classes), or (N, 1) where class 1 has this score and class 0 its opposite; numbers:
    N of them, None for the predicted class. Raises ValueError for a class that is not there.

    >>> pick_classes([[0.5], [-2], [3]], [None, None, 0])
    array([1, 0, 0])
    """
    scores = np.asarray(scores)
    if scores.shape[1] == 1:
        scores = np.hstack([-scores, scores])
    if wrong := [n for n in numbers if n is not None and not 0 <= n < scores.shape[1]]:
        raise ValueError(
            f"class_index is {wrong[0]}: the model has the classes 0 to {scores.shape[1] - 1}."
        )
    pairs = zip(numbers, scores.argmax(axis=1), strict=True)
    return np.array([best if number is None else number for number, best in pairs], dtype=int)


def _guess(outputs) -> str:
    """Return what outputs of an unknown kind are, by their values."""
    if outputs.min() < 0 or outputs.max() > 1:
        return SCORES
    if outputs.shape[1] > 1 and np.allclose(outputs.sum(axis=1), 1, atol=1e-2):
        return SOFTMAX
    return UNKNOWN


def _cannot_tell(model, layer) -> str:
    return (
        f"The model {model.name!r} ends in {layer.name!r} ({type(layer).__name__}), so it cannot "
        "be told whether its outputs are probabilities, and of what: let it end in a Dense layer, "
        f"or in keras.layers.Activation({SOFTMAX!r}) or ({SIGMOID!r})."
    )


def _check_numbers(model, outputs) -> None:
    if not np.isfinite(outputs).all():
        raise ValueError(
            f"The model {model.name!r} gives values that are not numbers (NaN or infinite): its "
            "training may have run away, or the images are not as it takes them."
        )
