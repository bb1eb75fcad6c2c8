"""Speed gates in a test run: who races whom, what it says, and where pytest-benchmark keeps it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader.compare import Mismatch, same
from grader.course import Gate
from grader.devices import CPUS
from grader.learner import Learner
from grader.speed import LOOP, YOURS, Race, Speed, TooSlow, Untrue
from grader.timed import Timed

LATER = "raced when nothing else runs"
"""What is said of a race that waits for its turn."""

Of = Callable[[Any, str], Any]
"""From a module and the name that the function has in it to the function that is to be timed."""


def race(
    exercise: str,
    gate: Gate,
    learner: Learner,
    rivals: Mapping[str, Learner],
    make: Callable[..., Sequence[Any]],
    of: Of = getattr,
    terms: int = 1,
    device: str = "",
    read: Callable[[Any], Any] = lambda answer: answer,
    *,
    everywhere: bool = False,
) -> Race:
    """Set up the race of an exercise: the learner's module against the loop's and the reference's.

    `make(*size)` gives new arguments; `terms` is that of `compare.same`, by which the answers of
    every timed round, or what `read` takes of them, are held against the reference's. With `device`
    they have to be there, and a gate that says `placed` puts the arguments there.
    """
    contestants = {}
    for who, module in {YOURS: learner, **rivals}.items():
        function = of(module, gate.baseline if who == LOOP else exercise)
        place = CPUS[0] if who == LOOP else device
        contestants[who] = Timed(function, place if gate.placed else "")

    def check(yours: Any, due: Any) -> None:
        found = contestants[YOURS].device
        if device and found != device.strip("/").upper():
            text = f"{exercise} was placed on {found or 'no device'} while it was timed, not on the"
            raise Untrue(f"{text} device that it was given")
        try:
            same(read(yours), read(due), terms=terms)
        except Mismatch as wrong:
            text = f"{exercise} {wrong.finding}, while it was timed: it has to be right then too"
            raise Untrue(text) from None

    return Race(gate, contestants, make, check, everywhere=everywhere)


def judged(measured: Speed) -> None:
    """Let pass what is fast enough, and what nobody can tell.

    Raises
    ------
    TooSlow
        It is neither.

    """
    if measured.decision == "too slow":
        raise TooSlow(measured.words)


def record(benchmark: Any, exercise: str, raced: Race) -> None:
    """Hand every series over to pytest-benchmark, for its tables, files and comparisons.

    Its fixture measures one function alone; its statistics take seconds from anywhere, but only
    by a method that is its own business, `_make_stats`.
    """
    benchmark.group = exercise
    fullname = benchmark.fullname
    for lane in raced.lanes:
        for who, seconds in lane.seconds.items():
            label = f"{who} {'×'.join(map(str, lane.size))}"
            benchmark.name, benchmark.fullname = label, f"{fullname}[{label}]"
            benchmark.extra_info = {"side": who, "size": lane.size}
            stats = benchmark._make_stats(1)
            for each in seconds:
                stats.update(each)
