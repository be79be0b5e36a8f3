"""What a layer in the middle of a network gives: the network cut off there."""

from course_utils import settings

settings.start_tensorflow()

import keras


def feature_extractor(model, layer) -> keras.Model:
    """Return a model from `model`'s input to the output of `layer`; it shares its weights.

    model: a Sequential or functional model, also one that holds a pretrained network as a layer;
    layer: a layer's name (also one inside the pretrained network), its place in `model.layers`,
    or the layer itself. Everything above the layer is cut off and costs no time.

    Raises ValueError for a layer that is not there, or a model that has no input shape yet.
    """
    if not getattr(model, "inputs", None):
        raise ValueError(
            f"{model.name} has no input shape yet: begin it with keras.Input(shape), or call it "
            "once on a batch; a subclassed model cannot be cut."
        )
    outputs = _outputs(model, _path(model, layer))
    return keras.Model(_one_or_all(model.inputs), outputs, name=f"{model.name}_features")


def _path(model, layer) -> list[keras.Layer]:
    """Return the layers from `model` down to `layer`: nested networks first, then the layer."""
    if isinstance(layer, int):
        layer = _at(model, layer)
    for child in model.layers:
        if child is layer or child.name == layer:
            return [child]
    for child in model.layers:
        if isinstance(child, keras.Model) and (below := _path_or_none(child, layer)):
            return [child, *below]
    name = getattr(layer, "name", layer)
    known = ", ".join(child.name for child in model.layers)
    raise ValueError(f"{model.name} has no layer {name!r}; it has {known}.")


def _path_or_none(model, layer):
    try:
        return _path(model, layer)
    except ValueError:
        return None


def _at(model, place: int):
    try:
        return model.layers[place]
    except IndexError:
        raise ValueError(
            f"{model.name} has {len(model.layers)} layers, so there is no layer {place}."
        ) from None


def _outputs(model, path):
    """Return what the last layer of `path` gives, as tensors connected with the model's inputs.

    A nested network has an input of its own, so its layers' outputs are not connected with the
    outer one: it is cut in itself, and called on what the outer model feeds it.
    """
    child, *below = path
    node = _node_within(model, child)
    if not below:
        return _one_or_all(node.output_tensors)
    inner = keras.Model(_one_or_all(child.inputs), _outputs(child, below))
    return inner(_one_or_all(node.input_tensors))


def _one_or_all(tensors):
    return tensors[0] if len(tensors) == 1 else tensors


def _node_within(model, layer):
    """Return the call of `layer` that belongs to `model`: a shared layer has several."""
    for node in reversed(layer._inbound_nodes):
        try:
            keras.Model(model.inputs, node.output_tensors)
            return node
        except ValueError:
            continue
    raise ValueError(f"{layer.name} is not connected with the input of {model.name}.")
