"""How near the references come to what this machine's matrix products can do.

Run by hand: `tox -e bench`. A product and a reference take turns, so that both meet the same
machine; a multiplication and an addition count as two operations.
"""

import itertools
import statistics
import time
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from grader.inprocess import load

SOLUTIONS = Path(__file__).parents[2] / "solutions"
SIDE, TURNS = 1024, 9


def product(kind):
    """A large square product in float32 or float64, by who makes it in the reference."""
    a = np.random.default_rng(0).normal(size=(SIDE, SIDE)).astype(kind)
    if kind == "float64":
        return lambda: a @ a
    a = tf.constant(a)
    return lambda: (a @ a).numpy()


def dense(rng):
    vectorization = load(SOLUTIONS / "ch04_vectorization/vectorization.py", "vectorization.py")
    n, d, units = 4096, 784, 512
    args = rng.normal(size=(n, d)), rng.normal(size=(d, units)) / d**0.5, rng.normal(size=units)
    return lambda: vectorization.dense_vectorized(*args), 2 * n * d * units


def forward(rng):
    vectorization = load(SOLUTIONS / "ch04_vectorization/vectorization.py", "vectorization.py")
    n, sizes = 4096, (784, 500, 500, 10)
    pairs = [*itertools.pairwise(sizes)]
    layers = [(rng.normal(size=p) / p[0] ** 0.5, rng.normal(size=p[1])) for p in pairs]
    X = rng.normal(size=(n, sizes[0]))
    return lambda: vectorization.forward(X, layers), 2 * n * sum(d * u for d, u in pairs)


def fit(rng):
    """Forward once and back twice: towards the inputs, and towards the weights."""
    sequential = load(SOLUTIONS / "ch09_sequential/sequential.py", "sequential.py")
    n, sizes, batch = 4096, (784, 500, 500, 10), 256
    pairs = [*itertools.pairwise(sizes)]
    model = sequential.MySequential()
    for pair in pairs:
        model.add(sequential.MyBetterLayer(*pair, is_last=pair is pairs[-1]))
    x, y = rng.normal(size=(n, sizes[0])), np.eye(10)[rng.integers(10, size=n)]
    return lambda: model.fit(x, y, 0.1, 1, batch), 3 * 2 * n * sum(d * u for d, u in pairs)


@pytest.mark.parametrize(
    ("reference", "kind"), [(dense, "float64"), (forward, "float64"), (fit, "float32")]
)
def test_share_of_the_peak(reference, kind, capsys):
    work, operations = reference(np.random.default_rng(0))
    contestants = {product(kind): 2 * SIDE**3, work: operations}
    rates = {function: [] for function in contestants}
    for turn in range(TURNS + 1):
        for function in [*contestants][:: -1 if turn % 2 else 1]:
            started = time.perf_counter()
            function()
            if turn:  # the first one loads, traces and allocates
                seconds = time.perf_counter() - started
                rates[function].append(contestants[function] / seconds / 1e9)
    peak, own = rates.values()
    share = statistics.median(b / a for a, b in zip(peak, own, strict=True))
    with capsys.disabled():
        print(
            f"\n{reference.__name__} ({kind}): {statistics.median(own):.0f} of "
            f"{statistics.median(peak):.0f} GFLOP/s, {share:.0%} of the peak of {SIDE}² products"
        )
    assert 0 < share < 1.3  # nobody is faster than the product by much
