"""The command `kata` as it is typed: what it prints, writes and returns."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from grader import cli

ROOT = Path(__file__).parents[2]
SIGMOID = "import numpy as np\ndef sigmoid(z):\n    return 0.5 * (1 + np.tanh(np.asarray(z) / 2))\n"
STEP = "import numpy as np\ndef step(z):\n    return np.heaviside(z, 1)\n"


@pytest.fixture
def kata(monkeypatch, capfd, lent_zygote):
    """Run the command in this process; returns (exit status, output, errors)."""

    def run(*arguments, folder=ROOT):
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["kata", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (ended.value.code or 0, *capfd.readouterr())

    return run


@pytest.fixture
def work(tmp_path):
    (tmp_path / "right.py").write_text(SIGMOID + STEP)
    (tmp_path / "half.py").write_text(SIGMOID + STEP.replace("1)", "0)"))
    (tmp_path / "broken.py").write_text("def sigmoid(z:\n")
    return tmp_path


ONLY = ("--exercise", "sigmoid", "--exercise", "step")


def test_full_marks_end_with_0(kata, work):
    status, printed, _ = kata("grade", work / "right.py", *ONLY)
    assert status == 0
    assert printed.startswith("right.py   4 of 4 points\n")


def test_short_of_full_marks_ends_with_1_and_enough_of_them_with_0(kata, work):
    status, printed, _ = kata("grade", work / "half.py", *ONLY)
    assert status == 1
    assert "✘ step" in printed
    assert kata("grade", work / "half.py", *ONLY, "--min-score", "0.75")[0] == 0
    assert kata("grade", work / "half.py", *ONLY, "--min-score", "0.76")[0] == 1


def test_several_are_marked_in_one_go_and_the_worst_status_counts(kata, work):
    output = work / "marks.json"
    paths = [work / f"{name}.py" for name in ("right", "broken", "half")]
    status, printed, errors = kata("grade", *paths, *ONLY, "--format", "json", "--output", output)
    assert status == 2
    assert printed == ""
    assert errors.startswith("kata: broken.py:1: SyntaxError: '(' was never closed")
    marks = json.loads(output.read_bytes())
    assert [(m["submission"]["name"], m["score"]) for m in marks] == [
        ("right.py", 4.0),
        ("half.py", 3.0),
    ]


def test_what_is_refused_has_a_report_too_where_a_service_waits_for_one(kata, work):
    also = ("--also", f"junit={work / 'junit.xml'}", "--also", f"classroom={work / 'line.txt'}")
    status, output, _ = kata("grade", work / "broken.py", *ONLY, *also)
    assert (status, output) == (2, "")
    (case,) = ElementTree.parse(work / "junit.xml").iter("testcase")
    assert "broken.py" in case.find("error").get("message")
    line = (work / "line.txt").read_text().removeprefix("result=")
    told = json.loads(base64.b64decode(line))
    assert (told["status"], [test["score"] for test in told["tests"]]) == ("error", [0])


def test_the_json_has_what_was_promised(kata, work):
    _, printed, _ = kata("grade", work / "half.py", "--chapter", "ch01_neuron", "--format", "json")
    result = json.loads(printed)
    assert {
        "version",
        "submission",
        "score",
        "max_score",
        "isolation",
        "seed",
        "duration",
        "exercises",
    } <= {*result}
    step = next(e for e in result["exercises"] if e["id"] == "step")
    assert step["status"] == "failed"
    assert {"id", "chapter", "score", "max_score", "status", "tests"} <= {*step}
    failed = next(t for t in step["tests"] if t["status"] == "failed")
    assert {*failed} == {
        "name",
        "status",
        "message",
        "diagnosis",
        "duration",
        "visibility",
        "speed",
    }
    assert {e["status"] for e in result["exercises"]} == {"passed", "failed", "missing"}


def test_an_unexpected_failure_of_the_grader_ends_with_3(kata, work, monkeypatch):
    def fail(*_, **__):
        raise judge.GraderFailed("a hidden test is broken")

    from grader import judge

    monkeypatch.setattr(judge.Judge, "_run", fail)
    status, _, errors = kata("grade", work / "right.py", *ONLY)
    assert status == 3
    assert "right.py: the grader failed: a hidden test is broken" in errors


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--timeout", "0"], "--timeout 0: give seconds above 0"),
        (["--timeout", "nan"], "--timeout nan: give seconds above 0"),
        (["--timeout", "inf"], "--timeout inf: give seconds above 0, at most 86400"),
        (["--seed", "x"], "Invalid value for '--seed'"),
        (["--bogus"], "No such option: --bogus"),
        (["--output", "/nowhere/marks.json"], "there is no folder /nowhere"),
        (["--output", "/"], "/: is a folder; name a file"),
        (["--min-score", "80"], "--min-score 80: give a share of the points from 0 to 1"),
        (
            ["--format", "xml"],
            "--format xml: choose text, json, junit, gradescope, classroom, exercism, check50, "
            "markdown or html",
        ),
        (["--format", "html"], "--format html: is a folder of pages; say where with --output DIR"),
        (["--format", "canvas"], "--format canvas: is for a class; see kata batch"),
        (["--exercise", "sigmiod"], "there is no exercise 'sigmiod'"),
        (["--chapter", "ch99_x"], "there is no chapter 'ch99_x'"),
        (["--course", "/"], "no course here or above"),
    ],
)
def test_a_wrong_option_is_one_line_and_ends_with_2(kata, work, options, said):
    status, printed, errors = kata("grade", work / "right.py", *options)
    assert (status, printed) == (2, "")
    assert said in errors
    assert errors.count("\n") == 1


def test_pages_are_a_folder_with_one_a_submission(kata, work):
    pages = work / "pages"
    status, output, _ = kata(
        "grade", work / "half.py", *ONLY, "--format", "html", "--output", pages
    )
    assert (status, output) == (1, "")
    (page,) = (pages / "students").glob("*.html")
    assert "half.py" in page.read_text()
    assert "np.heaviside" in page.read_text()


def test_exercism_wants_0_when_its_report_is_written(kata, work):
    report = work / "results.json"
    told = ("--format", "exercism", "--output", report)
    assert kata("grade", work / "half.py", *ONLY, *told)[0] == 0
    assert json.loads(report.read_bytes())["status"] == "fail"
    assert kata("grade", work / "broken.py", *ONLY, *told)[0] == 0
    assert json.loads(report.read_bytes())["status"] == "error"


def test_hints_come_one_by_one(kata):
    assert kata("hint", "sigmoid")[1].endswith("more: kata hint sigmoid 2\n")
    assert "more:" not in kata("hint", "sigmoid", "3")[1]
    assert kata("hint", "sigmiod")[0] == 2


def test_stubs_are_checked_and_renewed(kata, small_course):
    assert kata("stubs", "--check", folder=small_course)[0] == 0
    stub = small_course / "exercises/ch01_sums/sums.py"
    stub.write_text("def add(x, y):\n    return x + y\n")
    status, printed, _ = kata("stubs", "--check", folder=small_course)
    assert status == 1
    assert "sums.py: stale" in printed
    status, printed, _ = kata("stubs", folder=small_course)
    assert status == 0
    assert "sums.py.bak-1" in printed
    assert "still to do" in stub.read_text()


def test_the_installed_command_answers():
    done = subprocess.run(
        [Path(sys.executable).with_name("kata"), "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "grade" in done.stdout
