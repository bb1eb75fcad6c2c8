"""Hidden tests of chapter 11: the programs do what their docstrings say, as TensorFlow does it."""

import itertools
from collections import Counter

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader import probes
from grader.compare import same
from grader.plugin import exercise
from grader.references import reference


def drawn(rng, *shape):
    """Numbers in float32, as models have them."""
    return rng.normal(size=shape).astype(np.float32)


def labelled(rng, n, d):
    """N points around three places, in float32, and the numbers of their places."""
    y = rng.permutation(np.arange(n) % 3)
    return (rng.normal(scale=3, size=(3, d))[y] + rng.normal(size=(n, d))).astype(np.float32), y


def network(rng, *sizes):
    """A softmax network with variables of its own, and a copy of what they hold."""
    model = probes.Network(*sizes)
    for variable in model.variables:
        variable.assign(drawn(rng, *variable.shape))
    return model, [variable.numpy() for variable in model.variables]


def twin_of(weights):
    """Keras's network with the weights of a softmax network, giving probabilities."""
    layers = []
    for position, b in enumerate(weights[1::2]):
        last = 2 * position + 2 == len(weights)
        layers.append(keras.layers.Dense(len(b), activation="softmax" if last else "sigmoid"))
    twin = keras.Sequential([keras.Input((len(weights[0]),)), *layers])
    twin.set_weights(weights)
    return twin


# fix_compile


def classifier(weights):
    """What is asked for, with some weights."""
    (n_inputs, _), n_classes = weights[0].shape, len(weights[-1])
    hidden, scores = keras.layers.Dense(16, activation="relu"), keras.layers.Dense(n_classes)
    model = keras.Sequential([keras.Input((n_inputs,)), hidden, scores])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1), loss, metrics=["accuracy"])
    model.set_weights(weights)
    return model


@reference
def classifier_trained(weights, batches):
    """What training does to the weights of a classifier."""
    return trained(classifier(weights), batches)


def trained(model, batches):
    """The weights of a model after a step on each batch."""
    for batch in batches:
        model.train_step(batch)
    return tuple(model.get_weights())


def judged(model, x, y):
    """What `evaluate` would tell of a model: its loss, and what its metrics say."""
    model.reset_metrics()
    told = model.test_step((x, y))
    return (told["loss"], *(value for name, value in told.items() if name != "loss"))


@exercise("fix_compile")
@pytest.mark.parametrize(("n_inputs", "n_classes"), [(5, 2), (1, 7)])
def test_the_model_gives_logits(learner, rng, n_inputs, n_classes):
    """a hidden layer of 16 relu units, and then a score for each class that may be any number"""
    model = learner.fix_compile(n_inputs, n_classes)
    weights = [drawn(rng, *w.shape) for w in model.get_weights()]
    model.set_weights(weights)
    X = 3 * drawn(rng, 6, n_inputs)
    W, b, V, c = weights
    same(model(X), tf.nn.relu(X @ W + b).numpy() @ V + c, terms=16)


@exercise("fix_compile")
def test_the_loss_is_that_of_the_logits(learner, rng):
    """the loss is the mean cross-entropy of the scores' softmax, the one metric the accuracy"""
    model = learner.fix_compile(3, 4)
    hidden = [drawn(rng, 3, 16), drawn(rng, 16)]
    for size in (1, 1, 30):
        model.set_weights([*hidden, size * drawn(rng, 16, 4), drawn(rng, 4)])
        X, y = drawn(rng, 7, 3), rng.integers(4, size=7)
        scores = np.array(model(X))
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(y, scores).numpy().mean()
        same(judged(model, X, y), (loss, np.mean(scores.argmax(1) == y)), terms=size**2)


@exercise("fix_compile")
def test_training_is_that_of_keras(learner, rng):
    """from the same weights training goes the way of SGD at 0.1 on that loss"""
    X, y = labelled(rng, 12, 2)
    model = learner.fix_compile(2, 3)
    batches = [(X[rows], y[rows]) for rows in np.split(rng.permutation(12), 3)]
    after = classifier_trained(model.get_weights(), batches)
    same(trained(model, batches), after)


# fix_shapes


@reference
def regression(X, y, learning_rate, epochs):
    """W, b and the losses, by TensorFlow's own mean squared error in float64."""
    X, y = np.asarray(X, np.float64), np.reshape(y, (-1, 1)).astype(np.float64)
    W, b = tf.Variable(tf.zeros((X.shape[1], 1), tf.float64)), tf.Variable(np.zeros(1))
    history = []
    for _ in range(epochs):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.mean_squared_error(y, X @ W + b))
        for variable, slope in zip((W, b), tape.gradient(loss, (W, b)), strict=True):
            variable.assign_sub(learning_rate * slope)
        history.append(np.float32(loss))
    return W.numpy(), b.numpy(), tuple(history)


@exercise("fix_shapes")
@pytest.mark.parametrize(
    ("n", "d", "form"),
    [
        (5, 2, "row"),
        (3, 3, "row"),
        (2, 5, "column"),
        (1, 1, "column"),
        (1, 3, "row"),
        (20, 1, "row"),
        (20, 1, "column"),
    ],
)
def test_an_example_is_held_against_its_own_target(learner, rng, n, d, form):
    """weights, bias and losses are those of the mean squared error, for y (n,) and for (n, 1)"""
    X, y = rng.normal(size=(n, d)), rng.normal(loc=1, size=n)
    answer = learner.fix_shapes(X, y if form == "row" else y[:, np.newaxis], 0.05, 4)
    same(answer, regression(X, y, 0.05, 4))


@exercise("fix_shapes")
def test_a_line_is_found(learner, rng):
    """targets that lie on a plane are predicted by it in the end, and the loss goes to 0"""
    X = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    y = X @ rng.normal(size=2) + 3
    W, b, history = learner.fix_shapes(X, y, 0.5, 25)
    same(X @ W.numpy() + b.numpy(), y[:, np.newaxis].astype(np.float32))
    same(history[-1], np.float32(0))
    same(len(history), 25)


@exercise("fix_shapes")
def test_lists_are_as_good_as_arrays(learner):
    """X and y may be lists, y as a row or as a column"""
    X = [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]
    for y in ([1.0, 0.0, 4.0], [[1.0], [0.0], [4.0]]):
        same(learner.fix_shapes(X, y, 0.1, 3), regression(X, y, 0.1, 3))


@exercise("fix_shapes")
def test_what_comes_back_is_variables(learner, rng):
    """W (d, 1) and b (1,) are Variables"""
    X, y = rng.normal(size=(4, 2)), rng.normal(size=4)
    W, b, _ = learner.fix_shapes(X, y, 0.1, 1)
    due, also_due, _ = regression(X, y, 0.1, 1)
    same(W, due, kind="variable")
    same(b, also_due, kind="variable")


# fix_tape


@reference
def taped(weights, x, y):
    """Keras's loss and its gradients by the weights of a softmax network."""
    twin = twin_of(weights)
    with tf.GradientTape() as tape:
        loss = keras.losses.CategoricalCrossentropy()(y, twin(x))
    return loss.numpy(), tuple(g.numpy() for g in tape.gradient(loss, twin.trainable_variables))


@exercise("fix_tape")
@pytest.mark.parametrize(
    ("sizes", "n"),
    [((2, 3), 1), ((3, 2, 4), 2), ((1, 2, 2, 3), 6), ((4, 4), 1), ((2, 3), 6)],
    ids=str,
)
def test_the_gradients_are_the_slopes_of_the_loss(learner, rng, sizes, n):
    """the mean cross-entropy, and its gradient by each variable, for any model and any batch"""
    model, weights = network(rng, *sizes)
    x, y = drawn(rng, n, sizes[0]), np.eye(sizes[-1])[rng.integers(sizes[-1], size=n)]
    loss, gradients = learner.fix_tape(model, x, y)
    assert all(gradient is not None for gradient in gradients)
    same((loss, gradients), taped(weights, x, y))


@exercise("fix_tape")
def test_gradients_agree_with_small_steps(learner, rng):
    """a small step of one weight changes the loss as its gradient says"""
    model, weights = network(rng, 2, 3)
    x, y = drawn(rng, 4, 2), np.eye(3)[[0, 2, 1, 1]]
    _, (slope, _) = learner.fix_tape(model, x, y)
    costs = []
    for step in (0.05, -0.05):
        weights[0][1, 2] += step
        costs.append(taped(weights, x, y)[0])
        weights[0][1, 2] -= step
    measured = (costs[0] - costs[1]) / 0.1
    assert abs(float(slope[1, 2]) - measured) < 0.002  # a difference of float32s, and the curve


@exercise("fix_tape")
def test_looking_does_not_train(learner, rng):
    """the model is the same afterwards"""
    model, weights = network(rng, 2, 3, 2)
    learner.fix_tape(model, drawn(rng, 5, 2), np.eye(2)[[0, 1, 1, 0, 1]])
    same([v.numpy() for v in model.variables], tuple(weights))


# fix_update


@reference
def descended(weights, x, y, learning_rate, epochs):
    """Keras's losses on the way and its weights after it."""
    twin = twin_of(weights)
    twin.compile(keras.optimizers.SGD(learning_rate), keras.losses.CategoricalCrossentropy())
    losses = tuple(np.float32(twin.train_on_batch(x, y)) for _ in range(epochs))
    return losses, tuple(twin.get_weights())


@exercise("fix_update")
@pytest.mark.parametrize(
    ("sizes", "n", "learning_rate", "epochs"),
    [((2, 3), 5, 0.5, 4), ((3, 4, 2), 6, 0.1, 3), ((2, 2, 3, 2), 1, 0.3, 2), ((4, 3), 2, 1.0, 1)],
    ids=str,
)
def test_the_model_learns_as_keras_has_it(learner, rng, sizes, n, learning_rate, epochs):
    """every variable of the model takes every step, and the list has the loss before each"""
    model, weights = network(rng, *sizes)
    x, y = drawn(rng, n, sizes[0]), np.eye(sizes[-1])[rng.integers(sizes[-1], size=n)]
    losses, after = descended(weights, x, y, learning_rate, epochs)
    same(learner.fix_update(model, x, y, learning_rate, epochs), losses)
    same([v.numpy() for v in model.variables], after)


@exercise("fix_update")
def test_a_second_call_goes_on(learner, rng):
    """the model keeps what it has learnt for whoever uses it next"""
    model, weights = network(rng, 2, 3)
    x, y = drawn(rng, 4, 2), np.eye(3)[[0, 2, 1, 1]]
    losses, after = descended(weights, x, y, 0.5, 4)
    same(learner.fix_update(model, x, y, 0.5, 3), losses[:3])
    same(learner.fix_update(model, x, y, 0.5, 1), losses[3:])
    same([v.numpy() for v in model.variables], after)


# fix_softmax


def yes_or_no(weights):
    """What is asked for, with some weights."""
    hidden, judge = keras.layers.Dense(3, "sigmoid"), keras.layers.Dense(1, "sigmoid")
    model = keras.Sequential([keras.Input((len(weights[0]),)), hidden, judge])
    model.compile(
        keras.optimizers.SGD(0.5), keras.losses.BinaryCrossentropy(), metrics=["accuracy"]
    )
    model.set_weights(weights)
    return model


@reference
def yes_or_no_trained(weights, batches):
    """What training does to the weights of such a model."""
    return trained(yes_or_no(weights), batches)


@exercise("fix_softmax")
@pytest.mark.parametrize("n_inputs", [1, 5])
def test_log_odds_become_probabilities(learner, rng, n_inputs):
    """each example has a probability of its own, whose log-odds are the last weighted sum"""
    model = learner.fix_softmax(n_inputs)
    weights = [3 * drawn(rng, *w.shape) for w in model.get_weights()]
    model.set_weights(weights)
    W, b, v, c = weights
    for n in (1, 6):
        X = drawn(rng, n, n_inputs)
        same(model(X), tf.sigmoid(tf.sigmoid(X @ W + b) @ v + c).numpy())


@exercise("fix_softmax")
def test_neighbours_do_not_matter(learner, rng):
    """an example has the same probability alone as in a batch"""
    model = learner.fix_softmax(3)
    X = drawn(rng, 5, 3)
    same(np.concatenate([model(x) for x in X[:, np.newaxis]]), np.array(model(X)))


@exercise("fix_softmax")
def test_evaluation_and_training_are_those_of_keras(learner, rng):
    """loss, accuracy and the steps of training are those of binary cross-entropy and SGD at 0.5"""
    X, y = drawn(rng, 9, 2), np.array([[0, 1, 1, 0, 1, 0, 0, 0, 1]]).T
    model = learner.fix_softmax(2)
    batches = [(X[rows], y[rows]) for rows in np.split(rng.permutation(9), 3)]
    after = yes_or_no_trained(model.get_weights(), batches)
    p = np.array(model(X))
    loss = keras.losses.binary_crossentropy(y, p).numpy().mean()
    same(judged(model, X, y), (loss, np.mean((p >= 0.5) == y)))
    same(trained(model, batches), after)


# fix_shuffle


@exercise("fix_shuffle")
@pytest.mark.parametrize(("n", "d"), [(2, 2), (9, 3), (3, 9), (6, 6), (60, 1)])
def test_examples_and_labels_stay_together(learner, rng, n, d):
    """wherever an example goes its label goes too"""
    X, y = rng.integers(1000, size=(n, d)) * 100 + np.arange(n)[:, np.newaxis], np.arange(n)
    for seed in range(4):
        mixed, labels = learner.fix_shuffle(X, y, np.random.default_rng(seed))
        same(mixed, X[np.array(labels)])
        same(np.sort(labels), y)


@exercise("fix_shuffle")
def test_everybody_comes_once(learner, rng):
    """nobody is lost and nobody is there twice, also where several have one label"""
    X, y = np.arange(100).reshape(50, 2), rng.integers(2, size=50)
    mixed, labels = learner.fix_shuffle(X, y, rng)
    same(np.sort(mixed[:, 0]), X[:, 0])
    same(labels, y[mixed[:, 0] // 2])
    same(mixed[:, 1], mixed[:, 0] + 1)


@exercise("fix_shuffle")
def test_every_order_comes_up(learner):
    """all orders come up, and about equally often"""
    X, y = np.arange(3)[:, np.newaxis], np.arange(3)
    found = Counter(
        tuple(np.array(learner.fix_shuffle(X, y, np.random.default_rng(seed))[1]).tolist())
        for seed in range(120)
    )
    assert set(found) == set(itertools.permutations(range(3)))
    assert min(found.values()) >= 6  # of 20; a right one has less in one case of some thousands


@exercise("fix_shuffle")
def test_chance_is_the_generators(learner, rng):
    """generators in the same state give the same order, others give other orders"""
    X, y = rng.normal(size=(30, 2)), np.arange(30)
    orders = [learner.fix_shuffle(X, y, np.random.default_rng(s))[1] for s in (1, 1, 2, 3)]
    same(orders[0], np.array(orders[1]))
    assert len({tuple(np.array(order).tolist()) for order in orders}) == 3


@exercise("fix_shuffle")
@pytest.mark.parametrize("dtype", [np.float32, np.uint8])
def test_one_example_and_other_types(learner, rng, dtype):
    """a single example stays where it is, and numbers keep their type"""
    X, y = np.array([[7, 9]], dtype), np.array([3])
    same(learner.fix_shuffle(X, y, rng)[0], X, dtype=np.dtype(dtype).name)
    same(learner.fix_shuffle(X, y, rng)[1], y, dtype="integer")


# fix_globals


@reference
def logistic(X, y, learning_rate, epochs, start=None):
    """(w, b) and the losses of logistic regression, by TensorFlow in float64."""
    X, y = tf.constant(X, tf.float64), tf.constant(np.reshape(y, (-1, 1)), tf.float64)
    w, b = start or (np.zeros((X.shape[1], 1)), np.zeros(1))
    w, b = tf.Variable(w), tf.Variable(b)
    history = []
    for _ in range(epochs):
        with tf.GradientTape() as tape:
            losses = tf.nn.sigmoid_cross_entropy_with_logits(y, X @ w + b)
            loss = tf.reduce_mean(losses)
        for variable, slope in zip((w, b), tape.gradient(loss, (w, b)), strict=True):
            variable.assign_sub(learning_rate * slope)
        history.append(float(loss))
    return (w.numpy(), b.numpy()), tuple(history)


@reference
def probabilities(X, weights):
    """The p of a neuron, (n,)."""
    w, b = weights
    return tf.sigmoid(X @ w + b).numpy().ravel()


@exercise("fix_globals")
@pytest.mark.parametrize(("n", "d"), [(4, 2), (6, 3), (1, 2), (3, 1), (2, 5), (4, 4)])
def test_a_neuron_learns_from_what_it_is_given(learner, rng, n, d):
    """the losses and the predictions are those of gradient descent on the examples given to fit"""
    X, y = rng.normal(size=(n, d)), rng.permutation(np.arange(n) % 2)
    neuron = learner.fix_globals(d)
    weights, history = logistic(X, y, 0.3, 5)
    same(neuron.fit(X, y, 0.3, 5), history)
    elsewhere = rng.normal(size=(7, d))
    same(neuron.predict(elsewhere), probabilities(elsewhere, weights))


@exercise("fix_globals")
@pytest.mark.parametrize("dtype", [float, np.int32, np.float32])
def test_labels_of_every_type(learner, rng, dtype):
    """labels of 0.0 and 1.0 are as good as 0 and 1"""
    X, y = rng.normal(size=(4, 2)), np.array([0, 1, 1, 0], dtype)
    neuron = learner.fix_globals(2)
    weights, history = logistic(X, y, 0.3, 4)
    same(neuron.fit(X, y, 0.3, 4), history)
    same(neuron.predict(X), probabilities(X, weights))


@exercise("fix_globals")
@pytest.mark.parametrize("n", [4, 5])
def test_neurons_do_not_share_what_they_learn(learner, rng, n):
    """of two neurons each knows its own examples, and one that was never trained knows nothing"""
    one, other, third = (learner.fix_globals(2) for _ in range(3))
    X, Z = rng.normal(size=(n, 2)), rng.normal(size=(4, 2))
    y, z = np.arange(n) % 2, np.array([1, 1, 0, 1])
    of_one, first = logistic(X, y, 0.5, 4)
    of_other, second = logistic(Z, z, 0.2, 3)
    same(one.fit(X, y, 0.5, 4), first)
    same(other.fit(Z, z, 0.2, 3), second)
    same(one.predict(X), probabilities(X, of_one))
    same(other.predict(X), probabilities(X, of_other))
    same(third.predict(X), np.full(n, 0.5))


@exercise("fix_globals")
def test_a_second_fit_goes_on(learner, rng):
    """a second fit, also on other examples, begins with what the first one has learnt"""
    X, Z, y = rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), np.array([1, 0, 0, 1])
    halfway, first = logistic(X, y, 0.4, 3)
    weights, second = logistic(Z, 1 - y, 0.1, 2, halfway)
    neuron = learner.fix_globals(3)
    same(neuron.fit(X, y, 0.4, 3), first)
    same(neuron.fit(Z, 1 - y, 0.1, 2), second)
    same(neuron.predict(X), probabilities(X, weights))


# fix_dtype


@reference
def through_the_origin(X, y, learning_rate, epochs):
    """W and the losses of linear regression without a bias, by TensorFlow in float64."""
    X, y = tf.constant(X.astype(np.float64)), tf.constant(y.astype(np.float64)[:, np.newaxis])
    w = tf.Variable(tf.zeros((X.shape[1], 1), tf.float64))
    history = []
    for _ in range(epochs):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ w - y))
        w.assign_sub(learning_rate * tape.gradient(loss, w))
        history.append(float(loss))
    return w.numpy().ravel(), tuple(history)


TYPES = [np.int64, np.int32, np.uint8, np.float32, np.float64]


@exercise("fix_dtype")
@pytest.mark.parametrize("of_x", TYPES)
@pytest.mark.parametrize("of_y", TYPES)
def test_every_type_of_numbers_is_learnt_from(learner, rng, of_x, of_y):
    """weights and losses are those of gradient descent in floats, whatever the types of X and y"""
    X, y = rng.integers(1, 5, size=(6, 3)).astype(of_x), rng.integers(1, 20, size=6).astype(of_y)
    same(learner.fix_dtype(X, y, 0.01, 6), through_the_origin(X, y, 0.01, 6))


@exercise("fix_dtype")
@pytest.mark.parametrize(("n", "d"), [(1, 1), (1, 3), (4, 4), (5, 2), (2, 5)])
def test_tables_of_every_shape(learner, rng, n, d):
    """tables of whole numbers, negative ones too, of every shape; a batch of one"""
    X, y = rng.integers(-3, 4, size=(n, d)), rng.integers(-9, 10, size=n)
    same(learner.fix_dtype(X, y, 0.02, 5), through_the_origin(X, y, 0.02, 5))


@exercise("fix_dtype")
@pytest.mark.parametrize("learning_rate", [1, 0.001])
def test_steps_of_every_length(learner, learning_rate):
    """steps may be long or short, the learning rate a whole number or not"""
    X, y = np.array([[1, 0], [0, 1], [1, 1]]), np.array([3, -2, 0])
    expected = through_the_origin(X, y, learning_rate, 4)
    same(learner.fix_dtype(X, y, learning_rate, 4), expected)


@exercise("fix_dtype")
def test_the_answer_is_an_array_of_floats(learner):
    """w is an array of floats, also where it comes out whole"""
    w, _ = learner.fix_dtype(np.array([[1], [1]]), np.array([4, 4]), 0.5, 2)
    same(w, [4], kind="array", dtype="floating")


# fix_retrace


@reference
def downhill(probe, x, learning_rate, steps):
    """Where steps that get shorter lead down the probe of this name, by the tape in float64."""
    f, x = getattr(probes, probe), tf.constant(x, tf.float64)
    for k in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        x -= learning_rate / (k + 1) * tape.gradient(y, x)
    return x.numpy()


@exercise("fix_retrace")
@pytest.mark.parametrize(
    ("f", "d", "steps"), [(probes.squares, 1, 1), (probes.wave, 3, 2), (probes.cubic, 5, 7)]
)
def test_shorter_and_shorter_steps(learner, rng, f, d, steps):
    """step k is learning_rate/(k + 1) times the slope, for any function"""
    x = drawn(rng, d)
    answer = learner.fix_retrace(f, x, 0.1, steps)
    same(answer, downhill(f.__name__, x, 0.1, steps), kind="tensor", dtype="float32")


@exercise("fix_retrace")
@pytest.mark.parametrize("learning_rate", [2, 1, 0.125])
def test_learning_rates_of_every_kind(learner, learning_rate):
    """the learning rate may be a whole number, and x a list of whole numbers"""
    answer = learner.fix_retrace(probes.wave, [1, 2, -3], learning_rate, 5)
    same(answer, downhill("wave", [1, 2, -3], learning_rate, 5), kind="tensor")


@exercise("fix_retrace")
def test_no_step_at_all(learner, rng):
    """without a step the answer is x"""
    x = drawn(rng, 4)
    same(learner.fix_retrace(probes.cubic, x, 0.1, 0), x, kind="tensor", dtype="float32")


@exercise("fix_retrace")
@pytest.mark.parametrize("steps", [4, 30])
def test_the_step_is_traced_once(learner, rng, steps):
    """the loss is traced once, into the graph of a single step, however many steps are made"""
    x = drawn(rng, 3)
    answer = learner.fix_retrace(probes.Traced("wave", 2), x, 0.25, steps)
    same(answer, downhill("wave", x, 0.25, steps), kind="tensor", terms=steps)
