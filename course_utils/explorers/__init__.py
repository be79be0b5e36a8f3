"""Widgets for live demonstrations: change a value, and the picture answers at once.

Each function returns a widget; as the last line of a cell it is shown::

    explorers.convolution(photo)

Python gathers what an explorer starts with; the page computes and draws, see `static`. So an
explorer goes on when the kernel has ended, and is alive in the pages and slides of the course.

For style sheets and browser tests each element has a CSS class:

=================================  ===============================================================
``explorer``                       every explorer; also ``explorer-convolution``,
                                   ``explorer-pooling``, ``explorer-augmentation``,
                                   ``explorer-feature-maps``, ``explorer-draw-digit``,
                                   ``explorer-classify-photo``, ``explorer-threshold``
``explorer-control``               every control; also ``control-NAME``, NAME as in `controls`
                                   (the kernel's numbers: ``control-numbers``)
``explorer-panel``                 every panel; also ``panel-NAME``, NAME as in `panels`
``explorer-picture``               the ``<img>`` in a panel, with its alt text; it also carries
                                   ``data-version``, which counts the pictures shown so far
``explorer-drawing``               the same drawn as SVG: histogram and curve of the threshold
``explorer-table``                 numbers in a panel, as a table
``explorer-bars``                  ten digits or five labels with a bar each; ``data-answer`` is
                                   the likeliest
``explorer-canvas``                the ``<canvas>`` to draw a digit on
``explorer-status``                the sentences below, read out by screen readers
``explorer-problem``               the same where an input was refused
=================================  ===============================================================

Nothing heavy is imported before an explorer is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from course_utils.explorers.digits import DigitExplorer
    from course_utils.explorers.explorer import Explorer
    from course_utils.explorers.maps import FeatureMapExplorer
    from course_utils.explorers.photos import PhotoExplorer

    import keras
    from numpy.typing import ArrayLike


def convolution(image: ArrayLike | dict[str, ArrayLike]) -> Explorer:
    """Explore a convolution: kernel, stride, padding and dilation, whole or step by step.

    image : (H, W) or (H, W, 3), shown as brightness; or a dict of such pictures by name, to
        choose from. Sides above 512 pixels are reduced.

    The kernel is chosen by name or typed as rows of numbers.
    """
    from course_utils.convolution import kernels
    from course_utils.explorers.explorer import Explorer
    from course_utils.explorers.pictures import pack_pictures
    from course_utils.explorers.tensors import pack

    named = {name: pack(kernel) for name, kernel in kernels.items()}
    return Explorer("convolution", pictures=pack_pictures(image), kernels=named)


def pooling(image: ArrayLike | dict[str, ArrayLike]) -> Explorer:
    """Explore max and average pooling side by side: window, stride and padding.

    image : as for `convolution`.
    """
    from course_utils.explorers.explorer import Explorer
    from course_utils.explorers.pictures import pack_pictures

    return Explorer("pooling", pictures=pack_pictures(image))


def augmentation(image: ArrayLike) -> Explorer:
    """Explore random transforms: a slider for each, nine pictures, and a button for nine more.

    image : (H, W) or (H, W, channels), from 0 to 1 or from 0 to 255.
    """
    from course_utils.explorers.explorer import Explorer
    from course_utils.explorers.pictures import to_levels
    from course_utils.explorers.tensors import pack

    return Explorer("augmentation", picture=pack(to_levels(image), "uint8"))


def feature_maps(model: keras.Model, images: ArrayLike) -> FeatureMapExplorer:
    """Explore what the layers of a trained network answer: picture, layer and filter.

    model : a built Keras model with layers that give maps, (N, rows, columns, channels).
    images : (N, H, W, C) as the model takes them; the first 50 are offered.
    """
    from course_utils.explorers.maps import FeatureMapExplorer

    return FeatureMapExplorer(model, images)


def draw_digit(dense: keras.Model, convnet: keras.Model) -> DigitExplorer:
    """Draw a digit and watch two networks answer, with the feature maps of the second.

    dense, convnet : Keras models that take 784 pixels from 0 to 1, as (N, 784) or
        (N, 28, 28, 1), and give ten probabilities, or ten scores before a softmax.

    Draw with the mouse, a finger, or the keyboard. From Python: ``explorer.show(pixels)``.
    """
    from course_utils.explorers.digits import DigitExplorer

    return DigitExplorer(dense, convnet)


def classify_photo(model: keras.Model) -> PhotoExplorer:
    """Upload a photograph; see the five likeliest classes and where the network looked.

    model : a network with its name and classes, from `course_utils.applications.load`.

    From Python: ``explorer.show(photo)``.
    """
    from course_utils.explorers.photos import PhotoExplorer

    return PhotoExplorer(model)


def threshold(
    labels: ArrayLike,
    probabilities: ArrayLike,
    class_names: Sequence[str] = ("uninfected", "infected"),
) -> Explorer:
    """Slide the threshold of a classifier: confusion matrix, sensitivity and specificity move.

    labels : (N,) of 1, the positive class, which is to be found, and 0.
    probabilities : (N,) or (N, 1), from 0 to 1, that a sample has label 1.
    class_names : what labels 0 and 1 stand for, such as a data set's ``class_names``. In TFDS'
        malaria set label 0 is parasitized: ``threshold(1 - labels, 1 - probabilities)`` looks for
        parasites.
    """
    from course_utils.explorers.answers import check_answers, check_names
    from course_utils.explorers.explorer import Explorer
    from course_utils.explorers.tensors import pack

    labels, probabilities = check_answers(labels, probabilities)
    return Explorer(
        "threshold",
        labels=pack(labels, "uint8"),
        probabilities=pack(probabilities, "float64"),
        names=check_names(class_names),
    )
