"""Keras models for the kinds that ask for one: what they compute, and what they are made of."""

from typing import Any

from course_utils.exercises.kinds.words import describe
from course_utils.keras_inside.ends import SIGMOID, SOFTMAX, read_end
from course_utils.keras_inside.graph import is_model, walk

import numpy as np

# What works in training only, so that comparing outputs does not show it.
IN_TRAINING_ONLY = ("Dropout", "Noise", "Random")


def start_keras() -> None:
    """Load Keras, quietly."""
    import course_utils.keras_inside.start


def keras_names() -> dict:
    """Return the names that the text of a solution may use."""
    import keras

    return {"np": np, "keras": keras, "layers": keras.layers}


def problem_of_kind(answer: Any) -> str:
    """Return "" for a Keras model, else what to do."""
    import keras

    if isinstance(answer, list | tuple):
        return "these are layers; put them into keras.Sequential([…])."
    if isinstance(answer, type) and issubclass(answer, keras.Model):
        return f"this is the class; make a model of it: {answer.__name__}()."
    if isinstance(answer, keras.callbacks.History):
        return "this is the history of a training; pass the model itself."
    if not isinstance(answer, keras.Model):
        return f"a Keras model is asked for; found {describe(answer)}."
    return ""


def problem_of(model: Any, shape: tuple) -> str:
    """Return "" for a Keras model that takes batches of this shape, else what to do."""
    import keras

    if not model.built and isinstance(model, keras.Sequential):
        return "the model does not know its input yet: begin it with keras.Input(…)."
    inputs = getattr(model, "inputs", None)
    if inputs and len(inputs) != 1:
        return f"the model has {len(inputs)} inputs; one is asked for."
    if inputs and tuple(inputs[0].shape[1:]) != shape:
        found = tuple(inputs[0].shape[1:])
        return f"the input has shape {found}; the question asks for {shape}."
    if not inputs:
        _rehearse(model, shape)
    try:
        outputs = model(np.zeros((1, *shape), "float32"), training=False)
        if isinstance(outputs, list | tuple | dict):
            found = f"a {type(outputs).__name__} of {len(outputs)}"
            return f"the model returns {found}; one output is asked for, by itself."
        values = np.asarray(outputs)
    except Exception as problem:
        kind = type(problem).__name__
        return f"the model cannot be called with an input of shape {shape} ({kind})."
    if values.dtype.kind not in "fiub" or values.shape[:1] != (1,):
        return "the model does not give one output for each input: what does its call return?"
    if takes_scores(model) and _makes_probabilities(model):
        return (
            "the loss takes raw scores (from_logits=True), and the last layer makes probabilities "
            "of them already: keep one of the two."
        )
    return ""


def _rehearse(model, shape: tuple) -> None:
    """Call a model of a class of its own with a symbol in place of an image.

    That runs its Python code and no operation, so that it works in a child, where a loop that
    lets nobody else run can be ended. What goes wrong is told by the real call.
    """
    import keras

    try:
        model(keras.KerasTensor((None, *shape)), training=False)
    except Exception:
        return


def _makes_probabilities(model) -> bool:
    """Tell whether a model whose wiring is known ends in a softmax or a sigmoid."""
    return is_model(model) and read_end(model.outputs[0]).kind in (SOFTMAX, SIGMOID)


def outputs_of(model: Any, inputs: np.ndarray) -> np.ndarray:
    """Return what a model computes, as probabilities where its loss takes raw scores."""
    outputs = np.asarray(model(inputs, training=False))
    return _as_probabilities(outputs) if takes_scores(model) else outputs


def output_shape(model: Any, shape: tuple) -> tuple:
    """Return the shape of a model's output for one input of this shape."""
    return outputs_of(model, np.zeros((1, *shape), "float32")).shape[1:]


def takes_scores(model: Any) -> bool:
    """Tell whether a model was compiled with a loss that takes raw scores (from_logits)."""
    loss = getattr(model, "loss", None)
    config = loss.get_config() if hasattr(loss, "get_config") else {}
    return bool(config.get("from_logits"))


def _as_probabilities(scores) -> np.ndarray:
    if scores.shape[-1] == 1:
        return 1 / (1 + np.exp(-scores))
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def parts_of(model: Any) -> list:
    """Return the layers and operations of a model, those of models in it unpacked."""
    return [one for one, _ in walk(model) if not hasattr(one, "layers")]


def kinds_of(model: Any) -> list[str]:
    """Return the names of the classes of a model's layers and operations."""
    return [type(one).__name__ for one in parts_of(model)]


def same(model: Any, other: Any, shape: tuple) -> bool:
    """Tell whether two models of this input shape are the same network, however it is written.

    They are if they compute the same with the same weights, whatever those are, and do the same
    in training. The models' weights are changed for a moment.
    """
    if _in_training(model) != _in_training(other):
        return False
    if sorted(_shapes_of(model)) != sorted(_shapes_of(other)):
        return False
    for seed in range(2):
        inputs = np.random.default_rng(seed).normal(size=(3, *shape)).astype("float32")
        here, there = (_with_some_weights(one, seed, inputs) for one in (model, other))
        if here.shape != there.shape or not np.allclose(here, there, rtol=1e-4, atol=1e-6):
            return False
    return True


def _shapes_of(model) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in model.weights]


def _in_training(model) -> list[tuple]:
    """Return kind and rate of what a model does in training only."""
    found = [(type(one).__name__, getattr(one, "rate", None)) for one in parts_of(model)]
    return [(kind, rate) for kind, rate in found if any(w in kind for w in IN_TRAINING_ONLY)]


def _some_weights(shape, rng):
    """Return kernels that keep the size of what passes, and positive vectors (variances, too)."""
    if len(shape) < 2:
        return rng.uniform(0.2, 1, shape)
    return rng.normal(size=shape) * np.sqrt(2 / np.prod(shape[:-1]))


def _with_some_weights(model, seed: int, inputs) -> np.ndarray:
    """Return the outputs with weights that depend on their shapes, and on their order only where
    shapes are equal: a class may make its layers in another order than it calls them."""
    shapes = _shapes_of(model)
    rngs = {shape: np.random.default_rng((seed, *shape)) for shape in shapes}
    kept = model.get_weights()
    try:
        model.set_weights([_some_weights(shape, rngs[shape]) for shape in shapes])
        return outputs_of(model, inputs)
    finally:
        model.set_weights(kept)
