"""What `MySequential.fit` has to beat: the same training, with Python in charge of every step."""

import tensorflow as tf


class MySequential:
    """A model whose `fit` is right and eager: each operation of each step waits for Python."""

    def __init__(self):
        self.layers = []

    def add(self, layer):
        """Put one more layer behind the others."""
        self.layers.append(layer)

    def fit(self, x, y, learning_rate, n_epochs, batch_size):
        """Train on batches in the order of the examples; returns the losses, one an epoch."""
        x, y = tf.cast(x, tf.float32), tf.cast(y, tf.float32)
        variables = [v for layer in self.layers for v in layer.trainable_variables]
        history = {"loss": []}
        for _ in range(n_epochs):
            total = 0.0
            for start in range(0, len(x), batch_size):
                a, due = x[start : start + batch_size], y[start : start + batch_size]
                with tf.GradientTape() as tape:
                    for layer in self.layers:
                        a = layer(a)
                    loss = -tf.reduce_mean(tf.reduce_sum(due * tf.math.log(a), axis=1))
                for variable, slope in zip(variables, tape.gradient(loss, variables), strict=True):
                    variable.assign_sub(learning_rate * slope)
                total += float(loss) * len(due)
            history["loss"].append(total / len(x))
        return history
