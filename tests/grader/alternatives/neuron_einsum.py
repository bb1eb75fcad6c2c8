"""A right answer in another style: einsum, masks, heaviside, one formula for all lengths of z."""

import numpy as np


def _array(values):
    return np.array(values, dtype=np.float64)


def weighted_sum(inputs, weights, bias):
    """z by Einstein's summation."""
    inputs, weights = _array(inputs), _array(weights)
    if len(inputs) != len(weights):
        raise ValueError(f"{len(inputs)} inputs for {len(weights)} weights")
    return np.einsum("i,i->", inputs, weights) + bias


step = lambda values: np.heaviside(_array(values), 1.0)  # noqa: E731


def tlu(inputs, weights, bias):
    """A comparison turned into a Python integer."""
    return int(weighted_sum(inputs, weights, bias) >= 0)


def sigmoid(values):
    """By masks, each branch computed only where it is safe."""
    z = _array(values)
    answer = np.empty_like(z)
    positive = z >= 0
    answer[positive] = 1 / (1 + np.exp(-z[positive]))
    grown = np.exp(z[~positive])
    answer[~positive] = grown / (1 + grown)
    return answer


def tanh(values):
    """By way of the sigmoid."""
    return sigmoid(_array(values) * 2) * 2 - 1


def relu(values):
    """By a mask of zeros and ones."""
    z = _array(values)
    return z * (z > 0)


def neuron(inputs, weights, bias, phi):
    """Without the other functions."""
    return phi(sum(v * u for v, u in zip(inputs, weights, strict=True)) + bias)


def decide(probabilities, limit=0.5):
    """By np.where, as small integers."""
    return np.where(_array(probabilities) >= limit, np.int8(1), np.int8(0))
