"""Methods as exercises, a stub that is whole and wrong, and names that a chapter forbids."""

import re
import shutil
from pathlib import Path

import pytest

from grader import course, source, stubs
from grader.bench import Settings
from grader.errors import CourseError
from grader.judge import Judge

COURSE = Path(__file__).parent / "stack_course"
HEAD = """import statistics
import math


class Stack:
    def __init__(self):
        self.pile = []
"""
PUSH = "    def push(self, x):\n        self.pile.append(x)\n"
TOTAL = "    def total(self):\n        return float(sum(self.pile))\n"
MEND = "def mend(x, y):\n    return x - y\n"
MIDDLE = "def middle(xs):\n    return statistics.median(xs)\n"
RIGHT = HEAD + PUSH + TOTAL + MEND + MIDDLE
WHY = "this chapter is written without {}: adding up is what you write here"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("stack") / "course"
    shutil.copytree(COURSE, root)
    for stale in stubs.stale(course.read(root)):
        stubs.renew(stale)
    return root


@pytest.fixture(scope="module")
def grade(root):
    """Grade source in a folder of its own as exercises/ has it; returns the exercises by name."""
    with Judge(course.read(root), Settings()) as judge:

        def grade(text, *exercises):
            path = root.parent / "work" / "piles.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            return {e.id: e for e in judge.grade(path.parent, exercises).exercises}

        yield grade


@pytest.fixture
def run(root, tmp_path, learners_pytest):
    """Run a learner's own tests on source; returns what was printed."""

    def run(text, *options):
        work = tmp_path / "piles.py"
        work.write_text(text)
        asked = "exercises/", f"--kata-learner={work}", *options
        return learners_pytest(root, *asked, COLUMNS="200").stdout

    return run


def told(exercise):
    return [exercise.message, *(test.message for test in exercise.tests if test.message)]


def test_a_module_with_a_name_of_its_own_is_found(grade):
    assert {name: e.status for name, e in grade(RIGHT).items()} == {
        "Stack.push": "passed",
        "Stack.total": "passed",
        "mend": "passed",
        "middle": "passed",
    }


# Methods


def test_a_wrong_method_costs_itself_alone(grade):
    marked = grade(RIGHT.replace("self.pile.append(x)", "self.pile = [x]"))
    assert marked["Stack.push"].status == "failed"
    assert marked["Stack.total"].status == "passed"
    assert marked["Stack.total"].supplied == ("Stack.push",)


def test_the_reference_of_a_method_brings_no_other_with_it(grade):
    """A learner cannot have `total` from the class that `push` was lent from."""
    borrowed = (
        "        lent = type(self).push.__globals__['Stack']\n        return lent.total(self)\n"
    )
    work = RIGHT.replace("self.pile.append(x)", "self.pile = [x]")
    marked = grade(work.replace("        return float(sum(self.pile))\n", borrowed))
    assert marked["Stack.total"].status == "failed"
    text = (COURSE / "solutions/ch01_stack/piles.py").read_text()
    supplied = source.excerpt(text, ["Stack.push"])
    assert "def push" in supplied
    assert "def __init__" in supplied
    assert "def total" not in supplied


def test_an_unwritten_method_blocks_what_needs_it(run, root):
    stub = (root / "exercises/ch01_stack/piles.py").read_text()
    done = stub.replace(
        'raise NotImplementedError("total is still to do")', "return float(sum(self.pile))"
    )
    assert "○ Stack.push  ⊘ Stack.total (blocked by Stack.push)" in run(done)


def test_a_method_may_be_inherited_and_a_missing_one_is_said(grade):
    below = RIGHT.replace("class Stack:", "class Base:").replace(
        "def mend", "class Stack(Base):\n    pass\n\n\ndef mend"
    )
    assert grade(below, "Stack.total")["Stack.total"].status == "passed"
    marked = grade(RIGHT.replace("def total", "def sum_up"))["Stack.total"]
    assert marked.status == "failed"
    assert "has no attribute 'total'" in marked.tests[0].message


def test_a_wrong_signature_of_a_method_is_told_without_self(grade):
    marked = grade(RIGHT.replace("def total(self)", "def total(self, numbers)"))["Stack.total"]
    assert marked.status == "error"
    assert "Stack.total takes 1 argument where Stack.total() is due" in marked.message


def test_a_mistake_in_a_method_is_named(grade):
    marked = grade(RIGHT.replace("self.pile.append(x)", "self.pile.insert(0, x)"))
    assert {t.diagnosis for t in marked["Stack.push"].tests if t.status == "failed"} == {
        "You put it under the pile: append puts it on top."
    }


# A stub that is whole


def test_a_whole_stub_is_to_do_and_shows_its_symptom(run, root, grade):
    stub = (root / "exercises/ch01_stack/piles.py").read_text()
    assert "    return y - x\n" in stub
    printed = run(stub, "-k", "mend")
    assert "1 skipped" in printed
    assert "mend(x=5, y=3) gave the wrong value\n  yours -2, expected 2\n" in printed
    assert re.search("next: mend", printed)
    assert grade(stub, "mend")["mend"].status == "todo"
    assert grade("\n\n# mine\n" + stub, "mend")["mend"].status == "todo"


def test_a_whole_stub_waits_for_its_turn(run, root):
    """What comes before it is to do: nobody has to import what it imports just yet."""
    stub = (root / "exercises/ch01_stack/piles.py").read_text()
    printed = run(stub)
    assert "4 skipped" in printed
    assert "gave the wrong value" not in printed
    assert re.search("next: Stack.push", printed)


def test_the_reference_is_tested_although_the_stubs_are_to_do(root, learners_pytest):
    """Side by side in one run: the stubs for the visible tests, the reference for the hidden."""
    done = learners_pytest(root, "exercises", "tests/hidden", "-q")
    assert "4 passed, 4 skipped" in done.stdout


def test_a_whole_stub_that_somebody_has_touched_is_wrong_or_right(run, root, grade):
    stub = (root / "exercises/ch01_stack/piles.py").read_text()
    touched = stub.replace("return y - x", "return abs(x - y)")
    marked = grade(touched, "mend")["mend"]
    assert marked.status == "failed"
    assert "You give the distance" in marked.tests[-1].diagnosis
    assert "✘ mend" in run(touched.replace("abs(x - y)", "y * x"), "-k", "mend")
    assert grade(stub.replace("y - x", "x - y"), "mend")["mend"].status == "passed"


def test_what_comes_instead_has_to_be_python():
    solution = (
        "def f(x):\n    # BEGIN SOLUTION\n    return x\n    # INSTEAD\n    # retrun\n    # x +\n"
    )
    with pytest.raises(CourseError, match="its stub is no Python"):
        stubs.stub(solution + "    # END SOLUTION\n", Path("f.py"))


# What is forbidden


@pytest.mark.parametrize(
    ("total", "name"),
    [
        ("return math.fsum(self.pile)", "math.fsum"),
        ("return statistics.mean(self.pile) * len(self.pile)", "statistics"),
        ("from statistics import fmean\n        return fmean(self.pile)", "statistics"),
    ],
)
def test_the_source_names_the_line_and_the_reason(grade, run, total, name):
    work = RIGHT.replace("return float(sum(self.pile))", total)
    marked = grade(work, "Stack.total")["Stack.total"]
    assert (marked.status, marked.score) == ("failed", 0)
    assert marked.message == f"piles.py:11: {WHY.format(name)}"
    printed = " ".join(run(work, "-k", "Stack").split())
    assert f"piles.py:11: {WHY.format(name)}" in printed


@pytest.mark.parametrize(
    ("total", "name"),
    [
        ("return getattr(math, 'fs' + 'um')(self.pile)", "math.fsum"),
        ("return vars(math)['fsum'](self.pile)", "math.fsum"),
        ("return __import__('math').fsum(self.pile)", "math.fsum"),
        ("import sys; return getattr(sys.modules['math'], 'fsum')(self.pile)", "math.fsum"),
        ("return getattr(__import__('stat' + 'istics'), 'fmean')(self.pile)", "statistics"),
        ("import importlib as i; return i.import_module('statistics').fmean([1])", "statistics"),
    ],
)
def test_another_way_to_the_name_raises_in_the_worker(grade, total, name):
    marked = grade(RIGHT.replace("return float(sum(self.pile))", total), "Stack.total")
    assert marked["Stack.total"].status == "failed"
    assert all(WHY.format(name) in test.message for test in marked["Stack.total"].tests)


def test_what_is_allowed_to_one_exercise_is_not_to_another(grade):
    marked = grade(RIGHT.replace("return x - y", "return statistics.fsum([x, -y])"))
    assert marked["middle"].status == "passed"
    assert marked["mend"].status == "failed"


def test_a_local_name_that_is_called_alike_is_no_use(grade):
    work = RIGHT.replace("def mend(x, y):", "def mend(x, statistics):").replace(
        "- y", "- statistics"
    )
    assert grade(work, "mend")["mend"].status == "passed"


def test_what_a_neighbour_uses_is_no_use_of_ones_own(grade):
    plot = (
        "\n\nAVERAGE = statistics.mean([1, 2])\n\n\ndef plot(xs):\n    return statistics.mean(xs)\n"
    )
    assert grade(RIGHT + plot, "Stack.total")["Stack.total"].status == "passed"


def test_what_a_function_calls_counts_as_its_own(grade):
    work = RIGHT.replace("return x - y", "return add([x, -y])")
    work += "\n\nA = math\n\n\ndef add(xs):\n    return A.fsum(xs)\n"
    marked = grade(work, "mend")["mend"]
    assert re.fullmatch(rf"piles.py:\d+: {WHY.format('math.fsum')}", told(marked)[0])
