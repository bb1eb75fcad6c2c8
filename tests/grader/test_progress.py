"""Whoever waits for a batch reads how far it is, what came out, and what takes long."""

import io

import pytest
from rich.console import Console

from grader import classroom
from grader.batch import Step
from grader.classroom import Asked
from grader.progress import EVERY, SHOWN_SLOW, SLOW, Telling
from grader.result import Isolation, Result, SubmissionId


def result(score):
    return Result(SubmissionId("w", "sha256:0"), score, 2.0, Isolation("full", ()), 0, 1.0, ())


FULL, SHORT = result(2.0), result(1.0)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told(clock):
    """A batch that is told of on what is no terminal."""

    def told(total):
        file = io.StringIO()
        return Telling(total, Console(file=file, width=200), clock), file

    return told


def begin(telling, *students):
    for student in students:
        telling.tell(Step(student, "begun"))


def end(telling, student, found=FULL, state="marked", message=""):
    telling.tell(Step(student, state, found, message))


# What came out


def test_the_summary_counts_what_came_out(told, clock):
    telling, _ = told(4)
    begin(telling, "ada", "béla", "carl", "dora")
    clock.now += 12.34
    for student, found in (("ada", FULL), ("béla", SHORT), ("carl", FULL)):
        end(telling, student, found)
    assert telling.done == 3
    assert telling.summary() == "3 of 4 marked in 12.3 s: 2 full, 1 short"
    end(telling, "dora", None, "failed", "no space left")
    said = "4 of 4 marked in 12.3 s: 2 full, 1 short, 1 without a result"
    assert telling.summary() == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0.0 s"),
        (59.4, "59.4 s"),
        (59.8, "1 min 0 s"),
        (60, "1 min 0 s"),
        (754, "12 min 34 s"),
    ],
)
def test_a_long_time_is_told_in_minutes(told, clock, seconds, said):
    telling, _ = told(1)
    clock.now += seconds
    assert telling.summary() == f"0 of 1 marked in {said}: 0 full, 0 short"


def test_what_waits_for_its_race_has_not_come_to_an_end(told, clock):
    telling, file = told(2)
    begin(telling, "ada", "béla")
    end(telling, "ada", FULL, "unraced")
    assert telling.done == 0
    clock.now += EVERY
    end(telling, "béla", SHORT)
    assert file.getvalue() == "1 of 2  0.1/s  0 full, 1 short  1 to race\n"
    begin(telling, "ada")
    end(telling, "ada", SHORT)
    assert telling.summary() == "2 of 2 marked in 10.0 s: 0 full, 2 short"
    assert "to race" not in file.getvalue().splitlines()[-1]


def test_work_that_is_tried_again_counts_once(told):
    telling, _ = told(1)
    begin(telling, "ada", "ada")
    end(telling, "ada")
    assert telling.done == 1


# Where there is no terminal


def test_lines_come_now_and_then_and_at_the_end(told, clock):
    telling, file = told(100)
    with telling:
        for number in range(100):
            begin(telling, f"s{number}")
            clock.now += 0.5
            end(telling, f"s{number}")
    lines = file.getvalue().splitlines()
    assert [line.partition("  ")[0] for line in lines] == [
        f"{number} of 100" for number in (20, 40, 60, 80, 100)
    ]
    assert lines[-1] == "100 of 100  2.0/s  100 full, 0 short"
    assert "\x1b" not in file.getvalue(), "a bar is drawn where there is no terminal"


def test_the_end_is_told_however_soon_it_comes(told):
    telling, file = told(2)
    with telling:
        end(telling, "ada")
        assert file.getvalue() == ""
        end(telling, "béla", SHORT)
    assert file.getvalue().startswith("2 of 2  ")


def test_what_gave_no_result_is_told_at_once_with_its_reason(told):
    telling, file = told(3)
    end(telling, "ada", None, "failed", "[bold]no space[/bold] :smile:")
    end(telling, "béla", None, "quarantined", "2 judges\nwere lost")
    assert file.getvalue().splitlines() == [
        "ada: failed: [bold]no space[/bold] :smile:",
        "béla: quarantined: 2 judges were lost",
    ]


def test_a_long_reason_stays_one_line(told):
    telling, file = told(2)
    end(telling, "ada", None, "failed", "long " * 200)
    assert len(file.getvalue().splitlines()) == 1


# What takes long


def test_slow_ones_are_named_and_no_more_than_a_few(told, clock):
    telling, file = told(8)
    begin(telling, "ada", "béla")
    clock.now += SLOW + 0.1
    begin(telling, "carl")
    clock.now += EVERY
    end(telling, "dora")
    said = file.getvalue()
    assert said.rstrip().endswith("slow: ada, béla, carl"), said
    end(telling, "ada")
    begin(telling, "eve", "frank", "gina")
    clock.now += EVERY + 1
    end(telling, "hana")
    names = file.getvalue().splitlines()[-1].partition("slow: ")[2].split(", ")
    assert names == ["béla", "carl", "eve"], "ada has come to an end"
    assert len(names) == SHOWN_SLOW


def test_nobody_is_slow_who_has_just_begun(told, clock):
    telling, file = told(3)
    clock.now += 10 * EVERY
    begin(telling, "ada")
    clock.now += SLOW
    end(telling, "béla")
    assert "slow" not in file.getvalue()
    assert "béla" not in file.getvalue()


def test_a_race_is_slow_from_when_it_began(told, clock):
    telling, file = told(3)
    begin(telling, "ada")
    clock.now += 10 * SLOW
    end(telling, "ada", FULL, "unraced")
    begin(telling, "ada")
    clock.now += SLOW
    end(telling, "béla")
    assert "slow" not in file.getvalue(), "it waited for its race, and took no time"


def test_no_name_steers_the_terminal(told, clock):
    telling, file = told(3)
    begin(telling, "\x1b[2J\u202eada\nbéla")
    clock.now += EVERY
    end(telling, "\x1b]0;carl\x07", None, "failed", "\x1b[31mred")
    said = file.getvalue()
    assert all(line.isprintable() for line in said.splitlines()), repr(said)
    assert r"slow: \x1b[2J\u202eada béla" in said
    assert r"\x1b]0;carl\x07: failed: \x1b[31mred" in said


def test_what_cannot_be_read_is_told_before_anything_is_marked(course, tmp_path):
    work = tmp_path / "\x1b[31m[bold]ada :smile:.zip"
    work.write_bytes(b"no zip")
    file, journal = io.StringIO(), tmp_path / "class.journal"
    options = (journal, 1, "", ("step",), (), None, "", 10.0, 0, False, False, False)
    status = classroom.mark(course, Asked((work,), *options), Console(file=file, width=80))
    first, second = file.getvalue().splitlines()
    assert status == classroom.NOT_GRADED
    assert first == "1 submissions: 0 to mark, 0 as they were, 1 that cannot be read"
    assert second.startswith(r"\x1b[31m[bold]ada :smile:: refused: "), second
    assert second.isprintable(), f"a name steers the terminal: {second!r}"


# Where there is a terminal


@pytest.fixture
def terminal(monkeypatch):
    """A terminal, and what is written to it."""
    monkeypatch.setenv("TERM", "xterm-256color")
    file = io.StringIO()
    return Console(file=file, width=120, force_terminal=True, color_system=None), file


def test_a_terminal_has_a_bar_and_no_lines(terminal, clock):
    console, file = terminal
    with Telling(3, console, clock) as telling:
        begin(telling, "ada", "béla", "carl")
        clock.now += 2 * SLOW
        end(telling, "ada")
        end(telling, "béla", SHORT)
    said = file.getvalue()
    assert "━" in said, "there is no bar"
    assert "2/3" in said
    assert "0.2/s  1 full, 1 short  slow: carl" in said
    assert "2 of 3" not in said, "lines are written beside the bar"


def test_the_bar_is_gone_when_it_is_over(terminal, clock):
    console, file = terminal
    with Telling(1, console, clock) as telling:
        end(telling, "ada")
    last = file.getvalue().rpartition("━")[2]
    assert "\x1b[2K" in last, f"what follows the bar does not erase it: {last!r}"


def test_a_reason_stays_above_the_bar(terminal, clock):
    console, file = terminal
    with Telling(2, console, clock) as telling:
        end(telling, "ada", None, "failed", "no space left")
    assert "ada: failed: no space left\n" in file.getvalue()
