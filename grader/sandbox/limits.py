"""What a process may use in its whole life: time, memory, files, threads.

A worker does this first of all, with all memory still its zygote's: whatever is found out here, or
imported, once, need not be in each, and files are read in the plainest way there is.
"""

import contextlib
import os
import platform
import re
import sys
from dataclasses import dataclass

if sys.platform != "win32":
    import resource

MIB, GIB = 2**20, 2**30
RELEASE = tuple(map(int, re.findall(r"\d+", platform.release())[:2]))
"""The version of the kernel, as (5, 14)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use in its whole life, in seconds of processor time and in bytes.

    `memory` bounds what it really uses, beyond what the zygote had when it forked; `file` any one
    file that it writes, `scratch` all of them together; `open_files` and `threads` are counts.
    `processor` is the number of the only one that it starts on, None for all.
    """

    cpu: int = 600
    memory: int = 4 * GIB
    file: int = 16 * MIB
    scratch: int = 64 * MIB
    open_files: int = 256
    threads: int = 1024
    processor: int | None = None


RESERVED = 8 * GIB
"""How much more address space than memory there may be: libraries reserve what they never use."""


def apply(limits: Limits, account: int, *, reserve: bool = False) -> None:
    """Set the limits of this process, which is about to become `account`, for good.

    The number of threads is bounded for every account but root. With `reserve` address space is
    not: CUDA reserves as much as all memory of host and GPUs together, and the judge watches what
    is really used.

    Raises
    ------
    OSError
        The kernel refuses.

    """
    cap = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: limits.cpu,
        resource.RLIMIT_FSIZE: limits.file,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_AS: _mapped() + limits.memory + RESERVED,
        resource.RLIMIT_NPROC: _tasks(account) + limits.threads,
    }
    if reserve:
        del cap[resource.RLIMIT_AS]
    for which, value in cap.items():
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))


def die_first() -> None:
    """Should the host run out of memory, have the kernel end this process before any other.

    It protects the host and bounds nothing, so where `/proc` cannot be written to, it is left out.
    """
    with (
        contextlib.suppress(OSError),
        open("/proc/self/oom_score_adj", "wb", buffering=0) as score,
    ):
        score.write(b"1000")


def _mapped() -> int:
    """Bytes of address space that this process has mapped."""
    with open("/proc/self/statm", "rb", buffering=0) as statm:
        return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _tasks(account: int) -> int:
    """How many threads an account has already, where the kernel counts them against this process.

    Since 5.14 it counts those in the same user namespace, and there are few.
    """
    count = 0
    if RELEASE >= (5, 14):
        return count
    for entry in os.scandir("/proc"):
        try:
            if entry.name.isdigit() and entry.stat().st_uid == account:
                count += len(os.listdir(f"/proc/{entry.name}/task"))
        except OSError:
            continue  # it has ended
    return count
