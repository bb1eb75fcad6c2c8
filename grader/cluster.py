"""Judges on the machines of a Dask cluster, which hands submissions out, and out again if need be.

A process of Dask's runs no learner's code: it has judges, as a batch on one machine has. The course
goes to each machine once, when it joins. A submission is handed out with its bytes; whoever begins
it says so first, so that one which its machine did not survive is known by that.
"""

import contextlib
import uuid
from concurrent.futures import Future
from types import TracebackType
from typing import Self

import distributed
import msgspec

from grader import pack
from grader.apart import Hire, Lost, Order, Reply
from grader.batch import MOST_LOSSES
from grader.course import Course
from grader.crew import Judges
from grader.errors import KataError
from grader.files import own_folder

TOPICS = 4096
"""Under so many names the scheduler remembers what was begun; each is asked for as a whole."""


class Cluster:
    """A crew on a cluster. A context manager; leaving it sends the judges home.

    Raises
    ------
    KataError
        There is no scheduler at the address.

    """

    def __init__(self, address: str, course: Course, hire: Hire) -> None:
        try:
            self._client = distributed.Client(address, set_as_default=False, name="tensorkata")
        except (OSError, ValueError) as error:
            raise KataError(f"--scheduler {address}: cannot be reached: {error}") from None
        self._bench = Bench(f"tensorkata-{uuid.uuid4()}", pack.pack(course), hire)
        self._client.register_plugin(self._bench)
        self._executor = self._client.get_executor(pure=False)

    def judges(self) -> int:
        """How many submissions are marked at a time, or wait for a machine that joins late."""
        return max(1, sum(self._threads().values()))

    def machines(self) -> int:
        """How many machines have joined."""
        hosts = {address.rpartition(":")[0] for address in self._threads()}
        return max(1, len(hosts))

    def submit(self, order: Order) -> Future[Reply]:
        """Have something marked; the future may raise `Lost`."""
        packed = msgspec.msgpack.encode(order)
        handed = self._executor.submit(_marked, packed, self._bench.name, uuid.uuid4().hex)
        return _translated(handed)

    def close(self) -> None:
        """Send the judges home."""
        with contextlib.suppress(OSError):  # a cluster that is gone has none
            self._client.unregister_worker_plugin(self._bench.name)
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _threads(self) -> dict[str, int]:
        found: dict[str, int] = self._client.nthreads()
        return found


class Bench(distributed.WorkerPlugin):
    """What each process of the cluster has: the course, and a judge for each of its threads."""

    def __init__(self, name: str, course: bytes, hire: Hire) -> None:
        self.name, self._course, self._hire = name, course, hire
        self.judges: Judges | None = None

    def setup(self, worker: distributed.Worker) -> None:
        """Unpack the course, where no other process on the machine has, and hire judges."""
        root = pack.unpack(self._course, own_folder() / "courses")
        hire = msgspec.structs.replace(self._hire, root=str(root))
        self.judges = Judges(hire, worker.state.nthreads)

    def teardown(self, worker: distributed.Worker) -> None:
        """End the judges."""
        if self.judges is not None:
            self.judges.close()


def _marked(packed: bytes, bench: str, ticket: str) -> Reply:
    """Have an order marked, in a process of the cluster; a `ticket` is good for two tries.

    Raises
    ------
    Lost
        Those who began it before were never heard of again.

    """
    worker, topic = distributed.get_worker(), f"tensorkata-{int(ticket, 16) % TOPICS}"
    told = distributed.get_client().get_events(topic)
    if sum(text == ticket for _, text in told) >= MOST_LOSSES:
        raise Lost(f"{MOST_LOSSES} machines were lost", MOST_LOSSES)
    worker.log_event(topic, ticket)
    judges: Judges = worker.plugins[bench].judges
    return judges.mark(msgspec.msgpack.decode(packed, type=Order))


def _translated(handed: Future[Reply]) -> Future[Reply]:
    """The same future, with what Dask says of a lost machine in our own words."""
    future: Future[Reply] = Future()

    def pass_on(done: Future[Reply]) -> None:
        error = None if done.cancelled() else done.exception()
        if future.cancelled():
            return
        if done.cancelled():
            future.set_exception(Lost("the cluster gave it up"))
        elif isinstance(error, distributed.KilledWorker):
            future.set_exception(Lost("the machines it was on were lost", MOST_LOSSES))
        elif error is not None:
            future.set_exception(error)
        else:
            future.set_result(done.result())

    handed.add_done_callback(pass_on)
    return future
