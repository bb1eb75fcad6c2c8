"""What `kata grade --format` and `kata report` do, from marks and options to bytes."""

import os
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import msgspec

from grader import alike, files, stats
from grader.collect import Work, collect
from grader.course import Course
from grader.errors import KataError, SubmissionError
from grader.journal import Journal
from grader.report import FORMATS, ONE, envelope
from grader.report.filling import Filled
from grader.report.gradebook import Audience, Gradebook

RESULTS_ALONE = ("text", "json")
"""The formats in which `kata grade` reports nothing of what it refuses."""

HTML = "html"
"""The format that is a folder and no file."""

SHEETS = ("canvas", "moodle")
"""The formats that fill in a gradebook, and so are about a class."""

OF_A_MARK = (*FORMATS, HTML)
OF_A_CLASS = (*FORMATS, *SHEETS, HTML)


def chosen(format_: str, submissions: int = 1, option: str = "--format") -> str:
    """The name of a format of kata grade's, if there is one that can hold so many submissions.

    Raises
    ------
    KataError
        There is none.

    """
    if format_ in SHEETS:
        raise KataError(f"{option} {format_}: is for a class; see kata batch, then kata report")
    if format_ not in OF_A_MARK:
        raise KataError(f"{option} {format_}: choose {alternatives(OF_A_MARK)}")
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


def gradebook(path: Path, out: Path) -> str:
    """The text of a gradebook that is to be filled in, and its line endings as they are.

    Raises
    ------
    KataError
        It cannot be read, is not UTF-8, is empty, or would be written over.

    """
    try:
        data = path.read_bytes()
        text = data.decode()
    except OSError as error:
        raise KataError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise KataError(f"{path}: not UTF-8; take it as it was downloaded, or save it so") from None
    if out.exists() and out.samefile(path):
        raise KataError(f"{out}: is the gradebook itself; name another file, to compare them")
    if not text.strip("\ufeff \r\n"):
        raise KataError(f"{path}: is empty")
    return text


def require_place(format_: str, out: Path) -> None:
    """Refuse a place that a report cannot be written to, before any work is done for it.

    Raises
    ------
    KataError
        Nothing can be written there, or something else is there.

    """
    if format_ == HTML:
        import_module("grader.report.html.pages")  # says so if it cannot be made here
        from grader.report.html.folder import require_replaceable

        require_replaceable(out)
        return
    if format_ not in OF_A_CLASS:
        raise KataError(f"--format {format_}: choose {alternatives(OF_A_CLASS)}")
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
    elif format_ == "json":
        files.write(out, envelope.render(book))
    else:
        files.write(out, FORMATS[chosen(format_, len(book.marks))](book))


def fill(book: Gradebook, format_: str, out: Path, source: Path | None) -> Filled:
    """Write the gradebook of a book, which was read from `source`, with its marks filled in.

    Raises
    ------
    KataError
        It is no such gradebook, its column is not clear, or it cannot be written.

    """
    try:
        filled: Filled = import_module(f"grader.report.{format_}").fill(book)
    except KataError as error:
        place = f"{source}: " if source and not str(error).startswith("--") else ""
        raise KataError(f"{place}{error}") from None
    files.write(out, filled.data)
    return filled


def texts(submissions: Iterable[tuple[str, Path]], course: Course) -> dict[str, dict[str, str]]:
    """What stands in submissions, by the names they go by; nothing of what cannot be read."""
    found = {}
    for name, path in submissions:
        try:
            found[name] = _texts(collect(path, course.modules))
        except SubmissionError:
            continue
    return found


def _texts(work: Work) -> dict[str, str]:
    """The files of what was handed in, as text."""
    return {name: data.decode("utf-8", "replace") for name, data in work.contents.items()}
