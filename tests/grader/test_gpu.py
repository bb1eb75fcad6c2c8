"""What needs a GPU: on one where there is one, left out and named where there is none.

Everywhere it is also tried out on a CPU that plays one: the judge is told that the second CPU is a
GPU, and all else is as it would be.
"""

import functools
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np
import pytest

from grader import devices, sandbox, sources, speed, wire
from grader.bench import Settings
from grader.calls import recording
from grader.compare import Mismatch
from grader.confined import Confined, Unavailable
from grader.doctor import examine
from grader.inprocess import InProcess, load
from grader.judge import Judge
from grader.learner import Budget, Learner
from grader.rivals import Rivals
from grader.sandbox import Limits
from grader.timed import Timed
from grader.zygote import Zygote

ROOT = Path(__file__).parents[2]
GATE = "test_a_gpu_beats_the_loop"
LARGE = "test_a_gpu_beats_the_processor_when_there_is_much_to_do"
RIGHT = """
import tensorflow as tf

def dense_gpu(X, W, b, device):
    with tf.device(device):
        X, W, b = (tf.cast(each, tf.float32) for each in (X, W, b))
        return tf.sigmoid(X @ W + b)
"""


@functools.cache
def visible_gpu():
    """Whether this machine has a real one that TensorFlow sees, where it may look for one."""
    found = sandbox.gpu_devices() and examine().tensorflow
    return bool(found and found.gpus)


with_gpu = pytest.mark.skipif("not visible_gpu()", reason="there is no GPU")
without = pytest.mark.skipif("visible_gpu()", reason="there is a GPU")


@pytest.fixture
def played(monkeypatch):
    """Let the second CPU play a GPU."""
    monkeypatch.setattr(Rivals, "gpus", lambda self, exercise: devices.CPUS[1:])
    monkeypatch.setattr(speed, "ROUNDS", (5, 9))


@pytest.fixture
def grade(judge, tmp_path):
    """Mark a way to write one exercise; returns it, its tests by name, and the whole result."""

    def grade(code, name="dense_gpu"):
        path = tmp_path / "work.py"
        path.write_text(code)
        result = judge.grade(path, [name])
        (found,) = result.exercises
        return found, {test.name: test for test in found.tests}, result

    return grade


@contextmanager
def worker(code, *there, without=(), preload=("numpy",)):
    """Code in a worker to which the device files `there` are shown; gives it and how to call it."""
    load = wire.Load((wire.Module("work", (wire.Cell("work.py", code),)),))
    with Zygote(preload, [], without, there) as zygote, recording():
        confined = Confined(zygote, load, Limits(), 60)
        try:
            learner = Learner(confined, "work", {}, Budget(60), "work")
            yield confined, lambda name, *args: getattr(learner, name)(*args)
        finally:
            confined.close()


# Without a GPU


@without
def test_without_a_gpu_its_points_are_in_no_total_and_named(grade):
    found, tests, result = grade(RIGHT)
    assert (tests[GATE].status, tests[GATE].message) == ("not_run", "not run: no GPU visible")
    assert (found.status, found.score, found.max_score) == ("passed", 1, 1)
    assert "dense_gpu: not run: no GPU visible; 1 of its points are in no total" in result.notes


@without
def test_without_a_gpu_everybody_has_the_same_total(grade):
    found, _, _ = grade("def dense_gpu(X, W, b, device):\n    raise NotImplementedError\n")
    assert (found.status, found.score, found.max_score) == ("todo", 0, 1)


@without
def test_where_a_gpu_is_required_its_absence_is_an_error(learners_pytest):
    asked = ["exercises/ch04_vectorization", "-k", "dense_gpu or beats_the_loop"]
    asked += ["--kata-learner=solutions"]
    done = learners_pytest(ROOT, *asked, **{devices.REQUIRED: "1"})
    assert done.returncode == 1
    assert "KATA_REQUIRE_GPU=1, and TensorFlow sees no GPU: pip install" in done.stdout


# With one


@with_gpu
def test_a_gpu_earns_its_points(grade):
    found, tests, result = grade(RIGHT)
    assert {name: (t.status, t.message) for name, t in tests.items() if t.status != "passed"} == {}
    assert (found.status, found.score, found.max_score) == ("passed", 2, 2)
    assert {tests[name].speed.decision for name in (GATE, LARGE)} == {"fast enough"}
    assert not [note for note in result.notes if "GPU" in note]


@with_gpu
def test_a_gpu_that_is_left_for_the_processor_is_told(grade):
    found, tests, _ = grade(RIGHT.replace("tf.device(device)", 'tf.device("/CPU:0")'))
    assert (found.status, found.score, found.max_score) == ("failed", 0, 2)
    assert tests[GATE].status == "not_run"  # what is in the wrong place is not raced


@with_gpu
def test_training_on_a_gpu_earns_its_point(judge, course):
    work = course.solution(course.chapter("ch09_sequential"))
    (found,) = judge.grade(work, ["MySequential.fit"]).exercises
    assert {t.name: t.message for t in found.tests if t.status != "passed"} == {}
    assert (found.score, found.max_score) == (4, 4)


@with_gpu
def test_a_gpu_multiplies_as_exactly_as_a_processor(rng):
    """A sum of 512 terms is off by 3e-5 at most; with TF32 it was by 4e-2."""
    X, W = rng.normal(size=(2, 512, 512)).astype(np.float32)
    code = """
def product(X, W):
    import tensorflow as tf
    with tf.device("/GPU:0"):
        return tf.constant(X) @ tf.constant(W)
"""
    with worker(code, *sandbox.gpu_devices(), preload=("numpy", "tensorflow")) as (_, call):
        found = call("product", X, W)
    assert np.abs(found - X.astype(float) @ W).max() < 1e-4


# With a CPU that plays one


def test_the_gates_are_raced_on_the_device(played, grade):
    """It beats the loop; the other CPU it cannot beat, whichever of them plays the GPU."""
    _, tests, _ = grade(RIGHT)
    assert tests[GATE].status == "passed"
    assert tests[GATE].speed.decision == "fast enough"
    assert tests[LARGE].speed.decision != "fast enough"


def test_what_is_placed_is_there_before_the_clock_starts(played, grade):
    _, tests, _ = grade(f"""{RIGHT}
on_its_way = dense_gpu

def dense_gpu(X, W, b, device):
    if len(X) == 1024:
        assert all(tf.is_tensor(each) and device[1:] in each.device for each in (X, W, b))
    return on_its_way(X, W, b, device)
""")
    assert tests[LARGE].speed is not None, tests[LARGE].message


def test_another_device_while_it_is_timed(played, grade):
    _, tests, _ = grade(f"""{RIGHT}
on_its_way = dense_gpu

def dense_gpu(X, W, b, device):
    return on_its_way(X, W, b, "/CPU:0" if len(X) == 64 else device)
""")
    assert tests[GATE].message == (
        "dense_gpu was placed on CPU:0 while it was timed, not on the device that it was given"
    )


def test_a_device_that_is_not_in_a_worker_is_nobodys_mark(judge, course):
    """The judge may see a GPU that its workers do not."""
    rivals = Rivals(course, judge._sources, Limits())
    try:
        reference = rivals.of("dense_gpu")[speed.REFERENCE]
        with pytest.raises(Unavailable, match="nothing can be placed on /GPU:9 in its process: "):
            Timed(reference.dense_gpu, "/GPU:9").place([np.ones(2)])
    finally:
        rivals.close()


@pytest.mark.parametrize("place", devices.CPUS)
def test_training_is_seen_to_stay_on_its_device(course, tmp_path, rng, place):
    """The reference trains where its Variables are made."""
    path = course.solution(course.chapter("ch09_sequential"))
    text = path.read_text().replace("tf.Variable(", "variable(")
    there = f"with tf.device({place!r}):\n        return tf.Variable(value)\n"
    work = tmp_path / "sequential.py"
    work.write_text(f"{text}\n\ndef variable(value):\n    {there}")
    tests = course.visible_tests(course.chapter("ch09_sequential"))
    learner = InProcess(course, work).learner("MySequential.fit", tests, frozenset(), 0)
    told = pytest.raises(Mismatch, match=r"was placed on CPU:0, not on the device it was given")
    with recording(), told if place == "/CPU:0" else nullcontext():
        load(tests, "the tests").test_training_on_a_gpu(learner, rng, "/CPU:1")


# Confinement


TRIES = """
import fcntl, os, socket

def name(device):
    (thread,) = os.listdir("/proc/self/task")
    with open(f"/proc/self/task/{thread}/comm", "r+") as comm:
        comm.write("cuda")

def tell(device):
    with open(device, "r+b", buffering=0) as opened:
        fcntl.ioctl(opened, 0x8004_5200, bytes(4))  # how much a source of randomness has

def remember(device):
    os.close(os.memfd_create("cuda"))

def join(device):
    socket.socket(socket.AF_UNIX).close()

def reach(device):
    socket.socket(socket.AF_INET).close()

def read(device):
    open("/proc/devices").close()

def fork(device):
    os.fork()

def works(do, device):
    try:
        do(device)
    except OSError:
        return False
    return True

ALL = name, tell, read, remember, join, reach, fork

def tried(device):
    return [do.__name__ for do in ALL if works(do, device)]
"""


@pytest.mark.skipif(not sandbox.SUPPORTED, reason="there are no zygotes here")
@pytest.mark.parametrize(
    ("without", "works"),
    [
        ((), ["name", "tell", "read", "remember", "join"]),
        (("mount namespace",), ["name", "tell", "read"]),  # a socket would lead out of the worker
        (("network namespace",), ["name", "tell", "read"]),
    ],
)
def test_what_a_driver_does_before_it_starts(without, works):
    """Where there is a GPU, and a source of randomness plays one, it may; nobody else may."""
    device = Path("/dev/urandom")

    def tried(*devices):
        with worker(TRIES, *devices, without=without) as (confined, call):
            return call("tried", str(device)), {*confined.refused} & {"clone", "socket (IPv4)"}

    assert tried(device) == (works, {"socket (IPv4)"})  # of a new process nobody is told
    assert tried() == ([], {"clone", "socket (IPv4)"})


@pytest.mark.skipif(not sandbox.SUPPORTED, reason="there are no zygotes here")
def test_files_in_memory_are_few_and_small():
    """No limit of memory counts them: 16 of 16 MiB each is what they can come to."""
    code = """
import os

def hoard():
    files = []
    try:
        while len(files) < 100:
            files.append(os.memfd_create("hoard"))
            os.ftruncate(files[-1], 2**24)
    except OSError:
        return len(files)

def swell():
    os.ftruncate(os.memfd_create("large"), 2**24 + 1)
"""
    with worker(code, Path("/dev/urandom")) as (confined, call):
        with pytest.raises(OSError, match="File too large"):
            call("swell")
        assert call("hoard") == 15
        assert "memfd_create" in confined.refused


@pytest.mark.skipif(not sandbox.SUPPORTED, reason="there are no zygotes here")
def test_what_workers_come_from_is_started_before_the_tests(course, monkeypatch):
    """In a test's thread it would end with that; what an exercise needs may come from elsewhere."""
    monkeypatch.setattr(sources, "gpu_devices", lambda: (Path("/dev/urandom"),))
    monkeypatch.setattr(sources, "PRELOADED", ("numpy",))
    with Judge(course, Settings()) as judge:
        judge.require_confinement(["dense_gpu"])
        assert {len(devices) for _, devices in judge._sources._started} == {0, 1}
        assert sandbox.PID not in judge._sources.host  # with a GPU, and the least is what is told


@pytest.mark.skipif(not sandbox.SUPPORTED, reason="there are no zygotes here")
def test_libraries_of_a_driver_that_are_elsewhere(tmp_path, monkeypatch):
    """Of the folders where libraries are looked for, a GPU's worker sees CUDA's."""
    for folder, name in (("cuda", "libcuda.so.1"), ("other", "secret.so")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).touch()
    monkeypatch.setenv("LD_LIBRARY_PATH", f"{tmp_path}/cuda:{tmp_path}/other")
    code = """
import os

def look():
    return [os.access(f, os.R_OK) for f in os.environ.get("LD_LIBRARY_PATH", "").split(":")]
"""
    with worker(code, Path("/dev/urandom")) as (_, call):
        assert call("look") == [True, False]
    with worker(code) as (_, call):
        assert call("look") == [False]


@pytest.mark.skipif(not sandbox.SUPPORTED, reason="there are no zygotes here")
def test_the_files_of_a_gpu_are_there_for_who_needs_them_alone(tmp_path):
    device = tmp_path / "nvidia0"
    device.write_text("a GPU")
    code = f"def look():\n    return open({str(device)!r}).read()\n"

    def seen(*there):
        with worker(code, *there) as (_, call):
            return call("look")

    assert seen(device) == "a GPU"
    with pytest.raises(Exception, match=r"(?i)no such file|permission denied"):
        seen()
