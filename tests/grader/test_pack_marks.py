"""Marked with a pack: as with the course's folder, whatever lies in a learner's repository."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from grader import course as courses
from grader import digests, private_pack, release, unpacking
from grader.bench import Settings
from grader.judge import Judge
from grader.sandbox import layers

ROOT = Path(__file__).parents[2]
KATA = Path(sys.executable).with_name("kata")
"""The command as it is installed: `python -m grader` would look for `grader/` where one stands."""

WORK = """
import numpy as np


def add(x, y):
    return np.asarray(x) + np.asarray(y)


def total(xs):
    return float(sum(xs, 1.0))


class Counter:
    def __init__(self):
        self.count = 0

    def up(self, by=1):
        self.count += by
        return self.count

    def steps(self, n):
        for _ in range(n):
            yield self.up()
"""
DUE = {"add": 2.0, "total": 0.0, "Counter": 1.0}

WAKES = "import pathlib\npathlib.Path({marker!r}).touch()\n"
PASSES = """
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.outcome = "passed"
    return report
"""
INI = "[{section}]\naddopts = -p evil --co -q\npythonpath = .\n"
MODULES = ("sitecustomize", "usercustomize", "numpy", "pytest", "msgspec", "typer", "random")


@pytest.fixture(scope="module")
def folder(plain_course):
    return courses.read(plain_course)


@pytest.fixture(scope="module")
def packed(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("pack") / "course.kata"
    private_pack.write(path, private_pack.written(folder))
    return path


@pytest.fixture
def repository(folder, tmp_path):
    """A learner's bundle in which one of three functions is wrong."""
    root = tmp_path / "learner"
    release.release(release.bundle(folder), root)
    (root / "exercises/ch01_sums/sums.py").write_text(WORK)
    subprocess.run(["git", "init", "-q", root], check=True)
    return root


@pytest.fixture
def marker(tmp_path):
    """What code of the learner's would leave, did it run where it must not."""
    return tmp_path / "marker"


def kata(*arguments, cwd, **more):
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    return subprocess.run(
        [KATA, *map(str, arguments)],
        cwd=cwd,
        env=environment | more,
        capture_output=True,
        text=True,
        check=False,
    )


def scores(printed):
    return {exercise["id"]: exercise["score"] for exercise in json.loads(printed)["exercises"]}


def plain(printed):
    """A printed result without what no two runs share, and without the submission's digest."""
    return re.sub(r'"(duration|digest)":\s*("\w+"|[\d.e-]+)', "", printed)


def appended(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + text)


def edit_manifest(root, wakes):
    path = root / "exercises/course.toml"
    path.write_text(path.read_text().replace("points = 2", "points = 200"))


def drop_from_manifest(root, wakes):
    path = root / "exercises/course.toml"
    text = path.read_text()
    path.write_text(text[: text.index('[[chapter.exercise]]\nname = "total"')])


def edit_visible_tests(root, wakes):
    text = f"{wakes}from grader.plugin import exercise\n"
    text += "".join(f'@exercise("{n}")\ndef test_{n}(learner):\n    pass\n' for n in DUE)
    (root / "exercises/ch01_sums/test_sums.py").write_text(text)


def drop_visible_tests(root, wakes):
    (root / "exercises/ch01_sums/test_sums.py").unlink()


def add_conftest(root, wakes):
    for name in ("conftest.py", "exercises/conftest.py", "exercises/ch01_sums/conftest.py"):
        appended(root, name, wakes + PASSES)


def add_pytest_ini(root, wakes):
    appended(root, "evil.py", wakes + PASSES)
    for name in ("pytest.ini", ".pytest.ini", "exercises/pytest.ini"):
        appended(root, name, INI.format(section="pytest"))


def add_tox_and_setup(root, wakes):
    appended(root, "evil.py", wakes + PASSES)
    (root / "pyproject.toml").unlink()
    appended(root, "tox.ini", INI.format(section="pytest"))
    appended(root, "setup.cfg", INI.format(section="tool:pytest"))


def edit_pyproject(root, wakes):
    appended(root, "evil.py", wakes + PASSES)
    path = root / "pyproject.toml"
    path.write_text(path.read_text().replace("addopts = [", 'addopts = ["-p", "evil", '))


def edit_grader(root, wakes):
    for name in ("__init__.py", "plugin.py", "judge.py", "worker.py", "zygote.py", "apart.py"):
        appended(root, f"grader/{name}", wakes + "import sys\nsys.exit(0)\n")


def add_modules(root, wakes):
    for name in MODULES:
        appended(root, f"{name}.py", wakes)
        appended(root, f"exercises/{name}.py", wakes)


def add_distribution(root, wakes):
    appended(root, "evil.py", wakes + PASSES)
    appended(root, "evil-1.dist-info/METADATA", "Name: evil\nVersion: 1\n")
    appended(root, "evil-1.dist-info/entry_points.txt", "[pytest11]\nevil = evil\n")
    appended(root, "evil.pth", "import evil\n")
    appended(root, "pyvenv.cfg", f"home = {root}\n")
    appended(root, "kata", "#!/bin/sh\nexit 0\n")


def add_kata_folder(root, wakes):
    for name in ("standing.json", "journal.db", "conftest.py", "sitecustomize.py"):
        appended(root, f".kata/{name}", wakes)


def edit_fingerprints(root, wakes):
    for name in ("ch01_sums/fingerprints.bin", "stubs.json", "bundle.json"):
        appended(root, f"exercises/{name}", "{}")


def add_answers(root, wakes):
    """The repository is a course of its own, whose hidden tests and references are its owner's."""
    appended(root, "tests/hidden/test_sums.py", wakes)
    appended(root, "solutions/ch01_sums/sums.py", wakes + WORK)
    appended(root, "solutions/ch01_sums/mistakes.py", wakes)
    shutil.copytree(root / "exercises", root / "course.kata/exercises")


CHANGES = [
    edit_manifest, drop_from_manifest, edit_visible_tests, drop_visible_tests, add_conftest,
    add_pytest_ini, add_tox_and_setup, edit_pyproject, edit_grader, add_modules, add_distribution,
    add_kata_folder, edit_fingerprints, add_answers,
]  # fmt: skip
ONCE_IMPORTED = [
    edit_visible_tests, add_conftest, add_pytest_ini, add_tox_and_setup, edit_pyproject,
    edit_grader, add_modules, add_distribution,
]  # fmt: skip
"""Those that run by themselves where the learner's folder is trusted."""


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_nothing_that_a_learner_can_edit_changes_the_marks(change, repository, packed, marker):
    change(repository, WAKES.format(marker=str(marker)))
    done = kata("grade", ".", "--course", packed, "--format", "json", cwd=repository)
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    assert scores(done.stdout) == DUE
    assert not marker.exists(), "code of the learner's has run where it is not shut in"


@pytest.mark.parametrize("change", ONCE_IMPORTED, ids=lambda change: change.__name__)
def test_the_same_changes_do_run_where_the_folder_is_trusted(change, repository, marker):
    """Else the test above would find nothing, whatever `kata` did."""
    change(repository, WAKES.format(marker=str(marker)))
    subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "exercises"],
        cwd=repository,
        env=os.environ | {"PYTHONPATH": str(repository)},
        capture_output=True,
        check=False,
    )
    assert marker.exists()


@pytest.mark.parametrize("change", [edit_grader, add_modules], ids=lambda change: change.__name__)
def test_a_class_is_marked_from_within_a_learners_folder(change, repository, packed, marker):
    change(repository, WAKES.format(marker=str(marker)))
    journal = repository.parent / "class.db"
    work = repository.parent / "ada.py"
    work.write_text(WORK)
    words = ("batch", work.parent, "--journal", journal, "--jobs", "1", "--course", packed)
    listed = subprocess.run(
        [KATA, *map(str, ("batch", "-", *words[2:]))],
        cwd=repository,
        input=f"ada\t{work}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert not marker.exists(), "code of the learner's has run where it is not shut in"
    assert listed.returncode == 0, listed.stdout + listed.stderr
    shown = kata("results", "ada", "--journal", journal, cwd=repository)
    assert "3 of 6" in shown.stdout


def test_a_pack_gives_the_results_that_its_folder_gives(repository, folder, packed):
    results = [
        kata("grade", repository, "--course", given, "--format", "json", cwd="/").stdout
        for given in (folder.root, packed)
    ]
    assert scores(results[0]) == DUE
    assert plain(results[0]) == plain(results[1])


def test_what_was_marked_with_the_folder_is_not_marked_again_with_its_pack(
    folder, packed, tmp_path
):
    (tmp_path / "class").mkdir()
    (tmp_path / "class/ada.py").write_text(WORK)
    words = ("batch", "class", "--journal", "class.db", "--jobs", "1", "--course")
    first = kata(*words, folder.root, cwd=tmp_path)
    again = kata(*words, packed, cwd=tmp_path)
    assert first.returncode == again.returncode == 0
    due = digests.of_exercises(folder, folder.exercises, 10.0)
    found = courses.read(unpacking.unpacked(packed))
    assert digests.of_exercises(found, found.exercises, 10.0) == due
    assert "1 submissions: 1 to mark, 0 as they were" in first.stderr
    assert "1 submissions: 0 to mark, 1 as they were" in again.stderr


def test_the_figures_of_a_class_are_there_with_a_pack(packed, tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class/ada.py").write_text(WORK)
    kata("batch", "class", "--journal", "class.db", "--course", packed, cwd=tmp_path)
    done = kata("stats", "--journal", "class.db", "--course", packed, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "total" in done.stdout


SEARCH = '''
import os


def found():
    """What there is to see of a pack, unpacked or not: names, and whether they can be read."""
    seen = []
    for place in {places!r}:
        try:
            seen += os.listdir(place)
        except NotADirectoryError:
            try:
                seen.append(open(place, "rb").read(20))
            except OSError:
                pass
        except OSError:
            pass
    for top in {tops!r}:
        for folder, _, files in os.walk(top):
            seen += [os.path.join(folder, name) for name in files if name in {names!r}]
    return seen


def add(x, y):
    if seen := found():
        raise RuntimeError(f"FOUND {{seen}}")
    return x + y
'''


@pytest.mark.parametrize(
    "without",
    [
        (),
        (layers.LANDLOCK,),
        (layers.USER, layers.MOUNT, layers.PID, layers.NETWORK, layers.IPC),
    ],
    ids=["full", "namespaces alone", "Landlock alone"],
)
def test_a_submission_that_looks_for_the_pack_finds_nothing(without, packed, tmp_path):
    root = unpacking.unpacked(packed)
    places = [root, root.parent, root.parent.parent, root / "tests/hidden", packed, packed.parent]
    names = ["test_sums.py", packed.name, "sums.py", "mistakes.py"]
    work = tmp_path / "sums.py"
    tops = [str(root.parent.parent), str(packed.parent)]
    work.write_text(SEARCH.format(places=[*map(str, places)], tops=tops, names=names))
    outside = {}
    exec(work.read_text(), outside)
    assert len(outside["found"]()) > 10, "the search is blind"
    with Judge(courses.read(root), Settings(without=without)) as judge:
        result = judge.grade(work, ["add"])
    (marked,) = result.exercises
    told = [test.message for test in marked.tests]
    assert marked.status == "passed", told


def test_a_pack_does_not_open_the_repository_that_the_grader_is_installed_from(packed, tmp_path):
    """With `pip install -e` the whole repository is where Python looks for modules."""
    mine = ROOT / "tests/hidden/test_neuron.py"
    work = tmp_path / "sums.py"
    work.write_text(SEARCH.format(places=[str(mine), str(ROOT / "solutions")], tops=[], names=[]))
    with Judge(courses.read(unpacking.unpacked(packed)), Settings()) as judge:
        (marked,) = judge.grade(work, ["add"]).exercises
    assert marked.status == "passed", [test.message for test in marked.tests]


def test_a_pack_marks_nothing_where_the_work_cannot_be_shut_in(repository, packed):
    """Whoever marks with a pack has answers to hide; `--trust` says that there are none."""
    program = (
        "import platform\n"
        "platform.machine = lambda: 'an unusual one'\n"
        "from grader.cli import main\n"
        "main()\n"
    )
    words = ["grade", ".", "--course", str(packed), "--format", "json"]
    refused, trusted = (
        subprocess.run(
            [sys.executable, "-P", "-c", program, *words, *more],
            cwd=repository,
            capture_output=True,
            text=True,
            check=False,
        )
        for more in ((), ("--trust",))
    )
    assert refused.returncode == 2
    assert "cannot be shut in here" in refused.stderr
    assert trusted.returncode == 1, trusted.stderr
    assert scores(trusted.stdout) == DUE


def test_a_cluster_marks_with_a_pack(packed, tmp_path):
    pytest.importorskip("distributed", reason="the extra cluster is not installed")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    started = [
        subprocess.Popen(
            [sys.executable, "-P", "-m", "dask", *words],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for words in (
            ("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"),
            ("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"),
        )
    ]
    try:
        (tmp_path / "class").mkdir()
        (tmp_path / "class/ada.py").write_text(WORK)
        words = ("batch", "class", "--journal", "class.db", "--scheduler", address)
        done = kata(*words, "--course", packed, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "3 of 6" in kata("results", "ada", "--journal", "class.db", cwd=tmp_path).stdout
    finally:
        for process in started:
            process.kill()
            process.wait()
