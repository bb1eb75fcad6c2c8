"""One submission to one Result: who gets which points, and what a Result may say."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import msgspec
import pytest

from grader import course, sandbox, source
from grader.bench import Settings
from grader.errors import SubmissionError
from grader.judge import Judge, select
from grader.result import Result, schema
from grader.run import Run
from grader.session import GraderFailed

SMALL_COURSE = Path(__file__).parent / "small_course"
COUNTER = """
class Counter:
    def __init__(self):
        self.count = 0
    def up(self, by=1):
        self.count += by
        return self.count
    def steps(self, n):
        for _ in range(n):
            yield self.up()
"""
ADD = "def add(x, y):\n    return x + y\n"
TOTAL = "def total(xs):\n    s = 0.0\n    for x in xs:\n        s = add(s, x)\n    return s\n"
FULL = ADD + TOTAL + COUNTER


@pytest.fixture(scope="module")
def root(plain_course, tmp_path_factory):
    root = tmp_path_factory.mktemp("judge") / "course"
    shutil.copytree(plain_course, root)
    return root


@pytest.fixture(scope="module")
def small_judge(root):
    with Judge(course.read(root), Settings(seconds=2)) as judge:
        yield judge


@pytest.fixture
def grade(small_judge, tmp_path):
    """Grade source as a single file; returns the exercises by name."""

    def grade(text, *exercises):
        path = tmp_path / "work.py"
        path.write_text(textwrap.dedent(text))
        result = small_judge.grade(path, exercises)
        return {exercise.id: exercise for exercise in result.exercises}

    return grade


def lost(exercise):
    """The messages of an exercise's tests that did not pass."""
    return [test.message for test in exercise.tests if test.status != "passed"]


def test_after_an_error_of_its_own_the_judge_goes_on(small_judge, tmp_path, monkeypatch):
    (tmp_path / "work.py").write_text(FULL)
    with monkeypatch.context() as broken:
        broken.setattr(Run, "explained", luck)
        with pytest.raises(GraderFailed, match="no such luck"):
            small_judge.grade(tmp_path / "work.py")
    assert small_judge.grade(tmp_path / "work.py").score == 6


def luck(_):
    raise LongStory("no such luck")


class LongStory(RuntimeError):
    """An error that pytest takes its time to tell, while the judge could go on."""

    def __str__(self):
        time.sleep(0.3)
        return super().__str__()


def test_right_work_gets_every_point(small_judge, tmp_path):
    (tmp_path / "work.py").write_text(FULL)
    result = small_judge.grade(tmp_path / "work.py")
    assert (result.score, result.max_score, result.share) == (6, 6, 1)
    assert result.isolation.level in (sandbox.FULL, sandbox.CLOSED, sandbox.TRUSTED)
    assert "limits" in result.isolation.layers


def test_one_mistake_costs_once_and_the_result_says_what_was_supplied(grade):
    marked = grade(FULL.replace("x + y", "x - y"))
    assert marked["add"].score == 0
    assert marked["total"].status == "passed"
    assert marked["total"].supplied == ("add",)
    assert marked["Counter"].supplied == ()
    assert {t.diagnosis for t in marked["add"].tests} == {
        "You subtract: write + where there is a -."
    }


def test_a_prerequisite_counts_even_when_only_its_dependant_is_marked(grade):
    marked = grade(FULL.replace("x + y", "x - y"), "total")
    assert [*marked] == ["total"]
    assert marked["total"].score == 3
    assert marked["total"].supplied == ("add",)


def test_a_missing_prerequisite_is_supplied_too(grade):
    marked = grade(TOTAL)
    assert marked["add"].status == "missing"
    assert marked["total"].status == "passed"


def test_the_supplied_reference_comes_without_its_neighbours():
    text = (SMALL_COURSE / "solutions/ch01_sums/sums.py").read_text()
    supplied = source.excerpt(text, ["add"])
    assert "def add" in supplied
    assert "import numpy" in supplied
    assert "def total" not in supplied
    assert "class Counter" not in supplied


def test_a_hidden_test_names_the_property_and_none_of_its_inputs(grade):
    echo = "def add(x, y):\n    print(x, y)\n    raise ValueError(f'I saw {x} and {y}')\n"
    marked = grade(echo + TOTAL)
    hidden = [t for t in marked["add"].tests if t.visibility == "hidden"]
    assert [t.name for t in hidden] == [
        "test_agrees_with_numpy[#3]",
        "test_agrees_with_numpy[#4]",
    ]
    for test in hidden:
        assert test.message == "add raised ValueError: Arrays of any length"


@pytest.mark.parametrize(
    "leak",
    [
        "raise type(f'x is {x}', (Exception,), {})()",
        "import sys; sys.seen = str(x); return x",
        "exec(compile('1 / 0', f'x is {x}', 'exec'))",
    ],
    ids=["class name", "told later", "file name"],
)
def test_a_hidden_input_comes_out_by_no_other_way(grade, leak):
    confess = "def total(xs):\n    import sys\n    raise ValueError(getattr(sys, 'seen', ''))\n"
    marked = grade(f"def add(x, y):\n    {leak}\n" + confess)
    told = [t.message for e in marked.values() for t in e.tests if t.visibility == "hidden"]
    told += lost(marked["total"])
    assert told
    assert not any(re.search(r"\d\.\d\d\d", message) for message in told)


def test_a_hidden_test_shows_no_value_of_a_wrong_answer(grade):
    marked = grade(FULL.replace("x + y", "x + y + 123.456"))
    hidden = next(t for t in marked["add"].tests if t.visibility == "hidden")
    assert hidden.message == "add gave the right shape, but wrong values: Arrays of any length"


def test_an_endless_loop_costs_its_own_exercise_and_one_time_limit(grade):
    marked = grade("def add(x, y):\n    while True: pass\n" + TOTAL + COUNTER)
    assert marked["add"].status == "failed"
    assert "took longer than 2 s and was stopped" in lost(marked["add"])[0]
    assert all("were not tried" in message for message in lost(marked["add"])[1:])
    assert marked["total"].score + marked["Counter"].score == 4


def test_a_crash_costs_its_own_exercise(grade):
    marked = grade("import os\ndef add(x, y):\n    os._exit(0)\n" + TOTAL + COUNTER)
    assert lost(marked["add"])[0] == "add ended its process instead of returning"
    assert marked["total"].score + marked["Counter"].score == 4


def test_a_class_that_dies_at_import_is_told_and_graded_to_the_end(grade):
    marked = grade("import os\nos._exit(1)\n" + FULL)
    assert {e.status for e in marked.values()} == {"failed"}


def test_stubs_are_to_do(small_judge, root):
    result = small_judge.grade(root / "exercises")
    assert [e.status for e in result.exercises] == ["todo"] * 3


STUB = "def add(x, y):\n    raise NotImplementedError\n"


@pytest.mark.parametrize(
    "text",
    [
        STUB + ADD,
        f"try:\n    import math\n    {ADD.replace('    ', '        ')}except ImportError:\n"
        f"    {STUB.replace('    ', '        ')}",
        STUB + "add = lambda x, y: x + y\n",
        STUB + "def by_hand(x, y):\n    return x + y\nadd = by_hand\n",
        STUB + "from work_of_mine import *\n",
    ],
    ids=["below", "branch", "lambda", "another", "imported"],
)
def test_a_stub_that_was_left_beside_the_work_is_no_stub(small_judge, tmp_path, text):
    work = tmp_path / "sums.py"
    work.write_text(text)
    (tmp_path / "work_of_mine.py").write_text(ADD)
    (marked,) = small_judge.grade(tmp_path, ["add"]).exercises
    assert marked.status == "passed"


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        (TOTAL + COUNTER, "missing", "work.py: defines no add"),
        (
            FULL.replace("(x, y)", "(x)"),
            "error",
            "work.py:1: add takes 1 argument where add(x, y)",
        ),
        ("class add: pass\n" + TOTAL, "error", "work.py:1: add is a class where a function is due"),
        (
            "from operator import add\n" + TOTAL,
            "missing",
            "work.py:1: add is imported, not written",
        ),
    ],
)
def test_what_cannot_be_graded_says_why_and_the_rest_is(grade, text, status, message):
    marked = grade(text)
    assert marked["add"].status == status
    assert marked["add"].message.startswith(message)
    assert marked["total"].status == "passed"


@pytest.mark.parametrize(
    "definition",
    [
        "def add(a, b, *more): return a + b",
        "def add(*both): return both[0] + both[1]",
        "def add(a, b, c=0): return a + b",
        "add = lambda a, b: a + b",
        "from functools import partial\nadd = partial(lambda s, a, b: s + a + b, 0)",
        "import functools\n@functools.lru_cache\ndef _f(): return 0\ndef add(a, b): return a + b",
        "if True:\n    def add(a, b): return a + b",
        "try:\n    import cupy\nexcept ImportError:\n    def add(a, b): return a + b",
    ],
)
def test_any_way_to_define_a_function_will_do(grade, definition):
    assert grade(definition, "add")["add"].status == "passed"


def test_nothing_to_grade_is_an_error_with_one_line(grade):
    with pytest.raises(SubmissionError, match="defines none of the 3 exercises asked for"):
        grade("x = 1")
    with pytest.raises(SubmissionError, match=r"work.py: defines no add$"):
        grade("x = 1", "add")


@pytest.mark.parametrize("name", ["conftest.py", "pytest.ini", "numpy.py", "sitecustomize.py"])
def test_files_that_would_steer_the_judge_do_nothing(small_judge, tmp_path, name, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only -k nothing")
    (tmp_path / "sums.py").write_text(FULL.replace("x + y", "x - y"))
    (tmp_path / name).write_text("raise SystemExit(0)\n[pytest]\naddopts = --collect-only\n")
    result = small_judge.grade(tmp_path)
    assert result.score == 4


def test_the_same_work_and_seed_give_the_same_result(small_judge, tmp_path):
    (tmp_path / "work.py").write_text(FULL.replace("x + y", "x - y"))

    def timeless():
        text = msgspec.json.encode(small_judge.grade(tmp_path / "work.py")).decode()
        return re.sub(r'"duration":[\d.e-]+', "", text)

    assert timeless() == timeless()


def test_what_a_test_is_given_one_by_one_is_there_for_all_submissions(plain_course, tmp_path):
    """A judge that is asked for more exercises collects the tests again, in the same Python."""
    root = tmp_path / "course"
    shutil.copytree(plain_course, root)
    path = root / "tests/hidden/test_sums.py"
    path.write_text(path.read_text().replace("[1, 17]", "iter([1, 17])"))
    with Judge(course.read(root), Settings()) as judge:
        for asked in (["add"], ["add", "total"]):
            add, *_ = judge.grade(root / "solutions", asked).exercises
            assert [t.status for t in add.tests if t.visibility == "hidden"] == ["passed"] * 2


def test_a_test_that_cannot_run_here_is_in_no_total(root, tmp_path):
    changed = tmp_path / "course"
    shutil.copytree(root, changed)
    for tests in ("exercises/ch01_sums/test_sums.py", "tests/hidden/test_sums.py"):
        path = changed / tests
        text = path.read_text()
        for name in ("it_counts", "counters_apart"):
            text = text.replace(
                f"def test_{name}(learner):",
                f"def test_{name}(learner):\n    pytest.skip('no GPU')",
            )
        path.write_text("import pytest\n" + text)
    (tmp_path / "work.py").write_text(FULL)
    with Judge(course.read(changed), Settings()) as judge:
        result = judge.grade(tmp_path / "work.py")
    assert result.exercises[2].status == "not_run"
    assert "no GPU" in result.exercises[2].tests[0].message
    assert (result.score, result.max_score) == (5, 5)


@pytest.mark.parametrize(
    "broken", ["import no_such_package\n", "@exercise('add')\ndef test_x(learner):\n    1 / 0\n"]
)
def test_a_broken_test_is_the_graders_failure_and_nobodys_mark(root, tmp_path, broken):
    changed = tmp_path / "course"
    shutil.copytree(root, changed)
    path = changed / "tests/hidden/test_sums.py"
    path.write_text(path.read_text() + broken)
    (tmp_path / "work.py").write_text(FULL)
    with Judge(course.read(changed), Settings()) as judge, pytest.raises(GraderFailed):
        judge.grade(tmp_path / "work.py")


def test_a_zygote_that_is_gone_is_the_graders_failure_and_nobodys_mark(root, tmp_path):
    (tmp_path / "work.py").write_text(FULL)
    with Judge(course.read(root), Settings()) as judge:
        assert judge.grade(tmp_path / "work.py").score == 6
        os.kill(judge._sources.workers(("tensorflow", "keras"))._process.pid, signal.SIGKILL)
        with pytest.raises(GraderFailed, match=r"the zygote is gone|no worker: closed by"):
            judge.grade(tmp_path / "work.py")


def test_who_asks_whether_code_is_shut_in_starts_nothing_that_is_not_needed(root, tmp_path):
    (tmp_path / "work.py").write_text(FULL)
    with Judge(course.read(root), Settings()) as judge:
        judge.require_confinement(["add"])
        started = processes()
        assert judge.grade(tmp_path / "work.py", ["add"]).share == 1
        assert processes() == started


def processes():
    """The numbers of the processes that this one has started and that have not ended."""
    return {*Path("/proc/self/task", str(os.getpid()), "children").read_text().split()}


@pytest.fixture
def worker_of(root, tmp_path):
    """Run a test of right work on some exercise; returns the worker that it ran in."""
    given = course.read(root)
    (tmp_path / "work.py").write_text(FULL)
    chapter = given.chapter_of("add")
    files = {"visible": given.visible_tests(chapter), "hidden": given.hidden_tests(chapter)}
    with (
        Judge(given, Settings()) as judge,
        judge._bench(judge._read(tmp_path / "work.py"), Settings()) as bench,
    ):

        def worker_of(exercise, tests, *wrong):
            learner = bench.learner(exercise, files[tests], frozenset(wrong), 0)
            assert (learner.add(1, 2) if exercise == "add" else learner.Counter().up(3)) == 3
            (worker,) = [each._worker.pid for each in bench._workers.values()]
            return worker

        yield worker_of


def test_no_visible_test_runs_in_a_worker_that_has_met_a_hidden_one(worker_of):
    tests = ["visible", "visible", "hidden", "hidden", "visible", "hidden"]
    workers = [worker_of("add", each) for each in tests]
    first, second = workers[0], workers[-1]
    assert first != second
    assert workers == [first] * 4 + [second] * 2


def test_where_one_has_failed_no_other_is_tested(worker_of):
    first = worker_of("add", "visible")
    assert worker_of("Counter", "visible") == first
    assert worker_of("add", "visible", "add") == first
    second = worker_of("Counter", "visible", "add")
    assert second != first
    assert worker_of("add", "hidden", "add") == second, "what failed elsewhere did no harm here"
    third = worker_of("Counter", "hidden", "add")
    assert third not in (first, second)
    assert worker_of("Counter", "hidden", "add") == third


def test_exercises_and_chapters_are_chosen_in_course_order(root):
    given = course.read(root)
    assert select(given, ["total", "add"], []) == ("add", "total")
    assert select(given, [], ["ch01_sums"]) == ("add", "total", "Counter")
    with pytest.raises(Exception, match="there is no exercise 'ad'"):
        select(given, ["ad"], [])


def test_what_no_reference_needs_is_not_imported_with_tensorflow_and_is_there_afterwards():
    code = (
        "import sys\n"
        "from grader.importing import OPTIONAL, import_tensorflow\n"
        "import_tensorflow()\n"
        "assert not {*OPTIONAL} & {*sys.modules}, 'imported'\n"
        "import sklearn"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("told", ["0", "1"])
def test_the_judge_rounds_as_its_workers_do_whatever_its_environment_says(tf, told):
    code = (
        "from grader.importing import import_tensorflow\n"
        "import_tensorflow()\n"
        "import tensorflow as tf, hashlib\n"
        "x, w = (tf.random.stateless_normal(size, [1, 2]) for size in ([40, 300], [300, 50]))\n"
        "print(hashlib.sha256(tf.nn.softmax(x @ w).numpy()).hexdigest())\n"
    )
    command = [sys.executable, "-c", code]
    environment = os.environ | {"TF_ENABLE_ONEDNN_OPTS": told}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    x, w = (tf.random.stateless_normal(size, [1, 2]) for size in ([40, 300], [300, 50]))
    due = hashlib.sha256(tf.nn.softmax(x @ w).numpy()).hexdigest()
    assert done.stdout.split() == [due], done.stderr


def test_the_shipped_schema_is_the_one_of_the_structs():
    shipped = Path(__file__).parents[2] / "grader/report/result.schema.json"
    fresh = msgspec.json.encode(schema())
    assert msgspec.json.decode(shipped.read_bytes()) == msgspec.json.decode(fresh)


def test_a_result_survives_its_json(small_judge, tmp_path):
    (tmp_path / "work.py").write_text(FULL)
    result = small_judge.grade(tmp_path / "work.py")
    assert msgspec.json.decode(msgspec.json.encode(result), type=Result) == result


def test_a_mistake_that_only_hidden_tests_find_costs_once_too(grade):
    wrong = """
import numpy as np
def add(x, y):
    return x + y if np.size(x) == 2 or np.ravel(x)[0] == 3.0 else x - y
"""
    marked = grade(wrong + TOTAL)
    assert marked["add"].status == "failed"
    assert marked["total"].status == "passed"
    assert marked["total"].supplied == ("add",)
