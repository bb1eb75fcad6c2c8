"""From loops to matrices to the GPU: a whole batch at once, and how to measure what that saves.

Shapes: X (n, d) holds one example a row, W (d, units) one neuron a column, b (units,) one bias a
neuron. Every argument may be an array or a (nested) list, of integers or floats, and is left as it
was; in `dense_tf` and `dense_gpu` a tensor too. No function here loops over examples or units.
TensorFlow takes seconds to load: write its import inside the two functions that need it, and the
others need not wait.
"""

import statistics
import time

import numpy as np

from grader.given import sigmoid


def dense_vectorized(X, W, b):
    """A layer of sigmoid neurons for a whole batch, in one matrix product: σ(XW + b).

    X        (n, d)      one example a row; n may be 1
    W        (d, units)  one neuron a column
    b        (units,)    one bias a neuron, the same for every example
    returns  (n, units)  activations between 0 and 1, one example a row

    `sigmoid` takes an array of any shape and any size of numbers unharmed. There is no loop, and
    no comprehension, over examples or units.

    >>> dense_vectorized([[1.0, 2.0], [0.0, 0.0]], [[1.0, -1.0], [0.0, 1.0]], [0.0, 1.0]).round(3)
    array([[0.731, 0.881],
           [0.5  , 0.731]])
    """
    raise NotImplementedError("dense_vectorized is still to do")


def softmax(Z):
    """Scores to shares of 1, along the last axis: e^z_j / (e^z_1 + … + e^z_k).

    Z        (..., k)  scores of k classes along the last axis, 1-D or more; any size, any sign
    returns  (..., k)  shares between 0 and 1; along the last axis they add up to 1

    Each row (each stretch along the last axis) is on its own. It holds for scores of ±10,000, and
    for rows of very different size side by side, without NaN and without a warning.

    >>> softmax([1.0, 3.0, 2.0]).round(3)
    array([0.09 , 0.665, 0.245])
    >>> softmax([[1001.0, 1003.0, 1002.0], [0.0, 0.0, 0.0]]).round(3)
    array([[0.09 , 0.665, 0.245],
           [0.333, 0.333, 0.333]])
    """
    raise NotImplementedError("softmax is still to do")


def forward(X, layers):
    """Send the whole batch through the network, layer by layer: A ← σ(AW + b), beginning with X.

    X        (n, d)         one example a row; n may be 1
    layers   [(W, b), ...]  first layer first, one or more, each a layer of sigmoid neurons
    returns  (n, units)     what the last layer gives, one example a row

    A loop over the layers is right; there is none over examples or units.

    >>> hidden = [[1.0, -1.0], [0.0, 1.0]], [0.0, 0.0]
    >>> output = [[1.0], [1.0]], [-1.0]
    >>> forward([[1.0, 2.0], [0.0, 0.0]], [hidden, output]).round(3)
    array([[0.614],
           [0.5  ]])
    """
    raise NotImplementedError("forward is still to do")


def dense_tf(X, W, b):
    """σ(XW + b) in TensorFlow: a float32 tensor, whatever X, W and b are.

    X        (n, d)      list, array or tensor, of integers, float32 or float64
    W        (d, units)  likewise; the three need not be of one kind or of one dtype
    b        (units,)    likewise
    returns  (n, units)  tf.Tensor, dtype float32

    TensorFlow does all of it, the conversion too. A detour through NumPy would cut the result off
    from X, and no gradient could flow back (chapter 6). Sums of any size give no NaN.

    >>> dense_tf([[1, 2], [0, 0]], np.array([[1.0, -1.0], [0.0, 1.0]]), [0, 1]).numpy().round(3)
    array([[0.731, 0.881],
           [0.5  , 0.731]], dtype=float32)
    """
    raise NotImplementedError("dense_tf is still to do")


def dense_gpu(X, W, b, device):
    """σ(XW + b) in TensorFlow, computed on the named device; the result stays there.

    X        (n, d)      list, array or tensor, of integers, float32 or float64
    W        (d, units)  likewise
    b        (units,)    likewise
    device   str         TensorFlow's name of a device: "/CPU:0", "/CPU:1", "/GPU:0"
    returns  (n, units)  tf.Tensor, dtype float32, on `device`

    The same as `dense_tf` otherwise: X, W and b may lie anywhere, and a gradient can flow back.

    >>> answer = dense_gpu([[1, 2]], [[1, -1], [0, 1]], [0, 1], "/CPU:0")
    >>> answer.device[-12:], answer.numpy().round(3)
    ('device:CPU:0', array([[0.731, 0.881]], dtype=float32))
    """
    raise NotImplementedError("dense_gpu is still to do")


def speedup(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """How many times faster `fast` is than `slow`: the median over rounds of slow / fast.

    slow     function  called as slow(*args)
    fast     function  called as fast(*args)
    args     any       what both are given
    repeats  int       rounds that count, 1 or more
    timer    function  timer() gives the time in seconds; only differences of it mean anything
    returns  float     seconds of slow / seconds of fast; above 1 where fast is faster

    First each of the two is called once and not counted: the warm-up. Then come `repeats` rounds.
    In a round, slow and fast are called once each, one right after the other and in either order,
    and each is timed by itself: timer() right before it and right after. The round's ratio is the
    seconds of slow divided by those of fast. The answer is the median of the ratios; where their
    number is even, the mean of the two in the middle. What the functions return is ignored.

    >>> clock = iter([0.0, 8.0, 8.0, 10.0, 20.0, 29.0, 30.0, 33.0])  # 8 and 2 s, then 9 and 3 s
    >>> speedup(sum, max, [1, 2], repeats=2, timer=lambda: next(clock))  # ratios 4 and 3
    3.5
    """
    raise NotImplementedError("speedup is still to do")
