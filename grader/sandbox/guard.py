"""The process between the zygote and a worker: it opens the worker's namespace, and answers for it.

It runs no learner's code. It gives the worker a process namespace of its own, in which nothing can
outlive it; refuses the system calls that the filter stops, and tells the judge of each; and ends
as the worker ended.
"""

import contextlib
import os
import signal
import socket
from collections.abc import Callable
from typing import NoReturn

from grader.sandbox import namespaces, seccomp

ERROR = 1


def watch_over(
    work: Callable[[socket.socket], None],
    channel: socket.socket,
    report: socket.socket,
    *,
    own_processes: bool,
) -> NoReturn:
    """Fork, have the child `work`, and stand guard until it has ended.

    `work` gets a socket, over which it sends the descriptor of its listener, if it has one, before
    it runs anything of a learner's, and which it closes then. `channel` is the child's alone. The
    names of refused calls go to `report`. With `own_processes` the child is the first of
    a process namespace.
    """
    if own_processes:
        namespaces.unshare(namespaces.NEWPID)
    mine, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            mine.close()
            report.close()
            work(theirs)
        finally:
            os._exit(ERROR)
    theirs.close()
    channel.close()
    _, descriptors, _, _ = socket.recv_fds(mine, 1, 1)
    mine.close()
    if descriptors:
        _answer(descriptors[0], pid, report)
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        with contextlib.suppress(OSError):  # nobody can set what SIGKILL does
            signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


def _answer(listener: int, pid: int, report: socket.socket) -> None:
    def tell(name: str) -> None:
        with contextlib.suppress(BlockingIOError):  # so many that nobody needs one more
            report.send(name.encode(), socket.MSG_DONTWAIT)

    seccomp.answer(listener, os.pidfd_open(pid), tell)
