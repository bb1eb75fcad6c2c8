"""What each kind of host can offer, and that a worker gets out of none of them."""

import errno
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from grader import sandbox, wire
from grader.confined import Confined
from grader.learner import Budget, Learner
from grader.sandbox import Limits, files, kernel, landlock, layers
from grader.sandbox.layers import Host, Offer, level

FALLBACK = Path(__file__).parent / "fallback.py"
NAMESPACE_CALLS = ("unshare", "mount", "pivot_root", "umount2", "open_tree", "setns")
NO_NAMESPACES = dict.fromkeys(NAMESPACE_CALLS, errno.EPERM)
NO_LANDLOCK = {"landlock_create_ruleset": errno.ENOSYS}
NO_SECCOMP = {"seccomp": errno.ENOSYS}

linux = pytest.mark.skipif(kernel.MACHINE is None, reason="Linux on x86-64 or arm64")


@pytest.fixture(scope="session")
def host():
    """What the host of these tests offers."""
    return sandbox.probe()


@pytest.fixture
def try_escapes(host, tmp_path):
    """Run the script on a host that offers less than this one; returns what it found."""
    if host.level != sandbox.FULL:
        pytest.skip("only a host that offers everything can act like one that does not")
    (tmp_path / "hidden").mkdir()
    secret = tmp_path / "hidden" / "secret"
    secret.write_text(secrets.token_hex())
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop").chmod(0o777)
    door = tmp_path / "door"
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as unix:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        unix.bind(str(door))
        unix.listen()

        def try_escapes(**like):
            asked = {
                "secret": str(secret),
                "drop": str(tmp_path / "drop"),
                "port": tcp.getsockname()[1],
                "door": str(door),
                **like,
            }
            done = subprocess.run(
                [sys.executable, str(FALLBACK), json.dumps(asked)],
                capture_output=True,
                text=True,
                timeout=60,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # for unshare: a single thread
            )
            assert done.returncode == 0, done.stderr
            found = json.loads(done.stdout)
            assert found["honest"] == 50**3
            assert found["own"] == "mine"
            return found

        yield try_escapes


HOSTS = {
    "as it is": ({}, sandbox.FULL),
    "an ordinary user": ({"user": True}, sandbox.FULL),
    "a container without user namespaces": ({"refuse": NO_NAMESPACES}, sandbox.CLOSED),
    "an ordinary user without user namespaces": (
        {"user": True, "namespaces": False},
        sandbox.CLOSED,
    ),
    "no Landlock": ({"refuse": NO_LANDLOCK}, sandbox.CLOSED),
    "an ordinary user and no Landlock": ({"user": True, "refuse": NO_LANDLOCK}, sandbox.CLOSED),
    "namespaces alone": ({"refuse": NO_LANDLOCK | NO_SECCOMP}, sandbox.CLOSED),
    "an ordinary user's namespaces alone": (
        {"user": True, "refuse": NO_LANDLOCK | NO_SECCOMP},
        sandbox.CLOSED,
    ),
}


@linux
@pytest.mark.parametrize("name", HOSTS)
def test_nothing_gets_out_whatever_the_host_offers(try_escapes, name):
    like, due = HOSTS[name]
    found = try_escapes(**like)
    assert found["level"] == due, found["missing"]
    through = {what: how for what, how in found["escapes"].items() if how == "escaped"}
    assert not through
    if os.geteuid() or name != "an ordinary user's namespaces alone":
        assert found["forks"] < 100  # the kernel counts nothing that is really root's


@linux
def test_a_host_without_any_of_it_is_for_trusted_code_only(try_escapes):
    found = try_escapes(refuse=NO_NAMESPACES | NO_LANDLOCK | NO_SECCOMP)
    assert found["level"] == sandbox.TRUSTED
    assert found["escapes"]["read"] == found["escapes"]["write"] == "escaped"
    assert found["missing"]["user namespace"] == "unshare: the host does not allow it"
    assert found["missing"]["Landlock"] == "landlock_create_ruleset: this kernel has none"


@linux
def test_refused_calls_are_named_where_somebody_can_listen(try_escapes):
    assert {"socket (IPv4)", "socket (Unix)", "ptrace"} <= {*try_escapes()["refused"]}
    deaf = try_escapes(without=["seccomp listener"])
    assert deaf["refused"] == []
    assert deaf["escapes"]["tcp"] == "PermissionError"


@linux
def test_every_layer_is_tried_and_can_be_left_alone():
    assert sandbox.probe(without=list(layers.ALL)) == Host(
        tuple(Offer(layer, "switched off") for layer in layers.ALL)
    )


def test_a_level_says_in_how_many_ways_each_thing_is_shut_off():
    everything = {*layers.ALL}
    assert level(everything) == sandbox.FULL
    assert level(everything - {layers.LANDLOCK}) == sandbox.CLOSED
    assert level({layers.LANDLOCK, layers.SECCOMP}) == sandbox.CLOSED
    assert level({layers.MOUNT, layers.NETWORK, layers.PID}) == sandbox.CLOSED
    assert level({layers.MOUNT, layers.NETWORK}) == sandbox.TRUSTED
    assert level({layers.SECCOMP}) == sandbox.TRUSTED
    assert level(()) == sandbox.TRUSTED


def test_another_system_offers_nothing_and_says_so(monkeypatch):
    monkeypatch.setattr(kernel, "MACHINE", None)
    monkeypatch.setattr(sys, "platform", "darwin")
    host = sandbox.probe()
    assert host.level == sandbox.TRUSTED
    assert "darwin" in host.offers[0].missing


def test_what_lies_beside_something_hidden_stays_visible(monkeypatch, tmp_path):
    for name in ("python/lib", "python/course/tests", "python/course/data", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "python"))
    view = files.visible([tmp_path / "python/course/tests"])
    below = [path.relative_to(tmp_path) for path in view.readable if path.is_relative_to(tmp_path)]
    assert below == [Path("python/course/data"), Path("python/lib")]
    assert [path.relative_to(tmp_path) for path in view.listed] == [
        Path("python"),
        Path("python/course"),
    ]


@linux
@pytest.mark.parametrize(
    ("machine", "header", "pattern"),
    [
        ("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", r"__NR_(\w+)\s+(\d+)"),
        ("aarch64", "/usr/include/asm-generic/unistd.h", r"__NR(?:3264)?_(\w+)\s+(\d+)"),
    ],
)
def test_numbers_of_system_calls_are_those_of_the_kernels_headers(machine, header, pattern):
    if not Path(header).is_file():
        pytest.skip("the kernel's headers are not installed")
    there = dict(re.findall(f"#define {pattern}", Path(header).read_text()))
    ours = {name: numbers[kernel.MACHINES[machine]] for name, numbers in kernel.NUMBERS.items()}
    assert ours.items() >= {
        (name, int(there[name])) for name, number in ours.items() if name in there and number
    }


@linux
def test_tensorflow_and_keras_work_inside(shared_zygotes):
    text = """
        import numpy as np
        import tensorflow as tf

        def fit(epochs):
            x = np.linspace(-1, 1, 64, dtype="float32").reshape(-1, 1)
            model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
            model.compile(tf.keras.optimizers.SGD(0.3), "mse")
            return model.fit(x, 3 * x + 1, epochs=epochs, verbose=0).history["loss"]

        def compiled(n):
            return tf.function(lambda x: tf.reduce_sum(x * x), jit_compile=True)(tf.ones(n))

        def quickly(n):
            return tf.data.Dataset.range(n).map(lambda i: i * 2, num_parallel_calls=2).batch(n)

        def total(n):
            return int(next(iter(quickly(n))).numpy().sum())
    """
    load = wire.Load((wire.Module("work", (wire.Cell("work.py", textwrap.dedent(text)),)),))
    inside = Confined(shared_zygotes(("numpy", "tensorflow"), (), ()), load, Limits(), 60)
    work = Learner(inside, "work", {}, Budget(60), "work")
    losses = work.fit(20)
    assert losses[-1] < 0.01 < losses[0]
    assert float(work.compiled(100)) == 100
    assert work.total(10) == 90
    assert inside.refused == {}
    inside.close()


@linux
@pytest.mark.parametrize("version", range(1, 8))
def test_every_version_of_landlock_shuts_files_off(tmp_path, monkeypatch, version, host):
    if layers.LANDLOCK not in host or version > landlock.abi():
        pytest.skip("this kernel does not know that version")
    (tmp_path / "own").mkdir()
    (tmp_path / "secret").write_text("4711")
    monkeypatch.setattr(landlock, "abi", lambda: version)
    pid = os.fork()
    if pid == 0:
        status = 9
        try:
            kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
            assert landlock.restrict([], [tmp_path / "own"]) == version
            (tmp_path / "own" / "mine").write_text("mine")
            assert (tmp_path / "own" / "mine").read_text() == "mine"
            status = refused_count(tmp_path)
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3


@linux
def test_a_link_among_what_may_be_read_opens_nothing_that_it_leads_to(tmp_path, host):
    if layers.LANDLOCK not in host:
        pytest.skip("this kernel has no Landlock")
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "secret").write_text("4711")
    (tmp_path / "link").symlink_to(tmp_path / "hidden")
    pid = os.fork()
    if pid == 0:
        status = 9
        try:
            kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
            landlock.restrict([tmp_path / "link"], [])
            (tmp_path / "link" / "secret").read_text()
        except PermissionError:
            status = 3
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3


MANY = """
import time

from grader import sandbox, wire
from grader.zygote import Zygote

with Zygote(("numpy",)) as zygote:
    if "process namespace" not in zygote.host:
        print("none")
    else:
        workers = []
        try:
            while len(workers) < 10:
                workers.append(zygote.fork(sandbox.Limits()))
        except wire.WireError as error:
            print(error)
        zygote.end(workers.pop())
        for _ in range(50):  # the kernel takes a namespace away when it comes to it
            try:
                zygote.fork(sandbox.Limits())
                print("there is room again")
                break
            except wire.WireError:
                time.sleep(0.1)
"""


@linux
def test_a_host_that_allows_no_more_workers_says_so_and_goes_on():
    most = "/proc/sys/user/max_pid_namespaces"
    command = ["unshare", "-Ur", "sh", "-c", f'echo 5 > {most} && exec "$0" -c "$1"']
    if shutil.which("unshare") is None:
        pytest.skip("this machine has no unshare")
    done = subprocess.run([*command, sys.executable, MANY], capture_output=True, text=True)
    if done.stderr.startswith("unshare:") or done.stdout == "none\n":
        pytest.skip("this host gives no namespaces to divide")
    told = "it cannot be confined: [Errno 28] unshare: No space left on device"
    assert done.stdout.splitlines() == [told, "there is room again"]


def refused_count(folder):
    """How many of three ways to what is not one's own are closed."""
    count = 0
    for reach in (
        (folder / "secret").read_text,
        (folder / "left").touch,
        (folder / "secret").unlink,
    ):
        try:
            reach()
        except PermissionError:
            count += 1
    return count
