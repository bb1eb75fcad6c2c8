"""The signs and words of the pages: what a status, a test and a state are called."""

from grader.result import ExerciseResult
from grader.verdict import Status

LETTERS: dict[Status, str] = {
    "passed": "p",
    "failed": "f",
    "error": "f",
    "blocked": "b",
    "todo": "t",
    "missing": "m",
    "not_run": "n",
}
"""What a status is in the rows of the heat map; `x` is an exercise that was not asked for."""

NOT_ASKED = "x"
SIGNS = {"p": "✔", "f": "✘", "b": "⊘", "t": "○", "m": "○", "n": "–"}
SAID: dict[Status, str] = {
    "passed": "right",
    "failed": "not right yet",
    "error": "could not be run",
    "blocked": "waits for another",
    "todo": "to do",
    "missing": "not there",
    "not_run": "not run",
}


def sign(status: Status) -> str:
    """The sign of a status, as on the learner's board."""
    return SIGNS[LETTERS[status]]


def counted(number: float, one: str, more: str = "") -> str:
    """A number and what it counts: 1 student, 2 students."""
    return f"{number:g} {one if number == 1 else more or one + 's'}"


def not_run(exercise: ExerciseResult) -> str:
    """Why an exercise, or a part of it, was not run; empty where all of it was."""
    why = [test.message for test in exercise.tests if test.status == "not_run"]
    if exercise.status == "not_run":
        return next(iter([*filter(None, why), exercise.message]), "") or "not run"
    return (why[0] or "not run") if why else ""
