"""What a learner sees of `pytest exercises/`, in the ways that people run it."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

RIGHT_ADD = "def add(x, y):\n    return x + y\n"
WRONG_ADD = "def add(x, y):\n    return x - y\n"
TOTAL = "def total(xs):\n    return add(add(xs[0], xs[1]), xs[2])\n"
COUNTER = """
class Counter:
    def __init__(self):
        self.count = 0

    def up(self, by=1):
        self.count += by
        return self.count

    def steps(self, n):
        return (self.up() for _ in range(n))
"""


@pytest.fixture
def run(small_course, learners_pytest):
    """Run pytest in the small course as a person would; returns the finished process."""

    def run(*options, work=None):
        if work is not None:
            (small_course / "exercises/ch01_sums/sums.py").write_text(work)
        return learners_pytest(small_course, "exercises/", *options)

    return run


def test_a_fresh_course_is_all_to_do_and_names_the_next_step(run):
    done = run()
    assert done.returncode == 0
    assert "0/3" in done.stdout
    assert "○ add  ○ total  ○ Counter" in done.stdout
    assert re.search(r"next: add +exercises/ch01_sums/sums.py:6", done.stdout)
    assert "4 skipped" in done.stdout


@pytest.mark.parametrize("options", [[], ["-v"], ["-ra"], ["--tb=long"], ["--kata-strict"]])
def test_a_stub_never_shows_a_traceback(run, options):
    done = run(*options)
    assert "Traceback" not in done.stdout
    assert "NotImplementedError" not in done.stdout


def test_pytests_own_summary_says_what_is_to_do(run):
    assert "total is still to do" in run("-ra").stdout


def test_strict_makes_a_stub_a_failure(run):
    done = run("--kata-strict")
    assert done.returncode == 1
    assert "4 failed" in done.stdout


def test_a_mistake_is_named_and_what_needs_it_is_blocked(run):
    done = run(work=WRONG_ADD + TOTAL)
    assert done.returncode == 1
    board = done.stdout.partition("= tensorkata =")[2]
    assert "✘ add  ⊘ total (blocked by add)" in board
    assert "add(x=3.0, y=1.0) gave the wrong value" in board
    assert "yours 2, expected 4" in board
    assert "You subtract: write + where there is a -." in board
    assert "again: pytest exercises/ch01_sums -k two_numbers" in board
    assert "hint:  kata hint add" in board
    assert "next: add" in board
    assert "Traceback" not in done.stdout


def test_a_right_function_that_does_not_use_its_prerequisite_is_not_blocked(run):
    done = run(work=WRONG_ADD + "def total(xs):\n    return float(sum(xs))\n")
    assert "✔ total" in done.stdout


def test_an_unwritten_prerequisite_blocks_instead_of_failing(run):
    stub = "def add(x, y):\n    raise NotImplementedError\n"
    done = run(work=stub + TOTAL + COUNTER)
    assert done.returncode == 0
    assert "○ add  ⊘ total (blocked by add)" in done.stdout


def test_when_all_is_right_the_board_says_so(run, small_course):
    done = run(work=(small_course / "solutions/ch01_sums/sums.py").read_text())
    assert done.returncode == 0
    assert "3/3" in done.stdout
    assert "All done" in done.stdout


@pytest.mark.parametrize(
    ("options", "status", "shown"),
    [
        (["-k", "total"], 1, "✘ total"),
        (["-x"], 1, "✘ add"),
        (["-q"], 1, "0/3"),
        (["-qq"], 1, ""),
        (["-n2"], 1, "⊘ total (blocked"),
        (["--collect-only"], 0, "test_three_numbers"),
        (["-p", "no:terminal"], 1, ""),
        (["-p", "no:cacheprovider", "-p", "no:benchmark"], 1, "✘ add"),
        (["--co", "-q"], 0, "4 tests collected"),
        (["-s"], 1, "✘ add"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_board_gets_along_with(run, options, status, shown):
    done = run(*options, work=WRONG_ADD + TOTAL)
    assert done.returncode == status, done.stdout + done.stderr
    assert shown in done.stdout
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_no_board_when_nothing_ran(run):
    assert "tensorkata =" not in run("--collect-only").stdout


def test_no_colour_goes_into_a_pipe_and_colour_on_demand(run):
    assert "\x1b[" not in run(work=WRONG_ADD).stdout
    assert "\x1b[" in run("--color=yes").stdout


def test_a_terminal_without_unicode_gets_plain_signs(small_course, learners_pytest):
    plain = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = learners_pytest(small_course, "exercises/", **plain)
    assert done.returncode == 0
    assert "o add  o total" in done.stdout


def test_verbose_says_to_do_where_pytest_would_say_skipped(run):
    assert "TO DO" in run("-v").stdout


def test_an_editor_reads_the_message_and_not_a_traceback(run, tmp_path):
    report = tmp_path / "report.xml"
    run(f"--junitxml={report}", work=WRONG_ADD + TOTAL)
    cases = ElementTree.parse(report).iter("testcase")
    outcomes = {case.get("name"): case for case in cases}
    assert "You subtract" in outcomes["test_two_numbers"].find("failure").text
    assert "blocked by add" in outcomes["test_three_numbers"].find("skipped").get("message")


@pytest.mark.parametrize(
    ("work", "said"),
    [
        ("def add(x, y)\n    return x", "sums.py:1: SyntaxError: expected ':' def add(x, y) ^"),
        ("import nump\n", "sums.py:1: importing it raised ModuleNotFoundError: No module named"),
        (
            "def ad(x, y):\n    return x + y\n",
            "sums.py defines no 'add': is it ad, in line 1? Name it add",
        ),
        ("def add(x, y):\n    return x + z\n", "sums.py:2 return x + z"),
        ("def add(x, y):\n    x + y\n", "gave None: is a `return` missing?"),
        ("def add(x, y):\n    return [x + y]\n", "gave a list where a number is due"),
        ("def add(x):\n    return x\n", "sums.py:1: add takes 1 argument where add(x, y) is due"),
    ],
    ids=["syntax", "import", "misspelt", "name", "no return", "list", "arguments"],
)
def test_a_stumble_is_told_in_the_learners_own_lines(run, work, said):
    done = run("-x", work=work)
    assert done.returncode == 1
    assert said in " ".join(done.stdout.split())
    assert "site-packages" not in done.stdout
    assert "Traceback" not in done.stdout


def test_data_that_is_not_there_is_nobodys_failure(run, small_course):
    tests = small_course / "exercises/ch01_sums/test_sums.py"
    with tests.open("a") as file:
        file.write(
            "\n\n@exercise('add')\ndef test_of_images(learner):\n"
            "    from grader.datasets import NoData\n"
            "    raise NoData('mnist: not on this machine')\n"
        )
    done = run("-rs", "--kata-strict", "-k", "images", work=RIGHT_ADD + TOTAL + COUNTER)
    assert done.returncode == 0
    assert "not run: no data: mnist: not on this machine" in done.stdout
    assert "1 skipped" in done.stdout


def test_a_stub_is_known_without_being_imported(run):
    stub = 'def add(x, y):\n    """x + y."""\n    raise NotImplementedError("add is still to do")\n'
    done = run("-k", "add", work=f"raise RuntimeError('imported')\n\n{stub}")
    assert done.returncode == 0
    assert "imported" not in done.stdout
    assert "2 skipped" in done.stdout


def test_tests_without_a_mark_are_left_alone(small_course, learners_pytest):
    (small_course / "test_plain.py").write_text("def test_plain():\n    assert 1 == 2\n")
    done = learners_pytest(small_course, "test_plain.py")
    assert "assert 1 == 2" in done.stdout
    assert "tensorkata =" not in done.stdout


def test_rng_is_the_same_in_every_run_and_another_in_every_test(run, small_course):
    (small_course / "exercises/ch01_sums/test_sums.py").open("a").write(
        "\n\n@exercise('add')\ndef test_one(learner, rng):\n    print('one', rng.integers(10**9))\n"
        "\n\n@exercise('add')\ndef test_two(learner, rng):\n    print('two', rng.integers(10**9))\n"
    )
    runs = [run("-s", *options, work=RIGHT_ADD) for options in ([], [], ["--kata-seed=7"])]
    numbers = [re.findall(r"(?:one|two) (\d+)", done.stdout) for done in runs]
    assert numbers[0] == numbers[1]
    assert numbers[0][0] != numbers[0][1]
    assert numbers[0] != numbers[2]


def test_a_fault_in_the_course_is_one_line(run, small_course):
    (small_course / "exercises/course.toml").write_text("title = 3\n")
    done = run()
    assert done.returncode == 4
    assert "course.toml: key title: Expected `str`, got `int`" in done.stderr
    assert "Traceback" not in done.stderr
