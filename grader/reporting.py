"""What `kata grade --format` and `kata report` do, from marks and options to bytes."""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from grader import alike, files, stats
from grader.collect import Work
from grader.course import Course
from grader.errors import KataError
from grader.journal import Journal
from grader.report import FORMATS, ONE
from grader.report.gradebook import Audience, Gradebook

RESULTS_ALONE = ("text", "json")
"""The formats in which `kata grade` reports nothing of what it refuses."""

HTML = "html"
"""The format that is a folder and no file."""


def chosen(format_: str, submissions: int = 1, option: str = "--format") -> str:
    """The name of a format, if there is one that can hold so many submissions.

    Raises
    ------
    KataError
        There is none.

    """
    if format_ not in FORMATS:
        raise KataError(f"{option} {format_}: choose {alternatives(FORMATS)}")
    if format_ in ONE and submissions > 1:
        raise KataError(f"{option} {format_}: is about one submission, here are {submissions}")
    return format_


def alternatives(names: Iterable[str]) -> str:
    """Names as one offers them: text, json or junit."""
    *first, last = names
    return f"{', '.join(first)} or {last}"


def rendered(book: Gradebook, format_: str) -> bytes:
    """A report on what has been marked just now; empty where there is nothing to report.

    Of what has no result a person has been told, and the schema of json knows no such thing.
    """
    told = book.marks
    if format_ in RESULTS_ALONE:
        told = tuple(mark for mark in told if mark.result)
    return FORMATS[format_](msgspec.structs.replace(book, marks=told)) if told else b""


def of_journal(
    path: Path,
    course: Course,
    counting: stats.Counting,
    audience: Audience,
    student: str = "",
) -> Gradebook:
    """The gradebook of a class, or of a student in it.

    Raises
    ------
    KataError
        There is no such journal, nothing in it, or nobody of that name.

    """
    with Journal(path) as journal:
        marks = stats.counted(journal.marks(student), counting)
        works = {mark.attempt.student: journal.work(mark.attempt) for mark in marks}
    if not marks:
        found = f"there is no student {student!r}" if student else "nothing has been marked yet"
        raise KataError(f"{path}: {found}")
    given = [course.stub(chapter).read_text("utf-8") for chapter in course.chapters]
    pairs = alike.pairs(works, given) if audience == "instructor" else ()
    texts = {name: _texts(work) for name, work in works.items()}
    return Gradebook(course, tuple(marks), audience, texts, tuple(pairs))


def tell_github(data: bytes) -> None:
    """Append a step's output to the file that GitHub names for it, if it names one.

    Raises
    ------
    KataError
        It cannot be written.

    """
    if name := os.environ.get("GITHUB_OUTPUT"):
        try:
            with Path(name).open("ab") as file:
                file.write(data)
        except OSError as error:
            raise KataError(f"{name}: cannot be written: {error.strerror}") from None


def require_place(format_: str, out: Path) -> None:
    """Refuse a place that a report cannot be written to, before any work is done for it.

    Raises
    ------
    KataError
        Nothing can be written there, or something else is there.

    """
    if format_ == HTML:
        from grader.report.html.folder import require_replaceable

        require_replaceable(out)
        return
    if format_ not in FORMATS:
        raise KataError(f"--format {format_}: choose {alternatives([*FORMATS, HTML])}")
    files.require_writable(out)


def write(book: Gradebook, format_: str, out: Path) -> None:
    """Render a gradebook into a file, or into a folder as HTML.

    Raises
    ------
    KataError
        It cannot be written, or the format is about one submission.

    """
    if format_ == HTML:
        from grader.report import html

        html.write(html.render(book), out)
    else:
        files.write(out, FORMATS[chosen(format_, len(book.marks))](book))


def _texts(work: Work) -> dict[str, str]:
    """The files of what was handed in, as text."""
    return {name: data.decode("utf-8", "replace") for name, data in work.contents.items()}
