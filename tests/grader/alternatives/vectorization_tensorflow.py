"""Chapter 4 in TensorFlow wherever it can be, in float32, with Keras layers and a class."""

import time

import keras
import numpy as np
import tensorflow as tf


def _float32(values):
    return tf.cast(tf.convert_to_tensor(values), tf.float32)


def dense_vectorized(X, W, b):
    return tf.sigmoid(_float32(X) @ _float32(W) + _float32(b)).numpy()


def softmax(Z):
    return tf.nn.softmax(_float32(Z), axis=-1)


def forward(X, layers):
    A = _float32(X)
    for W, b in layers:
        A = tf.math.divide(1.0, 1.0 + tf.exp(-tf.linalg.matmul(A, _float32(W)) - _float32(b)))
    return A


def dense_tf(X, W, b):
    W, b = _float32(W), _float32(b)
    layer = keras.layers.Dense(W.shape[1], activation="sigmoid")
    layer.build((None, W.shape[0]))
    layer.set_weights([W, b])
    return layer(_float32(X))


def dense_gpu(X, W, b, device):
    # computed wherever the inputs are brought to, which is the device, then kept there
    with tf.device(device):
        X, W, b = (tf.identity(_float32(v)) for v in (X, W, b))
        Z = tf.nn.bias_add(tf.tensordot(X, W, axes=1), b)
        return tf.nn.sigmoid(Z)


class Stopwatch:
    """Runs functions with the same arguments and tells how long each took."""

    def __init__(self, timer, args):
        self.timer, self.args = timer, args

    def __call__(self, function):
        start = self.timer()
        function(*self.args)
        return self.timer() - start


def speedup(slow, fast, *args, repeats=5, timer=time.perf_counter):
    # the order changes from round to round; the first round is the warm-up
    watch = Stopwatch(timer, args)
    seconds = np.empty((repeats + 1, 2), np.float32)
    for number in range(repeats + 1):
        order = [(0, slow), (1, fast)]
        for place, function in order[:: (-1) ** number]:
            seconds[number, place] = watch(function)
    return np.median(seconds[1:, 0] / seconds[1:, 1])
