"""What one test says about one exercise, and the words to say it in."""

import builtins
import re
from collections.abc import Iterable
from typing import Literal

import msgspec
import pytest

from grader.calls import Call, Raised
from grader.compare import Mismatch
from grader.errors import KataError
from grader.speed import Speed

Status = Literal["passed", "failed", "todo", "blocked", "missing", "not_run", "error"]
Visibility = Literal["visible", "hidden"]


class Verdict(msgspec.Struct, frozen=True):
    """The outcome of a test.

    `message` may show inputs and values and is for visible tests; `discreet` names what failed and
    gives away no hidden input. `blocker` is the unfinished prerequisite of a blocked exercise;
    `file` is the test's file as a person would type it; `duration` is in seconds; `gpu` says that
    the test needs a GPU; `speed` is there for a speed gate.
    """

    exercise: str
    test: str
    visibility: Visibility
    status: Status
    message: str = ""
    discreet: str = ""
    diagnosis: str = ""
    blocker: str = ""
    file: str = ""
    duration: float = 0.0
    gpu: bool = False
    speed: Speed | None = None

    @property
    def shown(self) -> str:
        """The message that may be shown for a test of this visibility."""
        return self.message if self.visibility == "visible" else self.discreet


class Words(msgspec.Struct, frozen=True):
    """A failure in words: for a visible test, and for a hidden one."""

    message: str
    discreet: str


UNPACKED = re.compile(r"^(too many|not enough) values to unpack \(expected (\d+)")
"""What Python says where a test wants several results."""

LONGEST_TEXT = 500
"""How much is shown of what an exception says, as one line."""

ORDER: tuple[Status, ...] = ("error", "failed", "missing", "todo", "blocked", "not_run")


def overall(verdicts: Iterable[Verdict]) -> Status | None:
    """The status of an exercise from those of its tests: the worst; None when it has none.

    Tests that did not run for want of a GPU leave it to the others, if there are any.
    """
    found = [*verdicts]
    ran = [v.status for v in found if not (v.gpu and v.status == "not_run")]
    statuses = ran or [v.status for v in found]
    if not statuses:
        return None
    return next((status for status in ORDER if status in statuses), "passed")


def to_do(exercise: str) -> str:
    """Say that there is nothing yet; of what is there and wrong a symptom is told instead."""
    return f"{exercise} is still to do"


def advice(verdict: Verdict) -> list[str]:
    """The lines that a learner reads about a failed test."""
    test = verdict.test.partition("[")[0].removeprefix("test_")
    folder = verdict.file.rpartition("/")[0]
    lines = [
        verdict.shown,
        verdict.diagnosis,
        f"again: pytest {folder} -k {test}",
        f"hint:  kata hint {verdict.exercise}",
    ]
    return [line for line in lines if line]


def raised_by(error: BaseException, record: list[Call]) -> Raised | None:
    """What the learner's code raised, when that is the error that ended a test; else None."""
    return next((c.raised for c in record if c.raised and c.raised.error is error), None)


def unwritten(raised: Raised | None, record: list[Call]) -> str | None:
    """Name the function that is still a stub, when that is why a test ended; else None."""
    if raised is None or raised.kinds[0] != "NotImplementedError":
        return None
    if raised.places:
        return raised.places[-1].function
    return next(call.function for call in record if call.raised is raised)


def words(error: BaseException, record: list[Call], raised: Raised | None) -> Words:
    """Put a failure into words."""
    if isinstance(error, Mismatch):
        message, discreet = str(error), f"{_subject(error.call)} {error.finding}"
        if error.call is None and record and error.finding.startswith("gave "):
            came = error.finding.removeprefix("gave ")  # of what the test made of the answers
            said = f"after {record[-1]} the test gets {came}"
            message = "\n".join(filter(None, [said, error.details]))
        return Words(message, discreet)
    if isinstance(error, KataError):
        return Words(str(error), str(error))
    if raised is not None:
        return _raised(raised, next((c for c in record if c.raised is raised), None))
    last = record[-1] if record else None
    if isinstance(error, pytest.fail.Exception) and "DID NOT RAISE" in str(error):
        due = str(error).removeprefix("DID NOT RAISE ")
        return Words(
            f"{last or 'it'} returned an answer where {due} is due",
            f"{_subject(last)} gave an answer where {due} is due",
        )
    if isinstance(error, AssertionError):
        said = str(error).partition("\n")[0].removeprefix("AssertionError: ")
        said = said or "the test's condition does not hold"
        return Words(f"{last}: {said}" if last else said, "")
    return _unusable(error, last)


def _unusable(error: BaseException, last: Call | None) -> Words:
    """What to say where a test fell over what a call gave."""
    unpacked = UNPACKED.search(str(error))
    if last and last.target is None and last.value is None and last.raised is None:
        told = "gave None: is a `return` missing?"
    elif "cannot unpack non-iterable" in str(error):
        told = "gave a single result where several are due"
    elif unpacked:
        gave = "more" if unpacked[1] == "too many" else "fewer"
        told = f"gave {gave} results than the {unpacked[2]} that are due"
    else:
        text = f"{type(error).__name__}: {error}".partition("\n")[0]
        return Words(
            f"the test could not use what {_subject(last)} gave: {text}",
            f"{_subject(last)} gave something that the test cannot use",
        )
    return Words(f"{last or 'it'} {told}", f"{_subject(last)} {told}")


def _raised(raised: Raised, call: Call | None) -> Words:
    kind = raised.kinds[0]
    said = " ".join(raised.text.split())
    text = f": {said[:LONGEST_TEXT]}{'…' if len(said) > LONGEST_TEXT else ''}" if said else ""
    place = raised.places[-1] if raised.places else None
    function = call.function if call else place.function if place else "it"
    # A class of the learner's own may be named after a hidden input; a built-in one cannot.
    builtin = next((k for k in raised.kinds if hasattr(builtins, k)), "an exception")
    limit = f"\n{raised.limit}" if raised.limit else ""
    told = "" if raised.limit and raised.limit in text else limit
    return Words(
        f"{call or function} raised {kind}{text}" + (f"\n{place}" if place else "") + told,
        f"{function} raised {builtin}" + limit,
    )


def _subject(call: Call | None) -> str:
    return call.function if call is not None else "it"
