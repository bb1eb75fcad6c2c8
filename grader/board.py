"""The learner's board: where they stand, the first thing that is wrong, the next thing to do."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader import source
from grader.course import Chapter, Course
from grader.verdict import Status, Verdict, advice, overall, to_do

BAR = 10


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs of a board, for a terminal that can show them or for one that cannot."""

    passed: str = "✔"
    failed: str = "✘"
    todo: str = "○"
    blocked: str = "⊘"
    full: str = "█"
    empty: str = "░"


PLAIN = Glyphs("+", "x", "o", "-", "#", ".")
STYLES = {"passed": "green", "failed": "bold red", "todo": "bright_black", "blocked": "yellow"}


def glyphs_for(encoding: str | None) -> Glyphs:
    """Return the signs that an encoding has."""
    try:
        "".join(astuple(Glyphs())).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return PLAIN
    return Glyphs()


def board(
    course: Course, verdicts: Sequence[Verdict], glyphs: Glyphs, *, brief: bool = False
) -> RenderableType:
    """Lay out the chapters that `verdicts` speak of; `brief` leaves out the single exercises."""
    statuses = {
        name: overall(v for v in verdicts if v.exercise == name) for name in course.exercises
    }
    chapters = [c for c in course.chapters if any(statuses[e.name] for e in c.exercises)]
    parts: list[RenderableType] = []
    for chapter in chapters:
        parts.append(_heading(chapter, statuses, glyphs))
        if not brief:
            blockers = {v.exercise: v.blocker for v in verdicts if v.blocker}
            parts.append(_exercises(chapter, statuses, blockers, glyphs))
    failure = next((v for v in verdicts if v.status in ("failed", "error")), None)
    if failure is not None:
        parts += [Text(), first_failure(failure, glyphs)]
    parts += [Text(), _next(course, statuses)]
    if failure is None and (symptom := _symptom(verdicts, next_exercise(course, statuses))):
        parts.append(Padding(Text("\n".join(advice(symptom))), (0, 0, 0, 2), expand=False))
    return Group(*parts)


def _symptom(verdicts: Sequence[Verdict], exercise: str | None) -> Verdict | None:
    """What is wrong with an exercise that is whole from the start and that nobody has touched."""
    own = (v for v in verdicts if v.exercise == exercise and v.status == "todo")
    return next((v for v in own if v.message != to_do(v.exercise)), None)


def first_failure(failure: Verdict, glyphs: Glyphs) -> RenderableType:
    """The exercise, the test, and all that can be said to help."""
    title = Text.assemble((f"{glyphs.failed} {failure.exercise}", "bold red"), f"   {failure.test}")
    return Group(title, Padding(Text("\n".join(advice(failure))), (0, 0, 0, 2), expand=False))


def next_exercise(course: Course, statuses: dict[str, Status | None]) -> str | None:
    """The first exercise in course order that is to be written or mended.

    When all that ran is right, the first one after it that did not run; None when there is none.
    """
    open_ = [n for n in course.exercises if statuses[n] in ("failed", "error", "todo")]
    if open_:
        return min(open_, key=course.order.__getitem__)
    names = list(course.exercises)
    ran = [place for place, name in enumerate(names) if statuses[name]]
    return next((n for n in names[max(ran, default=-1) + 1 :] if not statuses[n]), None)


def place_of(course: Course, exercise: str) -> str:
    """The file and line where an exercise is to be written, as a person would type it."""
    path = course.stub(course.chapter_of(exercise))
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    try:
        defined = source.definitions(source.parse(path.read_text("utf-8"), str(path)))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return str(shown)
    return f"{shown}:{defined[exercise].line}" if exercise in defined else str(shown)


def _heading(
    chapter: Chapter, statuses: dict[str, Status | None], glyphs: Glyphs
) -> RenderableType:
    total = len(chapter.exercises)
    done = sum(statuses[e.name] == "passed" for e in chapter.exercises)
    full = BAR * done // total
    row = Table.grid(padding=(0, 1), expand=True)
    row.add_column(no_wrap=True, width=19)
    row.add_column(ratio=1, no_wrap=True)
    row.add_column(no_wrap=True)
    row.add_column(no_wrap=True, justify="right", width=7)
    bar = Text.assemble(
        (glyphs.full * full, "green"), (glyphs.empty * (BAR - full), "bright_black")
    )
    row.add_row(Text(chapter.name, "bold"), Text(chapter.title), bar, Text(f"{done}/{total}"))
    return row


def _exercises(
    chapter: Chapter,
    statuses: dict[str, Status | None],
    blockers: dict[str, str],
    glyphs: Glyphs,
) -> RenderableType:
    cells: Iterable[Text] = (
        _exercise(e.name, statuses[e.name], blockers.get(e.name, ""), glyphs)
        for e in chapter.exercises
        if statuses[e.name]
    )
    return Padding(Text("  ").join(cells), (0, 0, 0, 2), expand=False)


def _exercise(name: str, status: Status | None, blocker: str, glyphs: Glyphs) -> Text:
    kind = {"passed": "passed", "todo": "todo", "blocked": "blocked", "not_run": "todo"}.get(
        status or "todo", "failed"
    )
    # Spaces inside a cell do not break, so that a sign never parts from its name.
    text = f"{getattr(glyphs, kind)}\N{NO-BREAK SPACE}{name}"
    if kind == "blocked":
        text += f" (blocked by {blocker})".replace(" ", "\N{NO-BREAK SPACE}")
    return Text(text, STYLES[kind])


def _next(course: Course, statuses: dict[str, Status | None]) -> Text:
    name = next_exercise(course, statuses)
    if name is None:
        return Text("All done: every exercise here is right.", "bold green")
    return Text.assemble(("next: ", "bold"), (name, "bold cyan"), f"   {place_of(course, name)}")
