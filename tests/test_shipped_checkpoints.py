"""The checkpoints that come with the course: small, whole, of full trainings on real data."""

import datetime

from course_utils import checkpoints, settings
from course_utils.datasets.catalogue import GENERATED, TITLES

import numpy as np
import pytest

FOLDER = settings.shipped_checkpoints_dir()
PLACES = sorted(FOLDER.glob("*.npz"))


def test_all_together_are_small():
    assert PLACES
    sizes = [path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(sizes) < 20_000_000


@pytest.fixture(params=PLACES, ids=lambda path: path.stem)
def place(request):
    return request.param


def test_says_when_on_what_and_how_it_was_trained(place):
    record = checkpoints.read(place)
    assert datetime.date.fromisoformat(record.trained)
    assert record.amount and record.settings["epochs"] > 0
    known = {*TITLES.values(), *GENERATED.values()}
    assert record.data_sets and set(record.data_sets) <= known, "a stand-in"
    epochs = {len(values) for values in record.history.values()}
    assert len(epochs) == 1 and epochs.pop() <= record.settings["epochs"]


def test_holds_finite_weights(place):
    last, best = checkpoints.read_weights(place)
    assert [weight.shape for weight in last] == [weight.shape for weight in best]
    assert all(np.isfinite(weight).all() for weight in last + best)
