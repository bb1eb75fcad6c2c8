"""The outcome of grading one submission, as data; every report is made from it."""

import inspect
from collections.abc import Sequence
from typing import Any

import msgspec

from grader.speed import Speed
from grader.verdict import Status, Verdict, Visibility

VERSION = 1


class SubmissionId(msgspec.Struct, frozen=True):
    """Which submission: the name it was handed in under, and the SHA-256 digest of its sources."""

    name: str
    digest: str


class Isolation(msgspec.Struct, frozen=True):
    """How far the learner's code was confined: the level, and the layers that held."""

    level: str
    layers: tuple[str, ...]


class Outcome(msgspec.Struct, frozen=True):
    """One test; `duration` in seconds. The message of a hidden test gives away no input.

    `speed` is there for a speed gate.
    """

    name: str
    status: Status
    message: str
    diagnosis: str
    duration: float
    visibility: Visibility
    speed: Speed | None = None


class ExerciseResult(msgspec.Struct, frozen=True):
    """One exercise. Its points are earned when all its tests pass.

    `message` says why no test could run; `supplied` names prerequisites that were not right and
    that the reference stood in for.
    """

    id: str
    chapter: str
    score: float
    max_score: float
    status: Status
    tests: tuple[Outcome, ...]
    message: str = ""
    supplied: tuple[str, ...] = ()


class Result(msgspec.Struct, frozen=True):
    """One graded submission; `duration` in seconds.

    Exercises with status not_run (no GPU, no data) are in no total.
    """

    submission: SubmissionId
    score: float
    max_score: float
    isolation: Isolation
    seed: int
    duration: float
    exercises: tuple[ExerciseResult, ...]
    notes: tuple[str, ...] = ()
    version: int = VERSION

    @property
    def share(self) -> float:
        """The part of the points that was earned, 0 to 1; 1 where there were none to earn."""
        return self.score / self.max_score if self.max_score else 1.0


def totals(exercises: Sequence[ExerciseResult]) -> tuple[float, float]:
    """The points earned and the points there were to earn."""
    counted = [e for e in exercises if e.status != "not_run"]
    return sum(e.score for e in counted), sum(e.max_score for e in counted)


def merged(old: Result, new: Result, names: Sequence[str]) -> Result:
    """A result on some exercises, in this order, from a new one where they are in it."""
    found = {e.id: e for e in (*old.exercises, *new.exercises)}
    exercises = tuple(found[name] for name in names)
    anew = tuple(f"{exercise.id}: " for exercise in new.exercises)
    kept = [note for note in old.notes if not note.startswith(anew) and note not in new.notes]
    score, max_score = totals(exercises)
    return msgspec.structs.replace(
        new, score=score, max_score=max_score, exercises=exercises, notes=(*kept, *new.notes)
    )


def outcome(verdict: Verdict, number: int) -> Outcome:
    """What a verdict says, for a test that is the exercise's `number`th.

    The parameters of a hidden test are inputs: it goes by its number instead.
    """
    name, bracket, _ = verdict.test.partition("[")
    if verdict.visibility == "visible":
        name = verdict.test
    elif bracket:
        name = f"{name}[#{number}]"
    return Outcome(
        name,
        verdict.status,
        verdict.shown if verdict.status != "passed" else "",
        verdict.diagnosis,
        round(verdict.duration, 4),
        verdict.visibility,
        verdict.speed,
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `kata grade --format json` for one submission.

    It is shipped as `report/result.schema.json`: python -m grader.result > that file.
    """
    return schema_of(Result, "tensorkata result")


def schema_of(kind: type[msgspec.Struct], title: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a struct, the same by every version of Python."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **_dedented(msgspec.json.schema(kind)),
    }


def _dedented(node: Any) -> Any:
    """The schema with docstrings as Python 3.13 has them, so that every version gives the same."""
    if isinstance(node, dict):
        return {
            key: inspect.cleandoc(value) if key == "description" else _dedented(value)
            for key, value in node.items()
        }
    return [_dedented(item) for item in node] if isinstance(node, list | tuple) else node


if __name__ == "__main__":
    print(msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode())
