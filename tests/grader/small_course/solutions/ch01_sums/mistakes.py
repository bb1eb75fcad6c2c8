import numpy as np


def add_subtracts(x, y):
    """You subtract: write + where there is a -."""
    return np.asarray(x) - np.asarray(y)


def add_multiplies(x, y):
    """You multiply: write + where there is a *."""
    return np.asarray(x) * np.asarray(y)


def total_first_only(xs):
    """The loop ends too early: return after it, not in it."""
    for x in xs:
        return float(x)
    return 0.0


def total_from_one(xs):
    """You begin with 1; the sum of nothing is 0."""
    return sum(xs, 1.0)
