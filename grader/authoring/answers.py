"""What is missing in entries, answers and mistakes, exercise by exercise."""

import ast
import re
from collections.abc import Iterator

from msgspec.structs import replace

from grader import source, stubs
from grader.authoring.part import Part, fault_of, mistakes, prefix, tests, text_of, tree_of
from grader.course import MANIFEST, Exercise
from grader.errors import CourseError

STEPS = "a nudge, the idea, nearly the line"
LEAST_MISTAKES = 2


def three_hints(part: Part) -> Iterator[str]:
    """Hints come in three steps."""
    for exercise in part.exercises:
        if (number := len(exercise.hints)) != 3:
            hints = "1 hint" if number == 1 else f"{number} hints"
            yield f"{_entry(part, exercise)}: {hints} where 3 are due; write {STEPS}"


def no_answer_in_a_hint(part: Part) -> Iterator[str]:
    """An answer of one line stands in no hint."""
    for exercise in part.exercises:
        answer = _only_line(part, exercise.name)
        for number, hint in enumerate(exercise.hints, 1):
            if answer and _without_spaces(answer) in _without_spaces(hint):
                yield (
                    f"{_entry(part, exercise)}: hint {number} gives the whole answer, {answer}; "
                    "leave a piece of it to the learner"
                )


def docstrings(part: Part) -> Iterator[str]:
    """The solution defines each exercise and says in a docstring what it does."""
    path = part.course.solution(part.chapter)
    for exercise in part.exercises:
        node = _defined(tree_of(path), exercise.name)
        if node is None and not fault_of(path):
            yield f"{path}: defines no {exercise.name}; write it, or take its entry out"
        elif node is not None and not ast.get_docstring(node):
            yield (
                f"{path}:{node.lineno}: {exercise.name} has no docstring; "
                "write what it takes and returns, it is all that its stub says"
            )


def fresh_stubs(part: Part) -> Iterator[str]:
    """The stub file is what its solution gives."""
    if fault_of(part.course.solution(part.chapter)):
        return
    try:
        found = stubs.stale(replace(part.course, chapters=(part.chapter,)))
    except CourseError as error:
        yield str(error)
        return
    for stale in found:
        there = text_of(stale.path)
        solved = [
            name
            for name in part.names
            if name in source.unwritten(ast.parse(stale.text))
            and name in source.definitions(tree_of(stale.path))
            and name not in source.unwritten(tree_of(stale.path))
        ]
        backup = "run: kata stubs (it keeps a backup)"
        if solved and not fault_of(stale.path):
            yield f"{stale.path}: already solved: {', '.join(solved)}; {backup}"
        elif part.whole or not there:
            yield f"{stale.path}: not what {part.course.solution(part.chapter)} gives; {backup}"


def something_to_do(part: Part) -> Iterator[str]:
    """What a learner is to write stands between marks."""
    path = part.course.solution(part.chapter)
    for name in part.names:
        body = _body(part, name)
        if body and stubs.BEGIN not in body:
            yield (
                f"{path}: {name} is already solved in its stub; put {stubs.BEGIN!r} and "
                f"{stubs.END!r} around what a learner writes"
            )


def enough_mistakes(part: Part) -> Iterator[str]:
    """Every exercise has two mistakes at least."""
    path = part.course.mistakes(part.chapter)
    made = [own for _, own in mistakes(path, _all_names(part))]
    for name in part.names:
        if path.is_file() and not fault_of(path) and made.count(name) < LEAST_MISTAKES:
            yield (
                f"{path}: {name} has {made.count(name) or 'no'} "
                f"{'mistake' if made.count(name) == 1 else 'mistakes'}; write "
                f"{LEAST_MISTAKES} at least that learners make, named {prefix(name)}…"
            )


def mistakes_that_speak(part: Part) -> Iterator[str]:
    """Every mistake belongs to an exercise and has a docstring."""
    path = part.course.mistakes(part.chapter)
    for node, name in mistakes(path, _all_names(part)):
        if name is None and part.whole:
            yield (
                f"{path}:{node.lineno}: {node.name} belongs to no exercise; begin its name with "
                "that of one, or with _ if it is no mistake"
            )
        elif name in part.names and not ast.get_docstring(node):
            yield (
                f"{path}:{node.lineno}: {node.name} has no docstring; "
                "tell who made this mistake what is wrong"
            )


def raced(part: Part) -> Iterator[str]:
    """Where there is a speed gate, a test races."""
    path = part.course.visible_tests(part.chapter)
    racing = {
        name
        for node, names in tests(path)
        for name in names
        if "speed" in [argument.arg for argument in node.args.args]
    }
    for exercise in part.exercises:
        if exercise.gates and exercise.name not in racing:
            yield (
                f"{path}: {exercise.name} has a speed gate and no test that races it; "
                "write one that takes `speed`, or take the gate out"
            )


def _entry(part: Part, exercise: Exercise) -> str:
    return f"{part.course.root / MANIFEST}: exercise {exercise.name}"


def _all_names(part: Part) -> list[str]:
    return [exercise.name for exercise in part.chapter.exercises]


def _defined(tree: ast.Module, name: str) -> source.FunctionNode | ast.ClassDef | None:
    """The definition of a function, a class or a `Class.method`; the last one counts."""
    found: source.FunctionNode | ast.ClassDef | None = None
    body: list[ast.stmt] = tree.body
    for word in name.split("."):
        named = [
            node
            for node in source.statements(body)
            if isinstance(node, source.FunctionNode | ast.ClassDef) and node.name == word
        ]
        if not named:
            return None
        found = named[-1]
        body = found.body
    return found


def _body(part: Part, name: str) -> str:
    """The body of a solution, with the comments that stand behind its last line."""
    path = part.course.solution(part.chapter)
    return "" if fault_of(path) else source.body_of(text_of(path), name)


def _only_line(part: Part, name: str) -> str:
    """The answer to an exercise where that is one line, without `return`; else nothing."""
    _, begun, answer = _body(part, name).partition(stubs.BEGIN)
    answer = answer.partition(stubs.INSTEAD)[0].partition(stubs.END)[0]
    lines = [line for line in map(str.strip, answer.splitlines()) if line]
    if not begun or len(lines) != 1:
        return ""
    return lines[0].removeprefix("return ").partition("  #")[0].strip()


def _without_spaces(text: str) -> str:
    return re.sub(r"\s", "", text)
