"""A command on a real terminal: what it shows, and its keyboard."""

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]")
SECONDS = 90


class Terminal:
    """A command on a terminal of 80 by 30: what has come onto the screen, and its keyboard."""

    def __init__(self, folder, *arguments):
        self._side, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grader", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env=os.environ | {"COLUMNS": "80", "LINES": "30", "TERM": "xterm"},
            start_new_session=True,
        )
        os.close(theirs)
        self.text = ""

    def press(self, key):
        os.write(self._side, key.encode())

    def until(self, expected):
        """Read on until something has come onto the screen since the last call; returns that."""
        deadline = time.monotonic() + SECONDS
        while expected not in self.text:
            left = deadline - time.monotonic()
            assert left > 0, f"{expected!r} did not come; there is:\n{self.text}"
            if select.select([self._side], [], [], left)[0]:
                try:
                    data = os.read(self._side, 65536).decode("utf-8", "replace")
                except OSError:
                    data = ""
                assert data, f"it ended before {expected!r}:\n{self.text}"
                self.text += ESCAPES.sub("", data)
        seen, self.text = self.text, self.text.partition(expected)[2]
        return seen

    def ended(self):
        return self.process.wait(SECONDS)

    def quiet(self):
        """Forget all that has come so far."""
        while select.select([self._side], [], [], 0.05)[0]:
            os.read(self._side, 65536)
        self.text = ""

    def rest(self):
        """What has come onto the screen since."""
        with contextlib.suppress(OSError):
            self.text += os.read(self._side, 65536).decode("utf-8", "replace")
        return self.text

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self._side)
