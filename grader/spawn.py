"""Workers on a host that has no zygote: each is a plain process, confined by nothing.

That is so on macOS, on Windows, and on Linux on an unusual processor. Such a worker protects from
accidents, not from intent: it is for trusted code only.
"""

import contextlib
import hmac
import importlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from grader import sandbox, wire, worker
from grader.zygote import DYING_SECONDS, ENVIRONMENT, START_SECONDS, Done, Worker, Zygote

TOKEN_BYTES = 32
NEEDED = ("SYSTEMROOT", "PATH", "DYLD_LIBRARY_PATH", "LD_LIBRARY_PATH")
"""What a process needs of the environment to start at all, by the system."""


class Spawner:
    """Starts plain processes as workers, and ends them; a `Zygote` to those who use it.

    A context manager; leaving it ends every worker.
    """

    def __init__(self, preload: tuple[str, ...] = ("numpy", "tensorflow")) -> None:
        self._preload = preload
        self._running: dict[int, tuple[subprocess.Popen[bytes], Path]] = {}

    alive = True
    """Whether workers can still be had: they need nobody else."""

    @property
    def host(self) -> sandbox.Host:
        """That nothing holds here, and why."""
        return sandbox.Host() if sandbox.SUPPORTED else sandbox.probe()

    def fork(self, limits: sandbox.Limits) -> Worker:
        """Start a worker; returns once it is ready for a submission. Its limits are not kept.

        Raises
        ------
        wire.WireError
            It did not come up.

        """
        folder = Path(tempfile.mkdtemp(prefix=f"kata-{os.getpid()}-"))
        places = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "KERAS_HOME"), str(folder))
        needed = {name: os.environ[name] for name in NEEDED if name in os.environ}
        token = secrets.token_bytes(TOKEN_BYTES)
        with socket.create_server(("127.0.0.1", 0)) as server:
            process = subprocess.Popen(
                [sys.executable, "-I", "-m", "grader.spawn", *self._preload],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=ENVIRONMENT | needed | places,
                cwd=folder,
            )
            self._running[process.pid] = process, folder
            assert process.stdin is not None
            process.stdin.write(server.getsockname()[1].to_bytes(2) + token)
            process.stdin.close()
            channel = _accept(server, token)
        nobody, reports = socket.socketpair()
        nobody.close()  # nothing is refused here, so that nothing has to be told
        reports.setblocking(False)
        wire.receive(channel, wire.Ready, START_SECONDS)
        return Worker(process.pid, channel, reports, folder)

    def end(self, worker: Worker, *, dying: bool = False) -> Done:
        """End a worker; one that is `dying` is given time to do so by itself."""
        worker.channel.close()
        worker.reports.close()
        process, folder = self._running.pop(worker.pid)
        killed = True
        if dying:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(DYING_SECONDS)
                killed = False
        if killed:
            process.kill()
        code = process.wait()
        shutil.rmtree(folder, ignore_errors=True)
        return Done(process.pid, "", -code if code < 0 else code << 8, 0.0, killed)

    def close(self) -> None:
        """End every worker that is left."""
        for process, folder in self._running.values():
            process.kill()
            process.wait()
            shutil.rmtree(folder, ignore_errors=True)
        self._running.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


Workers = Zygote | Spawner
"""Where workers come from."""


def _accept(server: socket.socket, token: bytes) -> socket.socket:
    """Take the connection of the process that knows the token, and no other."""
    deadline = time.monotonic() + START_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        server.settimeout(left)
        try:
            channel, _ = server.accept()
            channel.settimeout(left)
            if hmac.compare_digest(channel.recv(TOKEN_BYTES, socket.MSG_WAITALL), token):
                return channel
            channel.close()
        except OSError:
            continue
    raise wire.Late("the worker did not come up")


def main() -> None:
    """Connect to the judge, whose port and token come on standard input, and serve it."""
    asked = sys.stdin.buffer.read()
    channel = socket.create_connection(("127.0.0.1", int.from_bytes(asked[:2])))
    channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    channel.sendall(asked[2:])
    for name in sys.argv[1:]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    sys.argv = [""]
    with contextlib.suppress(wire.Closed):
        worker.serve(channel)


if __name__ == "__main__":
    main()
