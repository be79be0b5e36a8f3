"""What the course needs of the private parts of Keras and TensorFlow: one test for each fact.

If a new release moves such a part, a test here fails and names it.
"""

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path

from course_utils.keras_inside import arrays, graph
from course_utils.keras_inside.backend import explain_tapes, need_tensorflow
from course_utils.keras_inside.cut import cut, float_type, resize_input
from course_utils.keras_inside.fitting import arguments_of_fit, describe_layers, skip_epochs
from course_utils.keras_inside.get_file import files_from
from course_utils.keras_inside.start import without_stderr

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from keras.src import applications

PROJECT = Path(__file__).parent.parent
PACKAGE = PROJECT / "course_utils"

# ---- start --------------------------------------------------------------------------------------


def run(code):
    """Run code in a Python of its own; standard error and output come back as one text."""
    streams = dict(stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return subprocess.run([sys.executable, "-c", code], **streams, check=False)


def test_tensorflow_starts_and_trains_without_a_word():
    code = """
import course_utils.keras_inside.start
import keras, numpy as np
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse", jit_compile=True)
model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
"""
    done = run(code)
    assert (done.returncode, done.stdout) == (0, "")


def test_to_read_the_graph_of_a_model_starts_nothing():
    code = "import sys, course_utils.keras_inside.graph; print('tensorflow' in sys.modules)"
    assert run(code).stdout == "False\n"


@pytest.mark.parametrize("before", ["enable", "disable"])
def test_starting_tensorflow_leaves_the_search_for_garbage_as_it_was(before):
    code = f"""
import gc
gc.{before}()
import course_utils.keras_inside.start
print(gc.isenabled(), gc.get_freeze_count() > 100_000)
"""
    assert run(code).stdout == f"{before == 'enable'} True\n"


def test_a_kernel_carries_no_jax_but_can():
    code = """
import sys
import course_utils.keras_inside.start
print("jax" in sys.modules)
import jax
print(jax.numpy.add(1, 2))
"""
    assert run(code).stdout == "False\n3\n"


def test_what_needs_tensorflow_says_so_on_another_backend(monkeypatch):
    need_tensorflow("A pattern")
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(
        RuntimeError, match="^A pattern needs Keras on TensorFlow, .* on jax here: "
    ):
        need_tensorflow("A pattern")


def test_a_tape_that_recorded_nothing_says_why_and_another_works(monkeypatch):
    monkeypatch.setattr(tf.GradientTape, "gradient", tf.GradientTape.gradient)  # put back later
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    explain_tapes()
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        square, seen = x * x, tf.constant(np.square(x.numpy()))
    assert tape.gradient(square, [x])[0] == 6
    for target, source in ((seen, x), (square, np.ones(1)), (np.ones(1), [x])):
        with pytest.raises(RuntimeError, match="^A gradient tape over a network needs Keras on"):
            tape.gradient(target, source)


def test_a_kernel_carries_no_scikit_learn_but_keras_wrappers_can():
    code = """
import sys
import course_utils.keras_inside.start
import keras, numpy
print("sklearn" in sys.modules)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
fitted = keras.wrappers.SKLearnRegressor(model).fit(numpy.ones((8, 2)), numpy.ones(8))
print(fitted.predict(numpy.ones((8, 2))).shape)
from keras.wrappers import SKLearnClassifier
print(issubclass(SKLearnClassifier, sys.modules["sklearn"].base.BaseEstimator))
try:
    keras.wrappers.Nothing
except AttributeError as problem:
    print(problem)
"""
    no_such = "module 'keras.wrappers' has no attribute 'Nothing'"
    shown = run(code).stdout.splitlines()
    assert [shown[0], *shown[-3:]] == ["False", "(8,)", "True", no_such]


def test_standard_error_works_again_after_the_start(capfd):
    with without_stderr():
        os.write(2, b"lost")
    os.write(2, b"kept")
    assert capfd.readouterr().err == "kept"


def test_standard_error_works_again_after_a_failed_start(capfd):
    with pytest.raises(ImportError), without_stderr():
        raise ImportError("no such library")
    os.write(2, b"kept")
    assert capfd.readouterr().err == "kept"


START = "course_utils.keras_inside.start"
LOUD = {"keras", "tensorflow", "tensorflow_datasets"}


@pytest.mark.parametrize(
    "path",
    sorted(PACKAGE.rglob("*.py")),
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_a_module_that_imports_keras_starts_it_quietly_before(path):
    started = False
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Import):
            names = [name.name for name in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            names = [statement.module]
        else:
            continue
        started |= START in names
        assert started or LOUD.isdisjoint(name.split(".")[0] for name in names)


# ---- arrays -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["float32", "float64", "uint8", "int64"])
def test_an_array_becomes_a_tensor_of_the_same_values_and_stays_itself(kind):
    array = np.arange(2**22).reshape(1024, 16, 256)[::2].astype(kind)
    tensor = arrays.to_tensor(array)
    assert tensor.dtype.name == kind
    np.testing.assert_array_equal(tensor, array)
    array[0] = 7
    assert tensor[0, 0, 0] == 0


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(10),
        np.zeros(2**20, dtype=bool),
        np.full(2**18, "cat"),
        np.zeros(2**20, dtype=">f4"),
    ],
    ids=["small", "bool", "text", "foreign"],
)
def test_other_arrays_are_left_to_tensorflow(array):
    assert arrays.to_tensor(array) is array


@pytest.mark.skipif(sys.platform != "linux", reason="counts memory as Linux tells it")
def test_keras_holds_one_copy_of_an_array_while_it_trains():
    code = """
import course_utils.keras_inside.start
import keras, numpy as np

def own():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon")) * 1024

class Look(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        print((own() - before) / images.nbytes)

images = np.ones((2000, 100, 100, 3), dtype="float32")
inputs = keras.Input((100, 100, 3))
model = keras.Sequential([inputs, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(3)])
model.compile("sgd", "mse")
model.fit(images[:100], images[:100, 0, 0], verbose=0)
before = own()
for _ in range(2):
    model.fit(images, images[:, 0, 0], verbose=0, callbacks=[Look()])
print((own() - before) / images.nbytes)
"""
    *during, after = map(float, run(code).stdout.split())
    assert all(0.9 < share < 1.5 for share in during)
    assert after < 0.4


# ---- graph --------------------------------------------------------------------------------------


class Doubling(keras.Model):
    """A model that is a class of its own: Keras knows its layers, and not how it calls them."""

    def __init__(self, **options):
        super().__init__(**options)
        self.dense = layers.Dense(4, name="hidden")

    def call(self, inputs):
        return 2 * self.dense(inputs)


def sequential():
    return keras.Sequential(
        [keras.Input((6, 6, 1), name="image"), layers.Conv2D(2, 3, name="conv"), layers.Flatten()],
        name="sequential",
    )


def functional():
    """A skip connection, joined by an operation that is no layer."""
    inputs = keras.Input((6, 6, 2), name="image")
    x = layers.Conv2D(2, 3, padding="same", activation="relu", name="conv")(inputs)
    return keras.Model(inputs, layers.Softmax(name="end")(x + inputs), name="functional")


def nested():
    """Two models in a row inside a model, one of each kind."""
    inputs = keras.Input((6, 6, 2), name="outer_image")
    maps = functional()(inputs)
    head = keras.Sequential(
        [keras.Input((6, 6, 2), name="maps"), layers.Flatten(name="flat"), layers.Dense(3)],
        name="head",
    )
    return keras.Model(inputs, layers.Softmax(name="last")(head(maps)), name="nested")


def shared():
    """One layer called twice, both results being outputs; the first one comes first."""
    inputs, dense = keras.Input((4,), name="four"), layers.Dense(4, name="dense")
    once = dense(inputs)
    return keras.Model(inputs, [once, dense(once)], name="shared")


def wired(model):
    return [(call.layer.name, call.sources) for call in graph.calls(model)]


def test_each_symbolic_tensor_keeps_the_layer_and_the_number_of_the_call_that_made_it():
    """Leans on `KerasTensor._keras_history`: (operation, node_index, tensor_index)."""
    dense = layers.Dense(4)
    once = dense(keras.Input((4,)))
    twice = dense(once)
    histories = [tuple(tensor._keras_history) for tensor in (once, twice)]
    assert histories == [(dense, 0, 0), (dense, 1, 0)]


def test_each_layer_keeps_a_node_for_each_call():
    """Leans on `Operation._inbound_nodes`, and on a node's operation, input_tensors, outputs."""
    dense, inputs = layers.Dense(4), keras.Input((4,))
    once = dense(inputs)
    twice = dense(once)
    nodes = dense._inbound_nodes
    assert [node.operation for node in nodes] == [dense, dense]
    assert [[id(t) for t in node.input_tensors] for node in nodes] == [[id(inputs)], [id(once)]]
    assert [[id(t) for t in node.outputs] for node in nodes] == [[id(once)], [id(twice)]]
    (start,) = graph.made_by(inputs)._inbound_nodes
    assert (list(start.input_tensors), start.outputs[0] is inputs) == ([], True)


def test_a_sequential_model_is_a_chain_of_calls():
    calls = graph.calls(sequential())
    assert [call.sources for call in calls] == [(), (0,), (1,)]
    assert [call.layer.name for call in calls[:2]] == ["image", "conv"]
    assert calls[1].inputs == ((None, 6, 6, 1),)
    assert calls[1].outputs == calls[2].inputs == ((None, 4, 4, 2),)


def test_a_functional_model_tells_branches_and_operations():
    image, conv, plus, end = wired(functional())
    assert (image, conv, end) == (("image", ()), ("conv", (0,)), ("end", (2,)))
    assert plus[1] == (1, 0)


def test_a_model_in_a_model_is_one_call_and_its_layers_are_walked():
    model = nested()
    assert wired(model) == [
        ("outer_image", ()),
        ("functional", (0,)),
        ("head", (1,)),
        ("last", (2,)),
    ]
    found = [(layer.name, holder.name) for layer, holder in graph.walk(model)]
    assert found[0] == ("outer_image", "nested")
    assert found[1:3] == [("image", "functional"), ("conv", "functional")]
    assert found[4:8] == [
        ("end", "functional"),
        ("functional", "nested"),
        ("maps", "head"),
        ("flat", "head"),
    ]
    assert found[-2:] == [("head", "nested"), ("last", "nested")]


def test_a_shared_layer_has_two_calls_and_is_walked_once():
    model = shared()
    assert wired(model) == [("four", ()), ("dense", (0,)), ("dense", (1,))]
    assert [layer.name for layer, _ in graph.walk(model)] == ["four", "dense"]


def test_calls_of_a_layer_in_another_model_do_not_count():
    dense = layers.Dense(4, name="dense")
    first = keras.Sequential([keras.Input((4,), name="first"), dense])
    second = keras.Sequential([keras.Input((4,), name="second"), dense])
    assert wired(first) == [("first", ()), ("dense", (0,))]
    assert wired(second) == [("second", ()), ("dense", (0,))]


def test_a_class_of_its_own_is_one_call_and_has_layers_whose_wiring_is_not_known():
    inputs = keras.Input((4,), name="four")
    own = Doubling(name="own")
    model = keras.Model(inputs, own(inputs))
    assert wired(model) == [("four", ()), ("own", (0,))]
    assert not graph.is_model(own)
    with pytest.raises(ValueError, match=r"layers of 'own' are not known.*keras\.Input"):
        graph.calls(own)
    walked = [(layer.name, holder.name) for layer, holder in graph.walk(model)]
    assert walked == [("four", model.name), ("hidden", "own"), ("own", model.name)]
    assert [layer.name for layer, _ in graph.walk(own)] == ["hidden"]


def test_a_sequential_model_is_known_once_it_was_called():
    model = keras.Sequential([layers.Dense(2, name="dense")])
    assert not graph.is_model(model)
    with pytest.raises(ValueError, match="are not known"):
        graph.calls(model)
    model(np.zeros((1, 3)))
    assert graph.is_model(model)
    assert [layer.name for layer, _ in graph.walk(model)][1:] == ["dense"]


def test_the_maker_of_each_output_is_known():
    model = shared()
    assert [graph.made_by(output).name for output in model.outputs] == ["dense", "dense"]
    assert graph.made_by(model.inputs[0]).name == "four"


# ---- cut ----------------------------------------------------------------------------------------


def values(model):
    shape = model.inputs[0].shape[1:]
    return np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")


@pytest.mark.parametrize("build", [sequential, functional, nested])
def test_cut_at_its_end_computes_what_the_model_computes(build):
    model = build()
    whole = cut(model, [model.layers[-1]])
    np.testing.assert_allclose(whole(values(model)), model(values(model)), atol=1e-6)
    assert all(a is b for a, b in zip(whole.weights, model.weights, strict=True))


def test_cut_in_the_middle_leaves_out_what_comes_behind():
    model = nested()
    conv = next(layer for layer, _ in graph.walk(model) if layer.name == "conv")
    part = cut(model, [conv])
    assert [weight.path for weight in part.weights] == [weight.path for weight in conv.weights]
    np.testing.assert_allclose(part(values(model)), conv(values(model)), atol=1e-6)


def test_cut_gives_several_outputs_and_what_stands_before_the_softmax():
    model = nested()
    *_, head, last = model.layers
    scores, probabilities, logits = cut(model, [head, last], logits=True)(values(model))
    np.testing.assert_allclose(scores, logits)
    np.testing.assert_allclose(probabilities, keras.ops.softmax(logits), atol=1e-6)
    np.testing.assert_allclose(probabilities, model(values(model)), atol=1e-6)


def test_cut_tells_the_two_results_of_a_shared_layer_apart():
    inputs = keras.Input((4,))
    inner = shared()
    difference = layers.Subtract()
    model = keras.Model(inputs, difference(inner(inputs)))
    expected = model(values(model))
    np.testing.assert_allclose(cut(model, [difference])(values(model)), expected, atol=1e-6)
    assert np.abs(expected).max() > 0.01


def test_cut_calls_a_class_of_its_own_as_one_layer():
    inputs = keras.Input((4,))
    own = Doubling()
    model = keras.Model(inputs, layers.Softmax()(own(inputs)))
    np.testing.assert_allclose(cut(model, [own])(values(model)), own(values(model)), atol=1e-6)


def test_cut_changes_nothing_of_the_model():
    model = nested()
    before = wired(model), model.count_params(), model(values(model))
    cut(model, model.layers[1:], logits=True)
    assert (wired(model), model.count_params()) == before[:2]
    np.testing.assert_array_equal(model(values(model)), before[2])


def test_a_cut_model_takes_images_of_another_size():
    model = functional()
    conv = model.get_layer("conv")
    larger, made = resize_input(cut(model, [conv]), (9, 8))
    assert (larger.output_shape, made) == ((None, 9, 8, 2), 9 * 8 * 2)
    anyhow, made = resize_input(cut(model, [conv]), (None, None))
    assert (anyhow.output_shape, made) == ((None, None, None, 2), None)


def test_the_type_of_images_is_the_type_of_the_model():
    inputs = keras.Input((2,), dtype="float64")
    assert float_type(sequential()) == "float32"
    assert float_type(keras.Model(inputs, layers.Dense(1, dtype="float64")(inputs))) == "float64"


# ---- get_file -----------------------------------------------------------------------------------


class Asked(Exception):
    """What a network asked for."""


def ask(name, url, digest):
    raise Asked(name, url, digest)


def test_keras_applications_asks_for_its_weights_by_name_address_and_digest():
    """Leans on `keras.src.utils.file_utils.get_file`, called by way of its module."""
    with pytest.raises(Asked) as asked, files_from(ask):
        keras.applications.MobileNet(alpha=0.25)
    name, url, digest = asked.value.args
    assert name == "mobilenet_2_5_224_tf.h5"
    assert url.startswith("https://") and url.endswith(name)
    assert digest is None or len(digest) in (32, 64)


def test_keras_applications_asks_for_the_names_of_its_classes(monkeypatch):
    """Leans on the same, and on `CLASS_INDEX`, in which Keras keeps them once it has them."""
    monkeypatch.setattr(applications.imagenet_utils, "CLASS_INDEX", None)
    with pytest.raises(Asked) as asked, files_from(ask):
        keras.applications.imagenet_utils.decode_predictions(np.zeros((1, 1000)))
    name, _, digest = asked.value.args
    assert (name, len(digest)) == ("imagenet_class_index.json", 32)


def test_every_network_of_keras_applications_asks_by_way_of_the_module():
    uses = 0
    for path in Path(applications.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert "get_file" not in [name.name for name in node.names], path.name
            if isinstance(node, ast.Attribute) and node.attr == "get_file":
                assert ast.unparse(node) == "file_utils.get_file", path.name
                uses += 1
    assert uses > 20


def test_keras_gets_its_files_as_before_afterwards():
    from keras.src.utils import file_utils

    before = file_utils.get_file
    with pytest.raises(Asked), files_from(ask):
        raise Asked
    assert file_utils.get_file is before
    assert {"file_hash", "md5_hash"} <= set(inspect.signature(before).parameters)


# ---- fitting ------------------------------------------------------------------------------------


class Ask(keras.callbacks.Callback):
    """Asks for the arguments of its fit, and counts the epochs and the steps."""

    def __init__(self, skip=None):
        super().__init__()
        self.skip, self.epochs, self.steps = skip, 0, 0

    def on_train_begin(self, logs=None):
        self.arguments = arguments_of_fit(self.model)
        skip_epochs(self.model, self.skip)

    def on_epoch_end(self, epoch, logs=None):
        self.epochs += 1

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1


def compiled(kind=keras.Sequential):
    model = kind([keras.Input((4,)), layers.Dense(1)]) if kind is keras.Sequential else kind()
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("kind", [keras.Sequential, Doubling])
def test_a_callback_learns_the_arguments_of_its_fit(kind):
    """Leans on the local names in Keras' `fit`, `epoch_iterator` among them."""
    x, y, ask = np.ones((10, 4)), np.ones((10, 1)), Ask()
    options = dict(epochs=2, batch_size=4, validation_split=0.2, verbose=0, callbacks=[ask])
    compiled(kind).fit(x, y, **options)
    found = ask.arguments
    assert (len(found["x"]), len(found["y"]), len(found["validation_data"][0])) == (8, 8, 2)
    assert (found["batch_size"], found["epochs"], found["validation_split"]) == (4, 2, 0.2)
    assert isinstance(found["callbacks"], keras.callbacks.CallbackList)


def test_without_a_fit_there_are_no_arguments():
    with pytest.raises(RuntimeError, match="No training of model runs"):
        arguments_of_fit(keras.Sequential(name="model"))


def test_a_fit_may_skip_its_epochs_and_the_next_one_need_not():
    """Leans on `Trainer._initial_epoch`."""
    x, y, model = np.ones((8, 4)), np.ones((8, 1)), compiled()
    before = model.get_weights()
    ask = Ask(skip=3)
    model.fit(x, y, epochs=3, verbose=0, callbacks=[ask])
    assert (ask.epochs, ask.steps) == (0, 0)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    skip_epochs(model, None)
    ask = Ask()
    model.fit(x, y, epochs=3, verbose=0, callbacks=[ask])
    assert (ask.epochs, ask.steps) == (3, 3)


def test_layers_in_layers_are_listed():
    """Leans on `Layer._flatten_layers`."""
    own = Doubling()
    own(np.zeros((1, 4)))
    assert describe_layers(own) == ["Doubling", "Dense"]
    assert describe_layers(keras.Sequential([own]))[-2:] == ["Doubling", "Dense"]


# ---- No private part elsewhere ------------------------------------------------------------------

# Names that begin with an underscore and are public: of named tuples, IPython, and of a TFDS
# builder, whose documentation has them written.
PUBLIC = {"_replace", "_asdict", "_ipython_display_", "_split_generators", "_as_dataset"}
INSIDE = ("keras.src", "tensorflow.python", "tensorflow.core")


def sources():
    """Yield (name, Python text) of what is neither a test nor in the room."""
    for folder in ("course_utils", "benchmarks", "tools"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            name = path.relative_to(PROJECT).as_posix()
            if not name.startswith("course_utils/keras_inside"):
                yield name, path.read_text(encoding="utf-8")
    for path in sorted((PROJECT / "notebooks").glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        kept = [line for line in code.splitlines() if not line.lstrip().startswith(("%", "!"))]
        yield path.name, "\n".join(kept)


def is_private(name):
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC


def own_names(trees):
    """Return the private names that the project itself defines."""
    names = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
                names.add(node.attr)
    return names


def private_parts(tree, own):
    """Yield what a text uses of the private parts of others: a name not defined here is theirs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            if is_private(node.attr) and node.attr not in own:
                if ast.unparse(node) != "os._exit":  # documented, for all its name
                    yield ast.unparse(node)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith(INSIDE))
        elif isinstance(node, ast.ImportFrom):
            if (node.module or "").startswith(INSIDE):
                yield node.module
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value.startswith((*INSIDE, "_keras", "_inbound", "_outbound")):
                yield node.value


def test_private_parts_are_used_in_this_room_alone():
    trees = {name: ast.parse(text) for name, text in sources()}
    own = own_names(trees.values())
    found = {name: list(private_parts(tree, own)) for name, tree in trees.items()}
    assert {name: parts for name, parts in found.items() if parts} == {}


@pytest.mark.parametrize(
    "line",
    [
        "x._keras_history.operation",
        "model.layers[0]._inbound_nodes",
        "model._initial_epoch = 3",
        "from keras.src import backend",
        "import tensorflow.python.framework",
        "patch('keras.src.utils.file_utils.get_file')",
        "getattr(x, '_keras_history')",
    ],
)
def test_a_private_part_is_seen(line):
    tree = ast.parse(line)
    assert list(private_parts(tree, own_names([tree])))


# ---- operations ---------------------------------------------------------------------------------


def test_every_way_to_an_operation_is_turned_away_and_values_can_be_read():
    code = """
import course_utils.keras_inside.start
import keras, numpy as np, tensorflow as tf
from course_utils.keras_inside.operations import turn_away

tensor, variable = tf.constant([1.0, 2.0]), tf.Variable(1.0)
model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3)])
image, ready = np.zeros((1, 8, 8, 1), "float32"), tf.function(lambda x: x + 1)
ready(tensor)

class Away(Exception):
    pass

def instead():
    raise Away

turn_away(instead)
print(np.asarray(tensor), tensor.numpy(), tensor.shape)
ways = [
    lambda: tensor + 1,
    lambda: tensor[0],
    lambda: tensor == tensor,
    lambda: variable.numpy(),
    lambda: keras.ops.softmax(tensor),
    lambda: keras.ops.conv(image, np.zeros((3, 3, 1, 1), "float32")),
    lambda: keras.random.normal((2,)),
    lambda: model(image),
    lambda: model.predict(image, verbose=0),
    lambda: ready(tensor),
    lambda: next(iter(tf.data.Dataset.range(3))),
]
for way in ways:
    try:
        way()
        print("came through")
    except Away:
        print("away")
"""
    assert run(code).stdout.split("\n") == ["[1. 2.] [1. 2.] (2,)", *["away"] * 11, ""]
