"""Reports as the programs read them: every number adds up, every name stays a name.

And nothing that is hidden is in them.
"""

import base64
import json
import shutil
import xml.etree.ElementTree as ET

import msgspec
import pytest
from markdown_it import MarkdownIt

from grader import course as courses
from grader.bench import Settings
from grader.errors import KataError
from grader.journal import Attempt, Key, Mark
from grader.judge import Judge
from grader.report import FORMATS, ONE
from grader.report.gradebook import Gradebook, marked, unmarked
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


def readable(name, book):
    """A report as text, with its escapes undone."""
    if name == "classroom":
        return json.dumps(classroom(book), ensure_ascii=False)
    if name == "html":
        return html_text(book)
    return FORMATS[name](book).decode()


def html_text(book):
    pytest.importorskip("jinja2")
    from grader.report import html

    return "\n".join(str(page) for page in html.render(book).values())


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


@pytest.mark.parametrize("name", sorted({*FORMATS} - {"json"}))
def test_a_learner_reads_what_is_wrong_the_mistake_by_name_and_a_hint(book, course, name):
    shown = readable(name, book)
    assert "::error::gone".removeprefix("::") in shown
    assert "At 0 it is 1." in shown
    assert course.exercises["step"].hints[0].split()[0] in shown


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


@pytest.mark.parametrize("name", ONE)
def test_a_format_for_one_submission_takes_no_class(course, mark, name):
    with pytest.raises(KataError, match="is about one submission, here are 2"):
        FORMATS[name](Gradebook(course, (mark, mark)))


@pytest.mark.parametrize("name", ["junit", "exercism", "check50"])
def test_of_what_is_not_there_it_is_said_once_with_one_hint(course, mark, name):
    result = msgspec.structs.replace(mark.result, exercises=(exercise("step", "missing", 0.0),))
    shown = readable(name, Gradebook(course, (marked(result),)))
    assert "step is not in what was handed in" in shown
    assert shown.lower().count("hint: ") == 1


class TestExercism:
    @pytest.fixture
    def found(self, book):
        return json.loads(FORMATS["exercism"](book))

    def test_it_has_the_tests_in_order_each_with_the_number_of_its_exercise(self, found):
        assert [(test["task_id"], test["name"]) for test in found["tests"]] == [
            (1, "sigmoid: test_a"),
            (2, "step: at zero (a hidden test) [#1]"),
            (2, "step: test_b"),
        ]

    def test_it_fails_where_a_test_fails_and_says_why_there_alone(self, found):
        assert (found["status"], found["message"]) == ("fail", None)
        passed, failed, _ = found["tests"]
        assert passed["message"] is None
        assert failed["message"].startswith("At 0 it is 1.\nhint: ")

    def test_no_point_is_lost_for_lateness(self, course, mark):
        result = msgspec.structs.replace(mark.result, exercises=mark.result.exercises[:1])
        late = Gradebook(course, (msgspec.structs.replace(mark, result=result),))
        assert json.loads(FORMATS["exercism"](late))["status"] == "pass"

    def test_it_is_an_error_only_where_nothing_could_be_run(self, course, mark):
        said = "neuron.py:3: SyntaxError"
        broken = ExerciseResult("step", "ch01_neuron", 0, 2, "error", (), said)
        for exercises, status, message in (
            ((broken,), "error", said),
            ((*mark.result.exercises[:1], broken), "fail", None),
            (mark.result.exercises[2:], "error", "not run here; its points are in no total"),
        ):
            result = msgspec.structs.replace(mark.result, exercises=exercises)
            found = json.loads(FORMATS["exercism"](Gradebook(course, (marked(result),))))
            assert (found["status"], found["message"]) == (status, message)

    def test_a_message_that_it_has_no_room_for_is_cut_and_says_so(self, course, mark):
        long = exercise(
            "step", "failed", 0.0, outcome("test_b", "failed", "visible", "王" * 30_000)
        )
        result = msgspec.structs.replace(mark.result, exercises=(long,))
        (test,) = json.loads(FORMATS["exercism"](Gradebook(course, (marked(result),))))["tests"]
        assert len(test["message"].encode()) <= 65_535
        assert test["message"].endswith("There is more, which Exercism has no room for.")


class TestCheck50:
    @pytest.fixture
    def checks(self, book):
        return {c["name"]: c for c in json.loads(FORMATS["check50"](book))["results"]}

    def test_a_check_is_an_exercise_and_what_was_not_run_is_skipped(self, checks):
        assert {name: check["passed"] for name, check in checks.items()} == {
            "sigmoid": True,
            "step": False,
            "neuron": None,
        }
        assert all(check["cause"] for name, check in checks.items() if name != "sigmoid")

    def test_the_cause_is_the_first_thing_that_is_wrong_and_what_helps(self, checks, course):
        cause = checks["step"]["cause"]
        assert cause["rationale"] == "test_b: ::error::gone"
        assert cause["help"] == f"At 0 it is 1. Hint: {course.exercises['step'].hints[0]}"

    def test_what_waits_for_another_exercise_depends_on_it(self, course, mark):
        waits = outcome("test_a", "blocked", "visible", "waits for sigmoid")
        exercises = (exercise("sigmoid", "todo", 0.0), exercise("tanh", "blocked", 0.0, waits))
        result = msgspec.structs.replace(mark.result, exercises=exercises)
        found = json.loads(FORMATS["check50"](Gradebook(course, (marked(result),))))["results"]
        assert [(c["passed"], c["dependency"]) for c in found] == [(False, None), (None, "sigmoid")]


SECRET = "s3cr3t"
LEAKS = f"""
import numpy as np

def add(x, y):
    if np.size(x) > 2:
        raise ValueError("{SECRET}" + repr(x))
    return np.asarray(x) + np.asarray(y)

def total(xs):
    return "{SECRET}" if len(xs) > 3 else sum(xs)

class Counter:
    pass
"""


@pytest.fixture(scope="module")
def curious(plain_course, tmp_path_factory):
    """A result of who puts the inputs of hidden tests, which have secrets, into what is wrong."""
    root = tmp_path_factory.mktemp("secret") / "course"
    shutil.copytree(plain_course, root)
    hidden = root / "tests/hidden/test_sums.py"
    text = hidden.read_text()
    for old, new in (
        ("[1, 17]", f"[1, pytest.param(17, id='{SECRET}')]"),
        ("    x, y = ", f"    # {SECRET}\n    x, y = "),
        ("    xs = ", f"    {SECRET} = 20\n    xs = "),
    ):
        assert old in text
        text = text.replace(old, new)
    hidden.write_text(text)
    submission = root.parent / "curious.py"
    submission.write_text(LEAKS)
    with Judge(courses.read(root), Settings()) as judge:
        yield marked(judge.grade(submission, ()))


@pytest.mark.parametrize("audience", ["learner", "instructor"])
@pytest.mark.parametrize("name", [*FORMATS, "html"])
class TestWhatIsHidden:
    def test_stays_so_its_parameters_its_source_and_its_inputs(
        self, plain_course, curious, name, audience
    ):
        shown = readable(name, Gradebook(courses.read(plain_course), (curious,), audience))
        assert SECRET not in shown
        assert "array(" not in shown

    def test_is_told_by_what_was_asked(self, plain_course, curious, name, audience):
        shown = readable(name, Gradebook(courses.read(plain_course), (curious,), audience))
        assert "Arrays of any length" in shown
        assert "As many numbers as there are" in shown

    def test_is_told_by_its_name_where_it_has_no_words(self, course, mark, name, audience):
        wordless = exercise("step", "failed", 0, outcome("test_any_order[#2]", "failed", "hidden"))
        result = msgspec.structs.replace(mark.result, exercises=(wordless,))
        shown = readable(name, Gradebook(course, (marked(result),), audience))
        assert "any order" in shown.replace("_", " ")
        if name != "json":
            assert "what it is named after" in shown or "what this test is named after" in shown
