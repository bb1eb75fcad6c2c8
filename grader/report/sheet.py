"""A table in CSV whose cells are known by their places, so that all else stays byte for byte."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from grader.errors import KataError
from grader.report.text import in_a_line

DELIMITERS = ",;\t"
MARK = "\ufeff"
"""What some programs begin a file with; it is no part of the first cell."""

FORMULA = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


class Cell(msgspec.Struct, frozen=True):
    """What a cell says, and where in the text it stands, quotes and all."""

    said: str
    start: int
    end: int


class Sheet(msgspec.Struct, frozen=True):
    """A table, and the text that it was read from."""

    text: str
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def titles(self) -> tuple[str, ...]:
        """What stands above the columns."""
        return tuple(cell.said.strip() for cell in self.rows[0])

    def said(self, row: int, column: int) -> str:
        """What a cell says; nothing if the row ends before it."""
        cells = self.rows[row]
        return cells[column].said.strip() if column < len(cells) else ""


def read(text: str) -> Sheet:
    """Find the cells of a table; what stands between them is taken from its first line.

    Raises
    ------
    KataError
        It is empty, or no CSV.

    """
    if not text.removeprefix(MARK).strip():
        raise KataError("is empty")
    first = text.splitlines()[0]
    found = max(DELIMITERS, key=first.count)
    cell = re.compile(
        rf'(?:"(?P<quoted>[^"]*(?:""[^"]*)*)"|(?P<plain>(?:[^"{found}\r\n][^{found}\r\n]*)?))'
        rf"(?P<after>{found}|\r\n|\r|\n|\Z)"
    )
    return Sheet(text, tuple(_rows(text, cell)))


def _rows(text: str, pattern: re.Pattern[str]) -> Iterable[tuple[Cell, ...]]:
    cells: list[Cell] = []
    at, number = len(MARK) if text.startswith(MARK) else 0, 1
    while at < len(text) or cells:
        match = pattern.match(text, at)
        if match is None:
            raise KataError(f"row {number}: no CSV: a quote is out of place, or not closed")
        quoted, after = match["quoted"], match["after"]
        said = match["plain"] if quoted is None else quoted.replace('""', '"')
        cells.append(Cell(said, at, match.start("after")))
        at = match.end()
        if after not in DELIMITERS or not after:
            yield tuple(cells)
            cells, number = [], number + 1


def filled(sheet: Sheet, numbers: Mapping[tuple[int, int], str]) -> str:
    """The text with some cells, by row and column, filled in; a cell in quotes keeps them.

    Raises
    ------
    KataError
        A row ends before such a cell.

    """
    parts, at = [], 0
    for (row, column), number in sorted(numbers.items()):
        if column >= len(sheet.rows[row]):
            raise KataError(f"row {row + 1}: ends before the column {sheet.titles[column]}")
        cell = sheet.rows[row][column]
        quote = '"' if sheet.text.startswith('"', cell.start) or "," in number else ""
        parts += [sheet.text[at : cell.start], f"{quote}{number}{quote}"]
        at = cell.end
    return "".join([*parts, sheet.text[at:]])


def written(rows: Iterable[Sequence[str]]) -> bytes:
    """A table of our own."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue().encode()


def guarded(text: str) -> str:
    """A name from outside, in one line, that no spreadsheet takes for a formula.

    An apostrophe before it makes it text: a spreadsheet shows it, and computes nothing.
    """
    line = in_a_line(text)
    return f"'{line}" if FORMULA.match(line) else line


def number(text: str) -> float | None:
    """The number that a cell holds, with a point or a comma in it, if it holds one."""
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text.strip()) else None


def shown(value: float, *, comma: bool = False) -> str:
    """Points as a cell shows them, to cents."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if comma else text
