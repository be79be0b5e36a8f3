"""What the boxes explorer takes: pictures, maps of probabilities, boxes, and true objects."""

from collections.abc import Sequence

from course_utils import detection
from course_utils.convolution.checks import by
from course_utils.explorers.tensors import Packed, pack
from course_utils.plotting import raster

import numpy as np
from numpy.typing import ArrayLike

LARGEST, MOST_OBJECTS, MOST_BOXES, MOST_PICTURES = 256, 255, 4096, 12


def pack_scenes(
    images: Sequence[ArrayLike],
    maps: Sequence[ArrayLike],
    found: Sequence[tuple[ArrayLike, ArrayLike]],
    truth: Sequence[ArrayLike],
) -> list[dict[str, Packed]]:
    """Return each picture with its map, its boxes and its objects, or raise ValueError.

    >>> one = np.eye(4, dtype=int)
    >>> pack_scenes([one], [one], [([(0, 0, 2, 2)], [0.9])], [one])[0]["boxes"]["shape"]
    [1, 4]
    """
    counts = {len(part) for part in (images, maps, found, truth)}
    if len(counts) != 1 or not 1 <= len(images) <= MOST_PICTURES:
        raise ValueError(
            f"There are {len(images)} images, {len(maps)} maps, {len(found)} pairs of boxes and "
            f"scores, and {len(truth)} maps of true objects: give one of each per picture, for 1 "
            f"to {MOST_PICTURES} pictures."
        )
    scenes = zip(images, maps, found, truth, strict=True)
    return [_pack(f"Picture {n}", *scene) for n, scene in enumerate(scenes, start=1)]


def _pack(name, image, probabilities, found, objects):
    image, objects = raster.to_image(image), np.asarray(objects)
    image = image[..., np.newaxis] if image.ndim == 2 else image[..., :3]
    size, probabilities = image.shape[:2], np.asarray(probabilities, float)
    if max(size) > LARGEST:
        raise ValueError(f"{name} has {by(size)} pixels: give one of up to {LARGEST}x{LARGEST}.")
    for what, part in (("map of probabilities", probabilities), ("map of objects", objects)):
        if part.shape != size:
            raise ValueError(
                f"{name} has {by(size)} pixels and its {what} {by(part.shape)}: give both the same "
                "rows and columns."
            )
    if not 1 <= len(detection.boxes_of(objects)) <= MOST_OBJECTS:
        raise ValueError(
            f"{name} has {objects.max()} true objects: give a map that numbers 1 to "
            f"{MOST_OBJECTS} of them."
        )
    boxes, scores = _check_found(name, found)
    shares = _check_shares(name, "probabilities", probabilities)
    return {
        "image": pack(raster.to_levels(image, *raster.usual_limits(image)), "uint8"),
        "map": pack(np.rint(255 * shares)[..., np.newaxis], "uint8"),
        "objects": pack(objects, "uint8"),
        "boxes": pack(boxes, "float64"),
        "scores": pack(scores, "float64"),
    }


def _check_found(name, found):
    if len(found) != 2:
        raise ValueError(
            f"{name} needs a pair, boxes (N, 4) and scores (N,), and got {len(found)} things."
        )
    boxes, scores = detection.as_boxes(found[0]), np.asarray(found[1], float)
    if scores.shape != (len(boxes),) or len(boxes) > MOST_BOXES:
        raise ValueError(
            f"{name} has {len(boxes)} boxes and scores of shape {scores.shape}: give a score for "
            f"each box, and at most {MOST_BOXES} boxes."
        )
    return boxes, _check_shares(name, "scores", scores)


def _check_shares(name, what, values):
    """Return numbers from 0 to 1; what rounding has brought a little beyond them is cut off."""
    if not (values.min(initial=0) >= -1e-5 and values.max(initial=0) <= 1 + 1e-5):
        raise ValueError(
            f"{name} has {what} from {values.min():g} to {values.max():g}: give such as lie "
            "between 0 and 1."
        )
    return np.clip(values, 0, 1)
