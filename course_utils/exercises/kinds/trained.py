"""A question whose answer is a model that the check trains."""

import math
import time
from collections.abc import Callable
from typing import Any

from course_utils.exercises.kinds import networks
from course_utils.exercises.kinds.design import Design
from course_utils.exercises.kinds.limits import Clock
from course_utils.exercises.kinds.question import Verdict, random_numbers_kept

import numpy as np


class Trained(Design):
    """A compiled model that meets the demands, and learns: the check trains a fresh copy of it.

    data: a function that returns ((x, y), (x_test, y_test)); at_least: the accuracy on the latter
    after `epochs` epochs, which together may take LONGEST seconds while the bar moves on.
    """

    LONGEST = 20.0

    def __init__(
        self,
        title: str,
        *,
        data: Callable[[], tuple],
        epochs: int,
        at_least: float,
        **others: Any,
    ):
        super().__init__(title, **others)
        self.data, self.epochs, self.at_least = data, epochs, at_least
        self._loaded = None

    def _prepare(self, answer):
        super()._prepare(answer)
        self._loaded = self._loaded or self.data()

    def _judge(self, answer):
        verdict = super()._judge(answer)
        if verdict.state != "right":
            return verdict
        if not answer.compiled:
            return Verdict("wrong", "the model is not compiled yet: call model.compile(…) first.")
        train, test = self._loaded
        try:
            accuracy = self._train(answer, train, test)
        except Exception as problem:  # whatever the loss, the layers or the optimiser raise
            rest = "does the loss fit the labels, and the last layer the loss?"
            return Verdict("wrong", f"it cannot be trained ({type(problem).__name__}): {rest}")
        if math.isnan(accuracy):
            found = "after the training it computes NaN, which is no number"
            return Verdict("wrong", f"{found}: is the learning rate too large?")
        if accuracy >= self.at_least:
            return self._right(f"accuracy {accuracy:.3f}.")
        return self._wrong(
            answer, f"accuracy {accuracy:.3f}; at least {self.at_least:g} is asked for."
        )

    def _train(self, model, train, test) -> float:
        """Train a fresh copy of a compiled model; return its accuracy on the test data, or NaN."""
        from course_utils.reader.progress import Progress

        bar = Progress(self.epochs, "Training your model")
        kept = model.get_weights()
        try:
            with random_numbers_kept(seed=0):
                twin = _fresh(model)
                watch = _watch(bar, self.LONGEST, self._clock)
                twin.fit(*train, epochs=self.epochs, verbose=0, callbacks=[watch])
            outputs = networks.outputs_of(twin, test[0])
            return accuracy_of(outputs, test[1]) if np.isfinite(outputs).all() else math.nan
        finally:
            model.set_weights(kept)
            bar.close()


def _fresh(model):
    """Return a compiled copy with new weights; the model itself where its class has no copy."""
    import keras

    try:
        twin = keras.models.clone_model(model)
        twin.compile_from_config(model.get_compile_config())
        return twin
    except Exception:  # a class of the student's own, a Lambda layer
        return model


def accuracy_of(outputs: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of rows whose largest output (or only one, above 0.5) is at the label."""
    found = outputs.argmax(axis=-1) if outputs.shape[-1] > 1 else outputs[..., 0] > 0.5
    return float(np.mean(found == labels))


def _watch(bar, seconds: float, clock: Clock):
    """Return a callback that shows the progress and ends the training after `seconds`.

    Each step that is done starts the clock again.
    """
    import keras

    class Watch(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self._end, self._epoch = time.monotonic() + seconds, 0

        def on_epoch_begin(self, epoch, logs=None):
            self._epoch = epoch

        def on_train_batch_end(self, batch, logs=None):
            clock.restart()
            bar.update(self._epoch + (batch + 1) / self.params["steps"])
            if time.monotonic() > self._end:
                self.model.stop_training = True

    return Watch()
