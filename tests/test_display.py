"""Figures in a notebook: each is shown once, with alt text, whoever draws it."""

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = {
    "show": "plt.plot([1, 2])\nplt.show()",
    "left open": "plt.bar(['a', 'b'], [1, 2]);",
    "value": "fig, ax = plt.subplots()\nax.plot([1, 2])\nfig",
    "display": "fig, ax = plt.subplots()\ndisplay(fig)\nax.plot([1, 2])",
    "closed": "plt.plot([1])\nplt.close()",
    "two": "for n in (1, 2): plt.figure(); plt.plot([n])\nplt.show()\nplt.get_fignums()",
    "helper": "plotting.show_image([[0, 1]])",
    "helper twice": "p = plotting.show_image([[0, 1]])\ndisplay(p)\np",
    "letters": "plt.title('图 \\U0001F63A'); plt.plot([1, 2]); plt.show()",
    "own words": "plt.plot([1]); plt.gcf().alt = 'One point & more.'; plt.show()",
    "formula": "plotting.show_image([[0, 1]], title='$x^{$')",
    "colours": "plt.rcParams['image.cmap']",
    "steps": "plotting.pooling_steps([[1, 2], [3, 4]])",
}


@pytest.fixture(scope="module")
def outputs():
    """Run all cells in one kernel; return the outputs of each."""
    first = "import matplotlib.pyplot as plt\nfrom course_utils import plotting"
    cells = [nbformat.v4.new_code_cell(source) for source in (first, *CELLS.values())]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3").execute()
    return dict(zip(CELLS, [cell.outputs for cell in notebook.cells[1:]], strict=True))


def pictures(outputs):
    """Return the plain words of each picture, which are its alt text, and check the rest."""
    words = []
    for output in outputs:
        assert output.output_type != "stream", output
        if "text/html" in output.get("data", {}):
            assert set(output.data) == {"text/html", "text/plain"}
            assert output.data["text/html"].startswith("<img src=")
            words.append(output.data["text/plain"])
    return words


def test_what_pyplot_shows_has_alt_text(outputs):
    assert pictures(outputs["show"]) == ["Line chart. From 1 at 0 to 2 at 1."]


def test_a_figure_left_open_is_shown_at_the_end_of_the_cell(outputs):
    assert pictures(outputs["left open"]) == ["Bar chart: a 1, b 2."]


def test_a_figure_as_a_value_is_shown_once(outputs):
    assert pictures(outputs["value"]) == ["Line chart. From 1 at 0 to 2 at 1."]


def test_a_figure_that_was_drawn_on_after_its_display_is_shown_again(outputs):
    assert pictures(outputs["display"]) == [
        "A figure without data.",
        "Line chart. From 1 at 0 to 2 at 1.",
    ]


def test_a_closed_figure_is_not_shown(outputs):
    assert not outputs["closed"]


def test_figures_are_shown_one_after_the_other_and_closed(outputs):
    assert pictures(outputs["two"]) == ["Line chart. 1 at 0.", "Line chart. 2 at 0."]
    assert outputs["two"][-1].data["text/plain"] == "[]"


def test_a_picture_of_a_helper_is_shown_as_often_as_asked(outputs):
    assert len(pictures(outputs["helper"])) == 1
    assert len(pictures(outputs["helper twice"])) == 2


def test_letters_that_no_font_has_raise_no_warning(outputs):
    assert pictures(outputs["letters"]) == ["图 😺. Line chart. From 1 at 0 to 2 at 1."]


def test_ones_own_words_are_kept(outputs):
    assert pictures(outputs["own words"]) == ["One point & more."]


def test_the_words_on_a_picture_are_no_formula(outputs):
    (words,) = pictures(outputs["formula"])
    assert words.startswith("$x^{$: One grey-level image")


def test_the_colours_are_those_of_the_course(outputs):
    assert outputs["colours"][0].data["text/plain"] == "'cividis'"


def test_steps_are_shown_as_their_filmstrip(outputs):
    assert len(pictures(outputs["steps"])) == 1
