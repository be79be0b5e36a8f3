"""The doctor: each fault of the surroundings is found, and its mend is said in a sentence."""

import io
import json
import os
import sys
from collections import namedtuple
from importlib import metadata

from course_utils import doctor, settings
from course_utils.__main__ import main

import pytest


@pytest.fixture
def healthy(data_folder, monkeypatch):
    """A machine on which there is nothing to mend, whatever this one is like."""
    Memory = namedtuple("Memory", "available total")
    monkeypatch.setattr(doctor, "_memory", lambda: Memory(8 << 30, 16 << 30))
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: namedtuple("D", "free")(9 << 30))
    for variable in ("KERAS_BACKEND", "http_proxy", "https_proxy"):
        monkeypatch.delenv(variable, raising=False)
    give_versions(monkeypatch)
    write_into(monkeypatch, "utf-8")


def give_versions(monkeypatch, **versions):
    """Let packages have these versions, and be missing where they have none."""
    there = {package: "99.0" for package in doctor.PACKAGES} | versions

    def version(package):
        if there.get(package.replace("-", "_")) is None:
            raise metadata.PackageNotFoundError(package)
        return there[package.replace("-", "_")]

    monkeypatch.setattr(metadata, "version", version)


def write_into(monkeypatch, encoding):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))


def ask():
    """Return what the doctor finds, and the mends."""
    assert main(["doctor"]) == 0
    sys.stdout.seek(0)
    said = sys.stdout.read()
    findings, _, mends = said.partition("\nTo mend:\n- ")
    return findings, mends.rstrip("\n").split("\n- ") if mends else []


def the_mend():
    """Return the one mend that is said."""
    (mend,) = ask()[1]
    assert mend.endswith(".") and "\n" not in mend
    return mend


def test_where_all_is_well_there_is_nothing_to_mend(healthy, data_folder):
    findings, mends = ask()
    assert not mends and findings.endswith("There is nothing to mend.\n")
    assert f"data folder: {data_folder}\n" in findings and "tensorflow 99.0\n" in findings


@pytest.mark.fault("another Python")
def test_another_python_is_found(healthy, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    assert "needs Python 3.11, 3.12 or 3.13" in the_mend()


@pytest.mark.fault("a missing package")
def test_a_missing_package_is_found(healthy, monkeypatch):
    give_versions(monkeypatch, keras=None)
    assert "keras is not installed\n" in ask()[0]
    write_into(monkeypatch, "utf-8")
    assert "keras is missing" in the_mend()


@pytest.mark.fault("an old package")
def test_an_old_package_is_found(healthy, monkeypatch):
    monkeypatch.setattr(metadata, "requires", lambda name: ["keras>=3.12", "numpy>=2.0"])
    give_versions(monkeypatch, keras="2.15.0")
    assert the_mend().startswith("keras 2.15.0 is older than 3.12: ")


@pytest.mark.fault("tensorflow-metal")
def test_tensorflow_metal_is_found(healthy, monkeypatch):
    give_versions(monkeypatch, tensorflow_metal="1.2.0")
    assert "pip uninstall tensorflow-metal" in the_mend()


@pytest.mark.fault("too little memory")
def test_too_little_memory_is_found(healthy, monkeypatch):
    monkeypatch.setattr(doctor, "_memory", lambda: (1 << 29, 1 << 33))
    assert the_mend().startswith("0.5 GB of memory are free")


def test_the_memory_of_this_machine_is_known():
    free, total = doctor._memory()
    assert 1 << 20 < free <= total


@pytest.mark.fault("a disk that is nearly full")
def test_a_disk_that_is_nearly_full_is_found(healthy, monkeypatch):
    few = namedtuple("D", "free")(1 << 30)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: few)
    assert the_mend().startswith("1.0 GB are free in")


@pytest.mark.fault("a mistyped data folder")
def test_a_mistyped_data_folder_is_found_and_not_made(healthy, data_folder, monkeypatch):
    typed = data_folder.with_name("daat")
    monkeypatch.setenv("COURSE_DATA_DIR", str(typed))
    assert f"{typed} does not exist (did you mean {data_folder}?)" in the_mend()
    assert not typed.exists()


@pytest.mark.fault("a data folder that is a file")
def test_a_data_folder_that_is_a_file_is_found(healthy, data_folder, monkeypatch):
    (data_folder / "file").touch()
    monkeypatch.setenv("COURSE_DATA_DIR", str(data_folder / "file"))
    assert "is a file, and no folder" in the_mend()


def test_a_data_folder_in_quotes_is_read_without_them(healthy, data_folder, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", f'"{data_folder}"')
    assert f"data folder: {data_folder}\n" in ask()[0]


@pytest.mark.fault("nonsense in a setting")
def test_nonsense_in_a_variable_is_found_and_the_rest_is_looked_at(healthy, monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "banana")
    assert "COURSE_PROFILE is 'banana'" in the_mend()


def forbid(monkeypatch, *folders, right):
    """Take a right away, also from the superuser, whom permissions do not stop."""
    access = os.access

    def answer(place, mode, **options):
        return not (str(place) in map(str, folders) and mode & right) and access(place, mode)

    monkeypatch.setattr(os, "access", answer)


@pytest.mark.fault("rights to read the data folder")
def test_a_data_folder_that_cannot_be_read_is_found(healthy, data_folder, monkeypatch):
    forbid(monkeypatch, data_folder, right=os.R_OK)
    assert f"chmod -R a+rX {data_folder}" in the_mend()


@pytest.mark.fault("rights to write anywhere")
def test_two_folders_that_cannot_be_written_are_found(healthy, data_folder, monkeypatch, tmp_path):
    forbid(monkeypatch, data_folder, tmp_path, right=os.W_OK)
    mend = the_mend()
    assert f"Neither {data_folder} nor {settings.user_cache_dir()} can be written" in mend


@pytest.mark.fault("a proxy that cannot be used")
@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9", "http://x:port"])
def test_a_proxy_that_cannot_be_used_is_found(healthy, monkeypatch, proxy):
    monkeypatch.setenv("http_proxy", proxy)
    assert proxy in the_mend()


def test_a_proxy_that_answers_is_named(healthy, monkeypatch, server):
    monkeypatch.setenv("http_proxy", server.url(""))
    findings, mends = ask()
    assert f"proxy for http: {server.url('')}\n" in findings and not mends


@pytest.mark.fault("an output of few letters")
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_an_output_of_few_letters_is_found_and_survived(
    healthy, data_folder, monkeypatch, encoding
):
    (data_folder / "Данные").mkdir()
    monkeypatch.setenv("COURSE_DATA_DIR", str(data_folder / "Данные"))
    write_into(monkeypatch, encoding)
    findings, (mend,) = ask()
    assert "\\u0414\\u0430" in findings and f"The output is in {encoding}" in mend


@pytest.mark.fault("a kernel of another environment")
def test_a_kernel_of_another_environment_is_found(healthy, monkeypatch, tmp_path):
    place, other = tmp_path / "kernels" / "python3", tmp_path / "other" / "python"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps({"argv": [str(other)], "display_name": "Hers"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    mend = the_mend()
    assert str(other) in mend and f"remove {place}" in mend


@pytest.mark.fault("KERAS_BACKEND of another course")
def test_the_backend_of_another_course_is_found(healthy, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert the_mend().startswith("KERAS_BACKEND is 'torch'")


@pytest.mark.fault("`keras.json` of another course")
@pytest.mark.parametrize(
    "text, named",
    [
        ('{"image_data_format": "channels_first"}', "image_data_format to 'channels_first'"),
        ('{"backend": "theano"}', "backend to 'theano'"),
        ("[]", "cannot be read as settings"),
    ],
)
def test_a_keras_json_of_another_course_is_found(healthy, monkeypatch, tmp_path, text, named):
    (tmp_path / "keras.json").write_text(text)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    mend = the_mend()
    assert str(tmp_path / "keras.json") in mend and named in mend
