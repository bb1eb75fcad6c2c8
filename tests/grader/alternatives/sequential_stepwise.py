"""Chapter 9 by somebody who writes out every loop, and makes a tf.Module of everything."""

import keras
import numpy as np
import tensorflow as tf


class MyLayer(tf.Module):
    def __init__(self, input_size, output_size, is_last=False):
        super().__init__(name="layer")
        self.input_size = int(input_size)
        self.output_size = int(output_size)
        self.is_last = bool(is_last)
        self.w, self.b = self.start()

    def start(self):
        """What w and b begin with."""
        w = tf.random.uniform([self.input_size, self.output_size], 0.0, 1.0, tf.float32)
        return tf.Variable(w, name="w"), tf.Variable(0, dtype=tf.float32, name="b")

    def __call__(self, x):
        x = tf.cast(tf.convert_to_tensor(x), self.w.dtype)
        z = tf.add(tf.einsum("ni,io->no", x, self.w), self.b)
        if not self.is_last:
            return 1 / (1 + tf.exp(-z))
        e = tf.exp(z - tf.reduce_max(z, axis=-1, keepdims=True))
        return e / tf.reduce_sum(e, axis=-1, keepdims=True)


class MyBetterLayer(MyLayer):
    def start(self):
        shape = (self.input_size, self.output_size)
        deviation = np.sqrt(2.0 / np.sum(shape))
        w = deviation * np.random.standard_normal(shape)
        return tf.Variable(w, dtype=tf.float32), tf.Variable([0.0] * self.output_size)


class MyNeuralNetwork(tf.Module):
    def __init__(self, layers):
        super().__init__()
        if len(layers) == 0:
            raise ValueError("no layers")
        self.layers = []
        units = None
        for number, layer in enumerate(layers):
            if units is not None and layer.input_size != units:
                raise ValueError(f"{units} numbers are too many or too few for layer {number}")
            if layer.is_last and number < len(layers) - 1:
                raise ValueError(f"layer {number} is no place for a softmax")
            self.layers.append(layer)
            units = layer.output_size
        if not self.layers[-1].is_last:
            raise ValueError(f"layer {number} has to be marked last")

    def __call__(self, x):
        activations = [x]
        for layer in self.layers:
            activations.append(layer(activations[-1]))
        return activations[-1]


def surprise(y, p):
    """The loss of every example."""
    return -tf.reduce_sum(tf.cast(y, p.dtype) * tf.math.log(tf.maximum(p, 1e-12)), axis=1)


def stepped(network, x, y, learning_rate):
    with tf.GradientTape(persistent=True) as tape:
        losses = surprise(y, network(x))
        loss = tf.reduce_mean(losses)
    slopes = [tape.gradient(loss, variable) for variable in network.trainable_variables]
    for variable, slope in zip(network.trainable_variables, slopes, strict=True):
        variable.assign(variable - tf.cast(learning_rate, slope.dtype) * slope)
    return loss


def train_nn(network, x, y, learning_rate):
    return stepped(network, x, y, learning_rate).numpy()


class MySequential(tf.Module):
    def __init__(self):
        super().__init__()
        self.layers = []
        self.epochs = 0

    def add(self, layer):
        if len(self.layers) > 0 and self.layers[-1].is_last:
            raise ValueError("there is a last layer already")
        if len(self.layers) > 0 and self.layers[-1].output_size != layer.input_size:
            raise ValueError(f"{self.layers[-1].output_size} is not {layer.input_size}")
        self.layers.append(layer)

    def _network(self):
        return MyNeuralNetwork(list(self.layers))

    def predict(self, x):
        network = self._network()
        return np.concatenate([network(x[i : i + 1]).numpy() for i in range(len(x))])

    def evaluate(self, x, y):
        if np.shape(x)[0] != np.shape(y)[0]:
            raise ValueError("lengths")
        p = self.predict(x)
        right = [np.argmax(p[i]) == np.argmax(y[i]) for i in range(len(p))]
        return float(np.mean(surprise(y, tf.constant(p)))), sum(right) / len(right)

    def fit(self, x, y, learning_rate, n_epochs, batch_size=None, validation_data=None):
        if np.shape(x)[0] != np.shape(y)[0]:
            raise ValueError("lengths")
        network = self._network()
        step = tf.function(lambda x, y, rate: stepped(network, x, y, rate))
        x, y = np.asarray(x, np.float32), np.asarray(y, np.float32)
        rate = tf.constant(learning_rate, tf.float32)
        losses, others = [], []
        for _ in range(n_epochs):
            total, begin = 0.0, 0
            while begin < len(x):
                end = len(x) if batch_size is None else min(begin + batch_size, len(x))
                loss = step(tf.constant(x[begin:end]), tf.constant(y[begin:end]), rate)
                total += float(loss) * (end - begin)
                begin = end
            losses.append(total / len(x))
            self.epochs += 1
            if validation_data is not None:
                others.append(self.evaluate(validation_data[0], validation_data[1])[0])
        return {"loss": losses, "val_loss": others} if validation_data else {"loss": losses}


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="glorot_normal", name="w"
        )
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")
        super().build(input_shape)

    def call(self, inputs):
        z = keras.ops.matmul(inputs, self.w) + self.b
        return self.activation(z)

    def get_config(self):
        config = super().get_config()
        config["units"] = self.units
        config["activation"] = keras.activations.serialize(self.activation)
        return config

    @classmethod
    def from_config(cls, config):
        return cls(**config)
