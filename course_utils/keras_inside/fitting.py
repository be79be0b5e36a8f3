"""What a running `model.fit` works on, which Keras tells no callback."""

import sys
from types import FrameType
from typing import Any


def arguments_of_fit(model: Any) -> dict[str, Any]:
    """Return the arguments of the `fit` of `model` that runs now, by their public names.

    To be called from a callback. `x`, `y` and `validation_data` are those that are left after a
    `validation_split`; `callbacks` is the `keras.callbacks.CallbackList` at work.

    Raises RuntimeError if no `fit` of that model runs.
    """
    frame = find_fit(sys._getframe(1), model)
    if frame is None:
        raise RuntimeError(f"No training of {model.name} runs: ask from a callback of its fit.")
    return dict(frame.f_locals)


def find_fit(frame: FrameType | None, model: Any) -> FrameType | None:
    """Return the frame of the `fit` of `model` that is at work below `frame`, or None."""
    while frame is not None:
        if frame.f_code.co_name == "fit" and frame.f_locals.get("self") is model:
            if "epoch_iterator" in frame.f_locals:  # Keras' own, not one that is wrapped around it
                return frame
        frame = frame.f_back
    return None


def skip_epochs(model: Any, epochs: int | None) -> None:
    """Let the `fit` that is about to begin start at epoch `epochs`; None takes that back.

    Keras' `BackupAndRestore` goes on with a training in the same way.
    """
    model._initial_epoch = epochs


def describe_layers(model: Any) -> list[str]:
    """Return the classes of all layers in a model that cannot say how it was made."""
    return [type(layer).__name__ for layer in model._flatten_layers()]


def variables_unknown_to_optimizer(model: Any) -> list[str]:
    """Return the paths of trainable variables that a built optimiser of the model does not know.

    There are some where layers were made trainable after `compile`.
    """
    optimizer = model.optimizer
    if optimizer is None or not optimizer.built:
        return []
    known = {variable.path for variable in optimizer._trainable_variables}
    return [variable.path for variable in model.trainable_variables if variable.path not in known]
