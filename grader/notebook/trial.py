"""The visible tests of an exercise, run inside a notebook on what its cells have defined."""

import contextlib
import linecache
import logging
import math
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from grader import calls, devices, forbid, plugin, source, stubs, wire
from grader.course import Course
from grader.errors import KataError, Unwritten
from grader.here import Here
from grader.inprocess import Barred, InProcess
from grader.items import exercise_of
from grader.learner import Budget, Learner
from grader.notebook.cells import Cells
from grader.run import Run
from grader.session import UNUSED_PLUGINS
from grader.uses import first_use
from grader.verdict import to_do


class Notebook(Here):
    """The names of a notebook, asked as a worker would be; its cells are called In [5]."""

    def __init__(self, names: Mapping[str, Any], cells: Cells) -> None:
        super().__init__(lambda: names)
        self._files = cells.files
        self.labels = {*cells.files}

    def places(self, lines: Iterable[wire.Line]) -> Iterator[calls.Place]:
        """Lines of cells, with their text."""
        for line in lines:
            code = linecache.getline(line.label, line.number)
            yield calls.Place(self._files[line.label], line.number, line.function, code)

    def absence(self, module: str, name: str) -> str:
        """Say that no cell defines a name."""
        return f"no cell that has run defines {name!r}: run its cell first"


class Bench:
    """The bench of a learner who works in a notebook: what its cells define, asked here."""

    supplies = False

    def __init__(self, given: Course, names: Mapping[str, Any], cells: Cells) -> None:
        self._course, self._names, self._cells = given, names, cells

    def untouched(self, exercise: str) -> bool:
        """Whether an exercise is still as its stub has it."""
        solution = self._course.solution(self._course.chapter_of(exercise))
        return exercise in stubs.untouched(solution, self._cells.tree)

    def gpus(self, exercise: str) -> tuple[str, ...]:
        """The names of the GPUs that TensorFlow sees here."""
        return devices.gpus()

    def rivals(self, exercise: str) -> dict[str, Learner]:
        """The loop, and the reference where it is there."""
        return InProcess(self._course, None).rivals(exercise)

    def learner(self, exercise: str, test_file: Path, wrong: frozenset[str], seed: int) -> Learner:
        """The names of the notebook.

        Raises
        ------
        Unwritten
            The exercise is still a stub; a stub that is whole is run when it is the first.
        Barred
            It uses what its chapter forbids.

        """
        tree = self._cells.tree
        before = {n for n in wrong if self._course.order[n] < self._course.order[exercise]}
        if exercise in source.unwritten(tree) or (before and self.untouched(exercise)):
            raise Unwritten(to_do(exercise))
        barred = self._course.forbidden(exercise)
        if use := first_use(self._cells.pieces, exercise, barred):
            raise Barred(f"{use.place}: {forbid.refusal(use.name, barred[use.name])}")
        parameters = {n: d.parameters for n, d in source.definitions(tree).items()}
        side = Notebook(self._names, self._cells)
        module = self._course.chapter_of(exercise).module
        return Learner(side, module, parameters, Budget(math.inf), exercise, seed)

    def tells_all(self, exercise: str) -> bool:
        """A learner's own code tells them all, in their own process."""
        return True


class Catcher:
    """A pytest plugin that runs the tests of one exercise.

    `printed` is what the learner's code printed, by test.
    """

    def __init__(self, run: Run, exercise: str) -> None:
        self._run, self._exercise = run, exercise
        self.printed: dict[str, str] = {}
        self.trouble = ""

    def pytest_configure(self, config: pytest.Config) -> None:
        """Hand the course and what is known to the plugin."""
        config.stash[plugin.COURSE] = self._run.course
        config.stash[plugin.RUN] = self._run

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the tests of other exercises out."""
        items[:] = [item for item in items if exercise_of(item) == self._exercise]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what was printed in a test."""
        self.printed[report.location[2]] = report.capstdout

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notice a test file that cannot be imported."""
        if report.failed:
            self.trouble = f"{report.nodeid}: {report.longreprtext}".strip()


def tried(run: Run, exercise: str) -> dict[str, str]:
    """Run the visible tests of an exercise in this process; returns what each test printed.

    Raises
    ------
    KataError
        They cannot be run.
    KeyboardInterrupt
        Somebody has interrupted them.

    """
    catcher = Catcher(run, exercise)
    options = [
        "--noconftest",
        "--capture=sys",  # C code may print: where that goes is the notebook's business
        "--import-mode=importlib",
        f"--rootdir={run.course.root}",
        f"--config-file={os.devnull}",
        "-pgrader.plugin",
        *(f"-pno:{name}" for name in UNUSED_PLUGINS),
    ]
    path = run.course.visible_tests(run.course.chapter_of(exercise))
    with _environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", PYTEST_ADDOPTS=""), nothing_shown():
        code = pytest.main([*options, str(path)], plugins=[catcher])
    if code == pytest.ExitCode.INTERRUPTED and not catcher.trouble:
        raise KeyboardInterrupt
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise KataError(f"the tests cannot be run: {catcher.trouble or code!r}")
    return catcher.printed


@contextlib.contextmanager
def _environment(**settings: str) -> Iterator[None]:
    """Set environment variables, inside the block: what else a notebook starts is left alone."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextlib.contextmanager
def nothing_shown() -> Iterator[None]:
    """Keep out of a notebook what tests and pictures would leave there beside their answer.

    TensorFlow's logger writes past pytest to where it first wrote; what pyplot has drawn is shown
    below a cell when that has ended; what will be no more in some later NumPy is nobody's mistake.
    """
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        logger.setLevel(level)
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")
