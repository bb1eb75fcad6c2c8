"""One run of visible tests in a process of its own, which tells each verdict when it is found.

The process is forked from one that has imported everything, or started anew. A call of the
learner's code that does not end is cut off from here: this thread can say in which line it was.
"""

import contextlib
import gc
import linecache
import os
import sys
import threading
import time
from collections.abc import Callable, Collection
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

import msgspec
import pytest

from grader import course as courses
from grader import draw as drawing
from grader import plugin
from grader.calls import Place
from grader.course import Course
from grader.errors import KataError
from grader.inprocess import InProcess, shown
from grader.items import described, exercise_of
from grader.run import Run
from grader.session import UNUSED_PLUGINS
from grader.verdict import Verdict

BEAT = 0.1
"""Seconds between two looks at what the learner's code is doing."""

MOST_PRINTED = 2000


class Asked(msgspec.Struct, frozen=True):
    """Which tests to run: those of some exercises, where others are known to be wrong.

    A call of the learner's code may take `seconds`; with `races` the speed gates run too.
    """

    root: str
    exercises: tuple[str, ...]
    known_wrong: tuple[str, ...]
    seconds: float
    races: bool


class Told(msgspec.Struct, frozen=True, tag=True):
    """A verdict, and what the learner's code printed in that test."""

    verdict: Verdict
    printed: str = ""


class Running(msgspec.Struct, frozen=True, tag=True):
    """A test of an exercise is running; told when it begins and, as a sign of life, while it does.

    Empty before the first test.
    """

    exercise: str = ""


class Ended(msgspec.Struct, frozen=True, tag=True):
    """All tests have run, but for those that were left out when one was `cut_off`.

    `trouble` says why tests could not be run.
    """

    cut_off: bool = False
    trouble: str = ""


class Drawn(msgspec.Struct, frozen=True):
    """A picture, or the `trouble` that kept it from being drawn."""

    png: bytes = b""
    trouble: str = ""


News = Told | Running | Ended


def run(asked: Asked, channel: Connection) -> None:
    """Run tests, send `News` as MessagePack, and end this process."""
    gc.freeze()  # what is imported by now, no collection need look at
    sys.dont_write_bytecode = True  # two saves in a second may be of the same size
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    given = courses.read(Path(asked.root))
    teller = Teller(given, asked, channel)
    try:
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
            code = pytest.main(_options(given, asked), plugins=[teller])
    except BaseException as error:
        teller.send(Ended(trouble=f"{type(error).__name__}: {error}"))
    else:
        expected = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        trouble = "" if code in expected else f"pytest ended with {code!r}"
        teller.send(Ended(trouble=teller.trouble or trouble))
    os._exit(0)  # TensorFlow takes its time to end, and nothing is left to be done


def draw(root: str, exercise: str, channel: Connection) -> None:
    """Draw the picture of an exercise, send it as `Drawn`, and end this process."""
    try:
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            drawn = Drawn(drawing.drawn(courses.read(Path(root)), exercise))
    except KataError as error:
        drawn = Drawn(trouble=str(error))
    channel.send_bytes(msgspec.msgpack.encode(drawn))
    os._exit(0)


class Teller:
    """A pytest plugin that picks the tests, and sends their verdicts as they come."""

    def __init__(self, given: Course, asked: Asked, channel: Connection) -> None:
        self._course, self._asked, self._channel = given, asked, channel
        self._sending = threading.Lock()
        self._item: pytest.Item | None = None
        self.trouble = ""

    def send(self, news: News) -> None:
        """Tell something to whoever asked for the run; they may be gone."""
        with self._sending, contextlib.suppress(OSError):
            self._channel.send_bytes(msgspec.msgpack.encode(news))

    def pytest_configure(self, config: pytest.Config) -> None:
        """Hand the course and what is known to the plugin."""
        bench = InProcess(self._course, None)
        known = frozenset(self._asked.known_wrong)
        config.stash[plugin.COURSE] = self._course
        config.stash[plugin.RUN] = Run(self._course, bench, known, races=self._asked.races)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what nobody asked for."""
        items[:] = [item for item in items if exercise_of(item) in self._asked.exercises]

    def pytest_runtestloop(self) -> None:
        """Keep an eye on the learner's code while pytest runs the tests."""
        chapters = {self._course.chapter_of(name).name for name in self._asked.exercises}
        own = {str(self._course.stub(self._course.chapter(name)).parent) for name in chapters}
        watchdog = Watchdog(own, self._asked.seconds, self._cut_off, self._alive)
        watchdog.start()

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Say which test is running."""
        self._item = item
        self._alive()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell the verdict that a report carries."""
        if kata := getattr(report, "kata", None):
            printed = report.capstdout[-MOST_PRINTED:]
            self.send(Told(msgspec.convert(kata, Verdict), printed))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notice a test file that cannot be imported."""
        if report.failed:
            last = report.longreprtext.strip().rpartition("\n")[2]
            self.trouble = f"{report.nodeid}: {last.removeprefix('E').strip()}"

    def _alive(self) -> None:
        self.send(Running(exercise_of(self._item) if self._item else ""))

    def _cut_off(self, place: Place) -> None:
        """Say that the learner's code does not end, and end it with this process."""
        assert self._item is not None
        self.send(Told(_endless(self._item, place, self._asked.seconds)))
        self.send(Ended(cut_off=True))
        os._exit(0)


class Watchdog(threading.Thread):
    """Looks, ten times a second, whether one call of the learner's code goes on and on.

    A call is one frame of a file below the folders `own`; after `seconds` on the stack it is cut
    off, with the innermost of the learner's lines. `alive` is called now and then.
    """

    def __init__(
        self,
        own: Collection[str],
        seconds: float,
        cut_off: Callable[[Place], None],
        alive: Callable[[], None],
    ) -> None:
        super().__init__(daemon=True)
        self._own, self._seconds = tuple(folder + os.sep for folder in own), seconds
        self._cut_off, self._alive = cut_off, alive
        self._watched = threading.main_thread().ident

    def run(self) -> None:
        """Look until the process ends."""
        call: FrameType | None = None
        since = told = time.monotonic()
        while True:
            time.sleep(BEAT)
            now = time.monotonic()
            if now - told > 1:
                self._alive()
                told = now
            frames = self._frames()
            outermost = frames[-1] if frames else None
            if outermost is not call:
                call, since = outermost, now
            elif call is not None and now - since > self._seconds:
                self._cut_off(_place(frames[0]))

    def _frames(self) -> list[FrameType]:
        """The frames of the learner's own code, the innermost first."""
        frame = sys._current_frames().get(self._watched or 0)
        found = []
        while frame is not None:
            if self._is_own(frame.f_code.co_filename):
                found.append(frame)
            frame = frame.f_back
        return found

    def _is_own(self, file: str) -> bool:
        name = file.rpartition(os.sep)[2]
        return file.startswith(self._own) and not name.startswith(("test_", "baseline"))


def _options(given: Course, asked: Asked) -> list[str]:
    chapters = dict.fromkeys(given.chapter_of(name).name for name in asked.exercises)
    return [
        "--noconftest",
        "--import-mode=importlib",
        f"--rootdir={given.root}",
        f"--confcutdir={given.root}",  # else it looks through all folders above, too
        f"--config-file={os.devnull}",
        "-pgrader.plugin",
        *(f"-pno:{name}" for name in UNUSED_PLUGINS),
        *(str(given.visible_tests(given.chapter(name))) for name in chapters),
    ]


def _place(frame: FrameType) -> Place:
    file, line = frame.f_code.co_filename, frame.f_lineno
    code = linecache.getline(file, line)
    return Place(shown(Path(file)), line, frame.f_code.co_qualname, code)


def _endless(item: pytest.Item, place: Place, seconds: float) -> Verdict:
    """The verdict on a test whose call did not come to an end."""
    test = described(item, seconds)
    message = (
        f"{place.function} was stopped after {seconds:g} s: is there a loop that does not end?\n"
        f"{place}"
    )
    return Verdict(
        exercise=test.exercise,
        test=test.name,
        visibility=test.visibility,
        status="failed",
        message=message,
        discreet=message,
        file=test.file,
        duration=seconds,
    )
