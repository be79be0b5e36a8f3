"""What stands at the end of a model: softmax, sigmoid, or neither; and what goes into it.

In Keras the same softmax can be the activation of the last layer, a layer of its own, an operation
(`keras.ops.softmax`), or any of these with a layer behind it that changes no value.
"""

from typing import Any, NamedTuple

from course_utils.keras_inside.graph import is_model, node_of

SOFTMAX, SIGMOID, SCORES, UNKNOWN = "softmax", "sigmoid", "scores", "unknown"


class End(NamedTuple):
    """How a model ends.

    kind: "softmax" or "sigmoid" where these make the outputs; "scores" where the outputs are what
    would go into them (logits, also from a log softmax); "unknown" where that cannot be told;
    layer: the layer or operation that decides it.
    """

    kind: str
    layer: Any


def read_end(tensor: Any) -> End:
    """Return how a symbolic tensor, the output of a model, was made.

    >>> import course_utils.keras_inside.start
    >>> import keras
    >>> inputs = keras.Input((4,))
    >>> read_end(keras.layers.Reshape((2,))(keras.layers.Dense(2, "sigmoid")(inputs))).kind
    'sigmoid'
    """
    node, tensor = _skip(*_enter(tensor))[:2]
    function = _function_of(node.operation, tensor)
    if function in (SOFTMAX, SIGMOID):
        return End(function, node.operation)
    return End(SCORES if _gives_scores(node, function) else UNKNOWN, node.operation)


def undo_activation(tensor: Any) -> Any:
    """Return a symbolic tensor like this one, but without the softmax or sigmoid that made it.

    The tensor belongs to a model without models in it. One that no such function made comes back
    as it is. A layer that has it as its activation gets a twin, with weights of its own.
    """
    node, before, skipped = _skip(*_enter(tensor))
    if _function_of(node.operation, before) not in (SOFTMAX, SIGMOID, "logsoftmax"):
        return tensor
    layer = _original(node.operation)
    if getattr(layer, "weights", ()):
        before = _linear_twin(layer, node.input_tensors[0])
    else:
        before = node.input_tensors[0]
    for later in reversed(skipped):
        args, options = later.arguments.fill_in({id(later.input_tensors[0]): before})
        before = later.operation(*args, **options)
    return before


def _enter(tensor):
    """Return the call that made a tensor, and the tensor; of a model, what made it inside."""
    node = node_of(tensor)
    while is_model(node.operation):
        place = [id(output) for output in node.outputs].index(id(tensor))
        tensor = node.operation.outputs[place]
        node = node_of(tensor)
    return node, tensor


def _skip(node, tensor):
    """Go back over calls that change no value; return where that ends, and what was passed."""
    skipped = []
    while _keeps_values(node):
        skipped.append(node)
        node, tensor = _enter(node.input_tensors[0])
    return node, tensor, skipped


_IDLE = ("Identity", "Dropout", "ActivityRegularization", "Cast", "StopGradient", "Copy")
_RESHAPING = ("Reshape", "Flatten", "Squeeze", "ExpandDims")


def _keeps_values(node) -> bool:
    layer = _original(node.operation)
    kind = type(layer).__name__
    if len(node.input_tensors) != 1 or not _is_of_keras(layer):
        return False
    if kind in _RESHAPING:  # without the axes of length 1, nothing else than before
        before, after = node.input_tensors[0].shape[1:], node.outputs[0].shape[1:]
        return [n for n in before if n != 1] == [n for n in after if n != 1]
    return kind in _IDLE or (kind == "Activation" and _name(layer.activation) == "linear")


def _original(operation):
    """Return the layer behind a stand-in that `cut` called in its place."""
    return getattr(operation, "stands_for", operation)


def _is_of_keras(layer) -> bool:
    return type(layer).__module__.split(".")[0] == "keras"


def _name(function) -> str:
    """Return the name of a function, or of a layer that is used as one, as "logsoftmax"."""
    name = getattr(function, "__name__", type(function).__name__)
    name = name.removesuffix("_v2").lower().replace("_", "")  # tf.nn.softmax is a second version
    module = getattr(function, "__module__", None) or type(function).__module__
    known = name in (SOFTMAX, SIGMOID, "logsoftmax") or module.split(".")[0] == "keras"
    return name if known else "of its own"


def _function_of(operation, output) -> str:
    """Return the name of the function that an operation ends in, "" where it has none.

    A softmax counts where it runs over the last axis, that of the classes.
    """
    layer = _original(operation)
    kind = type(layer).__name__
    if not _is_of_keras(layer):
        return "of its own"
    if kind == "Lambda":
        function = _name(layer.function)
    elif kind in ("Softmax", "LogSoftmax", "Sigmoid", "HardSigmoid"):
        function = kind.lower()
    else:
        activation = getattr(layer, "activation", None)
        function = "" if activation is None or _name(activation) == "linear" else _name(activation)
    axis = getattr(layer, "axis", -1)
    over_classes = axis in (-1, len(output.shape) - 1, [-1], (-1,))
    return function if "softmax" not in function or over_classes else "of another axis"


# Sums and means of scores are scores.
_LINEAR = ("Add", "Subtract", "Average", "Mean", "Sum", "Divide", "TrueDivide", "Rescaling")
_NO_SCORES = ("hardsigmoid", "sparsemax", "sparsesigmoid", "of its own", "of another axis")


def _gives_scores(node, function) -> bool:
    layer = _original(node.operation)
    kind = type(layer).__name__
    if function == "logsoftmax":
        return True
    if function in _NO_SCORES or kind == "Lambda":
        return False
    if getattr(layer, "weights", ()) or kind in ("Activation", "ReLU", "Relu", "Tanh"):
        return True
    scaled = kind == "Multiply" and len(node.input_tensors) == 1  # by a number
    if kind in _LINEAR or "Pooling" in kind or scaled:
        return all(read_end(tensor).kind == SCORES for tensor in node.input_tensors)
    if kind in _RESHAPING and node.input_tensors:
        return read_end(node.input_tensors[0]).kind == SCORES
    return False


def _linear_twin(layer, tensor):
    """Call a layer with the same weights, without its activation."""
    config = layer.get_config() | {"activation": "linear", "name": f"{layer.name}_as_scores"}
    twin = type(layer).from_config(config)
    output = twin(tensor)
    twin.set_weights(layer.get_weights())
    return output
