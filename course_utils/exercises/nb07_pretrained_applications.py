"""Questions of notebook 7, Pretrained networks and transfer learning."""

import re

from course_utils.exercises.questions import Choice, Function, Model, Number, Open, Shape

import numpy as np

q1 = Number(
    "How large is a network on disk",
    right=102.4,
    within=0.5,
    unit="MB",
    hints=[
        "A weight is kept as float32. How many bytes is that?",
        "25.6 million weights of four bytes each.",
    ],
    why="25.6 million x 4 bytes = 102.4 million bytes. The table says 98 MB: it counts 1,048,576 "
    "bytes to a megabyte.",
    mistakes=[
        (25.6, "this would be one byte for each weight; float32 takes four"),
        (
            97.7,
            "this counts 1,048,576 bytes to a megabyte, as the table does; the question asks for "
            "millions of bytes",
        ),
        (204.8, "eight bytes is float64; Keras' weights are float32"),
        (819.2, "this counts bits, eight to a byte"),
        (102_400_000, "this is in bytes; the question asks for millions of them"),
    ],
)

q2 = Shape(
    "What the network is given",
    right=(1, 224, 224, 3),
    hints=[
        "A network takes a batch, also where it holds a single photo.",
        "The square was 400 x 400 pixels; MobileNet wants 224 x 224.",
    ],
    why="A batch of one photo, 224 x 224 pixels, three channels.",
    mistakes=[
        ((224, 224, 3), "this is the photo alone; the axis of the batch is missing"),
        ((1, 400, 400, 3), "the photo must be brought to the size of the network first"),
        ((1, 400, 600, 3), "this is the whole photo; its square was brought to another size"),
        ((224, 224, 3, 1), "the axis of the batch comes first"),
        ((1, 3, 224, 224), "channels come last in Keras"),
    ],
)

_bytes = np.array([[[[0, 127.5, 255], [255, 0, 51]]]])

q3 = Function(
    "MobileNet's preprocessing, by hand",
    solution="""
def prepare(images):
    return images / 127.5 - 1
""",
    inputs=[(_bytes,)],
    hidden={"a grey image of 4 x 4": (np.full((1, 4, 4, 3), 100.0),)},
    hints=[
        "0 must become -1, and 255 must become 1.",
        "Divide so that the values go from 0 to 2, then subtract.",
    ],
    why="0 becomes -1, 127.5 becomes 0, 255 becomes 1.",
    mistakes=[
        ("def f(images):\n    return images / 255", "this gives 0 to 1; MobileNet wants -1 to 1"),
        (
            "def f(images):\n    return images / 255 - 1",
            "255 becomes 0 like this: the range of two needs a division by 127.5",
        ),
        (
            "def f(images):\n    return (images - 127.5)",
            "this is centred, but it goes from -127.5 to 127.5: divide as well",
        ),
    ],
)

q4 = Choice(
    "Upside down",
    predict=True,
    options={
        "a": "the same label, about as sure",
        "b": "another label, or far less sure",
    },
    reasons={
        1: "global average pooling forgets where things are",
        2: "its filters have learnt edges and parts the right way up",
        3: "the order of the pixels does not matter to a convolution",
    },
    right=("b", 2),
    hints=[
        "Which way up were the photographs that it has learnt from?",
        "A filter for an ear is not a filter for an ear that hangs down.",
    ],
    why="Pooling forgets where a part is, not which way up it is. What shall not matter must be "
    "in the training data (or in its augmentation).",
    mistakes=[
        (("a", 1), "it forgets where a part is; but the part itself is upside down, too"),
        (("a", 3), "a convolution compares neighbours: their order is all that it sees"),
        (("b", 1), "right, but pooling speaks for the opposite"),
    ],
)

q5 = Number(
    "What is left to train",
    right=1_025,
    unit="parameters",
    hints=[
        "A dense layer has a weight for each input, and a bias, for each of its units.",
        "1,024 features go into one unit.",
    ],
    why="1,024 weights and a bias. The base's 3,228,864 parameters stay as they are.",
    mistakes=[
        (1_024, "the bias counts, too"),
        (257, "that is for 256 features"),
        (2_050, "this is for two units with softmax; one unit with a sigmoid does it"),
    ],
)

q6 = Model(
    "A new head for three classes",
    solution="""
new_head = keras.Sequential(
    [
        keras.Input((7, 7, 256)),
        layers.GlobalAveragePooling2D(),
        layers.Dropout(0.2),
        layers.Dense(3, activation="softmax"),
    ]
)
""",
    free=True,
    at_most=1_000,
    must=[
        (
            lambda model: _sums_to_one(model),
            "three classes that exclude each other want a softmax at the end",
        ),
    ],
    hints=[
        "From 7 x 7 x 256 to 256 values without a parameter: a layer of notebook 4 does that.",
        "GlobalAveragePooling2D, perhaps Dropout, then Dense(3, activation=...).",
    ],
    why="256 x 3 weights and 3 biases: 771 parameters. With Flatten it would be 37,635.",
    mistakes=[
        (
            """
new_head = keras.Sequential(
    [
        keras.Input((7, 7, 256)),
        layers.Flatten(),
        layers.Dense(3, activation="softmax"),
    ]
)
""",
            "Flatten leaves 12,544 values for the dense layer: 37,635 parameters. Average first",
            lambda model: any(
                type(layer).__name__ == "Flatten" and layer.output.shape[-1] == 12_544
                for layer in model.layers
            ),
        ),
        (
            """
new_head = keras.Sequential(
    [
        keras.Input((7, 7, 256)),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3, activation="sigmoid"),
    ]
)
""",
            "with sigmoids the three probabilities need not sum to one",
            lambda model: _activation(model) == "sigmoid",
        ),
    ],
)


def _activation(model) -> str:
    """Return the name of the last layer's activation, "" where it has none."""
    return getattr(getattr(model.layers[-1], "activation", None), "__name__", "")


def _sums_to_one(model) -> bool:
    """Tell whether what the model returns for noise are probabilities that sum to one."""
    maps = np.random.default_rng(7).normal(size=(4, 7, 7, 256)).astype("float32")
    outputs = np.array(model(maps))
    return bool((outputs >= 0).all() and np.allclose(outputs.sum(axis=-1), 1, atol=1e-3))


q7 = Choice(
    "Which road",
    options={
        "a": "train a network of your own from scratch",
        "b": "features once, and a small classifier",
        "c": "unfreeze the whole base, at the rate you would use from scratch",
    },
    reasons={
        1: "200 pictures are far too few to learn edges, textures and shapes from",
        2: "the more parameters are trained, the better the result",
        3: "pretrained weights cannot be used for classes that ImageNet does not have",
    },
    right=("b", 1),
    hints=[
        "How many parameters can 200 pictures pay for?",
        "What does a large step do to weights that are already good?",
    ],
    why="With so little, train little: some hundred parameters on top of features that a million "
    "photographs have paid for. With more pictures, fine-tune the top block.",
    mistakes=[
        ("a", "some hundred thousand parameters from 200 pictures: it would learn them by heart"),
        ("c", "a high rate wipes out within some steps what took days to learn"),
        (("b", 3), "features serve for other classes, too: edges and textures are everywhere"),
    ],
)

q8 = Open(
    "Where would it not work",
    sample="X-ray images or spectrograms: they look so unlike photographs that the features of "
    "the upper layers say little; the first layers' edges still help.",
    least=6,
    hints=[
        "On which pictures was ImageNet's network trained? Which ones look nothing like them?",
        "Think of medicine, astronomy, sound, maps, microscopes.",
    ],
    why="The less alike the pictures, the lower the layer whose features still serve.",
    mistakes=[
        (
            "Dogs, because there are too many breeds of them.",
            "two fifths of ImageNet's classes are animals, 118 of them breeds of dogs: there it "
            "is at home",
            lambda text: _names_pets(text),
        ),
        (
            "It works on all pictures there are in the world.",
            "look again at the drawing and at the photo upside down",
            lambda text: _means_everything(text),
        ),
    ],
)


def _names_pets(text) -> bool:
    """Tell whether an answer names photographs of cats or dogs, not scans or drawings of them."""
    text = text.lower()
    named = re.match(r"\W*((photos|photographs|pictures|images) of )?(dogs|cats|breeds)\b", text)
    return bool(named) and not re.search(r"draw|sketch|paint|cartoon|scan|x-ray|upside", text)


def _means_everything(text) -> bool:
    """Tell whether an answer says that the features help with all pictures."""
    says = re.search(
        r"\b(works?|helps?) (on|for|with) (all|every)|\bworks? everywhere", text.lower()
    )
    return bool(says) and not re.search(r"\b(not|but|except|unlike|only)\b|n['’]t\b", text.lower())
