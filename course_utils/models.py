"""The reference architectures of the lectures, each named after what it is.

Each function returns a new, uncompiled Keras model. The notebooks type these models out; they
stand here so that later notebooks and the tests can build on the same ones.
"""

from course_utils import settings

settings.start_tensorflow()

import keras  # noqa: E402
from keras import layers  # noqa: E402


def dense_mnist() -> keras.Model:
    """Return the dense network 784-512-10 of lectures 002 and 004: 407,050 parameters.

    Input: (N, 784) values from 0 to 1; output: (N, 10) probabilities.
    """
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        name="dense_mnist",
    )


def convnet_mnist() -> keras.Model:
    """Return the functional convnet 32-64-128 of lecture 002: 104,202 parameters.

    Input: (N, 28, 28, 1) values from 0 to 1; output: (N, 10) probabilities.
    """
    inputs = keras.Input((28, 28, 1))
    x = _convolutions(inputs, (32, 64, 128), pool=True)
    outputs = layers.Dense(10, activation="softmax")(layers.Flatten()(x))
    return keras.Model(inputs, outputs, name="convnet_mnist")


def convnet_without_pooling() -> keras.Model:
    """Return lecture 002's counter-example, the same without pooling: 712,202 parameters."""
    inputs = keras.Input((28, 28, 1))
    x = _convolutions(inputs, (32, 64, 128), pool=False)
    outputs = layers.Dense(10, activation="softmax")(layers.Flatten()(x))
    return keras.Model(inputs, outputs, name="convnet_without_pooling")


def convolutional_base() -> keras.Model:
    """Return the layers 32-64-64 of lectures 000, 001 and 004: 55,744 parameters.

    Input: (N, 28, 28, 1); output: (N, 3, 3, 64) feature maps.
    """
    inputs = keras.Input((28, 28, 1))
    return keras.Model(inputs, _convolutions(inputs, (32, 64, 64)), name="convolutional_base")


def convnet_dense_head() -> keras.Model:
    """Return the base 32-64-64 with a dense layer of 64 on top: 93,322 parameters."""
    inputs = keras.Input((28, 28, 1))
    x = layers.Flatten()(_convolutions(inputs, (32, 64, 64)))
    x = layers.Dense(64, activation="relu")(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="convnet_dense_head")


def convnet_global_average() -> keras.Model:
    """Return the base 32-64-64 with global average pooling on top: 56,394 parameters."""
    inputs = keras.Input((28, 28, 1))
    x = layers.GlobalAveragePooling2D()(_convolutions(inputs, (32, 64, 64)))
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="convnet_global_average")


def _convolutions(x, filters, pool=True):
    """Stack 3x3 convolutions with ReLU, and 2x2 max pooling between them."""
    for place, count in enumerate(filters):
        if place and pool:
            x = layers.MaxPooling2D(2)(x)
        x = layers.Conv2D(count, 3, activation="relu")(x)
    return x
