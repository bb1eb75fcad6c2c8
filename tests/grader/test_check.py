"""`kata check`: what an author is told of a course, one line for each thing and what to do."""

import re

import pytest
from typer.testing import CliRunner

from grader import cli, course, stubs
from grader.authoring import inspection
from grader.cli import completion

MANIFEST = "exercises/course.toml"
STUB, LESSON = "exercises/ch01_sums/sums.py", "exercises/ch01_sums/README.md"
FIGURES, VISIBLE = "exercises/ch01_sums/figures.py", "exercises/ch01_sums/test_sums.py"
SOLUTION, MISTAKES = "solutions/ch01_sums/sums.py", "solutions/ch01_sums/mistakes.py"
HIDDEN = "tests/hidden/test_sums.py"

PICTURE = '''
from grader.draw import figure


@figure("add")
def one_more(learner, canvas):
    """Each is one more than the one before"""
    canvas.subplots().plot([learner.add(x, 1) for x in range(4)])
'''
COUNTERS = '''

class Counter_counts_by_one:
    """Your counter adds 1 whatever it is told: add by."""

    def __init__(self):
        self.count = 0

    def up(self, by=1):
        self.count += 1
        return self.count


class Counter_begins_with_one:
    """Your counter begins with 1: nobody has called up yet, so it is 0."""

    def __init__(self):
        self.count = 1

    def up(self, by=1):
        self.count += by
        return self.count
'''


@pytest.fixture
def root(small_course):
    """The small course with nothing missing."""
    (small_course / FIGURES).write_text(PICTURE)
    with (small_course / MISTAKES).open("a") as file:
        file.write(COUNTERS)
    return small_course


def change(root, name, old, new):
    """Change a file of a course, which has what is changed."""
    path = root / name
    text = path.read_text("utf-8") if path.exists() else ""
    assert old in text
    path.write_text(text.replace(old, new, 1) if old else text + new, "utf-8")


def quick(root, *names):
    """What is found without running an answer, with paths from the course."""
    given = course.read(root)
    found = inspection.findings(given, names or tuple(given.exercises))
    return [line.replace(f"{root}/", "") for line in found]


def kata(*arguments):
    """Run the command; returns its exit status, and the lines that it prints."""
    done = CliRunner().invoke(cli.app, [*map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout.splitlines()


def test_of_a_whole_course_nothing_is_said(root):
    assert quick(root) == []


def test_this_course_lacks_nothing(course):
    assert [*inspection.findings(course, [*course.exercises])] == []


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            MANIFEST,
            ', "x + y"]',
            "]",
            f"{MANIFEST}: exercise add: 2 hints where 3 are due; write a",
        ),
        (
            MANIFEST,
            '"x + y"',
            '"It is np.asarray(x)+np.asarray(y)."',
            "exercise add: hint 3 gives the whole answer, np.asarray(x) + np.asarray(y); leave",
        ),
        (MANIFEST, '"x + y"', '"TODO: the line"', "add, hint 3: still to write: the line"),
        (MANIFEST, '"Adding up"', '"TODO: a title"', "chapter ch01_sums: still to write: a title"),
        (STUB, 'raise NotImplementedError("add is', "return x + y  #", "already solved: add; run"),
        (STUB, "x + y, for numbers", "x plus y, for numbers", "sums.py: not what"),
        (
            MISTAKES,
            '    """You multiply: write + where',
            "    '''TODO: ''' \"\"\"",
            "still to write",
        ),
        (MISTAKES, "def add_multiplies", "def _multiplies", "add has 1 mistake; write 2 at least"),
        (MISTAKES, "def add_multiplies", "def ad_multiplies", "ad_multiplies belongs to no exerc"),
        (
            MISTAKES,
            '"""You multiply: write + where there is a *."""',
            "",
            "add_multiplies has no d",
        ),
        (
            MISTAKES,
            "def add_multiplies(x, y):",
            "def add_multiplies(x, y:",
            "mistakes.py:9: not Py",
        ),
        (HIDDEN, '"""As many numbers as there are."""', "", "test_a_long_list has no docstring;"),
        (FIGURES, '"add"', '"sub"', "one_more shows 'sub', which is no exercise of this course"),
        (FIGURES, '"""Each is one more than the one before"""', "", "one_more has no docstring to"),
        (FIGURES, '@figure("add")', "", "has no picture; mark one with @figure('add')"),
        (FIGURES, "from grader.draw", "from grader.drew", "cannot be imported: ModuleNotFoundErr"),
        (LESSON, "How much is 1 + 1?", "", "README.md: says nothing; write the lesson"),
        (LESSON, "How much", "![sum](sums.png) How much", "README.md: links to"),
        ("exercises/ch01_sums/notes.txt", "", "x", "notes.txt: belongs to nothing; link it from"),
        ("solutions/ch01_sums/old.py", "", "x", "solutions/ch01_sums/old.py: belongs to nothing"),
        ("tests/hidden/test_old.py", "", "x", "tests/hidden/test_old.py: tests no chapter;"),
        ("exercises/course.yaml", "", "x", "exercises/course.yaml: no chapter of"),
    ],
)
def test_what_is_wrong_is_one_line_that_says_where_and_what_to_do(root, name, old, new, said):
    change(root, name, old, new)
    found = quick(root)
    assert any(said in line for line in found), found
    assert all(re.match(r"[\w./]+:", line) and "\n" not in line for line in found)


def test_a_solution_that_says_nothing_of_itself_is_told(root):
    change(root, SOLUTION, '"""The sum of a list of numbers, one addition after the other."""', "")
    renewed(root)
    (line,) = quick(root)
    assert line.startswith(f"{SOLUTION}:13: total has no docstring; write what it takes")


def test_a_solution_without_marks_is_a_stub_that_is_solved(root):
    for mark in (stubs.BEGIN, stubs.END):
        change(root, SOLUTION, f"    {mark}\n", "")
    renewed(root)
    (line,) = quick(root)
    assert line.startswith(f"{SOLUTION}: add is already solved in its stub; put '# BEGIN SOLU")


def test_an_exercise_that_the_solution_lacks_is_told(root):
    change(root, SOLUTION, "def total(", "def totals(")
    renewed(root)
    assert f"{SOLUTION}: defines no total; write it, or take its entry out" in quick(root)


def test_a_gate_that_no_test_races_is_told(root):
    gate = '{baseline = "add", axes = ["n"], sizes = [[9]], over = 3, under = 10}'
    change(root, MANIFEST, 'name = "add"\n', f'name = "add"\ngates = [{gate}]\n')
    (root / "exercises/ch01_sums/baseline.py").write_text("def add(x, y): ...\n")
    (line,) = quick(root)
    assert line.startswith(f"{VISIBLE}: add has a speed gate and no test that races it;")
    change(root, VISIBLE, "def test_two_numbers(learner)", "def test_two_numbers(speed, learner)")
    assert quick(root) == []


def test_a_missing_file_is_a_finding_and_not_the_end(root):
    (root / HIDDEN).unlink()
    (root / FIGURES).unlink()
    assert quick(root) == [
        f"{HIDDEN}: missing; chapter ch01_sums needs it",
        f"{FIGURES}: missing; draw what the learner's functions do",
    ]


def test_what_a_lesson_links_to_and_what_nobody_wrote_is_no_stray(root):
    folder = root / "exercises/ch01_sums"
    (folder / "images").mkdir()
    (folder / "images/two sums.png").write_bytes(b"")
    for name in ("sums.py.bak-1", ".DS_Store"):
        (folder / name).write_text("")
    change(root, LESSON, "How much", "![two](images/two%20sums.png) `[code](x.png)` How much")
    assert quick(root) == []


def test_only_what_is_asked_for_is_looked_at(root):
    change(root, MISTAKES, '    """You begin with 1; the sum of nothing is 0."""\n', "")
    change(root, HIDDEN, '    """As many numbers as there are."""\n', "    # TODO: say it\n")
    assert quick(root, "add") == []
    assert len(quick(root, "total")) == 3


def test_a_course_is_proven_and_its_faults_are_counted(root, monkeypatch, lent_zygote):
    monkeypatch.chdir(root)
    assert kata("check") == (0, ["nothing to put right in 3 exercises"])
    change(root, SOLUTION, "result = 0.0", "result = 1.0")
    change(root, MISTAKES, "You multiply: write + where there is a *.", "You multiply.")
    change(root, MISTAKES, "- np.asarray(y)", "* np.asarray(y)")
    status, lines = kata("check")
    assert status == 1
    assert lines[0].startswith(f"{SOLUTION}: the solution of total fails test_three_numbers: ")
    twins = [line for line in lines if "and is diagnosed as" in line]
    assert [line.split()[1] for line in twins] == ["add_subtracts", "add_multiplies"]
    assert "'You subtract: write + where there is a -. Or: You multiply.'" in twins[0]
    assert lines[-1] == f"{len(lines) - 1} things to put right in 3 exercises"


def test_a_mistake_that_no_test_sees_is_told(root, monkeypatch, lent_zygote):
    monkeypatch.chdir(root)
    change(root, MISTAKES, "return sum(xs, 1.0)", "return sum(xs, 0.0)")
    status, lines = kata("check", "--exercise", "total")
    said = "total_from_one passes where it should fail; write a test that it fails, or take it out"
    assert (status, lines) == (1, [f"{MISTAKES}: {said}", "1 thing to put right in total"])


def test_a_test_that_fails_by_itself_is_told(root, monkeypatch, lent_zygote):
    monkeypatch.chdir(root)
    change(root, HIDDEN, "xs = rng.normal(size=20).tolist()", "xs = 1 / 0")
    status, lines = kata("check", "--exercise", "total")
    assert status == 1
    assert "the tests of ch01_sums fail by themselves on" in lines[0]
    assert "ZeroDivisionError" in lines[0]


def test_what_is_still_to_write_is_not_run(root, monkeypatch, lent_zygote):
    monkeypatch.chdir(root)
    change(root, SOLUTION, "    result = 0.0\n", "    # TODO: begin\n")
    status, lines = kata("check", "--exercise", "total")
    assert status == 1
    assert lines == [
        f"{SOLUTION}:16: still to write: begin",
        "not run, put right the above first: total",
        "1 thing to put right in total",
    ]


def test_a_solution_that_is_no_python_is_told_and_nothing_is_run(root, monkeypatch):
    monkeypatch.chdir(root)
    change(root, SOLUTION, "def total(xs):", "def total(xs:")
    status, lines = kata("check")
    assert status == 1
    assert any(line.startswith(f"{SOLUTION}:13: not Python: ") for line in lines)
    assert any("until that is put right nothing is run" in line for line in lines)


def test_quick_runs_nothing(root, monkeypatch):
    monkeypatch.chdir(root)
    monkeypatch.setattr("grader.judge.Judge.grade", None)
    assert kata("check", "--quick", "--chapter", "ch01_sums")[0] == 0


def test_a_learners_bundle_is_refused(root):
    (root / "solutions").rename(root.parent / "private")
    done = CliRunner().invoke(cli.app, ["check", "--course", str(root)])
    assert "this is a learner's bundle" in str(done.exception)


def test_a_shell_is_offered_the_chapters(root, monkeypatch):
    monkeypatch.chdir(root)
    assert completion.chapters_in_course("ch") == ["ch01_sums"]
    assert completion.chapters_in_course("x") == []
    monkeypatch.chdir(root.parent)
    assert completion.chapters_in_course("ch") == []


def renewed(root):
    """Make the stubs of a course anew."""
    for stale in stubs.stale(course.read(root)):
        stubs.renew(stale)
