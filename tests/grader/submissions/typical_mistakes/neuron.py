import numpy as np


def weighted_sum(x, w, b):
    total = b
    for xi, wi in zip(x, w):
        total += xi * wi
    return total


def step(z):
    return np.where(np.array(z) > 0, 1, 0)


def tlu(x, w, b):
    return int(step(weighted_sum(x, w, b)))


def sigmoid(z):
    z = np.array(z)
    # stable version from the internet
    return np.where(z < 0, np.exp(z) / (1 + np.exp(z)), 1 / (1 + np.exp(-z)))


def tanh(z):
    z = np.array(z)
    return sigmoid(2 * z) * 2 - 1


def relu(z):
    z = np.asarray(z)
    z[z < 0] = 0
    return z


def neuron(x, w, b, activation):
    return activation(np.dot(w, x)) + b


def decide(p, threshold=0.5):
    return (np.array(p) >= threshold).astype(int)
