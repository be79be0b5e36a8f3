"""The course's own backbone: a small MobileNet, trained by the project on pictures it may use.

It stands in for ImageNet weights where there is no network. How it was trained and what it can
do is told in `course_backbone/README.md`, beside its weights and its labels.
"""

from functools import cache
from importlib import resources
from typing import Any

import course_utils.keras_inside.start

import keras
import numpy as np
from numpy.typing import ArrayLike

NAME = "course_backbone"
ALPHA = 0.25  # width of the MobileNet
SIDE = 96  # pixels; what it was trained on
_OWN_OPTIONS = ("include_top", "input_shape", "input_tensor", "pooling", "classifier_activation")


def build(**options: Any) -> keras.Model:
    """Return the backbone; the options are those of `keras.applications.MobileNet`.

    Takes images of shape (N, height, width, 3) with values from -1 to 1. With include_top=True
    (default) it gives (N, number of labels) probabilities, else feature maps or, with
    pooling="avg", feature vectors. Options that have no meaning here (such as alpha) are dropped.
    """
    kept = {name: value for name, value in options.items() if name in _OWN_OPTIONS}
    if kept.get("include_top", True) and kept.get("input_tensor") is None:
        kept.setdefault("input_shape", (SIDE, SIDE, 3))
    model = architecture(**kept)
    model.set_weights(_weights()[: len(model.weights)])  # those of the top come last
    return model


def architecture(**options: Any) -> keras.Model:
    """Return the backbone with random weights."""
    return keras.applications.MobileNet(
        alpha=ALPHA, weights=None, classes=len(labels()), name=NAME, **options
    )


@cache
def labels() -> list[str]:
    """Return the names of the classes, in the order of the outputs."""
    return _files().joinpath("labels.txt").read_text(encoding="utf-8").split("\n")[:-1]


def decode_predictions(probabilities: ArrayLike, top: int = 5) -> list[list[tuple[str, float]]]:
    """Return, for each row of (N, number of labels), its `top` labels with their probability."""
    return [
        [(labels()[place], float(row[place])) for place in np.argsort(-row)[:top]]
        for row in np.asarray(probabilities)
    ]


@cache
def _weights() -> list[np.ndarray]:
    """Return the weights, which are kept as float16 to halve the file."""
    with _files().joinpath("weights.npz").open("rb") as file, np.load(file) as arrays:
        return [arrays[f"arr_{n}"].astype("float32") for n in range(len(arrays.files))]


def _files():
    return resources.files("course_utils.applications").joinpath(NAME)
