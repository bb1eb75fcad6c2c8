"""Fixtures for the grader's own tests: a small course of three exercises to break at will."""

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from grader import course, stubs

settings.register_profile("long", max_examples=20_000)

SMALL_COURSE = Path(__file__).parent / "grader" / "small_course"


@pytest.fixture
def small_course(tmp_path):
    """A course in a folder of the test's own: ch01_sums with `add`, `total` and `Counter`."""
    root = tmp_path / "course"
    shutil.copytree(SMALL_COURSE, root)
    for stale in stubs.stale(course.read(root)):
        stubs.renew(stale)
    return root
