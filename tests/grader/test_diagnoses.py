"""What was said of the same answers before: asked of the mistakes once, and never of others."""

import dataclasses

import numpy as np
import pytest

from grader.calls import Call, Raised
from grader.diagnoses import Diagnoses
from grader.learner import ObjectProxy
from grader.wire import Handle

CALL = Call("dense", ("x",), (np.array([1.0, 2.0]),), value=np.array([3.0]))
ERROR = Raised(("ValueError", "Exception"), "no", (), ValueError("no"))
OTHERS = {
    "another argument": {"arguments": (np.array([1.0, 2.5]),)},
    "another value": {"value": np.array([3.5])},
    "another type of numbers": {"value": np.array([3.0], np.float32)},
    "another shape": {"value": np.array([[3.0]])},
    "a list": {"value": [3.0]},
    "an exception": {"value": None, "raised": ERROR},
    "a warning": {"warned": ("overflow encountered in exp",)},
    "a changed argument": {"changed": (0,)},
    "another device": {"device": "CPU:1"},
    "another function": {"function": "softmax"},
}


@pytest.fixture
def asked():
    """The diagnoses of a judge, and how often it had to look for one."""
    known, looked = Diagnoses(), []

    def asked(failed, passed=None, exercise="dense"):
        def find():
            looked.append(exercise)
            return f"diagnosis {len(looked)}"

        return known.of(exercise, failed, passed or {}, find)

    asked.looked = looked
    return asked


def test_the_same_answers_are_looked_into_once(asked):
    again = dataclasses.replace(CALL, value=CALL.value.copy())
    assert asked({"test_a": [CALL]}) == asked({"test_a": [again]}) == "diagnosis 1"
    assert asked.looked == ["dense"]


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_any_other_answer_is_looked_into(asked, change):
    asked({"test_a": [CALL]})
    assert asked({"test_a": [dataclasses.replace(CALL, **change)]}) == "diagnosis 2"


def test_it_matters_which_tests_failed_and_of_what(asked):
    asked({"test_a": [CALL]})
    for record in ({"test_b": [CALL]}, {"test_a": [CALL, CALL]}, {"test_a": []}):
        asked(record)
    asked({}, {"test_a": [CALL]})
    asked({"test_a": [CALL]}, {"test_b": [CALL]})
    asked({"test_a": [CALL]}, exercise="softmax")
    assert len(asked.looked) == 7


def test_calls_with_objects_are_looked_into_each_time(asked):
    model = ObjectProxy(None, Handle(0, "Model"), "Model", "Model")
    for call in (dataclasses.replace(CALL, value=model), dataclasses.replace(CALL, target=model)):
        assert asked({"test_a": [call]}) != asked({"test_a": [call]})
