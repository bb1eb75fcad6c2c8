"""What was said of some answers is said again of the very same: many in a class err alike.

Finding out which known mistakes give a learner's answers means asking all of them, which takes
longer than all the tests. What comes of it depends on the course, the seed and the calls alone.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader import packing
from grader.calls import Call

MOST = 4096
"""How many diagnoses are kept; the one that was not asked for the longest goes first."""

Record = Mapping[str, Sequence[Call]]
"""Calls by the name of the test that made them."""


class Diagnoses:
    """The diagnoses that a judge has made of what one course asked with one seed."""

    def __init__(self) -> None:
        self._told: OrderedDict[bytes, str] = OrderedDict()

    def of(self, exercise: str, failed: Record, passed: Record, find: Callable[[], str]) -> str:
        """What `find` says of an exercise with these calls, or said when there were the same.

        Calls that take or give objects, which can do anything later, are looked into each time.
        """
        key = _key(exercise, failed, passed)
        if key is None:
            return find()
        if key not in self._told:
            self._told[key] = find()
        self._told.move_to_end(key)
        if len(self._told) > MOST:
            self._told.popitem(last=False)
        return self._told[key]


def _key(exercise: str, failed: Record, passed: Record) -> bytes | None:
    """What tells calls from all others; None where they cannot be told."""
    records = [[test, [*map(_data, calls)]] for r in (failed, passed) for test, calls in r.items()]
    try:
        packed = packing.pack_data([exercise, len(failed), records])
    except (TypeError, OverflowError):
        return None
    return hashlib.sha256(packed).digest()


def _data(call: Call) -> list[Any]:
    """All of a call that a diagnosis looks at."""
    return [
        call.function,
        call.arguments,
        call.value,
        call.raised and call.raised.kinds,
        call.warned,
        call.changed,
        call.by,
        call.assigned,
        call.returned,
        call.held,
        call.device,
        call.left,
        call.target,
        call.attribute,
    ]
