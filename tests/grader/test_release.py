"""What learners are given: the course without its answers, and all that one needs to work in it."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zlib
from pathlib import Path

import pytest
import yaml

from grader import bundle as bundles
from grader import course as courses
from grader import release, source, stubs
from grader.errors import CourseError, KataError
from grader.practice.reset import reset

ROOT = Path(__file__).parents[2]
OPEN_TO_ALL = re.compile(
    r"exercises/(course\.toml|ch\d\d_\w+/(README\.md|test_\w+\.py|baseline\.py|figures\.py))"
)
"""What an author writes for learners: the lesson, hints whose last is nearly the line, examples."""

ALSO_IN_THE_PACKAGE = {
    "return tf.nn.softmax(z) if self.is_last else tf.sigmoid(z)": "the layer of grader.probes, "
    "which networks of a learner's own are tried with, computes what MyLayer computes",
    "variables = model.trainable_variables": "every program that trains a Keras model has it",
}
"""Lines of solutions that the grader itself has, and why that is no leak."""

TELLING = 25
"""A line of so many characters, or fewer, may stand anywhere."""

RUN = (
    "import importlib.util, sys, pytest\n"
    "print(importlib.util.find_spec('grader').origin)\n"
    "sys.exit(pytest.main(['-p', 'no:cacheprovider', *sys.argv[1:]]))\n"
)


@pytest.fixture(scope="module")
def course():
    return courses.read(ROOT)


@pytest.fixture(scope="module")
def bundle(course):
    return release.bundle(course)


@pytest.fixture(scope="module")
def texts(bundle):
    """What can be read in the files of the bundle."""
    return {name: readable(name, content) for name, content in bundle.items()}


def readable(name, content):
    if name == stubs.BEGUN.as_posix():
        return "\n".join(stub["text"] for stub in json.loads(content).values())
    if name.endswith(".bin"):
        content = zlib.decompress(content)
    return content.decode(errors="replace")


@pytest.fixture
def folder(bundle, tmp_path):
    """The bundle of this course, as a learner unpacks it."""
    release.release(bundle, tmp_path / "learner")
    return tmp_path / "learner"


@pytest.fixture
def broken_course(small_course):
    """The small course, in which `add` is given, runs and is wrong."""
    solution = small_course / "solutions/ch01_sums/sums.py"
    right = "    return np.asarray(x) + np.asarray(y)\n"
    wrong = f"{right}    # INSTEAD\n    # return np.asarray(x) - np.asarray(y)\n"
    solution.write_text(solution.read_text().replace(right, wrong))
    return courses.read(small_course)


def run_tests(folder, *arguments):
    """Run pytest in a folder with the package that is in it; returns (exit status, output)."""
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    own = {"PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8", "COLUMNS": "120"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", RUN, *arguments],
        cwd=folder,
        env=surroundings | own,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout.startswith(f"{folder}{os.sep}grader"), "another package was imported"
    return done.returncode, done.stdout


def marked(text):
    """The lines between the marks of a solution, and all others; what stubs have, uncommented."""
    inside, outside, within = set(), set(), False
    for line in text.splitlines():
        plain = line.strip()
        if plain == "# BEGIN SOLUTION":
            within = True
        elif plain in ("# END SOLUTION", "# INSTEAD"):
            within = False
        else:
            (inside if within else outside).add(plain.removeprefix("#").strip())
    return inside, outside


def solutions(course):
    return [course.solution(chapter).read_text("utf-8") for chapter in course.chapters]


def secret(course, texts, lines):
    """Those of some lines that are long enough to tell, and that no learner is meant to read."""
    shown = [text for name, text in texts.items() if OPEN_TO_ALL.fullmatch(name)]
    shown += [line for text in solutions(course) for line in marked(text)[1]]
    public = "\n".join(shown)
    return [line for line in lines if len(line) > TELLING and line not in public]


def found(lines, texts):
    """Those of some lines that are in a text, and in which."""
    everything = "\n".join(texts.values())
    there = [line for line in lines if line in everything]
    return {line: [name for name, text in texts.items() if line in text] for line in there}


def without_the_packages_own(lines, texts):
    package = "\n".join(text for name, text in texts.items() if name.startswith("grader/"))
    return [line for line in lines if line not in package]


def code_in(path):
    """The lines of a file that are no docstrings: those of mistakes are what learners are told."""
    text = path.read_text("utf-8")
    said = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            said |= {*range(node.lineno, node.end_lineno + 1)}
    return {line.strip() for n, line in enumerate(text.splitlines(), 1) if n not in said}


def names_in(path):
    tree = ast.parse(path.read_text("utf-8"))
    return {n.name for n in tree.body if isinstance(n, source.FunctionNode | ast.ClassDef)}


def test_it_has_the_exercises_the_package_and_what_a_learner_needs_besides(course, texts):
    due = {"README.md", "LICENSE", "pyproject.toml", ".gitignore", ".github/workflows/grade.yml"}
    due |= {".devcontainer/devcontainer.json", ".gitlab-ci.yml"}
    due |= {"exercises/course.toml", "exercises/bundle.json", "exercises/stubs.json"}
    for chapter in course.chapters:
        own = [course.lesson(chapter), course.stub(chapter), course.visible_tests(chapter)]
        own += [p for p in (course.baseline(chapter), course.figures(chapter)) if p.exists()]
        due |= {path.relative_to(ROOT).as_posix() for path in own}
    assert {name for name in texts if not name.startswith("grader/")} == due
    assert {"grader/cli/__init__.py", "grader/report/result.schema.json"} < texts.keys()


def test_no_line_of_a_solution_is_in_it(course, texts):
    inside = {line for text in solutions(course) for line in marked(text)[0]}
    lines = secret(course, texts, inside - ALSO_IN_THE_PACKAGE.keys())
    assert len(lines) > 100, "the test looks for nothing"
    assert found(lines, texts) == {}


def test_no_mistake_is_in_it(course, texts):
    paths = [course.mistakes(chapter) for chapter in course.chapters]
    code = {line for path in paths for line in code_in(path)}
    lines = without_the_packages_own(secret(course, texts, code), texts)
    assert len(lines) > 100, "the test looks for nothing"
    assert found(lines, texts) == {}
    names = {name for path in paths for name in names_in(path) if not name.startswith("_")}
    everything = {word for text in texts.values() for word in re.findall(r"\w+", text)}
    assert len(names) > 100, "the test looks for nothing"
    assert names & everything == set()


def test_no_hidden_test_is_in_it(course, texts):
    paths = [course.hidden_tests(chapter) for chapter in course.chapters]
    code = {line for path in paths for line in code_in(path)}
    lines = without_the_packages_own(secret(course, texts, code), texts)
    assert len(lines) > 100, "the test looks for nothing"
    assert found(lines, texts) == {}
    visible = {n for chapter in course.chapters for n in names_in(course.visible_tests(chapter))}
    hidden = {n for path in paths for n in names_in(path) if n.startswith("test_")} - visible
    everything = {word for text in texts.values() for word in re.findall(r"\w+", text)}
    assert len(hidden) > 100, "the test looks for nothing"
    assert hidden & everything == set()


def test_the_marks_of_a_solution_are_known_to_who_makes_stubs_alone(texts):
    assert [name for name, text in texts.items() if "BEGIN SOLUTION" in text] == ["grader/stubs.py"]


def test_nobodys_own_work_and_no_copy_or_cache_gets_in(small_course):
    clean = release.bundle(courses.read(small_course))
    stub = small_course / "exercises/ch01_sums/sums.py"
    stub.write_text(stub.read_text().replace("raise NotImplementedError", "return x + y  # "))
    for name in (
        "exercises/ch01_sums/sums.py.bak-1",
        "exercises/ch01_sums/sums.py.new",
        "exercises/ch01_sums/__pycache__/sums.cpython-311.pyc",
        "exercises/ch01_sums/.ipynb_checkpoints/sums.ipynb",
        "exercises/ch01_sums/own.py",
        "exercises/ch02_gone/gone.py",
        ".kata/standing.json",
        ".git/config",
        "notes.txt",
    ):
        path = small_course / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\0")
    given = courses.read(small_course)
    assert release.bundle(given) == clean
    assert release.left_out(given) == ["exercises/ch01_sums/own.py"], "this may be a mistake"
    unwanted = re.compile(
        r"__pycache__|\.pyc$|\.bak|/\.(?!github|gitignore|gitlab-ci|devcontainer)|~$"
    )
    assert [name for name in clean if unwanted.search(f"/{name}")] == []


def test_the_same_course_gives_the_same_files(small_course, tmp_path):
    first = release.bundle(courses.read(small_course))
    for path in small_course.rglob("*.py"):
        path.touch()
    small_course.rename(tmp_path / "elsewhere")
    assert release.bundle(courses.read(tmp_path / "elsewhere")) == first
    assert all(str(tmp_path).encode() not in content for content in first.values())


def test_it_is_written_as_it_was_made_and_can_be_read_again(folder, bundle):
    there = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.relative_to(folder).as_posix(): path.read_bytes() for path in there} == bundle
    assert bundles.read(folder).contents == {n: bundle[n] for n in bundle if n != bundles.RECORD}


def test_it_goes_into_a_new_folder_or_an_empty_one(bundle, tmp_path):
    (tmp_path / "empty").mkdir()
    for out in (tmp_path / "empty", tmp_path / "deep" / "new"):
        release.release(bundle, out)
        assert (out / "exercises/course.toml").is_file()
    assert sorted(os.listdir(tmp_path)) == ["deep", "empty"], "something is left over"


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("exercises/bundle.json", "holds a bundle; name a new folder"),
        ("thesis.tex", "is there already; name a folder that is new or empty"),
    ],
)
def test_it_is_never_written_over_anything(bundle, tmp_path, there, said):
    path = tmp_path / "out" / there
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(KataError, match=said):
        release.release(bundle, tmp_path / "out")
    assert [p for p in (tmp_path / "out").rglob("*") if p.is_file()] == [path]


def test_a_disk_that_is_full_leaves_nothing_behind(bundle, tmp_path, monkeypatch):
    def fails(path, content):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", fails)
    with pytest.raises(KataError, match=r"out: cannot be written: No space left on device"):
        release.release(bundle, tmp_path / "out")
    assert os.listdir(tmp_path) == []


def test_a_bundle_is_no_course_to_release_from(folder):
    with pytest.raises(CourseError, match="missing; a bundle is released from the course itself"):
        release.bundle(courses.read(folder))


def test_its_package_asks_for_what_this_one_asks_for(texts):
    due = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found = tomllib.loads(texts["pyproject.toml"])
    extras = due["project"]["optional-dependencies"]
    due["project"]["optional-dependencies"] = {name: extras[name] for name in ("cpu", "gpu")}
    for name in ("keywords", "classifiers"):
        due["project"].pop(name)
    assert found["project"] == due["project"], "change grader/handout/pyproject.toml as well"
    assert found["build-system"] == due["build-system"]
    assert texts["LICENSE"] == (ROOT / "LICENSE").read_text("utf-8")


def test_its_readme_is_about_this_course(texts):
    readme = texts["README.md"]
    assert readme.startswith("# Neural networks by hand\n")
    assert "exercises/ch01_neuron/neuron.py" in readme
    assert re.search(r"<\w+>", readme) is None, "a blank is not filled in"


def test_a_push_is_marked_by_the_pack_or_else_held_to_the_visible_tests(texts):
    flow = yaml.safe_load(texts[".github/workflows/grade.yml"])
    assert flow[True] == "push", "YAML reads `on` as a truth"
    steps = {step.get("name"): step for step in flow["jobs"]["grade"]["steps"]}
    with_pack, without = "env.KATA_PACK_URL != ''", "env.KATA_PACK_URL == ''"
    assert steps["Marks"]["if"] == steps["Fetch the pack"]["if"] == with_pack
    assert steps["Visible tests"]["if"] == without
    job = yaml.safe_load(texts[".gitlab-ci.yml"])["grade"]
    for script in (steps["Marks"]["run"], *job["script"]):
        assert "--course course.kata" in script


def test_chapter_1_can_be_worked_through_from_to_do_to_passed(folder, course):
    chapter = course.chapters[0]
    names = [exercise.name for exercise in chapter.exercises]
    stub = folder / course.stub(chapter).relative_to(ROOT)
    bodies = stubs.MARKED.findall(course.solution(chapter).read_text("utf-8"))
    status, printed = run_tests(folder, f"exercises/{chapter.name}")
    assert status == 0
    assert re.findall(r"[○✔✘⊘] \w+", printed) == [f"○ {name}" for name in names]

    unwritten = f'    raise NotImplementedError("{names[0]} is still to do")\n'
    stub.write_text(stub.read_text().replace(unwritten, "    return 0.0\n"))
    status, printed = run_tests(folder, f"exercises/{chapter.name}", "-k", names[0])
    assert status == 1
    assert f"✘ {names[0]}" in printed
    stub.write_text(stub.read_text().replace("    return 0.0\n", unwritten))

    for done, (name, (_, body)) in enumerate(zip(names, bodies, strict=True), 1):
        unwritten = f'    raise NotImplementedError("{name} is still to do")\n'
        text = stub.read_text()
        assert text.count(unwritten) == 1
        stub.write_text(text.replace(unwritten, body))
        status, printed = run_tests(folder, f"exercises/{chapter.name}")
        assert status == 0, printed
        signs = re.findall(r"([○✔✘⊘]) (\w+)", printed)[: len(names)]
        assert signs == [("✔" if n in names[:done] else "○", n) for n in names]
    assert "next: as_row" in printed


def test_a_whole_stub_is_to_do_until_somebody_touches_it(broken_course, tmp_path):
    release.release(release.bundle(broken_course), tmp_path / "learner")
    stub = tmp_path / "learner/exercises/ch01_sums/sums.py"
    status, printed = run_tests(tmp_path / "learner", "exercises")
    assert status == 0
    assert "○ add" in printed
    assert "add(x=3.0, y=1.0) gave" in printed, "nobody says what is wrong with it"
    stub.write_text(stub.read_text().replace("(x) - np.asarray(y)", "(x) * np.asarray(y)"))
    status, printed = run_tests(tmp_path / "learner", "exercises")
    assert status == 1
    assert "✘ add" in printed
    stub.write_text(stub.read_text().replace("(x) * np.asarray(y)", "(x) + np.asarray(y)"))
    status, printed = run_tests(tmp_path / "learner", "exercises")
    assert status == 0
    assert "✔ add" in printed


def test_chapter_11_is_someone_elses_bug_in_a_bundle_too(folder):
    stub = folder / "exercises/ch11_debugging/debugging.py"
    text = stub.read_text()
    assert text.count("np.zeros_like(X[0])") == 1
    stub.write_text(text.replace("np.zeros_like(X[0])", "np.ones_like(X[0])"))
    status, printed = run_tests(folder, "exercises/ch11_debugging", "-k", "shuffle or dtype")
    assert status == 1
    assert "○ fix_shuffle" in printed
    assert "✘ fix_dtype" in printed


@pytest.fixture
def unpacked(broken_course, tmp_path):
    """The bundle of that course, read as a course."""
    release.release(release.bundle(broken_course), tmp_path / "learner")
    return courses.read(tmp_path / "learner")


def test_whoever_starts_over_gets_the_stub_back(unpacked):
    stub = unpacked.stub(unpacked.chapters[0])
    fresh = stub.read_text()
    stub.write_text(fresh.replace("np.asarray(x) - np.asarray(y)", "x + y"))
    backup = reset(unpacked, "add")
    assert stub.read_text() == fresh
    assert "return x + y" in backup.read_text()


@pytest.mark.parametrize("damage", [None, b"{", b'{"ch01_sums": 1}', b"\xff"])
def test_without_the_list_of_stubs_whole_ones_are_ordinary_and_none_comes_back(unpacked, damage):
    chapter = unpacked.chapters[0]
    solution, tree = unpacked.solution(chapter), ast.parse(unpacked.stub(chapter).read_text())
    assert "add" in stubs.untouched(solution, tree)
    known = unpacked.root / stubs.BEGUN
    known.unlink() if damage is None else known.write_bytes(damage)
    assert stubs.untouched(solution, tree) == frozenset()
    with pytest.raises(CourseError, match=r"stubs\.json: does not have the stub of ch01_sums"):
        reset(unpacked, "add")


def test_comments_and_layout_touch_nothing_and_all_else_does(broken_course):
    solution = broken_course.solution(broken_course.chapters[0])
    begun = stubs.stub(solution.read_text(), solution)

    def is_untouched(old, new):
        assert old in begun
        return "add" in stubs.untouched(solution, ast.parse(begun.replace(old, new)))

    line = "    return np.asarray(x) - np.asarray(y)\n"
    assert is_untouched(line, line)
    assert is_untouched(line, f"    # why?\n\n{line}")
    assert is_untouched(line, "    return (np.asarray( x )\n            - np.asarray(y))\n")
    for other in ("-x", "(x, y)", '"x"', '""', "None", "0", "False", "...", "[]", "{**x}", "{}"):
        assert not is_untouched(line, f"    return {other}\n"), other
    assert not is_untouched("def add(x, y):", "def add(x, y=None):")
    assert not is_untouched(line, f"    return {'+'.join(['1'] * 1500)}\n"), "a deep tree"
    assert not is_untouched(line, f"    return 0x{'f' * 10_000}\n"), "a number of many digits"


@pytest.mark.parametrize(
    "command",
    [("grade", "exercises/ch01_neuron/neuron.py"), ("batch", "exercises", "--journal", "class.db")],
)
def test_there_are_no_marks_by_the_visible_tests_alone(folder, command):
    done = subprocess.run(
        [sys.executable, "-P", "-m", "grader", *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "has no hidden tests and no references, as a learner's bundle" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_command_writes_it_and_says_what_it_left_out(small_course, tmp_path):
    shutil.copy(ROOT / "LICENSE", small_course / "exercises/ch01_sums/notes.txt")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "grader", "release", "--out", str(tmp_path / "out")],
        cwd=small_course,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.match(r".*/out: 1 chapters, \d+ files\n", done.stdout)
    assert done.stdout.endswith("  left out: exercises/ch01_sums/notes.txt\n")
    assert (tmp_path / "out/exercises/ch01_sums/sums.py").is_file()
