"""Plain functions of an array or a tensor of any shape, which give one number.

By NumPy for an array and by TensorFlow for a tensor, so that a tape can follow.
"""

import math
from typing import Any

import numpy as np

from grader.kinds import is_tensor


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
