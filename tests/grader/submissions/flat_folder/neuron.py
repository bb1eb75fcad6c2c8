import numpy as np


def weighted_sum(x, w, b):
    x = np.array(x)
    w = np.array(w)
    if len(x) != len(w):
        raise ValueError("x and w must be of the same length!")
    return x @ w + b


def step(z):
    return 1 * (np.array(z) >= 0)


def tlu(x, w, b):
    z = weighted_sum(x, w, b)
    if z >= 0:
        return 1
    else:
        return 0


def sigmoid(z):
    # tanh never overflows, so I turned the formula round
    return 0.5 * (1 + np.tanh(0.5 * np.array(z)))


def tanh(z):
    return 2 * sigmoid(2 * np.array(z)) - 1


def relu(z):
    z = np.array(z)  # a copy
    z[z < 0] = 0
    return z


def neuron(x, w, b, activation):
    return activation(weighted_sum(x, w, b))


def decide(p, threshold=0.5):
    return np.where(np.array(p) >= threshold, 1, 0)
