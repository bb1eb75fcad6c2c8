"""The command `kata`: read options, call the package, print; nothing is decided here."""

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from grader import course, files, stubs
from grader.check import require_files
from grader.course import Course
from grader.errors import KataError
from grader.report.text import clean

LONGEST_TIMEOUT = 86_400
INTERRUPTED = 130
GRADED_SHORT, CANNOT_GRADE, GRADER_FAILED = 1, 2, 3

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Learn neural networks by writing one, and have the work marked.",
)

CoursePath = Annotated[
    Path | None,
    typer.Option("--course", metavar="PATH", help="The course; default: the nearest one."),
]


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
    _seconds(timeout)
    if not 0 <= min_score <= 1:
        raise KataError(f"--min-score {min_score:g}: give a share of the points from 0 to 1")
    if output is not None:
        files.require_writable(output)
        _refuse_link(output, submissions)
    given = _course(course_path)
    if course_path is None:
        _refuse_own_course(given, submissions)
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
                _complain(error if path.name in str(error) else f"{path}: {error}")
            except GraderFailed as error:
                status = GRADER_FAILED
                _complain(f"{path}: the grader failed: {error}")
            except Exception as error:  # a bug; the marks of the others are not lost for it
                status = GRADER_FAILED
                traceback.print_exc()
                _complain(f"{path}: the grader failed: {type(error).__name__}: {error}")
            else:
                results.append(result)
                status = max(status, 0 if result.share >= min_score else GRADED_SHORT)
    if results:
        _deliver(FORMATS[format_](results), output)
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
        _seconds(timeout),
        seed,
        retry_errors,
        regrade,
        trust,
    )
    raise typer.Exit(classroom.mark(_course(course_path), asked, Console(stderr=True)))


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

    _deliver(classroom.results(journal, student, _counting(attempts)), None)


@app.command()
def stats(
    journal: JournalPath, attempts: Attempts = "last", course_path: CoursePath = None
) -> None:
    """Show a class in figures: pass rates, commonest mistakes, what wants a human eye."""
    from grader import classroom

    _deliver(classroom.figures_of(journal, _course(course_path), _counting(attempts)), None)


@app.command()
def doctor() -> None:
    """Say what this host offers: confinement, TensorFlow, GPU, data."""
    from grader.doctor import examine
    from grader.report import health

    with Console(stderr=True).status("TensorFlow is asked"):
        found = examine()
    _deliver(health.render(found), None)


@app.command("stubs")
def renew_stubs(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if stale.")] = False,
    course_path: CoursePath = None,
) -> None:
    """Make the learner's stubs from the solutions. Somebody's work in a stub is backed up."""
    found = stubs.stale(_course(course_path, files_too=False))
    for stale in found:
        backup = None if check else stubs.renew(stale)
        typer.echo(f"{stale.path}: {'stale' if check else 'renewed'}")
        if backup:
            typer.echo(f"  what was there is in {backup}")
    if check and found:
        typer.echo("run: kata stubs", err=True)
        raise typer.Exit(1)


@app.command()
def hint(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    step: Annotated[int, typer.Argument(metavar="[STEP]", min=1)] = 1,
    course_path: CoursePath = None,
) -> None:
    """Give a hint for an exercise: 1 is a nudge, 2 the idea, 3 nearly the line."""
    given = _course(course_path)
    given.chapter_of(name)
    hints = given.exercises[name].hints
    step = min(step, len(hints))
    typer.echo(hints[step - 1])
    if step < len(hints):
        typer.echo(f"more: kata hint {name} {step + 1}")


@app.command()
def speed(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    plot: Annotated[Path | None, typer.Option(metavar="FILE.png", help="Draw it here.")] = None,
    course_path: CoursePath = None,
) -> None:
    """Show how fast your function is, beside a loop and the reference.

    With --plot it is measured at sizes that double, and drawn with logarithmic axes.
    """
    given = _course(course_path)
    given.chapter_of(name)
    if plot is not None:
        files.require_writable(plot)
    from grader import bars, timing
    from grader.board import glyphs_for

    found = timing.measured(given, name, doubled=plot is not None)
    if plot is not None:
        files.write(plot, bars.plot(name, found))
        typer.echo(f"drawn in {plot}")
    else:
        Console(highlight=False).print(bars.bars(name, found, glyphs_for(sys.stdout.encoding)))


def main() -> None:
    """Run the command; an error that a user can put right is one line and exit status 2."""
    try:
        status = app(sys.argv[1:] or ["--help"], prog_name="kata", standalone_mode=False)
    except typer.Abort:
        _complain("interrupted")
        status = INTERRUPTED
    except Exception as error:
        # typer's own errors, of wrong usage, have format_message; what else there is, is a bug
        told = error if isinstance(error, KataError) else getattr(error, "format_message", str)()
        status = CANNOT_GRADE if told else GRADER_FAILED
        if told:
            _complain(told)
        else:
            traceback.print_exc()
    sys.exit(status)


def _counting(attempts: str) -> Any:
    if attempts not in ("last", "best", "first"):
        raise KataError(f"--attempts {attempts}: choose last, best or first")
    return attempts


def _seconds(timeout: float) -> float:
    if not 0 < timeout <= LONGEST_TIMEOUT:
        raise KataError(f"--timeout {timeout:g}: give seconds above 0, at most {LONGEST_TIMEOUT}")
    return timeout


def _refuse_link(output: Path, submissions: list[Path]) -> None:
    """Write through no link, and into no pipe, that somebody handed in."""
    place = output.parent.resolve() / output.name
    handed_in = any(place.is_relative_to(path.resolve()) for path in submissions)
    if handed_in and output.exists() and (output.is_symlink() or not output.is_file()):
        raise KataError(f"{output}: is part of what is handed in, and no plain file")


def _refuse_own_course(given: Course, submissions: list[Path]) -> None:
    """Run no tests that came with a submission."""
    for path in submissions:
        if given.root.resolve().is_relative_to(path.resolve()):
            raise KataError(
                f"{path}: the course {given.root} is part of it; "
                "name the one to mark it by with --course"
            )


def _course(path: Path | None, *, files_too: bool = True) -> Course:
    given = course.read(course.find(path or Path.cwd()))
    if files_too:
        require_files(given)
    return given


def _deliver(data: bytes, output: Path | None) -> None:
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


def _complain(error: Any) -> None:
    typer.echo(f"kata: {clean(str(error))}", err=True)
