"""Runs visible tests, each time in a new process, and passes on what they find at once.

Where processes can be forked they come from one that has imported NumPy, TensorFlow and pytest:
Python's own forkserver. Elsewhere each is started anew.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from grader import environment
from grader.course import Course
from grader.errors import KataError
from grader.inprocess import shown
from grader.practice import trial
from grader.practice.trial import Asked, News, Running, Told
from grader.verdict import Verdict

START_SECONDS = 180
DRAWING_SECONDS = 60
SILENCE = 5.0
"""Seconds beyond the limit of a call after which a process that says nothing is ended."""

LIGHT = ("numpy", "pytest", "grader.cli", "grader.plugin", "grader.practice.trial")
HEAVY = ("tensorflow",)

Listener = Callable[[Told], None]


class Stuck(KataError):
    """Tests could not be run; the text says why."""


class Runner:
    """Runs visible tests of a course. A call of the learner's code may take `seconds`.

    With `prepared` TensorFlow is imported ahead, in the background, for all runs.
    """

    def __init__(self, course: Course, seconds: float, *, prepared: bool) -> None:
        self._course, self._seconds = course, seconds
        self._process: Any = None
        self._cancelled = False
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        environment.settle()
        os.environ.setdefault("MPLBACKEND", "Agg")
        forks = sys.platform == "linux"
        self._context: Any = multiprocessing.get_context("forkserver" if forks else "spawn")
        if forks:
            heavy = [name for name in HEAVY if prepared and find_spec(name)]
            self._context.set_forkserver_preload([*LIGHT, *heavy])
            forkserver.ensure_running()

    def run(
        self,
        exercises: tuple[str, ...],
        known_wrong: tuple[str, ...],
        listen: Listener,
        *,
        races: bool = False,
    ) -> bool:
        """Run the tests of some exercises, and tell the listener each verdict.

        What is left after a process that had to be ended runs in a new one. Returns whether all
        has run; not if it was cancelled.

        Raises
        ------
        Stuck
            The tests of the course cannot be run.

        """
        left, wrong = exercises, known_wrong
        while left and not self._cancelled:
            asked = Asked(str(self._course.root), left, wrong, self._seconds, races)
            culprit = self._once(asked, listen)
            if not culprit:
                break
            done = self._course.order[culprit]
            left = tuple(name for name in left if self._course.order[name] > done)
            wrong = (*wrong, culprit)
        complete, self._cancelled = not self._cancelled, False
        return complete

    def draw(self, exercise: str) -> bytes:
        """Draw the picture of an exercise in a process of its own, as a PNG.

        Raises
        ------
        KataError
            There is none to draw; the text says why.

        """
        mine, theirs = multiprocessing.Pipe(duplex=False)
        process = self._context.Process(
            target=trial.draw, args=(str(self._course.root), exercise, theirs), daemon=True
        )
        process.start()
        theirs.close()
        try:
            if not mine.poll(DRAWING_SECONDS):
                raise KataError(f"{exercise}: its picture took longer than {DRAWING_SECONDS} s")
            drawn: trial.Drawn = msgspec.msgpack.decode(mine.recv_bytes(), type=trial.Drawn)
        except EOFError:
            raise KataError(f"{exercise}: the process that drew it has ended") from None
        finally:
            process.kill()
            process.join()
            mine.close()
        if drawn.trouble:
            raise KataError(drawn.trouble)
        return drawn.png

    def cancel(self) -> None:
        """End the run that goes on, or is about to, from another thread: its code is an old one."""
        self._cancelled = True
        if self._process is not None:
            self._process.kill()

    def _once(self, asked: Asked, listen: Listener) -> str:
        """Run one process; returns the exercise that ended it before its time, "" for none."""
        mine, theirs = multiprocessing.Pipe(duplex=False)
        process = self._context.Process(target=trial.run, args=(asked, theirs), daemon=True)
        process.start()
        self._process = process
        theirs.close()
        if self._cancelled:
            process.kill()
        current, wait = "", float(START_SECONDS)
        try:
            while isinstance(news := self._news(mine, wait), Told | Running):
                wait = self._seconds + SILENCE
                if isinstance(news, Told):
                    listen(news)
                else:
                    current = news.exercise or current
        finally:
            process.kill()
            process.join()
            mine.close()
        if self._cancelled:
            return ""
        if news is None:
            culprit = current or asked.exercises[0]
            listen(Told(_gone(self._course, culprit)))
            return culprit
        if news.trouble:
            raise Stuck(f"the tests cannot be run: {news.trouble}")
        return current if news.cut_off else ""

    def _news(self, channel: Connection, seconds: float) -> News | None:
        """The next thing that the process tells; None when it is gone, or silent for too long."""
        try:
            if not channel.poll(seconds):
                return None
            news: News = msgspec.msgpack.decode(channel.recv_bytes(), type=News)
        except (EOFError, OSError):
            return None
        return news


def _gone(course: Course, exercise: str) -> Verdict:
    """The verdict on an exercise whose process ended before its tests did, or had to be ended."""
    message = f"{exercise} ended the whole process: does it call exit, or use all memory?"
    chapter = course.chapter_of(exercise)
    return Verdict(
        exercise=exercise,
        test=exercise,
        visibility="visible",
        status="failed",
        message=message,
        discreet=message,
        file=shown(course.visible_tests(chapter)),
    )
