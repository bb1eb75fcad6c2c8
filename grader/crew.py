"""The judges of one machine: one process each, and one race at a time."""

import getpass
import queue
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import filelock

from grader.apart import Apart, Hire, Order, Reply


class Judges:
    """So many judges, each in a process of its own. A context manager; leaving it ends them.

    Whatever races on this machine, in other batches too, waits for its turn.
    """

    def __init__(self, hire: Hire, count: int) -> None:
        self._all = [Apart(hire) for _ in range(count)]
        self._idle: queue.LifoQueue[Apart] = queue.LifoQueue()
        for judge in self._all:
            self._idle.put(judge)
        self._threads = ThreadPoolExecutor(count, "judge")

    def hands(self) -> int:
        """How many submissions are worth handing over at a time."""
        return len(self._all)

    def machines(self) -> int:
        """How many machines there are: the one here."""
        return 1

    def submit(self, order: Order) -> Future[Reply]:
        """Have something marked; the future may raise `Lost`, or KataError on an unfit host."""
        return self._threads.submit(self.mark, order)

    def mark(self, order: Order) -> Reply:
        """Have something marked by the next judge who has time, and wait for it.

        Raises
        ------
        KataError
            This host cannot shut code in.
        Lost
            The judge did not survive it.

        """
        judge = self._idle.get()
        try:
            if order.result is None:
                return judge.mark(order)
            with filelock.FileLock(RACES):
                return judge.mark(order)
        finally:
            self._idle.put(judge)

    def close(self) -> None:
        """End them, in the middle of what they do."""
        for judge in self._all:
            judge.close()
        self._threads.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


RACES = Path(tempfile.gettempdir()) / f"kata-races-{getpass.getuser()}.lock"
"""Held by whoever races on this machine."""
