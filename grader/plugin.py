"""The pytest plugin: the fixtures `learner` and `rng`, the mark `exercise`, verdicts, the board.

It does nothing to tests without an `exercise` mark. The same hooks serve a learner's
`pytest exercises/`, where the module under test is imported here, and the judge, which puts a
`Bench` of its own into `config.stash`.
"""

import io
import os
import shutil
import sys
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
import pytest

from grader import calls, compare, course, diagnose, verdict
from grader.check import require_files
from grader.errors import KataError
from grader.inprocess import InProcessLearner, raised_from
from grader.learner import Unavailable
from grader.verdict import Status, Verdict

exercise = pytest.mark.exercise
"""Mark a test with the exercise that it belongs to: `@exercise("dense")`."""


class Bench(Protocol):
    """Where the module under test comes from."""

    supplies: bool
    """Whether prerequisites that are not right are replaced; if not, they block."""

    def learner(self, exercise: str, test_file: Path, wrong: frozenset[str]) -> Any:
        """Return the module, or a proxy of it, for a test of `exercise` in `test_file`.

        `wrong` are the exercises that this run has found not to be right.
        """
        ...

    def raised(self, error: BaseException) -> calls.Raised | None:
        """Describe an error that came through the learner's own lines; None when it did not."""
        ...


class InProcess:
    """The bench of a learner: their own file, imported here."""

    supplies = False

    def __init__(self, given: course.Course, folder: Path | None) -> None:
        self._course, self._folder = given, folder
        self._files: dict[str, str] = {}

    def learner(self, exercise: str, test_file: Path, wrong: frozenset[str]) -> InProcessLearner:
        """Find the chapter's module: in `--kata-learner`, beside the test, or in solutions/."""
        chapter = self._course.chapter_of(exercise)
        if self._folder is not None:
            path = self._folder
            if not path.is_file():
                path = path / chapter.name / f"{chapter.module}.py"
        elif test_file == self._course.visible_tests(chapter):
            path = self._course.stub(chapter)
        else:
            path = self._course.solution(chapter)
        self._files[str(path)] = _shown(path)
        return InProcessLearner(path, _shown(path))

    def raised(self, error: BaseException) -> calls.Raised | None:
        """Look for the files that were tested in the error's traceback."""
        raised = raised_from(error, self._files)
        return raised if raised.places else None


class Run:
    """What one run of tests has found so far, and what it needs to say more."""

    def __init__(self, given: course.Course, bench: Bench, seed: int) -> None:
        self.course, self.bench, self.seed = given, bench, seed
        self.verdicts: list[Verdict] = []
        self._statuses: dict[str, list[Status]] = {}
        self._mistakes: dict[str, tuple[diagnose.Mistake, ...]] = {}
        self._calls: dict[tuple[str, bool], list[calls.Call]] = {}

    def status(self, exercise: str) -> Status | None:
        """The status of an exercise after the tests that have run, None when none has."""
        return verdict.overall(self._statuses.get(exercise, []))

    def add(self, found: Verdict) -> None:
        """Take in what a test said."""
        self.verdicts.append(found)
        self._statuses.setdefault(found.exercise, []).append(found.status)

    @property
    def wrong(self) -> frozenset[str]:
        """The exercises that have been tested and are not right."""
        return frozenset(n for n in self._statuses if self.status(n) != "passed")

    def explained(self) -> list[Verdict]:
        """Every verdict; those of failed tests with what all tests of the exercise tell."""
        return [
            msgspec.structs.replace(v, diagnosis=self.diagnosis(v.exercise))
            if v.status == "failed"
            else v
            for v in self.verdicts
        ]

    def keep(self, exercise: str, record: list[calls.Call], *, failed: bool) -> None:
        """Remember the calls of a test for the diagnosis."""
        self._calls.setdefault((exercise, failed), []).extend(record)

    def diagnosis(self, exercise: str) -> str:
        """What the known mistakes say about all failed tests of an exercise so far."""
        chapter = self.course.chapter_of(exercise)
        if chapter.name not in self._mistakes:
            path = self.course.mistakes(chapter)
            names = [e.name for e in chapter.exercises]
            self._mistakes[chapter.name] = diagnose.read(path, names) if path.is_file() else ()
        failed = self._calls.get((exercise, True), [])
        passed = self._calls.get((exercise, False), [])
        return diagnose.explain(self._mistakes[chapter.name], exercise, failed, passed)


RUN = pytest.StashKey[Run]()
BENCH = pytest.StashKey[Bench]()
COURSE = pytest.StashKey[course.Course]()
RECORD = pytest.StashKey[list[calls.Call]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that begin with --kata."""
    group = parser.getgroup("tensorkata")
    group.addoption("--kata-strict", action="store_true", help="a stub is a failure, not a skip")
    group.addoption(
        "--kata-learner",
        type=Path,
        metavar="PATH",
        help="test this folder of chapters, or this file, instead of exercises/",
    )
    group.addoption("--kata-seed", type=int, default=0, metavar="N", help="seed of the rng fixture")


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark and silence TensorFlow before anything imports it."""
    config.addinivalue_line("markers", "exercise(name): the exercise that a test belongs to")
    config.pluginmanager.register(Board(config), "tensorkata-board")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let `-k dense` choose the tests of the exercise `dense`, whatever they are called."""
    if name := exercise_of(item):
        item.extra_keyword_matches.add(name)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Find the course of the marked tests and put prerequisites first."""
    marked = [item for item in items if exercise_of(item)]
    if not marked:
        return
    try:
        given = config.stash.get(COURSE, None) or _course_of(marked[0].path)
        for item in marked:
            given.chapter_of(exercise_of(item))
    except KataError as error:
        raise pytest.UsageError(str(error)) from None
    bench: Bench = config.stash.get(BENCH, None) or InProcess(given, config.option.kata_learner)
    config.stash[RUN] = Run(given, bench, config.option.kata_seed)
    ranked = iter(sorted(marked, key=lambda item: given.order[exercise_of(item)]))
    items[:] = [next(ranked) if exercise_of(item) else item for item in items]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a file together, so that "blocked by" knows what was found before."""
    from xdist.scheduler import LoadFileScheduling

    return LoadFileScheduling(config, log) if config.option.dist == "load" else None


@pytest.fixture
def learner(request: pytest.FixtureRequest) -> Any:
    """The module under test: in this process for a learner, a proxy to a worker for the judge."""
    name = exercise_of(request.node)
    if not name:
        raise pytest.UsageError(f"{request.node.nodeid}: mark the test with @exercise(…)")
    run = request.config.stash[RUN]
    return run.bench.learner(name, request.path, run.wrong)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A random generator of the test's own, the same in every run with the same --kata-seed."""
    test = f"{request.path.name}::{request.node.name}"
    return np.random.default_rng([request.config.option.kata_seed, zlib.crc32(test.encode())])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Record what a marked test asks of the learner, and hold every call to its duties."""
    if not exercise_of(item):
        return (yield)
    with calls.recording() as record:
        item.stash[RECORD] = record
        result = yield
        compare.settle(record)
        return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the outcome of a marked test into a verdict and a report without a traceback."""
    report = yield
    name = exercise_of(item)
    if not name or (call.when != "call" and report.passed):
        return report
    run = item.config.stash[RUN]
    error = call.excinfo.value if call.excinfo else None
    found = _verdict(run, item, name, error, report)
    run.add(found)
    report.kata = msgspec.to_builtins(found)  # type: ignore[attr-defined]
    if found.status in ("todo", "blocked") and not item.config.option.kata_strict:
        report.outcome = "skipped"
        line = item.location[1] or 0
        report.longrepr = (str(item.path), line + 1, f"Skipped: {found.message}")
    elif report.failed or found.status in ("todo", "blocked"):
        report.outcome = "failed"
        report.longrepr = "\n".join(verdict.advice(found))
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, Any] | None:
    """Call a stub "to do" where pytest would print "skipped"."""
    kata = getattr(report, "kata", None)
    if kata and report.skipped:
        word = "BLOCKED" if kata["status"] == "blocked" else "TO DO"
        return "skipped", "s", (word, {"light": True})
    return None


class Board:
    """Gathers verdicts, also those of xdist's workers, and prints the board at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._verdicts: list[Verdict] = []
        self._others_failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the verdict that a report carries."""
        kata = getattr(report, "kata", None)
        if kata:
            self._verdicts.append(msgspec.convert(kata, Verdict))
        if report.failed and (not kata or self._verdicts[-1].visibility == "hidden"):
            self._others_failed = True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notice a test file that cannot be imported."""
        self._others_failed |= report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Leave the list of failures to the board, unless --tb, -r or other tests ask for it."""
        asked = [a for a in self._config.invocation_params.args if a.startswith(("--tb", "-r"))]
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is None or asked or self._others_failed:
            return
        self._config.option.tbstyle = "no"
        reporter.reportchars = ""

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the board when a learner's own tests have run."""
        quiet = self._config.get_verbosity()
        if not any(v.visibility == "visible" for v in self._verdicts) or quiet < -1:
            return
        from rich.console import Console

        from grader.board import board, glyphs_for

        given = course.read(course.find(Path(self._verdicts[0].file)))
        told = {v.exercise: v.diagnosis for v in self._verdicts if v.status == "failed"}
        verdicts = [
            msgspec.structs.replace(v, diagnosis=told.get(v.exercise, "")) for v in self._verdicts
        ]
        glyphs = glyphs_for(sys.stdout.encoding)
        colour = terminalreporter.hasmarkup
        text = io.StringIO()
        console = Console(
            width=shutil.get_terminal_size().columns,
            force_terminal=colour,
            no_color=not colour,
            highlight=False,
            file=text,
        )
        console.print(board(given, verdicts, glyphs, brief=quiet < 0))
        terminalreporter.section("tensorkata")
        for line in text.getvalue().replace("\N{NO-BREAK SPACE}", " ").splitlines():
            terminalreporter.write_line(line.rstrip())


def exercise_of(item: pytest.Item) -> str:
    """The exercise that a test is marked with, or an empty text."""
    mark = item.get_closest_marker("exercise")
    return str(mark.args[0]) if mark and mark.args else ""


def _verdict(
    run: Run,
    item: pytest.Item,
    name: str,
    error: BaseException | None,
    report: pytest.TestReport,
) -> Verdict:
    record = item.stash.get(RECORD, [])
    hidden = item.path.parent.name == "hidden"

    def of(status: Status, message: str = "", discreet: str = "", **more: str) -> Verdict:
        return Verdict(
            exercise=name,
            test=item.name,
            visibility="hidden" if hidden else "visible",
            status=status,
            message=message,
            discreet=discreet or message,
            file=_shown(item.path),
            duration=report.duration,
            **more,
        )

    if isinstance(error, Unavailable):
        return of("error", str(error))
    if error is None:
        run.keep(name, record, failed=False)
        return of("passed")
    if report.skipped:
        return of("not_run", str(error))
    raised = verdict.raised_by(error, record) or run.bench.raised(error)
    stub = verdict.unwritten(raised, record)
    if stub and (stub == name or stub not in run.course.exercises):
        return of("todo", f"{name} is still to do")
    needed = () if run.bench.supplies else run.course.all_needs(name) & run.wrong
    blocker = stub or min(needed, key=run.course.order.__getitem__, default="")
    if blocker:
        return of("blocked", f"blocked by {blocker}", blocker=blocker)
    said = verdict.words(error, record, raised)
    if run.bench.supplies and not record and not isinstance(error, KataError):
        return of("error", said.message)  # the test failed before it asked the learner anything
    run.keep(name, record, failed=True)
    property_ = (
        (getattr(getattr(item, "obj", None), "__doc__", None) or "").partition("\n")[0].strip(" .")
    )
    discreet = ": ".join(filter(None, [said.discreet, property_]))
    return of("failed", said.message, discreet, diagnosis=run.diagnosis(name))


def _course_of(path: Path) -> course.Course:
    given = course.read(course.find(path))
    require_files(given)
    return given


def _shown(path: Path) -> str:
    """A path as a person at the prompt would type it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
