"""From submissions to pages: a class that was really marked, looked at in a browser."""

import os
import subprocess
import sys

import pytest

ADD = "import numpy as np\n\n\ndef add(x, y):\n    return np.asarray(x) + np.asarray(y)\n"
CLASS = {
    "ada": ADD,
    "ben": ADD.replace("+", "-"),
    "cleo": ADD + "\n\ndef total(xs):\n    return xs['all']\n",
    "dov": "def add(x, y)\n    return x  # <b>bold</b>\n",
}


def kata(*arguments):
    command = [sys.executable, "-m", "grader", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ)


@pytest.fixture
def report(small_course, tmp_path):
    """The pages of a class, as the commands make them."""
    work, journal, pages = tmp_path / "class", tmp_path / "class.db", tmp_path / "report"
    work.mkdir()
    for name, text in CLASS.items():
        (work / f"{name}.py").write_text(text)
    known = ("--journal", journal, "--course", small_course)
    asked = ("--exercise", "add", "--exercise", "total", "--trust")
    done = kata("batch", work, *known, *asked)
    assert done.returncode in (0, 2), done.stderr
    made = kata("report", *known, "--format", "html", "--audience", "instructor", "--out", pages)
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    return pages


def test_a_class_that_was_marked_is_all_there(visit, report):
    page = visit(report / "index.html").page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    rows = page.locator("#t-students tbody tr")
    assert [name.strip() for name in rows.locator("th").all_text_contents()] == [*CLASS]

    rows.get_by_role("link", name="cleo").click()
    assert page.locator("#on-total mark").text_content().strip() == "return xs['all']"
    assert "total" in page.locator("#on-total .said").first.text_content()

    page.goto((report / "index.html").as_uri())
    rows.get_by_role("link", name="dov").click()
    assert "SyntaxError" in page.locator("main").text_content()
    assert page.locator("article b").get_by_text("bold").count() == 0
