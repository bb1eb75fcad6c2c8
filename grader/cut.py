"""A module cut into pieces by its syntax tree, each a range of lines, none of them rewritten."""

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader import source

ENDS = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")
"""Where Python sees a line end; `str.splitlines` sees more of them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines of a module: its docstring, a definition, an assignment, a class's head or method.

    `key` names it: `dense`, `MyLayer` for the head of a class, `MyLayer.fit` for what stands in it;
    a second one of the same name is `dense#2`. `names` is what it binds, `refers` what it mentions.
    Its lines go from `first` up to `last`, not included; up to `tail` go the comments that belong
    to it, and behind the head of a class all the rest of that.
    """

    key: str
    owner: str
    names: tuple[str, ...]
    refers: frozenset[str]
    column: int
    first: int
    last: int
    tail: int
    text: str

    @property
    def digest(self) -> str:
        """The SHA-256 of its text, whatever its line ends."""
        return digest(self.text)


@dataclass(frozen=True, slots=True)
class Import:
    """One name that an import binds, and the import of it alone as a line of its own.

    `alone` says that this line is all that stands from `first` up to `last`.
    """

    name: str
    line: str
    first: int
    last: int
    alone: bool

    @property
    def key(self) -> str:
        """What it is called among the pieces."""
        return f"import {self.name}"


@dataclass(frozen=True, slots=True)
class Cut:
    """A module in pieces.

    `bound` are all names that it binds, `head` is the line behind the imports it begins with.
    """

    lines: tuple[str, ...]
    pieces: Mapping[str, Piece]
    imports: Mapping[str, Import]
    bound: frozenset[str]
    head: int

    @property
    def digests(self) -> dict[str, str]:
        """The digest of each piece and import, by its key."""
        pieces = {key: piece.digest for key, piece in self.pieces.items()}
        return pieces | {each.key: digest(each.line) for each in self.imports.values()}

    def binds(self, name: str) -> bool:
        """Whether it binds a name, by whatever statement."""
        return name in self.bound or name in self.imports


def cut(text: str) -> Cut:
    """Cut a module.

    Raises
    ------
    SyntaxError
        It is not Python.

    """
    lines = tuple(line for line in ENDS.split(text) if line)
    tree = source.parse(text, "")
    pieces: dict[str, Piece] = {}
    seen: Counter[str] = Counter()
    for piece in _pieces(tree.body, lines, ""):
        seen[piece.key] += 1
        number = seen[piece.key]
        key = f"{piece.key}#{number}" if number > 1 else piece.key
        pieces[key] = replace(piece, key=key)
    imports = {each.name: each for node in tree.body for each in _imports(node, lines)}
    bound = frozenset(source.definitions(tree))
    return Cut(lines, pieces, imports, bound, _head(tree, lines))


def digest(text: str) -> str:
    """The SHA-256 of a text, whatever its line ends."""
    plain = "\n".join(line.rstrip("\r\n") for line in ENDS.split(text) if line)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _pieces(body: Sequence[ast.stmt], lines: Sequence[str], owner: str) -> Iterator[Piece]:
    for group in _groups(body):
        node = group[0]
        if len(group) == 1 and isinstance(node, ast.Import | ast.ImportFrom) and not owner:
            continue
        if len(group) == 1 and isinstance(node, ast.ClassDef) and not owner and _opens(node, lines):
            inner = [*_pieces(node.body, lines, node.name)]
            yield _piece(group, lines, owner, last=inner[0].first, tail=inner[-1].tail)
            yield from inner
        else:
            yield _piece(group, lines, owner)


def _groups(body: Sequence[ast.stmt]) -> list[list[ast.stmt]]:
    """The statements of a body; those that share a line belong together."""
    groups: list[list[ast.stmt]] = []
    for node in body:
        if groups and _first(node) < _last(groups[-1][-1]):
            groups[-1].append(node)
        else:
            groups.append([node])
    return groups


def _piece(
    group: Sequence[ast.stmt], lines: Sequence[str], owner: str, *, last: int = 0, tail: int = 0
) -> Piece:
    first, last = _first(group[0]), last or _last(group[-1])
    column = group[0].col_offset
    text = "".join(lines[first:last])
    names = tuple(name for node in group for name in _names(node))
    key = ", ".join(names) or (_docstring(group[0]) and '"""') or f"({digest(text)[:12]})"
    prefix = f"{owner}." if owner else ""
    return Piece(
        prefix + key,
        owner,
        tuple(prefix + name for name in names),
        frozenset(n.id for each in group for n in ast.walk(each) if isinstance(n, ast.Name)),
        column,
        first,
        last,
        tail or _tail(lines, last, column),
        text,
    )


def _names(node: ast.stmt) -> Iterator[str]:
    """What a statement binds, as far as that is what it is for."""
    if isinstance(node, source.FunctionNode | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            for part in ast.walk(target):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    yield part.id


def _imports(node: ast.stmt, lines: Sequence[str]) -> Iterator[Import]:
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return
    for alias in node.names:
        only: ast.stmt = ast.Import([alias])
        name = alias.asname or alias.name
        if isinstance(node, ast.ImportFrom):
            only = ast.ImportFrom(node.module, [alias], node.level)
            name = f"* of {node.module}" if name == "*" else name
        first, last = _first(node), _last(node)
        alone = "".join(lines[first:last]).strip() == ast.unparse(only)
        yield Import(name, ast.unparse(only), first, last, alone)


def _docstring(node: ast.stmt) -> bool:
    said = node.value if isinstance(node, ast.Expr) else None
    return isinstance(said, ast.Constant) and isinstance(said.value, str)


def _opens(node: ast.ClassDef, lines: Sequence[str]) -> bool:
    """Whether the body of a class begins on a line of its own."""
    first = node.body[0]
    before = lines[_first(first)][: first.col_offset]
    return _first(first) >= node.lineno and before.strip() in ("", "@")


def _first(node: ast.stmt) -> int:
    marks: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(mark.lineno for mark in marks)]) - 1


def _last(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _tail(lines: Sequence[str], last: int, column: int) -> int:
    """The line after the comments that are indented more deeply than the statement before them."""
    tail = last
    for number in range(last, len(lines)):
        line = lines[number].strip()
        if line.startswith("#") and len(lines[number]) - len(lines[number].lstrip()) > column:
            tail = number + 1
        elif line:
            break
    return tail


def _head(tree: ast.Module, lines: Sequence[str]) -> int:
    """The line after the docstring and the imports that a module begins with."""
    head = 0
    while head < len(lines) and lines[head].startswith("#"):
        head += 1
    for place, group in enumerate(_groups(tree.body)):
        if isinstance(group[0], ast.Import | ast.ImportFrom) or (
            not place and _docstring(group[0])
        ):
            head = _last(group[-1])
        else:
            break
    return head
