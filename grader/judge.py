"""One submission to one Result: the course's tests, run by pytest here, on a worker over there."""

import gc
import importlib
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from grader import calls, given, plugin, source, wire
from grader.course import Course
from grader.errors import KataError
from grader.learner import Budget, Confined, Learner, refusal
from grader.result import (
    ExerciseResult,
    Isolation,
    Outcome,
    Result,
    SubmissionId,
    totals,
)
from grader.sandbox import SUPPORTED, TRUSTED, Limits
from grader.spawn import Spawner, Workers
from grader.submission import Part, Submission, read
from grader.triage import Hopeless, triage
from grader.verdict import Status, Verdict, overall
from grader.wire import WireError
from grader.zygote import Zygote

UNUSED_PLUGINS = (
    "cacheprovider",
    "doctest",
    "faulthandler",
    "junitxml",
    "logging",
    "pastebin",
    "stepwise",
    "terminal",
    "threadexception",
    "unittest",
    "unraisableexception",
)
"""Parts of pytest that a judge has no use for; each would cost time in every test."""


COURSE_FOLDERS = ("exercises", "solutions", "tests", ".git")
"""What no worker may see of a course, even if it lies where Python's own packages do."""


class GraderFailed(Exception):
    """The grader itself went wrong; no mark can be given, and the learner is not to blame."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to grade: seconds for a call, the seed of the tests, what a worker may use.

    `without` names layers of confinement that are left alone, to see how the others hold.
    """

    seconds: float = 10.0
    seed: int = 0
    limits: Limits = field(default_factory=Limits)
    without: tuple[str, ...] = ()


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
        self._workers: Workers | None = None
        self._due = {
            name: definition
            for chapter in course.chapters
            for name, definition in _defined(course.solution(chapter)).items()
            if definition.kind != "import"
        }

    def grade(self, path: Path, exercises: Sequence[str] = ()) -> Result:
        """Mark a submission on some exercises of the course; on all when none is named.

        Raises
        ------
        SubmissionError
            It cannot be read, or nothing that was asked for can be graded.
        GraderFailed
            A test or a reference of the course failed by itself.

        """
        started = time.monotonic()
        submission = read(path, [chapter.name for chapter in self._course.chapters])
        asked = exercises or tuple(self._course.exercises)
        hopeless = triage(self._course, submission, asked, self._due)
        parameters = {name: definition.parameters for name, definition in self._due.items()}
        bench = Bench(self._course, self._started(), submission, self._settings, parameters)
        try:
            verdicts = self._run(bench, [n for n in asked if n not in hopeless])
            marked = tuple(
                self._exercise(name, verdicts, hopeless.get(name), bench) for name in asked
            )
        finally:
            bench.close()
        score, max_score = totals(marked)
        return Result(
            SubmissionId(submission.name, submission.digest),
            score,
            max_score,
            self._isolation(),
            self._settings.seed,
            round(time.monotonic() - started, 3),
            marked,
            (*submission.notes, *bench.notes),
        )

    def close(self) -> None:
        """End every worker, and where they come from."""
        if self._workers is not None:
            self._workers.close()
            self._workers = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def require_confinement(self) -> None:
        """Refuse to go on where the code of people one does not know is not shut in.

        Raises
        ------
        KataError
            This host gives too little for that.

        """
        if self._started().host.level == TRUSTED:
            raise KataError(
                f"other people's code cannot be shut in here (level: {TRUSTED}; see kata doctor): "
                "mark it elsewhere, or give --trust if you know what it does"
            )

    def _started(self) -> Workers:
        """Where workers come from; started with the first submission, while TensorFlow loads."""
        if self._workers is None:
            if SUPPORTED:
                hidden = [self._course.root / name for name in COURSE_FOLDERS]
                self._workers = Zygote(hidden=hidden, without=self._settings.without)
            else:
                self._workers = Spawner()
            _warm_up()
        return self._workers

    def _isolation(self) -> Isolation:
        try:
            host = self._started().host
        except WireError as error:
            raise GraderFailed(str(error)) from None
        return Isolation(host.level, host.layers)

    def _run(self, bench: "Bench", names: Sequence[str]) -> list[Verdict]:
        """Run the tests of some exercises, and of those that they need."""
        chapters = {c.name: c for c in map(self._course.chapter_of, names)}
        files = [self._course.visible_tests(c) for c in chapters.values()]
        files += [self._course.hidden_tests(c) for c in chapters.values()]
        _forget_other_courses(self._course.root, files)
        collector = Collector(
            self._course, bench, frozenset(names).union(*map(self._course.all_needs, names))
        )
        options = [
            "--noconftest",
            "--import-mode=importlib",
            f"--rootdir={self._course.root}",
            f"--config-file={os.devnull}",
            f"--kata-seed={self._settings.seed}",
            "--capture=no",
            "-pgrader.plugin",
            *(f"-pno:{name}" for name in UNUSED_PLUGINS),
        ]
        with _own_pytest():
            code = pytest.main([*options, *map(str, files)], plugins=[collector])
        if code == pytest.ExitCode.INTERRUPTED and not collector.broken:
            raise KeyboardInterrupt
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or collector.broken:
            raise GraderFailed(collector.broken or f"pytest ended with {code!r}")
        verdicts = collector.verdicts()
        for verdict in verdicts:
            if verdict.status == "error":
                raise GraderFailed(f"{verdict.file}: {verdict.test}: {verdict.message}")
        return verdicts

    def _exercise(
        self,
        name: str,
        verdicts: Sequence[Verdict],
        hopeless: Hopeless | None,
        bench: "Bench",
    ) -> ExerciseResult:
        points = self._course.exercises[name].points
        own = [v for v in verdicts if v.exercise == name]
        status: Status = (
            hopeless.status if hopeless else overall([v.status for v in own]) or "not_run"
        )
        return ExerciseResult(
            id=name,
            chapter=self._course.chapter_of(name).name,
            score=points if status == "passed" else 0.0,
            max_score=points,
            status=status,
            tests=tuple(_test(verdict, number) for number, verdict in enumerate(own, 1)),
            message=hopeless.message if hopeless else "",
            supplied=bench.supplied.get(name, ()),
        )


class Bench:
    """Puts learners' proxies under the tests.

    Visible and hidden tests have workers of their own: code that has seen a hidden input can tell
    it to nobody, since what visible tests show comes from a process that never saw one. A
    prerequisite that the reference stands in for takes one more.
    """

    supplies = True

    def __init__(
        self,
        course: Course,
        workers: Workers,
        submission: Submission,
        settings: Settings,
        parameters: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._course, self._source = course, workers
        self._submission, self._settings = submission, settings
        self._parameters = parameters
        self._workers: dict[tuple[str, bool, tuple[str, ...]], Confined] = {}
        self._budget = Budget(settings.seconds)
        self.supplied: dict[str, tuple[str, ...]] = {}

    def learner(self, exercise: str, test_file: Path, wrong: frozenset[str]) -> Learner:
        """Return the proxy for a test; prerequisites that are `wrong` are stood in for."""
        chapter = self._course.chapter_of(exercise)
        part = self._submission.part(chapter.module)
        assert part is not None
        stand_ins = self._stand_ins(exercise, wrong)
        if stand_ins:
            self.supplied[exercise] = stand_ins
        key = part.module.name, test_file == self._course.visible_tests(chapter), stand_ins
        if key not in self._workers:
            self._workers[key] = self._confined(part, exercise, stand_ins)
        return Learner(
            self._workers[key], part.module.name, self._parameters, self._budget, exercise
        )

    def _stand_ins(self, exercise: str, wrong: frozenset[str]) -> tuple[str, ...]:
        """Which functions are replaced: needs of the same chapter, and what earlier ones taught.

        Only a single file has earlier chapters in the same namespace; elsewhere later ones import
        `grader.given` themselves.
        """
        chapter = self._course.chapter_of(exercise)
        names = self._course.all_needs(exercise) & wrong
        if self._submission.single:
            names |= {n for n in wrong & GIVEN if self._course.chapter_of(n) is not chapter}
        return tuple(sorted(names, key=self._course.order.__getitem__))

    def raised(self, error: BaseException) -> calls.Raised | None:
        """Nothing: what a worker raises is in the record of calls."""
        return None

    def close(self) -> None:
        """End the workers."""
        for confined in self._workers.values():
            confined.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """What went wrong while the submission's modules ran, each thing once."""
        shown = [confined for (_, visible, _), confined in self._workers.items() if visible]
        notes = (note for confined in shown for group in confined.notes.values() for note in group)
        told = [f"{n.label}:{n.number}: {n.text}" for n in notes]
        refused = (name for confined in self._workers.values() for name in confined.refused)
        return tuple(dict.fromkeys([*told, *map(refusal, refused)]))

    def _confined(self, part: Part, exercise: str, stand_ins: tuple[str, ...]) -> Confined:
        others = (other.module for other in self._submission.parts.values())
        modules = {module.name: module for module in (*others, *part.beside, part.module)}
        supplied = {}
        if stand_ins:
            path = self._course.solution(self._course.chapter_of(exercise))
            text = source.excerpt(path.read_text("utf-8"), stand_ins)
            given_ = [n for n in stand_ins if n not in source.definitions(source.parse(text, ""))]
            lent = "".join(f"\nfrom grader.given import {name}" for name in given_)
            supplied = {part.module.name: wire.Cell("the course", text + lent)}
        names = tuple(name.partition(".")[0] for name in stand_ins)
        load = wire.Load(tuple(modules.values()), supplied, names)
        return Confined(self._source, load, self._settings.limits, self._settings.seconds)


GIVEN = frozenset(given.__all__)
"""What earlier chapters taught, and later ones may use without having got it right."""


class Collector:
    """A pytest plugin that runs the selected exercises and keeps what their tests say."""

    def __init__(self, course: Course, bench: Bench, names: frozenset[str]) -> None:
        self._course, self._bench, self._names = course, bench, names
        self._config: pytest.Config | None = None
        self.broken = ""

    def pytest_configure(self, config: pytest.Config) -> None:
        """Hand the course and the bench to the plugin."""
        config.stash[plugin.COURSE] = self._course
        config.stash[plugin.BENCH] = self._bench
        self._config = config

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, obj: object) -> list[pytest.Item] | None:
        """Leave out the tests of other exercises before pytest makes anything of them."""
        marks = getattr(obj, "pytestmark", [])
        own = {mark.args[0] for mark in marks if mark.name == plugin.exercise.name and mark.args}
        return None if own & self._names else []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notice a test file that cannot be imported."""
        if report.failed:
            self.broken = f"{report.nodeid}: {report.longreprtext}"

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Notice an error in pytest or a plugin."""
        self.broken = str(excinfo.value)

    def verdicts(self) -> list[Verdict]:
        """Every verdict, with the diagnosis that takes all failed tests of its exercise in."""
        assert self._config is not None
        return self._config.stash[plugin.RUN].explained()


def _warm_up() -> None:
    """Import what references need; frozen objects are not walked by each collection after."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    try:
        importlib.import_module("tensorflow")
    except ImportError:
        raise GraderFailed("TensorFlow is missing; pip install 'tensorkata[cpu]'") from None
    gc.collect()
    gc.freeze()


@contextmanager
def _own_pytest() -> Iterator[None]:
    """Keep options and plugins of the surroundings out of the judge's runs."""
    kept = {k: os.environ.pop(k) for k in list(os.environ) if k.startswith("PYTEST_")}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(kept)


def _forget_other_courses(root: Path, files: Sequence[Path]) -> None:
    """Drop test modules of the same names that a judge of another course has imported.

    pytest names a module after its path below the root and takes what `sys.modules` has of it.
    """
    for file in files:
        name = ".".join(file.relative_to(root).with_suffix("").parts)
        if getattr(sys.modules.get(name), "__file__", str(file)) != str(file):
            del sys.modules[name]


def _test(verdict: Verdict, number: int) -> Outcome:
    """A hidden test's parameters are inputs: it goes by its number instead."""
    name, bracket, _ = verdict.test.partition("[")
    if verdict.visibility == "visible":
        name = verdict.test
    elif bracket:
        name = f"{name}[#{number}]"
    return Outcome(
        name,
        verdict.status,
        verdict.shown if verdict.status != "passed" else "",
        verdict.diagnosis,
        round(verdict.duration, 4),
        verdict.visibility,
    )


def _defined(path: Path) -> dict[str, source.Definition]:
    return source.definitions(source.parse(path.read_text("utf-8"), str(path)))
