"""What a call was given, kept as it was then, and given once more.

A probe is kept as what it is made of and what its Variables hold: to copy the Variables costs more
than most calls do.
"""

import copy
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.kinds import is_probe, is_variable, variables_of

PLAIN = frozenset({bool, int, float, complex, str, bytes, type(None)})
"""Types of what is nobody's to alter."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A probe as it was: what it is made of, and what its Variables held.

    `number` tells it from others of those that were kept together, however alike they are.
    """

    kind: type
    order: tuple[Any, ...]
    contents: tuple[np.ndarray, ...]
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class KeptMethod:
    """A method of a probe that is kept."""

    owner: Kept
    name: str


def kept(args: Sequence[Any]) -> tuple[Any, ...]:
    """Keep what values are now, whatever happens to them.

    Copies of arrays, Variables and generators, lists, tuples and dicts around them; of probes what
    they are made of. Anything else is shared.
    """
    probes: dict[int, Kept] = {}
    return tuple(_kept(value, probes) for value in args)


def revived(args: Sequence[Any]) -> tuple[Any, ...]:
    """Give what was kept once more: copies again, and new probes that hold what the old ones did.

    Methods of one probe become methods of one new probe.
    """
    probes: dict[int, Any] = {}
    return tuple(_revived(value, probes) for value in args)


def held(value: Any) -> Any:
    """What can be altered in a value: arrays, and the numbers in Variables and probes.

    Copies in lists for lists and tuples, in dicts for dicts, in tuples for what has Variables; None
    for anything else.
    """
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, list | tuple):
        return [held(item) for item in value]
    if isinstance(value, dict):
        return {key: held(item) for key, item in value.items()}
    return tuple(np.array(variable.numpy()) for variable in variables_of(value)) or None


def untouched(old: Any, new: Any) -> bool:
    """Whether a value still has what it held, to the last bit."""
    if isinstance(old, np.ndarray):
        return (
            isinstance(new, np.ndarray)
            and old.shape == new.shape
            and old.dtype == new.dtype
            and old.tobytes() == new.tobytes()
        )
    if isinstance(old, list):
        alike = isinstance(new, list | tuple) and len(old) == len(new)
        return alike and all(map(untouched, old, new))
    if isinstance(old, dict):
        alike = isinstance(new, dict) and old.keys() == new.keys()
        return alike and all(untouched(v, new[k]) for k, v in old.items())
    numbers = [*map(np.asarray, variables_of(new))]
    return old is None or (len(old) == len(numbers) and all(map(untouched, old, numbers)))


def _kept(value: Any, probes: dict[int, Kept]) -> Any:
    if type(value) in PLAIN:
        return value
    if is_probe(value):
        if id(value) not in probes:
            made = type(value), (*value.order,), held(value) or ()
            probes[id(value)] = Kept(*made, number=len(probes))
        return probes[id(value)]
    owner = value.__self__ if isinstance(value, types.MethodType) else None
    if is_probe(owner):
        return KeptMethod(_kept(owner, probes), value.__name__)
    return _copied(value, lambda item: _kept(item, probes))


def _revived(value: Any, probes: dict[int, Any]) -> Any:
    if isinstance(value, KeptMethod):
        return getattr(_revived(value.owner, probes), value.name)
    if not isinstance(value, Kept):
        return _copied(value, lambda item: _revived(item, probes))
    if id(value) not in probes:
        new = probes[id(value)] = value.kind(*value.order)
        for variable, content in zip(variables_of(new), value.contents, strict=True):
            variable.assign(content)
    return probes[id(value)]


def _copied(value: Any, inside: Callable[[Any], Any]) -> Any:
    """A copy of a value; `inside` copies what lists, tuples and dicts hold."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, list | tuple):
        parts = [inside(item) for item in value]
        return parts if isinstance(value, list) else tuple(parts)
    if isinstance(value, dict):
        return {key: inside(item) for key, item in value.items()}
    if isinstance(value, np.random.Generator) or is_variable(value):
        return copy.deepcopy(value)  # a plain copy of a generator draws from the same source
    return value
