"""Questions of notebook 9, Famous architectures."""

import re

from course_utils.exercises.questions import Choice, Function, Model, Number, Open

import numpy as np

q1 = Choice(
    "LeNet-5 with kernels of 3x3",
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

q3 = Function(
    "What 1xk and kx1 save",
    solution="def saved(k):\n    return 1 - (k + k) / k**2",
    inputs=[(3,), (7,)],
    hidden={"5x5": (5,), "1x1": (1,)},
    hints=[
        "How many weights has a kernel of k x k? How many have the two together?",
        "saved = 1 - (what two cost) / (what one costs)",
    ],
    why="1 - 2 / k: nothing at 2 x 2, a third at 3 x 3, 71 % at 7 x 7; and at 1 x 1 it costs twice "
    "as much.",
    mistakes=[
        ("def saved(k):\n    return 2 / k", "this is the share that is left; asked for is saved"),
        (
            "def saved(k):\n    return 1 - 1 / k",
            "there are two kernels, 1 x k and k x 1; this counts one",
        ),
        (
            "def saved(k):\n    return 1 - 2 / k**2",
            "a kernel of 1 x k has k weights, not one",
        ),
        ("def saved(k):\n    return 100 * (1 - 2 / k)", "give a share, between 0 and 1"),
    ],
)

_BLOCK = """
inputs = keras.Input((14, 14, 16))
x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(inputs)
x = layers.Conv2D(32, 3, padding="same")(x)
shortcut = layers.Conv2D(32, 1, strides=2)(inputs)
x = layers.add([x, shortcut])
model = keras.Model(inputs, layers.Activation("relu")(x))
"""


def _operations(model):
    """Yield the layers and operations of a model, also those of models in it."""
    for one in getattr(model, "operations", model.layers):
        yield from _operations(one) if hasattr(one, "layers") else [one]


def _kinds(model) -> list[str]:
    return [type(one).__name__ for one in _operations(model)]


def _convolutions(model) -> dict:
    """Return the convolutions of a model by the shape of their kernels."""
    found = [one for one in _operations(model) if "Conv" in type(one).__name__]
    return {tuple(one.kernel.shape): one for one in found}


def _kernels(model) -> list[tuple]:
    return sorted(one.kernel_size for one in _operations(model) if "Conv" in type(one).__name__)


def _values(model):
    noise = np.random.default_rng(9).normal(size=(2, 14, 14, 16)).astype("float32")
    return np.array(model(noise))


def _computes(model, block: str) -> bool:
    """Tell whether a model computes what a block does that has the same weights."""
    other = q4.run(block)
    for shape, convolution in _convolutions(model).items():
        _convolutions(other)[shape].set_weights(convolution.get_weights())
    return np.allclose(_values(model), _values(other), atol=1e-4)


_NO_FIRST_RELU = _BLOCK.replace(', activation="relu")', ")")
_SECOND_RELU = _BLOCK.replace("(32, 3, padding", '(32, 3, activation="relu", padding')

q4 = Model(
    "A residual block that halves the map",
    solution=_BLOCK,
    free=True,
    must=[
        (lambda model: "Add" in _kinds(model), "nothing is added: join both ways by layers.add"),
        (
            lambda model: _kernels(model) == [(1, 1), (3, 3), (3, 3)],
            "asked for are two convolutions of 3x3 on one way and one of 1x1 on the other",
        ),
        (
            lambda model: model.count_params() == 14_432,
            "the parameters should be 14,432: give all three convolutions 32 filters and a bias",
        ),
        (
            lambda model: _convolutions(model)[3, 3, 16, 32].strides == (2, 2),
            "the stride of 2 belongs to the first convolution of 3x3: so the second one has a "
            "quarter of the places to compute",
        ),
        (
            lambda model: _values(model).min() >= 0,
            "some values are negative: after the addition comes a ReLU",
        ),
        (
            lambda model: not _computes(model, _NO_FIRST_RELU),
            "between the two convolutions of 3x3 there is no ReLU: without it they are no more "
            "than one larger convolution",
        ),
        (
            lambda model: not _computes(model, _SECOND_RELU),
            "the second convolution of 3x3 has a ReLU of its own, so that it can only add and "
            "never take away: add first, then ReLU",
        ),
        (
            lambda model: _computes(model, _BLOCK),
            "the parts are right, but not how they are joined: two convolutions of 3x3 on one "
            "way, with a ReLU between them, the 1x1 on the other; add both, then ReLU",
        ),
    ],
    hints=[
        "Two ways lead from inputs to layers.add([…, …]); what they bring must have equal shapes.",
        "The first 3x3 convolution takes strides=2; so must the 1x1 convolution on the other way.",
        "shortcut = layers.Conv2D(32, 1, strides=2)(inputs)",
    ],
    mistakes=[
        (
            _BLOCK.replace("x = layers.add([x, shortcut])\n", ""),
            "the shortcut leads nowhere: nothing is added before the last ReLU",
        ),
        (
            _BLOCK.replace("layers.add", "layers.concatenate"),
            "concatenate puts the maps behind each other, 64 channels; a residual block adds them",
            lambda model: "Concatenate" in _kinds(model),
        ),
        (
            _BLOCK.replace("strides=2", "strides=1"),
            "the map keeps its size: the first 3x3 convolution and the shortcut need strides=2",
            lambda model: model.output_shape[1:3] == (14, 14),
        ),
        (
            _BLOCK.replace("Conv2D(32, 1, ", 'Conv2D(32, 3, padding="same", '),
            "a 1x1 kernel is enough for the shortcut: it only has to match the shapes",
        ),
    ],
)

q5 = Open(
    "More plain layers?",
    sample="The 20 plain layers are worse on the digits they were trained on, so they do not "
    "overfit, they train badly: more of them make it worse. Add shortcuts first, or better "
    "initial weights and batch normalisation.",
    least=6,
    hints=[
        "Was the network with 20 plain layers better or worse on the digits it was trained on?",
        "What do the gradients look like at the first step?",
    ],
    mistakes=[
        (
            "A deeper network will only overfit.",
            "overfitting would show in a high accuracy on the digits it trains on, and that one "
            "is low",
            lambda text: _claims(text, "only overfit", "will overfit", "would overfit"),
        ),
        (
            "Good idea: the network has too few parameters so far.",
            "its residual twin has exactly as many parameters, and learns",
            lambda text: _claims(text, "too few parameters"),
        ),
    ],
)  # fmt: skip


def _claims(text, *phrases) -> bool:
    """Tell whether a text says one of the phrases and denies nothing (advice aside)."""
    advice = r"\b(do not|don['’]t|would not|wouldn['’]t|should not) (do|add|try|use|build)\b"
    text = re.sub(advice, "", text.lower())
    denied = re.search(r"\b(no|not|nor|never|cannot|neither)\b|n['’]t\b", text)
    return not denied and any(phrase in text for phrase in phrases)


q6 = Function(
    "Multiplications of a separable convolution",
    solution="""
def separable_cost(kernel, channels, filters, size):
    depthwise = size**2 * kernel**2 * channels
    pointwise = size**2 * channels * filters
    return depthwise + pointwise
""",
    inputs=[(3, 32, 64, 112), (3, 512, 512, 14)],
    hidden={"a kernel of 5x5": (5, 16, 24, 28), "one filter": (3, 8, 1, 7)},
    hints=[
        "The depthwise convolution has one kernel for each channel, not for each pair.",
        "The pointwise convolution is an ordinary one of 1x1.",
        "Each weight is used once for each of the size x size places. Add the two counts.",
    ],
    why="With n filters it takes 1/n + 1/k² of an ordinary convolution's multiplications.",
    mistakes=[
        (
            "def separable_cost(kernel, channels, filters, size):\n"
            "    return size**2 * kernel**2 * channels * filters",
            "this is an ordinary convolution; here two cheap ones follow each other: add them",
        ),
        (
            "def separable_cost(kernel, channels, filters, size):\n"
            "    return size**2 * kernel**2 * channels",
            "the pointwise convolution is missing",
        ),
        (
            "def separable_cost(kernel, channels, filters, size):\n"
            "    return kernel**2 * channels + channels * filters",
            "these are the weights; each is used at size x size places",
        ),
    ],
)
