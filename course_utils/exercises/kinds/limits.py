"""Limits for what students write: a check comes back within seconds, whatever its answer does."""

import builtins
import ctypes
import faulthandler
import io
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

FORKS = sys.platform == "linux"  # elsewhere a copy of a process with threads cannot be relied on
ROOM = 2**30  # bytes that an answer may take beyond what the kernel has
LOOKS, SECONDS_BETWEEN_LOOKS = 4, 0.05
AFTER_WAITING = 1.5  # seconds in a thread for an answer that only waited in the child


class TookTooLong(BaseException):
    """Raised where an answer runs too long; `except Exception` does not stop it.

    left_behind: whether it still runs, in a thread that nothing can end.
    """

    left_behind = False


class BroughtDown(Exception):
    """An answer that ended the process which ran it."""


class Clock:
    """Counts down; whoever sees that work goes on, such as a training, starts it again.

    Where others keep the processor busy, it waits for what gets little of it: until that has had
    most of its seconds, or four times as many are over.

    >>> clock = Clock(3.0)
    >>> 2.9 < clock.left() <= 3.0
    True
    """

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.restart()

    def restart(self) -> None:
        self._start, self._worked = time.monotonic(), time.process_time()

    def left(self) -> float:
        """Return how many seconds are left, at least; 0 when time is up."""
        over = time.monotonic() - self._start
        worked = time.process_time() - self._worked
        if over < self.seconds:
            return self.seconds - over
        is_kept_waiting = over / 10 < worked < 0.75 * self.seconds and over < 4 * self.seconds
        return 0.1 if is_kept_waiting else 0.0


# ---- Values that cannot do anything

_NUMBERS = (bool, int, float, complex, Fraction, Decimal, type(None))


def is_plain(value: object, depth: int = 4) -> bool:
    """Tell whether a value is small and of a built-in kind, so that reading it is quick and safe.

    >>> is_plain(("b", 2)), is_plain(lambda: 1), is_plain("a" * 10**9)
    (True, False, False)
    """
    kind = type(value)
    if kind is int:
        return value.bit_length() < 100_000
    if kind in (str, bytes):
        return len(value) < 10_000
    if kind in (tuple, list, set, frozenset, range):
        return len(value) <= 20 and depth > 0 and all(is_plain(one, depth - 1) for one in value)
    if kind is np.ndarray:
        return value.dtype.kind in "biufcU" and value.size < 10_000
    return kind in _NUMBERS or kind.__module__ == "numpy" and issubclass(kind, np.number | np.bool_)


# ---- A child of its own


def run_apart(function: Callable[[], Any], clock: Clock) -> Any:
    """Return `function()`; raise TookTooLong once the clock stands at 0.

    On Linux it runs in a child, a copy of this process that can be ended whatever it does: a loop
    inside NumPy, the memory of ten machines, threads of its own, `os._exit`. Nothing but what it
    returns comes back, by pickle; BroughtDown is raised if nothing does. TensorFlow's
    operations do not work in a child: what asks for one is run again by `run_limited`. So is
    what only waits there, as a library does that misses its threads; that takes AFTER_WAITING
    seconds at most. Elsewhere, and where no child can be had, all is run by `run_limited`.
    """
    if not FORKS:
        return run_limited(function, clock)
    state, value = _run_in_child(function, clock)
    if state == "value":
        return value
    if state == "down":
        raise BroughtDown
    if state == "late":
        raise TookTooLong
    return run_limited(function, Clock(AFTER_WAITING) if state == "waits" else clock)


def _run_in_child(function: Callable[[], Any], clock: Clock) -> tuple[str, Any]:
    """Return ("value", what it returned), or why there is none, with None.

    That is "tensorflow": it asked for an operation; "late": time is up; "waits": time is up, and
    it was not at work; "down": the child ended before; "alone": there was no child.
    """
    receiver, sender = multiprocessing.Pipe(duplex=False)
    fork = multiprocessing.get_context("fork")
    child = fork.Process(target=_work, args=(function, sender), daemon=True)
    try:
        child.start()
    except OSError:  # no room for a copy
        receiver.close()
        return "alone", None
    finally:
        sender.close()
    try:
        if receiver.poll(clock.left()):
            return receiver.recv()
        return "waits" if _sleeps(child) else "late", None
    except EOFError:
        return "down", None
    finally:  # also after the kernel's stop button
        _end(child)
        receiver.close()


def _work(function: Callable[[], Any], sender: Any) -> None:
    """Send what a function returns; this is the child."""
    os.setsid()  # the stop button is for the kernel
    _close_streams()
    _limit_memory()
    if "tensorflow" in sys.modules:
        from course_utils.keras_inside.operations import turn_away

        def elsewhere() -> NoReturn:
            sender.send(("tensorflow", None))
            os._exit(0)

        turn_away(elsewhere)
    sender.send(("value", function()))
    os._exit(0)  # what the kernel does at its end is not the child's


def _close_streams() -> None:
    """Send all that is written to nowhere, a crash's last words, too; nothing can be read."""
    faulthandler.disable()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    sys.stdout = sys.stderr = Silence()


def _limit_memory() -> None:
    import resource

    with open("/proc/self/statm") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = taken + ROOM if hard == resource.RLIM_INFINITY else min(taken + ROOM, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _end(child: Any) -> None:
    """End a child, and what it has started."""
    try:
        os.killpg(child.pid, 9)
    except (ProcessLookupError, PermissionError):  # it has no group yet, or is gone
        child.kill()
    child.join()


def _sleeps(child: Any) -> bool:
    """Tell whether no thread of a child is at work, or waits for a turn of the processor.

    Looked at more than once: one that works may wait for a page of its memory just now.
    """
    looks = []
    for _ in range(LOOKS):
        try:
            tasks = [task.read_text() for task in Path(f"/proc/{child.pid}/task").glob("*/stat")]
        except OSError:  # one has ended meanwhile, so it was at work
            return False
        fields = [task.rpartition(")")[2].split() for task in tasks]
        if {task[0] for task in fields} != {"S"}:
            return False
        looks.append([task[11:13] for task in fields])  # the time that each has worked
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return all(look == looks[0] for look in looks)


# ---- A thread


def run_limited(function: Callable[[], Any], clock: Clock) -> Any:
    """Return `function()`; raise TookTooLong once the clock stands at 0.

    The function runs in a thread of its own, into which Python raises an exception when time is
    up: that works on every platform, and in a notebook's kernel, where signals do not. A call
    into a library that does not return cannot be stopped so; it is left behind in its thread, and
    the caller goes on, if the library lets others run meanwhile, as TensorFlow does.
    """
    outcome = {}

    def work():
        try:
            outcome["value"] = function()
        except BaseException as problem:  # handed over to the caller below
            outcome["problem"] = problem

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        while worker.is_alive() and (left := clock.left()):
            worker.join(left)
    finally:  # also after the kernel's stop button
        _stop(worker)
    if worker.is_alive() or isinstance(outcome.get("problem"), TookTooLong):
        stopped = TookTooLong()
        stopped.left_behind = worker.is_alive()
        raise stopped
    if "problem" in outcome:
        raise outcome["problem"]
    return outcome["value"]


def _stop(worker: threading.Thread, patience: float = 0.5) -> None:
    """Raise TookTooLong in a running thread until it ends, or patience does."""
    end = time.monotonic() + patience
    while worker.is_alive() and time.monotonic() < end:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(worker.ident), ctypes.py_object(TookTooLong)
        )
        worker.join(0.05)


# ---- Streams


class Silence(io.TextIOBase):
    """A stream that keeps nothing."""

    def write(self, text: str) -> int:
        return len(text)


@contextmanager
def quietly() -> Iterator[None]:
    """Keep what is printed off the page, and let nobody wait for the keyboard.

    >>> with quietly():
    ...     print("a loop that prints would flood the page")
    """
    asked, stdin = builtins.input, sys.stdin
    builtins.input, sys.stdin = _refuse, io.StringIO()
    try:
        with redirect_stdout(Silence()):
            yield
    finally:
        builtins.input, sys.stdin = asked, stdin


def _refuse(*prompt: object) -> NoReturn:
    raise EOFError("nobody types during a check; take the value from the arguments")
