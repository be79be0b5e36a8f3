"""Training: what `Keep` keeps and brings back in the three profiles, and each fault by name."""

import json
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

from course_utils import checkpoints, datasets, settings, training

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

SAMPLES = 256
random = np.random.default_rng(0)
Y = random.integers(0, 3, SAMPLES)
X = (random.random((SAMPLES, 6, 6, 1)) * 0.5 + Y[:, None, None, None] / 4).astype("float32")


def make_model(name="small_dense", units=8, convolution=False, rate=0.05, compiled=False):
    """Return a small classifier; not compiled into a graph it trains a few steps in no time."""
    keras.utils.set_random_seed(3)
    first = [layers.Conv2D(4, 3, activation="relu")] if convolution else []
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            *first,
            layers.Flatten(),
            layers.Dense(units, activation="relu"),
            layers.Dense(3, activation="softmax"),
        ],
        name=name,
    )
    loss = "sparse_categorical_crossentropy"
    optimizer = keras.optimizers.SGD(rate)
    model.compile(optimizer, loss, metrics=["accuracy"], run_eagerly=not compiled)
    return model


def as_dataset(count=SAMPLES, batch_size=32, recipe="the first"):
    data = tf.data.Dataset.from_tensor_slices((X[:count], Y[:count])).batch(batch_size)
    data.recipe = recipe
    return data


@pytest.fixture
def profile(data_folder, monkeypatch, tmp_path):
    """Set the profile; checkpoints go to an empty folder, and the course has none."""
    monkeypatch.setattr(settings, "shipped_checkpoints_dir", lambda: tmp_path / "course")

    def choose(name):
        monkeypatch.setenv("COURSE_PROFILE", name)

    choose("full")
    return choose


@pytest.fixture
def capped(monkeypatch, profile):
    """The quick profile with a cap that shows in these tests."""
    monkeypatch.setitem(settings.PROFILES, "quick", settings.Profile("quick", epochs=2))
    profile("quick")


def fit(model, x=X, y=Y, *, callbacks=(), data=None, **options):
    """Train as a notebook does: Keras' own `fit` with the callback of the course."""
    if hasattr(x, "__array__"):
        options = {"epochs": 3, "batch_size": 64, **options}
    callbacks = [training.Keep(data), *callbacks]
    return model.fit(x, y, verbose=0, callbacks=callbacks, **options)


def fit_data(model, dataset, **options):
    return fit(model, dataset, None, **options)


def forbid_training(monkeypatch):
    """Let a training fail that makes a single step."""
    monkeypatch.setattr(keras.Model, "train_step", lambda *a: pytest.fail("it was trained"))


def own_checkpoints(data_folder):
    return sorted((data_folder / "trained").glob("*"))


def assert_same_weights(some, others):
    """Compare as exactly as a checkpoint keeps them: eleven binary digits."""
    assert len(some) == len(others) > 0
    for one, other in zip(some, others, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=2**-11, atol=1e-7)


# ---- In the full profile it changes nothing -----------------------------------------------------


@pytest.mark.parametrize("convolution", [False, True])
def test_losses_and_weights_are_those_without_the_callback(profile, convolution):
    ours, plain = (make_model(convolution=convolution, compiled=True) for _ in range(2))
    options = dict(epochs=3, batch_size=48, shuffle=False, validation_split=0.25)
    assert fit(ours, **options).history == plain.fit(X, Y, verbose=0, **options).history
    for one, other in zip(ours.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_one_line_says_how_it_went(capped, capsys):
    history = fit(make_model()).history
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("2 of 2 epochs: ")
    assert f"loss {history['loss'][-1]:.4f}" in lines[0]


def test_other_callbacks_work_and_may_stand_on_either_side(profile):
    for place in (0, 1):
        stop = keras.callbacks.EarlyStopping("loss", min_delta=10, patience=1)
        callbacks = [training.Keep()]
        callbacks.insert(place, stop)
        history = make_model().fit(X, Y, epochs=9, verbose=0, callbacks=callbacks)
        assert len(history.history["loss"]) == 2


def test_weights_restored_by_early_stopping_are_those_that_are_kept(profile, monkeypatch):
    def train():
        model = make_model(rate=3.0)  # far too fast, so that the last epoch is not the best
        best = keras.callbacks.EarlyStopping(patience=9, restore_best_weights=True)
        fit(model, epochs=6, shuffle=False, validation_data=(X[:64], Y[:64]), callbacks=[best])
        return model

    trained = train()
    profile("demo")
    forbid_training(monkeypatch)
    assert_same_weights(train().get_weights(), trained.get_weights())


def test_the_step_is_traced_once(profile):
    """Else TensorFlow traces it again for the optimiser's variables, which takes as long."""
    traced = []

    class Through(layers.Layer):
        def call(self, x):
            traced.append(x.shape)
            return x

    inputs = keras.Input((6, 6, 1))
    answers = layers.Dense(3, activation="softmax")(layers.Flatten()(Through()(inputs)))
    model = keras.Model(inputs, answers, name="traced")
    model.compile("adam", "sparse_categorical_crossentropy")
    traced.clear()
    fit(model)
    assert len(traced) == 1


def test_bad_data_is_refused_by_keras_and_leaves_no_checkpoint(profile, data_folder):
    with pytest.raises(ValueError):
        fit(make_model(), X, Y[:9])
    assert not own_checkpoints(data_folder)


@pytest.mark.fault("labels from 1 to n")
@pytest.mark.parametrize("shift, wrong", [(1, 3), (-1, -1)])
def test_a_label_without_an_output_is_named(profile, shift, wrong):
    with pytest.raises(ValueError, match=f"^The label {wrong} has no output: .* are 0 to 2.$"):
        fit(make_model(), y=Y + shift)


@pytest.mark.fault("three classes for a network of one output")
@pytest.mark.parametrize(
    "outputs, says", [(1, "has 1 output, which tells 2"), (2, "has 2 outputs for 2")]
)
def test_more_classes_than_outputs_are_named(profile, outputs, says):
    """With a sigmoid, the loss of label 2 falls for ever, and nobody sees why."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(outputs)], name="narrow")
    loss = "binary_crossentropy" if outputs == 1 else "sparse_categorical_crossentropy"
    model.compile("sgd", loss)
    data = tf.data.Dataset.from_tensors((np.zeros((3, 4)), np.arange(3) % outputs))
    data.class_names = ["ant", "bee", "cat"]
    sentence = rf"3 classes, ant, bee, cat, and narrow {says}: .*Dense\(3, activation=\"softmax\"\)"
    with pytest.raises(ValueError, match=sentence):
        model.fit(data, verbose=0, callbacks=[training.Keep()])
    data.class_names = ["ant", "bee"]
    assert model.fit(data, verbose=0, callbacks=[training.Keep()]).history["loss"]


@pytest.mark.fault("labels that are words")
@pytest.mark.parametrize("kind", [tf.constant, lambda words: np.array(words, object)])
def test_labels_that_are_words_are_named(profile, kind):
    words = np.array(["cat", "dog", "owl"])[Y].tolist()
    with pytest.raises(ValueError, match="^The labels are no numbers .*return_inverse"):
        fit(make_model(), y=kind(words))


@pytest.mark.fault("a data set without an end")
def test_a_data_set_without_an_end_is_named(profile):
    with pytest.raises(ValueError, match="^The data set has no end.*steps_per_epoch"):
        fit_data(make_model(), as_dataset().repeat())
    assert len(fit_data(make_model(), as_dataset().repeat(), steps_per_epoch=2).epoch) == 1


@pytest.mark.fault("layers made trainable after `compile`")
def test_layers_that_are_trainable_only_after_compile_are_named(profile):
    model = make_model()
    model.layers[1].trainable = False
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    fit(model)
    model.layers[1].trainable = True
    with pytest.raises(ValueError, match="only since `compile`: call model.compile"):
        fit(model)
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    assert len(fit(model).epoch) == 3


@pytest.mark.fault("a loss that is no number")
def test_a_loss_that_is_not_a_number_ends_the_training_and_is_not_kept(
    profile, data_folder, capsys
):
    history = fit(make_model(), np.full_like(X, np.nan), epochs=9)
    assert len(history.epoch) == 1
    assert "stopped: the loss is no longer a number" in capsys.readouterr().out
    assert not own_checkpoints(data_folder)


def test_a_model_is_trained_twice(profile):
    model = make_model(compiled=True)
    assert fit(model).history["loss"][-1] > fit(model).history["loss"][-1]


def test_data_sets_that_were_not_loaded_do_no_harm(profile):
    assert fit(make_model(), data=["mnist", "my own"]).epoch == [0, 1, 2]


# ---- The quick profile --------------------------------------------------------------------------


def test_quick_caps_epochs(capped):
    assert len(fit(make_model(), epochs=9).epoch) == 2


def test_quick_counts_the_epochs_of_a_training_that_goes_on(capped):
    assert fit(make_model(), epochs=9, initial_epoch=5).epoch == [5, 6]


def test_quick_does_not_train_longer_than_asked(capped):
    assert len(fit(make_model(), epochs=1).epoch) == 1


def test_quick_keeps_no_checkpoint(capped, data_folder):
    fit(make_model())
    assert not own_checkpoints(data_folder)


# ---- The demo profile: known again --------------------------------------------------------------


def test_the_demo_profile_loads_what_the_full_one_trained(profile, monkeypatch, capsys):
    trained = make_model()
    options = dict(epochs=6, validation_data=(X[:64], Y[:64]))
    wanted = fit(trained, **options)
    profile("demo")
    forbid_training(monkeypatch)
    capsys.readouterr()
    model = make_model()
    history = fit(model, **options)
    assert_same_weights(model.get_weights(), trained.get_weights())
    assert history.history == wanted.history
    assert history.epoch == wanted.epoch
    assert model.history is history
    assert int(model.optimizer.iterations) == int(trained.optimizer.iterations)
    notice = capsys.readouterr().out
    assert "Loaded instead of trained: small_dense" in notice
    assert "6 epochs on 256 samples" in notice


def test_a_second_training_of_the_same_model_is_known_again(profile, monkeypatch):
    def train_twice():
        model = make_model()
        return fit(model), fit(model, epochs=2), model

    first, second, trained = train_twice()
    profile("demo")
    forbid_training(monkeypatch)
    again_first, again_second, model = train_twice()
    assert again_second.history == second.history != again_first.history
    assert_same_weights(model.get_weights(), trained.get_weights())


def test_the_file_of_model_checkpoint_is_written_without_a_step(profile, monkeypatch, tmp_path):
    def train(file):
        model = make_model(rate=3.0)
        keep_best = keras.callbacks.ModelCheckpoint(file, save_best_only=True)
        fit(model, epochs=6, shuffle=False, validation_data=(X[:64], Y[:64]), callbacks=[keep_best])
        losses = model.history.history["val_loss"]
        assert np.argmin(losses) != len(losses) - 1
        return model, keras.models.load_model(file), min(losses)

    last, best, lowest = train(tmp_path / "trained.keras")
    profile("demo")
    forbid_training(monkeypatch)
    last_again, best_again, _ = train(tmp_path / "shown.keras")
    assert_same_weights(best_again.get_weights(), best.get_weights())
    assert_same_weights(last_again.get_weights(), last.get_weights())
    loss = best_again.evaluate(X[:64], Y[:64], verbose=0)[0]
    assert loss == pytest.approx(lowest, rel=2e-2)


def without_input(name="late"):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([layers.Flatten(), layers.Dense(3, "softmax")], name=name)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize("data", [(X, Y), (as_dataset(), None)])
def test_a_model_without_an_input_layer_is_loaded_too(profile, monkeypatch, data):
    trained = without_input()
    fit(trained, *data)
    profile("demo")
    forbid_training(monkeypatch)
    model = without_input()
    fit(model, *data)
    assert_same_weights(model.get_weights(), trained.get_weights())


def test_a_dataset_is_known_again(profile, monkeypatch, capsys):
    trained = make_model()
    fit_data(trained, as_dataset(), epochs=2, validation_data=as_dataset(64))
    profile("demo")
    forbid_training(monkeypatch)
    model = make_model()
    fit_data(model, as_dataset(), epochs=2, validation_data=as_dataset(64))
    assert_same_weights(model.get_weights(), trained.get_weights())
    assert "8 batches" in capsys.readouterr().out


def test_a_folder_read_by_keras_is_known_again_by_its_files(profile, tmp_path, capsys):
    for label in "ab":
        (tmp_path / "pets" / label).mkdir(parents=True)
        keras.utils.save_img(tmp_path / "pets" / label / "1.png", X[0])

    def read():
        return keras.utils.image_dataset_from_directory(
            tmp_path / "pets", image_size=(6, 6), color_mode="grayscale", verbose=False
        )

    known = checkpoints.fingerprint_data(read())
    assert known == checkpoints.fingerprint_data(read()) != checkpoints.UNKNOWN
    keras.utils.save_img(tmp_path / "pets" / "a" / "2.png", X[1])
    assert known != checkpoints.fingerprint_data(read())


def test_a_loaded_model_can_be_saved_and_loaded(profile, tmp_path, recwarn):
    fit(make_model())
    profile("demo")
    model = make_model()
    fit(model)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert not [w for w in recwarn if "optimizer" in str(w.message)]
    assert_same_weights(again.get_weights(), model.get_weights())


def test_a_loaded_model_predicts_evaluates_and_trains_on(profile):
    trained = make_model()
    fit(trained)
    profile("demo")
    model = make_model()
    fit(model)
    wanted = trained.predict(X, verbose=0)
    np.testing.assert_allclose(model.predict(X, verbose=0), wanted, atol=2e-3)
    assert len(model.fit(X, Y, epochs=2, verbose=0).epoch) == 2


def test_the_names_keras_gives_to_layers_do_not_count(profile, monkeypatch):
    fit(make_model())
    layers.Dense(1), layers.Dense(1)  # the next layers are dense_7 instead of dense_5, …
    profile("demo")
    forbid_training(monkeypatch)
    assert fit(make_model()).epoch == [0, 1, 2]


def test_the_checkpoints_of_the_course_come_before_ones_own(profile, data_folder, tmp_path, capsys):
    fit(make_model(), epochs=2)
    (own,) = own_checkpoints(data_folder)
    (tmp_path / "course").mkdir()
    own.rename(tmp_path / "course/small_dense.npz")
    fit(make_model(), epochs=1)
    profile("demo")
    capsys.readouterr()
    assert [len(fit(make_model(), epochs=count).epoch) for count in (2, 1)] == [2, 1]
    assert capsys.readouterr().out.count("Loaded instead of trained") == 2


# ---- The demo profile: what does not fit --------------------------------------------------------


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"units": 9}, "other model"),
        ({"rate": 0.06}, "other model"),
        ({"convolution": True}, "other model"),
        ({"epochs": 2}, "other epochs (3 there, 2 here)"),
        ({"batch_size": 32}, "other batch_size (64 there, 32 here)"),
        ({"validation_split": 0.5}, "validation_split (None there, 0.5 here)"),
        ({"validation_data": (X[:9], Y[:9])}, "other data"),
        ({"class_weight": {0: 1.0, 1: 2.0, 2: 1.0}}, "class_weight"),
        ({"sample_weight": np.ones(SAMPLES)}, "other data"),
        ({"callbacks": [keras.callbacks.EarlyStopping("loss", patience=2)]}, "other callbacks"),
        ({"x": X[::-1]}, "other data"),
        (
            {"y": np.where(np.arange(SAMPLES) == 101, (Y + 1) % 3, Y)},
            "other data",
        ),  # one label of 256
    ],
)
def test_the_demo_profile_trains_and_says_what_differs(profile, capsys, change, reason):
    fit(make_model())
    profile("demo")
    capsys.readouterr()
    of_model = {key: change[key] for key in change if key in ("units", "rate", "convolution")}
    of_fit = {key: change[key] for key in change if key not in of_model}
    model = make_model(**of_model)
    before = model.get_weights()
    assert fit(model, **of_fit).epoch
    assert any((one != other).any() for one, other in zip(before, model.get_weights(), strict=True))
    notice = capsys.readouterr().out
    assert "checkpoint of small_dense has" in notice
    assert reason in notice and "it trains now" in notice


def test_another_dataset_of_the_same_kind_is_trained(profile, capsys):
    fit_data(make_model(), as_dataset())
    profile("demo")
    fit_data(make_model(), as_dataset(recipe="another"))
    assert "other data" in capsys.readouterr().out


@pytest.mark.fault("a generator in the demo profile")
@pytest.mark.filterwarnings("ignore:Your input ran out of data")  # as in Keras' own fit
def test_data_that_cannot_be_told_apart_are_never_taken_for_the_same(profile, capsys):
    stream = tf.data.Dataset.from_generator(
        lambda: iter(as_dataset()), output_signature=as_dataset().element_spec
    )
    assert len(fit_data(make_model(), stream, epochs=2).epoch) == 2
    profile("demo")
    fit_data(make_model(), stream, epochs=2)
    assert "other data" in capsys.readouterr().out


@pytest.mark.fault("other data in a dictionary")
def test_dictionaries_of_inputs_are_told_apart():
    a, b = np.ones((9, 3), "float32"), np.zeros((9, 3), "float32")
    labels = np.arange(9)
    one = known_as({"a": a, "b": b}, labels)
    assert one.differences(known_as({"b": b, "a": a}, labels)) == []
    for other in ({"a": b, "b": a}, {"a": a, "c": b}, {"a": a[:5], "b": b[:5]}):
        assert one.differences(known_as(other, labels)) == ["data"]
    assert one.differences(known_as({"a": a, "b": b}, labels[::-1])) == ["data"]


def test_a_checkpoint_without_the_metrics_asked_for_is_not_taken(profile, capsys):
    def make(metrics):
        model = keras.Sequential([keras.Input((6, 6, 1)), layers.Flatten()], name="measured")
        model.add(layers.Dense(3, "softmax"))
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=metrics, run_eagerly=True)
        return model

    fit(make(None))
    profile("demo")
    assert "accuracy" in fit(make(["accuracy"])).history
    assert "has other metrics" in capsys.readouterr().out


def test_a_base_with_other_frozen_weights_is_another_start(profile, capsys):
    def make(seed):
        base = layers.Dense(8, kernel_initializer=keras.initializers.RandomNormal(1.0, 1.0, seed))
        base.trainable = False
        model = keras.Sequential([keras.Input((6, 6, 1)), layers.Flatten(), base], name="on_base")
        model.add(layers.Dense(3, "softmax"))
        model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
        return model

    fit(make(1))
    profile("demo")
    capsys.readouterr()
    fit(make(1))
    assert "Loaded instead of trained" in capsys.readouterr().out
    other = make(1)
    other.layers[1].set_weights([np.ones((36, 8)), np.zeros(8)])
    fit(other)
    assert "other weights to start from" in capsys.readouterr().out


def test_without_a_checkpoint_the_demo_profile_trains_and_says_so(profile, capsys):
    profile("demo")
    assert len(fit(make_model()).epoch) == 3
    assert "There is no checkpoint of small_dense yet; it trains now" in capsys.readouterr().out


def test_the_demo_profile_trains_briefly_and_says_so(profile, monkeypatch, capsys):
    small = settings.Profile("demo", epochs=2, reuse=True)
    monkeypatch.setitem(settings.PROFILES, "demo", small)
    profile("demo")
    assert len(fit(make_model(), epochs=9).epoch) == 2
    assert "it trains now, for 2 epochs." in capsys.readouterr().out


@pytest.mark.fault("a model whose name is empty, a path, or too long")
@pytest.mark.parametrize("name", [None, "..", ".hidden", "a b", "ä" * 200, "-x", " "])
def test_without_a_name_for_a_file_a_model_trains_and_says_so(profile, data_folder, capsys, name):
    profile("demo")
    fit(make_model(name=name))
    assert "no name of its own" in capsys.readouterr().out
    assert not own_checkpoints(data_folder)


@pytest.mark.parametrize(
    "name, own",
    {
        "sequential": False,
        "sequential_12": False,
        "functional_3": False,
        "model_1": False,
        "model_of_cells": True,
        "sequential_convnet": True,
        "": False,
        ".": False,
        "a/b": False,
        "größer": True,
        "字" * 40: False,  # 120 bytes, more than some disks take
    }.items(),
)
def test_names_that_keras_gives_are_told_from_an_authors(name, own):
    assert checkpoints.is_name(name) == own


# ---- An interrupt -------------------------------------------------------------------------------


class Press(keras.callbacks.Callback):
    """The kernel's stop button, pressed in a step of the epoch of that number."""

    def __init__(self, epoch, times=1):
        super().__init__()
        self.epoch, self.times, self.steps = epoch, times, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        if self.now == self.epoch:
            for _ in range(self.times):
                os.kill(os.getpid(), signal.SIGINT)


pressed = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signal")


@pytest.mark.fault("the stop button in a training")
@pressed
def test_an_interrupt_ends_after_its_step_and_keeps_the_history(profile, data_folder, capsys):
    press = Press(1)
    history = fit(make_model(), epochs=9, batch_size=32, callbacks=[press])
    assert press.steps == 8 + 1
    assert len(history.history["loss"]) == len(history.epoch) == 2
    assert "2 of 9 epochs (stopped; the history so far is kept)" in capsys.readouterr().out
    assert not own_checkpoints(data_folder)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.fault("the stop button pressed twice")
@pressed
def test_a_second_press_stops_at_once(profile, data_folder):
    model = make_model()
    with pytest.raises(KeyboardInterrupt):
        fit(model, epochs=9, callbacks=[Press(1, times=2)])
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert not own_checkpoints(data_folder)
    assert len(fit(model, epochs=2).epoch) == 2  # the model is usable


@pressed
def test_an_interrupt_after_a_training_that_failed_is_handed_on(profile):
    with pytest.raises(RuntimeError):
        fit(make_model(), callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=fail)])
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def fail(*_, **__):
    raise RuntimeError("a fault in a reader's own callback")


def test_a_training_in_a_thread_needs_no_signal(profile):
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(fit, make_model()).result().epoch == [0, 1, 2]


# ---- What a checkpoint is known by --------------------------------------------------------------


def known_as(*data):
    return checkpoints.Record(
        "m", checkpoints.fingerprint_data(*data), {}, checkpoints.sample_data(*data)
    )


def test_other_values_in_the_data_are_noticed():
    changed = X.copy()
    changed[0, 0, 0, 0] += 1
    other = [(changed, Y), (X[1:], Y[1:]), (X.astype("float64"), Y), (X, Y[::-1]), (X[::-1], Y)]
    for data in other:
        assert known_as(*data).differences(known_as(X, Y)) == ["data"]
    assert known_as(X.copy(), Y.copy()).differences(known_as(X, Y)) == []


def test_the_last_digits_of_decimals_do_not_count():
    """Another processor adds in another order."""
    noise = 1 + 1e-6 * np.random.default_rng(1).standard_normal(X.shape)
    nearly = (X * noise).astype("float32")
    assert (nearly != X).any()
    assert known_as(nearly, Y).differences(known_as(X, Y)) == []


def test_another_loss_is_another_model():
    model = make_model()
    before = checkpoints.fingerprint_model(model)
    model.compile(keras.optimizers.SGD(0.05), "kl_divergence")
    assert checkpoints.fingerprint_model(model) != before


def test_another_wiring_of_the_same_layers_is_another_model():
    def wire(order):
        image = keras.Input((6, 6, 1))
        found = [layers.Conv2D(1, 1)(image), layers.Conv2D(1, 3, padding="same")(image)]
        joined = layers.Concatenate()([found[place] for place in order])
        model = keras.Model(image, joined, name="joined")
        model.compile("sgd", "mse")
        return checkpoints.fingerprint_model(model)

    assert wire((0, 1)) == wire((0, 1)) != wire((0, 0))
    assert wire((0, 1)) != wire((1, 0))


def test_a_model_in_a_model_is_known_again():
    def nest(units):
        inner = keras.Sequential([layers.Flatten(), layers.Dense(units)])
        image = keras.Input((6, 6, 1))
        model = keras.Model(image, layers.Dense(3)(inner(image)), name="nested")
        model.compile("sgd", "mse")
        return checkpoints.fingerprint_model(model)

    assert nest(4) == nest(4) != nest(5)


class Shift(layers.Layer):
    """A reader's own layer, which does not say how it was made."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, x):
        return self.function(x)


@pytest.mark.filterwarnings("error")
def test_a_model_with_a_layer_and_a_loss_of_ones_own_is_trained(profile, data_folder):
    model = keras.Sequential([layers.Flatten(), Shift(lambda x: x + 1), layers.Dense(1)])
    model.name = "own"
    model.compile("sgd", loss=lambda y, z: keras.ops.mean((z - 1) ** 2), run_eagerly=True)
    assert fit(model, epochs=1).epoch == [0]
    assert [path.name[:4] for path in own_checkpoints(data_folder)] == ["own-"]


def test_training_does_not_change_the_fingerprint(capped):
    model = make_model()
    before = checkpoints.fingerprint_model(model)
    fit(model)
    assert checkpoints.fingerprint_model(model) == before


@pytest.mark.parametrize("kind", ["list of arrays", "tensor"])
def test_lists_and_tensors_are_known_again(kind):
    data = {"list of arrays": [X, X], "tensor": tf.constant(X)}[kind]
    assert known_as(data, Y).differences(known_as(data, Y)) == []
    assert known_as(data, Y).differences(known_as(data, Y[1:])) == ["data"]
    assert checkpoints.sample_data(data) == checkpoints.sample_data(X) * (
        2 if isinstance(data, list) else 1
    )


def test_the_record_names_its_own_data_sets_only(profile, capsys):
    datasets.load_arrays("mnist")
    datasets.load_arrays("fashion_mnist")
    fit(make_model(), data="mnist")
    (place,) = checkpoints.find("small_dense")
    assert checkpoints.read(place).data_sets == [datasets.title("mnist")]
    profile("demo")
    fit(make_model(), data="mnist")
    assert f"on 256 samples of {datasets.title('mnist')}." in capsys.readouterr().out


def test_the_record_says_how_it_was_made(profile):
    history = fit(make_model())
    (place,) = checkpoints.find("small_dense")
    record = checkpoints.read(place)
    assert record.settings == {"epochs": 3, "batch_size": 64}
    assert record.amount == "256 samples"
    assert record.history == history.history
    assert record.steps == 3 * 4
    assert len(record.trained) == len("2026-01-01")


# ---- The files ----------------------------------------------------------------------------------


def make_record(**options):
    return checkpoints.Record("m", "d", {}, **{"history": {"loss": [1.0]}, **options})


@pytest.mark.fault("one epoch to try something, after many")
def test_another_recipe_does_not_take_the_place_of_a_long_training(profile, data_folder):
    fit(make_model(), epochs=3)
    fit(make_model(), epochs=1)
    assert len(own_checkpoints(data_folder)) == 2
    fit(make_model(), epochs=1)
    assert len(own_checkpoints(data_folder)) == 2


@pytest.mark.fault("a demo that watches other metrics")
def test_a_brief_training_with_other_metrics_has_a_file_of_its_own(profile, data_folder):
    fit(make_model(), epochs=3)
    model = make_model()
    metrics = ["accuracy", "sparse_top_k_categorical_accuracy"]
    model.compile(model.optimizer, model.loss, metrics=metrics, run_eagerly=True)
    profile("demo")
    fit(model, epochs=3)
    assert len(own_checkpoints(data_folder)) == 2


# ---- The kernel is killed -----------------------------------------------------------------------


class Killed(BaseException):
    """In the place of a kernel that is killed: nothing of ours sees the end of the training."""


class Kill(keras.callbacks.Callback):
    """Ends the training, as a kernel that is killed, in the epoch of that number."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise Killed


@pytest.fixture
def often(profile, monkeypatch):
    """Save after each epoch."""
    monkeypatch.setattr(training.Keep, "SECONDS_BETWEEN_SAVES", 0)
    monkeypatch.setattr(training.Keep, "MOST_OF_THE_TIME", float("inf"))


def train_until_killed(model=None, epoch=2, callbacks=(), **options):
    with pytest.raises(Killed):
        fit(model or make_model(), epochs=4, shuffle=False, callbacks=[*callbacks, Kill(epoch)])
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def same_callbacks(monkeypatch):
    """Let the callback that kills not count among the settings of the training."""
    named = training._asked

    def without_kill(model, fit):
        asked = named(model, fit)
        words = asked.pop("callbacks", "").replace("Kill", "").strip(", ")
        return asked | ({"callbacks": words} if words else {})

    monkeypatch.setattr(training, "_asked", without_kill)


@pytest.mark.fault("a kernel killed in a late epoch")
def test_a_training_whose_kernel_was_killed_goes_on(often, same_callbacks, data_folder, capsys):
    plain = make_model()
    expected = plain.fit(X, Y, epochs=4, batch_size=64, shuffle=False, verbose=0)
    train_until_killed()
    assert [place.name[-15:] for place in own_checkpoints(data_folder)] == [".unfinished.npz"]
    capsys.readouterr()
    model = make_model()
    history = fit(model, epochs=4, shuffle=False)
    assert "was cut off after 2 of 4 epochs; it goes on from there." in capsys.readouterr().out
    assert (history.epoch, history.history) == (expected.epoch, expected.history)
    for one, other in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    (place,) = own_checkpoints(data_folder)
    assert len(checkpoints.read(place).history["loss"]) == 4 and "unfinished" not in place.name
    assert fit(model, epochs=4).epoch == [0, 1, 2, 3]  # the next one begins anew


@pytest.mark.fault("another training after a killed one")
@pytest.mark.parametrize("change", ["another start", "another rate", "memory", "damaged"])
def test_another_training_does_not_go_on_there(often, same_callbacks, data_folder, capsys, change):
    memory = [keras.callbacks.EarlyStopping(patience=9, monitor="loss")]
    train_until_killed(callbacks=memory if change == "memory" else ())
    model = make_model(rate=0.01 if change == "another rate" else 0.05)
    if change == "another start":
        model.set_weights([weight + 1 for weight in model.get_weights()])
    if change == "damaged":
        own_checkpoints(data_folder)[0].write_bytes(b"nonsense")
    capsys.readouterr()
    callbacks = memory if change == "memory" else ()
    history = fit(model, epochs=4, shuffle=False, callbacks=callbacks)
    said = capsys.readouterr().out
    assert len(history.history["loss"]) == 4 and "goes on" not in said
    assert ("is damaged" in said) == (change == "damaged")


def test_the_demo_profile_shows_the_epochs_before_the_kernel_was_killed(
    often, same_callbacks, profile, monkeypatch, capsys
):
    train_until_killed()
    profile("demo")
    forbid_training(monkeypatch)
    assert fit(make_model(), epochs=4, shuffle=False).epoch == [0, 1]
    assert "Loaded instead of trained" in capsys.readouterr().out


def test_a_short_training_is_not_saved_on_its_way(profile, monkeypatch):
    monkeypatch.setattr(checkpoints, "write_unfinished", lambda *_: pytest.fail("saved"))
    fit(make_model())


@pytest.mark.fault("a full disk in a training")
def test_a_full_disk_on_the_way_does_not_cost_the_training(often, data_folder, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints, "write_unfinished", refuse)
    assert len(fit(make_model()).epoch) == 3
    assert len(own_checkpoints(data_folder)) == 1


def test_a_renewal_of_the_course_begins_anew(often, data_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CHECKPOINTS", str(settings.shipped_checkpoints_dir()))
    train_until_killed()
    assert not list(tmp_path.rglob("*.unfinished.npz"))


def test_a_renewal_leaves_a_checkpoint_alone_that_came_out_the_same(data_folder, monkeypatch):
    folder = data_folder / "course"
    monkeypatch.setattr(settings, "shipped_checkpoints_dir", lambda: folder)
    monkeypatch.setenv("COURSE_CHECKPOINTS", str(folder))
    place = checkpoints.write("small", [np.ones(2)], None, make_record(trained="2026-01-01"))
    assert place == folder / "small.npz"
    before = place.read_bytes()
    same = make_record(trained="2026-02-02", history={"loss": [1.0001]})
    checkpoints.write("small", [np.full(2, 1.001)], None, same)
    assert place.read_bytes() == before
    checkpoints.write("small", [np.zeros(2)], None, make_record(history={"loss": [0.9]}))
    assert place.read_bytes() != before


@pytest.mark.fault("a checkpoint in a read-only folder")
def test_a_checkpoint_in_a_read_only_data_folder_is_loaded(
    profile, data_folder, refuse_writes, monkeypatch, tmp_path
):
    fit(make_model())
    refuse_writes(data_folder, tmp_path / "cache")
    profile("demo")
    forbid_training(monkeypatch)
    assert len(fit(make_model()).epoch) == 3


def test_in_a_read_only_data_folder_checkpoints_go_to_the_users_cache(
    profile, data_folder, refuse_writes, monkeypatch, tmp_path
):
    refuse_writes(data_folder)
    fit(make_model())
    assert list(data_folder.iterdir()) == []
    assert len(list((tmp_path / "cache/trained").glob("small_dense-*.npz"))) == 1
    profile("demo")
    forbid_training(monkeypatch)
    assert len(fit(make_model()).epoch) == 3


def spoil_record(change):
    def spoil(place):
        with np.load(place) as file:
            arrays = dict(file)
        record = json.loads(str(arrays.pop("record")))
        arrays["record"] = json.dumps(change(record))
        np.savez(place, **arrays)

    return spoil


def spoil_weights(change):
    def spoil(place):
        with np.load(place) as file:
            arrays = dict(file)
        change(arrays)
        np.savez(place, **arrays)

    return spoil


FAULTS = {
    "empty": lambda place: place.write_bytes(b""),
    "cut short": lambda place: place.write_bytes(place.read_bytes()[:-200]),
    "no archive": lambda place: place.write_bytes(b"\xff\xfe nonsense"),
    "record missing": spoil_weights(lambda arrays: arrays.pop("record")),
    "record is a list": spoil_record(lambda record: [record]),
    "history is a list": spoil_record(lambda record: record | {"history": [1.0]}),
    "history is uneven": spoil_record(lambda record: record | {"history": {"a": [1], "b": []}}),
    "no model": spoil_record(lambda record: {"history": record["history"]}),
    "best epoch out of range": spoil_record(lambda record: record | {"best_epoch": 9}),
    "steps are words": spoil_record(lambda record: record | {"steps": "many"}),
    "settings are a list": spoil_record(lambda record: record | {"settings": [1]}),
    "losses are words": spoil_record(lambda record: record | {"history": {"loss": ["low"]}}),
    "an array too few": spoil_weights(lambda arrays: arrays.pop("last_3")),
    "another shape": spoil_weights(lambda arrays: arrays.update(last_1=np.ones(5, "float32"))),
    "not a number": spoil_weights(lambda arrays: arrays["last_1"].fill(np.nan)),
}


@pytest.mark.fault("a checkpoint that is damaged or of another network")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_checkpoint_is_named_and_the_model_is_trained(
    profile, data_folder, capsys, fault
):
    fit(make_model(), epochs=1)
    (place,) = own_checkpoints(data_folder)
    FAULTS[fault](place)
    profile("demo")
    capsys.readouterr()
    assert fit(make_model(), epochs=1).epoch == [0]
    said = capsys.readouterr().out
    assert f"The checkpoint {place} is damaged: move it away and train again." in said
    assert "cannot be read; it trains now" in said


@pytest.mark.fault("a checkpoint of a newer course")
def test_the_record_of_a_newer_course_is_read(profile, data_folder, monkeypatch):
    fit(make_model(), epochs=1)
    (place,) = own_checkpoints(data_folder)
    spoil_record(lambda record: record | {"key_of_the_future": 1})(place)
    profile("demo")
    forbid_training(monkeypatch)
    assert fit(make_model(), epochs=1).epoch == [0]


def fail_to_save(monkeypatch):
    def half(path, **arrays):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints.np, "savez_compressed", half)


@pytest.mark.fault("many processes write one checkpoint")
def test_many_may_write_the_same_checkpoint_at_once(data_folder):
    def write(value):
        checkpoints.write("small", [np.full(2, float(value))], None, make_record())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(40)))
    (place,) = own_checkpoints(data_folder)
    (weights,), _ = checkpoints.read_weights(place)
    assert weights[0] == weights[1] in range(40)


@pytest.mark.fault("a checkpoint that cannot be written whole")
def test_nothing_is_half_written_when_saving_fails(data_folder, monkeypatch):
    place = checkpoints.write("small", [np.ones(2)], None, make_record())
    fail_to_save(monkeypatch)
    with pytest.raises(OSError, match="No space left"):
        checkpoints.write("small", [np.zeros(2)], None, make_record())
    assert own_checkpoints(data_folder) == [place]
    assert_same_weights(checkpoints.read_weights(place)[0], [np.ones(2)])


@pytest.mark.fault("a full disk at the end of a training")
def test_a_checkpoint_that_cannot_be_saved_does_not_cost_the_training(
    profile, data_folder, monkeypatch, capsys
):
    fail_to_save(monkeypatch)
    assert len(fit(make_model()).epoch) == 3
    assert "No checkpoint of small_dense was kept" in capsys.readouterr().out
    assert own_checkpoints(data_folder) == []


@pytest.mark.parametrize(
    "value",
    [
        np.float32([1e5, 0.1]),  # beyond what half precision holds
        np.float64([0.1]),
        np.array([2**40 + 1]),
        np.zeros((0, 3), "float32"),
    ],
)
def test_weights_that_half_precision_cannot_hold_are_kept_as_they_are(data_folder, value):
    place = checkpoints.write("small", [value], None, make_record())
    (found,) = checkpoints.read_weights(place)[0]
    assert found.dtype == value.dtype
    np.testing.assert_array_equal(found, value)


# ---- What the reader changed --------------------------------------------------------------------


@pytest.fixture
def of_the_course(profile, data_folder, tmp_path):
    """The course's own checkpoint of the small network."""
    fit(make_model())
    (own,) = own_checkpoints(data_folder)
    (tmp_path / "course").mkdir()
    own.rename(tmp_path / "course/small_dense.npz")


@pytest.mark.parametrize(
    "change, words",
    [
        ({}, []),
        ({"epochs": 4}, ["epochs"]),
        ({"x": X[:99], "y": Y[:99]}, ["data"]),
        ({"epochs": 4, "y": Y[::-1]}, ["data", "epochs"]),
    ],
)
def test_it_is_noted_what_the_reader_changed(of_the_course, change, words):
    fit(make_model(), **change)
    assert checkpoints.changes("small_dense") == words


def test_another_network_and_another_name_are_changes_of_the_model(of_the_course):
    fit(make_model(units=5))
    assert checkpoints.changes("small_dense") == ["model"]
    assert checkpoints.changes("never_trained") == ["model"]


def test_with_fewer_samples_of_the_quick_profile_the_data_are_no_change(of_the_course, profile):
    profile("quick")
    fit(make_model(), X[:64], Y[:64])
    assert checkpoints.changes("small_dense") == []


def test_what_was_used_is_written_down_for_a_run_of_the_course(profile, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_USED", str(tmp_path / "used.jsonl"))
    fit(make_model())
    profile("demo")
    fit(make_model())
    lines = (tmp_path / "used.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [{"model": "small_dense"}] * 2
