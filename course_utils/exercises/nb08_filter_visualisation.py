"""Questions of notebook 8, What the network sees."""

from course_utils.exercises.kinds import Choice, Function, Number, Open

import numpy as np

_rng = np.random.default_rng(8)

q1 = Number(
    "Small squares in the second layer",
    taught="The network and its weights",
    right=2048,
    unit="squares",
    predict=True,
    solution="answer = 64 * 32",
    hints=[
        "Each of the 64 filters sees all maps of the layer before. How many are there?",
        "One square of 3 x 3 weights for each filter and each map that it sees.",
    ],
    why="64 filters with 32 channels each. None of these squares works alone: a filter adds up "
    "what all of its 32 squares find.",
    mistakes=[
        (64, "that is one square for each filter; but each filter sees 32 maps"),
        (32, "that is one filter's share; there are 64 filters"),
        (18_432, "those are single weights, 9 to a square; count the squares"),
        (18_496, "those are all parameters, biases included; count the squares of 3 x 3"),
        (96, "the two numbers multiply: each filter has a square for each map"),
    ],
)

q2 = Number(
    "What a value of the third layer sees",
    taught="Small parts, larger parts",
    right=18,
    also=[(18, 18)],
    unit="pixels",
    predict=True,
    solution="answer = 3 + 1 + 2 * 2 + 2 + 2 * 4",
    hints=[
        "Go layer by layer: a convolution of 3 x 3 adds two steps, a pooling of 2 x 2 adds one.",
        "After a pooling, a step is twice as many pixels: 1, 1, 2, 2, 4.",
        "3, then 3 + 1 = 4, then 4 + 2 * 2 = 8, then 8 + 2 = 10, then ...",
    ],
    why="3 (convolution), 4 (pooling), 8, 10, 18: of 28 pixels along each side.",
    mistakes=[
        (7, "that is without the poolings, which double the steps of all that follows"),
        (8, "that is the second convolution"),
        (10, "that is the second pooling; one convolution is still to come"),
        (9, "the fields do not simply add up 3 + 3 + 3; the steps grow with each pooling"),
        (3, "that is the first layer; the third sees maps of maps"),
        (28, "not quite the whole image: work it out layer by layer"),
    ],
)


def share_of_empty(maps):
    return np.mean(maps.max(axis=(0, 1)) == 0)


def share_of_zeros(maps):
    return np.mean(maps == 0)


def share_with_a_zero(maps):
    return np.mean(maps.min(axis=(0, 1)) == 0)


def number_of_empty(maps):
    return np.sum(maps.max(axis=(0, 1)) == 0)


def share_along_other_axes(maps):
    return np.mean(maps.max(axis=(1, 2)) == 0)


def share_that_responds(maps):
    return np.mean(maps.max(axis=(0, 1)) > 0)


def _some_maps(shape, empty):
    maps = np.maximum(_rng.normal(size=shape), 0)
    maps[0, 0] = 0.1  # no map is empty by chance
    maps[..., empty] = 0
    return maps


q3 = Function(
    "Count the empty maps",
    taught="Empty maps",
    solution=share_of_empty,
    inputs=[(_some_maps((3, 3, 4), [1]),)],
    hidden={
        "a layer without an empty map": (_some_maps((5, 5, 8), []),),
        "maps that are not square": (_some_maps((4, 6, 5), [0, 3]),),
        "nothing but empty maps": (np.zeros((3, 3, 6)),),
        "maps of one pixel": (_some_maps((1, 1, 4), [2]),),
        "maps of type float32": (_some_maps((6, 3, 7), [1, 2, 5]).astype("float32"),),
    },
    hints=[
        "A map is empty where its highest value is 0.",
        "maps.max(axis=(0, 1)) has one value for each map.",
        "The mean of True and False is a share.",
    ],
    why="The maximum over both axes of the map; ReLU leaves nothing below zero.",
    mistakes=[
        (
            share_of_zeros,
            "this counts the single zeros; a map is empty only if all of its values are zero",
        ),
        (
            share_with_a_zero,
            "after ReLU almost every map has a lowest value of 0; take the highest",
        ),
        (number_of_empty, "this is how many; divide by the number of maps"),
        (
            share_along_other_axes,
            "these axes are width and filters; a map lies in the axes 0 and 1",
        ),
        (share_that_responds, "this is the share of the others, which respond"),
    ],
)


def step(image, gradient):
    return image + gradient / (np.sqrt(np.mean(gradient**2)) + 1e-5)


def step_downhill(image, gradient):
    return image - gradient / (np.sqrt(np.mean(gradient**2)) + 1e-5)


def step_by_the_gradient(image, gradient):
    return image + gradient


def step_by_the_sum(image, gradient):
    return image + gradient / (np.sqrt(np.sum(gradient**2)) + 1e-5)


def step_by_absolute_values(image, gradient):
    return image + gradient / (np.mean(np.abs(gradient)) + 1e-5)


def step_that_may_divide_by_zero(image, gradient):
    return image + gradient / np.sqrt(np.mean(gradient**2))


def step_alone(image, gradient):
    return gradient / (np.sqrt(np.mean(gradient**2)) + 1e-5)


q4 = Function(
    "One step uphill",
    taught="The image that a filter would like best",
    solution=step,
    inputs=[(np.zeros((2, 2)), np.array([[1.0, -1.0], [1.0, -1.0]]))],
    hidden={
        "a larger image": (_rng.uniform(size=(8, 8, 1)), _rng.normal(size=(8, 8, 1))),
        "a very small gradient": (np.ones((4, 4)), _rng.normal(size=(4, 4)) * 1e-3),
        "a gradient of zero": (np.ones((3, 3)), np.zeros((3, 3))),
        "one pixel": (np.ones((1, 1)), np.full((1, 1), -2.0)),
    },
    hints=[
        "Square, mean, root: np.sqrt(np.mean(gradient**2)).",
        "Add 1e-5 to the root, so that nothing is divided by zero.",
        "image + gradient / (root + 1e-5)",
    ],
    why="Each step moves the pixels by 1 in the quadratic mean, however steep the slope is.",
    mistakes=[
        (step_downhill, "this goes downhill, as training does with a loss"),
        (
            step_by_the_gradient,
            "the gradient is not divided yet: small gradients would hardly move the image",
        ),
        (
            step_by_the_sum,
            "this divides by the root of the sum: the step gets shorter the larger the image is",
        ),
        (
            step_by_absolute_values,
            "this divides by the mean absolute value; take the root of the mean square",
        ),
        (
            step_that_may_divide_by_zero,
            "without the 1e-5 a gradient of zero gives no number",
        ),
        (step_alone, "this is the step alone; add it to the image"),
    ],
)

q5 = Choice(
    "Why some patterns are still noise",
    taught="All filters of all layers",
    options={
        "a": "these filters have learnt nothing",
        "b": "these filters are zero everywhere on the noise that we started from",
        "c": "40 steps were too few for these filters",
    },
    reasons={
        1: "the gradient of ReLU is zero where its input is below zero",
        2: "the more steps, the larger the response",
        3: "their weights are still the random ones from the start",
    },
    right=("b", 1),
    predict=True,
    hints=[
        "An image that is still exactly the noise has not moved by a single step.",
        "A step is zero where the gradient is zero. When is the gradient of max(0, z) zero?",
    ],
    why="No slope, no step. Whether such a filter has learnt anything, the noise cannot tell; the "
    "digits can.",
    mistakes=[
        (
            "a",
            "that is what lecture 001 says; but then such filters would be silent on digits, too",
        ),
        ("c", "these images have not moved at all, so more steps of the same kind will not help"),
        (("b", 2), "right, but why does nothing move? Think of the slope"),
        (("b", 3), "right, but random weights would not explain a slope of zero"),
    ],
)


def heat_map(maps, gradient):
    weights = gradient.mean(axis=(0, 1))
    return np.maximum((weights * maps).sum(axis=-1), 0)


def heat_of_both_signs(maps, gradient):
    weights = gradient.mean(axis=(0, 1))
    return (weights * maps).sum(axis=-1)


def heat_place_by_place(maps, gradient):
    return np.maximum((gradient * maps).sum(axis=-1), 0)


def heat_cut_off_too_early(maps, gradient):
    weights = gradient.mean(axis=(0, 1))
    return np.maximum(weights * maps, 0).sum(axis=-1)


def heat_of_sums(maps, gradient):
    weights = gradient.sum(axis=(0, 1))
    return np.maximum((weights * maps).sum(axis=-1), 0)


def heat_of_all_alike(maps, gradient):
    return np.maximum(maps.sum(axis=-1), 0)


def _maps_and_gradient(height, width, filters):
    maps = np.maximum(_rng.normal(size=(height, width, filters)), 0)
    return maps, _rng.normal(size=(height, width, filters))


q6 = Function(
    "Grad-CAM in two lines",
    taught="Which pixels count? Grad-CAM",
    solution=heat_map,
    inputs=[
        (
            np.stack([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 2.0]]], axis=-1),
            np.stack([np.full((2, 2), 3.0), np.full((2, 2), -1.0)], axis=-1),
        )
    ],
    hidden={
        "eight maps": _maps_and_gradient(5, 4, 8),
        "a class that nothing speaks for": (np.ones((3, 3, 2)), -np.ones((3, 3, 2))),
        "one map": _maps_and_gradient(3, 5, 1),
        "as many maps as rows": _maps_and_gradient(4, 4, 4),
    },
    hints=[
        "One weight for each map: the mean of its gradient over both axes of the map.",
        "Multiply, add up over the last axis, and cut off what is below zero.",
        "weights = gradient.mean(axis=(0, 1)); then np.maximum(..., 0)",
    ],
    why="A map counts as much as the score would rise if the whole map rose a little.",
    mistakes=[
        (
            heat_of_both_signs,
            "what speaks against the class is still in it: cut off below zero",
        ),
        (
            heat_place_by_place,
            "this multiplies place by place; take one weight for each map, its mean gradient",
        ),
        (
            heat_cut_off_too_early,
            "cut off after adding up: what speaks against the class may outweigh the rest",
        ),
        (heat_of_sums, "this is the sum of the gradient; the definition takes the mean"),
        (heat_of_all_alike, "all maps count the same here; weight each by its mean gradient"),
    ],
)

q7 = Open(
    "Right for the right reason?",
    taught="Does it look at the parasite?",
    sample="Cover the parasite in the picture, or copy it into a healthy cell, and see whether the "
    "answer changes; do it for many cells, and compare with covering any other place of that size. "
    "A heat map that looks plausible on a few cells proves nothing.",
    criteria=[
        "change something in the image, at the place in question",
        "say what the answer of the network should then do",
        "compare with a change elsewhere, or on many cells",
    ],
    hints=[
        "A heat map is a claim about the network. How could you test the claim on the image?",
        "What would you change, what would you expect, and what would you compare with?",
    ],
    mistakes=[
        (
            "I would measure the accuracy of the network on many cells that it has never seen.",
            "a high accuracy can rest on the wrong reason, such as the stain of a slide; test the "
            "reason",
        ),
        (
            "I would look at more heat maps until I am sure that the network sees the parasites.",
            "that is more of the same evidence; change something in the image",
        ),
    ],
)
