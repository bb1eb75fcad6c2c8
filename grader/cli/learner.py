"""Commands for who works through a course."""

import contextlib
import itertools
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader import course as courses
from grader import files
from grader.board import board, glyphs_for
from grader.cli.completion import chapters_in_course, names_in_course
from grader.cli.shared import CoursePath, course, seconds
from grader.course import Course

app = typer.Typer()


ExerciseName = Annotated[str, typer.Argument(metavar="NAME", autocompletion=names_in_course)]
Seconds = Annotated[float, typer.Option(metavar="S", help="Seconds that one call may take.")]


def show_board(given: Course) -> None:
    """Print where the learner stands; what has changed since the last time is run first."""
    from grader.practice.desk import Desk

    console = Console(highlight=False)
    desk = Desk.of(given)
    waiting = Console(stderr=True).status(f"{len(desk.stale())} exercises have changed; they run")
    with waiting if desk.stale() else contextlib.nullcontext():
        desk.refresh()
        if untimed := desk.untimed():
            desk.refresh(names=untimed, races=True)
    console.print(board(given, desk.verdicts, glyphs_for(sys.stdout.encoding), detail="begun"))


@app.command()
def watch(timeout: Seconds = 10.0, course_path: CoursePath = None) -> None:
    """Run what a save touches, and say what to do; n next, h hint, s picture, q quit."""
    import asyncio

    from grader.practice.desk import Desk
    from grader.practice.watch import Watch

    seen = Watch(
        Desk.of(course(course_path), seconds=seconds(timeout), prepared=True),
        Console(highlight=False),
        glyphs_for(sys.stdout.encoding),
    )
    asyncio.run(seen.run())


@app.command("list")
def list_exercises(
    chapter: Annotated[
        str, typer.Option(metavar="NAME", help="Only this.", autocompletion=chapters_in_course)
    ] = "",
    course_path: CoursePath = None,
) -> None:
    """List the exercises, with their points and where each stands."""
    from grader.practice import standing
    from grader.practice.screen import listing

    given = course(course_path)
    chapters = [given.chapter(chapter)] if chapter else given.chapters
    known = standing.current(given)
    Console(highlight=False).print(listing(chapters, known, glyphs_for(sys.stdout.encoding)))


@app.command()
def reset(name: ExerciseName, course_path: CoursePath = None) -> None:
    """Start an exercise over: its stub comes back, and what you wrote is kept in a backup."""
    from grader.practice.reset import reset as start_over

    given = course(course_path)
    backup = start_over(given, name)
    typer.echo(f"{name}: what you wrote is in {backup}" if backup else f"{name}: is a stub already")


@app.command()
def hint(
    name: ExerciseName,
    step: Annotated[int, typer.Argument(metavar="[STEP]", min=1)] = 1,
    course_path: CoursePath = None,
) -> None:
    """Give a hint for an exercise: 1 is a nudge, 2 the idea, 3 nearly the line."""
    given = course(course_path)
    given.chapter_of(name)
    hints = given.exercises[name].hints
    step = min(step, len(hints))
    typer.echo(hints[step - 1])
    if step < len(hints):
        typer.echo(f"more: kata hint {name} {step + 1}")


@app.command()
def speed(
    name: ExerciseName,
    plot: Annotated[Path | None, typer.Option(metavar="FILE.png", help="Draw it here.")] = None,
    course_path: CoursePath = None,
) -> None:
    """Show how fast your function is, beside a loop and the reference.

    With --plot it is measured at sizes that double, and drawn with logarithmic axes.
    """
    given = course(course_path)
    given.chapter_of(name)
    if plot is not None:
        files.require_writable(plot)
    from grader import bars, timing

    found = timing.measured(given, name, doubled=plot is not None)
    if plot is not None:
        files.write(plot, bars.plot(name, found))
        typer.echo(f"drawn in {plot}")
    else:
        Console(highlight=False).print(bars.bars(name, found, glyphs_for(sys.stdout.encoding)))


@app.command()
def draw(
    name: ExerciseName,
    save: Annotated[Path | None, typer.Option(metavar="FILE.png", help="Draw it here.")] = None,
    course_path: CoursePath = None,
) -> None:
    """Draw what your function does; without --save the picture is opened, where that can be."""
    given = course(course_path)
    given.chapter_of(name)
    path = save or files.own_folder() / f"{name}.png"
    files.require_writable(path)
    from grader import draw

    files.write(path, draw.drawn(given, name))
    typer.echo(f"drawn in {path}")
    if save is None and draw.has_display():
        typer.launch(str(path))


@app.command()
def update(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; say what would happen.")
    ] = False,
    course_path: CoursePath = None,
) -> None:
    """Take a newer bundle, a folder or a zip, into this one. What you wrote stays."""
    from grader import update as updating

    folder = courses.find(course_path or Path.cwd())
    planned = updating.plan(folder, bundle)
    done = updating.described(planned) if dry_run else updating.carry_out(folder, planned)
    for line in itertools.chain(done, updating.summed_up(planned)):
        typer.echo(line)


@app.command()
def notebooks(
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to; default: beside exercises/.")
    ] = None,
    address: Annotated[
        str,
        typer.Option("--from", metavar="URL", help="Where Colab gets the course: git, or a .zip."),
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Build anew what you have worked on, with a backup.")
    ] = False,
    course_path: CoursePath = None,
) -> None:
    """Build a notebook of each chapter: lesson, exercises and tests, for Jupyter and Colab."""
    from grader.notebook import build

    given = course(course_path)
    built = build.build(given, out or given.root / build.FOLDER, address, force=force)
    for line in build.told(built):
        typer.echo(line)
