"""Wrong answers to ch08_initialization that learners give; each docstring is its diagnosis."""

import numpy as np
import tensorflow as tf


class _HiddenModel(tf.Module):
    """The right one, with the parts of it that mistakes change."""

    def __init_subclass__(cls):
        cls.__name__ = "HiddenModel"  # which is what a learner calls theirs

    def __init__(self, initializer):
        super().__init__()
        self._fill(initializer(784, 100), np.zeros(100), initializer(100, 10), np.zeros(10))

    def _fill(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = map(self._variable, (W1, b1, W2, b2))

    def _variable(self, start):
        return tf.Variable(start, dtype=tf.float32)

    def __call__(self, x):
        return self._last(self._inside(self._taken(x) @ self.W1 + self.b1) @ self.W2 + self.b2)

    def _taken(self, x):
        return tf.cast(x, tf.float32)

    def _inside(self, z):
        return tf.sigmoid(z)

    def _last(self, z):
        return tf.nn.softmax(z)


class HiddenModel_without_softmax(_HiddenModel):
    """You return the scores; the last layer turns them into probabilities: tf.nn.softmax(…)."""

    def _last(self, z):
        return z


class HiddenModel_sigmoid_last(_HiddenModel):
    """A sigmoid at the end looks at every class alone, and the ten do not add up to 1; take
    tf.nn.softmax for the last layer."""

    def _last(self, z):
        return tf.sigmoid(z)


class HiddenModel_softmax_over_the_batch(_HiddenModel):
    """Your softmax runs down the batch (axis 0), so that the examples share 1 among them; it is
    the classes of a row that do: leave the axis out."""

    def _last(self, z):
        return tf.nn.softmax(z, axis=0)


class HiddenModel_softmax_inside(_HiddenModel):
    """You use softmax in the hidden layer too, where neurons would compete for a sum of 1; inside
    it is tf.sigmoid."""

    def _inside(self, z):
        return tf.nn.softmax(z)


class HiddenModel_relu_inside(_HiddenModel):
    """The hidden layer has relu; asked for is the sigmoid, tf.sigmoid, which is what this chapter
    studies."""

    def _inside(self, z):
        return tf.nn.relu(z)


class HiddenModel_linear_inside(_HiddenModel):
    """The hidden layer has no activation, so that both layers are as good as one (chapter 3); put
    tf.sigmoid around its sum."""

    def _inside(self, z):
        return z


class HiddenModel_start_of_its_own(_HiddenModel):
    """You never ask the initializer; W1 and W2 start from initializer(784, 100) and
    initializer(100, 10)."""

    def __init__(self, initializer):
        super().__init__(lambda fan_in, fan_out: np.zeros((fan_in, fan_out)))


class HiddenModel_fans_exchanged(_HiddenModel):
    """You ask the initializer for (fan_out, fan_in) and transpose what it gives; it is
    initializer(fan_in, fan_out), with the inputs first, as W has its rows."""

    def __init__(self, initializer):
        tf.Module.__init__(self)
        first, second = tf.transpose(initializer(100, 784)), tf.transpose(initializer(10, 100))
        self._fill(tf.cast(first, tf.float32), np.zeros(100), tf.cast(second, tf.float32), [0] * 10)


class HiddenModel_neurons_in_rows(_HiddenModel):
    """Your W1 and W2 are lying on their sides; a neuron is a column: W1 is (784, 100) and W2
    (100, 10)."""

    def __init__(self, initializer):
        super().__init__(initializer)
        self.W1, self.W2 = (self._variable(tf.transpose(W)) for W in (self.W1, self.W2))

    def __call__(self, x):
        hidden = tf.sigmoid(self._taken(x) @ tf.transpose(self.W1) + self.b1)
        return tf.nn.softmax(hidden @ tf.transpose(self.W2) + self.b2)


class HiddenModel_second_layer_first(_HiddenModel):
    """You ask for W2 before W1; the initializer is called for W1 first, and what it gives may
    differ from call to call."""

    def __init__(self, initializer):
        tf.Module.__init__(self)
        second = initializer(100, 10)
        self._fill(initializer(784, 100), np.zeros(100), second, np.zeros(10))


class HiddenModel_biases_from_the_initializer(_HiddenModel):
    """You take the biases from the initializer as well; it is asked for W1 and W2 alone, and the
    biases start at 0: tf.zeros(100) and tf.zeros(10)."""

    def __init__(self, initializer):
        tf.Module.__init__(self)
        self._fill(*(initializer(*f) for f in ((784, 100), (1, 100), (100, 10), (1, 10))))
        self.b1, self.b2 = self._variable(self.b1[0]), self._variable(self.b2[0])


class HiddenModel_biases_2d(_HiddenModel):
    """Your biases are rows of a matrix, (1, 100) and (1, 10); a bias a unit is (100,) and (10,)."""

    def _fill(self, W1, b1, W2, b2):
        super()._fill(W1, np.zeros((1, 100)), W2, np.zeros((1, 10)))


class HiddenModel_no_variables(_HiddenModel):
    """Your weights are tensors, which cannot change, so a tf.Module finds nothing to train; make
    each of the four a tf.Variable."""

    def _variable(self, start):
        return tf.constant(start, tf.float32)


class HiddenModel_in_float64(_HiddenModel):
    """Your Variables are float64, as NumPy's arrays are; give each of them dtype=tf.float32."""

    def _variable(self, start):
        return tf.Variable(start, dtype=tf.float64)

    def __call__(self, x):
        hidden = tf.sigmoid(tf.cast(x, tf.float64) @ self.W1 + self.b1)
        return tf.nn.softmax(hidden @ self.W2 + self.b2)


class HiddenModel_not_trainable(_HiddenModel):
    """Your Variables are made with trainable=False, so training leaves them where they are; leave
    that out."""

    def _variable(self, start):
        return tf.Variable(start, dtype=tf.float32, trainable=False)


class HiddenModel_biases_left_out(_HiddenModel):
    """You make the biases and do not add them: at the start nobody sees it, since they are 0, and
    they never learn. Each layer is x @ W + b."""

    def __call__(self, x):
        return self._last(self._inside(self._taken(x) @ self.W1) @ self.W2)


class HiddenModel_x_not_cast(_HiddenModel):
    """TensorFlow multiplies only what has one type, and x may be float64 or integers: begin with
    tf.cast(x, tf.float32)."""

    def _taken(self, x):
        return x


class HiddenModel_numpy_inside(_HiddenModel):
    """You go through NumPy in __call__ (np.…, or .numpy()), where no tape can follow, so that no
    slope reaches the weights; stay with tf.sigmoid and tf.nn.softmax."""

    def _inside(self, z):
        return tf.constant(1 / (1 + np.exp(-z.numpy())))

    def _last(self, z):
        e = np.exp(z.numpy() - z.numpy().max(axis=1, keepdims=True))
        return tf.constant(e / e.sum(axis=1, keepdims=True))


class HiddenModel_without_super(_HiddenModel):
    """Your __init__ does not call super().__init__(), and half of the tf.Module is missing; make
    that its first line."""

    def __init__(self, initializer):
        self._fill(initializer(784, 100), np.zeros(100), initializer(100, 10), np.zeros(10))


class HiddenModel_no_module:
    """Your class is no tf.Module, so it has no trainable_variables: write class
    HiddenModel(tf.Module)."""

    def __init__(self, initializer):
        self.W1 = tf.Variable(initializer(784, 100), dtype=tf.float32)
        self.W2 = tf.Variable(initializer(100, 10), dtype=tf.float32)
        self.b1, self.b2 = tf.Variable(tf.zeros(100)), tf.Variable(tf.zeros(10))

    def __call__(self, x):
        hidden = tf.sigmoid(tf.cast(x, tf.float32) @ self.W1 + self.b1)
        return tf.nn.softmax(hidden @ self.W2 + self.b2)


HiddenModel_no_module.__name__ = "HiddenModel"


# distinct_neurons


def _counted(W, differ):
    """The number of columns that differ from all that were counted before."""
    counted = []
    for column in np.asarray(W).T:
        if all(differ(column, other) for other in counted):
            counted.append(column)
    return len(counted)


def distinct_neurons_rows(W, tol):
    """You count rows; a neuron is a column of W: go through np.asarray(W).T."""
    return _counted(np.transpose(W), lambda a, b: np.max(np.abs(a - b)) > tol)


def distinct_neurons_exactly(W, tol):
    """You only take columns for the same that are equal to the last digit; rounding alone keeps
    them apart. Allow a difference of tol in each entry."""
    return _counted(W, lambda a, b: np.any(a != b))


def distinct_neurons_rounded(W, tol):
    """You round to multiples of tol and compare those; two numbers next to each other may be
    rounded to different ones. Compare the difference of two columns with tol."""
    W = np.asarray(W)
    return np.unique(np.round(W / tol) if tol else W, axis=1).shape[1]


def distinct_neurons_allclose(W, tol):
    """np.allclose(…, atol=tol) also forgives a share of the weight itself, its rtol of 1e-5; ask
    for the largest absolute difference, or set rtol=0."""
    return _counted(W, lambda a, b: not np.allclose(a, b, atol=tol))


def distinct_neurons_neighbours(W, tol):
    """You compare a column with the one before it, so that one that returns later counts again;
    compare it with all that you have counted."""
    W = np.asarray(W)
    return 1 + sum(np.max(np.abs(a - b)) > tol for a, b in zip(W.T[1:], W.T, strict=False))


def distinct_neurons_against_the_first(W, tol):
    """You compare every column with the first alone, so two that are equal to each other both
    count; compare it with all that you have counted."""
    W = np.asarray(W)
    return 1 + sum(np.max(np.abs(a - W.T[0])) > tol for a in W.T[1:])


def distinct_neurons_without_a_twin(W, tol):
    """You count the columns that have no twin at all; of those that are the same, one counts."""
    W = np.asarray(W)
    near = [[np.max(np.abs(a - b)) <= tol for b in W.T] for a in W.T]
    return int(sum(sum(row) == 1 for row in near))


def distinct_neurons_without_abs(W, tol):
    """You forgot the absolute value: an entry that is smaller by more than tol differs too."""
    return _counted(W, lambda a, b: np.max(a - b) > tol)


def distinct_neurons_all_entries(W, tol):
    """You ask for a difference in every entry; one entry that differs makes another neuron."""
    return _counted(W, lambda a, b: np.min(np.abs(a - b)) > tol)


def distinct_neurons_sum(W, tol):
    """You add the differences up, so that many tiny ones make a large one; it is the largest of
    them that is compared with tol."""
    return _counted(W, lambda a, b: np.sum(np.abs(a - b)) > tol)


def distinct_neurons_length(W, tol):
    """You take the length of the difference, np.linalg.norm; it is the largest absolute entry that
    is compared with tol."""
    return _counted(W, lambda a, b: np.linalg.norm(a - b) > tol)


def distinct_neurons_mean(W, tol):
    """You average the differences, and one large one drowns among many small; it is the largest of
    them that is compared with tol."""
    return _counted(W, lambda a, b: np.mean(np.abs(a - b)) > tol)


def distinct_neurons_cancelled(W, tol):
    """You compare the sums of the columns, and differences up and down cancel; compare entry by
    entry."""
    return _counted(W, lambda a, b: abs(np.sum(a) - np.sum(b)) > tol)


def distinct_neurons_at_the_bound(W, tol):
    """A difference of exactly tol makes another neuron in yours; it is to be more than tol: >."""
    return _counted(W, lambda a, b: np.max(np.abs(a - b)) >= tol)


def distinct_neurons_numbers(W, tol):
    """You count different numbers; count different columns, each compared as a whole."""
    return np.unique(np.asarray(W)).size


# xavier_init


def _truncated(std, size, rng):
    z = rng.standard_normal(size)
    while np.any(far := np.abs(z) > 2):
        z[far] = rng.standard_normal(np.count_nonzero(far))
    return std * z


def xavier_init_he(fan_in, fan_out, rng):
    """√(2/fan_in) is He's spread, for relu; Xavier's has both fans: √(2/(fan_in + fan_out))."""
    return rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))


def xavier_init_one_fan(fan_in, fan_out, rng):
    """√(1/fan_in) keeps the way forward alone; Xavier's spread takes both fans:
    √(2/(fan_in + fan_out))."""
    return rng.normal(0, np.sqrt(1 / fan_in), (fan_in, fan_out))


def xavier_init_product(fan_in, fan_out, rng):
    """You multiply the fans; they are added: √(2/(fan_in + fan_out))."""
    return rng.normal(0, np.sqrt(2 / (fan_in * fan_out)), (fan_in, fan_out))


def xavier_init_limit_for_std(fan_in, fan_out, rng):
    """√(6/(fan_in + fan_out)) is the limit of the uniform kind; as a standard deviation it is √3 =
    1.73 times too wide: take √(2/(fan_in + fan_out))."""
    return rng.normal(0, np.sqrt(6 / (fan_in + fan_out)), (fan_in, fan_out))


def xavier_init_variance_for_std(fan_in, fan_out, rng):
    """2/(fan_in + fan_out) is the variance, and rng.normal wants the standard deviation: its
    root."""
    return rng.normal(0, 2 / (fan_in + fan_out), (fan_in, fan_out))


def xavier_init_lost_parentheses(fan_in, fan_out, rng):
    """2 / fan_in + fan_out divides first and adds then, which is huge; put the sum in parentheses:
    2 / (fan_in + fan_out)."""
    return rng.normal(0, np.sqrt(2 / fan_in + fan_out), (fan_in, fan_out))


def xavier_init_one_for_two(fan_in, fan_out, rng):
    """Under the root there is 2 / (fan_in + fan_out), and you have 1: the mean of the fans is half
    their sum."""
    return rng.normal(0, np.sqrt(1 / (fan_in + fan_out)), (fan_in, fan_out))


def xavier_init_transposed(fan_in, fan_out, rng):
    """Your matrix is lying on its side; W has a row an input and a column a neuron: (fan_in,
    fan_out)."""
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_out, fan_in))


def xavier_init_even(fan_in, fan_out, rng):
    """You draw evenly between two limits; xavier_init is the normal one: rng.normal."""
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def xavier_init_positive(fan_in, fan_out, rng):
    """All your numbers are 0 or above, as those of rng.random() and np.abs(…) are, and sums of them
    only grow; draw them around 0: rng.normal."""
    return np.sqrt(2 / (fan_in + fan_out)) * rng.random((fan_in, fan_out))


def xavier_init_truncated(fan_in, fan_out, rng):
    """You draw numbers anew that are more than two standard deviations off, as a truncated normal
    does; here they are plain normal: rng.normal."""
    return _truncated(np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out), rng)


def xavier_init_zeros(fan_in, fan_out, rng):
    """Yours is all zeros, from which all neurons of a layer stay the same; draw from rng.normal."""
    return np.zeros((fan_in, fan_out))


def xavier_init_not_scaled(fan_in, fan_out, rng):
    """You draw with a standard deviation of 1, whatever the layer; give rng.normal the root of
    2 / (fan_in + fan_out)."""
    return rng.normal(size=(fan_in, fan_out))


def xavier_init_same_for_every_neuron(fan_in, fan_out, rng):
    """You draw one column and repeat it, so all neurons start as one; draw fan_in · fan_out
    numbers: size=(fan_in, fan_out)."""
    return np.tile(rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, 1)), fan_out)


def xavier_init_seed_of_its_own(fan_in, fan_out, rng):
    """You make a generator of your own from a fixed seed, so every layer of one shape gets the same
    weights; draw from rng."""
    return np.random.default_rng(0).normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


def xavier_init_global(fan_in, fan_out, rng):
    """You draw from np.random, which all the world draws from, so nobody can have the same weights
    again; draw from rng: rng.normal."""
    return np.random.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


# xavier_uniform


def xavier_uniform_std_for_limit(fan_in, fan_out, rng):
    """√(2/(fan_in + fan_out)) is the standard deviation; even numbers reach √3 times as far, to
    √(6/(fan_in + fan_out))."""
    limit = np.sqrt(2 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def xavier_uniform_one_fan(fan_in, fan_out, rng):
    """√(3/fan_in) has one fan; Xavier's limit takes both: √(6/(fan_in + fan_out))."""
    limit = np.sqrt(3 / fan_in)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def xavier_uniform_he(fan_in, fan_out, rng):
    """√(6/fan_in) is He's limit, for relu; Xavier's has both fans: √(6/(fan_in + fan_out))."""
    limit = np.sqrt(6 / fan_in)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def xavier_uniform_product(fan_in, fan_out, rng):
    """You multiply the fans; they are added: √(6/(fan_in + fan_out))."""
    limit = np.sqrt(6 / (fan_in * fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def xavier_uniform_root_forgotten(fan_in, fan_out, rng):
    """The root is missing: the limit is np.sqrt(6 / (fan_in + fan_out))."""
    limit = 6 / (fan_in + fan_out)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def xavier_uniform_root_of_six(fan_in, fan_out, rng):
    """You take the root of 6 alone; it is the root of the whole fraction: np.sqrt(6 / (fan_in +
    fan_out))."""
    limit = np.sqrt(6) / (fan_in + fan_out)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def xavier_uniform_lost_parentheses(fan_in, fan_out, rng):
    """6 / fan_in + fan_out divides first and adds then, which is huge; put the sum in parentheses:
    6 / (fan_in + fan_out)."""
    limit = np.sqrt(6 / fan_in + fan_out)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def xavier_uniform_from_zero(fan_in, fan_out, rng):
    """You draw from 0 to the limit, so that all weights are positive; the lower end is -limit."""
    return rng.uniform(0, np.sqrt(6 / (fan_in + fan_out)), (fan_in, fan_out))


def xavier_uniform_half_as_wide(fan_in, fan_out, rng):
    """rng.random() - 0.5 reaches 0.5 to each side, so you come to half the limit; multiply by
    twice the limit, or use rng.uniform(-limit, limit, …)."""
    return (rng.random((fan_in, fan_out)) - 0.5) * np.sqrt(6 / (fan_in + fan_out))


def xavier_uniform_normal(fan_in, fan_out, rng):
    """You draw normal numbers, and those have no limits; draw evenly: rng.uniform(-limit, limit,
    …)."""
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


def xavier_uniform_transposed(fan_in, fan_out, rng):
    """Your matrix is lying on its side; W has a row an input and a column a neuron: (fan_in,
    fan_out)."""
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_out, fan_in))


def xavier_uniform_global(fan_in, fan_out, rng):
    """You draw from np.random, which all the world draws from, so nobody can have the same weights
    again; draw from rng: rng.uniform."""
    limit = np.sqrt(6 / (fan_in + fan_out))
    return np.random.uniform(-limit, limit, (fan_in, fan_out))


def xavier_uniform_seed_of_its_own(fan_in, fan_out, rng):
    """You make a generator of your own from a fixed seed, so every layer of one shape gets the same
    weights; draw from rng."""
    limit = np.sqrt(6 / (fan_in + fan_out))
    return np.random.default_rng(0).uniform(-limit, limit, (fan_in, fan_out))


# he_init


def he_init_by_fan_out(fan_in, fan_out, rng):
    """You divide by fan_out; a neuron adds up fan_in products, and it is their number that counts:
    √(2/fan_in)."""
    return rng.normal(0, np.sqrt(2 / fan_out), (fan_in, fan_out))


def he_init_xavier(fan_in, fan_out, rng):
    """√(2/(fan_in + fan_out)) is Xavier's spread; He's has one fan: √(2/fan_in)."""
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


def he_init_one_for_two(fan_in, fan_out, rng):
    """You have √(1/fan_in); relu throws half of everything away, and the 2 makes up for it:
    √(2/fan_in)."""
    return rng.normal(0, np.sqrt(1 / fan_in), (fan_in, fan_out))


def he_init_limit_for_std(fan_in, fan_out, rng):
    """√(6/fan_in) is the limit of the uniform kind; as a standard deviation it is √3 = 1.73 times
    too wide: take √(2/fan_in)."""
    return rng.normal(0, np.sqrt(6 / fan_in), (fan_in, fan_out))


def he_init_variance_for_std(fan_in, fan_out, rng):
    """2/fan_in is the variance, and rng.normal wants the standard deviation: its root."""
    return rng.normal(0, 2 / fan_in, (fan_in, fan_out))


def he_init_root_of_two(fan_in, fan_out, rng):
    """You take the root of 2 alone; it is the root of the whole fraction: np.sqrt(2 / fan_in)."""
    return rng.normal(0, np.sqrt(2) / fan_in, (fan_in, fan_out))


def he_init_even(fan_in, fan_out, rng):
    """You draw evenly between two limits; he_init is a normal one: rng.normal."""
    limit = np.sqrt(6 / fan_in)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def he_init_positive(fan_in, fan_out, rng):
    """All your weights are positive, since you take absolute values; relu cuts off sums, not
    weights: leave np.abs out."""
    return np.abs(rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out)))


def he_init_truncated(fan_in, fan_out, rng):
    """You draw numbers anew that are more than two standard deviations off, as a truncated normal
    does; here they are plain normal: rng.normal."""
    return _truncated(np.sqrt(2 / fan_in), (fan_in, fan_out), rng)


def he_init_transposed(fan_in, fan_out, rng):
    """Your matrix is lying on its side; W has a row an input and a column a neuron: (fan_in,
    fan_out)."""
    return rng.normal(0, np.sqrt(2 / fan_in), (fan_out, fan_in))


def he_init_global(fan_in, fan_out, rng):
    """You draw from np.random, which all the world draws from, so nobody can have the same weights
    again; draw from rng: rng.normal."""
    return np.random.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))


def he_init_seed_of_its_own(fan_in, fan_out, rng):
    """You make a generator of your own from a fixed seed, so every layer of one shape gets the same
    weights; draw from rng."""
    return np.random.default_rng(0).normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))


# saturation


def saturation_upper_end(a, tol=0.01):
    """You look at the upper end alone; near 0 the sigmoid is as flat: a <= tol counts too."""
    return float(np.mean(np.asarray(a) >= 1 - tol))


def saturation_lower_end(a, tol=0.01):
    """You look at the lower end alone; near 1 the sigmoid is as flat: a >= 1 - tol counts too."""
    return float(np.mean(np.asarray(a) <= tol))


def saturation_both_at_once(a, tol=0.01):
    """No number is near 0 and near 1 at once, so `and` (&) never holds; join the two by `or`: |."""
    a = np.asarray(a)
    return float(np.mean((a <= tol) & (a >= 1 - tol)))


def saturation_lively_ones(a, tol=0.01):
    """You give the share of the others; those count that lie within tol of 0 or 1."""
    a = np.asarray(a)
    return float(np.mean((a > tol) & (a < 1 - tol)))


def saturation_strictly(a, tol=0.01):
    """You leave out the numbers that lie exactly at tol or at 1 - tol; the bounds count: <= and
    >=."""
    a = np.asarray(a)
    return float(np.mean((a < tol) | (a > 1 - tol)))


def saturation_tolerance_ignored(a, tol=0.01):
    """You always use 0.01; how near counts is the argument tol."""
    a = np.asarray(a)
    return float(np.mean((a <= 0.01) | (a >= 0.99)))


def saturation_from_the_middle(a, tol=0.01):
    """You measure from 0.5: |a - 0.5| is large, at least 0.5 - tol, where a is near an end."""
    return float(np.mean(np.abs(np.asarray(a) - 0.5) >= tol))


def saturation_counted(a, tol=0.01):
    """You give how many there are; asked for is their share: divide by the size of a, or take the
    mean."""
    a = np.asarray(a)
    return float(np.sum((a <= tol) | (a >= 1 - tol)))


def saturation_in_percent(a, tol=0.01):
    """You give percent; a share lies between 0 and 1: leave out the 100."""
    a = np.asarray(a)
    return float(100 * np.mean((a <= tol) | (a >= 1 - tol)))


def saturation_by_rows(a, tol=0.01):
    """You divide by the number of rows, len(a); divide by that of all numbers, a.size, or take the
    mean."""
    a = np.asarray(a)
    return float(np.sum((a <= tol) | (a >= 1 - tol)) / len(a))


def saturation_for_each_neuron(a, tol=0.01):
    """You give a share for every column; asked for is one for all numbers together: leave the axis
    out."""
    a = np.asarray(a)
    return np.mean((a <= tol) | (a >= 1 - tol), axis=0)


def saturation_sigmoid_again(a, tol=0.01):
    """You put a through a sigmoid once more; what arrives has been through one already."""
    a = 1 / (1 + np.exp(-np.asarray(a, float)))
    return float(np.mean((a <= tol) | (a >= 1 - tol)))


def saturation_by_the_slope(a, tol=0.01):
    """You ask whether the slope a(1 - a) is below tol, which is another bound; ask for a itself:
    within tol of 0 or of 1."""
    a = np.asarray(a)
    return float(np.mean(a * (1 - a) <= tol))


# gradient_norms


def _losses(p, y):
    return -tf.reduce_sum(tf.cast(y, p.dtype) * tf.math.log(p + 1e-12), axis=1)


def _mean(p, y):
    return tf.reduce_mean(_losses(p, y))


def _matrices(model):
    return [v for v in model.trainable_variables if len(v.shape) == 2]


def _slopes(model, x, y, variables=None, loss=_mean):
    """The slopes of a loss, zeros where there is none."""
    variables = _matrices(model) if variables is None else variables
    with tf.GradientTape() as tape:
        value = loss(model(x), y)
    found = tape.gradient(value, variables, unconnected_gradients="zero")
    return [g.numpy() for g in found]


def _norms(slopes):
    return [float(np.sum(np.abs(g))) for g in slopes]


def gradient_norms_biases_too(model, x, y):
    """You list the biases as well; only matrices count, the Variables with two axes."""
    return _norms(_slopes(model, x, y, model.trainable_variables))


def gradient_norms_every_second(model, x, y):
    """You take every second Variable for a matrix, and a tf.Module sorts them by name; ask each for
    its number of axes: len(v.shape) == 2."""
    return _norms(_slopes(model, x, y, model.trainable_variables[::2]))


def gradient_norms_not_to_be_trained(model, x, y):
    """You go through model.variables, among which are some that are not to be trained; go through
    model.trainable_variables."""
    return _norms(_slopes(model, x, y, [v for v in model.variables if len(v.shape) == 2]))


def gradient_norms_none_left_out(model, x, y):
    """You leave a matrix out when its gradient is None; it has its place in the list, with 0.0."""
    matrices = _matrices(model)
    with tf.GradientTape() as tape:
        loss = _mean(model(x), y)
    return [float(tf.reduce_sum(tf.abs(g))) for g in tape.gradient(loss, matrices) if g is not None]


def gradient_norms_none_not_expected(model, x, y):
    """A gradient may be None, where the loss does not depend on a matrix, and tf.abs(None) fails;
    give 0.0 there, or ask the tape for zeros: unconnected_gradients="zero"."""
    matrices = _matrices(model)
    with tf.GradientTape() as tape:
        loss = _mean(model(x), y)
    return [float(tf.reduce_sum(tf.abs(g))) for g in tape.gradient(loss, matrices)]


def gradient_norms_signs_cancel(model, x, y):
    """You add the slopes up with their signs, so that they cancel; take the absolute values
    first."""
    return [float(np.sum(g)) for g in _slopes(model, x, y)]


def gradient_norms_absolute_at_the_end(model, x, y):
    """You take the absolute value of the sum, when the slopes have cancelled already; take it of
    each slope, then add up."""
    return [float(abs(np.sum(g))) for g in _slopes(model, x, y)]


def gradient_norms_length(model, x, y):
    """You take the root of the sum of squares, as tf.norm does; asked for is the sum of the
    absolute values."""
    return [float(np.linalg.norm(g)) for g in _slopes(model, x, y)]


def gradient_norms_mean(model, x, y):
    """You average over the matrix; asked for is the sum of the absolute values, Σ|g|."""
    return [float(np.mean(np.abs(g))) for g in _slopes(model, x, y)]


def gradient_norms_largest(model, x, y):
    """You take the largest slope of each matrix; asked for is the sum of the absolute values."""
    return [float(np.max(np.abs(g))) for g in _slopes(model, x, y)]


def gradient_norms_for_each_neuron(model, x, y):
    """You add up along one axis and have a number for every neuron; each matrix gets one number:
    add up over all of it."""
    return [np.sum(np.abs(g), axis=0) for g in _slopes(model, x, y)]


def gradient_norms_all_together(model, x, y):
    """You add up over all layers; asked for is a list, with a number for each matrix."""
    return float(np.sum(_norms(_slopes(model, x, y))))


def gradient_norms_last_first(model, x, y):
    """Your list begins with the last layer; it goes in the order of model.trainable_variables."""
    return _norms(_slopes(model, x, y))[::-1]


def gradient_norms_as_array(model, x, y):
    """You return an array; asked for is a list of floats, as in [4.0, 1.5]."""
    return np.array(_norms(_slopes(model, x, y)))


def gradient_norms_sum_over_the_batch(model, x, y):
    """You add the losses of the examples up, so every slope is n times too large; the loss is their
    mean."""
    return _norms(_slopes(model, x, y, loss=lambda p, y: tf.reduce_sum(_losses(p, y))))


def gradient_norms_mean_over_classes(model, x, y):
    """You take the mean over the classes too; for each example the terms are added up, and the mean
    runs over the examples."""

    def loss(p, y):
        return -tf.reduce_mean(tf.cast(y, p.dtype) * tf.math.log(p + 1e-12))

    return _norms(_slopes(model, x, y, loss=loss))


def gradient_norms_squares(model, x, y):
    """Your loss is the mean of squares; asked for is the cross-entropy, -Σ y·ln(p + 1e-12)."""

    def loss(p, y):
        return tf.reduce_mean((tf.cast(y, p.dtype) - p) ** 2)

    return _norms(_slopes(model, x, y, loss=loss))


def gradient_norms_binary(model, x, y):
    """You add (1 - y)·ln(1 - p), as in the loss for yes or no; with a column for every class the
    right one's logarithm is all there is."""

    def loss(p, y):
        y = tf.cast(y, p.dtype)
        terms = y * tf.math.log(p + 1e-12) + (1 - y) * tf.math.log(1 - p + 1e-12)
        return -tf.reduce_mean(tf.reduce_sum(terms, axis=1))

    return _norms(_slopes(model, x, y, loss=loss))


def gradient_norms_softmax_twice(model, x, y):
    """You hand probabilities to a loss for logits, so softmax is taken twice; the model's answer
    has been through it: use -Σ y·ln(p + 1e-12)."""

    def loss(p, y):
        return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(tf.cast(y, p.dtype), p))

    return _norms(_slopes(model, x, y, loss=loss))


def gradient_norms_log_of_zero(model, x, y):
    """You take the logarithm of p itself, and where a probability is 0 that ends in NaN: take
    tf.math.log(p + 1e-12)."""

    def loss(p, y):
        return -tf.reduce_mean(tf.reduce_sum(tf.cast(y, p.dtype) * tf.math.log(p), axis=1))

    return _norms(_slopes(model, x, y, loss=loss))


def gradient_norms_outside_the_tape(model, x, y):
    """You call the model before the tape runs, so it has seen nothing; p = model(x) belongs into
    the `with` block."""
    p = model(x)
    return _norms(_slopes(lambda _: p, x, y, _matrices(model)))


def gradient_norms_labels_not_cast(model, x, y):
    """TensorFlow multiplies only what has one type, and labels may be integers or float64: take
    tf.cast(y, p.dtype)."""

    def loss(p, y):
        return -tf.reduce_mean(tf.reduce_sum(y * tf.math.log(p + 1e-12), axis=1))

    return _norms(_slopes(model, x, y, loss=loss))


def gradient_norms_of_the_weights(model, x, y):
    """You add up the weights; it is their gradients that are asked for, tape.gradient(loss,
    matrices)."""
    return _norms([W.numpy() for W in _matrices(model)])


def gradient_norms_trains_too(model, x, y):
    """You take a step as well; here slopes are measured, and the model stays as it is: leave out
    assign_sub."""
    slopes = _slopes(model, x, y)
    for variable, slope in zip(_matrices(model), slopes, strict=True):
        variable.assign_sub(0.1 * slope)
    return _norms(slopes)
