"""Profile, data policy and folders: the only reader of the course's environment variables.

COURSE_PROFILE   how much is trained: full (default), quick, demo
COURSE_DATA      what may be shown: auto (default), real, standin
COURSE_DATA_DIR  where data lies, perhaps shared and read-only (default: the project's `data`;
                 where the course was installed from a wheel, the user's cache folder)
COURSE_CHECKPOINTS  where trained weights are kept (default: `trained` in the data folder)
COURSE_STRICT    1: a number outside its band is an error, as in the tests (default: it is shown)
COURSE_USED      a file to which a run of the course adds what it used and measured

`TFDS_DATA_DIR` and `KERAS_HOME` are honoured as further places to find prepared copies.
"""

import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

POLICIES = ("auto", "real", "standin")
_SHIPPED = Path(__file__).resolve().parent / "shipped"


@dataclass(frozen=True)
class Profile:
    """How much of a training run is done: `None` means no limit.

    digits, pictures: how many training samples the loaders hand over at most: of arrays of small
    images, and of pictures of any size; epochs: epochs at most; reuse: whether a fitting
    checkpoint takes the place of training.
    """

    name: str
    digits: int | None = None
    pictures: int | None = None
    epochs: int | None = None
    reuse: bool = False


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("full"),
        Profile("quick", digits=3000, pictures=200, epochs=4),
        # where no checkpoint fits:
        Profile("demo", epochs=4, reuse=True),
    )
}


def profile() -> Profile:
    """Return the profile named by `COURSE_PROFILE`; ValueError lists the allowed names."""
    return PROFILES[_choice("COURSE_PROFILE", tuple(PROFILES))]


def data_policy() -> str:
    """Return `COURSE_DATA`: "auto", "real" or "standin"; ValueError lists the allowed ones."""
    return _choice("COURSE_DATA", POLICIES)


def strict() -> bool:
    """Tell whether numbers outside their band are errors: `COURSE_STRICT` is "1" in the tests."""
    return _choice("COURSE_STRICT", ("0", "1")) == "1"


def used_file() -> Path | None:
    """Return the file in which a run of the course gathers what was used and measured."""
    return _from_environment("COURSE_USED")


def note_use(**entry: object) -> None:
    """Add a line of JSON to that file, if there is one."""
    if path := used_file():
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


def _choice(variable: str, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(variable, "").strip().lower() or allowed[0]
    if value not in allowed:
        raise ValueError(
            f"{variable} is {value!r}, which is not known: set it to one of {', '.join(allowed)}."
        )
    return value


def data_dir() -> Path:
    """Return the folder in which prepared data is looked for (it need not be writable).

    Raises ValueError where `COURSE_DATA_DIR` names something that cannot be a folder.
    """
    return _from_environment("COURSE_DATA_DIR") or _project_data_dir()


def checkout() -> Path | None:
    """Return the folder of the project that this package lies in; None where it was installed.

    What lies beside the package in a project comes with an installed one in `shipped` (setup.py).
    """
    return None if _SHIPPED.is_dir() else _SHIPPED.parent.parent


def notebooks_dir() -> Path:
    """Return the folder of the course's own notebooks, which nobody writes into but `make full`."""
    project = checkout()
    return project / "notebooks" if project else _SHIPPED / "notebooks"


def build_dir() -> Path:
    """Return the folder for pages and slides: `build` of the project, or where one works."""
    return (checkout() or Path.cwd()) / "build"


def _project_data_dir() -> Path:
    """Return `data` of the project; where the course was installed, the user's cache folder."""
    project = checkout()
    return project / "data" if project else user_cache_dir()


def user_cache_dir() -> Path:
    """Return the course's folder in the user's cache.

    Without a home, as in some containers, it is a folder for temporary files.
    """
    import platformdirs

    try:
        folder = Path(platformdirs.user_cache_dir("course_utils", appauthor=False))
    except RuntimeError:  # some releases say so, others return a path that begins with ~
        folder = Path("~")
    if folder.is_absolute():
        return folder
    return Path(tempfile.gettempdir()) / f"course_utils_{os.getuid()}"  # of this user alone


def writable_dir() -> Path:
    """Return the folder for downloads, stand-ins and checkpoints.

    It is the data folder, or the user's cache where that is read-only (a copy shared by a class).
    Raises PermissionError, naming both folders, if neither can be written.
    """
    places = [data_dir(), user_cache_dir()]
    for place in places:
        if _is_writable(place):
            return place
    raise PermissionError(
        f"Neither {places[0]} nor {places[1]} can be written: "
        "set COURSE_DATA_DIR to a folder of your own."
    )


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def shipped_checkpoints_dir() -> Path:
    """Return the folder of the checkpoints that come with the course."""
    project = checkout()
    return project / "data" / "checkpoints" if project else _SHIPPED / "checkpoints"


def explorers_dir() -> Path:
    """Return the folder of what the explorers in the course's notebooks start with."""
    project = checkout()
    return project / "data" / "explorers" if project else _SHIPPED / "explorers"


def own_checkpoints_dir() -> Path:
    """Return the folder in which trained weights are kept on this machine.

    Not that of the shipped checkpoints: a student's training leaves the project as it is.
    """
    return _from_environment("COURSE_CHECKPOINTS") or writable_dir() / "trained"


def checkpoint_dirs() -> list[Path]:
    """Return the folders that may hold checkpoints, in order: the shipped ones come first."""
    named = _from_environment("COURSE_CHECKPOINTS")
    own = [named, data_dir() / "trained", user_cache_dir() / "trained"]
    places = [shipped_checkpoints_dir(), *own]
    return list(dict.fromkeys(place for place in places if place))


def tfds_dirs() -> list[Path]:
    """Return the folders that may hold data sets prepared by TensorFlow Datasets, in order."""
    places = [data_dir() / "tfds", _from_environment("TFDS_DATA_DIR"), user_cache_dir() / "tfds"]
    return list(dict.fromkeys(place for place in places if place))


def keras_dirs() -> list[Path]:
    """Return the folders laid out as Keras' cache (`datasets/`, `models/`), in order."""
    home = _from_environment("KERAS_HOME") or Path(os.path.expanduser("~")) / ".keras"
    places = [data_dir() / "keras", home, user_cache_dir() / "keras"]
    return list(dict.fromkeys(place for place in places if place.is_absolute()))


def _from_environment(variable: str) -> Path | None:
    """Return the folder that a variable names, without the quotes that a `set` of Windows keeps."""
    value = os.environ.get(variable, "").strip().strip("\"'")
    folder = os.path.expanduser(value)
    is_ours = variable.startswith("COURSE_")  # those of others may mean something to them
    if not value or not is_ours and ("://" in value or folder.startswith("~")):
        return None
    is_of_windows = os.name != "nt" and re.match(r"[A-Za-z]:\\", value)
    is_too_long = any(len(os.fsencode(part)) > 255 for part in Path(folder).parts)
    if "://" in value or is_of_windows or is_too_long:
        shown = value if len(value) < 100 else f"{value[:100]}…"
        raise ValueError(f"{variable} is {shown!r}, which is no folder of this machine: name one.")
    if folder.startswith("~"):
        raise ValueError(
            f"{variable} is {value!r}, but {Path(folder).parts[0]} is nobody's home on this "
            "machine: name the whole path."
        )
    return Path(folder).absolute()
