"""What counts as the right answer, and what a wrong one is told."""

import numpy as np
import pytest

from grader import calls
from grader.compare import Mismatch, alike, same, settle

INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (0.5, 0.5),
        (np.float32(0.5), 0.5),
        (np.array(0.5), 0.5),
        (1, 1.0),
        (2.0, 2),
        (np.array([1.0, 2.0]), [1, 2]),
        (np.array([1, 2], np.uint8), [1.0, 2.0]),
        (np.float32(1 / 3), 1 / 3),
        (0.7310586, 0.7310585786300049),
        ((np.ones(2), 3), ([1, 1], 3)),
        ([np.ones(2), 3], ([1, 1], 3)),
        ({"w": np.ones(1)}, {"w": [1]}),
        (INF, INF),
        (np.array([]), []),
        ("relu", "relu"),
        (np.bool_(True), True),
        (None, None),
    ],
    ids=repr,
)
def test_a_right_answer_in_any_form_is_right(answer, expected):
    same(answer, expected)


def test_a_tensor_is_as_good_as_an_array_unless_one_is_asked_for(tf):
    forms = {
        "tensor": tf.constant([1.0, 2.0]),
        "array": np.array([1.0, 2.0]),
        "variable": tf.Variable([1.0, 2.0]),
    }
    for own, answer in forms.items():
        same(answer, [1, 2])
        for kind in forms:
            if kind == own:
                same(answer, [1, 2], kind=kind)
            else:
                with pytest.raises(Mismatch, match=f"(?i)where an? {kind} is due"):
                    same(answer, [1, 2], kind=kind)


def test_a_sum_has_the_rounding_errors_of_its_terms(rng):
    terms = rng.normal(size=40_000).astype(np.float32)
    terms -= terms.mean(dtype=np.float64)
    due, one_by_one = terms.sum(dtype=np.float64), np.float32(0)
    for term in terms:
        one_by_one += term
    same(one_by_one, due, terms=terms.size)
    with pytest.raises(Mismatch):
        same(one_by_one, due)
    with pytest.raises(Mismatch):
        same(one_by_one + np.float32(1e-3), due, terms=terms.size)


@pytest.mark.parametrize(
    ("answer", "expected", "finding"),
    [
        (None, 1.0, "gave None: is a `return` missing?"),
        ([1.0], [1.0], "gave a list where an array is due: wrap it in np.array(…)"),
        ("1", 1.0, "gave a str where a number is due"),
        (np.ones((1,)), 1.0, "gave a 1-D array where a single number is due"),
        (np.ones((3, 1)), [1, 1, 1], "gave a 2-D array where a 1-D array is due"),
        (np.ones(2), [1, 1, 1], "gave the wrong shape"),
        (1.0, [1.0], "gave a single number where a 1-D array is due"),
        (np.array([]), [1.0], "gave the wrong shape"),
        (True, 1, "gave True or False where a number is due"),
        (np.array([True]), [1], "gave True or False where a number is due"),
        (1, True, "gave an int where a bool is due"),
        (np.array([1], object), [1], "gave values of type object where int64 is due"),
        (1 + 0j, 1.0, "gave a complex where a number is due"),
        (np.array([1.0, NAN]), [1.0, 2.0], "gave nan"),
        (np.array([INF]), [1.0], "gave inf"),
        (0.0, INF, "gave the wrong value"),
        (-INF, INF, "gave the wrong value"),
        (NAN, NAN, "gave nan"),
        (1.00001, 1.0, "gave the wrong value"),
        (np.float16(1 / 3), 1 / 3, "gave the wrong value"),
        (np.array([1, 3]), [1, 2], "gave the right shape, but wrong values"),
        (1.0, (1.0, 2.0), "gave a float where 2 results are due"),
        ((1.0,), (1.0, 2.0), "gave 1 result where 2 are due"),
        ((1.0, 3.0), (1.0, 2.0), "gave the wrong value in result [1]"),
        ({"b": 1}, {"w": 1}, "gave the wrong keys"),
        ("tanh", "relu", "gave the wrong answer"),
    ],
    ids=repr,
)
def test_a_wrong_answer_is_told_in_which_way(answer, expected, finding):
    with pytest.raises(Mismatch) as caught:
        same(answer, expected)
    assert caught.value.finding == finding


@pytest.mark.parametrize("cheat", ["always equal", "subclass", "float", "masked"])
def test_an_object_that_claims_to_be_equal_is_not_believed(cheat):
    class Agrees:
        def __eq__(self, other):
            return True

        def __float__(self):
            return 1.0

        def __array__(self, dtype=None, copy=None):
            return np.array(1.0)

    class Lies(np.ndarray):
        def __eq__(self, other):
            return np.ones(self.shape, bool)

        def __ne__(self, other):
            return np.zeros(self.shape, bool)

    answers = {
        "always equal": Agrees(),
        "float": [Agrees()],
        "subclass": np.array([5.0]).view(Lies),
        "masked": np.ma.array([5.0], mask=[True]),
    }
    with pytest.raises(Mismatch):
        same(answers[cheat], [1.0])


def test_the_worst_value_is_named_with_its_place_and_the_count():
    with pytest.raises(Mismatch) as caught:
        same(np.array([[1.0, 2.5], [9.0, 4.0]]), [[1, 2], [3, 4]])
    assert caught.value.details == ("2 of 4 values are wrong, worst at [1, 0]: yours 9, expected 3")


@pytest.mark.parametrize(
    ("answer", "dtype", "right"),
    [
        (np.array([1, 0]), "integer", True),
        (np.array([1.0, 0.0]), "integer", False),
        (np.array([1.0, 0.0]), "floating", True),
        (np.array([1, 0]), "floating", False),
        (np.array([1, 0], np.float32), "float32", True),
        (np.array([1, 0], np.float64), "float32", False),
        (True, "integer", False),
    ],
    ids=repr,
)
def test_a_type_is_held_to_where_it_is_asked_for(answer, dtype, right):
    expected = np.ones_like(answer) if np.ndim(answer) == 0 else [1, 0]
    if right:
        same(answer, expected, dtype=dtype)
    else:
        with pytest.raises(Mismatch):
            same(answer, expected, dtype=dtype)


def test_nan_is_right_only_in_the_same_place_and_only_when_asked():
    same(np.array([NAN, 1.0]), [NAN, 1.0], nan=True)
    with pytest.raises(Mismatch):
        same(np.array([1.0, NAN]), [NAN, 1.0], nan=True)


def call(**more):
    return calls.Call("dense", ("a_prev", "W"), (np.ones(5), np.ones((5, 3))), **more)


def test_the_message_shows_the_call_by_names_and_shapes():
    with calls.recording():
        made = call(value=np.zeros(3))
        calls.note(made)
        with pytest.raises(Mismatch) as caught:
            same(made.value, np.ones(3))
    assert str(caught.value).startswith("dense(a_prev (5,), W (5, 3)) gave the right shape, but")


def test_a_part_of_an_answer_is_traced_to_its_call():
    with calls.recording():
        made = call(value=(np.zeros(3), 1.0))
        calls.note(made)
        with pytest.raises(Mismatch) as caught:
            same(made.value[0], np.ones(3))
    assert caught.value.call is made


@pytest.mark.parametrize("answer", [(np.zeros(3), 1.0), [1.0, np.zeros(3)], {"a": np.zeros(3)}])
def test_a_part_of_an_answer_is_judged_as_one(answer):
    parts = answer.values() if isinstance(answer, dict) else answer
    part = next(each for each in parts if isinstance(each, np.ndarray))
    with calls.recording():
        calls.note(call(value=answer, warned=("overflow encountered in exp",)))
        with pytest.raises(Mismatch, match="overflow"):
            same(part, np.zeros(3))


def test_a_warning_comes_before_the_values_and_a_changed_argument_after_them():
    with calls.recording():
        both = call(value=np.zeros(3), warned=("overflow encountered in exp",), changed=(1,))
        calls.note(both)
        with pytest.raises(Mismatch, match="warned: overflow"):
            same(both.value, np.ones(3))
        changed = call(value=np.zeros(3), changed=(1,))
        calls.note(changed)
        with pytest.raises(Mismatch, match="wrong values"):
            same(changed.value, np.ones(3))
        with pytest.raises(Mismatch, match="changed its argument W in place"):
            same(changed.value, np.zeros(3))


def test_every_call_of_a_test_is_held_to_its_duties_in_the_end():
    settle([call(value=1.0)])
    with pytest.raises(Mismatch, match="changed its argument a_prev"):
        settle([call(value=1.0), call(value=1.0, changed=(0,))])


def test_alike_is_about_form_and_value_and_on_demand_about_the_kind_of_number():
    assert alike(np.float32(0.1), 0.1)
    assert alike((1.0, [2.0]), [1.0, (2.0,)])
    assert not alike(np.ones((2, 1)), np.ones(2))
    assert not alike(True, 1)
    assert alike(1, 1.0)
    assert not alike(1, 1.0, kinds=True)
    assert alike(NAN, NAN)
