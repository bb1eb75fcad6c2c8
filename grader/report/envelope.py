"""A class as JSON: every student, and what counts of what they handed in.

`kata grade --format json` tells of results alone. In a class there is more: the attempt, what
lateness costs, and those who have no result. The schema is `class.schema.json` beside this file.
"""

from typing import Any

import msgspec

from grader.journal import Mark, State
from grader.report import account
from grader.report.gradebook import Gradebook
from grader.result import Result, schema_of

VERSION = 1


class Marked(msgspec.Struct, frozen=True):
    """The mark of a student that counts.

    `score` is what is left of the result's after what each of the `late_days` costs, a share
    `penalty` of it. Without a result there is no score, and `trouble` says why.
    """

    student: str
    attempt: int
    state: State
    score: float | None
    max_score: float
    late_days: float
    penalty: float
    trouble: str
    result: Result | None


class Class(msgspec.Struct, frozen=True):
    """All students of a class, or one of them."""

    students: tuple[Marked, ...]
    version: int = VERSION


def render(book: Gradebook) -> bytes:
    """Everybody in the book."""
    told = Class(tuple(_marked(book, mark) for mark in book.marks))
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `kata report --format json`.

    It is shipped as `class.schema.json`: python -m grader.report.envelope > that file.
    """
    return schema_of(Class, "tensorkata class")


def _marked(book: Gradebook, mark: Mark) -> Marked:
    told = account.of(book, mark)
    attempt = mark.attempt
    return Marked(
        attempt.student,
        attempt.number,
        mark.state,
        None if told.trouble else told.score,
        told.max_score,
        attempt.late_days,
        attempt.penalty,
        told.trouble,
        mark.result,
    )


if __name__ == "__main__":
    print(msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode())
