"""Where the weights of a pretrained network come from: prepared copy, download, stand-in."""

import difflib
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import course_utils.keras_inside.start
from course_utils import settings
from course_utils.applications import backbone
from course_utils.datasets.download import RemoteFile, WrongFileError, check, fetch
from course_utils.datasets.loader import NOT_TO_BE_HAD, REAL, STANDIN, note_source
from course_utils.datasets.loader import source as _source
from course_utils.keras_inside.get_file import files_from
from course_utils.reader.notices import notice

import h5py
import keras
import numpy as np
from filelock import FileLock

_noticed: set[str] = set()  # networks and files whose notice this process has shown


def names() -> list[str]:
    """Return the names of all networks of `keras.applications`."""
    found = vars(keras.applications).items()
    return sorted(name for name, value in found if callable(value) and name[0].isupper())


def load(name: str, weights: str | Path | None = "imagenet", **options: Any) -> keras.Model:
    """Return a network of `keras.applications`, with weights that were checked.

    Parameters
    ----------
    name : as in `keras.applications`, such as "MobileNet", "ResNet50" or "VGG16".
    weights : "imagenet"; None for random weights; or the path of a weights file.
    options : those of the Keras function: include_top, input_shape, pooling, alpha, ...

    Weights are looked for in the data folder (`keras/models`), then downloaded and verified.
    Under the policy "auto", a network whose weights cannot be had is replaced by the course's own
    backbone, with a notice; it takes the options include_top, input_shape and pooling. The
    backbone wants its images as MobileNet does; `preprocess` prepares them for either.

    Raises ValueError for an unknown name or options that do not go together; OSError for a
    weights file that is cut short, damaged or another network's (it is never used);
    ConnectionError under the policy "real" if there is no network. Each says what to do.
    """
    build = _builder(name)
    if weights != "imagenet":
        return build(weights=weights, **options)
    if settings.data_policy() == "standin":
        return _standin(name, "COURSE_DATA is 'standin'", options)
    try:
        with verified_files() as handed_out:
            model = _build_with_weights(build, options, handed_out)
    except NOT_TO_BE_HAD as problem:
        if settings.data_policy() == "real":
            raise type(problem)(f"{problem} {WAYS_OUT}") from problem
        return _standin(name, str(problem).rstrip("."), options)
    note_source("imagenet", REAL)
    return model


def prefetch() -> None:
    """Fetch what the notebooks need of Keras Applications, for a day without a network.

    Raises the errors of `load` under the policy "real".
    """
    load("MobileNet", alpha=0.25, include_top=False)
    network = load("MobileNet", alpha=0.25)
    with verified_files():
        keras.applications.imagenet_utils.decode_predictions(np.zeros((1, network.output_shape[1])))


def source() -> str:
    """Return "real" or "stand-in": whose weights the last `load` returned."""
    return _source("imagenet")


WAYS_OUT = (
    "For the real weights, load the network once where there is a network, or set "
    "COURSE_DATA_DIR to a folder that has them."
)


def _builder(name: str):
    if name not in names():
        close = difflib.get_close_matches(str(name), names(), n=1, cutoff=0.5)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(names())}."
        raise ValueError(f"There is no network {name!r} in Keras Applications: {hint}")
    return getattr(keras.applications, name)


def _build_with_weights(build, options, handed_out):
    """Build the network; what goes wrong after a file was handed out is the file's fault."""
    try:
        with warnings.catch_warnings():  # MobileNet says that it takes the weights for 224 x 224
            warnings.filterwarnings("ignore", "`input_shape` is undefined")
            return build(weights="imagenet", **options)
    except (ValueError, KeyError, TypeError, IndexError) as problem:
        if not handed_out:
            raise  # the options do not go together; Keras says why
        raise OSError(
            f"The weights file {handed_out[-1]} does not fit this network: it is another "
            "network's, and was not used; move it away and load again."
        ) from problem


def _standin(name, reason, options):
    if name not in _noticed:
        _noticed.add(name)
        notice(
            f"You see the course's own small backbone, a stand-in for {name} with ImageNet "
            f"weights ({reason}). {WAYS_OUT}"
        )
    note_source("imagenet", STANDIN)
    return backbone.build(**options)


@contextmanager
def verified_files() -> Iterator[list[Path]]:
    """Let Keras find its files only through `_find_file`; yields the list of those it got.

    Keras itself would use a file that is cut short, and delete one whose hash is not its own.
    """
    handed_out = []

    def find(name, url, digest):
        handed_out.append(_find_file(name, url, digest))
        return handed_out[-1]

    with files_from(find):
        yield handed_out


def _find_file(name: str, url: str, digest: str | None) -> Path:
    """Return the checked path of a file that Keras wants; `digest` is an MD5 or a SHA-256."""
    kind = "md5" if len(digest or "") == 32 else "sha256"
    remote = RemoteFile([url], **({kind: digest} if digest else {}))
    if path := _prepared(name):
        _check_prepared(remote, path)
        return path
    if settings.data_policy() == "standin":
        raise FileNotFoundError("COURSE_DATA is 'standin'")
    try:
        return _download(remote, name, url)
    except NOT_TO_BE_HAD:
        path = _prepared(of_224 := _of_224(name))
        if path is None or of_224 == name:
            raise
    _check_hdf5(path)
    if name not in _noticed:
        _noticed.add(name)
        notice(f"{name} could not be had; {of_224} is used, whose weights fit any size of images.")
    return path


def _prepared(name: str) -> Path | None:
    paths = [home / "models" / name for home in settings.keras_dirs()]
    return next((path for path in paths if path.exists()), None)


def _of_224(name: str) -> str:
    """Return the name of MobileNet's weights for 224 x 224 pixels, where Keras wants another size.

    They are the same network's, trained on larger images.
    """
    return re.sub(r"^(mobilenet.*_)(96|128|160|192)(?=_|\.h5)", r"\g<1>224", name)


def _download(remote: RemoteFile, name: str, url: str) -> Path:
    folder = settings.writable_dir() / "keras" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / f".{name}.lock"):
        path = fetch(remote, folder)
        try:
            _check_hdf5(path)
        except OSError as problem:
            path.unlink()
            raise WrongFileError(f"{name} from {url} is not a weights file.") from problem
    return path


def _check_prepared(remote: RemoteFile, path: Path) -> None:
    """Raise OSError, and not the `WrongFileError` of a download, if a copy on disk is wrong.

    Like a damaged data set, it is reported and not quietly replaced.
    """
    try:
        check(remote, path)
    except OSError as problem:
        raise OSError(str(problem)) from problem
    _check_hdf5(path)


def _check_hdf5(path: Path) -> None:
    """Open the file: HDF5 knows its own length, so that one cut short is found here."""
    if path.suffix != ".h5":
        return
    try:
        with h5py.File(path) as file:
            empty = not len(file)
    except OSError as problem:
        raise _damaged(path) from problem
    if empty:
        raise _damaged(path)


def _damaged(path: Path) -> OSError:
    return OSError(
        f"The weights file {path} is damaged or cut short, and was not used: "
        "move it away and load again."
    )
