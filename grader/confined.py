"""A submission in a worker: requests go there, replies that can be used come back."""

import builtins
import contextlib
import errno
import signal
import socket
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from grader import calls, forbid, memory, sandbox, wire
from grader.errors import Crashed, Exhausted, Stopped
from grader.family import signal_all
from grader.sandbox import Limits
from grader.sources import OWN
from grader.spawn import Workers
from grader.zygote import Done, Worker

LONGEST_NAME, LONGEST_LINE = 80, 300
KILLED = 9


SHOWN_KINDS = ("coroutine", "function", "generator", "map", "range", "set", "type", "zip")
"""Types that any message may name."""


class Unavailable(Exception):
    """No worker can be had, or none that will do: the grader's trouble, and nobody's mark."""


class Excess(wire.WireError):
    """A worker uses more than it may; the text says what, for a learner."""


class Confined:
    """A submission in a worker. A worker that is lost is replaced when the next call comes.

    `seconds` is the wall-clock limit of a call. `refused` names the system calls that were asked
    for and not allowed, those of the last call in `just_refused`.
    """

    def __init__(self, workers: Workers, load: wire.Load, limits: Limits, seconds: float) -> None:
        self._workers, self._load, self._limits = workers, load, limits
        self.seconds = seconds
        self.notes: dict[str, tuple[wire.Note, ...]] = {}
        self.refused: dict[str, None] = {}
        self.just_refused: tuple[str, ...] = ()
        self._worker: Worker | None = None
        self._opened: set[str] = set()
        self._memory = 0
        self._hopeless = ""
        self._number = 0
        self._bans = {forbid.refusal(name, why) for name, why in load.forbidden.items()}
        self._sources = {
            cell.label: cell.text.splitlines() for module in load.modules for cell in module.cells
        }

    def ask(self, kind: Any, *content: Any) -> wire.Answer | wire.Failure | wire.Absent:
        """Send a request and return the reply to it.

        Raises
        ------
        Stopped
            There is no reply that can be used; the worker is gone, and its objects with it.

        """
        if self._hopeless:
            raise Exhausted(self._hopeless)
        if self._worker is None:
            if kind not in (wire.Call, wire.Place):
                raise Stopped("its process ended in an earlier call, and the object with it")
            self._start()
        if kind in (wire.Call, wire.Place):
            self._open(content[0])
        reply: wire.Answer | wire.Failure | wire.Absent
        reply = self._exchange(kind, wire.Answer | wire.Failure | wire.Absent, *content)
        return reply

    def lend(self, function: wire.Given) -> wire.Given:
        """The function, where the worker has it.

        Raises
        ------
        Unavailable
            This package is forbidden there.

        """
        if OWN in self._load.forbidden:
            what = f"a test passes {OWN}.{function.name} to what is tested without {OWN}"
            raise Unavailable(f"{what}: name it in the test itself, or do not pass it")
        return function

    @property
    def lost(self) -> bool:
        """Whether its worker has ended or speaks while nobody asks it anything, or none will do."""
        if self._worker is None:
            return bool(self._hopeless)
        self._worker.channel.setblocking(False)
        try:
            self._worker.channel.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def pause(self) -> None:
        """Keep the worker, and all that it started, from working."""
        if self._worker is not None:
            signal_all(self._worker.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it work again."""
        if self._worker is not None:
            signal_all(self._worker.pid, signal.SIGCONT)

    def close(self) -> None:
        """End the worker and everything that it started."""
        if self._worker is not None:
            with contextlib.suppress(wire.Closed):  # what ended it ended its workers too
                self._workers.end(self._worker)
            self._worker = None
        self._opened.clear()

    def places(self, lines: Iterable[wire.Line]) -> Iterator[calls.Place]:
        """The lines that are in the submission, with their text from the judge's own copy."""
        for line in lines:
            source = self._sources.get(line.label, [])
            if 0 < line.number <= len(source):
                code = source[line.number - 1].strip()[:LONGEST_LINE]
                yield calls.Place(line.label, line.number, line.function, code)

    def absence(self, module: str, name: str) -> str:
        """Say that the submission has run and a name is not there."""
        notes = self.notes.get(module, ())
        last = notes[-1] if notes else None
        why = f": {last.label}:{last.number}: {last.text}" if last else ""
        return f"{name} is not there after the submission has run{why}"

    def error(self, kinds: Sequence[str], text: str) -> Exception:
        """The nearest built-in exception, so that `pytest.raises(ValueError)` sees a ValueError."""
        for name in kinds:
            kind = getattr(builtins, name, None)
            if isinstance(kind, type) and issubclass(kind, Exception):
                try:
                    return kind(text)
                except TypeError:
                    continue
        return RuntimeError(text)

    def shown(self, kind: str) -> str:
        """The name of a type as a message may give it: one of its own may tell a hidden input."""
        return kind if kind in SHOWN_KINDS else "object"

    def limit_met(self, kinds: Sequence[str], text: str) -> str:
        """Say in a sentence which limit an exception of the last call comes from; else ""."""
        if self.just_refused:
            return refusal(self.just_refused[-1])
        if "ImportError" in kinds and text in self._bans:
            return text
        limits = self._limits
        if "MemoryError" in kinds:
            return f"Here there are {_size(limits.memory)} of memory."
        if "OSError" not in kinds:
            return ""
        said = {
            errno.EFBIG: f"Here a file may have {_size(limits.file)}.",
            errno.ENOSPC: f"Here files may have {_size(limits.scratch)} in all.",
            errno.EMFILE: f"Here {limits.open_files} files may be open at a time.",
        }
        return next((said[n] for n in said if text.startswith(f"[Errno {n}]")), "")

    def _start(self) -> None:
        """Start a worker and hand the submission over to it."""
        try:
            self._worker = self._workers.fork(self._limits)
        except wire.WireError as error:
            raise Unavailable(f"no worker: {error}") from None
        self._memory = memory.used(self._worker.pid)
        self._opened.clear()
        wire.send(self._worker.channel, self._load)

    def _open(self, module: str) -> None:
        """Run the learner's module, if it has not run yet."""
        if module not in self._opened:
            try:
                opened = self._exchange(wire.Open, wire.Opened | wire.Absent, module)
            except Exhausted as stopped:
                self._hopeless = f"was not reached: running its file {stopped}"
                raise Exhausted(self._hopeless) from None
            self._opened.add(module)
            self.notes[module] = getattr(opened, "notes", ())

    def _exchange(self, kind: Any, replies: Any, *content: Any) -> Any:
        worker = self._worker
        assert worker is not None
        self._number += 1
        try:
            worker.channel.settimeout(self.seconds)
            wire.send(worker.channel, kind(self._number, *content))
            reply = wire.receive(worker.channel, replies, self.seconds, self._watch)
            if reply.id != self._number:
                raise wire.WireError("a reply to another call")
        except wire.WireError as error:
            self._worker = None
            self._hear(worker)
            try:
                end = self._workers.end(worker, dying=isinstance(error, wire.Closed))
            except wire.WireError as lost:
                raise Unavailable(f"no worker: {lost}") from None
            kind = Exhausted if isinstance(error, wire.Late | Excess) else Crashed
            raise kind(self._reason(error, end)) from None
        self._hear(worker)
        return reply

    def _watch(self) -> None:
        """Look whether the worker uses more than it may, while it has not answered."""
        worker, limits = self._worker, self._limits
        assert worker is not None
        if memory.used(worker.pid) - self._memory > limits.memory:
            raise Excess(f"used more than {_size(limits.memory)} of memory")
        if memory.stored(worker.folder, limits.scratch) > limits.scratch:
            raise Excess(f"wrote more than {_size(limits.scratch)} of files")

    def _hear(self, worker: Worker) -> None:
        """Take in which system calls the last call was refused."""
        names: dict[str, None] = {}
        with contextlib.suppress(OSError):
            while name := worker.reports.recv(LONGEST_NAME):
                names[name.decode(errors="replace")] = None
        self.just_refused = tuple(names)
        self.refused.update(names)

    def _reason(self, error: wire.WireError, end: Done) -> str:
        """Why a worker had to be given up, in words that follow a function's name."""
        if isinstance(error, wire.Late):
            return f"took longer than {self.seconds:g} s and was stopped"
        if isinstance(error, Excess):
            return f"{error} and was stopped"
        if not isinstance(error, wire.Closed):
            return f"gave a malformed reply and was stopped: {error}"
        last = self.just_refused[-1] if self.just_refused else ""
        asked = f", after it was refused the system call {last}" if last else ""
        if end.killed:
            return f"closed its connection instead of returning, and was stopped{asked}"
        number = end.status & 0x7F
        if not number:
            return f"ended its process instead of returning{asked}"
        if number == KILLED and end.cpu > 0.8 * self._limits.cpu:  # the kernel counts in ticks
            return f"used up its {self._limits.cpu} s of processor time and was stopped"
        name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
        if name == "SIGSYS":
            return "made a system call that is not allowed in any form, and was stopped"
        return f"crashed its process ({name}){asked}"


def _size(count: int) -> str:
    """A number of bytes as a person says it."""
    gib = count / 2**30
    return f"{gib:g} GiB" if gib >= 1 else f"{count / 2**20:g} MiB"


def refusal(name: str) -> str:
    """Say in a sentence that a system call was refused, and why."""
    return f"Refused: the system call {name}; {sandbox.why(name)}."
