"""Wrong answers to ch06_gradients that learners really give; each docstring is its diagnosis."""

import math

import numpy as np

from grader.given import relu, sigmoid, tanh


def _differences(f, x, h=1e-5, quotient=None):
    """The gradient with another quotient of (f(x + h), f(x), f(x - h), h)."""
    quotient = quotient or (lambda above, here, below, h: (above - below) / (2 * h))
    x = np.array(x, dtype=float)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = h
        gradient[i] = quotient(f(x + step), f(x), f(x - step), h)
    return gradient


def _counted(f):
    """A function that may be asked as often as one likes, also where it counts its calls."""
    return getattr(f, "_function", f)


def _tensor(x):
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    return x if x.dtype.is_floating else tf.cast(x, tf.float32)


def _slopes(f, x):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return y, tape.gradient(y, x)


def _forward(X, layers):
    activations = [X]
    for W, b in layers:
        activations.append(sigmoid(activations[-1] @ W + b))
    return activations


def _backward(dA, A_prev, W, A):
    return _with(dA * A * (1 - A), A_prev, W)


def _with(dZ, A_prev, W):
    return dZ @ W.T, A_prev.T @ dZ, dZ.sum(axis=0)


def _slope_by_a(a, y):
    return (a - y) / (a * (1 - a)) / len(y)


def _backprop(activations, dA, layers, back=_backward):
    gradients = []
    for i in reversed(range(len(layers))):
        dA, dW, db = back(dA, activations[i], layers[i][0], activations[i + 1])
        gradients.insert(0, (dW, db))
    return gradients


# numerical_gradient


def numerical_gradient_forward_difference(f, x, h=1e-5):
    """You take a step forward only, (f(x + h) - f(x)) / h; step to both sides and divide by both
    steps: (f(x + h) - f(x - h)) / (2 * h). The error shrinks with h² then, not with h."""
    f = _counted(f)
    return _differences(f, x, h, lambda above, here, below, h: (above - here) / h)


def numerical_gradient_backward_difference(f, x, h=1e-5):
    """You take a step back only, (f(x) - f(x - h)) / h; step to both sides and divide by both
    steps: (f(x + h) - f(x - h)) / (2 * h)."""
    f = _counted(f)
    return _differences(f, x, h, lambda above, here, below, h: (here - below) / h)


def numerical_gradient_half_a_difference(f, x, h=1e-5):
    """You divide by 2h, but went one h only; above f(x + h) - f(x - h) belongs, and then 2h."""
    f = _counted(f)
    return _differences(f, x, h, lambda above, here, below, h: (above - here) / (2 * h))


def numerical_gradient_divided_by_one_step(f, x, h=1e-5):
    """You go h to each side, 2h in all, and divide by h: every slope comes out doubled."""
    f = _counted(f)
    return _differences(f, x, h, lambda above, here, below, h: (above - below) / h)


def numerical_gradient_lost_parentheses(f, x, h=1e-5):
    """Python reads / 2 * h from the left: it halves and then multiplies by h. Put the 2 * h in
    parentheses."""
    f = _counted(f)
    return _differences(f, x, h, lambda above, here, below, h: (above - below) / 2 * h)


def numerical_gradient_sign(f, x, h=1e-5):
    """You subtract the wrong way round, so every slope has the wrong sign: f(x + h) comes first."""
    f = _counted(f)
    return _differences(f, x, h, lambda above, here, below, h: (below - above) / (2 * h))


def numerical_gradient_step_ignored(f, x, h=1e-5):
    """You always take the step 1e-5; the step is the argument h."""
    f = _counted(f)
    return _differences(f, x)


def numerical_gradient_step_too_small(f, x, h=1e-5):
    """Your step is so small that rounding eats the difference: f(x + h) and f(x - h) share nearly
    all their digits. Use the h that you were given."""
    f = _counted(f)
    return _differences(f, x, 1e-12)


def numerical_gradient_in_float32(f, x, h=1e-5):
    """You compute in float32, which keeps seven digits: x + h has hardly anything left of h. Work
    on np.array(x, dtype=float), which is float64."""
    x = np.array(x, dtype=np.float32)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        here = x[i]
        x[i] = here + h
        above = f(x)
        x[i] = here - h
        gradient[i] = (above - f(x)) / (2 * h)
        x[i] = here
    return gradient


def numerical_gradient_in_the_type_of_x(f, x, h=1e-5):
    """You leave x in its own type: an array of integers cuts x + h off, and a float32 rounds most
    of h away. Make floats of it first: np.array(x, dtype=float)."""
    x = np.array(x)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        here = x[i]
        x[i] = here + h
        above = f(x)
        x[i] = here - h
        gradient[i] = (above - f(x)) / (2 * h)
        x[i] = here
    return gradient


def numerical_gradient_truncated(f, x, h=1e-5):
    """You collect the slopes in np.zeros_like(x), which holds integers when x does and cuts them
    off; np.zeros(x.shape) holds floats."""
    f = _counted(f)
    return _differences(f, x, h).astype(np.asarray(x).dtype)


def numerical_gradient_input_left_perturbed(f, x, h=1e-5):
    """You add h to the caller's x and subtract it again, and rounding does not bring back quite the
    same number; keep the old value and put it back, or work on a copy: np.array(x, dtype=float)."""
    x = np.asarray(x, dtype=float)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        gradient[i] = (above - f(x)) / (2 * h)
        x[i] += h
    return gradient


def numerical_gradient_never_put_back(f, x, h=1e-5):
    """You do not put the old number back, so x has moved when the next slope is measured, and for
    the caller as well; end each round with x[i] = the old value."""
    x = np.asarray(x, dtype=float)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        here = x[i]
        x[i] = here + h
        above = f(x)
        x[i] = here - h
        gradient[i] = (above - f(x)) / (2 * h)
    return gradient


def numerical_gradient_copy_never_put_back(f, x, h=1e-5):
    """Your copy of x keeps every step it has taken, so the later slopes are measured at another
    place; end each round with x[i] = the old value."""
    return numerical_gradient_never_put_back(f, np.array(x, dtype=float), h)


def numerical_gradient_all_at_once(f, x, h=1e-5):
    """You move all numbers of x together, which gives one slope, the sum of them all; move one
    number at a time, in a loop over the places of x."""
    x = np.asarray(x, dtype=float)
    return np.asarray((f(x + h) - f(x - h)) / (2 * h))


def numerical_gradient_row_by_row(f, x, h=1e-5):
    """You loop over the first axis alone and move a whole row at a time; np.ndindex(x.shape) runs
    through every single place, whatever the shape."""
    x = np.array(x, dtype=float)
    gradient = np.zeros_like(x)
    for i in range(len(x)):
        step = np.zeros_like(x)
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


def numerical_gradient_flattened(f, x, h=1e-5):
    """Your slopes stand in one long vector; give them the shape of x: gradient.reshape(x.shape)."""
    f = _counted(f)
    return _differences(f, x, h).ravel()


def numerical_gradient_list(f, x, h=1e-5):
    """You return a list; asked for is an array: np.array(slopes).reshape(np.shape(x))."""
    f = _counted(f)
    return _differences(f, x, h).tolist()


def numerical_gradient_needless_calls(f, x, h=1e-5):
    """Your slopes are right, but you ask f more often than twice for each number. f may be a whole
    network: f(x + h) and f(x - h) are all you need, and f(x) is not."""
    return _differences(f, x, h)


# sigmoid_prime


def sigmoid_prime_z_for_a(z):
    """You compute z(1 - z); the formula is a(1 - a) with a = sigmoid(z), so the sigmoid comes
    first."""
    z = np.asarray(z)
    return z * (1 - z)


def sigmoid_prime_sigmoid_twice(z):
    """You take the sigmoid of a once more; in a(1 - a) the a is sigmoid(z), and that is all."""
    a = sigmoid(sigmoid(z))
    return a * (1 - a)


def sigmoid_prime_sigmoid_itself(z):
    """You return the sigmoid; its slope is sigmoid(z) * (1 - sigmoid(z))."""
    return sigmoid(z)


def sigmoid_prime_second_half_only(z):
    """You return 1 - σ(z); the slope is that times σ(z)."""
    return 1 - sigmoid(z)


def sigmoid_prime_sign(z):
    """Your slope is negative, but the sigmoid rises everywhere: a * (1 - a), not a * (a - 1)."""
    a = sigmoid(z)
    return a * (a - 1)


def sigmoid_prime_squared(z):
    """You compute 1 - a², which is the slope of tanh; that of the sigmoid is a(1 - a)."""
    return 1 - sigmoid(z) ** 2


def sigmoid_prime_of_tanh(z):
    """You compute 1 - tanh(z)², the slope of tanh; that of the sigmoid is σ(z)(1 - σ(z))."""
    return 1 - tanh(z) ** 2


def sigmoid_prime_with_the_product_rule(z):
    """You differentiate a(1 - a) once more; a(1 - a) is the slope already."""
    a = sigmoid(z)
    return a * (1 - a) * (1 - 2 * a)


def sigmoid_prime_overflows(z):
    """Your slope e^-z / (1 + e^-z)² is right on paper, but np.exp(-z) overflows far to the left,
    and inf / inf is NaN. Build it from sigmoid(z), which does not overflow."""
    e = np.exp(-np.asarray(z, dtype=float))
    return e / (1 + e) ** 2


def sigmoid_prime_sigmoid_overflows(z):
    """You wrote 1 / (1 + np.exp(-z)) again, and far to the left np.exp(-z) overflows; use the
    sigmoid of chapter 1, which is imported already."""
    a = 1 / (1 + np.exp(-np.asarray(z)))
    return a * (1 - a)


def sigmoid_prime_truncated(z):
    """You put the slopes into an array of z's type (np.zeros_like(z)), and integers cut 0.25 to 0;
    a = sigmoid(z) is an array of floats already."""
    slopes = np.zeros_like(z)
    slopes[...] = sigmoid(z) * (1 - sigmoid(z))
    return slopes


def sigmoid_prime_single_numbers(z):
    """math.exp takes a single number; z may be an array of any shape, so build on sigmoid(z)."""
    a = 1 / (1 + math.exp(-z))
    return a * (1 - a)


# tanh_prime


def tanh_prime_without_the_square(z):
    """You compute 1 - a; the slope of tanh is 1 - a², with a = tanh(z)."""
    return 1 - tanh(z)


def tanh_prime_z_for_a(z):
    """You square z itself; the slope is 1 - a² with a = tanh(z), so tanh comes first."""
    return 1 - np.asarray(z) ** 2


def tanh_prime_tanh_twice(z):
    """You take tanh of a once more; in 1 - a² the a is tanh(z), and that is all."""
    return 1 - tanh(tanh(z)) ** 2


def tanh_prime_tanh_itself(z):
    """You return tanh; its slope is 1 - tanh(z) ** 2."""
    return tanh(z)


def tanh_prime_of_the_sigmoid(z):
    """a(1 - a) is the sigmoid's formula; with a = tanh(z) the slope is 1 - a²."""
    a = tanh(z)
    return a * (1 - a)


def tanh_prime_sign(z):
    """Your slope is negative, but tanh rises everywhere: 1 - a ** 2, not a ** 2 - 1."""
    return tanh(z) ** 2 - 1


def tanh_prime_inner_slope_forgotten(z):
    """tanh(z) is 2σ(2z) - 1, and the 2z inside has a slope too: the chain rule makes it
    2 · 2 · σ'(2z). Yours is half of that."""
    a = sigmoid(2 * np.asarray(z))
    return 2 * a * (1 - a)


def tanh_prime_cosh_overflows(z):
    """1 / cosh(z)² is right on paper, but cosh overflows far out; 1 - tanh(z) ** 2 does not."""
    return 1 / np.cosh(np.asarray(z, dtype=float)) ** 2


def tanh_prime_exp_overflows(z):
    """You build tanh from e^z and e^-z, and far out one of them overflows and gives NaN; use the
    tanh of chapter 1, which is imported already."""
    z = np.asarray(z, dtype=float)
    a = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    return 1 - a**2


def tanh_prime_truncated(z):
    """You put the slopes into an array of z's type (np.zeros_like(z)), and integers cut 0.42 to 0;
    tanh(z) is an array of floats already."""
    slopes = np.zeros_like(z)
    slopes[...] = 1 - tanh(z) ** 2
    return slopes


# relu_prime


def relu_prime_one_at_zero(z):
    """You answer 1 at 0; there relu has a corner and no slope, and TensorFlow's answer is 0, so it
    is here: z > 0, not z >= 0."""
    return np.where(np.asarray(z) >= 0, 1, 0)


def relu_prime_half_at_zero(z):
    """You answer 0.5 at 0, the middle of both sides; TensorFlow's answer there is 0, so it is
    here."""
    return np.heaviside(np.asarray(z, dtype=float), 0.5)


def relu_prime_relu_itself(z):
    """You return relu; its slope is 1 where z > 0, however large z is, and 0 elsewhere."""
    return relu(z)


def relu_prime_z_where_positive(z):
    """You cut z off at 0 and at 1, so that small ones stay as they are; the slope is 1 for every z
    above 0, however small."""
    return np.clip(z, 0, 1)


def relu_prime_of_abs(z):
    """You answer -1 to the left of 0, which is the slope of |z|; relu is flat there, so 0."""
    return np.sign(z)


def relu_prime_leaky(z):
    """You answer 0.01 to the left of 0, as a leaky relu would; this relu is flat there: 0."""
    return np.where(np.asarray(z) > 0, 1, 0.01)


def relu_prime_upside_down(z):
    """You answer 1 to the left of 0 and 0 to the right; turn the comparison round."""
    return np.where(np.asarray(z) < 0, 1, 0)


def relu_prime_booleans(z):
    """You return True and False; the slope is a number: np.where(z > 0, 1, 0), or .astype(float)
    after the comparison."""
    return np.asarray(z) > 0


def relu_prime_by_division(z):
    """You divide relu(z) by z, and at 0 that is 0/0, NaN; ask whether z > 0 instead."""
    return relu(z) / np.asarray(z)


def relu_prime_in_place(z):
    """You write the answer into the caller's own z; make a new array: np.where(z > 0, 1, 0)."""
    z = np.asarray(z)
    positive = z > 0
    z[...] = 0
    z[positive] = 1
    return z


def relu_prime_single_numbers(z):
    """`if z > 0` asks for one yes or no, and an array has many; np.where(np.asarray(z) > 0, 1, 0)
    asks each of its numbers."""
    return 1 if z > 0 else 0


# tape_gradient


def tape_gradient_not_watched(f, x):
    """You get None for everything but a Variable: a tape watches Variables by itself and nothing
    else. Call tape.watch(x) inside the `with`, before f(x)."""
    import tensorflow as tf

    x = x if isinstance(x, tf.Variable) else _tensor(x)
    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, x)


def tape_gradient_nothing_recorded(f, x):
    """You get None: the tape has seen no way from x to y. Make the tensor x first; then, inside the
    `with`, tape.watch(x) and after it y = f(x), with no NumPy on the way."""
    import tensorflow as tf

    x = _tensor(x)
    y = f(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
    return tape.gradient(y, x)


def tape_gradient_integers(f, x):
    """You get None for integers, which have no derivative; make floats of them before the tape
    starts: tf.cast(x, tf.float32)."""
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    return _slopes(f, x)[1]


def tape_gradient_numpy_inside(f, x):
    """You hand f an array (x.numpy(), np.array(x)), so NumPy does the work, and the tape sees
    TensorFlow's operations only; hand it the tensor."""
    import tensorflow as tf

    x = _tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x.numpy())
    return tape.gradient(y, x)


def tape_gradient_used_twice(f, x):
    """You ask the same tape twice, and it has forgotten everything after the first answer; ask it
    once and keep what it says (or make it persistent=True)."""
    import tensorflow as tf

    x = _tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    if tape.gradient(y, x) is not None:
        return tape.gradient(y, x)
    return None


def tape_gradient_as_an_array(f, x):
    """You return a NumPy array; asked for is the tensor as the tape gives it, without .numpy()."""
    return _slopes(f, _tensor(x))[1].numpy()


def tape_gradient_list_of_one(f, x):
    """You ask for the gradient by a list, [x], and get a list of one; ask by x itself:
    tape.gradient(y, x)."""
    return [_slopes(f, _tensor(x))[1]]


def tape_gradient_value_too(f, x):
    """You return the value of f as well; the gradient alone is asked for."""
    return _slopes(f, _tensor(x))


def tape_gradient_value_only(f, x):
    """You return what f gives; asked for is tape.gradient(y, x)."""
    return _slopes(f, _tensor(x))[0]


def tape_gradient_summed(f, x):
    """You add the slopes up; each number of x keeps its own, in the shape of x."""
    import tensorflow as tf

    return tf.reduce_sum(_slopes(f, _tensor(x))[1])


def tape_gradient_by_differences(f, x):
    """You take small steps, as numerical_gradient does, and in float32 they are rounded nearly
    away; let the tape do it, which takes no steps: tape.gradient(y, x)."""
    import tensorflow as tf

    x = _tensor(x).numpy().astype(np.float32)

    def g(moved):
        return np.float32(f(tf.constant(moved.astype(np.float32))))

    return tf.constant(_differences(g, x), tf.float32)


def tape_gradient_by_exact_differences(f, x):
    """You take small steps in float64, as numerical_gradient does; where f is large the difference
    of two values has few digits left. Let the tape do it: tape.gradient(y, x)."""
    import tensorflow as tf

    return tf.constant(_differences(f, _tensor(x).numpy()))


# dense_backward


def dense_backward_sigmoid_of_a(dA, A_prev, W, A):
    """You take the sigmoid of A once more; A has been through it, so the slope is A * (1 - A)."""
    a = sigmoid(A)
    return _with(dA * a * (1 - a), A_prev, W)


def dense_backward_without_the_slope(dA, A_prev, W, A):
    """The slope of the sigmoid is missing: dZ is dA * A * (1 - A), not dA itself."""
    return _with(dA, A_prev, W)


def dense_backward_half_the_slope(dA, A_prev, W, A):
    """You multiply by A and leave out (1 - A): the slope of the sigmoid is A * (1 - A)."""
    return _with(dA * A, A_prev, W)


def dense_backward_other_half_of_the_slope(dA, A_prev, W, A):
    """You multiply by 1 - A and leave out A: the slope of the sigmoid is A * (1 - A)."""
    return _with(dA * (1 - A), A_prev, W)


def dense_backward_slope_of_tanh(dA, A_prev, W, A):
    """1 - A² is the slope of tanh; this is a sigmoid layer: A * (1 - A)."""
    return _with(dA * (1 - A**2), A_prev, W)


def dense_backward_without_da(dA, A_prev, W, A):
    """What comes from behind is lost: dZ is the slope of the sigmoid times dA."""
    return _with(A * (1 - A), A_prev, W)


def dense_backward_slope_added(dA, A_prev, W, A):
    """You add the slope of the sigmoid to dA; in the chain rule slopes are multiplied."""
    return _with(dA + A * (1 - A), A_prev, W)


def dense_backward_divided_by_n(dA, A_prev, W, A):
    """You divide dW and db by n, as texts do whose dA does not have the 1/n of the mean in it; here
    it has, so add up over the batch and divide by nothing."""
    dA_prev, dW, db = _backward(dA, A_prev, W, A)
    return dA_prev, dW / len(dA), db / len(dA)


def dense_backward_all_divided_by_n(dA, A_prev, W, A):
    """You divide everything by n; the 1/n of the mean is in dA already, once for all layers."""
    return tuple(v / len(dA) for v in _backward(dA, A_prev, W, A))


def dense_backward_dw_divided_by_n(dA, A_prev, W, A):
    """You divide dW by n; the 1/n of the mean is in dA already, so it comes in twice."""
    dA_prev, dW, db = _backward(dA, A_prev, W, A)
    return dA_prev, dW / len(dA), db


def dense_backward_mean_of_db(dA, A_prev, W, A):
    """You take the mean of dZ for db; the 1/n is in dA already, so take the sum over the batch."""
    dA_prev, dW, db = _backward(dA, A_prev, W, A)
    return dA_prev, dW, db / len(dA)


def dense_backward_db_not_summed(dA, A_prev, W, A):
    """Your db has a row for every example; one bias serves them all, so add the rows of dZ up:
    dZ.sum(axis=0)."""
    dA_prev, dW, _ = _backward(dA, A_prev, W, A)
    return dA_prev, dW, dA * A * (1 - A)


def dense_backward_db_over_units(dA, A_prev, W, A):
    """You add dZ up along each example; a bias belongs to a unit, a column, so add up the rows:
    dZ.sum(axis=0)."""
    dA_prev, dW, _ = _backward(dA, A_prev, W, A)
    return dA_prev, dW, (dA * A * (1 - A)).sum(axis=1)


def dense_backward_db_one_number(dA, A_prev, W, A):
    """You add up all of dZ; every unit has a bias of its own: dZ.sum(axis=0)."""
    dA_prev, dW, db = _backward(dA, A_prev, W, A)
    return dA_prev, dW, db.sum()


def dense_backward_db_2d(dA, A_prev, W, A):
    """Your db is (1, units); b is (units,), and its slopes have its shape: leave keepdims out."""
    dA_prev, dW, db = _backward(dA, A_prev, W, A)
    return dA_prev, dW, db.reshape(1, -1)


def dense_backward_transpose_forgotten(dA, A_prev, W, A):
    """You multiply by W; on the way back each unit's slope goes along its own weights to the
    inputs, and that is dZ @ W.T. On a square W nothing complains."""
    dZ = dA * A * (1 - A)
    return dZ @ W, A_prev.T @ dZ, dZ.sum(axis=0)


def dense_backward_dw_transposed(dA, A_prev, W, A):
    """Your dW is lying on its side, (units, d); W is (d, units), so A_prev.T @ dZ."""
    dA_prev, dW, db = _backward(dA, A_prev, W, A)
    return dA_prev, dW.T, db


def dense_backward_dw_with_a(dA, A_prev, W, A):
    """You use A for dW; a weight multiplies what went into the layer: A_prev.T @ dZ."""
    dA_prev, _, db = _backward(dA, A_prev, W, A)
    return dA_prev, A.T @ (dA * A * (1 - A)), db


def dense_backward_da_prev_from_da(dA, A_prev, W, A):
    """You send dA back through W; the sigmoid lies in between, so it is dZ that goes back."""
    _, dW, db = _backward(dA, A_prev, W, A)
    return dA @ W.T, dW, db


def dense_backward_db_from_da(dA, A_prev, W, A):
    """You add up dA for db; the bias lies before the sigmoid, so it is dZ that is added up."""
    dA_prev, dW, _ = _backward(dA, A_prev, W, A)
    return dA_prev, dW, dA.sum(axis=0)


def dense_backward_next_sigmoid_too(dA, A_prev, W, A):
    """You multiply dA_prev by A_prev * (1 - A_prev) as well; that is the slope of the layer before,
    which does it itself, and X has been through no sigmoid at all."""
    dA_prev, dW, db = _backward(dA, A_prev, W, A)
    return dA_prev * A_prev * (1 - A_prev), dW, db


def dense_backward_in_another_order(dA, A_prev, W, A):
    """You return dW, db, dA_prev; the order asked for is dA_prev, dW, db."""
    dA_prev, dW, db = _backward(dA, A_prev, W, A)
    return dW, db, dA_prev


def dense_backward_without_da_prev(dA, A_prev, W, A):
    """You return dW and db alone; the layer before needs dA_prev: return dA_prev, dW, db."""
    return _backward(dA, A_prev, W, A)[1:]


def dense_backward_in_place(dA, A_prev, W, A):
    """`dA *= …` writes into the caller's own dA; give the product a new name: dZ = dA * A *
    (1 - A)."""
    dA *= A * (1 - A)
    return _with(dA, A_prev, W)


# backprop


def backprop_mean_forgotten(X, y, layers):
    """Your slopes are n times too large: the cost is a mean over the examples, so divide the first
    dA by n."""
    activations = _forward(X, layers)
    return _backprop(activations, _slope_by_a(activations[-1], y) * len(X), layers)


def backprop_divided_by_n_twice(X, y, layers):
    """Your slopes are n times too small: you divide by n at the last layer and again later on. Once
    is enough, at the start of the way back."""
    activations = _forward(X, layers)
    return _backprop(activations, _slope_by_a(activations[-1], y) / len(X), layers)


def backprop_divided_by_n_in_every_layer(X, y, layers):
    """You divide by n in every layer; the 1/n of the mean comes in once, at the start of the way
    back."""

    def back(dA, A_prev, W, A):
        return tuple(v / len(X) for v in _backward(dA, A_prev, W, A))

    activations = _forward(X, layers)
    a = activations[-1]
    return _backprop(activations, (a - y) / (a * (1 - a)), layers, back)


def backprop_last_slope_twice(X, y, layers):
    """(a - y)/n is dZ of the last layer, its sigmoid's slope already in it, and you multiply by
    a(1 - a) once more. As dA take (a - y) / (a * (1 - a)) / n, or begin with dZ."""
    activations = _forward(X, layers)
    return _backprop(activations, (activations[-1] - y) / len(X), layers)


def backprop_squared_error(X, y, layers):
    """2(a - y)/n is the slope of the mean squared error; the cost here is the cross-entropy, with
    (a - y) / (a * (1 - a)) / n."""
    activations = _forward(X, layers)
    return _backprop(activations, 2 * (activations[-1] - y) / len(X), layers)


def backprop_ones_only(X, y, layers):
    """You differentiate -y·ln a alone; for the examples with y = 0 the other half counts,
    -(1 - y)·ln(1 - a)."""
    activations = _forward(X, layers)
    return _backprop(activations, -y / activations[-1] / len(X), layers)


def backprop_plus_for_minus(X, y, layers):
    """The slope of -(1 - y)·ln(1 - a) by a is +(1 - y)/(1 - a): the inner 1 - a brings another
    minus. Yours has a wrong sign for the examples with y = 0."""
    activations = _forward(X, layers)
    a = activations[-1]
    return _backprop(activations, (-y / a - (1 - y) / (1 - a)) / len(X), layers)


def backprop_sign(X, y, layers):
    """You start with y - a, so all slopes have the wrong sign; the slope of the cost goes with
    a - y."""
    activations = _forward(X, layers)
    return _backprop(activations, -_slope_by_a(activations[-1], y), layers)


def backprop_reversed(X, y, layers):
    """You collect the slopes from the last layer to the first and return them so; turn the list
    round at the end: gradients[::-1]."""
    activations = _forward(X, layers)
    return _backprop(activations, _slope_by_a(activations[-1], y), layers)[::-1]


def backprop_activations_off_by_one(X, y, layers):
    """You give a layer its own output for its input: A_prev is what went into it, X for the first
    layer, so keep X in front of the list of activations."""

    def back(dA, A_prev, W, A):
        return _backward(dA, A, W, A)

    activations = _forward(X, layers)
    return _backprop(activations, _slope_by_a(activations[-1], y), layers, back)


def backprop_hidden_slope_forgotten(X, y, layers):
    """The slope of the sigmoid is missing in the hidden layers: each one multiplies what comes back
    by A * (1 - A)."""
    activations = _forward(X, layers)
    dZ = (activations[-1] - y) / len(X)
    gradients = []
    for i in reversed(range(len(layers))):
        gradients.insert(0, (activations[i].T @ dZ, dZ.sum(axis=0)))
        dZ = dZ @ layers[i][0].T
    return gradients


def backprop_sigmoid_of_a(X, y, layers):
    """In the hidden layers you take the sigmoid of A once more; A has been through it, so the slope
    is A * (1 - A)."""
    activations = _forward(X, layers)
    dZ = (activations[-1] - y) / len(X)
    gradients = []
    for i in reversed(range(len(layers))):
        gradients.insert(0, (activations[i].T @ dZ, dZ.sum(axis=0)))
        a = sigmoid(activations[i])
        dZ = dZ @ layers[i][0].T * a * (1 - a)
    return gradients


def backprop_biases_not_summed(X, y, layers):
    """Your db has a row for every example; one bias serves them all: add the rows of dZ up."""

    def back(dA, A_prev, W, A):
        dA_prev, dW, _ = _backward(dA, A_prev, W, A)
        return dA_prev, dW, dA * A * (1 - A)

    activations = _forward(X, layers)
    return _backprop(activations, _slope_by_a(activations[-1], y), layers, back)


def backprop_forward_without_bias(X, y, layers):
    """On the way forward the biases are missing: each layer is sigmoid(A_prev @ W + b)."""
    activations = _forward(X, [(W, np.zeros(np.shape(b))) for W, b in layers])
    return _backprop(activations, _slope_by_a(activations[-1], y), layers)


def backprop_y_as_a_row(X, y, layers):
    """You make a vector (n,) of y, and a (n, 1) minus (n,) is a table of n by n; leave y as it is,
    (n, 1)."""
    activations = _forward(X, layers)
    return _backprop(activations, _slope_by_a(activations[-1], y.ravel()), layers)


def backprop_trains_too(X, y, layers):
    """You change the weights on the way: they are the caller's, and the layer before needs dA_prev
    by the old W. Here slopes are asked for and no step; that is chapter 7."""

    def back(dA, A_prev, W, A):
        dA_prev, dW, db = _backward(dA, A_prev, W, A)
        W -= (0.1 * dW).astype(W.dtype)
        return dA_prev, dW, db

    activations = _forward(X, layers)
    return _backprop(activations, _slope_by_a(activations[-1], y), layers, back)


def backprop_weights_changed_first(X, y, layers):
    """You change W before you send dZ back through it, so the layers before get slopes of another
    network. Here slopes are asked for and no step; where you take one, take it after dA_prev."""
    copies = [(W - 0, b) for W, b in layers]

    def back(dA, A_prev, W, A):
        _, dW, db = _backward(dA, A_prev, W, A)
        return (dA * A * (1 - A)) @ (W - 0.1 * dW).T, dW, db

    activations = _forward(X, copies)
    return _backprop(activations, _slope_by_a(activations[-1], y), copies, back)


def backprop_weights_only(X, y, layers):
    """You return the dW alone; each layer has a pair, (dW, db)."""
    activations = _forward(X, layers)
    pairs = _backprop(activations, _slope_by_a(activations[-1], y), layers)
    return [dW for dW, _ in pairs]


def backprop_last_layer_only(X, y, layers):
    """You return the slopes of the last layer alone; go on with dA to the layers before it."""
    activations = _forward(X, layers)
    return _backprop(activations, _slope_by_a(activations[-1], y), layers)[-1:]


# gradient_check


def _pair(f, gradient, x):
    if np.shape(gradient) != np.shape(x):
        raise ValueError("shapes differ")
    return _differences(f, x), np.asarray(gradient, dtype=float)


def _over(error, sizes):
    return float(error / sizes) if sizes else 0.0


def gradient_check_absolute(f, gradient, x):
    """You return the difference as it is, and 0.001 is little beside a thousand and much beside
    0.001; divide by ‖n‖ + ‖gradient‖."""
    n, g = _pair(f, gradient, x)
    return float(np.linalg.norm(n - g))


def gradient_check_by_one_norm(f, gradient, x):
    """You divide by the length of n alone; divide by both, ‖n‖ + ‖gradient‖, and nobody's zero can
    spoil it."""
    n, g = _pair(f, gradient, x)
    error, size = np.linalg.norm(n - g), np.linalg.norm(n)
    return _over(error, size) if size else float(error)


def gradient_check_by_the_larger_norm(f, gradient, x):
    """You divide by the larger of the two lengths, as some courses do; this one divides by their
    sum."""
    n, g = _pair(f, gradient, x)
    return _over(np.linalg.norm(n - g), max(np.linalg.norm(n), np.linalg.norm(g)))


def gradient_check_norm_of_the_sum(f, gradient, x):
    """You divide by ‖n + gradient‖, which is 0 for opposite ones; add the two lengths instead,
    ‖n‖ + ‖gradient‖."""
    n, g = _pair(f, gradient, x)
    with np.errstate(all="ignore"):
        return _over(np.linalg.norm(n - g), np.linalg.norm(n + g))


def gradient_check_of_lengths(f, gradient, x):
    """You compare the two lengths, and a gradient that points the other way has the same one;
    subtract first and take the length of the difference."""
    n, g = _pair(f, gradient, x)
    a, b = np.linalg.norm(n), np.linalg.norm(g)
    return _over(abs(a - b), a + b)


def gradient_check_signs_cancel(f, gradient, x):
    """You add the differences up with their signs, so that they cancel; square them first, which is
    what np.linalg.norm does."""
    n, g = _pair(f, gradient, x)
    return _over(abs(np.sum(n - g)), np.linalg.norm(n) + np.linalg.norm(g))


def gradient_check_squared(f, gradient, x):
    """You forgot the roots: ‖v‖ is the root of the sum of squares, which is what np.linalg.norm
    gives."""
    n, g = _pair(f, gradient, x)
    return _over(np.sum((n - g) ** 2), np.sum(n**2) + np.sum(g**2))


def gradient_check_sums_of_sizes(f, gradient, x):
    """You add up absolute values; ‖v‖ is the root of the sum of squares: np.linalg.norm(v)."""
    n, g = _pair(f, gradient, x)
    return _over(np.abs(n - g).sum(), np.abs(n).sum() + np.abs(g).sum())


def gradient_check_largest_difference(f, gradient, x):
    """You take the largest number of each; ‖v‖ is the root of the sum of all squares."""
    n, g = _pair(f, gradient, x)
    return _over(np.abs(n - g).max(), np.abs(n).max() + np.abs(g).max())


def gradient_check_spectral_norm(f, gradient, x):
    """np.linalg.norm(v, 2) of a matrix is another norm, its largest stretch; leave the 2 out, and
    it is the root of the sum of all squares."""
    n, g = _pair(f, gradient, x)

    def norm(v):
        return np.linalg.norm(np.atleast_1d(v), 2)

    return _over(norm(n - g), norm(n) + norm(g))


def gradient_check_for_each_number(f, gradient, x):
    """You compute an error for each number; asked for is one, by the lengths of whole gradients."""
    n, g = _pair(f, gradient, x)
    sizes = np.abs(n) + np.abs(g)
    return np.abs(n - g) / np.where(sizes == 0, 1, sizes)


def gradient_check_mean_of_errors(f, gradient, x):
    """You average an error of each number, so that tiny ones count as much as large ones; take the
    lengths of the whole gradients and divide once."""
    return float(np.mean(gradient_check_for_each_number(f, gradient, x)))


def gradient_check_yes_or_no(f, gradient, x):
    """You answer True or False; asked for is the error itself, a float."""
    n, g = _pair(f, gradient, x)
    return bool(_over(np.linalg.norm(n - g), np.linalg.norm(n) + np.linalg.norm(g)) < 1e-7)


def gradient_check_zero_by_zero(f, gradient, x):
    """Where both gradients are zeros you divide 0 by 0 and get NaN; they agree, so answer 0.0
    there."""
    n, g = _pair(f, gradient, x)
    return np.linalg.norm(n - g) / (np.linalg.norm(n) + np.linalg.norm(g))


def gradient_check_stretched(f, gradient, x):
    """You do not look at the shapes, and NumPy stretches a (3, 1) against a (3,) to a table of 3 by
    3; raise ValueError when np.shape(gradient) != np.shape(x)."""
    n, g = _differences(f, x), np.asarray(gradient, dtype=float)
    return _over(np.linalg.norm(n - g), np.linalg.norm(n) + np.linalg.norm(g))


def gradient_check_forward_differences(f, gradient, x):
    """You measure with forward differences, so that a right gradient seems to be wrong in the sixth
    digit; call numerical_gradient, which steps to both sides."""
    _, g = _pair(f, gradient, x)
    n = numerical_gradient_forward_difference(f, x)
    return _over(np.linalg.norm(n - g), np.linalg.norm(n) + np.linalg.norm(g))
