"""Wrong answers to ch04_vectorization that learners give; each docstring is its diagnosis."""

import time

import numpy as np

from grader.given import relu, sigmoid


def _z(X, W, b):
    return np.dot(X, W) + b


def _dense(X, W, b):
    return sigmoid(_z(X, W, b))


def _forward(X, layers):
    for W, b in layers:
        X = _dense(X, W, b)
    return X


def _softmax(Z):
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return grown / np.sum(grown, axis=-1, keepdims=True)


# dense_vectorized


def dense_vectorized_with_a_star(X, W, b):
    """You wrote `*`, which multiplies entry by entry and sums nothing; use X @ W (or np.dot)."""
    return sigmoid(np.asarray(X) * np.asarray(W) + b)


def dense_vectorized_without_bias(X, W, b):
    """The bias is missing: the sigmoid gets X @ W + b, not X @ W alone."""
    return sigmoid(np.dot(X, W))


def dense_vectorized_without_activation(X, W, b):
    """You return the weighted sums; each one still has to go through the sigmoid."""
    return _z(X, W, b)


def dense_vectorized_bias_after_activation(X, W, b):
    """You add the bias to the sigmoid's result; it belongs inside: sigmoid(X @ W + b)."""
    return sigmoid(np.dot(X, W)) + b


def dense_vectorized_bias_for_every_input(X, W, b):
    """You add b to every product before the sum, once for each input; it is added once, to the
    finished sum: X @ W + b."""
    return sigmoid(np.dot(X, W) + np.shape(W)[0] * np.asarray(b))


def dense_vectorized_first_bias_for_all(X, W, b):
    """Every unit gets the first bias; b is (units,), and X @ W + b gives each column its own."""
    return sigmoid(np.dot(X, W) + b[0])


def dense_vectorized_bias_on_the_wrong_axis(X, W, b):
    """Your bias stands as a column, so it is added by example and not by unit; with as many
    examples as units nothing complains. Leave b as it comes, (units,): X @ W + b."""
    return sigmoid(np.dot(X, W) + np.reshape(b, (-1, 1)))


def dense_vectorized_rows_for_units(X, W, b):
    """You took the rows of W for the units (a .T too many); here a unit is a column: X @ W. On a
    square W nothing complains, only the numbers are wrong."""
    return sigmoid(np.dot(X, np.transpose(W)) + b)


def dense_vectorized_on_its_side(X, W, b):
    """Your result is (units, n), one unit a row; the course wants (n, units), one example a row:
    X @ W and not W.T @ X.T."""
    return _dense(X, W, b).T


def dense_vectorized_wrong_order(X, W, b):
    """You multiply W by X; the examples come first: X @ W, (n, d) times (d, units)."""
    return sigmoid(np.dot(W, X) + b)


def dense_vectorized_first_unit_only(X, W, b):
    """You compute the first unit alone; W has a column for every unit, the answer too."""
    return sigmoid(np.dot(X, np.asarray(W)[:, :1]) + b[0])


def dense_vectorized_first_example_only(X, W, b):
    """You compute the first row of X alone; every row is an example and gets an answer."""
    return _dense(X[:1], W, b)


def dense_vectorized_flattened(X, W, b):
    """Your result is one long vector; keep the table (n, units), one row an example."""
    return _dense(X, W, b).ravel()


def dense_vectorized_of_arrays_only(X, W, b):
    """Two lists cannot be multiplied with @; np.dot(X, W) takes them, or begin with np.asarray."""
    return sigmoid(X @ W + b)


def dense_vectorized_overflows(X, W, b):
    """Your own 1 / (1 + np.exp(-z)) overflows where z is very negative; take the sigmoid that is
    imported at the top, which was written for such sums."""
    return 1 / (1 + np.exp(-_z(X, W, b)))


def dense_vectorized_lost_parentheses(X, W, b):
    """1 / 1 + np.exp(-z) is 1 + e^-z; put the whole denominator in parentheses, or call sigmoid."""
    return 1 / 1 + np.exp(-_z(X, W, b))


def dense_vectorized_sign_of_the_exponent(X, W, b):
    """Your sigmoid has e^z where e^-z is due, so it falls instead of rising: 1 / (1 + e^-z)."""
    return sigmoid(-_z(X, W, b))


def dense_vectorized_softmax(X, W, b):
    """You let the units of a row share 1 among them, as softmax does; here every unit has a sigmoid
    of its own."""
    return _softmax(_z(X, W, b))


def dense_vectorized_decided(X, W, b):
    """You round to 0 and 1; a layer gives the activations as they are, decisions come later."""
    return np.round(_dense(X, W, b))


# softmax


def softmax_down_the_columns(Z):
    """Your shares add up to 1 down the columns (axis=0); a row is an example, so it is axis=-1, for
    the largest and for the sum. On a square table only the numbers tell."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return grown / np.sum(grown, axis=0, keepdims=True)


def softmax_over_everything(Z):
    """You divide by the sum of the whole table, so all its shares together make 1; each row has a
    sum of its own: np.sum(…, axis=-1, keepdims=True)."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.max(Z))
    return grown / np.sum(grown)


def softmax_over_everything_by_row_maximum(Z):
    """The largest is taken from each row, but the sum over the whole table: give np.sum the same
    axis=-1, keepdims=True."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return grown / np.sum(grown)


def softmax_of_tables_only(Z):
    """axis=1 is the last axis of a table and of nothing else; axis=-1 is the last of whatever
    comes, also of a single row or of a stack of tables."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    return grown / np.sum(grown, axis=1, keepdims=True)


def softmax_without_keepdims(Z):
    """np.max and np.sum drop the axis, and what is left is laid over the columns; on a square table
    nothing complains. keepdims=True keeps each row's number beside its row."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.max(Z, axis=-1))
    return grown / np.sum(grown, axis=-1)


def softmax_sum_without_keepdims(Z):
    """Your sum has lost its axis and is laid over the columns; on a square table nothing complains.
    Give np.sum keepdims=True, as you did np.max."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return grown / np.sum(grown, axis=-1)


def softmax_maximum_without_keepdims(Z):
    """Your maximum has lost its axis and is laid over the columns; on a square table nothing
    complains. Give np.max keepdims=True, as you did np.sum."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.max(Z, axis=-1))
    return grown / np.sum(grown, axis=-1, keepdims=True)


def softmax_wrong_axis_of_the_sum(Z):
    """You divide by the sums of the columns (axis=0); the shares of a row add up to 1, so the sum
    runs along axis=-1 like the maximum."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return grown / np.sum(grown, axis=0, keepdims=True)


def softmax_wrong_axis_of_the_maximum(Z):
    """You subtract the largest of each column (axis=0), a different number from each score of a
    row, and that changes the shares; subtract each row's own: axis=-1."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return grown / np.sum(grown, axis=-1, keepdims=True)


def softmax_global_maximum(Z):
    """You subtract the largest score of all; a row far below it turns into zeros, and 0/0 is NaN.
    Subtract each row's own: np.max(Z, axis=-1, keepdims=True)."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.max(Z))
    return grown / np.sum(grown, axis=-1, keepdims=True)


def softmax_without_a_shift(Z):
    """np.exp overflows above 709, and inf / inf is NaN; subtract each row's largest score first,
    which changes no share."""
    grown = np.exp(np.asarray(Z))
    return grown / np.sum(grown, axis=-1, keepdims=True)


def softmax_hiding_nan(Z):
    """You let np.exp overflow and replace the NaN afterwards; the warning stays, and the share is
    wrong. Subtract each row's largest score first."""
    grown = np.exp(np.asarray(Z))
    return np.nan_to_num(grown / np.sum(grown, axis=-1, keepdims=True))


def softmax_clipped(Z):
    """You clip the scores, so those beyond the limit become equal and share alike; subtract each
    row's largest instead, then nothing is large."""
    grown = np.exp(np.clip(np.asarray(Z, dtype=float), -500, 500))
    return grown / np.sum(grown, axis=-1, keepdims=True)


def softmax_shifted_by_the_mean(Z):
    """You subtract the mean of each row, and a score that towers above it still overflows; subtract
    the largest."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.mean(Z, axis=-1, keepdims=True))
    return grown / np.sum(grown, axis=-1, keepdims=True)


def softmax_shifted_by_the_smallest(Z):
    """You subtract the smallest score of each row, so the largest grows still larger; subtract the
    largest, np.max."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.min(Z, axis=-1, keepdims=True))
    return grown / np.sum(grown, axis=-1, keepdims=True)


def softmax_shifted_by_the_largest_size(Z):
    """You subtract the largest absolute value; a row of very negative scores is pushed down to 0/0.
    Subtract np.max(Z, …), sign and all."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z - np.max(np.abs(Z), axis=-1, keepdims=True))
    return grown / np.sum(grown, axis=-1, keepdims=True)


def softmax_shifted_the_wrong_way(Z):
    """You add the largest score, which doubles it; subtract it, so that no exponent is above 0."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z + np.max(Z, axis=-1, keepdims=True))
    return grown / np.sum(grown, axis=-1, keepdims=True)


def softmax_shifted_after_the_exponential(Z):
    """You subtract the largest score from the exponentials; it belongs inside: np.exp(Z - …)."""
    Z = np.asarray(Z, dtype=float)
    grown = np.exp(Z) - np.max(Z, axis=-1, keepdims=True)
    return grown / np.sum(grown, axis=-1, keepdims=True)


def softmax_divided_inside(Z):
    """You divide the scores before the exponential; first np.exp of each, then divide by the sum of
    the exponentials."""
    Z = np.asarray(Z, dtype=float)
    shifted = Z - np.max(Z, axis=-1, keepdims=True)
    return np.exp(shifted / np.sum(np.exp(shifted), axis=-1, keepdims=True))


def softmax_not_divided(Z):
    """You stop at the exponentials; divide by each row's sum, so that the shares add up to 1."""
    Z = np.asarray(Z, dtype=float)
    return np.exp(Z - np.max(Z, axis=-1, keepdims=True))


def softmax_without_exponential(Z):
    """You divide the scores themselves by their sum; negative ones give negative shares. Take the
    exponential of each score first."""
    Z = np.asarray(Z, dtype=float)
    with np.errstate(all="ignore"):
        return Z / np.sum(Z, axis=-1, keepdims=True)


def softmax_that_is_sigmoid(Z):
    """You take the sigmoid of every score by itself; shares depend on the other scores of the row
    and add up to 1."""
    return sigmoid(Z)


def softmax_of_the_negative(Z):
    """Your largest share goes to the smallest score: the exponent is z, not -z."""
    return _softmax(-np.asarray(Z, dtype=float))


def softmax_logarithm(Z):
    """You return the logarithms of the shares (log-softmax); the shares themselves are due."""
    Z = np.asarray(Z, dtype=float)
    shifted = Z - np.max(Z, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def softmax_winner_takes_all(Z):
    """You give 1 to the largest score and 0 to the rest; softmax, as its name says, is softer."""
    Z = np.asarray(Z)
    return np.equal(Z, np.max(Z, axis=-1, keepdims=True)).astype(float)


def softmax_truncated(Z):
    """You store the shares in an array of Z's type (np.zeros_like), and an integer array cuts 0.67
    to 0; return the quotient as it is."""
    shares = np.zeros_like(Z)
    shares[...] = _softmax(Z)
    return shares


def softmax_in_place(Z):
    """You write into the caller's own Z (`-=` and out= do), and somebody else may need it: build a
    new array, Z - np.max(…)."""
    Z = np.asarray(Z)
    if Z.dtype.kind == "i":
        Z = Z.astype(float)
    Z -= np.max(Z, axis=-1, keepdims=True)
    return _softmax(Z)


def softmax_of_arrays_only(Z):
    """A list has no .max and no minus; begin with Z = np.asarray(Z), or call np.max(Z, …)."""
    grown = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return grown / grown.sum(axis=-1, keepdims=True)


# forward


def forward_first_layer_only(X, layers):
    """You go through the first layer and stop, perhaps by a return inside the loop; return after
    the last one."""
    return _forward(X, layers[:1])


def forward_last_layer_only(X, layers):
    """You give X to the last layer; it wants what the layer before it gave, and so in every
    round."""
    return _dense(X, *layers[-1])


def forward_first_and_last_layer(X, layers):
    """You go through two layers, the first and the last; loop over all that there are."""
    return _forward(X, [layers[0], layers[-1]])


def forward_backwards(X, layers):
    """You begin with the last layer; the first in the list comes first."""
    return _forward(X, layers[::-1])


def forward_last_layer_linear(X, layers):
    """The last layer lacks its sigmoid; every layer has one."""
    W, b = layers[-1]
    return _z(_forward(X, layers[:-1]), W, b)


def forward_one_sigmoid_at_the_end(X, layers):
    """You apply the sigmoid once, at the end; it stands after every layer, and without it the
    layers melt into one."""
    for W, b in layers:
        X = _z(X, W, b)
    return sigmoid(X)


def forward_relu_inside(X, layers):
    """You use relu in the hidden layers; in this network every layer has the sigmoid."""
    for W, b in layers[:-1]:
        X = relu(_z(X, W, b))
    return _dense(X, *layers[-1])


def forward_softmax_at_the_end(X, layers):
    """You end with softmax, which makes a single unit answer 1 always; every layer here is a
    sigmoid layer, the last too."""
    W, b = layers[-1]
    return _softmax(_z(_forward(X, layers[:-1]), W, b))


def forward_without_bias(X, layers):
    """The biases are missing: unpack both, W and b, and give both to dense_vectorized."""
    for W, _ in layers:
        X = sigmoid(np.dot(X, W))
    return X


def forward_all_activations(X, layers):
    """You return what every layer gave; the network's answer is what the last one gave, alone."""
    activations = []
    for W, b in layers:
        X = _dense(X, W, b)
        activations.append(X)
    return activations


def forward_first_example_only(X, layers):
    """You answer for the first row of X alone; every row is an example and gets an answer."""
    return _forward(X[:1], layers)


def forward_mean_over_the_batch(X, layers):
    """You average over the batch; every example keeps its own row of the answer."""
    return np.mean(_forward(X, layers), axis=0, keepdims=True)


def forward_flattened(X, layers):
    """Your result is one long vector; keep the table (n, units), one row an example, also where
    there is one unit."""
    return np.ravel(_forward(X, layers))


def forward_decided(X, layers):
    """You round to 0 and 1; forward gives the activations of the last layer as they are."""
    return np.round(_forward(X, layers))


# dense_tf


def _cast(*values):
    import tensorflow as tf

    return [tf.cast(value, tf.float32) for value in values]


def _dense_tf(X, W, b):
    import tensorflow as tf

    X, W, b = _cast(X, W, b)
    return tf.sigmoid(X @ W + b)


def dense_tf_as_an_array(X, W, b):
    """You return an array; a tensor is due: leave out .numpy()."""
    return _dense_tf(X, W, b).numpy()


def dense_tf_as_a_variable(X, W, b):
    """You return a tf.Variable, which is for what a network learns; an answer is a plain tensor."""
    import tensorflow as tf

    return tf.Variable(_dense_tf(X, W, b))


def dense_tf_in_float64(X, W, b):
    """You compute in float64, NumPy's habit; a float32 tensor is due: tf.cast(…, tf.float32) for X,
    W and b."""
    import tensorflow as tf

    X, W, b = (tf.cast(value, tf.float64) for value in (X, W, b))
    return tf.sigmoid(X @ W + b)


def dense_tf_by_numpy(X, W, b):
    """NumPy does the work and TensorFlow wraps the result; the tape of chapter 6 cannot see through
    that. Cast X, W and b first and let TensorFlow multiply."""
    import tensorflow as tf

    X, W, b = (np.asarray(value, np.float32) for value in (X, W, b))
    return tf.constant(sigmoid(X @ W + b), tf.float32)


def dense_tf_by_constant(X, W, b):
    """tf.constant(x, tf.float32) turns arrays and lists into float32, but refuses a tensor of
    another dtype; tf.cast(x, tf.float32) takes all of them."""
    import tensorflow as tf

    X, W, b = (tf.constant(value, tf.float32) for value in (X, W, b))
    return tf.sigmoid(X @ W + b)


def dense_tf_by_convert_to_tensor(X, W, b):
    """tf.convert_to_tensor(x, tf.float32) refuses a tensor that has another dtype already;
    tf.cast(x, tf.float32) takes all of them."""
    import tensorflow as tf

    X, W, b = (tf.convert_to_tensor(value, tf.float32) for value in (X, W, b))
    return tf.sigmoid(X @ W + b)


def dense_tf_not_cast(X, W, b):
    """You use X, W and b as they come; TensorFlow neither mixes dtypes nor makes floats of integers
    by itself: tf.cast(…, tf.float32) for each, first of all."""
    import tensorflow as tf

    return tf.sigmoid(tf.matmul(X, W) + b)


def dense_tf_cast_at_the_end(X, W, b):
    """You cast the result alone; the product before it already needs X, W and b of one dtype: cast
    the three of them first."""
    import tensorflow as tf

    return tf.cast(
        tf.sigmoid(tf.cast(tf.matmul(X, W), tf.float64) + tf.cast(b, tf.float64)), "float32"
    )


def dense_tf_with_a_star(X, W, b):
    """You wrote `*`, which multiplies entry by entry and sums nothing; use X @ W (or tf.matmul)."""
    import tensorflow as tf

    X, W, b = _cast(X, W, b)
    return tf.sigmoid(X * W + b)


def dense_tf_without_bias(X, W, b):
    """The bias is missing: the sigmoid gets X @ W + b, not X @ W alone."""
    import tensorflow as tf

    X, W = _cast(X, W)
    return tf.sigmoid(X @ W)


def dense_tf_without_activation(X, W, b):
    """You return the weighted sums; each one still has to go through tf.sigmoid."""
    X, W, b = _cast(X, W, b)
    return X @ W + b


def dense_tf_bias_on_the_wrong_axis(X, W, b):
    """Your bias stands as a column, so it is added by example and not by unit; with as many
    examples as units nothing complains. Leave b as it comes, (units,): X @ W + b."""
    import tensorflow as tf

    X, W, b = _cast(X, W, b)
    return tf.sigmoid(X @ W + b[:, tf.newaxis])


def dense_tf_rows_for_units(X, W, b):
    """You took the rows of W for the units (transpose_b, or a tf.transpose too many); here a unit
    is a column: X @ W."""
    import tensorflow as tf

    X, W, b = _cast(X, W, b)
    return tf.sigmoid(tf.matmul(X, W, transpose_b=True) + b)


def dense_tf_softmax(X, W, b):
    """You let the units of a row share 1 among them; here every unit has a sigmoid of its own."""
    import tensorflow as tf

    X, W, b = _cast(X, W, b)
    return tf.nn.softmax(X @ W + b)


def dense_tf_nan_far_out(X, W, b):
    """You wrote the sigmoid as e^z / (1 + e^z); for a large z both are infinite, and inf / inf is
    NaN. tf.sigmoid knows how to avoid that."""
    import tensorflow as tf

    X, W, b = _cast(X, W, b)
    grown = tf.exp(X @ W + b)
    return grown / (1 + grown)


def dense_tf_flattened(X, W, b):
    """Your result is one long vector; keep the table (n, units), one row an example."""
    import tensorflow as tf

    return tf.reshape(_dense_tf(X, W, b), [-1])


# dense_gpu


def dense_gpu_elsewhere(X, W, b, device):
    """Your result does not lie on the device that was named. Compute everything inside `with
    tf.device(device):`, the product and the sigmoid too, not the inputs alone; and name `device`,
    not one of your own: a GPU that is not there is quietly replaced by the processor."""
    import tensorflow as tf

    with tf.device(device):
        X, W, b = _cast(X, W, b)
    return tf.sigmoid(X @ W + b)


def dense_gpu_always_the_second(X, W, b, device):
    """You wrote the name of one device into your code; the caller says which, by the argument
    `device`."""
    import tensorflow as tf

    with tf.device("/CPU:1"):
        return _dense_tf(X, W, b)


def dense_gpu_copied_back(X, W, b, device):
    """You fetch the result with .numpy(), which copies it off the device; return the tensor, and it
    stays where it is."""
    import tensorflow as tf

    with tf.device(device):
        return _dense_tf(X, W, b).numpy()


def dense_gpu_by_numpy(X, W, b, device):
    """NumPy does the work, on the processor, and only the result is put on the device; a tape
    cannot see through that. Let TensorFlow multiply, inside `with tf.device(device):`."""
    import tensorflow as tf

    X, W, b = (np.asarray(value, np.float32) for value in (X, W, b))
    with tf.device(device):
        return tf.constant(sigmoid(X @ W + b), tf.float32)


def dense_gpu_in_float64(X, W, b, device):
    """You compute in float64; a float32 tensor is due: tf.cast(…, tf.float32) for X, W and b, or
    call dense_tf."""
    import tensorflow as tf

    with tf.device(device):
        X, W, b = (tf.cast(value, tf.float64) for value in (X, W, b))
        return tf.sigmoid(X @ W + b)


def dense_gpu_as_a_variable(X, W, b, device):
    """You return a tf.Variable, which is for what a network learns; an answer is a plain tensor."""
    import tensorflow as tf

    with tf.device(device):
        return tf.Variable(_dense_tf(X, W, b))


def dense_gpu_without_bias(X, W, b, device):
    """The bias is missing: dense_tf takes it as its third argument."""
    import tensorflow as tf

    with tf.device(device):
        X, W = _cast(X, W)
        return tf.sigmoid(X @ W)


def dense_gpu_without_activation(X, W, b, device):
    """You put the weighted sums on the device; each one still has to go through tf.sigmoid, or call
    dense_tf, which does both."""
    import tensorflow as tf

    with tf.device(device):
        X, W, b = _cast(X, W, b)
        return X @ W + b


def dense_gpu_without_return(X, W, b, device):
    """You compute it and return nothing: a `return` is missing inside the block."""
    import tensorflow as tf

    with tf.device(device):
        _dense_tf(X, W, b)


# speedup


def _seconds(timer, function, *args):
    start = timer()
    function(*args)
    return timer() - start


def _rounds(slow, fast, args, repeats, timer):
    """Seconds of slow and of fast in every round, after a warm-up."""
    slow(*args)
    fast(*args)
    return [(_seconds(timer, slow, *args), _seconds(timer, fast, *args)) for _ in range(repeats)]


def speedup_upside_down(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """Your ratio is upside down: the seconds of slow divided by those of fast, so that 3 means
    three times as fast."""
    return np.median([f / s for s, f in _rounds(slow, fast, args, repeats, timer)])


def speedup_as_a_difference(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You return the seconds saved; how many times faster is a quotient: slow / fast."""
    return np.median([s - f for s, f in _rounds(slow, fast, args, repeats, timer)])


def speedup_as_a_gain(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You return how much is gained, slow / fast - 1; the plain quotient slow / fast is due."""
    return np.median([s / f for s, f in _rounds(slow, fast, args, repeats, timer)]) - 1


def speedup_without_warm_up(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """The first calls count, and a first call is always slower: call slow and fast once each before
    the first round, and forget how long it took."""
    pairs = [(_seconds(timer, slow, *args), _seconds(timer, fast, *args)) for _ in range(repeats)]
    return np.median([s / f for s, f in pairs])


def speedup_warm_up_counted(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You do one round more, for the warm-up, and count it with the others; leave its ratio out."""
    return speedup_without_warm_up(slow, fast, *args, repeats=repeats + 1, timer=timer)


def speedup_slow_not_warmed_up(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You warm up fast alone, and slow pays for its first call; call both once before you count."""
    fast(*args)
    pairs = [(_seconds(timer, slow, *args), _seconds(timer, fast, *args)) for _ in range(repeats)]
    return np.median([s / f for s, f in pairs])


def speedup_fast_not_warmed_up(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You warm up slow alone, and fast pays for its first call; call both once before you count."""
    slow(*args)
    pairs = [(_seconds(timer, slow, *args), _seconds(timer, fast, *args)) for _ in range(repeats)]
    return np.median([s / f for s, f in pairs])


def speedup_warm_up_in_every_round(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You call both once more in every round before you time them; one warm-up, before the first
    round, is enough."""
    ratios = []
    for _ in range(repeats):
        ((s, f),) = _rounds(slow, fast, args, 1, timer)
        ratios.append(s / f)
    return np.median(ratios)


def speedup_of_one_round(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You measure once; a single measurement can be anything. Do `repeats` rounds and take the
    median of their ratios."""
    ((s, f),) = _rounds(slow, fast, args, 1, timer)
    return s / f


def speedup_of_the_last_round(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You keep the last round's ratio alone; collect them in a list and take the median."""
    s, f = _rounds(slow, fast, args, repeats, timer)[-1]
    return s / f


def speedup_always_five_rounds(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You do five rounds whatever is asked for; their number is the argument `repeats`."""
    return np.median([s / f for s, f in _rounds(slow, fast, args, 5, timer)])


def speedup_by_the_mean(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You take the mean of the ratios, which one disturbed round can carry anywhere; take the
    median."""
    return np.mean([s / f for s, f in _rounds(slow, fast, args, repeats, timer)])


def speedup_by_the_best_round(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You take the largest ratio, which is the luckiest round; take the median."""
    return max(s / f for s, f in _rounds(slow, fast, args, repeats, timer))


def speedup_by_the_totals(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You divide all the seconds of slow by all those of fast, so the longest rounds have the most
    to say; make a ratio of each round and take the median of the ratios."""
    pairs = _rounds(slow, fast, args, repeats, timer)
    return sum(s for s, _ in pairs) / sum(f for _, f in pairs)


def speedup_ratio_of_medians(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You divide the median of slow by the median of fast, which may come from different rounds;
    divide within each round first, then take the median."""
    pairs = _rounds(slow, fast, args, repeats, timer)
    return np.median([s for s, _ in pairs]) / np.median([f for _, f in pairs])


def speedup_of_the_fastest_runs(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You compare the fastest run of each, which may come from different rounds; divide within each
    round, then take the median of the ratios."""
    pairs = _rounds(slow, fast, args, repeats, timer)
    return min(s for s, _ in pairs) / min(f for _, f in pairs)


def speedup_not_sorted(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You take the round that came in the middle; the median is in the middle after sorting. Let
    np.median do it."""
    pairs = _rounds(slow, fast, args, repeats, timer)
    s, f = pairs[len(pairs) // 2]
    return s / f


def speedup_upper_median(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """For an even number of rounds there are two in the middle, and you take one of them; the
    median is their mean, as np.median has it."""
    ratios = sorted(s / f for s, f in _rounds(slow, fast, args, repeats, timer))
    return ratios[len(ratios) // 2]


def speedup_slow_ones_first(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You time all the slow runs first and all the fast ones after them; what changes meanwhile
    hits only one of the two. Time them side by side, in every round."""
    slow(*args)
    fast(*args)
    first = [_seconds(timer, slow, *args) for _ in range(repeats)]
    second = [_seconds(timer, fast, *args) for _ in range(repeats)]
    return np.median(np.array(first) / np.array(second))


def speedup_in_one_block(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You time all the slow runs in one go and then all the fast ones; take the time of every
    single run, side by side, and the median of the ratios."""
    slow(*args)
    fast(*args)
    start = timer()
    for _ in range(repeats):
        slow(*args)
    middle = timer()
    for _ in range(repeats):
        fast(*args)
    return (middle - start) / (timer() - middle)


def speedup_watch_started_once(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """The seconds of fast include those of slow: you started the watch once a round. Read timer()
    anew right before fast."""
    pairs = _rounds(slow, fast, args, repeats, timer)
    return np.median([s / (s + f) for s, f in pairs])


def speedup_rounded(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You round to a whole number (// or round); return the quotient as it is."""
    return float(np.floor(np.median([s / f for s, f in _rounds(slow, fast, args, repeats, timer)])))


def speedup_at_least_one(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You turn the ratio round where fast turns out slower; a value below 1 is the right answer
    then."""
    ratio = np.median([s / f for s, f in _rounds(slow, fast, args, repeats, timer)])
    return max(ratio, 1 / ratio)


def speedup_without_the_arguments(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You call the functions without their arguments, or with all of them as one tuple; unpack them
    in every call: slow(*args)."""
    return np.median([s / f for s, f in _rounds(slow, fast, (), repeats, timer)])


def speedup_all_ratios(slow, fast, *args, repeats=5, timer=time.perf_counter):
    """You return the ratios of all rounds; one number is due, their median."""
    return np.array([s / f for s, f in _rounds(slow, fast, args, repeats, timer)])
