"""Chapter 8 by somebody who goes one by one: a class for a layer, loops, one tape a matrix."""

import math

import numpy as np
import tensorflow as tf


class Layer(tf.Module):
    """Weights and what is done with them."""

    def __init__(self, W, activation):
        super().__init__(name="layer")
        self.W = tf.Variable(tf.cast(W, tf.float32))
        self.b = tf.Variable([0.0] * self.W.shape[1])
        self.activation = activation

    def __call__(self, x):
        return self.activation(tf.matmul(x, self.W) + self.b)


class HiddenModel(tf.Module):
    """Two layers, whose Variables go by four names here."""

    def __init__(self, initializer, sizes=(784, 100, 10)):
        tf.Module.__init__(self, name="hidden")
        d, units, classes = sizes
        self.layers = [Layer(initializer(d, units), tf.math.sigmoid)]
        self.layers.append(Layer(initializer(fan_in=units, fan_out=classes), tf.nn.softmax))

    W1 = property(lambda self: self.layers[0].W)
    b1 = property(lambda self: self.layers[0].b)
    W2 = property(lambda self: self.layers[1].W)
    b2 = property(lambda self: self.layers[1].b)

    def __call__(self, x):
        x = tf.cast(tf.convert_to_tensor(x), tf.float32)
        for layer in self.layers:
            x = layer(x)
        return x


def _same(one, other, tol):
    for a, b in zip(one, other, strict=True):
        if not b - tol <= a <= b + tol and abs(a - b) > tol:
            return False
    return True


def distinct_neurons(W, tol):
    """Entry by entry; a column is struck off when one before it has struck it off."""
    W = np.array(W)
    units = W.shape[1]
    gone = [False] * units
    for i in range(units):
        if gone[i]:
            continue
        for j in range(i + 1, units):
            gone[j] = gone[j] or _same(W[:, j], W[:, i], tol)
    return gone.count(False)


def xavier_init(fan_in, fan_out, rng):
    """A neuron at a time, in float32."""
    std = 1 / math.sqrt((fan_in + fan_out) / 2)
    columns = [rng.standard_normal(fan_in, dtype=np.float32) for _ in range(fan_out)]
    return np.float32(std) * np.stack(columns, axis=1)


def xavier_uniform(fan_in, fan_out, rng):
    """Twice the limit, and half of it taken off."""
    limit = (6 / (fan_in + fan_out)) ** 0.5
    W = np.empty((fan_in, fan_out), np.float32)
    for i in range(fan_in):
        W[i] = 2 * limit * rng.random(fan_out) - limit
    return W


def he_init(fan_in, fan_out, rng):
    """Through the variance, and on its side first."""
    return (rng.normal(size=(fan_out, fan_in)) * (fan_in / 2) ** -0.5).T


def saturation(a, tol=0.01):
    """Number by number."""
    numbers = np.ravel(a)
    flat = 0
    for number in numbers:
        if number <= tol or number >= 1 - tol:
            flat += 1
    return flat / len(numbers)


def gradient_norms(model, x, y):
    """The loss again for each matrix, the logarithm of the right class alone."""
    answer = []
    right = tf.argmax(y, axis=1)
    for variable in model.trainable_variables:
        if tf.rank(variable) != 2:
            continue
        with tf.GradientTape() as tape:
            p = tf.gather(model(x), right, axis=1, batch_dims=1)
            loss = -tf.reduce_mean(tf.math.log(tf.maximum(p, 1e-12)))
        slopes = tape.gradient(loss, variable)
        answer.append(0.0 if slopes is None else np.abs(slopes.numpy()).sum())
    return answer
