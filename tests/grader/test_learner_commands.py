"""The commands of a learner as they are typed: kata, kata list, kata reset, completion."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def kata(small_course):
    """Run the command in a process of its own; returns (exit status, output, errors)."""

    def run(*arguments, folder=small_course, **environment):
        done = subprocess.run(
            [sys.executable, "-m", "grader", *arguments],
            cwd=folder,
            env=os.environ | {"COLUMNS": "80"} | environment,
            capture_output=True,
            encoding="utf-8",
        )
        return done.returncode, done.stdout, done.stderr

    return run


def write(small_course, name, code):
    path = small_course / "exercises/ch01_sums/sums.py"
    stub = f'raise NotImplementedError("{name} is still to do")'
    path.write_text(path.read_text("utf-8").replace(stub, code), "utf-8")


def test_kata_alone_is_the_board_and_the_next_step(kata, small_course):
    write(small_course, "add", "return x - y")
    status, output, _ = kata()
    assert status == 0
    assert "✘ add  ○ total  ○ Counter" in output
    assert "You subtract: write + where there is a -." in output
    assert output.rstrip().endswith("next: add   exercises/ch01_sums/sums.py:6")
    write(small_course, "total", "return sum(xs)")
    assert "✘ add  ✔ total  ○ Counter" in kata()[1]


def test_outside_of_a_course_it_says_what_it_can_do(kata, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    status, output, _ = kata(folder=folder)
    assert status == 0
    assert output.startswith("Usage: kata [OPTIONS] COMMAND")


def test_list_says_where_each_exercise_stands(kata, small_course):
    write(small_course, "add", "return x + y")
    kata()
    lines = kata("list")[1].splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["✔", "add", "ch01_sums", "2"],
        ["○", "total", "ch01_sums", "3"],
        ["○", "Counter", "ch01_sums", "1"],
    ]


def test_reset_says_where_the_work_is_kept(kata, small_course):
    write(small_course, "add", "return x - y")
    status, output, _ = kata("reset", "add")
    assert status == 0
    assert output.startswith("add: what you wrote is in ")
    assert output.rstrip().endswith("sums.py.bak-1")
    assert kata("reset", "add")[1] == "add: is a stub already\n"


def test_a_name_that_is_misspelt_is_guessed(kata):
    status, _, errors = kata("hint", "totl")
    assert status == 2
    assert errors.rstrip().endswith("there is no exercise 'totl'; did you mean total?")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("kata re", {"reset", "results", "release", "report"}),
        ("kata hint a", {"add"}),
        ("kata grade --exercise t", {"total"}),
        ("kata batch --chapter ch", {"ch01_sums"}),
        ("kata grade --format c", {"classroom", "check50"}),
        ("kata report --format c", {"classroom", "check50", "canvas"}),
        ("kata report --attempts b", {"best"}),
        ("kata report --audience i", {"instructor"}),
    ],
)
def test_a_shell_is_offered_what_fits(kata, typed, offered):
    typed_so_far = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    _, output, _ = kata(_KATA_COMPLETE="complete_bash", **typed_so_far)
    assert set(output.split()) == offered
