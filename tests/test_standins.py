"""The stand-ins: the real sets' features, the same bytes each time, and pictures that differ."""

import subprocess
import sys

from course_utils.datasets import standins
from course_utils.datasets.standins import cells, digits, garments, pets

import numpy as np
import pytest
import tensorflow_datasets as tfds

REAL_SPLITS = {
    "mnist": ["train", "test"],
    "fashion_mnist": ["train", "test"],
    "malaria": ["train"],
    "cats_vs_dogs": ["train"],
}
DRAW = {
    "garment": garments.draw_garment,
    "cell": cells.draw_cell,
    "pet": pets.draw_pet,
}


def _draw(kind, seed, label):
    return DRAW[kind](np.random.default_rng(seed), label)


# --- the builders -----------------------------------------------------------------------------


def test_the_four_data_sets_have_a_stand_in():
    assert standins.NAMES == tuple(REAL_SPLITS)


def test_importing_the_package_imports_no_tensorflow():
    code = (
        "import sys, course_utils.datasets.standins;"
        "sys.exit(any(name.startswith('tensorflow') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_name_lists_the_allowed_ones():
    with pytest.raises(ValueError, match="'imagenet'.*mnist, fashion_mnist, malaria, cats_vs_dogs"):
        standins.builder("imagenet")


@pytest.mark.parametrize("name", standins.NAMES)
def test_a_stand_in_has_the_features_of_the_real_set(name, tmp_path):
    ours, real = standins.builder(name, tmp_path).info, tfds.builder(name, data_dir=tmp_path).info
    assert repr(ours.features) == repr(real.features)
    assert ours.features["label"].names == real.features["label"].names
    assert ours.supervised_keys == real.supervised_keys


@pytest.mark.parametrize("name", standins.NAMES)
def test_a_stand_in_is_named_as_one(name, tmp_path):
    builder = standins.builder(name, tmp_path)
    assert builder.info.full_name == f"{name}_standin/1.0.0"
    assert builder.info.description.startswith("A stand-in for ")


@pytest.mark.parametrize("name", standins.NAMES)
def test_splits_are_those_of_the_real_set(name, tmp_path):
    assert list(standins.builder(name, tmp_path)._split_generators(None)) == REAL_SPLITS[name]


@pytest.mark.parametrize("name, total", [("malaria", 2_500), ("cats_vs_dogs", 1_000)])
def test_generated_sets_are_balanced_prepared_whole_and_the_same_each_time(
    name, total, tmp_path, monkeypatch
):
    module = {"malaria": cells, "cats_vs_dogs": pets}[name]
    assert module.SIZE == total
    monkeypatch.setattr(module, "SIZE", 12)
    first, second = (_prepare(name, tmp_path / run) for run in "ab")
    labels = [example["label"] for example in first]
    assert sorted(labels) == [0] * 6 + [1] * 6
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one["image"], other["image"])


def _prepare(name, folder):
    builder = standins.builder(name, folder)
    builder.download_and_prepare(file_format="tfrecord")
    return list(tfds.as_numpy(builder.as_dataset(split="train")))


def test_the_mnist_stand_in_holds_all_of_scikit_learns_digits(tmp_path):
    builder = standins.builder("mnist", tmp_path)
    builder.download_and_prepare()
    sizes = {name: split.num_examples for name, split in builder.info.splits.items()}
    assert sizes == {"train": 1_437, "test": 360}
    image, label = next(iter(tfds.as_numpy(builder.as_dataset("test", as_supervised=True))))
    assert image.shape == (28, 28, 1) and image.dtype == np.uint8 and 0 <= label <= 9


# --- digits -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def handwriting():
    return digits.load_digits()


def test_digits_have_mnists_format(handwriting):
    images, labels = handwriting
    assert images.shape == (1_797, 28, 28) and images.dtype == np.uint8
    assert images.max() == 255 and images.min() == 0
    assert np.bincount(labels).min() >= 174


def test_digits_are_as_bright_as_mnists(handwriting):
    assert 25 < handwriting[0].mean() < 42  # MNIST: 33.3


def test_digits_are_centred_by_mass(handwriting):
    images = handwriting[0].astype(float)
    mass = images.sum(axis=(1, 2))
    for axis in (1, 2):
        profile = images.sum(axis=axis)
        centre = (profile * np.arange(28)).sum(axis=1) / mass
        assert np.abs(centre - 13.5).max() <= 0.5 + 1e-9


def test_enlarging_keeps_empty_empty_and_full_full():
    box = digits.enlarge(np.stack([np.zeros((8, 8)), np.ones((8, 8))]))
    assert box.shape == (2, 20, 20)
    assert (box[0] == 0).all() and (box[1] == 255).all()


def test_enlarging_keeps_ink_where_it_was():
    counts = np.zeros((1, 8, 8))
    counts[0, 2:4, 5:7] = 1
    rows, columns = np.nonzero(digits.enlarge(counts)[0] > 128)
    assert 5 <= rows.min() and rows.max() < 10 and 12 <= columns.min() and columns.max() < 18


# --- drawings ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DRAW)
@pytest.mark.parametrize("label", [0, 1])
def test_a_drawing_depends_on_its_seed_alone(kind, label):
    one, again, other = (_draw(kind, seed, label) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, again)
    assert one.shape != other.shape or (one != other).any()


@pytest.mark.parametrize("label", range(10))
def test_garments_are_light_on_black(label):
    image = _draw("garment", 5, label)
    assert image.shape == (28, 28) and image.dtype == np.uint8
    assert 0.1 < (image == 0).mean() < 0.95 and image.max() > 60


def test_garments_of_a_kind_are_more_alike_than_garments_of_two_kinds():
    outlines = np.array([[_draw("garment", s, c) > 0 for s in range(8)] for c in range(10)])
    means = outlines.mean(axis=1)
    samples = np.array([[_draw("garment", 100 + s, c) > 0 for s in range(4)] for c in range(10)])
    distance = np.abs(samples[:, :, np.newaxis] - means).mean(axis=(-1, -2))
    right = distance.argmin(axis=-1) == np.arange(10)[:, np.newaxis]
    assert right.mean() > 0.5  # chance is 0.1


@pytest.mark.parametrize("parasitized", [True, False])
def test_cells_have_the_size_and_the_black_surroundings_of_the_real_ones(parasitized):
    for seed in range(8):
        cell = _draw("cell", seed, parasitized)
        assert cell.dtype == np.uint8 and cell.shape[2] == 3
        assert 60 <= min(cell.shape[:2]) and max(cell.shape[:2]) <= 260
        black = (cell == 0).all(axis=2)
        assert black[0, 0] and not black[tuple(np.array(black.shape) // 2)]
        assert 0.05 < black.mean() < 0.7


def test_parasites_are_dark_and_purple_on_average_but_overlap_with_artefacts():
    darkness = np.array([[_darkest_spot(_draw("cell", s, p)) for s in range(60)] for p in (1, 0)])
    infected, clean = darkness
    assert infected.mean() > clean.mean() + 0.05
    assert clean.max() > np.percentile(infected, 25)  # a speck, darker than many a parasite
    assert infected.min() < np.percentile(clean, 90)  # hardly stained


def _darkest_spot(cell):
    """Return by how much the cell's darkest spot in green falls below its body, 0 to 1."""
    green = cell[..., 1][(cell > 0).any(axis=2)].astype(float)
    return 1 - np.percentile(green, 0.5) / np.median(green)


@pytest.mark.parametrize("label", [pets.CAT, pets.DOG])
def test_pets_are_colour_photographs_of_varied_size(label):
    images = [_draw("pet", seed, label) for seed in range(8)]
    assert all(image.dtype == np.uint8 and image.shape[2] == 3 for image in images)
    assert all(150 <= side <= 200 for image in images for side in image.shape[:2])
    assert len({image.shape for image in images}) > 4
    assert all(image.std() > 15 for image in images)
