"""One neuron: weigh the inputs, add them up, let an activation give the answer.

The running example is a pot of kimchi jjim: x = [180, 90] is 180 °C for 90 min.
"""

import numpy as np


def weighted_sum(x, w, b):
    """The first half of a neuron: z = w·x + b = w_1 x_1 + … + w_d x_d + b.

    x        (d,)    the inputs, a list or an array: [temperature in °C, duration in min]
    w        (d,)    one weight for each input: [z for each °C, z for each min]
    b        number  the bias, added once
    returns  number  z, a single number with no array around it

    ValueError when x and w differ in length, also when one of them has length 1.

    >>> float(weighted_sum([180, 90], [0.25, 0.5], -60))
    30.0
    """
    return np.dot(w, x) + b


def step(z):
    """The oldest activation: 1 where z ≥ 0, else 0, element by element.

    z        any shape      a number, a list or an array, of floats or integers
    returns  shape of z     the numbers 1 and 0 (integers or floats, not True and False)

    z itself is left as it was.

    >>> step(np.array([-2.0, 0.0, 0.5]))
    array([0, 1, 1])
    """
    return (np.asarray(z) >= 0).astype(int)


def tlu(x, w, b):
    """A threshold logic unit, one neuron with step: 1 if w·x + b ≥ 0, else 0.

    x        (d,)    the inputs, a list or an array
    w        (d,)    one weight for each input
    b        number  the bias; -b is the threshold that w·x has to reach
    returns  number  1 or 0

    With w = [1, 1] and b = -1.5 it is the gate AND:

    >>> [int(tlu(x, [1, 1], -1.5)) for x in ([0, 0], [0, 1], [1, 0], [1, 1])]
    [0, 0, 0, 1]
    """
    return step(weighted_sum(x, w, b))


def sigmoid(z):
    """The smooth step: σ(z) = 1 / (1 + e^-z), element by element.

    z        any shape   a number, a list or an array, of floats or integers
    returns  shape of z  floats from 0 to 1; σ of an integer is not rounded to an integer

    No z may overflow: ±1000 gives 1 and 0 without a RuntimeWarning, in float64 and in float32
    (whose e^89 is too large already).

    >>> sigmoid([-1000, 0, 2]).round(4)
    array([0.    , 0.5   , 0.8808])
    """
    z = np.asarray(z, float)
    # two formulas, each used only where it cannot overflow
    result = np.empty(z.shape)
    positive = z >= 0
    result[positive] = 1 / (1 + np.exp(-z[positive]))
    result[~positive] = np.exp(z[~positive]) / (1 + np.exp(z[~positive]))
    return result


def tanh(z):
    """The sigmoid stretched to -1 … 1: tanh(z) = 2σ(2z) - 1, element by element.

    z        any shape   a number, a list or an array, of floats or integers
    returns  shape of z  floats from -1 to 1, with no RuntimeWarning for any z

    >>> tanh([-1000, 0, 1]).round(4)
    array([-1.    ,  0.    ,  0.7616])
    """
    return 2 * sigmoid(2 * np.asarray(z)) - 1


def relu(z):
    """The rectified linear unit: the larger of 0 and z, element by element.

    z        any shape   a number, a list or an array, of floats or integers
    returns  shape of z  z where it is positive, else 0

    z itself is left as it was.

    >>> relu([-1.5, 0.0, 2.5])
    array([0. , 0. , 2.5])
    """
    return np.maximum(z, 0)


def neuron(x, w, b, activation):
    """A whole neuron: a = activation(w·x + b).

    x           (d,)      the inputs, a list or an array: [temperature in °C, duration in min]
    w           (d,)      one weight for each input
    b           number    the bias, added before the activation
    activation  function  takes z and returns a: step, sigmoid, tanh, relu or any other
    returns     number    a, what this neuron says

    >>> float(neuron([180, 90], [0.25, 0.5], -60, relu))
    30.0
    """
    z = weighted_sum(x, w, b)
    a = activation(z)
    return a


def decide(p, threshold=0.5):
    """From how sure to yes or no: 1 where p ≥ threshold, else 0, element by element.

    p          any shape   probabilities from 0 to 1: a number, a list or an array
    threshold  number      how sure is sure enough, from 0 to 1
    returns    shape of p  1 and 0 of an integer type

    >>> decide([0.2, 0.5, 0.9])
    array([0, 1, 1])
    >>> decide([0.2, 0.5, 0.9], 0.75)
    array([0, 0, 1])
    """
    return np.where(np.asarray(p) >= threshold, 1, 0)
