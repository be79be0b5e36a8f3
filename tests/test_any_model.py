"""Networks as they come: any end, any wiring, any layer; each call gives the same for the same.

The reference is always a plain twin: the same weights with a softmax or a sigmoid in the last
Dense layer, the same images one by one.
"""

import re
from types import SimpleNamespace

from course_utils import applications, models, plotting
from course_utils import interpretation as room
from course_utils.interpretation.layers import last_maps
from course_utils.interpretation.outputs import to_probabilities
from course_utils.keras_inside.ends import read_end

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

IMAGES = np.random.default_rng(0).random((3, 12, 12, 3), "float32")


def trunk():
    inputs = keras.Input((12, 12, 3))
    x = layers.Conv2D(4, 3, activation="relu", name="first")(inputs)
    x = layers.Conv2D(4, 3, activation="relu", name="second")(x)
    return inputs, layers.GlobalAveragePooling2D()(x)


def ending(end, units=3):
    """Return a network whose scores go through `end`, with the weights of all others like it."""
    inputs, x = trunk()
    model = keras.Model(inputs, end(layers.Dense(units, name="scores")(x)), name="ending")
    rng = np.random.default_rng(units)
    model.set_weights([rng.normal(0, 1, weights.shape) for weights in model.get_weights()])
    return model


def plain(scores):
    return scores


ENDS = {
    "keras.ops.softmax": ops.softmax,
    "keras.activations.softmax": keras.activations.softmax,
    "a layer": lambda x: layers.Softmax()(x),
    "an activation": lambda x: layers.Activation("softmax")(x),
    "a Lambda of softmax": lambda x: layers.Lambda(keras.activations.softmax)(x),
    "a Lambda of tf.nn": lambda x: layers.Lambda(tf.nn.softmax)(x),
    "then linear": lambda x: layers.Activation("linear", dtype="float32")(ops.softmax(x)),
    "then Identity": lambda x: layers.Identity()(layers.Softmax()(x)),
    "then Reshape": lambda x: layers.Reshape((3,))(layers.Softmax()(x)),
    "then Dropout and Flatten": lambda x: layers.Flatten()(layers.Dropout(0.5)(ops.softmax(x))),
    "in a model of its own": lambda x: keras.Sequential([keras.Input((3,)), layers.Softmax()])(x),
    "no softmax": plain,
    "a log softmax": ops.log_softmax,
}


@pytest.fixture(scope="module")
def reference():
    model = ending(lambda x: layers.Softmax()(x))
    return SimpleNamespace(
        outputs=model.predict(IMAGES, verbose=0),
        heats=room.grad_cam(model, IMAGES),
        falls=room.occlusion_map(model, IMAGES[0], window=6, stride=3),
    )


@pytest.mark.fault("a softmax of any spelling, or none")
@pytest.mark.parametrize("end", ENDS)
def test_a_softmax_counts_wherever_it_stands(end, reference):
    model = ending(ENDS[end])
    found = to_probabilities(model, model.predict(IMAGES, verbose=0))
    np.testing.assert_allclose(found, reference.outputs, atol=1e-5)
    np.testing.assert_allclose(room.grad_cam(model, IMAGES), reference.heats, atol=1e-3)
    falls = room.occlusion_map(model, IMAGES[0], window=6, stride=3)
    np.testing.assert_allclose(falls, reference.falls, atol=1e-5)


@pytest.mark.fault("one score instead of a sigmoid")
@pytest.mark.parametrize("bias", [0.3, -0.3])
def test_one_score_alone_is_that_of_class_1(bias):
    """A score of 0.3 is a probability of 0.57: class 1, though it is below 0.5."""
    score, sigmoid = ending(plain, 1), ending(ops.sigmoid, 1)
    weights = score.get_weights()
    weights[-1] = weights[-1] + bias - score.predict(IMAGES[:1], verbose=0)[0]
    for model in (score, sigmoid):
        model.set_weights(weights)
    wanted = int(bias > 0)
    for explain in (room.grad_cam, room.occlusion_map):
        found = explain(score, IMAGES[0])
        np.testing.assert_allclose(found, explain(sigmoid, IMAGES[0]), atol=1e-5)
        np.testing.assert_array_equal(found, explain(score, IMAGES[0], wanted))
    shares = to_probabilities(score, [[bias], [-800.0], [800.0]])
    np.testing.assert_allclose(shares[:, 1], [1 / (1 + np.exp(-bias)), 0, 1], atol=1e-6)


def test_labels_that_do_not_exclude_each_other_keep_their_sigmoids():
    model = ending(ops.sigmoid)
    outputs = model.predict(IMAGES, verbose=0)
    np.testing.assert_array_equal(to_probabilities(model, outputs), outputs)


def own_softmax(x):
    return ops.exp(x) / ops.sum(ops.exp(x), axis=-1, keepdims=True)


@pytest.mark.fault("a last layer of one's own")
def test_the_end_of_ones_own_is_used_where_its_values_tell():
    """Its probabilities can be shown, but no gradient may go through an unknown softmax."""
    model = ending(lambda x: layers.Lambda(own_softmax)(x))
    outputs = model.predict(IMAGES, verbose=0)
    np.testing.assert_array_equal(to_probabilities(model, outputs), outputs)
    with pytest.raises(ValueError, match=r"ends in 'lambda\w*' \(Lambda\).*Activation"):
        room.grad_cam(model, IMAGES)
    single = ending(lambda x: layers.Lambda(own_sigmoid)(x), 1)
    for explain in (room.grad_cam, room.occlusion_map):
        with pytest.raises(ValueError, match=r"it cannot be told whether its outputs are prob"):
            explain(single, IMAGES[0])


def own_sigmoid(x):
    return 1 / (1 + ops.exp(-x))


def test_means_and_sums_of_scores_are_scores_and_those_of_probabilities_are_not():
    inputs, x = trunk()
    scores = [layers.Dense(3)(x) for _ in range(2)]
    for joined, kind in (
        (layers.Average()(scores), "scores"),
        (scores[0] + scores[1], "scores"),
        (scores[0] / 2.0, "scores"),
        (layers.Average()([ops.softmax(one) for one in scores]), "unknown"),
        (layers.Softmax(axis=1)(layers.Reshape((3, 1))(scores[0])), "unknown"),
        (layers.Dense(3, activation=own_softmax)(x), "unknown"),
    ):
        assert read_end(joined).kind == kind


@pytest.mark.fault("a softmax over one value")
def test_a_softmax_over_one_value_is_refused():
    with pytest.warns(UserWarning, match="This axis has size 1"):
        model = ending(ops.softmax, 1)
    with pytest.raises(ValueError, match="softmax over one value, which is always 1"):
        room.grad_cam(model, IMAGES)


def two_outputs(of):
    inputs, x = trunk()
    kind, age = layers.Dense(3, "softmax", name="kind")(x), layers.Dense(1, name="age")(x)
    outputs = {"list": [kind, age], "dict": {"a": kind, "b": age}}[of]
    return keras.Model(inputs, outputs, name="two")


@pytest.mark.fault("two outputs")
@pytest.mark.parametrize("of", ["list", "dict"])
def test_of_two_outputs_the_part_with_one_is_asked_for(of):
    model = two_outputs(of)
    for explain in (room.grad_cam, room.occlusion_map):
        with pytest.raises(ValueError, match=r"2 outputs, kind and age: .*model\.outputs\[0\]"):
            explain(model, IMAGES[0])
    part = keras.Model(model.inputs, model.outputs[0])  # as the sentence says
    assert room.grad_cam(part, IMAGES[0]).shape == (12, 12)
    assert room.feature_maps(model, IMAGES, "second")["second"].shape == (3, 8, 8, 4)
    assert room.filter_patterns(model, "second", [0], steps=1).shape == (1, 12, 12, 3)
    assert "6: dense of 4, 1, 5 parameters" in plotting.show_architecture(model).alt


@pytest.mark.parametrize("form", [lambda x: {"a": x}, lambda x: [x]], ids=["dict", "list"])
def test_one_output_in_a_dictionary_or_a_list_is_one_output(form):
    plain = ending(ops.softmax)
    model = keras.Model(plain.inputs, form(plain.outputs[0]))
    for explain in (room.grad_cam, room.occlusion_map):
        np.testing.assert_array_equal(explain(model, IMAGES[0]), explain(plain, IMAGES[0]))


@pytest.mark.fault("an inner model with two inputs")
def test_an_inner_model_with_two_inputs_is_looked_into():
    a, b = keras.Input((12, 12, 3)), keras.Input((12, 12, 3))
    first = layers.Conv2D(2, 3, activation="relu", name="left")(a)
    second = layers.Conv2D(2, 3, activation="relu", name="right")(b)
    inner = keras.Model([a, b], layers.Add(name="sum")([first, second]), name="inner")
    inputs = keras.Input((12, 12, 3))
    x = inner([inputs, inputs * 2.0])
    model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
    maps = room.feature_maps(model, IMAGES, ["left", "right", "sum"])
    np.testing.assert_allclose(maps["sum"], maps["left"] + maps["right"], atol=1e-5)
    assert last_maps(model).name == "sum"


# ---- which layer


def pooled(*behind):
    return keras.Sequential(
        [
            keras.Input((12, 12, 3)),
            layers.Conv2D(4, 3, activation="relu", name="maps"),
            *behind,
            layers.Flatten(),
            layers.Dense(2),
        ]
    )


@pytest.mark.fault("pooling at the end")
@pytest.mark.parametrize(
    "behind",
    [
        [],
        [layers.MaxPooling2D(2)],
        [layers.MaxPooling2D(2), layers.Dropout(0.2)],
        [layers.AveragePooling2D(2), layers.SpatialDropout2D(0.1), layers.Identity()],
        [layers.GlobalAveragePooling2D(keepdims=True), layers.Conv2D(5, 1)],
    ],
)
def test_the_last_maps_are_those_before_pooling(behind):
    assert last_maps(pooled(*behind)).name == "maps"


def branch(join):
    inputs = keras.Input((12, 12, 3))
    x = layers.Conv2D(4, 3, padding="same", name="a")(inputs)
    x = join(x, layers.Conv2D(4, 3, padding="same", name="b")(x))
    return keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)), name="branch")


@pytest.mark.parametrize(
    "front",
    [
        lambda: layers.Rescaling(2.0),
        lambda: layers.Normalization(mean=0.0, variance=1.0),
        lambda: layers.RandomFlip(),
    ],
)
def test_pixels_made_ready_are_no_feature_maps(front):
    model = keras.Sequential([keras.Input((6, 6, 3)), front(), layers.Flatten(), layers.Dense(2)])
    with pytest.raises(ValueError, match="makes no feature maps"):
        room.grad_cam(model, np.zeros((6, 6, 3)))


@pytest.mark.fault("branches that are added")
@pytest.mark.parametrize(
    "join", [lambda a, b: a + b, lambda a, b: layers.Add()([a, b])], ids=["+", "Add"]
)
def test_the_last_maps_are_those_behind_an_addition(join):
    model = branch(join)
    found = last_maps(model)
    assert type(found).__name__ == "Add"
    (maps,) = room.feature_maps(model, IMAGES, found).values()
    both = room.feature_maps(model, IMAGES, ["a", "b"])
    np.testing.assert_allclose(maps, both["a"] + both["b"], atol=1e-5)
    assert room.grad_cam(model, IMAGES[0]).any()


def test_default_layers_of_published_networks_are_those_a_specialist_takes():
    wanted = {
        "VGG16": "block5_conv3",
        "ResNet50": "conv5_block3_out",
        "DenseNet121": "relu",
        "MobileNetV2": "out_relu",
    }
    for name, layer in wanted.items():
        with models.without_weights():
            network = getattr(keras.applications, name)(weights=None)
        assert last_maps(network).name == layer
    with models.without_weights():
        network = keras.applications.ConvNeXtTiny(weights=None)
    assert type(last_maps(network)).__name__ == "Add"


def test_a_layer_is_named_by_name_by_place_and_by_itself():
    model = pooled(layers.MaxPooling2D(2))
    same = [
        [room.grad_cam(model, IMAGES, 1, layer=layer), room.feature_maps(model, IMAGES, layer)]
        + [room.filter_patterns(model, layer, [0], steps=1)]
        for layer in ("maps", 0, -4, model.layers[0], np.int64(0))
    ]
    for heats, maps, patterns in same[1:]:
        np.testing.assert_array_equal(heats, same[0][0])
        np.testing.assert_array_equal(maps["maps"], same[0][1]["maps"])
        np.testing.assert_array_equal(patterns, same[0][2])
    assert applications.feature_extractor(model, -2).output_shape == (None, 100)


@pytest.mark.fault("a layer that does not lead to the output")
def test_a_layer_that_does_not_lead_to_the_output_is_refused():
    inputs, x = trunk()
    aside = layers.Conv2D(2, 3, name="aside")(inputs)
    y = layers.Dense(2)(x + 0 * ops.mean(ops.stop_gradient(aside)))
    with pytest.raises(ValueError, match="does not depend on the chosen layer"):
        room.grad_cam(keras.Model(inputs, y), IMAGES[0], layer="aside")


@pytest.mark.fault("channels that come first")
def test_channels_first_is_refused():
    model = keras.Sequential(
        [
            keras.Input((3, 12, 12)),
            layers.Permute((2, 3, 1)),
            layers.Conv2D(2, 3, data_format="channels_first", name="turned"),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )
    with pytest.raises(ValueError, match="'turned' takes channels first"):
        room.grad_cam(model, np.zeros((3, 12, 12)))


# ---- one image, many images, classes


@pytest.mark.fault("one image or a batch")
def test_one_image_and_a_batch_give_the_same_everywhere():
    model = ending(ops.softmax)
    dream = {"second": 1.0}
    calls = {
        "grad_cam": lambda x: room.grad_cam(model, x, 1),
        "occlusion_map": lambda x: room.occlusion_map(model, x, 1, window=6, stride=6),
        "feature_maps": lambda x: room.feature_maps(model, x, "second")["second"],
        "deep_dream": lambda x: room.deep_dream(model, x, dream, octaves=1, steps=2),
    }
    for name, call in calls.items():
        together = call(IMAGES)
        for place, image in enumerate(IMAGES):
            np.testing.assert_allclose(together[place], call(image), atol=1e-3, err_msg=name)
            np.testing.assert_allclose(call(image[None])[0], call(image), atol=1e-5, err_msg=name)


@pytest.mark.fault("a class for each image")
def test_classes_are_one_for_all_or_one_for_each():
    model = ending(ops.softmax)
    each = [2, 0, 1]
    for explain in (room.grad_cam, room.occlusion_map):
        together = explain(model, IMAGES, each)
        for place, number in enumerate(each):
            np.testing.assert_allclose(
                together[place], explain(model, IMAGES[place], number), atol=1e-5
            )
        np.testing.assert_array_equal(explain(model, IMAGES, np.array(each)), together)


@pytest.mark.fault("a class that is no number")
@pytest.mark.parametrize("wrong", ["1", 1.0, True, ["0", "1", "2"]])
def test_a_class_is_a_whole_number(wrong):
    model = ending(ops.softmax)
    for explain in (room.grad_cam, room.occlusion_map):
        with pytest.raises(TypeError, match="class_index is .*: give the number of a class"):
            explain(model, IMAGES, wrong)


@pytest.mark.fault("grey pictures for a colour network")
def test_grey_pictures_for_a_colour_network_get_a_way_out():
    with pytest.raises(ValueError, match=re.escape("np.repeat(images, 3, axis=-1)")):
        room.grad_cam(ending(ops.softmax), IMAGES[..., :1])


@pytest.mark.fault("a network that gives NaN")
def test_a_network_that_gives_nan_is_told():
    model = ending(ops.softmax)
    model.set_weights([weights * np.nan for weights in model.get_weights()])
    for explain in (room.grad_cam, room.occlusion_map):
        with pytest.raises(ValueError, match="values that are not numbers.*run away"):
            explain(model, IMAGES[0])


def test_heat_is_painted_over_grey_pictures_too():
    heat = np.eye(12)
    flat = room.overlay(IMAGES[0, ..., 0], heat)
    np.testing.assert_array_equal(flat, room.overlay(IMAGES[0, ..., :1], heat))
    with pytest.raises(ValueError, match="not numbers"):
        room.overlay(IMAGES[0], heat * np.nan)


# ---- classifiers of photographs and digits


# ---- counted and drawn


def with_arithmetic():
    inputs = keras.Input((32, 32, 3))
    one = layers.Conv2D(4, 3, padding="same", activation="relu")(inputs / 255.0)
    two = layers.Conv2D(4, 3, padding="same")(one)
    x = layers.GlobalAveragePooling2D()(ops.relu(one + two)[:, 1:-1])
    return keras.Model(inputs, layers.Dense(3)(x) * 2.0, name="arithmetic")


@pytest.mark.fault("operations such as `x / 255` and `a + b`")
def test_operations_are_drawn_and_cost_nothing():
    model = with_arithmetic()
    assert models.multiplications(model) == 32 * 32 * 9 * (3 * 4 + 4 * 4) + 4 * 3
    alt = plotting.show_architecture(model).alt
    assert "network with 275 parameters" in alt
    for words in ("2: divide, 32×32×3.", "5: add of 3 and 4", "6: relu", "7: part, 30×32×4."):
        assert words in alt


def test_multiplications_of_networks_built_of_operations():
    """Published with them: 56 million for MobileNetV3Small, 4.5 billion for ConvNeXtTiny."""
    with models.without_weights():
        small = keras.applications.MobileNetV3Small(weights=None, input_shape=(224, 224, 3))
        tiny = keras.applications.ConvNeXtTiny(weights=None)
    assert models.multiplications(small) == pytest.approx(56e6, rel=0.05)
    assert models.multiplications(tiny) == pytest.approx(4.5e9, rel=0.05)


def test_the_output_of_one_number_an_image_is_drawn():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, ops.sum(layers.Dense(2)(inputs), axis=-1), name="sum")
    assert plotting.show_architecture(model).alt.endswith("3: Sum, 1.")


@pytest.mark.parametrize("activation", ["softmax", None])
def test_a_photo_gets_probabilities_from_any_published_network(activation):
    """Each way to give the photo says the same; a batch says it for each."""
    keras.utils.set_random_seed(1)
    network = applications.load(
        "MobileNet",
        weights=None,
        alpha=0.25,
        input_shape=(64, 64, 3),
        classifier_activation=activation,
    )
    network.get_layer("conv_preds").kernel.assign_add(
        np.random.default_rng(0).normal(size=(1, 1, 256, 1000))
    )
    photos = np.random.default_rng(2).integers(0, 255, (2, 80, 90, 3), "uint8")
    together = applications.classify(network, photos, top=1000)
    for answer, photo in zip(together, photos, strict=True):
        labels, shares = zip(*answer, strict=True)
        assert sum(shares) == pytest.approx(1, abs=1e-4) and min(shares) >= 0
        assert applications.classify(network, photo, top=1)[0][0] == labels[0]
    assert applications.classify(network, list(photos), top=1000) == together


def test_a_network_of_two_outputs_classifies_nothing():
    with pytest.raises(ValueError, match="2 outputs, kind and age"):
        applications.classify(two_outputs("list"), IMAGES[0])
