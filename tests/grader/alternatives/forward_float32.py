"""Chapter 3 in float32, with classes for a layer and for a scale, and plain loops."""

import numpy as np

from grader.given import sigmoid, step


class Layer:
    def __init__(self, W, b, activation=sigmoid):
        self.W, self.b = np.array(W, np.float32), np.array(b, np.float32)
        self.activation = activation

    def __call__(self, x):
        d, units = self.W.shape
        out = np.empty(units, np.float32)
        for j in range(units):
            z = self.b[j]
            for i in range(d):
                z += np.float32(x[i]) * self.W[i, j]
            out[j] = self.activation(z)
        return out

    @property
    def size(self):
        return self.W.size + self.b.size


class Scale:
    def __init__(self, X, close=1e-7):
        self.mean, self.std = X.mean(axis=0), X.std(axis=0)
        self.std[self.std <= close * np.abs(self.mean)] = 1

    def __call__(self, X):
        return (X - self.mean) / self.std


def dense(a_prev, W, b):
    return Layer(W, b)(a_prev)


def dense_layer(a_prev, W, b, activation):
    return Layer(W, b, activation)(a_prev)


def sequential(x, layers):
    for layer in [Layer(*pair) for pair in layers]:
        x = layer(x)
    return x


def predict(X, layers, threshold=0.5):
    rows = []
    for x in X:
        (p,) = sequential(x, layers)
        rows.append([1 if p >= threshold else 0])
    return np.array(rows, dtype=np.int32)


def perceptron(X, W, b):
    return np.stack([Layer(W, b, step)(x) for x in X])


def xor_network():
    # hidden: NAND, OR and a unit that is never asked; output: AND of the first two
    W1 = np.array([[-2, 2, 5], [-2, 2, 5]], dtype=np.float32)
    b1 = np.array([3, -1, 0], dtype=np.float32)
    W2 = np.array([[2], [2], [0]], dtype=np.float32)
    b2 = np.array([-3], dtype=np.float32)
    return [(W1, b1), (W2, b2)]


def compose_linear(W1, b1, W2, b2):
    W1, b1, W2, b2 = (np.array(v, np.float32) for v in (W1, b1, W2, b2))
    b = b1 @ W2 + b2
    W = W1 @ W2
    return W, b


def standardize(X):
    X = np.array(X, np.float32)
    scale = Scale(X)
    return scale(X), scale.mean, scale.std


def count_parameters(layers):
    total = 0
    for W, b in layers:
        total += Layer(W, b).size
    return int(total)
