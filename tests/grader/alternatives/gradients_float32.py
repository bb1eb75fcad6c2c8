"""Chapter 6 in float32 wherever that is allowed, with a class for a layer, loops, and a tape."""

import math

import numpy as np
import tensorflow as tf

F = np.float32


def numerical_gradient(f, x, h=1e-5):
    """By an iterator, each number put back."""
    x = np.array(x, dtype=np.float64)
    gradient = np.zeros(x.shape)
    places = np.nditer(x, flags=["multi_index"], op_flags=[["readwrite"]])
    for number in places:
        kept = float(number)
        number[...] = kept - h
        gradient[places.multi_index] -= f(x) / (2 * h)
        number[...] = kept + h
        gradient[places.multi_index] += f(x) / (2 * h)
        number[...] = kept
    return gradient


def _each(function, z):
    """One number at a time."""
    z = np.asarray(z, F)
    return np.array([function(float(v)) for v in z.ravel()], F).reshape(z.shape)


def sigmoid_prime(z):
    """e^-|z| / (1 + e^-|z|)², the same on both sides."""
    return _each(lambda v: math.exp(-abs(v)) / (1 + math.exp(-abs(v))) ** 2, z)


def tanh_prime(z):
    """One minus and one plus tanh, multiplied."""
    return _each(lambda v: (1 - math.tanh(v)) * (1 + math.tanh(v)), z)


def relu_prime(z):
    """A plain question for each number."""
    return _each(lambda v: 1 if v > 0 else 0, z)


def tape_gradient(f, x):
    """Float32 whatever comes; a persistent tape that is asked for a list."""
    x = tf.cast(x, tf.float32)
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = f(x)
    (gradient,) = tape.gradient(y, [x], unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return gradient


class Layer:
    """A layer that remembers what went through it."""

    def __init__(self, W, b):
        self.W, self.b = np.asarray(W, F), np.asarray(b, F)

    def forward(self, X):
        self.went_in = X
        self.came_out = 1 / (1 + np.exp(-(X @ self.W + self.b)))
        return self.came_out

    def backward(self, dA):
        dZ = dA * self.came_out * (1 - self.came_out)
        self.slopes = np.tensordot(self.went_in, dZ, axes=(0, 0)), np.ones(len(dZ), F) @ dZ
        return np.dot(dZ, np.transpose(self.W))


def dense_backward(dA, A_prev, W, A):
    """A layer that is told what it has seen."""
    layer = Layer(W, np.zeros(np.shape(W)[1]))
    layer.went_in, layer.came_out = np.asarray(A_prev, F), np.asarray(A, F)
    dA_prev = layer.backward(np.asarray(dA, F))
    return (dA_prev, *layer.slopes)


def backprop(X, y, layers):
    """Each half of the cross-entropy with a slope of its own."""
    chain = [Layer(W, b) for W, b in layers]
    a = np.asarray(X, F)
    for layer in chain:
        a = layer.forward(a)
    y = np.asarray(y, F)
    dA = -(y / a - (1 - y) / (1 - a)) / F(len(y))
    for layer in reversed(chain):
        dA = layer.backward(dA)
    return [layer.slopes for layer in chain]


def gradient_check(f, gradient, x):
    """By math.hypot, which takes any number of numbers."""
    if np.shape(gradient) != np.shape(x):
        raise ValueError(np.shape(gradient))
    n, g = numerical_gradient(f, x).ravel(), np.ravel(gradient).astype(float)
    both = math.hypot(*n) + math.hypot(*g)
    return 0 if both == 0 else F(math.hypot(*(n - g)) / both)
