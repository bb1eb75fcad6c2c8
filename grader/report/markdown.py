"""Markdown for the summary of a CI job: the board, and below it what was lost and why."""

import re
from collections.abc import Iterator

from grader.report import account
from grader.report.account import Account, Item
from grader.report.gradebook import Gradebook
from grader.report.text import SIGNS, WRONG, in_a_line, no_command

SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:@$])")
LINKED = re.compile(r"([@#]|://|www\.)")


def render(book: Gradebook) -> bytes:
    """Every student of the book, one below the other."""
    lines = [line for mark in book.marks for line in _lines(account.of(book, mark))]
    return ("\n".join(lines).strip("\n") + "\n").encode()


def _lines(told: Account) -> Iterator[str]:
    yield f"## {_text(told.student)}: {told.score:g} of {told.max_score:g} points\n"
    if told.trouble:
        yield from _block(told.trouble)
        return
    yield "| exercise | points | |"
    yield "| :-- | --: | :-- |"
    for item in told.items:
        worth = f"{item.score:g}/{item.max_score:g}" if item.exercise else f"{item.score:g}"
        yield f"| {_sign(item)} {_text(item.name)} | {worth} | {_text(item.said)} |"
    yield ""
    for item in told.items:
        if not (item.exercise and item.exercise.status in ("passed", "todo", "not_run")):
            yield f"### {_sign(item)} {_text(item.name)}\n"
            yield from _block(item.told)
    for note in told.notes:
        yield f"Note: {_text(note)}\n"


def _sign(item: Item) -> str:
    return SIGNS.get(item.exercise.status, WRONG)[0] if item.exercise else "–"


def _text(text: str) -> str:
    """A text that stays one: no mark-up, and nothing that GitHub would link or notify."""
    return SPECIAL.sub(r"\\\1", LINKED.sub("\u200b\\1\u200b", in_a_line(text)))


def _block(text: str) -> Iterator[str]:
    """Lines as they are, in a fence that none of them can close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}text"
    yield from map(no_command, text.splitlines())
    yield f"{fence}\n"
