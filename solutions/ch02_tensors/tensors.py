"""NumPy and TensorFlow side by side: rows, types, tensors, Variables, images and labels.

Shapes: a table (n, d) holds one example a row, images (n, 28, 28) one picture a page, labels (n,)
one class number an example. An "array" is a NumPy array, a "tensor" what `tf.constant` makes, a
"Variable" a `tf.Variable`. A dtype is named by a string, such as "float32", which both libraries
understand. Arrays that you are given are left as they were.
"""

import numpy as np
import tensorflow as tf


def as_row(x):
    """Put a single example into a table of its own: (d,) becomes (1, d), in float32.

    x        (d,) or (1, d)  one example, a list or an array of integers or floats
    returns  (1, d)          float32; an array or a tensor, as you like
    raises   ValueError      x has two rows or more: those are several examples

    An example that is a row already stays one.

    >>> as_row([180, 90])
    array([[180.,  90.]], dtype=float32)
    """
    # BEGIN SOLUTION
    d = np.shape(x)[-1]
    return np.reshape(x, (1, d)).astype(np.float32)  # more than d numbers are a ValueError
    # END SOLUTION


def to_tensor(array, dtype):
    """Turn an array into a tensor with numbers of the type that is asked for.

    array    any shape   an array of integers or floats
    dtype    str         such as "float32" or "int64"
    returns  same shape  a tensor of that dtype, not a Variable

    From floats to integers, what stands behind the point is cut off: 2.9 becomes 2. Otherwise no
    digit is lost that dtype has room for.

    >>> to_tensor(np.array([2.9, 90.0]), "int64")
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([ 2, 90])>
    """
    # BEGIN SOLUTION
    return tf.constant(array, dtype=dtype)
    # END SOLUTION


def to_array(tensor):
    """Turn a tensor or a Variable into an array.

    tensor   any shape   a tensor or a Variable
    returns  same shape  a NumPy array with the same numbers and the same dtype

    >>> to_array(tf.constant([[180.0, 90.0]]))
    array([[180.,  90.]], dtype=float32)
    """
    # BEGIN SOLUTION
    return tensor.numpy()
    # END SOLUTION


def scale(tensor, factor):
    """Multiply element by element: tensor · factor, with broadcasting.

    tensor   any shape           a tensor of integers or floats
    factor   any shape that      a number, a list, an array or a tensor; its numbers may be of any
             broadcasts with it  type, but are whole where those of tensor are integers
    returns  the common shape    a tensor with the dtype of `tensor`, whatever factor has

    Two dimensions, counted from the right, go together when they are equal or one of them is 1.

    >>> scale(tf.constant([1.0, 2.0, 3.0]), [5])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([ 5., 10., 15.], dtype=float32)>
    """
    # BEGIN SOLUTION
    if tf.is_tensor(factor):
        factor = tf.cast(factor, tensor.dtype)
    return tensor * factor
    # END SOLUTION


def replace_row(tensor, i, row):
    """Make a new tensor that is like the old one but for row i; a tensor itself never changes.

    tensor   (n, d)  a tensor of integers or floats
    i        int     which row, from 0 to n - 1
    row      (d,)    the new row, a list or an array, or a tensor of the dtype of `tensor`
    returns  (n, d)  a tensor with the dtype of `tensor`, not a Variable

    >>> replace_row(tf.constant([[1, 2], [3, 4]]), 1, [30, 40]).numpy()
    array([[ 1,  2],
           [30, 40]], dtype=int32)
    """
    # BEGIN SOLUTION
    return tf.concat([tensor[:i], [row], tensor[i + 1 :]], axis=0)
    # END SOLUTION


def assign_row(variable, i, row):
    """Write a new row i into a Variable, in place.

    variable  (n, d)  a Variable of integers or floats
    i         int     which row, from 0 to n - 1
    row       (d,)    the new row, a list or an array, or a tensor of the dtype of `variable`
    returns   (n, d)  `variable`, the very object that was passed in

    >>> weights = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    >>> assign_row(weights, 0, [10.0, 20.0]) is weights
    True
    >>> weights.numpy()
    array([[10., 20.],
           [ 3.,  4.]], dtype=float32)
    """
    # BEGIN SOLUTION
    variable[i].assign(row)
    return variable
    # END SOLUTION


def normalize_images(images):
    """Bring the grey values of pictures from 0 … 255 to 0 … 1: x / 255, in float32.

    images   any shape   an array of uint8, such as (28, 28) or (n, 28, 28); 0 is black, 255 white
    returns  same shape  float32; an array or a tensor, as you like

    The scale is fixed: a picture without any 255 in it has no 1 in it afterwards.

    >>> normalize_images(np.array([[0, 51], [204, 255]], dtype=np.uint8))
    array([[0. , 0.2],
           [0.8, 1. ]], dtype=float32)
    """
    # BEGIN SOLUTION
    return images.astype(np.float32) / 255
    # END SOLUTION


def one_hot(labels, depth):
    """Give every class number a row with a single 1, in the column of that number.

    labels   (n,)        class numbers, a list or an array of integers of any type
    depth    int         how many classes there are: columns 0 to depth - 1
    returns  (n, depth)  float32; an array or a tensor, as you like

    A label that is none of these classes, such as -1 or depth, gives a row of zeros.

    >>> one_hot([2, 0, -1], 3)
    array([[0., 0., 1.],
           [1., 0., 0.],
           [0., 0., 0.]], dtype=float32)
    """
    # BEGIN SOLUTION
    column = np.asarray(labels)[:, np.newaxis]
    return (column == np.arange(depth)).astype(np.float32)
    # END SOLUTION
