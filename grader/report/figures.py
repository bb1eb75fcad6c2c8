"""The figures of a class, and the attempts of a student, for a person at a terminal."""

import statistics
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from grader.alike import MORE, Pair
from grader.journal import Mark
from grader.report.account import in_a_book
from grader.report.text import clean, in_a_line, laid_out
from grader.report.text import render as render_result
from grader.stats import ExerciseStats, Stats, points

BAR = 10
SHOWN_PAIRS = 10


def of_class(stats: Stats, alike: Sequence[Pair], *, width: int = 0) -> bytes:
    """Lay the figures of a class out."""
    return laid_out(_parts(stats, alike), width=width)


def of_student(marks: Sequence[Mark], counts: Mark, *, width: int = 0) -> bytes:
    """Lay out what a student has handed in, and the result that counts."""
    table = _table("attempt", "handed in as", "points", "late", "counts")
    for mark in marks:
        result, late = mark.result, mark.attempt.late_days
        earned = f"{result.score:g} of {result.max_score:g}" if result else mark.state
        table.add_row(
            str(mark.attempt.number),
            Text(in_a_line(mark.attempt.name)),
            earned,
            f"{late:g} d" if late else "",
            f"{points(mark):g}" if mark.id == counts.id else "",
        )
    if counts.result is None:
        told = Text(clean(f"{counts.state}: {counts.message}"))
        return laid_out([table, told], width=width)
    result_alone = render_result(in_a_book(counts.result), width=width)
    return laid_out([table, Text()], width=width) + result_alone


def _parts(stats: Stats, alike: Sequence[Pair]) -> Iterator[RenderableType]:
    shares = stats.shares
    middle = f", the median is {statistics.median(shares):.0%} of the points" if shares else ""
    full = sum(share == 1 for share in shares)
    yield Text(
        f"{stats.students} students, {len(shares)} with a result{middle}; {full} have full marks"
    )
    yield Text()
    table = _table("exercise", "passed", "", "left", "hardest test")
    for exercise in stats.exercises:
        table.add_row(*_row(exercise))
    yield table
    if any(e.diagnoses for e in stats.exercises):
        yield Text("\ncommonest mistakes", "bold")
        counts = [(c.times, e.id, c.what) for e in stats.exercises for c in e.diagnoses]
        for times, name, text in sorted(counts, key=lambda c: (-c[0], c[1], c[2])):
            yield Text(f"{times:4} × {name}: {in_a_line(text)}")
    if stats.slowest:
        yield Text("\nslowest", "bold")
        for slow in stats.slowest:
            yield Text(f"{slow.seconds:6.1f} s  {in_a_line(slow.student)}")
    if stats.troubles:
        yield Text("\nfor your eye", "bold")
        for trouble in stats.troubles:
            yield Text(in_a_line(f"{trouble.student}: {trouble.what}"))
    if alike:
        yield Text("\nalike, where others differ", "bold")
        for pair in alike[:SHOWN_PAIRS]:
            yield Text(f"{pair.share:4.0%}  {in_a_line(pair.one)} and {in_a_line(pair.other)}")
        if len(alike) > SHOWN_PAIRS:
            yield Text(f"and {len(alike) - SHOWN_PAIRS} more pairs")
        yield Text(f"A hint, no proof; compare them with a tool made for it: {MORE}")


def _row(exercise: ExerciseStats) -> tuple[str, ...]:
    tried, passed = exercise.tried, exercise.passed
    filled = round(BAR * passed / tried) if tried else 0
    hardest = exercise.hardest
    return (
        exercise.id,
        f"{passed} of {tried}",
        "█" * filled + "░" * (BAR - filled),
        str(exercise.left or ""),
        f"{hardest.what.removeprefix('test_')} ({hardest.times})" if hardest else "",
    )


def _table(*heads: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for head in heads:
        table.add_column(head, justify="right" if head in ("attempt", "left") else "left")
    return table
