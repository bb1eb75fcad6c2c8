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


def cupboard(*weights):
    """The same network, which keeps its matrices before its biases and has a third one to spare."""
    model = probes.Cupboard(*(len(W) for W in weights), len(weights[-1][0]))
    for variable, W in zip(model.variables, weights, strict=False):
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


@exercise("HiddenModel")
def test_a_single_point_of_ink(learner, tf):
    # the sums of the hidden neurons are the first row of W1, numbers of both signs
    start = probes.Start(0.1)
    hidden = 1 / (1 + np.exp(-start(784, 100)[0]))
    grown = np.exp(hidden @ start(100, 10))
    model = learner.HiddenModel(probes.Start(0.1))
    same(model(np.eye(1, 784)), [grown / grown.sum()], kind="tensor")


@exercise("HiddenModel")
def test_a_picture_of_whole_numbers(learner, tf):
    # a tensor of integers, which TensorFlow multiplies with no Variable of float32
    model = learner.HiddenModel(probes.zeros)
    same(model(tf.ones((1, 784), tf.int32)), np.full((1, 10), 0.1), kind="tensor")


@exercise("HiddenModel")
def test_a_step_of_training(learner, tf):
    # from zeros every p is 0.1, so for the first class p - y = -0.9 and for the others 0.1. Half of
    # that is taken away from b2, and half of that again, since all hidden neurons give 0.5, from W2
    model = learner.HiddenModel(probes.zeros)
    picture, label = np.ones((1, 784), np.float32), np.eye(1, 10, dtype=np.float32)
    model.with_name_scope(probes.descent)(model, picture, label, 1)
    same(model.W2, np.tile([0.225] + [-0.025] * 9, (100, 1)), kind="variable")
    same(model.b2, [0.45] + [-0.05] * 9, kind="variable")
    # the scores are 100 · 0.5 · 0.225 + 0.45 = 11.7 and 100 · 0.5 · (-0.025) - 0.05 = -1.3
    grown = np.exp([11.7] + [-1.3] * 9)
    same(model(picture), [grown / grown.sum()], kind="tensor")


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


@exercise("distinct_neurons")
def test_down_is_as_far_as_up(learner):
    # in its first entry the second column is smaller by 0.1
    same(learner.distinct_neurons([[0.5, 0.4], [0.2, 0.2]], 0.04), 2)


@exercise("distinct_neurons")
def test_up_does_not_make_up_for_down(learner):
    # 0.1 up and 0.1 down: both columns add up to 0.7
    same(learner.distinct_neurons([[0.5, 0.6], [0.2, 0.1]], 0.04), 2)


@exercise("distinct_neurons")
def test_one_weight_makes_another_neuron(learner):
    # four weights are equal, and the fifth differs by 0.1
    W = np.ones((5, 2))
    W[4, 1] = 1.1
    same(learner.distinct_neurons(W, 0.04), 2)


@exercise("distinct_neurons")
def test_many_small_differences_stay_small(learner):
    # nine weights, each of which differs by 0.02
    same(learner.distinct_neurons([[0.99, 1.01]] * 9, 0.04), 1)


@exercise("distinct_neurons")
def test_what_rounding_does_is_no_difference(learner):
    # 0.1 + 0.2 is 0.30000000000000004
    same(learner.distinct_neurons([[0.3, 0.1 + 0.2]], 1e-6), 1)


@exercise("distinct_neurons")
def test_large_weights_are_given_no_more_room(learner):
    # 0.005 apart is more than 0.001, however large the two are
    same(learner.distinct_neurons([[1000.0, 1000.005]], 0.001), 2)


@exercise("distinct_neurons")
def test_two_that_differ_from_the_first(learner):
    # and not from each other
    same(learner.distinct_neurons([[1, 5, 5], [2, 3, 3]], 0.1), 2)


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
def test_he_draws_normal_numbers(learner, rng):
    # √(2 / 200) = 0.1 is the spread; of normal numbers 32 in 100 are beyond it, of even ones 42
    W = learner.he_init(200, 60, rng)
    same(np.mean(np.abs(W) > 0.1).round(1), 0.3)


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


@exercise("saturation")
def test_the_bound_itself_is_flat(learner):
    # 0.25, 0.75 and 0.9 of four
    same(learner.saturation(np.array([0.25, 0.5, 0.75, 0.9]), 0.25), 0.75)


@exercise("saturation")
def test_nearly_all_the_way_to_the_middle(learner):
    # with 0.4 only what lies between 0.4 and 0.6 is not flat
    same(learner.saturation(np.array([0.5, 1.0, 0.55, 0.45]), 0.4), 0.25)


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


@exercise("gradient_norms")
def test_slopes_that_do_not_cancel(learner, tf):
    # one hidden neuron is listened to: its 0.5 makes scores of (-1, 1) and p = (σ(-2), σ(2)), so
    # dZ2 = (-0.8807971, 0.8807971), dA1 = (4 · 0.8807971, 0, 0) and dZ1 = (0.8807971, 0, 0)
    # dW1 is that once and -2 times, dW2 ±0.4403986 six times: Σ|g| = 3 · 0.8807971 for both
    second = np.array([[-2.0, 2.0], [0.0, 0.0], [0.0, 0.0]])
    x, y = np.array([[1.0, -2.0]], np.float32), np.array([[1, 0]])
    model = network(np.zeros((2, 3)), second)
    same(learner.gradient_norms(model, x, y), (2.6423912, 2.6423912))


@exercise("gradient_norms")
def test_a_network_that_leans_to_the_wrong_class(learner, tf):
    # e^(ln 3) : e^0 is 3 : 1, so p = (0.75, 0.25) and p - y = (0.75, -0.75)
    x, y = np.array([[1.0]], np.float32), np.array([[0, 1]])
    same(learner.gradient_norms(network([[np.log(3), 0.0]]), x, y), (1.5,))


@exercise("gradient_norms")
def test_a_network_that_is_certain_and_wrong(learner, tf):
    # scores 200 and 0 make p = (1, 0) in float32, where nothing is left of the slope
    x, y = np.array([[1.0]], np.float32), np.array([[0, 1]])
    same(learner.gradient_norms(network([[200.0, 0.0]]), x, y), (0.0,))


@exercise("gradient_norms")
def test_labels_in_a_tensor_of_integers(learner, tf):
    # the slopes are those of test_a_single_layer
    x, y = tf.constant([[1.0, -2.0]]), tf.constant([[1, 0, 0]])
    same(learner.gradient_norms(network(np.zeros((2, 3))), x, y), (4.0,))


@exercise("gradient_norms")
def test_a_matrix_that_takes_no_part(learner, tf):
    # the network of test_two_layers; its trainable_variables are W1, W2, b1, b2 and a matrix that
    # nothing depends on. There is one more among its variables, which is not to be trained
    second = np.array([[-2.0, 2.0], [1.0, 1.0], [2.0, -2.0]])
    x, y = np.array([[1.0, -2.0]], np.float32), np.array([[1, 0]])
    model = cupboard(np.zeros((2, 3)), second)
    same(learner.gradient_norms(model, x, y), (3.0, 1.5, 0.0))


@exercise("gradient_norms")
def test_measuring_is_not_training(learner, tf):
    # asked a second time, the network of test_a_single_layer gives the same slopes
    x, y = np.array([[1.0, -2.0]], np.float32), np.array([[1, 0, 0]])
    model = network(np.zeros((2, 3)))
    same(learner.gradient_norms(model, x, y), (4.0,))
    same(learner.gradient_norms(model, x, y), (4.0,))
    same(model.variables[0], np.zeros((2, 3)))
