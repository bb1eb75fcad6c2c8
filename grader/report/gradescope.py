"""The `results.json` that Gradescope reads: one test an exercise, and what lateness costs."""

from typing import Any

import msgspec

from grader.report import account
from grader.report.account import Item
from grader.report.gradebook import Gradebook


def render(book: Gradebook) -> bytes:
    """One submission. An instructor's report is shown to no student."""
    told = account.only(book, "gradescope")
    data = {
        "score": told.score,
        "execution_time": round(told.seconds, 2),
        "output": "\n".join(filter(None, (told.trouble, *told.notes))),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "hidden" if book.audience == "instructor" else "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(item) for item in told.items],
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"


def _test(item: Item) -> dict[str, Any]:
    """What was not run has neither a score nor a status, and counts in no total."""
    said = item.said if item.exercise else ""
    told = {"name": item.name, "output": "\n".join(filter(None, (said, item.told)))}
    if not item.counts:
        return told
    status = "passed" if item.passed else "failed"
    return {**told, "score": item.score, "max_score": item.max_score, "status": status}
