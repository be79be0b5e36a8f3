"""Questions of notebook 7, Pretrained networks and transfer learning."""

from course_utils.exercises.kinds import Choice, Design, Function, Number, Open, Shape, networks

import numpy as np

q1 = Number(
    "How large is a network on disk",
    taught="What can be had ready-made",
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
    taught="Look, no training",
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

_rng = np.random.default_rng(7)


def prepare(images):
    return images / 127.5 - 1


def prepare_from_zero(images):
    return images / 255


def prepare_below_zero(images):
    return images / 255 - 1


def prepare_centred(images):
    return images - 127.5


def prepare_in_bytes(images):
    return 2 * images / 255 - 1


q3 = Function(
    "MobileNet's preprocessing, by hand",
    taught="When the preprocessing is wrong",
    solution=prepare,
    without="keras",
    keeps_inputs=True,
    inputs=[(np.array([[[[0, 127.5, 255], [255, 0, 51]]]]),)],
    hidden={
        "a grey image of 4 x 4": (np.full((1, 4, 4, 3), 100.0),),
        "one pixel": (np.full((1, 1, 1, 3), 255.0),),
        "images of type uint8": (_rng.integers(0, 256, (2, 5, 4, 3)).astype("uint8"),),
        "images of type float32": (_rng.uniform(0, 255, (2, 3, 3, 3)).astype("float32"),),
    },
    hints=[
        "0 must become -1, and 255 must become 1.",
        "Divide so that the values go from 0 to 2, then subtract.",
    ],
    why="0 becomes -1, 127.5 becomes 0, 255 becomes 1.",
    mistakes=[
        (prepare_from_zero, "this gives 0 to 1; MobileNet wants -1 to 1"),
        (
            prepare_below_zero,
            "255 becomes 0 like this: the range of two needs a division by 127.5",
        ),
        (prepare_centred, "this is centred, but it goes from -127.5 to 127.5: divide as well"),
        (
            prepare_in_bytes,
            "right for floats; but in uint8 twice 200 does not fit, and starts again at 0: divide "
            "first",
        ),
    ],
)

q4 = Choice(
    "Upside down",
    taught="Where it fails",
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
    taught="Road 1: features once, and a small classifier",
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


def _head(*parts):
    from keras import Input, Sequential

    return Sequential([Input((7, 7, 256)), *parts])


def flattened_head():
    from keras import layers

    return _head(layers.Flatten(), layers.Dense(3, activation="softmax"))


def head_with_sigmoids():
    from keras import layers

    return _head(layers.GlobalAveragePooling2D(), layers.Dense(3, activation="sigmoid"))


def head_with_scores():
    from keras import layers

    return _head(layers.GlobalAveragePooling2D(), layers.Dense(3))


def _outputs(model):
    maps = np.random.default_rng(7).normal(size=(4, 7, 7, 256)).astype("float32")
    return networks.outputs_of(model, maps)


def _between_zero_and_one(model) -> bool:
    outputs = _outputs(model)
    return bool(((outputs >= 0) & (outputs <= 1)).all())


def _sum_to_one(model) -> bool:
    return bool(np.allclose(_outputs(model).sum(axis=-1), 1, atol=1e-3))


q6 = Design(
    "A new head for three classes",
    taught="Road 2: the base inside a model",
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
    at_most=1_000,
    must=[
        (
            _between_zero_and_one,
            "these are raw scores: three classes that exclude each other want a softmax at the "
            "end, or a loss that takes scores (from_logits=True)",
            head_with_scores,
        ),
        (
            _sum_to_one,
            "the three probabilities do not sum to one, as with sigmoids: take a softmax",
            head_with_sigmoids,
        ),
    ],
    hints=[
        "From 7 x 7 x 256 to 256 values without a parameter: a layer of notebook 4 does that.",
        "GlobalAveragePooling2D, perhaps Dropout, then Dense(3, activation=...).",
    ],
    why="256 x 3 weights and 3 biases: 771 parameters. With Flatten it would be 37,635.",
    mistakes=[
        (
            flattened_head,
            "Flatten leaves 12,544 values for the dense layer: 37,635 parameters. Average first",
            lambda model: model.count_params() >= 3 * 12_544,
        ),
    ],
)

q7 = Choice(
    "Which road",
    taught="Fine-tuning: the top blocks, at a low rate",
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
    taught="Where it fails",
    sample="X-ray images or spectrograms: they look so unlike photographs that the features of "
    "the upper layers say little; the first layers' edges still help.",
    criteria=[
        "name pictures that look unlike ImageNet's photographs",
        "say what in them is different: colours that mean something else, no objects, another "
        "point of view",
    ],
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
        ),
        (
            "It works on all pictures there are in the world.",
            "look again at the drawing and at the photo upside down",
        ),
    ],
)
