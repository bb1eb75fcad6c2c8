"""What one run of tests finds: a verdict a test, and what all of them together tell."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec
import pytest

from grader import calls, diagnose, fingerprints, verdict
from grader.confined import Unavailable
from grader.course import Chapter, Course
from grader.datasets import NoData
from grader.devices import GpuRequired, NoGpu
from grader.diagnoses import Diagnoses
from grader.errors import KataError, Unwritten
from grader.gates import LATER
from grader.inprocess import NoPython
from grader.learner import Learner
from grader.speed import Speed
from grader.verdict import Status, Verdict, Visibility

HEAVIEST = 2**20
"""Bytes of the largest answer that is kept for a diagnosis."""

NOT_SO = "this does not hold"
"""What is said of a hidden test's own condition, before the property in words."""


@dataclass(frozen=True, slots=True)
class Test:
    """A test that has run. `property` is what it holds an exercise to, in words; may be empty.

    `duration` is in seconds; `file` is its path as a person would type it; `gpu` says that it needs
    a GPU.
    """

    exercise: str
    name: str
    file: str
    visibility: Visibility
    property: str
    duration: float
    gpu: bool = False


class Bench(Protocol):
    """Where the module under test comes from."""

    supplies: bool
    """Whether prerequisites that are not right are replaced; if not, they block."""

    def tells_all(self, exercise: str) -> bool:
        """Whether all may be shown that code says in a visible test of an exercise."""
        ...

    def untouched(self, exercise: str) -> bool:
        """Whether an exercise is still as its stub has it."""
        ...

    def gpus(self, exercise: str) -> tuple[str, ...]:
        """The names of the GPUs that there are where the module under test runs."""
        ...

    def rivals(self, exercise: str) -> dict[str, Learner]:
        """The modules that an exercise's speed is held against: the loop, and the reference.

        The reference is missing where a learner's bundle has none.
        """
        ...

    def learner(self, exercise: str, test_file: Path, wrong: frozenset[str], seed: int) -> Learner:
        """Return the proxy of the module for a test of `exercise` in `test_file`.

        `wrong` are the exercises that this run has found not to be right; everything random in
        the module begins with `seed`.
        """
        ...


class Run:
    """What one run of tests has found so far, and what it needs to say more."""

    def __init__(
        self,
        given: Course,
        bench: Bench,
        known_wrong: frozenset[str] = frozenset(),
        diagnoses: Diagnoses | None = None,
        *,
        races: bool = True,
    ) -> None:
        self.course, self.bench, self.races = given, bench, races
        self.wrong = self._known_wrong = known_wrong
        """The exercises that are known not to be right, from before or from tests."""
        self._diagnoses = diagnoses
        self.verdicts: list[Verdict] = []
        self._found: dict[str, list[Verdict]] = {}
        self._mistakes: dict[str, tuple[diagnose.Mistake, ...]] = {}
        self._calls: dict[tuple[str, bool], dict[str, list[calls.Call]]] = {}

    def status(self, exercise: str) -> Status | None:
        """The status of an exercise after the tests that have run, None when none has."""
        return verdict.overall(self._found.get(exercise, []))

    def explained(self) -> list[Verdict]:
        """Every verdict; those of failed tests with what all tests of the exercise tell."""
        failed = dict.fromkeys(v.exercise for v in self.verdicts if v.status == "failed")
        told = {exercise: self.diagnosis(exercise) for exercise in failed}
        return [
            msgspec.structs.replace(v, diagnosis=told[v.exercise]) if v.status == "failed" else v
            for v in self.verdicts
        ]

    def calls_of(self, exercise: str) -> dict[str, list[calls.Call]]:
        """The calls that the tests of an exercise have made, by test."""
        return self._calls.get((exercise, True), {}) | self._calls.get((exercise, False), {})

    def _keep(self, test: Test, record: list[calls.Call], *, failed: bool) -> None:
        """Remember the calls of a test for the diagnosis."""
        light = [call for call in record if calls.weight(call.value) <= HEAVIEST]
        self._calls.setdefault((test.exercise, failed), {})[test.name] = light

    def diagnosis(self, exercise: str) -> str:
        """What the known mistakes say about all failed tests of an exercise so far."""
        chapter = self.course.chapter_of(exercise)
        failed = self._calls.get((exercise, True), {})
        passed = self._calls.get((exercise, False), {})

        def find() -> str:
            mistakes = self._mistakes_of(chapter)
            if not mistakes:
                prints = fingerprints.of(self.course.fingerprints(chapter))
                return fingerprints.explain(prints, exercise, failed, passed)
            every, right = _joined(failed), _joined(passed)
            return diagnose.explain(mistakes, exercise, every, right) or diagnose.explain_apart(
                mistakes, exercise, failed, right
            )

        known = self._diagnoses
        return known.of(exercise, failed, passed, find) if known else find()

    def _mistakes_of(self, chapter: Chapter) -> tuple[diagnose.Mistake, ...]:
        """The known mistakes of a chapter; a learner's bundle has none."""
        if chapter.name not in self._mistakes:
            path = self.course.mistakes(chapter)
            names = [e.name for e in chapter.exercises]
            self._mistakes[chapter.name] = diagnose.read(path, names) if path.is_file() else ()
        return self._mistakes[chapter.name]

    def judge(
        self,
        test: Test,
        record: list[calls.Call],
        error: BaseException | None,
        measured: Speed | None = None,
    ) -> Verdict:
        """Say what a test found, from the calls it made and the error that ended it, if any.

        `measured` is what a speed gate found.
        """
        found = msgspec.structs.replace(self._verdict(test, record, error), speed=measured)
        self.verdicts.append(found)
        if found.message == LATER:
            return found  # what waits for its race has done nothing wrong
        self._found.setdefault(found.exercise, []).append(found)
        this = frozenset([found.exercise])
        if self.status(found.exercise) != "passed":
            self.wrong |= this
        else:  # a test that wants a GPU may have been left out before the others
            self.wrong -= this - self._known_wrong
        return found

    def _verdict(
        self, test: Test, record: list[calls.Call], error: BaseException | None
    ) -> Verdict:
        if error is None:
            self._keep(test, record, failed=False)
            return _of(test, "passed")
        if isinstance(error, Unavailable | GpuRequired):
            return _of(test, "error", str(error))
        if isinstance(error, pytest.skip.Exception | NoGpu):
            return _of(test, "not_run", str(error))
        if isinstance(error, NoData):
            return _of(test, "not_run", f"not run: no data: {error}")
        if isinstance(error, Unwritten):
            return _of(test, "todo", str(error))
        if isinstance(error, NoPython):
            return _of(test, "failed", str(error))
        raised = verdict.raised_by(error, record)
        unwritten = verdict.unwritten(raised, record)
        stub = unwritten and self._named(unwritten)
        if stub and (stub == test.exercise or stub not in self.course.exercises):
            return _of(test, "todo", verdict.to_do(test.exercise))
        if blocker := stub or self._blocker(test.exercise):
            return _of(test, "blocked", f"blocked by {blocker}", blocker=blocker)
        said = verdict.words(error, record, raised)
        if self.bench.supplies and not record and not isinstance(error, KataError):
            return _of(test, "error", said.message)  # it failed before it asked the learner
        discreet = ": ".join(filter(None, [said.discreet or NOT_SO, test.property]))
        message = said.message if self.bench.tells_all(test.exercise) else discreet
        if self.bench.untouched(test.exercise):
            return _of(test, "todo", message, discreet)
        self._keep(test, record, failed=True)
        diagnosis = "" if self.bench.supplies else self.diagnosis(test.exercise)
        return _of(test, "failed", message, discreet, diagnosis)

    def _named(self, function: str) -> str:
        """The exercise that a function is, or is a method of; else the function itself."""
        top = function.partition(".")[0]
        exercises = self.course.exercises
        return top if function not in exercises and top in exercises else function

    def _blocker(self, exercise: str) -> str:
        """The first prerequisite that is not right and that nothing stands in for, if any."""
        wrong = () if self.bench.supplies else self.course.all_needs(exercise) & self.wrong
        return min(wrong, key=self.course.order.__getitem__, default="")


def _joined(tests: dict[str, list[calls.Call]]) -> list[calls.Call]:
    return [call for record in tests.values() for call in record]


def _of(
    test: Test,
    status: Status,
    message: str = "",
    discreet: str = "",
    diagnosis: str = "",
    blocker: str = "",
) -> Verdict:
    return Verdict(
        exercise=test.exercise,
        test=test.name,
        visibility=test.visibility,
        status=status,
        message=message,
        discreet=discreet or message,
        diagnosis=diagnosis,
        blocker=blocker,
        file=test.file,
        duration=test.duration,
        gpu=test.gpu,
    )
