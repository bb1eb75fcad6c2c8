"""What the cells of a notebook call while it runs: tests, pictures, hints, the chapter's board."""

import contextlib
import functools
import io
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from grader import course as courses
from grader import devices, environment, source
from grader.bars import bars
from grader.board import STYLES, Glyphs, chapter_lines
from grader.course import Chapter, Course
from grader.draw import Drawing, inline
from grader.errors import KataError
from grader.notebook.cells import Cells, cells_of
from grader.notebook.trial import Bench, nothing_shown, tried
from grader.run import Run
from grader.verdict import Verdict, overall
from grader.worker import lines_of

MOST_PRINTED = 2000
GLYPHS = Glyphs()
Asked = ParamSpec("Asked")
Given = TypeVar("Given")


class Tools(NamedTuple):
    """What the cells of a notebook call."""

    check: Callable[[str], None]
    picture: Callable[..., "Image | None"]
    hint: Callable[..., None]
    board: Callable[[], None]


def begin(root: Path, chapter: str, names: dict[str, Any]) -> Tools:
    """Open the notebook of a chapter; `names` are its globals, as they are at any time.

    Raises
    ------
    CourseError
        There is no course, or no such chapter in it.

    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    environment.settle()
    given = courses.read(courses.find(root))
    page = Page(given, given.chapter(chapter), names)
    print(f"Ready: {page.chapter.title}, with the course in {given.root}.")
    return Tools(page.check, page.picture, page.hint, page.board)


class Image(NamedTuple):
    """A picture that a notebook shows, whatever backend Matplotlib has."""

    png: bytes
    title: str

    def _repr_png_(self) -> bytes:
        return self.png

    def __repr__(self) -> str:
        return self.title


class Known(NamedTuple):
    """What the tests of an exercise have said about its code, as that was then."""

    state: str
    verdicts: tuple[Verdict, ...]


def in_a_line(asked: Callable[Asked, Given]) -> Callable[Asked, Given | None]:
    """Print in a line what a learner can put right, instead of raising it."""

    @functools.wraps(asked)
    def told(*args: Asked.args, **kwargs: Asked.kwargs) -> Given | None:
        try:
            return asked(*args, **kwargs)
        except KataError as error:
            print(error)
            return None

    return told


@dataclass
class Page:
    """A notebook at work on a chapter, and what its checks have found so far."""

    course: Course
    chapter: Chapter
    names: dict[str, Any]
    known: dict[str, Known] = field(default_factory=dict)

    @in_a_line
    def check(self, exercise: str) -> None:
        """Run the visible tests of an exercise on what the cells define, and say what they say."""
        self.course.chapter_of(exercise)
        cells = cells_of(self.names)
        found = self._current(cells)
        wrong = frozenset(n for n in found if n != exercise and overall(found[n]) != "passed")
        run = Run(self.course, Bench(self.course, self.names, cells), wrong)
        printed = tried(run, exercise)
        verdicts = tuple(run.explained())
        self.known[exercise] = Known(cells.state_of(exercise), verdicts)
        _show(*outcome(exercise, verdicts, printed))

    @in_a_line
    def picture(self, draw: Drawing, *exercises: str) -> Image | None:
        """Draw a picture of some exercises, if they are there."""
        if "tensorflow" in sys.modules:
            devices.two_cpus()  # as in the tests, which may come later
        cells = cells_of(self.names)
        title = " ".join((draw.__doc__ or "").split())
        unwritten = source.unwritten(cells.tree)
        if name := next((name for name in exercises if name in unwritten), ""):
            raise KataError(f"{name} is still to do. Then you see here: {title}")
        try:
            with nothing_shown(), contextlib.redirect_stdout(io.StringIO()):
                canvas = inline(draw, self.names)
        except NotImplementedError as error:
            raise KataError(f"{error}. Then you see here: {title}") from None
        except Exception as error:
            raise KataError(_trouble(error, cells)) from None
        file = io.BytesIO()
        canvas.savefig(file, format="png")
        return Image(file.getvalue(), title)

    @in_a_line
    def hint(self, exercise: str, step: int = 1) -> None:
        """Print a hint for an exercise: 1 is a nudge, 2 the idea, 3 nearly the line."""
        self.course.chapter_of(exercise)
        hints = self.course.exercises[exercise].hints
        step = min(max(step, 1), len(hints))
        print(hints[step - 1])
        if step < len(hints):
            print(f"more: hint({exercise!r}, {step + 1})")

    def board(self) -> None:
        """Show where every exercise stands whose code is as it was when it was checked."""
        found = self._current(cells_of(self.names))
        statuses = {e.name: overall(found.get(e.name, ())) for e in self.chapter.exercises}
        verdicts = [verdict for own in found.values() for verdict in own]
        if verdicts:
            _show(*chapter_lines(self.chapter, statuses, verdicts, GLYPHS))
        ahead = next((name for name, status in statuses.items() if status != "passed"), "")
        print(f"next: {ahead}" if ahead else "All of this chapter is right.")

    def _current(self, cells: Cells) -> dict[str, tuple[Verdict, ...]]:
        """What is known of the code as it is now."""
        return {
            name: known.verdicts
            for name, known in self.known.items()
            if known.state == cells.state_of(name)
        }


def outcome(
    exercise: str, verdicts: Sequence[Verdict], printed: dict[str, str]
) -> Iterable[RenderableType]:
    """Lay out what the tests of an exercise say: of those that fail, the first."""
    status = overall(verdicts)
    told = next((v for v in verdicts if v.status == status), None)
    raced = next((v.speed for v in verdicts if v.speed), None)
    if told is None or status == "passed":
        count = f"{len(verdicts)} test{'s' * (len(verdicts) != 1)} passed"
        yield _title(exercise, "passed", count)
    elif status in ("failed", "error"):
        yield _title(exercise, "failed", told.test)
        yield from _inset(told.shown, told.diagnosis, f"hint: hint({exercise!r})")
        yield from _printed(printed.get(told.test, ""))
    else:
        kind = "blocked" if status == "blocked" else "todo"
        first, _, rest = told.message.removeprefix(f"{exercise} ").partition("\n")
        yield _title(exercise, kind, first)
        yield from _inset(rest)
    if raced is not None:
        yield from ("", bars(exercise, raced, GLYPHS))


def _show(*parts: RenderableType) -> None:
    Console(highlight=False).print(Group(*parts))


def _title(exercise: str, kind: str, told: str) -> Text:
    return Text.assemble((f"{getattr(GLYPHS, kind)} {exercise}", STYLES[kind]), f"   {told}")


def _inset(*lines: str) -> Iterable[RenderableType]:
    text = "\n".join(filter(None, lines))
    return [Padding(Text(text), (0, 0, 0, 2), expand=False)] if text else []


def _printed(text: str) -> Iterable[RenderableType]:
    return _inset("your code printed:", text[-MOST_PRINTED:].rstrip()) if text.strip() else []


def _trouble(error: Exception, cells: Cells) -> str:
    """Say in one line why a picture could not be drawn, with the cell and line where it was."""
    lines = lines_of(error, cells.files)
    place = f"{cells.files[lines[-1].label]}:{lines[-1].number}: " if lines else ""
    told = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{place}cannot be drawn: {told[:300]}"
