"""Name the mistake: which known wrong variant gives the learner's very answers?"""

import importlib.util
import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.calls import Call
from grader.compare import alike
from grader.errors import CourseError
from grader.observe import copied, differentiated, observe


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong variant of an exercise that learners really write, and what to tell them."""

    exercise: str
    name: str
    explanation: str
    function: Callable[..., Any]


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
        found.append(Mistake(exercise, name, explanation, function))
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
    texts = list(dict.fromkeys(m.explanation for m in fitting))
    return " Or: ".join(texts) if len(texts) <= 2 else ""


def _gives(
    mistake: Mistake, calls: Sequence[Call], *, at_least: int = 1, kinds: bool = False
) -> bool:
    """Whether a mistake answers every call of its exercise as the learner's code did."""
    own = [call for call in calls if call.function == mistake.exercise]
    return len(own) >= at_least and all(_answers_alike(mistake, call, kinds) for call in own)


def _answers_alike(mistake: Mistake, call: Call, kinds: bool) -> bool:
    function = mistake.function if call.by is None else differentiated(mistake.function, call.by)
    seen = observe(function, copied(call.arguments), {})
    if seen.error is not None or call.raised is not None:
        return (
            seen.error is not None
            and call.raised is not None
            and type(seen.error).__name__ == call.raised.kinds[0]
        )
    return (
        bool(seen.warned) == bool(call.warned)
        and seen.changed == call.changed
        and (seen.assigned, seen.returned) == (call.assigned, call.returned)
        and (not kinds or seen.device == call.device)
        and alike(seen.value, call.value, kinds=kinds)
    )
