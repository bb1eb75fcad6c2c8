"""The proxy that tests call: every call crosses to the learner's code and comes back as data.

That code runs in a worker when a judge asks, and in this process when learners do themselves; what
a test sees of it is the same.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import FunctionType
from typing import Any, Protocol

import numpy as np

from grader import calls, wire
from grader.errors import Crashed, Exhausted, Stopped
from grader.keeping import Kept, KeptMethod, kept, revived
from grader.kinds import is_variable, variables_of
from grader.worker import GIVEN


class Side(Protocol):
    """Where the learner's code runs."""

    def ask(self, kind: Any, *content: Any) -> wire.Answer | wire.Failure | wire.Absent:
        """Put a request to it and return the reply; raises `Stopped` where there is none."""
        ...

    def places(self, lines: Iterable[wire.Line]) -> Iterable[calls.Place]:
        """The learner's own lines among some, with their text."""
        ...

    def error(self, kinds: Sequence[str], text: str) -> BaseException:
        """What a test is to see of an exception that the code raised."""
        ...

    def limit_met(self, kinds: Sequence[str], text: str) -> str:
        """Say in a sentence which limit an exception comes from; else ""."""
        ...

    def absence(self, module: str, name: str) -> str:
        """Say that a name is not there."""
        ...

    def shown(self, kind: str) -> str:
        """The name of a type as a message may give it."""
        ...

    def lend(self, function: wire.Given) -> wire.Given:
        """Let the code have a function of this package; raises where it is to do without."""
        ...

    def pause(self) -> None:
        """Keep the code from working while somebody else's is timed."""
        ...

    def resume(self) -> None:
        """Let it work again."""
        ...


class Budget:
    """How long one submission may keep the grader busy: a call, an exercise, all of it.

    `seconds` is the wall-clock limit of a call. What stays just under it call after call comes to
    an end all the same.
    """

    EXERCISE, SUBMISSION = 6, 60
    """How many such calls an exercise may take in all, and how many a submission."""

    CRASHES = 3
    """How many processes an exercise may bring down: each costs as much as dozens of calls."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._spent: dict[str, float] = {}
        self._crashes: dict[str, int] = {}
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

    def crash(self, exercise: str, why: str) -> None:
        """Note that a call of an exercise brought its process down."""
        self._crashes[exercise] = self._crashes.get(exercise, 0) + 1
        if self._crashes[exercise] == self.CRASHES:
            self.lose(exercise, f"{why}, {self.CRASHES} times in all")

    def lose(self, exercise: str, why: str) -> None:
        """Try no other call of an exercise: one endless loop costs one time limit."""
        self._lost[exercise] = why


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the other side: `name` of a module's or, with a `target`, of an object."""

    kind: Any
    shown: str
    name: str
    target: "ObjectProxy | None" = None
    by: int | None = None


class Learner:
    """The learner's module as a test sees it, for one exercise.

    `parameters` maps functions to the names of their parameters in the course, for messages.
    After a call ran out of time the exercise's other calls are not tried: one endless loop costs
    one time limit. Everything random begins with `seed` when the first function is called.
    """

    def __init__(
        self,
        side: Side,
        module: str,
        parameters: Mapping[str, tuple[str, ...]],
        budget: Budget,
        exercise: str,
        seed: int = 0,
    ) -> None:
        self._side, self._module, self._parameters = side, module, parameters
        self._budget, self._exercise = budget, exercise
        self._seed: int | None = seed

    def __getattr__(self, name: str) -> Any:
        return FunctionProxy(self, name)

    def _ask(self, request: Request, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        __tracebackhide__ = True
        self._budget.check(self._exercise)
        seed = self._seed if request.kind is wire.Call else None
        before, keywords = kept((args, dict(kwargs)))
        content = self._content(request, before, keywords)

        def again(other: Learner, stand_in: Callable[[Any], Any]) -> Any:
            target = stand_in(request.target) if request.target else None
            anew, named = stand_in(revived((before, keywords)))
            other._seed = seed  # what is drawn at random is drawn as it was then
            return other._ask(replace(request, target=target), anew, named)

        started = time.monotonic()
        try:
            reply = self._side.ask(request.kind, *content)
        except Stopped as stopped:
            text = f"{request.shown} {stopped}"
            if isinstance(stopped, Exhausted):
                self._budget.lose(self._exercise, text)
            elif isinstance(stopped, Crashed):
                self._budget.crash(self._exercise, text)
            raise Stopped(text) from None
        finally:
            self._budget.spend(self._exercise, time.monotonic() - started)
        if isinstance(reply, wire.Absent):
            raise Stopped(self._side.absence(self._module, request.shown))
        call = partial(
            calls.Call,
            request.shown,
            self._parameters.get(request.shown, ()),
            before,
            warned=reply.warned,
            changed=reply.changed,
            by=request.by,
            target=request.target,
            attribute=request.kind is wire.Attribute,
            again=again,
        )
        if isinstance(reply, wire.Failure):
            raised = self._raised(reply)
            calls.note(call(raised=raised))
            raise raised.error
        try:
            answered = call(**self._answered(request.shown, args, reply))
        except wire.WireError as error:
            text = f"{request.shown} gave something that cannot be read: {error}"
            raise Stopped(text) from None
        calls.note(answered)
        return answered.value

    def _content(
        self, request: Request, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> list[Any]:
        """What the frame of a request holds after its number."""
        target = request.target
        if request.kind is wire.Step and target:
            return [target._handle.id]
        if request.kind is wire.Attribute and target:
            return [target._handle.id, request.name]
        packed = wire.pack((args, dict(kwargs)), self._passed)
        if target:
            return [target._handle.id, request.name, packed]
        seed, self._seed = self._seed, None
        return [self._module, request.name, packed, request.by, seed]

    def _passed(self, value: Any) -> wire.Handle | wire.Given:
        crossing = passed(value)
        return self._side.lend(crossing) if isinstance(crossing, wire.Given) else crossing

    def _raised(self, reply: wire.Failure) -> calls.Raised:
        places = tuple(self._side.places(reply.lines))
        kinds = reply.kinds or ("Exception",)
        limit = self._side.limit_met(kinds, reply.text)
        return calls.Raised(kinds, reply.text, places, self._side.error(kinds, reply.text), limit)

    def _answered(
        self, function: str, args: tuple[Any, ...], reply: wire.Answer
    ) -> Mapping[str, Any]:
        """What a call gave; the test's own Variables get what those of the worker hold."""
        assigned = assignments(args, wire.unpack(reply.assigned)) if reply.assigned else {}
        value = wire.unpack(reply.value, lambda named: self._resolve(named, function))
        for position, contents in assigned.items():
            for variable, content in zip(variables_of(args[position]), contents, strict=True):
                variable.assign(content)
        returned, held = reply.returned, None
        if 0 <= returned < len(args) and is_variable(args[returned]):
            value = args[returned]
            held = value.numpy().copy()
        else:
            returned = -1
        return {
            "value": value,
            "assigned": tuple(assigned),
            "returned": returned,
            "held": held,
            "device": reply.device,
            "left": tuple(np.array(c) for contents in assigned.values() for c in contents),
        }

    def _resolve(self, named: wire.Handle | wire.Given, maker: str) -> Any:
        if isinstance(named, wire.Handle):
            known = named.kind in self._parameters
            kind = named.kind if known else self._side.shown(named.kind)
            called = named.kind if known else maker
            return type(kind, (ObjectProxy,), {})(self, named, kind, called)
        raise wire.WireError("a function")


class FunctionProxy:
    """A function of the learner's: called it is called where the code runs."""

    def __init__(self, learner: Learner, name: str) -> None:
        self._learner, self._name = learner, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, and give what it returned."""
        __tracebackhide__ = True
        return self._learner._ask(Request(wire.Call, self._name, self._name), args, kwargs)

    def under_tape(self, *args: Any, by: int) -> Any:
        """Call it under a tape: (value, its derivative by argument number `by`, a tensor)."""
        __tracebackhide__ = True
        return self._learner._ask(Request(wire.Call, self._name, self._name, by=by), args, {})


class ObjectProxy:
    """An object that stays where it was made: a model, a generator, a function that was returned.

    Its methods and attributes are calls, its items are fetched one by one. They go by the name of
    its class where that is one of the course's, else by that of the function which gave it: what a
    generator yields is an answer of `minibatches`.
    """

    def __init__(self, learner: Learner, handle: wire.Handle, kind: str, called: str) -> None:
        self._learner, self._handle = learner, handle
        self._kind, self._called = kind, called
        self._methods: dict[str, MethodProxy] = {}

    def __repr__(self) -> str:
        return f"<{self._kind}>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        __tracebackhide__ = True
        if name in self._methods:  # what was one before is one still: ask when it is called
            return self._methods[name]
        value = self._ask(wire.Attribute, f"{self._called}.{name}", name)
        if isinstance(value, ObjectProxy) and value._handle.kind in CALLABLES:
            return self._methods.setdefault(name, MethodProxy(self, name))
        return value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object itself, as `model(x)`."""
        __tracebackhide__ = True
        return self._ask(wire.Method, self._called, "__call__", args, kwargs)

    def __iter__(self) -> Iterator[Any]:
        """Step through a generator or iterator, one call an item."""
        __tracebackhide__ = True
        iterator = self._ask(wire.Method, self._called, "__iter__")
        while True:
            try:
                yield iterator._ask(wire.Step, self._called, "__next__")
            except StopIteration:
                return

    def _ask(self, kind: Any, shown: str, name: str, args: Any = (), kwargs: Any = None) -> Any:
        __tracebackhide__ = True
        return self._learner._ask(Request(kind, shown, name, self), args, kwargs or {})


class MethodProxy:
    """A method of an object of the learner's."""

    def __init__(self, owner: ObjectProxy, name: str) -> None:
        self._owner, self._name = owner, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, and give what it returned."""
        __tracebackhide__ = True
        shown = f"{self._owner._called}.{self._name}"
        return self._owner._ask(wire.Method, shown, self._name, args, kwargs)


CALLABLES = ("method", "function", "builtin_function_or_method")


def passed(value: Any) -> wire.Handle | wire.Given:
    """How an argument crosses that is no data: as a handle, or as the name of a given function."""
    if isinstance(value, ObjectProxy):
        return value._handle
    if isinstance(value, Kept | KeptMethod):
        probe, method = (value, "") if isinstance(value, Kept) else (value.owner, value.name)
        name = f"probes.{probe.kind.__name__}"
        return wire.Given(name, probe.order, method, probe.contents, probe.number)
    package, module = [*str(getattr(value, "__module__", "")).split("."), ""][:2]
    if package == "grader" and module in GIVEN and isinstance(value, FunctionType):
        return wire.Given(f"{module}.{value.__name__}")
    raise TypeError(f"{value!r} cannot be passed to a learner's function by a test")


def assignments(args: Sequence[Any], told: Any) -> dict[int, list[np.ndarray]]:
    """What the Variables of some arguments are said to hold now, by position.

    Raises
    ------
    WireError
        It is no such thing, or does not fit the Variables that were passed.

    """
    try:
        found = {int(position): [np.asarray(c) for c in contents] for position, contents in told}
        fitting = all(
            position >= 0 and _fit(variables_of(args[position]), contents)
            for position, contents in found.items()
        )
    except (TypeError, ValueError, IndexError):
        fitting = False
    if not fitting:
        raise wire.WireError("a Variable with other content than it can have")
    return found


def _fit(variables: Sequence[Any], contents: Sequence[np.ndarray]) -> bool:
    pairs = zip(variables, contents, strict=False)
    return 0 < len(variables) == len(contents) and all(
        tuple(v.shape) == content.shape and v.dtype.as_numpy_dtype == content.dtype
        for v, content in pairs
    )
