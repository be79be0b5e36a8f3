"""Boxes and masks in NumPy: how far they agree, which to keep, how good a detector is.

A box is (top, left, bottom, right), as in `tf.image`; bottom and right are the first row and
column beyond it. A mask is an array of booleans; a map of objects numbers them from 1, and 0 is
background.
Average precision is that of the PASCAL VOC challenge since 2010 (Everingham et al., IJCV 2015).
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import ndimage


def iou(boxes: ArrayLike, others: ArrayLike) -> np.ndarray:
    """Return intersection over union of each of the boxes (N, 4) with each of the others (M, 4).

    Shape (N, M), from 0 (apart) to 1 (the same). Boxes without an area overlap nothing.
    Raises ValueError for other shapes, and for boxes that end before they begin.

    >>> iou([(0, 0, 10, 10)], [(0, 0, 10, 10), (5, 0, 15, 10), (20, 20, 30, 30)]).round(2)
    array([[1.  , 0.33, 0.  ]])
    """
    one, other = as_boxes(boxes)[:, np.newaxis], as_boxes(others)[np.newaxis]
    start = np.maximum(one[..., :2], other[..., :2])
    end = np.minimum(one[..., 2:], other[..., 2:])
    common = np.prod(np.maximum(end - start, 0), axis=-1)
    union = np.prod(one[..., 2:] - one[..., :2], axis=-1) - common
    union = union + np.prod(other[..., 2:] - other[..., :2], axis=-1)
    return np.divide(common, union, out=np.zeros_like(common), where=union > 0)


def suppress(boxes: ArrayLike, scores: ArrayLike, threshold: float = 0.5) -> np.ndarray:
    """Return the positions of the boxes that are kept, best first: non-maximum suppression.

    The box with the highest score stays, and all that overlap it by more than `threshold` go; then
    the best of the rest, and so on. Of equal scores the earlier one comes first. As
    `tf.image.non_max_suppression`, without a limit on how many.

    >>> suppress([(0, 0, 9, 9), (1, 0, 10, 9), (20, 20, 29, 29)], [0.8, 0.9, 0.7])
    array([1, 2])
    """
    boxes, scores = as_boxes(boxes), _as_scores(scores, boxes)
    left = np.argsort(-scores, kind="stable")
    kept = []
    while left.size:
        best, left = left[0], left[1:]
        kept.append(best)
        left = left[iou(boxes[[best]], boxes[left])[0] <= threshold]
    return np.array(kept, int)


def find_hits(
    boxes: ArrayLike, scores: ArrayLike, truth: ArrayLike, threshold: float = 0.5
) -> np.ndarray:
    """Return for each box (N, 4) of one picture whether it hits one of the true boxes (M, 4).

    The boxes have their turn by score. Each points at the true box that it overlaps most; it hits
    where that is at least `threshold` and no other box has hit it before.

    >>> find_hits([(0, 0, 9, 9), (1, 0, 10, 9)], [0.8, 0.9], [(0, 0, 10, 10)])
    array([False,  True])
    """
    boxes, truth = as_boxes(boxes), as_boxes(truth)
    scores, hits = _as_scores(scores, boxes), np.zeros(len(boxes), bool)
    if not len(truth):
        return hits
    shares, taken = iou(boxes, truth), set()
    for place in np.argsort(-scores, kind="stable"):
        target = int(shares[place].argmax())
        if shares[place, target] >= threshold and target not in taken:
            taken.add(target)
            hits[place] = True
    return hits


def average_precision(hits: ArrayLike, scores: ArrayLike, objects: int) -> float:
    """Return the area under the curve of precision against recall, of one class.

    hits, scores: of all boxes of all pictures; objects: how many there are in truth. At each recall
    the highest precision counts that is reached there or later. Raises ValueError without objects.

    >>> average_precision([True, False, True], [0.9, 0.8, 0.7], 2)
    0.8333333333333333
    """
    hits, scores = np.asarray(hits, bool), np.asarray(scores, float)
    if hits.ndim != 1 or hits.shape != scores.shape:
        raise ValueError(
            f"average_precision takes a hit and a score for each box, not arrays of shapes "
            f"{hits.shape} and {scores.shape}."
        )
    if objects < 1 or hits.sum() > objects:
        raise ValueError(
            f"There cannot be {hits.sum()} hits among {objects} objects: give the number of "
            "objects that there are in truth, at least one."
        )
    found = np.cumsum(hits[np.argsort(-scores, kind="stable")])
    precision = found / np.arange(1, len(found) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(found, prepend=0) / objects * best_from_here))


def dice(mask: ArrayLike, truth: ArrayLike) -> float:
    """Return how far two masks agree: twice what they share, divided by both areas together.

    1 where both are empty. Raises ValueError for masks of different shapes.

    >>> dice([[True, True, False]], [[True, False, False]])
    0.6666666666666666
    """
    mask, truth = np.asarray(mask, bool), np.asarray(truth, bool)
    if mask.shape != truth.shape:
        raise ValueError(f"The masks have different shapes: {mask.shape} and {truth.shape}.")
    both = mask.sum() + truth.sum()
    return float(2 * (mask & truth).sum() / both) if both else 1.0


def boxes_of(objects: ArrayLike) -> np.ndarray:
    """Return the box (4,) around each object of a map (rows, columns) that numbers them from 1.

    Shape (objects, 4). Raises ValueError for a map of another kind, and where a number is missing.

    >>> boxes_of([[0, 1, 1], [2, 0, 0], [2, 0, 0]])
    array([[0, 1, 1, 3],
           [1, 0, 3, 1]])
    """
    objects = np.asarray(objects)
    if objects.ndim != 2 or not np.issubdtype(objects.dtype, np.integer):
        raise ValueError(
            f"boxes_of takes a map (rows, columns) of whole numbers, not shape {objects.shape} "
            f"with values of type {objects.dtype}."
        )
    slices = ndimage.find_objects(objects)
    if None in slices:
        raise ValueError(f"No pixel has the number {slices.index(None) + 1}: number them from 1.")
    ends = [(rows.start, columns.start, rows.stop, columns.stop) for rows, columns in slices]
    return np.array(ends, int).reshape(-1, 4)


def as_boxes(boxes: ArrayLike) -> np.ndarray:
    """Return boxes as an array of floats (N, 4); ValueError where they are none."""
    array = np.asarray(boxes, float)
    if array.size == 0:
        return array.reshape(0, 4)
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(
            f"Boxes are an array (N, 4) of top, left, bottom and right; this has shape "
            f"{array.shape}."
        )
    wrong = np.flatnonzero((array[:, 2:] < array[:, :2]).any(axis=1) | np.isnan(array).any(axis=1))
    if wrong.size:
        raise ValueError(
            f"Box {wrong[0]} is {array[wrong[0]].tolist()}: a box is top, left, bottom, right, and "
            "ends where it begins or later."
        )
    return array


def _as_scores(scores, boxes):
    scores = np.asarray(scores, float)
    if scores.shape != (len(boxes),):
        raise ValueError(f"{len(boxes)} boxes need as many scores, not shape {scores.shape}.")
    return scores
