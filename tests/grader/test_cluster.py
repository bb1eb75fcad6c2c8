"""A class on a real cluster of several processes, whose machines come and go."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.errors import KataError
from grader.journal import Journal

distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")

ROOT = Path(__file__).parents[2]
ADD = "import numpy as np\n\n\ndef add(x, y):\n    return np.asarray(x) + np.asarray(y)\n"
SLOW = "import time\n\ntime.sleep({seconds})\n" + ADD


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Machines:
    """A scheduler, and processes of a cluster that are started and killed as a test wants."""

    def __init__(self, stack, folder):
        self._stack, self._folder = stack, folder
        self.address = f"tcp://127.0.0.1:{free_port()}"
        port = self.address.rpartition(":")[2]
        self._start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")

    def join(self):
        """One more machine; a nanny would start a lost one again, and here none does."""
        return self._start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"
        )

    def _start(self, *words):
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._stack.callback(lambda: (process.kill(), process.wait()))
        return process


@pytest.fixture
def machines(tmp_path):
    with contextlib.ExitStack() as stack:
        yield Machines(stack, tmp_path)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    for number in range(6):
        text = ADD if number % 2 else ADD.replace("+", "-")
        (folder / f"student{number}.py").write_text(f"# {number}\n{text}")
    return folder


@pytest.fixture
def begin(folder, tmp_path, plain_course, machines):
    """Start a batch on the cluster."""
    started = []

    def begin():
        words = ["batch", folder, "--journal", tmp_path / "class.db", "--course", plain_course]
        words += ["--exercise", "add", "--scheduler", machines.address]
        process = subprocess.Popen(
            [sys.executable, "-m", "grader", *map(str, words)],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def ended(process):
    told, _ = process.communicate(timeout=120)
    return told


def states(folder):
    with Journal(folder / "class.db") as journal:
        return {mark.attempt.student: mark.state for mark in journal.marks()}


def scores(folder):
    with Journal(folder / "class.db") as journal:
        return {mark.attempt.student: mark.result.score for mark in journal.marks() if mark.result}


def wait_for(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(KataError):  # the journal may be on its way
            if found := condition():
                return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def judges_below(process):
    """The judges that a process of the cluster has started, by number."""
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and is_judge_of(entry, process.pid)
    ]


def is_judge_of(entry, parent):
    with contextlib.suppress(OSError):
        stat = (entry / "stat").read_text().rpartition(")")[2].split()
        return int(stat[1]) == parent and b"grader.apart" in (entry / "cmdline").read_bytes()
    return False


def test_a_class_is_marked_by_a_cluster_and_by_one_that_joins_late(
    begin, folder, machines, tmp_path
):
    for number in range(4):
        text = f"# {number}\n" + SLOW.format(seconds=1)
        (folder / f"slow{number}.py").write_text(text)
    first = machines.join()
    batch = begin()
    wait_for(lambda: states(tmp_path), "a first mark")
    late = machines.join()
    judges = wait_for(lambda: judges_below(late), "a judge on the machine that joined late")
    told = ended(batch)
    assert batch.returncode == 0, told
    assert "10 of 10 marked" in told
    due = {f"student{n}": 2 * (n % 2) for n in range(6)} | {f"slow{n}": 2 for n in range(4)}
    assert scores(tmp_path) == due
    # the learner's code was in no process of Dask's, and its judges are sent home
    assert judges
    wait_for(lambda: not judges_below(first) + judges_below(late), "the end of the judges")


def test_a_machine_that_is_lost_loses_nobody(begin, folder, machines, tmp_path):
    (folder / "the_last.py").write_text(SLOW.format(seconds=6))
    lost = machines.join()
    batch = begin()
    wait_for(lambda: len(states(tmp_path)) == 6, "the quick ones")
    assert is_begun(tmp_path, "the_last")
    other = machines.join()
    lost.kill()
    lost.wait()
    told = ended(batch)
    assert batch.returncode == 0, told
    assert set(states(tmp_path).values()) == {"marked"}
    assert len(states(tmp_path)) == 7
    assert other.poll() is None


def is_begun(folder, student):
    with Journal(folder / "class.db") as journal:
        rows = journal._connection.execute(
            "SELECT state FROM mark JOIN attempt ON attempt.id = mark.attempt WHERE student = ?",
            (student,),
        )
        return [row["state"] for row in rows] == ["begun"]


def test_what_kills_two_machines_is_left_alone(begin, folder, machines, tmp_path):
    endless = SLOW.format(seconds=9).replace("return", "time.sleep(5)\n    return")
    (folder / "zoltan.py").write_text(endless)  # the last to be handed out
    machine = machines.join()
    batch = begin()
    wait_for(lambda: len(states(tmp_path)) == 6, "the harmless ones")
    with distributed.Client(machines.address, set_as_default=False) as client:
        for _ in range(2):
            wait_for(lambda machine=machine: judges_below(machine), "a judge")
            following = machines.join()
            wait_for(lambda: len(client.nthreads()) == 2, "one more machine")
            os.kill(machine.pid, signal.SIGKILL)
            machine.wait()
            wait_for(lambda: len(client.nthreads()) == 1, "that it is missed")
            machine = following
    told = ended(batch)
    assert batch.returncode == 3, told
    assert re.search("zoltan: quarantined: .*machines", told)
    found = states(tmp_path)
    assert found.pop("zoltan") == "quarantined"
    assert set(found.values()) == {"marked"}
    assert machine.poll() is None


def test_an_address_where_nobody_answers(begin, machines, monkeypatch):
    machines.address = f"tcp://127.0.0.1:{free_port()}"
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "2s")
    batch = begin()
    told = ended(batch)
    assert batch.returncode == 2, told
    assert told.splitlines()[-1].startswith(f"kata: --scheduler {machines.address}: cannot be")
    assert "Traceback" not in told
