"""Commands for who writes a course."""

from typing import Annotated

import typer

from grader import stubs
from grader.cli.shared import CoursePath, course

app = typer.Typer()


@app.command("stubs")
def renew_stubs(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if stale.")] = False,
    course_path: CoursePath = None,
) -> None:
    """Make the learner's stubs from the solutions. Somebody's work in a stub is backed up."""
    found = stubs.stale(course(course_path, files_too=False))
    for stale in found:
        backup = None if check else stubs.renew(stale)
        typer.echo(f"{stale.path}: {'stale' if check else 'renewed'}")
        if backup:
            typer.echo(f"  what was there is in {backup}")
    if check and found:
        typer.echo("run: kata stubs", err=True)
        raise typer.Exit(1)
