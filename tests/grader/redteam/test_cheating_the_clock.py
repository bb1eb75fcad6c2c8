"""Cheating the clock: time is measured where no learner's code runs."""

import pytest

pytestmark = pytest.mark.attack("Cheating the clock")

RIGHT = """
import itertools, os, signal, sys, threading, time
import numpy as np

def right(z):
    z = np.asarray(z, float)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)
"""


@pytest.mark.parametrize(
    "cheat",
    [
        "time.monotonic = time.perf_counter = time.time = lambda: 0.0",
        "time.sleep = lambda _: None; time.monotonic = itertools.count(0, -1).__next__",
        "signal.setitimer = signal.alarm = time.thread_time = lambda *_: 0",
        "sys.setswitchinterval(1000)",
        "os.environ['TZ'] = 'XYZ-99'; time.tzset()",
        "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())",
    ],
    ids=["stopped", "backwards", "timers", "switch interval", "time zone", "signals"],
)
def test_a_clock_turned_back(strike, cheat):
    struck = strike(
        RIGHT
        + f"""
def sigmoid(z):
    {cheat}
    while True:
        pass
""",
        seconds=1,
    )
    assert struck.status == "failed"
    assert "sigmoid took longer than 1 s and was stopped" in struck.messages
    assert struck.result.duration < 6


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("answer", "gave the right shape, but wrong values"),
        ("answer[...]", "gave the right shape, but wrong values"),
        ("memoryview(answer)", "gave an object where an array is due"),
    ],
    ids=["the buffer", "a view", "its memory"],
)
def test_work_left_to_a_thread(strike, answer, said):
    """Who looked at the answer a little later would find it right."""
    struck = strike(
        RIGHT
        + f"""
def sigmoid(z):
    answer = np.zeros(np.shape(z))
    def work():
        time.sleep(0.05)
        answer[...] = right(z)
    threading.Thread(target=work).start()
    return {answer}
"""
    )
    assert struck.status == "failed"
    assert f"sigmoid(z (3,)) {said}" in struck.messages


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Lazy(z)", "gave an object where an array is due"),
        ("Thread(z)", "gave an object where an array is due"),
        ("(part for part in right(z))", "gave a generator where an array is due"),
        ("lambda: right(z)", "gave a function where an array is due"),
        ("np.frompyfunc(lambda z: right(z), 1, 1)", "gave an object where an array is due"),
    ],
    ids=["array on demand", "thread", "generator", "function", "ufunc"],
)
def test_an_answer_that_computes_itself_when_it_is_looked_at(strike, answer, said):
    struck = strike(
        RIGHT
        + f"""
class Lazy:
    def __init__(self, z):
        self.z = z
    def __array__(self, *_, **__):
        return right(self.z)
    def __float__(self):
        return float(right(self.z))
    def __getattr__(self, name):
        return getattr(right(self.z), name)

class Thread(threading.Thread):
    def __init__(self, z):
        super().__init__(target=right, args=(z,))

def sigmoid(z):
    return {answer} if np.ndim(z) == 1 else right(z)
"""
    )
    assert struck.status == "failed"
    assert f"sigmoid(z (3,)) {said}" in struck.messages


@pytest.mark.parametrize(
    "key", ["id(z)", "np.shape(z)", "type(z)", "str(z)[:3]", "hash(str(z)) % 9"]
)
def test_answers_remembered_by_what_does_not_decide_them(strike, key):
    struck = strike(
        RIGHT
        + f"""
known = {{}}
def sigmoid(z):
    key = {key}
    if key not in known:
        known[key] = right(z)
    return known[key]
"""
    )
    assert struck.status == "failed"
    assert "wrong" in struck.messages


def test_right_once_and_careless_afterwards(strike):
    struck = strike(
        RIGHT
        + """
asked = itertools.count()
def sigmoid(z):
    return right(z) if next(asked) == 0 else np.zeros(np.shape(z))
"""
    )
    assert struck.status == "failed"
    tests = struck.exercises["sigmoid"].tests
    assert next(t.status for t in tests if t.visibility == "visible") == "passed"


@pytest.mark.parametrize(
    "act",
    [
        "sum(range(10**8))",
        "os._exit(0)",
        "os.kill(os.getpid(), signal.SIGKILL)",
        "os.closerange(3, 256)",
        "np.maximum = None",
    ],
    ids=["holding the GIL", "exit", "signal", "closing the channel", "patch"],
)
def test_a_thread_that_strikes_when_a_neighbour_is_asked(strike, act):
    """sigmoid has long answered; relu is marked in the same process, and pays."""
    struck = strike(
        RIGHT
        + f"""
def sigmoid(z):
    if type(z) is float and z == 1000:
        threading.Timer(0.01, exec, [{act!r}, globals()]).start()
    return 0 * np.asarray(z)
""",
        seconds=1,
    )
    assert struck.status == "failed"
    assert "wrong value" in struck.messages
