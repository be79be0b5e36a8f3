"""Open a photo, whatever it comes as, as red, green and blue from 0 to 255."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from course_utils import settings
from course_utils.datasets import photographs
from course_utils.datasets.download import RemoteFile, fetch

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from PIL import Image

SMALLEST = 8  # pixels along a side


def read_photo(
    photo: "str | os.PathLike | bytes | BinaryIO | Image.Image | ArrayLike",
) -> np.ndarray:
    """Return a photo as a uint8 array of shape (height, width, 3).

    photo: a path; an address, "https://..."; a file's bytes, or an open file; a PIL image; or an
    array of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), bool, uint8, uint16 (up to 65,535),
    another integer type (0 to 255) or floats (0 to 1, or 0 to 255). Grey becomes three equal
    channels; transparent parts become white; a camera's note on how it was held (EXIF) is heeded;
    of an animation the first picture is taken.

    Raises FileNotFoundError, ConnectionError, ValueError or TypeError in one sentence.

    >>> read_photo(np.zeros((32, 48))).shape
    (32, 48, 3)
    """
    from PIL import Image

    if isinstance(photo, str) and photo.strip().lower().startswith(("http://", "https://")):
        rgb = _read_address(photo.strip())
    elif isinstance(photo, (str, os.PathLike)):
        rgb = _read_path(Path(photo).expanduser())
    elif isinstance(photo, (bytes, bytearray, memoryview)):
        rgb = photographs.read_bytes(bytes(photo), "The file in memory")
    elif hasattr(photo, "read") and not isinstance(photo, Image.Image):
        rgb = photographs.read_file(photo, str(getattr(photo, "name", "The open file")))
    elif isinstance(photo, Image.Image):
        rgb = photographs.to_rgb(photo, "The image")
    else:
        rgb = photographs.from_array(np.asarray(photo))
    height, width = rgb.shape[:2]
    if min(height, width) < SMALLEST:
        raise ValueError(
            f"The photo has {height} x {width} pixels: give one of at least "
            f"{SMALLEST} x {SMALLEST}."
        )
    return rgb


def crop_and_resize(rgb: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Cut the middle of a uint8 photo (H, W, 3) to the shape of `size` (height, width); resize it.

    The published accuracies are measured on the middle of the photos, too; nothing is stretched.
    """
    from PIL import Image

    height, width = rgb.shape[:2]
    scale = min(height / size[0], width / size[1])
    tall, wide = round(size[0] * scale), round(size[1] * scale)
    top, left = (height - tall) // 2, (width - wide) // 2
    image = Image.fromarray(rgb[top : top + tall, left : left + wide])
    return np.asarray(image.resize((size[1], size[0]), Image.Resampling.BILINEAR, reducing_gap=3))


def _read_path(path: Path) -> np.ndarray:
    if not path.exists():
        raise FileNotFoundError(f"There is no file {path}: check its name and its folder.")
    if path.is_dir():
        raise ValueError(f"{path} is a folder: give the path of one photo in it.")
    return photographs.read_file(path, str(path))


def _read_address(url: str) -> np.ndarray:
    """Fetch a photo and keep nothing of it."""
    way_out = "download it in a browser and give the path of the file."
    if settings.data_policy() == "standin":
        raise ConnectionError(f"COURSE_DATA is 'standin', so {url} is not asked for: {way_out}")
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = fetch(RemoteFile([url]), Path(folder))
        except OSError as problem:
            reason = str(problem).rstrip(".")
            raise ConnectionError(f"{url} could not be had ({reason}): {way_out}") from problem
        return photographs.read_file(path, url)
