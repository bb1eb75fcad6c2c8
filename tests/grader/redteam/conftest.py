"""The field on which attacks run: things worth stealing, doors left ajar, honest neighbours.

An attack is a submission. `strike` hands it in, has the real judge mark it in a real confined
worker, and checks what must hold whatever the attack was: no unearned point, every neighbour's
marks unharmed, nothing told, nothing heard, nothing left behind.
"""

import contextlib
import os
import re
import secrets
import select
import socket
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from grader import source
from grader.bench import Settings
from grader.family import family
from grader.judge import Judge
from grader.report import text
from grader.report.account import in_a_book
from grader.result import ExerciseResult, Result
from grader.sandbox.layers import PID

ROOT = Path(__file__).parents[3]
WORKERS_FOLDER = re.compile(r"kata-(\d+)-.+")
"""The folder of one worker, after its process; `kata-1000` is what an account's batches share."""

ATTACKED = "sigmoid"
NEIGHBOURS = ("step", "relu")
"""Honest functions in the module of the attacked one."""

FARTHER = ("standardize", "count_parameters")
"""Honest functions in another module of the same submission."""


REAL = """
def real(name):
    'What a module of the grader holds that runs beside this code, however well it is hidden.'
    import gc, types
    class Module: pass
    gc.unfreeze()
    functions = [o for o in gc.get_objects() if type(o) is types.FunctionType]
    names = (f.__globals__ for f in functions if f.__module__ == "grader." + name)
    module = Module()
    module.__dict__ = next(names)
    return module

"""


class Target:
    """What an attack may go for. All of it is real; a test reads afterwards what was reached.

    The constants of `prelude` stand at the top of every attack's source.
    """

    def __init__(self, folder: Path) -> None:
        self.secret = secrets.token_hex(16)
        self.secret_file = folder / "secret.txt"
        self.secret_file.write_text(self.secret)
        self.drop = folder / "drop"
        self.drop.mkdir()
        self.drop.chmod(0o777)
        self.tcp, self.udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
        for door in (self.tcp, self.udp):
            door.bind(("127.0.0.1", 0))
        self.unix, self.abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        self.unix.bind(str(folder / "door"))
        (folder / "door").chmod(0o777)
        self.name = f"kata-door-{secrets.token_hex(4)}"
        self.abstract.bind("\0" + self.name)
        for door in (self.tcp, self.unix, self.abstract):
            door.listen()
        self.doors = (self.tcp, self.udp, self.unix, self.abstract)
        folder.chmod(0o755)
        self.prelude = REAL + "\n".join(
            f"{name} = {value!r}"
            for name, value in {
                "SECRET_FILE": str(self.secret_file),  # holds a secret
                "DROP": str(self.drop),  # a folder that anybody may write to
                "TCP": self.tcp.getsockname()[1],  # somebody listens on 127.0.0.1
                "UDP": self.udp.getsockname()[1],
                "UNIX": str(folder / "door"),
                "ABSTRACT": self.name,
                "JUDGE": os.getpid(),
                "COURSE": str(ROOT),
            }.items()
        )

    def untouched(self, told: bytes) -> None:
        """Check that nobody knocked, nothing was dropped and no secret was told."""
        assert not select.select(self.doors, [], [], 0)[0], "somebody got out through a socket"
        assert os.listdir(self.drop) == []
        assert self.secret.encode() not in told

    def close(self) -> None:
        for door in self.doors:
            door.close()


@dataclass(frozen=True)
class Struck:
    """What came of an attack."""

    result: Result
    exercises: dict[str, ExerciseResult]

    @property
    def status(self) -> str:
        """The status of the attacked exercise."""
        return self.exercises[ATTACKED].status

    @property
    def messages(self) -> str:
        """All that its tests and the notes say, one a line."""
        exercise = self.exercises[ATTACKED]
        told = [exercise.message, *(test.message for test in exercise.tests), *self.result.notes]
        return "\n".join(filter(None, told))

    @property
    def report(self) -> str:
        """What a person reads."""
        return text.render(in_a_book(self.result), width=80).decode()


@pytest.fixture
def target(tmp_path_factory, monkeypatch):
    """Something to steal and somewhere to send it, for one attack."""
    target = Target(tmp_path_factory.mktemp("target"))
    monkeypatch.setenv("KATA_TEST_SECRET", target.secret)
    yield target
    target.close()


class Borrower:
    """A judge that takes the zygotes it needs from those that are shared."""

    def __init__(self, judge, zygotes):
        self._judge, self._zygotes = judge, zygotes

    def grade(self, *asked):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("grader.sources.Zygote", self._zygotes)
            return self._judge.grade(*asked)


@pytest.fixture(scope="session")
def judges(course, shared_zygotes):
    """Judges by their settings; all of them share their zygotes."""
    started = {}

    def judge(**settings):
        key = repr(settings)
        if key not in started:
            started[key] = Judge(course, Settings(**settings))
        return Borrower(started[key], shared_zygotes)

    yield judge
    for each in started.values():
        each.close()


@pytest.fixture
def strike(target, judges, tmp_path, shared_zygotes):
    """Hand in an attack, mark it, and check all that must hold after any attack.

    `code` is Python source; `sigmoid` is the function that attacks. Its honest neighbours are
    beside it in the same file (unless it defines them itself), two more are in another file.
    Options: `earns` when the attacked function is right after all and deserves its points;
    `kills_module` when the attack runs at import and costs its own file's functions their marks;
    `beside` maps further files of the submission to their text; the rest goes to `Settings`
    (`seconds`, `limits`).
    """

    def strike(code, *, earns=False, kills_module=False, beside=None, **settings):
        folder = hand_in(tmp_path / "work", target.prelude, code, beside or {})
        graded = (ATTACKED, *NEIGHBOURS, *FARTHER)
        with unharmed(target, shared_zygotes.started) as told:
            result = judges(**settings).grade(folder, graded)
            told.append(msgspec.json.encode(result))
            told.append(text.render(in_a_book(result)))
        struck = Struck(result, {exercise.id: exercise for exercise in result.exercises})
        assert (struck.status == "passed") == earns, struck.report
        unharmed_ones = FARTHER if kills_module else NEIGHBOURS + FARTHER
        harmed = [n for n in unharmed_ones if struck.exercises[n].status != "passed"]
        assert not harmed, struck.report
        return struck

    return strike


@pytest.fixture
def command(target, tmp_path):
    """Hand in an attack to `kata grade` itself; returns the finished process and its Result."""

    def command(code, *options, beside=None):
        folder = hand_in(tmp_path / "work", target.prelude, code, beside or {})
        chosen = [f"--exercise={name}" for name in (ATTACKED, *NEIGHBOURS, *FARTHER)]
        asked = ["grade", str(folder), "--format=json", f"--course={ROOT}", *chosen, *options]
        with unharmed(target, {}) as told:
            done = subprocess.run(
                [sys.executable, "-m", "grader", *asked],
                capture_output=True,
                timeout=120,
                cwd=tmp_path,
            )
            told += [done.stdout, done.stderr]
        result = msgspec.json.decode(done.stdout, type=Result) if done.returncode < 2 else None
        if result is not None:
            marks = {exercise.id: exercise for exercise in result.exercises}
            assert all(marks[name].status == "passed" for name in FARTHER), done.stdout
            return done, Struck(result, marks)
        return done, None

    return command


def hand_in(folder, prelude, code, beside):
    """Write a submission: the attack with its honest neighbours, and an honest second module."""
    code = textwrap.dedent(code)
    own = source.definitions(source.parse(code, "attack"))
    honest = [name for name in NEIGHBOURS if name not in own]
    solution = (ROOT / "solutions/ch01_neuron/neuron.py").read_text()
    files = {
        "neuron.py": "\n".join([prelude, code, source.excerpt(solution, honest)]),
        "forward.py": (ROOT / "solutions/ch03_forward/forward.py").read_text(),
        **beside,
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = content if isinstance(content, bytes) else textwrap.dedent(content).encode()
        path.write_bytes(raw)
    return folder


@contextlib.contextmanager
def unharmed(target, zygotes):
    """Check that no process, file, socket or secret is left when the block ends."""
    files, processes = temporary(zygotes), strangers(zygotes)
    told: list[bytes] = []
    yield told
    target.untouched(b"".join(told))
    deadline = time.monotonic() + 2  # the kernel takes a moment to clear away a killed process
    while (left := strangers(zygotes) - processes) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left, f"processes left behind: {left}"
    assert not temporary(zygotes) - files


def temporary(zygotes):
    """Folders that workers of these zygotes had, or of zygotes that are gone, still there."""
    ours = {str(pid) for zygote in zygotes.values() for pid in family(zygote._process.pid)}
    found = map(WORKERS_FOLDER.fullmatch, os.listdir("/tmp"))
    return {
        name[0]
        for name in found
        if name and (name[1] in ours or not Path("/proc", name[1]).exists())
    }


def strangers(zygotes):
    """Processes below a zygote, and orphans that ran away from one, by their numbers."""
    found = set()
    for zygote in zygotes.values():
        own = 2 if PID in zygote.host else 1  # of which the first waits for the second
        found |= {*[*family(zygote._process.pid)][own:]}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                parent = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
                line = Path(f"/proc/{entry}/cmdline").read_bytes()
                if parent == 1 and b"grader.nursery" in line:
                    found.add(int(entry))
    return found
