"""More than one mistake at once: what failed tests tell one by one, where all of them fit nothing.

Somebody who has made two mistakes gives, where only one of them shows, the very answers of that
one. But in a single test, with its one row or its zeros, other mistakes give the same; so two tests
have to say so. In each it is the last answer that counts, the one at which a test mostly fails: it
has to be beyond chance, and no other known mistake may give it, since it may well be right then.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.calls import Call
from grader.kinds import is_tensor

MOST_TESTS = 8
"""How many failed tests are looked at, of those that are one but for their parameters the first."""

SHARE = 1 / 2
"""A mistake that shows in fewer of these than that may be the shadow of one that nobody knows."""

ROUND = 2
"""Digits behind the point of a number that many a formula gives."""

ENOUGH = 3
"""How many such numbers, each another one, an answer has to have in place of one of its own."""


def explain(
    failed: Sequence[str], clear: Callable[[str], str], tenable: Callable[[str], bool]
) -> str:
    """What several failed tests say of a mistake beside which there may be others; "" for nothing.

    `clear` finds the one explanation of a test, if there is one, and `tenable` says whether whoever
    has made that mistake would pass the tests that were passed.
    """
    seen: dict[str, list[str]] = {}
    looked = 0
    for name, test in _chosen(failed).items():
        looked += 1
        if explanation := clear(test):
            seen.setdefault(explanation, []).append(name)
    for explanation, tests in seen.items():
        if len(tests) > 1 and len(tests) / looked >= SHARE and tenable(explanation):
            return told(tests[:2], explanation)
    return ""


def tells(answer: Any) -> bool:
    """Whether an answer hardly comes about by chance, as 0, 1, -2 or None may."""
    found = {number for number in _numbers(answer) if np.isfinite(number) and abs(number) != 1}
    own = any(abs(number - round(number, ROUND)) > 1e-6 * abs(number) for number in found)
    return own or len(found - {0.0}) >= ENOUGH


def plain(call: Call) -> bool:
    """Whether a call is of a function, and all it takes and gives are numbers."""
    parts = (call.value, *call.arguments)
    return call.target is None and all(map(_is_plain, parts))


def told(tests: Sequence[str], explanation: str) -> str:
    """What is said of a mistake that shows in some tests."""
    names = " and ".join(f"“{test.replace('_', ' ')}”" for test in tests)
    return f"There may be more than one mistake; in {names} it looks like this: {explanation}"


def _chosen(failed: Iterable[str]) -> dict[str, str]:
    """Some of the failed tests, by their names without parameters, as one gives them to pytest."""
    chosen: dict[str, str] = {}
    for test in failed:
        chosen.setdefault(test.partition("[")[0].removeprefix("test_"), test)
    return dict([*chosen.items()][:MOST_TESTS])


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        value = [*value.values()]
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if is_tensor(value):
        return type(value).__name__ == "EagerTensor"
    return value is None or isinstance(value, int | float | str | np.generic | np.ndarray)


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, Mapping):
        value = [*value.values()]
    if isinstance(value, list | tuple):
        for part in value:
            yield from _numbers(part)
    elif isinstance(value, int | float | np.number | np.ndarray) or is_tensor(value):
        array = np.asarray(value)
        if array.dtype.kind in "iuf":
            yield from map(float, array.ravel())
