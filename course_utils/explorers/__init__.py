"""Widgets for live demonstrations: change a value, and the picture answers at once.

Each function returns a widget; as the last line of a cell it is shown::

    explorers.convolution(photo)

Python gathers what an explorer starts with; the page computes and draws, see `static`. So an
explorer goes on when the kernel has ended, and is alive in the pages and slides of the course.

For style sheets and browser tests each element has a CSS class:

=================================  ===============================================================
``explorer``                       every explorer; also ``explorer-NAME``: convolution, pooling,
                                   cube, receptive-field, augmentation, feature-maps, draw-digit,
                                   classify-photo, threshold, boxes
``explorer-control``               every control; also ``control-NAME``
``explorer-panel``                 every panel; also ``panel-NAME``
``explorer-picture``               the ``<canvas>`` in a panel, with its words as ``aria-label``; it
                                   carries ``data-version``, which counts the pictures shown so far
``explorer-drawing``               histogram and curve of the threshold, as SVG
``explorer-table``                 numbers in a panel, as a table
``explorer-bars``                  ten digits or five labels with a bar each; ``data-answer`` is
                                   the likeliest
``shape``                          a box on a picture; also ``hit``, ``false``, ``missed``, ``gone``
                                   (``mine``: by the box of the chosen object) or ``chosen``
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

    from course_utils.explorers.explorer import Explorer

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


def cube(image: ArrayLike, kernel: ArrayLike) -> Explorer:
    """Explore how filters meet all channels at once: partial sums of red, green and blue.

    image : (H, W, 3), up to 12 x 12 pixels, so that each number can be read.
    kernel : (kh, kw, 3, F), as the weights of a ``Conv2D``, of up to four filters.
    """
    from course_utils.explorers.explorer import Explorer
    from course_utils.explorers.pictures import check_cube
    from course_utils.explorers.tensors import pack

    image, kernel = check_cube(image, kernel)
    return Explorer("cube", image=pack(image), kernel=pack(kernel))


def receptive_field(model: keras.Model, image: ArrayLike) -> Explorer:
    """Explore what a value sees: choose one of any layer, its window grows down to the picture.

    model : convolutions and poolings one after the other, up to a Flatten or global pooling.
    image : (H, W, C), as the model takes it.
    """
    from course_utils.explorers.explorer import Explorer
    from course_utils.explorers.starts import of_fields

    return Explorer("receptive-field", **of_fields(model, image))


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


def feature_maps(model: keras.Model, images: ArrayLike) -> Explorer:
    """Explore what the layers of a trained network answer: picture, layer and filter.

    model : a built Keras model with layers that give maps, (N, rows, columns, channels).
    images : (N, H, W, C) as the model takes them; the first 50 are offered,
        of large ones fewer.
    """
    from course_utils.explorers.explorer import Explorer
    from course_utils.explorers.starts import of_maps

    return Explorer("feature-maps", **of_maps(model, images))


def draw_digit(dense: keras.Model, convnet: keras.Model) -> Explorer:
    """Draw a digit and watch two networks answer, with the feature maps of the second.

    dense, convnet : Keras models that take 784 pixels from 0 to 1, as (N, 784) or
        (N, 28, 28, 1), and give ten probabilities, or ten scores before a softmax.

    Draw with the mouse, a finger, or the keyboard.
    """

    from course_utils.explorers.explorer import Explorer
    from course_utils.explorers.starts import of_digits

    return Explorer("draw-digit", **of_digits(dense, convnet))


def classify_photo(model: keras.Model) -> Explorer:
    """Upload a photograph; see the five likeliest classes and where the network looked.

    model : a network with its name and classes, from `course_utils.applications.load`.
    """
    from course_utils.explorers.explorer import Explorer
    from course_utils.explorers.starts import of_photos

    return Explorer("classify-photo", **of_photos(model))


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


def boxes(
    images: Sequence[ArrayLike],
    maps: Sequence[ArrayLike],
    found: Sequence[tuple[ArrayLike, ArrayLike]],
    truth: Sequence[ArrayLike],
) -> Explorer:
    """Explore boxes and masks: thresholds of confidence, of overlap, of the mask; press an object.

    images : pictures of one kind to choose from, each (H, W) or (H, W, 3), up to 256 x 256.
    maps : for each, (H, W) probabilities that a pixel belongs to an object: the mask.
    found : for each, the boxes (N, 4) that a detector proposes, and their scores (N,), 0 to 1.
    truth : for each, (H, W) whole numbers: 0 is background, and the objects count from 1.

    Suppression, hits and average precision are those of `course_utils.detection`; a box hits an
    object that it overlaps by half.
    """
    from course_utils.explorers.explorer import Explorer
    from course_utils.explorers.objects import pack_scenes

    return Explorer("boxes", pictures=pack_scenes(images, maps, found, truth))
