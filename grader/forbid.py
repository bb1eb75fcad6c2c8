"""What a chapter does without: importing it gives a stand-in that is good for nothing.

Packages are forbidden by name, and parts of packages too, as `tensorflow.keras`. While a module
runs the stand-in puts up with everything, so that a plot or a scratch line in TensorFlow costs
nobody the functions around it. Used by a function that is being judged, it raises an ImportError
that says what is forbidden and why.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn

_judged: ContextVar[bool] = ContextVar("a function of the learner's is being judged", default=False)

PUTS_UP_WITH = (
    "abs", "add", "and", "enter", "eq", "exit", "floordiv", "ge", "getitem", "gt", "iadd", "invert",
    "isub", "le", "lt", "matmul", "mod", "mul", "ne", "neg", "or", "pow", "radd", "rmatmul", "rmul",
    "rsub", "rtruediv", "setitem", "sub", "truediv",
)  # fmt: skip


@contextmanager
def judging() -> Iterator[None]:
    """Let no stand-in be used inside the block."""
    token = _judged.set(True)
    try:
        yield
    finally:
        _judged.reset(token)


def refusal(name: str, why: str) -> str:
    """Say that something is forbidden, and why."""
    return f"this chapter is written without {name}: {why}"


def covering(name: str, banned: Iterable[str]) -> str:
    """The longest of the banned names that a dotted name is, or is in; "" for none."""
    return max((b for b in banned if f"{name}.".startswith(f"{b}.")), key=len, default="")


@contextmanager
def forbidden(banned: Mapping[str, str]) -> Iterator[None]:
    """Have stand-ins for what is imported inside the block; `banned` says why of each name."""
    finder = Forbidden(banned)
    kept = {name: sys.modules.pop(name) for name in _loaded(banned)}
    parents = {n: vars(parent).copy() for n in banned if (parent := _parent(n))}
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in _loaded(banned):
            del sys.modules[name]
        sys.modules.update(kept)
        for name, before in parents.items():
            _put_back(name, before)


def install(banned: Mapping[str, str]) -> None:
    """Replace what is banned by stand-ins from now on, also where a package has it as a name."""
    for name in _loaded(banned):
        del sys.modules[name]
    finder = Forbidden(banned)
    sys.meta_path.insert(0, finder)
    for name in banned:
        if parent := _parent(name):
            stand_in = types.ModuleType(name)
            finder.exec_module(stand_in)
            setattr(parent, name.rpartition(".")[2], stand_in)


class Forbidden(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for each name that is banned, and for all that is in it."""

    def __init__(self, banned: Mapping[str, str]) -> None:
        self._banned = dict(banned)

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a stand-in by the name of a package or of something in it."""
        if not covering(name, self._banned):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def exec_module(self, module: types.ModuleType) -> None:
        """Give the stand-in something for every name that is asked of it."""
        banned = covering(module.__name__, self._banned)
        refused = refusal(banned, self._banned[banned])

        def attribute(asked: str) -> "StandIn":
            if asked.startswith("__"):
                raise AttributeError(asked)
            return StandIn(refused)._used()

        module.__dict__["__getattr__"] = attribute
        module.__class__ = _Callable


class _Callable(types.ModuleType):
    """A stand-in for what may be a module or a function."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__dict__["__getattr__"]("called")(*args, **kwargs)


class StandIn:
    """Something that is forbidden; `refusal` is what it says when it is used.

    A class statement that has one among its bases makes another one.
    """

    def __init__(self, refusal: str, bases: tuple[Any, ...] = (), names: Any = None) -> None:
        told = (base._refusal for base in bases if isinstance(base, StandIn))
        self._refusal: str = next(told, refusal)

    def __getattr__(self, name: str) -> "StandIn":
        if name.startswith("__"):
            raise AttributeError(name)
        return self._used()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Put up with a call; used as a decorator it leaves a function what it is."""
        self._used()
        return args[0] if len(args) == 1 and isinstance(args[0], types.FunctionType) else self

    def __iter__(self) -> Iterator[Any]:
        """Nothing."""
        self._used()
        return iter(())

    def _used(self, *_: Any) -> "StandIn":
        if _judged.get():
            self._refuse()
        return self

    def _refuse(self) -> NoReturn:
        raise ImportError(self._refusal)


for _name in PUTS_UP_WITH:
    setattr(StandIn, f"__{_name}__", StandIn._used)


def _loaded(banned: Iterable[str]) -> list[str]:
    """The modules that are banned, of hundreds: without `covering`, which would take its time."""
    loaded = [name for name in banned if name in sys.modules]
    if not any(hasattr(sys.modules[name], "__path__") for name in loaded):
        return loaded  # nothing is inside of what is no package
    beginnings = tuple(f"{name}." for name in banned)
    return [name for name in sys.modules if f"{name}.".startswith(beginnings)]


def _parent(name: str) -> types.ModuleType | None:
    """The package that has a banned name, if it is loaded."""
    return sys.modules.get(name.rpartition(".")[0])


def _put_back(name: str, before: Mapping[str, Any]) -> None:
    """Let a package have a name again as it was `before`."""
    own, child = vars(_parent(name)), name.rpartition(".")[2]
    if child in before:
        own[child] = before[child]
    else:
        own.pop(child, None)
