"""Hidden tests of ch01_neuron: TensorFlow says what is right."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from grader import given
from grader.compare import same
from grader.plugin import exercise
from grader.references import reference

SHAPES = [(), (1,), (5,), (1, 4), (4, 1), (3, 2), (2, 1, 3)]


def f64(values):
    return tf.constant(np.asarray(values, np.float64))


@reference
def tf_sum(x, w, b):
    return (tf.tensordot(f64(x), f64(w), 1) + b).numpy()


@reference
def tf_sigmoid(z):
    """σ of numbers of any shape, in float64."""
    return tf.math.sigmoid(f64(z)).numpy()


@reference
def tf_tanh(z):
    return tf.math.tanh(f64(z)).numpy()


@reference
def tf_relu(z):
    return tf.nn.relu(f64(z)).numpy()


@reference
def tf_step(z):
    return tf.cast(f64(z) >= 0, tf.int64).numpy()


ACTIVATIONS = {
    given.step: tf_step,
    given.sigmoid: tf_sigmoid,
    given.tanh: tf_tanh,
    given.relu: tf_relu,
    given.linear: np.asarray,
}


def shaped(rng, shape, scale=3.0):
    """A Python float for the shape (), else an array of normal numbers."""
    return rng.normal(scale=scale, size=shape or None)


# weighted_sum


@exercise("weighted_sum")
@pytest.mark.parametrize("length", [1, 2, 3, 8])
def test_weighted_sum_agrees_with_tensorflow(learner, rng, length):
    """The weighted sum of any number of inputs"""
    for _ in range(3):
        x, w, b = rng.normal(size=length), rng.normal(size=length), float(rng.normal())
        same(learner.weighted_sum(x, w, b), tf_sum(x, w, b))


@exercise("weighted_sum")
def test_weighted_sum_of_lists_and_integers(learner):
    """Lists and integers are inputs as good as arrays of floats"""
    x, w, b = [3, -1, 4, 1], [5, 9, -2, 6], 7
    due = tf_sum(x, w, b)
    same(learner.weighted_sum(x, w, b), due)
    same(learner.weighted_sum(x, np.array(w), b), due)
    same(learner.weighted_sum(np.array(x), w, float(b)), due)


@exercise("weighted_sum")
def test_weighted_sum_in_float32(learner, rng):
    """The weighted sum of float32 arrays"""
    x, w = rng.uniform(0.5, 1.5, (2, 6)).astype(np.float32)
    same(learner.weighted_sum(x, w, 0.25), tf_sum(x, w, 0.25))


@exercise("weighted_sum")
@pytest.mark.parametrize("length", [1, 3, 6])
def test_weighted_sum_of_nothing_is_the_bias(learner, length):
    """With no input at all, the bias is left, once"""
    same(learner.weighted_sum(np.zeros(length), np.arange(length) - 2.5, -4.5), -4.5)


@exercise("weighted_sum")
@pytest.mark.parametrize("lengths", [(2, 3), (3, 2), (1, 4), (4, 1), (5, 6)])
def test_weighted_sum_of_different_lengths(learner, rng, lengths):
    """Inputs and weights of different lengths raise ValueError"""
    x, w = (rng.normal(size=length) for length in lengths)
    with pytest.raises(ValueError):
        learner.weighted_sum(x, w, 1.0)
    with pytest.raises(ValueError):
        learner.weighted_sum(x.tolist(), w.tolist(), 1.0)


# step


@exercise("step")
@pytest.mark.parametrize("shape", SHAPES)
def test_step_of_any_shape(learner, rng, shape):
    """The answer has the shape of z, a single number included"""
    z = shaped(rng, shape)
    same(learner.step(z), tf_step(z))


@exercise("step")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_step_at_the_boundary(learner, dtype):
    """1 at exactly 0, also at minus zero; 0 as soon as z is below"""
    z = np.array([-1e-20, -0.0, 0.0, 1e-20, -0.4, 0.4], dtype)
    same(learner.step(z), tf_step(z))


@exercise("step")
@pytest.mark.parametrize("z", [0, 0.0, -1, 12, -0.3, 0.3])
def test_step_of_a_number(learner, z):
    """A single number, integer or float"""
    same(learner.step(z), int(tf_step(z)))


@exercise("step")
def test_step_of_integers_and_lists(learner):
    """Integers and nested lists"""
    z = [[3, 0, -1], [-200, 1, 0]]
    due = tf_step(z)
    same(learner.step(z), due)
    same(learner.step(np.array(z)), due)


# tlu


def rows(inputs):
    return list(itertools.product([0, 1], repeat=inputs))


@exercise("tlu")
@pytest.mark.parametrize(
    ("gate", "w", "b"),
    [
        ([0, 0, 0, 1], [1, 1], -1.5),
        ([0, 1, 1, 1], [1, 1], -0.5),
        ([1, 1, 1, 0], [-1, -1], 1.5),
        ([0, 0, 1, 0], [2, -3], -1),
        ([0, 1, 1, 1], [2, 3], -2),
        ([1, 0], [-1], 0.5),
        ([0, 0, 0, 1, 0, 1, 1, 1], [1, 1, 1], -1.5),
    ],
    ids=["and", "or", "nand", "but_not", "or_unequal", "not", "majority"],
)
def test_tlu_as_a_gate(learner, gate, w, b):
    """One unit is an AND, an OR, a NOT, with the right weights and bias"""
    answers = [learner.tlu(list(x), w, b) for x in rows(len(w))]
    for answer, due in zip(answers, gate, strict=True):
        same(answer, due)


@exercise("tlu")
def test_tlu_on_the_threshold(learner):
    """1 when w·x + b is exactly 0"""
    for x, w, b in [([1, 1], [1, 1], -2), ([4], [-0.5], 2), ([0, 0, 0], [1, 2, 3], 0)]:
        same(learner.tlu(x, w, b), int(tf_step(tf_sum(x, w, b))))


@exercise("tlu")
@pytest.mark.parametrize("length", [1, 2, 5])
def test_tlu_agrees_with_tensorflow(learner, rng, length):
    """Real numbers as inputs, weights and bias"""
    for _ in range(8):
        x, w, b = rng.normal(size=length), rng.normal(size=length), float(rng.normal())
        same(learner.tlu(x, w, b), int(tf_step(tf_sum(x, w, b))))


@exercise("tlu")
def test_tlu_cannot_make_xor(learner, rng):
    """No weights and bias make XOR: three of its four rows are the most one unit gets right"""
    xor = {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}
    units = [[1.0, 1.0, -0.5], *rng.uniform(-2, 2, size=(40, 3)).tolist()]  # OR is right on three
    best = max(
        sum(bool(np.all(learner.tlu(list(x), w, b) == due)) for x, due in xor.items())
        for *w, b in units
    )
    assert best == 3, f"one unit got {best} of XOR's four rows right; 3 is what one can do"


# sigmoid


@exercise("sigmoid")
@pytest.mark.parametrize("shape", SHAPES)
def test_sigmoid_of_any_shape(learner, rng, shape):
    """The sigmoid of an array of any shape, and of a single number"""
    for scale in (0.5, 3, 20):
        z = shaped(rng, shape, scale)
        same(learner.sigmoid(z), tf_sigmoid(z))


@exercise("sigmoid")
def test_sigmoid_in_float32(learner, rng):
    """The sigmoid of a float32 array"""
    z = rng.normal(scale=4, size=(3, 5)).astype(np.float32)
    same(learner.sigmoid(z), tf_sigmoid(z))


@exercise("sigmoid")
@pytest.mark.parametrize("far", [40.0, 800.0, 1000.0, 1000])
def test_sigmoid_of_large_numbers(learner, far):
    """Large z gives 1 and large negative z gives 0, without a warning"""
    low, high = learner.sigmoid(-far), learner.sigmoid(far)
    same(low, tf_sigmoid(-far))
    same(high, tf_sigmoid(far))


@exercise("sigmoid")
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.int64])
def test_sigmoid_of_arrays_with_large_numbers(learner, dtype):
    """Large numbers among small ones, of any type, without a warning"""
    z = np.array([[-1000, -100, -1], [1, 100, 1000]], dtype)
    due = tf_sigmoid(z)
    both = learner.sigmoid(z)
    negative, positive = learner.sigmoid(z[0]), learner.sigmoid(z[1])
    same(both, due)
    same(negative, due[0])
    same(positive, due[1])


@exercise("sigmoid")
def test_sigmoid_of_integers(learner):
    """Integers give fractions, not integers"""
    z = np.arange(-4, 5)
    due = tf_sigmoid(z)
    same(learner.sigmoid(z), due)
    same(learner.sigmoid(z.astype(np.int32).reshape(3, 3)), due.reshape(3, 3))
    same(learner.sigmoid(3), tf_sigmoid(3))


@exercise("sigmoid")
def test_sigmoid_of_lists(learner):
    """A list, also of lists, also of integers"""
    for z in ([-1.5, 0.25], [[0, 1], [-1, 3], [-2, 2]], [6]):
        same(learner.sigmoid(z), tf_sigmoid(z))


# tanh


@exercise("tanh")
@pytest.mark.parametrize("shape", SHAPES)
def test_tanh_of_any_shape(learner, rng, shape):
    """tanh of an array of any shape, and of a single number"""
    for scale in (0.5, 3):
        z = shaped(rng, shape, scale)
        same(learner.tanh(z), tf_tanh(z))


@exercise("tanh")
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.int64])
def test_tanh_of_large_numbers(learner, dtype):
    """Large z gives 1 and large negative z gives -1, without a warning"""
    z = np.array([-1000, -2, 0, 2, 1000], dtype)
    same(learner.tanh(z), tf_tanh(z))


@exercise("tanh")
def test_tanh_of_integers_and_lists(learner):
    """Integers, and lists of them"""
    for z in (2, [-1, 0, 3], [[1, -2]], [0.5]):
        same(learner.tanh(z), tf_tanh(z))


# relu


@exercise("relu")
@pytest.mark.parametrize("shape", SHAPES)
def test_relu_of_any_shape(learner, rng, shape):
    """relu of an array of any shape, and of a single number"""
    z = shaped(rng, shape)
    same(learner.relu(z), tf_relu(z))


@exercise("relu")
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.int64])
def test_relu_leaves_its_input_alone(learner, dtype):
    """The array that was given is the same afterwards"""
    z = np.array([[-3, 0, 5], [180, -90, -1]], dtype)
    same(learner.relu(z), tf_relu(z))


@exercise("relu")
@pytest.mark.parametrize("z", [-2, 0, 3, -0.5, 2.5])
def test_relu_of_a_number(learner, z):
    """A single number, integer or float"""
    same(learner.relu(z), tf_relu(z))


@exercise("relu")
def test_relu_of_lists(learner):
    """A list, also of lists, also of integers"""
    for z in ([-1, 4], [[-1.5, 1.5], [1000, -1000], [0, 0.1]], [-7]):
        same(learner.relu(z), tf_relu(z))


# neuron


@exercise("neuron")
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("length", [1, 2, 5])
def test_neuron_with_every_activation(learner, rng, activation, length):
    """The neuron gives whatever its activation makes of w·x + b"""
    for _ in range(4):
        x, w, b = rng.normal(size=length), rng.normal(size=length), float(rng.normal())
        due = ACTIVATIONS[activation](tf_sum(x, w, b))
        same(learner.neuron(x, w, b, activation), due)


@exercise("neuron")
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda f: f.__name__)
def test_neuron_of_lists_and_integers(learner, activation):
    """Lists and integers, above 0 and below"""
    for x, w, b in [([2, 1], [1, -1], 0.5), ([2, 1, 3], [1, 1, -1], -2), ([2], [1], -2)]:
        due = ACTIVATIONS[activation](tf_sum(x, w, b))
        same(learner.neuron(x, w, b, activation), due)


@exercise("neuron")
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda f: f.__name__)
def test_neuron_in_float32(learner, rng, activation):
    """Inputs and weights in float32"""
    x, w = rng.uniform(0.5, 1.5, (2, 4)).astype(np.float32)
    due = ACTIVATIONS[activation](tf_sum(x, w, -0.75))
    same(learner.neuron(x, w, -0.75, activation), due)


@exercise("neuron")
def test_neuron_far_out(learner):
    """Inputs as large as temperatures, without a warning"""
    x, w = [180.0, 90.0], [-20.0, -30.0]
    low = learner.neuron(x, w, 0, given.sigmoid)
    same(low, tf_sigmoid(tf_sum(x, w, 0)))


# decide


@reference
def tf_decide(p, threshold):
    return tf.cast(f64(p) >= threshold, tf.int64).numpy()


@exercise("decide")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("threshold", [0.125, 0.5, 0.875])
def test_decide_for_any_shape(learner, rng, shape, threshold):
    """One integer for each probability, in the same shape, at any threshold"""
    p = rng.uniform(size=shape or None)
    same(learner.decide(p, threshold), tf_decide(p, threshold), dtype="integer")


@exercise("decide")
@pytest.mark.parametrize("threshold", [0, 0.25, 0.5, 0.75, 1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_decide_at_the_threshold(learner, threshold, dtype):
    """Exactly at the threshold the answer is 1"""
    p = np.array([0, 0.25, 0.375, 0.5, 0.625, 0.75, 1], dtype)
    same(learner.decide(p, threshold), tf_decide(p, threshold), dtype="integer")


@exercise("decide")
def test_decide_by_default(learner, rng):
    """Without a threshold it is one half"""
    p = rng.uniform(size=(7, 1))
    same(learner.decide(p), tf_decide(p, 0.5), dtype="integer")
    same(learner.decide([0.5, 0.25, 0.75]), [1, 0, 1], dtype="integer")


@exercise("decide")
@pytest.mark.parametrize("p", [0.5, 0.25, 1.0, 0, 1])
def test_decide_for_a_number(learner, p):
    """A single probability, also a sure one"""
    same(learner.decide(p), tf_decide(p, 0.5), dtype="integer")


@exercise("decide")
def test_decide_for_lists(learner):
    """A list, also of lists"""
    for p in ([0.1, 0.9, 0.6], [[0.25], [0.75]], [1]):
        same(learner.decide(p, 0.5), tf_decide(p, 0.5), dtype="integer")
