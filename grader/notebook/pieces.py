"""Modules cut into what cells of a notebook hold: an exercise's text, a test's, a picture's.

Text is taken as it stands, comments and all: what a learner reads is what an author wrote.
"""

import ast
import itertools
import re
import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from grader import source
from grader.errors import CourseError

FunctionNode = source.FunctionNode
Import = ast.Import | ast.ImportFrom
MARK = re.compile(r"^@(pytest\.mark\.)?exercise\(.*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a module: the exercises that it defines and its text.

    `name` is that of the function or class, "" for what stands before the first.
    """

    name: str
    exercises: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Module:
    """A module's text and syntax; `label` is what people call the file."""

    label: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.text.split("\n")


def parsed(text: str, label: str) -> Module:
    """Parse a module of a course.

    Raises
    ------
    CourseError
        It is no Python.

    """
    try:
        return Module(label, text, source.parse(text, label))
    except SyntaxError as error:
        raise CourseError(f"{label}:{error.lineno}: not Python: {error.msg}") from None


def blocks(module: Module, exercises: Sequence[str]) -> list[Block]:
    """Cut a module before each function or class that is an exercise or has one.

    What stands between two of them belongs to the one before it, but for comments right above a
    definition. The blocks, one below the other, are the module.

    Raises
    ------
    CourseError
        The module does not define an exercise.

    """
    owned: dict[str, list[str]] = {}
    for exercise in exercises:
        owned.setdefault(exercise.partition(".")[0], []).append(exercise)
    starts: dict[str, int] = {}
    for node in module.tree.body:
        if isinstance(node, FunctionNode | ast.ClassDef) and node.name in owned:
            starts.setdefault(node.name, _with_comments(module.lines, _first_line(node)))
    for name in owned:
        if name not in starts:
            raise CourseError(f"{module.label}: defines no {name} at its top level")
    cuts = [0, *(line - 1 for line in starts.values()), len(module.lines)]
    texts = ["\n".join(module.lines[a:b]).strip("\n") for a, b in itertools.pairwise(cuts)]
    named = zip(["", *starts], texts, strict=True)
    return [Block(name, tuple(owned.get(name, ())), text) for name, text in named if text]


def tests(module: Module, exercise: str) -> str:
    """The tests of an exercise, and before them what they use of their module, without imports."""
    own = [
        node
        for node in module.tree.body
        if exercise in source.marked_exercises(ast.Module([node], []))
    ]
    used = [node for node in reached(module, own) if not isinstance(node, Import)]
    return "\n\n".join(MARK.sub("", _text(module, node)) for node in [*used, *own])


def picture(module: Module, name: str) -> str:
    """A function of a `figures.py` that stands alone: what it needs of its module is in it.

    Were it beside it in a notebook, it would take the place of a learner's names: of a `sigmoid`
    of theirs, where a picture imports one.

    Raises
    ------
    CourseError
        The module does not define the function at its top level.

    """
    functions = (node for node in module.tree.body if isinstance(node, FunctionNode))
    drawn = next((function for function in functions if function.name == name), None)
    if drawn is None:
        raise CourseError(f"{module.label}: {name} is not defined at its top level")
    said, *body = drawn.body
    cut = said.end_lineno or said.lineno
    needed = textwrap.indent(_needed(module, body), " " * said.col_offset)
    if needed and not isinstance(body[0], Import):
        needed += "\n"
    above, below = module.lines[drawn.lineno - 1 : cut], module.lines[cut : drawn.end_lineno]
    return "\n".join([*above, *filter(None, [needed]), *below])


def reached(module: Module, start: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements that others refer to, theirs in turn, in their order, without the others."""
    owners: dict[str, ast.stmt] = {}
    for node in module.tree.body:
        owners |= dict.fromkeys(source.definitions(ast.Module([node], [])), node)
    found: set[ast.stmt] = set()
    ahead = [*start]
    while ahead:
        names = _names(ahead.pop())
        new = {node for name, node in owners.items() if name in names} - found
        found |= new
        ahead += new
    return [node for node in module.tree.body if node in found and node not in start]


def _needed(module: Module, body: Sequence[ast.stmt]) -> str:
    """What statements use of their module: first of its imports what is named, then the rest."""
    others = reached(module, body)
    rest = [node for node in others if not isinstance(node, Import)]
    used = set().union(*map(_names, [*body, *rest]))
    imports = [ast.unparse(_only(node, used)) for node in others if isinstance(node, Import)]
    texts = ["\n".join(imports), *(_text(module, node) for node in rest)]
    return "\n\n".join(filter(None, texts))


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _only(node: Import, used: Collection[str]) -> ast.stmt:
    """An import without the names that nobody uses."""
    names = [a for a in node.names if (a.asname or a.name.partition(".")[0]) in used]
    if isinstance(node, ast.Import):
        return ast.Import(names)
    return ast.ImportFrom(node.module, names, node.level)


def _first_line(node: ast.stmt) -> int:
    marks: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(mark.lineno for mark in marks)])


def _with_comments(lines: Sequence[str], line: int) -> int:
    """The first of the comment lines right above a line, else that line."""
    while line > 1 and lines[line - 2].startswith("#"):
        line -= 1
    return line


def _text(module: Module, node: ast.stmt) -> str:
    return "\n".join(module.lines[_first_line(node) - 1 : node.end_lineno])
