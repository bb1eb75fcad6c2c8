"""A class is gathered from what an instructor downloads: each student's work, and whose it is."""

import os
import zipfile
from pathlib import Path

import pytest

from grader import intake, roster
from grader.collect import Work, collect
from grader.errors import KataError
from grader.roster import Roster

NEURON, FORWARD = "def step(z):\n    return z >= 0\n", "def dense(a, W, b):\n    return a\n"
OWN = "def anything():\n    pass\n"


@pytest.fixture
def laid(tmp_path):
    """Write files into a folder of some name; a text ending in / is a folder with nothing in it."""

    def laid(folder, *files, text=""):
        root = tmp_path / folder
        root.mkdir(parents=True, exist_ok=True)
        known = {"neuron": NEURON, "forward": FORWARD}
        for name in files:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith("/"):
                path.mkdir()
            elif name.endswith(".zip"):
                with zipfile.ZipFile(path, "w") as archive:
                    archive.writestr("work/neuron.py", NEURON)
                    archive.writestr("work/forward.py", FORWARD)
            else:
                path.write_text(text or next((t for part, t in known.items() if part in name), OWN))
        return root

    return laid


@pytest.fixture
def taken(course):
    """Gather what lies at some paths: what is handed in by student."""

    def taken(*paths, known=None, pattern=""):
        own = roster.pattern(pattern) if pattern else None
        found = intake.from_paths(paths, course, known or Roster(), own)
        return {one.student: one for one in found}

    return taken


@pytest.fixture
def refused(taken):
    """Gather what cannot be, and return the line that says why."""

    def refused(*paths, **more):
        with pytest.raises(KataError) as caught:
            taken(*paths, **more)
        said = str(caught.value)
        assert "\n" not in said, f"more than one line: {said}"
        return said

    return refused


def modules(found):
    """The modules of every student; a single file of any name is ''."""
    troubled = {student: one.trouble for student, one in found.items() if one.trouble}
    assert not troubled, f"work that can be read was refused: {troubled}"
    return {student: {*one.work.files} for student, one in found.items()}


BOTH = {"neuron", "forward"}

# Folders as platforms give them


def test_a_download_of_canvas(laid, taken):
    folder = laid(
        "submissions",
        "lovelaceada_1234_1_neuron.py",
        "lovelaceada_1234_2_forward-1.py",
        "byrongeorge_LATE_1235_3_neuron-2.py",
        "hopper_1236_4_hw1.zip",
        "turing_1237_5_my_work.py",
        "noether_LATE_1238_6_HW.ZIP",
    )
    (folder / "noether_LATE_1238_6_HW.ZIP").write_bytes(
        (folder / "hopper_1236_4_hw1.zip").read_bytes()
    )
    assert modules(taken(folder)) == {
        "lovelaceada": BOTH,
        "byrongeorge": {"neuron"},
        "hopper": BOTH,
        "turing": {""},
        "noether": BOTH,
    }


def test_a_download_of_moodle_in_folders_and_without(laid, taken):
    folder = laid(
        "hw",
        "Ada Lovelace_1_assignsubmission_file_/neuron.py",
        "Ada Lovelace_1_assignsubmission_file_/forward.py",
        "George Byron_2_assignsubmission_file_/exercises/ch03_forward/forward.py",
        "王小明_3_assignsubmission_file_neuron.py",
        "Grace Hopper_4_assignsubmission_file_work.zip",
        "Alan Turing_5_assignsubmission_onlinetext_onlinetext.html",
    )
    assert modules(taken(folder)) == {
        "Ada Lovelace": BOTH,
        "George Byron": {"forward"},
        "王小明": {"neuron"},
        "Grace Hopper": BOTH,
    }


def test_a_zip_in_a_folder_of_moodle_and_a_text_beside_it(laid, taken):
    folder = laid(
        "hw",
        "Ada Lovelace_1_assignsubmission_file_/homework.zip",
        "Ada Lovelace_1_assignsubmission_onlinetext_/onlinetext.html",
    )
    assert modules(taken(folder)) == {"Ada Lovelace": BOTH}


def test_two_students_of_the_same_name_are_two(laid, taken):
    folder = laid(
        "hw",
        "Ada Lovelace_1_assignsubmission_file_/neuron.py",
        "Ada Lovelace_2_assignsubmission_file_/forward.py",
        "George Byron_3_assignsubmission_file_/neuron.py",
    )
    assert modules(taken(folder)) == {
        "Ada Lovelace 1": {"neuron"},
        "Ada Lovelace 2": {"forward"},
        "George Byron": {"neuron"},
    }


def test_clones_of_github_classroom(laid, taken):
    folder = laid(
        "hw-1-submissions",
        "hw-1-ada/exercises/ch01_neuron/neuron.py",
        "hw-1-ada/exercises/ch03_forward/forward.py",
        "hw-1-george-byron/neuron.py",
        "grades.csv",
    )
    assert modules(taken(folder)) == {"ada": BOTH, "george-byron": {"neuron"}}


def test_plain_names(laid, taken):
    folder = laid(
        "homework",
        "ada.py",
        "béla.zip",
        "j.doe/ch01_neuron/neuron.py",
        "j.smith/neuron.py",
        "王小明/forward.py",
        "carl.PY",
        "notes.txt",
    )
    assert modules(taken(folder)) == {
        "ada": {""},
        "béla": BOTH,
        "j.doe": {"neuron"},
        "j.smith": {"neuron"},
        "王小明": {"forward"},
        "carl": {""},
    }


def test_the_roster_says_whose_it_is(laid, taken):
    folder = laid("homework", "x17.py", "group 4/neuron.py", "béla.py")
    known = Roster({}, {"x17.py": "Ada Lovelace", "group 4": "Byron, George"})
    assert modules(taken(folder, known=known)) == {
        "Ada Lovelace": {""},
        "Byron, George": {"neuron"},
        "béla": {""},
    }


def test_a_pattern_says_whose_it_is_and_what_is_left_out(laid, taken, refused):
    folder = laid("homework", "hw1-ada-neuron.py", "hw1-ada-forward.py", "hw2-ada.py", "other.py")
    pattern = r"hw1-(?P<student>\w+)-(?P<file>.+)"
    assert modules(taken(folder, pattern=pattern)) == {"ada": BOTH}
    said = refused(folder, pattern=r"hw3-(?P<student>\w+)\.py")
    assert said.startswith(f"{folder}: holds no submission whose name fits the pattern"), said


def test_a_submission_alone(laid, taken):
    root = laid("all", "ada/exercises/ch01_neuron/neuron.py", "béla/neuron.py", "carl.py", "d.zip")
    found = taken(*(root / name for name in ("ada", "béla", "carl.py", "d.zip")))
    assert modules(found) == {"ada": {"neuron"}, "béla": {"neuron"}, "carl": {""}, "d": BOTH}


def test_files_of_canvas_named_one_by_one_are_their_students(laid, taken):
    root = laid("all", "lovelaceada_LATE_1_2_work.py", "Ada B_7_assignsubmission_file_x.py")
    assert {*taken(*root.iterdir())} == {"lovelaceada", "Ada B"}


# What is left out, and what is kept although it is of no use


def test_hidden_files_and_links_are_left_out(laid, taken, tmp_path):
    folder = laid("homework", "ada.py", ".hidden.py", ".git/neuron.py", "__MACOSX/neuron.py")
    secret = laid("elsewhere", "neuron.py")
    (folder / "link.py").symlink_to(secret / "neuron.py")
    (folder / "linked").symlink_to(secret)
    (folder / "dangling.py").symlink_to(tmp_path / "nowhere.py")
    assert {*taken(folder)} == {"ada"}


def test_a_link_that_is_named_is_refused_and_not_followed(laid, taken):
    folder = laid("homework", "neuron.py")
    link = folder.parent / "ada.py"
    link.symlink_to(folder / "neuron.py")
    found = taken(link)["ada"]
    assert "not a plain file" in found.trouble
    assert found.work.contents == {}


@pytest.mark.parametrize(
    ("files", "trouble"),
    [
        (["ada/"], "holds no .py and no .ipynb"),
        (["ada/one.py", "ada/two.py"], "which of these is the work? one.py, two.py"),
        (["ada.py", "ada.zip"], "ada: which of these is the work? ada.py, ada.zip"),
        (["ada.py", "ada/neuron.py"], "ada: which of these is the work? ada, ada.py"),
        (["ada_1_2_a.py", "ada_1_3_b.py"], "which of these is the work? a.py, b.py"),
        (
            ["ada_1_2_part-1.py", "ada_1_3_part-2.py"],
            "ada: which of these is the work? ada_1_2_part-1.py, ada_1_3_part-2.py",
        ),
        (
            ["ada_1_2_neuron.py", "ada_1_3_neuron-1.py"],
            "ada: which of these is the work? ada_1_2_neuron.py, ada_1_3_neuron-1.py",
        ),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_trouble(laid, taken, files, trouble):
    found = taken(laid("homework", *files, "béla.py"))
    assert {*found} == {"ada", "béla"}, "one that cannot be read is missing, or spoils the others"
    assert found["ada"].trouble.endswith(trouble), found["ada"].trouble
    assert found["ada"].work == Work("ada", {}, {}, {})
    assert found["béla"].trouble == ""


def test_a_zip_that_is_none_is_kept_with_its_trouble(laid, taken):
    folder = laid("homework", "béla.py")
    (folder / "ada.zip").write_bytes(b"PK\x03\x04 and no more")
    found = taken(folder)
    assert "not a zip that can be read" in found["ada"].trouble
    assert found["béla"].trouble == ""


@pytest.mark.parametrize("name", [b"\xffda.py", b"\xffda_1_2_neuron.py"])
def test_a_name_that_is_no_text_can_be_written_down(laid, taken, name):
    folder = laid("homework", "béla.py")
    Path(os.fsdecode(bytes(folder) + b"/" + name)).write_text(OWN)
    (student,) = {*taken(folder)} - {"béla"}
    assert student.encode() == rb"\udcffda", "half a character is in the name"


# What is no class


def test_a_path_that_is_not_there(refused, tmp_path):
    assert refused(tmp_path / "none") == f"{tmp_path}/none: there is no such file or folder"
    assert "no such file or folder" in refused(tmp_path / ("long" * 100))


@pytest.mark.parametrize("files", [[], ["notes.txt", "grades.csv"], [".ada.py"]])
def test_a_folder_without_a_submission(laid, refused, files):
    folder = laid("homework", *files)
    assert refused(folder) == f"{folder}: holds no submission: no folder, .py, .zip or .ipynb"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anyway")
def test_a_folder_that_cannot_be_read(laid, refused):
    folder = laid("homework", "ada.py")
    folder.chmod(0)
    said = refused(folder)
    folder.chmod(0o700)
    assert said == f"{folder}: cannot be read: Permission denied"


def test_two_paths_of_the_same_student(laid, refused):
    one, other = laid("monday", "ada.py"), laid("tuesday", "ada.zip", "béla.py")
    said = "ada: is named twice; give one submission of each student"
    assert refused(one, other) == said
    assert refused(one / "ada.py", other) == said


# A list


def test_a_list_of_paths(laid, course):
    root = laid("all", "ada.py", "j.doe/neuron.py", "béla.zip")
    lines = [f"{root}/ada.py\n", f"{root}/j.doe\n", f"{root}/béla.zip"]
    found = {one.student: one for one in intake.from_lines(lines, course)}
    assert modules(found) == {"ada": {""}, "j.doe": {"neuron"}, "béla": BOTH}


def test_a_list_of_students_and_paths(laid, course):
    root = laid("all", "1.py", "2/forward.py")
    lines = [f"Ada Lovelace\t{root}/1.py\r\n", f"王小明\t{root}/2\r\n"]
    found = {one.student: one for one in intake.from_lines(lines, course)}
    assert modules(found) == {"Ada Lovelace": {""}, "王小明": {"forward"}}


@pytest.mark.parametrize("name", ["none.py", "long" * 100])
def test_a_path_of_a_list_that_cannot_be_read_is_kept_with_its_trouble(laid, course, name):
    root = laid("all", "ada.py")
    ada, other = intake.from_lines([f"{root}/ada.py", f"béla\t{root}/{name}"], course)
    assert (ada.trouble, other.student) == ("", "béla")
    assert name in other.trouble
    (bare,) = intake.from_lines([f"{root}/{name}"], course)
    assert name in bare.trouble


@pytest.mark.parametrize("line", ["\n", "  \n", "ada\t\n", "\tada.py\n", "/\n"])
def test_a_line_that_names_nothing_is_told_by_its_number(laid, course, line):
    lines = [f"{laid('all', 'ada.py')}/ada.py\n", line]
    with pytest.raises(KataError) as caught:
        intake.from_lines(lines, course)
    assert str(caught.value) == "standard input:2: give a path, or a student, a tab and a path"


def test_the_same_student_twice_in_a_list(laid, course):
    root = laid("all", "ada.py", "béla.py")
    for lines in (
        [f"{root}/ada.py", f"ada\t{root}/béla.py"],
        [f"x\t{root}/ada.py", f"x\t{root}/béla.py"],
    ):
        with pytest.raises(KataError, match="is named twice; give one submission of each student"):
            intake.from_lines(lines, course)


# What the same work is


def test_the_same_work_in_another_place_has_the_same_digest(laid, course):
    places = [
        laid("one", "neuron.py"),
        laid("other", "neuron.py"),
        laid("cloned", "exercises/ch01_neuron/neuron.py", "exercises/course.toml", "README.md"),
        laid("chapter", "ch01_neuron/neuron.py"),
        laid("around", "submission/neuron.py"),
    ]
    digests = {place.name: collect(place, course.modules).digest for place in places}
    assert len({*digests.values()}) == 1, digests
    alone = [laid(name, f"{name}.py") / f"{name}.py" for name in ("ada", "béla")]
    assert len({collect(path, course.modules).digest for path in alone}) == 1


def test_a_zip_of_a_folder_is_the_same_work(laid, course):
    folder = laid("flat", "neuron.py", "forward.py")
    zipped = laid("zipped", "any name.zip") / "any name.zip"
    assert collect(folder, course.modules).digest == collect(zipped, course.modules).digest


def test_handed_in_on_canvas_it_is_the_same_work(laid, taken):
    folder = laid("canvas", "ada_1_2_neuron.py", "ada_1_3_forward-1.py")
    (one,) = taken(folder).values()
    (other,) = taken(laid("ada", "neuron.py", "forward.py")).values()
    assert one.work.digest == other.work.digest


def test_other_work_has_another_digest(laid, course):
    modules = course.modules
    first = laid("one", "neuron.py", "forward.py")
    digests = [
        collect(first, modules).digest,
        collect(laid("two", "neuron.py"), modules).digest,
        collect(laid("three", "neuron.py", "forward.py", text=OWN), modules).digest,
        collect(laid("four", "neuron.py", "forward.py", "mine.py"), modules).digest,
        collect(laid("five", "neuron.py", "forward.py", "yours.py"), modules).digest,
        collect(laid("six", "neuron.py", "losses.py"), modules).digest,
    ]
    assert len({*digests}) == len(digests), "two works that differ have the same digest"
    (first / "neuron.py").write_text(NEURON + "\n")
    assert collect(first, modules).digest not in digests, "the content does not count"


def test_what_nobody_looks_at_does_not_count(laid, course):
    plain = laid("one", "neuron.py")
    more = laid("two", "neuron.py", "notes.txt", "test_mine.py", "data/old.py", ".env")
    assert collect(plain, course.modules).digest == collect(more, course.modules).digest
