"""Convolution arithmetic: the lectures' numbers, agreement with Keras and SciPy, and each fault."""

import math
import subprocess
import sys

from course_utils.convolution import (
    activation_bytes,
    convolve,
    convolve_loops,
    gabor_bank,
    global_pool,
    haar_bank,
    kernels,
    multiplications,
    output_size,
    padding_amount,
    parameter_count,
    pool,
    receptive_field,
)
from course_utils.convolution.windows import slide

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lecture import SMILEY, VERTICAL

small = settings(max_examples=60, deadline=None)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


def whole_numbers(shape, seed=0, dtype=np.float32):
    """Random whole numbers as floats: their sums are exact, whatever the order."""
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(dtype)


# ---- The lectures' numbers ----------------------------------------------------------------------

BOTTOM = np.array([[0, 0, 0], [0, 0, 0], [1, 1, 1]])
SMILEY_BOTTOM = np.array(
    [[1, 1, 2, 1, 1], [0, 0, 0, 0, 0], [1, 1, 0, 1, 1], [1, 2, 3, 2, 1], [0, 0, 0, 0, 0]]
)


def test_smiley_under_the_vertical_filter():
    assert convolve(SMILEY, VERTICAL, padding="same").tolist() == [
        [0, 2, 0, 2, 0],
        [0, 2, 0, 2, 0],
        [1, 1, 0, 1, 1],
        [1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1],
    ]


def test_smiley_under_the_bottom_filter():
    assert (convolve(SMILEY, BOTTOM, padding="same") == SMILEY_BOTTOM).all()


def test_max_pooling_of_the_second_smiley_map():
    assert pool(SMILEY_BOTTOM).tolist() == [[1, 2], [2, 3]]


def test_average_pooling_of_the_second_smiley_map():
    assert pool(SMILEY_BOTTOM, mode="average").tolist() == [[0.5, 0.75], [1.25, 1.5]]


def test_pooling_two_by_two_drops_three_values_in_four():
    assert 1 - pool(np.zeros((26, 26))).size / (26 * 26) == 0.75


def test_5x5_has_nine_places_for_3x3():
    assert convolve(np.ones((5, 5)), np.ones((3, 3))).size == 9


def test_same_padding_gives_5x5_twenty_five_places():
    assert convolve(np.ones((5, 5)), np.ones((3, 3)), padding="same").size == 25


@pytest.mark.parametrize(("kernel", "rings"), [(1, 0), (3, 1), (5, 2), (7, 3)])
def test_rings_of_zeros_around_odd_kernels(kernel, rings):
    assert padding_amount(28, kernel) == (rings, rings)


def test_even_kernels_and_strides_pad_more_after_than_before():
    assert padding_amount(28, 2) == (0, 1)
    assert padding_amount(28, 4) == (1, 2)
    assert padding_amount(28, 3, stride=2) == (0, 1)


def test_dilation_pads_like_the_kernel_it_spreads_to():
    assert padding_amount(28, 3, dilation=2) == padding_amount(28, 5) == (2, 2)


def test_stride_2_over_5x5_leaves_four_places():
    assert convolve(np.ones((5, 5)), np.ones((3, 3)), stride=2).shape == (2, 2)


def sizes(size, *windows):
    found = [size]
    for kernel, stride in windows:
        found.append(output_size(found[-1], kernel, stride))
    return found


def test_sizes_through_the_mnist_convnet():
    assert sizes(28, (3, 1), (2, 2), (3, 1), (2, 2), (3, 1)) == [28, 26, 13, 11, 5, 3]


def test_sizes_through_the_cats_and_dogs_network():
    expected = [150, 148, 74, 72, 36, 34, 17, 15, 7]
    assert sizes(150, *[(3, 1), (2, 2)] * 4) == expected


def test_sizes_through_the_malaria_network():
    assert output_size(100, 3, padding="same") == 100
    assert sizes(100, (2, 2), (3, 1), (2, 2)) == [100, 50, 48, 24]
    assert 24 * 24 * 64 == 36_864


def test_sizes_through_lenet_with_its_own_5x5_and_with_the_slides_3x3():
    assert sizes(32, (5, 1), (2, 2), (5, 1), (2, 2)) == [32, 28, 14, 10, 5]
    assert sizes(32, (3, 1), (2, 2), (3, 1), (2, 2)) == [32, 30, 15, 13, 6]


def test_without_pooling_61_952_values_remain():
    last = sizes(28, (3, 1), (3, 1), (3, 1))[-1]
    assert last == 22
    assert activation_bytes((last, last, 128), "uint8") == 61_952


def test_13_layers_without_padding_use_up_a_digit():
    assert sizes(28, *[(3, 1)] * 13)[-1] == 2
    with pytest.raises(ValueError, match="does not fit"):
        sizes(28, *[(3, 1)] * 14)


def test_a_hundred_filters_on_rgb():
    assert parameter_count(3, 3, 100) == 2_800
    assert activation_bytes((100, 100, 100), "uint8") == 1_000_000
    assert activation_bytes((100, 100, 100)) == 4_000_000
    assert multiplications(3, 3, 100, 100) == 27_000_000


def test_bytes_of_the_course_logo():
    assert activation_bytes((1400, 1400, 3), "uint8") == 5_880_000


def test_parameters_of_the_mnist_convnets():
    layers = [parameter_count(3, 1, 32), parameter_count(3, 32, 64), parameter_count(3, 64, 64)]
    assert layers == [320, 18_496, 36_928]
    assert sum(layers) == 55_744
    dense = parameter_count(1, 576, 64), parameter_count(1, 64, 10)
    assert sum(layers) + sum(dense) == 93_322
    assert sum(layers) + parameter_count(1, 64, 10) == 56_394


def test_parameters_without_pooling():
    convolutions = parameter_count(3, 1, 32) + parameter_count(3, 32, 64)
    convolutions += parameter_count(3, 64, 128)
    assert convolutions + parameter_count(1, 1_152, 10) == 104_202
    assert convolutions + parameter_count(1, 61_952, 10) == 712_202


def test_multiply_adds_of_the_mnist_convnet():
    """2.79 million in the lecture's summary, which counts each bias as one."""
    layers = [(1, 32, 26), (32, 64, 11), (64, 64, 3)]
    products = sum(multiplications(3, *layer) for layer in layers)
    biases = sum(filters * size**2 for _, filters, size in layers)
    assert products == 2_756_736
    assert products + biases == 2_786_688


def test_forward_and_backward_pass_of_the_mnist_convnet_take_a_quarter_megabyte():
    maps = [(26, 26, 32), (11, 11, 64), (3, 3, 64)]
    assert 2 * sum(map(activation_bytes, maps)) / 1e6 == pytest.approx(0.24, abs=0.005)


def test_1x3_after_3x1_is_a_third_cheaper_than_3x3():
    whole = parameter_count(3, 64, 64, bias=False)
    factored = 2 * parameter_count((1, 3), 64, 64, bias=False)
    assert 1 - factored / whole == pytest.approx(1 / 3)


def test_average_pooling_is_a_convolution_with_equal_weights():
    image = whole_numbers((8, 8, 3))
    quarter = np.full((2, 2), 0.25)
    assert (pool(image, mode="average") == convolve(image, quarter, stride=2)).all()


def test_max_pooling_is_not_linear():
    one, other = np.array([[1, 0], [0, 0]]), np.array([[0, 2], [0, 0]])
    assert pool(one) + pool(other) == 3
    assert pool(one + other) == 2


def test_pooling_forgives_some_shifts_only():
    dot = np.zeros((8, 8), int)
    dot[2, 2] = 1
    assert (pool(np.roll(dot, 1, axis=1)) == pool(dot)).all()
    assert (pool(np.roll(dot, 2, axis=1)) != pool(dot)).any()


# ---- Properties of convolution ------------------------------------------------------------------


@st.composite
def convolutions(draw):
    """Image, kernel and options for `convolve`; whole numbers, so that results can be equal."""
    shape = draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    window = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    channels, filters = draw(pairs)
    stride, dilation = draw(st.one_of(st.tuples(pairs, st.just(1)), st.tuples(st.just(1), pairs)))
    padding = draw(st.sampled_from(["valid", "same", 0, 1, 3]))
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    seed = draw(st.integers(0, 99))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    image = whole_numbers((*shape, channels), seed, dtype)
    kernel = whole_numbers((*window, channels, filters), seed + 1, dtype)
    padded = [n + 2 * padding if isinstance(padding, int) else n for n in shape]
    spread = np.broadcast_to(dilation, 2) * (np.array(window) - 1) + 1
    assume(padding == "same" or (spread <= padded).all())
    return image, kernel, options


def keras_conv(image, kernel, stride, padding, dilation):
    from keras import ops

    if isinstance(padding, int):
        image = np.pad(image, [(padding, padding)] * 2 + [(0, 0)])
        padding = "valid"
    result = ops.conv(
        image[None],
        kernel,
        strides=stride,
        padding=padding,
        data_format="channels_last",
        dilation_rate=dilation,
    )
    return ops.convert_to_numpy(result)[0]


@given(convolutions())
@small
def test_convolve_equals_keras(case):
    image, kernel, options = case
    result = convolve(image, kernel, **options)
    expected = keras_conv(image, kernel, **options)
    assert result.dtype == expected.dtype
    assert result.shape == expected.shape
    assert (result == expected).all()


@given(convolutions())
@small
def test_one_filter_and_one_channel_are_slices_of_the_whole(case):
    image, kernel, options = case
    whole = convolve(image, kernel, **options)
    assert (convolve(image, kernel[..., 0], **options) == whole[..., 0]).all()
    each = convolve(image, kernel[..., 0, 0], **options)
    assert each.shape == whole.shape[:2] + image.shape[2:]
    for c in range(image.shape[2]):
        assert (each[..., c] == convolve(image[..., c], kernel[..., 0, 0], **options)).all()


@given(convolutions())
@small
def test_output_size_says_the_shape_that_comes_out(case):
    image, kernel, options = case
    stride, dilation = (np.broadcast_to(options[o], 2) for o in ("stride", "dilation"))
    expected = tuple(
        output_size(image.shape[a], kernel.shape[a], stride[a], options["padding"], dilation[a])
        for a in (0, 1)
    )
    assert convolve(image, kernel, **options).shape[:2] == expected


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 4), st.integers(1, 3))
def test_output_size_by_the_closed_formulas(size, kernel, stride, dilation):
    extent = (kernel - 1) * dilation + 1
    assert output_size(size, kernel, stride, "same", dilation) == math.ceil(size / stride)
    for padding in (p for p in (0, 1, 2, 9) if size + 2 * p >= extent):
        places = [p for p in range(0, size + 2 * padding - extent + 1, stride)]
        assert output_size(size, kernel, stride, padding, dilation) == len(places)
    if size >= extent:
        assert output_size(size, kernel, stride, "valid", dilation) == output_size(
            size, kernel, stride, 0, dilation
        )


@given(convolutions())
@small
def test_windows_meet_what_convolve_multiplies(case):
    image, kernel, options = case[0][..., 0], case[1][..., 0, 0], case[2]
    output = convolve(image, kernel, **options)
    windows = slide(image.shape, kernel.shape, **options)
    assert windows.output == output.shape
    padded = np.pad(image, windows.pads)
    for place in np.ndindex(output.shape):
        pixels, inside = windows.pixels(image, place)
        assert (pixels * kernel).sum() == output[place]
        assert (pixels == padded[np.ix_(*windows.cells(place))]).all()
        assert not pixels[~inside].any()


def test_windows_know_padding_from_black_pixels():
    windows = slide((2, 2), 3, padding="same")
    assert [windows.pixels(np.zeros((2, 2)), place)[1].sum() for place in ((0, 0), (1, 1))] == [
        4,
        4,
    ]
    assert slide((4, 4), 2, 2).pixels(np.zeros((4, 4)), (1, 1))[1].all()


@given(convolutions())
@small
def test_flipped_kernel_gives_scipys_convolution(case):
    signal = pytest.importorskip("scipy.signal")
    image, kernel = case[0][..., 0], case[1][..., 0, 0]
    assume(all(n >= k for n, k in zip(image.shape, kernel.shape, strict=True)))
    assert (convolve(image, kernel) == signal.correlate2d(image, kernel, "valid")).all()
    flipped = convolve(image, kernel[::-1, ::-1])
    assert (flipped == signal.convolve2d(image, kernel, "valid")).all()


@given(convolutions())
@small
def test_same_padding_equals_scipy_ndimage(case):
    ndimage = pytest.importorskip("scipy.ndimage")
    image, kernel = case[0][..., 0], case[1][..., 0, 0]
    # SciPy's window of even size leans to the top left, TensorFlow's to the bottom right.
    origin = [-1 if n % 2 == 0 else 0 for n in kernel.shape]
    expected = ndimage.correlate(image, kernel, mode="constant", origin=origin)
    assert (convolve(image, kernel, padding="same") == expected).all()


@given(convolutions())
@small
def test_the_textbook_loop_agrees(case):
    image, kernel = case[0], case[1][..., 0]
    assume(all(n >= k for n, k in zip(image.shape, kernel.shape, strict=True)))
    assert (convolve_loops(image, kernel) == convolve(image, kernel)).all()
    assert (
        convolve_loops(image[..., 0], kernel[..., 0]) == convolve(image[..., 0], kernel[..., 0])
    ).all()


def test_a_large_image_is_the_same_as_its_parts():
    """It is computed in bands of rows; no seam may show."""
    image, kernel = whole_numbers((700, 300)), whole_numbers((4, 5))
    whole = convolve(image, kernel, stride=(3, 1))
    assert whole.nbytes > 2**18
    assert (whole[100:150] == convolve(image[300:451], kernel, stride=(3, 1))).all()
    assert (whole[-1] == convolve(image[696:700], kernel)[0]).all()


def test_convolution_is_linear():
    one, other, kernel = whole_numbers((9, 9)), whole_numbers((9, 9), 1), whole_numbers((3, 3), 2)
    together = convolve(2 * one + other, kernel)
    assert (together == 2 * convolve(one, kernel) + convolve(other, kernel)).all()


def test_a_shifted_image_gives_a_shifted_map():
    image, kernel = whole_numbers((12, 12)), whole_numbers((3, 3))
    assert (convolve(image[2:, 1:], kernel) == convolve(image, kernel)[2:, 1:]).all()


def test_bytes_do_not_wrap_around():
    image, kernel = np.full((4, 4), 255, np.uint8), np.full((3, 3), 255, np.uint8)
    assert (convolve(image, kernel) == 9 * 255 * 255).all()
    assert (convolve_loops(image, kernel) == 9 * 255 * 255).all()
    assert convolve(image, kernel).dtype == np.int64


def test_integers_are_exact_where_floats_are_not():
    assert convolve([[2**53, 1]], [[1, 1]]) == 2**53 + 1


@pytest.mark.parametrize(
    ("image", "kernel", "result"),
    [
        ("float32", "float32", "float32"),
        ("float32", "float64", "float32"),
        ("float32", "int64", "float32"),
        ("float16", "float32", "float32"),
        ("float64", "float32", "float64"),
        ("uint8", "float32", "float32"),
        ("uint8", "float64", "float64"),
        ("uint8", "int64", "int64"),
        ("bool", "bool", "int64"),
    ],
)
def test_type_of_the_result(image, kernel, result):
    assert convolve(np.ones((4, 4), image), np.ones((2, 2), kernel)).dtype == result


def test_inputs_stay_as_they_were():
    image, kernel = whole_numbers((6, 6)), whole_numbers((3, 3))
    copies = image.copy(), kernel.copy()
    result = convolve(image, kernel, padding="same")
    for changed in (result, pool(image, 1), pool(image, 1, mode="average")):
        changed[:] = 0
    assert (image == copies[0]).all()
    assert (kernel == copies[1]).all()


# ---- Pooling ------------------------------------------------------------------------------------


@given(
    st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(1, 3)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.one_of(st.none(), pairs),
    st.sampled_from(["max", "average"]),
    st.sampled_from(["valid", "same"]),
    st.integers(0, 99),
)
@small
def test_pool_equals_keras(shape, size, stride, mode, padding, seed):
    from keras import ops

    assume(padding == "same" or (shape[0] >= size[0] and shape[1] >= size[1]))
    image = whole_numbers(shape, seed)
    keras_pool = ops.max_pool if mode == "max" else ops.average_pool
    expected = keras_pool(image[None], size, stride, padding, data_format="channels_last")[0]
    result = pool(image, size, stride, mode, padding)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, ops.convert_to_numpy(expected), rtol=1e-6)
    flat = pool(image[..., 0], size, stride, mode, padding)
    assert (flat == result[..., 0]).all()


@pytest.mark.parametrize("padding", ["same", 1])
def test_padding_never_wins_and_never_counts(padding):
    negative = np.full((5, 5), -3)
    assert (pool(negative, 3, 2, "max", padding) == -3).all()
    assert (pool(negative, 3, 2, "average", padding) == -3).all()
    assert pool(negative, 3, 2, "max", padding).shape == (3, 3)


def test_pooling_keeps_the_type_of_a_maximum_and_makes_averages_floats():
    image = np.array([[250, 255], [1, 0]], np.uint8)
    assert pool(image).dtype == np.uint8
    assert pool(image).item() == 255
    assert pool(image, mode="average").item() == 126.5
    assert pool(image.astype(np.float32), mode="average").dtype == np.float32


def test_global_pooling():
    image = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    assert global_pool(image).tolist() == [4.5, 5.5, 6.5]
    assert global_pool(image, "max").tolist() == [9, 10, 11]
    assert global_pool(image[..., 0]) == 4.5
    assert global_pool(np.ones((3, 3, 2), np.float32)).dtype == np.float32


def test_global_average_equals_keras():
    from keras import layers, ops

    image = whole_numbers((4, 8, 5))
    expected = ops.convert_to_numpy(layers.GlobalAveragePooling2D()(image[None]))[0]
    np.testing.assert_allclose(global_pool(image), expected, rtol=1e-6)


# ---- Receptive field ----------------------------------------------------------------------------

CONV = {"kernel": 3}
POOL = {"kernel": 2, "stride": 2}


def field_sizes(layers):
    return [field.size[0] for field in receptive_field(layers)]


def test_three_3x3_layers_see_7x7():
    assert field_sizes([CONV] * 3) == [3, 5, 7]


def test_two_3x3_layers_see_what_one_5x5_sees():
    assert field_sizes([CONV, CONV])[-1] == field_sizes([{"kernel": 5}])[-1] == 5


def test_a_layer_adds_n_minus_1_times_the_strides_before_it():
    assert field_sizes([CONV, POOL, CONV, POOL, CONV]) == [3, 4, 8, 10, 18]
    assert field_sizes([{"kernel": 3, "stride": 2}] * 4) == [3, 7, 15, 31]


def test_doubling_dilation_doubles_the_field_and_keeps_the_map():
    layers = [{"kernel": 3, "dilation": 2**n, "padding": "same"} for n in range(4)]
    fields = receptive_field(layers, input_size=28)
    assert [field.size for field in fields] == [(3, 3), (7, 7), (15, 15), (31, 31)]
    assert {field.output for field in fields} == {(28, 28)}
    assert {field.jump for field in fields} == {(1, 1)}
    assert {field.centre for field in fields} == {(0.0, 0.0)}


def test_vgg16_as_published():
    """Araujo et al. (2019): size 212, jump 32, 90 pixels of padding before the picture."""
    conv = {"kernel": 3, "padding": "same"}
    layers = [layer for repeats in (2, 2, 3, 3, 3) for layer in [conv] * repeats + [POOL]]
    last = receptive_field(layers, input_size=224)[-1]
    assert (last.size, last.jump, last.start) == ((212, 212), (32, 32), (-90, -90))
    assert last.output == (7, 7)


def test_rows_and_columns_each_have_their_own_field():
    last = receptive_field([{"kernel": (1, 3), "stride": (1, 2)}, {"kernel": (3, 1)}])[-1]
    assert (last.size, last.jump) == ((3, 3), (1, 2))
    assert last.centre == (1.0, 1.0)


def test_start_is_open_where_it_hangs_on_an_open_size():
    strided = {"kernel": 3, "stride": 2, "padding": "same"}
    assert receptive_field([strided])[0].start is None
    assert receptive_field([strided])[0].centre is None
    assert receptive_field([strided], 28)[0].start == (0, 0)
    assert receptive_field([strided], 27)[0].start == (-1, -1)


steps = st.fixed_dictionaries(
    {
        "padding": st.sampled_from(["valid", "same", 1]),
        "kernel": st.integers(1, 4),
        "stride": st.integers(1, 3),
        "dilation": st.integers(1, 3),
    }
)


def cells_seen(size, layers):
    """The definition: for each output cell, the set of input pixels that it depends on."""
    seen = [{place} for place in range(size)]
    for layer in layers:
        padding, kernel, stride, dilation = (
            layer[option] for option in ("padding", "kernel", "stride", "dilation")
        )
        assume(padding == "same" or (kernel - 1) * dilation < len(seen) + 2 * (padding == 1))
        before = {"valid": 0, "same": padding_amount(len(seen), kernel, stride, dilation)[0], 1: 1}
        places = output_size(len(seen), kernel, stride, padding, dilation)
        first = [place * stride - before[padding] for place in range(places)]
        taps = range(0, kernel * dilation, dilation)
        seen = [
            set().union(*(seen[f + tap] for tap in taps if 0 <= f + tap < len(seen))) for f in first
        ]
    return seen


@given(st.integers(1, 40), st.lists(steps, min_size=1, max_size=5))
def test_receptive_field_holds_each_pixel_that_counts(size, layers):
    seen = cells_seen(size, layers)
    last = receptive_field(layers, input_size=size)[-1]
    assert last.output == (len(seen), len(seen))
    for place, pixels in enumerate(seen):
        first = last.start[0] + place * last.jump[0]
        assert all(first <= pixel < first + last.size[0] for pixel in pixels)


@given(st.integers(20, 60), st.lists(steps, min_size=1, max_size=4))
def test_receptive_field_is_no_larger_than_needed(size, layers):
    layers = [layer | {"padding": "valid"} for layer in layers]
    seen = cells_seen(size, layers)
    last = receptive_field(layers, input_size=size)[-1]
    for place, pixels in enumerate(seen):
        first = last.start[0] + place * last.jump[0]
        assert (min(pixels), max(pixels)) == (first, first + last.size[0] - 1)


def mnist_convnet(functional=False):
    import keras
    from keras import layers

    stack = [
        layers.Conv2D(32, 3, activation="relu", name="conv_1"),
        layers.MaxPooling2D(name="pool_1"),
        layers.Conv2D(64, 3, name="conv_2"),
        layers.BatchNormalization(name="norm"),
        layers.ReLU(name="relu"),
        layers.MaxPooling2D(name="pool_2"),
        layers.Conv2D(64, 3, name="conv_3"),
        layers.Flatten(name="flatten"),
        layers.Dropout(0.5, name="dropout"),
        layers.Dense(10, name="dense"),
    ]
    if not functional:
        return keras.Sequential([keras.Input((28, 28, 1)), *stack])
    inputs = outputs = keras.Input((28, 28, 1))
    for layer in stack:
        outputs = layer(outputs)
    return keras.Model(inputs, outputs)


@pytest.mark.parametrize("functional", [False, True])
def test_receptive_field_of_the_mnist_convnet(functional):
    model = mnist_convnet(functional)
    fields = {field.name: field for field in receptive_field(model)}
    assert list(fields) == [layer.name for layer in model.layers[functional:]]
    found = {name: field.size[0] for name, field in fields.items()}
    before_the_end = {"conv_1": 3, "pool_1": 4, "conv_2": 8, "norm": 8, "relu": 8, "pool_2": 10}
    assert found == before_the_end | {"conv_3": 18, "flatten": 26, "dropout": 26, "dense": 26}
    for name in ("conv_1", "pool_1", "conv_2", "relu", "pool_2", "conv_3"):
        assert fields[name].output == tuple(model.get_layer(name).output.shape[1:3])


def test_the_mnist_convnet_never_sees_the_last_two_rows():
    """11 -> 5 drops a row and a column: Flatten sees 26x26 of 28x28, as its gradient shows."""
    import tensorflow as tf

    model = mnist_convnet()
    image = tf.Variable(whole_numbers((1, 28, 28, 1)))
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(model(image, training=False) ** 2)
    met = np.abs(tape.gradient(total, image).numpy()[0, :, :, 0]) > 0
    assert not met[26:].any()
    assert not met[:, 26:].any()
    seen = receptive_field(model)[-1]
    assert (seen.start, seen.size) == ((0, 0), (26, 26))


def test_dense_and_global_pooling_see_the_whole_padded_map():
    import keras
    from keras import layers

    padded = layers.Conv2D(4, 3, padding="same")
    model = keras.Sequential(
        [keras.Input((20, 30, 3)), padded, layers.GlobalAveragePooling2D(), layers.Dense(1)]
    )
    first, *rest = receptive_field(model)
    assert (first.size, first.start, first.centre) == ((3, 3), (-1, -1), (0.0, 0.0))
    assert [(field.start, field.size) for field in rest] == [((0, 0), (20, 30))] * 2


def test_receptive_field_through_models_in_models_and_reshapes():
    import keras
    from keras import layers

    base = keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(2, 3, strides=2)])
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Reshape((28, 28, 1)),
            layers.RandomRotation(0.1),
            layers.ZeroPadding2D(((1, 0), (2, 0))),
            base,
            layers.Dense(5),
            layers.DepthwiseConv2D(3, dilation_rate=2),
            layers.AveragePooling2D((1, 2)),
        ]
    )
    last = receptive_field(model)[-1]
    assert (last.size, last.jump, last.start) == ((11, 13), (2, 4), (-1, -2))
    assert last.output == tuple(model.outputs[0].shape[1:3])


def test_receptive_field_of_mobilenet_as_published():
    """Araujo et al. (2019): size 315, jump 32."""
    import keras

    model = keras.applications.MobileNet((224, 224, 3), alpha=0.25, weights=None, include_top=False)
    last = receptive_field(model)[-1]
    assert (last.size, last.jump, last.output) == ((315, 315), (32, 32), (7, 7))


def test_input_size_fills_in_what_a_model_leaves_open():
    import keras
    from keras import layers

    strided = layers.Conv2D(2, 3, strides=2, padding="same")
    model = keras.Sequential([keras.Input((None, None, 3)), strided, layers.GlobalMaxPooling2D()])
    assert [field.size for field in receptive_field(model)] == [(3, 3), None]
    assert [field.size for field in receptive_field(model, (9, 12))] == [(3, 3), (9, 12)]
    with pytest.raises(ValueError, match="takes pictures of 28x28, not 9x9"):
        receptive_field(mnist_convnet(), 9)


def test_models_that_are_no_chain_of_known_layers_are_refused():
    import keras
    from keras import layers

    inputs = keras.Input((8, 8, 1))
    branch = layers.Conv2D(1, 3, padding="same")(inputs)
    branching = keras.Model(inputs, layers.Add(name="join")([inputs, branch]))
    with pytest.raises(ValueError, match='"join" joins 2 branches'):
        receptive_field(branching)
    with pytest.raises(ValueError, match="1 inputs and 2 outputs"):
        receptive_field(keras.Model(inputs, [inputs, branch]))
    with pytest.raises(ValueError, match=r'"up" \(UpSampling2D\)'):
        receptive_field(keras.Sequential([inputs, layers.UpSampling2D(name="up")]))
    with pytest.raises(ValueError, match=r"\(RandomCrop\)"):
        receptive_field(keras.Sequential([inputs, layers.RandomCrop(4, 4)]))
    with pytest.raises(ValueError, match=r"keras\.Input\(shape\) in front"):
        receptive_field(keras.Sequential([layers.Conv2D(1, 3)]))
    with pytest.raises(ValueError, match=r"takes \(None, 784\)"):
        receptive_field(keras.Sequential([keras.Input((784,)), layers.Dense(10)]))


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([{"size": 3}], "Layer 1 must be a dict with kernel"),
        ([CONV, 3], "Layer 2 must be a dict with kernel"),
        ([{"kernel": 3, "padding": "full"}], 'must be "valid", "same" or a whole number'),
        ([CONV] * 3, 'runs out of pixels at layer "layer 3"'),
        ("vgg16", "needs a Keras model"),
    ],
)
def test_layers_that_mean_nothing_are_refused(layers, message):
    with pytest.raises(ValueError, match=message):
        receptive_field(layers, input_size=5) if isinstance(layers, list) else receptive_field(
            layers
        )


# ---- Kernels ------------------------------------------------------------------------------------


def test_kernels_sum_to_one_or_zero():
    ones = {"identity", "sharpen", "blur", "gaussian_blur", "emboss"}
    for name, kernel in kernels.items():
        assert kernel.sum() == pytest.approx(1 if name in ones else 0)
        assert kernel.shape == (3, 3)


def test_identity_changes_nothing():
    assert (convolve(SMILEY, kernels["identity"], padding="same") == SMILEY).all()


@pytest.mark.parametrize("name", ["sobel", "prewitt", "laplacian"])
def test_kernels_equal_scipy(name):
    ndimage = pytest.importorskip("scipy.ndimage")
    image = whole_numbers((12, 12))
    inner = slice(1, -1), slice(1, -1)
    if name == "laplacian":
        assert (convolve(image, kernels[name]) == ndimage.laplace(image)[inner]).all()
        return
    derivative = getattr(ndimage, name)
    assert (convolve(image, kernels[f"{name}_x"]) == derivative(image, axis=1)[inner]).all()
    assert (convolve(image, kernels[f"{name}_y"]) == derivative(image, axis=0)[inner]).all()


def test_sobel_equals_scikit_image():
    filters = pytest.importorskip("skimage.filters")
    image = whole_numbers((12, 12))
    inner = slice(1, -1), slice(1, -1)
    np.testing.assert_allclose(
        convolve(image, kernels["sobel_x"]) / 4, filters.sobel_v(image)[inner], atol=1e-5
    )
    np.testing.assert_allclose(
        convolve(image, kernels["sobel_y"]) / 4, filters.sobel_h(image)[inner], atol=1e-5
    )


RISING = np.arange(6) >= 3
EDGES = {
    "vertical": np.tile(RISING, (6, 1)),
    "horizontal": np.tile(RISING[:, None], (1, 6)),
    "diagonal": np.tri(6, dtype=bool),
    "antidiagonal": np.tri(6, dtype=bool)[:, ::-1],
}


@pytest.mark.parametrize(
    ("name", "responds", "silent"),
    [
        ("vertical_edges", "vertical", "horizontal"),
        ("horizontal_edges", "horizontal", "vertical"),
        ("sobel_x", "vertical", "horizontal"),
        ("sobel_y", "horizontal", "vertical"),
        ("prewitt_x", "vertical", "horizontal"),
        ("prewitt_y", "horizontal", "vertical"),
        ("diagonal_edges", "diagonal", "antidiagonal"),
        ("antidiagonal_edges", "antidiagonal", "diagonal"),
    ],
)
def test_edge_kernels_respond_to_their_edges(name, responds, silent):
    """Each picture is dark above or to the left of its edge, so responses are positive."""
    response = convolve(EDGES[responds], kernels[name])
    assert response.max() > 0
    assert response.min() == 0
    assert (convolve(EDGES[silent], kernels[name]) == 0).all()


def test_sharpening_subtracts_the_laplacian():
    assert (kernels["sharpen"] == kernels["identity"] - kernels["laplacian"]).all()


def test_kernels_cannot_be_overwritten():
    with pytest.raises(ValueError, match="read-only"):
        kernels["blur"][0, 0] = 1


def test_an_unknown_kernel_is_told_the_close_ones():
    with pytest.raises(ValueError, match="'sobel'; close to it: sobel_y, sobel_x"):
        kernels["sobel"]
    with pytest.raises(ValueError, match="there are identity, horizontal_edges"):
        kernels["xyz"]


def test_gabor_bank_holds_scikit_images_kernels():
    gabor_kernel = pytest.importorskip("skimage.filters").gabor_kernel
    bank = gabor_bank((0.15, 0.3), orientations=4, sigma=2)
    assert bank.shape == (13, 13, 1, 8)
    upright = gabor_kernel(0.3, np.pi / 2, sigma_x=2, sigma_y=2).real
    assert (bank[:, :, 0, 6] == upright).all()
    slanted = gabor_kernel(0.15, np.pi / 4, sigma_x=2, sigma_y=2).real
    assert (bank[1:-1, 1:-1, 0, 1] == slanted).all()
    assert bank[:, :, 0, 1].sum() == pytest.approx(slanted.sum())


def test_gabor_kernels_respond_to_their_own_stripes():
    stripes = np.tile(np.cos(2 * np.pi * 0.25 * np.arange(32)), (32, 1))
    bank = gabor_bank((0.25,), orientations=4)
    upright = np.abs(convolve(stripes, bank)).max(axis=(0, 1))
    assert upright.argmax() == 0
    lying = np.abs(convolve(stripes.T, bank)).max(axis=(0, 1))
    assert lying.argmax() == 2


@pytest.mark.parametrize("seed", range(5))
def test_haar_bank_computes_scikit_images_features(seed):
    feature = pytest.importorskip("skimage.feature")
    integral = pytest.importorskip("skimage.transform").integral_image
    image = whole_numbers((6, 6), seed, np.int64)
    found = convolve(image, haar_bank(6))[0, 0]
    for n, kind in enumerate(["type-2-x", "type-2-y", "type-3-x", "type-3-y", "type-4"]):
        places, _ = feature.haar_like_feature_coord(6, 6, kind)
        values = feature.haar_like_feature(integral(image), 0, 0, 6, 6, kind)
        covered = [sum(map(area, rectangles)) for rectangles in places]
        assert found[n] == values[np.argmax(covered)]
        assert max(covered) == 36


def area(rectangle):
    (top, left), (bottom, right) = rectangle
    return (bottom - top + 1) * (right - left + 1)


def test_haar_bank_is_right_minus_left_and_below_minus_above():
    right, below, *_ = np.moveaxis(haar_bank()[:, :, 0], -1, 0)
    assert (right == np.repeat([[-1, 1]], 3, axis=1)).all()
    assert (below == right.T).all()


# ---- Faults: one sentence each ------------------------------------------------------------------

IMAGE, KERNEL = np.ones((5, 5)), np.ones((3, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: convolve(IMAGE, np.ones((7, 7))), ValueError, "7x7 does not fit .* of 5x5 with"),
        (
            lambda: convolve(IMAGE, KERNEL, dilation=3),
            ValueError,
            "3x3 dilated by 3x3 does not fit",
        ),
        (
            lambda: convolve(IMAGE, KERNEL, 0),
            ValueError,
            "stride of a kernel of 3x3 on an image of",
        ),
        (
            lambda: convolve(IMAGE, KERNEL, 1.5),
            TypeError,
            "5x5 must be a whole number .* found 1.5",
        ),
        (lambda: convolve(IMAGE, KERNEL, True), TypeError, "found True"),
        (lambda: convolve(IMAGE, KERNEL, (1, 2, 1)), ValueError, r"one number or two"),
        (
            lambda: convolve(IMAGE, KERNEL, dilation=0),
            ValueError,
            "dilation .* at least 1, found 0",
        ),
        (lambda: convolve(IMAGE, KERNEL, 2, "same", 2), ValueError, "2x2 and its dilation 2x2"),
        (lambda: convolve(IMAGE, KERNEL, padding="SAME"), ValueError, "padding .* found 'SAME'"),
        (lambda: convolve(IMAGE, KERNEL, padding=-1), ValueError, "padding .* found -1"),
        (
            lambda: convolve(IMAGE, np.ones((3, 3, 2))),
            ValueError,
            "3x3x2 has 2, the image of 5x5 has 1",
        ),
        (lambda: convolve(np.ones((5, 5, 3)), np.ones((3, 3, 1, 8))), ValueError, "3x3x1x8 has 1"),
        (lambda: convolve(np.ones((1, 5, 5, 3)), KERNEL), ValueError, r"batch .* \(1, 5, 5, 3\)"),
        (lambda: convolve(np.ones(5), KERNEL), ValueError, r"\(H, W\) or .* found \(5,\)"),
        (lambda: convolve(IMAGE, np.ones(3)), ValueError, r"A kernel has .* found \(3,\)"),
        (
            lambda: convolve(np.full((5, 5), np.nan), KERNEL),
            ValueError,
            r"5x5 holds nan at \(0, 0\)",
        ),
        (
            lambda: convolve(IMAGE, [[1, np.inf]]),
            ValueError,
            r"kernel of 1x2 holds inf at \(0, 1\)",
        ),
        (lambda: convolve("photo.jpg", KERNEL), TypeError, "The image must hold real numbers"),
        (lambda: convolve(IMAGE, [["1"]]), TypeError, r"kernel must .* the shape \(1, 1\)"),
        (lambda: convolve(IMAGE * 1j, KERNEL), TypeError, r"found complex128 .* \(5, 5\)"),
        (
            lambda: convolve([[1, 2], [3]], KERNEL),
            ValueError,
            "image has rows of different lengths",
        ),
        (lambda: convolve(np.ones((0, 5)), KERNEL), ValueError, r"image is empty: .* \(0, 5\)"),
        (
            lambda: convolve(np.full((2, 2), 2**62), [[1, 1]]),
            ValueError,
            "1x2 and .* 2x2 could leave",
        ),
        (lambda: convolve_loops(IMAGE, np.ones((3, 3, 1))), ValueError, "equally many axes"),
        (lambda: convolve_loops(IMAGE, np.ones((7, 7))), ValueError, "does not fit"),
        (lambda: pool(IMAGE, 6), ValueError, "6x6 does not fit into an image of 5x5"),
        (lambda: pool(IMAGE, 2, 0), ValueError, "stride of windows on an image of 5x5"),
        (lambda: pool(IMAGE, 0), ValueError, "size of windows on an image of 5x5"),
        (lambda: pool(IMAGE, 2, padding=2), ValueError, "windows of 2x2 without a pixel"),
        (lambda: pool(IMAGE, mode="min"), ValueError, "found 'min'"),
        (lambda: pool(IMAGE * np.nan), ValueError, "holds nan"),
        (lambda: global_pool(IMAGE, "sum"), ValueError, "found 'sum'"),
        (lambda: output_size(5, 7), ValueError, "kernel of 7 does not fit into a size of 5"),
        (lambda: output_size(28.0, 3), TypeError, "size must be a whole number"),
        (lambda: output_size(28, 3, stride=0), ValueError, "stride .* at least 1, found 0"),
        (lambda: output_size(28, 3, padding="full"), ValueError, "found 'full'"),
        (lambda: padding_amount(28, 0), ValueError, "kernel .* found 0"),
        (lambda: parameter_count(3, 0, 32), ValueError, "channels_in .* found 0"),
        (lambda: multiplications(3, 3, 8, "26"), TypeError, "output .* found '26'"),
        (lambda: activation_bytes((None, 26, 26, 32)), ValueError, "leave the batch out"),
        (lambda: activation_bytes((26, 26), "float31"), ValueError, "no type 'float31'"),
        (lambda: gabor_bank(0.7), ValueError, "above 0 and up to 0.5, found 0.7"),
        (lambda: gabor_bank([]), ValueError, "frequencies is empty"),
        (lambda: gabor_bank(sigma=0), ValueError, "sigma must be a number above 0, found 0"),
        (lambda: haar_bank(8), ValueError, "multiple of 6, found 8"),
    ],
)
def test_bad_input_gets_one_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_import_brings_nothing_heavy():
    code = (
        "import sys, course_utils.convolution; "
        "print([m for m in ('tensorflow', 'keras', 'skimage', 'scipy', 'matplotlib') "
        "if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
