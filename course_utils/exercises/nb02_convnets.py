"""Questions of notebook 2, Convolutional networks."""

from course_utils.exercises.kinds import Choice, Function, Model, Number, Open, Trained, networks

import numpy as np

_smiley = np.array(
    [[0, 1, 0, 1, 0], [0, 1, 0, 1, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 1], [0, 1, 1, 1, 0]]
)
_bar = np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0]])

q1 = Choice(
    "What turns on this filter?",
    taught="A convolution by hand",
    predict=True,
    options={
        "a": "a horizontal bar in the row of the kernel's centre",
        "b": "a horizontal bar one row below the centre",
        "c": "a vertical bar",
        "d": "a horizontal bar one row above the centre",
    },
    right="b",
    hints=[
        "The response is the sum of the pixels that lie under a 1 of the kernel.",
        "Where are the three ones of the kernel, seen from its centre?",
        "They fill the row below the centre.",
    ],
    why="A filter responds most where the image looks like the kernel. The mouth gives 3.",
    mistakes=[
        ("a", "the row of the centre holds zeros: what lies there does not count"),
        ("c", "a vertical bar puts one pixel at most on the three ones, so the response is 1"),
        ("d", "the kernel is laid on as it is, not turned by half: the ones stay below"),
    ],
)

_rng = np.random.default_rng(2)
_ramp, _kernel = np.arange(20).reshape(4, 5), np.array([[1, 2], [3, -4]])


def slide(image, kernel):
    height, width = kernel.shape
    rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            result[i, j] = np.sum(image[i : i + height, j : j + width] * kernel)
    return result


def slide_flipped(image, kernel):
    height, width = kernel.shape
    rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            result[i, j] = np.sum(image[i : i + height, j : j + width] * kernel[::-1, ::-1])
    return result


def slide_too_short(image, kernel):
    height, width = kernel.shape
    rows, columns = image.shape[0] - height, image.shape[1] - width
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            result[i, j] = np.sum(image[i : i + height, j : j + width] * kernel)
    return result


def slide_padded(image, kernel):
    return slide(np.pad(image, 1), kernel)


def slide_averaged(image, kernel):
    return slide(image, kernel) / kernel.size


def slide_square(image, kernel):
    size = kernel.shape[0]
    rows, columns = image.shape[0] - size + 1, image.shape[1] - size + 1
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            result[i, j] = np.sum(image[i : i + size, j : j + size] * kernel)
    return result


def slide_whole_numbers(image, kernel):
    return slide(image, kernel).astype(int)


q2 = Function(
    "Slide a kernel",
    taught="A convolution by hand",
    solution=slide,
    inputs=[(_smiley, _bar), (_ramp, _kernel)],
    hidden={
        "an image that is not square": (_rng.normal(size=(6, 9)), _rng.normal(size=(3, 3))),
        "a kernel that is not square": (_rng.normal(size=(7, 7)), _rng.normal(size=(2, 4))),
        "a kernel as large as the image": (np.ones((3, 3)), np.arange(9.0).reshape(3, 3)),
        "a kernel of one weight": (_rng.normal(size=(4, 5)), np.array([[0.5]])),
        "an image of bytes": (
            _rng.integers(0, 256, (6, 5)).astype("uint8"),
            _rng.normal(size=(3, 2)),
        ),
    },
    hints=[
        "How many places does the kernel have down, and how many across?",
        "Two loops, over i and j; image[i : i + height, j : j + width] is the window.",
        "result[i, j] = np.sum(window * kernel), and result has rows - height + 1 rows.",
    ],
    why="This is what a Keras layer computes, place by place, only much faster.",
    mistakes=[
        (
            slide_flipped,
            "the kernel is flipped: that is the convolution of mathematics; lay it on as it is",
        ),
        (
            slide_too_short,
            "one row and one column are missing: an axis of n has n - k + 1 places for k",
        ),
        (slide_padded, "there is a ring of zeros around the image: the question asks for 'valid'"),
        (slide_averaged, "these are means; the response is the sum of the products"),
        (slide_square, "a kernel need not be square: read height and width from kernel.shape"),
        (
            slide_whole_numbers,
            "the result holds whole numbers and cuts off the rest; use np.zeros without dtype",
        ),
    ],
)

q3 = Choice(
    "A single one, right of the centre",
    taught="A convolution by hand",
    predict=True,
    options={
        "a": "it moves to the right",
        "b": "it moves to the left",
        "c": "it is blurred sideways",
        "d": "it stays as it is",
    },
    reasons={
        1: "each place shows what lies to its right",
        2: "each place shows what lies to its left",
        3: "each place shows the mean of itself and its neighbour",
    },
    right=("b", 1),
    hints=[
        "Each output pixel is a copy of one input pixel. Which one?",
        "At column 10 the 1 lies over column 11: what was in column 11 shows up in column 10.",
    ],
    why="A true convolution, with its flip, would move it to the right.",
    mistakes=[
        ("a", "at each place the 1 picks up the pixel to its right, so that pixel moves left"),
        ("c", "a single weight mixes nothing: each output is a copy of one input pixel"),
        ("d", "that would be a 1 at the centre"),
        (("b", 2), "the 1 stands right of the centre, so it picks up what lies there"),
    ],
)

q4 = Choice(
    "To flip or not to flip",
    taught="Convolution or cross-correlation? (deeper)",
    options={
        "a": "for every kernel whose weights sum to zero",
        "b": "for every kernel that looks the same after half a turn",
        "c": "for every kernel that looks the same in a mirror",
        "d": "for no kernel at all",
    },
    right="b",
    hints=[
        "A convolution flips the kernel along both axes: kernel[::-1, ::-1].",
        "Flipping along both axes is the same as turning by 180 degrees.",
    ],
    why="The vertical bar does; the bar below the centre becomes a bar above it.",
    mistakes=[
        ("a", "sobel_x sums to zero, and flipped it changes its sign"),
        ("c", "that is one flip of two: sobel_y is its own mirror image, and yet changes"),
        ("d", "think of a blur, whose nine weights are all the same"),
    ],
)

q5 = Open(
    "Trousers or dress?",
    taught="Filter banks",
    sample="sobel_x: the gap between the legs gives two long vertical edges in the middle, one "
    "of each sign, where a dress has none.",
    criteria=[
        "name a filter and the edges that it answers to",
        "say what in its response differs, such as the edges of the gap, or two short bars at "
        "the hem instead of one long one",
        "can be seen in the two rows of Sobel responses",
    ],
    hints=[
        "Look at the two rows of Sobel responses. What runs down the middle of trousers?",
        "Which of the two finds edges that run from top to bottom?",
    ],
    mistakes=[
        (
            "sobel_y, because it finds vertical edges.",
            "sobel_y compares above with below, so it finds edges that lie across: the waistband",
        ),
        (
            "blur, because it removes the noise.",
            "a blur wipes out the very gap between the legs",
        ),
    ],
)

q6 = Number(
    "Another number of filters",
    taught="What a layer costs",
    right=36_928,
    unit="parameters",
    solution="answer = (3 * 3 * 64 + 1) * 64",
    hints=[
        "The second layer still has 64 filters. What has changed is what each of them sees.",
        "The first layer now hands over 64 maps: (3 * 3 * 64 + 1) * 64.",
    ],
    why="Twice the filters before mean twice the weights after: the cost comes one layer later.",
    mistakes=[
        (18_496, "that is what it had before: now 64 maps come in instead of 32"),
        (36_992, "the weights double, the 64 biases do not"),
        (36_864, "the biases are missing, one for each of the 64 filters"),
        (640, "that is the first layer with 64 filters; the question is about the second"),
        (73_856, "that is the third layer, with 128 filters"),
    ],
)

q7 = Choice(
    "Another kernel size",
    taught="The convnet",
    predict=True,
    options={
        "a": "the network has more parameters, and its last map is 3 x 3 as before",
        "b": "it has more parameters, and its last map is 1 x 1",
        "c": "it cannot be built",
    },
    right="c",
    hints=[
        "Each 5 x 5 without padding takes four rows and columns away; pooling halves.",
        "28, 24, 12, 8, 4, and then?",
    ],
    why="28, 24, 12, 8, 4: no window of 5 x 5 fits on a map of 4 x 4. Keras says so.",
    mistakes=[
        ("a", "3 x 3 is the map of 3 x 3 kernels; go through the sizes: 28, 24, 12, 8, ..."),
        ("b", "almost: 28, 24, 12, 8, 4, and a window of 5 x 5 has no place on 4 x 4"),
    ],
)


def _convnet(strides=(1, 1, 1), padding=("valid",) * 3, pooling="valid", last="softmax"):
    """Return the convnet of the notebook, with other settings of its three convolutions."""
    from keras import Input, Sequential, layers

    parts = []
    for filters, stride, pad in zip((32, 64, 128), strides, padding, strict=True):
        parts.append(layers.Conv2D(filters, 3, stride, pad, activation="relu"))
        parts.append(layers.MaxPooling2D(2, padding=pooling or "valid"))
    parts = parts[:-1] if pooling else parts[::2]
    return Sequential(
        [Input((28, 28, 1)), *parts, layers.Flatten(), layers.Dense(10, activation=last)]
    )


def not_strided_yet():
    return _convnet(pooling=None)


def strided_three_times():
    return _convnet(strides=(2, 2, 2), pooling=None)


def strided_and_padded():
    return _convnet(strides=(2, 2, 1), padding=("same", "same", "valid"), pooling=None)


def strided_without_softmax():
    return _convnet(strides=(2, 2, 1), pooling=None, last=None)


def padded_once():
    return _convnet(padding=("same", "valid", "valid"))


def padded_in_the_pooling():
    return _convnet(pooling="same")


def padded_without_pooling():
    return _convnet(padding=("same",) * 3, pooling=None)


q8 = Model(
    "Strides instead of pooling",
    taught="The convnet",
    solution="""
strided = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, strides=2, activation="relu"),
        layers.Conv2D(64, 3, strides=2, activation="relu"),
        layers.Conv2D(128, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]
)
""",
    hints=[
        "Leave the two pooling layers out, and give the convolutions before them strides=2.",
        "28, 13, 6, 4: the third convolution moves by one pixel, as before.",
    ],
    why="113,162 instead of 104,202: the last map is 4 x 4 instead of 3 x 3.",
    mistakes=[
        (
            not_strided_yet,
            "there is no stride yet: nothing makes the maps smaller, and the dense layer explodes",
        ),
        (_convnet, "this is the network as it was; let strides take the place of the pooling"),
        (
            strided_three_times,
            "the third convolution was not followed by pooling, so it keeps stride 1",
        ),
        (
            strided_and_padded,
            "the padding has changed as well; change one thing at a time",
        ),
        (
            strided_without_softmax,
            "the last layer has lost its softmax",
        ),
    ],
)

q9 = Model(
    "With padding",
    taught="The convnet",
    solution="""
padded = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(128, 3, padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]
)
""",
    hints=[
        'padding="same" in each of the three convolutions; pooling stays as it is.',
        "The maps are 28, 14, 14, 7, 7: does model.summary() say so?",
    ],
    why="The convolutions cost the same as before; the dense layer grows from 11,530 to 62,730, "
    "since the last map is 7 x 7.",
    mistakes=[
        (_convnet, "26x26 after the first layer: that is 'valid' padding; use 'same'"),
        (
            padded_once,
            "only the first convolution is padded; the question asks for all three",
        ),
        (
            padded_in_the_pooling,
            "the pooling is padded, the convolutions are not: it should be the other way round",
        ),
        (
            padded_without_pooling,
            "the pooling layers are gone; they stay, or the dense layer gets a million weights",
        ),
    ],
)

q10 = Number(
    "One convolution more",
    taught="What a layer costs",
    right=1290,
    unit="parameters",
    solution="answer = (1 * 1 * 128 + 1) * 10",
    hints=[
        "The map before was 3 x 3. What does another 3 x 3 without padding leave of it?",
        "1 x 1 x 128 values go into ten units, each with a bias.",
    ],
    why="The new convolution has 147,584 parameters; the dense layer shrinks from 11,530 to 1,290.",
    mistakes=[
        (11_530, "that is the dense layer as it was; the new layer makes the last map smaller"),
        (1280, "the ten biases are missing"),
        (147_584, "that is the new convolution; the question is about the dense layer"),
        (5130, "2 x 2 is too large: a 3 x 3 without padding takes two rows and columns away"),
    ],
)


def _some_digits():
    """Return ((x, y), (x, y)): 2,000 digits to train on and 1,000 to test on."""
    from course_utils import datasets

    (images, labels), (test_images, test_labels) = datasets.load_arrays("mnist")
    train = images[:2000, ..., None].astype("float32") / 255, labels[:2000]
    return train, (test_images[:1000, ..., None].astype("float32") / 255, test_labels[:1000])


def _tiny(activation="relu", pooling="MaxPooling2D", outputs=10, last="softmax", sparse="sparse_"):
    """Return a small compiled convnet, with other settings."""
    from keras import Input, Sequential, layers

    parts = []
    for filters in (8, 16):
        parts += [layers.Conv2D(filters, 3, activation=activation), getattr(layers, pooling)(2)]
    top = [layers.Flatten(), layers.Dense(outputs, activation=last)]
    model = Sequential([Input((28, 28, 1)), *parts, *top])
    model.compile("adam", f"{sparse}categorical_crossentropy", metrics=["accuracy"])
    return model


def tiny_without_softmax():
    return _tiny(last=None)


def tiny_with_one_hot_loss():
    return _tiny(sparse="")


def tiny_with_one_output():
    return _tiny(outputs=1)


def tiny_and_linear():
    return _tiny(activation=None, pooling="AveragePooling2D")


def tiny_without_convolution():
    from keras import Input, Sequential, layers

    parts = [layers.AveragePooling2D(4), layers.Flatten(), layers.Dense(60, activation="relu")]
    model = Sequential([Input((28, 28, 1)), *parts, layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def tiny_with_a_linear_convolution():
    from keras import Input, Sequential, layers

    parts = [layers.Conv2D(4, 5, strides=4), layers.Flatten(), layers.Dense(20, activation="relu")]
    model = Sequential([Input((28, 28, 1)), *parts, layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


_LINEAR = ("AveragePooling", "BatchNorm", "Conv", "Dropout", "Noise", "Padding", "UpSampling")


def _has_convolution(model) -> bool:
    return any("Conv" in kind for kind in networks.kinds_of(model))


def _is_not_linear(model) -> bool:
    """Tell whether something that is not linear follows a convolution before the maps are left.

    What is not known to be linear counts as not linear.
    """
    convolved = False
    for part in networks.parts_of(model):
        kind = type(part).__name__
        convolved = convolved or "Conv" in kind
        if not convolved or kind == "InputLayer":
            continue
        if kind in ("Flatten", "Dense", "Reshape") or kind.startswith("Global"):
            return False
        activation = getattr(getattr(part, "activation", None), "__name__", "linear")
        if activation != "linear" or not any(word in kind for word in _LINEAR):
            return True
    return False


def _loss_name(model) -> str:
    """Return the name of a model's loss; "" where it is a function of the student's own."""
    loss = getattr(model, "loss", None) or ""
    return loss if isinstance(loss, str) else getattr(loss, "name", "")


def _takes_probabilities(model) -> bool:
    """Tell whether the loss gets probabilities, or is told that it gets raw scores."""
    if not model.compiled or "crossentropy" not in _loss_name(model):
        return True
    images = np.random.default_rng(2).random((64, 28, 28, 1)).astype("float32")
    return bool((networks.outputs_of(model, images) >= 0).all())


q11 = Trained(
    "A seventieth of the dense network",
    taught="How small can a convnet be? (deeper)",
    data=_some_digits,
    epochs=5,
    at_least=0.8,
    at_most=5500,
    must=[
        (_has_convolution, "there is no convolution: build a convnet", tiny_without_convolution),
        (
            _is_not_linear,
            "the convolutions are linear: give them an activation, such as ReLU, or they are one "
            "matrix together with what follows",
            tiny_with_a_linear_convolution,
        ),
        (
            lambda model: _loss_name(model) != "categorical_crossentropy",
            "the labels are whole numbers, so the loss is sparse_categorical_crossentropy",
            tiny_with_one_hot_loss,
        ),
        (
            _takes_probabilities,
            "the last layer hands over raw scores, and the loss takes probabilities: add a softmax",
            tiny_without_softmax,
        ),
    ],
    solution="""
tiny = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Conv2D(8, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]
)
tiny.compile(
    optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
""",
    hints=[
        "The dense layer needs most of the parameters. What makes the last map small?",
        "Two convolutions with 8 and 16 filters, each followed by pooling, then Flatten.",
        'Compile with loss="sparse_categorical_crossentropy" and metrics=["accuracy"].',
    ],
    why="The network of notebook 1 has 407,050 parameters.",
    mistakes=[
        (
            tiny_with_one_output,
            "ten digits need ten outputs",
            lambda model: networks.output_shape(model, (28, 28, 1)) != (10,),
        ),
        (
            tiny_and_linear,
            "without an activation two convolutions are one larger one: add ReLU",
        ),
    ],
)

q12 = Choice(
    "Is it linear?",
    taught="Is a convnet linear? (deeper)",
    options={
        "a": "yes, a bias changes nothing",
        "b": "no, it is affine",
        "c": "no, but without padding it would be",
    },
    reasons={
        1: "the bias is a constant, and constants are linear",
        2: "the bias is added once on one side of the equation and twice on the other",
        3: "the zeros of the border are not part of the image",
    },
    right=("b", 2),
    hints=[
        'Try is_additive(layers.Conv2D(4, 3, bias_initializer="ones")).',
        "How often is the bias added in layer(a + b), how often in layer(a) + layer(b)?",
    ],
    why="For the argument about stacked layers it makes no difference: affine layers without an "
    "activation between them are one affine layer.",
    mistakes=[
        ("a", "run is_additive: f(a + b) has the bias once, f(a) + f(b) has it twice"),
        ("c", "padding with zeros is linear, too; it is the bias that disturbs"),
        (("b", 1), "a constant is not linear: c is not c + c"),
    ],
)
