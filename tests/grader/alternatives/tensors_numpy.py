"""Chapter 2 as somebody might write it who stays in NumPy for as long as possible, with loops."""

import numpy as np
import tensorflow as tf


def as_row(example):
    example = np.array(example)
    if example.ndim == 2 and example.shape[0] != 1:
        raise ValueError("one example, please")
    return example.astype("f4").reshape(1, -1)


def to_tensor(numbers, kind):
    return tf.convert_to_tensor(np.asarray(numbers).astype(kind))


def to_array(numbers):
    return np.array(numbers)


def scale(numbers, factor):
    product = np.multiply(numbers, factor)
    return tf.constant(product.astype(numbers.dtype.as_numpy_dtype))


def replace_row(numbers, i, new):
    table = np.array(numbers)
    for j, value in enumerate(new):
        table[i, j] = value
    return tf.convert_to_tensor(table)


def assign_row(variable, i, new):
    table = variable.numpy()
    table[i] = new
    variable.assign(table)
    return variable


def normalize_images(pictures):
    answer = np.empty(np.shape(pictures), np.float32)
    np.divide(pictures, 255, out=answer, casting="unsafe")
    return answer


def one_hot(labels, depth):
    hot = np.zeros((len(labels), depth), np.float32)
    for row, label in zip(hot, labels, strict=True):
        if 0 <= label < depth:
            row[label] = 1
    return hot
