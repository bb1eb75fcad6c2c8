"""A pack that a command works with: unpacked in a private folder, gone when the command ends.

The folder is locked for as long as its process lives. What was left behind by one that was killed
is removed by the next that opens a pack.
"""

import atexit
import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

from grader import private_pack
from grader.errors import KataError
from grader.files import own_folder
from grader.sandbox.files import SYSTEM, essential

if sys.platform != "win32":
    import fcntl

PLAIN = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)
"""The name of a pack that its folder can have, for error messages to show."""


def unpacked(path: Path) -> Path:
    """Read a pack and unpack it, for this process alone; returns the folder of the course.

    Nobody but this account may look into it.

    Raises
    ------
    KataError
        It is no pack, is damaged, lies where everybody may read, or cannot be unpacked here.

    """
    _require_out_of_sight(path)
    pack = private_pack.read(path)
    try:
        folder = _own(own_folder() / "packs")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        _end_in_order()
        root = folder / (path.name if PLAIN.fullmatch(path.name) else "course")
        for name, content in pack.contents.items():
            if not name.startswith(f"{private_pack.PACKAGE}/"):
                file = root / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
    except OSError as error:
        raise KataError(f"{path}: cannot be unpacked: {error.strerror}") from None
    return root


def _require_out_of_sight(path: Path) -> None:
    """Refuse a pack among the packages and libraries that a learner's code is shown."""
    for place in (*essential(), *map(Path, SYSTEM)):
        if path.resolve().is_relative_to(place):
            raise KataError(
                f"{path}: lies in {place}, which a learner's code can read; put it elsewhere"
            )


def _own(below: Path) -> Path:
    """A new folder, locked until this process ends, among others of which no dead one is left."""
    below.mkdir(mode=0o700, exist_ok=True)
    for other in below.iterdir():
        _remove_if_dead(other)
    while True:
        folder = Path(tempfile.mkdtemp(dir=below))  # mode 0700
        if sys.platform == "win32" or _lock(folder) is not None:
            return folder


def _remove_if_dead(folder: Path) -> None:
    """Remove a folder whose process has ended."""
    if sys.platform != "win32" and (held := _lock(folder)) is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _lock(folder: Path) -> int | None:
    """Lock a folder; returns the descriptor that holds it, None if it is another's or is gone."""
    if sys.platform == "win32":
        return None
    with contextlib.suppress(OSError):
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if folder.exists():  # whoever sweeps may have come between
                return held
        except OSError:
            pass
        os.close(held)
    return None


def _end_in_order() -> None:
    """Have SIGTERM, by which a CI job is cancelled, end this process as its own end would."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
