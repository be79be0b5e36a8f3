"""Questions of notebook 1, A dense network reads digits."""

from course_utils.exercises.questions import Choice, Function, Number, Open, Shape

import numpy as np

q1 = Choice(
    "Which axis is which?",
    predict=True,
    options={
        "a": "the photograph upside down",
        "b": "the photograph mirrored left to right",
        "c": "the photograph with red and blue exchanged",
    },
    reasons={
        1: "it walks the rows backwards",
        2: "it walks the columns backwards",
        3: "it walks the channels backwards",
    },
    right=("c", 3),
    hints=[
        "The axes are height, width, channels, in this order.",
        "Each colon stands for an axis that stays as it is; ::-1 walks one axis backwards. "
        "Which place has it in photo[:, :, ::-1]?",
        "It stands in the third place: the channels are walked backwards.",
    ],
    why="Channels red, green, blue become blue, green, red. It is a classic accident: some "
    "libraries store blue first.",
    mistakes=[
        ("a", "upside down is photo[::-1]: the rows, axis 0, walked backwards"),
        ("b", "mirrored is photo[:, ::-1]: the columns, axis 1, walked backwards"),
        (("c", 1), "the rows are the first axis, and here it is a plain colon"),
    ],
)

q2 = Shape(
    "A batch of photographs",
    right=(32, 512, 512, 3),
    hints=[
        "Each photograph alone has the shape (height, width, channels).",
        "np.stack puts the new axis first.",
    ],
    why="Batch, height, width, channels: the order of all image batches in this course.",
    mistakes=[
        ((512, 512, 3), "this is one photograph; 32 of them need an axis more"),
        ((512, 512, 3, 32), "the axis of the batch comes first, not last"),
        ((32, 3, 512, 512), "channels come last here; 'channels first' is PyTorch's order"),
        ((32, 512, 512), "the three channels of each pixel are missing"),
        ((32, 786_432), "this is unrolled to vectors already; stacking keeps the axes"),
    ],
)

q3 = Number(
    "Ten to the what?",
    predict=True,
    right=1888,
    within=1,
    solution="answer = 784 * np.log10(256)",
    hints=[
        "Each of 784 pixels has 256 choices, independently: 256 ** 784 images.",
        "The logarithm of a power is the exponent times the logarithm: 784 * np.log10(256).",
    ],
    why="The universe has some 10 to the 80 atoms. No training set covers a visible part of this "
    "space: a network has to generalise.",
    mistakes=[
        (200_704, "choices multiply, they do not add up: 256 ** 784, not 256 * 784"),
        (741, "it is 256 ** 784: each pixel has 256 choices, not the other way round"),
        (784, "that would be ten choices for each pixel; there are 256"),
        (4347, "that is the natural logarithm; a power of ten asks for np.log10"),
        (6272, "that is the number of bits, a power of two; a power of ten asks for np.log10"),
        (80, "that is the number of atoms in the universe; this is far more"),
    ],
)

_rng = np.random.default_rng(1)
_few = _rng.integers(0, 256, (2, 3, 4)).astype("uint8")

q4 = Function(
    "Unroll images of any size",
    solution="""
def unroll(images):
    pixels = images.shape[1] * images.shape[2]
    return images.reshape(len(images), pixels).astype("float32") / 255
""",
    inputs=[(_few,)],
    hidden={
        "ten images of 28 x 28": (_rng.integers(0, 256, (10, 28, 28)).astype("uint8"),),
        "a single image of 5 x 5": (np.full((1, 5, 5), 255, dtype="uint8"),),
    },
    hints=[
        "images.shape holds the number of images, their height and their width.",
        "reshape(len(images), -1) lets NumPy work out the length of the vectors.",
        "Divide by 255 after reshape: 255 becomes 1, and 0 stays 0.",
    ],
    why="reshape(len(images), -1) does the same: NumPy works out the length.",
    mistakes=[
        (
            'def unroll(images):\n    return images.reshape(len(images), -1).astype("float32")',
            "the values still go up to 255; divide them so that they end at 1",
        ),
        (
            "def unroll(images):\n    return images.reshape(len(images), 784) / 255",
            "784 is the length for 28 x 28 only; read height and width from images.shape",
        ),
        (
            "def unroll(images):\n    return images.reshape(-1) / 255",
            "all images have become one long vector; each needs a row of its own",
        ),
        (
            "def unroll(images):\n    return images.reshape(len(images), -1) // 255",
            "// rounds down, so that every grey becomes 0; use /",
        ),
        (
            "def unroll(images):\n    return images.reshape(-1, len(images)).T / 255",
            "this mixes pixels of different images; give reshape the images' axis first",
        ),
        (
            "def unroll(images):\n    return images / 255",
            "the values are right, but each image still has rows and columns: unroll it",
        ),
    ],
)

q5 = Number(
    "A hundred thousand parameters",
    predict=True,
    right=125,
    unit="hidden units",
    hints=[
        "With n hidden units, the first layer has (784 + 1) n parameters. And the second?",
        "The second layer has (n + 1) 10: together 795 n + 10.",
        "Solve 795 n + 10 <= 100,000, and round down.",
    ],
    why="795 n + 10 <= 100,000 gives n = 125, with 99,385 parameters.",
    mistakes=[
        (126, "126 units need 100,180 parameters: round down"),
        (
            127,
            "the second layer counts, too: each hidden unit has ten weights there, "
            "together 795 n + 10",
        ),
        (128, "a power of two is usual, but 128 units need 101,770 parameters"),
        (
            125.77,
            "there is no part of a unit: round down",
            lambda value: value != int(value) and 125 < value < 128,
        ),
        (
            10_000,
            "each hidden unit has a weight for each of 784 pixels, not ten",
            lambda value: value >= 9_000,
        ),
    ],
)

q6 = Number(
    "The loss of a guess",
    right=float(np.log(10)),
    within=0.01,
    solution="answer = -np.log(1 / 10)",
    hints=[
        "Cross-entropy is the negative logarithm of the probability given to the right digit.",
        "An untrained network gives each of ten digits about the same probability.",
        "Compute -np.log(0.1).",
    ],
    why="A loss far above 2.30 at the start means that the network is sure, and wrong.",
    mistakes=[
        (0.1, "that is the probability of the right digit; the loss is its negative logarithm"),
        (-2.3026, "the logarithm of 0.1 is negative; the loss has a minus before it"),
        (1.0, "that is the logarithm to base 10; the loss uses the natural one, np.log"),
        (0.9, "that is the share of wrong guesses, not the loss"),
        (3.3219, "that is the logarithm to base 2; the loss uses the natural one, np.log"),
    ],
)

q7 = Number(
    "Steps of an epoch",
    right=469,
    unit="steps",
    hints=[
        "Each step takes one batch. How many batches of 128 are 60,000 images?",
        "The last batch is smaller, and it is a step as well: round up.",
    ],
    why="60,000 / 128 = 468.75, rounded up. A step with 128 images costs far less than 128 steps "
    "with one: one large matrix product uses the processor well.",
    mistakes=[
        (468, "the last, smaller batch is a step, too: round up"),
        (60_000, "that is the number of steps at batch size 1"),
        (2345, "that is five epochs; the question asks for one"),
        (468.75, "there is no part of a step: round up"),
        (128, "that is how many images are in one step"),
    ],
)

_labels = np.array([4, 9, 4, 7, 3, 4])
_read = np.array([9, 4, 9, 2, 3, 4])

q8 = Function(
    "The most frequent confusion",
    solution="""
def most_confused(labels, predicted):
    wrong = labels != predicted
    pairs = np.stack([labels[wrong], predicted[wrong]], axis=1)
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)
    return kinds[counts.argmax()]
""",
    inputs=[(_labels, _read)],
    hidden={
        "more right answers than wrong ones": (
            np.array([1, 1, 1, 1, 5, 5, 8]),
            np.array([1, 1, 1, 1, 3, 3, 0]),
        ),
        "a confusion of high digits": (np.array([0, 9, 9, 9]), np.array([1, 7, 7, 4])),
        "one wrong answer": (np.array([2, 6]), np.array([2, 0])),
    },
    hints=[
        "Keep only the places at which labels and predicted differ.",
        "np.stack([labels[wrong], predicted[wrong]], axis=1) holds one confusion in each row.",
        "np.unique(rows, axis=0, return_counts=True) counts equal rows; argmax finds the largest.",
    ],
    why="On MNIST it varies from run to run: 4 and 9, 7 and 2, 3 and 5 are the usual suspects.",
    mistakes=[
        (
            """
def most_confused(labels, predicted):
    pairs = np.stack([labels, predicted], axis=1)
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)
    return kinds[counts.argmax()]
""",
            "right answers are counted, too; keep only the places at which the two differ",
        ),
        (
            """
def most_confused(labels, predicted):
    wrong = labels != predicted
    pairs = np.stack([predicted[wrong], labels[wrong]], axis=1)
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)
    return kinds[counts.argmax()]
""",
            "the pair is the wrong way round: the label first, then what was read",
        ),
        (
            """
def most_confused(labels, predicted):
    wrong = labels != predicted
    pairs = np.stack([labels[wrong], predicted[wrong]], axis=1)
    return pairs[0]
""",
            "this is the first confusion, not the most frequent one",
        ),
        (
            """
def most_confused(labels, predicted):
    wrong = labels != predicted
    pairs = np.stack([labels[wrong], predicted[wrong]], axis=1)
    return np.unique(pairs, axis=0, return_counts=True)[1].max()
""",
            "this is how often it occurs; the question asks for the pair of digits",
        ),
    ],
)


def _denies(text: str) -> bool:
    """Tell whether a sentence says that the two curves differ, in whatever words."""
    words = (" not ", "n't", "nothing", "never", "almost", "nearly", "differ", "faster", "would")
    return any(word in f" {text.lower()} " for word in words)


q9 = Open(
    "Shifted down",
    sample="The curve falls as well, but not by the same numbers: digits are taller than wide, so "
    "they meet the border earlier, and what overlaps with the learnt templates is different.",
    hints=[
        "Shift along axis 1 instead of axis 2: shifted[:, pixels:] = images[:, : 28 - pixels].",
        "Are digits as wide as they are high? What lies under a weight after the shift?",
    ],
    mistakes=[
        (
            "Nothing happens to the accuracy, it stays the same",
            "run it: the accuracy falls; a template is tied to its rows as to its columns",
            lambda text: (
                any(
                    words in text.lower()
                    for words in ("stays the same", "nothing happens", "unchanged", "not change")
                )
                and not any(word in text.lower() for word in ("fall", "drop", "worse", "lower"))
            ),
        ),
        (
            "The two curves are exactly the same",
            "both fall, but compare the numbers: are digits as wide as they are high?",
            lambda text: (
                any(words in text.lower() for words in ("exactly the same", "identical"))
                and not _denies(text)
            ),
        ),
    ],
)
