"""Single keys of a terminal, as they are pressed."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from prompt_toolkit.input import create_input
from prompt_toolkit.keys import Keys

QUIT = "q"


@contextlib.contextmanager
def keys(pressed: Callable[[str], None]) -> Iterator[None]:
    """Call `pressed` with each letter, inside the block, on a running event loop.

    Ctrl-C and Ctrl-D are `QUIT`. Nothing where standard input is no terminal.
    """
    if not sys.stdin.isatty():
        yield
        return
    terminal = create_input()

    def ready() -> None:
        for press in terminal.read_keys():
            ends = press.key in (Keys.ControlC, Keys.ControlD)
            pressed(QUIT if ends else str(press.data).lower())

    with terminal.raw_mode(), terminal.attach(ready):
        yield
