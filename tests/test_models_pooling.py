"""The lectures' numbers of the networks with and without pooling."""

from course_utils import models
from course_utils.convolution import parameter_count, receptive_field

import numpy as np
import pytest


@pytest.fixture(scope="module")
def without():
    return models.convnet_without_pooling()


def layer_before_flatten(model):
    names = [type(layer).__name__ for layer in model.layers]
    return model.layers[names.index("Flatten") - 1]


def test_61_952_values_without_pooling(without):
    last_map = layer_before_flatten(without).output.shape[1:]
    assert last_map == (22, 22, 128)
    assert np.prod(last_map) == 61_952


def test_712_202_parameters_without_pooling(without):
    assert without.count_params() == 712_202
    assert without.layers[-1].count_params() == parameter_count(1, 61_952, 10) == 619_530


def test_without_pooling_a_value_sees_7x7(without):
    field = {f.name: f for f in receptive_field(without)}[layer_before_flatten(without).name]
    assert field.size == (7, 7)


def test_the_dense_layer_of_the_convnet_sees_26x26_pixels_and_no_more():
    model = models.convnet_mnist()
    assert receptive_field(model)[-1].size == (26, 26)
    image = np.random.default_rng(0).random((1, 28, 28, 1)).astype("float32")
    changed = image.copy()
    changed[:, 26:], changed[:, :, 26:] = 1, 1
    assert np.array_equal(model(image), model(changed))
    changed[:, 25, 12] += 1
    assert not np.array_equal(model(image), model(changed))


def test_56_394_parameters_with_global_average_pooling():
    model = models.convnet_global_average()
    assert model.count_params() == 56_394
    assert model.layers[-1].count_params() == 650


def test_pooling_divides_the_parameters_by_seven(without):
    assert without.count_params() / models.convnet_mnist().count_params() > 6.8
