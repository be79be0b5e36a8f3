"""Sheets of many small images."""

from course_utils import plotting

import numpy as np
import pytest


def drawn(picture):
    """Return the array that the sheet shows."""
    return np.ma.filled(picture.axes[0].images[0].get_array(), np.nan)


def test_tiles_stand_in_reading_order_each_on_its_own_scale():
    images = [np.array([[k, 2 * k], [3 * k, 4 * k]]) for k in (1, 10, 100)]
    sheet = drawn(plotting.show_tiles(images, title="t", columns=2))
    side = 30  # 2 pixels, enlarged 15 times
    assert sheet.shape == (2 * side + 2, 2 * side + 2)
    for top, left in ((0, 0), (0, side + 2), (side + 2, 0)):
        assert sheet[top, left] == 0
        assert sheet[top + side - 1, left + side - 1] == 1
    assert np.isnan(sheet[:, side : side + 2]).all()  # the gap
    assert np.isnan(sheet[side + 2 :, side + 2 :]).all()  # no fourth image


def test_shared_scale_keeps_differences_between_tiles():
    images = [np.full((40, 40), 1.0), np.full((40, 40), 3.0)]
    sheet = drawn(plotting.show_tiles(images, columns=2, shared_scale=True))
    assert sheet[0, 0] == 0 and sheet[0, -1] == 1


def test_white_is_zero_where_the_colour_map_diverges():
    sheet = drawn(plotting.show_tiles([np.array([[-4.0, 0.0, 2.0]])], colormap="RdBu_r"))
    assert sheet[0, [0, 15, 25]].tolist() == [-1, 0, 0.5]


def test_colour_stays_as_it_is():
    image = np.zeros((31, 31, 3))
    image[..., 1] = 0.25
    sheet = drawn(plotting.show_tiles([image, image], columns=2))
    assert sheet[0, 0].tolist() == [0, 0.25, 0]
    assert sheet[0, 32].tolist() == [1, 1, 1]


def test_row_labels_and_alt_text():
    picture = plotting.show_tiles(np.zeros((6, 5, 5)), ["early", "late"], title="Two", columns=3)
    assert [text.get_text() for text in picture.axes[0].get_yticklabels()] == ["early", "late"]
    assert picture.alt == (
        "Two: A sheet of 6 images of 5 by 5 pixels in 2 rows (blue low, yellow high), "
        "labelled early, late. Seen: all are dark all over; they look alike."
    )


@pytest.mark.parametrize("images", [[], [np.zeros((2, 2)), np.zeros((3, 3))]])
def test_tiles_of_different_shapes_are_refused(images):
    with pytest.raises(ValueError, match="one shape"):
        plotting.show_tiles(images)
