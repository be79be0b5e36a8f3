"""Models: the lectures' numbers of parameters, and shapes from layer to layer."""

from course_utils import models

import numpy as np
import pytest

MODELS = {
    "dense_mnist": 407_050,
    "convnet_mnist": 104_202,
    "convnet_without_pooling": 712_202,
    "convolutional_base": 55_744,
    "convnet_dense_head": 93_322,
    "convnet_global_average": 56_394,
}


def map_sizes(model):
    """Return the sides of the feature maps from the input on, each once for each layer."""
    maps = [layer.output.shape for layer in model.layers if len(layer.output.shape) == 4]
    assert all(height == width for _, height, width, _ in maps)
    return [height for _, height, _, _ in maps]


@pytest.mark.parametrize("name, parameters", MODELS.items())
def test_parameters_are_the_lectures(name, parameters):
    assert getattr(models, name)().count_params() == parameters


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_named_after_its_function(name):
    assert getattr(models, name)().name == name


@pytest.mark.parametrize("name", [name for name in MODELS if name != "convolutional_base"])
def test_a_classifier_returns_ten_probabilities(name):
    model = getattr(models, name)()
    images = np.random.default_rng(0).random((3, *model.input_shape[1:]), np.float32)
    probabilities = np.asarray(model(images))
    assert probabilities.shape == (3, 10)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_the_dense_network_takes_784_values():
    assert models.dense_mnist().input_shape == (None, 784)


@pytest.mark.parametrize("name", ["convnet_mnist", "convolutional_base", "convnet_dense_head"])
def test_feature_maps_shrink_from_28_to_3(name):
    assert map_sizes(getattr(models, name)()) == [28, 26, 13, 11, 5, 3]


def test_the_base_returns_64_maps_of_3x3():
    assert models.convolutional_base().output_shape == (None, 3, 3, 64)


def test_the_convnet_of_lecture_002_flattens_3x3x128_values():
    shapes = [layer.output.shape for layer in models.convnet_mnist().layers]
    assert (None, 3, 3, 128) in shapes and (None, 1152) in shapes


def test_without_pooling_the_last_map_has_61952_values():
    model = models.convnet_without_pooling()
    assert map_sizes(model) == [28, 26, 24, 22]
    last_map, flat = (layer.output.shape for layer in model.layers[-3:-1])
    assert last_map == (None, 22, 22, 128)
    assert flat == (None, 61_952)


def test_global_average_pooling_leaves_one_value_a_map():
    assert (None, 64) in [layer.output.shape for layer in models.convnet_global_average().layers]


def test_each_call_returns_a_new_model():
    first, second = models.dense_mnist(), models.dense_mnist()
    first.set_weights([np.zeros_like(weight) for weight in first.get_weights()])
    assert np.any(second.get_weights()[0])
