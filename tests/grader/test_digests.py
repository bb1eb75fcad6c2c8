"""What has changed in a course is marked again, and what has not is left alone."""

import pytest

from grader import course as courses
from grader import digests

ALL = {"add", "total", "Counter"}
MANIFEST = "exercises/course.toml"
VISIBLE, HIDDEN = "exercises/ch01_sums/test_sums.py", "tests/hidden/test_sums.py"
SOLUTION, MISTAKES = "solutions/ch01_sums/sums.py", "solutions/ch01_sums/mistakes.py"
BASELINE = "exercises/ch01_sums/baseline.py"

GATE = """
[[chapter.exercise.gates]]
baseline = "add_loop"
axes = ["numbers"]
sizes = [[10], [1000]]
over = 3
under = 10
"""
AIDED = """

EXPECTED = 4.0


def four():
    return EXPECTED


def nobody():
    return 1


@exercise("Counter")
def test_four(learner):
    assert learner.Counter().up(4) == four()


@pytest.fixture
def seven():
    return 7


class TestTotals:
    @exercise("total")
    def test_nothing(self, learner):
        assert learner.total([]) == 0
"""
LOOPS = """
def add_loop(x, y):
    return [a + b for a, b in zip(x, y)]


def total_loop(xs):
    return sum(xs)
"""


@pytest.fixture
def edited(small_course):
    """Replace a text in a file of the course, and say for which exercises anything has changed."""

    def edited(file, old, new):
        before = digests.of_exercises(courses.read(small_course), ALL, 10.0)
        replace(small_course / file, old, new)
        after = digests.of_exercises(courses.read(small_course), ALL, 10.0)
        return {name for name in ALL if before[name] != after[name]}

    return edited


@pytest.fixture
def aided(small_course):
    """Give the hidden tests functions, a fixture and a class."""
    (small_course / HIDDEN).open("a").write(AIDED)


@pytest.fixture
def gated(small_course):
    """Have `add` race against a loop."""
    (small_course / BASELINE).write_text(LOOPS)
    hints = 'hints = ["Python can do it.", "There is a sign for it.", "x + y"]'
    replace(small_course / MANIFEST, hints, hints + GATE)


def replace(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1, f"{path} has {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new))


# Nothing to mark again


def test_the_same_course_gives_the_same_anywhere(small_course, tmp_path):
    first = digests.of_exercises(courses.read(small_course), ALL, 10.0)
    assert {*first} == ALL
    assert len({*first.values()}) == 3
    small_course.rename(tmp_path / "elsewhere")
    assert digests.of_exercises(courses.read(tmp_path / "elsewhere"), ALL, 10.0) == first


def test_what_else_is_asked_for_does_not_count(small_course):
    course = courses.read(small_course)
    whole = digests.of_exercises(course, ALL, 10.0)
    assert digests.of_exercises(course, ["total"], 10.0) == {"total": whole["total"]}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (
            VISIBLE,
            "    same(learner.add(3.0, 1.0), 4.0)",
            "    # a sum\n    same(learner.add(3.0,1.0),4.0)",
        ),
        (VISIBLE, "import numpy as np\n", "# numbers\nimport numpy as np\n\n\n"),
        (
            VISIBLE,
            "import numpy as np\n",
            '"""The tests of the chapter."""\n\nimport numpy as np\n',
        ),
        (SOLUTION, "    result = 0.0\n", "    result = 0.0  # nothing yet\n\n"),
        (
            SOLUTION,
            "# BEGIN SOLUTION\n    return np",
            "# BEGIN SOLUTION\n    # easy\n    return np",
        ),
        (MISTAKES, "import numpy as np\n", "import numpy as np  # arrays\n"),
        (MANIFEST, "points = 2\n", "points = 2  # an easy one\n"),
        (MANIFEST, '"There is a sign for it."', '"Which sign is it?", "+"'),
        (MANIFEST, 'title = "Adding up"', 'title = "Sums"'),
        ("exercises/ch01_sums/README.md", "How much", "How many"),
        ("exercises/ch01_sums/sums.py", '"add is still to do"', '"work"'),
    ],
    ids=lambda text: "",
)
def test_comments_layout_hints_and_lessons_mark_nobody_again(edited, file, old, new):
    assert edited(file, old, new) == set(), f"{old!r} in {file} became {new!r}"


def test_what_no_test_uses_marks_nobody_again(edited, aided):
    assert edited(HIDDEN, "    return 1\n", "    return 2\n") == set()


def test_a_loop_that_nobody_races_marks_nobody_again(edited, gated):
    assert edited(BASELINE, "sum(xs)", "sum([*xs])") == set()


# What an exercise and those that need it depend on


@pytest.mark.parametrize(
    ("file", "old", "new", "touched"),
    [
        (VISIBLE, "learner.add(3.0, 1.0), 4.0", "learner.add(3.0, 2.0), 5.0", {"add", "total"}),
        (VISIBLE, "[1.0, 2.0, 3.0]), 6.0", "[1.0, 2.0]), 3.0", {"total"}),
        (VISIBLE, "counter.count == 3", "counter.count >= 3", {"Counter"}),
        (HIDDEN, "[1, 17]", "[1, 18]", {"add", "total"}),
        (HIDDEN, "rng.normal(size=20)", "rng.normal(size=30)", {"total"}),
        (HIDDEN, '"""As many numbers as there are."""', '"""A long list."""', {"total"}),
        (HIDDEN, '@exercise("Counter")\ndef', '@exercise("total")\ndef', {"total", "Counter"}),
        (SOLUTION, "np.asarray(x) + np.asarray(y)", "np.add(x, y)", {"add", "total"}),
        (SOLUTION, "result = 0.0", "result = 0", {"total"}),
        (SOLUTION, "self.count = 0", "self.count = 0.0", {"Counter"}),
        (MISTAKES, "np.asarray(x) * np.asarray(y)", "np.multiply(x, y)", {"add", "total"}),
        (MISTAKES, '"""You begin with 1; the', '"""You begin at 1; the', {"total"}),
        (MISTAKES, "def total_from_one(", "def total_from_two(", {"total"}),
        (MANIFEST, "points = 2", "points = 4", {"add", "total"}),
        (MANIFEST, "points = 3", "points = 4", {"total"}),
        (MANIFEST, "points = 1", "points = 1\ngpu = 0.5", {"Counter"}),
        (MANIFEST, "points = 1", 'points = 1\nneeds = ["add"]', {"Counter"}),
    ],
)
def test_a_change_marks_its_exercise_and_those_that_need_it(edited, file, old, new, touched):
    assert edited(file, old, new) == touched, f"{old!r} in {file} became {new!r}"


@pytest.mark.parametrize(("old", "new"), [("return EXPECTED", "return 4"), ("= 4.0", "= 4")])
def test_a_function_marks_those_whose_tests_use_it(edited, aided, old, new):
    assert edited(HIDDEN, old, new) == {"Counter"}


def test_a_class_of_tests_marks_its_exercises(edited, aided):
    assert edited(HIDDEN, "learner.total([]) == 0", "learner.total([]) == 0.0") == {"total"}


def test_a_race_marks_those_who_run_it(edited, gated):
    assert edited(BASELINE, "a + b for a, b", "b + a for a, b") == {"add", "total"}
    assert edited(MANIFEST, "over = 3", "over = 4") == {"add", "total"}
    assert edited(MANIFEST, "[1000]", "[2000]") == {"add", "total"}


# What everything depends on


def test_a_fixture_marks_all_of_the_chapter(edited, aided):
    assert edited(HIDDEN, "    return 7\n", "    return 8\n") == ALL


@pytest.mark.parametrize(
    "line",
    [
        'pytestmark = pytest.mark.filterwarnings("error")\n',
        "np.seterr(all='raise')\n",
        "if np.pi > 3:\n    np.seterr(all='raise')\n",
    ],
)
def test_what_a_file_of_tests_does_marks_all_of_the_chapter(edited, line):
    assert edited(HIDDEN, "import pytest\n", f"import pytest\n\n{line}") == ALL


def test_an_import_marks_all_of_the_chapter(edited):
    assert edited(HIDDEN, "import tensorflow as tf", "import tensorflow.compat.v2 as tf") == ALL


def test_a_ban_marks_all_of_the_chapter(edited):
    ban = '\n[[chapter.forbid]]\nnames = ["torch"]\nwhy = "NumPy is all you need"\n'
    title = 'title = "Adding up"\n'
    assert edited(MANIFEST, title, f"{title}{ban}") == ALL
    assert edited(MANIFEST, '"torch"', '"torch", "jax"') == ALL
    assert edited(MANIFEST, "is all you need", "will do") == ALL
    assert edited(MANIFEST, "points = 3", 'points = 3\nallow = ["jax"]') == {"total"}


def test_other_seconds_mark_all(small_course):
    course = courses.read(small_course)
    ten, eleven = (digests.of_exercises(course, ALL, seconds) for seconds in (10.0, 11.0))
    assert all(ten[name] != eleven[name] for name in ALL)
    assert digests.of_exercises(course, ALL, 10) == ten


# All together


def test_the_digest_of_all_depends_on_each_and_not_on_their_order():
    one = {"add": "a", "total": "b"}
    assert digests.of_all(one) == digests.of_all(dict(reversed(one.items())))
    others = [{"add": "a"}, {"add": "a", "total": "c"}, {"add": "b", "total": "a"}, {}]
    assert len({digests.of_all(each) for each in (one, *others)}) == 5


def test_every_exercise_has_a_digest_of_its_own(course):
    names = [exercise.name for exercise in course.chapters[0].exercises]
    found = digests.of_exercises(course, names, 10.0)
    assert [*found] == names
    assert len({*found.values()}) == len(found), "two exercises have the same digest"
