import pytest
import tensorflow as tf

from grader.compare import same
from grader.plugin import exercise


@exercise("add")
@pytest.mark.parametrize("size", [1, 17])
def test_agrees_with_tensorflow(learner, rng, size):
    """Arrays of any length."""
    x, y = rng.normal(size=size), rng.normal(size=size)
    same(learner.add(x, y), tf.add(x, y).numpy())


@exercise("total")
def test_a_long_list(learner, rng):
    """As many numbers as there are."""
    xs = rng.normal(size=20).tolist()
    same(learner.total(xs), tf.reduce_sum(tf.constant(xs, tf.float64)).numpy())


@exercise("Counter")
def test_counters_apart(learner):
    """Two counters do not know of each other."""
    one, other = learner.Counter(), learner.Counter()
    one.up(5)
    assert other.up() == 1
