"""Chapter 2 in TensorFlow throughout: casts, scatter updates, masks, and tensors given back."""

import numpy as np
import tensorflow as tf


def as_row(x):
    x = tf.cast(x, tf.float32)
    if x.shape.rank == 1:
        return x[tf.newaxis, :]
    if x.shape[0] == 1:
        return x
    raise ValueError(f"{x.shape[0]} rows")


def to_tensor(array, dtype):
    return tf.cast(array, tf.dtypes.as_dtype(dtype))


def to_array(tensor):
    return np.asarray(tensor)  # of a tensor this is a view that cannot be written to


def scale(tensor, factor):
    return tf.multiply(tf.cast(factor, tensor.dtype), tensor)


def replace_row(tensor, i, row):
    here = tf.range(tf.shape(tensor)[0])[:, tf.newaxis] == i
    return tf.where(here, tf.cast(row, tensor.dtype), tensor)


def assign_row(variable, i, row):
    variable.scatter_nd_update([[i]], tf.cast([row], variable.dtype))
    return variable


def normalize_images(images):
    return tf.image.convert_image_dtype(images, tf.float32)


def one_hot(labels, depth):
    return tf.one_hot(labels, depth)
