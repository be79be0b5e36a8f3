"""Questions of notebook 11, Where is it?"""

from course_utils.exercises.kinds import Choice, Function, Number, Open

import numpy as np

q1 = Number(
    "Windows on a canvas",
    taught="A window that slides",
    right=57**2,
    within=0.5,
    unit="windows",
    solution="answer = ((252 - 28) // 4 + 1) ** 2",
    hints=[
        "Along one side: where does the first window begin, and where the last one?",
        "The last one begins 28 pixels before the end, so there are (252 - 28) / 4 steps.",
        "Steps are not windows: between three windows there are two steps.",
    ],
    why="57 along each side, 3,249 in all. It is the formula for the size of a map after a "
    "convolution without padding (notebook 3), with a kernel of 28 and a stride of 4.",
    mistakes=[
        (63**2, "windows that begin in the last 28 pixels would stick out"),
        (56**2, "these are the steps; there is one window more along each side"),
        (57, "that is along one side; the canvas has two"),
        (225**2, "that is with a step of one pixel"),
    ],
)


def as_kernel(weights, rows, columns, channels):
    return np.reshape(weights, (rows, columns, channels, -1))


def channels_first(weights, rows, columns, channels):
    return np.moveaxis(np.reshape(weights, (channels, rows, columns, -1)), 0, 2)


def outputs_first(weights, rows, columns, channels):
    return np.moveaxis(np.reshape(weights, (-1, rows, columns, channels)), 0, 3)


def as_flat_kernel(weights, rows, columns, channels):
    return np.reshape(weights, (1, 1, rows * columns * channels, -1))


_random = np.random.default_rng(11)

q2 = Function(
    "A dense layer as a kernel",
    taught="One pass over the whole canvas",
    solution=as_kernel,
    inputs=[(_random.normal(size=(18, 4)), 3, 3, 2)],
    hidden={
        "more rows than columns": (_random.normal(size=(24, 5)), 4, 2, 3),
        "a single channel": (_random.normal(size=(9, 2)), 3, 3, 1),
    },
    hints=[
        "Flatten writes the maps row by row, at each place all channels. Which axis is fastest?",
        "A kernel of Keras has the axes rows, columns, channels, filters. How many filters?",
        "One reshape does it; the last axis may be -1.",
    ],
    why="Nothing is computed: the same numbers, laid out so that they can slide. Each of the ten "
    "outputs becomes a filter that is as large as the maps that the dense layer saw.",
    mistakes=[
        (channels_first, "Flatten keeps the channels of one place together: they come last"),
        (outputs_first, "the weights of one output stand in a column, not in a row"),
        (as_flat_kernel, "a kernel of 1 x 1 sees one place alone; this layer looked at them all"),
    ],
)


def iou(box, other):
    top, left = max(box[0], other[0]), max(box[1], other[1])
    bottom, right = min(box[2], other[2]), min(box[3], other[3])
    common = max(bottom - top, 0) * max(right - left, 0)
    area = (box[2] - box[0]) * (box[3] - box[1])
    other_area = (other[2] - other[0]) * (other[3] - other[1])
    return common / (area + other_area - common)


def iou_without_a_floor(box, other):
    top, left = max(box[0], other[0]), max(box[1], other[1])
    bottom, right = min(box[2], other[2]), min(box[3], other[3])
    common = (bottom - top) * (right - left)
    area = (box[2] - box[0]) * (box[3] - box[1])
    other_area = (other[2] - other[0]) * (other[3] - other[1])
    return common / (area + other_area - common)


def common_by_both_areas(box, other):
    common = max(min(box[2], other[2]) - max(box[0], other[0]), 0)
    common = common * max(min(box[3], other[3]) - max(box[1], other[1]), 0)
    area = (box[2] - box[0]) * (box[3] - box[1])
    return common / (area + (other[2] - other[0]) * (other[3] - other[1]))


def common_by_own_area(box, other):
    common = max(min(box[2], other[2]) - max(box[0], other[0]), 0)
    common = common * max(min(box[3], other[3]) - max(box[1], other[1]), 0)
    return common / ((box[2] - box[0]) * (box[3] - box[1]))


q3 = Function(
    "Intersection over union",
    taught="From a heat map to boxes",
    solution=iou,
    inputs=[((0, 0, 10, 10), (5, 0, 15, 10)), ((2, 7, 11, 13), (5, 1, 20, 10))],
    hidden={
        "boxes that are apart": ((0, 0, 10, 10), (20, 20, 30, 30)),
        "side by side": ((0, 0, 10, 10), (0, 12, 10, 20)),
        "one above the other": ((0, 0, 10, 10), (12, 0, 20, 10)),
        "one inside the other": ((3, 1, 17, 12), (5, 2, 9, 11)),
        "the same box twice": ((2, 3, 8, 9), (2, 3, 8, 9)),
    },
    hints=[
        "Where does the common part begin, and where does it end? Take rows and columns by "
        "themselves.",
        "It begins at the larger of the two tops. What if it ends before it begins?",
        "The union is both areas together, less the common part, which was counted twice.",
    ],
    why="One number for how well a box fits: it falls when the box is shifted, too small or too "
    "large.",
    mistakes=[
        (iou_without_a_floor, "two boxes that are apart have a negative height and a negative "
         "width, and their product is positive: nothing is common below zero"),
        (common_by_both_areas, "the common part is in both areas: take it away once"),
        (common_by_own_area, "a box that covers the whole picture would be perfect like that: "
         "divide by the union"),
    ],
)  # fmt: skip

q4 = Choice(
    "A lower threshold",
    taught="From a heat map to boxes",
    options={
        "a": "more boxes are left on each digit",
        "b": "where two digits stand close together, one may lose its box",
        "c": "nothing changes, since the best box of each digit stays",
    },
    reasons={
        1: "suppression compares boxes, and knows nothing of what is inside them",
        2: "a box goes only if it overlaps more than the threshold, which is now easier to stay "
        "below",
        3: "scores decide who stays, not overlaps",
    },
    right=("b", 1),
    hints=[
        "Two digits stand side by side, and their boxes overlap a little. What does the better "
        "one do?",
        "Is 0.1 easier to exceed than 0.5, or harder?",
    ],
    why="That is the price of suppression: objects that truly overlap look like one object found "
    "twice. Further down, cells that touch are told apart in another way.",
    mistakes=[
        (("a", 2), "0.1 is exceeded sooner than 0.5: more boxes go"),
        (("c", 3), "the score decides the order; whether a box goes, its overlap decides"),
    ],
)

q5 = Number(
    "Average precision by hand",
    taught="How good is a detector?",
    right=0.625,
    within=0.001,
    solution="answer = (1 + 3/4 + 3/4 + 0) / 4",
    hints=[
        "What is the precision after the first, the third and the fourth box?",
        "Each object that is found counts with the best precision that is reached there or later.",
        "And what does the object count that nobody found? All four share the sum.",
    ],
    why="1 for the first object; for the second not 2/3 but 3/4, since a little later the "
    "precision is higher again; 3/4 for the third; nothing for the one that was missed.",
    mistakes=[
        ((1 + 2 / 3 + 3 / 4) / 4, "the second counts with the best precision from there on: 3/4"),
        (2.5 / 3, "the object that nobody found counts, too, with zero"),
        (0.6, "that is the precision after all five boxes"),
        (0.75, "that is the recall in the end"),
    ],
)

q6 = Number(
    "Two measures, one mask",
    taught="A mask for every pixel",
    right=0.9 / 1.1,
    within=0.002,
    solution="answer = 0.9 / (2 - 0.9)",
    hints=[
        "Let the two areas together be 2 and the common part c. What is Dice? And the union?",
        "Dice is 2c / 2 = c, so c is 0.9. The union is what both areas hold, less c.",
    ],
    why="IoU = D / (2 - D). Both put masks in the same order, but IoU looks lower: ask which of "
    "the two is meant before you compare two papers.",
    mistakes=[
        (2 * 0.9 / 1.9, "that is the way from IoU to Dice; IoU is never the larger of the two"),
        (0.45, "the common part is counted twice in 2: the union is smaller"),
        (0.9, "they are equal only at 0 and 1"),
    ],
)

q7 = Choice(
    "Without the bridges",
    taught="Why the bridges? (deeper)",
    predict=True,
    options={
        "a": "whole cells are missed",
        "b": "the cells are found, but their rims are less exact",
        "c": "nothing much, since the deep layers have learnt what a cell is",
    },
    reasons={
        1: "after two poolings a value stands for 4 x 4 pixels, and where in them an edge runs is "
        "lost",
        2: "it has fewer weights to learn with",
        3: "the deep layers see more of the picture than the first ones",
    },
    right=("b", 1),
    hints=[
        "What does a maximum over 2 x 2 pixels keep, and what does it throw away?",
        "The network without bridges has as many weights. What does its decoder not get to see?",
    ],
    why="What a cell is, the deep layers know; where exactly it ends, only the shallow ones have "
    "seen. The bridges bring both together.",
    mistakes=[
        (("a", 3), "a cell is larger than 4 x 4 pixels: what survives two poolings is enough to "
         "know that it is there"),
        (("b", 2), "the outcome is right; but both networks have the same number of weights"),
        (("c", 3), "they know what is there; the question is where it ends"),
    ],
)  # fmt: skip

q8 = Choice(
    "A kernel without squares",
    taught="Chequerboards (deeper)",
    options={"a": "3 x 3", "b": "4 x 4", "c": "5 x 5"},
    reasons={
        1: "the stride divides the size of the kernel, so that each pixel gets equally many "
        "contributions",
        2: "a larger kernel smooths the pattern away",
        3: "an odd kernel has a pixel in the middle",
    },
    right=("b", 1),
    hints=[
        "Along one line, stride 2: how many contributions do neighbouring pixels get from a kernel "
        "of 3? And from one of 4?",
        "Where the kernel is 3 wide, it is one contribution for every other pixel, and two for the "
        "rest.",
    ],
    why="Odena and others suggest that, or to enlarge first and convolve after. A kernel of 4 can "
    "still learn unequal weights; it only does not begin with a pattern.",
    mistakes=[
        (("c", 2), "5 is 2 and 2 and 1: neighbours still get two and three contributions"),
        (("a", 3), "with 3, neighbours get one and two contributions: that is the pattern above"),
    ],
)

q9 = Number(
    "How many cells?",
    taught="Each patient's number",
    right=1.96**2 * 0.02 * 0.98 / 0.005**2,
    within=30,
    unit="cells",
    solution="answer = 1.96**2 * 0.02 * 0.98 / 0.005**2",
    hints=[
        "The margin of a share (notebook 6) is 1.96 times the root of p (1 - p) / n.",
        "Set it to 0.005, with p = 0.02, and solve for n.",
        "n = 1.96 ** 2 * p * (1 - p) / margin ** 2",
    ],
    why="About 3,000: a hundred of our fields. A laboratory that reports 2 % from 500 cells has "
    "seen ten infected ones, and ten may well have been five or eighteen.",
    mistakes=[
        (1.96 * 0.02 * 0.98 / 0.005**2, "1.96 stands outside the root: it is squared, too"),
        (0.02 * 0.98 / 0.005**2, "that is for one standard deviation; 95 of 100 need 1.96 of them"),
        (1.96**2 * 0.02 * 0.98 / 0.0025**2, "half a point to each side, not from end to end"),
        (1.96 * np.sqrt(0.02 * 0.98) / 0.005, "n stands under the root: square all of it"),
    ],
)

q10 = Open(
    "What a heat map proves",
    taught="No box was ever shown (deeper)",
    sample="It shows which part of the cell the network's verdict rests on; the labels said only "
    "whether there is a parasite. That this part is the parasite is likely, not proven: the "
    "network could lean on something that often comes with parasites, and it needs only one "
    "telling place, not all of them. To be sure, an expert would have to mark parasites in a "
    "sample of cells.",
    criteria=[
        "say what it shows: the places that the verdict rests on",
        "say why that need not be the parasite, or not all of it",
        "name a check, such as marks by an expert, or covering the place and judging again",
    ],
    hints=[
        "What did the labels say, and what did nobody tell the network?",
        "If infected cells always had a speck of dirt beside the parasite, what would it show?",
    ],
    mistakes=[
        (
            "The map shows where the parasite is.",
            "it shows where the score is high; nobody told the network what a parasite is",
        ),
        (
            "It proves nothing, so it is useless.",
            "it is a good place to look first, and it can be checked",
        ),
    ],
)
