"""The loops that this chapter leaves behind: right, and one number at a time.

The speed tests hold your functions against these. They are what chapter 3 was written with, once
for every example.
"""

import math


def dense(X, W, b):
    """Sigmoid neurons for a batch: example by example, unit by unit, input by input."""
    batch = []
    for x in X:
        row = []
        for j in range(len(b)):
            z = b[j]
            for i in range(len(x)):
                z += x[i] * W[i][j]
            row.append(1 / (1 + math.exp(-z)))
        batch.append(row)
    return batch


def softmax(Z):
    """Shares of 1 for each row: row by row, score by score."""
    shares = []
    for z in Z:
        highest = max(z)
        exponentials = [math.exp(score - highest) for score in z]
        total = sum(exponentials)
        shares.append([e / total for e in exponentials])
    return shares


def forward(X, layers):
    """A batch through a network: each example by itself, through one layer after the other."""
    answers = []
    for x in X:
        batch = [x]
        for W, b in layers:
            batch = dense(batch, W, b)
        answers.append(batch[0])
    return answers


def dense_gpu(X, W, b, device):
    """The loop again, which knows of no device."""
    return dense(X, W, b)


def dense_on_the_cpu(X, W, b, device):
    """One matrix product, on the processor whatever device is named."""
    import tensorflow as tf

    with tf.device("/CPU:0"):
        X, W, b = (tf.cast(each, tf.float32) for each in (X, W, b))
        return tf.sigmoid(X @ W + b)
