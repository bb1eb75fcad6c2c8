"""Chapter 6 by somebody who likes TensorFlow for everything."""

import tensorflow as tf


def _f64(values):
    return tf.cast(values, tf.float64)


def numerical_gradient(f, x, h=1e-5):
    """The steps are the rows of a unit matrix; f is handed tensors."""
    x = _f64(x)
    steps = tf.reshape(h * tf.eye(tf.size(x), dtype=x.dtype), [-1, *x.shape])
    slopes = [(f(x + step) - f(x - step)) / (2 * h) for step in steps]
    return tf.reshape(tf.stack(slopes), x.shape).numpy()


def _taped(f, z):
    z = _f64(z)
    with tf.GradientTape() as tape:
        tape.watch(z)
        a = f(z)
    return tape.gradient(a, z)


def sigmoid_prime(z):
    return _taped(tf.sigmoid, z)


def tanh_prime(z):
    return _taped(tf.tanh, z)


def relu_prime(z):
    return _taped(tf.nn.relu, z)


def tape_gradient(f, x):
    """The derivative of each type of float in that type."""
    x = tf.convert_to_tensor(x)
    x = x if x.dtype in (tf.float32, tf.float64) else _f64(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
        return tape.gradient(y, x)


def dense_backward(dA, A_prev, W, A):
    dA, A_prev, W, A = map(_f64, (dA, A_prev, W, A))
    dZ = dA * A * (1 - A)
    dA_prev = tf.matmul(dZ, W, transpose_b=True)
    return dA_prev, tf.matmul(A_prev, dZ, transpose_a=True), tf.reduce_sum(dZ, axis=0)


def backprop(X, y, layers):
    weights = [(tf.Variable(_f64(W)), tf.Variable(_f64(b))) for W, b in layers]
    with tf.GradientTape() as tape:
        A = _f64(X)
        for W, b in weights:
            A = tf.sigmoid(A @ W + b)
        t = _f64(y)
        cost = -tf.reduce_mean(t * tf.math.log(A) + (1 - t) * tf.math.log(1 - A))
    return [tuple(g.numpy() for g in pair) for pair in tape.gradient(cost, weights)]


def gradient_check(f, gradient, x):
    n, g = tf.constant(numerical_gradient(f, x)), _f64(gradient)
    if n.shape != g.shape:
        raise ValueError(f"{g.shape} is not {n.shape}")
    return float(tf.math.divide_no_nan(tf.norm(n - g), tf.norm(n) + tf.norm(g)))
