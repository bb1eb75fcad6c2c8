"""Known mistakes by what they answer in visible tests: a diagnosis where their source is absent.

A learner's bundle has no `mistakes.py`. It has, for each of them, what it gave when the visible
tests asked it. Inputs of visible tests are the same in every run, so a learner who makes the same
mistake gives the same answers.
"""

import difflib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from grader import packing, several
from grader.calls import ADDRESS, Call
from grader.compare import alike
from grader.diagnose import answer_of, own_calls, told
from grader.kinds import is_tensor
from grader.packing import WireError

FORMAT = 2
MOST_VALUES = 24
"""Of a larger array so many values are kept, evenly spread, and its shape."""

WORDED_BY_OTHERS = frozenset({"TypeError", "AttributeError", "IndexError", "InvalidArgumentError"})
"""Errors of Python's and TensorFlow's own, of so many kinds that the words have to be alike too."""

ALIKE = 0.75
"""How much two such texts have in common; another version says a thing in other words."""

LONGEST = 200


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What came of one call: fields as in `calls.Call`, the value packed and cut to size.

    `text` are the words of an error that the learner has not worded.
    """

    raised: str
    text: str
    warned: bool
    changed: tuple[int, ...]
    assigned: tuple[int, ...]
    returned: int
    device: str
    value: bytes


class Fingerprint(msgspec.Struct, frozen=True, array_like=True):
    """A mistake: its exercise, what to tell, and its answers to each visible test, in order.

    `failed` are the tests that it fails.
    """

    exercise: str
    explanation: str
    tests: dict[str, tuple[Answer, ...]]
    failed: tuple[str, ...]


class Fingerprints(msgspec.Struct, frozen=True):
    """The file of a chapter."""

    format: int
    mistakes: tuple[Fingerprint, ...]


def of(path: Path) -> tuple[Fingerprint, ...]:
    """Read the fingerprints of a chapter; none where there is no file, or one of another format."""
    try:
        data = zlib.decompress(path.read_bytes())
        known = msgspec.msgpack.decode(data, type=Fingerprints)
    except (OSError, zlib.error, msgspec.MsgspecError):
        return ()
    return known.mistakes if known.format == FORMAT else ()


def of_calls(calls: Iterable[Call], top: str, named: str = "") -> tuple[Answer, ...]:
    """The answers to the calls of what is called `top` in a module.

    `named` is another name that its code has for it, in the place of which errors say `top`.
    """
    return tuple(_answer(call, named or top, top) for call in own_calls(calls, top))


def explain(
    fingerprints: Iterable[Fingerprint],
    exercise: str,
    failed: Mapping[str, Sequence[Call]],
    passed: Mapping[str, Sequence[Call]],
) -> str:
    """Say what is wrong, or return an empty text: as `diagnose.explain`, by answers alone.

    `failed` and `passed` are the calls of tests, by test. Not all that a test looks at is in the
    answers, as whether a list came or a tuple; so a mistake has to fail all that the learner does.
    """
    top = exercise.partition(".")[0]
    own = [f for f in fingerprints if f.exercise == exercise]
    asked = {test for f in own for test in f.tests}  # no races: they are run on no mistake
    wrong = {test: of_calls(calls, top) for test, calls in failed.items() if test in asked}
    right = {test: of_calls(calls, top) for test, calls in passed.items() if test in asked}
    if not any(wrong.values()):
        return ""
    fitting = [f for f in own if wrong.keys() <= {*f.failed} and _gives(f, wrong)]
    if len(fitting) > 1:
        fitting = [f for f in fitting if _gives(f, wrong, kinds=True)] or fitting
    if len(fitting) > 1:
        fitting = [f for f in fitting if right.keys().isdisjoint(f.failed)] or fitting
    if len(fitting) > 1:
        fitting = [f for f in fitting if _gives(f, right)] or fitting
    if fitting:
        return told(f.explanation for f in fitting)
    return _apart(own, wrong, right)


def _apart(
    own: Sequence[Fingerprint],
    wrong: Mapping[str, Sequence[Answer]],
    right: Mapping[str, Sequence[Answer]],
) -> str:
    """What failed tests, each by itself, tell of a mistake that is not the only one."""

    def fits(known: Fingerprint, test: str) -> bool:
        return test in known.failed and _gives(known, {test: wrong[test]})

    def clear(test: str) -> str:
        if not _tells(wrong[test][-1:]):
            return ""
        fitting = {f.explanation for f in own if fits(f, test)}
        others = (f for f in own if f.explanation not in fitting)
        if len(fitting) != 1 or any(_ends(f, test, wrong[test]) for f in others):
            return ""
        return fitting.pop()

    def tenable(explanation: str) -> bool:
        meant = (f for f in own if f.explanation == explanation)
        return any(right.keys().isdisjoint(f.failed) and _gives(f, right) for f in meant)

    return several.explain([*wrong], clear, tenable)


def _tells(answers: Sequence[Answer]) -> bool:
    """Whether one of these answers hardly comes about by chance."""
    try:
        return any(not a.raised and several.tells(packing.unpack(a.value)) for a in answers)
    except WireError:
        return False


def _ends(known: Fingerprint, test: str, answers: Sequence[Answer]) -> bool:
    """Whether a mistake gave the last of these answers too."""
    there = known.tests.get(test, ())[len(answers) - 1 : len(answers)]
    return any(_alike(answer, answers[-1], kinds=False) for answer in there)


def _gives(
    fingerprint: Fingerprint, tests: Mapping[str, Sequence[Answer]], *, kinds: bool = False
) -> bool:
    """Whether a mistake gave these very answers in each of these tests."""
    return all(
        len(answers) == len(known := fingerprint.tests.get(test, ()))
        and all(_alike(one, other, kinds) for one, other in zip(known, answers, strict=True))
        for test, answers in tests.items()
    )


def _alike(one: Answer, other: Answer, kinds: bool) -> bool:
    if one.raised or other.raised:
        return one.raised == other.raised and _worded_alike(one.text, other.text)
    marks = ("warned", "changed", "assigned", "returned", *(["device"] if kinds else []))
    if any(getattr(one, mark) != getattr(other, mark) for mark in marks):
        return False
    try:
        return alike(packing.unpack(one.value), packing.unpack(other.value), kinds=kinds)
    except WireError:
        return False


def _worded_alike(one: str, other: str) -> bool:
    return one == other or difflib.SequenceMatcher(None, one, other).ratio() >= ALIKE


def _answer(call: Call, named: str, top: str) -> Answer:
    raised = call.raised.kinds[0] if call.raised else ""
    text = call.raised.text if call.raised and raised in WORDED_BY_OTHERS else ""
    value = b"" if raised else _packed(_sample(answer_of(call)))
    return Answer(
        raised,
        ADDRESS.sub("", text.replace(named, top))[:LONGEST],
        bool(call.warned),
        call.changed,
        call.assigned,
        call.returned,
        call.device,
        value,
    )


def _packed(value: Any) -> bytes:
    try:
        return packing.pack(value)
    except OverflowError:
        return packing.pack("too much to keep")


def _sample(value: Any) -> Any:
    """A value in which of large arrays only some values are left, and the shape."""
    if isinstance(value, list | tuple):
        return [_sample(item) for item in value]
    if isinstance(value, dict):
        return {key: _sample(item) for key, item in value.items()}
    size = int(np.size(value)) if isinstance(value, np.ndarray) or is_tensor(value) else 0
    if size <= MOST_VALUES:
        return value
    flat = np.asarray(value).ravel()
    kind = "tensor" if is_tensor(value) else "array"
    spread = np.linspace(0, size - 1, MOST_VALUES).astype(int)
    return [kind, list(np.shape(value)), flat[spread]]
