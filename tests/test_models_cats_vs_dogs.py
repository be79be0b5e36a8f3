"""The lecture's numbers of the network for cats and dogs, and what its regularised variant adds."""

from course_utils import models

import keras
import numpy as np
import pytest


@pytest.fixture(scope="module")
def network():
    return models.cats_vs_dogs()


@pytest.fixture(scope="module")
def regularised():
    return models.cats_vs_dogs_regularised(dropout=0.4, l2=0.01)


def layers_of(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


def test_parameters_of_each_layer(network):
    counts = [layer.count_params() for layer in network.layers if layer.count_params()]
    assert counts == [896, 18_496, 73_856, 147_584, 66_048, 513]
    assert network.count_params() == 307_393


def test_maps_become_smaller_as_in_the_lecture(network):
    shapes = [layer.output.shape[1:] for layer in layers_of(network, keras.layers.MaxPooling2D)]
    assert shapes == [(74, 74, 32), (36, 36, 64), (17, 17, 128), (7, 7, 128)]


def test_one_probability_for_each_photograph(network):
    photographs = np.random.default_rng(0).random((2, 150, 150, 3), dtype="float32")
    probabilities = network(photographs)
    assert probabilities.shape == (2, 1)
    assert np.all((probabilities > 0) & (probabilities < 1))


def test_regularising_adds_no_parameters(network, regularised):
    assert regularised.count_params() == network.count_params()
    assert regularised.name != network.name  # so each has a checkpoint of its own


def test_dropout_stands_before_the_last_layer(network, regularised):
    assert not layers_of(network, keras.layers.Dropout)
    *_, dropout, last = regularised.layers
    assert isinstance(dropout, keras.layers.Dropout) and dropout.rate == 0.4
    assert last.units == 1


def test_all_kernels_and_no_biases_have_an_l2_penalty(network, regularised):
    assert network.losses == []
    kernels = [weight for weight in regularised.weights if weight.name == "kernel"]
    squares = sum(float(np.sum(np.square(kernel))) for kernel in kernels)
    assert len(regularised.losses) == len(kernels) == 6
    assert sum(map(float, regularised.losses)) == pytest.approx(0.01 * squares, rel=1e-5)


def test_without_dropout_and_l2_it_is_the_plain_network(network):
    plain = models.cats_vs_dogs_regularised(dropout=0, l2=0)
    plain.set_weights(network.get_weights())
    photograph = np.random.default_rng(1).random((1, 150, 150, 3), dtype="float32")
    np.testing.assert_array_equal(plain(photograph), network(photograph))
    assert plain.losses == []
