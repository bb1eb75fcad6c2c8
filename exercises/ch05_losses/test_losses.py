"""Examples for chapter 5, small enough to check by hand.

Useful to know: log 2 = 0.6931472, log 3 = 1.0986123, log 4 = 1.3862944,
-log 1e-7 = 16.1180957, -log 1e-12 = 27.6310211.
"""

import numpy as np
import pytest

from grader.compare import same
from grader.plugin import exercise


@exercise("loss_mse")
def test_three_guesses(learner):
    # off by 0.5, -0.5 and 1: (0.25 + 0.25 + 1) / 3
    same(learner.loss_mse([1, 0, 1], np.array([0.5, 0.5, 0.0])), 0.5, kind="tensor")


@exercise("loss_mse")
def test_one_mean_over_all_the_numbers(learner):
    # two rows of three: (0 + 0 + 4 + 0.25 + 0 + 1) / 6 = 5.25 / 6
    target = np.array([[1.0, 0.0, 3.0], [0.0, 1.0, 2.0]])
    predicted = np.array([[1.0, 0.0, 1.0], [0.5, 1.0, 3.0]])
    same(learner.loss_mse(target, predicted), 0.875, kind="tensor")


@exercise("loss_mse")
@pytest.mark.parametrize("targets", [[1.0, 0.0], [1.0, 0.0, 1.0]])
def test_a_vector_does_not_meet_a_column(learner, targets):
    # (2,) against (3, 1), then (3,) against (3, 1), which NumPy would make a table of 9
    with pytest.raises(ValueError):
        learner.loss_mse(targets, [[0.5], [0.5], [0.0]])


@exercise("loss_mse")
def test_two_rows_of_three_do_not_meet_three_rows_of_two(learner):
    with pytest.raises(ValueError):
        learner.loss_mse(np.zeros((2, 3)), np.zeros((3, 2)))


@exercise("loss_mse")
def test_the_slope_of_the_squares(learner, tf):
    # d/dp of (t - p)² / 2 is (p - t): 0.5 - 1 and 0.25 - 0
    predicted = tf.constant([0.5, 0.25])
    value, slope = learner.loss_mse.under_tape([1, 0], predicted, by=1)
    same(value, 0.15625, kind="tensor")
    same(slope, [-0.5, 0.25])


@exercise("loss_bce")
def test_two_pots(learner):
    # a 1 at 25 %: -log 0.25 = 1.3863; a 0 at 50 %: -log(1 - 0.5) = 0.6931; mean 2.0794 / 2
    same(learner.loss_bce([1, 0], [0.25, 0.5]), 1.0397208)


@exercise("loss_bce")
def test_columns_are_one_mean_too(learner):
    # a 1 at 50 %: 0.6931, a 0 at 75 %: -log(1 - 0.75) = 1.3863, a 0 at 50 %: 0.6931
    target, p = np.array([[1], [0], [0]]), np.array([[0.5], [0.75], [0.5]])
    same(learner.loss_bce(target, p), 0.9241962)


@exercise("loss_bce")
def test_certain_and_right_and_certain_and_wrong(learner):
    # right about the first two: 0 and 0; wrong about the others: 16.1181 each; 32.2362 / 4
    same(learner.loss_bce([1, 0, 1, 0], np.array([1.0, 0.0, 0.0, 1.0])), 8.0590478)


@exercise("loss_bce")
def test_a_certain_yes_that_is_a_no(learner):
    same(learner.loss_bce([0], np.array([1.0])), 16.1180957)


@exercise("loss_bce")
def test_a_certain_no_that_is_a_yes(learner):
    same(learner.loss_bce([1], np.array([0.0])), 16.1180957)


@exercise("loss_bce")
def test_a_vector_of_pots_does_not_meet_a_column(learner):
    with pytest.raises(ValueError):
        learner.loss_bce(np.array([1, 0]), np.array([[0.25], [0.5]]))


@exercise("loss_crsntrpy")
def test_only_the_right_class_counts(learner):
    # row 1: -log 0.5 = 0.6931; row 2: -log 0.25 = 1.3863; mean of the two rows 1.0397
    target = np.array([[0, 1, 0], [1, 0, 0]])
    predicted = np.array([[0.25, 0.5, 0.25], [0.25, 0.75, 0.0]])
    same(learner.loss_crsntrpy(target, predicted), 1.0397208, kind="tensor")


@exercise("loss_crsntrpy")
def test_a_right_class_that_was_ruled_out(learner):
    # row 1: -log(0 + 1e-12) = 27.6310; row 2: -log 1 = 0
    target = np.array([[1, 0], [0, 1]])
    predicted = np.array([[0, 1], [0, 1]], np.float32)
    same(learner.loss_crsntrpy(target, predicted), 13.8155106, kind="tensor")


@exercise("loss_crsntrpy")
def test_class_numbers_are_not_one_hot(learner):
    # (2,) against (2, 2) could be broadcast, and would mean nothing
    with pytest.raises(ValueError):
        learner.loss_crsntrpy([1, 0], [[0.25, 0.75], [0.5, 0.5]])


@exercise("loss_crsntrpy")
def test_the_slope_of_the_surprise(learner, tf):
    # d/dp of -log p is -1/p, and there are 2 rows: -1/0.5/2 = -1 and -1/0.25/2 = -2
    predicted = tf.constant([[0.5, 0.5, 0.0], [0.25, 0.0, 0.75]])
    value, slope = learner.loss_crsntrpy.under_tape([[0, 1, 0], [1, 0, 0]], predicted, by=1)
    same(value, 1.0397208, kind="tensor")
    same(slope, [[0, -1, 0], [-2, 0, 0]])


@exercise("sparse_crossentropy")
def test_scores_and_class_numbers(learner):
    # e^0 + e^0 + e^0 + e^log 3 = 6: class 3 has softmax 3/6, -log 0.5 = 0.6931;
    # equal scores give 1/4 to each class, -log 0.25 = 1.3863; mean 1.0397
    logits = np.array([[0.0, 0.0, 0.0, 1.0986123], [5.0, 5.0, 5.0, 5.0]])
    same(learner.sparse_crossentropy([3, 0], logits), 1.0397208, kind="tensor")


@exercise("sparse_crossentropy")
def test_enormous_scores(learner):
    # 10 000 ahead: -log 1 = 0; 20 000 behind: log(e^20000 + 1) = 20 000; level: log 2
    logits = np.array([[10000.0, 0.0], [-10000.0, 10000.0], [-10000.0, -10000.0]])
    same(learner.sparse_crossentropy(np.array([0, 0, 1]), logits), 6666.8977157, kind="tensor")


@exercise("sparse_crossentropy")
def test_a_thousand_ahead(learner):
    # e^1000 has 435 digits, and the loss is -log 1
    same(learner.sparse_crossentropy([0], np.array([[1000.0, 0.0]])), 0, kind="tensor")


@exercise("sparse_crossentropy")
def test_the_slope_of_the_scores(learner, tf):
    # softmax minus one-hot, by 2 rows: (1/4, 3/4 - 1) / 2 and (1/2 - 1, 1/2) / 2
    logits = tf.constant([[0.0, 1.0986123], [7.0, 7.0]])
    value, slope = learner.sparse_crossentropy.under_tape([1, 0], logits, by=1)
    same(value, 0.4904147, kind="tensor")  # (log 4/3 + log 2) / 2 = (0.2877 + 0.6931) / 2
    same(slope, [[0.125, -0.125], [-0.25, 0.25]])


@exercise("cost")
def test_the_mean_of_three_losses(learner):
    # (0.25 + 0.5 + 3) / 3
    same(learner.cost([0.25, 0.5, 3.0]), 1.25)


@exercise("cost")
def test_a_column_of_losses(learner):
    # (1 + 2 + 6 + 7) / 4, one number
    same(learner.cost(np.array([[1], [2], [6], [7]])), 4)


@exercise("cost")
def test_the_largest_loss_comes_first(learner):
    # (6 + 1 + 2) / 3
    same(learner.cost([6.0, 1.0, 2.0]), 3)


@exercise("cost")
def test_one_single_loss(learner):
    same(learner.cost([0.625]), 0.625)


@exercise("accuracy")
def test_labels_and_probabilities(learner):
    # 0.9 → 1, 0.2 → 0, 0.5 → 1, 0.4 → 0: only the last is not as it should be
    same(learner.accuracy([1, 0, 1, 1], np.array([[0.9], [0.2], [0.5], [0.4]])), 0.75)


@exercise("accuracy")
def test_labels_and_a_row_an_example(learner):
    # the largest scores are in the places 2, 0 and 1; 2, 0 and 0 are right
    logits = np.array([[-1.0, 0.25, 3.0], [4.0, 2.0, 1.0], [-5.0, -2.0, -3.0]])
    same(learner.accuracy([2, 0, 0], logits), 2 / 3)


@exercise("accuracy")
def test_one_hot_and_class_numbers(learner):
    # one-hot 1, 2, 0, 2 against 1, 2, 2, 2, once as integers in a row, once as floats in a column
    one_hot = [[0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 0, 1]]
    same(learner.accuracy(one_hot, [1, 2, 2, 2]), 0.75)
    same(learner.accuracy(one_hot, [[1.0], [2.0], [2.0], [2.0]]), 0.75)
    # the same once more as rows of probabilities, whose largest need not reach one half
    rows = [[0.3, 0.4, 0.3], [0.25, 0.35, 0.4], [0.1, 0.3, 0.6], [0.2, 0.35, 0.45]]
    same(learner.accuracy(one_hot, rows), 0.75)


@exercise("accuracy")
def test_as_many_answers_as_questions(learner):
    with pytest.raises(ValueError):
        learner.accuracy([1, 0, 1], [1])
