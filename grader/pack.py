"""A course in one piece of data, for machines that do not have its folder."""

import hashlib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.course import MANIFEST, Course

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file in a pack: the same course gives the same bytes."""


def pack(course: Course) -> bytes:
    """All that marking needs of a course, as a zip; the same course gives the same bytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path in sorted(_files(course)):
            name = path.relative_to(course.root).as_posix()
            entry = zipfile.ZipInfo(name, EPOCH)
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
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
    return path.is_file() and not any(part.startswith((".", "__pycache__")) for part in parts)
