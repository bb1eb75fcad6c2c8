"""Wrong answers to ch05_losses that learners really give; each docstring is its diagnosis."""

import keras
import numpy as np
import tensorflow as tf


def _pair(target_y, predicted_y):
    """Both as tensors of one type, their shapes compared."""
    predicted = tf.convert_to_tensor(predicted_y)
    target = tf.cast(target_y, predicted.dtype)
    if target.shape != predicted.shape:
        raise ValueError("the shapes are not equal")
    return target, predicted


def _arrays(target_y, predicted_y):
    """Both as arrays, their shapes compared, the probabilities clipped."""
    target, p = np.asarray(target_y), np.clip(predicted_y, 1e-7, 1 - 1e-7)
    if target.shape != p.shape:
        raise ValueError("the shapes are not equal")
    return target, p


def _bce(target, p):
    return -(target * np.log(p) + (1 - target) * np.log(1 - p))


def _surprises(target_y, predicted_y, epsilon=1e-12):
    """The loss of every row."""
    target, predicted = _pair(target_y, predicted_y)
    return -tf.reduce_sum(target * tf.math.log(predicted + epsilon), axis=1)


def _log_softmax(logits, axis=1):
    return tf.nn.log_softmax(tf.convert_to_tensor(logits), axis=axis)


def _picked(table, labels):
    return tf.gather(table, labels, axis=1, batch_dims=1)


def _classes(y):
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[1] > 1:
        return y.argmax(axis=1)
    y = y.ravel()
    return y if np.all(y == np.round(y)) else (y >= 0.5).astype(int)


def _matched(y_true, y_pred):
    true, predicted = _classes(y_true), _classes(y_pred)
    if len(true) != len(predicted):
        raise ValueError("the numbers of examples differ")
    return true, predicted


# loss_mse


def loss_mse_broadcasts(target_y, predicted_y):
    """You subtract without a look at the shapes: (n,) minus (n, 1) is a table of n × n differences,
    and its mean is no loss of anything. Compare the two shapes and raise ValueError."""
    predicted = tf.convert_to_tensor(predicted_y)
    return tf.reduce_mean(tf.square(tf.cast(target_y, predicted.dtype) - predicted))


def loss_mse_compares_lengths(target_y, predicted_y):
    """You compare the lengths alone, and (n,) and (n, 1) are equally long; compare whole shapes."""
    if len(target_y) != len(predicted_y):
        raise ValueError("the lengths are not equal")
    return loss_mse_broadcasts(target_y, predicted_y)


def loss_mse_compares_sizes(target_y, predicted_y):
    """You compare how many numbers there are, and (2, 3) has as many as (3, 2); compare .shape."""
    if np.size(target_y) != np.size(predicted_y):
        raise ValueError("the sizes are not equal")
    return loss_mse_broadcasts(target_y, predicted_y)


def loss_mse_flattens(target_y, predicted_y):
    """You flatten both, which hides from the caller that the shapes do not fit; raise ValueError
    when they are not equal, even if the numbers are as many."""
    target, predicted = tf.reshape(target_y, [-1]), tf.reshape(predicted_y, [-1])
    if target.shape != predicted.shape:
        raise ValueError("the sizes are not equal")
    return tf.reduce_mean(tf.square(tf.cast(target, predicted.dtype) - predicted))


def loss_mse_asserts(target_y, predicted_y):
    """You check the shapes with assert, which raises AssertionError and can be switched off;
    use `if` and raise ValueError."""
    predicted = tf.convert_to_tensor(predicted_y)
    target = tf.cast(target_y, predicted.dtype)
    assert target.shape == predicted.shape
    return tf.reduce_mean(tf.square(target - predicted))


def loss_mse_sum(target_y, predicted_y):
    """You add up the squares; the mean is asked for: tf.reduce_mean in place of tf.reduce_sum."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.reduce_sum(tf.square(target - predicted))


def loss_mse_half(target_y, predicted_y):
    """Your loss is half as large. Some books put a 1/2 in front, since it cancels in the
    derivative; this course does not, and neither does Keras."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.reduce_mean(tf.square(target - predicted)) / 2


def loss_mse_divided_twice(target_y, predicted_y):
    """You divide by the number of examples twice: tf.reduce_mean has done it already."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.reduce_mean(tf.square(target - predicted)) / predicted.shape[0]


def loss_mse_over_the_rows(target_y, predicted_y):
    """You divide by the number of rows; the mean runs over all the numbers, so that a row of three
    counts three times."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.reduce_sum(tf.square(target - predicted)) / predicted.shape[0]


def loss_mse_of_each_row(target_y, predicted_y):
    """You average along the last axis and leave one number a row; average over everything, with
    no axis at all."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.reduce_mean(tf.square(target - predicted), axis=-1)


def loss_mse_of_each_column(target_y, predicted_y):
    """You average along axis 0 and leave one number a column; average over everything, with no
    axis at all."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.reduce_mean(tf.square(target - predicted), axis=0)


def loss_mse_not_averaged(target_y, predicted_y):
    """You return the squares one by one; tf.reduce_mean makes one number of them."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.square(target - predicted)


def loss_mse_root(target_y, predicted_y):
    """You took the root as well. That is the root mean squared error; here the mean is left as it
    is."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.sqrt(tf.reduce_mean(tf.square(target - predicted)))


def loss_mse_absolute(target_y, predicted_y):
    """You average the absolute differences; square them instead, so that one large error outweighs
    several small ones."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.reduce_mean(tf.abs(target - predicted))


def loss_mse_without_square(target_y, predicted_y):
    """You average the differences themselves, and one too high makes up for one too low; square
    each of them first."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.reduce_mean(target - predicted)


def loss_mse_square_of_the_mean(target_y, predicted_y):
    """You square the mean, after the errors have cancelled each other; square first, then average:
    tf.reduce_mean(tf.square(…))."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.square(tf.reduce_mean(target - predicted))


def loss_mse_in_numpy(target_y, predicted_y):
    """You compute in NumPy, so there is no tensor and the tape sees nothing; take tf.square and
    tf.reduce_mean."""
    target, predicted = np.asarray(target_y), np.asarray(predicted_y)
    if target.shape != predicted.shape:
        raise ValueError("the shapes are not equal")
    return np.mean(np.square(target - predicted))


def loss_mse_made_a_tensor_at_the_end(target_y, predicted_y):
    """You compute in NumPy and wrap the result: a tensor it is, but the tape has seen nothing of
    how it came about. Use TensorFlow's operations from the start."""
    return tf.constant(loss_mse_in_numpy(target_y, predicted_y))


def loss_mse_predictions_truncated(target_y, predicted_y):
    """You cast the predictions to the type of the targets, and integer targets cut 0.75 to 0; cast
    the targets to the type of the predictions."""
    target = tf.convert_to_tensor(target_y)
    predicted = tf.cast(predicted_y, target.dtype)
    if target.shape != predicted.shape:
        raise ValueError("the shapes are not equal")
    return tf.reduce_mean(tf.square(target - predicted))


def loss_mse_without_cast(target_y, predicted_y):
    """TensorFlow subtracts numbers of one type only; bring the targets to the type of the
    predictions first: tf.cast(target_y, predicted.dtype)."""
    target, predicted = tf.convert_to_tensor(target_y), tf.convert_to_tensor(predicted_y)
    if target.shape != predicted.shape:
        raise ValueError("the shapes are not equal")
    return tf.reduce_mean(tf.square(target - predicted))


# loss_bce


def loss_bce_unguarded(target_y, predicted_y):
    """For a p of exactly 0 or 1 you take the logarithm of 0, and 0 times infinity is NaN; clip p to
    1e-7 … 1 - 1e-7 first."""
    target, p = np.asarray(target_y), np.asarray(predicted_y)
    if target.shape != p.shape:
        raise ValueError("the shapes are not equal")
    return np.mean(_bce(target, p))


def loss_bce_guarded_below_only(target_y, predicted_y):
    """You keep p away from 0, but log(1 - p) meets its 0 where p is 1; clip on both sides."""
    target, p = np.asarray(target_y), np.maximum(predicted_y, 1e-7)
    if target.shape != p.shape:
        raise ValueError("the shapes are not equal")
    return np.mean(_bce(target, p))


def loss_bce_epsilon_on_p_alone(target_y, predicted_y):
    """You add ε to p once and for all, so 1 - p falls below 0 where p is 1, and its logarithm is
    NaN; clip p, or add ε inside each logarithm."""
    target, p = np.asarray(target_y), np.asarray(predicted_y) + 1e-7
    if target.shape != p.shape:
        raise ValueError("the shapes are not equal")
    return np.mean(_bce(target, p))


def loss_bce_smaller_epsilon(target_y, predicted_y):
    """Your ε is smaller than 1e-7, so a certain error costs more than in Keras; in float32,
    1 - 1e-12 would even be 1 again."""
    target, _ = _arrays(target_y, predicted_y)
    return np.mean(_bce(target, np.clip(np.asarray(predicted_y, float), 1e-12, 1 - 1e-12)))


def loss_bce_infinities_hidden(target_y, predicted_y):
    """You let the logarithm of 0 happen and turn what comes out into ordinary numbers
    (np.nan_to_num); clip p before the logarithm instead."""
    target, p = np.asarray(target_y), np.asarray(predicted_y)
    if target.shape != p.shape:
        raise ValueError("the shapes are not equal")
    with np.errstate(all="ignore"):
        return np.mean(np.nan_to_num(_bce(target, p), posinf=0.0))


def loss_bce_sum(target_y, predicted_y):
    """You add up the losses of the examples; their mean is asked for."""
    return np.sum(_bce(*_arrays(target_y, predicted_y)))


def loss_bce_divided_twice(target_y, predicted_y):
    """You divide by n twice: np.mean has done it already."""
    return np.mean(_bce(*_arrays(target_y, predicted_y))) / len(target_y)


def loss_bce_not_averaged(target_y, predicted_y):
    """You return the loss of every example; one number is asked for, their mean."""
    return _bce(*_arrays(target_y, predicted_y))


def loss_bce_without_minus(target_y, predicted_y):
    """The minus sign is missing: logarithms of probabilities are negative, and a loss is not."""
    return -np.mean(_bce(*_arrays(target_y, predicted_y)))


def loss_bce_log2(target_y, predicted_y):
    """You take logarithms to the base 2, which gives bits; use the natural one, np.log."""
    return np.mean(_bce(*_arrays(target_y, predicted_y))) / np.log(2)


def loss_bce_ones_only(target_y, predicted_y):
    """Your examples with the target 0 cost nothing whatever p is; the second half is missing:
    (1 - t)·log(1 - p)."""
    target, p = _arrays(target_y, predicted_y)
    return -np.mean(target * np.log(p))


def loss_bce_minus_between_the_halves(target_y, predicted_y):
    """You subtract the second half from the first, so errors on the zeros lower the loss; the
    minus sign stands before both: -(t·log p + (1 - t)·log(1 - p))."""
    target, p = _arrays(target_y, predicted_y)
    return np.mean(-target * np.log(p) + (1 - target) * np.log(1 - p))


def loss_bce_same_logarithm_twice(target_y, predicted_y):
    """Both of your halves have log p; the second one is about the other answer: log(1 - p)."""
    _, p = _arrays(target_y, predicted_y)
    return -np.mean(np.log(p))


def loss_bce_swapped(target_y, predicted_y):
    """You took the arguments the wrong way round: the targets come first, and the logarithm is of
    the predictions."""
    p, target = _arrays(predicted_y, target_y)[::-1]
    return np.mean(_bce(target, p))


def loss_bce_targets_upside_down(target_y, predicted_y):
    """You swapped the halves: log p belongs to the targets 1, log(1 - p) to the targets 0."""
    target, p = _arrays(target_y, predicted_y)
    return np.mean(_bce(1 - target, p))


def loss_bce_of_a_sigmoid(target_y, predicted_y):
    """You sent p through a sigmoid, but it is a probability already."""
    target, p = _arrays(target_y, predicted_y)
    return np.mean(_bce(target, 1 / (1 + np.exp(-p))))


def loss_bce_squares(target_y, predicted_y):
    """You return the mean squared error; here the logarithm of the probability counts."""
    target, p = _arrays(target_y, predicted_y)
    return np.mean((target - p) ** 2)


def loss_bce_broadcasts(target_y, predicted_y):
    """You do not look at the shapes: (n,) with (n, 1) becomes an n × n table in which every target
    meets every prediction. Raise ValueError when the shapes are not equal."""
    p = np.clip(predicted_y, 1e-7, 1 - 1e-7)
    return np.mean(_bce(np.asarray(target_y), p))


def loss_bce_flattens(target_y, predicted_y):
    """You flatten both, which hides from the caller that the shapes do not fit; raise ValueError
    when they are not equal, even if the numbers are as many."""
    return np.mean(_bce(*_arrays(np.ravel(target_y), np.ravel(predicted_y))))


def loss_bce_left_2d(target_y, predicted_y):
    """For a column your matrix product leaves a (1, 1) array; a single number is asked for, as
    np.mean of the products gives it."""
    target, p = _arrays(target_y, predicted_y)
    return -(target.T @ np.log(p) + (1 - target).T @ np.log(1 - p)) / len(target)


def loss_bce_lists_left_lists(target_y, predicted_y):
    """1 minus a list is an error; begin with np.asarray(target_y)."""
    p = np.clip(predicted_y, 1e-7, 1 - 1e-7)
    if np.shape(target_y) != p.shape:
        raise ValueError("the shapes are not equal")
    return -np.mean(target_y * np.log(p) + (1 - target_y) * np.log(1 - p))


def loss_bce_clips_in_place(target_y, predicted_y):
    """You write the clipped probabilities into the caller's array; np.clip makes a new one, if you
    leave out its `out`."""
    target, p = np.asarray(target_y), np.asarray(predicted_y)
    if target.shape != p.shape:
        raise ValueError("the shapes are not equal")
    if p.dtype.kind == "f":
        np.clip(p, 1e-7, 1 - 1e-7, out=p)
    return np.mean(_bce(target, p))


# loss_crsntrpy


def loss_crsntrpy_unguarded(target_y, predicted_y):
    """The logarithm of a p of 0 is -inf, and 0 times that is NaN; take log(p + 1e-12). Outside of
    the logarithm ε comes too late."""
    return tf.reduce_mean(_surprises(target_y, predicted_y, 0.0))


def loss_crsntrpy_epsilon_vanishes(target_y, predicted_y):
    """Your ε is so small that float32 makes 0 of it (nothing below 1e-45 is left), and the
    logarithm of 0 is there again; 1e-12 is small enough."""
    return tf.reduce_mean(_surprises(target_y, predicted_y, 1e-300))


def loss_crsntrpy_larger_epsilon(target_y, predicted_y):
    """Your ε is 1e-7, which is Keras's; here it is 1e-12, and a ruled out class costs 27.6."""
    return tf.reduce_mean(_surprises(target_y, predicted_y, 1e-7))


def loss_crsntrpy_infinities_removed(target_y, predicted_y):
    """You leave out the terms whose logarithm is infinite, so being certain and wrong costs
    nothing; add ε to p instead."""
    target, predicted = _pair(target_y, predicted_y)
    safe = tf.where(predicted > 0, predicted, tf.ones_like(predicted))
    return -tf.reduce_mean(tf.reduce_sum(target * tf.math.log(safe), axis=1))


def loss_crsntrpy_rescales_rows(target_y, predicted_y):
    """You divide each row by its sum first, and of one single unit that makes 1 and a loss of 0
    whatever it says; take the probabilities as they are."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.reduce_mean(_surprises(target, predicted / tf.reduce_sum(predicted, 1, True)))


def loss_crsntrpy_by_keras(target_y, predicted_y):
    """Keras's own loss rescales the rows and clips at 1e-7; write the formula out, with
    ε = 1e-12."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.reduce_mean(keras.ops.categorical_crossentropy(target, predicted))


def loss_crsntrpy_over_all_entries(target_y, predicted_y):
    """You average over all n·c entries, so the loss shrinks with the number of classes; sum over
    the classes (axis 1), average over the examples."""
    _, predicted = _pair(target_y, predicted_y)
    return tf.reduce_mean(_surprises(target_y, predicted_y)) / predicted.shape[1]


def loss_crsntrpy_over_the_classes(target_y, predicted_y):
    """You sum along axis 0 and average over the classes; sum along axis 1, which leaves one loss an
    example, and average those."""
    _, predicted = _pair(target_y, predicted_y)
    return tf.reduce_sum(_surprises(target_y, predicted_y)) / predicted.shape[1]


def loss_crsntrpy_sum(target_y, predicted_y):
    """You add up the losses of the examples; their mean is asked for, so that the loss does not
    grow with the batch."""
    return tf.reduce_sum(_surprises(target_y, predicted_y))


def loss_crsntrpy_not_averaged(target_y, predicted_y):
    """You return one loss for each example; their mean is asked for."""
    return _surprises(target_y, predicted_y)


def loss_crsntrpy_without_minus(target_y, predicted_y):
    """The minus sign is missing: logarithms of probabilities are negative, and a loss is not."""
    return -tf.reduce_mean(_surprises(target_y, predicted_y))


def loss_crsntrpy_log2(target_y, predicted_y):
    """You take logarithms to the base 2, which gives bits; use the natural one."""
    return tf.reduce_mean(_surprises(target_y, predicted_y)) / float(np.log(2))


def loss_crsntrpy_of_a_softmax(target_y, predicted_y):
    """You apply softmax, but the rows are probabilities already, and a second softmax makes them
    all nearly alike."""
    return tf.reduce_mean(_surprises(target_y, tf.nn.softmax(predicted_y)))


def loss_crsntrpy_without_targets(target_y, predicted_y):
    """You add up the surprises of all the classes; the targets choose among them: t·log p."""
    _, predicted = _pair(target_y, predicted_y)
    return tf.reduce_mean(_surprises(tf.ones_like(predicted), predicted))


def loss_crsntrpy_swapped(target_y, predicted_y):
    """You took the logarithm of the targets, weighted by the predictions; it is the other way
    round."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.reduce_mean(_surprises(predicted, target))


def loss_crsntrpy_binary_terms(target_y, predicted_y):
    """You also add (1 - t)·log(1 - p), as in the binary loss; with a column for every class the
    wrong classes are in there already, through p of the right one."""
    target, predicted = _pair(target_y, predicted_y)
    return tf.reduce_mean(_surprises(target, predicted) + _surprises(1 - target, 1 - predicted))


def loss_crsntrpy_probability_for_logarithm(target_y, predicted_y):
    """The logarithm is missing: your loss of an example is minus the probability itself."""
    target, predicted = _pair(target_y, predicted_y)
    return -tf.reduce_mean(tf.reduce_sum(target * predicted, axis=1))


def loss_crsntrpy_broadcasts(target_y, predicted_y):
    """You do not look at the shapes, and n class numbers with n columns are multiplied as if they
    were one-hot rows; raise ValueError when the shapes are not equal."""
    predicted = tf.convert_to_tensor(predicted_y)
    surprise = -tf.math.log(predicted + 1e-12)
    return tf.reduce_mean(tf.reduce_sum(tf.cast(target_y, predicted.dtype) * surprise, axis=1))


def loss_crsntrpy_in_numpy(target_y, predicted_y):
    """You compute in NumPy, so there is no tensor and the tape sees nothing; take tf.math.log,
    tf.reduce_sum and tf.reduce_mean."""
    target, predicted = np.asarray(target_y), np.asarray(predicted_y)
    if target.shape != predicted.shape:
        raise ValueError("the shapes are not equal")
    return -np.mean(np.sum(target * np.log(predicted + 1e-12), axis=1))


def loss_crsntrpy_made_a_tensor_at_the_end(target_y, predicted_y):
    """You compute in NumPy and wrap the result: a tensor it is, but the tape has seen nothing of
    how it came about. Use TensorFlow's operations from the start."""
    return tf.constant(loss_crsntrpy_in_numpy(target_y, predicted_y))


def loss_crsntrpy_without_cast(target_y, predicted_y):
    """TensorFlow multiplies numbers of one type only; bring the targets to the type of the
    predictions first: tf.cast(target_y, predicted.dtype)."""
    target, predicted = tf.convert_to_tensor(target_y), tf.convert_to_tensor(predicted_y)
    if target.shape != predicted.shape:
        raise ValueError("the shapes are not equal")
    return -tf.reduce_mean(tf.reduce_sum(target * tf.math.log(predicted + 1e-12), axis=1))


# sparse_crossentropy


def sparse_crossentropy_softmax_twice(labels, logits):
    """You apply softmax and hand the result on as if it were logits, so softmax is taken twice;
    give the raw scores to the part that takes the softmax."""
    return tf.reduce_mean(-_picked(_log_softmax(tf.nn.softmax(logits)), labels))


def sparse_crossentropy_of_probabilities(labels, logits):
    """You take the scores for probabilities, but they are any numbers, also negative; softmax has
    to come first (in Keras's loss that is from_logits=True)."""
    return tf.reduce_mean(-tf.math.log(_picked(tf.convert_to_tensor(logits), labels)))


def sparse_crossentropy_unshifted(labels, logits):
    """e^z is infinite for z above 89 in float32 and above 709 in float64, and infinity divided by
    itself is NaN; subtract each row's maximum first."""
    e = tf.exp(tf.convert_to_tensor(logits))
    return tf.reduce_mean(-tf.math.log(_picked(e / tf.reduce_sum(e, 1, True), labels)))


def sparse_crossentropy_sum_unshifted(labels, logits):
    """The log of the sum of e^z overflows to infinity for large z; subtract each row's maximum from
    its scores first."""
    logits = tf.convert_to_tensor(logits)
    log_of_sum = tf.math.log(tf.reduce_sum(tf.exp(logits), axis=1))
    return tf.reduce_mean(log_of_sum - _picked(logits, labels))


def sparse_crossentropy_log_of_softmax(labels, logits):
    """Your softmax is stable, but far behind it is exactly 0 and its logarithm -inf; do not compute
    the probability at all: log(Σ e^z) - z_label, after the shift."""
    return tf.reduce_mean(-tf.math.log(_picked(tf.nn.softmax(logits), labels)))


def sparse_crossentropy_capped(labels, logits):
    """With ε inside the logarithm no loss gets above 27.6 and the slope out there is 0; with
    log(Σ e^z) - z_label you need neither the probability nor ε."""
    return tf.reduce_mean(-tf.math.log(_picked(tf.nn.softmax(logits), labels) + 1e-12))


def sparse_crossentropy_capped_by_keras(labels, logits):
    """Keras's loss from probabilities clips at 1e-7, so no loss gets above 16.1; leave the softmax
    out and tell it from_logits=True."""
    return tf.reduce_mean(
        keras.losses.sparse_categorical_crossentropy(np.asarray(labels), tf.nn.softmax(logits))
    )


def sparse_crossentropy_global_shift(labels, logits):
    """You subtract the maximum of the whole batch, and in a row far below it every e^z is 0;
    subtract each row's own: tf.reduce_max(logits, axis=1, keepdims=True)."""
    logits = tf.convert_to_tensor(logits)
    shifted = logits - tf.reduce_max(logits)
    log_of_sum = tf.math.log(tf.reduce_sum(tf.exp(shifted), axis=1))
    return tf.reduce_mean(log_of_sum - _picked(shifted, labels))


def sparse_crossentropy_shift_forgotten_once(labels, logits):
    """You shift the scores for the sum, but subtract the score of the right class unshifted; use
    the shifted ones in both places."""
    logits = tf.convert_to_tensor(logits)
    shifted = logits - tf.reduce_max(logits, axis=1, keepdims=True)
    log_of_sum = tf.math.log(tf.reduce_sum(tf.exp(shifted), axis=1))
    return tf.reduce_mean(log_of_sum - _picked(logits, labels))


def sparse_crossentropy_wrong_axis(labels, logits):
    """Your softmax runs down the columns, over the examples; each row is to add up to 1: axis 1."""
    return tf.reduce_mean(-_picked(_log_softmax(logits, axis=0), labels))


def sparse_crossentropy_every_label_for_every_row(labels, logits):
    """tf.gather without batch_dims=1 picks all n labels in every row, an n × n table; a row has one
    label, its own."""
    return tf.reduce_mean(-tf.gather(_log_softmax(logits), labels, axis=1))


def sparse_crossentropy_labels_as_rows(labels, logits):
    """You let the labels choose rows; a label is the number of a column, one in each row:
    tf.gather(…, labels, axis=1, batch_dims=1)."""
    return tf.reduce_mean(-tf.gather(_log_softmax(logits), labels, axis=0))


def sparse_crossentropy_labels_multiplied(labels, logits):
    """You multiply by the labels as if they were one-hot rows; a label is a class number: pick the
    column with tf.gather, or make rows of them with tf.one_hot."""
    log_p = _log_softmax(logits)
    return tf.reduce_mean(-tf.reduce_sum(tf.cast(labels, log_p.dtype) * log_p, axis=1))


def sparse_crossentropy_labels_from_one(labels, logits):
    """You count the classes from 1; the labels are 0 … c - 1, as they stand."""
    log_p = _log_softmax(logits)
    one_hot = tf.one_hot(tf.convert_to_tensor(labels) - 1, log_p.shape[1], dtype=log_p.dtype)
    return tf.reduce_mean(-tf.reduce_sum(one_hot * log_p, axis=1))


def sparse_crossentropy_largest_instead_of_label(labels, logits):
    """You take the class with the highest score; the loss is about the right class, labels[i]."""
    return tf.reduce_mean(-tf.reduce_max(_log_softmax(logits), axis=1))


def sparse_crossentropy_score_alone(labels, logits):
    """You return minus the score of the right class; what it is worth depends on the others, so
    add log(Σ e^z)."""
    return tf.reduce_mean(-_picked(tf.convert_to_tensor(logits), labels))


def sparse_crossentropy_over_all_entries(labels, logits):
    """You average over all n·c entries of the table; of each row one entry counts, so divide by n
    alone."""
    log_p = _log_softmax(logits)
    return tf.reduce_mean(-_picked(log_p, labels)) / log_p.shape[1]


def sparse_crossentropy_sum(labels, logits):
    """You add up the losses of the examples; their mean is asked for."""
    return tf.reduce_sum(-_picked(_log_softmax(logits), labels))


def sparse_crossentropy_not_averaged(labels, logits):
    """You return one loss for each example; their mean is asked for."""
    return -_picked(_log_softmax(logits), labels)


def sparse_crossentropy_without_minus(labels, logits):
    """The sign is the wrong way round: log(Σ e^z) - z_label is never negative."""
    return tf.reduce_mean(_picked(_log_softmax(logits), labels))


def sparse_crossentropy_log2(labels, logits):
    """You take logarithms to the base 2; use the natural one, the inverse of e^z."""
    return tf.reduce_mean(-_picked(_log_softmax(logits), labels)) / float(np.log(2))


def sparse_crossentropy_in_numpy(labels, logits):
    """You compute in NumPy, so there is no tensor and the tape sees nothing; use TensorFlow's
    operations."""
    logits = np.asarray(logits)
    shifted = logits - logits.max(axis=1, keepdims=True)
    right = shifted[np.arange(len(logits)), np.asarray(labels)]
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - right)


def sparse_crossentropy_made_a_tensor_at_the_end(labels, logits):
    """You compute in NumPy and wrap the result: a tensor it is, but the tape has seen nothing of
    how it came about. Use TensorFlow's operations from the start."""
    return tf.constant(sparse_crossentropy_in_numpy(labels, logits))


# cost


def cost_sum(losses):
    """You add the losses up; a cost that grows with the number of examples cannot be compared, so
    divide by it."""
    return np.sum(losses)


def cost_half(losses):
    """Your cost is half the mean. Some books write 1/(2n), since it cancels in a derivative; this
    course divides by n."""
    return np.mean(losses) / 2


def cost_divided_twice(losses):
    """You divide by n twice: np.mean has done it already."""
    return np.mean(losses) / len(losses)


def cost_divided_by_one_less(losses):
    """You divide by n - 1; that is for variances. A mean divides by n."""
    return np.sum(losses) / max(1, len(losses) - 1)


def cost_median(losses):
    """You take the median, which does not care how bad the worst example is; take the mean."""
    return np.median(losses)


def cost_largest(losses):
    """You take the largest loss; all the examples count, with their mean."""
    return np.max(losses)


def cost_last(losses):
    """You return the last loss alone, perhaps because the total is overwritten in a loop; add up
    all of them and divide by n."""
    return np.ravel(losses)[-1]


def cost_of_the_squares(losses):
    """You square the losses; whatever squares were due are in them already, so average them as they
    are."""
    return np.mean(np.square(losses))


def cost_rounded_down(losses):
    """You divide with // or make an integer of the mean, which cuts its fraction off; use /."""
    return np.sum(losses) // np.size(losses)


def cost_one_for_each_column(losses):
    """For a column you return an array of one number, since sum() and axis=0 go row by row; the
    mean without an axis is a single number."""
    return np.mean(losses, axis=0)


def cost_the_losses_themselves(losses):
    """You return the losses; the cost is one number for all of them, their mean."""
    return np.asarray(losses)


# accuracy


def accuracy_compares_as_it_is(y_true, y_pred):
    """You compare the two as they come, and a probability is hardly ever equal to a label; turn
    both into class numbers first."""
    return np.mean(np.asarray(y_true) == np.asarray(y_pred))


def accuracy_argmax_of_a_column(y_true, y_pred):
    """The argmax of a row with one entry is always 0; a column (n, 1) holds labels, or
    probabilities to be compared with 0.5."""

    def classes(y):
        return np.argmax(y, axis=1) if np.ndim(y) == 2 else _classes(y)

    return _share(classes(y_true), classes(y_pred))


def accuracy_broadcasts(y_true, y_pred):
    """You compare (n,) with (n, 1), which NumPy makes an n × n table; flatten both to (n,)."""

    def classes(y):
        return np.reshape(_classes(y), (-1, 1)) if np.shape(y)[1:] == (1,) else _classes(y)

    if len(y_true) != len(y_pred):
        raise ValueError("the numbers of examples differ")
    return np.mean(classes(y_true) == classes(y_pred))


def accuracy_lengths_unchecked(y_true, y_pred):
    """You compare without a look at the lengths, and one answer is stretched to fit many; raise
    ValueError when they differ."""
    return np.mean(_classes(y_true) == _classes(y_pred))


def accuracy_zip(y_true, y_pred):
    """zip stops with the shorter of the two and says nothing; raise ValueError when the lengths
    differ."""
    pairs = list(zip(_classes(y_true), _classes(y_pred), strict=False))
    return sum(a == b for a, b in pairs) / len(pairs)


def accuracy_percent(y_true, y_pred):
    """You return percent; a share from 0 to 1 is asked for."""
    return 100 * np.mean(np.equal(*_matched(y_true, y_pred)))


def accuracy_count(y_true, y_pred):
    """You return how many are right; divide by how many there are."""
    return np.sum(np.equal(*_matched(y_true, y_pred)))


def accuracy_error_rate(y_true, y_pred):
    """You return the share of wrong answers: compare with ==, not with !=."""
    return np.mean(np.not_equal(*_matched(y_true, y_pred)))


def accuracy_rounded_down(y_true, y_pred):
    """You divide with // or make an integer of the share, and every share below 1 becomes 0."""
    true, predicted = _matched(y_true, y_pred)
    return int(np.sum(true == predicted)) // len(true)


def accuracy_one_by_one(y_true, y_pred):
    """You return True or False for each example; the share is the mean of them."""
    return np.equal(*_matched(y_true, y_pred))


def accuracy_argmax_over_the_batch(y_true, y_pred):
    """Your argmax runs down the columns and finds the best example of each class; axis=1 finds the
    best class of each example."""

    def classes(y):
        wide = np.ndim(y) == 2 and np.shape(y)[1] > 1
        return np.argmax(y, axis=0) if wide else _classes(y)

    return _share(classes(y_true), classes(y_pred))


def accuracy_strictly_above_half(y_true, y_pred):
    """A probability of exactly 0.5 counts as class 1; np.round and > 0.5 both make it 0. Write
    >= 0.5."""

    def classes(y):
        wide = np.ndim(y) == 2 and np.shape(y)[1] > 1
        return _classes(y) if wide else np.round(np.ravel(y))

    return _share(classes(y_true), classes(y_pred))


def accuracy_probabilities_truncated(y_true, y_pred):
    """Made integers, all probabilities below 1 are 0; compare them with 0.5."""

    def classes(y):
        wide = np.ndim(y) == 2 and np.shape(y)[1] > 1
        return _classes(y) if wide else np.ravel(y).astype(int)

    return _share(classes(y_true), classes(y_pred))


def accuracy_threshold_on_labels(y_true, y_pred):
    """You compare class numbers with 0.5 as well, so 1, 2 and 3 become the same class; only floats
    that are not all whole are probabilities."""

    def classes(y):
        wide = np.ndim(y) == 2 and np.shape(y)[1] > 1
        return _classes(y) if wide else np.ravel(y) >= 0.5

    return _share(classes(y_true), classes(y_pred))


def accuracy_threshold_on_float_labels(y_true, y_pred):
    """You take every float for a probability, also the class numbers 0.0, 1.0, 2.0; floats that are
    all whole are labels."""

    def classes(y):
        y = np.asarray(y)
        narrow = y.ndim == 1 or y.shape[1] == 1
        return y.ravel() >= 0.5 if narrow and y.dtype.kind == "f" else _classes(y)

    return _share(classes(y_true), classes(y_pred))


def accuracy_threshold_on_rows(y_true, y_pred):
    """You ask every entry of a row whether it reaches 0.5; scores and probabilities of several
    classes need not, so take the largest: argmax along axis 1."""

    def rows(y):
        y = np.asarray(y)
        return y >= 0.5 if y.ndim == 2 and y.shape[1] > 1 else None

    true, predicted = rows(y_true), rows(y_pred)
    if true is not None and predicted is not None and len(true) == len(predicted):
        return np.mean(np.all(true == predicted, axis=1))
    return _share(_classes(y_true), _classes(y_pred))


def accuracy_entry_by_entry(y_true, y_pred):
    """You compare one-hot rows entry by entry, and a wrong answer still gets most of its zeros
    right; compare one class number an example."""

    def entries(y, c):
        classes = _classes(y).astype(int)
        return np.eye(c)[classes]

    c = max(int(np.max(_classes(y))) + 1 for y in (y_true, y_pred))
    c = max([c, *(np.shape(y)[1] for y in (y_true, y_pred) if np.ndim(y) == 2)])
    if len(y_true) != len(y_pred):
        raise ValueError("the numbers of examples differ")
    return np.mean(entries(y_true, c) == entries(y_pred, c))


def accuracy_truth_left_one_hot(y_true, y_pred):
    """You turn the predictions into class numbers and leave the true answers as they are; these may
    be one-hot, or a column, just as well."""
    return np.mean(np.asarray(y_true) == _classes(y_pred))


def accuracy_lists_left_lists(y_true, y_pred):
    """A list has neither .shape nor .ndim; begin with np.asarray for both arguments."""
    if y_true.ndim and y_pred.ndim:
        return _share(_classes(y_true), _classes(y_pred))
    return None


def _share(true, predicted):
    if len(true) != len(predicted):
        raise ValueError("the numbers of examples differ")
    return np.mean(true == predicted)
