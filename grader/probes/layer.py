"""A layer; it needs TensorFlow at once, which the other probes wait with."""

from typing import Any

import numpy as np
import tensorflow as tf


class Layer(tf.Module):  # type: ignore[misc]
    """A dense layer for networks of a learner's own, with a start that is always the same.

    `Layer(4, 3)` leads from four inputs to three units, sigmoid or, `is_last`, softmax ones.
    """

    def __init__(self, input_size: int, output_size: int, is_last: int = False) -> None:
        super().__init__()
        self.order = input_size, output_size, int(is_last)
        self.__name__ = f"Layer({input_size}, {output_size}{', is_last=True' * bool(is_last)})"
        self.input_size, self.output_size = input_size, output_size
        self.is_last = bool(is_last)
        start = np.random.default_rng((input_size, output_size))
        self.w = tf.Variable(start.normal(size=(input_size, output_size)), dtype=tf.float32)
        self.b = tf.Variable(start.normal(size=output_size), dtype=tf.float32)

    def __call__(self, x: Any) -> Any:
        """Activations (n, units) of a batch x (n, inputs)."""
        z = tf.cast(x, tf.float32) @ self.w + self.b
        return tf.nn.softmax(z) if self.is_last else tf.sigmoid(z)
