"""What a mark depends on, as a digest for each exercise: what has changed is marked again.

A test that is changed touches the exercises whose tests it is, or that use it; a reference those
that it stands in for, is raced against or is a prerequisite of.
"""

import ast
import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from grader import source
from grader.course import Course

DEFINING = (
    source.FunctionNode | ast.ClassDef | ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign
)
"""Statements that matter only to what uses the names that they bind."""


def of_exercises(course: Course, names: Iterable[str], seconds: float) -> dict[str, str]:
    """The SHA-256 of all that decides what work on each of some exercises is worth.

    That is the course, and the `seconds` that a call may take.
    """
    needs = {name: sorted(course.all_needs(name)) for name in names}
    alone = {name: _own(course, name) for name in {*needs}.union(*needs.values())}
    return {
        name: _digest(f"{seconds:g}", alone[name], *(alone[n] for n in own))
        for name, own in needs.items()
    }


def of_all(exercises: Mapping[str, str]) -> str:
    """The SHA-256 of all of these together."""
    return _digest(*(f"{name}={digest}" for name, digest in sorted(exercises.items())))


def _own(course: Course, name: str) -> str:
    """The digest of an exercise without its prerequisites."""
    return _digest(*_parts(course, name))


def _digest(*parts: str) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _parts(course: Course, name: str) -> Iterator[str]:
    chapter, exercise = course.chapter_of(name), course.exercises[name]
    entry = msgspec.structs.replace(exercise, hints=())
    yield msgspec.json.encode((chapter.name, chapter.module, chapter.bans, entry)).decode()
    for path in (course.visible_tests(chapter), course.hidden_tests(chapter)):
        text = path.read_text("utf-8")
        own = [
            test for test, exercises in _tests(text).items() if name in exercises or not exercises
        ]
        yield source.excerpt(text, [*own, "pytestmark"])
        yield _loose(text)
    yield source.excerpt(course.solution(chapter).read_text("utf-8"), [name])
    if exercise.gates:
        text = course.baseline(chapter).read_text("utf-8")
        yield source.excerpt(text, [gate.baseline for gate in exercise.gates])
    if (path := course.mistakes(chapter)).is_file():
        yield _mistakes(path, name)


@functools.cache
def _tests(text: str) -> dict[str, set[str]]:
    """The exercises of each test or class of tests in a file.

    None for a fixture, which may be anybody's.
    """
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, source.FunctionNode | ast.ClassDef):
            own = source.marked_exercises(ast.Module([node], []))
            if own or any(map(_is_fixture, node.decorator_list)):
                found[node.name] = own
    return found


@functools.cache
def _loose(text: str) -> str:
    """What a file does beside defining things, which may matter to any of its tests."""
    loose = [node for node in ast.parse(text).body if not isinstance(node, DEFINING)]
    said = [n for n in loose if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)]
    return ast.unparse(ast.Module([node for node in loose if node not in said], []))


def _mistakes(path: Path, exercise: str) -> str:
    text, prefix = path.read_text("utf-8"), exercise.replace(".", "_")
    names = source.definitions(ast.parse(text))
    return source.excerpt(text, [n for n in names if n.startswith(f"{prefix}_")])


def _is_fixture(mark: ast.expr) -> bool:
    called = mark.func if isinstance(mark, ast.Call) else mark
    return getattr(called, "attr", getattr(called, "id", "")) == "fixture"
