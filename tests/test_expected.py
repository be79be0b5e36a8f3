"""Expected numbers: bands, verdicts, and the lectures' numbers beside the models' real ones."""

import json

from course_utils import checkpoints, expected, models
from course_utils.datasets import loader
from course_utils.datasets.catalogue import GENERATED, TITLES

import numpy as np
import pytest
import seeds

BANDS = ("full_real", "full_standin", "quick_real", "quick_standin")
ENTRIES = {
    f"{group}.{key}": entry
    for group, entries in expected._entries().items()
    for key, entry in entries.items()
}
MEASURED = expected._measured()
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
            "training": "dense",
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
    """A small `expected.toml`, nothing compared yet, MNIST loaded for real, a reader's kernel."""
    monkeypatch.setattr(expected, "_entries", lambda: EXAMPLE)
    monkeypatch.setattr(expected, "_measured", lambda: {"dense.accuracy": 0.9764})
    monkeypatch.setattr(expected, "_runs", {})
    monkeypatch.setattr(checkpoints, "_changes", {"dense": []})
    monkeypatch.setattr(loader, "_sources", {"mnist": "real"})
    monkeypatch.setenv("COURSE_PROFILE", "full")
    monkeypatch.delenv("COURSE_STRICT", raising=False)


@pytest.fixture
def strict(monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "1")


# ---- compare ------------------------------------------------------------------------------------


def test_a_value_stands_beside_the_courses_and_the_lectures(capsys):
    expected.compare("dense.accuracy", np.float32(0.981))
    assert capsys.readouterr().out == (
        "Test accuracy: yours 98.1%, the course 97.6%, lecture 002, 004: 97.8% -> as expected\n"
    )


OUTSIDE = {0.9699: "below 97.0% to 98.5%", 0.9851: "above 97.0% to 98.5%"}
OUTSIDE[float("nan")] = "not a number"


@pytest.mark.parametrize("value", OUTSIDE)
def test_in_a_readers_kernel_a_value_outside_is_told_and_never_raises(capsys, value):
    expected.compare("dense.accuracy", value)
    assert capsys.readouterr().out.endswith(f"-> {OUTSIDE[value]}\n")


@pytest.mark.parametrize("value", OUTSIDE)
def test_in_the_tests_a_value_outside_raises_after_it_is_printed(strict, capsys, value):
    with pytest.raises(AssertionError, match=f"Test accuracy is .*, {OUTSIDE[value]}"):
        expected.compare("dense.accuracy", value)
    assert f"-> {OUTSIDE[value]}" in capsys.readouterr().out


@pytest.mark.parametrize("value", [0.97, 0.985])
def test_the_ends_of_a_band_belong_to_it(strict, value):
    expected.compare("dense.accuracy", value)
    assert len(expected.table().rows) == 1


def test_an_exact_entry_takes_the_lectures_value_only(capsys, monkeypatch):
    expected.compare("dense.parameters", 407_050)
    assert capsys.readouterr().out == (
        "Parameters: yours 407,050, lecture 002: 407,050 -> as expected\n"
    )
    expected.compare("dense.parameters", 407_051)
    assert "yours 407,051" in (said := capsys.readouterr().out)
    assert said.endswith("-> not the same: expected 407,050\n")
    monkeypatch.setenv("COURSE_STRICT", "1")
    with pytest.raises(AssertionError, match="Parameters is 407051"):
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
    expected.compare("dense.accuracy", 0.5)
    assert f"-> below {band}" in capsys.readouterr().out


def test_the_run_of_the_course_itself_is_the_courses_number(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COURSE_USED", str(tmp_path / "used.jsonl"))
    expected.compare("dense.accuracy", 0.98)
    assert "yours 98.0%, the course 98.0%" in capsys.readouterr().out
    line = json.loads((tmp_path / "used.jsonl").read_text())
    assert line == {"measured": {"name": "dense.accuracy", "value": 0.98}}


# ---- What the reader changed --------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed, words",
    [
        (["model"], "no verdict, since your model is not the course's"),
        (["epochs"], "no verdict, since your epochs are not the course's"),
        (["model", "data"], "no verdict, since your model and data are not the course's"),
    ],
)
def test_what_the_reader_changed_is_said_and_there_is_no_verdict(
    monkeypatch, capsys, changed, words
):
    monkeypatch.setattr(checkpoints, "_changes", {"dense": changed})
    for value in (0.98, 0.1):
        expected.compare("dense.accuracy", value)
        assert capsys.readouterr().out.endswith(f"-> {words}\n")


def test_a_training_under_another_name_gets_no_verdict(monkeypatch, capsys):
    monkeypatch.setattr(checkpoints, "_changes", {})
    expected.compare("dense.accuracy", 0.98)
    assert "no verdict, since your model is not" in capsys.readouterr().out


def test_a_readers_own_data_set_gets_no_verdict(monkeypatch, capsys):
    monkeypatch.setattr(loader, "_sources", {})
    expected.compare("dense.accuracy", 0.5)
    assert "no verdict, since your data are not" in capsys.readouterr().out


def test_in_the_tests_a_band_needs_its_data_loaded(strict, monkeypatch):
    monkeypatch.setattr(loader, "_sources", {})
    with pytest.raises(ValueError, match="'mnist' has not been loaded"):
        expected.compare("dense.accuracy", 0.97)


# ---- table --------------------------------------------------------------------------------------


def test_each_run_with_another_number_adds_a_row_to_the_table():
    for value in (0.98, 0.98, 0.90):
        expected.compare("dense.accuracy", value)
    expected.compare("dense.shifted", 0.3)
    lecture = "lecture 002, 004: 97.8%"
    assert expected.table().rows == [
        ("Test accuracy", "98.0%", "97.6%", lecture, "as expected"),
        ("Test accuracy, run 2", "90.0%", "97.6%", lecture, "below 97.0% to 98.5%"),
        ("Accuracy after a shift", "30.0%", "", "lecture 000: falls <fast>", "as expected"),
    ]


def test_the_table_is_shown_as_html_and_as_text():
    expected.compare("dense.shifted", 0.3)
    table = expected.table()
    assert "falls &lt;fast&gt;" in table._repr_html_()
    assert table._repr_html_().count("<tr>") == 2
    assert repr(table).splitlines()[0] == "what | yours | the course | lecture | verdict"


def test_where_nothing_is_known_there_is_no_verdict(strict, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    monkeypatch.delitem(EXAMPLE["dense"]["accuracy"], "quick_real")
    expected.compare("dense.accuracy", 0.375)
    assert "-> no verdict, since so little data proves nothing" in capsys.readouterr().out


# ---- measured.json ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MEASURED)
def test_a_measured_number_is_of_an_entry_and_inside_its_band(name):
    low, high = ENTRIES[name]["full_real"]
    assert low - 0.001 <= MEASURED[name] <= high + 0.001


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
    known = {"title", "lecture", "says", "source", "percent", "data", "training", "why", *BANDS}
    assert set(entry) <= known


@pytest.mark.parametrize("name", EXACT)
def test_an_exact_entry_has_a_number_and_no_band(name):
    entry = EXACT[name]
    assert isinstance(entry["lecture"], float if entry.get("percent") else (int, float))
    assert not set(entry) & set(BANDS)


@pytest.mark.parametrize("name", BANDED)
def test_a_banded_entry_has_bands_of_a_known_data_set(name):
    entry = BANDED[name]
    used = entry["data"] if isinstance(entry["data"], list) else [entry["data"]]
    assert set(used) <= {*TITLES, *GENERATED, "imagenet"}
    assert "full_real" in entry
    for low, high in (entry[band] for band in BANDS if band in entry):
        assert low <= high


@pytest.mark.parametrize("name", [name for name in BANDED if "lecture" in BANDED[name]])
def test_the_full_band_on_real_data_holds_the_lectures_value(name):
    """Where it does not, `why` must say in words why the course's number differs."""
    entry = BANDED[name]
    low, high = entry["full_real"]
    assert low <= entry["lecture"] <= high or entry.get("why")


@pytest.mark.parametrize(
    "band, name", [(band, name) for band, group in seeds.read().items() for name in group]
)
def test_a_band_is_that_of_its_runs(band, name):
    values = seeds.read()[band][name]
    assert len(values) >= 3
    expected_band = seeds.band_of(values, bool(ENTRIES[name].get("percent")))
    assert ENTRIES[name].get(band) == (expected_band and list(expected_band))


@pytest.mark.parametrize(
    "values, percent, band",
    [
        ([0.9, 0.92, 0.91], True, (0.88, 0.94)),
        ([0.99, 0.97, 0.98], True, (0.95, 1.0)),  # a share ends at 1
        ([0.0, 0.01, 0.0], True, (0.0, 0.02)),
        ([0.5, 0.5, 0.5], True, (0.49, 0.51)),  # no spread is luck
        ([0.3, 0.6, 0.5], True, None),  # wider than half of what a share can be
        ([2.0, 3.0, 4.0], False, (0.0, 6.0)),
    ],
)
def test_a_band_is_three_times_as_wide_as_the_spread(values, percent, band):
    assert seeds.band_of(values, percent) == band


def parameters():
    return [name for name in EXACT if name.endswith(".parameters")]


@pytest.mark.parametrize(
    "name", [n for n in parameters() if callable(getattr(models, n.split(".")[0], None))]
)
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
