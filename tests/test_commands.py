"""The command `prefetch`: what it prints, and what its exit status says."""

from course_utils import applications, datasets
from course_utils.__main__ import main

import pytest


@pytest.fixture
def asked(monkeypatch, data_folder):
    """Count what is fetched; "malaria" cannot be had."""
    monkeypatch.setenv("COURSE_DATA", "auto")
    asked = []

    def load(name, split):
        asked.append(name)
        if name == "malaria":
            raise ConnectionError("There is no network.")

    monkeypatch.setattr(datasets, "load", load)
    monkeypatch.setattr(applications, "prefetch", lambda: asked.append("weights"))
    return asked


def test_what_was_named_is_fetched(asked, capsys):
    assert main(["prefetch", "mnist"]) == 0
    assert asked == ["mnist"]
    assert capsys.readouterr() == ("mnist: there\n", "")


@pytest.mark.fault("one of several downloads fails in `prefetch`")
def test_without_names_all_is_fetched_and_one_failure_does_not_stop_the_others(asked, capsys):
    assert main(["prefetch"]) == 1
    assert asked == ["mnist", "fashion_mnist", "malaria", "cats_vs_dogs", "weights"]
    said, complaint = capsys.readouterr()
    assert complaint == "malaria: There is no network.\n"
    assert "cats_vs_dogs: there\nweights of MobileNet: there\n" in said


def test_a_stand_in_is_not_what_was_asked_for(monkeypatch, data_folder, capsys):
    monkeypatch.setenv("COURSE_DATA", "auto")

    def no_network(*_, **__):
        raise ConnectionError("There is no network.")

    monkeypatch.setattr("course_utils.datasets.loader._download", no_network)
    assert main(["prefetch", "mnist"]) == 1
    said, complaint = capsys.readouterr()
    assert said == "" and complaint.startswith("mnist: There is no network.")
