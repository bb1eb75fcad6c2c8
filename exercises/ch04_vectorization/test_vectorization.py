"""Examples for chapter 4, small enough to check by hand.

Useful to know: σ(0) = 0.5, σ(1) = 0.7310586, σ(-1) = 0.2689414, σ(2) = 0.8807971, σ(3) = 0.9525741.
"""

import numpy as np
import pytest

from grader import probes
from grader.compare import same
from grader.plugin import exercise

COMPLAINTS = np.array([[-4.0, 0.0, 3.0], [0.0, -4.0, 2.0]]), np.array([-3.0, -1.0, -4.0])
"""W and b of the lesson: too cool, too short, overdone."""

VERDICT = np.array([[-6.0], [-6.0], [-6.0]]), np.array([3.0])
"""And of the unit that listens to the three."""


@exercise("dense_vectorized")
def test_two_pots_at_once(learner):
    # 180 °C for 90 min is (0.5, 0.5): z = (-2 - 3, -2 - 1, 1.5 + 1 - 4) = (-5, -3, -1.5)
    # 150 °C for 45 min is (-1, -1): z = (4 - 3, 4 - 1, -3 - 2 - 4) = (1, 3, -9)
    X, (W, b) = np.array([[0.5, 0.5], [-1.0, -1.0]]), COMPLAINTS
    first = [0.006692851, 0.04742587, 0.1824255]
    second = [0.7310586, 0.9525741, 0.0001233946]
    same(learner.dense_vectorized(X, W, b), [first, second])


@exercise("dense_vectorized")
def test_as_many_examples_as_units(learner):
    # these two rows of X pick the rows of W: sums (1, -1) and (2, -3), and b = (0, 1) goes to both
    answer = learner.dense_vectorized([[1, 0], [0, 1]], [[1, -1], [2, -3]], [0, 1])
    same(answer, [[0.7310586, 0.5], [0.8807971, 0.1192029]])  # σ of (1, 0) and (2, -2)


@exercise("dense_vectorized")
def test_a_batch_of_one(learner):
    # one pot in degrees and minutes: z = (-723, -361, 716), and the sigmoid is flat out there
    same(learner.dense_vectorized(np.array([[180.0, 90.0]]), *COMPLAINTS), [[0.0, 0.0, 1.0]])


@exercise("dense_vectorized")
def test_no_loop_in_the_layer(speed, rng):
    # baseline.py does it number by number; you may take 10 times as long as one matrix product
    def batch(n, d, units):
        return rng.normal(size=(n, d)), rng.normal(size=(d, units)), rng.normal(size=units)

    speed(batch)


@exercise("softmax")
def test_shares_of_one(learner):
    # e^1 = 2.718282, e^3 = 20.085537, e^2 = 7.389056, together 30.192875
    same(learner.softmax([1, 3, 2]), [0.09003057, 0.6652410, 0.2447285])


@exercise("softmax")
def test_every_row_by_itself(learner):
    # e^0 : e^0 is 1 : 1, e^0 : e^(ln 3) is 1 : 3
    same(learner.softmax(np.array([[0.0, 0.0], [0.0, np.log(3)]])), [[0.5, 0.5], [0.25, 0.75]])


@exercise("softmax")
@pytest.mark.parametrize("size", [500.0, 1000.0, -1000.0])
def test_only_differences_count(learner, size):
    # e^0 / (e^0 + e^1) = 1 / (1 + e) = σ(-1), and the same wherever two scores are 1 apart
    Z = np.array([[0.0, 1.0], [size, size], [size, size + 1.0]])
    same(learner.softmax(Z), [[0.2689414, 0.7310586], [0.5, 0.5], [0.2689414, 0.7310586]])


@exercise("softmax")
def test_one_score_far_above_another(learner):
    # e^-1000 of a share is nothing
    same(learner.softmax([0.0, 1000.0]), [0, 1])


@exercise("softmax")
def test_one_score_towers_above_several(learner):
    # even their mean, 500, is 1500 below it
    same(learner.softmax([0.0, 0.0, 0.0, 2000.0]), [0, 0, 0, 1])


@exercise("softmax")
def test_two_tables_of_two_rows(learner):
    # the last axis is the one of length 3; equal scores share alike
    same(learner.softmax(np.zeros((2, 2, 3))), np.full((2, 2, 3), 1 / 3))


@exercise("softmax")
def test_no_loop_over_the_rows(speed, rng):
    speed(lambda rows, classes: [rng.normal(size=(rows, classes))])


@exercise("forward")
def test_one_layer_is_the_layer(learner):
    # z = x, and σ of 1, 0 and -1
    same(learner.forward([[1], [0], [-1]], [([[1]], [0])]), [[0.7310586], [0.5], [0.2689414]])


@exercise("forward")
def test_two_pots_through_two_layers(learner):
    # the complaints are those of test_two_pots_at_once; then
    # z = 3 - 6·(0.0066929 + 0.0474259 + 0.1824255) = 1.5807345 and σ = 1/(1 + 0.2058238)
    # z = 3 - 6·(0.7310586 + 0.9525741 + 0.0001234) = -7.1025366 and σ = 1/(1 + 1215.0451)
    X = np.array([[0.5, 0.5], [-1.0, -1.0]])
    same(learner.forward(X, [COMPLAINTS, VERDICT]), [[0.8293085], [0.0008223378]])


@exercise("forward")
def test_layer_by_layer_in_order(learner):
    # 0 → σ(0 + 0) = 0.5 → σ(2·0.5 + 0) = σ(1) = 0.7310586 → σ(0·0.73 + 2) = σ(2)
    first, second, third = ([[3]], [0]), ([[2]], [0]), ([[0]], [2])
    same(learner.forward([[0]], [first, second]), [[0.7310586]])
    same(learner.forward([[0]], [first, second, third]), [[0.8807971]])


@exercise("forward")
def test_no_loop_over_the_examples(speed, rng):
    # four inputs, a hidden layer, one unit; baseline.py sends the examples through one by one
    def batch(n, hidden):
        first = rng.normal(size=(4, hidden)), rng.normal(size=hidden)
        last = rng.normal(size=(hidden, 1)), rng.normal(size=1)
        return rng.normal(size=(n, 4)), [first, last]

    speed(batch, terms=20_000)  # so many are added up where it is largest


@exercise("dense_tf")
def test_a_float32_tensor(learner, tf):
    # the sums are those of test_as_many_examples_as_units
    answer = learner.dense_tf([[1, 0], [0, 1]], np.array([[1.0, -1.0], [2.0, -3.0]]), [0, 1])
    expected = [[0.7310586, 0.5], [0.8807971, 0.1192029]]
    same(answer, expected, kind="tensor", dtype="float32")


@exercise("dense_tf")
def test_from_tensors_of_any_kind(learner, tf):
    # z = (1·1 + 2·0, 1·1 + 2·(-1)) + (0, 0) = (1, -1)
    X = tf.constant([[1.0, 2.0]], tf.float64)
    W, b = tf.constant([[1, 1], [0, -1]]), tf.constant([0.0, 0.0])
    same(learner.dense_tf(X, W, b), [[0.7310586, 0.2689414]], kind="tensor", dtype="float32")


@exercise("dense_tf")
def test_a_pot_in_degrees_and_minutes(learner, tf):
    # z = (-723, -361, 716), as in test_a_batch_of_one, and e^716 is more than float32 can hold
    same(learner.dense_tf([[180.0, 90.0]], *COMPLAINTS), [[0.0, 0.0, 1.0]], kind="tensor")


@exercise("dense_tf")
def test_a_gradient_finds_its_way_back(learner, tf):
    # σ(4x) at x = 0 is 0.5, and its slope there is 4 · 0.5 · (1 - 0.5) = 1
    value, slope = learner.dense_tf.under_tape(tf.constant([[0.0]]), [[4.0]], [0.0], by=0)
    same(value, [[0.5]])
    same(slope, [[1.0]])


@exercise("dense_gpu")
def test_on_the_device_that_is_named(learner, tf, devices):
    # the sums are those of test_as_many_examples_as_units; your processor plays two devices
    X, W, b = [[1, 0], [0, 1]], np.array([[1.0, -1.0], [2.0, -3.0]]), [0, 1]
    expected = [[0.7310586, 0.5], [0.8807971, 0.1192029]]
    for device in devices:
        answer = learner.dense_gpu(X, W, b, device)
        same(answer, expected, kind="tensor", dtype="float32", device=device)


@exercise("dense_gpu")
def test_what_lies_elsewhere_is_fetched(learner, tf, devices):
    # z = (1·1 + 2·0, 1·1 + 2·(-1)) + (0, 0) = (1, -1), from tensors that lie on the first device
    X, W, b = tf.constant([[1.0, 2.0]]), tf.constant([[1, 1], [0, -1]]), tf.constant([0.0, 0.0])
    answer = learner.dense_gpu(X, W, b, devices[-1])
    same(answer, [[0.7310586, 0.2689414]], kind="tensor", dtype="float32", device=devices[-1])


@exercise("dense_gpu")
def test_a_gradient_finds_its_way_back_from_there(learner, tf, devices):
    # σ(4x) at x = 0 is 0.5, and its slope there is 4 · 0.5 · (1 - 0.5) = 1
    x = tf.constant([[0.0]])
    value, slope = learner.dense_gpu.under_tape(x, [[4.0]], [0.0], devices[-1], by=0)
    same(value, [[0.5]])
    same(slope, [[1.0]])


@exercise("dense_gpu")
@pytest.mark.gpu
def test_a_gpu_beats_the_loop(speed, rng, gpu):
    def batch(n, d, units):
        return rng.normal(size=(n, d)), rng.normal(size=(d, units)), rng.normal(size=units), gpu

    speed(batch, "dense_gpu", device=gpu)


@exercise("dense_gpu")
@pytest.mark.gpu
def test_a_gpu_beats_the_processor_when_there_is_much_to_do(speed, rng, gpu):
    # everything is on its device before the clock starts; √d keeps the sums small
    def batch(n, d, units):
        X, W = rng.random((n, d), np.float32) - 0.5, rng.random((d, units), np.float32) / d**0.5
        return X, W, rng.random(units, np.float32), gpu

    speed(batch, "dense_on_the_cpu", device=gpu, terms=4096)


# The machine in these tests is made of paper: Machine(slow=(8, 6), fast=(2,)) has a `slow` that
# takes 8 seconds the first time and 6 ever after, a `fast` of 2 seconds, and a clock that agrees.


@exercise("speedup")
def test_the_slow_seconds_by_the_fast_ones(learner):
    # 6 s against 2 s, every time
    machine = probes.Machine(slow=(6.0,), fast=(2.0,))
    same(learner.speedup(machine.slow, machine.fast, 1.0, timer=machine.clock), 3)


@exercise("speedup")
def test_the_first_calls_do_not_count(learner):
    # 90 s and 30 s to get going, 8 s and 2 s from then on
    machine = probes.Machine(slow=(90.0, 8.0), fast=(30.0, 2.0))
    same(learner.speedup(machine.slow, machine.fast, 1.0, repeats=1, timer=machine.clock), 4)


@exercise("speedup")
def test_the_round_in_the_middle(learner):
    # after the warm-up 10/5 = 2, 12/2 = 6 and 60/4 = 15: the one in the middle is 6
    machine = probes.Machine(slow=(1.0, 10.0, 12.0, 60.0), fast=(1.0, 5.0, 2.0, 4.0))
    same(learner.speedup(machine.slow, machine.fast, 1.0, repeats=3, timer=machine.clock), 6)


@exercise("speedup")
def test_the_middle_one_came_last(learner):
    # after the warm-up 60/4 = 15, 10/5 = 2 and 12/2 = 6: in order they are 2, 6 and 15
    machine = probes.Machine(slow=(1.0, 60.0, 10.0, 12.0), fast=(1.0, 4.0, 5.0, 2.0))
    same(learner.speedup(machine.slow, machine.fast, 1.0, repeats=3, timer=machine.clock), 6)


@exercise("speedup")
def test_three_rounds_and_no_more(learner):
    # after the warm-up 6/1, 2/1 and 15/1; the machine would go on with 8 and 9
    machine = probes.Machine(slow=(1.0, 6.0, 2.0, 15.0, 8.0, 9.0), fast=(1.0,))
    same(learner.speedup(machine.slow, machine.fast, 1.0, repeats=3, timer=machine.clock), 6)


@exercise("speedup")
def test_halfway_between_two_rounds(learner):
    # after the warm-up 8/2 = 4 and 9/3 = 3, and halfway between them
    machine = probes.Machine(slow=(1.0, 8.0, 9.0), fast=(1.0, 2.0, 3.0))
    same(learner.speedup(machine.slow, machine.fast, 1.0, repeats=2, timer=machine.clock), 3.5)


@exercise("speedup")
def test_who_is_called_fast_may_be_slow(learner):
    # 2 s against 4 s
    machine = probes.Machine(slow=(2.0,), fast=(4.0,))
    same(learner.speedup(machine.slow, machine.fast, 1.0, timer=machine.clock), 0.5)


@exercise("speedup")
def test_the_two_take_turns(learner):
    # a machine that takes twice as long after every two calls: 6 and 2 s for the warm-up, then
    # 12 and 4 s, 24 and 8 s, 48 and 16 s. Side by side they are 3 : 1 in every round.
    machine = probes.Machine(slow=(6.0,), fast=(2.0,), drift=2.0)
    same(learner.speedup(machine.slow, machine.fast, 1.0, repeats=3, timer=machine.clock), 3)
