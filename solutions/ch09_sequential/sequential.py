"""A small Keras of your own: layers, a chain of them, and a model that grows and trains.

Shapes: x (n, d) holds one example a row, y (n, c) its class as a one-hot row. Both are NumPy arrays
or tensors of any type of number; what is computed is float32, and in TensorFlow from the first step
to the last, so that a tape can follow. Keras is not used, except at the very end, by `MyDense`.

A "layer" is anything that can be called with a batch and has `input_size`, `output_size`, `is_last`
and `trainable_variables`, as `MyLayer` has. Networks are made of such, whoever wrote them.
"""

import keras
import tensorflow as tf


def crossentropy(y, p):
    """Your categorical cross-entropy of chapter 5, given: the mean over the rows of -Σ y·log p.

    >>> loss = crossentropy([[0, 1], [1, 0]], tf.constant([[0.5, 0.5], [0.25, 0.75]]))
    >>> round(float(loss), 4)  # (-log 0.5 - log 0.25) / 2
    1.0397
    """
    surprise = -tf.math.log(p + 1e-12)
    return tf.reduce_mean(tf.reduce_sum(tf.cast(y, p.dtype) * surprise, axis=1))


class MyLayer(tf.Module):
    """A layer with a naive start: σ(x·w + b), or softmax(x·w + b) if it is the last one.

    input_size   int   d, how many numbers an example has
    output_size  int   how many units there are
    is_last      bool  whether it ends a network; then its units are classes

    All three are attributes too. `w`, (input_size, output_size), and `b`, a single number (), are
    float32 Variables. w starts with random numbers from `tf.random`, evenly drawn from 0 to 1, and
    b with 0. A layer is a `tf.Module`, which finds its `trainable_variables` by itself.

    Called with x (n, input_size), n may be 1, it gives a float32 tensor (n, output_size), computed
    from what w and b hold at that time.

    >>> layer = MyLayer(3, 2, is_last=True)
    >>> layer.w.shape, float(layer.b)
    (TensorShape([3, 2]), 0.0)
    >>> layer([[0, 0, 0]]).numpy()
    array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, input_size, output_size, is_last=False):
        # BEGIN SOLUTION
        super().__init__()
        self.input_size, self.output_size, self.is_last = input_size, output_size, is_last
        self.w = tf.Variable(tf.random.uniform((input_size, output_size)))
        self.b = tf.Variable(0.0)
        # END SOLUTION

    def __call__(self, x):
        # BEGIN SOLUTION
        z = tf.cast(x, tf.float32) @ self.w + self.b
        return tf.nn.softmax(z) if self.is_last else tf.sigmoid(z)
        # END SOLUTION


class MyBetterLayer(MyLayer):
    """The same layer with a better start: Xavier weights, and a bias for every unit.

    w  (input_size, output_size)  from a normal distribution around 0, by `tf.random`, whose
                                  standard deviation is √(2 / (input_size + output_size))
    b  (output_size,)             zeros

    All else is as in `MyLayer`, from which it has what it does not say anew.

    >>> layer = MyBetterLayer(3, 2)
    >>> layer.b.numpy()
    array([0., 0.], dtype=float32)
    >>> layer([[0, 0, 0]]).numpy()
    array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, input_size, output_size, is_last=False):
        # BEGIN SOLUTION
        super().__init__(input_size, output_size, is_last)
        deviation = (2 / (input_size + output_size)) ** 0.5
        self.w = tf.Variable(tf.random.normal((input_size, output_size), stddev=deviation))
        self.b = tf.Variable(tf.zeros(output_size))
        # END SOLUTION


class MyNeuralNetwork(tf.Module):
    """Layers in a chain: what one gives is what the next one takes.

    layers  a list of layers, the first one first; it stays as it is, and the attribute `layers` is
            a list of the network's own

    ValueError where the list is empty; where a layer takes another number of inputs than the one
    before it gives; where the last one is not marked last, or another one is. Its message names the
    layer by its number in the list, counted from 0 (where two sizes do not fit, the later one).

    Called with x (n, d) it gives what the last layer gives, (n, c). As a `tf.Module` it finds the
    `trainable_variables` of all its layers.

    >>> network = MyNeuralNetwork([MyBetterLayer(2, 3), MyBetterLayer(3, 2, is_last=True)])
    >>> network([[180, 90]]).shape, len(network.trainable_variables)
    (TensorShape([1, 2]), 4)
    >>> MyNeuralNetwork([MyBetterLayer(2, 3), MyBetterLayer(4, 2, is_last=True)])
    Traceback (most recent call last):
    ValueError: layer 1 takes 4 inputs, and gets 3
    """

    def __init__(self, layers):
        # BEGIN SOLUTION
        super().__init__()
        self.layers = list(layers)
        if not self.layers:
            raise ValueError("a network needs a layer")
        for i, layer in enumerate(self.layers):
            inputs = self.layers[i - 1].output_size if i else layer.input_size
            if layer.input_size != inputs:
                raise ValueError(f"layer {i} takes {layer.input_size} inputs, and gets {inputs}")
            if layer.is_last != (i == len(self.layers) - 1):
                raise ValueError(f"layer {i} is {'' if layer.is_last else 'not '}marked last")
        # END SOLUTION

    def __call__(self, x):
        # BEGIN SOLUTION
        for layer in self.layers:
            x = layer(x)
        return x
        # END SOLUTION


def train_nn(network, x, y, learning_rate):
    """One step down the slope of the categorical cross-entropy, by all variables, in place.

    network        a MyNeuralNetwork, or anything else that has `trainable_variables` and gives
                   probabilities (n, c) when it is called with x
    x              (n, d)  a batch
    y              (n, c)  its classes, one-hot
    learning_rate  number
    returns        number  the loss of the batch before the step: a scalar tensor or a float

    Each variable v becomes v - learning_rate · (slope of the loss by v), and stays the same object.

    >>> layer = MyLayer(1, 2, is_last=True)
    >>> _ = layer.w.assign([[0.0, 0.0]])
    >>> round(float(train_nn(MyNeuralNetwork([layer]), [[2.0]], [[0, 1]], 0.5)), 4)  # -log 0.5
    0.6931
    >>> layer.w.numpy()  # dz is 0.5 and -0.5, times x = 2, times the rate
    array([[-0.5,  0.5]], dtype=float32)
    """
    # BEGIN SOLUTION
    with tf.GradientTape() as tape:
        loss = crossentropy(y, network(x))
    variables = network.trainable_variables
    for variable, slope in zip(variables, tape.gradient(loss, variables), strict=True):
        variable.assign_sub(learning_rate * slope)
    return loss
    # END SOLUTION


class MySequential:
    """A model that is built layer by layer, trained, asked and judged.

    `layers` is the list of its layers, the first one first. All four methods work on that list, and
    on nothing else that was there before.
    """

    def __init__(self):
        self.layers = []

    def add(self, layer):
        """Put one more layer behind the others.

        layer    a layer, which becomes the last entry of `layers`
        returns  None

        ValueError, and `layers` as it was, where the layer before is marked last, or where it gives
        another number than this one takes: the message has both numbers.

        >>> model = MySequential()
        >>> model.add(MyBetterLayer(2, 3))
        >>> model.add(MyBetterLayer(4, 2, is_last=True))
        Traceback (most recent call last):
        ValueError: a layer of 4 inputs behind one of 3 outputs
        """
        # BEGIN SOLUTION
        if self.layers:
            before = self.layers[-1]
            if before.is_last:
                raise ValueError("nothing comes behind a layer that is marked last")
            if before.output_size != layer.input_size:
                inputs, outputs = layer.input_size, before.output_size
                raise ValueError(f"a layer of {inputs} inputs behind one of {outputs} outputs")
        self.layers.append(layer)
        # END SOLUTION

    def predict(self, x):
        """What the model makes of some examples.

        x        (n, d)  n may be 1
        returns  (n, c)  a float32 NumPy array, the probability of each class in each row

        ValueError where there is no layer, or the last one is not marked last.

        >>> model = MySequential()
        >>> model.add(MyBetterLayer(2, 4, is_last=True))
        >>> model.predict([[0, 0], [0, 0]])
        array([[0.25, 0.25, 0.25, 0.25],
               [0.25, 0.25, 0.25, 0.25]], dtype=float32)
        """
        # BEGIN SOLUTION
        return MyNeuralNetwork(self.layers)(x).numpy()
        # END SOLUTION

    def evaluate(self, x, y):
        """How good the model is on some examples, without learning from them.

        x        (n, d)            examples
        y        (n, c)            their classes, one-hot
        returns  (loss, accuracy)  a tuple of two floats: the categorical cross-entropy, and the
                                   share of rows whose largest probability is in the right place

        ValueError where x and y are of unequal length, where there is no layer, or where the last
        one is not marked last.

        >>> model = MySequential()
        >>> model.add(MyLayer(1, 2, is_last=True))
        >>> _ = model.layers[0].w.assign([[0.0, 1.0]])
        >>> loss, accuracy = model.evaluate([[3.0], [-3.0], [3.0]], [[0, 1], [1, 0], [1, 0]])
        >>> round(loss, 4), round(accuracy, 4)  # -log σ(3) = 0.0486 twice, -log σ(-3) = 3.0486 once
        (1.0486, 0.6667)
        """
        # BEGIN SOLUTION
        if len(x) != len(y):
            raise ValueError(f"{len(x)} examples and {len(y)} classes")
        p = MyNeuralNetwork(self.layers)(x)
        right = tf.argmax(p, axis=1) == tf.argmax(y, axis=1)
        return float(crossentropy(y, p)), float(tf.reduce_mean(tf.cast(right, tf.float32)))
        # END SOLUTION

    def fit(self, x, y, learning_rate, n_epochs, batch_size=None, validation_data=None):
        """Train all layers by gradient descent, one step a mini-batch.

        x                (n, d)          examples
        y                (n, c)          their classes, one-hot
        learning_rate    number
        n_epochs         int             how often to go through all examples
        batch_size       int or None     how many examples a step takes; None for all of them
        validation_data  (x, y) or None  examples to be judged on and not trained on
        returns          dict            {"loss": [...]}, a list with one float an epoch; with
                                         validation_data also "val_loss", another such list

        Batches are taken in the order of the examples, which are not shuffled; where n is no
        multiple of batch_size the last batch is short. The loss of an epoch is the mean over its
        examples of the losses that they had in their batch, before its step. A val_loss is
        that of the model at the end of the epoch. A second fit goes on where the first one ended.

        ValueError where x and y are of unequal length, where there is no layer, or where the last
        one is not marked last.

        >>> model = MySequential()
        >>> model.add(MyLayer(1, 2, is_last=True))
        >>> _ = model.layers[0].w.assign([[0.0, 0.0]])
        >>> history = model.fit([[1.0], [1.0]], [[1, 0], [1, 0]], 2.0, 2)
        >>> [round(loss, 4) for loss in history["loss"]]  # -log 0.5, then -log σ(2)
        [0.6931, 0.1269]
        """
        # BEGIN SOLUTION
        if len(x) != len(y):
            raise ValueError(f"{len(x)} examples and {len(y)} classes")
        network = MyNeuralNetwork(self.layers)
        if network.layers != getattr(self, "_trained", None):
            self._trained = network.layers

            @tf.function  # traced once a model: what changes from call to call comes in as tensors
            def epoch(x, y, learning_rate, batch_size):
                total = 0.0
                for start in tf.range(0, len(x), batch_size):  # TensorFlow's loop, not Python's
                    batch = slice(start, start + batch_size)
                    loss = train_nn(network, x[batch], y[batch], learning_rate)
                    total += loss * tf.cast(len(x[batch]), tf.float32)
                return total / len(x)

            self._epoch = epoch
        x, y = tf.cast(x, tf.float32), tf.cast(y, tf.float32)
        rate, size = tf.constant(learning_rate, tf.float32), tf.constant(batch_size or len(x))
        history = {"loss": []}
        for _ in range(n_epochs):
            history["loss"].append(float(self._epoch(x, y, rate, size)))
            if validation_data is not None:
                history.setdefault("val_loss", []).append(self.evaluate(*validation_data)[0])
        return history
        # END SOLUTION


class MyDense(keras.layers.Layer):
    """A dense layer for the real Keras: activation(x·kernel + bias), wherever Keras has layers.

    units       int              how many units there are
    activation  str or function  one of Keras's names, such as "relu", or a function; None for the
                                 sums as they are
    **kwargs                     what every layer of Keras's takes, such as name

    `units` and `activation`, the function, are attributes. `build`, which Keras calls when it knows
    the number of inputs, makes two weights that Keras knows of: a kernel (inputs, units) with
    Glorot's (that is, Xavier's) start, and a bias (units,) of zeros, in this order. `call` takes x
    (..., inputs) and gives (..., units). `get_config` tells, in plain data, all that `from_config`
    needs to make such a layer again, beginning with what Keras tells of every layer.

    >>> model = keras.Sequential([keras.Input((4,)), MyDense(3, "relu"), MyDense(1)])
    >>> model.count_params()  # 4·3 + 3 + 3·1 + 1
    19
    >>> twin = MyDense.from_config(MyDense(3, "relu", name="hidden").get_config())
    >>> twin.name, twin.units, twin.activation.__name__
    ('hidden', 3, 'relu')
    """

    def __init__(self, units, activation=None, **kwargs):
        # BEGIN SOLUTION
        super().__init__(**kwargs)
        self.units, self.activation = units, keras.activations.get(activation)
        # END SOLUTION

    def build(self, input_shape):
        # BEGIN SOLUTION
        self.kernel = self.add_weight((input_shape[-1], self.units), "glorot_uniform")
        self.bias = self.add_weight((self.units,), "zeros")
        # END SOLUTION

    def call(self, x):
        # BEGIN SOLUTION
        return self.activation(x @ self.kernel + self.bias)
        # END SOLUTION

    def get_config(self):
        # BEGIN SOLUTION
        activation = keras.activations.serialize(self.activation)
        return super().get_config() | {"units": self.units, "activation": activation}
        # END SOLUTION
