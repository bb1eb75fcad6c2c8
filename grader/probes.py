"""Functions to pass to functions: what `numerical_gradient` and its like are tried out on.

A function of these crosses to the learner's process by its name and runs there. The plain ones
take an array or a tensor of any shape and give one number, by NumPy for an array and by TensorFlow
for a tensor, so that a tape can follow. The classes are made to order, anew for every call that
one is passed to.
"""

import itertools
import math
from typing import Any

import numpy as np

from grader.observe import is_tensor


def _namespace(x: Any) -> Any:
    """NumPy for an array; for a tensor the functions of the same names on TensorFlow."""
    if not is_tensor(x):
        return np
    import tensorflow as tf

    return tf.experimental.numpy


def cubic(x: Any) -> Any:
    """Σ x³, with the gradient 3x²; a central difference of step h gives 3x² + h²."""
    return _namespace(x).sum(x**3)


def squares(x: Any) -> Any:
    """Σ x², with the gradient 2x: flat at 0, and the same to both sides of it."""
    return _namespace(x).sum(x**2)


def wave(x: Any) -> Any:
    """Σ sin x, with the gradient cos x."""
    return _namespace(x).sum(_namespace(x).sin(x))


def uphill(x: Any) -> Any:
    """1·x₁ + 2·x₂ + 3·x₃ + …, row by row; the gradient is 1, 2, 3, … wherever x is."""
    return _namespace(x).sum(x * _places(x))


def mixed(x: Any) -> Any:
    """(1·x₁ + 2·x₂ + …) · Σ sin x: what each number adds depends on all the others."""
    return uphill(x) * wave(x)


def rows(x: Any) -> Any:
    """Σ over the rows of (sum of the row)³, a row being what lies along the last axis."""
    tall = _namespace(x).reshape(x, (-1, *(_shape(x)[-1:] or (1,))))
    return _namespace(x).sum(_namespace(x).sum(tall, axis=1) ** 3)


def tower(x: Any) -> Any:
    """10⁸ + Σ sin x: so large that a difference of two values has few digits left."""
    return 1e8 + wave(x)


def _places(x: Any) -> Any:
    """1, 2, 3, … in the shape of x; for a tensor in its type of numbers too."""
    counted = np.arange(1, 1 + math.prod(_shape(x))).reshape(_shape(x))
    return counted.astype(x.dtype.as_numpy_dtype) if is_tensor(x) else counted


def _shape(x: Any) -> tuple[int, ...]:
    return tuple(x.shape) if is_tensor(x) else np.shape(x)


class Limited:
    """A probe that answers so many calls and no more."""

    def __init__(self, name: str, most: int) -> None:
        self.order = name, most
        self.__name__ = name
        self._function, self._most, self._asked = globals()[name], most, 0

    def __call__(self, x: Any) -> Any:
        """Answer a call.

        Raises
        ------
        RuntimeError
            It is one too many.

        """
        self._asked += 1
        if self._asked > self._most:
            raise RuntimeError(f"the function was called more than {self._most} times")
        return self._function(x)


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


class Traced:
    """A probe that tells whether a `tf.function` has compiled it, and how often.

    It answers in a graph that is being traced, in at most `most` graphs, and so often in each.
    """

    def __init__(self, name: str, most: int) -> None:
        self.order = name, most
        self.__name__ = name
        self._function, self._most = globals()[name], most
        self._graphs: list[Any] = []

    def __call__(self, x: Any) -> Any:
        """Answer a call.

        Raises
        ------
        TypeError
            It is called at once, and nothing is compiled.
        RuntimeError
            It is traced anew once too often.
        ValueError
            One graph would hold it once too often.

        """
        import tensorflow as tf

        if tf.executing_eagerly():
            raise TypeError("called outside of a tf.function: nothing is compiled")
        graph = tf.compat.v1.get_default_graph()
        self._graphs.append(graph)
        if sum(1 for known in self._graphs if known is graph) > self._most:
            raise ValueError(f"one graph holds the function more than {self._most} times")
        if len({id(known) for known in self._graphs}) > self._most:
            raise RuntimeError(f"the function was traced more than {self._most} times")
        return self._function(x)


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


class Machine:
    """A slow and a fast function on a clock of their own, so that a measurement can be predicted.

    The k-th call of `slow(work)` takes `slow[k]` · work seconds, or the last of them where there
    are fewer, likewise `fast`; after every two calls of either the machine gets slower by the
    factor `drift`. `clock()` tells the seconds gone by and takes none.
    """

    def __init__(
        self, slow: tuple[float, ...], fast: tuple[float, ...], drift: float = 1.0
    ) -> None:
        self.order = tuple(slow), tuple(fast), drift
        self._drift = drift
        self._costs = {"slow": [*slow], "fast": [*fast]}
        self._calls, self._now = 0, 0.0

    def slow(self, work: float) -> None:
        """Do some work slowly."""
        self._pass("slow", work)

    def fast(self, work: float) -> None:
        """Do some work fast."""
        self._pass("fast", work)

    def clock(self) -> float:
        """Tell the time in seconds."""
        return self._now

    def _pass(self, which: str, work: float) -> None:
        costs = self._costs[which]
        cost = costs.pop(0) if len(costs) > 1 else costs[0]
        self._now += cost * work * self._drift ** (self._calls // 2)
        self._calls += 1


class InKeras:
    """An activation that changes nothing, and can put the layer that it belongs to into a model.

    `InKeras(4)` is for a layer of four inputs: `layer.activation.fit(layer, x, y, …)`.
    """

    def __init__(self, inputs: int) -> None:
        self.order = (inputs,)
        self.__name__ = "unchanged"

    def __call__(self, z: Any) -> Any:
        """Give back what came."""
        return z

    def fit(
        self, layer: Any, x: Any, y: Any, learning_rate: float, epochs: int, batch_size: int
    ) -> list[float]:
        """Train a layer alone in a `keras.Sequential`; returns its losses (squares) by epochs."""
        import keras

        model = keras.Sequential([keras.Input(self.order), layer])
        model.compile(keras.optimizers.SGD(learning_rate), "mse")
        told = model.fit(x, y, batch_size, epochs, verbose=0, shuffle=False)
        return [float(loss) for loss in told.history["loss"]]


def __getattr__(name: str) -> Any:
    """`Layer`, made when it is first asked for: most chapters do not wait for TensorFlow."""
    if name != "Layer":
        raise AttributeError(name)
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

    globals()["Layer"] = Layer
    return Layer


class Peeked(RuntimeError):
    """A model was shown test data before its training was over."""


class Pupil:
    """A small softmax regression that is used as a Keras model is, and is strict about its exam.

    `Pupil(4, 3)` leads from 4 numbers an example, in any shape, to the logits of 3 classes: at
    first they are just the first 3 of the numbers. `fit` takes one step of gradient descent, of the
    rate 0.5, for each of Keras's batches in order. What `evaluate` gets and `fit` has not had is
    its exam: there is one, and nothing of it is shown to `fit` as validation data.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        self.order = inputs, classes
        self._weights = np.eye(inputs, classes)
        self._learned: set[bytes] = set()
        self._examined = False

    def __call__(self, x: Any, training: bool = False) -> Any:
        """Logits (n, classes) for a batch x, as a tensor."""
        import tensorflow as tf

        return tf.constant(self._logits(x), tf.float32)

    def predict(self, x: Any, batch_size: int | None = None, verbose: Any = "auto") -> np.ndarray:
        """Logits (n, classes) for a batch x, as an array."""
        return self._logits(x).astype(np.float32)

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
    ) -> "Diary":
        """Learn from n examples x with the labels y, (n,) or (n, 1).

        Raises
        ------
        Peeked
            There are validation data that it does not learn from.

        """
        x, y = _examples(x, y)
        self._learned |= _rows(x)
        if validation_data is not None and not _rows(validation_data[0]) <= self._learned:
            raise Peeked("the model was shown other data than the training data while it learned")
        n = int(len(x) * (1 - validation_split))
        losses, accuracies = [], []
        for _ in range(epochs):
            losses.append(self._loss(x[:n], y[:n]))
            accuracies.append(self._accuracy(x[:n], y[:n]))
            for start in range(0, n, batch_size or 32):
                batch = slice(start, min(n, start + (batch_size or 32)))
                self._learn(x[batch], y[batch])
        return Diary(tuple(losses), accuracy=tuple(accuracies))

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        return_dict: bool = False,
    ) -> Any:
        """[loss, accuracy] on n examples x with the labels y.

        Raises
        ------
        RuntimeError
            The exam is over.

        """
        x, y = _examples(x, y)
        if not _rows(x) <= self._learned:
            if self._examined:
                raise RuntimeError("the model was evaluated twice on data it had not learned from")
            self._examined = True
        results = {"loss": self._loss(x, y), "accuracy": self._accuracy(x, y)}
        return results if return_dict else [*results.values()]

    def _logits(self, x: Any) -> np.ndarray:
        return np.reshape(x, (len(x), -1)) @ self._weights

    def _shares(self, x: np.ndarray) -> np.ndarray:
        exponentials = np.exp(self._logits(x))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    def _loss(self, x: np.ndarray, y: np.ndarray) -> float:
        return float(-np.mean(np.log(self._shares(x)[np.arange(len(y)), y])))

    def _accuracy(self, x: np.ndarray, y: np.ndarray) -> float:
        return float(np.mean(np.argmax(self._logits(x), axis=1) == y))

    def _learn(self, x: np.ndarray, y: np.ndarray) -> None:
        error = self._shares(x) - np.eye(self.order[1])[y]
        self._weights -= 0.5 * np.reshape(x, (len(x), -1)).T @ error / len(x)


def _examples(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Examples and their labels, (n,), as arrays."""
    if y is None:
        raise ValueError("labels are missing: x and y are two arguments")
    x, y = np.asarray(x), np.asarray(y).reshape(-1)
    if len(x) != len(y):
        raise ValueError(f"{len(x)} examples and {len(y)} labels")
    return x, y


def _rows(x: Any) -> set[bytes]:
    """The examples in x, to be compared."""
    return {np.asarray(example, np.float64).tobytes() for example in x}


class Diary:
    """What `fit` gives back, a Keras History by its looks: `Diary((0.9, 0.5), (1.0, 0.7))`.

    The first numbers are the losses, one an epoch; validation losses and accuracies may follow.
    """

    def __init__(
        self,
        loss: tuple[float, ...],
        val_loss: tuple[float, ...] = (),
        accuracy: tuple[float, ...] = (),
    ) -> None:
        self.order = loss, val_loss, accuracy
        told = {"accuracy": accuracy, "loss": loss, "val_loss": val_loss}
        self.history = {name: [*values] for name, values in told.items() if values}
        self.epoch = [*range(len(loss))]

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """A History to whoever asks with isinstance."""
        import keras

        return keras.callbacks.History
