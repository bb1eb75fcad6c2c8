import numpy as np
from neuron import decide, sigmoid, step


def dense(a_prev, W, b):
    return dense_layer(a_prev, W, b, sigmoid)


def dense_layer(a_prev, W, b, activation):
    return activation(np.array(a_prev) @ np.array(W) + np.array(b))


def sequential(x, layers):
    a = x
    for layer in layers:
        a = dense(a, layer[0], layer[1])
    return a


def predict(X, layers, threshold=0.5):
    p = []
    for x in X:
        p.append(sequential(x, layers))
    return decide(p, threshold)


def perceptron(X, W, b):
    return step(np.array(X) @ np.array(W) + np.array(b))


def xor_network():
    #          OR  AND
    W1 = np.array([[1, 1],
                   [1, 1]])
    b1 = np.array([-1, -2])
    W2 = np.array([[1],
                   [-2]])
    b2 = np.array([-1])
    return [(W1, b1), (W2, b2)]


def compose_linear(W1, b1, W2, b2):
    W1, b1, W2, b2 = map(np.array, (W1, b1, W2, b2))
    return W1 @ W2, b1 @ W2 + b2


def standardize(X):
    X = np.array(X, dtype=float)
    mean = X.mean(axis=0)
    std = X.std(axis=0)
    constant = X.max(axis=0) == X.min(axis=0)
    std[constant] = 1
    result = (X - mean) / std
    result[:, constant] = 0
    return result, mean, std


def count_parameters(layers):
    n = 0
    for W, b in layers:
        n += np.array(W).size
        n += np.array(b).size
    return n
