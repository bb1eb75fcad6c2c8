"""Downhill, step by step: one neuron, a softmax model and whole networks learn their own weights.

X (n, d) holds one example a row. `SoftmaxModel`, `train_step` and `train` are TensorFlow, without
Keras; the others are NumPy, and their arguments are arrays. Every array is left as it was: what
learns in place is a model, by its Variables. `sigmoid` and `step` are yours from chapter 1.
"""

import numpy as np
import tensorflow as tf

from grader.given import sigmoid, step


def gradient_step(params, grads, learning_rate):
    """One step downhill for every parameter: p - learning_rate · (the slope by p).

    params         nested    one array, or lists and tuples of arrays, nested as deep as you like:
                             [W, b], [(W1, b1), (W2, b2)], …
    grads          the same  a gradient for each parameter, in its place and in its shape
    learning_rate  number    how long the step is
    returns        the same  new arrays, nested as before: a list is a list again, a tuple a tuple

    The old arrays stay as they were. Integers do not stay integers: 3 - 0.1·5 is 2.5. ValueError
    where a list has more gradients than parameters, or fewer.

    >>> layers = [(np.array([[1.0], [2.0]]), np.array([3]))]
    >>> gradient_step(layers, [(np.array([[2.0], [-4.0]]), np.array([5]))], 0.1)
    [(array([[0.8],
           [2.4]]), array([2.5]))]
    """
    raise NotImplementedError("gradient_step is still to do")


def fit_logistic(X, y, learning_rate, epochs):
    """Logistic regression: one sigmoid neuron learns by gradient descent, from zeros.

    X              (n, d)   one example a row
    y              (n,)     the labels, 0 or 1
    learning_rate  number   how long each step is
    epochs         integer  how many steps; every one looks at all n examples
    returns        (w, b, history)  w (d,), b a number, and a list of one loss an epoch

    An epoch computes a = σ(Xw + b) and notes the loss, the mean of -[y·ln a + (1 - y)·ln(1 - a)].
    Then it takes one step for w and b together, along the slopes of that loss at the same a:
    Xᵀ(a - y)/n by w and the mean of a - y by b. So history[0] is the loss of the zeros, and the
    loss of the final w and b is not in it.

    No logarithm of 0, as in `loss_bce`: an a nearer to 0 or 1 than 1e-7 may count as 1e-7 away, in
    the loss and not in the slopes. No NaN and no warning, however far out Xw + b may be.

    >>> X = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
    >>> w, b, history = fit_logistic(X, np.array([0, 1, 1, 1]), 1.0, 1)
    >>> w, float(b), [round(float(loss), 4) for loss in history]  # a = 0.5 for all costs ln 2
    (array([0.25, 0.25]), 0.25, [0.6931])
    """
    raise NotImplementedError("fit_logistic is still to do")


def perceptron_rule(X, y, epochs):
    """Rosenblatt's rule: a threshold unit learns from its errors, one example after another.

    X        (n, d)   one example a row
    y        (n,)     the labels, 0 or 1
    epochs   integer  how often to go through all examples at most
    returns  (w, b, errors)  w (d,), b a number, and a list: how many rows were wrong in each epoch

    w and b begin as zeros. For each row in its turn, from the first to the last, ŷ = step(w·x + b)
    with the w and b of that moment, where step(0) is 1; then w grows by (y - ŷ)·x and b by y - ŷ.
    A row is wrong if ŷ was not y. After the first epoch without an error it stops; that 0 is the
    last number in `errors`.

    >>> X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> w, b, errors = perceptron_rule(X, np.array([0, 1, 1, 1]), 9)  # OR
    >>> w, float(b), errors
    (array([1., 1.]), -1.0, [2, 2, 1, 0])
    """
    raise NotImplementedError("perceptron_rule is still to do")


class SoftmaxModel(tf.Module):
    """Softmax regression: a score for each class, turned into probabilities, softmax(x @ w + b).

    n_inputs   integer  d, how many numbers an example has
    n_classes  integer  c, how many classes there are

    Its attributes `w` (d, c) and `b` (c,) are Variables of float32, and begin as zeros. They are
    all that it has to learn: tf.Module finds them and lists them in `trainable_variables`.

    >>> model = SoftmaxModel(2, 4)
    >>> model.w.shape, model.b.shape, len(model.trainable_variables)
    (TensorShape([2, 4]), TensorShape([4]), 2)
    >>> model([[1.0, 5.0]]).numpy()
    array([[0.25, 0.25, 0.25, 0.25]], dtype=float32)
    """

    def __init__(self, n_inputs, n_classes):
        """Make the two Variables, all zeros."""
        raise NotImplementedError("__init__ is still to do")

    def __call__(self, x):
        """Probabilities for a batch, by w and b as they are now.

        x        (n, d)  one example a row: a tensor, an array or a list, of integers or floats
        returns  (n, c)  a float32 tensor; each row adds up to 1

        It is written in TensorFlow, so that a tape can follow it. Scores of ±1000 give no NaN.
        """
        raise NotImplementedError("__call__ is still to do")


def train_step(model, x, y, learning_rate):
    """One step of gradient descent for all Variables of a model, in place.

    model          gives (n, c) probabilities for x, a float32 tensor; its `trainable_variables` are
                   what learns, two of them or more
    x              (n, d)  a batch, one example a row: a tensor, an array or a list
    y              (n, c)  one-hot labels, integers or floats: a tensor, an array or a list
    learning_rate  number  how long the step is
    returns        number  the loss before the step, a tensor () or a float

    The loss is that of chapter 5, the categorical cross-entropy: the mean over the examples of
    -Σ y·ln(p + ε), with ε = 1e-12. Raising p to at least ε is as good. All slopes are taken at the
    same place; then each Variable is assigned its value less learning_rate times its own slope.

    >>> model = SoftmaxModel(1, 2)
    >>> round(float(train_step(model, [[2.0]], [[0, 1]], 0.5)), 4)  # p = (0.5, 0.5) costs ln 2
    0.6931
    >>> model.w.numpy(), model.b.numpy()  # 0.5·(0 - p) and 0.5·(1 - p); for w times x = 2
    (array([[-0.5,  0.5]], dtype=float32), array([-0.25,  0.25], dtype=float32))
    """
    raise NotImplementedError("train_step is still to do")


def minibatches(X, y, batch_size, rng):
    """A generator over one shuffled epoch: pairs (X_batch, y_batch) until every row has been there.

    X           (n, …)     one example a row: (n, d), or (n, 8, 8) for pictures
    y           (n,) or (n, c)  a label for each
    batch_size  integer    how many rows a batch has; the last one has what is left, 1 or more
    rng         Generator  the only source of chance
    yields      (X_batch (batch_size, …), y_batch (batch_size,) or (batch_size, c))

    X and y are arrays and stay as they were. The order of the rows is that of rng.permutation(n),
    drawn once: the first batch holds the rows that it names first, and so on.

    >>> X, y = np.array([[0], [10], [20]]), np.array([0, 1, 2])
    >>> for X_batch, y_batch in minibatches(X, y, 2, np.random.default_rng(0)):
    ...     print(X_batch.tolist(), y_batch)
    [[20], [0]] [2 0]
    [[10]] [1]
    """
    raise NotImplementedError("minibatches is still to do")


def train(model, X, y, learning_rate, epochs, batch_size, rng):
    """Train a model in place: a `train_step` for every mini-batch of every epoch.

    model          as in `train_step`
    X              (n, d)     an array, one example a row
    y              (n, c)     an array, one-hot labels
    learning_rate  number     how long each step is
    epochs         integer    how often to go through all examples
    batch_size     integer    how many examples a step looks at; the last of an epoch may have fewer
    rng            Generator  shuffles: rng.permutation(n) once an epoch, as in `minibatches`
    returns        list       one float an epoch: the mean over the n examples of the losses that
                              they had in their batches, each before its step

    >>> X, y = np.array([[1.0], [-1.0], [2.0]]), np.array([[1, 0], [0, 1], [1, 0]])
    >>> history = train(SoftmaxModel(1, 2), X, y, 0.5, 3, 2, np.random.default_rng(0))
    >>> [round(loss, 4) for loss in history]
    [0.6541, 0.197, 0.1351]
    """
    raise NotImplementedError("train is still to do")


def adam_step(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """One step of Adam for every parameter: the step t = 1, 2, 3, … of a row of steps.

    params   list of arrays   what learns
    grads    list of arrays   a gradient for each, in its shape
    state    anything         what you returned with the step before; None at the first step
    returns  (params, state)  a list of new arrays, and what you will need to know at the next step

    With g for the gradient, and m = v = 0 before the first step, every single number has its own

        m = β₁·m + (1 - β₁)·g             the mean of the latest slopes
        v = β₂·v + (1 - β₂)·g²            the mean of their squares
        m̂ = m / (1 - β₁ᵗ),  v̂ = v / (1 - β₂ᵗ)
        p = p - learning_rate · m̂ / (√v̂ + ε)

    m and v are kept as they are, without the hats. The arguments stay as they were, the state too.
    ValueError where there are more gradients than parameters, or fewer.

    >>> params, state = adam_step([np.array([1.0, 2.0])], [np.array([0.5, -30.0])], None, 0.1)
    >>> params[0].round(4)  # the first step is as long as the learning rate, whatever the slope
    array([0.9, 2.1])
    >>> params, state = adam_step(params, [np.array([0.0, -30.0])], state, 0.1)
    >>> params[0].round(4)
    array([0.833, 2.2  ])
    """
    raise NotImplementedError("adam_step is still to do")
