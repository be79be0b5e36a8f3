"""Generated blood smears: cells, masks and boxes agree, and the loader hands them over."""

from course_utils import datasets, detection
from course_utils.datasets import smears

import numpy as np
import pytest
import tensorflow_datasets as tfds
from skimage.measure import label

FIELDS = [smears.draw_field(patient, field) for patient in range(16) for field in range(2)]


def test_a_field_depends_on_patient_and_number_alone():
    one, again = smears.draw_field(3, 1), smears.draw_field(3, 1)
    for part, same in zip(one, again, strict=True):
        np.testing.assert_array_equal(part, same)
    assert (one[0] != smears.draw_field(3, 2)[0]).any()


def test_cells_are_numbered_from_one_and_each_is_labelled():
    for _, cells, labels in FIELDS:
        assert np.unique(cells).tolist() == list(range(len(labels) + 1))
        assert 20 <= len(labels) <= 40
        assert np.bincount(cells.ravel())[1:].min() >= 20
        assert set(labels.tolist()) <= {smears.HEALTHY, smears.INFECTED}


def test_cells_touch_so_that_pieces_do_not_count_them():
    fewer = [label(cells > 0).max() < len(labels) for _, cells, labels in FIELDS]
    assert np.mean(fewer) > 0.9


def test_parasites_differ_from_patient_to_patient():
    labels = [np.concatenate([FIELDS[2 * p][2], FIELDS[2 * p + 1][2]]) for p in range(16)]
    shares = np.array([found.mean() for found in labels])
    assert (shares == 0).any() and shares.max() > 0.15


def test_infected_cells_are_darker_somewhere():
    """Where a parasite is, less green light passes: so that there is something to be found."""
    darkest = {smears.HEALTHY: [], smears.INFECTED: []}
    for image, cells, labels in FIELDS:
        for number, kind in enumerate(labels, start=1):
            green = image[..., 1][cells == number].astype(float)
            darkest[kind].append(np.median(green) - green.min())
    assert np.median(darkest[smears.INFECTED]) > 2 * np.median(darkest[smears.HEALTHY])


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("smears")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smears, "FIELDS", {"train": (2, 2), "test": (2, 1)})
        patch.setenv("COURSE_DATA_DIR", str(folder))
        patch.setenv("COURSE_DATA", "real")
        patch.setenv("COURSE_PROFILE", "full")
        data = {name: datasets.load("blood_smears", split=name) for name in ("train", "test")}
        return {name: list(tfds.as_numpy(part)) for name, part in data.items()}


def test_boxes_are_those_of_the_masks(loaded):
    for example in loaded["train"]:
        boxes = detection.boxes_of(example["cells"][..., 0].astype(int))
        np.testing.assert_allclose(example["objects"]["bbox"] * smears.SIDE, boxes, atol=1e-3)
        assert example["objects"]["label"].shape == (len(boxes),)


def test_nobody_is_in_both_parts(loaded):
    patients = {name: {int(e["patient"]) for e in part} for name, part in loaded.items()}
    assert len(loaded["train"]) == 4 and len(loaded["test"]) == 2
    assert not patients["train"] & patients["test"]


@pytest.mark.parametrize("policy", ["auto", "real", "standin"])
def test_under_every_policy_it_is_what_it_is(loaded, policy, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", policy)
    assert datasets.source("blood_smears") == "real"
    assert datasets.title("blood_smears") == "generated blood smears"
