"""Training: Keras' own losses, the three profiles, checkpoints, and each fault."""

import json
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


def as_dataset(count=SAMPLES, batch_size=32):
    return tf.data.Dataset.from_tensor_slices((X[:count], Y[:count])).batch(batch_size)


@pytest.fixture
def profile(data_folder, monkeypatch):
    """Set the profile; checkpoints go to an empty folder."""

    def choose(name):
        monkeypatch.setenv("COURSE_PROFILE", name)

    choose("full")
    return choose


@pytest.fixture
def capped(monkeypatch, profile):
    """The quick profile with caps that show on the small data of these tests."""
    small = settings.Profile("quick", samples=64, values=32 * 40 * 40, epochs=2)
    monkeypatch.setitem(settings.PROFILES, "quick", small)
    profile("quick")


def fit(model, **options):
    return training.fit(model, X, Y, **{"epochs": 3, "batch_size": 64, **options})


def forbid_training(monkeypatch):
    monkeypatch.setattr(keras.Model, "fit", lambda *a, **k: pytest.fail("it was trained"))
    monkeypatch.setattr(keras.Sequential, "fit", lambda *a, **k: pytest.fail("it was trained"))


def assert_same_weights(some, others):
    """Compare as exactly as a checkpoint keeps them: eleven binary digits."""
    assert len(some) == len(others) > 0
    for one, other in zip(some, others, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=2**-11, atol=1e-7)


# ---- As Keras trains ----------------------------------------------------------------------------


@pytest.mark.parametrize("convolution", [False, True])
def test_losses_are_those_of_keras_fit(profile, convolution):
    ours, plain = (make_model(convolution=convolution, compiled=True) for _ in range(2))
    options = dict(epochs=3, batch_size=48, shuffle=False, validation_data=(X[:80], Y[:80]))
    found = training.fit(ours, X, Y, **options).history
    wanted = plain.fit(X, Y, verbose=0, **options).history
    assert set(found) == set(wanted) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    for name in found:
        np.testing.assert_allclose(found[name], wanted[name], rtol=1e-4, atol=1e-5)
    for one, other in zip(ours.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_validation_split_is_that_of_keras(profile):
    ours, plain = make_model(), make_model()
    options = dict(epochs=2, batch_size=32, shuffle=False, validation_split=0.25)
    found = training.fit(ours, X, Y, **options).history["val_loss"]
    np.testing.assert_allclose(found, plain.fit(X, Y, verbose=0, **options).history["val_loss"])


def test_arrays_are_shuffled_unless_asked_otherwise(capped, monkeypatch):
    seen = []
    monkeypatch.setattr(keras.Model, "fit", lambda *a, **options: seen.append(options["shuffle"]))
    for options in ({}, {"shuffle": False}):
        fit(make_model(), **options)
    training.fit(make_model(), as_dataset())
    assert seen == [True, False, False]


def test_evaluate_and_predict_are_right_before_and_after(capped):
    """Grouped steps must not outlive the training: `predict` would skip most batches."""
    model = make_model(compiled=True)
    model.evaluate(X, Y, verbose=0)
    model.predict(X, verbose=0)
    history = fit(model, batch_size=32, validation_data=(X, Y))
    plain = make_model()
    plain.set_weights(model.get_weights())
    assert model.predict(X, verbose=0).shape == (SAMPLES, 3)
    after = model.evaluate(X, Y, batch_size=32, verbose=0)
    np.testing.assert_allclose(after, plain.evaluate(X, Y, batch_size=32, verbose=0), rtol=1e-5)
    assert history.history["val_loss"][-1] == pytest.approx(after[0], rel=1e-5)


def test_a_model_can_be_trained_twice(capped):
    model = make_model(compiled=True)
    first = fit(model).history["loss"]
    second = fit(model).history["loss"]
    assert second[-1] < first[0]


def test_the_model_keeps_its_last_weights_and_the_history_its_best(profile):
    model = make_model(rate=3.0)  # far too fast, so that the last epoch is not the best
    history = fit(model, epochs=6, shuffle=False, validation_data=(X[:64], Y[:64]))
    losses = history.history["val_loss"]
    assert history.best_epoch == int(np.argmin(losses)) != len(losses) - 1
    assert model.evaluate(X[:64], Y[:64], verbose=0)[0] == pytest.approx(losses[-1], rel=1e-4)
    model.set_weights(history.best_weights)
    assert model.evaluate(X[:64], Y[:64], verbose=0)[0] == pytest.approx(min(losses), rel=1e-4)


def test_without_validation_the_best_epoch_is_that_of_the_training_loss(capped):
    history = fit(make_model())
    assert history.best_epoch == int(np.argmin(history.history["loss"]))


def test_a_loss_that_is_not_a_number_leaves_weights_to_set(capped):
    model = make_model()
    history = training.fit(model, np.full_like(X, np.nan), Y, epochs=1)
    assert np.isnan(history.history["loss"]).all()
    model.set_weights(history.best_weights)


def test_callbacks_work(profile):
    model = make_model()
    stop = keras.callbacks.EarlyStopping("loss", min_delta=10, patience=1)
    assert len(fit(model, epochs=9, callbacks=[stop]).history["loss"]) == 2


def test_one_line_says_how_it_went(capped, capsys):
    history = fit(make_model()).history
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("2 of 2 epochs: ")
    assert f"loss {history['loss'][-1]:.4f}" in lines[0]


def test_bad_data_is_refused_by_keras_and_leaves_no_checkpoint(profile, data_folder):
    with pytest.raises(ValueError):
        training.fit(make_model(), X, Y[:9])
    assert not (data_folder / "trained").exists()


# ---- The quick profile --------------------------------------------------------------------------


def test_quick_caps_samples_and_epochs(capped):
    steps = []
    count = keras.callbacks.LambdaCallback(on_train_begin=lambda logs: None)
    count.on_epoch_end = lambda epoch, logs=None: steps.append(count.params["steps"])
    assert len(fit(make_model(), batch_size=32, epochs=9, callbacks=[count]).epoch) == 2
    assert steps == [2, 2]  # 64 samples in batches of 32


def test_quick_does_not_train_longer_than_asked(capped):
    assert len(fit(make_model(), epochs=1).epoch) == 1


def test_quick_keeps_no_checkpoint(capped, data_folder):
    fit(make_model())
    assert not (data_folder / "trained").exists()


# ---- tf.data ------------------------------------------------------------------------------------


def test_a_dataset_gives_the_losses_of_the_arrays(profile):
    from_arrays = fit(make_model(), batch_size=32, shuffle=False).history["loss"]
    compiled = make_model(compiled=True)
    from_dataset = training.fit(compiled, as_dataset(), epochs=3).history["loss"]
    np.testing.assert_allclose(from_dataset, from_arrays, rtol=1e-5)


def test_a_dataset_is_capped_in_the_quick_profile(capped):
    model = make_model()
    training.fit(model, as_dataset(), epochs=2)
    assert int(model.optimizer.iterations) == 4  # two epochs of 64 samples in batches of 32


@pytest.mark.parametrize("as_batches", (False, True))
def test_of_large_images_the_quick_profile_takes_fewer(capped, as_batches):
    x, y = np.zeros((96, 40, 40, 1)), np.zeros(96)
    model = keras.Sequential([keras.Input((40, 40, 1)), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
    training.fit(model, *([batches] if as_batches else [x, y]), epochs=2)
    assert int(model.optimizer.iterations) == 2  # 32 images in each of two epochs, not 64


def test_a_dataset_is_known_again_in_the_demo_profile(profile, monkeypatch, capsys):
    trained = make_model()
    training.fit(trained, as_dataset(), epochs=2, validation_data=as_dataset(64))
    profile("demo")
    forbid_training(monkeypatch)
    model = make_model()
    training.fit(model, as_dataset(), epochs=2, validation_data=as_dataset(64))
    assert_same_weights(model.get_weights(), trained.get_weights())
    assert "8 batches" in capsys.readouterr().out


def test_a_model_loaded_in_the_demo_profile_can_be_saved_and_loaded(profile, tmp_path, recwarn):
    fit(make_model())
    profile("demo")
    model = make_model()
    fit(model)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert not [w for w in recwarn if "optimizer" in str(w.message)]
    assert_same_weights(again.get_weights(), model.get_weights())


def test_another_dataset_is_trained_in_the_demo_profile(profile, capsys):
    training.fit(make_model(), as_dataset(), epochs=1)
    profile("demo")
    training.fit(make_model(), as_dataset(128), epochs=1)
    assert "other data" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore:Your input ran out of data")  # as in Keras' own fit
def test_a_dataset_of_unknown_length_trains(profile, capsys):
    stream = tf.data.Dataset.from_generator(
        lambda: iter(as_dataset()), output_signature=as_dataset().element_spec
    )
    assert len(training.fit(make_model(), stream, epochs=2).epoch) == 2
    profile("demo")
    training.fit(make_model(), stream, epochs=2)
    assert "a stream of batches" in capsys.readouterr().out


# ---- Inputs that are not plain arrays, and bad ones ---------------------------------------------


def two_inputs():
    inputs = [keras.Input((3,), name=name) for name in "ab"]
    outputs = [layers.Dense(1, name=name)(layers.concatenate(inputs)) for name in "cd"]
    model = keras.Model(inputs, outputs)
    model.compile("sgd", ["mse", "mse"], run_eagerly=True)
    return model


@pytest.mark.parametrize("structure", [list, lambda parts: dict(zip("abcd", parts, strict=False))])
def test_all_inputs_and_labels_are_capped_in_the_quick_profile(capped, structure):
    a = np.ones((SAMPLES, 3), "float32")
    labels = [a[:, :1], a[:, 1:2]]
    history = training.fit(two_inputs(), structure([a, a]), labels, batch_size=32)
    assert history.params["steps"] == 64 // 32


@pytest.mark.parametrize("batch_size, steps", [(8, 8), (32, 2), (200, 1)])
def test_a_dataset_is_capped_by_samples_not_by_batches_of_32(capped, batch_size, steps):
    history = training.fit(make_model(), as_dataset(batch_size=batch_size))
    assert history.params["steps"] == steps


def test_validation_data_come_before_a_validation_split(capped):
    given = fit(make_model(), validation_data=(X[:9], Y[:9])).history
    assert fit(make_model(), validation_data=(X[:9], Y[:9]), validation_split=0.5).history == given


@pytest.mark.parametrize(
    "options, words",
    {
        "epochs": ({"epochs": 0}, "epochs is 0: give a whole number from 1 on"),
        "half an epoch": ({"epochs": 1.5}, "epochs is 1.5"),
        "batch_size": ({"batch_size": 0}, "batch_size is 0: give a whole number from 1 on"),
        "text": ({"batch_size": "32"}, "batch_size is '32'"),
        "share": ({"validation_split": 1.5}, "validation_split is 1.5, which leaves -128 of 256"),
        "negative": ({"validation_split": -0.5}, "validation_split is -0.5"),
        "all": ({"validation_split": 0.999}, "leaves 0 of 256 samples to train on"),
    }.values(),
)
def test_numbers_that_cannot_be_used_are_told_in_one_sentence(profile, data_folder, options, words):
    with pytest.raises(ValueError, match=words):
        fit(make_model(), **options)
    assert not (data_folder / "trained").exists()


def test_a_model_that_is_not_compiled_is_told_so(profile):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)], name="raw")
    with pytest.raises(ValueError, match="The model raw is not compiled: call its compile"):
        training.fit(model, X, Y)


@pytest.mark.parametrize("callbacks", [None, keras.callbacks.TerminateOnNaN()])
def test_callbacks_may_be_none_or_one(capped, callbacks):
    assert len(fit(make_model(), callbacks=callbacks).epoch) == 2


# ---- An interrupt -------------------------------------------------------------------------------


class Interrupt(keras.callbacks.Callback):
    """The kernel's stop button, pressed when an epoch begins."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_an_interrupt_keeps_the_history_so_far(profile, data_folder, capsys):
    model = make_model()
    history = fit(model, epochs=9, callbacks=[Interrupt(2)])
    assert len(history.history["loss"]) == len(history.epoch) == 2
    assert history.best_epoch == 1
    assert "2 of 9 epochs (stopped; the history so far is kept)" in capsys.readouterr().out
    assert not (data_folder / "trained").exists()


def test_after_an_interrupt_the_model_is_usable(profile):
    model = make_model(compiled=True)
    fit(model, callbacks=[Interrupt(1)])
    assert model.predict(X, verbose=0).shape == (SAMPLES, 3)
    assert len(fit(model, epochs=2).epoch) == 2


def test_an_interrupt_in_the_first_epoch(profile):
    model = make_model()
    history = fit(model, callbacks=[Interrupt(0)])
    assert history.epoch == []
    model.set_weights(history.best_weights)


def test_an_interrupt_before_the_first_step(profile, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    model = make_model()
    fit(model, epochs=2)
    monkeypatch.setattr(training, "in_blocks", stop)
    history = fit(model)
    assert (history.epoch, history.history) == ([], {})
    model.set_weights(history.best_weights)


# ---- Checkpoints --------------------------------------------------------------------------------


def test_the_demo_profile_loads_what_the_full_one_trained(profile, monkeypatch, capsys):
    trained = make_model(rate=3.0)
    options = dict(epochs=6, validation_data=(X[:64], Y[:64]), callbacks=[])
    wanted = fit(trained, **options)
    profile("demo")
    forbid_training(monkeypatch)
    capsys.readouterr()
    model = make_model(rate=3.0)
    history = fit(model, **options)
    assert_same_weights(model.get_weights(), trained.get_weights())
    assert_same_weights(history.best_weights, wanted.best_weights)
    assert history.history == wanted.history
    assert (history.epoch, history.best_epoch) == (wanted.epoch, wanted.best_epoch)
    assert model.history is history
    notice = capsys.readouterr().out
    assert "Loaded instead of trained: small_dense" in notice
    assert "6 epochs on 256 samples" in notice


def without_input(name="late"):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([layers.Flatten(), layers.Dense(3, "softmax")], name=name)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize("data", [(X, Y), (as_dataset(),)])
def test_a_model_without_an_input_layer_is_loaded_too(profile, monkeypatch, data):
    trained = without_input()
    training.fit(trained, *data)
    profile("demo")
    forbid_training(monkeypatch)
    model = without_input()
    training.fit(model, *data)
    assert_same_weights(model.get_weights(), trained.get_weights())


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


def test_a_training_that_goes_on_is_another_than_the_first(profile, capsys):
    fit(make_model())
    profile("demo")
    model = make_model()
    fit(model)
    model.optimizer.iterations.assign(12)
    fit(model)
    assert "has other steps before (None there, 12 here)" in capsys.readouterr().out


def test_a_loaded_model_predicts_and_evaluates(profile):
    trained = make_model()
    fit(trained)
    profile("demo")
    model = make_model()
    fit(model)
    wanted = trained.predict(X, verbose=0)
    np.testing.assert_allclose(model.predict(X, verbose=0), wanted, atol=2e-3)
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(
        trained.evaluate(X, Y, verbose=0), abs=5e-3
    )


def test_the_checkpoints_of_the_course_come_before_ones_own(
    profile, data_folder, monkeypatch, tmp_path, capsys
):
    """Own training may have been brief; but one's own is taken where the course's does not fit."""
    monkeypatch.setattr(settings, "shipped_checkpoints_dir", lambda: tmp_path / "course")
    fit(make_model(), epochs=2)
    (tmp_path / "course").mkdir()
    (data_folder / "trained/small_dense").rename(tmp_path / "course/small_dense")
    fit(make_model(), epochs=1)
    profile("demo")
    forbid_training(monkeypatch)
    assert [len(fit(make_model(), epochs=count).epoch) for count in (2, 1)] == [2, 1]


def test_the_names_keras_gives_to_layers_do_not_count(profile, monkeypatch):
    fit(make_model())
    layers.Dense(1), layers.Dense(1)  # the next layers are dense_7 instead of dense_5, …
    profile("demo")
    forbid_training(monkeypatch)
    assert fit(make_model()).best_epoch >= 0


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"units": 9}, "other model"),
        ({"rate": 0.06}, "other model"),
        ({"convolution": True}, "other model"),
        ({"epochs": 2}, "other epochs (3 there, 2 here)"),
        ({"batch_size": 32}, "other batch_size (64 there, 32 here)"),
        ({"validation_split": 0.5}, "other validation_split (0.0 there, 0.5 here)"),
        ({"validation_data": (X[:9], Y[:9])}, "other data"),
        ({"callbacks": [keras.callbacks.EarlyStopping("loss")]}, "other callbacks"),
    ],
)
def test_the_demo_profile_trains_and_says_what_differs(profile, capsys, change, reason):
    checkpoints.write("small_dense", [np.zeros(1)], None, record_of(make_model()))
    profile("demo")
    of_model = {key: change[key] for key in change if key in ("units", "rate", "convolution")}
    of_fit = {key: change[key] for key in change if key not in of_model}
    model = make_model(**of_model)
    before = model.get_weights()
    assert fit(model, **of_fit).epoch
    assert any((one != other).any() for one, other in zip(before, model.get_weights(), strict=True))
    notice = capsys.readouterr().out
    assert "checkpoint of small_dense has" in notice
    assert reason in notice and "it trains now" in notice


def record_of(model):
    """Return the record that `fit` of this module writes for a model."""
    return checkpoints.Record(
        model=checkpoints.fingerprint_model(model),
        data=checkpoints.fingerprint_data(X, Y),
        sample=checkpoints.sample_data(X, Y),
        settings={"epochs": 3, "batch_size": 64, "validation_split": 0.0},
    )


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
    def make(units):
        model = keras.Sequential([layers.Flatten(), Shift(lambda x: x + 1), layers.Dense(units)])
        model.name = "own"
        model.compile("sgd", loss=lambda y, z: keras.ops.mean((z - 1) ** 2), run_eagerly=True)
        return model

    assert fit(make(1), epochs=1).epoch == [0]
    assert (data_folder / "trained/own").exists()


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


def test_without_a_checkpoint_the_demo_profile_trains_and_says_so(profile, capsys):
    profile("demo")
    assert len(fit(make_model()).epoch) == 3
    assert "There is no checkpoint of small_dense yet; it trains now" in capsys.readouterr().out


def test_the_demo_profile_trains_briefly_and_says_so(capped, monkeypatch, capsys):
    small = settings.Profile("demo", samples=64, epochs=2, reuse=True)
    monkeypatch.setitem(settings.PROFILES, "demo", small)
    monkeypatch.setenv("COURSE_PROFILE", "demo")
    assert len(fit(make_model(), epochs=9).epoch) == 2
    assert "briefly: at most 2 epochs on 64 samples." in capsys.readouterr().out


def test_what_the_demo_profile_trained_it_loads_the_next_time(profile, monkeypatch):
    profile("demo")
    fit(make_model())
    forbid_training(monkeypatch)
    assert len(fit(make_model()).epoch) == 3


def test_without_a_name_of_its_own_a_model_trains_and_says_so(profile, data_folder, capsys):
    profile("demo")
    fit(make_model(name=None))
    assert "no name of its own" in capsys.readouterr().out
    assert not (data_folder / "trained").exists()


@pytest.mark.parametrize(
    "name, own",
    [
        ("sequential", False),
        ("sequential_12", False),
        ("functional_3", False),
        ("model_1", False),
        ("model_of_cells", True),
        ("sequential_convnet", True),
    ],
)
def test_names_that_keras_gives_are_told_from_an_authors(name, own):
    assert training._has_own_name(make_model(name=name)) == own


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
    assert (tmp_path / "cache/trained/small_dense/weights.npz").exists()
    profile("demo")
    forbid_training(monkeypatch)
    assert len(fit(make_model()).epoch) == 3


# ---- Damaged checkpoints, and those that cannot be saved -----------------------------------------


@pytest.mark.parametrize(
    "file, content",
    [
        ("record.json", b'{"model": "12'),
        ("record.json", b"[]"),
        ("record.json", b'{"unknown": 1}'),
        ("record.json", b"\xff\xfe"),
        ("weights.npz", b"PK\x03\x04 cut short"),
        ("weights.npz", b""),
        ("weights.npz", None),
    ],
)
def test_a_damaged_checkpoint_gives_one_sentence(profile, data_folder, file, content):
    fit(make_model(), epochs=1)
    folder = data_folder / "trained" / "small_dense"
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    profile("demo")
    with pytest.raises(OSError) as error:
        fit(make_model(), epochs=1)
    text = str(error.value)
    assert text == f"The checkpoint {folder} is damaged: move that folder away and run again."


def fail_to_save(monkeypatch):
    def half(path, **arrays):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints.np, "savez_compressed", half)


def checkpoint_folders(data_folder):
    return [path.name for path in (data_folder / "trained").iterdir() if path.is_dir()]


def test_many_may_write_the_same_checkpoint_at_once(data_folder):
    def write(value):
        record = checkpoints.Record("m", "d", {}, history={"loss": [1.0]})
        checkpoints.write("small", [np.full(2, float(value))], None, record)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(40)))
    assert checkpoint_folders(data_folder) == ["small"]
    (weights,), _ = checkpoints.read_weights(data_folder / "trained/small")
    assert weights[0] == weights[1] in range(40)


def test_nothing_is_half_written_when_saving_fails(data_folder, monkeypatch):
    record = checkpoints.Record("m", "d", {}, history={"loss": [1.0]})
    checkpoints.write("small", [np.ones(2)], None, record)
    fail_to_save(monkeypatch)
    with pytest.raises(OSError, match="No space left"):
        checkpoints.write("small", [np.zeros(2)], None, record)
    assert checkpoint_folders(data_folder) == ["small"]
    assert_same_weights(checkpoints.read_weights(data_folder / "trained/small")[0], [np.ones(2)])


def test_the_old_checkpoint_comes_back_if_the_new_one_cannot_take_its_place(
    data_folder, monkeypatch
):
    record = checkpoints.Record("m", "d", {}, history={"loss": [1.0]})
    target = checkpoints.write("small", [np.ones(2)], None, record)
    replace = checkpoints.os.replace

    def refuse(source, place):
        if place == target and not str(source).endswith(".older"):
            raise OSError(5, "Input/output error")
        replace(source, place)

    monkeypatch.setattr(checkpoints.os, "replace", refuse)
    with pytest.raises(OSError, match="Input/output"):
        checkpoints.write("small", [np.zeros(2)], None, record)
    assert checkpoint_folders(data_folder) == ["small"]
    assert_same_weights(checkpoints.read_weights(target)[0], [np.ones(2)])


def test_a_checkpoint_that_cannot_be_saved_does_not_cost_the_training(
    profile, data_folder, monkeypatch, capsys
):
    fail_to_save(monkeypatch)
    assert len(fit(make_model()).epoch) == 3
    assert "No checkpoint of small_dense was kept" in capsys.readouterr().out
    assert checkpoint_folders(data_folder) == []


def test_a_new_checkpoint_takes_the_place_of_the_old(data_folder):
    for value in (1.0, 2.0):
        record = checkpoints.Record("m", "d", {}, amount=f"{value}")
        checkpoints.write("small", [np.full(2, value)], [np.zeros(2)], record)
    assert checkpoint_folders(data_folder) == ["small"]
    (place,) = checkpoints.find("small")
    assert checkpoints.read(place).amount == "2.0"
    last, best = checkpoints.read_weights(place)
    assert_same_weights([*last, *best], [np.full(2, 2.0), np.zeros(2)])


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
    place = checkpoints.write("small", [value], None, checkpoints.Record("m", "d", {}))
    (found,) = checkpoints.read_weights(place)[0]
    assert found.dtype == value.dtype
    np.testing.assert_array_equal(found, value)


def test_the_record_names_the_data_sets_of_the_session(profile, data_folder, capsys):
    datasets.load_arrays("mnist")
    fit(make_model())
    (place,) = checkpoints.find("small_dense")
    title = datasets.title("mnist")
    assert title in checkpoints.read(place).data_sets
    profile("demo")
    fit(make_model())
    assert f"on 256 samples of {title}" in capsys.readouterr().out


def test_a_record_is_plain_json_that_says_how_it_was_made(profile, data_folder):
    history = fit(make_model())
    path = data_folder / "trained" / "small_dense" / "record.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["settings"] == {"epochs": 3, "batch_size": 64, "validation_split": 0.0}
    assert record["amount"] == "256 samples"
    assert record["history"] == history.history
    assert len(record["trained"]) == len("2026-01-01")
