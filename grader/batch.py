"""Mark a class: what has changed since the journal was last written to, in two phases.

Correctness comes first, many submissions at a time; then, with one submission at a time on each
machine, the races. Every step is in the journal before the next one begins.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import islice
from typing import Protocol

from msgspec.structs import replace

from grader.apart import Failed, Lost, Order, Refused, Reply
from grader.intake import HandedIn
from grader.journal import Attempt, Journal, Key, Mark, State
from grader.phases import waiting
from grader.result import Result, merged
from grader.roster import Roster

MOST_LOSSES = 2
"""How many judges a submission may take with it before nobody tries it again."""


class Crew(Protocol):
    """Who does the marking: judges here, or on the machines of a cluster."""

    def judges(self) -> int:
        """How many submissions are marked at a time."""
        ...

    def machines(self) -> int:
        """How many machines there are, each of which races one submission at a time."""
        ...

    def submit(self, order: Order) -> Future[Reply]:
        """Have something marked; the future may raise `Lost`."""
        ...


@dataclass(slots=True)
class Task:
    """One submission that is to be marked, and what it has cost so far."""

    attempt: Attempt
    order: Order
    key: Key
    before: Result | None = None
    losses: int = 0
    suspect: bool = False
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What is told of a submission: that it begins, or how far it came."""

    student: str
    state: State
    result: Result | None = None
    message: str = ""


@dataclass(slots=True)
class Plan:
    """What there is to do: submissions to mark, to race, and those that are as they were."""

    to_mark: list[Task] = field(default_factory=list)
    to_race: list[Task] = field(default_factory=list)
    kept: list[Mark] = field(default_factory=list)
    refused: list[HandedIn] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be marked, of what: exercises with their digests, and what is marked anew."""

    key: Key
    regrade: bool = False
    retry: bool = False


def key(course_digest: str, seed: int, exercises: Mapping[str, str]) -> Key:
    """What marks depend on here and now."""
    return Key(course_digest, seed, version("tensorkata"), dict(exercises))


def plan(
    journal: Journal,
    handed_in: Sequence[HandedIn],
    roster: Roster,
    choice: Choice,
) -> Plan:
    """Enter in the journal what was handed in, and say what has to be done about it."""
    made = Plan()
    for one in handed_in:
        line = roster.enrolled(one.student)
        attempt = journal.attempt(one.student, one.work, line.late_days, line.penalty)
        if one.trouble:
            mark = journal.begin(attempt, choice.key, 0)
            journal.end(mark, "refused", message=one.trouble)
            made.refused.append(one)
            continue
        _place(made, journal, attempt, one, choice)
    return made


def run(made: Plan, journal: Journal, crew: Crew, tell: Callable[[Step], None]) -> None:
    """Mark, and then race, all that is planned; what a judge was lost with goes alone.

    Raises
    ------
    KeyboardInterrupt
        Somebody stopped it; what was in flight is as if it had not begun.

    """
    fresh = deque(task for task in made.to_mark if not task.suspect)
    suspects = deque(task for task in made.to_mark if task.suspect)
    races = deque(made.to_race)
    for queue, again in ((fresh, suspects), (suspects, suspects), (races, races)):
        for task, reply in _through(queue, journal, crew, tell, alone=queue is not fresh):
            step, race = _taken(task, reply, journal)
            if race:
                races.append(race)
            if step:
                tell(step)
            else:
                again.append(task)


def _place(made: Plan, journal: Journal, attempt: Attempt, one: HandedIn, choice: Choice) -> None:
    """Find out what is to be done about one submission."""
    key, lost = choice.key, journal.lost(attempt) or 0
    if lost >= MOST_LOSSES and not choice.retry:
        text = f"{MOST_LOSSES} batches came to a sudden end while they marked it alone"
        journal.end(journal.begin(attempt, key, lost), "quarantined", message=text, losses=lost)
    last = journal.latest(attempt)
    task = Task(attempt, Order(one.work, tuple(key.exercises)), key)
    if journal.lost(attempt) is not None:
        task.losses, task.suspect = lost, True
    if last is None or choice.regrade or not _comparable(last.key, key):
        made.to_mark.append(task)
    elif last.result is None:
        settled = last.key == key and (last.state == "refused" or not choice.retry)
        if settled:
            made.kept.append(last)
        else:
            made.to_mark.append(task)
    elif changed := _changed(last.key, key):
        tested = [e for e in last.result.exercises if e.tests]
        wrong = tuple(e.id for e in tested if e.status != "passed")
        task.order = Order(one.work, tuple(changed), known_wrong=wrong)
        task.before = last.result
        made.to_mark.append(task)
    elif last.state == "unraced":
        made.to_race.append(_race(task, last.result))
    else:
        made.kept.append(_as_it_was(journal, attempt, last, key))


def _comparable(old: Key, new: Key) -> bool:
    """Whether marks differ only by what has changed in the course."""
    return (old.seed, old.grader) == (new.seed, new.grader)


def _changed(old: Key, new: Key) -> list[str]:
    """The exercises that are asked for now and were not, or not as they are now."""
    return [n for n, digest in new.exercises.items() if old.exercises.get(n) != digest]


def _as_it_was(journal: Journal, attempt: Attempt, last: Mark, key: Key) -> Mark:
    """The mark that work has already, for another attempt or a part of the exercises if need be."""
    if last.attempt.id == attempt.id and last.key == key:
        return last
    assert last.result is not None
    result = merged(last.result, last.result, tuple(key.exercises))
    journal.end(journal.begin(attempt, key, 0), last.state, result)
    return replace(last, attempt=attempt, key=key, result=result)


def _through(
    queue: deque[Task],
    journal: Journal,
    crew: Crew,
    tell: Callable[[Step], None],
    *,
    alone: bool,
) -> Iterator[tuple[Task, Reply | Lost]]:
    """Have some submissions marked, as many at a time as there are judges, or machines.

    One more waits for each judge, who else would have to while the journal is written.
    """
    flying: dict[Future[Reply], Task] = {}
    begun: set[Future[Reply]] = set()

    def begin(futures: Iterable[Future[Reply]]) -> None:
        """Tell, once, that they are at work."""
        for future in futures:
            if future not in begun:
                begun.add(future)
                tell(Step(flying[future].attempt.student, "begun"))

    try:
        while queue or flying:
            places = crew.machines() if alone else crew.judges()
            while queue and len(flying) < (places if alone else 2 * places):
                task = queue.popleft()
                feared = task.losses + (1 if task.suspect else 0)
                task.mark = journal.begin(task.attempt, task.key, feared)
                flying[crew.submit(task.order)] = task
            begin(islice(flying, places))  # who comes first is marked first
            done, _ = wait(flying, timeout=1, return_when=FIRST_COMPLETED)
            for future in [each for each in flying if each in done]:
                begin([future])
                error = future.exception()
                if error is not None and not isinstance(error, Lost):
                    raise error
                yield flying.pop(future), error or future.result()
    finally:
        for future, task in flying.items():
            future.cancel()
            journal.forget(task.mark)


def _taken(task: Task, reply: Reply | Lost, journal: Journal) -> tuple[Step | None, Task | None]:
    """Write down what came of a submission: what to tell, None to try again, and the race due."""
    student = task.attempt.student
    if isinstance(reply, Lost):
        task.losses, task.suspect = task.losses + reply.losses, True
        if task.losses < MOST_LOSSES:
            journal.forget(task.mark)
            return None, None
        text = f"{MOST_LOSSES} judges were lost while they marked it: {reply}"
        journal.end(task.mark, "quarantined", message=text, losses=task.losses)
        return Step(student, "quarantined", message=text), None
    if isinstance(reply, Refused | Failed):
        state: State = "refused" if isinstance(reply, Refused) else "failed"
        journal.end(task.mark, state, message=reply.message, losses=task.losses)
        return Step(student, state, message=reply.message), None
    result = reply.result
    if task.before is not None:
        result = merged(task.before, result, tuple(task.key.exercises))
    due = bool(waiting(result))
    state = "unraced" if due else "marked"
    journal.end(task.mark, state, result, losses=task.losses)
    return Step(student, state, result), _race(task, result) if due else None


def _race(task: Task, result: Result) -> Task:
    """The races that follow a marking."""
    return Task(task.attempt, Order(task.order.work, tuple(task.key.exercises), result), task.key)
