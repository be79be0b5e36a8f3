"""Decode picture files of any kind, and find the broken ones among them."""

import io
import warnings
from collections.abc import Callable

import course_utils.keras_inside.start
from course_utils.keras_inside.start import without_stderr
from course_utils.reader.notices import notice

import numpy as np
import tensorflow as tf

CANNOT_BE_READ = (
    tf.errors.InvalidArgumentError,  # not an image, or one that is cut short
    tf.errors.NotFoundError,
    tf.errors.PermissionDeniedError,
)
LARGEST = 200_000_000  # pixels that Pillow may decode; as uint8 RGB 600 MB

# What TensorFlow cannot decode (TIFF, AVIF, transparent WebP), and what may hold a camera's note on
# how it was held: files with the word Exif near their beginning.
_FOR_PILLOW = rb"(?:II\*\x00|MM\x00\*|\C{4}ftyp|RIFF\C{4}WEBP|\C*(?:Exif\x00|eXIf))\C*"
_KINDS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF")


def as_written(function: Callable) -> Callable:
    """Keep AutoGraph from rewriting a function that holds no Python loop or `if` on tensors.

    It would cost half a second before the first image.
    """
    return tf.autograph.experimental.do_not_convert(function)


@as_written
def decode(file: tf.Tensor) -> tf.Tensor:
    """Decode one picture file to uint8 of shape (height, width, 3), the right way up.

    file: the bytes of a JPEG, PNG, GIF, BMP, WebP, TIFF or AVIF, whatever its name says.
    Grey images become three equal channels, transparency is dropped, and palettes, CMYK and 16
    bits become 8-bit RGB. A camera's note on how it was held (EXIF) is heeded; of an animation
    the first picture is taken. Raises one of `CANNOT_BE_READ` for a file that is none of these.
    """
    beginning = tf.strings.substr(file, 0, 4096)
    image = tf.cond(
        tf.strings.regex_full_match(beginning, _FOR_PILLOW),
        lambda: tf.numpy_function(_decode_with_pillow, [file], tf.uint8),
        lambda: tf.io.decode_image(file, channels=3, expand_animations=False),
    )
    image.set_shape((None, None, 3))
    return image


def _decode_with_pillow(file: bytes) -> np.ndarray:
    from PIL import Image, ImageOps

    Image.init()  # else only the commonest formats are known
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(file), formats=_KINDS) as image:
                if image.width * image.height > LARGEST:
                    raise ValueError("too large")
                image = ImageOps.exif_transpose(image)
                if image.mode.startswith("I"):  # 16 bits, which Pillow would clip at 255
                    grey = (np.asarray(image).astype("uint16") // 257).astype("uint8")
                    return np.repeat(grey[..., None], 3, axis=2)
                return np.array(image.convert("RGB"))
    except Exception as problem:  # Pillow raises errors of many kinds for damaged files
        raise ValueError(f"not a picture that can be read: {problem}") from problem


def read_rows(data: tf.data.Dataset, expected: int) -> tuple[list[tuple], list[int]]:
    """Go through a data set once; return its elements, and the positions that cannot be read.

    data: yields scalars, or a structure of them; expected: how many elements there are.
    An element is a tuple of Python values.
    """
    with without_stderr():  # what the decoders write there about broken images
        try:
            rows = []
            for batch in data.batch(1000).as_numpy_iterator():
                rows += zip(*(part.tolist() for part in tf.nest.flatten(batch)), strict=True)
            return rows, []
        except CANNOT_BE_READ:  # one by one, then, to find out which
            iterator, broken, rows = iter(data), [], []
        while len(rows) + len(broken) <= expected:  # once more: the end closes a cache
            try:
                values = tf.nest.flatten(next(iterator))
                rows.append(tuple(value.numpy().tolist() for value in values))
            except StopIteration:
                break
            except CANNOT_BE_READ:  # the iterator goes on behind it
                broken.append(len(rows) + len(broken))
    return rows, broken


def tell_broken(broken: list, whole: int, on_broken: str = "skip") -> None:
    """Name the broken pictures, by file name or position, in a notice or an error.

    whole: how many can be read; on_broken: "skip", or "raise" to make them an error.
    Raises ValueError if no picture can be read.
    """
    if not whole and not broken:
        raise ValueError("The data set holds no images: give one with at least one.")
    if not broken:
        return
    more = f" and {len(broken) - 5:,} more" if len(broken) > 5 else ""
    names = ", ".join(map(str, broken[:5])) + more
    if not isinstance(broken[0], str):
        names = f"position {names} (counted from 0)"
    found = f"{len(broken):,} of {whole + len(broken):,} images cannot be decoded"
    if on_broken == "raise" or not whole:
        raise ValueError(f"{found}: {names}; repair or remove them.")
    notice(f"{found}: {names}. The others are used.")
