"""Jupyter notebooks: the code of one that was handed in."""

import ast
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from grader.errors import SubmissionError

MAGIC = re.compile(r"^(\s*)([%!?].*|\w[\w, ]*=\s*[%!].*|[\w.]+\?{1,2})\s*$")
FORMAT = 4
TRANSPARENT = ("%%time", "%%timeit", "%%capture")
"""Cell magics whose cell is Python all the same; under any other one it is not."""

KEY, DIGEST = "tensorkata", "sha256"
"""Where the metadata of a cell of the course's own has the digest of its text."""


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A code cell as Python; `number` counts code cells from 1, `dropped` holds what is no Python.

    Dropped lines are replaced by `pass`, so that the lines keep their numbers.
    """

    number: int
    text: str
    dropped: tuple[str, ...]


def code_cells(data: bytes, name: str) -> list[CodeCell]:
    """Read the code cells of a notebook in their order, but for what is the course's own.

    Raises
    ------
    SubmissionError
        The bytes are no notebook, or one of another format than 4.

    """
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
        version = notebook.get("nbformat")
        cells = notebook["cells"] if version == FORMAT else []
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        texts = [encodable("".join(cell["source"])) for cell in code]
        numbered = [
            (number, text)
            for number, (cell, text) in enumerate(zip(code, texts, strict=True), 1)
            if not _is_the_courses(cell, text)
        ]
    except RecursionError:
        raise SubmissionError(f"{name}: not a notebook: nested too deeply") from None
    except ValueError as error:
        raise SubmissionError(f"{name}: not a notebook: {str(error)[:80]}") from None
    except (KeyError, TypeError, AttributeError):
        raise SubmissionError(f"{name}: not a notebook: its cells are not in order") from None
    if not isinstance(version, int):
        raise SubmissionError(f"{name}: not a notebook: it names no nbformat")
    if version != FORMAT:
        age = "old; open it in Jupyter and save it again" if version < FORMAT else "new"
        raise SubmissionError(f"{name}: notebook format {str(version)[:8]} is too {age}")
    return [_python(number, text) for number, text in numbered]


def digest(text: str) -> str:
    """The SHA-256 of a cell's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _is_the_courses(cell: dict[str, Any], text: str) -> bool:
    """Whether a cell is one of the course's own, as it was made: it runs tests, draws, sets up.

    Nothing in such a cell can be marked, and where work is marked there are neither the tests nor
    files, so that each would leave an error behind. A cell that somebody has written into has
    another digest, and counts. Whoever signs a cell himself leaves out his own work, and no more.
    """
    kept = cell.get("metadata")
    own = kept.get(KEY) if isinstance(kept, dict) else None
    return isinstance(own, dict) and own.get(DIGEST) == digest(text)


def encodable(text: str) -> str:
    """A text in which halves of characters, which nothing can write, are shown by their numbers."""
    return text.encode("utf-8", "backslashreplace").decode()


def _python(number: int, text: str) -> CodeCell:
    """Take out what IPython understands and Python does not; cells that parse stay as they are."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    else:
        return CodeCell(number, text, ())
    first = text.lstrip().partition("\n")[0].strip()
    if first.startswith("%%") and first.split()[0] not in TRANSPARENT:
        return CodeCell(number, "", (first,))
    dropped: list[str] = []
    lines: list[str] = []
    goes_on = False  # a shell line may end in a backslash
    for line in text.split("\n"):
        match = MAGIC.match(line)
        if match and not goes_on:
            dropped.append(line.strip())
        lines.append("" if goes_on else f"{match[1]}pass" if match else line)
        goes_on = (goes_on or bool(match)) and line.endswith("\\")
    return CodeCell(number, "\n".join(lines), tuple(dropped))
