"""A filter of system calls, and who answers for those that it refuses.

The filter is a program for the kernel's classic BPF machine. A call that is refused stops, and a
listener in another process is told of it: that is how a report can name what was refused. Where the
kernel has no listener (before 5.0) the call fails just the same, and nobody is told.

Sources: Documentation/userspace-api/seccomp_filter.rst, include/uapi/linux/seccomp.h, Linux 6.18.
"""

import contextlib
import ctypes
import errno
import functools
import os
import struct
from collections.abc import Callable, Iterator, Sequence

from grader.sandbox import kernel

NETWORK = ("socket",)
PROCESSES = ("fork", "vfork", "execve", "execveat")
OTHERS = (
    "kcmp", "pidfd_getfd", "pidfd_open", "pidfd_send_signal", "process_madvise",
    "process_mrelease", "process_vm_readv", "process_vm_writev", "ptrace", "setpriority",
)  # fmt: skip
SHARED = ("memfd_create", "memfd_secret", "mq_open", "msgget", "semget", "shmget")
KEYS = ("add_key", "keyctl", "request_key")
MOUNTS = (
    "chroot", "fsconfig", "fsmount", "fsopen", "fspick", "mount", "mount_setattr", "move_mount",
    "name_to_handle_at", "open_by_handle_at", "open_tree", "open_tree_attr", "pivot_root",
    "setns", "umount2", "unshare",
)  # fmt: skip
KERNEL = (
    "acct", "adjtimex", "bpf", "clock_adjtime", "clock_settime", "delete_module", "fanotify_init",
    "finit_module", "init_module", "io_uring_enter", "io_uring_register", "io_uring_setup",
    "ioperm", "iopl", "kexec_file_load", "kexec_load", "modify_ldt", "perf_event_open",
    "personality", "quotactl", "quotactl_fd", "reboot", "setdomainname", "sethostname",
    "settimeofday", "swapoff", "swapon", "syslog", "userfaultfd", "vhangup",
)  # fmt: skip
WHY = {
    **dict.fromkeys(NETWORK, "there is no network here"),
    **dict.fromkeys((*PROCESSES, "clone"), "no other process can be started here"),
    **dict.fromkeys(
        (*OTHERS, "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "prlimit64"),
        "other processes are out of reach here",
    ),
    **dict.fromkeys(SHARED, "no memory can be shared with another process here"),
    **dict.fromkeys(KEYS, "the kernel's keys are out of reach here"),
    **dict.fromkeys((*MOUNTS, *KERNEL, "prctl"), "nothing of the system can be changed here"),
}
"""Every call that is refused, always or with some arguments, and what to say of it."""

IN_MEMORY = "memfd_create"
MOST_IN_MEMORY = 16
"""So many files in memory a GPU's driver may make; they count in no other limit but a file's."""

BY_DRIVER = ("clone",)
"""What it tries and does without: to run a program that would set up the GPU."""

ALWAYS = (*NETWORK, *PROCESSES, *OTHERS, *SHARED, *KEYS, *MOUNTS, *KERNEL)
ONLY_OF_ITSELF = ("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo")
"""Allowed to a process for itself alone, whose number is the first argument."""

UNIX = 1
FAMILIES = {UNIX: "Unix", 2: "IPv4", 10: "IPv6", 16: "netlink", 17: "packet"}

CLONE_THREAD = 0x10000
X32 = 0x4000_0000
ARCHITECTURES = (0xC000_003E, 0xC000_00B7)
"""AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64, in the order of `kernel.NUMBERS`."""

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_SET, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
"""Where the filter finds them in `struct seccomp_data`; of the argument the lower half."""

KILL, FAIL, NOTIFY, ALLOW = 0x8000_0000, 0x0005_0000, 0x7FC0_0000, 0x7FFF_0000
SET_MODE_FILTER, NEW_LISTENER, SPEC_ALLOW = 1, 1 << 3, 1 << 2
NOTIFICATION, RESPONSE = "QIIiIQ6Q", "QqiI"
RECEIVE, SEND, CONTINUE = 0xC050_2100, 0xC018_2101, 1

INSTRUCTION = "HBBI"
SIZE = struct.calcsize(INSTRUCTION)
Instruction = tuple[int, int, int, int]
"""Operation, how far to jump if true, how far if false, operand."""


def refuse_calls(*, listen: bool, unix_sockets: bool = False) -> int | None:
    """Filter the calls of this process from now on; returns the listener's descriptor.

    Without `listen` there is none, and a refused call fails with EPERM. With `unix_sockets` these
    are let through: the driver of a GPU does not start without. Call it last, while the process has
    a single thread, with `no_new_privs` set.

    Raises
    ------
    OSError
        The kernel refuses the filter.

    """
    refused = NOTIFY if listen else FAIL | errno.EPERM
    descriptor = _put_on(packed(refused, os.getpid(), unix_sockets), NEW_LISTENER if listen else 0)
    return descriptor if listen else None


def prepare(*, listen: bool, own_pid: int, unix_sockets: bool = False) -> None:
    """Put the filter together for those that are forked from here and will have this number."""
    packed(NOTIFY if listen else FAIL | errno.EPERM, own_pid, unix_sockets)


@functools.cache
def packed(refused: int, own_pid: int, unix_sockets: bool) -> bytes:
    """The filter as the kernel takes it; see `program`."""
    return _bytes(program(refused, own_pid, unix_sockets=unix_sockets))


def install(instructions: Sequence[Instruction], flags: int = 0) -> int:
    """Put a filter on this process and all that it starts; returns what the kernel does.

    SPEC_ALLOW keeps kernels before 5.16 from slowing the process down as the price of a filter.

    Raises
    ------
    OSError
        The kernel refuses the filter.

    """
    return _put_on(_bytes(instructions), flags)


def _put_on(program: bytes, flags: int) -> int:
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // SIZE, ctypes.addressof(code))
    return kernel.syscall("seccomp", SET_MODE_FILTER, SPEC_ALLOW | flags, header)


def _bytes(instructions: Sequence[Instruction]) -> bytes:
    return b"".join(struct.pack(INSTRUCTION, *each) for each in instructions)


def program(refused: int, own_pid: int, *, unix_sockets: bool = False) -> list[Instruction]:
    """The filter: `refused` is what becomes of a call that is not allowed."""
    assert kernel.MACHINE is not None
    return [
        (LOAD, 0, 0, ARCHITECTURE),
        (JUMP_EQUAL, 1, 0, ARCHITECTURES[kernel.MACHINE]),
        (RETURN, 0, 0, KILL),  # a 32-bit call, whose numbers mean something else
        (LOAD, 0, 0, NUMBER),
        (JUMP_AT_LEAST, 0, 1, X32),
        (RETURN, 0, 0, KILL),
        *always(["clone3"], FAIL | errno.ENOSYS),  # the C library then takes clone
        *(_unless("socket", (JUMP_EQUAL, 1, 0, UNIX), refused) if unix_sockets else ()),
        *always(ALWAYS, refused),
        *_unless("clone", (JUMP_SET, 1, 0, CLONE_THREAD), refused),
        *_unless("prlimit64", (JUMP_EQUAL, 2, 0, 0), refused, (JUMP_EQUAL, 1, 0, own_pid)),
        *_unless("prctl", (JUMP_EQUAL, 0, 1, kernel.PR_SET_PDEATHSIG), refused),
        *(
            line
            for name in ONLY_OF_ITSELF
            for line in _unless(name, (JUMP_EQUAL, 1, 0, own_pid), refused)
        ),
        (RETURN, 0, 0, ALLOW),
    ]


def always(names: Sequence[str], action: int) -> Iterator[Instruction]:
    """Do `action` for each of some calls, whatever their arguments; the call's number is loaded."""
    for name in names:
        number = kernel.number(name)
        if number is not None:
            yield (JUMP_EQUAL, 0, 1, number)
            yield (RETURN, 0, 0, action)


def _unless(name: str, first: Instruction, action: int, *more: Instruction) -> list[Instruction]:
    """Do `action` unless the tests of the first argument jump over it."""
    number = kernel.number(name)
    assert number is not None
    block = [
        (LOAD, 0, 0, FIRST_ARGUMENT),
        first,
        *more,
        (RETURN, 0, 0, action),
        (RETURN, 0, 0, ALLOW),
    ]
    return [(JUMP_EQUAL, 0, len(block), number), *block]


def answer(listener: int, allows: Callable[[str], bool]) -> None:
    """Answer the call that a filtered process waits in: it is made or refused.

    `listener` is what `refuse_calls` returned in that process; `allows` is asked with the call's
    name. To let one through takes Linux 5.5, and is for calls that no argument makes dangerous: the
    process can still change what they point to.
    """
    import fcntl  # there is none on Windows

    notification = bytearray(struct.calcsize(NOTIFICATION))
    with contextlib.suppress(OSError):  # the caller was killed while it waited
        fcntl.ioctl(listener, RECEIVE, notification)
        ident, _, _, number, _, _, *args = struct.unpack(NOTIFICATION, notification)
        error, flags = (0, CONTINUE) if allows(_shown(number, args[0])) else (-errno.EPERM, 0)
        fcntl.ioctl(listener, SEND, struct.pack(RESPONSE, ident, 0, error, flags))


def why(shown: str) -> str:
    """Say why a call is refused, by the name that `answer` asked by."""
    return WHY.get(shown.partition(" ")[0], "it is not allowed here")


def _shown(number: int, argument: int) -> str:
    name = next((name for name in WHY if kernel.number(name) == number), str(number))
    family = FAMILIES.get(argument & 0xFFFF_FFFF) if name == "socket" else None
    return f"{name} ({family})" if family else name
