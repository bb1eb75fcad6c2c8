"""Confine this process, and say how far that went.

Each layer is a function that confines and returns, or raises when the host does not offer it.
`confine` applies them in order and names those that hold. Stronger layers (namespaces, Landlock,
seccomp) belong in `LAYERS` beside these; a worker calls `confine` before it sees any code.
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass

GIB = 2**30
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use in its whole life.

    `memory` is address space in bytes on top of what the zygote had mapped when it forked;
    `file` the size in bytes of any one file it writes; `cpu` seconds of processor time.
    """

    cpu: int = 600
    memory: int = 8 * GIB
    file: int = 16 * 2**20
    open_files: int = 256


def confine(limits: Limits) -> tuple[str, ...]:
    """Apply every layer that this host offers; returns the level reached and their names.

    The level is "process": a process of its own with limits, files and network not closed off.
    """
    reached = ["process"]
    for name, layer in LAYERS.items():
        try:
            layer(limits)
        except OSError:
            continue
        reached.append(name)
    return tuple(reached)


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that forked it ends.

    Raises
    ------
    OSError
        The host has no such call (anything but Linux).

    """
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of every orphan below this process, so that none escapes its end.

    Raises
    ------
    OSError
        The host has no such call (anything but Linux).

    """
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _own_session(_: Limits) -> None:
    os.setsid()
    die_with_parent()


def _rlimits(limits: Limits) -> None:
    cap(resource.RLIMIT_CORE, 0)
    cap(resource.RLIMIT_CPU, limits.cpu)
    cap(resource.RLIMIT_FSIZE, limits.file)
    cap(resource.RLIMIT_NOFILE, limits.open_files)
    cap(resource.RLIMIT_AS, _mapped() + limits.memory)


def cap(which: int, value: int) -> None:
    """Lower a resource limit for good, never raising one that is lower already."""
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def _no_new_privileges(_: Limits) -> None:
    _prctl(PR_SET_NO_NEW_PRIVS, 1)


def _not_dumpable(_: Limits) -> None:
    _prctl(PR_SET_DUMPABLE, 0)


LAYERS: dict[str, Callable[[Limits], None]] = {
    "session": _own_session,
    "rlimits": _rlimits,
    "no_new_privs": _no_new_privileges,
    "not_dumpable": _not_dumpable,
}


def _prctl(option: int, value: int) -> None:
    if sys.platform != "linux":
        raise OSError("prctl is Linux's")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _mapped() -> int:
    """Bytes of address space that this process has mapped."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()
