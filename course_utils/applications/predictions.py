"""Ask a pretrained network what is on a photo."""

import os
from numbers import Real

import course_utils.keras_inside.start
from course_utils.applications import backbone
from course_utils.applications.photos import crop_and_resize, read_photo
from course_utils.applications.weights import names, verified_files
from course_utils.datasets.loader import NOT_TO_BE_HAD
from course_utils.interpretation.outputs import check_outputs, to_probabilities

import keras
import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

DEFAULT_SIDE = 224  # pixels, for networks that take any size


def classify(
    model: keras.Model, photo: str | os.PathLike | bytes | Image.Image | ArrayLike, top: int = 5
) -> list[tuple[str, float]] | list[list[tuple[str, float]]]:
    """Return the `top` most probable labels of a photo as [(label, probability), ...].

    model: a network from `load` (or from `keras.applications`) with its classifier, whether it
    ends in a softmax or not; photo: a path, an address, a PIL image or an array, see `read_photo`.
    Its middle is cut out, brought to the size the network wants, and prepared as the network wants
    it. For a batch of photos, (N, height, width, 3) or a list of photos, there is such a list for
    each.

    `plotting.show_classification(photo, labels)` draws the result.
    Raises ValueError for a model that is not such a network, and for a photo that cannot be read.

    >>> (label, probability), *_ = classify(backbone.build(), np.zeros((96, 96, 3)))
    >>> label in backbone.labels(), 0 < probability < 1
    (True, True)
    """
    classes = len(backbone.labels()) if _is_backbone(model) else 1000
    shapes = [tuple(output.shape) for output in model.outputs]
    if len(shapes) == 1 and shapes[0][1:] != (classes,):
        raise ValueError(
            f"{model.name} gives values of shape {shapes[0]}, not a probability for "
            "each class: load it with include_top=True."
        )
    check_outputs(model)
    size = [side or DEFAULT_SIDE for side in model.input_shape[1:3]]
    is_batch = _is_batch(photo)
    photos = [crop_and_resize(read_photo(one), size) for one in (photo if is_batch else [photo])]
    outputs = model.predict_on_batch(preprocess(model, np.stack(photos)))
    answers = decode_predictions(model, to_probabilities(model, outputs), top)
    return answers if is_batch else answers[0]


def _is_batch(photo) -> bool:
    if isinstance(photo, (list, tuple)):
        return len(photo) > 0 and not isinstance(photo[0], (list, tuple, Real))
    return len(getattr(photo, "shape", ())) == 4


def decode_predictions(
    model: keras.Model, probabilities: ArrayLike, top: int = 5
) -> list[list[tuple[str, float]]]:
    """Return, for each row of (N, classes), its `top` labels as [(label, probability), ...].

    >>> certain = np.eye(len(backbone.labels()))[:1]
    >>> decode_predictions(backbone.build(), certain, top=1) == [[(backbone.labels()[0], 1.0)]]
    True
    """
    if _is_backbone(model):
        return backbone.decode_predictions(probabilities, top)
    return _decode_imagenet(np.asarray(probabilities), top)


def preprocess(model: keras.Model, images: ArrayLike) -> np.ndarray:
    """Return images as `model` wants them: what its `preprocess_input` makes of 0 to 255.

    model: a network of `keras.applications` or the course's backbone; images: (N, H, W, 3) with
    values from 0 to 255. The images themselves are not changed. Returns float32.

    >>> network = keras.applications.MobileNet((32, 32, 3), alpha=0.25, weights=None)
    >>> preprocess(network, [[[[0, 127.5, 255]]]])
    array([[[[-1.,  0.,  1.]]]], dtype=float32)
    """
    images = np.array(images, dtype="float32")  # a copy: some preprocess in place
    return _keras_module(model).preprocess_input(images)


def _keras_module(model):
    """Return the module of `keras.applications` that a model was made by, known by its name."""
    if _is_backbone(model):
        return keras.applications.mobilenet
    plain = _plain(model.name)
    fitting = [name for name in names() if plain.startswith(_plain(name))]
    if plain.startswith("nasnet"):
        return keras.applications.nasnet
    if not fitting:
        raise ValueError(
            f"{model.name!r} is not a network of Keras Applications, so how it wants its images "
            "is not known: call its own preprocessing and predict."
        )
    maker = getattr(keras.applications, max(fitting, key=len))
    return getattr(keras.applications, maker.__module__.rsplit(".", 1)[-1])


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _is_backbone(model) -> bool:
    return model.name == backbone.NAME


def _decode_imagenet(probabilities, top):
    """Return labels in plain words; where Keras' list of them cannot be had, the numbers."""
    try:
        with verified_files():
            rows = keras.applications.imagenet_utils.decode_predictions(probabilities, top)
    except NOT_TO_BE_HAD:
        return [
            [(f"ImageNet class {place}", float(row[place])) for place in np.argsort(-row)[:top]]
            for row in probabilities
        ]
    return [[(label.replace("_", " "), float(p)) for _, label, p in row] for row in rows]
