"""Stubs come from solutions, and nobody's work is lost when they are made anew."""

import shutil
from pathlib import Path

import pytest

from grader import course, stubs
from grader.errors import CourseError

ROOT = Path(__file__).parents[2]


def test_no_stub_of_this_course_is_stale():
    assert [stale.path for stale in stubs.stale(course.read(ROOT))] == []


def test_what_stands_between_the_marks_goes_and_the_rest_stays():
    solution = (
        'def add(x, y):\n    """x + y."""\n    # BEGIN SOLUTION\n'
        "    return x + y\n    # END SOLUTION\n\n\nTHREE = 3\n"
    )
    assert stubs.stub(solution, Path("sums.py")) == (
        'def add(x, y):\n    """x + y."""\n'
        '    raise NotImplementedError("add is still to do")\n\n\nTHREE = 3\n'
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f():\n    # BEGIN SOLUTION\n    return 1\n", "do not come in pairs"),
        ("# BEGIN SOLUTION\nx = 1\n# END SOLUTION\n", "stands in no function"),
    ],
)
def test_a_lost_mark_is_told(text, said):
    with pytest.raises(CourseError, match=said):
        stubs.stub(text, Path("sums.py"))


def test_a_changed_solution_makes_its_stub_stale(small_course):
    given = course.read(small_course)
    assert stubs.stale(given) == []
    path = small_course / "solutions/ch01_sums/sums.py"
    path.write_text(path.read_text().replace("The sum of", "The whole sum of"))
    (stale,) = stubs.stale(given)
    assert not stale.worked_on
    assert stubs.renew(stale) is None
    assert "The whole sum of" in (small_course / "exercises/ch01_sums/sums.py").read_text()


def test_work_in_a_stub_is_backed_up_each_time(small_course):
    stub = small_course / "exercises/ch01_sums/sums.py"
    solution = small_course / "solutions/ch01_sums/sums.py"
    for number in (1, 2):
        shutil.copy(solution, stub)
        stub.open("a").write(f"# mine {number}\n")
        (stale,) = stubs.stale(course.read(small_course))
        assert stale.worked_on
        backup = stubs.renew(stale)
        assert backup.name == f"sums.py.bak-{number}"
        assert backup.read_text().endswith(f"# mine {number}\n")
    assert "still to do" in stub.read_text()
