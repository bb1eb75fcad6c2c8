"""The proof of the course: solutions and other right answers pass, and stubs are to do.

By default one other answer for each chapter is tried, and nothing is raced by the judge: with
--all-alternatives (`tox -e answers`) all are, and every gate is.
"""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader import compare, course
from grader.inprocess import load

ROOT = Path(__file__).parents[2]
COURSE = course.read(ROOT)
ALTERNATIVES = sorted((ROOT / "tests/grader/alternatives").glob("*.py"))


@pytest.mark.parametrize("chapter", COURSE.chapters, ids=lambda chapter: chapter.name)
def test_the_examples_in_the_docstrings_are_right(chapter):
    path = COURSE.solution(chapter)
    found = doctest.DocTestFinder().find(load(path, str(path)), chapter.module)
    runner = doctest.DocTestRunner(verbose=False)
    for example in found:
        runner.run(example)
    assert runner.failures == 0
    assert {e.name for e in chapter.exercises} <= {
        test.name.partition(".")[2] for test in found if test.examples
    }


def test_the_example_of_the_comparator_is_right():
    assert doctest.testmod(compare).failed == 0


def test_every_solution_passes_in_process(learners_pytest):
    done = learners_pytest(ROOT, "exercises", "-q", "--kata-learner=solutions", "-rs")
    assert done.returncode == 0, done.stdout
    skipped = [line for line in done.stdout.splitlines() if re.match(r"[A-Z ]+ \[\d+\]", line)]
    assert all("not run: no GPU visible" in line for line in skipped), skipped


def test_the_visible_tests_of_numpy_chapters_never_import_tensorflow():
    code = (
        "import pytest, sys\n"
        "status = pytest.main([*sys.argv[1:], '-q', '-pno:hypothesispytest'])\n"
        "sys.exit(status or 'tensorflow' in sys.modules)"
    )
    folders = ["exercises/ch01_neuron", "exercises/ch03_forward"]
    command = [sys.executable, "-c", code, *folders, "--kata-learner=solutions"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120)
    assert done.returncode == 0


def test_every_stub_is_to_do_in_process_and_that_is_seen_without_tensorflow():
    code = (
        "import pytest, sys\n"
        "status = pytest.main(['exercises', '-q', '-pno:hypothesispytest'])\n"
        "sys.exit(status or 'tensorflow' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    assert "passed" not in done.stdout.splitlines()[-1]


@pytest.fixture
def races(pytestconfig):
    return pytestconfig.option.all_alternatives


def test_every_solution_passes_in_a_worker(judge, races):
    result = judge.grade(ROOT / "solutions", races=races)
    assert [e.id for e in result.exercises if e.status != "passed"] == []
    assert result.score == result.max_score > 0


def test_every_stub_is_to_do_in_a_worker(judge):
    result = judge.grade(ROOT / "exercises")
    assert {e.status for e in result.exercises} == {"todo"}
    tests = {test.status for e in result.exercises for test in e.tests}
    assert tests <= {"todo", "passed"}  # a stub that is whole is right in a thing or two
    assert result.score == 0


def pytest_generate_tests(metafunc):
    """Try another way to write each chapter, or all there are."""
    if "path" in metafunc.fixturenames:
        one_each = {path.stem.partition("_")[0]: path for path in reversed(ALTERNATIVES)}
        every = metafunc.config.option.all_alternatives
        paths = ALTERNATIVES if every else [*one_each.values()]
        metafunc.parametrize("path", paths, ids=lambda path: path.stem)


def test_another_right_way_to_write_a_chapter_gets_full_marks(judge, races, path):
    module = path.stem.partition("_")[0]
    (chapter,) = (c for c in COURSE.chapters if c.module == module)
    result = judge.grade(path, [e.name for e in chapter.exercises], races=races)
    lost = {
        e.id: [t.message for t in e.tests if t.message] for e in result.exercises if not e.score
    }
    assert lost == {}
