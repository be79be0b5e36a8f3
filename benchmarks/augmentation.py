"""RandomAffine beside Keras' chain of random layers and ImageDataGenerator.

Run as `python benchmarks/augmentation.py`. In each round every contender augments a few batches,
one after the other; the medians of the rounds are compared, since machines are noisy. A ratio of
10 means that RandomAffine takes a tenth of the time.
"""

import time
import warnings

import course_utils.keras_inside.start
from course_utils.augmentation import RandomAffine

import keras
import numpy as np
import tensorflow as tf

BATCH, BATCHES, ROUNDS = 32, 4, 9
RANGES = {
    "rotation_range": 30,
    "width_shift_range": 0.2,
    "height_shift_range": 0.2,
    "shear_range": 10,
    "zoom_range": 0.15,
    "horizontal_flip": True,
    "fill_mode": "nearest",
}


def make_keras_chain():
    """The same transforms as five layers, with one interpolation each."""
    layers = keras.layers
    return keras.Sequential(
        [
            layers.RandomRotation(30 / 360, fill_mode="nearest"),
            layers.RandomTranslation(0.2, 0.2, fill_mode="nearest"),
            layers.RandomShear(x_factor=0.17, fill_mode="nearest"),
            layers.RandomZoom(0.15, 0.15, fill_mode="nearest"),
            layers.RandomFlip("horizontal"),
        ]
    )


def make_data_generator(images):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        generator = tf.keras.preprocessing.image.ImageDataGenerator(**RANGES)
    batches = generator.flow(images, batch_size=BATCH, shuffle=False)
    return lambda: [next(batches) for _ in range(BATCHES)]


def make_calls(augment, images):
    tensor = tf.constant(images)
    return lambda: [augment(tensor, training=True) for _ in range(BATCHES)]


def make_dataset(augment, images):
    """An endless pipeline that works only when asked, not in the background."""
    dataset = tf.data.Dataset.from_tensors(images).repeat()
    dataset = dataset.map(lambda x: augment(x, training=True))
    options = tf.data.Options()
    options.autotune.enabled = False
    batches = iter(dataset.with_options(options))
    return lambda: [next(batches) for _ in range(BATCHES)]


def make_contenders(images):
    """Functions that augment the batches: one group of eager calls, one of `tf.data` maps."""
    data_generator = make_data_generator(images)
    calls = {
        "RandomAffine": make_calls(RandomAffine(**RANGES), images),
        "Keras chain": make_calls(make_keras_chain(), images),
        "Keras chain in tf.function": make_calls(tf.function(make_keras_chain()), images),
        "ImageDataGenerator": data_generator,
    }
    maps = {
        "RandomAffine": make_dataset(RandomAffine(**RANGES), images),
        "Keras chain": make_dataset(make_keras_chain(), images),
        "ImageDataGenerator, no map": data_generator,
    }
    return {"called": calls, "in a tf.data map": maps}


def measure(contenders):
    """Median seconds for one batch, for each contender."""
    times = {name: [] for name in contenders}
    for number in range(ROUNDS + 1):
        for name, augment in contenders.items():
            start = time.perf_counter()
            augment()
            if number:  # the first round traces and compiles
                times[name].append((time.perf_counter() - start) / BATCHES)
    return {name: np.median(values) for name, values in times.items()}


def main():
    for size in (100, 150):
        images = np.random.default_rng(0).random((BATCH, size, size, 3), dtype="float32")
        for place, contenders in make_contenders(images).items():
            seconds = measure(contenders)
            print(f"{BATCH} images of {size}x{size}x3, {place}: ms a batch, ratio")
            for name, value in seconds.items():
                print(f"  {name:28}{value * 1e3:8.1f}{value / seconds['RandomAffine']:8.1f}x")


if __name__ == "__main__":
    main()
