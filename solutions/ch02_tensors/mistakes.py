"""Wrong answers to ch02_tensors that learners really give; each docstring is its diagnosis."""

import numpy as np
import tensorflow as tf


def _one_example(x):
    if len(np.array(x, ndmin=2)) > 1:
        raise ValueError("several rows")


def _hot(labels, depth):
    return np.reshape(labels, (-1, 1)) == np.arange(depth)


def _with_row(tensor, i, row):
    return tf.concat([tensor[:i], [row], tensor[i + 1 :]], axis=0)


# as_row


def as_row_as_a_column(x):
    """You made a column, (d, 1): d examples of one number each. An example is a row, (1, d), and
    reshape(1, -1) makes one."""
    return np.asarray(x, np.float32).reshape(-1, 1)


def as_row_left_flat(x):
    """Your result still has one pair of brackets, (d,); a table has two, so give it a first
    dimension of length 1, as np.atleast_2d does."""
    return np.asarray(x, np.float32)


def as_row_in_float64(x):
    """Your row is float64, which is what NumPy takes a plain `float` for; name dtype=np.float32."""
    _one_example(x)
    return np.array(x, dtype=float, ndmin=2)


def as_row_of_any_type(x):
    """You leave the type as it comes, int64 for whole numbers and float64 for others; name it:
    dtype=np.float32."""
    _one_example(x)
    return np.array(x, ndmin=2)


def as_row_wrapped_once_more(x):
    """You put brackets around x whatever it is, and a row (1, d) becomes (1, 1, d); add a dimension
    only where there is just one."""
    return np.array([x], dtype=np.float32)


def as_row_table_flattened(x):
    """You turn a whole table into one long row: two pots become one pot with four inputs. Where x
    has several rows, raise a ValueError before you reshape."""
    return np.asarray(x, np.float32).reshape(1, -1)


def as_row_table_let_through(x):
    """You hand a table of several rows back as it is; those are several examples, so raise a
    ValueError."""
    return np.atleast_2d(np.asarray(x, np.float32))


# to_tensor


def to_tensor_dtype_ignored(array, dtype):
    """You leave the dtype as the array has it; the second argument says which one is wanted:
    tf.constant(array, dtype=dtype)."""
    return tf.constant(array)


def to_tensor_always_float32(array, dtype):
    """You make float32 of everything; the second argument says which dtype is wanted."""
    return tf.constant(array, dtype=tf.float32)


def to_tensor_left_an_array(array, dtype):
    """Your numbers have the right type, but it is still an array of NumPy's; put tf.constant(…)
    around it."""
    return array.astype(dtype)


def to_tensor_as_a_variable(array, dtype):
    """You made a Variable, which can be written to; a tensor is asked for, and tf.constant makes
    one."""
    return tf.Variable(tf.cast(array, dtype))


def to_tensor_converted_twice(array, dtype):
    """You made a tensor first and asked for the dtype afterwards: tf.convert_to_tensor does not
    change the dtype of what is a tensor already. Name it in the first step, or use tf.cast."""
    return tf.convert_to_tensor(tf.constant(array), dtype=dtype)


def to_tensor_by_way_of_float32(array, dtype):
    """You go through float32 on the way, which keeps about 7 digits of a number and drops the
    rest; go straight to the dtype that is asked for."""
    return tf.cast(tf.constant(array, dtype=tf.float32), dtype)


def to_tensor_rounded(array, dtype):
    """You round floats to whole numbers; from float to integer the course cuts off what stands
    behind the point, as tf.cast and astype do."""
    whole = np.dtype(dtype).kind == "i"
    return tf.cast(tf.round(array) if whole else array, dtype)


# to_array


def to_array_as_a_list(tensor):
    """You went one step too far, with tolist: a list is not an array. tensor.numpy() is enough."""
    return tensor.numpy().tolist()


def to_array_still_a_tensor(tensor):
    """You hand back the tensor or the Variable itself; its method numpy() gives the array."""
    return tensor


def to_array_in_float64(tensor):
    """You change the type to float64; the array has the dtype of the tensor, and NumPy takes it
    over if you name none."""
    return np.array(tensor, dtype=float)


def to_array_in_float32(tensor):
    """You change the type to float32, whatever it was; the array has the dtype of the tensor, and
    NumPy takes it over if you name none."""
    return np.array(tensor, dtype=np.float32)


def to_array_flattened(tensor):
    """You flatten the numbers into one dimension; the array keeps the shape of the tensor."""
    return tensor.numpy().ravel()


# scale


def scale_types_mixed(tensor, factor):
    """You multiply two tensors of different types, and TensorFlow refuses to; bring the factor to
    the type of the tensor first: tf.cast(factor, tensor.dtype)."""
    return tensor * factor


def scale_converted_not_cast(tensor, factor):
    """tf.convert_to_tensor does not change the type of what is a tensor already, it complains;
    tf.cast(factor, tensor.dtype) changes it."""
    return tensor * tf.convert_to_tensor(factor, dtype=tensor.dtype)


def scale_with_a_matrix_product(tensor, factor):
    """You wrote a matrix product, which sums and which wants matrices; element by element it is
    `*` or tf.multiply."""
    return tf.matmul(tensor, tf.cast(factor, tensor.dtype))


def scale_as_an_array(tensor, factor):
    """You computed it in NumPy and return an array; a tensor is asked for: `*` between a tensor and
    something else gives one."""
    return np.asarray(tensor) * np.asarray(factor)


def scale_by_way_of_numpy(tensor, factor):
    """You multiply in NumPy, which makes float64 of float32 and another type, and the tensor that
    you make of it keeps that; cast the factor to tensor.dtype and multiply tensors."""
    return tf.constant(np.asarray(tensor) * np.asarray(factor))


def scale_summed(tensor, factor):
    """You add the products up, as in a dot product; leave them side by side."""
    return tf.reduce_sum(tensor * tf.cast(factor, tensor.dtype))


def scale_by_zip(tensor, factor):
    """You go through tensor and factor in pairs, and zip stops where the shorter one ends; `*` lets
    a short factor go round by broadcasting."""
    return tf.stack([t * tf.cast(f, tensor.dtype) for t, f in zip(tensor, factor, strict=False)])


def scale_always_in_float32(tensor, factor):
    """You make float32 of everything; the result has the dtype of the tensor, be it float64 or
    int64."""
    return tf.cast(tensor, tf.float32) * tf.cast(factor, tf.float32)


def scale_in_the_type_of_the_factor(tensor, factor):
    """You cast the tensor to the type of the factor, so a whole-number factor cuts 0.5 to 0; it
    goes the other way round: the factor takes the type of the tensor."""
    factor = tf.convert_to_tensor(factor)
    return tf.cast(tensor, factor.dtype) * factor


# replace_row


def replace_row_by_item_assignment(tensor, i, row):
    """You write tensor[i] = row, but a tensor never changes; build a new one from the rows before,
    the new row and the rows behind it, with tf.concat."""
    tensor[i] = row
    return tensor


def replace_row_in_the_memory_of_the_tensor(tensor, i, row):
    """np.asarray(tensor) looks into the tensor's own memory, and there it is forbidden to write;
    work on a copy, np.array(tensor), or with tf.concat."""
    array = np.asarray(tensor)
    array[i] = row
    return tf.constant(array)


def replace_row_as_an_array(tensor, i, row):
    """Your rows are right, but it is an array of NumPy's; a tensor is asked for, so put
    tf.constant(…) around it."""
    array = np.array(tensor)
    array[i] = row
    return array


def replace_row_as_a_variable(tensor, i, row):
    """Your rows are right, but you return the Variable that you worked in; a tensor is asked for:
    tf.convert_to_tensor(variable)."""
    variable = tf.Variable(tensor)
    variable[i].assign(row)
    return variable


def replace_row_a_column(tensor, i, row):
    """You replace column i, [:, i]; a row is the first index, [i]. On a square table nothing
    complains, only the numbers are wrong."""
    array = np.array(tensor)
    array[:, i] = row
    return tf.constant(array)


def replace_row_inserted(tensor, i, row):
    """You put the new row in and keep the old one behind it, so there is a row too many; what
    follows is tensor[i + 1:]."""
    return tf.concat([tensor[:i], [row], tensor[i:]], axis=0)


def replace_row_rest_lost(tensor, i, row):
    """You stop after the new row; the rows behind it, tensor[i + 1:], are missing."""
    return tf.concat([tensor[:i], [row]], axis=0)


def replace_row_counted_from_one(tensor, i, row):
    """You replace the row before the one that is meant; rows are counted from 0, so row i is
    tensor[i]."""
    array = np.array(tensor)
    array[i - 1] = row
    return tf.constant(array)


def replace_row_added(tensor, i, row):
    """You add the new row to the old one; it takes its place: tf.tensor_scatter_nd_update instead
    of …_add."""
    return tf.tensor_scatter_nd_add(tensor, [[i]], tf.cast([row], tensor.dtype))


def replace_row_zeros_around(tensor, i, row):
    """tf.scatter_nd starts from zeros, so all the other rows are lost; tf.tensor_scatter_nd_update
    starts from your tensor."""
    return tf.scatter_nd([[i]], tf.cast([row], tensor.dtype), tensor.shape)


def replace_row_in_float32(tensor, i, row):
    """You make float32 of everything; the new tensor has the dtype of the old one."""
    return _with_row(tf.cast(tensor, tf.float32), i, tf.cast(row, tf.float32))


# assign_row


def assign_row_by_item_assignment(variable, i, row):
    """You write variable[i] = row, which a Variable does not understand; it is
    variable[i].assign(row)."""
    variable[i] = row
    return variable


def assign_row_to_the_whole_variable(variable, i, row):
    """You assign the row to the whole Variable, and the shapes do not fit; choose the row first:
    variable[i].assign(row)."""
    variable.assign(row)
    return variable


def assign_row_to_every_row(variable, i, row):
    """You write the new row into every row; choose one with [i]: variable[i].assign(row)."""
    variable.assign(tf.zeros_like(variable) + tf.cast(row, variable.dtype))
    return variable


def assign_row_in_another_variable(variable, i, row):
    """You make a new Variable, and `variable = …` only gives it the old one's name; whoever holds
    the old one sees no change. Write into it: variable[i].assign(row)."""
    return tf.Variable(_with_row(variable, i, row))


def assign_row_as_a_tensor(variable, i, row):
    """You make a new tensor, and the Variable stays as it was; here the row is written in place:
    variable[i].assign(row)."""
    return _with_row(variable, i, row)


def assign_row_without_return(variable, i, row):
    """You write the row, but return nothing; end with `return variable`."""
    variable[i].assign(row)


def assign_row_what_assign_gives(variable, i, row):
    """You write the row, but what you return is not the Variable that you were given; the answer of
    .assign(…) is another object too. End with `return variable`."""
    variable[i].assign(row)
    return tf.Variable(variable)


def assign_row_what_it_holds(variable, i, row):
    """You write the row, but return a tensor, which holds today's numbers and will not change with
    the Variable; end with `return variable`."""
    variable[i].assign(row)
    return tf.convert_to_tensor(variable)


def assign_row_in_a_copy(variable, i, row):
    """variable.numpy() is a copy, and what you write there the Variable never hears of; write with
    variable[i].assign(row)."""
    variable.numpy()[i] = row
    return variable


def assign_row_a_column(variable, i, row):
    """You write column i, [:, i]; a row is the first index, [i]. On a square Variable nothing
    complains, only the numbers are wrong."""
    variable[:, i].assign(row)
    return variable


def assign_row_added(variable, i, row):
    """You add the new row to the old one; it takes its place: assign, not assign_add."""
    variable.scatter_nd_add([[i]], tf.cast([row], variable.dtype))
    return variable


def assign_row_counted_from_one(variable, i, row):
    """You write the row before the one that is meant; rows are counted from 0, so row i is
    variable[i]."""
    variable[i - 1].assign(row)
    return variable


# normalize_images


def normalize_images_in_float64(images):
    """Your values are right, but uint8 / 255 gives float64; ask for float32, as in
    images.astype(np.float32) / 255."""
    return images / 255


def normalize_images_in_whole_numbers(images):
    """You keep whole numbers, by // or by a cast to uint8, and everything below 255 becomes 0;
    divide floats: images.astype(np.float32) / 255."""
    return images // 255


def normalize_images_by_256(images):
    """You divide by 256, the number of grey values; the largest one is 255, and it becomes 1."""
    return images.astype(np.float32) / 256


def normalize_images_by_the_brightest(images):
    """You divide by the largest value that happens to occur, so a dark picture is made bright, and
    a black one gives 0/0; divide by 255, always."""
    images = images.astype(np.float32)
    return images / images.max()


def normalize_images_around_zero(images):
    """You bring the values to -1 … 1; here they go to 0 … 1: divide by 255 and leave it there."""
    return images.astype(np.float32) / np.float32(127.5) - 1


def normalize_images_not_divided(images):
    """You change the type to float32, but the values still go up to 255; divide by 255."""
    return images.astype(np.float32)


def normalize_images_divided_in_place(images):
    """`images /= 255` wants to put fractions into bytes, and NumPy refuses; compute a new array:
    images.astype(np.float32) / 255."""
    images /= 255
    return images


def normalize_images_written_back(images):
    """You write the fractions back into the array of bytes, where they are cut to 0, and the
    caller's pictures are gone; compute a new array: images.astype(np.float32) / 255."""
    images[...] = images / 255
    return images.astype(np.float32)


def normalize_images_flattened(images):
    """You lay the points of a picture in one row; here the shape stays as it is."""
    return images.reshape(len(images), -1).astype(np.float32) / 255


def normalize_images_in_float16(images):
    """float16 has three digits; ask for float32."""
    return images.astype(np.float16) / 255


# one_hot


def one_hot_from_the_end(labels, depth):
    """np.eye(depth)[labels] counts -1 from the end and makes it the last class, and stops at a
    label that is too large; such a label gives a row of zeros: compare with np.arange(depth)."""
    return np.eye(depth, dtype=np.float32)[labels]


def one_hot_from_the_end_in_float64(labels, depth):
    """np.eye(depth)[labels], or Keras's to_categorical, gives float64, where float32 is due; and it
    makes -1 the last class, where a row of zeros is due. Compare with np.arange(depth)."""
    return np.eye(depth)[labels]


def one_hot_in_float64(labels, depth):
    """Your rows are right, but in float64; ask for np.float32."""
    return _hot(labels, depth).astype(float)


def one_hot_in_integers(labels, depth):
    """Your rows are right, but of integers; ask for np.float32, the type that they will be compared
    with."""
    return _hot(labels, depth).astype(int)


def one_hot_true_or_false(labels, depth):
    """Your rows hold True and False; numbers are due: .astype(np.float32)."""
    return _hot(labels, depth)


def one_hot_as_wide_as_the_labels(labels, depth):
    """You count the classes in the labels, max + 1, but the largest may be missing there; depth
    says how many columns there are."""
    return _hot(labels, max(np.max(labels) + 1, 0)).astype(np.float32)


def one_hot_of_classes_seen(labels, depth):
    """You make columns for those classes only that occur among the labels; depth says how many
    there are, and column k is for class k."""
    return _hot(np.unique(labels, return_inverse=True)[1], len(np.unique(labels))).astype("float32")


def one_hot_classes_on_rows(labels, depth):
    """You made a row for every class, (depth, n); there is a row for every label, (n, depth)."""
    return _hot(labels, depth).astype(np.float32).T


def one_hot_counted_from_one(labels, depth):
    """You put class 1 into column 0; classes are counted from 0, so label k is column k."""
    return _hot(np.asarray(labels, int) - 1, depth).astype(np.float32)


def one_hot_whole_columns(labels, depth):
    """hot[:, labels] = 1 writes into every row; each row gets one 1: hot[np.arange(n), labels]."""
    hot = np.zeros((len(labels), depth), np.float32)
    hot[:, [label for label in labels if 0 <= label < depth]] = 1
    return hot


def one_hot_whole_rows(labels, depth):
    """hot[labels] = 1 fills whole rows with ones; the row is the number of the example, the label
    is the column: hot[np.arange(n), labels]."""
    hot = np.zeros((len(labels), depth), np.float32)
    hot[[label for label in labels if 0 <= label < len(labels)]] = 1
    return hot
