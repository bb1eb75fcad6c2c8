"""Adding up."""

import numpy as np


def add(x, y):
    """x + y, for numbers and arrays."""
    # BEGIN SOLUTION
    return np.asarray(x) + np.asarray(y)
    # END SOLUTION


def total(xs):
    """The sum of a list of numbers, one addition after the other."""
    # BEGIN SOLUTION
    result = 0.0
    for x in xs:
        result = add(result, x)
    return result
    # END SOLUTION


class Counter:
    """Counts how often `up` was called, in `count`."""

    def __init__(self):
        self.count = 0

    def up(self, by=1):
        """Add to the count and return it."""
        # BEGIN SOLUTION
        self.count += by
        return self.count
        # END SOLUTION

    def steps(self, n):
        """Yield the next n counts."""
        for _ in range(n):
            yield self.up()
