"""What every format makes of a class of seven: golden files, a format each.

The class is `reports/marks.json`, as the grader marked it: full marks; two mistakes, one seen by a
hidden test alone, two days late; a crash; a loop without an end; a file that could not be read; an
exercise for a GPU that is not there; and a name in every script, with stubs and no `Counter`. Of a
format that is about one submission, the golden file has one report below the other.

With --rewrite-golden the files are written anew. Read what has changed as its receiver would.
"""

import base64
import json
from pathlib import Path

import msgspec
import pytest

from grader import course as courses
from grader import files
from grader.journal import Mark
from grader.report import FORMATS, ONE
from grader.report.gradebook import Gradebook

HERE = Path(__file__).parent
REPORTS = HERE / "reports"
GOLDEN = {
    "text": "txt",
    "json": "json",
    "junit": "xml",
    "gradescope": "txt",
    "classroom": "txt",
    "exercism": "txt",
    "check50": "txt",
    "markdown": "md",
}
TOLD_MORE = ("text", "junit", "gradescope", "check50")
"""Formats of which an instructor's report is here too."""


@pytest.fixture(scope="module")
def course():
    return courses.read(HERE / "small_course")


@pytest.fixture(scope="module")
def marks():
    return msgspec.json.decode((REPORTS / "marks.json").read_bytes(), type=tuple[Mark, ...])


@pytest.fixture(autouse=True)
def a_terminal_of_eighty_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


def readable(name, data):
    """A report as its receiver has it: GitHub Classroom's is unpacked."""
    if name != "classroom":
        return data.decode()
    decoded = json.loads(base64.b64decode(data.partition(b"=")[2].strip(), validate=True))
    return json.dumps(decoded, indent=2, ensure_ascii=False) + "\n"


def report(name, course, marks, audience):
    """The text of a golden file."""
    if name not in ONE:
        return readable(name, FORMATS[name](Gradebook(course, marks, audience)))
    books = [Gradebook(course, (mark,), audience) for mark in marks]
    return "\n".join(
        f"== {book.marks[0].attempt.name}\n{readable(name, FORMATS[name](book))}" for book in books
    )


def require_golden(request, file, found):
    path = REPORTS / file
    if request.config.option.rewrite_golden:
        files.write(path, found)
    assert found == path.read_text("utf-8"), f"{file}: look, then --rewrite-golden"


@pytest.mark.parametrize("name", GOLDEN)
def test_a_learner_reads_what_was_read_and_approved(request, course, marks, name):
    found = report(name, course, marks, "learner")
    require_golden(request, f"{name}.{GOLDEN[name]}", found)


@pytest.mark.parametrize("name", TOLD_MORE)
def test_an_instructor_reads_what_was_read_and_approved(request, course, marks, name):
    found = report(name, course, marks, "instructor")
    require_golden(request, f"{name}.instructor.{GOLDEN[name]}", found)


def test_every_format_that_is_a_file_has_a_golden_one():
    assert {*FORMATS} == {*GOLDEN}
