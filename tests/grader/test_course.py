"""Every fault of a course is one line that names the file and the entry."""

import pytest

from grader import course
from grader.check import require_files
from grader.errors import CourseError

CHAPTER = '[[chapter]]\nname = "ch01_sums"\ntitle = "Sums"\n'
ADD = '[[chapter.exercise]]\nname = "add"\npoints = 1\nhints = ["x + y"]\n'


def manifest(*parts):
    return "\n".join(['title = "T"', *parts])


def gate(sizes="[[2, 3]]"):
    axes = '["rows", "columns"]'
    return f'{{baseline = "loop", axes = {axes}, sizes = {sizes}, over = 3, under = 10}}'


def exercise(name, extra=""):
    return f'[[chapter.exercise]]\nname = "{name}"\npoints = 1\nhints = ["so"]\n{extra}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "not valid TOML: Invalid value (at end of document)"),
        (manifest(CHAPTER), "chapter ch01_sums: missing key `exercise`"),
        (
            manifest(CHAPTER, ADD, "pionts = 2"),
            "chapter ch01_sums, exercise add: unknown key `pionts`",
        ),
        (manifest("colour = 1", CHAPTER, ADD), "unknown key `colour`"),
        (manifest(CHAPTER, ADD, ADD), "exercise add: stands there twice"),
        (manifest(CHAPTER, ADD, CHAPTER, exercise("b")), "chapter ch01_sums: stands there twice"),
        (manifest(CHAPTER, ADD, "points = 2"), "not valid TOML: Cannot overwrite a value"),
        (manifest(CHAPTER, ADD.replace("1", "0")), "exercise add: points must be above 0, not 0"),
        (manifest(CHAPTER, ADD.replace("1", "-2")), "exercise add: points must be above 0, not -2"),
        (manifest(CHAPTER, ADD.replace("= 1", "= nan")), "points must be above 0, not nan"),
        (manifest(CHAPTER, ADD.replace("1", '"1"')), "exercise add, key points: Expected `float`"),
        (manifest(CHAPTER, ADD.replace('"x + y"', "")), "exercise add: an empty hint"),
        (manifest(CHAPTER, ADD.replace("x + y", "  ")), "exercise add: an empty hint"),
        (
            manifest(CHAPTER, exercise("add", 'needs = ["sub"]')),
            "exercise add: needs 'sub', which is no exercise of this course",
        ),
        (
            manifest(CHAPTER, exercise("a", 'needs = ["b"]'), exercise("b", 'needs = ["a"]')),
            "its prerequisites lead back to it: a → b → a",
        ),
        (
            manifest(CHAPTER.replace("ch01_", ""), ADD),
            "chapter sums, key name: not a name such as ch03_forward",
        ),
        (
            manifest(CHAPTER + '[[chapter.forbid]]\nnames = ["tf."]\nwhy = "so"\n', ADD),
            "chapter ch01_sums, key names: not a name such as tensorflow.keras",
        ),
        (
            manifest(CHAPTER, exercise("add", 'allow = ["keras"]')),
            "exercise add: allows 'keras', which is not forbidden",
        ),
        (
            manifest(CHAPTER, ADD, CHAPTER.replace("ch01", "ch02"), exercise("sub")),
            "module sums: stands there twice",
        ),
        (
            manifest(CHAPTER, exercise("add", f"gates = [{gate('[[2, 3], [4]]')}]")),
            "exercise add: a gate needs sizes, each with one number an axis",
        ),
        (
            manifest(CHAPTER, exercise("add", f"gates = [{gate('[]')}]")),
            "exercise add: a gate needs sizes, each with one number an axis",
        ),
        (
            manifest(CHAPTER, exercise("add", f"gates = [{gate()}, {gate()}]")),
            "exercise add: two gates with the same baseline",
        ),
        (
            manifest(CHAPTER, exercise("add", "gpu = 1")),
            "exercise add: gpu = 1 leaves no points for where there is no GPU",
        ),
        (manifest(CHAPTER, exercise("1st")), "exercise 1st, key name: not a name such as dense"),
    ],
)
def test_a_fault_in_the_manifest(tmp_path, text, said):
    (tmp_path / "exercises").mkdir()
    path = tmp_path / course.MANIFEST
    path.write_text(text)
    with pytest.raises(CourseError) as caught:
        course.read(tmp_path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "gone",
    [
        "exercises/ch01_sums/README.md",
        "exercises/ch01_sums/sums.py",
        "exercises/ch01_sums/test_sums.py",
        "solutions/ch01_sums/sums.py",
        "solutions/ch01_sums/mistakes.py",
        "tests/hidden/test_sums.py",
    ],
)
def test_a_missing_file_is_named(small_course, gone):
    (small_course / gone).unlink()
    with pytest.raises(CourseError, match="missing; chapter ch01_sums needs it") as caught:
        require_files(course.read(small_course))
    assert gone in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "missing; the speed gates of ch01_sums need it"),
        ("x = 1\n", "defines no loop, which"),
    ],
)
def test_a_gate_without_its_loop_is_named(small_course, text, said):
    path = small_course / course.MANIFEST
    gates = f'name = "add"\ngates = [{gate()}]\n'
    path.write_text(path.read_text().replace('name = "add"\n', gates))
    if text is not None:
        (small_course / "exercises/ch01_sums/baseline.py").write_text(text)
    with pytest.raises(CourseError, match=said):
        require_files(course.read(small_course))


@pytest.mark.parametrize("tests", ["exercises/ch01_sums/test_sums.py", "tests/hidden/test_sums.py"])
def test_an_exercise_without_a_test_is_named(small_course, tests):
    path = small_course / tests
    path.write_text(path.read_text().replace('@exercise("total")', '@exercise("add")'))
    with pytest.raises(CourseError, match="no test of exercise total; mark one") as caught:
        require_files(course.read(small_course))
    assert tests in str(caught.value)


def test_a_test_of_an_unknown_exercise_is_named(small_course):
    path = small_course / "tests/hidden/test_sums.py"
    path.write_text(path.read_text().replace('@exercise("total")', '@exercise("totl")', 1))
    path.write_text(path.read_text() + '\n@exercise("total")\ndef test_more(learner): ...\n')
    with pytest.raises(CourseError, match="tests 'totl', which is no exercise of ch01_sums"):
        require_files(course.read(small_course))


def test_a_learners_bundle_needs_no_solutions_and_no_hidden_tests(small_course):
    (small_course / "solutions").rename(small_course.parent / "private")
    (small_course / "tests").rename(small_course.parent / "hidden")
    require_files(course.read(small_course))


def test_the_nearest_course_is_found_from_inside_it(small_course):
    assert course.find(small_course / "exercises" / "ch01_sums") == small_course
    with pytest.raises(CourseError, match="no course here or above"):
        course.find(small_course.parent)


def test_prerequisites_come_first_in_the_order(small_course):
    path = small_course / course.MANIFEST
    text = path.read_text().replace('name = "add"\n', 'name = "add"\nneeds = ["Counter"]\n')
    path.write_text(text)
    assert [*course.read(small_course).order] == ["Counter", "add", "total"]
