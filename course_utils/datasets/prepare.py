"""Download and prepare a data set through TensorFlow Datasets, with the course's own fetching.

TFDS brings the recipes, the sizes and the hashes. Fetching is done by `download.fetch` instead
of TFDS' downloader: it notices a missing network at once (TFDS tries for 200 seconds), tries
mirrors, and keeps nothing half-done.
"""

import contextlib
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_utils.datasets.catalogue import addresses
from course_utils.datasets.download import RemoteFile, fetch

if TYPE_CHECKING:
    import tensorflow_datasets as tfds


def download_and_prepare(
    name: str,
    folder: Path,
    builder_kwargs: dict[str, Any] | None = None,
    prepare_kwargs: dict[str, Any] | None = None,
    file_format: "str | tfds.core.FileFormat | None" = None,
) -> "tfds.core.DatasetBuilder":
    """Prepare the real data set `name` under `folder` and return its TFDS builder.

    Raises ConnectionError without a network, WrongFileError if a source sends another file.
    """
    import tensorflow_datasets as tfds

    kwargs = dict(builder_kwargs or {})
    if file_format:
        kwargs["file_format"] = file_format
    builder = tfds.builder(name, data_dir=folder, **kwargs)
    # A folder for each data set, since MNIST's and Fashion-MNIST's files have the same names.
    downloads = Path(folder) / "downloads" / name
    original = builder._split_generators

    def split_generators(dl_manager, *args, **kwargs):
        return original(_Fetcher(dl_manager, builder, downloads), *args, **kwargs)

    builder._split_generators = split_generators
    remove_incomplete(builder)
    with quiet_tfds():
        builder.download_and_prepare(**{"download_dir": downloads, **(prepare_kwargs or {})})
    return builder


def remove_incomplete(builder: "tfds.core.DatasetBuilder") -> None:
    """Remove what a killed process left half-prepared; nobody else may be at work there."""
    for folder in Path(builder.data_dir).parent.glob("incomplete.*"):
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def quiet_tfds() -> Iterator[None]:
    """Keep TFDS' bars and messages out of the notebook; `fetch` shows its own bar."""
    import tensorflow_datasets as tfds

    tfds.disable_progress_bar()
    with contextlib.redirect_stdout(io.StringIO()):
        yield


class _Fetcher:
    """Stands where TFDS' recipes expect a download manager; downloads with `fetch`."""

    def __init__(self, dl_manager, builder, folder: Path):
        self._dl_manager, self._infos = dl_manager, builder.url_infos or {}
        self._folder = folder

    def __getattr__(self, name):
        return getattr(self._dl_manager, name)

    def download(self, urls):
        import tensorflow as tf

        return tf.nest.map_structure(self._fetch, urls)

    def download_and_extract(self, urls):
        return self._dl_manager.extract(self.download(urls))

    def _fetch(self, url: str) -> Path:
        if url not in self._infos:
            raise ValueError(f"No size and SHA-256 are known for {url}: it is not downloaded.")
        info = self._infos[url]
        return fetch(RemoteFile(addresses(url), int(info.size), info.checksum), self._folder)
