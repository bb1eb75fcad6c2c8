"""Learners' proxies for the tests of a judge: what runs in which worker, and what stands in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from grader import source, stubs, terms, wire
from grader.confined import Confined, refusal
from grader.course import Course
from grader.errors import Unwritten
from grader.learner import Budget, Learner
from grader.rivals import Rivals
from grader.sandbox import Limits
from grader.sources import Sources
from grader.submission import Part, Submission
from grader.terms import GIVEN, forbidden
from grader.verdict import to_do

LONGEST_NOTE, MOST_NOTES = 300, 20
"""How much is told of what went wrong while a file ran: characters of a note, and notes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to grade: seconds for a call, the seed of the tests, what a worker may use.

    `without` names layers of confinement that are left alone, to see how the others hold.
    """

    seconds: float = 10.0
    seed: int = 0
    limits: Limits = field(default_factory=Limits)
    without: tuple[str, ...] = ()


class Key(NamedTuple):
    """What runs in one worker: a module, with these stand-ins."""

    module: str
    stand_ins: tuple[str, ...]
    forbidden: tuple[tuple[str, str], ...]
    gpu: bool


class Bench:
    """Puts learners' proxies under the tests.

    Hidden tests go on in the worker of the visible ones, and no visible test runs in one that has
    seen a hidden input: code can tell such an input to nobody, since all that is shown of a visible
    test comes from a process that had not met any. A prerequisite that the reference stands in for
    takes one more worker; an exercise that is itself among the given ones has one that lacks those,
    which others may `share`. Where one has failed no other is tested in the same worker any more:
    what the first left behind costs no other its marks.
    """

    supplies = True

    def __init__(
        self,
        course: Course,
        sources: Sources,
        submission: Submission,
        settings: Settings,
        parameters: Mapping[str, tuple[str, ...]],
        rivals: Rivals,
    ) -> None:
        self._course, self._sources, self._rivals = course, sources, rivals
        self._submission, self._settings = submission, settings
        self._parameters = parameters
        self._workers: dict[Key, Confined] = {}
        self._met_hidden: set[Key] = set()
        self._terms: dict[tuple[str, bool], tuple[tuple[tuple[str, str], ...], bool]] = {}
        self._shared: Mapping[str, Mapping[str, str]] = {}
        self._tested_in: dict[Key, set[str]] = {}
        self._untouched: dict[str, frozenset[str]] = {}
        self._budget = Budget(settings.seconds)
        self.supplied: dict[str, tuple[str, ...]] = {}

    def share(self, exercises: Collection[str]) -> None:
        """Test some exercises in one worker, where none of them lacks anything in it."""
        self._shared = terms.shared(self._course, self._submission, exercises)
        self._terms.clear()

    def learner(self, exercise: str, test_file: Path, wrong: frozenset[str], seed: int) -> Learner:
        """Return the proxy for a test; prerequisites that are `wrong` are stood in for.

        Raises
        ------
        Unwritten
            The exercise is still as its stub has it; no worker is started to see it.

        """
        chapter = self._course.chapter_of(exercise)
        part = self._submission.part(chapter.module)
        assert part is not None
        if exercise in part.unwritten or self.untouched(exercise):
            raise Unwritten(to_do(exercise))
        stand_ins = self.stand_ins(exercise, wrong)
        if stand_ins:
            self.supplied[exercise] = stand_ins
        key = Key(part.module.name, stand_ins, *self._terms_of(exercise, alone=bool(stand_ins)))
        if key not in self._workers:
            self._workers[key] = self._confined(part, exercise, key)
        hidden = test_file not in self._course.visible_files
        tested = self._tested_in.setdefault(key, set())
        if (tested & wrong) - {exercise} or (key in self._met_hidden and not hidden):
            self._workers[key].close()
            self._met_hidden.discard(key)
            tested.clear()
        tested.add(exercise)
        if hidden:
            self._met_hidden.add(key)
        return Learner(
            self._workers[key], part.module.name, self._parameters, self._budget, exercise, seed
        )

    def rivals(self, exercise: str) -> dict[str, Learner]:
        """The loop and the reference, each in a worker that no learner's code has been in."""
        return self._rivals.of(exercise)

    def gpus(self, exercise: str) -> tuple[str, ...]:
        """The names of the GPUs that workers for an exercise see."""
        return self._rivals.gpus(exercise)

    def untouched(self, exercise: str) -> bool:
        """Whether an exercise is still as its stub has it."""
        chapter = self._course.chapter_of(exercise)
        part = self._submission.part(chapter.module)
        if part is None or exercise not in part.defined:
            return False
        label, _, _ = part.places[exercise].rpartition(":")
        if label not in self._untouched:
            self._untouched[label] = frozenset()
            if stubs.has_whole(self._course.solution(chapter)):
                text = next((c.text for c in part.module.cells if c.label == label), "")
                tree = source.parse(text, label)
                self._untouched[label] = stubs.untouched(self._course.solution(chapter), tree)
        return exercise in self._untouched[label]

    def tells_all(self, exercise: str) -> bool:
        """Unless the reference stands in for a prerequisite: its text is in the worker then."""
        return exercise not in self.supplied

    def stand_ins(self, exercise: str, wrong: frozenset[str]) -> tuple[str, ...]:
        """Which functions are replaced: needs of the same chapter, and what earlier ones taught.

        Only a single file has earlier chapters in the same namespace; elsewhere later ones import
        `grader.given` themselves.
        """
        chapter = self._course.chapter_of(exercise)
        names = self._course.all_needs(exercise) & wrong
        if self._submission.single:
            names |= {n for n in wrong & GIVEN if self._course.chapter_of(n) is not chapter}
        return tuple(sorted(names, key=self._course.order.__getitem__))

    def close(self) -> None:
        """End the workers of this submission."""
        for confined in self._workers.values():
            confined.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """What went wrong while the submission's modules ran, each thing once."""
        shown = [c for key, c in self._workers.items() if not key.stand_ins]
        notes = (note for confined in shown for group in confined.notes.values() for note in group)
        told = [f"{n.label}:{n.number}: {n.text[:LONGEST_NOTE]}" for n in notes]
        told = [*dict.fromkeys(told)]
        more = [f"and {len(told) - MOST_NOTES} more"] if len(told) > MOST_NOTES else []
        refused = (name for confined in self._workers.values() for name in confined.refused)
        return (*told[:MOST_NOTES], *more, *dict.fromkeys(map(refusal, refused)))

    def _terms_of(self, exercise: str, *, alone: bool) -> tuple[tuple[tuple[str, str], ...], bool]:
        """What an exercise is written without, and whether it may use a GPU."""
        if (exercise, alone) not in self._terms:
            own = forbidden(self._course, exercise)
            banned = own if alone else self._shared.get(exercise, own)
            self._terms[exercise, alone] = tuple(banned.items()), self._needs_gpu(exercise)
        return self._terms[exercise, alone]

    def _needs_gpu(self, exercise: str) -> bool:
        return self._course.exercises[exercise].gpu > 0

    def _confined(self, part: Part, exercise: str, key: Key) -> Confined:
        others = (other.module for other in self._submission.parts.values())
        modules = {module.name: module for module in (*others, *part.beside, part.module)}
        supplied = {}
        stand_ins = key.stand_ins
        if stand_ins:
            path = self._course.solution(self._course.chapter_of(exercise))
            text = source.excerpt(path.read_text("utf-8"), stand_ins)
            given_ = [n for n in stand_ins if n not in source.definitions(source.parse(text, ""))]
            lent = "".join(f"\nfrom grader.given import {name}" for name in given_)
            supplied = {part.module.name: wire.Cell("the course", text + lent)}
        banned = dict(key.forbidden)
        load = wire.Load(tuple(modules.values()), supplied, stand_ins, banned, key.gpu)
        workers, settings = self._sources.workers(banned, gpu=key.gpu), self._settings
        return Confined(workers, load, settings.limits, settings.seconds)
