"""The command `kata`: read options, call the package, print; nothing is decided here."""

import sys
import traceback

import typer

from grader.cli import author, instructor, learner, publisher
from grader.cli.shared import CANNOT_GRADE, GRADER_FAILED, INTERRUPTED, complain, course
from grader.errors import CourseError, KataError

app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for commands in (learner, instructor, publisher, author):
    app.add_typer(commands.app)


@app.callback()
def begin(context: typer.Context) -> None:
    """Learn neural networks by writing one, and have the work marked.

    Without a command: your board, and what comes next.
    """
    if context.invoked_subcommand is None:
        try:
            given = course(None)
        except CourseError:
            typer.echo(context.get_help())
        else:
            learner.show_board(given)


def main() -> None:
    """Run the command; an error that a user can put right is one line and exit status 2."""
    try:
        status = app(sys.argv[1:], prog_name="kata", standalone_mode=False)
    except typer.Abort:
        complain("interrupted")
        status = INTERRUPTED
    except Exception as error:
        # typer's own errors, of wrong usage, have format_message; what else there is, is a bug
        told = error if isinstance(error, KataError) else getattr(error, "format_message", str)()
        status = CANNOT_GRADE if told else GRADER_FAILED
        if told:
            complain(told)
        else:
            traceback.print_exc()
    sys.exit(status)
