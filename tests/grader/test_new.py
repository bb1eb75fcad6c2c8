"""`kata new`: an exercise begun in all its places, and nothing else touched."""

import ast
import difflib
import re

import pytest
from typer.testing import CliRunner

from grader import cli, course, files, stubs
from grader.authoring import inspection, scaffold
from grader.check import require_files
from grader.errors import KataError

PLACES = [
    "solutions/ch01_sums/sums.py",
    "exercises/ch01_sums/sums.py",
    "solutions/ch01_sums/mistakes.py",
    "exercises/ch01_sums/test_sums.py",
    "tests/hidden/test_sums.py",
    "exercises/course.toml",
]
MANIFEST = """title = "Sums"  # and more

[[chapter]]
name = "ch01_sums"
title = "Adding up"

# the first
[[chapter.exercise]]
name = "add"
points = 2
hints = ["Python can do it.", "There is a sign for it.", "x + y"]

[[chapter.exercise]]
name = "total"
points = 3
needs = ["add"]
hints = ["One after the other.", "Begin with 0 and add.", "result = add(result, x)"]
# to be harder next year

# what comes later
[[chapter]]
name = "ch04_counts"
title = "Counting"
[[chapter.exercise]]
name = "count"
points = 1
hints = ["Keep the count.", "Each call adds 1.", "+ 1"]   # enough?
"""


def new(root, chapter, name):
    """Begin an exercise; returns the course as it is then."""
    scaffold.carry_out(scaffold.plan(course.read(root), chapter, name))
    return course.read(root)


def texts(root):
    """Every file of a course, by its path from there."""
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*.*")}
    return {name: path.read_bytes() for name, path in found.items() if path.suffix != ".pyc"}


def added(before, after):
    """The lines that a text has more; it may have lost none."""
    lines = [*difflib.ndiff(before.splitlines(), after.splitlines())]
    assert not [line for line in lines if line.startswith("- ")]
    return [line[2:] for line in lines if line.startswith("+ ")]


def left_to_write(given, *names):
    """What the check says is still to be written, by file."""
    found = [*inspection.findings(given, names)]
    assert all("still to write" in line for line in found), found
    return [line.removeprefix(f"{given.root}/").partition(":")[0] for line in found]


def test_an_exercise_is_begun_in_every_place_and_only_there(small_course):
    before = texts(small_course)
    given = new(small_course, "ch01_sums", "double")
    after = texts(small_course)
    assert sorted(name for name in after if after[name] != before.get(name)) == sorted(PLACES)
    for name in PLACES:
        assert any("double" in line for line in added(before[name].decode(), after[name].decode()))
        assert name.endswith(".toml") or ast.parse(after[name])
    require_files(given)
    assert stubs.stale(given) == []
    assert [e.name for e in given.chapters[0].exercises] == ["add", "total", "Counter", "double"]


def test_the_check_says_what_is_left_and_nothing_else(small_course):
    left = left_to_write(new(small_course, "ch01_sums", "double"), "double")
    assert {name: left.count(name) for name in left} == {
        "exercises/course.toml": 3,
        "solutions/ch01_sums/sums.py": 3,
        "solutions/ch01_sums/mistakes.py": 4,
        "exercises/ch01_sums/test_sums.py": 1,
        "tests/hidden/test_sums.py": 2,
    }


def test_what_was_begun_can_be_written_to_its_end(small_course, monkeypatch, lent_zygote):
    new(small_course, "ch01_sums", "double")
    monkeypatch.chdir(small_course)
    written = {
        "solutions/ch01_sums/sums.py": [
            ("TODO: what double does, in one line.", "2x, for a number."),
            (
                "    TODO: what it takes and returns, with shapes and types, and when it raises.\n",
                "",
            ),
            ("# TODO: the answer\n    raise NotImplementedError", "return 2 * x"),
        ],
        "solutions/ch01_sums/mistakes.py": [
            ("first_mistake", "squares"),
            ("TODO: tell who made this mistake what is wrong.", "You square it."),
            ("# TODO: a whole wrong answer, and a name that says what is wrong\n", "return x**2\n"),
            ("second_mistake", "halves"),
            ("TODO: tell who made this mistake what is wrong.", "You halve it."),
            (
                "# TODO: a whole wrong answer, and a name that says what is wrong\n",
                "return x / 2\n",
            ),
        ],
        "exercises/ch01_sums/test_sums.py": [
            ("# TODO: an example that can be checked by hand; write the arithmetic here", "# 2·3"),
            ("same(learner.double(1.0), 2.0)", "same(learner.double(3.0), 6.0)"),
        ],
        "tests/hidden/test_sums.py": [
            ("TODO: the property, which a learner reads when this fails", "Any number"),
            (
                "# TODO: what TensorFlow gives for numbers that nobody can know beforehand",
                "x = 0.3",
            ),
            ("learner.double(rng.normal()), 2.0", "learner.double(x), float(tf.add(x, x))"),
        ],
        "exercises/course.toml": [
            ("TODO: a nudge", "Twice."),
            ("TODO: the idea", "Multiply."),
            ("TODO: nearly the line, and a piece left out", "2 * …"),
        ],
    }
    for name, changes in written.items():
        text = (small_course / name).read_text("utf-8")
        for old, becomes in changes:
            assert old in text
            text = text.replace(old, becomes, 1)
        (small_course / name).write_text(text, "utf-8")
    assert CliRunner().invoke(cli.app, ["stubs"]).exit_code == 0
    done = CliRunner().invoke(cli.app, ["check", "--exercise", "double"])
    assert done.stdout == "nothing to put right in double\n"


def test_the_manifest_has_the_entry_and_is_otherwise_as_it_was(tmp_path):
    given = several(tmp_path)
    text = scaffold.plan(given, "ch01_sums", "double")[tmp_path / course.MANIFEST]
    assert added(MANIFEST, text)[:2] == ["[[chapter.exercise]]", 'name = "double"']
    before, _, after = text.partition("# to be harder next year\n")
    assert before + "# to be harder next year\n" == MANIFEST[: MANIFEST.index("\n# what comes")]
    assert after.startswith('\n[[chapter.exercise]]\nname = "double"\n')
    assert after.endswith("]\n\n" + MANIFEST[MANIFEST.index("# what comes") :])


def test_a_new_chapter_stands_where_its_number_belongs(tmp_path):
    given = several(tmp_path)
    text = scaffold.plan(given, "ch02_more", "triple")[tmp_path / course.MANIFEST]
    assert re.findall(r'^name = "(\w+)"', text, re.MULTILINE) == [
        *("ch01_sums", "add", "total"),
        *("ch02_more", "triple"),
        *("ch04_counts", "count"),
    ]
    added(MANIFEST, text)


def several(root):
    """A course of two chapters, whose manifest somebody has laid out by hand."""
    for chapter, module, names in (
        ("ch01_sums", "sums", ["add", "total"]),
        ("ch04_counts", "counts", ["count"]),
    ):
        bodies = "\n\n".join(
            f"def {n}(x):\n    # BEGIN SOLUTION\n    return x\n    # END SOLUTION\n" for n in names
        )
        write(root / f"solutions/{chapter}/{module}.py", bodies)
        write(root / f"solutions/{chapter}/mistakes.py", "")
        write(root / f"exercises/{chapter}/test_{module}.py", "")
        write(root / f"tests/hidden/test_{module}.py", "")
    write(root / course.MANIFEST, MANIFEST)
    given = course.read(root)
    for stale in stubs.stale(given):
        stubs.renew(stale)
    return given


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_line_ends_stay_what_they_are(small_course):
    for name in ("tests/hidden/test_sums.py", "exercises/course.toml"):
        path = small_course / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    new(small_course, "ch01_sums", "double")
    for name in ("tests/hidden/test_sums.py", "exercises/course.toml"):
        text = (small_course / name).read_bytes()
        assert text.count(b"\n") == text.count(b"\r\n")


def test_a_method_stands_behind_the_others_of_its_class(small_course):
    manifest = small_course / course.MANIFEST
    manifest.write_text(manifest.read_text().replace('"Counter"', '"Counter.up"'))
    for tests in ("exercises/ch01_sums/test_sums.py", "tests/hidden/test_sums.py"):
        path = small_course / tests
        path.write_text(path.read_text().replace('@exercise("Counter")', '@exercise("Counter.up")'))
    given = new(small_course, "ch01_sums", "Counter.down")
    solution = (small_course / "solutions/ch01_sums/sums.py").read_text()
    assert "            yield self.up()\n\n    def down(self, x):\n" in solution
    wrong = (small_course / "solutions/ch01_sums/mistakes.py").read_text()
    assert "class Counter_down_first_mistake:\n" in wrong
    require_files(given)
    assert set(left_to_write(given, "Counter.down")) == {*PLACES} - {"exercises/ch01_sums/sums.py"}


def test_a_new_chapter_has_its_lesson_its_picture_and_its_first_exercise(small_course):
    given = new(small_course, "ch02_more", "triple")
    require_files(given)
    assert stubs.stale(given) == []
    assert set(left_to_write(given, "triple")) == {
        "exercises/course.toml",
        "exercises/ch02_more/README.md",
        "exercises/ch02_more/figures.py",
        "exercises/ch02_more/test_more.py",
        "solutions/ch02_more/mistakes.py",
        "solutions/ch02_more/more.py",
        "tests/hidden/test_more.py",
    }


@pytest.mark.parametrize(
    ("chapter", "name", "said"),
    [
        ("ch01_sums", "two words", "'two words' is no name for an exercise; give one as dense"),
        ("ch01_sums", "1st", "'1st' is no name"),
        ("ch01_sums", "class", "'class' is no name"),
        ("ch01_sums", "a.b.c", "'a.b.c' is no name"),
        ("ch01_sums", "_own", "'_own': an exercise has a public name"),
        ("ch01_sums", "größe", "'größe': an exercise has a public name of plain letters"),
        ("ch01_sums", "Median", "Median: kata new begins functions and methods of classes; write"),
        ("ch01_sums", "add", "add: is an exercise of ch01_sums already; choose another name"),
        ("ch01_sums", "Counter.down", "all of Counter is one exercise; take its entry out"),
        ("ch01_sums", "Clock.tick", "sums.py: there is no class Clock; write it first"),
        ("ch01_sums", "np", "sums.py: defines np already; write its entry by hand"),
        ("ch01_sums", "total_first", "total_first_only, of total, would be taken for a mistake of"),
        ("ch1_more", "double", "'ch1_more': a chapter is called as ch03_forward is"),
        ("more", "double", "'more': a chapter is called as ch03_forward is"),
        ("ch01_more", "double", "ch01 is ch01_sums; take another number"),
        ("ch02_sums", "double", "the module of ch01_sums is sums too; choose another name"),
        ("ch02_class", "double", "ch02_class: its module cannot be called class"),
        ("ch02_more", "Clock.tick", "a new chapter has no classes; begin it with a function"),
    ],
)
def test_what_cannot_be_begun_is_refused_in_one_line(small_course, chapter, name, said):
    before = texts(small_course)
    with pytest.raises(KataError) as refused:
        new(small_course, chapter, name)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert texts(small_course) == before


def test_a_stub_that_somebody_works_in_is_left_alone(small_course):
    stub = small_course / "exercises/ch01_sums/sums.py"
    stub.write_text(stub.read_text() + "# mine\n")
    with pytest.raises(KataError, match=r"sums.py: is not what .* gives; run: kata stubs"):
        new(small_course, "ch01_sums", "double")
    assert stub.read_text().endswith("# mine\n")


def test_files_that_are_there_already_are_left_alone(small_course):
    path = small_course / "tests/hidden/test_more.py"
    path.write_text("# mine\n")
    with pytest.raises(KataError, match=r"test_more\.py: is there already"):
        new(small_course, "ch02_more", "double")
    assert path.read_text() == "# mine\n"


def test_a_manifest_that_cannot_be_added_to_is_left_alone(small_course):
    manifest = small_course / course.MANIFEST
    add = '{name = "add", points = 2, hints = ["a", "b", "c"]}'
    manifest.write_text(
        f'title = "T"\nchapter = [{{name = "ch01_sums", title = "S", exercise = [{add}]}}]\n'
    )
    with pytest.raises(KataError, match="laid out in a way that kata new cannot add to; write"):
        new(small_course, "ch01_sums", "double")


@pytest.mark.parametrize("chapter", ["ch01_sums", "ch02_more"])
def test_when_one_file_cannot_be_written_none_is(small_course, monkeypatch, chapter):
    planned = scaffold.plan(course.read(small_course), chapter, "double")
    before, folders = texts(small_course), {*small_course.rglob("*/")}
    write = files.write

    def full(path, content):
        if path.name == "course.toml" and b"double" in content:
            raise KataError(f"{path}: cannot be written: No space left on device")
        write(path, content)

    monkeypatch.setattr(files, "write", full)
    with pytest.raises(KataError, match="No space left"):
        scaffold.carry_out(planned)
    assert texts(small_course) == before
    assert {*small_course.rglob("*/")} == folders


def test_it_ends_with_the_files_and_what_to_do_next(small_course, monkeypatch):
    monkeypatch.chdir(small_course)
    done = CliRunner().invoke(cli.app, ["new", "ch01_sums", "double"])
    *written, following = done.stdout.splitlines()
    assert written == PLACES
    assert (
        following
        == "next: write what is marked TODO; kata check --exercise double says what is left"
    )
