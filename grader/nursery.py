"""The zygote's own process: import TensorFlow once, then fork a worker for every submission.

It is started with a bare environment, and imports and does nothing else: a fork after any
TensorFlow operation can hang. It holds no test, no reference and no answer. It confines itself to a
file system that has nothing of the course in it, and runs no learner's code; it forks workers and
ends them as `zygote` asks, and refuses the system calls that a worker may not make.
"""

import contextlib
import importlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from grader import garbage, processors, sandbox, wire, worker
from grader.zygote import DYING_SECONDS, MOST_BYTES, Done, End, Fork, Start, Up

ORPHANS_SECONDS = 5.0
NUMBER_BYTES = 8


@dataclass(slots=True)
class Child:
    """A worker as the nursery knows it, by the number that it has here.

    On `handover` it gives its listener, on which it is heard when it asks for what it may not; each
    is None before and after. `exemptions` are what it may ask for besides.
    """

    pid: int
    handover: socket.socket | None
    report: socket.socket
    folder: Path | None
    exemptions: sandbox.Exemptions
    listener: int | None = None


class Nursery:
    """Forks workers, answers for what they may not do, and ends them."""

    def __init__(self, control: socket.socket, start: Start) -> None:
        self._control = control
        hidden = [Path(each) for each in start.hidden]
        self.host = sandbox.probe(hidden, start.without)
        self._visible = sandbox.visible(hidden, [*map(Path, start.devices)])
        self._rules = sandbox.enclose(self.host, self._visible)
        sandbox.adopt_orphans()
        if sandbox.writes_in_memory(self.host):
            tempfile.tempdir = str(sandbox.SCRATCH)
        sys.path[:] = sandbox.searched(hidden)
        self._forked: dict[int, Child] = {}
        self._missing = ""
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)

    def prepare(self, names: Sequence[str]) -> None:
        """Import what workers are to have; without one of these there are none."""
        for name in names:
            try:
                importlib.import_module(name)
            except ImportError as error:
                self._missing = f"{name} cannot be imported in a worker: {error}"
                if error.name == name:
                    self._missing += f"; it has to be installed below {sys.prefix}"
        if "tensorflow" in sys.modules:
            _look_up_operations()
        wire.prepare(wire.Load, wire.Request)
        worker.rehearse()
        garbage.settle()

    def asked(self) -> tuple[Fork | End, list[int]] | None:
        """Wait for the next request and its descriptors, and look after the workers meanwhile.

        None when nobody is there any more.
        """
        while not self._attend():
            pass
        data, descriptors, _, _ = socket.recv_fds(self._control, MOST_BYTES, 2)
        if not data:
            return None
        return msgspec.msgpack.decode(data, type=Fork | End), descriptors

    def fork(self, request: Fork, descriptors: Sequence[int]) -> Done:
        """Fork a worker, which confines itself before it says that it is ready."""
        if self._missing:
            return _no_worker(descriptors, self._missing)
        processors.keep_to(request.limits.processor)
        folder = sandbox.make_folder(self.host)
        mine, theirs = socket.socketpair()
        try:
            pid = sandbox.fork(self.host)
        except OSError as error:
            if folder:
                folder.rmdir()
            return _no_worker(descriptors, f"it cannot be confined: {error}")
        if pid == 0:
            try:
                mine.close()
                self._forget()
                channel = socket.socket(fileno=descriptors[0])
                self._work(request.limits, channel, theirs, folder or sandbox.SCRATCH)
            finally:
                os._exit(1)
        theirs.close()
        os.close(descriptors[0])
        number = int.from_bytes(mine.recv(NUMBER_BYTES))
        report = socket.socket(fileno=descriptors[1])
        exemptions = sandbox.exemptions(self.host, self._visible)
        self._forked[number] = Child(pid, mine, report, folder, exemptions)
        self._poll.register(mine, select.POLLIN)
        return Done(number, str(folder or ""))

    def _work(
        self, limits: sandbox.Limits, channel: socket.socket, handover: socket.socket, folder: Path
    ) -> None:
        """Be a worker."""
        sandbox.die_with_parent()
        handover.send(sandbox.number_outside().to_bytes(NUMBER_BYTES))
        kept = [channel.fileno(), handover.fileno(), *([self._rules] if self._rules else [])]
        sandbox.close_all_but(kept)
        try:
            listener = sandbox.confine(self.host, limits, self._visible, folder, self._rules)
            if listener is not None:
                socket.send_fds(handover, [b"x"], [listener])
                os.close(listener)
            handover.close()
        except OSError as error:
            wire.send(channel, wire.Ready(f"it cannot be confined: {error}"))
            raise
        os.environ.update(dict.fromkeys(("HOME", "TMPDIR", "KERAS_HOME"), str(folder)))
        tempfile.tempdir = str(folder)
        sys.argv = [""]
        signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the shell made of it
        worker.serve(channel)

    def _forget(self) -> None:
        """In a worker: have nothing of the nursery's and of other workers."""
        self._control.close()
        for child in self._forked.values():
            self._stop_listening(child)
            child.report.close()
        self._forked.clear()

    def _attend(self, milliseconds: int | None = None) -> bool:
        """Answer workers until something is asked of the nursery, or for a while; whether it is."""
        ready = dict(self._poll.poll(milliseconds))
        for child in self._forked.values():
            if child.handover is not None and child.handover.fileno() in ready:
                self._take_listener(child)
            elif child.listener is not None and child.listener in ready:
                if ready[child.listener] & select.POLLIN:
                    sandbox.answer(child.listener, child.report, child.exemptions)
                else:
                    self._stop_listening(child)  # the filter is in use no more: the end is near
        return self._control.fileno() in ready

    def _take_listener(self, child: Child) -> None:
        assert child.handover is not None
        _, descriptors, _, _ = socket.recv_fds(child.handover, 1, 1)
        self._stop_listening(child)
        if descriptors:
            child.listener = descriptors[0]
            self._poll.register(child.listener, select.POLLIN)

    def _stop_listening(self, child: Child) -> None:
        if child.handover is not None:
            self._poll.unregister(child.handover)
            child.handover.close()
        if child.listener is not None:
            self._poll.unregister(child.listener)
            os.close(child.listener)
        child.handover = child.listener = None

    def end(self, request: End) -> Done:
        """End a worker, then every orphan it left, until none is left to be adopted."""
        child = self._forked.get(request.pid)
        if child is None:
            return Done(request.pid)
        ended = self._died(child) if request.dying else None
        killed = ended is None
        status, cpu = ended or _kill(child.pid)
        del self._forked[request.pid]
        self._stop_listening(child)
        child.report.close()
        if not sandbox.ends_with_all(self.host):
            cpu += self._end_strays()
        if child.folder:
            # However deep it is, where Python's rmtree gives up.
            subprocess.run(["rm", "-rf", "--", child.folder])
        return Done(request.pid, "", status, cpu, killed)

    def end_all(self) -> None:
        """End every worker that is left."""
        for number in list(self._forked):
            self.end(End(number, dying=False))

    def _died(self, child: Child) -> tuple[int, float] | None:
        """The wait status of a worker that ends within a moment, and its processor time in seconds.

        None when it lives on.
        """
        deadline = time.monotonic() + DYING_SECONDS
        while time.monotonic() < deadline:
            ended, status, used = os.wait4(child.pid, os.WNOHANG)
            if ended:
                return status, used.ru_utime + used.ru_stime
            self._attend(1)
        return None

    def _end_strays(self) -> float:
        """End the orphans that were adopted here; returns their processor time in seconds."""
        cpu, known = 0.0, {child.pid for child in self._forked.values()}
        deadline = time.monotonic() + ORPHANS_SECONDS
        while strays := [pid for pid in _children() if pid not in known]:
            cpu += sum(_kill(stray)[1] for stray in strays)
            if time.monotonic() > deadline:
                break
        return cpu


def main() -> None:
    """Serve forks on the socket whose descriptor is argument 1."""
    control = socket.socket(fileno=int(sys.argv[1]))
    start = msgspec.msgpack.decode(control.recv(MOST_BYTES), type=Start)
    try:
        sandbox.die_with_parent()
        nursery = Nursery(control, start)
    except Exception as error:
        trouble = f"{type(error).__name__}: {error}"
        control.send(msgspec.msgpack.encode(Up(sandbox.Host(), trouble)))
        return
    control.send(msgspec.msgpack.encode(Up(nursery.host)))
    nursery.prepare(start.preload)
    while (asked := nursery.asked()) is not None:
        request, descriptors = asked
        if isinstance(request, Fork):
            done = nursery.fork(request, descriptors)
        else:
            done = nursery.end(request)
        control.send(msgspec.msgpack.encode(done))
    nursery.end_all()


def _look_up_operations() -> None:
    """Have TensorFlow list all its operations now, which it does when it first misses one.

    It runs none of them, and starts no thread; in each worker it would take 10 ms.
    """
    with contextlib.suppress(ImportError, AttributeError):  # private: it may move, and costs time
        framework = importlib.import_module("tensorflow.python.framework")
        framework.op_def_registry.get("none of this name")
        framework.kernels.get_registered_kernels_for_op("none of this name")


def _no_worker(descriptors: Sequence[int], trouble: str) -> Done:
    """Say why there is no worker, where it would have said that it is ready."""
    os.close(descriptors[1])
    with socket.socket(fileno=descriptors[0]) as channel:
        wire.send(channel, wire.Ready(trouble))
    return Done(0)


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
