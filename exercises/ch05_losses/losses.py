"""How wrong is wrong: the loss of one example, the cost of all, the share of right answers.

A batch has n examples, one a row, and log is the natural logarithm. `loss_mse`, `loss_crsntrpy` and
`sparse_crossentropy` are written in TensorFlow from the first step to the last, so that a tape can
differentiate them by their second argument; they take tensors, arrays or lists. The others are
NumPy and take arrays or lists. Every argument is left as it was.
"""

import numpy as np
import tensorflow as tf


def loss_mse(target_y, predicted_y):
    """Mean squared error: the mean of (target - predicted)² over all numbers.

    target_y     any shape       what is true, integers or floats
    predicted_y  the same shape  what was predicted, floats
    returns      ()              a float tensor with the one mean, in the square of their unit

    Targets are cast to the type of the predictions, never the other way round. ValueError where
    the shapes are not equal, also for (n,) against (n, 1).

    >>> float(loss_mse([1, 0], [0.5, 0.25]))  # (0.25 + 0.0625) / 2
    0.15625
    """
    raise NotImplementedError("loss_mse is still to do")


def loss_bce(target_y, predicted_y):
    """Binary cross-entropy: the mean of -[t·log p + (1 - t)·log(1 - p)] over all examples.

    target_y     (n,) or (n, 1)  t, each 0 or 1, integers or floats
    predicted_y  the same shape  p, each the probability of a 1, from 0 to 1, both included
    returns      number          the mean, 0 or more (a rounding error below 0 is fine)

    No logarithm of 0: with ε = 1e-7, as in Keras, p counts as ε below ε and as 1 - ε above 1 - ε.
    Adding ε inside both logarithms instead is as good. Certain and wrong then costs -log ε = 16.118
    (for p in float32, whose 1 - ε is coarse, 15.94 is right too), and nothing is warned about.
    ValueError where the shapes are not equal, also for (n,) against (n, 1).

    >>> float(loss_bce([1, 0], [0.5, 0.75]).round(4))  # (0.6931 + 1.3863) / 2
    1.0397
    """
    raise NotImplementedError("loss_bce is still to do")


def loss_crsntrpy(target_y, predicted_y):
    """Categorical cross-entropy: the mean over the examples of -Σ t·log(p + ε), ε = 1e-12.

    target_y     (n, c)  t, a row an example: one-hot or shares that add up to 1, ints or floats
    predicted_y  (n, c)  p, a row an example: probabilities as floats, 0 and 1 included
    returns      ()      a float tensor: the sum over the classes, the mean over the examples

    The probabilities are taken as they are, not rescaled, and c may be 1. Raising p to at least ε
    instead of adding ε is as good: a p of 0 costs t · 27.631. Where t and p are both 0 the slope is
    0. Targets are cast to the type of the predictions. ValueError where the shapes are not equal.

    >>> loss = loss_crsntrpy([[0, 1], [1, 0]], [[0.5, 0.5], [0.25, 0.75]])
    >>> round(float(loss), 4)  # (-log 0.5 - log 0.25) / 2 = (0.6931 + 1.3863) / 2
    1.0397
    """
    raise NotImplementedError("loss_crsntrpy is still to do")


def sparse_crossentropy(labels, logits):
    """Cross-entropy of class numbers against raw scores: the mean of log(Σ_k e^z_k) - z_label.

    labels   (n,)    the number of the right class, 0 … c-1: int32, int64 or a list of int
    logits   (n, c)  z, a row an example: raw scores as floats, before any softmax
    returns  ()      a float tensor: the mean over the examples

    This is -log softmax(z)[label], and no z may spoil it: from -10 000 to 10 000 the loss is the
    right finite number (to be 10 000 behind costs 10 000), and the slope by each z is finite too.

    >>> loss = sparse_crossentropy([1, 0], [[0.0, 0.0], [10000.0, 0.0]])
    >>> round(float(loss), 4)  # (log 2 + 0) / 2
    0.3466
    """
    raise NotImplementedError("sparse_crossentropy is still to do")


def cost(losses):
    """The cost of a set of examples: the mean of their losses.

    losses   (n,) or (n, 1)  the loss of each example by itself, one or more
    returns  number          their mean, a single number with no array around it

    >>> float(cost([0.25, 0.5, 3.0]))
    1.25
    """
    raise NotImplementedError("cost is still to do")


def accuracy(y_true, y_pred):
    """The share of examples for which both arguments name the same class.

    y_true   one of the forms below  what is true
    y_pred   one of the forms below  what was predicted, not always in the same form
    returns  number                  right answers / n, from 0 to 1

    Each argument tells by itself which class it names:

    (n, c), c ≥ 2    a row an example: one-hot, probabilities or logits; the largest entry's place
    (n,) or (n, 1)   integers, or floats that are all whole (0.0, 2.0): class numbers as they are
    (n,) or (n, 1)   other floats: each the probability of class 1; class 1 from 0.5 up, else 0

    ValueError when the numbers of examples differ.

    >>> float(accuracy([1, 0, 1, 1], [[0.9], [0.2], [0.5], [0.4]]))
    0.75
    >>> float(accuracy([2, 0], [[-1.0, 0.5, 3.0], [0.1, 0.7, 0.2]]))
    0.5
    """

    raise NotImplementedError("accuracy is still to do")
