import numpy as np

from grader.compare import same
from grader.plugin import exercise


@exercise("add")
def test_two_numbers(learner):
    same(learner.add(3.0, 1.0), 4.0)


@exercise("add")
def test_two_arrays(learner):
    same(learner.add(np.array([1.0, 2.0]), np.array([3.0, 4.0])), [4, 6])


@exercise("total")
def test_three_numbers(learner):
    same(learner.total([1.0, 2.0, 3.0]), 6.0)


@exercise("Counter")
def test_it_counts(learner):
    counter = learner.Counter()
    counter.up()
    assert counter.up(2) == 3, "up adds to the count"
    assert counter.count == 3
    assert list(counter.steps(2)) == [4, 5]
