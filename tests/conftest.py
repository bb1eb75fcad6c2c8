"""Fixtures for the grader's own tests: a small course of three exercises to break at will."""

import shutil
from collections import Counter
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


@pytest.fixture
def terminal():
    """Start a command of kata on a terminal of 80 by 30: `terminal(folder, "watch")`."""
    from tests.terminal import Terminal

    started = []

    def start(folder, *arguments):
        started.append(Terminal(folder, *arguments))
        return started[-1]

    yield start
    for each in started:
        each.close()


def pytest_addoption(parser):
    """Let every variant of every attack run, every mistake, every notebook: it takes minutes."""
    parser.addoption("--all-attacks", action="store_true", help="not one variant of each alone")
    parser.addoption("--all-mistakes", action="store_true", help="not some of each exercise alone")
    parser.addoption("--all-notebooks", action="store_true", help="not those of two chapters alone")


def pytest_configure(config):
    """Every attack of the red team names its class."""
    config.addinivalue_line("markers", "attack(kind): an attack, by its class in SECURITY.md")


def pytest_collection_modifyitems(config, items):
    """Hand the class of an attack on to its report; keep one variant of each unless all are asked.

    Whoever picks tests by -k or by name gets what they pick.
    """
    picked = config.option.keyword or any("::" in arg for arg in config.args)
    seen, left_out = set(), []
    for item in items:
        for mark in item.iter_markers("attack"):
            item.user_properties.append(("attack", mark.args[0]))
            attack = item.path, item.originalname
            if attack in seen and not (picked or config.option.all_attacks):
                left_out.append(item)
            seen.add(attack)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter):
    """Count the attacks by class."""
    counts = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            kind = dict(getattr(report, "user_properties", [])).get("attack")
            if kind and report.when == "call":
                counts.setdefault(kind, Counter())[outcome] += 1
    if counts:
        terminalreporter.section("attacks withstood")
        for kind, count in sorted(counts.items()):
            through = f", {count['failed']} GOT THROUGH" if count["failed"] else ""
            terminalreporter.write_line(f"{kind:36} {count['passed']:4}{through}")
        total = sum(count["passed"] for count in counts.values())
        terminalreporter.write_line(f"{'all':36} {total:4}")
