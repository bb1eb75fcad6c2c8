"""Solutions to stubs: what stands between the marks goes, what a learner is told stays.

Where `# INSTEAD` stands in a marked block, the lines after it, which are comments in the solution,
are what the stub has: code that runs and is wrong, for a learner to find out why.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from grader import files, source
from grader.course import Course
from grader.errors import CourseError

BEGIN, INSTEAD, END = "# BEGIN SOLUTION", "# INSTEAD", "# END SOLUTION"
COMMENTED = re.compile(r"^([ \t]*)# ?", re.MULTILINE)
MARKED = re.compile(rf"^([ \t]*){BEGIN}\n(.*?)^[ \t]*{END}\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Stale:
    """A stub file that is not what its solution says it should be."""

    path: Path
    text: str
    worked_on: bool


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


def untouched(solution: Path, tree: ast.Module) -> frozenset[str]:
    """The functions and classes that a module still has as the stub of a solution has them.

    None where no stub is whole, or the solution is not there, as in a learner's bundle.
    """
    text = solution.read_text("utf-8") if solution.is_file() else ""
    if INSTEAD not in text:
        return frozenset()
    begun = _definitions(ast.parse(stub(text, solution)))
    return frozenset(name for name, text in _definitions(tree).items() if begun.get(name) == text)


def _definitions(tree: ast.Module) -> dict[str, str]:
    """What a module defines at its top, without comments and layout."""
    named = (n for n in tree.body if isinstance(n, source.FunctionNode | ast.ClassDef))
    return {node.name: ast.dump(node) for node in named}


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
