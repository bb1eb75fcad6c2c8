import numpy as np
from grader.given import sigmoid


def dense(a_prev, W, b):
    W = np.array(W)
    units = W.shape[1]
    a_out = np.zeros(units)
    for j in range(units):
        z = np.dot(W[:, j], a_prev)
        a_out[j] = sigmoid(z)
    return a_out


def sequential(x, layers):
    a = x
    for W, b in layers:
        a = dense(a, W, b)
    return a


def predict(X, layers, threshold=0.5):
    m = len(X)
    p = np.zeros((m, 1))
    for i in range(m):
        p[i, 0] = sequential(X[i], layers)[0]
    return (p >= threshold).astype(int)
