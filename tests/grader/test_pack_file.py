"""The private pack: one file that says what it is, and is refused when it is not that."""

import hashlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from grader import autograder, pack, private_pack, release, unpacking
from grader import course as courses
from grader.errors import KataError


@pytest.fixture
def small(small_course):
    return courses.read(small_course)


@pytest.fixture
def packed(small, tmp_path):
    """The file of a pack."""
    path = tmp_path / "sums.kata"
    path.write_bytes(private_pack.written(small))
    return path


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path, monkeypatch):
    """Whatever is unpacked is found, and looked at, in a folder of the test's own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "tmp").mkdir()
    yield tmp_path / "tmp"
    monkeypatch.setattr("tempfile.tempdir", None)


def as_pack(body, version=private_pack.FORMAT):
    digest = hashlib.sha256(body).hexdigest()
    return private_pack.WORDS + f"{version} {digest}\n".encode() + body


def zipped(*files, method=zipfile.ZIP_STORED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return data.getvalue()


def kata(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-P", "-m", "grader", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_it_has_all_that_marking_needs_and_the_package(small, packed):
    found = private_pack.read(packed).contents
    course = dict(pack.contents(small))
    assert {
        "exercises/course.toml",
        "exercises/ch01_sums/test_sums.py",
        "solutions/ch01_sums/sums.py",
        "solutions/ch01_sums/mistakes.py",
        "tests/hidden/test_sums.py",
    } <= course.keys()
    own = {f"package/{name}": data for name, data in release.package(small)}
    assert {"package/pyproject.toml", "package/grader/judge.py"} <= own.keys()
    assert found == course | own


def test_every_file_that_the_courses_gates_and_diagnoses_need_is_in_it(course):
    names = {name for name, _ in pack.contents(course)}
    for chapter in course.chapters:
        needed = [course.solution(chapter), course.mistakes(chapter), course.hidden_tests(chapter)]
        if any(exercise.gates for exercise in chapter.exercises):
            needed.append(course.baseline(chapter))
        for path in (*needed, course.visible_tests(chapter)):
            assert path.relative_to(course.root).as_posix() in names


def test_the_same_course_gives_the_same_file(small, tmp_path):
    first = private_pack.written(small)
    for path in small.root.rglob("*.py"):
        path.touch()
    (small.root / "exercises/ch01_sums/sums.py.bak-1").write_text("an old copy")
    small.root.rename(tmp_path / "elsewhere")
    assert private_pack.written(courses.read(tmp_path / "elsewhere")) == first
    assert str(tmp_path).encode() not in first


def test_a_pack_that_is_unpacked_gives_the_same_pack(small, packed):
    assert private_pack.written(courses.read(unpacking.unpacked(packed))) == packed.read_bytes()


def test_it_reads_as_a_line_and_a_zip(packed):
    line, _, body = packed.read_bytes().partition(b"\n")
    said = hashlib.sha256(body).hexdigest()
    assert line.decode() == f"tensorkata pack 1 {said}"
    assert private_pack.read(packed).digest == said
    with zipfile.ZipFile(packed) as archive:  # pip reads it so
        assert archive.testzip() is None


BAD = {
    "empty": (b"", "is no pack of a course; kata release --pack makes one"),
    "a zip": (zipped(("a.py", "")), "is no pack of a course"),
    "a text": (b"tensorkata packs are fine\n", "is no pack of a course"),
    "no digest": (private_pack.WORDS + b"1\n", "is damaged or cut off: its first line is"),
    "a long first line": (private_pack.WORDS + b"1" * 10_000, "its first line is"),
    "newer": (as_pack(b"", 2), "is a pack of format 2, this kata reads 1: mark with the kata that"),
    "no zip": (as_pack(b"PK\3\4 nearly"), "is no pack that can be read: "),
    "a bomb": (
        as_pack(zipped(("tests/a", b"\0" * 10_000_000), method=zipfile.ZIP_DEFLATED)),
        "holds compressed files, and no pack does",
    ),
    "up": (as_pack(zipped(("exercises/../../a.py", ""))), "'exercises/../../a.py' points outside"),
    "absolute": (as_pack(zipped(("/etc/passwd", ""))), "'/etc/passwd' points outside"),
    "Windows's up": (as_pack(zipped(("exercises/..\\a.py", ""))), "points outside"),
    "a drive": (as_pack(zipped(("exercises/c:a.py", ""))), "points outside"),
    "the top": (as_pack(zipped(("conftest.py", ""))), "'conftest.py' points outside"),
    "a folder": (as_pack(zipped(("tests/hidden/", ""))), "points outside"),
    "twice": (as_pack(zipped(("tests/a.py", "1"), ("tests/A.py", "2"))), "holds a file twice"),
    "too many": (
        as_pack(zipped(*((f"tests/{n}", "") for n in range(private_pack.MAX_FILES + 1)))),
        "files are in it",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_pack_of_ours_is_refused_in_one_line(kind, tmp_path, own_temporary_folder):
    data, said = BAD[kind]
    path = tmp_path / "bad.kata"
    path.write_bytes(data)
    with pytest.raises(KataError) as error:
        unpacking.unpacked(path)
    assert str(error.value).startswith(f"{path}: ")
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert [*own_temporary_folder.rglob("*")] == [], "some of it was unpacked"


def test_every_cut_and_every_changed_byte_is_noticed(packed):
    data = packed.read_bytes()
    for cut in (1, 17, 60, 85, 200, len(data) // 2, len(data) - 1):
        packed.write_bytes(data[:cut])
        with pytest.raises(KataError, match=r"is no pack|is damaged or cut off"):
            private_pack.read(packed)
    for place in (20, 84, 90, len(data) // 2, len(data) - 5):
        packed.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(KataError, match=r"is no pack|is damaged or cut off"):
            private_pack.read(packed)
    packed.write_bytes(data + b"\0")
    with pytest.raises(KataError, match="is damaged or cut off"):
        private_pack.read(packed)


def test_many_files_that_share_their_bytes_fill_no_disk(tmp_path, monkeypatch):
    """Each of 60 entries of the index is the same megabyte, which a zip can say."""
    monkeypatch.setattr(private_pack, "MAX_SIZE", 50 * 2**20)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("tests/0", b"\0" * 2**20)
        for number in range(1, 60):
            twin = zipfile.ZipInfo(f"tests/{number}")
            twin.file_size = twin.compress_size = 2**20
            twin.header_offset = 0
            twin.CRC = zlib.crc32(b"\0" * 2**20)
            archive.filelist.append(twin)
    path = tmp_path / "bomb.kata"
    path.write_bytes(as_pack(data.getvalue()))
    with pytest.raises(KataError, match="more than 50 MB or"):
        private_pack.read(path)


def test_a_link_in_it_is_no_link_when_it_is_unpacked(packed, small, tmp_path):
    link = zipfile.ZipInfo("tests/hidden/link")
    link.external_attr = 0o120777 << 16
    path = tmp_path / "link.kata"
    path.write_bytes(as_pack(zipped(*pack.contents(small), (link, "/etc/passwd"))))
    root = unpacking.unpacked(path)
    assert (root / "tests/hidden/link").read_text() == "/etc/passwd"
    assert not (root / "tests/hidden/link").is_symlink()


def test_nobody_else_may_look_into_what_is_unpacked(packed, own_temporary_folder):
    root = unpacking.unpacked(packed)
    assert root.is_relative_to(own_temporary_folder)
    for folder in (root.parent, root.parent.parent, root.parent.parent.parent):
        assert folder.stat().st_mode & 0o077 == 0
    assert not (root / "package").exists(), "the package is for pip, and it reads the file"


def test_a_pack_that_a_learners_code_could_read_is_refused(packed, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.prefix", str(tmp_path / "venv"))
    (tmp_path / "venv").mkdir()
    with pytest.raises(KataError, match=r"lies in \S+/venv, which a learner's code can read"):
        unpacking.unpacked(packed.rename(tmp_path / "venv/course.kata"))


def test_errors_name_the_pack(packed):
    root = unpacking.unpacked(packed)
    assert root.name == packed.name
    done = kata("grade", packed, "--course", packed, "--exercise", "nope")
    assert done.returncode == 2
    assert re.search(r"sums\.kata/exercises/course\.toml: there is no exercise 'nope'", done.stderr)


@pytest.mark.parametrize("name", ["a::b[1].kata", "-p no", ".hidden", "ä"])
def test_a_pack_of_any_name_has_a_folder_that_pytest_can_take(packed, name):
    assert unpacking.unpacked(packed.rename(packed.with_name(name))).name == "course"


HOLD = (
    "import sys, time, pathlib\n"
    "from grader import unpacking\n"
    "print(unpacking.unpacked(pathlib.Path(sys.argv[1])), flush=True)\n"
    "time.sleep(float(sys.argv[2]))\n"
)


def hold(packed, seconds):
    return subprocess.Popen(
        [sys.executable, "-P", "-c", HOLD, str(packed), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_it_is_gone_when_its_process_ends_or_is_told_to(packed):
    with hold(packed, 0) as process:
        root = Path(process.stdout.readline().strip())
        assert process.wait(30) == 0
    assert not root.parent.exists()
    with hold(packed, 60) as process:
        root = Path(process.stdout.readline().strip())
        assert root.exists()
        process.terminate()
        assert process.wait(30) == 128 + signal.SIGTERM
    assert not root.parent.exists()


def test_what_a_killed_process_left_is_removed_by_the_next_and_what_is_in_use_is_not(packed):
    with hold(packed, 60) as killed, hold(packed, 60) as going_on:
        left = Path(killed.stdout.readline().strip())
        used = Path(going_on.stdout.readline().strip())
        killed.kill()
        killed.wait()
        assert left.exists()
        unpacking.unpacked(packed)
        assert not left.parent.exists()
        assert (used / "tests/hidden/test_sums.py").exists()
        going_on.terminate()


def test_many_at_a_time_do_not_remove_each_others(packed):
    processes = [hold(packed, 1) for _ in range(6)]
    roots = [Path(process.stdout.readline().strip()) for process in processes]
    assert len({*roots}) == len(roots)
    assert all((root / "exercises/course.toml").exists() for root in roots)
    assert [process.wait(30) for process in processes] == [0] * 6
    deadline = time.monotonic() + 10
    while any(root.exists() for root in roots) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(root.exists() for root in roots)


def test_the_command_writes_it_for_ones_own_eyes_and_says_its_digest(small, tmp_path):
    out = tmp_path / "course.kata"
    done = kata("release", "--pack", out, cwd=small.root)
    assert done.stdout == f"{out}: 1 chapters, sha256 {private_pack.read(out).digest}\n"
    assert done.returncode == 0
    assert out.stat().st_mode & 0o077 == 0
    again = kata("release", "--pack", out, cwd=small.root)
    assert again.stdout == done.stdout, "an earlier pack makes room"


def test_the_command_writes_all_three_in_one_go(small, tmp_path):
    places = [tmp_path / name for name in ("out", "course.kata", "gradescope.zip")]
    options = [*zip(("--out", "--pack", "--gradescope"), places, strict=True)]
    done = kata("release", "--quick", *sum(options, ()), cwd=small.root)
    assert done.returncode == 0, done.stderr
    assert [line.split(": ")[0] for line in done.stdout.splitlines()] == [*map(str, places)]
    with zipfile.ZipFile(places[2]) as archive:
        assert archive.read("course.kata") == places[1].read_bytes()
        assert archive.read("chapters") == b""


def test_an_autograder_marks_the_chapters_that_are_named(small, tmp_path):
    out = tmp_path / "gradescope.zip"
    done = kata("release", "--gradescope", out, "--chapter", "ch01_sums", cwd=small.root)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(out) as archive:
        assert archive.read("chapters") == b"ch01_sums\n"
    done = kata("release", "--gradescope", out, "--chapter", "ch02_gone", cwd=small.root)
    assert done.returncode == 2
    assert "there is no chapter 'ch02_gone'" in done.stderr


def test_whoever_names_nothing_is_told_what_there_is(small):
    done = kata("release", cwd=small.root)
    assert done.returncode == 2
    assert done.stderr == (
        "kata: nothing to release: give --out DIR, --pack FILE or --gradescope FILE.zip\n"
    )


@pytest.mark.parametrize("option", ["--pack", "--gradescope"])
def test_nothing_else_is_written_over(small, tmp_path, option):
    out = tmp_path / "thesis.tex"
    out.write_text("mine")
    done = kata("release", option, out, cwd=small.root)
    assert done.returncode == 2
    assert "is there already, and no" in done.stderr
    assert done.stderr.count("\n") == 1
    assert out.read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["course", "thesis.tex", "tmp"]


def test_an_autograder_makes_room_for_a_newer_one_and_no_other_zip_does(small, packed, tmp_path):
    out = tmp_path / "autograder.zip"
    out.write_bytes(autograder.zipped(packed.read_bytes()))
    autograder.require_free(out)
    out.write_bytes(zipped(("course.kata", ""), ("thesis.tex", "")))
    with pytest.raises(KataError, match="is there already, and no autograder"):
        autograder.require_free(out)


def test_a_bundle_makes_no_pack(small, tmp_path):
    release.release(release.bundle(small), tmp_path / "bundle")
    done = kata("release", "--pack", tmp_path / "x.kata", cwd=tmp_path / "bundle")
    assert done.returncode == 2
    assert "has no hidden tests and no references" in done.stderr
    assert not (tmp_path / "x.kata").exists()


def test_a_full_disk_leaves_no_pack_behind(small, tmp_path, monkeypatch):
    def fails(path, data):
        raise KataError(f"{path}: cannot be written: No space left on device")

    monkeypatch.setattr("grader.files.write", fails)
    with pytest.raises(KataError, match=r"x\.kata: cannot be written: No space left on device"):
        private_pack.write(tmp_path / "x.kata", b"")
    assert not (tmp_path / "x.kata").exists()


def test_a_pack_that_is_not_there_is_no_reason_to_take_another_course(small_course, tmp_path):
    stub = small_course / "exercises/ch01_sums/sums.py"
    done = kata("grade", stub, "--course", "course.kata", cwd=small_course)
    assert done.returncode == 2
    assert done.stderr == "kata: --course course.kata: there is no such file or folder\n"


@pytest.mark.parametrize("command", ["list", "stats --journal", "batch . --journal", "release"])
def test_every_command_says_what_is_wrong_with_a_pack(command, packed, tmp_path):
    packed.write_bytes(packed.read_bytes()[:-10])
    first, *more = command.split()
    options = [*more, *([tmp_path / "class.db"] if "--journal" in more else [])]
    options += ["--out", tmp_path / "out"] if first == "release" else []
    shutil.copy(packed, tmp_path / "class.db")
    done = kata(first, *options, "--course", packed)
    assert done.returncode == 2
    assert "sums.kata: is damaged or cut off" in done.stderr
    assert done.stderr.count("\n") == 1
