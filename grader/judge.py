"""One submission to one Result: the course's tests, run by pytest here, on a worker over there."""

import os
import re
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from grader import garbage, processors, source
from grader.bench import Bench, Settings
from grader.collect import Work
from grader.confined import Unavailable
from grader.course import MANIFEST, Course
from grader.diagnoses import Diagnoses
from grader.errors import KataError
from grader.importing import import_tensorflow
from grader.phases import before_races, doubts, not_right, raced, waiting
from grader.result import (
    ExerciseResult,
    Isolation,
    Result,
    SubmissionId,
    outcome,
    totals,
)
from grader.rivals import Rivals
from grader.run import Run
from grader.sandbox import TRUSTED
from grader.session import GraderFailed, Session
from grader.sources import Sources
from grader.submission import Submission, parsed, read
from grader.terms import forbidden
from grader.triage import Hopeless, require_some, triage
from grader.verdict import Status, Verdict, overall
from grader.wire import WireError

TENSORFLOW = re.compile(r"\b(tensorflow|keras|tf)\b")

COURSE_FOLDERS = ("exercises", "solutions", "tests", ".git")
"""What no worker may see of a course, even if it lies where Python's own packages do."""


def select(course: Course, exercises: Sequence[str], chapters: Sequence[str]) -> tuple[str, ...]:
    """Return the exercises that are asked for, in course order; all when nothing is named.

    Raises
    ------
    CourseError
        A name is no exercise, or no chapter, of the course.

    """
    for name in exercises:
        course.chapter_of(name)
    wanted = {e.name for name in chapters for e in course.chapter(name).exercises} | {*exercises}
    return tuple(name for name in course.exercises if not wanted or name in wanted)


class Judge:
    """Marks submissions, one after another, against one course.

    A context manager. It imports TensorFlow once for its references and, at the same time in the
    zygote, once for the workers; each further submission costs only its own tests.
    """

    def __init__(self, course: Course, settings: Settings) -> None:
        self._course, self._settings = course, settings
        self._racing = replace(settings, limits=replace(settings.limits, processor=None))
        hidden = [root / name for root in (course.root, *_on_path()) for name in COURSE_FOLDERS]
        self._sources = Sources(hidden, settings.without)
        self._rivals = Rivals(course, self._sources, self._racing.limits)
        self._session: Session | None = None
        self._diagnoses = Diagnoses()
        self._warm = False
        self._due = {
            name: definition
            for chapter in course.chapters
            for name, definition in _defined(course.solution(chapter)).items()
            if definition.kind != "import"
        }

    def grade(
        self,
        handed_in: Path | Work,
        exercises: Sequence[str] = (),
        *,
        races: bool = True,
        known_wrong: frozenset[str] = frozenset(),
        nothing_too: bool = False,
    ) -> Result:
        """Mark a submission on some exercises of the course; on all when none is named.

        Without `races` nothing is timed: what passes the other tests waits for `race`. What is
        `known_wrong` from before is stood in for. With `nothing_too` work of which nothing can be
        run has a Result like any other, and no points.

        Raises
        ------
        SubmissionError
            It cannot be read, or, without `nothing_too`, nothing that was asked for can be run.
        GraderFailed
            A test or a reference of the course failed by itself.

        """
        submission = self._read(handed_in)
        asked = exercises or tuple(self._course.exercises)
        hopeless = triage(self._course, submission, asked, self._due)
        if not nothing_too:
            require_some(hopeless, asked, submission.name)
        self._warm_up(asked)
        started = time.monotonic()
        with self._bench(submission, self._racing if races else self._settings) as bench:
            testable = frozenset(n for n in asked if n not in hopeless)
            verdicts = self._run(bench, testable, known_wrong, races=races)
            marked = tuple(
                self._exercise(name, verdicts, hopeless.get(name), bench) for name in asked
            )
        score, max_score = totals(marked)
        return Result(
            SubmissionId(submission.name, submission.digest),
            score,
            max_score,
            self._isolation(),
            self._settings.seed,
            round(time.monotonic() - started, 3),
            marked,
            (*submission.notes, *bench.notes, *self._left_out(asked), *doubts(verdicts)),
        )

    def race(self, handed_in: Path | Work, result: Result) -> Result:
        """Run the races that a result without them waits for, and no test that has run before.

        What a raced exercise needs and the result says nothing of is tested first: what is wrong
        of it is stood in for.

        Raises
        ------
        GraderFailed
            A test or a reference of the course failed by itself.

        """
        due = waiting(result)
        if not due:
            return result
        known = frozenset(e.id for e in result.exercises if e.tests)
        needed = frozenset().union(*map(self._course.all_needs, due)) - known
        wrong = not_right(result)
        self._warm_up([*due])
        started = time.monotonic()
        with self._bench(self._read(handed_in), self._racing) as bench:
            verdicts = self._tested(bench, needed.union(due), wrong, visible_only=True, only=due)
        duration = round(result.duration + time.monotonic() - started, 3)
        found = raced(result, verdicts, bench.supplied)
        return msgspec.structs.replace(found, duration=duration)

    def _read(self, handed_in: Path | Work) -> Submission:
        if isinstance(handed_in, Work):
            return parsed(handed_in)
        return read(handed_in, self._course.modules)

    @contextmanager
    def _bench(self, submission: Submission, settings: Settings) -> Iterator[Bench]:
        """What the tests of a submission get their learners from, where they are to run."""
        processors.keep_to(settings.limits.processor)
        parameters = {name: definition.parameters for name, definition in self._due.items()}
        bench = Bench(self._course, self._sources, submission, settings, parameters, self._rivals)
        try:
            yield bench
        finally:
            bench.close()

    @property
    def alive(self) -> bool:
        """Whether it can go on: nothing that its workers come from has ended by itself."""
        return self._sources.alive

    def close(self) -> None:
        """End every worker, and where they come from; then the tests, which may wait for one."""
        self._rivals.close()
        self._sources.close()
        self._end_session()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def require_confinement(self, exercises: Sequence[str] = ()) -> None:
        """Refuse to go on where the code of people one does not know is not shut in.

        What workers for the `exercises` come from is started for the question, and need not be
        when one of them is marked.

        Raises
        ------
        KataError
            This host gives too little for that.

        """
        self._start(exercises)
        if self._isolation().level == TRUSTED:
            raise KataError(
                f"other people's code cannot be shut in here (level: {TRUSTED}; see kata doctor): "
                "mark it elsewhere, or give --trust if you know what it does"
            )

    def _start(self, exercises: Sequence[str]) -> None:
        """Start what workers come from, all at a time, and none while tests run.

        It ends with the thread that starts it, and tests have one of their own.
        """
        for name in {*exercises}.union(*map(self._course.all_needs, exercises)):
            gpu = self._course.exercises[name].gpu > 0
            self._sources.workers(forbidden(self._course, name), gpu=gpu)

    def _warm_up(self, exercises: Sequence[str]) -> None:
        """Have what workers come from started while what references need is imported."""
        self._start(exercises)
        if not self._warm:
            if any(map(self._needs_tensorflow, exercises)):
                import_tensorflow()
            garbage.settle()
            self._warm = True

    def _needs_tensorflow(self, exercise: str) -> bool:
        """Whether it is named where an exercise is tested or its mistakes are."""
        chapter = self._course.chapter_of(exercise)
        tests = (self._course.visible_tests(chapter), self._course.hidden_tests(chapter))
        files = [*tests, self._course.mistakes(chapter)]
        return any(TENSORFLOW.search(f.read_text("utf-8")) for f in files if f.is_file())

    def _isolation(self) -> Isolation:
        try:
            host = self._sources.host
        except WireError as error:
            raise GraderFailed(str(error)) from None
        return Isolation(host.level, host.layers)

    def _run(
        self,
        bench: Bench,
        names: frozenset[str],
        known_wrong: frozenset[str],
        *,
        races: bool,
    ) -> list[Verdict]:
        """Run the tests of some exercises, and of those that they need.

        Visible tests come first, all of them. Where hidden ones then find a prerequisite wrong, the
        exercises that failed with it are tested again, with the reference in its place.
        """
        if not names:
            return []
        needed = names.union(*map(self._course.all_needs, names))
        bench.share(needed - self._collected(needed).lending)
        verdicts = self._tested(bench, needed, known_wrong - needed, races=races)
        found = _by_exercise(before_races(verdicts))
        verdicts = [_unblocked(verdict, found) for verdict in verdicts]
        wrong = frozenset(name for name, own in found.items() if _status(own) != "passed")
        surprising = {n for n in wrong if _status(found[n], "visible") == "passed"}
        again = frozenset(
            name
            for name, own in found.items()
            if _status(own, "visible") != "passed" and surprising & {*bench.stand_ins(name, wrong)}
        )
        if not again:
            return verdicts
        kept = [verdict for verdict in verdicts if verdict.exercise not in again]
        return kept + self._tested(bench, again, wrong | known_wrong, races=races)

    def _tested(
        self,
        bench: Bench,
        names: frozenset[str],
        known_wrong: frozenset[str],
        *,
        races: bool = True,
        visible_only: bool = False,
        only: Mapping[str, Collection[str]] | None = None,
    ) -> list[Verdict]:
        """Run the tests of just these exercises; of those in `only` the tests of these names."""
        run = Run(self._course, bench, known_wrong, self._diagnoses, races=races)
        session = self._collected(names)
        return session.run(run, names, visible_only=visible_only, only=only)

    def _collected(self, names: frozenset[str]) -> Session:
        """A session that has the tests of these exercises, and can run them."""
        fits = self._session is not None and names <= self._session.exercises
        if self._session is None or not fits or not self._session.alive:
            known = self._session.exercises if self._session else frozenset()
            self._end_session()
            self._session = Session(self._course, known | names, self._settings.seed)
        return self._session

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def _exercise(
        self,
        name: str,
        verdicts: Sequence[Verdict],
        hopeless: Hopeless | None,
        bench: Bench,
    ) -> ExerciseResult:
        points = self._points(name)
        own = [v for v in verdicts if v.exercise == name]
        status: Status = hopeless.status if hopeless else overall(before_races(own)) or "not_run"
        return ExerciseResult(
            id=name,
            chapter=self._course.chapter_of(name).name,
            score=points if status == "passed" else 0.0,
            max_score=points,
            status=status,
            tests=tuple(outcome(verdict, number) for number, verdict in enumerate(own, 1)),
            message=hopeless.message if hopeless else "",
            supplied=bench.supplied.get(name, ()),
        )

    def _points(self, name: str) -> float:
        """The points that there are to earn here: without a GPU those for it are in no total."""
        exercise = self._course.exercises[name]
        return exercise.points - (0 if self._gpus(name) else exercise.gpu)

    def _left_out(self, names: Sequence[str]) -> Iterator[str]:
        """Name the points that are in no total."""
        for name in names:
            lost = self._course.exercises[name].gpu
            if lost and not self._gpus(name):
                yield f"{name}: not run: no GPU visible; {lost:g} of its points are in no total"

    def _gpus(self, name: str) -> tuple[str, ...]:
        try:
            return self._rivals.gpus(name)
        except Unavailable as error:
            raise GraderFailed(str(error)) from None


def _on_path() -> Iterator[Path]:
    """Courses in which Python looks for modules, as this package's own after `pip install -e`."""
    for place in map(Path, filter(None, sys.path)):
        if os.path.isfile(place / MANIFEST):  # false too where one may not look
            yield place


def _unblocked(verdict: Verdict, found: Mapping[str, list[Verdict]]) -> Verdict:
    """What is "blocked" by an exercise that is right has failed: a worker's word was believed."""
    if verdict.status != "blocked" or _status(found.get(verdict.blocker, [])) != "passed":
        return verdict
    message = f"{verdict.exercise} raised NotImplementedError"
    return msgspec.structs.replace(verdict, status="failed", message=message, discreet=message)


def _by_exercise(verdicts: Sequence[Verdict]) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.exercise, []).append(verdict)
    return found


def _status(verdicts: Sequence[Verdict], visibility: str = "") -> Status | None:
    """The status that some verdicts, or those of one visibility, come to."""
    return overall(v for v in verdicts if visibility in ("", v.visibility))


def _defined(path: Path) -> dict[str, source.Definition]:
    return source.definitions(source.parse(path.read_text("utf-8"), str(path)))
