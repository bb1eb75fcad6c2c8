"""What a learner has done is known, kept, and brought up to date by running what has changed."""

import json
import threading

import pytest

from grader import course
from grader.practice import standing
from grader.practice.desk import Desk
from grader.practice.rerun import Stuck

SUMS = "exercises/ch01_sums/sums.py"
RIGHT = {
    "add": "return np.asarray(x) + np.asarray(y)",
    "total": "return float(sum(xs))",
    "up": "self.count += by; return self.count",
}


@pytest.fixture
def write(small_course):
    """Put code in the place of a stub, or of what was there."""
    path = small_course / SUMS

    def write(name, code=None):
        text = path.read_text("utf-8")
        stub = f'raise NotImplementedError("{name} is still to do")'
        old = write.written.get(name, stub)
        assert old in text
        write.written[name] = code or RIGHT[name]
        path.write_text(text.replace(old, write.written[name]), "utf-8")

    write.written = {}
    return write


@pytest.fixture
def desk(small_course, monkeypatch):
    monkeypatch.chdir(small_course)
    return Desk.of(course.read(small_course), seconds=2)


def statuses(desk):
    return {name: desk.status(name) for name in desk.course.exercises}


def failure(desk, name):
    return next(v for v in desk.standings[name].verdicts if v.status == "failed")


def test_a_new_course_is_to_do(desk):
    assert desk.stale() == ["add", "total", "Counter"]
    assert desk.refresh()
    assert statuses(desk) == {"add": "todo", "total": "todo", "Counter": "todo"}


def test_right_wrong_and_blocked(desk, write):
    write("add", "return x - y")
    write("total", "return add(xs[0], xs[1])")
    write("up")
    desk.refresh()
    assert statuses(desk) == {"add": "failed", "total": "blocked", "Counter": "passed"}
    assert failure(desk, "add").diagnosis == "You subtract: write + where there is a -."


def test_only_what_a_save_touches_runs_again(desk, write, small_course):
    for name in RIGHT:
        write(name)
    desk.refresh()
    assert desk.stale() == []
    path = small_course / SUMS
    path.write_text(path.read_text("utf-8") + "\n# a comment, and nothing else\n")
    assert desk.stale() == []
    write("total", "return sum(xs, 1.0)")
    assert desk.stale() == ["total"]
    write("add", "return x * y")
    assert desk.stale() == ["add", "total"]


def test_what_follows_from_a_prerequisite_is_found_again(desk, write):
    write("add", "return x - y")
    write("total")
    desk.refresh()
    write("add")
    desk.refresh()
    assert statuses(desk) == {"add": "passed", "total": "passed", "Counter": "todo"}


def test_each_exercise_is_told_when_it_is_decided(desk, write):
    write("add")
    told = []
    desk.refresh(told.append)
    assert told == ["add", "total", "Counter"]


def test_what_was_read_while_somebody_saved_is_found_again(desk, write, small_course):
    """A test may have read half of the file, whatever the whole of it is."""
    for name in RIGHT:
        write(name)
    desk.refresh(lambda decided: (small_course / SUMS).touch() if decided == "add" else None)
    assert statuses(desk) == dict.fromkeys(["add", "total", "Counter"], "passed")
    assert desk.stale() == ["total", "Counter"]
    desk.refresh()
    assert desk.stale() == []


def test_what_is_known_is_still_known_tomorrow(desk, write):
    write("add")
    desk.refresh()
    later = Desk.of(desk.course)
    assert later.stale() == []
    assert statuses(later) == statuses(desk)
    assert standing.current(desk.course) == statuses(desk)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda record: "half of it"[:4],
        lambda record: json.dumps(record | {"format": 0}),
        lambda record: json.dumps(record | {"versions": ["numpy 0.1"]}),
        lambda record: json.dumps(record | {"exercises": [1]}),
        lambda record: "\0",
    ],
)
def test_a_file_that_does_not_fit_counts_as_none(desk, spoil):
    desk.refresh()
    path = desk.course.root / standing.FILE
    path.write_text(spoil(json.loads(path.read_text())))
    assert Desk.of(desk.course).stale() == ["add", "total", "Counter"]


def test_where_nothing_can_be_kept_it_runs_all_the_same(desk):
    (desk.course.root / ".kata").write_text("a file where the folder would be")
    assert desk.refresh()
    assert statuses(desk) == {"add": "todo", "total": "todo", "Counter": "todo"}


def test_a_loop_without_end_is_cut_off_and_the_others_go_on(desk, write):
    write("add", "while True: pass")
    write("total")
    write("up")
    desk.refresh()
    assert statuses(desk) == {"add": "failed", "total": "passed", "Counter": "passed"}
    said = failure(desk, "add").message
    assert said.startswith("add was stopped after 2 s: is there a loop that does not end?\n")
    assert said.endswith(f"{SUMS}:8  while True: pass")


@pytest.mark.parametrize("code", ["import os; os._exit(0)", "import os; os.abort()"])
def test_code_that_ends_the_process_is_told_and_the_others_go_on(desk, write, code):
    write("add", code)
    write("up")
    desk.refresh()
    assert (desk.status("add"), desk.status("Counter")) == ("failed", "passed")
    assert failure(desk, "add").message.startswith("add ended the whole process")


def test_a_file_that_is_no_python_says_where(desk, write):
    write("add", "return (x + y")
    desk.refresh()
    assert failure(desk, "add").message.startswith(f"{SUMS}:8: SyntaxError: '(' was never closed")


def test_what_the_code_prints_is_kept_for_the_learner(desk, write):
    write("add", "print('x is', x); return x - y")
    desk.refresh()
    wrong = failure(desk, "add")
    assert desk.printed["add", wrong.test] == "x is 3.0\n"


def test_a_run_for_code_that_is_no_longer_there_can_be_ended(desk, write):
    write("add", "import time; time.sleep(1.5)")
    timer = threading.Timer(1.0, desk.runner.cancel)
    timer.start()
    assert not desk.refresh()
    timer.join()
    assert desk.status("add") is None


def test_tests_that_cannot_be_run_are_the_courses_trouble(desk, small_course):
    path = small_course / "exercises/ch01_sums/test_sums.py"
    path.write_text("import nowhere\n" + path.read_text("utf-8"))
    with pytest.raises(Stuck, match=r"^the tests cannot be run: .*nowhere"):
        desk.refresh()
