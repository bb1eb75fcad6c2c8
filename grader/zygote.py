"""Where workers come from: a process that imports TensorFlow once and forks them in milliseconds.

That process is `nursery`. The judge talks to it over a socket: a datagram with descriptors forks a
worker on them, a datagram with a process number ends that worker and every process it left behind.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from grader import environment, sandbox, wire
from grader.sandbox import LIBRARIES

START_SECONDS = 120
DYING_SECONDS = 1.0
MOST_BYTES = 65536
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    **environment.TENSORFLOW,
    "PYTHONDONTWRITEBYTECODE": "1",
    "LOGNAME": "learner",
}
"""All that a worker sees of the environment: no key, no token, no path of the course."""

WITH_GPU = {"CUDA_CACHE_DISABLE": "1"}
"""Besides, where there is a GPU: nothing is kept on disk."""

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
    """Fork a worker on the first descriptor that comes along, and report on it on the second."""

    limits: sandbox.Limits


class End(msgspec.Struct, frozen=True, tag=True):
    """Kill a worker and all that it started; one that is `dying` may do so by itself first."""

    pid: int
    dying: bool


class Done(msgspec.Struct, frozen=True, tag=True):
    """What was asked is done, to the worker that is the process `pid` to the judge.

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
    """A confined process that waits for a submission.

    `reports` is where the system calls are named that it was refused. `folder` is what it writes
    to, None when that is in memory.
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
            [sys.executable, "-I", "-m", "grader.nursery", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT | (_with_gpu() if devices else WITHOUT_GPU),
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
            raise wire.WireError(ready.trouble)
        return worker

    def end(self, worker: Worker, *, dying: bool = False) -> Done:
        """End a worker with all its processes; one that is `dying` is given time to do so.

        Raises
        ------
        wire.Closed
            The zygote is gone, and its workers with it.

        """
        try:
            return self._ask(End(worker.pid, dying), [])
        finally:  # not before: the worker would wake up, to find that nobody is there
            worker.channel.close()
            worker.reports.close()

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


def _with_gpu() -> dict[str, str]:
    """What a process with a GPU sees; the driver's libraries may not be where all others are."""
    return WITH_GPU | ({LIBRARIES: os.environ[LIBRARIES]} if LIBRARIES in os.environ else {})
