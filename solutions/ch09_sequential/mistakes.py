"""Wrong answers to ch09_sequential that learners really give; each docstring is its diagnosis."""

import keras
import numpy as np
import tensorflow as tf


def _crossentropy(y, p):
    return -tf.reduce_mean(tf.reduce_sum(tf.cast(y, p.dtype) * tf.math.log(p + 1e-12), axis=1))


class _MyLayer(tf.Module):
    def __init__(self, input_size, output_size, is_last=False):
        super().__init__()
        self.input_size, self.output_size, self.is_last = input_size, output_size, is_last
        self.w = tf.Variable(tf.random.uniform((input_size, output_size)))
        self.b = tf.Variable(0.0)

    def __call__(self, x):
        return self._activated(tf.cast(x, tf.float32) @ self.w + self.b)

    def _activated(self, z):
        return tf.nn.softmax(z) if self.is_last else tf.sigmoid(z)


class _MyBetterLayer(_MyLayer):
    def __init__(self, input_size, output_size, is_last=False):
        super().__init__(input_size, output_size, is_last)
        self._start(self._deviation(input_size, output_size))
        self.b = tf.Variable(tf.zeros(output_size))

    def _deviation(self, i, o):
        return (2 / (i + o)) ** 0.5

    def _start(self, deviation):
        shape = (self.input_size, self.output_size)
        self.w = tf.Variable(tf.random.normal(shape, stddev=deviation))


class _MyNeuralNetwork(tf.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        self._check()

    def _check(self):
        self._check_number()
        self._check_sizes()
        self._check_end()
        self._check_inside()

    def _check_number(self):
        if not self.layers:
            raise ValueError("a network needs a layer")

    def _check_sizes(self):
        for i, layer in enumerate(self.layers[1:], 1):
            if layer.input_size != self.layers[i - 1].output_size:
                raise ValueError(f"layer {i} does not fit")

    def _check_end(self):
        if not self.layers[-1].is_last:
            raise ValueError(f"layer {len(self.layers) - 1} is not marked last")

    def _check_inside(self):
        for i, layer in enumerate(self.layers[:-1]):
            if layer.is_last:
                raise ValueError(f"layer {i} is marked last")

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def _train_nn(
    network, x, y, learning_rate, loss_of=_crossentropy, chosen=lambda variables: variables
):
    with tf.GradientTape() as tape:
        loss = loss_of(y, network(x))
    variables = chosen(network.trainable_variables)
    for variable, slope in zip(variables, tape.gradient(loss, variables), strict=True):
        variable.assign_sub(learning_rate * slope)
    return loss


class _MySequential:
    def __init__(self):
        self.layers = []

    def add(self, layer):
        if self.layers:
            self._check(self.layers[-1], layer)
        self.layers.append(layer)

    def _check(self, before, layer):
        if before.is_last:
            raise ValueError("behind the last layer")
        if before.output_size != layer.input_size:
            raise ValueError(f"{layer.input_size} inputs behind {before.output_size} outputs")

    def predict(self, x):
        return _MyNeuralNetwork(self.layers)(x).numpy()

    def evaluate(self, x, y):
        _require_equal(x, y)
        p = _MyNeuralNetwork(self.layers)(x)
        return float(_crossentropy(y, p)), _share(p, y)

    def fit(self, x, y, learning_rate, n_epochs, batch_size=None, validation_data=None):
        _require_equal(x, y)
        network = _MyNeuralNetwork(self.layers)
        x, y, history = tf.cast(x, tf.float32), tf.cast(y, tf.float32), {"loss": []}
        for _ in range(n_epochs):
            losses, sizes = [], []
            for batch in self._batches(len(x), batch_size or len(x)):
                losses.append(float(self._step(network, x[batch], y[batch], learning_rate)))
                sizes.append(len(x[batch]))
            history["loss"].append(self._loss_of_epoch(losses, sizes))
            if validation_data is not None:
                history.setdefault("val_loss", []).append(self._validated(*validation_data))
        return history

    def _batches(self, n, size):
        return [slice(start, start + size) for start in range(0, n, size)]

    def _step(self, network, x, y, learning_rate):
        return _train_nn(network, x, y, learning_rate)

    def _loss_of_epoch(self, losses, sizes):
        return float(np.average(losses, weights=sizes))

    def _validated(self, x, y):
        return self.evaluate(x, y)[0]


_NOTEBOOK = {}


def _require_equal(x, y):
    if len(x) != len(y):
        raise ValueError("x and y are of unequal length")


def _share(p, y):
    return float(np.mean(np.argmax(p, axis=1) == np.argmax(y, axis=1)))


def _through(layers, x):
    """What layers make of x, checked by nobody."""
    for layer in layers:
        x = layer(x)
    return tf.convert_to_tensor(x)


class _MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units, self.activation = units, keras.activations.get(activation)

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), "glorot_uniform")
        self.bias = self.add_weight((self.units,), "zeros")

    def call(self, x):
        return self.activation(x @ self.kernel + self.bias)

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return super().get_config() | {"units": self.units, "activation": activation}


# MyLayer


class MyLayer_bias_for_each_unit(_MyLayer):
    """Your b has a number for every unit. That is the better layer, which comes next; this one has
    a single number: tf.Variable(0.0)."""

    def __init__(self, input_size, output_size, is_last=False):
        super().__init__(input_size, output_size, is_last)
        self.b = tf.Variable(tf.zeros(output_size))


class MyLayer_normal_start(_MyLayer):
    """You draw the weights from a normal distribution; here they come evenly from 0 to 1:
    tf.random.uniform."""

    def __init__(self, input_size, output_size, is_last=False):
        super().__init__(input_size, output_size, is_last)
        self.w = tf.Variable(tf.random.normal((input_size, output_size)))


class MyLayer_start_around_0(_MyLayer):
    """Your weights lie around 0; here they come evenly from 0 to 1, which is what
    tf.random.uniform gives if you say nothing more."""

    def __init__(self, input_size, output_size, is_last=False):
        super().__init__(input_size, output_size, is_last)
        self.w = tf.Variable(tf.random.uniform((input_size, output_size), -1, 1))


class MyLayer_zeros(_MyLayer):
    """Your weights start with zeros, so that all units are the same and stay it; draw them with
    tf.random.uniform."""

    def __init__(self, input_size, output_size, is_last=False):
        super().__init__(input_size, output_size, is_last)
        self.w = tf.Variable(tf.zeros((input_size, output_size)))


class MyLayer_one_number_for_all(_MyLayer):
    """You draw one number and fill w with it; every weight needs a number of its own, so give
    tf.random.uniform the whole shape."""

    def __init__(self, input_size, output_size, is_last=False):
        super().__init__(input_size, output_size, is_last)
        self.w = tf.Variable(tf.fill((input_size, output_size), tf.random.uniform(())))


class MyLayer_same_seed(_MyLayer):
    """You set the seed in every layer, so that all layers draw the same numbers; a seed is set once
    for a program, outside of the layers."""

    def __init__(self, input_size, output_size, is_last=False):
        tf.random.set_seed(42)
        super().__init__(input_size, output_size, is_last)


class MyLayer_a_row_for_each_unit(_MyLayer):
    """Your w is (output_size, input_size), a row a unit; in this course a unit is a column:
    (input_size, output_size)."""

    def __init__(self, input_size, output_size, is_last=False):
        super().__init__(input_size, output_size, is_last)
        self.w = tf.Variable(tf.random.uniform((output_size, input_size)))

    def __call__(self, x):
        return self._activated(tf.cast(x, tf.float32) @ tf.transpose(self.w) + self.b)


class MyLayer_plain_tensors(_MyLayer):
    """Your w and b are tensors, which nobody can train; put a tf.Variable around each."""

    def __init__(self, input_size, output_size, is_last=False):
        super().__init__(input_size, output_size, is_last)
        self.w, self.b = tf.random.uniform((input_size, output_size)), tf.constant(0.0)


class MyLayer_softmax_everywhere(_MyLayer):
    """You end every layer with softmax; only the last one has it, inside it is the sigmoid."""

    def _activated(self, z):
        return tf.nn.softmax(z)


class MyLayer_sigmoid_everywhere(_MyLayer):
    """You end every layer with the sigmoid; where is_last is true it has to be softmax, so that the
    row adds up to 1."""

    def _activated(self, z):
        return tf.sigmoid(z)


class MyLayer_bare_sums_at_the_end(_MyLayer):
    """Your last layer gives its sums as they are; put softmax around them, tf.nn.softmax(z)."""

    def _activated(self, z):
        return z if self.is_last else tf.sigmoid(z)


class MyLayer_softmax_over_the_batch(_MyLayer):
    """Your softmax shares out each column, among the examples; it belongs to each row, and without
    an axis tf.nn.softmax takes the rows."""

    def _activated(self, z):
        return tf.nn.softmax(z, axis=0) if self.is_last else tf.sigmoid(z)


class MyLayer_bias_forgotten(_MyLayer):
    """Your layer has a b, but does not add it: x @ w + b. As long as b is 0 nobody notices."""

    def __call__(self, x):
        return self._activated(tf.cast(x, tf.float32) @ self.w)


class MyLayer_through_numpy(_MyLayer):
    """You compute with NumPy on the way, where no tape can follow, so nothing could be learnt; stay
    with TensorFlow from x to the result."""

    def __call__(self, x):
        return self._activated(tf.cast(x, tf.float32).numpy() @ self.w.numpy() + self.b.numpy())


class MyLayer_not_cast(_MyLayer):
    """You multiply x as it comes, and a tensor of float64 or of whole numbers does not go with w;
    make it float32 first: tf.cast(x, tf.float32)."""

    def __call__(self, x):
        return self._activated(tf.convert_to_tensor(x) @ self.w + self.b)


class MyLayer_module_not_begun(_MyLayer):
    """You never call super().__init__(), so the tf.Module that your layer is has not been set up;
    call it first thing in __init__."""

    def __init__(self, input_size, output_size, is_last=False):
        self.input_size, self.output_size, self.is_last = input_size, output_size, is_last
        self.w = tf.Variable(tf.random.uniform((input_size, output_size)))
        self.b = tf.Variable(0.0)


# MyBetterLayer


class MyBetterLayer_one_bias(_MyBetterLayer):
    """Your b is a single number still; each unit gets its own: tf.zeros(output_size)."""

    def __init__(self, input_size, output_size, is_last=False):
        super().__init__(input_size, output_size, is_last)
        self.b = tf.Variable(0.0)


class MyBetterLayer_bias_in_a_row(_MyBetterLayer):
    """Your b is (1, output_size); it is (output_size,), and is laid over every row anyway."""

    def __init__(self, input_size, output_size, is_last=False):
        super().__init__(input_size, output_size, is_last)
        self.b = tf.Variable(tf.zeros((1, output_size)))


class MyBetterLayer_random_bias(_MyBetterLayer):
    """You draw the biases at random too; they start with 0, the weights alone break the
    symmetry."""

    def __init__(self, input_size, output_size, is_last=False):
        super().__init__(input_size, output_size, is_last)
        self.b = tf.Variable(tf.random.normal((output_size,), stddev=0.1))


class MyBetterLayer_inputs_alone(_MyBetterLayer):
    """Your standard deviation is √(1/inputs); Xavier's looks both ways: √(2/(inputs + units))."""

    def _deviation(self, i, o):
        return (1 / i) ** 0.5


class MyBetterLayer_he(_MyBetterLayer):
    """√(2/inputs) is He's start, for relu; for the sigmoid it is Xavier's: √(2/(inputs +
    units))."""

    def _deviation(self, i, o):
        return (2 / i) ** 0.5


class MyBetterLayer_variance_for_deviation(_MyBetterLayer):
    """2/(inputs + units) is the variance; stddev wants its root."""

    def _deviation(self, i, o):
        return 2 / (i + o)


class MyBetterLayer_lost_parentheses(_MyBetterLayer):
    """Python divides first: 2 / inputs + units is not 2 / (inputs + units). Put the sum in
    parentheses."""

    def _deviation(self, i, o):
        return (2 / i + o) ** 0.5


class MyBetterLayer_limit_for_deviation(_MyBetterLayer):
    """√(6/(inputs + units)) is how far the even distribution reaches; the standard deviation of the
    normal one is √(2/(inputs + units))."""

    def _deviation(self, i, o):
        return (6 / (i + o)) ** 0.5


class MyBetterLayer_standard_normal(_MyBetterLayer):
    """Your weights have the standard deviation 1, whatever the sizes; give tf.random.normal its
    stddev."""

    def _deviation(self, i, o):
        return 1.0


class MyBetterLayer_even(_MyBetterLayer):
    """Your weights have the right spread, but come from an even distribution; the normal one is
    asked for, tf.random.normal."""

    def _start(self, deviation):
        limit = 3**0.5 * deviation
        shape = (self.input_size, self.output_size)
        self.w = tf.Variable(tf.random.uniform(shape, -limit, limit))


class MyBetterLayer_drawn_by_numpy(_MyBetterLayer):
    """NumPy draws in float64, your Variable keeps that, and x in float32 does not go with it; draw
    with tf.random.normal, or make it float32."""

    def _start(self, deviation):
        shape = (self.input_size, self.output_size)
        self.w = tf.Variable(np.random.normal(0, deviation, shape))


class MyBetterLayer_same_seed(_MyBetterLayer):
    """You set the seed in every layer, so that all layers draw the same numbers; a seed is set once
    for a program, outside of the layers."""

    def _start(self, deviation):
        tf.random.set_seed(42)
        super()._start(deviation)


class MyBetterLayer_a_row_for_each_unit(_MyBetterLayer):
    """Your w is (output_size, input_size), a row a unit; in this course a unit is a column:
    (input_size, output_size)."""

    def _start(self, deviation):
        shape = (self.output_size, self.input_size)
        self.w = tf.Variable(tf.random.normal(shape, stddev=deviation))


class MyBetterLayer_end_not_passed_on(_MyBetterLayer):
    """You do not pass is_last on to MyLayer's __init__, so no better layer is ever the last one; it
    takes three arguments."""

    def __init__(self, input_size, output_size, is_last=False):
        super().__init__(input_size, output_size)


# MyNeuralNetwork


class MyNeuralNetwork_unchecked(_MyNeuralNetwork):
    """You take any layers, and it shows when the network is called, or never; look at them in
    __init__, and raise ValueError where they do not make a chain."""

    def _check(self):
        pass


class MyNeuralNetwork_sizes_unchecked(_MyNeuralNetwork):
    """You do not compare the sizes: what a layer takes, its input_size, is the output_size of the
    one before it; else raise ValueError."""

    def _check_sizes(self):
        pass


class MyNeuralNetwork_end_unchecked(_MyNeuralNetwork):
    """You accept a last layer that is not marked last: raise ValueError for it."""

    def _check_end(self):
        pass


class MyNeuralNetwork_inside_unchecked(_MyNeuralNetwork):
    """You look only at the end for is_last; an inner layer that is marked last has a softmax in the
    middle of the network, so raise ValueError for it too."""

    def _check_inside(self):
        pass


class MyNeuralNetwork_nothing_accepted(_MyNeuralNetwork):
    """You accept an empty list; raise ValueError for it before you look at any layer."""

    def _check(self):
        if self.layers:
            super()._check()


class MyNeuralNetwork_not_named(_MyNeuralNetwork):
    """Your ValueError does not name the layer that is meant: put its number into the message, which
    is its place in the list, counted from 0."""

    def _check(self):
        try:
            super()._check()
        except ValueError:
            raise ValueError("these layers do not make a network") from None


class MyNeuralNetwork_units_compared_with_inputs(_MyNeuralNetwork):
    """You compare the wrong ends: the output_size of a layer with the input_size of the one before.
    What comes out of the one before goes into the next."""

    def _check_sizes(self):
        for i, layer in enumerate(self.layers[1:], 1):
            if layer.output_size != self.layers[i - 1].input_size:
                raise ValueError(f"layer {i} does not fit")


class MyNeuralNetwork_inputs_compared(_MyNeuralNetwork):
    """You compare the input_size of a layer with that of the one before; what it takes is what the
    one before gives, its output_size."""

    def _check_sizes(self):
        for i, layer in enumerate(self.layers[1:], 1):
            if layer.input_size != self.layers[i - 1].input_size:
                raise ValueError(f"layer {i} does not fit")


class MyNeuralNetwork_first_two_compared(_MyNeuralNetwork):
    """You compare the first two layers alone; go through all of them, each with the one before."""

    def _check_sizes(self):
        if len(self.layers) > 1 and self.layers[1].input_size != self.layers[0].output_size:
            raise ValueError("layer 1 does not fit")


class MyNeuralNetwork_asserted(_MyNeuralNetwork):
    """You check with assert, which raises AssertionError, and nothing under python -O; write if and
    raise ValueError."""

    def _check(self):
        try:
            super()._check()
        except ValueError as error:
            raise AssertionError(str(error)) from None


class MyNeuralNetwork_last_layer_alone(_MyNeuralNetwork):
    """Each of your layers gets the input of the network, and only the last one's answer is kept;
    let x become layer(x), so that the next one gets that."""

    def __call__(self, x):
        for layer in self.layers:
            y = layer(tf.cast(x, tf.float32))
        return y


class MyNeuralNetwork_first_layer_alone(_MyNeuralNetwork):
    """Your return stands inside the loop, so the first layer's answer is the network's; it belongs
    behind the loop."""

    def __call__(self, x):
        return self.layers[0](x)


class MyNeuralNetwork_softmax_again(_MyNeuralNetwork):
    """You take softmax of what the last layer gives; it has its softmax already, and a second one
    flattens the probabilities."""

    def __call__(self, x):
        return tf.nn.softmax(super().__call__(x))


class MyNeuralNetwork_through_numpy(_MyNeuralNetwork):
    """You make arrays of what the layers give, and there the tape loses the trace, so that nothing
    can be learnt; pass the tensors on as they are."""

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x).numpy()
        return x


class MyNeuralNetwork_layers_not_kept(_MyNeuralNetwork):
    """Your network has the layers in a form where a tf.Module does not look, so that it finds no
    variables; keep them as a list in self.layers."""

    def __init__(self, layers):
        super().__init__(layers)
        self._hidden, self.layers = (lambda found=tuple(layers): found), ()

    def __call__(self, x):
        return _through(self._hidden(), x)


# train_nn


def train_nn_uphill(network, x, y, learning_rate):
    """You add the slopes and so walk uphill; downhill is assign_sub, variable - rate · slope."""
    return _train_nn(network, x, y, -learning_rate)


def train_nn_name_only(network, x, y, learning_rate):
    """variable = variable - … gives a new value to a name, and the Variable of the network never
    hears of it; variable.assign_sub(…) changes it."""
    return _train_nn(network, x, y, 0.0)


def train_nn_loss_afterwards(network, x, y, learning_rate):
    """You return the loss after the step; what is asked for is the one before, which the tape has
    seen."""
    _train_nn(network, x, y, learning_rate)
    return _crossentropy(y, network(x))


def train_nn_mean_of_all_entries(network, x, y, learning_rate):
    """You take the mean over all entries, so that loss and slopes are too small by the number of
    classes; sum along each row first, and take the mean over the rows."""

    def loss_of(y, p):
        return _crossentropy(y, p) / p.shape[1]

    return _train_nn(network, x, y, learning_rate, loss_of)


def train_nn_sum_of_the_batch(network, x, y, learning_rate):
    """You add the losses of the batch up, so that a large batch takes a large step; take their
    mean."""

    def loss_of(y, p):
        return _crossentropy(y, p) * len(p)

    return _train_nn(network, x, y, learning_rate, loss_of)


def train_nn_squares(network, x, y, learning_rate):
    """Your loss is the mean squared error; asked for is the categorical cross-entropy, which you
    are given as crossentropy."""

    def loss_of(y, p):
        return tf.reduce_mean(tf.square(tf.cast(y, p.dtype) - p))

    return _train_nn(network, x, y, learning_rate, loss_of)


def train_nn_softmax_again(network, x, y, learning_rate):
    """You take softmax of what the network gives; these are probabilities already."""

    def loss_of(y, p):
        return _crossentropy(y, tf.nn.softmax(p))

    return _train_nn(network, x, y, learning_rate, loss_of)


def train_nn_log_of_0(network, x, y, learning_rate):
    """You take the logarithm of a probability that may be 0, and from then on all is NaN; add 1e-12
    first, or use crossentropy, which does."""

    def loss_of(y, p):
        return -tf.reduce_mean(tf.reduce_sum(tf.cast(y, p.dtype) * tf.math.log(p), axis=1))

    return _train_nn(network, x, y, learning_rate, loss_of)


def train_nn_rate_ignored(network, x, y, learning_rate):
    """You subtract the whole slope; multiply it by the learning rate first."""
    return _train_nn(network, x, y, 1.0)


def train_nn_divided_again(network, x, y, learning_rate):
    """You divide the slopes by the number of examples; the loss is a mean, so that is in them
    already."""
    loss = _crossentropy(y, network(x))
    _train_nn(network, x, y, learning_rate / len(x))
    return loss


def train_nn_last_layer_alone(network, x, y, learning_rate):
    """You train the variables of the last layer alone; take all of network.trainable_variables, for
    the tape has the slopes by all of them."""
    return _train_nn(network, x, y, learning_rate, chosen=lambda variables: variables[-2:])


def train_nn_weights_alone(network, x, y, learning_rate):
    """You train the weights and leave the biases as they were; take all of
    network.trainable_variables."""

    def chosen(variables):
        return [variable for variable in variables if variable.shape.rank == 2]

    return _train_nn(network, x, y, learning_rate, chosen=chosen)


def train_nn_outside_the_tape(network, x, y, learning_rate):
    """You call the network before the tape runs, so that the tape has seen nothing and every slope
    is None; call it inside the `with`."""
    p = network(x)
    with tf.GradientTape() as tape:
        loss = _crossentropy(y, p)
    variables = network.trainable_variables
    for variable, slope in zip(variables, tape.gradient(loss, variables), strict=True):
        variable.assign_sub(learning_rate * slope)
    return loss


def train_nn_returns_nothing(network, x, y, learning_rate):
    """You train, and return nothing; the loss of the batch before the step is asked for."""
    _train_nn(network, x, y, learning_rate)


# MySequential.add


class MySequential_add_unchecked(_MySequential):
    """You take any layer; compare it with self.layers[-1], if there is one, and raise ValueError
    where it cannot stand behind that."""

    def _check(self, before, layer):
        pass


class MySequential_add_sizes_unchecked(_MySequential):
    """You do not compare the sizes: raise ValueError where the layer before gives another number
    than this one takes."""

    def _check(self, before, layer):
        if before.is_last:
            raise ValueError("behind the last layer")


class MySequential_add_behind_the_end(_MySequential):
    """You let a layer stand behind one that is marked last, which then is not; raise ValueError."""

    def _check(self, before, layer):
        if before.output_size != layer.input_size:
            raise ValueError(f"{layer.input_size} inputs behind {before.output_size} outputs")


class MySequential_add_units_compared_with_inputs(_MySequential):
    """You compare the wrong ends: the output_size of the new layer with the input_size of the one
    before. What comes out of the one before goes into the new one."""

    def _check(self, before, layer):
        if before.is_last or layer.output_size != before.input_size:
            raise ValueError(f"{layer.input_size} inputs behind {before.output_size} outputs")


class MySequential_add_inputs_compared(_MySequential):
    """You compare the input_size of the new layer with that of the one before; what it takes is
    what the one before gives, its output_size."""

    def _check(self, before, layer):
        if before.is_last or layer.input_size != before.input_size:
            raise ValueError(f"{layer.input_size} inputs behind {before.output_size} outputs")


class MySequential_add_compared_with_the_first(_MySequential):
    """You compare the new layer with the first one, self.layers[0]; its neighbour is the last one
    so far, self.layers[-1]."""

    def _check(self, before, layer):
        super()._check(before if before.is_last else self.layers[0], layer)


class MySequential_add_checked_afterwards(_MySequential):
    """You append the layer before you check it, so a layer that was refused stays in the list;
    check first."""

    def add(self, layer):
        before = self.layers[-1:]
        self.layers.append(layer)
        for each in before:
            self._check(each, layer)


class MySequential_add_at_the_front(_MySequential):
    """You put the new layer in front of the others; append puts it behind them."""

    def add(self, layer):
        if self.layers:
            self._check(self.layers[-1], layer)
        self.layers.insert(0, layer)


class MySequential_add_returns_the_model(_MySequential):
    """You return self; add gives nothing back, like list.append and keras.Sequential.add."""

    def add(self, layer):
        super().add(layer)
        return self


class MySequential_add_without_the_numbers(_MySequential):
    """Your message does not say which sizes do not fit; put both numbers into it, the output_size
    of the layer before and the input_size of this one."""

    def _check(self, before, layer):
        try:
            super()._check(before, layer)
        except ValueError:
            raise ValueError("the layer does not fit") from None


class MySequential_add_asserted(_MySequential):
    """You check with assert, which raises AssertionError, and nothing under python -O; write if and
    raise ValueError."""

    def _check(self, before, layer):
        try:
            super()._check(before, layer)
        except ValueError as error:
            raise AssertionError(str(error)) from None


class MySequential_add_printed(_MySequential):
    """You print that a layer does not fit and go on without it, and whoever called add does not
    know; raise ValueError."""

    def add(self, layer):
        try:
            super().add(layer)
        except ValueError:
            return


# MySequential.predict


class MySequential_predict_tensor(_MySequential):
    """You return a tensor; an array is asked for: .numpy()."""

    def predict(self, x):
        return tf.constant(super().predict(x))


class MySequential_predict_class_numbers(_MySequential):
    """You return the number of the likeliest class; all probabilities are asked for, a row an
    example."""

    def predict(self, x):
        return np.argmax(super().predict(x), axis=1)


class MySequential_predict_largest_alone(_MySequential):
    """You return the largest probability of each row alone; asked for is the whole row."""

    def predict(self, x):
        return super().predict(x).max(axis=1)


class MySequential_predict_rounded(_MySequential):
    """You round the probabilities to 0 and 1; return them as they are."""

    def predict(self, x):
        return np.round(super().predict(x))


class MySequential_predict_last_layer_alone(_MySequential):
    """Each of your layers gets the input of the model, and only the last one's answer is kept; what
    a layer gives is what the next one takes."""

    def predict(self, x):
        _MyNeuralNetwork(self.layers)
        return _through(self.layers[-1:], x).numpy()


class MySequential_predict_unfinished(_MySequential):
    """You let a model answer that has no layers, or no last one; what comes out are no
    probabilities. MyNeuralNetwork(self.layers) raises the ValueError that is asked for."""

    def predict(self, x):
        return _through(self.layers, x).numpy()


class MySequential_predict_without_the_row(_MySequential):
    """For a single example your answer is a vector; it stays a table with one row, (1, c)."""

    def predict(self, x):
        return super().predict(x).squeeze()


class MySequential_predict_softmax_again(_MySequential):
    """You take softmax of what the last layer gives; it has its softmax already."""

    def predict(self, x):
        return tf.nn.softmax(super().predict(x)).numpy()


# MySequential.evaluate


class MySequential_evaluate_accuracy_first(_MySequential):
    """You return the accuracy before the loss; the order asked for is (loss, accuracy), as in
    Keras."""

    def evaluate(self, x, y):
        return super().evaluate(x, y)[::-1]


class MySequential_evaluate_per_cent(_MySequential):
    """Your accuracy is in per cent; asked for is a share, from 0 to 1."""

    def evaluate(self, x, y):
        loss, accuracy = super().evaluate(x, y)
        return loss, 100 * accuracy


class MySequential_evaluate_counted(_MySequential):
    """You count the right answers; divide by how many there are, or take the mean."""

    def evaluate(self, x, y):
        loss, accuracy = super().evaluate(x, y)
        return loss, accuracy * len(x)


class MySequential_evaluate_loss_alone(_MySequential):
    """You return the loss alone; a pair is asked for, (loss, accuracy)."""

    def evaluate(self, x, y):
        return super().evaluate(x, y)[0]


class MySequential_evaluate_mean_of_all_entries(_MySequential):
    """Your loss is the mean over all entries, too small by the number of classes; sum along each
    row first, and take the mean over the rows."""

    def evaluate(self, x, y):
        loss, accuracy = super().evaluate(x, y)
        return loss / np.shape(y)[1], accuracy


class MySequential_evaluate_sum(_MySequential):
    """Your loss is the sum over the examples; take their mean."""

    def evaluate(self, x, y):
        loss, accuracy = super().evaluate(x, y)
        return loss * len(x), accuracy


class MySequential_evaluate_argmax_over_the_batch(_MySequential):
    """Your argmax runs down the columns, over the examples; the class is the place of the largest
    entry in a row: axis=1."""

    def evaluate(self, x, y):
        loss, _ = super().evaluate(x, y)
        p = self.predict(x)
        return loss, float(np.mean(np.argmax(p, axis=0) == np.argmax(y, axis=0)))


class MySequential_evaluate_every_entry(_MySequential):
    """You round the probabilities and count every entry that is right, and most zeros are; compare
    classes, argmax of one row with argmax of the other."""

    def evaluate(self, x, y):
        loss, _ = super().evaluate(x, y)
        return loss, float(np.mean(np.round(self.predict(x)) == np.array(y)))


class MySequential_evaluate_stretched(_MySequential):
    """You do not compare the lengths, and TensorFlow stretches a single row against all others;
    raise ValueError where len(x) is not len(y)."""

    def evaluate(self, x, y):
        p = _MyNeuralNetwork(self.layers)(x)
        right = tf.argmax(p, axis=1) == tf.argmax(y, axis=1)
        return float(_crossentropy(y, p)), float(tf.reduce_mean(tf.cast(right, tf.float32)))


class MySequential_evaluate_unfinished(_MySequential):
    """You judge a model that has no layers, or no last one; what comes out are no probabilities.
    MyNeuralNetwork(self.layers) raises the ValueError that is asked for."""

    def evaluate(self, x, y):
        _require_equal(x, y)
        p = tf.cast(_through(self.layers, x), tf.float32)
        width = min(p.shape[1], np.shape(y)[1])
        return float(_crossentropy(y[:, :width], p[:, :width])), _share(p, y)


class MySequential_evaluate_log_of_0(_MySequential):
    """You take the logarithm of a probability that may be 0; add 1e-12 first, or use crossentropy,
    which does."""

    def evaluate(self, x, y):
        _require_equal(x, y)
        p = _MyNeuralNetwork(self.layers)(x)
        surprise = -tf.reduce_sum(tf.cast(y, p.dtype) * tf.math.log(p), axis=1)
        return float(tf.reduce_mean(surprise)), _share(p, y)


class MySequential_evaluate_teaches(_MySequential):
    """You take a training step on what you are to judge by; evaluate leaves the weights alone."""

    def evaluate(self, x, y):
        found = super().evaluate(x, y)
        _train_nn(_MyNeuralNetwork(self.layers), x, y, 0.1)
        return found


# MySequential.fit


class MySequential_fit_no_batches(_MySequential):
    """You take all examples in one step, whatever batch_size says; cut x and y into pieces of that
    size and take a step for each."""

    def _batches(self, n, size):
        return [slice(0, n)]


class MySequential_fit_short_batch_dropped(_MySequential):
    """You leave out the last examples where they make no full batch; they make a short one:
    range(0, len(x), batch_size) begins it, and a slice may reach beyond the end."""

    def _batches(self, n, size):
        return super()._batches(n, size)[: max(1, n // size)]


class MySequential_fit_first_batch_alone(_MySequential):
    """You take one batch an epoch and go on to the next; an epoch goes through all of them."""

    def _batches(self, n, size):
        return super()._batches(n, size)[:1]


class MySequential_fit_batches_of_32(_MySequential):
    """Without a batch size you take 32 examples at a time, as Keras does; here None is for all of
    them, in one step."""

    def fit(self, x, y, learning_rate, n_epochs, batch_size=None, validation_data=None):
        return super().fit(x, y, learning_rate, n_epochs, batch_size or 32, validation_data)


class MySequential_fit_shuffled(_MySequential):
    """You take the examples in another order; here they come as they stand, so that a training can
    be repeated. Whoever wants to shuffle does it before."""

    def _batches(self, n, size):
        return super()._batches(n, size)[::-1]


class MySequential_fit_mean_of_batches(_MySequential):
    """You average the losses of the batches as if they were of the same length; a short batch
    counts less, so weigh each loss by its number of examples."""

    def _loss_of_epoch(self, losses, sizes):
        return float(np.mean(losses))


class MySequential_fit_sum_of_batches(_MySequential):
    """You add the losses of the batches up; the loss of an epoch is their mean, each weighed by its
    number of examples."""

    def _loss_of_epoch(self, losses, sizes):
        return float(np.sum(losses))


class MySequential_fit_loss_of_the_last_batch(_MySequential):
    """You take the loss of the last batch for that of the epoch; take the mean over all examples of
    the epoch."""

    def _loss_of_epoch(self, losses, sizes):
        return losses[-1]


class MySequential_fit_loss_afterwards(_MySequential):
    """You measure the loss when the epoch is over; it is the mean of the losses that the batches
    had, each before its step. They are there for nothing, and it is what Keras shows."""

    def fit(self, x, y, learning_rate, n_epochs, batch_size=None, validation_data=None):
        losses, others = [], []
        for _ in range(n_epochs):
            history = super().fit(x, y, learning_rate, 1, batch_size, validation_data)
            losses.append(self.evaluate(x, y)[0])
            others += history.get("val_loss", [])
        return {"loss": losses} | ({} if validation_data is None else {"val_loss": others})


class MySequential_fit_one_epoch(_MySequential):
    """You go through the examples once, whatever n_epochs says; put a loop around it."""

    def fit(self, x, y, learning_rate, n_epochs, batch_size=None, validation_data=None):
        return super().fit(x, y, learning_rate, 1, batch_size, validation_data)


class MySequential_fit_last_epoch_alone(_MySequential):
    """Your history knows the last epoch alone: the list is made anew in each; make it once, before
    the loop, and append."""

    def fit(self, *args, **kwargs):
        return {name: losses[-1:] for name, losses in super().fit(*args, **kwargs).items()}


class MySequential_fit_an_entry_a_batch(_MySequential):
    """Your history has an entry for every batch; one an epoch is asked for, the mean over its
    examples."""

    def fit(self, x, y, learning_rate, n_epochs, batch_size=None, validation_data=None):
        self._every = []
        history = super().fit(x, y, learning_rate, n_epochs, batch_size, validation_data)
        return history | {"loss": self._every}

    def _loss_of_epoch(self, losses, sizes):
        self._every += losses
        return 0.0


class MySequential_fit_list_alone(_MySequential):
    """You return the list of losses; a dict is asked for: {"loss": losses}."""

    def fit(self, *args, **kwargs):
        return super().fit(*args, **kwargs)["loss"]


class MySequential_fit_returns_nothing(_MySequential):
    """You train, and return nothing; the history is asked for."""

    def fit(self, *args, **kwargs):
        super().fit(*args, **kwargs)


class MySequential_fit_history_goes_on(_MySequential):
    """Your history still has the epochs of the fit before; make a new dict in every fit."""

    def fit(self, *args, **kwargs):
        self._kept = getattr(self, "_kept", {})
        for name, losses in super().fit(*args, **kwargs).items():
            self._kept[name] = self._kept.get(name, []) + losses
        return self._kept


class MySequential_fit_validation_trained_on(_MySequential):
    """You take steps on the validation data too; it is for judging, and what has been trained on
    judges nothing."""

    def fit(self, x, y, learning_rate, n_epochs, batch_size=None, validation_data=None):
        self._rate = learning_rate
        return super().fit(x, y, learning_rate, n_epochs, batch_size, validation_data)

    def _validated(self, x, y):
        return float(_train_nn(_MyNeuralNetwork(self.layers), x, y, self._rate))


class MySequential_fit_validation_before(_MySequential):
    """You judge the validation data before the epoch's steps; a val_loss is that of the model at
    the end of the epoch."""

    def fit(self, x, y, learning_rate, n_epochs, batch_size=None, validation_data=None):
        if validation_data is None:
            return super().fit(x, y, learning_rate, n_epochs, batch_size)
        losses, others = [], []
        for _ in range(n_epochs):
            others.append(self._validated(*validation_data))
            losses += super().fit(x, y, learning_rate, 1, batch_size)["loss"]
        return {"loss": losses, "val_loss": others}


class MySequential_fit_validation_ignored(_MySequential):
    """You do not look at validation_data; where it is given, the history has a list "val_loss" as
    well, judged at the end of each epoch."""

    def fit(self, x, y, learning_rate, n_epochs, batch_size=None, validation_data=None):
        return super().fit(x, y, learning_rate, n_epochs, batch_size)


class MySequential_fit_validation_always(_MySequential):
    """Your history has a "val_loss" also where there is no validation data; leave the key out
    then."""

    def fit(self, *args, **kwargs):
        return {"val_loss": []} | super().fit(*args, **kwargs)


class MySequential_fit_validation_accuracy(_MySequential):
    """Your val_loss is the accuracy: evaluate gives (loss, accuracy), and the loss is its first
    part."""

    def _validated(self, x, y):
        return self.evaluate(x, y)[1]


class MySequential_fit_starts_anew(_MySequential):
    """You begin every fit with the weights of the start; a second fit goes on where the first one
    ended."""

    def fit(self, *args, **kwargs):
        variables = [v for layer in self.layers for v in layer.trainable_variables]
        if not hasattr(self, "_start"):
            self._start = [variable.numpy() for variable in variables]
        for variable, start in zip(variables, self._start, strict=True):
            variable.assign(start)
        return super().fit(*args, **kwargs)


class MySequential_fit_another_model(_MySequential):
    """You train the model that a variable of the notebook names, and not self; inside of fit only
    self and the arguments are yours."""

    def __init__(self):
        super().__init__()
        _NOTEBOOK["nn"] = self

    def fit(self, *args, **kwargs):
        return _MySequential.fit(_NOTEBOOK["nn"], *args, **kwargs)


class MySequential_fit_last_layer_alone(_MySequential):
    """You train the last layer alone; the variables of all layers are to be trained."""

    def _step(self, network, x, y, learning_rate):
        return _train_nn(network, x, y, learning_rate, chosen=lambda variables: variables[-2:])


class MySequential_fit_rate_of_the_first(_MySequential):
    """Your second fit goes on with the learning rate of the first: the step was traced with that
    number in it. Give it to the traced function as an argument, a tensor."""

    def _step(self, network, x, y, learning_rate):
        self._rate = getattr(self, "_rate", learning_rate)
        return _train_nn(network, x, y, self._rate)


class MySequential_fit_data_of_the_first(_MySequential):
    """Your second fit trains on the examples of the first: the step was traced with them in it.
    Give x and y to the traced function as arguments."""

    def fit(self, x, y, *args, **kwargs):
        _require_equal(x, y)
        self._data = getattr(self, "_data", (x, y))
        return super().fit(*self._data, *args, **kwargs)


class MySequential_fit_unequal_lengths(_MySequential):
    """You do not compare the lengths of x and y; where they differ, raise ValueError before
    anything is learnt."""

    def fit(self, x, y, *args, **kwargs):
        n = max(len(x), len(y))
        x, y = (np.resize(v, (n, *np.shape(v)[1:])) for v in (x, y))
        return super().fit(x, y, *args, **kwargs)


class MySequential_fit_unfinished(_MySequential):
    """You train a model that has no layers, or no last one; MyNeuralNetwork(self.layers) raises the
    ValueError that is asked for."""

    def fit(self, x, y, *args, **kwargs):
        if self.layers and self.layers[-1].is_last:
            return super().fit(x, y, *args, **kwargs)
        return {"loss": [0.0]}


# MyDense


class MyDense_bias_forgotten(_MyDense):
    """You do not add the bias: activation(x @ kernel + bias)."""

    def call(self, x):
        return self.activation(x @ self.kernel)


class MyDense_activation_forgotten(_MyDense):
    """You return the sums; put self.activation(…) around them."""

    def call(self, x):
        return x @ self.kernel + self.bias


class MyDense_bias_afterwards(_MyDense):
    """You add the bias after the activation; it belongs to the sum, before it."""

    def call(self, x):
        return self.activation(x @ self.kernel) + self.bias


class MyDense_activation_by_name(_MyDense):
    """You keep the activation as it came and call it, and a name or None cannot be called;
    keras.activations.get makes a function of it."""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, None, **kwargs)
        self.activation = activation


class MyDense_variables_of_its_own(_MyDense):
    """You make the weights with tf.Variable, where Keras does not find them, neither to train nor
    to save; make them with self.add_weight."""

    def build(self, input_shape):
        self.kernel = tf.Variable(tf.random.normal((input_shape[-1], self.units)))
        self.bias = tf.Variable(tf.zeros(self.units))


class MyDense_kernel_of_zeros(_MyDense):
    """Your kernel starts with zeros, so that all units are the same and stay it; say
    "glorot_uniform"."""

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), "zeros")
        self.bias = self.add_weight((self.units,), "zeros")


class MyDense_kernel_of_one_width(_MyDense):
    """ "random_normal" has the standard deviation 0.05, whatever the sizes; Glorot's depends on
    them: "glorot_uniform" or "glorot_normal"."""

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), "random_normal")
        self.bias = self.add_weight((self.units,), "zeros")


class MyDense_random_bias(_MyDense):
    """Your biases start at random, as every weight does for which add_weight is told nothing; give
    it "zeros"."""

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units))
        self.bias = self.add_weight((self.units,))


class MyDense_kernel_not_trained(_MyDense):
    """Your kernel is not trainable; leave trainable=False out."""

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape, "glorot_uniform", trainable=False)
        self.bias = self.add_weight((self.units,), "zeros")


class MyDense_kernel_of_the_batch(_MyDense):
    """You take input_shape[0] for the number of inputs; that is the batch, which is not known yet.
    The inputs are the last axis, input_shape[-1]."""

    def build(self, input_shape):
        super().build(input_shape[::-1])


class MyDense_keywords_lost(_MyDense):
    """You take **kwargs and drop them, so that no layer gets its name; pass them on to Keras's
    own __init__."""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation)


class MyDense_config_without_units(_MyDense):
    """Your get_config does not tell the units, and from_config cannot make a layer without them:
    add "units" to what super().get_config() gives."""

    def get_config(self):
        config = super().get_config()
        del config["units"]
        return config


class MyDense_config_without_activation(_MyDense):
    """Your get_config does not tell the activation, so that the layer is made again without one:
    add "activation" to what super().get_config() gives."""

    def get_config(self):
        config = super().get_config()
        del config["activation"]
        return config


class MyDense_config_of_its_own(_MyDense):
    """Your get_config tells what is yours and forgets what Keras tells of every layer, such as its
    name; begin with super().get_config() and add to that."""

    def get_config(self):
        config = super().get_config()
        return {"units": config["units"], "activation": config["activation"]}


class MyDense_config_with_a_function(_MyDense):
    """Your get_config holds the activation as a function, which no file can keep; make a name of it
    by keras.activations.serialize."""

    def get_config(self):
        return super().get_config() | {"activation": self.activation}
