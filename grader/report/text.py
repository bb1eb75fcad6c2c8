"""Marks for a person at a terminal."""

import io
import re
import shutil
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:  # every command imports this module, and the journal takes its time
    from grader.journal import Mark
    from grader.report.account import Account, Item
    from grader.report.gradebook import Gradebook

SIGNS = {"passed": ("✔", "green"), "todo": ("○", "bright_black"), "not_run": ("–", "yellow")}
WRONG = ("✘", "bold red")


def render(book: "Gradebook", *, colour: bool = False, width: int = 0) -> bytes:
    """Lay marks out one below the other, for a terminal of `width` columns."""
    from grader.report import account

    parts: list[RenderableType] = []
    for number, mark in enumerate(book.marks):
        parts += [Text()] if number else []
        parts += _parts(account.of(book, mark), mark, book.audience)
    return laid_out(parts, colour=colour, width=width)


def laid_out(parts: Iterable[RenderableType], *, colour: bool = False, width: int = 0) -> bytes:
    """Lay parts out one below the other, with nothing in it that a CI job would obey."""
    file = io.StringIO()
    width = width or shutil.get_terminal_size().columns
    console = Console(
        file=file, width=width, force_terminal=colour, no_color=not colour, highlight=False
    )
    for part in parts:
        console.print(part)
    lines = [no_command(line.rstrip()) for line in file.getvalue().splitlines()]
    return ("\n".join(lines) + "\n").encode()


def no_command(line: str) -> str:
    """Break what a CI job would take for a command to it: ::error, ##[error], ##vso[…]."""
    return HASHES.sub("# #", COLONS.sub(r"\1: :", line))


COLONS = re.compile(r"^(\s*)::")
HASHES = re.compile(r"##(?=\[|vso\[|teamcity\[)")


def _parts(told: "Account", mark: "Mark", audience: str) -> Iterator[RenderableType]:
    points = f"{told.score:g} of {told.max_score:g} points"
    yield Text.assemble((in_a_line(told.student), "bold"), "   ", (points, "bold"))
    if told.trouble:
        yield Text(told.trouble)
        return
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for item in told.items:
        sign, style = _sign(item)
        counted = f"{item.score:g}/{item.max_score:g}" if item.exercise else f"{item.score:g}"
        table.add_row(Text(f"{sign} {item.name}", style), Text(counted), Text(item.said))
    yield table
    for item in told.items:
        yield from _explained(item)
    for note in told.notes:
        yield Text(f"note: {in_a_line(note)}", "bright_black")
    if audience == "learner" and (result := mark.result):
        yield Text(
            f"isolation: {result.isolation.level}   seed: {result.seed}   {result.duration:.2f} s",
            "bright_black",
        )


def _sign(item: "Item") -> tuple[str, str]:
    return SIGNS.get(item.exercise.status, WRONG) if item.exercise else ("–", "yellow")


def _explained(item: "Item") -> Iterator[RenderableType]:
    """Why points were lost; of what is still to do the board has said enough."""
    if item.exercise and item.exercise.status in ("passed", "todo", "not_run"):
        return
    yield Text()
    yield Text(f"{_sign(item)[0]} {item.name}", _sign(item)[1])
    yield Padding(Text(item.told), (0, 0, 0, 2))


def in_a_line(text: str) -> str:
    """What `clean` gives, in a single line."""
    return clean(" ".join(text.split()))


def clean(text: str) -> str:
    """Show control characters as what they are, so that a name cannot steer the terminal."""
    return "".join(c if c.isprintable() or c in HARMLESS else repr(c)[1:-1] for c in text)


HARMLESS = "\n\t\u200c\u200d"
"""Kept besides what is printable: the joiners, without which Hindi and Persian are misspelt."""
