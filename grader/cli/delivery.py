"""Where the reports of kata grade go: looked at before anything is marked, written after it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.cli.shared import deliver
from grader.errors import KataError

if TYPE_CHECKING:
    from grader.course import Course
    from grader.journal import Mark


class Wanted(msgspec.Struct, frozen=True):
    """A report, and the file or folder it goes to; without one it goes to standard output."""

    format: str
    path: Path | None


def wanted(
    format_: str, output: Path | None, also: Iterable[str], submissions: Sequence[Path]
) -> list[Wanted]:
    """All reports that are asked for, the first by --format and --output.

    Raises
    ------
    KataError
        There is no such format, or nothing can be written there.

    """
    from grader import reporting

    reporting.chosen(format_, len(submissions))
    if format_ == reporting.HTML and output is None:
        raise KataError("--format html: is a folder of pages; say where with --output DIR")
    asked = [Wanted(format_, output), *(_besides(each, len(submissions)) for each in also)]
    places = [each.path.resolve() for each in asked if each.path]
    for each in asked:
        if each.path is None:
            continue
        if places.count(each.path.resolve()) > 1:
            raise KataError(f"{each.path}: is named for two reports; give each a file of its own")
        reporting.require_place(each.format, each.path)
        _refuse_link(each, submissions)
    return asked


def hand_over(
    given: "Course", marks: Sequence["Mark"], submissions: Sequence[Path], asked: Sequence[Wanted]
) -> None:
    """Write the reports on what has been marked, one mark a submission.

    Raises
    ------
    KataError
        One cannot be written.

    """
    from grader import reporting
    from grader.report.gradebook import Gradebook

    called = _called(marks, submissions)
    paged = any(each.format == reporting.HTML for each in asked)
    texts = reporting.texts(zip(called, submissions, strict=True), given) if paged else {}
    book = Gradebook(given, tuple(map(_named, marks, called)), files=texts)
    for number, each in enumerate(asked):
        if each.format == reporting.HTML and each.path:
            reporting.write(book, each.format, each.path)
        elif data := reporting.rendered(book, each.format):
            deliver(data, each.path)
            if each.format == "classroom" and number == 0:
                reporting.tell_github(data)


def _called(marks: Sequence["Mark"], submissions: Sequence[Path]) -> list[str]:
    """What each goes by: by its name, or two of one name by their paths."""
    names = [mark.attempt.student for mark in marks]
    return [
        name if names.count(name) == 1 else str(path)
        for name, path in zip(names, submissions, strict=True)
    ]


def _named(mark: "Mark", student: str) -> "Mark":
    attempt = msgspec.structs.replace(mark.attempt, student=student)
    return msgspec.structs.replace(mark, attempt=attempt)


def _besides(asked: str, submissions: int) -> Wanted:
    """The format in which a report is to be written besides, and where to."""
    from grader import reporting

    format_, _, name = asked.partition("=")
    if not name or format_ not in (*reporting.OF_A_MARK, *reporting.SHEETS):
        known = reporting.alternatives(reporting.OF_A_MARK)
        raise KataError(f"--also {asked}: give FORMAT=FILE, with {known} for FORMAT")
    return Wanted(reporting.chosen(format_, submissions, "--also"), Path(name))


def _refuse_link(asked: Wanted, submissions: Iterable[Path]) -> None:
    """Write through no link, and into no pipe, that somebody handed in."""
    from grader import reporting

    output = asked.path
    assert output is not None
    plain = output.is_dir() if asked.format == reporting.HTML else output.is_file()
    place = output.parent.resolve() / output.name
    handed_in = any(place.is_relative_to(path.resolve()) for path in submissions)
    if handed_in and output.exists() and (output.is_symlink() or not plain):
        kind = "folder" if asked.format == reporting.HTML else "file"
        raise KataError(f"{output}: is part of what is handed in, and no plain {kind}")
