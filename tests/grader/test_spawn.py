"""Where there is no zygote: the same marks from plain processes, and no class without --trust."""

import os
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader import cli, course, wire
from grader.bench import Settings
from grader.confined import Confined
from grader.errors import KataError, Stopped
from grader.judge import Judge
from grader.learner import Budget, Learner
from grader.sandbox import TRUSTED, Limits
from grader.spawn import Spawner

FULL = """
def add(x, y):
    return x + y

def total(xs):
    return float(sum(xs))
"""


@pytest.fixture
def spawner():
    with Spawner(preload=("numpy",)) as started:
        yield started


@pytest.fixture
def plain_judge(small_course, monkeypatch):
    """A judge on a host that has no zygote."""
    monkeypatch.setattr("grader.sources.SUPPORTED", False)
    monkeypatch.setattr("grader.sources.Spawner", lambda _: Spawner(preload=("numpy",)))
    with Judge(course.read(small_course), Settings(seconds=5)) as judge:
        yield judge


def test_the_same_marks_and_the_level_is_named(plain_judge, tmp_path):
    (tmp_path / "work.py").write_text(FULL.replace("x + y", "x - y"))
    result = plain_judge.grade(tmp_path / "work.py", ["add", "total"])
    assert {e.id: e.status for e in result.exercises} == {"add": "failed", "total": "passed"}
    assert result.isolation.level == TRUSTED
    assert result.isolation.layers == ()


def test_several_submissions_are_refused_unless_they_are_trusted(plain_judge):
    with pytest.raises(KataError, match="cannot be shut in here"):
        plain_judge.require_confinement()


def test_the_command_asks_for_trust(small_course, monkeypatch, tmp_path):
    monkeypatch.setattr("grader.sources.SUPPORTED", False)
    monkeypatch.setattr("grader.sources.Spawner", lambda _: Spawner(preload=("numpy",)))
    for name in ("anna.py", "ben.py"):
        (tmp_path / name).write_text(FULL)
    asked = ["grade", str(tmp_path / "anna.py"), str(tmp_path / "ben.py")]
    asked += ["--course", str(small_course), "--exercise", "add"]
    refused = CliRunner().invoke(cli.app, asked)
    assert isinstance(refused.exception, KataError)
    trusted = CliRunner().invoke(cli.app, [*asked, "--trust"])
    assert trusted.exit_code == 0
    assert trusted.output.count("isolation: trusted code only") == 2


def test_a_process_that_dies_or_hangs_is_replaced(spawner):
    text = """
import os, time
def leave(): os._exit(3)
def crash(): os.kill(os.getpid(), 11)
def hang(): time.sleep(60)
def number(): return os.getpid()
"""
    load = wire.Load((wire.Module("work", (wire.Cell("work.py", text),)),))
    inside = Confined(spawner, load, Limits(), 0.5)
    work = Learner(inside, "work", {}, Budget(5), "f")
    first = work.number()
    with pytest.raises(Stopped, match="ended its process instead of returning"):
        work.leave()
    assert work.number() != first
    with pytest.raises(Stopped, match=r"took longer than 0\.5 s"):
        work.hang()
    if sys.platform != "win32":
        with pytest.raises(Stopped, match="SIGSEGV"):
            Learner(inside, "work", {}, Budget(5), "g").crash()
    inside.close()


def test_nothing_is_left_of_it(spawner):
    text = (
        "import os\ndef f():\n    open('left', 'w').close()\n    return os.getcwd(), os.getpid()\n"
    )
    load = wire.Load((wire.Module("work", (wire.Cell("work.py", text),)),))
    inside = Confined(spawner, load, Limits(), 5)
    folder, pid = Learner(inside, "work", {}, Budget(5), "f").f()
    assert (Path(folder) / "left").exists()
    inside.close()
    assert not Path(folder).exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
