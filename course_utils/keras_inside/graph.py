"""How the layers of a Keras model are wired, from its inputs to its outputs.

Only attributes of the model are read, so that TensorFlow is not needed to draw or count.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple


class Call(NamedTuple):
    """One call of a layer; a layer that is used twice has two.

    Attributes
    ----------
    layer : keras.layers.Layer, keras.Model, or an operation such as `+`
    sources : tuple of int
        Numbers, in the list of `calls`, of the calls whose outputs go in.
    inputs, outputs : tuple of shapes
        Each with the axis of the batch first, which is None.
    """

    layer: Any
    sources: tuple[int, ...]
    inputs: tuple[tuple, ...]
    outputs: tuple[tuple, ...]


def is_model(layer: Any) -> bool:
    """Tell whether this is a Sequential or functional model that knows its input.

    A model that is a class of its own (with a `call` in Python) is not: nobody knows its wiring.
    """
    ends = getattr(layer, "inputs", None), getattr(layer, "outputs", None)
    return hasattr(layer, "layers") and all(ends)


def calls(model: Any) -> list[Call]:
    """Return the calls of a model that knows its input, each after those that it needs.

    A model inside the model is one call. Raises ValueError for a model without known inputs.

    >>> import course_utils.keras_inside.start
    >>> import keras
    >>> inputs = keras.Input((4,), name="four")
    >>> once = keras.layers.Dense(2, name="dense")(inputs)
    >>> model = keras.Model(inputs, keras.layers.Add(name="twice")([once, once]))
    >>> [(call.layer.name, call.sources) for call in calls(model)]
    [('four', ()), ('dense', (0,)), ('twice', (1, 1))]
    """
    if not is_model(model):
        raise ValueError(
            f"The layers of {getattr(model, 'name', type(model).__name__)!r} are not known: a "
            f"Keras model is needed that begins with keras.Input(shape)."
        )
    nodes, numbers = _sort_nodes(model.outputs), {}
    for node in nodes:
        numbers[id(node)] = len(numbers)
    return [
        Call(
            node.operation,
            tuple(numbers[id(source)] for source in _sources(node)),
            tuple(tuple(tensor.shape) for tensor in node.input_tensors),
            tuple(tuple(tensor.shape) for tensor in node.outputs),
        )
        for node in nodes
    ]


def walk(model: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (layer, the model that holds it) for each layer and operation, at any depth, once.

    They come in the order of `calls`; a model inside the model comes behind its own layers. Of a
    model that is a class of its own, whose wiring nobody knows, the layers come as it lists them.

    >>> import course_utils.keras_inside.start
    >>> import keras
    >>> pixels, relu = keras.Input((4,), name="pixels"), keras.layers.ReLU(name="relu")
    >>> inner = keras.Sequential([pixels, relu], name="inner")
    >>> model = keras.Sequential([keras.Input((4,), name="image"), inner], name="outer")
    >>> [(layer.name, holder.name) for layer, holder in walk(model)]
    [('image', 'outer'), ('pixels', 'inner'), ('relu', 'inner'), ('inner', 'outer')]
    """
    found = [call.layer for call in calls(model)] if is_model(model) else model.layers
    for layer in {id(layer): layer for layer in found}.values():
        if hasattr(layer, "layers"):
            yield from walk(layer)
        yield layer, model


def made_by(tensor: Any) -> Any:
    """Return the layer, model or operation whose call made a symbolic tensor.

    >>> import course_utils.keras_inside.start
    >>> import keras
    >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="dense")])
    >>> made_by(model.outputs[0]).name
    'dense'
    """
    return node_of(tensor).operation


def _sort_nodes(tensors) -> list:
    """Return all nodes above the tensors in an order in which they can be computed."""
    ordered, seen = [], set()
    todo = [(node_of(tensor), False) for tensor in reversed(tensors)]
    while todo:
        node, ready = todo.pop()
        if ready:
            ordered.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            todo.append((node, True))
            todo += [(source, False) for source in reversed(_sources(node))]
    return ordered


def _sources(node) -> list:
    return [node_of(tensor) for tensor in node.input_tensors]


def node_of(tensor: Any) -> Any:
    """Return the call that made a symbolic tensor: Keras keeps its layer on the tensor."""
    layer, call, _ = tensor._keras_history
    return layer._inbound_nodes[call]
