"""Hidden tests of chapter 8: TensorFlow says what flows, statistics what was drawn.

The network that everybody tells stories of is here too: 784 inputs, six layers of 500 sigmoid
neurons, 10 classes.
"""

import itertools
import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader import calls, datasets, probes
from grader.compare import Mismatch, same
from grader.plugin import exercise
from grader.references import reference

DEEP = (784, *[500] * 6, 10)
NARROWER = (784, *[200] * 6, 10)
"""As deep, for what a sixth of the weights shows as well."""


def pictures(rng, n):
    """Digits of 28 by 28 points with ink from 0 to 1, enlarged from 8 by 8: (n, 784)."""
    large = np.kron(rng.permutation(digits())[:n] / 16, np.ones((3, 3)))
    return np.pad(large, [(0, 0), (2, 2), (2, 2)]).reshape(n, 784).astype(np.float32)


@reference
def digits():
    """All the digits, which take a while to be read."""
    return datasets.digits()[0]


def one_hot(classes, depth):
    return np.eye(depth, dtype=np.float32)[classes]


def uniform_start(fan_in, fan_out, rng):
    """Evenly from 0 to 1, in steps so large that float32 adds up 500 of them without an error."""
    return rng.integers(0, 2**14, size=(fan_in, fan_out)) / 2**14


def xavier_start(fan_in, fan_out, rng):
    return rng.normal(scale=math.sqrt(2 / (fan_in + fan_out)), size=(fan_in, fan_out))


def weights(start, sizes, rng):
    return [start(fan_in, fan_out, rng) for fan_in, fan_out in itertools.pairwise(sizes)]


# HiddenModel


class Twin(tf.Module):
    """What a HiddenModel that starts from two matrices computes, by two layers of Keras."""

    def __init__(self, matrices):
        super().__init__()
        self.hidden = keras.layers.Dense(100, activation="sigmoid")
        self.last = keras.layers.Dense(10, activation="softmax")
        for layer, W in zip((self.hidden, self.last), matrices, strict=True):
            fan_in, fan_out = W.shape
            layer.build((None, fan_in))
            layer.set_weights([W, np.zeros(fan_out)])

    @property
    def trainable_variables(self):
        variables = self.hidden.trainable_variables + self.last.trainable_variables
        return [variable.value for variable in variables]

    def __call__(self, x):
        return self.last(self.hidden(tf.cast(x, tf.float32)))


@reference
def keras_predict(matrices, x):
    """What two layers of Keras give that start from these matrices."""
    return Twin(matrices)(x).numpy()


@reference
def keras_trained(matrices, x, y, steps):
    """W1, b1, W2 and b2 after some steps down the loss, and what the layers give for x then."""
    twin = Twin(matrices)
    probes.descent(twin, x, y, steps)
    return [variable.numpy() for variable in twin.trainable_variables], twin(x).numpy()


def matrices_of(initializer):
    """W1 and W2 as an initializer gives them, in this order."""
    return [initializer(784, 100), initializer(100, 10)]


def started(initializer):
    """W1, b1, W2 and b2 of a model that nobody has trained."""
    W1, W2 = matrices_of(initializer)
    return [W1, np.zeros(100), W2, np.zeros(10)]


def descend(model, x, y, steps):
    """Train a learner's model where it is: a tf.Module wraps functions that are to use it."""
    model.with_name_scope(probes.descent)(model, x, y, steps)


def same_weights(model, due):
    """Check W1, b1, W2 and b2 of a learner's model."""
    for variable, values in zip((model.W1, model.b1, model.W2, model.b2), due, strict=True):
        same(variable, values.astype(np.float32), kind="variable", dtype="float32")


@exercise("HiddenModel")
@pytest.mark.parametrize("kind", ["array", "tensor"])
@pytest.mark.parametrize("size", [0.02, 0.5])
def test_weights_come_from_the_initializer(learner, size, kind):
    """W1 and W2 are what the initializer gives when it is first called for each, in this order"""
    model = learner.HiddenModel(probes.Start(size, kind))
    same_weights(model, started(probes.Start(size)))


@exercise("HiddenModel")
def test_weights_of_zeros(learner):
    """where the initializer gives zeros, all is zero"""
    same_weights(learner.HiddenModel(probes.zeros), started(probes.zeros))


@exercise("HiddenModel")
def test_the_variables_of_the_module(learner):
    """a tf.Module that is whole finds the four Variables, all to be trained"""
    model = learner.HiddenModel(probes.zeros)
    same(isinstance(model.name, str), True)  # without super().__init__() it has none
    for variables in (model.trainable_variables, model.variables):
        same(sorted(tuple(v.shape) for v in variables), ((10,), (100,), (100, 10), (784, 100)))


@exercise("HiddenModel")
@pytest.mark.parametrize("n", [1, 2, 10, 100])
def test_the_model_agrees_with_keras(learner, rng, n):
    """sigmoid inside, softmax last, as two layers of Keras give it, for a batch of any size"""
    model, matrices = learner.HiddenModel(probes.Start(0.2)), matrices_of(probes.Start(0.2))
    x = rng.normal(scale=0.3, size=(n, 784)).astype(np.float32)
    same(model(x), keras_predict(matrices, x), kind="tensor", dtype="float32")
    x = pictures(rng, n)
    same(model(x), keras_predict(matrices, x), kind="tensor", dtype="float32")


OF_ANY_TYPE = [
    (np.float32, np.asarray),
    (np.float64, tf.constant),
    (np.int64, np.asarray),
    (np.uint8, tf.constant),
]
"""Types of numbers, floats and integers in an array and in a tensor each."""

IN_WORDS = ["floats", "tensor of float64", "integers", "tensor of bytes"]


@exercise("HiddenModel")
@pytest.mark.parametrize(("dtype", "form"), OF_ANY_TYPE, ids=IN_WORDS)
def test_pictures_of_any_type(learner, rng, dtype, form):
    """arrays and tensors of floats and of integers are as good as each other"""
    x = rng.integers(0, 4, size=(3, 784)).astype(dtype)
    model, matrices = learner.HiddenModel(probes.Start(0.05)), matrices_of(probes.Start(0.05))
    same(model(form(x)), keras_predict(matrices, x), kind="tensor", dtype="float32")


@exercise("HiddenModel")
def test_large_scores(learner, rng):
    """scores in the hundreds make shares of 1, without NaN"""
    x = 100 * rng.normal(size=(4, 784)).astype(np.float32)
    same(learner.HiddenModel(probes.Start(50.0))(x).numpy().sum(axis=1), np.ones(4))


@exercise("HiddenModel")
@pytest.mark.parametrize("start", [probes.zeros, None], ids=["zeros", "unequal"])
def test_training_reaches_all_variables(learner, rng, start):
    """slopes reach all four Variables, and what training makes of them counts, biases too"""
    x, y = pictures(rng, 8), one_hot(rng.integers(0, 10, size=8), 10)
    model = learner.HiddenModel(start or probes.Start(0.05))
    descend(model, x, y, 5)
    due, p = keras_trained(matrices_of(start or probes.Start(0.05)), x, y, 5)
    same(model(x), p, kind="tensor")
    same_weights(model, due)


@exercise("HiddenModel")
def test_two_models(learner, rng):
    """training one model leaves another as it was"""
    x, y = pictures(rng, 4), one_hot(rng.integers(0, 10, size=4), 10)
    one, other = learner.HiddenModel(probes.Start(0.05)), learner.HiddenModel(probes.Start(0.05))
    descend(one, x, y, 2)
    same_weights(other, started(probes.Start(0.05)))


# distinct_neurons


@exercise("distinct_neurons")
@pytest.mark.parametrize(("d", "units"), [(1, 6), (2, 5), (5, 2), (4, 4), (30, 20), (3, 1), (1, 1)])
def test_columns_that_are_far_apart(learner, rng, d, units):
    """columns that have nothing in common are all counted, for any shape"""
    W = 10.0 * np.arange(units) + rng.uniform(size=(d, units))
    same(learner.distinct_neurons(rng.permutation(W, axis=1), 0.5), units)


@exercise("distinct_neurons")
@pytest.mark.parametrize("kinds", [1, 2, 5, 8])
def test_columns_that_return(learner, rng, kinds):
    """a column that returns is counted once, wherever it stands"""
    which = rng.permutation([*range(kinds), *rng.integers(0, kinds, size=7)])
    same(learner.distinct_neurons(rng.normal(size=(6, kinds))[:, which], 0), kinds)


@exercise("distinct_neurons")
def test_columns_and_rows(learner, rng):
    """neurons are columns: how many of the rows are equal does not matter"""
    column = rng.normal(size=(7, 1))
    same(learner.distinct_neurons(np.tile(column, 5), 1e-9), 1)
    same(learner.distinct_neurons(np.tile(column, 5).T.copy(), 1e-9), 7)


@exercise("distinct_neurons")
@pytest.mark.parametrize("tol", [1e-6, 0.01, 1, 50])
def test_within_the_tolerance(learner, rng, tol):
    """columns that nowhere differ by more than tol are the same, however many entries they have"""
    for d in (3, 400):
        W = rng.normal(scale=9 * tol, size=(d, 1)) + tol * rng.uniform(-0.49, 0.49, size=(d, 6))
        same(learner.distinct_neurons(W, tol), 1)
        same(learner.distinct_neurons(W, tol / 1000), 6)


@exercise("distinct_neurons")
@pytest.mark.parametrize("size", [0.01, 1, 1000])
def test_the_tolerance_is_no_share(learner, rng, size):
    """tol is a difference between weights, whatever their size"""
    W = np.full((3, 2), float(size))
    W[1, 1] += 0.002
    same(learner.distinct_neurons(W, 0.001), 2)
    same(learner.distinct_neurons(W, 0.003), 1)
    same(learner.distinct_neurons(-W, 0.001), 2)


@exercise("distinct_neurons")
@pytest.mark.parametrize("sign", [1, -1])
def test_one_entry_is_enough(learner, rng, sign):
    """a single entry that differs makes another neuron, up or down"""
    W = np.tile(rng.normal(size=(200, 1)), 4)
    W[17, 2] += 0.1 * sign
    same(learner.distinct_neurons(W, 0.09), 2)
    W[150, 0] -= 0.1 * sign
    same(learner.distinct_neurons(W, 0.09), 3)


@exercise("distinct_neurons")
def test_differences_that_cancel(learner, rng):
    """entries that differ up and down do not make up for each other"""
    W = np.tile(rng.normal(size=(4, 1)), 3)
    W[:, 1] += [0.5, -0.5, 0.5, -0.5]
    W[:, 2] = W[::-1, 0]
    same(learner.distinct_neurons(W, 0.1), 3)


@exercise("distinct_neurons")
def test_the_bound_of_the_tolerance(learner):
    """a difference of exactly tol is none"""
    W = np.array([[0.5, 0.75, 2.0], [1.0, 1.25, 1.0]])
    same(learner.distinct_neurons(W, 0.25), 2)
    same(learner.distinct_neurons(W, 0.125), 3)
    same(learner.distinct_neurons(W, 1.5), 1)


@exercise("distinct_neurons")
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
@pytest.mark.parametrize("form", [np.asarray, tf.constant, tf.Variable])
def test_a_layer_of_any_form(learner, rng, dtype, form):
    """arrays, tensors and Variables, of floats and integers"""
    W = rng.normal(scale=100, size=(5, 4)).astype(dtype)[:, [0, 1, 2, 0, 3, 1]]
    same(learner.distinct_neurons(form(W), 0.001), 4)


@exercise("distinct_neurons")
def test_neurons_from_zeros_stay_the_same(learner, rng):
    """a layer that starts from zeros has a single neuron after training, from Xavier a hundred"""
    x, y = pictures(rng, 20), one_hot(rng.integers(0, 10, size=20), 10)
    for start, due in ((probes.zeros, 1), (lambda *fans: xavier_start(*fans, rng), 100)):
        (W1, *_), _ = keras_trained(matrices_of(start), x, y, 10)
        same(learner.distinct_neurons(W1, 1e-4), due)


# xavier_init, xavier_uniform, he_init

SIZES = [(500, 784), (400, 100), (300, 300), (1, 40000), (40000, 1)]

ERRORS = 6
"""How many standard errors a figure of a sample may be off.

For 30,000 numbers and more those figures are very nearly normal, and one in 500 million is further
off than 6. So with every seed a right answer passes all the tests below, but for once in a million.
"""


def drawn(answer, shape):
    """The numbers of a random matrix in float64, once its form is seen to be right."""
    numbers = np.resize(np.asarray(answer, dtype=np.float64), shape)
    same(answer, numbers, dtype="floating")
    return numbers


def figure(answer, what, found, due, error):
    """Compare a figure of a random matrix with what is due, give or take its standard error."""
    if not abs(found - due) <= ERRORS * error:
        details = f"yours {found:.4g}, expected {due:.4g}"
        raise Mismatch(f"drew numbers with {what}", details, calls.answering(answer))


def share(answer, what, chosen, due):
    """Compare a share of numbers with their probability."""
    figure(answer, what, np.mean(chosen), due, math.sqrt(due * (1 - due) / chosen.size))


def beyond(bound):
    """The probability that a normal number is so many standard deviations off, or more."""
    return math.erfc(bound / math.sqrt(2))


def each_on_its_own(answer, z):
    """Check that the means of rows and columns vary as those of numbers that are independent."""
    for axis in (0, 1):
        others = z.shape[1 - axis]
        if others >= 100:  # a mean of 100 squares is above 3 once in 10²¹, and if all are equal
            spread = np.mean(z.mean(axis=axis) ** 2) * z.shape[axis]
            figure(answer, "rows or columns that go together", spread, 1, 2 / ERRORS)


def check_normal(answer, shape, std):
    """Check mean, variance and three shares of a matrix that is to be normal."""
    z = drawn(answer, shape) / std
    figure(answer, "another mean", np.mean(z), 0, 1 / math.sqrt(z.size))
    figure(answer, "another spread", np.mean(z**2), 1, math.sqrt(2 / z.size))
    share(answer, "another distribution", np.abs(z) > 1, beyond(1))
    share(answer, "another distribution", np.abs(z) > 2, beyond(2))
    share(answer, "another distribution", np.abs(z) > 2.5, beyond(2.5))
    each_on_its_own(answer, z)


def check_uniform(answer, shape, limit):
    """Check bounds, mean, variance and two shares of a matrix that is to be even."""
    z = drawn(answer, shape) / limit
    # float32 may round up; the largest of n is below 1 - 20/n once in 500 million
    figure(answer, "another limit", np.max(np.abs(z)), 1 - 10 / z.size, (10 / z.size + 1e-6) / 6)
    figure(answer, "another mean", np.mean(z), 0, 1 / math.sqrt(3 * z.size))
    figure(answer, "another spread", np.mean(z**2), 1 / 3, math.sqrt(4 / 45 / z.size))
    share(answer, "another distribution", np.abs(z) < 0.5, 0.5)
    share(answer, "another distribution", z < 0, 0.5)
    each_on_its_own(answer, math.sqrt(3) * z)


def check_source(draw, seed):
    """Check that a matrix depends on the generator, on all of its state, and on nothing else."""
    first = draw(30, 20, np.random.default_rng(seed))
    same(draw(30, 20, np.random.default_rng(seed)), np.asarray(first))
    later = np.random.default_rng(seed)
    later.normal(size=7)
    for other in (draw(30, 20, later), draw(30, 20, np.random.default_rng(seed + 1))):
        if np.any(np.asarray(other) == np.asarray(first)):
            raise Mismatch("drew the same from another generator", "", calls.answering(other))


@exercise("xavier_init")
@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_xavier_is_normal(learner, rng, shape):
    """numbers are normal, with mean 0 and variance 2/(fan_in + fan_out), in (fan_in, fan_out)"""
    check_normal(learner.xavier_init(*shape, rng), shape, math.sqrt(2 / sum(shape)))


@exercise("xavier_init")
@pytest.mark.parametrize("seed", [0, 1, 8, 2026])
def test_xavier_and_its_generator(learner, seed):
    """equal generators give equal weights, others others; nothing else is drawn from"""
    check_source(learner.xavier_init, seed)


@exercise("xavier_init")
@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (2, 5), (10, 1)], ids=str)
def test_a_small_layer_of_xavier(learner, rng, shape):
    """small layers have their shape too, and change with every draw"""
    numbers = [drawn(learner.xavier_init(*shape, rng), shape) for rng in rng.spawn(3)]
    same(len(np.unique(numbers)), 3 * math.prod(shape))


@exercise("xavier_uniform")
@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_xavier_is_even(learner, rng, shape):
    """numbers are even between both limits, ±√(6/(fan_in + fan_out)), in (fan_in, fan_out)"""
    check_uniform(learner.xavier_uniform(*shape, rng), shape, math.sqrt(6 / sum(shape)))


@exercise("xavier_uniform")
@pytest.mark.parametrize("seed", [0, 1, 8, 2026])
def test_even_xavier_and_its_generator(learner, seed):
    """equal generators give equal weights, others others; nothing else is drawn from"""
    check_source(learner.xavier_uniform, seed)


@exercise("xavier_uniform")
@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (2, 5), (10, 1)], ids=str)
def test_a_small_layer_of_even_xavier(learner, rng, shape):
    """small layers have their shape too, and change with every draw"""
    numbers = [drawn(learner.xavier_uniform(*shape, rng), shape) for rng in rng.spawn(3)]
    same(len(np.unique(numbers)), 3 * math.prod(shape))


@exercise("he_init")
@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_he_is_normal(learner, rng, shape):
    """numbers are normal, with mean 0 and variance 2/fan_in, in (fan_in, fan_out)"""
    check_normal(learner.he_init(*shape, rng), shape, math.sqrt(2 / shape[0]))


@exercise("he_init")
@pytest.mark.parametrize("seed", [0, 1, 8, 2026])
def test_he_and_its_generator(learner, seed):
    """equal generators give equal weights, others others; nothing else is drawn from"""
    check_source(learner.he_init, seed)


@exercise("he_init")
@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (2, 5), (10, 1)], ids=str)
def test_a_small_layer_of_he(learner, rng, shape):
    """small layers have their shape too, and change with every draw"""
    numbers = [drawn(learner.he_init(*shape, rng), shape) for rng in rng.spawn(3)]
    same(len(np.unique(numbers)), 3 * math.prod(shape))


# saturation


def clear_of(a, tol):
    """The numbers of a, none so near to tol or 1 - tol that rounding could decide."""
    for bound in (tol, 1 - tol):
        a = np.where(np.abs(a - bound) < 1e-4, bound + 2e-4, a)
    return a


@reference
def share_at_the_ends(a, tol):
    """By TensorFlow: how many are closer to 0 or 1 than to the middle, but for tol."""
    inside = tf.logical_and(tf.greater(a, tol), tf.less(a, 1 - tol))
    return 1 - tf.reduce_mean(tf.cast(inside, tf.float64)).numpy()


@exercise("saturation")
@pytest.mark.parametrize("shape", [(7,), (1, 9), (9, 1), (4, 6), (6, 4), (2, 3, 4)], ids=str)
def test_saturation_of_any_shape(learner, rng, shape):
    """the share is one of all the numbers, in any shape, of float32 and float64"""
    for scale, dtype in ((2, np.float32), (6, np.float64)):
        z = rng.normal(scale=scale, size=shape)
        a = clear_of(tf.sigmoid(z).numpy(), 0.01).astype(dtype)
        same(learner.saturation(a), share_at_the_ends(a, 0.01))
        same(learner.saturation(tf.constant(a)), share_at_the_ends(a, 0.01))
        same(learner.saturation(a.tolist()), share_at_the_ends(a, 0.01))


@exercise("saturation")
@pytest.mark.parametrize("tol", [0.3, 0.1, 0.02, 0.001])
def test_saturation_with_another_tolerance(learner, rng, tol):
    """how near counts as flat is tol, at both ends"""
    a = clear_of(rng.beta(0.5, 0.3, size=(30, 20)), tol)
    same(learner.saturation(a, tol), share_at_the_ends(a, tol))
    same(learner.saturation(1 - a, tol), share_at_the_ends(1 - a, tol))


@exercise("saturation")
def test_saturation_at_one_end(learner, rng):
    """outputs at the lower end alone, at the upper end alone, and at neither"""
    low, high, middle = 0.001 * rng.uniform(size=(3, 5, 4)) + [[[0.0]], [[0.998]], [[0.4]]]
    for a, due in ((low, 1), (high, 1), (middle, 0), (np.vstack([low, middle, middle]), 1 / 3)):
        same(learner.saturation(a), due)
    same(learner.saturation(np.vstack([high, middle, middle, middle])), 1 / 4)


@exercise("saturation")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_bounds_of_saturation(learner, dtype):
    """an output of exactly tol or 1 - tol counts"""
    a = np.array([0.25, 0.3125, 0.5, 0.6875, 0.75], dtype)
    same(learner.saturation(a, 0.25), 0.4)
    same(learner.saturation(a, 0.125), 0)
    same(learner.saturation(a, 0.3125), 0.8)
    same(learner.saturation(np.array([0.0, 1.0, 0.5, 0.125], dtype), 0), 0.5)
    same(learner.saturation(a, 0.5), 1)  # 0.5 lies at both ends then, and counts once


@reference
def first_layers(x, rng):
    """What layers 784-500 give that start from uniform(0, 1), and from Xavier's weights."""
    layers = [x @ start(784, 500, rng) for start in (uniform_start, xavier_start)]
    return [tf.sigmoid(z).numpy().astype(np.float32) for z in layers]


@exercise("saturation")
@pytest.mark.parametrize("tol", [0.01, 0.2])
def test_saturation_of_the_first_layer(learner, rng, tol):
    """of the layer 784-500 nearly all is flat from uniform(0, 1), next to nothing from Xavier"""
    x = pictures(rng, 6)
    for a, (least, most) in zip(first_layers(x, rng), [(0.99, 1), (0, 0.2)], strict=True):
        due = share_at_the_ends(clear_of(a, tol), tol)
        assert least <= due <= most
        same(learner.saturation(clear_of(a, tol), tol), due)


# gradient_norms


def network(matrices, biases=None, kind=probes.Network):
    """A softmax network that holds these weights."""
    model = kind(*(len(W) for W in matrices), matrices[-1].shape[1])
    of_layers = [v for v in model.trainable_variables if v.shape.rank == 2][: len(matrices)]
    for variable, W in zip(of_layers, matrices, strict=True):
        variable.assign(W)
    of_units = [v for v in model.trainable_variables if v.shape.rank == 1]
    for variable, b in zip(of_units, biases or (), strict=biases is not None):
        variable.assign(b)
    return model


@reference
def norms(matrices, x, y, biases=None):
    """Σ|g| for each matrix of a softmax network, by the tape in float64."""
    matrices = [tf.constant(W, tf.float64) for W in matrices]
    biases = biases or [np.zeros(W.shape[1]) for W in matrices]
    with tf.GradientTape() as tape:
        tape.watch(matrices)
        a = tf.constant(x, tf.float64)
        for W, b in zip(matrices[:-1], biases[:-1], strict=True):
            a = tf.sigmoid(a @ W + b)
        p = tf.nn.softmax(a @ matrices[-1] + biases[-1])
        cost = -tf.reduce_mean(tf.reduce_sum(y * tf.math.log(p + 1e-12), axis=1))
    return tuple(np.float32(np.abs(g).sum()) for g in tape.gradient(cost, matrices))


def labelled(rng, n, d, classes):
    """n examples for a network of d inputs, and the classes that they are said to be of."""
    x = rng.normal(size=(n, d)).astype(np.float32)
    return x, one_hot(rng.integers(0, classes, size=n), classes)


LAYERS = [(4, 3), (2, 2), (3, 5, 2), (4, 4, 4), (6, 2, 3, 4), (5, 1, 3), (3, 4, 2, 5, 4, 3)]


@exercise("gradient_norms")
@pytest.mark.parametrize(("sizes", "n"), [*zip(LAYERS, itertools.cycle([1, 5]))], ids=str)
def test_norms_agree_with_the_tape(learner, rng, sizes, n):
    """Σ|g| for each weight matrix, first layer first, for any network and batch"""
    (x, y), matrices = labelled(rng, n, sizes[0], sizes[-1]), weights(xavier_start, sizes, rng)
    biases = [rng.normal(size=W.shape[1]) for W in matrices]
    same(learner.gradient_norms(network(matrices, biases), x, y), norms(matrices, x, y, biases))


@exercise("gradient_norms")
def test_the_loss_is_a_mean(learner, rng):
    """a batch with every example three times has the slopes of the batch with each once"""
    (x, y), matrices = labelled(rng, 4, 3, 5), weights(xavier_start, (3, 4, 5), rng)
    answer = learner.gradient_norms(network(matrices), np.tile(x, (3, 1)), np.tile(y, (3, 1)))
    same(answer, norms(matrices, x, y))


@exercise("gradient_norms")
@pytest.mark.parametrize(("dtype", "form"), OF_ANY_TYPE, ids=IN_WORDS)
def test_labels_of_any_type(learner, rng, form, dtype):
    """labels may be integers or floats, arrays or tensors; inputs too are arrays or tensors"""
    (x, y), matrices = labelled(rng, 4, 3, 5), weights(xavier_start, (3, 4, 5), rng)
    answer = learner.gradient_norms(network(matrices), form(x), form(y.astype(dtype)))
    same(answer, norms(matrices, x, y))


@exercise("gradient_norms")
def test_matrices_are_found_among_the_variables(learner, rng):
    """what counts is which variables are matrices to be trained, in any order and number"""
    for sizes in [(3, 4, 5), (4, 2, 3, 2), (2, 3)]:
        (x, y), matrices = labelled(rng, 4, sizes[0], sizes[-1]), weights(xavier_start, sizes, rng)
        answer = learner.gradient_norms(network(matrices, kind=probes.Cupboard), x, y)
        same(answer, (*norms(matrices, x, y), 0.0))


@exercise("gradient_norms")
def test_the_network_stays_as_it_is(learner, rng):
    """measuring is not training: no Variable is changed"""
    (x, y), matrices = labelled(rng, 6, 3, 4), weights(xavier_start, (3, 5, 4), rng)
    model = network(matrices)
    learner.gradient_norms(model, x, y)
    for variable, W in zip(model.variables[::2], matrices, strict=True):
        same(variable.numpy(), W.astype(np.float32))
    same(learner.gradient_norms(model, x, y), norms(matrices, x, y))


@exercise("gradient_norms")
def test_a_right_answer_leaves_nothing_to_learn(learner):
    """where all probabilities are as they should be, every Σ|g| is 0"""
    matrices = [np.zeros((3, 4)), np.zeros((4, 2))]
    biases = [np.zeros(4), np.array([80.0, -80.0])]
    answer = learner.gradient_norms(
        network(matrices, biases), np.ones((2, 3), np.float32), [[1, 0]] * 2
    )
    same(answer, (0.0, 0.0))


@exercise("gradient_norms")
def test_a_class_that_is_given_up(learner, rng):
    """where the right class has a probability of exactly 0, nothing is NaN"""
    (x, _), matrices = labelled(rng, 3, 3, 2), weights(xavier_start, (3, 4, 2), rng)
    biases = [np.zeros(4), np.array([200.0, -200.0])]
    for y in ([[0, 1]] * 3, [[0, 1], [1, 0], [0, 1]]):
        y = np.array(y, np.float32)
        due = norms(matrices, x, y, biases)
        same(learner.gradient_norms(network(matrices, biases), x, y), due)


@exercise("gradient_norms")
def test_nothing_comes_back_through_weights_from_0_to_1(learner, rng):
    """in a network of seven layers, uniform(0, 1) weights let nothing back but to the last"""
    x, matrices = pictures(rng, 4), weights(uniform_start, NARROWER, rng)
    model = network(matrices)
    second = np.argsort(model(x).numpy(), axis=1)[:, -2]  # a class that is neither sure nor lost
    due = norms(matrices, x, one_hot(second, 10))
    same((due[:6], due[6] > 1), ((0.0,) * 6, True))
    same(learner.gradient_norms(model, x, one_hot(second, 10)), due)


@exercise("gradient_norms")
def test_xavier_lets_gradients_through(learner, rng):
    """in a network of seven layers, Xavier's weights let gradients back to the first"""
    x, matrices = pictures(rng, 4), weights(xavier_start, NARROWER, rng)
    y = one_hot(rng.integers(0, 10, size=4), 10)
    due = norms(matrices, x, y)
    same(min(due) > 0.01, True)
    same(learner.gradient_norms(network(matrices), x, y), due)


@reference
def norms_from_xavier(rng, x, y):
    """Σ|g| for each matrix of the network of seven layers, where Xavier's weights are drawn."""
    return norms(weights(xavier_start, DEEP, rng), x, y)


@exercise("xavier_init")
def test_a_deep_network_that_starts_from_xavier(learner, rng):
    """in the network of seven layers, the gradients of all layers live and none explodes"""
    x, y = pictures(rng, 4), one_hot(rng.integers(0, 10, size=4), 10)
    fans = itertools.pairwise(DEEP)
    seeds = rng.spawn(len(DEEP) - 1)
    matrices = [learner.xavier_init(*fan, own) for fan, own in zip(fans, seeds, strict=True)]
    due = norms_from_xavier(rng, x, y)
    for answer, found, expected in zip(matrices, norms(matrices, x, y), due, strict=True):
        figure(answer, "which a deep network does not learn", math.log(found / expected), 0, 0.1)
