"""Examples for chapter 8, small enough to check by hand.

`probes.zeros` and `probes.Start` are initializers; `probes.Network(2, 3)` is a softmax network with
2 inputs and 3 classes, whose Variables are W and b of each layer in turn, sigmoid layers before the
last. Random matrices have 10,000 numbers and more, whose standard deviation comes out right to two
digits.
"""

import numpy as np

from grader import probes
from grader.compare import same
from grader.plugin import exercise


def network(*weights):
    """A softmax network with these matrices and no biases."""
    model = probes.Network(*(len(W) for W in weights), len(weights[-1][0]))
    for variable, W in zip(model.variables[::2], weights, strict=True):
        variable.assign(W)
    return model


@exercise("HiddenModel")
def test_four_variables(learner, tf):
    model = learner.HiddenModel(probes.zeros)
    same(model.W1, np.zeros((784, 100)), kind="variable", dtype="float32")
    same(model.b1, np.zeros(100), kind="variable", dtype="float32")
    same(model.W2, np.zeros((100, 10)), kind="variable", dtype="float32")
    same(model.b2, np.zeros(10), kind="variable", dtype="float32")
    same(len(model.trainable_variables), 4)


@exercise("HiddenModel")
def test_a_start_from_zeros(learner, tf):
    # every score is 0, so each of the ten classes gets a tenth
    model = learner.HiddenModel(probes.zeros)
    same(model(np.ones((2, 784))), np.full((2, 10), 0.1), kind="tensor", dtype="float32")


@exercise("HiddenModel")
def test_a_start_from_the_initializer(learner, tf):
    start = probes.Start(0.1)  # other numbers at each call
    first, second = start(784, 100), start(100, 10)
    model = learner.HiddenModel(probes.Start(0.1))
    same(model.W1, first, kind="variable")
    same(model.W2, second, kind="variable")


@exercise("HiddenModel")
def test_a_dark_picture(learner, tf):
    # without ink every hidden neuron gives σ(0) = 0.5, so the scores are half the sums of W2
    start = probes.Start(0.1)
    start(784, 100)
    grown = np.exp(start(100, 10).sum(axis=0) / 2)
    model = learner.HiddenModel(probes.Start(0.1))
    same(model(np.zeros((1, 784))), [grown / grown.sum()], kind="tensor")


@exercise("distinct_neurons")
def test_neurons_are_columns(learner):
    # (1, 2), (5, 2) and (1, 2) again
    same(learner.distinct_neurons([[1, 5, 1], [2, 2, 2]], 0.1), 2)


@exercise("distinct_neurons")
def test_nearly_the_same(learner):
    # from the first column the second differs by 0.03 at most, the third by 0.1
    W = np.array([[0.50, 0.53, 0.60], [0.20, 0.18, 0.20]])
    same(learner.distinct_neurons(W, 0.04), 2)
    same(learner.distinct_neurons(W, 0.2), 1)
    same(learner.distinct_neurons(W, 0), 3)


@exercise("distinct_neurons")
def test_every_neuron_the_same(learner):
    same(learner.distinct_neurons(np.zeros((784, 100)), 0), 1)


@exercise("xavier_init")
def test_the_spread_of_xavier(learner, rng):
    # √(2 / (150 + 50)) = 0.1, and of the other two √(2 / (40 + 760)) = 0.05 both ways round
    same(np.std(learner.xavier_init(150, 50, rng)).round(2), 0.1)
    same(np.std(learner.xavier_init(40, 760, rng)).round(2), 0.05)
    same(np.std(learner.xavier_init(760, 40, rng)).round(2), 0.05)


@exercise("xavier_init")
def test_the_middle_of_xavier(learner, rng):
    # 0, with the numbers evenly on both sides; of normal numbers 32 in 100 are beyond one spread
    W = learner.xavier_init(150, 50, rng)
    same(np.mean(W).round(2), 0)
    same(np.mean(np.abs(W) > 0.1).round(1), 0.3)


@exercise("xavier_init")
def test_a_column_for_every_neuron(learner, rng):
    same(np.asarray(learner.xavier_init(5, 3, rng)).shape, (5, 3))


@exercise("xavier_init")
def test_all_that_is_random_comes_from_rng(learner):
    first = learner.xavier_init(4, 3, np.random.default_rng(1))
    same(learner.xavier_init(4, 3, np.random.default_rng(1)), first)
    other = learner.xavier_init(4, 3, np.random.default_rng(2))
    same(np.count_nonzero(np.asarray(other) == np.asarray(first)), 0)


@exercise("xavier_uniform")
def test_the_limits_of_xavier(learner, rng):
    # √(6 / (140 + 10)) = 0.2 to both sides, and √(6 / (20 + 580)) = 0.1
    for fans, limit in [((140, 10), 0.2), ((20, 580), 0.1)]:
        W = learner.xavier_uniform(*fans, rng)
        same(np.asarray(W).shape, fans)
        same((np.min(W).round(2), np.max(W).round(2)), (-limit, limit))


@exercise("xavier_uniform")
def test_even_between_the_limits(learner, rng):
    # half of the numbers lie in the inner half
    W = learner.xavier_uniform(140, 100, rng)  # √(6/240) = 0.158
    same(np.mean(np.abs(W) < 0.079).round(1), 0.5)


@exercise("xavier_uniform")
def test_the_same_generator_the_same_weights(learner):
    first = learner.xavier_uniform(4, 3, np.random.default_rng(1))
    same(learner.xavier_uniform(4, 3, np.random.default_rng(1)), first)
    other = learner.xavier_uniform(4, 3, np.random.default_rng(2))
    same(np.count_nonzero(np.asarray(other) == np.asarray(first)), 0)


@exercise("he_init")
def test_the_spread_of_he(learner, rng):
    # √(2 / 200) = 0.1 and √(2 / 50) = 0.2, however many neurons there are
    for fans, spread in [((200, 60), 0.1), ((50, 400), 0.2)]:
        W = learner.he_init(*fans, rng)
        same(np.asarray(W).shape, fans)
        same((np.mean(W).round(2), np.std(W).round(2)), (0, spread))


@exercise("he_init")
def test_he_draws_from_rng_alone(learner):
    first = learner.he_init(4, 3, np.random.default_rng(1))
    same(learner.he_init(4, 3, np.random.default_rng(1)), first)
    other = learner.he_init(4, 3, np.random.default_rng(2))
    same(np.count_nonzero(np.asarray(other) == np.asarray(first)), 0)


@exercise("saturation")
def test_both_ends_are_flat(learner):
    # 0.001 and 0.995 of four
    same(learner.saturation(np.array([0.001, 0.3, 0.7, 0.995])), 0.5)


@exercise("saturation")
def test_every_number_counts_the_same(learner):
    # 0.05, 0.96 and 0.92 of six are within 0.1 of an end
    a = [[0.05, 0.5, 0.96], [0.92, 0.8, 0.11]]
    same(learner.saturation(a, 0.1), 0.5)
    same(learner.saturation(a), 0)


@exercise("gradient_norms")
def test_a_single_layer(learner, tf):
    # p is a third each, so p - y is (-2/3, 1/3, 1/3), and x times that has Σ|g| = (1 + 2) · 4/3
    x, y = np.array([[1.0, -2.0]], np.float32), np.array([[1, 0, 0]])
    same(learner.gradient_norms(network(np.zeros((2, 3))), x, y), (4.0,))


@exercise("gradient_norms")
def test_the_mean_over_the_batch(learner, tf):
    # p - y is (-1/2, 1/2), (-1/2, 1/2) and (1/2, -1/2), times x, added up and divided by 3; for the
    # first class (-1 + 3)/6 = 1/3 and -2/6 = -1/3, for the second the same with other signs
    x = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]], np.float32)
    y = np.array([[1, 0], [1, 0], [0, 1]])
    same(learner.gradient_norms(network(np.zeros((2, 2))), x, y), (4 / 3,))


@exercise("gradient_norms")
def test_two_layers(learner, tf):
    # all hidden neurons give 0.5, both classes score 0.5 and get p = 0.5: dZ2 = (-0.5, 0.5)
    # dW2 = ±0.25 six times; dA1 = dZ2·W2ᵀ = (2, 0, -2); dZ1 = 0.25 · dA1 = (0.5, 0, -0.5)
    # dW1 = x times that: Σ|g| = (1 + 2) · (0.5 + 0.5)
    second = np.array([[-2.0, 2.0], [1.0, 1.0], [2.0, -2.0]])
    x, y = np.array([[1.0, -2.0]], np.float32), np.array([[1, 0]])
    model = network(np.zeros((2, 3)), second)
    same(learner.gradient_norms(model, x, y), (3.0, 1.5))


@exercise("gradient_norms")
def test_a_start_from_zeros_lets_nothing_through(learner, tf):
    # as above, but dA1 = dZ2·W2ᵀ = 0, and with it all that lies further back
    x, y = np.array([[1.0, -2.0]], np.float32), np.array([[1, 0]])
    model = network(np.zeros((2, 3)), np.zeros((3, 2)))
    same(learner.gradient_norms(model, x, y), (0.0, 1.5))
