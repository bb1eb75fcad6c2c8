"""Hidden tests of ch02_tensors: TensorFlow says what is right."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from grader.compare import same
from grader.plugin import exercise
from grader.references import reference

DTYPES = ["float32", "float64", "int32", "int64"]
SHAPES = [(), (1,), (5,), (1, 4), (4, 1), (3, 2), (2, 3, 4)]
TABLES = [(1, 1), (1, 4), (4, 1), (3, 2), (2, 5)]
TABLES_OF_TYPES = [*((shape, DTYPES[0]) for shape in TABLES), *(((3, 2), t) for t in DTYPES[1:])]


def numbers(rng, shape, dtype="float64"):
    """Random numbers, in an array also for the shape (): whole ones for an integer dtype."""
    drawn = rng.normal(scale=3, size=shape)
    if np.dtype(dtype).kind == "i":
        drawn = rng.integers(-50, 50, size=shape)
    return np.asarray(drawn, dtype)


def bytes_of(rng, shape):
    """Random grey values, an array of uint8."""
    return np.asarray(rng.integers(0, 256, size=shape), np.uint8)


# as_row


@reference
def tf_row(x):
    return tf.reshape(tf.cast(x, tf.float32), (1, -1)).numpy()


@exercise("as_row")
@pytest.mark.parametrize("d", [1, 2, 3, 7])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_row_of_any_length(learner, rng, d, dtype):
    """one example of any length and type becomes one row of float32"""
    x = numbers(rng, (d,), dtype)
    same(learner.as_row(x), tf_row(x), dtype="float32")


@exercise("as_row")
def test_a_row_from_a_list(learner):
    """a list of integers, of floats or of both is an example"""
    for x in ([3, -1, 4], [0.25, -0.75], [180, 90.5], [7]):
        same(learner.as_row(x), tf_row(x), dtype="float32")


@exercise("as_row")
@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_row_that_is_one_already(learner, rng, d, dtype):
    """an example that is a row already stays (1, d)"""
    x = numbers(rng, (1, d), dtype)
    same(learner.as_row(x), tf_row(x), dtype="float32")
    same(learner.as_row(x.tolist()), tf_row(x), dtype="float32")


@exercise("as_row")
@pytest.mark.parametrize("shape", [(2, 3), (3, 1), (2, 1), (2, 2), (5, 4)])
def test_several_rows(learner, rng, shape):
    """several rows are several examples: a ValueError"""
    x = numbers(rng, shape)
    with pytest.raises(ValueError):
        learner.as_row(x)
    with pytest.raises(ValueError):
        learner.as_row(x.tolist())


# to_tensor


@exercise("to_tensor")
@pytest.mark.parametrize("dtype", DTYPES)
def test_an_array_as_a_tensor(learner, rng, dtype):
    """the tensor has the shape and the numbers of the array, and the dtype that was named"""
    for shape, given in zip(SHAPES, itertools.cycle(DTYPES)):
        array = numbers(rng, shape, given)
        due = tf.cast(tf.convert_to_tensor(array), dtype)
        same(learner.to_tensor(array, dtype), due, dtype=dtype, kind="tensor")


@exercise("to_tensor")
@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_floats_are_cut(learner, dtype):
    """from floats to integers, what stands behind the point is cut off"""
    array = np.array([[0.5, 1.5, 2.999], [-0.5, -1.5, -2.999]])
    due = tf.cast(tf.convert_to_tensor(array), dtype)
    same(learner.to_tensor(array, dtype), due, dtype=dtype, kind="tensor")


@exercise("to_tensor")
@pytest.mark.parametrize(
    ("given", "dtype"),
    [("int64", "int64"), ("int64", "float64"), ("int32", "int64"), ("float64", "int64")],
)
def test_no_digit_is_lost(learner, rng, given, dtype):
    """every digit that the dtype has room for stays"""
    array = rng.integers(2**26, 2**30, size=8).astype(given) * 2 + 1
    answer = learner.to_tensor(array, dtype)
    same(answer, array, dtype=dtype, kind="tensor")
    assert np.array_equal(np.asarray(answer), array)


@exercise("to_tensor")
def test_pictures_as_a_tensor(learner, rng):
    """bytes become whatever is asked for"""
    images = bytes_of(rng, (2, 4, 3))
    for dtype in ("uint8", "float32", "int64"):
        same(learner.to_tensor(images, dtype), images, dtype=dtype, kind="tensor")


# to_array


@exercise("to_array")
@pytest.mark.parametrize("make", [tf.constant, tf.Variable], ids=["tensor", "Variable"])
def test_back_to_an_array(learner, rng, make):
    """a tensor or a Variable gives an array of the same shape, numbers and dtype"""
    for shape, dtype in zip(SHAPES[1:], itertools.cycle([*DTYPES, "uint8"])):
        content = bytes_of(rng, shape) if dtype == "uint8" else numbers(rng, shape, dtype)
        same(learner.to_array(make(content)), content, dtype=dtype, kind="array")


@exercise("to_array")
@pytest.mark.parametrize("make", [tf.constant, tf.Variable], ids=["tensor", "Variable"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_single_number_back(learner, dtype, make):
    """a tensor of the shape () keeps shape and dtype"""
    answer = learner.to_array(make(np.array(3, dtype)))
    same(answer, 3, dtype=dtype, kind="array")


@exercise("to_array")
def test_a_variable_that_has_changed(learner, rng):
    """a Variable gives what it holds now"""
    variable = tf.Variable(tf.zeros((3, 2)))
    now = numbers(rng, (3, 2), "float32")
    variable.assign(now)
    same(learner.to_array(variable), now, dtype="float32", kind="array")
    same(variable, now)


# scale

PAIRS = [
    ((3,), (1,)),
    ((3,), ()),
    ((), (3,)),
    ((4,), (4,)),
    ((3, 2), (2,)),
    ((2,), (3, 2)),
    ((3, 1), (1, 4)),
    ((3, 1), (4,)),
    ((2, 2), (2,)),
    ((1, 5), (5,)),
    ((3, 2), (3, 1)),
    ((2, 3, 4), (3, 1)),
]


@exercise("scale")
@pytest.mark.parametrize(("shapes", "dtype"), [*zip(PAIRS, itertools.cycle(DTYPES))])
def test_products_with_broadcasting(learner, rng, shapes, dtype):
    """the product is element by element, and shapes are broadcast"""
    tensor, factor = tf.constant(numbers(rng, shapes[0], dtype)), numbers(rng, shapes[1], dtype)
    due = tf.multiply(tensor, factor)
    same(learner.scale(tensor, factor), due, dtype=dtype, kind="tensor")
    same(learner.scale(tensor, tf.constant(factor)), due, dtype=dtype, kind="tensor")
    same(learner.scale(tensor, factor.tolist()), due, dtype=dtype, kind="tensor")


@exercise("scale")
@pytest.mark.parametrize(
    ("dtype", "other"),
    [("float32", "float64"), ("float64", "float32"), ("float32", "int64"), ("float64", "int32"),
     ("int32", "int64"), ("int64", "int32")],
)  # fmt: skip
def test_the_type_of_the_tensor_counts(learner, rng, dtype, other):
    """the result has the dtype of the tensor, whatever the factor's is"""
    tensor, factor = tf.constant(numbers(rng, (4, 3), dtype)), numbers(rng, (3,), other)
    due = tensor * tf.cast(factor, dtype)
    same(learner.scale(tensor, tf.constant(factor)), due, dtype=dtype, kind="tensor")
    same(learner.scale(tensor, factor), due, dtype=dtype, kind="tensor")


@exercise("scale")
def test_a_plain_number(learner, rng):
    """a plain number multiplies everything, and halves are not cut off"""
    tensor = tf.constant(numbers(rng, (3, 2), "float32"))
    for factor in (2, -1, 0, 0.5, -2.75):
        same(learner.scale(tensor, factor), tensor * factor, dtype="float32", kind="tensor")


# replace_row


@reference
def replaced(table, i, row):
    """A copy of an array with a new row i."""
    place = tf.one_hot(i, len(table), on_value=True, off_value=False, dtype=tf.bool)
    return tf.where(place[:, tf.newaxis], tf.cast(row, table.dtype), table).numpy()


@exercise("replace_row")
@pytest.mark.parametrize(("shape", "dtype"), TABLES_OF_TYPES)
def test_every_row_can_be_replaced(learner, rng, shape, dtype):
    """any row, the first and the last too, is replaced, and only that one; the dtype stays"""
    for i in range(shape[0]):
        table, row = numbers(rng, shape, dtype), numbers(rng, shape[1:], dtype)
        tensor = tf.constant(table)
        answer = learner.replace_row(tensor, i, row)
        same(answer, replaced(table, i, row), dtype=dtype, kind="tensor")
        same(tensor, table)


@exercise("replace_row")
@pytest.mark.parametrize("form", [list, np.array, "float32", "float64"])
def test_a_new_row_of_any_form(learner, rng, form):
    """the new row may be a list, an array of another type, or a tensor"""
    dtype = "float64" if form == "float64" else "float32"
    table, row = numbers(rng, (4, 3), dtype), [1, 0, -2]
    given = tf.constant(row, form) if isinstance(form, str) else form(row)
    answer = learner.replace_row(tf.constant(table), 2, given)
    same(answer, replaced(table, 2, row), dtype=dtype, kind="tensor")


@exercise("replace_row")
def test_halves_in_a_new_row(learner, rng):
    """the new row is not cut to integers, and float64 goes into a float32 tensor"""
    table, row = numbers(rng, (3, 4), "float32"), numbers(rng, (4,))
    for given in (row, row.tolist()):
        answer = learner.replace_row(tf.constant(table), 1, given)
        same(answer, replaced(table, 1, row), dtype="float32", kind="tensor")


@exercise("replace_row")
def test_the_old_tensor_stays(learner, rng):
    """the old tensor can be used again"""
    table = numbers(rng, (3, 2), "float32")
    tensor = tf.constant(table)
    for i in (0, 2, 1):
        answer = learner.replace_row(tensor, i, [7, 8])
        same(answer, replaced(table, i, [7, 8]), dtype="float32", kind="tensor")
    same(tensor, table)


# assign_row


@exercise("assign_row")
@pytest.mark.parametrize(("shape", "dtype"), TABLES_OF_TYPES)
def test_every_row_can_be_assigned(learner, rng, shape, dtype):
    """any row, the first and the last too, is written in place, and the same Variable returned"""
    for i in range(shape[0]):
        table, row = numbers(rng, shape, dtype), numbers(rng, shape[1:], dtype)
        variable = tf.Variable(table)
        answer, due = learner.assign_row(variable, i, row), replaced(table, i, row)
        same(answer, due, dtype=dtype)
        assert answer is variable
        same(variable, due)


@exercise("assign_row")
@pytest.mark.parametrize("form", [list, np.array, "float32", "float64"])
def test_a_row_of_any_form(learner, rng, form):
    """the new row may be a list, an array of another type, or a tensor"""
    dtype = "float64" if form == "float64" else "float32"
    table, row = numbers(rng, (4, 3), dtype), [1, 0, -2]
    variable = tf.Variable(table)
    given = tf.constant(row, form) if isinstance(form, str) else form(row)
    answer = learner.assign_row(variable, 2, given)
    same(answer, replaced(table, 2, row), dtype=dtype)
    assert answer is variable


# normalize_images


def tf_grey(images):
    return tf.cast(images, tf.float32) / 255


@exercise("normalize_images")
@pytest.mark.parametrize("shape", [(28, 28), (3, 28, 28), (1, 28, 28), (5, 4), (2, 3, 4, 3), (7,)])
def test_pictures_of_any_shape(learner, rng, shape):
    """pictures of any shape keep it, in float32, and are left as they were"""
    images = bytes_of(rng, shape)
    same(learner.normalize_images(images), tf_grey(images), dtype="float32")


@exercise("normalize_images")
def test_every_grey_value(learner):
    """each of the 256 grey values is divided by 255"""
    images = np.arange(256, dtype=np.uint8).reshape(16, 16)
    same(learner.normalize_images(images), tf_grey(images), dtype="float32")


@exercise("normalize_images")
def test_dark_pictures(learner):
    """a picture that is black all over, or nearly, keeps its scale"""
    for images in (np.zeros((4, 3), np.uint8), np.array([[[0, 1], [3, 2]]], np.uint8)):
        same(learner.normalize_images(images), tf_grey(images), dtype="float32")


# one_hot


@reference
def tf_one_hot(labels, depth):
    return tf.one_hot(labels, depth).numpy()


@exercise("one_hot")
@pytest.mark.parametrize("form", ["uint8", "int32", "int64", "list"])
@pytest.mark.parametrize(("n", "depth"), [(7, 3), (3, 7), (4, 4), (1, 10), (6, 1), (1, 1)])
def test_labels_agree_with_tensorflow(learner, rng, n, depth, form):
    """every label gives the row that tf.one_hot gives, in float32"""
    for _ in range(3):
        labels = rng.integers(0, depth, size=n)
        given = labels.tolist() if form == "list" else labels.astype(form)
        same(learner.one_hot(given, depth), tf_one_hot(labels, depth), dtype="float32")


@exercise("one_hot")
def test_classes_that_nobody_has(learner):
    """a class that no label names has a column too"""
    for labels, depth in (([0, 2, 2], 3), ([1, 1], 5), ([4, 0], 6)):
        same(learner.one_hot(labels, depth), tf_one_hot(labels, depth), dtype="float32")


@exercise("one_hot")
@pytest.mark.parametrize("labels", [[-1, 0, 1], [0, 3, 2], [5, -2], [-3], [3]])
def test_labels_that_are_no_class(learner, labels):
    """a label outside of the classes gives a row of zeros"""
    for given in (labels, np.array(labels), np.array(labels, np.int32)):
        same(learner.one_hot(given, 3), tf_one_hot(labels, 3), dtype="float32")
