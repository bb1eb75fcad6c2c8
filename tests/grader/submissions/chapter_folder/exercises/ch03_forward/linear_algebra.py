"""My own linear algebra, so that I see what happens."""

import numpy as np


def column(W, j):
    return [row[j] for row in W]


def dot(u, v):
    if len(u) != len(v):
        raise ValueError("different lengths: %d and %d" % (len(u), len(v)))
    total = 0.0
    for u_i, v_i in zip(u, v):
        total += u_i * v_i
    return total


def matmul(A, B):
    return np.array([[dot(row, column(B, j)) for j in range(len(B[0]))] for row in A])
