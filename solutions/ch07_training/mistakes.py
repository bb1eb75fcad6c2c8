"""Wrong answers to ch07_training that learners really give; each docstring is its diagnosis."""

import numpy as np
import tensorflow as tf

from grader.given import sigmoid, step

# gradient_step


def _moved(params, grads, move, strict=True):
    """Every array of a nesting, moved by its gradient."""
    if isinstance(params, list | tuple):
        pairs = zip(params, grads, strict=strict)
        return type(params)(_moved(p, g, move, strict) for p, g in pairs)
    return move(params, grads)


def gradient_step_in_place(params, grads, learning_rate):
    """You write into the caller's arrays: `p -= …` and `p[:] = …` change what p is everywhere. Make
    new ones: p - learning_rate * g."""

    def move(p, g):
        p -= learning_rate * g
        return p

    return _moved(params, grads, move)


def gradient_step_uphill(params, grads, learning_rate):
    """You add the gradient, which points uphill, so the loss grows; take it away:
    p - learning_rate * g."""
    return _moved(params, grads, lambda p, g: p + learning_rate * g)


def gradient_step_rate_forgotten(params, grads, learning_rate):
    """You take the whole gradient away; multiply it by the learning rate first."""
    return _moved(params, grads, lambda p, g: p - g)


def gradient_step_the_step_alone(params, grads, learning_rate):
    """You return the step, learning_rate * g; take it away from the parameter."""
    return _moved(params, grads, lambda p, g: learning_rate * g)


def gradient_step_slope_scaled_down(params, grads, learning_rate):
    """You make every gradient as long as 1 before the step; the step is learning_rate times the
    slope, long where it is steep and short where it is flat."""

    def move(p, g):
        length = np.linalg.norm(g)
        return p - learning_rate * (g / length if length else g)

    return _moved(params, grads, move)


def gradient_step_cut_off(params, grads, learning_rate):
    """Your new parameters have the type of the old ones, and integers cut the fraction off: let
    p - learning_rate * g be what it becomes."""
    return _moved(params, grads, lambda p, g: (p - learning_rate * g).astype(p.dtype))


def gradient_step_flattened(params, grads, learning_rate):
    """You return one flat list; whoever calls you wants every parameter back in its place, pairs as
    pairs."""
    if not isinstance(params, list | tuple):
        return params - learning_rate * grads
    return [
        p - learning_rate * g
        for p, g in zip(tf.nest.flatten(params), tf.nest.flatten(grads), strict=True)
    ]


def gradient_step_tuples_become_lists(params, grads, learning_rate):
    """Your tuples have become lists, or your lists tuples; build each with the type that it had:
    type(params)(…)."""
    if isinstance(params, list | tuple):
        pairs = zip(params, grads, strict=True)
        return [gradient_step_tuples_become_lists(p, g, learning_rate) for p, g in pairs]
    return params - learning_rate * grads


def gradient_step_one_list_deep(params, grads, learning_rate):
    """You go one list deep, and in [(W, b), …] you meet a pair where you expect an array. Let the
    function call itself for what is a list or a tuple."""
    return [p - learning_rate * g for p, g in zip(params, grads, strict=True)]


def gradient_step_pairs_only(params, grads, learning_rate):
    """You take for granted that there are pairs (W, b) in a list; [W, b] or one array will come as
    well. Let the function call itself for what is a list or a tuple."""
    pairs = zip(params, grads, strict=True)
    return [(W - learning_rate * dW, b - learning_rate * db) for (W, b), (dW, db) in pairs]


def gradient_step_first_part_only(params, grads, learning_rate):
    """You return from within the loop, after the first part; collect all of them first."""
    if isinstance(params, list | tuple):
        return type(params)([gradient_step_first_part_only(params[0], grads[0], learning_rate)])
    return params - learning_rate * grads


def gradient_step_biases_left_out(params, grads, learning_rate):
    """Your biases stay where they are; they have a slope as well as the weights, and step too."""
    return _moved(params, grads, lambda p, g: p - learning_rate * g if p.ndim > 1 else p - 0 * g)


def gradient_step_rest_ignored(params, grads, learning_rate):
    """Where there are more gradients than parameters, or fewer, you leave out the rest without a
    word; raise ValueError, which zip(…, strict=True) does by itself."""
    return _moved(params, grads, lambda p, g: p - learning_rate * g, strict=False)


# fit_logistic


def _bce(a, y):
    p = np.clip(a, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def _by_mean(X, a, y):
    return X.T @ (a - y) / len(X), np.mean(a - y)


def _fit(X, y, rate, epochs, slopes=_by_mean, loss=_bce, activation=sigmoid, start=0.0):
    """Gradient descent for one neuron, with some of its parts exchanged."""
    w, b, history = np.full(X.shape[1], start), start, []
    for _ in range(epochs):
        a = activation(X @ w + b)
        history.append(loss(a, y))
        dw, db = slopes(X, a, y)
        w, b = w - rate * dw, b - rate * db
    return w, b, history


def fit_logistic_loss_after_the_step(X, y, learning_rate, epochs):
    """You note the loss after the step; compute it from the a that the slopes come from, before w
    and b change."""
    w, b, history = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        dw, db = _by_mean(X, sigmoid(X @ w + b), y)
        w, b = w - learning_rate * dw, b - learning_rate * db
        history.append(_bce(sigmoid(X @ w + b), y))
    return w, b, history


def fit_logistic_and_one_loss_more(X, y, learning_rate, epochs):
    """You add the loss of the final w and b; history has one loss an epoch, each before its
    step."""
    w, b, history = _fit(X, y, learning_rate, epochs)
    return w, b, [*history, _bce(sigmoid(X @ w + b), y)]


def fit_logistic_uphill(X, y, learning_rate, epochs):
    """You step uphill, and the loss grows: either take y - a for a - y, or add where you have to
    take away."""
    return _fit(X, y, -learning_rate, epochs)


def fit_logistic_summed_slopes(X, y, learning_rate, epochs):
    """Your slopes are sums over the examples, n times too large; the loss is a mean, so divide both
    by n."""
    return _fit(X, y, learning_rate * len(X), epochs)


def fit_logistic_bias_slope_summed(X, y, learning_rate, epochs):
    """You divide the slope by w by n and forget it for b; take the mean of a - y."""
    return _fit(
        X, y, learning_rate, epochs, lambda X, a, y: (X.T @ (a - y) / len(X), np.sum(a - y))
    )


def fit_logistic_divided_twice(X, y, learning_rate, epochs):
    """Your slopes are n times too small: you divide by n twice. A mean has its 1/n in it
    already."""
    return _fit(X, y, learning_rate / len(X), epochs)


def fit_logistic_summed_loss(X, y, learning_rate, epochs):
    """You note the sum of the losses; a cost is their mean."""
    return _fit(X, y, learning_rate, epochs, loss=lambda a, y: _bce(a, y) * len(y))


def fit_logistic_bias_forgotten(X, y, learning_rate, epochs):
    """Your b stays 0; it learns like a weight whose input is always 1, along the mean of a - y."""
    return _fit(X, y, learning_rate, epochs, lambda X, a, y: (X.T @ (a - y) / len(X), 0.0))


def fit_logistic_one_after_another(X, y, learning_rate, epochs):
    """You change w first and compute the slope by b at the new w; both slopes belong to the same
    place, so work both out before you change either."""
    w, b, history = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        a = sigmoid(X @ w + b)
        history.append(_bce(a, y))
        w = w - learning_rate * (X.T @ (a - y) / len(X))
        b = b - learning_rate * np.mean(sigmoid(X @ w + b) - y)
    return w, b, history


def fit_logistic_sigmoid_slope_twice(X, y, learning_rate, epochs):
    """You multiply a - y by the slope of the sigmoid, a(1 - a); with the cross-entropy that has
    been cancelled, and a - y is all that is left."""
    return _fit(X, y, learning_rate, epochs, lambda X, a, y: _by_mean(X, (a - y) * a * (1 - a), 0))


def fit_logistic_squared_error(X, y, learning_rate, epochs):
    """You go down the squared error; the loss here is the cross-entropy, with the slopes
    Xᵀ(a - y)/n and the mean of a - y."""
    return _fit(
        X,
        y,
        learning_rate,
        epochs,
        lambda X, a, y: _by_mean(X, 2 * (a - y) * a * (1 - a), 0),
        lambda a, y: np.mean((a - y) ** 2),
    )


def fit_logistic_squared_error_noted(X, y, learning_rate, epochs):
    """You note the mean squared error; the loss that this neuron goes down is the cross-entropy,
    -[y·ln a + (1 - y)·ln(1 - a)]."""
    return _fit(X, y, learning_rate, epochs, loss=lambda a, y: np.mean((a - y) ** 2))


def fit_logistic_no_sigmoid(X, y, learning_rate, epochs):
    """The sigmoid is missing: a is σ(Xw + b), and what you fit is a straight line."""
    return _fit(X, y, learning_rate, epochs, activation=lambda z: z)


def fit_logistic_step_for_sigmoid(X, y, learning_rate, epochs):
    """You ask step where σ(Xw + b) is due; yes or no has no slope, and nothing to be sure about."""
    return _fit(X, y, learning_rate, epochs, activation=step)


def fit_logistic_row_by_row(X, y, learning_rate, epochs):
    """You step after every row; here an epoch is one step, along the mean over all rows."""
    w, b, history = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        history.append(_bce(sigmoid(X @ w + b), y))
        for i in range(len(X)):
            error = sigmoid(X[i] @ w + b) - y[i]
            w, b = w - learning_rate * error * X[i], b - learning_rate * error
    return w, b, history


def fit_logistic_rate_ignored(X, y, learning_rate, epochs):
    """You take the slopes away as they are; multiply them by the learning rate."""
    return _fit(X, y, 1.0, epochs)


def fit_logistic_log_of_zero(X, y, learning_rate, epochs):
    """You take the logarithm of 0 once the neuron is certain, and get NaN or inf with a warning;
    keep a away from both ends for the loss: np.clip(a, 1e-7, 1 - 1e-7)."""
    return _fit(
        X,
        y,
        learning_rate,
        epochs,
        loss=lambda a, y: -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)),
    )


def fit_logistic_clipped_slopes(X, y, learning_rate, epochs):
    """You let nothing flow where a has been clipped, and just the examples that are certain and
    wrong teach nothing any more. Clip for the logarithms only; the slopes are those of a itself."""

    def slopes(X, a, y):
        return _by_mean(X, np.where((a > 1e-7) & (a < 1 - 1e-7), a - y, 0), 0)

    return _fit(X, y, learning_rate, epochs, slopes)


def fit_logistic_ones_only(X, y, learning_rate, epochs):
    """Your loss counts the examples with y = 1 alone; those with y = 0 cost -ln(1 - a)."""
    return _fit(
        X, y, learning_rate, epochs, loss=lambda a, y: -np.mean(y * np.log(np.clip(a, 1e-7, 1)))
    )


def fit_logistic_log2(X, y, learning_rate, epochs):
    """You take the logarithm to the base 2; it is the natural one, np.log."""
    return _fit(X, y, learning_rate, epochs, loss=lambda a, y: _bce(a, y) / np.log(2))


def fit_logistic_accuracy_noted(X, y, learning_rate, epochs):
    """You note the accuracy; history is made of losses, the thing that the steps bring down."""
    return _fit(X, y, learning_rate, epochs, loss=lambda a, y: np.mean((a >= 0.5) == y))


def fit_logistic_last_loss_alone(X, y, learning_rate, epochs):
    """You return the last loss alone; history is a list with the loss of every epoch."""
    w, b, history = _fit(X, y, learning_rate, epochs)
    return w, b, history[-1]


def fit_logistic_one_epoch(X, y, learning_rate, epochs):
    """You return after the first epoch; the return stands behind the loop."""
    return _fit(X, y, learning_rate, min(epochs, 1))


def fit_logistic_weights_in_a_column(X, y, learning_rate, epochs):
    """Your w is a column (d, 1); one neuron's weights are a vector, (d,)."""
    w, b, history = _fit(X, y, learning_rate, epochs)
    return w[:, np.newaxis], b, history


def fit_logistic_from_ones(X, y, learning_rate, epochs):
    """You start from ones; w and b begin as zeros, so that every a is 0.5."""
    return _fit(X, y, learning_rate, epochs, start=1.0)


# perceptron_rule


def _rule(X, y, epochs, fires=step, learn=lambda x, error: (error * x, error), count=abs):
    """Rosenblatt's rule with some of its parts exchanged."""
    w, b, errors = np.zeros(np.shape(X)[1]), 0.0, []
    for _ in range(epochs):
        errors.append(0)
        for i in range(len(X)):
            error = float(y[i]) - fires(w @ X[i] + b)
            dw, db = learn(X[i], error)
            w, b = w + dw, b + db
            errors[-1] += count(error)
        if errors[-1] == 0:
            break
    return w, b, errors


def perceptron_rule_strictly_above(X, y, epochs):
    """Your unit fires above 0 only; a weighted sum of exactly 0 counts as 1, and it is the very
    first that you get."""
    return _rule(X, y, epochs, fires=lambda z: int(z > 0))


def perceptron_rule_epoch_at_once(X, y, epochs):
    """You judge all rows by the same w and b and learn at the end of the epoch; learn from each row
    before you look at the next."""
    w, b, errors = np.zeros(np.shape(X)[1]), 0.0, []
    for _ in range(epochs):
        error = np.asarray(y, float) - step(np.asarray(X) @ w + b)
        w, b = w + error @ X, b + error.sum()
        errors.append(int(np.abs(error).sum()))
        if errors[-1] == 0:
            break
    return w, b, errors


def perceptron_rule_never_stops(X, y, epochs):
    """You go on when nothing is wrong any more; after the first epoch without an error, break."""
    w, b, errors = _rule(X, y, epochs)
    return w, b, errors + [0] * (epochs - len(errors))


def perceptron_rule_last_zero_missing(X, y, epochs):
    """You stop before you note the epoch without an error; its 0 is the last number of the list."""
    w, b, errors = _rule(X, y, epochs)
    return w, b, [count for count in errors if count]


def perceptron_rule_bias_forgotten(X, y, epochs):
    """Your b stays 0, and every line goes through the origin; b grows by y - ŷ."""
    return _rule(X, y, epochs, learn=lambda x, error: (error * x, 0))


def perceptron_rule_wrong_direction(X, y, epochs):
    """You learn the wrong way round: with ŷ - y added, or y - ŷ taken away, each error gets
    worse. Add (y - ŷ)·x."""
    return _rule(X, y, epochs, learn=lambda x, error: (-error * x, -error))


def perceptron_rule_adds_only(X, y, epochs):
    """You learn from rows that should have fired and did not; where the unit fired and should not
    have, x is taken away: w + (y - ŷ)·x does both."""
    return _rule(X, y, epochs, learn=lambda x, error: (max(error, 0) * x, max(error, 0)))


def perceptron_rule_errors_cancel(X, y, epochs):
    """You add the errors up with their signs, and +1 and -1 cancel; count the rows where y - ŷ is
    not 0."""
    return _rule(X, y, epochs, count=lambda error: error)


def perceptron_rule_distance_to_the_sum(X, y, epochs):
    """You learn from y - (w·x + b), how far the sum is from the label; Rosenblatt's rule learns
    from y - ŷ, with the answer of the unit, 0 or 1."""
    return _rule(X, y, epochs, fires=lambda z: z, count=lambda error: int(error != 0))


def perceptron_rule_sigmoid(X, y, epochs):
    """You ask the sigmoid, and then no row is ever quite right; ŷ is step(w·x + b), 0 or 1."""
    return _rule(X, y, epochs, fires=sigmoid, count=lambda error: int(error != 0))


def perceptron_rule_starts_over(X, y, epochs):
    """You set w and b to zero in every epoch, and all is forgotten; do it once, before the loop."""
    w, b, errors = np.zeros(np.shape(X)[1]), 0.0, []
    for _ in range(epochs):
        w, b, (wrong,) = _rule(X, y, 1)
        errors.append(wrong)
        if wrong == 0:
            break
    return w, b, errors


def perceptron_rule_tenths(X, y, epochs):
    """You learn a tenth of each error; this rule has no learning rate, w grows by (y - ŷ)·x."""
    return _rule(X, y, epochs, learn=lambda x, error: (0.1 * error * x, 0.1 * error))


def perceptron_rule_from_right_rows_too(X, y, epochs):
    """You learn from every row, right or wrong; a row that is right teaches nothing, since y - ŷ is
    0."""
    w, b, errors = np.zeros(np.shape(X)[1]), 0.0, []
    for _ in range(epochs):
        errors.append(0)
        for i in range(len(X)):
            errors[-1] += int(step(w @ X[i] + b) != y[i])
            sign = 1 if y[i] else -1
            w, b = w + sign * X[i], b + sign
        if errors[-1] == 0:
            break
    return w, b, errors


def perceptron_rule_one_epoch(X, y, epochs):
    """You go through the rows once; go on until an epoch has no error, or the epochs are used
    up."""
    return _rule(X, y, 1)


def perceptron_rule_total_of_errors(X, y, epochs):
    """You return how many errors there were in all; asked for is a list, with a number for each
    epoch."""
    w, b, errors = _rule(X, y, epochs)
    return w, b, sum(errors)


# SoftmaxModel


class _SoftmaxModel(tf.Module):
    """The right one, for wrong ones to be made from."""

    def __init__(self, n_inputs, n_classes):
        super().__init__()
        self.w = tf.Variable(tf.zeros((n_inputs, n_classes)))
        self.b = tf.Variable(tf.zeros(n_classes))

    def __call__(self, x):
        return tf.nn.softmax(self.scores(x))

    def scores(self, x):
        return tf.cast(x, tf.float32) @ self.w + self.b


class SoftmaxModel_without_bias(_SoftmaxModel):
    """The bias is left out: the scores are x @ w + b."""

    def scores(self, x):
        return tf.cast(x, tf.float32) @ self.w


class SoftmaxModel_sigmoid(_SoftmaxModel):
    """You ask sigmoid, which answers for each class alone; the probabilities of the classes have to
    share the 1 among them: tf.nn.softmax."""

    def __call__(self, x):
        return tf.sigmoid(self.scores(x))


class SoftmaxModel_scores(_SoftmaxModel):
    """You return the scores; make probabilities of them with tf.nn.softmax."""

    def __call__(self, x):
        return self.scores(x)


class SoftmaxModel_over_the_batch(_SoftmaxModel):
    """Your softmax runs down the columns, over the examples of the batch; each row has to add up to
    1, so take the last axis, as tf.nn.softmax does by itself."""

    def __call__(self, x):
        return tf.nn.softmax(self.scores(x), axis=0)


class SoftmaxModel_overflow(_SoftmaxModel):
    """Your exponentials overflow, and inf / inf is NaN; tf.nn.softmax takes the largest score away
    first, as yours did in chapter 4."""

    def __call__(self, x):
        grown = tf.exp(self.scores(x))
        return grown / tf.reduce_sum(grown, axis=1, keepdims=True)


class SoftmaxModel_from_ones(_SoftmaxModel):
    """You start from ones; w and b begin as zeros: tf.zeros."""

    def __init__(self, n_inputs, n_classes):
        super().__init__(n_inputs, n_classes)
        self.w.assign(tf.ones_like(self.w))
        self.b.assign(tf.ones_like(self.b))


class SoftmaxModel_one_bias_for_all(_SoftmaxModel):
    """Your b is a single number, which lifts all classes alike and changes nothing; each class has
    its own, (n_classes,)."""

    def __init__(self, n_inputs, n_classes):
        super().__init__(n_inputs, n_classes)
        self.b = tf.Variable(0.0)


class SoftmaxModel_bias_as_a_row(_SoftmaxModel):
    """Your b is a table of one row, (1, n_classes); it is a vector, (n_classes,)."""

    def __init__(self, n_inputs, n_classes):
        super().__init__(n_inputs, n_classes)
        self.b = tf.Variable(tf.zeros((1, n_classes)))


class SoftmaxModel_bias_of_the_inputs(_SoftmaxModel):
    """Your b has a number for each input; a bias belongs to a class, (n_classes,)."""

    def __init__(self, n_inputs, n_classes):
        super().__init__(n_inputs, n_classes)
        self.b = tf.Variable(tf.zeros(n_inputs))


class SoftmaxModel_a_row_for_each_class(_SoftmaxModel):
    """Your w has a row for each class; this course gives each a column, (n_inputs, n_classes), and
    then it is x @ w."""

    def __init__(self, n_inputs, n_classes):
        super().__init__(n_inputs, n_classes)
        self.w = tf.Variable(tf.zeros((n_classes, n_inputs)))

    def scores(self, x):
        return tf.cast(x, tf.float32) @ tf.transpose(self.w) + self.b


class SoftmaxModel_float64(_SoftmaxModel):
    """Your Variables hold float64, as what is made of a NumPy array does; tf.zeros gives
    float32."""

    def __init__(self, n_inputs, n_classes):
        super().__init__(n_inputs, n_classes)
        self.w = tf.Variable(np.zeros((n_inputs, n_classes)))
        self.b = tf.Variable(np.zeros(n_classes))

    def scores(self, x):
        return tf.cast(x, tf.float64) @ self.w + self.b


class SoftmaxModel_constants(_SoftmaxModel):
    """Your w and b are tensors, which nobody can assign to; put each into a tf.Variable."""

    def __init__(self, n_inputs, n_classes):
        super().__init__(n_inputs, n_classes)
        self.w, self.b = tf.zeros((n_inputs, n_classes)), tf.zeros(n_classes)


class SoftmaxModel_not_trainable(_SoftmaxModel):
    """You made the Variables with trainable=False, so nobody will find them to train; leave that
    out."""

    def __init__(self, n_inputs, n_classes):
        super().__init__(n_inputs, n_classes)
        self.w = tf.Variable(tf.zeros((n_inputs, n_classes)), trainable=False)
        self.b = tf.Variable(tf.zeros(n_classes), trainable=False)


class SoftmaxModel_a_third_variable(_SoftmaxModel):
    """There is a third Variable in your model, and tf.Module offers it for training; keep what is
    not learnt in plain Python."""

    def __init__(self, n_inputs, n_classes):
        super().__init__(n_inputs, n_classes)
        self.calls = tf.Variable(0.0)


class SoftmaxModel_arrays(_SoftmaxModel):
    """You return an array; a tape loses the trail at .numpy(), so return the tensor."""

    def __call__(self, x):
        return super().__call__(x).numpy()


class SoftmaxModel_sizes_built_in(_SoftmaxModel):
    """Your model has 784 inputs and 10 classes, whatever is asked for; use n_inputs and
    n_classes."""

    def __init__(self, n_inputs, n_classes):
        super().__init__(784, 10)


class SoftmaxModel_type_of_the_batch(_SoftmaxModel):
    """You leave x in its own type, and TensorFlow multiplies no float64 and no integer with a
    float32: tf.cast(x, tf.float32) first."""

    def scores(self, x):
        return tf.convert_to_tensor(x) @ self.w + self.b


# train_step


def _surprise(p, y):
    """The categorical cross-entropy of each example."""
    return -tf.reduce_sum(tf.cast(y, p.dtype) * tf.math.log(p + 1e-12), axis=1)


def _loss(p, y):
    return tf.reduce_mean(_surprise(p, y))


def _slopes(model, x, y, loss=_loss):
    """The loss, the Variables, and a slope for each."""
    with tf.GradientTape() as tape:
        cost = loss(model(x), y)
    variables = model.trainable_variables
    return cost, variables, tape.gradient(cost, variables)


def _train_step(model, x, y, learning_rate, loss=_loss):
    cost, variables, slopes = _slopes(model, x, y, loss)
    for variable, slope in zip(variables, slopes, strict=True):
        variable.assign_sub(learning_rate * slope)
    return cost


def train_step_outside_the_tape(model, x, y, learning_rate):
    """Your gradients are None: the tape has not seen how the loss comes from the Variables. Call
    the model and compute the loss inside the `with`, by TensorFlow's functions alone."""
    cost = _loss(model(x), y)
    with tf.GradientTape() as tape:
        unseen = tf.identity(cost)
    variables = model.trainable_variables
    for variable, slope in zip(variables, tape.gradient(unseen, variables), strict=True):
        variable.assign_sub(learning_rate * slope)
    return cost


def train_step_rebinds(model, x, y, learning_rate):
    """Nothing has moved: `variable = variable - …` gives a new tensor the name and leaves the
    Variable as it was. Use variable.assign_sub(…)."""
    return _slopes(model, x, y)[0]


def train_step_uphill(model, x, y, learning_rate):
    """You step uphill: the slope is taken away, assign_sub, not added."""
    return _train_step(model, x, y, -learning_rate)


def train_step_loss_after(model, x, y, learning_rate):
    """You return the loss after the step; return the one that the tape has seen, which is the loss
    before it."""
    _train_step(model, x, y, learning_rate)
    return _loss(model(x), y)


def train_step_summed(model, x, y, learning_rate):
    """Your loss is a sum over the batch, so that a larger batch makes longer steps; take the mean
    over the examples."""
    return _train_step(model, x, y, learning_rate, lambda p, y: tf.reduce_sum(_surprise(p, y)))


def train_step_mean_of_all_entries(model, x, y, learning_rate):
    """You take the mean of all n·c entries, and are c times too small; sum over the classes,
    axis 1, and take the mean of what is left."""

    def loss(p, y):
        return -tf.reduce_mean(tf.cast(y, p.dtype) * tf.math.log(p + 1e-12))

    return _train_step(model, x, y, learning_rate, loss)


def train_step_divided_twice(model, x, y, learning_rate):
    """You divide the slopes by the batch again; the mean in the loss has done it already."""
    return _train_step(model, x, y, learning_rate / len(x))


def train_step_squared_error(model, x, y, learning_rate):
    """You go down the mean squared error; the loss here is the cross-entropy,
    -Σ y·ln(p + 1e-12)."""

    def loss(p, y):
        return tf.reduce_mean(tf.square(tf.cast(y, p.dtype) - p))

    return _train_step(model, x, y, learning_rate, loss)


def train_step_both_halves(model, x, y, learning_rate):
    """You add ln(1 - p) for the classes that are wrong, as in the binary cross-entropy; here the
    right class alone counts, since what the others take is missing there."""

    def loss(p, y):
        y = tf.cast(y, p.dtype)
        halves = y * tf.math.log(p + 1e-12) + (1 - y) * tf.math.log(1 - p + 1e-12)
        return -tf.reduce_mean(tf.reduce_sum(halves, axis=1))

    return _train_step(model, x, y, learning_rate, loss)


def train_step_softmax_again(model, x, y, learning_rate):
    """You take softmax of what the model gives; that is probabilities already, and softmax twice
    flattens them."""
    return _train_step(model, x, y, learning_rate, lambda p, y: _loss(tf.nn.softmax(p), y))


def train_step_log_of_zero(model, x, y, learning_rate):
    """You take the logarithm of 0, and the NaN in its slope spreads to every Variable: ln(p + ε)
    with ε = 1e-12."""

    def loss(p, y):
        return -tf.reduce_mean(tf.reduce_sum(tf.cast(y, p.dtype) * tf.math.log(p), axis=1))

    return _train_step(model, x, y, learning_rate, loss)


def train_step_larger_epsilon(model, x, y, learning_rate):
    """Your ε is 1e-7; here it is 1e-12, as in loss_crsntrpy."""

    def loss(p, y):
        return -tf.reduce_mean(tf.reduce_sum(tf.cast(y, p.dtype) * tf.math.log(p + 1e-7), axis=1))

    return _train_step(model, x, y, learning_rate, loss)


def train_step_last_layer_only(model, x, y, learning_rate):
    """You move two Variables only; a network with more layers has more of them, all in
    model.trainable_variables."""
    cost, variables, slopes = _slopes(model, x, y)
    for variable, slope in [*zip(variables, slopes, strict=True)][-2:]:
        variable.assign_sub(learning_rate * slope)
    return cost


def train_step_weights_only(model, x, y, learning_rate):
    """Your biases do not move; they are among model.trainable_variables and learn too."""
    cost, variables, slopes = _slopes(model, x, y)
    for variable, slope in zip(variables, slopes, strict=True):
        variable.assign_sub(learning_rate * slope * float(len(variable.shape) > 1))
    return cost


def train_step_by_two_names(model, x, y, learning_rate):
    """You ask for model.w and model.b, which only a SoftmaxModel has; take whatever is in
    model.trainable_variables."""
    with tf.GradientTape() as tape:
        cost = _loss(model(x), y)
    w_slope, b_slope = tape.gradient(cost, [model.w, model.b])
    model.w.assign_sub(learning_rate * w_slope)
    model.b.assign_sub(learning_rate * b_slope)
    return cost


def train_step_wrong_partners(model, x, y, learning_rate):
    """You give Variables each other's slopes; zip the Variables with the gradient by the same list,
    in the same order."""
    cost, variables, slopes = _slopes(model, x, y)
    for variable, slope in zip(variables, slopes[::-1], strict=True):
        variable.assign_sub(learning_rate * slope)
    return cost


def train_step_one_after_another(model, x, y, learning_rate):
    """You compute each slope after the Variables before it have moved; all slopes belong to the
    same place, so ask the tape for all of them first."""
    cost = _loss(model(x), y)
    for i, variable in enumerate(model.trainable_variables):
        variable.assign_sub(learning_rate * _slopes(model, x, y)[2][i])
    return cost


def train_step_rate_ignored(model, x, y, learning_rate):
    """You take the slopes away as they are; multiply them by the learning rate."""
    return _train_step(model, x, y, 1.0)


def train_step_two_steps(model, x, y, learning_rate):
    """You move every Variable twice; one step is asked for."""
    return _train_step(model, x, y, 2 * learning_rate)


def train_step_without_a_return(model, x, y, learning_rate):
    """You return nothing; return the loss before the step."""
    _train_step(model, x, y, learning_rate)


def train_step_a_loss_each(model, x, y, learning_rate):
    """You return a loss for each example; one number is asked for, their mean."""
    losses = _surprise(model(x), y)
    _train_step(model, x, y, learning_rate)
    return losses


# minibatches


def _batches(X, y, batch_size, order):
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


def minibatches_not_shuffled(X, y, batch_size, rng):
    """You leave the rows in their order; take them in the order of rng.permutation(len(X))."""
    return _batches(X, y, batch_size, np.arange(len(X)))


def minibatches_short_batch_dropped(X, y, batch_size, rng):
    """You drop the last batch when it is short; its rows are to be learnt from as well."""
    order = rng.permutation(len(X))
    return _batches(X, y, batch_size, order[: len(X) // batch_size * batch_size])


def minibatches_last_row_dropped(X, y, batch_size, rng):
    """One row is missing at the end: range(0, n, batch_size) and order[start : start + batch_size]
    leave their end out by themselves, so take no 1 away."""
    return _batches(X, y, batch_size, rng.permutation(len(X))[:-1])


def minibatches_x_and_y_apart(X, y, batch_size, rng):
    """You shuffle X and y apart, and each row gets another one's label; draw one order and use it
    for both."""
    X = X[rng.permutation(len(X))]
    return _batches(X, y[rng.permutation(len(X))], batch_size, np.arange(len(X)))


def minibatches_labels_not_shuffled(X, y, batch_size, rng):
    """You shuffle X and leave y as it is, so that each row gets another one's label; take y in the
    same order."""
    return _batches(X[rng.permutation(len(X))], y, batch_size, np.arange(len(X)))


def minibatches_first_batch_only(X, y, batch_size, rng):
    """You stop after the first batch; with `yield` in the place of `return` the loop goes on when
    the next one is asked for."""
    return _batches(X, y, batch_size, rng.permutation(len(X))[:batch_size])


def minibatches_always_the_same_order(X, y, batch_size, rng):
    """You make a generator of your own, and it begins with the same order each time; use the rng
    that you were given."""
    return _batches(X, y, batch_size, np.random.default_rng(0).permutation(len(X)))


def minibatches_with_repeats(X, y, batch_size, rng):
    """You draw every row number anew, so that some rows come twice and others never;
    rng.permutation puts each in once."""
    return _batches(X, y, batch_size, rng.integers(0, len(X), size=len(X)))


def minibatches_shuffled_for_each_batch(X, y, batch_size, rng):
    """You draw a new order for each batch, so that some rows come twice and others never; draw one
    for the epoch, before the loop."""
    for start in range(0, len(X), batch_size):
        rows = rng.permutation(len(X))[start : start + batch_size]
        yield X[rows], y[rows]


def minibatches_drawn_otherwise(X, y, batch_size, rng):
    """Your order is a random one, but not that of rng.permutation(len(X)), which others have to be
    able to repeat."""
    return _batches(X, y, batch_size, rng.choice(len(X), size=len(X), replace=False))


def minibatches_batches_shuffled(X, y, batch_size, rng):
    """You shuffle the batches and leave the same rows together in each; shuffle the rows and then
    cut them into batches."""
    starts = np.arange(0, len(X), batch_size)
    for start in rng.permutation(starts):
        yield X[start : start + batch_size], y[start : start + batch_size]


def minibatches_of_even_size(X, y, batch_size, rng):
    """You divide the rows evenly; every batch has batch_size rows, and the last one has what is
    left."""
    for rows in np.array_split(rng.permutation(len(X)), -(-len(X) // batch_size)):
        yield X[rows], y[rows]


def minibatches_last_batch_filled(X, y, batch_size, rng):
    """You fill the last batch up with rows that have been there already; let it be short."""
    order = rng.permutation(len(X))
    return _batches(X, y, batch_size, np.resize(order, -(-len(X) // batch_size) * batch_size))


def minibatches_one_row_too_many(X, y, batch_size, rng):
    """Your batches have a row too many, and neighbours share it; a slice leaves its end out by
    itself."""
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size + 1]
        yield X[rows], y[rows]


def minibatches_as_many_as_the_size(X, y, batch_size, rng):
    """You make batch_size batches; it says how many rows a batch has."""
    return _batches(X, y, -(-len(X) // batch_size), rng.permutation(len(X)))


def minibatches_row_numbers(X, y, batch_size, rng):
    """You give the numbers of the rows; the rows themselves are due, X[rows] and y[rows]."""
    order = rng.permutation(len(X))
    return _batches(order, order, batch_size, np.arange(len(X)))


def minibatches_without_labels(X, y, batch_size, rng):
    """You give X alone; its labels come along: yield X[rows], y[rows]."""
    for X_batch, _ in _batches(X, y, batch_size, rng.permutation(len(X))):
        yield X_batch


# train


def _epoch(model, batches, learning_rate):
    """The losses of some batches, each before its step, and their sizes."""
    done = [(float(_train_step(model, x, y, learning_rate)), len(x)) for x, y in batches]
    return np.array([loss for loss, _ in done]), np.array([size for _, size in done])


def _weighted(losses, sizes):
    return float(losses @ sizes / sizes.sum())


def _minibatches(X, y, batch_size, rng):
    return _batches(X, y, batch_size, rng.permutation(len(X)))


def _train(model, X, y, learning_rate, epochs, batch_size, rng, mean=_weighted, cut=_minibatches):
    """Training with some of its parts exchanged."""
    return [mean(*_epoch(model, cut(X, y, batch_size, rng), learning_rate)) for _ in range(epochs)]


def train_mean_of_batch_means(model, X, y, learning_rate, epochs, batch_size, rng):
    """You take the mean of the batches' losses, and the examples of a short last batch count more
    than the others; weigh each loss with the number of examples it is the mean of."""
    return _train(model, X, y, learning_rate, epochs, batch_size, rng, lambda loss, n: loss.mean())


def train_short_batch_counts_full(model, X, y, learning_rate, epochs, batch_size, rng):
    """You count every batch as batch_size examples; the last one may have fewer: weigh it with
    len(x_batch)."""
    size = min(batch_size, len(X))
    return _train(
        model,
        X,
        y,
        learning_rate,
        epochs,
        batch_size,
        rng,
        lambda loss, n: loss.sum() * size / len(X),
    )


def train_last_loss_of_an_epoch(model, X, y, learning_rate, epochs, batch_size, rng):
    """You note the loss of the last batch alone; an epoch's loss is the mean over all its
    examples."""
    return _train(model, X, y, learning_rate, epochs, batch_size, rng, lambda loss, n: loss[-1])


def train_sum_of_batch_losses(model, X, y, learning_rate, epochs, batch_size, rng):
    """You add up the batches' losses and do not divide; the mean over the examples is due."""
    return _train(model, X, y, learning_rate, epochs, batch_size, rng, lambda loss, n: loss.sum())


def train_sum_over_the_examples(model, X, y, learning_rate, epochs, batch_size, rng):
    """You add up the losses of all examples; divide by how many there are."""
    return _train(model, X, y, learning_rate, epochs, batch_size, rng, lambda loss, n: loss @ n)


def train_a_loss_for_each_batch(model, X, y, learning_rate, epochs, batch_size, rng):
    """You note a loss for each batch; history has one number for each epoch."""
    done = _train(
        model, X, y, learning_rate, epochs, batch_size, rng, lambda loss, n: loss.tolist()
    )
    return [loss for losses in done for loss in losses]


def train_last_epoch_alone(model, X, y, learning_rate, epochs, batch_size, rng):
    """You return the last epoch's loss; history is a list with the loss of every epoch."""
    return _train(model, X, y, learning_rate, epochs, batch_size, rng)[-1]


def train_not_shuffled(model, X, y, learning_rate, epochs, batch_size, rng):
    """You take the rows as they come; each epoch has an order of its own, rng.permutation(n), as
    minibatches draws it."""

    def cut(X, y, batch_size, rng):
        return _batches(X, y, batch_size, np.arange(len(X)))

    return _train(model, X, y, learning_rate, epochs, batch_size, rng, cut=cut)


def train_same_order_each_epoch(model, X, y, learning_rate, epochs, batch_size, rng):
    """You shuffle once and keep that order; call minibatches again in every epoch."""
    order = rng.permutation(len(X))

    def cut(X, y, batch_size, rng):
        return _batches(X, y, batch_size, order)

    return _train(model, X, y, learning_rate, epochs, batch_size, rng, cut=cut)


def train_own_generator(model, X, y, learning_rate, epochs, batch_size, rng):
    """You make a generator of your own; use the rng that you were given, one and the same for all
    epochs."""

    def cut(X, y, batch_size, rng):
        return _minibatches(X, y, batch_size, np.random.default_rng(42))

    return _train(model, X, y, learning_rate, epochs, batch_size, rng, cut=cut)


def train_shuffles_the_shuffled(model, X, y, learning_rate, epochs, batch_size, rng):
    """From the second epoch on you shuffle rows that are shuffled already; rng.permutation names
    the rows as they came, so keep X and y as they are."""
    history = []
    for _ in range(epochs):
        order = rng.permutation(len(X))
        X, y = X[order], y[order]
        batches = _batches(X, y, batch_size, np.arange(len(X)))
        history.append(_weighted(*_epoch(model, batches, learning_rate)))
    return history


def train_shuffles_in_place(model, X, y, learning_rate, epochs, batch_size, rng):
    """You shuffle the caller's own X and y; leave them as they are and pick rows by their
    numbers."""
    history = []
    for _ in range(epochs):
        order = rng.permutation(len(X))
        X[:], y[:] = X[order], y[order]
        batches = _batches(X, y, batch_size, np.arange(len(X)))
        history.append(_weighted(*_epoch(model, batches, learning_rate)))
    return history


def train_short_batch_dropped(model, X, y, learning_rate, epochs, batch_size, rng):
    """You leave out the last batch when it is short; its examples are to be learnt from too."""

    def cut(X, y, batch_size, rng):
        order = rng.permutation(len(X))
        return _batches(X, y, batch_size, order[: max(len(X) // batch_size, 1) * batch_size])

    return _train(model, X, y, learning_rate, epochs, batch_size, rng, cut=cut)


def train_x_and_y_apart(model, X, y, learning_rate, epochs, batch_size, rng):
    """You shuffle X and y apart, so that each example gets another one's label; one order serves
    for both."""

    def cut(X, y, batch_size, rng):
        X = X[rng.permutation(len(X))]
        return _batches(X, y[rng.permutation(len(X))], batch_size, np.arange(len(X)))

    return _train(model, X, y, learning_rate, epochs, batch_size, rng, cut=cut)


def train_all_at_once(model, X, y, learning_rate, epochs, batch_size, rng):
    """You take one step an epoch, with all examples; take one for every mini-batch."""
    return _train(model, X, y, learning_rate, epochs, len(X), rng)


def train_first_batch_only(model, X, y, learning_rate, epochs, batch_size, rng):
    """You learn from the first batch of each epoch alone; go through all of minibatches(…)."""

    def cut(X, y, batch_size, rng):
        return _batches(X, y, batch_size, rng.permutation(len(X))[:batch_size])

    return _train(model, X, y, learning_rate, epochs, batch_size, rng, cut=cut)


def train_one_epoch(model, X, y, learning_rate, epochs, batch_size, rng):
    """You train for one epoch; go through the examples as often as `epochs` says."""
    return _train(model, X, y, learning_rate, 1, batch_size, rng)


def train_loss_at_the_end(model, X, y, learning_rate, epochs, batch_size, rng):
    """You measure the loss of all examples when the epoch is over; history has the losses that
    train_step gave on the way, each before its step."""
    history = []
    for _ in range(epochs):
        _epoch(model, _minibatches(X, y, batch_size, rng), learning_rate)
        history.append(float(_loss(model(X), y)))
    return history


def train_loss_at_the_start(model, X, y, learning_rate, epochs, batch_size, rng):
    """You measure the loss of all examples before the epoch begins; history has the losses that
    train_step gave on the way, each before its own step."""
    history = []
    for _ in range(epochs):
        history.append(float(_loss(model(X), y)))
        _epoch(model, _minibatches(X, y, batch_size, rng), learning_rate)
    return history


def train_without_a_return(model, X, y, learning_rate, epochs, batch_size, rng):
    """You return nothing; return the history."""
    _train(model, X, y, learning_rate, epochs, batch_size, rng)


# adam_step


def _means(m, v, g, beta_1, beta_2):
    return beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2


def _adam(means=_means, move=None, first=0, keep=True, strict=True):
    """Adam with some of its parts exchanged; `move` makes the step of m, v, g and t."""

    def hats(m, v, g, t, beta_1, beta_2, epsilon):
        return m / (1 - beta_1**t) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)

    def adam_step(params, grads, state, learning_rate, beta_1, beta_2, epsilon):
        fresh = first, [(0.0, 0.0)] * len(params)
        t, moments = fresh if state is None or not keep else state
        t, moved, kept = t + 1, [], []
        for p, g, (m, v) in zip(params, grads, moments, strict=strict):
            m, v = means(m, v, g, beta_1, beta_2)
            way = (move or hats)(m, v, g, t, beta_1, beta_2, epsilon)
            moved.append(p - learning_rate * way)
            kept.append((m, v))
        return moved, (t, kept)

    return adam_step


def adam_step_no_correction(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """The bias correction is missing: m and v begin as zeros and are too small at first, so divide
    them by 1 - β₁ᵗ and 1 - β₂ᵗ."""
    step = _adam(move=lambda m, v, g, t, b1, b2, e: m / (np.sqrt(v) + e))
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_only_m_corrected(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You correct m and not v; v̂ is v / (1 - β₂ᵗ)."""
    step = _adam(move=lambda m, v, g, t, b1, b2, e: m / (1 - b1**t) / (np.sqrt(v) + e))
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_only_v_corrected(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You correct v and not m; m̂ is m / (1 - β₁ᵗ)."""
    step = _adam(move=lambda m, v, g, t, b1, b2, e: m / (np.sqrt(v / (1 - b2**t)) + e))
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_correction_without_t(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You divide by 1 - β at every step; the β is raised to the power t, which grows by 1 each
    time, so that the correction fades."""
    step = _adam(
        move=lambda m, v, g, t, b1, b2, e: m / (1 - b1) / (np.sqrt(v / (1 - b2)) + e),
    )
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_t_from_zero(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """At the first step your t is 0, and 1 - β⁰ is 0; count first, so that it is 1."""
    step = _adam(first=-1)
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_t_from_two(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """At the first step your t is 2 already; begin with t = 0 and add 1 once at each step."""
    step = _adam(first=1)
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_t_counts_parameters(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You raise t for every parameter; it counts the steps, so raise it once, before the loop."""
    t, moments = state or (0, [(0.0, 0.0)] * len(params))
    moved, kept = [], []
    for p, g, (m, v) in zip(params, grads, moments, strict=True):
        t += 1
        m, v = _means(m, v, g, beta_1, beta_2)
        m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
        moved.append(p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon))
        kept.append((m, v))
    return moved, (t, kept)


def adam_step_epsilon_inside(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """Your ε stands inside the root; it is added to the root: √v̂ + ε."""
    step = _adam(
        move=lambda m, v, g, t, b1, b2, e: m / (1 - b1**t) / np.sqrt(v / (1 - b2**t) + e),
    )
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_epsilon_forgotten(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """The ε is missing, and where every slope was 0 you divide 0 by 0: √v̂ + ε."""
    step = _adam(
        move=lambda m, v, g, t, b1, b2, e: m / (1 - b1**t) / np.sqrt(v / (1 - b2**t)),
    )
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_root_forgotten(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You divide by the mean of the squares; divide by its root, √v̂ + ε."""
    step = _adam(
        move=lambda m, v, g, t, b1, b2, e: m / (1 - b1**t) / (v / (1 - b2**t) + e),
    )
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_not_squared(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """Your v is a mean of slopes, which may be below 0; it is a mean of their squares, g**2."""
    step = _adam(lambda m, v, g, b1, b2: (b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g))
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_square_of_m(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """Your v is made of m; it is a mean of the slopes' squares, g**2."""

    def means(m, v, g, b1, b2):
        m = b1 * m + (1 - b1) * g
        return m, b2 * v + (1 - b2) * m**2

    step = _adam(means)
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_means_turned_round(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """Your means keep 1 - β of what they were and take β of what is new; it is the other way round:
    β·m + (1 - β)·g."""
    step = _adam(lambda m, v, g, b1, b2: ((1 - b1) * m + b1 * g, (1 - b2) * v + b2 * g**2))
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_sums(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You add the whole new slope to β·m; a mean takes 1 - β of it: β·m + (1 - β)·g, and the same
    for v."""
    step = _adam(lambda m, v, g, b1, b2: (b1 * m + g, b2 * v + g**2))
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_betas_swapped(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You have mixed up the two β: β₁ belongs to m, β₂ to v."""
    return _adam()(params, grads, state, learning_rate, beta_2, beta_1, epsilon)


def adam_step_one_beta(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You use β₁ for both means; v has its own, β₂."""
    return _adam()(params, grads, state, learning_rate, beta_1, beta_1, epsilon)


def adam_step_without_v(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You step along m̂ and do not divide; √v̂ + ε below it makes all steps alike in length."""
    step = _adam(move=lambda m, v, g, t, b1, b2, e: m / (1 - b1**t))
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_without_m(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You step along the latest slope; it is m̂, the mean of the latest ones, that stands above the
    line."""
    step = _adam(move=lambda m, v, g, t, b1, b2, e: g / (np.sqrt(v / (1 - b2**t)) + e))
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_corrected_ones_kept(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You keep m̂ and v̂ for the next step, and then they are corrected again; keep m and v as they
    were before the division."""
    t, moments = state or (0, [(0.0, 0.0)] * len(params))
    t, moved, kept = t + 1, [], []
    for p, g, (m, v) in zip(params, grads, moments, strict=True):
        m, v = _means(m, v, g, beta_1, beta_2)
        m, v = m / (1 - beta_1**t), v / (1 - beta_2**t)
        moved.append(p - learning_rate * m / (np.sqrt(v) + epsilon))
        kept.append((m, v))
    return moved, (t, kept)


def adam_step_nothing_remembered(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """Every step of yours begins anew, with t = 0 and zeros; go on from the state that you were
    given."""
    step = _adam(keep=False)
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


_memory = {}


def adam_step_remembers_in_a_global(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You keep m and v in a global or in the function, where a second network finds those of the
    first; put all that has to be remembered into the state."""
    if state is None:
        _memory.clear()
    step = _adam()
    moved, _memory["state"] = step(
        params, grads, _memory.get("state"), learning_rate, beta_1, beta_2, epsilon
    )
    return moved, "see the global"


def adam_step_state_in_place(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You write into the state that you were given, and a step from it cannot be taken twice; make
    a new one."""
    if state is None:
        state = {"t": 0, "m": [0.0 * g for g in grads], "v": [0.0 * g for g in grads]}
    state["t"] += 1
    t, moved = state["t"], []
    for p, g, m, v in zip(params, grads, state["m"], state["v"], strict=True):
        m += (1 - beta_1) * (g - m)
        v += (1 - beta_2) * (g**2 - v)
        m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
        moved.append(p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon))
    return moved, state


def adam_step_in_place(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You write into the caller's parameters; return new arrays: p - learning_rate * …"""
    moved, state = _adam()(params, grads, state, learning_rate, beta_1, beta_2, epsilon)
    for p, new in zip(params, moved, strict=True):
        p[...] = new
    return params, state


def adam_step_uphill(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You step uphill: take the step away from p, do not add it."""
    return _adam()(params, grads, state, -learning_rate, beta_1, beta_2, epsilon)


def adam_step_rate_ignored(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You always take the learning rate 0.001; use the one that you were given."""
    return _adam()(params, grads, state, 0.001, beta_1, beta_2, epsilon)


def adam_step_defaults_only(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You always compute with 0.9, 0.999 and 1e-7; beta_1, beta_2 and epsilon are arguments."""
    return _adam()(params, grads, state, learning_rate, 0.9, 0.999, 1e-7)


def adam_step_cut_off(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """Your new parameters have the type of the old ones, and integers cut every step off: let them
    become floats."""
    moved, state = _adam()(params, grads, state, learning_rate, beta_1, beta_2, epsilon)
    return [new.astype(p.dtype) for new, p in zip(moved, params, strict=True)], state


def adam_step_rest_ignored(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """Where there are more gradients than parameters, or fewer, you leave out the rest without a
    word; raise ValueError, which zip(…, strict=True) does by itself."""
    step = _adam(strict=False)
    return step(params, grads, state, learning_rate, beta_1, beta_2, epsilon)


def adam_step_without_state(
    params, grads, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """You return the parameters alone; the next step needs the state as well: return params,
    state."""
    return _adam()(params, grads, state, learning_rate, beta_1, beta_2, epsilon)[0]
