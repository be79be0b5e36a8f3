"""Questions of notebook 5, Augmentation."""

from course_utils.exercises.kinds import Choice, Function, Number, Open

import numpy as np

q1 = Choice(
    "Which way does it go",
    taught="One photograph, one transform at a time",
    predict=True,
    options={
        "a": "rows move, and the cat is enlarged",
        "b": "rows move, and the cat is reduced",
        "c": "columns move, and the cat is enlarged",
        "d": "columns move, and the cat is reduced",
    },
    right="b",
    hints=[
        "A shift in height is a shift along the axis of the rows.",
        "Look at zx=1.4, zy=1.4 in the figure above: how much of the photograph can be seen?",
        "Above 1 more of the scene is read into the same picture.",
    ],
    why="The matrix says where each pixel of the new picture is read, so 1.4 reads further apart.",
    mistakes=[
        ("a", "the rows are right, but look at zx=1.4 in the figure: there is more to be seen"),
        ("c", "height counts rows; and zx=1.4 shows more of the scene, not less"),
        ("d", "the zoom is right, but height counts rows: they are what moves up and down"),
    ],
)

q2 = Number(
    "What they meant",
    taught="How far is a shear of 0.2?",
    right=float(np.degrees(0.2)),
    within=0.05,
    unit="degrees",
    solution="answer = np.degrees(0.2)",
    hints=[
        "A full turn is 360 degrees, or two pi radians.",
        "np.degrees(0.2), or 0.2 * 180 / np.pi.",
    ],
    why="Nothing fails when an angle has the wrong unit: only a look at the pictures tells.",
    mistakes=[
        (0.2, "this is the number in the call; read it as radians and turn it into degrees"),
        (
            0.2 * np.pi / 180,
            "this goes the wrong way, from degrees to radians: multiply by 180 / pi",
        ),
        (72, "0.2 of a full turn is 72 degrees; 0.2 radians are far less"),
        (36, "0.2 of half a turn is 36 degrees; half a turn is pi radians, not 1"),
    ],
)

_rng = np.random.default_rng(5)
_photos = _rng.integers(0, 256, (3, 2, 4, 3))


def mirror_some(images, coins):
    result = images.copy()
    result[coins] = images[coins, :, ::-1]
    return result


def turn_upside_down(images, coins):
    result = images.copy()
    result[coins] = images[coins, ::-1]
    return result


def exchange_channels(images, coins):
    result = images.copy()
    result[coins] = images[coins, :, :, ::-1]
    return result


def mirror_all(images, coins):
    return images[:, :, ::-1]


def mirror_the_others(images, coins):
    result = images.copy()
    result[~coins] = images[~coins, :, ::-1]
    return result


def change_the_order(images, coins):
    result = images.copy()
    result[coins] = images[coins][::-1]
    return result


def mirror_in_place(images, coins):
    images[coins] = images[coins, :, ::-1]
    return images


def mirror_and_forget(images, coins):
    for image, coin in zip(images, coins, strict=True):
        image = image[:, ::-1] if coin else image
    return images


q3 = Function(
    "Mirror by the toss of a coin",
    taught="All together, at random",
    solution=mirror_some,
    keeps_inputs=True,
    inputs=[(_photos, np.array([True, False, True]))],
    hidden={
        "no coin shows heads": (_photos, np.array([False, False, False])),
        "grey images": (_rng.random((4, 5, 5, 1)), np.array([False, True, True, False])),
        "one image": (_photos[:1], np.array([True])),
        "images of bytes": (_photos.astype("uint8"), np.array([True, True, False])),
        "images of one column": (_photos[:, :, :1], np.array([True, False, True])),
    },
    hints=[
        "The axes are image, row, column, channel. Which one turns round in a mirror?",
        "images[coins] picks the images whose coin is True.",
        "result[coins] = images[coins, :, ::-1], with result a copy of images.",
    ],
    why="horizontal_flip=True does this, with a coin tossed for each image in each epoch.",
    mistakes=[
        (
            turn_upside_down,
            "these stand on their heads: the rows are walked backwards, not the columns",
        ),
        (exchange_channels, "this walks the channels backwards: red and blue change places"),
        (mirror_all, "all images are mirrored; only those whose coin is True should be"),
        (mirror_the_others, "the wrong ones are mirrored: True means that an image is mirrored"),
        (
            change_the_order,
            "this changes the order of the images; each should be mirrored in itself",
        ),
        (
            mirror_in_place,
            "the pictures are right, but the array that comes in changes, too; work on a copy: "
            "images.copy()",
        ),
        (
            mirror_and_forget,
            "the images come back as they were: is the mirrored one stored in the result?",
        ),
    ],
)

q4 = Choice(
    "Digits that may be turned",
    taught="May every digit be turned?",
    options={
        "a": "0, 1 and 8",
        "b": "0, 1, 6, 8 and 9",
        "c": "all ten: a turned digit is still the same digit",
        "d": "3 and 8",
    },
    right="a",
    hints=[
        "Turn your screen, or your head: which digits are still the same digit?",
        "A 6 turned by half is a digit, but which one?",
    ],
    why="A 6 becomes a 9, so a turned 6 with the label 6 teaches something wrong. A 2 and a 5 stay "
    "what they are when they are drawn with corners, but handwriting has a slant.",
    mistakes=[
        ("b", "a 6 becomes a 9: the picture is a digit, but its label is now wrong"),
        ("c", "look at the last row of the figure: which digit do you read in place of the 6?"),
        ("d", "that is true of turning them upside down (a mirror lying flat), not of half a turn"),
    ],
)

q5 = Number(
    "The same in Keras' own layer",
    taught="What ImageDataGenerator offered, and what replaces it today",
    right=40 / 360,
    within=0.001,
    solution="answer = 40 / 360",
    hints=[
        "The factor of RandomRotation is a share of a full turn.",
        "A full turn is 360 degrees, and the factor is used in both directions.",
    ],
    why="The same angle is 40 in ImageDataGenerator, 40 in PyTorch, and 0.111 here.",
    mistakes=[
        (40, "this is in degrees: with a factor of 40 the layer turns forty times round"),
        (40 / 180, "a factor of 1 is a full turn, 360 degrees; and it counts in both directions"),
        (float(np.radians(40)), "this is in radians; the factor is a share of a full turn"),
    ],
)

q6 = Choice(
    "Which photographs are transformed",
    taught="In the pipeline or in the model?",
    predict=True,
    options={
        "a": "those to train on",
        "b": "those to validate on",
        "c": "both",
    },
    reasons={
        1: "so that both kinds have the same difficulty",
        2: "the network should not see the same picture twice, and we want to know how it does on "
        "photographs as they come",
        3: "so that there are more photographs to measure on",
    },
    right=("a", 2),
    hints=[
        "What is the validation accuracy there to tell us?",
        "A cat on her head, smeared at the border, is not what the network will meet.",
    ],
    why="Transformed photographs to validate on would measure something else, and differently in "
    "each epoch.",
    mistakes=[
        ("b", "this leaves the photographs to train on as they are, to be learnt by heart"),
        ("c", "then the accuracy would be that on distorted photographs, and random"),
        (("a", 1), "the difficulty differs, and that is meant: training is harder than the exam"),
        (("a", 3), "we measure on the photographs to validate on, and those stay as they are"),
    ],
)

q7 = Open(
    "When it does harm",
    taught="When not to augment",
    sample="Reading sheet music: a vertical flip turns a high note into a low one. A little "
    "brightness, a small shift sideways and a small zoom are safe there.",
    criteria=[
        "name a task that this notebook does not have (no digits, no X-rays)",
        "name a transform after which the label is no longer true",
        "name one after which it still is",
    ],
    hints=[
        "Ask of each transform: would I still give the new picture the old label?",
        "Think of sheet music, maps, chess boards, number plates, thermometers.",
    ],
    mistakes=[
        (
            "There is no such task, augmentation can never do any harm.",
            "a 6 turned by half is a 9, and a tomato of another colour is no longer ripe",
        ),
        (
            "When the network has very many parameters and only few photographs.",
            "that is when augmentation helps most; look for a transform that changes the label",
        ),
    ],
)
