"""The kinds of questions; each has `check(answer)`, `hint()` and `solution()`.

Each question has a `title`, `hints` (weak to strong) and `mistakes`: pairs of a typical wrong
answer and the message that it gets. A third item, a function of the answer that returns True or
False, recognises more answers than this one. `why` explains the right answer after it was found,
and in the solution. `predict=True` marks what is asked before the cell is run. `taught` is the
heading of the section that teaches it, which a message names after two wrong tries. The text of
title, options, reasons and heading stands in the notebook word by word; tests compare them.

    q1 = Number(
        "Steps of an epoch",
        right=469,                       # within=0.5 would accept 468.5 to 469.5
        also=[(469, 128)],               # another way to write it: with the rest of what is asked
        unit="steps",
        taught="Train",                  # a heading of the notebook, above the question
        hints=["Divide.", "A last, smaller batch is a step, too."],
        why="60,000 / 128 = 468.75, rounded up.",
        mistakes=[(468, "the last, smaller batch counts, too"),
                  (60_000, "that is the number of images: each step takes 128 of them")],
    )
    q2 = Shape(
        "The map of a convolution",
        right=(28, 28, 32),
        mistakes=[((26, 26, 32), "26x26: that is 'valid' padding; the question asks for 'same'")],
        …
    )
    q3 = Choice(                         # answer = "b", or with reasons answer = ("b", 2)
        "Which kernel",
        options={"a": "sobel_x", "b": "sobel_y", "c": "blur"},
        reasons={1: "its weights sum to one", 2: "it compares what lies above and below"},
        right=("b", 2),
        mistakes=[("a", "sobel_x compares left and right"),      # whatever the reason
                  (("b", 1), "they sum to zero")],
        …
    )
    q4 = Open(                           # nobody but the student judges her words
        "Look at the mistakes",
        sample="Many are badly written; some are plain to us.",
        criteria=["names what several of them share", "says which of them you would misread"],
        mistakes=[("They are all too dark to read.", "look again: …")],
        …
    )
    q5 = Function(                       # what the solution returns is right
        "Shift an image down",
        solution=shift_down,             # a function of the module; its source is the solution
        inputs=[(images, 1), (images, 3)],           # tuples of arguments, told in messages
        hidden={"no shift at all": (images, 0)},     # only their description is told
        keeps_inputs=True,                           # the arrays that come in must stay as they are
        without="keras",                             # the function may not lean on this package
        mistakes=[(shift_that_wraps, "what leaves the image below comes back at the top")],
        …
    )
    q6 = Model(                          # whatever computes the same as the solution's model
        "A convnet",
        solution="model = keras.Sequential([…])",    # as it is typed in the notebook
        mistakes=[(without_padding, "…")],           # functions that return a model
        …
    )
    q7 = Design(                         # any model that meets the demands
        "At most 20,000 parameters",
        solution="model = …",            # its input and output shape count
        at_most=20_000,
        must=[(lambda model: …, "what to say if this is False", a_model_of_which_it_is)],
        …
    )
    q8 = Trained(                        # a compiled model, of which the check trains a copy
        "A small net that learns",
        solution="model = …",
        data=load_some,                  # returns ((x, y), (x_test, y_test)), some 1,000 samples
        epochs=3, at_least=0.8, at_most=10_000, must=[…],
        …
    )

An answer of `...` is no error. Whatever is passed, `check` raises nothing and comes back within
five seconds (a training goes on as long as its bar does): it says what it found, and never what
the right answer is. `limits` tells how: what can run code is judged in a child of the kernel, on
Linux; TensorFlow, and other systems, need a thread, which a loop that lets nobody else run holds.
"""

from course_utils.exercises.kinds.choice import Choice
from course_utils.exercises.kinds.design import Design
from course_utils.exercises.kinds.function import Function
from course_utils.exercises.kinds.model import Model
from course_utils.exercises.kinds.number import Number
from course_utils.exercises.kinds.open import Open
from course_utils.exercises.kinds.question import Question, Verdict
from course_utils.exercises.kinds.shape import Shape
from course_utils.exercises.kinds.trained import Trained

__all__ = [
    "Choice",
    "Design",
    "Function",
    "Model",
    "Number",
    "Open",
    "Question",
    "Shape",
    "Trained",
    "Verdict",
]
