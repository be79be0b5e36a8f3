"""Questions of notebook 9, Famous architectures."""

from course_utils.exercises.kinds import Choice, Design, Function, Number, Open, networks

import numpy as np

q1 = Choice(
    "LeNet-5 with kernels of 3x3",
    taught="LeNet-5, 1998",
    predict=True,
    options={"a": "fewer parameters", "b": "as many", "c": "more parameters"},
    reasons={
        1: "a kernel of 3x3 has 9 weights instead of 25",
        2: "the last map is larger, and the dense layer has a weight for each of its values",
        3: "the number of filters decides, and it stays the same",
    },
    right=("c", 2),
    hints=[
        "Work out the sizes: 32 -> 30 -> 15 -> 13 -> 6. With 5x5 the last map is 5x5.",
        "Most of the parameters sit in the first dense layer: 120 for each value of the last map.",
    ],
    why="The convolutions shrink from 2,572 to 940 parameters, but the dense layer grows from "
    "48,120 to 69,240 (6 x 6 x 16 values instead of 5 x 5 x 16): 81,194 in all, not 61,706.",
    mistakes=[
        (("a", 1), "true of the kernels, but they hold only 2,572 of the 61,706 parameters"),
        ("b", "the filters do not decide: a kernel of 3x3 also takes less off the border"),
        (("c", 1), "nine weights instead of 25 would make the network smaller"),
    ],
)

q2 = Number(
    "The share of AlexNet's dense layers",
    taught="AlexNet, 2012",
    right=58_631_144 / 62_378_344,
    within=0.005,
    solution="answer = (37_752_832 + 16_781_312 + 4_097_000) / 62_378_344",
    hints=[
        "The diagram gives the parameters of each box; the two layers of 4,096 share one.",
        "(54,534,144 + 4,097,000) / 62,378,344",
    ],
    why="94 % of the parameters in three of eight layers. Dropout was made for them.",
    mistakes=[
        (54_534_144 / 62_378_344, "the last dense layer, with 1,000 classes, is missing",
         lambda share: abs(share - 0.874) < 0.005),
        (3_747_200 / 62_378_344, "this is the share of the convolutions",
         lambda share: abs(share - 0.06) < 0.005),
        (58_631_144, "this is the number of parameters; divide it by all of them"),
    ],
)  # fmt: skip


def saved(k):
    return 1 - (k + k) / k**2


def left_over(k):
    return 2 / k


def saved_by_one_kernel(k):
    return 1 - 1 / k


def saved_by_single_weights(k):
    return 1 - 2 / k**2


def saved_in_per_cent(k):
    return 100 * (1 - 2 / k)


q3 = Function(
    "What 1xk and kx1 save",
    taught="Small kernels in a row",
    solution=saved,
    inputs=[(3,), (7,)],
    hidden={"5x5": (5,), "1x1": (1,), "2x2": (2,), "11x11": (11,)},
    hints=[
        "How many weights has a kernel of k x k? How many have the two together?",
        "saved = 1 - (what two cost) / (what one costs)",
    ],
    why="1 - 2 / k: nothing at 2 x 2, a third at 3 x 3, 71 % at 7 x 7; and at 1 x 1 it costs twice "
    "as much.",
    mistakes=[
        (left_over, "this is the share that is left; give the share that is saved"),
        (saved_by_one_kernel, "there are two kernels, 1 x k and k x 1; this counts one"),
        (saved_by_single_weights, "a kernel of 1 x k has k weights, not one"),
        (saved_in_per_cent, "give a share, between 0 and 1"),
    ],
)


def _block(
    strides=2, between="relu", second=None, shortcut=1, join="add", last="relu", stride_first=True
):
    """Return the residual block that halves the map, with other settings."""
    from keras import Input, Model, layers

    inputs = Input((14, 14, 16))
    both = (strides, 1) if stride_first else (1, strides)
    x = layers.Conv2D(32, 3, both[0], "same", activation=between)(inputs)
    x = layers.Conv2D(32, 3, both[1], "same", activation=second)(x)
    if join:
        side = layers.Conv2D(32, shortcut, strides, "same")(inputs)
        x = getattr(layers, join)([x, side])
    return Model(inputs, layers.Activation(last)(x))


def block_without_shortcut():
    return _block(join=None)


def block_concatenated():
    return _block(join="concatenate")


def block_of_the_same_size():
    return _block(strides=1)


def block_with_large_shortcut():
    return _block(shortcut=3)


def block_with_late_stride():
    return _block(stride_first=False)


def block_without_last_relu():
    return _block(last="linear")


def block_without_relu_between():
    return _block(between=None)


def block_with_second_relu():
    return _block(second="relu")


def block_of_sixteen_filters():
    from keras import Input, Model, layers

    inputs = Input((14, 14, 16))
    x = layers.Conv2D(16, 3, 2, "same", activation="relu")(inputs)
    x = layers.Conv2D(32, 3, padding="same")(x)
    x = layers.add([x, layers.Conv2D(32, 1, 2)(inputs)])
    return Model(inputs, layers.Activation("relu")(x))


def block_joined_elsewhere():
    """The shortcut comes in before the second convolution."""
    from keras import Input, Model, layers

    inputs = Input((14, 14, 16))
    x = layers.Conv2D(32, 3, 2, "same", activation="relu")(inputs)
    x = layers.add([x, layers.Conv2D(32, 1, 2)(inputs)])
    return Model(inputs, layers.Conv2D(32, 3, padding="same", activation="relu")(x))


def _convolutions(model) -> dict:
    """Return the convolutions of a model by the shape of their kernels."""
    found = [part for part in networks.parts_of(model) if "Conv" in type(part).__name__]
    return {tuple(part.kernel.shape): part for part in found}


def _kernels(model) -> list[tuple]:
    parts = networks.parts_of(model)
    return sorted(part.kernel_size for part in parts if "Conv" in type(part).__name__)


def _values(model):
    noise = np.random.default_rng(9).normal(size=(2, 14, 14, 16)).astype("float32")
    return networks.outputs_of(model, noise)


def _computes(model, other) -> bool:
    """Tell whether a model computes what another one does that has the same weights."""
    for shape, convolution in _convolutions(model).items():
        _convolutions(other)[shape].set_weights(convolution.get_weights())
    return np.allclose(_values(model), _values(other), atol=1e-4)


q4 = Design(
    "A residual block that halves the map",
    taught="Why not simply deeper?",
    solution="""
inputs = keras.Input((14, 14, 16))
x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(inputs)
x = layers.Conv2D(32, 3, padding="same")(x)
shortcut = layers.Conv2D(32, 1, strides=2)(inputs)
x = layers.add([x, shortcut])
model = keras.Model(inputs, layers.Activation("relu")(x))
""",
    must=[
        (
            lambda model: "Add" in networks.kinds_of(model),
            "nothing is added: the shortcut leads nowhere; join both ways by layers.add",
            block_without_shortcut,
        ),
        (
            lambda model: _kernels(model) == [(1, 1), (3, 3), (3, 3)],
            "asked for are two convolutions of 3x3 on one way and one of 1x1 on the other, which "
            "is enough to match the shapes",
            block_with_large_shortcut,
        ),
        (
            lambda model: model.count_params() == 14_432,
            "the number of parameters is not right: give all three convolutions 32 filters and a "
            "bias",
            block_of_sixteen_filters,
        ),
        (
            lambda model: _convolutions(model)[3, 3, 16, 32].strides == (2, 2),
            "the stride of 2 belongs to the first convolution of 3x3: so the second one has a "
            "quarter of the places to compute",
            block_with_late_stride,
        ),
        (
            lambda model: _values(model).min() >= 0,
            "some values are negative: after the addition comes a ReLU",
            block_without_last_relu,
        ),
        (
            lambda model: not _computes(model, block_without_relu_between()),
            "between the two convolutions of 3x3 there is no ReLU: without it they are no more "
            "than one larger convolution",
            block_without_relu_between,
        ),
        (
            lambda model: not _computes(model, block_with_second_relu()),
            "the second convolution of 3x3 has a ReLU of its own, so that it can only add and "
            "never take away: add first, then ReLU",
            block_with_second_relu,
        ),
        (
            lambda model: _computes(model, _block()),
            "the parts are right, but not how they are joined: two convolutions of 3x3 on one "
            "way, with a ReLU between them, the 1x1 on the other; add both, then ReLU",
            block_joined_elsewhere,
        ),
    ],
    hints=[
        "Two ways lead from inputs to layers.add([…, …]); what they bring must have equal shapes.",
        "The first 3x3 convolution takes strides=2; so must the 1x1 convolution on the other way.",
        "shortcut = layers.Conv2D(32, 1, strides=2)(inputs)",
    ],
    mistakes=[
        (
            block_concatenated,
            "concatenate puts the maps behind each other, 64 channels; a residual block adds them",
            lambda model: "Concatenate" in networks.kinds_of(model),
        ),
        (
            block_of_the_same_size,
            "the map keeps its size: the first 3x3 convolution and the shortcut need strides=2",
            lambda model: networks.output_shape(model, (14, 14, 16))[:2] == (14, 14),
        ),
    ],
)

q5 = Open(
    "More plain layers?",
    taught="Why not simply deeper?",
    sample="The 20 plain layers are worse on the digits they were trained on, so they do not "
    "overfit, they train badly: more of them make it worse. Add shortcuts first, or better "
    "initial weights and batch normalisation.",
    criteria=[
        "say no: 40 plain layers will be no better",
        "give as a reason that 20 layers are bad on the digits they were trained on: they do not "
        "overfit, they do not train",
        "name a remedy, such as shortcuts",
    ],
    hints=[
        "Was the network with 20 plain layers better or worse on the digits it was trained on?",
        "What do the gradients look like at the first step?",
    ],
    mistakes=[
        (
            "A deeper network will only overfit.",
            "overfitting would show in a high accuracy on the digits it trains on, and that one "
            "is low",
        ),
        (
            "Good idea: the network has too few parameters so far.",
            "its residual twin has exactly as many parameters, and learns",
        ),
    ],
)


def separable_cost(kernel, channels, filters, size):
    depthwise = size**2 * kernel**2 * channels
    pointwise = size**2 * channels * filters
    return depthwise + pointwise


def ordinary_cost(kernel, channels, filters, size):
    return size**2 * kernel**2 * channels * filters


def depthwise_cost(kernel, channels, filters, size):
    return size**2 * kernel**2 * channels


def weights_only(kernel, channels, filters, size):
    return kernel**2 * channels + channels * filters


q6 = Function(
    "Multiplications of a separable convolution",
    taught="Depthwise separable convolutions: MobileNet, 2017",
    solution=separable_cost,
    inputs=[(3, 32, 64, 112), (3, 512, 512, 14)],
    hidden={
        "a kernel of 5x5": (5, 16, 24, 28),
        "one filter": (3, 8, 1, 7),
        "one pixel": (1, 4, 6, 1),
    },
    hints=[
        "The depthwise convolution has one kernel for each channel, not for each pair.",
        "The pointwise convolution is an ordinary one of 1x1.",
        "Each weight is used once for each of the size x size places. Add the two counts.",
    ],
    why="With n filters it takes 1/n + 1/k² of an ordinary convolution's multiplications.",
    mistakes=[
        (
            ordinary_cost,
            "this is an ordinary convolution; here two cheap ones follow each other: add them",
        ),
        (depthwise_cost, "the pointwise convolution is missing"),
        (weights_only, "these are the weights; each is used at size x size places"),
    ],
)

q7 = Number(
    "A separable layer",
    taught="Depthwise separable convolutions: MobileNet, 2017",
    right=2400,
    unit="parameters",
    solution="answer = 3 * 3 * 32 + 32 * 64 + 64",
    hints=[
        "The depthwise part has one kernel of 3 x 3 for each map that comes in.",
        "The pointwise part is a convolution of 1 x 1: a weight from each map to each filter.",
        "3 * 3 * 32 + 32 * 64, and a bias for each of the 64 filters.",
    ],
    why="288 + 2,048 + 64. An ordinary convolution has 18,496, nearly eight times as many.",
    mistakes=[
        (18_496, "that is an ordinary convolution, with a kernel for each pair of map and filter"),
        (2336, "the biases are missing, one for each filter"),
        (2432, "the depthwise part has no bias of its own: there is one for each filter"),
        (2112, "that is the pointwise part with its biases; the depthwise part is missing"),
        (288, "that is the depthwise part; the pointwise part and the biases are missing"),
        (20_544, "the depthwise part has one kernel for each map, not for each pair"),
    ],
)
