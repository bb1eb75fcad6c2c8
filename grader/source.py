"""What Python source says about itself, read from its syntax tree and never by running it."""

import ast
import functools
import textwrap
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["function", "class", "value", "import"]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Definition:
    """One name that a module defines at its top level.

    `parameters` are the positional ones, of a method those after self, `required` how many of them
    have no default, `variadic` whether *args takes any number more; all empty for what is no
    function. `plain` says that nothing decorates it.
    """

    name: str
    kind: Kind
    line: int
    parameters: tuple[str, ...] = ()
    required: int = 0
    variadic: bool = False
    plain: bool = False


def parse(text: str, filename: str) -> ast.Module:
    """Parse a module.

    Raises
    ------
    SyntaxError
        Also for what Python reports in other ways: NUL bytes, nesting too deep for the parser.

    """
    try:
        return ast.parse(text, filename)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error) or "nested too deeply", (filename, 1, 0, None)) from None


def definitions(tree: ast.Module) -> dict[str, Definition]:
    """Every name bound at the top level, and in the bodies of classes as `Class.method`.

    Blocks under `if`, `try`, `with` and loops count as top level, as they do for an import.
    """
    found: dict[str, Definition] = {}
    for node in statements(tree.body):
        for definition in _bound(node):
            found[definition.name] = definition
        if isinstance(node, ast.ClassDef):
            for inner in statements(node.body):
                for definition in _bound(inner, f"{node.name}."):
                    found[definition.name] = definition
    return found


def unwritten(tree: ast.Module) -> frozenset[str]:
    """The functions that only raise NotImplementedError, and the classes with no other methods.

    A name that is bound again, to anything else, is written; so may any be after an `import *`.
    """
    stubs: set[str] = set()
    written: set[str] = set()
    for node in statements(tree.body):
        if isinstance(node, ast.ClassDef):
            methods = [n for n in statements(node.body) if isinstance(n, FunctionNode)]
            for method in methods:
                (stubs if _is_stub(method) else written).add(f"{node.name}.{method.name}")
            whole = not methods or not all(map(_is_stub, methods))
            (written if whole else stubs).add(node.name)
        elif isinstance(node, FunctionNode) and _is_stub(node):
            stubs.add(node.name)
        else:
            written.update(definition.name for definition in _bound(node))
    return frozenset() if "*" in written else frozenset(stubs - written)


def marked_exercises(tree: ast.Module) -> set[str]:
    """The names in `@exercise("…")` and `@pytest.mark.exercise("…")` on the tests of a module."""
    names = set()
    for node in ast.walk(tree):
        if not isinstance(node, FunctionNode) or not node.name.startswith("test_"):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and _last_name(mark.func) == "exercise" and mark.args:
                argument = mark.args[0]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    names.add(argument.value)
    return names


def excerpt(text: str, wanted: Iterable[str]) -> str:
    """The part of a module that `wanted` needs to run: imports, and what it refers to in turn.

    Used to supply one reference function without its neighbours, which are answers too. Of a class
    of which methods are wanted, the others are left out, but for the special ones.
    """
    wanted = [*wanted]
    methods = {name.partition(".")[::2] for name in wanted if "." in name}
    if methods:
        tree = ast.parse(text)
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name in {top for top, _ in methods}:
                node.body = [n for n in node.body if not _is_another(n, node.name, methods)]
        pieces = _pieces(tree)
    else:
        pieces = _pieces_of(text)
    owners = {name: piece for piece in pieces for name in piece.binds}
    kept = {piece for piece in pieces if piece.imports}
    queue = [name.partition(".")[0] for name in wanted]
    while queue:
        owner = owners.get(queue.pop())
        if owner is not None and owner not in kept:
            kept.add(owner)
            queue += owner.refers
    return "\n\n".join(piece.text for piece in pieces if piece in kept)


def lines_of(text: str, name: str) -> range | None:
    """The lines of a function, a class or a `Class.method`, from 0, with its decorators.

    None where the module defines no such thing; the last one counts where there are several.

    Raises
    ------
    SyntaxError
        The text is no Python.

    """
    found = _definition(text, name)
    if found is None:
        return None
    first = min([found.lineno, *(mark.lineno for mark in found.decorator_list)])
    return range(first - 1, found.end_lineno or first)


def body_of(text: str, name: str) -> str:
    """The source of a definition, as `lines_of` finds it, without docstring and indentation.

    Empty where there is none.
    """
    there, found = lines_of(text, name), _definition(text, name)
    if there is None or found is None:
        return ""
    said = found.body[0]
    is_said = isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant)
    left_out = range(said.lineno - 1, said.end_lineno or 0) if is_said else range(0)
    lines = text.split("\n")
    return textwrap.dedent("\n".join(lines[n] for n in there if n not in left_out))


def _definition(text: str, name: str) -> FunctionNode | ast.ClassDef | None:
    top, _, method = name.partition(".")
    found = _last_defined(parse(text, "").body, top)
    if method and isinstance(found, ast.ClassDef):
        return _last_defined(found.body, method)
    return None if method else found


def _last_defined(body: Iterable[ast.stmt], name: str) -> FunctionNode | ast.ClassDef | None:
    found = [n for n in statements(body) if isinstance(n, FunctionNode | ast.ClassDef)]
    return next((node for node in reversed(found) if node.name == name), None)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A statement of a module: the names that it binds and refers to, and its text anew."""

    line: int
    binds: frozenset[str]
    refers: frozenset[str]
    imports: bool
    text: str


@functools.lru_cache(64)
def _pieces_of(text: str) -> tuple[_Piece, ...]:
    """The pieces of a module; of a course's they are asked for once for each exercise."""
    return _pieces(ast.parse(text))


def _pieces(tree: ast.Module) -> tuple[_Piece, ...]:
    return tuple(
        _Piece(
            node.lineno,
            frozenset(definition.name for definition in _bound(node)),
            frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name)),
            isinstance(node, ast.Import | ast.ImportFrom),
            ast.unparse(node),
        )
        for node in tree.body
    )


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body and of the blocks in it, in order; an elif is one block deeper."""
    ahead = [*body][::-1]
    while ahead:
        node = ahead.pop()
        yield node
        if isinstance(node, FunctionNode | ast.ClassDef):
            continue
        inner = [s for block in ("body", "orelse", "finalbody") for s in getattr(node, block, [])]
        inner += [s for handler in getattr(node, "handlers", []) for s in handler.body]
        ahead += inner[::-1]


def _is_another(node: ast.stmt, top: str, methods: Collection[tuple[str, ...]]) -> bool:
    """Whether a statement of a class is a method that is not among `methods`."""
    if not isinstance(node, FunctionNode) or node.name.startswith("__"):
        return False
    return (top, node.name) not in methods


def _bound(node: ast.stmt, prefix: str = "") -> Iterator[Definition]:
    if isinstance(node, FunctionNode):
        yield _function(node, prefix)
    elif isinstance(node, ast.ClassDef):
        yield Definition(prefix + node.name, "class", node.lineno)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            yield Definition(prefix + name, "import", node.lineno)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            for part in ast.walk(target):
                if isinstance(part, ast.Name):
                    yield Definition(prefix + part.id, "value", node.lineno)


def _function(node: FunctionNode, prefix: str) -> Definition:
    arguments = node.args
    static = any(_last_name(mark) == "staticmethod" for mark in node.decorator_list)
    first = 1 if prefix and not static else 0  # self
    names = tuple(a.arg for a in [*arguments.posonlyargs, *arguments.args][first:])
    return Definition(
        prefix + node.name,
        "function",
        node.lineno,
        names,
        max(0, len(names) - len(arguments.defaults)),
        arguments.vararg is not None,
        plain=not node.decorator_list,
    )


def _is_stub(node: FunctionNode) -> bool:
    *before, last = node.body
    if not isinstance(last, ast.Raise) or last.exc is None:
        return False
    raised = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
    documentation = [isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant) for n in before]
    return _last_name(raised) == "NotImplementedError" and all(documentation)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
