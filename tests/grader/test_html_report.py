"""The report in HTML: which pages there are, what stands on them, and what never does."""

import re
import sys
from html.parser import HTMLParser
from pathlib import PurePosixPath

import pytest

from grader import course as courses
from grader.alike import Pair
from grader.errors import KataError
from grader.journal import Attempt, Key, Mark
from grader.report.gradebook import Gradebook
from grader.report.html import render, write
from grader.report.html.charts import columns, histogram, strip
from grader.report.html.code import excerpts, highlighted, place, sources
from grader.report.html.folder import MARKER
from grader.report.html.names import paths, stem
from grader.result import ExerciseResult, Isolation, Outcome, Result, SubmissionId
from grader.speed import Figures, Speed

CODE = """import numpy as np


def add(a, b):
    \"\"\"The sum.\"\"\"
    return a - b  # </code><script>alert(1)</script>


def total(values):
    return values["all"]
"""

WRONG = ExerciseResult(
    "add",
    "ch01_sums",
    0.0,
    1.0,
    "failed",
    (
        Outcome("test_of_two", "failed", "add(1, 2) gave -1", "It subtracts.", 0.25, "visible"),
        Outcome("test_any_order[#3]", "failed", "add gave a wrong value", "", 0.5, "hidden"),
        Outcome("test_of_none", "failed", "", "", 0.125, "hidden"),
    ),
)
RAISED = ExerciseResult(
    "total",
    "ch01_sums",
    0.0,
    2.0,
    "failed",
    (
        Outcome(
            "test_of_three",
            "failed",
            'total([1, 2, 3]) raised TypeError\nsums.py:10  return values["all"]',
            "",
            0.1,
            "visible",
        ),
    ),
)
RIGHT = ExerciseResult(
    "add", "ch01_sums", 1.0, 1.0, "passed", (Outcome("test_a", "passed", "", "", 0.1, "visible"),)
)
NO_GPU = ExerciseResult(
    "Counter",
    "ch01_sums",
    0.0,
    4.0,
    "not_run",
    (Outcome("test_g", "not_run", "not run: no GPU visible", "", 0.0, "hidden"),),
)
SPEED = Speed(
    "too slow",
    "too slow: 2 times as fast as the loop; there is a loop",
    ("examples",),
    (Figures((64,), 0.02, 0.04, 0.0005, 2.0, 40.0),),
    (2.0, 1.9, 2.1),
    (40.0, 38.0, 41.0),
    9,
)
SLOW = ExerciseResult(
    "total",
    "ch01_sums",
    0.0,
    2.0,
    "failed",
    (Outcome("test_no_loop", "failed", SPEED.words, "", 1.5, "visible", SPEED),),
)


@pytest.fixture
def course(small_course):
    return courses.read(small_course)


def mark(student, *exercises, state="marked", message="", late_days=0.0, notes=()):
    attempt = Attempt(1, student, 2, f"{student}.py", "sha256:d1ge57", late_days, 0.25)
    counted = [e for e in exercises if e.status != "not_run"]
    result = Result(
        SubmissionId(f"{student}.py", "sha256:d1ge57"),
        sum(e.score for e in counted),
        sum(e.max_score for e in counted),
        Isolation("full", ("landlock",)),
        4711,
        3.25,
        exercises,
        notes,
    )
    return Mark(1, attempt, Key("", 0, "", {}), state, message, 0, result if exercises else None)


class Text(HTMLParser):
    """What a reader sees of a page, and the tags and attributes in it."""

    def __init__(self, page):
        super().__init__()
        self.said, self.tags, self.attributes, self._silent = [], [], [], False
        self.feed(page.decode())
        self.text = " ".join(" ".join(self.said).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self._silent = tag in ("style", "script")

    def handle_endtag(self, tag):
        self._silent = False

    def handle_data(self, data):
        if not self._silent:
            self.said.append(data)


def page(course, mark, *, audience="learner", files=None):
    """The page of one student."""
    book = Gradebook(course, (mark,), audience, {mark.attempt.student: files or {}})
    return render(book)[paths(book.marks)[0]]


def text(*args, **more):
    return Text(page(*args, **more)).text


class TestPages:
    def test_an_instructor_has_a_page_on_the_class_and_one_a_student(self, course):
        pages = render(Gradebook(course, (mark("ada", RIGHT), mark("ben", WRONG)), "instructor"))
        assert [*pages] == [
            "index.html",
            f"students/{stem('ada')}.html",
            f"students/{stem('ben')}.html",
        ]

    def test_a_learners_page_stands_alone(self, course):
        pages = render(Gradebook(course, (mark("ada", RIGHT), mark("ben", WRONG))))
        assert [*pages] == [f"students/{stem('ada')}.html", f"students/{stem('ben')}.html"]
        for content in pages.values():
            assert b"index.html" not in content
        assert b"ben" not in pages[f"students/{stem('ada')}.html"]

    def test_a_class_of_nobody_has_a_page(self, course):
        assert (
            "Nobody has a result yet."
            in Text(render(Gradebook(course, (), "instructor"))["index.html"]).text
        )

    def test_the_same_gradebook_gives_the_same_bytes(self, course):
        book = Gradebook(course, (mark("ada", WRONG),), "instructor")
        assert render(book) == render(book)

    def test_no_page_has_a_handler_a_style_attribute_or_anything_from_elsewhere(self, course):
        pages = render(Gradebook(course, (mark("ada", WRONG, SLOW), mark("ben")), "instructor"))
        for content in pages.values():
            seen = Text(content)
            assert not [
                name
                for name in seen.attributes
                if name.startswith("on") or name in ("style", "src")
            ]
            assert not {"link", "img", "iframe", "object", "base"} & {*seen.tags}
            assert b"default-src 'none'" in content
            assert b"unsafe" not in content


class TestNames:
    @pytest.mark.parametrize(
        "student",
        [
            "..",
            "/",
            "../../etc/passwd",
            "con",
            "a" * 5000,
            "김민지",
            "",
            "a\0b",
            "\ud800",
            "x.html",
            "\u202egnp",
            "C:\\nul",
        ],
    )
    def test_a_file_has_a_name_that_every_system_takes(self, student):
        path = PurePosixPath(paths([mark(student)])[0])
        assert path.parent == PurePosixPath("students")
        assert re.fullmatch(r"[a-z0-9-]{1,60}\.html", path.name)

    def test_names_that_differ_in_case_or_in_signs_alone_have_pages_of_their_own(self):
        names = ["Ada", "ada", "ADA", "a-da", "a/da", "a da", "ádа", "e\u0301", "é"]
        found = paths([mark(name) for name in names])
        assert len({path.casefold() for path in found}) == len(names)

    def test_two_of_one_name_have_a_page_each(self, course):
        book = Gradebook(course, (mark("ada", RIGHT), mark("ada", WRONG)), "instructor")
        assert len(render(book)) == 3

    def test_a_name_is_text_and_turns_nothing_round(self, course):
        content = page(course, mark("<img src=x onerror=alert(1)>\u202eb", WRONG))
        assert b"<img" not in content
        assert "\u202e".encode() not in content
        assert "<img src=x onerror=alert(1)>\\u202eb" in Text(content).text


class TestAStudentsPage:
    def test_it_says_what_was_lost_and_why_and_what_helps(self, course):
        said = text(course, mark("ada", WRONG))
        for part in (
            "0 of 1 point",
            "It subtracts.",
            "add(1, 2) gave -1",
            course.exercises["add"].hints[0],
        ):
            assert part in said

    def test_a_hidden_test_without_words_still_says_what_it_is_about(self, course):
        assert "add does not do yet what this test is named after: of none" in text(
            course, mark("a", WRONG)
        )

    def test_a_hidden_test_goes_by_words_and_not_by_its_case(self, course):
        said = text(course, mark("ada", WRONG))
        assert "any order" in said
        assert "#3" not in said

    def test_visible_tests_come_first(self, course):
        turned = ExerciseResult("add", "ch01_sums", 0, 1, "failed", WRONG.tests[::-1])
        said = text(course, mark("ada", turned))
        assert said.index("of two") < said.index("any order")

    def test_an_instructor_is_told_more_than_the_learner(self, course):
        one = mark("ada", WRONG, notes=("Refused: a call",))
        for fact in (
            "4711",
            "d1ge57",
            "landlock",
            "Refused: a call",
            "attempt 2",
            "0.25 s",
            "3.25 s",
        ):
            assert fact in text(course, one, audience="instructor")
            assert fact not in text(course, one)

    def test_what_lateness_costs_is_said(self, course):
        said = text(course, mark("ada", RIGHT, late_days=2.0))
        assert "0.5 of 1 points" in said
        assert "2 days late, which costs 50%: 1 before that" in said

    def test_what_was_not_run_is_in_no_total_and_named(self, course):
        said = text(course, mark("ada", RIGHT, NO_GPU))
        assert "1 of 1 points" in said
        assert "Not run, and in no total: Counter (no GPU visible)" in said

    def test_all_right_is_said(self, course):
        assert "Everything that was marked is right." in text(course, mark("ada", RIGHT))

    def test_to_do_is_no_failure(self, course):
        todo = ExerciseResult(
            "add",
            "ch01_sums",
            0,
            1,
            "todo",
            (Outcome("test_a", "todo", "add is still to do", "", 0, "visible"),),
        )
        said = text(course, mark("ada", todo))
        assert "Still to do add" in said
        assert "What was lost" not in said

    def test_an_exercise_and_a_chapter_that_the_course_has_no_more_are_shown(self, course):
        gone = ExerciseResult("gone", "ch99_gone", 0, 1, "failed", WRONG.tests)
        assert "gone" in text(course, mark("ada", gone))

    def test_a_race_has_its_bars(self, course):
        content = page(course, mark("ada", SLOW))
        said = Text(content).text
        assert "loop 40 ms yours 20 ms reference 500 µs" in said
        assert "Too slow: 2 times as fast as the loop; there is a loop." in said
        assert b'aria-label="Times: loop 40 ms, yours 20 ms, reference 500' in content


class TestWithoutAResult:
    def test_who_was_refused_reads_why(self, course):
        said = text(course, mark("ada", state="refused", message="sums.py:3: a NUL byte <b>"))
        assert "No mark yet" in said
        assert "sums.py:3: a NUL byte <b>" in said

    @pytest.mark.parametrize("state", ["failed", "quarantined"])
    def test_what_the_grader_says_of_itself_is_for_the_instructor(self, course, state):
        one = mark("ada", state=state, message="KeyError: 'hidden input'")
        assert "hidden input" not in text(course, one)
        assert "KeyError: 'hidden input'" in text(course, one, audience="instructor")
        assert "No mark yet" in text(course, one)


class TestTheClass:
    def test_it_lists_what_wants_a_human_eye(self, course):
        marks = (
            mark("ada", WRONG, notes=("total: speed inconclusive, busy",)),
            mark("ben", RIGHT, notes=("Refused: sums.py:4 the network",)),
            mark("cy", state="refused", message="no Python"),
            mark("di", state="quarantined", message="2 judges were lost"),
        )
        pairs = (Pair("ada", "ben", 0.8), Pair("ben", "who has gone", 0.7))
        said = Text(render(Gradebook(course, marks, "instructor", {}, pairs))["index.html"]).text
        for part in (
            "inconclusive ada",
            "refused call ben",
            "refused cy no Python",
            "quarantined di 2 judges were lost",
            "alike ada and ben 80%",
            "alike ben and who has gone 70%",
        ):
            assert part in said

    def test_it_has_the_rates_the_mistakes_and_what_was_not_run(self, course):
        marks = (mark("ada", WRONG, NO_GPU), mark("ben", RIGHT, NO_GPU), mark("cy", WRONG, NO_GPU))
        said = Text(render(Gradebook(course, marks, "instructor"))["index.html"]).text
        assert "add ch01_sums 1 3 33 %" in said
        assert "2 add It subtracts." in said
        assert "in no total: Counter (3 students)" in said

    def test_points_are_counted_after_what_lateness_costs(self, course):
        late = mark("ada", RIGHT, late_days=2.0)
        assert (
            "ada 0.5 50 %"
            in Text(render(Gradebook(course, (late,), "instructor"))["index.html"]).text
        )


class TestCode:
    def test_an_exercise_is_found_without_running_anything(self):
        (found,) = excerpts({"sums.py": CODE}, "add", "sums", None)
        assert (found.file, [line.number for line in found.lines]) == ("sums.py", [4, 5, 6])

    def test_the_line_that_a_message_names_is_marked(self, course):
        content = page(course, mark("ada", RAISED), files={"sums.py": CODE})
        assert re.search(r"<mark>.*values.*</mark>", content.decode())
        assert "sums.py, lines 9 to 10" in Text(content).text

    def test_a_line_elsewhere_comes_with_its_neighbours(self):
        own, other = excerpts({"sums.py": CODE}, "add", "sums", ("sums.py", 10))
        assert [line.number for line in other.lines if line.matters] == [10]
        assert not any(line.matters for line in own.lines)

    def test_code_is_text(self, course):
        content = page(course, mark("ada", WRONG), files={"sums.py": CODE})
        assert b"<script" not in content
        assert "</code><script>alert(1)</script>" in Text(content).text.replace(
            " </", "</"
        ).replace("< ", "<")

    @pytest.mark.parametrize(
        "broken",
        ["def add(:\n", "\0", "", "x" * 100_000, "def add(a, b):\n    return '", "\ud800 def add"],
    )
    def test_what_is_no_python_fails_nothing(self, course, broken):
        assert b"It subtracts." in page(course, mark("ada", WRONG), files={"sums.py": broken})

    def test_a_cell_of_a_notebook_goes_by_its_number(self):
        cell = (
            '{"cell_type": "code", "source": ["def add(a, b):\\n", "    return 1"], "metadata": {}}'
        )
        text = f'{{"nbformat": 4, "cells": [{cell}]}}'
        files = sources({"work.ipynb": text, "broken.ipynb": "{"})
        assert place(["add raised\nwork.ipynb[1]:2  return 1"], files) == ("work.ipynb[1]", 2)
        (found,) = excerpts(files, "add", "sums", ("work.ipynb[1]", 2))
        assert [line.matters for line in found.lines] == [False, True]

    def test_a_long_function_is_shown_around_the_line(self):
        long = "def add(a, b):\n" + "    a += 1\n" * 500
        (found,) = excerpts({"sums.py": long}, "add", "sums", ("sums.py", 300))
        assert found.cut
        assert len(found.lines) == 60
        assert [line.number for line in found.lines if line.matters] == [300]

    def test_every_line_has_its_colours_for_itself(self):
        lines = highlighted('"""one\n<two>"""\nx = 1')
        assert [str(line) for line in lines[:2]] == [
            '<span class="s">&#34;&#34;&#34;one</span>',
            '<span class="s">&lt;two&gt;&#34;&#34;&#34;</span>',
        ]

    def test_a_sign_that_turns_text_round_is_shown_as_what_it_is(self):
        assert "\\u202e" in highlighted("x = '\u202e'")[0]


class TestPlots:
    def test_a_run_of_one_status_is_one_line_and_ends_with_the_chapter(self):
        drawn = strip("ppppf", columns([2, 3]))
        assert drawn.count("M") == 3
        assert 'class="p" d="M0 7h11M15 7h11"' in drawn

    def test_full_marks_are_in_the_last_column_of_the_histogram(self):
        assert "95 to 100 %: 2" in histogram([1.0, 0.999, 0.0], 0.999)


class TestTheFolder:
    PAGES = {"index.html": b"new", "students/a.html": b"a"}  # noqa: RUF012

    def test_a_report_is_written_and_written_again(self, tmp_path):
        folder = tmp_path / "deep" / "report"
        write({"index.html": b"old", "students/gone.html": b"x"}, folder)
        write(self.PAGES, folder)
        assert (folder / "index.html").read_bytes() == b"new"
        assert sorted(p.name for p in folder.rglob("*.html")) == ["a.html", "index.html"]
        assert [path.name for path in folder.parent.iterdir()] == ["report"]

    def test_an_empty_folder_will_do(self, tmp_path):
        write(self.PAGES, tmp_path)
        assert (tmp_path / MARKER).exists()

    def test_a_folder_of_somebodys_is_left_as_it_is(self, tmp_path):
        (tmp_path / "thesis.txt").write_text("all of it")
        with pytest.raises(KataError, match="is no earlier report; name a new folder"):
            write(self.PAGES, tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]

    def test_a_note_that_was_put_into_a_report_is_not_lost(self, tmp_path):
        write(self.PAGES, tmp_path / "report")
        (tmp_path / "report" / "notes.txt").write_text("call Ada")
        with pytest.raises(KataError, match=r"notes\.txt is no part of the earlier report"):
            write(self.PAGES, tmp_path / "report")

    def test_a_file_is_no_place_for_it(self, tmp_path):
        (tmp_path / "report").write_text("")
        with pytest.raises(KataError, match="is a file"):
            write(self.PAGES, tmp_path / "report")

    def test_when_it_cannot_be_written_the_earlier_one_stays(self, tmp_path, monkeypatch):
        folder = tmp_path / "report"
        write({"index.html": b"old"}, folder)

        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("grader.report.html.folder._lay_out", full)
        with pytest.raises(KataError, match="cannot be written: No space left on device"):
            write(self.PAGES, folder)
        assert (folder / "index.html").read_bytes() == b"old"
        assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_without_jinja_it_says_what_to_install(course, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.delitem(sys.modules, "grader.report.html.pages", raising=False)
    with pytest.raises(KataError, match=r"pip install 'tensorkata\[report\]'"):
        render(Gradebook(course, ()))
