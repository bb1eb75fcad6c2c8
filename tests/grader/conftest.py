"""One judge for all tests that grade for real: TensorFlow is imported once."""

import re
import shutil
from pathlib import Path

import msgspec
import pytest

from grader import course as courses
from grader import devices, stubs
from grader.bench import Settings
from grader.judge import Judge
from grader.zygote import Zygote

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def two_cpus():
    """Whichever test puts TensorFlow to work first, there are two CPUs for all that come later."""
    devices.two_cpus()


@pytest.fixture(scope="session")
def course():
    """The course of this repository."""
    return courses.read(ROOT)


@pytest.fixture(scope="session")
def judge(course):
    """A judge of this course, for the whole session."""
    with Judge(course, Settings()) as started:
        yield started


class Lent:
    """A zygote that outlives the judges that it is lent to."""

    def __init__(self, zygote):
        self._zygote = zygote

    def __getattr__(self, name):
        return getattr(self._zygote, name)

    def close(self):
        pass


@pytest.fixture(scope="session")
def shared_zygotes():
    """Start zygotes, each kind once, for all tests that bring judges of their own."""
    started = {}

    def zygote(*kind):
        if kind not in started:
            started[kind] = Zygote(*kind)
        return Lent(started[kind])

    zygote.started = started
    yield zygote
    for each in started.values():
        each.close()


@pytest.fixture
def lent_zygote(monkeypatch, shared_zygotes):
    """Lend zygotes to every judge of the test, each of which would start its own."""
    monkeypatch.setattr("grader.sources.Zygote", shared_zygotes)


@pytest.fixture(scope="session")
def timeless():
    """A function from a Result to its JSON without what no two runs share: times and speeds."""

    def timeless(result):
        exercises = []
        for exercise in result.exercises:
            tests = [
                msgspec.structs.replace(
                    test,
                    duration=0,
                    speed=None,
                    message=re.sub(r"[\d.]+", "0", test.message) if test.speed else test.message,
                )
                for test in exercise.tests
            ]
            exercises.append(msgspec.structs.replace(exercise, tests=tuple(tests)))
        return msgspec.json.encode(
            msgspec.structs.replace(result, duration=0, exercises=tuple(exercises))
        )

    return timeless


@pytest.fixture(scope="session")
def plain_course(tmp_path_factory):
    """The folder of a small course that needs no TensorFlow: its judges are there at once."""
    root = tmp_path_factory.mktemp("plain") / "course"
    shutil.copytree(ROOT / "tests/grader/small_course", root)
    manifest = root / "exercises/course.toml"
    ban = '[[chapter.forbid]]\nnames = ["tensorflow", "keras"]\nwhy = "numbers do"\n\n'
    manifest.write_text(
        manifest.read_text().replace("[[chapter.exercise]]", f"{ban}[[chapter.exercise]]", 1)
    )
    hidden = root / "tests/hidden/test_sums.py"
    text = hidden.read_text().replace("tf.add(x, y).numpy()", "x + y")
    text = text.replace("import tensorflow as tf\n", "import numpy as np\n")
    text = text.replace("tf.reduce_sum(tf.constant(xs, tf.float64)).numpy()", "np.sum(xs)")
    hidden.write_text(text.replace("tensorflow", "numpy"))
    for stale in stubs.stale(courses.read(root)):
        stubs.renew(stale)
    return root
