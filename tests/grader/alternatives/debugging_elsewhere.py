"""Chapter 11 mended in other places: the same programs, each put right by another line."""

import keras
import numpy as np
import tensorflow as tf

from grader.given import sigmoid


def of_logits(labels, scores):
    """A function in the place of a loss object."""
    return keras.losses.sparse_categorical_crossentropy(labels, scores, from_logits=True)


def fix_compile(n_inputs, n_classes):
    """The functional way to build, and a loss of one's own."""
    inputs = keras.Input((n_inputs,))
    scores = keras.layers.Dense(n_classes)(keras.layers.Dense(16, activation="relu")(inputs))
    model = keras.Model(inputs, scores)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=of_logits, metrics=["accuracy"])
    return model


def fix_shapes(X, y, learning_rate, epochs):
    """Both are laid flat."""
    X, y = tf.constant(X, tf.float32), tf.constant(y, tf.float32)
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros(1))
    history = []
    for _ in range(epochs):
        with tf.GradientTape() as tape:
            predicted = tf.reshape(X @ W + b, [-1])
            loss = tf.reduce_mean(tf.square(predicted - tf.reshape(y, [-1])))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(learning_rate * dW)
        b.assign_sub(learning_rate * db)
        history.append(float(loss))
    return W, b, history


def fix_tape(model, x, y):
    """A persistent tape, asked for one gradient after another."""
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_mean(-tf.reduce_sum(y * tf.math.log(model(x)), axis=-1))
    return loss, [tape.gradient(loss, variable) for variable in model.trainable_variables]


def fix_update(model, x, y, learning_rate, epochs):
    """The new value in full."""
    history = []
    for _ in range(epochs):
        loss, gradients = fix_tape(model, x, y)
        history.append(loss.numpy())
        for variable, gradient in zip(model.trainable_variables, gradients, strict=True):
            variable.assign(variable - learning_rate * gradient)
    return history


def fix_softmax(n_inputs):
    """The activation as a layer of its own."""
    layers = keras.layers
    judge = [layers.Dense(3, activation="sigmoid"), layers.Dense(1), layers.Activation("sigmoid")]
    model = keras.Sequential([keras.Input((n_inputs,)), *judge])
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss="binary_crossentropy", metrics=["acc"])
    return model


def fix_shuffle(X, y, rng):
    """A list of places is shuffled."""
    order = np.arange(len(y))
    rng.shuffle(order)
    return np.take(X, order, axis=0), np.take(y, order)


class fix_globals:  # noqa: N801
    """The bias is the weight of an input that is always 1."""

    def __init__(self, d):
        self.weights = np.zeros(d + 1)

    def predict(self, X):
        return sigmoid(self._with_ones(X) @ self.weights)

    def fit(self, X, y, learning_rate, epochs):
        history = []
        for _ in range(epochs):
            p = self.predict(X)
            history.append(np.mean(np.where(y == 1, -np.log(p), -np.log(1 - p))))
            self.weights -= learning_rate * self._with_ones(X).T @ (p - y) / len(X)
        return history

    @staticmethod
    def _with_ones(X):
        return np.column_stack([X, np.ones(len(X))])


def fix_dtype(X, y, learning_rate, epochs):
    """The data become floats before anything else."""
    X, y = X.astype(float), y.astype(float)
    w = np.zeros_like(X[0])
    history = []
    for _ in range(epochs):
        error = X @ w - y
        history.append(np.mean(error**2))
        w -= learning_rate * 2 * X.T @ error / len(y)
    return w, history


def fix_retrace(loss, x, learning_rate, steps):
    """A signature, by which Python's numbers become tensors on their way in."""
    numbers, number = tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.float32)

    @tf.function(input_signature=[numbers, number])
    def step(x, rate):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = loss(x)
        return x - rate * tape.gradient(y, x)

    x = tf.constant(x, tf.float32)
    for k in range(steps):
        x = step(x, learning_rate / (k + 1))
    return x
