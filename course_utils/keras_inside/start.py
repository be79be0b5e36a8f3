"""Start TensorFlow and Keras without a log line, as soon as this module is imported.

Keras runs on TensorFlow, or on JAX where KERAS_BACKEND says so; TensorFlow reads the data sets in
any case. A module that needs them has `import course_utils.keras_inside.start` as its first import;
what comes after it finds both libraries started.
"""

import ctypes
import gc
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from course_utils.keras_inside import arrays, backend, configuration, wrappers

M_MMAP_THRESHOLD = -3  # as malloc.h of the GNU C library has it


@contextmanager
def without_stderr() -> Iterator[None]:
    """Send file descriptor 2 to the null device; put it back whatever happens.

    C++ code writes there past `sys.stderr`, so that Python cannot filter its lines.

    >>> with without_stderr():
    ...     _ = os.write(2, b"This line is not seen.")
    """
    sys.stderr.flush()
    saved = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Import large libraries without the search for garbage among their 600,000 objects.

    They stay to the end, so later searches, and that at the exit, pass them over: this saves half
    a second at the start of a notebook and a second at its end.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Let TensorFlow and Keras start as where these packages are not installed."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # an import of None raises ImportError
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _hand_back_memory() -> None:
    """Let arrays of 1 MB and more go back to the system as soon as they are freed, on Linux.

    Its C library else learns from the first large one to keep up to 32 MB of each for later: 40 to
    80 MB of a notebook's kernel.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library than GNU's
            ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 2**20)


def _start() -> None:
    """Import both libraries, let a GPU's memory grow as needed, and run a first operation.

    TensorFlow writes to the process' standard error before Python can filter it, so that stream
    is turned away meanwhile. Errors still raise. Settings of another course are not heeded, with a
    warning; RuntimeError where Keras has been started with them before.
    """
    is_new = "keras" not in sys.modules
    if is_new:
        for sentence in configuration.find_differences():
            warnings.warn(sentence, stacklevel=2)
        os.environ["KERAS_BACKEND"] = configuration.find_backend()
        if not os.path.isabs(os.path.expanduser("~")):  # without a home Keras makes a folder "~"
            os.environ.setdefault("KERAS_HOME", str(configuration.find_file().parent))
    if "tensorflow" in sys.modules:
        _configure(is_new)
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _hand_back_memory()
    # TensorFlow's converter for telephones imports JAX if it can: 120 MB that the course uses in
    # processes of its own. Keras' wrappers import scikit-learn: 40 MB and a second.
    unneeded = ["sklearn"] if configuration.find_backend() == "jax" else ["jax", "sklearn"]
    with without_stderr(), _without_garbage_collection(), _without(*unneeded):
        _configure(is_new)
        import tensorflow as tf

        for gpu in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, True)
        tf.get_logger().setLevel("ERROR")
        if configuration.find_backend() != "tensorflow":
            backend.explain_tapes()
        tf.zeros(1) + 1
        if tf.__version__.startswith(("2.19.", "2.20.")):  # their XLA greets who compiles first
            tf.function(lambda x: x + 1, jit_compile=True)(tf.zeros(1))
    if is_new:
        wrappers.import_when_asked()


def _configure(is_new: bool) -> None:
    """Import Keras, and see that it is set as the course needs it."""
    file = configuration.find_file()
    try:
        import keras
    except (ValueError, TypeError, AttributeError, AssertionError) as problem:
        if not file.exists():
            raise
        raise RuntimeError(
            f"{file} keeps Keras from starting: correct it or remove it."
        ) from problem
    if keras.backend.backend() not in configuration.BACKENDS:
        raise RuntimeError(
            f"Keras runs on {keras.backend.backend()} here, and the course needs TensorFlow: "
            f"unset KERAS_BACKEND, or set the backend in {file}, and start anew."
        )
    keras.config.set_image_data_format(configuration.NEEDED["image_data_format"])
    if is_new:
        keras.config.set_floatx(configuration.NEEDED["floatx"])
    arrays.copy_once()


_start()
