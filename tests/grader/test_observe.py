"""What a test sees of a call is the same in process and in a worker: tensors, probes, slopes."""

import textwrap

import numpy as np
import pytest

from grader import calls, diagnose, given, probes, wire
from grader.compare import Mismatch, same
from grader.inprocess import InProcessLearner
from grader.learner import Budget, Confined, Learner, Stopped, assignments
from grader.sandbox import Limits

WORK = """
import numpy as np
import tensorflow as tf

def replace(variable, row):
    variable[0].assign(row)
    return variable

def copy(variable, row):
    changed = tf.Variable(variable)
    changed[0].assign(row)
    return changed

def square(x, y):
    return tf.reduce_sum(x * y * y)

def by_numpy(x, y):
    return np.sum(np.asarray(x) * np.asarray(y) ** 2)

def slope(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)

def race(slow, fast, timer, work):
    started = timer()
    slow(work)
    middle = timer()
    fast(work)
    return (middle - started) / (timer() - middle)

def put(x, device):
    with tf.device(device):
        return tf.identity(x)
"""


@pytest.fixture(params=["in process", "in a worker"])
def learner(request, tmp_path, shared_zygotes, tf):
    if request.param == "in process":
        path = tmp_path / "work.py"
        path.write_text(WORK, "utf-8")
        yield InProcessLearner(path, "work.py", ())
        return
    module = wire.Module("work", (wire.Cell("work.py", textwrap.dedent(WORK)),))
    load = wire.Load((module,), two_cpus=True)
    workers = shared_zygotes(("numpy", "tensorflow"), (), ())
    confined = Confined(workers, load, Limits(), 20)
    yield Learner(confined, "work", {}, Budget(20), "replace")
    confined.close()


def test_a_variable_is_seen_to_change(learner, tf):
    variable = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with calls.recording() as record:
        answer = learner.replace(variable, [7.0, 8.0])
    assert answer is variable
    same(variable, [[7, 8], [3, 4]], kind="variable")
    assert (record[0].assigned, record[0].returned, record[0].changed) == ((0,), 0, ())
    same(record[0].arguments[0], [[1, 2], [3, 4]])


def test_another_variable_is_another_one(learner, tf):
    variable = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    answer = learner.copy(variable, [7.0, 8.0])
    assert answer is not variable
    same(variable, [[1, 2], [3, 4]])
    same(answer, [[7, 8], [3, 4]], kind="variable")


def test_a_mistake_that_copies_is_told_from_the_answer_that_does_not(learner, tf):
    def replace_copy(variable, row):
        """You work on a copy."""
        return tf.Variable([[7.0, 8.0], [3.0, 4.0]])

    mistakes = [diagnose.Mistake("replace", "replace_copy", "You work on a copy.", replace_copy)]
    with calls.recording() as record:
        learner.replace(tf.Variable([[1.0, 2.0], [3.0, 4.0]]), [7.0, 8.0])
    assert diagnose.explain(mistakes, "replace", record) == ""


def test_the_derivative_by_an_argument(learner, tf):
    x, y = tf.constant([1.0, 2.0]), tf.constant([3.0, 5.0])
    value, slope = learner.square.under_tape(x, y, by=1)
    same(value, 9 + 50, kind="tensor")
    same(slope, [6, 20], kind="tensor")


def test_numpy_cannot_be_differentiated(learner, tf):
    with calls.recording():
        _, slope = learner.by_numpy.under_tape(tf.constant([1.0]), tf.constant([3.0]), by=1)
        with pytest.raises(Mismatch, match="cannot be differentiated by"):
            same(slope, [6])


def test_probes_are_passed_by_name(learner):
    same(learner.slope(probes.cubic, 2.0, 1e-4), 12)
    same(learner.slope(given.tanh, 0.0, 1e-4), 1)


def test_a_limited_probe_answers_so_many_calls(learner):
    limited = probes.Limited("cubic", 2)
    with calls.recording() as record:
        same(learner.slope(limited, 2.0, 1e-4), 12)
    same(record[0].arguments[0](3.0), 27)  # the record has one that has not been asked yet
    with pytest.raises(RuntimeError, match="called more than 1 times"):
        learner.slope(probes.Limited("cubic", 1), 2.0, 1e-4)


def test_the_methods_of_a_probe_share_it(learner):
    machine = probes.Machine(slow=(9.0, 6.0), fast=(2.0,))
    with calls.recording() as record:
        same(learner.race(machine.slow, machine.fast, machine.clock, 10), 4.5)
    slow, fast, clock, work = record[0].arguments
    slow(work), fast(work)
    assert clock() == 110


def test_where_a_tensor_lies_is_known(learner, tf):
    for device in ("/CPU:1", "/CPU:0"):
        answer = learner.put(tf.constant([1.0]), device)
        same(answer, [1], device=device)
    with calls.recording():
        answer = learner.put(tf.constant([1.0]), "/CPU:0")
        with pytest.raises(Mismatch, match="placed on CPU:0, not on the device it was given"):
            same(answer, [1], device="/CPU:1")


def test_no_other_function_can_be_passed(learner):
    if isinstance(learner, Learner):
        with pytest.raises(TypeError, match="cannot be passed"):
            learner.slope(np.sin, 0.0, 1e-4)


@pytest.mark.parametrize(
    "told",
    [
        [(0, np.zeros(3, np.float32))],
        [(0, np.zeros(2))],
        [(1, np.zeros(2, np.float32))],
        [(-2, np.zeros(2, np.float32))],
        [(5, np.zeros(2, np.float32))],
        [("x", 1)],
        [0],
        7,
        None,
    ],
)
def test_a_variable_is_given_nothing_that_it_cannot_hold(tf, told):
    with pytest.raises(wire.WireError):
        assignments((tf.Variable([1.0, 2.0]), 3.0), told)


def test_a_worker_that_says_so_is_stopped(confined_liar, tf):
    with pytest.raises(Stopped, match="a Variable with other content"):
        confined_liar.f(tf.Variable([1.0, 2.0]))


@pytest.fixture
def confined_liar(shared_zygotes):
    """A worker whose answers claim what no Variable can hold."""
    text = """
import numpy as np
from grader import wire

def f(variable):
    real = wire.Answer
    def lie(number, value, *rest):
        return real(number, value, (), (), wire.pack([(0, np.zeros((2, 2)))]))
    wire.Answer = lie
    return variable
"""
    load = wire.Load((wire.Module("work", (wire.Cell("work.py", text),)),))
    confined = Confined(shared_zygotes(("numpy", "tensorflow"), (), ()), load, Limits(), 20)
    yield Learner(confined, "work", {}, Budget(20), "f")
    confined.close()
