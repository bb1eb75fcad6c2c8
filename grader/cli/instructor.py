"""Commands for who marks work: one submission, a class, and what came of it."""

import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from rich.console import Console

from grader.cli.completion import (
    chapters_in_course,
    formats_of_a_class,
    formats_of_a_mark,
    names_in_course,
    one_of,
)
from grader.cli.shared import (
    CANNOT_GRADE,
    GRADED_SHORT,
    GRADER_FAILED,
    CoursePath,
    complain,
    course,
    deliver,
    require_answers,
    seconds,
)
from grader.course import Course
from grader.errors import KataError

if TYPE_CHECKING:
    from grader.journal import Mark
    from grader.judge import Judge

STATUS = {"marked": 0, "refused": CANNOT_GRADE, "failed": GRADER_FAILED}
COUNTING = ("last", "best", "first")
AUDIENCES = ("learner", "instructor")

OnlyExercises = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Only this.", autocompletion=names_in_course),
]
OnlyChapters = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Only this.", autocompletion=chapters_in_course),
]

app = typer.Typer()


@app.command()
def grade(
    submissions: Annotated[list[Path], typer.Argument(metavar="SUBMISSION…")],
    exercise: OnlyExercises = None,
    chapter: OnlyChapters = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="text, json, junit, …",
            autocompletion=formats_of_a_mark,
        ),
    ] = "text",
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write here; for html, a folder.")
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT=FILE", help="Another format besides, into a file."),
    ] = None,
    timeout: Annotated[float, typer.Option(metavar="S", help="Seconds for one call.")] = 10.0,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Seed of the tests.")] = 0,
    min_score: Annotated[
        float,
        typer.Option(metavar="F", help="Share of the points that is enough, 0 to 1."),
    ] = 1.0,
    trust: Annotated[
        bool, typer.Option("--trust", help="Mark several even where they cannot be shut in.")
    ] = False,
    course_path: CoursePath = None,
) -> None:
    """Mark submissions: folders, .py files, .zip files, notebooks.

    Where the host cannot shut their code in (see kata doctor), it marks one that you trust, and
    several, or any by a pack, only with --trust.

    Exit status: 0 full marks (or --min-score reached), 1 graded but short of it, 2 something
    cannot be graded, 3 the grader itself failed. For Exercism always 0: it reads the report.
    """
    from grader.bench import Settings
    from grader.cli.delivery import hand_over, wanted
    from grader.judge import Judge, select
    from grader.report import TELLS_ALL

    asked = wanted(format_, output, also or [], submissions)
    seconds(timeout)
    if not 0 <= min_score <= 1:
        raise KataError(f"--min-score {min_score:g}: give a share of the points from 0 to 1")
    given = course(course_path)
    if course_path is None:
        _refuse_own_course(given, submissions)
    require_answers(given)
    chosen = select(given, exercise or [], chapter or [])
    marks, status = [], 0
    with Judge(given, Settings(timeout, seed)) as judge:
        if (len(submissions) > 1 or _is_pack(course_path)) and not trust:
            judge.require_confinement(chosen)
        for path in submissions:
            mark = _graded(judge, path, chosen)
            short = mark.result is not None and mark.result.share < min_score
            status = max(status, STATUS[mark.state], GRADED_SHORT if short else 0)
            marks.append(mark)
    hand_over(given, marks, submissions, asked)
    raise typer.Exit(0 if format_ in TELLS_ALL else status)


@app.command()
def batch(
    submissions: Annotated[list[Path], typer.Argument(metavar="SUBMISSIONS…")],
    journal: Annotated[Path, typer.Option(metavar="FILE", help="Where the results are kept.")],
    jobs: Annotated[
        int, typer.Option(metavar="N", min=0, help="At a time; 0: as many as CPUs.")
    ] = 0,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A Dask cluster that is to do it.")
    ] = "",
    exercise: OnlyExercises = None,
    chapter: OnlyChapters = None,
    roster: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV: student, file, late_days, penalty.")
    ] = None,
    pattern: Annotated[
        str, typer.Option(metavar="REGEX", help="Of a name; (?P<student>…) is whose it is.")
    ] = "",
    timeout: Annotated[float, typer.Option(metavar="S", help="Seconds for one call.")] = 10.0,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Seed of the tests.")] = 0,
    retry_errors: Annotated[
        bool, typer.Option("--retry-errors", help="Try again what the grader failed on.")
    ] = False,
    regrade: Annotated[bool, typer.Option("--regrade", help="Mark all anew.")] = False,
    trust: Annotated[
        bool, typer.Option("--trust", help="Mark even where code cannot be shut in.")
    ] = False,
    course_path: CoursePath = None,
) -> None:
    """Mark a class: a folder of submissions, or - for a list of paths on standard input.

    Results go into the journal, a file. Run again, it marks what is new or has changed, and
    finishes what was interrupted.

    Exit status: 0 every submission has a result, 2 something cannot be graded, 3 the grader
    itself failed on something.
    """
    from grader import classroom

    asked = classroom.Asked(
        tuple(submissions),
        journal,
        jobs,
        scheduler,
        tuple(exercise or ()),
        tuple(chapter or ()),
        roster,
        pattern,
        seconds(timeout),
        seed,
        retry_errors,
        regrade,
        trust,
    )
    given = course(course_path)
    require_answers(given)
    raise typer.Exit(classroom.mark(given, asked, Console(stderr=True)))


JournalPath = Annotated[
    Path, typer.Option("--journal", metavar="FILE", help="The journal of kata batch.")
]
Attempts = Annotated[
    str,
    typer.Option(
        "--attempts",
        metavar="WHICH",
        help="Which counts: last, best, first.",
        autocompletion=one_of(COUNTING),
    ),
]


@app.command()
def results(
    student: Annotated[str, typer.Argument(metavar="STUDENT")],
    journal: JournalPath,
    attempts: Attempts = "last",
) -> None:
    """Show what a student has handed in, and the result that counts."""
    from grader import classroom

    deliver(classroom.results(journal, student, _counting(attempts)), None)


@app.command()
def stats(
    journal: JournalPath, attempts: Attempts = "last", course_path: CoursePath = None
) -> None:
    """Show a class in figures: pass rates, commonest mistakes, what wants a human eye."""
    from grader import classroom

    deliver(classroom.figures_of(journal, course(course_path), _counting(attempts)), None)


@app.command()
def report(
    journal: JournalPath,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="How it is told.",
            autocompletion=formats_of_a_class,
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="PATH", help="Write here; for html, a folder.")],
    attempts: Attempts = "last",
    audience: Annotated[
        str,
        typer.Option(
            metavar="WHO",
            help="learner, or instructor, who is told more.",
            autocompletion=one_of(AUDIENCES),
        ),
    ] = "learner",
    student: Annotated[str, typer.Option(metavar="NAME", help="Only this one.")] = "",
    gradebook: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For canvas and moodle: what they export, to fill in."),
    ] = None,
    column: Annotated[
        str, typer.Option(metavar="TITLE", help="The column of the gradebook to fill in.")
    ] = "",
    course_path: CoursePath = None,
) -> None:
    """Write a report on a class, or on a student in it.

    FORMAT is html (pages to open from disk), text, json, junit, markdown; canvas or moodle, which
    fill in a gradebook; or for one student gradescope, classroom, exercism or check50.

    Exit status: 0 written, 1 written, but a mark has found no row in the gradebook, 2 not written.
    """
    from grader import reporting

    if audience not in AUDIENCES:
        raise KataError(f"--audience {audience}: choose learner or instructor")
    reporting.require_place(format_, out)
    if format_ not in reporting.SHEETS and (gradebook or column):
        raise KataError("--gradebook and --column: are for --format canvas or moodle")
    sheet = reporting.gradebook(gradebook, out) if gradebook else ""
    told: Any = audience
    given = course(course_path)
    book = reporting.of_journal(journal, given, _counting(attempts), told, student)
    if format_ in reporting.SHEETS:
        book = msgspec.structs.replace(book, sheet=sheet, column=column)
        filled = reporting.fill(book, format_, out, gradebook)
        for line in filled.told:
            complain(line)
        raise typer.Exit(0 if filled.complete else GRADED_SHORT)
    reporting.write(book, format_, out)
    if (format_, audience) == (reporting.HTML, "learner"):
        said = "a page for each student; --audience instructor adds the page of the class"
        typer.echo(f"{out}: {said}", err=True)


@app.command()
def doctor() -> None:
    """Say what this host offers: confinement, TensorFlow, GPU, data."""
    from grader.doctor import examine
    from grader.report import health

    with Console(stderr=True).status("TensorFlow is asked"):
        found = examine()
    deliver(health.render(found), None)


def _counting(attempts: str) -> Any:
    if attempts not in COUNTING:
        raise KataError(f"--attempts {attempts}: choose last, best or first")
    return attempts


def _graded(judge: "Judge", path: Path, chosen: Sequence[str]) -> "Mark":
    """Mark a submission, and complain if that cannot be done."""
    from grader.report.gradebook import marked, unmarked
    from grader.session import GraderFailed

    try:
        return marked(judge.grade(path, chosen))
    except KataError as error:
        told = str(error) if path.name in str(error) else f"{path}: {error}"
        complain(told)
        return unmarked(path.name, "refused", told, chosen)
    except GraderFailed as error:
        told = str(error)
    except Exception as error:  # a bug; the marks of the others are not lost for it
        traceback.print_exc()
        told = f"{type(error).__name__}: {error}"
    complain(f"{path}: the grader failed: {told}")
    return unmarked(path.name, "failed", told, chosen)


def _is_pack(course_path: Path | None) -> bool:
    """Whether hidden tests are in the hands of who marks alone: they are to stay there."""
    return course_path is not None and course_path.is_file()


def _refuse_own_course(given: Course, submissions: list[Path]) -> None:
    """Run no tests that came with a submission."""
    for path in submissions:
        if given.root.resolve().is_relative_to(path.resolve()):
            raise KataError(
                f"{path}: the course {given.root} is part of it; "
                "name the one to mark it by with --course"
            )
