"""Hidden tests of chapter 4: batches against TensorFlow, measurements against the arithmetic."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from grader import probes
from grader.compare import same
from grader.plugin import exercise
from grader.references import reference


def f64(values):
    """A float64 tensor of whatever holds numbers."""
    return tf.constant(np.asarray(values), tf.float64)


@reference
def tf_dense(X, W, b):
    """σ(XW + b) by TensorFlow, in float64."""
    return tf.sigmoid(f64(X) @ f64(W) + f64(b)).numpy()


@reference
def tf_forward(X, layers):
    """A batch through all layers by TensorFlow, in float64."""
    for W, b in layers:
        X = tf_dense(X, W, b)
    return X


@reference
def tf_slope(X, W, b):
    """How the sum of a layer's activations changes with each number of X, by a tape."""
    x = f64(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.sigmoid(x @ f64(W) + f64(b))
    return tape.gradient(y, x).numpy()


@reference
def tf_softmax(Z):
    """Softmax along the last axis by TensorFlow, in float64."""
    return tf.nn.softmax(f64(Z)).numpy()


def layer(rng, d, units):
    """Random weights and biases."""
    return rng.normal(size=(d, units)), rng.normal(size=units)


def network(rng, *sizes):
    """Random layers [(W, b), …] from sizes[0] inputs to sizes[-1] units."""
    return [layer(rng, d, units) for d, units in itertools.pairwise(sizes)]


def single(*arrays):
    """The same arrays in float32."""
    return [array.astype(np.float32) for array in arrays]


SHAPES = [(6, 2, 3), (4, 3, 4), (3, 3, 3), (2, 2, 2), (1, 5, 2), (1, 4, 4), (7, 2, 1), (1, 1, 1)]
"""(n, d, units): no two alike, examples like units, all alike, a batch of one, one unit."""

INTEGERS = [[3, -1], [-2, 2], [0, 1]], [[1, 2, 0, -1], [1, 1, -1, 0]], [-2, -5, 0, 2]
"""X, W and b of three examples, two inputs and four units."""

FAR_OUT = [[1000.0, -1000.0], [180.0, 90.0]], [[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0]], [0.0, 5.0, -1]
"""Sums of ±2000, and some that are not far out."""


# dense_vectorized


@exercise("dense_vectorized")
@pytest.mark.parametrize(("n", "d", "units"), SHAPES)
def test_a_batch_agrees_with_tensorflow(learner, rng, n, d, units):
    """every unit answers every example as TensorFlow has it, whatever the shapes"""
    for _ in range(3):
        X, (W, b) = rng.normal(size=(n, d)), layer(rng, d, units)
        same(learner.dense_vectorized(X, W, b), tf_dense(X, W, b))


@exercise("dense_vectorized")
@pytest.mark.parametrize(("n", "units"), [(3, 5), (4, 4)])
def test_a_bias_for_each_column(learner, rng, n, units):
    """a bias belongs to a unit and is the same for every example"""
    X, W, b = rng.normal(size=(n, 2)), np.zeros((2, units)), rng.normal(size=units)
    same(learner.dense_vectorized(X, W, b), tf_dense(X, W, b))


@exercise("dense_vectorized")
def test_a_large_batch(learner, rng):
    """a batch of hundreds is treated like one of three"""
    X, (W, b) = rng.normal(size=(300, 50)), layer(rng, 50, 20)
    same(learner.dense_vectorized(X, W, b), tf_dense(X, W, b), terms=50)


@exercise("dense_vectorized")
@pytest.mark.parametrize("form", [np.array, list])
def test_a_batch_of_integers(learner, form):
    """integers are not cut off, as arrays or as lists"""
    same(learner.dense_vectorized(*map(form, INTEGERS)), tf_dense(*INTEGERS))


@exercise("dense_vectorized")
def test_a_batch_in_float32(learner, rng):
    """float32 is as good as float64"""
    X, W, b = single(rng.normal(size=(4, 3)), *layer(rng, 3, 5))
    same(learner.dense_vectorized(X, W, b), tf_dense(X, W, b))


@exercise("dense_vectorized")
def test_sums_far_from_zero(learner):
    """huge sums give 0 and 1, without a warning"""
    same(learner.dense_vectorized(*map(np.array, FAR_OUT)), tf_dense(*FAR_OUT))


# softmax


@exercise("softmax")
@pytest.mark.parametrize(
    "shape",
    [(4,), (1,), (3, 5), (4, 4), (2, 2), (1, 6), (6, 1), (2, 3, 4), (3, 3, 3), (2, 1, 3, 2)],
)
def test_shares_agree_with_tensorflow(learner, rng, shape):
    """shares along the last axis, as TensorFlow has them, however many axes there are"""
    for size in (1.0, 10.0):
        Z = rng.normal(size=shape) * size
        same(learner.softmax(Z), tf_softmax(Z))


@exercise("softmax")
@pytest.mark.parametrize("shape", [(5,), (3, 4), (3, 3), (2, 3, 4)])
@pytest.mark.parametrize("most", [1e2, 1e4])
def test_scores_of_any_size(learner, rng, shape, most):
    """huge scores, close together or far apart, give neither NaN nor a warning"""
    close = rng.integers(-3, 4, shape)
    for Z in (close + most, close - most, rng.choice([-most, 0.0, most], shape)):
        same(learner.softmax(Z), tf_softmax(Z))


@exercise("softmax")
def test_one_score_towers(learner, rng):
    """where one score of one row towers over all others, the other rows do not suffer"""
    Z = rng.normal(size=(4, 3))
    Z[2, 1] = 1e4
    same(learner.softmax(Z), tf_softmax(Z))


@exercise("softmax")
@pytest.mark.parametrize("rest", [(), (2,)])
def test_rows_of_different_size(learner, rng, rest):
    """rows of very different size stand side by side, each with its own shares"""
    heights = np.array([-1e4, 0.0, 1e4, 500.0, -800.0]).reshape(-1, *(1 for _ in rest), 1)
    Z = rng.integers(-4, 5, (5, *rest, 3)) / 2 + heights
    same(learner.softmax(Z), tf_softmax(Z))


@exercise("softmax")
@pytest.mark.parametrize("height", [1024.0, -1024.0])
def test_a_constant_changes_nothing(learner, rng, height):
    """the same number added to all scores of a row changes nothing"""
    Z = rng.integers(-12, 13, (4, 3)) / 4
    same(learner.softmax(Z + height), tf_softmax(Z))


@exercise("softmax")
@pytest.mark.parametrize("form", [np.array, list])
def test_scores_that_are_integers(learner, form):
    """integers are not cut off, as arrays or as lists"""
    for Z in ([1, -2, 3], [[0, 1], [5, -5], [2, 2]], [[0, 1, 2], [3, 3, 3], [-1, 0, 0]]):
        same(learner.softmax(form(Z)), tf_softmax(Z))


@exercise("softmax")
def test_scores_in_float32(learner, rng):
    """float32 is as good as float64, also above 88, where its exponential ends"""
    for Z in single(rng.normal(size=(3, 4)), rng.integers(-8, 9, (4, 4)) + 100.0):
        same(learner.softmax(Z), tf_softmax(Z))


# forward


@exercise("forward")
@pytest.mark.parametrize("sizes", [(4, 3), (2, 3, 1), (3, 5, 4, 2, 6, 3), (1, 2, 1)])
@pytest.mark.parametrize("n", [1, 5])
def test_a_whole_batch_agrees_with_tensorflow(learner, rng, n, sizes):
    """a batch through a network of any depth gives what TensorFlow gives"""
    for _ in range(2):
        X, layers = rng.normal(size=(n, sizes[0])), network(rng, *sizes)
        same(learner.forward(X, layers), tf_forward(X, layers))


@exercise("forward")
@pytest.mark.parametrize("depth", [1, 2, 5])
def test_layers_of_one_size_in_order(learner, rng, depth):
    """the layers are gone through in order, also when everything is square"""
    X, layers = rng.normal(size=(3, 3)), network(rng, *[3] * (depth + 1))
    same(learner.forward(X, layers), tf_forward(X, layers))


@exercise("forward")
def test_a_large_batch_through_a_network(learner, rng):
    """a batch of hundreds is treated like one of three"""
    X, layers = rng.normal(size=(200, 30)), network(rng, 30, 12, 1)
    same(learner.forward(X, layers), tf_forward(X, layers), terms=30)


@exercise("forward")
def test_a_network_and_a_batch_of_integer_lists(learner):
    """integers are not cut off on the way, and lists will do"""
    layers = [([[1, 2, 0], [0, 1, -1]], [0, 1, -1]), ([[1], [-2], [3]], [1])]
    X = [[1, -1], [2, 0], [0, -3]]
    same(learner.forward(X, layers), tf_forward(X, layers))


@exercise("forward")
def test_a_network_and_a_batch_in_float32(learner, rng):
    """float32 is as good as float64"""
    (X,), layers = (
        single(rng.normal(size=(3, 4))),
        [tuple(single(*a)) for a in network(rng, 4, 3, 2)],
    )
    same(learner.forward(X, layers), tf_forward(X, layers))


@exercise("forward")
def test_far_out_in_the_first_layer(learner):
    """units that are flat out give no warning"""
    X, *first = FAR_OUT
    layers = [first, ([[1.0], [2.0], [-1.0]], [-0.5])]
    same(learner.forward(X, layers), tf_forward(X, layers))


# dense_tf

FORMS = {
    "list": lambda values: np.asarray(values).tolist(),
    "float64": lambda values: np.asarray(values, np.float64),
    "float32": lambda values: np.asarray(values, np.float32),
    "float64 tensor": lambda values: tf.constant(values, tf.float64),
    "float32 tensor": lambda values: tf.constant(values, tf.float32),
    "integer tensor": lambda values: tf.constant(values, tf.int32),
    "int64": lambda values: np.asarray(values, np.int64),
}
"""Ways in which whole numbers can come."""


@exercise("dense_tf")
@pytest.mark.parametrize(("n", "d", "units"), SHAPES)
def test_tensorflow_for_a_batch(learner, rng, n, d, units):
    """a float32 tensor with what TensorFlow computes, whatever the shapes"""
    X, (W, b) = rng.normal(size=(n, d)), layer(rng, d, units)
    same(learner.dense_tf(X, W, b), tf_dense(X, W, b), kind="tensor", dtype="float32")


@exercise("dense_tf")
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_whatever_goes_in(learner, form):
    """lists, arrays and tensors of any numeric type give a float32 tensor"""
    answer = learner.dense_tf(*map(form, INTEGERS))
    same(answer, tf_dense(*INTEGERS), kind="tensor", dtype="float32")


@exercise("dense_tf")
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_one_of_each(learner, turn):
    """X, W and b may come in three different forms"""
    forms = [FORMS[name] for name in ("int64", "float32 tensor", "float64")]
    values = [forms[(i + turn) % 3](v) for i, v in enumerate(INTEGERS)]
    same(learner.dense_tf(*values), tf_dense(*INTEGERS), kind="tensor", dtype="float32")


@exercise("dense_tf")
@pytest.mark.parametrize("units", [3, 4])
def test_a_bias_for_each_column_of_the_tensor(learner, rng, units):
    """a bias belongs to a unit and is the same for every example"""
    X, W, b = rng.normal(size=(4, 2)), np.zeros((2, units)), rng.normal(size=units)
    same(learner.dense_tf(X, W, b), tf_dense(X, W, b), kind="tensor", dtype="float32")


@exercise("dense_tf")
def test_sums_of_any_size_in_float32(learner):
    """huge sums give 0 and 1, and no NaN"""
    same(learner.dense_tf(*FAR_OUT), tf_dense(*FAR_OUT), kind="tensor", dtype="float32")


@exercise("dense_tf")
@pytest.mark.parametrize(("n", "d", "units"), [(4, 3, 2), (1, 2, 5)])
def test_a_gradient_by_the_inputs(learner, rng, n, d, units):
    """a tape can follow the computation back to X"""
    X, W, b = single(rng.normal(size=(n, d)), *layer(rng, d, units))
    value, slope = learner.dense_tf.under_tape(tf.constant(X), W, b, by=0)
    same(value, tf_dense(X, W, b))
    same(slope, tf_slope(X, W, b))


# dense_gpu

DEVICES = ["/CPU:0", "/CPU:1"]


@exercise("dense_gpu")
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("n", "d", "units"), SHAPES)
def test_a_batch_on_a_device(learner, rng, n, d, units, device):
    """a float32 tensor on the named device, whatever the shapes"""
    X, (W, b) = rng.normal(size=(n, d)), layer(rng, d, units)
    answer = learner.dense_gpu(X, W, b, device)
    same(answer, tf_dense(X, W, b), kind="tensor", dtype="float32", device=device)


@exercise("dense_gpu")
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_whatever_goes_to_a_device(learner, form, device):
    """lists, arrays and tensors of any numeric type give a float32 tensor on the named device"""
    answer = learner.dense_gpu(*map(form, INTEGERS), device)
    same(answer, tf_dense(*INTEGERS), kind="tensor", dtype="float32", device=device)


@exercise("dense_gpu")
def test_a_bias_for_each_column_on_a_device(learner, rng):
    """a bias belongs to a unit and is the same for every example"""
    X, W, b = rng.normal(size=(4, 2)), np.zeros((2, 4)), rng.normal(size=4)
    answer = learner.dense_gpu(X, W, b, "/CPU:1")
    same(answer, tf_dense(X, W, b), kind="tensor", dtype="float32", device="/CPU:1")


@exercise("dense_gpu")
def test_sums_of_any_size_on_a_device(learner):
    """huge sums give 0 and 1, and no NaN"""
    answer = learner.dense_gpu(*FAR_OUT, "/CPU:1")
    same(answer, tf_dense(*FAR_OUT), kind="tensor", dtype="float32", device="/CPU:1")


@exercise("dense_gpu")
@pytest.mark.parametrize("device", DEVICES)
def test_a_gradient_by_the_inputs_of_a_device(learner, rng, device):
    """a tape can follow the computation back to X"""
    X, W, b = single(rng.normal(size=(3, 2)), *layer(rng, 2, 4))
    value, slope = learner.dense_gpu.under_tape(tf.constant(X), W, b, device, by=0)
    same(value, tf_dense(X, W, b))
    same(slope, tf_slope(X, W, b))


# speedup


def costs(rng, rounds):
    """Seconds for a costly first call and for so many rounds, with more to come after them."""
    first, *others = rng.uniform(1, 9, rounds + 4)
    return (100 * float(first), *map(float, others))


def median_ratio(slow, fast, rounds):
    """What the rounds after the first call come to."""
    ratios = np.array(slow[1 : rounds + 1]) / np.array(fast[1 : rounds + 1])
    return np.median(ratios)


@exercise("speedup")
@pytest.mark.parametrize("rounds", [1, 2, 3, 4, 7, 8])
def test_the_median_over_the_rounds(learner, rng, rounds):
    """the answer is the median of the ratios of as many rounds as were asked for"""
    for work in (1.0, 2.5):
        slow, fast = costs(rng, rounds), costs(rng, rounds)
        machine = probes.Machine(slow, fast, drift=1.125)
        answer = learner.speedup(
            machine.slow, machine.fast, work, repeats=rounds, timer=machine.clock
        )
        same(answer, median_ratio(slow, fast, rounds), dtype="floating")


@exercise("speedup")
def test_five_rounds_unless_told(learner, rng):
    """five rounds are the default"""
    for _ in range(3):
        slow, fast = costs(rng, 5), costs(rng, 5)
        machine = probes.Machine(slow, fast)
        answer = learner.speedup(machine.slow, machine.fast, 1.0, timer=machine.clock)
        same(answer, median_ratio(slow, fast, 5), dtype="floating")


@exercise("speedup")
@pytest.mark.parametrize(("slow", "fast"), [((700.0, 3.0), (2.0,)), ((3.0,), (700.0, 2.0))])
@pytest.mark.parametrize("rounds", [1, 2])
def test_both_are_warmed_up(learner, slow, fast, rounds):
    """neither the first call of slow nor that of fast counts"""
    machine = probes.Machine(slow, fast)
    answer = learner.speedup(machine.slow, machine.fast, 1.0, repeats=rounds, timer=machine.clock)
    same(answer, 1.5, dtype="floating")


@exercise("speedup")
@pytest.mark.parametrize("drift", [0.5, 1.25, 3.0])
@pytest.mark.parametrize("rounds", [2, 5])
def test_a_machine_that_changes_its_speed(learner, drift, rounds):
    """slow and fast are timed side by side, so that a machine that gets slower hits both alike"""
    machine = probes.Machine((5.0,), (2.0,), drift)
    answer = learner.speedup(machine.slow, machine.fast, 1.0, repeats=rounds, timer=machine.clock)
    same(answer, 2.5, dtype="floating")


@exercise("speedup")
def test_some_rounds_are_disturbed(learner):
    """a disturbance of one or the other in a few rounds does not show"""
    slow, fast = (4.0, 4.0, 400.0, 4.0, 4.0, 4.0), (8.0, 0.5, 0.5, 0.5, 50.0, 0.5)
    machine = probes.Machine(slow, fast)
    same(learner.speedup(machine.slow, machine.fast, 1.0, timer=machine.clock), 8.0)


@exercise("speedup")
@pytest.mark.parametrize("ratios", [(3.0, 9.0, 1.0, 5.0), (9.0, 1.0, 3.0, 5.0)])
def test_two_in_the_middle(learner, ratios):
    """of an even number of rounds it is the mean of the two in the middle, after sorting"""
    machine = probes.Machine((8.0, *ratios), (2.0, 1.0))
    answer = learner.speedup(machine.slow, machine.fast, 1.0, repeats=4, timer=machine.clock)
    same(answer, 4.0, dtype="floating")


@exercise("speedup")
def test_the_fast_one_may_be_the_slower(learner):
    """where the second takes longer, the answer is below 1"""
    machine = probes.Machine((1.0,), (4.0,))
    same(learner.speedup(machine.slow, machine.fast, 3.0, timer=machine.clock), 0.25)
