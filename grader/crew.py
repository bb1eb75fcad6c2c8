"""The judges of one machine: one process each, and one race at a time."""

import queue
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self

import filelock
from msgspec.structs import replace

from grader import processors
from grader.apart import Apart, Hire, Lost, Order, Reply
from grader.files import own_folder


class Judges:
    """So many judges, each in a process of its own. A context manager; leaving it ends them.

    Whatever races on this machine, in other batches too, waits for its turn.
    """

    def __init__(self, hire: Hire, count: int) -> None:
        self._all = [
            Apart(replace(hire, processor=processor)) for processor in processors.shared_out(count)
        ]
        self._idle: queue.LifoQueue[Apart] = queue.LifoQueue()
        for judge in self._all:
            self._idle.put(judge)
        self._threads = ThreadPoolExecutor(count, "judge")
        self._closed = False

    def judges(self) -> int:
        """How many submissions are marked at a time."""
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
            with self._turn():
                return judge.mark(order)
        finally:
            self._idle.put(judge)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until nobody else races on this machine, or these judges are not wanted any more."""
        lock = filelock.FileLock(own_folder() / "races.lock")
        while True:
            if self._closed:
                raise Lost("it was sent home")
            with suppress(filelock.Timeout), lock.acquire(timeout=1):
                yield
                return

    def close(self) -> None:
        """End them, in the middle of what they do."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for judge in self._all:
            judge.close()
        self._threads.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
