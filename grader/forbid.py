"""Packages that a chapter does without: importing one gives a stand-in that is good for nothing.

While a module runs the stand-in puts up with everything, so that a plot or a scratch line in
TensorFlow costs nobody the functions around it. Used by a function that is being judged, it raises
an ImportError that says so.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Collection, Iterator
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


@contextmanager
def forbidden(names: Collection[str]) -> Iterator[None]:
    """Have packages replaced by stand-ins for what is imported inside the block."""
    finder, kept = install(names)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in _below(names):
            del sys.modules[name]
        sys.modules.update(kept)


def install(names: Collection[str]) -> tuple["Forbidden", dict[str, types.ModuleType]]:
    """Replace packages by stand-ins from now on; returns the finder, and what had been loaded."""
    kept = {name: sys.modules.pop(name) for name in _below(names)}
    finder = Forbidden(names)
    sys.meta_path.insert(0, finder)
    return finder, kept


class Forbidden(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for each package of a list, and for all that is in it."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a stand-in by the name of a package or a module in it."""
        if name.partition(".")[0] not in self._names:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def exec_module(self, module: types.ModuleType) -> None:
        """Give the stand-in something for every name that is asked of it."""
        name = module.__name__

        def attribute(asked: str) -> "StandIn":
            if asked.startswith("__"):
                raise AttributeError(asked)
            return StandIn(name)._used()

        module.__dict__["__getattr__"] = attribute


class StandIn:
    """Something of a forbidden package."""

    def __init__(self, *names: Any) -> None:
        self._name = str(names[0]) if names else ""

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
        raise ImportError(f"this chapter is written without {self._name.partition('.')[0]}")


for _name in PUTS_UP_WITH:
    setattr(StandIn, f"__{_name}__", StandIn._used)


def _below(names: Collection[str]) -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] in names]
