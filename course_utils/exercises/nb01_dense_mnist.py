"""Questions of notebook 1, A dense network reads digits."""

from course_utils.exercises.kinds import Choice, Function, Number, Open, Shape

import numpy as np

q1 = Choice(
    "Which axis is which?",
    taught="An image is an array",
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
    taught="An image is an array",
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
    taught="From image to vector",
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
        (
            256**784,
            "these are the images, all digits of them; now take the logarithm to base 10: "
            "math.log10 takes whole numbers of any length",
        ),
    ],
)

_rng = np.random.default_rng(1)


def _bytes(*shape):
    return _rng.integers(0, 256, shape).astype("uint8")


def unroll(images):
    pixels = images.shape[1] * images.shape[2]
    return images.reshape(len(images), pixels).astype("float32") / 255


def unroll_up_to_255(images):
    return images.reshape(len(images), -1).astype("float32")


def unroll_784(images):
    return images.reshape(len(images), 784) / 255


def unroll_all_into_one(images):
    return images.reshape(-1) / 255


def unroll_rounded_down(images):
    return images.reshape(len(images), -1) // 255


def unroll_mixed(images):
    return images.reshape(-1, len(images)).T / 255


def scale_only(images):
    return images / 255


q4 = Function(
    "Unroll images of any size",
    taught="From image to vector",
    solution=unroll,
    inputs=[(_bytes(2, 3, 4),)],
    hidden={
        "ten images of 28 x 28": (_bytes(10, 28, 28),),
        "a single image of 5 x 5": (np.full((1, 5, 5), 255, dtype="uint8"),),
        "images of one pixel": (_bytes(3, 1, 1),),
        "images that hold floats": (_bytes(2, 4, 3).astype("float64"),),
    },
    hints=[
        "images.shape holds the number of images, their height and their width.",
        "reshape(len(images), -1) lets NumPy work out the length of the vectors.",
        "Divide by 255 after reshape: 255 becomes 1, and 0 stays 0.",
    ],
    why="reshape(len(images), -1) does the same: NumPy works out the length.",
    mistakes=[
        (unroll_up_to_255, "the values still go up to 255; divide them so that they end at 1"),
        (unroll_784, "784 is the length for 28 x 28 only; read height and width from images.shape"),
        (unroll_all_into_one, "all images are one long vector now; each needs a row of its own"),
        (unroll_rounded_down, "// rounds down, so that every grey becomes 0; use /"),
        (unroll_mixed, "this mixes pixels of different images; their axis comes first in reshape"),
        (scale_only, "the values are right, but each image still has rows and columns: unroll it"),
    ],
)

q5 = Number(
    "A hundred thousand parameters",
    taught="Build the network",
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
    taught="Compile: three choices before training",
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
    taught="Train",
    right=469,
    also=[(469, 128)],
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


def most_confused(labels, predicted):
    wrong = labels != predicted
    pairs = np.stack([labels[wrong], predicted[wrong]], axis=1)
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)
    return kinds[counts.argmax()]


def most_frequent_pair(labels, predicted):
    pairs = np.stack([labels, predicted], axis=1)
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)
    return kinds[counts.argmax()]


def most_confused_the_other_way(labels, predicted):
    wrong = labels != predicted
    pairs = np.stack([predicted[wrong], labels[wrong]], axis=1)
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)
    return kinds[counts.argmax()]


def first_confused(labels, predicted):
    wrong = labels != predicted
    return labels[wrong][0], predicted[wrong][0]


def how_often_confused(labels, predicted):
    wrong = labels != predicted
    pairs = np.stack([labels[wrong], predicted[wrong]], axis=1)
    return np.unique(pairs, axis=0, return_counts=True)[1].max()


def confused_in_any_order(labels, predicted):
    wrong = labels != predicted
    pairs = np.sort(np.stack([labels[wrong], predicted[wrong]], axis=1), axis=1)
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)
    return kinds[counts.argmax()]


def each_most_frequent(labels, predicted):
    wrong = labels != predicted
    return np.bincount(labels[wrong]).argmax(), np.bincount(predicted[wrong]).argmax()


def _many_digits():
    """Return 400 labels and what was read; no two confusions are equally frequent at the top."""
    labels = _rng.integers(0, 10, 400)
    read = np.where(_rng.random(400) < 0.8, labels, _rng.integers(0, 10, 400))
    read[labels == 7] = np.where(np.arange((labels == 7).sum()) % 2, 7, 2)
    return labels, read


q8 = Function(
    "The most frequent confusion",
    taught="Look behind the accuracy",
    solution=most_confused,
    inputs=[(np.array([4, 9, 4, 7, 3, 4]), np.array([9, 4, 9, 2, 3, 4]))],
    hidden={
        "more right answers than wrong ones": (
            np.array([1, 1, 1, 1, 5, 5, 8]),
            np.array([1, 1, 1, 1, 3, 3, 0]),
        ),
        "a confusion of high digits": (np.array([0, 9, 9, 9]), np.array([1, 7, 7, 4])),
        "one wrong answer": (np.array([2, 6]), np.array([2, 0])),
        "confused both ways": (
            np.array([3, 5, 5, 3, 8, 8, 8]),
            np.array([5, 3, 3, 5, 1, 1, 1]),
        ),
        "a digit that is read in many ways": (
            np.array([1, 1, 1, 2, 2, 3, 3]),
            np.array([7, 7, 7, 8, 8, 8, 8]),
        ),
        "400 digits": _many_digits(),
    },
    hints=[
        "Keep only the places at which labels and predicted differ.",
        "np.stack([labels[wrong], predicted[wrong]], axis=1) holds one confusion in each row.",
        "np.unique(rows, axis=0, return_counts=True) counts equal rows; argmax finds the largest.",
    ],
    why="On MNIST it varies from run to run: 4 and 9, 7 and 2, 3 and 5 are the usual suspects.",
    mistakes=[
        (
            most_frequent_pair,
            "right answers are counted, too; keep only the places at which the two differ",
        ),
        (
            most_confused_the_other_way,
            "the pair is the wrong way round: the label first, then what was read",
        ),
        (first_confused, "this is the first confusion, not the most frequent one"),
        (
            how_often_confused,
            "this is how often it occurs; the question asks for the pair of digits",
        ),
        (
            confused_in_any_order,
            "a 3 read as 5 and a 5 read as 3 are two different confusions: do not sort the pairs",
        ),
        (
            each_most_frequent,
            "the label that is most often wrong and the digit most often read wrongly need not "
            "belong together: count pairs",
        ),
    ],
)

q9 = Open(
    "Shifted down",
    taught="Move the digits",
    sample="No. Both curves fall, since a weight is tied to its row as well as to its column. On "
    "MNIST the one for shifts down falls faster: about 51 % against 62 % with three pixels, 22 % "
    "against 40 % with four. There is no reason why they should be the same: digits are taller "
    "than wide, and other strokes meet other templates. The border is not the cause: digits that "
    "lose no ink are misread nearly as often.",
    criteria=[
        "say that the accuracy falls for shifts down as well, since a weight is tied to its row",
        "compare the numbers of the two curves, measured",
        "say why they need not be the same, such as digits being taller than wide",
    ],
    hints=[
        "Shift along axis 1 instead of axis 2: shifted[:, pixels:] = images[:, : 28 - pixels].",
        "Are digits as wide as they are high? What lies under a weight after the shift?",
    ],
    mistakes=[
        (
            "The accuracy stays the same.",
            "run it: the accuracy falls; a template is tied to its rows as to its columns",
        ),
        (
            "It is the same curve.",
            "both fall, but compare the numbers: are digits as wide as they are high?",
        ),
    ],
)

q10 = Choice(
    "Pixels in another order",
    taught="What the weights look like",
    options={
        "a": "about as accurate as before",
        "b": "clearly less accurate, but better than guessing",
        "c": "it can only guess",
    },
    reasons={
        1: "the strokes are gone, and with them all that could be recognised",
        2: "a dense layer has a weight for each pixel, and knows nothing of neighbours",
        3: "it would need more hidden units to put the pixels back in order",
    },
    right=("a", 2),
    hints=[
        "What does the first layer compute from the 784 numbers? Does their order matter in a sum?",
        "Put the 784 rows of its weights into the same new order: what has changed?",
    ],
    why="With its weights in the same order it computes what the old one did, so there is as much "
    "to be learnt. A network that looks at neighbours would lose much: it comes in notebook 2.",
    mistakes=[
        ("b", "to your eyes; but the network never knew which pixels are neighbours"),
        ("c", "it would if the order were another one for each image; it is the same for all"),
        (
            ("a", 1),
            "gone for your eyes; yet each pixel has the same place in all images",
        ),
        (("a", 3), "nothing needs to be put back: a sum is the same in any order"),
    ],
)
