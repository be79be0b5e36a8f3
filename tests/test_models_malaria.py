"""The two networks for malaria cells: the lecture's numbers, and what the better one promises."""

from course_utils import models
from course_utils.convolution import receptive_field

import keras
import numpy as np
import pytest


@pytest.fixture(scope="module")
def lecture():
    return models.malaria_lecture()


@pytest.fixture(scope="module")
def small():
    return models.malaria_small()


def test_the_lecture_network_has_56_257_parameters(lecture):
    assert lecture.count_params() == 56_257
    assert [layer.count_params() for layer in lecture.layers if layer.weights] == [
        896,
        18_496,
        36_865,
    ]


def test_the_lecture_network_has_the_maps_of_the_lecture(lecture):
    shapes = [layer.output.shape[1:] for layer in lecture.layers[:5]]
    assert shapes == [(100, 100, 32), (50, 50, 32), (48, 48, 64), (24, 24, 64), (36_864,)]


def test_the_small_network_stays_below_60_000_parameters(small):
    assert small.count_params() == 28_641
    assert small.count_params() < 60_000


def test_the_small_network_sees_most_of_a_cell(lecture, small):
    """A parasite needs its surroundings: 10x10 of 100 pixels against 46x46 of 64."""
    sizes = {}
    for name, model in (("lecture", lecture), ("small", small)):
        kinds = [type(layer).__name__ for layer in model.layers]
        last_map = model.layers[len(kinds) - 1 - kinds[::-1].index("MaxPooling2D")].name
        sizes[name] = {field.name: field.size for field in receptive_field(model)}[last_map]
    assert sizes == {"lecture": (10, 10), "small": (46, 46)}


@pytest.mark.parametrize("build", [models.malaria_lecture, models.malaria_small])
def test_gives_one_probability_for_each_cell(build):
    model = build()
    cells = np.random.default_rng(0).random((3, *model.input_shape[1:])).astype("float32")
    found = np.asarray(model(cells))
    assert found.shape == (3, 1)
    assert np.all((found > 0) & (found < 1))


def test_the_small_network_learns_whether_there_is_a_spot_anywhere():
    """Squares of all colours, half of them with a dark spot at a random place."""
    keras.utils.set_random_seed(0)
    cells, has_spot = draw_spots(136)
    model = models.malaria_small()
    model.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy", metrics=["accuracy"])
    model.fit(cells[:96], has_spot[:96], epochs=6, batch_size=12, verbose=0)
    assert model.evaluate(cells[96:], has_spot[96:], verbose=0)[1] >= 0.9


def draw_spots(count):
    rng = np.random.default_rng(3)
    colours = rng.uniform(0.6, 0.8, (count, 1, 1, 3)).astype("float32")
    cells = np.tile(colours, (1, 64, 64, 1))
    has_spot = np.arange(count) % 2
    for index in np.flatnonzero(has_spot):
        row, column = rng.integers(4, 48, 2)
        cells[index, row : row + 12, column : column + 12] -= 0.4
    return cells, has_spot
