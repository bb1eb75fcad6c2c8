"""A diagnosis is given where a known mistake explains every answer, and only there."""

import math
from dataclasses import replace

import numpy as np
import pytest

from grader import diagnose, several
from grader.calls import Call, Raised, recording
from grader.errors import CourseError
from grader.here import Here
from grader.keeping import kept
from grader.learner import Budget, Learner

MISTAKES = '''
import numpy as np


def add_subtracts(x, y):
    """You subtract:
    write + for -."""
    return x - y


def add_multiplies(x, y):
    """You multiply."""
    return x * y


def add_multiplies_integers(x, y):
    """You multiply, and cut off."""
    return np.asarray(x * y).astype(int)


def add_in_place(x, y):
    """You write into x."""
    x += y
    return x


def add_noisy(x, y):
    """You take a logarithm of 0."""
    np.log(np.zeros(1))
    return x + y


def add_raises(x, y):
    """You ask for too much."""
    raise KeyError(x)


def add_up_first(xs):
    """You stop at the first."""
    return xs[0]


def pack_twice(xs):
    """You put everything in twice."""
    return {"first": iter(xs), "second": iter(xs + xs)}


def pack_nothing(xs):
    """You put nothing in."""
    return {"first": iter(xs), "second": iter([])}


def move_up(v, step):
    """You step up."""
    v.assign_add(step)


def move_twice(v, step):
    """You step down twice."""
    v.assign_sub(2 * step)


def draw_doubles(n):
    """You draw twice as much."""
    return 2 * np.random.random(n)
'''


@pytest.fixture
def mistakes(tmp_path):
    path = tmp_path / "mistakes.py"
    path.write_text(MISTAKES)
    return diagnose.read(path, ["add", "add_up", "draw", "move", "pack"])


def call(x, y, value=None, **more):
    """What a learner's `add` gave, whose calls can be made again."""

    def again(other, stand_in):
        return other.add(*kept((x, y)))

    return Call("add", ("x", "y"), (x, y), value, again=again, **more)


def test_each_function_belongs_to_the_exercise_with_the_longest_fitting_name(mistakes):
    owners = {m.name: m.exercise for m in mistakes}
    assert owners["add_subtracts"] == "add"
    assert owners["add_up_first"] == "add_up"


def test_the_mistake_that_gives_the_learners_answers_is_the_diagnosis(mistakes):
    failed = [call(5.0, 3.0, 2.0), call(1.0, 1.0, 0.0)]
    assert diagnose.explain(mistakes, "add", failed) == "You subtract: write + for -."


def test_one_answer_that_does_not_fit_takes_the_diagnosis_back(mistakes):
    failed = [call(5.0, 3.0, 2.0), call(1.0, 1.0, 7.0)]
    assert diagnose.explain(mistakes, "add", failed) == ""


def test_calls_of_other_functions_say_nothing(mistakes):
    assert diagnose.explain(mistakes, "add", [Call("sub", (), (1.0,), 1.0)]) == ""
    assert diagnose.explain(mistakes, "add", []) == ""


def test_a_float32_answer_is_recognised(mistakes):
    failed = [call(0.1, 0.3, np.float32(0.1) - np.float32(0.3))]
    assert diagnose.explain(mistakes, "add", failed).startswith("You subtract")


def test_the_kind_of_number_decides_between_two_that_give_the_same(mistakes):
    assert diagnose.explain(mistakes, "add", [call(3.0, 3.0, 9.0)]) == "You multiply."
    cut = diagnose.explain(mistakes, "add", [call(3.0, 3.0, 9)])
    assert cut == "You multiply, and cut off."


def test_passed_tests_decide_between_two_that_fit_the_failed_ones(mistakes):
    alike = [call(0.0, 0.0, 0.0), call(2.0, 2.0, 4.0)]
    subset = [m for m in mistakes if m.name in ("add_multiplies", "add_in_place")]
    assert " Or: " in diagnose.explain(subset, "add", alike)
    passed = [call(1.0, 2.0, 3.0)]
    assert diagnose.explain(subset, "add", alike, passed) == "You write into x."


def test_a_changed_argument_and_a_warning_are_part_of_the_answer(mistakes):
    x, y = np.ones(2), np.ones(2) * 3
    changed = call(x, y, x + y, changed=(0,))
    assert diagnose.explain(mistakes, "add", [changed]) == "You write into x."
    warned = call(x, y, x + y, warned=("divide by zero",))
    assert diagnose.explain(mistakes, "add", [warned]) == "You take a logarithm of 0."
    assert x.tolist() == [1, 1], "the replay worked on a copy"


def test_an_exception_is_recognised_by_its_type(mistakes):
    def raising(kind):
        return [call(1.0, 2.0, raised=Raised((kind, "Exception"), "", (), Exception()))]

    assert diagnose.explain(mistakes, "add", raising("KeyError")) == "You ask for too much."
    assert diagnose.explain(mistakes, "add", raising("TypeError")) == ""


@pytest.mark.parametrize("seeds", [[7], [7, 8]])
def test_what_is_random_is_drawn_again_as_it_was(mistakes, seeds):
    failed = []
    for seed in seeds:
        side = Here(lambda: {"draw": lambda n: 2 * np.random.random(n)})
        with recording() as record:
            learner = Learner(side, "work", {}, Budget(math.inf), "draw", seed)
            learner.draw(3)
            learner.draw(2)
        failed += record
    assert diagnose.explain(mistakes, "draw", failed) == "You draw twice as much."


def test_what_is_left_in_a_variable_is_part_of_the_answer(mistakes):
    tf = pytest.importorskip("tensorflow")

    def move(v, step):
        v.assign_add(step)

    learner = Learner(Here(lambda: {"move": move}), "moves", {}, Budget(math.inf), "move")
    with recording() as record:
        learner.move(tf.Variable(1.0), 0.5)
    assert diagnose.explain(mistakes, "move", record) == "You step up."


def test_objects_in_a_dict_are_told_apart_by_what_they_do(mistakes):
    side = Here(lambda: {"pack": lambda xs: {"first": iter(xs), "second": iter(xs + xs)}})
    with recording() as record:
        learner = Learner(side, "work", {}, Budget(math.inf), "pack", 0)
        packed = learner.pack([1, 2])
        assert [*packed["second"]] == [1, 2, 1, 2]
    named = [replace(c, function="pack") for c in record]
    assert diagnose.explain(mistakes, "pack", named) == "You put everything in twice."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('def sub_wrong(x):\n    """So."""\n', "sub_wrong starts with the name of no exercise"),
        ("def add_wrong(x):\n    return x\n", "add_wrong has no docstring"),
    ],
)
def test_a_fault_in_the_mistakes_is_one_line(tmp_path, text, said):
    (tmp_path / "mistakes.py").write_text(text)
    with pytest.raises(CourseError, match=said):
        diagnose.read(tmp_path / "mistakes.py", ["add"])


# Two mistakes at once


def of_two(test, x, y, value):
    """The calls of a test, by its name."""
    return {test: [call(x, y, value)]}


DIFFERENCES = of_two("test_a_pot", 5.125, 3.0, 2.125) | of_two("test_pots[1]", 1.125, 0.5, 0.625)
OTHER = of_two("test_minus", 2.0, -1.0, 100.0)


def test_of_two_mistakes_the_one_is_named_that_shows_alone_in_two_tests(mistakes):
    failed = OTHER | DIFFERENCES
    assert diagnose.explain(mistakes, "add", [c for made in failed.values() for c in made]) == ""
    assert diagnose.explain_apart(mistakes, "add", failed) == (
        "There may be more than one mistake; in “a pot” and “pots” it looks like this: "
        "You subtract: write + for -."
    )


@pytest.mark.parametrize(
    "failed",
    [
        of_two("test_a_pot", 5.125, 3.0, 2.125),  # one test alone
        of_two("test_pots[1]", 5.125, 3.0, 2.125) | of_two("test_pots[2]", 1.125, 1.0, 0.125),
        of_two("test_a", 5.0, 3.0, 2.0) | of_two("test_b", 1.0, 1.0, 0.0),  # any formula gives 2
        of_two("test_a", 5.125, 0.0, 5.125) | of_two("test_b", 1.125, 0.0, 1.125),  # it is right
        of_two("test_a", 5.125, 3.0, 2.5) | of_two("test_b", 1.125, 2.0, 7.25),  # nobody's
    ],
)
def test_less_than_that_names_no_mistake(mistakes, failed):
    assert diagnose.explain_apart(mistakes, "add", OTHER | failed) == ""


def test_whoever_passes_a_test_has_not_made_a_mistake_that_fails_it(mistakes):
    passed = [call(1.0, 2.0, 3.0)]
    assert diagnose.explain_apart(mistakes, "add", OTHER | DIFFERENCES, passed) == ""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (0.7310586, True),
        ([1.0, (0, np.float32(0.125))], True),
        (np.array([3, 5, 8]), True),
        (np.array([0.0, 1.0, -1.0, 2.0, 2.0]), False),
        (0.25, False),
        ({"loss": [np.nan]}, False),
        (None, False),
        ("boot", False),
    ],
)
def test_an_answer_tells_something_if_few_formulas_give_it(answer, said):
    assert several.tells(answer) is said


def test_of_calls_with_objects_nothing_is_said(mistakes):
    """To have every mistake train a model anew, test by test, would take minutes."""
    model = object()
    failed = {test: [Call("add", (), (model, 1.0), 2.5)] for test in ("test_a", "test_b")}
    assert diagnose.explain_apart(mistakes, "add", failed) == ""


def test_a_mistake_that_shows_in_few_of_the_failed_tests_is_not_named():
    shows = {"test_a": "You add 1.", "test_b": "You add 1.", "test_c": ""}
    assert several.explain([*shows], shows.get, bool).endswith("You add 1.")
    assert several.explain([*shows, "test_d", "test_e"], lambda t: shows.get(t, ""), bool) == ""
