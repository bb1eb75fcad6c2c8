"""What somebody handed in, of any kind, into bytes; nothing of it is parsed or run here."""

import hashlib
import stat
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath

import msgspec

from grader.errors import SubmissionError
from grader.notebook import encodable

KB = 1024
MAX_SOURCE, MAX_SOURCES = 200 * KB, 1024 * KB
"""Bytes of one source, and of all: Python's parser takes seconds for an f-string of that size."""

MAX_NOTEBOOK = 20 * 2**20
MAX_TOTAL = 30 * 2**20
MAX_ENTRIES = 2000
ENCRYPTED = 1
"""The bit of a zip entry's flags that says so."""

SUFFIXES = (".py", ".ipynb")
KINDS = (*SUFFIXES, ".zip")

NOT_TAKEN = ("conftest", "figures", "setup", "mistakes", "course")
SHADOWS = {*sys.stdlib_module_names, "grader", "keras", "numpy", "pytest", "tensorflow"}


class Work(msgspec.Struct, frozen=True):
    """The bytes of what somebody handed in, as far as they are looked at; they may be anything.

    `files` maps the module name of each chapter to its file, or `""` to a single file that holds
    the functions of all; `beside` names the learner's own modules in the same folder. `contents`
    has the bytes of each file.
    """

    name: str
    files: dict[str, str]
    beside: dict[str, tuple[str, ...]]
    contents: dict[str, bytes]

    @property
    def digest(self) -> str:
        """The SHA-256 of what is looked at; neither the name nor the place of it counts."""
        digest = hashlib.sha256()
        for module, label in sorted(self.files.items()):
            for file in (label, *self.beside[module]):
                stem = PurePosixPath(file).stem if module else ""
                content = self.contents[file]
                digest.update(f"{module}/{stem}\0{len(content)}\0".encode() + content)
        return f"sha256:{digest.hexdigest()}"


Reader = Callable[[], bytes]


def collect(path: Path, chapters: Mapping[str, str]) -> Work:
    """Read the bytes of a folder, a `.py`, a `.zip` or a `.ipynb`.

    `chapters` names the module of each chapter.

    Raises
    ------
    SubmissionError
        Nothing in it can be graded; one line says what is wrong and where.

    """
    try:
        if path.is_dir():
            return gather(encodable(path.name or path.resolve().name), _listed(path), chapters)
        if not path.exists():
            raise SubmissionError(f"{path}: there is no such file or folder")
        if path.suffix.lower() == ".zip":
            return _zipped(path, chapters)
        if path.suffix.lower() in SUFFIXES:
            return _single(encodable(path.name), encodable(path.name), sized(path))
    except OSError as error:
        raise SubmissionError(f"{path}: cannot be read: {error.strerror or error}") from None
    raise SubmissionError(f"{path}: not a folder, a .py, a .zip or a .ipynb")


def gather(name: str, files: Mapping[str, Reader], chapters: Mapping[str, str]) -> Work:
    """Choose and read, of some files, those of the chapters.

    They lie as in a course (exercises/ch03_forward/forward.py) or alone (forward.py). Where there
    is no chapter, a lone file of any name is the work.

    Raises
    ------
    SubmissionError
        There is none, or two of one chapter, or too much.

    """
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
    return _taken(name, chosen, files)


def _base(files: Mapping[str, Reader], chapters: Mapping[str, str]) -> str:
    """The prefix of a single folder around everything, as zips have it; else an empty text."""
    tops = {PurePosixPath(file).parts[0] for file in files}
    top = next(iter(tops)) if len(tops) == 1 else ""
    inside = all(len(PurePosixPath(file).parts) > 1 for file in files)
    return f"{top}/" if top and inside and top not in ("exercises", *chapters) else ""


def _lone(name: str, base: str, files: Mapping[str, Reader]) -> Work:
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


def _single(name: str, label: str, data: bytes) -> Work:
    return _taken(name, {"": label}, {label: lambda: data})


def _taken(name: str, chosen: Mapping[str, str], files: Mapping[str, Reader]) -> Work:
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
    others = {module: tuple(names) for module, names in beside.items()}
    return Work(name, dict(chosen), others, contents)


def _listed(folder: Path) -> dict[str, Reader]:
    """The sources in a folder and up to three folders below it, where a chapter can stand."""
    found: dict[str, Reader] = {}
    level = [folder]
    for _ in range(4):
        entries = [path for place in level for path in sorted(place.iterdir())]
        sources = [p for p in entries if p.suffix in SUFFIXES and not p.name.startswith(".")]
        for path in sources[:MAX_ENTRIES]:
            found[encodable(path.relative_to(folder).as_posix())] = partial(sized, path)
        level = [p for p in entries if _may_hold_chapters(p)][:MAX_ENTRIES]
    if not found:
        raise SubmissionError(f"{folder}: holds no .py and no .ipynb")
    return found


def _may_hold_chapters(path: Path) -> bool:
    skipped = path.name.startswith((".", "_")) or path.name in ("venv", "env", "node_modules")
    return not skipped and path.is_dir() and not path.is_symlink()


def sized(path: Path) -> bytes:
    """Read a plain file, one byte past what may be in it at most."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise SubmissionError(f"{path}: not a plain file; hand in the file itself")
    with path.open("rb") as file:
        return file.read(_enough(path.name))


def _enough(name: str) -> int:
    """How many bytes show that a file is too large."""
    return (MAX_NOTEBOOK if name.endswith(".ipynb") else MAX_SOURCE) + 1


def _zipped(path: Path, chapters: Mapping[str, str]) -> Work:
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
            return gather(encodable(path.name), files, chapters)
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
