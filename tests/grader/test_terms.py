"""Exercises that lack nothing by another one's terms are tested in its worker, and no others."""

import contextlib
import re
import shutil

import numpy as np
import pytest

from grader import course as courses
from grader import given, sandbox, wire
from grader.confined import Confined, Unavailable
from grader.learner import Budget, Learner
from grader.sandbox import Limits
from grader.session import Session
from grader.sources import OWN
from grader.submission import read
from grader.terms import forbidden, shared

ASKED = frozenset({"weighted_sum", "sigmoid", "dense"})
SIGMOID = "import numpy as np\n\ndef sigmoid(z):\n    return (1 + np.tanh(np.divide(z, 2))) / 2\n"
DENSE = "\ndef dense(a_prev, W, b):\n    return sigmoid(np.asarray(a_prev) @ W + b)\n"


@pytest.fixture
def sharing(course, tmp_path):
    """Hand in files; returns which of some exercises share whose terms."""

    def sharing(files, exercises=ASKED):
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        one = tmp_path / next(iter(files)) if len(files) == 1 else tmp_path
        return shared(course, read(one, course.modules), exercises)

    return sharing


def test_exercises_of_one_file_share_what_the_strictest_lacks(course, sharing):
    terms = forbidden(course, "sigmoid")
    assert {*terms} - {*forbidden(course, "dense")} == {OWN}
    assert sharing({"work.py": SIGMOID + DENSE}) == dict.fromkeys(ASKED, terms)


@pytest.mark.parametrize("named", ["# as in grader.given", "import scipy", "tf = 'tensorflow'"])
def test_what_names_a_ban_shares_nothing(sharing, named):
    assert sharing({"work.py": f"{named}\n{SIGMOID}{DENSE}"}) == {}


def test_a_file_beside_that_names_a_ban_counts_too(sharing):
    files = {"neuron.py": SIGMOID, "more.py": "import grader"}
    assert sharing(files) == {}


def test_another_file_has_another_worker(sharing):
    files = {"neuron.py": SIGMOID, "forward.py": DENSE}
    assert {*sharing(files)} == {"weighted_sum", "sigmoid"}


def test_where_nothing_given_is_asked_for_there_is_nothing_to_share(sharing):
    assert sharing({"work.py": SIGMOID + DENSE}, frozenset({"weighted_sum", "dense"})) == {}


def test_other_bans_keep_exercises_apart(sharing):
    apart = {"dense_vectorized", "MySequential.fit"}
    assert {*sharing({"work.py": SIGMOID + DENSE}, ASKED | apart)} == ASKED


@pytest.mark.parametrize(("comment", "calls"), [("", r"[1-9]\d*"), ("# no grader", "0")])
def test_work_is_marked_in_one_worker_or_in_two(judge, tmp_path, comment, calls):
    counted = SIGMOID.replace("    return", "    calls.append(z)\n    return")
    told = "\ndef dense(a_prev, W, b):\n    raise ValueError(f'{len(calls)} calls')\n"
    path = tmp_path / "work.py"
    path.write_text(f"calls = []\n{counted}{told}{comment}")
    sigmoid, dense = judge.grade(path, ["sigmoid", "dense"]).exercises
    assert sigmoid.status == "passed"
    first = next(test for test in dense.tests if test.visibility == "visible")
    assert re.search(rf"raised ValueError: {calls} calls", first.message), first.message


# Who may not share


def test_tests_that_pass_given_functions_are_seen(course):
    names = {"sigmoid", "weighted_sum", "neuron", "dense", "dense_layer", "tlu"}
    with contextlib.closing(Session(course, names, 0)) as session:
        assert session.lending == {"neuron", "dense_layer"}


TEST = """
import functools
from grader import given, items
{before}
@items.exercise("add")
{mark}
def test_more(learner{taken}):
    {first}
    learner.add({passed}, 1)
"""
LENDING = {
    "by its name": {"passed": "given.step"},
    "in a table": {"before": "TABLE = {'step': [given.step]}", "passed": "TABLE['step'][0]"},
    "from a function": {"before": "def g():\n    return given.step", "passed": "g()"},
    "from a class": {"before": "class Kit:\n    g = given.step", "passed": "Kit.g"},
    "within another": {"before": "PART = functools.partial(given.step)", "passed": "PART.func"},
    "as a parameter": {
        "mark": "@pytest.mark.parametrize('g', [given.step])", "taken": ", g", "passed": "g",
    },
    "as a default": {"taken": ", g=given.step", "passed": "g"},
    "as a fixture": {
        "before": "@pytest.fixture\ndef g():\n    return given.step", "taken": ", g", "passed": "g",
    },
    "from a module within": {"before": "from grader.probes import cubic", "passed": "cubic"},
    "imported on the spot": {"first": "from grader.given import step", "passed": "step"},
}  # fmt: skip


AROUND = """
def around(test):
    def inside(learner):
        return test(learner) or late
    if test is None:
        late = given.step
    return inside
"""
NOT_LENDING = {
    "not at all": {},
    "by a name around it that has no value": {"before": AROUND, "mark": "@around"},
}


@pytest.mark.parametrize(
    "way", [*NOT_LENDING.values(), *LENDING.values()], ids=NOT_LENDING | LENDING
)
def test_however_a_test_comes_by_what_it_passes_it_is_seen(plain_course, tmp_path, way):
    root = tmp_path / "course"
    shutil.copytree(plain_course, root)
    nothing = {"before": "", "mark": "", "taken": "", "first": "pass", "passed": "0"}
    with (root / "tests/hidden/test_sums.py").open("a") as file:
        file.write(TEST.format(**nothing | way))
    with contextlib.closing(Session(courses.read(root), {"add", "total"}, 0)) as session:
        assert session.lending == ({"add"} if way in [*LENDING.values()] else set())


@pytest.mark.skipif(not sandbox.SUPPORTED, reason="there are no zygotes here")
def test_a_test_that_was_not_seen_is_the_graders_trouble(shared_zygotes):
    work = wire.Module("work", (wire.Cell("work.py", "def f(g, x):\n    return g(x)\n"),))
    zygote = shared_zygotes(("numpy",), (), ())
    for bans in ({}, {OWN: "it is yours"}):
        confined = Confined(zygote, wire.Load((work,), forbidden=bans), Limits(), 10)
        learner = Learner(confined, "work", {}, Budget(10), "f")
        with contextlib.closing(confined):
            if not bans:
                assert learner.f(given.step, np.ones(1)) == 1
                continue
            with pytest.raises(Unavailable, match=r"^a test passes grader.given.step to what is "):
                learner.f(given.step, np.ones(1))
