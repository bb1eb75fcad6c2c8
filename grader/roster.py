"""Who handed what in: from the names of files and folders, and from a roster if there is one.

The names are those that Canvas, Moodle and GitHub Classroom give what they let an instructor
download; a pattern of one's own goes before them.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

import msgspec

from grader.collect import KINDS
from grader.errors import KataError

CANVAS = re.compile(r"(?P<student>[^_]+)_(?:LATE_)?(?P<id>\d+)_\d+_(?P<file>.+)")
"""`lovelaceada_LATE_1234_56789_dense.py`: the name, ids of user and submission, the file."""

MOODLE = re.compile(
    r"(?P<student>.+?)_(?P<id>\d+)_assignsubmission_(?:file|(?P<text>onlinetext))_?(?P<file>.*)"
)
"""`Ada Lovelace_1234567_assignsubmission_file_`: a folder, or a file with its name at the end."""

CLASSROOM = "-submissions"
"""How a folder ends that holds a repository for each student, named `<assignment>-<student>`."""

HANDED_IN_AGAIN = re.compile(r"-\d+(?=\.[^.]+$)")
"""What Canvas puts into the name of a file that was handed in before: `dense-1.py`."""

COLUMNS = ("student", "file", "late_days", "penalty")


class Enrolled(msgspec.Struct, frozen=True):
    """A line of a roster; `penalty` is the share of the points that each late day costs."""

    student: str
    late_days: float = 0.0
    penalty: float = 0.0


class Owner(msgspec.Struct, frozen=True):
    """Whose an entry of a folder is, and how the file was called before it was renamed.

    `id` tells those of the same name apart; `text` says that it was typed in and not handed in.
    """

    student: str
    file: str = ""
    id: str = ""
    text: bool = False


class Roster(msgspec.Struct, frozen=True):
    """The students of a class, by name, and those who own a file or a folder of some name."""

    students: Mapping[str, Enrolled] = {}
    owners: Mapping[str, str] = {}

    def enrolled(self, student: str) -> Enrolled:
        """The line of a student; one without has no late days."""
        return self.students.get(student, Enrolled(student))


def read(path: Path) -> Roster:
    """Read a CSV file with a line of headings: `student` and, if wanted, the other `COLUMNS`.

    Raises
    ------
    KataError
        It cannot be read, lacks the column `student`, has a number that is none, or a line with
        more in it than there are columns; a student or a file is there twice.

    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise KataError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise KataError(f"{path}: not UTF-8; save it so") from None
    rows = csv.DictReader(io.StringIO(text), strict=True)
    try:
        return _parsed(path, rows)
    except csv.Error as error:
        raise KataError(f"{path}:{rows.reader.line_num}: not CSV: {error}") from None


def _parsed(path: Path, rows: "csv.DictReader[str]") -> Roster:
    heads = rows.fieldnames or []
    unknown = [head for head in heads if head not in COLUMNS]
    if "student" not in heads or unknown:
        wrong = f"unknown: {', '.join(unknown)}; " if unknown else ""
        raise KataError(f"{path}:1: {wrong}name the columns student, file, late_days, penalty")
    students: dict[str, Enrolled] = {}
    owners: dict[str, str] = {}
    for row in rows:
        name = normalized(row["student"] or "").strip()
        place = f"{path}:{rows.line_num}"
        if None in row:
            raise KataError(f"{place}: has more than its columns; put quotes around a comma")
        if not name:
            raise KataError(f"{place}: there is no student")
        if name in students:
            raise KataError(f"{place}: {name} is there twice")
        days = _number(row.get("late_days"), place, "late_days")
        penalty = _number(row.get("penalty"), place, "penalty")
        if penalty > 1:
            raise KataError(f"{place}: penalty {penalty:g}: give a share of the points, 0 to 1")
        counted = days if "late_days" in heads else float(penalty > 0)
        students[name] = Enrolled(name, counted, penalty)
        if file := (row.get("file") or "").strip():
            if file in owners:
                raise KataError(f"{place}: {file} is there twice, also as {owners[file]}'s")
            owners[normalized(file)] = name
    return Roster(students, owners)


def normalized(name: str) -> str:
    """A name in the one of its spellings in Unicode that compares: macOS writes é as two."""
    return unicodedata.normalize("NFC", name)


def pattern(text: str) -> re.Pattern[str]:
    """A pattern of one's own for the names of files or folders, with a group `student`.

    Raises
    ------
    KataError
        It is no regular expression, or has no such group.

    """
    try:
        found = re.compile(text)
    except re.error as error:
        raise KataError(f"--pattern {text}: no regular expression: {error}") from None
    if "student" not in found.groupindex:
        raise KataError(f"--pattern {text}: say which part is the student: (?P<student>…)")
    return found


def owner(
    entry: str, siblings: Iterable[str], folder: str, roster: Roster, own: re.Pattern[str] | None
) -> Owner:
    """Whose an entry of a folder is, by the roster, by a pattern, by its name."""
    if normalized(entry) in roster.owners:
        return Owner(roster.owners[normalized(entry)])
    if own:
        match = own.fullmatch(entry)
        return Owner(match["student"], match.groupdict().get("file") or "") if match else Owner("")
    for known in (MOODLE, CANVAS):
        if match := known.fullmatch(entry):
            file, text = HANDED_IN_AGAIN.sub("", match["file"]), match.groupdict().get("text")
            return Owner(match["student"].strip(), file, match["id"], bool(text))
    if folder.endswith(CLASSROOM):
        prefix = f"{folder.removesuffix(CLASSROOM)}-"
        if all(each.startswith(prefix) for each in siblings):
            return Owner(entry.removeprefix(prefix))
    return Owner(PurePosixPath(entry).stem if entry.lower().endswith(KINDS) else entry)


def _number(text: str | None, place: str, column: str) -> float:
    try:
        value = float(text or 0)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise KataError(f"{place}: {column} {text}: give a number, 0 or more")
    return value
