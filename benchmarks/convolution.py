"""Compare ways to convolve a 512x512 picture: python benchmarks/convolution.py

Contenders take turns in each round; what is printed is each one's median over the rounds, and that
median as a ratio to this course's `convolve`. TensorFlow and Keras may use all cores, the others
use one (a matrix product excepted).
"""

import statistics
import time

import course_utils.keras_inside.start
from course_utils.convolution import convolve, convolve_loops

import numpy as np
from scipy import ndimage

ROUNDS = 15


def convolve_windows(image, kernel):
    """What NumPy users write today: all windows as a view, and one einsum."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape[:2], axis=(0, 1))
    if kernel.ndim == 2:
        return np.einsum("ijkl,kl->ij", windows, kernel)
    return np.einsum("ijckl,klcf->ijf", windows, kernel, optimize=True)


def tensorflow_contenders(image, kernel):
    import keras
    import tensorflow as tf

    images, kernels = tf.constant(image[None]), tf.constant(kernel)
    return {
        "keras.ops.conv": lambda: keras.ops.conv(images, kernels).numpy(),
        "tf.nn.conv2d": lambda: tf.nn.conv2d(images, kernels, 1, "VALID").numpy(),
    }


def gray_contenders(dtype):
    rng = np.random.default_rng(0)
    image, kernel = rng.random((512, 512)).astype(dtype), rng.random((3, 3)).astype(dtype)
    return {
        "this course's convolve": lambda: convolve(image, kernel),
        "textbook loop": lambda: convolve_loops(image, kernel),
        "sliding_window_view + einsum": lambda: convolve_windows(image, kernel),
        "scipy.ndimage.correlate": lambda: ndimage.correlate(image, kernel, mode="constant"),
        **tensorflow_contenders(image[:, :, None], kernel[:, :, None, None]),
    }


def filter_contenders(dtype):
    rng = np.random.default_rng(0)
    image, kernel = rng.random((512, 512, 3)).astype(dtype), rng.random((3, 3, 3, 16)).astype(dtype)
    return {
        "this course's convolve": lambda: convolve(image, kernel),
        "sliding_window_view + einsum": lambda: convolve_windows(image, kernel),
        "scipy.ndimage.correlate": lambda: [
            ndimage.correlate(image, kernel[..., f], mode="constant")[:, :, 1] for f in range(16)
        ],
        **tensorflow_contenders(image, kernel),
    }


def measure(contenders):
    """Median seconds of each contender; the textbook loop, slow as it is, gets one round."""
    seconds = {name: [] for name in contenders}
    for round_number in range(ROUNDS + 1):
        for name, call in contenders.items():
            if name == "textbook loop" and round_number > 1:
                continue
            start = time.perf_counter()
            call()
            if round_number > 0:  # Round 0 warms up.
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in seconds.items()}


def report(title, contenders):
    medians = measure(contenders)
    ours = medians["this course's convolve"]
    print(f"\n{title}")
    for name, seconds in sorted(medians.items(), key=lambda item: item[1]):
        print(f"  {name:30}{1000 * seconds:9.2f} ms  {seconds / ours:7.2f} x")


if __name__ == "__main__":
    for dtype in ("float32", "float64"):
        report(f"512x512, one 3x3 kernel, {dtype}", gray_contenders(dtype))
        report(f"512x512 RGB, 16 filters of 3x3, {dtype}", filter_contenders(dtype))
