"""What the room `interpretation` promises: gradients, maps and patterns agree with references."""

import gc
import re
import weakref

from course_utils import interpretation as room
from course_utils import models
from course_utils.interpretation import patterns as patterns_module

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers


@pytest.fixture(scope="module")
def convnet():
    keras.utils.set_random_seed(8)
    return models.convnet_dense_head()


@pytest.fixture(scope="module")
def digits():
    return np.random.default_rng(1).uniform(size=(3, 28, 28, 1)).astype("float32")


def tiny(activation="softmax", outputs=3, dtype="float64"):
    """A convnet whose maps are as large as its image, in double precision."""
    keras.utils.set_random_seed(3)
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype)
    try:
        inputs = keras.Input((6, 5, 2), dtype="float64" if dtype == "float64" else "float32")
        x = layers.Conv2D(4, 3, padding="same", activation="tanh", name="maps")(inputs)
        x = layers.Flatten()(x)
        return keras.Model(inputs, layers.Dense(outputs, activation=activation)(x), name="tiny")
    finally:
        keras.config.set_dtype_policy(policy)


def nested(head_units=1, head_activation="sigmoid"):
    keras.utils.set_random_seed(4)
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            models.convolutional_base(),
            layers.Flatten(),
            layers.Dense(head_units, activation=head_activation),
        ],
        name="nested",
    )


def own_response(model, layer, patterns, filters=None):
    """Return the mean response of filter k to pattern k."""
    maps = room.feature_maps(model, patterns, layer)
    maps = next(iter(maps.values())).mean(axis=(1, 2))
    filters = range(len(patterns)) if filters is None else filters
    return np.array([maps[place, number] for place, number in enumerate(filters)])


# ---- weights and maps


def test_feature_maps_of_all_convolutions_agree_with_the_layers_called_one_by_one(convnet, digits):
    maps = room.feature_maps(convnet, digits)
    assert list(maps) == room.convolutions(convnet)
    assert [m.shape for m in maps.values()] == [(3, 26, 26, 32), (3, 11, 11, 64), (3, 3, 3, 64)]
    x = digits
    for layer in convnet.layers[1:6]:
        x = layer(x)
        if layer.name in maps:
            np.testing.assert_allclose(maps[layer.name], x, atol=1e-5)


def test_feature_maps_of_any_layer_and_of_many_images(convnet):
    images = np.random.default_rng(0).uniform(size=(130, 28, 28, 1))
    found = room.feature_maps(convnet, images, [convnet.layers[-2], convnet.layers[-1]])
    assert [values.shape for values in found.values()] == [(130, 64), (130, 10)]
    np.testing.assert_allclose(found[convnet.layers[-1].name], convnet(images), atol=1e-6)


def test_one_pass_through_the_network_for_all_layers(convnet, digits, monkeypatch):
    calls = []
    first = convnet.layers[1]
    call = first.call
    monkeypatch.setattr(first, "call", lambda *a, **k: calls.append(1) or call(*a, **k))
    network = room.maps.cut(convnet, convnet.layers[1:6])
    calls.clear()
    network(digits)
    assert len(calls) == 1


@pytest.mark.parametrize(
    "build", [nested, lambda: wrapped_functional()], ids=["Sequential", "functional"]
)
def test_layers_inside_a_nested_model_are_found(build, digits):
    model = build()
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    names = room.convolutions(model)
    assert len(names) == 3
    maps = room.feature_maps(model, digits, names[1])[names[1]]
    before = digits if model.name == "nested" else digits * 2
    reference = keras.Model(base.input, base.get_layer(names[1]).output)(before)
    np.testing.assert_allclose(maps, reference, atol=1e-5)
    assert room.filter_patterns(model, names[2], [0, 1], steps=2).shape == (2, 28, 28, 1)
    assert room.grad_cam(model, digits[0]).shape == (28, 28)


def wrapped_functional():
    inputs = keras.Input((28, 28, 1))
    x = models.convolutional_base()(layers.Rescaling(2.0)(inputs))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(4, activation="softmax")(x), name="wrapped")


def test_the_model_is_left_as_it_was(convnet, digits):
    before = convnet.get_weights()
    first = convnet.layers[1].output
    room.filter_patterns(convnet, convnet.layers[1], steps=2)
    room.grad_cam(convnet, digits[0])
    assert convnet.layers[1].output is first
    assert convnet.layers[-1].activation.__name__ == "softmax"
    for old, new in zip(before, convnet.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_strongest_pieces_are_what_the_strongest_values_see(padding):
    keras.utils.set_random_seed(2)
    model = keras.Sequential(
        [
            keras.Input((12, 11, 2)),
            layers.Conv2D(3, 3, padding=padding, name="first"),
            layers.MaxPooling2D(2),
            layers.Conv2D(4, 3, padding=padding, name="second"),
        ]
    )
    images = np.random.default_rng(0).normal(size=(9, 12, 11, 2)).astype("float32")
    values = model.predict(images, verbose=0)[..., 3]
    best = values.max(axis=(1, 2)).argsort()[::-1]
    pieces = room.strongest_pieces(model, "second", 3, images, count=4)
    assert len(pieces) == 4
    for index, piece in zip(best, pieces, strict=False):
        row, column = np.unravel_index(values[index].argmax(), values[index].shape)
        # whatever lies outside of the piece does not count for this value
        changed = np.where(find_in(images[index], piece), images[index], 7)
        after = model.predict(changed[None], verbose=0)[0, row, column, 3]
        np.testing.assert_allclose(after, values[index, row, column], rtol=1e-4, atol=1e-5)
        assert max(piece.shape[:2]) <= 8


def find_in(image, piece):
    """Return where in an image a piece lies, as a mask."""
    mask = np.zeros(image.shape, bool)
    for top in range(image.shape[0] - piece.shape[0] + 1):
        for left in range(image.shape[1] - piece.shape[1] + 1):
            place = slice(top, top + piece.shape[0]), slice(left, left + piece.shape[1])
            if np.array_equal(image[place], piece):
                mask[place] = True
    return mask


# ---- patterns


def textbook_loop(model, layer, number, noise, steps):
    """Lecture 001's loop for one filter, step by step."""
    network = keras.Model(model.inputs, layer.output)
    image = tf.constant(noise)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(image)
            loss = tf.reduce_mean(network(image)[:, :, :, number])
        gradient = tape.gradient(loss, image)
        image += gradient / (tf.sqrt(tf.reduce_mean(tf.square(gradient))) + 1e-5)
    return image.numpy()[0]


def test_patterns_equal_a_loop_over_filters_in_double_precision(monkeypatch):
    monkeypatch.setattr(patterns_module, "CHUNK", 3)  # of 4 filters: the last chunk is smaller
    model = tiny()
    layer = model.get_layer("maps")
    noise = np.random.default_rng(5).uniform(size=(1, 6, 5, 2))
    patterns = room.filter_patterns(model, layer, steps=40, seed=5)
    assert patterns.dtype == np.float64
    for number in range(4):
        expected = textbook_loop(model, layer, number, noise, 40)
        np.testing.assert_allclose(patterns[number], expected, atol=1e-6, rtol=0)


def test_first_step_agrees_with_finite_differences():
    model, delta = tiny(), 1e-5
    start = room.filter_patterns(model, "maps", [2], steps=0, seed=1)[0]
    step = room.filter_patterns(model, "maps", [2], steps=1, seed=1)[0] - start
    gradient = np.zeros_like(start)
    for place in np.ndindex(start.shape):
        moved = np.stack([start, start])
        moved[0][place] += delta
        moved[1][place] -= delta
        up, down = own_response(model, "maps", moved, [2, 2])
        gradient[place] = (up - down) / (2 * delta)
    expected = gradient / (np.sqrt(np.mean(gradient**2)) + 1e-5)
    np.testing.assert_allclose(step, expected, atol=1e-6)


@pytest.mark.parametrize("place", [1, 3, 5])
def test_patterns_excite_their_own_filter_far_more_than_noise(convnet, place):
    layer = convnet.layers[place]
    noise = room.filter_patterns(convnet, layer, steps=0)
    patterns = room.filter_patterns(convnet, layer)
    before, after = own_response(convnet, layer, noise), own_response(convnet, layer, patterns)
    assert np.mean(after) > 50 * np.mean(before)
    moved = before > 0  # where noise leaves a filter at zero, there is no gradient to follow
    assert moved.mean() > 0.5
    assert np.median(after[moved] / before[moved]) > 50
    # each filter's pattern is its own: others respond less to it
    maps = next(iter(room.feature_maps(convnet, patterns, layer).values()))
    assert np.mean(after) > 2 * maps.mean()


def test_new_weights_and_new_settings_count_at_once():
    """What is kept between calls must not outlive a change of the model."""
    model = tiny("softmax", 3)
    layer = model.get_layer("maps")
    before = room.filter_patterns(model, layer, steps=2)
    layer.set_weights([-weight for weight in layer.get_weights()])
    turned = room.filter_patterns(model, layer, steps=2)
    assert np.abs(turned - before).max() > 0.1
    layer.activation = keras.activations.linear
    linear = room.filter_patterns(model, layer, steps=2)
    assert np.abs(linear - turned).max() > 0.01


def test_what_is_kept_goes_with_the_model():
    model = tiny()
    room.filter_patterns(model, "maps", steps=1)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_a_pattern_does_not_depend_on_the_others(convnet):
    layer = convnet.layers[3]
    together = room.filter_patterns(convnet, layer, [3, 4, 5, 9], steps=1)
    alone = room.filter_patterns(convnet, layer, 5, steps=1)
    np.testing.assert_allclose(together[2], alone[0], atol=1e-4)


def test_seed_steps_and_octaves(convnet):
    layer = convnet.layers[1]
    first = room.filter_patterns(convnet, layer, [0], steps=0, seed=1)
    np.testing.assert_array_equal(
        first[0], np.random.default_rng(1).uniform(size=(28, 28, 1)).astype("float32")
    )
    other = room.filter_patterns(convnet, layer, [0], steps=0, seed=2)
    assert np.abs(first - other).max() > 0.1
    wide = room.filter_patterns(convnet, layer, [0, 1], steps=3, octaves=3, size=(40, 50))
    assert wide.shape == (2, 40, 50, 1)


def test_regularisation_smooths_the_pattern(convnet):
    def roughness(**options):
        found = room.filter_patterns(convnet, convnet.layers[5], range(8), **options)
        return np.mean(np.diff(found, axis=1) ** 2) / np.var(found)

    assert roughness(regularisation=0.3) < 0.6 * roughness()


def test_chunks_keep_to_the_stated_memory(convnet, monkeypatch):
    """One filter's image makes 26*26*32 + 13*13*32 + 11*11*64 values on its way."""
    each = (26 * 26 * 32 + 13 * 13 * 32 + 11 * 11 * 64) * 4
    sizes = []
    monkeypatch.setattr(patterns_module, "_compiled", {})
    compile_climb = patterns_module._compile_filter_climb

    def watch(*options):
        climb = compile_climb(*options)
        return lambda images, *rest: sizes.append(len(images)) or climb(images, *rest)

    monkeypatch.setattr(patterns_module, "_compile_filter_climb", watch)
    for budget, chunks in ((64 * each, [32, 2]), (15 * each, [15, 15, 4]), (each // 2, [1] * 34)):
        sizes.clear()
        patterns_module._compiled.clear()
        monkeypatch.setattr(patterns_module, "CHUNK_BYTES", budget)
        room.filter_patterns(convnet, convnet.layers[3], range(34), steps=1)
        assert sizes == chunks


def test_long_work_shows_a_bar_that_leaves_nothing(convnet, monkeypatch, capsys):
    updates = []
    monkeypatch.setattr(patterns_module, "LONG", 1)
    monkeypatch.setattr(patterns_module.Progress, "update", lambda self, n: updates.append(n))
    room.filter_patterns(convnet, convnet.layers[1], [0, 1], steps=25)
    assert updates == [20, 40, 50]
    assert capsys.readouterr().out == ""


# ---- Grad-CAM, occlusion, DeepDream


def cam_by_finite_differences(model, image, score):
    """Grad-CAM with gradients from differences, through the layers behind the maps."""
    maps = model.get_layer("maps")(image[None]).numpy()
    dense, delta = model.layers[-1], 1e-5
    kernel, bias = (weight.numpy() for weight in dense.weights)

    def logit(values):
        return score(values.reshape(1, -1) @ kernel + bias)

    gradient = np.zeros_like(maps)
    for place in np.ndindex(maps.shape):
        up, down = maps.copy(), maps.copy()
        up[place] += delta
        down[place] -= delta
        gradient[place] = (logit(up) - logit(down)) / (2 * delta)
    weights = gradient.mean(axis=(1, 2), keepdims=True)
    heat = np.maximum((weights * maps).sum(axis=-1)[0], 0)
    return heat / heat.max()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_grad_cam_of_a_class_agrees_with_finite_differences(number):
    model = tiny()
    image = np.random.default_rng(7).normal(size=(6, 5, 2))
    heat = room.grad_cam(model, image, number)
    expected = cam_by_finite_differences(model, image, lambda logits: logits[0, number])
    np.testing.assert_allclose(heat, expected, atol=1e-5)


@pytest.mark.parametrize("number, sign", [(1, 1), (0, -1)])
def test_grad_cam_of_a_sigmoid_agrees_with_finite_differences(number, sign):
    model = tiny("sigmoid", 1)
    image = np.random.default_rng(7).normal(size=(6, 5, 2))
    heat = room.grad_cam(model, image, number)
    expected = cam_by_finite_differences(model, image, lambda logits: sign * logits[0, 0])
    np.testing.assert_allclose(heat, expected, atol=1e-5)


@pytest.mark.parametrize("activation, outputs", [("softmax", 3), ("sigmoid", 1)])
def test_grad_cam_takes_the_predicted_class(activation, outputs):
    model = tiny(activation, outputs)
    image = np.random.default_rng(7).normal(size=(6, 5, 2))
    probabilities = np.asarray(model(image[None]))[0]
    predicted = int(probabilities[0] > 0.5) if outputs == 1 else int(np.argmax(probabilities))
    np.testing.assert_array_equal(
        room.grad_cam(model, image), room.grad_cam(model, image, predicted)
    )


@pytest.mark.parametrize("number", [None, 1], ids=["predicted class", "one class"])
@pytest.mark.parametrize("activation, outputs", [("softmax", 3), ("sigmoid", 1)])
def test_grad_cam_of_a_batch_is_that_of_each_image(activation, outputs, number, monkeypatch):
    monkeypatch.setattr(room.attribution, "BATCH", 4)  # the last batch is smaller
    model = tiny(activation, outputs)
    images = np.random.default_rng(7).normal(size=(6, 6, 5, 2))
    heats = room.grad_cam(model, images, number)
    assert heats.shape == (6, 6, 5) and heats.dtype == np.float32
    for image, heat in zip(images, heats, strict=True):
        np.testing.assert_allclose(heat, room.grad_cam(model, image, number), atol=1e-6)


def test_grad_cam_is_not_blinded_by_a_saturated_output():
    """A sigmoid at exactly 1 has no gradient; the score before it has."""
    model = tiny("sigmoid", 1, dtype="float32")
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([kernel, bias + 200])
    image = np.random.default_rng(7).normal(size=(6, 5, 2))
    assert float(model(image[None])[0, 0]) == 1.0
    assert room.grad_cam(model, image, 1).max() == 1.0


def test_grad_cam_with_a_separate_softmax_layer():
    model = tiny(None)
    split = keras.Model(model.inputs, layers.Softmax()(model.outputs[0]))
    activated = keras.Model(model.inputs, layers.Activation("softmax")(model.outputs[0]))
    image = np.random.default_rng(7).normal(size=(6, 5, 2))
    expected = room.grad_cam(model, image, 1, layer="maps")
    for other in (split, activated):
        np.testing.assert_allclose(
            room.grad_cam(other, image, 1, layer="maps"), expected, atol=1e-6
        )


def spot_model():
    """Its output is a sigmoid of the brightness at row 3, column 12."""
    model = keras.Sequential(
        [
            keras.Input((16, 16, 1)),
            layers.Conv2D(1, 1, use_bias=False, kernel_initializer="ones"),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    kernel = np.zeros((256, 1), "float32")
    kernel[3 * 16 + 12] = 4
    model.layers[-1].set_weights([kernel, np.array([-2.0], "float32")])
    return model


def test_occlusion_finds_the_pixel_that_matters():
    image = np.zeros((16, 16, 1))
    image[3, 12] = 1
    falls = room.occlusion_map(spot_model(), image, window=3, stride=1)
    assert np.unravel_index(falls.argmax(), falls.shape) == (3, 12)
    before = 1 / (1 + np.exp(-2))
    after = 1 / (1 + np.exp(2 - 4 / 256))
    assert falls[3, 12] == pytest.approx(before - after, abs=1e-5)
    far = np.ones_like(falls, bool)
    far[1:6, 10:15] = False
    assert np.all(falls[far] == 0)
    opposite = room.occlusion_map(spot_model(), image, 0, window=3, stride=1)
    np.testing.assert_allclose(opposite, -falls, atol=1e-6)


def test_occlusion_covers_every_pixel():
    falls = room.occlusion_map(spot_model(), np.ones((16, 16, 1)), window=5, stride=4)
    assert np.all(np.isfinite(falls))


def test_overlay_is_hot_where_the_map_is():
    image, heat = np.full((4, 4, 1), 0.5), np.zeros((4, 4))
    heat[1, 2] = 2
    painted = room.overlay(image, heat)
    assert painted.shape == (4, 4, 3)
    assert painted.min() >= 0 and painted.max() <= 1
    assert np.unravel_index(painted.sum(-1).argmax(), (4, 4)) == (1, 2)


def test_deep_dream_raises_what_it_is_asked_to_raise(convnet):
    name = room.convolutions(convnet)[1]
    photo = np.random.default_rng(2).uniform(0.2, 0.8, size=(45, 60, 1)).astype("float32")
    dream = room.deep_dream(convnet, photo, {name: 1.0}, octaves=2, step_size=0.05)
    assert dream.shape == photo.shape
    assert dream.min() >= photo.min() and dream.max() <= photo.max()
    again = room.deep_dream(convnet, photo, {name: 1.0}, octaves=2, step_size=0.05)
    np.testing.assert_allclose(dream, again, atol=1e-2)
    pair = np.stack([photo, dream])[:, 8:36, 8:36]
    before, after = np.mean(room.feature_maps(convnet, pair, name)[name] ** 2, axis=(1, 2, 3))
    assert after > 1.4 * before


def test_a_model_in_half_precision_is_climbed_in_float32():
    model = tiny(dtype="mixed_float16")
    image = np.random.default_rng(7).normal(size=(6, 5, 2))
    assert room.filter_patterns(model, "maps", steps=2).dtype == np.float32
    assert room.deep_dream(model, image, {"maps": 1.0}, octaves=1, steps=2).dtype == np.float32
    heat = room.grad_cam(model, image, 1)
    reference = tiny()
    reference.set_weights(model.get_weights())
    np.testing.assert_allclose(heat, room.grad_cam(reference, image, 1), atol=0.02)


# ---- measures


def stripes(angle, size=32):
    rows, columns = np.mgrid[:size, :size]
    across = columns * np.sin(np.deg2rad(angle)) + rows * np.cos(np.deg2rad(angle))
    return np.sin(2 * np.pi * across / 5)[..., None]


@pytest.mark.parametrize("angle, number", [(0, 0), (45, 2), (90, 4), (135, 6)])
def test_orientation_energy_of_stripes(angle, number):
    """Stripes at 45 degrees rise to the right, as on paper."""
    energy = room.orientation_energy(stripes(angle)[None])[0]
    assert energy.argmax() == number
    assert energy[number] > 0.7
    assert energy.sum() == pytest.approx(1)


def test_orientation_energy_of_noise_is_shared_out():
    noise = np.random.default_rng(0).normal(size=(40, 32, 32, 3))
    energy = room.orientation_energy(noise).mean(axis=0)
    assert np.all(np.abs(energy - 1 / 8) < 0.04)


def test_pictures_are_between_0_and_1_and_keep_the_sign():
    patterns = np.random.default_rng(0).normal(5, 30, size=(3, 8, 8, 3))
    pictures = room.to_pictures(patterns)
    assert pictures.min() >= 0 and pictures.max() <= 1
    above = patterns > patterns.mean(axis=(1, 2, 3), keepdims=True)
    assert np.array_equal(pictures > 0.5, above)


# ---- faults, each by name


def unbuilt():
    return keras.Sequential([layers.Conv2D(3, 3)], name="unbuilt")


class OfItsOwn(keras.Model):
    def call(self, inputs):
        return inputs


def with_nan(image):
    return np.where(np.arange(image.size).reshape(image.shape) == 5, np.nan, image)


FAULTS = {
    "has no layer 'conv2dd': perhaps 'conv": lambda m, x: room.filter_patterns(m, "conv2dd"),
    "has the filters 0 to 31; asked for 32": lambda m, x: room.strongest_pieces(
        m, m.layers[1], 32, x
    ),
    "without feature maps": lambda m, x: room.filter_patterns(m, m.layers[-1]),
    "the filters 0 to 31; asked for 32": lambda m, x: room.filter_patterns(m, m.layers[1], 32),
    "asked for none": lambda m, x: room.filter_patterns(m, m.layers[1], []),
    "is not part of": lambda m, x: room.filter_patterns(m, layers.Conv2D(2, 3)),
    "steps is -1": lambda m, x: room.filter_patterns(m, m.layers[1], steps=-1),
    "octaves is 0": lambda m, x: room.filter_patterns(m, m.layers[1], octaves=0),
    "'unbuilt' has not been built": lambda m, x: room.feature_maps(unbuilt(), x),
    "a class of its own": lambda m, x: room.feature_maps(OfItsOwn(), x),
    "inputs of shape (None, 784)": lambda m, x: room.feature_maps(models.dense_mnist(), x),
    "add the axis of channels": lambda m, x: room.feature_maps(m, x[0, ..., 0]),
    "(3, 20, 28, 1)": lambda m, x: room.feature_maps(m, x[:, :20]),
    "image.resize(images, (28, 28))": lambda m, x: room.grad_cam(m, x[0, :20]),
    "1 of the 784 values": lambda m, x: room.grad_cam(m, with_nan(x[0])),
    "has 9 layers, so there is no layer 40": lambda m, x: room.feature_maps(m, x, 40),
    "There is no image": lambda m, x: room.feature_maps(m, x[:0]),
    "give numbers": lambda m, x: room.feature_maps(m, x.astype(str)),
    "has 2 numbers, and there are 3": lambda m, x: room.occlusion_map(m, x, [0, 1]),
    "the model has the classes 0 to 9": lambda m, x: room.grad_cam(m, x[0], 10),
    "not (N, classes)": lambda m, x: room.grad_cam(models.convolutional_base(), x[0]),
    "from 1 to 28": lambda m, x: room.occlusion_map(m, x[0], window=40),
    "window is 0": lambda m, x: room.occlusion_map(m, x[0], window=0),
    "stride is 8: give 1 to 4": lambda m, x: room.occlusion_map(m, x[0], window=4, stride=8),
    "stride is -1": lambda m, x: room.occlusion_map(m, x[0], window=4, stride=-1),
    "layer_weights is a dictionary": lambda m, x: room.deep_dream(m, x[0], {}),
    "heat (5, 5)": lambda m, x: room.overlay(x[0], np.zeros((5, 5))),
    "give one image": lambda m, x: room.overlay(x, np.zeros((28, 28))),
    "no images of 1 x 1": lambda m, x: room.filter_patterns(m, m.layers[5], [0], octaves=12),
    "pixels, to which octaves": lambda m, x: room.deep_dream(
        m, x[0], {m.layers[5]: 1.0}, octaves=12
    ),
}


@pytest.mark.fault("input that fits no function of `interpretation`")
@pytest.mark.parametrize("words", FAULTS)
def test_bad_input_gets_one_plain_sentence(convnet, digits, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        FAULTS[words](convnet, digits)


def test_what_is_not_a_model_is_named():
    with pytest.raises(TypeError, match="model is a str"):
        room.feature_maps("conv2d", np.zeros((1, 28, 28, 1)))


def test_a_layer_for_one_size_only_is_named():
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Reshape((4, 16, 1)), layers.Conv2D(2, 3, name="behind")],
        name="one_size",
    )
    assert room.filter_patterns(model, "behind", steps=1).shape == (2, 8, 8, 1)
    with pytest.raises(ValueError, match="8 x 8 pixels only"):
        room.filter_patterns(model, "behind", steps=1, size=(10, 10))


def test_a_model_for_any_size_wants_a_size():
    model = keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(2, 3, name="only")])
    with pytest.raises(ValueError, match="say size="):
        room.filter_patterns(model, "only")
    assert room.filter_patterns(model, "only", size=(9, 7), steps=1).shape == (2, 9, 7, 3)


def test_a_second_layer_of_the_same_name_is_called_by_its_model():
    inner = keras.Sequential([keras.Input((8, 8, 2)), layers.Conv2D(2, 1, name="a")], name="inner")
    inputs = keras.Input((8, 8, 1))
    outer = keras.Model(inputs, inner(layers.Conv2D(2, 1, name="a")(inputs)), name="outer")
    assert room.convolutions(outer) == ["a", "inner/a"]
    image = np.ones((1, 8, 8, 1))
    both = room.feature_maps(outer, image)
    np.testing.assert_allclose(both["inner/a"], outer(image), atol=1e-6)
