"""From image files to batches: decode, resize, cache, shuffle, batch, augment, prefetch.

`batches` does it for a data set from `datasets.load` and for a folder of pictures alike; `splits`
returns a named data set's two parts, one to train on and one to validate on.
"""

import hashlib
import inspect
import os
import textwrap
from collections.abc import Callable
from functools import partial
from numbers import Integral, Real
from pathlib import Path

import course_utils.keras_inside.start
from course_utils import datasets, settings
from course_utils.datasets.folders import read_folder
from course_utils.datasets.pictures import as_written, decode, read_rows, tell_broken

import keras
import tensorflow as tf


def splits(name: str | Path, validation: float = 0.2) -> tuple[tf.data.Dataset, tf.data.Dataset]:
    """Return the training and the validation part of a data set, each a source for `batches`.

    Parameters
    ----------
    name : as in `datasets.load`, such as "malaria" or "cats_vs_dogs", or the path of a folder of
        pictures.
    validation : the share of the training images to validate on. It counts where the data set
        has no `validation` split of its own: then its last images are taken. (Those of a folder
        come with the classes in turn, so that both parts hold each in like shares.)

    Returns
    -------
    two `tf.data.Dataset` of (encoded image, label), always in the same order, with the attributes
    `class_names` and, of a folder, `file_names`. In the quick profile there are fewer to train on.

    Raises
    ------
    ValueError for a share that leaves one of the parts empty; else the errors of `datasets.load`.
    """
    import tensorflow_datasets as tfds

    options = {"as_supervised": True, "decoders": {"image": tfds.decode.SkipDecoding()}}
    train, info = datasets.load(name, split="train", with_info=True, **options)
    if "validation" in info.splits:
        return train, datasets.load(name, split="validation", **options)
    if not (isinstance(validation, Real) and 0 < validation < 1):
        raise ValueError(f"validation is {validation!r}: give a share between 0 and 1.")
    count = len(train)
    kept = count - round(count * validation)
    if not 0 < kept < count:
        raise ValueError(
            f"validation is {validation!r}, which leaves {kept:,} of {count:,} images to train "
            "on: give a share between 0 and 1, such as 0.2."
        )
    parts = train.take(kept), train.skip(kept)
    for part, some in zip(parts, (slice(kept), slice(kept, None)), strict=True):
        part.class_names = train.class_names
        part.file_names = getattr(train, "file_names", [])[some] or None
    return parts


def batches(
    source: str | Path | tf.data.Dataset,
    *,
    image_size: tuple[int, int],
    batch_size: int = 32,
    shuffle: bool = False,
    seed: int | None = None,
    augment: keras.Layer | Callable | None = None,
    on_broken: str = "skip",
    class_names: list[str] | None = None,
) -> tf.data.Dataset:
    """Turn images of any size into batches that a Keras model can be trained on.

    Each image is decoded once, when this function is called, and kept in memory as uint8:
    height * width * 3 bytes, a quarter of what float32 takes. Later epochs start from there.

    Parameters
    ----------
    source : a folder laid out ``<label>/*.jpg`` (or PNG, GIF, BMP, WebP, TIFF, AVIF, HEIC and
        others; also in folders below a label), or a `tf.data.Dataset` of (image, label). Of a
        folder, which comes with the classes in turn, the quick profile takes some of the training
        part.
        Best is ``datasets.load(..., as_supervised=True,
        decoders={"image": tfds.decode.SkipDecoding()})``: its images are still encoded, so they
        are decoded in parallel, and a broken one can be skipped. Decoded images are uint8, of
        shape (any height, any width, channels).
    image_size : (height, width) in pixels. Images are stretched to it, not cropped.
    batch_size : images in a batch; the last batch holds what is left.
    shuffle : whether all images come in a new order in each epoch.
    seed : int for the same sequence of orders in each run, or None.
    augment : a Keras layer, or a function of a batch of images, which it returns, or of images and
        labels, of which it returns both. It is called in each epoch anew; a layer has a seed of
        its own. Values stay between 0 and 1 (noise may go a little beyond), and what mixes
        pictures must mix their labels, too: this is tried on the first batch.
    on_broken : "skip" leaves out the images that cannot be decoded and names them in a notice;
        "raise" makes them an error.
    class_names : the names of a folder's labels 0, 1, ..., where it may lack a class: those of
        the training set. Without them: its folders in alphabetical order; of a folder
        "validation" or "test", those of the folder "train" beside it, too.

    Returns
    -------
    `tf.data.Dataset` of known length that yields float32 images of shape
    (batch, height, width, 3), with values from 0 to 1, and their labels. (The pretrained networks
    of `keras.applications` want 255 times that.) It has three attributes more: `class_names`, the
    names of the labels 0, 1, ... where they are known, else None; `broken`, the list of images
    left out: "label/file" of a folder, else the position in the data set, from 0; and `recipe`,
    a short hash of all that decides what it yields, see below.

    Raises
    ------
    ValueError or TypeError for a source or an option that cannot be used; ValueError that names
    the broken images with on_broken="raise", or if no other is left; FileNotFoundError for a
    folder that is not there.

    Notes
    -----
    Grey images become three equal channels, transparent parts white, and palettes, CMYK, 16 and
    32 bits 8-bit RGB. A camera's note on how it was held (EXIF) is heeded, and of an animation
    the first picture is taken. Resizing is that of ``keras.ops.image.resize``, rounded to whole
    numbers: bilinear, with antialiasing where a side shrinks to less than half.

    The `recipe` is made of the images' files (of their pixels, where they came decoded) and the
    labels, in their order; of image size, batch size, shuffle and seed; and of the settings of a
    layer that augments, or the text of a function (not what it refers to). It is None for a
    function whose text cannot be had, or that uses variables of the function around it. It is the
    same on every machine and in every session. What `map`, `take` and the like make of the data
    set has none.

    Examples
    --------
    >>> for label in ("cat", "dog"):
    ...     (Path("pets") / label).mkdir(parents=True)
    ...     keras.utils.save_img(f"pets/{label}/1.jpg", tf.zeros((60, 90, 3)).numpy())
    >>> data = batches("pets", image_size=(32, 32), batch_size=2)
    >>> data.class_names, [tuple(images.shape) for images, labels in data]
    (['cat', 'dog'], [(2, 32, 32, 3)])
    """
    _check_options(image_size, batch_size, seed, augment, on_broken)
    examples, names, class_names = _open(source, class_names)
    images = _decode_and_resize(examples, image_size).cache()
    content, broken = read_rows(images.map(_without_image), _count(examples))
    count = len(content)
    broken = [names[position] for position in broken] if names else broken
    tell_broken(broken, count, on_broken)

    data = images.map(_without_mark).apply(tf.data.experimental.assert_cardinality(count))
    if shuffle:
        data = data.shuffle(count, seed=seed)
    data = data.batch(batch_size).map(_scale, num_parallel_calls=tf.data.AUTOTUNE)
    if augment is not None:  # one batch after the other, so that seeds fix the result
        first = images.map(_without_mark).take(batch_size).batch(batch_size).map(_scale)
        _try_augment(augment, *next(iter(first)))
        data = data.map(partial(_augment, augment=augment))
    data = data.prefetch(tf.data.AUTOTUNE)
    data.class_names, data.broken = class_names, broken
    numbers = [int(number) for number in (*image_size, batch_size, shuffle)]
    way = numbers, None if seed is None else int(seed), _describe(augment)
    data.recipe = None if None in way[-1] else _hash((content, count, *way))
    return data


def _hash(value) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def _describe(augment) -> tuple:
    """Return what decides how a layer or a function augments; it holds None if that is unknown."""
    if augment is None:
        return ()
    if isinstance(augment, keras.Layer):
        try:
            return type(augment).__name__, repr(_without_names(augment.get_config()))
        except NotImplementedError:
            return (None,)
    if getattr(augment, "__closure__", None):
        return (None,)
    try:
        return (textwrap.dedent(inspect.getsource(augment)),)
    except (OSError, TypeError):
        return (None,)


def _without_names(config):
    """Drop the names of layers, which count the layers that a session has made."""
    if isinstance(config, dict):
        left = {key: value for key, value in config.items() if key not in _SESSION}
        return {key: _without_names(value) for key, value in sorted(left.items())}
    if isinstance(config, (list, tuple)):
        return [_without_names(value) for value in config]
    return config


_SESSION = ("name", "registered_name", "build_config")


def _decode_and_resize(examples, image_size):
    """Return a data set of (resized image, label, mark); the mark tells the image as it came."""

    @as_written
    def decode_and_resize(image, label):
        mark = _mark(image)
        if image.dtype == tf.string:
            image = decode(image)
        return _resize(_to_rgb(image), image_size), label, mark

    options = tf.data.Options()  # they hold for all that is built on it
    options.autotune.enabled = False  # ending its thread can take 0.2 s, epoch by epoch
    options.experimental_optimization.apply_default_optimizations = False  # they find nothing
    images = examples.map(decode_and_resize, num_parallel_calls=4 * (os.cpu_count() or 1))
    return images.with_options(options)


def _mark(image):
    """Return a whole number that tells an encoded file, or decoded pixels, from all others."""
    file = image if image.dtype == tf.string else tf.io.serialize_tensor(image)
    return tf.strings.to_hash_bucket_fast(file, 2**62)


@as_written
def _without_mark(image, label, mark):
    return image, label


@as_written
def _without_image(image, label, mark):
    return label, mark


def _to_rgb(image):
    """Return three channels of 1 (grey), 2 (grey, alpha), 3 or 4 (colour, alpha)."""
    if image.shape[-1] == 3:
        return image
    count = tf.shape(image)[-1]
    colours = tf.cond(count < 3, lambda: tf.repeat(image[..., :1], 3, -1), lambda: image[..., :3])
    seen = tf.cond(count % 2 == 0, lambda: _on_white(colours, image[..., -1:]), lambda: colours)
    return tf.ensure_shape(seen, (None, None, 3))


def _on_white(colours, alpha):
    share = tf.cast(alpha, tf.float32) / 255
    return tf.cast(tf.round(tf.cast(colours, tf.float32) * share + 255 * (1 - share)), tf.uint8)


def _resize(image, size):
    """Resize to uint8; antialiasing, which is slow, is for where bilinear would skip pixels."""

    def resize(antialias):
        return tf.image.resize(image, size, antialias=antialias)

    halved = tf.reduce_any(tf.shape(image)[:2] > 2 * tf.constant(size))
    return tf.cast(tf.round(tf.cond(halved, lambda: resize(True), lambda: resize(False))), tf.uint8)


@as_written
def _scale(images, labels):
    return tf.cast(images, tf.float32) / 255, labels


def _augment(images, labels, augment):
    if isinstance(augment, keras.Layer):
        return augment(images, training=True), labels
    return augment(images, labels) if _takes_labels(augment) else (augment(images), labels)


def _takes_labels(augment) -> bool:
    """Tell whether a function wants images and labels: two arguments without a default."""
    try:
        wanted = inspect.signature(augment).parameters.values()
    except (TypeError, ValueError):  # a built-in function may not say
        return False
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(one.kind in by_position and one.default is one.empty for one in wanted) == 2


def _try_augment(augment, images, labels) -> None:
    """Augment a batch and look at what comes out; a layer's seed is put back to where it was."""
    layers = _all_layers(augment) if isinstance(augment, keras.Layer) else []
    for layer in layers:
        name = type(layer).__name__
        if isinstance(layer, (keras.layers.MixUp, keras.layers.CutMix)):
            raise ValueError(
                f"{name} mixes pictures, and here their labels would stay as they are: give a "
                "function of images and labels that mixes both."
            )
        if max(getattr(layer, "value_range", (0, 1))) > 1:
            raise ValueError(
                f"{name} is set to values from 0 to 255, and these images have 0 to 1: "
                "give it value_range=(0, 1)."
            )
    before = [(variable, variable.numpy()) for variable in getattr(augment, "variables", ())]
    result = _augment(images, labels, augment)
    for variable, value in before:
        variable.assign(value)
    if not (isinstance(result, tuple) and len(result) == 2):
        raise ValueError(
            f"augment returns a {type(result).__name__}: a function of images and labels returns "
            "both."
        )
    _check_augmented(*result, images)


def _all_layers(layer) -> list:
    return [layer, *(one for child in getattr(layer, "layers", ()) for one in _all_layers(child))]


def _check_augmented(changed, new_labels, images) -> None:
    counts = [len(keras.tree.flatten(part)[0]) for part in (changed, new_labels)]
    if tuple(getattr(changed, "shape", ()))[3:] != (3,) or counts != [len(images)] * 2:
        raise ValueError(
            f"augment makes {getattr(changed, 'shape', type(changed).__name__)} of a batch of "
            f"shape {images.shape}: return as many images, of shape (height, width, 3)."
        )
    low, high = float(tf.reduce_min(changed)), float(tf.reduce_max(changed))
    if not (-1 <= low and high <= 2):  # nor are these numbers, where a value is none
        raise ValueError(
            f"augment gives values from {low:.3g} to {high:.3g}, and images have 0 to 1: a layer "
            "may need value_range=(0, 1), a function must not scale to 255."
        )


def _open(source, class_names):
    """Return a data set of (image, label), and its file names and class names where known."""
    if isinstance(source, (str, Path)):
        return _open_folder(Path(source).expanduser(), class_names)
    if not isinstance(source, tf.data.Dataset):
        raise TypeError(
            f"source is a {type(source).__name__}: give a folder of pictures or a tf.data.Dataset."
        )
    if class_names is not None:
        raise ValueError("class_names numbers the labels of a folder: a data set has its own.")
    _check_elements(source.element_spec)
    return source, getattr(source, "file_names", None), getattr(source, "class_names", None)


def _open_folder(folder, class_names):
    pictures = read_folder(folder, class_names)
    if pictures.split == "train":
        pictures = pictures.pick(slice(settings.profile().pictures))
    files = [os.fsencode(file) for file in pictures.files]
    examples = tf.data.Dataset.from_tensor_slices((files, pictures.labels))
    examples = examples.map(lambda file, label: (tf.io.read_file(file), label))
    return examples, pictures.names, pictures.class_names


def _check_elements(spec):
    if not (isinstance(spec, tuple) and len(spec) == 2 and isinstance(spec[0], tf.TensorSpec)):
        raise ValueError(
            f"The data set yields a {type(spec).__name__} and not (image, label): "
            "load it with as_supervised=True."
        )
    kind = spec[0].dtype.name, spec[0].shape.rank
    if kind not in (("string", 0), ("uint8", 3)):
        raise ValueError(
            f"The images of the data set are {spec[0].dtype.name} of shape {spec[0].shape}: give "
            "encoded images, or uint8 of shape (height, width, channels), and not in batches."
        )


def _count(examples) -> int:
    count = int(examples.cardinality())
    if count == tf.data.INFINITE_CARDINALITY:
        raise ValueError("The data set never ends: leave out its repeat().")
    if count == tf.data.UNKNOWN_CARDINALITY:  # read, but nothing is decoded
        count = _length(examples)
    return count


def _length(examples) -> int:
    return int(examples.reduce(0, as_written(lambda number, *_: number + 1)))


def _check_options(image_size, batch_size, seed, augment, on_broken):
    sizes = image_size if isinstance(image_size, (tuple, list)) else [image_size]
    if len(sizes) != 2 or not all(isinstance(size, Integral) and size > 0 for size in sizes):
        raise ValueError(f"image_size is {image_size!r}: give (height, width), such as (100, 100).")
    if not (isinstance(batch_size, Integral) and batch_size > 0):
        raise ValueError(f"batch_size is {batch_size!r}: give a whole number from 1 on.")
    if not (seed is None or isinstance(seed, Integral)):
        raise ValueError(f"seed is {seed!r}: give a whole number, or None.")
    if not (augment is None or callable(augment)):
        raise TypeError(f"augment is a {type(augment).__name__}: give a Keras layer or a function.")
    if on_broken not in ("skip", "raise"):
        raise ValueError(f"on_broken is {on_broken!r}: give 'skip' or 'raise'.")
