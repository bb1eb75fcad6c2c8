"""Fast enough? A learner's function against a loop and the reference, side by side.

A speed here is a ratio. The three are called in turn, on equal inputs that are new in every round,
and each round gives its own ratios, so that a machine which is slow for a while is slow for all of
them. What decides is the median of the ratios, and how sure it is: near the threshold more rounds
are run, and what is still open after the last of them is called inconclusive and costs nobody a
point.
"""

import gc
import itertools
import math
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import msgspec
import numpy as np

from grader.certainty import FEW, FIRST, ROUNDS, interval, margin, side_of
from grader.course import Gate
from grader.errors import KataError

YOURS, LOOP, REFERENCE = "yours", "loop", "reference"
HEAVY = 3e-4
"""Seconds of the reference at a size from which on what a call costs by itself is no matter.

Where there is no reference it is ten times as many seconds of the loop.
"""

STEEPER = 0.2
"""By how much an exponent has to exceed the reference's to be called a loop."""

Decision = Literal["fast enough", "too slow", "inconclusive"]
clock = time.perf_counter


class Contestant(Protocol):
    """A function that can be timed, wherever it runs."""

    def place(self, args: Sequence[Any]) -> None:
        """Put arguments where the function runs, before the clock starts."""
        ...

    def run(self) -> None:
        """Call the function and wait until all of its answer has come back."""
        ...

    def answer(self) -> Any:
        """What the last call gave; raises what the function raised."""
        ...

    def pause(self) -> None:
        """Keep its process from working while another one is timed."""
        ...

    def resume(self) -> None:
        """Let it work again."""
        ...


class Figures(msgspec.Struct, frozen=True):
    """Median seconds at one size, and median ratios; 0 where something was not timed at it.

    `faster` is loop by yours, `slower` yours by reference, each the median of the rounds' ratios.
    """

    size: tuple[int, ...]
    yours: float
    loop: float
    reference: float
    faster: float
    slower: float


class Speed(msgspec.Struct, frozen=True):
    """How fast an exercise is.

    `faster` is how many times as fast as the loop it is, `slower` how many times the reference's
    time it takes where that is worst; each with the interval that its median is sure to lie in, or
    None where there was nothing to compare with. `figures` are in the order of the gate's sizes,
    whose numbers are those of the `axes`.
    """

    decision: Decision
    words: str
    axes: tuple[str, ...]
    figures: tuple[Figures, ...]
    faster: tuple[float, float, float] | None = None
    slower: tuple[float, float, float] | None = None
    rounds: int = 0


class TooSlow(KataError):
    """A right function that is not fast enough; the text says what slows it down."""


class Untrue(KataError):
    """A function that answered wrongly while it was timed."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What was measured at one size: seconds by contestant, one a round, and those of all of it.

    The loop may be missing in the last rounds.
    """

    size: tuple[int, ...]
    seconds: dict[str, list[float]] = field(default_factory=dict)
    whole: list[float] = field(default_factory=list)

    def ratios(self, of: str, to: str) -> list[float]:
        """Seconds of one contestant by those of another, round by round."""
        pairs = zip(self.seconds.get(of, []), self.seconds.get(to, []), strict=False)
        return [one / other for one, other in pairs]

    def side(self, of: str, to: str, threshold: float) -> int:
        """On which side of a threshold the ratio of two contestants is, see `side_of`."""
        ratios = self.ratios(of, to)
        if not ratios:
            return 0
        pairs = zip(self.seconds[of], self.seconds[to], strict=False)
        longer = min(max(pair) for pair in pairs)
        return side_of(ratios, threshold, margin(len(ratios), longer, min(self.whole)))

    def figures(self) -> Figures:
        """Its medians."""
        return Figures(
            self.size,
            self.median(YOURS),
            self.median(LOOP),
            self.median(REFERENCE),
            _median(self.ratios(LOOP, YOURS)),
            _median(self.ratios(YOURS, REFERENCE)),
        )

    def median(self, who: str) -> float:
        """The median seconds of a contestant; 0 if it did not run."""
        return _median(self.seconds.get(who, []))


def doubling(gate: Gate, times: int = 5) -> Gate:
    """The same gate with sizes that double, all axes together, around its last size."""
    last = gate.sizes[-1]
    factors = [2.0 ** (k - times + 2) for k in range(times)]
    sizes = tuple(tuple(max(1, round(f * axis)) for axis in last) for f in factors)
    return msgspec.structs.replace(gate, sizes=tuple(dict.fromkeys(sizes)))


class Race:
    """The measurement of one gate.

    `check(yours, due)` holds the answers of a timed round against each other and raises what it
    has to say. `seconds` is how long the race may take; it is looked at between rounds. The loop
    runs at the last size alone, and until it is beaten, unless it is to run `everywhere` or nobody
    else can say what is right.
    """

    def __init__(
        self,
        gate: Gate,
        contestants: Mapping[str, Contestant],
        make: Callable[..., Sequence[Any]],
        check: Callable[[Any, Any], None],
        seconds: float = 45.0,
        *,
        everywhere: bool = False,
    ) -> None:
        self.gate, self._contestants = gate, dict(contestants)
        self._make, self._check = make, check
        self._seconds, self._everywhere = seconds, everywhere
        self._turn = 0
        self.lanes = [Lane(size) for size in gate.sizes]

    def run(self) -> Speed:
        """Measure until it is decided, or as long as it may take."""
        deadline = clock() + self._seconds
        self.rehearse()
        for rounds in ROUNDS:
            for lane in self.lanes:
                while len(lane.seconds.get(YOURS, [])) < rounds and self._is_open(lane):
                    self._round(lane)
                    if clock() > deadline and rounds > FEW:
                        return self.speed()
            if not any(map(self._is_open, self.lanes)):
                break
        return self.speed()

    def rehearse(self) -> None:
        """Run everybody once at each size, for the answers alone.

        Not the loop where there is a reference: it takes longest, and what is new to it makes only
        its first round longer, where the median decides, or the worst of a few rounds, or nine
        times what is asked.
        """
        for lane in self.lanes:
            self._round(lane, counted=False)

    def speed(self) -> Speed:
        """What the rounds so far say."""
        faster = min((lane.ratios(LOOP, YOURS) for lane in self._against_loop()), key=_median)
        slower = [ratios for lane in self._heavy() if (ratios := lane.ratios(YOURS, REFERENCE))]
        worst = max(slower, key=statistics.median, default=[])
        sides = [side for lane in self.lanes for side in self._sides(lane)]
        decision: Decision = "fast enough"
        if -1 in sides:
            decision = "too slow"
        elif 0 in sides:
            decision = "inconclusive"
        return Speed(
            decision,
            self._words(decision, faster, worst),
            self.gate.axes,
            tuple(lane.figures() for lane in self.lanes),
            (statistics.median(faster), *interval(faster)) if faster else None,
            (statistics.median(worst), *interval(worst)) if worst else None,
            max(len(lane.seconds.get(YOURS, [])) for lane in self.lanes),
        )

    def _is_open(self, lane: Lane) -> bool:
        if len(lane.seconds.get(YOURS, [])) < FIRST:
            return True  # also for one that is too slow already: how its time grows tells why
        too_slow = any(-1 in self._sides(each) for each in self.lanes)
        return not too_slow and 0 in self._sides(lane)

    def _sides(self, lane: Lane) -> list[int]:
        """On which side of its thresholds a size is."""
        sides = []
        if lane in self._against_loop():
            sides.append(lane.side(LOOP, YOURS, self.gate.over))
        if self._has_reference and lane in self._heavy():
            sides.append(-lane.side(YOURS, REFERENCE, self.gate.under))
        return sides

    def _heavy(self) -> list[Lane]:
        """The sizes at which there is enough to do; all of them where there never is."""
        who, least = (REFERENCE, HEAVY) if self._has_reference else (LOOP, 10 * HEAVY)
        return [lane for lane in self.lanes if lane.median(who) > least] or self.lanes

    def _against_loop(self) -> list[Lane]:
        """The sizes at which the loop has to be beaten."""
        return self.lanes[-1:] if self._has_reference else self._heavy()

    @property
    def _has_reference(self) -> bool:
        return REFERENCE in self._contestants

    def _round(self, lane: Lane, *, counted: bool = True) -> None:
        """Let everybody who runs at a size answer the same new inputs, each time in a new order."""
        runners = [who for who in self._contestants if who != LOOP or self._loops(lane, counted)]
        orders = [*itertools.permutations(runners)]  # nobody always comes after the loop
        self._turn += 1
        order = orders[self._turn % len(orders)]
        args = self._make(*lane.size)
        for who in sorted(order, key=YOURS.__eq__):  # a missing device is not the learner's fault
            self._contestants[who].place(args)
        with self._alone():
            for who in order:
                took = self._timed(self._contestants[who])
                if counted:
                    lane.seconds.setdefault(who, []).append(took)
        if counted:
            lane.whole.append(sum(lane.seconds[who][-1] for who in order))
        answers = {who: self._contestants[who].answer() for who in order}
        due = answers[REFERENCE if self._has_reference else LOOP]
        self._check(answers[YOURS], due)

    def _loops(self, lane: Lane, counted: bool) -> bool:
        """Whether the loop runs in a round: not where it has been beaten, nor in a rehearsal."""
        if self._everywhere or not self._has_reference:
            return True
        beaten = lane.side(LOOP, YOURS, self.gate.over) > 0
        return counted and lane is self.lanes[-1] and not beaten

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody works but the one that is timed, and nobody collects garbage meanwhile."""
        for contestant in self._contestants.values():
            contestant.pause()
        collecting = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if collecting:
                gc.enable()
            for contestant in self._contestants.values():
                contestant.resume()

    def _timed(self, contestant: Contestant) -> float:
        contestant.resume()
        started = clock()
        contestant.run()
        took = clock() - started
        contestant.pause()
        return took

    def _words(self, decision: Decision, faster: Sequence[float], worst: Sequence[float]) -> str:
        """One sentence on what the figures mean."""
        times = f"{shown(statistics.median(faster))} times as fast as the loop" if faster else ""
        if worst:
            share = f"it takes {shown(statistics.median(worst))} times as long as the reference"
            times = f"{times}, and {share}" if times else share
        if decision == "inconclusive":
            return f"this machine is too busy to tell: {times}; nothing is lost by it"
        if decision == "fast enough":
            return f"fast enough: {times}"
        return f"too slow: {times}; {self._cause()}"

    def _cause(self) -> str:
        """Which loop there is, by the exponents of the time."""
        yours, reference = self._exponents(YOURS), self._exponents(REFERENCE)
        loops = (
            [axis for axis in self.gate.axes if yours[axis] - reference.get(axis, 0) > STEEPER]
            if yours
            else []
        )
        if not loops:
            asked = f"it has to be {self.gate.over:g} times as fast as the loop"
            if self._has_reference:
                asked += f", and may take {self.gate.under:g} times as long as the reference"
            return "; ".join(filter(None, [asked, self.gate.advice]))
        named = " and ".join(f"the number of {axis}" for axis in loops)
        return f"your time grows with {named}: there is a loop over them"

    def _exponents(self, who: str) -> dict[str, float]:
        """How the time grows with each axis, t ∝ Π size^exponent: least squares on logarithms.

        Of each size the shortest time counts: with two rounds a median is at the mercy of one.
        """
        lanes = [lane for lane in self.lanes if lane.seconds.get(who)]
        varied = [
            place
            for place in range(len(self.gate.axes))
            if len({lane.size[place] for lane in self.lanes}) > 1
        ]
        if len(lanes) <= len(varied):
            return {}
        rows = [[1.0, *(math.log(lane.size[place]) for place in varied)] for lane in lanes]
        times = [math.log(min(lane.seconds[who])) for lane in lanes]
        found = np.linalg.lstsq(np.array(rows), np.array(times), rcond=None)[0]
        exponents = dict.fromkeys(self.gate.axes, 0.0)
        return exponents | {
            self.gate.axes[p]: float(e) for p, e in zip(varied, found[1:], strict=True)
        }


def _median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else 0.0


def shown(ratio: float) -> str:
    """A ratio with two digits, as a person says it: 83, 5.1, 0.72."""
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2g}"
