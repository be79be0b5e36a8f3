"""Where Keras Applications gets its files: weights, and the names of the classes.

Each network builds the name and address of its file itself and asks one function for it; no
public argument leads there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import course_utils.keras_inside.start

from keras.src.utils import file_utils


@contextmanager
def files_from(find: Callable[[str, str, str | None], Path]) -> Iterator[None]:
    """Have Keras Applications get each file from `find(name, url, digest)`.

    find: returns the path of the file; digest is an MD5 or a SHA-256 in hexadecimal digits, or
    None. What it raises comes out of the function of Keras that wanted the file.
    """

    def get_file(fname, origin, *, file_hash=None, md5_hash=None, **_):
        return str(find(fname, origin, file_hash or md5_hash))

    of_keras, file_utils.get_file = file_utils.get_file, get_file
    try:
        yield
    finally:
        file_utils.get_file = of_keras
