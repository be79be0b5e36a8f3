"""The moving pictures: their arithmetic, their number of steps, and each form they take."""

import html
import json
import re

from course_utils import plotting
from course_utils.convolution import convolve, pool
from course_utils.plotting.player import Player

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lecture import SMILEY, VERTICAL
from PIL import Image

RESPONSE = np.array(
    [[1, 1, 2, 1, 1], [0, 0, 0, 0, 0], [1, 1, 0, 1, 1], [1, 2, 3, 2, 1], [0, 0, 0, 0, 0]]
)
few = settings(max_examples=40, deadline=None)


def compute(text):
    """The value of a step's arithmetic, and the value that it says."""
    arithmetic, _, said = text.split(": ")[1].rpartition(" = ")
    return eval(arithmetic.replace("×", "*"), {"max": lambda *values: max(values)}), float(said)


def test_5x5_has_nine_places_for_3x3():
    steps = plotting.convolution_steps(SMILEY, VERTICAL)
    assert len(steps) == 9
    assert (steps.output == [[2, 0, 2], [1, 0, 1], [1, 1, 1]]).all()
    assert steps[1].text == (
        "row 0, column 1: 1×0 + 0×1 + 1×0 + 1×0 + 0×1 + 1×0 + 0×0 + 0×1 + 0×0 = 0"
    )


def test_the_lectures_map_pools_to_1_2_2_3():
    steps = plotting.pooling_steps(RESPONSE)
    assert [step.value for step in steps] == [1, 2, 2, 3]
    assert steps[3].text == "row 1, column 1: max(0, 1, 3, 2) = 3"
    averages = plotting.pooling_steps(RESPONSE, mode="average")
    assert averages[1].text == "row 0, column 1: (2 + 1 + 0 + 0) / 4 = 0.75"


@few
@given(
    st.integers(4, 8),
    st.integers(1, 3),
    st.integers(1, 2),
    st.sampled_from(["valid", "same", 1]),
    st.integers(0, 99),
)
def test_convolution_steps_say_what_convolve_computes(size, window, stride, padding, seed):
    image, kernel = (
        np.random.default_rng(seed).integers(-9, 10, (side, side + 1))
        for side in (size - 1, window)
    )
    steps = plotting.convolution_steps(image, kernel, stride, padding)
    expected = convolve(image, kernel, stride, padding)
    assert len(steps) == expected.size
    assert [step.place for step in steps] == list(np.ndindex(expected.shape))
    for step in steps:
        assert compute(step.text) == (expected[step.place],) * 2


@few
@given(
    st.integers(2, 8),
    st.integers(1, 3),
    st.sampled_from(["max", "average"]),
    st.sampled_from(["valid", "same"]),
    st.integers(0, 99),
)
def test_pooling_steps_say_what_pool_computes(size, window, mode, padding, seed):
    window = min(window, size)
    image = np.random.default_rng(seed).integers(-9, 10, (size, size))
    steps = plotting.pooling_steps(image, window, mode=mode, padding=padding)
    expected = pool(image, window, mode=mode, padding=padding)
    assert len(steps) == expected.size
    for step in steps:
        value, said = compute(step.text)
        assert value == pytest.approx(expected[step.place])
        assert said == pytest.approx(value, abs=0.006)


def test_dilation_spreads_the_window():
    steps = plotting.convolution_steps(np.eye(5, dtype=int), np.ones((3, 3), int), dilation=2)
    assert len(steps) == 1
    assert steps[0].cells[:4] == ((0, 0), (0, 2), (0, 4), (2, 0))
    assert steps[0].value == 3


def test_the_filmstrip_says_its_steps_and_is_a_picture():
    steps = plotting.convolution_steps(SMILEY, VERTICAL)
    picture = steps.filmstrip([0, 8])
    assert isinstance(picture, plotting.Picture)
    assert picture.to_png().startswith(b"\x89PNG")
    assert steps[0].text in picture.alt
    assert steps[8].text in picture.alt
    assert "Step 4:" in steps.filmstrip().alt  # the first of the next row


def test_the_filmstrip_of_a_single_step():
    steps = plotting.convolution_steps(VERTICAL, VERTICAL)
    assert "1 of 1 steps" in steps.filmstrip().alt


def test_the_title_of_a_single_narrow_step_fits():
    picture = plotting.convolution_steps(np.ones((3, 3)), np.ones((2, 2))).filmstrip([0])
    picture.canvas.draw()
    title = picture._suptitle.get_window_extent()
    assert 0 <= title.x0 and title.x1 <= picture.bbox.width


@pytest.mark.parametrize("chosen", [[], [9], [-1], [0.5], [0, 1, 2, 3, 4, 5]])
def test_only_steps_that_exist_are_drawn(chosen):
    with pytest.raises(ValueError, match="one to five steps with numbers from 0 to 8"):
        plotting.convolution_steps(SMILEY, VERTICAL).filmstrip(chosen)


def test_a_gif_has_one_frame_a_step(tmp_path):
    path = plotting.convolution_steps(SMILEY, VERTICAL).save_gif(tmp_path / "smiley.gif", 0.5)
    with Image.open(path) as film:
        assert film.n_frames == 9
        assert film.info["loop"] == 0
        assert film.info["duration"] == 500


def test_a_gif_is_whole_or_not_there(tmp_path, monkeypatch):
    steps = plotting.pooling_steps(RESPONSE)
    path = steps.save_gif(tmp_path / "pooling.gif")
    before = path.read_bytes()
    monkeypatch.setattr("os.replace", lambda *names: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        steps.save_gif(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_gif_needs_a_folder_a_name_and_a_time(tmp_path):
    steps = plotting.pooling_steps(RESPONSE)
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        steps.save_gif(tmp_path / "missing" / "pooling.gif")
    with pytest.raises(ValueError, match="ends in \".gif\", found 'pooling.png'"):
        steps.save_gif(tmp_path / "pooling.png")
    for seconds in (0, -1, "1"):
        with pytest.raises(ValueError, match="seconds must be a number"):
            steps.save_gif(tmp_path / "pooling.gif", seconds)


def test_the_player_is_one_element_without_the_network():
    player = plotting.pooling_steps(RESPONSE).player()
    element = player.to_html()
    assert element == plotting.pooling_steps(RESPONSE).player().to_html()
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', element)[1])
    links = re.findall(r"https?://[^\s\"']*", page)
    assert set(links) == {"http://www.w3.org/2000/svg"}  # the name of a format, never fetched
    assert "<script src" not in page
    assert page.count("<button") == 3
    assert 'aria-live="polite"' in page
    assert "prefers-reduced-motion" in page
    assert "row 1, column 1: max(0, 1, 3, 2) = 3" in page


@pytest.mark.parametrize("title", ["@DATA@", "@TITLE@", "<b>5 < 6</b>", "</script><!--"])
def test_a_title_is_shown_as_it_is(title):
    steps = plotting.pooling_steps(RESPONSE)
    player = Player(title, steps.player().data | {"words": title}, steps.filmstrip())
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', player.to_html())[1])
    assert f"<h1>{html.escape(title)}</h1>" in page
    data = re.search(r"^const data = (.*);$", page, re.M)[1]
    assert "<" not in data and json.loads(data)["words"] == title


def test_without_frames_or_scripts_the_filmstrip_is_left():
    element = plotting.pooling_steps(RESPONSE).player().to_html()
    without_tags = re.sub(r"</?iframe[^>]*>", "", element)
    assert without_tags.startswith('<img src="data:image/png;base64,')
    assert "max(0, 1, 3, 2) = 3" in without_tags
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', element)[1])
    assert '<noscript><img src="data:image/png;base64,' in page


@pytest.mark.parametrize(
    "image",
    [np.zeros((9, 9)), np.zeros((8, 9)), np.zeros((5, 5, 1)), np.zeros(5)],
    ids=lambda image: str(image.shape),
)
def test_larger_images_and_channels_are_refused(image):
    for make in (plotting.pooling_steps, lambda a: plotting.convolution_steps(a, VERTICAL)):
        with pytest.raises(ValueError, match=rf"up to 8x8; found the shape \({image.shape[0]}"):
            make(image)


def test_a_wide_padding_is_refused():
    with pytest.raises(ValueError, match="would have 14 on one side"):
        plotting.convolution_steps(np.zeros((8, 8)), VERTICAL, padding=3)


def test_faults_of_the_arithmetic_are_told_as_by_convolve_and_pool():
    with pytest.raises(ValueError, match="does not fit"):
        plotting.convolution_steps(VERTICAL, SMILEY)
    with pytest.raises(ValueError, match="as Keras forbids"):
        plotting.convolution_steps(SMILEY, VERTICAL, stride=2, dilation=2)
    with pytest.raises(ValueError, match="mode must be"):
        plotting.pooling_steps(RESPONSE, mode="min")


def test_a_filmstrip_names_its_rows_and_shows_the_kernel():
    strip = plotting.convolution_steps(
        np.eye(3, dtype=int), [[1, -7], [0, 1]], padding="same"
    ).filmstrip()
    words = [text.get_text() for text in strip.axes[0].texts]
    assert {"image\n(padding: grey)", "kernel", "output", "-7"} <= set(words)
    words = [
        text.get_text() for text in plotting.pooling_steps(np.eye(4)).filmstrip().axes[0].texts
    ]
    assert {"image", "window", "output"} <= set(words) and "kernel" not in words


def test_padding_under_the_window_is_no_pixel():
    data = plotting.convolution_steps(np.eye(3, dtype=int), np.eye(3), padding="same").player().data
    assert data["covered"][0][0] != data["covered"][1][1]
    assert data["covered"][0][0] == data["covered"][4][4]
