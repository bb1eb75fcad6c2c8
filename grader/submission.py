"""Read what somebody handed in, of any kind, into sources; nothing of it is run here."""

import ast
import hashlib
import io
import stat
import sys
import tokenize
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from grader import source
from grader.errors import SubmissionError
from grader.notebook import code_cells, encodable
from grader.source import Definition
from grader.wire import Cell, Module

KB = 1024
MAX_SOURCE, MAX_SOURCES = 200 * KB, 1024 * KB
"""Bytes of one source, and of all: Python's parser takes seconds for an f-string of that size."""

MAX_NOTEBOOK = 20 * 2**20
MAX_TOTAL = 32 * 2**20
MAX_ENTRIES = 2000
MAX_NOTES = 20
MAX_SHOWN = 100
"""How much of a line of code an error shows."""

ENCRYPTED = 1
"""The bit of a zip entry's flags that says so."""

SUFFIXES = (".py", ".ipynb")

LONE = "submission"
"""The module name of work that is a single file."""

NOT_TAKEN = ("conftest", "setup", "mistakes", "course")
SHADOWS = {*sys.stdlib_module_names, "grader", "keras", "numpy", "pytest", "tensorflow"}


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


Reader = Callable[[], bytes]


def read(path: Path, chapters: Mapping[str, str]) -> Submission:
    """Read a folder, a `.py`, a `.zip` or a `.ipynb`; `chapters` names the module of each chapter.

    Raises
    ------
    SubmissionError
        Nothing in it can be graded; one line says what is wrong and where.

    """
    try:
        if path.is_dir():
            return _tree(encodable(path.name or path.resolve().name), _listed(path), chapters)
        if not path.exists():
            raise SubmissionError(f"{path}: there is no such file or folder")
        if path.suffix.lower() == ".zip":
            return _zipped(path, chapters)
        if path.suffix.lower() in SUFFIXES:
            return _single(encodable(path.name), encodable(path.name), _sized(path))
    except OSError as error:
        raise SubmissionError(f"{path}: cannot be read: {error.strerror or error}") from None
    raise SubmissionError(f"{path}: not a folder, a .py, a .zip or a .ipynb")


def _tree(name: str, files: Mapping[str, Reader], chapters: Mapping[str, str]) -> Submission:
    """Read a folder of either layout: exercises/ch03_forward/forward.py, or forward.py alone."""
    base = _base(files, chapters)
    chosen: dict[str, str] = {}
    for chapter, module in chapters.items():
        stems = (f"exercises/{chapter}/{module}", f"{chapter}/{module}", chapter, module)
        found = [f"{base}{s}{e}" for s in stems for e in SUFFIXES if f"{base}{s}{e}" in files]
        if len(found) > 1:
            raise SubmissionError(f"{name}: holds {chapter} twice: {' and '.join(found)}")
        if found:
            chosen[module] = found[0]
    if not chosen:
        return _lone(name, base, files)
    return _built(name, chosen, files)


def _base(files: Mapping[str, Reader], chapters: Mapping[str, str]) -> str:
    """The prefix of a single folder around everything, as zips have it; else an empty text."""
    tops = {PurePosixPath(file).parts[0] for file in files}
    top = next(iter(tops)) if len(tops) == 1 else ""
    inside = all(len(PurePosixPath(file).parts) > 1 for file in files)
    return f"{top}/" if top and inside and top not in ("exercises", *chapters) else ""


def _lone(name: str, base: str, files: Mapping[str, Reader]) -> Submission:
    """A folder without chapters may hold one file or notebook of any name."""
    lone = [f for f in files if "/" not in f.removeprefix(base) and _is_work(f)]
    if not lone:
        raise SubmissionError(f"{name}: holds no chapter, no .py and no .ipynb to grade")
    if len(lone) > 1:
        listed = ", ".join(sorted(lone)[:4])
        raise SubmissionError(f"{name}: which of these is the work? {listed}")
    return _single(name, lone[0], files[lone[0]]())


def _beside(file: str, files: Mapping[str, Reader]) -> list[str]:
    """Modules of the learner's own in the same folder, which a chapter's module may import."""
    folder = PurePosixPath(file).parent
    return [
        other
        for other in sorted(files)
        if PurePosixPath(other).parent == folder and other != file
        if other.endswith(".py") and _is_work(other)
        if PurePosixPath(other).stem.isidentifier() and PurePosixPath(other).stem not in SHADOWS
    ]


def _is_work(file: str) -> bool:
    stem = PurePosixPath(file).stem
    return stem not in NOT_TAKEN and not stem.startswith("test_")


def _single(name: str, label: str, data: bytes) -> Submission:
    return _built(name, {"": label}, {label: lambda: data})


def _built(name: str, chosen: Mapping[str, str], files: Mapping[str, Reader]) -> Submission:
    """Read the chosen file of each module and what stands beside it, each file once."""
    contents: dict[str, bytes] = {}
    beside = {module: _beside(file, files) if module else [] for module, file in chosen.items()}
    for file in (*chosen.values(), *(other for group in beside.values() for other in group)):
        if file not in contents:
            contents[file] = files[file]()
        if sum(map(len, contents.values())) > MAX_TOTAL:
            raise SubmissionError(f"{name}: more than {MAX_TOTAL >> 20} MB to read")
        sources = sum(len(data) for file, data in contents.items() if file.endswith(".py"))
        if sources > MAX_SOURCES:
            raise SubmissionError(f"{name}: more than {MAX_SOURCES // KB} kB of code")
    digest = hashlib.sha256()
    notes: list[str] = []
    parts = {}
    for module, label in sorted(chosen.items()):
        for file in (label, *beside[module]):
            stem = PurePosixPath(file).stem if module else ""
            digest.update(f"{module}/{stem}\0{len(contents[file])}\0".encode() + contents[file])
        read_part = _notebook_part if label.lower().endswith(".ipynb") else _file_part
        part = read_part(module or LONE, label, contents[label], notes)
        helpers = (
            _file_part(PurePosixPath(file).stem, file, contents[file], notes).module
            for file in beside[module]
        )
        parts[module] = replace(part, beside=tuple(helpers))
    more = [f"and {len(notes) - MAX_NOTES} more"] if len(notes) > MAX_NOTES else []
    return Submission(name, f"sha256:{digest.hexdigest()}", parts, (*notes[:MAX_NOTES], *more))


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


def _listed(folder: Path) -> dict[str, Reader]:
    """The sources in a folder and up to three folders below it, where a chapter can stand."""
    found: dict[str, Reader] = {}
    level = [folder]
    for _ in range(4):
        entries = [path for place in level for path in sorted(place.iterdir())]
        sources = [p for p in entries if p.suffix in SUFFIXES and not p.name.startswith(".")]
        for path in sources[:MAX_ENTRIES]:
            found[encodable(path.relative_to(folder).as_posix())] = partial(_sized, path)
        level = [p for p in entries if _may_hold_chapters(p)][:MAX_ENTRIES]
    if not found:
        raise SubmissionError(f"{folder}: holds no .py and no .ipynb")
    return found


def _may_hold_chapters(path: Path) -> bool:
    skipped = path.name.startswith((".", "_")) or path.name in ("venv", "env", "node_modules")
    return not skipped and path.is_dir() and not path.is_symlink()


def _sized(path: Path) -> bytes:
    """Read a plain file, one byte past what may be in it at most."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise SubmissionError(f"{path}: not a plain file; hand in the file itself")
    with path.open("rb") as file:
        return file.read(_enough(path.name))


def _enough(name: str) -> int:
    """How many bytes show that a file is too large."""
    return (MAX_NOTEBOOK if name.endswith(".ipynb") else MAX_SOURCE) + 1


def _zipped(path: Path, chapters: Mapping[str, str]) -> Submission:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _refuse_unsafe(path, entries)
            files: dict[str, Reader] = {
                name: partial(_extracted, archive, entry)
                for entry in entries
                if (name := _entry_name(entry)).endswith(SUFFIXES)
                and not any(p.startswith((".", "__")) for p in PurePosixPath(name).parts)
            }
            if not files:
                raise SubmissionError(f"{path}: holds no .py and no .ipynb")
            return _tree(encodable(path.name), files, chapters)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise SubmissionError(f"{path}: not a zip that can be read: {error}") from None


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """The path of an entry; some programs on Windows write it with backslashes."""
    return encodable(entry.filename.replace("\\", "/"))


def _refuse_unsafe(path: Path, entries: Iterable[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for count, entry in enumerate(entries):
        name = _entry_name(entry)
        if count >= MAX_ENTRIES:
            raise SubmissionError(f"{path}: more than {MAX_ENTRIES} entries")
        if name.startswith("/") or ":" in name or ".." in PurePosixPath(name).parts:
            raise SubmissionError(f"{path}: entry {name!r} points outside of the archive")
        if name.casefold() in seen:
            raise SubmissionError(f"{path}: entry {name!r} is there twice")
        if entry.flag_bits & ENCRYPTED:
            raise SubmissionError(f"{path}: entry {name!r} is encrypted; zip it without a password")
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise SubmissionError(f"{path}: entry {name!r} is a link or a device")
        seen.add(name.casefold())


def _extracted(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Unpack one entry, one byte past what may be in it at most, whatever size it claims."""
    with archive.open(entry) as file:
        return file.read(_enough(entry.filename))
