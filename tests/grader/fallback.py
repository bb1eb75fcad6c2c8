"""Act like a host that offers less, then try from inside a worker to get out. A script.

Its argument is JSON: `refuse` maps system calls to the error that they fail with here, `user` makes
this process an ordinary user's, `namespaces` false takes user namespaces away from it. `secret` is
a file, `drop` a folder, `port` a TCP port that somebody listens on. Prints what it found, as JSON.
"""

import json
import os
import sys
from pathlib import Path

import msgspec

from grader import wire
from grader.confined import Confined
from grader.errors import Stopped
from grader.learner import Budget, Learner
from grader.sandbox import Limits, kernel, namespaces, seccomp
from grader.zygote import Zygote

ESCAPES = """
import ctypes, os, signal, socket
import numpy as np

def honest(n):
    return float((np.ones((n, n)) @ np.ones((n, n))).sum())

def read(path):
    return open(path).read()

def write(folder):
    open(os.path.join(folder, "left"), "w").close()

def tcp(port):
    socket.create_connection(("127.0.0.1", port), 1)

def udp(port):
    with socket.socket(type=socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", port))

def unix(path):
    socket.socket(socket.AF_UNIX).connect(path)

def signals(judge):
    os.kill(judge, signal.SIGCONT)

def environment(judge):
    return open(f"/proc/{judge}/environ").read()

def processes(judge):
    return os.listdir(f"/proc/{judge}/task")

def trace(judge):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(0x4206, judge, 0, 0):
        raise OSError(ctypes.get_errno(), "ptrace")

def own(_):
    open("notes", "w").write("mine")
    return open("notes").read()

def forks(most):
    count = 0
    try:
        while count < most:
            if os.fork() == 0:
                signal.pause()
            count += 1
    except OSError:
        pass
    return count
"""


def main(asked):
    become(asked)
    load = wire.Load((wire.Module("work", (wire.Cell("work.py", ESCAPES),)),))
    hidden = [Path(asked["secret"]).parent]
    with Zygote(("numpy",), hidden, asked.get("without", [])) as zygote:
        inside = Confined(zygote, load, Limits(threads=64), 10)
        work = Learner(inside, "work", {}, Budget(10), "work")
        found = {
            "level": zygote.host.level,
            "missing": {o.layer: o.missing for o in zygote.host.offers if o.missing},
            "honest": work.honest(50),
            "own": work.own(0),
            "forks": work.forks(100),
            "escapes": {},
        }
        for name, argument in {
            "read": asked["secret"],
            "write": asked["drop"],
            "tcp": asked["port"],
            "udp": asked["port"],
            "unix": asked["door"],
            "signals": os.getpid(),
            "environment": os.getpid(),
            "processes": os.getpid(),
            "trace": os.getpid(),
        }.items():
            try:
                getattr(work, name)(argument)
                found["escapes"][name] = "escaped"
            except Stopped as stopped:
                found["escapes"][name] = str(stopped)
            except OSError as error:
                found["escapes"][name] = type(error).__name__
        found["refused"] = list(inside.refused)
        inside.close()
    print(json.dumps(found))


def become(asked):
    """Take on what `asked` says of the host."""
    if asked.get("user"):
        uid, gid = os.geteuid(), os.getegid()
        namespaces.unshare(namespaces.NEWUSER)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"1000 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"1000 {gid} 1")
        if not asked.get("namespaces", True):
            Path("/proc/sys/user/max_user_namespaces").write_text("0")
        namespaces.drop_capabilities()
    if asked.get("refuse"):
        lines = [(seccomp.LOAD, 0, 0, seccomp.NUMBER)]
        for name, error in asked["refuse"].items():
            lines += seccomp.always([name], seccomp.FAIL | error)
        lines.append((seccomp.RETURN, 0, 0, seccomp.ALLOW))
        if asked.get("user"):
            kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        seccomp.install(lines)


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1]))
