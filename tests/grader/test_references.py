"""What a reference answers is computed once, and is nobody's to spoil."""

import numpy as np
import pytest

from grader import references
from grader.references import reference


@pytest.fixture
def counted():
    """A reference, and the list of what it was really called with."""
    calls = []

    @reference
    def double(x, times=2):
        calls.append(x)
        return np.asarray(x) * times

    yield double, calls
    references.ANSWERS.clear()


def test_the_same_question_is_answered_from_memory(counted):
    double, calls = counted
    for _ in range(3):
        np.testing.assert_array_equal(double(np.array([1.0, 2.0])), [2.0, 4.0])
    assert len(calls) == 1


@pytest.mark.parametrize(
    "other",
    [
        np.array([1.0, 2.5]),
        np.array([1, 2]),
        np.array([[1.0, 2.0]]),
        np.array([1.0, 2.0], np.float32),
        [1.0, 2.0],
        (1.0, 2.0),
    ],
    ids=["value", "type", "shape", "width", "list", "tuple"],
)
def test_whatever_differs_is_another_question(counted, other):
    double, calls = counted
    double(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(double(other), np.asarray(other) * 2)
    assert len(calls) == 2


def test_an_argument_by_name_counts(counted):
    double, calls = counted
    assert double(3.0) == 6
    assert double(3.0, times=3) == 9
    assert len(calls) == 2


def test_who_changes_an_answer_changes_only_their_own(counted):
    double, _ = counted
    double(np.ones(2))[:] = 7
    double(np.ones(2))[:] = 8
    np.testing.assert_array_equal(double(np.ones(2)), [2, 2])


def test_what_is_no_data_is_asked_each_time():
    calls = []

    @reference
    def named(f):
        calls.append(f)
        return f.__name__

    assert [named(len), named(len)] == ["len", "len"]
    assert len(calls) == 2


def test_the_oldest_answers_go(counted, monkeypatch):
    double, calls = counted
    monkeypatch.setattr(references, "MOST_BYTES", 2_000)
    for value in (1.0, 2.0, 1.0):
        double(np.full(150, value))  # 1200 bytes: no two of them fit
    assert len(calls) == 3
    double(np.full(150, 1.0))
    assert len(calls) == 3
