"""What GitHub Classroom's reporter reads: the step output `result`, base64 of JSON."""

import base64

import msgspec

from grader.report import account
from grader.report.account import Account, Item
from grader.report.gradebook import Gradebook
from grader.report.text import no_command


def render(book: Gradebook) -> bytes:
    """One submission, as the line that goes into the file that GITHUB_OUTPUT names."""
    told = account.only(book, "classroom")
    status = "error" if told.trouble else "pass" if told.full else "fail"
    tests = [_test(item) for item in told.items if item.counts] or [_alone(told)]
    data = {"version": 1, "status": status, "max_score": told.max_score, "tests": tests}
    return b"result=" + base64.b64encode(msgspec.json.encode(data)) + b"\n"


def _test(item: Item) -> dict[str, object]:
    return {
        "name": item.name,
        "status": "pass" if item.passed else "fail",
        "score": item.score,
        "message": _said(item.told),
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": item.seconds,
    }


def _alone(told: Account) -> dict[str, object]:
    """There is always a test: the reporter adds up the scores of what is there."""
    item = Item("the submission", 0.0, told.max_score, "", (told.trouble,))
    return {**_test(item), "status": "error" if told.trouble else "pass"}


def _said(text: str) -> str:
    """The reporter prints it into a job's log, where a line can be a command."""
    return "\n".join(map(no_command, text.splitlines()))
