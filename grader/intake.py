"""The submissions of a class, gathered from what is named: each a student's, each read at once."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

import msgspec

from grader import roster as rosters
from grader.collect import KINDS, SUFFIXES, Reader, Work, collect, gather, sized
from grader.course import Course
from grader.errors import KataError, SubmissionError
from grader.notebook import encodable
from grader.roster import Owner, Roster


class HandedIn(msgspec.Struct, frozen=True):
    """What a student handed in; `trouble` says why nothing of it can be read."""

    student: str
    work: Work
    trouble: str = ""


def from_paths(
    paths: Iterable[Path], course: Course, roster: Roster, pattern: re.Pattern[str] | None
) -> list[HandedIn]:
    """What lies at some paths: submissions, or folders of them.

    Raises
    ------
    KataError
        A path holds no submission, or two of them are the same student's.

    """
    found = [one for path in paths for one in _at(path, course, roster, pattern)]
    return _one_each(found)


def from_lines(lines: Iterable[str], course: Course) -> list[HandedIn]:
    """What a list names: a path in a line, or a student, a tab and a path.

    Raises
    ------
    KataError
        A line names nothing, or two are the same student's.

    """
    found = []
    for number, line in enumerate(lines, 1):
        first, tab, second = line.strip("\r\n").partition("\t")
        path = Path(second if tab else first)
        if not first.strip() or not path.name:
            raise KataError(f"standard input:{number}: give a path, or a student, a tab and a path")
        found.append(_read(first if tab else _stem(path), path, course))
    return _one_each(found)


def _at(
    path: Path, course: Course, roster: Roster, pattern: re.Pattern[str] | None
) -> Iterator[HandedIn]:
    if not os.path.exists(path):
        raise KataError(f"{path}: there is no such file or folder")
    try:
        if not path.is_dir() or _is_one(path, course):
            whose = rosters.owner(path.name, (), "", roster, pattern)
            yield _read(whose.student or _stem(path), path, course)
            return
        entries = [each for each in sorted(path.iterdir()) if _may_be_one(each)]
    except OSError as error:
        raise KataError(f"{path}: cannot be read: {error.strerror}") from None
    names = [each.name for each in entries]
    owners = [
        (entry, rosters.owner(entry.name, names, path.resolve().name, roster, pattern))
        for entry in entries
    ]
    if not any(whose.student for _, whose in owners):
        named = " whose name fits the pattern" if pattern and entries else ""
        raise KataError(f"{path}: holds no submission{named}: no folder, .py, .zip or .ipynb")
    for student, theirs in _owned(owners).items():
        yield _together(student, theirs, course)


def _owned(owners: list[tuple[Path, Owner]]) -> dict[str, list[tuple[Path, Owner]]]:
    """What is whose; two students of the same name are told apart by their ids."""
    ids: dict[str, set[str]] = {}
    for _, whose in owners:
        ids.setdefault(whose.student, set()).add(whose.id)
    found: dict[str, list[tuple[Path, Owner]]] = {}
    for entry, whose in owners:
        if whose.student:
            shared = len(ids[whose.student]) > 1
            name = f"{whose.student} {whose.id}" if shared else whose.student
            found.setdefault(_name(name), []).append((entry, whose))
    return found


def _together(student: str, theirs: list[tuple[Path, Owner]], course: Course) -> HandedIn:
    """One submission of all that a student handed in: a folder, a file, or several files."""
    files = [(entry, whose) for entry, whose in theirs if not whose.text] or theirs
    (first, _), *others = files
    renamed = [(entry, whose.file or entry.name) for entry, whose in files]
    zipped = first.suffix.lower() == ".zip"
    if not others and (first.is_dir() or renamed[0][1] == first.name or zipped):
        return _read(student, _only_zip(first) or first, course)
    sources = all(entry.is_file() and entry.suffix.lower() in SUFFIXES for entry, _ in files)
    if not sources or len({name for _, name in renamed}) < len(renamed):
        listed = ", ".join(entry.name for entry, _ in files)
        return _unreadable(student, f"{student}: which of these is the work? {listed}")
    readers: Mapping[str, Reader] = {
        encodable(name): partial(sized, entry) for entry, name in renamed
    }
    try:
        return HandedIn(student, gather(student, readers, course.modules))
    except SubmissionError as error:
        return _unreadable(student, str(error))


def _only_zip(folder: Path) -> Path | None:
    """The zip in a folder that holds one and no source: what a student uploaded to Moodle."""
    if not folder.is_dir():
        return None
    kinds = [each for each in folder.iterdir() if each.suffix.lower() in KINDS or each.is_dir()]
    return kinds[0] if len(kinds) == 1 and kinds[0].suffix.lower() == ".zip" else None


def _read(student: str, path: Path, course: Course) -> HandedIn:
    try:
        return HandedIn(_name(student), collect(path, course.modules))
    except SubmissionError as error:
        return _unreadable(_name(student), str(error))


def _name(student: str) -> str:
    return encodable(rosters.normalized(student))


def _unreadable(student: str, trouble: str) -> HandedIn:
    return HandedIn(student, Work(student, {}, {}, {}), trouble)


def _is_one(folder: Path, course: Course) -> bool:
    """Whether a folder is a submission itself: it has a chapter in it, in either layout."""
    names = {entry.name for entry in folder.iterdir()}
    modules = {f"{name}{suffix}" for name in course.modules.values() for suffix in SUFFIXES}
    chapters = {f"{name}{suffix}" for name in course.modules for suffix in (*SUFFIXES, "")}
    return bool(names & {"exercises", *modules, *chapters})


def _may_be_one(entry: Path) -> bool:
    if entry.name.startswith((".", "__")) or entry.is_symlink():
        return False
    return entry.is_dir() or entry.suffix.lower() in KINDS


def _stem(path: Path) -> str:
    return path.name if os.path.isdir(path) else path.stem


def _one_each(found: list[HandedIn]) -> list[HandedIn]:
    seen: set[str] = set()
    for one in found:
        if one.student in seen:
            raise KataError(f"{one.student}: is named twice; give one submission of each student")
        seen.add(one.student)
    return found
