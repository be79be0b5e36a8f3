"""Solutions written in another way are right, and solutions with one place corrupted are wrong."""

import ast
import copy
import inspect
import textwrap
import warnings

from course_utils.exercises import nb06_malaria, nb08_filter_visualisation
from course_utils.exercises.kinds import Choice, Function, Model, Number, Shape

import numpy as np
import pytest
from asking import QUESTIONS
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

FIXTURE = [HealthCheck.function_scoped_fixture]  # the same for all examples


pytestmark = pytest.mark.usefixtures("without_a_child")


def of_kind(kind):
    return [place for place, question in QUESTIONS.items() if type(question) is kind]


# ---- Functions: random inputs, beside those of the checks


def some_images(rng, *more):
    return rng.integers(0, 256, (*rng.integers(1, 6, 3), *more)).astype("uint8")


def some_readings(rng):
    """Return labels and what was read, with one confusion more frequent than all others."""
    labels, read = rng.integers(0, 10, (2, rng.integers(4, 30)))
    wrong, right = rng.choice(10, 2, replace=False)
    labels = np.concatenate([labels, np.full(len(labels), right)])
    read = np.concatenate([read, np.full(len(read), wrong)])
    order = rng.permutation(len(labels))
    return labels[order], read[order]


def some_window(rng):
    size = int(rng.integers(1, 40))
    kernel, stride = int(rng.integers(1, size + 1)), int(rng.integers(1, 5))
    return size, kernel, stride, str(rng.choice(["same", "valid"]))


def some_maps_and_gradient(rng):
    shape = rng.integers(1, 7, 3)
    return np.maximum(rng.normal(size=shape), 0), rng.normal(size=shape)


def some_numbers(rng, count, most):
    return tuple(int(number) for number in rng.integers(1, most, count))


def some_parts(rng):
    """Return gradients of parts of a batch, and how many images each had."""
    count = int(rng.integers(2, 5))
    return rng.normal(size=(count, *rng.integers(1, 5, 2))), rng.integers(1, 99, count).tolist()


def some_dense_weights(rng):
    """Return weights of a dense layer, and the rows, columns and channels that it sees."""
    rows, columns, channels, answers = rng.integers(1, 5, 4).tolist()
    return rng.normal(size=(rows * columns * channels, answers)), rows, columns, channels


def some_box(rng):
    start = rng.integers(0, 12, 2)
    return (*start.tolist(), *(start + rng.integers(1, 12, 2)).tolist())


INPUTS = {
    "01 q4": lambda rng: (some_images(rng),),
    "01 q8": some_readings,
    "02 q2": lambda rng: (rng.normal(size=rng.integers(4, 9, 2)), rng.normal(size=(3, 2))),
    "03 q6": some_window,
    "04 q1": lambda rng: (rng.normal(size=rng.integers(2, 9, 2)),),
    "05 q3": lambda rng: (rng.integers(0, 9, (4, 3, 4, 3)), rng.random(4) < 0.5),
    "06 q2": lambda rng: (*nb06_malaria._some_cells(90, 60), int(rng.integers(8, 30))),
    "06 q3": lambda rng: (rng.integers(1, 99, (2, 2)),),
    "06 q5": lambda rng: tuple(rng.uniform(0.05, 0.95, 3)),
    "07 q3": lambda rng: (rng.uniform(0, 255, (*rng.integers(1, 4, 3), 3)),),
    "08 q3": lambda rng: (
        nb08_filter_visualisation._some_maps((*rng.integers(1, 5, 2), 6), rng.integers(0, 6, 2)),
    ),
    "08 q4": lambda rng: tuple(rng.normal(size=(2, *rng.integers(1, 5, 2)))),
    "08 q6": some_maps_and_gradient,
    "09 q3": lambda rng: some_numbers(rng, 1, 20),
    "09 q6": lambda rng: some_numbers(rng, 4, 9),
    "10 q1": some_parts,
    "11 q2": some_dense_weights,
    "11 q3": lambda rng: (some_box(rng), some_box(rng)),
}


def test_each_function_has_random_inputs():
    assert list(INPUTS) == of_kind(Function)


def outcome(function, arguments):
    """Return what a call gives, as nested lists of numbers, or the kind of its exception."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return np.asarray(function(*copy.deepcopy(arguments)), "float64")
    except Exception as problem:
        return type(problem)


def agree(here, there):
    if isinstance(here, type) or isinstance(there, type):
        return here is there
    return here.shape == there.shape and np.allclose(here, there, 1e-5, 1e-5, equal_nan=True)


def compute_the_same(function, other, place, count=30):
    """Tell whether two functions agree on random inputs of a question."""
    rng = np.random.default_rng(16)
    inputs = [INPUTS[place](rng) for _ in range(5 if place == "06 q2" else count)]
    return all(agree(outcome(function, one), outcome(other, one)) for one in inputs)


def tree_of(function):
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def function_of(tree, like):
    """Return the function that a tree defines, among the names of the module of `like`."""
    names = dict(like.__globals__)
    exec(compile(ast.fix_missing_locations(tree), "<rewritten>", "exec"), names)
    return names[like.__name__]


class Rewriter(ast.NodeTransformer):
    """Writes the same in another way, here and there, as the dice decide."""

    def __init__(self, rng, renamed):
        self.rng, self.renamed = rng, renamed

    def dice(self):
        return self.rng.random() < 0.5

    def visit_Name(self, node):
        node.id = self.renamed.get(node.id, node.id)
        return node

    def visit_arg(self, node):
        node.arg = self.renamed.get(node.arg, node.arg)
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Add | ast.Mult) and self.dice():
            return ast.BinOp(node.right, node.op, node.left)
        if isinstance(node.op, ast.Sub) and self.dice():
            return ast.BinOp(ast.UnaryOp(ast.USub(), node.right), ast.Add(), node.left)
        if isinstance(node.op, ast.Pow) and self.dice():
            return ast.BinOp(node.left, ast.Mult(), copy.deepcopy(node.left))
        return node

    def visit_Compare(self, node):
        self.generic_visit(node)
        if isinstance(node.ops[0], ast.Eq | ast.NotEq) and self.dice():
            return ast.Compare(node.comparators[0], node.ops, [node.left])
        return node

    def visit_Constant(self, node):
        if type(node.value) is int and self.dice():
            return ast.BinOp(ast.Constant(node.value - 1), ast.Add(), ast.Constant(1))
        return node

    def visit_Return(self, node):
        self.generic_visit(node)
        if self.dice():
            keep = ast.Assign([ast.Name("outcome_", ast.Store())], node.value)
            return [keep, ast.Return(ast.Name("outcome_", ast.Load()))]
        return node


def as_floats(outcome):
    return np.asarray(outcome, "float64")


def rewritten(function, seed):
    rng, tree = np.random.default_rng(seed), tree_of(function)
    stored = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    } | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    renamed = {name: f"{name}_{rng.integers(9)}" for name in stored if rng.random() < 0.7}
    same = function_of(Rewriter(rng, renamed).visit(tree), function)
    forms = [lambda x: x, np.asarray, lambda x: np.asarray(x).tolist(), as_floats]
    form = forms[rng.integers(len(forms))]
    return lambda *arguments: form(same(*arguments))


@pytest.mark.parametrize("place", of_kind(Function))
def test_a_solution_written_in_another_way_is_right(place):
    question = QUESTIONS[place]
    for seed in range(4):
        verdict = question.judge(rewritten(question.right_answer(), seed))
        assert verdict.state == "right", (seed, verdict)


# What one place of a function is turned into.
OPERATORS = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Add, ast.Div],
    ast.Div: [ast.Mult, ast.Sub],
    ast.FloorDiv: [ast.Div, ast.Mult],
    ast.Pow: [ast.Mult],
}
COMPARISONS = {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Gt: ast.Lt, ast.Lt: ast.Gt}
NAMES = {
    "max": "min",
    "min": "max",
    "mean": "sum",
    "sum": "mean",
    "argmax": "argmin",
    "maximum": "minimum",
    "zeros": "ones",
    "sqrt": "abs",
    "copy": "view",
}


def corruptions_of(node):
    """Yield functions that each turn one node into something else."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for value in (node.value + 1, node.value - 1, 2 * node.value + 3):
            yield lambda node, value=value: setattr(node, "value", value)
    if isinstance(node, ast.BinOp):
        for other in OPERATORS.get(type(node.op), []):
            yield lambda node, other=other: setattr(node, "op", other())
        if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv):
            yield lambda node: node.__dict__.update(left=node.right, right=node.left)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        yield lambda node: setattr(node, "ops", [COMPARISONS[type(node.ops[0])]()])
    if isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield lambda node: setattr(node, "attr", NAMES[node.attr])
    if isinstance(node, ast.Call) and node.keywords:
        yield lambda node: node.keywords.pop()
    if isinstance(node, ast.Tuple) and len(node.elts) == 2:
        yield lambda node: node.elts.reverse()
    if isinstance(node, ast.Slice) and node.step is not None:
        yield lambda node: setattr(node, "step", None)


def corrupted(function):
    """Yield (what it says now, function) for each place that can be corrupted."""
    for number, node in enumerate(ast.walk(tree_of(function))):
        for corrupt in corruptions_of(node):
            tree = tree_of(function)
            corrupt(list(ast.walk(tree))[number])
            yield ast.unparse(tree), function_of(tree, function)


@pytest.mark.parametrize("place", of_kind(Function))
def test_a_solution_that_is_corrupted_in_one_place_is_wrong(place):
    question, wrong = QUESTIONS[place], 0
    right = question.right_answer()
    for text, function in corrupted(right):
        if not compute_the_same(function, right, place):
            wrong += 1
            assert question.judge(function).state != "right", text
    assert wrong >= 1  # what calls a library has few places


# ---- Numbers, shapes, choices


@pytest.mark.parametrize("place", of_kind(Number))
@settings(max_examples=40, deadline=None, suppress_health_check=FIXTURE)
@given(share=st.floats(-3, 3))
def test_a_number_is_right_within_its_tolerance_alone(place, share):
    question = QUESTIONS[place]
    value = question.right * (1 + share)
    off = abs(value - question.right)
    assume(abs(off - question.within) > 1e-6 * abs(question.right))
    expected = "right" if off < question.within else "wrong"
    assert question.judge(value).state == expected


@pytest.mark.parametrize("place", of_kind(Shape))
@settings(max_examples=40, deadline=None, suppress_health_check=FIXTURE)
@given(data=st.data())
def test_a_shape_with_any_size_changed_is_wrong(place, data):
    right = QUESTIONS[place].right
    sizes = list(right)
    sizes[data.draw(st.integers(0, len(right) - 1))] += data.draw(st.integers(1, 999))
    assert QUESTIONS[place].judge(tuple(sizes)).state == "wrong"
    assert QUESTIONS[place].judge(data.draw(st.permutations(right))).state in ("right", "wrong")
    assert QUESTIONS[place].judge((*right, 1)).state == "wrong"


@pytest.mark.parametrize("place", of_kind(Choice))
def test_of_all_choices_one_is_right(place):
    question = QUESTIONS[place]
    reasons = question.reasons or [None]
    answers = [(letter, reason) for letter in question.options for reason in reasons]
    answers = answers if question.reasons else [letter for letter, _ in answers]
    assert [one for one in answers if question.judge(one).state == "right"] == [question.right]


# ---- Models


@pytest.fixture(scope="module")
def keras():
    import course_utils.keras_inside.start  # noqa: F401

    import keras

    return keras


SPLIT = {"relu": "ReLU", "softmax": "Softmax"}
KEPT = {
    "Conv2D": ("filters", "kernel_size", "strides", "padding", "activation", "use_bias"),
    "Dense": ("units", "activation"),
    "MaxPooling2D": ("pool_size", "padding"),
    "BatchNormalization": ("momentum",),
}


def recipe_of(model):
    """Return the layers of a model as (class, settings), to be changed and built again."""
    kinds = [(type(one).__name__, one.get_config()) for one in model.layers]
    return [(kind, {key: config[key] for key in KEPT.get(kind, ())}) for kind, config in kinds]


def layers_written_anew(keras, recipe, rng):
    """Yield layers that do the same, in one of the ways in which people write them."""
    for name, kept in recipe:
        options = dict(kept)
        activation = options.get("activation")
        apart = SPLIT.get(activation) if rng.random() < 0.4 else None
        if apart:
            options["activation"] = None
        if name == "Conv2D" and options["padding"] == "same" and rng.random() < 0.4:
            options["padding"] = "valid"
            yield keras.layers.ZeroPadding2D(1)
        if name == "Flatten" and rng.random() < 0.5:
            yield keras.layers.Reshape((-1,))
        elif name == "ReLU" and rng.random() < 0.5:
            yield keras.layers.Activation("relu")
        else:
            yield getattr(keras.layers, name)(**options)
        if apart and rng.random() < 0.5:
            yield getattr(keras.layers, apart)()
        elif apart:
            yield keras.layers.Activation(activation)


def put_together(keras, parts, shape, how):
    """Return a model of these layers: sequential, nested, functional, or a class of its own."""
    if how == 0:
        return keras.Sequential([keras.Input(shape), *parts])
    if how == 1:
        half = len(parts) // 2
        inner = keras.Sequential(parts[:half])
        return keras.Sequential([keras.Input(shape), inner, *parts[half:]])
    if how == 2:
        inputs = x = keras.Input(shape, name="picture")
        for part in parts:
            x = part(x)
        return keras.Model(inputs, x)

    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.parts = parts

        def call(self, x):
            for part in self.parts:
                x = part(x)
            return x

    return Mine()


@pytest.mark.parametrize("place", of_kind(Model))
def test_a_model_written_in_another_way_is_right(place, keras):
    question = QUESTIONS[place]
    asked = question.right_answer()
    for seed in range(4):
        rng = np.random.default_rng(seed)
        parts = list(layers_written_anew(keras, recipe_of(asked), rng))
        model = put_together(keras, parts, asked.input_shape[1:], how=seed)
        verdict = question.judge(model)
        assert verdict.state == "right", (seed, verdict)


CHANGES = {
    "filters": lambda value: value + 1,
    "kernel_size": lambda value: (5, 5),
    "strides": lambda value: (3 - value[0],) * 2,
    "padding": lambda value: {"same": "valid", "valid": "same"}[value],
    "activation": lambda value: "tanh" if value != "linear" else "relu",
    "use_bias": lambda value: not value,
    "units": lambda value: value + 1,
    "pool_size": lambda value: (3, 3),
}


def corrupted_recipes(recipe):
    """Yield (what was changed, recipe) for each setting that can be changed, and each layer."""
    for number, (name, kept) in enumerate(recipe):
        for key in kept:
            if key in CHANGES and (name, key) != ("MaxPooling2D", "padding"):
                changed = copy.deepcopy(recipe)
                changed[number][1][key] = CHANGES[key](kept[key])
                yield f"{key} of layer {number}", changed
        yield f"without layer {number}", recipe[:number] + recipe[number + 1 :]
        if name != "ReLU" and name != "Flatten":  # which change nothing the second time
            yield f"layer {number} twice", recipe[: number + 1] + recipe[number:]
        noise = ("Dropout", {"rate": 0.5})
        yield f"noise before layer {number}", [*recipe[:number], noise, *recipe[number:]]


@pytest.mark.parametrize("place", of_kind(Model))
def test_a_model_that_is_corrupted_in_one_place_is_wrong(place, keras):
    question, rng = QUESTIONS[place], np.random.default_rng(16)
    asked, tried = question.right_answer(), 0
    recipes = list(corrupted_recipes(recipe_of(asked)))
    for number in rng.permutation(len(recipes))[:6]:
        what, recipe = recipes[number]
        parts = [getattr(keras.layers, name)(**kept) for name, kept in recipe]
        try:
            model = keras.Sequential([keras.Input(asked.input_shape[1:]), *parts])
        except ValueError:  # no such network can be built
            continue
        tried += 1
        verdict = question.judge(model)
        assert verdict.state == "wrong", (what, verdict)
    assert tried >= 3
