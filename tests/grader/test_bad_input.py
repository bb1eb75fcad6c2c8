"""What cannot be graded: one line that says what is wrong and where, exit status 2, no traceback.

Each case is the real command, run inside this process with one zygote for all of them.
"""

import json
import os
import re
import resource
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import zipfile
from io import BytesIO, FileIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple

import pytest

from grader import cli
from grader.course import MANIFEST

ROOT = Path(__file__).parents[2]
RIGHT = (ROOT / "tests/grader/submissions/two_functions.py").read_text()
DENSE = "def dense(a_prev, W, b):\n    return a_prev\n"


class Ran(NamedTuple):
    """What a run of the command left behind."""

    status: int
    out: str
    err: str
    written: set[str]


@pytest.fixture
def kata(monkeypatch, capsys, tmp_path, lent_zygote):
    """Type `kata grade …` in an empty folder; a relative path is one in there."""
    monkeypatch.chdir(tmp_path)

    def kata(*arguments, course=ROOT):
        command = ["kata", "grade", *arguments, "--course", str(course)]
        monkeypatch.setattr(sys, "argv", command)
        before = listed(tmp_path)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return Ran(ended.value.code, out, err, listed(tmp_path) - before)

    return kata


def listed(folder):
    """Every file below a folder, with its size and the time of its last change."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in found}


def refused(ran, line):
    """Hold a run to its duties, where `line` is all that a person may read."""
    assert ran == Ran(2, "", f"kata: {line}\n", set())


def write(name, content):
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


# Paths


def test_a_path_that_is_not_there(kata):
    refused(kata("work.py"), "work.py: there is no such file or folder")


def test_a_file_of_another_kind(kata):
    write("work.docx", "Dear teacher")
    refused(kata("work.docx"), "work.docx: not a folder, a .py, a .zip or a .ipynb")


def test_an_empty_folder(kata):
    Path("work").mkdir()
    refused(kata("work"), "work: holds no .py and no .ipynb")


def test_a_folder_with_the_lesson_alone(kata):
    write("work/exercises/ch03_forward/README.md", "# Forward propagation")
    refused(kata("work"), "work: holds no .py and no .ipynb")


def test_a_link_to_somebody_elses_file(kata):
    write("private.py", RIGHT)
    Path("work.py").symlink_to("private.py")
    refused(kata("work.py"), "work.py: not a plain file; hand in the file itself")


def test_a_pipe_is_not_waited_for(kata):
    os.mkfifo("work.py")
    refused(kata("work.py"), "work.py: not a plain file; hand in the file itself")


def as_nobody(function):
    """Have a function run by somebody whom permissions hold back, which root is not."""

    def run():
        os.seteuid(65534)
        try:
            function()
        finally:
            os.seteuid(0)

    return function if os.geteuid() else run


@pytest.mark.parametrize("name", ["work/forward.py", "work.py"], ids=["folder", "file"])
def test_what_may_not_be_read(kata, monkeypatch, name):
    with tempfile.TemporaryDirectory() as public:
        os.chmod(public, 0o755)
        monkeypatch.chdir(public)
        monkeypatch.setattr(cli, "main", as_nobody(cli.main))
        write(name, RIGHT)
        path = Path(Path(name).parts[0])
        path.chmod(0)
        ran = kata(str(path))
        path.chmod(0o755)
    refused(ran, f"{path}: cannot be read: Permission denied")


# Functions that are not as they should be


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("", "work.py: defines no dense"),
        ("def sigmoid(z):\n    return z\n", "work.py: defines no dense"),
        (
            "def Dense(a_prev, W, b):\n    return a_prev\n",
            "work.py: defines no dense; is it Dense, in line 1? Name it dense",
        ),
        ("from friend import dense\n", "work.py:1: dense is imported, not written"),
        (
            "import numpy as np\n\nclass dense:\n    pass\n",
            "work.py:3: dense is a class where a function is due",
        ),
    ],
    ids=["an empty file", "another function", "a capital letter", "an import", "a class"],
)
def test_a_function_that_was_not_written(kata, source, line):
    write("work.py", source)
    refused(kata("work.py", "--exercise", "dense"), line)


@pytest.mark.parametrize(
    ("parameters", "takes"),
    [("a_prev", "takes 1 argument"), ("a_prev, W, b, g", "takes 4 arguments")],
    ids=["too few", "too many"],
)
def test_a_wrong_signature(kata, parameters, takes):
    write("work.py", f"\ndef dense({parameters}):\n    return a_prev\n")
    ran = kata("work.py", "--exercise", "dense")
    assert ran.status == 2
    assert re.fullmatch(
        rf"kata: work\.py:2: dense {takes}s? where dense\(a_prev, W, b\) is due\n", ran.err
    )


def test_none_of_several_functions_is_there(kata):
    write("work.py", "x = 1\n")
    refused(
        kata("work.py", "--exercise", "dense", "--exercise", "relu"),
        "work.py: defines none of the 2 exercises asked for",
    )


# Text that is no Python


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "def dense(a_prev, W, b):\n    return np.dot(a_prev, W) + b)\n",
            ":2: SyntaxError: unmatched ')'\n"
            "      return np.dot(a_prev, W) + b)\n"
            "                                  ^",
        ),
        (
            "def dense(a_prev, W, b)\n    return a_prev\n",
            ":1: SyntaxError: expected ':'\n  def dense(a_prev, W, b)\n                         ^",
        ),
        (
            "def dense(a_prev, W, b):\n\treturn a_prev)\n",
            ":2: SyntaxError: unmatched ')'\n  \treturn a_prev)\n  \t             ^",
        ),
        (
            f"x = '{'-' * 300}' + )\n",
            f":1: SyntaxError: unmatched ')'\n  {'-' * 46}' + )\n  {' ' * 50}^",
        ),
        (
            "def dense(a_prev, W, b):\n    print 'z =', W\n",
            ":2: SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)? "
            "(this is Python 2; the course is in Python 3)\n"
            "      print 'z =', W\n"
            "      ^",
        ),
        (
            "try:\n    import numpy\nexcept ImportError, error:\n    pass\n",
            ":3: SyntaxError: multiple exception types must be parenthesized "
            "(this is Python 2; the course is in Python 3)\n"
            "  except ImportError, error:\n"
            "         ^",
        ),
    ],
    ids=["a bracket too many", "no colon", "tabs", "a long line", "print", "except"],
)
def test_a_syntax_error_shows_its_line_and_a_caret(kata, source, said):
    write("work.py", source)
    refused(kata("work.py", "--exercise", "dense"), f"work.py{said}")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            f"{DENSE}\n# Jörg Müller\n".encode("latin-1"),
            "work.py:4: byte 0xf6 is not UTF-8; save it so",
        ),
        (
            f"# Jörg Müller\n{DENSE}".encode("latin-1"),
            "work.py:1: not UTF-8 (invalid or missing encoding declaration); save it so",
        ),
        (DENSE.encode("utf-16"), "work.py:1: a NUL byte; save it as plain text in UTF-8"),
        (f"{DENSE}x = '\0'\n", "work.py:3: a NUL byte; save it as plain text in UTF-8"),
        (
            f"# coding: klingon\n{DENSE}",
            "work.py:1: not UTF-8 (unknown encoding: klingon); save it so",
        ),
        (f"{DENSE}#{'-' * 2**20}", "work.py: larger than 200 kB"),
    ],
    ids=["latin-1", "latin-1 at the top", "utf-16", "NUL", "an unknown encoding", "huge"],
)
def test_bytes_that_are_no_text(kata, content, line):
    write("work.py", content)
    refused(kata("work.py", "--exercise", "dense"), line)


def test_a_file_that_declares_latin_1_is_read_as_it_says(kata):
    write("work.py", f"# coding: latin-1\n# Jörg Müller\n{RIGHT}".encode("latin-1"))
    assert kata("work.py", "--exercise", "sigmoid").status == 0


@pytest.mark.parametrize("depth", [300, 100_000], ids=["deep", "abysmal"])
def test_brackets_without_end_crash_nothing(kata, depth):
    write("work.py", f"{DENSE}x = {'(' * depth}{')' * depth}\n")
    ran = kata("work.py", "--exercise", "dense")
    assert (ran.status, ran.out, ran.written) == (2, "", set())
    assert ran.err.startswith("kata: work.py:3: SyntaxError: too many nested parentheses\n")
    assert max(map(len, ran.err.splitlines())) < 110


# Notebooks


def notebook(*sources, **more):
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return json.dumps(whole | more)


FORMAT_3 = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {"name": "work"},
    "worksheets": [{"cells": [{"cell_type": "code", "language": "python", "input": DENSE}]}],
}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            json.dumps(FORMAT_3),
            "work.ipynb: notebook format 3 is too old; open it in Jupyter and save it again",
        ),
        (notebook(DENSE, nbformat=9), "work.ipynb: notebook format 9 is too new"),
        (DENSE, "work.ipynb: not a notebook: Expecting value: line 1 column 1 (char 0)"),
        ("", "work.ipynb: not a notebook: Expecting value: line 1 column 1 (char 0)"),
        ("{}", "work.ipynb: not a notebook: it names no nbformat"),
        ("[]", "work.ipynb: not a notebook: its cells are not in order"),
        (notebook(DENSE, cells=3), "work.ipynb: not a notebook: its cells are not in order"),
        (notebook([1, 2]), "work.ipynb: not a notebook: its cells are not in order"),
        ("[" * 100_000 + "]" * 100_000, "work.ipynb: not a notebook: nested too deeply"),
        (notebook("#" * (20 * 2**20)), "work.ipynb: larger than 20 MB; clear its outputs"),
    ],
    ids=[
        "format 3",
        "a format to come",
        "Python",
        "an empty file",
        "no format",
        "a list",
        "no cells",
        "a cell of numbers",
        "deeply nested",
        "huge",
    ],
)
def test_what_only_looks_like_a_notebook(kata, content, line):
    write("work.ipynb", content)
    refused(kata("work.ipynb", "--exercise", "dense"), line)


def test_a_notebook_that_departs_from_the_schema_is_read_without_a_word(kata):
    write("work.ipynb", notebook(RIGHT, nbformat_minor=2, extra="field"))
    ran = kata("work.ipynb", "--exercise", "sigmoid")
    assert (ran.status, ran.err) == (0, "")


# Folders that hold something twice


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (
            ["exercises/ch03_forward/forward.py", "forward.py"],
            "holds ch03_forward twice: exercises/ch03_forward/forward.py and forward.py",
        ),
        (["forward.py", "forward.ipynb"], "holds ch03_forward twice: forward.py and forward.ipynb"),
        (["first.py", "second.py"], "which of these is the work? first.py, second.py"),
    ],
    ids=["two layouts", "two kinds", "two strangers"],
)
def test_a_folder_that_leaves_open_what_counts(kata, files, line):
    for file in files:
        write(f"work/{file}", DENSE)
    refused(kata("work"), f"work: {line}")


# Zips


def zipped(*entries):
    """A zip as bytes, of pairs (name or ZipInfo, content)."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return file.getvalue()


def of_kind(kind):
    """An entry forward.py that is no plain file."""
    entry = zipfile.ZipInfo("forward.py")
    entry.external_attr = (kind | 0o777) << 16
    return entry


def patched(data, local, central, form, value):
    """A zip of one entry with a field of both of its headers changed."""
    changed = bytearray(data)
    struct.pack_into(form, changed, local, value)
    struct.pack_into(form, changed, changed.index(b"PK\x01\x02") + central, value)
    return bytes(changed)


PLAIN = zipped(("forward.py", DENSE))
TOO_MUCH = b"#" * 2**20


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"hello", "work.zip: not a zip that can be read: File is not a zip file"),
        (PLAIN[:-30], "work.zip: not a zip that can be read: File is not a zip file"),
        (
            patched(PLAIN, 14, 16, "<I", 0),
            "work.zip: not a zip that can be read: Bad CRC-32 for file 'forward.py'",
        ),
        (
            patched(PLAIN, 8, 10, "<H", 99),
            "work.zip: not a zip that can be read: That compression method is not supported",
        ),
        (
            patched(PLAIN, 6, 8, "<H", 1),
            "work.zip: entry 'forward.py' is encrypted; zip it without a password",
        ),
        (
            zipped(("../forward.py", DENSE)),
            "work.zip: entry '../forward.py' points outside of the archive",
        ),
        (
            zipped(("/tmp/forward.py", DENSE)),
            "work.zip: entry '/tmp/forward.py' points outside of the archive",
        ),
        (
            zipped((of_kind(stat.S_IFLNK), "/etc/passwd")),
            "work.zip: entry 'forward.py' is a link or a device",
        ),
        (
            zipped((of_kind(stat.S_IFCHR), "")),
            "work.zip: entry 'forward.py' is a link or a device",
        ),
        (
            zipped(("forward.py", DENSE), ("Forward.py", DENSE)),
            "work.zip: entry 'Forward.py' is there twice",
        ),
        (
            zipped(*((f"{number}.txt", "") for number in range(2001))),
            "work.zip: more than 2000 entries",
        ),
        (
            zipped(("forward.py", DENSE), *((f"h{n}.py", TOO_MUCH) for n in range(40))),
            "work.zip: more than 1024 kB of code",
        ),
        (zipped(("work.zip", PLAIN)), "work.zip: holds no .py and no .ipynb"),
        (zipped(), "work.zip: holds no .py and no .ipynb"),
    ],
    ids=[
        "no zip",
        "cut off",
        "a wrong checksum",
        "an unknown compression",
        "a password",
        "a path upwards",
        "an absolute path",
        "a link",
        "a device",
        "names alike but for case",
        "too many entries",
        "a bomb of many files",
        "a zip in a zip",
        "an empty zip",
    ],
)
def test_a_zip_that_cannot_or_must_not_be_read(kata, data, line):
    write("work.zip", data)
    refused(kata("work.zip", "--exercise", "dense"), line)


def test_a_bomb_of_one_file_is_not_unpacked(kata):
    write("work.zip", zipped(("forward.py", "#" * (40 * 2**20))))
    assert Path("work.zip").stat().st_size < 50_000
    refused(kata("work.zip", "--exercise", "dense"), "work.zip: forward.py: larger than 200 kB")


def test_a_zip_that_claims_much_is_read_for_what_it_holds(kata):
    data = patched(zipped(("work.py", RIGHT)), 22, 24, "<I", 4_000_000_000)
    write("work.zip", data)
    assert kata("work.zip", "--exercise", "sigmoid").status == 0


# Options


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ["--exercise", "dence"],
            f"{ROOT / MANIFEST}: there is no exercise 'dence'; did you mean dense?",
        ),
        (["--chapter", "ch3"], f"{ROOT / MANIFEST}: there is no chapter 'ch3'"),
        (
            ["--format", "xml"],
            "--format xml: choose text, json, junit, gradescope, classroom, exercism, check50, "
            "markdown or html",
        ),
        (["--timeout", "0"], "--timeout 0: give seconds above 0, at most 86400"),
        (["--min-score", "50"], "--min-score 50: give a share of the points from 0 to 1"),
    ],
    ids=["exercise", "chapter", "format", "timeout", "min-score"],
)
def test_an_option_that_means_nothing(kata, options, line):
    write("work.py", RIGHT)
    refused(kata("work.py", *options), line)


# Where the result goes


def test_a_result_for_a_folder_that_is_not_there(kata):
    write("work.py", RIGHT)
    ran = kata("work.py", "--exercise", "sigmoid", "--output", "marks/work.json")
    refused(ran, "marks/work.json: there is no folder marks")


def test_a_full_disk_leaves_the_old_result_as_it_was(kata):
    write("work.py", RIGHT)
    write("marks.txt", "old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, hard))  # no file grows beyond 20 bytes
    try:
        ran = kata("work.py", "--exercise", "sigmoid", "--output", "marks.txt")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    refused(ran, "marks.txt: cannot be written: File too large")
    assert Path("marks.txt").read_text() == "old"


def test_a_pipe_is_written_to_and_not_replaced(kata):
    write("work.py", RIGHT)
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        ran = kata("work.py", "--exercise", "sigmoid", "--output", "pipe")
        assert (ran.status, ran.err) == (0, "")
        assert os.read(reader, 10_000).startswith(b"work.py   3 of 3 points")
    finally:
        os.close(reader)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this host has no /dev/full")
def test_a_standard_output_that_is_full(kata, monkeypatch):
    write("work.py", RIGHT)
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(FileIO("/dev/full", "w")))
    ran = kata("work.py", "--exercise", "sigmoid")
    assert ran.status == 2
    assert ran.err.count("\n") == 1
    assert "No space left on device" in ran.err


# Courses


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            'name = "total"',
            'name = "add"',
            "exercises/course.toml: exercise add: stands there twice",
        ),
        (
            'title = "',
            'colour = "blue"\ntitle = "',
            "exercises/course.toml: unknown key `colour`",
        ),
    ],
    ids=["a duplicate", "an unknown key"],
)
def test_a_fault_in_the_course_names_its_file(kata, small_course, old, new, line):
    manifest = small_course / MANIFEST
    text = manifest.read_text()
    assert old in text
    manifest.write_text(text.replace(old, new, 1))
    write("work.py", "def add(x, y):\n    return x + y\n")
    refused(kata("work.py", course=small_course), f"{small_course}/{line}")


def test_a_course_without_a_test_of_an_exercise(kata, small_course):
    tests = small_course / "exercises/ch01_sums/test_sums.py"
    tests.write_text(tests.read_text().replace('@exercise("total")\n', ""))
    write("work.py", "def add(x, y):\n    return x + y\n")
    refused(
        kata("work.py", course=small_course),
        f"{tests}: no test of exercise total; mark one with @exercise('total')",
    )


def test_no_course_at_all(kata, tmp_path):
    write("work.py", RIGHT)
    said = "no course here or above (a course has exercises/course.toml); use --course"
    refused(kata("work.py", course=tmp_path), f"{tmp_path}: {said}")


# Some of it can be graded


def exercises(ran):
    """The exercises of a Result printed as JSON: status and message by name."""
    return {e["id"]: (e["status"], e["message"]) for e in json.loads(ran.out)["exercises"]}


def test_a_fault_in_one_chapter_leaves_the_other_its_marks(kata):
    write("work/neuron.py", RIGHT)
    write("work/forward.py", "import numpy as np\ndef dense(a_prev, W, b:\n")
    ran = kata("work", "--exercise", "sigmoid", "--exercise", "dense", "--format", "json")
    assert (ran.status, ran.err) == (1, "")
    assert exercises(ran)["sigmoid"] == ("passed", "")
    status, message = exercises(ran)["dense"]
    assert status == "error"
    assert message.startswith("forward.py:2: SyntaxError: ")
    assert message.splitlines()[1] == "  def dense(a_prev, W, b:"


def test_a_function_of_the_wrong_kind_leaves_the_others_their_marks(kata):
    write("work.py", f"{RIGHT}\nclass relu:\n    pass\n")
    asked = ["--exercise", "relu", "--exercise", "sigmoid", "--exercise", "tanh"]
    ran = kata("work.py", *asked, "--format", "json")
    assert ran.status == 1
    assert exercises(ran) == {
        "sigmoid": ("passed", ""),
        "relu": ("error", "work.py:19: relu is a class where a function is due"),
        "tanh": ("missing", "work.py: defines no tanh"),
    }


def test_a_bad_submission_among_good_ones_takes_nothing_from_them(kata):
    write("bad.py", "def sigmoid(z)\n")
    write("good.py", RIGHT)
    ran = kata("bad.py", "good.py", "--exercise", "sigmoid")
    assert ran.status == 2
    assert ran.err.startswith("kata: bad.py:1: SyntaxError: expected ':'\n")
    assert ran.out.startswith("good.py   3 of 3 points\n")


# The command as it is installed


def test_the_installed_command_ends_with_status_2_and_one_line(tmp_path):
    done = subprocess.run(
        [shutil.which("kata", path=Path(sys.executable).parent), "grade", "work", "--course", ROOT],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "kata: work: there is no such file or folder\n"
