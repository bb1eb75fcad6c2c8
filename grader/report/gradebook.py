"""What every report is made from: the marks that count, and the course's own words."""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from grader.alike import Pair
from grader.course import Course
from grader.journal import Attempt, Key, Mark, State
from grader.result import Result

Audience = Literal["learner", "instructor"]
"""Who is to read a report: an instructor is told more."""


class Gradebook(msgspec.Struct, frozen=True):
    """A class, or one submission: one mark a student, in the order they are to be listed.

    `files` has the text of what each student handed in, by student and file name, as far as it is
    known; `alike` are pairs of students whose code is alike. `sheet` is the text of the gradebook
    that an instructor has exported from Canvas or Moodle, and `column` the title to fill in there.
    """

    course: Course
    marks: tuple[Mark, ...]
    audience: Audience = "learner"
    files: Mapping[str, Mapping[str, str]] = {}
    alike: tuple[Pair, ...] = ()
    sheet: str = ""
    column: str = ""

    @property
    def results(self) -> tuple[Result, ...]:
        """The results of those that have one."""
        return tuple(mark.result for mark in self.marks if mark.result)


def marked(result: Result) -> Mark:
    """A mark for a result that is in no journal: of a student by the submission's name."""
    name = result.submission.name
    attempt = Attempt(0, name, 1, name, result.submission.digest)
    return Mark(0, attempt, Key("", result.seed, "", {}), "marked", "", 0, result)


def unmarked(name: str, state: State, message: str, exercises: Iterable[str] = ()) -> Mark:
    """A mark without a result for what is in no journal, and why there is none."""
    attempt = Attempt(0, name, 1, name, "")
    asked = dict.fromkeys(exercises, "")
    return Mark(0, attempt, Key("", 0, "", asked), state, message, 0, None)
