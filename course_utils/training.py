"""`fit` for the notebooks: Keras' own `fit`, with a progress bar, checkpoints and less waiting."""

import math
import re
from contextlib import suppress
from datetime import date
from numbers import Integral

from course_utils import checkpoints, datasets, settings
from course_utils.blocks import in_blocks
from course_utils.datasets.catalogue import TITLES
from course_utils.notices import notice
from course_utils.progress import Progress

import numpy as np

settings.start_tensorflow()

import keras  # noqa: E402


def fit(
    model,
    x,
    y=None,
    *,
    epochs=1,
    batch_size=None,
    validation_data=None,
    validation_split=0.0,
    callbacks=(),
    shuffle=True,
) -> keras.callbacks.History:
    """Train a compiled model as `model.fit` does, and return its `History`.

    The history has two attributes more: `best_epoch` (counted from 0; lowest validation loss,
    or training loss where there is no validation) and `best_weights` (for `model.set_weights`).
    The model keeps the weights of its last epoch, as in Keras.

    A model with a name of its own leaves a checkpoint. In the demo profile a checkpoint of the
    same model, data and settings takes the place of training; where none fits, a notice says
    why and the model is trained for a short while. (Callbacks are told apart by their class, and
    weights from which a training starts do not count.) The quick profile caps samples and epochs,
    too. An interrupt (the kernel's stop button) ends the training and keeps the history so far.

    Many steps run in one compiled call (see `course_utils.blocks`); the losses are those of
    `model.fit` with the same batches.

    Raises ValueError for a model that is not compiled, and for numbers that cannot be used.
    """
    _check(model, epochs, batch_size)
    _build(model, x)
    callbacks = keras.tree.flatten(callbacks or [])
    limits = settings.profile()
    asked = {"epochs": epochs, "batch_size": batch_size, "validation_split": validation_split}
    if callbacks:
        asked["callbacks"] = sorted(type(callback).__name__ for callback in callbacks)
    if not shuffle:
        asked["shuffle"] = False
    if steps_before := int(model.optimizer.iterations):
        asked["steps before"] = steps_before
    validation = validation_data if isinstance(validation_data, tuple) else (validation_data,)
    record = checkpoints.Record(
        model=checkpoints.fingerprint_model(model),
        data=checkpoints.fingerprint_data(x, y, *validation),
        sample=checkpoints.sample_data(x, y, *validation),
        settings=asked,
    )
    if limits.reuse and (history := _reuse(model, record)):
        return history

    samples = _samples_at_most(x, limits)
    x, y = _cap(x, samples), _cap(y, samples)
    if validation_split and validation_data is None:
        x, y, validation_data = _split(x, y, validation_split)
    watch = _Watch(min(epochs, limits.epochs or epochs))
    model.history = keras.callbacks.History()  # that of an interrupt before the first step
    model.history.epoch = []
    try:
        shuffle = shuffle and not _is_dataset(x)  # a tf.data.Dataset shuffles by itself
        with in_blocks(model, x, y, batch_size, shuffle) as data:
            model.fit(
                **data,
                epochs=watch.epochs,
                validation_data=validation_data,
                validation_batch_size=batch_size,
                callbacks=[*callbacks, watch],
                verbose=0,
            )
    except KeyboardInterrupt:
        watch.interrupted = True
    finally:
        watch.close()
    history = model.history
    history.best_epoch = watch.best_epoch
    history.best_weights = watch.best_weights or model.get_weights()
    if not watch.interrupted and limits.name != "quick" and _has_own_name(model):
        record.trained, record.amount = date.today().isoformat(), _amount(x)
        record.data_sets = _loaded_data_sets()
        record.history, record.best_epoch = _as_floats(history.history), watch.best_epoch
        best = watch.best_weights if watch.best_epoch != len(history.epoch) - 1 else None
        try:
            checkpoints.write(model.name, model.get_weights(), best, record)
        except OSError as problem:  # the training is not lost with it
            notice(f"No checkpoint of {model.name} was kept: {problem}")
    return history


def _check(model, epochs, batch_size) -> None:
    if not model.compiled:
        raise ValueError(f"The model {model.name} is not compiled: call its compile() first.")
    if not (isinstance(epochs, Integral) and epochs > 0):
        raise ValueError(f"epochs is {epochs!r}: give a whole number from 1 on.")
    if not (batch_size is None or (isinstance(batch_size, Integral) and batch_size > 0)):
        raise ValueError(f"batch_size is {batch_size!r}: give a whole number from 1 on.")


def _build(model, x) -> None:
    """Give a model without `keras.Input` its weights, so that checkpoints know it again."""
    if model.built:
        return
    if hasattr(x, "__array__"):
        model(x[:1])
    elif _is_dataset(x):
        for batch in x.take(1):
            model(batch[0] if isinstance(batch, tuple) else batch)


def _reuse(model, wanted):
    """Load a fitting checkpoint and return its history; else say why not and return None."""
    if not _has_own_name(model):
        _say_that_it_trains("This model has no name of its own, so no checkpoint is kept")
        return None
    reason = f"There is no checkpoint of {model.name} yet"
    for place in checkpoints.find(model.name):
        found = checkpoints.read(place)
        differences = wanted.differences(found)
        if not differences and _count_metrics(model) > sum(
            not name.startswith("val_") for name in found.history
        ):
            differences = ["metrics"]
        if not differences:
            return _load(model, place, found)
        reason = f"The checkpoint of {model.name} has other {', '.join(differences)}"
    _say_that_it_trains(reason)
    return None


def _count_metrics(model) -> int:
    """Return how many numbers a training of the model writes down in each epoch, at least."""

    def count(metrics):
        if isinstance(metrics, dict) and "class_name" not in metrics:
            metrics = list(metrics.values())
        return sum(map(count, metrics)) if isinstance(metrics, list) else metrics is not None

    compiled = model.get_compile_config() or {}
    return 1 + count(compiled.get("metrics")) + count(compiled.get("weighted_metrics"))


def _say_that_it_trains(reason: str) -> None:
    limits = settings.profile()
    notice(
        f"{reason}; it trains now, briefly: at most {limits.epochs} epochs "
        f"on {limits.samples:,} samples."
    )


def _load(model, place, found) -> keras.callbacks.History:
    """Set the model's weights from a checkpoint and return the history of that training."""
    history = keras.callbacks.History()
    history.set_model(model)
    history.history, history.best_epoch = found.history, found.best_epoch
    history.epoch = list(range(len(found.history["loss"])))
    last_weights, history.best_weights = checkpoints.read_weights(place)
    model.set_weights(last_weights)
    model.optimizer.build(model.trainable_variables)  # so that `save` keeps a whole one
    model.history = history
    of = f" of {' and '.join(found.data_sets)}" if found.data_sets else ""
    notice(
        f"Loaded instead of trained: {model.name}, trained on {found.trained} for "
        f"{len(history.epoch)} epochs on {found.amount}{of}."
    )
    return history


def _loaded_data_sets() -> list[str]:
    """Return the titles of the data sets that this session has loaded."""
    found = []
    for name in TITLES:
        with suppress(ValueError):  # it has not been loaded
            found.append(datasets.title(name))
    return found


def _samples_at_most(x, limits) -> int | None:
    """Return how many samples of `x` the profile allows: fewer where each is large."""
    shape = x.shape if hasattr(x, "__array__") else _batch_shape(x)
    if limits.values is None or shape is None or None in shape[1:]:
        return limits.samples
    return min(limits.samples, max(1, limits.values // math.prod(shape[1:])))


def _batch_shape(data) -> tuple | None:
    """Return the shape of the inputs in a batch of a `tf.data.Dataset`, where it is known."""
    spec = getattr(data, "element_spec", None)
    shape = getattr(spec[0] if isinstance(spec, tuple) else spec, "shape", None)
    return None if shape is None or shape.rank is None else tuple(shape)


def _cap(data, samples):
    """Return the first `samples` samples of arrays, or as many batches of a dataset."""
    if samples is None:
        return data
    if _is_dataset(data):
        for batch in data.take(1):
            return data.take(max(1, samples // len(keras.tree.flatten(batch)[0])))
        return data
    if isinstance(data, (list, tuple, dict)):
        return keras.tree.map_structure(lambda part: _cap(part, samples), data)
    return data[:samples] if hasattr(data, "__array__") else data


def _split(x, y, share: float) -> tuple:
    """Return all but the last `share` of the samples, and that share as validation data."""
    if not hasattr(x, "__array__"):
        raise ValueError(
            "validation_split takes the last samples of arrays, and this is a "
            f"{type(x).__name__}: give validation_data instead."
        )
    kept = int(len(x) * (1 - share))
    if not 0 < kept < len(x):
        raise ValueError(
            f"validation_split is {share!r}, which leaves {kept:,} of {len(x):,} samples to train "
            "on: give a share between 0 and 1, such as 0.2."
        )
    if y is None:
        return x[:kept], None, (x[kept:],)
    return x[:kept], y[:kept], (x[kept:], y[kept:])


def _is_dataset(data) -> bool:
    """Tell whether this is a `tf.data.Dataset`."""
    return hasattr(data, "element_spec") and hasattr(data, "take")


def _amount(x) -> str:
    if hasattr(x, "__array__"):
        return f"{len(x):,} samples"
    batches = int(x.cardinality()) if _is_dataset(x) else len(x)
    return f"{batches:,} batches" if batches >= 0 else "a stream of batches"


def _as_floats(record: dict) -> dict:
    return {name: [float(value) for value in values] for name, values in record.items()}


def _has_own_name(model) -> bool:
    """Tell whether the author named the model (Keras would call it sequential_1, …)."""
    return not re.fullmatch(r"(sequential|functional|model)(_\d+)?", model.name)


class _Watch(keras.callbacks.Callback):
    """Shows the progress, and remembers the weights of the best epoch."""

    def __init__(self, epochs: int):
        super().__init__()
        self.epochs, self.interrupted = epochs, False
        self.best_epoch, self.best_weights, self._best = 0, None, np.inf

    def on_train_begin(self, logs=None):
        self._steps = self.params.get("steps") or 1
        self._bar = Progress(self.epochs * self._steps, f"Training {self.model.name}")
        self._done, self._text = 0, ""

    def on_train_batch_end(self, batch, logs=None):
        done = self._done * self._steps + batch + 1
        self._bar.update(done, f"epoch {self._done + 1} of {self.epochs}, {_in_words(logs)}")

    def on_epoch_end(self, epoch, logs=None):
        self._done += 1
        self._text = _in_words(logs)
        value = logs.get("val_loss", logs.get("loss", np.inf))
        if value < self._best:
            self._best, self.best_epoch = value, epoch
            self.best_weights = self.model.get_weights()

    def close(self):
        """Leave one line: how many epochs, and where they led."""
        if hasattr(self, "_bar"):
            end = " (stopped; the history so far is kept)" if self.interrupted else ""
            self._bar.close(f"{self._done} of {self.epochs} epochs{end}: {self._text}")


def _in_words(logs: dict) -> str:
    names = {name: name.replace("val_", "validation ") for name in logs or {}}
    return ", ".join(f"{names[name]} {float(value):.4f}" for name, value in (logs or {}).items())
