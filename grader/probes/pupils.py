"""Stand-ins for Keras's models and histories, which watch how they are used."""

from typing import Any

import numpy as np


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
        return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))

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
