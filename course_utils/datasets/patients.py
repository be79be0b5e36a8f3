"""The patient of each cell in the malaria set, which TensorFlow Datasets leaves out.

`malaria_patients.npz` lists all 27,558 cells of the real set, in the order of `prefixes`: the first
8 hex digits of the SHA-256 of a cell's PNG file, as a number, and in `patients` the number n of
its patient "Cn". Both were read off the file names and SHA-256 that stand in the Git LFS pointers
of github.com/smackiaa/Malarial-Cell-Classifier (commit d79696c5e73b); no picture was needed.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from course_utils.reader.notices import notice

import numpy as np

NEIGHBOURS = 20


def find_patients(files: Sequence[bytes]) -> np.ndarray:
    """Return the patient of each cell of the malaria set, as "C126".

    files: the cells' PNG files, as `load` gives them with `SkipDecoding`.
    Where one of them is not in the real set, groups of 20 neighbours take the place of patients,
    and a notice says so.

    >>> print(find_patients([b"not a cell"]))  # doctest: +ELLIPSIS
    You see groups of 20 neighbours as a stand-in for patients: ...
    ['group 1']
    """
    prefixes, patients = _read_list()
    hashes = [int(hashlib.sha256(file).hexdigest()[:8], 16) for file in files]
    places = np.searchsorted(prefixes[:-1], np.array(hashes, np.uint32))
    if np.array_equal(prefixes[places], hashes):
        return np.array([f"C{number}" for number in patients[places]])
    notice(
        f"You see groups of {NEIGHBOURS} neighbours as a stand-in for patients: these cells are "
        "not those of the real set. They show how it is done; what they give says nothing about "
        "real patients."
    )
    return np.array([f"group {1 + place // NEIGHBOURS}" for place in range(len(files))])


@cache
def _read_list() -> tuple[np.ndarray, np.ndarray]:
    """Return the prefixes in rising order, and the numbers of the patients beside them."""
    with resources.files("course_utils.datasets").joinpath("malaria_patients.npz").open("rb") as f:
        listed = np.load(f)
        return listed["prefixes"], listed["patients"]
