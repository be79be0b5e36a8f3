"""The alt text of any matplotlib figure says what is drawn, and never fails."""

import html
import warnings

from course_utils import plotting
from course_utils.plotting import alt, raster

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from matplotlib.figure import Figure

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def ax():
    return Figure().subplots()


def say(ax):
    return alt.describe(ax.figure)


def square(top, left, size=8, side=24):
    image = np.zeros((side, side))
    image[top : top + size, left : left + size] = 1
    return image


# ---- Lines, bars, points


def test_a_line_has_ends_and_turns(ax):
    ax.plot([1, 3, 2])
    assert say(ax) == "Line chart. From 1 at 0 to 2 at 2 and highest 3 at 1."


def test_lines_have_names_axes_and_a_title(ax):
    ax.plot([1, 2], [0.5, 0.9], label="training")
    ax.plot([1, 2], [0.4, 0.6], "--", label="validation")
    ax.axhline(0.1, label="chance")
    ax.set(title="Accuracy", xlabel="epoch", ylabel="share", yticks=[0, 1])
    ax.yaxis.set_major_formatter("{x:.0%}")
    ax.legend()
    assert say(ax) == (
        "Accuracy. Line chart of share against epoch. training: from 50.0% at 1 to 90.0% at 2. "
        "validation: from 40.0% at 1 to 60.0% at 2. A horizontal line at 10.0%, chance."
    )


def test_missing_values_of_a_line_are_counted(ax):
    ax.plot([1, np.nan, 2])
    assert "1 of 3 values missing" in say(ax)
    ax.clear()
    ax.plot([np.nan])
    assert "No values, 1 of 1 values missing." in say(ax)


def test_bars_have_names_and_values(ax):
    ax.bar(["cat", "dog"], [0.25, 0.75])
    ax.set_ylabel("probability")
    assert say(ax) == "Bar chart of probability: cat 0.25, dog 0.75."
    ax.clear()
    ax.barh([0, 1], [1234, 2], tick_label=["a", "b"])
    assert say(ax) == "Bar chart: a 1,234, b 2."


def test_bars_side_by_side_have_the_names_of_their_group(ax):
    ax.bar([0, 1], [1, 2], 0.4, label="before")
    ax.bar([0.4, 1.4], [3, 4], 0.4, label="after")
    assert "before: 0 1, 1 2. after: 0.4 3, 1.4 4." in say(ax)


def test_a_histogram_says_its_range_its_peak_and_its_middle(ax):
    ax.hist([0, 1, 1, 1, 2, 3, 4], bins=[0, 1, 2, 3, 4, 5])
    ax.set_xlabel("errors")
    assert say(ax) == (
        "Histogram of errors: 5 bins from 0 to 5; the fullest from 1 to 2 holds 43%; "
        "half of all lie below 2."
    )


def test_points_have_a_number_ranges_and_a_trend(ax):
    x = np.arange(10)
    ax.scatter(x, 9 - x, label="photos")
    ax.set(xlabel="size", ylabel="error")
    assert say(ax) == (
        "Scatter chart of error against size. photos: 10 points, size from 0 to 9, "
        "error from 0 to 9, one falling as the other rises."
    )


def test_a_pie_has_shares(ax):
    ax.pie([1, 3], labels=["cat", "dog"])
    assert say(ax) == "Pie chart: cat 25%, dog 75%."


# ---- Images


@pytest.mark.parametrize(
    "image, words",
    [
        (square(8, 8), "dark, bright in the centre"),
        (square(0, 0), "dark, bright at the top left"),
        (square(8, 16), "dark, bright on the right"),
        (square(16, 8), "dark, bright at the bottom"),
        (1 - square(8, 8), "bright, dark in the centre"),
        (1 - square(1, 1, size=22), "dark, bright around the centre"),
        (np.indices((24, 24)).sum(axis=0) % 2, "medium bright all over"),
    ],
)
def test_what_an_image_looks_like(image, words):
    assert alt.describe_looks([image], limits=(0, 1)) == f"Seen: {words}."


def test_a_colour_map_is_seen_as_it_is_drawn():
    assert "bright, dark in the centre" in alt.describe_looks([square(8, 8)], "binary")
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    assert alt.describe_looks([sobel], "RdBu_r") == "Seen: red on the right and blue on the left."
    assert alt.describe_looks([sobel], "RdBu") == "Seen: blue on the right and red on the left."


def test_the_colour_of_most_of_a_photograph_is_named():
    grass = np.zeros((30, 30, 3), np.uint8) + np.array([10, 80, 20], np.uint8)
    assert "mostly green, dark all over" in alt.describe_looks([grass])
    assert "mostly" not in alt.describe_looks([np.full((30, 30, 3), 99, np.uint8)])


def test_how_images_differ():
    moved = [square(8, left) for left in (0, 8, 16)]
    assert alt.describe_looks(moved) == (
        "Seen: image 1 is dark, bright on the left; image 2 is dark, bright in the centre; "
        "image 3 is dark, bright on the right; they differ most across the middle."
    )
    assert alt.describe_looks([square(8, 8)] * 9) == (
        "Seen: all are dark, bright in the centre; they look alike."
    )
    many = [square(8, 8)] * 7 + [square(0, 0)]
    assert "7 are dark, bright in the centre; 1 is dark, bright at the top left" in (
        alt.describe_looks(many)
    )


@given(
    arrays.arrays(np.float64, (12, 12), elements=st.floats(0, 1)),
    st.sampled_from(["gray", "cividis", "RdBu_r", "binary"]),
)
def test_what_is_seen_is_one_sentence(image, colormap):
    words = alt.describe_looks([image, image[::-1]], colormap)
    assert words.startswith("Seen: ") and words.count(".") == 1 and words.endswith(".")


def test_subplots_of_images_are_one_gallery():
    figure = Figure()
    for number, ax in enumerate(figure.subplots(2, 2).flat):
        ax.imshow(square(8, 4 * number), cmap="gray")
        ax.set_title(f"digit {number}")
    figure.suptitle("Digits")
    words = alt.describe(figure)
    assert words.startswith(
        "Digits: 4 grey-level images, 24 by 24 pixels. Captions: digit 0; digit 1; digit 2; "
    )
    assert words.count("Seen:") == 1


def test_the_numbers_on_a_small_table_are_read_row_by_row(ax):
    table = np.array([[5, 1], [0, 4]])
    ax.imshow(table)
    for (row, column), value in np.ndenumerate(table):
        ax.text(column, row, value)
    assert "Written on it, row by row: 5 1; 0 4." in say(ax)


def test_a_colour_bar_is_no_panel(ax):
    ax.figure.colorbar(ax.imshow(square(0, 0)))
    assert "panel" not in say(ax)


# ---- Panels, formulas, and everything else


def test_panels_are_told_one_after_the_other():
    figure = Figure()
    left, right = figure.subplots(1, 2)
    left.plot([1, 2])
    left.set_title("loss")
    right.bar(["a"], [1])
    assert alt.describe(figure) == (
        "2 panels. Panel 1: loss. Line chart. From 1 at 0 to 2 at 1. Panel 2: Bar chart: a 1."
    )


def test_a_formula_is_read_without_its_signs(ax):
    ax.plot([1, 2], label=r"$x^2$")
    ax.set_title("Chinese 图, and $n$")
    assert say(ax).startswith("Chinese 图, and n. Line chart. x^2: from 1")


def test_a_figure_without_anything():
    figure = Figure()
    assert alt.describe(figure) == "A figure without data."
    figure.text(0, 0, "Words alone")
    assert alt.describe(figure) == "Words alone."


numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True, width=32), st.integers(-(10**6), 10**6)
)
series = st.lists(numbers, min_size=0, max_size=30)
labels = st.text(max_size=30)
DRAW = {
    "plot": lambda ax, a, b, label: ax.plot(a, label=label),
    "points": lambda ax, a, b, label: ax.plot(a, "o", label=label),
    "bar": lambda ax, a, b, label: ax.bar(range(len(a)), a, label=label),
    "names": lambda ax, a, b, label: ax.barh([f"{label}{n}" for n in range(len(a))], a),
    "hist": lambda ax, a, b, label: ax.hist(np.float32(np.isfinite(a)), bins=5),
    "steps": lambda ax, a, b, label: ax.hist(range(len(a)), histtype="step", label=label),
    "stairs": lambda ax, a, b, label: ax.stairs(a) if a else None,
    "scatter": lambda ax, a, b, label: ax.scatter(a, a[::-1], label=label),
    "image": lambda ax, a, b, label: ax.imshow(b),
    "mesh": lambda ax, a, b, label: ax.pcolormesh(b),
    "colour": lambda ax, a, b, label: ax.imshow(np.clip(np.nan_to_num(np.dstack([b] * 3)), 0, 1)),
    "text": lambda ax, a, b, label: ax.text(0, 0, label),
    "lines": lambda ax, a, b, label: (ax.axvline(2, label=label), ax.axline((0, 0), slope=1)),
    "area": lambda ax, a, b, label: ax.fill_between(range(len(a)), np.nan_to_num(a)),
    "error": lambda ax, a, b, label: ax.errorbar(range(len(a)), a, yerr=1, label=label),
    "box": lambda ax, a, b, label: ax.boxplot(a) if len(a) else None,
    "pie": lambda ax, a, b, label: ax.pie([1, 2], labels=[label, "b"]),
    "arrows": lambda ax, a, b, label: ax.quiver(b, b),
    "contour": lambda ax, a, b, label: ax.contour(np.nan_to_num(b, posinf=0, neginf=0)),
    "dates": lambda ax, a, b, label: ax.plot(np.arange(len(a), dtype="datetime64[D]"), a),
    "twin": lambda ax, a, b, label: ax.twinx().plot(a),
    "log": lambda ax, a, b, label: ax.semilogy(a),
    "hidden": lambda ax, a, b, label: ax.set_axis_off(),
}


@settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    max_examples=120,
    phases=[Phase.generate],  # to shrink what draws takes minutes
)
@given(
    st.lists(st.sampled_from(sorted(DRAW)), max_size=4),
    series,
    arrays.arrays(np.float32, arrays.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6)),
    labels,
    st.integers(1, 3),
)
def test_any_figure_has_words(kinds, values, table, label, panels):
    figure = Figure()
    axes = figure.subplots(1, panels, squeeze=False)[0]
    warnings.simplefilter("ignore")  # matplotlib's own, of infinite values and empty axes
    for number, kind in enumerate(kinds):
        try:
            DRAW[kind](axes[number % panels], values, table, label)
        except (ValueError, TypeError, OverflowError, IndexError, ZeroDivisionError):
            pass  # matplotlib itself refuses it
    figure.suptitle(label)
    words = alt.describe(figure)
    assert words and "\n" not in words
    assert words == alt.describe(figure)


def test_charts_on_a_sphere_and_in_space_have_words():
    figure = plt.figure()
    figure.add_subplot(121, projection="polar").plot([1, 2], [3, 4])
    figure.add_subplot(122, projection="3d").plot([1, 2], [3, 4], [5, 6])
    assert "Three-dimensional chart" in alt.describe(figure)
    plt.close(figure)


# ---- Rasters


@pytest.mark.parametrize(
    "image, brightest",
    [
        (np.array([[[0.0, 0.5, 1.0]]]), 1),
        (np.array([[[0.0, 128.0, 255.0]]]), 255),
        (np.array([[[0, 128, 255]]]), 255),
        (np.array([[[-1.0, 0.0, 1.0]]]), 1),
        (np.array([[[-0.05, 0.5, 1.08]]]), 1),
    ],
)
def test_the_range_of_colours_is_recognised(image, brightest):
    (drawn,) = raster.to_colours([image])
    assert drawn.min() == 0 and drawn.max() == brightest
    assert abs(drawn[0, 0, 1] / brightest - 0.5) < 0.01


def test_a_dark_image_has_the_range_of_its_neighbours():
    dark, light = raster.to_colours([np.full((2, 2, 3), 1.0), np.full((2, 2, 3), 200.0)])
    assert dark.max() == 1 and light.max() == 200 and dark.dtype == np.uint8


def test_colours_prepared_for_a_network_are_named():
    with pytest.raises(ValueError, match="from -124 to 151: undo"):
        raster.to_colours([np.array([[[-124.0, 0.0, 151.0]]])])


def test_what_is_no_number_is_said_in_one_sentence():
    image = np.ones((2, 3))
    image[0, 0] = np.nan
    with pytest.raises(ValueError, match="1 of the 6 values of an image are NaN or infinite"):
        raster.to_image(image)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 12), st.integers(1, 5))
def test_tiles_come_back_from_their_places(height, width, count, columns):
    images = np.arange(count * height * width).reshape(count, height, width)
    page = raster.tile(images, columns, gap=2, fill=-1)
    for place, image in enumerate(images):
        top, left = raster.tile_place(place, columns, (height, width), 2)
        np.testing.assert_array_equal(page[top : top + height, left : left + width], image)
    assert (page >= 0).sum() == images.size


def test_matplotlib_is_left_without_open_figures():
    assert not matplotlib.pyplot.get_fignums()


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("$x^2$ and $\\alpha_1$", "x^2 and alpha_1"),
        ("$5 and $6", "$5 and $6"),
        ("from $5 to $10", "from $5 to $10"),
        ("100 $", "100 $"),
        (r"\$3", "$3"),
        ("C:\\new", "C:\\new"),
        ("猫 и кот", "猫 и кот"),
        ("$x^{2", "$x^{2"),
    ],
)
def test_a_formula_loses_its_signs_and_money_keeps_its_own(label, words):
    assert alt._clean(label) == words
    picture = plotting.show_bars([1], [label], title=label, ylabel="y")
    assert words in picture.alt and html.escape(words) in picture.to_html()
