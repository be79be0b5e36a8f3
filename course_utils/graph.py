"""The calls of layers that make up a Keras model, from its inputs to its outputs.

Only attributes of the model are read, so that TensorFlow is not needed to draw or count.
"""

from typing import NamedTuple


class Call(NamedTuple):
    """One call of a layer; a layer that is used twice has two.

    Attributes
    ----------
    layer : keras.layers.Layer or keras.Model
    sources : tuple of int
        Numbers, in the list of `calls`, of the calls whose outputs go in.
    inputs, outputs : tuple of shapes
        Each with the axis of the batch first, which is None.
    """

    layer: object
    sources: tuple
    inputs: tuple
    outputs: tuple


def calls(model) -> list[Call]:
    """Return the calls of a model that knows its input, each after those that it needs.

    A model inside the model is one call. Raises ValueError for a model without known inputs.
    """
    if not getattr(model, "inputs", None) or not getattr(model, "outputs", None):
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


def _sort_nodes(tensors) -> list:
    """Return all nodes above the tensors in an order in which they can be computed."""
    ordered, seen = [], set()
    todo = [(_node(tensor), False) for tensor in reversed(tensors)]
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
    return [_node(tensor) for tensor in node.input_tensors]


def _node(tensor):
    """Return what made a symbolic tensor: Keras keeps it on the tensor."""
    layer, call, _ = tensor._keras_history
    return layer._inbound_nodes[call]
