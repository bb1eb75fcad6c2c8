"""The private pack: a course with its answers and the package that marks with it, in one file.

It is a line that says what it is, and a zip. The line has the version of the format and the SHA-256
of the zip. Below `package/` there is what pip installs, so that whoever marks with a pack needs
nothing that a learner could have changed.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader import files, pack, release
from grader.bundle import UNREADABLE
from grader.course import Course
from grader.errors import CourseError, KataError

FORMAT = 1
WORDS = b"tensorkata pack "
"""What every pack begins with."""

HEAD = re.compile(re.escape(WORDS) + rb"(\d{1,9}) ([0-9a-f]{64})\n")
MAX_HEAD = 128
MAX_SIZE = 200 * 2**20
"""Bytes that a pack may have, and its files together."""

MAX_FILES = 20_000
PACKAGE = "package"
"""The folder of the package in a pack."""

PLACES = re.compile(r"(exercises|solutions|tests|package)(/(?!\.{1,2}(/|$))[^/\\:\0]+)+")
"""Where a file of a pack may be."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that has been read: its files by path, and the digest of all of them."""

    digest: str
    contents: dict[str, bytes]


def written(course: Course) -> bytes:
    """The pack of a course; the same course, with the same package, gives the same bytes.

    Raises
    ------
    CourseError
        A file of it cannot be read.

    """
    try:
        package = [(f"{PACKAGE}/{name}", data) for name, data in release.package(course)]
        data = pack.zipped([*pack.contents(course), *package])
    except OSError as error:
        raise CourseError(f"{error.filename}: cannot be read: {error.strerror}") from None
    return WORDS + f"{FORMAT} {hashlib.sha256(data).hexdigest()}\n".encode() + data


def digest(data: bytes) -> str:
    """The digest that a pack says it has."""
    head = HEAD.match(data)
    return head[2].decode() if head else ""


def is_pack(path: Path) -> bool:
    """Whether a file begins as a pack does.

    Raises
    ------
    OSError
        It cannot be read.

    """
    with path.open("rb") as file:
        return file.read(len(WORDS)) == WORDS


def require_free(
    path: Path, is_earlier: Callable[[Path], bool] = is_pack, what: str = "pack"
) -> None:
    """Refuse a place where something else is than an earlier one, before any work is done for it.

    Raises
    ------
    KataError
        There is something that is none, or nothing can be written there.

    """
    files.require_writable(path)
    if path.exists() and not (path.is_file() and is_earlier(path)):
        raise KataError(f"{path}: is there already, and no {what}; name a new file")


def write(path: Path, data: bytes) -> None:
    """Write what holds answers: a new file is for this account's eyes alone from its beginning.

    Raises
    ------
    KataError
        It cannot be written.

    """
    new = not path.exists()
    try:
        path.touch(mode=0o600)
        files.write(path, data)
    except (OSError, KataError) as error:
        if new:
            path.unlink(missing_ok=True)
        why = error.strerror if isinstance(error, OSError) else ""
        raise KataError(f"{path}: cannot be written: {why}" if why else str(error)) from None


def read(path: Path) -> Pack:
    """Read a pack, and see that it is whole and that nothing in it points outside.

    Raises
    ------
    KataError
        It is none, is damaged, or a newer kata has made it.

    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_HEAD + MAX_SIZE + 1)
    except OSError as error:
        raise KataError(f"{path}: cannot be read: {error.strerror}") from None
    body, said = _body(path, data)
    if hashlib.sha256(body).hexdigest() != said:
        raise KataError(f"{path}: is damaged or cut off: its digest is another; fetch it again")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            _check(path, archive.infolist())
            return Pack(said, {e.filename: archive.read(e) for e in archive.infolist()})
    except UNREADABLE as error:
        raise KataError(f"{path}: is no pack that can be read: {error}") from None


def _body(path: Path, data: bytes) -> tuple[bytes, str]:
    """What comes after the line at the beginning, and the digest that this says."""
    head = HEAD.match(data, 0, MAX_HEAD)
    if not data.startswith(WORDS):
        raise KataError(f"{path}: is no pack of a course; kata release --pack makes one")
    if head is None:
        raise KataError(f"{path}: is damaged or cut off: its first line is; fetch it again")
    if int(head[1]) != FORMAT:
        raise KataError(
            f"{path}: is a pack of format {int(head[1])}, this kata reads {FORMAT}: "
            "mark with the kata that made it"
        )
    if len(data) > head.end() + MAX_SIZE:
        raise KataError(f"{path}: has more than {MAX_SIZE >> 20} MB, too many for a pack")
    return data[head.end() :], head[2].decode()


def _check(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse what `written` never writes: it may fill the disk, or go to other places on it."""
    names = {entry.filename.casefold() for entry in entries}
    if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_SIZE:
        raise KataError(f"{path}: more than {MAX_SIZE >> 20} MB or {MAX_FILES} files are in it")
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise KataError(f"{path}: holds compressed files, and no pack does; make it again")
    if len(names) < len(entries):
        raise KataError(f"{path}: holds a file twice; make it again")
    for entry in entries:
        if not PLACES.fullmatch(entry.filename):
            raise KataError(f"{path}: {entry.filename!r} points outside of the pack")
