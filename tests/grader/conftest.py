"""One judge for all tests that grade for real: TensorFlow is imported once."""

from pathlib import Path

import pytest

from grader import course as courses
from grader.judge import Judge, Settings
from grader.zygote import Zygote

ROOT = Path(__file__).parents[2]


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
def shared_zygote():
    """A zygote for all tests that run the command in this process."""
    with Zygote() as zygote:
        yield zygote


@pytest.fixture
def lent_zygote(monkeypatch, shared_zygote):
    """Lend one zygote to every judge of the test, each of which would start its own."""
    monkeypatch.setattr("grader.judge.Zygote", lambda **_: Lent(shared_zygote))
