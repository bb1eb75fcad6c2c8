"""Chapter 4 as somebody might write it who thinks in indices: einsum, log-sum-exp, a recursion."""

import time
from statistics import median

import numpy as np
import tensorflow as tf

from grader import given


def _sums(inputs, weights, biases):
    inputs, weights, biases = (np.asarray(v, dtype=np.float64) for v in (inputs, weights, biases))
    return np.einsum("ni,iu->nu", inputs, weights) + biases[None, :]


def dense_vectorized(inputs, weights, biases):
    # σ(z) = (1 + tanh(z / 2)) / 2, which cannot overflow
    return (1 + np.tanh(_sums(inputs, weights, biases) / 2)) / 2


def softmax(scores):
    scores = np.array(scores, dtype=np.float64)
    scores -= scores.max(axis=-1)[..., None]
    return np.exp(scores - np.log(np.einsum("...k->...", np.exp(scores)))[..., None])


def forward(batch, network):
    if not network:
        return batch
    (weights, biases), *rest = network
    return forward(given.sigmoid(_sums(batch, weights, biases)), rest)


@tf.function(reduce_retracing=True)
def _layer(inputs, weights, biases):
    return tf.math.sigmoid(tf.einsum("ni,iu->nu", inputs, weights) + biases)


def _single(values):
    return (
        values
        if tf.is_tensor(values) and values.dtype == tf.float32
        else tf.cast(values, "float32")
    )


def dense_tf(inputs, weights, biases):
    return _layer(_single(inputs), _single(weights), _single(biases))


def dense_gpu(inputs, weights, biases, device):
    with tf.device(device):
        inputs, weights, biases = map(_single, (inputs, weights, biases))
        return 1 / (1 + tf.exp(-(tf.matmul(inputs, weights) + biases)))


def speedup(slow, fast, *args, repeats=5, timer=time.perf_counter):
    # fast goes first, and one reading of the clock ends its time and begins that of slow
    fast(*args), slow(*args)
    ratios = []
    while len(ratios) < repeats:
        begun = timer()
        fast(*args)
        between = timer()
        slow(*args)
        ended = timer()
        ratios += [(ended - between) / (between - begun)]
    return median(ratios)
