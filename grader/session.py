"""The tests of a course, collected by pytest once and run for one submission after another.

pytest goes on in a thread of its own from the first submission to the last. To collect the same
tests again would cost a submission more time than to run them.
"""

import contextlib
import os
import queue
import sys
import threading
import time
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from grader import calls, compare, items, plugin
from grader.course import Course
from grader.lending import lends
from grader.run import Run
from grader.verdict import Verdict

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

PATIENCE = 10
"""Seconds that pytest is given to end; what it waits for has ended by then."""


BEAT = 1.0
"""Seconds after which whoever waits for tests looks whether anybody runs them."""


class GraderFailed(Exception):
    """The grader itself went wrong; no mark can be given, and the learner is not to blame."""


@dataclass(frozen=True, slots=True)
class Job:
    """The tests of some exercises, to be run once; what they find comes as `verdicts`.

    Of an exercise in `only` just the tests of these names are asked for.
    """

    exercises: frozenset[str]
    run: Run
    visible_only: bool
    only: Mapping[str, Collection[str]]
    verdicts: Future[list[Verdict]] = field(default_factory=Future)


class Session:
    """The tests of some exercises, of a course, with a seed.

    It starts when it is made, and has collected the tests then; `close` ends it.

    Raises
    ------
    GraderFailed
        The tests cannot be collected.

    """

    def __init__(self, course: Course, exercises: Collection[str], seed: int) -> None:
        self.exercises = frozenset(exercises)
        self.lending: frozenset[str] = frozenset()
        """The exercises whose tests may pass functions of this package to the learner's."""
        self._course = course
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._collected: Future[None] = Future()
        self._broken = ""
        self._thread = threading.Thread(target=self._main, args=(seed,), daemon=True)
        with _own_pytest():
            self._thread.start()
            self._collected.result()

    def run(
        self,
        run: Run,
        exercises: frozenset[str],
        *,
        visible_only: bool = False,
        only: Mapping[str, Collection[str]] | None = None,
    ) -> list[Verdict]:
        """Run the tests of some exercises, visible ones first, and return what they find.

        Of an exercise in `only` just the tests of these names run.

        Raises
        ------
        GraderFailed
            A test or a reference of the course failed by itself.

        """
        job = Job(exercises, run, visible_only, only or {})
        self._jobs.put(job)
        verdicts = self._awaited(job)
        for verdict in verdicts:
            if verdict.status == "error":
                raise GraderFailed(f"{verdict.file}: {verdict.test}: {verdict.message}")
        return verdicts

    @property
    def alive(self) -> bool:
        """Whether it can run tests; an error in the grader itself ends it, sooner or later."""
        return self._thread.is_alive() and not self._broken

    def _awaited(self, job: Job) -> list[Verdict]:
        """What a job finds; nobody waits for a thread that has ended."""
        while self._thread.is_alive():
            with contextlib.suppress(TimeoutError):
                return job.verdicts.result(BEAT)
        if not job.verdicts.done():
            raise GraderFailed("pytest has ended before its time")
        return job.verdicts.result()

    def close(self) -> None:
        """Have pytest end; what it has not run by then it leaves out."""
        self._jobs.put(None)
        self._thread.join(PATIENCE)

    def _main(self, seed: int) -> None:
        """Have pytest collect, and serve until the session is closed."""
        chapters = {self._course.chapter_of(name).name for name in self.exercises}
        ordered = [c for c in self._course.chapters if c.name in chapters]
        files = [self._course.visible_tests(c) for c in ordered]
        files += [self._course.hidden_tests(c) for c in ordered]
        _forget_other_courses(self._course.root, files)
        options = [
            "--noconftest",
            "--import-mode=importlib",
            f"--rootdir={self._course.root}",
            f"--confcutdir={self._course.root}",  # else it looks through all folders above, too
            f"--config-file={os.devnull}",
            f"--kata-seed={seed}",
            "--capture=no",
            "-pgrader.plugin",
            *(f"-pno:{name}" for name in UNUSED_PLUGINS),
        ]
        try:
            code: object = pytest.main([*options, *map(str, files)], plugins=[self])
        except BaseException as error:
            code = error
        failed = GraderFailed(self._broken or f"pytest ended with {code!r}")
        if not self._collected.done():
            self._collected.set_exception(failed)
        while not self._jobs.empty():
            if job := self._jobs.get():
                job.verdicts.set_exception(failed)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Hand the course to the plugin."""
        config.stash[plugin.COURSE] = self._course

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, obj: object) -> list[pytest.Item] | None:
        """Leave out the tests of other exercises before pytest makes anything of them."""
        marks = getattr(obj, "pytestmark", [])
        marks[:] = map(_lasting, marks)
        own = {mark.args[0] for mark in marks if mark.name == items.exercise.name and mark.args}
        return None if own & self.exercises else []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notice a test file that cannot be imported."""
        if report.failed:
            self._broken = f"{report.nodeid}: {report.longreprtext}"

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Notice an error in pytest or a plugin."""
        self._broken = str(excinfo.value)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run the tests that are asked for, over and over, in place of all of them once."""
        if self._broken:
            return True
        self.lending = frozenset(items.exercise_of(i) for i in session.items if lends(i))
        names = {item: items.plain_names(item) for item in session.items}
        self._collected.set_result(None)
        while job := self._jobs.get():
            session.config.stash[plugin.RUN] = job.run
            try:
                with warnings.catch_warnings(action="ignore"):  # those of the references
                    for item in session.items:
                        if _is_asked(item, job):
                            _test(item, names[item], job.run)
                job.verdicts.set_result(job.run.explained())
            except BaseException as error:
                self._broken = f"{type(error).__name__}: {error}"  # before anybody hears of it
                job.verdicts.set_exception(GraderFailed(self._broken))
                raise
        return True


def _test(item: pytest.Item, names: tuple[str, ...] | None, run: Run) -> None:
    """Run a test: here, much faster, if these names are all that it needs, else by pytest."""
    if names is None:
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        return
    error: BaseException | None = None
    started = time.perf_counter()
    with calls.recording() as record:
        try:
            item.obj(**items.arguments(item, names, run))  # type: ignore[attr-defined]
            compare.settle(record)
        except (Exception, pytest.fail.Exception, pytest.skip.Exception) as raised:
            error = raised
    run.judge(items.described(item, time.perf_counter() - started), record, error)
    error = None  # else it would hold this frame, and the answers, until somebody collects garbage


def _is_asked(item: pytest.Item, job: Job) -> bool:
    exercise = items.exercise_of(item)
    wanted = exercise in job.exercises and item.name in job.only.get(exercise, (item.name,))
    return wanted and not (job.visible_only and items.is_hidden(item))


def _lasting(mark: pytest.Mark) -> pytest.Mark:
    """A mark that can be read again: what `parametrize` takes one by one, as from zip, in a list.

    Python keeps the file of a test, and another session collects the same functions once more.
    """
    if mark.name != "parametrize":
        return mark
    args = (_listed(value) for value in mark.args)
    kwargs = {name: _listed(value) for name, value in mark.kwargs.items()}
    return pytest.mark.parametrize.with_args(*args, **kwargs).mark


def _listed(value: object) -> object:
    return [*value] if isinstance(value, Iterator) else value


@contextlib.contextmanager
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
