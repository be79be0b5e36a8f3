"""A time limit for the functions that students write: an endless loop ends by itself."""

import ctypes
import threading
import time


class TookTooLong(BaseException):
    """Raised inside a function that runs too long; `except Exception` does not stop it."""


def run_limited(function, seconds: float):
    """Return `function()`; raise TookTooLong once it has run for `seconds`.

    The function runs in a thread of its own, into which Python raises an exception when time is
    up: that works on every platform, and in a notebook's kernel, where signals do not. A call
    that never returns to Python (one huge NumPy operation, a long sleep) cannot be stopped so; it
    is left behind in its thread, and the caller goes on.
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
        worker.join(seconds)
    finally:  # also after the kernel's stop button
        _stop(worker)
    if worker.is_alive() or isinstance(outcome.get("problem"), TookTooLong):
        raise TookTooLong
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
