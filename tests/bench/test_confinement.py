"""What confinement costs: the same work in a confined worker and in a plain one, side by side.

Run by hand: `tox -e bench`. Figures are medians of paired ratios; nothing is asserted of them.
"""

import contextlib
import statistics
import time

import pytest

from grader import sandbox, wire
from grader.confined import Confined
from grader.learner import Budget, Learner
from grader.sandbox import layers
from grader.zygote import Zygote

WORK = """
import numpy as np

def product(n):
    a = np.ones((n, n), "float32")
    for _ in range(5):
        a = a @ a / n
    return float(a[0, 0])

def fit(epochs):
    import tensorflow as tf
    global model, x, y
    if "model" not in globals():
        tf.keras.utils.set_random_seed(0)
        model = tf.keras.Sequential([
            tf.keras.layers.Dense(64, activation="relu"),
            tf.keras.layers.Dense(10, activation="softmax"),
        ])
        model.compile("sgd", "sparse_categorical_crossentropy")
        x = np.random.default_rng(0).normal(size=(4096, 64)).astype("float32")
        y = np.arange(4096) % 10
    return model.fit(x, y, epochs=epochs, batch_size=64, verbose=0).history["loss"][-1]

def nothing(_):
    return 0
"""
PAIRS = {"product": (1000, 150), "fit": (2, 40), "nothing": (0, 300)}


@pytest.fixture(scope="module")
def zygotes():
    with Zygote() as full, Zygote(without=layers.ALL) as plain:
        assert full.host.level != sandbox.TRUSTED
        assert not plain.host.layers
        yield full, plain


@pytest.mark.parametrize("name", PAIRS)
def test_working_inside_against_outside(zygotes, name, capsys):
    argument, pairs = PAIRS[name]
    load = wire.Load((wire.Module("work", (wire.Cell("work.py", WORK),)),))
    with contextlib.ExitStack() as stack:
        confined = [Confined(zygote, load, sandbox.Limits(), 100) for zygote in zygotes]
        for each in confined:
            stack.callback(each.close)
        inside, outside = (Learner(c, "work", {}, Budget(10_000), "work") for c in confined)
        ratios, times, plain = [], [], []
        for turn in range(pairs + 3):
            pair = [inside, outside] if turn % 2 else [outside, inside]
            took = {id(who): timed(getattr(who, name), argument) for who in pair}
            if turn >= 3:  # the first ones import, trace and allocate
                ratios.append(took[id(inside)] / took[id(outside)])
                times.append(took[id(inside)])
                plain.append(took[id(outside)])
    show(capsys, f"{name}: inside / outside", ratios, times, plain)


def test_entering(zygotes, capsys):
    """A worker forked, confined and ready, against one that is only forked, as often."""
    extra, times = [], []
    for turn in range(43):
        took = {}
        for zygote in zygotes if turn % 2 else zygotes[::-1]:
            started = time.perf_counter()
            worker = zygote.fork(sandbox.Limits())
            took[id(zygote)] = time.perf_counter() - started
            zygote.end(worker)
        if turn >= 3:
            times.append(took[id(zygotes[0])])
            extra.append(took[id(zygotes[0])] - took[id(zygotes[1])])
    with capsys.disabled():
        print(
            f"\nentering: {1e3 * statistics.median(extra):.1f} ms more than a fork alone, ", end=""
        )
        print(f"{1e3 * statistics.median(times):.1f} ms in all (medians of {len(times)})")


def timed(function, argument):
    started = time.perf_counter()
    function(argument)
    return time.perf_counter() - started


def show(capsys, what, ratios, times, plain):
    low, *_, high = statistics.quantiles(ratios, n=20)
    undisturbed = statistics.quantiles(times, n=10)[0] / statistics.quantiles(plain, n=10)[0]
    with capsys.disabled():
        print(f"\n{what}: median {statistics.median(ratios):.3f} of {len(ratios)} pairs, ", end="")
        print(f"9 of 10 from {low:.3f} to {high:.3f}; ", end="")
        print(f"fastest tenths {undisturbed:.3f}; {1e3 * statistics.median(times):.2f} ms")
