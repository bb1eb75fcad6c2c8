"""The proxy that tests call in the judge: every call crosses to a worker and comes back as data."""

import builtins
import signal
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from grader import calls, wire
from grader.errors import KataError
from grader.sandbox import Limits
from grader.worker import copied
from grader.zygote import Done, Worker, Zygote

START_SECONDS = 60


class Stopped(KataError):
    """The worker was stopped, or died, or answered nonsense; the text says which, for a learner."""


class Unavailable(Exception):
    """No worker can be had: the grader's trouble, and nobody's mark."""


class Confined:
    """A submission in a worker. A worker that is lost is replaced when the next call comes.

    `seconds` is the wall-clock limit of a call. `sources` holds the text behind each label, to show
    the line that an exception came from.
    """

    def __init__(self, zygote: Zygote, load: wire.Load, limits: Limits, seconds: float) -> None:
        self._zygote, self._load, self._limits = zygote, load, limits
        self.seconds = seconds
        self.notes: dict[str, tuple[wire.Note, ...]] = {}
        self.layers: tuple[str, ...] = ()
        self._worker: Worker | None = None
        self._opened: set[str] = set()
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
        if self._worker is None and kind not in (wire.Open, wire.Call):
            raise Stopped("its process ended in an earlier call, and the object with it")
        if kind is wire.Call:
            self._open(content[0])
        reply: wire.Answer | wire.Failure | wire.Absent
        reply = self._exchange(kind, wire.Answer | wire.Failure | wire.Absent, *content)
        return reply

    def close(self) -> None:
        """End the worker and everything that it started."""
        if self._worker is not None:
            self._zygote.end(self._worker)
            self._worker = None
        self._opened.clear()

    def places(self, lines: Iterable[wire.Line]) -> Iterator[calls.Place]:
        """The lines that are in the submission, with their text from the judge's own copy."""
        for line in lines:
            source = self._sources.get(line.label, [])
            if 0 < line.number <= len(source):
                code = source[line.number - 1]
                yield calls.Place(line.label, line.number, line.function, code)

    def _open(self, module: str) -> None:
        """Start a worker if there is none, and run the learner's module in it."""
        if self._worker is None:
            try:
                self._worker = self._zygote.fork(self._limits)
            except wire.WireError as error:
                raise Unavailable(f"no worker: {error}") from None
            self.layers = self._worker.layers
            self._opened.clear()
            wire.send(self._worker.channel, self._load)
        if module not in self._opened:
            opened = self._exchange(wire.Open, wire.Opened | wire.Absent, module)
            self._opened.add(module)
            self.notes[module] = getattr(opened, "notes", ())

    def _exchange(self, kind: Any, replies: Any, *content: Any) -> Any:
        worker = self._worker
        assert worker is not None
        self._number += 1
        try:
            worker.channel.settimeout(self.seconds)
            wire.send(worker.channel, kind(self._number, *content))
            reply = wire.receive(worker.channel, replies, self.seconds)
            if reply.id != self._number:
                raise wire.WireError("a reply to another call")
        except wire.WireError as error:
            self._worker = None
            try:
                end = self._zygote.end(worker, dying=isinstance(error, wire.Closed))
            except wire.WireError as lost:
                raise Unavailable(f"no worker: {lost}") from None
            raise Stopped(_reason(error, end, self.seconds)) from None
        return reply


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
        lost: dict[str, str],
        exercise: str,
    ) -> None:
        self._confined, self._module, self._parameters = confined, module, parameters
        self._lost, self._exercise = lost, exercise

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            return self._call(name, args, kwargs, wire.Call, self._module, name)

        return call

    def _call(
        self, shown: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], kind: Any, *target: Any
    ) -> Any:
        __tracebackhide__ = True
        if self._exercise in self._lost:
            raise Stopped(self._lost[self._exercise])
        arguments = (wire.pack((args, dict(kwargs)), _passed),) if kind in TAKES_ARGUMENTS else ()
        before = copied(args)
        try:
            reply = self._confined.ask(kind, *target, *arguments)
        except Stopped as stopped:
            text = f"{shown} {stopped}"
            if isinstance(stopped.__context__, wire.Late):
                self._lost[self._exercise] = f"{text}; its other tests were not tried"
            raise Stopped(text) from None
        return self._answer(shown, before, reply)

    def _answer(
        self, shown: str, before: tuple[Any, ...], reply: wire.Answer | wire.Failure | wire.Absent
    ) -> Any:
        __tracebackhide__ = True
        if isinstance(reply, wire.Absent):
            raise Stopped(self._absence(shown))
        value, raised = None, None
        if isinstance(reply, wire.Failure):
            places = tuple(self._confined.places(reply.lines))
            kinds = reply.kinds or ("Exception",)
            raised = calls.Raised(kinds, reply.text, places, _exception(kinds, reply.text))
        else:
            try:
                value = wire.unpack(reply.value, self._resolve)
            except wire.WireError as error:
                raise Stopped(f"{shown} gave something that cannot be read: {error}") from None
        parameters = self._parameters.get(shown, ())
        calls.note(
            calls.Call(shown, parameters, before, value, raised, reply.warned, reply.changed)
        )
        if raised is not None:
            raise raised.error
        return value

    def _absence(self, name: str) -> str:
        notes = self._confined.notes.get(self._module, ())
        last = notes[-1] if notes else None
        why = f": {last.label}:{last.number}: {last.text}" if last else ""
        return f"{name} is not there after the submission has run{why}"

    def _resolve(self, kept: wire.Handle | wire.Given) -> Any:
        if isinstance(kept, wire.Handle):
            kind = kept.kind if kept.kind in SHOWN_KINDS else "object"
            return type(kind, (RemoteObject,), {})(self, kept)
        raise wire.WireError("a function")


class RemoteObject:
    """An object that stays in the worker: a model, a generator, a function that was returned.

    Its methods and attributes are calls, its items are fetched one by one.
    """

    def __init__(self, learner: Learner, handle: wire.Handle) -> None:
        self._learner, self._handle = learner, handle

    def __repr__(self) -> str:
        return f"<{self._handle.kind} in the worker>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = self._ask(f"{self._handle.kind}.{name}", (), {}, wire.Attribute, name)
        if isinstance(value, RemoteObject) and value._handle.kind in CALLABLES:
            return self._method(name)
        return value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object itself, as `model(x)`."""
        return self._ask(self._handle.kind, args, kwargs, wire.Method, "__call__")

    def __iter__(self) -> Iterator[Any]:
        """Step through a generator or iterator, one call an item."""
        iterator = self._ask(self._handle.kind, (), {}, wire.Method, "__iter__")
        while True:
            try:
                yield iterator._ask(self._handle.kind, (), {}, wire.Step)
            except StopIteration:
                return

    def _method(self, name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            return self._ask(f"{self._handle.kind}.{name}", args, kwargs, wire.Method, name)

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
    name = getattr(value, "__name__", None)
    if name and getattr(value, "__module__", None) == "grader.given":
        return wire.Given(name)
    raise TypeError(f"{value!r} cannot be passed to a learner's function by a test")


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


def _reason(error: wire.WireError, end: Done, seconds: float) -> str:
    if isinstance(error, wire.Late):
        return f"took longer than {seconds:g} s and was stopped"
    if not isinstance(error, wire.Closed):
        return f"gave a malformed reply and was stopped: {error}"
    if end.killed:
        return "closed its connection instead of returning, and was stopped"
    number = end.status & 0x7F
    if not number:
        return "ended its process instead of returning"
    if number == signal.SIGXCPU:
        return "used up its processor time and was stopped"
    name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
    return f"crashed its process ({name})"
