"""The command for who gives a course out: to learners, to a machine that marks."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.cli.completion import chapters_in_course
from grader.cli.shared import CoursePath, course, require_answers
from grader.course import Course
from grader.errors import KataError

app = typer.Typer()


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
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="The autograder marks only this.",
            autocompletion=chapters_in_course,
        ),
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
        require_answers(given)
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
