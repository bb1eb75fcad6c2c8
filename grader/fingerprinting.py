"""Taking the fingerprints of known mistakes: the visible tests are run on each of them."""

import hashlib
import math
import os
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from grader import files
from grader.course import Chapter, Course
from grader.diagnose import Mistake, read
from grader.fingerprints import FORMAT, Fingerprint, Fingerprints, of, of_calls
from grader.here import Here
from grader.inprocess import load, shown
from grader.learner import Budget, Learner
from grader.run import Run
from grader.session import Session
from grader.zygote import WITHOUT_GPU

KEPT = Path(".kata", "fingerprints")
"""Where a course keeps those that were taken: it takes minutes."""


def part(course: Course, begun: Callable[[str], None]) -> Iterator[tuple[str, bytes]]:
    """The fingerprints of all chapters, as files of a bundle; says which chapter has begun."""
    for chapter in course.chapters:
        begun(chapter.name)
        name = course.fingerprints(chapter).relative_to(course.root).as_posix()
        yield name, kept(course, chapter)


def kept(course: Course, chapter: Chapter) -> bytes:
    """The fingerprints of a chapter, taken anew if mistakes, reference or tests have changed."""
    sources = (course.mistakes(chapter), course.solution(chapter), course.visible_tests(chapter))
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()
    path = course.root / KEPT / f"{chapter.name}-{FORMAT}-{digest[:16]}.bin"
    if of(path):
        return path.read_bytes()
    data = take(course, chapter)
    files.private_folder(course.root, KEPT)
    files.write(path, data)
    return data


def take(course: Course, chapter: Chapter, seed: int = 0) -> bytes:
    """Run the visible tests of a chapter on each of its mistakes, and write down the answers.

    No GPU takes part, whatever this host has: the answers are those of any other.
    """
    os.environ.update(WITHOUT_GPU)
    exercises = [exercise.name for exercise in chapter.exercises]
    session = Session(course, exercises, seed)
    try:
        found = []
        for mistake in read(course.mistakes(chapter), exercises):
            run = Undiagnosed(course, Mistaken(course, chapter, mistake), races=False)
            session.run(run, frozenset([mistake.exercise]), visible_only=True)
            tests = {
                test: of_calls(calls, mistake.top, mistake.name)
                for test, calls in run.calls_of(mistake.exercise).items()
            }
            failed = tuple(sorted(v.test for v in run.verdicts if v.status == "failed"))
            found.append(Fingerprint(mistake.exercise, mistake.explanation, tests, failed))
    finally:
        session.close()
    return zlib.compress(msgspec.msgpack.encode(Fingerprints(FORMAT, tuple(found))), 9)


class Undiagnosed(Run):
    """A run that only keeps what was answered: a diagnosis costs more than all the tests."""

    def diagnosis(self, exercise: str) -> str:
        """Nothing."""
        return ""


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

    def gpus(self, exercise: str) -> tuple[str, ...]:
        """None: what is answered there is answered without one too."""
        return ()

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
