"""A judge and its workers keep to one processor where every processor has a judge; no race does."""

import os
import threading

import pytest

from grader import processors
from grader.bench import Settings
from grader.judge import Judge
from grader.sandbox import Limits
from grader.sources import Sources

ONE = min(processors.ALL, default=0)
HEAD = "import os\nimport numpy as np\nfrom grader.given import sigmoid\n\n\n"
LAYER = (
    "def dense_vectorized(X, W, b):\n    if len(os.sched_getaffinity(0)) != {count}:\n"
    "        return None\n    X, W, b = (np.asarray(a, float) for a in (X, W, b))\n"
    "    return sigmoid(X @ W + b)\n"
)

pytestmark = pytest.mark.skipif(len(processors.ALL) < 2, reason="there is one processor, or none")


@pytest.fixture
def kept():
    """Keep this process to one processor, for a test."""
    processors.keep_to(ONE)
    yield
    processors.keep_to(None)


def test_each_judge_has_a_processor_if_each_processor_has_a_judge():
    numbers = sorted(processors.ALL)
    assert processors.shared_out(len(numbers) - 1) == [None] * (len(numbers) - 1)
    assert processors.shared_out(len(numbers)) == numbers
    assert processors.shared_out(len(numbers) + 1) == [*numbers, numbers[0]]


def test_all_threads_go_and_come_back(kept):
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        assert os.sched_getaffinity(0) == os.sched_getaffinity(other.native_id) == {ONE}
        processors.keep_to(None)
        assert os.sched_getaffinity(0) == os.sched_getaffinity(other.native_id) == processors.ALL
    finally:
        stop.set()
        other.join()


def test_a_worker_runs_where_its_limits_say(shared_zygotes):
    zygote = shared_zygotes(("numpy",), (), ())
    for limits, expected in [(Limits(processor=ONE), {ONE}), (Limits(), processors.ALL)]:
        worker = zygote.fork(limits)
        assert os.sched_getaffinity(worker.pid) == expected
        zygote.end(worker)


def test_what_workers_come_from_is_started_for_all_of_them(kept):
    with Sources([]).workers(("numpy", "tensorflow")) as zygote:
        assert os.sched_getaffinity(zygote.fork(Limits()).pid) == processors.ALL
    assert os.sched_getaffinity(0) == {ONE}


def test_a_race_has_them_all(course, lent_zygote, tmp_path):
    path = tmp_path / "work.py"
    settings = Settings(limits=Limits(processor=ONE))
    try:
        with Judge(course, settings) as judge:
            path.write_text(HEAD + LAYER.format(count=1))
            first = judge.grade(path, ["dense_vectorized"], races=False)
            path.write_text(HEAD + LAYER.format(count=len(processors.ALL)))
            second = judge.race(path, first)
            whole = judge.grade(path, ["dense_vectorized"])
    finally:
        processors.keep_to(None)
    assert [each.score for each in (first, second, whole)] == [first.max_score] * 3


def test_tensorflow_adds_in_the_same_order(course, judge, lent_zygote, tmp_path, timeless):
    path = tmp_path / "sequential.py"
    solution = course.solution(course.chapter_of("MySequential.evaluate")).read_text("utf-8")
    path.write_text(
        solution.replace("float(crossentropy(y, p))", "1.01 * float(crossentropy(y, p))")
    )
    names = ["MySequential.evaluate"]
    free = judge.grade(path, names)
    try:
        with Judge(course, Settings(limits=Limits(processor=ONE))) as other:
            alone = other.grade(path, names, races=False)
    finally:
        processors.keep_to(None)
    assert free.score == 0
    assert timeless(alone) == timeless(free)
