"""What a test asked of the learner's code, kept so that an answer can be judged and explained."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.keeping import Kept, KeptMethod, revived
from grader.kinds import is_probe

ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")
"""Where an object lies, which is another place in every run."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the learner's source, in the file they know as `label`."""

    label: str
    line: int
    function: str
    code: str

    def __str__(self) -> str:
        """The place and what stands there."""
        return f"{self.label}:{self.line}  {self.code.strip()}"


@dataclass(frozen=True, slots=True, eq=False)
class Raised:
    """An exception of the learner's code.

    `kinds` are the names of its type and its bases, nearest first; `places` the learner's own lines
    that it passed through, innermost last; `error` what the test sees of it; `limit` the limit of
    the grader's that it ran into, if it did.
    """

    kinds: tuple[str, ...]
    text: str
    places: tuple[Place, ...]
    error: BaseException
    limit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One call of a learner's function and all that came of it.

    `arguments` are what `keeping.kept` made of them before the call; `changed` holds the positions
    of those that the function altered in place, `warned` the texts of its RuntimeWarnings. The call
    ended with an exception where `raised` is not None, else it returned `value`; with `by` that is
    a pair, the value and its derivative by that argument. A method or an `attribute` is asked of
    the object `target`. `assigned`, `returned` and `device` are those of `observe.Observed`; `held`
    is what the Variable that was given back held then, `left` what was left in those of the
    `assigned` arguments, one after another. `again` makes the same call of another learner, with a
    function that replaces the objects of this one by those of the other.
    """

    function: str
    parameters: tuple[str, ...]
    arguments: tuple[Any, ...]
    value: Any = None
    raised: Raised | None = None
    warned: tuple[str, ...] = ()
    changed: tuple[int, ...] = ()
    by: int | None = None
    assigned: tuple[int, ...] = ()
    returned: int = -1
    held: np.ndarray | None = None
    device: str = ""
    left: tuple[np.ndarray, ...] = ()
    target: Any = None
    attribute: bool = False
    again: Callable[[Any, Callable[[Any], Any]], Any] | None = None

    def __str__(self) -> str:
        """The call as a reader would write it down, arrays by their shapes."""
        if self.attribute:
            return self.function
        names = [*self.parameters, *[""] * len(self.arguments)]
        shown = [_shown(n, a) for n, a in zip(names, self.arguments, strict=False)]
        inside = ", ".join(shown)
        if self.target is None or "." in self.function:
            return f"{self.function}({inside})"
        return f"{self.function}(…)({inside})" if inside else f"{self.function}(…)"


_record: ContextVar[list[Call] | None] = ContextVar("calls of the running test", default=None)


@contextmanager
def recording() -> Iterator[list[Call]]:
    """Collect every call that is noted inside the block."""
    calls: list[Call] = []
    token = _record.set(calls)
    try:
        yield calls
    finally:
        _record.reset(token)


def note(call: Call) -> None:
    """Add a call to the record of the running test, if one is kept."""
    calls = _record.get()
    if calls is not None:
        calls.append(call)


def answering(value: object) -> Call | None:
    """Return the recorded call whose answer `value` is, or is one part of; else None."""
    for call in reversed(_record.get() or []):
        if call.raised is None and (value is call.value or _is_part(value, call.value)):
            return call
    return None


def weight(value: object) -> int:
    """About how many bytes a value takes."""
    if isinstance(value, dict):
        return sum(weight(key) + weight(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return sum(map(weight, value))
    return value.nbytes if isinstance(value, np.ndarray) else sys.getsizeof(value)


def _is_part(value: object, answer: object) -> bool:
    parts = [*answer.values()] if isinstance(answer, dict) else answer
    return isinstance(parts, tuple | list) and any(value is part for part in parts)


def _is_array(value: object) -> bool:
    """Whether a value has axes; a number of NumPy's or TensorFlow's has a shape and none."""
    return bool(tuple(getattr(value, "shape", ())))


def _shown(name: str, argument: Any) -> str:
    if isinstance(argument, Kept | KeptMethod):
        (argument,) = revived([argument])
    if isinstance(argument, np.ndarray) or hasattr(argument, "shape"):
        shape = np.shape(argument)
        text = str(shape) if shape else f"= {np.asarray(argument)}"
        return f"{name} {text}".strip()
    if isinstance(argument, np.random.Generator):
        return name or "rng"
    if is_probe(argument) and not hasattr(argument, "__name__"):
        return f"{type(argument).__name__}({', '.join(map(repr, argument.order))})"
    if callable(argument):
        return str(getattr(argument, "__name__", argument))
    if isinstance(argument, tuple) and argument and all(map(_is_array, argument)):
        shapes = tuple(tuple(part.shape) for part in argument)
        return f"{name} {shapes}".strip()
    text = ADDRESS.sub("", repr(argument))
    if len(text) > 24 and isinstance(argument, list | tuple):
        text = f"{type(argument).__name__} of {len(argument)}"
        return f"{name} {text}".strip()
    return f"{name}={text}" if name else text
