"""Examples for chapter 2, small enough to check by hand."""

import numpy as np
import pytest

from grader.compare import same
from grader.plugin import exercise


@exercise("as_row")
def test_a_pot_is_a_row(learner):
    # two numbers become one row of two columns, and whole degrees become floats
    same(learner.as_row([180, 90]), [[180, 90]], dtype="float32")


@exercise("as_row")
def test_half_a_degree(learner):
    # NumPy makes float64 of these by itself; float32 is asked for
    same(learner.as_row(np.array([180.5, 90.0])), [[180.5, 90]], dtype="float32")


@exercise("as_row")
def test_a_row_stays_a_row(learner):
    # (1, 2) stays (1, 2): no third pair of brackets
    same(learner.as_row(np.array([[180.0, 90.0]])), [[180, 90]], dtype="float32")


@exercise("as_row")
def test_two_pots_are_not_one(learner):
    # flattened, they would be one pot with four inputs: 180, 90, 150, 60
    with pytest.raises(ValueError):
        learner.as_row([[180, 90], [150, 60]])


@exercise("to_tensor")
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_the_type_asked_for(learner, dtype):
    # a table of float64, (2, 2)
    table = np.array([[180.0, 90.0], [150.0, 60.0]])
    same(learner.to_tensor(table, dtype), [[180, 90], [150, 60]], dtype=dtype, kind="tensor")


@exercise("to_tensor")
def test_cut_not_rounded(learner):
    # what stands behind the point goes, also below 0
    same(learner.to_tensor(np.array([2.9, -2.9]), "int64"), [2, -2], dtype="int64", kind="tensor")


@exercise("to_tensor")
def test_every_digit_of_an_integer(learner):
    # 2²⁴ + 1 = 16777217 is the first whole number that float32 has no room for; int64 has
    answer = learner.to_tensor(np.array([16777217]), "int64")
    same(answer, [16777217], dtype="int64", kind="tensor")
    assert int(answer[0]) == 16777217, f"16777217 became {int(answer[0])} on its way to int64"


@exercise("to_array")
def test_a_tensor_becomes_an_array(learner, tf):
    # the shape (2, 2) and float32 stay
    tensor = tf.constant([[180.0, 90.0], [150.0, 60.0]])
    same(learner.to_array(tensor), [[180, 90], [150, 60]], dtype="float32", kind="array")


@exercise("to_array")
def test_integers_stay_integers(learner, tf):
    same(learner.to_array(tf.constant([180, 90])), [180, 90], dtype="int32", kind="array")


@exercise("to_array")
def test_a_variable_becomes_an_array(learner, tf):
    weights = tf.Variable([0.02, 0.03])
    same(learner.to_array(weights), [0.02, 0.03], dtype="float32", kind="array")


@exercise("scale")
def test_one_factor_for_all(learner, tf):
    # 1·5, 2·5, 3·5; a list of one number and the number itself do the same
    tensor = tf.constant([1.0, 2.0, 3.0])
    same(learner.scale(tensor, [5]), [5, 10, 15], dtype="float32", kind="tensor")
    same(learner.scale(tensor, 5), [5, 10, 15], dtype="float32", kind="tensor")


@exercise("scale")
def test_a_factor_for_every_column(learner, tf):
    # °C · 0.02 and min · 0.03: 150·0.02 = 3, 60·0.03 = 1.8; 180·0.02 = 3.6, 90·0.03 = 2.7; ...
    pots = tf.constant([[150.0, 60.0], [180.0, 90.0], [200.0, 120.0]])
    due = [[3, 1.8], [3.6, 2.7], [4, 3.6]]
    same(learner.scale(pots, np.array([0.02, 0.03])), due, dtype="float32", kind="tensor")


@exercise("scale")
def test_integers_give_integers(learner, tf):
    same(learner.scale(tf.constant([[1], [2]]), [10, 20]), [[10, 20], [20, 40]], dtype="int32")


@exercise("scale")
def test_two_types_of_float(learner, tf):
    # 1·0.5 and 3·0.5, a float32 tensor times a float64 tensor
    half = tf.constant([0.5], dtype="float64")
    same(learner.scale(tf.constant([1.0, 3.0]), half), [0.5, 1.5], dtype="float32", kind="tensor")


@exercise("replace_row")
def test_the_middle_one_of_three(learner, tf):
    # the rows before and after stay, and so does the old tensor
    pots = tf.constant([[150.0, 60.0], [170.0, 75.0], [200.0, 120.0]])
    answer = learner.replace_row(pots, 1, [180, 90])
    same(answer, [[150, 60], [180, 90], [200, 120]], dtype="float32", kind="tensor")
    same(pots, [[150, 60], [170, 75], [200, 120]])


@exercise("replace_row")
def test_a_row_is_not_a_column(learner, tf):
    square = tf.constant([[1, 2], [3, 4]])
    same(learner.replace_row(square, 0, [5, 6]), [[5, 6], [3, 4]], dtype="int32", kind="tensor")


@exercise("assign_row")
def test_the_variable_itself(learner, tf):
    weights = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    answer = learner.assign_row(weights, 1, np.array([30.0, 40.0]))
    same(answer, [[1, 2], [30, 40], [5, 6]], dtype="float32")
    assert answer is weights, "return the variable that was passed in, not another one"
    same(weights, [[1, 2], [30, 40], [5, 6]])


@exercise("assign_row")
def test_a_row_of_a_square_variable(learner, tf):
    counts = tf.Variable([[1, 2], [3, 4]])
    same(learner.assign_row(counts, 0, [5, 6]), [[5, 6], [3, 4]], dtype="int32")
    same(counts, [[5, 6], [3, 4]])


@exercise("normalize_images")
def test_from_black_to_white(learner):
    # 0/255 = 0, 51/255 = 0.2, 204/255 = 0.8, 255/255 = 1
    image = np.array([[0, 51], [204, 255]], dtype=np.uint8)
    same(learner.normalize_images(image), [[0, 0.2], [0.8, 1]], dtype="float32")


@exercise("normalize_images")
def test_a_grey_picture_stays_grey(learner):
    # three pictures of 1 × 2 points, and nothing in them is white: 102/255 = 0.4
    images = np.array([[[0, 102]], [[51, 51]], [[204, 0]]], dtype=np.uint8)
    due = [[[0, 0.4]], [[0.2, 0.2]], [[0.8, 0]]]
    same(learner.normalize_images(images), due, dtype="float32")


@exercise("one_hot")
def test_a_one_in_its_column(learner):
    # four classes, so the columns are 0, 1, 2, 3; no label is 2 or 3
    same(learner.one_hot([1, 0, 1], 4), [[0, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]], dtype="float32")


@exercise("one_hot")
def test_an_array_of_bytes(learner):
    # the labels of MNIST come as uint8
    due = [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    same(learner.one_hot(np.array([2, 0, 1], dtype=np.uint8), 3), due, dtype="float32")


@exercise("one_hot")
def test_no_such_class(learner):
    # there are the classes 0 and 1, so -1 and 2 have no column
    same(learner.one_hot(np.array([1, -1, 2]), 2), [[0, 1], [0, 0], [0, 0]], dtype="float32")
