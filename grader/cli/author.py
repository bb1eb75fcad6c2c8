"""Commands for who writes a course."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader import course as courses
from grader import stubs
from grader.cli.completion import chapters_in_course, names_in_course
from grader.cli.shared import CoursePath, course
from grader.errors import CourseError

app = typer.Typer()


@app.command("new")
def new_exercise(
    chapter: Annotated[str, typer.Argument(metavar="CHAPTER", autocompletion=chapters_in_course)],
    name: Annotated[str, typer.Argument(metavar="NAME")],
    course_path: CoursePath = None,
) -> None:
    """Begin an exercise: its entry, solution, stub, tests and mistakes, for you to fill in.

    NAME is a function, or Class.method of a class that is there. A CHAPTER that is not there yet
    begins with it, with a lesson and a picture. What is to be written is marked TODO, and kata
    check says what is left of it.
    """
    from grader.authoring import scaffold

    given = course(course_path)
    _require_answers(given)
    planned = scaffold.plan(given, chapter, name)
    scaffold.carry_out(planned)
    for path in planned:
        typer.echo(_shown(path))
    typer.echo(f"next: write what is marked TODO; kata check --exercise {name} says what is left")


@app.command("check")
def check_course(
    chapter: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this.", autocompletion=chapters_in_course),
    ] = None,
    exercise: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this.", autocompletion=names_in_course),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Read only; run no answer.")] = False,
    course_path: CoursePath = None,
) -> None:
    """Say what is missing or wrong in a course, a line each, and what to do about it.

    It reads every file, then runs the tests: each solution has to pass, each stub to be to do, and
    each mistake to fail and to be diagnosed as itself.

    Exit status: 0 nothing is to be put right, 1 something is.
    """
    given = course(course_path, files_too=False)
    _require_answers(given)
    from grader.authoring import checking
    from grader.judge import select

    telling = checking.Telling(Console(), Console(stderr=True), Path.cwd())
    chosen = select(given, exercise or [], chapter or [])
    if not checking.check(given, chosen, telling, quick=quick):
        raise typer.Exit(1)


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


def _require_answers(given: courses.Course) -> None:
    """Refuse a learner's bundle, in which there is nothing for an author."""
    for folder in (given.root / "solutions", given.root / "tests" / "hidden"):
        if not folder.is_dir():
            raise CourseError(f"{folder}: missing; this is a learner's bundle, and no whole course")


def _shown(path: Path) -> str:
    """A path as somebody here would type it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
