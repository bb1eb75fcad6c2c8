"""Import TensorFlow once, then fork a worker for every submission in a few milliseconds.

The zygote is a process of its own, started with a bare environment, that imports and does nothing
else: a fork after any TensorFlow operation can hang. It holds no test, no reference and no answer.
It confines itself to a file system that has nothing of the course in it. The judge talks to it over
a socket: a datagram with descriptors forks a worker on them, a datagram with a process number ends
that worker and every process it left behind.
"""

import contextlib
import gc
import importlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from grader import sandbox, wire, worker

START_SECONDS = 120
DYING_SECONDS = 1.0
ORPHANS_SECONDS = 5.0
MOST_BYTES = 65536
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LOGNAME": "learner",
}
"""All that a worker sees of the environment: no key, no token, no path of the course."""

WITH_GPU = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "CUDA_CACHE_DISABLE": "1"}
"""Besides, where there is a GPU: it is shared with other workers, and nothing is kept on disk."""

WITHOUT_GPU = {"CUDA_VISIBLE_DEVICES": "-1"}

Answer = TypeVar("Answer", "Up", "Done")


class Start(msgspec.Struct, frozen=True):
    """The first datagram: what to import, what no worker may see, which layers to leave alone.

    `devices` are the device files of GPUs that workers may use.
    """

    preload: tuple[str, ...]
    hidden: tuple[str, ...]
    without: tuple[str, ...]
    devices: tuple[str, ...] = ()


class Up(msgspec.Struct, frozen=True):
    """The answer to it, before anything is imported, or that there was `trouble`."""

    host: sandbox.Host
    trouble: str = ""


class Fork(msgspec.Struct, frozen=True, tag=True):
    """Fork a worker on the first descriptor that comes along; its guard reports on the second."""

    limits: sandbox.Limits


class End(msgspec.Struct, frozen=True, tag=True):
    """Kill a worker and all that it started; one that is `dying` may do so by itself first."""

    pid: int
    dying: bool


class Done(msgspec.Struct, frozen=True, tag=True):
    """What was asked is done, to the worker whose guard is `pid`.

    A new worker may write to `folder`, unless that is in memory of its own. At its end `status` is
    what waitpid said, `cpu` the processor time that it used in seconds, and `killed` whether the
    zygote had to end it.
    """

    pid: int
    folder: str = ""
    status: int = 0
    cpu: float = 0.0
    killed: bool = False


@dataclass(frozen=True, slots=True)
class Worker:
    """A confined process that waits for a submission, behind the guard `pid`.

    `reports` is where the guard names the system calls that were refused. `folder` is what the
    worker writes to, None when that is in memory.
    """

    pid: int
    channel: socket.socket
    reports: socket.socket
    folder: Path | None


class Zygote:
    """The judge's side: start the process, fork workers from it, end them.

    No worker may see what is at `hidden` paths. Layers of confinement that are named in `without`
    are left alone. The GPUs behind the files `devices` may be used. A context manager; leaving it
    ends the zygote and every worker.
    """

    def __init__(
        self,
        preload: tuple[str, ...] = ("numpy", "tensorflow"),
        hidden: Sequence[Path] = (),
        without: Collection[str] = (),
        devices: Sequence[Path] = (),
    ) -> None:
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = mine
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "grader.zygote", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT | (WITH_GPU if devices else WITHOUT_GPU),
            cwd="/",
        )
        theirs.close()
        paths = tuple({str(each) for path in hidden for each in (path.absolute(), path.resolve())})
        start = Start(preload, paths, tuple(without), tuple(map(str, devices)))
        self._control.send(msgspec.msgpack.encode(start))
        self._host: sandbox.Host | None = None

    @property
    def host(self) -> sandbox.Host:
        """How far workers are confined here.

        Raises
        ------
        wire.WireError
            The zygote is gone, or could not start.

        """
        if self._host is None:
            up = self._answer(Up)
            if up.trouble:
                raise wire.WireError(f"the zygote cannot start: {up.trouble}")
            self._host = up.host
        return self._host

    @property
    def alive(self) -> bool:
        """Whether its process has not ended."""
        return self._process.poll() is None

    def fork(self, limits: sandbox.Limits) -> Worker:
        """Fork and confine a worker; returns once it is ready for a submission.

        Raises
        ------
        wire.WireError
            The zygote is gone, or the worker did not come up.

        """
        mine, theirs = socket.socketpair()
        reports, guards = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        reports.setblocking(False)
        done = self._ask(Fork(limits), [theirs.fileno(), guards.fileno()])
        theirs.close()
        guards.close()
        worker = Worker(done.pid, mine, reports, Path(done.folder) if done.folder else None)
        ready: wire.Ready = wire.receive(mine, wire.Ready, START_SECONDS)
        if ready.trouble:
            self.end(worker)
            raise wire.WireError(f"it cannot be confined: {ready.trouble}")
        return worker

    def end(self, worker: Worker, *, dying: bool = False) -> Done:
        """End a worker with all its processes; one that is `dying` is given time to do so.

        Raises
        ------
        wire.Closed
            The zygote is gone, and its workers with it.

        """
        worker.channel.close()
        worker.reports.close()
        return self._ask(End(worker.pid, dying), [])

    def close(self) -> None:
        """End the zygote; the kernel takes its workers with it."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, request: Fork | End, descriptors: list[int]) -> Done:
        _ = self.host  # its answer to the start comes before any other
        try:
            socket.send_fds(self._control, [msgspec.msgpack.encode(request)], descriptors)
        except OSError as error:
            raise wire.Closed(f"the zygote is gone: {error}") from None
        return self._answer(Done)

    def _answer(self, kind: type[Answer]) -> Answer:
        self._control.settimeout(START_SECONDS)
        try:
            data = self._control.recv(MOST_BYTES)
        except OSError as error:
            raise wire.Closed(f"the zygote is gone: {error}") from None
        if not data:
            raise wire.Closed("the zygote is gone")
        return msgspec.msgpack.decode(data, type=kind)


class Nursery:
    """The zygote's own side: what it needs to fork and to end workers."""

    def __init__(self, control: socket.socket, start: Start) -> None:
        self._control = control
        hidden = [Path(each) for each in start.hidden]
        self.host = sandbox.probe(hidden, start.without)
        self._devices = tuple(map(Path, start.devices))
        self._visible = sandbox.visible(hidden, self._devices)
        self._rules = sandbox.enclose(self.host, self._visible)
        if sandbox.writes_in_memory(self.host):
            tempfile.tempdir = str(sandbox.SCRATCH)
        sys.path[:] = sandbox.searched(hidden)
        self._folders: dict[int, Path | None] = {}

    def fork(self, request: Fork, descriptors: Sequence[int]) -> Done:
        """Fork a guard, which forks a worker."""
        folder = sandbox.make_folder(self.host)
        pid = os.fork()
        if pid == 0:
            try:
                self._control.close()
                sandbox.die_with_parent()
                channel, report = (socket.socket(fileno=each) for each in descriptors)
                self._guard(request.limits, channel, report, folder or sandbox.SCRATCH)
            finally:
                os._exit(1)
        for descriptor in descriptors:
            os.close(descriptor)
        self._folders[pid] = folder
        return Done(pid, str(folder or ""))

    def _guard(
        self, limits: sandbox.Limits, channel: socket.socket, report: socket.socket, folder: Path
    ) -> None:
        def work(guard: socket.socket) -> None:
            try:
                listener = sandbox.confine(
                    self.host, limits, self._visible, folder, self._devices, self._rules
                )
                if listener is not None:
                    socket.send_fds(guard, [b"x"], [listener])
                    os.close(listener)
                guard.close()
            except OSError as error:
                wire.send(channel, wire.Ready(str(error)))
                raise
            os.environ.update(dict.fromkeys(("HOME", "TMPDIR", "KERAS_HOME"), str(folder)))
            tempfile.tempdir = str(folder)
            sys.argv = [""]
            worker.serve(channel)

        sandbox.watch_over(work, channel, report, self.host)

    def end(self, request: End) -> Done:
        """End a worker, then every orphan it left, until none is left to be adopted."""
        ended = _died(request.pid) if request.dying else None
        killed = ended is None
        status, cpu = ended or _kill(request.pid)
        folder = self._folders.pop(request.pid, None)
        deadline = time.monotonic() + ORPHANS_SECONDS
        while strays := [child for child in _children() if child not in self._folders]:
            for stray in strays:
                cpu += _kill(stray)[1]
            if time.monotonic() > deadline:
                break
        if folder:
            # However deep it is, where Python's rmtree gives up.
            subprocess.run(["rm", "-rf", "--", folder])
        return Done(request.pid, "", status, cpu, killed)

    def end_all(self) -> None:
        """End every worker that is left."""
        for pid in list(self._folders):
            self.end(End(pid, dying=False))


def main() -> None:
    """Serve forks on the socket whose descriptor is argument 1."""
    control = socket.socket(fileno=int(sys.argv[1]))
    start = msgspec.msgpack.decode(control.recv(MOST_BYTES), type=Start)
    try:
        sandbox.adopt_orphans()
        sandbox.die_with_parent()
        nursery = Nursery(control, start)
    except Exception as error:
        trouble = f"{type(error).__name__}: {error}"
        control.send(msgspec.msgpack.encode(Up(sandbox.Host(), trouble)))
        return
    control.send(msgspec.msgpack.encode(Up(nursery.host)))
    _import(start.preload)
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, MOST_BYTES, 2)
        if not data:
            break
        request = msgspec.msgpack.decode(data, type=Fork | End)
        if isinstance(request, Fork):
            done = nursery.fork(request, descriptors)
        else:
            done = nursery.end(request)
        control.send(msgspec.msgpack.encode(done))
    nursery.end_all()


def _import(names: Sequence[str]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # a course without TensorFlow runs without it
    wire.prepare(wire.Load, wire.Request)
    gc.collect()
    gc.freeze()


def _died(pid: int) -> tuple[int, float] | None:
    """The wait status of a process that ends within a moment, and its processor time in seconds.

    None when it lives on.
    """
    deadline = time.monotonic() + DYING_SECONDS
    while time.monotonic() < deadline:
        ended, status, used = os.wait4(pid, os.WNOHANG)
        if ended:
            return status, used.ru_utime + used.ru_stime
        time.sleep(0.001)
    return None


def _kill(pid: int) -> tuple[int, float]:
    try:
        os.kill(pid, signal.SIGKILL)
        _, status, used = os.wait4(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        return 0, 0.0
    return status, used.ru_utime + used.ru_stime


def _children() -> list[int]:
    """The processes whose parent is this one; it has a single thread."""
    with contextlib.suppress(FileNotFoundError):  # a kernel may be built without
        me = os.getpid()
        return [*map(int, Path(f"/proc/{me}/task/{me}/children").read_text().split())]
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", "rb") as stat:
                    parent = int(stat.read().rpartition(b")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue
            if parent == os.getpid():
                found.append(int(entry))
    return found


if __name__ == "__main__":
    main()
