"""From whom each malaria cell comes: the list that the course brings, and what it is asked."""

import hashlib

from course_utils import datasets
from course_utils.datasets import patients

import numpy as np
import pytest

# Known from the file names, such as C140P101ThinF_…_cell_….png: the beginning of its SHA-256.
KNOWN = {
    0x00035AFB: 140,
    0x2E19673E: 158,
    0x5D31D14C: 97,
    0x8AA6C1FD: 148,
    0xB8C6A7CF: 68,
    0xE8775257: 101,
}


def test_the_list_holds_all_cells_of_200_patients():
    prefixes, numbers = patients._read_list()
    assert len(prefixes) == len(numbers) == 27_558
    assert np.all(np.diff(prefixes.astype(np.int64)) > 0)
    assert len(set(numbers)) == 200


def test_the_list_agrees_with_the_names_of_the_files():
    listed = dict(zip(*map(np.ndarray.tolist, patients._read_list()), strict=True))
    assert {prefix: listed[prefix] for prefix in KNOWN} == KNOWN


@pytest.fixture
def three_cells(monkeypatch):
    """Three files, listed as those of patients 7, 7 and 30."""
    files = [b"one", b"two", b"three"]
    hashes = [int(hashlib.sha256(file).hexdigest()[:8], 16) for file in files]
    order = np.argsort(hashes)
    listed = np.array(hashes, np.uint32)[order], np.array([7, 7, 30], np.uint8)[order]
    monkeypatch.setattr(patients, "_read_list", lambda: listed)
    return files


def test_finds_the_patient_of_each_file(three_cells, capsys):
    assert datasets.find_patients(three_cells[::-1]).tolist() == ["C30", "C7", "C7"]
    assert capsys.readouterr().out == ""


def test_cells_that_are_not_in_the_list_are_grouped_with_their_neighbours(three_cells, capsys):
    found = datasets.find_patients([*three_cells * 10, b"another"])
    assert found.tolist() == ["group 1"] * 20 + ["group 2"] * 11
    assert "groups of 20 neighbours as a stand-in for patients" in capsys.readouterr().out
