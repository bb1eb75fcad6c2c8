"""What is drawn after a beginning is what Keras's own `set_random_seed` would have drawn."""

import itertools
import random
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader import randomness

DRAWS = {
    "Python": random.random,
    "NumPy": lambda: np.random.rand(3),
    "TensorFlow": lambda: tf.random.normal([3]),
    "an operation with a seed": lambda: tf.random.uniform([3], seed=5),
    "a shuffle": lambda: tf.random.shuffle(range(9)),
    "a data set": lambda: [*tf.data.Dataset.range(9).shuffle(9).as_numpy_iterator()],
    "a function": lambda: tf.function(lambda: tf.random.normal([2]))(),
    "Keras": lambda: keras.random.normal([3]),
    "a layer of Keras's": lambda: keras.layers.Dropout(0.5)(tf.ones([9]), training=True),
    "an initializer": lambda: keras.initializers.GlorotUniform()((2, 2)),
}


NEW = itertools.count(1000)
"""Seeds that nobody has had."""


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_what_is_drawn_is_as_if_all_began_anew(draw):
    one, other = next(NEW), next(NEW)
    drawn = {}
    for begin in (randomness.begin, keras.utils.set_random_seed):
        for seed in (one, other, one):
            begin(seed)
            numbers = [np.asarray(draw()).tolist() for _ in range(2)]
            assert drawn.setdefault(seed, numbers) == numbers
    assert drawn[one] != drawn[other]


def test_what_tensorflow_has_built_goes_only_where_a_seed_comes_back(monkeypatch):
    built_anew = []
    monkeypatch.setattr(tf.random, "set_seed", built_anew.append)
    one, other = next(NEW), next(NEW)
    for seed in (one, other, one, next(NEW)):
        randomness.begin(seed)
    assert built_anew == [one]


def test_where_tensorflow_keeps_its_seed_elsewhere_it_is_set_as_everybody_does(monkeypatch):
    built_anew = []
    monkeypatch.setattr(tf.random, "set_seed", built_anew.append)
    monkeypatch.setattr(sys.modules["tensorflow.python.eager.context"], "context", object)
    seed = next(NEW)
    randomness.begin(seed)
    assert built_anew == [seed]


def test_modules_of_these_names_may_be_anybodys(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", random)
    drawn = []
    for _ in range(2):
        randomness.begin(1)
        drawn.append((random.random(), np.random.rand()))
    assert drawn[0] == drawn[1]
