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


class Network:
    """A softmax network with Variables: sigmoid layers of some sizes, softmax at the last.

    `Network(2, 3)` leads from two inputs to three classes. What a learner's function assigns to
    its `variables`, W and b of each layer in turn, the test sees afterwards.
    """

    def __init__(self, *sizes: int) -> None:
        import tensorflow as tf

        self.order = sizes
        start = np.random.default_rng(len(sizes))
        self.variables = tuple(
            tf.Variable(values, dtype=tf.float32)
            for size in itertools.pairwise(sizes)
            for values in (start.normal(size=size), np.zeros(size[1]))
        )
        self.trainable_variables = self.variables

    def __call__(self, x: Any) -> Any:
        """Probabilities (n, classes) for a batch x (n, inputs)."""
        import tensorflow as tf

        x = tf.convert_to_tensor(x, tf.float32)
        *hidden, (W, b) = zip(self.variables[::2], self.variables[1::2], strict=True)
        for V, c in hidden:
            x = tf.sigmoid(x @ V + c)
        return tf.nn.softmax(x @ W + b)


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
