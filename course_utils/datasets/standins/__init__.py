"""Stand-ins for the course's data sets, for machines without a network.

Each is a TensorFlow Datasets builder with the features, label names and split names of the set it
stands in for, so that the same code reads both. They are made here from what the dependencies
ship or from a generator; `info.description` says of each what it is made of.

`builder` imports TensorFlow Datasets only when it is called.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow_datasets as tfds

_CLASSES = {
    "mnist": ("digits", "MnistStandin"),
    "fashion_mnist": ("garments", "FashionMnistStandin"),
    "malaria": ("cells", "MalariaStandin"),
    "cats_vs_dogs": ("pets", "CatsVsDogsStandin"),
}

NAMES = tuple(_CLASSES)


def builder(name: str, data_dir: str | Path | None = None) -> "tfds.core.DatasetBuilder":
    """Return the builder of the stand-in for the data set `name`.

    Parameters
    ----------
    name : str
        The name of the real set in TensorFlow Datasets, one of `NAMES`.
    data_dir : path-like, optional
        The folder that holds prepared data sets, as in `tfds.builder`.

    Returns
    -------
    tfds.core.DatasetBuilder
        Call its `download_and_prepare()` (which downloads nothing), then `as_dataset()`.

    Raises
    ------
    ValueError
        If there is no stand-in of that name.
    """
    if name not in _CLASSES:
        raise ValueError(f"There is no stand-in for {name!r}; choose one of {', '.join(NAMES)}.")
    module, class_name = _CLASSES[name]
    return getattr(import_module(f"{__name__}.{module}"), class_name)(data_dir=data_dir)


def version(name: str) -> str:
    """Return the version of the stand-in that this course makes, as "1.0.0".

    Numbers to compare were made with it, so that no other version takes its place.
    """
    module, class_name = _CLASSES[name]
    return str(getattr(import_module(f"{__name__}.{module}"), class_name).VERSION)
