"""What is tried on a bug that is not understood yet: half of the repair, or something else instead.

The bugs themselves are not here. Who has changed nothing that matters is told the symptom and no
more, or there would be nothing to hunt.
"""

import keras
import numpy as np
import tensorflow as tf

from grader.given import sigmoid

# fix_compile


def _classifier(n_inputs, n_classes, loss, last=None, optimizer=None, metrics=("accuracy",)):
    hidden = keras.layers.Dense(16, activation="relu")
    scores = keras.layers.Dense(n_classes, activation=last)
    model = keras.Sequential([keras.Input((n_inputs,)), hidden, scores])
    model.compile(optimizer or keras.optimizers.SGD(0.1), loss, metrics=[*metrics])
    return model


def _of_logits():
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def fix_compile_softmax_layer(n_inputs, n_classes):
    """You let the model itself make probabilities. It trains, but whoever uses it is promised
    logits: leave the last layer as it was, and tell the loss what it gets."""
    loss = keras.losses.SparseCategoricalCrossentropy()
    return _classifier(n_inputs, n_classes, loss, "softmax")


def fix_compile_sigmoid_layer(n_inputs, n_classes):
    """A sigmoid at the end squeezes every score between 0 and 1 by itself; scores of any size are
    asked for, which the loss compares with each other."""
    return _classifier(n_inputs, n_classes, _of_logits(), "sigmoid")


def fix_compile_one_hot_loss(n_inputs, n_classes):
    """CategoricalCrossentropy wants one-hot rows, and the labels are class numbers (n,): that is
    what the loss was called Sparse for."""
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    return _classifier(n_inputs, n_classes, loss)


def fix_compile_squared_error(n_inputs, n_classes):
    """The mean squared error takes class 3 for three times class 1. These are classes, so stay
    with the cross-entropy."""
    return _classifier(n_inputs, n_classes, keras.losses.MeanSquaredError())


def fix_compile_sum(n_inputs, n_classes):
    """Your loss adds the examples up, so that a batch of 32 makes steps 32 times as long; the mean
    is asked for, which Keras takes by itself."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    return _classifier(n_inputs, n_classes, loss)


def fix_compile_another_optimizer(n_inputs, n_classes):
    """You have changed the optimizer as well. It was innocent: SGD at 0.1 is asked for, and with
    two changes at once you do not know which one helped."""
    return _classifier(n_inputs, n_classes, _of_logits(), optimizer=keras.optimizers.Adam(0.01))


def fix_compile_without_accuracy(n_inputs, n_classes):
    """The loss is right now, but the metric got lost on the way: evaluate is to give the accuracy
    too."""
    return _classifier(n_inputs, n_classes, _of_logits(), metrics=())


# fix_shapes


def _regression(X, y, learning_rate, epochs, loss_of, after=False):
    X, y = tf.constant(X, tf.float32), tf.constant(y, tf.float32)
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros(1))
    history = []
    for _ in range(epochs):
        with tf.GradientTape() as tape:
            loss = loss_of(X @ W + b, y)
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(learning_rate * dW)
        b.assign_sub(learning_rate * db)
        history.append(float(loss_of(X @ W + b, y) if after else loss))
    return W, b, history


def _squares(predicted, y):
    return tf.square(predicted - tf.reshape(y, (-1, 1)))


def fix_shapes_rows_only(X, y, learning_rate, epochs):
    """For y (n,) it is right now, and y (n, 1), which worked before, no longer is. Both forms are
    promised: print the shapes for a column as well."""
    return _regression(
        X, y, learning_rate, epochs, lambda p, y: tf.reduce_mean(tf.square(p - y[..., None]))
    )


def fix_shapes_refused(X, y, learning_rate, epochs):
    """You stop with an error where the shapes differ, as the losses of chapter 5 do. Here y may
    come in either form, so bring it to the one you need."""
    if np.ndim(y) != 2:
        raise ValueError("y is to be (n, 1)")
    return _regression(X, y, learning_rate, epochs, lambda p, y: tf.reduce_mean(_squares(p, y)))


def fix_shapes_divided_by_n(X, y, learning_rate, epochs):
    """You divide the loss by n. That makes it smaller and leaves the n × n differences as they are;
    look at which numbers are subtracted from each other."""
    return _regression(
        X, y, learning_rate, epochs, lambda p, y: tf.reduce_mean(tf.square(p - y)) / len(y)
    )


def fix_shapes_means_compared(X, y, learning_rate, epochs):
    """You compare the mean prediction with the mean of y, and that can be right while every single
    prediction is wrong. Square each example's own error, then take the mean."""
    return _regression(
        X,
        y,
        learning_rate,
        epochs,
        lambda p, y: tf.square(tf.reduce_mean(p) - tf.reduce_mean(y)),
    )


def fix_shapes_sum(X, y, learning_rate, epochs):
    """The right differences are squared now, but added up; the mean over the examples is asked
    for."""
    return _regression(X, y, learning_rate, epochs, lambda p, y: tf.reduce_sum(_squares(p, y)))


def fix_shapes_absolute(X, y, learning_rate, epochs):
    """You have put the absolute error in the place of the squared one. The loss was the right one,
    it was the shapes that did not fit."""
    return _regression(
        X,
        y,
        learning_rate,
        epochs,
        lambda p, y: tf.reduce_mean(tf.abs(p - tf.reshape(y, (-1, 1)))),
    )


def fix_shapes_history_after(X, y, learning_rate, epochs):
    """Your list has the loss after each step; it is to be the loss before it, as it was."""
    return _regression(
        X, y, learning_rate, epochs, lambda p, y: tf.reduce_mean(_squares(p, y)), after=True
    )


def fix_shapes_solved(X, y, learning_rate, epochs):
    """You solve the equations at one go. The answer to another question: asked for is where so many
    steps of gradient descent lead, and what the loss is on the way."""
    X, y = np.asarray(X, np.float32), np.reshape(y, (-1, 1)).astype(np.float32)
    ones = np.ones((len(X), 1), np.float32)
    found = np.linalg.lstsq(np.hstack([X, ones]), y, rcond=None)[0]
    loss = float(np.mean((X @ found[:-1] + found[-1] - y) ** 2))
    return tf.Variable(found[:-1]), tf.Variable(found[-1]), [loss] * epochs


# fix_tape


def _cross_entropy(y, probabilities):
    return -tf.reduce_mean(tf.reduce_sum(y * tf.math.log(probabilities), axis=1))


def _gradients(model, x, y, loss_of=_cross_entropy):
    with tf.GradientTape() as tape:
        loss = loss_of(y, model(x))
    return loss, tape.gradient(loss, model.trainable_variables)


def fix_tape_zeros_for_none(model, x, y):
    """You turn every None into zeros. Nobody complains any more, and nobody learns: None was the
    message that the tape has not seen how the variables lead to the loss."""
    variables = model.trainable_variables
    return _cross_entropy(y, model(x)), [tf.zeros_like(variable) for variable in variables]


def fix_tape_none_left_out(model, x, y):
    """You leave out the gradients that are None, which is all of them. Find out why they are."""
    return _cross_entropy(y, model(x)), []


def fix_tape_by_probabilities(model, x, y):
    """You let the tape watch the probabilities, and it gives you the slope by them. Asked for are
    those by the variables, so the tape has to hear the model at work."""
    probabilities = model(x)
    with tf.GradientTape() as tape:
        tape.watch(probabilities)
        loss = _cross_entropy(y, probabilities)
    return loss, tape.gradient(loss, [probabilities])


def fix_tape_sum(model, x, y):
    """The gradients are there, but n times too large: your loss is the sum over the examples where
    the mean is asked for."""
    return _gradients(model, x, y, lambda y, p: -tf.reduce_sum(y * tf.math.log(p)))


def fix_tape_mean_of_all(model, x, y):
    """The gradients are there, but too small: you take the mean over the classes as well. Each
    example's terms are added up, and the mean is over the examples."""
    return _gradients(model, x, y, lambda y, p: -tf.reduce_mean(y * tf.math.log(p)))


def fix_tape_minus_lost(model, x, y):
    """The minus sign got lost when you moved the lines, so that the gradients lead uphill."""
    return _gradients(model, x, y, lambda y, p: -_cross_entropy(y, p))


def fix_tape_first_variable(model, x, y):
    """You ask the tape for the first variable's gradient alone; there is to be one for each of
    model.trainable_variables."""
    loss, gradients = _gradients(model, x, y)
    return loss, gradients[:1]


def fix_tape_steps_too(model, x, y):
    """You go on and make a step. Asked for are the loss and the gradients; the model stays as it
    is, and whoever called you makes the step."""
    loss, gradients = _gradients(model, x, y)
    for variable, gradient in zip(model.trainable_variables, gradients, strict=True):
        variable.assign_sub(0.1 * gradient)
    return loss, gradients


# fix_update


def _descended(model, x, y, epochs, step, after=False):
    history = []
    for _ in range(epochs):
        loss, gradients = _gradients(model, x, y)
        step(model.trainable_variables, gradients)
        history.append(float(_cross_entropy(y, model(x)) if after else loss))
    return history


def _step(variables, gradients, learning_rate):
    for variable, gradient in zip(variables, gradients, strict=True):
        variable.assign_sub(learning_rate * gradient)


def fix_update_uphill(model, x, y, learning_rate, epochs):
    """The variables move now, but uphill: the gradient points to where the loss grows, so take it
    away, as assign_sub does."""
    return _descended(model, x, y, epochs, lambda v, g: _step(v, g, -learning_rate))


def fix_update_only_the_step(model, x, y, learning_rate, epochs):
    """You overwrite every variable with its step, and what it held is lost. assign puts a new
    content in the place of the old one; what is to go in is the old one less the step."""

    def step(variables, gradients):
        for variable, gradient in zip(variables, gradients, strict=True):
            variable.assign(learning_rate * gradient)

    return _descended(model, x, y, epochs, step)


def fix_update_learning_rate_lost(model, x, y, learning_rate, epochs):
    """The learning rate got lost: your steps are as long as the gradients, whatever was asked
    for."""
    return _descended(model, x, y, epochs, lambda v, g: _step(v, g, 1.0))


def fix_update_first_variable(model, x, y, learning_rate, epochs):
    """Only the first variable moves. Biases and later layers learn too: make the step for every one
    of model.trainable_variables."""
    return _descended(model, x, y, epochs, lambda v, g: _step(v[:1], g[:1], learning_rate))


def fix_update_weights_only(model, x, y, learning_rate, epochs):
    """The weights move and the biases do not; they are trainable variables like the others."""
    return _descended(model, x, y, epochs, lambda v, g: _step(v[::2], g[::2], learning_rate))


def fix_update_twice(model, x, y, learning_rate, epochs):
    """Every step is made twice: you have added a line that works and kept another one that does the
    same."""
    return _descended(model, x, y, epochs, lambda v, g: _step(v, g, 2 * learning_rate))


def fix_update_once(model, x, y, learning_rate, epochs):
    """You step only once, after the loop. Each round of it is to change the model that the next
    round looks at."""
    history = []
    for _ in range(epochs):
        loss, gradients = _gradients(model, x, y)
        history.append(float(loss))
    _step(model.trainable_variables, gradients, learning_rate)
    return history


def fix_update_history_after(model, x, y, learning_rate, epochs):
    """Your list has the loss after each step; it is to be the loss before it, as it was."""
    return _descended(model, x, y, epochs, lambda v, g: _step(v, g, learning_rate), after=True)


# fix_softmax


def _yes_or_no(n_inputs, judge, loss=None, hidden="sigmoid"):
    first = keras.layers.Dense(3, activation=hidden)
    model = keras.Sequential([keras.Input((n_inputs,)), first, *judge])
    loss = loss or keras.losses.BinaryCrossentropy()
    model.compile(keras.optimizers.SGD(0.5), loss, metrics=["accuracy"])
    return model


def _over_the_batch(z):
    return tf.nn.softmax(z, axis=0)


def fix_softmax_linear(n_inputs):
    """Without an activation the last layer gives z itself, any number at all. That is the logarithm
    of the odds; asked for is the probability."""
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return _yes_or_no(n_inputs, [keras.layers.Dense(1)], loss)


def fix_softmax_tanh(n_inputs):
    """tanh goes from -1 to 1, and no probability is below 0. What turns log-odds into a number from
    0 to 1?"""
    return _yes_or_no(n_inputs, [keras.layers.Dense(1, activation="tanh")])


def fix_softmax_relu(n_inputs):
    """relu gives any number from 0 upwards, and a probability ends at 1. What turns log-odds into a
    number from 0 to 1?"""
    return _yes_or_no(n_inputs, [keras.layers.Dense(1, activation="relu")])


def fix_softmax_two_units(n_inputs):
    """With two units softmax has something to compare, and gives two columns. That is a way to do
    it, but another network: one unit is asked for, and (n, 1)."""
    loss = keras.losses.SparseCategoricalCrossentropy()
    return _yes_or_no(n_inputs, [keras.layers.Dense(2, activation="softmax")], loss)


def fix_softmax_over_the_batch(n_inputs):
    """Your softmax runs down the batch, so that the pots compete with each other and their
    probabilities add up to 1. Each is to be judged by itself, and a single pot still gets 1."""
    return _yes_or_no(n_inputs, [keras.layers.Dense(1, activation=_over_the_batch)])


def fix_softmax_sigmoid_on_top(n_inputs):
    """You put a sigmoid behind the softmax, and now it says σ(1) = 0.731 about every pot. Something
    goes before it that forgets its input."""
    softmax, sigmoid_layer = keras.layers.Softmax(), keras.layers.Activation("sigmoid")
    return _yes_or_no(n_inputs, [keras.layers.Dense(1), softmax, sigmoid_layer])


def fix_softmax_squared_error(n_inputs):
    """The last layer is right now, and the loss, which was right, is another one. Binary
    cross-entropy is asked for: change one thing only."""
    loss = keras.losses.MeanSquaredError()
    return _yes_or_no(n_inputs, [keras.layers.Dense(1, activation="sigmoid")], loss)


def fix_softmax_hidden_too(n_inputs):
    """You have changed the hidden layer as well; its three units were sigmoids, and they had done
    nothing wrong."""
    judge = keras.layers.Dense(1, activation="sigmoid")
    return _yes_or_no(n_inputs, [judge], hidden="relu")


# fix_shuffle


def fix_shuffle_not_at_all(X, y, rng):
    """They stay together because nothing is shuffled any more. A new order is asked for; only it
    has to be the same for both."""
    return X.copy(), y.copy()


def fix_shuffle_same_order_always(X, y, rng):
    """Both have one order, but it is the same at every call: you draw it from a generator of your
    own with a fixed seed. All chance is to come from rng."""
    order = np.random.default_rng(0).permutation(len(X))
    return X[order], y[order]


def fix_shuffle_global_generator(X, y, rng):
    """You draw from np.random, which is one generator for all the world; the order is to come from
    the rng that was handed over, so that it can be repeated."""
    order = np.random.permutation(len(X))
    return X[order], y[order]


def fix_shuffle_drawn_with_repeats(X, y, rng):
    """You draw row numbers one by one, as if each were put back: some examples come twice and
    others are lost. rng.permutation has every number once."""
    order = rng.integers(len(X), size=len(X))
    return X[order], y[order]


def fix_shuffle_turned(X, y, rng):
    """You turn the examples round like a wheel. They stay together, but neighbours stay neighbours;
    every order is to be possible, and a wheel of n has only n."""
    turn = rng.integers(1, len(X) + 1)
    return np.roll(X, turn, axis=0), np.roll(y, turn)


def fix_shuffle_there_and_back(X, y, rng):
    """You use the order for X and its reverse way for y: order says which row comes to a place,
    argsort of it says to which place a row goes. Index both by the same."""
    order = rng.permutation(len(X))
    return X[order], y[np.argsort(order)]


def fix_shuffle_in_place(X, y, rng):
    """The pairs are right, but you write the new order into the caller's own arrays; what comes in
    is to stay as it is."""
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    return X, y


def fix_shuffle_pairs(X, y, rng):
    """You return a list of pairs; two arrays are asked for, X (n, d) and y (n,)."""
    order = rng.permutation(len(X))
    return list(zip(X[order], y[order], strict=True))


def fix_shuffle_glued(X, y, rng):
    """You glue y to X as a column, shuffle, and cut apart again. A good idea, but one table has one
    type, and one of the two comes back in the other's."""
    table = np.column_stack([X, y])[rng.permutation(len(X))]
    return table[:, :-1], table[:, -1]


# fix_globals


class _Neuron:
    def __init__(self, d):
        self.w, self.b = np.zeros(d), 0.0

    def predict(self, X):
        return sigmoid(X @ self.w + self.b)

    def fit(self, X, y, learning_rate, epochs):
        return [self._step(X, y, learning_rate) for _ in range(epochs)]

    def _step(self, X, y, learning_rate):
        p = self.predict(X)
        self.w = self.w - learning_rate * X.T @ (p - y) / len(y)
        self.b = self.b - learning_rate * np.mean(p - y)
        return -float(np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


_X_train = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])


class fix_globals_x_train_still(_Neuron):
    """The right neuron is trained now, but on the wrong pots: there is another name in fit that
    comes neither from its arguments nor from self."""

    def _step(self, X, y, learning_rate):
        return super()._step(_X_train, y, learning_rate)


class fix_globals_shared_by_the_class(_Neuron):
    """You keep w and b with the class, and so all its neurons have the same ones. What one neuron
    has learnt belongs to self."""

    w, b = np.zeros(1), 0.0

    def __init__(self, d):
        fix_globals_shared_by_the_class.w = np.zeros(d)
        fix_globals_shared_by_the_class.b = 0.0

    def _step(self, X, y, learning_rate):
        p = self.predict(X)
        fix_globals_shared_by_the_class.w = self.w - learning_rate * X.T @ (p - y) / len(y)
        fix_globals_shared_by_the_class.b = self.b - learning_rate * np.mean(p - y)
        return -float(np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


class fix_globals_starts_anew(_Neuron):
    """Every fit begins from zeros again. A second fit is to go on where the first one ended: zeros
    are for a new neuron."""

    def fit(self, X, y, learning_rate, epochs):
        self.__init__(X.shape[1])
        return super().fit(X, y, learning_rate, epochs)


class fix_globals_bias_forgotten(_Neuron):
    """w belongs to self now, and b got lost on the way: it stays 0. Both are the neuron's, and both
    take the step."""

    def _step(self, X, y, learning_rate):
        loss = super()._step(X, y, learning_rate)
        self.b = 0.0
        return loss


class fix_globals_bias_by_the_new_weights(_Neuron):
    """You ask for p once more between the two steps, so that b steps by what the new w says. Take p
    once a round, and both steps from it."""

    def _step(self, X, y, learning_rate):
        p = self.predict(X)
        self.w = self.w - learning_rate * X.T @ (p - y) / len(y)
        self.b = self.b - learning_rate * np.mean(self.predict(X) - y)
        return -float(np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


class fix_globals_last_loss_only(_Neuron):
    """You return the last loss alone; the list has one for each step."""

    def fit(self, X, y, learning_rate, epochs):
        return super().fit(X, y, learning_rate, epochs)[-1:]


class fix_globals_nothing_returned(_Neuron):
    """It learns, and fit returns nothing: the list of losses is asked for, as it was."""

    def fit(self, X, y, learning_rate, epochs):
        super().fit(X, y, learning_rate, epochs)


# fix_dtype


def _through_the_origin(X, y, learning_rate, epochs, w):
    history = []
    for _ in range(epochs):
        error = X @ w - y
        history.append(float(np.mean(error**2)))
        slope = 2 * (X.T @ error) / len(y)
        w[:] = w - learning_rate * slope
    return w, history


def fix_dtype_rounded(X, y, learning_rate, epochs):
    """You round instead of cutting, and whole numbers they are still. With steps below a half
    nothing moves at all; let w hold what is behind the point."""
    w = np.zeros(X.shape[1])
    history = []
    for _ in range(epochs):
        error = X @ w - y
        history.append(float(np.mean(error**2)))
        w = np.rint(w - learning_rate * 2 * (X.T @ error) / len(y))
    return w, history


def fix_dtype_of_y(X, y, learning_rate, epochs):
    """Now w takes its type from y, and y can be whole numbers as well. w needs floats, whatever the
    data are."""
    return _through_the_origin(X, y, learning_rate, epochs, np.zeros(X.shape[1], y.dtype))


def fix_dtype_half(X, y, learning_rate, epochs):
    """float16 keeps three digits, and short steps are lost in it as they were in whole numbers; a
    plain np.zeros gives float64."""
    return _through_the_origin(X, y, learning_rate, epochs, np.zeros(X.shape[1], np.float16))


def fix_dtype_in_place(X, y, learning_rate, epochs):
    """With `w -= …` NumPy says aloud what it did in silence before: floats do not fit into an array
    of this type. It is not the line that is wrong but what w is made of."""
    w = np.zeros_like(X[0])
    history = []
    for _ in range(epochs):
        error = X @ w - y
        history.append(float(np.mean(error**2)))
        w -= learning_rate * 2 * (X.T @ error) / len(y)
    return w, history


def fix_dtype_first_row(X, y, learning_rate, epochs):
    """You begin with the first example as the weights, in floats. The type is right; zeros are
    asked for."""
    return _through_the_origin(X, y, learning_rate, epochs, X[0].astype(float))


def fix_dtype_standardized(X, y, learning_rate, epochs):
    """You scale X before you train, and then w belongs to other inputs than the caller's. The
    numbers were not too large, it was w that could not hold the answer."""
    X = X.astype(float) / np.abs(X).max()
    return _through_the_origin(X, y, learning_rate, epochs, np.zeros(X.shape[1]))


def fix_dtype_longer_steps(X, y, learning_rate, epochs):
    """You make the steps longer, so that they are not cut to nothing. The step is the caller's to
    choose; see to it that w can hold a short one."""
    return _through_the_origin(X, y, max(learning_rate, 1.0), epochs, np.zeros(X.shape[1]))


def fix_dtype_solved(X, y, learning_rate, epochs):
    """You solve the equations at one go. Asked for is where so many steps of gradient descent lead,
    and what the loss is on the way."""
    w = np.linalg.lstsq(X.astype(float), y.astype(float), rcond=None)[0]
    return w, [float(np.mean((X @ w - y) ** 2))] * epochs


# fix_retrace


def _slope(loss, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = loss(x)
    return tape.gradient(y, x)


def fix_retrace_not_compiled(loss, x, learning_rate, steps):
    """Without tf.function nothing is traced at all, and nothing is compiled either: the Python code
    runs anew in every step. Keep the tf.function, and find out why it traces so often."""
    x = tf.constant(x, tf.float32)
    for k in range(steps):
        x -= learning_rate / (k + 1) * _slope(loss, x)
    return x


def fix_retrace_unrolled(loss, x, learning_rate, steps):
    """Now the whole loop is in one tf.function. It is traced once, but `range` is Python's: the
    graph holds a copy of the loss for every step, and takes as long to build as before."""

    @tf.function
    def walk(x):
        for k in range(steps):
            x -= learning_rate / (k + 1) * _slope(loss, x)
        return x

    return walk(tf.constant(x, tf.float32))


def fix_retrace_frozen_rate(loss, x, learning_rate, steps):
    """It is traced once now, and all steps are of one length: what is a Python number while the
    graph is built stays in it as it was then. The rate has to come in anew with each step."""

    @tf.function
    def step(x):
        return x - learning_rate * _slope(loss, x)

    x = tf.constant(x, tf.float32)
    for _ in range(steps):
        x = step(x)
    return x


def fix_retrace_whole_rate(loss, x, learning_rate, steps):
    """Your tensor is one of integers, and a rate of 0.25 is a 0 in it. Make it a tensor of
    float32."""

    @tf.function
    def step(x, rate):
        return x - tf.cast(rate, tf.float32) * _slope(loss, x)

    x = tf.constant(x, tf.float32)
    for k in range(steps):
        x = step(x, tf.cast(learning_rate / (k + 1), tf.int32))
    return x


def fix_retrace_first_step_shorter(loss, x, learning_rate, steps):
    """Your steps are learning_rate/(k + 2) long, beginning with k = 0; the very first one is to
    have all of the learning rate."""

    @tf.function
    def step(x, rate):
        return x - rate * _slope(loss, x)

    x = tf.constant(x, tf.float32)
    for k in range(1, steps + 1):
        x = step(x, tf.constant(learning_rate / (k + 1), tf.float32))
    return x


def fix_retrace_compounded(loss, x, learning_rate, steps):
    """You divide the rate that is left by k + 1 again and again, so that it shrinks as 1, 1/2, 1/6,
    1/24. Step k has learning_rate/(k + 1): keep learning_rate as it is."""

    @tf.function
    def step(x, rate):
        return x - rate * _slope(loss, x)

    x, rate = tf.constant(x, tf.float32), tf.constant(learning_rate, tf.float32)
    for k in range(steps):
        rate = rate / (k + 1)
        x = step(x, rate)
    return x
