"""Known wrong variants of ch01_neuron; each docstring is the diagnosis a learner sees."""

import math

import numpy as np


def _z(x, w, b):
    return np.dot(w, x) + b


def _sigmoid(z):
    z = np.asarray(z, dtype=float)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


# weighted_sum


def weighted_sum_without_bias(x, w, b):
    """The bias is missing: after the products are added up, add b once."""
    return np.dot(w, x)


def weighted_sum_bias_for_each_input(x, w, b):
    """You add b inside the sum, once for every input; it belongs outside: sum first, then + b."""
    x, w = np.asarray(x), np.asarray(w)
    if x.shape != w.shape:
        raise ValueError("x and w differ in length")
    return np.sum(x * w + b)


def weighted_sum_subtracts_the_bias(x, w, b):
    """You subtract b as if it were a threshold. In this course the bias is added: w·x + b."""
    return np.dot(w, x) - b


def weighted_sum_not_summed(x, w, b):
    """You multiply input by weight but never add the products up, so a whole array comes back."""
    return np.asarray(x) * np.asarray(w) + b


def weighted_sum_zip(x, w, b):
    """Your loop ends silently with the shorter of x and w: compare the lengths, or use np.dot."""
    return sum(x_i * w_i for x_i, w_i in zip(x, w, strict=False)) + b


def weighted_sum_counts_the_inputs(x, w, b):
    """Your loop counts along x and trusts w to be as long: compare the lengths, or use np.dot."""
    z = b
    for i in range(len(x)):
        z = z + x[i] * w[i]
    return z


def weighted_sum_counts_the_weights(x, w, b):
    """Your loop counts along w and trusts x to be as long: compare the lengths, or use np.dot."""
    z = b
    for i in range(len(w)):
        z = z + x[i] * w[i]
    return z


def weighted_sum_asserts(x, w, b):
    """An assert raises AssertionError; the exercise asks for `raise ValueError(…)`."""
    assert len(x) == len(w), "x and w differ in length"
    return np.dot(w, x) + b


def weighted_sum_stretches_a_single_value(x, w, b):
    """With * NumPy stretches a lone value to any length: compare the lengths first, or use @."""
    return np.sum(np.asarray(x) * np.asarray(w)) + b


def weighted_sum_of_arrays_only(x, w, b):
    """With two lists w @ x is a TypeError: turn x and w into arrays first, or use np.dot."""
    return w @ x + b


def weighted_sum_multiplies_lists(x, w, b):
    """Lists cannot be multiplied with *, and arrays of length 1 are stretched: np.dot does both."""
    return np.sum(w * x) + b


def weighted_sum_two_inputs(x, w, b):
    """You wrote out exactly two inputs. A neuron may have one, three or a hundred: use np.dot."""
    if len(x) != len(w):
        raise ValueError("x and w differ in length")
    return w[0] * x[0] + w[1] * x[1] + b


def weighted_sum_as_a_row(x, w, b):
    """One number is due, and you give an array around it: x and w need no reshape to (1, d)."""
    x, w = np.asarray(x), np.asarray(w)
    if x.shape != w.shape:
        raise ValueError("x and w differ in length")
    return x.reshape(1, -1) @ w + b


# step


def step_zero_is_off(z):
    """You wrote z > 0. The step is 1 at exactly 0 as well: z ≥ 0."""
    return np.where(np.asarray(z) > 0, 1, 0)


def step_half_at_zero(z):
    """You give 0.5 at 0. Some books do; in this course the step is 1 there."""
    return np.heaviside(z, 0.5)


def step_plus_minus_one(z):
    """You answer with 1 and -1. Some books do; in this course the two answers are 1 and 0."""
    return np.where(np.asarray(z) >= 0, 1, -1)


def step_sign(z):
    """np.sign gives -1, 0 and 1. A step has two answers: 1 where z ≥ 0, else 0."""
    return np.sign(z)


def step_bool(z):
    """A comparison gives True and False; numbers are due: np.where(…, 1, 0) or .astype(int)."""
    return np.asarray(z) >= 0


def step_bare_comparison(z):
    """You need np.asarray(z) before the comparison, for lists, and 1 and 0 made of it after."""
    return z >= 0


def step_upside_down(z):
    """Your two answers are swapped: 1 belongs to z ≥ 0, and 0 to z below 0."""
    return np.where(np.asarray(z) >= 0, 0, 1)


def step_scalars_only(z):
    """An `if` takes one number, not an array: let np.where decide element by element."""
    return 1 if z >= 0 else 0


def step_without_asarray(z):
    """A list cannot be compared with 0; np.asarray(z) makes an array of whatever comes."""
    return np.where(z >= 0, 1, 0)


def step_needs_astype(z):
    """For a number or a list there is no .astype: begin with np.asarray(z)."""
    return (z >= 0).astype(int)


def step_in_place(z):
    """You write the answer into z itself, and the caller's array is gone: fill a new array."""
    z = np.asarray(z)
    on = z >= 0
    z[on] = 1
    z[~on] = 0
    return z


def step_flattened(z):
    """You flatten z on the way: the answer has the shape of z, whatever that is."""
    return np.array([1 if one >= 0 else 0 for one in np.ravel(z)])


# tlu


def tlu_without_bias(x, w, b):
    """The bias is missing: compare w·x + b with 0, not w·x alone."""
    return 1 if np.dot(w, x) >= 0 else 0


def tlu_bias_as_threshold(x, w, b):
    """You compare w·x with b. Here b is added, so the threshold that w·x has to reach is -b."""
    return 1 if np.dot(w, x) >= b else 0


def tlu_zero_is_off(x, w, b):
    """At w·x + b = 0, exactly on the threshold, the answer is 1: ≥, not >."""
    return 1 if _z(x, w, b) > 0 else 0


def tlu_without_step(x, w, b):
    """You return the weighted sum itself; send it through step to get 1 or 0."""
    return _z(x, w, b)


def tlu_with_sigmoid(x, w, b):
    """You used the sigmoid: a threshold logic unit has no in-between, its activation is step."""
    return _sigmoid(_z(x, w, b))


def tlu_bool(x, w, b):
    """A comparison gives True or False; the number 1 or 0 is due."""
    return _z(x, w, b) >= 0


def tlu_plus_minus_one(x, w, b):
    """You answer with 1 and -1. Some books do; in this course the two answers are 1 and 0."""
    return 1 if _z(x, w, b) >= 0 else -1


def tlu_without_weights(x, w, b):
    """You add the inputs up unweighted: each is multiplied by its own weight first."""
    return 1 if np.sum(x) + b >= 0 else 0


def tlu_bias_for_each_input(x, w, b):
    """You add b once for every input; it is added once, to the finished sum."""
    return 1 if np.sum(np.asarray(x) * np.asarray(w) + b) >= 0 else 0


def tlu_step_of_each_product(x, w, b):
    """You step before you add up: sum the products and the bias first, then step once."""
    return np.where(np.asarray(x) * np.asarray(w) + b >= 0, 1, 0)


# sigmoid


def sigmoid_overflows(z):
    """Your values are right, but for a very negative z np.exp(-z) overflows: use e^-|z| instead."""
    return 1 / (1 + np.exp(-np.asarray(z)))


def sigmoid_exp_over_one_plus_exp(z):
    """For a large z both e^z are infinite, and inf / inf is nan: use e^-|z|, never above 1."""
    e = np.exp(np.asarray(z))
    return e / (1 + e)


def sigmoid_where_of_both(z):
    """np.where computes both formulas for every z and picks later: let both exponents be -|z|."""
    z = np.asarray(z)
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


def sigmoid_without_asarray(z):
    """A list has no minus sign and no absolute value: begin with z = np.asarray(z)."""
    e = np.exp(-abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def sigmoid_naive(z):
    """The bare formula overflows for a very negative z, and -z of a list is an error.

    Make z an array first, with np.asarray, and let the exponent be -|z|.
    """
    return 1 / (1 + np.exp(-z))


def sigmoid_clipped_in_float32(z):
    """e^500 fits into float64, not into float32: make z a float64 before you clip, or use -|z|."""
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def sigmoid_truncated(z):
    """np.zeros_like of integers holds only integers: 0.73 is cut down to 0. Ask for dtype=float."""
    z = np.asarray(z)
    a = np.zeros_like(z)
    a[...] = _sigmoid(z)
    return a


def sigmoid_sign_lost(z):
    """The exponent lost its sign, so the curve falls: 1 / (1 + e^-z), with a minus."""
    return 1 / (1 + np.exp(np.asarray(z)))


def sigmoid_derivative(z):
    """This is the slope σ(z)(1 - σ(z)), which comes in chapter 6. Here σ(z) itself is due."""
    return _sigmoid(z) * (1 - _sigmoid(z))


def sigmoid_parentheses_lost(z):
    """1 / 1 + e^-z divides first and gives 1 + e^-z: put the whole 1 + e^-z in parentheses."""
    return 1 / 1 + np.exp(-np.asarray(z))


def sigmoid_minus_one(z):
    """You divide by 1 - e^-z, which is 0 at z = 0: the sign is 1 + e^-z."""
    return 1 / (1 - np.exp(-np.asarray(z, dtype=float)))


def sigmoid_scalars_only(z):
    """math.exp takes one number; np.exp takes an array, element by element."""
    return 1 / (1 + math.exp(-z))


def sigmoid_rounded(z):
    """You round to 0 or 1. The sigmoid keeps the in-between; rounding is left to decide."""
    return np.round(_sigmoid(z))


def sigmoid_is_tanh(z):
    """This is tanh, from -1 to 1; the sigmoid runs from 0 to 1, with 0.5 at z = 0."""
    return np.tanh(z)


# tanh


def tanh_of_z_not_2z(z):
    """You wrote 2σ(z) - 1, which rises half as fast: the sigmoid is taken of 2z."""
    return 2 * _sigmoid(z) - 1


def tanh_not_stretched(z):
    """σ(2z) runs from 0 to 1: stretch it to twice its height and move it down by 1, 2σ(2z) - 1."""
    return _sigmoid(2 * np.asarray(z))


def tanh_not_moved(z):
    """2σ(2z) runs from 0 to 2: the - 1 at the end is missing."""
    return 2 * _sigmoid(2 * np.asarray(z))


def tanh_minus_one_inside(z):
    """The - 1 belongs outside the sigmoid: 2σ(2z) - 1, not 2σ(2z - 1)."""
    return 2 * _sigmoid(2 * np.asarray(z) - 1)


def tanh_doubles_a_list(z):
    """2 * z of a list is the list twice over, not each number doubled: np.asarray(z) first."""
    return 2 * _sigmoid(2 * z) - 1


def tanh_overflows(z):
    """Far out e^z or e^-z overflows, and inf / inf is nan: go through your sigmoid, 2σ(2z) - 1."""
    z = np.asarray(z, dtype=float)
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


def tanh_overflows_below(z):
    """For a very negative z e^-2z overflows, and inf / inf is nan: use your sigmoid, 2σ(2z) - 1."""
    e = np.exp(-2 * np.asarray(z, dtype=float))
    return (1 - e) / (1 + e)


def tanh_upside_down(z):
    """The fraction is upside down: it is sinh over cosh, and at z = 0 it is 0, not 1 / 0."""
    z = np.asarray(z, dtype=float)
    return (np.exp(z) + np.exp(-z)) / (np.exp(z) - np.exp(-z))


def tanh_derivative(z):
    """This is the slope 1 - tanh²(z), which comes in chapter 6. Here tanh(z) itself is due."""
    return 1 - np.tanh(z) ** 2


def tanh_scalars_only(z):
    """math.tanh and math.exp take one number; an array goes through σ(2z) element by element."""
    return math.tanh(z)


def tanh_is_tan(z):
    """np.tan is the tangent of an angle; the hyperbolic one is 2σ(2z) - 1."""
    return np.tan(z)


def tanh_truncated(z):
    """np.zeros_like of integers holds only integers: 0.76 is cut down to 0. Ask for dtype=float."""
    z = np.asarray(z)
    a = np.zeros_like(z)
    a[...] = np.tanh(z)
    return a


# relu


def relu_abs(z):
    """You turn negatives into positives, as abs does; relu turns them into 0."""
    return np.abs(z)


def relu_in_place(z):
    """You write the zeros into z itself, and the caller's array has changed: make a new array."""
    z = np.asarray(z)
    z[z < 0] = 0
    return z


def relu_max_over_an_axis(z):
    """np.max(z, 0) is the largest along axis 0; np.maximum(z, 0) compares each element with 0."""
    return np.max(z, 0)


def relu_max_of_zero(z):
    """np.max(0, z) takes z for the number of an axis; np.maximum(0, z) compares each with 0."""
    return np.max(0, z)


def relu_builtin_max(z):
    """Python's max takes one number, not an array: np.maximum goes element by element."""
    return max(0, z)


def relu_minimum(z):
    """You keep the smaller of 0 and z; the larger is due: np.maximum."""
    return np.minimum(0, z)


def relu_derivative(z):
    """You answer with 1 where z is positive. There z itself is due; the 1 is relu's slope."""
    return np.where(np.asarray(z) > 0, 1, 0)


def relu_drops_the_negatives(z):
    """z[z > 0] throws the negatives away and the shape with them: put a 0 in their place."""
    z = np.asarray(z)
    return z[z > 0]


def relu_without_asarray(z):
    """A list cannot be compared with 0; np.asarray(z) makes an array, np.maximum takes anything."""
    return np.where(z > 0, z, 0)


def relu_leaky(z):
    """You let a hundredth of each negative through, the leaky variant; here negatives give 0."""
    return np.where(np.asarray(z) > 0, z, 0.01 * np.asarray(z))


def relu_capped(z):
    """You cut off above as well: relu has no ceiling, 180 stays 180."""
    return np.clip(z, 0, 1)


def relu_vectorized(z):
    """np.vectorize takes its type from the first answer, often the integer 0: use np.maximum."""
    return np.vectorize(lambda one: max(0, one))(z)


def relu_truncated(z):
    """You make the answer integers, and 2.5 becomes 2: keep the fractions of z."""
    return np.maximum(0, z).astype(int)


# neuron


def neuron_without_activation(x, w, b, activation):
    """You return the weighted sum z; the neuron's answer is activation(z)."""
    return _z(x, w, b)


def neuron_without_bias(x, w, b, activation):
    """The bias is missing: activation(w·x + b)."""
    return activation(np.dot(w, x))


def neuron_bias_after_activation(x, w, b, activation):
    """You add the bias to the finished answer: it belongs inside, activation(w·x + b)."""
    return activation(np.dot(w, x)) + b


def neuron_bias_for_each_input(x, w, b, activation):
    """You add b once for every input; it is added once, to the finished sum."""
    return activation(np.sum(np.asarray(x) * np.asarray(w) + b))


def neuron_not_summed(x, w, b, activation):
    """You activate each product by itself and get an array: add them up to one z first."""
    return activation(np.asarray(x) * np.asarray(w) + b)


def neuron_sum_of_activations(x, w, b, activation):
    """You activate each product and then add up: add up first, activate once."""
    return np.sum(activation(np.asarray(x) * np.asarray(w))) + b


def neuron_always_sigmoid(x, w, b, activation):
    """You always take the sigmoid; call the function that came as the argument activation."""
    return _sigmoid(_z(x, w, b))


def neuron_always_step(x, w, b, activation):
    """You always take step; call the function that came as the argument activation."""
    return np.where(_z(x, w, b) >= 0, 1, 0)


def neuron_activates_twice(x, w, b, activation):
    """The activation is applied twice: once, to w·x + b, is enough."""
    return activation(activation(_z(x, w, b)))


def neuron_multiplies_by_activation(x, w, b, activation):
    """You multiply z by activation(z); the answer is activation(z) alone."""
    return _z(x, w, b) * activation(_z(x, w, b))


def neuron_compares_names(x, w, b, activation):
    """You compare activation with a name. It is a function: call it, activation(z)."""
    z = _z(x, w, b)
    if activation == "sigmoid":
        return _sigmoid(z)
    if activation == "relu":
        return np.maximum(0, z)
    return None


# decide


def decide_strict(p, threshold=0.5):
    """You wrote p > threshold. Exactly at the threshold the answer is 1: ≥."""
    return (np.asarray(p) > threshold).astype(int)


def decide_bool(p, threshold=0.5):
    """A comparison gives True and False; integers are due: add .astype(int)."""
    return np.asarray(p) >= threshold


def decide_bare_comparison(p, threshold=0.5):
    """You need np.asarray(p) before the comparison, for lists, and .astype(int) after it."""
    return p >= threshold


def decide_floats(p, threshold=0.5):
    """Your 1.0 and 0.0 are floats; a decision is an integer: np.where(…, 1, 0) or .astype(int)."""
    return np.where(np.asarray(p) >= threshold, 1.0, 0.0)


def decide_always_half(p, threshold=0.5):
    """You compare with 0.5 whatever the caller asks: compare with threshold."""
    return (np.asarray(p) >= 0.5).astype(int)


def decide_rounds(p, threshold=0.5):
    """np.round turns 0.5 into 0 and knows no other threshold: compare p with threshold."""
    return np.round(p).astype(int)


def decide_upside_down(p, threshold=0.5):
    """Your two answers are swapped: 1 belongs to p ≥ threshold."""
    return np.where(np.asarray(p) >= threshold, 0, 1)


def decide_of_a_sigmoid(p, threshold=0.5):
    """You took a sigmoid of p, which is a probability already, so everything ends above 0.5."""
    return (_sigmoid(p) >= threshold).astype(int)


def decide_scalars_only(p, threshold=0.5):
    """An `if` takes one number, not an array: compare the whole array, then make it integers."""
    return 1 if p >= threshold else 0


def decide_needs_astype(p, threshold=0.5):
    """For a number or a list there is no .astype: begin with np.asarray(p)."""
    return (p >= threshold).astype(int)


def decide_without_asarray(p, threshold=0.5):
    """A list cannot be compared with a number; np.asarray(p) makes an array of whatever comes."""
    return np.where(p >= threshold, 1, 0)


def decide_truncates(p, threshold=0.5):
    """Turned into an integer first, every p below 1 is 0: compare first, convert afterwards."""
    return np.where(np.asarray(p).astype(int) >= threshold, 1, 0)


def decide_one_answer(p, threshold=0.5):
    """You answer once for all of p: one decision an element, in the shape of p."""
    return int(np.all(np.asarray(p) >= threshold))


def decide_flattened(p, threshold=0.5):
    """You flatten p on the way: the answer has the shape of p, whatever that is."""
    return (np.ravel(p) >= threshold).astype(int)
