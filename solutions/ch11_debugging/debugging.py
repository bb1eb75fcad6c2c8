"""Someone else's bug: nine programs as people have posted them. Each runs, and each is wrong.

The docstrings say what the programs are for. Nobody says what is the matter with them; find out,
and change what has to be changed and nothing else. Shapes are those of the course: X (n, d) holds
one example a row, W (d, units) one neuron a column, y (n,) or (n, 1) one label an example. Arrays
that come in stay as they are.
"""

import keras
import numpy as np
import tensorflow as tf

from grader.given import sigmoid


def fix_compile(n_inputs, n_classes):
    """A classifier, compiled and ready for `fit`: a hidden layer of relu, then a score a class.

    n_inputs   int          numbers in one example
    n_classes  int          classes to choose from
    returns    keras.Model  Dense of 16 units with relu, then Dense of n_classes units

    What it gives for X (n, n_inputs) are logits (n, n_classes): scores of any size and sign, whose
    softmax would be the probabilities. It is compiled with SGD at a learning rate of 0.1, the
    metric accuracy and, for labels (n,) that are the numbers of the classes, the mean
    cross-entropy as its loss.

    >>> model = fix_compile(4, 3)
    >>> zeros = [0 * weights for weights in model.get_weights()]
    >>> model.set_weights([*zeros[:-1], np.array([2.0, 1.0, -1.0])])  # the scores of chapter 5
    >>> loss, accuracy = model.evaluate(np.ones((1, 4)), np.array([1]), verbose=0)
    >>> round(loss, 4), accuracy  # log(e² + e¹ + e⁻¹) - 1
    (1.349, 0.0)
    """
    hidden = keras.layers.Dense(16, activation="relu")
    scores = keras.layers.Dense(n_classes)
    model = keras.Sequential([keras.Input((n_inputs,)), hidden, scores])
    # BEGIN SOLUTION
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    # INSTEAD
    # loss = keras.losses.SparseCategoricalCrossentropy
    # END SOLUTION
    model.compile(keras.optimizers.SGD(0.1), loss, metrics=["accuracy"])
    return model


def fix_shapes(X, y, learning_rate, epochs):
    """Linear regression by gradient descent from zeros, on the mean squared error of X·W + b.

    X              (n, d)          floats, one example a row; n may be 1
    y              (n,) or (n, 1)  the number to be predicted for each example, in either form
    learning_rate  number          the length of a step
    epochs         int             how many steps are made, each of them on all examples
    returns        (W (d, 1), b (1,), history)  two tf.Variables, and a list of one float a step

    Each float of the history is the loss before the step: the squared difference of an example's
    prediction and its own target, as a mean over the examples.

    >>> W, b, history = fix_shapes([[-1.0], [0.0], [1.0]], [1.0, 2.0, 3.0], 0.5, 20)
    >>> W.numpy().round(2), b.numpy().round(2)  # y = x + 2
    (array([[1.]], dtype=float32), array([2.], dtype=float32))
    >>> round(history[0], 4), round(history[-1], 4)  # (1 + 4 + 9) / 3 at the start
    (4.6667, 0.0)
    """
    X, y = tf.constant(X, tf.float32), tf.constant(y, tf.float32)
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros(1))
    history = []
    for _ in range(epochs):
        with tf.GradientTape() as tape:
            predicted = X @ W + b
            # BEGIN SOLUTION
            loss = tf.reduce_mean(tf.square(predicted - tf.reshape(y, (-1, 1))))
            # INSTEAD
            # loss = tf.reduce_mean(tf.square(predicted - y))
            # END SOLUTION
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(learning_rate * dW)
        b.assign_sub(learning_rate * db)
        history.append(float(loss))
    return W, b, history


def fix_tape(model, x, y):
    """How wrong a classifier is on a batch, and in which direction each of its variables should go.

    model    callable                          gives probabilities (n, classes) for x, and has
                                               `trainable_variables`
    x        (n, d)                            one example a row; n may be 1
    y        (n, classes)                      the classes, one-hot
    returns  (loss, [gradient, gradient, …])   tensors

    The loss is the mean over the examples of -Σ y·log p, one number. The gradients are its slopes
    by each of `model.trainable_variables`, in their order and shapes. The model stays as it is.

    >>> class Softmax(tf.Module):
    ...     def __init__(self):
    ...         self.w = tf.Variable([[0.0, 0.0]])
    ...     def __call__(self, x):
    ...         return tf.nn.softmax(x @ self.w)
    >>> loss, [gradient] = fix_tape(Softmax(), np.float32([[2.0]]), np.float32([[1.0, 0.0]]))
    >>> round(float(loss), 4), gradient.numpy()  # -log 0.5, and 2·(0.5 - 1), 2·(0.5 - 0)
    (0.6931, array([[-1.,  1.]], dtype=float32))
    """
    # BEGIN SOLUTION
    with tf.GradientTape() as tape:
        probabilities = model(x)
        loss = -tf.reduce_mean(tf.reduce_sum(y * tf.math.log(probabilities), axis=1))
    # INSTEAD
    # probabilities = model(x)
    # with tf.GradientTape() as tape:
    #     loss = -tf.reduce_mean(tf.reduce_sum(y * tf.math.log(probabilities), axis=1))
    # END SOLUTION
    return loss, tape.gradient(loss, model.trainable_variables)


def fix_update(model, x, y, learning_rate, epochs):
    """Train a classifier by gradient descent, each step on all examples; the model itself learns.

    model          callable      gives probabilities (n, classes) for x, and has
                                 `trainable_variables`
    x              (n, d)        one example a row; n may be 1
    y              (n, classes)  the classes, one-hot
    learning_rate  number        the length of a step
    epochs         int           how many steps are made
    returns        list          one float a step: the loss before it

    The loss is the mean over the examples of -Σ y·log p. A step takes learning_rate times its
    slope away from every trainable variable.

    >>> class Softmax(tf.Module):
    ...     def __init__(self):
    ...         self.w = tf.Variable([[0.0, 0.0]])
    ...     def __call__(self, x):
    ...         return tf.nn.softmax(x @ self.w)
    >>> model = Softmax()
    >>> history = fix_update(model, np.float32([[2.0]]), np.float32([[1.0, 0.0]]), 0.5, 2)
    >>> [round(loss, 4) for loss in history]  # -log 0.5, then z = (1, -1) and log(1 + e⁻²)
    [0.6931, 0.1269]
    >>> model.w.numpy().round(4)
    array([[ 0.6192, -0.6192]], dtype=float32)
    """
    history = []
    for _ in range(epochs):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(tf.reduce_sum(y * tf.math.log(model(x)), axis=1))
        gradients = tape.gradient(loss, model.trainable_variables)
        for variable, gradient in zip(model.trainable_variables, gradients, strict=True):
            # BEGIN SOLUTION
            variable.assign_sub(learning_rate * gradient)
            # INSTEAD
            # variable = variable - learning_rate * gradient
            # END SOLUTION
        history.append(float(loss))
    return history


def fix_softmax(n_inputs):
    """A network for yes or no, compiled and ready for `fit`: three hidden units, one at the end.

    n_inputs  int          numbers in one example
    returns   keras.Model  Dense of 3 units with sigmoid, then Dense of 1 unit

    For X (n, n_inputs) it gives (n, 1): for each example, whatever else is in the batch, the
    probability p of a yes. The weighted sum z of the last unit is the logarithm of the odds,
    z = log(p / (1 - p)). It is compiled with SGD at a learning rate of 0.5, the mean binary
    cross-entropy of labels (n, 1) of 0 and 1 as its loss, and the metric accuracy.

    >>> model = fix_softmax(2)
    >>> hidden = np.array([[-4.0, 0.0, 3.0], [0.0, -4.0, 2.0]]), np.array([-3.0, -1.0, -4.0])
    >>> judge = np.array([[-6.0], [-6.0], [-6.0]]), np.array([3.0])
    >>> model.set_weights([*hidden, *judge])  # the network of chapter 3, and two of its pots
    >>> np.array(model(np.array([[0.5, 0.5], [-1.0, -1.0]]))).round(3)
    array([[0.829],
           [0.001]], dtype=float32)
    """
    hidden = keras.layers.Dense(3, activation="sigmoid")
    # BEGIN SOLUTION
    judge = keras.layers.Dense(1, activation="sigmoid")
    # INSTEAD
    # judge = keras.layers.Dense(1, activation="softmax")
    # END SOLUTION
    model = keras.Sequential([keras.Input((n_inputs,)), hidden, judge])
    model.compile(
        keras.optimizers.SGD(0.5), keras.losses.BinaryCrossentropy(), metrics=["accuracy"]
    )
    return model


def fix_shuffle(X, y, rng):
    """All examples in a new order that is left to chance, as one wants them before an epoch.

    X        (n, d)               one example a row; n may be 1
    y        (n,)                 what each of them is
    rng      np.random.Generator  all chance comes from it
    returns  (X (n, d), y (n,))   two new arrays, the same examples in another order

    Every one of the n! orders is as likely as any other.

    >>> X, y = np.array([[150, 45], [180, 90], [190, 105]]), np.array([0, 1, 0])
    >>> mixed, labels = fix_shuffle(X, y, np.random.default_rng(0))  # one of six orders
    >>> mixed
    array([[190, 105],
           [150,  45],
           [180,  90]])
    >>> labels
    array([0, 0, 1])
    """
    # BEGIN SOLUTION
    order = rng.permutation(len(X))
    return X[order], y[order]
    # INSTEAD
    # return rng.permutation(X), rng.permutation(y)
    # END SOLUTION


class fix_globals:  # noqa: N801
    """A neuron for yes or no, with a `fit` that trains it: logistic regression from zeros.

    fix_globals(d)                       a new neuron with d inputs, whose p is 0.5 for everything
    predict(X (n, d))                    p = σ(X·w + b) (n,), the probabilities of a yes
    fit(X (n, d), y (n,), learning_rate, epochs)
                                         trains it on X with the labels y, 0 or 1; gives a list of
                                         `epochs` floats

    `fit` makes `epochs` steps of gradient descent on the mean binary cross-entropy of all n
    examples, and its list has that loss before each step. A second `fit` goes on where the first
    one ended. There can be as many neurons as you like; each has what it has learnt for itself.

    >>> neuron = fix_globals(1)
    >>> neuron.fit(np.array([[2.0]]), np.array([1]), 0.5, 1)  # p = 0.5: -log 0.5
    [0.6931471805599453]
    >>> neuron.predict(np.array([[2.0], [0.0]])).round(4)  # w = 0.5·2·0.5 and b = 0.5·0.5
    array([0.7773, 0.5622])
    """

    def __init__(self, d):
        self.w, self.b = np.zeros(d), 0.0

    def predict(self, X):
        return sigmoid(X @ self.w + self.b)

    def fit(self, X, y, learning_rate, epochs):
        history = []
        for _ in range(epochs):
            # BEGIN SOLUTION
            p = self.predict(X)
            history.append(-float(np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))))
            self.w = self.w - learning_rate * X.T @ (p - y) / len(y)
            self.b = self.b - learning_rate * np.mean(p - y)
            # INSTEAD
            # p = nn.predict(X_train)
            # history.append(-float(np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))))
            # nn.w = nn.w - learning_rate * X_train.T @ (p - y) / len(y)
            # nn.b = nn.b - learning_rate * np.mean(p - y)
            # END SOLUTION
        return history


# What stood in the notebook below that class: four pots, standardized, their labels, a neuron.
X_train = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
y_train = np.array([0, 0, 0, 1])
nn = fix_globals(2)


def fix_dtype(X, y, learning_rate, epochs):
    """Linear regression without a bias, by gradient descent from zeros: y is to be X·w.

    X              (n, d)  numbers of any type, integers or floats; n may be 1
    y              (n,)    the number to be predicted for each example, of any type
    learning_rate  number  the length of a step
    epochs         int     how many steps are made, each of them on all examples
    returns        (w (d,), history)  an array of floats, and a list of one float a step

    Each float of the history is the loss before the step, the mean of (X·w - y)². Its slope by w
    is 2·Xᵀ(X·w - y)/n.

    >>> w, history = fix_dtype(np.array([[1], [2]]), np.array([2, 4]), 0.1, 3)
    >>> w, history  # w goes from 0 to 1, 1.5 and 1.75
    (array([1.75]), [10.0, 2.5, 0.625])
    """
    # BEGIN SOLUTION
    w = np.zeros(X.shape[1])
    # INSTEAD
    # w = np.zeros_like(X[0])
    # END SOLUTION
    history = []
    for _ in range(epochs):
        error = X @ w - y
        history.append(float(np.mean(error**2)))
        slope = 2 * (X.T @ error) / len(y)
        w[:] = w - learning_rate * slope
    return w, history


def fix_retrace(loss, x, learning_rate, steps):
    """Go downhill from x by shorter and shorter steps: step k = 0, 1, … has learning_rate/(k + 1).

    loss           function  takes a tensor (d,) of float32 and gives one number, a tensor
    x              (d,)      where to begin: numbers, as a list or an array
    learning_rate  number    the length of step 0
    steps          int       how many steps are made
    returns        (d,)      where they lead, a tensor of float32

    The step is a tf.function, so that it is compiled: from `loss` it is traced once, and not again
    however many steps are made. A step takes the rate of that step times the slope of `loss` away
    from x.

    >>> def bowl(x):
    ...     return tf.reduce_sum(x**2)
    >>> fix_retrace(bowl, [4.0, -2.0], 0.25, 2).numpy()  # 4 - 0.25·8 = 2, then 2 - 0.125·4
    array([ 1.5 , -0.75], dtype=float32)
    """

    @tf.function
    def step(x, rate):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = loss(x)
        return x - rate * tape.gradient(y, x)

    x = tf.constant(x, tf.float32)
    for k in range(steps):
        # BEGIN SOLUTION
        x = step(x, tf.constant(learning_rate / (k + 1), tf.float32))
        # INSTEAD
        # x = step(x, learning_rate / (k + 1))
        # END SOLUTION
    return x
