"""A bundle has no mistakes.py, and names the mistake all the same."""

import contextlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from grader import course, fingerprints
from grader.calls import Call, Raised
from grader.diagnose import read
from grader.fingerprinting import Mistaken, Undiagnosed, take
from grader.fingerprints import Fingerprint
from grader.inprocess import InProcess
from grader.practice.desk import Desk
from grader.session import Session

ROOT = Path(__file__).parents[2]
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


def answer(value):
    """A call of `add` that gave this."""
    return Call("add", ("x", "y"), (1, 2), value=value)


def known(explanation, *, failed, **answers):
    """A mistake of `add`, by its answer to each test."""
    tests = {test: fingerprints.of_calls([answer(given)], "add") for test, given in answers.items()}
    return Fingerprint("add", explanation, tests, failed)


def test_a_mistake_that_passes_a_test_is_not_what_fails_it():
    # a list and a tuple are one answer here; the test knows better
    mistakes = [
        known("Your tuple is a list.", failed=("form",), form=[3]),
        known("You forgot to raise.", failed=("error",), form=(3,), error=3),
    ]
    assert fingerprints.explain(mistakes, "add", {"form": [answer([3])]}, {}) == (
        "Your tuple is a list."
    )


def test_what_the_learner_passes_tells_two_mistakes_apart():
    mistakes = [
        known("You drop what is below 0.", failed=("minus", "plus"), minus=0, plus=4),
        known("You add 1.", failed=("plus",), minus=0, plus=4),
    ]
    failed, passed = {"plus": [answer(4)]}, {"minus": [answer(0)]}
    assert fingerprints.explain(mistakes, "add", failed, passed) == "You add 1."


def test_a_race_that_is_lost_besides_hides_no_mistake():
    # races are run on no mistake, so nothing is known of them
    mistakes = [known("You add 1.", failed=("plus",), plus=4)]
    failed = {"plus": [answer(4)], "race": [answer(4), answer(9)]}
    assert fingerprints.explain(mistakes, "add", failed, {}) == "You add 1."


def test_of_two_mistakes_the_one_is_named_that_shows_alone_in_two_tests():
    mistakes = [
        known("You add 1.", failed=("minus", "plus"), minus=-2.125, plus=4.375, pot=0),
        known("You take the root.", failed=("pot",), minus=0, plus=0, pot=9.375),
    ]
    failed = {"minus": [answer(-2.125)], "pot": [answer(77.5)], "plus": [answer(4.375)]}
    assert fingerprints.explain(mistakes, "add", failed, {}) == (
        "There may be more than one mistake; in “minus” and “plus” it looks like this: You add 1."
    )


def test_one_test_of_several_that_fail_names_no_mistake():
    mistakes = [known("You add 1.", failed=("plus", "pot"), plus=4.375, pot=1.125)]
    failed = {"plus": [answer(4.375)], "pot": [answer(77.5)]}
    assert fingerprints.explain(mistakes, "add", failed, {}) == ""


def test_an_answer_that_another_mistake_gives_too_may_be_right():
    def made(first):
        return {"minus": [answer(first), answer(3.125)], "plus": [answer(first), answer(4.375)]}

    def takes(first):
        tests = {test: fingerprints.of_calls(calls, "add") for test, calls in made(first).items()}
        return Fingerprint("add", f"You add {first}.", tests, ("minus", "plus"))

    failed = made(1) | {"pot": [answer(77.5)]}
    other = known("You forget the pot.", failed=("pot",), pot=0)
    assert "You add 1." in fingerprints.explain([takes(1), other], "add", failed, {})
    assert fingerprints.explain([takes(1), takes(2), other], "add", failed, {}) == ""


def raising(text):
    """A call of `add` that raised a TypeError with this text."""
    error = TypeError(text)
    return Call("add", ("x", "y"), (1, 2), raised=Raised(("TypeError",), text, (), error))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unsupported operand type(s) for -: 'int' and 'str'", "You subtract a text."),
        ("unsupported operand types for -: 'int' and 'str'", "You subtract a text."),
        ("'int' object is not callable", ""),
    ],
)
def test_errors_of_one_type_are_told_apart_by_their_words(text, said):
    known = raising("unsupported operand type(s) for -: 'int' and 'str'")
    tests = {"minus": fingerprints.of_calls([known], "add")}
    mistakes = [Fingerprint("add", "You subtract a text.", tests, ("minus",))]
    assert fingerprints.explain(mistakes, "add", {"minus": [raising(text)]}, {}) == said


@pytest.fixture(scope="module")
def neuron(tmp_path_factory):
    """The first chapter of this course: what fails of a file or a mistake, and what is said."""
    given = course.read(ROOT)
    chapter = given.chapters[0]
    path = tmp_path_factory.mktemp("bundle") / "fingerprints.bin"
    path.write_bytes(take(given, chapter))
    taken = fingerprints.of(path)
    names = [exercise.name for exercise in chapter.exercises]

    def said(bench, asked=frozenset(names)):
        run = Undiagnosed(given, bench, races=False)
        session.run(run, asked, visible_only=True)
        failed = {v.test: v.exercise for v in run.verdicts if v.status == "failed"}
        told = set()
        for name in set(failed.values()):
            calls = run.calls_of(name)
            wrong = {test: made for test, made in calls.items() if test in failed}
            right = {test: made for test, made in calls.items() if test not in failed}
            told.add(fingerprints.explain(taken, name, wrong, right))
        return set(failed), told

    with contextlib.closing(Session(given, names, 0)) as session:
        yield given, chapter, names, said


def test_every_mistake_of_a_chapter_is_named_by_visible_tests_alone(neuron):
    given, chapter, names, said = neuron
    missed = []
    for mistake in read(given.mistakes(chapter), names):
        _, told = said(Mistaken(given, chapter, mistake), frozenset([mistake.exercise]))
        if told != {mistake.explanation}:
            missed.append(mistake.name)
    assert missed == []


@pytest.mark.parametrize(
    "path", ["solutions/ch01_neuron/neuron.py", "neuron_einsum.py", "neuron_float32.py"]
)
def test_no_right_way_to_write_a_chapter_is_called_a_mistake(neuron, path):
    given, _, _, said = neuron
    folder = ROOT if "/" in path else ROOT / "tests/grader/alternatives"
    assert said(InProcess(given, folder / path)) == (set(), set())
