"""A course travels in one piece, and arrives as it was."""

import io
import zipfile

import pytest

from grader import course as courses
from grader import digests
from grader.pack import pack, unpack

FILES = {
    "exercises/course.toml",
    "exercises/ch01_sums/README.md",
    "exercises/ch01_sums/sums.py",
    "exercises/ch01_sums/test_sums.py",
    "solutions/ch01_sums/mistakes.py",
    "solutions/ch01_sums/sums.py",
    "tests/hidden/test_sums.py",
}
LEFT_OUT = (
    "README.md",
    ".git/config",
    "exercises/ch01_sums/__pycache__/sums.cpython-311.pyc",
    "exercises/ch01_sums/.ipynb_checkpoints/sums.py",
    "exercises/ch01_sums/.hidden.py",
    "exercises/ch02_gone/gone.py",
    "solutions/ch01_sums/__pycache__/sums.cpython-311.pyc",
    "tests/hidden/test_gone.py",
    "tests/grader/test_pack.py",
)


@pytest.fixture
def small(small_course):
    return courses.read(small_course)


def names(data):
    return zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_the_same_course_gives_the_same_bytes(small, tmp_path):
    first = pack(small)
    for path in small.root.rglob("*.py"):
        path.touch()
    assert pack(small) == first, "when a file was written shows in the pack"
    small.root.rename(tmp_path / "elsewhere")
    assert pack(courses.read(tmp_path / "elsewhere")) == first, "the place shows in the pack"


def test_another_course_gives_other_bytes(small):
    first = pack(small)
    small.stub(small.chapters[0]).open("a").write("\n# more\n")
    assert pack(small) != first


def test_nothing_is_in_it_but_the_course(small):
    for name in LEFT_OUT:
        path = small.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0")
    found = names(pack(small))
    assert {*found} == FILES
    assert len(found) == len(FILES), "a file is in it twice"


def test_a_course_below_a_hidden_folder_is_packed_whole(small, tmp_path):
    hidden = tmp_path / ".cache" / "__pycache__" / "course"
    hidden.parent.mkdir(parents=True)
    small.root.rename(hidden)
    assert {*names(pack(courses.read(hidden)))} == FILES


def test_what_is_unpacked_is_the_course(small, tmp_path):
    root = unpack(pack(small), tmp_path / "new" / "cache")
    found = courses.read(root)
    assert (found.title, found.chapters) == (small.title, small.chapters)
    due = digests.of_exercises(small, small.exercises, 10.0)
    assert digests.of_exercises(found, found.exercises, 10.0) == due
    assert pack(found) == pack(small)
    for name in FILES:
        assert (root / name).read_bytes() == (small.root / name).read_bytes(), name


def test_unpacked_twice_it_is_one_folder(small, tmp_path):
    cache = tmp_path / "cache"
    first = unpack(pack(small), cache)
    (first / "kept").touch()
    assert unpack(pack(small), cache) == first
    assert [*cache.iterdir()] == [first], "something is left over"
    assert (first / "kept").exists(), "it was unpacked anew over what was in use"


def test_two_courses_are_two_folders(small, tmp_path):
    cache = tmp_path / "cache"
    first = unpack(pack(small), cache)
    small.stub(small.chapters[0]).open("a").write("\n# more\n")
    second = unpack(pack(small), cache)
    assert second != first
    assert {*cache.iterdir()} == {first, second}


def test_nobody_else_may_look_into_it(small, tmp_path):
    unpack(pack(small), tmp_path / "cache")
    assert (tmp_path / "cache").stat().st_mode & 0o077 == 0


def test_the_course_of_this_repository_arrives(course, tmp_path):
    found = courses.read(unpack(pack(course), tmp_path))
    some = [exercise.name for exercise in course.chapters[2].exercises][:2]
    due = digests.of_exercises(course, some, 10.0)
    assert digests.of_exercises(found, some, 10.0) == due
