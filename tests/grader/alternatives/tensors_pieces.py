"""Chapter 2 piece by piece: rows taken apart and stacked again, indices instead of slices."""

import numpy as np
import tensorflow as tf


def as_row(x):
    (row,) = np.atleast_2d(np.asarray(x, dtype=np.float32))  # more rows raise a ValueError
    return tf.stack([row])


def to_tensor(array, dtype):
    return tf.Variable(tf.constant(array, dtype), trainable=False).read_value()


def to_array(tensor):
    return np.asarray(tensor.numpy().tolist(), dtype=tensor.dtype.as_numpy_dtype)


def scale(tensor, factor):
    factor = tf.cast(tf.stack(factor), tensor.dtype)
    return tf.where(factor == 0, tf.zeros((), tensor.dtype), tensor * factor)


def replace_row(tensor, i, row):
    rows = tf.unstack(tensor)
    rows[i] = tf.constant(row, tensor.dtype)
    return tf.stack(rows)


def assign_row(variable, i, row):
    new = tf.tensor_scatter_nd_update(variable, [[i]], [tf.cast(row, variable.dtype)])
    variable.assign(new)
    return variable


def normalize_images(images):
    table = np.linspace(0, 1, 256, dtype=np.float32)
    return table[images]


def one_hot(labels, depth):
    labels = np.array(labels, dtype=np.int64)
    hot = np.zeros((labels.size, depth), dtype="float32")
    known = np.flatnonzero((labels > -1) & (labels < depth))
    hot[known, labels[known]] = 1.0
    return hot
