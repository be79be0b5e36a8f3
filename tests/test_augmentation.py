"""RandomAffine: agreement with SciPy and ImageDataGenerator, where it runs, and each fault."""

import warnings

from course_utils import settings as course_settings  # noqa: F401
from course_utils.augmentation import (
    FILL_MODES,
    INTERPOLATIONS,
    RandomAffine,
    affine_matrices,
    warp,
)

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

ALL_RANGES = {
    "rotation_range": 30,
    "width_shift_range": 0.2,
    "height_shift_range": 0.2,
    "shear_range": 10,
    "zoom_range": 0.15,
    "horizontal_flip": True,
    "vertical_flip": True,
}
HEIGHT, WIDTH = 20, 27
BATCH = np.random.default_rng(0).random((4, HEIGHT, WIDTH, 2), dtype="float32")


def read_places(matrix, shape):
    """Row and column, in the input, of each pixel of the output: float64, (2, height, width)."""
    rows, columns = np.indices(shape)
    points = np.stack([rows, columns, np.ones(shape)])
    return np.tensordot(np.float64(matrix), points, 1)[:2]


def decided(places, shape, fill_mode, interpolation):
    """Where float32 and float64 must agree: away from the places where the value jumps."""
    clear = np.ones(shape, bool)
    for place, size in zip(places, shape, strict=True):
        if fill_mode == "constant":
            clear &= (abs(place) > 2e-3) & (abs(place - size + 1) > 2e-3)
        if fill_mode == "wrap":
            beyond = np.mod(place + 2e-3, size - 1) < 4e-3
            clear &= ~beyond
        if interpolation == "nearest":
            clear &= abs(np.mod(place, 1) - 0.5) > 1e-3
    return clear


def assert_like_scipy(images, matrices, fill_mode, interpolation, cval=0.3):
    warped = warp(images, matrices, fill_mode, cval, interpolation).numpy()
    order = INTERPOLATIONS[::-1].index(interpolation)
    shape = images.shape[1:3]
    for image, matrix, found in zip(images, np.float64(matrices), warped, strict=True):
        sure = decided(read_places(matrix, shape), shape, fill_mode, interpolation)
        for channel in range(image.shape[-1]):
            plane = np.float64(image[..., channel])
            expected = ndimage.affine_transform(
                plane, matrix, order=order, mode=fill_mode, cval=cval
            )
            np.testing.assert_allclose(found[sure, channel], expected[sure], atol=1e-4)
    return sure


def make_data_generator(**arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tf.keras.preprocessing.image.ImageDataGenerator(**arguments)


# --- the warp beside SciPy's and ImageDataGenerator's ------------------------------------------


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_warp_equals_scipy(fill_mode, interpolation):
    matrices = np.array(
        affine_matrices(
            HEIGHT, WIDTH, **RandomAffine(**ALL_RANGES, seed=3).sample(4, HEIGHT, WIDTH)
        )
    )
    sure = assert_like_scipy(BATCH, matrices, fill_mode, interpolation)
    assert sure.mean() > 0.9
    matrices[:, :2, :2] *= 4  # far beyond the border, on all sides
    matrices[:, :2, 2] -= 2 * HEIGHT
    assert_like_scipy(BATCH, matrices, fill_mode, interpolation)


angles = st.floats(-180, 180, width=32)
shifts = st.floats(-60, 60, width=32)
zooms = st.floats(0.25, 3, width=32)


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(angles, shifts, shifts, st.floats(-60, 60, width=32), zooms, zooms),
    st.booleans(),
    st.booleans(),
    st.sampled_from(FILL_MODES),
    st.sampled_from(INTERPOLATIONS),
)
def test_any_parameters_equal_scipy(parameters, horizontal, vertical, fill_mode, interpolation):
    matrix = affine_matrices(HEIGHT, WIDTH, *parameters, horizontal, vertical)
    assert_like_scipy(BATCH, np.stack([matrix] * 4), fill_mode, interpolation)


@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_same_parameters_as_image_data_generator(fill_mode):
    images = np.random.default_rng(1).random((6, 25, 25, 3), dtype="float32")
    parameters = RandomAffine(**ALL_RANGES, seed=8).sample(6, 25, 25)
    found = warp(images, affine_matrices(25, 25, **parameters), fill_mode, 0.3).numpy()
    generator = make_data_generator(fill_mode=fill_mode, cval=0.3)
    for number, image in enumerate(images):
        drawn = {name: values[number].numpy() for name, values in parameters.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SciPy's old name for its module
            expected = generator.apply_transform(image, drawn)
        np.testing.assert_allclose(found[number], expected, atol=1e-4)


@pytest.mark.parametrize("shape", [(1, 1, 2), (6, 1, 2)])
@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_images_of_one_row_or_column(shape, fill_mode):
    image = np.full(shape, 7, "float32")
    matrix = affine_matrices(*shape[:2], theta=20, tx=1.2, ty=-0.7)
    assert np.all(warp(image, matrix, fill_mode, cval=7) == 7)


# --- directions ---------------------------------------------------------------------------------


def test_no_transform_leaves_the_image_as_it_is():
    for interpolation in INTERPOLATIONS:
        same = warp(BATCH, np.eye(3), "constant", interpolation=interpolation)
        np.testing.assert_array_equal(same, BATCH)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"flip_horizontal": True}, BATCH[:, :, ::-1]),
        ({"flip_vertical": True}, BATCH[:, ::-1]),
        ({"flip_horizontal": True, "flip_vertical": True}, BATCH[:, ::-1, ::-1]),
        ({"tx": 3}, np.pad(BATCH, [(0, 0), (0, 0), (0, 3), (0, 0)])[:, :, 3:]),
        ({"ty": 3}, np.pad(BATCH, [(0, 0), (0, 3), (0, 0), (0, 0)])[:, 3:]),
    ],
)
def test_flips_and_whole_shifts_are_exact(parameters, expected):
    matrix = affine_matrices(HEIGHT, WIDTH, **parameters)
    np.testing.assert_array_equal(warp(BATCH, matrix, "constant"), expected)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_positive_angles_turn_anticlockwise(turns):
    square = BATCH[:, :, :HEIGHT]
    turned = warp(square, affine_matrices(HEIGHT, HEIGHT, theta=90 * turns), "constant")
    np.testing.assert_allclose(turned, np.rot90(square, turns, axes=(1, 2)), atol=1e-4)


def test_the_centre_of_an_oblong_image_stays():
    for parameters in ({"theta": 77}, {"shear": 40}, {"zx": 1.3, "zy": 0.6}):
        matrix = affine_matrices(HEIGHT, WIDTH, **parameters).numpy()
        centre = [(HEIGHT - 1) / 2, (WIDTH - 1) / 2, 1]
        np.testing.assert_allclose(matrix @ centre, centre, rtol=1e-6)


def test_zoom_two_halves_the_picture_about_the_centre():
    image = np.random.default_rng(3).random((21, 21, 1), dtype="float32")
    half = warp(image, affine_matrices(21, 21, zx=2, zy=2)).numpy()
    np.testing.assert_allclose(half[5:16, 5:16], image[::2, ::2], atol=1e-6)


def test_height_shift_moves_rows_and_width_shift_moves_columns():
    rows = np.broadcast_to(np.arange(30.0, dtype="float32")[:, None, None], (30, 30, 1))
    height, width = RandomAffine(height_shift_range=0.4), RandomAffine(width_shift_range=0.4)
    for _ in range(3):
        moved = height(rows).numpy()
        assert np.ptp(moved, axis=1).max() < 1e-4  # each row is still of one value
        np.testing.assert_allclose(width(rows), rows, atol=1e-4)


def test_shear_is_in_degrees_so_the_lectures_value_is_invisible():
    parameters = RandomAffine(shear_range=0.2).sample(100, 150, 150)
    places = [read_places(matrix, (150, 150)) for matrix in affine_matrices(150, 150, **parameters)]
    moved = abs(np.array(places) - np.indices((150, 150))).max()
    assert 0.1 < moved < 0.3  # pixels, at the rim
    as_radians = affine_matrices(150, 150, shear=np.rad2deg(0.2)).numpy()
    assert abs(read_places(as_radians, (150, 150)) - np.indices((150, 150))).max() > 14


# --- what is drawn ------------------------------------------------------------------------------


def test_parameters_fill_their_ranges():
    layer = RandomAffine(30, 0.2, 4.5, 12, [0.5, 2], True, seed=1)
    drawn = {name: values.numpy() for name, values in layer.sample(4000, 100, 50).items()}
    limits = {
        "theta": (-30, 30),
        "tx": (-10, 10),  # a fraction of the width
        "ty": (-4.5, 4.5),  # pixels
        "shear": (-12, 12),
        "zx": (0.5, 2),
        "zy": (0.5, 2),
    }
    for name, (low, high) in limits.items():
        assert low <= drawn[name].min() < low + 0.01 * (high - low)
        assert high - 0.01 * (high - low) < drawn[name].max() <= high
        assert drawn[name].mean() == pytest.approx((low + high) / 2, abs=0.04 * (high - low))
    assert abs(np.corrcoef(drawn["zx"], drawn["zy"])[0, 1]) < 0.1
    assert drawn["flip_horizontal"].mean() == pytest.approx(0.5, abs=0.05)
    assert not drawn["flip_vertical"].any()


@pytest.mark.parametrize("shift", [3, 1, [2, 5], [0.1, 0.3], [-50, 50]])
def test_whole_and_listed_shifts_as_image_data_generator_draws_them(shift):
    generator = make_data_generator(height_shift_range=shift)
    np.random.seed(0)  # noqa: NPY002, the generator draws from it
    expected = {generator.get_random_transform((40, 20, 1))["tx"] for _ in range(200)}
    drawn = RandomAffine(height_shift_range=shift).sample(200, 40, 20)
    np.testing.assert_allclose(np.unique(drawn["ty"]), sorted(np.float32([*expected])), atol=1e-5)
    assert not np.any(drawn["tx"])


def test_listed_shifts_take_either_sign():
    drawn = RandomAffine(width_shift_range=[-2, -3]).sample(100, 40, 20)
    assert set(drawn["tx"].numpy()) == {-3, -2, 2, 3}


def test_a_number_and_its_pair_are_the_same_zoom():
    assert (
        RandomAffine(zoom_range=0.25).zoom_range == RandomAffine(zoom_range=[0.75, 1.25]).zoom_range
    )


def test_images_differ_and_the_seed_repeats_them():
    same = np.repeat(BATCH[:1], 4, axis=0)
    first, again, other = (RandomAffine(**ALL_RANGES, seed=seed) for seed in (5, 5, 6))
    one, two = first(same).numpy(), first(same).numpy()
    np.testing.assert_array_equal(one, again(same))
    np.testing.assert_array_equal(two, again(same))
    pictures = [*one, *two, *other(same).numpy()]
    assert len(np.unique(np.round(pictures, 3), axis=0)) == len(pictures)
    unseeded = RandomAffine(**ALL_RANGES), RandomAffine(**ALL_RANGES)
    assert not np.allclose(unseeded[0](same), unseeded[1](same))


# --- types and shapes ---------------------------------------------------------------------------


def test_bytes_are_rounded_and_stay_bytes():
    images = np.random.default_rng(2).integers(0, 256, (4, HEIGHT, WIDTH, 2), dtype="uint8")
    whole = RandomAffine(**ALL_RANGES, seed=1)(images)
    exact = RandomAffine(**ALL_RANGES, seed=1)(images.astype("float32"))
    assert whole.dtype == "uint8"
    assert abs(np.float32(whole) - exact.numpy()).max() <= 0.5 + 1e-4
    bright = warp(images, affine_matrices(HEIGHT, WIDTH, tx=99), "constant", cval=300)
    assert np.all(bright == 255)


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_floats_keep_their_type(dtype):
    warped = RandomAffine(**ALL_RANGES, seed=1)(BATCH.astype(dtype))
    expected = RandomAffine(**ALL_RANGES, seed=1)(BATCH)
    assert warped.dtype == dtype
    np.testing.assert_allclose(warped, expected, atol=2e-3)


@pytest.mark.parametrize("channels", [1, 5])
def test_any_channel_count_and_batch_size(channels):
    for count in (0, 3):
        images = np.zeros((count, 9, 8, channels), "float32")
        assert RandomAffine(**ALL_RANGES)(images).shape == images.shape


def test_an_image_is_a_batch_of_one():
    single, batch = RandomAffine(**ALL_RANGES, seed=2), RandomAffine(**ALL_RANGES, seed=2)
    np.testing.assert_allclose(single(BATCH[0]), batch(BATCH[:1])[0], atol=1e-5)


# --- in tf.data and in a model ------------------------------------------------------------------


def test_in_a_dataset_as_called():
    dataset = tf.data.Dataset.from_tensor_slices((BATCH, range(4))).batch(3)
    layer, again = RandomAffine(**ALL_RANGES, seed=4), RandomAffine(**ALL_RANGES, seed=4)
    batches = list(dataset.map(lambda images, labels: (layer(images), labels)))
    np.testing.assert_allclose(batches[0][0], again(BATCH[:3]), atol=1e-5)
    np.testing.assert_allclose(batches[1][0], again(BATCH[3:]), atol=1e-5)
    assert [label for _, labels in batches for label in labels.numpy()] == [0, 1, 2, 3]


def test_in_a_dataset_of_images_of_many_sizes():
    images = [BATCH[0], BATCH[1, :9], BATCH[2, :, :5]]
    shape = tf.TensorSpec((None, None, 2), tf.float32)
    dataset = tf.data.Dataset.from_generator(lambda: iter(images), output_signature=shape)
    found = dataset.map(RandomAffine(**ALL_RANGES, fill_mode="reflect", seed=4))
    again = RandomAffine(**ALL_RANGES, fill_mode="reflect", seed=4)
    for image, warped in zip(images, found, strict=True):
        np.testing.assert_allclose(warped, again(image), atol=1e-4)


@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_compiled_and_uncompiled_agree(fill_mode):
    layer, again = (RandomAffine(**ALL_RANGES, fill_mode=fill_mode, seed=4) for _ in range(2))
    uncompiled = tf.function(layer, input_signature=[tf.TensorSpec([None] * 4)])
    np.testing.assert_allclose(uncompiled(BATCH), again(BATCH), atol=1e-4)


def make_model(layer, compiled=False):
    model = keras.Sequential(
        [keras.Input((None, None, 2)), layer, keras.layers.GlobalMaxPooling2D()]
    )
    model.compile(loss="mse", jit_compile=compiled)
    return model


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
@pytest.mark.parametrize("compiled", [False, True])
def test_on_in_fit_and_off_in_predict_and_evaluate(compiled):
    # The picture moves out of sight, so the loss tells whether the layer is on.
    layer = RandomAffine(width_shift_range=[1000], fill_mode="constant")
    model = make_model(layer, compiled)
    history = model.fit(np.ones_like(BATCH), np.ones((4, 2)), batch_size=3, verbose=0)
    assert history.history["loss"] == [1.0]
    assert model.evaluate(np.ones_like(BATCH), np.ones((4, 2)), verbose=0) == 0
    np.testing.assert_array_equal(model.predict(BATCH, verbose=0), BATCH.max((1, 2)))


def test_on_and_off_where_keras_own_layers_are():
    images = tf.constant(BATCH)
    for layer in (RandomAffine(rotation_range=180), keras.layers.RandomRotation(0.5)):
        model = keras.Sequential([layer])
        off = (
            layer(images, training=False),
            layer(images, training=None),
            model.predict(BATCH, verbose=0),
        )
        on = (
            layer(images),
            layer(images, training=True),
            model(images),
            model(images, training=True),
        )
        assert all(np.array_equal(found, BATCH) for found in off)
        assert not any(np.allclose(found, BATCH) for found in on)


def test_symbolic_shape_and_type():
    images = keras.Input((None, 32, 3), dtype="uint8")
    output = RandomAffine()(images)
    assert (output.shape, output.dtype) == ((None, None, 32, 3), "uint8")
    assert RandomAffine().compute_output_shape((None, 5, 6, 1)) == (None, 5, 6, 1)


def test_mixed_precision_does_not_blur_the_images():
    layer = RandomAffine(**ALL_RANGES, seed=1, dtype="mixed_float16")
    np.testing.assert_array_equal(layer(BATCH), RandomAffine(**ALL_RANGES, seed=1)(BATCH))


def test_configuration_goes_round():
    layer = RandomAffine(
        10,
        np.array([1, 2]),
        (0.1,),
        5,
        (0.5, 2),
        True,
        True,
        "wrap",
        3,
        "nearest",
        seed=7,
        name="warp",
    )
    config = layer.get_config()
    assert RandomAffine.from_config(config).get_config() == config
    assert config["width_shift_range"] == [1, 2]
    assert config["zoom_range"] == [0.5, 2]


def test_saved_and_loaded_with_the_model(tmp_path):
    model = make_model(RandomAffine(**ALL_RANGES, fill_mode="reflect", seed=11))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert isinstance(loaded.layers[0], RandomAffine)
    assert loaded.layers[0].get_config() == model.layers[0].get_config()
    np.testing.assert_array_equal(loaded.layers[0](BATCH), model.layers[0](BATCH))


# --- faults -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"rotation_range": -5}, "rotation_range must be a number of 0 or more; found -5"),
        ({"rotation_range": "30"}, "rotation_range must be a number of 0 or more; found '30'"),
        ({"shear_range": np.nan}, "shear_range must be a number of 0 or more; found nan"),
        ({"width_shift_range": -0.1}, "width_shift_range must be a number of 0 or more"),
        ({"height_shift_range": []}, "height_shift_range must be a number or a list of numbers"),
        ({"height_shift_range": ["1"]}, "height_shift_range must be a number or a list of numbers"),
        ({"zoom_range": [1, 2, 3]}, r"zoom_range must be .*\[lower, upper\].* found \[1, 2, 3\]"),
        ({"zoom_range": 1.5}, "zoom_range must be a number from 0 to below 1"),
        ({"zoom_range": -0.1}, "zoom_range must be a number from 0 to below 1"),
        ({"zoom_range": [0, 1]}, "both above 0"),
        ({"fill_mode": "mirror"}, "one of nearest, constant, reflect, wrap; found 'mirror'"),
        ({"interpolation": "cubic"}, "one of bilinear, nearest; found 'cubic'"),
        ({"cval": None}, "cval must be a number; found None"),
        ({"seed": 1.5}, "must be an integer"),
    ],
)
def test_bad_arguments(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        RandomAffine(**arguments)


@pytest.mark.parametrize("shape", [(28, 28), (2, 4, 28, 28, 1)])
def test_wrong_rank(shape):
    for augment in (RandomAffine(), lambda images: warp(images, np.eye(3))):
        with pytest.raises(ValueError, match=r"Images must have shape .* images\[..., None\]"):
            augment(np.zeros(shape))


@pytest.mark.parametrize("shape", [(2, 3), (5, 3, 3), (1, 4, 3, 3)])
def test_wrong_matrices(shape):
    with pytest.raises(ValueError, match="Matrices must have shape"):
        warp(BATCH, np.zeros(shape))


def test_warp_checks_its_options():
    with pytest.raises(ValueError, match="fill_mode must be one of"):
        warp(BATCH, np.eye(3), "edge")


OF_THE_OLD_GENERATOR = {
    "rescale": 1 / 255,
    "brightness_range": (0.8, 1.2),
    "channel_shift_range": 20.0,
    "validation_split": 0.2,
    "preprocessing_function": abs,
    "samplewise_center": True,
    "featurewise_std_normalization": True,
    "zca_whitening": True,
    "data_format": "channels_first",
}


@pytest.mark.fault("an old `ImageDataGenerator` call")
@pytest.mark.parametrize("name", OF_THE_OLD_GENERATOR)
def test_what_else_the_old_generator_did_is_told_where_it_lives(name):
    with pytest.raises(ValueError, match=f"has no {name}: .* .*\\.$"):
        RandomAffine(rotation_range=20, **{name: OF_THE_OLD_GENERATOR[name]})


def test_an_old_call_with_idle_arguments_carries_over():
    idle = dict.fromkeys(OF_THE_OLD_GENERATOR) | {"samplewise_center": False, "rescale": 0}
    layer = RandomAffine(rotation_range=20, horizontal_flip=True, **idle)
    assert layer.rotation_range == 20
    with pytest.raises((TypeError, ValueError), match="rotate_range"):
        RandomAffine(rotate_range=20)
