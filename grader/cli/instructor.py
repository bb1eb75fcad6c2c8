"""Commands for who marks work: one submission, a class, and what came of it."""

import traceback
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    from grader.journal import Mark
    from grader.judge import Judge

STATUS = {"marked": 0, "refused": CANNOT_GRADE, "failed": GRADER_FAILED}

app = typer.Typer()


@app.command()
def grade(
    submissions: Annotated[list[Path], typer.Argument(metavar="SUBMISSION…")],
    exercise: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this.")] = None,
    chapter: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this.")] = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="text, json, junit, …")
    ] = "text",
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write here.")] = None,
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
    cannot be graded, 3 the grader itself failed.
    """
    from grader import reporting
    from grader.bench import Settings
    from grader.judge import Judge, select
    from grader.report.gradebook import Gradebook

    reporting.chosen(format_, len(submissions))
    seconds(timeout)
    if not 0 <= min_score <= 1:
        raise KataError(f"--min-score {min_score:g}: give a share of the points from 0 to 1")
    if output is not None:
        files.require_writable(output)
        _refuse_link(output, submissions)
    besides = [_besides(each, submissions) for each in also or []]
    given = course(course_path)
    if course_path is None:
        _refuse_own_course(given, submissions)
    _require_answers(given)
    chosen = select(given, exercise or [], chapter or [])
    marks, status = [], 0
    with Judge(given, Settings(timeout, seed)) as judge:
        if (len(submissions) > 1 or _is_pack(course_path)) and not trust:
            judge.require_confinement()
        for path in submissions:
            mark = _graded(judge, path, chosen)
            short = mark.result is not None and mark.result.share < min_score
            status = max(status, STATUS[mark.state], GRADED_SHORT if short else 0)
            marks.append(mark)
    if data := reporting.rendered(Gradebook(given, tuple(marks)), format_):
        deliver(data, output)
        if format_ == "classroom":
            reporting.tell_github(data)
    for name, path in besides:
        if data := reporting.rendered(Gradebook(given, tuple(marks)), name):
            files.write(path, data)
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
def report(
    journal: JournalPath,
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="How it is told.")],
    out: Annotated[Path, typer.Option(metavar="PATH", help="Write here; for html, a folder.")],
    attempts: Attempts = "last",
    audience: Annotated[
        str, typer.Option(metavar="WHO", help="learner, or instructor, who is told more.")
    ] = "learner",
    student: Annotated[str, typer.Option(metavar="NAME", help="Only this one.")] = "",
    course_path: CoursePath = None,
) -> None:
    """Write a report on a class, or on a student in it.

    FORMAT is html (pages to open from disk), text, json, junit, markdown, or for one student
    gradescope or classroom.
    """
    from grader import reporting

    if audience not in ("learner", "instructor"):
        raise KataError(f"--audience {audience}: choose learner or instructor")
    reporting.require_place(format_, out)
    told: Any = audience
    given = course(course_path)
    book = reporting.of_journal(journal, given, _counting(attempts), told, student)
    reporting.write(book, format_, out)
    if (format_, audience) == (reporting.HTML, "learner"):
        said = "a page for each student; --audience instructor adds the page of the class"
        typer.echo(f"{out}: {said}", err=True)


@app.command()
def release(
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The learner's bundle: a new folder.")
    ] = None,
    pack: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The private pack, to mark with.")
    ] = None,
    gradescope: Annotated[
        Path | None, typer.Option(metavar="FILE.zip", help="An autograder for Gradescope.")
    ] = None,
    chapter: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="The autograder marks only this.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A bundle without what names mistakes: in seconds.")
    ] = False,
    course_path: CoursePath = None,
) -> None:
    """Write what learners get, what a CI job marks with, or an autograder for Gradescope.

    The bundle has no solution, no hidden test and no mistake; learners who have an older one take
    it with kata update. The pack has them all, and the package: keep it to yourself.
    """
    from grader import autograder, private_pack, release

    if not (out or pack or gradescope):
        raise KataError("nothing to release: give --out DIR, --pack FILE or --gradescope FILE.zip")
    given = course(course_path)
    chapters = [given.chapter(name).name for name in chapter or []]
    if out:
        release.require_free(out)
    if pack:
        private_pack.require_free(pack)
    if gradescope:
        autograder.require_free(gradescope)
    if out:
        _release_bundle(given, out, quick=quick)
    if pack or gradescope:
        _require_answers(given)
        made = private_pack.written(given)
        if pack:
            private_pack.write(pack, made)
        if gradescope:
            private_pack.write(gradescope, autograder.zipped(made, chapters))
        for path in filter(None, (pack, gradescope)):
            typer.echo(
                f"{path}: {len(given.chapters)} chapters, sha256 {private_pack.digest(made)}"
            )


def _release_bundle(given: Course, out: Path, *, quick: bool) -> None:
    from grader import fingerprinting, release

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


def _besides(asked: str, submissions: list[Path]) -> tuple[str, Path]:
    """The format in which a report is to be written besides, and where to."""
    from grader import reporting
    from grader.report import FORMATS

    format_, _, name = asked.partition("=")
    if format_ not in FORMATS or not name:
        known = reporting.alternatives(FORMATS)
        raise KataError(f"--also {asked}: give FORMAT=FILE, with {known} for FORMAT")
    reporting.chosen(format_, len(submissions), "--also")
    files.require_writable(Path(name))
    _refuse_link(Path(name), submissions)
    return format_, Path(name)


def _refuse_link(output: Path, submissions: list[Path]) -> None:
    """Write through no link, and into no pipe, that somebody handed in."""
    place = output.parent.resolve() / output.name
    handed_in = any(place.is_relative_to(path.resolve()) for path in submissions)
    if handed_in and output.exists() and (output.is_symlink() or not output.is_file()):
        raise KataError(f"{output}: is part of what is handed in, and no plain file")


def _is_pack(course_path: Path | None) -> bool:
    """Whether hidden tests are in the hands of who marks alone: they are to stay there."""
    return course_path is not None and course_path.is_file()


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
