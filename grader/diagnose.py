"""Name the mistake: which known wrong variant gives the learner's very answers?"""

import contextlib
import importlib.util
import inspect
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader import several
from grader.calls import Call, recording
from grader.compare import alike
from grader.errors import CourseError
from grader.here import Here
from grader.learner import Budget, Learner, ObjectProxy


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong variant of an exercise that learners really write, and what to tell them.

    `around` are the names of the file that it stands in.
    """

    exercise: str
    name: str
    explanation: str
    function: Callable[..., Any]
    around: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, Any]:
        """A module in which it stands for its exercise; what is private to the file is there too.

        A test of `MySequential` that makes layers finds `_MyLayer` under the name `MyLayer`.
        """
        private = {name[1:]: value for name, value in self.around.items() if name[:1] == "_"}
        return private | {self.top: self.function}

    @property
    def top(self) -> str:
        """The name in a module that it stands for: `MySequential` for `MySequential.fit`."""
        return self.exercise.partition(".")[0]


def read(path: Path, exercises: Iterable[str]) -> tuple[Mistake, ...]:
    """Read the public functions of a `mistakes.py`; each is named `<exercise>_<what is wrong>`.

    Raises
    ------
    CourseError
        A function belongs to none of `exercises`, or has no docstring to show.

    """
    spec = importlib.util.spec_from_file_location(f"mistakes_of_{path.parent.name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    names = sorted(exercises, key=len, reverse=True)
    found = []
    for name, function in vars(module).items():
        if name.startswith("_") or getattr(function, "__module__", None) != module.__name__:
            continue
        prefix = (e for e in names if name.startswith(e.replace(".", "_") + "_"))
        exercise = next(prefix, None)
        if exercise is None:
            raise CourseError(f"{path}: {name} starts with the name of no exercise")
        explanation = " ".join((inspect.getdoc(function) or "").split())
        if not explanation:
            raise CourseError(f"{path}: {name} has no docstring to tell the learner")
        found.append(Mistake(exercise, name, explanation, function, vars(module)))
    return tuple(found)


def explain(
    mistakes: Iterable[Mistake],
    exercise: str,
    failed: Sequence[Call],
    passed: Sequence[Call] = (),
) -> str:
    """Say what is wrong, or return an empty text when no known mistake fits.

    A mistake fits when it gives the learner's answer to every call of the exercise in the failed
    tests. Where several do, those are meant that also give the learner's types of numbers, on the
    learner's devices, and the answers of the passed tests. Two that are left are offered as
    alternatives; of more nothing is said.
    """
    fitting = [m for m in mistakes if m.exercise == exercise and _gives(m, failed)]
    if len(fitting) > 1:
        fitting = [m for m in fitting if _gives(m, failed, kinds=True)] or fitting
    if len(fitting) > 1:
        fitting = [m for m in fitting if _gives(m, passed, at_least=0)] or fitting
    return told(m.explanation for m in fitting)


def explain_apart(
    mistakes: Iterable[Mistake],
    exercise: str,
    failed: Mapping[str, Sequence[Call]],
    passed: Sequence[Call] = (),
) -> str:
    """Say what failed tests, each by itself, tell of a mistake that is not the only one.

    It is for where `explain` finds nothing. `failed` are the calls by test, in order. Of what takes
    or gives objects nothing is said: to have each mistake train a model anew for each test would
    take minutes.
    """
    if not all(several.plain(call) for test in failed.values() for call in test):
        return ""
    own = [m for m in mistakes if m.exercise == exercise]

    def clear(test: str) -> str:
        return _clear(own, exercise.partition(".")[0], failed[test])

    def tenable(explanation: str) -> bool:
        meant = (m for m in own if m.explanation == explanation)
        return any(_gives(m, passed, at_least=0) for m in meant)

    return several.explain([*failed], clear, tenable)


def told(explanations: Iterable[str]) -> str:
    """What is said where these mistakes fit: two are alternatives; of more nothing is known."""
    texts = list(dict.fromkeys(explanations))
    return " Or: ".join(texts) if len(texts) <= 2 else ""


def own_calls(calls: Iterable[Call], top: str) -> list[Call]:
    """The calls of what is called `top` in a module, and of the objects that it made."""
    made: dict[int, Any] = {}
    own = []
    for call in calls:
        if call.function.partition(".")[0] == top or id(call.target) in made:
            own.append(call)
            _pair(call.value, call.value, made)
    return own


def answer_of(call: Call) -> Any:
    """What a call gave, as it was then, with a word in the place of each object."""
    return _data(_then(call))


def _clear(mistakes: Sequence[Mistake], top: str, calls: Sequence[Call]) -> str:
    """The one explanation of the calls of a test, where there is no doubt about it."""
    last = own_calls(calls, top)[-1:]
    if not any(call.raised is None and several.tells(answer_of(call)) for call in last):
        return ""
    fitting = {m.explanation for m in mistakes if _gives(m, calls)}
    others = (m for m in mistakes if m.explanation not in fitting)
    if len(fitting) != 1 or any([*_same(m, calls)][-1] for m in others):
        return ""
    return fitting.pop()


def _gives(
    mistake: Mistake, calls: Sequence[Call], *, at_least: int = 1, kinds: bool = False
) -> bool:
    """Whether a mistake answers every call of its exercise as the learner's code did."""
    own = 0
    for same in _same(mistake, calls, kinds=kinds):
        if not same:
            return False
        own += 1
    return own >= at_least


def _same(mistake: Mistake, calls: Sequence[Call], *, kinds: bool = False) -> Iterator[bool]:
    """Whether a mistake answers as the learner's code did, call by call of its exercise.

    What the exercise makes belongs to it: a model that it returns is asked as it is itself.
    """
    variant = Learner(Here(lambda: mistake.names), "", {}, Budget(math.inf), mistake.exercise)
    objects: dict[int, Any] = {}
    made: dict[int, Any] = {}
    for call in calls:
        answer = _answer(call, variant, objects)
        if call.function.partition(".")[0] == mistake.top or id(call.target) in made:
            yield answer is not None and _alike(answer, call, kinds)
            _pair(call.value, call.value, made)
        if answer is not None:
            _pair(call.value, answer.value, objects)


def _answer(call: Call, variant: Learner, objects: Mapping[int, Any]) -> Call | None:
    """What a variant makes of a call, None when it cannot be asked."""

    def stand_in(value: Any) -> Any:
        if isinstance(value, ObjectProxy):
            return objects[id(value)]
        if isinstance(value, list | tuple):
            return type(value)(map(stand_in, value))
        if isinstance(value, dict):
            return {key: stand_in(item) for key, item in value.items()}
        return value

    if call.again is None:
        return None
    with recording() as record, contextlib.suppress(BaseException):
        call.again(variant, stand_in)  # what it raises is in the record
    return record[0] if record else None


def _pair(value: Any, other: Any, objects: dict[int, Any]) -> None:
    """Remember which object of a variant stands for which of the learner's."""
    if isinstance(value, ObjectProxy):
        objects[id(value)] = other
    elif isinstance(value, list | tuple) and isinstance(other, list | tuple):
        for one, two in zip(value, other, strict=False):
            _pair(one, two, objects)
    elif isinstance(value, dict) and isinstance(other, dict):
        for key in value.keys() & other.keys():
            _pair(value[key], other[key], objects)


def _alike(answer: Call, call: Call, kinds: bool) -> bool:
    if answer.raised is not None or call.raised is not None:
        return (
            answer.raised is not None
            and call.raised is not None
            and answer.raised.kinds[0] == call.raised.kinds[0]
        )
    return (
        bool(answer.warned) == bool(call.warned)
        and answer.changed == call.changed
        and (answer.assigned, answer.returned) == (call.assigned, call.returned)
        and alike(list(answer.left), list(call.left))
        and (not kinds or answer.device == call.device)
        and alike(_data(_then(answer)), _data(_then(call)), kinds=kinds)
    )


def _then(call: Call) -> Any:
    """What a call gave, as it was then: a Variable may hold something else by now."""
    return call.value if call.returned < 0 else call.held


def _data(value: Any) -> Any:
    """A value with a word for each object in it: what objects are is seen when they are asked."""
    if isinstance(value, ObjectProxy):
        return "an object"
    if isinstance(value, list | tuple):
        return [_data(item) for item in value]
    if isinstance(value, dict):
        return {key: _data(item) for key, item in value.items()}
    return value
