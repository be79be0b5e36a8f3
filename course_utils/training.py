"""A Keras callback that keeps a training, and can bring it back without making a step."""

import math
import signal
import threading
import time
import warnings
from collections.abc import Iterable
from datetime import date
from typing import Any

import course_utils.keras_inside.start
from course_utils import checkpoints, datasets, settings
from course_utils.keras_inside.fitting import (
    arguments_of_fit,
    find_fit,
    skip_epochs,
    variables_unknown_to_optimizer,
)
from course_utils.reader.notices import notice
from course_utils.reader.progress import Progress

import keras
import numpy as np
import tensorflow as tf

# Keras says so at each fit on a `tf.data.Dataset`, also where nobody asked for shuffle.
warnings.filterwarnings("ignore", "`shuffle=True` was passed, but will be ignored")


class Keep(keras.callbacks.Callback):
    """Keeps weights and history of a training: `model.fit(…, callbacks=[training.Keep("mnist")])`.

    data: the data set, or several, of `course_utils.datasets` that the training uses, by name; the
    notice about a training then says so.

    What is kept has the model's name, so a model needs a `name` of its own. In the demo profile a
    checkpoint of the same model, data and settings is brought back: the model gets its weights,
    `fit` makes no step and returns the history of that training. Where none fits, a notice says
    why, and the model is trained for a short while. The quick profile trains for a few epochs.

    The stop button of the kernel (an interrupt) ends the training after the step, and the history
    so far is kept; pressed once more it stops at once. So does a loss that is no longer a number.
    A training that was cut short is not kept.

    In the full profile a long training is also kept now and then while it runs. Where its kernel
    was killed, and the same training begins again from the same weights, it goes on from there
    and says so; but not with callbacks that remember, as `EarlyStopping` does.

    The best weights are kept, too, where a `keras.callbacks.ModelCheckpoint` with
    `save_best_only=True` looks for them; its file is written again when the training is brought
    back. `fit(verbose=0)` leaves the progress to the bar of this callback.
    """

    SECONDS_BETWEEN_SAVES = 60  # of a training that is not done yet; more, where these would
    MOST_OF_THE_TIME = 0.02  # take more than this share of it

    def __init__(self, data: str | Iterable[str] | None = None):
        super().__init__()
        self.data = [data] if isinstance(data, str) else list(data or ())

    # ---- What Keras calls

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        fit = arguments_of_fit(self.model)
        callbacks = fit["callbacks"].callbacks
        # The others come first in the end, so that weights restored by EarlyStopping are kept.
        fit["callbacks"].callbacks = [*(other for other in callbacks if other is not self), self]
        self._limits = settings.profile()
        self._best = _find_best_only(callbacks)
        self._best_value, self._best_epoch, self._best_weights = None, None, None
        self._cut_short = ""
        _build(self.model, fit["x"])
        _check(self.model, fit)
        _check_classes(self.model, fit["x"])
        _build_optimizer(self.model)
        self._record = _describe(self.model, fit, self.data)
        loaded = filter(datasets.is_loaded, self.data)
        standin = any(datasets.source(name) == "stand-in" for name in loaded)
        checkpoints.note_changes(
            self.model.name, self._record, standin or self._limits.name == "quick"
        )
        self._found = self._find() if self._limits.reuse else None
        if self._found:
            skip_epochs(self.model, self.params["epochs"])
        else:
            self._start(fit["initial_epoch"])
            self._find_unfinished(fit)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self._goes_on and not self.model.history.epoch:  # that Keras has emptied by now
            self.model.history.epoch = list(range(epoch - self._epoch, epoch))
            skip_epochs(self.model, None)
        self._note_best(epoch - 1)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if self._bar.is_due():
            place = f"epoch {self._epoch + 1} of {self._epochs}, {_in_words(logs)}"
            self._bar.update(self._epoch * self._steps + batch + 1, place)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._epoch, self._text = self._epoch + 1, _in_words(logs)
        if not math.isfinite(logs.get("loss", 0.0)):
            self._cut_short = "stopped: the loss is no longer a number; try a smaller learning rate"
        if self._epoch >= self._epochs or self._cut_short:
            self.model.stop_training = True
        elif self._unfinished and time.monotonic() >= self._next_save:
            self._save_unfinished()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        if self._found:
            self._show(*self._found)
            return
        signal_to = getattr(self, "_handler", None)
        if signal_to is not None:
            signal.signal(signal.SIGINT, signal_to)
        self._note_best(self._epoch - 1)
        end = f" ({self._cut_short})" if self._cut_short else ""
        self._bar.close(f"{self._epoch} of {self._epochs} epochs{end}: {self._text}")
        if not self._cut_short and self._limits.name != "quick" and self._has_name():
            if self._write() and self._unfinished:
                checkpoints.remove_unfinished(self._unfinished)

    # ---- Training

    def _start(self, initial_epoch: int) -> None:
        self._epochs = self.params["epochs"] - initial_epoch
        if self._limits.epochs:
            self._epochs = min(self._epochs, self._limits.epochs)
        self._steps = self.params.get("steps") or 1
        self._epoch, self._text = 0, ""
        self._goes_on, self._unfinished = False, None
        self._next_save = time.monotonic() + self.SECONDS_BETWEEN_SAVES
        self._bar = Progress(self._epochs * self._steps, f"Training {self.model.name}")
        if threading.current_thread() is threading.main_thread():
            self._handler = signal.getsignal(signal.SIGINT)
            signal.signal(signal.SIGINT, self._stop)

    def _stop(self, number, frame) -> None:
        """End the training after this step; hand a second press, or one too late, on."""
        signal.signal(signal.SIGINT, self._handler or signal.default_int_handler)
        if find_fit(frame, self.model) is None:
            signal.raise_signal(number)
            return
        self._cut_short = "stopped; the history so far is kept"
        self.model.stop_training = True

    def _note_best(self, epoch: int) -> None:
        """Take a copy of the weights where `ModelCheckpoint` has just found them the best."""
        if self._best and self._best.best != self._best_value:
            self._best_value, self._best_epoch = self._best.best, epoch
            self._best_weights = self.model.get_weights()

    def _has_name(self) -> bool:
        return checkpoints.is_name(self.model.name)

    def _complete_record(self) -> checkpoints.Record:
        record, history = self._record, self.model.history.history
        record.trained, record.steps = (
            date.today().isoformat(),
            int(self.model.optimizer.iterations),
        )
        record.history = {
            name: [float(value) for value in values] for name, values in history.items()
        }
        record.best_epoch = self._best_epoch
        return record

    def _write(self) -> bool:
        record, kept = self._complete_record(), True
        try:
            checkpoints.write(self.model.name, self.model.get_weights(), self._best_weights, record)
        except OSError as problem:  # the training is not lost with it
            notice(f"No checkpoint of {self.model.name} was kept: {problem}")
            kept = False
        settings.note_use(model=self.model.name)
        return kept

    # ---- Going on after the kernel was killed

    def _find_unfinished(self, fit: dict[str, Any]) -> None:
        """Choose the file for the epochs so far; if an earlier run left it, go on from there."""
        if self._limits.name != "full" or not self._has_name():
            return
        start = _values(self.model.trainable_weights)
        try:
            place = checkpoints.place_unfinished(self.model.name, self._record, start)
        except OSError:
            return  # nothing can be written: the end of the training says so
        self._unfinished = place
        remembers = any(hasattr(other, "best") for other in fit["callbacks"].callbacks)
        if place and place.exists() and not remembers:
            try:
                self._go_on(*checkpoints.read_unfinished(place))
            except checkpoints.DamagedError as problem:
                notice(str(problem))

    def _go_on(self, found: checkpoints.Record, weights: list, state: list) -> None:
        model, optimizer = self.model, self.model.optimizer
        done = len(found.history["loss"])
        shapes = [tuple(variable.shape) for variable in [*model.weights, *optimizer.variables]]
        fits = self._record.differences(found) == [] and done < self._epochs
        if not fits or [value.shape for value in weights + state] != shapes:
            return
        model.set_weights(weights)
        for variable, value in zip(optimizer.variables, state, strict=True):
            variable.assign(value)
        self._goes_on, self._epoch = True, done
        model.history.history = {key: list(values) for key, values in found.history.items()}
        skip_epochs(model, self.params["epochs"] - self._epochs + done)
        notice(
            f"A training of {model.name} like this one was cut off after {done} of {self._epochs} "
            "epochs; it goes on from there."
        )

    def _save_unfinished(self) -> None:
        """Keep the epochs so far; a save that fails is not tried again."""
        begun = time.monotonic()
        try:
            optimizer = _values(self.model.optimizer.variables)
            weights = self.model.get_weights(), self._best_weights, optimizer
            checkpoints.write_unfinished(self._unfinished, *weights, self._complete_record())
        except OSError:
            self._unfinished = None
        ended = time.monotonic()
        self._next_save = ended + max(
            self.SECONDS_BETWEEN_SAVES, (ended - begun) / self.MOST_OF_THE_TIME
        )

    # ---- Bringing back

    def _find(self):
        """Return (record, last weights, best weights) that fit; else say why not."""
        name = self.model.name
        if not self._has_name():
            self._say_that_it_trains("This model has no name of its own, so no checkpoint is kept")
            return None
        reason = f"There is no checkpoint of {name} yet"
        for place in checkpoints.find(name):
            try:
                found = checkpoints.read(place)
                differences = self._record.differences(found) or self._compare_metrics(found)
                if not differences:
                    return found, *self._read_weights(place)
                reason = f"The checkpoint of {name} has other {', '.join(differences)}"
            except checkpoints.DamagedError as problem:
                notice(str(problem))
                reason = f"The checkpoint of {name} cannot be read"
        self._say_that_it_trains(reason)
        return None

    def _read_weights(self, place) -> tuple[list, list]:
        """Return the weights of a checkpoint; DamagedError where they are not this model's."""
        shapes = [tuple(weight.shape) for weight in self.model.weights]
        kept = checkpoints.read_weights(place)
        if any([value.shape for value in weights] != shapes for weights in kept):
            raise checkpoints.DamagedError(
                f"The checkpoint {place} is damaged: move it away and train again."
            )
        return kept

    def _compare_metrics(self, found) -> list[str]:
        """Name what this training watches and that one did not write down."""
        compiled = self.model.get_compile_config() or {}
        wanted = 1 + sum(_count(compiled.get(key)) for key in ("metrics", "weighted_metrics"))
        kept = sum(not name.startswith("val_") for name in found.history)
        return ["metrics"] if kept < wanted else []

    def _say_that_it_trains(self, reason: str) -> None:
        epochs = min(self.params["epochs"], self._limits.epochs or self.params["epochs"])
        notice(f"{reason}; it trains now, for {epochs} {'epochs' if epochs > 1 else 'epoch'}.")

    def _show(self, found, last_weights, best_weights) -> None:
        """Leave model, history and the file of `ModelCheckpoint` as that training left them."""
        model, epochs = self.model, len(found.history["loss"])
        skip_epochs(model, None)
        model.history.history, model.history.epoch = found.history, list(range(epochs))
        if self._best and found.best_epoch is not None:
            model.set_weights(best_weights)
            self._best.on_epoch_begin(found.best_epoch)
            best = {name: values[found.best_epoch] for name, values in found.history.items()}
            self._best.on_epoch_end(found.best_epoch, best)
        model.set_weights(last_weights)
        model.optimizer.iterations.assign(found.steps)
        of = f" of {' and '.join(found.data_sets)}" if found.data_sets else ""
        notice(
            f"Loaded instead of trained: {model.name}, trained on {found.trained} for "
            f"{epochs} epochs on {found.amount}{of}."
        )
        settings.note_use(model=model.name)


def _values(variables: Iterable[keras.Variable]) -> list[np.ndarray]:
    return [np.asarray(variable.value) for variable in variables]


def _build(model, x) -> None:
    """Give a model without `keras.Input` its weights, so that it can be known again."""
    if not model.built:
        for batch in [x[:1]] if hasattr(x, "__array__") else x.take(1):
            model(batch[0] if isinstance(batch, tuple) else batch)


def _build_optimizer(model) -> None:
    """Give the optimiser its variables: in the first step TensorFlow would trace it once more.

    That halves the time before the first step. A training that is brought back needs them, too,
    so that `save` keeps a whole one.
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def _check(model, fit: dict[str, Any]) -> None:
    """Refuse in a sentence what TensorFlow refuses in pages, on a GPU not at all, or never ends."""
    if new := variables_unknown_to_optimizer(model):
        raise ValueError(
            f"{new[0]} can be trained only since `compile`: call model.compile(…) again after "
            "changing what is trainable."
        )
    endless = getattr(fit["x"], "cardinality", lambda: 0)() == tf.data.INFINITE_CARDINALITY
    if endless and fit["steps_per_epoch"] is None:
        raise ValueError(
            "The data set has no end, so the first epoch would have none: say how many batches "
            "make an epoch, as in fit(data, steps_per_epoch=100)."
        )
    if hasattr(fit["y"], "__array__"):
        _check_labels(model, np.asarray(fit["y"]))


def _check_labels(model, labels: np.ndarray) -> None:
    if labels.dtype.kind in "OSU" and labels.size:
        raise ValueError(
            f"The labels are no numbers (the first is {labels.flat[0]!r}): number the classes from "
            "0, as labels = np.unique(labels, return_inverse=True)[1] does."
        )
    loss, shape = model.loss, getattr(model, "output_shape", None)
    name = loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", ""))
    is_known = name == "sparse_categorical_crossentropy" and isinstance(shape, tuple)
    if not is_known or not labels.size or getattr(loss, "ignore_class", None) is not None:
        return
    count, least, most = shape[-1], labels.min(), labels.max()
    if isinstance(count, int) and not 0 <= least <= most < count:
        raise ValueError(
            f"The label {least if least < 0 else most} has no output: {model.name} has {count} "
            f"outputs, so its labels are 0 to {count - 1}."
        )


def _check_classes(model, data) -> None:
    """Refuse data with more classes than the model can tell apart, where their names are known."""
    names, shape = getattr(data, "class_names", None), getattr(model, "output_shape", None)
    if not names or not isinstance(shape, tuple) or len(shape) != 2:
        return
    count = max(shape[1], 2)  # one output tells two classes apart
    if len(names) > count:
        outputs = "1 output, which tells 2" if shape[1] == 1 else f"{count} outputs for {count}"
        raise ValueError(
            f"The data have {len(names)} classes, {', '.join(map(str, names))}, and {model.name} "
            f'has {outputs}: end it with Dense({len(names)}, activation="softmax"), and compile it '
            'with loss="sparse_categorical_crossentropy".'
        )


def _describe(model, fit: dict[str, Any], data_sets: list[str]) -> checkpoints.Record:
    """Return the record of a training that is about to begin."""
    validation = fit["validation_data"]
    validation = validation if isinstance(validation, tuple) else (validation,)
    data = fit["x"], fit["y"], fit["sample_weight"], *validation
    return checkpoints.Record(
        model=checkpoints.fingerprint_model(model),
        data=checkpoints.fingerprint_data(*data),
        sample=checkpoints.sample_data(*data),
        frozen=sum(checkpoints.sample_data(*_values(model.non_trainable_weights))),
        settings=_asked(model, fit),
        amount=_amount(fit["x"]),
        data_sets=[datasets.title(name) for name in filter(datasets.is_loaded, data_sets)],
    )


def _asked(model, fit: dict[str, Any]) -> dict[str, Any]:
    """Return what `fit` was asked for, where it is not what Keras does by itself."""
    asked = {
        "epochs": int(fit["epochs"]),
        "batch_size": fit["batch_size"] and int(fit["batch_size"]),
    }
    if fit["class_weight"]:
        asked["class_weight"] = {str(key): value for key, value in fit["class_weight"].items()}
    for name, usual in (
        ("validation_split", 0.0),
        ("shuffle", True),
        ("initial_epoch", 0),
        ("steps_per_epoch", None),
    ):
        if fit[name] != usual:
            asked[name] = fit[name]
    of_keras = (Keep, keras.callbacks.History, keras.callbacks.ProgbarLogger)
    others = [other for other in fit["callbacks"].callbacks if not isinstance(other, of_keras)]
    if others:
        asked["callbacks"] = ", ".join(sorted(map(_name_callback, others)))
    if steps := int(model.optimizer.iterations):
        asked["steps before"] = steps
    return asked


def _name_callback(callback) -> str:
    """Return a callback's class, with the patience that it has, where it has one."""
    patience = getattr(callback, "patience", None)
    name = type(callback).__name__
    return name if patience is None else f"{name}(patience={patience})"


def _find_best_only(callbacks):
    """Return the `ModelCheckpoint` that keeps only the best model, or None."""
    for callback in callbacks:
        if isinstance(callback, keras.callbacks.ModelCheckpoint) and callback.save_best_only:
            return callback
    return None


def _count(metrics) -> int:
    """Return how many metrics a part of a compile configuration names."""
    if isinstance(metrics, dict) and "class_name" not in metrics:
        metrics = list(metrics.values())
    return sum(map(_count, metrics)) if isinstance(metrics, list) else metrics is not None


def _amount(x) -> str:
    if isinstance(x, (list, tuple, dict)):
        x = keras.tree.flatten(x)[0]
    if hasattr(x, "__array__"):
        return f"{len(x):,} samples"
    batches = int(x.cardinality()) if hasattr(x, "cardinality") else -1
    return f"{batches:,} batches" if batches >= 0 else "a stream of batches"


def _in_words(logs: dict | None) -> str:
    return ", ".join(
        f"{name.replace('val_', 'validation ')} {float(value):.4f}"
        for name, value in (logs or {}).items()
    )
