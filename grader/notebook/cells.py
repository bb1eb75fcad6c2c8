"""The code of a notebook that is running: which of its cells still hold, and where they lie."""

import ast
import contextlib
import linecache
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from grader import source
from grader.uses import Piece


@dataclass(frozen=True)
class Cells:
    """What has been run: of each name the statement that bound it last.

    `pieces` are the cells, in the order in which they ran, without what others have replaced;
    `files` tells what people call the file that Python takes a cell for.
    """

    pieces: tuple[Piece, ...]
    files: Mapping[str, str]

    @cached_property
    def tree(self) -> ast.Module:
        """All that holds, as one module."""
        return ast.Module([node for piece in self.pieces for node in piece.tree.body], [])

    def state_of(self, exercise: str) -> str:
        """The code of an exercise as it is now, layout aside; "" where there is none yet."""
        top = exercise.partition(".")[0]
        return "\n".join(ast.dump(node) for node in self.tree.body if top in _bound(node))


def cells_of(names: Mapping[str, Any]) -> Cells:
    """Read the cells that a notebook has run, from what IPython keeps of them in its names."""
    ran: Sequence[str] = names.get("In", [])
    trees: list[tuple[str, ast.Module]] = []
    for number, text in enumerate(ran):
        with contextlib.suppress(SyntaxError):
            trees.append((f"In [{number}]", source.parse(text, f"In [{number}]")))
    last: dict[str, ast.stmt] = {}
    for _, tree in trees:
        for node in tree.body:
            last |= dict.fromkeys(_bound(node), node)
    holding = set(last.values())
    pieces = tuple(
        Piece(label, ast.Module([node for node in tree.body if node in holding], []))
        for label, tree in trees
    )
    numbers = {text.strip(): number for number, text in enumerate(ran)}
    return Cells(pieces, dict(_files(numbers)))


def _bound(node: ast.stmt) -> list[str]:
    """The names that a statement binds; those in a class are not the notebook's."""
    return [name for name in source.definitions(ast.Module([node], [])) if "." not in name]


def _files(numbers: Mapping[str, int]) -> list[tuple[str, str]]:
    """The files under which the lines of cells are kept for tracebacks, and the cells' labels."""
    kept = [(file, entry) for file, entry in linecache.cache.items() if len(entry) > 1]
    texts = ((file, "".join(entry[2]).strip()) for file, entry in kept if entry[1] is None)
    return [(file, f"In [{numbers[text]}]") for file, text in texts if text in numbers]
