"""What a layer in the middle of a network gives: the network cut off there."""

import course_utils.keras_inside.start
from course_utils.interpretation.layers import check_model, find_layer
from course_utils.keras_inside.cut import cut

import keras


def feature_extractor(model: keras.Model, layer: str | int | keras.Operation) -> keras.Model:
    """Return a model from `model`'s input to the output of `layer`; it shares its weights.

    model: a Sequential or functional model that takes one batch of images, also one that holds a
    pretrained network as a layer; layer: a layer's name (also one inside the pretrained network),
    its place in `model.layers`, or the layer itself. Everything above it is cut off and costs no
    time.

    Raises TypeError for what is no model; ValueError for a layer that is not there, for the input
    itself, or for a model that has no input shape yet, or another one.

    >>> network = keras.applications.MobileNet((32, 32, 3), alpha=0.25, weights=None)
    >>> feature_extractor(network, "conv_pw_3_relu").output_shape
    (None, 8, 8, 32)
    """
    check_model(model)
    return cut(model, [find_layer(model, layer)[1]])
