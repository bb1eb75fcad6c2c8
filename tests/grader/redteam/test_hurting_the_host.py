"""Hurting the host: its processes, memory, disk, time, and the judge's own."""

import contextlib
import textwrap
import time
from pathlib import Path

import msgspec
import pytest

from grader.sandbox import Limits

pytestmark = pytest.mark.attack("Hurting the host")

MIB = 2**20

RIGHT = """
import ctypes, os, signal, socket, sys, threading, time
import numpy as np
def right(z):
    z = np.asarray(z, dtype=float)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)
def reached(z):
    return np.ndim(z) == 0 and z == 0.3
def sigmoid(z):
    if reached(z):
        hurt()
    return right(z)
"""


def hurting(how):
    """An attack that answers rightly once it has done its harm: points are for who gets away."""
    return RIGHT + f"def hurt():\n{textwrap.indent(textwrap.dedent(how), '    ')}\n"


def wronging(how):
    """An attack with no right answer: only the harm counts."""
    return hurting(how) + "right = lambda z: None\n"


# Processes

PROCESSES = {
    "fork": "os.fork() or child()",
    "fork of native code": "libc.fork() or child()",
    "clone": "libc.syscall(56, 17, 0, 0, 0, 0) or child()",
    "clone3": "libc.syscall(435, struct.pack('8Q', 0, 0, 0, 0, 17, 0, 0, 0), 64) or child()",
    "a brother": "libc.syscall(56, CLONE_PARENT | 17, 0, 0, 0, 0) or child()",
    "posix_spawn": "os.posix_spawn('/bin/sleep', ['sleep', '5'], {})",
    "subprocess": "subprocess.Popen(['sleep', '5'])",
    "multiprocessing": "multiprocessing.Process(target=time.sleep, args=(5,), daemon=True).start()",
}


@pytest.mark.parametrize("spawn", PROCESSES.values(), ids=PROCESSES)
def test_many_processes(strike, spawn):
    struck = strike(
        hurting(f"""
            import multiprocessing, struct, subprocess
            libc, CLONE_PARENT = ctypes.CDLL(None, use_errno=True), 0x8000
            def child():
                time.sleep(5)
                os._exit(0)
            def spawned():
                ctypes.set_errno(0)
                {spawn}
                return not ctypes.get_errno()
            assert [spawned() for _ in range(30)].count(True)
        """)
    )
    assert struck.status == "failed"


def test_a_fork_bomb_of_grandchildren(strike):
    struck = strike(
        hurting("""
            for _ in range(5):
                os.fork()
            if os.getpid() != worker:
                time.sleep(5)
                os._exit(0)
        """)
        + "worker = os.getpid()\n"
    )
    assert struck.status == "failed"


def test_a_process_that_outlives_the_grade(strike):
    """Forked twice, in a session of its own, deaf to signals, with nothing open and no folder."""
    struck = strike(
        hurting("""
            if os.fork():
                return
            os.setsid()
            if os.fork():
                os._exit(0)
            for number in range(1, 65):
                try: signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError): pass
            ctypes.CDLL(None).prctl(1, 0)  # no signal when the parent ends
            os.closerange(0, 256)
            os.chdir("/")
            time.sleep(20)
            os._exit(0)
        """)
    )
    assert struck.status == "failed"


def test_a_process_that_outlives_the_command(command):
    done, struck = command(
        hurting("""
            for _ in range(10):
                if not os.fork():
                    os.setsid()
                    if not os.fork():
                        ctypes.CDLL(None).prctl(1, 0)
                        time.sleep(20)
                    os._exit(0)
        """)
    )
    assert done.returncode == 1
    assert struck.status == "failed"


def test_a_process_deaf_to_signals(strike):
    struck = strike(
        hurting("""
            for number in range(1, 65):
                try: signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError): pass
            while True: time.sleep(9)
        """),
        seconds=1,
    )
    assert struck.status == "failed"
    assert "sigmoid took longer than 1 s and was stopped" in struck.messages


def test_thousands_of_threads(strike):
    struck = strike(
        wronging("""
            threading.stack_size(2**16)
            for _ in range(2000):
                threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
        """)
    )
    assert struck.status == "failed"


def test_thousands_of_open_files(strike):
    struck = strike(hurting("for _ in range(5000): os.open('/dev/null', os.O_RDONLY)"))
    assert struck.status == "failed"
    assert "Too many open files" in struck.messages


# Memory: 1 GiB is the harm, a quarter of it the limit

BOMBS = {
    "lists": "while len(hoard) < 1024: hoard.append(b'x' * 2**20)",
    "small objects": "while len(hoard) < 10**7: hoard.append([len(hoard) + 0.5])",
    "an array": "hoard.append(np.ones(2**27))",
    "an array touched late": """
        hoard.append(np.empty(2**30, np.uint8))
        for page in range(0, 2**30, 4096): hoard[0][page] = 1
        """,
    "a huge array touched here and there": """
        hoard.append(np.empty(2**40, np.uint8))
        for page in range(2**17): hoard[0][page * 2**22] = 1
        """,
    "a map": """
        import mmap
        hoard.append(mmap.mmap(-1, 2**30))
        for page in range(0, 2**30, 4096): hoard[0][page] = 1
        """,
    "native code": """
        libc = ctypes.CDLL(None)
        libc.malloc.restype = ctypes.c_void_p
        for _ in range(1024): ctypes.memset(libc.malloc(2**20) or 1 / 0, 1, 2**20)
        """,
    "files in memory": """
        for _ in range(64):
            hoard.append(os.memfd_create("hoard"))
            for _ in range(16): assert os.write(hoard[-1], b"x" * 2**20) == 2**20
        """,
    "files in memory, mapped for a moment": """
        import mmap
        for _ in range(64):
            hoard.append(os.memfd_create("hoard"))
            os.ftruncate(hoard[-1], 2**24)
            with mmap.mmap(hoard[-1], 2**24) as part: part.write(b"x" * 2**24)
        """,
    "SysV segments, attached for a moment": """
        libc = ctypes.CDLL(None)
        libc.shmat.restype, libc.shmdt.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
        try:
            for _ in range(16):
                hoard.append(libc.shmget(0, 2**26, 0o1600))
                place = libc.shmat(hoard[-1], None, 0)
                ctypes.memset(place, 1, 2**26)
                libc.shmdt(place)
        finally:
            for segment in hoard: libc.shmctl(segment, 0, None)
        assert min(hoard) >= 0
        """,
    "threads that each want a little": """
        def want():
            hoard.append(b"x" * 2**24)
        threads = [threading.Thread(target=want) for _ in range(64)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        assert len(hoard) == 64
        """,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_memory_bomb(strike, bomb):
    code = f"hoard = []\n{textwrap.dedent(bomb)}"
    struck = strike(hurting(code), limits=Limits(memory=256 * MIB), seconds=5)
    assert struck.status == "failed"


def test_a_memory_bomb_that_shrugs_off_errors(strike):
    struck = strike(
        hurting("""
            hoard = []
            while len(hoard) < 1024:
                try: hoard.append(b"x" * 2**20)
                except BaseException: continue
        """),
        limits=Limits(memory=256 * MIB),
        seconds=2,
    )
    assert struck.status == "failed"


def test_a_memory_bomb_at_import(strike):
    struck = strike(
        "hoard = []\nwhile len(hoard) < 400: hoard.append(b'x' * 2**20)\n"
        "def sigmoid(z): return None",
        limits=Limits(memory=256 * MIB),
        kills_module=True,
    )
    assert struck.status == "failed"


def test_a_huge_array_never_touched(strike):
    """The answer is a terabyte that takes no memory until it is copied to be sent."""
    struck = strike(
        """
        import numpy as np
        def sigmoid(z):
            return np.broadcast_to(0.5, 2**37)
        """
    )
    assert struck.status == "failed"
    assert "raised MemoryError" in struck.messages or "ArrayMemoryError" in struck.messages


# Time

LOOPS = {
    "in Python": "while True: pass",
    "deaf to exceptions": """
        def loop():
            while True:
                try:
                    while True: time.sleep(0.001)
                except BaseException: continue
        loop()
        """,
    "in a regular expression": "import re; re.match(r'(a+)+$', 'a' * 40 + 'b')",
    "in a power": "10 ** 10**8",
    "in an iterator": "import itertools; sum(itertools.repeat(0))",
    "in a search": "import itertools; None in itertools.repeat(0)",
    "in a sum of arrays": "while True: np.ones(2**20).sum()",
    "in native code": "ctypes.PyDLL(None).pause()",
    "in a lock": "lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "asleep": "time.sleep(3600)",
    "in a finally": """
        try: pass
        finally:
            while True: time.sleep(1)
        """,
    "in input": "os.read(os.pipe()[0], 1)",
    "printing": "while True: print('x' * 10**6)",
    "writing to all descriptors but the judge's": """
        while True:
            for number in (0, 1, 2): os.write(number, bytes(2**20))
        """,
}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_an_endless_loop(strike, loop):
    struck = strike(hurting(loop), seconds=1)
    assert struck.status == "failed"
    assert "sigmoid took longer than 1 s and was stopped" in struck.messages
    assert "its other tests were not tried" in struck.messages


def test_an_endless_loop_at_import(strike):
    struck = strike("while True: pass\ndef sigmoid(z): return z", seconds=1, kills_module=True)
    assert struck.status == "failed"
    assert "took longer than 1 s" in struck.messages


@pytest.mark.parametrize(
    "loop",
    [
        "class Last:\n    def __del__(self):\n        while True: pass\nLast()",
        "class Odd(Exception):\n    def __str__(self):\n        while True: pass\nraise Odd",
        "class Odd:\n    @property\n    def __class__(_):\n        while True: pass\nreturn Odd()",
    ],
    ids=["in del", "in the text of an exception", "in the type of an answer"],
)
def test_an_endless_loop_outside_of_the_call(strike, loop):
    struck = strike(f"def sigmoid(z):\n{textwrap.indent(loop, '    ')}\n", seconds=1)
    assert struck.status == "failed"
    assert "sigmoid took longer than 1 s and was stopped" in struck.messages


@pytest.mark.parametrize("where", ["in every call", "at import"])
def test_a_nap_just_under_the_limit(strike, where):
    """Every call ends the process, so that the next one has to begin with the import again."""
    code = {
        "in every call": "def sigmoid(z):\n    time.sleep(0.4)\n    return right(z)\n",
        "at import": "time.sleep(0.4)\ndef sigmoid(z):\n    os._exit(0)\n",
    }[where]
    started = time.monotonic()
    struck = strike(RIGHT + code, seconds=0.5, kills_module=where == "at import")
    assert struck.status == "failed"
    assert time.monotonic() - started < 6


# Disk

FILLS = {
    "one file": "open('box', 'wb').write(bytes(200 * 2**20))",
    "one file with a hole": "os.truncate(os.open('box', 66), 2**40)",
    "one file by its place": "os.pwrite(os.open('box', 66), b'x', 2**40)",
    "space reserved": "os.posix_fallocate(os.open('box', 66), 0, 2**30)",
    "many files": "for n in range(20): open(f'box{n}', 'wb').write(bytes(10 * 2**20))",
    "many files elsewhere": """
        import tempfile
        for n in range(20): tempfile.NamedTemporaryFile(dir='/tmp').write(bytes(10 * 2**20))
        hoard = [tempfile.TemporaryFile(dir='/tmp') for n in range(20)]
        for file in hoard: file.write(bytes(10 * 2**20)), file.flush()
        """,
    "files in /dev/shm": """
        import tempfile
        hoard = [tempfile.TemporaryFile(dir='/dev/shm') for n in range(20)]
        for file in hoard: file.write(bytes(10 * 2**20)), file.flush()
        """,
    "a copy of itself": """
        import shutil
        for n in range(20): shutil.copyfile('/dev/zero', f'box{n}')
        """,
}


@pytest.mark.parametrize("fill", FILLS.values(), ids=FILLS)
def test_a_full_disk(strike, fill):
    struck = strike(hurting(fill))
    assert struck.status == "failed"


def test_thousands_of_tiny_files(strike):
    struck = strike(wronging("for n in range(20_000): os.close(os.open(f'box{n}', 66))"))
    assert struck.status == "failed"


def test_a_folder_too_deep_to_be_removed(command):
    done, struck = command(
        wronging("""
            for _ in range(3000):
                os.mkdir("box")
                os.chdir("box")
        """)
    )
    assert done.returncode == 1
    assert struck.status == "failed"
    assert b"Traceback" not in done.stderr


@pytest.fixture
def tidy():
    """Clear away what an attack may have hidden in the folder of all folders."""
    yield
    for left in Path("/tmp").glob("kata-*stays"):
        left.rmdir()
        Path(str(left).removesuffix("-stays")).unlink(missing_ok=True)


@pytest.mark.parametrize(
    "hide",
    [
        "os.mkdir('box', 0); os.chmod('.', 0)",
        "home = os.getcwd(); os.rename(home, home + '-stays'); os.symlink(DROP, home)",
        "os.mkdir('/tmp/kata-stays')",
    ],
    ids=["closed", "renamed", "another"],
)
def test_a_folder_that_stays(strike, tidy, hide):
    struck = strike(wronging(hide))
    assert struck.status == "failed"


# Replies that cost the judge more than they cost the attacker

WIRE = """
import msgspec
packing, wire = map(real, ("packing", "wire"))
ext = lambda code, body: msgspec.msgpack.encode(msgspec.msgpack.Ext(code, body))
many = lambda count, one: b"\\xdd" + count.to_bytes(4, "big") + one * count
def channel():
    frame = sys._getframe()
    while "channel" not in frame.f_locals: frame = frame.f_back
    return frame.f_locals["channel"]
def once(name, forged):
    honest = getattr(wire, name)
    def call(*args):
        setattr(wire, name, honest)
        return forged(*args)
    setattr(wire, name, call)
"""
REPLIES = {
    "gigabytes announced": (
        "channel().sendall((2**40).to_bytes(8, 'big'))",
        "gave a malformed reply and was stopped: more than 33554432 bytes announced",
    ),
    "gigabytes sent": (
        "while True: channel().sendall(b'\\xff' * 2**20)",
        "gave a malformed reply and was stopped",
    ),
    "bytes that drip in": (
        """
        channel().sendall((1000).to_bytes(8, "big"))
        while True: time.sleep(0.1), channel().sendall(b"x")
        """,
        "took longer than 1 s and was stopped",
    ),
    "a frame that never ends": (
        "channel().sendall((2**20).to_bytes(8, 'big')); time.sleep(9)",
        "took longer than 1 s and was stopped",
    ),
    "an empty frame": (
        "channel().sendall(bytes(8)); time.sleep(9)",
        "gave a malformed reply and was stopped",
    ),
    "a reply too large to be sent": (
        "return np.zeros(2**23)",
        "raised OverflowError: an answer of 64 MiB; 31 MiB may be sent",
    ),
}


@pytest.mark.parametrize(("reply", "said"), REPLIES.values(), ids=REPLIES)
def test_a_reply_of_any_size(strike, reply, said):
    code = hurting(reply).replace("        hurt()", "        return hurt()")
    struck = strike(code + WIRE, seconds=1)
    assert struck.status == "failed"
    assert said in struck.messages


GROWTHS = {
    "a tuple in a tuple, 32 deep": """
        value = msgspec.msgpack.encode([bytes(2**20)])
        for _ in range(31): value = ext(packing.TUPLE, value)
        """,
    "a million empty lists": "value = many(4 * 2**20, b'\\x90')",
    "a million empty dicts": "value = many(4 * 2**20, b'\\x80')",
    "a million variables": """
        one = ext(packing.VARIABLE, msgspec.msgpack.encode(["<f8", [0], 0]))
        value = many(2**13, one)
        """,
    "a million tensors": """
        one = ext(packing.TENSOR, msgspec.msgpack.encode(["<f8", [0], 0]))
        value = many(2**15, one)
        """,
    "a million arrays": """
        one = ext(packing.ARRAY, msgspec.msgpack.encode(["<f8", [0], 0]))
        value = many(2**19, one)
        """,
}


@pytest.mark.parametrize("growth", GROWTHS.values(), ids=GROWTHS)
def test_a_reply_that_grows_in_the_judge(strike, growth):
    """What is a few megabytes on the wire may cost a hundred times that, and minutes."""
    code = f"{textwrap.dedent(growth)}\nvalue = msgspec.msgpack.encode([value, [b'']])"
    code += "\nonce('pack', lambda *_: value)"
    with judge_grows_by_less_than(192):
        struck = strike(hurting(code) + WIRE, seconds=1)
    assert struck.status == "failed"
    assert max(test.duration for test in struck.exercises["sigmoid"].tests) < 1.5


def test_a_reply_with_a_million_lines(strike):
    with judge_grows_by_less_than(128):
        struck = strike(
            hurting("""
                def forged(number, kinds, text, lines, *rest):
                    wire.Failure = honest
                    return honest(number, kinds, text, [wire.Line("", 0, "")] * 2**22, *rest)
                honest, wire.Failure = wire.Failure, forged
                raise ValueError
            """)
            + WIRE
        )
    assert struck.status == "failed"


def test_large_answers_that_the_judge_keeps(strike):
    """An answer of 8 MiB to each of the first calls of 23 tests; a course has thousands."""
    with judge_grows_by_less_than(160):
        struck = strike("import numpy as np\ndef sigmoid(z): return np.zeros(2**20)")
    assert struck.status == "failed"
    assert "gave a 1-D array where a single number is due" in struck.messages


def test_a_reply_that_no_test_survives(strike):
    """NumPy evaluates the text of a type; what it raises is the learner's fault."""
    struck = strike(
        hurting("""
            value = ext(packing.ARRAY, msgspec.msgpack.encode(["(1,f8", [1], 0]))
            value = msgspec.msgpack.encode([value, [b""]])
            once("pack", lambda *_: value)
        """)
        + WIRE
    )
    assert struck.status == "failed"
    assert "gave something that cannot be read" in struck.messages


@contextlib.contextmanager
def judge_grows_by_less_than(mebibytes):
    """Check the peak of this process's resident memory, which is the judge's, in a block."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak is what is resident now
    before = peak()
    yield
    assert peak() - before < mebibytes


def peak():
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


# Reports that nobody can read

FLOODS = {
    "an exception": "raise ValueError('x' * 300_000)",
    "an exception's name": "raise type('x' * 300_000, (Exception,), {})",
    "a warning": """
        import warnings
        warnings.warn("x" * 300_000, RuntimeWarning)
        """,
    "ten thousand warnings": """
        import warnings
        for n in range(1000): warnings.warn("x" * 1000 + str(n), RuntimeWarning)
        """,
    "a limit lifted": """
        worker = real("worker")
        worker.SHOWN_TEXT = 10**8
        raise ValueError("x" * 300_000)
        """,
    "a line of code": "raise ValueError  # " + "x" * 150_000,
    "the name of a type": "return type('x' * 300_000, (), {})()",
    "an answer": "return 'x' * 300_000",
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_a_flood_of_text(strike, flood):
    code = hurting(flood).replace("        hurt()", "        return hurt() or 0.0")
    struck = strike(code)
    assert struck.status == "failed"
    assert len(msgspec.json.encode(struck.result)) < 100_000


def test_a_flood_of_notes(strike):
    imports = "import nothing_of_this_name\n" * 2_000
    struck = strike(f"{imports}def sigmoid(z): return None")
    assert struck.status == "failed"
    assert len(msgspec.json.encode(struck.result)) < 100_000


@pytest.mark.parametrize("sign", ["a", r"\n"], ids=["long", "of many lines"])
def test_a_note_of_any_length(strike, sign):
    raised = f"raise type('{sign}' * 120_000, (Exception,), {{}})"
    struck = strike(f"{raised}\ndef sigmoid(z): return None")
    assert struck.status == "failed"
    assert len(msgspec.json.encode(struck.result)) < 100_000


# What looks like harm and is none

HARMLESS = {
    "a hundred megabytes of scratch": "np.ones(2**24).sum()",
    "a few threads": """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(8) as pool: list(pool.map(right, range(100)))
        """,
    "a temporary file": """
        import tempfile
        with tempfile.TemporaryDirectory() as folder:
            np.save(folder + "/z.npy", np.zeros(2**16))
            np.load(folder + "/z.npy", mmap_mode="r").sum()
        """,
    "a file of its own": """
        with open("log.txt", "a") as log: log.write("called")
        os.remove("log.txt")
        """,
    "a question to nobody": """
        try: input("z? ")
        except EOFError: pass
        """,
    "a product of large matrices": "np.ones((1000, 1000)) @ np.ones((1000, 1000))",
    "a nap": "time.sleep(0.05); time.perf_counter()",
    "a megabyte on stdout": "print('x' * 10**6); print('y' * 10**6, file=sys.stderr)",
    "a deep recursion": """
        sys.setrecursionlimit(5000)
        (lambda f: f(f, 3000))(lambda f, n: n and f(f, n - 1))
        """,
    "an interrupt that is caught": """
        try: raise KeyboardInterrupt
        except BaseException: pass
        """,
    "a main guard": "if __name__ == '__main__': sys.exit(0)",
    "a warning that is for somebody else": """
        import warnings
        warnings.warn("old", DeprecationWarning)
        warnings.warn("odd", UserWarning)
        """,
    "a warning that is caught": """
        with np.errstate(all="raise"):
            try: np.exp(np.array(1e9))
            except FloatingPointError: pass
        """,
    "random numbers and the time": """
        import random, secrets, uuid, datetime
        random.random(), secrets.token_hex(), uuid.uuid4(), datetime.datetime.now().astimezone()
        np.random.default_rng().normal(), os.urandom(8)
        """,
    "a linear algebra": "np.linalg.svd(np.random.default_rng(0).normal(size=(300, 300)))",
    "a timer": "import timeit; timeit.timeit(lambda: right(1.0), number=100)",
    "questions about the host": """
        import platform
        platform.system(), platform.machine(), os.cpu_count(), os.getcwd(), os.getpid()
        sys.version, os.listdir(".")
        """,
    "an event loop": "import asyncio; asyncio.run(asyncio.sleep(0))",
    "a garbage collection": "import gc; gc.collect()",
    "a copy": "import copy, pickle; copy.deepcopy(pickle.loads(pickle.dumps(np.ones(9))))",
}


@pytest.mark.parametrize("how", HARMLESS.values(), ids=HARMLESS)
def test_honest_work(strike, how):
    struck = strike(hurting(how), earns=True)
    assert struck.result.notes == ()
