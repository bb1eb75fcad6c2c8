"""A right answer in float32 throughout, by way of a class."""

import numpy as np

F = np.float32


class Unit:
    """One neuron that knows its weights and its activation."""

    def __init__(self, w, b, activation=None):
        self.w, self.b, self.activation = np.asarray(w, F), F(b), activation

    def __call__(self, x):
        x = np.asarray(x, F)
        if x.size != self.w.size:
            raise ValueError("as many weights as inputs, please")
        z = self.w @ x + self.b
        return z if self.activation is None else self.activation(z)


def weighted_sum(x, w, b):
    """A unit without an activation."""
    return Unit(w, b)(x)


def step(z):
    """By the sign, moved and halved."""
    return (np.sign(np.sign(np.asarray(z, F)) + F(0.5)) + 1) / 2


def tlu(x, w, b):
    """A unit with step."""
    return Unit(w, b, step)(x)


def sigmoid(z):
    """Clipped where float32 ends."""
    return 1 / (1 + np.exp(-np.clip(np.asarray(z, F), -80, 80)))


def tanh(z):
    """The other way to write 2σ(2z) - 1."""
    s = sigmoid(np.multiply(z, F(2)))
    return s - (1 - s)


def relu(z):
    """The mean of z and |z|."""
    z = np.asarray(z, F)
    return (z + np.abs(z)) / 2


def neuron(x, w, b, activation):
    """A unit with any activation."""
    return Unit(w, b, activation)(x)


def decide(p, threshold=0.5):
    """The comparison, as unsigned bytes."""
    return np.greater_equal(np.asarray(p, F), F(threshold)).astype(np.uint8)
