"""Open a photo, whatever it comes as, as red, green and blue from 0 to 255."""

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from PIL import Image

SMALLEST = 8  # pixels along a side
LARGEST = 200_000_000  # pixels; as uint8 RGB 600 MB


def read_photo(photo: "str | os.PathLike | Image.Image | ArrayLike") -> np.ndarray:
    """Return a photo as a uint8 array of shape (height, width, 3).

    photo: a path; a PIL image; or an array of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4),
    bool, uint8, uint16 (up to 65,535), another integer type (0 to 255) or floats (0 to 1, or 0
    to 255). Grey becomes three equal channels; transparent parts become white; a camera's note
    on how it was held (EXIF) is heeded; of an animation the first picture is taken.

    Raises FileNotFoundError, or ValueError or TypeError in one sentence.

    >>> read_photo(np.zeros((32, 48))).shape
    (32, 48, 3)
    """
    from PIL import Image

    if isinstance(photo, (str, os.PathLike)):
        rgb = _read_file(Path(photo).expanduser())
    elif isinstance(photo, Image.Image):
        rgb = _to_rgb(photo, "The image")
    else:
        rgb = _from_array(photo)
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


def _read_file(path: Path) -> np.ndarray:
    from PIL import Image, UnidentifiedImageError

    if not path.exists():
        raise FileNotFoundError(f"There is no file {path}: check its name and its folder.")
    if path.is_dir():
        raise ValueError(f"{path} is a folder: give the path of one photo in it.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                return _to_rgb(image, str(path))
    except UnidentifiedImageError as problem:
        raise ValueError(
            f"{path} is not an image that can be read: give a JPEG or PNG."
        ) from problem
    except Image.DecompressionBombError as problem:
        raise ValueError(_too_large(str(path))) from problem
    except (OSError, SyntaxError, EOFError) as problem:
        raise ValueError(f"{path} is damaged or cut short: give a whole image.") from problem


def _to_rgb(image, name: str) -> np.ndarray:
    """Return a PIL image of any mode as uint8 RGB."""
    from PIL import Image, ImageOps

    if image.width * image.height > LARGEST:
        raise ValueError(_too_large(name))
    if image.mode.startswith("I"):  # 16 bits for each pixel, which PIL would clip at 255
        return _from_array(np.asarray(ImageOps.exif_transpose(image)).astype("uint16"))
    image = ImageOps.exif_transpose(image)
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.asarray(image.convert("RGB"))


def _from_array(photo) -> np.ndarray:
    array = np.asarray(photo)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[-1] not in (1, 3, 4)):
        hint = " (one photo, not a batch)" if array.ndim == 4 else ""
        raise ValueError(
            f"A photo has shape (height, width, 3) or (height, width){hint}; "
            f"this has {array.shape}."
        )
    if not array.size:
        raise ValueError(f"The photo has no pixels: its shape is {array.shape}.")
    values = _to_uint8(array)
    if values.ndim == 2 or values.shape[-1] == 1:
        return np.repeat(values.reshape(*values.shape[:2], 1), 3, axis=2)
    if values.shape[-1] == 4:
        alpha = values[..., 3:] / 255
        values = np.rint(values[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    return np.ascontiguousarray(values)


def _to_uint8(array: np.ndarray) -> np.ndarray:
    if array.dtype == np.uint8:
        return array
    if array.dtype == bool:
        return array.astype(np.uint8) * 255
    if array.dtype.kind not in "uif":
        raise TypeError(f"The photo holds {array.dtype} values: give numbers.")
    if not np.isfinite(array).all():
        raise ValueError("The photo holds values that are not numbers (NaN or infinite).")
    low, high = float(array.min()), float(array.max())
    if low < 0 or high > (65_535 if array.dtype == np.uint16 else 255):
        raise ValueError(
            f"The photo's values go from {low:g} to {high:g}: give 0 to 255, or 0 to 1 as floats "
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
