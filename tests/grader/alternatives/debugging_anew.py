"""Chapter 11 by somebody who read the docstrings and wrote the programs anew."""

import keras
import numpy as np
import tensorflow as tf

losses, layers = keras.losses, keras.layers


def fix_compile(n_inputs, n_classes):
    """A class of one's own that inherits the right loss."""

    class OfLogits(losses.SparseCategoricalCrossentropy):
        def __init__(self):
            super().__init__(from_logits=True)

    model = keras.Sequential()
    model.add(keras.Input(shape=(n_inputs,)))
    model.add(layers.Dense(16))
    model.add(layers.ReLU())
    model.add(layers.Dense(n_classes, activation="linear"))
    model.compile(keras.optimizers.SGD(learning_rate=0.1), OfLogits, metrics=["accuracy"])
    return model


def fix_shapes(X, y, learning_rate, epochs):
    """The slopes by hand, in float64."""
    X, y = np.array(X, float), np.array(y, float).reshape(-1)
    w, b, history = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        error = X.dot(w) + b - y
        history += [np.mean(error * error)]
        w, b = w - 2 * learning_rate * error.dot(X) / y.size, b - 2 * learning_rate * error.mean()
    return tf.Variable(w[:, None]), tf.Variable([b]), tuple(history)


def fix_tape(model, x, y):
    """Keras's own loss, and a tape that is told what to watch."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(model.trainable_variables)
        loss = tf.reduce_mean(losses.categorical_crossentropy(y, model(x)))
    return loss, tape.gradient(loss, model.trainable_variables)


def fix_update(model, x, y, learning_rate, epochs):
    """The steps of all variables are prepared before the first one is made."""
    history = []
    for _ in range(epochs):
        loss, gradients = fix_tape(model, x, y)
        steps = [learning_rate * gradient for gradient in gradients]
        for variable, step in zip(model.trainable_variables, steps, strict=True):
            variable.assign_add(-step)
        history.append(float(loss))
    return history


def fix_softmax(n_inputs):
    """Softmax with a rival of 0, which is the sigmoid."""

    def against_zero(z):
        return tf.nn.softmax(tf.concat([z, tf.zeros_like(z)], axis=-1))[..., :1]

    inputs = keras.Input((n_inputs,))
    hidden = layers.Dense(3, activation="sigmoid")(inputs)
    model = keras.Model(inputs, layers.Dense(1, activation=against_zero)(hidden))
    model.compile("sgd", losses.BinaryCrossentropy(), metrics=["binary_accuracy"])
    model.optimizer.learning_rate = 0.5
    return model


def fix_shuffle(X, y, rng):
    """By drawing a number for each and sorting by it."""
    order = sorted(range(len(X)), key=list(rng.random(len(X))).__getitem__)
    return np.stack([X[i] for i in order]), np.array([y[i] for i in order])


class fix_globals:  # noqa: N801
    """Variables of TensorFlow, and its own loss."""

    def __init__(self, d):
        self._w = tf.Variable(tf.zeros((d, 1), tf.float64))
        self._b = tf.Variable(tf.zeros((1,), tf.float64))

    def _z(self, X):
        return tf.squeeze(tf.cast(X, tf.float64) @ self._w + self._b, axis=1)

    def predict(self, X):
        return tf.sigmoid(self._z(X)).numpy()

    def fit(self, X, y, learning_rate, epochs):
        history = []
        for _ in range(epochs):
            with tf.GradientTape() as tape:
                each = tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(y, tf.float64), self._z(X))
                loss = tf.reduce_mean(each)
            for variable, slope in zip(
                (self._w, self._b), tape.gradient(loss, (self._w, self._b)), strict=True
            ):
                variable.assign_sub(learning_rate * slope)
            history.append(loss.numpy())
        return tuple(history)


def fix_dtype(X, y, learning_rate, epochs):
    """By Python's own numbers, which know no type."""
    rows, targets, w = X.tolist(), y.tolist(), [0.0] * X.shape[1]
    history = []
    for _ in range(epochs):
        errors = [
            sum(v * x for v, x in zip(w, row, strict=True)) - target
            for row, target in zip(rows, targets, strict=True)
        ]
        history.append(sum(error**2 for error in errors) / len(errors))
        for j in range(len(w)):
            slope = 2 * sum(e * row[j] for e, row in zip(errors, rows, strict=True)) / len(rows)
            w[j] -= learning_rate * slope
    return np.array(w), history


def fix_retrace(loss, x, learning_rate, steps):
    """The whole way in one graph, with a loop of TensorFlow's."""

    @tf.function
    def walk(x, learning_rate):
        for k in tf.range(steps):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = loss(x)
            x -= learning_rate / tf.cast(k + 1, tf.float32) * tape.gradient(y, x)
        return x

    return walk(tf.constant(x, tf.float32), tf.constant(learning_rate, tf.float32))
