"""Examples for chapter 7, small enough to check by hand.

Useful to know: ln 2 = 0.6931472, σ(0.25) = 0.5621765. `probes.Network(2, 3)` is a softmax model
with two inputs and three classes, `probes.Network(2, 4, 3)` one with four sigmoid neurons between;
W and b of each layer in turn are its `variables`.
"""

import numpy as np
import pytest

from grader import probes
from grader.compare import same
from grader.learner import MethodProxy
from grader.plugin import exercise


def filled(model, *contents):
    """A probe whose Variables hold these numbers."""
    for variable, content in zip(model.variables, contents, strict=True):
        variable.assign(content)
    return model


FOUR_POTS = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
GATE = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
AND, OR, XOR = np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1]), np.array([0, 1, 1, 0])


@exercise("gradient_step")
def test_one_array(learner):
    # 3 - 0.5·2 = 2 and -1 - 0.5·4 = -3
    same(learner.gradient_step(np.array([3.0, -1.0]), np.array([2.0, 4.0]), 0.5), [2, -3])


@exercise("gradient_step")
def test_a_network(learner):
    # 1 - 0.1·5 = 0.5 and so on; the old ones have to stay as they are
    layers = [(np.array([[1.0], [2.0]]), np.array([3.0])), (np.array([[4.0]]), np.array([5.0]))]
    slopes = [(np.array([[5.0], [-5.0]]), np.array([0.0])), (np.array([[10.0]]), np.array([20.0]))]
    expected = (([[0.5], [2.5]], [3]), ([[3]], [3]))
    same(learner.gradient_step(layers, slopes, 0.1), expected)


@exercise("gradient_step")
def test_a_list_stays_a_list_and_a_pair_a_pair(learner):
    layers = [(np.array([[1.0]]), np.array([2.0]))]
    after = learner.gradient_step(layers, layers, 0.5)
    same([type(after).__name__, type(after[0]).__name__] == ["list", "tuple"], True)


@exercise("gradient_step")
def test_integers_are_not_cut_off(learner):
    # 3 - 0.1·5 = 2.5 and 2 - 0.1·(-5) = 2.5
    same(learner.gradient_step([np.array([3, 2])], [np.array([5, -5])], 0.1), ([2.5, 2.5],))


@exercise("gradient_step")
def test_a_gradient_that_is_missing(learner):
    with pytest.raises(ValueError):
        learner.gradient_step([np.ones(2), np.ones(1)], [np.ones(2)], 0.1)


@exercise("fit_logistic")
def test_one_step_from_zeros(learner):
    # a = 0.5 for all four, so a - y is 0.5, -0.5, -0.5, -0.5 and the loss -ln 0.5
    # by w1: (0.5·(-1) - 0.5·1 - 0.5·(-1) - 0.5·1)/4 = -0.25; by w2 and by b it is -0.25 as well
    answer = learner.fit_logistic(FOUR_POTS, OR, 1.0, 1)
    same(answer, ([0.25, 0.25], 0.25, (0.6931472,)))


@exercise("fit_logistic")
def test_a_shorter_step(learner):
    # 0.5·0.25 = 0.125
    same(learner.fit_logistic(FOUR_POTS, OR, 0.5, 1), ([0.125, 0.125], 0.125, (0.6931472,)))


@exercise("fit_logistic")
def test_a_second_step(learner):
    # now z = -0.25, 0.25, 0.25, 0.75 and a = 0.4378235, 0.5621765, 0.5621765, 0.6791787
    # a - y = 0.4378235, -0.4378235, -0.4378235, -0.3208213; the loss is the mean of -ln 0.5621765
    # (three times) and -ln 0.6791787, 0.5286723; by each of the three: -0.7586448/4 = -0.1896612
    answer = learner.fit_logistic(FOUR_POTS, OR, 1.0, 2)
    same(answer, ([0.4396612, 0.4396612], 0.4396612, (0.6931472, 0.5286723)))


@exercise("fit_logistic")
def test_who_is_certain_and_wrong_learns_most(learner):
    # a = 0.5 twice, so by w (-0.5·1 + 0.5·3)/2 = 0.5 and by b 0, and w becomes -500
    # now z = -500 and -1500: both a are 0, which is right for the second and wrong for the first
    # a - y = -1 and 0, so both slopes are -0.5, and 500 is added to each
    w, b, history = learner.fit_logistic(np.array([[1.0], [3.0]]), np.array([1, 0]), 1000.0, 2)
    same(w, [0])
    same(b, 500)
    # -ln 1e-7 is 16.1, and that is what the first of the two costs at least
    assert 8 < history[1] < np.inf


@exercise("perceptron_rule")
def test_one_time_through_and(learner):
    # (0, 0): z = 0, so ŷ = 1, an error of -1: b = -1. (0, 1) and (1, 0): z = -1, right
    # (1, 1): z = -1, so ŷ = 0, an error of +1: w = (1, 1), b = 0
    same(learner.perceptron_rule(GATE, AND, 1), ([1, 1], 0, (2,)))


@exercise("perceptron_rule")
def test_or_until_nothing_is_wrong(learner):
    same(learner.perceptron_rule(GATE, OR, 100), ([1, 1], -1, (2, 2, 1, 0)))


@exercise("perceptron_rule")
def test_xor_never_ends_well(learner):
    # no line has the first and the last on one side; it goes on for all five epochs
    same(learner.perceptron_rule(GATE, XOR, 5), ([-1, 0], 0, (3, 3, 4, 4, 4)))


@exercise("SoftmaxModel")
def test_two_variables_of_zeros(learner, tf):
    model = learner.SoftmaxModel(4, 3)
    same(model.w, np.zeros((4, 3)), kind="variable", dtype="float32")
    same(model.b, np.zeros(3), kind="variable", dtype="float32")
    same(len(model.trainable_variables), 2)


@exercise("SoftmaxModel")
def test_it_begins_without_an_opinion(learner, tf):
    # two pictures, four classes: 1/4 for each
    model = learner.SoftmaxModel(3, 4)
    same(model([[1, 2, 3], [4, 5, 6]]), np.full((2, 4), 0.25), kind="tensor", dtype="float32")


@exercise("SoftmaxModel")
def test_it_answers_by_its_weights(learner, tf):
    model = learner.SoftmaxModel(2, 3)
    for name, content in {"w": np.log([[2, 1, 1], [1, 3, 1]]), "b": np.log([1, 1, 4])}.items():
        MethodProxy(model, "__setattr__")(name, tf.Variable(content, dtype=tf.float32))
    # e to the scores: (1, 1, 4), (2, 1, 4) and (2, 3, 4), divided by 6, 7 and 9
    expected = [[1 / 6, 1 / 6, 4 / 6], [2 / 7, 1 / 7, 4 / 7], [2 / 9, 3 / 9, 4 / 9]]
    same(model(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])), expected)


@exercise("SoftmaxModel")
def test_a_score_that_towers_above_the_others(learner, tf):
    # e^200 is more than float32 can hold, and the share is 1 all the same
    model = learner.SoftmaxModel(1, 2)
    MethodProxy(model, "__setattr__")("w", tf.Variable([[200.0, 0.0]]))
    same(model(np.array([[1.0]])), [[1, 0]])


@exercise("train_step")
def test_a_step_from_zeros(learner, tf):
    model = learner.SoftmaxModel(2, 2)
    # p = (0.5, 0.5), so the loss is -ln 0.5, and the slopes by the scores are p - y = (-0.5, 0.5)
    same(learner.train_step(model, [[2.0, -4.0]], [[1, 0]], 0.1), 0.6931472)
    # by w: 2·(-0.5), 2·0.5 and -4·(-0.5), -4·0.5; a tenth of that is taken away from the zeros
    same(model.w, [[0.1, -0.1], [-0.2, 0.2]])
    same(model.b, [0.05, -0.05])


@exercise("train_step")
def test_two_examples(learner, tf):
    model = filled(probes.Network(1, 2), [[0.0, 0.0]], [0.0, 0.0])
    # p - y is (-0.5, 0.5) for x = 1 and (0.5, -0.5) for x = 3; the means: by w (-0.5 + 1.5)/2
    # = 0.5 and -0.5, by b 0 and 0
    batch, labels = tf.constant([[1.0], [3.0]]), tf.constant([[1.0, 0.0], [0.0, 1.0]])
    same(learner.train_step(model, batch, labels, 1.0), 0.6931472)
    same(model.variables[0], [[-0.5, 0.5]])
    same(model.variables[1], [0, 0])


@exercise("train_step")
def test_a_second_step_goes_on_from_the_first(learner, tf):
    # p - y = (-0.5, 0.5) for both rows; the means of the slopes are (-0.5, 0.5) by w and by b, and
    # a tenth of that makes (0.05, -0.05) of both. Scores are then ±(2·0.05 + 0.05) = ±0.15 and
    # ±0.05, the losses -ln σ(0.3) = 0.5543552 and -ln σ(0.1) = 0.6443967
    model = filled(probes.Network(1, 2), [[0.0, 0.0]], [0.0, 0.0])
    x, y = [[2.0], [0.0]], [[1, 0], [1, 0]]
    losses = [learner.train_step(model, x, y, 0.1), learner.train_step(model, x, y, 0.1)]
    same(losses[0], 0.6931472)
    same(losses[1], np.float32(0.5993760))


@exercise("train_step")
def test_a_network_with_four_variables(learner, tf):
    # forward: hidden (0.5, 0.5), scores 2·0.5 - 2·0.5 = 0 and 0, p = (0.5, 0.5)
    W1, b1, W2, b2 = np.zeros((2, 2)), np.zeros(2), [[2.0, -2.0], [-2.0, 2.0]], np.zeros(2)
    model = filled(probes.Network(2, 2, 2), W1, b1, W2, b2)
    same(learner.train_step(model, [[1.0, 2.0]], [[1, 0]], 1.0), 0.6931472)
    # backward: dZ2 = (-0.5, 0.5), dA1 = (-2, 2), dZ1 = 0.25·dA1 = (-0.5, 0.5)
    expected = [[0.5, -0.5], [1, -1]], [0.5, -0.5], [[2.25, -2.25], [-1.75, 1.75]], [0.5, -0.5]
    for variable, due in zip(model.variables, expected, strict=True):
        same(variable, due)


@exercise("train_step")
def test_all_four_variables_bring_the_loss_down(learner, tf):
    # after the step of test_a_network_with_four_variables the hidden neurons give σ(3) and σ(-3),
    # the scores are ±(2.25·σ(3) - 1.75·σ(-3) + 0.5) = ±2.5602966, and the loss -ln σ(5.1205931)
    W1, b1, W2, b2 = np.zeros((2, 2)), np.zeros(2), [[2.0, -2.0], [-2.0, 2.0]], np.zeros(2)
    model = filled(probes.Network(2, 2, 2), W1, b1, W2, b2)
    x, y = [[1.0, 2.0]], [[1, 0]]
    losses = [learner.train_step(model, x, y, 1.0), learner.train_step(model, x, y, 1.0)]
    same(losses[0], 0.6931472)
    same(losses[1], np.float32(0.005954715))


@exercise("train_step")
def test_certain_and_wrong(learner, tf):
    # scores 200 and 0, so p = (1, 0) in float32: -ln 1e-12, and no slope that would help
    model = filled(probes.Network(1, 2), [[0.0, 0.0]], [200.0, 0.0])
    same(learner.train_step(model, [[1.0]], [[0, 1]], 0.5), 27.631021)
    same(model.variables[0], [[0, 0]])
    same(model.variables[1], [200, 0])


@exercise("minibatches")
def test_ten_rows_in_batches_of_four(learner):
    X, y = np.arange(20).reshape(10, 2), np.arange(10)
    batches = [*learner.minibatches(X, y, 4, np.random.default_rng(0))]
    same(tuple(len(X_batch) for X_batch, _ in batches), (4, 4, 2))
    same(np.sort(np.concatenate([y_batch for _, y_batch in batches])), y)


@exercise("minibatches")
def test_a_row_keeps_its_label(learner):
    # the label is ten times the row
    X = np.arange(7)
    for X_batch, y_batch in learner.minibatches(X, 10 * X, 2, np.random.default_rng(1)):
        same(y_batch, 10 * X_batch)


@exercise("minibatches")
def test_the_order_comes_from_the_generator(learner):
    X = np.arange(8)
    for seed in (0, 1):
        order = np.random.default_rng(seed).permutation(8)  # [2, 4, 3, …] and [5, 0, 1, …]
        batches = learner.minibatches(X, X, 5, np.random.default_rng(seed))
        for (X_batch, _), due in zip(batches, (order[:5], order[5:]), strict=True):
            same(X_batch, due)


@exercise("train")
def test_one_epoch_of_one_batch(learner, tf):
    # the step of test_two_examples, in whatever order they come
    model = filled(probes.Network(1, 2), [[0.0, 0.0]], [0.0, 0.0])
    X, y = np.array([[1.0], [3.0]]), np.array([[1, 0], [0, 1]])
    same(learner.train(model, X, y, 1.0, 1, 2, np.random.default_rng(0)), (0.6931472,))
    same(model.variables[0], [[-0.5, 0.5]])


@exercise("train")
def test_every_example_counts_the_same(learner, tf):
    # steps of length 0, so p = (0.75, 0.25) stays: two losses of -ln 0.75 and one of -ln 0.25,
    # whoever is alone in the second batch; (0.2876821 + 0.2876821 + 1.3862944)/3
    model = filled(probes.Network(1, 2), [[0.0, 0.0]], [np.log(3), 0.0])
    X, y = np.array([[1.0], [2.0], [3.0]]), np.array([[1, 0], [1, 0], [0, 1]])
    history = learner.train(model, X, y, 0.0, 4, 2, np.random.default_rng(0))
    same(history, (0.6538862,) * 4)


@exercise("train")
def test_two_steps_in_the_order_of_the_generator(learner, tf):
    # batches of one, x = 1 for both: whoever comes first moves the bias towards its own class
    model = filled(probes.Network(1, 2), [[0.0, 0.0]], [0.0, 0.0])
    X, y = np.array([[1.0], [1.0]]), np.eye(2)
    history = learner.train(model, X, y, 1.0, 1, 1, np.random.default_rng(3))
    # default_rng(3).permutation(2) is [1, 0]: the second row first. Its p - y = (0.5, -0.5), so
    # w = (-0.5, 0.5) = b and the scores (-1, 1); then p = (0.1192029, 0.8807971), a loss of
    # 2.1269280, and p - y = (-0.8807971, 0.8807971) is taken away
    same(history, ((0.6931472 + 2.1269280) / 2,))
    same(model.variables[1], [0.3807971, -0.3807971])


@exercise("train")
def test_every_epoch_has_an_order_of_its_own(learner, tf):
    # default_rng(5).permutation(3) is [1, 2, 0] the first time and [0, 2, 1] the second. In this
    # order the losses of the six steps are 0.6931472, 1.3132617, 1.7324915 and 0.1595232,
    # 0.0865596, 2.5342397
    model = filled(probes.Network(1, 2), [[0.0, 0.0]], [0.0, 0.0])
    X, y = np.array([[1.0], [2.0], [0.0]]), np.array([[1, 0], [0, 1], [1, 0]])
    history = learner.train(model, X, y, 1.0, 2, 1, np.random.default_rng(5))
    same(history, (1.2463001, 0.9267742))


@exercise("adam_step")
def test_the_first_step_is_as_long_as_the_learning_rate(learner):
    # m̂ = g and √v̂ = |g|, whatever g is
    params, _ = learner.adam_step([np.array([1.0, 2.0])], [np.array([8.0, -30.0])], None, 0.1)
    same(params, ([0.9, 2.1],))


@exercise("adam_step")
def test_a_second_step_remembers_the_first(learner):
    params, state = learner.adam_step([np.array([1.0])], [np.array([8.0])], None, 0.1)
    params, _ = learner.adam_step(params, [np.array([0.0])], state, 0.1)
    # m = 0.9·0.8 = 0.72, m̂ = 0.72/(1 - 0.81) = 3.7894737
    # v = 0.999·0.064 = 0.063936, v̂ = v/(1 - 0.998001) = 31.983992, √v̂ = 5.6554392
    same(params, ([0.9 - 0.1 * 3.7894737 / 5.6554392],))


@exercise("adam_step")
def test_each_number_for_itself(learner):
    W, b = np.array([[2.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0])
    slopes = [np.array([[800.0, -800.0], [25.0, -25.0]]), np.array([0.0, 100.0])]
    params, _ = learner.adam_step([W, b], slopes, None, 1.0)
    # a step of 1 against each slope, and none where there is no slope
    same(params, ([[1, 3], [2, 5]], [5, 5]))


@exercise("adam_step")
def test_two_networks_side_by_side(learner):
    # the second step of the first network is that of test_a_second_step_remembers_the_first
    params, state = learner.adam_step([np.array([1.0])], [np.array([8.0])], None, 0.1)
    learner.adam_step([np.array([1.0])], [np.array([-30.0])], None, 0.1)
    params, _ = learner.adam_step(params, [np.array([0.0])], state, 0.1)
    same(params, ([0.9 - 0.1 * 3.7894737 / 5.6554392],))


@exercise("adam_step")
def test_without_a_memory_of_slopes(learner):
    # with β₁ = 0 m is the latest slope alone, and where that is 0 there is no step
    params, state = learner.adam_step([np.array([1.0])], [np.array([8.0])], None, 0.1, beta_1=0.0)
    params, _ = learner.adam_step(params, [np.array([0.0])], state, 0.1, beta_1=0.0)
    same(params, ([0.9],))


@exercise("adam_step")
def test_a_slope_as_small_as_epsilon(learner):
    # with β₁ = β₂ = 0 m is g and √v is |g|, and 1e-7 / (1e-7 + 1e-7) is half a step
    slopes = [np.array([1e-7])]
    params, _ = learner.adam_step([np.array([1.0])], slopes, None, 0.1, beta_1=0.0, beta_2=0.0)
    same(params, ([0.95],))


@exercise("adam_step")
def test_integers_become_floats(learner):
    # half a step of 1 away from whole numbers
    params, _ = learner.adam_step([np.array([3, 2])], [np.array([8.0, -8.0])], None, 0.5)
    same(params, ([2.5, 2.5],))


@exercise("adam_step")
def test_a_gradient_too_few(learner):
    with pytest.raises(ValueError):
        learner.adam_step([np.ones(2), np.ones(1)], [np.ones(2)])
