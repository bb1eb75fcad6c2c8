"""Which exercises of a submission can be run at all, as far as its source tells."""

import ast
import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from grader import source, stubs, stumbles
from grader.course import Course
from grader.errors import SubmissionError
from grader.forbid import refusal
from grader.source import Definition
from grader.submission import Part, Submission
from grader.uses import Piece, first_use
from grader.verdict import Status

EMPTY = ast.Module([], [])


@dataclass(frozen=True, slots=True)
class Hopeless:
    """Why an exercise is not run, and one line that says where.

    It is "missing", an "error", "todo" because the stub's `raise` still ends it, or has "failed":
    it uses what the chapter forbids.
    """

    status: Status
    message: str


def triage(
    course: Course,
    submission: Submission,
    asked: Sequence[str],
    due: Mapping[str, Definition],
) -> dict[str, Hopeless]:
    """Find the exercises that cannot be run; `due` are the definitions of the reference."""
    found = {}
    for name in asked:
        part = submission.part(course.chapter_of(name).module)
        if part is None:
            file = f"{course.chapter_of(name).module}.py"
            found[name] = Hopeless("missing", f"{submission.name}: {file} is missing")
        elif line := _left_in(part, name, course):
            found[name] = Hopeless("todo", line)
        elif hopeless := _hopeless(part, name, due):
            found[name] = hopeless
        elif told := _forbidden(part, name, course.forbidden(name)):
            found[name] = Hopeless("failed", told)
    return found


def require_some(found: Mapping[str, Hopeless], asked: Sequence[str], submission: str) -> None:
    """Refuse a submission in which nothing that was asked for can be run.

    Raises
    ------
    SubmissionError
        It is one.

    """
    if len(found) == len(asked) and all(
        each.status in ("missing", "error") for each in found.values()
    ):
        raise SubmissionError(_told(list(found.values()), submission))


def _hopeless(part: Part, name: str, every: Mapping[str, Definition]) -> Hopeless | None:
    top, due = name.partition(".")[0], every[name]
    label = part.module.cells[0].label.partition("[")[0] if part.module.cells else "it"
    if part.faults and not part.module.rest_goes_on:
        todo = stumbles.layout(part.faults[0].partition("\n")[0])
        return Hopeless("error", "\n".join(filter(None, [part.faults[0], todo])))
    if "." in name and name not in part.defined and top in part.defined:
        return None  # it may be inherited
    found = part.defined.get(name)
    if found is None:
        return _undefined(part, top, label, every)
    place = part.places[found.name]
    if found.kind == "import":
        return Hopeless("missing", f"{place}: {top} is imported, not written")
    if found.kind == "class" and due.kind == "function":
        return Hopeless("error", f"{place}: {name} is a class where a function is due")
    if lacking := _lacks_self(part, name, due):
        return Hopeless("error", f"{place}: {lacking}")
    if found.kind == due.kind == "function" and found.plain and not stumbles.fits(found, due):
        count = len(found.parameters)
        takes = f"{count} argument{'s' if count != 1 else ''}"
        shown = f"{name}({', '.join(due.parameters)})"
        return Hopeless("error", f"{place}: {name} takes {takes} where {shown} is due")
    return None


def _lacks_self(part: Part, name: str, due: Definition) -> str:
    """Say that a method lacks self where it is defined last; "" where it does not."""
    said = ""
    for cell in part.module.cells if "." in name else ():
        with contextlib.suppress(SyntaxError):
            tree = source.parse(cell.text, cell.label)
            if name in source.definitions(tree):
                said = stumbles.lacks_self(tree, name, due)
    return said


def _left_in(part: Part, name: str, course: Course) -> str:
    """Say that the stub's `raise` still ends an exercise; "" where it does not."""
    for cell in part.module.cells:
        if "NotImplementedError" not in cell.text:
            continue
        with contextlib.suppress(SyntaxError):
            tree = source.parse(cell.text, cell.label)
            if stumbles.left_in(tree, name, EMPTY):  # the stub itself may be such a function
                known = stubs.begun(course.solution(course.chapter_of(name)))
                begun = source.parse(known.text, "") if known else EMPTY
                if line := stumbles.left_in(tree, name, begun):
                    return stumbles.told_left_in(f"{cell.label}:{line}", name)
    return ""


def _forbidden(part: Part, name: str, banned: Mapping[str, str]) -> str:
    """Say where an exercise uses what it may not; "" where its source shows no such thing."""
    text = "\n".join(cell.text for cell in part.module.cells)
    first = {ban.partition(".")[0] for ban in banned}
    if text.isascii() and not any(top in text for top in first):
        return ""  # as mostly: nothing banned can be named; other alphabets have look-alikes
    pieces = []
    for cell in part.module.cells:
        with contextlib.suppress(SyntaxError):  # a cell of a notebook that does not run either
            pieces.append(Piece(cell.label, source.parse(cell.text, cell.label)))
    use = first_use(pieces, name, banned)
    return f"{use.place}: {refusal(use.name, banned[use.name])}" if use else ""


def _undefined(part: Part, name: str, label: str, known: Collection[str]) -> Hopeless:
    """A name that no readable cell defines; a cell that cannot be read may be why."""
    for fault in part.faults:
        if f"def {name}" in fault or f"class {name}" in fault:
            return Hopeless("error", fault)
    if part.faults:
        return Hopeless("missing", f"{label}: defines no {name}; {part.faults[0]}")
    trees = [source.parse(cell.text, cell.label) for cell in part.module.cells]
    guess = next(filter(None, (stumbles.undefined(t, name, known) for t in trees)), "")
    return Hopeless("missing", f"{label}: defines no {name}" + (f"; {guess}" if guess else ""))


def _told(hopeless: Sequence[Hopeless], name: str) -> str:
    """The line that says why a submission cannot be graded at all."""
    faults = [each.message for each in hopeless if each.status != "missing"]
    if faults:
        return faults[0]
    if len(hopeless) == 1:
        return hopeless[0].message
    return f"{name}: defines none of the {len(hopeless)} exercises asked for"
