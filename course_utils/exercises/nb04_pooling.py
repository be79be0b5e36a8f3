"""Questions of notebook 4, Pooling."""

from course_utils.exercises.kinds import Choice, Function, Model, Number, Open

import numpy as np

_rng = np.random.default_rng(4)
_response = np.array(
    [[1, 1, 2, 1, 1], [0, 0, 0, 0, 0], [1, 1, 0, 1, 1], [1, 2, 3, 2, 1], [0, 0, 0, 0, 0]]
)


def max_pool(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            result[i, j] = image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
    return result


def average_pool(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            result[i, j] = image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].mean()
    return result


def pool_overlapping(image):
    rows, columns = image.shape[0] - 1, image.shape[1] - 1
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            result[i, j] = image[i : i + 2, j : j + 2].max()
    return result


def pool_what_is_left_over(image):
    rows, columns = (image.shape[0] + 1) // 2, (image.shape[1] + 1) // 2
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            result[i, j] = image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
    return result


def every_second_value(image):
    rows, columns = image.shape
    return image[: rows // 2 * 2 : 2, : columns // 2 * 2 : 2]


def pool_whole_numbers(image):
    return max_pool(image).astype(int)


def pool_from_zero(image):
    return np.maximum(max_pool(image), 0)


q1 = Function(
    "Pool by hand",
    taught="Pooling by hand",
    solution=max_pool,
    inputs=[(_response,), (np.arange(16).reshape(4, 4),)],
    hidden={
        "an image that is not square": (_rng.normal(size=(6, 9)),),
        "odd sizes": (_rng.normal(size=(7, 5)),),
        "only negative values": (-1 - _rng.random((4, 4)),),
        "a single window": (np.array([[1.0, 5.0], [3.0, 2.0]]),),
        "a single row, where no window fits": (_rng.normal(size=(1, 4)),),
        "an image of bytes": (_rng.integers(0, 256, (8, 6)).astype("uint8"),),
    },
    hints=[
        "How many whole windows of 2 x 2 fit? // rounds down.",
        "The window of place (i, j) begins at row 2 * i and column 2 * j.",
        "image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()",
    ],
    why='A row or column without a partner is dropped, as Keras does with padding "valid".',
    mistakes=[
        (average_pool, "these are averages; keep the highest value"),
        (pool_overlapping, "the windows overlap: they move by one pixel; let them move by two"),
        (
            pool_what_is_left_over,
            "a row or column without a partner is kept; it should be dropped",
        ),
        (
            every_second_value,
            "this keeps the first value of each window, as a stride does, not the highest",
        ),
        (
            pool_whole_numbers,
            "the result holds whole numbers and cuts off the rest; use np.zeros without dtype",
        ),
        (pool_from_zero, "where all four values are negative, the highest is negative, too"),
    ],
)

q2 = Number(
    "What the average leaves of an 8",
    taught="Pooling by hand",
    right=0.5,
    also=[(0.5, 8)],
    solution="answer = 8 / 4 / 4",
    hints=[
        "The window with the 8 has four values; the other three are 0.",
        "After the first pooling there is a 2 among zeros. Pool again.",
    ],
    why="Max pooling leaves 8 both times. In the last two rows or columns the 8 would be dropped "
    "by the second pooling, whatever the mode: 3 places become 1.",
    mistakes=[
        (2, "that is after one pooling; there is a second one"),
        (8, "that is max pooling; the average of 8, 0, 0 and 0 is smaller"),
        (4, "a window of 2 x 2 has four values, not two"),
        (8 / 36, "that is the average of the whole map; each pooling takes windows of 2 x 2"),
        (0.125, "that is after three poolings"),
    ],
)

q3 = Number(
    "By how much?",
    taught="26 becomes 13",
    predict=True,
    right=0.75,
    solution="answer = 1 - (13 * 13) / (26 * 26)",
    hints=[
        "Each window of four values becomes one value.",
        "26 x 26 = 676 values become 13 x 13 = 169.",
    ],
    why="Not by half: by three quarters, along two axes.",
    mistakes=[
        (0.5, "each axis is halved, and there are two of them"),
        (50, "each axis is halved, and there are two of them; and write a share, between 0 and 1"),
        (0.25, "that is what is left"),
        (4, "that is the factor; the question asks for the share that is gone"),
    ],
)

q4 = Choice(
    "A maximum without max",
    taught="Is pooling a convolution?",
    options={
        "a": "ReLU(a) + ReLU(b)",
        "b": "ReLU(a - b) + b",
        "c": "ReLU(a - b) + ReLU(b - a)",
        "d": "none of them: without max it is impossible",
    },
    right="b",
    hints=[
        "Try a = 5 and b = 3; then a = 3 and b = 5; then two negative numbers.",
        "If a is larger, something must be added to b. How much?",
    ],
    why="And b = ReLU(b) - ReLU(-b), so two convolutions with a ReLU between them can do it. A "
    "network without pooling could learn to pool; pooling saves it the trouble.",
    mistakes=[
        ("a", "for 5 and 3 that is 8, the sum"),
        ("c", "for 5 and 3 that is 2, the distance"),
        ("d", "a single convolution cannot do it, since it is linear; but there is a ReLU"),
    ],
)

q5 = Number(
    "The dense layer without pooling",
    taught="What if we leave it out?",
    predict=True,
    right=619_530,
    also=[((22, 22, 128), 619_530), ((22, 22), 619_530), (22, 619_530), (61_952, 619_530)],
    unit="parameters",
    solution="answer = (22 * 22 * 128 + 1) * 10",
    hints=[
        "28, 26, 24, 22: how many values has the last map, with 128 filters?",
        "22 * 22 * 128 = 61,952 values; each has ten weights.",
        "And ten biases.",
    ],
    mistakes=[
        (619_520, "the ten biases are missing"),
        (61_952, "that is the number of values; each has a weight to each of ten units"),
        (712_202, "that is the whole network; the question asks for its dense layer"),
        (11_530, "that is with pooling, where the last map is 3 x 3"),
        (4850, "the last map has 128 channels"),
        (865_290, "each of the three convolutions takes two pixels: 22 x 22, not 26 x 26"),
        (1_003_530, "without padding each convolution takes two pixels: 22 x 22, not 28 x 28"),
    ],
)

q6 = Open(
    "When to stop?",
    taught="With and without, trained",
    sample="The one with pooling: five epochs or more, since its validation loss is still "
    "falling. The one without: two or three, where its validation loss is lowest. More data "
    "narrows the gap, as there is more to learn and less room to learn it by heart.",
    criteria=[
        "look at the validation loss (not the training loss), and stop where it is lowest",
        "give a number of epochs for each of the two, fewer for the one without pooling",
        "say that more digits narrow the gap between training and validation",
    ],
    hints=[
        "Look for the lowest point of each validation loss.",
        "And how does more data change overfitting?",
    ],
    mistakes=[
        (
            "Both as long as possible, since the training loss keeps falling.",
            "the training loss always falls; look for the lowest point of the validation loss",
        ),
        (
            "Until both reach 100 % on the digits they train on.",
            "what is learnt by heart does not help with new digits",
        ),
    ],
)


def _with_head(*head):
    """Return the network of lecture 004 up to its maps of 3 x 3, with this head on top."""
    from keras import Input, Sequential, layers

    parts = []
    for filters in (32, 64, 64):
        parts += [layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D(2)]
    top = [*head, layers.Dense(10, activation="softmax")]
    return Sequential([Input((28, 28, 1)), *parts[:-1], *top])


def flattened():
    from keras import layers

    return _with_head(layers.Flatten())


def averaged_with_hidden_layer():
    from keras import layers

    return _with_head(layers.GlobalAveragePooling2D(), layers.Dense(64, activation="relu"))


def flattened_with_hidden_layer():
    from keras import layers

    return _with_head(layers.Flatten(), layers.Dense(64, activation="relu"))


def maximum_of_each_map():
    from keras import layers

    return _with_head(layers.GlobalMaxPooling2D())


def averaged_by_windows():
    from keras import layers

    return _with_head(layers.AveragePooling2D(2), layers.Flatten())


q7 = Model(
    "The head of lecture 004",
    taught="Four ways to make a map smaller",
    solution="""
averaged = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, activation="softmax"),
    ]
)
""",
    hints=[
        "Of each of the last 64 maps only the average is left: 64 values for the dense layer.",
        "layers.GlobalAveragePooling2D() stands where Flatten was; no hidden dense layer.",
        "The whole network has 56,394 parameters: compare model.count_params().",
    ],
    why="Flatten with a hidden layer of 64 has 93,322: flattening adds a lot of weights.",
    mistakes=[
        (flattened, "Flatten keeps all 576 values; take the average of each map instead"),
        (
            averaged_with_hidden_layer,
            "the hidden dense layer can go: 64 averages are enough for ten outputs",
        ),
        (
            flattened_with_hidden_layer,
            "this is the old head, with 93,322 parameters; take the average of each map instead",
        ),
        (
            maximum_of_each_map,
            "this keeps the maximum of each map; lecture 004 takes the average",
        ),
        (
            averaged_by_windows,
            "this averages windows of 2 x 2; the global one averages each whole map",
        ),
    ],
)

q8 = Number(
    "Forgiven by 4 x 4",
    taught="How invariant is it really?",
    right=0.75,
    solution="answer = 3 / 4",
    hints=[
        "A pixel in column 0, 1 or 2 stays in its window of four when it moves by one.",
        "And a pixel in column 3?",
    ],
    why="Larger windows forgive more, and know less about where.",
    mistakes=[
        (0.5, "that is a window of 2 x 2"),
        (0.25, "that is the share of the shifts that are noticed"),
        (1.0, "a pixel in the last column of its window leaves it"),
        (15 / 16, "only the columns count here, since the pixel moves to the right"),
        (6 / 7, "that is a map of 8 columns, whose last column has no right neighbour"),
    ],
)

q9 = Choice(
    "Half an image further",
    taught="How invariant is it really?",
    options={"a": "it is about as accurate as before", "b": "little of its accuracy is left"},
    reasons={
        1: "pooling makes the network invariant to shifts",
        2: "the dense layer has other weights for other places of the last map",
        3: "the filters find no strokes any more",
    },
    right=("b", 2),
    hints=[
        "Which layers have a weight of their own for each place?",
        "The feature maps move with the digit. What does the dense layer make of that?",
    ],
    why="(And a part of the digit has left the image.) The convolutions find the strokes wherever "
    "they are; the dense layer asks where they are.",
    mistakes=[
        ("a", "look at the curves: after four pixels the pooled values have changed almost wholly"),
        (("b", 1), "if that were so, nothing would be lost; the figure says otherwise"),
        (("b", 3), "the filters are the same at all places: they still find every stroke"),
    ],
)

q10 = Choice(
    "Left or right?",
    taught="Where, and not what",
    predict=True,
    options={"a": "about 50 %", "b": "about 75 %", "c": "nearly 100 %"},
    reasons={
        1: "the average of a map is the same wherever the responses are",
        2: "it has too few parameters to learn it",
        3: "a filter can learn to respond on the left only",
    },
    right=("a", 1),
    hints=[
        "Move a digit from left to right: what happens to the sum of each feature map?",
        "If two images give the same 16 averages, can any dense layer tell them apart?",
    ],
    why="No training helps this network: to it two images that differ only in where are the same.",
    mistakes=[
        (
            "b",
            "it cannot do better than guess: which of its 16 numbers differs for left and right?",
        ),
        ("c", "that is the network that flattens; here each map is reduced to its average"),
        (("a", 2), "a thousand filters would not help: each would give the same average"),
        (
            ("a", 3),
            "its filters have the same weights at every place and see no border nearby",
        ),
    ],
)

q11 = Open(
    "Three tasks",
    taught="Where, and not what",
    sample="(a) Is there a parasite in this cell? (b) In which quarter of the image is the pet? "
    "(c) Which pixels belong to the road; or the exact place of a star.",
    criteria=[
        "name for (a) a task that asks what is in the image, wherever it is",
        "name for (b) a task that asks roughly where",
        "name for (c) a task that needs an exact place, or an answer for every pixel",
    ],
    hints=[
        "How exact does the position in the answer have to be?",
        "(a) asks what, not where; (b) asks roughly where; (c) asks for every pixel.",
    ],
    mistakes=[
        (
            "Global average pooling is right for finding the place of a tumour.",
            "global pooling forgets where: it suits questions about what is in the image",
        ),
        (
            "Pooling never hurts in any task.",
            "remember left or right: the global average could only guess",
        ),
    ],
)
