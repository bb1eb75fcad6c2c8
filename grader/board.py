"""The learner's board: where they stand, the first thing that is wrong, the next thing to do."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.measure import Measurement
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


@dataclass(frozen=True, slots=True)
class Flow:
    """Cells one after the other, as many in a line as there is room for; none is ever broken."""

    cells: Sequence[Text]
    gap: str = "  "

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Lay out line by line."""
        line: list[Text] = []
        for cell in self.cells:
            together = cell_len(self.gap.join(one.plain for one in [*line, cell]))
            if line and together > options.max_width:
                yield Text(self.gap).join(line)
                line = []
            line.append(cell)
        yield Text(self.gap).join(line)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """As wide as the widest cell at least, and as all of them in one line at most."""
        widths = [cell_len(cell.plain) for cell in self.cells]
        whole = sum(widths) + len(self.gap) * (len(widths) - 1)
        return Measurement(max(widths, default=0), min(max(whole, 0), options.max_width))


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
    course: Course,
    verdicts: Sequence[Verdict],
    glyphs: Glyphs,
    *,
    detail: Literal["all", "begun", "none"] = "all",
) -> RenderableType:
    """Lay out the chapters that `verdicts` speak of.

    `detail` says of which chapters the single exercises are shown: of all, of those that are begun
    and the one to go on with, or of none.
    """
    statuses = {
        name: overall(v for v in verdicts if v.exercise == name) for name in course.exercises
    }
    chapters = [c for c in course.chapters if any(statuses[e.name] for e in c.exercises)]
    parts: list[RenderableType] = []
    ahead = next_exercise(course, statuses)
    for chapter in chapters:
        lines = chapter_lines(chapter, statuses, verdicts, glyphs)
        own = {statuses[e.name] for e in chapter.exercises}
        goes_on = len(own) > 1 or any(e.name == ahead for e in chapter.exercises)
        parts += lines if detail == "all" or (detail == "begun" and goes_on) else lines[:1]
    failure = next((v for v in verdicts if v.status in ("failed", "error")), None)
    if failure is not None:
        parts += [Text(), first_failure(failure, glyphs)]
    parts += [Text(), _next(course, ahead)]
    if failure is None and (symptom := _symptom(verdicts, ahead)):
        parts.append(Padding(Text("\n".join(advice(symptom))), (0, 0, 0, 2), expand=False))
    return Group(*parts)


def chapter_lines(
    chapter: Chapter,
    statuses: dict[str, Status | None],
    verdicts: Sequence[Verdict],
    glyphs: Glyphs,
) -> list[RenderableType]:
    """A chapter: its heading with a bar of what is right, then its exercises."""
    blockers = {v.exercise: v.blocker for v in verdicts if v.blocker}
    return [_heading(chapter, statuses, glyphs), _exercises(chapter, statuses, blockers, glyphs)]


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
    cells = (
        exercise_cell(e.name, statuses[e.name], blockers.get(e.name, ""), glyphs)
        for e in chapter.exercises
        if statuses[e.name]
    )
    return Padding(Flow(list(cells)), (0, 0, 0, 2), expand=False)


def exercise_cell(name: str, status: Status | None, blocker: str, glyphs: Glyphs) -> Text:
    """The sign of an exercise, its name, and what it waits for."""
    kind = {"passed": "passed", "todo": "todo", "blocked": "blocked", "not_run": "todo"}.get(
        status or "todo", "failed"
    )
    text = f"{getattr(glyphs, kind)} {name}"
    if kind == "blocked":
        text += f" (blocked by {blocker})"
    return Text(text, STYLES[kind])


def _next(course: Course, name: str | None) -> Text:
    if name is None:
        return Text("All done: every exercise here is right.", "bold green")
    return Text.assemble(("next: ", "bold"), (name, "bold cyan"), f"   {place_of(course, name)}")
