"""Chapter 3 as somebody might write it who thinks in indices: einsum, lambdas, other names."""

import numpy as np

from grader import given


def _sums(inputs, weights, biases):
    inputs, weights, biases = (np.asarray(v, dtype=np.float64) for v in (inputs, weights, biases))
    return np.einsum("...i,iu->...u", inputs, weights) + biases


def dense(inputs, weights, biases):
    return dense_layer(inputs, weights, biases, given.sigmoid)


dense_layer = lambda inputs, weights, biases, g: g(_sums(inputs, weights, biases))  # noqa: E731


def sequential(example, network):
    if not network:
        return np.asarray(example)
    (weights, biases), *rest = network
    return sequential(dense(example, weights, biases), rest)


def predict(examples, network, threshold=0.5):
    for weights, biases in network:
        examples = given.sigmoid(_sums(examples, weights, biases))
    return np.where(np.asarray(examples) < threshold, 0, 1)


def perceptron(examples, weights, biases):
    return np.heaviside(_sums(examples, weights, biases), 1.0)


def xor_network():
    # first minus second, second minus first: one of them is 1 when the inputs differ
    return (
        (np.array([[1, -1], [-1, 1]]), np.array([-1, -1])),
        (np.array([[1], [1]]), np.array([-1])),
    )


def compose_linear(first, first_bias, second, second_bias):
    both = np.einsum("ih,hu->iu", np.asarray(first), np.asarray(second))
    return [both, _sums(first_bias, second, second_bias)]


def standardize(table):
    table = np.array(table, dtype=np.float64)
    centre = np.einsum("nd->d", table) / len(table)
    spread = np.sqrt(np.einsum("nd,nd->d", table - centre, table - centre) / len(table))
    spread[np.all(table == table[0], axis=0)] = 1
    return (table - centre) / spread, centre, spread


def count_parameters(network):
    return np.sum([(np.shape(weights)[0] + 1) * np.shape(weights)[1] for weights, _ in network])
