"""`kata watch`: every save is answered by what its tests say, until somebody presses q."""

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console

from grader import draw, files
from grader.board import Glyphs, board
from grader.errors import KataError
from grader.practice import standing
from grader.practice.desk import Desk
from grader.practice.keys import QUIT, keys
from grader.practice.saves import saves
from grader.practice.screen import View, footer, page

STARTING = "Starting: TensorFlow is imported once, which takes some seconds."


@dataclass(frozen=True, slots=True)
class Saved:
    """A file was saved; perhaps with the same content."""


@dataclass(frozen=True, slots=True)
class Decided:
    """All tests of an exercise have run."""

    exercise: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A run has ended; `complete` unless it was cancelled for a newer save, or had `trouble`."""

    complete: bool
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key."""

    key: str


Event = Saved | Decided | Finished | Pressed


class Watch:
    """A desk that is looked at, in a terminal.

    `events` says whether to wait for what the file system tells; files are looked at in any case.
    """

    def __init__(
        self, desk: Desk, console: Console, glyphs: Glyphs, *, events: bool = True
    ) -> None:
        self._desk, self._console, self._glyphs = desk, console, glyphs
        self._waits_for_events = events
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._run: asyncio.Task[None] | None = None
        self._digests: dict[str, str] = {}
        self._stamps: dict[Path, tuple[int, int, int]] = {}
        self._touched: set[str] = set()
        self._tried: set[tuple[str, str]] = set()
        self._focus: str | None = None
        self._hints: dict[str, int] = {}
        self._done = self._note = ""
        self._has_failed = False
        self._busy = STARTING

    async def run(self) -> None:
        """Show the next exercise; answer saves and keys until the key for the end."""
        put = self._events.put_nowait
        folder = self._desk.course.root / "exercises"
        watching = asyncio.create_task(
            saves(folder, lambda: put(Saved()), events=self._waits_for_events)
        )
        try:
            with keys(lambda key: put(Pressed(key))):
                self._move_on()
                self._start()
                self._show()
                while (event := await self._events.get()) != Pressed(QUIT):
                    await self._answer(event)
        finally:
            await self._stop()
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    async def _answer(self, event: Event) -> None:
        match event:
            case Saved():
                if not self._is_new():
                    return
                await self._stop()
                self._done = self._note = ""
                self._start()
            case Decided(exercise):
                self._decided(exercise)
            case Finished():
                self._finished(event)
            case Pressed(key):
                await self._press(key)
        self._show()

    def _is_new(self) -> bool:
        """Whether a save has changed what tests find, or came while they were reading."""
        course = self._desk.course
        if standing.stamps(course) == self._stamps:
            return False  # one save is told of by the system, and seen by looking
        return standing.digests(course) != self._digests or bool(self._desk.stale())

    def _start(self, names: tuple[str, ...] = (), *, races: bool = False) -> None:
        """Run tests beside this loop; what they find comes as events."""
        self._stamps = standing.stamps(self._desk.course)
        now = standing.digests(self._desk.course)
        old = self._digests or now
        self._touched |= {name for name in now if now[name] != old[name]} | {*names}
        self._digests, self._has_failed = now, False
        loop = asyncio.get_running_loop()

        def told(exercise: str) -> None:
            loop.call_soon_threadsafe(self._events.put_nowait, Decided(exercise))

        async def run() -> None:
            try:
                work = asyncio.to_thread(self._desk.refresh, told, names=names, races=races)
                self._events.put_nowait(Finished(await work))
            except KataError as error:
                self._events.put_nowait(Finished(complete=False, trouble=str(error)))

        self._run = asyncio.create_task(run())

    async def _stop(self) -> None:
        """End what is running, and forget what it has still to tell."""
        if self._run is not None and not self._run.done():
            self._desk.runner.cancel()
            await self._run
        kept = [e for e in self._drained() if isinstance(e, Pressed)]
        for event in kept:
            self._events.put_nowait(event)

    def _drained(self) -> list[Event]:
        found = []
        while not self._events.empty():
            found.append(self._events.get_nowait())
        return found

    def _decided(self, exercise: str) -> None:
        """Stay with what a save has made wrong, the first of it; move on from what is right."""
        self._busy = ""
        if exercise in self._touched and not self._has_failed:
            if self._desk.status(exercise) in ("failed", "error"):
                self._focus, self._done, self._has_failed = exercise, "", True
            elif self._is_right(exercise):
                self._done = self._done or exercise
        if self._focus is None or self._is_right(self._focus):
            self._move_on()

    def _is_right(self, exercise: str) -> bool:
        return self._desk.status(exercise) == "passed" and exercise not in self._desk.untimed()

    def _finished(self, event: Finished) -> None:
        """Time what is right and has a speed gate; then nothing is left to be done."""
        self._busy, self._note = "", event.trouble or self._note
        if not event.complete and not event.trouble:
            self._start()  # what was meant to end the run before it has ended this one
            return
        for name in self._desk.untimed() if event.complete else ():
            key = name, self._digests[name]
            if key not in self._tried:
                self._tried.add(key)
                self._busy = f"{name} is right; now it is timed beside the loop and the reference."
                self._start((name,), races=True)
                return
        if event.complete:
            self._touched.clear()

    async def _press(self, key: str) -> None:
        name = self._focus
        if key == "n":
            self._move_on(beyond=name)
            self._done = self._note = ""
        elif key == "b":
            self._note = "board"
        elif key == "r" and name:
            await self._stop()
            self._start((name,))
            self._busy = f"The tests of {name} run again."
        elif key == "h" and name:
            most = len(self._desk.course.exercises[name].hints)
            self._hints[name] = min(self._hints.get(name, 0) + 1, most)
        elif key == "s" and name:
            self._note = await asyncio.to_thread(self._draw, self._done or name)

    def _draw(self, name: str) -> str:
        """Draw the picture of an exercise; returns where it is, or why there is none."""
        try:
            path = files.own_folder() / f"{name}.png"
            files.write(path, self._desk.runner.draw(name))
        except KataError as error:
            return str(error)
        if draw.has_display():
            typer.launch(str(path))
        return f"drawn in {path}"

    def _move_on(self, beyond: str | None = None) -> None:
        """Put the next exercise that is not right into focus, after `beyond` if there is one."""
        course = self._desk.course
        names = sorted(
            (n for n in course.exercises if not self._is_right(n)),
            key=course.order.__getitem__,
        )
        place = course.order[beyond] if beyond else -1
        later = [name for name in names if course.order[name] > place]
        self._focus = next(iter(later or names), None)

    def _show(self) -> None:
        """Draw the screen anew."""
        desk = self._desk
        verdicts = desk.verdicts
        if self._console.is_terminal:
            self._console.clear()
        if self._note == "board":
            self._note = ""
            self._console.print(board(desk.course, verdicts, self._glyphs, detail="begun"))
            self._console.print(footer())
            return
        name = self._focus
        wrong = [v for v in verdicts if v.exercise == name and v.status == "failed"]
        hints = desk.course.exercises[name].hints[: self._hints.get(name, 0)] if name else ()
        view = View(
            course=desk.course,
            statuses={each: desk.status(each) or "todo" for each in desk.course.exercises},
            verdicts=verdicts,
            focus=name,
            hints=hints,
            done=self._done,
            printed=desk.printed.get((wrong[0].exercise, wrong[0].test), "") if wrong else "",
            note=self._note,
            busy=self._busy,
        )
        self._console.print(page(view, self._glyphs, self._console.width))
