"""The pytest plugin: the fixtures `learner` and `rng`, the mark `exercise`, verdicts, the board.

It does nothing to tests without an `exercise` mark. The same hooks serve a learner's
`pytest exercises/`, where the module under test is imported here, and the judge, which puts its
course into `config.stash` and a `Run` for every submission.
"""

import contextlib
import io
import os
import shutil
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from grader import calls, compare, course, environment, gates, items, verdict
from grader import devices as placing
from grader.check import require_files
from grader.endless import Watch
from grader.errors import KataError
from grader.inprocess import InProcess
from grader.items import exercise as exercise  # which every test file takes from here
from grader.items import exercise_of, is_hidden
from grader.run import Run
from grader.speed import Speed, doubling
from grader.verdict import Verdict

PICTURES = 2
"""So many speeds are always shown as bars; of more only those that are not fast enough."""

RUN = pytest.StashKey[Run]()
COURSE = pytest.StashKey[course.Course]()
RECORD = pytest.StashKey[list[calls.Call]]()
DOUBLED = pytest.StashKey[bool]()
SPEED = pytest.StashKey[Speed | None]()


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
    group.addoption(
        "--kata-timeout",
        type=float,
        default=10.0,
        metavar="S",
        help="seconds after which a call of the learner's code is ended; 0 for never (default: 10)",
    )
    group.addoption("--kata-seed", type=int, default=0, metavar="N", help="seed of the rng fixture")


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark and, in a course, silence what would speak up when it is imported."""
    config.addinivalue_line("markers", "exercise(name): the exercise that a test belongs to")
    config.addinivalue_line("markers", "gpu: the test needs a GPU, and does not run without one")
    if config.pluginmanager.has_plugin("terminal"):
        config.pluginmanager.register(Board(config), "tensorkata-board")
    with contextlib.suppress(KataError):
        course.find(config.rootpath)
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        environment.settle()
        os.environ.setdefault("MPLBACKEND", "Agg")  # a figure is looked at, and not shown
        if not any(arg.startswith("--benchmark") for arg in config.invocation_params.args):
            config.option.benchmark_quiet = True  # its tables are wide, and the board has bars


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let `-k dense` choose the tests of the exercise `dense`, whatever they are called."""
    if name := exercise_of(item):
        item.extra_keyword_matches.add(name)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Find the course of the marked tests; put all visible ones first, and prerequisites there.

    What visible tests show comes from code that has not met a hidden test yet.
    """
    marked = [item for item in items if exercise_of(item)]
    if not marked:
        return
    try:
        given = config.stash.get(COURSE, None) or _course_of(marked[0].path)
        for item in marked:
            given.chapter_of(exercise_of(item))
    except KataError as error:
        raise pytest.UsageError(str(error)) from None
    if COURSE not in config.stash:
        bench = InProcess(given, config.option.kata_learner, _watch(config.option.kata_timeout))
        config.stash[RUN] = Run(given, bench)
    if "tensorflow" in sys.modules:
        placing.two_cpus()  # before anything is computed
    ranked = iter(
        sorted(marked, key=lambda item: (is_hidden(item), given.order[exercise_of(item)]))
    )
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
    return items.learner(request.node, request.config.stash[RUN])


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A random generator of the test's own, the same in every run with the same --kata-seed."""
    return items.rng(request.node)


@pytest.fixture
def speed(request: pytest.FixtureRequest, learner: Any) -> Callable[..., None]:
    """Hold the speed of the exercise against a gate: `speed(make)`, see `gates.race`.

    `speed(make, "loop")` takes the gate with that baseline, without one it is the first. With
    --benchmark-disable, and under pytest-xdist, where pytest-benchmark disables itself, the
    functions run once and only their answers are judged.
    """
    name = exercise_of(request.node)
    run = request.config.stash[RUN]
    if run.status(name) in ("failed", "error"):
        pytest.skip(f"not timed: {name} is not right yet")
    if not run.races:
        pytest.skip(gates.LATER)
    benchmark = _benchmark(request)

    def speed(make: Callable[..., Any], baseline: str = "", **options: Any) -> None:
        __tracebackhide__ = True
        known = [g for g in run.course.exercises[name].gates if baseline in ("", g.baseline)]
        if not known:
            raise pytest.UsageError(
                f"{request.node.nodeid}: {name} has no gate {baseline}".rstrip()
            )
        gate = known[0]
        doubled = request.config.stash.get(DOUBLED, False)
        asked = doubling(gate) if doubled else gate
        rivals = run.bench.rivals(name)
        raced = gates.race(name, asked, learner, rivals, make, everywhere=doubled, **options)
        if benchmark is not None and benchmark.disabled:
            return raced.rehearse()
        measured = request.node.stash[SPEED] = raced.run()
        if benchmark is not None:
            gates.record(benchmark, name, raced)
        return gates.judged(measured)

    return speed


def _benchmark(request: pytest.FixtureRequest) -> Any:
    """The fixture of pytest-benchmark, None where that is left out."""
    try:
        benchmark = request.getfixturevalue("benchmark")
    except pytest.FixtureLookupError:
        return None
    benchmark._mode = "speed(...)"  # else it warns that nobody used it
    return benchmark


@pytest.fixture
def tf() -> Any:
    """TensorFlow, imported when the first test asks for it: the others need not wait."""
    return items.tensorflow()


@pytest.fixture
def gpu(request: pytest.FixtureRequest) -> str:
    """The name of a GPU; where there is none the test does not run."""
    return items.gpu(request.node, request.config.stash[RUN])


@pytest.fixture
def devices(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The names of the devices that a learner's function may be told to work on, the CPU first.

    There are two CPUs, unless a learner's own file has put TensorFlow to work before any test.
    """
    return placing.two_cpus()


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
    name = exercise_of(item)
    style = getattr(item.config.option, "tbstyle", "auto")  # absent without the terminal
    if name:
        item.config.option.tbstyle = "value"  # nobody reads the traceback that would be built
    try:
        report = yield
    finally:
        item.config.option.tbstyle = style
    if not name or (call.when != "call" and report.passed):
        return report
    run = item.config.stash[RUN]
    error = call.excinfo.value if call.excinfo else None
    record, measured = item.stash.get(RECORD, []), item.stash.get(SPEED, None)
    item.stash[RECORD], item.stash[SPEED] = [], None  # a judge keeps the item, and runs it again
    found = run.judge(items.described(item, report.duration), record, error, measured)
    report.kata = msgspec.to_builtins(found)  # type: ignore[attr-defined]
    skipped = found.status == "not_run" or not item.config.option.kata_strict
    if found.status in ("todo", "blocked", "not_run") and skipped:
        report.outcome = "skipped"
        line = item.location[1] or 0
        report.longrepr = (str(item.path), line + 1, f"Skipped: {found.message}")
    elif report.failed or found.status in ("todo", "blocked"):
        report.outcome = "failed"
        report.longrepr = "\n".join(verdict.advice(found))
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, Any] | None:
    """Call a stub "to do" where pytest would print "skipped"; one that may not be is a failure."""
    kata = getattr(report, "kata", None)
    if kata and report.failed:
        return "failed", "F", "FAILED"
    if kata and report.skipped:
        word = {"blocked": "BLOCKED", "not_run": "NOT RUN"}.get(kata["status"], "TO DO")
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

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the board when a learner's own tests have run."""
        quiet = self._config.get_verbosity()
        if not any(v.visibility == "visible" for v in self._verdicts) or quiet < -1:
            return
        from rich.console import Console

        from grader.bars import bars
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
        console.print(board(given, verdicts, glyphs, detail="none" if quiet < 0 else "all"))
        raced = [(v.exercise, v.speed) for v in verdicts if v.speed]
        for name, speed in raced:
            if speed.decision != "fast enough" or len(raced) <= PICTURES:
                console.print()
                console.print(bars(name, speed, glyphs))
        terminalreporter.section("tensorkata")
        for line in text.getvalue().splitlines():
            terminalreporter.write_line(line.rstrip())


def _watch(seconds: float) -> Watch | None:
    """What ends calls that do not end; nobody does where Python is another one than CPython."""
    able = sys.implementation.name == "cpython"
    return Watch(seconds) if seconds > 0 and able else None


def _course_of(path: Path) -> course.Course:
    given = course.read(course.find(path))
    require_files(given)
    return given
