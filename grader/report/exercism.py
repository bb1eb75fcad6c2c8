"""The `results.json` of an Exercism test runner, version 3: a test is a test, an exercise a task.

Exercism knows no points and nothing that was not run: such tests are left out. So is `test_code`,
which it asks of concept exercises alone: a result holds no test's source, and of a hidden test
nobody is to see it.
"""

from collections.abc import Iterator, Sequence

import msgspec

from grader.report import account
from grader.report.account import Account, Item
from grader.report.gradebook import Gradebook
from grader.verdict import Status

VERSION = 3
LONGEST = 65_535
"""How many bytes of a message Exercism keeps."""

CUT = "\n… There is more, which Exercism has no room for."
STATUS: dict[Status, str] = {"passed": "pass", "error": "error", "missing": "error"}
"""What could not be run is an error, and all else that did not pass a failure."""


class Test(msgspec.Struct, frozen=True):
    """An entry of `tests`; only the first that did not pass is shown to a student."""

    name: str
    status: str
    message: str | None
    task_id: int


def render(book: Gradebook) -> bytes:
    """One submission."""
    told = account.only(book, "exercism")
    tests = [test for task, item in enumerate(told.items, 1) for test in _tests(task, item)]
    status = _overall(tests)
    message = _cut(_nothing_ran(told)) if status == "error" else None
    data = {"version": VERSION, "status": status, "message": message, "tests": tests}
    return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"


def _overall(tests: Sequence[Test]) -> str:
    """It is an error where no test ran, and only there."""
    found = {test.status for test in tests}
    if found <= {"error"}:
        return "error"
    return "pass" if found == {"pass"} else "fail"


def _nothing_ran(told: Account) -> str:
    """Why no test ran: what was refused, what every exercise says, and at the least a word."""
    said = dict.fromkeys(line for item in told.items for line in item.why)
    return told.trouble or "\n".join(said) or "There is nothing in this that could be run."


def _tests(task: int, item: Item) -> Iterator[Test]:
    """The tests of an exercise in the order they are in, and what none of them has said."""
    if item.exercise is None or not item.counts:
        return
    for test in item.exercise.tests:
        if test.status != "not_run":
            _, *said = account.told(test)
            name = f"{item.name}: {account.numbered(test)}"
            yield _test(name, test.status, "\n".join(said), task, item.hint)
    if besides := account.besides(item):
        yield _test(item.name, item.exercise.status, besides, task, item.hint)


def _test(name: str, status: Status, said: str, task: int, hint: str) -> Test:
    if status == "passed":
        return Test(name, "pass", None, task)
    lines = [said, f"hint: {hint}"] if hint else [said]
    return Test(name, STATUS.get(status, "fail"), _cut("\n".join(lines)), task)


def _cut(text: str) -> str:
    data = text.encode()
    if len(data) <= LONGEST:
        return text
    return data[: LONGEST - len(CUT.encode())].decode(errors="ignore") + CUT
