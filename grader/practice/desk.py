"""A learner's desk: what is known of their work, brought up to date by running what has changed."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Self

from msgspec.structs import replace

from grader import gates
from grader.course import Course
from grader.practice import standing
from grader.practice.rerun import Runner
from grader.practice.standing import Standing
from grader.practice.trial import Told
from grader.verdict import Status, Verdict, overall

LIMIT = 10.0
"""Seconds that one call of the learner's code may take."""


@dataclass
class Desk:
    """What is known of each exercise. `printed` is what the learner's code printed, by test."""

    course: Course
    runner: Runner
    standings: dict[str, Standing]
    printed: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, course: Course, *, seconds: float = LIMIT, prepared: bool = False) -> Self:
        """Open the desk of a course, with what is known from before."""
        return cls(course, Runner(course, seconds, prepared=prepared), standing.read(course))

    @property
    def verdicts(self) -> list[Verdict]:
        """All that is known, in the order of the course."""
        known = (self.standings.get(name) for name in self.course.exercises)
        return [verdict for each in known if each for verdict in each.verdicts]

    def status(self, exercise: str) -> Status | None:
        """The status of an exercise as far as it is known."""
        known = self.standings.get(exercise)
        return overall(known.verdicts) if known else None

    def stale(self) -> list[str]:
        """The exercises that have changed since their tests ran, in course order."""
        return standing.stale(self.standings, standing.digests(self.course))

    def untimed(self) -> list[str]:
        """The exercises that are right so far and have a speed gate that has not been run."""
        return [
            name
            for name, exercise in self.course.exercises.items()
            if exercise.gates
            and self.status(name) == "passed"
            and not any(v.speed for v in self.standings[name].verdicts)
        ]

    def refresh(
        self,
        told: Callable[[str], None] = lambda exercise: None,
        *,
        names: Collection[str] = (),
        races: bool = False,
    ) -> bool:
        """Run the tests of what has changed, or of some exercises; whether all of them has run.

        `told` is called with each exercise that is decided. Speed is measured only with `races`.
        What a run finds counts for the code that was there when it began; after a save it is shown,
        and found anew the next time, for tests may have read half of what was being written.
        """
        stamps = standing.stamps(self.course)
        now = standing.digests(self.course)
        asked = [n for n in now if n in names] or standing.stale(self.standings, now)
        asked.sort(key=self.course.order.__getitem__)
        wrong = [n for n in self.standings if n not in asked and self.status(n) != "passed"]
        found: dict[str, list[Verdict]] = {}

        def decide() -> None:
            untouched = standing.stamps(self.course) == stamps
            for name in [*found]:
                verdicts = found.pop(name)
                digest = now[name] if untouched and standing.is_final(verdicts) else ""
                self.standings[name] = Standing(digest, _explained(verdicts))
                told(name)

        def listen(news: Told) -> None:
            verdict = news.verdict
            if verdict.exercise not in found:
                decide()
            if verdict.message != gates.LATER:
                found.setdefault(verdict.exercise, []).append(verdict)
            self.printed[verdict.exercise, verdict.test] = news.printed

        if not self.runner.run(tuple(asked), tuple(wrong), listen, races=races):
            return False
        decide()
        standing.write(self.course, self.standings)
        return True


def _explained(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Verdicts of an exercise, its failed ones with the diagnosis that all of its tests tell."""
    found = [*verdicts]
    told = [v.diagnosis for v in found if v.status == "failed"]
    last = told[-1] if told else ""
    return tuple(replace(v, diagnosis=last) if v.status == "failed" else v for v in found)
