"""The part of a course that is looked at: a chapter, some of its exercises, and its files."""

import ast
import functools
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader import source
from grader.course import Chapter, Course, Exercise

Definition = source.FunctionNode | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter of a course, and those of its exercises that are looked at."""

    course: Course
    chapter: Chapter
    exercises: tuple[Exercise, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its exercises."""
        return tuple(exercise.name for exercise in self.exercises)

    @property
    def whole(self) -> bool:
        """Whether every exercise of the chapter is in it: then so is what belongs to none."""
        return self.exercises == self.chapter.exercises

    @property
    def modules(self) -> tuple[Path, ...]:
        """The Python files of the chapter that an author writes and that are there."""
        files = (
            self.course.solution(self.chapter),
            self.course.mistakes(self.chapter),
            self.course.visible_tests(self.chapter),
            self.course.hidden_tests(self.chapter),
            self.course.figures(self.chapter),
            self.course.baseline(self.chapter),
        )
        return tuple(file for file in files if file.is_file())


def parts(course: Course, names: Collection[str]) -> tuple[Part, ...]:
    """The chapters that these exercises are in, in course order."""
    found = []
    for chapter in course.chapters:
        own = tuple(e for e in chapter.exercises if e.name in names)
        if own:
            found.append(Part(course, chapter, own))
    return tuple(found)


def text_of(path: Path) -> str:
    """The text of a file; empty where there is none, or no text in it, which others report."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file; empty where it is no Python, which `fault_of` tells."""
    try:
        return _parsed(text_of(path), str(path))
    except SyntaxError:
        return ast.Module([], [])


def fault_of(path: Path) -> str:
    """Say why a file is not Python; empty where it is, or where there is no such file."""
    try:
        _parsed(path.read_text("utf-8") if path.is_file() else "", str(path))
    except SyntaxError as error:
        return f"{path}:{error.lineno}: not Python: {error.msg}"
    except (OSError, UnicodeDecodeError) as error:
        return f"{path}: cannot be read: {error}"
    return ""


def definitions(path: Path) -> Iterator[Definition]:
    """The functions and classes that stand at the top of a file, in its order."""
    for node in source.statements(tree_of(path).body):
        if isinstance(node, Definition):
            yield node


def tests(path: Path) -> Iterator[tuple[source.FunctionNode, set[str]]]:
    """The tests of a file, each with the exercises that it is marked with."""
    for node in definitions(path):
        if isinstance(node, source.FunctionNode) and node.name.startswith("test_"):
            yield node, source.marked_exercises(ast.Module([node], []))


def mistakes(path: Path, exercises: Collection[str]) -> Iterator[tuple[Definition, str | None]]:
    """The mistakes of a file, each with its exercise; None where its name begins with none's."""
    longest_first = sorted(exercises, key=len, reverse=True)
    for node in definitions(path):
        if not node.name.startswith("_"):
            own = (e for e in longest_first if node.name.startswith(prefix(e)))
            yield node, next(own, None)


def prefix(exercise: str) -> str:
    """What the names of an exercise's mistakes begin with."""
    return exercise.replace(".", "_") + "_"


@functools.lru_cache(256)
def _parsed(text: str, name: str) -> ast.Module:
    return source.parse(text, name)
