"""Examples for chapter 6, small enough to check by hand.

Useful to know: σ(1) = 0.7310586, tanh(1) = 0.7615942. The functions of `probes` that are asked for
their slopes: squares is the sum of x², cubic of x³, wave of sin x; uphill is x₁ + 2x₂ + 3x₃ + …;
rows adds up every row and sums the cubes of that; tower is 10⁸ + wave.
"""

import numpy as np
import pytest

from grader import probes
from grader.compare import same
from grader.plugin import exercise


@exercise("numerical_gradient")
def test_the_slope_at_a_number(learner):
    # (3.00001² - 2.99999²) / 0.00002 = 6, and 2x = 6
    same(learner.numerical_gradient(probes.squares, 3.0), 6)


@exercise("numerical_gradient")
def test_a_slope_for_each_number(learner):
    # 3x²: 3·1, 3·4, 3·1 and 0, 3·9, 3·25, for integers in two rows
    gradient = learner.numerical_gradient(probes.cubic, [[1, 2, -1], [0, 3, 5]])
    same(gradient, [[3, 12, 3], [0, 27, 75]])


@exercise("numerical_gradient")
def test_all_other_numbers_stay_where_they_are(learner):
    # the rows add up to 3 and to 1, and the slope is 3·(sum)²: 3·9 and 3·1
    x = np.array([[1.1, 1.9], [0.3, 0.7]])
    same(learner.numerical_gradient(probes.rows, x), [[27, 27], [3, 3]])


@exercise("numerical_gradient")
def test_the_step_that_was_asked_for(learner):
    # (2.5³ - 1.5³) / (2 · 0.5) = 15.625 - 3.375 = 12.25; the true slope would be 12
    same(learner.numerical_gradient(probes.cubic, np.array([2.0]), 0.5), [12.25])


@exercise("numerical_gradient")
def test_two_calls_for_each_number(learner):
    # three numbers, so the function answers six times and no more
    six = probes.Limited("squares", 6)
    same(learner.numerical_gradient(six, np.array([1.0, 2.0, 3.0])), [2, 4, 6])


@exercise("sigmoid_prime")
def test_sigmoid_is_steepest_at_zero(learner):
    # σ(0) = 0.5 and 0.5 · 0.5 = 0.25; 0.7310586 · 0.2689414 = 0.1966119 at 1, and at -1 as well
    same(learner.sigmoid_prime([-1, 0, 1]), [0.1966119, 0.25, 0.1966119])


@exercise("sigmoid_prime")
def test_sigmoid_is_flat_far_out(learner):
    same(learner.sigmoid_prime(np.array([-1000.0, 1000.0])), [0, 0])


@exercise("tanh_prime")
def test_tanh_is_steepest_at_zero(learner):
    # 1 - 0² = 1; 1 - 0.7615942² = 1 - 0.5800257 = 0.4199743
    same(learner.tanh_prime([-1, 0, 1]), [0.4199743, 1, 0.4199743])


@exercise("tanh_prime")
def test_tanh_is_flat_far_out(learner):
    same(learner.tanh_prime(np.array([-1000.0, 1000.0])), [0, 0])


@exercise("relu_prime")
def test_relu_is_flat_to_the_left_and_rises_to_the_right(learner):
    same(learner.relu_prime(np.array([-2.0, -0.5, 0.5, 3.0])), [0, 0, 1, 1])


@exercise("relu_prime")
def test_relu_at_its_corner(learner):
    same(learner.relu_prime([[0, 4], [-4, 0]]), [[0, 1], [0, 0]])


@exercise("tape_gradient")
def test_a_constant_is_watched(learner, tf):
    # 2x
    same(learner.tape_gradient(probes.squares, tf.constant([1.0, -2.0])), [2, -4], kind="tensor")


@exercise("tape_gradient")
def test_a_variable_is_watched_already(learner, tf):
    # 3x²
    same(learner.tape_gradient(probes.cubic, tf.Variable([[1.0], [-2.0]])), [[3], [12]])


@exercise("tape_gradient")
def test_integers_become_floats(learner, tf):
    # uphill, 1, 2, 3 and 4 whatever x is
    same(learner.tape_gradient(probes.uphill, [[5, 6], [7, 8]]), [[1, 2], [3, 4]], kind="tensor")
    same(learner.tape_gradient(probes.squares, tf.constant([3])), [6], kind="tensor")


@exercise("tape_gradient")
def test_a_tape_does_not_try_out_steps(learner, tf):
    # cos 0 = 1, cos 1 = 0.5403023; of 100,000,001 a difference has no digits left for that
    same(learner.tape_gradient(probes.tower, np.array([0.0, 1.0])), [1, 0.5403023], kind="tensor")


@exercise("dense_backward")
def test_two_examples_three_inputs_two_units(learner):
    # A(1 - A) = 0.25 everywhere, so dZ is (1, 2) for the first example and (-1, 0) for the second
    dA, A = np.array([[4.0, 8.0], [-4.0, 0.0]]), np.full((2, 2), 0.5)
    A_prev = np.array([[1.0, 2.0, 0.0], [3.0, 0.0, 1.0]])
    W = np.array([[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]])
    expected = (
        [[1, 4, -2], [-1, -2, 0]],  # dZ @ W.T: 1·1 + 2·0, 1·2 + 2·1, 1·0 + 2·(-1) and so on
        [[-2, 2], [2, 4], [-1, 0]],  # A_prev.T @ dZ: 1·1 + 3·(-1), 1·2 + 3·0 and so on
        [0, 2],  # 1 - 1, 2 + 0
    )
    same(learner.dense_backward(dA, A_prev, W, A), expected)


@exercise("dense_backward")
def test_the_slope_of_the_sigmoid(learner):
    # A is σ(z) already: dZ = 10 · 0.8 · 0.2 = 1.6, and from there 1.6·3, 1.6·2 and 1.6
    answer = learner.dense_backward(*(np.array([[v]]) for v in (10.0, 2.0, 3.0, 0.8)))
    same(answer, ([[4.8]], [[3.2]], [1.6]))


@exercise("dense_backward")
def test_as_many_inputs_as_units(learner):
    # dZ = (1, 0), which picks the first column of W and the first column of dW
    dA, A_prev, A = np.array([[4.0, 0.0]]), np.array([[2.0, 3.0]]), np.array([[0.5, 0.5]])
    answer = learner.dense_backward(dA, A_prev, np.array([[1.0, 5.0], [7.0, 9.0]]), A)
    same(answer, ([[1, 7]], [[2, 0], [3, 0]], [1, 0]))


@exercise("dense_backward")
def test_no_loop_on_the_way_back(speed, rng):
    # baseline.py goes back number by number
    def layer(n, d, units):
        A_prev, W = rng.normal(size=(n, d)), rng.normal(size=(d, units))
        return rng.normal(size=(n, units)), A_prev, W, rng.uniform(size=(n, units))

    speed(layer, terms=20_000)  # so many are added up where it is largest


@exercise("backprop")
def test_one_neuron_that_knows_nothing(learner):
    # a = 0.5 for all three, so (a - y)/3 is -1/6, 1/6 and -1/6
    X, y = np.array([[1.0, 2.0], [3.0, 0.0], [0.0, 4.0]]), np.array([[1], [0], [1]])
    # dW: (-1·1 + 1·3 - 1·0)/6 = 2/6 and (-1·2 + 1·0 - 1·4)/6 = -1; db: (-1 + 1 - 1)/6
    answer = learner.backprop(X, y, [(np.zeros((2, 1)), np.zeros(1))])
    same(answer, (([[1 / 3], [-1]], [-1 / 6]),))


@exercise("backprop")
def test_two_layers(learner):
    # forward: A1 = (0.5, 0.5), z = 2·0.5 - 2·0.5 = 0, a = 0.5
    # backward: dZ2 = 0.5 - 1 = -0.5, dA1 = -0.5·(2, -2) = (-1, 1), dZ1 = 0.25·dA1 = (-0.25, 0.25)
    layers = [(np.zeros((3, 2)), np.zeros(2)), (np.array([[2.0], [-2.0]]), np.zeros(1))]
    first = [[-0.25, 0.25], [-0.5, 0.5], [0, 0]], [-0.25, 0.25]  # 1, 2 and 0 times dZ1; dZ1
    second = [[-0.25], [-0.25]], [-0.5]  # A1 times dZ2; dZ2
    answer = learner.backprop(np.array([[1.0, 2.0, 0.0]]), np.array([[1]]), layers)
    same(answer, (first, second))


@exercise("backprop")
def test_the_same_example_twice(learner):
    # the cost is a mean, so its slopes are those of test_two_layers
    layers = [(np.zeros((3, 2)), np.zeros(2)), (np.array([[2.0], [-2.0]]), np.zeros(1))]
    first = [[-0.25, 0.25], [-0.5, 0.5], [0, 0]], [-0.25, 0.25]
    second = [[-0.25], [-0.25]], [-0.5]
    answer = learner.backprop(np.array([[1.0, 2.0, 0.0]] * 2), np.array([[1], [1]]), layers)
    same(answer, (first, second))


@exercise("backprop")
def test_our_pot(learner):
    # the network of chapter 3 with the stew of 180 °C and 90 min, as the lesson does it by hand
    first = np.array([[-4.0, 0.0, 3.0], [0.0, -4.0, 2.0]]), np.array([-3.0, -1.0, -4.0])
    judge = np.array([[-6.0], [-6.0], [-6.0]]), np.array([3.0])
    answer = learner.backprop(np.array([[0.5, 0.5]]), np.array([[1]]), [first, judge])
    db1 = [0.00680860, 0.04626763, 0.15274817]
    dW1 = [[0.00340430, 0.02313381, 0.07637409]] * 2  # 0.5 · db1, for the heat and for the time
    dW2, db2 = [[-0.00114241], [-0.00809519], [-0.03113848]], [-0.17069148]
    answer = learner.backprop(np.array([[0.5, 0.5]]), np.array([[1]]), [first, judge])
    same(answer, ((dW1, db1), (dW2, db2)))


@exercise("gradient_check")
def test_the_right_gradient(learner):
    # 2x; what is left is rounding, far below 0.0000001
    same(learner.gradient_check(probes.squares, np.array([2.0, -4.0]), np.array([1.0, -2.0])), 0)


@exercise("gradient_check")
def test_a_wrong_gradient(learner):
    # at (3, 4) the gradient is (6, 8), of length 10
    for claimed, error in [
        ([12.0, 16.0], 10 / (10 + 20)),  # doubled
        ([6.0, -8.0], 16 / (10 + 10)),  # a wrong sign in one place
        ([0.0, 0.0], 10 / (10 + 0)),
    ]:
        same(learner.gradient_check(probes.squares, np.array(claimed), np.array([3.0, 4.0])), error)


@exercise("gradient_check")
def test_a_wrong_sign_in_a_matrix(learner):
    # all four numbers make one length: the gradient has √(6² + 8²) = 10, the claimed one too
    claimed, x = np.array([[6.0, 0.0], [0.0, -8.0]]), np.array([[3.0, 0.0], [0.0, 4.0]])
    same(learner.gradient_check(probes.squares, claimed, x), 16 / (10 + 10))


@exercise("gradient_check")
def test_nothing_against_nothing(learner):
    # squares is flat at 0
    same(learner.gradient_check(probes.squares, np.zeros(3), np.zeros(3)), 0)


@exercise("gradient_check")
def test_another_shape(learner):
    with pytest.raises(ValueError):
        learner.gradient_check(probes.squares, np.array([[6.0], [8.0]]), np.array([3.0, 4.0]))
