"""Chapter 5 by somebody who knows what Keras and TensorFlow have, and uses einsum for the rest."""

import keras
import numpy as np
import tensorflow as tf


def require_equal(one, other):
    if tuple(np.shape(one)) != tuple(np.shape(other)):
        raise ValueError("unequal shapes")


def loss_mse(target_y, predicted_y):
    require_equal(target_y, predicted_y)
    return tf.reduce_mean(
        keras.losses.mean_squared_error(target_y, tf.convert_to_tensor(predicted_y))
    )


def loss_bce(target_y, predicted_y):
    require_equal(target_y, predicted_y)
    p = tf.convert_to_tensor(np.array(predicted_y))
    t = tf.cast(np.array(target_y), p.dtype)
    return keras.ops.mean(keras.ops.binary_crossentropy(t, p)).numpy()


@tf.function
def surprise(t, p):
    return -tf.einsum("nc,nc->", t, tf.math.log(tf.clip_by_value(p, 1e-12, 1 - 1e-12)))


def loss_crsntrpy(target_y, predicted_y):
    require_equal(target_y, predicted_y)
    p = tf.convert_to_tensor(predicted_y)
    return surprise(tf.cast(target_y, p.dtype), p) / len(p)


def sparse_crossentropy(labels, logits):
    z = tf.convert_to_tensor(logits)
    one_hot = tf.one_hot(labels, z.shape[-1], dtype=z.dtype)
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(one_hot, z))


def cost(losses):
    return np.average(np.asarray(losses, dtype=float).flatten())


def accuracy(y_true, y_pred):
    classes = [numbers(np.array(y)) for y in (y_true, y_pred)]
    if len({len(c) for c in classes}) > 1:
        raise ValueError("unequal numbers")
    return np.count_nonzero(classes[0] == classes[1]) / classes[0].size


def numbers(y):
    if y.ndim > 1 and y.shape[-1] != 1:
        return np.einsum("nc,c->n", y == y.max(axis=-1, keepdims=True), np.arange(y.shape[-1]))
    y = y.reshape(-1)
    labels = np.floor(y)
    return labels if (labels == y).all() else np.where(y < 0.5, 0, 1)
