"""Which processor runs what: a judge and its worker take turns, and do so fastest on one.

A message to a process that sleeps on another processor has to wake that up first. Where every
processor has a judge of its own, none gains by working anywhere else.
"""

import contextlib
import os
import threading
from collections.abc import Iterator

ALL = frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset[int]()
"""Those that this process may use; empty where nobody can say which."""

COUNT = len(ALL) or os.cpu_count() or 1

THREADS = dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), str(COUNT))
"""For the environment of TensorFlow, which else has a thread for each that it is kept to.

With another number of threads it adds in another order.
"""


def shared_out(judges: int) -> list[int | None]:
    """One processor for each of so many judges; None, which is all, where some would have none."""
    if not ALL or judges < len(ALL):
        return [None] * judges
    numbers = sorted(ALL)
    return [numbers[judge % len(numbers)] for judge in range(judges)]


def keep_to(processor: int | None) -> None:
    """Run the threads of this process, and what they start from now on, on one processor.

    None gives them all again; whoever was kept by others to some of them stays there.
    """
    if not ALL:
        return
    me = threading.current_thread()
    for thread in threading.enumerate():
        # In a process namespace of its own this thread has another number than Python remembers.
        number = 0 if thread is me else thread.native_id or 0
        with contextlib.suppress(OSError):  # it has ended, or the processor is gone
            if processor is not None:
                os.sched_setaffinity(number, {processor})
            elif len(os.sched_getaffinity(number)) == 1:
                os.sched_setaffinity(number, ALL)


@contextlib.contextmanager
def everywhere() -> Iterator[None]:
    """Let what is started in the block use all of them, wherever this thread is kept."""
    before = os.sched_getaffinity(0) if ALL else ALL
    if len(before) != 1:
        yield
        return
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, ALL)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, before)
