"""What is missing in what a learner reads: the lesson, its pictures, what hidden tests say."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from grader import draw
from grader.authoring.part import Part, fault_of, tests, text_of
from grader.errors import CourseError

CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(
    r"\]\(\s*<?([^)>\s]+)"  # [text](target), ![picture](target)
    r"|^\[[^\]]+\]:\s*<?([^>\s]+)"  # [name]: target
    r"""|\b(?:src|href)=["']([^"']+)""",
    re.MULTILINE,
)
ELSEWHERE = re.compile(r"[a-zA-Z][\w+.-]*:|#|//")


def linked(lesson: Path) -> Iterator[Path]:
    """The files that a lesson links to, whether they are there or not."""
    for found in LINK.finditer(CODE.sub("", text_of(lesson))):
        target = next(filter(None, found.groups()))
        if not ELSEWHERE.match(target):
            yield lesson.parent / unquote(target.partition("#")[0])


def lessons(part: Part) -> Iterator[str]:
    """The lesson says something, and what it links to is there."""
    path = part.course.lesson(part.chapter)
    if not path.is_file() or not part.whole:
        return
    said = [line for line in text_of(path).splitlines() if line.strip() and line[0] != "#"]
    if not said:
        yield f"{path}: says nothing; write the lesson"
    for target in linked(path):
        if not target.exists():
            yield f"{path}: links to {target}, which is missing; add it or mend the link"


def properties(part: Part) -> Iterator[str]:
    """Every hidden test says which property it tests."""
    path = part.course.hidden_tests(part.chapter)
    for node, names in tests(path):
        if names & {*part.names} and not ast.get_docstring(node):
            yield (
                f"{path}:{node.lineno}: {node.name} has no docstring; name the property that it "
                "tests, a learner reads that when it fails"
            )


def pictures(part: Part) -> Iterator[str]:
    """The chapter has pictures, each with its title and of exercises that there are."""
    path = part.course.figures(part.chapter)
    if not part.whole or (path.is_file() and fault_of(path)):
        return
    if not path.is_file():
        yield f"{path}: missing; draw what the learner's functions do"
        return
    try:
        found = draw.pictures(path)
    except CourseError as error:
        yield f"{error}; write one"
        return
    except Exception as error:  # an author's code may raise anything
        told = " ".join(f"{type(error).__name__}: {error}".split())
        yield f"{path}: cannot be imported: {told}"
        return
    if not found:
        yield f"{path}: has no picture; mark one with @figure({part.chapter.exercises[0].name!r})"
    for picture in found:
        for name in picture.exercises:
            if name not in part.course.exercises:
                yield (
                    f"{path}: {picture.name} shows {name!r}, which is no exercise of this course; "
                    "mend its @figure"
                )
