"""Networks with Variables, what they start from, and what is done to them."""

import itertools
from typing import Any

import numpy as np

from grader.probes.functions import uphill


class Network:
    """A softmax network with Variables: sigmoid layers of some sizes, softmax at the last.

    `Network(2, 3)` leads from two inputs to three classes. What a learner's function assigns to
    its `variables`, W and b of each layer in turn, the test sees afterwards.
    """

    def __init__(self, *sizes: int) -> None:
        import tensorflow as tf

        self.order = sizes
        start = np.random.default_rng(len(sizes))
        self.variables: tuple[Any, ...] = tuple(
            tf.Variable(values, dtype=tf.float32)
            for size in itertools.pairwise(sizes)
            for values in (start.normal(size=size), np.zeros(size[1]))
        )
        self.trainable_variables = self.variables
        self._layers = [*zip(self.variables[::2], self.variables[1::2], strict=True)]

    def __call__(self, x: Any) -> Any:
        """Probabilities (n, classes) for a batch x (n, inputs)."""
        import tensorflow as tf

        x = tf.convert_to_tensor(x, tf.float32)
        *hidden, (W, b) = self._layers
        for V, c in hidden:
            x = tf.sigmoid(x @ V + c)
        return tf.nn.softmax(x @ W + b)


class Cupboard(Network):
    """A network that keeps its variables as a tf.Module does, all W before all b, and two more.

    `Cupboard(2, 3)` computes what `Network(2, 3)` does. Two matrices take no part in that: the last
    of `trainable_variables`, and the last of `variables`, which is not to be trained.
    """

    def __init__(self, *sizes: int) -> None:
        import tensorflow as tf

        super().__init__(*sizes)
        spare = tf.Variable(tf.ones([2, 3]))
        self.trainable_variables = (*self.variables[::2], *self.variables[1::2], spare)
        self.variables = (*self.trainable_variables, tf.Variable(tf.ones([3, 2]), trainable=False))


def descent(model: Any, x: Any, y: Any, steps: int) -> None:
    """Train a model: steps of 0.5 down the categorical cross-entropy, on the whole batch."""
    import tensorflow as tf

    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(tf.reduce_sum(y * tf.math.log(model(x) + 1e-12), axis=1))
        variables = model.trainable_variables
        for variable, slope in zip(variables, tape.gradient(loss, variables), strict=True):
            if slope is not None:
                variable.assign_sub(0.5 * slope)


def zeros(fan_in: int, fan_out: int) -> Any:
    """Give a matrix to start from with nothing in it."""
    return np.zeros((fan_in, fan_out))


class Start:
    """An initializer of unequal numbers between ±size, others at each call.

    `Start(0.1)(3, 2)` is an array (3, 2); with the kind "tensor" it is a float32 tensor.
    """

    def __init__(self, size: float, kind: str = "array") -> None:
        self.order = size, kind
        self._size, self._kind, self._calls = size, kind, 0

    def __call__(self, fan_in: int, fan_out: int) -> Any:
        """Give a matrix to start from."""
        self._calls += 1
        angles = np.arange(fan_in * fan_out) + 100 * self._calls
        numbers = self._size * np.sin(angles).reshape(fan_in, fan_out)
        if self._kind == "array":
            return numbers
        import tensorflow as tf

        return tf.constant(numbers, tf.float32)


def put(layer: Any, w: Any, b: Any) -> None:
    """Let a layer of a learner's own have these weights.

    Every `tf.Module` runs a function on itself: `layer.with_name_scope(put)(layer, w, b)`.
    """
    layer.w.assign(w)
    layer.b.assign(b)


def slopes(model: Any, x: Any) -> list[Any]:
    """How `uphill` of what a model gives for x changes with each of its variables, by their shapes.

    Zeros for a variable that a tape cannot trace it back to. It is run as `put` is.
    """
    import tensorflow as tf

    variables = sorted(model.trainable_variables, key=lambda variable: tuple(variable.shape))
    with tf.GradientTape() as tape:
        score = uphill(model(x))
    return list(tape.gradient(score, variables, unconnected_gradients="zero"))
