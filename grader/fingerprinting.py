"""Taking the fingerprints of known mistakes: the visible tests are run on each of them."""

import math
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from grader.course import Chapter, Course
from grader.diagnose import Mistake, read
from grader.fingerprints import FORMAT, Fingerprint, Fingerprints, of_calls
from grader.here import Here
from grader.inprocess import load, shown
from grader.learner import Budget, Learner
from grader.run import Run
from grader.session import Session


def take(course: Course, chapter: Chapter, seed: int = 0) -> bytes:
    """Run the visible tests of a chapter on each of its mistakes, and write down the answers."""
    exercises = [exercise.name for exercise in chapter.exercises]
    session = Session(course, exercises, seed)
    try:
        found = []
        for mistake in read(course.mistakes(chapter), exercises):
            run = Run(course, Mistaken(course, chapter, mistake), races=False)
            session.run(run, frozenset([mistake.exercise]), visible_only=True)
            tests = {
                test: of_calls(calls, mistake.top)
                for test, calls in run.calls_of(mistake.exercise).items()
            }
            found.append(Fingerprint(mistake.exercise, mistake.explanation, tests))
    finally:
        session.close()
    return zlib.compress(msgspec.msgpack.encode(Fingerprints(FORMAT, tuple(found))), 9)


class Mistaken:
    """A bench whose module has one mistake in it; all else is the reference."""

    supplies = False

    def __init__(self, course: Course, chapter: Chapter, mistake: Mistake) -> None:
        self._course, self._chapter, self._mistake = course, chapter, mistake

    def tells_all(self, exercise: str) -> bool:
        """All: it is the author's own code."""
        return True

    def untouched(self, exercise: str) -> bool:
        """Nothing is a stub."""
        return False

    def rivals(self, exercise: str) -> dict[str, Learner]:
        """Nobody is raced."""
        return {}

    def learner(self, exercise: str, test_file: Path, wrong: frozenset[str], seed: int) -> Learner:
        """The reference, but for the mistake."""
        path = self._course.solution(self._chapter)
        names = partial(self._names, path)
        return Learner(Here(names), self._chapter.module, {}, Budget(math.inf), exercise, seed)

    def _names(self, path: Path) -> dict[str, Any]:
        return vars(load(path, shown(path))) | self._mistake.names
