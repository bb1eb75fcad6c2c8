"""What a reference answers is computed once a process: every submission is asked the same.

The inputs of a hidden test come from a random generator of its own, the same for each submission.
So a judge that has marked one knows what is due for the next.
"""

import contextlib
import functools
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar, cast

from grader import packing
from grader.keeping import kept

P = ParamSpec("P")
Due = TypeVar("Due")

MOST_BYTES = 64 * 2**20
"""How much of the answers is kept; the one that was not asked for the longest goes first."""

BESIDES = 300
"""Bytes that an answer takes besides what is in it: the objects, the digest."""


def reference(function: Callable[P, Due]) -> Callable[P, Due]:
    """Have a function answer from memory what it was asked before.

    What it gives depends on its arguments alone. They and the answer are what can cross to a worker
    as data: numbers, texts, arrays, tensors, lists, tuples and dicts of these; with any other
    argument, or answer, it is called each time. An array of the answer is a new one each time.

    >>> @reference
    ... def keras_relu(z):
    ...     return keras.activations.relu(z).numpy()
    """
    name = f"{function.__module__}.{function.__qualname__}".encode()

    @functools.wraps(function)
    def remembered(*args: P.args, **kwargs: P.kwargs) -> Due:
        try:
            asked = packing.pack_data((args, kwargs))
        except (TypeError, OverflowError):
            return function(*args, **kwargs)
        key = hashlib.sha256(name + b"\0" + asked).digest()
        if key in ANSWERS:
            ANSWERS.move_to_end(key)
            return cast(Due, _copy(ANSWERS[key].due))
        due = function(*args, **kwargs)
        with contextlib.suppress(TypeError, OverflowError):
            _keep(key, Answer(_copy(due), BESIDES + len(packing.pack_data(due))))
        return due

    return remembered


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reference gave, and about how many bytes that takes."""

    due: Any
    size: int


ANSWERS: OrderedDict[bytes, Answer] = OrderedDict()
"""The answers of this process, by the digest of what was asked."""


def _keep(key: bytes, answer: Answer) -> None:
    ANSWERS[key] = answer
    while sum(each.size for each in ANSWERS.values()) > MOST_BYTES:
        ANSWERS.popitem(last=False)


def _copy(due: Any) -> Any:
    """The same with arrays that nobody else has."""
    return kept([due])[0]
