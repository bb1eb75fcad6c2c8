"""Speed gates for real: right ways pass, loops fail for their own reason, nobody cheats."""

from pathlib import Path

import msgspec
import pytest

from grader.certainty import FIRST
from grader.report import text
from grader.report.account import in_a_book
from grader.result import Result

ROOT = Path(__file__).parents[2]

HEAD = """
import itertools, math, threading, time
import numpy as np
from grader.given import sigmoid

def right(X, W, b):
    return sigmoid(np.asarray(X) @ np.asarray(W) + np.asarray(b))

def loop(X, W, b):
    W, b = np.asarray(W), np.asarray(b)
    return np.array([[sigmoid(np.dot(x, W[:, j]) + b[j]) for j in range(len(b))] for x in X])

def units(X, W, b):
    X, W, b = map(np.asarray, (X, W, b))
    return sigmoid(np.stack([X @ W[:, j] for j in range(len(b))], axis=1) + b)
"""


@pytest.fixture
def race(judge, tmp_path):
    """Mark a way to write `dense_vectorized`; returns its exercise and what its gate found."""

    def race(code):
        path = tmp_path / "work.py"
        path.write_text(HEAD + code)
        result = judge.grade(path, ["dense_vectorized"])
        (exercise,) = result.exercises
        speed = next((test.speed for test in exercise.tests if test.speed), None)
        return exercise, speed, result

    return race


def messages(exercise):
    return "\n".join(test.message for test in exercise.tests if test.message)


@pytest.mark.parametrize(
    "product",
    ["X @ W", "np.matmul(X, W)", "np.dot(X, W)", "np.einsum('nd,du->nu', X, W)", "X.dot(W)"],
)
@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_a_product_is_fast_enough(race, product, kind):
    exercise, speed, _ = race(f"""
def dense_vectorized(X, W, b):
    X, W, b = (np.asarray(a, np.{kind}) for a in (X, W, b))
    return sigmoid({product} + b)
""")
    assert exercise.status == "passed", messages(exercise)
    assert speed.decision in ("fast enough", "inconclusive")


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("return loop(X, W, b)", "with the number of examples and the number of units"),
        ("return units(X, W, b)", "grows with the number of units: there is a loop over them"),
        (
            "return np.array([sigmoid(np.dot(x, W) + b) for x in X])",
            "grows with the number of examples: there is a loop over them",
        ),
        (
            "W = np.asarray(W); z = lambda n, j: sigmoid(np.dot(X[n], W[:, j]) + b[j]); "
            "return np.vectorize(z)(np.arange(len(X))[:, None], np.arange(len(b)))",
            "too slow",
        ),
        ("return np.apply_along_axis(lambda x: sigmoid(x @ np.asarray(W) + b), 1, X)", "examples"),
        ("return np.array(list(map(lambda x: sigmoid(np.dot(x, W) + b), X)))", "examples"),
    ],
    ids=["loop", "units", "list comprehension", "np.vectorize", "apply_along_axis", "map"],
)
def test_a_loop_in_any_dress_is_too_slow(race, body, cause):
    exercise, speed, _ = race(f"def dense_vectorized(X, W, b):\n    {body}\n")
    assert exercise.status == "failed"
    assert exercise.score == 0
    assert speed.decision == "too slow"
    assert cause in messages(exercise)


# Cheating the clock


def test_a_patched_clock_is_nobodys_clock(race):
    exercise, _, _ = race("""
time.perf_counter = time.monotonic = time.time = time.process_time = lambda: 0.0
def dense_vectorized(X, W, b):
    time.perf_counter = lambda: -1e9
    return loop(X, W, b)
""")
    assert "too slow" in messages(exercise)


@pytest.mark.parametrize("key", ["np.shape(X) + np.shape(W)", "len(b)", "0"])
def test_remembered_answers_are_wrong_for_new_inputs(race, key):
    exercise, _, _ = race(f"""
known = {{}}
def dense_vectorized(X, W, b):
    if np.shape(X) + np.shape(W) not in [(64, 4, 4, 256), (8, 4, 4, 8), (2, 4, 4, 20000)]:
        return right(X, W, b)
    return known.setdefault({key}, loop(X, W, b))
""")
    assert "while it was timed: it has to be right then too" in messages(exercise)


def test_right_until_it_is_timed(race):
    exercise, _, _ = race("""
asked = itertools.count()
def dense_vectorized(X, W, b):
    if len(X) == 64 and next(asked) > 1:
        return np.full((len(X), len(b)), 0.5)
    return right(X, W, b)
""")
    assert "dense_vectorized gave the right shape, but wrong values" in messages(exercise)
    assert "while it was timed" in messages(exercise)


def test_an_answer_for_later_is_no_answer(race):
    exercise, _, _ = race("""
class Lazy:
    def __init__(self, *args):
        self.args = args
    def __array__(self, *_, **__):
        return loop(*self.args)
def dense_vectorized(X, W, b):
    return Lazy(X, W, b) if len(X) == 64 else right(X, W, b)
""")
    assert "where an array is due, while it was timed" in messages(exercise)


def test_work_that_is_left_to_a_thread_comes_too_late(race):
    exercise, _, _ = race("""
def dense_vectorized(X, W, b):
    if len(X) != 64:
        return right(X, W, b)
    answer = np.zeros((len(X), len(b)))
    def work():
        answer[...] = loop(X, W, b)
    threading.Thread(target=work).start()
    return answer
""")
    assert "while it was timed" in messages(exercise)


def test_the_other_core_is_not_there_to_slow_the_others_down(race):
    """Its threads are stopped with it; what they would do to the reference does not happen."""
    exercise, speed, _ = race("""
def burn():
    a = np.ones((300, 300))
    while True:
        a = a @ a / 300
for _ in range(2):
    threading.Thread(target=burn, daemon=True).start()
def dense_vectorized(X, W, b):
    return units(X, W, b)
""")
    assert exercise.status == "failed"
    assert speed.decision == "too slow"


@pytest.mark.parametrize("kind", ["float16", "int8"])
def test_lower_precision_is_a_wrong_answer(race, kind):
    exercise, _, _ = race(f"""
def dense_vectorized(X, W, b):
    if len(X) not in (64, 20000):
        return right(X, W, b)
    return sigmoid((np.asarray(X, np.{kind}) @ np.asarray(W, np.{kind}) + b).astype(float))
""")
    assert "while it was timed" in messages(exercise)


# What is told


def test_the_figures_are_in_the_result_and_survive_its_json(race):
    _, speed, result = race("def dense_vectorized(X, W, b):\n    return right(X, W, b)\n")
    assert [figures.size for figures in speed.figures] == [
        (8, 4, 8), (20000, 4, 2), (2, 4, 20000), (64, 4, 256),
    ]  # fmt: skip
    assert speed.faster[1] <= speed.faster[0] <= speed.faster[2]
    assert msgspec.json.decode(msgspec.json.encode(result), type=Result) == result


def test_what_nobody_can_tell_gives_the_points_and_is_flagged(race, monkeypatch):
    """A gate in the middle of what a product takes, on a machine with no time to look again."""
    monkeypatch.setattr("grader.speed.side_of", lambda ratios, threshold, factor: 0)
    monkeypatch.setattr("grader.speed.ROUNDS", (5, 9))
    exercise, speed, result = race("def dense_vectorized(X, W, b):\n    return right(X, W, b)\n")
    assert (exercise.status, exercise.score) == ("passed", exercise.max_score)
    assert speed.decision == "inconclusive"
    (note,) = result.notes
    assert note.startswith("dense_vectorized: speed inconclusive, this machine is too busy to tell")
    shown = text.render(in_a_book(result), width=80).decode()
    assert "speed inconclusive" in " ".join(shown.split())


def test_what_is_wrong_is_not_timed(race):
    exercise, speed, _ = race("def dense_vectorized(X, W, b):\n    return 0 * right(X, W, b)\n")
    assert exercise.status == "failed"
    assert speed is None


# On pytest-benchmark


@pytest.fixture
def learners_run(tmp_path, learners_pytest):
    """Run the speed test of one exercise on its reference, as a learner would; what it printed."""

    def run(*options):
        asked = ["exercises/ch04_vectorization", "-k", "no_loop_over_the_rows"]
        asked += ["--kata-learner=solutions", f"--benchmark-storage={tmp_path}"]
        done = learners_pytest(ROOT, *asked, *options)
        assert done.returncode == 0, done.stdout
        return done.stdout

    return run


def test_every_series_is_in_the_json_of_pytest_benchmark(learners_run, tmp_path, course):
    learners_run(f"--benchmark-json={tmp_path / 'speed.json'}")
    recorded = msgspec.json.decode((tmp_path / "speed.json").read_bytes())["benchmarks"]
    (gate,) = course.exercises["softmax"].gates
    sides = {(each["extra_info"]["side"], tuple(each["extra_info"]["size"])) for each in recorded}
    timed = {(side, size) for side in ("yours", "reference") for size in gate.sizes}
    assert sides == timed | {("loop", gate.sizes[-1])}
    assert {each["group"] for each in recorded} == {"softmax"}
    assert all(each["stats"]["rounds"] >= FIRST for each in recorded)


def test_runs_can_be_saved_and_compared(learners_run):
    assert "loop 64×256" in learners_run("--benchmark-save=mine")
    compared = learners_run("--benchmark-compare=0001")
    assert "yours 64×256 (NOW)" in compared
    assert "yours 64×256 (0001_mine)" in compared


def test_a_histogram_is_drawn(learners_run, tmp_path):
    pytest.importorskip("pygal")
    learners_run(f"--benchmark-histogram={tmp_path / 'speed'}")
    assert "loop 64×256" in (tmp_path / "speed-softmax.svg").read_text()


def test_disabled_only_the_answers_are_judged(learners_run):
    shown = learners_run("--benchmark-disable")
    assert "1 passed" in shown
    assert "times as fast" not in shown


def test_a_learner_sees_bars_and_what_to_do(learners_run):
    shown = learners_run()
    assert "softmax   64 rows × 256 classes, medians of paired rounds" in shown
    assert "loop       ████████████████████" in shown
    assert "times as fast as the loop" in shown
    assert "Fast enough: nothing to do." in shown
