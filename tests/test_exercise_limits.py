"""No answer stops a check: endless loops anywhere, memory, crashes, objects that resist."""

import bdb
import ctypes
import itertools
import os
import re
import subprocess
import sys
import threading
import time

from course_utils.exercises.kinds import (
    Choice,
    Design,
    Function,
    Model,
    Number,
    Open,
    Shape,
    limits,
)
from course_utils.exercises.kinds.limits import Clock, TookTooLong, run_apart

import numpy as np
import pytest
from asking import Resisting

HINTS = ["Think.", "Think again."]
LINUX = pytest.mark.skipif(not limits.FORKS, reason="only Linux copies a process with threads")


def halve():
    """Return a question that stops its answers soon."""
    question = Function("Halve", solution=lambda x: x / 2, inputs=[(8,), (3,)], hints=HINTS)
    question.seconds = 0.3
    return question


def judged(question, answer):
    """Return the verdict, which must say something, and come within five seconds: of a machine
    with nothing else to do, so that others at work on it count."""
    start = time.monotonic()
    verdict = question.judge(answer)
    others = os.getloadavg()[0] / os.cpu_count() if limits.FORKS else 1
    assert time.monotonic() - start < 5 * max(1, others)
    assert verdict.text and len(verdict.text) < 700
    return verdict


def spin(*arguments):
    while True:
        pass


def spin_whatever_comes(*arguments):
    while True:
        try:
            spin()
        except BaseException:
            continue


def deeper(x):
    return deeper(x) + 1


def deeper_in_c(x):
    return max(map(deeper_in_c, [x]))


def deeper_than_the_stack(x):
    sys.setrecursionlimit(10**9)
    return deeper_in_c(x)


def start_threads_and_wait(x):
    for _ in range(2):
        threading.Thread(target=spin).start()
    return x / 2


def leave_a_child_behind(x):
    if os.fork() == 0:
        os._exit(0)
    return x / 2


LOOPS = {
    "Python": spin,
    "Python, catching all": spin_whatever_comes,
    "NumPy from an iterator": lambda x: np.fromiter(iter(int, 1), int),
    "NumPy by linear algebra": lambda x: [np.linalg.svd(np.eye(900)) for _ in range(99)],
    "a sum": lambda x: sum(range(10**15)),
    "a maximum": lambda x: max(itertools.count()),
    "a power": lambda x: 7**10**9,
    "a pattern": lambda x: re.match(r"(a+)+$", "a" * 60 + "b"),
    "what is printed": lambda x: [print(x) for _ in itertools.count()],
    "what is written": lambda x: [os.write(2, b"loud\n") for _ in itertools.count()],
    "a thread": lambda x: (thread := threading.Thread(target=spin), thread.start(), thread.join()),
    "the end of an object": lambda x: type("Late", (), {"__del__": spin})() and 1,
}


@LINUX
@pytest.mark.parametrize("where", LOOPS)
def test_an_endless_loop_is_stopped_wherever_it_runs(where, capfd):
    verdict = judged(halve(), LOOPS[where])
    assert verdict.text.startswith("stopped after 0.3 seconds, for 8. Is there a loop")
    assert capfd.readouterr() == ("", "")


WAITING = {
    "sleeping": lambda x: time.sleep(1000),
    "a lock": lambda x: [lock.acquire() for lock in [threading.Lock()] * 2],
    "another program": lambda x: subprocess.run(["sleep", "2"]),
}


@LINUX
@pytest.mark.parametrize("what", WAITING)
def test_what_only_waits_is_left_behind(what, monkeypatch):
    monkeypatch.setattr(limits, "AFTER_WAITING", 0.2)
    verdict = judged(halve(), WAITING[what])
    assert verdict.state == "wrong"
    assert verdict.text.endswith("It still runs beside the notebook: restart the kernel to end it.")


@LINUX
def test_what_misses_its_threads_in_a_child_runs_in_the_kernel():
    home = os.getpid()

    def wait_unless_at_home(x):
        if os.getpid() != home:
            time.sleep(1000)
        return x / 2

    assert judged(halve(), wait_unless_at_home).state == "right"


@LINUX
def test_without_room_for_a_child_the_kernel_runs_it(monkeypatch):
    def refuse():
        raise OSError("no memory")

    monkeypatch.setattr(os, "fork", refuse)
    assert judged(halve(), lambda x: x / 2).state == "right"
    assert "stopped after 0.3 seconds" in judged(halve(), spin).text


MEMORY = {
    "an array": lambda x: np.ones(10**11),
    "an array that is not touched": lambda x: np.zeros(10**9),
    "a list": lambda x: [0] * 10**10,
    "text": lambda x: "a" * 10**11,
    "piece by piece": lambda x: [np.zeros(10**7) for _ in itertools.count()],
}


@LINUX
@pytest.mark.parametrize("what", MEMORY)
def test_memory_has_a_bound(what):
    question = halve()
    question.seconds = 2.5
    assert "far more memory than this takes" in judged(question, MEMORY[what]).text


CRASHES = {
    "the process left": lambda x: os._exit(0),
    "abort": lambda x: os.abort(),
    "a wild pointer": lambda x: ctypes.string_at(0),
    "a signal": lambda x: os.kill(os.getpid(), 9),
    "a deep recursion": deeper_than_the_stack,
}


@LINUX
@pytest.mark.parametrize("what", CRASHES)
def test_a_crash_ends_the_child_alone(what, capfd):
    question = halve()
    question.seconds = 2.5
    assert "this ended Python itself" in judged(question, CRASHES[what]).text
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("forks", [pytest.param(True, marks=LINUX), False])
@pytest.mark.parametrize(
    ("function", "words"),
    [
        (deeper, "calls itself without an end"),
        (lambda x: sys.exit(3), "leaves Python"),
        (lambda x: quit(), "leaves Python"),
        (lambda x: (_ for _ in ()).throw(KeyboardInterrupt), "stops itself"),
        (lambda x: (_ for _ in ()).throw(BaseException), "raised BaseException."),
        (lambda x: input("x? "), "EOFError: nobody types during a check; take the value from the"),
        (lambda x: float(sys.stdin.readline()), "raised ValueError: could not convert"),
        (lambda x: (_ for _ in ()).throw(bdb.BdbQuit), "for a debugger"),
        (lambda x: (i for i in itertools.count()), "returns an object of type generator"),
        (lambda x: int, "returns the class int"),
        (lambda x: np, "returns an object of type module"),
        (lambda x: print, "returns the function print"),
        (lambda x: 10**9999, "returns a number of more than 15 digits"),
        (lambda x: np.zeros((2000, 2000)), "the shape is 2000x2000; asked for is a single number"),
        (lambda x: float("nan"), "NaN"),
        (lambda x: Resisting(), "returns an object of type Resisting"),
    ],
)
def test_what_a_function_does_is_said_in_plain_words(function, words, forks, monkeypatch):
    monkeypatch.setattr(limits, "FORKS", forks)
    verdict = judged(halve(), function)
    assert verdict.state == "wrong" and words in verdict.text, verdict


def test_threads_and_children_of_a_right_answer_do_no_harm():
    assert judged(halve(), leave_a_child_behind).state == "right"
    before = threading.active_count()
    if limits.FORKS:  # elsewhere they are the kernel's
        question = halve()
        question.seconds = 2.5
        assert judged(question, start_threads_and_wait).state == "right"
        assert threading.active_count() == before


def test_a_check_leaves_keyboard_and_page_as_they_were(capsys):
    before = input, sys.stdin, sys.stdout, sys.stderr
    for answer in (lambda x: input(), lambda x: print("loud") or x / 2, 4):
        halve().judge(answer)
    assert (input, sys.stdin, sys.stdout, sys.stderr) == before
    assert capsys.readouterr() == ("", "")


@LINUX
def test_the_stop_button_ends_the_child_and_reaches_the_reader():
    import multiprocessing
    import signal

    # Python passes over an exception in what it calls at a fork, so the button is pressed later.
    timer = threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run_apart(spin, Clock(5))
    assert not multiprocessing.active_children()


def test_a_clock_that_is_started_again_lets_work_go_on():
    clock = Clock(0.3)

    def steps():
        for _ in range(5):
            time.sleep(0.1)
            clock.restart()
        return "done"

    assert limits.run_limited(steps, clock) == "done"
    with pytest.raises(TookTooLong):
        limits.run_limited(spin, clock)


# ---- Objects that resist


def odd(method, does):
    return type("Odd", (), {method: does})()


def complain(*arguments):
    raise RuntimeError("no")


def nest(depth):
    inner = []
    for _ in range(depth):
        inner = [inner]
    return inner


class Frame:
    """As a table of pandas: an array with names, of which no one says whether it is true."""

    def __init__(self, values):
        self.values = np.array(values)
        self.shape = self.values.shape

    def __array__(self, dtype=None, copy=None):
        return self.values

    def __len__(self):
        return len(self.values)

    def __bool__(self):
        raise ValueError("the truth value is ambiguous")

    def __eq__(self, other):
        return self.values == other

    __hash__ = None


METHODS = ("eq", "array", "repr", "str", "len", "float", "iter", "call", "index", "bool", "getattr")
ITSELF = [1]
ITSELF.append(ITSELF)
STRANGE = {
    **{f"{name} raises": odd(f"__{name}__", complain) for name in METHODS[:4]},
    **{f"{name} loops": odd(f"__{name}__", spin) for name in METHODS},
    "all raises": Resisting(),
    "a list that loops": type("Long", (list,), {"__iter__": spin, "__len__": spin})([1, 2]),
    "a tuple without end": type("Long", (tuple,), {"__iter__": lambda _: iter(int, 1)})((1, 2)),
    "text that loops": type("Text", (str,), {"split": spin, "__len__": spin})("b"),
    "a number that loops": type("Int", (int,), {"__sub__": spin, "__abs__": spin})(469),
    "a share that loops": type("Float", (float,), {"__sub__": spin, "__format__": spin})(0.5),
    "a huge number": 10**10**6,
    "huge text": "many words " * 10**6,
    "a huge list": [1] * 10**7,
    "a huge array": np.zeros(10**8, "uint8"),
    "a range": range(10**18),
    "a generator": (i for i in itertools.count()),
    "a count": itertools.count(),
    "a deep list": nest(100_000),
    "a list that holds itself": ITSELF,
    "a class": int,
    "a module": np,
    "a lambda": lambda: 1,
    "a coroutine's function": type("Later", (), {"__await__": spin})(),
    "a dict": {1: 2},
    "a table": Frame([[1, 2], [3, 4]]),
    "objects": np.array([spin, None], dtype=object),
    "records": np.zeros(3, dtype=[("a", int)]),
    "a date": np.datetime64("2020-01-01"),
    "masked": np.ma.array([1.0, 2.0], mask=[True, False]),
    "bytes": b"b",
    "half a character": "\ud800 b c d e",
    "not a number": float("nan"),
    "minus nothing": -0.0,
    "complex": 1j,
}
KINDS = {
    "number": Number("Steps", right=470, also=[(470, 2)], hints=HINTS),
    "shape": Shape("Map", right=(28, 29), hints=HINTS),
    "choice": Choice("Which", options={"x": "this", "y": "that"}, right="x", hints=HINTS),
    "reason": Choice("Why", options={"x": "a"}, reasons={7: "so"}, right=("x", 7), hints=HINTS),
    "open": Open("Look", sample="It is so.", criteria=["see", "say"], hints=HINTS),
    "function": halve(),
}


@LINUX
@pytest.mark.parametrize("name", STRANGE)
def test_nothing_that_is_passed_raises_or_hangs(name, monkeypatch, capfd):
    for kind, question in KINDS.items():
        monkeypatch.setattr(question, "seconds", 0.1)
        verdict = judged(question, STRANGE[name])
        assert verdict.state in ("wrong", "written"), (kind, verdict)
        assert "Traceback" not in verdict.text
    question = KINDS["open"]
    assert question.judge("a few words more", STRANGE[name]).state in ("written", "wrong")
    assert capfd.readouterr() == ("", "")


def test_a_table_with_one_number_is_that_number():
    assert KINDS["number"].judge(Frame([[470]])).state == "right"


def test_what_is_plain_is_judged_on_the_spot(monkeypatch):
    monkeypatch.setattr(limits, "run_apart", None)
    for right in (470, 470.0, np.int64(470), np.array([470]), [470], "470"):
        KINDS["number"].judge(right)
    assert KINDS["reason"].judge(("x", 7)).state == "right"


# ---- Models, which run in the kernel, since TensorFlow does not work in a child


@pytest.fixture(scope="module")
def keras():
    import course_utils.keras_inside.start  # noqa: F401

    import keras

    return keras


SMALL = """
model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="relu")])
"""


def small(kind=Model):
    question = kind("Small", solution=SMALL, hints=HINTS)
    question.seconds = 0.5
    return question


@pytest.mark.parametrize("name", STRANGE)
def test_nothing_raises_or_hangs_where_a_model_is_asked_for(name, keras):
    verdict = judged(small(), STRANGE[name])
    assert verdict.state == "wrong", verdict
    assert any(words in verdict.text for words in ("a Keras model is asked for", "layers", "long"))


def of_class(keras, call, **methods):
    """Return a model of a student's own class."""

    def start(self):
        keras.Model.__init__(self)
        self.dense = keras.layers.Dense(3, activation="relu")

    return type("Mine", (keras.Model,), {"__init__": start, "call": call, **methods})()


CALLS = {
    "loops": (spin, "too long"),
    "loops, catching all": (spin_whatever_comes, "too long"),
    "loops and lets nobody run": (lambda self, x: sum(range(10**15)), "too long"),
    "raises": (complain, "cannot be called with an input of shape (4,) (RuntimeError)"),
    "leaves": (lambda self, x: sys.exit(), "could not be read"),
    "gives nothing": (lambda self, x: None, "what does its call return?"),
    "gives two things": (lambda self, x: [self.dense(x)] * 2, "returns a list of 2"),
    "gives names": (lambda self, x: {"y": self.dense(x)}, "returns a dict of 1"),
    "gives text": (lambda self, x: "three", "what does its call return?"),
    "asks": (lambda self, x: input("x? "), "cannot be called"),
    "calls itself": (lambda self, x: self(x), ""),
    "grows": (lambda self, x: self.dense(x)[..., None] * np.ones(9), ""),
}


@pytest.mark.parametrize("does", CALLS)
@pytest.mark.parametrize("kind", [Model, Design])
def test_no_model_raises_or_hangs(does, kind, keras):
    call, words = CALLS[does]
    verdict = judged(small(kind), of_class(keras, call))
    assert verdict.state == "wrong" and words in verdict.text, verdict
    assert "Traceback" not in verdict.text and "tensorflow" not in verdict.text


def test_a_loop_inside_tensorflow_is_left_behind_and_said_so(keras):
    import tensorflow as tf

    goes_on = tf.Variable(True)

    @tf.function
    def loop():
        return tf.while_loop(lambda i: goes_on, lambda i: [i + 1], [tf.constant(0.0)])

    try:
        question = halve()
        question.seconds = 2.5
        verdict = judged(question, lambda x: loop())
        assert "restart the kernel" in verdict.text
    finally:
        goes_on.assign(False)  # so that this process is rid of it


def test_a_function_may_lean_on_tensorflow(keras):
    question = halve()
    question.seconds = 2.5
    verdict = judged(question, lambda x: keras.ops.divide(float(x), 2))
    assert verdict.state == "right", verdict
