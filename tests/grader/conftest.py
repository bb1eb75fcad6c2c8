"""One judge for all tests that grade for real: TensorFlow is imported once."""

from pathlib import Path

import pytest

from grader import course as courses
from grader.judge import Judge, Settings

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
