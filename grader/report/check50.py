"""The JSON of check50: a check an exercise, with its tests as the log.

check50 knows no points. What an exercise earned, before what lateness costs, is in its `data`.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from grader.report import account
from grader.report.account import Account, Item
from grader.report.gradebook import Gradebook
from grader.report.text import clean, in_a_line
from grader.result import ExerciseResult
from grader.verdict import Status

VERSION = "3.5.0"
"""The check50 whose JSON this is."""

SKIPPED = ("blocked", "not_run")
SAID: dict[Status, str] = {"todo": "to do", "not_run": "not run"}


class Cause(msgspec.Struct, frozen=True):
    """Why a check did not pass: a line on what is wrong, and what helps."""

    rationale: str
    help: str | None


class Check(msgspec.Struct, frozen=True):
    """An entry of `results`; `passed` is None where it was skipped, and `cause` where it passed."""

    name: str
    description: str
    passed: bool | None
    log: tuple[str, ...]
    cause: Cause | None
    data: dict[str, float]
    dependency: str | None


def render(book: Gradebook) -> bytes:
    """One submission."""
    told = account.only(book, "check50")
    found = {"error": _error(told.trouble)} if told.trouble else {"results": _checks(book, told)}
    data = {"slug": _slug(book, told), **found, "version": VERSION}
    return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"


def _slug(book: Gradebook, told: Account) -> str:
    """What was checked: the chapter where it is one, else the course."""
    asked = {item.name for item in told.items} or {*book.marks[0].key.exercises}
    chapters = [c.name for c in book.course.chapters if any(e.name in asked for e in c.exercises)]
    return chapters[0] if len(chapters) == 1 else book.course.title


def _error(trouble: str) -> dict[str, Any]:
    """As check50 tells of a work that it cannot check: what it says to a person, no traceback."""
    actions = {"show_traceback": False, "message": trouble}
    return {"type": "Error", "value": trouble, "traceback": [], "actions": actions, "data": {}}


def _checks(book: Gradebook, told: Account) -> list[Check]:
    wanting = {i.name for i in told.items if i.exercise and not i.passed}
    return [_check(book, item, wanting) for item in told.items if item.exercise]


def _check(book: Gradebook, item: Item, wanting: set[str]) -> Check:
    assert item.exercise is not None
    status = item.exercise.status
    return Check(
        item.name,
        f"{item.name} passes its tests",
        None if status in SKIPPED else item.passed,
        tuple(_log(item)),
        None if item.passed else _cause(item),
        {"points": item.score, "max_points": item.max_score} if item.counts else {},
        _waits_for(book, item, wanting) if status == "blocked" else None,
    )


def _waits_for(book: Gradebook, item: Item, wanting: set[str]) -> str | None:
    """The exercise that has to be right first."""
    known = book.course.exercises.get(item.name)
    return next((name for name in known.needs if name in wanting), None) if known else None


def _log(item: Item) -> Iterator[str]:
    """How each test came out, and below it what is said of it."""
    assert item.exercise is not None
    yield from clean(item.exercise.message).splitlines()
    for test in item.exercise.tests:
        yield f"{in_a_line(account.numbered(test))}: {SAID.get(test.status, test.status)}"
        said = () if test.status in ("passed", "todo") else account.told(test)[1:]
        yield from (f"  {line}" for text in said for line in text.splitlines())


def _cause(item: Item) -> Cause:
    """The first thing that is wrong, on a line as check50 shows it; then what helps."""
    assert item.exercise is not None
    reason = _reason(item, item.exercise)
    diagnosis = account.diagnosis(item.exercise)
    helps = [diagnosis] if diagnosis not in reason else []
    helps += [f"Hint: {item.hint}"] if item.hint else []
    return Cause(in_a_line(reason), in_a_line(" ".join(helps)) or None)


def _reason(item: Item, exercise: ExerciseResult) -> str:
    """What is said of the whole exercise, else of the test that failed first; of each a line."""
    wrong = account.failed(exercise)
    if exercise.message or not wrong:
        return (clean(exercise.message) or item.told or item.said).splitlines()[0]
    name, said, *_ = account.told(wrong[0])
    line = said.splitlines()[0]
    return line if exercise.status == "todo" else f"{name}: {line}"
