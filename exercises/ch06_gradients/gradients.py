"""Three ways to a derivative: by trying, by hand, by a tape, and the hand's way through a network.

Shapes: X (n, d) holds one example a row, W (d, units) one neuron a column, b (units,) one bias a
neuron. A gradient has the shape of what it is taken by: a number for every number. Every argument
is left as it was; arrays of integers are as good as arrays of floats. `sigmoid` and `tanh` are
yours from chapter 1, for NumPy. TensorFlow takes seconds to load: write its import inside
`tape_gradient`, and the others need not wait.
"""

import numpy as np

from grader.given import sigmoid, tanh


def numerical_gradient(f, x, h=1e-5):
    """Central differences: (f(x with x_i + h) - f(x with x_i - h)) / 2h for each number x_i.

    f        function    takes an array of floats in the shape of x and returns one number
    x        any shape   where to take the gradient: an array, a (nested) list or a number
    h        number      the step, in the unit of x
    returns  shape of x  an array, one slope for each x_i, in float64

    It computes in float64 whatever the type of x: an integer cannot hold x_i + h, and a float32
    hardly can. f is called exactly twice for each x_i.

    >>> def f(x):
    ...     return x[0] ** 2 * x[1]
    >>> numerical_gradient(f, [3, 5]).round(6)  # 2·3·5 and 3²
    array([30.,  9.])
    """
    raise NotImplementedError("numerical_gradient is still to do")


def sigmoid_prime(z):
    """The slope of the sigmoid: σ'(z) = σ(z)·(1 - σ(z)), element by element.

    z        any shape   a number, a list or an array, of floats or integers
    returns  shape of z  floats from 0 to 0.25

    z is the weighted sum, before any sigmoid. ±1000 gives 0 without a warning, also in float32.

    >>> sigmoid_prime([-1000, 0, 2]).round(4)
    array([0.   , 0.25 , 0.105])
    """
    raise NotImplementedError("sigmoid_prime is still to do")


def tanh_prime(z):
    """The slope of tanh: tanh'(z) = 1 - tanh(z)², element by element.

    z        any shape   a number, a list or an array, of floats or integers
    returns  shape of z  floats from 0 to 1

    ±1000 gives 0 without a warning, also in float32.

    >>> tanh_prime([-1000, 0, 1]).round(4)
    array([0.  , 1.  , 0.42])
    """
    raise NotImplementedError("tanh_prime is still to do")


def relu_prime(z):
    """The slope of relu: 1 where z > 0, else 0, element by element.

    z        any shape   a number, a list or an array, of floats or integers
    returns  shape of z  the numbers 1 and 0 (integers or floats, not True and False)

    At 0 there is a corner and no slope; the answer there is 0, as TensorFlow has it.

    >>> relu_prime([-2.0, 0.0, 0.5])
    array([0, 0, 1])
    """
    raise NotImplementedError("relu_prime is still to do")


def tape_gradient(f, x):
    """The gradient of f at x by automatic differentiation, with tf.GradientTape.

    f        function    takes a tensor of floats in the shape of x and returns one number, a
                         tensor, by TensorFlow's operations alone
    x        any shape   an array, a (nested) list, a number, a tensor or a Variable
    returns  shape of x  a tensor of floats, one slope for each number of x

    Floats may be computed in their own type or in float64 or float32, whichever you like.
    Integers have no derivative, so they are turned into floats first.

    >>> def f(x):
    ...     return x[0] ** 2 * x[1]
    >>> tape_gradient(f, [3, 5]).numpy()
    array([30.,  9.], dtype=float32)
    """
    raise NotImplementedError("tape_gradient is still to do")


def dense_backward(dA, A_prev, W, A):
    """One layer of sigmoid neurons, backwards: from the slopes by A to those by A_prev, W and b.

    Forward it was Z = A_prev·W + b and A = σ(Z). Backward it is dZ = dA·A·(1 - A), element by
    element, and then dA_prev = dZ·Wᵀ, dW = A_prevᵀ·dZ and db = the sum of dZ over the examples.

    dA       (n, units)                              the slope of the cost by each number of A
    A_prev   (n, d)                                  what went into the layer
    W        (d, units)                              one column a neuron
    A        (n, units)                              what came out, between 0 and 1
    returns  (dA_prev (n, d), dW (d, units), db (units,))  a tuple of arrays, in this order

    All arguments are NumPy arrays. Nothing is divided by n here: the cost is a mean, and its 1/n
    is in dA already. There is no loop.

    >>> A_prev, W, A = np.array([[1.0, 2.0]]), np.array([[3.0], [5.0]]), np.array([[0.5]])
    >>> dA_prev, dW, db = dense_backward(np.array([[4.0]]), A_prev, W, A)  # dZ = 4·0.5·0.5 = 1
    >>> dA_prev
    array([[3., 5.]])
    >>> dW
    array([[1.],
           [2.]])
    >>> db
    array([1.])
    """
    raise NotImplementedError("dense_backward is still to do")


def backprop(X, y, layers):
    """Every slope of a network's cost: forward through all layers, then back through them.

    The cost is the binary cross-entropy, the mean over the n examples of
    -[y·ln a + (1 - y)·ln(1 - a)], with a for what the last layer gives.

    X        (n, d)            one example a row, n may be 1
    y        (n, 1)            the labels, 0 or 1
    layers   [(W, b), ...]     first layer first, one or more, all of sigmoid neurons; the last
                               has one unit
    returns  [(dW, db), ...]   for each layer the slopes of the cost, dW (d, units) and db
                               (units,), in the order of `layers`

    X, y, and every W and b are NumPy arrays. What the last layer gives is strictly between 0
    and 1 in all that is asked here. The layers themselves stay as they are: nothing is learnt yet.

    >>> X, y = np.array([[1.0, 2.0], [0.0, 4.0]]), np.array([[1], [0]])
    >>> [(dW, db)] = backprop(X, y, [(np.zeros((2, 1)), np.zeros(1))])  # a = 0.5 for both
    >>> dW, db  # (a - y)/n is -0.25 and 0.25
    (array([[-0.25],
           [ 0.5 ]]), array([0.]))
    """
    raise NotImplementedError("backprop is still to do")


def gradient_check(f, gradient, x):
    """How far a gradient is from central differences n: ‖n - gradient‖ / (‖n‖ + ‖gradient‖).

    f         function    takes an array of floats in the shape of x and returns one number
    gradient  shape of x  what somebody says the gradient of f at x is: an array, a list, a number
    x         any shape   where it is said to be so: an array, a (nested) list or a number
    returns   float       from 0, where the two agree, to 1

    ‖v‖ is the root of the sum of all squares in v, whatever its shape, and n the
    `numerical_gradient` with h = 1e-5. Where both are all zeros the answer is 0. ValueError when
    gradient and x differ in shape, also for (3,) and (3, 1).

    >>> def f(x):
    ...     return x[0] ** 2 * x[1]
    >>> gradient_check(f, [30, 9], [3, 5]) < 1e-7
    True
    >>> round(gradient_check(f, [15, 9], [3, 5]), 4)  # 15 / (31.3209 + 17.4929)
    0.3073
    """
    raise NotImplementedError("gradient_check is still to do")
