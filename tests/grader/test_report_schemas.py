"""Every format against what its reader takes: schemas and an XSD written from documentation.

`report_schemas/` has them, and the reader itself is asked where there is one to be had. What is
read is the class of the golden files, and a great many results that nobody would think of.
"""

import base64
import json
from pathlib import Path
from typing import get_args

import jsonschema
import msgspec
import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import course as courses
from grader import report
from grader.journal import Mark
from grader.report import FORMATS, ONE, account
from grader.report.gradebook import Gradebook, marked
from grader.result import ExerciseResult, Isolation, Outcome, Result, SubmissionId, totals
from grader.verdict import Status

HERE = Path(__file__).parent
SCHEMAS = HERE / "report_schemas"
MARKS = msgspec.json.decode((HERE / "reports/marks.json").read_bytes(), type=tuple[Mark, ...])
COURSE = courses.read(HERE / "small_course")
AUDIENCES = ("learner", "instructor")
CHECKED = ("gradescope", "classroom", "exercism", "check50")
JUNIT = xmlschema.XMLSchema(SCHEMAS / "junit.xsd")


def schema(name):
    path = SCHEMAS / f"{name}.schema.json"
    if name == "json":
        path = Path(report.__file__).parent / "result.schema.json"
    return json.loads(path.read_text("utf-8"))


VALIDATORS = {n: jsonschema.Draft202012Validator(schema(n)) for n in (*CHECKED, "json")}


def rendered(name, mark, audience="learner", among=()):
    """A report on one mark as its reader has it; `among` are the marks of the others."""
    data = FORMATS[name](Gradebook(COURSE, (mark, *among), audience))
    if name == "classroom":
        data = base64.b64decode(data.partition(b"=")[2].strip(), validate=True)
    return json.loads(data)


each_mark = pytest.mark.parametrize("mark", MARKS, ids=[mark.attempt.name for mark in MARKS])
each_audience = pytest.mark.parametrize("audience", AUDIENCES)


def text():
    return st.text(max_size=30)


def message():
    return st.just("") | st.builds("add {}".format, text())


@st.composite
def any_mark(draw):
    """A mark of a result in which anything stands anywhere."""
    statuses = st.sampled_from(get_args(Status))
    outcome = st.builds(
        Outcome,
        name=st.builds("test_{}".format, text()),
        status=statuses,
        message=message(),
        diagnosis=message(),
        duration=st.floats(0, 100),
        visibility=st.sampled_from(["visible", "hidden"]),
        speed=st.none(),
    )
    exercise = st.builds(
        ExerciseResult,
        id=st.sampled_from(["add", "total", "Counter", "unheard_of"]),
        chapter=st.just("ch01_sums"),
        score=st.just(0.0),
        max_score=st.sampled_from([0.5, 1.0, 3.0]),
        status=statuses,
        tests=st.lists(outcome, max_size=3).map(tuple),
        message=message(),
        supplied=st.sampled_from([(), ("add",)]),
    )
    exercises = tuple(
        msgspec.structs.replace(e, score=e.max_score if e.status == "passed" else 0.0)
        for e in draw(st.lists(exercise, max_size=4, unique_by=lambda e: e.id))
    )
    name = SubmissionId(f"{draw(text())}.py", "sha256:0")
    isolation = Isolation("full", ())
    return marked(Result(name, *totals(exercises), isolation, 0, 1.0, exercises, (draw(text()),)))


any_marks = settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)


@pytest.mark.parametrize("name", VALIDATORS)
def test_a_schema_is_one(name):
    jsonschema.Draft202012Validator.check_schema(schema(name))


@each_mark
@each_audience
@pytest.mark.parametrize("name", CHECKED)
def test_a_report_is_what_its_schema_says(name, audience, mark):
    VALIDATORS[name].validate(rendered(name, mark, audience))


@pytest.mark.parametrize("name", CHECKED)
@any_marks
@given(mark=any_mark())
def test_a_report_is_what_its_schema_says_whatever_stands_in_a_result(name, mark):
    VALIDATORS[name].validate(rendered(name, mark))


@each_mark
def test_a_result_is_what_the_shipped_schema_says(mark):
    if mark.result:
        VALIDATORS["json"].validate(rendered("json", mark))


def test_those_of_a_class_are_an_array_of_such_results():
    every = rendered("json", MARKS[0], among=MARKS[1:])
    assert len(every) == sum(mark.result is not None for mark in MARKS)
    for result in every:
        VALIDATORS["json"].validate(result)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("gradescope", {"visibility": "always"}),
        ("gradescope", {"score": "6"}),
        ("gradescope", {"tests": [{"name": "add", "status": "pass"}]}),
        ("gradescope", {"tests": [{"name": "add", "score": 1.0}]}),
        ("classroom", {"tests": []}),
        ("classroom", {"status": "passed"}),
        ("exercism", {"status": "error"}),
        ("exercism", {"message": "something is wrong"}),
        ("exercism", {"tests": [{"name": "add", "status": "fail"}]}),
        ("exercism", {"version": 2}),
        ("check50", {"error": {"type": "Error", "value": "", "traceback": [], "data": {}}}),
        ("check50", {"results": [{"name": "add", "passed": True}]}),
    ],
)
def test_a_schema_refuses_what_its_reader_would(name, broken):
    data = rendered(name, MARKS[0])
    VALIDATORS[name].validate(data)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATORS[name].validate(data | broken)


def test_check50_has_no_cause_without_a_reason_and_no_reason_where_all_is_right():
    data = rendered("check50", MARKS[1])
    wrong, right = data["results"][0], data["results"][1]
    for check in (right | {"cause": wrong["cause"]}, wrong | {"cause": None}):
        with pytest.raises(jsonschema.ValidationError):
            VALIDATORS["check50"].validate(data | {"results": [check]})


class TestGitHubClassroomsReporter:
    """What the reporter does with the results of a job's steps, done here by its rules.

    It takes `<STEP>_RESULTS` from the environment, unpacks it, adds up the scores of all tests and
    the `max_score` of all steps, and prints the message of each test that has not passed.
    """

    @staticmethod
    def read(mark):
        line = FORMATS["classroom"](Gradebook(COURSE, (mark,)))
        assert line.count(b"\n") == 1, "a step's output is a line of a file"
        name, _, value = line.decode("ascii").rstrip("\n").partition("=")
        assert name == "result"
        return json.loads(base64.b64decode(value, validate=True).decode("utf-8"))

    @each_mark
    def test_it_adds_the_scores_up_to_the_points(self, mark):
        found = self.read(mark)
        told = account.of(Gradebook(COURSE, (mark,)), mark)
        assert sum(test["score"] for test in found["tests"]) == pytest.approx(told.score)
        assert found["max_score"] == told.max_score

    @each_mark
    def test_it_has_a_message_for_each_test_that_has_not_passed(self, mark):
        found = self.read(mark)
        assert all(test["message"] for test in found["tests"] if test["status"] != "pass")

    @each_mark
    def test_it_lets_the_job_fail_unless_all_is_right(self, mark):
        status = self.read(mark)["status"]
        assert (status == "pass") == (mark.attempt.name in ("ada.py", "fay.py"))
        assert (status == "error") == (mark.result is None)


class TestJUnit:
    @staticmethod
    def xml(*marks, audience="learner"):
        return FORMATS["junit"](Gradebook(COURSE, marks, audience)).decode("utf-8")

    @each_audience
    def test_a_class_is_what_the_xsd_says(self, audience):
        JUNIT.validate(self.xml(*MARKS, audience=audience))

    @any_marks
    @given(mark=any_mark())
    def test_so_is_whatever_stands_in_a_result(self, mark):
        JUNIT.validate(self.xml(mark))

    @pytest.mark.parametrize(
        ("right", "broken"),
        [
            ('tests="8"', 'tests="many"'),
            ('time="0.002"', 'time="soon"'),
            ("<failure message", "<fail message"),
            (' classname="ch01_sums.add"', ""),
        ],
    )
    def test_the_xsd_refuses_what_a_reader_would(self, right, broken):
        xml = self.xml(MARKS[1]).replace(right, broken)
        with pytest.raises(xmlschema.XMLSchemaValidationError):
            JUNIT.validate(xml.replace("</failure>", "</fail>") if "<fail " in xml else xml)

    def test_a_reader_of_such_files_finds_the_same(self):
        junitparser = pytest.importorskip("junitparser", reason="no junitparser; tox installs it")
        suites = list(junitparser.JUnitXml.fromstring(self.xml(*MARKS).encode()))
        assert [suite.name for suite in suites[:-1]] == [m.attempt.student for m in MARKS[:-1]]
        ben = suites[1]
        assert (ben.tests, ben.failures, ben.errors, ben.skipped) == (8, 5, 0, 0)
        assert {p.name: p.value for p in ben.properties()}["points"] == "2.4 of 6"
        (wrong,) = next(iter(ben)).result
        assert "You subtract: write + where there is a -." in wrong.text


class TestCheck50Itself:
    """check50 brings much along: it is asked where somebody has installed it."""

    @pytest.fixture
    def check50(self):
        why = "no check50; pip install check50"
        pytest.importorskip("check50.renderer", reason=why)
        return pytest.importorskip("check50.runner", reason=why)

    def test_it_takes_each_check_for_one_of_its_own(self, check50):
        for mark in MARKS:
            for check in rendered("check50", mark).get("results", ()):
                assert check50.CheckResult.from_dict(check).name == check["name"]

    def test_it_shows_a_person_what_is_wrong_and_what_helps(self, check50):
        from check50 import renderer

        data = rendered("check50", MARKS[1])
        shown = renderer.to_ansi(**data, _log=False)
        assert ":( add passes its tests" in shown
        assert "test_two_numbers: add(x=3.0, y=1.0) gave the wrong value" in shown
        assert "You subtract: write + where there is a -. Hint: Python can do it." in shown
        assert ":) total passes its tests" in shown
        assert "add passes its tests" in renderer.to_html(**data)


def test_every_format_about_one_submission_has_a_schema():
    assert {*ONE} == {*CHECKED}
