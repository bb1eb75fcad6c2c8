"""The module under test in this very process: how a learner runs the tests."""

import ast
import contextlib
import importlib.util
import linecache
import math
import sys
from collections.abc import Callable, Collection, Mapping
from functools import partial
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, NoReturn

import pytest

from grader import devices, forbid, source, stubs, stumbles, wire
from grader.course import Chapter, Course
from grader.endless import Endless, Once, Watch
from grader.errors import Exhausted, KataError, Unwritten
from grader.here import Here
from grader.learner import Budget, Learner
from grader.observe import text_of
from grader.speed import LOOP, REFERENCE
from grader.uses import Piece, first_use
from grader.verdict import to_do
from grader.worker import lines_of


class Unloadable(KataError):
    """A learner's module cannot be imported."""


class NoPython(Unloadable):
    """A learner's module is no Python, and the exercise is the one in which it is none."""


class Barred(KataError):
    """A function uses what its chapter forbids, which its source shows."""


class Misfit(KataError):
    """A function cannot be called as the course calls it, which its source shows."""


class Hung(Unloadable):
    """Importing a learner's module does not come to an end."""


class Own(Here):
    """A learner's own file, which may lack a name because that is somewhere else.

    `watch` ends calls that do not end.
    """

    def __init__(
        self,
        names: Callable[[], Mapping[str, Any]],
        path: Path,
        tree: ast.Module,
        others: Collection[str],
        watch: Watch | None,
    ) -> None:
        super().__init__(names, str(path), shown(path))
        self._file, self._tree, self._others = str(path), tree, others
        self._watch = watch

    def ask(self, kind: Any, *content: Any) -> wire.Answer | wire.Failure | wire.Absent:
        """Put a request to the code and return the reply.

        Raises
        ------
        Exhausted
            There is none: it was ended. A race is not watched, since that would cost it time.

        """
        if self._watch is None or kind in (wire.Place, wire.Run):
            return super().ask(kind, *content)
        try:
            with self._watch.over(self._file):
                reply = super().ask(kind, *content)
        except Endless as late:  # after the call, in the last moment
            self._watch.leave()
            raise Exhausted(str(late)) from None
        error = self._desk.error
        if isinstance(reply, wire.Failure) and isinstance(error, Endless):
            told = [str(error), *map(str, [*self.places(reply.lines)][-1:])]
            raise Exhausted("\n".join(told))
        return reply

    def absence(self, module: str, name: str) -> str:
        """Say that the file defines no such name, and where it may have gone."""
        guess = stumbles.undefined(self._tree, name, self._others)
        return f"{self._label} defines no {name!r}: {guess or 'is it misspelt or renamed?'}"


class InProcess:
    """The bench of a learner: their own file, imported here."""

    supplies = False

    def __init__(self, given: Course, folder: Path | None, watch: Watch | None = None) -> None:
        self._course, self._folder, self._watch = given, folder, watch
        self._budget = Once(math.inf)
        self._hung: dict[Path, Hung] = {}
        self._files: dict[Path, ast.Module] = {}
        self._faults: dict[Path, tuple[str, SyntaxError]] = {}
        self._spoken: dict[Path, str] = {}
        self._begun: dict[str, ast.Module] = {}
        self._served: dict[str, Path] = {}

    def untouched(self, exercise: str) -> bool:
        """Whether an exercise is still as its stub has it, in the module that was asked last."""
        solution = self._course.solution(self._course.chapter_of(exercise))
        return exercise in stubs.untouched(solution, self._tree(self._served[exercise]))

    def rivals(self, exercise: str) -> dict[str, Learner]:
        """The loop, and the reference where it is there, imported here as well."""
        chapter = self._course.chapter_of(exercise)
        paths = {LOOP: self._course.baseline(chapter), REFERENCE: self._course.solution(chapter)}
        return {
            who: Learner(
                Here(partial(_names, path), str(path), shown(path)),
                chapter.module,
                {},
                Budget(math.inf),
                exercise,
            )
            for who, path in paths.items()
            if path.is_file()
        }

    def learner(self, exercise: str, test_file: Path, wrong: frozenset[str], seed: int) -> Learner:
        """Find the chapter's module: in `--kata-learner`, beside the test, or in solutions/.

        Raises
        ------
        Unwritten
            The exercise is still a stub in it; a stub that is whole is run when it is the first.
        Barred
            It uses what its chapter forbids.

        """
        chapter = self._course.chapter_of(exercise)
        path = self._served[exercise] = self._path(chapter, test_file)
        tree = self._tree(path)
        self._wait_for_python(path, chapter, exercise)
        before = {n for n in wrong if self._course.order[n] < self._course.order[exercise]}
        if exercise in source.unwritten(tree) or (before and self.untouched(exercise)):
            told = stumbles.beside(path, exercise)  # a whole one waits until its turn has come
            raise Unwritten(f"{shown(path)}: {told}" if told else to_do(exercise))
        self._check(path, tree, chapter, exercise)
        parameters = {n: d.parameters for n, d in source.definitions(tree).items()}
        banned = self._course.forbidden_to_all(chapter)
        others = {n.partition(".")[0] for n in self._course.exercises}
        names = partial(self._names, path, banned)
        side = Own(names, path, tree, others, self._watch)
        return Learner(side, chapter.module, parameters, self._budget, exercise, seed)

    def _names(self, path: Path, banned: Mapping[str, str]) -> dict[str, Any]:
        """What a learner's file defines; one whose import does not end is not tried again."""
        if path in self._hung:
            raise self._hung[path]
        try:
            return vars(load(path, shown(path), banned))
        except Hung as hung:
            self._hung[path] = hung
            raise

    def _wait_for_python(self, path: Path, chapter: Chapter, exercise: str) -> None:
        """Leave a file that is no Python to the exercise in which it is none.

        Where it is in none of them, that is the first one that is tried: once is enough.

        Raises
        ------
        NoPython
            That is this one.
        pytest.skip.Exception
            That is another one.

        """
        if path not in self._faults:
            return
        text, error = self._faults[path]
        at = stumbles.at_fault(text, error, [e.name for e in chapter.exercises])
        if exercise == (at or self._spoken.setdefault(path, exercise)):
            raise NoPython(_import_failure(error, path, shown(path)))
        inside = f", in {at}," if at else ""
        pytest.skip(f"not run: {shown(path)}:{error.lineno}{inside} is no Python yet")

    def _check(self, path: Path, tree: ast.Module, chapter: Chapter, exercise: str) -> None:
        """See from the source whether an exercise can be run as it is.

        Raises
        ------
        Unwritten
            The stub's `raise` still stands in it.
        Barred
            It uses what its chapter forbids.
        Misfit
            It takes other arguments than the course gives it.

        """
        begun = self._stub(chapter)
        if line := stumbles.left_in(tree, exercise, begun):
            raise Unwritten(stumbles.told_left_in(f"{shown(path)}:{line}", exercise))
        barred = self._course.forbidden(exercise)
        if use := first_use([Piece(shown(path), tree)], exercise, barred):
            raise Barred(f"{use.place}: {forbid.refusal(use.name, barred[use.name])}")
        if wrong := stumbles.misfit(tree, exercise, source.definitions(begun)):
            raise Misfit(f"{shown(path)}:{wrong[0]}: {wrong[1]}")

    def _stub(self, chapter: Chapter) -> ast.Module:
        """The syntax of a chapter's stub, of an empty file where nobody knows it."""
        if chapter.name not in self._begun:
            known = stubs.begun(self._course.solution(chapter))
            self._begun[chapter.name] = source.parse(known.text if known else "", "")
        return self._begun[chapter.name]

    def _path(self, chapter: Chapter, test_file: Path) -> Path:
        """The module that a test is for."""
        if self._folder is not None:
            path = self._folder.resolve()
            return path if path.is_file() else path / chapter.name / f"{chapter.module}.py"
        if test_file == self._course.visible_tests(chapter):
            return self._course.stub(chapter)
        return self._course.solution(chapter)

    def _tree(self, path: Path) -> ast.Module:
        """The syntax of a file; of one that has none, or cannot be read, that of an empty one."""
        if path not in self._files:
            self._files[path] = ast.Module([], [])
            with contextlib.suppress(OSError, UnicodeDecodeError):
                text = path.read_text("utf-8")
                try:
                    self._files[path] = source.parse(text, str(path))
                    compile(text, str(path), "exec", dont_inherit=True)
                except SyntaxError as error:
                    self._faults[path] = text, error
        return self._files[path]

    def gpus(self, exercise: str) -> tuple[str, ...]:
        """The names of the GPUs that TensorFlow sees here."""
        return devices.gpus()

    def tells_all(self, exercise: str) -> bool:
        """A learner's own code tells them all, in their own process."""
        return True


def _names(path: Path) -> dict[str, Any]:
    return vars(load(path, shown(path)))


def load(path: Path, label: str, banned: Mapping[str, str] = MappingProxyType({})) -> ModuleType:
    """Import a learner's file under a name of its own, once a process; what is banned is not there.

    Raises
    ------
    Unloadable
        The file is missing or raises; one line with the place in the learner's file.

    """
    name = f"learner:{path}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path, loader=Uncached(name, str(path)))
    if spec is None or spec.loader is None or not path.is_file():
        raise Unloadable(f"{label} is missing")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        with forbid.forbidden(banned):
            spec.loader.exec_module(module)
    except (Exception, SystemExit, Endless) as error:
        del sys.modules[name]
        kind = Hung if isinstance(error, Endless) else Unloadable
        raise kind(_import_failure(error, path, label)) from None
    if "tensorflow" in sys.modules:
        devices.two_cpus()
    return module


class Uncached(SourceFileLoader):
    """Compiles a file each time: Python's cache knows it by the second and the size alone.

    Who mends a sign and runs the tests at once would read that it is still wrong.
    """

    def path_stats(self, path: str) -> NoReturn:
        """Give nothing by which a cache could be looked up, or written."""
        raise OSError(f"{path}: not from a cache")


def _import_failure(error: BaseException, path: Path, label: str) -> str:
    if isinstance(error, SyntaxError) and error.filename == str(path):
        code = (error.text or "").rstrip()
        caret = " " * max(0, (error.offset or 1) - 1) + "^"
        told = f"{label}:{error.lineno}: {type(error).__name__}: {error.msg}\n  {code}\n  {caret}"
        todo = stumbles.layout(error.msg or "")
        return f"{told}\n{todo}" if todo else told
    lines = lines_of(error, {str(path)})
    if not lines:
        return f"{label}: importing it raised {type(error).__name__}: {text_of(error)}"
    code = linecache.getline(str(path), lines[-1].number).strip()
    if isinstance(error, SystemExit):
        said = "it ends Python when it is imported; take the line out"
    elif isinstance(error, Endless):
        said = f"importing it {error}"
    else:
        said = f"importing it raised {type(error).__name__}: {text_of(error)}"
    return f"{label}:{lines[-1].number}: {said}\n  {code}"


def shown(path: Path) -> str:
    """Return a path as a person at the prompt would type it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
