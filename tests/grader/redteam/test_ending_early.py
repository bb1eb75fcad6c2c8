"""Ending early: whatever stops the process, the judge misses an answer and says so."""

import textwrap

import pytest

from grader.sandbox import Limits

pytestmark = pytest.mark.attack("Ending early")

RIGHT = """
import ctypes, os, resource, signal, socket, sys, threading, time, unittest
import numpy as np
def right(z):
    z = np.asarray(z, dtype=float)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)
def reached(z):
    return np.ndim(z) == 0 and z == 0.3
"""
"""The attacker can do the exercise, all but one call; that one is hidden behind an early end."""


def ending(how, body):
    """An attack: `end` ends the process in some way, `body` says when."""
    end = f"def end(*_):\n{textwrap.indent(textwrap.dedent(how), '    ')}\n"
    return RIGHT + end + textwrap.dedent(body)


IN_A_CALL = """
    def sigmoid(z):
        return end() if reached(z) else right(z)
"""
AT_IMPORT = """
    end()
    def sigmoid(z):
        return None if reached(z) else right(z)
"""
IN_DEL_OF_A_DROPPED_OBJECT = """
    class Last:
        __del__ = end
    def sigmoid(z):
        if reached(z):
            Last()
            return None
        return right(z)
"""
IN_DEL_OF_A_RETURNED_OBJECT = """
    class Last(np.ndarray):
        __del__ = end
    def sigmoid(z):
        return (0 * right(z)).view(Last) if reached(z) else right(z)
"""
IN_DEL_OF_A_CYCLE = """
    import gc
    class Last:
        __del__ = end
    def sigmoid(z):
        if reached(z):
            last = Last()
            last.itself = last
            return None
        gc.collect()
        return right(z)
"""

# What ends the process at once

ENDS = {
    "os._exit": "os._exit(0)",
    "exit of native code": "ctypes.CDLL(None)._exit(0)",
    "another program": "os.execv('/bin/true', ['true'])",
}


@pytest.mark.parametrize("how", ENDS.values(), ids=ENDS)
def test_an_exit_in_a_call(strike, how):
    struck = strike(ending(how, IN_A_CALL))
    assert struck.status == "failed"
    if "exec" not in how:
        assert "sigmoid ended its process instead of returning" in struck.messages


def test_an_exit_at_import(strike):
    struck = strike(ending("os._exit(0)", AT_IMPORT), kills_module=True)
    assert struck.status == "failed"
    assert "sigmoid ended its process instead of returning" in struck.messages


def test_an_exit_in_del_of_a_dropped_object(strike):
    struck = strike(ending("os._exit(0)", IN_DEL_OF_A_DROPPED_OBJECT))
    assert struck.status == "failed"
    assert "sigmoid ended its process instead of returning" in struck.messages


def test_an_exit_in_del_of_a_returned_array(strike):
    """The answer was right, but it ended the process before it was sent."""
    struck = strike(ending("os._exit(0)", IN_DEL_OF_A_RETURNED_OBJECT.replace("0 * ", "")))
    assert struck.status == "failed"
    assert "sigmoid ended its process instead of returning" in struck.messages


def test_an_exit_in_del_of_a_cycle(strike):
    struck = strike(ending("os._exit(0)", IN_DEL_OF_A_CYCLE))
    assert struck.status == "failed"


def test_an_exit_from_a_thread_between_calls(strike):
    """Nobody is called when it comes; whoever is next finds the process gone."""
    struck = strike(
        ending(
            "threading.Timer(0.01, os._exit, (0,)).start()",
            """
            def sigmoid(z):
                if reached(z):
                    end()
                time.sleep(0.02)
                return right(z)
            """,
        )
    )
    assert struck.status == "failed"
    assert "sigmoid ended its process instead of returning" in struck.messages


# What is an exception to Python

RAISES = {
    "sys.exit": ("sys.exit(0)", "SystemExit: 0"),
    "SystemExit": ("raise SystemExit", "SystemExit"),
    "pytest.skip": (
        "import pytest; pytest.skip('later', allow_module_level=True)",
        "Skipped: later",
    ),
    "pytest.exit": ("import pytest; pytest.exit('all passed', 0)", "Exit: all passed"),
    "pytest.xfail": ("import pytest; pytest.xfail('known')", "XFailed: known"),
    "pytest.importorskip": ("import pytest; pytest.importorskip('nothing')", "Skipped"),
    "unittest.SkipTest": ("raise unittest.SkipTest('later')", "SkipTest: later"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "SIGINT": ("signal.raise_signal(signal.SIGINT)", "KeyboardInterrupt"),
    "GeneratorExit": ("raise GeneratorExit", "GeneratorExit"),
    "StopIteration": ("raise StopIteration", "StopIteration"),
    "BaseException": ("raise BaseException('enough')", "BaseException: enough"),
    "an exception of its own": ("raise type('Passed', (BaseException,), {})", "Passed"),
    "a thread's exception": (
        """
        me = ctypes.c_ulong(threading.get_ident())
        ctypes.pythonapi.PyThreadState_SetAsyncExc(me, ctypes.py_object(SystemExit))
        time.sleep(0)
        """,
        "SystemExit",
    ),
}


@pytest.mark.parametrize(("how", "said"), RAISES.values(), ids=RAISES)
def test_an_exception_in_a_call(strike, how, said):
    struck = strike(ending(how, IN_A_CALL))
    assert struck.status == "failed"
    assert f"sigmoid(z=0.3) raised {said}" in struck.messages


@pytest.mark.parametrize(("how", "said"), RAISES.values(), ids=RAISES)
def test_an_exception_at_import(strike, how, said):
    """What the module defines further down is still defined, and still has to be right."""
    struck = strike(ending(how, AT_IMPORT))
    assert struck.status == "failed"
    assert f": {said}" in struck.messages
    assert "sigmoid(z=0.3) gave None" in struck.messages


@pytest.mark.parametrize("how", ["sys.exit(0)", "raise KeyboardInterrupt"])
@pytest.mark.parametrize(
    "when", [IN_DEL_OF_A_DROPPED_OBJECT, IN_DEL_OF_A_RETURNED_OBJECT], ids=["dropped", "returned"]
)
def test_an_exception_in_del(strike, how, when):
    """Python drops what `__del__` raises, and so nothing ends."""
    struck = strike(ending(how, when))
    assert struck.status == "failed"
    assert "sigmoid(z=0.3) gave" in struck.messages


def test_an_exception_that_has_no_name(strike):
    struck = strike(
        ending(
            """
            class Nameless(type):
                __name__ = property(os._exit)
                __mro__ = property(lambda _: sys.exit(0))
            raise Nameless("", (Exception,), {})
            """,
            IN_A_CALL,
        )
    )
    assert struck.status == "failed"


def test_an_exception_that_has_no_text(strike):
    struck = strike(ending("raise type('Odd', (Exception,), {'__str__': sys.exit})", IN_A_CALL))
    assert struck.status == "failed"
    assert "sigmoid(z=0.3) raised Odd" in struck.messages


def test_a_warning_whose_text_ends_the_process(strike):
    struck = strike(
        ending(
            """
            import warnings
            warnings.warn(type('Odd', (RuntimeWarning,), {'__str__': sys.exit})())
            return right(0.3)
            """,
            IN_A_CALL,
        )
    )
    assert struck.status == "failed"


def test_an_answer_that_raises_when_it_is_sent(strike):
    struck = strike(
        ending("return type('Odd', (), {'__class__': property(sys.exit)})()", IN_A_CALL)
    )
    assert struck.status == "failed"
    assert "sigmoid(z=0.3) raised SystemExit" in struck.messages


# What strikes the worker outside of the call

BETWEEN_CALLS = {
    "an alarm": """
        signal.signal(signal.SIGALRM, sys.exit)
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        """,
    "a trace of the frame above": """
        def exits(*_): sys.exit(0)
        sys.settrace(lambda *_: None)
        frame = sys._getframe(2)
        while frame:
            frame.f_trace = exits
            frame = frame.f_back
        """,
    "a profile": """
        import collections
        sys.setprofile(lambda frame, kind, _: frame.f_code.co_name == "reply" and sys.exit(0))
        """,
    "a built-in replaced": "import builtins; builtins.isinstance = builtins.len = os._exit",
    "a module replaced": "real('wire').send = os._exit",
    "a socket that ends": "socket.socket.sendall = socket.socket.recv = os._exit",
    "an import hook": "sys.meta_path.insert(0, type('Hook', (), {'find_spec': os._exit}))",
}


@pytest.mark.parametrize("how", BETWEEN_CALLS.values(), ids=BETWEEN_CALLS)
def test_an_end_between_calls(strike, how):
    struck = strike(
        ending(
            how,
            """
            def sigmoid(z):
                if reached(z):
                    end()
                    return 0.0
                return right(z)
            """,
        ),
        kills_module=True,
    )
    assert struck.status == "failed"


@pytest.mark.parametrize("how", ["open(DROP + '/passed', 'w')", "os._exit(0)", "os.kill(0, 9)"])
def test_atexit(strike, how):
    """A worker is ended without its exit handlers."""
    struck = strike(
        f"""
        import atexit, os
        atexit.register(lambda: {how})
        def sigmoid(z):
            return None
        """
    )
    assert struck.status == "failed"
    assert "gave None" in struck.messages


# Signals. To a process that is the first of its namespace those from itself do nothing.

SIGNALS = {
    "SIGKILL": "os.kill(os.getpid(), signal.SIGKILL)",
    "SIGTERM": "os.kill(os.getpid(), signal.SIGTERM)",
    "SIGHUP": "signal.raise_signal(signal.SIGHUP)",
    "a signal to the group": "os.killpg(0, signal.SIGKILL)",
    "a signal to process 0": "os.kill(0, signal.SIGTERM)",
    "a signal when time is up": "signal.setitimer(signal.ITIMER_REAL, 0.01); time.sleep(0.1)",
    "abort": "os.abort()",
}


@pytest.mark.parametrize("how", SIGNALS.values(), ids=SIGNALS)
def test_a_signal_in_a_call(strike, how):
    struck = strike(ending(how, IN_A_CALL))
    assert struck.status == "failed"


def test_processor_time_used_up(strike):
    struck = strike(
        ending(
            """
            while True: pass
            """,
            IN_A_CALL,
        ),
        limits=Limits(cpu=1),
    )
    assert struck.status == "failed"
    assert "sigmoid used up its 1 s of processor time and was stopped" in struck.messages


def test_a_signal_at_import(strike):
    struck = strike(ending("os.kill(os.getpid(), signal.SIGKILL)", AT_IMPORT), kills_module=True)
    assert struck.status == "failed"


@pytest.mark.parametrize(
    "when", [IN_DEL_OF_A_DROPPED_OBJECT, IN_DEL_OF_A_RETURNED_OBJECT], ids=["dropped", "returned"]
)
def test_a_signal_in_del(strike, when):
    struck = strike(ending("os.kill(os.getpid(), signal.SIGKILL)", when))
    assert struck.status == "failed"


@pytest.mark.parametrize("stop", ["SIGSTOP", "SIGTSTP"])
def test_a_stop(strike, stop):
    struck = strike(ending(f"os.kill(os.getpid(), signal.{stop})", IN_A_CALL), seconds=1)
    assert struck.status == "failed"


OTHERS = {
    "parent": "os.getppid()",
    "judge": "JUDGE",
    "group of the parent": "-os.getpgid(os.getppid())",
    "group of the judge": "-os.getpgid(JUDGE)",
    "everybody": "-1",
}


@pytest.mark.parametrize("victim", OTHERS.values(), ids=OTHERS)
def test_a_process_within_reach_of_a_signal(strike, victim):
    """Signal 0 hurts nobody; where it arrives the others would. Nobody has the parent 0."""
    struck = strike(
        ending(
            f"""
            victim = {victim} if os.getppid() or "JUDGE" in {victim!r} else 2**22
            os.kill(victim, 0)
            return right(0.3)
            """,
            IN_A_CALL,
        )
    )
    assert struck.status == "failed"


def test_a_signal_to_the_command(command):
    """Its parent and its grandparent are of the command that it is graded by."""
    done, struck = command(
        ending(
            """
            stat = open(f"/proc/{os.getppid()}/stat").read()
            os.kill(int(stat.rpartition(")")[2].split()[1]), signal.SIGTERM)
            """,
            IN_A_CALL,
        )
    )
    assert done.returncode == 1
    assert struck.status == "failed"


def test_the_end_of_the_parent_through_the_command(command):
    done, struck = command(
        ending("os.getppid() and os.kill(os.getppid(), signal.SIGKILL)", IN_A_CALL)
    )
    assert done.returncode == 1
    assert struck.status == "failed"


# Crashes in native code

CRASHES = {
    "a null pointer": "ctypes.string_at(0)",
    "a jump to nowhere": "ctypes.CFUNCTYPE(None)(1)()",
    "a write to code": "ctypes.memset(id(sigmoid) & ~0xFFF, 0, 2**40)",
    "an overflown stack": """
        sys.setrecursionlimit(10**9)
        nested = []
        for _ in range(10**6): nested = [nested]
        repr(nested)
        """,
    "bytecode that is none": "exec((lambda: 0).__code__.replace(co_code=b'\\xff\\xff' * 999))",
    "a fatal error of Python": "ctypes.pythonapi.Py_FatalError(b'enough')",
}


@pytest.mark.parametrize("how", CRASHES.values(), ids=CRASHES)
def test_a_crash_in_a_call(strike, how):
    struck = strike(ending(how, IN_A_CALL))
    assert struck.status == "failed"
    assert "sigmoid crashed its process (SIG" in struck.messages


def test_a_crash_at_import(strike):
    struck = strike(ending("ctypes.string_at(0)", AT_IMPORT), kills_module=True)
    assert struck.status == "failed"
    assert "sigmoid crashed its process (SIGSEGV)" in struck.messages


@pytest.mark.parametrize(
    "when", [IN_DEL_OF_A_DROPPED_OBJECT, IN_DEL_OF_A_RETURNED_OBJECT], ids=["dropped", "returned"]
)
def test_a_crash_in_del(strike, when):
    struck = strike(ending("ctypes.string_at(0)", when))
    assert struck.status == "failed"
    assert "sigmoid crashed its process (SIGSEGV)" in struck.messages


# The connection to the judge

CHANNEL = """
def channels():
    for number in range(3, 64):
        try:
            os.fstat(number)
        except OSError:
            continue
        yield number
"""
CUTS = {
    "close": "os.closerange(3, 64)",
    "close and live on": "os.closerange(3, 64); time.sleep(9)",
    "shut down": "for n in channels(): socket.socket(fileno=n).shutdown(socket.SHUT_RDWR)",
    "shut down and live on": """
        for n in channels(): socket.socket(fileno=n).shutdown(socket.SHUT_RDWR)
        time.sleep(9)
        """,
    "shut down for writing": "for n in channels(): socket.socket(fileno=n).shutdown(1)",
    "another file in its place": "for n in channels(): os.dup2(0, n)",
    "no waiting": "for n in channels(): os.set_blocking(n, False)",
}


@pytest.mark.parametrize("how", CUTS.values(), ids=CUTS)
def test_a_cut_connection(strike, how):
    struck = strike(ending(how, CHANNEL + textwrap.dedent(IN_A_CALL)))
    assert struck.status == "failed"
    if "sleep(9)" in how:
        said = "sigmoid closed its connection instead of returning, and was stopped"
        assert said in struck.messages
