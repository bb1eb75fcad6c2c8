"""The module under test in this very process: how a learner runs the tests."""

import contextlib
import importlib.util
import inspect
import linecache
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from grader import calls, devices, forbid, source
from grader.course import Course
from grader.errors import KataError
from grader.observe import copied, differentiated, observe, text_of
from grader.worker import lines_of


class Unloadable(KataError):
    """A learner's module cannot be imported, or lacks the function that a test asks for."""


class Unwritten(NotImplementedError):
    """A function is a stub, which its source shows: nothing needs to be imported to see it."""


class InProcessLearner:
    """A learner's module; each function that a test takes from it has its calls recorded."""

    def __init__(self, path: Path, label: str, forbidden: tuple[str, ...]) -> None:
        self._path = path
        self._label = label
        self._forbidden = forbidden

    def __getattr__(self, name: str) -> Any:
        module = load(self._path, self._label, self._forbidden)
        try:
            value = getattr(module, name)
        except AttributeError:
            text = f"{self._label} defines no {name!r}: is it misspelt or renamed?"
            raise Unloadable(text) from None
        if callable(value) and not inspect.isclass(value):
            return Recorded(name, value, self._path, self._label)
        return value


class InProcess:
    """The bench of a learner: their own file, imported here."""

    supplies = False

    def __init__(self, given: Course, folder: Path | None) -> None:
        self._course, self._folder = given, folder
        self._files: dict[str, str] = {}
        self._unwritten: dict[Path, set[str]] = {}

    def learner(self, exercise: str, test_file: Path, wrong: frozenset[str]) -> InProcessLearner:
        """Find the chapter's module: in `--kata-learner`, beside the test, or in solutions/.

        Raises
        ------
        Unwritten
            The exercise is still a stub in it.

        """
        chapter = self._course.chapter_of(exercise)
        if self._folder is not None:
            path = self._folder.resolve()
            if not path.is_file():
                path = path / chapter.name / f"{chapter.module}.py"
        elif test_file == self._course.visible_tests(chapter):
            path = self._course.stub(chapter)
        else:
            path = self._course.solution(chapter)
        if exercise in self._stubs(path):
            raise Unwritten(f"{exercise} is still to do")
        self._files[str(path)] = shown(path)
        return InProcessLearner(path, shown(path), chapter.forbid)

    def _stubs(self, path: Path) -> set[str]:
        if path not in self._unwritten:
            self._unwritten[path] = set()
            with contextlib.suppress(OSError, SyntaxError, UnicodeDecodeError):
                tree = source.parse(path.read_text("utf-8"), str(path))
                self._unwritten[path] = source.unwritten(tree)
        return self._unwritten[path]

    def tells_all(self, exercise: str) -> bool:
        """A learner's own code tells them all, in their own process."""
        return True

    def raised(self, error: BaseException) -> calls.Raised | None:
        """Look for the files that were tested in the error's traceback."""
        raised = raised_from(error, self._files)
        return raised if raised.places else None


def load(path: Path, label: str, forbidden: tuple[str, ...] = ()) -> ModuleType:
    """Import a learner's file under a name of its own, once a process; some packages are not there.

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
        raise Unloadable(f"{label} is missing")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        with forbid.forbidden(forbidden):
            spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise Unloadable(_import_failure(error, path, label)) from None
    if "tensorflow" in sys.modules:
        devices.two_cpus()
    return module


class Recorded:
    """A function whose calls are noted; it returns and raises as it would."""

    def __init__(self, name: str, function: Callable[..., Any], path: Path, label: str) -> None:
        self._name, self._function = name, function
        self._labels = {str(path): label}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, and give what it returned."""
        __tracebackhide__ = True
        return self._observed(self._function, args, kwargs)

    def under_tape(self, *args: Any, by: int) -> Any:
        """Call it under a tape: (value, its derivative by argument number `by`, a tensor)."""
        __tracebackhide__ = True
        return self._observed(differentiated(self._function, by), args, {}, by)

    def _observed(
        self, function: Callable[..., Any], args: Any, kwargs: Any, by: int | None = None
    ) -> Any:
        __tracebackhide__ = True
        before = copied(args)
        seen = observe(function, args, kwargs)
        raised = raised_from(seen.error, self._labels) if seen.error else None
        calls.note(
            calls.Call(
                self._name,
                _parameters(self._function),
                before,
                seen.value,
                raised,
                seen.warned,
                seen.changed,
                by,
                seen.assigned,
                seen.returned,
                seen.device,
            )
        )
        if seen.error is not None:
            raise seen.error
        return seen.value


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return ()  # np.vectorize and its like do not tell


def raised_from(error: BaseException, labels: Mapping[str, str]) -> calls.Raised:
    """Describe an exception; `labels` maps the learner's files to the names they know them by."""
    lines = lines_of(error, {*labels})
    return calls.Raised(
        tuple(kind.__name__ for kind in type(error).__mro__[:-1]),
        text_of(error),
        tuple(
            calls.Place(
                labels[line.label],
                line.number,
                line.function,
                linecache.getline(line.label, line.number),
            )
            for line in lines
        ),
        error,
    )


def _import_failure(error: Exception, path: Path, label: str) -> str:
    if isinstance(error, SyntaxError) and error.filename == str(path):
        code = (error.text or "").rstrip()
        caret = " " * max(0, (error.offset or 1) - 1) + "^"
        return f"{label}:{error.lineno}: {type(error).__name__}: {error.msg}\n  {code}\n  {caret}"
    lines = lines_of(error, {str(path)})
    place = f"{label}:{lines[-1].number}" if lines else label
    return f"{place}: importing it raised {type(error).__name__}: {text_of(error)}"


def shown(path: Path) -> str:
    """Return a path as a person at the prompt would type it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
