"""A learner's bundle: what is written down in it of how it was released, and how it is read."""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec

from grader.errors import KataError

RECORD = "exercises/bundle.json"
FORMAT = 1
UNREADABLE = (
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What `zipfile` raises for bytes that are no zip, or a damaged one."""

MAX_SIZE = 200 * 2**20
"""Bytes that a zip may come to when it is unpacked."""


class Record(msgspec.Struct, frozen=True):
    """The file `exercises/bundle.json`, by which `kata update` knows what a learner has changed.

    `version` is that of the package. `files` has the digest of every other file as it was
    released, `modules` those of the pieces (`grader.cut`) of each that a learner edits. In a
    learner's folder `before` are the digests of the bundles that it has had before this one.
    """

    format: int
    title: str
    version: str
    files: dict[str, str]
    modules: dict[str, dict[str, str]]
    before: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The SHA-256 of all that was released."""
        return hashlib.sha256(
            msgspec.json.encode((self.title, self.version, self.files))
        ).hexdigest()


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as it was released: its record, and the content of every other file."""

    record: Record
    contents: dict[str, bytes]


Reader = Callable[[str], bytes]


def digest(content: bytes) -> str:
    """The SHA-256 of a file, whatever its line ends: git may have changed those."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def written(record: Record) -> bytes:
    """A record as its file has it."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def record_of(folder: Path) -> Record:
    """Return the record of a learner's folder.

    Raises
    ------
    KataError
        It is none, or the record cannot be read.

    """
    if not (folder / RECORD).is_file():
        raise KataError(f"{folder}: is no learner's bundle: it has no {RECORD}")
    return _record((folder / RECORD).read_bytes(), folder)


def read(path: Path) -> Bundle:
    """Read a bundle, a folder or a zip, in which everything is as it was released.

    Raises
    ------
    KataError
        It is none, or is damaged.

    """
    try:
        if path.is_dir():
            return _bundle(path, lambda name: (path / name).read_bytes())
        if not path.exists():
            raise KataError(f"{path}: there is no such file or folder")
        with zipfile.ZipFile(path) as archive:
            top = _top(path, archive.infolist())
            return _bundle(path, lambda name: archive.read(top + name))
    except PermissionError as error:
        raise KataError(f"{path}: cannot be read: {error.strerror}") from None
    except UNREADABLE as error:
        raise KataError(f"{path}: not a zip that can be read: {error}") from None


def _bundle(path: Path, content: Reader) -> Bundle:
    def released(name: str) -> bytes:
        try:
            return content(name)
        except (KeyError, FileNotFoundError):
            raise KataError(f"{path}: {name} is missing; get the bundle once more") from None

    try:
        record = _record(content(RECORD), path)
    except (KeyError, FileNotFoundError):
        raise KataError(f"{path}: is no learner's bundle: it has no {RECORD}") from None
    contents = {name: released(name) for name in record.files}
    for name, data in contents.items():
        if digest(data) != record.files[name]:
            raise KataError(f"{path}: {name} is not as it was released; get the bundle once more")
    return Bundle(record, contents)


def _record(data: bytes, path: Path) -> Record:
    try:
        record = msgspec.json.decode(data, type=Record)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise KataError(f"{path}: {RECORD} is damaged: {error}") from None
    if record.format != FORMAT:
        raise KataError(f"{path}: {RECORD} has format {record.format}; this kata reads {FORMAT}")
    for name in record.files:
        _require_inside(path, name)
    return record


def _top(path: Path, entries: Iterable[zipfile.ZipInfo]) -> str:
    """The folder around everything in a zip, with a slash; "" where there is none."""
    size = 0
    for entry in entries:
        size += entry.file_size
        _require_inside(path, entry.filename)
        if size > MAX_SIZE:
            raise KataError(f"{path}: more than {MAX_SIZE >> 20} MB when it is unpacked")
    found = (entry.filename for entry in entries if entry.filename.endswith(f"/{RECORD}"))
    top = next(found, "").removesuffix(RECORD)
    return top if top.count("/") == 1 else ""


def _require_inside(path: Path, name: str) -> None:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or ":" in name or "\\" in name:
        raise KataError(f"{path}: {name!r} points outside of the bundle")
