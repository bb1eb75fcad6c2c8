"""What somebody handed in, from bytes into sources; nothing of it is run here."""

import ast
import io
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grader import source
from grader.collect import KB, MAX_NOTEBOOK, MAX_SOURCE, MAX_SOURCES, Work, collect
from grader.errors import SubmissionError
from grader.notebook import code_cells
from grader.source import Definition
from grader.wire import Cell, Module

MAX_NOTES = 20
MAX_SHOWN = 100
"""How much of a line of code an error shows."""

LONE = "submission"
"""The module name of work that is a single file."""


@dataclass(frozen=True, slots=True)
class Part:
    """A module of a submission: what runs, the names it defines, and what is wrong with it.

    `places` says where each name is defined, as file and line or as a cell. `beside` are the
    learner's own modules in the same folder. `unwritten` are the names that are still stubs.
    `faults` are the syntax errors, each one line with file and place, followed by the code and a
    caret; a file with one is not run, a notebook is.
    """

    module: Module
    defined: Mapping[str, Definition]
    places: Mapping[str, str]
    unwritten: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()
    beside: tuple[Module, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody handed in.

    `parts` maps the module names of chapters to their sources. When the work is a single file or
    notebook it has one part under the name `""`, for every chapter.
    """

    name: str
    digest: str
    parts: Mapping[str, Part]
    notes: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Whether all chapters share one namespace."""
        return "" in self.parts

    def part(self, module: str) -> Part | None:
        """The part that holds the functions of a chapter, None when nobody handed it in."""
        return self.parts.get("") or self.parts.get(module)


def read(path: Path, chapters: Mapping[str, str]) -> Submission:
    """Read a folder, a `.py`, a `.zip` or a `.ipynb`; `chapters` names the module of each chapter.

    Raises
    ------
    SubmissionError
        Nothing in it can be graded; one line says what is wrong and where.

    """
    return parsed(collect(path, chapters))


def parsed(work: Work) -> Submission:
    """Parse the sources of what was handed in.

    Raises
    ------
    SubmissionError
        A notebook is too large, or no notebook.

    """
    notes: list[str] = []
    parts = {}
    for module, label in sorted(work.files.items()):
        read_part = _notebook_part if label.lower().endswith(".ipynb") else _file_part
        part = read_part(module or LONE, label, work.contents[label], notes)
        helpers = (
            _file_part(PurePosixPath(file).stem, file, work.contents[file], notes).module
            for file in work.beside[module]
        )
        parts[module] = replace(part, beside=tuple(helpers))
    more = [f"and {len(notes) - MAX_NOTES} more"] if len(notes) > MAX_NOTES else []
    return Submission(work.name, work.digest, parts, (*notes[:MAX_NOTES], *more))


def _file_part(module: str, label: str, data: bytes, notes: list[str]) -> Part:
    text, tree = "", ast.Module([], [])
    faults: tuple[str, ...] = ()
    try:
        text = _decoded(data, label)
        tree = source.parse(text, label)
    except SubmissionError as error:
        faults = (str(error),)
    except SyntaxError as error:
        faults = (_syntax_fault(error, label),)
    defined = source.definitions(tree)
    places = {name: f"{label}:{definition.line}" for name, definition in defined.items()}
    stubs = source.unwritten(tree)
    return Part(Module(module, (Cell(label, text),)), defined, places, stubs, faults)


def _notebook_part(module: str, label: str, data: bytes, notes: list[str]) -> Part:
    if len(data) > MAX_NOTEBOOK:
        raise SubmissionError(f"{label}: larger than {MAX_NOTEBOOK >> 20} MB; clear its outputs")
    defined: dict[str, Definition] = {}
    places: dict[str, str] = {}
    faults: list[str] = []
    cells = []
    whole = ast.Module([], [])
    code = code_cells(data, label)
    if max((len(cell.text) for cell in code), default=0) > MAX_SOURCE:
        raise SubmissionError(f"{label}: a cell is larger than {MAX_SOURCE // KB} kB")
    if sum(len(cell.text) for cell in code) > MAX_SOURCES:
        raise SubmissionError(f"{label}: its code is larger than {MAX_SOURCES // KB} kB")
    for cell in code:
        place = f"{label}[{cell.number}]"
        notes += [f"{place}: left out: {line[:MAX_SHOWN]}" for line in cell.dropped]
        cells.append(Cell(place, cell.text))
        try:
            tree = source.parse(cell.text, place)
        except SyntaxError as error:
            faults.append(_syntax_fault(error, place))
        else:
            whole.body += tree.body
            found = source.definitions(tree)
            defined |= found
            places |= {name: f"{place}:{definition.line}" for name, definition in found.items()}
    module_ = Module(module, tuple(cells), rest_goes_on=True)
    return Part(module_, defined, places, source.unwritten(whole), tuple(faults))


def _decoded(data: bytes, label: str) -> str:
    if len(data) > MAX_SOURCE:
        raise SubmissionError(f"{label}: larger than {MAX_SOURCE // KB} kB")
    if (place := data.find(0)) >= 0:
        line = data.count(b"\n", 0, place) + 1
        raise SubmissionError(f"{label}:{line}: a NUL byte; save it as plain text in UTF-8")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise SubmissionError(
            f"{label}:{line}: byte 0x{byte:02x} is not UTF-8; save it so"
        ) from None
    except (LookupError, UnicodeError):
        raise SubmissionError(f"{label}:1: {encoding[:20]} is no text; save it in UTF-8") from None
    except SyntaxError as error:
        lines = data.splitlines()
        line = next((n for n, text in enumerate(lines, 1) if _not_utf8(text)), 1)
        raise SubmissionError(f"{label}:{line}: not UTF-8 ({error.msg}); save it so") from None


def _not_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return True
    return False


def _syntax_fault(error: SyntaxError, label: str) -> str:
    said = error.msg or "invalid syntax"
    if "Missing parentheses in call to" in said or "multiple exception types" in said:
        said += " (this is Python 2; the course is in Python 3)"
    first = f"{label}:{error.lineno or 1}: {type(error).__name__}: {said}"
    place = max(0, (error.offset or 1) - 1)
    start = max(0, place - MAX_SHOWN // 2)
    code = (error.text or "").rstrip("\n")[start : start + MAX_SHOWN]
    margin = "".join(c if c == "\t" else " " for c in code[: place - start].ljust(place - start))
    return f"{first}\n  {code}\n  {margin}^" if code else first
