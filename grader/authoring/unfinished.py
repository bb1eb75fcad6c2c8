"""What an author has left for later: the lines marked `TODO: ` in the places of a chapter."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader import source
from grader.authoring.part import Part, definitions, fault_of, mistakes, tests, text_of
from grader.course import MANIFEST

MARK = "TODO: "


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Something that is still to be written: where, what, and for which exercises.

    They are none where it belongs to the chapter.
    """

    place: str
    what: str
    exercises: frozenset[str]

    def __str__(self) -> str:
        return f"{self.place}: still to write: {self.what}"


def unfinished(part: Part) -> Iterator[Unfinished]:
    """Everything that is marked in the manifest and the files of a part, but for its stubs.

    Those come from the solution, which is marked in the same places.
    """
    for found in (*_in_manifest(part), *_in_files(part)):
        if found.exercises & {*part.names} or (part.whole and not found.exercises):
            yield found


def _in_manifest(part: Part) -> Iterator[Unfinished]:
    manifest = part.course.root / MANIFEST
    if MARK in part.chapter.title:
        place = f"{manifest}: chapter {part.chapter.name}"
        yield Unfinished(place, _after_mark(part.chapter.title), frozenset())
    for exercise in part.chapter.exercises:
        for number, hint in enumerate(exercise.hints, 1):
            if MARK in hint:
                place = f"{manifest}: exercise {exercise.name}, hint {number}"
                yield Unfinished(place, _after_mark(hint), frozenset({exercise.name}))


def _in_files(part: Part) -> Iterator[Unfinished]:
    for path in (part.course.lesson(part.chapter), *part.modules):
        owners = _owners(part, path) if path.suffix == ".py" else []
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if MARK in line:
                own = [names for lines, names in owners if number in lines]
                names = frozenset[str]().union(*own)
                yield Unfinished(f"{path}:{number}", _after_mark(line), names)


def _owners(part: Part, path: Path) -> list[tuple[range, frozenset[str]]]:
    """Which lines of a file belong to which exercises."""
    names = [exercise.name for exercise in part.chapter.exercises]
    if path == part.course.mistakes(part.chapter):
        marked = [(node, {name}) for node, name in mistakes(path, names) if name]
        return [(_lines(node), frozenset(own)) for node, own in marked]
    if path == part.course.solution(part.chapter) and not fault_of(path):
        text = text_of(path)
        found = [(source.lines_of(text, name), frozenset({name})) for name in names]
        return [(_with_comments(text, there), own) for there, own in found if there]
    if path in (part.course.visible_tests(part.chapter), part.course.hidden_tests(part.chapter)):
        return [(_lines(node), frozenset(own)) for node, own in tests(path)]
    return [(_lines(node), frozenset({node.name} & {*names})) for node in definitions(path)]


def _lines(node: source.FunctionNode | ast.ClassDef) -> range:
    first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
    return range(first, (node.end_lineno or first) + 1)


def _with_comments(text: str, lines: range) -> range:
    """The lines of a definition from 1, and the indented ones behind it: the mark of its end."""
    all_lines, last = text.splitlines(), lines.stop
    while last < len(all_lines) and all_lines[last].lstrip(" \t") != all_lines[last]:
        last += 1
    return range(lines.start + 1, last + 1)


def _after_mark(line: str) -> str:
    return line.partition(MARK)[2].strip().removesuffix('"""').strip()
