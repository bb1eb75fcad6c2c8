"""Namespaces: a file system, a network, processes of one's own, as far as the host gives them.

Sources: the manual pages of unshare(2), user_namespaces(7), pivot_root(2), open_tree(2),
mount_setattr(2).
"""

import ctypes
import os
import signal
import stat
from collections.abc import Iterable
from pathlib import Path

from grader.sandbox import files, kernel, limits

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x0002_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000,
)  # fmt: skip
NOBODY = 65534
"""The account that a worker of root's gets: it owns nothing."""

SCRATCH = Path("/run/kata-learner")
"""Where a worker may write."""

SHARED_MEMORY = Path("/dev/shm")
PROC, SHOWN_PROC = Path("/proc"), Path("/kata-proc")
"""Where what a worker sees of /proc lies ready, but for its own process."""

CAPABILITIES_HEADER = (ctypes.c_uint32 * 2)(0x2008_0522, 0)
NO_CAPABILITIES = (ctypes.c_uint32 * 6)()
"""For `capset`: version 3, this process; two words for each of three sets."""

OWN_MOUNTS = (SCRATCH, SHARED_MEMORY, PROC, SHOWN_PROC)
MOST_FILES = 4096
RDONLY, NOSUID, NODEV, NOEXEC = 1, 2, 4, 8
MS_REC, MS_PRIVATE = 0x4000, 1 << 18
CLONE, RECURSIVE, EMPTY_PATH, CLOEXEC = 1, 0x8000, 0x1000, 0x80000
FROM_EMPTY_PATH = 4
HERE = -100
DETACH = 2


def unshare(flags: int) -> None:
    """Leave namespaces for new ones; NEWPID takes the next child only.

    Raises
    ------
    OSError
        The host does not allow it.

    """
    kernel.syscall("unshare", flags)


def enter_user(*, nobody: bool) -> None:
    """Enter a user namespace in which this process may do what root may, to itself.

    With `nobody`, which takes root, that account is there too. Call it with a single thread.

    Raises
    ------
    OSError
        The host does not allow it.

    """
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        _enter_mapped(f"0 0 1\n{NOBODY} {NOBODY} 1" if nobody else "0 0 1")
        return
    if nobody:
        raise PermissionError("only root has other accounts to give")
    unshare(NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _enter_mapped(accounts: str) -> None:
    """Enter a user namespace whose accounts a process outside it writes down, as only root may."""
    reading, writing = os.pipe()
    me, scribe = os.getpid(), os.fork()
    if scribe == 0:
        status = 1
        try:
            os.close(writing)
            if os.read(reading, 1):
                Path(f"/proc/{me}/uid_map").write_text(accounts)
                Path(f"/proc/{me}/gid_map").write_text(accounts)
                status = 0
        finally:
            os._exit(status)
    try:
        unshare(NEWUSER)
        os.write(writing, b"x")
    finally:
        os.close(reading)
        os.close(writing)
        status = os.waitpid(scribe, 0)[1]
    if status:
        raise PermissionError(f"the accounts {accounts!r} cannot be mapped")


def enter_processes() -> None:
    """Go on in a child, the first process of a namespace of its own.

    The process that calls this waits for the child, and ends when it does; and the other way round.

    Raises
    ------
    OSError
        The host does not allow it.

    """
    unshare(NEWPID)
    pid = os.fork()
    if pid == 0:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)


def fork() -> int:
    """Fork a child that is the first of a process namespace; to be called in such a one.

    Raises
    ------
    OSError
        The host does not allow it.

    """
    here, pid = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC), None
    try:
        unshare(NEWPID)
        pid = os.fork()
        return pid
    finally:
        if pid != 0:
            kernel.syscall("setns", here, NEWPID)  # or there could be no other namespace after it
        os.close(here)


def become_nobody() -> None:
    """Give up root for an account that owns nothing.

    Raises
    ------
    OSError
        This is not root, or there is no such account.

    """
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def drop_capabilities() -> None:
    """Give up every privilege that goes beyond those of an ordinary account.

    Raises
    ------
    OSError
        The kernel refuses.

    """
    kernel.syscall("capset", ctypes.byref(CAPABILITIES_HEADER), ctypes.byref(NO_CAPABILITIES))


def enclose(view: files.View) -> None:
    """Enter a mount namespace that holds what is in view, read-only, and nothing else.

    What needs a place of its own in each worker has a bare folder; /proc is there as it was, for
    `furnish` to cover. This process stays able to mount, until it drops its capabilities.

    Raises
    ------
    OSError
        The host does not allow it, or is older than Linux 5.12.

    """
    unshare(NEWNS)
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    proc = _clone(Path("/proc"))
    links = {path: os.readlink(path) for path in view.readable if path.is_symlink()}
    trees = {path: _clone(path) for path in view.readable if path not in links}
    for path, tree in trees.items():
        device = path.is_relative_to("/dev")
        _set(tree, RDONLY | NOSUID | (0 if device else NODEV), recursive=True)
    root = Path("/proc")  # any folder will do that is there for sure: all that is needed is cloned
    mount("tmpfs", str(root), "size=4m,mode=755", NOSUID)
    for folder in OWN_MOUNTS:
        _inside(root, folder).mkdir(parents=True, exist_ok=True)
    _attach(proc, _inside(root, Path("/proc")))
    for path, tree in trees.items():
        place = _inside(root, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        _attach(tree, place)
    for path, target in links.items():
        _inside(root, path).symlink_to(target)
    if not _inside(root, Path("/tmp")).exists():
        _inside(root, Path("/tmp")).symlink_to(SCRATCH)
    os.chdir(root)
    kernel.syscall("pivot_root", b".", b".")
    kernel.syscall("umount2", b".", DETACH)
    os.chdir("/")
    _set(HERE, RDONLY | NOSUID, path=b"/")
    _mount_in_memory(SCRATCH, limits.MIB)  # for this process; a worker covers it with its own
    _lay_out_proc(view.proc)


def furnish(scratch_bytes: int) -> None:
    """Put a worker's own folders into a mount namespace of its own, inside an enclosed one.

    Scratch and shared memory are filled in memory up to `scratch_bytes` each and vanish with the
    worker; of /proc there is its own process and what is harmless about the machine.

    Raises
    ------
    OSError
        The host does not allow it.

    """
    unshare(NEWNS)
    shown, own = _clone(SHOWN_PROC), _clone(PROC / "self")
    for folder in (SCRATCH, SHARED_MEMORY):
        _mount_in_memory(folder, scratch_bytes)
    _attach(shown, PROC)
    _attach(own, PROC / "self")


def _lay_out_proc(names: Iterable[str]) -> None:
    """Put what every worker sees of /proc where each can take it from in one go."""
    mount("tmpfs", str(SHOWN_PROC), "size=64k,mode=755", NOSUID | NODEV | NOEXEC)
    for name in names:
        if (PROC / name).exists():
            place = SHOWN_PROC / name
            place.parent.mkdir(parents=True, exist_ok=True)
            _attach(_clone(PROC / name), place, RDONLY | NOSUID | NODEV | NOEXEC)
    (SHOWN_PROC / "self").mkdir()
    (SHOWN_PROC / "mounts").symlink_to("self/mounts")
    _set(HERE, RDONLY | NOSUID | NODEV | NOEXEC, path=bytes(SHOWN_PROC))


def mount(kind: str, target: str, options: str, flags: int) -> None:
    """Mount a file system.

    Raises
    ------
    OSError
        The kernel refuses.

    """
    name = kind.encode()
    kernel.syscall("mount", name, target.encode(), name, flags, options.encode())


def _mount_in_memory(folder: Path, size: int) -> None:
    options = f"size={size},nr_inodes={MOST_FILES},mode=1777"
    mount("tmpfs", str(folder), options, NOSUID | NODEV | NOEXEC)


def _inside(root: Path, path: Path) -> Path:
    return root / path.relative_to("/")


def _clone(path: Path) -> int:
    """A copy of what is mounted at and below a path, not attached anywhere yet; its descriptor."""
    return kernel.syscall("open_tree", HERE, os.fsencode(path), CLONE | CLOEXEC | RECURSIVE)


def _set(tree: int, attributes: int, *, path: bytes = b"", recursive: bool = False) -> None:
    """Set attributes of a mount."""
    settings = (ctypes.c_uint64 * 4)(attributes)
    flags = (0 if path else EMPTY_PATH) | (RECURSIVE if recursive else 0)
    kernel.syscall("mount_setattr", tree, path, flags, ctypes.byref(settings), 32)


def _attach(tree: int, place: Path, attributes: int = 0) -> None:
    """Attach a cloned tree at a place that is made for it."""
    if not place.exists():
        if stat.S_ISDIR(os.fstat(tree).st_mode):
            place.mkdir()
        else:
            place.touch()
    if attributes:
        _set(tree, attributes, recursive=True)
    kernel.syscall("move_mount", tree, b"", HERE, os.fsencode(place), FROM_EMPTY_PATH)
    os.close(tree)
