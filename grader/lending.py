"""Whether a test lends functions of this package to the learner's, by passing them as arguments.

A worker that has to do without this package has none to lend. Which tests need another is read from
what they can name, before any of them has run.
"""

import functools
import sys
from collections.abc import Iterator, Mapping
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from grader.items import parameters, plain_names
from grader.sources import OWN
from grader.worker import GIVEN

LENT = ([OWN], *([OWN, module] for module in GIVEN))
"""The modules whose functions can be lent, and the package that has them as names."""


def lends(item: pytest.Item) -> bool:
    """Whether a test can name anything that it could lend: itself, or by way of its own module.

    Of one that has fixtures of its own nobody can tell, and it counts as if it could.
    """
    if not isinstance(item, pytest.Function) or plain_names(item) is None:
        return True
    return _reaches((item.obj, parameters(item)), item.obj.__globals__, {})


def _reaches(thing: Any, own: Mapping[str, Any], seen: dict[int, Any]) -> bool:
    """Whether one gets from a thing to one that can be lent.

    `own` are the names of the test's file; `seen` keeps what was looked at, so that no other thing
    comes to have its number.
    """
    if id(thing) in seen:
        return False
    seen[id(thing)] = thing
    home = thing.__name__ if isinstance(thing, ModuleType) else getattr(thing, "__module__", "")
    if str(home).split(".")[:2] in LENT:
        return True
    return any(_reaches(each, own, seen) for each in _within(thing, own))


def _within(thing: Any, own: Mapping[str, Any]) -> Iterator[Any]:
    """What a thing holds or names that belongs to the test's file."""
    if isinstance(thing, FunctionType) and thing.__globals__ is own:
        yield thing.__code__
        yield from (thing.__defaults__, thing.__kwdefaults__)
        yield from _contents(thing.__closure__ or ())
    elif isinstance(thing, CodeType):
        yield from (own[name] for name in thing.co_names if name in own)
        yield from (sys.modules[OWN] for name in thing.co_names if name.partition(".")[0] == OWN)
        yield from (code for code in thing.co_consts if isinstance(code, CodeType))
    elif isinstance(thing, Mapping):
        yield from (*thing.keys(), *thing.values())
    elif isinstance(thing, tuple | list | set | frozenset):
        yield from thing
    elif isinstance(thing, functools.partial):
        yield from (thing.func, thing.args, thing.keywords)
    elif getattr(thing, "__module__", None) == own["__name__"]:  # a class, or an object of one
        yield from (type(thing), *getattr(thing, "__dict__", {}).values())


def _contents(closure: tuple[CellType, ...]) -> Iterator[Any]:
    """What a function has from the one around it; of what that never assigned there is nothing."""
    for cell in closure:
        try:
            yield cell.cell_contents
        except ValueError:
            continue
