"""Whom a function races against: the loop and the reference of its chapter, in a judge's workers.

No learner's code is ever in these, so that they can serve one submission after another. What
TensorFlow does once a process is then not done again before every race.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import wire
from grader.confined import Confined, Unavailable
from grader.course import Course
from grader.errors import Stopped
from grader.learner import Budget, Learner
from grader.sandbox import Limits
from grader.sources import Sources
from grader.speed import LOOP, REFERENCE
from grader.terms import forbidden

MOST = 50
"""So many races a worker serves: it keeps what was made in each, and its time is limited."""


class Own(Confined):
    """The course's own code in a worker: where that does not answer no learner is to blame."""

    def ask(self, kind: Any, *content: Any) -> wire.Answer | wire.Failure | wire.Absent:
        """Send a request and return the reply to it.

        Raises
        ------
        Unavailable
            There is none.

        """
        try:
            return super().ask(kind, *content)
        except Stopped as stopped:
            raise Unavailable(f"what the course races with {stopped}") from None


@dataclass(slots=True)
class Serving:
    """A worker, and how many races it has been asked for."""

    worker: Own
    races: int = 0


class Rivals:
    """The workers of loops and references; each is started when it is first asked for.

    `seconds` is the wall-clock limit of a call.
    """

    def __init__(self, course: Course, sources: Sources, limits: Limits, seconds: float) -> None:
        self._course, self._sources = course, sources
        self._limits, self._seconds = limits, seconds
        self._serving: dict[tuple[Path, bool], Serving] = {}

    def of(self, exercise: str) -> dict[str, Learner]:
        """The loop and the reference for one race."""
        chapter = self._course.chapter_of(exercise)
        paths = {LOOP: self._course.baseline(chapter), REFERENCE: self._course.solution(chapter)}
        return {
            who: Learner(
                self._worker(who, path, exercise), who, {}, Budget(self._seconds), exercise
            )
            for who, path in paths.items()
        }

    def close(self) -> None:
        """End them all."""
        for serving in self._serving.values():
            serving.worker.close()
        self._serving.clear()

    def _worker(self, who: str, path: Path, exercise: str) -> Own:
        gpu = self._course.exercises[exercise].gpu > 0
        if (path, gpu) not in self._serving:
            cell = wire.Cell("the course", path.read_text("utf-8"))
            load = wire.Load((wire.Module(who, (cell,)),), two_cpus=gpu)
            workers = self._sources.workers(forbidden(self._course, exercise), gpu=gpu)
            self._serving[path, gpu] = Serving(Own(workers, load, self._limits, self._seconds))
        serving = self._serving[path, gpu]
        if serving.races == MOST or serving.worker.lost:
            serving.worker.close()
            serving.races = 0
        serving.races += 1
        return serving.worker
