"""Beside the learner's code: run its modules, answer calls, judge nothing.

This process knows no test, no reference and no expected value. What it reports of a call (the
value, warnings, changed arguments, the exception) is data that the judge checks again.
"""

import __future__

import ast
import contextlib
import importlib
import importlib.abc
import importlib.machinery
import linecache
import socket
import sys
import traceback
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from grader import devices, forbid, randomness, wire
from grader.kinds import device_of, variables_of
from grader.observe import SHOWN_LINES, SHOWN_TEXT, Observed, differentiated, observe, text_of

GIVEN = ("given", "probes")
"""The modules of `grader` that hold the functions which a test may pass as arguments."""

SHOWN_NAME = 200
SHOWN_NOTES = 50


def lines_of(error: BaseException, labels: Mapping[str, Any] | set[str]) -> tuple[wire.Line, ...]:
    """The places in the learner's own files that an exception passed through, innermost last."""
    lines = [
        wire.Line(frame.f_code.co_filename, line or 0, frame.f_code.co_qualname)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename in labels
    ]
    if isinstance(error, SyntaxError) and error.filename in labels:
        lines.append(wire.Line(error.filename or "", error.lineno or 0, ""))
    return tuple(lines[-SHOWN_LINES:])


def name_of(kind: type) -> str:
    """The name of a type, cut to what can be shown; never one that a metaclass makes up."""
    return str(type.__dict__["__name__"].__get__(kind))[:SHOWN_NAME]


class Modules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The learner's modules: run when first asked for or imported, by their bare names."""

    def __init__(self, load: wire.Load) -> None:
        self.load = load
        self.sources = {module.name: module for module in load.modules}
        self.labels = {cell.label for module in load.modules for cell in module.cells}
        self.notes: dict[str, list[wire.Note]] = {}

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a submitted module by its name."""
        return importlib.machinery.ModuleSpec(name, self) if name in self.sources else None

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the source, cell by cell; what fails is noted."""
        name = module.__name__
        source = self.sources[name]
        module.__file__ = source.cells[0].label if source.cells else name
        self.notes[name] = []
        for cell in source.cells:
            linecache.cache[cell.label] = (
                len(cell.text),
                None,
                cell.text.splitlines(keepends=True),
                cell.label,
            )
            ran = run_cell(cell, module.__dict__)
            self.notes[name] += ran.notes
            if ran.stopped and not source.rest_goes_on:
                break
        self._supply(module)

    def get_source(self, name: str) -> str:
        """The text of what `__file__` names: AutoGraph rereads it, and there is no file."""
        return self.sources[name].cells[0].text

    def namespace(self, name: str) -> dict[str, Any] | None:
        """The names of a module, None when nobody submitted it."""
        if name not in self.sources:
            return None
        return vars(sys.modules.get(name) or importlib.import_module(name))

    def _supply(self, module: types.ModuleType) -> None:
        """Put the reference in the place of what the learner has not got right.

        A method goes into the learner's own class; without one the reference's comes whole.
        """
        cell = self.load.supplied.get(module.__name__)
        if cell is None:
            return
        reference: dict[str, Any] = {"__name__": module.__name__}
        exec(compile(cell.text, cell.label, "exec"), reference)
        for name in self.load.supplied_names:
            top, _, method = name.partition(".")
            own = vars(module).get(top)
            if method and isinstance(own, type):
                setattr(own, method, getattr(reference[top], method))
            else:
                setattr(module, top, reference[top])


class Ran(NamedTuple):
    """How a cell ended."""

    notes: list[wire.Note]
    stopped: bool


def run_cell(cell: wire.Cell, namespace: dict[str, Any]) -> Ran:
    """Run the statements of a cell in a namespace.

    What fails is noted. An import that does costs only itself; after any other failure imports and
    definitions still run, so that a plot or a scratch line costs nobody the functions below it.
    """
    notes: list[wire.Note] = []
    try:
        statements = list(_statements(cell))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        text = getattr(error, "msg", None) or str(error)
        told = f"{type(error).__name__}: {text}"[:SHOWN_TEXT]
        return Ran([wire.Note(cell.label, line, told)], True)
    stopped = False
    for node, code in statements:
        if stopped and not isinstance(node, DEFINITIONS):
            continue
        try:
            exec(code, namespace)
        except BaseException as error:
            text = f"{name_of(type(error))}: {text_of(error)}".rstrip(": ")
            notes.append(wire.Note(cell.label, node.lineno, text))
            stopped = stopped or not isinstance(error, ImportError)
    return Ran(notes, stopped)


def _statements(cell: wire.Cell) -> Iterator[tuple[ast.stmt, types.CodeType]]:
    whole = compile(cell.text, cell.label, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(whole, ast.Module)
    future = 0
    for node in whole.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            future = _FUTURE
        single = ast.Module([node], [])
        yield node, compile(single, cell.label, "exec", future, dont_inherit=True)


DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
_FUTURE = __future__.annotations.compiler_flag


class Source(Protocol):
    """Where a desk finds functions, and the labels of the files that are the learner's own."""

    @property
    def notes(self) -> Mapping[str, Sequence[wire.Note]]:
        """What went wrong while a module ran, by its name."""
        ...

    @property
    def labels(self) -> set[str]:
        """The files whose lines a failure may name."""
        ...

    def namespace(self, name: str) -> Mapping[str, Any] | None:
        """The names of a module, None when there is none."""
        ...


class Desk:
    """The objects that the judge holds handles of, and the answers to its requests."""

    def __init__(self, modules: Source) -> None:
        self.modules = modules
        self.objects: list[Any] = []
        self.error: BaseException | None = None
        self._made: dict[tuple[Any, ...], Any] = {}
        self._placed: tuple[Any, Any] = ((), {})

    def reply(self, request: wire.Request) -> wire.Reply:
        """Answer one request; whatever the learner's code raises becomes a `Failure`."""
        if isinstance(request, wire.Open):
            namespace = self.modules.namespace(request.module)
            if namespace is None:
                return wire.Absent(request.id)
            notes = self.modules.notes.get(request.module, [])
            return wire.Opened(request.id, tuple(notes[:SHOWN_NOTES]))
        if isinstance(request, wire.Place):
            return self._place(request)
        if isinstance(request, wire.Run):
            return self._run(request)
        try:
            function, packed = self._function(request)
        except (KeyError, IndexError):
            return wire.Absent(request.id)
        self._made.clear()
        args, kwargs = wire.unpack(packed, self._resolve) if packed else ((), {})
        seen = observe(function, args, kwargs)
        if seen.error is None:
            try:
                return self._answer(request.id, seen, args)
            except BaseException as error:
                seen = seen._replace(error=error)
        return self._failure(request.id, seen)

    def _place(self, request: wire.Place) -> wire.Reply:
        """Put arguments on a device, which may not be there."""
        self._made.clear()
        args, kwargs = wire.unpack(request.arguments, self._resolve)
        try:
            self._placed = devices.placed(args, request.device), kwargs
        except BaseException as error:
            return self._failure(request.id, Observed(None, error, (), ()))
        return wire.Answer(request.id, wire.pack(None))

    def _run(self, request: wire.Run) -> wire.Reply:
        """Call a function with what was placed, and watch nothing that would take time."""
        args, kwargs = self._placed
        try:
            if request.handle is None:
                function = (self.modules.namespace(request.module) or {})[request.name]
            else:
                function = getattr(self.objects[request.handle], request.name)
        except (KeyError, IndexError, AttributeError):
            return wire.Absent(request.id)
        try:
            with forbid.judging():
                value = function(*args, **kwargs)
            seen = Observed(value, None, (), (), device=device_of(value))
            return self._answer(request.id, seen, args)
        except BaseException as error:
            return self._failure(request.id, Observed(None, error, (), ()))

    def _function(self, request: Any) -> tuple[Callable[..., Any], bytes]:
        if isinstance(request, wire.Call):
            namespace = self.modules.namespace(request.module) or {}
            function = namespace[request.function]
            by = request.by
            if request.seed is not None:
                randomness.begin(request.seed)
            return (function if by is None else differentiated(function, by)), request.arguments
        target = self.objects[request.handle]
        if isinstance(request, wire.Step):
            return target.__next__, b""
        if isinstance(request, wire.Attribute):
            return (lambda: getattr(target, request.name)), b""
        return (lambda *a, **k: getattr(target, request.name)(*a, **k)), request.arguments

    def _keep(self, value: Any) -> wire.Handle:
        self.objects.append(value)
        return wire.Handle(len(self.objects) - 1, name_of(type(value)))

    def _resolve(self, kept: wire.Handle | wire.Given) -> Any:
        if isinstance(kept, wire.Handle):
            return self.objects[kept.id]
        module, _, name = kept.name.partition(".")
        if module not in GIVEN:
            raise KeyError(kept.name)
        found = getattr(importlib.import_module(f"grader.{module}"), name)
        if kept.order:
            found = self._probe(found, kept)
        return getattr(found, kept.method) if kept.method else found

    def _probe(self, kind: Callable[..., Any], kept: wire.Given) -> Any:
        """A probe as it is ordered, or the one that the request has brought before."""
        order = kept.number, kept.name, kept.order
        if order not in self._made:
            made = self._made[order] = kind(*kept.order)
            for variable, content in zip(variables_of(made), kept.contents, strict=True):
                variable.assign(content)
        return self._made[order]

    def _answer(self, number: int, seen: Observed, args: Sequence[Any]) -> wire.Answer:
        value = wire.pack(seen.value, self._keep)
        contents = [(i, [v.numpy() for v in variables_of(args[i])]) for i in seen.assigned]
        assigned = wire.pack(contents) if contents else b""
        if (size := len(value) + len(assigned)) > wire.MAX_VALUE:
            most = wire.MAX_VALUE >> 20
            raise OverflowError(f"an answer of {size >> 20} MiB; {most} MiB may be sent")
        return wire.Answer(
            number, value, seen.warned, seen.changed, assigned, seen.returned, seen.device
        )

    def _failure(self, number: int, seen: Observed) -> wire.Failure:
        error = self.error = seen.error
        assert error is not None
        kinds = tuple(name_of(kind) for kind in type(error).__mro__[:-1])[:SHOWN_LINES]
        lines = lines_of(error, self.modules.labels)
        return wire.Failure(number, kinds, text_of(error), lines, seen.warned, seen.changed)


REHEARSAL = wire.Module(
    "rehearsal", (wire.Cell("a rehearsal", "def first(x, y):\n    return x\n"),)
)
REHEARSED = 20
"""A file that is nobody's, and how many calls it takes until Python has learnt what it can."""


def rehearse() -> None:
    """Do once what every worker begins with, and leave nothing behind but what is quicker then.

    Python remembers where it found a name and of which types values were, and writes that down
    beside the code; a worker has to copy each page of memory in which it writes.
    """
    judge, own = socket.socketpair()
    arguments = wire.pack(((np.ones((2, 2)), [0.5, 1]), {}))
    with judge, own:
        wire.send(judge, wire.Load((REHEARSAL,)))
        wire.send(judge, wire.Open(1, REHEARSAL.name))
        for number in range(2, 2 + REHEARSED):
            wire.send(judge, wire.Call(number, REHEARSAL.name, "first", arguments))
        judge.shutdown(socket.SHUT_WR)
        finders = [*sys.meta_path]
        with contextlib.suppress(wire.Closed):
            serve(own)
        sys.meta_path[:] = finders
    del sys.modules[REHEARSAL.name], linecache.cache[REHEARSAL.cells[0].label]


def serve(channel: socket.socket) -> None:
    """Answer the judge until it hangs up. Call it last, in a process that is confined already."""
    wire.send(channel, wire.Ready())
    load = wire.receive(channel, wire.Load)
    if load.forbidden:
        forbid.install(load.forbidden)
    if load.two_cpus:
        devices.two_cpus()
    modules = Modules(load)
    sys.meta_path.insert(0, modules)
    desk = Desk(modules)
    while True:
        wire.send(channel, desk.reply(wire.receive(channel, wire.Request)))
