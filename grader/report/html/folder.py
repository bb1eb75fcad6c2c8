"""A report as a folder on disk: whole or not at all, and never in the place of anything else."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from grader.errors import KataError

MARKER = ".kata-report"
"""The file by which a report is known; it lists the others."""


def write(pages: Mapping[str, bytes], folder: Path) -> None:
    """Write the pages of a report to a folder, in the place of an earlier report if there is one.

    They are written beside it first, and take its place together.

    Raises
    ------
    KataError
        What is there is no earlier report, or holds a file that is no part of one; it cannot be
        written.

    """
    require_replaceable(folder)
    folder = folder.resolve()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".kata-") as place:
            new = Path(place, "new")
            _lay_out(pages, new)
            if folder.exists():
                folder.rename(Path(place, "old"))
            try:
                new.rename(folder)
            except OSError:
                _put_back(Path(place, "old"), folder)
                raise
    except OSError as error:
        raise KataError(f"{folder}: cannot be written: {error.strerror}") from None


def require_replaceable(folder: Path) -> None:
    """Refuse a place that `write` would not write to, before any work is done for it.

    Raises
    ------
    KataError
        It is a file, or a folder with anything in it that no report has put there.

    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise KataError(f"{folder}: is a file; a report in HTML is a folder, name a new one")
    there = _files(folder)
    if not there:
        return
    if MARKER not in there:
        raise KataError(f"{folder}: is no earlier report; name a new folder, or an empty one")
    listed = {MARKER, *(folder / MARKER).read_text("utf-8", "replace").splitlines()}
    if strange := sorted(there - listed):
        raise KataError(
            f"{folder}: {strange[0]} is no part of the earlier report; move it elsewhere"
        )


def _lay_out(pages: Mapping[str, bytes], folder: Path) -> None:
    for name, content in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / MARKER).write_text("".join(f"{name}\n" for name in sorted(pages)), "utf-8")


def _put_back(old: Path, folder: Path) -> None:
    if old.exists():
        old.rename(folder)


def _files(folder: Path) -> set[str]:
    """Every file and link below a folder, by its path from there."""
    return {
        Path(place, name).relative_to(folder).as_posix()
        for place, _, names in os.walk(folder)
        for name in names
    }
