"""Writing files so that nothing is ever half there and nothing that was there is lost."""

import os
import tempfile
from pathlib import Path

from grader.errors import KataError


def write(path: Path, content: str | bytes) -> None:
    """Write a file as a whole: into a temporary neighbour first, which then takes its name.

    A link is followed; a pipe or a device is written to as it is.

    Raises
    ------
    KataError
        The folder is missing or read-only, the disk is full; what was there before still is.

    """
    data = content.encode() if isinstance(content, str) else content
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            target.write_bytes(data)
        else:
            _replace(target, data)
    except OSError as error:
        raise KataError(f"{path}: cannot be written: {error.strerror}") from None


def _replace(path: Path, data: bytes) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".kata-", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            temporary.chmod(mode)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise


def require_writable(path: Path) -> None:
    """Refuse a path that `write` could not write to, before any work is done for it.

    Raises
    ------
    KataError
        It is a folder, or its folder is missing or read-only.

    """
    if path.is_dir():
        raise KataError(f"{path}: is a folder; name a file")
    if not path.parent.is_dir():
        raise KataError(f"{path}: there is no folder {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise KataError(f"{path}: cannot be written: permission denied")


def back_up(path: Path) -> Path:
    """Copy a file to the first free name of `path.bak-1`, `path.bak-2`, … and return that name."""
    number = 1
    while (copy := path.with_name(f"{path.name}.bak-{number}")).exists():
        number += 1
    write(copy, path.read_bytes())
    return copy


def private_folder(root: Path, folder: Path) -> None:
    """Make a folder below a hidden one of a course's, which git is told to leave alone.

    Raises
    ------
    OSError
        It cannot be made.

    """
    (root / folder).mkdir(parents=True, exist_ok=True)
    if not (ignore := root / folder.parts[0] / ".gitignore").exists():
        write(ignore, "*\n")


def own_folder() -> Path:
    """A folder for what this account's programs share on this machine, until it starts anew.

    Raises
    ------
    KataError
        Somebody else has put something in its place.

    """
    account = os.getuid() if hasattr(os, "getuid") else "own"
    folder = Path(tempfile.gettempdir()) / f"kata-{account}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = folder.lstat().st_uid
    except OSError as error:
        raise KataError(f"{folder}: cannot be made: {error.strerror}") from None
    if account not in ("own", owner):
        raise KataError(f"{folder}: belongs to somebody else; set TMPDIR to another folder")
    return folder


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
