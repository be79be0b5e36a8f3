"""Pictures: figures whose alt text comes from the data, and that draw without a warning."""

import base64
import html.parser
import io

from course_utils import plotting
from course_utils.plotting.picture import PALETTE, to_html

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

pytestmark = pytest.mark.filterwarnings("error")

random = np.random.default_rng(0)
GREY = random.integers(0, 256, (5, 28, 28), np.uint8)
COLOUR = random.random((4, 20, 30, 3))
HISTORY = {
    "loss": [0.9, 0.4, 0.3],
    "accuracy": [0.7, 0.85, 0.9],
    "val_loss": [0.8, 0.5, 0.6],
    "val_accuracy": [0.72, 0.84, 0.8],
}

# Each kind of picture, drawn from two different pieces of data of the same shape.
PICTURES = {
    "show_images": lambda change: plotting.show_images(GREY[: 4 + change], title="Digits"),
    "show_images with titles": lambda change: plotting.show_images(
        GREY[:2], [f"label {change}", "label 7"]
    ),
    "show_image": lambda change: plotting.show_image(COLOUR[0, : 10 + change]),
    "show_numbers": lambda change: plotting.show_numbers([[[1, 2 + change], [3, 4]]]),
    "show_curves": lambda change: plotting.show_curves(
        {"dense": [0.9, 0.5 + change / 10, 0.7]}, title="Shift", xlabel="pixels", ylabel="accuracy"
    ),
    "show_bars": lambda change: plotting.show_bars(
        [0.1, 0.9 - change / 10], ["0", "1"], title="Digit", ylabel="probability", percent=True
    ),
    "show_history": lambda change: plotting.show_history(
        {**HISTORY, "val_loss": [0.8, 0.5, 0.6 + change]}, title="Training"
    ),
}


def draw(figure):
    """Return the picture as an image array, as drawn into its PNG."""
    return np.asarray(Image.open(io.BytesIO(figure.to_png())).convert("RGB"))


# ---- Every picture ------------------------------------------------------------------------------


@pytest.mark.parametrize("show", PICTURES.values(), ids=PICTURES)
def test_a_picture_is_a_matplotlib_figure_with_something_on_it(show):
    figure = show(0)
    assert isinstance(figure, Figure) and isinstance(figure, plotting.Picture)
    assert draw(figure).std() > 1


@pytest.mark.parametrize("show", PICTURES.values(), ids=PICTURES)
def test_alt_text_is_a_sentence_computed_from_the_data(show):
    before, after = show(0).alt, show(1).alt
    assert before.endswith(".") and len(before.split()) >= 4
    assert before != after
    assert show(0).alt == before


@pytest.mark.parametrize("show", PICTURES.values(), ids=PICTURES)
def test_the_same_data_gives_the_same_pixels(show):
    np.testing.assert_array_equal(draw(show(0)), draw(show(0)))


class Elements(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def test_html_is_one_image_with_escaped_alt_text():
    figure = plotting.show_image(GREY[0], alt='The digit "5" < 6 & a <b>')
    ((tag, attributes),) = Elements(figure.to_html()).found
    assert tag == "img"
    assert attributes["alt"] == 'The digit "5" < 6 & a <b>'
    head, data = attributes["src"].split(",")
    assert head == "data:image/png;base64"
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert image.format == "PNG"
    assert int(attributes["width"]) <= image.width  # drawn sharper than shown


def test_a_figure_of_ones_own_becomes_an_image_with_alt_text():
    figure = Figure()
    figure.subplots().plot([1, 3, 2])
    ((tag, attributes),) = Elements(to_html(figure)).found
    assert attributes["alt"] == "Line chart. From 1 at 0 to 2 at 2 and highest 3 at 1."
    assert 300 < int(attributes["width"]) < 640


def test_a_figure_without_any_axes_is_drawn():
    assert "A figure without data." in to_html(Figure())


def test_a_huge_figure_becomes_no_huge_file():
    figure = Figure(figsize=(90, 20), dpi=200)
    figure.subplots()
    head, data = Elements(to_html(figure)).found[0][1]["src"].split(",")
    assert Image.open(io.BytesIO(base64.b64decode(data))).width <= 2400


def test_ones_own_alt_text_is_kept():
    assert plotting.show_images(GREY, alt="Five digits.").alt == "Five digits."
    assert plotting.show_numbers([np.eye(2)], alt="One to one.").alt == "One to one."


# ---- Images -------------------------------------------------------------------------------------


def test_alt_of_images_says_how_many_of_what_size():
    assert plotting.show_images(GREY).alt.startswith("5 grey-level images, 28 by 28 pixels. Seen:")
    assert plotting.show_images(COLOUR).alt.startswith("4 colour images, 20 by 30 pixels. Seen:")
    assert plotting.show_image(GREY[0]).alt.startswith("One grey-level image, 28 by 28 pixels.")


def test_alt_of_a_map_in_false_colours_says_what_they_mean():
    def alt(colormap, images=(GREY[0],)):
        return plotting.show_images(images, colormap=colormap).alt

    assert "image, 28 by 28 pixels (red above zero, blue below)." in alt("RdBu_r")
    assert alt("cividis").startswith("One false-colour image")
    assert "(blue low, yellow high). Seen:" in alt("cividis")
    assert alt("cool").startswith("One false-colour image, 28 by 28 pixels. Seen:")
    assert "blue" not in alt("cividis", COLOUR)
    tiles = plotting.show_tiles(GREY, colormap="RdBu_r").alt
    assert "in 1 row (red above zero, blue below). Seen:" in tiles
    assert "blue" not in plotting.show_tiles(COLOUR).alt


def test_alt_of_images_holds_title_and_captions():
    alt = plotting.show_images(GREY[:2], ["a 5", "a 0\nfor sure"], title="Digits").alt
    start = "Digits: 2 grey-level images, 28 by 28 pixels. Captions: a 5; a 0, for sure. Seen: "
    assert alt.startswith(start)


def test_images_of_several_kinds_and_sizes():
    alt = plotting.show_images([GREY[0], COLOUR[0]]).alt
    assert alt.startswith("2 colour and grey-level images. Seen: ")


@pytest.mark.parametrize(
    "image",
    [
        GREY[0],
        GREY[0][..., None],
        GREY[0].tolist(),
        GREY[0] > 9,
        COLOUR[0],
        np.float32(COLOUR[0]),
        random.integers(0, 256, (9, 9, 4), np.uint8),
        np.zeros((1, 1)),
        random.normal(size=(1000, 1500)),
        random.normal(size=(2, 200)),
    ],
    ids="uint8 channel list bool rgb float32 rgba pixel large wide".split(),
)
def test_any_image_is_drawn(image):
    assert draw(plotting.show_image(image)).size > 0


@pytest.mark.parametrize("value", [0, 1, 255, -3.5])
@pytest.mark.parametrize("colormap", ["gray", "RdBu_r"])
def test_a_constant_image_is_drawn_in_one_colour(value, colormap):
    figure = plotting.show_image(np.full((8, 8), value), colormap=colormap)
    drawn = draw(figure)
    middle = drawn[drawn.shape[0] // 2 - 9 :, drawn.shape[1] // 2 - 9 :][:18, :18]
    assert len(np.unique(middle.reshape(-1, 3), axis=0)) == 1


def test_zero_is_white_where_colours_diverge():
    figure = plotting.show_images([np.array([[-1.0, 0, 3]])], colormap="RdBu_r", size=3)
    drawn = draw(figure).astype(int)
    row = drawn[drawn.shape[0] // 2]
    left, middle, right = (row[int(share * len(row))] for share in (0.18, 0.5, 0.82))
    assert middle.min() > 240
    assert left[2] > left[0] and right[0] > right[2]  # blue below zero, red above


def test_a_large_image_is_averaged_and_not_thinned_out():
    stripes = np.tile([0, 200], (800, 400)).astype(np.uint8)  # thinned out, it would be black
    (ax,) = plotting.show_image(stripes).axes
    drawn = ax.images[0].get_array()
    assert max(drawn.shape) <= 360 and drawn.dtype == np.uint8
    assert np.unique(drawn).size <= 2 and abs(drawn.mean() - 100) < 1
    colour = random.random((721, 5, 3))
    (ax,) = plotting.show_image(colour).axes
    np.testing.assert_allclose(ax.images[0].get_array()[0, 0], colour[:3, :3].mean(axis=(0, 1)))


# ---- The file's colours


def test_a_grey_ramp_has_no_steps():
    ramp = np.tile(np.linspace(0, 1, 300), (200, 1))
    drawn = draw(plotting.show_image(ramp, size=3)).astype(int)
    row = drawn[drawn.shape[0] // 2, 10:-10]
    assert len(np.unique(row[:, 0])) > 40
    assert np.abs(np.diff(row, axis=0)).max() < 16


def test_the_background_is_white_where_the_image_is_nearly_so():
    drawn = draw(plotting.show_images([random.normal(size=(30, 30))], colormap="RdBu_r", size=3))
    assert np.all(drawn[:3] == 255) and np.all(drawn[:, :2] == 255)


def test_small_coloured_areas_keep_their_colour():
    """A photograph takes most colours; the lines of a legend must not lose theirs."""
    figure = plotting.show_images([random.random((90, 90, 3)) * [0.1, 1, 0.1]], size=4)
    for place, colour in enumerate(PALETTE):
        figure.add_artist(Rectangle((0.1 + 0.1 * place, 0.5), 0.02, 0.015, color=colour))
    drawn = draw(figure).astype(int)
    for colour in PALETTE:
        wanted = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)])
        assert (np.abs(drawn - wanted).max(axis=2) < 40).sum() > 50, colour


def test_each_image_has_its_own_scale_unless_shared():
    dark, light = np.array([[0, 50]]), np.array([[0, 200]])

    def brightest(**options):
        figure = plotting.show_images([dark, light], **options)
        return [ax.images[0].norm.vmax for ax in figure.axes]

    assert brightest() == [50, 200]
    assert brightest(shared_scale=True) == [200, 200]


def test_images_stand_in_rows_and_columns():
    figure = plotting.show_images(GREY, columns=2)
    assert [bool(ax.images) for ax in figure.axes] == [True] * 5 + [False]
    assert figure.axes[0].get_gridspec().get_geometry() == (3, 2)


def test_a_long_title_stays_inside_the_picture():
    figure = plotting.show_image(GREY[0], title="A title that is a good deal longer than its image")
    figure.draw_without_rendering()
    box = figure._suptitle.get_window_extent()
    assert box.x0 >= 0 and box.x1 <= figure.bbox.width


@pytest.mark.parametrize(
    "image, shape",
    [
        (np.zeros(28), "(28,)"),
        (np.zeros((28, 28, 2)), "(28, 28, 2)"),
        (np.zeros((5, 28, 28)), "(5, 28, 28)"),
        (np.zeros((1, 28, 28, 1)), "(1, 28, 28, 1)"),
        (3, "()"),
    ],
)
def test_a_bad_shape_is_named_in_one_sentence(image, shape):
    with pytest.raises(ValueError) as error:
        plotting.show_image(image)
    assert shape in str(error.value) and "(H, W)" in str(error.value)


def test_one_image_where_several_are_wanted_is_named():
    with pytest.raises(ValueError, match=r"this has \(28,\)"):
        plotting.show_images(GREY[0])


def test_no_image_is_named():
    with pytest.raises(ValueError, match="no image to show"):
        plotting.show_images([])


@pytest.mark.parametrize("count", [1, 6])
def test_titles_that_do_not_match_the_images_in_number(count):
    with pytest.raises(ValueError, match=f"5 images and {count} titles"):
        plotting.show_images(GREY, ["title"] * count)
    with pytest.raises(ValueError, match=f"2 images and {count} titles"):
        plotting.show_numbers([np.eye(3)] * 2, ["title"] * count)


def test_titles_may_be_numbers_in_an_array():
    figure = plotting.show_images(GREY, np.arange(5))
    assert [ax.get_title() for ax in figure.axes] == list("01234")


# ---- Numbers ------------------------------------------------------------------------------------


def test_alt_of_numbers_reads_them_row_by_row():
    alt = plotting.show_numbers([[[0, 1], [2, 3]], [[0.5]]], ["filter", "sum"], title="By hand").alt
    assert alt == "By hand. filter: 0 1; 2 3. sum: 0.5."


def test_each_value_is_written_on_its_pixel():
    figure = plotting.show_numbers([np.arange(6).reshape(2, 3)])
    assert [text.get_text() for text in figure.axes[0].texts] == list("012345")


def test_numbers_are_dark_on_light_and_light_on_dark():
    figure = plotting.show_numbers([[[0, 255]]])
    assert [text.get_color() for text in figure.axes[0].texts] == ["white", "black"]


@pytest.mark.parametrize("shape", [(17, 3), (3,), (2, 2, 2)])
def test_patches_that_are_not_legible_are_named(shape):
    with pytest.raises(ValueError, match="16 x 16") as error:
        plotting.show_numbers([np.zeros(shape)])
    assert str(shape) in str(error.value)


# ---- Charts -------------------------------------------------------------------------------------


def test_alt_of_curves_names_ends_and_turns():
    curves = {"dense": [0.9, 0.95, 0.5], "convnet": [0.9, 0.8, 0.85]}
    figure = plotting.show_curves(
        curves, [0, 2, 4], title="Shift", xlabel="pixels", ylabel="accuracy", percent=True
    )
    assert figure.alt == (
        "Shift. Line chart of accuracy against pixels. "
        "dense: from 90.0% at 0 to 50.0% at 4 and highest 95.0% at 2. "
        "convnet: from 90.0% at 0 to 85.0% at 4 and lowest 80.0% at 2."
    )
    (ax,) = figure.axes
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("pixels", "accuracy")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["dense", "convnet"]


def test_places_in_the_alt_of_curves_are_short():
    figure = plotting.show_curves(
        {"a": [1, 2]}, [0.0282727, 20_000], title="t", xlabel="x", ylabel="y", log_x=True
    )
    assert "a: from 1 at 0.0283 to 2 at 20000." in figure.alt


def test_curves_differ_in_colour_dash_and_marker():
    curves = {str(number): [number, number + 1] for number in range(7)}
    figure = plotting.show_curves(curves, title="Many", xlabel="x", ylabel="y")
    lines = figure.axes[0].lines
    assert len({line.get_color() for line in lines}) == 7
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == 7
    draw(figure)


@pytest.mark.parametrize("options", [{"log_x": True, "log_y": True}, {"markers": False}])
def test_options_of_curves_are_drawn(options):
    figure = plotting.show_curves(
        {"a": [1, 10, 100]}, [1, 10, 100], title="t", xlabel="x", ylabel="y", **options
    )
    assert figure.axes[0].get_xscale() == ("log" if "log_x" in options else "linear")
    assert figure.axes[0].get_legend() is None  # one curve needs none
    draw(figure)


def test_a_curve_of_one_value():
    figure = plotting.show_curves({"a": [0.5]}, title="t", xlabel="x", ylabel="y", percent=True)
    assert "a: 50.0% at 1." in figure.alt
    draw(figure)


def test_alt_of_bars_holds_every_value():
    figure = plotting.show_bars(
        [0.25, 0.75], ["cat", "dog"], title="A photo", ylabel="probability", percent=True
    )
    assert figure.alt == "A photo. Bar chart of probability: cat 25.0%, dog 75.0%."
    assert [text.get_text() for text in figure.axes[0].texts] == ["25.0%", "75.0%"]


def test_the_highlighted_bar_has_another_colour():
    figure = plotting.show_bars([1, 2, 3], "abc", title="t", ylabel="y", highlight=1)
    first, second, third = (bar.get_facecolor() for bar in figure.axes[0].patches)
    assert first == third != second


def test_bars_with_the_same_label_stand_beside_each_other():
    figure = plotting.show_bars([1, 2, 3], ["a", "b", "a"], title="t", ylabel="y")
    assert [round(bar.get_x() + bar.get_width() / 2) for bar in figure.axes[0].patches] == [0, 1, 2]
    draw(figure)
    assert [tick.get_text() for tick in figure.axes[0].get_xticklabels()] == ["a", "b", "a"]


def test_bars_and_labels_that_do_not_match_in_number():
    with pytest.raises(ValueError):
        plotting.show_bars([1, 2, 3], ["a", "b"], title="t", ylabel="y")


def test_alt_of_a_history_describes_training_and_validation():
    figure = plotting.show_history(HISTORY, title="Dense network")
    assert figure.alt == (
        "Dense network. Two line charts by epoch. loss: from 0.9 at 1 to 0.3 at 3. "
        "accuracy: from 70.0% at 1 to 90.0% at 3. "
        "val_loss: from 0.8 at 1 to 0.6 at 3 and lowest 0.5 at 2. "
        "val_accuracy: from 72.0% at 1 to 80.0% at 3 and highest 84.0% at 2."
    )
    assert [len(ax.lines) for ax in figure.axes] == [2, 2]


def test_a_history_without_validation():
    record = {name: HISTORY[name] for name in ("loss", "accuracy")}
    figure = plotting.show_history(record, title="Training")
    assert "val" not in figure.alt
    assert [len(ax.lines) for ax in figure.axes] == [1, 1]
    draw(figure)


def test_a_metric_that_is_no_share_is_not_drawn_in_per_cent():
    figure = plotting.show_history({"loss": [9.0], "mae": [5.0]}, metric="mae", title="Metres")
    assert "mae: 5 at 1." in figure.alt
    draw(figure)
    assert not any("%" in tick.get_text() for tick in figure.axes[1].get_yticklabels())


@pytest.mark.parametrize("dtype", ["uint8", "int64"])
def test_a_large_image_of_whole_numbers_keeps_its_colours(dtype):
    figure = plotting.show_image(np.full((800, 800, 3), 100, dtype))
    assert np.unique(figure.axes[0].images[0].get_array()) == 100


def test_a_history_of_one_epoch():
    figure = plotting.show_history({"loss": [0.5], "accuracy": [0.9]}, title="Short")
    assert "accuracy: 90.0% at 1." in figure.alt
    draw(figure)


def test_what_fit_returns_is_a_history():
    class History:
        history = HISTORY

    assert (
        plotting.show_history(History(), title="t").alt
        == plotting.show_history(HISTORY, title="t").alt
    )


def test_another_metric_of_a_history():
    record = {"loss": [2.0, 1.0], "mae": [0.5, 0.25]}
    assert "mae: from" in plotting.show_history(record, title="t", metric="mae").alt


def test_a_history_without_the_metric_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="no 'accuracy'; it has loss"):
        plotting.show_history({"loss": [1.0, 0.5]}, title="run")


def test_bars_need_one_label_each():
    with pytest.raises(ValueError, match="2 values and 3 labels"):
        plotting.show_bars([1, 2], ["a", "b", "c"], title="counts", ylabel="number")


def test_a_line_of_chance_starts_the_axis_at_zero():
    figure = plotting.show_curves(
        {"dense": [0.9, 0.5]}, title="t", xlabel="x", ylabel="y", percent=True, chance=0.1
    )
    (ax,) = figure.axes
    assert ax.get_ylim()[0] == 0
    assert figure.alt.endswith("A horizontal line at 10.0%, chance.")
    assert "chance" in [text.get_text() for text in ax.get_legend().get_texts()]


# ---- Words of any length, letters of any kind

LONG = "words that go on and on for longer than anybody would want " * 4
DRAWN_WITH = {
    "images": lambda text: plotting.show_images(GREY[:2], [text, "b"], title=text),
    "tiles": lambda text: plotting.show_tiles(GREY[:2], [text], title=text, columns=1, width=3),
    "numbers": lambda text: plotting.show_numbers([np.eye(2)], [text], title=text),
    "curves": lambda text: plotting.show_curves(
        {text: [1, 2], "b": [2, 1]}, title=text, xlabel=text, ylabel=text
    ),
    "bars": lambda text: plotting.show_bars([1, 2], [text, "b"], title=text, ylabel=text),
    "guesses": lambda text: plotting.show_classification(
        GREY[0], [(text, 0.5), ("b", 0.25)], title=text, caption=text
    ),
}


@pytest.mark.parametrize("text", [LONG, "x" * 300, "$x^{$", "100 $ and 5 $", "图像 学习", "\\frac"])
@pytest.mark.parametrize("show", DRAWN_WITH.values(), ids=DRAWN_WITH)
def test_any_words_can_be_drawn(show, text):
    figure = show(text)
    height, width, _ = draw(figure).shape
    assert width <= 1.5 * figure.get_size_inches()[0] * 96 * 1.6
    for ax in figure.axes:
        if ax.get_visible():
            assert ax.get_position().width > 0.05 and ax.get_position().height > 0.05


@pytest.mark.parametrize("count", [1, 5, 9])
def test_no_empty_strip_is_left_below_images(count):
    black = np.zeros((20, 20))
    black[0, 0] = 1
    drawn = draw(plotting.show_images([black] * count, title="A title", columns=4))
    assert (drawn[-16:] < 200).any()


# ---- Files


def test_a_photograph_keeps_its_colours():
    """A sky that goes from one blue to the next has no steps."""
    sky = np.zeros((300, 300, 3), np.uint8)
    sky[..., 2] = np.linspace(90, 200, 300)[:, None]
    sky[..., 1] = np.linspace(40, 120, 300)
    sky[..., 0] = np.linspace(0, 60, 300) * np.linspace(0, 1, 300)[:, None]
    head, data = Elements(plotting.show_image(sky).to_html()).found[0][1]["src"].split(",")
    assert head == "data:image/webp;base64"
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")).astype(int)
    column = shown[40:-40, shown.shape[1] // 2, 2]
    assert np.abs(np.diff(column)).max() <= 5 and len(np.unique(column)) > 40


def test_a_chart_is_a_small_file_with_a_palette():
    figure = PICTURES["show_curves"](0)
    head, data = Elements(figure.to_html()).found[0][1]["src"].split(",")
    assert head == "data:image/png;base64" and len(data) < 40_000
    assert Image.open(io.BytesIO(base64.b64decode(data))).mode == "P"


def test_a_history_with_gaps_is_still_in_per_cent():
    record = {"loss": [1, np.nan, 0.5], "accuracy": [0.5, np.nan, 0.75]}
    words = plotting.show_history(record, title="A gap").alt
    assert "accuracy: from 50.0% at 1 to 75.0% at 3, 1 of 3 values missing." in words
