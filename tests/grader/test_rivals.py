"""The loop and the reference of a race outlive it: they serve whoever races next."""

import os
import signal
import time

import numpy as np
import pytest

from grader import rivals
from grader.confined import Unavailable
from grader.rivals import Rivals
from grader.sandbox import Limits
from grader.speed import LOOP, REFERENCE

GATED = "dense_vectorized"
X, W, B = np.ones((2, 3)), np.ones((3, 4)), np.zeros(4)


@pytest.fixture
def kept(course, judge):
    kept = Rivals(course, judge._sources, Limits())
    yield kept
    kept.close()


def answers(kept):
    """What the two say to one question, and the processes that they say it from."""
    both = kept.of(GATED)
    told = both[LOOP].dense(X, W, B), both[REFERENCE].dense_vectorized(X, W, B)
    return told, [both[who]._side._worker.pid for who in (LOOP, REFERENCE)]


def test_the_next_race_has_the_same_processes(kept):
    (loop, reference), (one, other) = answers(kept)
    assert np.allclose(loop, reference)
    assert one != other
    assert answers(kept)[1] == [one, other]


def test_a_process_does_not_serve_for_ever(kept, monkeypatch):
    monkeypatch.setattr(rivals, "MOST", 2)
    first, second, third = (answers(kept)[1] for _ in range(3))
    assert first == second
    assert not {*second} & {*third}


def test_a_process_that_is_lost_between_two_races_is_replaced(kept):
    (loop, _), (lost, other) = answers(kept)
    side = kept.of(GATED)[LOOP]._side
    os.kill(lost, signal.SIGKILL)
    while not side.lost:  # it takes a moment to die
        time.sleep(0.01)
    (again, _), (new, same) = answers(kept)
    assert np.array_equal(again, loop)
    assert new != lost
    assert same == other


def test_a_process_that_is_lost_in_a_race_costs_nobody_a_mark(kept):
    _, (lost, _) = answers(kept)
    loop = kept.of(GATED)[LOOP]
    os.kill(lost, signal.SIGKILL)
    with pytest.raises(Unavailable, match="the course's own code crashed its process"):
        loop.dense(X, W, B)


def test_a_file_that_did_not_come_to_its_end_once_is_run_again(kept, monkeypatch):
    with monkeypatch.context() as hurry:
        hurry.setattr(rivals, "SECONDS", 0.0001)
        loop = kept.of(GATED)[LOOP]
    with pytest.raises(Unavailable, match="was not reached: running its file took longer"):
        loop.dense(X, W, B)
    assert np.shape(kept.of(GATED)[LOOP].dense(X, W, B)) == (2, 4)


def test_nothing_is_left_of_them(kept):
    _, numbers = answers(kept)
    kept.close()
    for number in numbers:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


def test_a_judge_lets_one_submission_after_another_race_against_them(judge, course, tmp_path):
    work = tmp_path / "vectorization.py"
    work.write_text(course.solution(course.chapter_of(GATED)).read_text("utf-8"))

    def processes():
        assert judge.grade(work, [GATED]).exercises[0].status == "passed"
        return {each.worker._worker.pid for each in judge._rivals._serving.values()}

    assert processes() == processes()
