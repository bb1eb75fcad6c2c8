"""Hidden tests of chapter 6: TensorFlow's tape says what the slopes are."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from grader import probes
from grader.compare import same
from grader.plugin import exercise
from grader.references import reference

SHAPES = [(1,), (5,), (1, 4), (4, 1), (3, 3), (2, 3), (2, 1, 3)]
FUNCTIONS = [probes.squares, probes.cubic, probes.wave, probes.uphill, probes.mixed, probes.rows]
ON_SHAPES = [
    *zip(FUNCTIONS, SHAPES, strict=False),
    *zip(FUNCTIONS[::-1], SHAPES[::-1], strict=False),
]
"""Each function on two shapes, and each shape in one function at least."""


def taped(f, x):
    """The gradient of a probe at x by TensorFlow in float64."""
    return taped_gradient(f.__name__, x)


@reference
def taped_gradient(probe, x):
    """The gradient of the probe of this name."""
    f, x = getattr(probes, probe), tf.constant(np.asarray(x, np.float64))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x).numpy()


def differences(f, x, h=1e-5):
    """The gradient of f at x by steps of h to both sides, number by number; x comes back."""
    slopes = np.empty_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        above = f(x)
        x[i] = old - h
        slopes[i] = (above - f(x)) / (2 * h)
        x[i] = old
    return slopes


def numbers(rng, shape):
    """Between 0.3 and 1.2, where none of the functions nor their slopes are near 0."""
    return rng.uniform(0.3, 1.2, size=shape)


def network(rng, *sizes):
    """Random layers [(W, b), …] from sizes[0] inputs to sizes[-1] units."""
    pairs = itertools.pairwise(sizes)
    return [(rng.normal(size=(d, units)), rng.normal(size=units)) for d, units in pairs]


# numerical_gradient


@exercise("numerical_gradient")
@pytest.mark.parametrize(("f", "shape"), ON_SHAPES)
def test_differences_agree_with_the_tape(learner, rng, f, shape):
    """central differences give what the tape gives, for an array of any shape"""
    x = numbers(rng, shape)
    same(learner.numerical_gradient(f, x), taped(f, x))


@exercise("numerical_gradient")
@pytest.mark.parametrize("f", [probes.squares, probes.cubic, probes.wave], ids=lambda f: f.__name__)
def test_differences_at_a_number(learner, rng, f):
    """x may be a single number, and its slope has no dimension either"""
    for x in (float(rng.normal()), np.array(rng.normal()), 2):
        same(learner.numerical_gradient(f, x), taped(f, x))


@exercise("numerical_gradient")
@pytest.mark.parametrize("h", [0.5, 0.25, 0.1, 0.01])
def test_differences_with_another_step(learner, rng, h):
    """the step is h, to both sides, and the sum of both steps is divided by"""
    x = rng.normal(size=(2, 3))
    cubes = taped(probes.cubic, x) + h**2
    same(learner.numerical_gradient(probes.cubic, x, h), cubes)
    same(learner.numerical_gradient(probes.wave, x, h), taped(probes.wave, x) * np.sin(h) / h)


@exercise("numerical_gradient")
@pytest.mark.parametrize("shape", [(), (4,), (2, 3)])
def test_no_needless_call(learner, rng, shape):
    """f is called exactly twice for each number of x"""
    x = np.array(numbers(rng, shape))
    limited = probes.Limited("wave", 2 * x.size)
    same(learner.numerical_gradient(limited, x), taped(probes.wave, x))


@exercise("numerical_gradient")
def test_the_argument_comes_back_as_it_was(learner, rng):
    """x is the same after the call as before, to the last bit"""
    for scale in (1e-6, 0.1, 1.0, 30.0):
        x = scale * rng.normal(size=(4, 3))
        learner.numerical_gradient(probes.uphill, x)
        learner.numerical_gradient(probes.uphill, x, 0.1)


@exercise("numerical_gradient")
@pytest.mark.parametrize("f", FUNCTIONS)
def test_differences_for_float32(learner, rng, f):
    """x in float32 is computed with in float64"""
    for scale in (1, 5):
        x = (scale * numbers(rng, (2, 3))).astype(np.float32)
        same(learner.numerical_gradient(f, x), taped(f, x))


@exercise("numerical_gradient")
@pytest.mark.parametrize("form", [np.array, list, np.int32], ids=["array", "list", "int32"])
def test_differences_for_integers(learner, form):
    """integers can be moved by a small step too, as arrays or as lists"""
    for x in ([3, -1, 4, 1], [[2, 0], [-3, 5], [1, 1]]):
        same(learner.numerical_gradient(probes.cubic, form(x)), taped(probes.cubic, x))
        same(learner.numerical_gradient(probes.rows, form(x)), taped(probes.rows, x))


@exercise("numerical_gradient")
def test_differences_for_lists(learner):
    """a list, also of lists, is as good as an array"""
    for x in ([0.5], [0.5, 1.5, -2.0], [[0.25, 0.75], [1.0, -1.0]]):
        same(learner.numerical_gradient(probes.mixed, x), taped(probes.mixed, x))


# sigmoid_prime, tanh_prime, relu_prime


@reference
def tf_prime(activation, z):
    """The slope of an activation of tf.nn at every z, by the tape in float64."""
    z = tf.constant(np.asarray(z, np.float64))
    with tf.GradientTape() as tape:
        tape.watch(z)
        a = getattr(tf.nn, activation)(z)
    return tape.gradient(a, z).numpy()


@reference
def activation_differences(activation, z):
    """The slope of an activation of tf.nn at every z, by small steps."""
    return differences(lambda z: np.sum(getattr(tf.nn, activation)(z)), z)


@exercise("sigmoid_prime")
@pytest.mark.parametrize("shape", SHAPES)
def test_sigmoid_prime_for_any_shape(learner, rng, shape):
    """the sigmoid's slope at every number, for an array of any shape"""
    z = rng.normal(scale=3, size=shape)
    same(learner.sigmoid_prime(z), tf_prime("sigmoid", z))


@exercise("sigmoid_prime")
def test_sigmoid_prime_of_numbers_and_lists(learner):
    """numbers and lists, also of integers"""
    for z in (0.0, 1, -2.5, [0, 1, -3], [0.5, -0.5], [[2, -2], [0, 4]]):
        same(learner.sigmoid_prime(z), tf_prime("sigmoid", z))


@exercise("sigmoid_prime")
def test_sigmoid_prime_of_integer_arrays(learner):
    """arrays of integers, without cutting anything off"""
    z = np.array([[0, 1, -1], [2, -4, 7]])
    same(learner.sigmoid_prime(z), tf_prime("sigmoid", z))


@exercise("sigmoid_prime")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_prime_far_out(learner, dtype):
    """far out on both sides the slope is 0, without NaN and without a warning"""
    z = np.array([-1000, -400, -90, -40, 0, 40, 90, 400, 1000], dtype)
    same(learner.sigmoid_prime(z), tf_prime("sigmoid", z))


@exercise("sigmoid_prime")
def test_sigmoid_prime_in_float32(learner, rng):
    """float32 is as good as float64"""
    z = rng.normal(scale=2, size=(3, 4)).astype(np.float32)
    same(learner.sigmoid_prime(z), tf_prime("sigmoid", z))


@exercise("tanh_prime")
@pytest.mark.parametrize("shape", SHAPES)
def test_tanh_prime_for_any_shape(learner, rng, shape):
    """the slope of tanh at every number, for an array of any shape"""
    z = rng.normal(scale=1.5, size=shape)
    same(learner.tanh_prime(z), tf_prime("tanh", z))


@exercise("tanh_prime")
def test_tanh_prime_of_numbers_and_lists(learner):
    """numbers and lists, also of integers"""
    for z in (0.0, 1, -1.5, [0, 1, -3], [0.5, -0.5], [[2, -2], [0, 1]]):
        same(learner.tanh_prime(z), tf_prime("tanh", z))


@exercise("tanh_prime")
def test_tanh_prime_of_integer_arrays(learner):
    """arrays of integers, without cutting anything off"""
    z = np.array([[0, 1, -1], [2, -2, 3]])
    same(learner.tanh_prime(z), tf_prime("tanh", z))


@exercise("tanh_prime")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tanh_prime_far_out(learner, dtype):
    """far out on both sides the slope is 0, without NaN and without a warning"""
    z = np.array([-1000, -400, -90, -40, 0, 40, 90, 400, 1000], dtype)
    same(learner.tanh_prime(z), tf_prime("tanh", z))


@exercise("tanh_prime")
def test_tanh_prime_in_float32(learner, rng):
    """float32 is as good as float64"""
    z = rng.normal(size=(3, 4)).astype(np.float32)
    same(learner.tanh_prime(z), tf_prime("tanh", z))


@exercise("relu_prime")
@pytest.mark.parametrize("shape", SHAPES)
def test_relu_prime_for_any_shape(learner, rng, shape):
    """the slope of relu at every number, for an array of any shape"""
    z = rng.normal(scale=3, size=shape)
    same(learner.relu_prime(z), tf_prime("relu", z))


@exercise("relu_prime")
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_relu_prime_at_the_corner(learner, dtype):
    """at 0 the answer is 0"""
    z = np.array([[0, 1], [-1, 0], [2, -3]], dtype)
    same(learner.relu_prime(z), tf_prime("relu", z))
    same(learner.relu_prime(np.array([0.0, -0.0, 1.0])), tf_prime("relu", [0.0, -0.0, 1.0]))


@exercise("relu_prime")
def test_relu_prime_near_the_corner_and_far_from_it(learner):
    """it is how z compares with 0 that counts, not how large it is"""
    z = np.array([1e-6, -1e-6, 0.25, 1000.0, -1000.0])
    same(learner.relu_prime(z), tf_prime("relu", z))


@exercise("relu_prime")
def test_relu_prime_of_numbers_and_lists(learner):
    """numbers and lists, also of integers"""
    for z in (0, 0.0, 3, -2.5, [0, 1, -3], [0.5, -0.5], [[2, -2], [0, 4]]):
        same(learner.relu_prime(z), tf_prime("relu", z))


@exercise("sigmoid_prime")
def test_sigmoid_prime_agrees_with_differences(learner, rng):
    """a small step to both sides changes sigmoid as its slope says"""
    z = rng.normal(size=(3, 2))
    same(learner.sigmoid_prime(z), activation_differences("sigmoid", z))


@exercise("tanh_prime")
def test_tanh_prime_agrees_with_differences(learner, rng):
    """a small step to both sides changes tanh as its slope says"""
    z = rng.normal(size=(3, 2))
    same(learner.tanh_prime(z), activation_differences("tanh", z))


@exercise("relu_prime")
def test_relu_prime_agrees_with_differences(learner, rng):
    """a small step to both sides changes relu as its slope says"""
    z = rng.normal(size=(3, 2))
    same(learner.relu_prime(z), activation_differences("relu", z))


# tape_gradient

FORMS = [
    pytest.param(np.asarray, id="array"),
    pytest.param(lambda x: np.asarray(x).tolist(), id="list"),
    pytest.param(tf.constant, id="tensor"),
    pytest.param(tf.Variable, id="Variable"),
]


@exercise("tape_gradient")
@pytest.mark.parametrize("form", FORMS)
def test_the_tape_follows_any_function(learner, rng, form):
    """the gradient is TensorFlow's own, for arrays, lists, tensors and Variables"""
    for f in (probes.squares, probes.wave, probes.rows):
        x = numbers(rng, (2, 3)).astype(np.float32)
        same(learner.tape_gradient(f, form(x)), taped(f, x), kind="tensor")


@exercise("tape_gradient")
@pytest.mark.parametrize("shape", SHAPES)
def test_the_tape_takes_any_shape(learner, rng, shape):
    """the gradient has the shape of x, whatever that is"""
    x = numbers(rng, shape)
    same(learner.tape_gradient(probes.mixed, x), taped(probes.mixed, x), kind="tensor")


@exercise("tape_gradient")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("form", FORMS[2:])
def test_the_tape_takes_both_kinds_of_floats(learner, rng, dtype, form):
    """a tensor or a Variable may hold float32 or float64"""
    x = numbers(rng, (3, 2)).astype(dtype)
    same(learner.tape_gradient(probes.mixed, form(x)), taped(probes.mixed, x), kind="tensor")


@exercise("tape_gradient")
@pytest.mark.parametrize("form", FORMS)
def test_the_tape_and_integers(learner, form):
    """integers are turned into floats, which have a derivative"""
    x = [[3, -1, 4], [1, 0, -2]]
    same(learner.tape_gradient(probes.cubic, form(x)), taped(probes.cubic, x), kind="tensor")


@exercise("tape_gradient")
@pytest.mark.parametrize("x", [0.75, 2])
@pytest.mark.parametrize("form", FORMS)
def test_the_tape_at_a_number(learner, form, x):
    """a single number has a slope without dimensions"""
    same(learner.tape_gradient(probes.cubic, form(x)), taped(probes.cubic, x), kind="tensor")


@exercise("tape_gradient")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_tape_is_exact(learner, rng, form, dtype):
    """the gradient is exact also of a function so large that differences lose their digits"""
    x = numbers(rng, (2, 3)).astype(dtype)
    same(learner.tape_gradient(probes.tower, form(x)), taped(probes.tower, x), kind="tensor")


@reference
def probe_differences(probe, x):
    """The gradient of the probe of this name, by small steps."""
    return differences(getattr(probes, probe), x)


@exercise("tape_gradient")
@pytest.mark.parametrize("f", FUNCTIONS)
def test_the_tape_agrees_with_differences(learner, rng, f):
    """a small step to both sides changes f as the gradient says"""
    x = numbers(rng, (2, 3))
    due = probe_differences(f.__name__, x)
    same(learner.tape_gradient(f, tf.constant(x)), due, kind="tensor")


# dense_backward


@reference
def tf_backward(dA, A_prev, W, b):
    """What came out of a layer, and its slopes (dA_prev, dW, db) by the tape."""
    A_prev, W, b, dA = (tf.constant(np.asarray(v, np.float64)) for v in (A_prev, W, b, dA))
    with tf.GradientTape() as tape:
        tape.watch([A_prev, W, b])
        A = tf.sigmoid(A_prev @ W + b)
    slopes = tape.gradient(A, [A_prev, W, b], output_gradients=dA)
    return A.numpy(), tuple(slope.numpy() for slope in slopes)


@reference
def layer_differences(dA, A_prev, W, b):
    """The slopes of Σ dA·A by A_prev, W and b, by small steps."""

    def score(_):
        return np.sum(dA * tf.sigmoid(A_prev @ W + b))

    return tuple(differences(score, x) for x in (A_prev, W, b))


LAYERS = [(5, 3, 2), (1, 4, 3), (4, 1, 3), (6, 2, 1), (3, 3, 3), (2, 4, 4), (4, 2, 4), (1, 1, 1)]


@exercise("dense_backward")
@pytest.mark.parametrize(("n", "d", "units"), LAYERS)
def test_a_layer_backwards_agrees_with_the_tape(learner, rng, n, d, units):
    """dA_prev, dW and db are those of the tape, whatever the shapes"""
    for _ in range(3):
        dA, A_prev = rng.normal(size=(n, units)), rng.normal(size=(n, d))
        [(W, b)] = network(rng, d, units)
        A, expected = tf_backward(dA, A_prev, W, b)
        same(learner.dense_backward(dA, A_prev, W, A), expected)


@exercise("dense_backward")
def test_a_layer_backwards_agrees_with_differences(learner, rng):
    """a small step along an input, a weight or a bias changes Σ dA·A as its slope says"""
    dA, A_prev, [(W, b)] = rng.normal(size=(4, 2)), rng.normal(size=(4, 3)), network(rng, 3, 2)
    A, _ = tf_backward(dA, A_prev, W, b)
    same(learner.dense_backward(dA, A_prev, W, A), layer_differences(dA, A_prev, W, b))


@exercise("dense_backward")
def test_a_large_batch_is_added_up(learner, rng):
    """the examples are added up and never averaged: what is to be divided is divided in dA"""
    dA, A_prev, [(W, b)] = rng.uniform(size=(60, 2)), rng.uniform(size=(60, 3)), network(rng, 3, 2)
    A, expected = tf_backward(dA, A_prev, W, b)
    same(learner.dense_backward(dA, A_prev, W, A), expected, terms=60)


@exercise("dense_backward")
def test_a_unit_without_a_slope(learner, rng):
    """where dA is 0 nothing flows back"""
    dA, A_prev, [(W, b)] = rng.normal(size=(3, 2)), rng.normal(size=(3, 4)), network(rng, 4, 2)
    dA[:, 1] = 0
    A, expected = tf_backward(dA, A_prev, W, b)
    same(learner.dense_backward(dA, A_prev, W, A), expected)


@exercise("dense_backward")
def test_a_saturated_layer_backwards(learner, rng):
    """outputs of exactly 0 and 1 let nothing through, without a warning"""
    A_prev, W, b = np.array([[1.0, 2.0], [-3.0, 0.5]]), np.array([[900.0], [0.0]]), np.zeros(1)
    dA = rng.normal(size=(2, 1))
    A, expected = tf_backward(dA, A_prev, W, b)
    same(learner.dense_backward(dA, A_prev, W, A), expected)


@exercise("dense_backward")
def test_a_layer_of_integers_backwards(learner):
    """integers in dA, A_prev and W are as good as floats"""
    dA, A_prev = np.array([[1, -2, 3], [0, 4, -1]]), np.array([[2, -1], [1, 3]])
    W = np.array([[1, 0, -1], [0, 1, 1]])
    A, expected = tf_backward(dA, A_prev, W, np.zeros(3))
    same(learner.dense_backward(dA, A_prev, W, A), expected)


@exercise("dense_backward")
def test_a_layer_in_float32_backwards(learner, rng):
    """float32 is as good as float64"""
    dA, A_prev, [(W, b)] = rng.normal(size=(4, 3)), rng.normal(size=(4, 2)), network(rng, 2, 3)
    dA, A_prev, W, b = (v.astype(np.float32) for v in (dA, A_prev, W, b))
    A, expected = tf_backward(dA, A_prev, W, b)
    same(learner.dense_backward(dA, A_prev, W, A.astype(np.float32)), expected)


# backprop


def tf_cost(X, y, weights):
    """The binary cross-entropy from the last weighted sums, where it is most accurate."""
    *hidden, (W, b) = weights
    for V, c in hidden:
        X = tf.sigmoid(X @ V + c)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, X @ W + b))


@reference
def tf_backprop(X, y, layers):
    """The slopes of the cost by every weight and every bias, by the tape in float64."""
    X, y = (tf.constant(np.asarray(v, np.float64)) for v in (X, y))
    weights = [[tf.constant(np.asarray(v, np.float64)) for v in layer] for layer in layers]
    with tf.GradientTape() as tape:
        tape.watch(weights)
        cost = tf_cost(X, y, weights)
    return tuple((dW.numpy(), db.numpy()) for dW, db in tape.gradient(cost, weights))


@reference
def network_differences(X, y, layers):
    """The slopes of the cost by every weight and every bias, by small steps."""
    X, y = (tf.constant(v, tf.float64) for v in (X, y))
    return tuple(
        tuple(differences(lambda _: tf_cost(X, y, layers), weights) for weights in layer)
        for layer in layers
    )


def labelled(rng, n, d):
    """n examples with both labels among them, if there is more than one."""
    return rng.normal(size=(n, d)), rng.permutation(np.arange(n) % 2).reshape(n, 1)


NETWORKS = [(3, 1), (2, 3, 1), (4, 4, 1), (3, 2, 5, 1), (2, 2, 2, 1), (4, 1, 3, 1), (2, 5, 3, 4, 1)]


@exercise("backprop")
@pytest.mark.parametrize("sizes", NETWORKS, ids=str)
@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_network_agrees_with_the_tape(learner, rng, sizes, n):
    """all slopes are those of the tape, for one to four layers and for a batch of any size"""
    (X, y), layers = labelled(rng, n, sizes[0]), network(rng, *sizes)
    same(learner.backprop(X, y, layers), tf_backprop(X, y, layers))


@exercise("backprop")
def test_a_network_agrees_with_differences(learner, rng):
    """a step along a weight changes the cost as its slope says"""
    (X, y), layers = labelled(rng, 4, 3), network(rng, 3, 2, 1)
    expected = network_differences(X, y, layers)
    same(learner.backprop(X, y.astype(float), layers), expected)


@exercise("backprop")
@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("n", [1, 3])
def test_a_network_and_one_label(learner, rng, n, label):
    """each of the two labels has its own half of the cross-entropy"""
    X, layers = rng.normal(size=(n, 2)), network(rng, 2, 3, 1)
    y = np.full((n, 1), label)
    same(learner.backprop(X, y, layers), tf_backprop(X, y, layers))


@exercise("backprop")
def test_the_cost_is_a_mean(learner, rng):
    """a batch with every example three times has the slopes of the batch with each once"""
    (X, y), layers = labelled(rng, 2, 3), network(rng, 3, 2, 1)
    expected = tf_backprop(X, y, layers)
    same(learner.backprop(np.tile(X, (3, 1)), np.tile(y, (3, 1)), layers), expected)


@exercise("backprop")
def test_a_network_of_integers(learner):
    """integers as inputs, labels, weights and biases"""
    X, y = np.array([[1, -1], [0, 2], [2, 1]]), np.array([[1], [0], [1]])
    layers = [
        (np.array([[1, 0, -1], [1, 1, 0]]), np.array([0, -1, 1])),
        (np.array([[1], [-2], [1]]), np.array([1])),
    ]
    same(learner.backprop(X, y, layers), tf_backprop(X, y, layers))


@exercise("backprop")
def test_labels_may_be_floats(learner, rng):
    """labels of 0.0 and 1.0 are as good as 0 and 1"""
    (X, y), layers = labelled(rng, 4, 2), network(rng, 2, 2, 1)
    same(learner.backprop(X, y.astype(float), layers), tf_backprop(X, y, layers))


@exercise("backprop")
def test_a_network_in_float32(learner, rng):
    """float32 is as good as float64"""
    (X, y), layers = labelled(rng, 5, 3), network(rng, 3, 4, 1)
    X, layers = X.astype(np.float32), [tuple(v.astype(np.float32) for v in p) for p in layers]
    same(learner.backprop(X, y, layers), tf_backprop(X, y, layers))


# gradient_check


def tf_error(f, gradient, x):
    """The relative error of a gradient against the tape's."""
    return relative_error(taped(f, x), gradient)


@reference
def relative_error(due, gradient):
    """‖due - gradient‖ / (‖due‖ + ‖gradient‖) by TensorFlow in float64."""
    gradient = np.asarray(gradient, np.float64)
    return (tf.norm(due - gradient) / (tf.norm(due) + tf.norm(gradient))).numpy()


@exercise("gradient_check")
@pytest.mark.parametrize(("f", "shape"), ON_SHAPES)
def test_the_right_gradient_passes(learner, rng, f, shape):
    """against the right gradient the error is next to nothing, for any shape"""
    x = numbers(rng, shape)
    same(learner.gradient_check(f, taped(f, x), x), 0)


@exercise("gradient_check")
@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("factor", [2, 0.25, 1.01, -1, -3, 0])
def test_a_wrong_factor_is_found(learner, rng, f, factor):
    """a gradient that is all too long, too short, reversed or nothing has the error it should"""
    x = numbers(rng, (2, 3))
    claimed = factor * taped(f, x)
    same(learner.gradient_check(f, claimed, x), tf_error(f, claimed, x))


@exercise("gradient_check")
@pytest.mark.parametrize("shape", SHAPES[1:])
def test_one_wrong_number_is_found(learner, rng, shape):
    """a single wrong number among right ones has the error it should"""
    x = rng.normal(size=shape)
    claimed = taped(probes.wave, x)
    claimed.flat[-1] += 0.5
    same(learner.gradient_check(probes.wave, claimed, x), tf_error(probes.wave, claimed, x))


@exercise("gradient_check")
@pytest.mark.parametrize("shape", SHAPES)
def test_any_wrong_gradient_is_found(learner, rng, shape):
    """the error is ‖n - g‖ / (‖n‖ + ‖g‖) over all numbers together, for any shape"""
    for _ in range(3):
        x, claimed = rng.normal(size=shape), rng.normal(size=shape)
        same(learner.gradient_check(probes.cubic, claimed, x), tf_error(probes.cubic, claimed, x))


@exercise("gradient_check")
def test_a_transposed_gradient_is_found(learner, rng):
    """the right numbers in the wrong places are a wrong gradient"""
    x = rng.normal(size=(3, 3))
    claimed = taped(probes.uphill, x).T.copy()
    same(learner.gradient_check(probes.uphill, claimed, x), tf_error(probes.uphill, claimed, x))


@exercise("gradient_check")
def test_nothing_is_right_where_nothing_is_due(learner):
    """two gradients of zeros agree, without a warning"""
    for x in (np.zeros(4), np.zeros((2, 3)), 0.0):
        same(learner.gradient_check(probes.squares, np.zeros(np.shape(x)), x), 0)


@exercise("gradient_check")
def test_something_is_wrong_where_nothing_is_due(learner, rng):
    """where the gradient is all zeros any other one has the error 1"""
    same(learner.gradient_check(probes.squares, rng.normal(size=(3, 2)), np.zeros((3, 2))), 1)


@exercise("gradient_check")
def test_a_check_of_lists_and_numbers(learner):
    """lists and numbers, of integers too, are checked like arrays"""
    for claimed, x in [([6, 9], [3, 4]), ([[2.0], [5.0]], [[1.0], [2.0]]), (5, 2), (1.0, 0.75)]:
        expected = tf_error(probes.squares, claimed, x)
        same(learner.gradient_check(probes.squares, claimed, x), expected)


@exercise("gradient_check")
def test_a_check_in_float32(learner, rng):
    """a gradient in float32 is checked like one in float64"""
    x = rng.normal(size=5).astype(np.float32)
    claimed = rng.normal(size=5).astype(np.float32)
    same(learner.gradient_check(probes.cubic, claimed, x), tf_error(probes.cubic, claimed, x))


@exercise("gradient_check")
@pytest.mark.parametrize(
    ("theirs", "ours"), [((3, 1), (3,)), ((3,), (3, 1)), ((1, 3), (2, 3)), ((2,), (3,)), ((), (2,))]
)
def test_shapes_that_differ(learner, rng, theirs, ours):
    """a gradient of another shape raises ValueError, also where NumPy would stretch it"""
    with pytest.raises(ValueError):
        learner.gradient_check(probes.squares, rng.normal(size=theirs), rng.normal(size=ours))
