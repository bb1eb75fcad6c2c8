"""A class in figures: which attempt counts, what it is worth, and what an instructor sees."""

import pytest
from rich.cells import cell_len

from grader import stats
from grader.alike import MORE, Pair
from grader.journal import Attempt, Key, Mark
from grader.report import figures
from grader.result import ExerciseResult, Isolation, Outcome, Result, SubmissionId, totals
from grader.stats import Count, Slow, Trouble

HOSTILE = "\x1b[2Jada\u202e\x07\nbéla"
KEY = Key("sha256:c", 0, "0.1.0", {})


def exercise(name, status="passed", *tests, points=2.0):
    """Tests are `name status` or `name status diagnosis`."""
    outcomes = [
        Outcome(test, state, "", "".join(told), 0.1, "hidden")
        for test, state, *told in (each.split(" ", 2) for each in tests)
    ]
    score = points if status == "passed" else 0.0
    return ExerciseResult(name, "ch01_sums", score, points, status, tuple(outcomes))


def result(*exercises, seconds=1.0, notes=()):
    score, most = totals(exercises)
    return Result(
        SubmissionId("work.py", "sha256:0"),
        score,
        most,
        Isolation("full", ()),
        0,
        seconds,
        exercises,
        notes,
    )


def scored(score, most=10.0, seconds=1.0):
    """A result of so many points."""
    return result(
        exercise("add", points=score),
        exercise("total", "failed", points=most - score),
        seconds=seconds,
    )


def mark(student, found, number=1, state="", message="", late=0.0, penalty=0.0, name="work.py"):
    attempt = Attempt(number, student, number, name, f"sha256:{number}", late, penalty)
    state = state or ("marked" if found else "refused")
    return Mark(100 + number, attempt, KEY, state, message, 0, found)


def counting(marks, which):
    return {m.attempt.student: m.attempt.number for m in stats.counted(marks, which)}


# Which attempt counts


@pytest.mark.parametrize(("which", "number"), [("last", 3), ("best", 2), ("first", 1)])
def test_one_attempt_of_each_student_counts(which, number):
    ada = [mark("ada", scored(points), n) for n, points in enumerate((2, 8, 5), 1)]
    bela = [mark("béla", scored(1))]
    assert counting([ada[2], *bela, ada[0], ada[1]], which) == {"ada": number, "béla": 1}


def test_the_best_is_the_best_after_what_late_days_cost():
    marks = [mark("ada", scored(6), 1), mark("ada", scored(9), 2, late=2, penalty=0.2)]
    assert counting(marks, "best") == {"ada": 1}, "9 points less 40 % are fewer than 6"


def test_of_two_that_are_as_good_the_first_is_the_best():
    marks = [mark("ada", scored(5), 1), mark("ada", scored(5), 2)]
    assert counting(marks, "best") == {"ada": 1}


def test_the_best_and_the_first_are_among_those_with_a_result():
    marks = [mark("ada", None, 1), mark("ada", scored(0), 2), mark("ada", None, 3)]
    assert counting(marks, "best") == {"ada": 2}
    assert counting(marks, "first") == {"ada": 2}
    assert counting(marks, "last") == {"ada": 3}, "the last hides that it could not be read"


@pytest.mark.parametrize("which", ["last", "best", "first"])
def test_who_has_no_result_at_all_is_not_lost(which):
    assert [*counting([mark("ada", None, 1), mark("ada", None, 2)], which)] == ["ada"]
    assert stats.counted([], which) == []


# What it is worth


@pytest.mark.parametrize(
    ("late", "penalty", "points"),
    [
        (0, 0.1, 8.0),
        (3, 0, 8.0),
        (1, 0.25, 6.0),
        (2, 0.25, 4.0),
        (0.5, 0.5, 6.0),
        (4, 0.25, 0.0),
        (9, 0.25, 0.0),
    ],
)
def test_each_late_day_costs_its_share(late, penalty, points):
    assert stats.points(mark("ada", scored(8), late=late, penalty=penalty)) == points


def test_what_has_no_result_is_worth_nothing():
    assert stats.points(mark("ada", None)) == 0


# The figures


def test_the_parts_of_the_points_that_count():
    found = stats.of_class(
        [
            mark("ada", scored(8)),
            mark("béla", scored(8), late=1, penalty=0.25),
            mark("carl", None),
            mark("dora", result(exercise("add", "not_run"))),
        ]
    )
    assert found.students == 4
    assert found.shares == (0.8, 0.6, 1.0), "where there is nothing to earn, all is earned"


def test_an_exercise_is_passed_tried_or_left():
    diagnosed = "test_a[1] failed You begin with 1.", "test_a[2] failed You begin with 1."
    works = {
        "ada": exercise("total", "failed", *diagnosed, "test_b failed"),
        "béla": exercise("total", "failed", "test_a passed", "test_b failed You begin with 1."),
        "carl": exercise("total", "todo", "test_a todo"),
        "dora": exercise("total", "missing"),
        "eve": exercise("total", "not_run"),
        "frank": exercise("total", "error"),
        "gina": exercise("total", "passed", "test_a passed", "test_b passed"),
        "hana": exercise("total", "blocked", "test_a blocked"),
    }
    marks = [mark(name, result(exercise("add"), work)) for name, work in works.items()]
    add, total = stats.of_class([*marks, mark("ida", None)]).exercises
    assert (add.id, add.passed, add.tried, add.left) == ("add", 8, 8, 0)
    assert (add.diagnoses, add.hardest) == ((), None)
    assert (total.id, total.chapter) == ("total", "ch01_sums")
    assert (total.passed, total.tried, total.left) == (1, 5, 2)
    assert total.diagnoses == (Count("You begin with 1.", 2),), "counted once a student"
    assert total.hardest == Count("test_b", 2), "the cases of a test are one test"


def test_the_commonest_diagnoses_come_first_and_are_few():
    told = ["a"] * 2 + ["b"] * 4 + ["c"] * 3 + ["d"]
    marks = [
        mark(f"s{n}", result(exercise("add", "failed", f"test_x failed {text}")))
        for n, text in enumerate(told)
    ]
    (add,) = stats.of_class(marks).exercises
    assert add.diagnoses == (Count("b", 4), Count("c", 3), Count("a", 2))


def test_of_what_is_as_common_the_first_in_the_tests_comes_first():
    tests = [f"test_{n} failed because of {n}" for n in range(9)]
    (add,) = stats.of_class([mark("ada", result(exercise("add", "failed", *tests)))]).exercises
    assert add.hardest == Count("test_0", 1), "another run may give other figures"
    assert [count.what for count in add.diagnoses] == [f"because of {n}" for n in range(3)]


def test_the_slowest_are_named():
    times = {"ada": 3.0, "béla": 9.0, "carl": 1.0, "dora": 5.0, "eve": 7.0, "frank": 2.0}
    marks = [mark(name, scored(5, seconds=taken)) for name, taken in times.items()]
    assert stats.of_class(marks).slowest == (
        Slow("béla", 9.0),
        Slow("eve", 7.0),
        Slow("dora", 5.0),
        Slow("ada", 3.0),
        Slow("frank", 2.0),
    )


def test_what_wants_a_human_eye():
    notes = ("Refused: a socket", "add: speed inconclusive, 3 times", "cell 3 raised an error")
    found = stats.of_class(
        [
            mark("ada", None, message="ada.zip: not a zip that can be read"),
            mark("béla", None, state="quarantined", message="2 judges were lost"),
            mark("carl", result(exercise("add"), notes=notes)),
            mark("dora", scored(5), state="unraced"),
            mark("eve", scored(10)),
        ]
    )
    assert found.troubles == (
        Trouble("ada", "refused: ada.zip: not a zip that can be read"),
        Trouble("béla", "quarantined: 2 judges were lost"),
        Trouble("carl", "Refused: a socket"),
        Trouble("carl", "add: speed inconclusive, 3 times"),
        Trouble("dora", "its races have not been run; run kata batch again"),
    )


# What is shown


def lines(shown):
    """The lines of what is shown, none of which is longer than a terminal or steers it."""
    text = shown.decode()
    for line in text.splitlines():
        assert cell_len(line) <= 80, f"longer than a terminal: {line!r}"
        assert line.isprintable(), f"steers the terminal: {line!r}"
    return text.splitlines()


def test_a_class_is_laid_out():
    works = {
        "ada": (exercise("add"), exercise("total")),
        "béla": (
            exercise("add"),
            exercise("total", "failed", "test_a[1] failed You begin with 1."),
        ),
        "carl": (exercise("add"), exercise("total", "todo")),
    }
    marks = [mark(name, result(*both, seconds=12.25)) for name, both in works.items()]
    counted = stats.of_class([*marks, mark("dora", None, message="no .py")])
    shown = lines(figures.of_class(counted, [Pair("ada", "béla", 0.8)], width=80))
    assert shown == [
        "4 students, 3 with a result, the median is 50% of the points; 1 have full marks",
        "",
        "exercise  passed              left  hardest test",
        "add       3 of 3  ██████████",
        "total     1 of 2  █████░░░░░     1  a (1)",
        "",
        "commonest mistakes",
        "   1 × total: You begin with 1.",
        "",
        "slowest",
        "  12.2 s  ada",
        "  12.2 s  béla",
        "  12.2 s  carl",
        "",
        "for your eye",
        "dora: refused: no .py",
        "",
        "alike, where others differ",
        " 80%  ada and béla",
        f"A hint, no proof; compare them with a tool made for it: {MORE}",
    ]


def test_a_class_without_any_result_is_laid_out():
    shown = lines(figures.of_class(stats.of_class([mark("ada", None, message="?")]), [], width=80))
    assert shown[0] == "1 students, 0 with a result; 0 have full marks"
    assert shown[-1] == "ada: refused: ?"


def test_only_the_most_alike_are_shown():
    pairs = [Pair(f"a{n}", f"b{n}", 1.0) for n in range(12)]
    shown = lines(figures.of_class(stats.of_class([mark("ada", scored(1))]), pairs, width=80))
    assert "100%  a9 and b9" in shown
    assert "100%  a10 and b10" not in shown
    assert "and 2 more pairs" in shown


@pytest.mark.parametrize("name", ["x" * 300, "王小明" * 50, "long " * 60, HOSTILE, HOSTILE * 20])
def test_no_name_or_message_is_longer_than_a_line_or_steers_the_terminal(name):
    work = result(
        exercise("total", "failed", f"test_{'long' * 40} failed {name}"),
        notes=(f"Refused: {name}",),
    )
    marks = [mark(name, work), mark(f"{name}2", None, message=name)]
    shown = lines(figures.of_class(stats.of_class(marks), [Pair(name, name, 0.9)], width=80))
    assert shown
    lines(figures.of_student([mark(name, work, name=name)], mark(name, work), width=80))
    lines(figures.of_student(marks[1:], marks[1], width=80))


def test_a_hostile_name_is_shown_as_what_it_is():
    shown = lines(figures.of_class(stats.of_class([mark(HOSTILE, scored(1))]), [], width=80))
    assert r"   1.0 s  \x1b[2Jada\u202e\x07 béla" in shown


def test_a_student_is_laid_out():
    marks = [
        mark("ada", scored(8), 1, late=0, name="first.py"),
        mark("ada", None, 2, message="second.zip: no zip", name="second.zip"),
        mark("ada", scored(8), 3, late=2, penalty=0.25, name=HOSTILE),
    ]
    shown = lines(figures.of_student(marks, marks[2], width=80))
    assert shown[:5] == [
        "attempt  handed in as               points   late  counts",
        "      1  first.py                   8 of 10",
        "      2  second.zip                 refused",
        r"      3  \x1b[2Jada\u202e\x07 béla  8 of 10  2 d   4",
        "",
    ]
    assert shown[5] == "work.py   8 of 10 points"


def test_what_counts_and_has_no_result_says_why():
    only = mark("ada", None, message="a.zip: entry '\x1b[2J' is a link")
    shown = lines(figures.of_student([only], only, width=80))
    assert shown == [
        "attempt  handed in as  points   late  counts",
        "      1  work.py       refused        0",
        r"refused: a.zip: entry '\x1b[2J' is a link",
    ]
