"""Each network of Keras Applications, with random weights, through all that the course does:

    COURSE_PROFILE=quick COURSE_DATA=standin pytest tests/every_application.py

They are asked what is on a photo, cut off at a layer, explained, drawn and climbed. The largest
take minutes and some gigabytes, so this runs once a week; `tests/test_any_model.py` does the same
with small ones.
"""

import gc

from course_utils import applications, interpretation, plotting
from course_utils.applications.weights import names
from course_utils.interpretation.layers import find_layer, last_maps

import keras
import numpy as np
import pytest

PHOTO = np.random.default_rng(0).integers(0, 255, (64, 80, 3), "uint8")


@pytest.fixture(autouse=True)
def room_for_the_next():
    """Large networks are given up before the next one is built."""
    yield
    keras.backend.clear_session()
    gc.collect()


@pytest.mark.parametrize("name", names())
def test_a_network_goes_through_every_door(name):
    network = applications.load(name, weights=None)
    side = network.input_shape[1] or 224  # some take any size
    answers = applications.classify(network, PHOTO)
    assert len(answers) == 5 and all(0 <= share <= 1 for _, share in answers)

    convolutions = interpretation.convolutions(network)
    first, last = convolutions[0], last_maps(network)
    images = applications.preprocess(network, np.full((1, side, side, 3), 128))
    heat = interpretation.grad_cam(network, images[0], 3)
    assert heat.shape == (side, side) and heat.min() >= 0 and heat.max() <= 1
    maps = interpretation.feature_maps(network, images[0], [first, last])
    assert [values.ndim for values in maps.values()] == [3, 3]
    features = applications.feature_extractor(network, last).predict_on_batch(images)
    np.testing.assert_allclose(features[0], maps[find_layer(network, last)[0]], atol=1e-2)

    size = (side, side)
    patterns = interpretation.filter_patterns(network, first, [0], steps=1, size=size)
    assert patterns.shape == (1, side, side, 3) and np.isfinite(patterns).all()
    climb(network, last, size)
    draw(network)


def climb(network, layer, size):
    """Climb at two sizes, or say in a sentence that the network takes one alone."""
    try:
        options = {"steps": 1, "octaves": 2, "size": size}
        patterns = interpretation.filter_patterns(network, layer, [0], **options)
    except ValueError as problem:
        assert "octaves" in str(problem)
    else:
        assert patterns.shape == (1, *size, 3)


def draw(network):
    """Draw it, or say in a sentence that it has too many layers for a page."""
    try:
        alt = plotting.show_architecture(network).alt
    except ValueError as problem:
        assert "A diagram holds 60 boxes" in str(problem)
    else:
        assert f"{network.count_params():,} parameters" in alt
