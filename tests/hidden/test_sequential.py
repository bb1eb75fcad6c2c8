"""Hidden tests of chapter 9: Keras, started from the same weights, says what is right."""

import contextlib
import functools
import itertools
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader import probes
from grader.compare import same
from grader.plugin import exercise
from grader.references import reference

NET = (4, 5, 3)
"""The sizes of a small network: four inputs, five units, three classes."""

ONE_LAYER = (NET[0], NET[-1])
"""Where what is asked is no matter of layers: its graph is drawn in two thirds of the time."""


def layers_of(*sizes):
    """Layers with a known start from sizes[0] inputs to sizes[-1] classes, the last one marked."""
    pairs = [*itertools.pairwise(sizes)]
    return [probes.Layer(*pair, is_last=pair is pairs[-1]) for pair in pairs]


def data(rng, n, d=NET[0], classes=NET[-1]):
    """N examples and their one-hot classes, in float32."""
    labels = rng.integers(classes, size=n)
    return rng.normal(size=(n, d)).astype(np.float32), np.eye(classes, dtype=np.float32)[labels]


def forms_of(x):
    """The same numbers in every form that is promised."""
    return [x.astype(np.float64), tf.constant(x), tf.constant(x, tf.float64)]


WHOLE = np.array([[1, -2, 0, 3], [0, 4, 1, -1], [2, 2, -3, 0]]), np.eye(3, dtype=int)
"""Examples and classes in whole numbers."""


def pairs_of_any_form(rng):
    """Examples and classes in every form that is promised."""
    x, y = data(rng, 3)
    pairs = [*zip(forms_of(x), forms_of(y), strict=True)]
    return [*pairs, WHOLE, tuple(map(tf.constant, WHOLE))]


def keras_layers(weights, last="softmax"):
    """Layers with a kernel and a bias of these each in turn, sigmoid ones but for the last.

    One bias counts for every unit.
    """
    layers = built_layers((len(weights[0]), *(w.shape[1] for w in weights[::2])), last)
    for layer, w, b in zip(layers, weights[::2], weights[1::2], strict=True):
        layer.kernel.assign(w)
        layer.bias.assign(np.broadcast_to(b, w.shape[1:]))
    return layers


@functools.cache
def built_layers(sizes, last):
    """Keras's Dense layers, built once for all tests: building costs as much as some steps."""
    layers = []
    for inputs, units in itertools.pairwise(sizes):
        activation = last if len(layers) == len(sizes) - 2 else "sigmoid"
        layers.append(keras.layers.Dense(units, activation, kernel_initializer="zeros"))
        layers[-1].build((None, inputs))
    return layers


def through(layers, x):
    """What comes out of layers, one behind the other."""
    x = np.asarray(x, np.float32)
    for layer in layers:
        x = layer(x)
    return x


@reference
def keras_predict(weights, x):
    """The probabilities."""
    return through(keras_layers(weights), x).numpy()


@reference
def keras_evaluate(weights, x, y):
    """The loss and the accuracy."""
    y, p = np.asarray(y, np.float32), keras_predict(weights, x)
    loss = keras.losses.categorical_crossentropy(y, p)
    right = keras.metrics.categorical_accuracy(y, p)
    return np.mean(loss, dtype=np.float32), np.mean(right, dtype=np.float32)


@reference
def keras_step(weights, x, y, learning_rate):
    """The loss before a step of Keras's gradient descent, and the weights after it."""
    layers = keras_layers(weights)
    variables = [variable for layer in layers for variable in layer.trainable_weights]
    with tf.GradientTape() as tape:
        p = through(layers, x)
        loss = keras.losses.CategoricalCrossentropy()(np.asarray(y, np.float32), p)
    slopes = tape.gradient(loss, variables)
    keras.optimizers.SGD(float(learning_rate)).apply(slopes, variables)
    return loss.numpy(), [variable.numpy() for variable in variables]


@reference
def keras_fit(weights, x, y, learning_rate, n_epochs, batch_size=None, validation_data=None):
    """What `keras.Sequential.fit` would log of epochs of such steps, and the weights after them."""
    x, y, size = np.asarray(x), np.asarray(y), batch_size or len(x)
    logged = {"loss": ()} if validation_data is None else {"loss": (), "val_loss": ()}
    for _ in range(n_epochs):
        losses, counts = [], []
        for batch in (slice(start, start + size) for start in range(0, len(x), size)):
            loss, weights = keras_step(weights, x[batch], y[batch], learning_rate)
            losses.append(loss)
            counts.append(len(x[batch]))
        logged["loss"] += (np.float32(np.average(losses, weights=counts)),)
        if validation_data is not None:
            logged["val_loss"] += (keras_evaluate(weights, *validation_data)[0],)
    return logged, weights


def keras_model(weights, learning_rate=0.0):
    """The same layers as a model of Keras's, to be trained and judged by its own methods."""
    model = keras.Sequential(keras_layers(weights))
    loss, metrics = "categorical_crossentropy", ["accuracy"]
    optimizer = keras.optimizers.SGD(learning_rate)
    model.compile(optimizer, loss, metrics=metrics, run_eagerly=True)  # is ready sooner
    return model


@reference
def sequential_evaluate(weights, x, y):
    """What `keras.Sequential.evaluate` says of all examples at once."""
    told = keras_model(weights).evaluate(x, y, batch_size=len(x), verbose=0)
    return tuple(map(np.float32, told))


@reference
def sequential_fit(weights, x, y, learning_rate, n_epochs, batch_size, validation_data):
    """The losses that `keras.Sequential.fit` logs, and the weights after it."""
    model = keras_model(weights, learning_rate)
    told = model.fit(
        x, y, batch_size, n_epochs, verbose=0, shuffle=False,
        validation_data=validation_data, validation_batch_size=len(validation_data[0]),
    )  # fmt: skip
    logged = {name: tuple(map(np.float32, told.history[name])) for name in ("loss", "val_loss")}
    return logged, model.get_weights()


class Twin:
    """The weights of some variables, kernel and bias of each layer in turn, that Keras trains."""

    def __init__(self, variables):
        self.weights = [variable.numpy() for variable in variables]

    def __call__(self, x):
        return keras_predict(self.weights, x)

    def evaluate(self, x, y):
        """The loss and the accuracy."""
        return keras_evaluate(self.weights, x, y)

    def step(self, x, y, learning_rate):
        """One step; returns the loss before it."""
        loss, self.weights = keras_step(self.weights, x, y, learning_rate)
        return loss

    def fit(self, *args, **kwargs):
        """Epochs of steps; returns what is logged."""
        logged, self.weights = keras_fit(self.weights, *args, **kwargs)
        return logged


def twin_of(layers):
    """A twin that starts with the weights of some layers."""
    return Twin([variable for layer in layers for variable in (layer.w, layer.b)])


def same_weights(layers, exact):
    """Hold the weights of a learner's layers, one by one, to those of Keras's."""
    pairs = zip(exact.weights[::2], exact.weights[1::2], strict=True)
    for layer, (w, b) in zip(layers, pairs, strict=True):
        same(layer.w, w)
        same(layer.b, b)


def in_its_shape(variable, shape):
    """What a random variable holds, in the shape that is due: what it holds is judged apart."""
    return np.resize(variable.numpy(), shape)


def shares(w, edges):
    """Which share of some weights lies between each two of the edges."""
    return np.histogram(w, edges)[0] / np.size(w)


def near(actual, expected, what):
    """Hold what is counted or measured of 30,000 random weights to what is due.

    Such a share strays by √(p(1-p)/30000), at most 0.003, from what it is on average, the standard
    deviation by a 250th of itself: 0.02 is seven and five times that.
    """
    assert np.all(np.abs(np.subtract(actual, expected)) < 0.02), what


# MyLayer and MyBetterLayer

SIZES = [(3, 2), (2, 5), (1, 4), (4, 1), (3, 3)]
INSIDE_OR_LAST = [False, True, True, False, True]
"""Which of the `SIZES` are those of a last layer."""

MANY = (200, 150)


def put(layer, w, b):
    """Give a layer of the learner's its weights."""
    assert layer.name_scope, "the tf.Module that the layer is has not been set up"
    layer.with_name_scope(probes.put)(layer, w, b)


def random_weights(rng, i, o, bias):
    b = rng.normal(size=bias).astype(np.float32)
    return rng.normal(size=(i, o)).astype(np.float32), b


@reference
def keras_dense(x, w, b, activation):
    """What Keras's Dense gives with these weights."""
    return through(keras_layers([w, b], activation), x).numpy()


@reference
def slopes_of_dense(x, w, b, activation):
    """How `uphill` of what Keras's Dense gives changes with its biases and its kernel."""
    [layer] = keras_layers([w, b], activation)
    with tf.GradientTape() as tape:
        score = probes.uphill(layer(x))
    by_w, by_b = tape.gradient(score, layer.trainable_variables)
    return (by_b if b.shape else tf.reduce_sum(by_b)).numpy(), by_w.numpy()


def activation_of(is_last):
    return "softmax" if is_last else "sigmoid"


def holds_to_keras(learner_layer, rng, i, o, is_last, bias):
    w, b = random_weights(rng, i, o, bias)
    put(learner_layer, w, b)
    for n in (1, 4):
        x = rng.normal(size=(n, i)).astype(np.float32)
        due = keras_dense(x, w, b, activation_of(is_last))
        same(learner_layer(x), due, kind="tensor", dtype="float32")


def takes_any_form(layer, rng, is_last, bias):
    w, b = random_weights(rng, 4, 3, bias)
    put(layer, w, b)
    x = rng.normal(size=(3, 4)).astype(np.float32)
    for form in [*forms_of(x), WHOLE[0], tf.constant(WHOLE[0])]:
        due = keras_dense(form, w, b, activation_of(is_last))
        same(layer(form), due, kind="tensor", dtype="float32")


def can_be_traced(layer, rng, is_last, bias):
    w, b = random_weights(rng, 4, 3, bias)
    put(layer, w, b)
    x = rng.normal(size=(2, 4)).astype(np.float32)
    found = layer.with_name_scope(probes.slopes)(layer, x)
    same(found, slopes_of_dense(x, w, b, activation_of(is_last)))


@exercise("MyLayer")
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_a_layer_has_weights_and_one_bias(learner, sizes):
    """w is a float32 Variable with a row an input and a column a unit, b is one number, 0"""
    layer = learner.MyLayer(*sizes)
    w = layer.w
    same(w, in_its_shape(w, sizes), kind="variable", dtype="float32")
    same(layer.b, np.float32(0), kind="variable", dtype="float32")


@exercise("MyLayer")
def test_a_layer_starts_evenly_between_0_and_1(learner):
    """the weights are drawn evenly from 0 to 1"""
    w = learner.MyLayer(*MANY).w
    same(w, in_its_shape(w, MANY))
    near(shares(w, np.linspace(0, 1, 11)), 0.1, "the weights are not spread evenly from 0 to 1")


def are_new_numbers(one, other):
    """Hold the weights of two layers to being drawn, each by itself."""
    w, v = one.w.numpy(), other.w.numpy()
    assert np.mean(np.isin(w, v)) < 0.01, "two layers start with the same weights"
    assert len(np.unique(w)) > 0.9 * w.size, "the weights of a layer repeat themselves"


@exercise("MyLayer")
def test_two_layers_start_differently(learner):
    """every weight of every layer is a random number of its own"""
    are_new_numbers(learner.MyLayer(40, 30), learner.MyLayer(40, 30))


@exercise("MyLayer")
@pytest.mark.parametrize("is_last", [False, True])
def test_a_layer_knows_its_sizes(learner, is_last):
    """input_size, output_size and is_last are attributes"""
    layer = learner.MyLayer(3, 2, is_last)
    same((layer.input_size, layer.output_size), (3, 2))
    same(layer.is_last, is_last)


@exercise("MyLayer")
@pytest.mark.parametrize(("sizes", "is_last"), [*zip(SIZES, INSIDE_OR_LAST, strict=True)], ids=str)
def test_a_layer_agrees_with_keras(learner, rng, sizes, is_last):
    """a layer gives what Keras's Dense gives with the same weights: sigmoid inside, softmax last"""
    holds_to_keras(learner.MyLayer(*sizes, is_last=is_last), rng, *sizes, is_last, bias=())


@exercise("MyLayer")
def test_a_layer_that_is_not_called_last_is_not(learner, rng):
    """without a word about it a layer is an inner one"""
    layer = learner.MyLayer(3, 2)
    same(layer.is_last, False)
    holds_to_keras(layer, rng, 3, 2, False, bias=())


@exercise("MyLayer")
def test_a_layer_takes_any_form(learner, rng):
    """float64 and whole numbers, arrays and tensors, go in, and float32 comes out"""
    takes_any_form(learner.MyLayer(4, 3, is_last=True), rng, True, bias=())


@exercise("MyLayer")
@pytest.mark.parametrize("is_last", [False, True])
def test_a_layer_can_be_traced(learner, rng, is_last):
    """a tape follows w and b to what the layer gives"""
    can_be_traced(learner.MyLayer(4, 3, is_last=is_last), rng, is_last, bias=())


@exercise("MyLayer")
def test_a_layer_has_two_variables(learner):
    """trainable_variables are w and b, and no others"""
    variables = learner.MyLayer(3, 2).trainable_variables
    shapes_are(variables, [(), (3, 2)])


def shapes_are(variables, shapes):
    found = sorted(tuple(v.shape) for v in variables)
    assert found == sorted(shapes), "trainable_variables are not the ones that are due"


@exercise("MyLayer")
def test_a_layer_far_out(learner):
    """large sums give 0 and 1 and no NaN"""
    for is_last in (False, True):
        layer = learner.MyLayer(2, 2, is_last)
        w, b = np.array([[1.0, -1.0], [0.0, 0.0]], np.float32), np.float32(0)
        put(layer, w, b)
        x = np.array([[1e4, 0], [-1e4, 0], [0, 1e4]], np.float32)
        same(layer(x), keras_dense(x, w, b, activation_of(is_last)))


@exercise("MyBetterLayer")
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_a_better_layer_has_a_bias_a_unit(learner, sizes):
    """w is a float32 Variable with a row an input and a column a unit, b has a 0 for each unit"""
    layer = learner.MyBetterLayer(*sizes)
    w = layer.w
    same(w, in_its_shape(w, sizes), kind="variable", dtype="float32")
    same(layer.b, np.zeros(sizes[1], np.float32), kind="variable", dtype="float32")


@exercise("MyBetterLayer")
@pytest.mark.parametrize("sizes", [MANY, (60, 500), (500, 60)], ids=str)
def test_a_better_layer_starts_as_xavier_says(learner, sizes):
    """the weights are normal around 0 with the standard deviation √(2 / (inputs + units))"""
    w = learner.MyBetterLayer(*sizes).w
    same(w, in_its_shape(w, sizes))
    deviations = w.numpy() / np.sqrt(2 / sum(sizes))
    near(np.std(deviations), 1, "the weights have another standard deviation")
    near(np.mean(deviations), 0, "the weights do not lie around 0")
    # 0.683 of a normal distribution are within one deviation, 0.651 where its ends are cut off at
    # two as in Keras, which is as good; of an even distribution 0.577
    near(shares(deviations, [-1, 1]), 0.667, "the weights are not normally distributed")


@exercise("MyBetterLayer")
def test_two_better_layers_start_differently(learner):
    """every weight of every layer is a random number of its own"""
    are_new_numbers(learner.MyBetterLayer(40, 30), learner.MyBetterLayer(40, 30))


@exercise("MyBetterLayer")
@pytest.mark.parametrize("is_last", [False, True])
def test_a_better_layer_knows_its_sizes(learner, is_last):
    """input_size, output_size and is_last are attributes"""
    layer = learner.MyBetterLayer(3, 2, is_last)
    same((layer.input_size, layer.output_size), (3, 2))
    same(layer.is_last, is_last)


@exercise("MyBetterLayer")
@pytest.mark.parametrize(("sizes", "is_last"), [*zip(SIZES, INSIDE_OR_LAST, strict=True)], ids=str)
def test_a_better_layer_agrees_with_keras(learner, rng, sizes, is_last):
    """a layer gives what Keras's Dense gives with the same weights and biases"""
    layer = learner.MyBetterLayer(*sizes, is_last=is_last)
    holds_to_keras(layer, rng, *sizes, is_last, bias=sizes[1:])


@exercise("MyBetterLayer")
def test_a_better_layer_that_is_not_called_last_is_not(learner, rng):
    """without a word about it a layer is an inner one"""
    layer = learner.MyBetterLayer(3, 2)
    same(layer.is_last, False)
    holds_to_keras(layer, rng, 3, 2, False, bias=2)


@exercise("MyBetterLayer")
def test_a_better_layer_takes_any_form(learner, rng):
    """float64 and whole numbers, arrays and tensors, go in, and float32 comes out"""
    takes_any_form(learner.MyBetterLayer(4, 3, is_last=True), rng, True, bias=3)


@exercise("MyBetterLayer")
@pytest.mark.parametrize("is_last", [False, True])
def test_a_better_layer_can_be_traced(learner, rng, is_last):
    """a tape follows w and b to what the layer gives"""
    can_be_traced(learner.MyBetterLayer(4, 3, is_last=is_last), rng, is_last, bias=3)


@exercise("MyBetterLayer")
def test_a_better_layer_has_two_variables(learner):
    """trainable_variables are w and b, and no others"""
    shapes_are(learner.MyBetterLayer(3, 2).trainable_variables, [(2,), (3, 2)])


# MyNeuralNetwork

NETWORKS = [(4, 3), (3, 3, 3), (5, 4, 1, 4, 2)]
WIDE = (4, 300, 3)
"""Python has one object for a number up to 256, and for this one as many as there are layers."""


@exercise("MyNeuralNetwork")
@pytest.mark.parametrize("sizes", [*NETWORKS, WIDE], ids=str)
def test_a_chain_agrees_with_keras(learner, rng, sizes):
    """a chain of layers gives what a Keras Sequential gives with the same weights"""
    layers = layers_of(*sizes)
    network, exact = learner.MyNeuralNetwork(layers), twin_of(layers)
    for n in (1, 5):
        x = rng.normal(size=(n, sizes[0])).astype(np.float32)
        same(network(x), exact(x), kind="tensor")


@exercise("MyNeuralNetwork")
def test_a_chain_takes_any_form(learner, rng):
    """float64 and whole numbers, arrays and tensors, are taken as the layers take them"""
    layers = layers_of(*NET)
    network, exact = learner.MyNeuralNetwork(layers), twin_of(layers)
    for x in [*forms_of(data(rng, 3)[0]), WHOLE[0]]:
        same(network(x), exact(x), kind="tensor")


@exercise("MyNeuralNetwork")
@pytest.mark.parametrize("sizes", NETWORKS, ids=str)
def test_a_chain_has_the_variables_of_all_its_layers(learner, sizes):
    """trainable_variables are those of all layers"""
    network = learner.MyNeuralNetwork(layers_of(*sizes))
    pairs = [*itertools.pairwise(sizes)]
    shapes_are(network.trainable_variables, [*pairs, *((o,) for _, o in pairs)])


@reference
def slopes_of_chain(weights, x):
    """How `uphill` of what Keras's layers give changes with each variable, by their shapes."""
    layers = keras_layers(weights)
    variables = [variable for layer in layers for variable in layer.trainable_weights]
    variables.sort(key=lambda v: tuple(v.shape))
    with tf.GradientTape() as tape:
        score = probes.uphill(through(layers, x))
    return tuple(slope.numpy() for slope in tape.gradient(score, variables))


@exercise("MyNeuralNetwork")
def test_a_chain_can_be_traced(learner, rng):
    """a tape follows every variable to what the network gives"""
    layers, x = layers_of(*NET), data(rng, 3)[0]
    network, exact = learner.MyNeuralNetwork(layers), twin_of(layers)
    found = network.with_name_scope(probes.slopes)(network, x)
    same(found, slopes_of_chain(exact.weights, x))


@exercise("MyNeuralNetwork")
@pytest.mark.parametrize("sizes", NETWORKS, ids=str)
def test_a_chain_keeps_its_layers(learner, sizes):
    """the attribute layers has them all, in their order"""
    network = learner.MyNeuralNetwork(layers_of(*sizes))
    found = tuple((layer.input_size, layer.output_size) for layer in network.layers)
    same(found, tuple(itertools.pairwise(sizes)))


@exercise("MyNeuralNetwork")
def test_two_chains_are_two(learner, rng):
    """two networks have nothing in common"""
    x = data(rng, 2)[0]
    first, second = layers_of(*NET), layers_of(4, 3)
    networks = [learner.MyNeuralNetwork(layers) for layers in (first, second)]
    for network, layers in zip(networks, (first, second), strict=True):
        same(network(x), twin_of(layers)(x))


@exercise("MyNeuralNetwork")
def test_a_chain_of_nothing(learner):
    """a list without a layer raises ValueError"""
    with pytest.raises(ValueError):
        learner.MyNeuralNetwork([])


def refuses(learner, layers, number):
    """Hold a network to refusing some layers, and to naming the one with this number."""
    with pytest.raises(ValueError) as refused:
        learner.MyNeuralNetwork(layers)
    named = re.findall(r"\d+", str(refused.value))
    assert str(number) in named, "the message does not name the layer by its number, counted from 0"


@exercise("MyNeuralNetwork")
@pytest.mark.parametrize(
    ("sizes", "number"),
    [
        ([(9, 7), (8, 9)], 1),
        ([(7, 7), (8, 7)], 1),
        ([(9, 8), (7, 8), (8, 9)], 1),
        ([(9, 9), (9, 9), (9, 9), (7, 9)], 3),
        ([(8, 8), (8, 8), (9, 8), (8, 8)], 2),
    ],
    ids=str,
)
def test_sizes_that_do_not_fit(learner, sizes, number):
    """a layer that takes another number than the one before gives raises ValueError naming it"""
    layers = [probes.Layer(*pair, is_last=i == len(sizes) - 1) for i, pair in enumerate(sizes)]
    refuses(learner, layers, number)


@exercise("MyNeuralNetwork")
@pytest.mark.parametrize("n", [1, 2, 4])
def test_a_chain_without_an_end(learner, n):
    """a last layer that is not marked last raises ValueError naming it"""
    refuses(learner, [probes.Layer(9, 9) for _ in range(n)], n - 1)


@exercise("MyNeuralNetwork")
@pytest.mark.parametrize(("n", "number"), [(2, 0), (3, 0), (3, 1), (4, 2)])
def test_a_chain_with_an_end_inside(learner, n, number):
    """an inner layer that is marked last raises ValueError naming it"""
    refuses(learner, [probes.Layer(9, 9, is_last=i in (number, n - 1)) for i in range(n)], number)


# train_nn


def hold_steps(learner, rng, network, exact, n, learning_rate=0.5, steps=1):
    """Train both, and hold the losses to Keras's."""
    sizes = len(exact.weights[0]), len(exact.weights[-1])
    for _ in range(steps):
        x, y = data(rng, n, *sizes)
        loss = exact.step(x, y, learning_rate)
        same(learner.train_nn(network, x, y, learning_rate), loss)


def probe(*sizes):
    """A network whose variables a test sees, and Keras's with the same weights."""
    network = probes.Network(*sizes)
    return network, Twin(network.variables)


@exercise("train_nn")
@pytest.mark.parametrize("sizes", NETWORKS, ids=str)
def test_steps_agree_with_keras(learner, rng, sizes):
    """steps change every variable as Keras's SGD does, and give the loss before each"""
    network, exact = probe(*sizes)
    for n in (1, 6):
        hold_steps(learner, rng, network, exact, n)
    for variable, due in zip(network.variables, exact.weights, strict=True):
        same(variable, due)


@exercise("train_nn")
@pytest.mark.parametrize("learning_rate", [0, 0.01, 2])
def test_the_rate_of_a_step(learner, rng, learning_rate):
    """a step is as long as the learning rate says"""
    network, exact = probe(*NET)
    hold_steps(learner, rng, network, exact, 5, learning_rate)
    for variable, due in zip(network.variables, exact.weights, strict=True):
        same(variable, due)


@exercise("train_nn")
@pytest.mark.parametrize("sizes", [NET, (2, 6, 1, 4)], ids=str)
def test_steps_of_a_chain_of_the_learners(learner, rng, sizes):
    """a MyNeuralNetwork is trained in place, all layers of it"""
    layers = layers_of(*sizes)
    network, exact = learner.MyNeuralNetwork(layers), twin_of(layers)
    hold_steps(learner, rng, network, exact, 4, steps=2)
    same_weights(network.layers, exact)


@exercise("train_nn")
def test_a_step_takes_any_form(learner, rng):
    """float64 and whole numbers, arrays and tensors"""
    layers = layers_of(*NET)
    network, exact = learner.MyNeuralNetwork(layers), twin_of(layers)
    for x, y in pairs_of_any_form(rng):
        same(learner.train_nn(network, x, y, 0.5), exact.step(x, y, 0.5))


@exercise("train_nn")
def test_a_step_of_a_network_that_is_sure_and_wrong(learner):
    """where the right class has the probability 0 the loss is large and finite, and nothing NaN"""
    network = probes.Network(1, 2)
    start = np.array([[500.0, -500.0]], np.float32)
    network.variables[0].assign(start)
    loss = learner.train_nn(network, np.float32([[1]]), np.float32([[0, 1]]), 0.5)
    same(loss, np.float32(-np.log(1e-12)))
    same(network.variables[0], start)
    same(network.variables[1], np.zeros(2))


# MySequential


def made(learner, *sizes):
    """A model of the learner's, and one of Keras's with the same weights."""
    model, layers = learner.MySequential(), layers_of(*sizes)
    for layer in layers:
        model.add(layer)
    return model, twin_of(layers)


def sizes_in(model):
    return tuple((layer.input_size, layer.output_size) for layer in model.layers)


@exercise("MySequential.add")
def test_models_share_nothing(learner):
    """what is added to one model is in no other"""
    models = [learner.MySequential() for _ in range(3)]
    for model, pair in zip(models, [(2, 3), (4, 5), (6, 7)], strict=True):
        model.add(probes.Layer(*pair))
    same(tuple(map(sizes_in, models)), (((2, 3),), ((4, 5),), ((6, 7),)))
    same(sizes_in(learner.MySequential()), ())


@exercise("MySequential.add")
@pytest.mark.parametrize("sizes", [*NETWORKS, WIDE], ids=str)
def test_layers_are_added_in_order(learner, sizes):
    """layers come into the list one behind the other, and add gives nothing back"""
    model = learner.MySequential()
    pairs = [*itertools.pairwise(sizes)]
    for n, layer in enumerate(layers_of(*sizes), 1):
        same(model.add(layer), None)
        same(sizes_in(model), tuple(pairs[:n]))


MISFITS = [((90, 71), (81, 62)), ((71, 71), (81, 71)), ((90, 81), (90, 81))]


def before_the_misfit(learner, pair, before):
    """A model whose last layer has these sizes, behind some others."""
    model = learner.MySequential()
    pairs = [(pair[0], pair[0])] * before + [pair]
    for each in pairs:
        model.add(probes.Layer(*each))
    return model, tuple(pairs)


@exercise("MySequential.add")
@pytest.mark.parametrize(("sizes", "before"), [*zip(MISFITS, (0, 2, 1), strict=True)], ids=str)
def test_a_layer_that_does_not_fit(learner, sizes, before):
    """a layer that does not fit raises ValueError with both numbers"""
    model, _ = before_the_misfit(learner, sizes[0], before)
    with pytest.raises(ValueError) as refused:
        model.add(probes.Layer(*sizes[1]))
    named = set(re.findall(r"\d+", str(refused.value)))
    assert {str(sizes[0][1]), str(sizes[1][0])} <= named, "the message does not have both numbers"


@exercise("MySequential.add")
@pytest.mark.parametrize("sizes", MISFITS, ids=str)
def test_a_layer_that_does_not_fit_stays_outside(learner, sizes):
    """a layer that does not fit is not added"""
    model, pairs = before_the_misfit(learner, sizes[0], 1)
    with contextlib.suppress(Exception):
        model.add(probes.Layer(*sizes[1]))
    same(sizes_in(model), pairs)


@exercise("MySequential.add")
def test_after_a_refusal(learner):
    """after a layer that did not fit another one can be added"""
    model = learner.MySequential()
    model.add(probes.Layer(2, 3))
    with pytest.raises(ValueError):
        model.add(probes.Layer(2, 3))
    model.add(probes.Layer(3, 4))
    same(sizes_in(model), ((2, 3), (3, 4)))


@exercise("MySequential.add")
@pytest.mark.parametrize("is_last", [False, True])
def test_nothing_comes_behind_the_last_layer(learner, is_last):
    """a layer behind one that is marked last raises ValueError"""
    model, _ = made(learner, 4, 3, 3)
    with pytest.raises(ValueError):
        model.add(probes.Layer(3, 3, is_last))


@exercise("MySequential.add")
def test_what_comes_behind_the_last_layer_stays_outside(learner):
    """a layer behind one that is marked last is not added"""
    model, _ = made(learner, 4, 3, 3)
    with contextlib.suppress(Exception):
        model.add(probes.Layer(3, 3))
    same(sizes_in(model), ((4, 3), (3, 3)))


@exercise("MySequential.predict")
@pytest.mark.parametrize("sizes", NETWORKS, ids=str)
def test_predictions_agree_with_keras(learner, rng, sizes):
    """predict gives the probabilities that Keras gives, as a float32 array with a row an example"""
    model, exact = made(learner, *sizes)
    for n in (1, 5):
        x, _ = data(rng, n, sizes[0])
        same(model.predict(x), exact(x), kind="array", dtype="float32")


@exercise("MySequential.predict")
def test_predictions_for_any_form(learner, rng):
    """float64 and whole numbers, arrays and tensors, go in"""
    model, exact = made(learner, *NET)
    for x in [*forms_of(data(rng, 3)[0]), WHOLE[0], tf.constant(WHOLE[0])]:
        due = exact(x)
        same(model.predict(x), due, kind="array", dtype="float32")


@exercise("MySequential.predict")
def test_predictions_of_two_models(learner, rng):
    """each model answers with its own layers"""
    first, exact = made(learner, *NET)
    second, other = made(learner, 4, 3)
    x, _ = data(rng, 3)
    same(first.predict(x), exact(x))
    same(second.predict(x), other(x))


@exercise("MySequential.predict")
def test_predictions_change_nothing(learner, rng):
    """asked again, the model gives the same answer, and its weights are as they were"""
    model, exact = made(learner, *NET)
    x, _ = data(rng, 3)
    for _ in range(2):
        same(model.predict(x), exact(x))
    same_weights(model.layers, exact)


def unfinished(learner):
    """Models that cannot answer: without a layer, without an end."""
    empty, endless = learner.MySequential(), learner.MySequential()
    for pair in [(4, 5), (5, 3)]:
        endless.add(probes.Layer(*pair))
    return empty, endless


@exercise("MySequential.predict")
@pytest.mark.parametrize("which", [0, 1])
def test_an_unfinished_model_predicts_nothing(learner, rng, which):
    """without layers, or without one that is marked last, predict raises ValueError"""
    model = unfinished(learner)[which]
    with pytest.raises(ValueError):
        model.predict(data(rng, 3)[0])


@exercise("MySequential.evaluate")
@pytest.mark.parametrize("sizes", NETWORKS, ids=str)
def test_evaluating_agrees_with_keras(learner, rng, sizes):
    """evaluate gives Keras's loss and accuracy, in this order"""
    model, exact = made(learner, *sizes)
    for n in (1, 300, 7):
        x, y = data(rng, n, sizes[0], sizes[-1])
        same(model.evaluate(x, y), exact.evaluate(x, y))


@exercise("MySequential.evaluate")
def test_evaluating_any_form(learner, rng):
    """float64 and whole numbers, arrays and tensors"""
    model, exact = made(learner, *NET)
    for x, y in pairs_of_any_form(rng):
        same(model.evaluate(x, y), exact.evaluate(x, y))


@exercise("MySequential.evaluate")
def test_evaluating_as_keras_does(learner, rng):
    """keras.Sequential.evaluate says the same"""
    model, exact = made(learner, *NET)
    x, y = data(rng, 9)
    same(model.evaluate(x, y), sequential_evaluate(exact.weights, x, y))


@exercise("MySequential.evaluate")
def test_evaluating_teaches_nothing(learner, rng):
    """evaluating leaves the weights as they were"""
    model, exact = made(learner, *NET)
    x, y = data(rng, 5)
    model.evaluate(x, y)
    same_weights(model.layers, exact)


@exercise("MySequential.evaluate")
def test_evaluating_all_right_and_all_wrong(learner, rng):
    """the accuracy is 1 where every example is right, and 0 where none is"""
    model, exact = made(learner, *NET)
    x, _ = data(rng, 6)
    best = np.eye(3)[np.argmax(exact(x), axis=1)]
    worst = np.eye(3)[np.argmin(exact(x), axis=1)]
    for y, accuracy in ((best, 1), (worst, 0)):
        same(model.evaluate(x, y), (exact.evaluate(x, y)[0], accuracy))


@exercise("MySequential.evaluate")
def test_evaluating_a_model_that_is_sure_and_wrong(learner):
    """where the right class has the probability 0 the loss is large and finite"""
    model, layer = learner.MySequential(), probes.Layer(1, 2, is_last=True)
    layer.w.assign([[500.0, -500.0]])
    layer.b.assign([0.0, 0.0])
    model.add(layer)
    found = model.evaluate(np.float32([[1], [1]]), np.float32([[0, 1], [1, 0]]))
    same(found, (np.float32(-np.log(1e-12) / 2), 0.5))


@exercise("MySequential.evaluate")
@pytest.mark.parametrize(("n", "m"), [(3, 2), (1, 3), (3, 1)])
def test_evaluating_unequal_lengths(learner, rng, n, m):
    """x and y of unequal length raise ValueError, also where one row could be stretched"""
    model, _ = made(learner, *NET)
    (x, _), (_, y) = data(rng, n), data(rng, m)
    with pytest.raises(ValueError):
        model.evaluate(x, y)


@exercise("MySequential.evaluate")
@pytest.mark.parametrize("which", [0, 1])
def test_an_unfinished_model_is_not_evaluated(learner, rng, which):
    """without layers, or without one that is marked last, evaluate raises ValueError"""
    model = unfinished(learner)[which]
    with pytest.raises(ValueError):
        model.evaluate(*data(rng, 3))


def both_learn(model, exact, *args, **kwargs):
    """Train both in the same way, and hold the history and the weights to Keras's."""
    due = exact.fit(*args, **kwargs)
    same(model.fit(*args, **kwargs), due)
    same_weights(model.layers, exact)


@exercise("MySequential.fit")
def test_training_as_keras_does(learner, rng):
    """losses, in batches or without, and validation losses are those that Keras's fit would log

    Validation data is judged at the end of each epoch, and nothing is learnt from it. Without a
    batch size 300 examples make one step, where Keras would make ten.
    """
    model, exact = made(learner, *NET)
    (x, y), validation = data(rng, 300), data(rng, 4)
    due, exact.weights = sequential_fit(exact.weights, x, y, 0.7, 3, 128, validation)
    same(model.fit(x, y, 0.7, 3, 128, validation), due)
    same_weights(model.layers, exact)
    both_learn(model, exact, *data(rng, 300), 0.7, 2, validation_data=data(rng, 4))


@exercise("MySequential.fit")
def test_training_in_batches_agrees_with_keras(learner, rng):
    """all examples make one step, or mini-batches are taken in order, the short last one too

    Whatever the size, the loss of an epoch is a mean over the examples.
    """
    model, exact = made(learner, 4, 4, 2, 3)
    x, y = data(rng, 7)
    for batch_size in (None, 3, 1, 7, 100):
        both_learn(model, exact, x, y, 0.7, 2, batch_size)
        same(model.predict(x), exact(x))


@exercise("MySequential.fit")
def test_training_goes_on(learner, rng):
    """a second fit goes on with the weights of the first, with its own data, rate and batches"""
    model, exact = made(learner, *ONE_LAYER)
    x, y = data(rng, 6)
    both_learn(model, exact, x, y, 0.7, 2, 2)
    both_learn(model, exact, x, y, 0.7, 1, 2)
    both_learn(model, exact, x, y, 0.1, 2, 2)
    both_learn(model, exact, *data(rng, 6), 0.1, 1, 4)
    both_learn(model, exact, *data(rng, 3), 0.1, 1, 2, data(rng, 2))
    both_learn(model, exact, x, y, 0.1, 1)


@exercise("MySequential.fit")
def test_training_one_model_leaves_others_alone(learner, rng):
    """models that are trained in turn do not disturb each other"""
    (first, exact), (second, other) = made(learner, *ONE_LAYER), made(learner, *ONE_LAYER)
    x, y = data(rng, 6)
    both_learn(first, exact, x, y, 0.7, 2, 4)
    same(second.predict(x), other(x))
    both_learn(second, other, *data(rng, 4), 0.3, 1)
    same(first.predict(x), exact(x))
    both_learn(first, exact, x, y, 0.7, 1, 4)


@exercise("MySequential.fit")
def test_training_on_any_form(learner, rng):
    """float64 and whole numbers, arrays and tensors, also to validate on"""
    model, exact = made(learner, *ONE_LAYER)
    for x, y in pairs_of_any_form(rng):
        both_learn(model, exact, x, y, 0.5, 1, 2, (x, y))


@exercise("MySequential.fit")
def test_training_a_model_that_is_sure_and_wrong(learner):
    """where the right class has the probability 0 the loss is large and finite, and nothing NaN"""
    model, layer = learner.MySequential(), probes.Layer(1, 2, is_last=True)
    layer.w.assign([[500.0, -500.0]])
    layer.b.assign([0.0, 0.0])
    model.add(layer)
    x, y = np.float32([[1]]), np.float32([[0, 1]])
    loss = np.float32(-np.log(1e-12))
    same(model.fit(x, y, 0.5, 2, 1, (x, y)), {"loss": (loss, loss), "val_loss": (loss, loss)})
    same(model.predict(x), [[1, 0]])


@exercise("MySequential.fit")
@pytest.mark.parametrize(("n", "m"), [(3, 2), (1, 3), (3, 1)])
def test_training_on_unequal_lengths(learner, rng, n, m):
    """x and y of unequal length raise ValueError before anything is learnt"""
    model, exact = made(learner, *NET)
    (x, _), (_, y) = data(rng, n), data(rng, m)
    with pytest.raises(ValueError):
        model.fit(x, y, 0.5, 1, 1)
    same_weights(model.layers, exact)


@exercise("MySequential.fit")
@pytest.mark.parametrize("which", [0, 1])
def test_an_unfinished_model_is_not_trained(learner, rng, which):
    """without layers, or without one that is marked last, fit raises ValueError"""
    model = unfinished(learner)[which]
    with pytest.raises(ValueError):
        model.fit(*data(rng, 3), 0.5, 1)


# MyDense

ACTIVATIONS = [None, "linear", "relu", "sigmoid", "softmax"]


def dense_layer(learner, rng, i, o, activation=None, **kwargs):
    """A layer of the learner's, and its weights."""
    layer = learner.MyDense(o, activation, **kwargs)
    layer.build((None, i))
    given = random_weights(rng, i, o, (o,))
    layer.set_weights([*given])
    return layer, given


@exercise("MyDense")
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_a_keras_layer_has_two_weights(learner, sizes):
    """built for some inputs it has a kernel (inputs, units) and a bias (units,) of zeros"""
    layer = learner.MyDense(sizes[1])
    same(layer.get_weights(), ())
    layer.build((None, sizes[0]))
    kernel, _ = layer.get_weights()
    same(layer.get_weights(), (np.resize(kernel, sizes), np.zeros(sizes[1])), dtype="float32")
    same(layer.count_params(), sizes[0] * sizes[1] + sizes[1])
    assert len(layer.trainable_weights) == 2, "Keras does not find both weights trainable"


@exercise("MyDense")
def test_a_keras_layer_starts_as_glorot_says(learner):
    """the kernel starts around 0 with the standard deviation √(2 / (inputs + units)), at random"""
    layers = [learner.MyDense(MANY[1]) for _ in range(2)]
    for layer in layers:
        layer.build((None, MANY[0]))
    kernel, other = (layer.get_weights()[0] for layer in layers)
    near(np.std(kernel) / np.sqrt(2 / sum(MANY)), 1, "the kernel has another standard deviation")
    near(np.mean(kernel) / np.sqrt(2 / sum(MANY)), 0, "the kernel does not lie around 0")
    assert np.mean(kernel == other) < 0.01, "two layers start with the same kernel"


@exercise("MyDense")
@pytest.mark.parametrize(("sizes", "activation"), [*zip(SIZES, ACTIVATIONS, strict=True)], ids=str)
def test_a_keras_layer_agrees_with_dense(learner, rng, sizes, activation):
    """it gives what Keras's Dense gives with the same weights, for every activation"""
    layer, given = dense_layer(learner, rng, *sizes, activation)
    for shape in [(1,), (4,), (2, 3)]:
        x = rng.normal(size=(*shape, sizes[0])).astype(np.float32)
        same(layer(x), keras_dense(x, *given, activation), kind="tensor")


@exercise("MyDense")
def test_a_keras_layer_takes_a_function(learner, rng):
    """the activation may be a function, and the attribute is that function"""
    layer, given = dense_layer(learner, rng, 3, 2, None)
    x = rng.normal(size=(4, 3)).astype(np.float32)
    same(layer.activation(tf.constant(x)), x)
    waved = learner.MyDense(2, probes.cubic)
    waved.build((None, 3))
    waved.set_weights(layer.get_weights())
    same(waved(x), np.sum(keras_dense(x, *given, None) ** 3), terms=8)


@exercise("MyDense")
def test_a_keras_layer_builds_itself(learner, rng):
    """called for the first time it sees by itself how many inputs there are"""
    for shape in [(4, 2), (4, 5), (2, 3, 5)]:
        layer = learner.MyDense(3, "relu")
        x = rng.normal(size=shape).astype(np.float32)
        answer = layer(x)
        kernel, bias = layer.get_weights()
        same(answer, np.maximum(x @ kernel + bias, 0))


NAMED = {"name": "mine", "trainable": False}
"""What Keras takes for every layer."""


@exercise("MyDense")
def test_a_keras_layer_takes_what_all_layers_take(learner):
    """keywords such as name and trainable come to Keras"""
    layer = learner.MyDense(3, **NAMED)
    same(layer.trainable, False)
    same(layer.name, "mine")


@exercise("MyDense")
@pytest.mark.parametrize("activation", ["relu", None])
def test_a_keras_layer_is_written_down_and_made_again(learner, rng, activation):
    """from_config makes the same layer of what get_config tells: units, activation, name"""
    layer, given = dense_layer(learner, rng, 4, 3, activation, **NAMED)
    same(layer.trainable, False)
    again = layer.from_config(layer.get_config())
    same(again.trainable, False)
    same((again.name, again.units), ("mine", 3))
    again.build((None, 4))
    again.set_weights(layer.get_weights())
    x = rng.normal(size=(5, 4)).astype(np.float32)
    same(again(x), keras_dense(x, *given, activation))


def is_plain(value):
    """Whether a value is what a file of JSON can hold."""
    if isinstance(value, dict):
        return all(isinstance(k, str) and is_plain(v) for k, v in value.items())
    if isinstance(value, list | tuple):
        return all(map(is_plain, value))
    return value is None or isinstance(value, str | bool | int | float)


@exercise("MyDense")
@pytest.mark.parametrize("activation", ["sigmoid", None])
def test_a_keras_layer_is_written_in_plain_data(learner, activation):
    """what get_config gives can be saved: names and numbers, what Keras adds among them"""
    layer = learner.MyDense(7, activation, **NAMED)
    same(layer.trainable, False)
    config = layer.get_config()
    assert is_plain(config), "get_config gives something that cannot be saved"
    told_by_keras = {"name", "trainable", "dtype"}
    assert told_by_keras <= config.keys(), "what Keras tells of every layer is not in the config"
    same((config["name"], config["units"]), ("mine", 7))


@reference
def linear_fit(w, b, x, y, learning_rate, n_epochs, batch_size):
    """The losses of Keras's linear Dense in a model that is fitted, and its weights after it."""
    model = keras.Sequential(keras_layers([w, b], None))
    model.compile(keras.optimizers.SGD(learning_rate), "mse", run_eagerly=True)
    told = model.fit(x, y, batch_size, n_epochs, verbose=0, shuffle=False)
    return tuple(map(np.float32, told.history["loss"])), tuple(model.get_weights())


@exercise("MyDense")
def test_a_keras_layer_learns_in_a_sequential(learner, rng):
    """inside a keras.Sequential that is fitted it learns what Keras's Dense learns"""
    layer, given = dense_layer(learner, rng, 3, 2, probes.InKeras(3))
    x, y = (rng.normal(size=(5, size)).astype(np.float32) for size in (3, 2))
    told = layer.activation.fit(layer, x, y, 0.1, 2, 2)
    losses, after = linear_fit(*given, x, y, 0.1, 2, 2)
    same(told, losses)
    same(layer.get_weights(), after)
