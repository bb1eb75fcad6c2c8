"""Chapter 7 by somebody who likes TensorFlow for everything, and tapes for every slope."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf


def gradient_step(params, grads, learning_rate):
    """TensorFlow's own way through a nesting."""
    return tf.nest.map_structure(lambda p, g: p - learning_rate * g, params, grads)


def fit_logistic(X, y, learning_rate, epochs):
    """The slopes by a tape, the loss from the scores: no probability is ever computed."""
    X, y = tf.cast(X, tf.float64), tf.cast(y, tf.float64)
    w, b = (tf.Variable(tf.zeros(shape, tf.float64)) for shape in (X.shape[1:], ()))
    history = []
    for _ in range(epochs):
        with tf.GradientTape() as tape:
            scores = tf.linalg.matvec(X, w) + b
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=scores)
            loss = tf.reduce_mean(losses)
        history.append(loss)
        for variable, slope in zip((w, b), tape.gradient(loss, (w, b)), strict=True):
            variable.assign_sub(learning_rate * slope)
    return tf.identity(w), tf.identity(b), history


def perceptron_rule(X, y, epochs):
    """The bias as one more weight, whose input is always 1."""
    X = tf.concat([tf.cast(X, tf.float32), tf.ones((len(X), 1))], axis=1)
    y, w, errors = tf.cast(y, tf.float32), tf.zeros(X.shape[1]), []
    while len(errors) < epochs:
        before = w
        missed = 0
        for x, target in zip(X, y, strict=True):
            fires = tf.cast(tf.tensordot(w, x, 1) >= 0, tf.float32)
            w += (target - fires) * x
            missed += int(target != fires)
        errors.append(missed)
        if tf.reduce_all(w == before) and not missed:
            return w[:-1], w[-1], errors
    return w[:-1], w[-1], errors


class SoftmaxModel(tf.Module):
    """Named Variables; the logarithm of the softmax, and back."""

    def __init__(self, n_inputs, n_classes):
        super().__init__("softmax_regression")
        with self.name_scope:
            self.b = tf.Variable(tf.zeros([n_classes]), name="b")
            self.w = tf.Variable(tf.zeros([n_inputs, n_classes]), name="w")

    @tf.Module.with_name_scope
    def __call__(self, x):
        scores = tf.matmul(tf.cast(x, "float32"), self.w) + self.b
        return tf.exp(tf.nn.log_softmax(scores))


def train_step(model, x, y, learning_rate):
    """The probability of the right class picked out, and a dictionary of slopes."""
    x = tf.convert_to_tensor(x, tf.float32)
    right = tf.cast(y, tf.bool)
    with tf.GradientTape(persistent=True) as tape:
        chances = tf.boolean_mask(model(x), right)
        loss = tf.reduce_mean(-tf.math.log(tf.maximum(chances, 1e-12)))
    moved = [v - learning_rate * tape.gradient(loss, v) for v in model.trainable_variables]
    for variable, value in zip(model.trainable_variables, moved, strict=True):
        variable.assign(value)
    return float(loss)


def minibatches(X, y, batch_size, rng):
    """All batches at once, in a list."""
    rows = list(range(len(X)))
    rng.shuffle(rows)
    parts = [rows[i : i + batch_size] for i in range(0, len(rows), batch_size)]
    return [(X[part], y[part]) for part in parts]


def train(model, X, y, learning_rate, epochs, batch_size, rng):
    """The shares that the batches have in the mean, added up."""
    return [
        sum(
            train_step(model, part, labels, learning_rate) * (len(part) / len(X))
            for part, labels in minibatches(X, y, batch_size, rng)
        )
        for _ in range(epochs)
    ]


@dataclass(frozen=True)
class Memory:
    """What Adam remembers."""

    t: int
    m: tuple
    v: tuple


def adam_step(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """As Keras has it: one length for the step, and ε before v is corrected."""
    if len(params) != len(grads):
        raise ValueError(f"{len(params)} parameters, {len(grads)} gradients")
    if state is None:
        nothing = tuple(np.zeros(np.shape(p)) for p in params)
        state = Memory(0, nothing, nothing)
    m = tuple(old + (g - old) * (1 - beta_1) for old, g in zip(state.m, grads, strict=True))
    v = tuple(old + (g * g - old) * (1 - beta_2) for old, g in zip(state.v, grads, strict=True))
    t = state.t + 1
    length = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    moved = [p - length * a / (np.sqrt(b) + epsilon) for p, a, b in zip(params, m, v, strict=True)]
    return moved, Memory(t, m, v)
