"""What a learner sees while they work: one exercise, what is wrong with it, what to press."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from grader import source
from grader.bars import bars
from grader.board import Glyphs, chapter_lines, exercise_cell, first_failure, place_of
from grader.course import Chapter, Course
from grader.stubs import without_marks
from grader.verdict import Status, Verdict

WIDE = 110
"""Columns from which two pieces of code stand side by side."""

KEYS = (("n", "next"), ("h", "hint"), ("s", "picture"), ("r", "run"), ("b", "board"), ("q", "quit"))
MOST_PRINTED = 8


@dataclass(frozen=True, slots=True)
class View:
    """All that a screen shows: the exercise in focus, and what is known.

    `hints` are those that were asked for; `done` names an exercise that has just become right;
    `note` is a line about something else, as a picture that was drawn; `printed` what the learner's
    code printed in the test that failed; `busy` what goes on.
    """

    course: Course
    statuses: dict[str, Status | None]
    verdicts: Sequence[Verdict]
    focus: str | None
    hints: tuple[str, ...] = ()
    done: str = ""
    printed: str = ""
    note: str = ""
    busy: str = ""


def page(view: View, glyphs: Glyphs, width: int) -> RenderableType:
    """Lay out one screen for a terminal of `width` columns."""
    parts: list[RenderableType] = []
    if view.done:
        parts += [*success(view.course, view.done, glyphs, width), Text()]
    if view.focus is None:
        parts.append(Text("All done: every exercise here is right.", "bold green"))
    else:
        chapter = view.course.chapter_of(view.focus)
        parts += [*chapter_lines(chapter, view.statuses, view.verdicts, glyphs), Text()]
        parts += _focus(view, view.focus, glyphs)
    if view.hints:
        parts += [Text(), *_hints(view.hints)]
    for line in filter(None, (view.note, view.busy)):
        parts += [Text(), Text(line, "italic")]
    parts += [Text(), footer()]
    return Group(*parts)


def success(course: Course, name: str, glyphs: Glyphs, width: int) -> list[RenderableType]:
    """Say that an exercise is right; show the code beside the reference, where that is there."""
    parts: list[RenderableType] = [Text(f"{glyphs.passed} {name} is right.", "bold green")]
    chapter = course.chapter_of(name)
    yours = _code(course.stub(chapter), name)
    reference = _code(course.solution(chapter), name)
    if not yours or not reference:
        return parts
    if _bare(yours) == _bare(reference):
        return [*parts, Text("  The reference is written just like that.")]
    codes = (("yours", yours), ("the reference", reference))
    blocks = [Group(Text(title, "bold"), _shown(code)) for title, code in codes]
    if width < WIDE:
        return [*parts, *(Padding(block, (1, 0, 0, 2)) for block in blocks)]
    table = Table.grid(padding=(1, 4, 0, 0), expand=True)
    for _ in blocks:
        table.add_column(ratio=1)
    table.add_row(*blocks)
    return [*parts, Padding(table, (0, 0, 0, 2))]


def listing(
    chapters: Sequence[Chapter], statuses: Mapping[str, Status | None], glyphs: Glyphs
) -> RenderableType:
    """Every exercise in a line: where it stands, its chapter, its points."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("", "exercise", "chapter"):
        table.add_column(title)
    table.add_column("points", justify="right")
    for chapter in chapters:
        for exercise in chapter.exercises:
            cell = exercise_cell(exercise.name, statuses[exercise.name], "", glyphs)
            points = Text(f"{exercise.points:g}")
            table.add_row(cell[:1], cell[2:], Text(chapter.name, "bright_black"), points)
    return table


def _focus(view: View, name: str, glyphs: Glyphs) -> list[RenderableType]:
    own = [verdict for verdict in view.verdicts if verdict.exercise == name]
    wrong = next((v for v in own if v.status in ("failed", "error")), None)
    raced = next((v.speed for v in own if v.speed), None)
    if wrong is not None:
        parts = [first_failure(wrong, glyphs), *_printed(view.printed)]
        if raced and raced.decision != "fast enough":
            parts += [Text(), bars(name, raced, glyphs)]
        return parts
    title = Text.assemble((name, "bold cyan"), f"   {place_of(view.course, name)}")
    blocker = next((v.blocker for v in own if v.blocker), "")
    if blocker:
        told = f"It waits for {blocker} to become right."
    elif symptom := next((v for v in own if v.status == "todo" and v.message), None):
        told = _invitation(symptom)
    else:
        told = "Right so far; it has not been timed yet." if own else "Its tests have not run yet."
    return [title, Padding(Text(told), (0, 0, 0, 2))]


def _invitation(verdict: Verdict) -> str:
    """What to do about an exercise that nobody has touched."""
    if verdict.message.endswith("is still to do"):
        return "Write it: the docstring says what is asked for. Save, and its tests run."
    return f"{verdict.message}\nIt runs and is wrong: find out why, mend it and save."


def _printed(text: str) -> list[RenderableType]:
    lines = text.rstrip().splitlines()
    if not lines:
        return []
    left_out = len(lines) - MOST_PRINTED
    shown = lines[-MOST_PRINTED:] if left_out <= 0 else ["…", *lines[-MOST_PRINTED:]]
    return [Text("  your code printed:"), Padding(Text("\n".join(shown), "dim"), (0, 0, 0, 4))]


def _hints(hints: Sequence[str]) -> list[RenderableType]:
    table = Table.grid(padding=(0, 2, 0, 0))
    for number, hint in enumerate(hints, 1):
        table.add_row(Text(f"hint {number}", "bold"), Text(hint))
    return [Padding(table, (0, 0, 0, 2))]


def footer() -> Text:
    """The keys, and what they do."""
    return Text("   ").join(Text.assemble((key, "bold"), f" {word}") for key, word in KEYS)


def _code(path: Path, name: str) -> str:
    """The source of an exercise in a file, without its docstring; "" where it is not there."""
    try:
        text = without_marks(path.read_text("utf-8"))
        return source.body_of(text, name)
    except (OSError, SyntaxError, UnicodeDecodeError):
        return ""


def _bare(code: str) -> str:
    return "".join(code.split())


def _shown(code: str) -> Syntax:
    return Syntax(code, "python", theme="ansi_light", background_color="default", word_wrap=True)
