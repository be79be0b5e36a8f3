"""Decode picture files of any kind, and find the broken ones among them."""

from collections.abc import Callable

import course_utils.keras_inside.start
from course_utils.datasets.photographs import read_bytes
from course_utils.keras_inside.start import without_stderr
from course_utils.reader.notices import notice

import numpy as np
import tensorflow as tf

CANNOT_BE_READ = (
    tf.errors.InvalidArgumentError,  # not an image, or one that is cut short
    tf.errors.NotFoundError,
    tf.errors.PermissionDeniedError,
)
# What TensorFlow decodes quickly, and as it looks: JPEG and PNG files without transparency and
# without a camera's note on how it was held (the word Exif near the beginning).
_JPEG, _PNG = rb"\xff\xd8\xff", rb"\x89PNG\r\n\x1a\n"
_USUAL = rb"(?:" + _JPEG + rb"|" + _PNG + rb"\C{17}[^\x04\x06])\C*"
_UNUSUAL = rb"\C*(?:Exif\x00|eXIf|tRNS)\C*"


def as_written(function: Callable) -> Callable:
    """Keep AutoGraph from rewriting a function that holds no Python loop or `if` on tensors.

    It would cost half a second before the first image.
    """
    return tf.autograph.experimental.do_not_convert(function)


@as_written
def decode(file: tf.Tensor) -> tf.Tensor:
    """Decode one picture file to uint8 of shape (height, width, 3), the right way up.

    file: the bytes of a JPEG, PNG, GIF, BMP, WebP, TIFF, AVIF, HEIC or JPEG 2000, whatever its name
    says. Grey images become three equal channels, transparent parts white, and palettes, CMYK, 16
    and 32 bits 8-bit RGB. A camera's note on how it was held (EXIF) is heeded; of an animation
    the first picture is taken. Raises one of `CANNOT_BE_READ` for a file that is none of these.
    """
    beginning = tf.strings.substr(file, 0, 4096)
    usual = tf.strings.regex_full_match(beginning, _USUAL)
    unusual = tf.strings.regex_full_match(beginning, _UNUSUAL)
    image = tf.cond(
        usual & ~unusual,
        lambda: tf.io.decode_image(file, channels=3, expand_animations=False),
        lambda: tf.numpy_function(_decode_with_pillow, [file], tf.uint8),
    )
    image.set_shape((None, None, 3))
    return image


def _decode_with_pillow(file: bytes) -> np.ndarray:
    return np.array(read_bytes(file, "The picture"))


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
