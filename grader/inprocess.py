"""The module under test in this very process: how a learner runs the tests."""

import importlib.util
import inspect
import linecache
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from grader import calls
from grader.errors import KataError
from grader.worker import copied, lines_of, observe, text_of


class Unloadable(KataError):
    """A learner's module cannot be imported, or lacks the function that a test asks for."""


class InProcessLearner:
    """A learner's module; each function that a test takes from it has its calls recorded."""

    def __init__(self, path: Path, shown: str) -> None:
        self._path = path
        self._shown = shown

    def __getattr__(self, name: str) -> Any:
        module = load(self._path, self._shown)
        try:
            value = getattr(module, name)
        except AttributeError:
            text = f"{self._shown} defines no {name!r}: is it misspelt or renamed?"
            raise Unloadable(text) from None
        return (
            recorded(name, value, self._path, self._shown) if inspect.isfunction(value) else value
        )


def load(path: Path, shown: str) -> ModuleType:
    """Import a learner's file under a name of its own, once a process.

    Raises
    ------
    Unloadable
        The file is missing or raises; one line with the place in the learner's file.

    """
    name = f"learner:{path}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise Unloadable(f"{shown} is missing")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise Unloadable(_import_failure(error, path, shown)) from None
    return module


def recorded(name: str, function: Callable[..., Any], path: Path, shown: str) -> Callable[..., Any]:
    """Wrap a function so that its calls are noted; it returns and raises as before."""
    parameters = tuple(inspect.signature(function).parameters)

    def call(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        before = copied(args)
        seen = observe(function, args, kwargs)
        raised = raised_from(seen.error, {str(path): shown}) if seen.error else None
        calls.note(
            calls.Call(name, parameters, before, seen.value, raised, seen.warned, seen.changed)
        )
        if seen.error is not None:
            raise seen.error
        return seen.value

    return call


def raised_from(error: BaseException, shown: Mapping[str, str]) -> calls.Raised:
    """Describe an exception; `shown` maps the learner's files to the names they know them by."""
    lines = lines_of(error, {*shown})
    return calls.Raised(
        tuple(kind.__name__ for kind in type(error).__mro__[:-1]),
        text_of(error),
        tuple(
            calls.Place(
                shown[line.label],
                line.number,
                line.function,
                linecache.getline(line.label, line.number),
            )
            for line in lines
        ),
        error,
    )


def _import_failure(error: Exception, path: Path, shown: str) -> str:
    if isinstance(error, SyntaxError) and error.filename == str(path):
        code = (error.text or "").rstrip()
        caret = " " * max(0, (error.offset or 1) - 1) + "^"
        return f"{shown}:{error.lineno}: {type(error).__name__}: {error.msg}\n  {code}\n  {caret}"
    lines = lines_of(error, {str(path)})
    place = f"{shown}:{lines[-1].number}" if lines else shown
    return f"{place}: importing it raised {type(error).__name__}: {text_of(error)}"
