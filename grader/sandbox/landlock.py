"""Landlock: which files a process may read and write, from now on and for good.

Source: Documentation/userspace-api/landlock.rst of Linux 6.18 (ABI 7).
"""

import ctypes
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from grader.sandbox import kernel

WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_DIR, MAKE_REG, MAKE_FIFO, MAKE_SYM = 1 << 7, 1 << 8, 1 << 10, 1 << 12
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15

RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 5: 16}
"""From which ABI on how many rights to files can be taken away."""

NETWORK_SINCE, SCOPE_SINCE = 4, 6
TCP = 0b11
"""To bind a TCP socket and to connect one."""

SCOPE = 0b11
"""Abstract Unix sockets of others, and signals to them."""

READ = READ_FILE | READ_DIR
WRITE = (
    READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_FIFO | MAKE_SYM
    | REFER | TRUNCATE
)  # fmt: skip
USE = READ | WRITE_FILE | TRUNCATE | IOCTL_DEV
"""What is done with a device, and with what else is there and takes a word."""

OF_FILES = WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1


def abi() -> int:
    """The version of Landlock that this kernel offers.

    Raises
    ------
    OSError
        It has none, or it is switched off.

    """
    return kernel.syscall("landlock_create_ruleset", None, 0, CREATE_RULESET_VERSION)


def restrict(
    readable: Iterable[Path],
    writable: Iterable[Path],
    listed: Iterable[Path] = (),
    usable: Iterable[Path] = (),
) -> int:
    """Leave this thread nothing but these paths and what is below them; returns the ABI.

    Of `listed` folders it sees the names of what is in them, and below. What is `usable`, or below
    that, it may write to, and a device tell what to do, but make and remove nothing. TCP sockets,
    abstract Unix sockets and signals to processes outside go with ABI 4 and 6. Nothing can be
    executed. Call it while the process has a single thread, with `no_new_privs` set.

    Raises
    ------
    OSError
        The kernel offers no Landlock or refuses a rule.

    """
    version = abi()
    rules = ruleset(readable, writable, listed, usable)
    try:
        enter(rules)
    finally:
        os.close(rules)
    return version


def ruleset(
    readable: Iterable[Path],
    writable: Iterable[Path],
    listed: Iterable[Path] = (),
    usable: Iterable[Path] = (),
) -> int:
    """Write the rules of `restrict` down for processes that are forked from here.

    Returns their descriptor.

    Raises
    ------
    OSError
        The kernel offers no Landlock or refuses a rule.

    """
    version = abi()
    rights = (1 << max(n for v, n in RIGHTS_BY_ABI.items() if v <= version)) - 1
    attributes = (ctypes.c_uint64 * 3)(rights, TCP, SCOPE)
    size = 8 * (1 + (version >= NETWORK_SINCE) + (version >= SCOPE_SINCE))
    rules = kernel.syscall("landlock_create_ruleset", ctypes.byref(attributes), size, 0)
    try:
        granted = (readable, READ), (writable, WRITE), (listed, READ_DIR), (usable, USE)
        for paths, allowed in granted:
            for path in paths:
                _allow(rules, path, allowed & rights)
    except OSError:
        os.close(rules)
        raise
    return rules


def enter(rules: int) -> None:
    """Leave this thread nothing but what a ruleset allows, see `restrict`.

    Raises
    ------
    OSError
        The kernel refuses.

    """
    kernel.syscall("landlock_restrict_self", rules, 0)


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def _allow(ruleset: int, path: Path, allowed: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return  # what is not there, or out of reach, needs no permission
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISLNK(mode):
            return  # it may lead to what is hidden; where it may lead is a path of its own
        if not stat.S_ISDIR(mode):
            allowed &= OF_FILES
        rule = _PathBeneath(allowed, descriptor)
        kernel.syscall("landlock_add_rule", ruleset, RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)
