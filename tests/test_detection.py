"""Boxes and masks: facts by hand; TensorFlow, Keras, scikit-image and scikit-learn beside them."""

import course_utils.keras_inside.start
from course_utils import detection

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from skimage.measure import label, regionprops
from sklearn.metrics import f1_score

SIDE = 12


@st.composite
def some_boxes(draw, least=1, most=8):
    """Draw boxes with whole corners inside a picture of SIDE pixels; some have no area."""
    count = draw(st.integers(least, most))
    corners = draw(arrays.arrays(int, (count, 2, 2), elements=st.integers(0, SIDE)))
    return np.sort(corners, axis=1).reshape(count, 4)


@st.composite
def scored_boxes(draw):
    boxes = draw(some_boxes())
    scores = draw(arrays.arrays(np.float32, len(boxes), elements=st.sampled_from([0.2, 0.5, 0.9])))
    return boxes, scores


def painted(box):
    picture = np.zeros((SIDE, SIDE), bool)
    top, left, bottom, right = box
    picture[top:bottom, left:right] = True
    return picture


# ---- intersection over union --------------------------------------------------------------------


@given(some_boxes(), some_boxes())
def test_iou_counts_the_pixels_of_painted_boxes(boxes, others):
    for i, box in enumerate(boxes):
        for j, other in enumerate(others):
            one, two = painted(box), painted(other)
            union = (one | two).sum()
            expected = (one & two).sum() / union if union else 0
            assert detection.iou(boxes, others)[i, j] == pytest.approx(expected)


@settings(deadline=None)
@given(some_boxes(), some_boxes())
def test_iou_is_that_of_keras(boxes, others):
    has_area = [np.prod(b[:, 2:] - b[:, :2], axis=1) > 0 for b in (boxes, others)]
    boxes, others = boxes[has_area[0]], others[has_area[1]]
    if len(boxes) and len(others):
        theirs = keras.utils.bounding_boxes.compute_iou(
            boxes.astype("float32"), others.astype("float32"), "yxyx"
        )
        np.testing.assert_allclose(detection.iou(boxes, others), theirs, atol=1e-5)


@given(some_boxes())
def test_iou_is_one_with_itself_and_the_same_both_ways(boxes):
    shares = detection.iou(boxes, boxes)
    np.testing.assert_allclose(shares, shares.T)
    has_area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) > 0
    np.testing.assert_allclose(np.diag(shares), has_area)


def test_no_box_overlaps_nothing():
    assert detection.iou([], [(0, 0, 1, 1)]).shape == (0, 1)
    assert detection.suppress([], []).shape == (0,)


# ---- suppression --------------------------------------------------------------------------------


@settings(deadline=None)
@given(scored_boxes(), st.sampled_from([0.1, 0.3, 0.55, 0.7]))
def test_suppression_keeps_what_tensorflow_keeps(boxes_and_scores, threshold):
    boxes, scores = boxes_and_scores
    theirs = tf.image.non_max_suppression(
        boxes.astype("float32"), scores, max_output_size=len(boxes), iou_threshold=threshold
    )
    np.testing.assert_array_equal(detection.suppress(boxes, scores, threshold), theirs)


@given(scored_boxes())
def test_what_is_kept_does_not_overlap_and_the_rest_overlaps_what_is_kept(boxes_and_scores):
    boxes, scores = boxes_and_scores
    kept = detection.suppress(boxes, scores, 0.4)
    among = detection.iou(boxes[kept], boxes[kept]) - np.eye(len(kept))
    assert (among <= 0.4).all()
    gone = np.setdiff1d(np.arange(len(boxes)), kept)
    assert (detection.iou(boxes[gone], boxes[kept]) > 0.4).any(axis=1).all()


# ---- hits and average precision -----------------------------------------------------------------


def test_a_second_box_on_one_object_is_no_hit():
    boxes = [(0, 0, 10, 10), (0, 0, 10, 9), (20, 20, 30, 30)]
    hits = detection.find_hits(boxes, [0.5, 0.9, 0.1], [(0, 0, 10, 10)])
    assert hits.tolist() == [False, True, False]


def test_without_objects_nothing_is_hit():
    assert detection.find_hits([(0, 0, 1, 1)], [0.3], []).tolist() == [False]


@given(scored_boxes(), some_boxes())
def test_there_are_never_more_hits_than_objects(boxes_and_scores, truth):
    assert detection.find_hits(*boxes_and_scores, truth).sum() <= len(truth)


def average_precision_in_words(hits, scores, objects):
    """Sum over the objects found: the best precision that is reached from there on."""
    order = sorted(range(len(hits)), key=lambda place: -scores[place])
    ranked = [hits[place] for place in order]
    precisions = [sum(ranked[: n + 1]) / (n + 1) for n in range(len(ranked))]
    return sum(max(precisions[n:]) for n, hit in enumerate(ranked) if hit) / objects


@given(st.data(), st.integers(0, 9), st.integers(0, 3))
def test_average_precision_is_what_its_words_say(data, count, missed):
    hits = np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)), bool)
    scores = np.array(data.draw(st.permutations(range(count))), float)
    objects = int(hits.sum()) + missed or 1
    expected = average_precision_in_words(hits, scores, objects)
    assert detection.average_precision(hits, scores, objects) == pytest.approx(expected)


def test_average_precision_by_hand():
    assert detection.average_precision([True, True], [0.9, 0.1], 2) == 1
    assert detection.average_precision([True, True], [0.9, 0.1], 4) == 0.5
    assert detection.average_precision([False, True], [0.9, 0.1], 1) == 0.5
    assert detection.average_precision([], [], 3) == 0


# ---- masks --------------------------------------------------------------------------------------

MASKS = arrays.arrays(bool, (4, 5))


@given(MASKS, MASKS)
def test_dice_is_scikit_learns_f1(mask, truth):
    theirs = f1_score(truth.ravel(), mask.ravel(), zero_division=1.0)
    assert detection.dice(mask, truth) == pytest.approx(theirs)


@given(MASKS)
def test_boxes_of_objects_are_scikit_images(mask):
    objects = label(mask)
    theirs = [region.bbox for region in regionprops(objects)]
    assert detection.boxes_of(objects).tolist() == [list(box) for box in theirs]


# ---- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong, says",
    [
        (lambda: detection.iou([(0, 0, 1)], []), r"\(N, 4\).*\(1, 3\)"),
        (lambda: detection.iou([0, 0, 1, 1], []), r"\(N, 4\).*\(4,\)"),
        (lambda: detection.iou([(0, 0, 1, 1), (5, 0, 4, 1)], []), r"Box 1 is \[5.0, 0.0, 4.0"),
        (lambda: detection.iou([(0, 0, np.nan, 1)], []), "Box 0 is"),
        (lambda: detection.suppress([(0, 0, 1, 1)], [0.1, 0.2]), "1 boxes need as many scores"),
        (lambda: detection.average_precision([True], [0.1, 0.2], 1), "a hit and a score"),
        (lambda: detection.average_precision([], [], 0), "at least one"),
        (lambda: detection.average_precision([True, True], [1, 2], 1), "2 hits among 1 objects"),
        (lambda: detection.dice([True], [[True]]), "different shapes"),
        (lambda: detection.boxes_of([[0.0, 1.0]]), "whole numbers.*float64"),
        (lambda: detection.boxes_of([[0, 2]]), "No pixel has the number 1"),
    ],
)
def test_bad_input_is_told_in_a_sentence(wrong, says):
    with pytest.raises(ValueError, match=says):
        wrong()
