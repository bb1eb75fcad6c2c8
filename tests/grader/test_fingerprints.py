"""A bundle has no mistakes.py, and names the mistake all the same."""

import shutil

import numpy as np
import pytest

from grader import course, fingerprints
from grader.fingerprinting import take
from grader.practice.desk import Desk

SUMS = "exercises/ch01_sums/sums.py"


@pytest.fixture
def bundle(small_course, monkeypatch):
    """The small course as a learner has it: fingerprints, no solutions, no hidden tests."""
    given = course.read(small_course)
    chapter = given.chapters[0]
    given.fingerprints(chapter).write_bytes(take(given, chapter))
    shutil.rmtree(small_course / "solutions")
    shutil.rmtree(small_course / "tests")
    monkeypatch.chdir(small_course)
    return given


def diagnosis(bundle, name, code):
    """What a learner is told who has written this."""
    path = bundle.root / SUMS
    stub = f'raise NotImplementedError("{name} is still to do")'
    path.write_text(path.read_text("utf-8").replace(stub, code), "utf-8")
    desk = Desk.of(bundle)
    desk.refresh()
    return {v.diagnosis for v in desk.standings[name].verdicts if v.status == "failed"}


@pytest.mark.parametrize(
    "code",
    ["return x - y", "return np.subtract(x, y)", "y = -y; return float(x) + y if 0 else x + y"],
)
def test_a_mistake_is_known_by_its_answers_however_it_is_written(bundle, code):
    assert diagnosis(bundle, "add", code) == {"You subtract: write + where there is a -."}


@pytest.mark.parametrize("code", ["return x / y", "return x + y + 1", "return None", "1 / 0"])
def test_of_another_mistake_nothing_is_said(bundle, code):
    assert diagnosis(bundle, "add", code) == {""}


def test_nothing_is_said_of_right_answers(bundle):
    assert diagnosis(bundle, "add", "return y + x") == set()


def test_no_source_of_a_mistake_is_in_the_file(bundle):
    path = bundle.fingerprints(bundle.chapters[0])
    known = fingerprints.of(path)
    assert [f.exercise for f in known] == ["add", "add", "total", "total"]
    assert b"np.asarray" not in path.read_bytes()


@pytest.mark.parametrize("content", [b"", b"x\x9cnothing", "half"])
def test_a_file_that_does_not_fit_counts_as_none(bundle, content):
    path = bundle.fingerprints(bundle.chapters[0])
    path.write_bytes(path.read_bytes()[:40] if content == "half" else content)
    assert fingerprints.of(path) == ()
    assert diagnosis(bundle, "add", "return x - y") == {""}


def test_the_same_course_gives_the_same_file(small_course):
    given = course.read(small_course)
    assert take(given, given.chapters[0]) == take(given, given.chapters[0])


def test_of_a_large_answer_some_values_and_the_shape_are_kept():
    large = np.arange(1000.0).reshape(10, 100)
    kind, shape, values = fingerprints._sample(large)
    assert (kind, shape, len(values)) == ("array", [10, 100], fingerprints.MOST_VALUES)
    assert (values[0], values[-1]) == (0, 999)
