"""The order in which a data set is looked for: prepared copy, download, stand-in."""

import os
import warnings
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_utils import settings
from course_utils.datasets import arrays, prepared
from course_utils.datasets.catalogue import ARRAY_FILES, GENERATED, STANDIN_TITLES, TITLES
from course_utils.datasets.download import WrongFileError, fetch
from course_utils.reader.notices import notice

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    import tensorflow as tf
    import tensorflow_datasets as tfds

REAL, STANDIN = "real", "stand-in"
SMALL = 64  # pixels on a side
SECONDS_WITHOUT_A_WORD = 10  # while another kernel prepares the same data set
SECONDS_FOR_ANOTHER_KERNEL = 30 * 60
NOT_TO_BE_HAD = (ConnectionError, FileNotFoundError, WrongFileError)

_sources: dict[str, str] = {}  # what the last load returned: {data set: "real" or "stand-in"}
_noticed: set[str | Path] = set()  # data sets and files whose notice this process has shown


def load(
    name: str,
    *,
    split: Any = None,
    data_dir: str | Path | None = None,
    batch_size: int | None = None,
    shuffle_files: bool = False,
    download: bool = True,
    as_supervised: bool = False,
    decoders: "dict[str, tfds.decode.Decoder] | None" = None,
    read_config: "tfds.ReadConfig | None" = None,
    with_info: bool = False,
    builder_kwargs: dict[str, Any] | None = None,
    download_and_prepare_kwargs: dict[str, Any] | None = None,
    as_dataset_kwargs: dict[str, Any] | None = None,
    try_gcs: bool = False,
    file_format: "str | tfds.core.FileFormat | None" = None,
) -> "tf.data.Dataset | dict[str, tf.data.Dataset] | tuple":
    """Load a data set; parameters and returns are those of `tfds.load`.

    name: "mnist", "fashion_mnist", "malaria", "cats_vs_dogs"; "blood_smears", which is generated
    and stands in for nothing; any data set that is prepared in the data folder, or any folder of
    pictures there laid out `<name>/<split>/<label>/*.jpg` or `<name>/<label>/*.jpg` (that is all
    "train"); also the path of such a folder.
    Under the policy "auto", a data set that cannot be had is replaced by its stand-in.
    In the quick profile the training part is shorter: its first samples, 3,000 of small images of
    one size and 200 of other pictures (data sets are mixed when they are prepared).
    A single split has an attribute more, `class_names`, and if its images are left encoded and
    come from a folder, `file_names`.
    read_config: by default that of TFDS; but with `decoders`, which leave images encoded, files
    are read one after the other and kept nowhere: `pipelines.batches` keeps what it decodes.

    Raises ValueError for an unknown name; ConnectionError, FileNotFoundError or OSError for data
    that cannot be had (policy "real") or that is there but damaged. Each says what to do.

    >>> data = load("mnist", split="test[:8]", as_supervised=True)
    >>> [tuple(spec.shape) for spec in data.element_spec], len(data)
    ([(28, 28, 1), ()], 8)
    """
    if try_gcs:
        raise ValueError("try_gcs is not supported by the course's loader: leave it out.")
    recipe = {
        "builder_kwargs": builder_kwargs,
        "prepare_kwargs": download_and_prepare_kwargs,
        "file_format": file_format,
    }
    builder = _shorten(_find_or_make(name, data_dir, download, recipe))
    if decoders and read_config is None:
        read_config = _read_once()
    with warnings.catch_warnings():  # TFDS asks for an order that one file after the other has
        warnings.filterwarnings("ignore", "The `deterministic` argument has no effect")
        dataset = builder.as_dataset(
            split=split,
            batch_size=batch_size,
            shuffle_files=shuffle_files,
            as_supervised=as_supervised,
            decoders=decoders,
            read_config=read_config,
            **(as_dataset_kwargs or {}),
        )
    if hasattr(dataset, "element_spec"):
        dataset.class_names = _class_names(builder.info.features)
        if decoders and not shuffle_files and hasattr(builder, "pick"):
            dataset.file_names = builder.pick(split).names
    return (dataset, builder.info) if with_info else dataset


def _class_names(features) -> list[str] | None:
    known = isinstance(features.shape, dict) and "label" in features.shape
    return getattr(features["label"], "names", None) if known else None


def _shorten(builder):
    """Let a builder hand over no more of its training part than the profile allows."""
    limits = settings.profile()
    shapes = builder.info.features.shape
    sides = shapes.get("image", (None,))[:2] if isinstance(shapes, dict) else (None,)
    small = None not in sides and max(sides) <= SMALL
    limit = limits.digits if small else limits.pictures
    read_all = builder._as_dataset  # what every builder of TFDS defines, and `as_dataset` calls

    def read_first(split, **options):
        data = read_all(split=split, **options)
        return data.take(limit) if "train" in str(split) else data

    if limit is not None:
        builder._as_dataset = read_first
    return builder


def _read_once():
    import tensorflow_datasets as tfds

    return tfds.ReadConfig(
        try_autocache=False, skip_prefetch=True, num_parallel_calls_for_interleave_files=None
    )


def load_arrays(name: str, *, download: bool = True) -> arrays.Arrays:
    """Load "mnist" or "fashion_mnist" as `keras.datasets` returns them.

    Returns ((x_train, y_train), (x_test, y_test)): uint8 images of shape (N, 28, 28) with
    values from 0 to 255, and uint8 labels of shape (N,). In the quick profile the training part
    is its first 3,000 samples (they are mixed), and the test part is whole.
    Policy and errors are those of `load`.

    >>> (x_train, y_train), (x_test, y_test) = load_arrays("mnist")
    >>> x_train.shape[1:], x_train.dtype, y_train.shape == x_train.shape[:1]
    ((28, 28), dtype('uint8'), True)
    """
    if name not in ARRAY_FILES:
        known = " and ".join(map(repr, ARRAY_FILES))
        raise ValueError(f"{name!r} does not come as arrays: {known} do; use datasets.load.")
    (x_train, y_train), test = _find_arrays(name, download)
    limit = settings.profile().digits
    return (x_train[:limit], y_train[:limit]), test


def _find_arrays(name, download) -> arrays.Arrays:
    """Return all the samples: from a file, by a download, or from a builder of TFDS."""
    if settings.data_policy() != "standin":
        found = _read_keras_files(name) or (download and _download_keras_files(name))
        if found:
            _sources[name] = REAL
            return found
    return arrays.from_builder(_find_or_make(name, None, download, {}))


def source(name: str) -> str:
    """Return "real" or "stand-in": what the last load of this data set returned.

    Before the first load, and for pictures of one's own: what the policy says ("stand-in" for
    the course's data sets under "standin", else "real").

    >>> source("my_pets")  # pictures of one's own
    'real'
    """
    known_as_standin = name in TITLES and settings.data_policy() == "standin"
    return _sources.get(name, STANDIN if known_as_standin else REAL)


def is_loaded(name: str) -> bool:
    """Tell whether this session has loaded the data set `name`."""
    return name in _sources


def note_source(name: str, kind: str) -> None:
    """Remember what a load returned, for `source`: "real" or "stand-in"."""
    _sources[name] = kind


def title(name: str) -> str:
    """Return the name of a data set for a figure's title; a stand-in is named as one.

    A data set of one's own is called by its name, a folder of pictures by that of the folder.

    >>> title("~/pictures/my_pets")
    'my_pets'
    """
    name = str(name)
    titles = STANDIN_TITLES if source(name) == STANDIN else TITLES | GENERATED
    return titles.get(name) or Path(name).name


def _find_or_make(name, data_dir, download, recipe):
    """Return a builder that is ready to read, and note where its data comes from."""
    data_dir = Path(data_dir).expanduser() if data_dir else None
    folders = [data_dir] if data_dir else settings.tfds_dirs()
    if name in GENERATED:
        return _generated(name, data_dir, folders)
    if settings.data_policy() == "standin" and name in TITLES:
        return _standin(name, "COURSE_DATA is 'standin'")
    builder = prepared.find_builder(name, folders)
    if builder is None:
        if name not in TITLES:
            known = ", ".join(sorted({*TITLES, *GENERATED, *prepared.find_names(folders)}))
            raise ValueError(
                f"The data set {name!r} is not known; there are {known}. (A folder of pictures "
                "of your own is laid out <label>/*.jpg or <split>/<label>/*.jpg.)"
            )
        try:
            builder = _download(name, data_dir, download, recipe)
        except NOT_TO_BE_HAD as problem:
            if settings.data_policy() == "real":
                raise type(problem)(f"{problem} {_ways_out(name)}") from problem
            return _standin(name, str(problem).rstrip("."))
    _sources[name] = REAL
    return builder


def _download(name, data_dir, download, recipe):
    """Download and prepare `name` under a lock, so that one process works and the rest wait."""
    from course_utils.datasets.prepare import download_and_prepare

    if not download:
        raise FileNotFoundError(f"{TITLES[name]} is not in {settings.data_dir()}.")
    folder = data_dir or settings.writable_dir() / "tfds"
    with _lock(folder, name):
        done_meanwhile = prepared.find_builder(name, [folder])
        return done_meanwhile or download_and_prepare(name, folder, **recipe)


def _standin(name, reason):
    """Return the builder of the stand-in, made on first use, and say once that it is one."""
    from course_utils.datasets import standins

    full_name, version = f"{name}_standin", standins.version(name)
    make = partial(standins.builder, name)
    builder = _find_or_draw(full_name, version, make, None, settings.tfds_dirs())
    if name not in _noticed:
        _noticed.add(name)
        notice(f"You see {STANDIN_TITLES[name]} ({reason}). {_ways_out(name)}")
    _sources[name] = STANDIN
    return builder


def _generated(name, data_dir, folders):
    """Return the builder of a set that the course draws, under every policy the same."""
    from course_utils.datasets.smears import BloodSmears

    def make(folder):
        return BloodSmears(data_dir=folder)

    builder = _find_or_draw(name, str(BloodSmears.VERSION), make, data_dir, folders)
    _sources[name] = REAL
    return builder


def _find_or_draw(full_name, version, make, data_dir, folders):
    """Return the builder of a set that is drawn on first use: `make(folder)` returns it."""
    builder = prepared.find_builder(full_name, folders, version)
    if builder is None:
        folder = data_dir or settings.writable_dir() / "tfds"
        with _lock(folder, full_name):
            found = prepared.find_builder(full_name, [folder], version)
            builder = found or _make(make(folder))
    return builder


def _make(builder):
    from course_utils.datasets.prepare import quiet_tfds, remove_incomplete

    remove_incomplete(builder)
    with quiet_tfds():
        builder.download_and_prepare()
    return builder


def _ways_out(name) -> str:
    return (
        f"For the real data, run `python -m course_utils prefetch {name}` where there is a "
        "network, or set COURSE_DATA_DIR to a folder that has it."
    )


@contextmanager
def _lock(folder: Path, name: str):
    """Hold a lock between processes for the work on `name` in `folder`."""
    lock = FileLock(folder / f".{name}.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=SECONDS_WITHOUT_A_WORD)
        except Timeout:
            notice(f"Another kernel prepares {name} in {folder}; this one waits until it is done.")
            lock.acquire(timeout=SECONDS_FOR_ANOTHER_KERNEL)
    except Timeout as problem:
        raise TimeoutError(
            f"Another kernel has held {name} in {folder} for {SECONDS_FOR_ANOTHER_KERNEL // 60} "
            "minutes: shut it down, and load again."
        ) from problem
    except OSError as problem:
        raise PermissionError(
            f"The folder {folder} cannot be written: set COURSE_DATA_DIR to a folder of your own."
        ) from problem
    try:
        yield
    finally:
        lock.release()


def _keras_folder(home: Path, name: str) -> Path:
    return home / "datasets" / ARRAY_FILES[name][0]


def _read_keras_files(name):
    """Return the arrays from a copy laid out as Keras' cache, or None where there is none."""
    for home in settings.keras_dirs():
        paths = [_keras_folder(home, name) / file.name for file in ARRAY_FILES[name][1]]
        if all(os.path.exists(path) for path in paths):
            found = arrays.read_files(paths)
            if arrays.is_genuine(name, found):
                return found
            if paths[0] not in _noticed:
                _noticed.add(paths[0])
                notice(
                    f"{paths[0]} holds other values than {TITLES[name]}, and was not used: move it "
                    "away, or give it another name."
                )
    return None


def _download_keras_files(name):
    """Return the arrays after a download, or None where no source has the right files."""
    if prepared.find_builder(name, settings.tfds_dirs()):
        return None
    folder = _keras_folder(settings.writable_dir() / "keras", name)
    try:
        with _lock(folder, name):
            return arrays.read_files([fetch(file, folder) for file in ARRAY_FILES[name][1]])
    except (ConnectionError, WrongFileError):
        return None  # TFDS' own sources are tried next; if they fail too, that is what is said
