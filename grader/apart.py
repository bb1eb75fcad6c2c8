"""A judge in a process of its own, which marks one submission after another.

What happens to it happens to one submission: a process that is lost is replaced, and the others
never notice. It ends when whoever started it is gone.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from grader import course, wire
from grader.bench import Settings
from grader.collect import Work
from grader.errors import KataError
from grader.judge import Judge
from grader.result import Result
from grader.sandbox import Limits
from grader.session import GraderFailed


class Order(msgspec.Struct, frozen=True):
    """What is to be marked: some exercises of a piece of work.

    With `result` it is their races that are due, and what they find is put into it. What is
    `known_wrong` from before is stood in for.
    """

    work: Work
    exercises: tuple[str, ...]
    result: Result | None = None
    known_wrong: tuple[str, ...] = ()


class Hire(msgspec.Struct, frozen=True, tag=True):
    """The first message: the course and the settings, and whether the host's word is enough.

    A judge that has a `processor` of its own keeps to it, except for races. It makes ready for
    some `exercises`; others take it longer.
    """

    root: str
    seconds: float
    seed: int
    trust: bool
    processor: int | None = None
    exercises: tuple[str, ...] = ()


class Hired(msgspec.Struct, frozen=True, tag=True):
    """The answer to it: the judge is ready, or why there can be none."""

    trouble: str = ""


class Task(msgspec.Struct, frozen=True, tag=True):
    """Something to mark."""

    order: Order


class Marked(msgspec.Struct, frozen=True, tag=True):
    """It has been marked."""

    result: Result


class Refused(msgspec.Struct, frozen=True, tag=True):
    """It cannot be marked, and whoever handed it in, or asked, can put that right."""

    message: str


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The grader went wrong."""

    message: str


Reply = Marked | Refused | Failed


class Lost(Exception):
    """The judge's process has ended in the middle of a submission, or so many did."""

    def __init__(self, why: str, losses: int = 1) -> None:
        super().__init__(why, losses)
        self.why, self.losses = why, losses

    def __str__(self) -> str:
        return self.why


class Apart:
    """The side of whoever has something to mark. A context manager; leaving it ends the process.

    The judge is started when it is needed, and anew when it was lost.
    """

    def __init__(self, hire: Hire) -> None:
        self._hire = hire
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._life = -1

    def mark(self, order: Order) -> Reply:
        """Have something marked.

        Raises
        ------
        KataError
            There can be no judge on this host.
        Lost
            The judge did not survive it.

        """
        try:
            channel = self._channel or self._start()
            wire.send(channel, Task(order))
            reply: Reply = wire.receive(channel, Marked | Refused | Failed)
        except wire.WireError as error:
            self.close()
            raise Lost(str(error)) from None
        return reply

    @property
    def pid(self) -> int | None:
        """The number of the judge's process, None where there is none."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the judge and all that it has started."""
        process, channel, life = self._process, self._channel, self._life
        self._process = self._channel = None  # another thread, which waits, may come here as well
        if process is not None and channel is not None:
            process.kill()
            process.wait()
            channel.close()
            os.close(life)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self) -> socket.socket:
        if sys.platform == "win32":
            raise KataError("a class is marked on Linux and macOS; kata grade works here")
        mine, theirs = socket.socketpair()
        held, self._life = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader.apart", str(theirs.fileno()), str(held)],
            pass_fds=[theirs.fileno(), held],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        os.close(held)
        self._channel = mine
        wire.send(mine, self._hire)
        hired: Hired = wire.receive(mine, Hired)
        if hired.trouble:
            raise KataError(hired.trouble)
        return mine


def main() -> None:
    """Serve on the socket whose descriptor is argument 1, as long as argument 2 is held open."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(int(sys.argv[2]),), daemon=True).start()
    hire = wire.receive(channel, Hire)
    try:
        limits = Limits(processor=hire.processor)
        judge = Judge(course.read(Path(hire.root)), Settings(hire.seconds, hire.seed, limits))
        if not hire.trust:
            judge.require_confinement(hire.exercises)
    except KataError as error:
        wire.send(channel, Hired(str(error)))
        return
    with contextlib.suppress(wire.Closed), judge:
        wire.send(channel, Hired())
        while True:
            reply = _reply(judge, wire.receive(channel, Task).order)
            if not judge.alive:
                break  # somebody has killed what its workers come from: nobody's mark
            wire.send(channel, reply)


def _end_with(descriptor: int) -> None:
    """End this process when nobody holds the other end of a pipe any more."""
    os.read(descriptor, 1)
    os._exit(0)


def _reply(judge: Judge, order: Order) -> Reply:
    try:
        if order.result is not None:
            return Marked(judge.race(order.work, order.result))
        return Marked(
            judge.grade(
                order.work,
                order.exercises,
                races=False,
                known_wrong=frozenset(order.known_wrong),
                nothing_too=True,
            )
        )
    except KataError as error:
        return Refused(str(error))
    except GraderFailed as error:
        return Failed(str(error))
    except Exception as error:  # a bug; the next submission is marked all the same
        traceback.print_exc()
        return Failed(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
