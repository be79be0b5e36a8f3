"""What the threshold explorer takes: true labels, probabilities, and names of two classes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike


def check_answers(labels: ArrayLike, probabilities: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and probabilities, both (N,), or raise ValueError.

    >>> check_answers([0, 1], [[0.2], [0.9]])[1].tolist()
    [0.2, 0.9]
    """
    labels, probabilities = np.asarray(labels).ravel(), np.asarray(probabilities, float).ravel()
    if len(labels) != len(probabilities):
        raise ValueError(
            f"There are {len(labels):,} labels and {len(probabilities):,} probabilities: "
            f"give one of each per sample."
        )
    if set(np.unique(labels)) != {0, 1}:
        raise ValueError(
            "The labels must be 1 for what is to be found and 0 for the rest, and both must occur; "
            f"found {', '.join(map(str, np.unique(labels)[:5]))}."
        )
    if not (np.min(probabilities) >= 0 and np.max(probabilities) <= 1):
        raise ValueError(
            f"The probabilities must lie between 0 and 1, found {np.min(probabilities):g} to "
            f"{np.max(probabilities):g}; a sigmoid or softmax output gives such, and "
            "keras.ops.sigmoid makes them of scores."
        )
    return labels, probabilities


def check_names(class_names: Sequence[str]) -> list[str]:
    """Return the names of labels 0 and 1.

    >>> check_names(("cat", "dog"))
    ['cat', 'dog']
    """
    names = [class_names] if isinstance(class_names, str) else list(class_names)
    if len(names) != 2 or not all(isinstance(name, str) and name.strip() for name in names):
        raise ValueError(
            f"class_names is {class_names!r}: give the names of labels 0 and 1, such as "
            "('cat', 'dog')."
        )
    return names
