"""An autograder for Gradescope: a zip that holds a pack, what to mark of it, and two scripts."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from grader import pack, private_pack
from grader.bundle import UNREADABLE

SCRIPTS = Path(__file__).parent / "gradescope"
NAMES = ("run_autograder", "setup.sh")
"""What Gradescope runs: one for every submission, the other once, when the zip is uploaded."""

PACK, CHAPTERS = "course.kata", "chapters"
EXECUTABLE = 0o755


def zipped(packed: bytes, chapters: Sequence[str] = ()) -> bytes:
    """The autograder that marks some chapters with a pack, or all of them where none is named.

    The same pack gives the same bytes.
    """
    named = "".join(f"{name}\n" for name in chapters).encode()
    scripts = [(name, (SCRIPTS / name).read_bytes()) for name in NAMES]
    return pack.zipped([(PACK, packed), (CHAPTERS, named), *scripts], EXECUTABLE)


def require_free(path: Path) -> None:
    """Refuse a place for an autograder where something else is, before any work is done for it.

    Raises
    ------
    KataError
        There is something that is no autograder, or nothing can be written there.

    """
    private_pack.require_free(path, _is_autograder, "autograder")


def _is_autograder(path: Path) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            return {*archive.namelist()} == {PACK, CHAPTERS, *NAMES}
    except UNREADABLE:
        return False
