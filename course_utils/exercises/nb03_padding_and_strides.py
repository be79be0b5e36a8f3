"""Questions of notebook 3, Padding, strides and dilation."""

from course_utils.exercises.kinds import Choice, Function, Model, Number, Open, Shape

q1 = Number(
    "Places of a 5 x 5 kernel",
    taught="Where can the window lie?",
    right=576,
    also=[(576, 28), (24, 24)],
    unit="places",
    solution="answer = (28 - 5 + 1) ** 2",
    hints=[
        "Count the places of the kernel's first row along the image's first row.",
        "28 - 5 + 1 across, and as many down.",
    ],
    why="A kernel of 28 x 28 has a single place: it is a template of the whole image, like the "
    "units of the dense network in notebook 1.",
    mistakes=[
        (24, "that is one row of places; there are as many rows as columns"),
        (
            784,
            "that is every pixel: near the right and the lower border the kernel would stick out",
        ),
        (529, "23 x 23: one too few each way. The place at the very start counts, too: n - k + 1"),
        (676, "26 x 26 is for a kernel of 3 x 3"),
        (625, "25 x 25: one too many each way; n - k + 1 with n = 28 and k = 5"),
    ],
)

q2 = Number(
    "Touched by the zeros",
    taught="Padding: a ring of zeros",
    right=1 - 136**2 / 160**2,
    within=0.003,
    solution="answer = 1 - 136**2 / 160**2",
    hints=[
        "Which pixels lie so close to the border that the window reaches beyond it?",
        "The window reaches 12 pixels to each side, so an inner square of 136 x 136 is untouched.",
        "1 - 136**2 / 160**2.",
    ],
    why="With a kernel of 3 x 3 it would be 2.5 %.",
    mistakes=[
        (0.7225, "that is the share that the zeros do not touch"),
        (0.15, "that is the share of the rows; the columns count as well: compare areas"),
        (0.1444, "there is a border of 12 pixels on both sides: 160 - 24"),
        (0.0244, "the window of 25 reaches (25 - 1) / 2 = 12 pixels beyond its centre, not 1"),
        (0.5273, "the window reaches 12 pixels to each side, not 25"),
    ],
)

q3 = Number(
    "Dropped by stride 3",
    taught="Strides: larger steps",
    right=8 / 9,
    within=0.005,
    solution="answer = 1 - 1 / 3**2",
    hints=[
        "It keeps one place in three, along each of two axes.",
        "One in nine is kept.",
    ],
    mistakes=[
        (1 / 9, "that is the share that is kept"),
        (2 / 3, "that is along one axis; the stride works on rows and on columns"),
        (1 / 3, "that is the share of the rows that is kept; the question is about dropped values"),
        (0.75, "that is stride 2"),
        (0.9, "it is one in nine that stays, not one in ten"),
    ],
)

q4 = Choice(
    "Stride 3, kernel 2 x 2",
    taught="Strides: larger steps",
    options={
        "a": "every pixel is seen by exactly one window",
        "b": "some pixels are seen by two windows",
        "c": "some pixels are never seen",
    },
    right="c",
    hints=[
        "Mark on a row of nine pixels what windows of two see, in steps of three.",
        "Windows start at 0, 3 and 6: they see 0 and 1, 3 and 4, 6 and 7.",
    ],
    why="Every third row and every third column is skipped. Where every pixel should count, a "
    "stride does not exceed the kernel. (ResNet's 1 x 1 with stride 2 skips pixels on purpose.)",
    mistakes=[
        ("a", "that is so where stride and kernel are equal, as in most poolings"),
        ("b", "that is so where the stride is smaller than the kernel"),
    ],
)

q5 = Shape(
    "Six layers on paper",
    taught="One formula for all sizes",
    predict=True,
    right=(13, 13, 9, 4, 2, 1),
    hints=[
        'places = floor((n + 2p - k) / s) + 1; with "same" it is n / s, rounded up.',
        "In layer c the dilated window covers (3 - 1) * 2 + 1 = 5 pixels.",
        "Layer a: (28 - 3) / 2 = 12.5, rounded down, plus 1.",
    ],
    why="If you had one of them wrong, redo it with the formula.",
    mistakes=[
        ((13, 13, 11, 5, 3, 2), "in layer c the dilated window covers five pixels, not three"),
        ((14, 14, 10, 4, 2, 1), "in layer a a last step would leave the image: round down"),
        ((12, 12, 8, 3, 2, 1), "in layer a the first place counts, too: add 1 after rounding down"),
        ((13, 9, 5, 2, 1, 0), 'layer b pads with "same", so it keeps the size'),
        (
            (28, 13, 13, 9, 4, 2, 1),
            "leave out the 28 that goes in: six sizes, one after each layer",
        ),
        ((13, 13, 9, 4, 1, 0), 'layer e pads with "same": 4 / 2, rounded up'),
        ((26, 26, 22, 10, 5, 4), "layer a takes steps of two"),
        (
            (13, 13, 9, 4, 2, 2),
            'a to d are right; look at e ("same": 4 / 2) and f (a window of 2 on what e leaves)',
            lambda sizes: len(sizes) == 6 and sizes[:4] == (13, 13, 9, 4),
        ),
    ],
)


def places(n, k, s, padding):
    if padding == "same":
        return (n + s - 1) // s
    return (n - k) // s + 1


def places_without_the_first(n, k, s, padding):
    return (n + s - 1) // s if padding == "same" else (n - k) // s


def places_in_parts(n, k, s, padding):
    return (n + s - 1) // s if padding == "same" else (n - k) / s + 1


def places_to_the_nearest(n, k, s, padding):
    return (n + s - 1) // s if padding == "same" else round((n - k) / s) + 1


def places_same_rounded_down(n, k, s, padding):
    return n // s if padding == "same" else (n - k) // s + 1


def places_same_without_stride(n, k, s, padding):
    return n if padding == "same" else (n - k) // s + 1


def places_never_padded(n, k, s, padding):
    return (n - k) // s + 1


def places_padded_by_one(n, k, s, padding):
    return (n + 2 - k) // s + 1


def places_one_too_many(n, k, s, padding):
    return (n + s - 1) // s if padding == "same" else -(-(n - k + 1) // s) + 1


q6 = Function(
    "The formula as a function",
    taught="One formula for all sizes",
    solution=places,
    inputs=[(28, 3, 1, "valid"), (28, 3, 2, "valid"), (28, 5, 1, "same")],
    hidden={
        '"same" with a stride that does not fit evenly': (13, 3, 2, "same"),
        "a window as large as the image": (7, 7, 1, "valid"),
        "a stride of 3": (28, 3, 3, "valid"),
        "a last step that would leave the image": (10, 3, 2, "valid"),
        "two pixels left over by a stride of 3": (30, 4, 3, "valid"),
        "one pixel": (1, 1, 1, "valid"),
        '"same" with an even kernel': (5, 4, 2, "same"),
        '"same" with a stride of 4': (30, 3, 4, "same"),
        '"same" with a stride that fits': (12, 3, 3, "same"),
    },
    hints=[
        "// divides and rounds down.",
        'For "valid" it is (n - k) // s + 1.',
        'For "same" divide by s and round up: (n + s - 1) // s, or -(-n // s).',
    ],
    mistakes=[
        (places_without_the_first, "the first place is missing: add 1 after the division"),
        (places_in_parts, "a part of a place does not exist: round down with //"),
        (
            places_to_the_nearest,
            "round goes to the nearest, and so sometimes up: a window beyond the image. Use //",
        ),
        (
            places_same_rounded_down,
            '"same" rounds up: a last window that needs zeros counts',
        ),
        (
            places_same_without_stride,
            '"same" keeps the size only at stride 1; with stride s it is n / s, rounded up',
        ),
        (
            places_never_padded,
            '"same" pads with zeros, so the size of the window does not matter there',
        ),
        (
            places_padded_by_one,
            'p = 1 is the padding of a 3 x 3 kernel only, and of "same" only',
        ),
        (places_one_too_many, 'one place too many for "valid": (n - k) // s + 1'),
    ],
)

q7 = Number(
    "LeNet's last map",
    taught="One formula for all sizes",
    right=5,
    also=[(5, 5), (5, True), (5, "yes")],
    unit="rows and columns",
    hints=[
        "Pooling by 2 is a window of 2 with stride 2: it halves.",
        "32, 28, 14, and then?",
    ],
    why='32, 28, 14, 10, 5. A digit of 28 x 28 with "same" in the first convolution gives the '
    "same: LeNet's images were digits with a frame of two pixels around.",
    mistakes=[
        (4, "that is for an image of 28 x 28 without padding; LeNet reads 32 x 32"),
        (7, 'the second convolution is "valid", too: 14 becomes 10'),
        (8, "32, 16, 8 is with padding; each 5 x 5 without padding takes four pixels away"),
        (10, "the second pooling is missing"),
        (6, "a 5 x 5 takes four rows away, not two"),
        (24, "the poolings are missing: each halves the map"),
    ],
)

q8 = Choice(
    "Where does the zero go?",
    taught="When the zeros do not divide evenly",
    predict=True,
    options={
        "a": "one before the pixels and one after",
        "b": "one, after the pixels",
        "c": "one, before the pixels",
        "d": "none",
    },
    reasons={
        1: "an odd kernel always needs (k - 1) / 2 zeros on each side",
        2: "three windows cover seven pixels, and the odd zero goes to the end",
        3: "three windows cover six pixels",
    },
    right=("b", 2),
    hints=[
        '"same" gives 6 / 2 = 3 places. Up to which pixel do three windows in steps of 2 reach?',
        "(3 - 1) * 2 + 3 = 7 pixels are covered; the row has 6.",
        "TensorFlow puts what cannot be divided evenly at the end.",
    ],
    why="PyTorch with padding=1 has one zero on either side: the same size, other values.",
    mistakes=[
        ("a", "that is PyTorch's padding=1; here only one zero is needed in all"),
        ("c", "the number is right; TensorFlow puts the odd zero after the pixels"),
        ("d", "the third window starts at pixel 4 and needs pixels 4, 5 and 6"),
        (("b", 1), "that is the rule at stride 1; at stride 2 count what the windows cover"),
    ],
)

q9 = Number(
    "A wide window",
    taught="Dilation: gaps in the window",
    right=13,
    also=[(13, 13)],
    unit="pixels",
    solution="answer = (5 - 1) * 3 + 1",
    hints=[
        "Five weights have four gaps between them.",
        "Dilation 3 means that neighbours lie three pixels apart: (5 - 1) * 3 + 1.",
    ],
    why="And still 25 weights.",
    mistakes=[
        (15, "there are four gaps between five weights: (k - 1) * d + 1, not k * d"),
        (17, "dilation 3 leaves two pixels out between two weights, not three"),
        (12, "the last weight covers a pixel, too: add 1"),
        (5, "that is the plain kernel; dilation spreads its weights"),
        (7, "that would be a kernel of 3 x 3"),
        (9, "that is dilation 2"),
    ],
)

q10 = Number(
    "The long way to 63 x 63",
    taught="How much does one value see?",
    right=31,
    unit="layers",
    solution="answer = (63 - 1) // 2",
    hints=[
        "One layer sees 3 x 3, two layers see 5 x 5: how much does each layer add?",
        "1 + 2 n = 63.",
    ],
    why="More than six times as many layers as the five dilated ones. If all have equally many "
    "filters, and the first sees one channel, parameters and multiplications grow by more than "
    "that: each further layer costs as much as the four large ones, not as the small first.",
    mistakes=[
        (21, "the fields do not lie side by side: each layer adds only 2 pixels"),
        (30, "start from a single pixel: 1 + 2 n = 63"),
        (32, "one too many: from a single pixel on, 1 + 2 n = 63"),
        (62, "each layer adds 2 pixels, one on each side"),
        (63, "each layer adds 2 pixels, not 1, and the first sees 3 x 3 already"),
        (5, "five layers of 3 x 3 see 11 x 11 without dilation"),
    ],
)


def _strided(strides=(2, 2, 1), padding="valid", pooling=False):
    """Return the strided network of the notebook, with other settings."""
    from keras import Input, Sequential, layers

    parts = []
    for filters, stride in zip((16, 32, 32), strides, strict=True):
        parts.append(layers.Conv2D(filters, 3, stride, padding, activation="relu"))
    if pooling:
        parts = [parts[0], layers.MaxPooling2D(2), parts[1], layers.MaxPooling2D(2), parts[2]]
    top = [layers.Flatten(), layers.Dense(10, activation="softmax")]
    return Sequential([Input((28, 28, 1)), *parts, *top])


def strided_with_same():
    return _strided(padding="same")


def strided_three_times():
    return _strided(strides=(2, 2, 2))


def not_strided():
    return _strided(strides=(1, 1, 1))


def pooled():
    return _strided(strides=(1, 1, 1), pooling=True)


q11 = Model(
    "Strides without padding",
    taught="Three small networks, trained side by side",
    solution="""
strided = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Conv2D(16, 3, strides=2, activation="relu"),
        layers.Conv2D(32, 3, strides=2, activation="relu"),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]
)
""",
    hints=[
        'It is the second of the three networks, with padding="valid".',
        'Copy its cell, leave out padding="same" in the three convolutions, and run it.',
        "28, 13, 6, 4: the last map is 4 x 4 x 32.",
    ],
    why="160 + 4,640 + 9,248 + 5,130: the last map has 512 values instead of 1,568.",
    mistakes=[
        (
            strided_with_same,
            "14x14 after the first layer: that is 'same' padding; the question asks for 'valid'",
        ),
        (strided_three_times, "the third convolution takes single steps: 28, 13, 6, 4"),
        (not_strided, "the strides are missing: 26x26 after the first layer instead of 13x13"),
        (pooled, "this one pools; let the convolutions take steps of two instead"),
    ],
)

q12 = Open(
    "A label for every pixel",
    taught="Three small networks, trained side by side",
    sample="The dilated one: its map stays largest, 14 x 14 against 7 x 7 and 3 x 3, each value "
    "sees 15 x 15 pixels, and with padding 'same' it would keep 28 x 28, an answer for every "
    "pixel. The others have given up where things are; they are cheaper if one answer for the "
    "whole image is enough.",
    criteria=[
        "compare how large the last maps are, or how many answers they give for 784 pixels",
        "say that each answer has to see the surroundings of its pixel",
        "name a network that keeps the size, or say how a smaller map is enlarged again (a "
        "strided encoder with transposed convolutions, as in U-Net)",
    ],
    hints=[
        "How large is the last map of each of the three? How many answers would there be?",
        "Which one loses only a few rows at the border (with 'same' none), and still lets a value "
        "see its surroundings?",
    ],
    mistakes=[
        (
            "The one with pooling, because it is the most accurate.",
            "its last map has 3 x 3 places, nine answers for 784 pixels; which map stays large?",
        ),
        (
            "The strided network, since it has the fewest multiplications.",
            "its last map has 7 x 7 places, 49 answers for 784 pixels, and nothing enlarges it",
        ),
    ],
)
