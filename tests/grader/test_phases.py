"""Races that wait until nothing else runs: the result is the one of a marking in one go."""

import contextlib

import pytest

from grader.inprocess import InProcess
from grader.phases import waiting
from grader.run import Run
from grader.session import Session

LOOP = "    return np.array([[sigmoid(x @ W[:, j] + b[j]) for j in range(len(b))] for x in X])\n"
HEAD = "import numpy as np\nfrom grader.given import sigmoid\n\n\ndef dense_vectorized(X, W, b):\n"
HEAD += "    X, W, b = (np.asarray(a, float) for a in (X, W, b))\n"
WAYS = {
    "fast": "    return sigmoid(X @ W + b)\n",
    "slow": LOOP,
    "wrong": "    return sigmoid(X @ W)\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_two_phases_give_what_one_gives(judge, tmp_path, timeless, way):
    path = tmp_path / "work.py"
    path.write_text(HEAD + WAYS[way])
    whole = judge.grade(path, ["dense_vectorized"])
    first = judge.grade(path, ["dense_vectorized"], races=False)
    assert [*waiting(first)] == ([] if way == "wrong" else ["dense_vectorized"])
    second = judge.race(path, first)
    assert timeless(second) == timeless(whole)
    assert [e.status for e in second.exercises] == ["passed" if way == "fast" else "failed"]
    assert not waiting(second)


FORWARD = """

def forward(X, layers):
    for W, b in layers:
        X = dense_vectorized(X, W, b)
    return X
"""


@pytest.mark.parametrize("asked", [["dense_vectorized", "forward"], ["forward"]])
@pytest.mark.parametrize("way", WAYS)
def test_only_what_is_not_right_is_stood_in_for(judge, tmp_path, timeless, way, asked):
    path = tmp_path / "work.py"
    path.write_text(HEAD + WAYS[way] + FORWARD)
    whole = judge.grade(path, asked)
    second = judge.race(path, judge.grade(path, asked, races=False))
    assert timeless(second) == timeless(whole)
    forward = second.exercises[-1]
    assert forward.status == "passed"
    assert forward.supplied == (() if way == "fast" else ("dense_vectorized",))


def test_what_waits_blocks_nothing(course, tmp_path):
    """A learner who leaves the races out is told what is wrong with what comes after."""
    path = tmp_path / "vectorization.py"
    path.write_text(HEAD + WAYS["fast"] + FORWARD.replace("in layers", "in layers[:1]"))
    names = frozenset({"dense_vectorized", "forward"})
    with contextlib.closing(Session(course, names, 0)) as session:
        run = Run(course, InProcess(course, path), races=False)
        found = session.run(run, names, visible_only=True)
    assert {v.status for v in found if v.exercise == "dense_vectorized"} == {"passed", "not_run"}
    assert {v.status for v in found if v.exercise == "forward"} == {"passed", "failed", "not_run"}


def test_what_has_run_does_not_run_again(judge, tmp_path):
    path = tmp_path / "work.py"
    path.write_text(HEAD + WAYS["fast"])
    first = judge.grade(path, ["dense_vectorized"], races=False)
    path.write_text(
        HEAD.replace("    X, W", "    X @ W  # lists, as other tests have them\n    X, W")
        + WAYS["fast"]
    )
    assert judge.grade(path, ["dense_vectorized"], races=False).score == 0
    assert judge.race(path, first).score == first.max_score


def test_what_waits_has_been_right_so_far(judge, tmp_path):
    path = tmp_path / "work.py"
    path.write_text(HEAD + WAYS["slow"])
    first = judge.grade(path, ["dense_vectorized"], races=False)
    assert first.score == first.max_score
    assert judge.race(path, first).score == 0
