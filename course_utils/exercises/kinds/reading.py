"""What a student typed, as numbers, shapes and arrays; or one sentence about its form."""

import decimal
import fractions
import math
import numbers
from typing import Any

from course_utils.exercises.kinds.limits import TookTooLong
from course_utils.exercises.kinds.words import describe

import numpy as np

LARGEST = 10**300  # beyond it a whole number has no float


def as_number(answer: Any) -> tuple:
    """Return (number, "") or (None, what is wrong with its form).

    A number is a number in whatever type, and alone in a list, an array or a tensor, too.
    """
    if isinstance(answer, str):
        point = " and with a point for the comma" if "," in answer else ""
        return None, f"{describe(answer)} is text; write the number without quotes{point}."
    if isinstance(answer, bool | np.bool_ | complex | np.complexfloating):
        return None, f"a number is asked for; found {describe(answer)}."
    if isinstance(answer, decimal.Decimal | fractions.Fraction):
        answer = float(answer)
    if isinstance(answer, np.number):
        answer = answer.item()  # an unsigned one has no differences
    if isinstance(answer, numbers.Real):
        return _finite(answer)
    if is_number_with_commas(answer):
        digits = ", ".join(str(part) for part in answer)
        return None, (
            f"{digits} is no number to Python, since a comma separates two things: write no comma "
            "between thousands, and a point before decimals."
        )
    if callable(answer) and hasattr(answer, "__name__"):
        return None, f"found {describe(answer)}: to get its value call it, with brackets."
    alone = _alone(answer)
    if alone is not answer:
        return as_number(alone)
    return None, f"a number is asked for; found {describe(answer)}."


def _finite(value) -> tuple:
    if isinstance(value, int) and abs(value) > LARGEST:
        return value, ""
    if math.isnan(value):
        return None, "found NaN, not a number: 0 divided by 0, or a value never computed?"
    if math.isinf(value):
        return None, "found infinity: was something divided by 0?"
    return value, ""


def is_number_with_commas(answer: Any) -> bool:
    """Tell whether a tuple looks like a number that was typed with a comma: 57,664 or 0,2775."""
    if not isinstance(answer, tuple) or not 2 <= len(answer) <= 5:
        return False
    groups = answer[:1] if len(answer) == 2 else answer  # decimals may be of any number
    return all(type(part) is int and part >= 0 for part in answer) and max(groups) < 1000


def _alone(answer):
    """Return the only element of a list, an array or a tensor; anything else as it is."""
    if isinstance(answer, list | tuple):
        return answer[0] if len(answer) == 1 else answer
    array_like = hasattr(answer, "shape") and hasattr(answer, "__array__")
    if array_like and not isinstance(answer, np.generic):  # a date is one, too
        array = np.asarray(answer)
        return array.reshape(-1)[0] if array.size == 1 else answer
    return answer


AXES = {3: ("height", "width", "channels"), 4: ("batch", "height", "width", "channels")}


def as_shape(answer: Any, axes: int) -> tuple:
    """Return (tuple, "") or (None, what is wrong with its form); `axes` is how many are right.

    Whole numbers may come as floats, and in a list, an array or a tensor.
    """
    if isinstance(answer, numbers.Real | np.number) and not isinstance(answer, bool):
        answer = (answer,)
    if hasattr(answer, "shape") and not _holds_sizes(answer):
        return None, "pass the shape, not the array or tensor: x.shape."
    if isinstance(answer, str | dict | set) or not hasattr(answer, "__len__"):
        form = f", as ({', '.join(AXES[axes])})" if axes in AXES else ""
        return None, f"a tuple is asked for{form}; found {describe(answer)}."
    if len(answer) > 20:
        return None, f"a shape has few numbers; found {describe(answer)}."
    sizes = [_as_size(size) for size in answer]
    for size, found in zip(sizes, answer, strict=True):
        if size is ...:
            return None, f"sizes are whole numbers; found {describe(found)}."
    return tuple(sizes), ""


def _holds_sizes(array) -> bool:
    """Tell whether an array is a short row of whole numbers, and so a shape written as one."""
    if len(array.shape) != 1 or not 0 < array.shape[0] <= 8:
        return False
    values = as_array(array)
    return values is not None and bool((values == np.floor(values)).all())


def _as_size(size):
    """Return a size as a whole number, None as None, and `...` for anything else."""
    if size is None:
        return None
    if isinstance(size, bool | np.bool_) or not isinstance(size, numbers.Real | np.number):
        size = getattr(size, "numpy", lambda: ...)()
    return int(size) if size is not ... and np.isfinite(size) and size == int(size) else ...


def as_array(value: Any) -> np.ndarray | None:
    """Return numbers, and lists or tensors of them, as an array; None for anything else."""
    if isinstance(value, str | bytes | dict | set) or value is None:
        return None
    try:
        array = np.asarray(value)
        if array.dtype == object:  # fractions, decimals
            array = array.astype("float64")
    except TookTooLong:
        raise
    except BaseException:  # whatever `__array__` raises
        return None
    return array if array.dtype.kind in "biuf" else None


def close(a: np.ndarray, b: np.ndarray, within: float) -> np.ndarray:
    """Tell, element by element, whether two arrays are equal but for rounding."""
    return np.isclose(a, b, rtol=within, atol=within, equal_nan=True)
