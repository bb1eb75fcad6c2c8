"""A worker from outside: how much memory and disk it uses, and whether it may work."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

FIELDS = ("RssAnon:", "RssShmem:", "VmSwap:")
"""What a process holds of its own; the libraries that it maps belong to everybody."""

KIB = 1024


def used(pid: int) -> int:
    """Bytes of memory of a process and all below it; 0 where the kernel does not say."""
    return sum(_own(each) for each in _family(pid))


def signal_below(pid: int, number: int) -> None:
    """Send a signal to every process below one, which itself goes on."""
    for each in _family(pid):
        if each != pid:
            with contextlib.suppress(OSError):  # it has just ended
                os.kill(each, number)


def stored(folder: Path | None, most: int) -> int:
    """Bytes of the files in a folder and below it, counted no further than above `most`."""
    try:
        return _counted(folder, most)
    except RecursionError:
        return most + 1  # so deep that nobody needs it


def _counted(folder: Path | None, most: int) -> int:
    total = 0
    for place, _, names in os.walk(folder) if folder else ():
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_blocks * 512
            except OSError:
                continue  # it has just gone
            if total > most:
                return total
    return total


def _own(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return KIB * sum(int(line.split()[1]) for line in lines if line.startswith(FIELDS))


def _family(pid: int) -> Iterator[int]:
    """A process and those below it."""
    yield pid
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{thread}/children").read_text().split():
                yield from _family(int(child))
    except OSError:
        return  # it has just ended
