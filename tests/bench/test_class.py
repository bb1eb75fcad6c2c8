"""How long a class takes: `kata batch`, nbgrader's autograde, and one plain pytest a submission.

Run by hand: `tox -e bench`. All mark the same two exercises of the same submissions in the same
run; nbgrader in its own way, with the tests in the notebook. Figures are seconds a submission.
"""

import contextlib
import importlib.util
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from grader import course, processors
from grader.bench import Settings
from grader.journal import Journal
from grader.judge import Judge
from grader.sandbox import Limits

ROOT = Path(__file__).parents[2]
SUBMISSIONS, SAMPLE, SECONDS, JOBS = 1000, 8, 1, 2
"""Of so many submissions the others mark a few; seconds that a call may take, marked at a time."""

EXERCISES = ("sigmoid", "dense")
CHECKS = {
    "sigmoid": """
import numpy as np, tensorflow as tf
rng = np.random.default_rng(0)
for shape in [(), (1,), (5,), (1, 4), (4, 1), (3, 2), (2, 1, 3)]:
    for scale in (0.5, 3, 20):
        z = rng.normal(scale=scale, size=shape)
        np.testing.assert_allclose(sigmoid(z), tf.math.sigmoid(tf.constant(z)).numpy(), rtol=1e-6)
""",
    "dense": """
import numpy as np, keras
rng = np.random.default_rng(0)
for d, units in [(5, 3), (2, 7), (1, 4), (6, 1), (4, 4), (2, 2)]:
    layer = keras.layers.Dense(units, "sigmoid", dtype="float64")
    layer.build((None, d))
    for _ in range(3):
        a, W, b = rng.normal(size=d), rng.normal(size=(d, units)), rng.normal(size=units)
        layer.set_weights([W, b])
        np.testing.assert_allclose(dense(a, W, b), layer(a[None]).numpy()[0], rtol=1e-6)
""",
}


def population():
    path = Path(__file__).with_name("population.py")
    spec = importlib.util.spec_from_file_location("population", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    population().write(folder, SUBMISSIONS)
    return folder


def sample(folder):
    """Some of the submissions that run to their end, one of each kind and more."""
    texts = {path: path.read_text() for path in sorted(folder.iterdir())}
    hangs = population().HANGS
    ending = [path for path, text in texts.items() if not any(hang in text for hang in hangs)]
    return ending[:: len(ending) // SAMPLE][:SAMPLE]


def with_kata(folder, journal):
    """Seconds for the class, without those that calls without an end were waited for."""
    words = ["batch", folder, "--journal", journal, "--jobs", JOBS, "--timeout", SECONDS]
    words += [word for name in EXERCISES for word in ("--exercise", name)]
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "grader", *map(str, words)], cwd=ROOT, capture_output=True, text=True
    )
    seconds = time.monotonic() - started
    assert done.returncode == 0, done.stderr
    with Journal(journal) as opened:
        marks = opened.marks()
    assert len(marks) == SUBMISSIONS
    waited = sum(
        any(f"took longer than {SECONDS} s and was stopped" in t.message for t in e.tests)
        for mark in marks
        for e in mark.result.exercises
    )
    return seconds, seconds - waited * SECONDS / JOBS


def with_pytest(paths):
    def run(path):
        files = [
            f"{folder}/test_{module}.py"
            for module, chapter in (("neuron", "ch01_neuron"), ("forward", "ch03_forward"))
            for folder in (f"exercises/{chapter}", "tests/hidden")
        ]
        command = [sys.executable, "-m", "pytest", "-q", *files, "-k", "sigmoid or dense"]
        subprocess.run([*command, f"--kata-learner={path}"], cwd=ROOT, capture_output=True)

    started = time.monotonic()
    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(run, paths))
    return (time.monotonic() - started) / len(paths)


def cell(source, name, *, solution):
    """A cell as nbgrader has them, to be filled in or to be run as a test."""
    made = nbformat.v4.new_code_cell(source)
    made.metadata["nbgrader"] = {
        "grade": not solution,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
        **({} if solution else {"points": 3}),
    }
    return made


def with_nbgrader(paths, root):
    def write(place, text):
        place.parent.mkdir(parents=True, exist_ok=True)
        cells = [cell(text, "work", solution=True)]
        cells += [cell(CHECKS[name], name, solution=False) for name in EXERCISES]
        book = nbformat.v4.new_notebook(cells=cells)
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(book, place)

    write(root / "source/ps/ps.ipynb", "### BEGIN SOLUTION\npass\n### END SOLUTION\n")
    for number, path in enumerate(paths):
        write(root / f"submitted/student{number}/ps/ps.ipynb", path.read_text())
    (root / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(root)!r}\n"
        "c.ExecutePreprocessor.timeout = 60\nc.IncludeHeaderFooter.header = ''\n"
    )
    beside = Path(sys.executable).parent  # where its kernel's python has to be found too
    command = [str(beside / "nbgrader")]
    environment = os.environ | {"PATH": f"{beside}:{os.environ['PATH']}"}
    options = {"cwd": root, "env": environment, "capture_output": True, "text": True}
    subprocess.run([*command, "generate_assignment", "ps"], check=True, **options)
    started = time.monotonic()
    done = subprocess.run([*command, "autograde", "ps"], **options)
    seconds = time.monotonic() - started
    marked = [*(root / "autograded").glob("*/ps/ps.ipynb")]
    assert len(marked) == len(paths), done.stderr[-2000:]
    return seconds / len(paths)


def test_a_class_of_a_thousand(folder, tmp_path, capsys):
    whole, seconds = with_kata(folder, tmp_path / "class.db")
    each, some = seconds / SUBMISSIONS, sample(folder)
    told = [
        f"kata batch, {SUBMISSIONS} submissions, {JOBS} jobs: {seconds:.1f} s, "
        f"{1000 * each:.0f} ms each ({whole:.1f} s with the waiting for calls without an end)",
    ]
    plain = with_pytest(some)
    told.append(
        f"plain pytest, two at a time: {plain:.2f} s each, {plain / each:.0f} times as long"
    )
    if importlib.util.find_spec("nbgrader"):
        other = with_nbgrader(some, tmp_path / "nbgrader")
        told.append(f"nbgrader autograde: {other:.2f} s each, {other / each:.0f} times as long")
    with capsys.disabled():
        print("", *told, sep="\n")


def test_a_whole_course(capsys):
    """The reference is handed in again and again, and marked as a batch does it: the races last.

    Beside each time stands how long TensorFlow and Keras take to be imported just then: where other
    work disturbs the machine both take longer, by half and more. Before it is timed the judge has
    marked once, which pays for imports of its own.
    """
    settings = Settings(limits=Limits(processor=min(processors.ALL, default=None)))
    told = []
    with Judge(course.read(ROOT), settings) as judge:
        judge.race(ROOT / "solutions", judge.grade(ROOT / "solutions", races=False))
        for _ in range(3):
            before = processor_seconds()
            tested = judge.grade(ROOT / "solutions", races=False)
            assert judge.race(ROOT / "solutions", tested).share == 1
            used, imports = processor_seconds() - before, seconds_of_imports()
            told.append(f"{used:.1f} s ({used / imports:.1f} times the {imports:.1f} s of imports)")
    with capsys.disabled():
        print("\nwhole course, processor time of all that marks it:", *told, sep="\n  ")


def seconds_of_imports():
    """Seconds of processor time of a process that imports TensorFlow and Keras: the middle of 3."""
    taken = []
    for _ in range(3):
        before = processor_seconds()
        subprocess.run(
            [sys.executable, "-c", "import tensorflow, keras"],
            stderr=subprocess.DEVNULL,
            check=True,
        )
        taken.append(processor_seconds() - before)
    return sorted(taken)[1]


def processor_seconds():
    """Seconds of processor time of this process and of all below it, ended ones too."""
    parents, used = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                pid = int(entry.name)
                parents[pid], used[pid] = int(fields[1]), sum(map(int, fields[11:15]))
    family = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(used[pid] for pid in family) / os.sysconf("SC_CLK_TCK")
