"""How a network should begin: weights that tell neurons apart and let gradients through.

Shapes: W (fan_in, fan_out) leads from fan_in inputs to fan_out neurons, one neuron a column. `rng`
is a NumPy generator, as `np.random.default_rng(8)` makes one: all that is random is drawn from it
and from nowhere else, so that equal generators give equal matrices. This chapter is written without
Keras, which has starts of its own.
"""

import numpy as np
import tensorflow as tf


class HiddenModel(tf.Module):
    """784 inputs, 100 sigmoid neurons, 10 classes: softmax(σ(x·W1 + b1)·W2 + b2).

    Its four weights are attributes, all of them a tf.Variable of float32: W1 (784, 100), b1 (100,),
    W2 (100, 10) and b2 (10,), in W one neuron a column.

    >>> model = HiddenModel(lambda fan_in, fan_out: np.zeros((fan_in, fan_out)))
    >>> model(np.ones((2, 784))).numpy()[1, :4]
    array([0.1, 0.1, 0.1, 0.1], dtype=float32)
    >>> [variable.name for variable in model.trainable_variables]
    ['W1:0', 'W2:0', 'b1:0', 'b2:0']
    """

    def __init__(self, initializer):
        """Call `super().__init__()`, which a tf.Module needs, and make the four Variables.

        initializer  function  initializer(fan_in, fan_out) gives a matrix (fan_in, fan_out) of
                               floats, as an array or a float32 tensor

        It is called once for W1 and then once for W2, and what it gives is where they start. The
        biases start at 0.

        >>> model = HiddenModel(lambda fan_in, fan_out: np.full((fan_in, fan_out), fan_out / 1000))
        >>> model.W1[0, :3].numpy(), model.b2[:3].numpy()
        (array([0.1, 0.1, 0.1], dtype=float32), array([0., 0., 0.], dtype=float32))
        """
        raise NotImplementedError("__init__ is still to do")

    def __call__(self, x):
        """Probabilities for a batch; a tape can follow from them back to the Variables.

        x        (n, 784)  array or tensor, of float32, float64 or integers; n may be 1
        returns  (n, 10)   tensor of float32, each row shares that add up to 1

        >>> model = HiddenModel(lambda fan_in, fan_out: np.zeros((fan_in, fan_out)))
        >>> _ = model.b2.assign([0.0] * 9 + [np.log(11.0)])  # e^z is 1 nine times, and 11
        >>> model(np.ones((1, 784))).numpy()[0, 7:].round(2)
        array([0.05, 0.05, 0.55], dtype=float32)
        """
        raise NotImplementedError("__call__ is still to do")


def distinct_neurons(W, tol):
    """How many different neurons a layer has: the number of different columns of W.

    W        (d, units)  array, tensor or Variable, one neuron a column
    tol      number      two columns are the same when no entry of one is further than tol from
                         the entry beside it in the other; 0 or more, in the unit of the weights
    returns  int         from 1 to units

    The columns are gone through from left to right. The first one counts, and every other one
    counts that is not the same as any column that has been counted before it. So of three columns
    0.0, 0.8 and 1.6 with tol 1 the first and the last count.

    >>> W = [[1.0, 5.0, 1.0], [2.0, 2.0, 2.001]]
    >>> distinct_neurons(W, 0.01), distinct_neurons(W, 0.0001)
    (2, 3)
    """
    raise NotImplementedError("distinct_neurons is still to do")


def xavier_init(fan_in, fan_out, rng):
    """Xavier's start: normal numbers with mean 0 and standard deviation √(2 / (fan_in + fan_out)).

    fan_in   int                how many inputs each neuron has
    fan_out  int                how many neurons there are
    rng      np.random.Generator
    returns  (fan_in, fan_out)  floats, each drawn on its own, not cut off anywhere

    >>> W = xavier_init(784, 500, np.random.default_rng(3))
    >>> W.shape, round(float(W.std()), 4)  # √(2/1284) = 0.0395
    ((784, 500), 0.0395)
    """
    raise NotImplementedError("xavier_init is still to do")


def xavier_uniform(fan_in, fan_out, rng):
    """Xavier's start with a flat distribution: evenly from -√(6 / (fan_in + fan_out)) to +√(…).

    fan_in   int                how many inputs each neuron has
    fan_out  int                how many neurons there are
    rng      np.random.Generator
    returns  (fan_in, fan_out)  floats, each drawn on its own

    An even distribution up to ±limit has the standard deviation limit/√3, which here is that of
    `xavier_init`.

    >>> W = xavier_uniform(784, 500, np.random.default_rng(3))
    >>> W.shape, round(float(W.max()), 4), round(float(W.std()), 4)  # √(6/1284) = 0.0684
    ((784, 500), 0.0684, 0.0395)
    """
    raise NotImplementedError("xavier_uniform is still to do")


def he_init(fan_in, fan_out, rng):
    """He's start, for relu: normal numbers with mean 0 and standard deviation √(2 / fan_in).

    fan_in   int                how many inputs each neuron has
    fan_out  int                how many neurons there are
    rng      np.random.Generator
    returns  (fan_in, fan_out)  floats, each drawn on its own, not cut off anywhere

    >>> W = he_init(784, 500, np.random.default_rng(3))
    >>> W.shape, round(float(W.std()), 4)  # √(2/784) = 0.0505
    ((784, 500), 0.0505)
    """
    raise NotImplementedError("he_init is still to do")


def saturation(a, tol=0.01):
    """The share of sigmoid outputs that lie at one of the two flat ends: a ≤ tol or a ≥ 1 - tol.

    a        any shape  outputs of sigmoid neurons, between 0 and 1: an array, a (nested) list or a
                        tensor, of float32 or float64
    tol      number     how near to 0 or to 1 counts as flat, from 0 to 0.5; the bound itself counts
    returns  float      from 0, none of all the numbers in a, to 1, all of them

    >>> saturation([[0.5, 0.995], [0.02, 0.0]])  # 0.995 and 0.0
    0.5
    >>> saturation([[0.5, 0.995], [0.02, 0.0]], tol=0.1)
    0.75
    """
    raise NotImplementedError("saturation is still to do")


def gradient_norms(model, x, y):
    """How much gradient reaches each layer: Σ|g| over the weight matrix of each, first layer first.

    model    function        model(x) gives probabilities (n, classes) in float32;
                             model.trainable_variables are its Variables
    x        (n, d)          what the model takes, an array or a float32 tensor
    y        (n, classes)    one-hot labels, array or tensor, of integers or floats
    returns  [float, ...]    a list: for each matrix among model.trainable_variables, in their
                             order, the sum of |g| over the whole gradient by that matrix

    The loss is the categorical cross-entropy of chapter 5, the mean over the n examples of
    -Σ y·ln(p + 1e-12). Biases, which are no matrices, are left out. Where the loss does not depend
    on a matrix at all the answer is 0.0. The model stays as it is.

    >>> class Scores(tf.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.W, self.b = tf.Variable(tf.zeros([2, 2])), tf.Variable(tf.zeros(2))
    ...     def __call__(self, x):
    ...         return tf.nn.softmax(x @ self.W + self.b)
    >>> x, y = np.array([[3.0, 1.0]], np.float32), np.array([[1, 0]])
    >>> gradient_norms(Scores(), x, y)  # by W: -1.5 and 1.5 for the first input, -0.5 and 0.5
    [4.0]
    """
    raise NotImplementedError("gradient_norms is still to do")
