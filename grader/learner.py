"""The proxy that tests call in the judge: every call crosses to a worker and comes back as data."""

import builtins
import contextlib
import errno
import signal
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from grader import calls, memory, sandbox, wire
from grader.errors import KataError
from grader.observe import copied, is_probe, is_variable
from grader.sandbox import Limits
from grader.spawn import Workers
from grader.worker import GIVEN
from grader.zygote import Done, Worker

LONGEST_NAME, LONGEST_LINE = 80, 300
KILLED = 9


class Stopped(KataError):
    """The worker was stopped, or died, or answered nonsense; the text says which, for a learner."""


class Unavailable(Exception):
    """No worker can be had: the grader's trouble, and nobody's mark."""


class Excess(wire.WireError):
    """A worker uses more than it may; the text says what, for a learner."""


class Budget:
    """How long one submission may keep the grader busy: a call, an exercise, all of it.

    `seconds` is the wall-clock limit of a call. What stays just under it call after call comes to
    an end all the same.
    """

    EXERCISE, SUBMISSION = 6, 60
    """How many such calls an exercise may take in all, and how many a submission."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._spent: dict[str, float] = {}
        self._lost: dict[str, str] = {}

    def check(self, exercise: str) -> None:
        """Let an exercise go on.

        Raises
        ------
        Stopped
            It has used up its time.

        """
        if exercise in self._lost:
            raise Stopped(f"{self._lost[exercise]}; its other tests were not tried")
        if sum(self._spent.values()) > self.SUBMISSION * self.seconds:
            limit = f"{self.SUBMISSION * self.seconds:g} s"
            raise Stopped(f"the submission has used up its {limit}; {exercise} was not tried")

    def spend(self, exercise: str, seconds: float) -> None:
        """Note how long a call of an exercise took."""
        self._spent[exercise] = self._spent.get(exercise, 0.0) + seconds
        limit = self.EXERCISE * self.seconds
        if self._spent[exercise] > limit and exercise not in self._lost:
            self.lose(exercise, f"the calls for {exercise} took longer than {limit:g} s in all")

    def lose(self, exercise: str, why: str) -> None:
        """Try no other call of an exercise: one endless loop costs one time limit."""
        self._lost[exercise] = why


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
            raise Stopped(self._hopeless)
        if self._worker is None:
            if kind is not wire.Call:
                raise Stopped("its process ended in an earlier call, and the object with it")
            self._start()
        if kind is wire.Call:
            self._open(content[0])
        reply: wire.Answer | wire.Failure | wire.Absent
        reply = self._exchange(kind, wire.Answer | wire.Failure | wire.Absent, *content)
        return reply

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

    def limit_met(self, kinds: Sequence[str], text: str) -> str:
        """Say in a sentence which limit an exception of the last call comes from; else ""."""
        if self.just_refused:
            return refusal(self.just_refused[-1])
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
            except Stopped as stopped:
                if isinstance(stopped.__context__, wire.Late | Excess):
                    self._hopeless = f"was not reached: running its file {stopped}"
                    raise Stopped(self._hopeless) from None
                raise
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
            raise Stopped(self._reason(error, end)) from None
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
        """Take in what the guard has to say of the last call."""
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
        if number == KILLED and end.cpu > 0.9 * self._limits.cpu:  # the kernel counts in ticks
            return f"used up its {self._limits.cpu} s of processor time and was stopped"
        name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
        if name == "SIGSYS":
            return "made a system call that is not allowed in any form, and was stopped"
        return f"crashed its process ({name}){asked}"


class Learner:
    """The learner's module as a test sees it, for one exercise.

    `parameters` maps functions to the names of their parameters in the course, for messages.
    After a call ran out of time the exercise's other calls are not tried: one endless loop costs
    one time limit.
    """

    def __init__(
        self,
        confined: Confined,
        module: str,
        parameters: Mapping[str, tuple[str, ...]],
        budget: Budget,
        exercise: str,
    ) -> None:
        self._confined, self._module, self._parameters = confined, module, parameters
        self._budget, self._exercise = budget, exercise

    def __getattr__(self, name: str) -> Any:
        return RemoteFunction(self, name)

    def _call(
        self,
        shown: str,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        kind: Any,
        *target: Any,
        by: int | None = None,
    ) -> Any:
        __tracebackhide__ = True
        self._budget.check(self._exercise)
        content: list[Any] = []
        if kind in TAKES_ARGUMENTS:
            content.append(wire.pack((args, dict(kwargs)), _passed))
        if kind is wire.Call:
            content.append(by)
        before = copied(args)
        started = time.monotonic()
        try:
            reply = self._confined.ask(kind, *target, *content)
        except Stopped as stopped:
            text = f"{shown} {stopped}"
            if isinstance(stopped.__context__, wire.Late | Excess):
                self._budget.lose(self._exercise, text)
            raise Stopped(text) from None
        finally:
            self._budget.spend(self._exercise, time.monotonic() - started)
        if isinstance(reply, wire.Absent):
            raise Stopped(self._absence(shown))
        asked = calls.Call(
            shown,
            self._parameters.get(shown, ()),
            before,
            warned=reply.warned,
            changed=reply.changed,
            by=by,
        )
        if isinstance(reply, wire.Failure):
            raised = self._raised(reply)
            calls.note(replace(asked, raised=raised))
            raise raised.error
        try:
            answered = self._answered(asked, args, reply)
        except wire.WireError as error:
            raise Stopped(f"{shown} gave something that cannot be read: {error}") from None
        calls.note(answered)
        return answered.value

    def _raised(self, reply: wire.Failure) -> calls.Raised:
        places = tuple(self._confined.places(reply.lines))
        kinds = reply.kinds or ("Exception",)
        limit = self._confined.limit_met(kinds, reply.text)
        return calls.Raised(kinds, reply.text, places, _exception(kinds, reply.text), limit)

    def _answered(self, asked: calls.Call, args: tuple[Any, ...], reply: wire.Answer) -> calls.Call:
        """Rebuild the answer; the test's own Variables get what those of the worker hold."""
        assigned = assignments(args, wire.unpack(reply.assigned)) if reply.assigned else {}
        value = wire.unpack(reply.value, self._resolve)
        for position, content in assigned.items():
            args[position].assign(content)
        returned = reply.returned
        if 0 <= returned < len(args) and is_variable(args[returned]):
            value = args[returned]
        else:
            returned = -1
        return replace(
            asked, value=value, assigned=tuple(assigned), returned=returned, device=reply.device
        )

    def _absence(self, name: str) -> str:
        notes = self._confined.notes.get(self._module, ())
        last = notes[-1] if notes else None
        why = f": {last.label}:{last.number}: {last.text}" if last else ""
        return f"{name} is not there after the submission has run{why}"

    def _resolve(self, kept: wire.Handle | wire.Given) -> Any:
        if isinstance(kept, wire.Handle):
            known = kept.kind in SHOWN_KINDS or kept.kind in self._parameters
            kind = kept.kind if known else "object"
            return type(kind, (RemoteObject,), {})(self, kept, kind)
        raise wire.WireError("a function")


class RemoteFunction:
    """A function of the learner's: called it is called in the worker."""

    def __init__(self, learner: Learner, name: str) -> None:
        self._learner, self._name = learner, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, and give what it returned."""
        __tracebackhide__ = True
        return self._ask(args, kwargs)

    def under_tape(self, *args: Any, by: int) -> Any:
        """Call it under a tape: (value, its derivative by argument number `by`, a tensor)."""
        __tracebackhide__ = True
        return self._ask(args, {}, by)

    def _ask(self, args: Any, kwargs: Any, by: int | None = None) -> Any:
        __tracebackhide__ = True
        name, module = self._name, self._learner._module
        return self._learner._call(name, args, kwargs, wire.Call, module, name, by=by)


class RemoteObject:
    """An object that stays in the worker: a model, a generator, a function that was returned.

    Its methods and attributes are calls, its items are fetched one by one.
    """

    def __init__(self, learner: Learner, handle: wire.Handle, kind: str) -> None:
        self._learner, self._handle, self._kind = learner, handle, kind

    def __repr__(self) -> str:
        return f"<{self._kind} in the worker>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = self._ask(f"{self._kind}.{name}", (), {}, wire.Attribute, name)
        if isinstance(value, RemoteObject) and value._handle.kind in CALLABLES:
            return self._method(name)
        return value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object itself, as `model(x)`."""
        return self._ask(self._kind, args, kwargs, wire.Method, "__call__")

    def __iter__(self) -> Iterator[Any]:
        """Step through a generator or iterator, one call an item."""
        iterator = self._ask(self._kind, (), {}, wire.Method, "__iter__")
        while True:
            try:
                yield iterator._ask(self._kind, (), {}, wire.Step)
            except StopIteration:
                return

    def _method(self, name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            return self._ask(f"{self._kind}.{name}", args, kwargs, wire.Method, name)

        return call

    def _ask(self, shown: str, args: Any, kwargs: Any, kind: Any, *target: Any) -> Any:
        __tracebackhide__ = True
        return self._learner._call(shown, args, kwargs, kind, self._handle.id, *target)


TAKES_ARGUMENTS = (wire.Call, wire.Method)
SHOWN_KINDS = ("coroutine", "function", "generator", "map", "range", "set", "type", "zip")
"""Types that a message may name; a learner's own could be named after a hidden input."""

CALLABLES = ("method", "function", "builtin_function_or_method")


def _passed(value: Any) -> wire.Handle | wire.Given:
    """How an argument crosses that is no data: as a handle, or as the name of a given function."""
    if isinstance(value, RemoteObject):
        return value._handle
    made: Any = value.__self__ if isinstance(value, MethodType) else value
    if is_probe(made):
        method = value.__name__ if made is not value else ""
        return wire.Given(f"probes.{type(made).__name__}", made.order, method)
    package, _, module = str(getattr(value, "__module__", "")).partition(".")
    if package == "grader" and module in GIVEN and isinstance(value, FunctionType):
        return wire.Given(f"{module}.{value.__name__}")
    raise TypeError(f"{value!r} cannot be passed to a learner's function by a test")


def assignments(args: Sequence[Any], told: Any) -> dict[int, Any]:
    """What a worker says that the Variables among some arguments hold now, by position.

    Raises
    ------
    WireError
        It is no such thing, or does not fit a Variable that was passed.

    """
    try:
        found = {int(position): np.asarray(content) for position, content in told}
        fitting = all(
            position >= 0
            and is_variable(args[position])
            and tuple(args[position].shape) == content.shape
            and args[position].dtype.as_numpy_dtype == content.dtype
            for position, content in found.items()
        )
    except (TypeError, ValueError, IndexError):
        fitting = False
    if not fitting:
        raise wire.WireError("a Variable with other content than it can have")
    return found


def _exception(kinds: tuple[str, ...], text: str) -> Exception:
    """The nearest built-in exception, so that `pytest.raises(ValueError)` sees a ValueError."""
    for name in kinds:
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception):
            try:
                return kind(text)
            except TypeError:
                continue
    return RuntimeError(text)


def _size(count: int) -> str:
    """A number of bytes as a person says it."""
    gib = count / 2**30
    return f"{gib:g} GiB" if gib >= 1 else f"{count / 2**20:g} MiB"


def refusal(name: str) -> str:
    """Say in a sentence that a system call was refused, and why."""
    return f"Refused: the system call {name}; {sandbox.why(name)}."
