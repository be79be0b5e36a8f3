"""Expected numbers: bands, verdicts, and the lectures' numbers beside the models' real ones."""

from course_utils import expected, models
from course_utils.datasets import loader
from course_utils.datasets.catalogue import TITLES

import numpy as np
import pytest

BANDS = ("full_real", "full_standin", "quick_real", "quick_standin")
ENTRIES = {
    f"{group}.{key}": entry
    for group, entries in expected._entries().items()
    for key, entry in entries.items()
}
EXACT = {name: entry for name, entry in ENTRIES.items() if "data" not in entry}
BANDED = {name: entry for name, entry in ENTRIES.items() if "data" in entry}

EXAMPLE = {
    "dense": {
        "parameters": {"title": "Parameters", "lecture": 407_050, "source": "002"},
        "accuracy": {
            "title": "Test accuracy",
            "lecture": 0.978,
            "source": "002, 004",
            "percent": True,
            "data": "mnist",
            "full_real": [0.97, 0.985],
            "full_standin": [0.86, 0.96],
            "quick_real": [0.88, 0.94],
            "quick_standin": [0.80, 0.95],
        },
        "shifted": {
            "title": "Accuracy after a shift",
            "says": "falls <fast>",
            "source": "000",
            "percent": True,
            "data": "mnist",
            **dict.fromkeys(BANDS, [0.1, 0.5]),
        },
    }
}


@pytest.fixture(autouse=True)
def example(monkeypatch):
    """A small `expected.toml`, nothing compared yet, and MNIST loaded for real."""
    monkeypatch.setattr(expected, "_entries", lambda: EXAMPLE)
    monkeypatch.setattr(expected, "_compared", {})
    monkeypatch.setattr(loader, "_sources", {"mnist": "real"})
    monkeypatch.setenv("COURSE_PROFILE", "full")


# ---- compare ------------------------------------------------------------------------------------


def test_a_value_inside_is_printed_with_lecture_band_and_verdict(capsys):
    expected.compare("dense.accuracy", np.float32(0.981))
    assert capsys.readouterr().out.splitlines() == [
        "Test accuracy: 98.1%",
        "  lecture 002, 004: 97.8%",
        "  expected here: 97.0% to 98.5% -> as expected",
    ]


@pytest.mark.parametrize("value", [0.9699, 0.9851, float("nan")])
def test_a_value_outside_raises_after_it_is_printed(capsys, value):
    with pytest.raises(AssertionError, match="Test accuracy is .*, outside 97.0% to 98.5%"):
        expected.compare("dense.accuracy", value)
    assert "-> outside" in capsys.readouterr().out


@pytest.mark.parametrize("value", [0.97, 0.985])
def test_the_ends_of_a_band_belong_to_it(value):
    expected.compare("dense.accuracy", value)
    assert len(expected.table().rows) == 1


def test_an_exact_entry_takes_the_lectures_value_only(capsys):
    expected.compare("dense.parameters", 407_050)
    assert "expected here: 407,050 -> as expected" in capsys.readouterr().out
    with pytest.raises(AssertionError, match="Parameters is 407,051, outside 407,050"):
        expected.compare("dense.parameters", 407_051)


def test_where_the_lecture_gives_no_number_its_words_are_printed(capsys):
    expected.compare("dense.shifted", 0.3)
    assert "lecture 000: falls <fast>" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["dense.loss", "dense", "sparse.accuracy", "dense.accuracy.x", ""])
def test_an_unknown_name_lists_the_known(name):
    with pytest.raises(ValueError) as error:
        expected.compare(name, 1)
    assert repr(name) in str(error.value)
    assert "dense.parameters, dense.accuracy, dense.shifted" in str(error.value)


@pytest.mark.parametrize(
    "profile, source, band",
    [
        ("full", "real", "97.0% to 98.5%"),
        ("demo", "real", "97.0% to 98.5%"),
        ("quick", "real", "88.0% to 94.0%"),
        ("full", "stand-in", "86.0% to 96.0%"),
        ("demo", "stand-in", "86.0% to 96.0%"),
        ("quick", "stand-in", "80.0% to 95.0%"),
    ],
)
def test_the_band_is_that_of_profile_and_data(monkeypatch, capsys, profile, source, band):
    monkeypatch.setenv("COURSE_PROFILE", profile)
    monkeypatch.setattr(loader, "_sources", {"mnist": source})
    with pytest.raises(AssertionError):
        expected.compare("dense.accuracy", 0.5)
    assert f"expected here: {band} -> outside" in capsys.readouterr().out


@pytest.mark.parametrize("value, band", [(0.975, "97.0% to 98.5%"), (0.9, "88.0% to 94.0%")])
def test_the_demo_profile_expects_a_checkpoint_or_a_brief_training(
    monkeypatch, capsys, value, band
):
    monkeypatch.setenv("COURSE_PROFILE", "demo")
    monkeypatch.setattr(loader, "_sources", {"mnist": "real"})
    expected.compare("dense.accuracy", value)
    assert f"expected here: {band} -> as expected" in capsys.readouterr().out


def test_a_band_needs_its_data_loaded(monkeypatch):
    monkeypatch.setattr(loader, "_sources", {})
    with pytest.raises(ValueError, match="'mnist' has not been loaded"):
        expected.compare("dense.accuracy", 0.97)


# ---- table --------------------------------------------------------------------------------------


def test_the_table_holds_the_last_comparison_of_each_name():
    for value in (0.3, 0.4):
        expected.compare("dense.shifted", value)
    with pytest.raises(AssertionError):
        expected.compare("dense.parameters", 1)
    assert expected.table().rows == [
        ("Accuracy after a shift", "40.0%", "falls <fast> (000)", "10.0% to 50.0%: as expected"),
        ("Parameters", "1", "407,050 (002)", "407,050: outside"),
    ]


def test_the_table_is_shown_as_html_and_as_text():
    expected.compare("dense.shifted", 0.3)
    table = expected.table()
    assert "falls &lt;fast&gt; (000)" in table._repr_html_()
    assert table._repr_html_().count("<tr>") == 2
    assert repr(table).splitlines()[0] == "what | here | lecture | expected"


# ---- expected.toml ------------------------------------------------------------------------------


def test_there_are_exact_and_banded_entries():
    assert EXACT and BANDED


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_has_title_source_and_the_lectures_value_or_words(name):
    entry = ENTRIES[name]
    assert entry["title"] and entry["title"][0].isupper()
    for lecture in entry["source"].split(", "):
        assert lecture in {"000", "001", "002", "003", "004"}
    assert ("lecture" in entry) != ("says" in entry)
    known = {"title", "lecture", "says", "source", "percent", "data", "why", *BANDS}
    assert set(entry) <= known


@pytest.mark.parametrize("name", EXACT)
def test_an_exact_entry_has_a_number_and_no_band(name):
    entry = EXACT[name]
    assert isinstance(entry["lecture"], float if entry.get("percent") else (int, float))
    assert not set(entry) & set(BANDS)


@pytest.mark.parametrize("name", BANDED)
def test_a_banded_entry_has_four_bands_of_a_known_data_set(name):
    entry = BANDED[name]
    used = entry["data"] if isinstance(entry["data"], list) else [entry["data"]]
    assert set(used) <= {*TITLES, "imagenet"}
    for band in BANDS:
        low, high = entry[band]
        assert low <= high


@pytest.mark.parametrize("name", [name for name in BANDED if "lecture" in BANDED[name]])
def test_the_full_band_on_real_data_holds_the_lectures_value(name):
    """Where it does not, `why` must say in words why the course's number differs."""
    entry = BANDED[name]
    low, high = entry["full_real"]
    assert low <= entry["lecture"] <= high or entry.get("why")


def parameters():
    return [name for name in EXACT if name.endswith(".parameters")]


@pytest.mark.parametrize("name", [n for n in parameters() if hasattr(models, n.split(".")[0])])
def test_parameters_are_those_of_the_model(name):
    model = getattr(models, name.split(".")[0])()
    assert EXACT[name]["lecture"] == model.count_params()


def test_the_models_of_the_first_notebooks_are_among_them():
    wanted = {"dense_mnist", "convnet_mnist", "convolutional_base", "convnet_dense_head"}
    assert wanted <= {name.split(".")[0] for name in parameters()}


@pytest.mark.parametrize(
    "name, value",
    [
        ("convolution.parameters", (3 * 3 * 3 + 1) * 100),
        ("convolution.bytes", 100 * 100 * 100 * 4),
        ("convolution.multiplications", 100 * 100 * 100 * 3 * 3 * 3),
    ],
)
def test_the_arithmetic_of_lecture_003(name, value):
    assert EXACT[name]["lecture"] == value
