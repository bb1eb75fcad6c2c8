"""Forward propagation by hand: from one neuron to a layer, to a network, to a decision.

Shapes: X (n, d) holds one example a row, W (d, units) one neuron a column, b (units,) one bias a
neuron. Every argument may be a NumPy array or a (nested) list, of integers or floats, and is left
as it was. `sigmoid` and `step` are yours from chapter 1; this `sigmoid` takes any z unharmed.
"""

import numpy as np

from grader.given import sigmoid, step


def dense(a_prev, W, b):
    """One layer of sigmoid neurons, unit by unit: a_j = σ(w_j · a_prev + b_j).

    a_prev   (d,)        what the previous layer gave, or the input
    W        (d, units)  one column a neuron
    b        (units,)    one bias a neuron
    returns  (units,)    activations between 0 and 1

    >>> dense(np.array([1.0, 2.0]), np.array([[1.0], [0.0]]), np.array([0.0])).round(3)
    array([0.731])
    """
    raise NotImplementedError("dense is still to do")


def dense_layer(a_prev, W, b, activation):
    """One layer of neurons with any activation g: a_j = g(w_j · a_prev + b_j).

    a_prev      (d,)        what the previous layer gave, or the input
    W           (d, units)  one column a neuron
    b           (units,)    one bias a neuron
    activation  function    takes a number or an array of any shape, returns the same shape
    returns     (units,)    activations, in whatever range g has

    >>> def relu(z):
    ...     return np.maximum(0, z)
    >>> dense_layer([1.0, 2.0], [[1.0, -1.0], [0.0, -1.0]], [0.5, 1.0], relu)
    array([1.5, 0. ])
    """
    return activation(np.dot(a_prev, W) + b)


def sequential(x, layers):
    """Send one example through the whole network, f(x): each layer feeds the next.

    x        (d,)             one example
    layers   [(W, b), ...]    first layer first, one or more, each a layer of sigmoid neurons
    returns  (units,)         what the last layer gives

    >>> hidden = [[1.0, -1.0], [0.0, 1.0]], [0.0, 0.0]
    >>> output = [[1.0], [1.0]], [-1.0]
    >>> sequential([1.0, 2.0], [hidden, output]).round(3)  # through (0.731, 0.731)
    array([0.614])
    """
    for W, b in layers:
        x = dense(x, W, b)
    return x


def predict(X, layers, threshold=0.5):
    """Decide about every example: 1 where f(x) ≥ threshold, else 0.

    X          (n, d)         one example a row; n may be 1
    layers     [(W, b), ...]  as in `sequential`; the last layer has one unit
    threshold  float          the probability from which the answer is 1
    returns    (n, 1)         integers 0 and 1, one row an example

    >>> predict([[2.0], [0.0], [-2.0]], [([[1.0]], [0.0])])  # f(x): 0.881, 0.5, 0.119
    array([[1],
           [1],
           [0]])
    """
    answers = []
    for x in X:
        p = sequential(x, layers)[0]
        answers.append([int(p >= threshold)])
    return np.array(answers)


def perceptron(X, W, b):
    """φ(XW + b) with φ = step: a layer of threshold logic units for a whole batch.

    X        (n, d)      one example a row
    W        (d, units)  one unit a column
    b        (units,)    one bias a unit, the same for every example
    returns  (n, units)  1 where the sum is 0 or more, else 0

    >>> perceptron([[0, 1], [1, 1]], [[1, 1], [1, 1]], [-1, -2])  # OR and AND
    array([[1, 0],
           [1, 1]])
    """
    # TODO check the shapes again
    return step(np.dot(X, W) + b)


def xor_network():
    """Give the weights of a two-layer TLU network for XOR: 1 where its two inputs differ.

    The network is perceptron(perceptron(X, W1, b1), W2, b2), for X of zeros and ones. The
    number of hidden units is yours to choose; any weights that work are right.

    returns  [(W1, b1), (W2, b2)]  W1 (2, hidden), b1 (hidden,), W2 (hidden, 1), b2 (1,)

    >>> (W1, b1), (W2, b2) = xor_network()
    >>> perceptron(perceptron([[0, 0], [0, 1], [1, 0], [1, 1]], W1, b1), W2, b2).ravel()
    array([0, 1, 1, 0])
    """
    raise NotImplementedError("xor_network is still to do")


def compose_linear(W1, b1, W2, b2):
    """Two linear layers as one: (W, b) with XW + b = (XW₁ + b₁)W₂ + b₂ for every X.

    W1       (d, hidden)                  first layer's weights
    b1       (hidden,)                    first layer's biases
    W2       (hidden, units)              second layer's weights
    b2       (units,)                     second layer's biases
    returns  (W (d, units), b (units,))   the one layer, as a tuple

    >>> compose_linear([[1.0, 2.0]], [1.0, 1.0], [[3.0], [4.0]], [5.0])
    (array([[11.]]), array([12.]))
    """
    raise NotImplementedError("compose_linear is still to do")


def standardize(X):
    """Every feature (column) to mean 0 and variance 1: (X - mean) / std.

    X        (n, d)                                  one example a row, each feature in its unit
    returns  (X (n, d), mean (d,), std (d,))         a tuple; mean and std in the features' units

    std is the population's, √(Σ(x - mean)² / n), which is NumPy's default (ddof=0). A constant
    feature, the same value in every row, has nothing to divide by: it becomes zeros, and the std
    returned for it is 1. There is no NaN and no warning, and three times 0.1 is constant too,
    although rounding leaves np.std([0.1, 0.1, 0.1]) at 1.4e-17.

    >>> Z, mean, std = standardize([[150.0, 90.0], [190.0, 90.0]])
    >>> Z
    array([[-1.,  0.],
           [ 1.,  0.]])
    >>> mean, std
    (array([170.,  90.]), array([20.,  1.]))
    """
    raise NotImplementedError("standardize is still to do")


def count_parameters(layers):
    """How many numbers a network learns: all its weights and all its biases.

    layers   [(W, b), ...]  W (d, units), b (units,)
    returns  int            d·units + units, summed over the layers

    >>> count_parameters([(np.zeros((2, 3)), np.zeros(3)), (np.zeros((3, 1)), np.zeros(1))])
    13
    """
    n = 0
    for W, b in layers:
        n += np.size(W)
    return n
