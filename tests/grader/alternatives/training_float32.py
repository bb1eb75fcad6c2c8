"""Chapter 7 in float32 wherever that is allowed, with loops over rows, and slopes by hand."""

import numpy as np
import tensorflow as tf

from grader.given import sigmoid

F = np.float32


def gradient_step(params, grads, learning_rate):
    """By the kind of what comes, with a loop."""
    if isinstance(params, np.ndarray):
        return np.subtract(params, np.multiply(F(learning_rate), grads, dtype=F), dtype=F)
    if len(params) != len(grads):
        raise ValueError("a gradient for each parameter, please")
    moved = []
    for param, grad in zip(params, grads, strict=True):
        moved.append(gradient_step(param, grad, learning_rate))
    return tuple(moved) if isinstance(params, tuple) else moved


def fit_logistic(X, y, learning_rate, epochs):
    """Row by row, into sums; ε is added inside both logarithms."""
    n = len(X)
    rows, labels = np.asarray(X, F), [int(label) for label in y]
    w, b, history = np.zeros(rows.shape[1], F), F(0), []
    for _ in range(epochs):
        loss, dw, db = 0.0, np.zeros_like(w), F(0)
        for x, label in zip(rows, labels, strict=True):
            a = float(sigmoid(np.dot(w, x) + b))
            loss -= np.log((a if label else 1 - a) + 1e-7) / n
            dw += F(a - label) * x / F(n)
            db += F(a - label) / F(n)
        history.append(float(loss))
        w, b = w - F(learning_rate) * dw, b - F(learning_rate) * db
    return w, b, history


def perceptron_rule(X, y, epochs):
    """Questions in the place of arithmetic."""
    rows = np.asarray(X, F)
    w, b, errors = np.zeros(rows.shape[1], F), 0, []
    for _ in range(epochs):
        wrong = 0
        for x, label in zip(rows, np.asarray(y).tolist(), strict=True):
            fires = float(np.sum(w * x)) + b >= 0
            if fires == bool(label):
                continue
            wrong += 1
            w, b = (w + x, b + 1) if label else (w - x, b - 1)
        errors.append(wrong)
        if not wrong:
            return w, b, errors
    return w, float(b), errors


class SoftmaxModel(tf.Module):
    """The softmax of chapter 4, written out."""

    def __init__(self, n_inputs, n_classes):
        super().__init__()
        self.w, self.b = (
            tf.Variable(np.zeros(shape, F)) for shape in [(n_inputs, n_classes), (n_classes,)]
        )

    def __call__(self, x):
        z = tf.linalg.matmul(tf.cast(x, self.w.dtype), self.w)
        z = tf.nn.bias_add(z, self.b)
        grown = tf.exp(z - tf.reduce_max(z, axis=-1, keepdims=True))
        return tf.divide(grown, tf.reduce_sum(grown, axis=-1, keepdims=True))


def train_step(model, x, y, learning_rate):
    """One tape, one list, and the mean as a sum with n below the line."""
    learnt = list(model.trainable_variables)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(learnt)
        p = tf.clip_by_value(model(x), 1e-12, 1.0)
        hits = tf.reduce_sum(tf.cast(y, tf.float32) * -tf.math.log(p))
        loss = hits / tf.cast(tf.shape(p)[0], tf.float32)
    for slope, variable in zip(tape.gradient(loss, learnt), learnt, strict=True):
        variable.assign(variable - tf.cast(learning_rate, tf.float32) * slope)
    return loss.numpy()


def minibatches(X, y, batch_size, rng):
    """A while loop with yield."""
    left = rng.permutation(np.arange(len(y)))
    while left.size:
        rows, left = left[:batch_size], left[batch_size:]
        yield np.take(X, rows, axis=0), np.take(y, rows, axis=0)


def train(model, X, y, learning_rate, epochs, batch_size, rng):
    """Losses and sizes in lists, and NumPy's weighted mean."""
    history = []
    for _ in range(epochs):
        losses, sizes = [], []
        for batch in minibatches(X, y, batch_size, rng):
            losses.append(train_step(model, *batch, learning_rate))
            sizes.append(len(batch[0]))
        history.append(np.average(losses, weights=sizes))
    return history


def adam_step(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """The state as a dictionary; the powers of both β are kept, not t."""
    old = state or {"powers": (1.0, 1.0), "means": [(0.0, 0.0) for _ in params]}
    power_1, power_2 = old["powers"][0] * beta_1, old["powers"][1] * beta_2
    new = {"powers": (power_1, power_2), "means": []}
    moved = []
    for p, g, (m, v) in zip(params, grads, old["means"], strict=True):
        g = np.asarray(g, float)
        m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * np.square(g)
        new["means"].append((m, v))
        way = m / (1 - power_1) / (np.sqrt(v / (1 - power_2)) + epsilon)
        moved.append(np.asarray(p - learning_rate * way, F))
    return moved, new
