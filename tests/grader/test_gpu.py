"""What needs a GPU: left out and named where there is none, and tried out on a CPU that plays one.

`devices.gpus` is told that the second CPU is a GPU; all else is as it would be on a real one.
"""

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from grader import devices, sandbox, speed, wire
from grader.calls import recording
from grader.compare import Mismatch
from grader.confined import Confined, Unavailable
from grader.inprocess import InProcess, load
from grader.learner import Budget, Learner
from grader.rivals import Rivals
from grader.sandbox import Limits
from grader.timed import Timed
from grader.zygote import Zygote

ROOT = Path(__file__).parents[2]
GATE = "test_a_gpu_beats_the_loop"
LARGE = "test_a_gpu_beats_the_processor_when_there_is_much_to_do"
RIGHT = """
import tensorflow as tf

def dense_gpu(X, W, b, device):
    with tf.device(device):
        X, W, b = (tf.cast(each, tf.float32) for each in (X, W, b))
        return tf.sigmoid(X @ W + b)
"""


def visible_gpu():
    """Whether this machine has a real one."""
    return bool(devices.gpus())


without = pytest.mark.skipif("visible_gpu()", reason="there is a GPU")


@pytest.fixture
def played(monkeypatch):
    """Let the second CPU play a GPU."""
    monkeypatch.setattr(devices, "gpus", lambda: devices.CPUS[1:])
    monkeypatch.setattr(speed, "ROUNDS", (5, 9))


@pytest.fixture
def grade(judge, tmp_path):
    """Mark a way to write one exercise; returns it, its tests by name, and the whole result."""

    def grade(code, name="dense_gpu"):
        path = tmp_path / "work.py"
        path.write_text(code)
        result = judge.grade(path, [name])
        (found,) = result.exercises
        return found, {test.name: test for test in found.tests}, result

    return grade


# Without a GPU


@without
def test_without_a_gpu_its_points_are_in_no_total_and_named(grade):
    found, tests, result = grade(RIGHT)
    assert (tests[GATE].status, tests[GATE].message) == ("not_run", "not run: no GPU visible")
    assert (found.status, found.score, found.max_score) == ("passed", 1, 1)
    assert "dense_gpu: not run: no GPU visible; 1 of its points are in no total" in result.notes


@without
def test_without_a_gpu_everybody_has_the_same_total(grade):
    found, _, _ = grade("def dense_gpu(X, W, b, device):\n    raise NotImplementedError\n")
    assert (found.status, found.score, found.max_score) == ("todo", 0, 1)


@without
def test_where_a_gpu_is_required_its_absence_is_an_error(learners_pytest):
    asked = ["exercises/ch04_vectorization", "-k", "dense_gpu or beats_the_loop"]
    asked += ["--kata-learner=solutions"]
    done = learners_pytest(ROOT, *asked, **{devices.REQUIRED: "1"})
    assert done.returncode == 1
    assert "KATA_REQUIRE_GPU=1, and TensorFlow sees no GPU: pip install" in done.stdout


# With a CPU that plays one


def test_the_gates_are_raced_on_the_device(played, grade):
    """It beats the loop; the other CPU it cannot beat, whichever of them plays the GPU."""
    _, tests, _ = grade(RIGHT)
    assert tests[GATE].status == "passed"
    assert tests[GATE].speed.decision == "fast enough"
    assert tests[LARGE].speed.decision != "fast enough"


def test_what_is_placed_is_there_before_the_clock_starts(played, grade):
    _, tests, _ = grade(f"""{RIGHT}
on_its_way = dense_gpu

def dense_gpu(X, W, b, device):
    if len(X) == 1024:
        assert all(tf.is_tensor(each) and device[1:] in each.device for each in (X, W, b))
    return on_its_way(X, W, b, device)
""")
    assert tests[LARGE].speed is not None, tests[LARGE].message


def test_another_device_while_it_is_timed(played, grade):
    _, tests, _ = grade(f"""{RIGHT}
on_its_way = dense_gpu

def dense_gpu(X, W, b, device):
    return on_its_way(X, W, b, "/CPU:0" if len(X) == 64 else device)
""")
    assert tests[GATE].message == (
        "dense_gpu was placed on CPU:0 while it was timed, not on the device that it was given"
    )


def test_a_device_that_is_not_in_a_worker_is_nobodys_mark(judge, course):
    """The judge may see a GPU that its workers do not."""
    rivals = Rivals(course, judge._sources, Limits())
    try:
        reference = rivals.of("dense_gpu")[speed.REFERENCE]
        with pytest.raises(Unavailable, match="nothing can be placed on /GPU:9 in its process: "):
            Timed(reference.dense_gpu, "/GPU:9").place([np.ones(2)])
    finally:
        rivals.close()


@pytest.mark.parametrize("place", devices.CPUS)
def test_training_is_seen_to_stay_on_its_device(course, tmp_path, rng, place):
    """The reference trains where its Variables are made."""
    path = course.solution(course.chapter("ch09_sequential"))
    text = path.read_text().replace("tf.Variable(", "variable(")
    there = f"with tf.device({place!r}):\n        return tf.Variable(value)\n"
    work = tmp_path / "sequential.py"
    work.write_text(f"{text}\n\ndef variable(value):\n    {there}")
    tests = course.visible_tests(course.chapter("ch09_sequential"))
    learner = InProcess(course, work).learner("MySequential.fit", tests, frozenset(), 0)
    told = pytest.raises(Mismatch, match=r"was placed on CPU:0, not on the device it was given")
    with recording(), told if place == "/CPU:0" else nullcontext():
        load(tests, "the tests").test_training_on_a_gpu(learner, rng, "/CPU:1")


# Confinement


@pytest.mark.skipif(not sandbox.SUPPORTED, reason="there are no zygotes here")
def test_the_files_of_a_gpu_are_there_for_who_needs_them_alone(tmp_path):
    device = tmp_path / "nvidia0"
    device.write_text("a GPU")
    code = f"def look():\n    return open({str(device)!r}).read()\n"
    load = wire.Load((wire.Module("work", (wire.Cell("work.py", code),)),))

    def seen(*there):
        with Zygote(("numpy",), [], (), there) as zygote, recording():
            confined = Confined(zygote, load, sandbox.Limits(), 10)
            try:
                return Learner(confined, "work", {}, Budget(10), "look").look()
            finally:
                confined.close()

    assert seen(device) == "a GPU"
    with pytest.raises(Exception, match=r"(?i)no such file|permission denied"):
        seen()
