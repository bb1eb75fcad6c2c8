"""A test that is marked with an exercise: whose it is, and what it is given."""

import inspect
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader import devices
from grader.inprocess import shown
from grader.run import Run, Test

exercise = pytest.mark.exercise
"""Mark a test with the exercise that it belongs to: `@exercise("dense")`."""


EXERCISE = pytest.StashKey[str]()
DESCRIBED = pytest.StashKey[Test]()
"""What a judge would find out anew for each submission."""


def exercise_of(item: pytest.Item) -> str:
    """The exercise that a test is marked with, or an empty text."""
    if EXERCISE not in item.stash:
        mark = item.get_closest_marker("exercise")
        item.stash[EXERCISE] = str(mark.args[0]) if mark and mark.args else ""
    return item.stash[EXERCISE]


def is_hidden(item: pytest.Item) -> bool:
    """Whether a test is one that learners do not have."""
    return item.path.parent.name == "hidden"


def needs_gpu(item: pytest.Item) -> bool:
    """Whether a test does not run without a GPU."""
    return item.get_closest_marker("gpu") is not None


def learner(item: pytest.Item, run: Run) -> Any:
    """The module under test: in this process for a learner, a proxy to a worker for the judge."""
    given, own = _seeds(item)
    proxy = run.bench.learner(exercise_of(item), item.path, run.wrong, (given + own) % 2**31)
    if needs_gpu(item):
        gpu(item, run)
    return proxy


def gpu(item: pytest.Item, run: Run) -> str:
    """The name of a GPU, where the module under test sees one; else the test does not run."""
    return devices.a_gpu(run.bench.gpus(exercise_of(item)))


def rng(item: pytest.Item) -> np.random.Generator:
    """A random generator of the test's own, the same in every run with the same --kata-seed."""
    return np.random.default_rng(_seeds(item))


def tensorflow() -> Any:
    """TensorFlow, imported when the first test asks for it: the others need not wait."""
    import tensorflow

    devices.two_cpus()
    return tensorflow


def described(item: pytest.Item, duration: float) -> Test:
    """What a verdict says of the test itself; `duration` in seconds."""
    if DESCRIBED not in item.stash:
        documentation = getattr(getattr(item, "obj", None), "__doc__", None) or ""
        item.stash[DESCRIBED] = Test(
            exercise=exercise_of(item),
            name=item.name,
            file=shown(item.path),
            visibility="hidden" if is_hidden(item) else "visible",
            property=documentation.partition("\n")[0].strip(" ."),
            duration=0.0,
            gpu=needs_gpu(item),
        )
    return replace(item.stash[DESCRIBED], duration=duration)


Maker = Callable[[pytest.Item, Run], Any]
PLAIN: Mapping[str, Maker] = {
    "learner": learner,
    "rng": lambda item, run: rng(item),
    "tf": lambda item, run: tensorflow(),
    "devices": lambda item, run: devices.two_cpus(),
    "gpu": gpu,
}
"""What a test can be given for which pytest need not be asked."""

PLAIN_MARKS = {"exercise", "gpu", "parametrize"}


def plain_names(item: pytest.Item) -> tuple[str, ...] | None:
    """What a test takes, if that is nothing but what is `PLAIN` and its own parameters; else None.

    Whatever else there is to a test, marks, fixtures for all, a class, pytest has to run it.
    """
    if not isinstance(item, pytest.Function) or item.cls is not None:
        return None
    taken = tuple(inspect.signature(item.obj).parameters)
    around = {*item.fixturenames} - {*taken, *PLAIN, "request"}
    marks = {mark.name for mark in item.iter_markers()}
    own = [name for name in taken if name not in PLAIN]
    mine = all(name in parameters(item) and not hasattr(item.module, name) for name in own)
    return taken if mine and not around and marks <= PLAIN_MARKS else None


def arguments(item: pytest.Item, names: Sequence[str], run: Run) -> dict[str, Any]:
    """What a plain test is called with."""
    own = parameters(item)
    return {name: PLAIN[name](item, run) if name in PLAIN else own[name] for name in names}


def parameters(item: pytest.Item) -> Mapping[str, Any]:
    """The values that `parametrize` gives a test, by name."""
    callspec = getattr(item, "callspec", None)
    return callspec.params if callspec else {}


def _seeds(item: pytest.Item) -> list[int]:
    """Two numbers that are the same in every run: the seed that was given, and the test's own."""
    test = f"{item.path.name}::{item.name}"
    return [item.config.option.kata_seed, zlib.crc32(test.encode())]
