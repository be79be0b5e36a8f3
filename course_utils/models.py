"""The reference architectures of the lectures, each named after what it is.

Each function returns a new, uncompiled Keras model. The notebooks type these models out; they
stand here so that later notebooks and the tests can build on the same ones.
"""

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import course_utils.keras_inside.start
from course_utils import convolution
from course_utils.keras_inside.graph import calls
from course_utils.keras_inside.start import without_stderr

import keras
from keras import layers


def dense_mnist(name: str = "dense_mnist") -> keras.Model:
    """Return the dense network 784-512-10 of lectures 002 and 004: 407,050 parameters.

    name: under which its checkpoint is kept.
    Input: (N, 784) values from 0 to 1; output: (N, 10) probabilities.

    >>> dense_mnist().count_params()
    407050
    """
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        name=name,
    )


def convnet_mnist() -> keras.Model:
    """Return the functional convnet 32-64-128 of lecture 002: 104,202 parameters.

    Input: (N, 28, 28, 1) values from 0 to 1; output: (N, 10) probabilities.

    >>> convnet_mnist().count_params()
    104202
    """
    inputs = keras.Input((28, 28, 1))
    x = _convolutions(inputs, (32, 64, 128), pool=True)
    outputs = layers.Dense(10, activation="softmax")(layers.Flatten()(x))
    return keras.Model(inputs, outputs, name="convnet_mnist")


def convnet_without_pooling() -> keras.Model:
    """Return lecture 002's counter-example, the same without pooling: 712,202 parameters.

    >>> convnet_without_pooling().count_params()
    712202
    """
    inputs = keras.Input((28, 28, 1))
    x = _convolutions(inputs, (32, 64, 128), pool=False)
    outputs = layers.Dense(10, activation="softmax")(layers.Flatten()(x))
    return keras.Model(inputs, outputs, name="convnet_without_pooling")


def convolutional_base() -> keras.Model:
    """Return the layers 32-64-64 of lectures 000, 001 and 004: 55,744 parameters.

    Input: (N, 28, 28, 1); output: (N, 3, 3, 64) feature maps.

    >>> convolutional_base().output_shape
    (None, 3, 3, 64)
    """
    inputs = keras.Input((28, 28, 1))
    return keras.Model(inputs, _convolutions(inputs, (32, 64, 64)), name="convolutional_base")


def convnet_dense_head() -> keras.Model:
    """Return the base 32-64-64 with a dense layer of 64 on top: 93,322 parameters.

    >>> convnet_dense_head().count_params()
    93322
    """
    inputs = keras.Input((28, 28, 1))
    x = layers.Flatten()(_convolutions(inputs, (32, 64, 64)))
    x = layers.Dense(64, activation="relu")(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="convnet_dense_head")


def convnet_global_average() -> keras.Model:
    """Return the base 32-64-64 with global average pooling on top: 56,394 parameters.

    >>> convnet_global_average().count_params()
    56394
    """
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


def malaria_lecture() -> keras.Model:
    """Return lecture 003's network for malaria cells: 56,257 parameters.

    Input: (N, 100, 100, 3) values from 0 to 1; output: (N, 1) probabilities of label 1.

    >>> malaria_lecture().count_params()
    56257
    """
    return keras.Sequential(
        [
            keras.Input((100, 100, 3)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="malaria_lecture",
    )


def malaria_small() -> keras.Model:
    """Return a better small network for malaria cells: 28,641 parameters.

    Four blocks of 3x3 convolution, batch normalisation, ReLU and 2x2 max pooling, then global
    average pooling. Input: (N, 64, 64, 3) values from 0 to 1; output: (N, 1) probabilities of
    label 1. The averages of batch normalisation are quick ones (momentum 0.9): an epoch of 2,000
    cells has few steps.

    >>> malaria_small().count_params()
    28641
    """
    model = keras.Sequential([keras.Input((64, 64, 3))], name="malaria_small")
    for filters in (16, 32, 32, 48):
        model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False))
        model.add(layers.BatchNormalization(momentum=0.9))
        model.add(layers.ReLU())
        model.add(layers.MaxPooling2D(2))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def lenet5() -> keras.Model:
    """Return LeNet-5 as it is built today, with the 5x5 kernels of 1998: 61,706 parameters.

    Input: (N, 28, 28, 1) values from 0 to 1, framed by padding instead of the 32x32 pixels of the
    paper; output: (N, 10) probabilities. LeCun et al. (1998), doi:10.1109/5.726791.

    >>> lenet5().count_params()
    61706
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="tanh"),
            layers.Dense(84, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ],
        name="lenet5",
    )


def alexnet(groups: int = 1) -> keras.Model:
    """Return AlexNet as one tower (62,378,344 parameters), or with groups=2 as published.

    Input: (N, 227, 227, 3); output: (N, 1000) probabilities. Without its local response
    normalisation, which has no parameters. Krizhevsky et al. (2012).

    >>> with without_weights():
    ...     one, two = alexnet(), alexnet(groups=2)
    >>> one.count_params(), two.count_params()
    (62378344, 60965224)
    """
    return keras.Sequential(
        [
            keras.Input((227, 227, 3)),
            layers.Conv2D(96, 11, strides=4, activation="relu"),
            layers.MaxPooling2D(3, strides=2),
            layers.Conv2D(256, 5, padding="same", groups=groups, activation="relu"),
            layers.MaxPooling2D(3, strides=2),
            layers.Conv2D(384, 3, padding="same", activation="relu"),
            layers.Conv2D(384, 3, padding="same", groups=groups, activation="relu"),
            layers.Conv2D(256, 3, padding="same", groups=groups, activation="relu"),
            layers.MaxPooling2D(3, strides=2),
            layers.Flatten(),
            layers.Dense(4096, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(4096, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(1000, activation="softmax"),
        ],
        name="alexnet",
    )


@contextmanager
def without_weights() -> Iterator[None]:
    """Build models that are never run within it: they have shapes and counts, but no weights.

    VGG16 takes half a gigabyte otherwise.

    >>> with without_weights():
    ...     model = keras.applications.VGG16(weights=None)
    >>> model.count_params()
    138357544
    """
    with keras.StatelessScope(initialize_variables=False):
        yield


@contextmanager
def quietly() -> Iterator[None]:
    """Run a block without the warnings and log lines of what converts networks and runs them.

    Errors are raised as ever.

    >>> with quietly():
    ...     interpreter = "tf.lite.Interpreter(model_path=...)"
    """
    with without_stderr(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def multiplications(model: keras.Model) -> int:
    """Count the multiplications of a Keras model for one image.

    As in the literature, those of convolutional and dense layers: normalisation, pooling,
    activations and operations such as `a + b` need few. A layer that is used twice counts twice.
    Raises ValueError for a model whose sizes are not known, and for layers with weights that are
    neither.

    >>> multiplications(lenet5())
    416520
    """
    return sum(_multiplications_of_call(call) for call in calls(model))


_KERNELS = ("kernel", "depthwise_kernel", "pointwise_kernel")
_FEW = ("Normalization", "PReLU", "LayerScale")  # a weight or two for each channel


def _multiplications_of_call(call) -> int:
    """Each weight of a kernel is used once for each place of the map."""
    layer, kind = call.layer, type(call.layer).__name__
    if isinstance(layer, keras.Model):
        return multiplications(layer)
    counted = kind == "Dense" or ("Conv" in kind and hasattr(layer, "kernel_size"))
    if not counted:
        if getattr(layer, "weights", ()) and not any(name in kind for name in _FEW):
            raise ValueError(
                f'multiplications counts convolutional and dense layers; "{layer.name}" ({kind}) '
                f"has weights and is neither."
            )
        return 0
    places = (call.inputs if "Transpose" in kind else call.outputs)[0][1:-1]
    if None in places:
        raise ValueError(
            f'The map of "{layer.name}" has the size {places}: build the model with an input of a '
            f"known size, as keras.Input((28, 28, 1))."
        )
    shapes = [getattr(layer, name).shape for name in _KERNELS if hasattr(layer, name)]
    return sum(_multiplications_of_kernel(shape, places) for shape in shapes)


def _multiplications_of_kernel(shape, places) -> int:
    *window, channels_in, filters = shape
    # Windows and maps of any number of axes, laid out in one.
    window, places = (math.prod(window), 1), (math.prod(places), 1)
    return convolution.multiplications(window, channels_in, filters, places)


def cats_vs_dogs() -> keras.Model:
    """Return lecture 004's network for cats and dogs: 307,393 parameters.

    Input: (N, 150, 150, 3) values from 0 to 1, which become -1 to 1 as in the lecture; output:
    (N, 1) probabilities of a dog (label 1). The weights start as He and others suggest for ReLU
    (arXiv 1502.01852): with Keras' default the loss stays where it is for some ten epochs.

    >>> cats_vs_dogs().count_params()
    307393
    """
    return _cats_vs_dogs("cats_vs_dogs", dropout=0.0, l2=0.0)


def cats_vs_dogs_regularised(dropout: float = 0.5, l2: float = 2e-5) -> keras.Model:
    """Return the same network with dropout before the last layer and L2 on all kernels.

    dropout: share of the 512 values that are left out in each step of the training; l2: what the
    loss grows by for each squared weight. Neither has parameters of its own.

    >>> cats_vs_dogs_regularised().count_params() == cats_vs_dogs().count_params()
    True
    """
    return _cats_vs_dogs("cats_vs_dogs_regularised", dropout, l2)


def _cats_vs_dogs(name, dropout, l2):
    kernel = {"kernel_initializer": "he_uniform"}
    if l2:
        kernel["kernel_regularizer"] = keras.regularizers.L2(l2)
    inputs = keras.Input((150, 150, 3))
    x = layers.Rescaling(2, offset=-1)(inputs)
    for filters in (32, 64, 128, 128):
        x = layers.Conv2D(filters, 3, activation="relu", **kernel)(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(512, activation="relu", **kernel)(x)
    if dropout:
        x = layers.Dropout(dropout)(x)
    outputs = layers.Dense(1, activation="sigmoid", **kernel)(x)
    return keras.Model(inputs, outputs, name=name)
