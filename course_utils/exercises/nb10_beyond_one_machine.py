"""Questions of notebook 10, Beyond one machine."""

from course_utils.exercises.kinds import Choice, Function, Number, Open

import numpy as np


def average_of(gradients, sizes):
    return np.average(gradients, axis=0, weights=sizes)


def plain_mean(gradients, sizes):
    return np.mean(gradients, axis=0)


def weighted_sum(gradients, sizes):
    return sum(size * gradient for gradient, size in zip(gradients, sizes, strict=True))


def weighted_and_divided_by_parts(gradients, sizes):
    total = sum(size * gradient for gradient, size in zip(gradients, sizes, strict=True))
    return total / len(sizes)


def one_number(gradients, sizes):
    return np.average(np.mean(np.reshape(gradients, (len(sizes), -1)), axis=1), weights=sizes)


_random = np.random.default_rng(10)

q1 = Function(
    "The average of unequal parts",
    taught="A batch in parts",
    solution=average_of,
    inputs=[(_random.normal(size=(2, 3)), [100, 28]), (_random.normal(size=(2, 2, 2)), [64, 64])],
    hidden={
        "three parts": (_random.normal(size=(3, 4)), [10, 20, 2]),
        "a single part": (_random.normal(size=(1, 2)), [32]),
        "an empty part": (_random.normal(size=(2, 5)), [128, 0]),
    },
    hints=[
        "How much does one image count in the gradient of the whole batch? And in its part?",
        "Multiply each gradient by the share of the images that its part has, and add.",
        "np.average takes axis and weights.",
    ],
    why="Each image counts once, whatever its part. With equal parts this is the plain mean.",
    mistakes=[
        (plain_mean, "here the 28 images count as much as the 100: weight by the sizes"),
        (weighted_sum, "this is the sum over all images; divide by how many there are in all"),
        (
            weighted_and_divided_by_parts,
            "divide by the number of images in all parts, not by the number of parts",
        ),
        (one_number, "a gradient has a number for each weight: average along the first axis alone"),
    ],
)

q2 = Number(
    "What VGG16 moves",
    taught="What an all-reduce moves",
    right=2 * 7 / 8 * 4 * 138_357_544 / 1e6,
    within=1.5,
    unit="megabytes",
    solution="answer = 2 * (8 - 1) / 8 * 4 * 138_357_544 / 1e6",
    hints=[
        "The gradient has as many numbers as the network has parameters, four bytes each.",
        "In a ring of N processes each sends 2 (N - 1) pieces of an N-th of the gradient.",
        "2 * 7 / 8 * 4 * 138_357_544 bytes; a megabyte is a million bytes.",
    ],
    why="969 megabytes from each of the eight, in every step. On an office cable (a gigabit a "
    "second) that takes eight seconds; between graphics cards it takes milliseconds.",
    mistakes=[
        (4 * 138_357_544 / 1e6, "that is the gradient once; in a ring a little less than twice "
         "as much is sent", lambda value: abs(value - 553.4) < 1.5),
        (7 / 8 * 4 * 138_357_544 / 1e6, "that is the first half, the adding; the sums must go "
         "round, too", lambda value: abs(value - 484.3) < 1.5),
        (2 * 7 * 4 * 138_357_544 / 1e6, "that would be if whole gradients were sent; what is sent "
         "at a time is an eighth", lambda value: abs(value - 7748) < 15),
        (2 * 7 / 8 * 138_357_544 / 1e6, "that is how many numbers are sent, in millions; each has "
         "four bytes", lambda value: abs(value - 242.1) < 1),
        (2 * 7 / 8 * 4 * 138_357_544, "that is in bytes; divide by a million"),
    ],
)  # fmt: skip

q3 = Choice(
    "Four times the batch",
    taught="What an all-reduce moves",
    options={
        "a": "a quarter as many bytes in a step",
        "b": "as many bytes in a step",
        "c": "four times as many bytes in a step",
    },
    reasons={
        1: "the gradient has a number for each weight, however many images it is the mean of",
        2: "each image has a gradient of its own that must be sent",
        3: "there are fewer steps in an epoch",
    },
    right=("b", 1),
    hints=[
        "What is sent round: images, or something of the size of the weights?",
        "Fewer steps in an epoch: does that change what one step sends?",
    ],
    why="So a larger batch makes the sending rarer: a quarter of the steps, a quarter of the bytes "
    "in an epoch. Whether the training still learns as well is another question, and comes below.",
    mistakes=[
        (("c", 2), "the gradients of the images are averaged inside each process; one leaves it"),
        (("a", 3), "true of an epoch; the question is about one step"),
    ],
)

q4 = Open(
    "Eight machines for a dense network",
    taught="When it pays",
    sample="Eight machines would make it slower, not faster: on an office cable sending the "
    "gradient of 407,050 weights takes longer than computing it, since each weight is used once "
    "for each image. One machine with Keras' switches, or a larger batch, helps more.",
    criteria=[
        "say that it will be slower, or at least no faster, on that cable",
        "give as a reason how much is sent for how little computing: each weight is used once",
        "name something that would help, such as a larger batch, a faster cable, or one machine "
        "used better",
    ],
    hints=[
        "Which line of the chart is the dense network's?",
        "How often is each of its weights used for an image, and how many bytes are sent for it?",
    ],
    mistakes=[
        (
            "Eight machines are eight times as fast.",
            "only the computing is shared; the sending comes on top, and here it takes longer",
        ),
        (
            "The network is too small to be cut in eight.",
            "it is the batch that is cut, and 128 images can be cut in eight",
        ),
    ],
)

q5 = Choice(
    "Forgotten shares",
    taught="One network, several processes",
    options={
        "a": "the processes wait for each other for ever",
        "b": "the same weights as with one process, for twice the work",
        "c": "a training with batches twice as large",
    },
    reasons={
        1: "the mean of two equal gradients is that gradient",
        2: "each process has to wait for images that another one has taken",
        3: "256 images are looked at in each step",
    },
    right=("b", 1),
    hints=[
        "Both processes compute the gradient of the same 128 images. What is the mean of the two?",
        "256 images go through the networks in each step. How many different ones?",
    ],
    why="Nothing fails and no number looks wrong; the second machine only heats the room. That is "
    "why a first run should always be compared with one process.",
    mistakes=[
        (("c", 3), "256 images, but each of them twice: their mean is that of 128"),
        (("a", 2), "each process reads for itself: nobody takes an image away"),
    ],
)

q6 = Number(
    "A learning rate for eight cards",
    taught="Larger batches",
    right=0.2,
    within=0.001,
    solution="answer = 0.1 * (8 * 64) / 256",
    hints=[
        "How many images make one step on the eight cards together?",
        "The rule: so many times the batch, so many times the learning rate.",
    ],
    why="Eight times 64 images are a batch of 512, twice that of the recipe. Goyal et al. went to "
    "8,192 images and a learning rate of 3.2 like that, with a few epochs of warming up.",
    mistakes=[
        (0.8, "the recipe was not for one card with 64 images, but for a batch of 256"),
        (0.1, "the batch is larger than that of the recipe: 512 images"),
        (0.025, "64 images are what one card sees; one step is made for the images of all"),
        (0.05, "a larger batch takes a larger learning rate"),
    ],
)

q7 = Choice(
    "One of two is gone",
    taught="When a worker dies",
    predict=True,
    options={
        "a": "it goes on alone with its half of each batch",
        "b": "it waits",
        "c": "it ends at once",
    },
    reasons={
        1: "it needs the other one's part for its next step, and cannot know that none will come",
        2: "a broken process raises an error in all the others",
        3: "its own half of the images is enough to learn from",
    },
    right=("b", 1),
    hints=[
        "What does it do in each step, after its own half of the batch?",
        "A process that was killed says nothing any more. How could the other one tell that from a "
        "slow one?",
    ],
    why="Here it would wait for more than a minute, until a signal of life has been missing for "
    "long enough, and then break off with a page of addresses. So somebody has to watch over both.",
    mistakes=[
        (("c", 2), "the one that was killed had no time left to tell anyone"),
        (("a", 3), "it could learn from its half, but the step it is in needs the sum of both"),
    ],
)

q8 = Number(
    "Minutes lost",
    taught="When a worker dies",
    right=11,
    within=0.01,
    unit="minutes",
    solution="answer = 20 / 2 + 1",
    hints=[
        "When it dies right after it was saved, how much is lost? And right before?",
        "On average half of the time between two savings, and the minute to start again.",
    ],
    why="Saving more often loses less, but costs time itself: with many machines, of which one "
    "dies every few hours, both are weighed against each other.",
    mistakes=[
        (21, "that is the worst case; the moment is random"),
        (10, "and the minute that it takes to start again?"),
        (20, "that is lost if it dies right before it is saved; on average it is less"),
    ],
)
