"""Questions of notebook 6, Malaria: small data, large consequences."""

from course_utils.exercises.kinds import Choice, Function, Model, Open

import numpy as np

q1 = Choice(
    "Which class is positive?",
    taught="Cells under a microscope",
    predict=True,
    options={
        "a": "the share of the sick cells that were found (sensitivity)",
        "b": "the share of the healthy cells that were recognised as healthy (specificity)",
        "c": "the share of all cells that were judged right (accuracy)",
    },
    right="b",
    hints=[
        "recall_score knows nothing of medicine: it takes label 1 for positive.",
        "What are the cells with label 1 in this data set?",
    ],
    why="Label 1 is uninfected. Pass pos_label=0, or turn the labels round as the notebook does, "
    "and you get the sensitivity.",
    mistakes=[
        ("a", "that is what one wants to know, but label 1 is the healthy class here"),
        ("c", "accuracy counts both classes; recall looks at the cells of one class only"),
    ],
)

_SOME = np.random.default_rng(6)


def _some_cells(number, trained):
    """Return one noisy number for each of some cells, their labels, and who trains and tests."""
    sick = _SOME.integers(0, 2, number)
    spots = (0.2 * sick + _SOME.normal(0.2, 0.1, number))[:, None]
    order = _SOME.permutation(number)
    return spots, sick, order[:trained], order[trained:]


def share_right(spots, sick, train, test, number):
    from sklearn.linear_model import LogisticRegression

    few = LogisticRegression(C=1e4).fit(spots[train[:number]], sick[train[:number]])
    return few.score(spots[test], sick[test])


def share_with_all(spots, sick, train, test, number):
    return share_right(spots, sick, train, test, len(train))


def share_of_those_learnt(spots, sick, train, test, number):
    return share_right(spots, sick, train, train[:number], number)


def share_with_the_first(spots, sick, train, test, number):
    return share_right(spots, sick, range(len(spots)), test, number)


def share_in_per_cent(spots, sick, train, test, number):
    return 100 * share_right(spots, sick, train, test, number)


q2 = Function(
    "Twenty cells",
    taught="What you saw yourself",
    solution=share_right,
    inputs=[(*_some_cells(200, 100), 20)],
    hidden={"ten cells to learn from": (*_some_cells(300, 50), 10)},
    hints=[
        "Fit as above, with train[:number] in place of train.",
        "few = LogisticRegression(C=1e4).fit(spots[train[:number]], sick[train[:number]])",
        "Return few.score(spots[test], sick[test]).",
    ],
    why="Called with 20 it is about as good as with all cells, on the photographs at least. A "
    "threshold is a single number, and twenty cells are enough to find it; what to measure was "
    "your knowledge.",
    mistakes=[
        (share_with_all, "this learns from all training cells; take train[:number]"),
        (
            share_of_those_learnt,
            "this is the accuracy on the cells that it has learnt from; score the test cells",
        ),
        (
            share_with_the_first,
            "these are the first cells of all, of which some are test cells; train holds positions",
        ),
        (share_in_per_cent, "this is in per cent; give a share between 0 and 1"),
    ],
)


def rates(matrix):
    sensitivity = matrix[0, 0] / matrix[0].sum()
    specificity = matrix[1, 1] / matrix[1].sum()
    return sensitivity, specificity


def rates_by_columns(matrix):
    return matrix[0, 0] / matrix[:, 0].sum(), matrix[1, 1] / matrix[:, 1].sum()


def rates_exchanged(matrix):
    return matrix[1, 1] / matrix[1].sum(), matrix[0, 0] / matrix[0].sum()


def rates_of_all_cells(matrix):
    return matrix[0, 0] / matrix.sum(), matrix[1, 1] / matrix.sum()


def rates_of_errors(matrix):
    return matrix[0, 1] / matrix[0].sum(), matrix[1, 0] / matrix[1].sum()


q3 = Function(
    "The lecture's two errors",
    taught="Which errors?",
    solution=rates,
    inputs=[(np.array([[191, 71], [46, 192]]),)],
    hidden={
        "three sick cells and one healthy one": (np.array([[2, 1], [0, 1]]),),
        "everything is judged sick": (np.array([[30, 0], [70, 0]]),),
        "nothing is judged sick": (np.array([[0, 5], [0, 12]]),),
    },
    hints=[
        "The first row holds the sick cells: 191 found and 71 missed.",
        "Sensitivity divides the found ones by the sum of the first row; specificity is the "
        "healthy ones recognised, divided by the sum of the second row.",
        "matrix[0, 0] / matrix[0].sum(), and the same with the indices 1.",
    ],
    why="191 / 262 = 72.9 % and 192 / 238 = 80.7 %: the lecture's network missed more than a "
    "quarter of the sick cells.",
    mistakes=[
        (
            rates_by_columns,
            "you divide by the columns, that is by what was judged; divide by the truth, the rows",
        ),
        (
            rates_exchanged,
            "the two are the wrong way round: sensitivity is about the sick, the first row",
        ),
        (rates_of_all_cells, "you divide by all cells; each rate looks at one class only"),
        (
            rates_of_errors,
            "these are the shares of the errors; one minus each of them is asked for",
        ),
    ],
)


def _blocks(*filters, use_bias=False, summary="GlobalAveragePooling2D"):
    """Return the small convnet with a block for each number of filters."""
    from keras import Input, Sequential, layers

    parts = []
    for number in filters:
        parts.append(layers.Conv2D(number, 3, padding="same", use_bias=use_bias))
        parts += [layers.BatchNormalization(momentum=0.9), layers.ReLU(), layers.MaxPooling2D(2)]
    top = [getattr(layers, summary)(), layers.Dense(1, activation="sigmoid")]
    return Sequential([Input((64, 64, 3)), *parts, *top])


def four_blocks():
    return _blocks(16, 32, 32, 48)


def blocks_with_biases():
    return _blocks(16, 32, 32, 48, 64, use_bias=True)


def blocks_flattened():
    return _blocks(16, 32, 32, 48, 64, summary="Flatten")


def last_block_too_small():
    return _blocks(16, 32, 32, 48, 48)


q4 = Model(
    "A fifth block",
    taught="Another small network",
    solution="""
parts = []
for filters in (16, 32, 32, 48, 64):
    parts.append(layers.Conv2D(filters, 3, padding="same", use_bias=False))
    parts.append(layers.BatchNormalization(momentum=0.9))
    parts.append(layers.ReLU())
    parts.append(layers.MaxPooling2D(2))
top = [layers.GlobalAveragePooling2D(), layers.Dense(1, activation="sigmoid")]
five_blocks = keras.Sequential([keras.Input((64, 64, 3)), *parts, *top])
""",
    hints=[
        "Write keras.Sequential([keras.Input((64, 64, 3))]), then a loop over five numbers of "
        "filters: 16, 32, 32, 48, 64.",
        "Each turn adds Conv2D (3, padding='same', use_bias=False), BatchNormalization, ReLU and "
        "MaxPooling2D(2).",
        "GlobalAveragePooling2D and Dense(1, activation='sigmoid') end it.",
    ],
    why="64, 32, 16, 8, 4, 2: maps of 2x2 are left, and the network has doubled its parameters.",
    mistakes=[
        (
            four_blocks,
            "these are the four blocks of the notebook; add a fifth one with 64 filters",
        ),
        (
            blocks_with_biases,
            "the convolutions have biases, which batch normalisation takes away: use_bias=False",
        ),
        (
            blocks_flattened,
            "Flatten keeps a weight for each place; the question asks for global average pooling",
        ),
        (
            last_block_too_small,
            "five blocks, but the last one has 48 filters; 64 are asked for",
        ),
    ],
)


def chance_that_alarm_is_right(sensitivity, specificity, infected):
    right = sensitivity * infected
    false = (1 - specificity) * (1 - infected)
    return right / (right + false)


def chance_of_an_alarm_if_infected(sensitivity, specificity, infected):
    return sensitivity


def share_of_right_alarms(sensitivity, specificity, infected):
    return sensitivity * infected


def chance_if_half_are_infected(sensitivity, specificity, infected):
    return sensitivity / (sensitivity + 1 - specificity)


def chance_with_the_recognised(sensitivity, specificity, infected):
    right = sensitivity * infected
    return right / (right + specificity * (1 - infected))


q5 = Function(
    "Believe the alarm?",
    taught="What an error costs",
    solution=chance_that_alarm_is_right,
    inputs=[(0.95, 0.95, 0.01)],
    hidden={
        "no false alarms": (0.8, 1.0, 0.2),
        "half of the cells infected": (0.9, 0.7, 0.5),
        "one cell in a thousand": (0.8, 0.999, 0.001),
        "all cells infected": (0.9, 0.95, 1.0),
    },
    hints=[
        "Count: of 10,000 cells, how many are infected and raise an alarm? How many are healthy "
        "and raise one?",
        "95 of the 100 infected cells, and 5 % of the 9,900 healthy ones: 495.",
        "right / (right + false), with right = sensitivity * infected and "
        "false = (1 - specificity) * (1 - infected).",
    ],
    why="95 / (95 + 495) is about 16 %: five of six alarms are false, with 95 % accuracy.",
    mistakes=[
        (
            chance_of_an_alarm_if_infected,
            "that is how often an infected cell raises an alarm, not how often an alarm is right",
        ),
        (
            share_of_right_alarms,
            "that counts the right alarms among all cells; divide by all alarms",
        ),
        (
            chance_if_half_are_infected,
            "that would be right if half of the cells were infected; weigh both by their numbers",
        ),
        (
            chance_with_the_recognised,
            "false alarms come from the healthy cells that are not recognised: 1 - specificity",
        ),
    ],
)

q6 = Open(
    "Your threshold",
    taught="Where to draw the line",
    sample="A high one. Each patient has 1,000 cells, so one found is enough and a sensitivity of "
    "80 % does; but with 1 % false alarms the nurse looks at ten cells of every healthy person. "
    "I would watch the false alarms for each healthy patient, and the share of patients missed.",
    criteria=[
        "choose a high threshold",
        "count the alarms of a healthy person with 1,000 cells, or watch the specificity",
        "say why a cell may be missed: a patient has many",
    ],
    hints=[
        "How many cells of a healthy person raise an alarm at a specificity of 95 %?",
        "With ten infected cells among the 1,000, what is the chance that all of them are missed "
        "at a sensitivity of 80 %?",
    ],
    why="All ten are missed with probability 0.2 to the power of ten, if errors were independent. "
    "With very few infected cells the threshold must come down again.",
    mistakes=[
        (
            "I keep the threshold at 0.5, as it is the middle of all probabilities.",
            "0.5 treats both errors as equally bad and both classes as equally frequent; count "
            "the alarms of a healthy person",
        ),
        (
            "I choose the threshold with the highest accuracy on the test cells.",
            "accuracy on a balanced set does not know how rare infected cells are; count alarms",
        ),
    ],
)

q7 = Choice(
    "Photographs of one patient",
    taught="Who is in the test?",
    options={
        "a": "at random: with 50,000 pictures it does not matter",
        "b": "by patient, with all pictures of a patient on the same side",
        "c": "by year, with old pictures to train and new ones to test, patients as they come",
    },
    reasons={
        1: "pictures of one patient resemble each other, so a network may recognise the patient",
        2: "each side must have the same number of pictures of every patient",
        3: "the test should have the newest pictures",
    },
    right=("b", 1),
    hints=[
        "Whom will the network meet in the hospital?",
        "What could a network remember of a patient that is no sign of an illness?",
    ],
    why="Implants, scars, the shape of the ribs: whoever has seen nine pictures of a patient and "
    "their diagnosis can guess the tenth.",
    mistakes=[
        (
            "a",
            "more pictures do not help: nine of ten pictures of each patient would be trained on",
        ),
        ("c", "the same patients would be on both sides, and be recognised"),
        (
            ("b", 2),
            "that would put every patient on both sides, the opposite of a split by patient",
        ),
        (("b", 3), "by patient is right, but it has nothing to do with the year"),
    ],
)
