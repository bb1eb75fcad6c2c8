"""Hidden tests of chapter 7: Keras takes the same steps from the same place."""

import functools
import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader import datasets, probes
from grader.compare import same
from grader.learner import MethodProxy
from grader.plugin import exercise
from grader.references import reference


def f64(values):
    """A float64 tensor of whatever holds numbers."""
    return tf.constant(np.asarray(values), tf.float64)


def labels_for(rng, n, classes):
    """One-hot labels, drawn at random."""
    return np.eye(classes)[rng.integers(0, classes, size=n)]


def keras_layers(weights):
    """Keras's Dense layers with a kernel and a bias of these each, sigmoid ones, softmax last."""
    layers = built_layers((len(weights[0]), *map(len, weights[1::2])))
    for layer, W, b in zip(layers, weights[::2], weights[1::2], strict=True):
        layer.kernel.assign(W)
        layer.bias.assign(b)
    return layers


@functools.cache
def built_layers(sizes):
    """Keras's Dense layers, built once for all tests: building costs as much as some steps."""
    layers = []
    for inputs, units in itertools.pairwise(sizes):
        activation = "softmax" if len(layers) == len(sizes) - 2 else "sigmoid"
        layers.append(keras.layers.Dense(units, activation, kernel_initializer="zeros"))
        layers[-1].build((None, inputs))
    return layers


def through(layers, x):
    """Probabilities for a batch."""
    x = tf.cast(x, tf.float32)
    for layer in layers:
        x = layer(x)
    return x


@reference
def keras_predict(weights, x):
    """Probabilities for a batch."""
    return through(keras_layers(weights), x).numpy()


@reference
def keras_step(weights, x, y, learning_rate):
    """The loss before a step of Keras's SGD, and the weights after it."""
    layers = keras_layers(weights)
    variables = [v for layer in layers for v in layer.trainable_variables]
    with tf.GradientTape() as tape:
        y, p = np.asarray(y, np.float32), through(layers, x)
        loss = tf.reduce_mean(keras.losses.categorical_crossentropy(y, p))
    slopes = tape.gradient(loss, [v.value for v in variables])
    keras.optimizers.SGD(float(learning_rate)).apply(slopes, variables)
    return loss.numpy(), [variable.numpy() for variable in variables]


@reference
def keras_epoch(weights, X, y, learning_rate, batch_size):
    """The mean loss of the examples in such steps through the rows, and the weights after them."""
    mean = keras.metrics.Mean()
    for start in range(0, len(X), batch_size):
        batch = slice(start, start + batch_size)
        loss, weights = keras_step(weights, X[batch], y[batch], learning_rate)
        mean.update_state(loss, len(X[batch]))
    return mean.result().numpy(), weights


class Twin:
    """The weights that a probe has now, and Keras's SGD to train them."""

    def __init__(self, model, learning_rate):
        self.weights = [variable.numpy() for variable in model.variables]
        self.learning_rate = learning_rate

    def __call__(self, x):
        """Probabilities for a batch."""
        return keras_predict(self.weights, x)

    def step(self, x, y):
        """Take a step; returns the loss before it."""
        loss, self.weights = keras_step(self.weights, x, y, self.learning_rate)
        return loss

    def epoch(self, X, y, batch_size):
        """Go through the rows as they come; returns the mean loss of the examples."""
        loss, self.weights = keras_epoch(self.weights, X, y, self.learning_rate, batch_size)
        return loss

    def same_as(self, model):
        """Hold the Variables of a probe, or of whatever has as many, against the weights here."""
        for variable, due in zip(model.variables, self.weights, strict=True):
            same(variable, due)


# gradient_step


@reference
def sgd(params, grads, learning_rate):
    """A step of Keras's SGD for every array of a nesting; tuples all the way down."""
    variables = [tf.Variable(f64(param)) for param in tf.nest.flatten(params)]
    optimizer = keras.optimizers.SGD(float(learning_rate))
    optimizer.apply([f64(grad) for grad in tf.nest.flatten(grads)], variables)
    moved = iter(variables)

    def nested(part):
        return tuple(map(nested, part)) if isinstance(part, list | tuple) else next(moved).numpy()

    return nested(params)


def like(rng, params):
    """Random gradients in the nesting of some parameters."""
    if isinstance(params, list | tuple):
        return type(params)(like(rng, param) for param in params)
    return rng.normal(size=params.shape)


def nestings(rng):
    """Parameters in all the ways that somebody may keep them."""
    W, b, V, c = (rng.normal(size=shape) for shape in [(2, 3), (3,), (3, 1), (1,)])
    return {
        "an array": W,
        "a vector": b,
        "a list of arrays": [W, b, V, c],
        "a tuple of arrays": (W, b),
        "one pair in a list": [(V, c)],
        "pairs in a list": [(W, b), (V, c)],
        "pairs in a tuple": ((W, b), (V, c)),
        "lists in a list": [[W, b], [V, c]],
        "deeper": [([W], (b, [V])), c],
    }


def nesting_of(params):
    """The nesting of lists and tuples as text."""
    if not isinstance(params, list | tuple):
        return "array"
    return f"{type(params).__name__}({', '.join(map(nesting_of, params))})"


@exercise("gradient_step")
@pytest.mark.parametrize("learning_rate", [0.25, 1])
def test_a_step_is_that_of_keras(learner, rng, learning_rate):
    """every parameter moves as Keras's SGD moves it, however the parameters are nested"""
    for params in nestings(rng).values():
        grads = like(rng, params)
        due = sgd(params, grads, learning_rate)
        same(learner.gradient_step(params, grads, learning_rate), due)


@exercise("gradient_step")
def test_the_nesting_is_kept(learner, rng):
    """a list is a list again and a tuple a tuple, at every depth"""
    for params in nestings(rng).values():
        after = learner.gradient_step(params, like(rng, params), 0.5)
        same(nesting_of(after), nesting_of(params))


@exercise("gradient_step")
@pytest.mark.parametrize("learning_rate", [0.3, 1])
def test_steps_of_integers(learner, rng, learning_rate):
    """integer parameters, or integer gradients, with no fraction cut off"""
    whole = [np.array([[1, 2, 3], [4, 5, 6]]), np.array([7, 8, 9])]
    broken = like(rng, whole)
    for params, grads in [(whole, broken), (broken, whole), (whole, whole)]:
        same(learner.gradient_step(params, grads, learning_rate), sgd(params, grads, learning_rate))


@exercise("gradient_step")
def test_steps_in_float32(learner, rng):
    """float32 is as good as float64"""
    params = [(rng.normal(size=(3, 2)).astype(np.float32), np.zeros(2, np.float32))]
    grads = [tuple(g.astype(np.float32) for g in pair) for pair in like(rng, params)]
    same(learner.gradient_step(params, grads, 0.1), sgd(params, grads, 0.1))


@exercise("gradient_step")
def test_no_slope_no_step(learner, rng):
    """where the gradient is 0, or the learning rate, nothing moves"""
    params = [(rng.normal(size=(2, 2)), rng.normal(size=2))]
    same(learner.gradient_step(params, [(np.zeros((2, 2)), np.zeros(2))], 0.5), tuple(params))
    same(learner.gradient_step(params, like(rng, params), 0.0), tuple(params))


@exercise("gradient_step")
def test_gradients_that_do_not_go_round(learner, rng):
    """a gradient too many, or one too few, raises ValueError at any depth"""
    W, b = rng.normal(size=(2, 3)), rng.normal(size=3)
    for params, grads in [
        ([W, b], [W]),
        ([W], [W, b]),
        ([(W, b)], [(W, b), (W, b)]),
        ([(W, b), (W, b)], [(W, b)]),
        ([(W, b)], [(W,)]),
        ([(W,)], [(W, b)]),
    ]:
        with pytest.raises(ValueError):
            learner.gradient_step(params, grads, 0.1)


# fit_logistic


@reference
def keras_logistic(X, y, learning_rate, epochs):
    """What one neuron of Keras's learns from zeros, in float64: (w, b, losses).

    The loss is computed from z, so that no probability of 0 or 1 can spoil it, and told in float32:
    an ε of 1e-7 inside the logarithms is allowed.
    """
    X, y = f64(X), f64(y)[:, None]
    neuron = keras.layers.Dense(1, kernel_initializer="zeros", dtype="float64")
    neuron.build(X.shape)
    optimizer = keras.optimizers.SGD(float(learning_rate))
    losses = []
    for _ in range(epochs):
        with tf.GradientTape() as tape:
            losses_of_rows = keras.losses.binary_crossentropy(y, neuron(X), from_logits=True)
            loss = tf.reduce_mean(losses_of_rows)
        losses.append(np.float32(loss))
        weights = neuron.trainable_variables
        optimizer.apply(tape.gradient(loss, [v.value for v in weights]), weights)
    w, b = neuron.get_weights()
    return w[:, 0], b[0], tuple(losses)


def pots(rng, n, d):
    """Examples, and labels that a line through them explains by and large."""
    X = rng.normal(size=(n, d))
    y = (X @ rng.normal(size=d) + rng.normal(size=n) > 0.3).astype(int)
    return X, y


@exercise("fit_logistic")
@pytest.mark.parametrize(("n", "d"), [(6, 2), (5, 3), (1, 4), (4, 1), (3, 3), (2, 2), (40, 2)])
def test_a_neuron_learns_as_in_keras(learner, rng, n, d):
    """w, b and every loss are those of a Keras neuron that starts from zeros"""
    X, y = pots(rng, n, d)
    same(learner.fit_logistic(X, y, 0.5, 5), keras_logistic(X, y, 0.5, 5))


@exercise("fit_logistic")
@pytest.mark.parametrize(("learning_rate", "epochs"), [(0.001, 3), (0.1, 1), (1, 2), (6, 5)])
def test_long_and_short_steps(learner, rng, learning_rate, epochs):
    """the steps are as long as the learning rate says, and as many as there are epochs"""
    X, y = pots(rng, 7, 3)
    due = keras_logistic(X, y, learning_rate, epochs)
    same(learner.fit_logistic(X, y, learning_rate, epochs), due)


@exercise("fit_logistic")
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_labels_of_any_type(learner, rng, dtype):
    """labels as integers or as floats"""
    X, y = pots(rng, 6, 2)
    same(learner.fit_logistic(X, y.astype(dtype), 0.5, 3), keras_logistic(X, y, 0.5, 3))


@exercise("fit_logistic")
@pytest.mark.parametrize("dtype", [np.int64, np.float32])
def test_examples_of_other_types(learner, rng, dtype):
    """examples in integers or in float32"""
    X = np.array([[1, -2], [0, 3], [2, 2], [-1, 1], [-3, 0]], dtype)
    y = np.array([0, 1, 1, 0, 1])
    same(learner.fit_logistic(X, y, 0.25, 3), keras_logistic(X, y, 0.25, 3))


@exercise("fit_logistic")
@pytest.mark.parametrize("label", [0, 1])
def test_one_kind_of_label(learner, rng, label):
    """examples that are all of one kind"""
    X, y = rng.normal(size=(4, 2)), np.full(4, label)
    same(learner.fit_logistic(X, y, 1.0, 4), keras_logistic(X, y, 1.0, 4))


@exercise("fit_logistic")
@pytest.mark.parametrize("label", [0, 1])
def test_certain_and_wrong_in_a_neuron(learner, label):
    """activations of exactly 0 and 1 leave loss and weights finite, without a warning"""
    X, y = np.array([[1800.0, 900.0]] * 3), np.array([label, 1 - label, label])
    w, b, losses = keras_logistic(X, y, 1.0, 5)
    answer = learner.fit_logistic(X, y, 1.0, 5)
    same(answer[:2], (w, b))
    # a third of what certain and wrong costs is 5.31 at least, however it is kept finite
    same(np.minimum(answer[2], 5.3), np.minimum(losses, 5.3))


@exercise("fit_logistic")
def test_pots_of_kimchi(learner, rng):
    """standardized pots of kimchi jjim are learnt as Keras learns them"""
    X, y = datasets.kimchi(60, rng)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    same(learner.fit_logistic(X, y, 2.0, 15), keras_logistic(X, y, 2.0, 15))


# perceptron_rule


@reference
def rosenblatt(X, y, epochs):
    """The rule by the book, in float64: (w, b, errors)."""
    X = np.asarray(X, float)
    w, b, errors = np.zeros(X.shape[1]), 0, []
    while len(errors) < epochs and errors[-1:] != [0]:
        errors.append(0)
        for x, target in zip(X, y, strict=True):
            fires = np.dot(w, x) + b >= 0
            if fires and not target:
                w, b, errors[-1] = w - x, b - 1, errors[-1] + 1
            if target and not fires:
                w, b, errors[-1] = w + x, b + 1, errors[-1] + 1
    return w, b, tuple(errors)


def quarters(rng, *shape):
    """Multiples of 1/4, whose sums are exact in any order and in float32 too."""
    return rng.integers(-12, 13, size=shape) / 4


def separable(rng, n, d):
    """Examples on the two sides of a line, at least 1 away from it."""
    w = quarters(rng, d)
    w[0] = 2.5
    X = quarters(rng, n, d)
    y = (X @ w - 0.5 >= 0).astype(int)
    X[:, 0] += np.where(y == 1, 0.5, -0.5)
    return X, y


@exercise("perceptron_rule")
@pytest.mark.parametrize(("n", "d"), [(8, 2), (6, 3), (3, 3), (5, 1), (2, 4), (1, 2), (20, 2)])
def test_a_line_is_found(learner, rng, n, d):
    """on examples that a line can part it goes on until no row is wrong, and no further"""
    for _ in range(3):
        X, y = separable(rng, n, d)
        same(learner.perceptron_rule(X, y, 500), rosenblatt(X, y, 500))


@exercise("perceptron_rule")
@pytest.mark.parametrize("epochs", [1, 2, 3, 10])
def test_as_many_epochs_as_allowed(learner, rng, epochs):
    """where no line parts the examples it stops after the epochs that it was given"""
    X = quarters(rng, 5, 2)
    X, y = np.concatenate([X, X]), np.array([0, 1, 0, 1, 1, 1, 0, 1, 0, 0])
    same(learner.perceptron_rule(X, y, epochs), rosenblatt(X, y, epochs))


@exercise("perceptron_rule")
@pytest.mark.parametrize("label", [0, 1])
def test_rows_of_one_kind(learner, rng, label):
    """rows of one label; a weighted sum of exactly 0 counts as 1"""
    X, y = np.abs(quarters(rng, 4, 2)) + 0.25, np.full(4, label)
    same(learner.perceptron_rule(X, y, 30), rosenblatt(X, y, 30))


@exercise("perceptron_rule")
@pytest.mark.parametrize("dtype", [np.uint8, np.float64, np.int8])
def test_labels_of_other_types(learner, rng, dtype):
    """labels as bytes or as floats"""
    X, y = separable(rng, 7, 2)
    same(learner.perceptron_rule(X, y.astype(dtype), 200), rosenblatt(X, y, 200))


@exercise("perceptron_rule")
def test_rows_of_other_types(learner, rng):
    """rows in integers or in float32"""
    X = np.array([[1, -2], [0, 3], [2, 2], [-1, 1], [-3, 0]])
    y = np.array([0, 1, 1, 0, 0])
    same(learner.perceptron_rule(X, y, 50), rosenblatt(X, y, 50))
    halves = X.astype(np.float32) / 2
    same(learner.perceptron_rule(halves, y, 50), rosenblatt(halves, y, 50))


# SoftmaxModel


def holding(learner, w, b):
    """A model of the learner's that holds these numbers instead of its zeros."""
    model = learner.SoftmaxModel(*np.shape(w))
    for name, content in {"w": w, "b": b}.items():
        MethodProxy(model, "__setattr__")(name, tf.Variable(content, dtype=tf.float32))
    return model


@reference
def keras_softmax(x, w, b):
    """The probabilities of a Keras layer with these weights, in float64."""
    layer = keras.layers.Dense(np.shape(w)[1], "softmax", True, "zeros", dtype="float64")
    layer.build(np.shape(x))
    layer.set_weights([w, b])
    return layer(f64(x)).numpy()


SIZES = [(4, 3), (2, 5), (3, 3), (1, 2), (64, 10), (5, 1)]


@exercise("SoftmaxModel")
@pytest.mark.parametrize(("d", "c"), SIZES)
def test_the_start_of_a_model(learner, d, c):
    """w and b are Variables of float32, all zeros, in the shapes that the sizes ask for"""
    model = learner.SoftmaxModel(d, c)
    same(model.w, np.zeros((d, c)), kind="variable", dtype="float32")
    same(model.b, np.zeros(c), kind="variable", dtype="float32")


@exercise("SoftmaxModel")
@pytest.mark.parametrize(("d", "c"), SIZES)
def test_what_a_model_has_to_learn(learner, d, c):
    """trainable_variables has w and b in it, and nothing else"""
    variables = learner.SoftmaxModel(d, c).trainable_variables
    same(len(variables), 2)
    shapes = sorted((tuple(variable.shape) for variable in variables), key=len)
    same(shapes == [(c,), (d, c)], True)


@exercise("SoftmaxModel")
@pytest.mark.parametrize(("d", "c"), SIZES)
def test_every_class_alike(learner, rng, d, c):
    """before anything is learnt all classes have the same probability, for every example"""
    model = learner.SoftmaxModel(d, c)
    for n in (1, 2, 7):
        due = keras_softmax(np.zeros((n, d)), np.zeros((d, c)), np.zeros(c))
        same(model(rng.normal(size=(n, d))), due, kind="tensor", dtype="float32")


@exercise("SoftmaxModel")
@pytest.mark.parametrize(("n", "d", "c"), [(5, 4, 3), (1, 2, 4), (3, 3, 3), (6, 1, 2), (2, 5, 1)])
def test_a_model_agrees_with_keras(learner, rng, n, d, c):
    """with other weights the probabilities are those of Keras's softmax layer"""
    w, b, x = rng.normal(size=(d, c)), rng.normal(size=c), rng.normal(size=(n, d))
    same(holding(learner, w, b)(x), keras_softmax(x, w, b), kind="tensor", dtype="float32")


@exercise("SoftmaxModel")
def test_batches_of_any_kind(learner):
    """tensors, arrays and lists, of integers and of floats of either type"""
    w, b = np.array([[0.5, -1.0, 0.25], [1.0, 0.75, -0.5]]), np.array([0.125, 0.0, -0.25])
    model, x = holding(learner, w, b), [[1, -2], [3, 0], [-1, 1]]
    due = keras_softmax(x, w, b)
    for form in (list, np.array, tf.constant):
        same(model(form(x)), due, kind="tensor", dtype="float32")
    for dtype in (tf.float32, tf.float64):
        same(model(tf.constant(x, dtype)), due, kind="tensor", dtype="float32")
        same(model(np.array(x, dtype.as_numpy_dtype)), due, kind="tensor", dtype="float32")


@exercise("SoftmaxModel")
def test_scores_far_out(learner):
    """scores of ±1000 and more give probabilities and no NaN"""
    w, b = np.array([[1.0, 0.0, -1.0]]), np.array([0.0, 1.0, 0.0])
    x = [[1000.0], [-1000.0], [0.0], [-4000.0]]
    same(holding(learner, w, b)(x), keras_softmax(x, w, b), kind="tensor")


@exercise("SoftmaxModel")
def test_models_of_their_own(learner, rng):
    """each model has Variables of its own"""
    first = learner.SoftmaxModel(2, 3)
    second = holding(learner, rng.normal(size=(2, 3)), rng.normal(size=3))
    third = learner.SoftmaxModel(3, 2)
    same(first(rng.normal(size=(4, 2))), np.full((4, 3), 1 / 3))
    same(third(rng.normal(size=(4, 3))), np.full((4, 2), 1 / 2))
    same(second.w.shape == (2, 3) and first.w.shape == (2, 3), True)


# train_step


def zeros(*sizes):
    """A network that begins with zeros."""
    model = probes.Network(*sizes)
    for variable in model.variables:
        variable.assign(tf.zeros_like(variable))
    return model


NETWORKS = [(3, 2), (1, 2), (3, 3), (2, 4, 3), (2, 3, 2, 4)]
IDS = ["-".join(map(str, sizes)) for sizes in NETWORKS]


@exercise("train_step")
@pytest.mark.parametrize("sizes", NETWORKS, ids=IDS)
def test_a_step_as_in_keras(learner, rng, sizes):
    """the loss and every Variable after one step are those of Keras's SGD, in any network"""
    for n, learning_rate in [(5, 0.5), (1, 1)]:
        model, x = probes.Network(*sizes), rng.normal(size=(n, sizes[0]))
        twin, y = Twin(model, learning_rate), labels_for(rng, n, sizes[-1])
        same(learner.train_step(model, x, y, learning_rate), twin.step(x, y))
        twin.same_as(model)


@exercise("train_step")
@pytest.mark.parametrize("sizes", [(3, 2), (2, 4, 3)])
def test_several_steps_as_in_keras(learner, rng, sizes):
    """step after step the loss before it, and the Variables in the end, are those of Keras"""
    model, x = probes.Network(*sizes), rng.normal(size=(6, sizes[0]))
    twin, y = Twin(model, 0.5), labels_for(rng, 6, sizes[-1])
    for _ in range(5):
        same(learner.train_step(model, x, y, 0.5), twin.step(x, y))
    twin.same_as(model)


@exercise("train_step")
def test_batches_that_change(learner, rng):
    """each step looks at the batch that it is given, whatever its size"""
    model = probes.Network(3, 4)
    twin = Twin(model, 0.3)
    for n in (4, 1, 7):
        x, y = rng.normal(size=(n, 3)), labels_for(rng, n, 4)
        same(learner.train_step(model, x, y, 0.3), twin.step(x, y))
    twin.same_as(model)


@exercise("train_step")
def test_a_large_batch(learner, rng):
    """the loss and the slopes are means over the batch, and do not grow with it"""
    model, x, y = probes.Network(4, 3), rng.normal(size=(80, 4)), labels_for(rng, 80, 3)
    twin = Twin(model, 1.0)
    same(learner.train_step(model, x, y, 1.0), twin.step(x, y))
    twin.same_as(model)


@exercise("train_step")
def test_inputs_of_any_kind(learner):
    """x and y as tensors, arrays or lists; labels as integers or floats"""
    x, y = [[1.0, -2.0], [0.5, 3.0], [-1.0, 0.25]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    twin = Twin(probes.Network(2, 3), 0.5)
    loss = twin.step(x, y)
    for form, labels in [
        (tf.constant, tf.constant),
        (tf.constant, np.float32),
        (tf.constant, f64),
        (np.float32, list),
        (np.float64, np.array),
        (list, np.uint8),
        (list, list),
    ]:
        model = probes.Network(2, 3)
        same(learner.train_step(model, form(x), labels(y), 0.5), loss)
        twin.same_as(model)


@exercise("train_step")
def test_a_model_of_ones_own(learner, rng):
    """a SoftmaxModel learns as a Keras layer does that starts from zeros"""
    model, x, y = learner.SoftmaxModel(3, 4), rng.normal(size=(5, 3)), labels_for(rng, 5, 4)
    twin = Twin(zeros(3, 4), 0.5)
    for _ in range(3):
        same(learner.train_step(model, x, y, 0.5), twin.step(x, y))
    w, b = twin.weights
    same(model.w, w)
    same(model.b, b)
    same(model(x), twin(x))


@exercise("train_step")
def test_a_probability_of_zero(learner):
    """a right class with a probability of exactly 0 leaves loss and Variables finite"""
    model = probes.Network(1, 3)
    w, b = [[0.0, 1.0, -1.0]], [300.0, 0.0, 0.0]
    for variable, content in zip(model.variables, (w, b), strict=True):
        variable.assign(content)
    # the first example costs nothing, the others -ln 1e-12; nowhere is there a slope
    loss = learner.train_step(model, [[1.0], [2.0], [-1.0]], np.eye(3), 0.5)
    same(loss, np.float32(-2 * np.log(1e-12) / 3))
    for variable, content in zip(model.variables, (w, b), strict=True):
        same(variable, content)


@exercise("train_step")
def test_no_length_no_step(learner, rng):
    """with a learning rate of 0 the loss is told and nothing moves"""
    model = probes.Network(2, 3, 2)
    before = [variable.numpy() for variable in model.variables]
    x, y = rng.normal(size=(4, 2)), labels_for(rng, 4, 2)
    same(learner.train_step(model, x, y, 0.0), Twin(model, 0.0).step(x, y))
    for variable, due in zip(model.variables, before, strict=True):
        same(variable, due)


# minibatches

CUTS = [(10, 4), (10, 5), (10, 10), (7, 100), (6, 1), (9, 4), (1, 3), (33, 8)]


def cut(learner, X, y, batch_size, seed):
    """All batches of an epoch, as pairs."""
    return [*learner.minibatches(X, y, batch_size, np.random.default_rng(seed))]


@exercise("minibatches")
@pytest.mark.parametrize(("n", "batch_size"), CUTS)
def test_every_row_once(learner, n, batch_size):
    """in an epoch every row comes exactly once"""
    rows = np.arange(n)
    batches = cut(learner, rows, rows, batch_size, n)
    same(np.sort(np.concatenate([X_batch for X_batch, _ in batches])), rows)


@exercise("minibatches")
@pytest.mark.parametrize(("n", "batch_size"), CUTS)
def test_the_size_of_batches(learner, n, batch_size):
    """all batches are full but for the last, which has what is left"""
    rows = np.arange(n)
    sizes = [len(X_batch) for X_batch, _ in cut(learner, rows, rows, batch_size, n)]
    left = n % batch_size
    same(tuple(sizes), (batch_size,) * (n // batch_size) + ((left,) if left else ()))


@exercise("minibatches")
@pytest.mark.parametrize(("n", "batch_size"), CUTS)
def test_rows_and_labels_together(learner, rng, n, batch_size):
    """every row comes with its own label"""
    X, y = rng.normal(size=(n, 3)), np.arange(n)
    for X_batch, y_batch in cut(learner, X, y, batch_size, n):
        same(X_batch, X[np.asarray(y_batch, int)])


@exercise("minibatches")
@pytest.mark.parametrize("n", [9, 40])
def test_the_order_is_that_of_the_generator(learner, n):
    """the order is rng.permutation(n), another one with another generator"""
    rows = np.arange(n)
    for seed in range(4):
        batches = cut(learner, rows, rows, 4, seed)
        due = np.random.default_rng(seed).permutation(n)
        same(np.concatenate([X_batch for X_batch, _ in batches]), due)


@exercise("minibatches")
def test_a_generator_that_has_been_used(learner, rng):
    """the generator is taken as it is: epoch after epoch has an order of its own"""
    rows = np.arange(12)
    for _ in range(3):
        batches = [*learner.minibatches(rows, rows, 5, rng)]
        same(np.concatenate([X_batch for X_batch, _ in batches]), rng.permutation(12))


@exercise("minibatches")
def test_pictures_and_one_hot_labels(learner, rng):
    """pictures stay pictures and one-hot rows stay whole, in the types they had"""
    X = rng.integers(0, 256, size=(5, 4, 3)).astype(np.uint8)
    y, order = np.eye(5, dtype=np.float32), np.random.default_rng(3).permutation(5)
    batches = cut(learner, X, y, 2, 3)
    for (X_batch, y_batch), rows in zip(batches, (order[:2], order[2:4], order[4:]), strict=True):
        same(X_batch, X[rows], dtype="uint8")
        same(y_batch, y[rows], dtype="float32")


# train


def keras_train(model, X, y, learning_rate, epochs, batch_size, rng):
    """A twin that has been trained on the rows in the order of `rng.permutation`; its losses."""
    twin = Twin(model, learning_rate)
    orders = [rng.permutation(len(X)) for _ in range(epochs)]
    return twin, tuple(twin.epoch(X[order], y[order], batch_size) for order in orders)


@exercise("train")
@pytest.mark.parametrize(
    ("n", "batch_size", "sizes"),
    [
        (10, 4, (2, 3, 3)),
        (7, 3, (3, 2)),
        (4, 1, (3, 2)),
        (6, 6, (2, 3, 3)),
        (4, 50, (3, 2)),
    ],
)
def test_training_as_keras_fits(learner, rng, n, batch_size, sizes):
    """the losses and the weights are those of Keras on the same rows in the same order"""
    model, X = probes.Network(*sizes), rng.normal(size=(n, sizes[0]))
    y, chance = labels_for(rng, n, sizes[-1]), np.random.default_rng(n)
    twin, losses = keras_train(model, X, y, 0.5, 2, batch_size, chance)
    same(learner.train(model, X, y, 0.5, 2, batch_size, np.random.default_rng(n)), losses)
    twin.same_as(model)


@exercise("train")
@pytest.mark.parametrize("epochs", [1, 4])
def test_as_many_epochs_as_asked_for(learner, rng, epochs):
    """each epoch goes through all rows in a new order, and leaves one number in the history"""
    model, X, y = probes.Network(2, 3), rng.normal(size=(7, 2)), labels_for(rng, 7, 3)
    twin, losses = keras_train(model, X, y, 0.3, epochs, 3, np.random.default_rng(5))
    same(learner.train(model, X, y, 0.3, epochs, 3, np.random.default_rng(5)), losses)
    twin.same_as(model)


@exercise("train")
def test_training_takes_the_generator_as_it_is(learner, rng):
    """a generator that has been used goes on from where it is"""
    model, X, y = probes.Network(2, 2), rng.normal(size=(6, 2)), labels_for(rng, 6, 2)
    used, alike = np.random.default_rng(8), np.random.default_rng(8)
    for each in (used, alike):
        each.permutation(6)
    twin, losses = keras_train(model, X, y, 0.7, 2, 4, alike)
    same(learner.train(model, X, y, 0.7, 2, 4, used), losses)
    twin.same_as(model)


@exercise("train")
@pytest.mark.parametrize("learning_rate", [0.0, 0.05, 2])
def test_training_with_other_steps(learner, rng, learning_rate):
    """every step is as long as the learning rate says"""
    model, X, y = probes.Network(2, 3), rng.normal(size=(5, 2)), labels_for(rng, 5, 3)
    twin, losses = keras_train(model, X, y, learning_rate, 2, 2, np.random.default_rng(1))
    same(learner.train(model, X, y, learning_rate, 2, 2, np.random.default_rng(1)), losses)
    twin.same_as(model)


@exercise("train")
def test_training_on_other_types(learner, rng):
    """examples in float32 and labels as integers are as good"""
    model, X, y = probes.Network(2, 3), rng.normal(size=(5, 2)), labels_for(rng, 5, 3)
    twin, losses = keras_train(model, X, y, 0.5, 2, 2, np.random.default_rng(2))
    X, y = X.astype(np.float32), y.astype(np.int64)
    same(learner.train(model, X, y, 0.5, 2, 2, np.random.default_rng(2)), losses)
    twin.same_as(model)


@exercise("train")
def test_digits_are_learnt(learner):
    """after some epochs more than 9 in 10 of the digits that it learnt from are told right"""
    images, labels = datasets.digits()
    X, labels = images[:300].reshape(300, 64) / 16, labels[:300]
    model = zeros(64, 10)
    learner.train(model, X, np.eye(10)[labels], 1.0, 3, 25, np.random.default_rng(0))
    same(bool(np.mean(model(X).numpy().argmax(axis=1) == labels) > 0.9), True)


# adam_step


@reference
def keras_adam(params, gradients, **settings):
    """The parameters after each step of Keras's Adam, in float64."""
    variables = [tf.Variable(f64(param)) for param in params]
    optimizer, after = keras.optimizers.Adam(**settings), []
    for grads in gradients:
        optimizer.apply([f64(grad) for grad in grads], variables)
        after.append(tuple(variable.numpy() for variable in variables))
    return after


def slopes(rng, params, steps):
    """Gradients for some steps, of either sign and none of them near 0."""

    def around_two(shape):
        return rng.choice([-1, 1], size=shape) * rng.uniform(1, 3, size=shape)

    return [[around_two(np.shape(param)) for param in params] for _ in range(steps)]


def same_steps(learner, params, gradients, **settings):
    """Hold every step of a row of steps against Keras."""
    state = None
    due = keras_adam(params, gradients, **settings)
    for grads, expected in zip(gradients, due, strict=True):
        params, state = learner.adam_step(params, grads, state, **settings)
        same(params, expected)


SHARP = {"beta_1": 0.875, "beta_2": 1 - 2**-10, "epsilon": 1e-12}
"""Both β are numbers of float32, through which Keras passes them; the ε makes no difference."""


@exercise("adam_step")
@pytest.mark.parametrize("shapes", [[(3,)], [(1, 1)], [(2, 2), (2,), (2, 1)]])
def test_ten_steps_as_in_keras(learner, rng, shapes):
    """ten steps are those of Keras's Adam, for one array and for several"""
    params = [rng.uniform(1, 2, size=shape) for shape in shapes]
    same_steps(learner, params, slopes(rng, params, 10), learning_rate=0.0625, **SHARP)


@exercise("adam_step")
def test_steps_with_nothing_set(learner, rng):
    """what is not said is as in Keras: learning rate, both β and ε"""
    params = [rng.uniform(1, 2, size=(2, 3)), rng.uniform(1, 2, size=3)]
    same_steps(learner, params, slopes(rng, params, 10))


@exercise("adam_step")
@pytest.mark.parametrize(
    ("beta_1", "beta_2"), [(0.5, 0.75), (0.0, 0.875), (0.875, 0.0), (0.75, 0.5)]
)
def test_other_memories(learner, rng, beta_1, beta_2):
    """each β belongs to its own mean, and to the correction of that"""
    params = [rng.uniform(1, 2, size=(3, 2))]
    settings = {"learning_rate": 0.0625} | SHARP | {"beta_1": beta_1, "beta_2": beta_2}
    same_steps(learner, params, slopes(rng, params, 5), **settings)


@exercise("adam_step")
@pytest.mark.parametrize("learning_rate", [0.5, 0.001])
def test_steps_of_other_lengths(learner, rng, learning_rate):
    """the learning rate stretches every step"""
    params = [rng.uniform(1, 2, size=4)]
    gradients = slopes(rng, params, 4)
    same_steps(learner, params, gradients, learning_rate=learning_rate, **SHARP)


@exercise("adam_step")
def test_slopes_of_very_different_sizes(learner, rng):
    """each number has its own mean of squares: a small slope steps as far as a large one"""
    params = [rng.uniform(1, 2, size=4), rng.uniform(1, 2, size=(1, 2))]
    scales = [np.array([1e-4, 1.0, 1e3, 1e6]), np.array([[1e-2, 1e5]])]
    gradients = [
        [grad * scale for grad, scale in zip(grads, scales, strict=True)]
        for grads in slopes(rng, params, 5)
    ]
    same_steps(learner, params, gradients, learning_rate=0.0625, **SHARP)


@exercise("adam_step")
def test_where_epsilon_stands(learner, rng):
    """ε is added to the root of the mean of squares, and not inside it"""
    # 20 steps without a slope first: then no bias is left to correct, and it makes no difference
    # whether ε is added before that correction, as in Keras, or after it
    params = [rng.uniform(1, 2, size=3)]
    gradients = [[np.zeros(3)]] * 20 + slopes(rng, params, 4)
    settings = {"beta_1": 0.25, "beta_2": 0.25, "learning_rate": 0.5, "epsilon": 0.5}
    same_steps(learner, params, gradients, **settings)


@exercise("adam_step")
def test_never_a_slope(learner):
    """where every gradient was 0 nothing moves, without NaN and without a warning"""
    params = [np.array([1.0, -2.0]), np.array([[3.0]])]
    same_steps(learner, params, [[np.zeros(2), np.zeros((1, 1))]] * 3, learning_rate=0.5)


@exercise("adam_step")
def test_steps_of_integer_parameters(learner, rng):
    """integer parameters and gradients, with no fraction cut off"""
    params = [np.array([3, -1, 4])]
    gradients = [[np.array([2, -1, 1])], [np.array([-1, -3, 2])], [np.array([1, 1, -4])]]
    same_steps(learner, params, gradients, learning_rate=0.0625, **SHARP)


@exercise("adam_step")
def test_adam_in_float32(learner, rng):
    """float32 is as good as float64"""
    params = [rng.uniform(1, 2, size=(2, 2)).astype(np.float32)]
    gradients = [[grad.astype(np.float32) for grad in grads] for grads in slopes(rng, params, 4)]
    same_steps(learner, params, gradients, learning_rate=0.01)


@exercise("adam_step")
def test_two_rows_of_steps_side_by_side(learner, rng):
    """all that is remembered is in the state: two rows of steps do not disturb each other"""
    rows = []
    for size in (2, 3):
        params = [rng.uniform(1, 2, size=size)]
        gradients = slopes(rng, params, 3)
        due = keras_adam(params, gradients, learning_rate=0.125, **SHARP)
        rows.append([params, None, [*zip(gradients, due, strict=True)]])
    for k in range(3):
        for row in rows:
            grads, expected = row[2][k]
            row[0], row[1] = learner.adam_step(row[0], grads, row[1], 0.125, **SHARP)
            same(row[0], expected)


@exercise("adam_step")
def test_a_step_taken_twice(learner, rng):
    """a step from the same parameters and the same state leads to the same place"""
    params = [rng.uniform(1, 2, size=3)]
    first, second = slopes(rng, params, 2)
    *_, expected = keras_adam(params, [first, second], learning_rate=0.125, **SHARP)
    params, state = learner.adam_step(params, first, None, 0.125, **SHARP)
    for _ in range(2):
        after, _ = learner.adam_step(params, second, state, 0.125, **SHARP)
        same(after, expected)


@exercise("adam_step")
def test_gradients_too_many_or_too_few(learner, rng):
    """a gradient too many, or one too few, raises ValueError, at the first step and later"""
    W, b = rng.normal(size=(2, 3)), rng.normal(size=3)
    _, state = learner.adam_step([W, b], [W, b])
    for grads in ([W], [W, b, b]):
        with pytest.raises(ValueError):
            learner.adam_step([W, b], grads)
        with pytest.raises(ValueError):
            learner.adam_step([W, b], grads, state)
