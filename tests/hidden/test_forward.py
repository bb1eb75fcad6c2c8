"""Hidden tests of chapter 3: layers and networks against Keras with the same weights."""

import functools
import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader import given
from grader.compare import same
from grader.plugin import exercise
from grader.references import reference


def keras_network(layers, activation="sigmoid"):
    """A Keras Sequential, computing in float64, that holds the given weights."""
    sizes = np.shape(layers[0][0])[0], *(np.shape(W)[1] for W, _ in layers)
    model = built_network(sizes, activation)
    for layer, (W, b) in zip(model.layers, layers, strict=True):
        layer.kernel.assign(W)
        layer.bias.assign(b)
    return model


@functools.cache
def built_network(sizes, activation):
    """A Keras Sequential, built once for all tests: building costs ten times as much as using."""
    dense = functools.partial(keras.layers.Dense, activation=activation, dtype="float64")
    inputs = keras.Input((sizes[0],), dtype="float64")
    return keras.Sequential([inputs, *(dense(units) for units in sizes[1:])])


@reference
def keras_dense(a_prev, W, b, activation="sigmoid"):
    """One example through one Keras Dense layer."""
    return keras_sequential(a_prev, [(W, b)], activation)


def keras_sequential(x, layers, activation="sigmoid"):
    """One example through a Keras network."""
    return keras_batch(np.asarray(x, np.float64)[np.newaxis], layers, activation)[0]


@reference
def keras_batch(X, layers, activation="sigmoid"):
    """A batch through a Keras network."""
    return keras_network(layers, activation)(np.asarray(X)).numpy()


def network(rng, *sizes):
    """Random layers [(W, b), …] from sizes[0] inputs to sizes[-1] units."""
    pairs = itertools.pairwise(sizes)
    return [(rng.normal(size=(d, units)), rng.normal(size=units)) for d, units in pairs]


def balanced(layers, X):
    """The layers, the last bias moved so that f(x) = 0.5 lies between two of the examples."""
    p = np.sort(keras_batch(X, layers).ravel())
    z = np.log(p / (1 - p))
    middle = len(z) // 2
    W, b = layers[-1]
    return [*layers[:-1], (W, b - (z[middle - 1] + z[middle]) / 2)]


def single(arrays):
    """The same layers in float32."""
    return [(W.astype(np.float32), b.astype(np.float32)) for W, b in arrays]


SHAPES = [(5, 3), (2, 7), (1, 4), (6, 1), (4, 4), (2, 2)]


# dense


@exercise("dense")
@pytest.mark.parametrize(("d", "units"), SHAPES)
def test_a_layer_agrees_with_keras(learner, rng, d, units):
    """a layer gives what Keras's Dense with the same weights gives"""
    for _ in range(3):
        a_prev, [(W, b)] = rng.normal(size=d), network(rng, d, units)
        same(learner.dense(a_prev, W, b), keras_dense(a_prev, W, b))


@exercise("dense")
def test_a_layer_without_bias(learner, rng):
    """biases of 0 change nothing"""
    a_prev, W, b = rng.normal(size=4), rng.normal(size=(4, 3)), np.zeros(3)
    same(learner.dense(a_prev, W, b), keras_dense(a_prev, W, b))


@exercise("dense")
@pytest.mark.parametrize("d", [1, 3, 5])
def test_a_bias_for_each_unit(learner, rng, d):
    """each unit adds its own bias, once"""
    a_prev, W, b = rng.normal(size=d), np.zeros((d, 5)), rng.normal(size=5)
    same(learner.dense(a_prev, W, b), keras_dense(a_prev, W, b))


@exercise("dense")
def test_a_column_is_a_neuron(learner, rng):
    """the weights of a unit are a column of W, also when W is square"""
    W = np.diag([1.0, 2.0], k=1) + np.diag(rng.normal(size=3))
    a_prev, b = rng.normal(size=3), rng.normal(size=3)
    same(learner.dense(a_prev, W, b), keras_dense(a_prev, W, b))


@exercise("dense")
def test_a_layer_of_one_unit(learner, rng):
    """one unit gives a vector of length 1"""
    a_prev, [(W, b)] = rng.normal(size=3), network(rng, 3, 1)
    same(learner.dense(a_prev, W, b), keras_dense(a_prev, W, b))


@exercise("dense")
@pytest.mark.parametrize("form", [np.array, list])
def test_a_layer_of_integers(learner, form):
    """integers are not cut off, as arrays or as lists"""
    a_prev, W, b = [1, -2, 3], [[1, 0, 2, -1], [0, 1, 1, 1], [-1, 0, 1, 1]], [1, 0, -4, 2]
    same(learner.dense(form(a_prev), form(W), form(b)), keras_dense(a_prev, W, b))


@exercise("dense")
def test_a_layer_in_float32(learner, rng):
    """float32 is as good as float64"""
    a_prev, [(W, b)] = rng.normal(size=4).astype(np.float32), single(network(rng, 4, 3))
    same(learner.dense(a_prev, W, b), keras_dense(a_prev, W, b))


# dense_layer

ACTIVATIONS = [
    pytest.param(given.sigmoid, "sigmoid", id="sigmoid"),
    pytest.param(given.relu, "relu", id="relu"),
    pytest.param(given.linear, "linear", id="linear"),
]


@exercise("dense_layer")
@pytest.mark.parametrize(("activation", "name"), ACTIVATIONS)
@pytest.mark.parametrize(("d", "units"), SHAPES)
def test_any_layer_agrees_with_keras(learner, rng, d, units, activation, name):
    """a layer with any activation gives what Keras's Dense gives"""
    a_prev, [(W, b)] = rng.normal(size=d), network(rng, d, units)
    expected = keras_dense(a_prev, W, b, name)
    same(learner.dense_layer(a_prev, W, b, activation), expected)


@exercise("dense_layer")
@pytest.mark.parametrize(("activation", "name"), ACTIVATIONS)
def test_bias_before_activation(learner, activation, name):
    """each unit adds its own bias, and before the activation"""
    a_prev, W, b = np.array([1.0, 1.0]), np.zeros((2, 3)), np.array([2.0, 0.0, -3.0])
    same(learner.dense_layer(a_prev, W, b, activation), keras_dense(a_prev, W, b, name))


@exercise("dense_layer")
@pytest.mark.parametrize("form", [np.array, list])
@pytest.mark.parametrize(("activation", "name"), ACTIVATIONS)
def test_any_layer_of_integers(learner, form, activation, name):
    """integers are not cut off, as arrays or as lists"""
    a_prev, W, b = [1, -2, 3], [[1, 0], [0, 1], [-1, 0]], [1, 3]
    answer = learner.dense_layer(form(a_prev), form(W), form(b), activation)
    same(answer, keras_dense(a_prev, W, b, name))


@exercise("dense_layer")
def test_any_layer_in_float32(learner, rng):
    """float32 is as good as float64"""
    a_prev, [(W, b)] = rng.normal(size=4).astype(np.float32), single(network(rng, 4, 3))
    same(learner.dense_layer(a_prev, W, b, given.relu), keras_dense(a_prev, W, b, "relu"))


@exercise("dense_layer")
def test_large_sums_pass_unharmed(learner):
    """large values are neither cut nor warned about"""
    a_prev, W, b = np.array([1000.0, -1000.0]), np.array([[1.0, -1.0], [-1.0, 1.0]]), np.ones(2)
    same(learner.dense_layer(a_prev, W, b, given.linear), keras_dense(a_prev, W, b, "linear"))
    same(learner.dense_layer(a_prev, W, b, given.sigmoid), keras_dense(a_prev, W, b, "sigmoid"))


# sequential


@exercise("sequential")
@pytest.mark.parametrize("sizes", [(4, 3), (2, 3, 1), (3, 5, 4, 2, 6, 3), (1, 2, 1)])
def test_a_network_agrees_with_keras(learner, rng, sizes):
    """a network of any depth gives what Keras's Sequential with the same weights gives"""
    for _ in range(3):
        x, layers = rng.normal(size=sizes[0]), network(rng, *sizes)
        same(learner.sequential(x, layers), keras_sequential(x, layers))


@exercise("sequential")
@pytest.mark.parametrize("depth", [1, 2, 5])
def test_layers_of_one_size(learner, rng, depth):
    """the layers are gone through in order, also when they are all of one size"""
    x, layers = rng.normal(size=3), network(rng, *[3] * (depth + 1))
    same(learner.sequential(x, layers), keras_sequential(x, layers))


@exercise("sequential")
def test_a_network_of_integer_lists(learner):
    """integers are not cut off on the way"""
    x, layers = [1, -1], [([[1, 2, 0], [0, 1, -1]], [0, 1, -1]), ([[1], [-2], [3]], [1])]
    same(learner.sequential(x, layers), keras_sequential(x, layers))


@exercise("sequential")
def test_a_network_in_float32(learner, rng):
    """float32 is as good as float64"""
    x, layers = rng.normal(size=4).astype(np.float32), single(network(rng, 4, 3, 2))
    same(learner.sequential(x, layers), keras_sequential(x, layers))


# predict


@exercise("predict")
@pytest.mark.parametrize(("n", "sizes"), [(7, (2, 3, 1)), (4, (4, 4, 1)), (6, (3, 1))])
def test_decisions_agree_with_keras(learner, rng, n, sizes):
    """every row gets the decision that Keras's probability asks for"""
    for _ in range(3):
        X = rng.normal(size=(n, sizes[0]))
        layers = balanced(network(rng, *sizes), X)
        expected = (keras_batch(X, layers) >= 0.5).astype(int)
        same(learner.predict(X, layers), expected, dtype="integer")


@exercise("predict")
@pytest.mark.parametrize("shift", [-2.0, 2.0])
def test_other_thresholds(learner, rng, shift):
    """the threshold that is given counts"""
    X = rng.normal(size=(6, 3))
    W, b = (layers := balanced(network(rng, 3, 4, 1), X))[-1]
    layers[-1] = W, b + shift
    threshold = float(1 / (1 + np.exp(-shift)))
    expected = (keras_batch(X, layers) >= threshold).astype(int)
    same(learner.predict(X, layers, threshold), expected, dtype="integer")


@exercise("predict")
def test_just_the_threshold(learner, rng):
    """a probability that just reaches the threshold is a 1"""
    layers = [*network(rng, 3, 2), (np.zeros((2, 1)), np.zeros(1))]
    X = rng.normal(size=(4, 3))
    expected = (keras_batch(X, layers) >= 0.5).astype(int)
    same(learner.predict(X, layers), expected, dtype="integer")


@exercise("predict")
@pytest.mark.parametrize("bias", [-9.0, 9.0])
def test_one_example(learner, rng, bias):
    """a batch of one gives one row, (1, 1)"""
    layers = [*network(rng, 3, 2), (rng.normal(size=(2, 1)), np.array([bias]))]
    X = rng.normal(size=(1, 3))
    expected = (keras_batch(X, layers) >= 0.5).astype(int)
    same(learner.predict(X, layers), expected, dtype="integer")


@exercise("predict")
def test_decisions_on_lists(learner):
    """lists of integers are as good as arrays"""
    X, layers = [[1, 2], [-1, -3], [0, 2]], [([[1, 0], [1, -1]], [-1, 0]), ([[3], [1]], [-2])]
    expected = (keras_batch(X, layers) >= 0.5).astype(int)
    same(learner.predict(X, layers), expected, dtype="integer")


@exercise("predict")
def test_decisions_in_float32(learner, rng):
    """float32 is as good as float64"""
    X = rng.normal(size=(5, 2)).astype(np.float32)
    layers = single(balanced(network(rng, 2, 3, 1), X))
    expected = (keras_batch(X, layers) >= 0.5).astype(int)
    same(learner.predict(X, layers), expected, dtype="integer")


# perceptron


@reference
def tf_perceptron(X, W, b):
    """step(XW + b) by TensorFlow."""
    X, W, b = (tf.constant(np.asarray(v), tf.float64) for v in (X, W, b))
    return tf.cast(X @ W + b >= 0, tf.int64).numpy()


@exercise("perceptron")
@pytest.mark.parametrize(
    ("n", "d", "units"), [(6, 2, 3), (4, 3, 4), (3, 3, 3), (1, 5, 2), (7, 2, 1), (1, 1, 1)]
)
def test_units_agree_with_tensorflow(learner, rng, n, d, units):
    """every unit answers every example as TensorFlow has it, whatever the shapes"""
    for _ in range(3):
        X, [(W, b)] = rng.normal(size=(n, d)), network(rng, d, units)
        same(learner.perceptron(X, W, b), tf_perceptron(X, W, b))


@exercise("perceptron")
def test_a_bias_for_each_column(learner, rng):
    """a bias belongs to a unit and is the same for every example"""
    X, W, b = rng.normal(size=(4, 3)), np.zeros((3, 4)), np.array([1.0, -1.0, 2.0, -2.0])
    same(learner.perceptron(X, W, b), tf_perceptron(X, W, b))


@exercise("perceptron")
def test_a_sum_of_zero_fires(learner):
    """a sum of exactly 0 gives 1"""
    X = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    W, b = np.array([[1.0, -1.0, 1.0], [1.0, 1.0, 0.0]]), np.array([-2.0, 0.0, -2.0])
    same(learner.perceptron(X, W, b), tf_perceptron(X, W, b))


@exercise("perceptron")
@pytest.mark.parametrize("form", [np.array, list])
def test_units_on_integers(learner, form):
    """integers, as arrays or as lists"""
    X, W, b = [[3, -1], [-2, 2], [0, 1]], [[1, 2, 0, -1], [1, 1, -1, 0]], [-2, -5, 0, 2]
    same(learner.perceptron(form(X), form(W), form(b)), tf_perceptron(X, W, b))


@exercise("perceptron")
def test_units_in_float32(learner, rng):
    """float32 is as good as float64"""
    X, [(W, b)] = rng.normal(size=(4, 3)).astype(np.float32), single(network(rng, 3, 5))
    same(learner.perceptron(X, W, b), tf_perceptron(X, W, b))


@exercise("perceptron")
def test_units_far_from_zero(learner):
    """huge sums are as clear as small ones, without a warning"""
    X, W, b = np.array([[1e6, 1e-6], [-1e6, 1e-6]]), np.array([[1e6], [1.0]]), np.array([0.0])
    same(learner.perceptron(X, W, b), tf_perceptron(X, W, b))


# xor_network


def tlu_layers(answer):
    """The two layers as arrays, after a look at their form."""
    assert isinstance(answer, list | tuple), "xor_network returns a list of layers"
    assert len(answer) == 2, "xor_network returns two layers, [(W1, b1), (W2, b2)]"
    for layer in answer:
        right = isinstance(layer, list | tuple) and len(layer) == 2
        assert right, "each layer is a pair (W, b)"
    return [(numbers(W), numbers(b)) for W, b in answer]


def numbers(values):
    """An array of finite numbers, or a sentence that says what it is instead."""
    try:
        array = np.array(values)
    except ValueError:
        array = np.array("rows of unequal length")
    assert array.dtype.kind in "iuf", "weights and biases are arrays of numbers"
    assert np.isfinite(array).all(), "weights and biases are finite numbers"
    return array.astype(np.float64)


@exercise("xor_network")
def test_shapes_of_the_network(learner):
    """two inputs and one output: W1 (2, hidden), b1 (hidden,), W2 (hidden, 1), b2 (1,)"""
    (W1, b1), (W2, b2) = tlu_layers(learner.xor_network())
    assert b1.ndim == 1, "b1 is a vector with one bias a hidden unit"
    assert W1.shape == (2, b1.size), "W1 is (2, hidden): a row an input, a column a hidden unit"
    assert W2.shape == (b1.size, 1), "W2 is (hidden, 1): a row a hidden unit, one column"
    assert b2.shape == (1,), "b2 is a vector of one bias, (1,)"


@exercise("xor_network")
@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_the_truth_table(learner, first, second):
    """the network gives 1 where its inputs differ and 0 where they are equal"""
    A = np.array([[first, second]])
    for W, b in tlu_layers(learner.xor_network()):
        assert W.ndim == 2, "the weights of a layer are a matrix"
        assert A.shape[1] == W.shape[0], "the layers do not fit: W has a row for every input"
        assert b.shape == (W.shape[1],), "b has one bias for every column of W"
        A = tf_perceptron(A, W, b)
    expected = int(tf.math.logical_xor(bool(first), bool(second)))
    assert A.tolist() == [[expected]], "a row of XOR's truth table is wrong"


# compose_linear


def keras_composed(layers):
    """W and b of what linear layers of Keras's make together."""
    inputs = len(layers[0][0])
    [b] = keras_batch(np.zeros((1, inputs)), layers, "linear")
    return keras_batch(np.eye(inputs), layers, "linear") - b, b


@exercise("compose_linear")
@pytest.mark.parametrize(
    ("d", "hidden", "units"), [(3, 4, 2), (2, 5, 2), (1, 3, 1), (4, 1, 3), (3, 3, 3), (2, 4, 4)]
)
def test_one_layer_for_two(learner, rng, d, hidden, units):
    """one linear layer gives what two of Keras's give"""
    for _ in range(3):
        (W1, b1), (W2, b2) = layers = network(rng, d, hidden, units)
        same(learner.compose_linear(W1, b1, W2, b2), keras_composed(layers))


@exercise("compose_linear")
def test_the_same_for_any_batch(learner, rng):
    """XW + b is what the two layers give, for any X"""
    (W1, b1), (W2, b2) = layers = network(rng, 3, 4, 2)
    answer = learner.compose_linear(W1, b1, W2, b2)
    assert isinstance(answer, tuple | list), "compose_linear returns the pair (W, b)"
    assert len(answer) == 2, "compose_linear returns the pair (W, b)"
    W, b = answer
    assert np.shape(W) == (3, 2), "W leads from the inputs to the last units"
    assert np.shape(b) == (2,), "b has one bias for every last unit"
    X = rng.normal(size=(5, 3))
    difference = np.abs(X @ W + b - keras_batch(X, layers, "linear")).max()
    assert difference < 1e-4, "XW + b is not what the two layers give"


@exercise("compose_linear")
@pytest.mark.parametrize("left_out", [0, 1])
def test_one_of_the_biases(learner, rng, left_out):
    """each of the two biases counts by itself"""
    (W1, b1), (W2, b2) = layers = network(rng, 2, 3, 4)
    layers[left_out][1][:] = 0
    same(learner.compose_linear(W1, b1, W2, b2), keras_composed(layers))


@exercise("compose_linear")
def test_layers_of_integer_lists(learner):
    """integers, as lists"""
    W1, b1, W2, b2 = [[1, 2], [0, -1], [3, 1]], [1, -1], [[2], [-3]], [4]
    same(learner.compose_linear(W1, b1, W2, b2), keras_composed([(W1, b1), (W2, b2)]))


@exercise("compose_linear")
def test_layers_in_float32(learner, rng):
    """float32 is as good as float64"""
    (W1, b1), (W2, b2) = layers = single(network(rng, 3, 2, 2))
    same(learner.compose_linear(W1, b1, W2, b2), keras_composed(layers))


# standardize


@reference
def tf_standardize(X):
    """(X, mean, std) by tf.nn.moments, which divides by n; std 1 for a column of equal values."""
    X = tf.constant(np.asarray(X), tf.float64)
    mean, variance = tf.nn.moments(X, axes=[0])
    constant = tf.reduce_max(X, axis=0) == tf.reduce_min(X, axis=0)
    std = tf.where(constant, tf.ones_like(mean), tf.sqrt(variance))
    return ((X - mean) / std).numpy(), mean.numpy(), std.numpy()


def spread_out(rng, n, d):
    """Columns of n values about 1 apart in any order, so that float32 has digits enough."""
    ranks = rng.permuted(np.tile(np.arange(n), (d, 1)), axis=1).T
    return ranks + rng.uniform(-0.2, 0.2, size=(n, d)) + rng.uniform(-2, 2, size=d)


@exercise("standardize")
@pytest.mark.parametrize(("n", "d"), [(8, 3), (3, 5), (4, 4), (2, 1), (20, 2)])
def test_features_agree_with_tensorflow(learner, rng, n, d):
    """each feature gets mean 0 and variance 1, with the mean and the std (divided by n) returned"""
    for _ in range(3):
        X = spread_out(rng, n, d) * rng.uniform(1, 90, size=d)
        same(learner.standardize(X), tf_standardize(X))


@reference
def keras_normalized(X):
    """(X, mean, std) by Keras's Normalization layer."""
    layer = keras.layers.Normalization()
    layer.adapt(X)
    mean, std = (np.ravel(v) for v in (layer.mean, np.sqrt(layer.variance)))
    return np.asarray(layer(X)), mean, std


@exercise("standardize")
def test_features_agree_with_keras(learner, rng):
    """the result is that of Keras's Normalization layer"""
    X = spread_out(rng, 12, 2) * [20, 30]
    same(learner.standardize(X), keras_normalized(X))


@exercise("standardize")
def test_a_feature_that_never_changes(learner, rng):
    """a constant feature becomes zeros, its std is 1, and nothing is NaN or warned about"""
    X = np.column_stack([spread_out(rng, 6, 1), np.full(6, 90.0), np.zeros(6), np.full(6, -2.5)])
    same(learner.standardize(X), tf_standardize(X))


@exercise("standardize")
def test_nothing_but_constants(learner):
    """one single example is constant in every feature"""
    X = np.array([[180.0, 90.0, 4.0]])
    same(learner.standardize(X), tf_standardize(X))


@exercise("standardize")
def test_a_small_spread(learner, rng):
    """a feature with a small spread is not taken for a constant one"""
    X = spread_out(rng, 7, 2) * [1e-5, 1e5]
    same(learner.standardize(X), tf_standardize(X))


@exercise("standardize")
@pytest.mark.parametrize("form", [np.array, list])
def test_features_of_integers(learner, form):
    """integers are not cut off, as arrays or as lists"""
    X = [[180, 90, 3], [175, 60, 3], [200, 45, 3], [150, 110, 3]]
    same(learner.standardize(form(X)), tf_standardize(X))


@exercise("standardize")
def test_features_in_float32(learner, rng):
    """float32 is as good as float64"""
    X = spread_out(rng, 6, 3).astype(np.float32)
    X[:, 2] = 0.5
    same(learner.standardize(X), tf_standardize(X))


# count_parameters


@exercise("count_parameters")
@pytest.mark.parametrize(
    "sizes", [(400, 25, 15, 1), (2, 3, 1), (5, 1), (1, 6), (3, 3, 3, 3), (784, 128, 10)]
)
def test_parameters_agree_with_keras(learner, rng, sizes):
    """the count is Keras's count_params(), for any depth"""
    layers = network(rng, *sizes)
    same(learner.count_parameters(layers), keras_network(layers).count_params(), dtype="integer")


@exercise("count_parameters")
def test_parameters_of_zero_count(learner):
    """a parameter counts whatever its value"""
    layers = [(np.zeros((3, 4)), np.zeros(4)), (np.ones((4, 2)), np.zeros(2))]
    same(learner.count_parameters(layers), keras_network(layers).count_params(), dtype="integer")


@exercise("count_parameters")
def test_parameters_in_lists(learner):
    """layers written as lists are counted too"""
    layers = [([[1, 2, 3], [4, 5, 6]], [0, 0, 0]), ([[1], [2], [3]], [7])]
    same(learner.count_parameters(layers), keras_network(layers).count_params(), dtype="integer")
