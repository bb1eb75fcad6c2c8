"""Moodle's offline grading worksheet: a row a participant, and one column for the grade.

The column for when a grade was last changed is left alone: by it Moodle sees which grades somebody
has changed since the worksheet was downloaded, and keeps those.
"""

import re
from collections.abc import Sequence

from grader.errors import KataError
from grader.journal import Mark
from grader.report import account, filling, sheet
from grader.report.filling import Filled, Layout
from grader.report.gradebook import Gradebook
from grader.report.people import Person, known
from grader.report.sheet import Sheet
from grader.roster import MOODLE

IDENTIFIER, GRADE, MOST, STATUS = "Identifier", "Grade", "Maximum Grade", "Status"
CHANGEABLE = "Grade can be changed"
OWN = (IDENTIFIER, "Full name", GRADE, MOST, "Last modified (grade)")
PARTICIPANT = re.compile(r"\D*(\d+)")
"""`Participant 12`, in whatever language the worksheet is."""


def fill(book: Gradebook) -> Filled:
    """Fill in the worksheet of the book, or make one if it is known which participant each is.

    Raises
    ------
    KataError
        It is no worksheet of Moodle's, the column is not clear, or there are no participants.

    """
    if not book.sheet:
        return _made(book)
    table = sheet.read(book.sheet)
    return filling.fill(book, table, _layout(table, book.column), "moodle")


def _layout(table: Sheet, wanted: str) -> Layout:
    titles = table.titles
    rows = [row for row in range(1, len(table.rows)) if any(c.said for c in table.rows[row])]
    if not all(PARTICIPANT.fullmatch(table.said(row, 0)) for row in rows):
        raise KataError(
            "is no grading worksheet of Moodle's: the first column is to say Participant 1"
        )
    grade = [n for n, title in enumerate(titles) if title == GRADE]
    at = filling.column(titles, grade or range(1, len(titles)), wanted)
    most = _title(titles, MOST, at + 1)
    locked = _title(titles, CHANGEABLE, len(titles))
    return Layout(tuple(_person(table, row, (at, most, locked)) for row in rows), at)


def _title(titles: Sequence[str], wanted: str, otherwise: int) -> int:
    """Where a title stands, whose capitals have changed from one Moodle to another."""
    return next((n for n, t in enumerate(titles) if t.casefold() == wanted.casefold()), otherwise)


def _person(table: Sheet, row: int, columns: tuple[int, int, int]) -> Person:
    at, most, locked = columns
    identifier = table.said(row, 0)
    match = PARTICIPANT.fullmatch(identifier)
    points = sheet.number(table.said(row, most))
    if points is None and table.said(row, most):
        raise KataError(
            f"row {row + 1}: the most one can get is {table.said(row, most)!r} and no number; "
            "a scale cannot be filled in"
        )
    ends = min(_title(table.titles, STATUS, at), at)
    texts = tuple(filter(None, (table.said(row, n) for n in range(ends))))
    return Person(
        row,
        texts[1] if len(texts) > 1 else identifier,
        match[1] if match else "",
        texts,
        texts[1:2],
        points,
        "not to be changed in Moodle" if table.said(row, locked) == "No" else "",
    )


def _made(book: Gradebook) -> Filled:
    if book.column not in ("", GRADE):
        raise KataError(f"--column {book.column}: a worksheet of Moodle's has the column {GRADE}")
    numbers = [_participant(mark) for mark in book.marks]
    if without := [mark for mark, n in zip(book.marks, numbers, strict=True) if not n]:
        raise KataError(
            f"{without[0].attempt.student}: which participant is this? Give the worksheet that "
            "Moodle lets you download, with --gradebook"
        )
    told = [account.of(book, mark) for mark in book.marks]
    most = filling.most_of(told)
    rows: list[Sequence[str]] = [OWN]
    for mark, number, each in zip(book.marks, numbers, told, strict=True):
        student = mark.attempt.student
        named = PARTICIPANT.fullmatch(student)
        name = sheet.guarded(student if named else known(mark.attempt, MOODLE).name)
        points = filling.cell(each, most)
        rows.append([f"Participant {number}", name, points, sheet.shown(most), "-"])
    return Filled(sheet.written(rows), filling.blank(told))


def _participant(mark: Mark) -> str:
    """The number that Moodle has given somebody for this assignment, if it is known."""
    named = re.fullmatch(r"Participant (\d+)", mark.attempt.student)
    return named[1] if named else known(mark.attempt, MOODLE).id
