"""Races that wait until nothing else runs: which they are, and what comes of them.

A class is marked by several processes at a time, and no speed can be told from that. So the first
phase leaves the races out, and a second one runs them, one submission at a time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from grader.gates import LATER
from grader.result import ExerciseResult, Outcome, Result, outcome, totals
from grader.verdict import Verdict, overall


def waiting(result: Result) -> dict[str, frozenset[str]]:
    """The tests that wait, by exercise: the races that are still due."""
    due = {e.id: frozenset(t.name for t in e.tests if _is_due(t)) for e in result.exercises}
    return {name: tests for name, tests in due.items() if tests}


def not_right(result: Result) -> frozenset[str]:
    """The exercises that failed a visible test, before any race."""
    return frozenset(e.id for e in result.exercises if any(map(_failed_in_sight, e.tests)))


def before_races(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts that stand already."""
    return [verdict for verdict in verdicts if verdict.message != LATER]


def raced(
    result: Result, verdicts: Sequence[Verdict], supplied: Mapping[str, tuple[str, ...]]
) -> Result:
    """The result with what the races found in the places that were kept for it.

    `supplied` are, by exercise, the prerequisites that the reference stood in for in a race.
    """
    found = {(v.exercise, v.test): v for v in verdicts}
    exercises = tuple(_decided(exercise, found, supplied) for exercise in result.exercises)
    score, max_score = totals(exercises)
    due = waiting(result)
    told = doubts(v for v in verdicts if v.test in due.get(v.exercise, ()))
    return replace(
        result,
        score=score,
        max_score=max_score,
        exercises=exercises,
        notes=(*result.notes, *told),
    )


def doubts(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """What an instructor may want to look at: speeds that this machine was too busy to tell."""
    for verdict in verdicts:
        if verdict.speed and verdict.speed.decision == "inconclusive":
            yield f"{verdict.exercise}: speed inconclusive, {verdict.speed.words}"


def _failed_in_sight(test: Outcome) -> bool:
    return test.visibility == "visible" and test.status != "passed" and not _is_due(test)


def _is_due(test: Outcome) -> bool:
    return test.message == LATER


def _decided(
    exercise: ExerciseResult,
    found: Mapping[tuple[str, str], Verdict],
    supplied: Mapping[str, tuple[str, ...]],
) -> ExerciseResult:
    if not any(map(_is_due, exercise.tests)):
        return exercise
    again = [verdict for (name, _), verdict in found.items() if name == exercise.id]
    before = [Verdict(exercise.id, "", "visible", exercise.status)]
    others = any(not _is_due(test) for test in exercise.tests)
    status = overall([*(before if others else []), *again]) or "not_run"
    tests = tuple(
        outcome(found[exercise.id, test.name], number) if _is_due(test) else test
        for number, test in enumerate(exercise.tests, 1)
    )
    score = exercise.max_score if status == "passed" else 0.0
    names = supplied.get(exercise.id, exercise.supplied)
    return replace(exercise, status=status, score=score, tests=tests, supplied=names)
