"""How a batch is getting on, for whoever waits for it: a bar in a terminal, lines elsewhere."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TimeRemainingColumn,
)
from rich.text import Text

from grader.batch import Step
from grader.report.text import in_a_line

SLOW, SHOWN_SLOW = 5.0, 3
"""After so many seconds a submission is named as slow; so many are named at a time."""

EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


class Told(ProgressColumn):
    """The part of the bar that says what has come out so far, and what takes long."""

    def __init__(self, say: Callable[[], str]) -> None:
        super().__init__()
        self._say = say

    def render(self, task: Task) -> Text:
        """Say it as of now."""
        return Text(self._say())


class Telling:
    """Counts what is told of a batch of `total` submissions, and shows it on a console.

    A context manager, around the batch.
    """

    def __init__(
        self, total: int, console: Console, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total, self._console, self._clock = total, console, clock
        self._begun: dict[str, float] = {}
        self._to_race: set[str] = set()
        self._started = self._said = clock()
        self._full = self._short = self._without = 0
        self._bar = Progress(
            BarColumn(10),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            Told(self._news),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=total)

    @property
    def done(self) -> int:
        """How many have come to an end."""
        return self._full + self._short + self._without

    def tell(self, step: Step) -> None:
        """Take in how far a submission has come."""
        if step.state == "begun":
            self._begun.setdefault(step.student, self._clock())
            return
        self._begun.pop(step.student, None)
        if step.state == "unraced":
            self._to_race.add(step.student)
            return
        self._to_race.discard(step.student)
        if step.result is None:
            self._without += 1
            self._say(in_a_line(f"{step.student}: {step.state}: {step.message}"))
        elif step.result.share == 1:
            self._full += 1
        else:
            self._short += 1
        self._bar.update(self._task, completed=self.done)
        now = self._clock()
        if not self._console.is_terminal and (
            self.done == self._total or now - self._said >= EVERY
        ):
            self._said = now
            self._say(f"{self.done} of {self._total}  {self._news()}")

    def summary(self) -> str:
        """What has been done in all, as a line."""
        seconds = self._clock() - self._started
        return f"{self.done} of {self._total} marked in {_time(seconds)}: {self._tally()}"

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def _say(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)

    def _news(self) -> str:
        """The rate, the tally, what waits to be raced and what takes long."""
        now = self._clock()
        told = [f"{self.done / max(now - self._started, 0.001):.1f}/s", self._tally()]
        if self._to_race:
            told.append(f"{len(self._to_race)} to race")
        slow = [name for name, since in [*self._begun.items()] if now - since > SLOW]
        if slow:
            told.append(f"slow: {', '.join(map(in_a_line, slow[:SHOWN_SLOW]))}")
        return "  ".join(told)

    def _tally(self) -> str:
        told = f"{self._full} full, {self._short} short"
        return f"{told}, {self._without} without a result" if self._without else told


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
