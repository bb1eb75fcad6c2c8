"""What `kata grade` prints for a person."""

from grader.report import json, text
from grader.report.account import in_a_book
from grader.result import ExerciseResult, Isolation, Outcome, Result, SubmissionId


def outcome(name, status, visibility="visible", message="", diagnosis=""):
    return Outcome(name, status, message, diagnosis, 0.01, visibility)


def exercise(name, status, *tests, **more):
    points = 2.0 if status == "passed" else 0.0
    return ExerciseResult(name, "ch03_forward", points, 2.0, status, tests, **more)


def result(*exercises, name="anna.py", notes=()):
    return Result(
        SubmissionId(name, "sha256:0"),
        sum(e.score for e in exercises),
        sum(e.max_score for e in exercises),
        Isolation("process", ("rlimits",)),
        0,
        1.25,
        exercises,
        notes,
    )


WRONG = exercise(
    "dense",
    "failed",
    outcome("test_property", "failed", "hidden", "dense gave wrong values: a bias for each unit"),
    outcome("test_one", "failed", "visible", "dense(a) is wrong", "The bias is missing."),
    outcome("test_two", "passed"),
)
SUPPLIED = exercise("sequential", "passed", outcome("test_a", "passed"), supplied=("dense",))


def test_a_failure_shows_the_visible_test_and_the_diagnosis():
    assert text.render(in_a_book(result(WRONG, SUPPLIED)), width=80).decode() == (
        "anna.py   2 of 4 points\n"
        "✘ dense       0/2  1 of 3 tests passed\n"
        "✔ sequential  2/2  1 of 1 tests passed, with dense from the course\n"
        "\n"
        "✘ dense\n"
        "  test_one\n"
        "  dense(a) is wrong\n"
        "  The bias is missing.\n"
        "isolation: process   seed: 0   1.25 s\n"
    )


def test_what_could_not_be_graded_says_why():
    shown = text.render(
        in_a_book(
            result(
                exercise("dense", "error", message="anna.py:3: SyntaxError: '(' was never closed"),
                exercise("predict", "missing", message="anna.py: defines no predict"),
                exercise("xor_network", "todo"),
                exercise("dense_gpu", "not_run"),
            )
        ),
        width=80,
    ).decode()
    assert "✘ dense\n  anna.py:3: SyntaxError: '(' was never closed" in shown
    assert "✘ predict\n  anna.py: defines no predict" in shown
    assert "○ xor_network  0/2  to do" in shown
    assert "– dense_gpu    0/2  not run; its points are in no total" in shown


def test_a_name_cannot_steer_the_terminal():
    hostile = "\x1b[2Jclear\u202e.py"
    steered = result(SUPPLIED, name=hostile, notes=("\x1b]0;title\x07",))
    shown = text.render(in_a_book(steered)).decode()
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert r"\x1b[2Jclear" in shown


def test_one_submission_is_an_object_and_several_are_an_array():
    assert json.render(in_a_book(result(WRONG))).startswith(b"{")
    assert json.render(in_a_book(result(WRONG), result(WRONG))).startswith(b"[")
