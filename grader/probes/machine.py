"""A clock of paper, and two functions that agree with it."""


class Machine:
    """A slow and a fast function on a clock of their own, so that a measurement can be predicted.

    The k-th call of `slow(work)` takes `slow[k]` · work seconds, or the last of them where there
    are fewer, likewise `fast`; after every two calls of either the machine gets slower by the
    factor `drift`. `clock()` tells the seconds gone by and takes none.
    """

    def __init__(
        self, slow: tuple[float, ...], fast: tuple[float, ...], drift: float = 1.0
    ) -> None:
        self.order = tuple(slow), tuple(fast), drift
        self._drift = drift
        self._costs = {"slow": [*slow], "fast": [*fast]}
        self._calls, self._now = 0, 0.0

    def slow(self, work: float) -> None:
        """Do some work slowly."""
        self._pass("slow", work)

    def fast(self, work: float) -> None:
        """Do some work fast."""
        self._pass("fast", work)

    def clock(self) -> float:
        """Tell the time in seconds."""
        return self._now

    def _pass(self, which: str, work: float) -> None:
        costs = self._costs[which]
        cost = costs.pop(0) if len(costs) > 1 else costs[0]
        self._now += cost * work * self._drift ** (self._calls // 2)
        self._calls += 1
