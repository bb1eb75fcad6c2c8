"""Fast enough, too slow, or nobody can tell: what the figures of a race come to."""

import itertools
import random
from dataclasses import dataclass, field

import msgspec
import pytest

from grader import speed
from grader.certainty import (
    FAR,
    FEW,
    FIRST,
    LONG,
    OUTRIGHT,
    ROUNDS,
    SOME,
    STALL,
    interval,
    margin,
    side_of,
)
from grader.course import Gate
from grader.speed import LOOP, REFERENCE, YOURS, Race

GATE = Gate(
    "dense", ("examples", "units"), ((8, 8), (4000, 2), (2, 4000), (64, 64)), over=8, under=4
)


def matrix(n, units):
    """Seconds of one product: a call costs something, and every number a little."""
    return 2e-4 + 2e-8 * n * units


COSTS = {
    "matrix": matrix,
    "half as fast": lambda n, units: 2 * matrix(n, units),
    "number by number": lambda n, units: 1e-4 + 1e-5 * n * units,
    "unit by unit": lambda n, units: 1e-4 + 3e-6 * units + 2e-8 * n * units,
    "example by example": lambda n, units: 1e-4 + 3e-6 * n + 2e-8 * n * units,
    "at the threshold": lambda n, units: 4 * matrix(n, units),
}


@dataclass
class Clock:
    """A clock of paper, on a machine that is disturbed: `load` says how much slower a call is."""

    load: object = lambda now, seconds: 1.0
    now: float = 0.0

    def __call__(self):
        return self.now

    def spend(self, seconds):
        self.now += seconds * self.load(self.now, seconds)


@dataclass
class Paper:
    """A contestant whose calls take what its cost says, and give what is right."""

    clock: Clock
    cost: object
    answers: object = None
    paused: bool = False
    worked: list = field(default_factory=list)

    def place(self, args):
        self.args = args

    def run(self):
        assert not self.paused, "a contestant is timed while it may not work"
        self.worked.append(self.args)
        self.clock.spend(self.cost(*self.args))

    def answer(self):
        return (self.answers or sum)(self.args)

    def pause(self):
        self.paused = True

    def resume(self):
        self.paused = False


@pytest.fixture
def race(monkeypatch):
    """Let one way to write a layer race against the loop and the matrix product."""

    def race(way, load=lambda now, seconds: 1.0, gate=GATE, **options):
        clock = Clock(load)
        monkeypatch.setattr(speed, "clock", clock)
        costs = {YOURS: way, LOOP: "number by number", REFERENCE: "matrix"}
        contestants = {who: Paper(clock, COSTS[cost]) for who, cost in costs.items()}

        def check(yours, due):
            assert yours == due, "a wrong answer"

        raced = Race(gate, contestants, lambda *size: size, check, **options)
        raced.contestants = contestants
        return raced

    return race


def loads(seed):
    """A machine on which others work now and then: some calls take up to ten times as long."""
    chance = random.Random(seed)
    return lambda now, seconds: chance.choice([1.0, 1.0, 1.0, 1.2, 1.5, 2.0, 10.0])


@pytest.mark.parametrize("way", ["matrix", "half as fast"])
def test_one_product_is_fast_enough_however_busy_the_machine_is(race, way):
    decisions = [race(way, loads(seed)).run().decision for seed in range(200)]
    assert "too slow" not in decisions
    assert decisions.count("inconclusive") < 5  # with half the speed that is asked for


@pytest.mark.parametrize("way", ["number by number", "unit by unit", "example by example"])
def test_a_loop_is_too_slow_however_busy_the_machine_is(race, way):
    assert {race(way, loads(seed)).run().decision for seed in range(200)} == {"too slow"}


def test_a_machine_that_slows_down_slows_down_for_all(race):
    found = race("matrix", lambda now, seconds: 1 + 20 * now).run()
    assert found.decision == "fast enough"
    assert found.slower[0] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("way", "cause"),
    [
        ("unit by unit", "your time grows with the number of units: there is a loop over them"),
        ("example by example", "your time grows with the number of examples: there is a loop"),
        (
            "number by number",
            "your time grows with the number of examples and the number of units: there is a loop"
            " over them",
        ),
    ],
)
def test_the_loop_is_named(race, way, cause):
    assert cause in race(way).run().words


def test_what_is_clear_takes_few_rounds_and_what_is_not_takes_more(race):
    assert race("matrix").run().rounds == SOME
    assert race("half as fast", loads(1)).run().rounds > SOME


def test_what_takes_long_is_told_sooner_and_what_is_hopeless_at_once(race):
    long = msgspec.structs.replace(GATE, sizes=tuple((100 * n, m) for n, m in GATE.sizes))
    last = msgspec.structs.replace(long, sizes=long.sizes[-1:])
    clear = race("matrix", gate=last)
    assert clear.run().rounds == SOME
    assert len(clear.contestants[LOOP].worked) == 1  # beaten outright, it need not run again
    nearer = race("matrix", gate=msgspec.structs.replace(last, over=60))  # it is 488 times as fast
    assert nearer.run().rounds == SOME
    assert len(nearer.contestants[LOOP].worked) == FIRST
    slow = race("half as fast", gate=last)
    slow.gate = msgspec.structs.replace(last, over=150)  # it is 244 times as fast
    assert slow.run().rounds == FEW
    hopeless = race("number by number", gate=long).run()
    assert (hopeless.rounds, hopeless.decision) == (FIRST, "too slow")


def test_a_call_that_waits_for_others_in_two_rounds_decides_nothing(race):
    """A fifth of a second for what takes a thousandth, and may take four."""
    raced = race("matrix")
    calls = itertools.count()
    first = range(len(GATE.sizes), (1 + FIRST) * len(GATE.sizes))
    raced.contestants[YOURS].cost = lambda n, units: (
        0.2 if next(calls) in first else matrix(n, units)
    )
    assert raced.run().decision == "fast enough"


def test_what_is_at_the_threshold_is_inconclusive_and_says_so(race):
    found = race("at the threshold", loads(1), seconds=1e9).run()
    assert found.rounds == ROUNDS[-1]
    assert found.decision == "inconclusive"
    assert "4 times as long as the reference; nothing is lost by it" in found.words
    low, high = found.slower[1:]
    assert low < 4 < high


def test_a_race_ends_when_its_time_is_up(race):
    found = race("at the threshold", loads(1), seconds=0.01).run()
    assert FIRST <= found.rounds < ROUNDS[-1]


def test_nobody_works_while_another_is_timed(race):
    raced = race("matrix")
    free = []
    for contestant in raced.contestants.values():
        contestant.run = lambda: free.append(sum(not c.paused for c in raced.contestants.values()))
    raced._round(raced.lanes[-1])
    raced._round(raced.lanes[0])
    assert free == [1] * 5
    assert not any(c.paused for c in raced.contestants.values())


def test_the_three_come_in_every_order(race):
    raced = race("matrix")
    ran = []
    for who, contestant in raced.contestants.items():
        contestant.run = lambda who=who, clock=contestant.clock: ran.append(who) or clock.spend(1)
    for _ in range(6):
        raced._round(raced.lanes[-1])
    assert len({tuple(ran[k : k + 3]) for k in range(0, 18, 3)}) == 6


def test_all_three_answer_the_same_inputs_new_ones_in_every_round(race):
    numbers = iter(range(10**6))
    raced = race("matrix")
    raced._make = lambda n, units: (n, units + 0 * next(numbers))
    raced.run()
    worked = [c.worked for c in raced.contestants.values()]
    assert worked[0] == worked[2]
    assert worked[0].count((64, 64)) == SOME + 1  # they are rehearsed once at each size
    assert len(worked[1]) == SOME  # the loop runs at the last size, and is not


def test_a_wrong_answer_in_any_timed_round_is_found(race):
    raced = race("matrix")
    calls = iter([True] * 9 + [False] * 100)
    raced.contestants[YOURS].answers = lambda args: sum(args) if next(calls) else 0
    with pytest.raises(AssertionError, match="a wrong answer"):
        raced.run()


def test_without_a_reference_the_loop_says_what_is_right(race):
    raced = race("matrix")
    del raced._contestants[REFERENCE]
    found = raced.run()
    assert found.decision == "fast enough"
    assert found.slower is None
    assert "times as fast as the loop" in found.words


def test_without_a_reference_a_loop_over_units_does_not_pass(race):
    raced = race("unit by unit")
    del raced._contestants[REFERENCE]
    assert raced.run().decision == "too slow"


def test_the_interval_holds_the_median(rng):
    """Of 2000 samples of 17 or 33, no more than a few miss the median: 0.002 of them are due."""
    for n in (17, 33):
        samples = rng.standard_cauchy(size=(2000, n))
        missed = sum(not low < 0 < high for low, high in map(interval, samples))
        assert missed <= 15


def test_the_interval_of_few_is_all_there_is():
    assert interval([3.0, 1.0, 2.0, 5.0, 4.0]) == (1.0, 5.0)


@pytest.mark.parametrize(
    ("ratios", "longer", "whole", "side"),
    [
        ([1.3] * 5, 0, 0, 1),
        ([1.2] * 5, 0, 0, 0),
        ([1.2] * 9, 0, 0, 1),
        ([0.7] * 5, 0, 0, -1),
        ([1.3] * 3, 0, LONG, 0),
        ([1.3] * 3, 0, 1.1 * LONG, 1),
        ([1.1 * FAR] * 2, STALL, 9, 0),
        ([1.1 * FAR] * 2, 1.1 * STALL, 9, 1),
        ([0.9 * FAR] * 2, 9, 9, 0),
        ([0.9 / FAR] * 2, 9, 9, -1),
        ([1.1 * OUTRIGHT], 1.1 * LONG, 9, 1),
        ([1.1 * OUTRIGHT], LONG, 9, 0),
        ([0.9 * OUTRIGHT], 9, 9, 0),
    ],
)
def test_few_rounds_have_to_be_clear(ratios, longer, whole, side):
    assert side_of(ratios, 1.0, margin(len(ratios), longer, whole)) == side
