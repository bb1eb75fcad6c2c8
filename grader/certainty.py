"""How sure a median is: on which side of a threshold it lies, and how many rounds tell that."""

import math
from collections.abc import Sequence

FIRST, FEW, SOME, MANY = 2, 3, 5, 9
"""Rounds that are enough for what is beyond doubt, for what is long, for what is clear, for all."""

ROUNDS = (FIRST, FEW, SOME, MANY, 17, 33, 65)
"""After so many rounds of a size it is asked whether its median is sure."""

FAR, CLEAR = 3.0, 1.25
"""In two rounds, and in fewer than nine, each ratio is beyond the threshold by this factor."""

OUTRIGHT = 9.0
"""Beyond by this factor a single round tells it, where the slower of the two took long."""

STALL = 0.25
"""Seconds of a call that took that long by itself: nobody has to wait for two thirds of it."""

LONG = 0.5
"""Seconds of a round, or of the slower call in it, in which what comes and goes evens out."""

DOUBT = 0.002
"""The probability, at most, that a median lies outside of what `interval` says (two-sided)."""


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Two of the values that the median of where they come from lies between, almost surely.

    By the sign test: of n values the k-th smallest and the k-th largest, with the largest k for
    which fewer than k of n coins show heads with probability `DOUBT` / 2 at most. For fewer than
    10 values these are the smallest and the largest, which are less sure than that.
    """
    ordered, n = sorted(values), len(values)
    k, tail = 1, 2.0**-n
    while tail + math.comb(n, k) * 2.0**-n <= DOUBT / 2:
        tail += math.comb(n, k) * 2.0**-n
        k += 1
    return ordered[k - 1], ordered[-k]


def margin(rounds: int, longer: float, whole: float) -> float:
    """By what factor all ratios of some rounds have to be beyond a threshold to be believed.

    `longer` is what the slower of the two that are compared took in seconds, `whole` what all took,
    each in the shortest round. Infinite where there are too few rounds to believe anything.
    """
    if rounds >= MANY:
        return 1.0
    if rounds >= SOME or (rounds >= FEW and whole > LONG):
        return CLEAR
    if rounds == 1:
        return OUTRIGHT if longer > LONG else math.inf
    return FAR if rounds >= FIRST and longer > STALL else math.inf


def side_of(ratios: Sequence[float], threshold: float, factor: float) -> int:
    """Where the median of ratios lies: 1 above the threshold, -1 below it, 0 not known yet.

    It has to be beyond by this factor, see `margin`.
    """
    low, high = interval(ratios)
    return int(low > threshold * factor) - int(high < threshold / factor)
