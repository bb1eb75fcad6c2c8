"""Reports as the programs read them: every number adds up, every name stays a name."""

import base64
import json
import xml.etree.ElementTree as ET

import msgspec
import pytest
from markdown_it import MarkdownIt

from grader.errors import KataError
from grader.journal import Attempt, Key, Mark
from grader.report import FORMATS
from grader.report.gradebook import Gradebook, unmarked
from grader.result import ExerciseResult, Isolation, Outcome, Result, SubmissionId

NAME = "=वर्षा 王 عمر 👩‍🔬 e\u0301 | <b>@all</b> \u202e`x`"
HOSTILE = "::error::gone\n```\n]]> \x00\x1b <script>"


def exercise(name, status, score, *tests):
    return ExerciseResult(name, "ch01_neuron", score, 2.0, status, tests)


def outcome(name, status, visibility, message="", diagnosis=""):
    return Outcome(name, status, message, diagnosis, 0.25, visibility)


@pytest.fixture
def mark():
    """Two days late: one exercise right, one wrong, one not run; 2 of 4 points before that."""
    exercises = (
        exercise("sigmoid", "passed", 2.0, outcome("test_a", "passed", "visible")),
        exercise(
            "step",
            "failed",
            0.0,
            outcome("test_at_zero[#1]", "failed", "hidden", "", "At 0 it is 1."),
            outcome("test_b", "failed", "visible", HOSTILE),
        ),
        exercise("neuron", "not_run", 0.0),
    )
    digest = SubmissionId(NAME, "sha256:0")
    result = Result(digest, 2.0, 4.0, Isolation("full", ()), 0, 1.5, exercises)
    attempt = Attempt(1, NAME, 1, NAME, "sha256:0", 2.0, 0.15)
    return Mark(1, attempt, Key("", 0, "", {}), "marked", "", 0, result)


@pytest.fixture
def book(course, mark):
    return Gradebook(course, (mark,))


def classroom(book):
    name, _, value = FORMATS["classroom"](book).decode().strip().partition("=")
    assert name == "result"
    return json.loads(base64.b64decode(value, validate=True))


def test_classroom_adds_up_to_what_counts_after_the_late_days(book):
    found = classroom(book)
    assert sum(test["score"] for test in found["tests"]) == pytest.approx(1.4)
    assert (found["status"], found["max_score"]) == ("fail", 4.0)
    assert [test["name"] for test in found["tests"]] == ["sigmoid", "step", "late by 2 days"]
    said = found["tests"][1]["message"].splitlines()
    assert not any(line.lstrip().startswith("::") for line in said)


def test_gradescope_adds_up_and_counts_nothing_that_was_not_run(book):
    found = json.loads(FORMATS["gradescope"](book))
    assert sum(test.get("score", 0) for test in found["tests"]) == found["score"] == 1.4
    (not_run,) = [test for test in found["tests"] if test["name"] == "neuron"]
    assert not {"score", "max_score", "status"} & {*not_run}
    assert {test.get("status", "passed") for test in found["tests"]} <= {"passed", "failed"}


def test_junit_is_xml_whatever_a_message_holds(book):
    (suite,) = ET.fromstring(FORMATS["junit"](book))
    assert {k: suite.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "2",
        "errors": "0",
        "skipped": "1",
    }
    assert suite.find("properties/property").get("value") == "1.4 of 4"


def test_junit_says_what_is_wrong_and_tells_the_cases_of_a_hidden_test_apart(course, mark):
    wrong = [outcome(f"test_at_zero[#{n}]", "failed", "hidden", "gave 1", "At 0.") for n in (1, 2)]
    failed = exercise("step", "failed", 0.0, *wrong)
    supplied = msgspec.structs.replace(failed, message="one cell raised ValueError")
    result = msgspec.structs.replace(mark.result, exercises=(supplied,))
    book = Gradebook(course, (msgspec.structs.replace(mark, result=result),))
    (suite,) = ET.fromstring(FORMATS["junit"](book))
    told = {c.get("name"): c.find("failure").get("message") for c in suite.iter("testcase")}
    assert told == {
        "at zero (a hidden test) [#1]": "gave 1",
        "at zero (a hidden test) [#2]": "gave 1",
        "step": "one cell raised ValueError",
    }


def test_markdown_keeps_a_name_and_a_message_text(book):
    text = FORMATS["markdown"](book).decode()
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    kinds = {t.type for token in tokens for t in [token, *(token.children or [])]}
    assert not kinds & {"html_block", "html_inline", "code_inline", "link_open", "strong_open"}
    assert "@all" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("name", ["text", "markdown", "gradescope", "junit"])
def test_a_learner_reads_what_is_wrong_and_a_hint(book, course, name):
    assert course.exercises["step"].hints[0].split()[0] in FORMATS[name](book).decode()


def test_an_instructor_is_told_of_every_failed_test(course, mark):
    shown = FORMATS["text"](Gradebook(course, (mark,), "instructor")).decode()
    assert "at zero (a hidden test)" in shown
    assert "At 0 it is 1." in shown


@pytest.mark.parametrize("name", sorted({*FORMATS} - {"json"}))
def test_what_was_refused_has_a_report_with_the_reason(course, name):
    book = Gradebook(course, (unmarked("ada", "refused", "ada.zip: is no zip"),))
    told = classroom(book)["tests"][0]["message"] if name == "classroom" else ""
    assert "ada.zip" in (told or FORMATS[name](book).decode().replace("\\", ""))


def test_what_the_grader_says_of_its_own_failure_is_for_instructors(course):
    marks = (unmarked("ada", "failed", "test_secret is broken"),)
    assert b"test_secret" not in FORMATS["junit"](Gradebook(course, marks))
    assert b"test_secret" in FORMATS["junit"](Gradebook(course, marks, "instructor"))


@pytest.mark.parametrize("name", ["classroom", "gradescope"])
def test_a_format_for_one_submission_takes_no_class(course, mark, name):
    with pytest.raises(KataError, match="is about one submission, here are 2"):
        FORMATS[name](Gradebook(course, (mark, mark)))
