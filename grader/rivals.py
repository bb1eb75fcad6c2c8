"""Whom a function races against: the loop and the reference of its chapter, in a judge's workers.

No learner's code is ever in these, so that they can serve one submission after another. What
TensorFlow does once a process is then not done again before every race.
"""

from dataclasses import dataclass
from pathlib import Path

from grader import sandbox, wire
from grader.course import Course
from grader.course_code import SECONDS, CourseCode, gpus
from grader.learner import Budget, Learner
from grader.sandbox import Limits
from grader.sources import Sources
from grader.speed import LOOP, REFERENCE
from grader.terms import forbidden

MOST = 50
"""So many races a worker serves: it keeps what was made in each, and its time is limited."""


@dataclass(slots=True)
class Serving:
    """A worker, and how many races it has been asked for."""

    worker: CourseCode
    races: int = 0


class Rivals:
    """The workers of loops and references; each is started when it is first asked for."""

    def __init__(self, course: Course, sources: Sources, limits: Limits) -> None:
        self._course, self._sources, self._limits = course, sources, limits
        self._serving: dict[tuple[Path, bool], Serving] = {}
        self._gpus: tuple[str, ...] | None = None

    def of(self, exercise: str) -> dict[str, Learner]:
        """The loop and the reference for one race."""
        chapter = self._course.chapter_of(exercise)
        paths = {LOOP: self._course.baseline(chapter), REFERENCE: self._course.solution(chapter)}
        return {
            who: Learner(self._worker(who, path, exercise), who, {}, Budget(SECONDS), exercise)
            for who, path in paths.items()
        }

    def gpus(self, exercise: str) -> tuple[str, ...]:
        """The names of the GPUs that there are for an exercise, where workers see them.

        Raises
        ------
        Unavailable
            No worker says it.

        """
        if not (self._course.exercises[exercise].gpu and sandbox.gpu_devices()):
            return ()
        if self._gpus is None:
            workers = self._sources.workers(forbidden(self._course, exercise), gpu=True)
            self._gpus = gpus(workers, self._limits)
        return self._gpus

    def close(self) -> None:
        """End them all."""
        for serving in self._serving.values():
            serving.worker.close()
        self._serving.clear()

    def _worker(self, who: str, path: Path, exercise: str) -> CourseCode:
        key = path, self._course.exercises[exercise].gpu > 0
        serving = self._serving.get(key)
        if serving and (serving.races == MOST or serving.worker.lost):
            serving.worker.close()
            serving = None
        if serving is None:
            serving = self._serving[key] = Serving(self._code(who, path, exercise))
        serving.races += 1
        return serving.worker

    def _code(self, who: str, path: Path, exercise: str) -> CourseCode:
        gpu = self._course.exercises[exercise].gpu > 0
        cell = wire.Cell("the course", path.read_text("utf-8"))
        load = wire.Load((wire.Module(who, (cell,)),), two_cpus=gpu)
        workers = self._sources.workers(forbidden(self._course, exercise), gpu=gpu)
        return CourseCode(workers, load, self._limits, SECONDS)
