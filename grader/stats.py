"""A class in figures, from the marks of its submissions: what an instructor asks for first."""

import collections
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from grader.journal import Mark
from grader.result import ExerciseResult, Outcome

Counting = Literal["last", "best", "first"]
"""Which attempt of a student counts."""

SLOWEST = 5
COMMONEST = 3


class Count(msgspec.Struct, frozen=True):
    """How often something was there."""

    what: str
    times: int


class ExerciseStats(msgspec.Struct, frozen=True):
    """One exercise: of `tried` submissions with work on it so many `passed`; the rest left it.

    `diagnoses` are the commonest ones, `hardest` is the test that the most of them failed.
    """

    id: str
    chapter: str
    passed: int
    tried: int
    left: int
    diagnoses: tuple[Count, ...]
    hardest: Count | None


class Slow(msgspec.Struct, frozen=True):
    """A submission that took long: `seconds` in all."""

    student: str
    seconds: float


class Trouble(msgspec.Struct, frozen=True):
    """A submission without a result, or with something in it that wants a human eye."""

    student: str
    what: str


class Stats(msgspec.Struct, frozen=True):
    """The whole class. `shares` are the parts of the points that count, of each with a result."""

    students: int
    shares: tuple[float, ...]
    exercises: tuple[ExerciseStats, ...]
    slowest: tuple[Slow, ...]
    troubles: tuple[Trouble, ...]


def counted(marks: Iterable[Mark], counting: Counting) -> list[Mark]:
    """The mark that counts of each student: the last, or of those with a result the best or first.

    A last attempt that cannot be read counts as well: whoever handed it in has to be told.
    """
    found: dict[str, list[Mark]] = {}
    for mark in sorted(marks, key=lambda m: (m.attempt.student, m.attempt.number)):
        found.setdefault(mark.attempt.student, []).append(mark)
    return [_chosen(own, counting) for own in found.values()]


def points(mark: Mark) -> float:
    """The points of a mark that count, after what each late day costs."""
    if mark.result is None:
        return 0.0
    kept = max(0.0, 1 - mark.attempt.late_days * mark.attempt.penalty)
    return mark.result.score * kept


def of_class(marks: Sequence[Mark]) -> Stats:
    """The figures of a class, from one mark a student."""
    marked = [mark for mark in marks if mark.result]
    exercises: dict[str, list[ExerciseResult]] = {}
    for mark in marked:
        for exercise in mark.result.exercises if mark.result else ():
            exercises.setdefault(exercise.id, []).append(exercise)
    seconds = {m.attempt.student: m.result.duration for m in marked if m.result}
    slowest = sorted(seconds.items(), key=lambda item: -item[1])[:SLOWEST]
    return Stats(
        len(marks),
        tuple(_share(mark) for mark in marked),
        tuple(_exercise(found) for found in exercises.values()),
        tuple(Slow(*item) for item in slowest),
        tuple(trouble for mark in marks for trouble in _troubles(mark)),
    )


def _chosen(marks: Sequence[Mark], counting: Counting) -> Mark:
    with_result = [mark for mark in marks if mark.result] or marks
    if counting == "best":
        return max(with_result, key=points)
    return with_result[0] if counting == "first" else marks[-1]


def _share(mark: Mark) -> float:
    assert mark.result is not None
    return points(mark) / mark.result.max_score if mark.result.max_score else 1.0


def _exercise(found: Sequence[ExerciseResult]) -> ExerciseStats:
    ran = [e for e in found if e.status != "not_run"]
    left = [e for e in ran if e.status in ("todo", "missing")]
    tried = [e for e in ran if e.status not in ("todo", "missing")]
    told = [dict.fromkeys(t.diagnosis for t in e.tests) for e in tried]
    diagnoses = collections.Counter(text for texts in told for text in texts if text)
    names = [dict.fromkeys(map(_name, e.tests)) for e in tried]
    failed = collections.Counter(name for own in names for name in own if name)
    hardest = failed.most_common(1)
    return ExerciseStats(
        found[0].id,
        found[0].chapter,
        sum(e.status == "passed" for e in tried),
        len(tried),
        len(left),
        tuple(Count(*item) for item in diagnoses.most_common(COMMONEST)),
        Count(*hardest[0]) if hardest else None,
    )


def _name(test: Outcome) -> str:
    """The name of a test that failed, without its case; else an empty text."""
    return test.name.partition("[")[0] if test.status == "failed" else ""


def _troubles(mark: Mark) -> Iterable[Trouble]:
    student = mark.attempt.student
    if mark.result is None:
        yield Trouble(student, f"{mark.state}: {mark.message}")
        return
    if mark.state == "unraced":
        yield Trouble(student, "its races have not been run; run kata batch again")
    for note in mark.result.notes:
        if "inconclusive" in note or note.startswith("Refused: "):
            yield Trouble(student, note)
