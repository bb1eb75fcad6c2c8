"""Which layers of confinement a host offers: each is tried once, in a process of its own."""

import errno
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from grader.sandbox import files, kernel, landlock, limits, namespaces, seccomp
from grader.sandbox.layers import (
    ACCOUNT,
    CAPABILITIES,
    DUMPABLE,
    IPC,
    LANDLOCK,
    LIMITS,
    LISTENER,
    MOUNT,
    NETWORK,
    PID,
    PRIVILEGES,
    SECCOMP,
    USER,
    Host,
    Offer,
)

LONGEST_REASON = 200
REASONS = {
    errno.EPERM: "the host does not allow it",
    errno.EACCES: "the host does not allow it",
    errno.ENOSYS: "this kernel has none",
    errno.EOPNOTSUPP: "it is switched off in this kernel",
    errno.ENOSPC: "the host allows no more (see /proc/sys/user)",
    errno.EINVAL: "this kernel cannot do it",
}


def probe(hidden: Sequence[Path] = (), without: Collection[str] = ()) -> Host:
    """Try every layer and say which hold, and why the others do not.

    `hidden` are paths that no worker may see. Layers named in `without` are left alone. Call it
    while this process has a single thread.
    """
    if kernel.MACHINE is None:
        why = f"there is none for {sys.platform} on {platform.machine()}"
        return Host(tuple(Offer(layer, why) for layer in TRIALS))
    host = Host()
    for layer, trial in TRIALS.items():
        if layer in without:
            offer = Offer(layer, "switched off")
        else:
            offer = _tried(layer, trial, host, hidden)
        host = Host((*host.offers, offer))
    return host


def _tried(
    layer: str, trial: Callable[[Host, Sequence[Path]], str], host: Host, hidden: Sequence[Path]
) -> Offer:
    """Try a layer in a child; what the child writes is how that went."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            told = "+" + trial(host, hidden)
        except OSError as error:
            told = "-" + _reason(error)
        try:
            os.write(writing, told.encode()[:LONGEST_REASON])
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        told = pipe.read().decode(errors="replace")
    status = os.waitpid(pid, 0)[1]
    if told.startswith("+"):
        return Offer(layer, version=told[1:])
    return Offer(layer, told[1:] or f"the trial ended with status {status}")


def _reason(error: OSError) -> str:
    """What the kernel says, in the words of somebody who sets up a host."""
    call = (error.strerror or "").partition(":")[0]
    words = REASONS.get(error.errno or 0) if call in kernel.NUMBERS else None
    return f"{call}: {words}" if words else str(error)


def _user(host: Host, hidden: Sequence[Path]) -> str:
    namespaces.enter_user(nobody=False)
    return ""


def _mount(host: Host, hidden: Sequence[Path]) -> str:
    _enter(host)
    namespaces.enclose(files.visible(hidden))
    namespaces.furnish(limits.MIB)
    return ""


def _unshare(flags: int) -> Callable[[Host, Sequence[Path]], str]:
    def trial(host: Host, hidden: Sequence[Path]) -> str:
        _enter(host)
        namespaces.unshare(flags)
        return ""

    return trial


def _processes(host: Host, hidden: Sequence[Path]) -> str:
    """Whether a process can give one child after another a namespace."""
    _enter(host)
    namespaces.enter_processes()
    for _ in range(2):
        child = namespaces.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
    return ""


def _account(host: Host, hidden: Sequence[Path]) -> str:
    """Whether nobody can read all that Python needs: it cannot where that lies in root's home."""
    visible = files.visible(hidden)
    if USER in host:
        namespaces.enter_user(nobody=True)
    if MOUNT in host:
        namespaces.enclose(visible)
    namespaces.become_nobody()
    needed = [*files.essential(), *([] if MOUNT in host else [Path(tempfile.gettempdir())])]
    for path in needed:
        if not os.access(path, os.R_OK | os.X_OK):
            raise PermissionError(f"nobody may not read {path}")
    return ""


def _capabilities(host: Host, hidden: Sequence[Path]) -> str:
    namespaces.drop_capabilities()
    return ""


def _privileges(host: Host, hidden: Sequence[Path]) -> str:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    return ""


def _dumpable(host: Host, hidden: Sequence[Path]) -> str:
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    return ""


def _limits(host: Host, hidden: Sequence[Path]) -> str:
    limits.apply(limits.Limits(), os.geteuid())
    return ""


def _landlock(host: Host, hidden: Sequence[Path]) -> str:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    return f"ABI {landlock.restrict([], [])}"


def _seccomp(host: Host, hidden: Sequence[Path]) -> str:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.refuse_calls(listen=False)
    return ""


def _listener(host: Host, hidden: Sequence[Path]) -> str:
    if SECCOMP not in host:
        raise OSError("there is no seccomp to listen to")
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.refuse_calls(listen=True)
    return ""


def _enter(host: Host) -> None:
    if USER in host:
        namespaces.enter_user(nobody=False)


TRIALS: dict[str, Callable[[Host, Sequence[Path]], str]] = {
    USER: _user,
    MOUNT: _mount,
    PID: _processes,
    NETWORK: _unshare(namespaces.NEWNET),
    IPC: _unshare(namespaces.NEWIPC | namespaces.NEWUTS),
    ACCOUNT: _account,
    CAPABILITIES: _capabilities,
    PRIVILEGES: _privileges,
    DUMPABLE: _dumpable,
    LIMITS: _limits,
    LANDLOCK: _landlock,
    SECCOMP: _seccomp,
    LISTENER: _listener,
}
"""How to try each layer, in the order in which they are applied."""
