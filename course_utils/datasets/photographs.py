"""One picture, whatever it comes as, as red, green and blue from 0 to 255, the right way up.

The reader behind every road: `applications.read_photo`, and, for the files that TensorFlow cannot
decode or would show otherwise, `pipelines.batches`, `pipelines.splits` and `datasets.load`.
"""

import contextlib
import functools
import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

LARGEST = 200_000_000  # pixels; as uint8 RGB 600 MB
KINDS = ("JPEG", "PNG", "GIF", "BMP", "DIB", "WEBP", "TIFF", "AVIF", "HEIF", "JPEG2000", "PPM")
# What is taken for a picture by its name; of other files the first bytes are looked at.
SUFFIXES = frozenset(
    ".jpg .jpeg .jpe .jfif .png .gif .bmp .dib .webp .tif .tiff .avif .heic .heif .jp2 .ppm .pgm"
    " .pbm".split()
)
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\0", b"MM\0*")
_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")


def is_picture(file: Path) -> bool:
    """Tell whether this is a picture file, by its ending, or else by its first bytes.

    Whether it can be read is another matter: a photo that is cut short is a picture, too. What
    only looks like a file is none: a pipe, a device, a link to nowhere.
    """
    if not file.is_file():
        return False
    if file.suffix.lower() in SUFFIXES:
        return True
    try:
        with open(file, "rb") as opened:
            start = opened.read(12)
    except OSError:
        return False
    boxed = start[4:8] == b"ftyp" and start[8:12] in _BRANDS
    return start.startswith(_BEGINNINGS) or boxed or (start[:4], start[8:]) == (b"RIFF", b"WEBP")


def read_file(file: Path | BinaryIO, name: str) -> np.ndarray:
    """Return a picture file of any of `KINDS` as a uint8 array (height, width, 3).

    A camera's note on how it was held (EXIF) is heeded; transparent parts become white; palettes,
    CMYK and grey become RGB; 16 and 32 bits become 8; of an animation the first picture is taken.
    name: what a sentence calls it. Raises ValueError in one sentence for what cannot be read.
    """
    return to_rgb(_load(file, name), name)


def _load(file, name) -> "Image.Image":
    """Return a PIL image whose pixels were read."""
    from PIL import Image, UnidentifiedImageError

    _know_all_kinds()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(file, formats=KINDS) as image:
                if image.width * image.height > LARGEST:
                    raise Image.DecompressionBombError
                image.load()
                return image
    except UnidentifiedImageError as problem:
        raise ValueError(
            f"{name} is not an image that can be read: give a JPEG or PNG."
        ) from problem
    except Image.DecompressionBombError as problem:
        raise ValueError(_too_large(name)) from problem
    except PermissionError as problem:
        raise PermissionError(f"{name} may not be read: check who owns the file.") from problem
    except Exception as problem:  # Pillow raises errors of many kinds for damaged files
        raise ValueError(f"{name} is damaged or cut short: give a whole image.") from problem


def read_bytes(content: bytes, name: str) -> np.ndarray:
    """Return the picture in the bytes of a file, see `read_file`."""
    return read_file(io.BytesIO(content), name)


@functools.cache
def _know_all_kinds() -> None:
    """Have Pillow know all its kinds of files, and a phone's HEIC by a plug-in."""
    import pi_heif
    from PIL import Image

    Image.init()
    pi_heif.register_heif_opener()


def to_rgb(image: "Image.Image", name: str) -> np.ndarray:
    """Return a PIL image of any mode as uint8 RGB; ValueError for one that has no colours."""
    from PIL import Image, ImageOps

    if image.width * image.height > LARGEST:
        raise ValueError(_too_large(name))
    with contextlib.suppress(Exception):  # a note that is damaged is not heeded
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):  # over 8 bits, which PIL would clip
        return from_array(_to_usual_range(np.asarray(image), image.mode), name)
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    try:
        return np.asarray(image.convert("RGB"))
    except ValueError as problem:
        raise ValueError(
            f"{name} has its colours as {image.mode}: save it in RGB, as a JPEG or PNG."
        ) from problem


def _to_usual_range(pixels: np.ndarray, mode: str) -> np.ndarray:
    """Return pixels of 16 or 32 bits as uint16, or as they are where they go up to 255 or 1."""
    high = pixels.max(initial=0)
    if mode.startswith("I;16"):
        return pixels.astype("uint16")
    if 255 < high <= 65_535 and pixels.min() >= 0:
        return pixels.astype("uint16")
    return pixels / 257 / 257 if high > 65_535 and mode == "I" else pixels  # 32 bits: 2**32 values


def from_array(photo: np.ndarray, name: str = "The photo") -> np.ndarray:
    """Return an array of one picture as uint8 RGB; ValueError or TypeError for other arrays.

    photo: (H, W), (H, W, 1), (H, W, 3) or (H, W, 4); bool, uint8, uint16 (up to 65,535), another
    integer type (0 to 255) or floats (0 to 1, or 0 to 255).

    >>> from_array(np.zeros((8, 9))).shape
    (8, 9, 3)
    """
    array = np.asarray(photo)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[-1] not in (1, 3, 4)):
        hint = " (one photo, not a batch)" if array.ndim == 4 else ""
        raise ValueError(
            f"A photo has shape (height, width, 3) or (height, width){hint}; "
            f"this has {array.shape}: give an array, a PIL image, the path of a file or its bytes."
        )
    if not array.size:
        raise ValueError(f"{name} has no pixels: its shape is {array.shape}.")
    values = _to_uint8(array, name)
    if values.ndim == 2 or values.shape[-1] == 1:
        return np.repeat(values.reshape(*values.shape[:2], 1), 3, axis=2)
    if values.shape[-1] == 4:
        alpha = values[..., 3:] / 255
        values = np.rint(values[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    return np.ascontiguousarray(values)


def _to_uint8(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype == np.uint8:
        return array
    if array.dtype == bool:
        return array.astype(np.uint8) * 255
    if array.dtype.kind not in "uif":
        raise TypeError(f"{name} holds {array.dtype} values: give numbers.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds values that are not numbers (NaN or infinite).")
    low, high = float(array.min()), float(array.max())
    if low < 0 or high > (65_535 if array.dtype == np.uint16 else 255):
        raise ValueError(
            f"{name} has values from {low:g} to {high:g}: give 0 to 255, or 0 to 1 as floats "
            "(and a photo, not what a preprocessing has made of it)."
        )
    if array.dtype == np.uint16:
        return np.rint(array / 257).astype(np.uint8)
    scale = 255 if array.dtype.kind == "f" and high <= 1 else 1
    return np.rint(array * scale).astype(np.uint8)


def _too_large(name: str) -> str:
    return (
        f"{name} has more than {LARGEST // 1_000_000} million pixels: make it smaller first "
        "(networks look at some 224 x 224)."
    )
