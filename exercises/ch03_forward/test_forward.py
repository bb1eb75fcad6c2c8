"""Examples for chapter 3, small enough to check by hand.

Useful to know: σ(0) = 0.5, σ(1) = 0.7310586, σ(-1) = 0.2689414, σ(2) = 0.8807971.
"""

import numpy as np
import pytest

from grader import given
from grader.compare import same
from grader.plugin import exercise


@exercise("dense")
def test_a_single_unit(learner):
    # z = 1·1 + 2·0 + 0 = 1 and σ(1) = 0.7311
    same(learner.dense([1, 2], [[1], [0]], [0]), [0.7310586])


@exercise("dense")
def test_every_column_is_a_neuron(learner):
    # z1 = 1·1 = 1, z2 = 2·1 = 2, z3 = 1·2 + 2·(-1) = 0, z4 = 3·(-1) + 2·1 = -1
    W = np.array([[1.0, 0.0, 2.0, 0.0], [0.0, 1.0, -1.0, 1.0], [0.0, 0.0, 0.0, -1.0]])
    expected = [0.7310586, 0.8807971, 0.5, 0.2689414]
    same(learner.dense(np.array([1.0, 2.0, 3.0]), W, np.zeros(4)), expected)


@exercise("dense")
def test_rows_and_columns_are_not_the_same(learner):
    # columns: z1 = 1·1 + 1·0 = 1, z2 = 1·(-1) + 1·0 = -1. (The rows would give 0 and 0.)
    same(learner.dense([1, 1], [[1, -1], [0, 0]], [0, 0]), [0.7310586, 0.2689414])


@exercise("dense")
def test_a_bias_for_each_unit(learner):
    # no weight at all, so z is the bias: σ(1), σ(0), σ(-1), σ(2)
    W = np.zeros((2, 4))
    expected = [0.7310586, 0.5, 0.2689414, 0.8807971]
    same(learner.dense(np.array([5.0, 7.0]), W, np.array([1.0, 0.0, -1.0, 2.0])), expected)


LINE = np.array([[1.0, -1.0], [0.0, -1.0]]), np.array([0.5, 1.0])
"""W and b of two units. For a_prev = (1, 2): z1 = 1 + 0 + 0.5 = 1.5, z2 = -1 - 2 + 1 = -2."""


@exercise("dense_layer")
@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        (given.linear, [1.5, -2]),  # z itself
        (given.relu, [1.5, 0]),  # max(0, z)
        (given.sigmoid, [0.8175745, 0.1192029]),  # 1/(1 + 0.2231), 1/(1 + 7.389)
    ],
    ids=["linear", "relu", "sigmoid"],
)
def test_any_activation(learner, activation, expected):
    W, b = LINE
    same(learner.dense_layer(np.array([1.0, 2.0]), W, b, activation), expected)


@exercise("dense_layer")
def test_one_input_and_three_units(learner):
    # z = 2·(1, 2, 3) + (0, -5, 0) = (2, -1, 6), and relu stops the -1
    same(learner.dense_layer([2], [[1, 2, 3]], [0, -5, 0], given.relu), [2, 0, 6])


HIDDEN = np.array([[1.0, -1.0], [0.0, 1.0]]), np.array([0.0, 0.0])
OUTPUT = np.array([[1.0], [1.0]]), np.array([-1.0])


@exercise("sequential")
def test_one_layer_is_dense(learner):
    # for x = (1, 2): z = (1·1 + 2·0, 1·(-1) + 2·1) = (1, 1)
    same(learner.sequential(np.array([1.0, 2.0]), [HIDDEN]), [0.7310586, 0.7310586])


@exercise("sequential")
def test_two_layers(learner):
    # (0.7310586, 0.7310586) as above, then z = 0.7310586 + 0.7310586 - 1 = 0.4621172
    # and σ(0.4621172) = 1/(1 + 0.62995) = 0.6135163
    same(learner.sequential(np.array([1.0, 2.0]), [HIDDEN, OUTPUT]), [0.6135163])


@exercise("sequential")
def test_layer_by_layer_in_order(learner):
    # 0 → σ(0 + 0) = 0.5 → σ(2·0.5 + 0) = σ(1) = 0.7310586 → σ(0·0.73 + 2) = σ(2)
    first, second, third = ([[3]], [0]), ([[2]], [0]), ([[0]], [2])
    same(learner.sequential([0], [first, second]), [0.7310586])
    same(learner.sequential([0], [first, second, third]), [0.8807971])


ONE_UNIT = [(np.array([[1.0]]), np.array([0.0]))]
"""A network of one neuron with f(x) = σ(x)."""


@exercise("predict")
def test_a_decision_for_every_row(learner):
    # f(2) = 0.88 is over 0.5, f(-1) = 0.27 is under it, f(0) = 0.5 just reaches it
    same(learner.predict([[2.0], [-1.0], [0.0]], ONE_UNIT), [[1], [0], [1]], dtype="integer")


@exercise("predict")
def test_a_threshold_of_your_choice(learner):
    # f(1) = 0.73 and f(2) = 0.88: only the second reaches 0.8
    same(learner.predict([[1.0], [2.0]], ONE_UNIT, 0.8), [[0], [1]], dtype="integer")


@exercise("predict")
def test_a_batch_of_one(learner):
    # f((1, 2)) = 0.61 through the two layers of test_two_layers: one row in, one row out
    same(learner.predict(np.array([[1.0, 2.0]]), [HIDDEN, OUTPUT]), [[1]], dtype="integer")


@exercise("perceptron")
def test_three_gates_in_one_layer(learner):
    # OR: x1 + x2 - 1 ≥ 0, AND: x1 + x2 - 2 ≥ 0, NAND: -x1 - x2 + 1 ≥ 0; a sum of 0 fires
    X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    answer = learner.perceptron(X, [[1, 1, -1], [1, 1, -1]], [-1, -2, 1])
    same(answer, [[0, 0, 1], [1, 0, 1], [1, 0, 1], [1, 1, 0]])


@exercise("perceptron")
def test_one_row_and_three_units(learner):
    # (180, 90) against three rules: T ≥ 150, t ≥ 120, 200 ≥ T
    W = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    b = np.array([-150.0, -120.0, 200.0])
    same(learner.perceptron(np.array([[180.0, 90.0]]), W, b), [[1, 0, 1]])


@exercise("perceptron")
def test_a_unit_is_a_column(learner):
    # these two rows of X pick the rows of W, so the sums are W itself: (1, -1) and (2, -3)
    same(learner.perceptron([[1, 0], [0, 1]], [[1, -1], [2, -3]], [0, 0]), [[1, 0], [1, 0]])


def answers(layers, X):
    """What a two-layer network of threshold logic units makes of X, as a flat list."""
    assert len(layers) == 2, "xor_network returns two layers, [(W1, b1), (W2, b2)]"
    (W1, b1), (W2, b2) = ((np.array(W, float), np.array(b, float)) for W, b in layers)
    hidden = b1.size
    assert W1.shape == (2, hidden), f"W1 is {W1.shape}; two inputs and b1 make it (2, {hidden})"
    assert W2.shape == (hidden, 1), f"W2 is {W2.shape}; hidden units and output: ({hidden}, 1)"
    assert (b1.ndim, b2.shape) == (1, (1,)), f"b1 {b1.shape} and b2 {b2.shape}: (hidden,) and (1,)"
    A = (np.array(X) @ W1 + b1 >= 0).astype(int)
    return (A @ W2 + b2 >= 0).astype(int).ravel().tolist()


@exercise("xor_network")
def test_equal_inputs_give_0(learner):
    assert answers(learner.xor_network(), [[0, 0], [1, 1]]) == [0, 0], "0 for (0, 0) and (1, 1)"


@exercise("xor_network")
def test_different_inputs_give_1(learner):
    assert answers(learner.xor_network(), [[0, 1], [1, 0]]) == [1, 1], "1 for (0, 1) and (1, 0)"


@exercise("compose_linear")
def test_one_number_at_a_time(learner):
    # (x·2 + 1)·3 + 4 = x·6 + 7
    same(learner.compose_linear([[2]], [1], [[3]], [4]), ([[6]], [7]))


@exercise("compose_linear")
def test_one_line_does_what_two_did(learner):
    # W = 1·3 + 2·4 = 11, b = 1·3 + 1·4 + 5 = 12.
    # By hand, x = 2: hidden (2·1 + 1, 2·2 + 1) = (3, 5), out 3·3 + 5·4 + 5 = 34 = 2·11 + 12
    W1, b1 = np.array([[1.0, 2.0]]), np.array([1.0, 1.0])
    W2, b2 = np.array([[3.0], [4.0]]), np.array([5.0])
    same(learner.compose_linear(W1, b1, W2, b2), ([[11]], [12]))


@exercise("compose_linear")
def test_first_matrix_first(learner):
    # W1 swaps the two inputs, then W2 keeps the first: what is kept is input 2
    swap, keep = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 0.0]])
    same(learner.compose_linear(swap, np.zeros(2), keep, np.zeros(2)), ([[0, 0], [1, 0]], [0, 0]))


@exercise("standardize")
def test_four_pots(learner):
    # °C: mean 170, every pot 20 away from it; minutes: mean 75, every pot 30 away
    X = np.array([[150.0, 45.0], [190.0, 45.0], [150.0, 105.0], [190.0, 105.0]])
    expected = [[-1, -1], [1, -1], [-1, 1], [1, 1]], [170, 75], [20, 30]
    same(learner.standardize(X), expected)


@exercise("standardize")
def test_divide_by_n(learner):
    # mean 3, squared distances 4, 0, 4: variance 8/3 = 2.667, std 1.632993, 2/1.632993 = 1.224745
    expected = [[-1.2247449], [0], [1.2247449]], [3], [1.6329932]
    same(learner.standardize([[1], [3], [5]]), expected)


@exercise("standardize")
def test_a_constant_feature(learner):
    # always 90 minutes: nothing to divide by, so zeros and a std of 1
    X = np.array([[150.0, 90.0], [190.0, 90.0]])
    same(learner.standardize(X), ([[-1, 0], [1, 0]], [170, 90], [20, 1]))


@exercise("standardize")
def test_a_feature_with_a_small_spread(learner):
    # thousandths of a millimetre, in metres: mean 0.000002, and both are 0.000001 away from it
    same(learner.standardize([[1e-6], [3e-6]]), ([[-1], [1]], [2e-6], [1e-6]))


@exercise("count_parameters")
def test_three_neurons_and_one(learner):
    # 2·3 weights + 3 biases = 9, 3·1 weights + 1 bias = 4
    layers = [(np.zeros((2, 3)), np.zeros(3)), (np.zeros((3, 1)), np.zeros(1))]
    same(learner.count_parameters(layers), 13, dtype="integer")


@exercise("count_parameters")
def test_digits_of_20_by_20_pixels(learner):
    # 400·25 + 25 = 10025, 25·15 + 15 = 390, 15·1 + 1 = 16
    sizes = [(400, 25), (25, 15), (15, 1)]
    layers = [(np.zeros(size), np.zeros(size[1])) for size in sizes]
    same(learner.count_parameters(layers), 10431, dtype="integer")
