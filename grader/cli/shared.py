"""What every command takes and does: the course, output that breaks off, errors in one line."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from grader import course as courses
from grader import files
from grader.check import require_files
from grader.course import Course
from grader.errors import KataError
from grader.report.text import clean
from grader.unpacking import unpacked

LONGEST_TIMEOUT = 86_400
INTERRUPTED = 130
GRADED_SHORT, CANNOT_GRADE, GRADER_FAILED = 1, 2, 3

CoursePath = Annotated[
    Path | None,
    typer.Option(
        "--course", metavar="PATH", help="The course, a folder or a pack; default: the nearest."
    ),
]


def course(path: Path | None, *, files_too: bool = True) -> Course:
    """Read the course at a path, or the nearest one, and see that its files are there.

    A file is a private pack: what is unpacked of it is gone when the command ends.

    Raises
    ------
    KataError
        There is none, or it has a fault.

    """
    if path is not None and not path.exists():  # a folder above it may be somebody else's course
        raise KataError(f"--course {path}: there is no such file or folder")
    root = unpacked(path) if path and path.is_file() else courses.find(path or Path.cwd())
    given = courses.read(root)
    if files_too:
        require_files(given)
    return given


def seconds(timeout: float) -> float:
    """Check what a call may take.

    Raises
    ------
    KataError
        It is no time, or longer than a day.

    """
    if not 0 < timeout <= LONGEST_TIMEOUT:
        raise KataError(f"--timeout {timeout:g}: give seconds above 0, at most {LONGEST_TIMEOUT}")
    return timeout


def require_answers(given: Course) -> None:
    """Give no marks by the visible tests alone, which whoever is marked has in their hands.

    Raises
    ------
    KataError
        It is a learner's bundle.

    """
    if not given.hidden_tests(given.chapters[0]).is_file():
        raise KataError(
            f"{given.root}: has no hidden tests and no references, as a learner's bundle; "
            "name the course to mark by with --course"
        )


def deliver(data: bytes, output: Path | None) -> None:
    """Write to a file, or to standard output where none is named.

    Raises
    ------
    KataError
        It cannot be written.

    """
    if output is not None:
        files.write(output, data)
        return
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        # Python flushes once more at its end, and would complain once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise KataError(f"standard output: cannot be written: {error.strerror}") from None


def complain(error: Any) -> None:
    """Say what is wrong, on standard error."""
    typer.echo(f"kata: {clean(str(error))}", err=True)
