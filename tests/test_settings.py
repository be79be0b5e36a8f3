"""Settings: profiles, data policy, and folders."""

import json
import os
import subprocess
import sys
from pathlib import Path

from course_utils import settings
from course_utils.keras_inside import configuration
from course_utils.keras_inside import start as start_of_keras

import keras
import pytest

# ---- Profiles and policy ------------------------------------------------------------------------


def test_full_is_the_default_profile_and_limits_nothing(monkeypatch):
    monkeypatch.delenv("COURSE_PROFILE")
    profile = settings.profile()
    assert profile == settings.Profile("full")
    limits = (profile.digits, profile.pictures, profile.epochs)
    assert limits == (None, None, None) and not profile.reuse


def test_quick_caps_samples_and_epochs_and_trains(monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    profile = settings.profile()
    assert 0 < profile.pictures < profile.digits < 60_000
    assert 0 < profile.epochs <= 5
    assert not profile.reuse


def test_demo_re_uses_checkpoints_and_trains_no_longer_than_quick(monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "demo")
    profile = settings.profile()
    assert profile.reuse
    assert profile.epochs == settings.PROFILES["quick"].epochs
    assert (profile.digits, profile.pictures) == (None, None)  # a checkpoint is known by its data


def test_own_checkpoints_stay_apart_from_those_of_the_course(data_folder, monkeypatch, tmp_path):
    assert settings.own_checkpoints_dir() == data_folder / "trained"
    course, own, *_ = settings.checkpoint_dirs()
    assert (course.parts[-2:], own) == (("data", "checkpoints"), data_folder / "trained")
    monkeypatch.setenv("COURSE_CHECKPOINTS", str(tmp_path / "kept"))
    assert settings.own_checkpoints_dir() == tmp_path / "kept"
    assert settings.checkpoint_dirs()[1] == tmp_path / "kept"


@pytest.mark.parametrize("policy", ["auto", "real", "standin"])
def test_data_policies(monkeypatch, policy):
    monkeypatch.setenv("COURSE_DATA", policy)
    assert settings.data_policy() == policy


def test_auto_is_the_default_policy(monkeypatch):
    monkeypatch.delenv("COURSE_DATA")
    assert settings.data_policy() == "auto"


def test_an_empty_value_means_the_default(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "")
    monkeypatch.setenv("COURSE_PROFILE", " ")
    assert (settings.data_policy(), settings.profile().name) == ("auto", "full")


def test_case_and_spaces_do_not_matter(monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", " Quick ")
    assert settings.profile().name == "quick"


@pytest.mark.fault("nonsense in COURSE_PROFILE")
def test_unknown_profile_lists_the_allowed_ones(monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "fast")
    with pytest.raises(ValueError, match="COURSE_PROFILE is 'fast'.* full, quick, demo"):
        settings.profile()


@pytest.mark.fault("nonsense in COURSE_DATA")
def test_unknown_policy_lists_the_allowed_ones(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "fake")
    with pytest.raises(ValueError, match="COURSE_DATA is 'fake'.* auto, real, standin"):
        settings.data_policy()


# ---- Folders ------------------------------------------------------------------------------------


def test_course_data_dir_moves_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "elsewhere"))
    assert settings.data_dir() == tmp_path / "elsewhere"


def test_course_data_dir_may_start_in_the_home_folder(monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", "~/course")
    assert settings.data_dir() == Path.home() / "course"


@pytest.mark.fault("a data folder in quotes")
@pytest.mark.parametrize("quote", ['"', "'"])
def test_quotes_that_a_set_of_windows_keeps_are_no_part_of_the_name(monkeypatch, tmp_path, quote):
    monkeypatch.setenv("COURSE_DATA_DIR", f"{quote}{tmp_path}{quote}")
    assert settings.data_dir() == tmp_path


NO_FOLDERS = ["~nobodyatall/x", "gs://bucket/x", "/" + "x" * 5000] + (
    [] if os.name == "nt" else ["C:\\data"]
)


@pytest.mark.fault("`~nobody`, `gs://`, `C:\\` or 5,000 letters as a data folder")
@pytest.mark.parametrize("value", NO_FOLDERS)
def test_what_is_no_folder_here_is_named_with_its_variable(monkeypatch, value):
    monkeypatch.setenv("COURSE_DATA_DIR", value)
    with pytest.raises(ValueError) as caught:
        settings.data_dir()
    assert str(caught.value).startswith(f"COURSE_DATA_DIR is {value[:100]!r}"[:-1])


@pytest.mark.parametrize("variable, folders", [("TFDS_DATA_DIR", "tfds"), ("KERAS_HOME", "keras")])
def test_what_variables_of_others_name_elsewhere_is_passed_over(monkeypatch, variable, folders):
    for value in NO_FOLDERS[:2]:
        monkeypatch.setenv(variable, value)
        places = getattr(settings, f"{folders}_dirs")()
        assert all("nobodyatall" not in str(place) and "gs:" not in str(place) for place in places)


@pytest.mark.fault("no home")
@pytest.mark.skipif(os.name == "nt", reason="Windows finds a home by itself")
def test_without_a_home_all_folders_are_whole_paths(monkeypatch, tmp_path):
    for variable in ("HOME", "XDG_CACHE_HOME", "KERAS_HOME"):
        monkeypatch.delenv(variable)
    monkeypatch.setattr("pwd.getpwuid", lambda number: {}[number])  # a number without a name
    places = [settings.user_cache_dir(), *settings.keras_dirs(), *settings.tfds_dirs()]
    assert all(place.is_absolute() for place in [*places, *settings.checkpoint_dirs()])


def test_the_projects_data_folder_is_the_default(monkeypatch):
    monkeypatch.delenv("COURSE_DATA_DIR")
    assert settings.data_dir() == Path(__file__).resolve().parents[1] / "data"


def test_outside_a_checkout_the_users_cache_is_the_default(data_folder, monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_DATA_DIR")
    shipped = tmp_path / "site-packages/course_utils/shipped"
    shipped.mkdir(parents=True)
    monkeypatch.setattr(settings, "_SHIPPED", shipped)
    assert settings.data_dir() == tmp_path / "cache"
    assert settings.shipped_checkpoints_dir() == shipped / "checkpoints"
    assert settings.notebooks_dir() == shipped / "notebooks"


def test_tfds_data_dir_is_looked_into_after_the_data_folder(data_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds_here"))
    assert settings.tfds_dirs()[:2] == [data_folder / "tfds", tmp_path / "tfds_here"]


def test_keras_home_is_looked_into_after_the_data_folder(data_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras_here"))
    assert settings.keras_dirs()[:2] == [data_folder / "keras", tmp_path / "keras_here"]


def test_without_keras_home_the_home_folders_dot_keras_is_looked_into(data_folder, monkeypatch):
    monkeypatch.delenv("KERAS_HOME")
    assert Path.home() / ".keras" in settings.keras_dirs()


def test_no_folder_is_looked_into_twice(data_folder, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(data_folder / "tfds"))
    monkeypatch.setenv("KERAS_HOME", str(data_folder / "keras"))
    for folders in (settings.tfds_dirs(), settings.keras_dirs()):
        assert len(folders) == len(set(folders))


def test_a_writable_data_folder_takes_the_downloads(data_folder):
    assert settings.writable_dir() == data_folder
    assert list(data_folder.iterdir()) == []  # looking left nothing behind


def test_a_missing_data_folder_is_made(data_folder, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(data_folder / "new" / "folder"))
    assert settings.writable_dir() == data_folder / "new" / "folder"


def unwritable(tmp_path):
    """Return a folder that nobody can make or write, not even the superuser: it is below a file."""
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "folder"


@pytest.mark.fault("a read-only data folder")
def test_a_read_only_data_folder_gives_the_users_cache(data_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA_DIR", str(unwritable(tmp_path)))
    assert settings.writable_dir() == tmp_path / "cache"


@pytest.mark.fault("no folder that can be written")
def test_neither_folder_writable_names_both(data_folder, monkeypatch, tmp_path):
    refused = unwritable(tmp_path)
    monkeypatch.setenv("COURSE_DATA_DIR", str(refused))
    monkeypatch.setattr(settings, "user_cache_dir", lambda: refused / "cache")
    with pytest.raises(PermissionError) as caught:
        settings.writable_dir()
    assert f"{refused} nor {refused / 'cache'}" in str(caught.value)
    assert "COURSE_DATA_DIR" in str(caught.value)


# ---- The start ----------------------------------------------------------------------------------


def run(code, **environment):
    """Run code in a Python of its own; standard error and output come back as one text."""
    return subprocess.run(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def test_importing_the_package_imports_nothing_heavy():
    heavy = "tensorflow keras numpy matplotlib sklearn skimage tensorflow_datasets IPython"
    code = f"import sys, course_utils; print([m for m in {heavy.split()} if m in sys.modules])"
    assert run(code).stdout == "[]\n"


def test_settings_and_datasets_do_not_start_tensorflow():
    code = (
        "import sys\nfrom course_utils import datasets, expected\n"
        "print('tensorflow' in sys.modules)"
    )
    assert run(code).stdout == "False\n"


def start(
    tmp_path, code="import keras; print(keras.config.image_data_format())", **settings_of_keras
):
    """Start Keras through the course beside a `keras.json`, or a text in its place."""
    environment = {"KERAS_BACKEND": settings_of_keras.pop("KERAS_BACKEND", "")}
    text = settings_of_keras.pop("text", json.dumps(settings_of_keras))
    (tmp_path / "keras.json").write_text(text)
    code = f"import course_utils.keras_inside.start; {code}"
    return run(code, KERAS_HOME=str(tmp_path), **environment).stdout


@pytest.mark.fault("`keras.json` and KERAS_BACKEND of another course")
def test_settings_of_another_course_are_named_and_not_heeded(tmp_path):
    said = start(tmp_path, backend="torch", image_data_format="channels_first", KERAS_BACKEND="no")
    assert "keras.json sets backend to 'torch'" in said and "to 'channels_first'" in said
    assert "KERAS_BACKEND is 'no'" in said and said.splitlines()[-1] == "channels_last"


def test_jax_may_take_the_place_of_tensorflow_by_the_variable_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "keras.json").write_text('{"backend": "torch"}')
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert configuration.find_backend() == "tensorflow" and configuration.find_differences()
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert configuration.find_backend() == "jax" and not configuration.find_differences()


@pytest.mark.fault("Keras that runs on another backend already")
def test_keras_that_runs_on_another_backend_already_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(RuntimeError, match="Keras runs on torch here.* start anew.$"):
        start_of_keras._configure(is_new=False)


@pytest.mark.fault("a `keras.json` that Keras refuses")
def test_a_setting_that_keras_refuses_is_blamed_on_its_file(tmp_path):
    said = start(tmp_path, epsilon="small")
    assert said.splitlines()[-1].startswith(f"RuntimeError: {tmp_path / 'keras.json'} keeps Keras")
