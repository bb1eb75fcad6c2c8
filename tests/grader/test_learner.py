"""A submission in a worker of its own: real processes, forked from a real zygote."""

import contextlib
import os
import signal
import sys
import textwrap
import time

import numpy as np
import pytest

from grader import calls, given, wire
from grader.confined import Confined
from grader.errors import Stopped
from grader.learner import Budget, Learner
from grader.sandbox import Limits
from grader.zygote import Zygote

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the zygote forks")


@pytest.fixture(scope="module")
def zygote():
    with Zygote(preload=("numpy",)) as started:
        yield started


@pytest.fixture
def confined(zygote):
    """Put source into a worker; every worker is ended after the test."""
    made = []

    def confine(text, *, seconds=5.0, limits=None, more=(), supplied=None, names=()):
        cells = (wire.Cell("work.py", textwrap.dedent(text)),)
        load = wire.Load((wire.Module("work", cells), *more), supplied or {}, names)
        made.append(Confined(zygote, load, limits or Limits(), seconds))
        return made[-1]

    yield confine
    for each in made:
        each.close()


@pytest.fixture
def learner(confined):
    """The proxy for a module with the given source."""

    def proxy(text, **more):
        return Learner(confined(text, **more), "work", {"f": ("x",)}, Budget(5), "f")

    return proxy


def test_without_what_it_is_to_have_there_is_no_worker():
    missing = "^no_such_package cannot be imported in a worker: No module .* below " + sys.prefix
    with Zygote(("no_such_package",)) as zygote:
        for _ in range(2):
            with pytest.raises(wire.WireError, match=missing):
                zygote.fork(Limits())


def test_arrays_go_there_and_come_back(learner):
    work = learner("def f(x):\n    return x * 2, x.sum(), [x.dtype.str, {'n': len(x)}]")
    doubled, total, rest = work.f(np.array([1.0, 2.0]))
    assert doubled.tolist() == [2.0, 4.0]
    assert total == 3.0
    assert rest == ["<f8", {"n": 2}]


def test_an_exception_comes_back_as_the_builtin_it_is_with_the_learners_line(learner):
    work = learner(
        """
        class Odd(ValueError):
            pass

        def f(x):
            raise Odd(f"no {x}")
        """
    )
    with calls.recording() as record, pytest.raises(ValueError, match="no 3"):
        work.f(3)
    assert record[0].raised.kinds[:2] == ("Odd", "ValueError")
    assert str(record[0].raised.places[-1]) == 'work.py:6  raise Odd(f"no {x}")'


@pytest.mark.parametrize("name", ["SystemExit", "KeyboardInterrupt", "GeneratorExit"])
def test_an_exception_that_would_end_a_program_ends_only_the_call(learner, name):
    work = learner(f"def f(x):\n    if x:\n        raise {name}(0)\n    return 7")
    with pytest.raises(RuntimeError):
        work.f(1)
    assert work.f(0) == 7


def test_warnings_and_changed_arguments_are_reported(learner):
    work = learner(
        """
        import numpy as np

        def f(x, y):
            y[0] = 5
            return np.exp(x)
        """
    )
    y = np.zeros(2)
    with calls.recording() as record:
        work.f(np.array([1000.0]), y)
    assert record[0].warned == ("overflow encountered in exp",)
    assert record[0].changed == (1,)
    assert y.tolist() == [0.0, 0.0], "the judge's own array is out of reach"


def test_an_endless_loop_is_stopped_once_and_the_next_exercise_goes_on(confined):
    text = """
    def f(x):
        while True:
            pass

    def g(x):
        return x
    """
    inside, budget = confined(text, seconds=0.5), Budget(0.5)
    work = Learner(inside, "work", {}, budget, "f")
    with pytest.raises(Stopped, match=r"f took longer than 0.5 s and was stopped"):
        work.f(1)
    started = time.monotonic()
    with pytest.raises(Stopped, match="its other tests were not tried"):
        work.f(1)
    assert time.monotonic() - started < 0.2
    assert Learner(inside, "work", {}, budget, "g").g(4) == 4


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("os._exit(0)", "f ended its process instead of returning"),
        ("ctypes.string_at(0)", r"f crashed its process \(SIGSEGV\)"),
        ("[os.close(n) for n in range(3, 256)]", "f ended its process instead of returning"),
    ],
    ids=["exit", "segfault", "close"],
)
def test_a_worker_that_dies_costs_that_call_alone(learner, line, said):
    code = f"import ctypes, os\ndef f(x):\n    {line if 'close' not in line else CLOSE}\n"
    work = learner(code + "def g(x):\n    return x\n")
    with pytest.raises(Stopped, match=said):
        work.f(1)
    assert work.g(1) == 1


CLOSE = "os.closerange(3, 256)"


def test_memory_beyond_the_limit_is_a_memory_error_and_not_the_hosts_end(learner):
    work = learner("import numpy as np\ndef f(x):\n    return np.ones(2**35)")
    with pytest.raises(MemoryError):
        work.f(1)


def test_memory_that_is_used_and_not_only_reserved_is_told_by_its_limit(learner):
    work = learner(
        "import numpy as np\ndef f(x):\n    return [np.ones(2**20) for _ in range(200)]",
        limits=Limits(memory=200 * 2**20),
    )
    with pytest.raises(Stopped, match="f used more than 200 MiB of memory and was stopped"):
        work.f(1)
    assert work.f is not None


def test_a_file_beyond_the_limit_cannot_be_written(learner):
    work = learner(
        "def f(x):\n    open('big', 'wb').write(bytes(2_000_000))",
        limits=Limits(file=1_000_000),
    )
    with pytest.raises(OSError, match="File too large"):
        work.f(1)


def test_an_answer_of_many_megabytes_is_refused(learner):
    work = learner("def f(x):\n    return bytes(100 * 2**20)\n")
    with pytest.raises(OverflowError, match="may be sent"):
        work.f(1)


def test_an_answer_that_cannot_cross_is_named_by_its_type(learner):
    work = learner("def f(x):\n    return {1, 2}")
    assert repr(work.f(1)) == "<set>"


def test_a_worker_sees_no_environment_no_arguments_and_an_empty_folder_of_its_own(
    learner, monkeypatch
):
    monkeypatch.setenv("KATA_SECRET", "4711")
    work = learner(
        """
        import os, sys

        def f(x):
            return dict(os.environ), os.listdir(), sys.argv
        """
    )
    seen, files, arguments = work.f(1)
    assert "4711" not in str(seen)
    assert files == []
    assert arguments == [""]


def test_what_stays_just_under_the_limit_comes_to_an_end_too(confined):
    inside, budget = confined("import time\ndef f(x):\n    time.sleep(x)\n"), Budget(0.1)
    work = Learner(inside, "work", {}, budget, "f")
    with pytest.raises(Stopped, match=r"the calls for f took longer than 0\.6 s in all; its other"):
        [work.f(0.08) for _ in range(20)]


def test_a_submission_comes_to_an_end_too(confined):
    inside, budget = confined("import time\ndef f(x):\n    time.sleep(x)\n"), Budget(0.01)
    exercises = [Learner(inside, "work", {}, budget, f"f{number}") for number in range(20)]
    with pytest.raises(Stopped, match=r"the submission has used up its 0\.6 s; f\d+ was not tried"):
        [exercise.f(0.06) for exercise in exercises]


def test_objects_stay_there_and_are_used_from_here(learner):
    work = learner(
        """
        class Model:
            def __init__(self, size):
                self.size = size
                self.history = []

            def fit(self, x, epochs=1):
                self.history += [float(x.sum())] * epochs
                return self.history

            def __call__(self, x):
                return x + self.size

        def batches(n):
            yield from range(n)
        """
    )
    model = work.Model(3)
    assert model.fit(np.ones(4), epochs=2) == [4.0, 4.0]
    assert model.history == [4.0, 4.0]
    assert model(1) == 4
    assert model.size == 3
    with pytest.raises(AttributeError):
        model.nothing  # noqa: B018
    assert list(work.batches(3)) == [0, 1, 2]


def test_a_given_function_crosses_by_name_and_no_other(learner):
    work = learner("def f(x):\n    return x(-1.0)")
    assert work.f(given.relu) == 0.0
    with pytest.raises(TypeError, match="cannot be passed"):
        work.f(lambda x: x)


def test_an_object_can_be_handed_back_as_an_argument(learner):
    work = learner("class A:\n    x = 5\n\ndef f(a):\n    return a.x")
    assert work.f(work.A()) == 5


def test_the_reference_stands_in_for_a_function_that_is_not_right(learner):
    cell = wire.Cell("the course", "def g(x):\n    return x + 1")
    text = "def g(x):\n    return 0\n\ndef f(x):\n    return g(x)"
    assert learner(text, supplied={"work": cell}, names=("g",)).f(1) == 2
    assert learner(text).f(1) == 0


def test_a_module_may_import_its_neighbour(learner):
    beside = wire.Module("beside", (wire.Cell("beside.py", "def g(x):\n    return x + 1"),))
    assert learner("from beside import g\n\ndef f(x):\n    return g(x)", more=(beside,)).f(1) == 2


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("import no_such_plots as plt\nimport math\ndef f(x):\n    return math.sqrt(x)", 2.0),
        ("def f(x):\n    return x\n1 / 0\n", 4),
        ("1 / 0\nimport math\ndef f(x):\n    return math.sqrt(x)", 2.0),
        ("from __future__ import annotations\ndef f(x: Undefined):\n    return x", 4),
        ("if __name__ == '__main__':\n    raise SystemExit\ndef f(x):\n    return x", 4),
        ("def f(x):\n    return x\nraise SystemExit", 4),
    ],
    ids=["no plots", "ends in an error", "begins with one", "future", "main", "exit at import"],
)
def test_what_a_module_defines_counts_even_if_it_does_not_run_to_its_end(learner, text, answer):
    assert learner(text).f(4) == answer


def test_a_function_lost_to_an_error_says_which(learner):
    with pytest.raises(Stopped, match=r"f is not there .*: work.py:1: ZeroDivisionError"):
        learner("1 / 0\nf = lambda x: x").f(1)


def test_a_reply_to_another_call_is_not_taken(learner):
    work = learner(
        """
        import gc, socket
        from grader import wire

        def f(x):
            for thing in gc.get_objects():
                if isinstance(thing, socket.socket) and thing.fileno() >= 0:
                    wire.send(thing, wire.Answer(999, wire.pack(42)))
            return 1
        """
    )
    with pytest.raises(Stopped, match="malformed reply"):
        work.f(1)


def test_a_worker_is_there_in_a_few_milliseconds(zygote):
    times = []
    for _ in range(5):
        started = time.monotonic()
        worker = zygote.fork(Limits())
        times.append(time.monotonic() - started)
        zygote.end(worker)
    assert min(times) < 0.5, "a fork, not an import"


def test_an_interrupt_is_one_whatever_the_shell_made_of_it():
    """A shell has what it starts in the background ignore SIGINT, and so would every worker."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        zygote = Zygote(())
        assert zygote.host
    finally:
        signal.signal(signal.SIGINT, before)
    code = "import signal\ndef f():\n    return signal.getsignal(signal.SIGINT).__name__\n"
    load = wire.Load((wire.Module("work", (wire.Cell("work.py", code),)),))
    with zygote, contextlib.closing(Confined(zygote, load, Limits(), 10)) as confined:
        assert Learner(confined, "work", {}, Budget(10), "f").f() == "default_int_handler"
