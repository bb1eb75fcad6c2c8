"""The course's own code in a worker, where no trouble is a learner's."""

from typing import Any

from grader import wire
from grader.confined import Confined, Unavailable
from grader.errors import Stopped
from grader.learner import Budget, Learner
from grader.sandbox import Limits
from grader.spawn import Workers

SECONDS = 30.0
"""The wall-clock limit of a call, whatever that of a learner's is: a loop is slow by intent."""

LOOK = "from grader import devices\n\n\ndef gpus():\n    return devices.gpus()\n"


class CourseCode(Confined):
    """The course's own code in a worker: where that does not answer no learner is to blame."""

    def ask(self, kind: Any, *content: Any) -> wire.Answer | wire.Failure | wire.Absent:
        """Send a request and return the reply to it.

        Raises
        ------
        Unavailable
            There is none.

        """
        try:
            return super().ask(kind, *content)
        except Stopped as stopped:
            raise Unavailable(f"the course's own code {stopped}") from None


def gpus(workers: Workers, limits: Limits) -> tuple[str, ...]:
    """The names of the GPUs that a worker sees, "/GPU:0" and so on.

    A judge looks at none itself: what it computes comes out the same on every host, and all of a
    GPU's memory is there for workers.
    """
    module = wire.Module("gpus", (wire.Cell("the course", LOOK),))
    worker = CourseCode(workers, wire.Load((module,)), limits, SECONDS)
    try:
        return tuple(Learner(worker, module.name, {}, Budget(SECONDS), "gpus").gpus())
    finally:
        worker.close()
