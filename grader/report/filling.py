"""Marks into the column of a gradebook: what is sure is filled in, and all else is said."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from grader.errors import KataError
from grader.journal import Mark
from grader.report import account, sheet
from grader.report.account import Account
from grader.report.gradebook import Gradebook
from grader.report.people import Directory, Person, known
from grader.report.sheet import Sheet
from grader.report.text import in_a_line
from grader.roster import CANVAS, MOODLE

DOWNLOADS = {"canvas": CANVAS, "moodle": MOODLE}
NAMED = 20
"""So many names a line has, of more it counts the rest."""

NO_GRADE = ("", "-")


class Filled(msgspec.Struct, frozen=True):
    """A gradebook that has been filled in, what is to be said of it, and if each mark is in it."""

    data: bytes
    told: tuple[str, ...] = ()
    complete: bool = True


class Layout(msgspec.Struct, frozen=True):
    """Where in a gradebook the marks go: the rows of its people, and the column."""

    people: tuple[Person, ...]
    column: int


class _Found(msgspec.Struct):
    """Whom the marks belong to, as far as that is sure."""

    marks: dict[Person, Mark]
    strangers: list[str]
    unsure: list[str]


def fill(book: Gradebook, table: Sheet, layout: Layout, format_: str) -> Filled:
    """Fill in the marks of a class.

    Raises
    ------
    KataError
        Nobody of the class is in the gradebook.

    """
    found = _matched(book.marks, layout.people, format_)
    if not found.marks and not found.unsure:
        raise KataError(f"none of {len(book.marks)} students is in it; is it of this class?")
    new = {
        person: points
        for person, mark in found.marks.items()
        if not person.locked and (points := _points(book, mark, person)) is not None
    }
    comma = any("," in table.said(p.row, layout.column) for p in layout.people)
    numbers = {
        (person.row, layout.column): sheet.shown(points, comma=comma)
        for person, points in new.items()
    }
    told = (
        *_scaled(book, found.marks, new, table.titles[layout.column]),
        *found.unsure,
        *listed(found.strangers, "not in the gradebook"),
        *_unfilled(layout.people, found.marks, new),
        *listed(_replaced(table, layout.column, new), "had another grade there, now replaced"),
    )
    data = sheet.filled(table, numbers).encode()
    return Filled(data, told, not (found.unsure or found.strangers))


def column(titles: Sequence[str], candidates: Sequence[int], wanted: str) -> int:
    """The column that is meant: by its title, or the only one there is.

    Raises
    ------
    KataError
        There is no such column, or several.

    """
    named = [n for n in candidates if titles[n] == wanted.strip()] if wanted else [*candidates]
    if wanted and not named:  # without the number that Canvas puts behind a title
        named = [n for n in candidates if titles[n].rpartition(" (")[0] == wanted.strip()]
    if len(named) == 1:
        return named[0]
    there = ", ".join(repr(titles[n]) for n in candidates) or "none that can be filled in"
    if not wanted:
        raise KataError(f"which column is meant? Say so with --column; there are: {there}")
    said = "there are several columns" if named else "there is no column"
    raise KataError(f"--column: {said} {wanted!r} to fill in; there are: {there}")


def most_of(told: Iterable[Account]) -> float:
    """The points there are, for a gradebook that is made anew."""
    return max((each.max_score for each in told), default=0.0)


def cell(told: Account, most: float) -> str:
    """What a cell of such a gradebook says; nothing of who has no points, and no 0 either."""
    return "" if told.trouble or not told.max_score else sheet.shown(told.share * most)


def blank(told: Iterable[Account]) -> tuple[str, ...]:
    """Say whose cells have been left blank."""
    names = [each.student for each in told if not cell(each, 1.0)]
    return tuple(listed(names, "could not be marked, left blank"))


def _matched(marks: Iterable[Mark], people: Iterable[Person], format_: str) -> _Found:
    directory = Directory.of(people)
    owners: dict[Person, list[Mark]] = {}
    strangers, unsure = [], []
    for mark in marks:
        student = mark.attempt.student
        rows = directory.rows_of(student, known(mark.attempt, DOWNLOADS[format_]))
        if len(rows) == 1:
            owners.setdefault(rows[0], []).append(mark)
        elif rows:
            there = " or ".join(f"row {p.row + 1} ({in_a_line(p.called)})" for p in rows)
            unsure.append(f"{in_a_line(student)}: left out; may be {there}")
        else:
            strangers.append(student)
    for person, several in owners.items():
        if len(several) > 1:
            names = account.together([in_a_line(mark.attempt.student) for mark in several])
            unsure.append(f"{names}: left out; each may be row {person.row + 1}")
    sure = {person: several[0] for person, several in owners.items() if len(several) == 1}
    return _Found(sure, strangers, unsure)


def _points(book: Gradebook, mark: Mark, person: Person) -> float | None:
    """What is to stand in a cell; nothing where there is no mark, or where nothing could be run."""
    told = account.of(book, mark)
    if told.trouble or not told.max_score:
        return None
    return told.score if person.most is None else told.share * person.most


def _scaled(
    book: Gradebook, marks: Mapping[Person, Mark], new: Iterable[Person], title: str
) -> Iterable[str]:
    """One line for each two scales: most often there is one."""
    scales = dict.fromkeys(
        (account.of(book, marks[person]).max_score, person.most)
        for person in new
        if person.most is not None
    )
    for ours, theirs in scales:
        if ours != theirs:
            yield f"scaled: {ours:g} points here are {theirs:g} in {in_a_line(title)}"


def _unfilled(
    people: Iterable[Person], marks: Mapping[Person, Mark], new: Mapping[Person, float]
) -> Iterable[str]:
    """Whose cells are as they were, and why."""
    others = [person for person in people if person not in new]
    nothing = [person.called for person in others if person not in marks and not person.locked]
    yield from listed(nothing, "without a mark, left as they are")
    refused = [person.called for person in others if person in marks and not person.locked]
    yield from listed(refused, "could not be marked, left as they are")
    for why in dict.fromkeys(person.locked for person in others if person in marks):
        if why:
            names = [p.called for p in others if p in marks and p.locked == why]
            yield from listed(names, f"{why}, left as they are")


def _replaced(table: Sheet, at: int, new: Mapping[Person, float]) -> list[str]:
    return [
        person.called
        for person, points in new.items()
        if (old := table.said(person.row, at)) not in NO_GRADE
        and abs((sheet.number(old) or 0.0) - points) > 0.005
    ]


def listed(names: Sequence[str], what: str) -> Iterable[str]:
    """Names in one line, if there are any."""
    if names:
        more = f", and {len(names) - NAMED} more" if len(names) > NAMED else ""
        yield f"{len(names)} {what}: {'; '.join(map(in_a_line, names[:NAMED]))}{more}"
