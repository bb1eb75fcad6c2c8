"""Does an exercise use what its chapter forbids? Read from its source, with the line.

What counts is what the exercise reaches: its own definition, the functions, classes and methods
that it names, and theirs in turn. A plot beside it that uses TensorFlow is no use of its own.
"""

import ast
import contextlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.forbid import covering
from grader.source import FunctionNode, statements


@dataclass(frozen=True, slots=True)
class Piece:
    """A file, or a cell of a notebook: what people call it, and its syntax."""

    label: str
    tree: ast.Module


@dataclass(frozen=True, slots=True)
class Use:
    """A place where something forbidden is used; `name` is the one of the ban."""

    place: str
    name: str


Scope = Mapping[str, str]
"""What names in a function mean: an imported thing by its dotted name, or "" for anything else."""

Function = FunctionNode | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def first_use(pieces: Sequence[Piece], exercise: str, banned: Iterable[str]) -> Use | None:
    """Find the first use of a banned name in what an exercise reaches; None where there is none.

    A name counts as what it was imported as, so `import tensorflow as tf` makes `tf.keras` a use
    of `tensorflow.keras`. A parameter or a local variable of the same name is none. In code that
    is nested deeper than anybody writes nothing is found: what it uses is refused when it runs.
    """
    with contextlib.suppress(RecursionError):
        return next(_uses(pieces, exercise, tuple(banned)), None)
    return None


def _uses(pieces: Sequence[Piece], exercise: str, names: Sequence[str]) -> Iterator[Use]:
    outside: dict[str, str] = {}
    for piece in pieces:
        outside |= _bindings(piece.tree.body)
    for label, node in _reached(pieces, exercise, outside):
        for dotted, line in _mentions(node, [outside]):
            if ban := covering(dotted, names):
                yield Use(f"{label}:{line}", ban)


def _reached(
    pieces: Sequence[Piece], exercise: str, outside: Scope
) -> Iterator[tuple[str, ast.AST]]:
    """The definitions that an exercise leads to, its own first, each with the label of its piece.

    A class that is only named leads to its special methods; to another where that is named too.
    """
    named: dict[str, list[tuple[str, ast.stmt]]] = {}
    for piece in pieces:
        for node in statements(piece.tree.body):
            for name in _defined(node):
                named.setdefault(name, []).append((piece.label, node))
    top, _, method = exercise.partition(".")
    ahead = deque(named.get(top, []))
    seen: set[ast.AST] = set()
    methods: dict[str, list[tuple[str, ast.stmt]]] = {}
    wanted = {method}
    while ahead:
        label, node = ahead.popleft()
        if node in seen:
            continue
        seen.add(node)
        parts: list[ast.AST] = [node]
        if isinstance(node, ast.ClassDef) and (method or node.name != top):
            parts = _outline(node)
            for inner in statements(node.body):
                for name in _defined(inner):
                    methods.setdefault(name, []).append((label, inner))
        for part in parts:
            yield label, part
            ahead += (found for name in _free(part, outside) for found in named.get(name, []))
            wanted |= {n.attr for n in ast.walk(part) if isinstance(n, ast.Attribute)}
        ahead += (found for name in sorted(wanted & set(methods)) for found in methods.pop(name))


def _defined(node: ast.stmt) -> list[str]:
    """The names that a statement makes: of a function, a class, a variable."""
    if isinstance(node, FunctionNode | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        walked = (part for target in targets for part in ast.walk(target))
        return [part.id for part in walked if isinstance(part, ast.Name)]
    return []


def _outline(node: ast.ClassDef) -> list[ast.AST]:
    """A class without its methods, but for the special ones."""
    methods = [n for n in node.body if isinstance(n, FunctionNode) and n.name[:2] != "__"]
    rest = [n for n in node.body if n not in methods]
    return [*node.bases, *node.decorator_list, *rest]


def _mentions(node: ast.AST, scopes: list[Scope]) -> Iterator[tuple[str, int]]:
    """The imported things that code names, by their dotted names, with the lines."""
    for inner, around in _inside(node, scopes):
        if isinstance(inner, ast.Import):
            yield from ((alias.name, inner.lineno) for alias in inner.names)
        elif isinstance(inner, ast.ImportFrom) and inner.module and not inner.level:
            yield from ((f"{inner.module}.{a.name}", inner.lineno) for a in inner.names)
        elif isinstance(inner, ast.Attribute | ast.Name) and (dotted := _dotted(inner, around)):
            yield dotted, inner.lineno


def _free(node: ast.AST, outside: Scope) -> list[str]:
    """The names of its module that code reads; local ones are left out."""
    names = (
        inner.id
        for inner, around in _inside(node, [outside])
        if isinstance(inner, ast.Name) and not any(inner.id in scope for scope in around[1:])
    )
    return sorted(set(names))


def _inside(node: ast.AST, scopes: list[Scope]) -> Iterator[tuple[ast.AST, list[Scope]]]:
    """Every node in a node, with what names mean there, the outermost scope first."""
    yield node, scopes
    inner = scopes
    if isinstance(node, Function):
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [a for a in (arguments.vararg, arguments.kwarg) if a]
        body = node.body if isinstance(node.body, list) else []
        inner = [*scopes, dict.fromkeys([a.arg for a in every], "") | _bindings(body)]
    elif isinstance(node, Comprehension):
        targets = (part for g in node.generators for part in ast.walk(g.target))
        inner = [*scopes, {part.id: "" for part in targets if isinstance(part, ast.Name)}]
    for child in ast.iter_child_nodes(node):
        yield from _inside(child, inner)


def _bindings(body: Sequence[ast.stmt]) -> dict[str, str]:
    """What a body binds: what it imports, by its dotted name, and anything else as ""."""
    found: dict[str, str] = {}
    ahead: deque[ast.AST] = deque(body)
    while ahead:
        node = ahead.popleft()
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.asname is not None
                found[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if whole else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, FunctionNode | ast.ClassDef):
            found[node.name] = ""
            continue
        elif isinstance(node, ast.Assign) and (dotted := _dotted(node.value, [found])):
            found |= {t.id: dotted for t in node.targets if isinstance(t, ast.Name)}
            continue
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.id] = ""
        elif isinstance(node, ast.Lambda | Comprehension):
            continue
        ahead += ast.iter_child_nodes(node)
    return found


def _dotted(node: ast.AST, scopes: Sequence[Scope]) -> str:
    """The dotted name of what `tf.keras.layers` says, "" where it is nothing imported."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    meaning = next((scope[node.id] for scope in reversed(scopes) if node.id in scope), "")
    return ".".join([meaning, *reversed(parts)]) if meaning else ""
