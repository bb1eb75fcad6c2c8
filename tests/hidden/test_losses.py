"""Hidden tests of chapter 5: losses, and the slopes of three of them, against Keras and TensorFlow.

Keras works in float32 here unless it says otherwise. For the cross-entropies that also sets how
exact an answer has to be, which leaves room for ε clipped or added.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader.compare import same
from grader.plugin import exercise
from grader.references import reference

FORMS = {"arrays": np.asarray, "lists": lambda a: np.asarray(a).tolist(), "tensors": tf.constant}


def f32(values):
    return tf.constant(np.asarray(values, np.float32))


def f64(values):
    return tf.constant(np.asarray(values, np.float64))


def eighths(rng, *shape):
    """Numbers from -5 to 5 that float32 holds exactly, so that their differences are exact too."""
    return rng.integers(-40, 41, size=shape) / 8


def slope_of(loss, at):
    """TensorFlow's value and derivative of a loss."""
    with tf.GradientTape() as tape:
        tape.watch(at)
        value = loss(at)
    return value.numpy(), tape.gradient(value, at).numpy()


# loss_mse

TYPES = [np.int32, np.int64, np.uint8, np.float32, np.float64]
SHAPES = [(5,), (1,), (6, 1), (1, 1), (1, 4), (3, 4), (2, 3, 2)]
UNEQUAL = [
    ((5,), (5, 1)),
    ((5, 1), (5,)),
    ((4,), (5,)),
    ((5,), (1,)),
    ((1,), (5,)),
    ((5, 1), (1, 5)),
    ((2, 3), (3, 2)),
    ((2, 3), (3,)),
    ((3, 1), (1, 1)),
    ((3,), (1, 3)),
]


def squares(target, predicted):
    """Keras's mean of the means of the rows, which is the mean of all where rows are equal."""
    return tf.reduce_mean(keras.losses.mean_squared_error(target, predicted))


@reference
def keras_mse(target, predicted):
    return squares(target, predicted).numpy()


@reference
def keras_mse_slope(target, predicted):
    """The value, and the slope by the predictions."""
    return slope_of(lambda p: squares(target, p), predicted)


@exercise("loss_mse")
@pytest.mark.parametrize("shape", SHAPES)
def test_squares_agree_with_keras(learner, rng, shape):
    """the mean of the squared differences over all the numbers, in any shape"""
    for _ in range(3):
        target, predicted = rng.normal(size=(2, *shape))
        due = keras_mse(f64(target), f64(predicted))
        same(learner.loss_mse(target, predicted), due, kind="tensor", dtype="floating")


@exercise("loss_mse")
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_squares_of_any_form(learner, rng, form):
    """arrays, lists and tensors are arguments as good as each other, and may be mixed"""
    target, predicted = rng.normal(size=(2, 4, 3)).astype(np.float32)
    due = keras_mse(target, predicted)
    same(learner.loss_mse(form(target), form(predicted)), due, kind="tensor")
    same(learner.loss_mse(target, form(predicted)), due, kind="tensor")
    same(learner.loss_mse(form(target), tf.constant(predicted)), due, kind="tensor")


@exercise("loss_mse")
@pytest.mark.parametrize("floats", [np.float32, np.float64])
def test_targets_of_another_type(learner, rng, floats):
    """targets of any type, integers too, meet predictions of any floating type"""
    t = rng.integers(0, 9, size=7)
    p = (t + eighths(rng, 7)).astype(floats)
    due = keras_mse(f64(t), f64(p))
    same(learner.loss_mse(t.tolist(), p), due, kind="tensor", dtype="floating")
    for dtype in TYPES:
        same(learner.loss_mse(t.astype(dtype), p), due, kind="tensor", dtype="floating")
        target, predicted = tf.constant(t, dtype), tf.constant(p)
        same(learner.loss_mse(target, predicted), due, kind="tensor", dtype="floating")


@exercise("loss_mse")
@pytest.mark.parametrize(("target", "predicted"), UNEQUAL, ids=str)
def test_squares_of_unequal_shapes(learner, target, predicted):
    """shapes that are not equal raise ValueError, whether they could be broadcast or not"""
    for form in FORMS.values():
        with pytest.raises(ValueError):
            learner.loss_mse(form(np.ones(target)), form(np.zeros(predicted)))


@exercise("loss_mse")
def test_squares_of_nothing(learner, rng):
    """predictions that are all right cost nothing"""
    target = eighths(rng, 5, 2)
    same(learner.loss_mse(target, target.copy()), 0, kind="tensor")


@exercise("loss_mse")
@pytest.mark.parametrize("shape", SHAPES)
def test_slope_of_the_squares(learner, rng, shape):
    """the slope by the predictions is TensorFlow's"""
    target, predicted = eighths(rng, *shape), f32(eighths(rng, *shape))
    value, slope = learner.loss_mse.under_tape(target, predicted, by=1)
    due, due_slope = keras_mse_slope(f32(target), predicted)
    same(value, due, kind="tensor")
    same(slope, due_slope)


@exercise("loss_mse")
def test_slope_in_float64(learner, rng):
    """the slope is right for float64 predictions and for targets that are integers"""
    target, predicted = rng.integers(-5, 6, size=(3, 2)), f64(eighths(rng, 3, 2))
    value, slope = learner.loss_mse.under_tape(target, predicted, by=1)
    due, due_slope = keras_mse_slope(f64(target), predicted)
    same(value, due, kind="tensor")
    same(slope, due_slope)


@exercise("loss_mse")
def test_slope_by_small_steps(learner, rng):
    """a small step of one prediction changes the loss as the slope says"""
    target, predicted = eighths(rng, 4), eighths(rng, 4)
    _, slope = learner.loss_mse.under_tape(target, f64(predicted), by=1)
    steps = np.eye(4) / 8  # for a square, central differences are exact, however wide
    above = np.array([float(learner.loss_mse(target, predicted + step)) for step in steps])
    below = np.array([float(learner.loss_mse(target, predicted - step)) for step in steps])
    same(slope, np.float32((above - below) * 4))


# loss_bce


@reference
def keras_bce(target, p):
    """Keras's mean binary cross-entropy, computed in float64 and given as a float32."""
    rows = keras.losses.binary_crossentropy(f64(target), f64(p))
    return np.float32(tf.reduce_mean(rows))


@exercise("loss_bce")
@pytest.mark.parametrize("shape", [(7,), (7, 1), (2,), (40, 1)])
def test_bce_agrees_with_keras(learner, rng, shape):
    """the mean over all examples, in a row or in a column"""
    for _ in range(3):
        target, p = rng.integers(0, 2, size=shape), rng.uniform(0.01, 0.99, size=shape)
        same(learner.loss_bce(target, p), keras_bce(target, p))


@exercise("loss_bce")
@pytest.mark.parametrize("shape", [(1,), (1, 1)])
@pytest.mark.parametrize("target", [0, 1])
def test_bce_of_one_example(learner, rng, shape, target):
    """one example, a yes or a no"""
    t, p = np.full(shape, target), rng.uniform(0.1, 0.9, size=shape)
    same(learner.loss_bce(t, p), keras_bce(t, p))


@exercise("loss_bce")
@pytest.mark.parametrize("value", [0, 1])
def test_bce_of_one_kind_of_target(learner, rng, value):
    """targets that are all 0, or all 1"""
    t, p = np.full(6, value), rng.uniform(0.05, 0.95, size=6)
    same(learner.loss_bce(t, p), keras_bce(t, p))


@exercise("loss_bce")
@pytest.mark.parametrize("floats", [np.float32, np.float64])
def test_bce_of_any_type(learner, rng, floats):
    """targets of any type, probabilities in float32 and float64"""
    t, p = rng.integers(0, 2, size=(9, 1)), rng.uniform(0.05, 0.95, size=(9, 1)).astype(floats)
    for dtype in TYPES:
        same(learner.loss_bce(t.astype(dtype), p), keras_bce(t, p))


@exercise("loss_bce")
def test_bce_of_lists(learner):
    """lists, in a row or in a column"""
    t, p = [1, 0, 0, 1], [0.75, 0.5, 0.125, 0.0625]
    same(learner.loss_bce(t, p), keras_bce(t, p))
    column = [[1.0], [0.0], [1.0]], [[0.25], [0.875], [0.5]]
    same(learner.loss_bce(*column), keras_bce(*column))


@exercise("loss_bce")
@pytest.mark.parametrize("shape", [(6,), (6, 1)])
def test_bce_of_the_certain(learner, shape):
    """probabilities of exactly 0 and 1 give Keras's finite number, and no warning"""
    t = np.array([1, 0, 1, 0, 1, 0]).reshape(shape)
    for p in ([0, 1, 0, 1, 0.5, 0.5], [1, 0, 0, 0, 1, 0], [1, 0, 1, 1, 1, 0]):
        p = np.array(p, float).reshape(shape)
        same(learner.loss_bce(t, p), keras_bce(t, p))


@exercise("loss_bce")
def test_bce_of_the_certain_and_right(learner):
    """certain and right costs nothing, and is not warned about"""
    t = np.array([1, 0, 0, 1, 1])
    same(learner.loss_bce(t, t.astype(float)), keras_bce(t, t))
    same(learner.loss_bce(t.astype(np.float32), t.astype(np.float32)), keras_bce(t, t))


@exercise("loss_bce")
def test_bce_of_the_certain_in_float32(learner):
    """also in float32 the certain cost a finite number, with no warning"""
    zeros, ones = np.zeros(3, np.float32), np.ones(3, np.float32)
    same(learner.loss_bce(ones, zeros), keras_bce(ones, zeros))
    loss = float(learner.loss_bce(zeros, ones))
    assert 15.9 < loss < 16.2, "certain of the wrong answer costs about -log 1e-7"


@exercise("loss_bce")
@pytest.mark.parametrize(("target", "p"), UNEQUAL[:5] + UNEQUAL[8:], ids=str)
def test_bce_of_unequal_shapes(learner, target, p):
    """shapes that are not equal raise ValueError, whether they could be broadcast or not"""
    with pytest.raises(ValueError):
        learner.loss_bce(np.ones(target, int), np.full(p, 0.25))
    with pytest.raises(ValueError):
        learner.loss_bce(np.zeros(target).tolist(), np.full(p, 0.5).tolist())


@exercise("loss_bce")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_bce_leaves_its_arguments_alone(learner, dtype):
    """the arrays that were given are the same afterwards, exact zeros and ones included"""
    t, p = np.array([0, 1, 1, 0], dtype), np.array([0, 0, 1, 0.25], dtype)
    same(learner.loss_bce(t, p), keras_bce(t, p))


# loss_crsntrpy


def probabilities(rng, n, c, dtype=np.float64):
    """Rows that add up to 1, with every entry well above 0."""
    p = rng.uniform(0.2, 1, size=(n, c))
    return (p / p.sum(axis=1, keepdims=True)).astype(dtype)


def one_hot(rng, n, c, dtype=np.int64):
    return np.eye(c, dtype=dtype)[rng.integers(0, c, size=n)]


@reference
def keras_crossentropy(target, p):
    """Keras's, for rows that add up to 1 and hold no 0."""
    return tf.reduce_mean(keras.losses.categorical_crossentropy(target, p)).numpy()


def crossentropy(target, p):
    """The formula by TensorFlow, for what Keras would rescale or clip at 1e-7."""
    return tf.reduce_mean(-tf.reduce_sum(target * tf.math.log(p + 1e-12), axis=-1))


@reference
def tf_crossentropy(target, p):
    return crossentropy(target, p).numpy()


@reference
def tf_crossentropy_slope(target, p):
    """The value, and the slope by the probabilities."""
    return slope_of(lambda p: crossentropy(target, p), p)


TABLES = [(5, 3), (3, 5), (4, 4), (1, 10), (8, 2), (1, 2)]


@exercise("loss_crsntrpy")
@pytest.mark.parametrize(("n", "c"), TABLES)
def test_crossentropy_agrees_with_keras(learner, rng, n, c):
    """summed over the classes, averaged over the examples"""
    for _ in range(3):
        target, p = one_hot(rng, n, c), probabilities(rng, n, c)
        due = keras_crossentropy(f32(target), f32(p))
        same(learner.loss_crsntrpy(target, p), due, kind="tensor", dtype="floating")


@exercise("loss_crsntrpy")
@pytest.mark.parametrize(("n", "c"), [(4, 3), (1, 6), (2, 2)])
def test_crossentropy_of_shares(learner, rng, n, c):
    """targets that share an example among several classes follow the same formula"""
    target, p = probabilities(rng, n, c), probabilities(rng, n, c)
    due = keras_crossentropy(f32(target), f32(p))
    same(learner.loss_crsntrpy(target, p), due, kind="tensor")


@exercise("loss_crsntrpy")
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_crossentropy_of_any_form(learner, rng, form):
    """arrays, lists and tensors are arguments as good as each other, and may be mixed"""
    target, p = one_hot(rng, 4, 3, np.float32), probabilities(rng, 4, 3, np.float32)
    due = keras_crossentropy(target, p)
    same(learner.loss_crsntrpy(form(target), form(p)), due, kind="tensor")
    same(learner.loss_crsntrpy(target, form(p)), due, kind="tensor")
    same(learner.loss_crsntrpy(form(target), tf.constant(p)), due, kind="tensor")


@exercise("loss_crsntrpy")
@pytest.mark.parametrize("floats", [np.float32, np.float64])
def test_one_hot_of_another_type(learner, rng, floats):
    """targets of any type, integers too, meet probabilities of any floating type"""
    t, p = one_hot(rng, 5, 4), probabilities(rng, 5, 4, floats)
    due = keras_crossentropy(f32(t), f32(p))
    same(learner.loss_crsntrpy(t.tolist(), p), due, kind="tensor", dtype="floating")
    for dtype in TYPES:
        same(learner.loss_crsntrpy(t.astype(dtype), p), due, kind="tensor", dtype="floating")
        target, predicted = tf.constant(t, dtype), tf.constant(p)
        same(learner.loss_crsntrpy(target, predicted), due, kind="tensor", dtype="floating")


@exercise("loss_crsntrpy")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_crossentropy_of_the_certain(learner, dtype):
    """a probability of exactly 0 for the right class costs -log 1e-12, in float32 too"""
    target = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0]])
    for right in ([0, 0, 0, 0], [1, 0, 1, 1], [1, 1, 1, 1]):
        sure = np.where(np.array(right)[:, None], target, np.roll(target, 1, axis=1)).astype(dtype)
        same(learner.loss_crsntrpy(target, sure), tf_crossentropy(f32(target), f32(sure)))


@exercise("loss_crsntrpy")
@pytest.mark.parametrize(("n", "c"), [(4, 1), (1, 1), (5, 3)])
def test_probabilities_as_they_are(learner, rng, n, c):
    """rows that do not add up to 1, such as one single unit's, are not rescaled"""
    target, p = one_hot(rng, n, c), rng.uniform(0.1, 0.9, size=(n, c))
    same(learner.loss_crsntrpy(target, p), tf_crossentropy(f32(target), f32(p)))


@exercise("loss_crsntrpy")
@pytest.mark.parametrize(
    ("target", "p"),
    [((3,), (3, 3)), ((1, 3), (4, 3)), ((4, 1), (4, 3)), ((4, 3), (4, 1)), ((4, 3), (1, 3))],
    ids=str,
)
def test_crossentropy_of_unequal_shapes(learner, target, p):
    """shapes that are not equal raise ValueError, class numbers for one-hot rows included"""
    for form in FORMS.values():
        with pytest.raises(ValueError):
            learner.loss_crsntrpy(form(np.ones(target)), form(np.full(p, 0.25)))


@exercise("loss_crsntrpy")
@pytest.mark.parametrize(("n", "c"), [(5, 3), (3, 5), (1, 4)])
def test_slope_of_the_crossentropy(learner, rng, n, c):
    """the slope by the probabilities is TensorFlow's"""
    for target in (one_hot(rng, n, c), probabilities(rng, n, c)):
        p = f32(probabilities(rng, n, c))
        value, slope = learner.loss_crsntrpy.under_tape(target, p, by=1)
        due, due_slope = tf_crossentropy_slope(f32(target), p)
        same(value, due, kind="tensor")
        same(slope, due_slope)


@exercise("loss_crsntrpy")
@pytest.mark.parametrize("floats", [f32, f64])
def test_slope_where_a_wrong_class_is_ruled_out(learner, floats):
    """where target and probability are both 0, the slope is 0 and not NaN"""
    target, p = [[0, 1, 0], [1, 0, 0]], floats([[0.25, 0.75, 0.0], [0.5, 0.0, 0.5]])
    value, slope = learner.loss_crsntrpy.under_tape(target, p, by=1)
    due, due_slope = tf_crossentropy_slope(tf.cast(target, p.dtype), p)
    same(value, np.float32(due), kind="tensor")
    same(slope, np.float32(due_slope))


# sparse_crossentropy


def sparse(labels, logits):
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=logits.dtype)(
        np.asarray(labels), logits
    )


@reference
def keras_sparse(labels, logits):
    return sparse(labels, logits).numpy()


@reference
def keras_sparse_slope(labels, logits):
    """The value, and the slope by the scores."""
    return slope_of(lambda z: sparse(labels, z), logits)


@exercise("sparse_crossentropy")
@pytest.mark.parametrize(("n", "c"), TABLES)
def test_scores_agree_with_keras(learner, rng, n, c):
    """the mean over the examples of Keras's loss from logits"""
    for scale in (1, 3, 8):
        labels, logits = rng.integers(0, c, size=n), rng.normal(scale=scale, size=(n, c))
        due = keras_sparse(labels, f64(logits))
        same(learner.sparse_crossentropy(labels, logits), due, kind="tensor", dtype="floating")


@exercise("sparse_crossentropy")
@pytest.mark.parametrize("floats", [np.float32, np.float64])
def test_scores_and_labels_of_any_type(learner, rng, floats):
    """int32 and int64 labels, float32 and float64 scores, as arrays, lists or tensors"""
    labels, logits = [3, 0, 2, 1, 3], rng.normal(scale=3, size=(5, 4)).astype(floats)
    due = keras_sparse(labels, f32(logits))
    same(learner.sparse_crossentropy(labels, logits.tolist()), due, kind="tensor")
    same(learner.sparse_crossentropy(labels, tf.constant(logits)), due, kind="tensor")
    for dtype in (np.int32, np.int64):
        array, tensor = np.array(labels, dtype), tf.constant(labels, dtype)
        same(learner.sparse_crossentropy(array, logits), due, kind="tensor")
        same(learner.sparse_crossentropy(tensor, tf.constant(logits)), due, kind="tensor")


@exercise("sparse_crossentropy")
@pytest.mark.parametrize("c", [2, 5])
def test_every_class_has_its_number(learner, rng, c):
    """class numbers run from 0 to c - 1, and each picks its own column"""
    logits = rng.normal(size=(1, c))
    for label in range(c):
        due = keras_sparse([label], f64(logits))
        same(learner.sparse_crossentropy([label], logits), due, kind="tensor")


@exercise("sparse_crossentropy")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_far_out(learner, dtype):
    """scores of ±10 000 give Keras's finite number, right or wrong by far"""
    logits = np.array([[1e4, -1e4, 0], [-1e4, 0, 1e4], [0, 1e4, -1e4]], dtype)
    for labels in ([0, 2, 1], [1, 0, 2], [2, 2, 0]):
        due = keras_sparse(np.array(labels), f64(logits))
        same(learner.sparse_crossentropy(labels, logits), due, kind="tensor")


@exercise("sparse_crossentropy")
def test_every_row_has_its_own_scale(learner):
    """rows of very large and of very small scores in one batch do not disturb each other"""
    rows = [[1e4, 1e4 - 2, 0], [-1e4, -1e4 + 1, -1e4], [0.5, -0.25, 0], [0, 0, 2000]]
    logits = np.array(rows, float)
    for labels in ([0, 1, 2, 0], [1, 0, 0, 1], [0, 2, 1, 1]):
        due = keras_sparse(np.array(labels), f64(logits))
        same(learner.sparse_crossentropy(labels, logits), due, kind="tensor")


@exercise("sparse_crossentropy")
@pytest.mark.parametrize("shift", [-1000.0, 1000.0])
def test_a_shift_changes_nothing(learner, rng, shift):
    """a number added to all the scores of a row leaves the loss as it is"""
    labels, logits = np.array([0, 2, 1, 0]), eighths(rng, 4, 3)
    logits[0] = [-30, 10, 5]
    due = keras_sparse(labels, f64(logits))
    same(learner.sparse_crossentropy(labels, logits + shift), due, kind="tensor")


@exercise("sparse_crossentropy")
@pytest.mark.parametrize(("n", "c"), [(5, 3), (3, 5), (1, 4), (2, 2)])
def test_slope_of_the_scores(learner, rng, n, c):
    """the slope by the scores is TensorFlow's"""
    labels, logits = rng.integers(0, c, size=n), f32(rng.normal(scale=2, size=(n, c)))
    value, slope = learner.sparse_crossentropy.under_tape(labels, logits, by=1)
    due, due_slope = keras_sparse_slope(labels, logits)
    same(value, due, kind="tensor")
    same(slope, due_slope)


@exercise("sparse_crossentropy")
@pytest.mark.parametrize("floats", [f32, f64])
def test_slope_far_out(learner, floats):
    """scores of ±10 000 have a finite slope, and one that is not 0 where the answer is wrong"""
    labels, logits = [0, 0, 1], floats([[1e4, -1e4], [-1e4, 1e4], [0, -1e4]])
    _, slope = learner.sparse_crossentropy.under_tape(labels, logits, by=1)
    same(slope, keras_sparse_slope(labels, logits)[1])


# cost


@exercise("cost")
@pytest.mark.parametrize("shape", [(1,), (2,), (7,), (7, 1), (1, 1), (200,)])
def test_cost_is_the_mean(learner, rng, shape):
    """one number, the mean of the losses, in a row or in a column"""
    losses = rng.exponential(size=shape)
    same(learner.cost(losses), tf.reduce_mean(f64(losses)).numpy())


@exercise("cost")
def test_cost_of_lists_and_integers(learner):
    """lists and integers, with no fraction cut off"""
    for losses in ([3, 4], [1, 0, 0], [[1], [2], [4], [4]], [0.5, 2, 7]):
        due = tf.reduce_mean(f64(losses)).numpy()
        same(learner.cost(losses), due)
        same(learner.cost(np.array(losses)), due)


@exercise("cost")
def test_cost_in_float32(learner, rng):
    """losses in float32"""
    losses = rng.exponential(size=(6, 1)).astype(np.float32)
    same(learner.cost(losses), tf.reduce_mean(losses).numpy())


@reference
def keras_losses(target, predicted):
    """The squared errors of the single examples, and what Keras makes of them."""
    each = keras.losses.MeanSquaredError(reduction=None)(target, predicted)
    return each.numpy(), keras.losses.MeanSquaredError()(target, predicted).numpy()


@exercise("cost")
def test_cost_of_keras_losses(learner, rng):
    """the cost is what Keras makes of the losses of the single examples"""
    target, predicted = rng.normal(size=(2, 9, 1)).astype(np.float32)
    each, due = keras_losses(target, predicted)
    same(learner.cost(each), due)


# accuracy


@reference
def keras_accuracy(labels, rows):
    """The share of class numbers that name their row's largest entry."""
    hits = keras.metrics.sparse_categorical_accuracy(labels, f64(rows))
    return tf.reduce_mean(hits).numpy()


@reference
def keras_binary_accuracy(labels, p):
    """The share of 0s and 1s that p is on the right side of; Keras calls 0.5 a 0, we do not."""
    hits = keras.metrics.binary_accuracy(f64(labels), f64(p))
    return tf.reduce_mean(hits).numpy()


def half_right(rng, n, c):
    """Class numbers, and scores that are right about some of them and wrong about others."""
    labels, scores = rng.integers(0, c, size=n), rng.normal(size=(n, c))
    right = np.arange(n) % 2 == 0
    scores[right, labels[right]] += 9
    scores[~right, labels[~right]] -= 9
    return labels, scores


@exercise("accuracy")
@pytest.mark.parametrize(("n", "c"), [(7, 3), (3, 7), (4, 4), (5, 2), (1, 3), (40, 10)])
def test_labels_against_scores(learner, rng, n, c):
    """class numbers against rows of scores, of any sign and size"""
    for _ in range(3):
        labels, scores = half_right(rng, n, c)
        due = keras_accuracy(labels, scores)
        same(learner.accuracy(labels, scores), due)
        same(learner.accuracy(labels[:, None], scores.astype(np.float32)), due)


@exercise("accuracy")
@pytest.mark.parametrize(("n", "c"), [(7, 3), (3, 7), (5, 2), (1, 4)])
def test_one_hot_against_rows(learner, rng, n, c):
    """one-hot rows against scores, against probabilities, and the other way round"""
    labels, scores = half_right(rng, n, c)
    truth, p = np.eye(c)[labels], tf.nn.softmax(scores).numpy()
    due = keras_accuracy(labels, scores)
    same(learner.accuracy(truth, scores), due)
    same(learner.accuracy(truth.astype(int), p), due)
    same(learner.accuracy(p, truth), due)


@exercise("accuracy")
@pytest.mark.parametrize("dtype", TYPES)
def test_labels_against_labels(learner, dtype):
    """class numbers on both sides, as integers or as whole floats, in a row or in a column"""
    true, predicted = [0, 1, 2, 3, 2, 2, 5, 1], np.array([0, 2, 2, 3, 1, 2, 4, 0], dtype)
    due = keras_accuracy(predicted, np.eye(6)[true])
    for form in (predicted, predicted[:, None]):
        same(learner.accuracy(true, form), due)
        same(learner.accuracy(form, np.array(true)), due)
        same(learner.accuracy(np.array(true)[:, None], form), due)


@exercise("accuracy")
@pytest.mark.parametrize("true", [(9,), (9, 1)])
@pytest.mark.parametrize("predicted", [(9,), (9, 1)])
def test_labels_against_probabilities(learner, rng, true, predicted):
    """0 and 1 against probabilities of a 1, each in a row or in a column"""
    labels, p = np.array([0, 1, 1, 0, 1, 0, 0, 1, 1]), rng.uniform(0.02, 0.48, size=9)
    p[[1, 2, 3, 4, 5]] += 0.5
    due = keras_binary_accuracy(labels, p)
    labels, p = labels.reshape(true), p.reshape(predicted)
    same(learner.accuracy(labels, p), due)
    same(learner.accuracy(labels.astype(float), p.astype(np.float32)), due)


@exercise("accuracy")
@pytest.mark.parametrize("shape", [(6,), (6, 1)])
def test_a_probability_of_one_half(learner, shape):
    """a probability of exactly one half counts as class 1"""
    p = np.array([0.5, 0.5, 0.75, 0.25, 0.5, 1.0]).reshape(shape)
    same(learner.accuracy([1, 0, 1, 0, 1, 1], p), 5 / 6)
    same(learner.accuracy([0, 0, 0, 0, 0, 0], p), 1 / 6)


@exercise("accuracy")
@pytest.mark.parametrize("p", [[0.75, 0.625, 1.0], [0.25, 0.0, 0.375]])
def test_probabilities_on_one_side(learner, p):
    """probabilities that are all above one half, or all below, are still no class numbers"""
    for labels in ([1, 1, 1], [0, 0, 0], [1, 0, 1]):
        same(learner.accuracy(labels, p), keras_binary_accuracy(labels, p))


@exercise("accuracy")
def test_many_examples(learner, rng):
    """some hundred examples are counted like three"""
    labels, scores = half_right(rng, 300, 3)
    same(learner.accuracy(labels, scores), keras_accuracy(labels, scores))


@exercise("accuracy")
def test_certain_probabilities(learner):
    """probabilities that are all exactly 0 or 1 are as good as class numbers"""
    labels, p = np.array([1, 0, 0, 1, 1]), np.array([[1.0], [0.0], [1.0], [1.0], [0.0]])
    same(learner.accuracy(labels, p), keras_binary_accuracy(labels[:, None], p))


@exercise("accuracy")
def test_one_hot_against_probabilities_of_a_one(learner):
    """one-hot rows of two classes against a column of probabilities of class 1"""
    rows, p = [[1, 0], [0, 1], [0, 1]], [[0.25], [0.875], [0.125]]
    same(learner.accuracy(rows, p), keras_binary_accuracy([[0], [1], [1]], p))


@exercise("accuracy")
def test_accuracy_of_lists(learner):
    """lists of any of the forms"""
    labels, rows = [2, 0, 1, 1], [[0, 1, 2], [3, 1, 2], [-5, -4, -6], [7, 6, 5]]
    due = keras_accuracy(labels, rows)
    same(learner.accuracy(labels, rows), due)
    same(learner.accuracy([[label] for label in labels], rows), due)
    same(learner.accuracy(np.eye(3)[labels].tolist(), rows), due)


@exercise("accuracy")
@pytest.mark.parametrize(("right", "due"), [(0, 0), (5, 1)])
def test_all_wrong_and_all_right(learner, right, due):
    """0 when nothing is right, 1 when everything is"""
    labels = np.array([0, 1, 2, 1, 0])
    predicted = np.where(np.arange(5) < right, labels, labels + 1)
    same(learner.accuracy(labels, predicted), due)
    same(learner.accuracy(labels, np.eye(4)[predicted]), due)


@exercise("accuracy")
@pytest.mark.parametrize(("true", "predicted"), [(3, 4), (4, 3), (1, 3), (3, 1)])
def test_numbers_of_examples_that_differ(learner, true, predicted):
    """more predictions than true answers, or fewer, raise ValueError"""
    with pytest.raises(ValueError):
        learner.accuracy(np.ones(true, int), np.full((predicted, 1), 0.75))
    with pytest.raises(ValueError):
        learner.accuracy(np.eye(3)[[0] * true], [0] * predicted)
