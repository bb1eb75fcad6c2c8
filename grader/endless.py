"""A call of the learner's own code that does not come to an end is ended, within its process.

A thread looks now and then at what the call is doing, and raises `Endless` in it when that has gone
on for too long. No signal is used: pytest-timeout has a use of its own for them, and Windows none.
"""

import contextlib
import ctypes
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

from grader.learner import Budget

BEAT = 0.25
"""Seconds between two looks."""

DEBUGGERS = {"_pydevd_bundle", "bdb", "debugpy", "ipdb", "pdb", "pudb", "pydevd"}
"""Where one of these is at work, a person is thinking, and that takes its time."""

IMPORTING = "<frozen importlib"
"""How the files are called in which Python imports a module."""


class Endless(BaseException):
    """Raised in a call from outside. No `except Exception` of the learner's stops it."""

    seconds = 0.0

    def __str__(self) -> str:
        """What to say after the name of the function."""
        return f"was stopped after {self.seconds:g} s: is there a loop that does not end?"


class Once(Budget):
    """A budget of which no exercise runs out but by a call that does not end."""

    def lose(self, exercise: str, why: str) -> None:
        """Try no other call of an exercise; `why` is shown without the line and the question."""
        super().lose(exercise, why.partition(":")[0])


@dataclass(slots=True, eq=False)
class Call:
    """A call that goes on in a thread, of code in `file`; for so many looks it has been at work.

    One that was seen in a debugger is `free` to take as long as it likes.
    """

    thread: int
    file: str
    looks: int = 0
    free: bool = False
    ended: bool = False


class Watch:
    """Ends calls that are at work for more than so many `seconds`, each on its own.

    What they wait for an import does not count; nor does anything under a debugger.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._kind = type("Endless", (Endless,), {"seconds": seconds})
        self._lock = threading.Lock()
        self._call: Call | None = None
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def over(self, file: str) -> Iterator[None]:
        """Watch what happens inside the block, which runs code of the learner's `file`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._look_on, name="endless", daemon=True)
            self._thread.start()
        self._call = Call(threading.get_ident(), file)
        try:
            yield
        finally:
            self.leave()

    def leave(self) -> None:
        """Watch no longer; what was raised and has not arrived by now never does."""
        call = self._call
        if call is None:
            return
        with self._lock:
            self._call = None
        if call.ended:
            _raise_in(call.thread, None)

    def _look_on(self) -> None:
        while True:
            time.sleep(BEAT)
            call = self._call
            if call is None or call.free:
                continue
            self._look_at(call)
            if call.looks * BEAT > self._seconds:
                with self._lock:  # it may have come to an end just now
                    if self._call is call:
                        call.ended = True
                        _raise_in(call.thread, self._kind)

    def _look_at(self, call: Call) -> None:
        """Count a look at a call, if it was at work."""
        frames = list(_frames(call.thread))
        call.free = any(_module(frame).partition(".")[0] in DEBUGGERS for frame in frames)
        inner = [frame.f_code.co_filename for frame in frames]
        if call.file in inner:
            inner = inner[: inner.index(call.file)]
        call.looks += not any(file.startswith(IMPORTING) for file in inner)


def _frames(thread: int) -> Iterator[FrameType]:
    """The frames of a thread, the innermost first."""
    frame = sys._current_frames().get(thread)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _raise_in(thread: int, kind: type[BaseException] | None) -> None:
    """Raise an exception in a thread as soon as it runs Python code; None takes it back."""
    given = None if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), given)
