"""What was found, in a few plain words."""

import inspect
import textwrap
import types
from collections.abc import Iterable

from course_utils.exercises.kinds.limits import TookTooLong, is_plain

import numpy as np


def describe(value: object) -> str:
    """Return a value in at most some 80 characters, whatever it is; never raises."""
    try:
        return _describe(value)
    except TookTooLong:
        raise
    except BaseException:
        return f"an object of type {type(value).__name__}"


def _describe(value) -> str:
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer):
        return f"{value:,}" if abs(value) < 10**15 else "a number of more than 15 digits"
    if isinstance(value, float | np.floating):
        large = 1000 <= abs(value) < 10**15
        return f"{value:,.1f}".removesuffix(".0") if large else f"{value:.4g}"
    if isinstance(value, np.ndarray) and value.size > 12:
        return f"an array of shape {sizes(value.shape)}"
    if isinstance(value, np.ndarray):
        return _describe(value.tolist())
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if isinstance(value, list | tuple) and len(value) <= 6:
        inside = ", ".join(_describe(item) for item in value)
        inside = f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
        return inside if len(inside) <= 80 else f"a {type(value).__name__} of {len(value)} things"
    if isinstance(value, list | tuple | dict | set):
        return f"a {type(value).__name__} of {len(value):,} things"
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if callable(value) and hasattr(value, "__name__"):
        return f"the function {value.__name__}"
    return f"an object of type {type(value).__name__}"


def as_written(answer: object) -> str:
    """Return an answer as a student has written it: words, a function's source; never raises.

    Nothing of an object's own code is run: such a one is called by its type alone.

    >>> as_written("They are badly written."), as_written(("b", 2))
    ('They are badly written.', "('b', 2)")
    """
    if type(answer) is str:
        return answer
    try:
        if type(answer) is types.FunctionType:
            return textwrap.dedent(inspect.getsource(answer.__code__)).strip()
        if is_plain(answer):
            return describe(answer)
    except (OSError, TypeError, SyntaxError, ValueError):  # no source, as at a prompt
        pass
    return f"an object of type {type(answer).__name__}"


def sizes(shape: Iterable[int | None]) -> str:
    """Return a shape as a reader says it, "28x28x32"; the batch's open axis is left out."""
    return "x".join(str(size) for size in shape if size is not None) or "a single number"


def first_line(problem: BaseException) -> str:
    """Return the first line of an exception's message, shortened."""
    text = str(problem).strip().split("\n")[0]
    return text if len(text) <= 120 else text[:117] + "..."
