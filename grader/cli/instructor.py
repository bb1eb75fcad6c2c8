"""Commands for who marks work: one submission, a class, and what came of it."""

import traceback
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from grader import files
from grader.cli.shared import (
    CANNOT_GRADE,
    GRADED_SHORT,
    GRADER_FAILED,
    CoursePath,
    complain,
    course,
    deliver,
    seconds,
)
from grader.course import Course
from grader.errors import KataError

app = typer.Typer()


@app.command()
def grade(
    submissions: Annotated[list[Path], typer.Argument(metavar="SUBMISSION…")],
    exercise: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this.")] = None,
    chapter: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this.")] = None,
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text, json")] = "text",
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write here.")] = None,
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
    several only with --trust.

    Exit status: 0 full marks (or --min-score reached), 1 graded but short of it, 2 something
    cannot be graded, 3 the grader itself failed.
    """
    from grader.bench import Settings
    from grader.judge import Judge, select
    from grader.report import FORMATS
    from grader.session import GraderFailed

    if format_ not in FORMATS:
        raise KataError(f"--format {format_}: choose {' or '.join(FORMATS)}")
    seconds(timeout)
    if not 0 <= min_score <= 1:
        raise KataError(f"--min-score {min_score:g}: give a share of the points from 0 to 1")
    if output is not None:
        files.require_writable(output)
        _refuse_link(output, submissions)
    given = course(course_path)
    if course_path is None:
        _refuse_own_course(given, submissions)
    _require_answers(given)
    chosen = select(given, exercise or [], chapter or [])
    results, status = [], 0
    with Judge(given, Settings(timeout, seed)) as judge:
        if len(submissions) > 1 and not trust:
            judge.require_confinement()
        for path in submissions:
            try:
                result = judge.grade(path, chosen)
            except KataError as error:
                status = max(status, CANNOT_GRADE)
                complain(error if path.name in str(error) else f"{path}: {error}")
            except GraderFailed as error:
                status = GRADER_FAILED
                complain(f"{path}: the grader failed: {error}")
            except Exception as error:  # a bug; the marks of the others are not lost for it
                status = GRADER_FAILED
                traceback.print_exc()
                complain(f"{path}: the grader failed: {type(error).__name__}: {error}")
            else:
                results.append(result)
                status = max(status, 0 if result.share >= min_score else GRADED_SHORT)
    if results:
        deliver(FORMATS[format_](results), output)
    raise typer.Exit(status)


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
    exercise: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this.")] = None,
    chapter: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this.")] = None,
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
    _require_answers(given)
    raise typer.Exit(classroom.mark(given, asked, Console(stderr=True)))


JournalPath = Annotated[
    Path, typer.Option("--journal", metavar="FILE", help="The journal of kata batch.")
]
Attempts = Annotated[
    str, typer.Option("--attempts", metavar="WHICH", help="Which counts: last, best, first.")
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
def release(
    out: Annotated[Path, typer.Option(metavar="DIR", help="A folder that is new or empty.")],
    quick: Annotated[
        bool, typer.Option("--quick", help="Without what names mistakes; it takes minutes.")
    ] = False,
    course_path: CoursePath = None,
) -> None:
    """Write the learner's bundle: exercises and package, no solution, no hidden test, no mistake.

    Learners who have an older one take it with kata update.
    """
    from grader import fingerprinting, release

    given = course(course_path)
    release.require_free(out)
    with Console(stderr=True).status("the bundle is made") as shown:
        named = partial(
            fingerprinting.part,
            begun=lambda chapter: shown.update(f"every mistake of {chapter} is made once"),
        )
        made = release.bundle(given, () if quick else (named,))
    release.release(made, out)
    typer.echo(f"{out}: {len(given.chapters)} chapters, {len(made)} files")
    for name in release.left_out(given):
        typer.echo(f"  left out: {name}")


@app.command()
def doctor() -> None:
    """Say what this host offers: confinement, TensorFlow, GPU, data."""
    from grader.doctor import examine
    from grader.report import health

    with Console(stderr=True).status("TensorFlow is asked"):
        found = examine()
    deliver(health.render(found), None)


def _counting(attempts: str) -> Any:
    if attempts not in ("last", "best", "first"):
        raise KataError(f"--attempts {attempts}: choose last, best or first")
    return attempts


def _refuse_link(output: Path, submissions: list[Path]) -> None:
    """Write through no link, and into no pipe, that somebody handed in."""
    place = output.parent.resolve() / output.name
    handed_in = any(place.is_relative_to(path.resolve()) for path in submissions)
    if handed_in and output.exists() and (output.is_symlink() or not output.is_file()):
        raise KataError(f"{output}: is part of what is handed in, and no plain file")


def _require_answers(given: Course) -> None:
    """Give no marks by the visible tests alone, which whoever is marked has in their hands."""
    if not given.hidden_tests(given.chapters[0]).is_file():
        raise KataError(
            f"{given.root}: has no hidden tests and no references, as a learner's bundle; "
            "name the course to mark by with --course"
        )


def _refuse_own_course(given: Course, submissions: list[Path]) -> None:
    """Run no tests that came with a submission."""
    for path in submissions:
        if given.root.resolve().is_relative_to(path.resolve()):
            raise KataError(
                f"{path}: the course {given.root} is part of it; "
                "name the one to mark it by with --course"
            )
