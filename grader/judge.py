"""One submission to one Result: the course's tests, run by pytest here, on a worker over there."""

import gc
import importlib
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import pytest

from grader import devices, plugin, source
from grader.bench import Bench, Settings, forbidden
from grader.course import Course
from grader.errors import KataError
from grader.result import (
    ExerciseResult,
    Isolation,
    Outcome,
    Result,
    SubmissionId,
    totals,
)
from grader.sandbox import TRUSTED
from grader.sources import Sources
from grader.submission import read
from grader.triage import Hopeless, triage
from grader.verdict import Status, Verdict, overall
from grader.wire import WireError

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
        hidden = [course.root / name for name in COURSE_FOLDERS]
        self._sources = Sources(hidden, settings.without)
        self._warm = False
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
        submission = read(path, {c.name: c.module for c in self._course.chapters})
        asked = exercises or tuple(self._course.exercises)
        hopeless = triage(self._course, submission, asked, self._due)
        parameters = {name: definition.parameters for name, definition in self._due.items()}
        self._warm_up(asked)
        bench = Bench(self._course, self._sources, submission, self._settings, parameters)
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
            (*submission.notes, *bench.notes, *_doubts(verdicts), *self._left_out(asked)),
        )

    def close(self) -> None:
        """End every worker, and where they come from."""
        self._sources.close()

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
        if self._isolation().level == TRUSTED:
            raise KataError(
                f"other people's code cannot be shut in here (level: {TRUSTED}; see kata doctor): "
                "mark it elsewhere, or give --trust if you know what it does"
            )

    def _warm_up(self, exercises: Sequence[str]) -> None:
        """Start what workers come from, all at a time, while what references need is imported."""
        for name in exercises:
            gpu = self._course.exercises[name].gpu > 0
            self._sources.workers(forbidden(self._course, name), gpu=gpu)
        if not self._warm:
            _import_tensorflow()
            self._warm = True

    def _isolation(self) -> Isolation:
        try:
            host = self._sources.host
        except WireError as error:
            raise GraderFailed(str(error)) from None
        return Isolation(host.level, host.layers)

    def _run(self, bench: Bench, names: Sequence[str]) -> list[Verdict]:
        """Run the tests of some exercises, and of those that they need.

        Visible tests come first, all of them. Where hidden ones then find a prerequisite wrong, the
        exercises that failed with it are tested again, with the reference in its place.
        """
        if not names:
            return []
        needed = frozenset(names).union(*map(self._course.all_needs, names))
        verdicts = self._tested(bench, needed, frozenset())
        found = _by_exercise(verdicts)
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
        return kept + self._tested(bench, again, wrong)

    def _tested(
        self, bench: Bench, names: frozenset[str], known_wrong: frozenset[str]
    ) -> list[Verdict]:
        """Run pytest over the tests of just these exercises."""
        chapters = {c.name: c for c in map(self._course.chapter_of, names)}
        ordered = [c for c in self._course.chapters if c.name in chapters]
        files = [self._course.visible_tests(c) for c in ordered]
        files += [self._course.hidden_tests(c) for c in ordered]
        _forget_other_courses(self._course.root, files)
        collector = Collector(self._course, bench, names, known_wrong)
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
        bench: Bench,
    ) -> ExerciseResult:
        points = self._points(name)
        own = [v for v in verdicts if v.exercise == name]
        status: Status = hopeless.status if hopeless else overall(own) or "not_run"
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

    def _points(self, name: str) -> float:
        """The points that there are to earn here: without a GPU those for it are in no total."""
        exercise = self._course.exercises[name]
        return exercise.points - (exercise.gpu if exercise.gpu and not devices.gpus() else 0)

    def _left_out(self, names: Sequence[str]) -> Iterator[str]:
        """Name the points that are in no total."""
        lost = {name: self._course.exercises[name].gpu for name in names}
        told = [f"{gpu:g} of {name}" for name, gpu in lost.items() if gpu]
        if told and not devices.gpus():
            yield f"not run: no GPU visible; in no total are these points: {', '.join(told)}"


class Collector:
    """A pytest plugin that runs the selected exercises and keeps what their tests say."""

    def __init__(
        self, course: Course, bench: Bench, names: frozenset[str], known_wrong: frozenset[str]
    ) -> None:
        self._course, self._bench, self._names = course, bench, names
        self._known_wrong = known_wrong
        self._config: pytest.Config | None = None
        self.broken = ""

    def pytest_configure(self, config: pytest.Config) -> None:
        """Hand the course and the bench to the plugin."""
        config.stash[plugin.COURSE] = self._course
        config.stash[plugin.BENCH] = self._bench
        config.stash[plugin.KNOWN_WRONG] = self._known_wrong
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


def _import_tensorflow() -> None:
    """Import what references need; frozen objects are not walked by each collection after."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # workers need some of it too
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
        verdict.speed,
    )


def _doubts(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """What an instructor may want to look at: speeds that this machine was too busy to tell."""
    for verdict in verdicts:
        if verdict.speed and verdict.speed.decision == "inconclusive":
            yield f"{verdict.exercise}: speed inconclusive, {verdict.speed.words}"


def _defined(path: Path) -> dict[str, source.Definition]:
    return source.definitions(source.parse(path.read_text("utf-8"), str(path)))
