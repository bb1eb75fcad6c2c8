"""How fast the reference of chapter 9 trains, and how well it and the models of chapter 10 do.

Run by hand: `tox -e bench`. MNIST and Fashion-MNIST come from `KATA_DATA` or from Keras.
"""

import itertools
import statistics
import time
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader import datasets
from grader.inprocess import load

SOLUTIONS = Path(__file__).parents[2] / "solutions"
SIZES, EPOCHS, BATCH = (64, 100, 100, 10), 20, 32
PAIRS = 9


@pytest.fixture(scope="module")
def sequential():
    return load(SOLUTIONS / "ch09_sequential/sequential.py", "sequential.py")


@pytest.fixture(scope="module")
def models():
    return load(SOLUTIONS / "ch10_keras/models.py", "models.py")


def scaled(x, y, most):
    """Images as rows of numbers from 0 to 1, classes as one-hot rows."""
    return x.reshape(len(x), -1).astype(np.float32) / most, np.eye(10, dtype=np.float32)[y]


def ours(sequential, *sizes):
    model = sequential.MySequential()
    pairs = [*itertools.pairwise(sizes)]
    for pair in pairs:
        model.add(sequential.MyBetterLayer(*pair, is_last=pair is pairs[-1]))
    return model


def theirs(*sizes):
    dense = [keras.layers.Dense(units, "sigmoid") for units in sizes[1:-1]]
    last = keras.layers.Dense(sizes[-1], "softmax")
    model = keras.Sequential([keras.Input(sizes[:1]), *dense, last])
    model.compile(keras.optimizers.SGD(0.5), "categorical_crossentropy")
    return model


def test_fit_against_that_of_keras(sequential, capsys):
    """From a new model each time: what is traced or compiled on the way counts on both sides."""
    x, y = scaled(*datasets.digits(), 16)

    def mine():
        return ours(sequential, *SIZES).fit(x, y, 0.5, EPOCHS, BATCH)["loss"][-1]

    def keras_own():
        model = theirs(*SIZES)
        return model.fit(x, y, BATCH, EPOCHS, verbose=0, shuffle=False).history["loss"][-1]

    ratios, times, losses = [], {mine: [], keras_own: []}, {mine: [], keras_own: []}
    for turn in range(PAIRS + 1):
        took = {}
        for function in (mine, keras_own) if turn % 2 else (keras_own, mine):
            started = time.perf_counter()
            losses[function].append(function())
            took[function] = time.perf_counter() - started
            if turn:  # the first ones load and allocate
                times[function].append(took[function])
        if turn:
            ratios.append(took[keras_own] / took[mine])
    median, (low, *_, high) = statistics.median(ratios), statistics.quantiles(ratios, n=10)
    with capsys.disabled():
        print(
            f"\nkeras.Sequential.fit / MySequential.fit: median {median:.2f} of {PAIRS} pairs, ",
            end="",
        )
        print(f"8 of 10 from {low:.2f} to {high:.2f}; ", end="")
        seconds, others = (statistics.median(times[function]) for function in (mine, keras_own))
        print(f"{seconds:.2f} s and {others:.2f} s for {EPOCHS} epochs of {len(x)} digits")
    assert statistics.median(losses[mine]) == pytest.approx(
        statistics.median(losses[keras_own]), rel=0.2
    )
    assert median >= 3


SEEDS = (0, 1, 2)


@pytest.mark.parametrize(
    ("data", "most", "sizes", "rate", "epochs", "least"),
    [
        pytest.param(datasets.digits, 16, SIZES, 0.5, EPOCHS, 0.9, id="digits"),
        pytest.param(datasets.mnist, 255, (784, 100, 100, 10), 0.5, 10, 0.9, id="mnist"),
    ],
)
def test_what_is_learnt_holds_for_digits_never_seen(
    sequential, data, most, sizes, rate, epochs, least, capsys
):
    try:
        x, y = data()
    except datasets.NoData as error:
        pytest.skip(f"no data: {error}")
    x, y = x[:10_000], y[:10_000]
    found = []
    for seed in SEEDS:
        order = np.random.default_rng(seed).permutation(len(x))
        images, classes = scaled(x[order], y[order], most)
        n = len(x) * 4 // 5
        tf.random.set_seed(seed)
        model = ours(sequential, *sizes)
        model.fit(images[:n], classes[:n], rate, epochs, BATCH)
        found.append(model.evaluate(images[n:], classes[n:])[1])
    with capsys.disabled():
        shown = ", ".join(f"{accuracy:.3f}" for accuracy in found)
        print(f"\n{data.__name__}: right {shown} of {len(x) - n} digits never seen, by seeds")
    assert min(found) >= least


@pytest.mark.parametrize(
    ("name", "data", "most", "trained", "epochs", "batch", "least"),
    [
        pytest.param("digit_classifier", datasets.digits_01, 16, 240, 10, 8, 0.99, id="0 or 1"),
        pytest.param("fashion_model", datasets.fashion_mnist, 255, 600, 20, 32, 0.7, id="clothes"),
    ],
)
def test_the_models_of_chapter_10_on_what_they_have_not_seen(
    models, name, data, most, trained, epochs, batch, least, capsys
):
    try:
        x, y = data()
    except datasets.NoData as error:
        pytest.skip(f"no data: {error}")
    found = []
    for seed in SEEDS:
        order = np.random.default_rng(seed).permutation(len(x))[:900]
        images, labels = x[order] / most, y[order]
        keras.utils.set_random_seed(seed)
        model = getattr(models, name)()
        images = images.reshape(len(images), *model.input_shape[1:])
        model.fit(images[:trained], labels[:trained], batch, epochs, verbose=0)
        found.append(model.evaluate(images[trained:], labels[trained:], verbose=0)[1])
    with capsys.disabled():
        shown = ", ".join(f"{accuracy:.3f}" for accuracy in found)
        print(f"\n{name}: right {shown} of {len(images) - trained} never seen, by seeds")
    assert min(found) >= least
