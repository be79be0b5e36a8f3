"""Famous architectures: their published sizes, and the multiplications of whole models."""

import math

from course_utils import convolution, models

import keras
import pytest
from keras import layers

# What the papers and Keras' documentation say: parameters, and multiplications in words.
PUBLISHED = {
    "VGG16": (138_357_544, 15.5e9),
    "VGG19": (143_667_240, 19.6e9),
    "ResNet50": (25_636_712, 3.8e9),
    "MobileNet": (4_253_864, 569e6),
}


def test_lenet5_has_61706_parameters_and_each_map_the_papers_size():
    model = models.lenet5()
    assert model.count_params() == 61_706
    shapes = [layer.output.shape[1:] for layer in model.layers[:5]]
    assert shapes == [(28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16), (400,)]
    assert [layer.count_params() for layer in model.layers if layer.weights] == [
        156,
        2_416,
        48_120,
        10_164,
        850,
    ]


def test_alexnet_as_one_tower_and_as_published():
    with models.without_weights():
        one, two = models.alexnet(), models.alexnet(groups=2)
    assert one.count_params() == 62_378_344
    assert two.count_params() == 60_965_224
    assert one.layers[8].output.shape == (None, 9216)
    neurons = sum(math.prod(layer.output.shape[1:]) for layer in one.layers if layer.weights)
    assert round(neurons, -4) == 660_000  # the paper says 650,000
    assert models.multiplications(two) == 724_406_816


@pytest.mark.parametrize("name, published", PUBLISHED.items())
def test_multiplications_are_the_published_ones(name, published):
    with models.without_weights():
        model = getattr(keras.applications, name)(weights=None)
    parameters, multiplications = published
    assert model.count_params() == parameters
    assert models.multiplications(model) == pytest.approx(multiplications, rel=0.02)


def test_without_weights_nothing_is_allocated():
    with models.without_weights():
        dense = keras.Sequential([keras.Input((10**6,)), layers.Dense(10**6)])
    assert dense.count_params() == 10**12 + 10**6


def test_after_without_weights_models_have_weights():
    with models.without_weights():
        models.lenet5()
    assert len(models.lenet5().get_weights()) == 10


@pytest.mark.parametrize(
    "layer, count",
    [
        (layers.Conv2D(8, 3), 26 * 26 * 9 * 4 * 8),
        (layers.Conv2D(8, 3, strides=2, padding="same"), 14 * 14 * 9 * 4 * 8),
        (layers.Conv2D(8, (1, 3), padding="same"), 28 * 28 * 3 * 4 * 8),
        (layers.Conv2D(8, 3, groups=2), 26 * 26 * 9 * 2 * 8),
        (layers.Conv2D(8, 3, use_bias=False), 26 * 26 * 9 * 4 * 8),
        (layers.DepthwiseConv2D(3, depth_multiplier=2), 26 * 26 * 9 * 4 * 2),
        (layers.SeparableConv2D(8, 3), 26 * 26 * (9 * 4 + 4 * 8)),
        (layers.Conv2DTranspose(8, 3, strides=2), 28 * 28 * 9 * 4 * 8),
        (layers.Dense(5), 28 * 28 * 4 * 5),
        (layers.MaxPooling2D(2), 0),
        (layers.BatchNormalization(), 0),
    ],
    ids=lambda value: value.name if hasattr(value, "name") else "",
)
def test_multiplications_of_a_layer(layer, count):
    assert models.multiplications(keras.Sequential([keras.Input((28, 28, 4)), layer])) == count


def test_multiplications_agree_with_the_arithmetic_of_convolution():
    model = keras.Sequential([keras.Input((102, 102, 3)), layers.Conv2D(100, 3)])
    assert models.multiplications(model) == convolution.multiplications(3, 3, 100, 100)


def test_branches_models_in_models_and_shared_layers_count():
    inner = keras.Sequential([keras.Input((8, 8, 4)), layers.Conv2D(4, 1)])
    inputs = keras.Input((8, 8, 4))
    shared = layers.Conv2D(4, 1)
    outputs = layers.add([inner(inputs), shared(shared(inputs)), inputs])
    assert models.multiplications(keras.Model(inputs, outputs)) == 3 * 8 * 8 * 4 * 4


def test_layers_outside_the_model_do_not_count():
    inputs = keras.Input((8, 8, 1))
    first = layers.Conv2D(2, 1)(inputs)
    layers.Conv2D(2, 1)(first)
    assert models.multiplications(keras.Model(inputs, first)) == 8 * 8 * 2


@pytest.mark.parametrize(
    "model, problem",
    [
        (keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(2, 3)]), "known size"),
        (keras.Sequential([keras.Input((8, 8)), layers.LSTM(2)], name="rnn"), "LSTM"),
        (keras.Sequential([layers.Conv2D(2, 3)], name="unbuilt"), "begins with keras.Input"),
    ],
    ids=["size", "lstm", "unbuilt"],
)
def test_what_cannot_be_counted_is_said(model, problem):
    with pytest.raises(ValueError, match=problem):
        models.multiplications(model)
