"""Confine a process that runs learners' code, as far as the host allows, and say how far that is.

The nursery calls `probe` to find out what the host offers, and `enclose` once. Every worker that it
forks calls `confine` before it sees any code. What was offered and then fails is an error: nobody's
code runs in less than the level that is reported.
"""

import contextlib
import os
import signal
import socket
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import files, kernel, landlock, limits, namespaces, seccomp
from grader.sandbox.layers import (
    ACCOUNT,
    CAPABILITIES,
    CLOSED,
    DUMPABLE,
    FULL,
    IPC,
    LANDLOCK,
    LIMITS,
    LISTENER,
    MOUNT,
    NETWORK,
    PID,
    PRIVILEGES,
    SECCOMP,
    TRUSTED,
    USER,
    Host,
    Offer,
)
from grader.sandbox.limits import Limits
from grader.sandbox.probe import probe

__all__ = [
    "CLOSED",
    "FULL",
    "LIBRARIES",
    "PID",
    "SCRATCH",
    "SUPPORTED",
    "TRUSTED",
    "Exemptions",
    "Host",
    "Limits",
    "Offer",
    "adopt_orphans",
    "answer",
    "close_all_but",
    "confine",
    "die_with_parent",
    "enclose",
    "ends_with_all",
    "exemptions",
    "fork",
    "gpu_devices",
    "make_folder",
    "number_outside",
    "probe",
    "searched",
    "visible",
    "why",
    "writes_in_memory",
]

SUPPORTED = kernel.MACHINE is not None
"""Whether a zygote can run here at all."""

STANDARD_ERROR = 2
SCRATCH = namespaces.SCRATCH
LIBRARIES = files.LIBRARIES
visible = files.visible
gpu_devices = files.gpu_devices
searched = files.searched
why = seccomp.why


def enclose(host: Host, view: files.View) -> int | None:
    """Enter the user and mount namespaces that all workers of this process will share.

    It goes on in a process namespace of its own, so that it can give each worker another. What
    every worker will need is made ready; returns the descriptor of the rules for files that
    hold for all of them, None where each has a folder of its own among the host's.

    Raises
    ------
    OSError
        The host does not keep what it offered.

    """
    if USER in host:
        namespaces.enter_user(nobody=ACCOUNT in host)
    if PID in host:
        namespaces.enter_processes()
    if MOUNT in host:
        namespaces.enclose(view)
    if SECCOMP in host and PID in host:
        seccomp.prepare(listen=LISTENER in host, own_pid=1, unix_sockets=_may_connect(host, view))
    if LANDLOCK not in host or MOUNT not in host:
        return None
    # A worker's own mounts are not there yet, and a rule for what they will be mounted in does:
    # of the file system that it is in nothing else can be written to.
    own = [SCRATCH.parent, namespaces.SHARED_MEMORY.parent]
    shown = namespaces.SHOWN_PROC
    usable = [*view.devices, shown] if view.devices else []
    return landlock.ruleset([*view.readable, shown], own, view.listed, usable)


def writes_in_memory(host: Host) -> bool:
    """Whether what workers write goes to `SCRATCH`, in memory, and not to the host's disk."""
    return MOUNT in host


def make_folder(host: Host) -> Path | None:
    """Make a folder for a worker to write to; None where that is in memory."""
    if writes_in_memory(host):
        return None
    folder = Path(tempfile.mkdtemp(prefix=f"kata-{number_outside()}-"))
    if ACCOUNT in host:
        os.chown(folder, namespaces.NOBODY, namespaces.NOBODY)
    return folder


def fork(host: Host) -> int:
    """Fork; the child is the first of a process namespace of its own, if the host offers that."""
    return namespaces.fork() if PID in host else os.fork()


def ends_with_all(host: Host) -> bool:
    """Whether nothing that a worker has started can outlive it."""
    return PID in host


def number_outside() -> int:
    """The number that this process has for the judge, before it is confined."""
    return int(os.readlink("/proc/self"))


def close_all_but(kept: Collection[int]) -> None:
    """Close every descriptor of this process but its standard streams and these."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) > STANDARD_ERROR and int(name) not in kept:
            with contextlib.suppress(OSError):  # the listing's own
                os.close(int(name))


@dataclass(slots=True)
class Exemptions:
    """What a GPU's driver may try in a worker, where there is one.

    By name how many calls that others are refused are `left` to it; those that are `untold` are
    refused, and are nobody's doing.
    """

    left: dict[str, int]
    untold: tuple[str, ...]


def exemptions(host: Host, view: files.View) -> Exemptions:
    """What the driver of the GPUs in view may try; nothing where there are none."""
    left = {seccomp.IN_MEMORY: seccomp.MOST_IN_MEMORY} if _may_connect(host, view) else {}
    return Exemptions(left, seccomp.BY_DRIVER if view.devices else ())


def answer(listener: int, report: socket.socket, granted: Exemptions) -> None:
    """Answer the call that a worker waits in; if refused, name it to whoever listens to reports."""

    def allows(name: str) -> bool:
        if granted.left.get(name, 0):
            granted.left[name] -= 1
            return True
        if name not in granted.untold:
            with contextlib.suppress(OSError):  # so many that one more is not needed, or all gone
                report.send(name.encode(), socket.MSG_DONTWAIT)
        return False

    seccomp.answer(listener, allows)


def confine(
    host: Host,
    bounds: Limits,
    view: files.View,
    folder: Path,
    rules: int | None = None,
) -> int | None:
    """Confine this process, which has a single thread, for good.

    It sees the `view` and writes `folder`. Where there are GPUs in view it may use them, and do
    what their driver does: reserve as much address space as there is memory, have Unix sockets and
    files that are in memory alone, name its threads. `rules` is what `enclose` gave. Returns the
    descriptor at which its refused calls are heard of, if the host offers that.

    Raises
    ------
    OSError
        The host does not keep what it offered.

    """
    os.setsid()
    limits.die_first()
    if LIMITS in host:
        account = namespaces.NOBODY if ACCOUNT in host else os.geteuid()
        limits.apply(bounds, account, reserve=bool(view.devices))
    for layer, flags in NAMESPACES.items():
        if layer in host:
            namespaces.unshare(flags)
    if MOUNT in host:
        namespaces.furnish(bounds.scratch)
    os.chdir(folder)
    _open_nothing()
    if ACCOUNT in host:
        namespaces.become_nobody()
    if CAPABILITIES in host:
        namespaces.drop_capabilities()
    if PRIVILEGES in host:
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if DUMPABLE in host:
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    die_with_parent()
    if rules is not None:
        landlock.enter(rules)
        os.close(rules)
    elif LANDLOCK in host:
        writable = [folder, *map(Path, files.DEVICES)]
        own = Path("/proc/self").resolve()
        proc = [Path("/proc") / name for name in view.proc] + [own]
        usable = [*view.devices, own / "task"] if view.devices else []
        landlock.restrict([*view.readable, *proc], writable, view.listed, usable)
    if SECCOMP not in host:
        return None
    return seccomp.refuse_calls(listen=LISTENER in host, unix_sockets=_may_connect(host, view))


def _may_connect(host: Host, view: files.View) -> bool:
    """Whether a GPU's driver may have sockets: where they lead nowhere but to the worker itself."""
    return bool(view.devices) and MOUNT in host and NETWORK in host


NAMESPACES = {
    NETWORK: namespaces.NEWNET,
    IPC: namespaces.NEWIPC | namespaces.NEWUTS,
}


def _open_nothing() -> None:
    """Open the standard streams anew: what is set on an open file, all that share it can see."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    os.close(nothing)


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that forked it ends.

    Raises
    ------
    OSError
        The host has no such call (anything but Linux).

    """
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of every orphan below this process, so that none escapes its end.

    Raises
    ------
    OSError
        The host has no such call (anything but Linux).

    """
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
