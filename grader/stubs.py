"""Solutions to stubs: what stands between the marks goes, what a learner is told stays.

Where `# INSTEAD` stands in a marked block, the lines after it, which are comments in the solution,
are what the stub has: code that runs and is wrong, for a learner to find out why.
"""

import ast
import contextlib
import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from grader import files, source
from grader.course import Chapter, Course
from grader.errors import CourseError

BEGIN, INSTEAD, END = "# BEGIN SOLUTION", "# INSTEAD", "# END SOLUTION"
COMMENTED = re.compile(r"^([ \t]*)# ?", re.MULTILINE)
MARKED = re.compile(rf"^([ \t]*){BEGIN}\n(.*?)^[ \t]*{END}\n", re.MULTILINE | re.DOTALL)

BEGUN = Path("exercises", "stubs.json")
"""The stubs by chapter, in a bundle: it has no solutions to make them from."""


class Begun(msgspec.Struct, frozen=True):
    """The stub of a chapter as learners get it; `whole` says that some of it runs and is wrong."""

    text: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Stale:
    """A stub file that is not what its solution says it should be."""

    path: Path
    text: str
    worked_on: bool


@functools.lru_cache
def stub(solution: str, path: Path) -> str:
    """Make the text of a stub module from that of a solution.

    Raises
    ------
    CourseError
        A mark lacks its partner, or stands outside of a function.

    """
    if solution.count(BEGIN) != solution.count(END):
        raise CourseError(f"{path}: {BEGIN!r} and {END!r} do not come in pairs")
    functions = [n for n in ast.walk(ast.parse(solution)) if isinstance(n, source.FunctionNode)]

    def replace(match: re.Match[str]) -> str:
        line = solution.count("\n", 0, match.start()) + 1
        around = [f for f in functions if f.lineno < line <= (f.end_lineno or 0) + 1]
        if not around:
            raise CourseError(f"{path}:{line}: {BEGIN!r} stands in no function")
        _, instead, wrong = match[2].partition(f"{match[1]}{INSTEAD}\n")
        if instead:
            return COMMENTED.sub(r"\1", wrong)
        return f'{match[1]}raise NotImplementedError("{around[-1].name} is still to do")\n'

    made = MARKED.sub(replace, solution)
    try:
        ast.parse(made)
    except SyntaxError as error:
        raise CourseError(f"{path}: its stub is no Python, {error.msg}: {error.text}") from None
    return made


def without_marks(text: str) -> str:
    """A solution as a learner reads it: without the marks, and the wrong code that stubs have."""
    return MARKED.sub(lambda block: block[2].partition(f"{block[1]}{INSTEAD}\n")[0], text)


def original(course: Course, chapter: Chapter) -> str:
    """The stub module of a chapter as learners get it.

    Raises
    ------
    CourseError
        There is neither the solution nor, in a bundle, the list of stubs.

    """
    found = begun(course.solution(chapter))
    if found is None:
        raise CourseError(f"{course.root / BEGUN}: does not have the stub of {chapter.name}")
    return found.text


def begun(solution: Path) -> Begun | None:
    """What a learner begins with in a chapter, None where nothing tells: no solution, no list."""
    if solution.is_file():
        text = solution.read_text("utf-8")
        return Begun(stub(text, solution), INSTEAD in text)
    with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
        known = msgspec.json.decode(
            (solution.parents[2] / BEGUN).read_bytes(), type=dict[str, Begun]
        )
        return known.get(solution.parent.name)
    return None


def has_whole(solution: Path) -> bool:
    """Whether some of a chapter's stub runs and is wrong; False where nothing tells.

    Where not, nobody has to parse a submission to see that it is `untouched`.
    """
    if solution.is_file():
        return INSTEAD in solution.read_text("utf-8")
    known = begun(solution)
    return known is not None and known.whole


def untouched(solution: Path, tree: ast.Module) -> frozenset[str]:
    """The functions and classes that a module still has as the stub of a solution has them.

    There are none where no stub is whole, or nobody knows what it was.
    """
    known = begun(solution)
    if known is None or not known.whole:
        return frozenset()
    due = _begun_definitions(known.text)
    return frozenset(name for name, told in _definitions(tree).items() if due.get(name) == told)


@functools.lru_cache
def _begun_definitions(text: str) -> dict[str, bytes]:
    """What the text of a stub defines: every submission is held against the same."""
    return _definitions(ast.parse(text))


def _definitions(tree: ast.Module) -> dict[str, bytes]:
    """What a module defines at its top, without comments and layout."""
    named = (n for n in tree.body if isinstance(n, source.FunctionNode | ast.ClassDef))
    return {node.name: _told(node) for node in named}


def _told(node: ast.AST) -> bytes:
    """A tree, level by level: `ast.dump` goes down, and fails where a submission is too deep."""
    nodes = []
    for each in ast.walk(node):
        fields = [(name, _shape(value)) for name, value in ast.iter_fields(each)]
        nodes.append((type(each).__name__, fields))
    return msgspec.json.encode(nodes)


def _shape(value: Any) -> Any:
    """What a field holds: of trees, which follow later, their kinds alone."""
    if isinstance(value, list):
        return [_shape(each) for each in value]
    if isinstance(value, ast.AST):
        return type(value).__name__
    return hex(value) if type(value) is int else repr(value)  # repr refuses a very long one


def stale(course: Course) -> list[Stale]:
    """Every stub of a course that is missing or differs from what its solution gives.

    `worked_on` tells those in which somebody has replaced a `raise NotImplementedError`, or may
    have changed a function that is whole.
    """
    found = []
    for chapter in course.chapters:
        solution, path = course.solution(chapter), course.stub(chapter)
        try:
            text = stub(solution.read_text("utf-8"), solution)
        except OSError as error:
            raise CourseError(f"{solution}: cannot be read: {error.strerror}") from None
        current = path.read_text("utf-8") if path.exists() else None
        if current != text:
            raises = "raise NotImplementedError("
            fewer = current is not None and current.count(raises) < text.count(raises)
            worked_on = fewer or (current is not None and INSTEAD in solution.read_text("utf-8"))
            found.append(Stale(path, text, worked_on))
    return found


def renew(stub_file: Stale) -> Path | None:
    """Write a stub; returns the backup that was made if the old file held somebody's work."""
    backup = files.back_up(stub_file.path) if stub_file.worked_on else None
    stub_file.path.parent.mkdir(parents=True, exist_ok=True)
    files.write(stub_file.path, stub_file.text)
    return backup
