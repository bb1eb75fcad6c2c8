"""A course in one piece of data, for machines that do not have its folder."""

import hashlib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.course import MANIFEST, Course
from grader.release import RUBBISH

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file in a pack: the same course gives the same bytes."""

UNIX = 3
"""The system that every zip says it comes from, wherever it was made."""


def pack(course: Course) -> bytes:
    """All that marking needs of a course, as a zip; the same course gives the same bytes."""
    return zipped(contents(course))


def contents(course: Course) -> Iterator[tuple[str, bytes]]:
    """All files of a course that marking needs, by their paths in it."""
    for path in _files(course):
        yield path.relative_to(course.root).as_posix(), path.read_bytes()


def zipped(files: Iterable[tuple[str, bytes]], mode: int = 0o600) -> bytes:
    """Some files as a zip, not compressed: that comes out the same with every zlib."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = UNIX, mode << 16
            archive.writestr(entry, content, zipfile.ZIP_STORED)
    return data.getvalue()


def unpack(data: bytes, below: Path) -> Path:
    """Unpack a course into a folder that is named after its digest, unless it is there already.

    Raises
    ------
    OSError
        The folder cannot be written to.

    """
    folder = below / hashlib.sha256(data).hexdigest()
    if not folder.exists():
        below.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(dir=below))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            archive.extractall(new)
        try:
            os.rename(new, folder)  # as a whole: another process may want it too
        except OSError:
            shutil.rmtree(new)
    return folder


def _files(course: Course) -> Iterator[Path]:
    yield course.root / MANIFEST
    for chapter in course.chapters:
        for folder in (course.stub(chapter).parent, course.solution(chapter).parent):
            yield from (path for path in folder.rglob("*") if _is_wanted(path, folder))
        yield course.hidden_tests(chapter)


def _is_wanted(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    return path.is_file() and not any(map(RUBBISH.search, parts))
