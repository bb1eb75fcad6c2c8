"""Fixtures for the grader's own tests: a small course of three exercises to break at will."""

import contextlib
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

from grader import course, stubs

settings.register_profile("long", max_examples=20_000)

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]")
PATIENCE = 90
"""Seconds that a terminal may keep a test waiting."""

SMALL_COURSE = Path(__file__).parent / "grader" / "small_course"


@pytest.fixture
def small_course(tmp_path):
    """A course in a folder of the test's own: ch01_sums with `add`, `total` and `Counter`."""
    root = tmp_path / "course"
    shutil.copytree(SMALL_COURSE, root)
    for stale in stubs.stale(course.read(root)):
        stubs.renew(stale)
    return root


class Terminal:
    """A command on a terminal of 80 by 30: what has come onto the screen, and its keyboard."""

    def __init__(self, folder, *arguments):
        self._side, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grader", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env=os.environ | {"COLUMNS": "80", "LINES": "30", "TERM": "xterm"},
            start_new_session=True,
        )
        os.close(theirs)
        self.text = ""

    def press(self, key):
        os.write(self._side, key.encode())

    def until(self, expected):
        """Read on until something has come onto the screen since the last call; returns that."""
        deadline = time.monotonic() + PATIENCE
        while expected not in self.text:
            left = deadline - time.monotonic()
            assert left > 0, f"{expected!r} did not come; there is:\n{self.text}"
            if select.select([self._side], [], [], left)[0]:
                try:
                    data = os.read(self._side, 65536).decode("utf-8", "replace")
                except OSError:
                    data = ""
                assert data, f"it ended before {expected!r}:\n{self.text}"
                self.text += ESCAPES.sub("", data)
        seen, self.text = self.text, self.text.partition(expected)[2]
        return seen

    def ended(self):
        return self.process.wait(PATIENCE)

    def quiet(self):
        """Forget all that has come so far."""
        while select.select([self._side], [], [], 0.05)[0]:
            os.read(self._side, 65536)
        self.text = ""

    def rest(self):
        """What has come onto the screen since."""
        with contextlib.suppress(OSError):
            self.text += os.read(self._side, 65536).decode("utf-8", "replace")
        return self.text

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self._side)


@pytest.fixture(scope="session")
def learners_pytest():
    """Run pytest in a folder as a learner does, who has no plugins that try the grader out.

    Importing Hypothesis would take longer than all that a learner waits for.
    """

    def run(folder, *options, typed="", **environment):
        own = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-pno:hypothesispytest", *options],
            cwd=folder,
            env=own | {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8"} | environment,
            input=typed,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=600,
        )

    return run


@pytest.fixture
def terminal():
    """Start a command of kata on a terminal of 80 by 30: `terminal(folder, "watch")`."""
    started = []

    def start(folder, *arguments):
        started.append(Terminal(folder, *arguments))
        return started[-1]

    yield start
    for each in started:
        each.close()


def pytest_addoption(parser):
    """Let all of a kind run, where by default there are some: it takes minutes."""
    parser.addoption("--all-attacks", action="store_true", help="not one variant of each alone")
    parser.addoption("--all-mistakes", action="store_true", help="not some of each exercise alone")
    parser.addoption("--rewrite-golden", action="store_true", help="write what is found as right")
    parser.addoption("--all-notebooks", action="store_true", help="not those of two chapters alone")
    parser.addoption("--all-alternatives", action="store_true", help="not one a chapter")
    parser.addoption("--all-pictures", action="store_true", help="not one in four alone")


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
