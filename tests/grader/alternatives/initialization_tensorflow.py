"""Chapter 8 by somebody who likes TensorFlow for everything but the dice."""

import tensorflow as tf


class HiddenModel(tf.Module):
    def __init__(self, initializer):
        super().__init__()
        with self.name_scope:
            for name, fans in {"1": (784, 100), "2": (100, 10)}.items():
                start = tf.convert_to_tensor(initializer(*fans), dtype=tf.float32)
                setattr(self, "W" + name, tf.Variable(start))
                setattr(self, "b" + name, tf.Variable(tf.zeros_like(start[0])))

    @tf.Module.with_name_scope
    def __call__(self, x):
        x = tf.nn.bias_add(tf.cast(x, tf.float32) @ self.W1, self.b1)
        e = tf.nn.bias_add(1 / (1 + tf.exp(-x)) @ self.W2, self.b2)
        e = tf.exp(e - tf.reduce_max(e, axis=-1, keepdims=True))
        return e / tf.reduce_sum(e, axis=-1, keepdims=True)


def distinct_neurons(W, tol):
    """All pairs at once; then from left to right."""
    W = tf.cast(tf.convert_to_tensor(W), tf.float64)
    far = tf.reduce_max(tf.abs(W[:, :, None] - W[:, None, :]), axis=0) > tol
    counted = []
    for j in range(W.shape[1]):
        if all(far[i, j] for i in counted):
            counted.append(j)
    return tf.size(counted)


def _shaped(rng, mean, std, shape):
    return tf.reshape(tf.constant(mean + std * rng.standard_normal(shape[0] * shape[1])), shape)


def xavier_init(fan_in, fan_out, rng):
    return _shaped(rng, 0.0, tf.sqrt(2.0 / float(fan_in + fan_out)).numpy(), (fan_in, fan_out))


def xavier_uniform(fan_in, fan_out, rng):
    limit = 3**0.5 * (2 / (fan_in + fan_out)) ** 0.5
    return tf.constant(
        rng.uniform(low=-limit, high=limit, size=fan_in * fan_out).reshape(fan_in, -1)
    )


def he_init(fan_in, fan_out, rng):
    return _shaped(rng, 0.0, (2 / fan_in) ** 0.5, (fan_in, fan_out))


def saturation(a, tol=0.01):
    """By the distance from the middle, in float64."""
    a = tf.cast(tf.convert_to_tensor(a), tf.float64)
    return tf.reduce_mean(tf.cast(tf.abs(a - 0.5) >= 0.5 - tol, tf.float64))


def gradient_norms(model, x, y):
    """A tape that watches the matrices alone."""
    matrices = [v for v in model.trainable_variables if v.shape.rank == 2]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(matrices)
        p = tf.clip_by_value(model(tf.cast(x, tf.float32)), 1e-12, 1.0)
        costs = tf.einsum("nk,nk->n", tf.cast(y, tf.float32), -tf.math.log(p))
        loss = tf.add_n(tf.unstack(costs)) / len(costs)
    return [
        tf.constant(0.0) if g is None else tf.norm(g, ord=1) for g in tape.gradient(loss, matrices)
    ]
