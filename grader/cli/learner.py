"""Commands for who works through a course."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader import files
from grader.cli.shared import CoursePath, course

app = typer.Typer()


@app.command()
def hint(
    name: Annotated[str, typer.Argument(metavar="NAME")],
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
    name: Annotated[str, typer.Argument(metavar="NAME")],
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
    from grader.board import glyphs_for

    found = timing.measured(given, name, doubled=plot is not None)
    if plot is not None:
        files.write(plot, bars.plot(name, found))
        typer.echo(f"drawn in {plot}")
    else:
        Console(highlight=False).print(bars.bars(name, found, glyphs_for(sys.stdout.encoding)))


@app.command()
def draw(
    name: Annotated[str, typer.Argument(metavar="NAME")],
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
