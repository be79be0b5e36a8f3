"""Receptive fields drawn over an image: where the frames lie, and what the words say."""

from course_utils import plotting
from course_utils.convolution import receptive_field

import numpy as np
import pytest

IMAGE = np.zeros((32, 32))
PLAIN = receptive_field([{"kernel": 3, "padding": "same"}] * 3, 32)
STRIDED = receptive_field([{"kernel": 3, "stride": 2}] * 3, 32)

WHITE = (1, 1, 1, 1)


def frames(picture, panel):
    """(left, top, width, height) of each frame of a panel, in pixels of the image."""
    patches = picture.axes[panel].patches  # each frame has a white one below it
    return [patch.get_bbox().bounds for patch in patches if patch.get_edgecolor() != WHITE]


def test_frames_are_as_large_as_the_fields_and_lie_inside_each_other():
    picture = plotting.show_receptive_fields(
        IMAGE, {"plain": PLAIN, "stride 2": STRIDED}, title="Fields"
    )
    assert [frame[2] for frame in frames(picture, 0)] == [3, 5, 7]
    assert [frame[3] for frame in frames(picture, 1)] == [3, 7, 15]
    for panel in (0, 1):
        for inner, outer in zip(frames(picture, panel), frames(picture, panel)[1:], strict=False):
            for axis in (0, 1):
                assert outer[axis] <= inner[axis]
                assert inner[axis] + inner[axis + 2] <= outer[axis] + outer[axis + 2]


def test_the_frame_of_a_value_is_what_it_sees():
    picture = plotting.show_receptive_fields(IMAGE, {"stride 2": STRIDED}, title="Fields")
    # The last map is 3 x 3; its middle value starts 8 pixels after the first and sees 15.
    assert frames(picture, 0)[-1] == (7.5, 7.5, 15, 15)


def test_frames_end_at_the_border():
    fields = receptive_field([{"kernel": 9, "padding": "same"}] * 5, 32)
    picture = plotting.show_receptive_fields(IMAGE, {"wide": fields}, title="Fields")
    assert frames(picture, 0)[-1] == (-0.5, -0.5, 32, 32)


def test_the_words_name_each_size():
    picture = plotting.show_receptive_fields(IMAGE, {"plain": PLAIN}, title="Fields")
    assert picture.alt == "Fields. plain: 3 x 3, 5 x 5 and 7 x 7 pixels by layer."


@pytest.mark.parametrize("fields", [[], PLAIN * 3, [PLAIN[0]._replace(jump=None)]])
def test_only_layers_with_a_map_are_drawn(fields):
    with pytest.raises(ValueError, match="needs one to 7 receptive fields of layers with a map"):
        plotting.show_receptive_fields(IMAGE, {"plain": fields}, title="Fields")
