"""Piles of numbers."""

import statistics


class Stack:
    """A pile of numbers, in the list `pile`."""

    def __init__(self):
        self.pile = []

    def push(self, x):
        """Put a number on top."""
        # BEGIN SOLUTION
        self.pile.append(x)
        # END SOLUTION

    def total(self):
        """Return the sum of all numbers."""
        # BEGIN SOLUTION
        result = 0.0
        for x in self.pile:
            result += x
        return result
        # END SOLUTION


def mend(x, y):
    """Say how much larger x is than y."""
    # BEGIN SOLUTION
    return x - y
    # INSTEAD
    # return y - x
    # END SOLUTION


def middle(xs):
    """Return the median."""
    # BEGIN SOLUTION
    return statistics.median(xs)
    # END SOLUTION
