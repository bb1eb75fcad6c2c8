"""How much memory and disk a worker uses, as the kernel counts it from outside."""

import os
from pathlib import Path

from grader.family import family

FIELDS = ("RssAnon:", "RssShmem:", "VmSwap:")
"""What a process holds of its own; the libraries that it maps belong to everybody."""

KIB = 1024


def used(pid: int) -> int:
    """Bytes of memory of a process and all below it; 0 where the kernel does not say."""
    return sum(own(each) for each in family(pid))


def own(pid: int) -> int:
    """Bytes of memory of a process alone; 0 where the kernel does not say."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return KIB * sum(int(line.split()[1]) for line in lines if line.startswith(FIELDS))


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
