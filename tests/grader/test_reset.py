"""`kata reset`: one exercise begins anew, the rest stays, and nothing is lost."""

import pytest

from grader import course
from grader.practice.reset import reset

SUMS = "exercises/ch01_sums/sums.py"
STUB = 'raise NotImplementedError("{} is still to do")'


@pytest.fixture
def module(small_course):
    return small_course / SUMS


def begin_again(small_course, name):
    return reset(course.read(small_course), name)


def write(module, name, code):
    text = module.read_text("utf-8")
    assert STUB.format(name) in text
    module.write_text(text.replace(STUB.format(name), code), "utf-8")


def test_the_stub_comes_back_and_the_work_is_kept(small_course, module):
    fresh = module.read_text("utf-8")
    write(module, "add", "return x - y  # hm")
    worked_on = module.read_text("utf-8")
    backup = begin_again(small_course, "add")
    assert module.read_text("utf-8") == fresh
    assert backup.name == "sums.py.bak-1"
    assert backup.read_text("utf-8") == worked_on


def test_other_functions_and_whatever_stands_between_them_stay(small_course, module):
    write(module, "add", "return x - y")
    write(module, "total", "return sum(xs)")
    with module.open("a", encoding="utf-8") as file:
        file.write("\n\ndef my_own(x):\n    return 'ü'  # mine\n")
    before = module.read_text("utf-8")
    begin_again(small_course, "add")
    assert module.read_text("utf-8") == before.replace("return x - y", STUB.format("add"))


def test_a_second_backup_leaves_the_first_alone(small_course, module):
    for number in (1, 2):
        write(module, "add", f"return {number}")
        assert begin_again(small_course, "add").name == f"sums.py.bak-{number}"
    assert "return 1" in module.with_name("sums.py.bak-1").read_text()


def test_a_changed_signature_comes_back_too(small_course, module):
    fresh = module.read_text("utf-8")
    module.write_text(fresh.replace("def add(x, y):", "def add(a):"), "utf-8")
    begin_again(small_course, "add")
    assert module.read_text("utf-8") == fresh


@pytest.mark.parametrize("spoil", [lambda text: "def add(:\n", lambda text: "x = 1\n"])
def test_a_file_that_is_beyond_mending_comes_back_whole(small_course, module, spoil):
    fresh = module.read_text("utf-8")
    module.write_text(spoil(fresh), "utf-8")
    backup = begin_again(small_course, "add")
    assert module.read_text("utf-8") == fresh
    assert backup.read_text("utf-8") == spoil(fresh)


def test_a_file_that_is_gone_comes_back(small_course, module):
    fresh = module.read_text("utf-8")
    module.unlink()
    begin_again(small_course, "total")
    assert module.read_text("utf-8") == fresh


def test_windows_line_ends_stay_in_the_rest(small_course, module):
    write(module, "add", "return x - y")
    module.write_bytes(module.read_bytes().replace(b"\n", b"\r\n"))
    begin_again(small_course, "add")
    assert module.read_bytes().startswith(b'"""Adding up."""\r\n\r\nimport numpy as np\r\n')
    compile(module.read_bytes(), "sums.py", "exec")


def test_a_stub_needs_no_reset(small_course, module):
    before = module.stat().st_mtime_ns
    assert begin_again(small_course, "add") is None
    assert module.stat().st_mtime_ns == before
