"""The processes that belong to a worker: all that it started, and what those did."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


def family(pid: int) -> Iterator[int]:
    """A process and those below it."""
    yield pid
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{thread}/children").read_text().split():
                yield from family(int(child))
    except OSError:
        return  # it has just ended


def signal_all(pid: int, number: int) -> None:
    """Send a signal to a process and to every process below it."""
    for each in family(pid):
        with contextlib.suppress(OSError):  # it has just ended
            os.kill(each, number)
