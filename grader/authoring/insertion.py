"""Texts with something put into them, and nothing else changed: neither lines nor their ends."""

import ast
import re
from collections.abc import Mapping

from grader import source
from grader.errors import KataError

CHAPTER = re.compile(r"[ \t]*\[\[[ \t]*chapter[ \t]*\]\]")


def at_line(text: str, number: int, piece: str, blank: int = 0) -> str:
    """Put a piece behind the first `number` lines of a text, with blank lines around it.

    Those that are there already count.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    before, after = lines[:number], lines[number:]
    if before and not before[-1].endswith(("\n", "\r")):
        before[-1] += newline
    there = len(before) - len("".join(before).rstrip().splitlines()) if before else blank
    ahead = len(after) - len("".join(after).lstrip().splitlines()) if "".join(after).strip() else 0
    put = [newline] * max(0, blank - there)
    put += [line + newline for line in piece.splitlines()]
    if "".join(after).strip():
        put += [newline] * max(0, blank - ahead)
    return "".join([*before, *put, *after])


def at_end(text: str, piece: str) -> str:
    """Put a definition behind everything else in a module."""
    return at_line(text, len(text.splitlines()), piece, blank=2)


def with_imports(text: str, needed: Mapping[str, str]) -> str:
    """Import what a module does not have yet; `needed` are import lines by the name they bind."""
    tree = ast.parse(text)
    lines = [line for name, line in needed.items() if name not in source.definitions(tree)]
    if not lines:
        return text
    imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    if imports:
        return at_line(text, imports[-1].end_lineno or 0, "\n".join(sorted(lines)))
    head = tree.body[:1] if ast.get_docstring(tree) is not None else []
    last = (head[0].end_lineno or 0) if head else 0
    return at_line(text, last, "\n".join(sorted(lines)), blank=1)


def into_class(text: str, name: str, method: str) -> str:
    """Put a method behind the others of a class.

    Raises
    ------
    KataError
        The module defines no such class.

    """
    found = source.lines_of(text, name)
    definition = source.definitions(ast.parse(text)).get(name)
    if found is None or definition is None or definition.kind != "class":
        raise KataError(f"there is no class {name}; write it first")
    lines, last = text.splitlines(), found.stop
    # the mark behind the last statement is a comment, of which the tree knows nothing
    while last < len(lines) and lines[last].startswith((" ", "\t")):
        last += 1
    return at_line(text, last, method, blank=1)


def into_chapter(manifest: str, number: int, entry: str) -> str:
    """Put the entry of an exercise behind the others of the chapter of this number, from 0."""
    heads = _heads(manifest)
    stop = heads[number + 1] if number + 1 < len(heads) else len(manifest.splitlines())
    return at_line(manifest, _end_of_entries(manifest, stop), entry, blank=1)


def before_chapter(manifest: str, number: int, entry: str) -> str:
    """Put the entry of a chapter before that of this number; behind the last if there is none."""
    heads = _heads(manifest)
    stop = heads[number] if number < len(heads) else len(manifest.splitlines())
    return at_line(manifest, _end_of_entries(manifest, stop), entry, blank=1)


def _heads(manifest: str) -> list[int]:
    return [n for n, line in enumerate(manifest.splitlines()) if CHAPTER.match(line)]


def _end_of_entries(manifest: str, stop: int) -> int:
    """How many lines there are up to the last that belongs to what stands before line `stop`.

    A comment that has no blank line between it and what follows belongs to that.
    """
    lines = [line.strip() for line in manifest.splitlines()]
    end = stop
    if stop < len(lines):
        while end > 0 and lines[end - 1].startswith("#"):
            end -= 1
    while end > 0 and not lines[end - 1]:
        end -= 1
    return end
