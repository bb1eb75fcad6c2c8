"""The speed test of one exercise, run alone on a learner's own file: what `kata speed` shows."""

from typing import Any

import msgspec
import pytest

from grader import plugin
from grader.course import Course
from grader.errors import KataError
from grader.speed import Speed
from grader.verdict import Verdict


def measured(course: Course, exercise: str, *, doubled: bool = False) -> Speed:
    """Run the speed test of an exercise on a learner's own file, in this process.

    With `doubled` at sizes that double from one to the next, the loop at all of them.

    Raises
    ------
    KataError
        There is no such test, or no speed to speak of: the function is not written, or not right.

    """
    chapter = course.chapter_of(exercise)
    if not course.exercises[exercise].gates:
        raise KataError(f"{exercise}: has no speed gate; nobody asks how fast it is")
    catcher = Catcher(doubled)
    options = ["-pno:terminal", f"--rootdir={course.root}"]
    pytest.main([*options, str(course.visible_tests(chapter)), "-k", exercise], plugins=[catcher])
    verdicts = [v for v in catcher.verdicts if v.exercise == exercise]
    found = next((v.speed for v in verdicts if v.speed), None)
    if found is None:
        wrong = next((v for v in verdicts if v.status != "passed"), None)
        told = wrong.message.partition("\n")[0] if wrong else "its speed test did not run"
        raise KataError(f"{exercise}: no speed to tell: {told}")
    return found


class Catcher:
    """A pytest plugin that runs speed tests alone and keeps what they say."""

    def __init__(self, doubled: bool) -> None:
        self._doubled = doubled
        self.verdicts: list[Verdict] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        """Say at which sizes to measure."""
        config.stash[plugin.DOUBLED] = self._doubled

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave the other tests out."""
        items[:] = [item for item in items if "speed" in getattr(item, "fixturenames", ())]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the verdict that a report carries."""
        if kata := getattr(report, "kata", None):
            self.verdicts.append(msgspec.convert(kata, Verdict))
