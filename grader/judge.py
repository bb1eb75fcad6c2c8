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

from grader import calls, plugin, source, wire
from grader.course import Course
from grader.errors import SubmissionError
from grader.learner import Confined, Learner
from grader.result import (
    ExerciseResult,
    Isolation,
    Outcome,
    Result,
    SubmissionId,
    totals,
)
from grader.sandbox import Limits
from grader.submission import Submission, read
from grader.verdict import Status, Verdict, overall
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


class GraderFailed(Exception):
    """The grader itself went wrong; no mark can be given, and the learner is not to blame."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to grade: seconds for a call, the seed of the tests, what a worker may use."""

    seconds: float = 10.0
    seed: int = 0
    limits: Limits = field(default_factory=Limits)


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
        self._zygote = Zygote()
        self._due = {
            name: definition
            for chapter in course.chapters
            for name, definition in _defined(course.solution(chapter)).items()
        }
        _warm_up()

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
        hopeless = {name: said for name in asked if (said := self._hopeless(submission, name))}
        if len(hopeless) == len(asked):
            raise SubmissionError(_one_of(hopeless, submission.name))
        parameters = {name: definition.parameters for name, definition in self._due.items()}
        bench = Bench(self._course, self._zygote, submission, self._settings, parameters)
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
            Isolation(bench.layers[0] if bench.layers else "none", bench.layers[1:]),
            self._settings.seed,
            round(time.monotonic() - started, 3),
            marked,
            (*submission.notes, *bench.notes),
        )

    def close(self) -> None:
        """End the zygote and every worker."""
        self._zygote.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _hopeless(self, submission: Submission, name: str) -> tuple[Status, str] | None:
        """Why an exercise cannot be run at all, as far as the source tells; else None."""
        chapter = self._course.chapter_of(name)
        part = submission.part(chapter.module)
        if part is None:
            return "missing", f"{chapter.module}.py is missing"
        if part.fault:
            return "error", part.fault
        top = name.partition(".")[0]
        found = part.defined.get(name if name in part.defined else top)
        label = part.module.cells[0].label if part.module.cells else submission.name
        if found is None:
            return "missing", f"{label}: defines no {top}"
        place = f"{label}:{found.line}" if label.endswith(".py") else label
        if found.kind == "import":
            return "missing", f"{place}: {top} is imported, not written"
        due = self._due[name]
        if found.kind == "class" and due.kind == "function":
            return "error", f"{place}: {name} is a class where a function is due"
        if found.kind == "function" and due.kind == "function" and found.plain:
            takes = len(found.parameters)
            fits = found.required <= len(due.parameters) <= takes or found.variadic
            if not fits:
                shown = f"{name}({', '.join(due.parameters)})"
                return "error", f"{place}: {name} takes {takes} arguments where {shown} is due"
        return None

    def _run(self, bench: "Bench", names: Sequence[str]) -> list[Verdict]:
        """Run the tests of some exercises, and of those that they need."""
        chapters = {c.name: c for c in map(self._course.chapter_of, names)}
        files = [self._course.visible_tests(c) for c in chapters.values()]
        files += [self._course.hidden_tests(c) for c in chapters.values()]
        _forget_other_courses(self._course.root, files)
        collector = Collector(self._course, bench, _with_needs(self._course, names))
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
        hopeless: tuple[Status, str] | None,
        bench: "Bench",
    ) -> ExerciseResult:
        points = self._course.exercises[name].points
        own = [v for v in verdicts if v.exercise == name]
        status: Status = hopeless[0] if hopeless else overall([v.status for v in own]) or "not_run"
        return ExerciseResult(
            id=name,
            chapter=self._course.chapter_of(name).name,
            score=points if status == "passed" else 0.0,
            max_score=points,
            status=status,
            tests=tuple(_test(verdict, number) for number, verdict in enumerate(own, 1)),
            message=hopeless[1] if hopeless else "",
            supplied=bench.supplied.get(name, ()),
        )


class Bench:
    """Puts learners' proxies under the tests: one worker, and others where a need is supplied."""

    supplies = True

    def __init__(
        self,
        course: Course,
        zygote: Zygote,
        submission: Submission,
        settings: Settings,
        parameters: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._course, self._zygote = course, zygote
        self._submission, self._settings = submission, settings
        self._parameters = parameters
        self._workers: dict[tuple[str, ...], Confined] = {}
        self._lost: dict[str, str] = {}
        self.supplied: dict[str, tuple[str, ...]] = {}

    def learner(self, exercise: str, test_file: Path, unmet: tuple[str, ...]) -> Learner:
        """Return the proxy for a test; `unmet` prerequisites are replaced by the reference."""
        chapter = self._course.chapter_of(exercise)
        part = self._submission.part(chapter.module)
        assert part is not None
        if unmet:
            self.supplied[exercise] = unmet
        if unmet not in self._workers:
            self._workers[unmet] = self._confined(part.module.name, unmet)
        confined = self._workers[unmet]
        return Learner(confined, part.module.name, self._parameters, self._lost, exercise)

    def raised(self, error: BaseException) -> calls.Raised | None:
        """Nothing: what a worker raises is in the record of calls."""
        return None

    def close(self) -> None:
        """End the workers."""
        for confined in self._workers.values():
            confined.close()

    @property
    def layers(self) -> tuple[str, ...]:
        """The level of confinement and its layers, as the workers reported them."""
        return next((c.layers for c in self._workers.values() if c.layers), ())

    @property
    def notes(self) -> tuple[str, ...]:
        """What went wrong while the submission's modules ran, each thing once."""
        notes = (n for c in self._workers.values() for group in c.notes.values() for n in group)
        return tuple(dict.fromkeys(f"{n.label}:{n.number}: {n.text}" for n in notes))

    def _confined(self, module: str, unmet: tuple[str, ...]) -> Confined:
        modules = tuple(part.module for part in self._submission.parts.values())
        supplied = {}
        if unmet:
            path = self._course.solution(self._course.chapter_of(unmet[0]))
            text = source.excerpt(path.read_text("utf-8"), unmet)
            supplied = {module: wire.Cell("the course", text)}
        load = wire.Load(modules, supplied, tuple(n.partition(".")[0] for n in unmet))
        return Confined(self._zygote, load, self._settings.limits, self._settings.seconds)


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
    importlib.import_module("tensorflow")
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


def _with_needs(course: Course, names: Sequence[str]) -> frozenset[str]:
    found: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue += course.exercises[name].needs
    return frozenset(found)


def _one_of(hopeless: Mapping[str, tuple[Status, str]], name: str) -> str:
    """The line that says why a submission cannot be graded at all."""
    told = list(hopeless.values())
    faults = [text for status, text in told if status != "missing"]
    if faults:
        return faults[0]
    if len(told) == 1:
        return told[0][1]
    return f"{name}: defines none of the {len(told)} exercises asked for"


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
