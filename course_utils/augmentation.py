"""Geometric data augmentation in one warp, in the words of ``ImageDataGenerator``.

Rotation, shift, shear, zoom and flips of an image are one matrix, so they need one interpolation.
`affine_matrices` builds the matrices, `warp` applies them, and the layer `RandomAffine` draws
new parameters for each image. Images are channels-last.
"""

import functools
from numbers import Integral, Real
from typing import Any

import course_utils.keras_inside.start
from course_utils.keras_inside.backend import need_tensorflow

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

FILL_MODES = ("nearest", "constant", "reflect", "wrap")
INTERPOLATIONS = ("bilinear", "nearest")

# Coordinates are float32: a point this close to the border (in pixels) counts as inside.
_BORDER = 1e-3

Numbers = float | np.ndarray | tf.Tensor  # a parameter of one image, or of N


def affine_matrices(
    height: Numbers,
    width: Numbers,
    theta: Numbers = 0.0,
    tx: Numbers = 0.0,
    ty: Numbers = 0.0,
    shear: Numbers = 0.0,
    zx: Numbers = 1.0,
    zy: Numbers = 1.0,
    flip_horizontal: Numbers = False,
    flip_vertical: Numbers = False,
) -> tf.Tensor:
    """Return the matrix of each set of parameters.

    As in `scipy.ndimage.affine_transform`, a matrix takes a pixel of the *output*,
    ``(row, column, 1)``, to the place in the input where its value is read. So a zoom above 1
    makes things smaller, and a positive shift moves the picture up or to the left. The picture is
    rotated, shifted, sheared, zoomed and then flipped, all about its centre.

    Parameters
    ----------
    height, width : size of the images in pixels.
    theta, shear : angles in degrees; a positive theta turns the picture anticlockwise.
    tx, ty : shift of columns and of rows, in pixels.
    zx, zy : zoom of columns and of rows.
    flip_horizontal, flip_vertical : whether left and right, top and bottom change places.
        Each parameter is a number or a tensor of shape (N,).

    Returns
    -------
    float32 tensor of shape (N, 3, 3), or (3, 3) if all parameters are numbers.

    Notes
    -----
    The parameters are those of ``ImageDataGenerator.apply_transform``, and on square images the
    result is the same; on others that function turns about the wrong point.

    Examples
    --------
    >>> affine_matrices(28, 28, tx=2.0).numpy()  # two pixels to the left
    array([[ 1.,  0.,  0.],
           [-0.,  1.,  2.],
           [ 0.,  0.,  1.]], dtype=float32)
    """
    parameters = (theta, tx, ty, shear, zx, zy, flip_horizontal, flip_vertical, height, width)
    parameters = [tf.cast(parameter, tf.float32) for parameter in parameters]
    theta, tx, ty, shear, zx, zy, flip_horizontal, flip_vertical, height, width = parameters
    theta, shear = theta * (np.pi / 180), shear * (np.pi / 180)
    zx, zy = zx * (1 - 2 * flip_horizontal), zy * (1 - 2 * flip_vertical)
    # rotation x shear = [[cos(theta + shear), sin(theta)], [-sin(theta + shear), cos(theta)]]
    a, b = tf.cos(theta + shear) * zy, tf.sin(theta) * zx
    c, d = -tf.sin(theta + shear) * zy, tf.cos(theta) * zx
    row, column = (height - 1) / 2, (width - 1) / 2  # the centre stays, but for the shift
    row_offset = row - a * row - b * column + tf.cos(theta) * ty + tf.sin(theta) * tx
    column_offset = column - c * row - d * column + tf.cos(theta) * tx - tf.sin(theta) * ty
    one = tf.ones_like(row_offset + column_offset)
    matrix = [[a, b, row_offset], [c, d, column_offset], [0, 0, 1]]
    return tf.stack([tf.stack([x * one for x in line], axis=-1) for line in matrix], axis=-2)


def warp(
    images: ArrayLike | tf.Tensor,
    matrices: ArrayLike | tf.Tensor,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation: str = "bilinear",
) -> tf.Tensor:
    """Apply affine matrices to images.

    Parameters
    ----------
    images : numbers of shape (N, height, width, channels) or (height, width, channels).
    matrices : shape (N, 3, 3), or (3, 3) for one and the same; see `affine_matrices`.
    fill_mode : what lies beyond the border, with `scipy.ndimage`'s meaning:
        ``"nearest"`` aaa|abcd|ddd, ``"constant"`` (`cval`), ``"reflect"`` cba|abcd|dcb,
        ``"wrap"`` abc|abcd|bcd (the last pixel and the first one share a place).
    cval : the value beyond the border for ``"constant"``.
    interpolation : ``"bilinear"`` or ``"nearest"``.

    Returns
    -------
    tensor with the shape and dtype of `images`; integers are rounded and clipped.

    Notes
    -----
    Compiled by XLA, once for each shape of images. Where the size is not known in advance,
    as in a `tf.data` pipeline of photos of many sizes, the same operations run uncompiled.

    Examples
    --------
    >>> image = np.array([1, 2, 3]).reshape(1, 3, 1)
    >>> mirror = affine_matrices(1, 3, flip_horizontal=True)
    >>> warp(image, mirror).numpy().ravel()
    array([3, 2, 1])
    """
    _check_options(fill_mode, cval, interpolation)
    images, matrices = tf.convert_to_tensor(images), tf.cast(matrices, tf.float32)
    _check_rank(images)
    _check_matrices(matrices, images)
    return _run(_warp_batch, images, matrices, fill_mode, float(cval), interpolation)


@keras.saving.register_keras_serializable(package="course_utils")
class RandomAffine(keras.layers.Layer):
    """Rotate, shift, shear, zoom and flip each image at random.

    The arguments are those of ``ImageDataGenerator`` that move pixels, with their documented
    meaning, so that an old call carries over word for word; its others may be there as long as
    they do nothing, else a sentence says where each lives today.

    Parameters
    ----------
    rotation_range : degrees; the angle lies in [-rotation_range, rotation_range].
    width_shift_range, height_shift_range : how far columns and rows move. A float below 1 is a
        fraction of the size, a larger one is in pixels; an int n means whole pixels from
        -(n - 1) to n - 1; a list holds the shifts to choose from, with either sign.
    shear_range : degrees (not radians: 0.2 cannot be seen).
    zoom_range : a number z for [1 - z, 1 + z], or [lower, upper]; above 1 things get smaller.
        Height and width are zoomed independently.
    horizontal_flip, vertical_flip : whether to flip half of the images.
    fill_mode, cval, interpolation : as in `warp`.
    seed : int for the same sequence of transforms in each run, or None.

    Notes
    -----
    Takes (N, height, width, channels) or (height, width, channels) of any dtype and returns the
    same. Like Keras' own random layers it is on when called by itself or in `tf.data`, on in
    `fit`, and off in `evaluate`, `predict` and with ``training=False``, when it returns its
    input untouched. In a parallel `tf.data` map two elements may swap their draws.
    Today's ``ImageDataGenerator`` moves columns by height_shift_range and rows by
    width_shift_range; this layer does what the names say.

    Examples
    --------
    >>> layer = RandomAffine(rotation_range=40, horizontal_flip=True, seed=0)
    >>> layer(np.zeros((8, 15, 15, 3), "uint8")).shape
    TensorShape([8, 15, 15, 3])
    """

    def __init__(
        self,
        rotation_range: float = 0,
        width_shift_range: float | list[float] = 0.0,
        height_shift_range: float | list[float] = 0.0,
        shear_range: float = 0.0,
        zoom_range: float | list[float] = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        interpolation: str = "bilinear",
        seed: int | None = None,
        **kwargs: Any,
    ):
        need_tensorflow("RandomAffine")
        kwargs = _without_idle(kwargs)
        super().__init__(autocast=False, **kwargs)  # what comes in as uint8 or float16 stays so
        self.rotation_range = _check_range("rotation_range", rotation_range)
        self.width_shift_range = _check_shift("width_shift_range", width_shift_range)
        self.height_shift_range = _check_shift("height_shift_range", height_shift_range)
        self.shear_range = _check_range("shear_range", shear_range)
        self.zoom_range = _check_zoom(zoom_range)
        self.horizontal_flip = bool(horizontal_flip)
        self.vertical_flip = bool(vertical_flip)
        _check_options(fill_mode, cval, interpolation)
        self.fill_mode = fill_mode
        self.cval = float(cval)
        self.interpolation = interpolation
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def sample(
        self, count: int | tf.Tensor, height: int | tf.Tensor, width: int | tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Draw the parameters of `count` images: a dict of tensors for `affine_matrices`."""
        ranges = [
            [-self.rotation_range, self.rotation_range],
            _draws_of_shift(self.width_shift_range),
            _draws_of_shift(self.height_shift_range),
            [-self.shear_range, self.shear_range],
            self.zoom_range,
            self.zoom_range,
            [0, self.horizontal_flip],
            [0, self.vertical_flip],
        ]
        low, high = np.float32(ranges).T[..., None]
        draws = keras.random.uniform((len(ranges), count), seed=self.seed_generator)
        theta, tx, ty, shear, zx, zy, horizontal, vertical = tf.unstack(low + draws * (high - low))
        return {
            "theta": theta,
            "tx": _to_pixels(tx, self.width_shift_range, width),
            "ty": _to_pixels(ty, self.height_shift_range, height),
            "shear": shear,
            "zx": zx,
            "zy": zy,
            "flip_horizontal": horizontal > 0.5,
            "flip_vertical": vertical > 0.5,
        }

    def call(self, images: ArrayLike | tf.Tensor, training: bool = True) -> tf.Tensor:
        images = tf.convert_to_tensor(images)
        _check_rank(images)
        if not training:
            return images
        count = _size(images, 0) if images.shape.rank == 4 else 1
        parameters = self.sample(count, _size(images, -3), _size(images, -2))
        options = self.fill_mode, self.cval, self.interpolation
        return _run(_augment_batch, images, parameters, *options)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return input_shape

    def compute_output_spec(
        self, images: keras.KerasTensor, training: bool = True
    ) -> keras.KerasTensor:
        return keras.KerasTensor(images.shape, images.dtype)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "rotation_range": self.rotation_range,
            "width_shift_range": self.width_shift_range,
            "height_shift_range": self.height_shift_range,
            "shear_range": self.shear_range,
            "zoom_range": self.zoom_range,
            "horizontal_flip": self.horizontal_flip,
            "vertical_flip": self.vertical_flip,
            "fill_mode": self.fill_mode,
            "cval": self.cval,
            "interpolation": self.interpolation,
            "seed": self.seed,
        }


# What else `ImageDataGenerator` took, and who does it today.
_NORMALISE = "keras.layers.Normalization does it, with adapt(images)"
_ELSEWHERE = {
    "rescale": "pipelines.batches gives values from 0 to 1, and keras.layers.Rescaling others",
    "brightness_range": "keras.layers.RandomBrightness(0.2, value_range=(0, 1)) does it",
    "channel_shift_range": "keras.layers.RandomColorJitter does it",
    "preprocessing_function": "data.map(...) calls it on each batch",
    "validation_split": "pipelines.splits(name, validation=0.2) parts a data set",
    "featurewise_center": _NORMALISE,
    "featurewise_std_normalization": _NORMALISE,
    "samplewise_center": "keras.layers.LayerNormalization does it",
    "samplewise_std_normalization": "keras.layers.LayerNormalization does it",
    "zca_whitening": "no layer of Keras does it, since networks normalise inside",
    "data_format": "the channels come last here",
}
_IDLE = (None, False, 0, "channels_last")


def _without_idle(arguments):
    """Leave out arguments of ``ImageDataGenerator`` that do nothing; say where the others live."""
    for name, where in _ELSEWHERE.items():
        if name in arguments and arguments[name] not in _IDLE:
            raise ValueError(f"RandomAffine moves pixels and has no {name}: {where}.")
    return {name: value for name, value in arguments.items() if name not in _ELSEWHERE}


def _size(images, axis):
    """The size of an axis: an int where it is known, else a tensor."""
    known = images.shape[axis]
    return tf.shape(images)[axis] if known is None else known


def _run(function, images, arguments, *options):
    """Call `function` on a batch or a single image, compiled by XLA if the size is known."""
    function = functools.partial(function, options=options)
    if images.shape[-3:].is_fully_defined():
        function = _compile(function.func, options)
    if images.shape.rank == 4:
        return function(images, arguments)
    return function(images[None], arguments)[0]


@functools.cache
def _compile(function, options):
    function = functools.partial(function, options=options)
    return tf.function(function, jit_compile=True, reduce_retracing=True, autograph=False)


def _augment_batch(images, parameters, options):
    matrices = affine_matrices(_size(images, 1), _size(images, 2), **parameters)
    return _warp_batch(images, matrices, options)


def _warp_batch(images, matrices, options):
    fill_mode, cval, interpolation = options
    count, height, width = (_size(images, axis) for axis in range(3))
    rows, columns = _coordinates(matrices, count, height, width)
    rows, rows_inside = _fold(rows, height, fill_mode)
    columns, columns_inside = _fold(columns, width, fill_mode)
    warped = (_nearest if interpolation == "nearest" else _bilinear)(images, rows, columns)
    if fill_mode == "constant":
        inside = (rows_inside & columns_inside)[..., None]
        warped = tf.where(inside, warped, _to_dtype(tf.constant(cval), warped.dtype))
    return _to_dtype(warped, images.dtype)


def _coordinates(matrices, count, height, width):
    """Where each pixel of the output is read: rows and columns of shape (N, height, width)."""
    row = tf.range(height, dtype=tf.float32)[:, None]
    column = tf.range(width, dtype=tf.float32)
    matrices = tf.broadcast_to(matrices, (count, 3, 3))[..., None, None]
    return [
        matrices[:, i, 0] * row + matrices[:, i, 1] * column + matrices[:, i, 2] for i in (0, 1)
    ]


def _fold(position, size, fill_mode):
    """Bring positions beyond the border back to [0, size - 1]; also tell which were inside."""
    size = tf.cast(size, tf.float32)
    last = size - 1
    inside = (position >= -_BORDER) & (position <= last + _BORDER)
    if fill_mode == "reflect":
        position = _modulo(position + 0.5, 2 * size)
        position = tf.minimum(position, 2 * size - position) - 0.5
    elif fill_mode == "wrap":
        position = tf.where(inside, position, _modulo(position, tf.maximum(last, 1)))
    return tf.clip_by_value(position, 0.0, last), inside


def _modulo(values, period):
    return values - period * tf.floor(values / period)  # XLA is slow at floormod


def _nearest(images, rows, columns):
    row, column = (tf.cast(tf.floor(place + 0.5), tf.int32) for place in (rows, columns))
    return _pick(images, row * _size(images, 2) + column)


def _bilinear(images, rows, columns):
    """Blend the four neighbours: here, one to the right, one down, and both."""
    height, width = _size(images, 1), _size(images, 2)
    row, column = tf.cast(rows, tf.int32), tf.cast(columns, tf.int32)  # the upper left neighbour
    here = row * width + column
    right = tf.cast(column + 1 < width, tf.int32)  # no step beyond the last column
    down = tf.cast(row + 1 < height, tf.int32) * width
    row_share = (rows - tf.floor(rows))[..., None]
    column_share = (columns - tf.floor(columns))[..., None]

    def blend(first, second, share):
        first, second = tf.cast(first, tf.float32), tf.cast(second, tf.float32)
        return first + share * (second - first)

    upper = blend(_pick(images, here), _pick(images, here + right), column_share)
    lower = blend(_pick(images, here + down), _pick(images, here + down + right), column_share)
    return blend(upper, lower, row_share)


def _pick(images, place):
    """The pixels at `place`, their number in reading order, for each image of the batch."""
    count, height, width, channels = (_size(images, axis) for axis in range(4))
    return tf.gather(tf.reshape(images, (count, height * width, channels)), place, batch_dims=1)


def _to_dtype(values, dtype):
    if dtype.is_integer and values.dtype.is_floating:
        return tf.saturate_cast(tf.round(values), dtype)
    return tf.cast(values, dtype)


def _shifts(shift_range):
    """The shifts to choose from, or None if any in the range will do."""
    if isinstance(shift_range, Integral):
        shift_range = list(range(shift_range)) or [0]
    if isinstance(shift_range, list):
        return np.float32([*shift_range, *np.negative(shift_range)])
    return None


def _draws_of_shift(shift_range):
    """The range to draw from: of shifts, or of their numbers in `_shifts`."""
    shifts = _shifts(shift_range)
    return [-shift_range, shift_range] if shifts is None else [0, len(shifts)]


def _to_pixels(draws, shift_range, size):
    shifts = _shifts(shift_range)
    if shifts is not None:
        draws = tf.gather(shifts, tf.cast(draws, tf.int32))
    is_fraction = np.max(np.abs(shift_range)) < 1
    return draws * tf.cast(size, tf.float32) if is_fraction else draws


def _check_rank(images):
    if images.shape.rank not in (3, 4):
        raise ValueError(
            "Images must have shape (N, height, width, channels) or (height, width, channels), "
            f"found {images.shape}; a channel axis is added with images[..., None]."
        )


def _check_matrices(matrices, images):
    count = images.shape[0] if images.shape.rank == 4 else 1
    if not matrices.shape.is_compatible_with((3, 3)) and not any(
        matrices.shape.is_compatible_with((number, 3, 3)) for number in (1, count)
    ):
        raise ValueError(
            f"Matrices must have shape (3, 3), or (N, 3, 3) for N images; found {matrices.shape} "
            f"for images of shape {images.shape}."
        )


def _check_options(fill_mode, cval, interpolation):
    if fill_mode not in FILL_MODES:
        raise ValueError(f"fill_mode must be one of {', '.join(FILL_MODES)}; found {fill_mode!r}.")
    if interpolation not in INTERPOLATIONS:
        allowed = ", ".join(INTERPOLATIONS)
        raise ValueError(f"interpolation must be one of {allowed}; found {interpolation!r}.")
    if not _is_number(cval):
        raise ValueError(f"cval must be a number; found {cval!r}.")


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool) and np.isfinite(value)


def _check_range(name, value):
    if not _is_number(value) or value < 0:
        raise ValueError(f"{name} must be a number of 0 or more; found {value!r}.")
    return value


def _check_shift(name, value):
    if not isinstance(value, (list, tuple, np.ndarray)):
        return _check_range(name, value)
    if len(value) == 0 or not all(_is_number(shift) for shift in value):
        raise ValueError(f"{name} must be a number or a list of numbers; found {value!r}.")
    return np.asarray(value).tolist()


def _check_zoom(value):
    """Return [lower, upper]."""
    if _is_number(value) and 0 <= value < 1:
        return [1 - value, 1 + value]
    if isinstance(value, (list, tuple)) and len(value) == 2:
        if all(_is_number(zoom) and zoom > 0 for zoom in value):
            return list(value)
    raise ValueError(
        "zoom_range must be a number from 0 to below 1, or [lower, upper] with both above 0; "
        f"found {value!r}."
    )
