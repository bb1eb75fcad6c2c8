"""The data of the course: pots of kimchi jjim, digits, clothes. Each is a pair (x, y).

`kimchi` and the small digits are there without a network. The large images come from the folder
that `KATA_DATA` names, or from Keras's loader, which fetches them once.
"""

import importlib
import os
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from grader.errors import KataError

MNIST, FASHION = "mnist-t10k.npz", "fashion-mnist-900.npz"
CLOTHES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
)  # fmt: skip
"""What the labels 0 to 9 of `fashion_mnist` stand for."""

COOLEST, HOTTEST = 130.0, 220.0
SHORTEST, LONGEST = 30.0, 150.0


class NoData(KataError):
    """Data that is not on this machine; the text says how to get it."""


class Dataset(NamedTuple):
    """Examples `x`, one along the first axis, and their labels `y`, (n,) integers."""

    x: np.ndarray
    y: np.ndarray


def kimchi(n: int, rng: np.random.Generator) -> Dataset:
    """N pots of kimchi jjim, made by a rule: x (n, 2) in °C and minutes, y 1 for a good stew.

    Temperatures T are drawn evenly from 130 to 220 °C, durations t from 30 to 150 min. A stew is
    good if it was not too cool, T ≥ 155, not too short, t ≥ 67.5, and not overdone,
    3·(T - 170)/20 + 2·(t - 75)/30 ≤ 4: the three lines of the network in chapter 3.
    """
    x = rng.uniform([COOLEST, SHORTEST], [HOTTEST, LONGEST], size=(n, 2))
    temperature, duration = x.T
    done = (temperature >= 155) & (duration >= 67.5)
    overdone = 3 * (temperature - 170) / 20 + 2 * (duration - 75) / 30 > 4
    return Dataset(x, (done & ~overdone).astype(np.int64))


def digits() -> Dataset:
    """1,797 handwritten digits: x (1797, 8, 8) float64, ink from 0 to 16; y 0 to 9.

    They come with scikit-learn, which has them from the UCI repository's optical recognition of
    handwritten digits.
    """
    bunch: Any = importlib.import_module("sklearn.datasets").load_digits()
    return Dataset(bunch.images, bunch.target.astype(np.int64))


def digits_01() -> Dataset:
    """The zeros and ones among `digits`: x (360, 8, 8), y 0 or 1."""
    x, y = digits()
    chosen = y < 2
    return Dataset(x[chosen], y[chosen])


def mnist() -> Dataset:
    """Handwritten digits as x (n, 28, 28) uint8, 0 to 255, and y 0 to 9.

    n is 10,000 from `KATA_DATA` (the test set alone), 70,000 from Keras.

    Raises
    ------
    NoData
        They are in neither place.

    """
    return _images("mnist", MNIST)


def fashion_mnist() -> Dataset:
    """Pieces of clothing as x (n, 28, 28) uint8, 0 to 255, and y 0 to 9, named in `CLOTHES`.

    n is 900 from `KATA_DATA` (90 of each), 70,000 from Keras.

    Raises
    ------
    NoData
        They are in neither place.

    """
    return _images("fashion_mnist", FASHION)


def _images(name: str, file: str) -> Dataset:
    path = Path(os.environ.get("KATA_DATA", ""), file)
    if "KATA_DATA" in os.environ and path.is_file():
        return _from_file(path)
    loader = importlib.import_module(f"keras.datasets.{name}")
    try:
        (x, y), (x_test, y_test) = loader.load_data()
    except Exception as error:  # Keras raises a plain one when it cannot fetch
        raise NoData(
            f"{name}: not on this machine. Set KATA_DATA to a folder that holds {file} (arrays x "
            f"and y), or, with a network, let Keras fetch it once: "
            f'python -c "import keras; keras.datasets.{name}.load_data()"'
        ) from error
    return Dataset(np.concatenate([x, x_test]), np.concatenate([y, y_test]).astype(np.int64))


def _from_file(path: Path) -> Dataset:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            x, y = arrays["x"], arrays["y"]
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise NoData(f"{path}: no file of the arrays x and y: {error}") from None
    if x.ndim != 3 or x.dtype != np.uint8 or y.shape != x.shape[:1]:
        raise NoData(f"{path}: x is to be (n, 28, 28) uint8 and y (n,), not {x.shape}, {y.shape}")
    return Dataset(x, y.astype(np.int64))
