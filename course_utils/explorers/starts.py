"""What the explorers with networks start with."""

import math
from typing import Any

import course_utils.keras_inside.start
from course_utils.applications import decode_predictions, preprocess
from course_utils.explorers.networks import describe, with_grad_cam
from course_utils.explorers.tensors import pack
from course_utils.interpretation import convolutions
from course_utils.interpretation.layers import layers_of, shape_of, to_batch
from course_utils.interpretation.outputs import check_outputs
from course_utils.keras_inside.graph import is_model
from course_utils.plotting import raster

import keras
import numpy as np
from numpy.typing import ArrayLike

DIGIT = 28  # pixels of a side
SIDE = 224  # pixels, for networks that take any size
MOST_IMAGES, MOST_PIXELS = 50, 600_000


def of_digits(dense: keras.Model, convnet: keras.Model) -> dict[str, Any]:
    """Return two networks for drawn digits, and the first three convolutions of the second.

    Raises ValueError for networks that do not take 784 pixels or do not give ten values.
    """
    for model in (dense, convnet):
        check_outputs(model)
        taken, given = model.inputs[0].shape[1:], model.outputs[0].shape[1:]
        if given != (10,):
            raise ValueError(
                f"Both networks must give ten probabilities; the output of {model.name!r} has the "
                f"shape {given}."
            )
        if None in taken or math.prod(taken) != DIGIT**2:
            raise ValueError(
                f"Both networks must take {DIGIT} x {DIGIT} pixels; {model.name!r} takes {taken}."
            )
    return {
        "dense": describe(dense),
        "convnet": describe(convnet),
        "convolutions": convolutions(convnet)[:3],
    }


def of_maps(model: keras.Model, images: ArrayLike) -> dict[str, Any]:
    """Return a network, the names of its layers with feature maps, and images as bytes.

    Raises TypeError or ValueError for what is no such model, and for images of another size.
    """
    names = [
        name
        for name, layer in layers_of(model).items()
        if len(shape_of(layer)) == 4 and not is_model(layer)
    ]
    if not names:
        raise ValueError(
            f"The model {model.name!r} has no layer that makes feature maps: take a network with "
            "convolutions."
        )
    images, _ = to_batch(model, images)
    images = images[: max(1, min(MOST_IMAGES, MOST_PIXELS // images[0].size))]
    low, high = raster.usual_limits(images)
    return {
        "network": describe(model),
        "layers": names,
        "images": pack(raster.to_levels(images, low, high), "uint8"),
        "limits": [low, high],
    }


def of_photos(model: keras.Model) -> dict[str, Any]:
    """Return a network, its labels, the size of its photos, and how they are prepared for it.

    ``prepare`` is an offset and a matrix: what a network is shown is a mix of red, green and blue.
    """
    check_outputs(model)
    classes = model.outputs[0].shape[1]
    corners = preprocess(model, np.vstack([np.zeros(3), 255 * np.eye(3)])[:, None, None])[:, 0, 0]
    return {
        "network": with_grad_cam(model),
        "size": [side or SIDE for side in model.input_shape[1:3]],
        "labels": [label for [(label, _)] in decode_predictions(model, np.eye(classes), 1)],
        "prepare": [corners[0].tolist(), ((corners[1:] - corners[0]) / 255).tolist()],
    }


def of_fields(model: keras.Model, image: ArrayLike) -> dict[str, Any]:
    """Return the windows of a model's layers, one after the other, and a picture.

    Raises ValueError where layers do not follow one another, or none has a window.
    """
    images, _ = to_batch(model, image)
    layers = []
    for number, layer in enumerate(describe(model)["layers"][1:], start=1):
        if layer["kind"] in ("Reshape", "GlobalPooling", "Dense"):
            break
        if layer["kind"] == "Padding" or layer["sources"] != [number - 1]:
            raise ValueError(
                f"The layers of {model.name!r} do not follow one another as windows up to "
                f"{layer['title']!r}: give a model of convolutions and poolings in a row."
            )
        if window := layer.get("size") or layer.get("kernel", {}).get("shape"):
            options = {name: layer.get(name, [1, 1]) for name in ("stride", "dilation")}
            options |= {"padding": layer.get("padding", "valid"), "window": window[:2]}
            layers.append(options | {"title": layer["title"]})
    if not layers:
        raise ValueError(f"The model {model.name!r} has no convolution or pooling: give one with.")
    picture = images[0] if images.shape[-1] in (1, 3) else images[0, ..., :1]
    levels = raster.to_levels(picture, *raster.usual_limits(picture))
    return {"layers": layers, "picture": pack(levels, "uint8")}
