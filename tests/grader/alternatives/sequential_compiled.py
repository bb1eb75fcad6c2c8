"""Chapter 9 by somebody who lets TensorFlow do the loops, and shares no code between layers."""

import functools

import keras
import numpy as np
import tensorflow as tf


def f32(values):
    return tf.cast(values, tf.float32)


class MyLayer(tf.Module):
    def __init__(self, input_size, output_size, is_last=False):
        super().__init__()
        self.input_size = input_size
        self.output_size = output_size
        self.is_last = is_last
        self.w = tf.Variable(tf.random.Generator.from_non_deterministic_state().uniform(self.shape))
        self.b = tf.Variable(tf.zeros([]))

    @property
    def shape(self):
        return (self.input_size, self.output_size)

    @tf.function
    def __call__(self, x):
        return (tf.nn.softmax if self.is_last else tf.nn.sigmoid)(f32(x) @ self.w + self.b)


class MyBetterLayer(tf.Module):
    def __init__(self, input_size, output_size, is_last=False):
        super().__init__()
        self.input_size, self.output_size, self.is_last = input_size, output_size, is_last
        deviation = (2 / (input_size + output_size)) ** 0.5 / 0.87962566
        w = tf.random.truncated_normal([input_size, output_size], 0, deviation)
        self.w, self.b = tf.Variable(w), tf.Variable(tf.zeros([output_size]))

    def __call__(self, x):
        z = tf.nn.bias_add(tf.matmul(f32(x), self.w), self.b)
        return tf.nn.softmax(z) if self.is_last else tf.math.sigmoid(z)


class MyNeuralNetwork(tf.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = tuple(layers)
        sizes = [layer.input_size for layer in self.layers]
        given = [layer.output_size for layer in self.layers]
        marks = [layer.is_last for layer in self.layers]
        wrong = [i for i in range(1, len(sizes)) if sizes[i] != given[i - 1]]
        wrong += [i for i, mark in enumerate(marks) if mark != (i == len(marks) - 1)]
        if wrong or not self.layers:
            raise ValueError(f"wrong layers: {wrong}")

    def __call__(self, x):
        return functools.reduce(lambda a, layer: layer(a), self.layers, f32(x))


def losses_of(y, p):
    return tf.linalg.matvec(f32(y)[:, None], -tf.math.log(p + 1e-12))[:, 0]


def train_nn(network, x, y, learning_rate):
    variables = network.trainable_variables
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(variables)
        loss = tf.reduce_mean(losses_of(y, network(f32(x))))
    for slope, variable in zip(tape.gradient(loss, variables), variables, strict=True):
        variable.assign_add(f32(-learning_rate) * slope)
    return loss


class MySequential:
    def __init__(self):
        self.layers = []

    def add(self, layer):
        *_, before = (None, *self.layers)
        if before is not None and (before.is_last or before.output_size != layer.input_size):
            raise ValueError(f"{before.output_size} → {layer.input_size}, last: {before.is_last}")
        self.layers = [*self.layers, layer]

    def predict(self, x):
        return np.array(tf.function(MyNeuralNetwork(self.layers))(x), dtype="float32")

    def evaluate(self, x, y):
        tf.constant(x).shape[:1].assert_is_compatible_with(tf.constant(y).shape[:1])
        p = tf.constant(self.predict(x))
        right = tf.math.in_top_k(tf.argmax(y, axis=1), p, 1)
        return tf.reduce_mean(losses_of(y, p)), tf.reduce_mean(f32(right))

    def fit(self, x, y, learning_rate, n_epochs, batch_size=None, validation_data=None):
        network = MyNeuralNetwork(self.layers)
        pairs = tf.data.Dataset.from_tensor_slices((f32(x), f32(y))).batch(batch_size or len(x))
        rate = f32(learning_rate)

        @tf.function
        def epoch():
            def step(so_far, pair):
                total, count = so_far
                n = tf.shape(pair[0])[0]
                return total + train_nn(network, *pair, rate) * f32(n), count + n

            return pairs.reduce((0.0, 0), step)

        history = {"loss": []} if validation_data is None else {"loss": [], "val_loss": []}
        for _ in range(n_epochs):
            total, count = epoch()
            history["loss"].append(total.numpy() / count.numpy())
            if validation_data is not None:
                history["val_loss"].append(self.evaluate(*validation_data)[0])
        return history


@keras.saving.register_keras_serializable("mine")
class MyDense(keras.Layer):
    def __init__(self, units, activation=None, **more):
        super().__init__(**more)
        self.units = units
        self.given = activation
        self.activation = keras.activations.get(activation) or keras.activations.linear

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units))
        self.bias = self.add_weight(shape=(self.units,), initializer=keras.initializers.Zeros())

    def call(self, x):
        return self.activation(keras.ops.add(keras.ops.dot(x, self.kernel), self.bias))

    def get_config(self):
        return {**super().get_config(), "units": self.units, "activation": self.given}
