"""Import TensorFlow once, then fork a worker for every submission in a few milliseconds.

The zygote is a process of its own, started with a bare environment, that imports and does nothing
else: a fork after any TensorFlow operation can hang. It holds no test, no reference and no answer.
The judge talks to it over a socket: a datagram with a descriptor forks a worker on it, a
datagram with a process number ends that worker and every process it left behind.
"""

import gc
import importlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import msgspec

from grader import sandbox, wire, worker

START_SECONDS = 120
DYING_SECONDS = 1.0
ORPHANS_SECONDS = 5.0
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""All that a worker sees of the environment: no key, no token, no path of the course."""


class Fork(msgspec.Struct, frozen=True, tag=True):
    """Fork a worker on the descriptor that comes with this datagram."""

    cpu: int
    memory: int
    file: int
    open_files: int


class End(msgspec.Struct, frozen=True, tag=True):
    """Kill a worker and all that it started; one that is `dying` may do so by itself first."""

    pid: int
    dying: bool


class Done(msgspec.Struct, frozen=True, tag=True):
    """What was asked is done, to the worker `pid`.

    At its end `status` is what waitpid said, and `killed` whether the zygote had to end it.
    """

    pid: int
    status: int = 0
    killed: bool = False


@dataclass(frozen=True, slots=True)
class Worker:
    """A confined process that waits for a submission."""

    pid: int
    channel: socket.socket
    layers: tuple[str, ...]


class Zygote:
    """The judge's side: start the process, fork workers from it, end them.

    A context manager; leaving it ends the zygote and every worker.
    """

    def __init__(self, preload: tuple[str, ...] = ("numpy", "tensorflow")) -> None:
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = mine
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "grader.zygote", str(theirs.fileno()), *preload],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
        )
        theirs.close()

    def fork(self, limits: sandbox.Limits) -> Worker:
        """Fork and confine a worker; returns once it is ready for a submission.

        Raises
        ------
        wire.WireError
            The zygote is gone, or the worker did not come up.

        """
        mine, theirs = socket.socketpair()
        request = Fork(limits.cpu, limits.memory, limits.file, limits.open_files)
        done = self._ask(request, [theirs.fileno()])
        theirs.close()
        ready: wire.Ready = wire.receive(mine, wire.Ready, START_SECONDS)
        return Worker(done.pid, mine, ready.layers)

    def end(self, worker: Worker, *, dying: bool = False) -> Done:
        """End a worker with all its processes; one that is `dying` is given time to do so.

        Raises
        ------
        wire.Closed
            The zygote is gone, and its workers with it.

        """
        worker.channel.close()
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
        self._control.settimeout(START_SECONDS)
        try:
            socket.send_fds(self._control, [msgspec.msgpack.encode(request)], descriptors)
            data = self._control.recv(1024)
        except OSError as error:
            raise wire.Closed(f"the zygote is gone: {error}") from None
        if not data:
            raise wire.Closed("the zygote is gone")
        return msgspec.msgpack.decode(data, type=Done)


def main() -> None:
    """Serve forks on the socket that is argument 1, with the modules after it imported."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for module in sys.argv[2:]:
        try:
            importlib.import_module(module)
        except ImportError:
            continue  # a course without TensorFlow runs without it
    sandbox_orphans()
    gc.collect()
    gc.freeze()
    folders: dict[int, str] = {}
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1024, 1)
        if not data:
            break
        request = msgspec.msgpack.decode(data, type=Fork | End)
        if isinstance(request, Fork):
            done = _fork(request, control, descriptors[0], folders)
        else:
            done = _end(request, folders)
        control.send(msgspec.msgpack.encode(done))
    for pid in list(folders):
        _end(End(pid, dying=False), folders)


def sandbox_orphans() -> None:
    """Adopt what workers leave behind, where the host can do that, and die with the judge."""
    try:
        sandbox.adopt_orphans()
        sandbox.die_with_parent()
    except OSError:
        return


def _fork(request: Fork, control: socket.socket, descriptor: int, folders: dict[int, str]) -> Done:
    folder = tempfile.mkdtemp(prefix="kata-")
    pid = os.fork()
    if pid == 0:
        try:
            control.close()
            os.chdir(folder)
            os.environ.update(HOME=folder, TMPDIR=folder, KERAS_HOME=folder)
            tempfile.tempdir = folder
            sys.argv = [""]
            limits = sandbox.Limits(request.cpu, request.memory, request.file, request.open_files)
            layers = sandbox.confine(limits)
            worker.serve(socket.socket(fileno=descriptor), layers)
        finally:
            os._exit(0)
    os.close(descriptor)
    folders[pid] = folder
    return Done(pid)


def _end(request: End, folders: dict[int, str]) -> Done:
    """End a worker, then every orphan it left, until none is left to be adopted."""
    status = _died(request.pid) if request.dying else None
    killed = status is None
    if status is None:
        status = _kill(request.pid)
    folder = folders.pop(request.pid, None)
    deadline = time.monotonic() + ORPHANS_SECONDS
    while strays := [child for child in _children() if child not in folders]:
        for stray in strays:
            _kill(stray)
        if time.monotonic() > deadline:
            break
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    return Done(request.pid, status, killed)


def _died(pid: int) -> int | None:
    """The wait status of a process that ends within a moment; None when it lives on."""
    deadline = time.monotonic() + DYING_SECONDS
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.001)
    return None


def _kill(pid: int) -> int:
    try:
        os.kill(pid, signal.SIGKILL)
        return os.waitpid(pid, 0)[1]
    except (ProcessLookupError, ChildProcessError):
        return 0


def _children() -> list[int]:
    """The processes whose parent is this one."""
    found = []
    for entry in os.listdir("/proc") if sys.platform == "linux" else ():
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
