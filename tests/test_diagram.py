"""Diagrams of networks: which boxes are drawn, where they lie, and what the words say."""

import subprocess
import sys

from course_utils import models, plotting
from course_utils.plotting import diagram

import keras
import pytest
from keras import layers


def conv(filters, kernel=3, **options):
    return layers.Conv2D(filters, kernel, padding="same", **options)


def residual_block():
    inputs = keras.Input((14, 14, 16))
    x = conv(16)(conv(16, activation="relu")(inputs))
    return keras.Model(inputs, layers.ReLU()(layers.add([x, inputs])), name="block")


def inception_module():
    inputs = keras.Input((28, 28, 192))
    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(inputs)
    branches = [conv(64, 1)(inputs), conv(128)(conv(96, 1)(inputs)), conv(32, 1)(pooled)]
    return keras.Model(inputs, layers.concatenate(branches))


def boxes_of(model):
    boxes = diagram._boxes(model)
    diagram._place(boxes)
    return boxes


def texts(picture):
    return [text.get_text() for text in picture.axes[0].texts]


def test_lenet5_is_drawn_with_its_sizes_and_parameters():
    picture = plotting.show_architecture(models.lenet5(), title="LeNet-5")
    drawn = texts(picture)
    for text in ("LeNet-5", "conv 5×5", "avg pool 2×2", "10×10×16", "2,416", "48,120", "850"):
        assert text in drawn
    assert any("61,706 parameters" in text for text in drawn)


def test_the_words_say_what_is_drawn():
    words = plotting.show_architecture(residual_block()).alt
    assert words.startswith("block. Diagram of a network with 4,640 parameters.")
    assert "2: conv 3×3, 14×14×16, 2,320 parameters." in words
    assert "4: add of 1 and 3, 14×14×16." in words


def test_equal_layers_in_a_row_share_a_box_and_idle_ones_are_left_out():
    boxes = boxes_of(models.alexnet())
    by_title = {box.title: box for box in boxes}
    assert by_title["2 × dense"].parameters == 37_752_832 + 16_781_312
    assert by_title["2 × conv 3×3"].parameters == 885_120 + 1_327_488
    assert not any("Dropout" in box.kind for box in boxes)
    assert sum(box.parameters for box in boxes) == 62_378_344


def test_layers_with_another_activation_or_a_second_user_do_not_share_a_box():
    assert [box.name for box in boxes_of(residual_block())] == [
        "input",
        "conv 3×3",
        "conv 3×3",
        "add",
        "relu",
    ]
    inputs = keras.Input((8, 8, 4))
    first = conv(4)(inputs)
    model = keras.Model(inputs, layers.add([conv(4)(first), first]))
    assert all(box.repeats == 1 for box in boxes_of(model))


def test_an_input_after_dropout_keeps_its_arrow():
    inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(layers.Dropout(0.5)(inputs)))
    assert [box.sources for box in boxes_of(model)] == [[], [0]]


def test_branches_lie_side_by_side_and_join_in_the_middle():
    boxes = boxes_of(inception_module())
    first = [box for box in boxes if box.column == 1]
    assert sorted(box.lane for box in first) == [-1, 0, 1]
    assert boxes[0].lane == boxes[-1].lane == 0
    assert boxes[-1].column == 3


@pytest.mark.parametrize("build", [models.lenet5, residual_block, inception_module])
def test_no_two_boxes_overlap_and_all_are_on_the_page(build):
    boxes = boxes_of(build())
    page = diagram._Page(boxes, diagram._rows(boxes))
    corners = [page.corner(box) for box in boxes]
    for number, (left, top) in enumerate(corners):
        assert 0 <= left <= page.width - diagram.WIDTH
        assert diagram.HEAD <= top <= page.height - diagram.HEIGHT
        for other_left, other_top in corners[:number]:
            beside = abs(left - other_left) >= diagram.WIDTH
            assert beside or abs(top - other_top) >= diagram.HEIGHT


def test_long_networks_are_cut_into_rows_between_blocks():
    inputs = x = keras.Input((8, 8, 4))
    for _ in range(4):
        x = layers.ReLU()(layers.add([conv(4)(conv(4, activation="relu")(x)), x]))
    boxes = boxes_of(keras.Model(inputs, x))
    rows = diagram._rows(boxes)
    assert len(rows) > 1 and all(len(row) <= diagram.COLUMNS for row in rows)
    row_of = {column: number for number, row in enumerate(rows) for column in row}
    crossing = [
        (source, box)
        for box in boxes
        for source in box.sources
        if row_of[boxes[source].column] != row_of[box.column]
    ]
    assert len(crossing) == len(rows) - 1


@pytest.mark.parametrize(
    "layer, name",
    [
        (layers.Conv2D(4, 11, strides=4), "conv 11×11 /4"),
        (layers.Conv2D(4, (1, 3)), "conv 1×3"),
        (layers.DepthwiseConv2D(3), "depthwise 3×3"),
        (layers.SeparableConv2D(4, 3), "separable 3×3"),
        (layers.MaxPooling2D(2), "max pool 2×2"),
        (layers.MaxPooling2D(3, strides=2), "max pool 3×3 /2"),
        (layers.GlobalAveragePooling2D(), "global average"),
        (layers.BatchNormalization(), "batch norm"),
        (layers.Activation("relu"), "relu"),
        (keras.Sequential([keras.Input((16, 16, 4)), layers.Flatten()], name="base"), "base"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_boxes_name_layers_as_the_literature_does(layer, name):
    inputs = keras.Input((16, 16, 4))
    assert boxes_of(keras.Model(inputs, layer(inputs)))[-1].title == name


def test_a_shared_layer_has_two_boxes_and_counts_once():
    inputs = keras.Input((8, 8, 4))
    shared = conv(4)
    model = keras.Model(inputs, layers.add([shared(shared(inputs)), inputs]))
    assert sum(box.parameters for box in boxes_of(model)) == model.count_params()


def test_any_size_is_drawn_without_weights_and_without_known_height():
    with models.without_weights():
        vgg16 = keras.applications.VGG16(weights=None)
    assert "138,357,544 parameters" in plotting.show_architecture(vgg16).alt
    anything = keras.Sequential([keras.Input((None, None, 3)), conv(8)])
    assert "?×?×8" in plotting.show_architecture(anything).alt


def test_what_cannot_be_drawn_is_said():
    with models.without_weights():
        large = keras.applications.MobileNet(weights=None)
    with pytest.raises(ValueError, match="A diagram holds 60 boxes, .* draw a part"):
        plotting.show_architecture(large)
    with pytest.raises(ValueError, match="begins with keras.Input"):
        plotting.show_architecture(keras.Sequential([layers.Dense(2)]))


def test_diagrams_do_not_import_tensorflow():
    code = "import sys; import course_utils.plotting.diagram; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
