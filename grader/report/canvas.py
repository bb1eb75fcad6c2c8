"""The gradebook that Canvas exports and imports: a row a student, a column an assignment."""

import re

from grader.errors import KataError
from grader.report import account, filling, sheet
from grader.report.filling import Filled, Layout
from grader.report.gradebook import Gradebook
from grader.report.people import Person, known
from grader.report.sheet import Sheet
from grader.roster import CANVAS

OWN = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
ABOUT = ("LastName", "FirstName", *OWN, "Integration ID", "Root Account")
"""Columns that say who somebody is."""

NUMBERS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
COMPUTED = re.compile(r"\b(Current|Final|Override) (Score|Points|Grade|Status)\b")
"""What Canvas reckons out itself, and reads in nowhere."""

ASSIGNMENT = re.compile(r".+ \(\d+\)")
MOST = "Points Possible"
POSTING = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)
EXCUSED = "EX"
TEST_STUDENT = "Student, Test"


def fill(book: Gradebook) -> Filled:
    """Fill in the gradebook of the book, or make one of its students if there is none.

    Raises
    ------
    KataError
        It is no gradebook of Canvas's, or the column is not clear.

    """
    if not book.sheet:
        return _made(book)
    table = sheet.read(book.sheet)
    return filling.fill(book, table, _layout(table, book.column), "canvas")


def _layout(table: Sheet, wanted: str) -> Layout:
    titles = table.titles
    if not ({"Student", "LastName"} & {*titles[:1]} and {"ID", "Section"} <= {*titles}):
        named = ", ".join(titles[:4])
        raise KataError(
            f"is no gradebook exported from Canvas: begins with {named}, and not with Student, ID"
        )
    rows = range(1, len(table.rows))
    most = next((row for row in rows if MOST in table.said(row, 0)), None)
    at = filling.column(titles, _candidates(table, most, wanted), wanted)
    points = sheet.number(table.said(most, at)) if most is not None else None
    people = [row for row in rows if row != most and not _is_note(table, row)]
    return Layout(tuple(_person(table, row, at, points) for row in people), at)


def _candidates(table: Sheet, most: int | None, wanted: str) -> list[int]:
    """The columns of assignments; of one that Canvas has not made only if it is asked for."""
    titles = table.titles
    first = 1 + max(n for n, title in enumerate(titles) if title in ABOUT)
    found = [
        n
        for n in range(first, len(titles))
        if titles[n]
        and not COMPUTED.search(titles[n])
        and not (most is not None and "read only" in table.said(most, n))
    ]
    numbered = [n for n in found if ASSIGNMENT.fullmatch(titles[n])]
    return found if wanted in [titles[n] for n in found] else numbered


def _is_note(table: Sheet, row: int) -> bool:
    """Whether a row is about the assignments, or is the student that Canvas makes for a test."""
    cells = table.rows[row]
    return table.said(row, 0) == TEST_STUDENT or all(POSTING.fullmatch(c.said) for c in cells)


def _person(table: Sheet, row: int, at: int, most: float | None) -> Person:
    said = {title: table.said(row, n) for n, title in enumerate(table.titles) if title in ABOUT}
    name = said.get("Student") or f"{said.get('LastName', '')}, {said.get('FirstName', '')}"
    excused = table.said(row, at).upper() == EXCUSED
    return Person(
        row,
        name,
        said["ID"],
        tuple(filter(None, (said.get(title, "") for title in NUMBERS))),
        (name,),
        most,
        "excused in Canvas" if excused else "",
    )


def _made(book: Gradebook) -> Filled:
    if not book.column:
        raise KataError("--column: say what the assignment is called in Canvas, as 'Week 1 (1234)'")
    told = [account.of(book, mark) for mark in book.marks]
    most = filling.most_of(told)
    rows = [[*OWN, book.column], [f"    {MOST}", "", "", "", "", sheet.shown(most)]]
    for mark, each in zip(book.marks, told, strict=True):
        who = known(mark.attempt, CANVAS)
        rows.append([sheet.guarded(who.name), who.id, "", "", "", filling.cell(each, most)])
    return Filled(sheet.written(rows), filling.blank(told))
