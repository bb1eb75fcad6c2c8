"""What goes wrong before an answer can be wrong: a sentence what it is, and one what to do.

All of it is read from the source; nothing is run.
"""

import ast
import contextlib
import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from grader.source import (
    Definition,
    FunctionNode,
    definitions,
    parse,
    statements,
    unwritten,
)

NOT_THEIRS = ("figures.py", "baseline.py", "conftest.py")
"""Files of a chapter's folder that no learner wrote."""

LAYOUT = {
    "inconsistent use of tabs": "use four spaces for each step to the right, and no tabs",
    "unindent does not match": "let the line begin exactly below the lines it belongs with",
    "unexpected indent": "take the spaces away that it has more than the line above",
    "expected an indented block": "indent what belongs to it by four spaces",
    "outside function": "indent the line by four spaces, so that it belongs to the function",
}
"""What to do about an error of indentation, by what Python calls it."""

HEAD = re.compile(r"^([ \t]*)(?:async[ \t]+def|def|class)[ \t]+(\w+)")


def undefined(tree: ast.Module, name: str, others: Collection[str]) -> str:
    """Say where a name may have gone that a module does not define; "" where nobody can guess.

    `others` are names that the module may define for itself, which are no misspelling.
    """
    top, _, method = name.partition(".")
    if method:
        stray = next((n for n in tree.body if _is_named(n, method)), None)
        if stray is not None:
            return (
                f"{method}, in line {stray.lineno}, stands outside of class {top}: "
                "indent it by four spaces, below the class"
            )
        return ""
    for outer in ast.walk(tree):
        if isinstance(outer, FunctionNode):
            inner = next((n for n in statements(outer.body) if _is_named(n, top)), None)
            if inner is not None:
                return (
                    f"{top}, in line {inner.lineno}, is indented and so a part of {outer.name}: "
                    "move it to the left margin"
                )
    own = {n: d for n, d in definitions(tree).items() if d.kind != "import" and n not in others}
    lower = {n.lower(): d for n, d in own.items()}
    near = difflib.get_close_matches(top.lower(), lower, 1)
    return (
        f"is it {lower[near[0]].name}, in line {lower[near[0]].line}? Name it {top}" if near else ""
    )


def misfit(tree: ast.Module, name: str, due: Mapping[str, Definition]) -> tuple[int, str] | None:
    """Find a function or method of an exercise that cannot be called as the course calls it.

    Gives its line, and what is wrong with it.
    """
    found = definitions(tree)
    names = [n for n in due if n == name or n.startswith(f"{name}.")]
    for each in names:
        own, wanted = found.get(each), due[each]
        there = each.partition(".")[0] in found and "." in each
        if own is None and there and (stray := undefined(tree, each, ())):
            return found[each.rpartition(".")[2]].line, stray
        if own is None or own.kind != "function" or wanted.kind != "function" or not own.plain:
            continue
        shown = f"{each}({', '.join(wanted.parameters)})"
        if lacking := lacks_self(tree, each, wanted):
            return own.line, lacking
        if each == name and not fits(own, wanted):
            count = len(own.parameters)
            takes = f"{count} argument{'s' if count != 1 else ''}"
            return own.line, f"{each} takes {takes} where {shown} is due"
    return None


def lacks_self(tree: ast.Module, name: str, due: Definition) -> str:
    """Say that a method is written as if it were a function; "" where it is not."""
    method = name.partition(".")[2]
    for node in _functions(tree, name) if method else ():
        first = [a.arg for a in [*node.args.posonlyargs, *node.args.args][:1]]
        none = not first and node.args.vararg is None
        if node.decorator_list or not (none or first[:1] == [*due.parameters[:1]] != []):
            return ""
        inside = ", ".join(["self", *due.parameters])
        return f"{name} lacks self, which comes first: def {method}({inside}):"
    return ""


def fits(found: Definition, due: Definition) -> bool:
    """Whether a function takes as many positional arguments as the reference."""
    wanted = len(due.parameters)
    return found.required <= wanted and (found.variadic or wanted <= len(found.parameters))


def left_in(tree: ast.Module, name: str, begun: ast.Module) -> int:
    """The line of a stub's `raise` that still stands in a function beside code of its own, else 0.

    A function that returns something before it may well end with such a line. What is as in
    `begun`, the stub, is nobody's own code.
    """
    known = [_outline(node) for node in _functions(begun, name)]
    for node in _functions(tree, name):
        if _outline(node) in known:
            continue
        for place, statement in enumerate(node.body):
            if not _is_the_raise(statement):
                continue
            before = [n for n in node.body[:place] if not _is_text(n)]
            returns = any(isinstance(n, ast.Return) for each in before for n in ast.walk(each))
            if not returns and (before or node.body[place + 1 :]):
                return statement.lineno
    return 0


def beside(path: Path, name: str) -> str:
    """Say that an exercise was written in another file beside its own; "" where it was not."""
    top = name.partition(".")[0]
    for other in sorted(path.parent.glob("*.py")):
        if other == path or other.name.startswith("test_") or other.name in NOT_THEIRS:
            continue
        with contextlib.suppress(OSError, SyntaxError, UnicodeDecodeError):
            tree = parse(other.read_text("utf-8"), str(other))
            if top in definitions(tree) and name not in unwritten(tree):
                return f"{top} is still to do here; {other.name} beside it has one: move it over"
    return ""


def told_left_in(place: str, name: str) -> str:
    """What to say of a `raise` that was left in."""
    return (
        f"{place}: {name} still has the line `raise NotImplementedError`, which ends it there: "
        "take the line out"
    )


def at_fault(text: str, error: SyntaxError, names: Collection[str]) -> str:
    """The exercise in which a syntax error stands; "" where it is in none of `names`."""
    last = error.lineno or 1
    if block := re.search(r"after .* on line (\d+)", error.msg or ""):
        last = int(block[1])
    top = ""
    found = ""
    for line in text.splitlines()[:last]:
        head = HEAD.match(line)
        if head and not head[1]:
            top = found = head[2]
        elif head and f"{top}.{head[2]}" in names:
            found = f"{top}.{head[2]}"
    return found if found in names else top if top in names else ""


def layout(error: str) -> str:
    """What to do about an error of indentation, by what Python says; "" for any other."""
    return next((told for said, told in LAYOUT.items() if said in error), "")


def _outline(node: ast.AST) -> list[str]:
    """The kinds of all nodes, level by level: enough to see whether anything was written."""
    return [type(each).__name__ for each in ast.walk(node)]


def _functions(tree: ast.Module, name: str) -> Iterator[FunctionNode]:
    """The functions or methods that are an exercise: of a class all its methods."""
    top, _, method = name.partition(".")
    for node in statements(tree.body):
        if not _is_named(node, top):
            continue
        if isinstance(node, FunctionNode) and not method:
            yield node
        elif isinstance(node, ast.ClassDef):
            own = (n for n in statements(node.body) if isinstance(n, FunctionNode))
            yield from (n for n in own if method in ("", n.name))


def _is_named(node: ast.AST, name: str) -> bool:
    return isinstance(node, FunctionNode | ast.ClassDef) and node.name == name


def _is_the_raise(node: ast.stmt) -> bool:
    raised = node.exc if isinstance(node, ast.Raise) else None
    kind = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(kind, ast.Name) and kind.id == "NotImplementedError"


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
