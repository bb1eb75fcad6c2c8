import numpy as np
import pytest

from grader import given
from grader.compare import same
from grader.plugin import exercise

POT = [180, 90]  # 180 °C for 90 min


@exercise("weighted_sum")
def test_the_pot_of_the_lesson(learner):
    # 0.02·180 + 0.03·90 - 6 = 3.6 + 2.7 - 6 = 0.3
    same(learner.weighted_sum(POT, [0.02, 0.03], -6), 0.3)


@exercise("weighted_sum")
def test_one_product_for_each_input(learner):
    # 1·10 + 2·20 + 3·30 + 4 = 144, and with one input 5·2 - 1 = 9
    same(learner.weighted_sum(np.array([1, 2, 3]), np.array([10, 20, 30]), 4), 144)
    same(learner.weighted_sum([5], [2], -1), 9)


@exercise("weighted_sum")
@pytest.mark.parametrize("w", [[1], [1, 2, 3]])
def test_lengths_that_differ(learner, w):
    # two inputs want two weights, not one and not three
    with pytest.raises(ValueError):
        learner.weighted_sum(np.array(POT), np.array(w), 0)


@exercise("step")
def test_on_at_zero(learner):
    same(learner.step(np.array([-3.0, -0.01, 0.0, 0.01, 3.0])), [0, 0, 1, 1, 1])


@exercise("step")
def test_every_shape(learner):
    same(learner.step(0.3), 1)
    same(learner.step(-2), 0)
    same(learner.step([[-1, 0, 2], [5, -7, 1]]), [[0, 1, 1], [1, 0, 1]])


@exercise("step")
def test_a_plain_list(learner):
    same(learner.step([-1, 0, 2]), [0, 1, 1])


@exercise("tlu")
@pytest.mark.parametrize(("x", "answer"), [([0, 0], 0), ([0, 1], 0), ([1, 0], 0), ([1, 1], 1)])
def test_and(learner, x, answer):
    # w·x is 0, 1, 1, 2; adding b = -1.5 leaves only the last above 0
    same(learner.tlu(x, [1, 1], -1.5), answer)


@exercise("tlu")
def test_not(learner):
    # -1·0 + 0.5 = 0.5 gives 1, and -1·1 + 0.5 = -0.5 gives 0
    off, on = learner.tlu([0], [-1], 0.5), learner.tlu([1], [-1], 0.5)
    same(off, 1)
    same(on, 0)


@exercise("tlu")
def test_the_threshold_is_enough(learner):
    # 2·1 + 3·2 - 8 = 0: exactly on the threshold
    same(learner.tlu([1, 2], [2, 3], -8), 1)


@exercise("sigmoid")
def test_known_values(learner):
    # e^-0 = 1, so σ(0) = 1/2; e^-1 = 0.3679, so σ(1) = 1/1.3679; σ(-1) = 1 - σ(1)
    same(learner.sigmoid(np.array([-1.0, 0.0, 1.0])), [0.2689414, 0.5, 0.7310586])


@exercise("sigmoid")
def test_integers_in_a_list_of_lists(learner):
    same(learner.sigmoid([[-2, 0], [1, 2]]), [[0.1192029, 0.5], [0.7310586, 0.8807971]])


@exercise("sigmoid")
def test_a_single_number(learner):
    # e^-0.3 = 0.7408 and 1/1.7408 = 0.5744
    same(learner.sigmoid(0.3), 0.5744425)


@exercise("sigmoid")
def test_far_out_without_a_warning(learner):
    # e^1000 fits into no float; e^-1000 is 0 to every digit a float has
    low, high = learner.sigmoid(-1000.0), learner.sigmoid(1000.0)
    same(low, 0)
    same(high, 1)


@exercise("sigmoid")
def test_far_out_in_float32(learner):
    # where e^89 is too much already
    same(learner.sigmoid(np.array([-200.0, 200.0], np.float32)), [0, 1])


@exercise("tanh")
def test_the_sigmoid_of_2z_stretched(learner):
    # σ(0.6) = 0.6456563 and 2·0.6456563 - 1 = 0.2913126; tanh(-z) = -tanh(z)
    same(learner.tanh(np.array([-0.3, 0.0, 0.3])), [-0.2913126, 0, 0.2913126])


@exercise("tanh")
def test_numbers_and_lists(learner):
    # σ(2) = 0.8807971 and 2·0.8807971 - 1 = 0.7615942
    same(learner.tanh([1, -1]), [0.7615942, -0.7615942])
    same(learner.tanh(1), 0.7615942)


@exercise("tanh")
def test_level_at_both_ends(learner):
    same(learner.tanh(np.array([-1000.0, 1000.0])), [-1, 1])


@exercise("relu")
def test_negatives_become_zero(learner):
    same(learner.relu(np.array([-2.0, -0.5, 0.0, 0.5, 2.0])), [0, 0, 0, 0.5, 2])


@exercise("relu")
def test_relu_of_every_shape(learner):
    same(learner.relu([[-1, 4], [90, -180]]), [[0, 4], [90, 0]])
    same(learner.relu(-0.3), 0)
    same(learner.relu(2.5), 2.5)


@exercise("neuron")
@pytest.mark.parametrize(
    ("activation", "answer"),
    [(given.step, 1), (given.sigmoid, 0.5744425), (given.tanh, 0.2913126), (given.relu, 0.3)],
)
def test_one_pot_four_answers(learner, activation, answer):
    # z = 0.02·180 + 0.03·90 - 6 = 0.3
    same(learner.neuron(POT, [0.02, 0.03], -6, activation), answer)


@exercise("neuron")
def test_the_bias_goes_in_before_the_activation(learner):
    # z = 1·2 + 3·1 - 7 = -2, and relu(-2) = 0; relu(5) - 7 would be -2
    same(learner.neuron(np.array([1, 3]), np.array([2, 1]), -7, given.relu), 0)


@exercise("decide")
def test_at_the_threshold_it_is_yes(learner):
    same(learner.decide(np.array([0.2, 0.499, 0.5, 0.9])), [0, 0, 1, 1], dtype="integer")


@exercise("decide")
def test_another_threshold(learner):
    # 0.75 ≥ 0.75 is yes, 0.5744 is not sure enough
    same(learner.decide([0.5744, 0.75, 0.9], 0.75), [0, 1, 1], dtype="integer")


@exercise("decide")
def test_one_decision_for_each_pot(learner):
    same(learner.decide(0.6), 1, dtype="integer")
    same(learner.decide(np.array([[0.1], [0.6], [1.0]])), [[0], [1], [1]], dtype="integer")
