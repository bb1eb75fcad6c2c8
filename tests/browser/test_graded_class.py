"""From submissions to pages: a class that was really marked, looked at in a browser."""

import os
import subprocess
import sys

import pytest

from grader import course as courses
from grader.journal import Journal
from grader.report.gradebook import Gradebook
from grader.report.html import render, write
from grader.report.html.names import paths

ADD = "import numpy as np\n\n\ndef add(x, y):\n    return np.asarray(x) + np.asarray(y)\n"
CLASS = {
    "ada": ADD,
    "ben": ADD.replace("+", "-"),
    "cleo": ADD + "\n\ndef total(xs):\n    return xs['all']\n",
    "dov": "def add(x, y)\n    return x  # <b>bold</b>\n",
}


@pytest.fixture
def gradebook(small_course, tmp_path):
    """The class as the grader marked it."""
    folder, journal = tmp_path / "class", tmp_path / "class.db"
    folder.mkdir()
    for name, text in CLASS.items():
        (folder / f"{name}.py").write_text(text)
    command = (sys.executable, "-m", "grader", "batch", folder, "--journal", journal)
    asked = ("--course", small_course, "--exercise", "add", "--exercise", "total", "--trust")
    done = subprocess.run([*command, *asked], capture_output=True, text=True, env=os.environ)
    assert done.returncode in (0, 2), done.stderr
    with Journal(journal) as opened:
        marks = tuple(opened.marks())
        files = {
            mark.attempt.student: {
                label: data.decode() for label, data in opened.work(mark.attempt).contents.items()
            }
            for mark in marks
        }
    return Gradebook(courses.read(small_course), marks, "instructor", files)


def test_a_class_that_was_marked_is_all_there(visit, gradebook, tmp_path):
    report = tmp_path / "report"
    write(render(gradebook), report)
    page = visit(report / "index.html").page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    rows = page.locator("#t-students tbody tr")
    assert [name.strip() for name in rows.locator("th").all_text_contents()] == [*CLASS]

    rows.get_by_role("link", name="cleo").click()
    assert page.locator("#on-total mark").text_content().strip() == "return xs['all']"
    assert "total" in page.locator("#on-total .said").first.text_content()

    page.goto((report / paths(gradebook.marks)[3]).as_uri())
    assert "SyntaxError" in page.locator("main").text_content()
    assert page.locator("article b").get_by_text("bold").count() == 0
